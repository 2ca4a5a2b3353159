-- What somebody should know, who was told and who took it up; and when nobody is to be called.

CREATE TABLE alert (
  number INTEGER PRIMARY KEY,
  rule TEXT NOT NULL,
  -- `appliance leeds-1`, `site leeds`, `fleet` or `central`.
  subject TEXT NOT NULL,
  site TEXT,
  severity TEXT NOT NULL CHECK (severity IN ('warning', 'critical')),
  words TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'acknowledged', 'cleared')),
  opened_ms INTEGER NOT NULL,
  snoozed_until_ms INTEGER,
  escalated_ms INTEGER,
  cleared_ms INTEGER,
  -- JSON, the first thousand.
  members TEXT NOT NULL,
  members_count INTEGER NOT NULL,
  CHECK ((state = 'cleared') = (cleared_ms IS NOT NULL))
) STRICT;
-- why: a box that is wrong for a week is one alert.
CREATE UNIQUE INDEX alert_standing ON alert (rule, subject) WHERE state <> 'cleared';
CREATE INDEX alert_of_site ON alert (site, number);

CREATE TABLE alert_event (
  alert INTEGER NOT NULL REFERENCES alert,
  number INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('opened', 'acknowledged', 'snoozed', 'escalated', 'cleared')),
  -- JSON.
  actor TEXT NOT NULL,
  note TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (alert, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER alert_event_stands BEFORE UPDATE ON alert_event BEGIN SELECT RAISE(ABORT, 'what was done with an alert stands'); END;

-- What is to be mailed, written with what it tells of.
CREATE TABLE alert_mail (
  number INTEGER PRIMARY KEY,
  alert INTEGER NOT NULL REFERENCES alert,
  what TEXT NOT NULL CHECK (what IN ('opened', 'escalated', 'cleared')),
  at_ms INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  -- NULL when it went or was given up.
  due_ms INTEGER,
  error TEXT
) STRICT;
CREATE INDEX alert_mail_due ON alert_mail (due_ms) WHERE due_ms IS NOT NULL;
CREATE INDEX alert_mail_of ON alert_mail (alert);

CREATE TABLE maintenance (
  number INTEGER PRIMARY KEY,
  scope TEXT NOT NULL CHECK (scope IN ('all', 'site', 'appliance')),
  -- The site or the appliance.
  scope_id TEXT,
  from_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL CHECK (until_ms > from_ms),
  reason TEXT NOT NULL,
  -- JSON.
  actor TEXT NOT NULL,
  ended_ms INTEGER,
  CHECK ((scope = 'all') = (scope_id IS NULL))
) STRICT;
CREATE INDEX maintenance_until ON maintenance (until_ms);
