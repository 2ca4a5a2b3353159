-- What every appliance is told: the catalogue as snapshots and deltas, its drafts, and the cards no longer taken.

-- why rebuilt: SQLite cannot widen a CHECK in place, and `feed` refers to the table.
CREATE TABLE feed_document_next (
  ref INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('policy', 'catalogue', 'catalogue_delta', 'hot_list')),
  version INTEGER NOT NULL CHECK (version > 0),
  piece INTEGER NOT NULL CHECK (piece > 0),
  body BLOB NOT NULL,
  UNIQUE (kind, version, piece)
) STRICT;
INSERT INTO feed_document_next SELECT ref, kind, version, piece, body FROM feed_document;

CREATE TABLE feed_next (
  appliance_ref INTEGER NOT NULL REFERENCES appliance (ref),
  position INTEGER NOT NULL CHECK (position > 0),
  body BLOB,
  feed_document_ref INTEGER REFERENCES feed_document_next (ref),
  PRIMARY KEY (appliance_ref, position),
  CHECK ((body IS NULL) <> (feed_document_ref IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO feed_next SELECT appliance_ref, position, body, feed_document_ref FROM feed;

DROP TABLE feed;
DROP TABLE feed_document;
ALTER TABLE feed_document_next RENAME TO feed_document;
ALTER TABLE feed_next RENAME TO feed;

-- The catalogue that an appliance's feed ends with: a delta on it needs no snapshot. 0: none yet.
ALTER TABLE appliance ADD COLUMN catalogue_version INTEGER NOT NULL DEFAULT 0;
UPDATE appliance SET catalogue_version = coalesce((
  SELECT max(version) FROM feed JOIN feed_document ON feed_document.ref = feed.feed_document_ref
  WHERE feed.appliance_ref = appliance.ref AND feed_document.kind = 'catalogue'), 0);

-- Each version that was published, in figures.
CREATE TABLE catalogue (
  version INTEGER PRIMARY KEY,
  products INTEGER NOT NULL,
  -- NULL: published before this was written down.
  published_ms INTEGER
) STRICT;
INSERT INTO catalogue
SELECT version, sum(json_array_length(CAST(body AS TEXT), '$.products')), NULL
FROM feed_document WHERE kind = 'catalogue' GROUP BY version;

-- The products of the version in force. A body is the product's JSON as the feed carries it, always written in the
-- same way, so that equal bodies are equal products.
CREATE TABLE catalogue_product (
  sku TEXT PRIMARY KEY,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO catalogue_product
SELECT json_extract(product.value, '$.sku'), product.value
FROM feed_document, json_each(CAST(feed_document.body AS TEXT), '$.products') AS product
WHERE kind = 'catalogue' AND version = (SELECT max(version) FROM catalogue);

-- Catalogues that wait to be published.
CREATE TABLE catalogue_draft (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  -- The file it came from, for people.
  source TEXT NOT NULL,
  products INTEGER NOT NULL,
  made_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE catalogue_draft_product (
  draft INTEGER NOT NULL REFERENCES catalogue_draft (number),
  sku TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (draft, sku)
) STRICT, WITHOUT ROWID;

-- Cards that are no longer taken, each with the item that a newcomer is sent for it.
CREATE TABLE hot_list (
  fingerprint TEXT PRIMARY KEY,
  added_ms INTEGER NOT NULL,
  feed_document_ref INTEGER NOT NULL REFERENCES feed_document (ref)
) STRICT, WITHOUT ROWID;
