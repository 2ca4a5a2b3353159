-- Steps of a fulfilment are documents too, and a checkout shows the newest.

-- why rebuilt: SQLite cannot widen a CHECK in place. No other table refers to this one.
CREATE TABLE document_next (
  ref INTEGER PRIMARY KEY,
  appliance_ref INTEGER NOT NULL REFERENCES appliance (ref),
  id TEXT NOT NULL,
  journal_ref INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('checkout', 'void', 'refund', 'fulfilment')),
  verdict TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('booked', 'recorded')),
  currency TEXT NOT NULL,
  total_minor INTEGER NOT NULL CHECK (total_minor >= 0),
  -- The checkout that a void, linked refund or fulfilment refers to.
  checkout_id TEXT,
  slip INTEGER,
  refunded_minor INTEGER NOT NULL DEFAULT 0,
  voided_by TEXT,
  -- Of a fulfilment its step, of a checkout the newest one.
  fulfilment TEXT,
  at_ms INTEGER NOT NULL,
  booked_ms INTEGER NOT NULL,
  -- why the appliance too: an id chosen by one appliance must not block another's.
  UNIQUE (id, appliance_ref),
  UNIQUE (journal_ref, seq),
  CHECK (refunded_minor BETWEEN 0 AND total_minor),
  CHECK (voided_by IS NULL OR refunded_minor = 0),
  FOREIGN KEY (journal_ref, seq) REFERENCES entry (journal_ref, seq)
) STRICT;
INSERT INTO document_next (ref, appliance_ref, id, journal_ref, seq, kind, verdict, state, currency, total_minor,
  checkout_id, slip, refunded_minor, voided_by, at_ms, booked_ms)
SELECT ref, appliance_ref, id, journal_ref, seq, kind, verdict, state, currency, total_minor,
  checkout_id, slip, refunded_minor, voided_by, at_ms, booked_ms FROM document;
DROP TABLE document;
ALTER TABLE document_next RENAME TO document;
CREATE INDEX document_of_checkout ON document (checkout_id) WHERE checkout_id IS NOT NULL;
CREATE INDEX document_of_appliance ON document (appliance_ref, ref);
