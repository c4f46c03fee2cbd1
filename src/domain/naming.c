#include "domain/naming.h"

#include "base/change.h"
#include "domain/account.h"
#include "domain/naming_words.h"
#include "domain/record.h"
#include "domain/record_key.h"
#include "domain/scope.h"
#include "link/link.h"

#include <pthread.h>
#include <stdlib.h>

/* Once in words alone, under "names looked for". */
#define LOOKED_FOR "names looked for in mentions too"

struct entry {
    uint64_t key;
    int64_t account;
};

struct names {
    struct entry *entry; /* in the order of keys */
    size_t count, room;
};

struct naming {
    pthread_rwlock_t lock;
    struct names names;
    _Atomic uint64_t changes;
};

/* --- names ---------------------------------------------------------------------------------- */

static int by_key(const void *a, const void *b)
{
    const struct entry *left = a;
    const struct entry *right = b;
    if (left->key != right->key) return left->key < right->key ? -1 : 1;
    return (left->account > right->account) - (left->account < right->account);
}

static void names_sort(struct names *names)
{
    if (names->count) qsort(names->entry, names->count, sizeof *names->entry, by_key);
}

/* To be sorted afterwards.  A program is nobody whom a text could name. */
static void names_add(struct names *names, int64_t account, struct str email, struct str name)
{
    uint64_t key[NAMING_KEYS_MAX];
    if (str_ends(email, STR("@program.invalid"))) return;
    size_t count = naming_keys(email, name, key);
    for (size_t i = 0; i < count; i++) {
        if (names->count == names->room) {
            names->room = names->room ? names->room * 2 : 64;
            names->entry = reallocarray(names->entry, names->room, sizeof *names->entry);
            if (!names->entry) abort();
        }
        names->entry[names->count++] = (struct entry){key[i], account};
    }
}

static void names_remove(struct names *names, int64_t account)
{
    size_t kept = 0;
    for (size_t i = 0; i < names->count; i++)
        if (names->entry[i].account != account) names->entry[kept++] = names->entry[i];
    names->count = kept;
}

struct naming *naming_new(void)
{
    struct naming *naming = calloc(1, sizeof *naming);
    if (!naming) abort();
    pthread_rwlock_init(&naming->lock, NULL);
    return naming;
}

void naming_free(struct naming *naming)
{
    if (!naming) return;
    free(naming->names.entry);
    pthread_rwlock_destroy(&naming->lock);
    free(naming);
}

static void know(struct naming *naming, int64_t account, struct str email, struct str name)
{
    pthread_rwlock_wrlock(&naming->lock);
    names_remove(&naming->names, account);
    names_add(&naming->names, account, email, name);
    names_sort(&naming->names);
    naming->changes++;
    pthread_rwlock_unlock(&naming->lock);
}

/* --- one text --------------------------------------------------------------------------------- */

/* Who is named in which submission. */
struct named {
    struct pair {
        int64_t account, submission;
    } *list;
    size_t count, room;
};

static void named_add(struct named *named, int64_t account, int64_t submission)
{
    for (size_t i = named->count; i > 0 && named->list[i - 1].submission == submission; i--)
        if (named->list[i - 1].account == account) return;
    if (named->count == named->room) {
        named->room = named->room ? named->room * 2 : 16;
        named->list = reallocarray(named->list, named->room, sizeof *named->list);
        if (!named->list) abort();
    }
    named->list[named->count++] = (struct pair){account, submission};
}

struct look {
    const struct names *names;
    struct named *ret;
    int64_t submission;
    int64_t but;
};

static void met(void *context, uint64_t key)
{
    const struct look *look = context;
    size_t low = 0, high = look->names->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (look->names->entry[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < look->names->count && look->names->entry[low].key == key; low++)
        if (look->names->entry[low].account != look->but)
            named_add(look->ret, look->names->entry[low].account, look->submission);
}

/* Not the whole of it: a registration names nobody, and a town is no person's. */
static void walk_mention(const struct mention *mention, struct look *look)
{
    static const struct {
        enum link_field field;
        void (*walk)(struct str, naming_met *, void *);
    } looked[] = {{LINK_NAME, naming_walk_name},   {LINK_ALIAS, naming_walk_name},
                  {LINK_DESCRIPTION, naming_walk}, {LINK_EMAIL, naming_walk},
                  {LINK_HANDLE, naming_walk},      {LINK_VENUE, naming_walk},
                  {LINK_ADDRESS, naming_walk}};
    for (size_t i = 0; i < sizeof looked / sizeof *looked; i++)
        if (mention->field[looked[i].field].len)
            looked[i].walk(mention->field[looked[i].field], met, look);
}

void naming_find(struct app *app, struct arena *arena, const struct naming_said *said,
                 struct naming_found *ret)
{
    struct naming *naming = app->naming;
    struct named named = {0};
    pthread_rwlock_rdlock(&naming->lock);
    struct look look = {.names = &naming->names, .ret = &named};
    for (size_t i = 0; i < said->count; i++) naming_walk(said->text[i], met, &look);
    for (size_t i = 0; i < said->mention_count; i++) walk_mention(&said->mention[i], &look);
    ret->names = naming->changes;
    pthread_rwlock_unlock(&naming->lock);
    ret->account = arena_many(arena, named.count, int64_t);
    ret->count = named.count;
    for (size_t i = 0; i < named.count; i++) ret->account[i] = named.list[i].account;
    free(named.list);
}

/* --- the store -------------------------------------------------------------------------------- */

static void tag_of(const struct app *app, int64_t account, uint8_t ret[static SEAL_TAG_SIZE])
{
    keyring_tag(app->keys, "named in words", str_of((const char *)&account, sizeof account), ret);
}

static enum st write_down(struct app *app, struct db *db, int64_t submission, int64_t account,
                          struct err *err)
{
    uint8_t tag[SEAL_TAG_SIZE];
    tag_of(app, account, tag);
    struct query *query = db_query(db, Q_NAMING_ADD);
    db_bind_bytes(query, 1, tag, sizeof tag);
    db_bind_int(query, 2, submission);
    return db_run_later(query, err);
}

static enum st write_all(struct app *app, struct db *db, const struct named *named, struct err *err)
{
    enum st outcome = ST_OK;
    for (size_t i = 0; i < named->count && outcome == ST_OK; i++)
        outcome = write_down(app, db, named->list[i].submission, named->list[i].account, err);
    if (named->count) change_note();
    return outcome;
}

enum st naming_note(struct app *app, struct db *db, struct arena *arena, int64_t submission,
                    const struct naming_said *said, struct naming_found *found, int64_t but,
                    struct err *err)
{
    enum st outcome = ST_OK;
    if (found->names != app->naming->changes) naming_find(app, arena, said, found);
    for (size_t i = 0; i < found->count && outcome == ST_OK; i++)
        if (found->account[i] != but)
            outcome = write_down(app, db, submission, found->account[i], err);
    return outcome;
}

enum st naming_of(struct app *app, struct db *db, struct arena *arena, int64_t account,
                  int64_t **ret, size_t *ret_count, struct err *err)
{
    uint8_t tag[SEAL_TAG_SIZE];
    size_t room = 0;
    *ret = NULL;
    *ret_count = 0;
    tag_of(app, account, tag);
    struct query *query = db_query(db, Q_NAMING_OF);
    db_bind_bytes(query, 1, tag, sizeof tag);
    while (db_next(query)) {
        arena_room(arena, *ret, *ret_count, &room);
        (*ret)[(*ret_count)++] = db_int(query, 0);
    }
    return db_end(query, err);
}

enum st naming_forget(struct db *db, int64_t submission, struct err *err)
{
    struct query *query = db_query(db, Q_NAMING_FORGET);
    db_bind_int(query, 1, submission);
    return db_run(query, err);
}

/* --- everything that is there ----------------------------------------------------------------- */

/* One after another is opened in an arena that is used again. */
struct opening {
    struct app *app;
    struct db *db;
    struct arena arena;
    struct arena_mark mark;
};

static void opening_begin(struct opening *opening, struct app *app, struct db *db)
{
    opening->app = app;
    opening->db = db;
    arena_init(&opening->arena, 16 << 20);
    opening->mark = arena_mark(&opening->arena);
}

/* The words of submissions, or of versions: rows of Q_NAMING_WORDS and Q_NAMING_VERSIONS. */
static enum st look_through(struct opening *opening, enum query_id id, enum seal_field field,
                            size_t texts, struct look *look, struct err *err)
{
    enum st outcome = ST_OK;
    struct query *query = db_query(opening->db, id);
    while (outcome == ST_OK && db_next(query)) {
        struct data_key key = {0};
        struct str words, text[VERSION_WORDS];
        outcome = record_key_from_row(opening->app, query, 4, &key, err);
        if (outcome == ST_OK)
            outcome = field_open(&opening->arena, &key, field, db_int(query, 0), db_bytes(query, 3),
                                 &words, err);
        data_key_clear(&key);
        if (outcome != ST_OK) break;
        if (!texts_unpack(words, text, texts)) abort(); /* it was authentic */
        look->submission = db_int(query, 1);
        look->but = db_int(query, 2);
        for (size_t i = 0; i < TOLD_WORDS; i++) naming_walk(text[i], met, look);
        arena_reset(&opening->arena, opening->mark);
    }
    return db_end_after(query, outcome, err);
}

/* Mentions that were left out, which this account may be. */
static enum st look_left_out(struct opening *opening, int64_t account, struct str email,
                             struct str name, struct named *ret, struct err *err)
{
    enum st outcome = ST_OK;
    struct query *query = db_query(opening->db, Q_NAMING_LEFT_OUT);
    while (outcome == ST_OK && db_next(query)) {
        struct data_key key = {0};
        struct field_opener opener;
        struct mention mention;
        struct arena_mark mark = arena_mark(&opening->arena);
        outcome = record_key_from_row(opening->app, query, 6, &key, err);
        if (outcome != ST_OK) break;
        field_opener_begin(&opener, &key, FIELD_MENTION_FIELDS);
        data_key_clear(&key);
        outcome = mention_from_row(&opening->arena, query, &opener, &mention, err);
        field_opener_clear(&opener);
        if (outcome == ST_OK && scope_names(opening->app, &opening->arena, email, name, &mention))
            named_add(ret, account, mention.submission);
        arena_reset(&opening->arena, mark);
    }
    return db_end_after(query, outcome, err);
}

/* What mentions hold: rows of Q_NAMING_MENTIONS, those of one submission beside each other. */
static enum st look_at_mentions(struct opening *opening, struct look *look, struct err *err)
{
    enum st outcome = ST_OK;
    struct field_opener opener = {0};
    int64_t opened = 0; /* by which key */
    struct query *query = db_query(opening->db, Q_NAMING_MENTIONS);
    while (outcome == ST_OK && db_next(query)) {
        struct mention mention;
        if (db_int(query, 6) != opened) {
            struct data_key key = {0};
            if (opened) field_opener_clear(&opener);
            opened = 0;
            outcome = record_key_from_row(opening->app, query, 6, &key, err);
            if (outcome != ST_OK) break;
            field_opener_begin(&opener, &key, FIELD_MENTION_FIELDS);
            data_key_clear(&key);
            opened = db_int(query, 6);
        }
        outcome = mention_from_row(&opening->arena, query, &opener, &mention, err);
        if (outcome != ST_OK) break;
        look->submission = mention.submission;
        walk_mention(&mention, look);
        arena_reset(&opening->arena, opening->mark);
    }
    if (opened) field_opener_clear(&opener);
    return db_end_after(query, outcome, err);
}

/* All that was written, but for what only nearly names somebody. */
static enum st look_at_all(struct opening *opening, const struct names *names, struct named *ret,
                           struct err *err)
{
    struct look look = {.names = names, .ret = ret};
    enum st outcome = look_at_mentions(opening, &look, err);
    if (outcome == ST_OK)
        outcome = look_through(opening, Q_NAMING_WORDS, FIELD_SUBMISSION_WORDS, SUBMISSION_WORDS,
                               &look, err);
    if (outcome == ST_OK)
        outcome = look_through(opening, Q_NAMING_VERSIONS, FIELD_SUBMISSION_VERSION, VERSION_WORDS,
                               &look, err);
    return outcome;
}

enum st naming_account(struct app *app, struct db *db, int64_t account, struct str email,
                       struct str name, struct err *err)
{
    struct names names = {0};
    struct named named = {0};
    struct opening opening;
    opening_begin(&opening, app, db);
    names_add(&names, account, email, name);
    names_sort(&names);
    enum st outcome = names.count ? look_at_all(&opening, &names, &named, err) : ST_OK;
    if (outcome == ST_OK && names.count)
        outcome = look_left_out(&opening, account, email, name, &named, err);
    if (outcome == ST_OK) outcome = write_all(app, db, &named, err);
    /* In its turn: what is handed in after it is looked through for that name too. */
    if (outcome == ST_OK) know(app->naming, account, email, name);
    free(names.entry);
    free(named.list);
    arena_done(&opening.arena);
    return outcome;
}

enum st naming_leave_out(struct app *app, struct db *db, const struct mention *mention,
                         struct err *err)
{
    struct named named = {0};
    struct opening opening;
    enum st outcome = ST_OK;
    if (mention->kind != LINK_PERSON && mention->kind != LINK_ACCOUNT) return ST_OK;
    opening_begin(&opening, app, db);
    struct query *query = db_query(db, Q_NAMING_ACCOUNTS);
    while (outcome == ST_OK && db_next(query)) {
        struct str email, name;
        outcome = account_from_row(app, &opening.arena, query, &email, &name, err);
        if (outcome == ST_OK && scope_names(app, &opening.arena, email, name, mention))
            named_add(&named, db_int(query, 0), mention->submission);
        arena_reset(&opening.arena, opening.mark);
    }
    outcome = db_end_after(query, outcome, err);
    if (outcome == ST_OK) outcome = write_all(app, db, &named, err);
    free(named.list);
    arena_done(&opening.arena);
    return outcome;
}

/* --- beginning -------------------------------------------------------------------------------- */

static enum st read_names(struct app *app, struct db *db, struct names *ret, struct err *err)
{
    struct opening opening;
    enum st outcome = ST_OK;
    opening_begin(&opening, app, db);
    struct query *query = db_query(db, Q_NAMING_ACCOUNTS);
    while (outcome == ST_OK && db_next(query)) {
        struct str email, name;
        outcome = account_from_row(app, &opening.arena, query, &email, &name, err);
        if (outcome == ST_OK) names_add(ret, db_int(query, 0), email, name);
        arena_reset(&opening.arena, opening.mark);
    }
    outcome = db_end_after(query, outcome, err);
    names_sort(ret);
    arena_done(&opening.arena);
    return outcome;
}

/* Mentions that were left out, for every account. */
static enum st look_at_left_out(struct opening *opening, struct named *ret, struct err *err)
{
    int64_t *list = NULL;
    size_t count = 0, room = 0;
    struct query *query = db_query(opening->db, Q_NAMING_ACCOUNTS);
    while (db_next(query)) {
        arena_room(&opening->arena, list, count, &room);
        list[count++] = db_int(query, 0);
    }
    enum st outcome = db_end(query, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct arena_mark mark = arena_mark(&opening->arena);
        struct str email, name;
        outcome =
            account_texts(opening->app, opening->db, &opening->arena, list[i], &email, &name, err);
        if (outcome == ST_OK) outcome = look_left_out(opening, list[i], email, name, ret, err);
        arena_reset(&opening->arena, mark);
    }
    return outcome;
}

static enum st look_once(struct app *app, struct db *db, struct err *err)
{
    struct named named = {0};
    struct opening opening;
    opening_begin(&opening, app, db);
    enum st outcome = look_at_all(&opening, &app->naming->names, &named, err);
    if (outcome == ST_OK) outcome = look_at_left_out(&opening, &named, err);
    if (outcome == ST_OK) outcome = write_all(app, db, &named, err);
    free(named.list);
    arena_done(&opening.arena);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_FACT_SET);
    db_bind_text(query, 1, STR(LOOKED_FOR));
    db_bind_text(query, 2, STR("yes"));
    return db_run(query, err);
}

enum st naming_load(struct app *app, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = read_names(app, db, &app->naming->names, err);
    struct query *query = db_query(db, Q_FACT_READ);
    db_bind_text(query, 1, STR(LOOKED_FOR));
    bool looked = db_next(query);
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    if (outcome != ST_OK || looked) return outcome;
    outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK) outcome = store_write_end(app->store, db, look_once(app, db, err), err);
    return outcome;
}

enum st naming_refresh(struct app *app, struct db *db, int64_t account, struct err *err)
{
    struct arena arena;
    struct str email, name;
    arena_init(&arena, 1 << 16);
    enum st outcome = account_texts(app, db, &arena, account, &email, &name, err);
    if (outcome == ST_OK) know(app->naming, account, email, name);
    arena_done(&arena);
    return outcome;
}
