-- Captures taken back after a refund, sales whose money the bank has shown, and what need not be kept for ever.

-- why rebuilt: SQLite cannot widen a CHECK in place. Others refer to it: until the rows are back, that is put off.
PRAGMA defer_foreign_keys = ON;
CREATE TEMP TABLE collection_kept AS SELECT * FROM collection;
DROP TABLE collection;
CREATE TABLE collection (
  ref INTEGER PRIMARY KEY,
  appliance_ref INTEGER NOT NULL REFERENCES appliance (ref),
  checkout_id TEXT NOT NULL,
  currency TEXT NOT NULL,
  total_minor INTEGER NOT NULL CHECK (total_minor > 0),
  -- Of the checkout's payment: what a processor is named, and what rules choose by.
  token TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  scheme TEXT NOT NULL,
  -- Approved by the appliance alone, or asked of central while the kiosk waits.
  origin TEXT NOT NULL CHECK (origin IN ('offline', 'online')),
  -- Where the money is to be: held for a pending checkout, taken, or not taken at all (refused, voided).
  wanted TEXT NOT NULL CHECK (wanted IN ('authorised', 'captured', 'nothing')),
  -- `held` waits for a person; the last three are ends, which a later void or refund may leave again.
  state TEXT NOT NULL CHECK (state IN ('open', 'held', 'collected', 'released', 'written_off')),
  captured_minor INTEGER NOT NULL DEFAULT 0,
  refunded_minor INTEGER NOT NULL DEFAULT 0,
  -- What of it stands as a loss, or in suspense, because it will not be collected.
  lost_minor INTEGER NOT NULL DEFAULT 0,
  -- Why a person must look at it; `review` before anything is charged, everything else follows from the attempts.
  held_for TEXT CHECK (held_for IN
    ('review', 'fraud', 'unknown', 'made_twice', 'rejected', 'amount_differs', 'no_route', 'refund')),
  -- The next step: when it is due, at which processor, and what is taken first there: 0 a kiosk waits, 1 what can be done
  -- nowhere else, 2 a charge that another processor may make. NULL: nothing, until something happens.
  due_ms INTEGER,
  processor TEXT,
  lane INTEGER CHECK (lane BETWEEN 0 AND 2),
  opened_ms INTEGER NOT NULL,
  UNIQUE (appliance_ref, checkout_id),
  CHECK (captured_minor BETWEEN 0 AND total_minor),
  CHECK (lost_minor IN (0, total_minor - captured_minor)),
  -- Never more is given back than was taken; but what was taken may be taken back after that.
  CHECK (refunded_minor BETWEEN 0 AND total_minor),
  CHECK ((due_ms IS NULL) = (processor IS NULL)),
  CHECK ((due_ms IS NULL) = (lane IS NULL)),
  CHECK ((state = 'held') = (held_for IS NOT NULL))
) STRICT;
INSERT INTO collection (ref, appliance_ref, checkout_id, currency, total_minor, token, fingerprint, scheme, origin, wanted,
  state, captured_minor, refunded_minor, lost_minor, held_for, due_ms, processor, lane, opened_ms)
SELECT ref, appliance_ref, checkout_id, currency, total_minor, token, fingerprint, scheme, origin, wanted,
  state, captured_minor, refunded_minor, lost_minor, held_for, due_ms, processor, lane, opened_ms FROM collection_kept;
DROP TABLE collection_kept;
CREATE INDEX collection_due ON collection (processor, lane, due_ms) WHERE due_ms IS NOT NULL;
-- What people look for: the ends are many, the rest is few.
CREATE INDEX collection_open ON collection (state, ref) WHERE state IN ('open', 'held', 'written_off');

-- Sales that were told as settled: each once.
CREATE TABLE settled_checkout (
  collection_ref INTEGER PRIMARY KEY REFERENCES collection (ref),
  run_ref INTEGER NOT NULL REFERENCES reconciliation_run (ref),
  told_ms INTEGER NOT NULL
) STRICT;
CREATE TRIGGER settled_checkout_is_never_edited BEFORE UPDATE ON settled_checkout BEGIN SELECT RAISE(ABORT, 'what was told stays told'); END;
CREATE TRIGGER settled_checkout_is_never_deleted BEFORE DELETE ON settled_checkout BEGIN SELECT RAISE(ABORT, 'what was told stays told'); END;

-- Payouts that the bank has shown and whose sales were told: a run passes over them while they have no more rows.
CREATE TABLE settled_payout (
  processor TEXT NOT NULL,
  currency TEXT NOT NULL,
  reference TEXT NOT NULL,
  rows INTEGER NOT NULL,
  PRIMARY KEY (processor, currency, reference)
) STRICT, WITHOUT ROWID;

-- why: what was settled long before this release would be told in one flood. What may still be on its way is told.
INSERT INTO settled_payout (processor, currency, reference, rows)
SELECT f.source, r.net_currency, r.payout_reference, count(*)
FROM report_file f JOIN report_row r ON r.file_ref = f.ref
WHERE f.side = 'processor' AND r.payout_reference IS NOT NULL
GROUP BY f.source, r.net_currency, r.payout_reference
HAVING max(r.occurred_ms) < (SELECT max(occurred_ms) FROM report_row) - 10 * 86400000;

-- What a processor told may be forgotten once it was applied, long ago: never what waits or was given up.
DROP TRIGGER webhook_event_is_never_deleted;
CREATE TRIGGER webhook_event_outlives_its_work BEFORE DELETE ON webhook_event
WHEN EXISTS (SELECT 1 FROM webhook_work WHERE event_ref = OLD.ref)
BEGIN SELECT RAISE(ABORT, 'only an event that was applied is forgotten'); END;
CREATE TRIGGER webhook_work_is_forgotten_when_done BEFORE DELETE ON webhook_work WHEN OLD.state <> 'done'
BEGIN SELECT RAISE(ABORT, 'only an event that was applied is forgotten'); END;
CREATE INDEX webhook_done ON webhook_work (ended_ms) WHERE state = 'done';
