-- Sales whose money the bank has shown, and what processors told that need not be kept for ever.

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
