-- Accounts: what names a person or lets them in is sealed under the account's own data
-- key; an email address is found by a blind tag.  Sessions, second factors, passkeys,
-- invitations, and who stands in for whom.
--
-- Above the mark the new columns come, at the mark src/store/step_accounts.c fills them,
-- below it the old columns go.  Sessions of before end: everybody signs in once more.
ALTER TABLE organisation ADD COLUMN disabled_at BIGINT;

ALTER TABLE account RENAME COLUMN email TO email_tag; -- blind: the folded address
ALTER TABLE account ADD COLUMN key_id BIGINT;
ALTER TABLE account ADD COLUMN sealed %BLOB%;          -- email address, name
ALTER TABLE account ADD COLUMN password %BLOB%;        -- sealed: argon2id; NULL: none yet
ALTER TABLE account ADD COLUMN handle %BLOB%;          -- random: how passkeys know the account
ALTER TABLE account ADD COLUMN signed_in_at BIGINT;
ALTER TABLE account ADD COLUMN reset_asked_at BIGINT;  -- the person asked for a new password

DROP TABLE session;
CREATE TABLE session (
    id %ID%,
    token_hash %BLOB% NOT NULL UNIQUE, -- BLAKE2b of the cookie: the cookie itself is nowhere
    account_id BIGINT NOT NULL REFERENCES account (id),
    csrf_token TEXT NOT NULL,
    sealed %BLOB% NOT NULL,        -- address and browser
    strong BIGINT NOT NULL,        -- 1: with a second factor, or by passkey
    confirmed_at BIGINT NOT NULL,  -- when the person last showed that it is them
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account_id);

-- A sign-in that is half done: the password was right, or a passkey is being asked for.
CREATE TABLE sign_in_step (
    token_hash %BLOB% PRIMARY KEY,
    account_id BIGINT REFERENCES account (id), -- NULL: nobody yet
    tries BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- What a passkey has to sign, once: held by a session or a sign-in that is half done.
CREATE TABLE challenge (
    holder %BLOB% NOT NULL,        -- the token hash of either
    purpose TEXT NOT NULL,
    challenge %BLOB% NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (holder, purpose)
);

CREATE TABLE totp (
    account_id %ID% REFERENCES account (id),
    sealed %BLOB% NOT NULL,        -- the secret
    last_step BIGINT NOT NULL,     -- of the last code that was taken: it is taken once
    created_at BIGINT NOT NULL,
    confirmed_at BIGINT            -- NULL: being set up
);

CREATE TABLE recovery_code (
    account_id BIGINT NOT NULL REFERENCES account (id),
    code_hash %BLOB% NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (account_id, code_hash)
);

CREATE TABLE passkey (
    id %ID%,
    account_id BIGINT NOT NULL REFERENCES account (id),
    credential_tag %BLOB% NOT NULL UNIQUE, -- blind: the credential's id
    sealed %BLOB% NOT NULL,        -- name, credential's id, algorithm, public key, site
    sign_count BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX passkey_account ON passkey (account_id);

-- A link that is handed over: it sets a password once.
CREATE TABLE invitation (
    id %ID%,
    token_hash %BLOB% NOT NULL UNIQUE,
    account_id BIGINT NOT NULL REFERENCES account (id),
    created_by BIGINT,             -- NULL: at the command line
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    withdrawn_at BIGINT            -- a later link took its place
);
CREATE INDEX invitation_account ON invitation (account_id);

-- Who stands in for a person who is away; both days included.
CREATE TABLE absence (
    id %ID%,
    account_id BIGINT NOT NULL REFERENCES account (id),
    deputy_id BIGINT NOT NULL REFERENCES account (id),
    from_day BIGINT NOT NULL,
    to_day BIGINT NOT NULL,
    created_by BIGINT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    ended_at BIGINT                -- taken back
);
CREATE INDEX absence_account ON absence (account_id, from_day);

-- %STEP%

ALTER TABLE account DROP COLUMN name;
ALTER TABLE account DROP COLUMN password_hash;
