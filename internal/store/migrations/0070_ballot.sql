-- Paper ballots. While a round is open, what two tellers keyed stands in ballot_mark, slip by slip; when it is sealed
-- only counts remain (ballot_tally), with a digest of all slips that a recount from the paper reproduces. Nothing here
-- names a rater, and nothing is kept of when a slip was keyed.
CREATE TABLE ballot_round (
  id          {{ID}},
  cycle_id    BIGINT NOT NULL,
  no          INTEGER NOT NULL,
  plan_id     BIGINT NOT NULL,
  plan_digest TEXT NOT NULL,
  state       TEXT NOT NULL,
  reason      TEXT NOT NULL,
  override    TEXT NOT NULL,
  digest      TEXT NOT NULL,
  opened_at   BIGINT NOT NULL,
  sealed_at   BIGINT NOT NULL,
  version     INTEGER NOT NULL,
  UNIQUE (cycle_id, no)
);
CREATE TABLE ballot_class (
  round_id BIGINT NOT NULL,
  class    TEXT NOT NULL,
  entitled INTEGER NOT NULL,
  issued   INTEGER NOT NULL,
  returned INTEGER NOT NULL,
  PRIMARY KEY (round_id, class)
);
-- Seat 1 and 2 are the two tellers; seat 0 is what was settled where they differ.
CREATE TABLE ballot_teller (
  round_id   BIGINT NOT NULL,
  seat       INTEGER NOT NULL,
  account_id BIGINT NOT NULL,
  PRIMARY KEY (round_id, seat),
  UNIQUE (round_id, account_id)
);
CREATE TABLE ballot_mark (
  round_id BIGINT NOT NULL,
  class    TEXT NOT NULL,
  slip     INTEGER NOT NULL,
  seat     INTEGER NOT NULL,
  unit_id  BIGINT NOT NULL,
  item     TEXT NOT NULL,
  value    TEXT NOT NULL,
  PRIMARY KEY (round_id, class, slip, seat, unit_id, item)
);
CREATE TABLE ballot_tally (
  round_id BIGINT NOT NULL,
  class    TEXT NOT NULL,
  unit_id  BIGINT NOT NULL,
  item     TEXT NOT NULL,
  value    TEXT NOT NULL,
  n        INTEGER NOT NULL,
  PRIMARY KEY (round_id, class, unit_id, item, value)
);
