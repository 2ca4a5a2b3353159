-- What a card that one processor keeps is called by another: so that a checkout can be charged where its token is not known.
CREATE TABLE processor_token (
  token TEXT NOT NULL,
  processor TEXT NOT NULL,
  processor_token TEXT NOT NULL,
  imported_ms INTEGER NOT NULL,
  PRIMARY KEY (token, processor)
) STRICT, WITHOUT ROWID;
