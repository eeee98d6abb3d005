-- A unit's matters by state without reading them, and those without an owner or a date in the order of due dates.
DROP INDEX matter_place;
CREATE INDEX matter_place ON matter (place_path, type, state_class, due_on, state);
CREATE INDEX matter_unplanned ON matter ((CASE WHEN due_on = '' THEN 1 ELSE 0 END), due_on, id, type, state_class) WHERE unit_id = 0 OR target_on = '';
