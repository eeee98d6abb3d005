-- The log, what makes a form count once, work done later, and the facts about this installation.
CREATE TABLE instance (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
-- One row for every write. The leaf of the Merkle tree is made of every column but note that nothing else is.
CREATE TABLE audit_entry (
  seq          BIGINT PRIMARY KEY,
  at           BIGINT NOT NULL,
  actor        BIGINT NOT NULL,
  action       TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id   BIGINT NOT NULL,
  unit_id      BIGINT NOT NULL,
  detail       TEXT NOT NULL
);
CREATE INDEX audit_entry_kind ON audit_entry (subject_kind, seq);
CREATE INDEX audit_entry_action ON audit_entry (action, seq);
-- Which entries speak of a thing: its own history page is one indexed read.
CREATE TABLE audit_subject (
  kind TEXT NOT NULL,
  id   BIGINT NOT NULL,
  seq  BIGINT NOT NULL,
  PRIMARY KEY (kind, id, seq)
);
CREATE TABLE audit_hash (
  idx  BIGINT PRIMARY KEY,
  hash {{BYTES}} NOT NULL
);
CREATE TABLE once (
  token TEXT PRIMARY KEY,
  at    BIGINT NOT NULL
);
CREATE INDEX once_at ON once (at);
CREATE TABLE job (
  id         {{ID}},
  kind       TEXT NOT NULL,
  payload    TEXT NOT NULL,
  account_id BIGINT NOT NULL,
  state      TEXT NOT NULL,
  done       BIGINT NOT NULL,
  total      BIGINT NOT NULL,
  result     TEXT NOT NULL,
  attempts   INTEGER NOT NULL,
  run_after  BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at   BIGINT NOT NULL
);
CREATE INDEX job_due ON job (state, run_after);
