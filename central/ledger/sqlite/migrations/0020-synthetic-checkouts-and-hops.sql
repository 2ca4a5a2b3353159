-- Checkouts that appliances asked themselves: taken like every entry, and nothing else. They stand apart from `document`, so
-- that no sum, no export and no processor can come upon one.
CREATE TABLE synthetic (
  journal_ref INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  appliance_ref INTEGER NOT NULL REFERENCES appliance (ref),
  id TEXT NOT NULL,
  -- Whose act it was.
  by TEXT NOT NULL CHECK (by IN ('schedule', 'technician', 'central', 'release')),
  verdict TEXT NOT NULL,
  -- JSON: the codes.
  reasons TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  booked_ms INTEGER NOT NULL,
  PRIMARY KEY (journal_ref, seq),
  FOREIGN KEY (journal_ref, seq) REFERENCES entry (journal_ref, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX synthetic_of_id ON synthetic (id);
CREATE INDEX synthetic_of_appliance ON synthetic (appliance_ref, booked_ms);
CREATE TRIGGER synthetic_is_never_edited BEFORE UPDATE ON synthetic BEGIN SELECT RAISE(ABORT, 'a synthetic checkout is never edited'); END;
CREATE TRIGGER synthetic_is_never_deleted BEFORE DELETE ON synthetic BEGIN SELECT RAISE(ABORT, 'a synthetic checkout is never deleted'); END;

-- When which entries came, a row a frame, and since when their appliance had been connected by then: how long an entry waited
-- for a link, and how long it was on its way.
CREATE TABLE arrival (
  journal_ref INTEGER NOT NULL REFERENCES journal (ref),
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL CHECK (last_seq >= first_seq),
  received_ms INTEGER NOT NULL,
  -- Its last hello before; NULL: the entries were handed over by a person.
  connected_ms INTEGER,
  PRIMARY KEY (journal_ref, first_seq)
) STRICT, WITHOUT ROWID;
ALTER TABLE appliance ADD COLUMN hello_ms INTEGER;

-- How long the hops of documents took, by the UTC day they were booked on: counts in buckets that are the same everywhere, so
-- that any of them can be added up (central/latency/buckets.ts). Forgotten after 35 days.
CREATE TABLE latency (
  day INTEGER NOT NULL,
  appliance_ref INTEGER NOT NULL REFERENCES appliance (ref),
  hop TEXT NOT NULL CHECK (hop IN ('waiting_offline', 'sending', 'booking')),
  bucket INTEGER NOT NULL,
  documents INTEGER NOT NULL CHECK (documents > 0),
  PRIMARY KEY (day, appliance_ref, hop, bucket)
) STRICT, WITHOUT ROWID;
