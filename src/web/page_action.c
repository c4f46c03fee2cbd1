/*
 * Actions: one's own and those of one's Forums, one of them, and its steps.
 */
#include "web/page_matter.h"

#include "domain/account.h"
#include "domain/action.h"
#include "web/draw.h"

void page_actions(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct app *app = request->app;
    bool leads = access_allows(&request->who, ACT_RUN_MEETING, NULL) &&
                 person_has(&request->who, ROLE_coordinator);
    bool all = leads && str_eq(form_value(request, "whose"), STR("forum"));
    struct forum_action *list = NULL;
    size_t count = 0;
    struct err err = {0};
    int32_t today = clock_today();
    enum st outcome = action_list(app, arena, &request->who, all ? ACTIONS_FORUM : ACTIONS_OWN,
                                  &list, &count, &err);
    struct view_actions_rows *rows = arena_many(arena, count, struct view_actions_rows);
    struct view_actions view = {.title = all ? STR("Actions of your Forums") : STR("Your actions"),
                                .meetings = url_to(ROUTE_meetings),
                                .can_meet = access_allows(&request->who, ACT_READ_MEETING, NULL)};
    struct db *db = outcome == ST_OK ? store_read_begin(app->store, &err) : NULL;
    for (size_t i = 0; i < count && outcome == ST_OK && db; i++) {
        bool open = list[i].state == ACTION_OPEN;
        bool over = open && list[i].due_day < today;
        view.open += open;
        view.over += over;
        rows[i] =
            (struct view_actions_rows){.href = url_to_id(arena, ROUTE_action, list[i].id),
                                       .what = draw_excerpt(arena, list[i].what, 140),
                                       .forum = area_forum_name(app->area, list[i].forum),
                                       .due = date_words(arena, date_from_days(list[i].due_day)),
                                       .sort = list[i].due_day,
                                       .state = str_from(action_state_label(list[i].state)),
                                       .over = over};
        outcome = account_name(app, db, arena, list[i].owner, &rows[i].owner, &err);
    }
    store_read_end(app->store, db);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_actions_tabs tabs[2] = {
        {url_to(ROUTE_actions), STR("Yours"), !all},
        {url_with(arena, url_to(ROUTE_actions), "whose", STR("forum")), STR("Of your Forums"),
         all}};
    view.tabs = tabs;
    view.tabs_count = leads ? 2 : 0;
    view.rows = rows;
    view.rows_count = count;
    PAGE(request, response, "Actions", view_actions, &view);
}

/* --- one -------------------------------------------------------------------------------------- */

static struct url step_url(struct arena *arena, int64_t id, enum action_step step)
{
    return url_to_texts(arena, ROUTE_action_do, str_fmt(arena, "%lld", (long long)id),
                        str_from(action_step_name(step)));
}

static void draw_steps(struct request *request, const struct forum_action *action,
                       struct view_matter *view)
{
    static const char *const labels[ACTION_STEPS] = {[ACTION_DO_DONE] = "It is done",
                                                     [ACTION_DO_SIGN] = "Second sign-off",
                                                     [ACTION_DO_MOVE] = "Move the day",
                                                     [ACTION_DO_GIVE] = "Give it to somebody else",
                                                     [ACTION_DO_NOTE] = "Add a note"};
    struct view_matter_steps *list =
        arena_many(request->arena, ACTION_STEPS, struct view_matter_steps);
    const struct scope *scope = scope_of(request->app, request->arena, &request->who);
    for (int step = 0; step < ACTION_STEPS; step++)
        if (action_can(scope, action, (enum action_step)step, NULL) == ST_OK)
            list[view->steps_count++] = (struct view_matter_steps){
                step_url(request->arena, action->id, (enum action_step)step),
                str_from(labels[step]), step == ACTION_DO_DONE || step == ACTION_DO_SIGN};
    view->steps = list;
}

void matter_draw_events(struct request *request, const struct matter_event *events, size_t count,
                        struct view_matter *view)
{
    struct arena *arena = request->arena;
    struct view_matter_events *list = arena_many(arena, count, struct view_matter_events);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct view_matter_events){
            .when = clock_words(arena, events[i].at),
            .label = matter_event_label(events[i].kind),
            .words = events[i].words,
            .day = events[i].day == INT32_MIN ? STR("")
                                              : date_words(arena, date_from_days(events[i].day)),
            .by = events[i].name};
    view->events = list;
    view->events_count = count;
}

void page_action(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct app *app = request->app;
    struct forum_action action;
    struct matter_event *events = NULL;
    struct str owner = STR("");
    size_t count = 0;
    struct err err = {0};
    enum st outcome = action_read(app, arena, &request->who, request->id[0], &action, &err);
    if (outcome == ST_OK) outcome = action_events(app, arena, &action, &events, &count, &err);
    struct db *db = outcome == ST_OK ? store_read_begin(app->store, &err) : NULL;
    if (db) outcome = account_name(app, db, arena, action.owner, &owner, &err);
    store_read_end(app->store, db);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    bool over = action.state == ACTION_OPEN && action.due_day < clock_today();
    struct view_matter_facts facts[] = {
        {STR("What is to be done"), action.what},
        {STR("What will show that it is done"), action.evidence},
        {STR("Who does it"), owner},
        {STR("By when"),
         str_fmt(arena, "%.*s%s", STR_ARG(date_words(arena, date_from_days(action.due_day))),
                 over ? " (overdue)" : "")},
        {STR("State"), str_from(action_state_label(action.state))},
        {STR("Forum"), area_forum_name(app->area, action.forum)}};
    bool may_see = action.item && access_allows(&request->who, ACT_READ_MEETING, NULL);
    struct view_matter view = {
        .all = url_to(ROUTE_actions),
        .all_label = STR("Actions"),
        .title = STR("Action"),
        .facts = facts,
        .facts_count = sizeof facts / sizeof *facts,
        .link = url_to_id(arena, ROUTE_meeting_item, action.item),
        .link_label = may_see ? STR("The item of the meeting that it came from") : STR("")};
    draw_steps(request, &action, &view);
    matter_draw_events(request, events, count, &view);
    PAGE(request, response, "Action", view_matter, &view);
}

/* --- steps ------------------------------------------------------------------------------------ */

static const struct matter_form forms[ACTION_STEPS] = {
    [ACTION_DO_DONE] = {"It is done",
                        "Another person signs it off.",
                        "Save",
                        {{MATTER_AREA, "text", "What was done, and what shows it?", NULL,
                          MEETING_KINDS}}},
    [ACTION_DO_SIGN] = {"Second sign-off",
                        "Look at what was done and what shows it.",
                        "Save",
                        {{MATTER_YES_NO, "choice", "Is it done?", NULL, MEETING_KINDS},
                         {MATTER_AREA, "text", "Your reasons", NULL, MEETING_KINDS}}},
    [ACTION_DO_MOVE] = {"Move the day",
                        NULL,
                        "Save",
                        {{MATTER_LINE, "day", "By when?", "Like 27/3/2026", MEETING_KINDS},
                         {MATTER_AREA, "text", "Why?", NULL, MEETING_KINDS}}},
    [ACTION_DO_GIVE] = {"Give it to somebody else",
                        NULL,
                        "Save",
                        {{MATTER_LINE, "email", "Email address of who does it", NULL,
                          MEETING_KINDS},
                         {MATTER_AREA, "text", "Why?", NULL, MEETING_KINDS}}},
    [ACTION_DO_NOTE] = {"Add a note",
                        NULL,
                        "Add it",
                        {{MATTER_AREA, "text", "Note", NULL, MEETING_KINDS}}},
};

static enum st begin(struct request *request, struct forum_action *action, enum action_step *step,
                     struct matter_drawing *drawing, struct err *err)
{
    if (!action_step_from_name(request->parameter[1], step)) return err_missing(err, "page");
    enum st outcome =
        action_read(request->app, request->arena, &request->who, request->id[0], action, err);
    if (outcome != ST_OK) return outcome;
    *drawing = (struct matter_drawing){.request = request,
                                       .form = &forms[*step],
                                       .caption = draw_excerpt(request->arena, action->what, 80),
                                       .see = url_to_id(request->arena, ROUTE_action, action->id),
                                       .action = step_url(request->arena, action->id, *step),
                                       .version = action->version};
    drawing->theirs[0] = (struct matter_pair){"State", str_from(action_state_label(action->state))};
    drawing->theirs[1] = (struct matter_pair){
        "By when", date_words(request->arena, date_from_days(action->due_day))};
    return ST_OK;
}

void page_action_do(struct request *request, struct response *response)
{
    struct forum_action action;
    enum action_step step;
    struct matter_drawing drawing;
    struct err err = {0};
    enum st outcome = begin(request, &action, &step, &drawing, &err);
    if (outcome == ST_OK)
        outcome =
            action_can(scope_of(request->app, request->arena, &request->who), &action, step, &err);
    if (outcome != ST_OK)
        respond_error(request, response, &err);
    else
        matter_draw(&drawing, response);
}

void page_action_do_send(struct request *request, struct response *response)
{
    struct forum_action action;
    enum action_step step;
    struct matter_drawing drawing;
    struct err err = {0};
    struct action_input input = {.choice = form_value(request, "choice"),
                                 .text = form_value(request, "text"),
                                 .day = form_value(request, "day"),
                                 .email = form_value(request, "email")};
    (void)str_to_int(form_value(request, "version"), &input.version);
    enum st outcome = begin(request, &action, &step, &drawing, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    outcome = action_do(request->app, &request->who, action.id, step, &input, &drawing.at, &err);
    struct url then = step == ACTION_DO_GIVE ? url_to(ROUTE_actions) : drawing.see;
    matter_answer(&drawing, response, outcome, &err, then);
}
