-- What processors and banks report, what a reconciliation makes of it, and what people have to settle.

-- One file as it was brought. why UNIQUE: the same bytes twice change nothing.
CREATE TABLE report_file (
  ref INTEGER PRIMARY KEY,
  side TEXT NOT NULL CHECK (side IN ('processor', 'bank')),
  -- The processor by its name in the routing, or our bank account by its short name.
  source TEXT NOT NULL,
  format TEXT NOT NULL CHECK (format IN ('stripe', 'adyen', 'camt053', 'mt940')),
  name TEXT NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  state TEXT NOT NULL DEFAULT 'importing' CHECK (state IN ('importing', 'complete')),
  -- How far it has been read, so that an import that was ended goes on from there.
  items INTEGER NOT NULL DEFAULT 0,
  rows INTEGER NOT NULL DEFAULT 0,
  -- Rows that another file has too: reports overlap.
  repeated INTEGER NOT NULL DEFAULT 0,
  set_aside INTEGER NOT NULL DEFAULT 0,
  first_ms INTEGER,
  last_ms INTEGER,
  imported_by TEXT NOT NULL,
  begun_ms INTEGER NOT NULL,
  completed_ms INTEGER,
  UNIQUE (side, source, sha256)
) STRICT;

-- `item` is its place among all that was read of the file, `line` what an editor shows.
CREATE TABLE report_row (
  file_ref INTEGER NOT NULL REFERENCES report_file (ref),
  item INTEGER NOT NULL,
  line INTEGER NOT NULL,
  kind TEXT NOT NULL,
  own_reference TEXT NOT NULL,
  payment_reference TEXT,
  our_reference TEXT,
  amount_minor INTEGER NOT NULL,
  currency TEXT NOT NULL,
  fee_minor INTEGER NOT NULL,
  net_minor INTEGER NOT NULL,
  net_currency TEXT NOT NULL,
  occurred_ms INTEGER NOT NULL,
  available_on TEXT,
  payout_reference TEXT,
  PRIMARY KEY (file_ref, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX report_row_own ON report_row (own_reference);

CREATE TABLE bank_entry (
  file_ref INTEGER NOT NULL REFERENCES report_file (ref),
  item INTEGER NOT NULL,
  line INTEGER NOT NULL,
  account_number TEXT NOT NULL,
  bank_reference TEXT NOT NULL,
  -- JSON: names that others gave it.
  other_references TEXT NOT NULL,
  words TEXT NOT NULL,
  amount_minor INTEGER NOT NULL,
  currency TEXT NOT NULL,
  booked_on TEXT NOT NULL,
  value_on TEXT NOT NULL,
  PRIMARY KEY (file_ref, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX bank_entry_own ON bank_entry (bank_reference);

-- Whether each statement in a file adds up.
CREATE TABLE bank_statement (
  file_ref INTEGER NOT NULL REFERENCES report_file (ref),
  item INTEGER NOT NULL,
  line INTEGER NOT NULL,
  account_number TEXT NOT NULL,
  statement TEXT NOT NULL,
  currency TEXT NOT NULL,
  opening_minor INTEGER,
  closing_minor INTEGER,
  entries_minor INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  set_aside INTEGER NOT NULL,
  agrees INTEGER NOT NULL CHECK (agrees IN (0, 1)),
  PRIMARY KEY (file_ref, item)
) STRICT, WITHOUT ROWID;

-- Rows that could not be read, each with its reason; beyond a number only their count is kept, in report_file.
CREATE TABLE set_aside (
  file_ref INTEGER NOT NULL REFERENCES report_file (ref),
  item INTEGER NOT NULL,
  line INTEGER NOT NULL,
  reason TEXT NOT NULL,
  field TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (file_ref, item)
) STRICT, WITHOUT ROWID;

CREATE TABLE reconciliation_run (
  ref INTEGER PRIMARY KEY,
  as_of_ms INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'complete', 'abandoned')),
  begun_by TEXT NOT NULL,
  begun_ms INTEGER NOT NULL,
  -- When it last gave a sign of life: one that has not for long was ended in the middle.
  touched_ms INTEGER NOT NULL,
  ended_ms INTEGER,
  opened INTEGER NOT NULL DEFAULT 0,
  reopened INTEGER NOT NULL DEFAULT 0,
  gone INTEGER NOT NULL DEFAULT 0,
  movements INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Where the rows of each side ended, in figures.
CREATE TABLE reconciliation_total (
  run_ref INTEGER NOT NULL REFERENCES reconciliation_run (ref),
  side TEXT NOT NULL,
  currency TEXT NOT NULL,
  status TEXT NOT NULL,
  rows INTEGER NOT NULL,
  amount_minor INTEGER NOT NULL,
  PRIMARY KEY (run_ref, side, currency, status)
) STRICT, WITHOUT ROWID;

-- A difference that a person can see and settle. `key` is what makes it the same one in the next run.
CREATE TABLE exception (
  ref INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL,
  processor TEXT NOT NULL,
  reference TEXT NOT NULL,
  currency TEXT NOT NULL,
  -- What is at stake, and by how much the sides differ where both say something.
  amount_minor INTEGER NOT NULL,
  difference_minor INTEGER,
  -- JSON: the first rows that it is about.
  rows TEXT NOT NULL,
  rows_count INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'settled')),
  settled_as TEXT CHECK (settled_as IN ('gone', 'accepted', 'corrected', 'received', 'split', 'merged')),
  owner TEXT,
  -- Of the oldest of its rows.
  since_ms INTEGER NOT NULL,
  opened_ms INTEGER NOT NULL,
  -- By when the processor should have answered, where it is being chased.
  chase_due_ms INTEGER,
  settled_ms INTEGER,
  merged_into INTEGER REFERENCES exception (ref),
  split_from INTEGER REFERENCES exception (ref),
  last_run INTEGER NOT NULL REFERENCES reconciliation_run (ref),
  CHECK ((state = 'settled') = (settled_as IS NOT NULL)),
  CHECK ((state = 'settled') = (settled_ms IS NOT NULL))
) STRICT;
CREATE INDEX exception_open ON exception (ref) WHERE state = 'open';
CREATE INDEX exception_merged ON exception (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX exception_split ON exception (split_from) WHERE split_from IS NOT NULL;

CREATE TABLE exception_event (
  ref INTEGER PRIMARY KEY,
  exception_ref INTEGER NOT NULL REFERENCES exception (ref),
  at_ms INTEGER NOT NULL,
  -- The key's name or the operating system's user; `reconciliation` where a run did it.
  who TEXT NOT NULL,
  action TEXT NOT NULL,
  note TEXT NOT NULL,
  -- JSON.
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX exception_event_of ON exception_event (exception_ref, ref);

-- What reconciliation has posted for each thing it books (a payout, the fees of a batch, a bank entry), summed up: a later
-- run posts only what differs from it.
CREATE TABLE reconciled (
  key TEXT NOT NULL,
  account TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount_minor INTEGER NOT NULL,
  last_run INTEGER NOT NULL,
  PRIMARY KEY (key, account, currency)
) STRICT, WITHOUT ROWID;

-- Each time that it posted something: the source of that movement (report_row, bank_entry, payout).
CREATE TABLE reconciled_step (
  ref INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  run_ref INTEGER NOT NULL REFERENCES reconciliation_run (ref),
  -- The row of the report or the bank's entry; NULL where it took back what is no longer so.
  file_ref INTEGER REFERENCES report_file (ref),
  item INTEGER
) STRICT;
CREATE INDEX reconciled_step_of ON reconciled_step (key);

-- What processors took or gave back for us, by what they answered: the side of the ledger.
-- why the charge's reference too: a report may name a capture or a refund by the payment that it belongs to.
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
  WHEN 'refund' THEN a.state IN ('approved', 'pending', 'undone')
  -- A void moves money back only where some was taken before.
  ELSE a.state = 'approved' AND (c.take = 'authorise_and_capture' OR EXISTS (SELECT 1 FROM attempt t
    WHERE t.collection_ref = a.collection_ref AND t.purpose = 'capture' AND t.charge_id = a.charge_id
      AND t.state IN ('approved', 'undone')))
END;

CREATE TRIGGER report_row_is_never_edited BEFORE UPDATE ON report_row BEGIN SELECT RAISE(ABORT, 'a report row is never edited'); END;
CREATE TRIGGER report_row_is_never_deleted BEFORE DELETE ON report_row BEGIN SELECT RAISE(ABORT, 'a report row is never deleted'); END;
CREATE TRIGGER bank_entry_is_never_edited BEFORE UPDATE ON bank_entry BEGIN SELECT RAISE(ABORT, 'a bank entry is never edited'); END;
CREATE TRIGGER bank_entry_is_never_deleted BEFORE DELETE ON bank_entry BEGIN SELECT RAISE(ABORT, 'a bank entry is never deleted'); END;
CREATE TRIGGER set_aside_is_never_edited BEFORE UPDATE ON set_aside BEGIN SELECT RAISE(ABORT, 'what was set aside is never edited'); END;
CREATE TRIGGER set_aside_is_never_deleted BEFORE DELETE ON set_aside BEGIN SELECT RAISE(ABORT, 'what was set aside is never deleted'); END;
CREATE TRIGGER exception_event_is_never_edited BEFORE UPDATE ON exception_event BEGIN SELECT RAISE(ABORT, 'history is never edited'); END;
CREATE TRIGGER exception_event_is_never_deleted BEFORE DELETE ON exception_event BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END;
