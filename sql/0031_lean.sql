-- What every submission writes without anybody reading it is left out: each page that it touches
-- is written twice, to the log of changes and at a checkpoint (bench/README.md, "seal").

-- No query asks by these: keys are counted when one is thrown away, pairs are sorted at a start.
DROP INDEX submission_key;
DROP INDEX record_key_kek;
DROP INDEX suggestion_bits;

-- A submission has neither when it comes.
DROP INDEX submission_stage_shared;
CREATE INDEX submission_stage_shared ON submission_stage (shared_at) WHERE shared_at IS NOT NULL;
DROP INDEX submission_stage_outcome;
CREATE INDEX submission_stage_outcome ON submission_stage (outcome_at) WHERE outcome_at IS NOT NULL;

-- Their rows are their keys and little more: kept in the key's own order, once.
CREATE TABLE suggestion_lean (
    mention_a BIGINT NOT NULL REFERENCES mention (id), -- the earlier
    mention_b BIGINT NOT NULL REFERENCES mention (id), -- the later
    bits DOUBLE PRECISION NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (mention_a, mention_b)
) %BY_KEY%;
INSERT INTO suggestion_lean SELECT mention_a, mention_b, bits, created_at FROM suggestion;
DROP TABLE suggestion;
ALTER TABLE suggestion_lean RENAME TO suggestion;
CREATE INDEX suggestion_later ON suggestion (mention_b);

CREATE TABLE audit_subject_lean (
    tag %BLOB% NOT NULL,           -- of audit_line.subjects
    line_id BIGINT NOT NULL REFERENCES audit_line (id),
    PRIMARY KEY (tag, line_id)
) %BY_KEY%;
INSERT INTO audit_subject_lean SELECT tag, line_id FROM audit_subject;
DROP TABLE audit_subject;
ALTER TABLE audit_subject_lean RENAME TO audit_subject;
