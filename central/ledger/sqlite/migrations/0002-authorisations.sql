-- Checkouts for which an appliance asked central, what central answered, and what the appliance made of it.

CREATE TABLE authorisation (
  appliance_ref INTEGER NOT NULL REFERENCES appliance (ref),
  checkout_id TEXT NOT NULL,
  answer TEXT NOT NULL CHECK (answer IN ('waiting', 'authorised', 'declined', 'unknown')),
  -- When a waiting one is due: kept here, so that a restart loses none.
  due_ms INTEGER,
  decline_code TEXT,
  PRIMARY KEY (appliance_ref, checkout_id),
  CHECK (answer <> 'waiting' OR due_ms IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX authorisation_due ON authorisation (due_ms) WHERE answer = 'waiting';

-- An answer that was given stands.
CREATE TRIGGER authorisation_is_answered_once BEFORE UPDATE ON authorisation WHEN OLD.answer <> 'waiting'
BEGIN SELECT RAISE(ABORT, 'an authorisation is answered once'); END;

-- The entry by which a pending checkout was decided: `booked` when it took a sale back, else `recorded`.
CREATE TABLE decision (
  journal_ref INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  appliance_ref INTEGER NOT NULL REFERENCES appliance (ref),
  id TEXT NOT NULL,
  checkout_id TEXT NOT NULL,
  verdict TEXT NOT NULL,
  decided_by TEXT NOT NULL CHECK (decided_by IN ('central', 'appliance')),
  state TEXT NOT NULL CHECK (state IN ('booked', 'recorded')),
  currency TEXT NOT NULL,
  total_minor INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  booked_ms INTEGER NOT NULL,
  PRIMARY KEY (journal_ref, seq),
  UNIQUE (appliance_ref, checkout_id),
  FOREIGN KEY (journal_ref, seq) REFERENCES entry (journal_ref, seq)
) STRICT, WITHOUT ROWID;
