#include "domain/search.h"

#include "domain/audit.h"
#include "domain/entity_seen.h"
#include "domain/profile.h"

enum st search_begin(struct app *app, const struct person *who, struct str text, const char *action,
                     struct err *err)
{
    if (!access_allows(who, ACT_SEE_LINKS, NULL))
        return err_set(err, ST_DENIED, "Search is not for your role.");
    return audit_event(app,
                       &(struct audit_event){.kind = AUDIT_CONSULTATION,
                                             .action = action,
                                             .account = who->account,
                                             .reason = audit_ground_of_text(who, &text, 1, "role")},
                       err);
}

static enum st find(struct app *app, struct arena *arena, const struct person *who, struct str text,
                    size_t maximum, struct link_hit **ret, size_t *ret_count, struct err *err)
{
    enum st outcome = search_begin(app, who, text, "search", err);
    if (outcome != ST_OK) return outcome;
    *ret = arena_many(arena, maximum, struct link_hit);
    *ret_count = link_index_search_of(app->index, scope_admit(scope_of(app, arena, who)), text,
                                      *ret, maximum);
    return ST_OK;
}

static int by_id(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

enum st search_entities(struct app *app, struct arena *arena, const struct person *who,
                        struct str text, struct found_entities *ret, struct err *err)
{
    enum { MENTIONS_ASKED = 4096 };
    const struct scope *scope = scope_of(app, arena, who);
    struct link_hit *hits = NULL;
    size_t found = 0;
    enum st outcome = find(app, arena, who, text, MENTIONS_ASKED, &hits, &found, err);
    if (outcome != ST_OK) return outcome;
    *ret = (struct found_entities){.id = arena_many(arena, found, int64_t)};
    for (size_t i = 0; i < found; i++) {
        int64_t entity = seen_entity(scope, hits[i].id);
        if (entity) ret->id[ret->count++] = entity;
    }
    if (ret->count) qsort(ret->id, ret->count, sizeof *ret->id, by_id);
    return ST_OK;
}

bool is_found_entity(const struct found_entities *found, int64_t entity)
{
    return found->count && bsearch(&entity, found->id, found->count, sizeof *found->id, by_id);
}

enum st search_run(struct app *app, struct arena *arena, const struct person *who, struct str text,
                   size_t maximum, struct search_hit **ret, size_t *ret_count, struct err *err)
{
    enum { MENTIONS_ASKED = 600 };
    const struct scope *scope = scope_of(app, arena, who);
    struct link_hit *hits = NULL;
    size_t found = 0;
    enum st outcome = find(app, arena, who, text, MENTIONS_ASKED, &hits, &found, err);
    if (outcome != ST_OK) return outcome;
    struct search_hit *list = arena_many(arena, maximum, struct search_hit);
    size_t count = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    for (size_t i = 0; i < found && outcome == ST_OK; i++) {
        int64_t entity = seen_entity(scope, hits[i].id);
        size_t place = 0;
        while (place < count && list[place].entity != entity) place++;
        if (!entity || place < count) continue;
        if (count == maximum) break;
        int64_t *members = NULL;
        list[count] = (struct search_hit){.entity = entity,
                                          .kind = entity_kind(app->entities, entity),
                                          .field = hits[i].field,
                                          .how = hits[i].how,
                                          .mentions = seen_members(scope, arena, entity, &members)};
        outcome = entity_title(scope, db, arena, entity, &list[count].title, err);
        count++;
    }
    store_read_end(app->store, db);
    *ret = list;
    *ret_count = count;
    return outcome;
}
