#include "domain/registry.h"

#include "base/change.h"
#include "seal/keyring.h"

#include <stdatomic.h>

enum { CHUNK = 4096, CHUNKS = REGISTRY_SUBMISSIONS_MAX / CHUNK, KEPT = 512 };
enum { LEFT_OUT_CHUNK = 1 << 15, LEFT_OUT_CHUNKS = 1 << 15 }; /* mentions in each */

struct kept {
    int64_t account;
    uint64_t details;
    uint64_t changes;
    int64_t *submission;
    size_t count;
};

struct registry {
    struct registry_row *_Atomic chunk[CHUNKS];
    _Atomic int64_t last;
    pthread_mutex_t lock; /* of what is below, and of adding */
    char *forum[FORUMS_MAX + 1];
    int forums;
    char *code[HANDLINGS_MAX];
    int codes;
    struct kept kept[KEPT]; /* by account, one for each place */
    _Atomic uint32_t *_Atomic left_out[LEFT_OUT_CHUNKS]; /* a bit for each mention */
};

struct registry *registry_new(void)
{
    struct registry *registry = calloc(1, sizeof *registry);
    if (!registry) abort();
    pthread_mutex_init(&registry->lock, NULL);
    return registry;
}

void registry_free(struct registry *registry)
{
    if (!registry) return;
    for (size_t i = 0; i < CHUNKS; i++) free(registry->chunk[i]);
    for (size_t i = 0; i < LEFT_OUT_CHUNKS; i++) free((void *)(uintptr_t)registry->left_out[i]);
    for (int i = 1; i <= registry->forums; i++) free(registry->forum[i]);
    for (int i = 0; i < registry->codes; i++) free(registry->code[i]);
    for (size_t i = 0; i < KEPT; i++) free(registry->kept[i].submission);
    pthread_mutex_destroy(&registry->lock);
    free(registry);
}

static char *copied(struct str text)
{
    char *copy = strndup(text.ptr, text.len);
    if (!copy) abort();
    return copy;
}

/* --- small names ------------------------------------------------------------------- */

/* Under the lock. */
static uint8_t forum_place(struct registry *registry, struct str forum)
{
    if (!forum.len) return 0;
    for (int i = 1; i <= registry->forums; i++)
        if (str_eq(str_from(registry->forum[i]), forum)) return (uint8_t)i;
    if (registry->forums == FORUMS_MAX) return 0;
    registry->forum[++registry->forums] = copied(forum);
    return (uint8_t)registry->forums;
}

/* Under the lock.  One that has no room is kept as the last one: its rule is then the
 * strictest, since no pack has so many codes. */
static uint8_t code_place(struct registry *registry, struct str code)
{
    for (int i = 0; i < registry->codes; i++)
        if (str_eq(str_from(registry->code[i]), code)) return (uint8_t)i;
    if (registry->codes == HANDLINGS_MAX) return HANDLINGS_MAX;
    registry->code[registry->codes] = copied(code);
    return (uint8_t)registry->codes++;
}

uint64_t registry_forum_bit(struct registry *registry, struct str forum)
{
    pthread_mutex_lock(&registry->lock);
    uint8_t place = forum_place(registry, forum);
    pthread_mutex_unlock(&registry->lock);
    return place ? 1ULL << place : 0;
}

bool registry_forum_is(const struct registry *registry, int64_t submission, uint64_t bit)
{
    const struct registry_row *row = registry_find(registry, submission);
    return row && row->forum && bit == 1ULL << row->forum;
}

uint64_t registry_sender(struct str tag)
{
    uint64_t sender = 0;
    if (tag.len >= sizeof sender) memcpy(&sender, tag.ptr, sizeof sender);
    return sender | 1; /* 0 means that there is none */
}

size_t registry_codes(struct registry *registry, struct str ret[static HANDLINGS_MAX])
{
    pthread_mutex_lock(&registry->lock);
    size_t count = (size_t)registry->codes;
    for (size_t i = 0; i < count; i++) ret[i] = str_from(registry->code[i]);
    pthread_mutex_unlock(&registry->lock);
    return count;
}

/* --- rows ---------------------------------------------------------------------------- */

static struct registry_row *place_of(const struct registry *registry, int64_t submission)
{
    if (submission <= 0 || submission >= REGISTRY_SUBMISSIONS_MAX) return NULL;
    struct registry_row *chunk =
        atomic_load_explicit(&registry->chunk[submission / CHUNK], memory_order_acquire);
    return chunk ? &chunk[submission % CHUNK] : NULL;
}

void registry_add(struct registry *registry, int64_t submission, const struct registry_new *new)
{
    if (submission <= 0 || submission >= REGISTRY_SUBMISSIONS_MAX) return;
    pthread_mutex_lock(&registry->lock);
    if (!registry->chunk[submission / CHUNK]) {
        struct registry_row *chunk = calloc(CHUNK, sizeof *chunk);
        if (!chunk) abort();
        atomic_store_explicit(&registry->chunk[submission / CHUNK], chunk, memory_order_release);
    }
    struct registry_row *row = place_of(registry, submission);
    row->organisation = (int32_t)new->organisation;
    /* One that is there already is read meanwhile: what narrows it stands before what opens it. */
    row->handling = code_place(registry, new->handling);
    row->mentions = (uint8_t)new->mentions;
    row->sanitised = new->sanitised;
    row->elsewhere = new->elsewhere;
    row->forum = forum_place(registry, new->forum);
    row->stage = (uint8_t)new->stage;
    row->sender = registry_sender(new->tag); /* last: from here on it is seen */
    if (submission > registry->last) registry->last = submission;
    pthread_mutex_unlock(&registry->lock);
    change_note();
}

void registry_set_stage(struct registry *registry, int64_t submission, enum stage stage,
                        bool sanitised, struct str forum)
{
    pthread_mutex_lock(&registry->lock);
    struct registry_row *row = place_of(registry, submission);
    if (row) {
        row->sanitised = sanitised; /* before it is seen */
        if (forum.len) {
            row->forum = forum_place(registry, forum);
            row->elsewhere = true;
        }
        row->stage = (uint8_t)stage;
    }
    pthread_mutex_unlock(&registry->lock);
    change_note();
}

/* --- mentions that were left out ------------------------------------------------------ */

static void mark_left_out(struct registry *registry, int64_t mention)
{
    if (mention <= 0 || mention / LEFT_OUT_CHUNK >= LEFT_OUT_CHUNKS) abort(); /* ids rise by one */
    pthread_mutex_lock(&registry->lock);
    _Atomic uint32_t *chunk = registry->left_out[mention / LEFT_OUT_CHUNK];
    if (!chunk) {
        chunk = calloc(LEFT_OUT_CHUNK / 32, sizeof *chunk);
        if (!chunk) abort();
        registry->left_out[mention / LEFT_OUT_CHUNK] = chunk;
    }
    chunk[mention % LEFT_OUT_CHUNK / 32] |= 1u << mention % 32;
    pthread_mutex_unlock(&registry->lock);
    change_note();
}

void registry_leave_out(struct registry *registry, int64_t submission, int64_t mention)
{
    mark_left_out(registry, mention);
    struct registry_row *row = place_of(registry, submission);
    if (row && row->mentions) row->mentions--;
    change_note();
}

bool registry_left_out(const struct registry *registry, int64_t mention)
{
    if (mention <= 0 || mention / LEFT_OUT_CHUNK >= LEFT_OUT_CHUNKS) return false;
    const _Atomic uint32_t *chunk = registry->left_out[mention / LEFT_OUT_CHUNK];
    return chunk && (chunk[mention % LEFT_OUT_CHUNK / 32] >> mention % 32 & 1);
}

void registry_set_handling(struct registry *registry, int64_t submission, struct str handling)
{
    pthread_mutex_lock(&registry->lock);
    struct registry_row *row = place_of(registry, submission);
    if (row) row->handling = code_place(registry, handling);
    pthread_mutex_unlock(&registry->lock);
    change_note();
}

void registry_set_forum(struct registry *registry, int64_t organisation, struct str forum)
{
    pthread_mutex_lock(&registry->lock);
    uint8_t place = forum_place(registry, forum);
    for (int64_t submission = 1; submission <= registry->last; submission++) {
        struct registry_row *row = place_of(registry, submission);
        if (row && row->organisation == organisation && !row->elsewhere) row->forum = place;
    }
    pthread_mutex_unlock(&registry->lock);
    change_note();
}

struct changing {
    struct registry *registry;
    const struct registry_change *change;
};

static void follow_change(void *context, enum st outcome)
{
    const struct changing *changing = context;
    const struct registry_change *change = changing->change;
    if (outcome != ST_OK) return;
    switch (change->what) {
    case REGISTRY_SAME: break;
    case REGISTRY_STAGE:
        registry_set_stage(changing->registry, change->id, change->stage, change->sanitised,
                           STR(""));
        break;
    case REGISTRY_HANDLING:
        registry_set_handling(changing->registry, change->id, change->code);
        break;
    case REGISTRY_FORUM: registry_set_forum(changing->registry, change->id, change->code); break;
    }
}

enum st registry_write_end(struct app *app, struct db *db, enum st outcome,
                           const struct registry_change *change, struct err *err)
{
    struct changing changing = {app->registry, change};
    const struct store_after after = {.run = follow_change, .context = &changing};
    return store_write_end_then(app->store, db, outcome, &after, err);
}

void registry_remove(struct registry *registry, int64_t submission)
{
    pthread_mutex_lock(&registry->lock);
    struct registry_row *row = place_of(registry, submission);
    if (row) row->sender = 0;
    pthread_mutex_unlock(&registry->lock);
    change_note();
}

const struct registry_row *registry_find(const struct registry *registry, int64_t submission)
{
    const struct registry_row *row = place_of(registry, submission);
    return row && row->sender ? row : NULL;
}

int64_t registry_last(const struct registry *registry)
{
    return registry->last;
}

static void add_row(struct app *app, struct query *query)
{
    struct registry_new new = {.tag = db_bytes(query, 1),
                               .organisation = db_int(query, 2),
                               .forum = db_text(query, 3),
                               .handling = db_text(query, 4),
                               .mentions = (size_t)db_int(query, 5),
                               .sanitised = !db_is_null(query, 7),
                               .elsewhere = db_int(query, 8) != 0};
    if (!stage_from_name(db_text(query, 6), &new.stage)) abort();
    registry_add(app->registry, db_int(query, 0), &new);
}

enum st registry_load(struct app *app, struct db *db, struct err *err)
{
    struct query *query = db_query(db, Q_LEFT_OUT_ALL);
    while (db_next(query)) mark_left_out(app->registry, db_int(query, 0));
    enum st outcome = db_end(query, err);
    if (outcome != ST_OK) return outcome;
    query = db_query(db, Q_REGISTRY_ALL);
    while (db_next(query)) add_row(app, query);
    return db_end(query, err);
}

enum st registry_read(struct app *app, struct db *db, int64_t submission, struct err *err)
{
    struct query *query = db_query(db, Q_LEFT_OUT_OF);
    db_bind_int(query, 1, submission);
    while (db_next(query)) mark_left_out(app->registry, db_int(query, 0));
    enum st outcome = db_end(query, err);
    if (outcome != ST_OK) return outcome;
    query = db_query(db, Q_REGISTRY_ONE);
    db_bind_int(query, 1, submission);
    if (db_next(query)) add_row(app, query);
    return db_end(query, err);
}

/* --- conflicts that were found --------------------------------------------------------- */

bool registry_conflicts(struct registry *registry, struct arena *arena, int64_t account,
                        uint64_t details, uint64_t changes, int64_t **ret, size_t *ret_count)
{
    struct kept *kept = &registry->kept[(uint64_t)account % KEPT];
    pthread_mutex_lock(&registry->lock);
    size_t count = kept->count;
    pthread_mutex_unlock(&registry->lock);
    /* A failing arena would jump out with the lock held: leave it first. */
    int64_t *list = arena_many(arena, count, int64_t);
    pthread_mutex_lock(&registry->lock);
    bool known = kept->account == account && kept->details == details &&
                 kept->changes == changes && kept->count == count;
    if (known && count) memcpy(list, kept->submission, count * sizeof *list);
    pthread_mutex_unlock(&registry->lock);
    *ret = list;
    *ret_count = count;
    return known;
}

void registry_keep_conflicts(struct registry *registry, int64_t account, uint64_t details,
                             uint64_t changes, const int64_t *submission, size_t count)
{
    struct kept *kept = &registry->kept[(uint64_t)account % KEPT];
    int64_t *list = count ? calloc(count, sizeof *list) : NULL;
    if (count && !list) abort();
    if (count) memcpy(list, submission, count * sizeof *list);
    pthread_mutex_lock(&registry->lock);
    free(kept->submission);
    *kept = (struct kept){account, details, changes, list, count};
    pthread_mutex_unlock(&registry->lock);
}
