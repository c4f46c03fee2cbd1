#include "web/drawn.h"

#include "domain/contact.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { DRAWN_MS = 1000 };

/* Whoever sends it holds it; the table holds it too. */
struct piece {
    _Atomic int holders;
    size_t len;
    char data[];
};

struct entry {
    char path[DRAWN_PATH];
    size_t path_len;
    instant_ms drawn_at;
    uint64_t changes;
    struct piece *piece; /* NULL: nothing here */
};

struct drawn {
    pthread_mutex_t lock;
    struct entry entry[DRAWN_MAX];
};

static void let_go(struct piece *piece)
{
    if (piece && atomic_fetch_sub(&piece->holders, 1) == 1) free(piece);
}

struct drawn *drawn_new(void)
{
    struct drawn *drawn = calloc(1, sizeof *drawn);
    if (drawn) pthread_mutex_init(&drawn->lock, NULL);
    return drawn;
}

void drawn_free(struct drawn *drawn)
{
    if (!drawn) return;
    for (int i = 0; i < DRAWN_MAX; i++) let_go(drawn->entry[i].piece);
    pthread_mutex_destroy(&drawn->lock);
    free(drawn);
}

static bool may_be_kept(const struct request *request)
{
    return request->drawn && request->field_count == 0 && request->path.len <= DRAWN_PATH;
}

static bool is_of(const struct entry *entry, struct str path)
{
    return entry->piece && str_eq(str_of(entry->path, entry->path_len), path);
}

static bool is_fresh(const struct entry *entry, instant_ms now)
{
    return now >= entry->drawn_at && now - entry->drawn_at < DRAWN_MS &&
           now / MINUTE_MS == entry->drawn_at / MINUTE_MS && entry->changes == contact_changes();
}

bool drawn_page(struct request *request, struct response *response, const char *title)
{
    struct piece *piece = NULL;
    if (!may_be_kept(request)) return false;
    instant_ms now = clock_now();
    pthread_mutex_lock(&request->drawn->lock);
    for (int i = 0; i < DRAWN_MAX && !piece; i++) {
        const struct entry *entry = &request->drawn->entry[i];
        if (is_of(entry, request->path) && is_fresh(entry, now)) piece = entry->piece;
    }
    if (piece) atomic_fetch_add(&piece->holders, 1);
    pthread_mutex_unlock(&request->drawn->lock);
    if (!piece) return false;
    const struct buf content = {.data = piece->data, .len = piece->len};
    layout_page(request, response, title, html_from_view(&content));
    let_go(piece);
    return true;
}

/* That of the path, else one that is free, else the one drawn longest ago. */
static struct entry *entry_for(struct drawn *drawn, struct str path)
{
    struct entry *oldest = &drawn->entry[0];
    for (int i = 0; i < DRAWN_MAX; i++) {
        struct entry *entry = &drawn->entry[i];
        if (is_of(entry, path)) return entry;
        if (oldest->piece && (!entry->piece || entry->drawn_at < oldest->drawn_at)) oldest = entry;
    }
    return oldest;
}

void drawn_add(struct request *request, const struct buf *content, instant_ms drawn_at,
               uint64_t changes)
{
    if (!may_be_kept(request) || content->overflow || content->len > DRAWN_BYTES) return;
    struct piece *piece = malloc(sizeof *piece + content->len + 1);
    if (!piece) return;
    piece->holders = 1;
    piece->len = content->len;
    memcpy(piece->data, buf_str(content).ptr, content->len);
    piece->data[content->len] = 0;
    pthread_mutex_lock(&request->drawn->lock);
    struct entry *entry = entry_for(request->drawn, request->path);
    struct piece *old = entry->piece;
    *entry = (struct entry){
        .path_len = request->path.len, .drawn_at = drawn_at, .changes = changes, .piece = piece};
    memcpy(entry->path, request->path.ptr, request->path.len);
    pthread_mutex_unlock(&request->drawn->lock);
    let_go(old);
}
