-- What each appliance said over time: rows of numbers in blocks (central/fleet/series/block.ts), and when conditions and outages
-- began and ended.
CREATE TABLE appliance (
  ref INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE
) STRICT;

-- Rows of 30 s come in blocks of five minutes and are joined to hours; of 5 min an hour; of an hour a day.
CREATE TABLE block (
  appliance_ref INTEGER NOT NULL REFERENCES appliance,
  step_seconds INTEGER NOT NULL,
  -- Time since 1970 in steps.
  first_slot INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (appliance_ref, step_seconds, first_slot)
) STRICT, WITHOUT ROWID;

-- Hours since 1970 of which rows of 30 s came that the coarser steps do not have yet.
CREATE TABLE due_hour (
  hour INTEGER NOT NULL,
  appliance_ref INTEGER NOT NULL REFERENCES appliance,
  PRIMARY KEY (hour, appliance_ref)
) STRICT, WITHOUT ROWID;
CREATE INDEX due_hour_of ON due_hour (appliance_ref);

CREATE TABLE event (
  number INTEGER PRIMARY KEY,
  appliance_ref INTEGER NOT NULL REFERENCES appliance,
  kind TEXT NOT NULL CHECK (kind IN ('condition', 'outage', 'silence', 'start')),
  -- The condition, or the release that started.
  code TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  -- NULL while it holds.
  until_ms INTEGER
) STRICT;
CREATE INDEX event_of ON event (appliance_ref, since_ms);
CREATE UNIQUE INDEX event_open ON event (appliance_ref, kind, code) WHERE until_ms IS NULL;
