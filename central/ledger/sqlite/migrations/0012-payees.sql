-- Who is paid: payees, how products are split between them, what is paid out, and movements that were corrected.

CREATE TABLE payee (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  -- Where to, in the words of our bank.
  bank_reference TEXT NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The splits of a list of products, beside catalogue_product: they do not travel to appliances.
CREATE TABLE catalogue_split (
  list INTEGER NOT NULL REFERENCES catalogue_list (number),
  sku TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (list, sku)
) STRICT, WITHOUT ROWID;

-- From which catalogue version on a product is split how: a row only where that changed, so that a sale finds the split of
-- its own catalogue. NULL: the house's alone from there on.
CREATE TABLE product_split (
  sku TEXT NOT NULL,
  from_version INTEGER NOT NULL,
  body TEXT,
  PRIMARY KEY (sku, from_version)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER product_split_is_never_edited BEFORE UPDATE ON product_split BEGIN SELECT RAISE(ABORT, 'a split is never edited'); END;
CREATE TRIGGER product_split_is_never_deleted BEFORE DELETE ON product_split BEGIN SELECT RAISE(ABORT, 'a split is never deleted'); END;

-- What is owed to one payee, movement by movement.
-- why partial: the house is paid by nobody, and most sales are its alone.
CREATE INDEX posting_of_payee ON posting (account, currency, movement_id, line, amount_minor)
WHERE account > 'payable:payee:' AND account < 'payable:payee;' AND account <> 'payable:payee:house';

-- Money paid to one payee: everything on its account after one movement and through another. The batches of an account
-- follow one another, so that what is not yet in one is arithmetic over two positions.
CREATE TABLE payout (
  ref INTEGER PRIMARY KEY,
  payee TEXT NOT NULL REFERENCES payee (id),
  currency TEXT NOT NULL,
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  after_movement INTEGER NOT NULL,
  through_movement INTEGER NOT NULL,
  -- The account `bank:<bank>` it is paid from.
  bank TEXT NOT NULL,
  -- `failed`: it was never paid, its lines are owed again; `returned`: the money came back.
  state TEXT NOT NULL CHECK (state IN ('prepared', 'approved', 'paid', 'failed', 'returned')),
  -- Of the transfer, once it is paid.
  reference TEXT,
  prepared_ms INTEGER NOT NULL,
  CHECK (after_movement < through_movement),
  CHECK ((reference IS NOT NULL) = (state IN ('paid', 'returned')))
) STRICT;
CREATE INDEX payout_of_payee ON payout (payee, currency, through_movement);
-- A range begins where the one before ended: that one must not fail meanwhile.
CREATE UNIQUE INDEX payout_open ON payout (payee, currency) WHERE state IN ('prepared', 'approved');
CREATE TRIGGER payout_stays_what_it_is BEFORE UPDATE OF ref, payee, currency, amount_minor, after_movement,
  through_movement, bank, prepared_ms ON payout BEGIN SELECT RAISE(ABORT, 'a payout stays what it is'); END;
CREATE TRIGGER payout_is_never_deleted BEFORE DELETE ON payout BEGIN SELECT RAISE(ABORT, 'a payout is never deleted'); END;

-- Who took each step, and what was said.
CREATE TABLE payout_event (
  payout_ref INTEGER NOT NULL REFERENCES payout (ref),
  number INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('prepared', 'approved', 'paid', 'failed', 'returned')),
  note TEXT NOT NULL,
  actor TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (payout_ref, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER payout_event_is_never_edited BEFORE UPDATE ON payout_event BEGIN SELECT RAISE(ABORT, 'a payout event is never edited'); END;
CREATE TRIGGER payout_event_is_never_deleted BEFORE DELETE ON payout_event BEGIN SELECT RAISE(ABORT, 'a payout event is never deleted'); END;

-- Why a movement was reversed; its reversal has the source `reversal` and this movement.
CREATE TABLE correction (
  movement_id INTEGER PRIMARY KEY REFERENCES movement (id),
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE TRIGGER correction_is_never_edited BEFORE UPDATE ON correction BEGIN SELECT RAISE(ABORT, 'a correction is never edited'); END;
CREATE TRIGGER correction_is_never_deleted BEFORE DELETE ON correction BEGIN SELECT RAISE(ABORT, 'a correction is never deleted'); END;
