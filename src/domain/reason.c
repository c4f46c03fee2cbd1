#include "domain/reason.h"

#include "base/utf8.h"

enum st reason_clean(struct arena *arena, struct str text, struct str *ret, struct err *err)
{
    text = str_trim(utf8_clean(arena, str_sub(text, 0, 100000), NULL));
    if (!text.len) return err_set(err, ST_INVALID, "Write why. A few words are enough.");
    if (utf8_count(text) > REASON_MAX)
        return err_set(err, ST_INVALID, "The reason can have at most %d characters.", REASON_MAX);
    *ret = text;
    return ST_OK;
}

enum st reason_seal(struct app *app, struct db *db, struct arena *arena, int64_t submission,
                    enum seal_field field, int64_t row, struct str text, struct str *ret,
                    struct err *err)
{
    struct data_key key = {0};
    enum st outcome = ST_NOT_FOUND;
    struct query *query = db_query(db, Q_SUBMISSION_KEY);
    db_bind_int(query, 1, submission);
    if (db_next(query)) outcome = record_key_from_row(app, query, 0, &key, err);
    outcome = db_end_after(query, outcome, err);
    if (outcome == ST_OK) *ret = field_seal(arena, &key, field, row, text);
    data_key_clear(&key);
    return outcome == ST_NOT_FOUND ? err_missing(err, "submission") : outcome;
}

enum st reason_open(struct app *app, struct arena *arena, struct query *query, int sealed, int key,
                    enum seal_field field, int64_t row, struct str *ret, struct err *err)
{
    struct data_key opened;
    if (db_is_null(query, sealed)) {
        *ret = STR("");
        return ST_OK;
    }
    enum st outcome = record_key_from_row(app, query, key, &opened, err);
    if (outcome == ST_OK)
        outcome = field_open(arena, &opened, field, row, db_bytes(query, sealed), ret, err);
    data_key_clear(&opened);
    return outcome;
}
