-- Ledgers: the definitions that matters were born under, the matters, their history, evidence and holders.
CREATE TABLE ledger_type (
  type       TEXT NOT NULL,
  version    INTEGER NOT NULL,
  digest     TEXT NOT NULL,
  body       TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (type, version)
);
CREATE TABLE ledger_number (
  type TEXT NOT NULL,
  year INTEGER NOT NULL,
  last BIGINT NOT NULL,
  PRIMARY KEY (type, year)
);
-- unit is the owner, 0 and '' while nobody is named; place_path is the owner's path, or the convenor's without an owner.
CREATE TABLE matter (
  id            {{ID}},
  type          TEXT NOT NULL,
  type_version  INTEGER NOT NULL,
  number        TEXT NOT NULL UNIQUE,
  title         TEXT NOT NULL,
  state         TEXT NOT NULL,
  state_class   TEXT NOT NULL,
  unit_id       BIGINT NOT NULL,
  unit_path     {{PATH}} NOT NULL,
  convenor_id   BIGINT NOT NULL,
  convenor_path {{PATH}} NOT NULL,
  place_path    {{PATH}} NOT NULL,
  cycle_id      BIGINT NOT NULL,
  meeting_id    BIGINT NOT NULL,
  slot_id       BIGINT NOT NULL,
  comment_id    BIGINT NOT NULL,
  item          INTEGER NOT NULL,
  report_id     BIGINT NOT NULL,
  common        INTEGER NOT NULL,
  group_id      BIGINT NOT NULL,
  repeat_of     BIGINT NOT NULL,
  post_id       BIGINT NOT NULL,
  person_id     BIGINT NOT NULL,
  due_on        TEXT NOT NULL,
  target_on     TEXT NOT NULL,
  fields        TEXT NOT NULL,
  marks         TEXT NOT NULL,
  opened_on     TEXT NOT NULL,
  closed_on     TEXT NOT NULL,
  reopened      INTEGER NOT NULL,
  created_at    BIGINT NOT NULL,
  changed_at    BIGINT NOT NULL,
  version       INTEGER NOT NULL
);
CREATE INDEX matter_unit_path ON matter (unit_path, state_class, due_on);
CREATE INDEX matter_convenor_path ON matter (convenor_path, state_class, due_on);
CREATE INDEX matter_class ON matter (state_class, due_on);
CREATE INDEX matter_cycle ON matter (cycle_id, unit_id);
CREATE INDEX matter_unit ON matter (unit_id, type);
CREATE INDEX matter_order ON matter ((CASE WHEN due_on = '' THEN 1 ELSE 0 END), due_on, id, type, state_class);
CREATE INDEX matter_state ON matter (state, type, due_on);
CREATE INDEX matter_place ON matter (place_path, type, state_class, due_on);
CREATE INDEX matter_group ON matter (group_id);
CREATE INDEX matter_comment ON matter (comment_id, item);
CREATE INDEX matter_report ON matter (report_id);
CREATE TABLE matter_event (
  id          {{ID}},
  matter_id   BIGINT NOT NULL,
  step        TEXT NOT NULL,
  from_state  TEXT NOT NULL,
  to_state    TEXT NOT NULL,
  account_id  BIGINT NOT NULL,
  person_id   BIGINT NOT NULL,
  actor_name  TEXT NOT NULL,
  part        INTEGER NOT NULL,
  happened_on TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  note        TEXT NOT NULL,
  changes     TEXT NOT NULL
);
CREATE INDEX matter_event_matter ON matter_event (matter_id, id);
CREATE TABLE matter_file (
  id         {{ID}},
  matter_id  BIGINT NOT NULL,
  event_id   BIGINT NOT NULL,
  name       TEXT NOT NULL,
  hash       TEXT NOT NULL,
  size       BIGINT NOT NULL,
  type       TEXT NOT NULL,
  link       TEXT NOT NULL,
  evidence_on TEXT NOT NULL,
  uploaded_at BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  person_id  BIGINT NOT NULL
);
CREATE INDEX matter_file_matter ON matter_file (matter_id);
-- Who answered for a matter from when on: the post keeps the obligation, every holder's name stays.
CREATE TABLE matter_holder (
  id        {{ID}},
  matter_id BIGINT NOT NULL,
  cycle_id  BIGINT NOT NULL,
  post_id   BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  from_date TEXT NOT NULL
);
CREATE INDEX matter_holder_matter ON matter_holder (matter_id);
CREATE INDEX matter_holder_cycle ON matter_holder (cycle_id);
-- How many matters stand how, for every unit and everything under it. due_day is '' for matters without a clock.
CREATE TABLE ledger_tally (
  unit_id     BIGINT NOT NULL,
  type        TEXT NOT NULL,
  state_class TEXT NOT NULL,
  due_day     TEXT NOT NULL,
  n           BIGINT NOT NULL,
  PRIMARY KEY (unit_id, type, state_class, due_day)
);
-- The same by month, so that a unit with many due days is read in a few rows.
CREATE TABLE ledger_tally_month (
  unit_id     BIGINT NOT NULL,
  type        TEXT NOT NULL,
  state_class TEXT NOT NULL,
  due_month   TEXT NOT NULL,
  n           BIGINT NOT NULL,
  PRIMARY KEY (unit_id, type, state_class, due_month)
);
