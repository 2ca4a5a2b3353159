-- Where what was settled last begins: what other processes found settled is told to collectors of spans.
CREATE INDEX settled_checkout_by_time ON settled_checkout (told_ms);
