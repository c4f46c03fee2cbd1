/*
 * Asking an unknown owner to connect, and opening a record in an emergency.
 */
#include "domain/connection.h"
#include "domain/grant.h"
#include "web/layout.h"
#include "web/pages.h"
#include "web/said.h"

static struct str problem_words(struct arena *arena, const struct err *err)
{
    return err ? str_trim(str_fmt(arena, "%s %s", err->public, err->hint)) : STR("");
}

/* --- asking -------------------------------------------------------------------------- */

static void draw_connect(struct request *request, struct response *response,
                         const struct err *problem)
{
    struct arena *arena = request->arena;
    struct app *app = request->app;
    const struct scope *scope = scope_of(app, arena, &request->who);
    struct submission submission;
    struct err err = {0};
    bool hint = false;
    enum st outcome = submission_read(app, arena, &request->who, request->id[0], &submission, &err);
    if (outcome == ST_OK)
        outcome = connection_hint(app, arena, &request->who, &submission, &hint, &err);
    if (outcome == ST_OK && !hint) outcome = err_missing(&err, "submission");
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_connect view = {.reference = submission.reference,
                                .see = url_to_id(arena, ROUTE_submission, submission.id),
                                .action = url_to_id(arena, ROUTE_connect_send, submission.id),
                                .csrf = request->csrf,
                                .error = problem_words(arena, problem),
                                .error_at = html_url_fragment(arena, STR("message")),
                                .message = form_value(request, "message"),
                                .may_show = connection_may_show(scope, submission.id),
                                .shows = form_has(request, "shows")};
    PAGE(request, response, "Ask to connect", view_connect, &view);
}

void page_connect(struct request *request, struct response *response)
{
    draw_connect(request, response, NULL);
}

void page_connect_send(struct request *request, struct response *response)
{
    struct err err = {0};
    enum st outcome =
        connection_ask(request->app, &request->who, request->id[0], form_value(request, "message"),
                       form_has(request, "shows"), &err);
    if (outcome == ST_OK) {
        respond_said(request, response, url_to(ROUTE_notices), "asked");
    } else if (outcome == ST_INVALID || outcome == ST_LIMIT) {
        response->status = outcome == ST_INVALID ? 400 : 429;
        draw_connect(request, response, &err);
    } else {
        respond_error(request, response, &err);
    }
}

/* --- in an emergency --------------------------------------------------------------------- */

static void draw_break_glass(struct request *request, struct response *response,
                             const struct err *problem)
{
    struct view_break_glass view = {.action = url_to(ROUTE_break_glass_send),
                                    .csrf = request->csrf,
                                    .reference = form_value(request, "reference"),
                                    .reason = form_value(request, "reason"),
                                    .error = problem_words(request->arena, problem),
                                    .error_at = html_url_fragment(request->arena, STR("reference")),
                                    .hours = GRANT_BROKEN_HOURS};
    PAGE(request, response, "Open a record in an emergency", view_break_glass, &view);
}

void page_break_glass(struct request *request, struct response *response)
{
    draw_break_glass(request, response, NULL);
}

void page_break_glass_send(struct request *request, struct response *response)
{
    struct err err = {0};
    int64_t submission = 0;
    enum st outcome = break_glass(request->app, &request->who, form_value(request, "reference"),
                                  form_value(request, "reason"), &submission, &err);
    if (outcome == ST_OK) {
        respond_redirect(response, url_to_id(request->arena, ROUTE_submission, submission));
    } else if (outcome == ST_INVALID || outcome == ST_LIMIT || outcome == ST_NOT_FOUND) {
        response->status = outcome == ST_LIMIT ? 429 : outcome == ST_NOT_FOUND ? 404 : 400;
        draw_break_glass(request, response, &err);
    } else {
        respond_error(request, response, &err);
    }
}
