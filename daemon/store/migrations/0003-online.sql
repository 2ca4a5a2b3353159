-- Checkouts for which central was asked, and what central said, in an order that event streams can go on from.

-- A row for each pending entry; decided once.
CREATE TABLE asked (
  checkout_id BLOB PRIMARY KEY,
  -- What becomes of it when central does not answer in time, by the policy of the moment it was asked.
  late TEXT NOT NULL CHECK (late IN ('approve_offline', 'refuse')),
  wait_ms INTEGER NOT NULL,
  -- By the monotonic clock: the wall clock may step while a kiosk waits.
  boot_id TEXT NOT NULL,
  monotonic_ms INTEGER NOT NULL,
  -- The entry that says what became of it.
  decision_seq INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX asked_undecided ON asked (checkout_id) WHERE decision_seq IS NULL;

CREATE TRIGGER decided_once BEFORE UPDATE ON asked WHEN OLD.decision_seq IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a checkout is decided once'); END;

-- Outcomes as they were applied. Positions are this file's own: central may begin a new feed.
CREATE TABLE outcome (
  position INTEGER PRIMARY KEY,
  document_id BLOB NOT NULL,
  outcome TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
