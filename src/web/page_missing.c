/*
 * Children who go missing: who is missing now, interviews that wait, facts to look at; one
 * child's episodes with the picture of them.
 */
#include "web/page_missing.h"

#include "domain/area.h"
#include "domain/desk_clock.h"
#include "domain/entity_seen.h"
#include "web/draw_clock.h"

#include <stdlib.h>

static const instant_ms day_ms = (instant_ms)24 * 3600 * 1000;
enum { RECENT_DAYS = 90, LOOKED_AT_DAYS = 180 };

/* What a view drew, as a part of another. */
#define DRAWN(request, draw, view, into)                                               \
    do {                                                                               \
        struct buf drawn_part;                                                         \
        buf_init(&drawn_part, 8 << 20);                                                \
        draw(&drawn_part, (view));                                                     \
        *(into) = (struct html){.s = str_dup((request)->arena, buf_str(&drawn_part))}; \
        buf_done(&drawn_part);                                                         \
    } while (0)

struct str missing_when(struct request *request, const struct missing_line *line)
{
    struct arena *arena = request->arena;
    struct str since = clock_words(arena, line->since);
    if (!line->returned)
        return str_fmt(arena, "since %.*s, for %.*s", STR_ARG(since),
                       STR_ARG(draw_span_words(arena, clock_now() - line->since)));
    return str_fmt(arena, "%.*s to %.*s (%.*s)", STR_ARG(since),
                   STR_ARG(clock_words(arena, line->returned)),
                   STR_ARG(draw_span_words(arena, line->returned - line->since)));
}

struct html missing_clock(struct request *request, const struct missing_line *line)
{
    instant_ms now = clock_now();
    struct desk_clock clock = {
        .from = line->returned, .due = line->interview_due, .ended = line->interview_at};
    struct draw_clock drawn = draw_clock(request->arena, &clock, now);
    struct str state = str_from(interview_state_label(line->interview));
    if (!line->returned) state = STR("After the return");
    if (line->returned && !line->interview_due && line->interview == INTERVIEW_NONE)
        state = STR("Not in the file that it came from");
    struct view_missing_clock view = {.state = state,
                                      .runs = line->interview_due != 0,
                                      .words = drawn.words,
                                      .clock_state = drawn.state,
                                      .percent = drawn.percent,
                                      .due = drawn.due};
    struct html html;
    DRAWN(request, view_missing_clock, &view, &html);
    return html;
}

/* A list of episodes as a table. */
static struct html missing_table(struct request *request, const struct missing_line *line,
                                 size_t count, const char *caption, bool of_one_child)
{
    struct arena *arena = request->arena;
    struct view_missing_table_rows *rows =
        arena_many(arena, count + 1, struct view_missing_table_rows);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct view_missing_table_rows){
            .id = of_one_child ? str_fmt(arena, "episode-%lld", (long long)line[i].id)
                               : str_fmt(arena, "%c%lld", caption[0], (long long)line[i].id),
            .number = of_one_child ? str_fmt(arena, "%zu.", count - i) : STR(""),
            .reference = line[i].reference,
            .href = url_to_id(arena, ROUTE_missing_one, line[i].id),
            .name = of_one_child ? STR("") : line[i].child_name,
            .sort = line[i].sort_label,
            .when = missing_when(request, &line[i]),
            .from = line[i].where,
            .found = line[i].found_where,
            .person = line[i].found_with,
            .band = line[i].band,
            .police = line[i].police_reference,
            .interview = missing_clock(request, &line[i])};
    struct view_missing_table view = {
        .caption = str_from(caption), .rows = rows, .rows_count = count};
    struct html html;
    DRAWN(request, view_missing_table, &view, &html);
    return html;
}

/* --- facts that are put to people ----------------------------------------------------------- */

static void draw_shown(struct request *request, const struct missing_alert *alert,
                       struct view_missing_facts_facts *fact)
{
    struct view_missing_facts_facts_episodes *list =
        arena_many(request->arena, ALERT_EPISODES_MAX, struct view_missing_facts_facts_episodes);
    for (size_t i = 0; i < alert->episode_count; i++)
        list[i] = (struct view_missing_facts_facts_episodes){
            url_to_id(request->arena, ROUTE_missing_one, alert->episode[i]->id),
            str_fmt(
                request->arena, "%.*s, %.*s", STR_ARG(alert->episode[i]->reference),
                STR_ARG(date_words(request->arena, clock_london(alert->episode[i]->since).date)))};
    fact->episodes = list;
    fact->episodes_count = alert->episode_count;
}

struct html missing_facts(struct request *request, const struct missing_alert *alert, size_t count,
                          struct str back)
{
    struct arena *arena = request->arena;
    struct view_missing_facts_facts *facts =
        arena_many(arena, count + 1, struct view_missing_facts_facts);
    bool sent = request->method == POST; /* and was refused: what was typed stays */
    for (size_t i = 0; i < count; i++) {
        facts[i] = (struct view_missing_facts_facts){
            .id = str_fmt(arena, "fact-%s-%lld-%zu", missing_alert_kind_name(alert[i].kind),
                          (long long)alert[i].episode[0]->id, i),
            .text = alert[i].text,
            .fact = alert[i].fact,
            .ask = alert[i].ask,
            .key = alert[i].key,
            .back = back,
            .linked = alert[i].mention != 0,
            .at_place = alert[i].location != 0,
            .place = url_to_id(arena, ROUTE_location, alert[i].location),
            .see = url_to_id(
                arena, ROUTE_entity,
                seen_entity(scope_of(request->app, arena, &request->who), alert[i].mention)),
            .verdict = str_eq(alert[i].verdict, STR("accepted")) ? STR("Accepted")
                       : alert[i].verdict.len                    ? STR("Dismissed")
                                                                 : STR(""),
            .reason = alert[i].reason,
            .typed = sent && str_eq(alert[i].key, form_value(request, "key"))
                         ? form_value(request, "reason")
                         : STR(""),
            .by = alert[i].verdict.len ? str_fmt(arena, "%.*s, %.*s", STR_ARG(alert[i].by),
                                                 STR_ARG(clock_words(arena, alert[i].at)))
                                       : STR("")};
        draw_shown(request, &alert[i], &facts[i]);
    }
    struct view_missing_facts view = {.facts = facts,
                                      .facts_count = count,
                                      .action = url_to(ROUTE_missing_alert),
                                      .csrf = request->csrf};
    struct html html;
    DRAWN(request, view_missing_facts, &view, &html);
    return html;
}

/* Those that wait come first. */
static size_t waiting_of(const struct missing_alert *alert, size_t count)
{
    size_t waiting = 0;
    while (waiting < count && !alert[waiting].verdict.len) waiting++;
    return waiting;
}

static struct str said(const struct request *request)
{
    if (str_eq(form_value(request, "saved"), STR("imported")))
        return STR("The episodes were taken in.");
    return form_has(request, "saved") ? STR("What you said is kept, with your name and the time.")
                                      : STR("");
}

/* --- the overview ----------------------------------------------------------------------------- */

struct overview {
    struct missing_line *now;
    size_t now_count;
    struct missing_line *interview;
    size_t interview_count;
    struct missing_line *recent;
    size_t recent_count;
    size_t late;
};

static int due_first(const void *a, const void *b)
{
    const struct missing_line *left = a;
    const struct missing_line *right = b;
    if (left->interview_due != right->interview_due)
        return left->interview_due < right->interview_due ? -1 : 1;
    return (left->id > right->id) - (left->id < right->id);
}

static void wait_for_interview(struct overview *parts, const struct missing_line *line)
{
    parts->interview[parts->interview_count++] = *line;
    parts->late += line->late;
}

/* `owed`: interviews that wait of returns longer ago than the lines go back. */
static void part(struct arena *arena, const struct missing_line *line, size_t count,
                 const struct missing_line *owed, size_t owed_count, struct overview *ret)
{
    size_t most = count + owed_count + 1;
    *ret = (struct overview){.now = arena_many(arena, count + 1, struct missing_line),
                             .interview = arena_many(arena, most, struct missing_line),
                             .recent = arena_many(arena, count + 1, struct missing_line)};
    for (size_t i = 0; i < count; i++) {
        if (!line[i].returned) ret->now[ret->now_count++] = line[i];
        if (missing_waits_for_interview(&line[i])) wait_for_interview(ret, &line[i]);
        if (line[i].returned >= clock_now() - RECENT_DAYS * day_ms)
            ret->recent[ret->recent_count++] = line[i];
    }
    for (size_t i = 0; i < owed_count; i++)
        if (missing_waits_for_interview(&owed[i])) wait_for_interview(ret, &owed[i]);
    if (ret->interview_count)
        qsort(ret->interview, ret->interview_count, sizeof *ret->interview, due_first);
}

static void draw_forums(struct request *request, struct str chosen, struct view_missing *view)
{
    size_t count = 0;
    const struct area_forum *forum = area_forums(request->app->area, &count);
    struct view_missing_forums *list =
        arena_many(request->arena, count + 1, struct view_missing_forums);
    list[0] = (struct view_missing_forums){STR(""), STR("All that you see"), !chosen.len};
    for (size_t i = 0; i < count; i++)
        list[i + 1] =
            (struct view_missing_forums){forum[i].id, forum[i].name, str_eq(forum[i].id, chosen)};
    view->forums = list;
    view->forums_count = count + 1;
}

static void draw_overview(struct request *request, struct response *response, struct str problem)
{
    struct arena *arena = request->arena;
    struct missing_line *line = NULL;
    struct missing_line *owed = NULL;
    struct missing_alert *alert = NULL;
    struct overview parts;
    size_t count = 0;
    size_t owed_count = 0;
    size_t alerts = 0;
    struct err err = {0};
    struct str forum = form_value(request, "forum");
    instant_ms from = clock_now() - LOOKED_AT_DAYS * day_ms;
    enum st outcome = missing_since(request->app, arena, &request->who, forum, from, clock_now(),
                                    &line, &count, &err);
    if (outcome == ST_OK)
        outcome =
            missing_owed(request->app, arena, &request->who, forum, from, &owed, &owed_count, &err);
    if (outcome == ST_OK)
        outcome =
            missing_alerts(request->app, arena, &request->who, line, count, &alert, &alerts, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    part(arena, line, count, owed, owed_count, &parts);
    size_t waiting = waiting_of(alert, alerts);
    struct view_missing_figures figures[] = {
        {STR("Missing now"), (int)parts.now_count},
        {STR("Interviews that wait"), (int)parts.interview_count},
        {STR("of these overdue"), (int)parts.late},
        {STR("Facts to look at"), (int)waiting}};
    struct view_missing view = {
        .said = said(request),
        .problem = problem,
        .at = AT(request, "main"),
        .figures = figures,
        .figures_count = sizeof figures / sizeof *figures,
        .any_now = parts.now_count > 0,
        .now = missing_table(request, parts.now, parts.now_count, "Missing now", false),
        .any_interviews = parts.interview_count > 0,
        .interviews = missing_table(request, parts.interview, parts.interview_count,
                                    "Interviews that wait", false),
        .any_recent = parts.recent_count > 0,
        .recent =
            missing_table(request, parts.recent, parts.recent_count, "The last 90 days", false),
        .any_facts = waiting > 0,
        .facts = missing_facts(request, alert, waiting, STR("")),
        .any_answered = alerts > waiting,
        .answered = missing_facts(request, alert + waiting, alerts - waiting, STR("")),
        .may_report = access_allows(&request->who, ACT_REPORT_MISSING, NULL),
        .report = url_to(ROUTE_children),
        .may_import = access_allows(&request->who, ACT_IMPORT_MISSING, NULL),
        .import = url_to(ROUTE_missing_import),
        .action = url_to(ROUTE_missing)};
    draw_forums(request, forum, &view);
    if (problem.len) response->status = 400;
    PAGE(request, response, "Children who go missing", view_missing, &view);
}

void page_missing(struct request *request, struct response *response)
{
    draw_overview(request, response, STR(""));
}

/* Back to where it was answered: an episode, a child, or the overview. */
static struct url back_of(struct request *request)
{
    struct str back = form_value(request, "back");
    int64_t id = 0;
    if (str_starts(back, STR("episode ")) && str_to_int(str_sub(back, 8, back.len), &id))
        return url_to_id(request->arena, ROUTE_missing_one, id);
    if (str_starts(back, STR("child ")) && str_to_int(str_sub(back, 6, back.len), &id))
        return url_to_id(request->arena, ROUTE_child_missing, id);
    return url_to(ROUTE_missing);
}

void page_missing_alert(struct request *request, struct response *response)
{
    struct err err = {0};
    bool accept = str_eq(form_value(request, "verdict"), STR("accepted"));
    enum st outcome = missing_alert_answer(request->app, &request->who, form_value(request, "key"),
                                           accept, form_value(request, "reason"), &err);
    if (outcome == ST_OK)
        respond_redirect(response, url_with(request->arena, back_of(request), "saved", STR("yes")));
    else if (outcome == ST_INVALID)
        draw_overview(request, response, str_dup(request->arena, str_from(err.public)));
    else
        respond_error(request, response, &err);
}

/* --- one child -------------------------------------------------------------------------------- */

struct again {
    struct str what;
    size_t times;
};

static void count_again(struct again *list, size_t *count, struct str what, size_t room)
{
    if (!what.len) return;
    for (size_t i = 0; i < *count; i++)
        if (str_eq_nocase(list[i].what, what)) {
            list[i].times++;
            return;
        }
    if (*count < room) list[(*count)++] = (struct again){what, 1};
}

static int oftenest(const void *a, const void *b)
{
    const struct again *left = a;
    const struct again *right = b;
    if (left->times != right->times) return left->times < right->times ? 1 : -1;
    return str_cmp(left->what, right->what);
}

/* Places and people that stand in two episodes or more. */
static void draw_again(struct request *request, const struct missing_line *line, size_t count,
                       struct view_child_episodes *view)
{
    enum { SHOWN = 8 };
    struct arena *arena = request->arena;
    struct again *list = arena_many(arena, 3 * count + 1, struct again);
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        if (line[i].found_where.len)
            count_again(list, &used, str_fmt(arena, "Found at %.*s", STR_ARG(line[i].found_where)),
                        3 * count);
        if (line[i].found_with.len)
            count_again(list, &used, str_fmt(arena, "With %.*s", STR_ARG(line[i].found_with)),
                        3 * count);
        if (line[i].where.len)
            count_again(list, &used, str_fmt(arena, "Last seen at %.*s", STR_ARG(line[i].where)),
                        3 * count);
    }
    if (used) qsort(list, used, sizeof *list, oftenest);
    struct view_child_episodes_again *rows =
        arena_many(arena, SHOWN, struct view_child_episodes_again);
    for (size_t i = 0; i < used && list[i].times > 1 && view->again_count < SHOWN; i++)
        rows[view->again_count++] = (struct view_child_episodes_again){
            list[i].what, str_fmt(arena, "%zu times", list[i].times)};
    view->again = rows;
}

static struct str sum_of(struct request *request, const struct missing_line *line, size_t count)
{
    instant_ms away = missing_time_away(line, count, clock_now());
    size_t held = 0;
    size_t recent = 0;
    for (size_t i = 0; i < count; i++) {
        held += line[i].interview == INTERVIEW_HELD;
        recent += line[i].since > clock_now() - RECENT_DAYS * day_ms;
    }
    return str_fmt(request->arena,
                   "%zu episode%s since %.*s, %zu of them in the last %d days; %.*s in all. %zu "
                   "return interview%s held.",
                   count, count == 1 ? "" : "s",
                   STR_ARG(date_words(request->arena, clock_london(line[count - 1].since).date)),
                   recent, RECENT_DAYS, STR_ARG(draw_span_words(request->arena, away)), held,
                   held == 1 ? "" : "s");
}

static void draw_prepared(struct request *request, const struct child_file *file,
                          const struct missing_file *prepared, struct view_child_episodes *view)
{
    const struct questions *form = &area_missing(request->app->area)->form;
    struct view_child_episodes_prepared *rows =
        arena_many(request->arena, prepared->answer_count + 1, struct view_child_episodes_prepared);
    instant_ms newest = 0;
    for (size_t q = 0; q < form->question_count; q++)
        for (size_t i = 0; i < prepared->answer_count; i++) {
            const struct missing_answer *answer = &prepared->answer[i];
            if (!str_eq(answer->key, form->question[q].key) || answer->answer.kind == ANSWER_NONE)
                continue;
            struct str name = child_account_name(file, answer->account);
            struct str when = clock_words(request->arena, answer->at);
            rows[view->prepared_count++] = (struct view_child_episodes_prepared){
                form->question[q].label,
                answer_words(request->arena, &form->question[q], &answer->answer),
                name.len ? str_fmt(request->arena, "%.*s, %.*s", STR_ARG(name), STR_ARG(when))
                         : when};
            if (answer->at > newest) newest = answer->at;
        }
    view->prepared = rows;
    if (newest && clock_now() - newest > LOOKED_AT_DAYS * day_ms)
        view->prepared_late = STR("It was not looked over for half a year: do so now.");
}

void page_child_missing(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct child_file file;
    struct missing_file prepared;
    struct missing_line *line = NULL;
    struct missing_alert *alert = NULL;
    size_t count = 0;
    size_t alerts = 0;
    struct err err = {0};
    if (!child_page_open(request, response, &file)) return;
    enum st outcome =
        missing_of_child(request->app, arena, &request->who, &file, &line, &count, &err);
    if (outcome == ST_OK)
        outcome =
            missing_alerts(request->app, arena, &request->who, line, count, &alert, &alerts, &err);
    if (outcome == ST_OK) outcome = missing_prepared(request->app, arena, &file, &prepared, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    size_t waiting = waiting_of(alert, alerts);
    struct str back = str_fmt(arena, "child %lld", (long long)file.line.id);
    struct view_child_episodes view = {
        .head = child_head(request, &file, TAB_MISSING),
        .may_edit = file.may_edit,
        .report = url_to_id(arena, ROUTE_child_missing_new, file.line.id),
        .prepared_link = url_to_id(arena, ROUTE_child_prepared, file.line.id),
        .any = count > 0,
        .any_facts = waiting > 0,
        .facts = missing_facts(request, alert, waiting, back),
        .any_answered = alerts > waiting,
        .answered = missing_facts(request, alert + waiting, alerts - waiting, back),
        .calendar = draw_missing_calendar(request, line, count),
        .table = missing_table(request, line, count, "All episodes", true)};
    if (count) view.sum = sum_of(request, line, count);
    draw_again(request, line, count, &view);
    draw_prepared(request, &file, &prepared, &view);
    PAGE(request, response, "Missing episodes", view_child_episodes, &view);
}
