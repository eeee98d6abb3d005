-- Ledgers made in the office: drafts of definitions, and which version of each type new matters are born under.
ALTER TABLE ledger_type ADD COLUMN source TEXT NOT NULL DEFAULT 'pack';
ALTER TABLE ledger_type ADD COLUMN actor_name TEXT NOT NULL DEFAULT '';
-- version 0 is the pack's own definition; retired types take no new matters.
CREATE TABLE ledger_force (
  type    TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  retired INTEGER NOT NULL,
  at      BIGINT NOT NULL
);
-- type is '' while the draft is of a ledger that does not exist yet; based_on is the version that it was begun from, 0 for the
-- pack's own; published the version that it became, 0 while it is a draft.
CREATE TABLE ledger_draft (
  id         {{ID}},
  type       TEXT NOT NULL,
  based_on   INTEGER NOT NULL,
  name       TEXT NOT NULL,
  name_en    TEXT NOT NULL,
  body       TEXT NOT NULL,
  account_id BIGINT NOT NULL,
  actor_name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  published  INTEGER NOT NULL,
  version    INTEGER NOT NULL
);
CREATE INDEX ledger_draft_open ON ledger_draft (published, changed_at);
