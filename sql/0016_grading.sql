-- What an analyst makes of a submission: gradings, which reports have one origin, how things
-- are related, what is watched, and notes, which are no facts.  Rows of gradings and notes are
-- only ever added.  Texts are sealed under the submission's own data key.

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

-- How two things that one submission names are related, as that submission says.
CREATE TABLE relation (
    id %ID%,
    submission_id BIGINT NOT NULL REFERENCES submission (id), -- that says so
    mention_a BIGINT NOT NULL REFERENCES mention (id),
    mention_b BIGINT NOT NULL REFERENCES mention (id),
    kind TEXT NOT NULL,            -- an id of grading.txt: a is to b
    from_day BIGINT,               -- NULL: not known
    to_day BIGINT,
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL,
    ended_at BIGINT,               -- taken back
    ended_by BIGINT REFERENCES account (id)
);
CREATE INDEX relation_a ON relation (mention_a);
CREATE INDEX relation_b ON relation (mention_b);

-- Who wants to be told when something touches an entity, by one of its mentions.
CREATE TABLE watch (
    id %ID%,
    account_id BIGINT NOT NULL REFERENCES account (id),
    mention_id BIGINT NOT NULL REFERENCES mention (id),
    since BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,       -- what came later is new
    ended_at BIGINT
);
CREATE INDEX watch_account ON watch (account_id);

-- What somebody thinks of an entity, apart from what is known of it.
CREATE TABLE note (
    id %ID%,
    first_id BIGINT NOT NULL,      -- the note that this is a version of; its own id: the first
    number BIGINT NOT NULL,
    base BIGINT NOT NULL,          -- the number that its author had before them
    mention_id BIGINT NOT NULL REFERENCES mention (id), -- one of the entity
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL,
    words %BLOB% NOT NULL,         -- under the key of the submission of mention_id
    UNIQUE (first_id, number)
);
CREATE INDEX note_mention ON note (mention_id);

-- What its author had before them: whoever may not see all of it does not see the note.
CREATE TABLE note_basis (
    note_id BIGINT NOT NULL REFERENCES note (id),
    submission_id BIGINT NOT NULL REFERENCES submission (id),
    PRIMARY KEY (note_id, submission_id)
);
CREATE INDEX note_basis_submission ON note_basis (submission_id);
