-- What of a checkout was given back, line by line, and how far its goods are on their way to the customer.

-- The last step of its fulfilment; null: none yet, or its goods left with it.
ALTER TABLE document ADD COLUMN fulfilment TEXT;

-- Refunded by line or in full, or not picked. Refunds of an amount are in document.refunded_minor alone.
CREATE TABLE given_back (
  -- The checkout, 16 bytes.
  checkout_id BLOB NOT NULL,
  line INTEGER NOT NULL,
  quantity INTEGER NOT NULL,
  minor INTEGER NOT NULL,
  PRIMARY KEY (checkout_id, line)
) STRICT, WITHOUT ROWID;
