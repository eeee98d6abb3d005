-- A cycle is one year's review of the units below one convenor. previous_id is last year's cycle of the same convenor.
CREATE TABLE cycle (
  id           {{ID}},
  unit_id      BIGINT NOT NULL,
  year         INTEGER NOT NULL,
  name         TEXT NOT NULL,
  name_en      TEXT NOT NULL,
  plan_id      BIGINT NOT NULL,
  previous_id  BIGINT NOT NULL,
  state        TEXT NOT NULL,
  meeting_date TEXT NOT NULL,
  opened_at    BIGINT NOT NULL,
  closed_at    BIGINT NOT NULL,
  close_reason TEXT NOT NULL DEFAULT '',
  version      INTEGER NOT NULL,
  UNIQUE (unit_id, year)
);
CREATE TABLE cycle_reporter (
  id        {{ID}},
  cycle_id  BIGINT NOT NULL,
  unit_id   BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  post_id   BIGINT NOT NULL,
  mode      TEXT NOT NULL,
  choice    TEXT NOT NULL,
  seq       INTEGER NOT NULL,
  state     TEXT NOT NULL,
  version   INTEGER NOT NULL,
  UNIQUE (cycle_id, unit_id)
);
CREATE INDEX cycle_reporter_unit ON cycle_reporter (unit_id);
CREATE TABLE cycle_deadline (
  id       {{ID}},
  cycle_id BIGINT NOT NULL,
  step     TEXT NOT NULL,
  due      TEXT NOT NULL,
  done_at  BIGINT NOT NULL,
  UNIQUE (cycle_id, step)
);
