-- A child's record is closed by two people.  Who asked to close it, and when; NULL: nobody asks
-- at present, or it is closed.
ALTER TABLE child ADD COLUMN closing_by BIGINT;
ALTER TABLE child ADD COLUMN closing_at BIGINT;

-- An enquiry may end without a conference: when that was decided.
ALTER TABLE desk_case ADD COLUMN conference_none_at BIGINT;
