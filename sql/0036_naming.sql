-- Whom the words of a submission name, and whom a mention that was left out of it did: it is kept
-- from them (docs/decisions/0146).  The account stands as a blind tag.
CREATE TABLE submission_naming (
    who %BLOB% NOT NULL,
    submission_id BIGINT NOT NULL REFERENCES submission (id),
    PRIMARY KEY (who, submission_id)
) %BY_KEY%;
CREATE INDEX submission_naming_submission ON submission_naming (submission_id);
