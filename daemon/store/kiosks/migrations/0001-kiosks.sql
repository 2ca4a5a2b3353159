-- The kiosks that may speak to this appliance. Apart from the journal, so that neither waits for the other.

-- A revoked kiosk has no row.
CREATE TABLE kiosk (
  name TEXT PRIMARY KEY,
  -- A JSON array of scopes.
  scopes TEXT NOT NULL,
  -- SHA-256 in base64url; the token itself is nowhere.
  token_hash TEXT NOT NULL UNIQUE,
  -- The wall clock's: for people to read, nothing is decided by it.
  paired_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Codes that were given out and not yet traded: one at most for a name. Times are of the monotonic clock of a boot.
CREATE TABLE pairing_code (
  name TEXT PRIMARY KEY,
  scopes TEXT NOT NULL,
  code_hash TEXT NOT NULL UNIQUE,
  made_boot_id TEXT NOT NULL,
  made_monotonic_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row: wrong tries since the last success, and the lock they led to. In the file, so that a restart lifts nothing.
CREATE TABLE pairing_guard (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  wrong_tries INTEGER NOT NULL,
  locked_boot_id TEXT,
  locked_monotonic_ms INTEGER,
  CHECK ((locked_boot_id IS NULL) = (locked_monotonic_ms IS NULL))
) STRICT;
INSERT INTO pairing_guard (id, wrong_tries) VALUES (1, 0);
