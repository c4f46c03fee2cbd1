/*
 * The shortest way between two entities, breadth first.
 */
#include "domain/chart.h"

#include "domain/entity_seen.h"

enum { TABLE = 4 * CHART_WAY_LOOKED_AT, NAMES_MAX = 60, MEMBERS_MAX = 400 };

/* An entity that was reached, and from which. */
struct step {
    int64_t entity;
    int32_t before; /* place; -1: the start */
    int32_t length;
};

struct walk {
    const struct scope *scope;
    struct arena *arena;
    struct step *step;
    size_t count;
    int32_t *at; /* open addressing: place + 1 */
    int64_t to;
    bool found;
};

/* Remembers one that is new. */
static void reach(struct walk *walk, int64_t entity, size_t before)
{
    size_t i = (size_t)((uint64_t)entity * 0x9E3779B97F4A7C15u >> 40) % TABLE;
    for (; walk->at[i]; i = (i + 1) % TABLE)
        if (walk->step[walk->at[i] - 1].entity == entity) return;
    if (walk->count == CHART_WAY_LOOKED_AT) return;
    walk->step[walk->count] = (struct step){entity, walk->count ? (int32_t)before : -1,
                                            walk->count ? walk->step[before].length + 1 : 1};
    walk->at[i] = (int32_t)++walk->count;
    if (entity == walk->to) walk->found = true;
}

/* All that is named together with it. `common`: also when very many submissions name it. */
static void go_on(struct walk *walk, size_t place, bool common)
{
    const struct entities *entities = scope_app(walk->scope)->entities;
    struct arena_mark mark = arena_mark(walk->arena);
    int64_t *members = NULL;
    size_t count = seen_members(walk->scope, walk->arena, walk->step[place].entity, &members);
    if (place && !common && count > CHART_COMMON) count = 0;
    size_t from = count > MEMBERS_MAX ? count - MEMBERS_MAX : 0;
    int64_t last = 0;
    for (size_t i = from; i < count && !walk->found; i++) {
        int64_t submission = entity_submission(entities, members[i]);
        if (submission == last) continue;
        last = submission;
        int64_t *mentions = NULL;
        size_t names = seen_mentions_of(walk->scope, walk->arena, submission, &mentions);
        for (size_t k = 0; k < names && k < NAMES_MAX && !walk->found; k++) {
            int64_t other = seen_entity(walk->scope, mentions[k]);
            if (other) reach(walk, other, place);
        }
    }
    arena_reset(walk->arena, mark);
}

size_t chart_way(const struct scope *scope, struct arena *arena, int64_t from, int64_t to,
                 int64_t ret[static CHART_WAY_MAX])
{
    struct walk walk = {.scope = scope,
                        .step = arena_many(arena, CHART_WAY_LOOKED_AT, struct step),
                        .at = arena_many(arena, TABLE, int32_t),
                        .to = to};
    /* What is looked at on the way is thrown away; what the scope remembers is its own. */
    struct arena passing;
    arena_init(&passing, 64 << 20);
    walk.arena = &passing;
    for (int common = 0; common < 2 && !walk.found; common++) {
        memset(walk.at, 0, TABLE * sizeof *walk.at);
        walk.count = 0;
        reach(&walk, from, 0);
        for (size_t i = 0; i < walk.count && !walk.found && walk.step[i].length < CHART_WAY_MAX;
             i++)
            go_on(&walk, i, common);
    }
    arena_done(&passing);
    if (!walk.found) return 0;
    size_t length = (size_t)walk.step[walk.count - 1].length;
    int32_t place = (int32_t)walk.count - 1;
    for (size_t i = length; i-- > 0; place = walk.step[place].before)
        ret[i] = walk.step[place].entity;
    return length;
}
