/*
 * Meetings of the Forums: the calendar, one meeting with its agenda, who is there.
 */
#include "web/page_meeting.h"

#include "domain/account.h"
#include "domain/meeting_gap.h"
#include "web/draw.h"

/* --- the calendar ----------------------------------------------------------------------------- */

/* Towns, one a line, as one sentence has them. */
static struct str in_one_line(struct arena *arena, struct str lines)
{
    struct str all = STR("");
    struct str one;
    while (str_split(&lines, '\n', &one))
        all = str_fmt(arena, "%.*s%s%.*s", STR_ARG(all), all.len ? ", " : "", STR_ARG(one));
    return all;
}

/* After a problem, what was typed for a Forum stands there again. */
static void draw_forums(struct request *request, struct view_meetings *view,
                        const struct meeting *list, size_t listed, bool again)
{
    struct arena *arena = request->arena;
    const struct scope *scope = scope_of(request->app, arena, &request->who);
    size_t count = 0;
    const struct area_forum *forums = area_forums(request->app->area, &count);
    struct view_meetings_forums *rows = arena_many(arena, count, struct view_meetings_forums);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (!meeting_sits(scope, forums[i].id)) continue;
        /* The next that nobody planned yet. */
        instant_ms next = area_meeting_next(request->app->area, forums[i].id, clock_now());
        for (size_t k = 0; k < listed; k++)
            for (size_t j = 0; j < listed; j++)
                if (str_eq(list[j].forum, forums[i].id) && list[j].starts_at == next)
                    next = area_meeting_next(request->app->area, forums[i].id, next);
        bool typed = again && str_eq(form_value(request, "forum"), forums[i].id);
        rows[n] = (struct view_meetings_forums){
            .id = forums[i].id,
            .name = forums[i].name,
            .covers = draw_excerpt(arena, in_one_line(arena, forums[i].covers), 200),
            .next = clock_words(arena, next),
            .may_plan = meeting_may_plan(scope, forums[i].id),
            .plan = url_with(arena, url_to(ROUTE_meeting_plan), "at",
                             str_fmt(arena, "%lld", (long long)next)),
            .place_id = str_fmt(arena, "place-%.*s", STR_ARG(forums[i].id)),
            .place_label = str_fmt(arena, "Where the meeting of %.*s is held",
                                   STR_ARG(clock_words(arena, next))),
            .place = typed ? form_value(request, "place") : STR("")};
        if (typed && rows[n].may_plan) view->error_at = html_url_fragment(arena, rows[n].place_id);
        n++;
    }
    view->forums = rows;
    view->forums_count = n;
}

static void draw_lists(struct request *request, struct view_meetings *view,
                       const struct meeting *list, size_t count)
{
    struct arena *arena = request->arena;
    struct view_meetings_upcoming *upcoming =
        arena_many(arena, count, struct view_meetings_upcoming);
    struct view_meetings_past *past = arena_many(arena, count, struct view_meetings_past);
    for (size_t i = 0; i < count; i++) {
        const struct meeting *meeting = &list[i];
        struct str name = area_forum_name(request->app->area, meeting->forum);
        struct url href = url_to_id(arena, ROUTE_meeting, meeting->id);
        struct str when = clock_words(arena, meeting->starts_at);
        struct str state = str_from(meeting_state_label(meeting->state));
        if (meeting->state <= MEETING_OPEN) /* the list is newest first: the next one comes last */
            upcoming[view->upcoming_count++] = (struct view_meetings_upcoming){
                .href = href, .when = when, .forum = name, .state = state, .runs = meeting->runs};
        else
            past[view->past_count++] = (struct view_meetings_past){
                .href = href, .when = when, .forum = name, .state = state};
    }
    for (size_t i = 0; i < view->upcoming_count / 2; i++) {
        struct view_meetings_upcoming other = upcoming[i];
        upcoming[i] = upcoming[view->upcoming_count - 1 - i];
        upcoming[view->upcoming_count - 1 - i] = other;
    }
    view->upcoming = upcoming;
    view->past = past;
}

static void draw_calendar(struct request *request, struct response *response,
                          const struct err *problem)
{
    struct meeting *list = NULL;
    size_t count = 0;
    struct err err = {0};
    if (meeting_list(request->app, request->arena, &request->who, &list, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_meetings view = {
        .csrf = request->csrf,
        .actions = url_to(ROUTE_actions),
        .disruption = url_to(ROUTE_disruptions),
        .has_disruption = access_allows(&request->who, ACT_DISRUPTION, NULL),
        .news = url_to(ROUTE_news),
        .word = url_to(ROUTE_feedback_due),
        .has_news = access_allows(&request->who, ACT_SEE_LINKS, NULL),
        .across = url_to(ROUTE_across),
        .error = problem ? str_dup(request->arena, str_from(problem->public)) : STR(""),
        .error_at = html_url_fragment(request->arena, STR("to-come"))};
    draw_forums(request, &view, list, count, problem != NULL);
    draw_lists(request, &view, list, count);
    PAGE(request, response, "Forum meetings", view_meetings, &view);
}

void page_meetings(struct request *request, struct response *response)
{
    draw_calendar(request, response, NULL);
}

void page_meeting_plan(struct request *request, struct response *response)
{
    int64_t at = 0;
    int64_t id = 0;
    struct err err = {0};
    struct str forum = form_value(request, "forum");
    /* Only a time at which the Forum meets by its rhythm. */
    enum st outcome =
        str_to_int(form_value(request, "at"), &at) && at > clock_now() &&
                area_meeting_next(request->app->area, forum, at - 1) == at
            ? ST_OK
            : err_set(&err, ST_INVALID, "The Forum does not meet then. Plan the next meeting.");
    if (outcome == ST_OK)
        outcome = meeting_plan(request->app, &request->who, forum, at, form_value(request, "place"),
                               &id, &err);
    if (outcome == ST_OK) {
        respond_redirect(response, url_to_id(request->arena, ROUTE_meeting, id));
    } else if (outcome == ST_INVALID || outcome == ST_CONFLICT) {
        response->status = outcome == ST_INVALID ? 400 : 409;
        draw_calendar(request, response, &err);
    } else {
        respond_error(request, response, &err);
    }
}

/* --- one meeting ------------------------------------------------------------------------------ */

struct str meeting_caption(struct request *request, const struct meeting *meeting)
{
    return str_fmt(request->arena, "%.*s, %.*s",
                   STR_ARG(area_forum_name(request->app->area, meeting->forum)),
                   STR_ARG(clock_words(request->arena, meeting->starts_at)));
}

static struct str names_of(struct arena *arena, const struct meeting_person *people, size_t count,
                           enum attendance state)
{
    struct str names = STR("");
    for (size_t i = 0; i < count; i++) {
        if (people[i].state != state) continue;
        names = str_fmt(arena, "%.*s%s%.*s%s", STR_ARG(names), names.len ? "; " : "",
                        STR_ARG(people[i].name), people[i].chair ? " (chair)" : "");
    }
    return names;
}

static void draw_steps(struct request *request, const struct meeting *meeting,
                       struct view_meeting *view)
{
    static const struct {
        enum meeting_action action;
        const char *label;
        bool main;
    } steps[] = {{MEETING_DO_START, "Begin the meeting", true},
                 {MEETING_DO_BUILD, "Bring the agenda up to date", false},
                 {MEETING_DO_ADD, "Add to the agenda", false},
                 {MEETING_DO_END, "End the meeting", true},
                 {MEETING_DO_APPROVE, "Approve the minutes", true},
                 {MEETING_DO_CORRECT, "Add to the minutes", false},
                 {MEETING_DO_CANCEL, "Call it off", false}};
    enum { STEPS = sizeof steps / sizeof *steps };
    struct view_meeting_steps *list = arena_many(request->arena, STEPS, struct view_meeting_steps);
    for (int i = 0; i < STEPS; i++)
        if (meeting_can(meeting, NULL, &request->who, steps[i].action, NULL) == ST_OK)
            list[view->steps_count++] = (struct view_meeting_steps){
                meeting_step_url(request->arena, meeting->id, steps[i].action),
                str_from(steps[i].label), steps[i].main};
    view->steps = list;
}

static struct str news_words(struct arena *arena, const struct item_brief *brief)
{
    if (!brief->fresh) return brief->facts;
    return str_fmt(arena, "%zu new of %zu", brief->fresh, brief->submissions);
}

static struct str origin_words(struct str origin)
{
    if (str_eq(origin, STR("carried"))) return STR("from the meeting before");
    if (str_eq(origin, STR("handed"))) return STR("handed over by another Forum");
    if (str_eq(origin, STR("added"))) return STR("added");
    return STR("");
}

static struct view_meeting_sections_rows draw_row(struct request *request,
                                                  const struct meeting *meeting,
                                                  const struct meeting_item *item,
                                                  const struct item_brief *brief, size_t number)
{
    struct arena *arena = request->arena;
    return (struct view_meeting_sections_rows){
        .number = str_fmt(arena, "%zu", number),
        .href = url_to_id(arena, ROUTE_meeting_item, item->id),
        .title = brief->title.len ? draw_excerpt(arena, brief->title, 120) : STR("Without a name"),
        .kind = brief->kind,
        .state = str_from(item_state_label(item->state)),
        /* its figures stand below */
        .news = item->kind == ITEM_GAP ? STR("") : news_words(arena, brief),
        .origin = origin_words(item->origin),
        .moves = meeting->runs && meeting->state <= MEETING_OPEN && item->state <= ITEM_DECIDED,
        .up = item_step_url(arena, item->id, MEETING_DO_UP),
        .down = item_step_url(arena, item->id, MEETING_DO_DOWN),
        .version = item->version};
}

/* What is not known, in figures; those that are none are left out. */
static void draw_gaps(struct request *request, const struct meeting *meeting,
                      const struct meeting_gap gap[static MEETING_GAPS],
                      struct view_meeting_sections *section)
{
    struct arena *arena = request->arena;
    struct view_meeting_sections_gaps *list =
        arena_many(arena, MEETING_GAPS, struct view_meeting_sections_gaps);
    for (int i = 0; i < MEETING_GAPS; i++)
        if (gap[i].count)
            list[section->gaps_count++] = (struct view_meeting_sections_gaps){
                str_from(meeting_gap_label(gap[i].kind)), (int64_t)gap[i].count,
                url_to_texts(arena, ROUTE_meeting_gap,
                             str_fmt(arena, "%lld", (long long)meeting->id),
                             str_from(meeting_gap_name(gap[i].kind)))};
    section->gaps = list;
}

static enum st draw_agenda(struct request *request, const struct meeting *meeting,
                           struct view_meeting *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct app *app = request->app;
    const struct scope *scope = scope_of(app, arena, &request->who);
    struct meeting_item *items = NULL;
    size_t count = 0;
    size_t sections = 0;
    size_t number = 0;
    enum st outcome = meeting_items(app, arena, &request->who, meeting, &items, &count, err);
    const struct meeting_term *terms = area_meeting_terms(app->area, MEETING_SECTION, &sections);
    struct view_meeting_sections *list = arena_many(arena, sections, struct view_meeting_sections);
    struct db *db = outcome == ST_OK ? store_read_begin(app->store, err) : NULL;
    if (outcome == ST_OK && !db) outcome = ST_FAILED;
    struct meeting_gap *gap = arena_many(arena, MEETING_GAPS, struct meeting_gap);
    if (outcome == ST_OK) outcome = meeting_gaps(scope, db, meeting, gap, err);
    for (size_t s = 0; s < sections && outcome == ST_OK; s++) {
        struct view_meeting_sections_rows *rows =
            arena_many(arena, count, struct view_meeting_sections_rows);
        list[s] = (struct view_meeting_sections){
            .id = terms[s].id, .label = terms[s].label, .hint = terms[s].hint, .rows = rows};
        if (terms[s].holds & HOLDS_GAP) draw_gaps(request, meeting, gap, &list[s]);
        for (size_t i = 0; i < count && outcome == ST_OK; i++) {
            struct item_brief brief;
            if (!str_eq(items[i].section, terms[s].id)) continue;
            outcome = meeting_brief(scope, db, arena, meeting, &items[i], &brief, err);
            rows[list[s].rows_count++] = draw_row(request, meeting, &items[i], &brief, ++number);
        }
    }
    if (outcome == ST_OK && meeting->runs && meeting->state <= MEETING_OPEN) {
        size_t behind = meeting_behind(scope, db, meeting);
        if (behind)
            view->behind = str_fmt(arena, "%zu submission%s came", behind, behind == 1 ? "" : "s");
    }
    store_read_end(app->store, db);
    view->sections = list;
    view->sections_count = sections;
    return outcome;
}

/* What was done with the meeting itself. */
static enum st draw_entries(struct request *request, const struct meeting *meeting,
                            struct view_meeting *view, struct err *err)
{
    struct meeting_entry *entries = NULL;
    size_t count = 0;
    enum st outcome = meeting_entries(request->app, request->arena, &request->who, meeting, 0,
                                      &entries, &count, err);
    struct view_meeting_entries *list =
        arena_many(request->arena, count, struct view_meeting_entries);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        if (!entries[i].item && !str_eq(entries[i].kind, STR("minutes")))
            list[view->entries_count++] =
                (struct view_meeting_entries){.when = clock_words(request->arena, entries[i].at),
                                              .label = meeting_entry_label(entries[i].kind),
                                              .words = entries[i].text,
                                              .by = entries[i].name};
    view->entries = list;
    return outcome;
}

void page_meeting(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct meeting meeting;
    struct meeting_person *people = NULL;
    size_t count = 0;
    struct err err = {0};
    struct err missing = {0};
    enum st outcome =
        meeting_read(request->app, arena, &request->who, request->id[0], &meeting, &err);
    struct view_meeting view = {.csrf = request->csrf, .all = url_to(ROUTE_meetings)};
    if (outcome == ST_OK)
        outcome = meeting_people(request->app, arena, &meeting, &people, &count, &err);
    if (outcome == ST_OK) outcome = draw_agenda(request, &meeting, &view, &err);
    if (outcome == ST_OK) outcome = draw_entries(request, &meeting, &view, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    bool quorum = meeting_quorum(request->app->area, people, count, &missing) == ST_OK;
    draw_steps(request, &meeting, &view);
    view.forum = area_forum_name(request->app->area, meeting.forum);
    view.when = clock_words(arena, meeting.starts_at);
    view.state = str_from(meeting_state_label(meeting.state));
    view.place = meeting.place;
    view.since = meeting.since_at ? clock_words(arena, meeting.since_at) : STR("the beginning");
    view.pack = url_to_id(arena, ROUTE_meeting_pack, meeting.id);
    view.minutes = url_to_id(arena, ROUTE_meeting_minutes, meeting.id);
    view.has_minutes = meeting.state == MEETING_HELD || meeting.state == MEETING_APPROVED;
    view.minutes_label =
        meeting.state == MEETING_HELD ? STR("Minutes (draft, not approved)") : STR("Minutes");
    view.attendance = url_to_id(arena, ROUTE_meeting_attendance, meeting.id);
    view.runs = meeting.runs && meeting.state != MEETING_CANCELLED;
    view.over = meeting.state >= MEETING_APPROVED;
    view.here = names_of(arena, people, count, ATTENDS_PRESENT);
    view.apologies = names_of(arena, people, count, ATTENDS_APOLOGIES);
    view.quorum = quorum ? STR("Yes") : str_dup(arena, str_from(missing.public));
    PAGE(request, response, "Forum meeting", view_meeting, &view);
}

/* --- who is there ----------------------------------------------------------------------------- */

/* As the form has it, if it says anything of them. */
static void read_choice(struct request *request, struct meeting_person *person)
{
    long long id = person->account;
    const struct form_field *state = form_find(request, str_fmt(request->arena, "state-%lld", id));
    if (!state || !attendance_from_name(state->value, &person->state)) return;
    person->chair = form_find(request, str_fmt(request->arena, "chair-%lld", id)) != NULL;
}

/* After a problem with what was chosen there. */
static void draw_attendance(struct request *request, struct response *response,
                            const struct meeting *meeting, const struct err *problem)
{
    struct arena *arena = request->arena;
    struct meeting_person *people = NULL;
    size_t count = 0;
    struct err err = {0};
    if (meeting_people(request->app, arena, meeting, &people, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_meeting_attendance_rows *rows =
        arena_many(arena, count, struct view_meeting_attendance_rows);
    for (size_t i = 0; i < count && problem; i++) read_choice(request, &people[i]);
    for (size_t i = 0; i < count; i++)
        rows[i] =
            (struct view_meeting_attendance_rows){.id = people[i].account,
                                                  .name = people[i].name,
                                                  .organisation = people[i].organisation,
                                                  .not = people[i].state == ATTENDS_NOT,
                                                  .invited = people[i].state == ATTENDS_INVITED,
                                                  .present = people[i].state == ATTENDS_PRESENT,
                                                  .apologies = people[i].state == ATTENDS_APOLOGIES,
                                                  .chair = people[i].chair};
    struct view_meeting_attendance view = {
        .see = url_to_id(arena, ROUTE_meeting, meeting->id),
        .caption = meeting_caption(request, meeting),
        .action = url_to_id(arena, ROUTE_meeting_attendance_send, meeting->id),
        .csrf = request->csrf,
        .error = problem ? str_dup(arena, str_from(problem->public)) : STR(""),
        .error_at = html_url_fragment(
            arena,
            count ? str_fmt(arena, "state-%lld", (long long)people[0].account) : STR("title")),
        .rows = rows,
        .rows_count = count};
    PAGE(request, response, "Who is here", view_meeting_attendance, &view);
}

static bool read_to_run(struct request *request, struct response *response, struct meeting *meeting)
{
    struct err err = {0};
    enum st outcome =
        meeting_read(request->app, request->arena, &request->who, request->id[0], meeting, &err);
    if (outcome == ST_OK && !meeting->runs) outcome = err_missing(&err, "meeting");
    if (outcome != ST_OK) respond_error(request, response, &err);
    return outcome == ST_OK;
}

void page_meeting_attendance(struct request *request, struct response *response)
{
    struct meeting meeting;
    if (read_to_run(request, response, &meeting))
        draw_attendance(request, response, &meeting, NULL);
}

void page_meeting_attendance_send(struct request *request, struct response *response)
{
    struct meeting meeting;
    struct err err = {0};
    size_t count = 0;
    if (!read_to_run(request, response, &meeting)) return;
    struct attendance_input *input =
        arena_many(request->arena, request->field_count, struct attendance_input);
    for (size_t i = 0; i < request->field_count; i++) {
        struct str name = request->field[i].name;
        struct attendance_input *one = &input[count];
        if (!str_starts(name, STR("state-")) ||
            !str_to_int(str_sub(name, 6, name.len), &one->account))
            continue;
        if (!attendance_from_name(request->field[i].value, &one->state)) continue;
        one->chair = form_has(request, str_c(request->arena, str_fmt(request->arena, "chair-%lld",
                                                                     (long long)one->account)));
        count++;
    }
    enum st outcome = meeting_attend(request->app, &request->who, meeting.id, input, count, &err);
    if (outcome == ST_OK) {
        respond_redirect(response, url_to_id(request->arena, ROUTE_meeting, meeting.id));
    } else if (outcome == ST_INVALID || outcome == ST_CONFLICT) {
        response->status = outcome == ST_INVALID ? 400 : 409;
        draw_attendance(request, response, &meeting, &err);
    } else {
        respond_error(request, response, &err);
    }
}
