#include "link/cluster.h"

#include <stdlib.h>
#include <string.h>

struct thing {
    uint64_t identifier;
    uint32_t root;
    uint32_t next;       /* ring of the cluster */
    uint32_t people;     /* towards the root by links alone */
    uint32_t before;     /* the one before with this identifier; 0: none */
    uint32_t next_first; /* of the clusters that hold this identifier; 0: the last */
    struct cluster_lineage lineage;
    uint8_t kind;
    bool apart;  /* in a root: a member has a link "different" */
    bool marked; /* in the part that is solved anew */
};

/* The things of one identifier. */
struct holders {
    uint32_t newest; /* 0: the slot is empty */
    uint32_t first;  /* one of each cluster that holds it, in order of place */
    uint32_t last;
};

/* Links by the thing that they touch. */
struct touch {
    uint32_t place;
    uint32_t link;
};

struct clusters {
    struct thing *thing; /* place 0 is not used */
    uint32_t count;      /* with place 0 */
    uint32_t capacity;
    struct holders *holders; /* open addressing by identifier */
    uint32_t holder_slots;   /* a power of two */
    uint32_t holders_used;
    struct cluster_link *link;
    size_t links;
    struct touch *touch; /* two for each link, by place */
    uint32_t *different; /* the links "different", in order */
    size_t differents;
};

static void *grown(void *old, size_t count, size_t size)
{
    void *new = reallocarray(old, count ? count : 1, size);
    if (!new) abort();
    return new;
}

struct clusters *clusters_new(void)
{
    struct clusters *clusters = calloc(1, sizeof *clusters);
    if (!clusters) abort();
    clusters->capacity = 1024;
    clusters->count = 1;
    clusters->thing = grown(NULL, clusters->capacity, sizeof *clusters->thing);
    clusters->thing[0] = (struct thing){0};
    clusters->holder_slots = 1024;
    clusters->holders = calloc(clusters->holder_slots, sizeof *clusters->holders);
    if (!clusters->holders) abort();
    return clusters;
}

void clusters_free(struct clusters *clusters)
{
    if (!clusters) return;
    free(clusters->thing);
    free(clusters->holders);
    free(clusters->link);
    free(clusters->touch);
    free(clusters->different);
    free(clusters);
}

/* --- identifiers ------------------------------------------------------------------------ */

static struct holders *holders_of(const struct clusters *clusters, uint64_t identifier)
{
    uint32_t at = (uint32_t)(identifier * 0x9e3779b97f4a7c15u >> 32) & (clusters->holder_slots - 1);
    while (clusters->holders[at].newest &&
           clusters->thing[clusters->holders[at].newest].identifier != identifier)
        at = (at + 1) & (clusters->holder_slots - 1);
    return &clusters->holders[at];
}

static void grow_holders(struct clusters *clusters)
{
    struct holders *old = clusters->holders;
    uint32_t old_slots = clusters->holder_slots;
    clusters->holder_slots *= 2;
    clusters->holders = calloc(clusters->holder_slots, sizeof *old);
    if (!clusters->holders) abort();
    for (uint32_t i = 0; i < old_slots; i++)
        if (old[i].newest)
            *holders_of(clusters, clusters->thing[old[i].newest].identifier) = old[i];
    free(old);
}

static void hold(struct clusters *clusters, uint32_t place)
{
    if (clusters->holders_used * 2 >= clusters->holder_slots) grow_holders(clusters);
    struct holders *holders = holders_of(clusters, clusters->thing[place].identifier);
    if (!holders->newest) clusters->holders_used++;
    clusters->thing[place].before = holders->newest;
    holders->newest = place;
}

/* --- joining ------------------------------------------------------------------------------ */

uint32_t clusters_root(const struct clusters *clusters, uint32_t place)
{
    return clusters->thing[place].root;
}

uint32_t clusters_next(const struct clusters *clusters, uint32_t place)
{
    return clusters->thing[place].next;
}

uint32_t clusters_before(const struct clusters *clusters, uint32_t place)
{
    return clusters->thing[place].before;
}

uint32_t clusters_root_by_links(const struct clusters *clusters, uint32_t place)
{
    while (clusters->thing[place].people != place) place = clusters->thing[place].people;
    return place;
}

static size_t apart(const struct clusters *clusters, uint32_t a, uint32_t b)
{
    if (!clusters->thing[a].apart || !clusters->thing[b].apart) return SIZE_MAX;
    for (size_t i = 0; i < clusters->differents; i++) {
        const struct cluster_link *link = &clusters->link[clusters->different[i]];
        uint32_t left = clusters->thing[link->a].root;
        uint32_t right = clusters->thing[link->b].root;
        if ((left == a && right == b) || (left == b && right == a)) return clusters->different[i];
    }
    return SIZE_MAX;
}

size_t clusters_apart(const struct clusters *clusters, uint32_t a, uint32_t b)
{
    return apart(clusters, clusters->thing[a].root, clusters->thing[b].root);
}

/* The cluster of the smaller place takes the other. */
static bool join(struct clusters *clusters, uint32_t a, uint32_t b, bool by_link)
{
    struct cluster_lineage lineage = {0, by_link ? a : 0, by_link ? b : 0};
    struct thing *thing = clusters->thing;
    a = thing[a].root;
    b = thing[b].root;
    if (a == b) return true;
    if (thing[a].kind != thing[b].kind || apart(clusters, a, b) != SIZE_MAX) return false;
    if (b < a) {
        uint32_t other = a;
        a = b;
        b = other;
    }
    uint32_t place = b;
    do {
        thing[place].root = a;
        place = thing[place].next;
    } while (place != b);
    lineage.taken_by = a;
    thing[b].lineage = lineage;
    thing[a].apart |= thing[b].apart;
    uint32_t next = thing[a].next;
    thing[a].next = thing[b].next;
    thing[b].next = next;
    return true;
}

/* With the oldest of the clusters that hold its identifier and take it; else it is one
 * more that holds it. */
static void join_holders(struct clusters *clusters, uint32_t place)
{
    struct thing *thing = clusters->thing;
    struct holders *holders = holders_of(clusters, thing[place].identifier);
    uint32_t own = thing[place].root;
    uint32_t taker = 0;
    for (uint32_t first = holders->first; first; first = thing[first].next_first) {
        uint32_t root = thing[first].root;
        if (root == own) return; /* it is there already */
        if (taker && root >= thing[taker].root) continue;
        if (thing[root].kind == thing[own].kind && apart(clusters, root, own) == SIZE_MAX)
            taker = first;
    }
    if (taker) {
        (void)join(clusters, taker, place, false);
        return;
    }
    if (holders->last)
        thing[holders->last].next_first = place;
    else
        holders->first = place;
    holders->last = place;
    thing[place].next_first = 0;
}

static void make_alone(struct clusters *clusters, uint32_t place)
{
    struct thing *thing = &clusters->thing[place];
    thing->root = thing->next = thing->people = place;
    thing->next_first = 0;
    thing->lineage = (struct cluster_lineage){0};
    thing->apart = false;
}

uint32_t clusters_add(struct clusters *clusters, uint8_t kind, uint64_t identifier)
{
    if (clusters->count == clusters->capacity) {
        clusters->capacity = clusters->capacity / 2 * 3;
        clusters->thing = grown(clusters->thing, clusters->capacity, sizeof *clusters->thing);
    }
    uint32_t place = clusters->count++;
    clusters->thing[place] = (struct thing){.identifier = identifier, .kind = kind};
    make_alone(clusters, place);
    if (identifier) {
        hold(clusters, place);
        join_holders(clusters, place);
    }
    return place;
}

/* --- what a change touches ------------------------------------------------------------------- */

struct part {
    uint32_t *place;
    size_t count;
    size_t capacity;
};

static void mark(struct clusters *clusters, struct part *part, uint32_t place)
{
    if (clusters->thing[place].marked) return;
    clusters->thing[place].marked = true;
    if (part->count == part->capacity) {
        part->capacity = part->capacity * 2 + 64;
        part->place = grown(part->place, part->capacity, sizeof *part->place);
    }
    part->place[part->count++] = place;
}

/* The first touch of a place or after it. */
static size_t first_touch(const struct clusters *clusters, uint32_t place)
{
    size_t low = 0;
    size_t high = 2 * clusters->links;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (clusters->touch[middle].place < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Everything that links "same", identifiers and the clusters as they were connect. */
static void mark_connected(struct clusters *clusters, struct part *part)
{
    for (size_t i = 0; i < part->count; i++) {
        const struct thing *thing = &clusters->thing[part->place[i]];
        uint32_t place = part->place[i];
        mark(clusters, part, thing->next);
        if (thing->identifier) {
            uint32_t other = holders_of(clusters, thing->identifier)->newest;
            /* Once for each identifier: with its newest, all the others. */
            if (other != place) mark(clusters, part, other);
            if (other == place)
                for (; other; other = clusters->thing[other].before) mark(clusters, part, other);
        }
        for (size_t k = first_touch(clusters, place);
             k < 2 * clusters->links && clusters->touch[k].place == place; k++) {
            const struct cluster_link *link = &clusters->link[clusters->touch[k].link];
            if (link->same) mark(clusters, part, link->a == place ? link->b : link->a);
        }
    }
}

static int by_value(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static int by_place(const void *a, const void *b)
{
    const struct touch *left = a;
    const struct touch *right = b;
    if (left->place != right->place) return left->place < right->place ? -1 : 1;
    return (left->link > right->link) - (left->link < right->link);
}

static void keep_links(struct clusters *clusters, const struct cluster_link *links, size_t count)
{
    clusters->link = grown(clusters->link, count, sizeof *links);
    if (count) memcpy(clusters->link, links, count * sizeof *links);
    clusters->links = count;
    clusters->touch = grown(clusters->touch, 2 * count, sizeof *clusters->touch);
    clusters->different = grown(clusters->different, count, sizeof *clusters->different);
    clusters->differents = 0;
    for (size_t i = 0; i < count; i++) {
        clusters->touch[2 * i] = (struct touch){links[i].a, (uint32_t)i};
        clusters->touch[2 * i + 1] = (struct touch){links[i].b, (uint32_t)i};
        if (!links[i].same) clusters->different[clusters->differents++] = (uint32_t)i;
    }
    if (count) qsort(clusters->touch, 2 * count, sizeof *clusters->touch, by_place);
}

/* --- solving ---------------------------------------------------------------------------------- */

static void solve(struct clusters *clusters, const struct part *part)
{
    struct thing *thing = clusters->thing;
    if (part->count) qsort(part->place, part->count, sizeof *part->place, by_value);
    for (size_t i = 0; i < part->count; i++) {
        make_alone(clusters, part->place[i]);
        if (!thing[part->place[i]].identifier) continue;
        struct holders *holders = holders_of(clusters, thing[part->place[i]].identifier);
        holders->first = holders->last = 0;
    }
    for (size_t i = 0; i < clusters->differents; i++) {
        const struct cluster_link *link = &clusters->link[clusters->different[i]];
        if (thing[link->a].marked) thing[link->a].apart = true;
        if (thing[link->b].marked) thing[link->b].apart = true;
        /* The end that is not solved anew has it in its root from now on. */
        thing[thing[link->a].root].apart = thing[thing[link->b].root].apart = true;
    }
    for (size_t i = 0; i < clusters->links; i++) {
        const struct cluster_link *link = &clusters->link[i];
        if (!link->same || !thing[link->a].marked) continue;
        if (join(clusters, link->a, link->b, true))
            thing[clusters_root_by_links(clusters, link->b)].people =
                clusters_root_by_links(clusters, link->a);
    }
    for (size_t i = 0; i < part->count; i++)
        if (thing[part->place[i]].identifier) join_holders(clusters, part->place[i]);
    for (size_t i = 0; i < part->count; i++) thing[part->place[i]].marked = false;
}

static bool is_same(const struct cluster_link *a, const struct cluster_link *b)
{
    return a->a == b->a && a->b == b->b && a->same == b->same;
}

size_t clusters_decide(struct clusters *clusters, const struct cluster_link *links, size_t count)
{
    size_t before = 0, after = 0;
    size_t fewer = count < clusters->links ? count : clusters->links;
    while (before < fewer && is_same(&links[before], &clusters->link[before])) before++;
    while (after < fewer - before &&
           is_same(&links[count - 1 - after], &clusters->link[clusters->links - 1 - after]))
        after++;
    struct part part = {0};
    for (size_t i = before; i < clusters->links - after; i++) {
        mark(clusters, &part, clusters->link[i].a);
        mark(clusters, &part, clusters->link[i].b);
    }
    for (size_t i = before; i < count - after; i++) {
        mark(clusters, &part, links[i].a);
        mark(clusters, &part, links[i].b);
    }
    keep_links(clusters, links, count);
    mark_connected(clusters, &part);
    solve(clusters, &part);
    free(part.place);
    return part.count;
}

struct cluster_lineage clusters_lineage(const struct clusters *clusters, uint32_t place)
{
    return clusters->thing[place].lineage;
}
