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

/* What a line shows, in the order in which fill_line puts it there. */
static const char *const shown[] = {"location-name", "location-town", "location-position",
                                    "safety-guardians", "worked-answer"};
enum { SHOWN = sizeof shown / sizeof *shown };

static void fill_line(const struct scope *scope, struct location_file *file)
{
    struct location *line = &file->line;
    struct str *const words[SHOWN] = {&line->name, &line->town, &line->position, &line->guardians,
                                      &line->worked};
    if (!scope_app(scope)->area) return;
    for (size_t i = 0; i < SHOWN; i++) *words[i] = words_of(scope, file, shown[i]);
    line->may_keep = allows(scope, ACT_KEEP_LOCATION, line);
    if (line->mention) line->mention = subject_entity(scope, line->mention);
}

/* What is written about a location whose row was read. */
static enum st load(const struct scope *scope, struct db *db, const struct data_key *key,
                    struct location_file *file, struct err *err)
{
    file->answer = arena_many(scope_arena(scope), QUESTIONS_MAX, struct location_answer);
    enum st outcome = read_entries(scope, db, key, file, err);
    if (outcome != ST_OK) return outcome;
    for (size_t i = 0; i < file->entry_count; i++) {
        bool deed = str_eq(file->entry[i].section, STR(LOCATION_ACTION));
        file->line.deeds += deed;
        for (size_t k = 0; !deed && k < file->entry[i].answer_count; k++)
            keep(file, &file->entry[i].answer[k]);
    }
    fill_line(scope, file);
    return ST_OK;
}

/* --- a line alone ----------------------------------------------------------------------------- */

static bool is_answered(const struct location_file *file, struct str key)
{
    for (size_t i = 0; i < file->answer_count; i++)
        if (str_eq(file->answer[i].key, key)) return true;
    return false;
}

/* Of an entry what a line shows and no newer one has answered; into `room`, of which it takes as
 * many bytes as this returns. */
static size_t take_shown(struct location_file *file, const struct str *text, char *room)
{
    size_t used = 0;
    for (size_t i = 0; i + 2 < TEXTS; i += 3) {
        struct location_answer answer = {0};
        for (size_t k = 0; k < SHOWN; k++)
            if (str_eq(text[i], str_from(shown[k]))) answer.key = str_from(shown[k]);
        if (!answer.key.len || is_answered(file, answer.key) ||
            !answer_kind_from_name(text[i + 1], &answer.answer.kind))
            continue;
        answer.answer.value = str_of(room + used, text[i + 2].len);
        memcpy(room + used, text[i + 2].ptr, text[i + 2].len);
        used += text[i + 2].len;
        file->answer[file->answer_count++] = answer;
    }
    return used;
}

/* The newest first; nothing else of an entry stays in the arena, since there may be thousands. */
static enum st read_shown(const struct scope *scope, struct db *db, const struct data_key *key,
                          struct location_file *file, struct err *err)
{
    struct arena *arena = scope_arena(scope);
    struct str text[TEXTS];
    struct query *query = db_query(db, Q_LOCATION_ENTRY_NEWEST_FIRST);
    enum st outcome = ST_OK;
    db_bind_int(query, 1, file->line.id);
    while (outcome == ST_OK && db_next(query)) {
        bool deed = str_eq(db_text(query, 1), STR(LOCATION_ACTION));
        file->line.deeds += deed;
        if (deed || file->answer_count == SHOWN) continue;
        struct str packed;
        struct str sealed = db_bytes(query, 2);
        char *room = arena_bytes(arena, sealed.len);
        struct arena_mark mark = arena_mark(arena);
        outcome =
            field_open(arena, key, FIELD_LOCATION_ENTRY, db_int(query, 0), sealed, &packed, err);
        if (outcome == ST_OK && !texts_unpack(packed, text, TEXTS)) abort(); /* it was authentic */
        size_t used = outcome == ST_OK ? take_shown(file, text, room) : 0;
        arena_reset(arena, mark);
        arena_cut(arena, room, used);
    }
    return db_end_after(query, outcome, err);
}

/* What is said in the line of a location whose row was read. */
static enum st load_line(const struct scope *scope, struct db *db, const struct data_key *key,
                         struct location *line, struct err *err)
{
    struct location_answer answer[SHOWN];
    struct location_file file = {.line = *line, .answer = answer};
    enum st outcome = read_shown(scope, db, key, &file, err);
    if (outcome != ST_OK) return outcome;
    fill_line(scope, &file);
    *line = file.line;
    return ST_OK;
}

/* --- reading ---------------------------------------------------------------------------------- */

enum st location_list(struct app *app, struct arena *arena, const struct person *who,
                      struct str kind, struct str forum, struct location **ret, size_t *ret_count,
                      struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    size_t room = 8;
    *ret_count = 0;
    *ret = arena_many(arena, room, struct location);
    (void)scope_person(scope);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_LOCATION_LIST);
    enum st outcome = ST_OK;
    db_bind_int(query, 1, LOCATIONS_MAX);
    while (outcome == ST_OK && db_next(query)) {
        struct location line;
        struct data_key key;
        from_row(scope, query, &line);
        if ((kind.len && !str_eq(kind, line.kind)) || (forum.len && !str_eq(forum, line.forum)) ||
            !allows(scope, ACT_READ_LOCATION, &line))
            continue;
        outcome = record_key_from_row(app, query, 11, &key, err);
        if (outcome == ST_OK) outcome = load_line(scope, db, &key, &line, err);
        data_key_clear(&key);
        arena_room(arena, *ret, *ret_count, &room);
        (*ret)[(*ret_count)++] = line;
    }
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    return outcome;
}

enum st location_line(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                      struct location *ret, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    struct data_key key = {0};
    (void)scope_person(scope);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = load_row(scope, db, id, ret, &key, err);
    if (outcome == ST_OK && !allows(scope, ACT_READ_LOCATION, ret)) outcome = gone(err);
    if (outcome == ST_OK) outcome = load_line(scope, db, &key, ret, err);
    store_read_end(app->store, db);
    data_key_clear(&key);
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
