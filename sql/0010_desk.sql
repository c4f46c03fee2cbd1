-- The MARU desk.  What is done about a referral once it is sent.  A referral that nobody has
-- touched has no row here yet.  Texts are sealed under the referral's own data key.
-- Instants; a due instant is worked out when its clock starts and kept.
CREATE TABLE desk_case (
    referral_id %ID% REFERENCES referral (id),
    state TEXT NOT NULL,            -- new, open, decided, closing, closed
    rating TEXT NOT NULL,           -- an id of desk.txt; empty: none yet; so are the others
    owner_id BIGINT REFERENCES account (id), -- who has taken it on
    came_at BIGINT NOT NULL,        -- sent, or opened again
    decision_due BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by BIGINT REFERENCES account (id),
    outcome TEXT NOT NULL,
    first_due BIGINT NOT NULL,      -- of the first decision, for measures: they stay
    first_decided_at BIGINT,
    first_feedback_at BIGINT,
    feedback_due BIGINT,
    feedback_at BIGINT,
    assessment_due BIGINT,
    assessment_at BIGINT,           -- finished
    conference_from BIGINT,         -- the meeting it follows from
    conference_due BIGINT,
    conference_at BIGINT,           -- held
    stage TEXT NOT NULL,            -- of a disagreement; empty: there is none
    stage_from BIGINT,
    stage_due BIGINT,
    boundary TEXT NOT NULL,         -- the area it passes to
    transfer_from BIGINT,
    transfer_due BIGINT,
    transfer_at BIGINT,             -- accepted
    closing_by BIGINT REFERENCES account (id), -- first sign-off
    closing_from BIGINT,
    closing_due BIGINT,
    closed_at BIGINT,
    worker %BLOB%,                  -- sealed: the allocated worker, as written
    worker_id BIGINT REFERENCES account (id),
    reopened BIGINT NOT NULL,       -- how many times
    version BIGINT NOT NULL         -- rises by one with each change
);
CREATE INDEX desk_case_state ON desk_case (state);

-- Everything that was done, in order; rows are only ever added.
CREATE TABLE desk_event (
    id %ID%,
    referral_id BIGINT NOT NULL REFERENCES referral (id),
    kind TEXT NOT NULL,
    code TEXT NOT NULL,             -- an id of desk.txt, or empty
    second TEXT NOT NULL,           -- another, or empty
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL,
    happened_at BIGINT,             -- of a meeting and the like, when it was
    due_at BIGINT,                  -- the clock that it started
    sealed %BLOB% NOT NULL          -- words, who took part
);
CREATE INDEX desk_event_referral ON desk_event (referral_id, id);

-- What a partner was asked.
CREATE TABLE desk_check (
    id %ID%,
    referral_id BIGINT NOT NULL REFERENCES referral (id),
    agency TEXT NOT NULL,           -- an id of desk.txt
    organisation_id BIGINT REFERENCES organisation (id), -- NULL: asked by telephone
    rating TEXT NOT NULL,           -- under which it was asked
    asked_by BIGINT NOT NULL REFERENCES account (id),
    asked_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    question %BLOB% NOT NULL,
    result TEXT NOT NULL,           -- an id of desk.txt; empty: no answer yet
    answer %BLOB%,
    answered_by BIGINT REFERENCES account (id),
    answered_at BIGINT,             -- NULL: still open
    withdrawn_at BIGINT
);
CREATE INDEX desk_check_referral ON desk_check (referral_id, id);
CREATE INDEX desk_check_organisation ON desk_check (organisation_id, id);

-- Word to one person: feedback to the referrer, an allocated worker.
CREATE TABLE desk_notice (
    id %ID%,
    referral_id BIGINT NOT NULL REFERENCES referral (id),
    account_id BIGINT NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL,             -- feedback, worker
    at BIGINT NOT NULL,
    seen_at BIGINT
);
CREATE INDEX desk_notice_account ON desk_notice (account_id, id);
