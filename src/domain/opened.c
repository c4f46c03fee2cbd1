#include "domain/opened.h"

#include "base/change.h"
#include "domain/account.h"
#include "domain/reason.h"
#include "seal/cover.h"
#include "seal/secret.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

enum { WAYS = 4 }; /* of the places that one hash has to choose from */

struct place {
    uint64_t hash;
    size_t len; /* of what is sealed; 0: nothing */
    uint8_t sealed[OPENED_TEXT + COVER_OVERHEAD];
};

struct opened {
    pthread_mutex_t lock;
    struct cover *cover;
    uint64_t change; /* at which all of it was kept */
    bool used;
    struct place place[OPENED_PLACES];
};

struct opened *opened_new(void)
{
    struct opened *opened = calloc(1, sizeof *opened);
    if (!opened) return NULL;
    opened->cover = cover_new();
    if (!opened->cover) {
        free(opened);
        return NULL;
    }
    pthread_mutex_init(&opened->lock, NULL);
    return opened;
}

void opened_free(struct opened *opened)
{
    if (!opened) return;
    seal_forget(opened->place, sizeof opened->place);
    cover_free(opened->cover);
    pthread_mutex_destroy(&opened->lock);
    free(opened);
}

struct opened_of opened_of(enum opened_kind kind, const int64_t *id, size_t count)
{
    assert(count <= OPENED_IDS);
    struct opened_of of = {.kind = kind};
    if (count) memcpy(of.id, id, count * sizeof *id);
    return of;
}

static struct str owner_of(const struct opened_of *of)
{
    return str_of((const char *)of, sizeof *of);
}

static uint64_t hash_of(const struct opened_of *of)
{
    uint64_t hash = (uint64_t)of->kind;
    for (size_t i = 0; i < OPENED_IDS; i++) hash = (hash ^ (uint64_t)of->id[i]) * 0x9e3779b97f4a7c15u;
    return hash;
}

/* Under the lock: of what has changed since nothing is left. */
static void follow(struct opened *opened)
{
    uint64_t change = change_count();
    if (opened->change != change && opened->used) {
        seal_forget(opened->place, sizeof opened->place);
        opened->used = false;
    }
    opened->change = change;
}

/* Any of the places where texts with this hash may be, or NULL. */
static struct place *place_of(struct opened *opened, uint64_t hash)
{
    struct place *places = &opened->place[hash >> 32 & (OPENED_PLACES - WAYS)];
    for (size_t i = 0; i < WAYS; i++)
        if (places[i].len && places[i].hash == hash) return &places[i];
    return NULL;
}

/* A free one of them, or one or another by the hash. */
static struct place *place_for(struct opened *opened, uint64_t hash)
{
    struct place *known = place_of(opened, hash);
    struct place *places = &opened->place[hash >> 32 & (OPENED_PLACES - WAYS)];
    for (size_t i = 0; i < WAYS && !known; i++)
        if (!places[i].len) known = &places[i];
    return known ? known : &places[hash >> 30 & (WAYS - 1)];
}

enum { AT_ONCE = 16 };

/* Copies of AT_ONCE at most, still sealed; which of them count: *ret_change. */
static void copy_sealed(struct opened *opened, const struct opened_of *of, size_t count, struct place *ret, uint64_t *ret_change)
{
    for (size_t i = 0; i < count; i++) ret[i].hash = hash_of(&of[i]);
    pthread_mutex_lock(&opened->lock);
    follow(opened);
    *ret_change = opened->change;
    for (size_t i = 0; i < count; i++) {
        const struct place *place = place_of(opened, ret[i].hash);
        ret[i].len = place ? place->len : 0;
        if (place) memcpy(ret[i].sealed, place->sealed, place->len);
    }
    pthread_mutex_unlock(&opened->lock);
}

static void find_some(struct opened *opened, struct arena *arena, const struct opened_of *of, size_t count, struct str *ret)
{
    struct place copy[AT_ONCE];
    struct covered list[AT_ONCE];
    size_t which[AT_ONCE];
    size_t found = 0;
    uint64_t change;
    copy_sealed(opened, of, count, copy, &change);
    if (!change_holds(change)) return;
    for (size_t i = 0; i < count; i++) {
        if (!copy[i].len) continue;
        char *text = arena_alloc(arena, copy[i].len - COVER_OVERHEAD + 1);
        which[found] = i;
        list[found++] = (struct covered){owner_of(&of[i]), str_of((const char *)copy[i].sealed, copy[i].len), text, false};
    }
    cover_open_all(opened->cover, list, found);
    for (size_t k = 0; k < found; k++)
        if (list[k].opened) ret[which[k]] = str_of(list[k].ret, list[k].sealed.len - COVER_OVERHEAD);
}

void opened_find_all(const struct scope *scope, struct arena *arena, const struct opened_of *of, size_t count, struct str *ret)
{
    struct opened *opened = scope_app(scope)->opened;
    for (size_t i = 0; i < count; i++) ret[i] = (struct str){NULL, 0};
    for (size_t i = 0; i < count && opened; i += AT_ONCE)
        find_some(opened, arena, of + i, count - i < AT_ONCE ? count - i : AT_ONCE, ret + i);
}

bool opened_find(const struct scope *scope, struct arena *arena, const struct opened_of *of, struct str *ret)
{
    struct str text;
    opened_find_all(scope, arena, of, 1, &text);
    if (text.ptr) *ret = text;
    return text.ptr != NULL;
}

void opened_keep(const struct scope *scope, const struct opened_of *of, struct str text)
{
    struct opened *opened = scope_app(scope)->opened;
    uint64_t change = scope_person(scope)->change;
    if (!opened || !change || store_is_shared(scope_app(scope)->store) || !text.len || text.len > OPENED_TEXT) return;
    struct place made = {.hash = hash_of(of), .len = text.len + COVER_OVERHEAD};
    if (!cover_seal(opened->cover, owner_of(of), text, made.sealed)) return;
    pthread_mutex_lock(&opened->lock);
    follow(opened);
    if (opened->change == change) {
        *place_for(opened, made.hash) = made;
        opened->used = true;
    }
    pthread_mutex_unlock(&opened->lock);
}

enum st opened_name(const struct scope *scope, struct db *db, struct arena *arena, int64_t account, struct str *ret,
                    struct err *err)
{
    struct scope_texts *names = &scope_memo(scope)->names;
    struct opened_of of = opened_of(OPENED_NAME, &account, 1);
    if (scope_recall(names, account, ret)) return ST_OK;
    enum st outcome = ST_OK;
    if (!opened_find(scope, arena, &of, ret)) {
        outcome = account_name(scope_app(scope), db, arena, account, ret, err);
        if (outcome == ST_OK) opened_keep(scope, &of, *ret);
    }
    if (outcome == ST_OK) scope_remember(scope, names, account, *ret);
    return outcome;
}

enum st opened_reason(const struct scope *scope, struct arena *arena, struct query *query, int sealed, int key,
                      enum seal_field field, int64_t row, struct str *ret, struct err *err)
{
    struct opened_of of = opened_of(OPENED_REASON, (int64_t[]){field, row}, 2);
    if (opened_find(scope, arena, &of, ret)) return ST_OK;
    enum st outcome = reason_open(scope_app(scope), arena, query, sealed, key, field, row, ret, err);
    if (outcome == ST_OK) opened_keep(scope, &of, *ret);
    return outcome;
}
