-- Readable by schema 7 and later.
-- The release that central wants to run here, as the feed said it last.
CREATE TABLE release_wish (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  rollout INTEGER NOT NULL CHECK (rollout > 0),
  -- NULL: the one that the package brought.
  release TEXT,
  any_hour INTEGER NOT NULL CHECK (any_hour IN (0, 1)),
  returns INTEGER NOT NULL CHECK (returns IN (0, 1))
) STRICT;
