-- Children who go missing.  An episode belongs to a child's record.  What is said of it is a
-- list that is only ever added to, sealed under the key of the record: what destroys the record
-- makes its episodes unreadable.  Instants and states stand in the clear, for clocks and lists.
CREATE TABLE missing_episode (
    id %ID%,
    child_id BIGINT NOT NULL REFERENCES child (id),
    reference TEXT NOT NULL UNIQUE, -- MI-XXXX-XXXX
    forum TEXT NOT NULL,            -- whose area it is about; empty: none
    sort TEXT NOT NULL,             -- an option of missing-sort, or an older word of missing.txt
    since_at BIGINT NOT NULL,
    returned_at BIGINT,             -- NULL: not back yet
    interview TEXT NOT NULL,        -- empty, waiting, accepted, declined, held
    interview_due BIGINT,           -- the clock of the return interview
    interview_at BIGINT,            -- held, or declined
    import_tag %BLOB%,              -- blind, of the row that it was imported from; NULL: reported here
    account_id BIGINT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX missing_episode_child ON missing_episode (child_id, since_at);
CREATE INDEX missing_episode_since ON missing_episode (since_at);
CREATE UNIQUE INDEX missing_episode_import ON missing_episode (import_tag);

-- What was written: a part of the form with the answers that changed, something that was done, an
-- answer that was passed on.  What is prepared beforehand belongs to the child alone.
CREATE TABLE missing_entry (
    id %ID%,
    child_id BIGINT NOT NULL REFERENCES child (id),
    episode_id BIGINT REFERENCES missing_episode (id),
    kind TEXT NOT NULL,             -- a section of missing-form.txt, or "fragment"
    sealed %BLOB% NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL
);
CREATE INDEX missing_entry_episode ON missing_entry (episode_id, id);
CREATE INDEX missing_entry_child ON missing_entry (child_id, id);

-- What somebody said of a fact that was put to them.
CREATE TABLE missing_alert (
    id %ID%,
    child_id BIGINT NOT NULL REFERENCES child (id), -- under whose key the reason is
    key_text TEXT NOT NULL,         -- kind and ids of the episodes: "repeat:12"
    verdict TEXT NOT NULL,          -- accepted, dismissed
    sealed %BLOB% NOT NULL,         -- why
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL
);
CREATE INDEX missing_alert_key ON missing_alert (key_text, id);
