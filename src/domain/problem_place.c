/*
 * Where it was, in a problem profile: the towns of the places that submissions name.  Names come
 * out of a mention or two of each place, so that not every mention is opened.
 */
#include "domain/entity_seen.h"
#include "domain/problem_internal.h"
#include "domain/record.h"

#include <stdlib.h>

enum { PLACES_READ_MAX = 4000, LOOKED_AT = 3 };

void problem_places_add(struct problem_counting *counting, const int64_t *mention, size_t count)
{
    const struct entities *entities = counting->app->entities;
    for (size_t i = 0; i < count; i++) {
        if (entity_kind(entities, mention[i]) != LINK_PLACE) continue;
        if (counting->place_count == counting->place_capacity) {
            size_t capacity = counting->place_capacity ? counting->place_capacity * 2 : 1024;
            struct problem_place *longer =
                arena_many(counting->arena, capacity, struct problem_place);
            if (counting->place_count)
                memcpy(longer, counting->place, counting->place_count * sizeof *longer);
            counting->place = longer;
            counting->place_capacity = capacity;
        }
        counting->place[counting->place_count++] = (struct problem_place){
            counting->submission, counting->quarter, seen_entity(counting->scope, mention[i])};
    }
}

/* A place, how often it was named, and its town. */
struct town {
    int64_t entity;
    int64_t times;
    struct str name;
};

static int by_entity(const void *a, const void *b)
{
    const struct town *left = a;
    const struct town *right = b;
    return (left->entity > right->entity) - (left->entity < right->entity);
}

static int by_times(const void *a, const void *b)
{
    const struct town *left = a;
    const struct town *right = b;
    if (left->times != right->times) return left->times < right->times ? 1 : -1;
    return by_entity(a, b);
}

static enum st read_town(struct problem_counting *counting, struct db *db, struct town *town,
                         struct err *err)
{
    int64_t *member = NULL;
    size_t count = seen_members(counting->scope, counting->arena, town->entity, &member);
    for (size_t i = 0; i < count && i < LOOKED_AT && !town->name.len; i++) {
        struct mention mention;
        enum st outcome =
            mention_load(counting->app, db, counting->arena, member[i], &mention, err);
        if (outcome == ST_NOT_FOUND) continue; /* destroyed meanwhile */
        if (outcome != ST_OK) return outcome;
        town->name = mention.field[LINK_TOWN];
    }
    if (!town->name.len) town->name = STR("A place, and no town said");
    return ST_OK;
}

/* Each place once, with its town; those that are named most are read. */
static enum st read_towns(struct problem_counting *counting, struct db *db, struct town **ret,
                          size_t *ret_count, struct err *err)
{
    struct town *town = arena_many(counting->arena, counting->place_count, struct town);
    size_t count = 0;
    for (size_t i = 0; i < counting->place_count; i++)
        town[i] = (struct town){counting->place[i].entity, 1, STR("")};
    if (counting->place_count) qsort(town, counting->place_count, sizeof *town, by_entity);
    for (size_t i = 0; i < counting->place_count; i++) {
        if (count && town[count - 1].entity == town[i].entity)
            town[count - 1].times++;
        else
            town[count++] = town[i];
    }
    if (count) qsort(town, count, sizeof *town, by_times);
    enum st outcome = ST_OK;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        if (i < PLACES_READ_MAX)
            outcome = read_town(counting, db, &town[i], err);
        else
            town[i].name = STR("Other places");
    }
    if (count) qsort(town, count, sizeof *town, by_entity);
    *ret = town;
    *ret_count = count;
    return outcome;
}

/* "St Ives" and "st ives" are one row. */
static struct str key_of(struct arena *arena, struct str name)
{
    return str_lower(arena, str_trim(name));
}

/* Towns under five are one row without a figure: their names would say that they are there. */
static void fold_small(struct problem_counting *counting)
{
    struct problem_figures *figures = &counting->profile->table[PROBLEM_TOWN];
    struct problem_row rest = {
        .key = STR("few"), .label = STR("Others, each in fewer than five"), .hidden = true};
    size_t kept = 0;
    for (size_t i = 0; i < figures->count; i++) {
        if (figures->row[i].count >= SMALL_UNDER)
            figures->row[kept++] = figures->row[i];
        else
            rest.count = 1; /* no figure: only that there are some */
    }
    if (rest.count) figures->row[kept++] = rest;
    figures->count = kept;
}

enum st problem_places_fill(struct problem_counting *counting, struct db *db, struct err *err)
{
    struct town *town = NULL;
    size_t count = 0;
    enum st outcome = read_towns(counting, db, &town, &count, err);
    for (size_t from = 0, to; from < counting->place_count && outcome == ST_OK; from = to) {
        struct str seen[MENTIONS_MAX];
        size_t names = 0;
        counting->submission = counting->place[from].submission;
        counting->quarter = counting->place[from].quarter;
        for (to = from;
             to < counting->place_count && counting->place[to].submission == counting->submission;
             to++) {
            const struct town *found = bsearch(&(struct town){.entity = counting->place[to].entity},
                                               town, count, sizeof *town, by_entity);
            struct str key = key_of(counting->arena, found->name);
            bool again = names == MENTIONS_MAX;
            for (size_t k = 0; k < names && !again; k++) again = str_eq(seen[k], key);
            if (again) continue;
            seen[names++] = key;
            problem_count(counting, PROBLEM_TOWN, key, str_trim(found->name));
        }
    }
    fold_small(counting);
    return outcome;
}
