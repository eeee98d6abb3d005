-- Matters that make others again and again: the day of the next one, '' for none, and which were made.
ALTER TABLE matter ADD COLUMN recur_on TEXT NOT NULL DEFAULT '';
CREATE INDEX matter_recur_on ON matter (recur_on, id) WHERE recur_on <> '';
CREATE TABLE matter_occurrence (
  matter_id BIGINT NOT NULL,
  period_on TEXT NOT NULL,
  made_id   BIGINT NOT NULL,
  at        BIGINT NOT NULL,
  PRIMARY KEY (matter_id, period_on)
);
