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
