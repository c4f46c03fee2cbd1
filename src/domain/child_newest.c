#include "domain/child_newest.h"

static enum st read_now(struct db *db, const struct child_file *file, struct child_newest *ret,
                        struct err *err)
{
    static const enum query_id queries[] = {Q_CHILD_ENTRY_NEWEST, Q_MISSING_ENTRY_NEWEST_OF_CHILD,
                                            Q_REFERRAL_OPEN_OF_CHILD, Q_CHILD_BUNDLE_OPEN_OF};
    enum { QUERIES = sizeof queries / sizeof *queries, COUNTED = 2 };
    int64_t now[QUERIES] = {0};
    for (size_t i = 0; i < file->record_count * QUERIES; i++) {
        int64_t *at = &now[i % QUERIES];
        int64_t value = 0;
        struct query *query = db_query(db, queries[i % QUERIES]);
        db_bind_int(query, 1, file->record[i / QUERIES]);
        enum st outcome = db_one(query, &value, err);
        if (outcome != ST_OK) return outcome;
        if (i % QUERIES >= COUNTED)
            *at += value;
        else if (value > *at)
            *at = value;
    }
    *ret = (struct child_newest){now[0], now[1], now[2], now[3]};
    return ST_OK;
}

enum st child_newest_of(struct app *app, const struct child_file *file, struct child_newest *ret,
                        struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = read_now(db, file, ret, err);
    store_read_end(app->store, db);
    if (outcome == ST_OK && file->entry_count) ret->entry = file->entry[file->entry_count - 1].id;
    return outcome;
}

enum st child_newest_check(struct db *db, const struct child_file *file,
                           const struct child_newest *seen, struct err *err)
{
    struct child_newest now = {0};
    enum st outcome = read_now(db, file, &now, err);
    if (outcome == ST_OK && (now.entry != seen->entry || now.missing != seen->missing ||
                             now.referrals != seen->referrals || now.asked != seen->asked))
        outcome = err_set(err, ST_CONFLICT,
                          "Somebody changed this record while you decided. Look at it again.");
    return outcome;
}
