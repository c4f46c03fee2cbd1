#include "web/kept.h"

#include "domain/contact.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { KEPT_MS = 1000, MINUTE_MS = 60000 };

/* Whoever sends it holds it; the table holds it too. */
struct piece {
    _Atomic int holders;
    size_t len;
    char data[];
};

struct entry {
    char path[KEPT_PATH];
    size_t path_len;
    instant_ms drawn_at;
    uint64_t changes;
    struct piece *piece; /* NULL: nothing here */
};

struct kept {
    pthread_mutex_t lock;
    struct entry entry[KEPT_MAX];
};

static void let_go(struct piece *piece)
{
    if (piece && atomic_fetch_sub(&piece->holders, 1) == 1) free(piece);
}

struct kept *kept_new(void)
{
    struct kept *kept = calloc(1, sizeof *kept);
    if (kept) pthread_mutex_init(&kept->lock, NULL);
    return kept;
}

void kept_free(struct kept *kept)
{
    if (!kept) return;
    for (int i = 0; i < KEPT_MAX; i++) let_go(kept->entry[i].piece);
    pthread_mutex_destroy(&kept->lock);
    free(kept);
}

static bool may_be_kept(const struct request *request)
{
    return request->kept && request->field_count == 0 && request->path.len <= KEPT_PATH;
}

static bool is_of(const struct entry *entry, struct str path)
{
    return entry->piece && str_eq(str_of(entry->path, entry->path_len), path);
}

static bool is_fresh(const struct entry *entry, instant_ms now)
{
    return now >= entry->drawn_at && now - entry->drawn_at < KEPT_MS &&
           now / MINUTE_MS == entry->drawn_at / MINUTE_MS && entry->changes == contact_changes();
}

bool kept_page(struct request *request, struct response *response, const char *title)
{
    struct piece *piece = NULL;
    if (!may_be_kept(request)) return false;
    instant_ms now = clock_now();
    pthread_mutex_lock(&request->kept->lock);
    for (int i = 0; i < KEPT_MAX && !piece; i++) {
        const struct entry *entry = &request->kept->entry[i];
        if (is_of(entry, request->path) && is_fresh(entry, now)) piece = entry->piece;
    }
    if (piece) atomic_fetch_add(&piece->holders, 1);
    pthread_mutex_unlock(&request->kept->lock);
    if (!piece) return false;
    const struct buf content = {.data = piece->data, .len = piece->len};
    layout_page(request, response, title, &content);
    let_go(piece);
    return true;
}

/* That of the path, else one that is free, else the one drawn longest ago. */
static struct entry *entry_for(struct kept *kept, struct str path)
{
    struct entry *oldest = &kept->entry[0];
    for (int i = 0; i < KEPT_MAX; i++) {
        struct entry *entry = &kept->entry[i];
        if (is_of(entry, path)) return entry;
        if (oldest->piece && (!entry->piece || entry->drawn_at < oldest->drawn_at)) oldest = entry;
    }
    return oldest;
}

void kept_add(struct request *request, const struct buf *content, instant_ms drawn_at, uint64_t changes)
{
    if (!may_be_kept(request) || content->overflow || content->len > KEPT_BYTES) return;
    struct piece *piece = malloc(sizeof *piece + content->len + 1);
    if (!piece) return;
    piece->holders = 1;
    piece->len = content->len;
    memcpy(piece->data, buf_str(content).ptr, content->len);
    piece->data[content->len] = 0;
    pthread_mutex_lock(&request->kept->lock);
    struct entry *entry = entry_for(request->kept, request->path);
    struct piece *old = entry->piece;
    *entry = (struct entry){.path_len = request->path.len, .drawn_at = drawn_at, .changes = changes, .piece = piece};
    memcpy(entry->path, request->path.ptr, request->path.len);
    pthread_mutex_unlock(&request->kept->lock);
    let_go(old);
}
