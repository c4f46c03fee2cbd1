-- The way of what is handed in: to the representative of the sender's organisation, on to a
-- Forum, and word back.  Texts are sealed under the submission's own data key.

-- Where each submission is.  One row for each.
CREATE TABLE submission_stage (
    submission_id %ID% REFERENCES submission (id),
    stage TEXT NOT NULL,           -- a name of domain/stage.h
    forum TEXT NOT NULL,           -- the Forum that it went to; empty: that of its organisation
    by_name BIGINT NOT NULL,       -- 1: whoever sent it may be named to the Forum
    urgent BIGINT NOT NULL,        -- 1: it holds words of danger
    version_id BIGINT,             -- of submission_version: what the Forum reads; NULL: as it was written
    changed_at BIGINT NOT NULL,    -- since when it is in this stage
    opened_at BIGINT,              -- a representative has read it
    shared_at BIGINT,              -- a Forum first got it
    reason TEXT NOT NULL,          -- a code of feedback.txt: why it is held, returned, closed
    outcome TEXT NOT NULL,         -- of feedback: action, no-action; empty: none yet
    outcome_reason TEXT NOT NULL,
    outcome_at BIGINT,
    revision BIGINT NOT NULL       -- rises with each change: two people at once
);
CREATE INDEX submission_stage_stage ON submission_stage (stage);
CREATE INDEX submission_stage_shared ON submission_stage (shared_at);

-- What was there before a representative was asked counts as shared.
INSERT INTO submission_stage (submission_id, stage, forum, by_name, urgent, changed_at, shared_at,
    reason, outcome, outcome_reason, revision)
    SELECT id, 'shared', '', 0, 0, created_at, created_at, '', '', '', 1 FROM submission;

-- Sanitised versions.  Rows are only ever added.
CREATE TABLE submission_version (
    id %ID%,
    submission_id BIGINT NOT NULL REFERENCES submission (id),
    number BIGINT NOT NULL,        -- 1, 2, 3 of this submission
    base BIGINT NOT NULL,          -- the number it was written from; 0: the original
    account_id BIGINT NOT NULL REFERENCES account (id), -- who wrote it: never who sent it
    made_at BIGINT NOT NULL,
    words %BLOB% NOT NULL,
    UNIQUE (submission_id, number)
);

-- Mentions that the Forum does not get, of what was shared with one.
CREATE TABLE submission_left_out (
    mention_id %ID% REFERENCES mention (id),
    submission_id BIGINT NOT NULL REFERENCES submission (id)
);
CREATE INDEX submission_left_out_submission ON submission_left_out (submission_id);

-- What was done on the way.  Rows are only ever added.
CREATE TABLE submission_event (
    id %ID%,
    submission_id BIGINT NOT NULL REFERENCES submission (id),
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    account_id BIGINT REFERENCES account (id), -- NULL: whoever sent it
    at BIGINT NOT NULL,
    sealed %BLOB%
);
CREATE INDEX submission_event_submission ON submission_event (submission_id, id);

-- A representative asks whoever sent it, and gets the answer.
CREATE TABLE submission_question (
    id %ID%,
    submission_id BIGINT NOT NULL REFERENCES submission (id),
    account_id BIGINT NOT NULL REFERENCES account (id), -- who asks
    asked_at BIGINT NOT NULL,
    question %BLOB% NOT NULL,
    answered_at BIGINT,
    answer %BLOB%
);
CREATE INDEX submission_question_submission ON submission_question (submission_id, id);

-- A submission that adds to an earlier one of the same sender.
CREATE TABLE submission_addition (
    submission_id %ID% REFERENCES submission (id),
    first_id BIGINT NOT NULL REFERENCES submission (id)
);
CREATE INDEX submission_addition_first ON submission_addition (first_id);
