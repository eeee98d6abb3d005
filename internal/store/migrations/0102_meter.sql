-- Limits of a ledger's meter that an office set for itself and all below it, over those of the definition. name is the
-- limit's: what, which kind, which period. at_most is -1 where the office wants none.
CREATE TABLE meter_limit (
  unit_id    BIGINT NOT NULL,
  type       TEXT NOT NULL,
  name       TEXT NOT NULL,
  at_most    BIGINT NOT NULL,
  note       TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  at         BIGINT NOT NULL,
  PRIMARY KEY (unit_id, type, name)
);
