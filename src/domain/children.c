#include "domain/children_internal.h"

#include "base/change.h"
#include "domain/child_entry.h"
#include "domain/questions.h"
#include "link/link.h"

#include <pthread.h>
#include <stdlib.h>

struct children *children_new(void)
{
    struct children *children = calloc(1, sizeof *children);
    if (!children) abort();
    pthread_rwlock_init(&children->lock, NULL);
    pthread_mutex_init(&children->refreshing, NULL);
    children->names = link_index_new();
    children->people = link_index_new();
    return children;
}

void children_free(struct children *children)
{
    if (!children) return;
    for (size_t i = 0; i < children->count; i++) arena_done(&children->row[i].arena);
    free(children->row);
    free(children->access);
    free(children->join);
    link_index_free(children->names);
    link_index_free(children->people);
    pthread_rwlock_destroy(&children->lock);
    pthread_mutex_destroy(&children->refreshing);
    free(children);
}

/* --- rows --------------------------------------------------------------------------------- */

struct child_row *children_find(const struct children *children, int64_t id)
{
    size_t low = 0;
    size_t high = children->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (children->row[middle].id == id) return &children->row[middle];
        if (children->row[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* Ids only rise, so that a new one stands at the end. */
static struct child_row *find_or_add(struct children *children, int64_t id)
{
    struct child_row *row = children_find(children, id);
    if (row) return row;
    if (children->count == children->capacity) {
        children->capacity = children->capacity ? children->capacity * 2 : 64;
        children->row = realloc(children->row, children->capacity * sizeof *children->row);
        if (!children->row) abort();
    }
    size_t at = children->count++;
    while (at && children->row[at - 1].id > id) {
        children->row[at] = children->row[at - 1];
        at--;
    }
    children->row[at] = (struct child_row){.id = id, .head = id, .born = CHILD_BORN_UNKNOWN};
    arena_init(&children->row[at].arena, 1 << 20);
    return &children->row[at];
}

static void forget_names(struct children *children, struct child_row *row)
{
    for (int i = 0; i < row->names; i++)
        (void)link_index_remove(children->names, row->id * NAMES_MAX + i);
    for (int i = 0; i < row->people; i++)
        (void)link_index_remove(children->people, row->id * NAMES_MAX + i);
    row->names = row->people = 0;
    arena_done(&row->arena);
    arena_init(&row->arena, 1 << 20);
    row->name = row->alias = row->birth = row->nhs = row->reference = row->retention = row->review =
        STR("");
    row->born = CHILD_BORN_UNKNOWN;
}

static void add_mention(struct link_index *index, int *count, const struct child_row *row,
                        struct str name, struct str alias, struct str birth)
{
    if (*count == NAMES_MAX || !(name.len || alias.len)) return;
    struct link_mention mention = {.id = row->id * NAMES_MAX + *count,
                                   .report = row->id,
                                   .kind = LINK_PERSON,
                                   .reported_day = row->birth_told,
                                   .seen_from = LINK_DAY_UNKNOWN,
                                   .seen_to = LINK_DAY_UNKNOWN};
    mention.field[LINK_NAME] = name;
    mention.field[LINK_ALIAS] = alias;
    child_mention_born(&mention, birth);
    struct err err = {0};
    if (link_index_insert(index, &mention, &err) == ST_OK) ++*count;
}

static bool is_live(const struct child_entry *entry)
{
    return entry->state == STATE_STANDING || entry->state == STATE_CONFLICTING;
}

/* The newest fact of that key that stands or may; NULL: there is none. */
static const struct child_entry *fact_entry(const struct child_entry *entry, size_t count,
                                            const char *key)
{
    for (size_t i = count; i-- > 0;)
        if (entry[i].kind == ENTRY_FACT && is_live(&entry[i]) &&
            str_eq(entry[i].text[FACT_KEY], str_from(key)) &&
            str_eq(entry[i].text[FACT_ANSWER], STR("given")))
            return &entry[i];
    return NULL;
}

static struct str fact(const struct child_entry *entry, size_t count, const char *key)
{
    const struct child_entry *found = fact_entry(entry, count, key);
    return found ? found->text[FACT_VALUE] : STR("");
}

/* The next review of a plan: what its newest review says, or the plan; empty: it ended. */
static struct str review_of(const struct child_entry *plan, const struct child_entry *entry,
                            size_t count)
{
    struct str next = plan->text[PLAN_REVIEW];
    for (size_t i = 0; i < count; i++)
        if (entry[i].kind == ENTRY_REVIEW && entry[i].about == plan->id &&
            entry[i].state == STATE_STANDING)
            next = entry[i].text[REVIEW_NEXT];
    return next;
}

static struct str first_review(const struct child_entry *entry, size_t count)
{
    struct str first = STR("");
    for (size_t i = 0; i < count; i++) {
        if (entry[i].kind != ENTRY_PLAN || entry[i].state != STATE_STANDING) continue;
        struct str next = review_of(&entry[i], entry, count);
        if (next.len && (!first.len || str_cmp(next, first) < 0)) first = next;
    }
    return first;
}

struct birth child_born(struct str written, int32_t told)
{
    struct birth born = link_birth(written, STR(""), told);
    return link_birth_known(born) && !born.vague ? born : CHILD_BORN_UNKNOWN;
}

void child_mention_born(struct link_mention *mention, struct str written)
{
    enum link_field field = link_birth_field(written, mention->reported_day);
    if (field != LINK_FIELDS) mention->field[field] = written;
}

struct str child_nhs_words(struct arena *arena, struct str written)
{
    char number[NHS_NUMBER_SIZE];
    return nhs_number_read(written, number) ? str_dup(arena, str_from(number))
                                            : str_dup(arena, written);
}

/* Every name that is or was in the record: a child may come again under an earlier one. */
static void add_names(struct children *children, struct child_row *row,
                      const struct child_entry *entry, size_t count)
{
    row->name = str_dup(&row->arena, fact(entry, count, "child-name"));
    row->alias = str_dup(&row->arena, fact(entry, count, "child-aliases"));
    row->birth_told = clock_day(row->created_at);
    const struct child_entry *birth = fact_entry(entry, count, "child-birth");
    if (birth) {
        row->birth = str_dup(&row->arena, birth->text[FACT_VALUE]);
        row->birth_told = clock_day(birth->at);
        row->born = child_born(row->birth, row->birth_told);
    }
    row->nhs = child_nhs_words(&row->arena, fact(entry, count, "child-nhs-number"));
    row->review = str_dup(&row->arena, first_review(entry, count));
    for (size_t i = 0; i < count; i++) {
        bool is_name =
            entry[i].kind == ENTRY_FACT && str_eq(entry[i].text[FACT_KEY], STR("child-name"));
        if (is_name && entry[i].state != STATE_WITHDRAWN)
            add_mention(children->names, &row->names, row, entry[i].text[FACT_VALUE], row->alias,
                        row->birth);
        if (is_name)
            add_mention(children->people, &row->people, row, entry[i].text[FACT_VALUE], STR(""),
                        STR(""));
        if (entry[i].kind == ENTRY_PERSON)
            add_mention(children->people, &row->people, row, entry[i].text[PERSON_NAME], STR(""),
                        STR(""));
    }
}

static void read_row(struct children *children, struct query *query, struct child_row *row)
{
    forget_names(children, row);
    row->reference = str_dup(&row->arena, db_text(query, 1));
    row->organisation = db_int(query, 2);
    row->created_at = db_int(query, 3);
    row->changed_at = db_int(query, 4);
    row->closed_at = db_int(query, 5);
    row->retention = str_dup(&row->arena, db_text(query, 6));
    row->held = db_int(query, 7) != 0;
    row->gone = !db_is_null(query, 8);
    row->closing_by = db_int(query, 10);
    row->closing_at = db_int(query, 11);
}

/* --- joins and access ------------------------------------------------------------------------ */

static enum st load_access(struct children *children, struct db *db, struct err *err)
{
    size_t capacity = 0;
    children->access_count = 0;
    struct query *query = db_query(db, Q_CHILD_ACCESS_ALL);
    while (db_next(query)) {
        if (children->access_count == capacity) {
            capacity = capacity ? capacity * 2 : 64;
            children->access = realloc(children->access, capacity * sizeof *children->access);
            if (!children->access) abort();
        }
        children->access[children->access_count++] = (struct child_access_row){
            db_int(query, 1), db_int(query, 2), str_eq(db_text(query, 3), STR("blocked"))};
    }
    return db_end(query, err);
}

/* Each join makes the smaller head that of both sides; joins are few. */
static void solve_joins(struct children *children)
{
    for (size_t i = 0; i < children->count; i++) children->row[i].head = children->row[i].id;
    for (size_t i = 0; i < children->join_count; i++) {
        const struct child_row *a = children_find(children, children->join[i].child);
        const struct child_row *b = children_find(children, children->join[i].other);
        if (!a || !b || a->gone || b->gone || a->head == b->head) continue;
        int64_t small = a->head < b->head ? a->head : b->head;
        int64_t large = a->head < b->head ? b->head : a->head;
        for (size_t k = 0; k < children->count; k++)
            if (children->row[k].head == large) children->row[k].head = small;
    }
}

static enum st load_joins(struct children *children, struct db *db, struct err *err)
{
    size_t capacity = 0;
    children->join_count = 0;
    struct query *query = db_query(db, Q_CHILD_JOIN_ALL);
    while (db_next(query)) {
        if (children->join_count == capacity) {
            capacity = capacity ? capacity * 2 : 64;
            children->join = realloc(children->join, capacity * sizeof *children->join);
            if (!children->join) abort();
        }
        children->join[children->join_count++] =
            (struct child_joined){db_int(query, 1), db_int(query, 2)};
    }
    enum st outcome = db_end(query, err);
    if (outcome == ST_OK) solve_joins(children);
    return outcome;
}

/* --- reading the store -------------------------------------------------------------------- */

/* Who is named, and when a plan is looked at again. */
static bool is_kept(enum child_entry_kind kind)
{
    return kind == ENTRY_FACT || kind == ENTRY_PERSON || kind == ENTRY_SETTLE ||
           kind == ENTRY_PLAN || kind == ENTRY_REVIEW;
}

/* One record's entries, and those of the records before it, out of a query that is ordered
 * by child. */
static enum st load_people(struct app *app, struct db *db, struct err *err)
{
    enum { ENTRIES_MAX = 4000 };
    struct children *children = app->children;
    struct arena arena;
    arena_init(&arena, 256 << 20);
    struct child_entry *entry = arena_many(&arena, ENTRIES_MAX, struct child_entry);
    struct arena_mark mark = arena_mark(&arena);
    size_t count = 0;
    enum st outcome = ST_OK;
    struct query *query = db_query(db, Q_CHILD_ENTRY_PEOPLE);
    while (outcome == ST_OK) {
        bool more = db_next(query);
        if (count && (!more || db_int(query, 1) != entry[0].child)) {
            struct child_row *row = children_find(children, entry[0].child);
            child_entries_settle(entry, count);
            if (row) add_names(children, row, entry, count);
            count = 0;
            arena_reset(&arena, mark);
        }
        if (!more) break;
        if (count < ENTRIES_MAX)
            outcome = child_entry_from_row(app, &arena, query, &entry[count++], err);
    }
    outcome = db_end_after(query, outcome, err);
    arena_done(&arena);
    return outcome;
}

enum st children_load(struct app *app, struct db *db, struct err *err)
{
    struct query *query = db_query(db, Q_CHILD_ALL);
    while (db_next(query))
        read_row(app->children, query, find_or_add(app->children, db_int(query, 0)));
    enum st outcome = db_end(query, err);
    if (outcome == ST_OK) outcome = load_people(app, db, err);
    if (outcome == ST_OK) outcome = load_access(app->children, db, err);
    if (outcome == ST_OK) outcome = load_joins(app->children, db, err);
    return outcome;
}

/* The entries of one record that name people, and its plans; settled. */
static enum st read_entries(struct app *app, struct db *db, struct arena *arena, int64_t child,
                            struct child_entry **ret, size_t *ret_count, struct err *err)
{
    enum { ENTRIES_MAX = 4000 };
    struct child_entry *entry = arena_many(arena, ENTRIES_MAX, struct child_entry);
    size_t count = 0;
    enum st outcome = ST_OK;
    struct query *query = db_query(db, Q_CHILD_ENTRY_OF);
    db_bind_int(query, 1, child);
    while (outcome == ST_OK && count < ENTRIES_MAX && db_next(query)) {
        enum child_entry_kind kind;
        if (!child_entry_kind_from_name(db_text(query, 2), &kind) || !is_kept(kind)) continue;
        outcome = child_entry_from_row(app, arena, query, &entry[count++], err);
    }
    outcome = db_end_after(query, outcome, err);
    if (outcome == ST_OK) child_entries_settle(entry, count);
    *ret = entry;
    *ret_count = count;
    return outcome;
}

static enum st refresh(struct app *app, struct db *db, struct arena *arena, int64_t child,
                       struct err *err)
{
    struct children *children = app->children;
    struct child_entry *entry = NULL;
    size_t count = 0;
    enum st outcome = read_entries(app, db, arena, child, &entry, &count, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_CHILD_READ);
    db_bind_int(query, 1, child);
    pthread_rwlock_wrlock(&children->lock);
    if (db_next(query)) {
        struct child_row *row = find_or_add(children, child);
        read_row(children, query, row);
        if (!row->gone) add_names(children, row, entry, count);
    }
    outcome = db_end(query, err);
    if (outcome == ST_OK) outcome = load_access(children, db, err);
    if (outcome == ST_OK) outcome = load_joins(children, db, err);
    pthread_rwlock_unlock(&children->lock);
    return outcome;
}

enum st children_refresh(struct app *app, int64_t child, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    pthread_mutex_lock(&app->children->refreshing);
    struct db *db = store_read_begin(app->store, err);
    enum st outcome = db ? refresh(app, db, &arena, child, err) : ST_FAILED;
    store_read_end(app->store, db);
    pthread_mutex_unlock(&app->children->refreshing);
    arena_done(&arena);
    change_note();
    return outcome;
}
