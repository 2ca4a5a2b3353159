-- Persons who sign in at the operators' page, their sessions, and what checkouts are found by.

CREATE TABLE person (
  number INTEGER PRIMARY KEY,
  -- As the machine names its users: a person with a key, a session and a shell is one person.
  name TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'support', 'finance', 'admin')),
  created_ms INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  ended_ms INTEGER,
  -- argon2id as a PHC string. NULL: the link was not used yet.
  password TEXT,
  -- Of the authenticator app; NULL: none.
  totp_secret BLOB,
  -- The newest step whose code was used: a code counts once.
  totp_step INTEGER NOT NULL DEFAULT 0,
  -- Shown, and not yet confirmed by a code.
  totp_offered BLOB,
  -- SHA-256 of the one-time link that is open, and its end.
  link_hash BLOB UNIQUE CHECK (length(link_hash) = 32),
  link_until_ms INTEGER,
  last_sign_in_ms INTEGER,
  CHECK ((link_hash IS NULL) = (link_until_ms IS NULL))
) STRICT;

CREATE TABLE person_session (
  number INTEGER PRIMARY KEY,
  -- SHA-256 of what the cookie holds; that itself is nowhere.
  hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  person INTEGER NOT NULL REFERENCES person (number),
  made_ms INTEGER NOT NULL,
  -- When the person last did something, to the minute: a request does not become a write.
  used_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL,
  from_address TEXT NOT NULL,
  browser TEXT NOT NULL
) STRICT;
CREATE INDEX person_session_of ON person_session (person, number);

-- The last four digits that stand on a customer's card and slip: people ask for a checkout by them.
ALTER TABLE document ADD COLUMN last4 TEXT;
UPDATE document SET last4 = (
  SELECT json_extract(CAST(entry.body AS TEXT), '$.checkout.payment.last4') FROM entry
  WHERE entry.journal_ref = document.journal_ref AND entry.seq = document.seq AND json_valid(CAST(entry.body AS TEXT))
) WHERE kind = 'checkout';
-- Each ends with the rowid: the newest of a slip number, an amount or a card come first without sorting.
CREATE INDEX document_of_slip ON document (slip) WHERE slip IS NOT NULL;
CREATE INDEX document_of_card ON document (last4) WHERE last4 IS NOT NULL;
CREATE INDEX document_of_total ON document (total_minor) WHERE kind = 'checkout';
