/*
 * One item of a meeting, as its reader may see it.
 */
#include "web/network.h"
#include "web/page_meeting.h"

#include "domain/account.h"
#include "domain/action.h"
#include "web/draw.h"
#include "web/network.h"

static void draw_steps(struct request *request, const struct meeting *meeting,
                       const struct meeting_item *item, struct view_meeting_item *view)
{
    static const enum meeting_action steps[] = {
        MEETING_DO_DECIDE, MEETING_DO_ACT,      MEETING_DO_CLOSE,
        MEETING_DO_SIGN,   MEETING_DO_DISSENT,  MEETING_DO_CARRY,
        MEETING_DO_WORDS,  MEETING_DO_CONFLICT, MEETING_DO_OFF};
    enum { STEPS = sizeof steps / sizeof *steps };
    struct view_meeting_item_steps *list =
        arena_many(request->arena, STEPS, struct view_meeting_item_steps);
    struct view_meeting_item_blocked *blocked =
        arena_many(request->arena, 1, struct view_meeting_item_blocked);
    for (int i = 0; i < STEPS; i++) {
        struct err err = {0};
        enum st outcome = meeting_can(meeting, item, &request->who, steps[i], &err);
        if (outcome == ST_OK)
            list[view->steps_count++] = (struct view_meeting_item_steps){
                item_step_url(request->arena, item->id, steps[i]),
                str_from(item_step_label(steps[i])),
                steps[i] == MEETING_DO_DECIDE || steps[i] == MEETING_DO_SIGN ||
                    steps[i] == MEETING_DO_CLOSE};
        if (outcome == ST_CONFLICT && !view->blocked_count &&
            (steps[i] == MEETING_DO_DECIDE || steps[i] == MEETING_DO_SIGN))
            if (steps[i] == MEETING_DO_DECIDE)
                blocked[view->blocked_count++].why = str_dup(request->arena, str_from(err.public));
    }
    view->steps = list;
    view->blocked = blocked;
}

static enum st draw_entries(struct request *request, const struct meeting *meeting,
                            const struct meeting_item *item, struct view_meeting_item *view,
                            struct err *err)
{
    struct meeting_entry *entries = NULL;
    size_t count = 0;
    enum st outcome = meeting_entries(request->app, request->arena, &request->who, meeting,
                                      item->id, &entries, &count, err);
    struct view_meeting_item_entries *list =
        arena_many(request->arena, count, struct view_meeting_item_entries);
    struct view_meeting_item_conflicts *conflicts =
        arena_many(request->arena, count, struct view_meeting_item_conflicts);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        if (str_eq(entries[i].kind, STR("minutes"))) continue;
        bool conflict = str_eq(entries[i].kind, STR("conflict"));
        if (conflict && item->whole) conflicts[view->conflicts_count++].name = entries[i].second;
        if (conflict && !item->whole) continue;
        list[view->entries_count++] =
            (struct view_meeting_item_entries){.when = clock_words(request->arena, entries[i].at),
                                               .label = meeting_entry_label(entries[i].kind),
                                               .words = entries[i].text,
                                               .second = entries[i].second,
                                               .by = entries[i].name};
    }
    view->entries = list;
    view->conflicts = conflicts;
    return outcome;
}

static enum st draw_actions(struct request *request, struct db *db, const struct meeting_item *item,
                            struct view_meeting_item *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct forum_action *actions = NULL;
    size_t count = 0;
    int32_t today = clock_today();
    enum st outcome = action_of_item(request->app, db, arena, item->id, &actions, &count, err);
    struct view_meeting_item_actions *list =
        arena_many(arena, count, struct view_meeting_item_actions);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        list[i] = (struct view_meeting_item_actions){
            .href = url_to_id(arena, ROUTE_action, actions[i].id),
            .what = draw_excerpt(arena, actions[i].what, 160),
            .due = date_words(arena, date_from_days(actions[i].due_day)),
            .state = str_from(action_state_label(actions[i].state)),
            .over = actions[i].state == ACTION_OPEN && actions[i].due_day < today};
        outcome = account_name(request->app, db, arena, actions[i].owner, &list[i].owner, err);
    }
    view->actions = list;
    view->actions_count = count;
    return outcome;
}

void meeting_picture(struct arena *arena, const struct app *app, const struct item_brief *brief,
                     struct meeting_picture *ret)
{
    enum { MIDDLE_X = 90, AROUND_X = 210, STEP = 42, TITLE = 26 };
    size_t around = brief->relation_count;
    *ret = (struct meeting_picture){
        .words = str_fmt(
            arena, "What is named together with this: %zu %s. The list says the same in words.",
            around, around == 1 ? "thing" : "things"),
        .height = around == 1 ? 2 * STEP : (double)around * STEP};
    if (!around) return;
    ret->count = around + 1;
    ret->node[0] = (struct meeting_picture_node){
        .x = MIDDLE_X,
        .y = ret->height / 2 - 8,
        .kind = brief->entity ? entity_kind(app->entities, brief->entity) : LINK_PERSON,
        .title = draw_excerpt(arena, brief->title, 22)};
    for (size_t i = 0; i < around; i++)
        ret->node[i + 1] = (struct meeting_picture_node){
            .x = AROUND_X,
            .y = around == 1 ? ret->node[0].y : ((double)i + 0.5) * STEP,
            .kind = brief->relation[i].kind,
            .title = draw_excerpt(arena, brief->relation[i].title, TITLE)};
}

static void draw_picture(struct arena *arena, const struct meeting_picture *picture,
                         struct view_meeting_item *view)
{
    struct view_meeting_item_nodes *nodes =
        arena_many(arena, picture->count, struct view_meeting_item_nodes);
    struct view_meeting_item_edges *edges =
        arena_many(arena, picture->count, struct view_meeting_item_edges);
    for (size_t i = 0; i < picture->count; i++) {
        const struct meeting_picture_node *node = &picture->node[i];
        nodes[i] = (struct view_meeting_item_nodes){.x = node->x,
                                                    .y = node->y,
                                                    .letter = str_from(network_letter(node->kind)),
                                                    .kind = str_from(kind_name(node->kind)),
                                                    .title = node->title,
                                                    .letter_y = node->y + 5,
                                                    .text_x = i ? node->x + 24 : node->x,
                                                    .text_y = i ? node->y + 5 : node->y + 32,
                                                    .anchor = i ? STR("start") : STR("middle")};
        if (i)
            edges[view->edges_count++] = (struct view_meeting_item_edges){
                picture->node[0].x, picture->node[0].y, node->x, node->y};
    }
    view->nodes = nodes;
    view->nodes_count = picture->count;
    view->edges = edges;
    view->picture = picture->words;
    view->picture_height = picture->height;
    view->picture_width = MEETING_PICTURE_WIDTH;
}

static void draw_brief(struct request *request, const struct item_brief *brief,
                       struct view_meeting_item *view)
{
    struct arena *arena = request->arena;
    struct view_meeting_item_news *news =
        arena_many(arena, brief->news_count, struct view_meeting_item_news);
    struct view_meeting_item_relations *relations =
        arena_many(arena, brief->relation_count, struct view_meeting_item_relations);
    for (size_t i = 0; i < brief->news_count; i++)
        news[i] = (struct view_meeting_item_news){
            .href = url_to_id(arena, ROUTE_submission, brief->news[i].submission),
            .reference = brief->news[i].reference,
            .when = clock_words(arena, brief->news[i].at),
            .sector = draw_sector_label(request->app, brief->news[i].sector),
            .words = brief->news[i].words};
    for (size_t i = 0; i < brief->relation_count; i++)
        relations[i] = (struct view_meeting_item_relations){
            .href = url_to_id(arena, ROUTE_entity, brief->relation[i].entity),
            .kind = str_from(kind_name(brief->relation[i].kind)),
            .kind_label = draw_kind_label(brief->relation[i].kind),
            .title = draw_excerpt(arena, brief->relation[i].title, 90),
            .times = str_fmt(arena, "%d time%s", brief->relation[i].times,
                             brief->relation[i].times == 1 ? "" : "s")};
    view->news = news;
    view->news_count = brief->news_count;
    view->relations = relations;
    view->relations_count = brief->relation_count;
    view->has_entity = brief->entity != 0;
    int64_t seed[BRIEF_RELATIONS_MAX] = {brief->entity}; /* or what a submission names */
    size_t seeds = brief->entity != 0;
    for (size_t i = 0; i < brief->relation_count && i < BRIEF_RELATIONS_MAX && !brief->entity; i++)
        seed[seeds++] = brief->relation[i].entity;
    view->has_chart = seeds && access_allows(&request->who, ACT_SEE_LINKS, NULL);
    view->chart = url_with(arena, url_to(ROUTE_network), "from", network_ids(arena, seed, seeds));
    view->entity = url_to_id(arena, ROUTE_entity, brief->entity ? brief->entity : 1);
    if (brief->submissions)
        view->known = str_fmt(arena, "%zu submission%s, from %zu sort%s of organisation",
                              brief->submissions, brief->submissions == 1 ? "" : "s",
                              brief->sectors, brief->sectors == 1 ? "" : "s");
    if (brief->submissions)
        view->fresh = str_fmt(arena, "%zu since the last meeting", brief->fresh);
    view->elsewhere = brief->elsewhere;
    view->facts = brief->facts;
    struct meeting_picture picture;
    meeting_picture(arena, request->app, brief, &picture);
    draw_picture(arena, &picture, view);
}

/* Where what it is about stands, for who may see it. */
static void draw_record(struct arena *arena, const struct meeting_item *item,
                        struct view_meeting_item *view)
{
    static const struct {
        enum route_id route;
        const char *label;
    } records[ITEM_KINDS] = {[ITEM_SUBMISSION] = {ROUTE_submission, "The submission"},
                             [ITEM_CHILD] = {ROUTE_child, "The child’s record"},
                             [ITEM_ACTION] = {ROUTE_action, "The action"},
                             [ITEM_DISRUPTION] = {ROUTE_disruption, "The measure"},
                             [ITEM_MISSING] = {ROUTE_missing_one, "The episode"},
                             [ITEM_LOCATION] = {ROUTE_location, "The location"},
                             [ITEM_SUPPORT] = {ROUTE_child, "The child’s record"}};
    const char *label = item->whole ? records[item->kind].label : NULL;
    view->record = url_to_id(arena, label ? records[item->kind].route : ROUTE_meeting_item,
                             label ? item->subject : item->id);
    view->record_label = str_from(label ? label : "");
}

/* The way through the agenda. */
static enum st draw_neighbours(struct request *request, const struct meeting *meeting,
                               const struct meeting_item *item, struct view_meeting_item *view,
                               struct err *err)
{
    struct meeting_item *items = NULL;
    size_t count = 0;
    size_t at = 0;
    size_t kept = 0;
    enum st outcome =
        meeting_items(request->app, request->arena, &request->who, meeting, &items, &count, err);
    if (outcome != ST_OK) return outcome;
    for (size_t i = 0; i < count; i++)
        if (items[i].state != ITEM_OFF) items[kept++] = items[i];
    count = kept;
    while (at < count && items[at].id != item->id) at++;
    if (at == count) return ST_OK; /* taken off */
    view->place = str_fmt(request->arena, "Item %zu of %zu.", at + 1, count);
    view->has_earlier = at > 0;
    view->has_later = at + 1 < count;
    view->earlier = url_to_id(request->arena, ROUTE_meeting_item, items[at ? at - 1 : at].id);
    view->later =
        url_to_id(request->arena, ROUTE_meeting_item, items[at + 1 < count ? at + 1 : at].id);
    return ST_OK;
}

void page_meeting_item(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct app *app = request->app;
    struct meeting meeting;
    struct meeting_item item;
    struct item_brief brief;
    struct err err = {0};
    enum st outcome =
        meeting_item_read(app, arena, &request->who, request->id[0], &meeting, &item, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_meeting_item view = {
        .meeting = url_to_id(arena, ROUTE_meeting, meeting.id),
        .caption = meeting_caption(request, &meeting),
        .state = str_from(item_state_label(item.state)),
        .outcome = item.outcome.len ? area_meeting_label(app->area, MEETING_OUTCOME, item.outcome)
                                    : STR(""),
        .section = area_meeting_label(app->area, MEETING_SECTION, item.section),
        .words = item.words,
        .whole = item.whole,
        .can_hand_over = meeting.runs && item.kind == ITEM_ENTITY};
    struct db *db = store_read_begin(app->store, &err);
    outcome = db ? meeting_brief(scope_of(app, arena, &request->who), db, arena, &meeting, &item,
                                 &brief, &err)
                 : ST_FAILED;
    if (outcome == ST_OK) outcome = draw_actions(request, db, &item, &view, &err);
    store_read_end(app->store, db);
    if (outcome == ST_OK)
        outcome = meeting_pack_note(app, arena, &request->who, &meeting, &item, 1, false, &err);
    if (outcome == ST_OK) outcome = draw_entries(request, &meeting, &item, &view, &err);
    if (outcome == ST_OK) outcome = draw_neighbours(request, &meeting, &item, &view, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    view.title = brief.title.len ? draw_excerpt(arena, brief.title, 120) : STR("Without a name");
    view.kind = brief.kind;
    view.hand_over = url_with(arena,
                              url_with(arena, url_to(ROUTE_across_new), "entity",
                                       str_fmt(arena, "%lld", (long long)brief.entity)),
                              "from", meeting.forum);
    draw_brief(request, &brief, &view);
    draw_record(arena, &item, &view);
    draw_steps(request, &meeting, &item, &view);
    PAGE(request, response, "Item of a meeting", view_meeting_item, &view);
}
