-- The organisation: units in a tree, posts that people hold from one date to another, groups.
-- A unit's row holds what is true now, since the date in "since"; what was true before stands in unit_past.
-- "below" counts the units under this one that have no end; it is kept on every write, so that the top opens as fast as
-- a leaf.
CREATE TABLE unit (
  id           {{ID}},
  code         {{PATH}} NOT NULL,
  parent_id    BIGINT NOT NULL,
  path         {{PATH}} NOT NULL,
  kind         TEXT NOT NULL,
  name         TEXT NOT NULL,
  name_en      TEXT NOT NULL,
  from_date    TEXT NOT NULL,
  to_date      TEXT NOT NULL,
  since        TEXT NOT NULL,
  successor_id BIGINT NOT NULL,
  below        BIGINT NOT NULL DEFAULT 0,
  version      INTEGER NOT NULL
);
CREATE UNIQUE INDEX unit_code ON unit (code);
CREATE INDEX unit_parent ON unit (parent_id, code);
CREATE INDEX unit_path ON unit (path);
CREATE TABLE unit_past (
  unit_id   BIGINT NOT NULL,
  from_date TEXT NOT NULL,
  to_date   TEXT NOT NULL,
  parent_id BIGINT NOT NULL,
  kind      TEXT NOT NULL,
  name      TEXT NOT NULL,
  name_en   TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  PRIMARY KEY (unit_id, from_date, recorded_at)
);
CREATE INDEX unit_past_parent ON unit_past (parent_id);
CREATE TABLE person (
  id      {{ID}},
  code    TEXT NOT NULL UNIQUE,
  name    TEXT NOT NULL,
  name_en TEXT NOT NULL,
  version INTEGER NOT NULL
);
CREATE TABLE post (
  id        {{ID}},
  unit_id   BIGINT NOT NULL,
  kind      TEXT NOT NULL,
  title     TEXT NOT NULL,
  title_en  TEXT NOT NULL,
  from_date TEXT NOT NULL,
  to_date   TEXT NOT NULL,
  version   INTEGER NOT NULL
);
CREATE INDEX post_unit ON post (unit_id);
CREATE TABLE tenure (
  id        {{ID}},
  post_id   BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  from_date TEXT NOT NULL,
  to_date   TEXT NOT NULL,
  version   INTEGER NOT NULL
);
CREATE INDEX tenure_post ON tenure (post_id, from_date);
CREATE INDEX tenure_person ON tenure (person_id);
CREATE TABLE org_group (
  id        {{ID}},
  unit_id   BIGINT NOT NULL,
  kind      TEXT NOT NULL,
  name      TEXT NOT NULL,
  name_en   TEXT NOT NULL,
  from_date TEXT NOT NULL,
  to_date   TEXT NOT NULL,
  version   INTEGER NOT NULL
);
CREATE INDEX org_group_unit ON org_group (unit_id);
CREATE TABLE group_member (
  id        {{ID}},
  group_id  BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  duty      TEXT NOT NULL,
  from_date TEXT NOT NULL,
  to_date   TEXT NOT NULL
);
CREATE INDEX group_member_group ON group_member (group_id);
CREATE INDEX group_member_person ON group_member (person_id);
