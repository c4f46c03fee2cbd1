-- Several programs on one database follow each other's changes: what each changed, in the order
-- of the turns of writing, so that the others read it anew.  Kept for two days.
CREATE TABLE change (
    id BIGINT PRIMARY KEY,
    program BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX change_at ON change (at);
