-- A plan is versioned data. A frozen plan's body never changes again; its digest stands in the log.
CREATE TABLE plan (
  id         {{ID}},
  unit_id    BIGINT NOT NULL,
  year       INTEGER NOT NULL,
  name       TEXT NOT NULL,
  body       TEXT NOT NULL,
  state      TEXT NOT NULL,
  digest     TEXT NOT NULL,
  based_on   BIGINT NOT NULL,
  frozen_at  BIGINT NOT NULL,
  version    INTEGER NOT NULL
);
CREATE INDEX plan_unit ON plan (unit_id, year);
