#include "domain/opened.h"

#include "base/change.h"
#include "domain/account.h"
#include "domain/reason.h"
#include "seal/cover.h"
#include "seal/secret.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { WAYS = 4 }; /* of the places that one hash has to choose from */

/* Whoever opens it holds it; the table holds it too. */
struct sealed {
    _Atomic int holders;
    uint64_t hash;
    size_t len;
    uint8_t bytes[];
};

struct opened {
    pthread_mutex_t lock;
    struct cover *cover;
    uint64_t change; /* at which all of it was kept */
    size_t bytes;
    struct sealed *place[OPENED_PLACES];
};

static void let_go(struct sealed *sealed)
{
    if (!sealed || atomic_fetch_sub(&sealed->holders, 1) != 1) return;
    seal_forget(sealed->bytes, sealed->len);
    free(sealed);
}

static void forget_all(struct opened *opened)
{
    for (size_t i = 0; i < OPENED_PLACES && opened->bytes; i++) {
        struct sealed *sealed = opened->place[i];
        opened->place[i] = NULL;
        if (!sealed) continue;
        opened->bytes -= sealed->len;
        let_go(sealed);
    }
}

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
    forget_all(opened);
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
    for (size_t i = 0; i < OPENED_IDS; i++)
        hash = (hash ^ (uint64_t)of->id[i]) * 0x9e3779b97f4a7c15u;
    return hash;
}

/* Under the lock: of what has changed since nothing is left. */
static void follow(struct opened *opened)
{
    uint64_t change = change_count();
    if (opened->change != change) forget_all(opened);
    opened->change = change;
}

/* The place of a text with this hash, or NULL. */
static struct sealed **place_of(struct opened *opened, uint64_t hash)
{
    struct sealed **places = &opened->place[hash >> 32 & (OPENED_PLACES - WAYS)];
    for (size_t i = 0; i < WAYS; i++)
        if (places[i] && places[i]->hash == hash) return &places[i];
    return NULL;
}

/* A free one of them, or one or another by the hash. */
static struct sealed **place_for(struct opened *opened, uint64_t hash)
{
    struct sealed **known = place_of(opened, hash);
    struct sealed **places = &opened->place[hash >> 32 & (OPENED_PLACES - WAYS)];
    for (size_t i = 0; i < WAYS && !known; i++)
        if (!places[i]) known = &places[i];
    return known ? known : &places[hash >> 30 & (WAYS - 1)];
}

static size_t longest_of(const struct opened_of *of)
{
    return of->kind == OPENED_REPORT ? OPENED_REPORT_TEXT : OPENED_TEXT;
}

enum { AT_ONCE = 16 };

/* Holds those that are kept; false: something changes just now. */
static bool hold(struct opened *opened, const struct opened_of *of, size_t count,
                 struct sealed **ret)
{
    __attribute__((uninitialized)) uint64_t hash[AT_ONCE];
    for (size_t i = 0; i < count; i++) hash[i] = hash_of(&of[i]);
    pthread_mutex_lock(&opened->lock);
    follow(opened);
    uint64_t change = opened->change;
    for (size_t i = 0; i < count; i++) {
        struct sealed **place = place_of(opened, hash[i]);
        ret[i] = place && (*place)->len <= longest_of(&of[i]) + COVER_OVERHEAD ? *place : NULL;
        if (ret[i]) atomic_fetch_add(&ret[i]->holders, 1);
    }
    pthread_mutex_unlock(&opened->lock);
    return change_holds(change);
}

static void find_some(struct opened *opened, struct arena *arena, const struct opened_of *of,
                      size_t count, struct str *ret)
{
    __attribute__((uninitialized)) struct sealed *held[AT_ONCE];
    __attribute__((uninitialized)) struct covered list[AT_ONCE];
    __attribute__((uninitialized)) size_t which[AT_ONCE];
    size_t found = 0;
    size_t room = 0;
    for (size_t i = 0; i < count; i++) room += longest_of(&of[i]) + 1;
    char *all = arena_bytes(arena, room); /* which may end the request: before anything is held */
    char *text = all;
    bool holds = hold(opened, of, count, held);
    for (size_t i = 0; i < count && holds; i++) {
        if (!held[i]) continue;
        which[found] = i;
        list[found++] = (struct covered){
            owner_of(&of[i]), str_of((const char *)held[i]->bytes, held[i]->len), text, false};
        text += held[i]->len - COVER_OVERHEAD;
        *text++ = '\0';
    }
    cover_open_all(opened->cover, list, found);
    for (size_t k = 0; k < found; k++)
        if (list[k].opened)
            ret[which[k]] = str_of(list[k].ret, list[k].sealed.len - COVER_OVERHEAD);
    for (size_t i = 0; i < count; i++) let_go(held[i]);
    arena_cut(arena, all, (size_t)(text - all));
}

void opened_find_all(const struct scope *scope, struct arena *arena, const struct opened_of *of,
                     size_t count, struct str *ret)
{
    struct opened *opened = scope_app(scope)->opened;
    for (size_t i = 0; i < count; i++) ret[i] = (struct str){NULL, 0};
    for (size_t i = 0; i < count && opened; i += AT_ONCE)
        find_some(opened, arena, of + i, count - i < AT_ONCE ? count - i : AT_ONCE, ret + i);
}

bool opened_find(const struct scope *scope, struct arena *arena, const struct opened_of *of,
                 struct str *ret)
{
    struct str text;
    opened_find_all(scope, arena, of, 1, &text);
    if (text.ptr) *ret = text;
    return text.ptr != NULL;
}

static struct sealed *seal(struct opened *opened, const struct opened_of *of, struct str text)
{
    struct sealed *sealed = malloc(sizeof *sealed + text.len + COVER_OVERHEAD);
    if (!sealed) return NULL;
    *sealed = (struct sealed){.holders = 1, .hash = hash_of(of), .len = text.len + COVER_OVERHEAD};
    if (cover_seal(opened->cover, owner_of(of), text, sealed->bytes)) return sealed;
    let_go(sealed);
    return NULL;
}

void opened_keep(const struct scope *scope, const struct opened_of *of, struct str text)
{
    struct opened *opened = scope_app(scope)->opened;
    uint64_t change = scope_person(scope)->change;
    if (!opened || !change || store_is_shared(scope_app(scope)->store) || !text.len ||
        text.len > longest_of(of))
        return;
    struct sealed *sealed = seal(opened, of, text);
    if (!sealed) return;
    pthread_mutex_lock(&opened->lock);
    follow(opened);
    if (opened->bytes + sealed->len > OPENED_BYTES) forget_all(opened);
    if (opened->change == change) {
        struct sealed **place = place_for(opened, sealed->hash);
        struct sealed *before = *place;
        if (before) opened->bytes -= before->len;
        opened->bytes += sealed->len;
        *place = sealed;
        sealed = before;
    }
    pthread_mutex_unlock(&opened->lock);
    let_go(sealed);
}

enum st opened_name(const struct scope *scope, struct db *db, struct arena *arena, int64_t account,
                    struct str *ret, struct err *err)
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

enum st opened_reason(const struct scope *scope, struct arena *arena, struct query *query,
                      int sealed, int key, enum seal_field field, int64_t row, struct str *ret,
                      struct err *err)
{
    struct opened_of of = opened_of(OPENED_REASON, (int64_t[]){field, row}, 2);
    if (opened_find(scope, arena, &of, ret)) return ST_OK;
    enum st outcome =
        reason_open(scope_app(scope), arena, query, sealed, key, field, row, ret, err);
    if (outcome == ST_OK) opened_keep(scope, &of, *ret);
    return outcome;
}
