#include "domain/opened.h"

#include "base/change.h"
#include "domain/account.h"
#include "seal/cover.h"
#include "seal/secret.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

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
    return str_hash(owner_of(of)) * 0x9e3779b97f4a7c15u;
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

bool opened_find(const struct scope *scope, struct arena *arena, const struct opened_of *of, struct str *ret)
{
    struct opened *opened = scope_app(scope)->opened;
    if (!opened) return false;
    uint64_t hash = hash_of(of);
    struct place found = {.len = 0};
    pthread_mutex_lock(&opened->lock);
    follow(opened);
    uint64_t change = opened->change;
    const struct place *place = &opened->place[hash >> 32 & (OPENED_PLACES - 1)];
    if (place->hash == hash) {
        found.len = place->len;
        memcpy(found.sealed, place->sealed, place->len);
    }
    pthread_mutex_unlock(&opened->lock);
    if (!found.len || !change_holds(change)) return false;
    size_t len = found.len - COVER_OVERHEAD;
    char *text = arena_alloc(arena, len + 1);
    if (!cover_open(opened->cover, owner_of(of), str_of((const char *)found.sealed, found.len), text)) return false;
    *ret = str_of(text, len);
    return true;
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
        opened->place[made.hash >> 32 & (OPENED_PLACES - 1)] = made;
        opened->used = true;
    }
    pthread_mutex_unlock(&opened->lock);
}

enum st opened_name(const struct scope *scope, struct db *db, struct arena *arena, int64_t account, struct str *ret,
                    struct err *err)
{
    struct opened_of of = opened_of(OPENED_NAME, &account, 1);
    if (opened_find(scope, arena, &of, ret)) return ST_OK;
    enum st outcome = account_name(scope_app(scope), db, arena, account, ret, err);
    if (outcome == ST_OK) opened_keep(scope, &of, *ret);
    return outcome;
}
