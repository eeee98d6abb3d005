-- The day that the plan of a matter's cycle sets for looking back; no look-back is due before it. '' where no plan does.
ALTER TABLE matter ADD COLUMN look_from TEXT NOT NULL DEFAULT '';
