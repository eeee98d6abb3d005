-- The meeting of a cycle: agenda, order of speaking, draws, roll, attendance, live events, questions, comments.
-- The date is the cycle's; "start" is a time of day, HH:MM, in the organisation's zone. limit_sec is a turn's time.
CREATE TABLE meeting (
  id          {{ID}},
  cycle_id    BIGINT NOT NULL UNIQUE,
  unit_id     BIGINT NOT NULL,
  start       TEXT NOT NULL,
  place       TEXT NOT NULL,
  presider_id BIGINT NOT NULL,
  limit_sec   INTEGER NOT NULL,
  state       TEXT NOT NULL,
  version     INTEGER NOT NULL
);
CREATE INDEX meeting_unit ON meeting (unit_id);
CREATE TABLE meeting_item (
  id         {{ID}},
  meeting_id BIGINT NOT NULL,
  seq        INTEGER NOT NULL,
  kind       TEXT NOT NULL,
  title      TEXT NOT NULL,
  minutes    INTEGER NOT NULL
);
CREATE INDEX meeting_item_meeting ON meeting_item (meeting_id, seq);
-- A slot of somebody who speaks. A removed slot stays, so that what was logged of it can be read.
CREATE TABLE meeting_slot (
  id          {{ID}},
  meeting_id  BIGINT NOT NULL,
  reporter_id BIGINT NOT NULL,
  unit_id     BIGINT NOT NULL,
  seq         INTEGER NOT NULL,
  limit_sec   INTEGER NOT NULL,
  removed     INTEGER NOT NULL,
  UNIQUE (meeting_id, reporter_id)
);
-- The secret is made and its digest published long before the draw; both stand here with what was drawn.
CREATE TABLE meeting_draw (
  id         {{ID}},
  meeting_id BIGINT NOT NULL,
  no         INTEGER NOT NULL,
  digest     TEXT NOT NULL,
  secret     TEXT NOT NULL,
  words      TEXT NOT NULL,
  codes      TEXT NOT NULL,
  reason     TEXT NOT NULL,
  sealed_at  BIGINT NOT NULL,
  drawn_at   BIGINT NOT NULL,
  UNIQUE (meeting_id, no)
);
-- Who is called to the meeting. name and place are for guests who are no person of the organisation.
CREATE TABLE meeting_call (
  id         {{ID}},
  meeting_id BIGINT NOT NULL,
  seq        INTEGER NOT NULL,
  person_id  BIGINT NOT NULL,
  name       TEXT NOT NULL,
  unit_id    BIGINT NOT NULL,
  post_id    BIGINT NOT NULL,
  place      TEXT NOT NULL,
  capacity   TEXT NOT NULL,
  class      TEXT NOT NULL,
  excuse     TEXT NOT NULL,
  removed    INTEGER NOT NULL,
  version    INTEGER NOT NULL
);
CREATE INDEX meeting_call_meeting ON meeting_call (meeting_id, seq);
CREATE INDEX meeting_call_person ON meeting_call (person_id);
-- at is when somebody came or went, recorded_at when it was written down; a mistake is void, never deleted.
CREATE TABLE meeting_attendance (
  id          {{ID}},
  meeting_id  BIGINT NOT NULL,
  call_id     BIGINT NOT NULL,
  kind        TEXT NOT NULL,
  at          BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  account_id  BIGINT NOT NULL,
  void        INTEGER NOT NULL
);
CREATE INDEX meeting_attendance_meeting ON meeting_attendance (meeting_id, call_id, at);
CREATE TABLE meeting_event (
  id         {{ID}},
  meeting_id BIGINT NOT NULL,
  seq        INTEGER NOT NULL,
  slot_id    BIGINT NOT NULL,
  kind       TEXT NOT NULL,
  at         BIGINT NOT NULL,
  undoes     BIGINT NOT NULL,
  note       TEXT NOT NULL,
  account_id BIGINT NOT NULL,
  UNIQUE (meeting_id, seq)
);
CREATE TABLE meeting_question (
  id          {{ID}},
  meeting_id  BIGINT NOT NULL,
  reporter_id BIGINT NOT NULL,
  asker       TEXT NOT NULL,
  text        TEXT NOT NULL,
  answer      TEXT NOT NULL,
  answered    INTEGER NOT NULL,
  asked_at    BIGINT NOT NULL,
  removed     INTEGER NOT NULL,
  version     INTEGER NOT NULL
);
CREATE INDEX meeting_question_meeting ON meeting_question (meeting_id, reporter_id);
-- A comment has one draft and any number of confirmed editions, which never change. reporter_id is 0 and unit_id the
-- convenor where the level above comments on the convenor itself. edition is the number of the latest edition, 0: none.
CREATE TABLE meeting_comment (
  id          {{ID}},
  cycle_id    BIGINT NOT NULL,
  meeting_id  BIGINT NOT NULL,
  reporter_id BIGINT NOT NULL,
  unit_id     BIGINT NOT NULL,
  capacity    TEXT NOT NULL,
  account_id  BIGINT NOT NULL,
  person_id   BIGINT NOT NULL,
  author      TEXT NOT NULL,
  author_en   TEXT NOT NULL,
  post        TEXT NOT NULL,
  post_en     TEXT NOT NULL,
  body        TEXT NOT NULL,
  edition     INTEGER NOT NULL,
  pending     INTEGER NOT NULL,
  changed_at  BIGINT NOT NULL,
  changed_by  TEXT NOT NULL,
  version     INTEGER NOT NULL,
  UNIQUE (meeting_id, reporter_id, capacity, account_id)
);
CREATE INDEX meeting_comment_unit ON meeting_comment (unit_id, cycle_id);
CREATE INDEX meeting_comment_cycle ON meeting_comment (cycle_id);
CREATE TABLE meeting_comment_edition (
  comment_id BIGINT NOT NULL,
  no         INTEGER NOT NULL,
  body       TEXT NOT NULL,
  digest     TEXT NOT NULL,
  at         BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  name       TEXT NOT NULL,
  PRIMARY KEY (comment_id, no)
);
-- Which matter a problem of a comment became, for every unit that it was put to.
CREATE TABLE meeting_comment_finding (
  comment_id BIGINT NOT NULL,
  item       TEXT NOT NULL,
  unit_id    BIGINT NOT NULL,
  matter_id  BIGINT NOT NULL,
  edition    INTEGER NOT NULL,
  PRIMARY KEY (comment_id, item, unit_id)
);
CREATE INDEX meeting_comment_finding_matter ON meeting_comment_finding (matter_id);
