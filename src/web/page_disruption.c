/*
 * The register of measures to disrupt: the list, one of them, and its steps.
 */
#include "web/page_matter.h"

#include "domain/disruption.h"
#include "web/draw.h"

static struct str day_words(struct arena *arena, int32_t day, const char *never)
{
    return day == DISRUPTION_DAY_NONE ? str_from(never) : date_words(arena, date_from_days(day));
}

static struct str sort_label(const struct meeting_term *term)
{
    if (!term) return STR("");
    if (str_eq(term->sort, STR("indirect"))) return STR("Indirect");
    return str_eq(term->sort, STR("locational")) ? STR("Of a place") : STR("Direct");
}

void page_disruptions(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct disruption *list = NULL;
    size_t count = 0;
    struct err err = {0};
    int32_t today = clock_today();
    if (disruption_list(request->app, arena, &request->who, &list, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_disruptions_rows *rows = arena_many(arena, count, struct view_disruptions_rows);
    for (size_t i = 0; i < count; i++) {
        const struct meeting_term *term =
            area_meeting_find(request->app->area, MEETING_DISRUPTION, list[i].kind);
        rows[i] = (struct view_disruptions_rows){
            .href = url_to_id(arena, ROUTE_disruption, list[i].id),
            .kind = area_meeting_label(request->app->area, MEETING_DISRUPTION, list[i].kind),
            .subject = draw_excerpt(arena, list[i].subject, 100),
            .sort = sort_label(term),
            .forum = area_forum_name(request->app->area, list[i].forum),
            .served = day_words(arena, list[i].served_day, "Not yet"),
            .review = day_words(arena, list[i].review_day, ""),
            .state = str_from(disruption_state(&list[i])),
            .due = list[i].review_day <= today && list[i].ended_day == DISRUPTION_DAY_NONE};
    }
    struct view_disruptions view = {.add = url_to(ROUTE_disruption_new),
                                    .meetings = url_to(ROUTE_meetings),
                                    .rows = rows,
                                    .rows_count = count};
    PAGE(request, response, "Measures to disrupt", view_disruptions, &view);
}

static struct url step_url(struct arena *arena, int64_t id, enum disruption_step step)
{
    return url_to_texts(arena, ROUTE_disruption_do, str_fmt(arena, "%lld", (long long)id),
                        str_from(disruption_step_name(step)));
}

void page_disruption(struct request *request, struct response *response)
{
    static const char *const labels[DISRUPTION_STEPS] = {"It was served", "It was looked at again",
                                                         "It was breached", "It has ended"};
    struct arena *arena = request->arena;
    struct disruption row;
    struct matter_event *events = NULL;
    size_t count = 0;
    struct err err = {0};
    enum st outcome =
        disruption_read(request->app, arena, &request->who, request->id[0], &row, &err);
    if (outcome == ST_OK)
        outcome = disruption_events(request->app, arena, &row, &events, &count, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    const struct meeting_term *term =
        area_meeting_find(request->app->area, MEETING_DISRUPTION, row.kind);
    struct view_matter_facts facts[] = {
        {STR("Legal basis"), term ? term->basis : STR("")},
        {STR("Issued by"), row.issuer},
        {STR("Against"), row.subject},
        {STR("Child that it protects"), row.child.len ? row.child : STR("Names none")},
        {STR("What it says"), row.terms},
        {STR("Served"), day_words(arena, row.served_day, "Not yet")},
        {STR("Look again by"), day_words(arena, row.review_day, "")},
        {STR("Breaches"), str_fmt(arena, "%lld", (long long)row.breaches)},
        {STR("State"), str_from(disruption_state(&row))},
        {STR("Forum"), area_forum_name(request->app->area, row.forum)}};
    struct view_matter_steps *steps = arena_many(arena, DISRUPTION_STEPS, struct view_matter_steps);
    struct view_matter view = {
        .all = url_to(ROUTE_disruptions),
        .all_label = STR("Measures to disrupt"),
        .title = area_meeting_label(request->app->area, MEETING_DISRUPTION, row.kind),
        .facts = facts,
        .facts_count = sizeof facts / sizeof *facts,
        .link = url_to_id(arena, ROUTE_entity, row.mention),
        .link_label = row.mention ? STR("Everything that is known of whom it is against") : STR(""),
        .steps = steps};
    for (int step = 0; step < DISRUPTION_STEPS; step++)
        if (disruption_can(&row, (enum disruption_step)step, NULL) == ST_OK)
            steps[view.steps_count++] = (struct view_matter_steps){
                step_url(arena, row.id, (enum disruption_step)step), str_from(labels[step]), false};
    matter_draw_events(request, events, count, &view);
    PAGE(request, response, "A measure to disrupt", view_matter, &view);
}

/* --- writing one down ------------------------------------------------------------------------- */

static const struct matter_form add_form = {
    "Write a measure down",
    "What somebody may not see of whom it is against, they do not see here.",
    "Save",
    {{MATTER_SELECT, "kind", "What is it?", NULL, MEETING_DISRUPTION},
     {MATTER_FORUMS, "forum", "Which Forum keeps it?", NULL, MEETING_KINDS},
     {MATTER_LINE, "issuer", "Who issues it?", "Name, role and service", MEETING_KINDS},
     {MATTER_LINE, "subject", "Whom or what is it against?", NULL, MEETING_KINDS},
     {MATTER_LINE, "child", "Which child does it protect?", "For notices that name one",
      MEETING_KINDS},
     {MATTER_AREA, "terms", "What does it say?", NULL, MEETING_KINDS},
     {MATTER_LINE, "served", "When was it served?",
      "Like 12/3/2026. Leave it empty if it was not yet.", MEETING_KINDS},
     {MATTER_LINE, "review", "When is it looked at again?", "Leave it empty for the usual time.",
      MEETING_KINDS}}};

static struct matter_drawing add_drawing(struct request *request)
{
    struct matter_drawing drawing = {.request = request,
                                     .form = &add_form,
                                     .caption = STR("Measures to disrupt"),
                                     .see = url_to(ROUTE_disruptions),
                                     .action = url_to(ROUTE_disruption_add)};
    if (form_has(request, "entity"))
        drawing.kept[0] = (struct matter_pair){"entity", form_value(request, "entity")};
    return drawing;
}

void page_disruption_new(struct request *request, struct response *response)
{
    struct matter_drawing drawing = add_drawing(request);
    matter_draw(&drawing, response);
}

void page_disruption_add(struct request *request, struct response *response)
{
    struct disruption_input input = {.forum = form_value(request, "forum"),
                                     .kind = form_value(request, "kind"),
                                     .issuer = form_value(request, "issuer"),
                                     .subject = form_value(request, "subject"),
                                     .child = form_value(request, "child"),
                                     .terms = form_value(request, "terms"),
                                     .served = form_value(request, "served"),
                                     .review = form_value(request, "review")};
    struct matter_drawing drawing = add_drawing(request);
    struct err err = {0};
    int64_t id = 0;
    (void)str_to_int(form_value(request, "entity"), &input.mention);
    enum st outcome = disruption_add(request->app, &request->who, &input, &id, &drawing.at, &err);
    matter_answer(&drawing, response, outcome, &err,
                  url_to_id(request->arena, ROUTE_disruption, id));
}

/* --- steps ------------------------------------------------------------------------------------ */

#define DAY(label_text) {MATTER_LINE, "day", label_text, "Like 12/3/2026", MEETING_KINDS}
static const struct matter_form forms[DISRUPTION_STEPS] = {
    [DISRUPTION_DO_SERVED] = {"It was served",
                              NULL,
                              "Save",
                              {DAY("On which day?"),
                               {MATTER_AREA, "text", "By whom, and how?", NULL, MEETING_KINDS}}},
    [DISRUPTION_DO_REVIEW] = {"It was looked at again",
                              NULL,
                              "Save",
                              {{MATTER_AREA, "text", "What came of it?", NULL, MEETING_KINDS},
                               DAY("When is it looked at next?")}},
    [DISRUPTION_DO_BREACH] = {"It was breached",
                              "If a child is in danger, ring at once.",
                              "Save",
                              {DAY("On which day?"),
                               {MATTER_AREA, "text", "What happened, and who was told?", NULL,
                                MEETING_KINDS}}},
    [DISRUPTION_DO_END] = {"It has ended",
                           NULL,
                           "Save",
                           {DAY("On which day?"),
                            {MATTER_AREA, "text", "Why?", NULL, MEETING_KINDS}}},
};

static enum st begin(struct request *request, struct disruption *row, enum disruption_step *step,
                     struct matter_drawing *drawing, struct err *err)
{
    if (!disruption_step_from_name(request->parameter[1], step)) return err_missing(err, "page");
    enum st outcome =
        disruption_read(request->app, request->arena, &request->who, request->id[0], row, err);
    if (outcome != ST_OK) return outcome;
    *drawing = (struct matter_drawing){
        .request = request,
        .form = &forms[*step],
        .caption = area_meeting_label(request->app->area, MEETING_DISRUPTION, row->kind),
        .see = url_to_id(request->arena, ROUTE_disruption, row->id),
        .action = step_url(request->arena, row->id, *step),
        .version = row->version};
    drawing->theirs[0] = (struct matter_pair){"State", str_from(disruption_state(row))};
    return ST_OK;
}

void page_disruption_do(struct request *request, struct response *response)
{
    struct disruption row;
    enum disruption_step step;
    struct matter_drawing drawing;
    struct err err = {0};
    enum st outcome = begin(request, &row, &step, &drawing, &err);
    if (outcome == ST_OK) outcome = disruption_can(&row, step, &err);
    if (outcome != ST_OK)
        respond_error(request, response, &err);
    else
        matter_draw(&drawing, response);
}

void page_disruption_do_send(struct request *request, struct response *response)
{
    struct disruption row;
    enum disruption_step step;
    struct matter_drawing drawing;
    struct err err = {0};
    struct disruption_input input = {.text = form_value(request, "text"),
                                     .day = form_value(request, "day")};
    (void)str_to_int(form_value(request, "version"), &input.version);
    enum st outcome = begin(request, &row, &step, &drawing, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    outcome = disruption_do(request->app, &request->who, row.id, step, &input, &drawing.at, &err);
    matter_answer(&drawing, response, outcome, &err, drawing.see);
}
