-- Who to call and the directory of support, over the area pack's text.  What is public
-- stands in the clear; why somebody changed it, and their note, do not.

-- What somebody made of one contact of the pack, whole each time.  The newest counts.
CREATE TABLE contact_version (
    id %ID%,
    contact TEXT NOT NULL,         -- its id in contacts.txt
    kind TEXT NOT NULL,            -- verified, changed, pack (the pack's text counts again)
    phone TEXT NOT NULL,
    text_number TEXT NOT NULL,
    relay TEXT NOT NULL,
    opens TEXT NOT NULL,           -- as contacts.txt writes it
    hours TEXT NOT NULL,           -- in words
    verified_day BIGINT,           -- somebody dialled it on that day; NULL: nobody has
    verified_by BIGINT REFERENCES account (id),
    key_id BIGINT NOT NULL REFERENCES record_key (id),
    written %BLOB% NOT NULL,       -- reason, note
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL
);
CREATE INDEX contact_version_contact ON contact_version (contact);

-- A file of Open Referral UK, looked at before it is taken.
CREATE TABLE support_import (
    id %ID%,
    key_id BIGINT NOT NULL REFERENCES record_key (id),
    sealed %BLOB% NOT NULL,        -- file name, file
    state TEXT NOT NULL,           -- staged, taken, dropped
    account_id BIGINT NOT NULL REFERENCES account (id),
    at BIGINT NOT NULL,
    ended_by BIGINT REFERENCES account (id),
    ended_at BIGINT
);

-- What was taken from such files: public, as the directory shows it.
CREATE TABLE support_service (
    uuid TEXT PRIMARY KEY,         -- the service's id in the file
    service TEXT NOT NULL,         -- the service, as JSON
    import_id BIGINT NOT NULL REFERENCES support_import (id),
    changed_at BIGINT NOT NULL
);
