#include "domain/entity_seen.h"

#include "base/arena.h"
#include "domain/entity_internal.h"
#include "domain/registry.h"

/* What a person sees of one set of mentions that might join: solved apart. */
struct seen_set {
    size_t count;
    int64_t *id; /* rising; the next three lie behind it */
    uint64_t *strong;
    uint32_t *parent;
    uint32_t *people;
    struct {
        uint32_t a; /* places here */
        uint32_t b;
        uint32_t number; /* place among all decisions: their order */
        enum verdict verdict;
    } *decision;
    size_t decision_count;
    size_t decision_capacity;
    bool any_different;
};

static void *claimed(size_t count, size_t size)
{
    void *new = calloc(count ? count : 1, size);
    if (!new) abort();
    return new;
}

static void seen_set_done(struct seen_set *set)
{
    free(set->id);
    free(set->decision);
    *set = (struct seen_set){0};
}

/* Its place in the set, or the count. */
static uint32_t place_in(const struct seen_set *set, int64_t mention)
{
    size_t low = 0;
    size_t high = set->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (set->id[middle] < mention)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint32_t)(low < set->count && set->id[low] == mention ? low : set->count);
}

static uint32_t root_in(uint32_t *parent, uint32_t place)
{
    while (parent[place] != place) place = parent[place] = parent[parent[place]];
    return place;
}

/* --- collecting ---------------------------------------------------------------------- */

static int compare_places(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* Those near `place` that may be seen.  Places rise with ids. */
static uint32_t *visible_near(const struct entities *entities, const struct scope *scope,
                              uint32_t place, size_t *ret_count)
{
    size_t size = 0;
    uint32_t at = place;
    do {
        size++;
        at = entities->member[at].near_next;
    } while (at != place);
    uint32_t *list = claimed(size, sizeof *list);
    size_t count = 0;
    do {
        if (scope_mention(scope, entities->member[at].submission, entities->member[at].id))
            list[count++] = at;
        at = entities->member[at].near_next;
    } while (at != place);
    qsort(list, count, sizeof *list, compare_places);
    *ret_count = count;
    return list;
}

static int compare_numbers(const void *a, const void *b)
{
    /* `number` is the third of the struct's uint32_t. */
    uint32_t left = ((const uint32_t *)a)[2];
    uint32_t right = ((const uint32_t *)b)[2];
    return (left > right) - (left < right);
}

/* The decisions of one member of which the other side is in the set too, taken at
 * their first mention, so that each comes once. */
static void collect_decisions(const struct entities *entities, struct seen_set *set, uint32_t here,
                              uint32_t link)
{
    for (; link; link = entities->link[link - 1].next) {
        uint32_t number = (link - 1) / 2;
        const struct entity_decision *decision = &entities->decision[number];
        if (decision->mention_a != set->id[here] || decision->verdict == VERDICT_UNSURE) continue;
        uint32_t other = place_in(set, decision->mention_b);
        if (other == set->count) continue;
        if (set->decision_count == set->decision_capacity) {
            set->decision_capacity = set->decision_capacity ? set->decision_capacity * 2 : 16;
            set->decision =
                reallocarray(set->decision, set->decision_capacity, sizeof *set->decision);
            if (!set->decision) abort();
        }
        size_t at = set->decision_count++;
        set->decision[at].a = here;
        set->decision[at].b = other;
        set->decision[at].number = number;
        set->decision[at].verdict = decision->verdict;
        set->any_different |= decision->verdict == VERDICT_DIFFERENT;
    }
}

/* --- solving, by the rules of entity.c -------------------------------------------------- */

static bool different_in(const struct seen_set *set, uint32_t a, uint32_t b, uint32_t *ret_number)
{
    for (size_t i = 0; set->any_different && i < set->decision_count; i++) {
        if (set->decision[i].verdict != VERDICT_DIFFERENT) continue;
        uint32_t left = root_in(set->parent, set->decision[i].a);
        uint32_t right = root_in(set->parent, set->decision[i].b);
        if (!((left == a && right == b) || (left == b && right == a))) continue;
        *ret_number = set->decision[i].number;
        return true;
    }
    return false;
}

static bool join_in(struct seen_set *set, uint32_t a, uint32_t b)
{
    uint32_t number;
    a = root_in(set->parent, a);
    b = root_in(set->parent, b);
    if (a == b) return true;
    if (different_in(set, a, b, &number)) return false;
    set->parent[a > b ? a : b] = a > b ? b : a;
    return true;
}

/* With the oldest set before it that carries its identifier and takes it. */
static void join_strong_in(struct seen_set *set, uint32_t place)
{
    uint32_t number;
    uint32_t none = (uint32_t)set->count;
    uint32_t taker = none;
    uint32_t refused = none;
    for (uint32_t other = place; other-- > 0;) {
        if (set->strong[other] != set->strong[place]) continue;
        uint32_t root = root_in(set->parent, other);
        if (root == taker || root == refused) continue;
        if (different_in(set, root, root_in(set->parent, place), &number))
            refused = root;
        else if (taker == none || root < taker)
            taker = root;
        if (!set->any_different) break; /* they are all in one set already */
    }
    if (taker != none) join_in(set, taker, place);
}

static void solve_set(struct seen_set *set)
{
    for (uint32_t i = 0; i < set->count; i++) set->parent[i] = set->people[i] = i;
    for (size_t i = 0; i < set->decision_count; i++) {
        uint32_t a = set->decision[i].a;
        uint32_t b = set->decision[i].b;
        if (set->decision[i].verdict != VERDICT_SAME || !join_in(set, a, b)) continue;
        set->people[root_in(set->people, b)] = root_in(set->people, a);
    }
    for (uint32_t i = 1; i < set->count; i++)
        if (set->strong[i]) join_strong_in(set, i);
}

/* Under the lock. */
static void seen_set_make(const struct entities *entities, const struct scope *scope,
                          uint32_t place, struct seen_set *ret)
{
    *ret = (struct seen_set){0};
    uint32_t *near = visible_near(entities, scope, place, &ret->count);
    ret->id = claimed(ret->count, sizeof *ret->id + sizeof *ret->strong + sizeof *ret->parent +
                                      sizeof *ret->people);
    ret->strong = (uint64_t *)(ret->id + ret->count);
    ret->parent = (uint32_t *)(ret->strong + ret->count);
    ret->people = ret->parent + ret->count;
    for (size_t i = 0; i < ret->count; i++) {
        ret->id[i] = entities->member[near[i]].id;
        ret->strong[i] = entities->member[near[i]].strong;
    }
    for (size_t i = 0; i < ret->count; i++)
        collect_decisions(entities, ret, (uint32_t)i, entities->member[near[i]].decision);
    if (ret->decision_count)
        qsort(ret->decision, ret->decision_count, sizeof *ret->decision, compare_numbers);
    solve_set(ret);
    free(near);
}

/* --- remembering ------------------------------------------------------------------------ */

/* of those that stand alone so many are remembered: they are soon found out about again */
enum { ALONE_MAX = 1024 };

static size_t slot_of(const struct scope_memo *memo, int64_t mention)
{
    size_t slot = ((uint64_t)mention * 0x9e3779b97f4a7c15u) >> 20 & (memo->size - 1);
    while (memo->slot[slot].mention && memo->slot[slot].mention != mention)
        slot = (slot + 1) & (memo->size - 1);
    return slot;
}

/* Where it is remembered, or NULL. */
static const struct scope_slot *recalled(const struct scope_memo *memo, int64_t mention)
{
    const struct scope_slot *slot = memo->size ? &memo->slot[slot_of(memo, mention)] : NULL;
    return slot && slot->mention ? slot : NULL;
}

static void remember(const struct scope *scope, int64_t mention,
                     const struct scope_members *members)
{
    struct scope_memo *memo = scope_memo(scope);
    if (2 * (memo->used + 1) > memo->size) {
        struct scope_memo old = *memo;
        memo->size = old.size ? old.size * 2 : 256;
        memo->slot = arena_many(scope_arena(scope), memo->size, struct scope_slot);
        for (size_t i = 0; i < old.size; i++)
            if (old.slot[i].mention) memo->slot[slot_of(memo, old.slot[i].mention)] = old.slot[i];
    }
    size_t slot = slot_of(memo, mention);
    memo->used += !memo->slot[slot].mention;
    memo->slot[slot] = (struct scope_slot){mention, members};
}

/* A list for each entity of the set, for each of its members. */
static void remember_set(const struct scope *scope, struct seen_set *set)
{
    struct arena *arena = scope_arena(scope);
    struct scope_members *of = arena_many(arena, set->count, struct scope_members);
    int64_t *ids = arena_many(arena, set->count, int64_t);
    for (uint32_t i = 0; i < set->count; i++) of[root_in(set->parent, i)].count++;
    for (uint32_t i = 0; i < set->count; i++) {
        struct scope_members *members = &of[root_in(set->parent, i)];
        if (!members->id) {
            members->id = ids;
            ids += members->count;
            members->count = 0;
        }
        members->id[members->count++] = set->id[i];
        remember(scope, set->id[i], members);
    }
}

/* What there is to know of a mention: is it for this person, does it stand alone?  The set of one
 * that does not is solved.  False: it is not for them, or there is none. */
static bool solve_of(const struct scope *scope, int64_t mention, bool *ret_alone,
                     struct seen_set *ret)
{
    const struct entities *entities = scope_app(scope)->entities;
    scope_person(scope); /* reads it, if it is not: not while the entities are locked */
    entities_read_begin(entities);
    uint32_t place = entity_place(entities, mention);
    bool seen = place && scope_mention(scope, entities->member[place].submission, mention);
    *ret_alone = place && entities->member[place].near_next == place;
    if (seen && !*ret_alone) seen_set_make(entities, scope, place, ret);
    entities_read_end(entities);
    return seen;
}

/* The members of the entity of a mention, of which the first gives it its id; NULL with *ret_alone:
 * it has no other, as most; NULL without: there is none, or it is not for this person. */
static const struct scope_members *members_of(const struct scope *scope, int64_t mention,
                                              bool *ret_alone)
{
    const struct scope_slot *known = recalled(scope_memo(scope), mention);
    struct seen_set set;
    if (!known) {
        bool seen = solve_of(scope, mention, ret_alone, &set);
        *ret_alone &= seen;
        if (*ret_alone && scope_memo(scope)->used < ALONE_MAX) remember(scope, mention, NULL);
        if (!seen || *ret_alone) return NULL;
        remember_set(scope, &set);
        seen_set_done(&set);
        known = recalled(scope_memo(scope), mention);
    }
    *ret_alone = !known->members;
    return known->members;
}

/* --- questions --------------------------------------------------------------------------- */

int64_t seen_entity(const struct scope *scope, int64_t mention)
{
    bool alone;
    const struct scope_members *members = members_of(scope, mention, &alone);
    return members ? members->id[0] : alone ? mention : 0;
}

size_t seen_members(const struct scope *scope, struct arena *arena, int64_t mention, int64_t **ret)
{
    bool alone;
    const struct scope_members *members = members_of(scope, mention, &alone);
    size_t count = members ? members->count : alone;
    *ret = count ? arena_many(arena, count, int64_t) : NULL;
    if (count) memcpy(*ret, members ? members->id : &mention, count * sizeof **ret);
    return count;
}

bool seen_mention(const struct scope *scope, int64_t mention)
{
    return scope_mention(scope, entity_submission(scope_app(scope)->entities, mention), mention);
}

bool seen_decides(const struct scope *scope, int64_t mention)
{
    bool allowed =
        scope_allows(scope, ACT_DECIDE, entity_submission(scope_app(scope)->entities, mention));
    allowed &= seen_mention(scope, mention);
    return allowed;
}

size_t seen_mentions_of(const struct scope *scope, struct arena *arena, int64_t submission,
                        int64_t **ret)
{
    *ret = NULL;
    if (!scope_links(scope, submission)) return 0;
    size_t count = entity_mentions_of(scope_app(scope)->entities, arena, submission, ret);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) /* scope_mention, of which the first half was asked */
        if (!registry_left_out(scope_app(scope)->registry, (*ret)[i])) (*ret)[kept++] = (*ret)[i];
    return kept;
}

bool seen_joined_by_people(const struct scope *scope, int64_t a, int64_t b)
{
    struct seen_set set;
    bool alone;
    if (!solve_of(scope, a, &alone, &set)) return false;
    if (alone) return a == b;
    uint32_t left = place_in(&set, a);
    uint32_t right = place_in(&set, b);
    bool joined = right < set.count && root_in(set.people, left) == root_in(set.people, right);
    seen_set_done(&set);
    return joined;
}

/* Asked of two sets that need not be near each other: their members by both. */
bool seen_kept_apart(const struct scope *scope, int64_t a, int64_t b, struct entity_decision *ret)
{
    const struct entities *entities = scope_app(scope)->entities;
    int64_t entity_a = seen_entity(scope, a);
    int64_t entity_b = seen_entity(scope, b);
    if (!entity_a || !entity_b) return false;
    struct arena arena;
    arena_init(&arena, 64 << 20);
    int64_t *left = NULL;
    size_t count = seen_members(scope, &arena, a, &left);
    bool apart = false;
    entities_read_begin(entities);
    struct entity_decision found = {0};
    uint32_t first = UINT32_MAX;
    for (size_t i = 0; i < count; i++) {
        uint32_t link = entities->member[entity_place(entities, left[i])].decision;
        for (; link; link = entities->link[link - 1].next) {
            uint32_t number = (link - 1) / 2;
            const struct entity_decision *decision = &entities->decision[number];
            int64_t other =
                decision->mention_a == left[i] ? decision->mention_b : decision->mention_a;
            if (decision->verdict != VERDICT_DIFFERENT || number >= first) continue;
            /* Whatever is in b's set was remembered with it; what stands alone is its own. */
            const struct scope_slot *known = recalled(scope_memo(scope), other);
            if ((known && known->members ? known->members->id[0] : other) != entity_b) continue;
            found = *decision;
            first = number;
            apart = true;
        }
    }
    entities_read_end(entities);
    arena_done(&arena);
    if (apart) *ret = found;
    return apart;
}

/* --- lists ---------------------------------------------------------------------------------- */

static int compare_sizes(const void *a, const void *b)
{
    const struct entity_size *left = a;
    const struct entity_size *right = b;
    if (left->mentions != right->mentions) return right->mentions - left->mentions;
    return (left->entity > right->entity) - (left->entity < right->entity);
}

static int compare_newest(const void *a, const void *b)
{
    const struct entity_size *left = a;
    const struct entity_size *right = b;
    return (left->newest < right->newest) - (left->newest > right->newest);
}

static uint32_t near_root(const struct entities *entities, uint32_t place)
{
    while (entities->member[place].near != place) place = entities->member[place].near;
    return place;
}

/* The sizes of one solved set, by root. */
static size_t add_sizes(struct seen_set *set, struct entity_size *sizes)
{
    size_t count = 0;
    uint32_t *at = claimed(set->count, sizeof *at);
    for (uint32_t i = 0; i < set->count; i++) {
        uint32_t root = root_in(set->parent, i);
        if (root == i) {
            at[i] = (uint32_t)count;
            sizes[count++] = (struct entity_size){.entity = set->id[i]};
        }
        sizes[at[root]].mentions++;
        sizes[at[root]].newest = set->id[i]; /* they rise */
    }
    free(at);
    return count;
}

/* All of a kind, in no order; the caller frees them. */
static struct entity_size *sizes_of(const struct scope *scope, enum link_kind kind,
                                    size_t *ret_count)
{
    const struct entities *entities = scope_app(scope)->entities;
    scope_person(scope);
    entities_read_begin(entities);
    struct entity_size *sizes = claimed(entities->count, sizeof *sizes);
    size_t count = 0;
    for (uint32_t i = 1; i < entities->count; i++) {
        const struct member *member = &entities->member[i];
        if (member->kind != kind || near_root(entities, i) != i) continue;
        if (member->near_next == i) { /* alone, as most are */
            if (scope_mention(scope, member->submission, member->id))
                sizes[count++] = (struct entity_size){member->id, member->id, 1};
            continue;
        }
        struct seen_set set;
        seen_set_make(entities, scope, i, &set);
        count += add_sizes(&set, sizes + count);
        seen_set_done(&set);
    }
    entities_read_end(entities);
    *ret_count = count;
    return sizes;
}

static size_t in_order(const struct scope *scope, struct arena *arena, enum link_kind kind,
                       size_t maximum, int (*order)(const void *, const void *),
                       struct entity_size **ret)
{
    size_t count = 0;
    struct entity_size *sizes = sizes_of(scope, kind, &count);
    qsort(sizes, count, sizeof *sizes, order);
    if (count > maximum) count = maximum;
    *ret = arena_many(arena, count, struct entity_size);
    if (count) memcpy(*ret, sizes, count * sizeof *sizes);
    free(sizes);
    return count;
}

size_t seen_largest(const struct scope *scope, struct arena *arena, enum link_kind kind,
                    size_t maximum, struct entity_size **ret)
{
    return in_order(scope, arena, kind, maximum, compare_sizes, ret);
}

size_t seen_newest(const struct scope *scope, struct arena *arena, enum link_kind kind,
                   struct entity_size **ret)
{
    return in_order(scope, arena, kind, SIZE_MAX, compare_newest, ret);
}
