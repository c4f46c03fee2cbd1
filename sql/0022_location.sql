-- Locations of concern.  What is said of one is a list that is only ever added to, sealed under
-- the key of its location: every version is there, with who and when.  Kind, Forum, condition
-- and the day on which it is looked at again stand in the clear, for lists.
CREATE TABLE location (
    id %ID%,
    key_id BIGINT NOT NULL REFERENCES record_key (id),
    organisation_id BIGINT NOT NULL REFERENCES organisation (id), -- whose it is
    forum TEXT NOT NULL,            -- in whose area
    handling TEXT NOT NULL,         -- a code of handling.txt
    kind TEXT NOT NULL,             -- an option of location-kind
    mention_id BIGINT,              -- of the entity that it is; NULL: none that is known here
    review_day BIGINT,              -- looked at again by; NULL: no day is set
    version BIGINT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX location_mention ON location (mention_id);

CREATE TABLE location_entry (
    id %ID%,
    location_id BIGINT NOT NULL REFERENCES location (id),
    kind TEXT NOT NULL,             -- a section of location-form.txt
    sealed %BLOB% NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL
);
CREATE INDEX location_entry_location ON location_entry (location_id, id);
