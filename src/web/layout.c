#include "web/layout.h"

#include "assets.h"
#include "domain/area.h"
#include "domain/children.h"
#include "web/metrics.h"
#include "web/pages.h"
#include "web/problem.h"

struct str form_value(const struct request *request, const char *name)
{
    const struct form_field *field = form_find(request, str_from(name));
    return field ? field->value : STR("");
}

bool form_has(const struct request *request, const char *name)
{
    return form_find(request, str_from(name)) != NULL;
}

const struct form_field *form_find(const struct request *request, struct str name)
{
    for (size_t i = 0; i < request->field_count; i++)
        if (str_eq(request->field[i].name, name)) return &request->field[i];
    return NULL;
}

void respond_redirect(struct response *response, struct url where)
{
    response->status = 303;
    response->location = where.s;
}

bool page_is_answer(const struct request *request)
{
    return request->method == POST;
}

static void add_link(struct view_layout_navigation *links, size_t *count, struct request *request,
                     enum route_id route, struct str label)
{
    struct url url = url_to(route);
    links[(*count)++] = (struct view_layout_navigation){
        .href = url, .label = label, .current = str_starts(request->path, url.s)};
}

static size_t navigation(struct request *request, struct view_layout_navigation *links)
{
    size_t count = 0;
    const struct person *who = &request->who;
    if (access_allows(who, ACT_SHARE, NULL))
        add_link(links, &count, request, ROUTE_share, STR("Share"));
    if (access_allows(who, ACT_REFER, NULL))
        add_link(links, &count, request, ROUTE_referrals, STR("Refer"));
    if (access_allows(who, ACT_SEE_LINKS, NULL)) {
        add_link(links, &count, request, ROUTE_suggestions, STR("Suggestions"));
        add_link(links, &count, request, ROUTE_search, STR("Search"));
        add_link(links, &count, request, ROUTE_entities, STR("People and more"));
        add_link(links, &count, request, ROUTE_patterns, STR("Patterns"));
        add_link(links, &count, request, ROUTE_problem, STR("Problem profile"));
    }
    if (access_allows(who, ACT_DECIDE, NULL))
        add_link(links, &count, request, ROUTE_grading, STR("Grading"));
    if (access_allows(who, ACT_FORWARD, NULL))
        add_link(links, &count, request, ROUTE_inbox, STR("Inbox"));
    if (access_allows(who, ACT_READ_SUBMISSION, NULL))
        add_link(links, &count, request, ROUTE_submissions, STR("Submissions"));
    if (access_allows(who, ACT_READ_SUBMISSION, NULL))
        add_link(links, &count, request, ROUTE_notices, STR("Notices"));
    if (access_allows(who, ACT_READ_MEETING, NULL))
        add_link(links, &count, request, ROUTE_meetings, STR("Meetings"));
    if (access_allows(who, ACT_DO_ACTION, NULL))
        add_link(links, &count, request, ROUTE_actions, STR("Actions"));
    if (access_allows(who, ACT_DESK, NULL))
        add_link(links, &count, request, ROUTE_desk,
                 str_fmt(request->arena, "%.*s desk", STR_ARG(area_unit(request->app->area))));
    if (access_allows(who, ACT_ANSWER_CHECK, NULL))
        add_link(links, &count, request, ROUTE_checks, STR("Checks"));
    if (access_allows(who, ACT_MEASURES, NULL))
        add_link(links, &count, request, ROUTE_measures, STR("Measures"));
    if (children_works_with(request->app, who))
        add_link(links, &count, request, ROUTE_children, STR("Children"));
    if (children_works_with(request->app, who) ||
        (access_allows(who, ACT_READ_MISSING, NULL) && access_allows(who, ACT_SEE_LINKS, NULL)))
        add_link(links, &count, request, ROUTE_missing, STR("Missing"));
    if (access_allows(who, ACT_READ_LOCATION, NULL))
        add_link(links, &count, request, ROUTE_locations, STR("Locations"));
    if (access_allows(who, ACT_READ_LOCATION, NULL))
        add_link(links, &count, request, ROUTE_map, STR("Map"));
    if (access_allows(who, ACT_IMPORT, NULL))
        add_link(links, &count, request, ROUTE_imports, STR("Import"));
    if (access_allows(who, ACT_MANAGE_ACCOUNTS, NULL)) {
        add_link(links, &count, request, ROUTE_people, STR("People"));
        add_link(links, &count, request, ROUTE_organisations, STR("Organisations"));
        add_link(links, &count, request, ROUTE_programs, STR("Programs"));
        add_link(links, &count, request, ROUTE_webhooks, STR("Webhooks"));
    }
    if (access_allows(who, ACT_AUDIT, NULL))
        add_link(links, &count, request, ROUTE_audit, STR("Log"));
    if (access_allows(who, ACT_KEEP_SUPPORT, NULL))
        add_link(links, &count, request, ROUTE_contacts, STR("Numbers"));
    size_t help = count;
    add_link(links, &count, request, ROUTE_help_now, STR("Who to call"));
    add_link(links, &count, request, ROUTE_support, STR("Find support"));
    add_link(links, &count, request, ROUTE_guidance, STR("Guidance"));
    for (; help < count; help++) links[help].away = page_is_answer(request);
    return count;
}

/* What the folded menu of a narrow screen says of where one is. */
static struct str current_label(const struct view_layout_navigation *links, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (links[i].current) return links[i].label;
    return STR("");
}

/* Whether the page has an error summary is known once it is drawn: then it is drawn again,
 * with a title that says so. */
static void draw_page(struct buf *out, struct view_layout *view)
{
    size_t begin = out->len;
    view_layout(out, view);
    view->refused = str_find(buf_str(out), STR("<div class=\"govuk-error-summary\""), begin) >= 0;
    if (!view->refused || out->overflow) return;
    out->len = begin;
    view_layout(out, view);
}

void layout_page(struct request *request, struct response *response, const char *title,
                 struct html content)
{
    enum { FEW_LINKS = 4 }; /* which are no burden on a narrow screen */
    struct view_layout_navigation links[40];
    const struct area *area = request->app->area;
    size_t link_count = navigation(request, links);
    struct view_layout view = {
        .title = str_from(title),
        .content = content,
        .style = html_url_constant(ASSET_STYLE),
        .script = html_url_constant(ASSET_SCRIPT),
        .logo = html_url_constant(ASSET_LOGO),
        .home = url_to(ROUTE_home),
        .navigation = links,
        .navigation_count = link_count,
        .here = current_label(links, link_count),
        .folds = link_count > FEW_LINKS,
        .synthetic = request->synthetic,
        .signed_in = request->who.account != 0,
        .person = request->who.name,
        .organisation = request->who.organisation_name,
        .account = url_to(ROUTE_account),
        .sign_in = url_to(ROUTE_sign_in),
        .sign_out = url_to(ROUTE_sign_out),
        .csrf = request->csrf,
        .help = url_to(ROUTE_help_now),
        .away = page_is_answer(request),
        .area = area ? area_name(area) : STR(""),
    };
    buf_expect(&response->body, PAGE_EXPECTED);
    draw_page(&response->body, &view);
    if (response->body.overflow) {
        buf_clear(&response->body);
        response->status = 413;
        response->content_type = "text/plain; charset=utf-8";
        response->constant_body = STR("That is too much for one page. Send less at once.\n");
    }
}

static int status_of(enum st code)
{
    static const int statuses[] = {
        [ST_OK] = 200,      [ST_NOT_FOUND] = 404, [ST_DENIED] = 403, [ST_INVALID] = 400,
        [ST_CONFLICT] = 409, [ST_LIMIT] = 429,    [ST_BUSY] = 503,   [ST_FAILED] = 500,
    };
    return statuses[code];
}

/* What somebody wrote into a form that has no page any more to come back in: words, and not what
 * was chosen, numbers or a password.  A form that was sent from elsewhere has no account. */
static void draw_typed(struct request *request, struct view_error *view)
{
    enum { SHOWN_MAX = 1 << 18 }; /* bytes in all; more is not written by hand */
    if (!page_is_answer(request) || !request->who.account) return;
    struct view_error_typed *typed =
        arena_many(request->arena, request->field_count, struct view_error_typed);
    size_t count = 0, length = 0;
    for (size_t i = 0; i < request->field_count; i++) {
        const struct form_field *field = &request->field[i];
        if (str_find(str_trim(field->value), STR(" "), 0) < 0 || field->file_name.len ||
            str_find(field->name, STR("password"), 0) >= 0)
            continue;
        length += field->value.len;
        if (length > SHOWN_MAX) break;
        typed[count++] = (struct view_error_typed){field->value};
    }
    view->typed = typed;
    view->typed_count = count;
    view->lost = count > 0;
}

void respond_error(struct request *request, struct response *response, const struct err *err)
{
    static const char *titles[] = {
        [ST_OK] = "",
        [ST_NOT_FOUND] = "Page not found",
        [ST_DENIED] = "Not for your role",
        [ST_INVALID] = "That did not work",
        [ST_CONFLICT] = "That did not work",
        [ST_LIMIT] = "Too much",
        [ST_BUSY] = "Please try again",
        [ST_FAILED] = "Something went wrong",
    };
    if (err->detail[0]) metrics_log_failure(st_word(err->code), err->detail);
    buf_clear(&response->body);
    if (request->api) {
        respond_problem_of(request, response, err);
        return;
    }
    response->status = status_of(err->code);
    struct view_error view = {.title = str_from(titles[err->code]),
                              .message = str_from(err->public),
                              .hint = str_from(err->hint),
                              .home = url_to(ROUTE_home),
                              .help = url_to(ROUTE_help_now),
                              .away = page_is_answer(request)};
    draw_typed(request, &view);
    PAGE(request, response, titles[err->code], view_error, &view);
}

void page_resend(struct request *request, struct response *response, bool signed_out)
{
    struct arena *arena = request->arena;
    struct view_resend_fields *fields =
        arena_many(arena, request->field_count, struct view_resend_fields);
    size_t count = 0;
    size_t written = 0; /* of them, but for which button was pressed */
    bool file = false;
    for (size_t i = 0; i < request->field_count; i++) {
        /* A password or an upload is not put into a page. */
        struct str name = request->field[i].name;
        file |= request->field[i].file_name.len > 0;
        if (str_eq(name, STR("csrf")) || str_eq(name, STR("csrf-was")) ||
            str_find(name, STR("password"), 0) >= 0 || request->field[i].file_name.len)
            continue;
        written += !str_eq(name, STR("do"));
        fields[count++] = (struct view_resend_fields){name, request->field[i].value};
    }
    /* Whoever signs in again as the same goes on with the token that the form had. */
    struct str token = form_value(request, "csrf");
    bool nothing_else = file && !written;
    bool other = !signed_out && !nothing_else &&
                 session_form_of(request->app, token, request->who.account) == FORM_OF_OTHERS;
    struct view_resend view = {.action = html_url_path(arena, request->path),
                               .sign_in = url_to(ROUTE_sign_in),
                               .csrf = signed_out ? token : request->csrf,
                               .was = form_value(request, "csrf-was"),
                               .other = other,
                               .file = file,
                               .nothing_else = nothing_else,
                               .form = html_url_path(arena, request->path), /* a form of its own */
                               .person = request->who.name,
                               .organisation = request->who.organisation_name,
                               .signed_out = signed_out,
                               .fields = fields,
                               .fields_count = count};
    if (other && !view.was.len) view.was = token; /* whoever wrote it may yet come back to it */
    response->status = signed_out ? 401 : 403;
    PAGE(request, response,
         other          ? "Send it in your name?"
         : nothing_else ? "Choose the file again"
                        : "Send it again",
         view_resend, &view);
}
