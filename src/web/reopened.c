#include "web/reopened.h"

#include "base/change.h"
#include "domain/kept_for.h"
#include "seal/cover.h"
#include "seal/secret.h"
#include "web/watch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Whoever sends it holds it; the table holds it too. */
struct reopened_page {
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
    struct reopened_page *place[REOPENED_PLACES];
};

static _Atomic uint64_t sent_again;

uint64_t reopened_count(void)
{
    return sent_again;
}

static size_t size_of(const struct reopened_page *page)
{
    return sizeof *page + page->line.more_count * sizeof *page->subject + page->len;
}

static uint8_t *sealed_of(struct reopened_page *page)
{
    return (uint8_t *)&page->subject[page->line.more_count];
}

void reopened_release(struct reopened_page *page)
{
    if (!page || atomic_fetch_sub(&page->holders, 1) != 1) return;
    seal_forget(sealed_of(page), page->len);
    free(page);
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
        struct reopened_page *page = reopened->place[i];
        reopened->place[i] = NULL;
        if (!page) continue;
        reopened->bytes -= size_of(page);
        reopened_release(page);
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
    return request->reopened && request->method == GET && !request->api &&
           request->field_count == 0 && request->path.len <= REOPENED_PATH &&
           request->who.account && request->csrf.len;
}

/* Which page of which session: its token against forgery is nobody else's. */
static struct str owner_of(const struct request *request)
{
    return str_fmt(request->arena, "%lld %.*s %.*s", (long long)request->who.account,
                   STR_ARG(request->csrf), STR_ARG(request->path));
}

static uint64_t hash_of(struct str owner)
{
    return str_hash(owner) * 0x9e3779b97f4a7c15u;
}

static struct reopened_page **place_of(struct reopened *reopened, uint64_t hash)
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
static struct reopened_page *find(struct request *request, uint64_t hash)
{
    struct reopened *reopened = request->reopened;
    pthread_mutex_lock(&reopened->lock);
    follow(reopened);
    struct reopened_page *page = *place_of(reopened, hash);
    if (page && !(page->hash == hash && kept_for_holds(&page->kept, &request->who))) page = NULL;
    if (page) atomic_fetch_add(&page->holders, 1);
    pthread_mutex_unlock(&reopened->lock);
    return page;
}

/* The line of what is read now is written down when it has been drawn. */
static void draw_it(struct request *request)
{
    if (request->watch && request->who.scope) scope_memo(request->who.scope)->defers = true;
}

bool reopened_page(struct request *request, struct response *response, struct reopening *ret)
{
    *ret = (struct reopening){.from = clock_now(), .lines = audit_count_here()};
    struct reopened_page *page = NULL;
    if (may_be_kept(request)) {
        struct str owner = owner_of(request);
        page = find(request, hash_of(owner));
        char *text = page ? buf_add_room(&response->body, page->len - COVER_OVERHEAD) : NULL;
        struct str sealed = page ? str_of((const char *)sealed_of(page), page->len) : STR("");
        bool opens = text && cover_open(request->reopened->cover, owner, sealed, text);
        if (opens) {
            sent_again++;
            response->page = page; /* until the line is written down */
            response->line = &page->line;
            return true;
        }
        reopened_release(page);
        buf_clear(&response->body);
    }
    draw_it(request);
    return false;
}

static bool is_plain(const struct response *response)
{
    return (response->status == 0 || response->status == 200) && !response->content_type &&
           !response->location.len && !response->later && !response->constant_body.ptr &&
           !response->images.len && !response->body.overflow && response->body.len <= REOPENED_PAGE;
}

static struct reopened_page *page_of(const struct reopened *reopened, struct str owner,
                                     struct str text, const struct audit_event *line)
{
    size_t subjects = line->more_count * sizeof *line->more;
    size_t sealed = text.len + COVER_OVERHEAD;
    struct reopened_page *page = malloc(sizeof *page + subjects + sealed);
    if (!page) return NULL;
    *page =
        (struct reopened_page){.holders = 1, .hash = hash_of(owner), .line = *line, .len = sealed};
    if (subjects) memcpy(page->subject, line->more, subjects);
    page->line.more = page->subject;
    if (cover_seal(reopened->cover, owner, text, sealed_of(page))) return page;
    reopened_release(page);
    return NULL;
}

static void place(struct reopened *reopened, struct reopened_page *page)
{
    struct reopened_page **at = place_of(reopened, page->hash);
    pthread_mutex_lock(&reopened->lock);
    follow(reopened);
    if (reopened->bytes + size_of(page) > REOPENED_MEMORY) forget_all(reopened);
    if (*at) reopened->bytes -= size_of(*at);
    reopened_release(*at);
    reopened->bytes += size_of(page);
    *at = page;
    pthread_mutex_unlock(&reopened->lock);
}

void reopened_keep(struct request *request, struct response *response,
                   const struct reopening *begun)
{
    struct scope_memo *memo = request->who.scope ? scope_memo(request->who.scope) : NULL;
    if (!memo) return;
    bool waits = memo->defers && memo->lines > 0;
    memo->defers = false;
    if (waits) response->line = &memo->line;
    if (!may_be_kept(request) || !is_plain(response)) return;
    /* All that is written down is the one line that can be said again. */
    if (memo->lines != 1 || audit_count_here() - begun->lines != !waits) return;
    struct kept_for kept = kept_for(request->who.scope, begun->from, KEPT_FOR_MINUTE);
    if (!kept_for_holds(&kept, &request->who)) return;
    struct reopened_page *page =
        page_of(request->reopened, owner_of(request), buf_str(&response->body), &memo->line);
    if (!page) return;
    page->kept = kept;
    place(request->reopened, page);
}
