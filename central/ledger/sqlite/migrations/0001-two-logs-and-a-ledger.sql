-- Central's database: what each appliance sent (journal, entry), what it means (document, movement, posting),
-- and what each appliance is told (feed). Positions, not flags: pending work is arithmetic on two numbers.

CREATE TABLE appliance (
  ref INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  site TEXT,
  -- SPKI, DER: the key of the certificate in its last hello. It signs every frame upwards.
  public_key BLOB,
  release TEXT,
  registered_ms INTEGER NOT NULL,
  last_heard_ms INTEGER,
  feed_id TEXT NOT NULL,
  feed_head INTEGER NOT NULL DEFAULT 0,
  applied_through INTEGER NOT NULL DEFAULT 0,
  CHECK (applied_through BETWEEN 0 AND feed_head)
) STRICT;

CREATE TABLE journal (
  ref INTEGER PRIMARY KEY,
  appliance_ref INTEGER NOT NULL REFERENCES appliance (ref),
  id TEXT NOT NULL,
  received_through INTEGER NOT NULL DEFAULT 0,
  received_hash BLOB NOT NULL CHECK (length(received_hash) = 32),
  booked_through INTEGER NOT NULL DEFAULT 0,
  condition TEXT CHECK (condition IN ('history_diverged')),
  condition_since_ms INTEGER,
  UNIQUE (appliance_ref, id),
  CHECK (booked_through BETWEEN 0 AND received_through),
  CHECK ((condition IS NULL) = (condition_since_ms IS NULL))
) STRICT;

-- why partial: the ledger asks only for journals with work, among thousands without.
CREATE INDEX journal_behind ON journal (ref) WHERE booked_through < received_through;

-- I4: what a receipt has promised is never taken back, whatever a later release may try.
CREATE TRIGGER journal_only_grows BEFORE UPDATE ON journal
WHEN NEW.received_through < OLD.received_through OR NEW.booked_through < OLD.booked_through
BEGIN
  SELECT RAISE(ABORT, 'a journal position only grows');
END;

-- The raw bytes exactly as they were hashed and signed for. The key is the order of the journal itself.
CREATE TABLE entry (
  journal_ref INTEGER NOT NULL REFERENCES journal (ref),
  seq INTEGER NOT NULL CHECK (seq > 0),
  body BLOB NOT NULL,
  PRIMARY KEY (journal_ref, seq)
) STRICT, WITHOUT ROWID;

-- An entry that could not be booked, with the reason, for a person to look at. The rest of its journal goes on.
CREATE TABLE parked (
  journal_ref INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  reason TEXT NOT NULL,
  document_id TEXT,
  kind TEXT,
  parked_ms INTEGER NOT NULL,
  PRIMARY KEY (journal_ref, seq),
  FOREIGN KEY (journal_ref, seq) REFERENCES entry (journal_ref, seq)
) STRICT, WITHOUT ROWID;

-- A checkout, void or refund as it stands. `ref` is the order of booking and the cursor of every page.
CREATE TABLE document (
  ref INTEGER PRIMARY KEY,
  appliance_ref INTEGER NOT NULL REFERENCES appliance (ref),
  id TEXT NOT NULL,
  journal_ref INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('checkout', 'void', 'refund')),
  verdict TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('booked', 'recorded')),
  currency TEXT NOT NULL,
  total_minor INTEGER NOT NULL CHECK (total_minor >= 0),
  -- The checkout that a void or linked refund refers to.
  checkout_id TEXT,
  slip INTEGER,
  refunded_minor INTEGER NOT NULL DEFAULT 0,
  voided_by TEXT,
  at_ms INTEGER NOT NULL,
  booked_ms INTEGER NOT NULL,
  -- why the appliance too: an id chosen by one appliance must not block another's.
  UNIQUE (id, appliance_ref),
  UNIQUE (journal_ref, seq),
  CHECK (refunded_minor BETWEEN 0 AND total_minor),
  CHECK (voided_by IS NULL OR refunded_minor = 0),
  FOREIGN KEY (journal_ref, seq) REFERENCES entry (journal_ref, seq)
) STRICT;
CREATE INDEX document_of_checkout ON document (checkout_id) WHERE checkout_id IS NOT NULL;
CREATE INDEX document_of_appliance ON document (appliance_ref, ref);

-- One double-entry transaction. why UNIQUE: an entry moves money once, even if booking it were tried twice (I5).
CREATE TABLE movement (
  id INTEGER PRIMARY KEY,
  journal_ref INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('sale', 'void', 'refund')),
  booked_ms INTEGER NOT NULL,
  UNIQUE (journal_ref, seq),
  FOREIGN KEY (journal_ref, seq) REFERENCES entry (journal_ref, seq)
) STRICT;

-- Debit above zero, credit below. The lines of one movement sum to zero per currency (I6).
CREATE TABLE posting (
  movement_id INTEGER NOT NULL REFERENCES movement (id),
  line INTEGER NOT NULL,
  account TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount_minor INTEGER NOT NULL CHECK (amount_minor <> 0),
  PRIMARY KEY (movement_id, line)
) STRICT, WITHOUT ROWID;

-- The running balance of an account: the sum of its postings, kept so that asking costs nothing.
-- why STRICT matters here: an overflowing sum would become a REAL, which a STRICT column refuses.
CREATE TABLE account (
  name TEXT NOT NULL,
  currency TEXT NOT NULL,
  balance_minor INTEGER NOT NULL,
  PRIMARY KEY (name, currency)
) STRICT, WITHOUT ROWID;

-- Policy and catalogue bodies, stored once however many appliances are told.
CREATE TABLE feed_document (
  ref INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('policy', 'catalogue')),
  version INTEGER NOT NULL CHECK (version > 0),
  piece INTEGER NOT NULL CHECK (piece > 0),
  body BLOB NOT NULL,
  UNIQUE (kind, version, piece)
) STRICT;

CREATE TABLE feed (
  appliance_ref INTEGER NOT NULL REFERENCES appliance (ref),
  position INTEGER NOT NULL CHECK (position > 0),
  body BLOB,
  feed_document_ref INTEGER REFERENCES feed_document (ref),
  PRIMARY KEY (appliance_ref, position),
  CHECK ((body IS NULL) <> (feed_document_ref IS NULL))
) STRICT, WITHOUT ROWID;

-- SHA-256 of each operator key; the key itself is nowhere.
CREATE TABLE api_key (
  hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
  created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Append-only is kept by the database, so that no later code can edit history by mistake.
CREATE TRIGGER entry_is_never_edited BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'an entry is never edited'); END;
CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'an entry is never deleted'); END;
CREATE TRIGGER movement_is_never_edited BEFORE UPDATE ON movement BEGIN SELECT RAISE(ABORT, 'a movement is never edited'); END;
CREATE TRIGGER movement_is_never_deleted BEFORE DELETE ON movement BEGIN SELECT RAISE(ABORT, 'a movement is never deleted'); END;
CREATE TRIGGER posting_is_never_edited BEFORE UPDATE ON posting BEGIN SELECT RAISE(ABORT, 'a posting is never edited'); END;
CREATE TRIGGER posting_is_never_deleted BEFORE DELETE ON posting BEGIN SELECT RAISE(ABORT, 'a posting is never deleted'); END;
