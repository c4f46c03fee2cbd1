-- The log of who did what, which nobody can rewrite unseen: a Merkle tree (RFC 9162)
-- whose leaves commit to the lines below (docs/AUDIT.md).  Who it was and which records it
-- was about are sealed; blind tags find them again.
CREATE TABLE audit_line (
    id %ID%,                       -- its number: 1, 2, 3 without a gap
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,            -- a name of src/domain/audit.def
    action TEXT NOT NULL,          -- constant texts of the program, never what a record says
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,          -- on what ground
    who %BLOB% NOT NULL,           -- tag of the account; empty: nobody
    subjects %BLOB% NOT NULL,      -- tags of the records, 16 bytes each
    key_id BIGINT NOT NULL,        -- of the sealed part
    sealed %BLOB% NOT NULL,        -- account and records
    leaf %BLOB% NOT NULL           -- hash of the line's leaf
);
CREATE INDEX audit_line_who ON audit_line (who, id);
CREATE INDEX audit_line_at ON audit_line (at);

CREATE TABLE audit_subject (
    tag %BLOB% NOT NULL,           -- of audit_line.subjects
    line_id BIGINT NOT NULL REFERENCES audit_line (id),
    PRIMARY KEY (tag, line_id)
);

-- What is needed of the tree to let it grow: the hashes of its full trees.
CREATE TABLE audit_head (
    id BIGINT PRIMARY KEY,         -- 1: there is one
    size BIGINT NOT NULL,
    frontier %BLOB% NOT NULL
);

-- The data keys of the sealed parts: one for each month and use.
CREATE TABLE audit_key (
    month BIGINT NOT NULL,         -- months since 1970, UTC
    use BIGINT NOT NULL,           -- 0: records, 1: who told
    key_id BIGINT NOT NULL,
    PRIMARY KEY (month, use)
);

-- Signed notes of what the log was (C2SP tlog-checkpoint).
CREATE TABLE audit_checkpoint (
    size BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    note TEXT NOT NULL
);

INSERT INTO audit_head (id, size, frontier) VALUES (1, 0, '');

-- %STEP%

DROP TABLE audit;
