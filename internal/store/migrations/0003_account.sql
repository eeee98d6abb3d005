-- Accounts, the roles that they hold at units, and their sessions. No password, token or link is kept, only digests.
-- unit_id is where the account is at home: whoever manages accounts there looks after it. 0 is the whole installation.
CREATE TABLE account (
  id           {{ID}},
  login        TEXT NOT NULL UNIQUE,
  person_id    BIGINT NOT NULL,
  unit_id      BIGINT NOT NULL,
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
CREATE INDEX account_setup ON account (setup_digest);
CREATE INDEX account_unit ON account (unit_id);
CREATE INDEX account_person ON account (person_id);
-- A role held at a unit; unit 0 is the whole installation, above every root.
CREATE TABLE role_grant (
  id         {{ID}},
  account_id BIGINT NOT NULL,
  role       TEXT NOT NULL,
  unit_id    BIGINT NOT NULL,
  UNIQUE (account_id, role, unit_id)
);
CREATE INDEX role_grant_unit ON role_grant (unit_id);
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
CREATE INDEX session_ends ON session (ends_at);
-- Links that sign somebody in with one click, as often as they are opened. They exist in demonstrations only.
CREATE TABLE demo_link (
  digest     TEXT PRIMARY KEY,
  account_id BIGINT NOT NULL
);
