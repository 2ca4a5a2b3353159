-- A catalogue is written, compared, stored and announced in pieces: intake waits for one of them at most.

-- A list of products: being written, waiting as a draft, on its way to be published, in force, or leaving. What is
-- published is not copied: the list changes its state.
ALTER TABLE catalogue_draft RENAME TO catalogue_list;
ALTER TABLE catalogue_list ADD COLUMN state TEXT NOT NULL DEFAULT 'draft'
  CHECK (state IN ('writing', 'draft', 'publishing', 'in_force', 'leaving'));
ALTER TABLE catalogue_draft_product RENAME COLUMN draft TO list;
INSERT INTO catalogue_list (source, products, made_ms, state)
SELECT '', products, coalesce(published_ms, 0), 'in_force' FROM catalogue ORDER BY version DESC LIMIT 1;
INSERT INTO catalogue_draft_product (list, sku, body)
SELECT number, catalogue_product.sku, catalogue_product.body FROM catalogue_product, catalogue_list
WHERE state = 'in_force';
DROP TABLE catalogue_product;
ALTER TABLE catalogue_draft_product RENAME TO catalogue_product;

-- The list that a version was made of, and what it differed in. NULL: published before this was written down.
ALTER TABLE catalogue ADD COLUMN list INTEGER;
ALTER TABLE catalogue ADD COLUMN figures TEXT;

-- The publication under way: one at a time, and whoever is there takes its next step.
CREATE TABLE publication (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  list INTEGER NOT NULL REFERENCES catalogue_list (number),
  -- JSON: the step it is at, and how far.
  progress TEXT NOT NULL,
  -- When its last step was taken: one that stands still was left behind.
  stepped_ms INTEGER NOT NULL
) STRICT;
-- What it has found to differ from the version in force.
CREATE TABLE publication_difference (
  sku TEXT PRIMARY KEY,
  removed INTEGER NOT NULL CHECK (removed IN (0, 1))
) STRICT, WITHOUT ROWID;
