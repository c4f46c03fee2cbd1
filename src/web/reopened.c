#include "web/reopened.h"

#include "base/change.h"
#include "domain/kept_for.h"
#include "seal/cover.h"
#include "seal/secret.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Whoever sends it holds it; the table holds it too. */
struct piece {
    _Atomic int holders;
    uint64_t hash;
    struct kept_for kept;
    struct audit_event line;
    size_t len; /* of what is sealed, behind the subjects of the line */
    struct audit_subject subject[];
};

struct reopened {
    pthread_mutex_t lock;
    struct cover *cover;
    uint64_t change; /* at which all of it was kept */
    size_t bytes;
    struct piece *place[REOPENED_PLACES];
};

static _Atomic uint64_t sent_again;

uint64_t reopened_count(void)
{
    return sent_again;
}

static size_t size_of(const struct piece *piece)
{
    return sizeof *piece + piece->line.more_count * sizeof *piece->subject + piece->len;
}

static uint8_t *sealed_of(struct piece *piece)
{
    return (uint8_t *)&piece->subject[piece->line.more_count];
}

static void let_go(struct piece *piece)
{
    if (!piece || atomic_fetch_sub(&piece->holders, 1) != 1) return;
    seal_forget(sealed_of(piece), piece->len);
    free(piece);
}

struct reopened *reopened_new(void)
{
    struct reopened *reopened = calloc(1, sizeof *reopened);
    if (!reopened) return NULL;
    reopened->cover = cover_new();
    if (!reopened->cover) {
        free(reopened);
        return NULL;
    }
    pthread_mutex_init(&reopened->lock, NULL);
    return reopened;
}

static void forget_all(struct reopened *reopened)
{
    for (size_t i = 0; i < REOPENED_PLACES && reopened->bytes; i++) {
        struct piece *piece = reopened->place[i];
        reopened->place[i] = NULL;
        if (!piece) continue;
        reopened->bytes -= size_of(piece);
        let_go(piece);
    }
}

void reopened_free(struct reopened *reopened)
{
    if (!reopened) return;
    forget_all(reopened);
    cover_free(reopened->cover);
    pthread_mutex_destroy(&reopened->lock);
    free(reopened);
}

static bool may_be_kept(const struct request *request)
{
    return request->reopened && request->method == GET && !request->api && request->field_count == 0 &&
           request->path.len <= REOPENED_PATH && request->who.account && request->csrf.len;
}

/* Which page of which session: its token against forgery is nobody else's. */
static struct str owner_of(const struct request *request)
{
    return str_fmt(request->arena, "%lld %.*s %.*s", (long long)request->who.account, STR_ARG(request->csrf),
                   STR_ARG(request->path));
}

static uint64_t hash_of(struct str owner)
{
    return str_hash(owner) * 0x9e3779b97f4a7c15u;
}

static struct piece **place_of(struct reopened *reopened, uint64_t hash)
{
    return &reopened->place[hash >> 32 & (REOPENED_PLACES - 1)];
}

/* Under the lock: of what has changed since nothing is left. */
static void follow(struct reopened *reopened)
{
    uint64_t change = change_count();
    if (reopened->change != change) forget_all(reopened);
    reopened->change = change;
}

/* Held; NULL: there is none that counts. */
static struct piece *find(struct request *request, uint64_t hash)
{
    struct reopened *reopened = request->reopened;
    pthread_mutex_lock(&reopened->lock);
    follow(reopened);
    struct piece *piece = *place_of(reopened, hash);
    if (piece && !(piece->hash == hash && kept_for_holds(&piece->kept, &request->who))) piece = NULL;
    if (piece) atomic_fetch_add(&piece->holders, 1);
    pthread_mutex_unlock(&reopened->lock);
    return piece;
}

bool reopened_page(struct request *request, struct response *response, struct reopening *ret)
{
    struct err err = {0};
    *ret = (struct reopening){.from = clock_now(), .lines = audit_count_here()};
    if (!may_be_kept(request)) return false;
    struct str owner = owner_of(request);
    struct piece *piece = find(request, hash_of(owner));
    if (!piece) return false;
    char *page = buf_add_room(&response->body, piece->len - COVER_OVERHEAD);
    struct str sealed = str_of((const char *)sealed_of(piece), piece->len);
    bool opens = page && cover_open(request->reopened->cover, owner, sealed, page);
    struct audit_event line = piece->line;
    line.more = piece->subject;
    enum st noted = opens ? audit_event(request->app, &line, &err) : ST_OK;
    if (opens) sent_again++;
    let_go(piece); /* from here on the arena may end the request */
    if (!opens) buf_clear(&response->body);
    if (noted != ST_OK) respond_error(request, response, &err); /* nothing is shown without its line */
    return opens;
}

static bool is_plain(const struct response *response)
{
    return (response->status == 0 || response->status == 200) && !response->content_type && !response->location.len &&
           !response->later && !response->constant_body.ptr && !response->images.len && !response->body.overflow &&
           response->body.len <= REOPENED_PAGE;
}

static struct piece *piece_of(const struct reopened *reopened, struct str owner, struct str page,
                              const struct audit_event *line)
{
    size_t subjects = line->more_count * sizeof *line->more;
    size_t sealed = page.len + COVER_OVERHEAD;
    struct piece *piece = malloc(sizeof *piece + subjects + sealed);
    if (!piece) return NULL;
    *piece = (struct piece){.holders = 1, .hash = hash_of(owner), .line = *line, .len = sealed};
    piece->line.more = NULL;
    if (subjects) memcpy(piece->subject, line->more, subjects);
    cover_seal(reopened->cover, owner, page, sealed_of(piece));
    return piece;
}

static void place(struct reopened *reopened, struct piece *piece)
{
    struct piece **at = place_of(reopened, piece->hash);
    pthread_mutex_lock(&reopened->lock);
    follow(reopened);
    if (reopened->bytes + size_of(piece) > REOPENED_MEMORY) forget_all(reopened);
    if (*at) reopened->bytes -= size_of(*at);
    let_go(*at);
    reopened->bytes += size_of(piece);
    *at = piece;
    pthread_mutex_unlock(&reopened->lock);
}

void reopened_keep(struct request *request, const struct response *response, const struct reopening *begun)
{
    const struct scope_memo *memo = request->who.scope ? scope_memo(request->who.scope) : NULL;
    if (!memo || !may_be_kept(request) || !is_plain(response)) return;
    /* All that was written down is the one line that can be said again. */
    if (memo->lines != 1 || audit_count_here() - begun->lines != 1) return;
    struct kept_for kept = kept_for(request->who.scope, begun->from, KEPT_FOR_MINUTE);
    if (!kept_for_holds(&kept, &request->who)) return;
    struct piece *piece = piece_of(request->reopened, owner_of(request), buf_str(&response->body), &memo->line);
    if (!piece) return;
    piece->kept = kept;
    place(request->reopened, piece);
}
