-- What boxes answered, and whom mails go to.

-- What boxes answered to their kiosks while a rollout is on its way: requests, and how many the box failed on.
ALTER TABLE rollout ADD COLUMN answers TEXT NOT NULL
  DEFAULT '{"with":{"requests":0,"errors":0},"without":{"requests":0,"errors":0}}';
-- Those that were made before are judged by what they were made with.
UPDATE rollout SET plan = json_set(plan, '$.errorsPointsMax', NULL, '$.requestsMin', 200);

-- Whom a mail goes to: each list is a delivery of its own, so that one that takes no mail does not have the other told twice.
ALTER TABLE alert_mail ADD COLUMN list TEXT NOT NULL DEFAULT 'to' CHECK (list IN ('to', 'escalateTo'));
INSERT INTO alert_mail (alert, what, at_ms, tries, due_ms, error, list)
SELECT alert, what, at_ms, tries, due_ms, error, 'escalateTo' FROM alert_mail
WHERE what = 'escalated' AND due_ms IS NOT NULL;
