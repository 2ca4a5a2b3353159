-- Money that moves at processors: what is to be collected of each checkout, every call that may move money, stored before
-- it is sent (I13), and movements of other sources than journal entries.

-- why rebuilt: a movement may have another source than an entry, and SQLite cannot drop NOT NULL or a CHECK in place.
CREATE TABLE movement_next (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL CHECK (source IN
    ('entry', 'attempt', 'write_off', 'dispute', 'report_row', 'bank_entry', 'payout', 'exception', 'reversal', 'opening')),
  -- Of an entry.
  journal_ref INTEGER,
  seq INTEGER,
  -- Of every other source: the row that it comes from, in the table of that source.
  source_ref INTEGER,
  reason TEXT NOT NULL CHECK (reason IN ('sale', 'void', 'refund', 'capture', 'refund_made', 'void_made', 'write_off',
    'fee', 'payout', 'paid_in', 'dispute', 'dispute_won', 'dispute_lost', 'adjustment', 'suspense', 'correction',
    'payee_paid', 'opening')),
  booked_ms INTEGER NOT NULL,
  CHECK ((source = 'entry') = (journal_ref IS NOT NULL)),
  CHECK ((journal_ref IS NULL) = (seq IS NULL)),
  CHECK ((source_ref IS NULL) = (journal_ref IS NOT NULL)),
  FOREIGN KEY (journal_ref, seq) REFERENCES entry (journal_ref, seq)
) STRICT;
INSERT INTO movement_next (id, source, journal_ref, seq, reason, booked_ms)
SELECT id, 'entry', journal_ref, seq, reason, booked_ms FROM movement;

CREATE TABLE posting_next (
  movement_id INTEGER NOT NULL REFERENCES movement_next (id),
  line INTEGER NOT NULL,
  account TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount_minor INTEGER NOT NULL CHECK (amount_minor <> 0),
  PRIMARY KEY (movement_id, line)
) STRICT, WITHOUT ROWID;
INSERT INTO posting_next SELECT * FROM posting;

DROP TABLE posting;
DROP TABLE movement;
ALTER TABLE movement_next RENAME TO movement;
ALTER TABLE posting_next RENAME TO posting;

-- I5: an entry moves money once, and so does every other source for each reason, even if booking it were tried twice.
CREATE UNIQUE INDEX movement_of_entry ON movement (journal_ref, seq) WHERE source = 'entry';
CREATE UNIQUE INDEX movement_of_source ON movement (source, source_ref, reason) WHERE source <> 'entry';
CREATE TRIGGER movement_is_never_edited BEFORE UPDATE ON movement BEGIN SELECT RAISE(ABORT, 'a movement is never edited'); END;
CREATE TRIGGER movement_is_never_deleted BEFORE DELETE ON movement BEGIN SELECT RAISE(ABORT, 'a movement is never deleted'); END;
CREATE TRIGGER posting_is_never_edited BEFORE UPDATE ON posting BEGIN SELECT RAISE(ABORT, 'a posting is never edited'); END;
CREATE TRIGGER posting_is_never_deleted BEFORE DELETE ON posting BEGIN SELECT RAISE(ABORT, 'a posting is never deleted'); END;

-- What was sold before there were processors was never collected: the receivable was a customer's all along. History is
-- not edited: one movement a currency carries each balance to its new account.
INSERT INTO movement (source, source_ref, reason, booked_ms)
SELECT 'opening', row_number() OVER (ORDER BY currency), 'opening', CAST(unixepoch() AS INTEGER) * 1000
FROM (SELECT DISTINCT currency FROM account WHERE balance_minor <> 0 ORDER BY currency);
INSERT INTO posting (movement_id, line, account, currency, amount_minor)
SELECT movement.id, line, account, currency, amount_minor FROM (
  SELECT dense_rank() OVER (ORDER BY currency) AS source_ref,
    row_number() OVER (PARTITION BY currency ORDER BY account) AS line, account, currency, amount_minor
  FROM (
    SELECT name AS account, currency, -balance_minor AS amount_minor FROM account
    UNION ALL
    SELECT CASE name WHEN 'receivable:processor' THEN 'receivable:customer' ELSE 'payable:payee:house' END, currency,
      balance_minor FROM account
  ) WHERE amount_minor <> 0
) AS carried JOIN movement ON movement.source = 'opening' AND movement.source_ref = carried.source_ref;
INSERT INTO account (name, currency, balance_minor)
SELECT CASE name WHEN 'receivable:processor' THEN 'receivable:customer' ELSE 'payable:payee:house' END, currency,
  balance_minor FROM account WHERE balance_minor <> 0;
UPDATE account SET balance_minor = 0 WHERE name IN ('receivable:processor', 'payable:payee');

-- An authorisation may wait for a processor: then nobody knows when it is due.
-- why rebuilt: SQLite cannot drop a CHECK in place. No other table refers to this one.
CREATE TABLE authorisation_next (
  appliance_ref INTEGER NOT NULL REFERENCES appliance (ref),
  checkout_id TEXT NOT NULL,
  answer TEXT NOT NULL CHECK (answer IN ('waiting', 'authorised', 'declined', 'unknown')),
  -- When a declared answer is due: kept here, so that a restart loses none. NULL: a processor is asked.
  due_ms INTEGER,
  decline_code TEXT,
  PRIMARY KEY (appliance_ref, checkout_id)
) STRICT, WITHOUT ROWID;
INSERT INTO authorisation_next SELECT * FROM authorisation;
DROP TABLE authorisation;
ALTER TABLE authorisation_next RENAME TO authorisation;
CREATE INDEX authorisation_due ON authorisation (due_ms) WHERE answer = 'waiting' AND due_ms IS NOT NULL;
CREATE TRIGGER authorisation_is_answered_once BEFORE UPDATE ON authorisation WHEN OLD.answer <> 'waiting'
BEGIN SELECT RAISE(ABORT, 'an authorisation is answered once'); END;

-- What central has to do at processors for one checkout. Calls for one checkout are made one after the other.
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
    ('review', 'unknown', 'made_twice', 'rejected', 'amount_differs', 'no_route', 'refund')),
  -- The next step: when it is due, at which processor, and what is taken first there: 0 a kiosk waits, 1 what can be done
  -- nowhere else, 2 a charge that another processor may make. NULL: nothing, until something happens.
  due_ms INTEGER,
  processor TEXT,
  lane INTEGER CHECK (lane BETWEEN 0 AND 2),
  opened_ms INTEGER NOT NULL,
  UNIQUE (appliance_ref, checkout_id),
  CHECK (captured_minor BETWEEN 0 AND total_minor),
  CHECK (lost_minor IN (0, total_minor - captured_minor)),
  -- Never more is given back than was taken.
  CHECK (refunded_minor BETWEEN 0 AND captured_minor),
  CHECK ((due_ms IS NULL) = (processor IS NULL)),
  CHECK ((due_ms IS NULL) = (lane IS NULL)),
  CHECK ((state = 'held') = (held_for IS NOT NULL))
) STRICT;
CREATE INDEX collection_due ON collection (processor, lane, due_ms) WHERE due_ms IS NOT NULL;
-- What people look for: the ends are many, the rest is few.
CREATE INDEX collection_open ON collection (state, ref) WHERE state IN ('open', 'held', 'written_off');

-- A refund that a processor is to return to the customer.
CREATE TABLE payback (
  ref INTEGER PRIMARY KEY,
  collection_ref INTEGER NOT NULL REFERENCES collection (ref),
  document_id TEXT NOT NULL,
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  -- `held` waits for a person.
  state TEXT NOT NULL CHECK (state IN ('open', 'held', 'returned', 'settled_otherwise')),
  UNIQUE (collection_ref, document_id)
) STRICT;

-- One call to a processor that may move money. Durable before it is sent: whatever happens then, its reference is known.
CREATE TABLE attempt (
  ref INTEGER PRIMARY KEY,
  collection_ref INTEGER NOT NULL REFERENCES collection (ref),
  payback_ref INTEGER REFERENCES payback (ref),
  appliance_ref INTEGER NOT NULL REFERENCES appliance (ref),
  -- The checkout, or the refund.
  document_id TEXT NOT NULL,
  purpose TEXT NOT NULL CHECK (purpose IN ('charge', 'capture', 'void', 'refund')),
  take TEXT CHECK (take IN ('authorise_and_capture', 'authorise')),
  number INTEGER NOT NULL CHECK (number > 0),
  processor TEXT NOT NULL,
  reference TEXT NOT NULL UNIQUE,
  idempotency_key TEXT NOT NULL UNIQUE,
  -- What the processor was told to charge, which a token table may have translated.
  token TEXT,
  currency TEXT NOT NULL,
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  -- `sent` until an answer is durable; `not_made`: a look-up has proved that it never happened.
  state TEXT NOT NULL CHECK (state IN
    ('sent', 'approved', 'pending', 'declined', 'rejected', 'unavailable', 'unknown', 'not_made', 'undone')),
  -- The processor's names.
  charge_id TEXT,
  refund_id TEXT,
  -- What the processor said, by its code, and for a decline what it means.
  code TEXT,
  decline_class TEXT CHECK (decline_class IN ('retry_later', 'do_not_retry', 'other_method', 'fraud')),
  -- How often it was sent, and looked up since it was last sent.
  tries INTEGER NOT NULL DEFAULT 1,
  looked INTEGER NOT NULL DEFAULT 0,
  first_sent_ms INTEGER NOT NULL,
  sent_ms INTEGER NOT NULL,
  answered_ms INTEGER,
  -- Before this moment nothing is done about it. NULL: nothing is done by itself.
  not_before_ms INTEGER,
  CHECK ((purpose = 'charge') = (take IS NOT NULL)),
  CHECK ((purpose = 'refund') OR payback_ref IS NULL)
) STRICT;
CREATE INDEX attempt_of_collection ON attempt (collection_ref);
CREATE INDEX attempt_of_charge ON attempt (processor, charge_id) WHERE charge_id IS NOT NULL;
CREATE INDEX attempt_of_document ON attempt (appliance_ref, document_id);
-- What a restart finds on its way: unknown, until it is looked up.
CREATE INDEX attempt_on_its_way ON attempt (ref) WHERE state = 'sent';

-- I13: of one checkout at most one charge may be alive.
CREATE UNIQUE INDEX attempt_alive ON attempt (collection_ref)
WHERE purpose = 'charge' AND state IN ('sent', 'approved', 'pending', 'unknown', 'unavailable');

-- Money that a cardholder's bank has taken back until it is decided.
CREATE TABLE dispute (
  ref INTEGER PRIMARY KEY,
  collection_ref INTEGER NOT NULL REFERENCES collection (ref),
  processor TEXT NOT NULL,
  dispute_id TEXT NOT NULL,
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  state TEXT NOT NULL CHECK (state IN ('open', 'won', 'lost')),
  opened_ms INTEGER NOT NULL,
  UNIQUE (processor, dispute_id)
) STRICT;

-- Everything that was said about an attempt, in order: what a person is shown.
CREATE TABLE attempt_event (
  attempt_ref INTEGER NOT NULL REFERENCES attempt (ref),
  number INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('sent', 'answered', 'looked_up', 'webhook', 'person')),
  detail TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (attempt_ref, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER attempt_event_is_never_edited BEFORE UPDATE ON attempt_event BEGIN SELECT RAISE(ABORT, 'an attempt event is never edited'); END;
CREATE TRIGGER attempt_event_is_never_deleted BEFORE DELETE ON attempt_event BEGIN SELECT RAISE(ABORT, 'an attempt event is never deleted'); END;
