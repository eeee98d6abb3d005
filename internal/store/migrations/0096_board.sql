-- What units came to by the indicators that they are compared by. period is "2026-03", "2026-Q1" or "2026"; value a
-- decimal, '' where there is no figure; base of how many matters a counted value speaks, -1 where nothing was counted.
-- A value is never changed: another version follows it, and current marks the one in force.
CREATE TABLE board_value (
  id           {{ID}},
  indicator_id BIGINT NOT NULL,
  unit_id      BIGINT NOT NULL,
  period       TEXT NOT NULL,
  version      INTEGER NOT NULL,
  current      INTEGER NOT NULL,
  value        TEXT NOT NULL,
  base         BIGINT NOT NULL,
  source       TEXT NOT NULL,
  reason       TEXT NOT NULL,
  account_id   BIGINT NOT NULL,
  actor_name   TEXT NOT NULL,
  at           BIGINT NOT NULL,
  UNIQUE (indicator_id, unit_id, period, version)
);
CREATE INDEX board_value_now ON board_value (indicator_id, period, unit_id) WHERE current = 1;
-- A period of an indicator that is settled: from then on a value changes only with a reason.
CREATE TABLE board_settled (
  indicator_id BIGINT NOT NULL,
  period       TEXT NOT NULL,
  account_id   BIGINT NOT NULL,
  at           BIGINT NOT NULL,
  PRIMARY KEY (indicator_id, period)
);
