#include "domain/entity_internal.h"

#include "base/arena.h"
#include "base/change.h"
#include "base/names.h"
#include "link/normalise.h"
#include "link/nothing.h"
#include "link/number.h"

#include <assert.h>

static const char *verdict_names[VERDICT_COUNT] = {"same", "different", "unsure"};

const char *verdict_name(enum verdict verdict)
{
    return verdict_names[verdict];
}

bool verdict_from_name(struct str name, enum verdict *ret)
{
    int place = name_place(name, verdict_names, VERDICT_COUNT);
    if (place >= 0) *ret = (enum verdict)place;
    return place >= 0;
}

static void *grown(void *old, size_t count, size_t size)
{
    void *new = reallocarray(old, count, size);
    if (!new) abort();
    return new;
}

struct entities *entities_new(void)
{
    struct entities *entities = calloc(1, sizeof *entities);
    if (!entities) abort();
    pthread_rwlock_init(&entities->lock, NULL);
    entities->capacity = 1024;
    entities->member = grown(NULL, entities->capacity, sizeof *entities->member);
    entities->member[0] = (struct member){0};
    entities->count = 1;
    entities->clusters = clusters_new();
    return entities;
}

void entities_free(struct entities *entities)
{
    if (!entities) return;
    pthread_rwlock_destroy(&entities->lock);
    free(entities->member);
    clusters_free(entities->clusters);
    free(entities->decision);
    free(entities->link);
    free(entities);
}

/* --- strong identifiers ------------------------------------------------------ */

static struct str said(const struct str *field, enum link_field of)
{
    return link_said(of, field[of]);
}

uint64_t entity_strong(enum link_kind kind, const struct str field[static LINK_FIELDS])
{
    char text[LINK_TEXT_SIZE * 2] = "";
    bool partial = false;
    switch (kind) {
    case LINK_VEHICLE: {
        char plate[LINK_REGISTRATION_SIZE];
        if (link_registration_clean(said(field, LINK_REGISTRATION), plate, &partial) &&
            link_registration_is_whole(str_from(plate)))
            snprintf(text, sizeof text, "v:%s", plate);
        break;
    }
    case LINK_PHONE: {
        char number[LINK_PHONE_SIZE];
        char written[LINK_NUMBERS][LINK_TEXT_SIZE];
        (void)link_numbers(said(field, LINK_NUMBER), written);
        if (link_phone_e164(str_from(written[0]), number))
            snprintf(text, sizeof text, "p:%s", number);
        break;
    }
    case LINK_ACCOUNT: {
        char platform[32];
        char handle[LINK_TEXT_SIZE];
        if (link_email(said(field, LINK_EMAIL), handle)) {
            snprintf(text, sizeof text, "e:%s", handle);
        } else if (said(field, LINK_HANDLE).len) {
            if (said(field, LINK_PLATFORM).len)
                link_platform(field[LINK_PLATFORM], platform);
            else if (!link_handle_platform(field[LINK_HANDLE], platform))
                break;
            link_handle(field[LINK_HANDLE], handle);
            if (strlen(handle) >= 3) snprintf(text, sizeof text, "a:%s:%s", platform, handle);
        }
        break;
    }
    default: break; /* a name or a place alone never identifies */
    }
    return text[0] ? str_hash(str_from(text)) | 1 : 0;
}

/* --- sets ---------------------------------------------------------------------- */

uint32_t entity_place(const struct entities *entities, int64_t mention)
{
    /* Ids rise by one but where something was destroyed: a mention stands at its own number less
     * what is missing before it. */
    int64_t before = mention - entities->member[1 < entities->count].id;
    if (before < 0) return 0;
    uint32_t high = before < entities->count - 1 ? (uint32_t)before + 2 : entities->count;
    uint32_t low = 1;
    for (uint32_t step = 1; step < high; step *= 2)
        if (entities->member[high - step].id <= mention) {
            low = high - step;
            break;
        }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (entities->member[middle].id < mention)
            low = middle + 1;
        else
            high = middle;
    }
    return low < entities->count && entities->member[low].id == mention ? low : 0;
}

/* What people or identifiers would join, were nothing kept apart: whatever somebody
 * sees of an entity lies within such a set. */
static void bring_near(struct entities *entities, uint32_t a, uint32_t b)
{
    struct member *member = entities->member;
    while (member[a].near != a) a = member[a].near = member[member[a].near].near;
    while (member[b].near != b) b = member[b].near = member[member[b].near].near;
    if (a == b) return;
    if (a < b)
        member[b].near = a;
    else
        member[a].near = b;
    uint32_t next = member[a].near_next;
    member[a].near_next = member[b].near_next;
    member[b].near_next = next;
}

/* Puts a decision on the chain of one of its mentions. */
static void chain(struct entities *entities, uint32_t place, size_t link)
{
    entities->link[link].next = entities->member[place].decision;
    entities->member[place].decision = (uint32_t)link + 1;
}

/* What lies near, and the chains of decisions. */
static void gather(struct entities *entities)
{
    struct member *member = entities->member;
    for (uint32_t i = 1; i < entities->count; i++) {
        member[i].near = member[i].near_next = i;
        member[i].decision = 0;
    }
    for (size_t i = 0; i < entities->decision_count; i++) {
        uint32_t a = entity_place(entities, entities->decision[i].mention_a);
        uint32_t b = entity_place(entities, entities->decision[i].mention_b);
        if (!a || !b) continue;
        chain(entities, a, 2 * i);
        chain(entities, b, 2 * i + 1);
        if (entities->decision[i].verdict == VERDICT_SAME) bring_near(entities, a, b);
    }
    for (uint32_t i = 1; i < entities->count; i++) {
        uint32_t before = clusters_before(entities->clusters, i);
        if (before) bring_near(entities, i, before);
    }
}

/* The entities themselves: only what the changed decisions connect is solved anew. */
static void solve(struct entities *entities)
{
    struct cluster_link *link = grown(NULL, entities->decision_count + 1, sizeof *link);
    size_t count = 0;
    for (size_t i = 0; i < entities->decision_count; i++) {
        const struct entity_decision *decision = &entities->decision[i];
        uint32_t a = entity_place(entities, decision->mention_a);
        uint32_t b = entity_place(entities, decision->mention_b);
        if (a && b && decision->verdict != VERDICT_UNSURE)
            link[count++] = (struct cluster_link){a, b, decision->verdict == VERDICT_SAME};
    }
    (void)clusters_decide(entities->clusters, link, count);
    free(link);
}

void entities_add(struct entities *entities, int64_t mention, int64_t submission,
                  enum link_kind kind, const struct str field[static LINK_FIELDS])
{
    entities_add_known(entities, mention, submission, kind, entity_strong(kind, field));
}

struct entity_known entities_known(const struct entities *entities, size_t i)
{
    entities_read_begin(entities);
    assert(i + 1 < entities->count);
    const struct member *member = &entities->member[i + 1];
    struct entity_known known = {member->id, member->submission, member->strong,
                                 (enum link_kind)member->kind};
    entities_read_end(entities);
    return known;
}

void entities_add_known(struct entities *entities, int64_t mention, int64_t submission,
                        enum link_kind kind, uint64_t strong)
{
    pthread_rwlock_wrlock(&entities->lock);
    assert(mention > entities->member[entities->count - 1].id);
    if (entities->count == entities->capacity) {
        entities->capacity *= 2;
        entities->member = grown(entities->member, entities->capacity, sizeof *entities->member);
    }
    uint32_t place = entities->count++;
    entities->member[place] = (struct member){.id = mention,
                                              .submission = submission,
                                              .strong = strong,
                                              .near = place,
                                              .near_next = place,
                                              .kind = (uint8_t)kind};
    (void)clusters_add(entities->clusters, (uint8_t)kind, strong);
    uint32_t before = clusters_before(entities->clusters, place);
    if (before) bring_near(entities, place, before);
    pthread_rwlock_unlock(&entities->lock);
    change_note();
}

void entities_decide(struct entities *entities, const struct entity_decision *decisions,
                     size_t count)
{
    pthread_rwlock_wrlock(&entities->lock);
    entities->decision = grown(entities->decision, count ? count : 1, sizeof *decisions);
    if (count) memcpy(entities->decision, decisions, count * sizeof *decisions);
    entities->decision_count = count;
    entities->link = grown(entities->link, 2 * (count ? count : 1), sizeof *entities->link);
    gather(entities);
    solve(entities);
    pthread_rwlock_unlock(&entities->lock);
    change_note();
}

/* --- questions -------------------------------------------------------------------- */

void entities_read_begin(const struct entities *entities)
{
    pthread_rwlock_rdlock((pthread_rwlock_t *)(uintptr_t)&entities->lock);
}

void entities_read_end(const struct entities *entities)
{
    pthread_rwlock_unlock((pthread_rwlock_t *)(uintptr_t)&entities->lock);
}

int64_t entity_of(const struct entities *entities, int64_t mention)
{
    entities_read_begin(entities);
    uint32_t place = entity_place(entities, mention);
    int64_t entity = place ? entities->member[clusters_root(entities->clusters, place)].id : 0;
    entities_read_end(entities);
    return entity;
}

static int compare_ids(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

size_t entity_members(const struct entities *entities, struct arena *arena, int64_t entity,
                      int64_t **ret)
{
    entities_read_begin(entities);
    uint32_t first = entity_place(entities, entity);
    size_t count = 0;
    uint32_t place = first;
    if (first) do {
            count++;
            place = clusters_next(entities->clusters, place);
        } while (place != first);
    /* A failing arena would jump out with the lock held: leave it first. */
    entities_read_end(entities);
    int64_t *ids = arena_many(arena, count, int64_t);
    entities_read_begin(entities);
    size_t filled = 0;
    if (first) do {
            ids[filled++] = entities->member[place].id;
            place = clusters_next(entities->clusters, place);
        } while (place != first && filled < count);
    entities_read_end(entities);
    if (filled) qsort(ids, filled, sizeof *ids, compare_ids);
    *ret = ids;
    return filled;
}

int64_t entity_near(const struct entities *entities, int64_t mention)
{
    entities_read_begin(entities);
    uint32_t place = entity_place(entities, mention);
    while (entities->member[place].near != place) place = entities->member[place].near;
    int64_t id = entities->member[place].id;
    entities_read_end(entities);
    return id;
}

size_t entity_near_members(const struct entities *entities, struct arena *arena, int64_t mention,
                           int64_t **ret)
{
    entities_read_begin(entities);
    uint32_t first = entity_place(entities, mention);
    size_t count = 0;
    uint32_t place = first;
    if (first) do {
            count++;
            place = entities->member[place].near_next;
        } while (place != first);
    entities_read_end(entities); /* a failing arena would jump out with the lock held */
    int64_t *ids = arena_many(arena, count, int64_t);
    entities_read_begin(entities);
    size_t filled = 0;
    if (first) do {
            ids[filled++] = entities->member[place].id;
            place = entities->member[place].near_next;
        } while (place != first && filled < count);
    entities_read_end(entities);
    if (filled) qsort(ids, filled, sizeof *ids, compare_ids);
    *ret = ids;
    return filled;
}

enum link_kind entity_kind(const struct entities *entities, int64_t mention)
{
    entities_read_begin(entities);
    enum link_kind kind = (enum link_kind)entities->member[entity_place(entities, mention)].kind;
    entities_read_end(entities);
    return kind;
}

int64_t entity_submission(const struct entities *entities, int64_t mention)
{
    entities_read_begin(entities);
    int64_t submission = entities->member[entity_place(entities, mention)].submission;
    entities_read_end(entities);
    return submission;
}

void entity_submissions(const struct entities *entities, const int64_t *mention, size_t count,
                        int64_t *ret)
{
    entities_read_begin(entities);
    for (size_t i = 0; i < count; i++)
        ret[i] = entities->member[entity_place(entities, mention[i])].submission;
    entities_read_end(entities);
}

/* The first place of a submission: its mentions stand together, and rise with it. */
static uint32_t first_of(const struct entities *entities, int64_t submission)
{
    uint32_t low = 1;
    uint32_t high = entities->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (entities->member[middle].submission < submission)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t entity_mentions_of(const struct entities *entities, struct arena *arena, int64_t submission,
                          int64_t **ret)
{
    size_t count = 0;
    entities_read_begin(entities);
    uint32_t first = first_of(entities, submission);
    while (first + count < entities->count &&
           entities->member[first + count].submission == submission &&
           count < SUBMISSION_MENTIONS_MAX)
        count++;
    entities_read_end(entities);
    /* Memory is taken while nothing is locked; nothing is taken away from a submission,
     * and it stays where it is. */
    *ret = arena_many(arena, count, int64_t);
    entities_read_begin(entities);
    for (size_t i = 0; i < count; i++) (*ret)[i] = entities->member[first + i].id;
    entities_read_end(entities);
    return count;
}

size_t entities_count(const struct entities *entities)
{
    entities_read_begin(entities);
    size_t count = entities->count - 1;
    entities_read_end(entities);
    return count;
}
