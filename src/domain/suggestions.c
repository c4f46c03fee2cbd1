#include "domain/suggestions.h"

#include "domain/entity_seen.h"
#include "domain/search.h"
#include "domain/waiting.h"

/* The entity pairs that were met, in an open-addressing table of more slots than pairs
 * come. */
struct met {
    struct met_pair {
        int64_t a;
        int64_t b;
    } *slot;
    size_t size;
};

/* False when the pair was met before. */
static bool meet(struct met *met, int64_t a, int64_t b)
{
    if (a > b) {
        int64_t other = a;
        a = b;
        b = other;
    }
    size_t at = ((uint64_t)a * 0x9e3779b97f4a7c15u ^ (uint64_t)b * 0xc2b2ae3d27d4eb4fu) % met->size;
    for (; met->slot[at].a; at = (at + 1) % met->size)
        if (met->slot[at].a == a && met->slot[at].b == b) return false;
    met->slot[at].a = a;
    met->slot[at].b = b;
    return true;
}

/* How many of the pairs an entity is in, in a table of the same sort. */
struct tally {
    struct tally_entity {
        int64_t entity;
        size_t pairs;
    } * slot;
    size_t size;
};

static struct tally_entity *tally_of(const struct tally *tally, int64_t entity)
{
    size_t at = ((uint64_t)entity * 0x9e3779b97f4a7c15u >> 20) % tally->size;
    while (tally->slot[at].entity && tally->slot[at].entity != entity) at = (at + 1) % tally->size;
    tally->slot[at].entity = entity;
    return &tally->slot[at];
}

struct opening {
    const struct scope *scope;
    struct arena *arena;
    struct link_pair *pair;
    size_t count;
    size_t room;
};

/* Only what they may see is counted, so that the rest does not show in the count. */
static bool take_seen(void *context, const struct waiting_pair *pair)
{
    struct opening *opening = context;
    if (!scope_mention(opening->scope, pair->submission, pair->mention) ||
        !scope_mention(opening->scope, pair->other_submission, pair->other))
        return true;
    arena_room(opening->arena, opening->pair, opening->count, &opening->room);
    opening->pair[opening->count++] = (struct link_pair){pair->mention, pair->other, pair->bits};
    return opening->count < SUGGESTIONS_LOOKED_AT;
}

/* As waiting_walk: ties by the later mention first and then by the smaller other. */
static int by_weight(const void *a, const void *b)
{
    const struct link_pair *left = a;
    const struct link_pair *right = b;
    if (left->bits != right->bits) return left->bits < right->bits ? 1 : -1;
    if (left->a != right->a) return left->a < right->a ? 1 : -1;
    return (left->b > right->b) - (left->b < right->b);
}

/* Leaves the pairs of which one is of that entity. */
static void keep_of(struct opening *opening, int64_t entity)
{
    size_t kept = 0;
    for (size_t i = 0; i < opening->count; i++)
        if (seen_entity(opening->scope, opening->pair[i].a) == entity ||
            seen_entity(opening->scope, opening->pair[i].b) == entity)
            opening->pair[kept++] = opening->pair[i];
    opening->count = kept;
}

static bool fits(const struct suggestions_asked *asked, const struct found_entities *found,
                 enum link_kind kind, const struct suggestion *suggestion)
{
    if (asked->kind >= 0 && (int)kind != asked->kind) return false;
    return !asked->words.len || is_found_entity(found, suggestion->mention_entity) ||
           is_found_entity(found, suggestion->other_entity);
}

enum st suggestions_list(struct app *app, struct arena *arena, const struct person *who,
                         const struct suggestions_asked *asked, struct suggestions_found *ret,
                         struct err *err)
{
    if (!access_allows(who, ACT_SEE_LINKS, NULL))
        return err_set(err, ST_DENIED, "Suggestions are not for your role.");
    struct opening opening = {.scope = scope_of(app, arena, who), .arena = arena};
    struct found_entities found = {0};
    enum st outcome =
        asked->words.len ? search_entities(app, arena, who, asked->words, &found, err) : ST_OK;
    if (outcome != ST_OK) return outcome;
    *ret = (struct suggestions_found){.list = arena_many(arena, asked->maximum, struct suggestion)};
    /* Reads the person, if they are not: not in the middle of the walk. */
    struct link_admit admit = scope_admit(opening.scope);
    waiting_walk(app->waiting, take_seen, &opening);
    if (asked->entity) keep_of(&opening, asked->entity);
    size_t weighed = !asked->maximum                       ? 0
                     : opening.count < SUGGESTIONS_WEIGHED ? opening.count
                                                           : SUGGESTIONS_WEIGHED;
    link_index_weigh_of(app->index, admit, opening.pair, weighed);
    if (weighed) qsort(opening.pair, weighed, sizeof *opening.pair, by_weight);
    ret->partly = weighed < opening.count;
    struct met met = {.size = opening.count * 2 + 1};
    met.slot = arena_many(arena, met.size, struct met_pair);
    struct tally tally = {.size = asked->maximum ? opening.count * 4 + 1 : 0};
    tally.slot = arena_many(arena, tally.size, struct tally_entity);
    for (size_t i = 0; i < opening.count; i++) {
        const struct link_pair *pair = &opening.pair[i];
        struct suggestion suggestion = {.mention = pair->a, .other = pair->b};
        suggestion.mention_entity = seen_entity(opening.scope, suggestion.mention);
        suggestion.other_entity = seen_entity(opening.scope, suggestion.other);
        if (suggestion.mention_entity == suggestion.other_entity ||
            (!meet(&met, suggestion.mention_entity, suggestion.other_entity) && !asked->every))
            continue;
        ret->waiting++;
        if (tally.size) {
            tally_of(&tally, suggestion.mention_entity)->pairs++;
            tally_of(&tally, suggestion.other_entity)->pairs++;
        }
        if (!fits(asked, &found, entity_kind(app->entities, pair->a), &suggestion)) continue;
        if (ret->fitting++ < asked->skip || ret->count == asked->maximum) continue;
        if (i >= weighed) link_index_weigh_of(app->index, admit, &opening.pair[i], 1);
        suggestion.bits = pair->bits;
        ret->list[ret->count++] = suggestion;
    }
    for (size_t i = 0; i < ret->count; i++) {
        ret->list[i].mention_waits = tally_of(&tally, ret->list[i].mention_entity)->pairs;
        ret->list[i].other_waits = tally_of(&tally, ret->list[i].other_entity)->pairs;
    }
    return ST_OK;
}

enum st suggestions_open(struct app *app, struct arena *arena, const struct person *who,
                         size_t maximum, struct suggestion **ret, size_t *ret_count,
                         int64_t *ret_total, struct err *err)
{
    struct suggestions_asked all = {.kind = -1, .maximum = maximum};
    struct suggestions_found found = {0};
    enum st outcome = suggestions_list(app, arena, who, &all, &found, err);
    *ret = found.list;
    *ret_count = found.count;
    *ret_total = (int64_t)found.waiting;
    return outcome;
}
