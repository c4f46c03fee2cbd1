-- Children's records.  What stands in one is a list of entries that is only ever added to:
-- a fact, a person of the family, a sign, a judgement, that an earlier entry no longer
-- stands.  What an entry says, its codes too, is sealed under the record's data key; kinds,
-- times and who wrote it are not.

CREATE TABLE child (
    id %ID%,
    reference TEXT NOT NULL UNIQUE, -- CH-XXXX-XXXX
    organisation_id BIGINT NOT NULL REFERENCES organisation (id),
    key_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    closed_at BIGINT,              -- nobody works with the child any more
    retention TEXT NOT NULL,       -- class of the area pack's retention.txt
    held BIGINT NOT NULL,          -- 1: a legal hold is on it
    destroyed_at BIGINT
);

CREATE TABLE child_entry (
    id %ID%,
    child_id BIGINT NOT NULL REFERENCES child (id),
    kind TEXT NOT NULL,
    about_id BIGINT,               -- the entry that it is about
    sealed %BLOB% NOT NULL,
    source_kind TEXT NOT NULL,     -- typed, referral, submission
    source_id BIGINT,
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL
);
CREATE INDEX child_entry_child ON child_entry (child_id, id);

-- Two records are of the same child: somebody said so, and can take it back.
CREATE TABLE child_join (
    id %ID%,
    child_id BIGINT NOT NULL REFERENCES child (id),
    other_id BIGINT NOT NULL REFERENCES child (id),
    sealed %BLOB% NOT NULL,        -- why, under the key of child_id
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL,
    undone_at BIGINT,
    undone_by BIGINT REFERENCES account (id)
);

-- Whom a record is allocated to, and whom it is kept from.
CREATE TABLE child_access (
    id %ID%,
    child_id BIGINT NOT NULL REFERENCES child (id),
    account_id BIGINT NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL,            -- allocated, blocked
    sealed %BLOB% NOT NULL,        -- why
    given_by BIGINT NOT NULL REFERENCES account (id),
    given_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by BIGINT REFERENCES account (id)
);
CREATE INDEX child_access_child ON child_access (child_id);

-- The decision to destroy a record: one person proposes, another confirms.  Its words are
-- under a key of its own, so that it outlives the record.
CREATE TABLE child_disposal (
    id %ID%,
    child_id BIGINT NOT NULL REFERENCES child (id),
    key_id BIGINT NOT NULL,
    reason TEXT NOT NULL,          -- a word of the area pack's child.txt
    sealed %BLOB% NOT NULL,        -- in words
    retention TEXT NOT NULL,       -- class, version of the schedule, and its day, as they were
    retention_version TEXT NOT NULL,
    due_day BIGINT NOT NULL,
    records BIGINT NOT NULL,       -- how many joined records
    proposed_by BIGINT NOT NULL REFERENCES account (id),
    proposed_at BIGINT NOT NULL,
    state TEXT NOT NULL,           -- proposed, destroyed, kept
    answered_by BIGINT REFERENCES account (id),
    answered_at BIGINT
);
CREATE INDEX child_disposal_child ON child_disposal (child_id);

-- All that is held on one child, for their asking: a draft until a second person releases it.
CREATE TABLE child_bundle (
    id %ID%,
    child_id BIGINT NOT NULL REFERENCES child (id),
    sealed %BLOB% NOT NULL,        -- who asks, and what is left out with why
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL,
    released_by BIGINT REFERENCES account (id),
    released_at BIGINT
);
CREATE INDEX child_bundle_child ON child_bundle (child_id);
