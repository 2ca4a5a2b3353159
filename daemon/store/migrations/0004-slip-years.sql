-- Slip numbers are gapless within a calendar year of the site (I15).

-- The year that last_slip counts in; null until the first slip that carries one, which goes on after the last number.
ALTER TABLE position ADD COLUMN slip_year INTEGER;
