-- What a representative sent to the referral unit instead of a Forum: the legal prompt as it was
-- answered, and what the unit did with it.  One row for each time; the newest counts.  Texts are
-- sealed under the submission's own data key.
CREATE TABLE submission_maru (
    id %ID%,
    submission_id BIGINT NOT NULL REFERENCES submission (id),
    account_id BIGINT NOT NULL REFERENCES account (id), -- the representative: never who sent it
    sent_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,        -- when the unit should have looked; 0: the pack has no clock
    prompt %BLOB% NOT NULL,        -- what, to whom, why, necessary, proportionate
    taken_by BIGINT REFERENCES account (id),
    taken_at BIGINT,
    outcome TEXT NOT NULL,         -- of feedback.txt, kind maru; empty: none yet
    outcome_by BIGINT REFERENCES account (id),
    outcome_at BIGINT,
    words %BLOB%,                  -- of the unit, to the representative
    referral_id BIGINT REFERENCES referral (id), -- that was made of it
    revision BIGINT NOT NULL       -- rises with each change: two people at once
);
CREATE INDEX submission_maru_submission ON submission_maru (submission_id, id);
