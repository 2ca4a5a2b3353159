-- What boxes answered to their kiosks while a rollout is on its way: requests, and how many the box failed on.
ALTER TABLE rollout ADD COLUMN answers TEXT NOT NULL
  DEFAULT '{"with":{"requests":0,"errors":0},"without":{"requests":0,"errors":0}}';
-- Those that were made before are judged by what they were made with.
UPDATE rollout SET plan = json_set(plan, '$.errorsPointsMax', NULL, '$.requestsMin', 200);
