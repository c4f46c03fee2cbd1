-- A request to see what is held is answered within a month of the day on which it came (days since
-- 1970; of older ones nobody knows it), or ends without that: it was taken back, or answered otherwise.
ALTER TABLE child_bundle ADD COLUMN asked_day BIGINT;
ALTER TABLE child_bundle ADD COLUMN ended_by BIGINT REFERENCES account (id);
ALTER TABLE child_bundle ADD COLUMN ended_at BIGINT;
