/*
 * The first page, what the browser fetches, and a sign of life.
 */
#include "assets.h"
#include "domain/action.h"
#include "domain/area.h"
#include "domain/connection.h"
#include "domain/decision.h"
#include "domain/desk.h"
#include "domain/handover.h"
#include "domain/referral.h"
#include "web/layout.h"
#include "web/pages.h"

static enum st count_all(struct request *request, struct view_home *view, struct err *err)
{
    struct app *app = request->app;
    struct suggestion *list = NULL;
    size_t count = 0;
    enum st outcome = suggestions_open(app, request->arena, &request->who, 0, &list, &count,
                                       &view->open_suggestions, err);
    if (outcome != ST_OK) return outcome;
    scope_count(scope_of(app, request->arena, &request->who), &view->submissions, &view->mentions);
    return ST_OK;
}

static enum st count_desk(struct request *request, struct view_home *view, struct err *err)
{
    struct desk_check *checks = NULL;
    size_t count = 0;
    enum st outcome = view->can_desk ? desk_count_due(request->app, request->arena, &request->who, &view->desk_over,
                                                      &view->desk_soon, err)
                                     : ST_OK;
    if (outcome == ST_OK && view->can_answer)
        outcome = check_list(request->app, request->arena, &request->who, &checks, &count, err);
    for (size_t i = 0; i < count; i++) view->checks_open += !checks[i].answered_at;
    return outcome;
}

/* What waits of meetings: one's own actions, what was handed over or sent as urgent. */
static enum st count_meeting(struct request *request, struct view_home *view, struct err *err)
{
    struct handover *list = NULL;
    size_t count = 0;
    enum st outcome = view->can_act
                          ? action_count_due(request->app, &request->who, &view->actions_open, &view->actions_over, err)
                          : ST_OK;
    if (outcome == ST_OK && view->can_meet)
        outcome = handover_list(request->app, request->arena, &request->who, &list, &count, err);
    for (size_t i = 0; i < count; i++) view->across_waiting += list[i].mine;
    return outcome;
}

/* The next meeting of this person's Forums. */
static enum st next_meeting(struct request *request, struct view_home *view, struct err *err)
{
    struct meeting *list = NULL;
    size_t count = 0;
    enum st outcome = meeting_list(request->app, request->arena, &request->who, &list, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        if (list[i].state > MEETING_OPEN) continue; /* newest first: the last one is the next */
        view->next_meeting = str_fmt(request->arena, "%.*s, %.*s", STR_ARG(area_forum_name(request->app->area, list[i].forum)),
                                     STR_ARG(clock_words(request->arena, list[i].starts_at)));
        view->meeting = url_to_id(request->arena, ROUTE_meeting, list[i].id);
    }
    return outcome;
}

/* One's own drafts, and the call that waits longest to be confirmed in writing. */
static enum st look_at_drafts(struct request *request, struct view_home *view, struct err *err)
{
    enum { MOST = 50 };
    struct referral_line *lines = NULL;
    size_t count = 0;
    enum st outcome = referral_list(request->app, request->arena, &request->who, REFERRALS_DRAFT, MOST, &lines,
                                    &count, err);
    if (outcome != ST_OK) return outcome;
    instant_ms first = 0;
    for (size_t i = 0; i < count; i++) {
        instant_ms due = lines[i].head.written_due_at;
        if (!due || (first && due >= first)) continue;
        first = due;
        view->confirm = url_to_id(request->arena, ROUTE_referral, lines[i].head.id);
    }
    view->drafts = (int64_t)count;
    if (!first) return ST_OK;
    view->confirm_by = clock_words(request->arena, first);
    view->confirm_late = first < clock_now();
    return ST_OK;
}

void page_home(struct request *request, struct response *response)
{
    const struct person *who = &request->who;
    struct view_home view = {
        .signed_in = who->account != 0,
        .name = who->name,
        .sign_in = url_to(ROUTE_sign_in),
        .share = url_to(ROUTE_share),
        .mine = url_to(ROUTE_submissions),
        .refer = url_to(ROUTE_referrals),
        .confirm = url_to(ROUTE_referrals),
        .can_refer = access_allows(who, ACT_REFER, NULL),
        .help = url_to(ROUTE_help_now),
        .support = url_to(ROUTE_support),
        .contacts = url_to(ROUTE_contacts),
        .can_keep = access_allows(who, ACT_KEEP_SUPPORT, NULL),
        .guidance = url_to(ROUTE_guidance),
        .suggestions = url_to(ROUTE_suggestions),
        .entities = url_to(ROUTE_entities),
        .search = url_to(ROUTE_search),
        .imports = url_to(ROUTE_imports),
        .audit = url_to(ROUTE_audit),
        .can_desk = access_allows(who, ACT_DESK, NULL),
        .desk = url_to(ROUTE_desk),
        .can_answer = access_allows(who, ACT_ANSWER_CHECK, NULL),
        .checks = url_to(ROUTE_checks),
        .can_measure = access_allows(who, ACT_MEASURES, NULL),
        .measures = url_to(ROUTE_measures),
        .can_meet = request->app->area && access_allows(who, ACT_READ_MEETING, NULL),
        .meetings = url_to(ROUTE_meetings),
        .meeting = url_to(ROUTE_meetings),
        .can_act = access_allows(who, ACT_DO_ACTION, NULL),
        .actions = url_to(ROUTE_actions),
        .across = url_to(ROUTE_across),
        .can_audit = access_allows(who, ACT_AUDIT, NULL),
        .notices = url_to(ROUTE_notices),
        .can_share = access_allows(who, ACT_SHARE, NULL),
        .can_read = access_allows(who, ACT_READ_SUBMISSION, NULL),
        .can_link = access_allows(who, ACT_SEE_LINKS, NULL),
        .can_import = access_allows(who, ACT_IMPORT, NULL),
        .can_manage = access_allows(who, ACT_MANAGE_ACCOUNTS, NULL),
        .people = url_to(ROUTE_people),
        .organisations = url_to(ROUTE_organisations),
        .area = request->app->area ? area_name(request->app->area) : STR("your area"),
    };
    struct err err = {0};
    enum st outcome = view.can_link ? count_all(request, &view, &err) : ST_OK;
    if (outcome == ST_OK) outcome = count_desk(request, &view, &err);
    if (outcome == ST_OK) outcome = count_meeting(request, &view, &err);
    if (outcome == ST_OK && view.can_meet) outcome = next_meeting(request, &view, &err);
    if (outcome == ST_OK && view.can_refer) outcome = look_at_drafts(request, &view, &err);
    if (outcome == ST_OK && view.can_read)
        outcome = notices_count(request->app, request->arena, who, &view.notices_waiting, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    PAGE(request, response, view.signed_in ? "Home" : "The missing link may be yours", view_home, &view);
}

void page_asset(struct request *request, struct response *response)
{
    const struct asset *asset = asset_find(request->parameter[0]);
    if (!asset) {
        struct err err;
        err_set(&err, ST_NOT_FOUND, "There is no such page.");
        respond_error(request, response, &err);
        return;
    }
    response->content_type = asset->content_type;
    response->constant_body = str_of((const char *)asset->bytes, asset->size);
    /* The name changes with the content. */
    response->cache = "public, max-age=31536000, immutable";
}

/* At the root, since a worker looks after what stands below its own address. */
void page_service_worker(struct request *request, struct response *response)
{
    (void)request;
    const struct asset *asset = asset_find(str_from(&ASSET_WORKER[sizeof "/assets/" - 1]));
    response->content_type = asset->content_type;
    response->constant_body = str_of((const char *)asset->bytes, asset->size);
    response->cache = "no-cache";
}

void page_health(struct request *request, struct response *response)
{
    struct err err = {0};
    struct db *db = store_read_begin(request->app->store, &err);
    int64_t count = 0;
    enum st outcome = db ? db_one(db_query(db, Q_SUBMISSION_COUNT), &count, &err) : ST_FAILED;
    store_read_end(request->app->store, db);
    response->status = outcome == ST_OK ? 200 : 503;
    response->content_type = "text/plain; charset=utf-8";
    response->constant_body = outcome == ST_OK ? STR("ok\n") : STR("the database does not answer\n");
}
