-- Wrong codes of the second step since the last good one, of each account: from browsers in which
-- it was signed in to before (familiar 1), and from others.
CREATE TABLE wrong_code (
    account_id BIGINT NOT NULL REFERENCES account (id),
    familiar BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    tried_at BIGINT NOT NULL,      -- the last of them
    PRIMARY KEY (account_id, familiar)
);
