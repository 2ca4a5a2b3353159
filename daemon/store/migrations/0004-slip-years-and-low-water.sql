-- Slip numbers are gapless within a calendar year of the site (I15), and what runs low is known without a scan.

-- The year that last_slip counts in; null until the first slip that carries one, which goes on after the last number.
ALTER TABLE position ADD COLUMN slip_year INTEGER;

-- Since when less is available than low_water, by the wall clock; null: it is not.
ALTER TABLE stock ADD COLUMN low_since_ms INTEGER;
UPDATE stock SET low_since_ms = unixepoch() * 1000 WHERE on_hand - reserved < low_water;
CREATE INDEX stock_low ON stock (low_since_ms) WHERE low_since_ms IS NOT NULL;
