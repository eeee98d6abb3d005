-- What ended, reopened or handed on a matter, and on which day it counts. event_id is the entry of its history that did so.
CREATE TABLE matter_milestone (
  event_id  BIGINT NOT NULL,
  kind      TEXT NOT NULL,
  matter_id BIGINT NOT NULL,
  day       TEXT NOT NULL,
  PRIMARY KEY (event_id, kind)
);
CREATE INDEX matter_milestone_day ON matter_milestone (kind, day, matter_id);
CREATE INDEX matter_milestone_matter ON matter_milestone (matter_id);
-- How often each thing happened in a month, for every unit and everything under it. what is a kind of milestone, 'opened',
-- or 'stayed': then state says where, and bucket how long, by a scale of lengths. A matter counts where it stands.
CREATE TABLE ledger_figure (
  unit_id BIGINT NOT NULL,
  what    TEXT NOT NULL,
  type    TEXT NOT NULL,
  month   TEXT NOT NULL,
  state   TEXT NOT NULL,
  bucket  INTEGER NOT NULL,
  n       BIGINT NOT NULL,
  PRIMARY KEY (unit_id, what, type, month, state, bucket)
);
-- Matters by the day on which they came up.
CREATE INDEX matter_opened ON matter (opened_on, type, place_path);
