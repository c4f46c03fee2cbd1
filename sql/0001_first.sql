-- Organisations, the people who sign in, what they share, and what is decided.
-- One text for both engines: %ID% is the engine's self-numbering key, %BLOB%
-- its bytes.  Instants are milliseconds since 1970 UTC, days are days since
-- 1970.  Text that must sort or compare without case is folded in C.

CREATE TABLE organisation (
    id %ID%,
    name TEXT NOT NULL UNIQUE,
    sector TEXT NOT NULL,          -- key of the area pack's sectors: all that others see of a source
    forum TEXT NOT NULL            -- key of the area pack's forums
);

CREATE TABLE account (
    id %ID%,
    email TEXT NOT NULL UNIQUE,    -- folded
    name TEXT NOT NULL,
    organisation_id BIGINT NOT NULL REFERENCES organisation (id),
    password_hash TEXT NOT NULL,   -- argon2id, in the form of crypto_pwhash_str
    disabled_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE account_role (
    account_id BIGINT NOT NULL REFERENCES account (id),
    role TEXT NOT NULL,            -- a name of src/domain/role.def
    PRIMARY KEY (account_id, role)
);

CREATE TABLE session (
    token_hash %BLOB% PRIMARY KEY, -- BLAKE2b of the cookie: the cookie itself is nowhere
    account_id BIGINT NOT NULL REFERENCES account (id),
    csrf_token TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account_id);

CREATE TABLE import_batch (
    id %ID%,
    account_id BIGINT NOT NULL REFERENCES account (id),
    file_name TEXT NOT NULL,
    mapping TEXT NOT NULL,
    dry_run BIGINT NOT NULL,
    state TEXT NOT NULL,           -- waiting, running, done, failed
    message TEXT NOT NULL,
    rows_done BIGINT NOT NULL,
    rows_taken BIGINT NOT NULL,
    rows_known BIGINT NOT NULL,    -- were there already
    rows_refused BIGINT NOT NULL,
    links_found BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);

CREATE TABLE import_mapping (
    organisation_id BIGINT NOT NULL REFERENCES organisation (id),
    name TEXT NOT NULL,
    mapping TEXT NOT NULL,
    PRIMARY KEY (organisation_id, name)
);

CREATE TABLE submission (
    id %ID%,
    reference TEXT NOT NULL UNIQUE,
    idempotency_key TEXT NOT NULL UNIQUE,
    account_id BIGINT NOT NULL REFERENCES account (id),
    organisation_id BIGINT NOT NULL REFERENCES organisation (id),
    import_batch_id BIGINT REFERENCES import_batch (id),
    narrative TEXT NOT NULL,
    when_text TEXT NOT NULL,
    where_text TEXT NOT NULL,
    seen_from BIGINT,
    seen_to BIGINT,
    how_known TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX submission_account ON submission (account_id, id);
CREATE INDEX submission_organisation ON submission (organisation_id, id);

-- One thing that a submission names.  It never changes.  The columns after
-- span_end are those of LINK_FIELD_TABLE in src/link/mention.h, as written.
CREATE TABLE mention (
    id %ID%,
    submission_id BIGINT NOT NULL REFERENCES submission (id),
    kind TEXT NOT NULL,
    span_start BIGINT NOT NULL,    -- bytes of the narrative, -1: typed in the form
    span_end BIGINT NOT NULL,
    name TEXT,
    alias TEXT,
    birth TEXT,
    age TEXT,
    description TEXT,
    registration TEXT,
    make TEXT,
    model TEXT,
    colour TEXT,
    number TEXT,
    platform TEXT,
    handle TEXT,
    email TEXT,
    venue TEXT,
    address TEXT,
    town TEXT,
    postcode TEXT
);
CREATE INDEX mention_submission ON mention (submission_id, id);

-- A pair that the engine thought worth a look when the later one came.
CREATE TABLE suggestion (
    mention_a BIGINT NOT NULL REFERENCES mention (id), -- the earlier
    mention_b BIGINT NOT NULL REFERENCES mention (id), -- the later
    bits DOUBLE PRECISION NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (mention_a, mention_b)
);
CREATE INDEX suggestion_bits ON suggestion (bits);
CREATE INDEX suggestion_later ON suggestion (mention_b);

-- What a person said of a pair.  The latest that is not withdrawn counts.
CREATE TABLE decision (
    id %ID%,
    mention_a BIGINT NOT NULL REFERENCES mention (id), -- the smaller id
    mention_b BIGINT NOT NULL REFERENCES mention (id),
    verdict TEXT NOT NULL,         -- same, different, unsure
    reason TEXT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    withdrawn_at BIGINT,
    withdrawn_by BIGINT REFERENCES account (id)
);
CREATE INDEX decision_pair ON decision (mention_a, mention_b);
CREATE INDEX decision_second ON decision (mention_b);

-- Who did what, never what it said.
CREATE TABLE audit (
    id %ID%,
    at BIGINT NOT NULL,
    account_id BIGINT,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    outcome TEXT NOT NULL
);

-- Small facts about this database, such as who made it.
CREATE TABLE fact (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
