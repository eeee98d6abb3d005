-- Accounts, the roles that they hold at units, and their sessions. No password, token or link is kept, only digests.
CREATE TABLE account (
  id           {{ID}},
  login        TEXT NOT NULL UNIQUE,
  person_id    BIGINT NOT NULL,
  name         TEXT NOT NULL,
  lang         TEXT NOT NULL,
  secret       TEXT NOT NULL,
  setup_digest TEXT NOT NULL,
  setup_until  BIGINT NOT NULL,
  failures     INTEGER NOT NULL,
  locked_until BIGINT NOT NULL,
  disabled     INTEGER NOT NULL,
  created_at   BIGINT NOT NULL,
  version      INTEGER NOT NULL
);
CREATE TABLE role_grant (
  id         {{ID}},
  account_id BIGINT NOT NULL,
  role       TEXT NOT NULL,
  unit_id    BIGINT NOT NULL,
  UNIQUE (account_id, role, unit_id)
);
CREATE TABLE session (
  id         {{ID}},
  digest     TEXT NOT NULL UNIQUE,
  account_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at    BIGINT NOT NULL,
  ends_at    BIGINT NOT NULL,
  device     TEXT NOT NULL
);
CREATE INDEX session_account ON session (account_id);
