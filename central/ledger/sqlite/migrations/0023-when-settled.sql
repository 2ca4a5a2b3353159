-- By when sales were settled: what another process found is told to whoever collects spans, from the last one on.
CREATE INDEX settled_checkout_by_time ON settled_checkout (told_ms);
