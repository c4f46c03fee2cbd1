-- Meetings of the Forums: the agenda, who was there, what was decided, who does what by when.
-- Texts are sealed under a data key of the meeting, action, measure or matter.  Days are days
-- since 1970; instants 0 where there is none.
CREATE TABLE meeting (
    id %ID%,
    forum TEXT NOT NULL,            -- key of the area pack's forums
    starts_at BIGINT NOT NULL,
    since_at BIGINT NOT NULL,       -- what came after it is new: when the one before began
    built_to BIGINT NOT NULL,       -- the agenda holds what came until then
    state TEXT NOT NULL,            -- planned, open, held, approved, cancelled
    key_id BIGINT NOT NULL REFERENCES record_key (id),
    sealed %BLOB% NOT NULL,         -- where it is held
    account_id BIGINT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL,        -- rises by one with each change
    UNIQUE (forum, starts_at)
);

CREATE TABLE meeting_item (
    id %ID%,
    meeting_id BIGINT NOT NULL REFERENCES meeting (id),
    section TEXT NOT NULL,          -- an id of meeting.txt
    kind TEXT NOT NULL,             -- entity, submission, child, theme, action, disruption
    subject_id BIGINT NOT NULL,     -- of an entity: one of its mentions; of a theme 0
    place BIGINT NOT NULL,          -- order within the section
    origin TEXT NOT NULL,           -- built, added, carried, handed
    state TEXT NOT NULL,            -- waiting, decided, closing, closed, carried, off
    outcome TEXT NOT NULL,          -- an id of meeting.txt; empty: none yet
    closing_by BIGINT NOT NULL,     -- first sign-off; 0: none
    closing_at BIGINT NOT NULL,
    closed_by BIGINT NOT NULL,      -- second
    closed_at BIGINT NOT NULL,
    sealed %BLOB% NOT NULL,         -- title and words for everybody who attends
    account_id BIGINT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX meeting_item_meeting ON meeting_item (meeting_id, id);
CREATE INDEX meeting_item_subject ON meeting_item (kind, subject_id);

CREATE TABLE meeting_attendance (
    id %ID%,
    meeting_id BIGINT NOT NULL REFERENCES meeting (id),
    account_id BIGINT NOT NULL REFERENCES account (id),
    state TEXT NOT NULL,            -- invited, present, apologies
    chair BIGINT NOT NULL,          -- 1: leads the meeting
    set_by BIGINT NOT NULL REFERENCES account (id),
    set_at BIGINT NOT NULL,
    UNIQUE (meeting_id, account_id)
);
CREATE INDEX meeting_attendance_account ON meeting_attendance (account_id);

-- Somebody does not see an item, as they or somebody else said that it concerns them.
CREATE TABLE meeting_conflict (
    id %ID%,
    item_id BIGINT NOT NULL REFERENCES meeting_item (id),
    account_id BIGINT NOT NULL REFERENCES account (id),
    set_by BIGINT NOT NULL REFERENCES account (id),
    set_at BIGINT NOT NULL,
    UNIQUE (item_id, account_id)
);
CREATE INDEX meeting_conflict_account ON meeting_conflict (account_id);

-- What was said and decided, the minutes and what was added to them.  Rows are only ever
-- added; no text of the program changes or deletes one.
CREATE TABLE meeting_decision (
    id %ID%,
    meeting_id BIGINT NOT NULL REFERENCES meeting (id),
    item_id BIGINT REFERENCES meeting_item (id), -- NULL: of the whole meeting
    kind TEXT NOT NULL,             -- decision, dissent, off, order, closing, closed, refused,
                                    -- conflict, cancelled, minutes, correction
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL,
    sealed %BLOB% NOT NULL
);
CREATE INDEX meeting_decision_meeting ON meeting_decision (meeting_id, id);

CREATE TABLE action (
    id %ID%,
    forum TEXT NOT NULL,
    meeting_id BIGINT REFERENCES meeting (id),
    item_id BIGINT REFERENCES meeting_item (id),
    key_id BIGINT NOT NULL REFERENCES record_key (id),
    owner_id BIGINT NOT NULL REFERENCES account (id),
    due_day BIGINT NOT NULL,
    state TEXT NOT NULL,            -- open, done (waits for the second sign-off), signed
    done_by BIGINT NOT NULL,        -- 0: nobody
    done_at BIGINT NOT NULL,
    signed_by BIGINT NOT NULL,
    signed_at BIGINT NOT NULL,
    sealed %BLOB% NOT NULL,         -- what, and what will show that it is done
    account_id BIGINT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX action_owner ON action (owner_id, state);
CREATE INDEX action_forum ON action (forum, state);

-- Measures to disrupt: notices, orders and the like.
CREATE TABLE disruption (
    id %ID%,
    forum TEXT NOT NULL,
    kind TEXT NOT NULL,             -- an id of meeting.txt
    key_id BIGINT NOT NULL REFERENCES record_key (id),
    mention_id BIGINT NOT NULL,     -- of whom or what it is against; 0: as written alone
    served_day BIGINT,
    review_day BIGINT,
    breaches BIGINT NOT NULL,
    ended_day BIGINT,
    sealed %BLOB% NOT NULL,         -- issuer, subject, child, what it says
    account_id BIGINT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX disruption_forum ON disruption (forum, id);

-- What happened with an action or a disruption; rows are only ever added, sealed under its key.
CREATE TABLE matter_event (
    id %ID%,
    matter TEXT NOT NULL,           -- action, disruption
    matter_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    day BIGINT,                     -- when it was, or is due
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL,
    sealed %BLOB% NOT NULL
);
CREATE INDEX matter_event_matter ON matter_event (matter, matter_id, id);

-- A matter that one Forum hands to another, or an urgent one for all who lead.
CREATE TABLE handover (
    id %ID%,
    from_forum TEXT NOT NULL,
    to_forum TEXT NOT NULL,         -- empty: urgent, to all
    kind TEXT NOT NULL,             -- as of an item
    subject_id BIGINT NOT NULL,
    state TEXT NOT NULL,            -- asked, accepted, declined; told
    key_id BIGINT NOT NULL REFERENCES record_key (id),
    sealed %BLOB% NOT NULL,         -- words and answer
    account_id BIGINT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    answered_by BIGINT NOT NULL,    -- 0: nobody yet
    answered_at BIGINT NOT NULL
);
CREATE INDEX handover_forum ON handover (to_forum, state);
CREATE TABLE handover_seen (
    handover_id BIGINT NOT NULL REFERENCES handover (id),
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL,
    PRIMARY KEY (handover_id, account_id)
);

-- Mail that waits to be sent: to whom and of which sort, never what about.
CREATE TABLE mail_queue (
    id %ID%,
    account_id BIGINT NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL,             -- an id of meeting.txt
    about_id BIGINT NOT NULL,
    stage BIGINT NOT NULL,          -- the same sort of mail about the same goes once a stage
    queued_at BIGINT NOT NULL,
    next_at BIGINT NOT NULL,        -- not before
    attempts BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,        -- 0: not yet
    given_up_at BIGINT NOT NULL,
    UNIQUE (kind, about_id, account_id, stage)
);
CREATE INDEX mail_queue_waiting ON mail_queue (sent_at, given_up_at, next_at);
