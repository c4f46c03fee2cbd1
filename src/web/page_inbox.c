/*
 * What waits for whoever shares on: by danger and age, and what they sent to the referral unit.
 */
#include "domain/area_feedback.h"
#include "domain/feedback_due.h"
#include "domain/scope.h"
#include "web/draw.h"
#include "web/page_forward.h"

enum { DAY_MS = 24 * 3600 * 1000, SHOWN = 50 };

struct str draw_age(struct arena *arena, instant_ms since)
{
    int64_t days = (clock_now() - since) / DAY_MS;
    return days < 1 ? STR("Today")
                    : str_fmt(arena, days == 1 ? "%lld day" : "%lld days", (long long)days);
}

static size_t read_from(const struct request *request, const char *name, size_t count)
{
    int64_t from = 0;
    if (!str_to_int(form_value(request, name), &from) || from < 0 || (size_t)from >= count)
        return 0;
    return (size_t)from;
}

/* The words as this person reads them; false: it is gone meanwhile. */
static bool load(struct request *request, struct db *db, int64_t id, struct submission *ret)
{
    return submission_load_seen(scope_of(request->app, request->arena, &request->who), db,
                                request->arena, id, ret, NULL) == ST_OK;
}

static struct str state_words(const struct forward_line *line)
{
    return line->held                 ? STR("Held")
           : line->since > line->came ? STR("Given back by the referral unit")
                                      : STR("Waits");
}

static enum st draw_waiting(struct request *request, struct view_inbox *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct forward_line *lines = NULL;
    size_t count = 0;
    enum st outcome = forward_inbox(request->app, arena, &request->who, &lines, &count, err);
    struct db *db = outcome == ST_OK ? store_read_begin(request->app->store, err) : NULL;
    if (!db) return outcome == ST_OK ? ST_FAILED : outcome;
    size_t from = read_from(request, "from", count);
    struct view_inbox_rows *rows = arena_many(arena, SHOWN, struct view_inbox_rows);
    for (size_t i = 0; i < count; i++) {
        view->urgent += lines[i].urgent;
        if (forward_is_late(&lines[i]))
            view->overdue++;
        else
            view->waiting++;
    }
    for (size_t i = from; i < count && i < from + SHOWN; i++) {
        struct submission submission;
        if (!load(request, db, lines[i].submission, &submission)) continue;
        rows[view->rows_count++] =
            (struct view_inbox_rows){.reference = submission.reference,
                                     .see = url_to_id(arena, ROUTE_forward, lines[i].submission),
                                     .words = draw_excerpt(arena, submission.narrative, 110),
                                     .age = draw_age(arena, lines[i].came),
                                     .urgent = lines[i].urgent,
                                     .state = state_words(&lines[i]),
                                     .overdue = forward_is_late(&lines[i])};
    }
    store_read_end(request->app->store, db);
    view->rows = rows;
    view->has_more = from + SHOWN < count;
    view->more = url_with(arena, url_to(ROUTE_inbox), "from", str_fmt(arena, "%zu", from + SHOWN));
    return ST_OK;
}

static enum st draw_sent(struct request *request, struct view_inbox *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct maru_case *list = NULL;
    size_t count = 0;
    enum st outcome = maru_sent_by(request->app, arena, &request->who, &list, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_inbox_sent *rows = arena_many(arena, count, struct view_inbox_sent);
    for (size_t i = 0; i < count; i++) {
        bool late = !list[i].outcome.len && list[i].due_at && clock_now() > list[i].due_at;
        rows[i] = (struct view_inbox_sent){
            .reference = list[i].reference,
            .see = url_to_id(arena, ROUTE_forward, list[i].submission),
            .sent = clock_words(arena, list[i].sent_at),
            .overdue = late,
            .answer = list[i].outcome.len
                          ? area_reason_label(request->app->area, AREA_REASON_MARU, list[i].outcome)
                      : list[i].taken_by ? STR("Somebody has taken it on")
                                         : STR("Not answered yet")};
    }
    view->sent = rows;
    view->sent_count = count;
    return ST_OK;
}

void page_inbox(struct request *request, struct response *response)
{
    struct err err = {0};
    struct view_inbox view = {.unit = area_unit(request->app->area),
                              .word_due = url_to(ROUTE_feedback_due)};
    enum st outcome = draw_waiting(request, &view, &err);
    if (outcome == ST_OK) outcome = draw_sent(request, &view, &err);
    bool meets = access_allows(&request->who, ACT_READ_MEETING, NULL);
    if (outcome == ST_OK && meets)
        outcome =
            feedback_due_count(request->app, request->arena, &request->who, &view.wordless, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    PAGE(request, response, "Inbox", view_inbox, &view);
}
