/*
 * The first page: what needs somebody now, what is new, what is late (domain/home.h); what the
 * browser fetches; a sign of life.
 */
#include "assets.h"
#include "domain/area.h"
#include "domain/area_meeting.h"
#include "domain/home.h"
#include "web/layout.h"
#include "web/pages.h"

/* Where each line leads, and what it says. */
static const struct home_words {
    enum home_part part;
    const char *one;
    const char *many;
    enum route_id route;
} home_words[HOME_KINDS] = {
#define HOME(name, part, one, many, route) [HOME_##name] = {HOME_##part, one, many, ROUTE_##route},
#include "domain/home.def"
#undef HOME
};

static const struct {
    const char *title;
    const char *empty;
    const char *class;
} home_parts[HOME_PARTS] = {
    [HOME_NOW] = {"What needs you now", "Nothing needs you now.", "now"},
    [HOME_NEW] = {"What is new", "Nothing new for you in the last seven days.", "new"},
    [HOME_LATE] = {"What is late", "Nothing is late. Thank you.", "late"},
};

static void draw_parts(struct request *request, const struct home *home, struct view_home *view)
{
    struct arena *arena = request->arena;
    struct view_home_parts *parts = arena_many(arena, HOME_PARTS, struct view_home_parts);
    for (int part = 0; part < HOME_PARTS; part++) {
        struct view_home_parts_lines *lines =
            arena_many(arena, HOME_KINDS, struct view_home_parts_lines);
        parts[part] =
            (struct view_home_parts){.id = str_fmt(arena, "home-%s", home_parts[part].class),
                                     .title = str_from(home_parts[part].title),
                                     .empty = str_from(home_parts[part].empty),
                                     .class = str_from(home_parts[part].class),
                                     .lines = lines};
        for (int kind = 0; kind < HOME_KINDS; kind++) {
            const struct home_words *words = &home_words[kind];
            if ((int)words->part != part || !home->count[kind]) continue;
            lines[parts[part].lines_count++] = (struct view_home_parts_lines){
                .count = home->count[kind],
                .at_least = home->at_least[kind],
                .words = str_from(home->count[kind] == 1 ? words->one : words->many),
                .href = url_to(words->route)};
        }
    }
    view->parts = parts;
    view->parts_count = HOME_PARTS;
}

static enum st fill_home(struct request *request, struct view_home *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct home home;
    enum st outcome = home_read(request->app, arena, &request->who, &home, err);
    if (outcome != ST_OK) return outcome;
    draw_parts(request, &home, view);
    if (home.confirm) {
        view->confirm = url_to_id(arena, ROUTE_referral, home.confirm);
        view->confirm_by = clock_words(arena, home.confirm_by);
        view->confirm_late = home.confirm_by < clock_now();
    }
    if (home.meeting) {
        view->next_meeting = str_fmt(
            arena, "%.*s, %.*s", STR_ARG(area_forum_name(request->app->area, home.meeting_forum)),
            STR_ARG(clock_words(arena, home.meeting_at)));
        view->meeting = url_to_id(arena, ROUTE_meeting, home.meeting);
    }
    return ST_OK;
}

void page_home(struct request *request, struct response *response)
{
    const struct person *who = &request->who;
    struct view_home view = {
        .unit_in_full = area_unit_in_full(request->app->area),
        .unit = area_unit(request->app->area),
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
    if (view.signed_in && fill_home(request, &view, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    PAGE(request, response, view.signed_in ? "Home" : "The missing link may be yours", view_home,
         &view);
}

void page_asset(struct request *request, struct response *response)
{
    const struct asset *asset = asset_find(request->parameter[0]);
    if (!asset) {
        struct err err;
        err_missing(&err, "page");
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
