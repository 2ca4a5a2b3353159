-- What each appliance's doctor found last, for whoever asked.
CREATE TABLE doctor (
  appliance_id TEXT PRIMARY KEY,
  -- By central's clock.
  heard_ms INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
