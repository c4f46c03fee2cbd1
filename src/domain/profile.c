#include "domain/profile.h"

#include "domain/audit.h"
#include "domain/entity_seen.h"
#include "domain/opened.h"
#include "domain/record.h"

static size_t filled_fields(const struct mention *mention)
{
    size_t count = 0;
    for (int i = 0; i < LINK_FIELDS; i++) count += mention->field[i].len > 0;
    return count;
}

/* The one that says most; of those that say as much, the earliest. */
static struct str best_title(struct arena *arena, const struct mention *mentions, size_t count)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (filled_fields(&mentions[i]) > filled_fields(&mentions[best])) best = i;
    return mention_title(arena, mentions[best].kind, mentions[best].field);
}

enum st entity_title(const struct scope *scope, struct db *db, struct arena *arena, int64_t entity,
                     struct str *ret, struct err *err)
{
    struct scope_memo *memo = scope_memo(scope);
    for (size_t i = 0; i < memo->titles; i++) {
        if (memo->title[i].entity != entity) continue;
        *ret = memo->title[i].title;
        return ST_OK;
    }
    int64_t *ids = NULL;
    size_t count = seen_members(scope, arena, entity, &ids);
    enum st outcome = entity_title_of(scope, db, arena, ids, count, ret, err);
    if (outcome != ST_OK || memo->titles == SCOPE_TITLES) return outcome;
    if (!memo->title) memo->title = arena_many(scope_arena(scope), SCOPE_TITLES, struct scope_title);
    memo->title[memo->titles++] = (struct scope_title){entity, str_dup(scope_arena(scope), *ret)};
    return ST_OK;
}

enum st entity_title_of(const struct scope *scope, struct db *db, struct arena *arena, const int64_t *ids,
                        size_t count, struct str *ret, struct err *err)
{
    struct app *app = scope_app(scope);
    if (count > OPENED_IDS) count = OPENED_IDS; /* as many as are looked at */
    struct opened_of of = opened_of(OPENED_TITLE, ids, count);
    if (opened_find(scope, arena, &of, ret)) return ST_OK;
    struct mention *mentions = arena_many(arena, count, struct mention);
    size_t read = 0;
    enum st outcome = ST_OK;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        outcome = mention_load(app, db, arena, ids[i], &mentions[read], err);
        if (outcome == ST_OK) read++;
        if (outcome == ST_NOT_FOUND) outcome = ST_OK; /* destroyed meanwhile */
    }
    *ret = read ? best_title(arena, mentions, read) : STR("");
    if (outcome == ST_OK) opened_keep(scope, &of, *ret);
    return outcome;
}

/* --- mentions and values ------------------------------------------------------------ */

static int32_t day_of(const struct submission *submission)
{
    if (submission->seen_from != LINK_DAY_UNKNOWN) return submission->seen_from;
    return date_to_days(clock_london(submission->created_at).date);
}

/* Loads the members (the newest of many), with what is said of their reports. */
static enum st load_members(const struct scope *scope, struct db *db, struct arena *arena, const int64_t *ids,
                            size_t total, struct profile *ret, struct err *err)
{
    size_t first = total > PROFILE_MENTIONS_MAX ? total - PROFILE_MENTIONS_MAX : 0;
    ret->mention = arena_many(arena, total - first, struct profile_mention);
    struct corroborated *reports = arena_many(arena, total - first, struct corroborated);
    struct submission *submission = NULL;
    int64_t last_submission = 0;
    for (size_t i = first; i < total; i++) {
        int64_t id = entity_submission(scope_app(scope)->entities, ids[i]);
        if (id != last_submission) {
            submission = arena_new(arena, struct submission);
            enum st outcome = submission_load_seen(scope, db, arena, id, submission, err);
            last_submission = 0;
            if (outcome == ST_NOT_FOUND) continue; /* destroyed meanwhile */
            if (outcome != ST_OK) return outcome;
            reports[ret->submissions++] = corroborated_of(submission);
        }
        for (size_t m = 0; m < submission->mention_count; m++) {
            if (submission->mention[m].id != ids[i]) continue;
            ret->mention[ret->mention_count++] = (struct profile_mention){
                .mention = submission->mention[m],
                .report = submission,
                .title = mention_title(arena, ret->kind, submission->mention[m].field),
                .reference = submission->reference,
                .sector = submission->sector,
                .how_known = submission->how_known,
                .day = day_of(submission),
                .created_at = submission->created_at,
            };
        }
        last_submission = id;
    }
    enum st outcome = corroborate(scope_app(scope), db, arena, reports, ret->submissions, &ret->corroboration, err);
    ret->origins = ret->corroboration.count;
    return outcome;
}

static int compare_values(const void *a, const void *b)
{
    const struct profile_value *left = a;
    const struct profile_value *right = b;
    if (left->field != right->field) return (int)left->field - (int)right->field;
    if (left->times != right->times) return right->times - left->times;
    return str_cmp(left->value, right->value);
}

static void collect_values(struct arena *arena, struct profile *ret)
{
    ret->value = arena_many(arena, ret->mention_count * 6 + 1, struct profile_value);
    size_t maximum = ret->mention_count * 6 + 1;
    for (size_t i = 0; i < ret->mention_count; i++) {
        for (int field = 0; field < LINK_FIELDS; field++) {
            struct str value = ret->mention[i].mention.field[field];
            if (!value.len) continue;
            size_t k = 0;
            while (k < ret->value_count && !(ret->value[k].field == (enum link_field)field &&
                                             str_eq_nocase(ret->value[k].value, value)))
                k++;
            if (k == maximum) continue;
            if (k == ret->value_count)
                ret->value[ret->value_count++] =
                    (struct profile_value){(enum link_field)field, value, 0};
            ret->value[k].times++;
        }
    }
    if (ret->value_count) qsort(ret->value, ret->value_count, sizeof *ret->value, compare_values);
}

static void find_days(struct profile *ret)
{
    ret->first_seen = INT32_MAX;
    ret->last_seen = INT32_MIN;
    for (size_t i = 0; i < ret->mention_count; i++) {
        if (ret->mention[i].day < ret->first_seen) ret->first_seen = ret->mention[i].day;
        if (ret->mention[i].day > ret->last_seen) ret->last_seen = ret->mention[i].day;
    }
}

/* --- relations ------------------------------------------------------------------------ */

static int compare_relations(const void *a, const void *b)
{
    const struct profile_relation *left = a;
    const struct profile_relation *right = b;
    if (left->times != right->times) return right->times - left->times;
    return (left->entity > right->entity) - (left->entity < right->entity);
}

/* Entities named in the same submissions as these members, most often first. */
static size_t relations_of(const struct scope *scope, struct arena *arena, int64_t entity,
                           const int64_t *ids, size_t count, struct profile_relation **ret)
{
    const struct entities *entities = scope_app(scope)->entities;
    enum { CAPACITY = 1000 };
    size_t room = 0;
    struct profile_relation *list = NULL;
    size_t found = 0;
    int64_t last_submission = 0;
    size_t from = count > PROFILE_MENTIONS_MAX ? count - PROFILE_MENTIONS_MAX : 0;
    for (size_t i = from; i < count; i++) {
        int64_t submission = entity_submission(entities, ids[i]);
        if (submission == last_submission) continue;
        last_submission = submission;
        int64_t *others = NULL;
        size_t other_count = seen_mentions_of(scope, arena, submission, &others);
        for (size_t k = 0; k < other_count; k++) {
            int64_t other = seen_entity(scope, others[k]);
            if (other == entity) continue;
            size_t place = 0;
            while (place < found && list[place].entity != other) place++;
            if (place == CAPACITY) continue;
            if (place == found) arena_room(arena, list, found, &room);
            if (place == found)
                list[found++] = (struct profile_relation){
                    .entity = other, .kind = entity_kind(entities, other)};
            list[place].times++;
        }
    }
    if (found) qsort(list, found, sizeof *list, compare_relations);
    *ret = list;
    return found;
}

static enum st load_relations(const struct scope *scope, struct db *db, struct arena *arena,
                              const int64_t *ids, size_t count, struct profile *ret, struct err *err)
{
    size_t found = relations_of(scope, arena, ret->entity, ids, count, &ret->relation);
    ret->relation_count = found < PROFILE_RELATIONS_MAX ? found : PROFILE_RELATIONS_MAX;
    for (size_t i = 0; i < ret->relation_count; i++) {
        enum st outcome = entity_title(scope, db, arena, ret->relation[i].entity,
                                       &ret->relation[i].title, err);
        if (outcome != ST_OK) return outcome;
    }
    return ST_OK;
}

/* The submissions that it was made of were looked at too. */
static enum st note_profile(const struct scope *scope, struct arena *arena, const struct profile *read,
                            struct err *err)
{
    const struct person *who = scope_person(scope);
    struct audit_subject *more = arena_many(arena, read->mention_count, struct audit_subject);
    struct str *text = arena_many(arena, read->value_count, struct str);
    size_t count = 0;
    int64_t last = 0;
    for (size_t i = 0; i < read->mention_count; i++) {
        int64_t submission = read->mention[i].mention.submission;
        if (submission != last) more[count++] = (struct audit_subject){"submission", submission};
        last = submission;
    }
    for (size_t i = 0; i < read->value_count; i++) text[i] = read->value[i].value;
    struct audit_event event = {.kind = AUDIT_CONSULTATION,
                                .action = "entity read",
                                .account = who->account,
                                .subject = "entity",
                                .subject_id = read->entity,
                                .more = more,
                                .more_count = count,
                                .reason = audit_ground_of_text(who, text, read->value_count, "role")};
    return scope_note(scope, &event, err);
}

enum st profile_read(struct app *app, struct arena *arena, const struct person *who, int64_t mention,
                     struct profile *ret, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    *ret = (struct profile){.entity = seen_entity(scope, mention)};
    if (!ret->entity) return err_set(err, ST_NOT_FOUND, "There is no such record.");
    ret->kind = entity_kind(app->entities, mention);
    int64_t *ids = NULL;
    size_t count = seen_members(scope, arena, mention, &ids);
    ret->mention_total = count;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = load_members(scope, db, arena, ids, count, ret, err);
    if (outcome == ST_OK) outcome = load_relations(scope, db, arena, ids, count, ret, err);
    if (outcome == ST_OK) outcome = entity_title(scope, db, arena, ret->entity, &ret->title, err);
    store_read_end(app->store, db);
    if (outcome != ST_OK) return outcome;
    /* Destroyed meanwhile, all of it. */
    if (!ret->mention_count) return err_set(err, ST_NOT_FOUND, "There is no such record.");
    collect_values(arena, ret);
    find_days(ret);
    return note_profile(scope, arena, ret, err);
}

/* --- network ----------------------------------------------------------------------------- */

static size_t node_of(struct network *network, int64_t entity)
{
    size_t i = 0;
    while (i < network->node_count && network->node[i].entity != entity) i++;
    return i;
}

static void add_edge(struct network *network, size_t a, size_t b, int times)
{
    for (size_t i = 0; i < network->edge_count; i++)
        if ((network->edge[i].a == a && network->edge[i].b == b) ||
            (network->edge[i].a == b && network->edge[i].b == a))
            return;
    if (network->edge_count < NETWORK_EDGES_MAX)
        network->edge[network->edge_count++] = (struct network_edge){a, b, times};
}

/* Adds the neighbours of one node, at most `most` new ones. */
static enum st grow(const struct scope *scope, struct db *db, struct arena *arena, struct network *network,
                    size_t from, size_t most, struct err *err)
{
    int64_t entity = network->node[from].entity;
    int64_t *ids = NULL;
    size_t count = seen_members(scope, arena, entity, &ids);
    struct profile_relation *relation = NULL;
    size_t found = relations_of(scope, arena, entity, ids, count, &relation);
    size_t added = 0;
    for (size_t i = 0; i < found; i++) {
        size_t place = node_of(network, relation[i].entity);
        if (place == network->node_count) {
            if (added == most || network->node_count == NETWORK_NODES_MAX) continue;
            struct network_node *node = &network->node[network->node_count++];
            *node = (struct network_node){.entity = relation[i].entity,
                                          .kind = relation[i].kind,
                                          .hops = network->node[from].hops + 1,
                                          .parent = from};
            enum st outcome = entity_title(scope, db, arena, node->entity, &node->title, err);
            if (outcome != ST_OK) return outcome;
            added++;
        }
        add_edge(network, from, place, relation[i].times);
    }
    return ST_OK;
}

enum st network_read(const struct scope *scope, struct arena *arena, const struct profile *profile,
                     struct network *ret, struct err *err)
{
    struct app *app = scope_app(scope);
    enum { FIRST_RING = 14, EACH = 4 };
    *ret = (struct network){.node_count = 1};
    ret->node[0] = (struct network_node){
        .entity = profile->entity, .kind = profile->kind, .title = profile->title};
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = grow(scope, db, arena, ret, 0, FIRST_RING, err);
    size_t ring = ret->node_count;
    for (size_t i = 1; i < ring && outcome == ST_OK; i++)
        outcome = grow(scope, db, arena, ret, i, EACH, err);
    store_read_end(app->store, db);
    return outcome;
}
