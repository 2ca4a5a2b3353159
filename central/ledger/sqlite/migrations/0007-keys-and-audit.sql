-- Keys of operators with roles, and the audit log.

CREATE TABLE operator_key (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'support', 'finance', 'admin')),
  -- JSON lists. NULL: all that the role may; from any address.
  scopes TEXT CHECK (json_type(scopes) = 'array'),
  addresses TEXT CHECK (json_type(addresses) = 'array'),
  created_ms INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  expires_ms INTEGER,
  revoked_ms INTEGER,
  -- UTC, YYYY-MM-DD.
  last_used_day TEXT
) STRICT;

-- why apart from the key: while one is rotated there are two. SHA-256 of each; the secret itself is nowhere.
CREATE TABLE operator_secret (
  hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
  operator_key INTEGER NOT NULL REFERENCES operator_key (number),
  made_ms INTEGER NOT NULL,
  -- NULL: as long as the key.
  until_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX operator_secret_of_key ON operator_secret (operator_key);

-- The key of before could do everything, and goes on doing so.
INSERT INTO operator_key (name, role, created_ms, created_by)
SELECT 'first', 'admin', min(created_ms), 'an older release' FROM api_key HAVING count(*) > 0;
INSERT INTO operator_secret (hash, operator_key, made_ms)
SELECT hash, (SELECT number FROM operator_key), created_ms FROM api_key;
DROP TABLE api_key;

-- hash(n) = SHA-256(hash(n-1), n as u64 big-endian, the body's UTF-8 bytes): as in a journal.
CREATE TABLE audit (
  number INTEGER PRIMARY KEY CHECK (number > 0),
  body TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  action TEXT NOT NULL AS (json_extract(body, '$.action')) VIRTUAL,
  about TEXT NOT NULL AS (json_extract(body, '$.about')) VIRTUAL
) STRICT;
CREATE INDEX audit_about ON audit (about, number);
CREATE INDEX audit_action ON audit (action, number);

CREATE TRIGGER audit_is_never_edited BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'an audit record is never edited'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'an audit record is never deleted'); END;
