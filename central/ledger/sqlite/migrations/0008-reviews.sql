-- Questions that a person must answer, and everything that was said about them.

CREATE TABLE review (
  number INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('in_review', 'unknown_attempt', 'fraud', 'held_money')),
  appliance_ref INTEGER NOT NULL REFERENCES appliance (ref),
  document_id TEXT NOT NULL,
  -- The call to a processor that it is about.
  attempt_ref INTEGER,
  currency TEXT NOT NULL,
  amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
  reason TEXT NOT NULL,
  opened_ms INTEGER NOT NULL,
  -- `proposed` waits for a second person.
  state TEXT NOT NULL CHECK (state IN ('open', 'proposed', 'decided')),
  -- What was proposed or decided.
  decision TEXT CHECK (decision IN ('approve', 'decline', 'try_again', 'settled_otherwise')),
  -- The time-out counts from here: from its opening, and again from each question and answer.
  due_from_ms INTEGER NOT NULL,
  -- Its time is over and it stays all the same.
  escalated_ms INTEGER,
  CHECK ((state = 'open') = (decision IS NULL))
) STRICT;
-- why: whoever opens it asks once, however often the reason is met again.
CREATE UNIQUE INDEX review_open ON review (appliance_ref, document_id, kind, coalesce(attempt_ref, 0))
WHERE state <> 'decided';
CREATE INDEX review_due ON review (kind, due_from_ms) WHERE state <> 'decided' AND escalated_ms IS NULL;
CREATE TRIGGER review_is_decided_once BEFORE UPDATE ON review WHEN OLD.state = 'decided'
BEGIN SELECT RAISE(ABORT, 'a review is decided once'); END;
CREATE TRIGGER review_is_never_deleted BEFORE DELETE ON review BEGIN SELECT RAISE(ABORT, 'a review is never deleted'); END;

CREATE TABLE review_event (
  review INTEGER NOT NULL REFERENCES review (number),
  number INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('opened', 'asked', 'answered', 'proposed', 'decided', 'escalated')),
  decision TEXT,
  -- JSON, as in the audit log.
  actor TEXT NOT NULL,
  note TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (review, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER review_event_is_never_edited BEFORE UPDATE ON review_event BEGIN SELECT RAISE(ABORT, 'a review event is never edited'); END;
CREATE TRIGGER review_event_is_never_deleted BEFORE DELETE ON review_event BEGIN SELECT RAISE(ABORT, 'a review event is never deleted'); END;
