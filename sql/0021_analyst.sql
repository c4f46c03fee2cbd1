-- What an analyst keeps of an entity beside its facts: relations to others, notes, and who
-- watches it.  An entity is meant by one of its mentions.  Texts are sealed under the data key of
-- the submission that the mention is of: what destroys one destroys the other.

-- "A uses B", by a term of grading.txt.  A row is ended and never taken away.
CREATE TABLE entity_relation (
    id %ID%,
    mention_a BIGINT NOT NULL REFERENCES mention (id),
    mention_b BIGINT NOT NULL REFERENCES mention (id),
    term TEXT NOT NULL,
    known_day BIGINT NOT NULL,     -- as known from
    words %BLOB% NOT NULL,         -- why; under the key of mention_a's submission
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL,
    ended_at BIGINT,               -- NULL: it stands
    ended_by BIGINT REFERENCES account (id),
    ended_why %BLOB%
);
CREATE INDEX entity_relation_a ON entity_relation (mention_a);
CREATE INDEX entity_relation_b ON entity_relation (mention_b);
-- The fragments that show it.
CREATE TABLE entity_relation_shown (
    relation_id BIGINT NOT NULL REFERENCES entity_relation (id),
    submission_id BIGINT NOT NULL REFERENCES submission (id),
    PRIMARY KEY (relation_id, submission_id)
);

-- What an analyst thinks, apart from facts.
CREATE TABLE analyst_note (
    id %ID%,
    mention_id BIGINT NOT NULL REFERENCES mention (id),
    sealed %BLOB% NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL,
    ended_at BIGINT,               -- set aside; NULL: it stands
    ended_by BIGINT REFERENCES account (id)
);
CREATE INDEX analyst_note_mention ON analyst_note (mention_id);
-- What its author saw of the entity: who reads the note sees all of it.
CREATE TABLE analyst_note_basis (
    note_id BIGINT NOT NULL REFERENCES analyst_note (id),
    submission_id BIGINT NOT NULL REFERENCES submission (id),
    PRIMARY KEY (note_id, submission_id)
);

-- Who is told when something touches an entity.
CREATE TABLE entity_watch (
    id %ID%,
    mention_id BIGINT NOT NULL REFERENCES mention (id),
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,       -- what came later is new to them
    mailed_at BIGINT NOT NULL,     -- they were told by mail of what came until then
    ended_at BIGINT                -- NULL: they watch it
);
CREATE INDEX entity_watch_account ON entity_watch (account_id);
