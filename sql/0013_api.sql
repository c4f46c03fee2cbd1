-- The programming interface: programs that ask in an account's name, their tokens, what
-- was done once, and the webhooks that are told that something happened.

-- A program.  Its account holds name, organisation and roles; nobody signs in with it.
CREATE TABLE api_client (
    id %ID%,
    public_id TEXT NOT NULL UNIQUE, -- what it calls itself, random
    account_id BIGINT NOT NULL REFERENCES account (id),
    secret %BLOB% NOT NULL,         -- hash of a random secret
    scopes BIGINT NOT NULL,         -- bit per line of api_scope.def
    created_by BIGINT REFERENCES account (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,                 -- last token
    revoked_at BIGINT
);
CREATE INDEX api_client_account ON api_client (account_id);

CREATE TABLE api_token (
    hash %BLOB% NOT NULL UNIQUE,
    client_id BIGINT NOT NULL REFERENCES api_client (id),
    scopes BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX api_token_expires ON api_token (expires_at);

-- What a program asked for under a key of its own, so that asking again does nothing.
-- Submissions are not here: who handed one in is told nowhere in the clear.
CREATE TABLE api_once (
    account_id BIGINT NOT NULL REFERENCES account (id),
    name %BLOB% NOT NULL,           -- hash of the key
    asked %BLOB% NOT NULL,          -- hash of the request
    record_id BIGINT,               -- what came of it; NULL: under way
    at BIGINT NOT NULL,
    UNIQUE (account_id, name)
);
CREATE INDEX api_once_at ON api_once (at);

-- Who is told.  Address and signing secret are sealed.
CREATE TABLE webhook (
    id %ID%,
    key_id BIGINT NOT NULL REFERENCES record_key (id),
    sealed %BLOB% NOT NULL,
    kinds BIGINT NOT NULL,          -- bit per line of webhook.def
    created_by BIGINT REFERENCES account (id),
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    delivered_at BIGINT,            -- last success
    failed_at BIGINT,               -- last failure
    status BIGINT NOT NULL          -- of the last answer; 0: none came
);

-- What is still to be told.  It survives a restart.
CREATE TABLE webhook_queue (
    id %ID%,
    webhook_id BIGINT NOT NULL REFERENCES webhook (id),
    message_id TEXT NOT NULL,       -- the same at every attempt
    kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    at BIGINT NOT NULL,             -- when it happened
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL          -- of the next attempt
);
CREATE INDEX webhook_queue_due ON webhook_queue (due_at);
