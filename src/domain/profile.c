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

/* Made of its members, as many as are looked at. */
static enum st make_title(const struct scope *scope, struct db *db, struct arena *arena,
                          const struct opened_of *of, const int64_t *ids, size_t count,
                          struct str *ret, struct err *err)
{
    struct mention *mentions = arena_many(arena, count, struct mention);
    size_t read = 0;
    enum st outcome = ST_OK;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        outcome = mention_load(scope_app(scope), db, arena, ids[i], &mentions[read], err);
        if (outcome == ST_OK) read++;
        if (outcome == ST_NOT_FOUND) outcome = ST_OK; /* destroyed meanwhile */
    }
    *ret = read ? best_title(arena, mentions, read) : STR("");
    if (outcome == ST_OK) opened_keep(scope, of, *ret);
    return outcome;
}

/* Of which each is made of so many members; those that are kept are opened together. */
static enum st find_titles(const struct scope *scope, struct db *db, struct arena *arena,
                           const struct opened_of *of, const size_t *members, size_t count,
                           struct str *ret, struct err *err)
{
    enum st outcome = ST_OK;
    opened_find_all(scope, arena, of, count, ret);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        if (!ret[i].ptr)
            outcome = make_title(scope, db, arena, &of[i], of[i].id, members[i], &ret[i], err);
    return outcome;
}

enum st entity_title_of(const struct scope *scope, struct db *db, struct arena *arena,
                        const int64_t *ids, size_t count, struct str *ret, struct err *err)
{
    if (count > OPENED_IDS) count = OPENED_IDS;
    struct opened_of of = opened_of(OPENED_TITLE, ids, count);
    return find_titles(scope, db, arena, &of, &count, 1, ret, err);
}

enum st mention_titles(const struct scope *scope, struct db *db, struct arena *arena,
                       const int64_t *mention, size_t count, struct str *ret, struct err *err)
{
    struct opened_of *of = arena_many(arena, count, struct opened_of);
    size_t *members = arena_many(arena, count, size_t);
    for (size_t i = 0; i < count; i++) {
        of[i] = opened_of(OPENED_TITLE, &mention[i], 1);
        members[i] = 1;
    }
    return find_titles(scope, db, arena, of, members, count, ret, err);
}

enum st entity_titles(const struct scope *scope, struct db *db, struct arena *arena,
                      const int64_t *entity, size_t count, struct str *ret, struct err *err)
{
    struct scope_texts *memo = &scope_memo(scope)->titles;
    struct opened_of *of = arena_many(arena, count, struct opened_of);
    size_t *members = arena_many(arena, count, size_t);
    size_t *which = arena_many(arena, count, size_t);
    struct str *text = arena_many(arena, count, struct str);
    size_t asked = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t *ids = NULL;
        if (scope_recall(memo, entity[i], &ret[i])) continue;
        size_t all = seen_members(scope, arena, entity[i], &ids);
        members[asked] = all < OPENED_IDS ? all : OPENED_IDS;
        of[asked] = opened_of(OPENED_TITLE, ids, members[asked]);
        which[asked++] = i;
    }
    enum st outcome = find_titles(scope, db, arena, of, members, asked, text, err);
    for (size_t k = 0; k < asked && outcome == ST_OK; k++) {
        ret[which[k]] = text[k];
        scope_remember(scope, memo, entity[which[k]], text[k]);
    }
    return outcome;
}

enum st entity_title(const struct scope *scope, struct db *db, struct arena *arena, int64_t entity,
                     struct str *ret, struct err *err)
{
    return entity_titles(scope, db, arena, &entity, 1, ret, err);
}

/* --- mentions and values ------------------------------------------------------------ */

static int32_t day_of(const struct submission *submission)
{
    if (submission->seen_from != LINK_DAY_UNKNOWN) return submission->seen_from;
    return clock_day(submission->created_at);
}

/* Loads the members (the newest of many), with what is said of their reports. */
static enum st load_members(const struct scope *scope, struct db *db, struct arena *arena,
                            const int64_t *ids, size_t total, struct profile *ret, struct err *err)
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
    enum st outcome = corroborate(scope_app(scope), db, arena, reports, ret->submissions,
                                  &ret->corroboration, err);
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

/* Entities named in the same submissions as these members, most often first;
 * their kinds are not asked for. */
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
                list[found++] = (struct profile_relation){.entity = other};
            list[place].times++;
        }
    }
    if (found) qsort(list, found, sizeof *list, compare_relations);
    *ret = list;
    return found;
}

/* With its own title: all of them are asked for together. */
static enum st load_relations(const struct scope *scope, struct db *db, struct arena *arena,
                              const int64_t *ids, size_t count, struct profile *ret,
                              struct err *err)
{
    size_t found = relations_of(scope, arena, ret->entity, ids, count, &ret->relation);
    ret->relation_count = found < PROFILE_RELATIONS_MAX ? found : PROFILE_RELATIONS_MAX;
    int64_t entity[1 + PROFILE_RELATIONS_MAX] = {ret->entity};
    struct str title[1 + PROFILE_RELATIONS_MAX];
    for (size_t i = 0; i < ret->relation_count; i++) entity[1 + i] = ret->relation[i].entity;
    enum st outcome = entity_titles(scope, db, arena, entity, 1 + ret->relation_count, title, err);
    if (outcome != ST_OK) return outcome;
    ret->title = title[0];
    for (size_t i = 0; i < ret->relation_count; i++) {
        ret->relation[i].kind = entity_kind(scope_app(scope)->entities, ret->relation[i].entity);
        ret->relation[i].title = title[1 + i];
    }
    return ST_OK;
}

/* The submissions that it was made of were looked at too. */
static enum st note_profile(const struct scope *scope, struct arena *arena,
                            const struct profile *read, struct err *err)
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
                                .reason =
                                    audit_ground_of_text(who, text, read->value_count, "role")};
    return scope_note(scope, &event, err);
}

enum st profile_read(struct app *app, struct arena *arena, const struct person *who,
                     int64_t mention, struct profile *ret, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    *ret = (struct profile){.entity = seen_entity(scope, mention)};
    if (!ret->entity) return err_missing(err, "record");
    ret->kind = entity_kind(app->entities, mention);
    int64_t *ids = NULL;
    size_t count = seen_members(scope, arena, mention, &ids);
    ret->mention_total = count;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = load_members(scope, db, arena, ids, count, ret, err);
    if (outcome == ST_OK) outcome = load_relations(scope, db, arena, ids, count, ret, err);
    store_read_end(app->store, db);
    if (outcome != ST_OK) return outcome;
    /* Destroyed meanwhile, all of it. */
    if (!ret->mention_count) return err_missing(err, "record");
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
static void grow(const struct scope *scope, struct arena *arena, struct network *network,
                 size_t from, size_t most)
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
            *node = (struct network_node){
                .entity = relation[i].entity,
                .kind = entity_kind(scope_app(scope)->entities, relation[i].entity),
                .hops = network->node[from].hops + 1,
                .parent = from};
            added++;
        }
        add_edge(network, from, place, relation[i].times);
    }
}

static enum st load_titles(const struct scope *scope, struct arena *arena, struct network *network,
                           struct err *err)
{
    int64_t entity[NETWORK_NODES_MAX];
    struct str title[NETWORK_NODES_MAX];
    for (size_t i = 0; i < network->node_count; i++) entity[i] = network->node[i].entity;
    struct db *db = store_read_begin(scope_app(scope)->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = entity_titles(scope, db, arena, entity, network->node_count, title, err);
    store_read_end(scope_app(scope)->store, db);
    for (size_t i = 0; i < network->node_count && outcome == ST_OK; i++)
        network->node[i].title = title[i];
    return outcome;
}

enum st network_read(const struct scope *scope, struct arena *arena, const struct profile *profile,
                     struct network *ret, struct err *err)
{
    enum { FIRST_RING = 14, EACH = 4 };
    ret->node_count = 1; /* of what is beyond the counts nothing is read */
    ret->edge_count = 0;
    ret->node[0] = (struct network_node){.entity = profile->entity, .kind = profile->kind};
    grow(scope, arena, ret, 0, FIRST_RING);
    size_t ring = ret->node_count;
    for (size_t i = 1; i < ring; i++) grow(scope, arena, ret, i, EACH);
    return load_titles(scope, arena, ret, err);
}
