-- Clocks of hours, reminders and escalation, notices, units' own calendars.
-- due_at is the instant at which a clock of hours ends, 0 for one of days; prompt_at when the next reminder or escalation
-- falls due, 0 for none. Both are UTC microseconds.
ALTER TABLE matter ADD COLUMN due_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE matter ADD COLUMN prompt_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX matter_due_at ON matter (due_at, state_class, type, place_path) WHERE due_at <> 0;
CREATE INDEX matter_prompt_at ON matter (prompt_at, id) WHERE prompt_at <> 0;
-- What was said of a matter's clock: once for every rule, level and due date, whatever the program went through.
CREATE TABLE matter_prompt (
  matter_id BIGINT NOT NULL,
  rule      TEXT NOT NULL,
  level     INTEGER NOT NULL,
  due_on    TEXT NOT NULL,
  due_at    BIGINT NOT NULL,
  at        BIGINT NOT NULL,
  PRIMARY KEY (matter_id, rule, level, due_on, due_at)
);
-- What an account is told of a matter. read_at is 0 until it was read.
CREATE TABLE notice (
  id         {{ID}},
  account_id BIGINT NOT NULL,
  matter_id  BIGINT NOT NULL,
  kind       TEXT NOT NULL,
  level      INTEGER NOT NULL,
  due_on     TEXT NOT NULL,
  note       TEXT NOT NULL,
  at         BIGINT NOT NULL,
  read_at    BIGINT NOT NULL
);
CREATE INDEX notice_account ON notice (account_id, read_at, id);
CREATE INDEX notice_list ON notice (account_id, id);
CREATE INDEX notice_matter ON notice (matter_id);
-- The days on which a unit, and everything under it, does not work or works apart from the organisation's calendar.
CREATE TABLE unit_calendar (
  unit_id BIGINT NOT NULL,
  day     TEXT NOT NULL,
  kind    TEXT NOT NULL,
  name    TEXT NOT NULL,
  PRIMARY KEY (unit_id, day)
);
