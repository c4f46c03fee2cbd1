-- Referrals of children to the referral unit: drafts that are saved as they are written, and
-- what was sent.  Everything that somebody wrote is sealed under the referral's own data
-- key; ids, states, times and which question was answered are not.

CREATE TABLE referral (
    id BIGINT PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE, -- R-XXXX-XXXX
    account_id BIGINT NOT NULL REFERENCES account (id), -- whoever refers says who they are
    organisation_id BIGINT NOT NULL REFERENCES organisation (id),
    state TEXT NOT NULL,           -- draft, sent, withdrawn
    place TEXT NOT NULL,           -- key of the area pack's places
    key_id BIGINT NOT NULL,        -- of its data key
    submission_id BIGINT REFERENCES submission (id), -- that holds its mentions, once sent
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    sent_at BIGINT,
    telephoned_at BIGINT,          -- of a referral that was telephoned first
    written_due_at BIGINT,         -- when that call has to be confirmed in writing
    version BIGINT NOT NULL,       -- rises with each change
    reason %BLOB%                  -- of one that was withdrawn
);
CREATE INDEX referral_account ON referral (account_id);
CREATE INDEX referral_organisation ON referral (organisation_id);
CREATE INDEX referral_state ON referral (state, sent_at);
CREATE INDEX referral_submission ON referral (submission_id);

-- One of several: the second child, the third vehicle.  Numbers are never given anew.
CREATE TABLE referral_row (
    referral_id BIGINT NOT NULL REFERENCES referral (id),
    section TEXT NOT NULL,         -- key of the form's section
    group_row BIGINT NOT NULL,     -- from 1
    added_at BIGINT NOT NULL,
    removed_at BIGINT,
    PRIMARY KEY (referral_id, section, group_row)
);

-- Answers are only ever added: the last one of a question and row counts.
CREATE TABLE referral_answer (
    id BIGINT PRIMARY KEY,
    referral_id BIGINT NOT NULL REFERENCES referral (id),
    group_row BIGINT NOT NULL,     -- 0: of the whole referral
    question TEXT NOT NULL,        -- key of the form's question
    kind TEXT NOT NULL,            -- given, unknown, not-applicable; empty: taken back
    sealed %BLOB%,                 -- of one that is given
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL,
    version BIGINT NOT NULL        -- the referral's, that this answer made
);
CREATE INDEX referral_answer_question ON referral_answer (referral_id, group_row, question);

-- The children of a referral that was sent, and the child's record once they are joined.
CREATE TABLE referral_child (
    referral_id BIGINT NOT NULL REFERENCES referral (id),
    position BIGINT NOT NULL,      -- the row of the child's answers
    child_id BIGINT,
    PRIMARY KEY (referral_id, position)
);
CREATE INDEX referral_child_child ON referral_child (child_id);

-- What somebody learned after it was sent.
CREATE TABLE referral_addition (
    id BIGINT PRIMARY KEY,
    referral_id BIGINT NOT NULL REFERENCES referral (id),
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL,
    sealed %BLOB% NOT NULL
);
CREATE INDEX referral_addition_referral ON referral_addition (referral_id);
