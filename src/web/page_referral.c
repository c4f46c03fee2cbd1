/*
 * Referrals: the list of one's own, beginning one, its task list, and the rows of what may
 * be several.
 */
#include "domain/area_desk.h"
#include "web/page_questions.h"
#include "web/pages.h"
#include "web/referral_parts.h"

enum { QUESTIONS_OF_ROW_MAX = 60 };

/* --- the list --------------------------------------------------------------------------------- */

/* What there is to wait for. Whether something was decided that nobody told them yet looks the
 * same as when nothing was. */
static struct str word_of(struct request *request, const struct referral_head *head,
                          const struct desk_told *told)
{
    struct arena *arena = request->arena;
    if (told->at)
        return str_fmt(arena, "Told %.*s%s%.*s", STR_ARG(clock_words(arena, told->at)),
                       told->label.len ? ": " : "", STR_ARG(told->label));
    if (referral_is_late(request, head->sent_at)) return STR("No word yet. You can ring and ask.");
    struct str by = referral_decide_by(request, head->sent_at);
    return by.len ? str_fmt(arena, "Decision by %.*s", STR_ARG(by)) : STR("");
}

static struct view_referrals_lines line_of(struct request *request,
                                           const struct referral_line *line,
                                           const struct desk_told *told, instant_ms now)
{
    struct arena *arena = request->arena;
    const struct referral_head *head = &line->head;
    struct view_referrals_lines drawn = {
        .href = url_to_id(arena, ROUTE_referral, head->id),
        .reference = head->reference,
        .children = line->children.len ? line->children : STR("A child"),
        .when = clock_words(arena, head->sent_at ? head->sent_at : head->changed_at),
    };
    drawn.state = referral_state_words(head, told, &drawn.tag);
    if (head->state == REFERRAL_DRAFT && head->written_due_at) {
        drawn.late = head->written_due_at < now;
        drawn.due = str_fmt(arena, "Confirm the call by %.*s",
                            STR_ARG(clock_words(arena, head->written_due_at)));
    } else if (head->state == REFERRAL_SENT) {
        drawn.due = word_of(request, head, told);
    }
    return drawn;
}

void page_referrals(struct request *request, struct response *response)
{
    enum { MOST = 100 };
    struct referral_line *lines = NULL;
    struct desk_told told[MOST];
    int64_t ids[MOST];
    size_t count = 0;
    struct err err = {0};
    enum st outcome = referral_list(request->app, request->arena, &request->who, REFERRALS_OWN,
                                    MOST, &lines, &count, &err);
    for (size_t i = 0; i < count; i++) ids[i] = lines[i].head.id;
    if (outcome == ST_OK) outcome = desk_told(request->app, ids, count, told, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_referrals_lines *drawn =
        arena_many(request->arena, count + 1, struct view_referrals_lines);
    struct view_referrals view = {.unit = area_unit(request->app->area),
                                  .start = url_to(ROUTE_referral_new),
                                  .help = url_to(ROUTE_help_now),
                                  .lines = drawn,
                                  .lines_count = count};
    for (size_t i = 0; i < count; i++) {
        drawn[i] = line_of(request, &lines[i], &told[i], clock_now());
        view.late |= drawn[i].late;
    }
    PAGE(request, response, "Referrals", view_referrals, &view);
}

/* --- beginning -------------------------------------------------------------------------------- */

static void draw_new(struct request *request, struct response *response, const char *error)
{
    size_t count = 0;
    const struct area_place *place =
        request->app->area ? area_places(request->app->area, &count) : NULL;
    struct view_referral_new_places *places =
        arena_many(request->arena, count + 1, struct view_referral_new_places);
    for (size_t i = 0; i < count; i++)
        places[i] = (struct view_referral_new_places){
            .id = i == 0 ? STR("place") : str_fmt(request->arena, "place-%zu", i + 1),
            .value = place[i].id,
            .label = str_fmt(request->arena, "In %.*s", STR_ARG(place[i].name)),
            .checked = str_eq(place[i].id, form_value(request, "place"))};
    struct view_referral_new view = {.unit = area_unit(request->app->area),
                                     .action = url_to(ROUTE_referral_begin),
                                     .csrf = request->csrf,
                                     .error = str_from(error),
                                     .at = html_url_fragment(request->arena, STR("place")),
                                     .places = places,
                                     .places_count = count,
                                     .help = url_to(ROUTE_help_now),
                                     .away = page_is_answer(request)};
    PAGE(request, response, "Refer a child", view_referral_new, &view);
}

void page_referral_new(struct request *request, struct response *response)
{
    draw_new(request, response, NULL);
}

void page_referral_begin(struct request *request, struct response *response)
{
    struct err err = {0};
    int64_t id = 0;
    enum st outcome =
        referral_begin(request->app, &request->who, form_value(request, "place"), &id, &err);
    if (outcome == ST_OK) {
        respond_redirect(response, url_to_id(request->arena, ROUTE_referral, id));
    } else if (outcome == ST_INVALID) {
        response->status = 400;
        draw_new(request, response, err.public);
    } else {
        respond_error(request, response, &err);
    }
}

/* --- the task list ---------------------------------------------------------------------------- */

static struct view_referral_parts_sections section_line(struct request *request,
                                                        const struct referral *referral,
                                                        const struct question_section *section)
{
    struct view_referral_parts_sections line = {
        .href = referral_section_url(request->arena, referral, section), .title = section->title};
    if (!section->one.len) {
        line.state = progress_words(referral_progress(referral, section, 0), &line.tag);
        return line;
    }
    const struct referral_row *row[QUESTION_ROWS_MAX];
    struct progress all = {0};
    size_t rows = referral_rows(referral, section->key, row, QUESTION_ROWS_MAX);
    for (size_t i = 0; i < rows && i < QUESTION_ROWS_MAX; i++) {
        struct progress one = referral_progress(referral, section, row[i]->number);
        all.asked += one.asked;
        all.answered += one.answered;
        struct str name = referral_row_name(request->arena, referral, row[i]);
        line.hint =
            i ? str_fmt(request->arena, "%.*s, %.*s", STR_ARG(line.hint), STR_ARG(name)) : name;
    }
    line.state = progress_words(all, &line.tag);
    return line;
}

static void draw_parts(struct request *request, const struct referral *referral,
                       struct view_referral *view)
{
    const struct questions *form = referral->form;
    struct view_referral_parts *parts =
        arena_many(request->arena, form->section_count + 1, struct view_referral_parts);
    size_t count = 0;
    for (size_t i = 0; i < form->section_count; i++) {
        const struct question_section *section = &form->section[i];
        if (!count || !str_eq(parts[count - 1].title, section->part)) {
            parts[count] = (struct view_referral_parts){
                .id = str_fmt(request->arena, "part-%zu", count + 1),
                .title = section->part,
                .sections = arena_many(request->arena, form->section_count,
                                       struct view_referral_parts_sections)};
            count++;
        }
        struct view_referral_parts *part = &parts[count - 1];
        /* The list is const to the view; it is ours to fill. */
        struct view_referral_parts_sections *list =
            (struct view_referral_parts_sections *)(uintptr_t)part->sections;
        list[part->sections_count] = section_line(request, referral, section);
        view->done += !str_eq(list[part->sections_count].state, STR("Not started"));
        view->total++;
        part->sections_count++;
    }
    view->parts = parts;
    view->parts_count = count;
}

void page_referral(struct request *request, struct response *response)
{
    struct referral referral;
    struct err err = {0};
    if (referral_read(request->app, request->arena, &request->who, request->id[0], &referral,
                      &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    if (referral.head.state != REFERRAL_DRAFT || !referral.form) {
        page_referral_read(request, response, &referral);
        return;
    }
    struct view_referral view = {
        .back = url_to(ROUTE_referrals),
        .title = str_fmt(request->arena, "Refer a child to the %.*s",
                         STR_ARG(area_unit(request->app->area))),
        .reference = referral.head.reference,
        .place = referral_place_name(request, &referral.head),
        .saved = clock_words(request->arena, referral.head.changed_at),
        .check = url_to_id(request->arena, ROUTE_referral_check, referral.head.id),
        .withdraw = url_to_id(request->arena, ROUTE_referral_withdraw, referral.head.id),
        .help = url_to(ROUTE_help_now),
    };
    if (referral.form->title.len) view.title = referral.form->title;
    if (referral.head.written_due_at) {
        view.confirm_by = clock_words(request->arena, referral.head.written_due_at);
        view.confirm_late = referral.head.written_due_at < clock_now();
    }
    draw_parts(request, &referral, &view);
    PAGE(request, response, "Your referral", view_referral, &view);
}

/* --- the rows of a section -------------------------------------------------------------------- */

static void draw_rows(struct request *request, struct response *response,
                      const struct referral *referral, const struct question_section *section,
                      const char *error)
{
    struct arena *arena = request->arena;
    const struct referral_row *row[QUESTION_ROWS_MAX];
    size_t count = referral_rows(referral, section->key, row, QUESTION_ROWS_MAX);
    struct view_referral_rows_rows *rows =
        arena_many(arena, QUESTION_ROWS_MAX, struct view_referral_rows_rows);
    for (size_t i = 0; i < count && i < QUESTION_ROWS_MAX; i++) {
        struct str tag;
        rows[i] = (struct view_referral_rows_rows){
            .name = referral_row_name(arena, referral, row[i]),
            .state = progress_words(referral_progress(referral, section, row[i]->number), &tag),
            .change = referral_step_url(arena, referral->head.id,
                                        &referral->form->step[section->first], row[i]->number),
            .number = str_fmt(arena, "%lld", (long long)row[i]->number)};
    }
    struct view_referral_rows view = {
        .back = url_to_id(arena, ROUTE_referral, referral->head.id),
        .part = section->part,
        .title = section->title,
        .lead = section->lead,
        .one = section->one,
        .error = str_from(error),
        .rows = rows,
        .rows_count = count,
        .action = referral_rows_url(arena, referral->head.id, section),
        .csrf = request->csrf,
        .full = count >= QUESTION_ROWS_MAX,
        .fixed = section->of.len > 0,
        .first = url_to_texts(arena, ROUTE_referral_rows,
                              str_fmt(arena, "%lld", (long long)referral->head.id),
                              question_rows_of(section))};
    const char *title = str_c(arena, section->title);
    PAGE(request, response, title, view_referral_rows, &view);
}

static const struct question_section *asked_section(struct request *request,
                                                    struct response *response, struct referral *ret)
{
    if (!referral_own_draft(request, response, ret)) return NULL;
    const struct question_section *section =
        questions_find_section(ret->form, request->parameter[1]);
    if (section && section->one.len) return section;
    struct err err;
    err_missing(&err, "page");
    respond_error(request, response, &err);
    return NULL;
}

void page_referral_rows(struct request *request, struct response *response)
{
    struct referral referral;
    const struct question_section *section = asked_section(request, response, &referral);
    if (section) draw_rows(request, response, &referral, section, NULL);
}

/* A new row may come with answers: what was found in the words.  What cannot be an answer is
 * left out; the words still say it. */
static enum st fill_row(struct request *request, const struct referral *referral,
                        const struct question_section *section, int64_t row, struct err *err)
{
    struct referral_given given[QUESTIONS_OF_ROW_MAX];
    struct referral_clash clash[QUESTIONS_OF_ROW_MAX];
    struct answer_form fields = request_answers(request);
    struct date today = clock_london(clock_now()).date;
    size_t count = 0;
    size_t clashes = 0;
    int64_t version = 0;
    for (size_t i = 0; i < referral->form->question_count && count < QUESTIONS_OF_ROW_MAX; i++) {
        const struct question *question = &referral->form->question[i];
        if (&referral->form->section[question->section] != section) continue;
        struct answer_typed typed = answer_typed_read(request->arena, question, &fields);
        bool wrong =
            answer_check(request->arena, question, today, &typed, &given[count].answer).len > 0;
        if (wrong || given[count].answer.kind != ANSWER_GIVEN) continue;
        given[count++].question = question;
    }
    if (!count) return ST_OK;
    return referral_save(request->app, &request->who, referral->head.id, row, INT64_MAX, given,
                         count, clash, &clashes, request->arena, &version, err);
}

void page_referral_rows_send(struct request *request, struct response *response)
{
    struct referral referral;
    struct err err = {0};
    int64_t row = 0;
    const struct question_section *section = asked_section(request, response, &referral);
    if (!section) return;
    struct url where = referral_rows_url(request->arena, referral.head.id, section);
    enum st outcome = ST_OK;
    if (str_to_int(form_value(request, "remove"), &row)) {
        outcome = referral_row_remove(request->app, &request->who, referral.head.id, section->key,
                                      row, &err);
        if (outcome == ST_NOT_FOUND) outcome = ST_OK; /* another device was first: it is gone */
    } else if (form_has(request, "add")) {
        outcome = referral_row_add(request->app, &request->who, referral.head.id, section->key,
                                   &row, &err);
        if (outcome == ST_OK) outcome = fill_row(request, &referral, section, row, &err);
        if (outcome == ST_OK)
            where = str_eq(form_value(request, "from"), STR("check"))
                        ? url_to_id(request->arena, ROUTE_referral_check, referral.head.id)
                        : referral_step_url(request->arena, referral.head.id,
                                            &referral.form->step[section->first], row);
    }
    if (outcome == ST_OK) {
        respond_redirect(response, where);
    } else if (outcome == ST_INVALID) {
        response->status = 400;
        draw_rows(request, response, &referral, section, err.public);
    } else {
        respond_error(request, response, &err);
    }
}
