-- A saved set of columns holds what somebody wrote: its name, and headings of their file.
CREATE TABLE import_columns (
    id %ID%,
    organisation_id BIGINT NOT NULL REFERENCES organisation (id),
    name_tag %BLOB% NOT NULL,      -- blind: the organisation and the name
    key_id BIGINT NOT NULL REFERENCES record_key (id),
    sealed %BLOB% NOT NULL,        -- name, mapping
    UNIQUE (organisation_id, name_tag)
);

-- %STEP%

DROP TABLE import_mapping;
ALTER TABLE import_columns RENAME TO import_mapping;
