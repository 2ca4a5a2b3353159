-- Rollouts: which boxes get what, in which order, how far each proved it; the labels they are chosen by, and signed releases.

-- The policy that an appliance's feed ends with, which a rollout may have made another than the others'. 0: none yet.
ALTER TABLE appliance ADD COLUMN policy_version INTEGER NOT NULL DEFAULT 0;
UPDATE appliance SET policy_version = (SELECT coalesce(max(version), 0) FROM feed_document WHERE kind = 'policy');

CREATE TABLE appliance_label (
  appliance_id TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (appliance_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX appliance_label_value ON appliance_label (name, value);

CREATE TABLE rollout (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  -- JSON: what it brings, by the versions under which it lies here; who gets it; how it goes on.
  change TEXT NOT NULL,
  target TEXT NOT NULL,
  plan TEXT NOT NULL,
  lane TEXT NOT NULL CHECK (lane IN ('policy', 'release')),
  state TEXT NOT NULL CHECK (state IN ('running', 'paused', 'rolling_back', 'done', 'rolled_back', 'aborted', 'superseded')),
  -- JSON: why it is paused, rolled back or ended otherwise than done.
  reason TEXT,
  stage INTEGER NOT NULL DEFAULT 0,
  -- Grows with every act, so that of two people at once the second is told.
  version INTEGER NOT NULL DEFAULT 1,
  -- JSON: checkouts of those that have it and of those that wait, counted through a document.
  sales TEXT NOT NULL,
  -- JSON: how many boxes are in which state, in all and by stage, as of the last step; a list of rollouts counts no box.
  figures TEXT NOT NULL DEFAULT '{}',
  made_ms INTEGER NOT NULL,
  made_by TEXT NOT NULL,
  ended_ms INTEGER,
  CHECK ((ended_ms IS NULL) = (state IN ('running', 'paused', 'rolling_back')))
) STRICT;
CREATE INDEX rollout_live ON rollout (number) WHERE ended_ms IS NULL;

CREATE TABLE rollout_box (
  rollout INTEGER NOT NULL REFERENCES rollout (number),
  appliance_ref INTEGER NOT NULL REFERENCES appliance (ref),
  place INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'given', 'confirmed', 'failed', 'timed_out', 'returning', 'returned',
    'return_timed_out', 'spared')),
  since_ms INTEGER,
  -- Where in its feed the last word of this rollout stands.
  position INTEGER,
  -- What it had: the policy that its feed ended with when the rollout was made …
  policy_before INTEGER NOT NULL,
  -- … and the release that it said it ran when it was given another.
  release_before TEXT,
  reason TEXT,
  pardoned INTEGER NOT NULL DEFAULT 0 CHECK (pardoned IN (0, 1)),
  PRIMARY KEY (rollout, appliance_ref),
  UNIQUE (rollout, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX rollout_box_of ON rollout_box (appliance_ref, rollout);

-- What happened, in its order.
CREATE TABLE rollout_event (
  rollout INTEGER NOT NULL REFERENCES rollout (number),
  number INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  what TEXT NOT NULL,
  PRIMARY KEY (rollout, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER rollout_event_is_never_edited BEFORE UPDATE ON rollout_event
BEGIN SELECT RAISE(ABORT, 'an event of a rollout is never edited'); END;
CREATE TRIGGER rollout_event_is_never_deleted BEFORE DELETE ON rollout_event
BEGIN SELECT RAISE(ABORT, 'an event of a rollout is never deleted'); END;

-- Documents that are not for everybody: newcomers get the newest that is not named here.
CREATE TABLE rollout_document (
  feed_document_ref INTEGER PRIMARY KEY REFERENCES feed_document (ref),
  rollout INTEGER NOT NULL REFERENCES rollout (number)
) STRICT;

-- The signed list of a release's files, as it was signed.
CREATE TABLE release (
  name TEXT PRIMARY KEY,
  sums TEXT NOT NULL,
  signature TEXT NOT NULL,
  added_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE release_file (
  release TEXT NOT NULL REFERENCES release (name),
  architecture TEXT NOT NULL CHECK (architecture IN ('x64', 'arm64')),
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  bytes INTEGER NOT NULL CHECK (bytes > 0),
  PRIMARY KEY (release, architecture)
) STRICT, WITHOUT ROWID;
