-- What an analyst makes of a submission: gradings, and which reports have one origin.  Rows of
-- gradings are only ever added.  Texts are sealed under the submission's own data key.

-- Codes carry their namespace (source:2, information:C, handling:P), since C stands for two
-- things.  One of an older scheme keeps its own codes; nothing turns it into another.
CREATE TABLE grade (
    id %ID%,
    submission_id BIGINT NOT NULL REFERENCES submission (id),
    number BIGINT NOT NULL,        -- 1, 2, 3 of this submission
    base BIGINT NOT NULL,          -- the number that its author had before them; 0: none
    scheme TEXT NOT NULL,          -- an id of grading.txt
    source TEXT NOT NULL,
    information TEXT NOT NULL,
    handling TEXT NOT NULL,        -- a code of handling.txt, or of the older scheme
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL,
    reason %BLOB% NOT NULL,
    state TEXT NOT NULL,           -- stands, proposed, declined
    second_id BIGINT REFERENCES account (id), -- another person, where one is needed
    second_at BIGINT,
    second_reason %BLOB%,
    UNIQUE (submission_id, number)
);
CREATE INDEX grade_state ON grade (state, submission_id);

-- What an analyst said of two reports: of one origin, or independent of each other.  The latest
-- that was not taken back counts.
CREATE TABLE origin_word (
    id %ID%,
    submission_a BIGINT NOT NULL REFERENCES submission (id), -- the smaller
    submission_b BIGINT NOT NULL REFERENCES submission (id),
    same BIGINT NOT NULL,          -- 1: of one origin; 0: independent
    reason %BLOB% NOT NULL,        -- under the key of submission_a
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by BIGINT REFERENCES account (id)
);
CREATE INDEX origin_word_a ON origin_word (submission_a, submission_b);
