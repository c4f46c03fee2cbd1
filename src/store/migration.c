#include "store/migration.h"

#include "base/buf.h"
#include "base/clock.h"
#include "store/engine.h"

#include <inttypes.h>

enum { SCRIPT_MAX = 1 << 20 };

static const char *const engine_word_marks[ENGINE_WORDS] = {
    [ENGINE_ID] = "%ID%", [ENGINE_BLOB] = "%BLOB%", [ENGINE_BY_KEY] = "%BY_KEY%"};

/* The text with %ID%, %BLOB% and %BY_KEY% as the engine writes them. */
static void translate(const struct db *db, struct str text, struct buf *ret)
{
    size_t at = 0;
    for (;;) {
        ptrdiff_t mark = str_find(text, STR("%"), at);
        if (mark < 0) break;
        buf_add(ret, str_sub(text, at, (size_t)mark - at));
        struct str rest = str_sub(text, (size_t)mark, text.len);
        struct str found = STR("%");
        const char *word = "%";
        for (size_t i = 0; i < ENGINE_WORDS; i++)
            if (str_starts(rest, str_from(engine_word_marks[i]))) {
                found = str_from(engine_word_marks[i]);
                word = db_word(db, (enum engine_word)i);
            }
        buf_add_c(ret, word);
        at = (size_t)mark + found.len;
    }
    buf_add(ret, str_sub(text, at, text.len));
}

static void checksum(const struct migration *migration, char ret[static 17])
{
    snprintf(ret, 17, "%016" PRIx64, str_hash(str_from(migration->text)));
}

/* The number of migrations that are there; they must be the first of ours. */
static enum st applied_already(struct db *db, size_t *ret, struct err *err)
{
    struct query *query = db_query(db, Q_MIGRATION_LIST);
    size_t count = 0;
    enum st outcome = ST_OK;
    while (outcome == ST_OK && db_next(query)) {
        char sum[17];
        if (count == migrations_count) {
            outcome = err_set(err, ST_CONFLICT,
                              "The database was made by a newer pendeen than this one.");
            err_hint(err, "Install the newer version.");
            break;
        }
        checksum(&migrations[count], sum);
        if (db_int(query, 0) != migrations[count].number ||
            !str_eq(db_text(query, 1), str_from(sum)))
            outcome = err_set(err, ST_CONFLICT,
                              "Migration %d of the database is not the one of this pendeen.",
                              migrations[count].number);
        count++;
    }
    outcome = db_end_after(query, outcome, err);
    *ret = count;
    return outcome;
}

bool migration_is_applied(struct db *db, int number)
{
    bool found = false;
    struct query *query = db_query(db, Q_MIGRATION_LIST);
    while (db_next(query)) found |= db_int(query, 0) == number;
    return db_end(query, NULL) == ST_OK && found;
}

static const struct {
    int number;
    enum st (*run)(struct db *, struct keyring *, struct err *);
} steps[] = {{2, step_sealing},
             {3, step_audit},
             {4, step_accounts},
             {33, step_audit_index},
             {34, step_columns}};

static enum st run_text(struct db *db, struct str text, struct err *err)
{
    struct buf script;
    buf_init(&script, SCRIPT_MAX);
    translate(db, text, &script);
    enum st outcome = script.overflow ? err_set(err, ST_FAILED, "A migration is too long.")
                                      : db_execute_script(db, buf_str(&script), err);
    buf_done(&script);
    return outcome;
}

/* The text, with the step in its middle if it has one. */
static enum st run_migration(struct db *db, const struct migration *migration, struct keyring *keys,
                             struct err *err)
{
    static const struct str mark = STR_INIT("-- %STEP%");
    struct str text = str_from(migration->text);
    ptrdiff_t at = str_find(text, mark, 0);
    if (at < 0) return run_text(db, text, err);
    enum st outcome = run_text(db, str_sub(text, 0, (size_t)at), err);
    for (size_t i = 0; i < sizeof steps / sizeof *steps && outcome == ST_OK; i++)
        if (steps[i].number == migration->number) outcome = steps[i].run(db, keys, err);
    if (outcome != ST_OK) return outcome;
    return run_text(db, str_sub(text, (size_t)at + mark.len, text.len), err);
}

static enum st apply_one(struct db *db, const struct migration *migration, struct keyring *keys,
                         struct err *err)
{
    enum st outcome = db_execute_script(db, STR("BEGIN"), err);
    if (outcome != ST_OK) return outcome;
    outcome = run_migration(db, migration, keys, err);
    if (outcome == ST_OK) {
        char sum[17];
        checksum(migration, sum);
        struct query *query = db_query(db, Q_MIGRATION_ADD);
        db_bind_int(query, 1, migration->number);
        db_bind_text(query, 2, str_from(migration->name));
        db_bind_text(query, 3, str_from(sum));
        db_bind_int(query, 4, clock_now());
        outcome = db_run(query, err);
    }
    if (outcome == ST_OK) outcome = db_execute_script(db, STR("COMMIT"), err);
    /* the engine's own: a full disk has ended the transaction already */
    if (outcome != ST_OK) db->engine->rollback(db);
    return outcome;
}

enum st migration_apply(struct db *writer, struct keyring *keys, int *ret_applied, struct err *err)
{
    if (ret_applied) *ret_applied = 0;
    enum st outcome =
        db_execute_script(writer,
                          STR("CREATE TABLE IF NOT EXISTS migration (number BIGINT PRIMARY KEY,"
                              " name TEXT NOT NULL, checksum TEXT NOT NULL,"
                              " applied_at BIGINT NOT NULL)"),
                          err);
    size_t done = 0;
    if (outcome == ST_OK) outcome = applied_already(writer, &done, err);
    for (size_t i = done; outcome == ST_OK && i < migrations_count; i++) {
        outcome = apply_one(writer, &migrations[i], keys, err);
        if (outcome == ST_OK && ret_applied) (*ret_applied)++;
    }
    return outcome;
}
