-- Where a tag stands in the log is kept for blocks of 128 lines, and written when a block is full,
-- in one go and in the order of the tags: line by line each touched pages of its own, which were half
-- of what a look at a page wrote (docs/decisions/0143).
CREATE TABLE audit_block (
    tag %BLOB% NOT NULL,           -- audit_line.who, or one of audit_line.subjects
    block BIGINT NOT NULL,         -- from 0: lines 1 to 128
    PRIMARY KEY (tag, block)
) %BY_KEY%;

-- %STEP%

DROP TABLE audit_subject;
DROP INDEX audit_line_who;
