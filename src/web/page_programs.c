/*
 * Programs that use /api/v1, for administrators: add, a new secret, the end.
 */
#include "domain/api_client.h"
#include "web/layout.h"
#include "web/page_parts.h"
#include "web/pages.h"

enum { ORGANISATIONS_MAX = 2000, DAYS_OFFERED = 365 };

/* What the form holds. */
struct program_form {
    struct account_new account;
    unsigned scopes;
    struct str until;
};

static struct str state_of(const struct api_client *client)
{
    if (client->revoked_at) return STR("Ended");
    if (client->expires_at <= clock_now()) return STR("Out of date");
    return client->disabled ? STR("Account disabled") : STR("In use");
}

/* In the words of the form, one in a line. */
static struct str scopes_of(struct arena *arena, unsigned scopes)
{
    struct str words = STR("");
    for (int i = 0; i < API_SCOPES; i++)
        if (scopes >> i & 1)
            words = str_fmt(arena, "%.*s%s%s", STR_ARG(words), words.len ? "\n" : "",
                            api_scope_label((enum api_scope)i));
    return words;
}

static enum st add_rows(struct request *request, struct view_programs *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct api_client *list = NULL;
    size_t count = 0;
    enum st outcome = api_client_list(request->app, arena, &list, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_programs_rows *rows = arena_many(arena, count + 1, struct view_programs_rows);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct view_programs_rows){
            .name = list[i].name,
            .id = list[i].public_id,
            .organisation = list[i].organisation,
            .roles = roles_label(arena, list[i].roles),
            .scopes = scopes_of(arena, list[i].scopes),
            .state = state_of(&list[i]),
            .open = !list[i].revoked_at,
            .until = date_words(arena, clock_london(list[i].expires_at - 1).date),
            .used = instant_or(arena, list[i].used_at, "Never"),
            .end = url_to_id(arena, ROUTE_program_ending, list[i].id),
            .renew = url_to_id(arena, ROUTE_program_renew, list[i].id),
            .end_words = str_fmt(arena, "of %.*s", STR_ARG(list[i].name)),
            .renew_words = str_fmt(arena, "for %.*s", STR_ARG(list[i].name))};
    view->rows = rows;
    view->rows_count = count;
    view->shown = count > 0;
    return ST_OK;
}

static enum st add_organisations(struct request *request, struct view_programs *view,
                                 int64_t chosen, struct err *err)
{
    struct organisation *list = NULL;
    size_t count = 0;
    enum st outcome =
        organisation_list(request->app, request->arena, ORGANISATIONS_MAX, &list, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_programs_organisations *options =
        arena_many(request->arena, count + 1, struct view_programs_organisations);
    for (size_t i = 0; i < count; i++)
        if (!list[i].disabled)
            options[view->organisations_count++] = (struct view_programs_organisations){
                list[i].id, list[i].name, list[i].id == chosen};
    view->organisations = options;
    return ST_OK;
}

static void draw(struct request *request, struct response *response,
                 const struct program_form *form, const struct err *problem)
{
    struct err err = {0};
    struct view_programs_roles roles[ROLE_COUNT];
    struct view_programs_scopes scopes[API_SCOPES];
    for (int i = 0; i < ROLE_COUNT; i++)
        roles[i] = (struct view_programs_roles){str_from(role_name((enum role)i)),
                                                str_from(role_label((enum role)i)),
                                                (form->account.roles >> i & 1) != 0};
    for (int i = 0; i < API_SCOPES; i++)
        scopes[i] = (struct view_programs_scopes){str_from(api_scope_word((enum api_scope)i)),
                                                  str_from(api_scope_label((enum api_scope)i)),
                                                  (form->scopes >> i & 1) != 0};
    struct view_programs view = {
        .action = url_to(ROUTE_program_add),
        .csrf = request->csrf,
        .error = problem ? str_from(problem->public) : STR(""),
        .hint = problem ? str_from(problem->hint) : STR(""),
        .at = AT(request, "name"),
        .message = form_has(request, "done") ? STR("The program’s access has ended.") : STR(""),
        .name = form->account.name,
        .until = form->until,
        .roles = roles,
        .roles_count = ROLE_COUNT,
        .scopes = scopes,
        .scopes_count = API_SCOPES};
    enum st outcome = add_rows(request, &view, &err);
    if (outcome == ST_OK)
        outcome = add_organisations(request, &view, form->account.organisation, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    if (problem) response->status = problem->code == ST_CONFLICT ? 409 : 400;
    PAGE(request, response, "Programs", view_programs, &view);
}

void page_programs(struct request *request, struct response *response)
{
    int32_t today = clock_today();
    struct program_form form = {.until =
                                    date_iso(request->arena, date_from_days(today + DAYS_OFFERED))};
    draw(request, response, &form, NULL);
}

static void show_secret(struct request *request, struct response *response, struct str name,
                        struct api_client_secret *secret)
{
    struct view_program_secret view = {.name = name,
                                       .id = str_from(secret->id),
                                       .secret = str_from(secret->secret),
                                       .back = url_to(ROUTE_programs)};
    PAGE(request, response, "The secret", view_program_secret, &view);
    seal_forget(secret, sizeof *secret);
}

static void read_form(const struct request *request, struct program_form *form)
{
    *form = (struct program_form){.account = {.name = str_trim(form_value(request, "name"))},
                                  .until = str_trim(form_value(request, "until"))};
    if (!str_to_int(form_value(request, "organisation"), &form->account.organisation))
        form->account.organisation = 0;
    for (size_t i = 0; i < request->field_count; i++) {
        const struct form_field *field = &request->field[i];
        enum role role;
        unsigned scope = 0;
        if (str_eq(field->name, STR("role")) && role_from_name(field->value, &role))
            form->account.roles |= 1u << role;
        if (str_eq(field->name, STR("scope")) && api_scopes_read(field->value, &scope))
            form->scopes |= scope;
    }
}

void page_program_add(struct request *request, struct response *response)
{
    struct program_form form;
    struct api_client_secret secret;
    struct organisation organisation;
    struct date day;
    struct err err = {0};
    int64_t id = 0;
    instant_ms until = 0;
    read_form(request, &form);
    enum st outcome = organisation_read(request->app, request->arena, form.account.organisation,
                                        &organisation, &err);
    if (outcome == ST_NOT_FOUND) outcome = err_set(&err, ST_INVALID, "Choose the organisation.");
    if (outcome == ST_OK && !date_parse_iso(form.until, &day))
        outcome = err_set(&err, ST_INVALID, "Write the last day like 2027-03-12.");
    if (outcome == ST_OK)
        until = clock_from_london((struct civil){.date = date_from_days(date_to_days(day) + 1)});
    if (outcome == ST_OK)
        outcome = api_client_add(request->app, request->who.account, &form.account, form.scopes,
                                 until, &secret, &id, &err);
    if (outcome == ST_INVALID || outcome == ST_CONFLICT)
        draw(request, response, &form, &err);
    else if (outcome != ST_OK)
        respond_error(request, response, &err);
    else
        show_secret(request, response, form.account.name, &secret);
}

void page_program_renew(struct request *request, struct response *response)
{
    struct api_client_secret secret;
    struct err err = {0};
    if (api_client_renew(request->app, request->who.account, request->id[0], &secret, &err) ==
        ST_OK)
        show_secret(request, response, STR("the program"), &secret);
    else
        respond_error(request, response, &err);
}

void page_program_ending(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct api_client *list = NULL;
    size_t count = 0;
    size_t at = 0;
    struct err err = {0};
    enum st outcome = api_client_list(request->app, arena, &list, &count, &err);
    while (at < count && (list[at].id != request->id[0] || list[at].revoked_at)) at++;
    if (outcome == ST_OK && at == count)
        outcome = err_missing(&err, "program, or its access has ended");
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_sure view = {.back = url_to(ROUTE_programs),
                             .back_label = STR("Programs"),
                             .caption = list[at].organisation,
                             .name = list[at].name,
                             .title = STR("End the access of this program?"),
                             .words = STR("It gets no answer from now on, and its secret is worth "
                                          "nothing. This cannot be undone: a program that is to "
                                          "ask again is added anew. What it did stays in the log."),
                             .action = url_to_id(arena, ROUTE_program_end, list[at].id),
                             .csrf = request->csrf,
                             .button = STR("End its access"),
                             .keep = STR("Keep it")};
    PAGE(request, response, "End access", view_sure, &view);
}

void page_program_end(struct request *request, struct response *response)
{
    struct err err = {0};
    if (api_client_revoke(request->app, request->who.account, request->id[0], &err) == ST_OK)
        respond_redirect(response,
                         url_with(request->arena, url_to(ROUTE_programs), "done", STR("1")));
    else
        respond_error(request, response, &err);
}
