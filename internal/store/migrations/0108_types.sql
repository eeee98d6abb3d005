-- Lists of one ledger: an index in the order of due dates for each class of its matters.
CREATE INDEX matter_type ON matter (type, state_class, (CASE WHEN due_on = '' THEN 1 ELSE 0 END), due_on, id);
