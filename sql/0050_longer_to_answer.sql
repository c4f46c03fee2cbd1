-- A request to see what is held that is complex may take two months more, where they are told so
-- within the first: on which day they were told (days since 1970), and who wrote that down.  Why
-- stands with its other words.
ALTER TABLE child_bundle ADD COLUMN longer_day BIGINT;
ALTER TABLE child_bundle ADD COLUMN longer_by BIGINT REFERENCES account (id);
ALTER TABLE child_bundle ADD COLUMN longer_at BIGINT;
