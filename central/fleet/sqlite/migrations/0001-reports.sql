-- What each appliance last said of itself. None of it is money: a file of its own, so that a fleet that talks never holds up
-- a receipt.
CREATE TABLE report (
  appliance_id TEXT PRIMARY KEY,
  -- By central's clock.
  heard_ms INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
