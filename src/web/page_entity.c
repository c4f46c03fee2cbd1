/*
 * Entities: the list of each kind, and everything known on one of them, with its
 * network and its timeline.
 */
#include "base/utf8.h"
#include "domain/entity_seen.h"
#include "domain/note.h"
#include "domain/relation.h"
#include "domain/search.h"
#include "domain/watch.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/network.h"
#include "web/pages.h"
#include "web/paging.h"
#include "web/reopened.h"

static enum link_kind chosen_kind(const struct request *request)
{
    enum link_kind kind = LINK_PERSON;
    return kind_from_name(form_value(request, "kind"), &kind) ? kind : LINK_PERSON;
}

/* Of the newest first, those that the words find. */
static size_t keep_found(const struct found_entities *found, struct entity_size *sizes,
                         size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (is_found_entity(found, sizes[i].entity)) sizes[kept++] = sizes[i];
    return kept;
}

/* Ids rise as reports come; one that was dated back stands where its day belongs, on its page. */
static int by_day_named(const void *a, const void *b)
{
    const struct view_entities_rows *left = a;
    const struct view_entities_rows *right = b;
    return str_cmp(right->sort, left->sort);
}

static enum st draw_entity_rows(struct request *request, const struct entity_size *sizes,
                                size_t count, struct view_entities *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct app *app = request->app;
    const struct scope *scope = scope_of(app, arena, &request->who);
    struct view_entities_rows *rows = arena_many(arena, count, struct view_entities_rows);
    struct db *db = store_read_begin(app->store, err);
    enum st outcome = db ? ST_OK : ST_FAILED;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct str sector;
        instant_ms named_at = 0;
        rows[i] = (struct view_entities_rows){
            .href = url_to_id(arena, ROUTE_entity, sizes[i].entity), .mentions = sizes[i].mentions};
        outcome = entity_title(scope, db, arena, sizes[i].entity, &rows[i].title, err);
        if (outcome == ST_OK)
            outcome = submission_load_arrival(db, arena,
                                              entity_submission(app->entities, sizes[i].newest),
                                              &sector, &named_at, err);
        rows[i].title = draw_excerpt(arena, rows[i].title, 100);
        rows[i].date = date_words(arena, clock_london(named_at).date);
        rows[i].sort = str_fmt(arena, "%020lld", (long long)named_at);
    }
    store_read_end(app->store, db);
    if (outcome == ST_OK && count) qsort(rows, count, sizeof *rows, by_day_named);
    view->rows = rows;
    view->rows_count = count;
    return outcome;
}

static struct url entities_url(struct arena *arena, enum link_kind kind)
{
    return url_with(arena, url_to(ROUTE_entities), "kind", str_from(kind_name(kind)));
}

static void draw_entities_frame(struct arena *arena, enum link_kind kind,
                                const struct paging *paging, struct view_entities *view)
{
    struct view_entities_tabs *tabs = arena_many(arena, LINK_KINDS, struct view_entities_tabs);
    for (int i = 0; i < LINK_KINDS; i++)
        tabs[i] = (struct view_entities_tabs){.href = entities_url(arena, (enum link_kind)i),
                                              .label = draw_kinds_label((enum link_kind)i),
                                              .current = (enum link_kind)i == kind};
    view->tabs = tabs;
    view->tabs_count = LINK_KINDS;
    view->label = draw_kinds_label(kind);
    view->kind = str_from(kind_name(kind));
    view->watching = url_to(ROUTE_watching);
    view->news = url_to(ROUTE_news);
    view->action = url_to(ROUTE_entities);
    view->all = entities_url(arena, kind);
    view->range = paging->range;
    view->whole = paging->whole;
    view->paged = paging->paged;
    view->has_previous = paging->has_previous;
    view->previous = paging->previous;
    view->has_next = paging->has_next;
    view->next = paging->next;
}

/* A child may be among them: they stand in the order in which they were
 * named, never by how often. */
void page_entities(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct app *app = request->app;
    enum link_kind kind = chosen_kind(request);
    struct str words = str_trim(str_sub(utf8_clean(arena, form_value(request, "q"), NULL), 0, 200));
    struct found_entities found = {0};
    struct entity_size *sizes = NULL;
    struct err err = {0};
    size_t count = seen_newest(scope_of(app, arena, &request->who), arena, kind, &sizes);
    enum st outcome =
        words.len ? search_entities(app, arena, &request->who, words, &found, &err) : ST_OK;
    if (words.len) count = keep_found(&found, sizes, count);
    size_t skip = paging_skip(request);
    size_t shown = skip >= count ? 0 : count - skip < PAGING_ROWS ? count - skip : PAGING_ROWS;
    struct url base = entities_url(arena, kind);
    if (words.len) base = url_with(arena, base, "q", words);
    struct paging paging = paging_of(arena, base, skip, shown, count);
    struct view_entities view = {.words = words, .any = count > 0};
    if (outcome == ST_OK)
        outcome = draw_entity_rows(request, shown ? &sizes[skip] : NULL, shown, &view, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    draw_entities_frame(arena, kind, &paging, &view);
    PAGE(request, response, "People, vehicles and more", view_entities, &view);
}

/* --- one entity --------------------------------------------------------------------- */

static void draw_values(struct arena *arena, const struct profile *profile,
                        struct view_entity *view)
{
    struct view_entity_values *list =
        arena_many(arena, profile->value_count, struct view_entity_values);
    for (size_t i = 0; i < profile->value_count; i++)
        list[i] = (struct view_entity_values){str_from(field_label(profile->value[i].field)),
                                              profile->value[i].value, profile->value[i].times};
    view->values = list;
    view->values_count = profile->value_count;
}

static void draw_relations(struct arena *arena, const struct profile *profile,
                           struct view_entity *view)
{
    struct view_entity_relations *list =
        arena_many(arena, profile->relation_count, struct view_entity_relations);
    for (size_t i = 0; i < profile->relation_count; i++) {
        const struct profile_relation *relation = &profile->relation[i];
        list[i] = (struct view_entity_relations){
            .href = url_to_id(arena, ROUTE_entity, relation->entity),
            .kind = str_from(kind_name(relation->kind)),
            .kind_label = draw_kind_label(relation->kind),
            .title = draw_excerpt(arena, relation->title, 90),
            .times = relation->times};
    }
    view->relations = list;
    view->relations_count = profile->relation_count;
}

/* "Name: Darren; Age: about 30": the mention's fields in one line. */
static struct str fields_line(struct arena *arena, const struct mention *mention)
{
    struct buf line;
    buf_init(&line, 16384);
    for (int field = 0; field < LINK_FIELDS; field++) {
        if (!mention->field[field].len) continue;
        if (line.len) buf_add_c(&line, "; ");
        buf_add_c(&line, field_label((enum link_field)field));
        buf_add_c(&line, ": ");
        buf_add(&line, mention->field[field]);
    }
    struct str text = str_dup(arena, buf_str(&line));
    buf_done(&line);
    return text;
}

static void draw_mentions(struct request *request, const struct profile *profile,
                          struct view_entity *view)
{
    struct arena *arena = request->arena;
    struct view_entity_mentions *list =
        arena_many(arena, profile->mention_count, struct view_entity_mentions);
    for (size_t i = 0; i < profile->mention_count; i++) {
        /* Newest first. */
        const struct profile_mention *mention = &profile->mention[profile->mention_count - 1 - i];
        list[i] = (struct view_entity_mentions){
            .title = draw_excerpt(arena, mention->title, 100),
            .reference = mention->reference,
            .href = url_to_id(arena, ROUTE_submission, mention->mention.submission),
            .sector = draw_sector_label(request->app, mention->sector),
            .date = date_words(arena, date_from_days(mention->day)),
            .sort = str_dup(arena, str_from_int(mention->day, (char[STR_INT_SIZE]){0})),
            .how = draw_how_label(request->app->area, mention->how_known),
            .fields = fields_line(arena, &mention->mention)};
    }
    view->mentions = list;
    view->mentions_count = profile->mention_count;
}

static void draw_network_view(struct arena *arena, const struct network *network,
                              struct view_entity *view)
{
    static const char letters[LINK_KINDS][2] = {"P", "V", "T", "A", "L"};
    struct draw_point point[NETWORK_NODES_MAX];
    draw_network(network, point);
    struct view_entity_nodes *nodes =
        arena_many(arena, network->node_count, struct view_entity_nodes);
    struct view_entity_edges *edges =
        arena_many(arena, network->edge_count, struct view_entity_edges);
    for (size_t i = 0; i < network->node_count; i++)
        nodes[i] = (struct view_entity_nodes){
            .x = point[i].x,
            .y = point[i].y,
            .kind = str_from(kind_name(network->node[i].kind)),
            .class = i == 0 ? STR("pendeen-node--middle") : STR("pendeen-node--around"),
            .letter = str_from(letters[network->node[i].kind]),
            .title =
                draw_excerpt(arena, network->node[i].title, network->node_count > 20 ? 16 : 24),
            .href = url_to_id(arena, ROUTE_entity, network->node[i].entity),
            .text_y = point[i].y + 31,
            .letter_y = point[i].y + 5};
    struct str times[4] = {{0}}; /* most labels are the same few */
    for (size_t i = 0; i < network->edge_count; i++) {
        const struct network_edge *edge = &network->edge[i];
        struct str label = edge->times < 4 ? times[edge->times] : STR("");
        if (!label.len)
            label = str_concat(arena,
                               (struct str[]){STR("Named together "),
                                              str_from_int(edge->times, (char[STR_INT_SIZE]){0}),
                                              edge->times == 1 ? STR(" time") : STR(" times")},
                               3);
        if (edge->times < 4) times[edge->times] = label;
        edges[i] = (struct view_entity_edges){
            .x1 = point[edge->a].x,
            .y1 = point[edge->a].y,
            .x2 = point[edge->b].x,
            .y2 = point[edge->b].y,
            .width = edge->times > 3 ? 3 : edge->times,
            .label = label};
    }
    view->network_width = NETWORK_WIDTH;
    view->network_height = NETWORK_HEIGHT;
    view->nodes = nodes;
    view->nodes_count = network->node_count;
    view->edges = edges;
    view->edges_count = network->edge_count;
}

/* One point for each mention, at its day; points of one day are stacked. */
static void draw_timeline(struct arena *arena, const struct profile *profile,
                          struct view_entity *view)
{
    enum { WIDTH = 900, AXIS = 90, HEIGHT = 120, LEFT = 40, STEP = 16 };
    int32_t first = profile->first_seen;
    int32_t span = profile->last_seen - first;
    if (span < 30) {
        first -= (30 - span) / 2;
        span = 30;
    }
    struct view_entity_points *points =
        arena_many(arena, profile->mention_count, struct view_entity_points);
    int *stack = arena_many(arena, WIDTH / STEP + 1, int);
    for (size_t i = 0; i < profile->mention_count; i++) {
        const struct profile_mention *mention = &profile->mention[i];
        double x = LEFT + (double)(mention->day - first) / span * (WIDTH - 2 * LEFT);
        int height = stack[(int)x / STEP]++;
        points[i] = (struct view_entity_points){
            .x = x,
            .y = AXIS - 14 - (height > 4 ? 4 : height) * STEP,
            .href = url_to_id(arena, ROUTE_submission, mention->mention.submission),
            .label = str_concat(arena,
                                (struct str[]){date_words(arena, date_from_days(mention->day)),
                                               STR(": "), draw_excerpt(arena, mention->title, 60)},
                                3)};
    }
    enum { LABELS = 5 };
    struct view_entity_years *labels = arena_many(arena, LABELS, struct view_entity_years);
    for (int i = 0; i < LABELS; i++)
        labels[i] = (struct view_entity_years){
            .x = LEFT + 25 + (double)i / (LABELS - 1) * (WIDTH - 2 * LEFT - 50),
            .label = date_words(arena, date_from_days(first + span * i / (LABELS - 1)))};
    view->timeline_width = WIDTH;
    view->timeline_height = HEIGHT;
    view->timeline_y = AXIS;
    view->points = points;
    view->points_count = profile->mention_count;
    view->years = labels;
    view->years_count = LABELS;
}

static enum st draw_decisions(struct request *request, const struct profile *profile,
                              struct view_entity *view, struct err *err)
{
    struct arena *arena = request->arena;
    int64_t *ids = arena_many(arena, profile->mention_count, int64_t);
    for (size_t i = 0; i < profile->mention_count; i++) ids[i] = profile->mention[i].mention.id;
    struct decision_line *list = NULL;
    size_t count = 0;
    enum st outcome = decisions_of_mentions(scope_of(request->app, arena, &request->who), arena,
                                            ids, profile->mention_count, &list, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_entity_decisions *rows = arena_many(arena, count, struct view_entity_decisions);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct view_entity_decisions){
            .verdict = str_from(verdict_name(list[i].verdict)),
            .reason = list[i].reason,
            .by = list[i].by,
            .when = clock_words(arena, list[i].created_at),
            .pair = url_to_ids(arena, ROUTE_pair, list[i].mention_b, list[i].mention_a),
            .undo = url_to_id(arena, ROUTE_decision_undo, list[i].id)};
    view->decisions = rows;
    view->decisions_count = count;
    return ST_OK;
}

/* What other entities the mentions of this one may be: the heaviest pair for each. */
static enum st draw_suggestions(struct request *request, const struct profile *profile,
                                struct view_entity *view, struct err *err)
{
    enum { SHOWN = 8, ASKED = 30, EACH = 10 };
    struct arena *arena = request->arena;
    struct app *app = request->app;
    const struct scope *scope = scope_of(app, arena, &request->who);
    struct suggestion *best = NULL;
    size_t room = 0;
    size_t count = 0;
    size_t from = profile->mention_count > ASKED ? profile->mention_count - ASKED : 0;
    for (size_t i = from; i < profile->mention_count; i++) {
        const struct submission *report = profile->mention[i].report;
        struct suggestion *list = NULL;
        size_t which = 0;
        while (report->mention[which].id != profile->mention[i].mention.id) which++;
        size_t found = suggestions_of(scope, arena, report, which, EACH, &list);
        for (size_t k = 0; k < found; k++) {
            int64_t other = seen_entity(scope, list[k].other);
            size_t place = 0;
            if (other == profile->entity) continue;
            while (place < count && seen_entity(scope, best[place].other) != other) place++;
            if (place == count) {
                arena_room(arena, best, count, &room);
                best[count++] = list[k];
            }
            if (list[k].bits > best[place].bits) best[place] = list[k];
        }
    }
    int64_t entity[SHOWN];
    struct str title[SHOWN];
    size_t shown = 0;
    for (; shown < SHOWN && shown < count; shown++) {
        size_t top = shown;
        for (size_t i = shown + 1; i < count; i++)
            if (best[i].bits > best[top].bits) top = i;
        struct suggestion chosen = best[top];
        best[top] = best[shown];
        best[shown] = chosen;
        entity[shown] = seen_entity(scope, chosen.other);
    }
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = entity_titles(scope, db, arena, entity, shown, title, err);
    store_read_end(app->store, db);
    if (outcome != ST_OK) return outcome;
    struct view_entity_suggestions *rows = arena_many(arena, shown, struct view_entity_suggestions);
    for (size_t i = 0; i < shown; i++)
        rows[i] = (struct view_entity_suggestions){
            .href = url_to_ids(arena, ROUTE_pair, best[i].mention, best[i].other),
            .title = draw_excerpt(arena, title[i], 100),
            .word = str_from(link_weight_word(best[i].bits)),
            .bits = best[i].bits};
    view->suggestions = rows;
    view->suggestions_count = shown;
    view->several = shown > 1;
    view->together = url_to_id(arena, ROUTE_together, profile->entity);
    return ST_OK;
}

/* What analysts say and think of it, and whether this person watches it. */
static enum st draw_work(struct request *request, const struct profile *profile,
                         struct view_entity *view, struct err *err)
{
    struct arena *arena = request->arena;
    const struct scope *scope = scope_of(request->app, arena, &request->who);
    struct relation *relation = NULL;
    struct note *note = NULL;
    size_t relations = 0;
    size_t notes = 0;
    int64_t watch = 0;
    enum st outcome =
        relations_standing_of(scope, arena, profile->entity, &relation, &relations, err);
    if (outcome == ST_OK) outcome = notes_of(scope, arena, profile->entity, &note, &notes, err);
    if (outcome == ST_OK) outcome = watch_find(scope, profile->entity, &watch, err);
    struct view_entity_said *said = arena_many(arena, relations, struct view_entity_said);
    for (size_t i = 0; i < relations; i++)
        said[i] = (struct view_entity_said){relation[i].label,
                                            str_from(kind_name(relation[i].other_kind)),
                                            draw_kind_label(relation[i].other_kind),
                                            draw_excerpt(arena, relation[i].other_title, 90),
                                            url_to_id(arena, ROUTE_entity, relation[i].other)};
    struct view_entity_notes *lines = arena_many(arena, notes, struct view_entity_notes);
    for (size_t i = 0; i < notes; i++)
        if (!note[i].ended_at)
            lines[view->notes_count++] = (struct view_entity_notes){
                draw_excerpt(arena, note[i].text, 400), note[i].by, clock_words(arena, note[i].at)};
    view->said = said;
    view->said_count = relations;
    view->said_page = url_to_id(arena, ROUTE_relations, profile->entity);
    view->notes = lines;
    view->notes_page = url_to_id(arena, ROUTE_notes, profile->entity);
    view->watched = watch != 0;
    view->watching = url_to(ROUTE_watching);
    view->watch = url_to_id(arena, ROUTE_watch_add, profile->entity);
    return outcome;
}

static void show_entity(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct profile profile;
    __attribute__((uninitialized)) struct network network;
    struct err err = {0};
    enum st outcome =
        profile_read(request->app, arena, &request->who, request->id[0], &profile, &err);
    if (outcome == ST_OK)
        outcome = network_read(scope_of(request->app, arena, &request->who), arena, &profile,
                               &network, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_entity view = {
        .done = str_eq(form_value(request, "saved"), STR("same"))
                    ? STR("The two are one and the same. What is known on either stands here.")
                    : STR(""),
        .kind = str_from(kind_name(profile.kind)),
        .kind_label = draw_kind_label(profile.kind),
        .title = draw_excerpt(arena, profile.title, 120),
        .mentions_total = (int64_t)profile.mention_total,
        .submissions_total = (int64_t)profile.submissions,
        .origins = (int64_t)profile.origins,
        .origins_page = url_to_id(arena, ROUTE_origins, profile.entity),
        .first_seen = date_words(arena, date_from_days(profile.first_seen)),
        .last_seen = date_words(arena, date_from_days(profile.last_seen)),
        .truncated = profile.mention_total > profile.mention_count,
        .chart = network_url_from(arena, profile.entity),
        .timeline =
            url_with(arena, url_to(ROUTE_timeline), "from", network_ids(arena, &profile.entity, 1)),
        .csrf = request->csrf,
        .can_decide = seen_decides(scope_of(request->app, arena, &request->who), request->id[0]),
    };
    draw_values(arena, &profile, &view);
    draw_relations(arena, &profile, &view);
    draw_mentions(request, &profile, &view);
    draw_network_view(arena, &network, &view);
    draw_timeline(arena, &profile, &view);
    outcome = draw_decisions(request, &profile, &view, &err);
    if (outcome == ST_OK) outcome = draw_suggestions(request, &profile, &view, &err);
    if (outcome == ST_OK) outcome = draw_work(request, &profile, &view, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    PAGE(request, response, "Everything known", view_entity, &view);
}

void page_entity(struct request *request, struct response *response)
{
    struct reopening begun;
    if (reopened_page(request, response, &begun)) return;
    show_entity(request, response);
    reopened_keep(request, response, &begun);
}
