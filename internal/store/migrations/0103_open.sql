-- Which ledgers everybody may look at: the matters placed at the unit and below it, as far as the ledger's definition shows
-- them. since and until are when they were last opened and closed, until 0 while they are open; listed lets search engines in.
CREATE TABLE ledger_open (
  type       TEXT NOT NULL,
  unit_id    BIGINT NOT NULL,
  since      BIGINT NOT NULL,
  until      BIGINT NOT NULL,
  listed     INTEGER NOT NULL,
  actor_name TEXT NOT NULL,
  PRIMARY KEY (type, unit_id)
);
-- Notices that were read long ago are deleted in the order in which they were read.
CREATE INDEX notice_read ON notice (read_at) WHERE read_at > 0;
