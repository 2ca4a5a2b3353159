-- What processors tell of themselves: each event once, as it came, and the newest that is known of each of their objects.

CREATE TABLE webhook_event (
  ref INTEGER PRIMARY KEY,
  processor TEXT NOT NULL,
  event_id TEXT NOT NULL,
  type TEXT NOT NULL,
  happened_ms INTEGER NOT NULL,
  -- The charge it is about, and the reference of ours that it names.
  charge_id TEXT,
  reference TEXT,
  -- What the adapter read in it, as JSON; `body` is the proof.
  event TEXT NOT NULL,
  body BLOB NOT NULL,
  -- Null where the header is a credential.
  signature TEXT,
  received_ms INTEGER NOT NULL,
  UNIQUE (processor, event_id)
) STRICT;
CREATE INDEX webhook_event_of_charge ON webhook_event (processor, charge_id) WHERE charge_id IS NOT NULL;
CREATE INDEX webhook_event_of_reference ON webhook_event (processor, reference) WHERE reference IS NOT NULL;
CREATE INDEX webhook_event_by_time ON webhook_event (received_ms);

CREATE TRIGGER webhook_event_is_never_edited BEFORE UPDATE ON webhook_event
BEGIN SELECT RAISE(ABORT, 'an event is never edited'); END;
CREATE TRIGGER webhook_event_is_never_deleted BEFORE DELETE ON webhook_event
BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END;

-- How far each event has been worked. why apart: what was told never changes, this does.
CREATE TABLE webhook_work (
  event_ref INTEGER PRIMARY KEY REFERENCES webhook_event (ref),
  -- What is worked in the order of the processor's time: the events of one charge.
  lane TEXT NOT NULL,
  happened_ms INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'dead')),
  standing TEXT CHECK (standing IN ('newer', 'same', 'older', 'nothing')),
  tries INTEGER NOT NULL DEFAULT 0,
  due_ms INTEGER NOT NULL,
  error TEXT,
  -- Copies that came after the first.
  copies INTEGER NOT NULL DEFAULT 0,
  replays INTEGER NOT NULL DEFAULT 0,
  ended_ms INTEGER,
  CHECK ((state = 'done') = (standing IS NOT NULL)),
  CHECK ((state = 'waiting') = (ended_ms IS NULL))
) STRICT;
-- why partial: what waits is little, what is done grows for ever.
CREATE INDEX webhook_waiting ON webhook_work (happened_ms, event_ref) WHERE state = 'waiting';
CREATE INDEX webhook_waiting_lane ON webhook_work (lane, happened_ms, event_ref) WHERE state = 'waiting';
CREATE INDEX webhook_due ON webhook_work (due_ms) WHERE state = 'waiting';
CREATE INDEX webhook_dead ON webhook_work (event_ref) WHERE state = 'dead';

CREATE TABLE webhook_count (
  processor TEXT NOT NULL,
  -- `stored`, `duplicate`, or the code of a refusal.
  what TEXT NOT NULL,
  count INTEGER NOT NULL CHECK (count > 0),
  last_ms INTEGER NOT NULL,
  PRIMARY KEY (processor, what)
) STRICT, WITHOUT ROWID;

-- The last few webhooks that were refused, for people. Only so many are kept: strangers can send them.
CREATE TABLE webhook_refused (
  ref INTEGER PRIMARY KEY,
  processor TEXT NOT NULL,
  code TEXT NOT NULL,
  address TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  body_bytes INTEGER NOT NULL,
  -- Never the bytes themselves: nobody has vouched for them.
  body_hash BLOB NOT NULL
) STRICT;

-- The newest state of each charge, refund and dispute, as events told it.
CREATE TABLE processor_object (
  processor TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('charge', 'refund', 'dispute')),
  id TEXT NOT NULL,
  -- Ours, where the processor gives it back.
  reference TEXT,
  charge_id TEXT,
  state TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
  captured_minor INTEGER NOT NULL CHECK (captured_minor >= 0),
  -- The processor's code of a decline or the reason of a dispute.
  code TEXT,
  decline_class TEXT,
  happened_ms INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (processor, kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX processor_object_of_reference ON processor_object (processor, reference) WHERE reference IS NOT NULL;
CREATE INDEX processor_object_of_charge ON processor_object (processor, charge_id) WHERE charge_id IS NOT NULL;

-- What the merchant's own systems are told: endpoints, events as they are sent, and one delivery for each of both.
CREATE TABLE outbound_endpoint (
  ref INTEGER PRIMARY KEY,
  url TEXT NOT NULL,
  -- A JSON list of event types.
  types TEXT NOT NULL,
  note TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('enabled', 'disabled')),
  created_ms INTEGER NOT NULL
) STRICT;

-- In clear: whoever signs must have them. Two are valid while one is being replaced.
CREATE TABLE outbound_secret (
  endpoint_ref INTEGER NOT NULL REFERENCES outbound_endpoint (ref),
  number INTEGER NOT NULL,
  secret TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  -- Null for the newest.
  ends_ms INTEGER,
  PRIMARY KEY (endpoint_ref, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbound_event (
  ref INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  about TEXT NOT NULL,
  -- The exact bytes that are signed and sent.
  body BLOB NOT NULL,
  told_ms INTEGER NOT NULL
) STRICT;
CREATE TRIGGER outbound_event_is_never_edited BEFORE UPDATE ON outbound_event
BEGIN SELECT RAISE(ABORT, 'an event is never edited'); END;

CREATE TABLE outbound_delivery (
  ref INTEGER PRIMARY KEY,
  event_ref INTEGER NOT NULL REFERENCES outbound_event (ref),
  endpoint_ref INTEGER NOT NULL REFERENCES outbound_endpoint (ref),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead')),
  -- Since it was told, or sent anew by a person.
  tries INTEGER NOT NULL DEFAULT 0,
  due_ms INTEGER NOT NULL,
  -- On its way until then at the latest.
  lease_ms INTEGER NOT NULL DEFAULT 0,
  ended_ms INTEGER,
  UNIQUE (event_ref, endpoint_ref),
  CHECK ((state = 'waiting') = (ended_ms IS NULL))
) STRICT;
CREATE INDEX outbound_delivery_waiting ON outbound_delivery (endpoint_ref, ref) WHERE state = 'waiting';
CREATE INDEX outbound_delivery_of_endpoint ON outbound_delivery (endpoint_ref, ref);
CREATE INDEX outbound_delivery_ended ON outbound_delivery (ended_ms) WHERE ended_ms IS NOT NULL;

CREATE TABLE outbound_attempt (
  ref INTEGER PRIMARY KEY,
  delivery_ref INTEGER NOT NULL REFERENCES outbound_delivery (ref),
  at_ms INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  -- Of HTTP; null where nothing was answered, and `error` says why.
  status INTEGER,
  error TEXT,
  -- Its first bytes.
  answer TEXT,
  CHECK ((status IS NULL) = (error IS NOT NULL))
) STRICT;
CREATE INDEX outbound_attempt_of_delivery ON outbound_attempt (delivery_ref);
