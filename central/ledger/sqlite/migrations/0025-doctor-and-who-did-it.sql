-- The doctor that was asked of each box last; and what the operators' page looks for beside what it could.
CREATE TABLE doctor_asked (
  appliance_ref INTEGER PRIMARY KEY REFERENCES appliance (ref),
  id TEXT NOT NULL,
  asked_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL,
  -- JSON, as in the audit log.
  by TEXT NOT NULL
) STRICT;

-- Who did it, by one name: a person's, whether signed in, by a key of theirs or at the machine; of a key without an owner its own;
-- of central's own the rule.
ALTER TABLE audit ADD COLUMN who TEXT AS (
  coalesce(json_extract(body, '$.actor.owner'), json_extract(body, '$.actor.name'), json_extract(body, '$.actor.user'),
    json_extract(body, '$.actor.rule'))
) VIRTUAL;
ALTER TABLE audit ADD COLUMN at_ms INTEGER AS (json_extract(body, '$.atMs')) VIRTUAL;
-- why with the time: a day of one person's is found without reading their other days.
DROP INDEX audit_about;
DROP INDEX audit_action;
CREATE INDEX audit_about ON audit (about, number, at_ms);
CREATE INDEX audit_action ON audit (action, number, at_ms);
CREATE INDEX audit_who ON audit (who, number, at_ms);
-- why: records stand in the order of their numbers, and a clock may have been set back between two of them.
CREATE INDEX audit_at ON audit (at_ms);

-- What the merchant was told of one checkout, for its story.
CREATE INDEX outbound_event_about ON outbound_event (about);
