/*
 * What is not known: the list behind a figure of an agenda; and what a Forum has said no word of
 * in time.
 */
#include "web/page_meeting.h"

#include "domain/feedback_due.h"
#include "domain/meeting_gap.h"
#include "web/draw.h"

static enum st read_gap(struct request *request, enum meeting_gap_kind kind,
                        struct meeting *meeting, struct meeting_gap **ret, struct err *err)
{
    struct meeting_gap *gap = arena_many(request->arena, MEETING_GAPS, struct meeting_gap);
    enum st outcome =
        meeting_read(request->app, request->arena, &request->who, request->id[0], meeting, err);
    if (outcome != ST_OK) return outcome;
    struct db *db = store_read_begin(request->app->store, err);
    if (!db) return ST_FAILED;
    outcome =
        meeting_gaps(scope_of(request->app, request->arena, &request->who), db, meeting, gap, err);
    store_read_end(request->app->store, db);
    *ret = &gap[kind];
    return outcome;
}

void page_meeting_gap(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    enum meeting_gap_kind kind = GAP_OF_DAY;
    struct meeting meeting;
    struct meeting_gap *gap = NULL;
    struct err err = {0};
    enum st outcome = meeting_gap_from_name(request->parameter[1], &kind)
                          ? read_gap(request, kind, &meeting, &gap, &err)
                          : err_missing(&err, "figure");
    size_t count = outcome != ST_OK                    ? 0
                   : gap->count < MEETING_GAP_LIST_MAX ? gap->count
                                                       : MEETING_GAP_LIST_MAX;
    struct view_meeting_gap_rows *rows = arena_many(arena, count, struct view_meeting_gap_rows);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct submission read;
        outcome =
            submission_read(request->app, arena, &request->who, gap->submission[i], &read, &err);
        if (outcome == ST_OK)
            rows[i] = (struct view_meeting_gap_rows){
                read.reference, url_to_id(arena, ROUTE_submission, read.id),
                draw_excerpt(arena, read.narrative, 140),
                date_words(arena, clock_london(read.created_at).date)};
    }
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_meeting_gap view = {.back = url_to_id(arena, ROUTE_meeting, meeting.id),
                                    .caption = meeting_caption(request, &meeting),
                                    .title = str_from(meeting_gap_label(kind)),
                                    .total = (int64_t)gap->count,
                                    .rows = rows,
                                    .rows_count = count};
    PAGE(request, response, "What is not known", view_meeting_gap, &view);
}

/* --- word that is due ------------------------------------------------------------------------- */

static bool is_ticked(const struct request *request, struct str value)
{
    for (size_t i = 0; i < request->field_count; i++)
        if (str_eq(request->field[i].name, STR("which")) && str_eq(request->field[i].value, value))
            return true;
    return false;
}

/* What closes without an action of a meeting. */
static void draw_outcomes(struct request *request, struct view_feedback_due *view)
{
    size_t count = 0;
    const struct meeting_term *terms =
        area_meeting_terms(request->app->area, MEETING_OUTCOME, &count);
    struct view_feedback_due_outcomes *list =
        arena_many(request->arena, count, struct view_feedback_due_outcomes);
    for (size_t i = 0; i < count; i++)
        if (!terms[i].needs_action)
            list[view->outcomes_count++] = (struct view_feedback_due_outcomes){
                str_fmt(request->arena, "outcome-%.*s", STR_ARG(terms[i].id)), terms[i].id,
                terms[i].label, terms[i].hint, str_eq(form_value(request, "outcome"), terms[i].id)};
    view->outcomes = list;
}

static void draw_due(struct request *request, struct response *response, const struct err *problem,
                     const char *at)
{
    struct arena *arena = request->arena;
    struct feedback_wait *list = NULL;
    size_t count = 0;
    size_t total = 0;
    struct err err = {0};
    if (feedback_due_list(request->app, arena, &request->who, &list, &count, &total, &err) !=
        ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_feedback_due view = {
        .error = problem ? str_dup(arena, str_from(problem->public)) : STR(""),
        .error_at = html_url_fragment(arena, str_from(at)),
        .action = url_to(ROUTE_feedback_give),
        .csrf = request->csrf,
        .leads = meeting_may_plan(scope_of(request->app, arena, &request->who), request->who.forum),
        .unanswered = url_to(ROUTE_feedback_unanswered),
        .total = (int64_t)total,
        .one = total == 1};
    struct view_feedback_due_rows *rows = arena_many(arena, count, struct view_feedback_due_rows);
    for (size_t i = 0; i < count; i++) {
        struct str value = str_fmt(arena, "%lld", (long long)list[i].submission);
        rows[i] = (struct view_feedback_due_rows){
            .id = str_fmt(arena, "which-%.*s", STR_ARG(value)),
            .value = value,
            .reference = list[i].reference,
            .href = url_to_id(arena, ROUTE_submission, list[i].submission),
            .words = draw_excerpt(arena, list[i].words, 120),
            .sector = draw_sector_label(request->app, list[i].sector),
            .forum = area_forum_name(request->app->area, list[i].forum),
            .since = date_words(arena, clock_london(list[i].shared_at).date),
            .due = date_words(arena, clock_london(list[i].due_at).date),
            .gives = list[i].gives,
            .checked = is_ticked(request, value)};
        view.gives |= list[i].gives;
    }
    view.rows = rows;
    view.rows_count = count;
    if (view.gives) draw_outcomes(request, &view);
    PAGE(request, response, "Word that is due", view_feedback_due, &view);
}

void page_feedback_unanswered(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct feedback_unanswered *list = NULL;
    size_t count = 0;
    struct err err = {0};
    if (feedback_unanswered_list(request->app, arena, &request->who, &list, &count, &err) !=
        ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_feedback_unanswered view = {
        .keeps = access_allows(&request->who, ACT_MANAGE_ACCOUNTS, NULL)};
    struct view_feedback_unanswered_rows *rows =
        arena_many(arena, count, struct view_feedback_unanswered_rows);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct view_feedback_unanswered_rows){
            .name = list[i].name,
            .href = url_to_id(arena, ROUTE_organisation, list[i].organisation),
            .forum = area_forum_name(request->app->area, list[i].forum),
            .count = (int64_t)list[i].count,
            .due = date_words(arena, clock_london(list[i].due_at).date)};
    view.rows = rows;
    view.rows_count = count;
    PAGE(request, response, "Nobody says a word", view_feedback_unanswered, &view);
}

void page_feedback_due(struct request *request, struct response *response)
{
    draw_due(request, response, NULL, "which");
}

void page_feedback_give(struct request *request, struct response *response)
{
    struct err err = {0};
    size_t count = 0;
    size_t said = 0;
    int64_t *list = arena_many(request->arena, request->field_count, int64_t);
    for (size_t i = 0; i < request->field_count; i++)
        if (str_eq(request->field[i].name, STR("which")) &&
            str_to_int(request->field[i].value, &list[count]))
            count++;
    enum st outcome = feedback_give(request->app, &request->who, list, count,
                                    form_value(request, "outcome"), &said, &err);
    if (outcome == ST_OK) {
        respond_redirect(response, url_to(ROUTE_feedback_due));
    } else if (outcome == ST_INVALID || outcome == ST_CONFLICT) {
        response->status = outcome == ST_INVALID ? 400 : 409;
        draw_due(request, response, &err, count ? "outcome" : "which");
    } else {
        respond_error(request, response, &err);
    }
}
