-- Patterns that the machine finds and people answer, network charts that were saved, and what
-- the first page counts.

-- Of what a Forum has: the days of the week and the hour that its words name.  Derived; it can
-- be made anew from the submissions at any time.
CREATE TABLE pattern_fact (
    submission_id %ID% REFERENCES submission (id),
    weekdays BIGINT NOT NULL,      -- bits, Monday first; 0: not said
    hour BIGINT NOT NULL           -- 0 to 23; -1: not said
);

-- Where a pattern may be: derived too.  What it is, and whether it is one, is found afresh for
-- each reader out of what they may see.
CREATE TABLE pattern (
    id %ID%,
    kind TEXT NOT NULL,
    mention_id BIGINT NOT NULL REFERENCES mention (id),
    other_id BIGINT NOT NULL,      -- a mention of the second thing; 0: there is none
    found_at BIGINT NOT NULL,
    UNIQUE (kind, mention_id, other_id)
);

-- What somebody said of one, with the fragments that they saw.  Only ever added to.
CREATE TABLE pattern_word (
    id %ID%,
    kind TEXT NOT NULL,
    mention_id BIGINT NOT NULL REFERENCES mention (id),
    other_id BIGINT NOT NULL,
    verdict TEXT NOT NULL,         -- accepted, dismissed
    submission_id BIGINT NOT NULL REFERENCES submission (id), -- under whose key the reason is
    sealed %BLOB% NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL
);
CREATE INDEX pattern_word_kind ON pattern_word (kind, at);
CREATE TABLE pattern_word_fragment (
    word_id BIGINT NOT NULL REFERENCES pattern_word (id),
    submission_id BIGINT NOT NULL REFERENCES submission (id),
    PRIMARY KEY (word_id, submission_id)
);

-- A network chart that somebody saved: name, address and positions are sealed.
CREATE TABLE chart_view (
    id %ID%,
    account_id BIGINT NOT NULL REFERENCES account (id),
    shared BIGINT NOT NULL,        -- 1: also for whoever may see all that it starts from
    key_id BIGINT NOT NULL REFERENCES record_key (id),
    sealed %BLOB% NOT NULL,
    saved_at BIGINT NOT NULL
);
CREATE INDEX chart_view_account ON chart_view (account_id);

CREATE INDEX submission_stage_changed ON submission_stage (changed_at);
CREATE INDEX submission_stage_outcome ON submission_stage (outcome_at);
