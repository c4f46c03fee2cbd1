#include "domain/location.h"

#include "domain/account.h"
#include "domain/meeting_internal.h"
#include "domain/record_key.h"
#include "domain/registry.h"

#include <stdlib.h>

enum { TEXTS = 3 * 60, ENTRIES_MAX = 2000 };

static enum st gone(struct err *err)
{
    return err_missing(err, "location");
}

/* --- who sees what --------------------------------------------------------------------------- */

static bool allows(const struct scope *scope, enum action action, const struct location *line)
{
    struct app *app = scope_app(scope);
    const struct area_handling *handling =
        app->area ? area_handling_find(app->area, line->handling) : NULL;
    struct record facts = {.organisation = line->organisation,
                           .forum = registry_forum_bit(app->registry, line->forum),
                           .rule = handling ? handling->rule : HANDLING_OWNER,
                           .conflict = line->mention &&
                                       subject_conflicts(scope, NULL, ITEM_ENTITY, line->mention)};
    return access_allows(scope_person(scope), action, &facts);
}

static void from_row(const struct scope *scope, struct query *query, struct location *ret)
{
    struct arena *arena = scope_arena(scope);
    *ret = (struct location){.id = db_int(query, 0),
                             .organisation = db_int(query, 1),
                             .forum = str_dup(arena, db_text(query, 2)),
                             .handling = str_dup(arena, db_text(query, 3)),
                             .kind = str_dup(arena, db_text(query, 4)),
                             .mention = db_int(query, 5),
                             .review_day = db_is_null(query, 6) ? LOCATION_DAY_NONE
                                                                : (int32_t)db_int(query, 6),
                             .version = db_int(query, 7),
                             .created_at = db_int(query, 9),
                             .changed_at = db_int(query, 10)};
}

/* The row, without asking who reads. */
static enum st load_row(const struct scope *scope, struct db *db, int64_t id, struct location *ret,
                        struct data_key *key, struct err *err)
{
    struct query *query = db_query(db, Q_LOCATION_READ);
    db_bind_int(query, 1, id);
    enum st outcome = ST_NOT_FOUND;
    *ret = (struct location){0};
    if (db_next(query)) {
        from_row(scope, query, ret);
        outcome = key ? record_key_from_row(scope_app(scope), query, 11, key, err) : ST_OK;
    }
    outcome = db_end_after(query, outcome, err);
    return outcome == ST_NOT_FOUND ? gone(err) : outcome;
}

static bool read_row(const struct scope *scope, int64_t id, struct location *ret)
{
    struct app *app = scope_app(scope);
    (void)scope_person(scope);
    struct db *db = store_read_begin(app->store, NULL);
    if (!db) return false;
    bool there = load_row(scope, db, id, ret, NULL, NULL) == ST_OK;
    store_read_end(app->store, db);
    return there;
}

bool location_allows(const struct scope *scope, enum action action, int64_t id)
{
    struct location line;
    return read_row(scope, id, &line) && allows(scope, action, &line);
}

bool location_kept(const struct scope *scope, int64_t id)
{
    struct location line;
    return read_row(scope, id, &line) && line.mention &&
           subject_conflicts(scope, NULL, ITEM_ENTITY, line.mention);
}

/* --- what was written ------------------------------------------------------------------------- */

static enum st read_entries(const struct scope *scope, struct db *db, const struct data_key *key,
                            struct location_file *file, struct err *err)
{
    struct arena *arena = scope_arena(scope);
    struct str *text = arena_many(arena, TEXTS, struct str);
    const struct questions *form =
        scope_app(scope)->area ? area_location_form(scope_app(scope)->area) : NULL;
    struct query *query = db_query(db, Q_LOCATION_ENTRY_OF);
    enum st outcome = ST_OK;
    size_t room = 0;
    db_bind_int(query, 1, file->line.id);
    while (outcome == ST_OK && file->entry_count < ENTRIES_MAX && db_next(query)) {
        struct str packed;
        if (file->entry_count == room) {
            struct location_entry *more = arena_many(arena, room * 2 + 8, struct location_entry);
            if (room) memcpy(more, file->entry, room * sizeof *more);
            file->entry = more;
            room = room * 2 + 8;
        }
        struct location_entry *entry = &file->entry[file->entry_count++];
        *entry = (struct location_entry){.id = db_int(query, 0),
                                         .section = str_dup(arena, db_text(query, 1)),
                                         .account = db_int(query, 3),
                                         .at = db_int(query, 4)};
        outcome = field_open(arena, key, FIELD_LOCATION_ENTRY, entry->id, db_bytes(query, 2),
                             &packed, err);
        if (outcome != ST_OK) break;
        if (!texts_unpack(packed, text, TEXTS)) abort(); /* it was authentic */
        entry->answer = arena_many(arena, TEXTS / 3, struct location_answer);
        for (size_t i = 0; i + 2 < TEXTS; i += 3) {
            struct location_answer answer = {
                .key = text[i], .account = entry->account, .at = entry->at};
            if (!text[i].len || !answer_kind_from_name(text[i + 1], &answer.answer.kind)) continue;
            answer.answer.value = text[i + 2];
            const struct question *question = form ? questions_find(form, answer.key) : NULL;
            if (question)
                answer.answer =
                    answer_settled(arena, question, clock_london(entry->at).date, answer.answer);
            entry->answer[entry->answer_count++] = answer;
        }
    }
    return db_end_after(query, outcome, err);
}

static void keep(struct location_file *file, const struct location_answer *answer)
{
    for (size_t i = 0; i < file->answer_count; i++) {
        if (!str_eq(file->answer[i].key, answer->key)) continue;
        file->answer[i] = *answer;
        return;
    }
    if (file->answer_count < QUESTIONS_MAX) file->answer[file->answer_count++] = *answer;
}

struct answer location_answer_get(const struct location_file *file, struct str key)
{
    for (size_t i = 0; i < file->answer_count; i++)
        if (str_eq(file->answer[i].key, key)) return file->answer[i].answer;
    return (struct answer){ANSWER_NONE, STR("")};
}

struct answer location_entry_get(const struct location_entry *entry, struct str key)
{
    for (size_t i = 0; i < entry->answer_count; i++)
        if (str_eq(entry->answer[i].key, key)) return entry->answer[i].answer;
    return (struct answer){ANSWER_NONE, STR("")};
}

static struct str words_of(const struct scope *scope, const struct location_file *file,
                           const char *key)
{
    const struct question *question =
        questions_find(area_location_form(scope_app(scope)->area), str_from(key));
    struct answer answer = location_answer_get(file, str_from(key));
    return question && answer.kind == ANSWER_GIVEN
               ? answer_words(scope_arena(scope), question, &answer)
               : STR("");
}

/* What is written about a location whose row was read. */
static enum st load(const struct scope *scope, struct db *db, const struct data_key *key,
                    struct location_file *file, struct err *err)
{
    file->answer = arena_many(scope_arena(scope), QUESTIONS_MAX, struct location_answer);
    enum st outcome = read_entries(scope, db, key, file, err);
    if (outcome != ST_OK || !scope_app(scope)->area) return outcome;
    struct location *line = &file->line;
    for (size_t i = 0; i < file->entry_count; i++) {
        bool deed = str_eq(file->entry[i].section, STR(LOCATION_ACTION));
        line->deeds += deed;
        for (size_t k = 0; !deed && k < file->entry[i].answer_count; k++)
            keep(file, &file->entry[i].answer[k]);
    }
    line->name = words_of(scope, file, "location-name");
    line->town = words_of(scope, file, "location-town");
    line->position = words_of(scope, file, "location-position");
    line->guardians = words_of(scope, file, "safety-guardians");
    line->worked = words_of(scope, file, "worked-answer");
    line->may_keep = allows(scope, ACT_KEEP_LOCATION, line);
    if (line->mention) line->mention = subject_entity(scope, line->mention);
    return ST_OK;
}

/* --- reading ---------------------------------------------------------------------------------- */

struct row {
    struct location line;
    struct data_key key;
};

static enum st read_rows(const struct scope *scope, struct db *db, struct row *row, size_t *ret,
                         struct err *err)
{
    struct query *query = db_query(db, Q_LOCATION_LIST);
    enum st outcome = ST_OK;
    db_bind_int(query, 1, LOCATIONS_MAX);
    while (outcome == ST_OK && *ret < LOCATIONS_MAX && db_next(query)) {
        from_row(scope, query, &row[*ret].line);
        outcome = record_key_from_row(scope_app(scope), query, 11, &row[(*ret)++].key, err);
    }
    return db_end_after(query, outcome, err);
}

enum st location_list(struct app *app, struct arena *arena, const struct person *who,
                      struct str kind, struct str forum, struct location **ret, size_t *ret_count,
                      struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    size_t rows = 0;
    *ret_count = 0;
    *ret = NULL;
    (void)scope_person(scope);
    struct row *row = calloc(LOCATIONS_MAX, sizeof *row);
    struct db *db = row ? store_read_begin(app->store, err) : NULL;
    if (!db) {
        free(row);
        return ST_FAILED;
    }
    enum st outcome = read_rows(scope, db, row, &rows, err);
    *ret = arena_many(arena, rows + 1, struct location);
    for (size_t i = 0; i < rows && outcome == ST_OK; i++) {
        struct location_file file = {.line = row[i].line};
        if ((kind.len && !str_eq(kind, file.line.kind)) ||
            (forum.len && !str_eq(forum, file.line.forum)) ||
            !allows(scope, ACT_READ_LOCATION, &file.line))
            continue;
        outcome = load(scope, db, &row[i].key, &file, err);
        (*ret)[(*ret_count)++] = file.line;
    }
    store_read_end(app->store, db);
    for (size_t i = 0; i < rows; i++) data_key_clear(&row[i].key);
    free(row);
    return outcome;
}

enum st location_open(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                      struct location_file *ret, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    struct data_key key = {0};
    *ret = (struct location_file){0};
    (void)scope_person(scope);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = load_row(scope, db, id, &ret->line, &key, err);
    if (outcome == ST_OK && !allows(scope, ACT_READ_LOCATION, &ret->line)) outcome = gone(err);
    if (outcome == ST_OK) outcome = load(scope, db, &key, ret, err);
    for (size_t i = 0; i < ret->entry_count && outcome == ST_OK; i++)
        outcome = account_name(app, db, arena, ret->entry[i].account, &ret->entry[i].by, err);
    store_read_end(app->store, db);
    data_key_clear(&key);
    return outcome;
}

int64_t location_of_entity(const struct scope *scope, const struct location *list, size_t count,
                           int64_t mention)
{
    int64_t entity = mention ? subject_entity(scope, mention) : 0;
    for (size_t i = 0; entity && i < count; i++)
        if (list[i].mention == entity) return list[i].id;
    return 0;
}
