-- The journal and what is derived from it in the same transaction.

-- One row: which journal this file is, and the positions of both logs.
CREATE TABLE position (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  journal_id TEXT NOT NULL,
  -- Central's receipt covers every entry through here. Only grows (I4).
  received_through INTEGER NOT NULL DEFAULT 0,
  -- The feed this appliance follows, and how far it has been applied.
  feed_id TEXT,
  applied_through INTEGER NOT NULL DEFAULT 0,
  -- The last slip number given out (I15).
  last_slip INTEGER NOT NULL DEFAULT 0,
  -- Money approved offline that has no outcome yet: the sum over document.exposed (I12).
  exposure_minor INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Append-only. seq has no gap (I3); body is hashed, stored and sent as it is.
CREATE TABLE entry (
  seq INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  -- The checkout the entry is about, 16 bytes; null for a refund without one.
  checkout_id BLOB,
  body BLOB NOT NULL,
  hash BLOB NOT NULL,
  wall_ms INTEGER NOT NULL
) STRICT;

CREATE TRIGGER entry_is_never_edited BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'a journal entry is never edited'); END;

-- I7, kept by the file itself.
CREATE TRIGGER unreceived_entry_is_never_removed BEFORE DELETE ON entry
WHEN OLD.seq > (SELECT received_through FROM position)
BEGIN SELECT RAISE(ABORT, 'an entry that central has not received is never removed'); END;

-- What each document has come to, and the memory that makes a repeated request safe (I2).
CREATE TABLE document (
  -- The Idempotency-Key of the request, 16 bytes. A UUIDv7 grows with time, so that the tree is written at its end.
  id BLOB PRIMARY KEY,
  seq INTEGER NOT NULL,
  request_hash BLOB NOT NULL,
  kind TEXT NOT NULL,
  verdict TEXT NOT NULL,
  currency TEXT,
  total_minor INTEGER NOT NULL DEFAULT 0,
  -- What this document still adds to position.exposure_minor.
  exposed_minor INTEGER NOT NULL DEFAULT 0,
  outcome TEXT,
  outcome_at_ms INTEGER,
  voided_by BLOB,
  refunded_minor INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Documents by kind and verdict, for the status page; a count over the journal would be a scan.
CREATE TABLE tally (
  kind TEXT NOT NULL,
  verdict TEXT NOT NULL,
  documents INTEGER NOT NULL,
  PRIMARY KEY (kind, verdict)
) STRICT, WITHOUT ROWID;

CREATE TABLE policy (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;

-- The catalogue in force, and the one whose pieces are still arriving.
CREATE TABLE catalogue (
  version INTEGER PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('arriving', 'in_force', 'retired')),
  pieces_applied INTEGER NOT NULL,
  products INTEGER NOT NULL
) STRICT;
-- At most one is in force.
CREATE UNIQUE INDEX catalogue_in_force ON catalogue (state) WHERE state = 'in_force';

CREATE TABLE product (
  version INTEGER NOT NULL,
  sku TEXT NOT NULL,
  -- Padded to 14 digits, so that a GTIN-12 and its GTIN-13 form are one product.
  gtin14 TEXT,
  name TEXT NOT NULL,
  price_minor INTEGER NOT NULL,
  base_quantity INTEGER NOT NULL,
  sellable INTEGER NOT NULL,
  quantity_max INTEGER,
  PRIMARY KEY (version, sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX product_by_gtin ON product (version, gtin14) WHERE gtin14 IS NOT NULL;
