-- Sites, one-time codes, the certificates that were issued, and who is no longer let in.

CREATE TABLE site (
  name TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 100),
  created_ms INTEGER NOT NULL,
  created_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO site (name, created_ms, created_by)
SELECT site, min(registered_ms), 'an older release' FROM appliance WHERE length(site) BETWEEN 1 AND 100 GROUP BY site;

-- A code for one appliance at one site. The code itself is nowhere: SHA-256 of it.
CREATE TABLE enrolment (
  number INTEGER PRIMARY KEY,
  appliance_id TEXT NOT NULL,
  site TEXT NOT NULL REFERENCES site (name),
  code_hash BLOB NOT NULL CHECK (length(code_hash) = 32),
  created_ms INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  expires_ms INTEGER NOT NULL,
  -- Wrong codes tried for this appliance while this one was open.
  wrong_attempts INTEGER NOT NULL DEFAULT 0,
  cancelled_ms INTEGER,
  -- By then its certificate was durable: the code is used.
  issued_ms INTEGER,
  profile_ms INTEGER,
  CHECK (issued_ms IS NULL OR cancelled_ms IS NULL)
) STRICT;
-- why: two codes for one box would leave two boxes with one name.
CREATE UNIQUE INDEX enrolment_open ON enrolment (appliance_id) WHERE issued_ms IS NULL AND cancelled_ms IS NULL;
CREATE INDEX enrolment_of_appliance ON enrolment (appliance_id, number);
CREATE TRIGGER enrolment_is_never_deleted BEFORE DELETE ON enrolment BEGIN SELECT RAISE(ABORT, 'an enrolment is never deleted'); END;
CREATE TRIGGER enrolment_is_used_once BEFORE UPDATE OF issued_ms ON enrolment WHEN OLD.issued_ms IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a code is used once'); END;

-- Every certificate that central issued. Those of `appliance create` are here where it was given the configuration.
CREATE TABLE certificate (
  ref INTEGER PRIMARY KEY,
  -- Lower-case hex, as in the certificate.
  serial TEXT NOT NULL UNIQUE,
  appliance_id TEXT NOT NULL,
  issued_as TEXT NOT NULL CHECK (issued_as IN ('enrolment', 'renewal', 'command')),
  enrolment INTEGER REFERENCES enrolment (number),
  -- The certificate whose holder renewed it.
  renews INTEGER REFERENCES certificate (ref),
  public_key BLOB NOT NULL,
  der BLOB NOT NULL,
  issued_ms INTEGER NOT NULL,
  not_before_ms INTEGER NOT NULL,
  not_after_ms INTEGER NOT NULL,
  first_hello_ms INTEGER,
  revoked_ms INTEGER,
  revoked_reason TEXT CHECK (revoked_reason IN ('key_compromise', 'superseded', 'cessation')),
  CHECK ((revoked_ms IS NULL) = (revoked_reason IS NULL)),
  CHECK ((issued_as = 'enrolment') = (enrolment IS NOT NULL)),
  CHECK ((issued_as = 'renewal') >= (renews IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX certificate_of_enrolment ON certificate (enrolment) WHERE enrolment IS NOT NULL;
CREATE INDEX certificate_of_appliance ON certificate (appliance_id, ref);
CREATE INDEX certificate_of_key ON certificate (public_key);
CREATE INDEX certificate_revoked ON certificate (revoked_ms) WHERE revoked_ms IS NOT NULL;
CREATE TRIGGER certificate_is_never_deleted BEFORE DELETE ON certificate BEGIN SELECT RAISE(ABORT, 'a certificate is never deleted'); END;
CREATE TRIGGER certificate_stays_revoked BEFORE UPDATE OF revoked_ms ON certificate WHEN OLD.revoked_ms IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a revoked certificate stays revoked'); END;

-- Appliances that are shut out by name, whatever certificate they show. `readmitted_ms`: only certificates issued since
-- count, and the table above names them.
CREATE TABLE denial (
  appliance_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('revoked', 'replaced', 'retired')),
  reason TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  readmitted_ms INTEGER
) STRICT, WITHOUT ROWID;

-- The last boots of each appliance: one that comes back after another has begun runs on two machines.
CREATE TABLE appliance_boot (
  appliance_ref INTEGER NOT NULL REFERENCES appliance (ref),
  boot_id TEXT NOT NULL,
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  PRIMARY KEY (appliance_ref, boot_id)
) STRICT, WITHOUT ROWID;

-- What a box last said of its own journal: by how much at least it was ahead of what is here.
CREATE TABLE journal_claim (
  journal_ref INTEGER PRIMARY KEY REFERENCES journal (ref),
  last_seq INTEGER NOT NULL CHECK (last_seq >= 0),
  at_ms INTEGER NOT NULL
) STRICT;

-- What is wrong with an appliance as a whole, since when.
CREATE TABLE appliance_condition (
  appliance_id TEXT NOT NULL,
  code TEXT NOT NULL CHECK (code IN ('identity_in_two_places')),
  since_ms INTEGER NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (appliance_id, code)
) STRICT, WITHOUT ROWID;

-- The last list of revoked certificates that was written of each issuing CA, for brokers of others.
CREATE TABLE crl (
  -- The CA's fingerprint, SHA-256.
  issuer TEXT PRIMARY KEY,
  this_update_ms INTEGER NOT NULL,
  next_update_ms INTEGER NOT NULL CHECK (next_update_ms > this_update_ms)
) STRICT, WITHOUT ROWID;

-- An old box, the new one in its place, and what is known of the journal that was left in it.
CREATE TABLE replacement (
  number INTEGER PRIMARY KEY,
  old_id TEXT NOT NULL UNIQUE,
  new_id TEXT NOT NULL,
  site TEXT NOT NULL,
  -- handed_over: everything it wrote was received. declared: what is missing is named and signed off.
  journal TEXT NOT NULL CHECK (journal IN ('handed_over', 'declared')),
  state TEXT NOT NULL CHECK (state IN ('proposed', 'done')),
  -- JSON: for each journal the first seq not received, and how many at least and at most.
  missing TEXT NOT NULL CHECK (json_type(missing) = 'array'),
  -- What a person reckons the missing entries to be worth; NULL: nobody can say.
  currency TEXT,
  amount_minor INTEGER CHECK (amount_minor >= 0),
  note TEXT NOT NULL,
  -- Who proposed it, as two actors are compared.
  proposed_by TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  CHECK ((currency IS NULL) = (amount_minor IS NULL))
) STRICT;
CREATE TRIGGER replacement_is_done_once BEFORE UPDATE ON replacement WHEN OLD.state = 'done'
BEGIN SELECT RAISE(ABORT, 'a replacement is done once'); END;
