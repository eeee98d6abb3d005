-- Who asked for a matter: the unit, 0 and '' where nobody did, and the account.
ALTER TABLE matter ADD COLUMN requester_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE matter ADD COLUMN requester_path {{PATH}} NOT NULL DEFAULT '';
ALTER TABLE matter ADD COLUMN asker_id BIGINT NOT NULL DEFAULT 0;
CREATE INDEX matter_requester_path ON matter (requester_path, state_class, due_on) WHERE requester_id <> 0;
-- Links between matters: from the one that says so to the other. kind is one of the from-side's definition; field names
-- the field that holds the link, '' where none does; item is what a step that made the from-side made it of.
CREATE TABLE matter_link (
  id         {{ID}},
  from_id    BIGINT NOT NULL,
  to_id      BIGINT NOT NULL,
  kind       TEXT NOT NULL,
  field      TEXT NOT NULL,
  item       TEXT NOT NULL,
  account_id BIGINT NOT NULL,
  actor_name TEXT NOT NULL,
  at         BIGINT NOT NULL,
  UNIQUE (from_id, to_id, kind, field)
);
CREATE INDEX matter_link_to ON matter_link (to_id, kind);
