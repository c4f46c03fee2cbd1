#include "domain/destroy.h"

#include "base/arena.h"
#include "base/change.h"
#include "domain/audit.h"
#include "domain/entity.h"
#include "domain/naming.h"
#include "domain/record_key.h"
#include "domain/registry.h"
#include "link/link.h"

static enum st find(struct db *db, struct str reference, int64_t *ret_id, struct err *err)
{
    struct query *query = db_query(db, Q_SUBMISSION_BY_REFERENCE);
    db_bind_text(query, 1, reference);
    bool found = db_next(query);
    if (found) *ret_id = db_int(query, 0);
    enum st outcome = db_end(query, err);
    if (outcome == ST_OK && !found)
        outcome = err_set(err, ST_NOT_FOUND, "There is no submission '%.*s'.",
                          STR_ARG(str_sub(reference, 0, 40)));
    return outcome;
}

static enum st source_key(struct db *db, int64_t submission, int64_t *ret, struct err *err)
{
    struct query *query = db_query(db, Q_SOURCE_READ);
    db_bind_int(query, 1, submission);
    *ret = db_next(query) ? db_int(query, 1) : 0;
    return db_end(query, err);
}

/* The audit keeps it in the clear, one line of text: it must say nothing of anybody. */
static bool is_code(const char *code)
{
    return code[0] &&
           strspn(code, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -") ==
               strlen(code);
}

/* That of its words, and of who told, if that is not gone already. */
static enum st destroy_keys(struct db *db, int64_t submission, struct err *err)
{
    int64_t key = 0;
    int64_t source = 0;
    struct query *query = db_query(db, Q_SUBMISSION_KEY_ID);
    db_bind_int(query, 1, submission);
    enum st outcome = db_one(query, &key, err);
    if (outcome == ST_OK) outcome = source_key(db, submission, &source, err);
    if (outcome == ST_OK) outcome = record_key_destroy(db, key, err);
    if (outcome != ST_OK || !source) return outcome;
    outcome = record_key_destroy(db, source, err);
    return outcome == ST_NOT_FOUND ? ST_OK : outcome;
}

enum st submission_destroy_in(struct app *app, struct db *db, int64_t submission, const char *code,
                              struct err *err)
{
    enum st outcome = destroy_keys(db, submission, err);
    if (outcome == ST_OK) {
        struct query *query = db_query(db, Q_PATTERN_FACT_FORGET); /* out of its words */
        db_bind_int(query, 1, submission);
        outcome = db_run(query, err);
    }
    if (outcome == ST_OK) outcome = naming_forget(db, submission, err);
    if (outcome != ST_OK) return outcome;
    return audit_append(app, db,
                        &(struct audit_event){.kind = AUDIT_ERASURE,
                                              .action = "submission destroyed",
                                              .subject = "submission",
                                              .subject_id = submission,
                                              .reason = code},
                        err);
}

void submission_forget(struct app *app, int64_t submission)
{
    struct arena arena;
    arena_init(&arena, 1 << 16);
    int64_t *ids = NULL;
    size_t count = entity_mentions_of(app->entities, &arena, submission, &ids);
    registry_remove(app->registry, submission);
    for (size_t i = 0; i < count; i++) link_index_remove(app->index, ids[i]);
    change_note();
    arena_done(&arena);
}

enum st submission_destroy(struct app *app, struct str reference, struct str reason,
                           struct err *err)
{
    char code[61];
    snprintf(code, sizeof code, "%.*s", STR_ARG(str_trim(reason)));
    if (!is_code(code))
        return err_set(err, ST_INVALID, "Say why: a word of the decision that stands behind it, of "
                                        "letters, digits, spaces and hyphens.");
    struct db *db;
    int64_t id = 0;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = find(db, reference, &id, err);
    if (outcome == ST_OK) outcome = submission_destroy_in(app, db, id, code, err);
    outcome = store_write_end(app->store, db, outcome, err);
    if (outcome != ST_OK) return outcome;
    submission_forget(app, id);
    bool wiped = false;
    return destroyed_wipe(app, &wiped, err);
}

/* --- out of the files ------------------------------------------------------------------------ */

enum { VALUE_SIZE = 24 };

/* Empty: nothing waits. */
static enum st read_waiting(struct app *app, const char *name, char ret[static VALUE_SIZE],
                            struct err *err)
{
    ret[0] = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_BUSY;
    struct query *query = db_query(db, Q_FACT_READ);
    db_bind_text(query, 1, str_from(name));
    if (db_next(query)) snprintf(ret, VALUE_SIZE, "%.*s", STR_ARG(db_text(query, 0)));
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    return outcome;
}

static enum st note_done(struct app *app, const char *name, const char *seen, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_FACT_REMOVE_SEEN);
    db_bind_text(query, 1, str_from(name));
    db_bind_text(query, 2, str_from(seen));
    return store_write_end(app->store, db, db_run(query, err), err);
}

enum st destroyed_waits(struct app *app, bool *ret, struct err *err)
{
    char value[VALUE_SIZE];
    enum st outcome = read_waiting(app, FACT_UNWIPED, value, err);
    *ret = value[0] != 0;
    return outcome;
}

/* What a migration left between what stands in the files, where somebody read it meanwhile. */
static enum st compact(struct app *app, struct err *err)
{
    char seen[VALUE_SIZE];
    enum st outcome = read_waiting(app, FACT_UNCOMPACTED, seen, err);
    if (outcome != ST_OK || !seen[0]) return outcome;
    outcome = store_compact(app->store, err);
    return outcome == ST_OK ? note_done(app, FACT_UNCOMPACTED, seen, err) : outcome;
}

enum st destroyed_wipe(struct app *app, bool *ret_wiped, struct err *err)
{
    char seen[VALUE_SIZE];
    enum st outcome = read_waiting(app, FACT_UNWIPED, seen, err);
    *ret_wiped = outcome == ST_OK && !seen[0];
    if (outcome != ST_OK || !seen[0]) return outcome;
    enum st compacted = compact(app, err);
    bool failed = compacted != ST_OK && compacted != ST_BUSY;
    /* Keys do not wait for what takes the room of a whole database. */
    outcome = store_scrub(app->store, failed ? NULL : err);
    if (failed || outcome == ST_OK) outcome = compacted;
    if (outcome == ST_BUSY) return ST_OK;
    if (outcome == ST_OK) outcome = note_done(app, FACT_UNWIPED, seen, err);
    *ret_wiped = outcome == ST_OK;
    return outcome;
}
