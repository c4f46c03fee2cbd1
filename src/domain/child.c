#include "domain/child.h"

#include "base/utf8.h"
#include "domain/account.h"
#include "domain/area_child.h"
#include "domain/reason.h"
#include "seal/secret.h"

#include <assert.h>

enum { REFERENCE = 13, ENTRIES_MAX = 20000, JOINS_MAX = 200, ACCOUNTS_MAX = 500 };

enum st child_missing(struct err *err)
{
    return err_missing(err, "record");
}

enum st child_key(struct app *app, struct db *db, int64_t child, struct data_key *ret,
                  struct err *err)
{
    struct query *query = db_query(db, Q_CHILD_KEY);
    db_bind_int(query, 1, child);
    enum st outcome = db_next(query) ? record_key_from_row(app, query, 0, ret, err) : ST_NOT_FOUND;
    outcome = db_end_after(query, outcome, err);
    return outcome == ST_NOT_FOUND ? child_missing(err) : outcome;
}

/* On what ground: "role", "assigned". */
static const char *child_ground(struct app *app, struct arena *arena, const struct person *who,
                                int64_t child)
{
    struct record record;
    if (!child_scope_record(child_scope_of(app, arena, who), child, &record)) return "";
    return audit_ground(who, ACT_READ_CHILD, &record);
}

enum st child_note(struct app *app, struct db *db, const struct person *who, enum audit_kind kind,
                   const char *said, int64_t child, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 4 << 20);
    struct audit_event event = {.kind = kind,
                                .action = said,
                                .account = who->account,
                                .subject = "child",
                                .subject_id = child,
                                .reason = child_ground(app, &arena, who, child)};
    enum st outcome = audit_append(app, db, &event, err);
    arena_done(&arena);
    return outcome;
}

/* --- adding ----------------------------------------------------------------------------- */

static bool is_long_text(enum child_entry_kind kind, int place)
{
    switch (kind) {
    case ENTRY_FACT: return place == FACT_VALUE;
    case ENTRY_PERSON: return place == PERSON_NOTE;
    case ENTRY_SIGN: return place == SIGN_NARRATIVE;
    case ENTRY_JUDGEMENT: return place == JUDGEMENT_REASONS;
    case ENTRY_VIEW: return place == VIEW_REASONS;
    case ENTRY_PLAN: return place == PLAN_TEXT;
    case ENTRY_REVIEW: return place == REVIEW_TEXT;
    case ENTRY_NOTE: return place == NOTE_TEXT;
    default: return false;
    }
}

/* Both may be longer here than a form takes: a referral's are put together of what it says, as
 * long as its form lets it be, and of where and by whom. */
enum {
    LINE_MOST = 4 * CHILD_LINE_MAX,
    TEXT_MOST = CHILD_TEXT_MAX + 4 * CHILD_LINE_MAX,
    BYTES_READ = 4 * TEXT_MOST + 4
};

static enum st clean(struct arena *arena, const struct child_draft *given, struct child_draft *ret,
                     struct err *err)
{
    *ret = *given;
    for (int i = 0; i < CHILD_TEXTS; i++) {
        size_t most = is_long_text(given->kind, i) ? TEXT_MOST : LINE_MOST;
        ret->text[i] = str_trim(utf8_clean(arena, str_sub(given->text[i], 0, BYTES_READ), NULL));
        if (utf8_count(ret->text[i]) > most)
            return err_set(err, ST_INVALID, "That is too long: at most %zu characters. Shorten it.",
                           most);
    }
    return ST_OK;
}

static enum st store_all(struct app *app, struct db *db, struct arena *arena, int64_t child,
                         int64_t account, const struct child_draft *draft, size_t count,
                         instant_ms at, int64_t *ret_id, struct err *err)
{
    struct data_key key;
    int64_t *id = arena_many(arena, count + 1, int64_t);
    enum st outcome = child_key(app, db, child, &key, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct child_draft cleaned;
        outcome = clean(arena, &draft[i], &cleaned, err);
        size_t of = (size_t)(CHILD_ABOUT_FIRST - cleaned.about);
        assert(cleaned.about >= 0 || of < i);
        if (cleaned.about < 0) cleaned.about = id[of];
        if (outcome == ST_OK)
            outcome =
                child_entry_store(app, db, arena, &key, child, account, at, &cleaned, &id[i], err);
    }
    data_key_clear(&key);
    if (outcome != ST_OK) return outcome;
    if (ret_id) *ret_id = id[0];
    struct query *query = db_query(db, Q_CHILD_CHANGED);
    db_bind_int(query, 1, child);
    db_bind_int(query, 2, at);
    return db_run(query, err);
}

static enum st read_class(struct db *db, struct arena *arena, int64_t child, struct str *ret,
                          struct err *err)
{
    struct query *query = db_query(db, Q_CHILD_READ);
    db_bind_int(query, 1, child);
    *ret = db_next(query) ? str_dup(arena, db_text(query, 6)) : STR("");
    return db_end(query, err);
}

/* A status brings a class that keeps longer.  In the turn: what the record has by now counts, not
 * what memory had of it before. */
static enum st follow_status(struct app *app, struct db *db, struct arena *arena, int64_t child,
                             const struct child_draft *draft, size_t count, struct err *err)
{
    const struct area_child *words = app->area ? area_child(app->area) : NULL;
    struct str now;
    enum st outcome = read_class(db, arena, child, &now, err);
    if (outcome != ST_OK) return outcome;
    for (size_t i = 0; words && i < count; i++) {
        const struct child_word *word =
            draft[i].kind == ENTRY_STATUS
                ? child_word_find(words, WORD_STATUS, draft[i].text[STATUS_WORD])
                : NULL;
        const struct retention_class *class = word ? retention_find(words, word->retention) : NULL;
        if (!class) continue;
        const struct retention_class *old = retention_find(words, now);
        if (old && old <= class) continue; /* the file has those that keep longest first */
        struct query *query = db_query(db, Q_CHILD_RETENTION);
        db_bind_int(query, 1, child);
        db_bind_text(query, 2, class->id);
        outcome = db_run(query, err);
        if (outcome != ST_OK) return outcome;
        now = class->id;
    }
    return ST_OK;
}

/* In the turn: nothing came to the record since that entry. */
static enum st check_last(struct db *db, int64_t child, int64_t last, struct err *err)
{
    int64_t newest = 0;
    struct query *query = db_query(db, Q_CHILD_ENTRY_NEWEST);
    db_bind_int(query, 1, child);
    enum st outcome = db_one(query, &newest, err);
    if (outcome != ST_OK || newest == last) return outcome;
    return err_set(err, ST_CONFLICT,
                   "Somebody added to this record while you were writing. Look at it again.");
}

enum { WHATEVER_CAME = -1 };

static enum st write_also(const struct child_also *also, struct db *db, int64_t child,
                          struct err *err)
{
    return also ? also->write(also->context, db, child, err) : ST_OK;
}

/* `last`: the newest entry that may stand there. */
static enum st add(struct app *app, struct arena *arena, const struct person *who, int64_t child,
                   const struct child_draft *draft, size_t count, const char *said, instant_ms at,
                   int64_t last, const struct child_also *also, int64_t *ret_id, struct err *err)
{
    const struct child_scope *scope = child_scope_of(app, arena, who);
    if (!child_scope_allows(scope, ACT_EDIT_CHILD, child) ||
        !child_scope_allows(scope, ACT_READ_CHILD, child))
        return child_missing(err);
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    if (last != WHATEVER_CAME) outcome = check_last(db, child, last, err);
    if (outcome == ST_OK) outcome = write_also(also, db, child, err);
    if (outcome == ST_OK)
        outcome = store_all(app, db, arena, child, who->account, draft, count,
                            at ? at : clock_now(), ret_id, err);
    if (outcome == ST_OK) outcome = follow_status(app, db, arena, child, draft, count, err);
    if (outcome == ST_OK) outcome = child_note(app, db, who, AUDIT_ALTERATION, said, child, err);
    outcome = store_write_end(app->store, db, outcome, err);
    return outcome == ST_OK ? children_refresh(app, child, err) : outcome;
}

enum st child_event(struct app *app, struct db *db, struct arena *arena, const struct person *who,
                    int64_t child, const char *what, struct str words, const char *said,
                    struct err *err)
{
    struct data_key key;
    enum st outcome = child_key(app, db, child, &key, err);
    if (outcome != ST_OK) return outcome;
    struct child_draft draft = {.kind = ENTRY_EVENT};
    draft.text[EVENT_WHAT] = str_from(what);
    draft.text[EVENT_WORDS] = words;
    outcome = child_entry_store(app, db, arena, &key, child, who->account, clock_now(), &draft,
                                NULL, err);
    data_key_clear(&key);
    return outcome == ST_OK ? child_note(app, db, who, AUDIT_ALTERATION, said, child, err)
                            : outcome;
}

enum st child_add(struct app *app, const struct person *who, int64_t child,
                  const struct child_draft *draft, size_t count, const char *said, instant_ms at,
                  int64_t *ret_id, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    enum st outcome =
        add(app, &arena, who, child, draft, count, said, at, WHATEVER_CAME, NULL, ret_id, err);
    arena_done(&arena);
    return outcome;
}

enum st child_add_with(struct app *app, const struct person *who, int64_t child,
                       const struct child_draft *draft, size_t count, const char *said,
                       const struct child_also *also, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    enum st outcome =
        add(app, &arena, who, child, draft, count, said, 0, WHATEVER_CAME, also, NULL, err);
    arena_done(&arena);
    return outcome;
}

enum st child_add_to(struct app *app, const struct person *who, const struct child_file *file,
                     const struct child_draft *draft, size_t count, const char *said,
                     int64_t *ret_id, struct err *err)
{
    struct arena arena;
    int64_t last = 0;
    for (size_t i = 0; i < file->entry_count; i++)
        if (file->entry[i].child == file->line.id) last = file->entry[i].id;
    arena_init(&arena, 64 << 20);
    enum st outcome =
        add(app, &arena, who, file->line.id, draft, count, said, 0, last, NULL, ret_id, err);
    arena_done(&arena);
    return outcome;
}

/* --- making -------------------------------------------------------------------------------- */

/* What is kept longest that its pack has as the last class: nothing special is known yet. */
static struct str first_class(const struct app *app)
{
    const struct area_child *words = app->area ? area_child(app->area) : NULL;
    return words ? words->retention[words->retention_count - 1].id : STR("unknown");
}

static enum st store_child(struct app *app, struct db *db, const struct person *who, instant_ms at,
                           int64_t *ret, struct err *err)
{
    char reference[REFERENCE] = "CH-";
    seal_reference(reference + 3, 4);
    reference[7] = '-';
    seal_reference(reference + 8, 4);
    struct data_key key = {0};
    enum st outcome = db_next_id(db, Q_CHILD_LAST, ret, err);
    if (outcome == ST_OK) outcome = record_key_add(app, db, KEY_RECORD, &key, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_CHILD_ADD);
    db_bind_int(query, 1, *ret);
    db_bind_text(query, 2, str_from(reference));
    db_bind_int(query, 3, who->organisation);
    db_bind_int(query, 4, key.id);
    db_bind_int(query, 5, who->account);
    db_bind_int(query, 6, at);
    db_bind_text(query, 7, first_class(app));
    data_key_clear(&key);
    return db_run(query, err);
}

static bool has_name(const struct child_draft *draft, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (draft[i].kind == ENTRY_FACT && str_eq(draft[i].text[FACT_KEY], STR("child-name")) &&
            str_trim(draft[i].text[FACT_VALUE]).len)
            return true;
    return false;
}

static enum st create(struct app *app, const struct person *who, const struct child_draft *draft,
                      size_t count, instant_ms at, const struct child_also *also, int64_t *ret,
                      struct err *err)
{
    if (!access_allows(who, ACT_EDIT_CHILD, &(struct record){.organisation = -1}))
        return child_missing(err);
    if (!has_name(draft, count))
        return err_set(err, ST_INVALID, "Write the name of the child, or what they are called.");
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct db *db;
    int64_t id = 0;
    if (!at) at = clock_now();
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK) {
        outcome = store_child(app, db, who, at, &id, err);
        if (outcome == ST_OK)
            outcome = store_all(app, db, &arena, id, who->account, draft, count, at, NULL, err);
        if (outcome == ST_OK) outcome = follow_status(app, db, &arena, id, draft, count, err);
        if (outcome == ST_OK)
            outcome = audit_append(app, db, &(struct audit_event){.kind = AUDIT_COLLECTION,
                                                                  .action = "child record added",
                                                                  .account = who->account,
                                                                  .subject = "child",
                                                                  .subject_id = id,
                                                                  .reason = "role"}, err);
        if (outcome == ST_OK) outcome = write_also(also, db, id, err);
        outcome = store_write_end(app->store, db, outcome, err);
    }
    arena_done(&arena);
    if (outcome == ST_OK) outcome = children_refresh(app, id, err);
    if (outcome == ST_OK) *ret = id;
    return outcome;
}

enum st child_create(struct app *app, const struct person *who, const struct child_draft *draft,
                     size_t count, instant_ms at, int64_t *ret, struct err *err)
{
    return create(app, who, draft, count, at, NULL, ret, err);
}

enum st child_create_with(struct app *app, const struct person *who,
                          const struct child_draft *draft, size_t count,
                          const struct child_also *also, int64_t *ret, struct err *err)
{
    return create(app, who, draft, count, 0, also, ret, err);
}

/* --- reading -------------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
    int64_t left = ((const struct child_entry *)a)->id;
    int64_t right = ((const struct child_entry *)b)->id;
    return (left > right) - (left < right);
}

static enum st read_entries(struct app *app, struct db *db, struct arena *arena,
                            struct child_file *file, struct err *err)
{
    size_t capacity = 256;
    file->entry = arena_many(arena, capacity, struct child_entry);
    enum st outcome = ST_OK;
    for (size_t i = 0; i < file->record_count && outcome == ST_OK; i++) {
        struct query *query = db_query(db, Q_CHILD_ENTRY_OF);
        db_bind_int(query, 1, file->record[i]);
        while (outcome == ST_OK && file->entry_count < ENTRIES_MAX && db_next(query)) {
            if (file->entry_count == capacity) {
                struct child_entry *longer = arena_many(arena, capacity * 2, struct child_entry);
                memcpy(longer, file->entry, capacity * sizeof *longer);
                file->entry = longer;
                capacity *= 2;
            }
            outcome = child_entry_from_row(app, arena, query, &file->entry[file->entry_count], err);
            if (outcome == ST_OK) file->entry_count++;
        }
        outcome = db_end_after(query, outcome, err);
    }
    if (file->record_count > 1 && file->entry_count)
        qsort(file->entry, file->entry_count, sizeof *file->entry, by_id);
    child_entries_settle(file->entry, file->entry_count);
    return outcome;
}

static enum st learn_name(struct app *app, struct db *db, struct arena *arena,
                          struct child_file *file, int64_t account, struct err *err)
{
    for (size_t i = 0; i < file->account_count; i++)
        if (file->account[i] == account) return ST_OK;
    if (!account || file->account_count == ACCOUNTS_MAX) return ST_OK;
    size_t at = file->account_count++;
    file->account[at] = account;
    return account_name(app, db, arena, account, &file->name[at], err);
}

static enum st read_joins(struct app *app, struct db *db, struct arena *arena,
                          struct child_file *file, struct err *err)
{
    file->join = arena_many(arena, JOINS_MAX, struct child_join);
    enum st outcome = ST_OK;
    for (size_t i = 0; i < file->record_count && outcome == ST_OK; i++) {
        struct query *query = db_query(db, Q_CHILD_JOIN_OF);
        db_bind_int(query, 1, file->record[i]);
        while (outcome == ST_OK && file->join_count < JOINS_MAX && db_next(query)) {
            struct child_join *join = &file->join[file->join_count];
            *join = (struct child_join){.id = db_int(query, 0),
                                        .child = db_int(query, 1),
                                        .other = db_int(query, 2),
                                        .at = db_int(query, 5),
                                        .undone_at = db_int(query, 6)};
            bool seen = false;
            for (size_t k = 0; k < file->join_count; k++) seen |= file->join[k].id == join->id;
            if (seen) continue;
            file->join_count++;
            int64_t by = db_int(query, 4);
            int64_t undone_by = db_int(query, 7);
            outcome = reason_open(app, arena, query, 3, 8, FIELD_CHILD_JOIN, join->id,
                                  &join->reason, err);
            if (outcome == ST_OK) outcome = account_name(app, db, arena, by, &join->by, err);
            if (outcome == ST_OK && undone_by)
                outcome = account_name(app, db, arena, undone_by, &join->undone_by, err);
        }
        outcome = db_end_after(query, outcome, err);
    }
    return outcome;
}

static enum st read_reference(struct db *db, struct arena *arena, int64_t child, struct str *ret,
                              struct err *err)
{
    struct query *query = db_query(db, Q_CHILD_READ);
    db_bind_int(query, 1, child);
    *ret = db_next(query) ? str_dup(arena, db_text(query, 1)) : STR("");
    return db_end(query, err);
}

static enum st read_references(struct db *db, struct arena *arena, struct child_file *file,
                               struct err *err)
{
    enum st outcome = ST_OK;
    file->reference = arena_many(arena, file->record_count, struct str);
    for (size_t i = 0; i < file->record_count && outcome == ST_OK; i++)
        outcome = read_reference(db, arena, file->record[i], &file->reference[i], err);
    for (size_t i = 0; i < file->join_count && outcome == ST_OK; i++)
        outcome = read_reference(db, arena, file->join[i].other, &file->join[i].reference, err);
    return outcome;
}

static enum st read_file(struct app *app, struct db *db, struct arena *arena,
                         struct child_file *file, struct err *err)
{
    enum st outcome = read_entries(app, db, arena, file, err);
    file->name = arena_many(arena, ACCOUNTS_MAX, struct str);
    file->account = arena_many(arena, ACCOUNTS_MAX, int64_t);
    for (size_t i = 0; i < file->entry_count && outcome == ST_OK; i++)
        outcome = learn_name(app, db, arena, file, file->entry[i].account, err);
    if (outcome == ST_OK) outcome = read_joins(app, db, arena, file, err);
    if (outcome == ST_OK) outcome = read_references(db, arena, file, err);
    return outcome;
}

enum st child_open(struct app *app, struct arena *arena, const struct person *who, int64_t child,
                   struct child_file *ret, struct err *err)
{
    const struct child_scope *scope = child_scope_of(app, arena, who);
    *ret = (struct child_file){0};
    if (!child_scope_line(scope, child, &ret->line)) return child_missing(err);
    ret->record_count = children_group(scope, child, &ret->record);
    ret->may_edit = child_scope_allows(scope, ACT_EDIT_CHILD, child);
    ret->may_keep = child_scope_allows(scope, ACT_KEEP_CHILD, child);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = read_file(app, db, arena, ret, err);
    store_read_end(app->store, db);
    return outcome;
}

struct str child_account_name(const struct child_file *file, int64_t account)
{
    for (size_t i = 0; i < file->account_count; i++)
        if (file->account[i] == account) return file->name[i];
    return STR("");
}

const struct child_entry *child_entry_find(const struct child_file *file, int64_t id)
{
    for (size_t i = 0; i < file->entry_count; i++)
        if (file->entry[i].id == id) return &file->entry[i];
    return NULL;
}

const struct child_entry *child_fact(const struct child_file *file, struct str key)
{
    for (size_t i = file->entry_count; i-- > 0;)
        if (file->entry[i].kind == ENTRY_FACT && file->entry[i].state <= STATE_CONFLICTING &&
            str_eq(file->entry[i].text[FACT_KEY], key))
            return &file->entry[i];
    return NULL;
}
