-- Refunds that failed after they were made, and what is only ever added to.

-- why partial: they are few among all attempts, and are asked for among a million.
CREATE INDEX attempt_refund_failed ON attempt (ref) WHERE purpose = 'refund' AND state = 'declined' AND code = 'refund_failed';

-- A refund that was made and failed later moved money twice, and reports show both: so does the side of the ledger. One that
-- never was made moved none.
-- why `source <> 'entry'`: by these words the index of a movement's source is found.
DROP VIEW collected;
CREATE VIEW collected AS
SELECT a.processor,
  CASE WHEN a.purpose IN ('charge', 'capture') THEN 'charge' ELSE 'refund' END AS kind,
  CASE WHEN a.purpose IN ('capture', 'void') THEN coalesce(c.reference, a.reference) ELSE a.reference END AS our_reference,
  c.reference AS charge_reference,
  coalesce(a.charge_id, c.charge_id) AS payment_reference,
  CASE WHEN a.purpose IN ('charge', 'capture') THEN a.amount_minor ELSE -a.amount_minor END AS amount_minor,
  a.currency, coalesce(a.answered_ms, a.sent_ms) AS booked_ms, a.appliance_ref, a.document_id
FROM attempt a LEFT JOIN attempt c
  -- The charge that is captured, voided or refunded. None for a charge: it is its own.
  ON a.purpose <> 'charge' AND c.collection_ref = a.collection_ref AND c.purpose = 'charge' AND c.charge_id = a.charge_id
WHERE CASE a.purpose
  WHEN 'charge' THEN a.take = 'authorise_and_capture' AND a.state IN ('approved', 'undone')
  WHEN 'capture' THEN a.state IN ('approved', 'undone')
  WHEN 'refund' THEN a.state IN ('approved', 'pending', 'undone') OR (a.state = 'declined' AND a.code = 'refund_failed'
    AND EXISTS (SELECT 1 FROM movement m WHERE m.source <> 'entry' AND m.source = 'attempt' AND m.source_ref = a.ref
      AND m.reason = 'correction'))
  -- A void moves money back only where some was taken before.
  ELSE a.state = 'approved' AND (c.take = 'authorise_and_capture' OR EXISTS (SELECT 1 FROM attempt t
    WHERE t.collection_ref = a.collection_ref AND t.purpose = 'capture' AND t.charge_id = a.charge_id
      AND t.state IN ('approved', 'undone')))
END
UNION ALL
-- why CROSS: from the few that failed to their movements, not from a million movements to what they came of.
SELECT a.processor, 'refund_failed', a.reference, c.reference, coalesce(a.charge_id, c.charge_id), a.amount_minor, a.currency,
  m.booked_ms, a.appliance_ref, a.document_id
FROM attempt a
CROSS JOIN movement m ON m.source <> 'entry' AND m.source = 'attempt' AND m.source_ref = a.ref AND m.reason = 'correction'
LEFT JOIN attempt c ON c.collection_ref = a.collection_ref AND c.purpose = 'charge' AND c.charge_id = a.charge_id
WHERE a.purpose = 'refund' AND a.state = 'declined' AND a.code = 'refund_failed';

-- A correction by hand falls with what it corrected.
CREATE INDEX exception_corrected ON exception (ref) WHERE settled_as = 'corrected';

-- Append-only: what was read of a file, what a run counted, and what it posted.
CREATE TRIGGER bank_statement_is_never_edited BEFORE UPDATE ON bank_statement BEGIN SELECT RAISE(ABORT, 'a bank statement is never edited'); END;
CREATE TRIGGER bank_statement_is_never_deleted BEFORE DELETE ON bank_statement BEGIN SELECT RAISE(ABORT, 'a bank statement is never deleted'); END;
CREATE TRIGGER reconciliation_total_is_never_edited BEFORE UPDATE ON reconciliation_total BEGIN SELECT RAISE(ABORT, 'a total is never edited'); END;
CREATE TRIGGER reconciliation_total_is_never_deleted BEFORE DELETE ON reconciliation_total BEGIN SELECT RAISE(ABORT, 'a total is never deleted'); END;
CREATE TRIGGER reconciled_step_is_never_edited BEFORE UPDATE ON reconciled_step BEGIN SELECT RAISE(ABORT, 'a step is never edited'); END;
CREATE TRIGGER reconciled_step_is_never_deleted BEFORE DELETE ON reconciled_step BEGIN SELECT RAISE(ABORT, 'a step is never deleted'); END;
-- These move on, and are never taken away.
CREATE TRIGGER report_file_is_never_deleted BEFORE DELETE ON report_file BEGIN SELECT RAISE(ABORT, 'a report is never deleted'); END;
CREATE TRIGGER reconciliation_run_is_never_deleted BEFORE DELETE ON reconciliation_run BEGIN SELECT RAISE(ABORT, 'a run is never deleted'); END;
CREATE TRIGGER exception_is_never_deleted BEFORE DELETE ON exception BEGIN SELECT RAISE(ABORT, 'an exception is never deleted'); END;
CREATE TRIGGER reconciled_is_never_deleted BEFORE DELETE ON reconciled BEGIN SELECT RAISE(ABORT, 'what was posted is never forgotten'); END;
CREATE TRIGGER attempt_is_never_deleted BEFORE DELETE ON attempt BEGIN SELECT RAISE(ABORT, 'an attempt is never deleted'); END;
CREATE TRIGGER dispute_is_never_deleted BEFORE DELETE ON dispute BEGIN SELECT RAISE(ABORT, 'a dispute is never deleted'); END;
CREATE TRIGGER parked_is_never_edited BEFORE UPDATE ON parked BEGIN SELECT RAISE(ABORT, 'what was parked is never edited'); END;
CREATE TRIGGER parked_is_never_deleted BEFORE DELETE ON parked BEGIN SELECT RAISE(ABORT, 'what was parked is never deleted'); END;
