-- What the journal that goes on must know of the damaged one it came from.

-- Documents that were taken there, and whose entry, or the decision on it, could not be carried over: their requests are
-- neither answered again nor taken as new.
CREATE TABLE document_in_doubt (
  -- The Idempotency-Key of the request, 16 bytes.
  id BLOB PRIMARY KEY,
  -- In the other journal.
  seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Where the feed is asked again from its beginning: the stock has taken its changes through here already. -1: through
-- where the feed ends when central is next heard.
ALTER TABLE position ADD COLUMN stock_through INTEGER NOT NULL DEFAULT 0;
