#include "domain/entity_internal.h"

#include "base/arena.h"
#include "link/normalise.h"

#include <assert.h>

static const char *verdict_names[VERDICT_COUNT] = {"same", "different", "unsure"};

const char *verdict_name(enum verdict verdict)
{
    return verdict_names[verdict];
}

bool verdict_from_name(struct str name, enum verdict *ret)
{
    for (int i = 0; i < VERDICT_COUNT; i++) {
        if (!str_eq(name, str_from(verdict_names[i]))) continue;
        *ret = (enum verdict)i;
        return true;
    }
    return false;
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
    entities->strong_size = 1024;
    entities->strong_table = calloc(entities->strong_size, sizeof *entities->strong_table);
    if (!entities->strong_table) abort();
    return entities;
}

void entities_free(struct entities *entities)
{
    if (!entities) return;
    pthread_rwlock_destroy(&entities->lock);
    free(entities->member);
    free(entities->strong_table);
    free(entities->decision);
    free(entities->link);
    free(entities);
}

/* --- strong identifiers ------------------------------------------------------ */

/* The hash of what identifies a mention beyond doubt; 0 when nothing does. */
static uint64_t strong_identifier(enum link_kind kind, const struct str field[static LINK_FIELDS])
{
    char text[LINK_TEXT_SIZE * 2] = "";
    bool partial = false;
    switch (kind) {
    case LINK_VEHICLE: {
        char plate[LINK_REGISTRATION_SIZE];
        if (link_registration_clean(field[LINK_REGISTRATION], plate, &partial) && !partial &&
            link_registration_is_uk(str_from(plate)))
            snprintf(text, sizeof text, "v:%s", plate);
        break;
    }
    case LINK_PHONE: {
        char number[LINK_PHONE_SIZE];
        if (link_phone_e164(field[LINK_NUMBER], number)) snprintf(text, sizeof text, "p:%s", number);
        break;
    }
    case LINK_ACCOUNT: {
        char platform[32];
        char handle[LINK_TEXT_SIZE];
        if (link_email(field[LINK_EMAIL], handle)) {
            snprintf(text, sizeof text, "e:%s", handle);
        } else if (field[LINK_PLATFORM].len && field[LINK_HANDLE].len) {
            link_platform(field[LINK_PLATFORM], platform);
            link_handle(field[LINK_HANDLE], handle);
            if (strlen(handle) >= 3) snprintf(text, sizeof text, "a:%s:%s", platform, handle);
        }
        break;
    }
    default: break; /* a name or a place alone never identifies */
    }
    return text[0] ? str_hash(str_from(text)) | 1 : 0;
}

static uint32_t *strong_slot(struct entities *entities, uint64_t strong)
{
    uint32_t at = (uint32_t)(strong >> 20) & (entities->strong_size - 1);
    while (entities->strong_table[at] &&
           entities->member[entities->strong_table[at]].strong != strong)
        at = (at + 1) & (entities->strong_size - 1);
    return &entities->strong_table[at];
}

static void strong_add(struct entities *entities, uint32_t place)
{
    if (entities->strong_used * 2 >= entities->strong_size) {
        uint32_t *old = entities->strong_table;
        uint32_t old_size = entities->strong_size;
        entities->strong_size *= 2;
        entities->strong_table = calloc(entities->strong_size, sizeof *old);
        if (!entities->strong_table) abort();
        for (uint32_t i = 0; i < old_size; i++)
            if (old[i]) *strong_slot(entities, entities->member[old[i]].strong) = old[i];
        free(old);
    }
    uint32_t *slot = strong_slot(entities, entities->member[place].strong);
    if (!*slot) entities->strong_used++;
    entities->member[place].same_strong = *slot;
    *slot = place;
}

/* --- sets ---------------------------------------------------------------------- */

static uint32_t root_of(const struct entities *entities, uint32_t place)
{
    while (entities->member[place].parent != place) place = entities->member[place].parent;
    return place;
}

uint32_t entity_place(const struct entities *entities, int64_t mention)
{
    uint32_t low = 1;
    uint32_t high = entities->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (entities->member[middle].id < mention)
            low = middle + 1;
        else
            high = middle;
    }
    return low < entities->count && entities->member[low].id == mention ? low : 0;
}

/* A decision "different" between two sets, or NULL. */
static const struct entity_decision *different_between(const struct entities *entities, uint32_t a,
                                                       uint32_t b)
{
    if (!entities->member[a].apart || !entities->member[b].apart) return NULL;
    for (size_t i = 0; i < entities->decision_count; i++) {
        const struct entity_decision *decision = &entities->decision[i];
        if (decision->verdict != VERDICT_DIFFERENT) continue;
        uint32_t left = entity_place(entities, decision->mention_a);
        uint32_t right = entity_place(entities, decision->mention_b);
        if (!left || !right) continue;
        uint32_t left_root = root_of(entities, left);
        uint32_t right_root = root_of(entities, right);
        if ((left_root == a && right_root == b) || (left_root == b && right_root == a))
            return decision;
    }
    return NULL;
}

/* The smaller place becomes the root: an entity's id is its smallest mention. */
static bool join(struct entities *entities, uint32_t a, uint32_t b)
{
    struct member *member = entities->member;
    a = root_of(entities, a);
    b = root_of(entities, b);
    if (a == b) return true;
    if (member[a].kind != member[b].kind || different_between(entities, a, b)) return false;
    if (b < a) {
        uint32_t other = a;
        a = b;
        b = other;
    }
    member[b].parent = a;
    member[a].apart |= member[b].apart;
    uint32_t next = member[a].next;
    member[a].next = member[b].next;
    member[b].next = next;
    return true;
}

/* With those before it that carry its identifier: the first set that takes it. */
static void join_strong(struct entities *entities, uint32_t place)
{
    struct member *member = entities->member;
    /* The chain runs from new to old; the oldest set that takes it is wanted. */
    uint32_t taker = 0;
    uint32_t refused = 0;
    for (uint32_t other = member[place].same_strong; other; other = member[other].same_strong) {
        uint32_t root = root_of(entities, other);
        if (root == taker || root == refused) continue;
        if (different_between(entities, root, root_of(entities, place)))
            refused = root;
        else if (!taker || root < taker)
            taker = root;
    }
    if (taker) join(entities, taker, place);
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

static void solve(struct entities *entities)
{
    struct member *member = entities->member;
    for (uint32_t i = 1; i < entities->count; i++) {
        member[i].parent = member[i].next = i;
        member[i].near = member[i].near_next = i;
        member[i].decision = 0;
        member[i].apart = false;
    }
    for (size_t i = 0; i < entities->decision_count; i++) {
        uint32_t a = entity_place(entities, entities->decision[i].mention_a);
        uint32_t b = entity_place(entities, entities->decision[i].mention_b);
        if (!a || !b) continue;
        chain(entities, a, 2 * i);
        chain(entities, b, 2 * i + 1);
        if (entities->decision[i].verdict == VERDICT_DIFFERENT)
            member[a].apart = member[b].apart = true;
        if (entities->decision[i].verdict == VERDICT_SAME) bring_near(entities, a, b);
    }
    for (size_t i = 0; i < entities->decision_count; i++) {
        uint32_t a = entity_place(entities, entities->decision[i].mention_a);
        uint32_t b = entity_place(entities, entities->decision[i].mention_b);
        if (!a || !b || entities->decision[i].verdict != VERDICT_SAME) continue;
        join(entities, a, b);
    }
    for (uint32_t i = 1; i < entities->count; i++) {
        if (!member[i].same_strong) continue;
        bring_near(entities, i, member[i].same_strong);
        join_strong(entities, i);
    }
}

void entities_add(struct entities *entities, int64_t mention, int64_t submission,
                  enum link_kind kind, const struct str field[static LINK_FIELDS])
{
    uint64_t strong = strong_identifier(kind, field);
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
                                              .parent = place,
                                              .next = place,
                                              .near = place,
                                              .near_next = place,
                                              .kind = (uint8_t)kind};
    if (strong) {
        strong_add(entities, place);
        if (entities->member[place].same_strong)
            bring_near(entities, place, entities->member[place].same_strong);
        join_strong(entities, place);
    }
    pthread_rwlock_unlock(&entities->lock);
}

void entities_decide(struct entities *entities, const struct entity_decision *decisions, size_t count)
{
    pthread_rwlock_wrlock(&entities->lock);
    entities->decision = grown(entities->decision, count ? count : 1, sizeof *decisions);
    if (count) memcpy(entities->decision, decisions, count * sizeof *decisions);
    entities->decision_count = count;
    entities->link = grown(entities->link, 2 * (count ? count : 1), sizeof *entities->link);
    solve(entities);
    pthread_rwlock_unlock(&entities->lock);
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
    int64_t entity = place ? entities->member[root_of(entities, place)].id : 0;
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
            place = entities->member[place].next;
        } while (place != first);
    /* A failing arena would jump out with the lock held: leave it first. */
    entities_read_end(entities);
    int64_t *ids = arena_many(arena, count, int64_t);
    entities_read_begin(entities);
    size_t filled = 0;
    if (first) do {
            ids[filled++] = entities->member[place].id;
            place = entities->member[place].next;
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
    int64_t *ids = arena_many(arena, MENTIONS_MAX, int64_t);
    size_t count = 0;
    entities_read_begin(entities);
    for (uint32_t i = first_of(entities, submission);
         i < entities->count && entities->member[i].submission == submission && count < MENTIONS_MAX;
         i++)
        ids[count++] = entities->member[i].id;
    entities_read_end(entities);
    *ret = ids;
    return count;
}

size_t entities_count(const struct entities *entities)
{
    entities_read_begin(entities);
    size_t count = entities->count - 1;
    entities_read_end(entities);
    return count;
}
