-- Lots drawn for a cycle: which of the selected reporters speak. The seed is published, so that anyone can draw again.
CREATE TABLE cycle_draw (
  id       {{ID}},
  cycle_id BIGINT NOT NULL,
  seed     TEXT NOT NULL,
  oral     INTEGER NOT NULL,
  codes    TEXT NOT NULL,
  drawn_at BIGINT NOT NULL
);
CREATE INDEX cycle_draw_cycle ON cycle_draw (cycle_id);
-- The secret address of an account's calendar; only its digest is kept.
CREATE TABLE calendar_feed (
  account_id BIGINT PRIMARY KEY,
  digest     TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL
);
