-- Whose account at an organisation's own provider is whose account here.  The subject
-- is nowhere: tags are keyed hashes (src/seal/keyring.h).

CREATE TABLE identity (
    tag %BLOB% PRIMARY KEY,        -- of issuer and subject
    issuer_tag %BLOB% NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL        -- the last sign-in by it
);
CREATE UNIQUE INDEX identity_account ON identity (account_id, issuer_tag);
