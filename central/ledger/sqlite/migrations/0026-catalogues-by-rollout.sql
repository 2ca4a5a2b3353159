-- Catalogues by rollout: some boxes may have a version that is not for everybody, and each goes on from the one that it has.

-- For the boxes of this rollout alone; NULL: for everybody.
ALTER TABLE catalogue ADD COLUMN rollout INTEGER REFERENCES rollout (number);
UPDATE catalogue SET list = (SELECT number FROM catalogue_list WHERE state = 'in_force')
WHERE list IS NULL AND version = (SELECT max(version) FROM catalogue);

-- What differs between two versions: which pieces of the documents `catalogue_delta` of the version.
CREATE TABLE catalogue_way (
  version INTEGER NOT NULL,
  base INTEGER NOT NULL CHECK (base < version),
  first_piece INTEGER NOT NULL CHECK (first_piece > 0),
  pieces INTEGER NOT NULL CHECK (pieces > 0),
  PRIMARY KEY (version, base)
) STRICT, WITHOUT ROWID;
INSERT INTO catalogue_way
SELECT version, version - 1, 1, count(*) FROM feed_document
WHERE kind = 'catalogue_delta' AND version IN (SELECT version FROM catalogue) GROUP BY version;

-- The publications under way, one after the other. One that is not in force yet begins again: it compares with every version
-- that boxes have now, and not only with the newest.
DELETE FROM feed_document WHERE kind IN ('catalogue', 'catalogue_delta')
  AND version > (SELECT coalesce(max(version), 0) FROM catalogue);
DELETE FROM product_split WHERE from_version > (SELECT coalesce(max(version), 0) FROM catalogue);
DELETE FROM publication_difference;
CREATE TABLE publication_next (
  version INTEGER PRIMARY KEY,
  list INTEGER NOT NULL REFERENCES catalogue_list (number),
  -- As of the catalogue that it becomes.
  rollout INTEGER REFERENCES rollout (number),
  -- JSON: the step it is at, and how far.
  progress TEXT NOT NULL,
  -- When its last step was taken: one that stands still was left behind.
  stepped_ms INTEGER NOT NULL
) STRICT;
INSERT INTO publication_next
SELECT CASE progress ->> 'kind' WHEN 'telling' THEN newest.version ELSE newest.version + 1 END, list, NULL,
  CASE progress ->> 'kind' WHEN 'telling' THEN '{"kind":"telling"}' ELSE '{"kind":"beginning"}' END, stepped_ms
FROM publication, (SELECT coalesce(max(version), 0) AS version FROM catalogue) AS newest;
DROP TABLE publication;
ALTER TABLE publication_next RENAME TO publication;

-- why a new column: SQLite cannot widen a CHECK in place, and other tables refer to this one.
ALTER TABLE rollout ADD COLUMN lane_next TEXT NOT NULL DEFAULT 'policy'
  CHECK (lane_next IN ('policy', 'configuration', 'catalogue', 'release'));
UPDATE rollout SET lane_next = lane;
ALTER TABLE rollout DROP COLUMN lane;
ALTER TABLE rollout RENAME COLUMN lane_next TO lane;
