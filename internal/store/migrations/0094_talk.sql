-- Who follows a matter, what is said of it, and filters that people saved.
-- follows is 0 where somebody stopped: nothing but their own hand makes them follow again.
CREATE TABLE matter_watch (
  account_id BIGINT NOT NULL,
  matter_id  BIGINT NOT NULL,
  follows    INTEGER NOT NULL,
  at         BIGINT NOT NULL,
  PRIMARY KEY (account_id, matter_id)
);
CREATE INDEX matter_watch_matter ON matter_watch (matter_id, account_id);
-- What was said of a matter. told are the accounts that it names, missed the names that it could not find, both as JSON.
-- withdrawn_at is 0 while it stands; what was withdrawn leaves who said it and when, its text is gone.
CREATE TABLE matter_talk (
  id           {{ID}},
  matter_id    BIGINT NOT NULL,
  account_id   BIGINT NOT NULL,
  actor_name   TEXT NOT NULL,
  body         TEXT NOT NULL,
  told         TEXT NOT NULL,
  missed       TEXT NOT NULL,
  at           BIGINT NOT NULL,
  changed_at   BIGINT NOT NULL,
  withdrawn_at BIGINT NOT NULL,
  version      INTEGER NOT NULL
);
CREATE INDEX matter_talk_matter ON matter_talk (matter_id, id);
-- A filter of the list under a name: its address, whose it is, and the unit with whose accounts it is shared, -1 for
-- nobody, 0 for everyone.
CREATE TABLE saved_filter (
  id         {{ID}},
  account_id BIGINT NOT NULL,
  unit_id    BIGINT NOT NULL,
  name       TEXT NOT NULL,
  query      TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  version    INTEGER NOT NULL
);
CREATE INDEX saved_filter_account ON saved_filter (account_id, id);
CREATE INDEX saved_filter_unit ON saved_filter (unit_id, id) WHERE unit_id >= 0;
