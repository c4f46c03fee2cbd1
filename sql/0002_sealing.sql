-- What people wrote is sealed.  Each record gets a data key, wrapped by the key ring in
-- record_key; its row is all that has to go for the record to be unreadable for good.
-- Who handed a submission in leaves the submission: it stands in source, under a key of
-- its own, and the submission keeps a blind tag by which its sender finds it again.
--
-- Above the mark the new columns come, at the mark src/store/step_sealing.c fills them,
-- below it the old columns go.
CREATE TABLE record_key (
    id %ID%,
    kek BIGINT NOT NULL,           -- the key of the ring that wraps it; 0: destroyed
    wrapped %BLOB% NOT NULL
);
CREATE INDEX record_key_kek ON record_key (kek);

ALTER TABLE submission ADD COLUMN key_id BIGINT;      -- of the submission and its mentions
ALTER TABLE submission ADD COLUMN words %BLOB%;       -- narrative, when, where
ALTER TABLE submission ADD COLUMN source_tag %BLOB%;  -- blind: the account that sent it

CREATE TABLE source (
    submission_id %ID% REFERENCES submission (id),
    key_id BIGINT NOT NULL,
    sealed %BLOB% NOT NULL         -- the account that sent it
);

-- The texts of LINK_FIELD_TABLE in src/link/mention.h, as written.
ALTER TABLE mention ADD COLUMN fields %BLOB%;

ALTER TABLE decision ADD COLUMN key_id BIGINT;
ALTER TABLE decision ADD COLUMN sealed %BLOB%;        -- the reason

ALTER TABLE import_batch ADD COLUMN key_id BIGINT;
ALTER TABLE import_batch ADD COLUMN owner_tag %BLOB%; -- blind: the account that sent it
ALTER TABLE import_batch ADD COLUMN sealed %BLOB%;    -- file name, mapping, message

-- %STEP%

DROP INDEX submission_account;
ALTER TABLE submission DROP COLUMN account_id;
ALTER TABLE submission DROP COLUMN narrative;
ALTER TABLE submission DROP COLUMN when_text;
ALTER TABLE submission DROP COLUMN where_text;
CREATE INDEX submission_source ON submission (source_tag, id);
CREATE INDEX submission_key ON submission (key_id);

ALTER TABLE mention DROP COLUMN name;
ALTER TABLE mention DROP COLUMN alias;
ALTER TABLE mention DROP COLUMN birth;
ALTER TABLE mention DROP COLUMN age;
ALTER TABLE mention DROP COLUMN description;
ALTER TABLE mention DROP COLUMN registration;
ALTER TABLE mention DROP COLUMN make;
ALTER TABLE mention DROP COLUMN model;
ALTER TABLE mention DROP COLUMN colour;
ALTER TABLE mention DROP COLUMN number;
ALTER TABLE mention DROP COLUMN platform;
ALTER TABLE mention DROP COLUMN handle;
ALTER TABLE mention DROP COLUMN email;
ALTER TABLE mention DROP COLUMN venue;
ALTER TABLE mention DROP COLUMN address;
ALTER TABLE mention DROP COLUMN town;
ALTER TABLE mention DROP COLUMN postcode;

ALTER TABLE decision DROP COLUMN reason;

ALTER TABLE import_batch DROP COLUMN account_id;
ALTER TABLE import_batch DROP COLUMN file_name;
ALTER TABLE import_batch DROP COLUMN mapping;
ALTER TABLE import_batch DROP COLUMN message;
CREATE INDEX import_batch_owner ON import_batch (owner_tag, id);
