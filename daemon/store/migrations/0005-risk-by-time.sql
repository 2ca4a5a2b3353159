-- Approvals for the windows of cards and kiosks, one after the other in time, so that a checkout writes at the end of the
-- table and not all over it; and beside them one row for each card and kiosk.

ALTER TABLE risk_total RENAME TO risk_total_before;

-- What was approved for one card or one kiosk. Each row knows the one before it of the same key, and one further back
-- (risk-approvals.ts).
CREATE TABLE risk_approval (
  id INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  -- Of the same key, before this one.
  count_before INTEGER NOT NULL,
  minor_before INTEGER NOT NULL,
  -- Null: the first, or the one before it was swept away when this came.
  previous INTEGER,
  jump INTEGER,
  -- How many steps by `previous` the jump is.
  span INTEGER NOT NULL
) STRICT;

CREATE TABLE risk_total (
  -- 'f' and the card's fingerprint, or 'k' and the kiosk's name.
  key TEXT PRIMARY KEY,
  count INTEGER NOT NULL,
  total_minor INTEGER NOT NULL,
  newest INTEGER NOT NULL,
  newest_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO risk_approval (id, at_ms, count_before, minor_before, previous, jump, span)
SELECT id, at_ms, lag(count, 1, 0) OVER chain, lag(total_minor, 1, 0) OVER chain, lag(id) OVER chain, lag(id) OVER chain,
  lag(1, 1, 0) OVER chain
FROM (SELECT *, row_number() OVER (ORDER BY at_ms, key) AS id FROM risk_total_before)
WINDOW chain AS (PARTITION BY key ORDER BY at_ms);

-- -- a bare column beside max() is of the row that has the maximum
INSERT INTO risk_total (key, count, total_minor, newest, newest_ms)
SELECT key, count, total_minor, id, max(at_ms)
FROM (SELECT *, row_number() OVER (ORDER BY at_ms, key) AS id FROM risk_total_before)
GROUP BY key;

DROP TABLE risk_total_before;
