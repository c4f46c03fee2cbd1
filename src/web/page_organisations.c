/*
 * Organisations, for administrators.
 */
#include "domain/account.h"
#include "domain/area.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/page_parts.h"
#include "web/pages.h"

enum { ORGANISATIONS_MAX = 2000, PEOPLE_MAX = 10000 };

static struct str forum_label(struct app *app, struct str forum)
{
    size_t count = 0;
    const struct area_forum *forums = app->area ? area_forums(app->area, &count) : NULL;
    for (size_t i = 0; i < count; i++)
        if (str_eq(forums[i].id, forum)) return forums[i].name;
    return forum;
}

void page_organisations(struct request *request, struct response *response)
{
    struct err err = {0};
    struct organisation *list = NULL;
    size_t count = 0;
    if (organisation_list(request->app, request->arena, ORGANISATIONS_MAX, &list, &count, &err) !=
        ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_organisations_rows *rows =
        arena_many(request->arena, count + 1, struct view_organisations_rows);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct view_organisations_rows){
            .href = url_to_id(request->arena, ROUTE_organisation, list[i].id),
            .name = list[i].name,
            .sector = draw_sector_label(request->app, list[i].sector),
            .forum = forum_label(request->app, list[i].forum),
            .people = list[i].people,
            .state = list[i].disabled ? STR("Disabled") : STR("Active")};
    struct view_organisations view = {.add = url_to(ROUTE_organisation_new),
                                      .people = url_to(ROUTE_people),
                                      .rows = rows,
                                      .rows_count = count,
                                      .shown = count > 0};
    PAGE(request, response, "Organisations", view_organisations, &view);
}

/* --- one ------------------------------------------------------------------------------- */

static void add_sectors(struct request *request, struct view_organisation *view, struct str chosen)
{
    struct area_sector sectors[AREA_SECTORS_MAX];
    size_t count = area_sectors(request->app->area, AREA_SECTORS_MAX, sectors);
    struct str label = draw_sector_label(request->app, chosen);
    struct view_organisation_sectors *options =
        arena_many(request->arena, count + 1, struct view_organisation_sectors);
    for (size_t i = 0; i < count; i++)
        options[i] = (struct view_organisation_sectors){sectors[i].id, sectors[i].name,
                                                        str_eq(sectors[i].name, label)};
    view->sectors = options;
    view->sectors_count = count;
}

static void add_forums(struct request *request, struct view_organisation *view, struct str chosen)
{
    size_t count = 0;
    const struct area_forum *forums = area_forums(request->app->area, &count);
    struct view_organisation_forums *options =
        arena_many(request->arena, count + 1, struct view_organisation_forums);
    for (size_t i = 0; i < count; i++)
        options[i] = (struct view_organisation_forums){forums[i].id, forums[i].name,
                                                       str_eq(forums[i].id, chosen)};
    view->forums = options;
    view->forums_count = count;
}

static enum st add_people(struct request *request, struct view_organisation *view,
                          int64_t organisation, struct err *err)
{
    struct account_line *list = NULL;
    size_t count = 0;
    enum st outcome = account_list(request->app, request->arena, PEOPLE_MAX, &list, &count, err);
    struct view_organisation_people *rows =
        arena_many(request->arena, count + 1, struct view_organisation_people);
    for (size_t i = 0; i < count; i++) {
        if (list[i].organisation != organisation) continue;
        rows[view->people_count++] = (struct view_organisation_people){
            .href = url_to_id(request->arena, ROUTE_person, list[i].id),
            .name = list[i].name,
            .roles = roles_label(request->arena, list[i].roles),
            .state = list[i].disabled ? STR("Disabled") : STR("Active")};
    }
    view->people = rows;
    return outcome;
}

static void draw(struct request *request, struct response *response,
                 const struct organisation *organisation, const struct form_problems *problems,
                 int status)
{
    struct arena *arena = request->arena;
    struct err err = {0};
    int64_t id = organisation->id;
    struct view_organisation view = {
        .action =
            id ? url_to_id(arena, ROUTE_organisation_change, id) : url_to(ROUTE_organisation_add),
        .csrf = request->csrf,
        .is_new = id == 0,
        .problems = draw_form_problems(request, problems),
        .problems_count = problems->count,
        .name_error = form_problem_of(problems, STR("name")),
        .sector_error = form_problem_of(problems, STR("sector")),
        .forum_error = form_problem_of(problems, STR("forum")),
        .message = form_has(request, "done") ? STR("The organisation was saved.") : STR(""),
        .name = organisation->name,
        .seen = organisation->seen,
        .disabled = organisation->disabled,
        .disable =
            id ? url_to_id(arena, ROUTE_organisation_disable, id) : url_to(ROUTE_organisations),
        .enable =
            id ? url_to_id(arena, ROUTE_organisation_enable, id) : url_to(ROUTE_organisations),
        .back = url_to(ROUTE_organisations),
    };
    add_sectors(request, &view, organisation->sector);
    add_forums(request, &view, organisation->forum);
    if (id && add_people(request, &view, id, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    response->status = status;
    PAGE(request, response, id ? "Organisation" : "Add an organisation", view_organisation, &view);
}

void page_organisation_new(struct request *request, struct response *response)
{
    struct organisation organisation = {0};
    draw(request, response, &organisation, &(struct form_problems){0}, 200);
}

void page_organisation(struct request *request, struct response *response)
{
    struct err err = {0};
    struct organisation organisation;
    if (organisation_read(request->app, request->arena, request->id[0], &organisation, &err) !=
        ST_OK)
        respond_error(request, response, &err);
    else {
        organisation.seen = organisation_mark(request->arena, &organisation);
        draw(request, response, &organisation, &(struct form_problems){0}, 200);
    }
}

/* Somebody changed it since the form was opened: says at each field that differs what it is now,
 * and whoever saves it again has seen that.  False: nobody did. */
static bool look_again(struct request *request, struct organisation *organisation,
                       struct form_problems *problems)
{
    struct organisation now;
    struct app *app = request->app;
    struct arena *arena = request->arena;
    if (!organisation->id || organisation_read(app, arena, organisation->id, &now, NULL) != ST_OK)
        return false;
    struct str mark = organisation_mark(arena, &now);
    if (str_eq(mark, organisation->seen)) return false;
    struct str sector = draw_sector_label(app, now.sector);
    organisation->seen = mark;
    form_wrong(problems, STR("main"),
               STR("Somebody changed this organisation since you opened this form. Look at what "
                   "differs, then save."));
    if (!str_eq(str_trim(organisation->name), now.name))
        form_wrong(problems, STR("name"),
                   str_fmt(arena, "The name is now %.*s.", STR_ARG(now.name)));
    if (!str_eq(draw_sector_label(app, organisation->sector), sector))
        form_wrong(problems, STR("sector"),
                   str_fmt(arena, "The sort is now: %.*s.", STR_ARG(sector)));
    if (!str_eq(organisation->forum, now.forum))
        form_wrong(problems, STR("forum"),
                   str_fmt(arena, "The Forum is now %.*s.", STR_ARG(forum_label(app, now.forum))));
    return true;
}

static void save(struct request *request, struct response *response,
                 struct organisation *organisation)
{
    struct err err = {0};
    organisation->name = form_value(request, "name");
    organisation->sector = form_value(request, "sector");
    organisation->forum = form_value(request, "forum");
    if (organisation->id)
        organisation->seen = form_has(request, "seen") ? form_value(request, "seen") : STR("none");
    struct form_problems problems;
    organisation_check(request->app, organisation, &problems);
    if (problems.count) {
        draw(request, response, organisation, &problems, 400);
        return;
    }
    enum st outcome = organisation_save(request->app, request->who.account, organisation, &err);
    if (outcome == ST_INVALID || outcome == ST_CONFLICT) {
        bool changed = outcome == ST_CONFLICT && look_again(request, organisation, &problems);
        if (!changed) form_wrong_by(request, &problems, "name", &err);
        draw(request, response, organisation, &problems, outcome == ST_CONFLICT ? 409 : 400);
    } else if (outcome != ST_OK) {
        respond_error(request, response, &err);
    } else {
        respond_redirect(response,
                         url_with(request->arena,
                                  url_to_id(request->arena, ROUTE_organisation, organisation->id),
                                  "done", STR("saved")));
    }
}

void page_organisation_add(struct request *request, struct response *response)
{
    struct organisation organisation = {0};
    save(request, response, &organisation);
}

void page_organisation_change(struct request *request, struct response *response)
{
    struct err err = {0};
    struct organisation organisation;
    if (organisation_read(request->app, request->arena, request->id[0], &organisation, &err) !=
        ST_OK)
        respond_error(request, response, &err);
    else
        save(request, response, &organisation);
}

static void set_disabled(struct request *request, struct response *response, bool disabled)
{
    struct err err = {0};
    struct url where = url_to_id(request->arena, ROUTE_organisation, request->id[0]);
    if (organisation_set_disabled(request->app, request->who.account, request->id[0], disabled,
                                  &err) != ST_OK)
        respond_error(request, response, &err);
    else
        respond_redirect(response, url_with(request->arena, where, "done", STR("saved")));
}

void page_organisation_disable(struct request *request, struct response *response)
{
    set_disabled(request, response, true);
}

void page_organisation_enable(struct request *request, struct response *response)
{
    set_disabled(request, response, false);
}
