#include "domain/chart.h"

#include "domain/corroborate.h"
#include "domain/entity_seen.h"
#include "domain/profile.h"
#include "domain/relation.h"
#include "domain/waiting.h"

enum { MEMBERS_MAX = 400, SUBMISSION_NAMES_MAX = 60, TABLE = 8192, SUBMISSIONS_MAX = 20000 };

/* What a submission that stands behind a line tells. */
struct report {
    int64_t submission;
    instant_ms known;
    struct origin_report origin;
    struct origin_pair *said; /* of it and others */
    size_t said_count;
    bool loaded;
};

/* Of something that is drawn, read once. */
struct named {
    bool read;
    int64_t *mention; /* all of it, in rising order */
    size_t mentions;
    int64_t *submission; /* known then, in rising order */
    size_t submissions;
};

struct build {
    const struct scope *scope;
    struct arena *arena;
    struct db *db;
    const struct chart_ask *ask;
    struct chart *chart;
    struct named *named;
    int32_t *node_at; /* open addressing by entity: place + 1 */
    int32_t *edge_at; /* by a and b */
    struct report *report;
    int32_t *report_at;
    size_t report_count;
};

static size_t slot_of(uint64_t key)
{
    return (size_t)(key * 0x9E3779B97F4A7C15u >> 40);
}

/* --- nodes ------------------------------------------------------------------------------- */

static size_t find_node(const struct build *build, int64_t entity)
{
    for (size_t i = slot_of((uint64_t)entity) % TABLE; build->node_at[i]; i = (i + 1) % TABLE)
        if (build->chart->node[build->node_at[i] - 1].entity == entity)
            return (size_t)build->node_at[i] - 1;
    return SIZE_MAX;
}

/* Its place; SIZE_MAX when it is hidden or there is no more room. */
static size_t add_node(struct build *build, int64_t entity)
{
    struct chart *chart = build->chart;
    size_t place = find_node(build, entity);
    if (place != SIZE_MAX) return place;
    enum link_kind kind = entity_kind(scope_app(build->scope)->entities, entity);
    if (build->ask->hidden >> kind & 1) return SIZE_MAX;
    if (chart->node_count == CHART_NODES_MAX) {
        chart->truncated = true;
        return SIZE_MAX;
    }
    size_t i = slot_of((uint64_t)entity) % TABLE;
    while (build->node_at[i]) i = (i + 1) % TABLE;
    chart->node[chart->node_count] =
        (struct chart_node){.entity = entity, .kind = kind, .group = -1};
    build->node_at[i] = (int32_t)++chart->node_count;
    return chart->node_count - 1;
}

/* --- submissions --------------------------------------------------------------------------- */

/* When it came, read once; NULL when it cannot be read or is too late for the moment asked for. */
static struct report *known_report(struct build *build, int64_t submission)
{
    size_t i = slot_of((uint64_t)submission) % (2 * SUBMISSIONS_MAX);
    while (build->report_at[i] && build->report[build->report_at[i] - 1].submission != submission)
        i = (i + 1) % (2 * SUBMISSIONS_MAX);
    struct report *report = build->report_at[i] ? &build->report[build->report_at[i] - 1] : NULL;
    if (!report) {
        if (build->report_count == SUBMISSIONS_MAX) {
            build->chart->truncated = true;
            return NULL;
        }
        report = &build->report[build->report_count];
        build->report_at[i] = (int32_t)++build->report_count;
        *report = (struct report){.submission = submission};
        struct query *query = db_query(build->db, Q_SUBMISSION_CREATED);
        db_bind_int(query, 1, submission);
        int64_t created = 0;
        if (db_one(query, &created, NULL) == ST_OK) report->known = created;
    }
    if (!report->known || (build->ask->until && report->known > build->ask->until)) return NULL;
    return report;
}

/* Its mentions, and the submissions that name it and were known then: of many the newest. */
static const struct named *named_of(struct build *build, size_t place)
{
    const struct entities *entities = scope_app(build->scope)->entities;
    struct named *named = &build->named[place];
    if (named->read) return named;
    named->read = true;
    named->mentions =
        seen_members(build->scope, build->arena, build->chart->node[place].entity, &named->mention);
    size_t from = named->mentions;
    for (size_t known = 0; from > 0 && known < MEMBERS_MAX;)
        known += known_report(build, entity_submission(entities, named->mention[--from])) != NULL;
    build->chart->newest |= from > 0;
    named->submission = arena_many(build->arena, named->mentions - from, int64_t);
    for (size_t i = from; i < named->mentions; i++) {
        int64_t submission = entity_submission(entities, named->mention[i]);
        if (named->submissions && named->submission[named->submissions - 1] == submission) continue;
        if (known_report(build, submission)) named->submission[named->submissions++] = submission;
    }
    return named;
}

/* --- neighbours ---------------------------------------------------------------------------- */

struct neighbour {
    int64_t entity;
    size_t times;
};

static int compare_neighbours(const void *a, const void *b)
{
    const struct neighbour *left = a;
    const struct neighbour *right = b;
    if (left->times != right->times) return left->times < right->times ? 1 : -1;
    return (left->entity > right->entity) - (left->entity < right->entity);
}

static int compare_ids(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* Named in the same submissions, most often first. */
static size_t neighbours_of(struct build *build, size_t place, struct neighbour **ret)
{
    enum { MOST = MEMBERS_MAX * 16 };
    int64_t entity = build->chart->node[place].entity;
    const struct named *named = named_of(build, place);
    size_t count = named->submissions;
    size_t capacity = count * SUBMISSION_NAMES_MAX < MOST ? count * SUBMISSION_NAMES_MAX : MOST;
    int64_t *met = arena_many(build->arena, capacity, int64_t);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t *mentions = NULL;
        size_t names =
            seen_mentions_of(build->scope, build->arena, named->submission[i], &mentions);
        size_t first = found;
        for (size_t k = 0; k < names && k < SUBMISSION_NAMES_MAX && found < capacity; k++) {
            int64_t other = seen_entity(build->scope, mentions[k]);
            bool again = other == entity || !other;
            for (size_t m = first; m < found && !again; m++) again = met[m] == other;
            if (!again) met[found++] = other;
        }
    }
    if (found) qsort(met, found, sizeof *met, compare_ids);
    struct neighbour *list = arena_many(build->arena, found, struct neighbour);
    size_t different = 0;
    for (size_t i = 0; i < found; i++) {
        if (!different || list[different - 1].entity != met[i])
            list[different++] = (struct neighbour){.entity = met[i]};
        list[different - 1].times++;
    }
    if (different) qsort(list, different, sizeof *list, compare_neighbours);
    *ret = list;
    return different;
}

static void grow(struct build *build, size_t place)
{
    struct neighbour *list = NULL;
    size_t count = neighbours_of(build, place, &list);
    size_t shown = 0;
    size_t folded = 0;
    for (size_t i = 0; i < count; i++) {
        enum link_kind kind = entity_kind(scope_app(build->scope)->entities, list[i].entity);
        if (build->ask->hidden >> kind & 1) continue;
        if (find_node(build, list[i].entity) != SIZE_MAX) continue;
        if (shown < CHART_EACH && add_node(build, list[i].entity) != SIZE_MAX)
            shown++;
        else
            folded++;
    }
    build->chart->node[place].open = true;
    build->chart->node[place].folded = folded;
    build->chart->folded += folded;
}

/* --- lines --------------------------------------------------------------------------------- */

static struct chart_edge *edge_between(struct build *build, size_t a, size_t b)
{
    struct chart *chart = build->chart;
    if (a > b) {
        size_t c = a;
        a = b;
        b = c;
    }
    size_t i = slot_of((uint64_t)a * CHART_NODES_MAX + b) % TABLE;
    for (; build->edge_at[i]; i = (i + 1) % TABLE) {
        struct chart_edge *edge = &chart->edge[build->edge_at[i] - 1];
        if (edge->a == a && edge->b == b) return edge;
    }
    if (chart->edge_count == CHART_EDGES_MAX) {
        chart->truncated = true;
        return NULL;
    }
    chart->edge[chart->edge_count] = (struct chart_edge){.a = a, .b = b};
    build->edge_at[i] = (int32_t)++chart->edge_count;
    return &chart->edge[chart->edge_count - 1];
}

/* One drawn entity in one submission. */
struct naming {
    int64_t submission;
    size_t node;
};

static int compare_namings(const void *a, const void *b)
{
    const struct naming *left = a;
    const struct naming *right = b;
    if (left->submission != right->submission) return left->submission < right->submission ? -1 : 1;
    return (left->node > right->node) - (left->node < right->node);
}

static size_t list_namings(struct build *build, struct naming **ret)
{
    struct chart *chart = build->chart;
    size_t capacity = 0;
    for (size_t i = 0; i < chart->node_count; i++) {
        chart->node[i].submissions = named_of(build, i)->submissions;
        capacity += chart->node[i].submissions;
    }
    struct naming *list = arena_many(build->arena, capacity, struct naming);
    size_t count = 0;
    for (size_t i = 0; i < chart->node_count; i++) {
        for (size_t k = 0; k < chart->node[i].submissions; k++) {
            int64_t submission = build->named[i].submission[k];
            instant_ms known = known_report(build, submission)->known;
            if (!chart->node[i].known || known < chart->node[i].known) chart->node[i].known = known;
            if (!chart->first || known < chart->first) chart->first = known;
            if (known > chart->last) chart->last = known;
            list[count++] = (struct naming){submission, i};
        }
    }
    if (count) qsort(list, count, sizeof *list, compare_namings);
    *ret = list;
    return count;
}

/* For each line, the submissions behind it. */
struct behind {
    size_t edge;
    int64_t submission;
};

static int compare_behind(const void *a, const void *b)
{
    const struct behind *left = a;
    const struct behind *right = b;
    if (left->edge != right->edge) return left->edge < right->edge ? -1 : 1;
    return (left->submission > right->submission) - (left->submission < right->submission);
}

static int compare_instants(const void *a, const void *b)
{
    return compare_ids(a, b);
}

static enum st load_origin(struct build *build, struct report *report, struct err *err)
{
    if (report->loaded) return ST_OK;
    struct submission submission;
    enum st outcome = submission_load_seen(build->scope, build->db, build->arena,
                                           report->submission, &submission, err);
    if (outcome != ST_OK && outcome != ST_NOT_FOUND) return outcome;
    report->loaded = true;
    if (outcome == ST_NOT_FOUND) return ST_OK; /* destroyed meanwhile */
    int64_t sender = 0;
    if (submission.source_tag.len >= sizeof sender)
        memcpy(&sender, submission.source_tag.ptr, sizeof sender);
    report->origin = (struct origin_report){sender, submission.narrative};
    return origin_pairs_of(build->db, build->arena, report->submission, &report->said,
                           &report->said_count, err);
}

/* What analysts say of pairs of these. */
static size_t words_of(struct build *build, const struct behind *behind, size_t count,
                       struct origin_word **ret)
{
    size_t room = 0;
    size_t words = 0;
    struct origin_word *list = NULL;
    if (count > ORIGIN_REPORTS_MAX) count = ORIGIN_REPORTS_MAX;
    for (size_t a = 0; a < count; a++) {
        const struct report *report = known_report(build, behind[a].submission);
        for (size_t i = 0; i < report->said_count; i++) {
            size_t b = a + 1; /* they rise */
            while (b < count && behind[b].submission != report->said[i].other) b++;
            if (b == count) continue;
            arena_room(build->arena, list, words, &room);
            list[words++] = (struct origin_word){a, b, report->said[i].same};
        }
    }
    *ret = list;
    return words;
}

/* How many independent origins, and since when. */
static enum st weigh_edge(struct build *build, struct chart_edge *edge, const struct behind *behind,
                          size_t count, struct err *err)
{
    edge->submissions = count;
    edge->known = arena_many(build->arena, count, instant_ms);
    struct origin_report *reports = arena_many(build->arena, count, struct origin_report);
    enum st outcome = ST_OK;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct report *report = known_report(build, behind[i].submission);
        edge->known[i] = report->known;
        if (count > 1) outcome = load_origin(build, report, err);
        reports[i] = report->origin;
    }
    qsort(edge->known, count, sizeof *edge->known, compare_instants);
    struct origin_word *words = NULL;
    size_t word_count = words_of(build, behind, count, &words);
    edge->origins = count > 1 ? origins_count(build->arena, reports, count, words, word_count) : 1;
    return outcome;
}

static enum st draw_edges(struct build *build, struct err *err)
{
    struct chart *chart = build->chart;
    struct naming *naming = NULL;
    size_t count = list_namings(build, &naming);
    enum { BEHIND_MAX = CHART_EDGES_MAX * 16 };
    struct behind *behind = arena_many(build->arena, BEHIND_MAX, struct behind);
    size_t found = 0;
    for (size_t from = 0, to; from < count; from = to) {
        to = from;
        while (to < count && naming[to].submission == naming[from].submission) to++;
        for (size_t i = from; i < to; i++) {
            for (size_t k = i + 1; k < to; k++) {
                struct chart_edge *edge = edge_between(build, naming[i].node, naming[k].node);
                if (!edge || found == BEHIND_MAX) continue;
                behind[found++] =
                    (struct behind){(size_t)(edge - chart->edge), naming[from].submission};
            }
        }
    }
    if (found) qsort(behind, found, sizeof *behind, compare_behind);
    enum st outcome = ST_OK;
    for (size_t from = 0, to; from < found && outcome == ST_OK; from = to) {
        to = from;
        while (to < found && behind[to].edge == behind[from].edge) to++;
        outcome = weigh_edge(build, &chart->edge[behind[from].edge], behind + from, to - from, err);
    }
    return outcome;
}

/* --- suggested lines --------------------------------------------------------------------- */

/* The node of every mention of what is drawn: most pairs that wait are passed over by two
 * look-ups here. */
struct drawn {
    int64_t *mention; /* open addressing; 0: empty */
    int32_t *place;
    size_t mask;
};

static void list_drawn(struct build *build, struct drawn *ret)
{
    size_t count = 0;
    size_t size = 64;
    for (size_t i = 0; i < build->chart->node_count; i++) count += named_of(build, i)->mentions;
    while (size < 2 * count) size *= 2;
    *ret = (struct drawn){arena_many(build->arena, size, int64_t),
                          arena_many(build->arena, size, int32_t), size - 1};
    for (size_t i = 0; i < build->chart->node_count; i++) {
        for (size_t k = 0; k < build->named[i].mentions; k++) {
            size_t at = slot_of((uint64_t)build->named[i].mention[k]) & ret->mask;
            while (ret->mention[at]) at = (at + 1) & ret->mask;
            ret->mention[at] = build->named[i].mention[k];
            ret->place[at] = (int32_t)i;
        }
    }
}

static size_t drawn_place(const struct drawn *drawn, int64_t mention)
{
    for (size_t at = slot_of((uint64_t)mention) & drawn->mask; drawn->mention[at];
         at = (at + 1) & drawn->mask)
        if (drawn->mention[at] == mention) return (size_t)drawn->place[at];
    return SIZE_MAX;
}

struct waiting_list {
    struct drawn drawn;
    struct waiting_pair *pair;
    size_t count;
};

enum { WAITING_MAX = 20000 };

static bool keep_pair(void *context, const struct waiting_pair *pair)
{
    struct waiting_list *list = context;
    if (drawn_place(&list->drawn, pair->mention) != SIZE_MAX ||
        drawn_place(&list->drawn, pair->other) != SIZE_MAX)
        list->pair[list->count++] = *pair;
    return list->count < WAITING_MAX;
}

static void list_waiting(struct build *build, struct waiting_list *list)
{
    list->count = 0;
    list_drawn(build, &list->drawn);
    waiting_walk(scope_app(build->scope)->waiting, keep_pair, list);
}

static bool is_shown(struct build *build, const struct waiting_pair *pair)
{
    return scope_links(build->scope, pair->submission) &&
           scope_links(build->scope, pair->other_submission) &&
           known_report(build, pair->submission) && known_report(build, pair->other_submission);
}

/* Each open entity brings in at most CHART_SUGGESTED_EACH that may be the same. */
static void bring_in(struct build *build, const struct waiting_list *list)
{
    size_t *brought = arena_many(build->arena, CHART_NODES_MAX, size_t);
    for (size_t i = 0; i < list->count; i++) {
        const struct waiting_pair *pair = &list->pair[i];
        size_t place[2] = {drawn_place(&list->drawn, pair->mention),
                           drawn_place(&list->drawn, pair->other)};
        if (place[0] != SIZE_MAX && place[1] != SIZE_MAX) continue;
        size_t here = place[0] != SIZE_MAX ? place[0] : place[1];
        if (!build->chart->node[here].open || brought[here] == CHART_SUGGESTED_EACH ||
            !is_shown(build, pair))
            continue;
        int64_t entity =
            seen_entity(build->scope, place[0] == SIZE_MAX ? pair->mention : pair->other);
        if (entity && find_node(build, entity) == SIZE_MAX)
            brought[here] += add_node(build, entity) != SIZE_MAX;
    }
}

/* The heaviest that wait, between what is drawn and what may be the same as what is open. */
static void draw_suggestions(struct build *build)
{
    struct waiting_list list = {.pair = arena_many(build->arena, WAITING_MAX, struct waiting_pair)};
    size_t before = build->chart->node_count;
    list_waiting(build, &list);
    bring_in(build, &list);
    if (build->chart->node_count > before) list_waiting(build, &list);
    for (size_t i = 0; i < list.count; i++) {
        const struct waiting_pair *pair = &list.pair[i];
        size_t a = drawn_place(&list.drawn, pair->mention);
        size_t b = drawn_place(&list.drawn, pair->other);
        if (a == SIZE_MAX || b == SIZE_MAX || a == b || !is_shown(build, pair)) continue;
        struct chart_edge *edge = edge_between(build, a, b);
        if (!edge || edge->suggested || edge->said.len) continue; /* the heaviest came first */
        edge->suggested = true;
        edge->bits = pair->bits;
        edge->mention = pair->mention;
        edge->other = pair->other;
    }
}

/* --- relations that analysts say ------------------------------------------------------------ */

static bool touches_drawn(void *context, int64_t a, int64_t b)
{
    return find_node(context, a) != SIZE_MAX || find_node(context, b) != SIZE_MAX;
}

/* Of what is drawn, and one end further from what is open. */
static enum st draw_relations(struct build *build, struct err *err)
{
    struct relation_line *list = NULL;
    size_t count = 0;
    instant_ms at = build->ask->until ? build->ask->until : clock_now();
    enum st outcome = relations_standing(build->scope, build->db, build->arena, at, touches_drawn,
                                         build, &list, &count, err);
    size_t drawn = build->chart->node_count;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        size_t a = find_node(build, list[i].a);
        size_t b = find_node(build, list[i].b);
        if (a == b) continue;
        if (b == SIZE_MAX && a < drawn && build->chart->node[a].open)
            b = add_node(build, list[i].b);
        if (a == SIZE_MAX && b < drawn && build->chart->node[b].open)
            a = add_node(build, list[i].a);
        struct chart_edge *edge = a == SIZE_MAX || b == SIZE_MAX ? NULL : edge_between(build, a, b);
        if (!edge) continue;
        if (!edge->said.len) edge->said_from = a;
        struct str label = edge->said_from == a ? list[i].label : list[i].inverse;
        edge->said = edge->said.len
                         ? str_fmt(build->arena, "%.*s, %.*s", STR_ARG(edge->said), STR_ARG(label))
                         : label;
    }
    return outcome;
}

/* --- all of it ----------------------------------------------------------------------------- */

static enum st place_seeds(struct build *build, struct err *err)
{
    const struct chart_ask *ask = build->ask;
    for (size_t i = 0; i < ask->seed_count; i++) {
        int64_t entity = seen_entity(build->scope, ask->seed[i]);
        if (!entity) {
            if (ask->path) return err_missing(err, "record");
            continue;
        }
        size_t place = add_node(build, entity);
        if (place != SIZE_MAX) build->chart->node[place].seed = true;
    }
    if (!build->chart->node_count) return err_missing(err, "record");
    return ST_OK;
}

static void place_way(struct build *build)
{
    const struct chart_ask *ask = build->ask;
    int64_t way[CHART_WAY_MAX];
    int64_t from = seen_entity(build->scope, ask->seed[0]);
    int64_t to = seen_entity(build->scope, ask->seed[1]);
    size_t length = from == to ? 0 : chart_way(build->scope, build->arena, from, to, way);
    build->chart->steps = length ? length - 1 : 0;
    for (size_t i = 0; i < length; i++) {
        size_t place = add_node(build, way[i]);
        if (place != SIZE_MAX) build->chart->node[place].on_path = true;
    }
    for (size_t i = 0; i + 1 < length; i++) {
        size_t a = find_node(build, way[i]);
        size_t b = find_node(build, way[i + 1]);
        struct chart_edge *edge = a == SIZE_MAX || b == SIZE_MAX ? NULL : edge_between(build, a, b);
        if (edge) edge->on_path = true;
    }
}

static void open_nodes(struct build *build)
{
    const struct chart_ask *ask = build->ask;
    size_t seeds = build->chart->node_count;
    if (!ask->path)
        for (size_t i = 0; i < seeds; i++)
            if (build->chart->node[i].seed) grow(build, i);
    for (size_t i = 0; i < ask->open_count; i++) {
        int64_t entity = seen_entity(build->scope, ask->open[i]);
        size_t place = entity ? find_node(build, entity) : SIZE_MAX;
        if (place != SIZE_MAX && !build->chart->node[place].open) grow(build, place);
    }
}

static int compare_edges(const void *a, const void *b)
{
    const struct chart_edge *left = a;
    const struct chart_edge *right = b;
    if (!left->submissions != !right->submissions) return left->submissions ? -1 : 1;
    if (left->origins != right->origins) return left->origins < right->origins ? 1 : -1;
    if (left->a != right->a) return left->a < right->a ? -1 : 1;
    return (left->b > right->b) - (left->b < right->b);
}

/* A line on the way that nothing known then stands behind goes; so does what was not known. */
static void drop_empty(struct chart *chart)
{
    size_t kept = 0;
    for (size_t i = 0; i < chart->edge_count; i++)
        if (chart->edge[i].submissions || chart->edge[i].suggested || chart->edge[i].said.len)
            chart->edge[kept++] = chart->edge[i];
    chart->edge_count = kept;
    if (kept) qsort(chart->edge, kept, sizeof *chart->edge, compare_edges);
}

/* With one state of the store held: thousands of short questions, which would each lock it. */
static enum st read_held(struct build *build, struct err *err)
{
    const struct chart_ask *ask = build->ask;
    struct chart *chart = build->chart;
    enum st outcome = place_seeds(build, err);
    if (outcome == ST_OK && ask->path && ask->seed_count > 1) place_way(build);
    if (outcome == ST_OK) {
        open_nodes(build);
        outcome = draw_relations(build, err);
        if (ask->suggestions) draw_suggestions(build);
        if (outcome == ST_OK) outcome = draw_edges(build, err);
    }
    for (size_t i = 0; i < chart->node_count && outcome == ST_OK; i++)
        outcome = entity_title_of(build->scope, build->db, build->arena, build->named[i].mention,
                                  build->named[i].mentions, &chart->node[i].title, err);
    return outcome;
}

enum st chart_read(const struct scope *scope, struct arena *arena, const struct chart_ask *ask,
                   struct chart *ret, struct err *err)
{
    *ret = (struct chart){.node = arena_many(arena, CHART_NODES_MAX, struct chart_node),
                          .edge = arena_many(arena, CHART_EDGES_MAX, struct chart_edge)};
    struct build build = {.scope = scope,
                          .arena = arena,
                          .ask = ask,
                          .chart = ret,
                          .named = arena_many(arena, CHART_NODES_MAX, struct named),
                          .node_at = arena_many(arena, TABLE, int32_t),
                          .edge_at = arena_many(arena, TABLE, int32_t),
                          .report = arena_many(arena, SUBMISSIONS_MAX, struct report),
                          .report_at = arena_many(arena, 2 * SUBMISSIONS_MAX, int32_t)};
    build.db = store_read_begin(scope_app(scope)->store, err);
    if (!build.db) return ST_FAILED;
    enum st outcome = store_read_hold(build.db, err);
    if (outcome == ST_OK) {
        outcome = read_held(&build, err);
        store_read_release(build.db);
    }
    store_read_end(scope_app(scope)->store, build.db);
    if (outcome != ST_OK) return outcome;
    drop_empty(ret);
    return chart_shape(ret, err);
}
