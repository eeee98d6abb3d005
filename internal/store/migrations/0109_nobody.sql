-- What has no owner is counted at every unit.
CREATE INDEX matter_nobody ON matter (unit_id, state_class, place_path, type) WHERE unit_id = 0;
