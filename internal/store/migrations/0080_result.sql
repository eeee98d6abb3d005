-- A check-sheet of one unit for one part of the composite. lines is JSON: line, times, note. A locked sheet's score counts.
CREATE TABLE check_sheet (
  id         {{ID}},
  cycle_id   BIGINT NOT NULL,
  unit_id    BIGINT NOT NULL,
  part       TEXT NOT NULL,
  state      TEXT NOT NULL,
  lines      TEXT NOT NULL,
  account_id BIGINT NOT NULL,
  name       TEXT NOT NULL,
  at         BIGINT NOT NULL,
  locked_by  TEXT NOT NULL,
  locked_at  BIGINT NOT NULL,
  reason     TEXT NOT NULL,
  version    INTEGER NOT NULL,
  UNIQUE (cycle_id, unit_id, part)
);
-- A score brought in from elsewhere for one unit and part. source says where it comes from: a file's name, or a word.
CREATE TABLE figure (
  id         {{ID}},
  cycle_id   BIGINT NOT NULL,
  unit_id    BIGINT NOT NULL,
  part       TEXT NOT NULL,
  score      TEXT NOT NULL,
  note       TEXT NOT NULL,
  source     TEXT NOT NULL,
  account_id BIGINT NOT NULL,
  name       TEXT NOT NULL,
  at         BIGINT NOT NULL,
  version    INTEGER NOT NULL,
  UNIQUE (cycle_id, unit_id, part)
);
-- A result as it was fixed: never changed. A later one of the same cycle has the next number.
CREATE TABLE result (
  id           {{ID}},
  cycle_id     BIGINT NOT NULL,
  no           INTEGER NOT NULL,
  body         TEXT NOT NULL,
  digest       TEXT NOT NULL,
  plan_digest  TEXT NOT NULL,
  tally_digest TEXT NOT NULL,
  account_id   BIGINT NOT NULL,
  name         TEXT NOT NULL,
  at           BIGINT NOT NULL,
  UNIQUE (cycle_id, no)
);
-- What a body decided about a fixed result: never changed. A correction is the next number, with its reason.
CREATE TABLE decision (
  id           {{ID}},
  cycle_id     BIGINT NOT NULL,
  no           INTEGER NOT NULL,
  result_id    BIGINT NOT NULL,
  group_id     BIGINT NOT NULL,
  body         TEXT NOT NULL,
  met_on       TEXT NOT NULL,
  reason       TEXT NOT NULL,
  quota_reason TEXT NOT NULL,
  account_id   BIGINT NOT NULL,
  name         TEXT NOT NULL,
  at           BIGINT NOT NULL,
  UNIQUE (cycle_id, no)
);
CREATE TABLE decision_grade (
  decision_id BIGINT NOT NULL,
  unit_id     BIGINT NOT NULL,
  suggested   TEXT NOT NULL,
  grade       TEXT NOT NULL,
  reason      TEXT NOT NULL,
  PRIMARY KEY (decision_id, unit_id)
);
-- A letter to one unit, or (unit_id 0) the notification to all. content is JSON; once issued nothing changes. no runs by
-- convenor, kind and year of issue. reason: why it was issued although the comment was not confirmed.
CREATE TABLE letter (
  id          {{ID}},
  cycle_id    BIGINT NOT NULL,
  convenor_id BIGINT NOT NULL,
  unit_id     BIGINT NOT NULL,
  kind        TEXT NOT NULL,
  decision_id BIGINT NOT NULL,
  lang        TEXT NOT NULL,
  reach       TEXT NOT NULL,
  content     TEXT NOT NULL,
  state       TEXT NOT NULL,
  year        INTEGER NOT NULL,
  no          INTEGER NOT NULL,
  number      TEXT NOT NULL,
  issued_on   TEXT NOT NULL,
  issued_at   BIGINT NOT NULL,
  issued_by   TEXT NOT NULL,
  reason      TEXT NOT NULL,
  name        TEXT NOT NULL,
  at          BIGINT NOT NULL,
  version     INTEGER NOT NULL
);
CREATE INDEX letter_cycle ON letter (cycle_id, kind, unit_id);
CREATE INDEX letter_number ON letter (convenor_id, kind, year);
CREATE INDEX letter_unit ON letter (unit_id);
