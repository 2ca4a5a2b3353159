-- What the whole rule needs to know: a time that only grows, running totals of what cards and kiosks bought, stock with
-- reservations, cards no longer taken, and a catalogue that deltas change without a copy of it.

ALTER TABLE position ADD COLUMN exposure_count INTEGER NOT NULL DEFAULT 0;
UPDATE position SET exposure_count = (SELECT count(*) FROM document WHERE exposed_minor > 0);

-- The site's elapsed time when the document was accepted; null for those of before.
ALTER TABLE document ADD COLUMN elapsed_ms INTEGER;

-- One row: the site's time (site-time.ts), and the secret from which checkouts are drawn to be decided online.
CREATE TABLE site (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  draw_seed BLOB NOT NULL,
  -- Milliseconds that only grow, over boots too; as of the monotonic time of that boot.
  elapsed_ms INTEGER NOT NULL DEFAULT 0,
  boot_id TEXT NOT NULL DEFAULT '',
  monotonic_ms INTEGER NOT NULL DEFAULT 0,
  -- When central was last heard: in which boot, at which elapsed time, and what time it was there.
  heard_boot_id TEXT,
  heard_elapsed_ms INTEGER NOT NULL DEFAULT 0,
  heard_central_ms INTEGER NOT NULL DEFAULT 0,
  -- The last best estimate of the time, and the elapsed time it was made at.
  best_ms INTEGER,
  best_elapsed_ms INTEGER NOT NULL DEFAULT 0,
  -- Elapsed time when the link was last known to be up.
  online_elapsed_ms INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO site (id, draw_seed) VALUES (1, randomblob(32));

-- Running totals by card and kiosk: what was approved within a window is the newest row less the last one before it,
-- two seeks however much was sold.
CREATE TABLE risk_total (
  -- 'f' and the card's fingerprint, or 'k' and the kiosk's name.
  key TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  count INTEGER NOT NULL,
  total_minor INTEGER NOT NULL,
  PRIMARY KEY (key, at_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE hot_card (fingerprint TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

-- Only what was counted; on hand may be below zero after a short count.
CREATE TABLE stock (
  sku TEXT PRIMARY KEY,
  on_hand INTEGER NOT NULL,
  -- The sum over its reservations.
  reserved INTEGER NOT NULL DEFAULT 0,
  low_water INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE reservation (
  -- The checkout, 16 bytes.
  checkout_id BLOB NOT NULL,
  sku TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  PRIMARY KEY (checkout_id, sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX reservation_by_expiry ON reservation (expires_ms);

-- Elapsed time at which it was applied.
ALTER TABLE policy ADD COLUMN applied_ms INTEGER NOT NULL DEFAULT 0;
-- The permission to override prices has become one of several fields.
UPDATE policy SET body = json_set(body, '$.priceOverride', json_object('permission', json_extract(body, '$.priceOverride')))
WHERE json_type(body, '$.priceOverride') = 'text';

-- One arrival of a catalogue: a snapshot, or a delta to the version `base`. A product's row in force is its newest of a
-- generation that is in force or beneath it; so a delta takes effect by one change here.
CREATE TABLE generation (
  generation INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  base INTEGER,
  state TEXT NOT NULL CHECK (state IN ('arriving', 'in_force', 'beneath', 'retired')),
  pieces_applied INTEGER NOT NULL,
  -- In the whole catalogue, once this is in force.
  products INTEGER NOT NULL,
  applied_ms INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO generation (generation, version, state, pieces_applied, products)
SELECT version, version, state, pieces_applied, products FROM catalogue;
DROP TABLE catalogue;
-- At most one is in force.
CREATE UNIQUE INDEX generation_in_force ON generation (state) WHERE state = 'in_force';

-- The newest version that could not be taken whole: a piece or its base is missing.
CREATE TABLE catalogue_missed (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL,
  since_ms INTEGER NOT NULL
) STRICT;

ALTER TABLE product RENAME TO product_before;
CREATE TABLE product (
  sku TEXT NOT NULL,
  generation INTEGER NOT NULL,
  -- As the feed brought it; null: removed.
  body TEXT,
  PRIMARY KEY (sku, generation)
) STRICT, WITHOUT ROWID;
-- A patch with null leaves the field out (RFC 7396).
INSERT INTO product (sku, generation, body)
SELECT sku, version, json_patch(
  json_object(
    'sku', sku, 'name', name,
    'price', json_object('priceMinor', price_minor, 'baseQuantity', base_quantity),
    'sellable', json(CASE sellable WHEN 1 THEN 'true' ELSE 'false' END)
  ),
  json_object('gtin', gtin14, 'quantityMax', quantity_max)
) FROM product_before;

-- Where a code may be found: the product's row in force says whether it still is.
CREATE TABLE product_code (
  -- Padded to 14 digits, so that a GTIN-12 and its GTIN-13 form are one code.
  gtin14 TEXT NOT NULL,
  sku TEXT NOT NULL,
  -- Where it stood in its catalogue: of two products with one code the first is meant.
  place INTEGER NOT NULL,
  PRIMARY KEY (gtin14, sku)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO product_code (gtin14, sku, place)
SELECT gtin14, sku, row_number() OVER (ORDER BY version, sku) FROM product_before WHERE gtin14 IS NOT NULL;
DROP TABLE product_before;
