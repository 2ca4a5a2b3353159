-- What central sets of the boxes' own configuration, rolled out as policies are.

-- Every version is kept. Who gets it is in the feeds, each with a copy of its own: it is small, and rebuilding the feeds for one
-- more kind of shared document would hold the store of a large fleet for long.
CREATE TABLE configuration (
  version INTEGER PRIMARY KEY,
  -- JSON: values by key.
  body TEXT NOT NULL,
  -- For the boxes of this rollout alone; NULL: for everybody.
  rollout INTEGER REFERENCES rollout (number)
) STRICT;

-- The configuration that an appliance's feed ends with. 0: none, and its own file holds alone.
ALTER TABLE appliance ADD COLUMN configuration_version INTEGER NOT NULL DEFAULT 0;

-- why a new column: SQLite cannot widen a CHECK in place, and other tables refer to this one.
ALTER TABLE rollout ADD COLUMN lane_next TEXT NOT NULL DEFAULT 'policy'
  CHECK (lane_next IN ('policy', 'configuration', 'release'));
UPDATE rollout SET lane_next = lane;
ALTER TABLE rollout DROP COLUMN lane;
ALTER TABLE rollout RENAME COLUMN lane_next TO lane;

-- Of the lane's own numbers: of policies, or of configurations.
ALTER TABLE rollout_box RENAME COLUMN policy_before TO version_before;

-- A turn hears some of the boxes that were told, and counts the others: neither may read all rows of a large fleet.
CREATE INDEX rollout_box_standing ON rollout_box (rollout, state, since_ms, place, pardoned);
CREATE INDEX rollout_box_open ON rollout_box (rollout, place)
WHERE state IN ('given', 'confirmed', 'failed', 'timed_out', 'returning');
