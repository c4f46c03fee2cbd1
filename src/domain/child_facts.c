/*
 * Facts of a child's record: what becomes of those before, which of two stands; and two
 * records of one child.
 */
#include "domain/child.h"
#include "domain/reason.h"

enum { LIVE_MAX = CHILD_FACT_DRAFTS_MAX - 2 };

/* The facts of that question that stand or may. */
static size_t live_facts(const struct child_file *file, struct str key,
                         const struct child_entry **ret)
{
    size_t count = 0;
    for (size_t i = 0; i < file->entry_count && count < LIVE_MAX; i++)
        if (file->entry[i].kind == ENTRY_FACT && file->entry[i].state <= STATE_CONFLICTING &&
            str_eq(file->entry[i].text[FACT_KEY], key))
            ret[count++] = &file->entry[i];
    return count;
}

struct child_draft child_settled(int64_t entry, enum child_state state, struct str reason)
{
    struct child_draft draft = {.kind = ENTRY_SETTLE, .about = entry};
    draft.text[SETTLE_STATE] = str_from(child_state_name(state));
    draft.text[SETTLE_REASON] = reason;
    return draft;
}

int64_t child_fact_newest(const struct child_file *file, struct str key)
{
    int64_t newest = 0;
    for (size_t i = 0; i < file->entry_count; i++) {
        const struct child_entry *entry = &file->entry[i];
        const struct child_entry *of =
            entry->kind == ENTRY_SETTLE ? child_entry_find(file, entry->about) : entry;
        if (of && of->kind == ENTRY_FACT && str_eq(of->text[FACT_KEY], key)) newest = entry->id;
    }
    return newest;
}

static enum st check_seen(const struct child_file *file, struct str key, int64_t seen,
                          struct err *err)
{
    if (seen == CHILD_AS_IT_IS || seen == child_fact_newest(file, key)) return ST_OK;
    return err_set(err, ST_CONFLICT,
                   "Somebody wrote about this while you were writing. Look at what is recorded "
                   "now, and save again if it still holds.");
}

/* What was thought out over that file goes in. */
static enum st add_on_question(struct app *app, const struct person *who,
                               const struct child_file *file, int64_t seen,
                               const struct child_draft *draft, size_t count, const char *said,
                               int64_t *ret_id, struct err *err)
{
    if (seen == CHILD_AS_IT_IS)
        return child_add(app, who, file->line.id, draft, count, said, 0, ret_id, err);
    return child_add_to(app, who, file, draft, count, said, ret_id, err);
}

/* The fact, and what those that stood are from now on. */
static size_t beside(const struct child_file *file, const struct child_draft *fact,
                     enum child_state old, size_t place,
                     struct child_draft ret[static CHILD_FACT_DRAFTS_MAX])
{
    const struct child_entry *before[LIVE_MAX];
    size_t live = live_facts(file, fact->text[FACT_KEY], before), count = 0;
    ret[count++] = *fact;
    for (size_t i = 0; i < live; i++) ret[count++] = child_settled(before[i]->id, old, STR(""));
    if (live && (old == STATE_CONFLICTING || old == STATE_STANDING))
        ret[count++] = child_settled(CHILD_ABOUT_FIRST - (int64_t)place, old, STR(""));
    return count;
}

size_t child_fact_beside(const struct child_file *file, const struct child_draft *fact,
                         size_t place, struct child_draft ret[static CHILD_FACT_DRAFTS_MAX])
{
    return beside(file, fact, STATE_CONFLICTING, place, ret);
}

enum st child_fact_add(struct app *app, const struct person *who, const struct child_file *file,
                       const struct child_draft *fact, struct str how, int64_t seen,
                       int64_t *ret_id, struct err *err)
{
    static const struct {
        const char *how;
        enum child_state old;
    } known[] = {{"changed", STATE_SUPERSEDED},
                 {"wrong", STATE_WITHDRAWN},
                 {"unsure", STATE_CONFLICTING},
                 {"both", STATE_STANDING}};
    enum { HOWS = sizeof known / sizeof *known };
    const struct child_entry *before[LIVE_MAX];
    struct child_draft draft[CHILD_FACT_DRAFTS_MAX];
    size_t live = live_facts(file, fact->text[FACT_KEY], before), chosen = 0;
    enum st outcome = check_seen(file, fact->text[FACT_KEY], seen, err);
    if (outcome != ST_OK) return outcome;
    while (live && chosen < HOWS && !str_eq(how, str_from(known[chosen].how))) chosen++;
    if (chosen == HOWS)
        return err_set(err, ST_INVALID, "Say what becomes of what stands here now.");
    size_t count = beside(file, fact, known[chosen].old, 0, draft);
    return add_on_question(app, who, file, seen, draft, count, "fact added", ret_id, err);
}

enum st child_settle(struct app *app, const struct person *who, const struct child_file *file,
                     int64_t entry, enum child_state state, struct str reason, struct err *err)
{
    const struct child_entry *about = child_entry_find(file, entry);
    if (!about || about->kind == ENTRY_SETTLE || about->kind == ENTRY_EVENT)
        return child_missing(err);
    struct arena arena;
    arena_init(&arena, 1 << 20);
    enum st outcome = reason_clean(&arena, reason, &reason, err);
    struct child_draft draft = child_settled(entry, state, reason);
    if (outcome == ST_OK)
        outcome = child_add(app, who, about->child, &draft, 1, "entry settled", 0, NULL, err);
    arena_done(&arena);
    return outcome;
}

enum st child_fact_choose(struct app *app, const struct person *who, const struct child_file *file,
                          int64_t entry, bool others_wrong, int64_t seen, struct str reason,
                          struct err *err)
{
    const struct child_entry *chosen = child_entry_find(file, entry);
    if (!chosen || chosen->kind != ENTRY_FACT) return child_missing(err);
    enum st outcome = check_seen(file, chosen->text[FACT_KEY], seen, err);
    if (outcome != ST_OK) return outcome;
    const struct child_entry *live[LIVE_MAX];
    struct child_draft draft[LIVE_MAX + 1];
    struct arena arena;
    arena_init(&arena, 1 << 20);
    outcome = reason_clean(&arena, reason, &reason, err);
    size_t found = live_facts(file, chosen->text[FACT_KEY], live);
    size_t count = 0;
    for (size_t i = 0; i < found; i++)
        if (live[i]->id != entry)
            draft[count++] = child_settled(
                live[i]->id, others_wrong ? STATE_WITHDRAWN : STATE_SUPERSEDED, reason);
    draft[count++] = child_settled(entry, STATE_STANDING, reason);
    if (outcome == ST_OK)
        outcome = add_on_question(app, who, file, seen, draft, count, "fact chosen", NULL, err);
    arena_done(&arena);
    return outcome;
}

/* --- the same child twice ------------------------------------------------------------------- */

static enum st store_join(struct app *app, struct db *db, struct arena *arena,
                          const struct person *who, int64_t child, int64_t other, struct str reason,
                          struct err *err)
{
    int64_t id = 0;
    struct data_key key;
    enum st outcome = db_next_id(db, Q_CHILD_JOIN_LAST, &id, err);
    if (outcome == ST_OK) outcome = child_key(app, db, child, &key, err);
    if (outcome != ST_OK) return outcome;
    struct str sealed = field_seal(arena, &key, FIELD_CHILD_JOIN, id, reason);
    data_key_clear(&key);
    struct query *query = db_query(db, Q_CHILD_JOIN_ADD);
    db_bind_int(query, 1, id);
    db_bind_int(query, 2, child);
    db_bind_int(query, 3, other);
    db_bind_bytes(query, 4, sealed.ptr, sealed.len);
    db_bind_int(query, 5, who->account);
    db_bind_int(query, 6, clock_now());
    outcome = db_run(query, err);
    if (outcome == ST_OK)
        outcome = child_note(app, db, who, AUDIT_COMBINATION, "child records joined", child, err);
    if (outcome == ST_OK)
        outcome = child_note(app, db, who, AUDIT_COMBINATION, "child records joined", other, err);
    return outcome;
}

static enum st join(struct app *app, struct arena *arena, const struct person *who, int64_t child,
                    int64_t other, struct str reason, struct err *err)
{
    const struct child_scope *scope = child_scope_of(app, arena, who);
    struct child_line left;
    struct child_line right;
    if (!child_scope_allows(scope, ACT_EDIT_CHILD, child) ||
        !child_scope_allows(scope, ACT_EDIT_CHILD, other) ||
        !child_scope_line(scope, child, &left) || !child_scope_line(scope, other, &right))
        return child_missing(err);
    if (left.id == right.id) return err_set(err, ST_CONFLICT, "These records are joined already.");
    enum st outcome = reason_clean(arena, reason, &reason, err);
    struct db *db;
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = store_join(app, db, arena, who, child, other, reason, err);
    return store_write_end(app->store, db, outcome, err);
}

enum st child_join(struct app *app, const struct person *who, int64_t child, int64_t other,
                   struct str reason, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 32 << 20);
    enum st outcome = join(app, &arena, who, child, other, reason, err);
    arena_done(&arena);
    return outcome == ST_OK ? children_refresh(app, child, err) : outcome;
}

/* Is it one of the joins of the record that this person may change? */
static bool is_join_of(struct app *app, const struct person *who, int64_t child, int64_t join)
{
    struct arena arena;
    struct child_file file;
    struct err err = {0};
    bool found = false;
    arena_init(&arena, 64 << 20);
    if (child_open(app, &arena, who, child, &file, &err) == ST_OK && file.may_edit)
        for (size_t i = 0; i < file.join_count; i++)
            found |= file.join[i].id == join && !file.join[i].undone_at;
    arena_done(&arena);
    return found;
}

enum st child_unjoin(struct app *app, const struct person *who, int64_t child, int64_t join,
                     struct err *err)
{
    if (!is_join_of(app, who, child, join)) return child_missing(err);
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_CHILD_JOIN_UNDO);
    db_bind_int(query, 1, join);
    db_bind_int(query, 2, clock_now());
    db_bind_int(query, 3, who->account);
    int64_t side[2] = {0}; /* the log of each says so, as it says that they were joined */
    if (db_next(query))
        for (int i = 0; i < 2; i++) side[i] = db_int(query, i);
    outcome = db_end(query, err);
    if (outcome == ST_OK && !side[0]) outcome = child_missing(err);
    for (int i = 0; i < 2 && outcome == ST_OK; i++)
        outcome = child_note(app, db, who, AUDIT_COMBINATION, "child records parted", side[i], err);
    outcome = store_write_end(app->store, db, outcome, err);
    return outcome == ST_OK ? children_refresh(app, child, err) : outcome;
}
