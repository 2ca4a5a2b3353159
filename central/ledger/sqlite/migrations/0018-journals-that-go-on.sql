-- Journals that go on from others, which seqs of those are in doubt, and entries that came in two journals.

-- What the first entry of such a journal said. One that goes on from another that did itself carries that one's along.
CREATE TABLE salvage (
  journal_ref INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  id TEXT NOT NULL,
  -- NULL: nothing in the damaged file told it.
  from_journal_ref INTEGER REFERENCES journal (ref),
  cause TEXT NOT NULL CHECK (cause IN ('damaged', 'fallen_back')),
  carried INTEGER NOT NULL CHECK (carried >= 0),
  booked_ms INTEGER NOT NULL,
  PRIMARY KEY (journal_ref, seq),
  FOREIGN KEY (journal_ref, seq) REFERENCES entry (journal_ref, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX salvage_from ON salvage (from_journal_ref) WHERE from_journal_ref IS NOT NULL;
CREATE TRIGGER salvage_is_never_edited BEFORE UPDATE ON salvage BEGIN SELECT RAISE(ABORT, 'a salvage is never edited'); END;
CREATE TRIGGER salvage_is_never_deleted BEFORE DELETE ON salvage BEGIN SELECT RAISE(ABORT, 'a salvage is never deleted'); END;

-- Seqs of a journal that central lacks and that nobody can read any more where they were written. `booked` are those that
-- came all the same, and that nothing proves. `found`: they were handed over later.
CREATE TABLE doubt (
  number INTEGER PRIMARY KEY,
  -- The salvage that named them.
  journal_ref INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  appliance_ref INTEGER NOT NULL REFERENCES appliance (ref),
  -- The journal they are of.
  from_journal_ref INTEGER REFERENCES journal (ref),
  kind TEXT NOT NULL CHECK (kind IN ('lost', 'altered', 'unproven')),
  first_seq INTEGER NOT NULL CHECK (first_seq > 0),
  last_seq INTEGER NOT NULL CHECK (last_seq >= first_seq),
  state TEXT NOT NULL CHECK (state IN ('open', 'found', 'settled', 'booked')),
  since_ms INTEGER NOT NULL,
  ended_ms INTEGER,
  -- JSON: who ended it.
  ended_by TEXT,
  reason TEXT,
  evidence TEXT,
  CHECK ((kind = 'unproven') = (state = 'booked')),
  CHECK ((state IN ('found', 'settled')) = (ended_ms IS NOT NULL)),
  CHECK ((ended_ms IS NULL) = (ended_by IS NULL)),
  CHECK ((state = 'settled') = (reason IS NOT NULL)),
  FOREIGN KEY (journal_ref, seq) REFERENCES salvage (journal_ref, seq)
) STRICT;
-- why partial: what is open is little, and asked of every hello and every appliance that is shown.
CREATE INDEX doubt_open ON doubt (appliance_ref) WHERE state = 'open';
CREATE INDEX doubt_open_of_journal ON doubt (from_journal_ref) WHERE state = 'open';
CREATE TRIGGER doubt_is_never_deleted BEFORE DELETE ON doubt BEGIN SELECT RAISE(ABORT, 'a doubt is never deleted'); END;
CREATE TRIGGER doubt_ends_once BEFORE UPDATE ON doubt WHEN OLD.state <> 'open'
BEGIN SELECT RAISE(ABORT, 'a doubt ends once'); END;

-- An entry whose identical twin was taken from another journal of its appliance: it moves nothing a second time (I5).
CREATE TABLE known (
  journal_ref INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  of_journal_ref INTEGER NOT NULL,
  of_seq INTEGER NOT NULL,
  document_id TEXT,
  kind TEXT,
  PRIMARY KEY (journal_ref, seq),
  FOREIGN KEY (journal_ref, seq) REFERENCES entry (journal_ref, seq),
  FOREIGN KEY (of_journal_ref, of_seq) REFERENCES entry (journal_ref, seq),
  CHECK (of_journal_ref <> journal_ref)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER known_is_never_edited BEFORE UPDATE ON known BEGIN SELECT RAISE(ABORT, 'a known entry is never edited'); END;
CREATE TRIGGER known_is_never_deleted BEFORE DELETE ON known BEGIN SELECT RAISE(ABORT, 'a known entry is never deleted'); END;

-- Asked of every entry of an appliance that has several journals.
CREATE INDEX parked_of_document ON parked (document_id);
