-- Readable by schema 7 and later.
-- What central sets of this box's configuration: the newest that it said, and the newest that the box took, which may be older.
CREATE TABLE remote_configuration (
  standing TEXT PRIMARY KEY CHECK (standing IN ('offered', 'taken')),
  version INTEGER NOT NULL CHECK (version > 0),
  -- JSON: values by key.
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
