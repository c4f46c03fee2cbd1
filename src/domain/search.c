#include "domain/search.h"

#include "domain/audit.h"
#include "domain/entity_seen.h"
#include "domain/profile.h"

enum st search_run(struct app *app, struct arena *arena, const struct person *who, struct str text,
                   size_t maximum, struct search_hit **ret, size_t *ret_count, struct err *err)
{
    enum { MENTIONS_ASKED = 600 };
    if (!access_allows(who, ACT_SEE_LINKS, NULL))
        return err_set(err, ST_DENIED, "Search is not for your role.");
    struct link_hit *hits = arena_many(arena, MENTIONS_ASKED, struct link_hit);
    const struct scope *scope = scope_of(app, arena, who);
    size_t found = link_index_search_of(app->index, scope_admit(scope), text, hits, MENTIONS_ASKED);
    struct search_hit *list = arena_many(arena, maximum, struct search_hit);
    size_t count = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = ST_OK;
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
    if (outcome != ST_OK) return outcome;
    return audit_event(app, &(struct audit_event){.kind = AUDIT_CONSULTATION,
                                                  .action = "search",
                                                  .account = who->account,
                                                  .reason = audit_ground_of_text(who, &text, 1, "role")},
                       err);
}
