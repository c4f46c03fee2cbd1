-- Who may see what, beyond role and organisation.  Why is sealed under the data key of
-- the submission that it is about; ids, states and times are not.

-- Accounts that sit in more forums than that of their organisation.
CREATE TABLE forum_member (
    account_id BIGINT NOT NULL REFERENCES account (id),
    forum TEXT NOT NULL,           -- key of the area pack's forums
    PRIMARY KEY (account_id, forum)
);

-- The handling condition of a submission: a code of the area pack, such as
-- handling:C.forum.
ALTER TABLE submission ADD COLUMN handling TEXT NOT NULL DEFAULT 'handling:P';

-- The organisations that a condition names.
CREATE TABLE submission_named (
    submission_id BIGINT NOT NULL REFERENCES submission (id),
    organisation_id BIGINT NOT NULL REFERENCES organisation (id),
    PRIMARY KEY (submission_id, organisation_id)
);
CREATE INDEX submission_named_organisation ON submission_named (organisation_id);

-- One record opened for one person for a time.
CREATE TABLE access_grant (
    id %ID%,
    submission_id BIGINT NOT NULL REFERENCES submission (id),
    account_id BIGINT NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL,            -- granted, assigned, connected, broken, source
    reason %BLOB% NOT NULL,
    given_by BIGINT NOT NULL REFERENCES account (id),
    given_at BIGINT NOT NULL,
    until BIGINT NOT NULL,         -- it ends by itself
    ended_at BIGINT,               -- or somebody ended it
    ended_by BIGINT REFERENCES account (id),
    told_id BIGINT REFERENCES account (id), -- of kind broken: the second person
    told_at BIGINT                 -- when they said that they had seen it
);
CREATE INDEX access_grant_account ON access_grant (account_id);
CREATE INDEX access_grant_submission ON access_grant (submission_id);
CREATE INDEX access_grant_told ON access_grant (told_id);

-- One record kept from one person.
CREATE TABLE access_block (
    id %ID%,
    submission_id BIGINT NOT NULL REFERENCES submission (id),
    account_id BIGINT NOT NULL REFERENCES account (id),
    reason %BLOB% NOT NULL,
    given_by BIGINT NOT NULL REFERENCES account (id),
    given_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by BIGINT REFERENCES account (id)
);
CREATE INDEX access_block_account ON access_block (account_id);
CREATE INDEX access_block_submission ON access_block (submission_id);

-- Somebody asks the owner of a record that they may not see to connect it with one
-- that they may.
CREATE TABLE connection (
    id %ID%,
    submission_id BIGINT NOT NULL REFERENCES submission (id), -- the asker's side
    other_id BIGINT NOT NULL REFERENCES submission (id),      -- the owner's side
    account_id BIGINT NOT NULL REFERENCES account (id),       -- who asks
    message %BLOB% NOT NULL,       -- sealed under the key of submission_id
    shows BIGINT NOT NULL,         -- 1: the asker's side is shown to the owner on agreement
    asked_at BIGINT NOT NULL,
    state TEXT NOT NULL,           -- asked, agreed, declined
    reason %BLOB%,                 -- sealed under the key of other_id
    answered_by BIGINT REFERENCES account (id),
    answered_at BIGINT,
    seen_at BIGINT,                -- the asker has read the answer
    UNIQUE (submission_id, other_id, account_id)
);
CREATE INDEX connection_other ON connection (other_id);
CREATE INDEX connection_account ON connection (account_id);
