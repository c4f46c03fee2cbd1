/*
 * People, for administrators: who can sign in, as what, and who stands in for whom.
 */
#include "domain/absence.h"
#include "domain/account.h"
#include "domain/area.h"
#include "domain/invitation.h"
#include "domain/scope.h"
#include "web/layout.h"
#include "web/page_parts.h"
#include "web/pages.h"
#include "web/said.h"

enum { PEOPLE_MAX = 10000, ORGANISATIONS_MAX = 2000 };

static struct str state_words(const struct account_line *line)
{
    if (line->disabled) return STR("Disabled");
    if (line->has_password) return STR("Active");
    return line->link_until ? STR("Invited") : STR("Cannot sign in yet");
}

static struct str second_words(const struct request *request, const struct account_line *line)
{
    if (line->second_factors) return STR("Set up");
    return second_factor_due(request->app, line->roles) ? STR("Asked for at the next sign-in")
                                                        : STR("None");
}

void page_people(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct err err = {0};
    struct account_line *list = NULL;
    size_t count = 0;
    if (account_list(request->app, arena, PEOPLE_MAX, &list, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_people_rows *rows = arena_many(arena, count + 1, struct view_people_rows);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct view_people_rows){
            .href = url_to_id(arena, ROUTE_person, list[i].id),
            .name = list[i].name,
            .email = list[i].email,
            .organisation = list[i].organisation_name,
            .roles = roles_label(arena, list[i].roles),
            .state = state_words(&list[i]),
            .note = list[i].reset_asked_at ? STR("asked for a new password") : STR(""),
            .second = second_words(request, &list[i]),
            .seen = instant_or(arena, list[i].signed_in_at, "Never"),
            .seen_sort = list[i].signed_in_at};
    struct view_people view = {.add = url_to(ROUTE_person_new),
                               .organisations = url_to(ROUTE_organisations),
                               .rows = rows,
                               .rows_count = count,
                               .shown = count > 0,
                               .total = (int64_t)count};
    PAGE(request, response, "People", view_people, &view);
}

/* --- the form ---------------------------------------------------------------------------- */

static struct str role_hint(enum role role)
{
    static const char *hints[ROLE_COUNT] = {
        [ROLE_practitioner] = "Shares information, and sees what they shared",
        [ROLE_representative] = "Sees what their organisation shared, and takes part in the forum",
        [ROLE_maru_officer] = "Works in the referral unit",
        [ROLE_analyst] =
            "Sees what was shared with their Forums, and decides what belongs together",
        [ROLE_coordinator] = "Prepares the forum",
        [ROLE_safeguarding_lead] = "Sees what their organisation shared",
        [ROLE_administrator] = "Looks after accounts; sees nothing that was shared",
        [ROLE_auditor] = "Reads the log; sees nothing that was shared",
    };
    return str_from(hints[role]);
}

static enum st add_organisations(struct request *request, struct view_person_form *view,
                                 int64_t chosen, struct err *err)
{
    struct organisation *list = NULL;
    size_t count = 0;
    enum st outcome =
        organisation_list(request->app, request->arena, ORGANISATIONS_MAX, &list, &count, err);
    struct view_person_form_organisations *options =
        arena_many(request->arena, count + 1, struct view_person_form_organisations);
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        if (!list[i].disabled || list[i].id == chosen)
            options[used++] = (struct view_person_form_organisations){list[i].id, list[i].name,
                                                                      list[i].id == chosen};
    view->organisations = options;
    view->organisations_count = used;
    return outcome;
}

/* `id` 0: a new person. */
static void draw_form(struct request *request, struct response *response, int64_t id,
                      const struct account_new *account, const struct form_problems *problems,
                      int status)
{
    struct arena *arena = request->arena;
    struct err err = {0};
    struct view_person_form_roles roles[ROLE_COUNT];
    for (int role = 0; role < ROLE_COUNT; role++)
        roles[role] = (struct view_person_form_roles){str_from(role_name((enum role)role)),
                                                      str_from(role_label((enum role)role)),
                                                      role_hint((enum role)role),
                                                      (account->roles >> role & 1) != 0};
    struct view_person_form view = {
        .action = id ? url_to_id(arena, ROUTE_person_change, id) : url_to(ROUTE_person_add),
        .csrf = request->csrf,
        .is_new = id == 0,
        .problems = draw_form_problems(request, problems),
        .problems_count = problems->count,
        .name = account->name,
        .name_error = form_problem_of(problems, STR("name")),
        .email_error = form_problem_of(problems, STR("email")),
        .organisation_error = form_problem_of(problems, STR("organisation")),
        .roles_error = form_problem_of(problems, STR("roles")),
        .email = account->email,
        .seen = id ? account->seen : STR(""),
        .add_organisation = url_to(ROUTE_organisation_new),
        .roles = roles,
        .roles_count = ROLE_COUNT,
        .back = id ? url_to_id(arena, ROUTE_person, id) : url_to(ROUTE_people),
    };
    if (add_organisations(request, &view, account->organisation, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    response->status = status;
    PAGE(request, response, id ? "Change a person" : "Add a person", view_person_form, &view);
}

static struct account_new read_form(const struct request *request)
{
    struct account_new account = {.name = form_value(request, "name"),
                                  .email = str_trim(form_value(request, "email"))};
    if (!str_to_int(form_value(request, "organisation"), &account.organisation))
        account.organisation = 0;
    for (size_t i = 0; i < request->field_count; i++) {
        enum role role;
        if (str_eq(request->field[i].name, STR("role")) &&
            role_from_name(request->field[i].value, &role))
            account.roles |= 1u << role;
    }
    return account;
}

/* All that is wrong with it before the store is asked to take it. */
static enum st check_form(struct request *request, const struct account_new *account,
                          struct form_problems *ret, struct err *err)
{
    struct organisation found;
    account_check(account, ret);
    if (!account->organisation) return ST_OK;
    enum st outcome =
        organisation_read(request->app, request->arena, account->organisation, &found, err);
    if (outcome == ST_NOT_FOUND)
        form_wrong(ret, STR("organisation"), STR("Choose the organisation."));
    return outcome == ST_NOT_FOUND ? ST_OK : outcome;
}

void page_person_new(struct request *request, struct response *response)
{
    struct account_new account = {0};
    draw_form(request, response, 0, &account, &(struct form_problems){0}, 200);
}

/* --- a link, shown once -------------------------------------------------------------------- */

static void show_link(struct request *request, struct response *response, int64_t id,
                      struct str name)
{
    struct err err = {0};
    char token[SEAL_TOKEN_SIZE];
    if (invitation_make(request->app, request->who.account, id, token, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct arena *arena = request->arena;
    struct url path = url_to_text(arena, ROUTE_welcome, str_from(token));
    struct str origin = request_origin(request);
    struct view_link view = {
        .name = name,
        .link = str_fmt(arena, "%.*s%.*s", STR_ARG(origin), STR_ARG(path.s)),
        .until = clock_words(arena, clock_now() + INVITATION_DAYS * 86400000LL),
        .back = url_to_id(arena, ROUTE_person, id),
    };
    PAGE(request, response, "A link", view_link, &view);
}

void page_person_add(struct request *request, struct response *response)
{
    struct err err = {0};
    struct account_new account = read_form(request);
    int64_t id = 0;
    struct db *db;
    struct form_problems problems;
    enum st outcome = check_form(request, &account, &problems, &err);
    if (outcome == ST_OK && problems.count) {
        draw_form(request, response, 0, &account, &problems, 400);
        return;
    }
    if (outcome == ST_OK) outcome = store_write_begin(request->app->store, &db, &err);
    if (outcome == ST_OK) {
        outcome = account_add(request->app, db, &account, request->who.account, &id, &err);
        outcome = store_write_end(request->app->store, db, outcome, &err);
    }
    if (outcome == ST_INVALID || outcome == ST_CONFLICT) {
        form_wrong_by(request, &problems, "email", &err);
        draw_form(request, response, 0, &account, &problems, outcome == ST_CONFLICT ? 409 : 400);
    } else if (outcome != ST_OK)
        respond_error(request, response, &err);
    else
        show_link(request, response, id, account.name);
}

void page_person_link(struct request *request, struct response *response)
{
    struct err err = {0};
    struct account_line line;
    if (account_read(request->app, request->arena, request->id[0], &line, &err) != ST_OK)
        respond_error(request, response, &err);
    else
        show_link(request, response, line.id, line.name);
}

/* --- one person ------------------------------------------------------------------------------- */

static struct str days_words(struct arena *arena, const struct absence *absence)
{
    return str_fmt(arena, "%.*s to %.*s",
                   STR_ARG(date_words(arena, date_from_days(absence->from_day))),
                   STR_ARG(date_words(arena, date_from_days(absence->to_day))));
}

static enum st add_absences(struct request *request, struct view_person *view, int64_t id,
                            struct err *err)
{
    struct arena *arena = request->arena;
    int32_t today = clock_today();
    struct absence *away = NULL;
    struct absence *standing = NULL;
    size_t away_count = 0;
    size_t standing_count = 0;
    enum st outcome = absence_list(request->app, arena, id, today, &away, &away_count, err);
    if (outcome == ST_OK)
        outcome =
            absence_standing_in(request->app, arena, id, today, &standing, &standing_count, err);
    if (outcome != ST_OK) return outcome;
    struct view_person_absences *rows =
        arena_many(arena, away_count + 1, struct view_person_absences);
    for (size_t i = 0; i < away_count; i++)
        rows[i] = (struct view_person_absences){
            str_fmt(arena, "Away %.*s; %.*s stands in.", STR_ARG(days_words(arena, &away[i])),
                    STR_ARG(away[i].name)),
            url_to_ids(arena, ROUTE_person_absence_end, id, away[i].id)};
    struct view_person_standing *lines =
        arena_many(arena, standing_count + 1, struct view_person_standing);
    for (size_t i = 0; i < standing_count; i++)
        lines[i].words = str_fmt(arena, "Stands in for %.*s %.*s.", STR_ARG(standing[i].name),
                                 STR_ARG(days_words(arena, &standing[i])));
    view->absences = rows;
    view->absences_count = away_count;
    view->standing = lines;
    view->standing_count = standing_count;
    bool again = form_has(request, "from"); /* it was refused, and keeps what was chosen */
    view->from = again ? form_value(request, "from") : date_iso(arena, date_from_days(today));
    view->to = form_value(request, "to");
    return ST_OK;
}

/* Who may stand in: whoever shares a role with the person, of their own organisation first. */
static enum st add_deputies(struct request *request, struct view_person *view,
                            const struct account_line *person, struct err *err)
{
    const unsigned apart = 1u << ROLE_administrator | 1u << ROLE_auditor;
    struct account_line *list = NULL;
    size_t count = 0;
    enum st outcome = account_list(request->app, request->arena, PEOPLE_MAX, &list, &count, err);
    struct view_person_deputies *options =
        arena_many(request->arena, count + 1, struct view_person_deputies);
    int64_t chosen = 0;
    if (!str_to_int(form_value(request, "deputy"), &chosen)) chosen = 0;
    for (int own = 1; own >= 0 && outcome == ST_OK; own--)
        for (size_t i = 0; i < count; i++) {
            if (list[i].id == person->id || list[i].disabled) continue;
            if ((list[i].organisation == person->organisation) != own) continue;
            if (!(list[i].roles & person->roles) && !own) continue;
            if ((list[i].roles & apart) && !(person->roles & apart)) continue;
            options[view->deputies_count++] = (struct view_person_deputies){
                list[i].id,
                str_fmt(request->arena, "%.*s (%.*s)", STR_ARG(list[i].name),
                        STR_ARG(list[i].organisation_name)),
                list[i].id == chosen};
        }
    view->deputies = options;
    return outcome;
}

/* The seats that the person has, and those that can be given. */
static enum st add_seats(struct request *request, struct view_person *view,
                         const struct account_line *person, struct err *err)
{
    struct arena *arena = request->arena;
    struct organisation organisation = {0};
    struct str *seats = NULL;
    size_t seat_count = 0;
    size_t forum_count = 0;
    const struct area_forum *forums = area_forums(request->app->area, &forum_count);
    enum st outcome =
        organisation_read(request->app, arena, person->organisation, &organisation, err);
    if (outcome == ST_OK)
        outcome = forum_seats(request->app, arena, person->id, &seats, &seat_count, err);
    if (outcome != ST_OK) return outcome;
    struct view_person_seats *rows = arena_many(arena, forum_count + 1, struct view_person_seats);
    struct view_person_forums *options =
        arena_many(arena, forum_count + 1, struct view_person_forums);
    for (size_t i = 0; i < forum_count; i++) {
        bool seated = false;
        for (size_t k = 0; k < seat_count; k++) seated = seated || str_eq(seats[k], forums[i].id);
        if (str_eq(forums[i].id, organisation.forum))
            view->own_forum = forums[i].name;
        else if (seated)
            rows[view->seats_count++] = (struct view_person_seats){forums[i].id, forums[i].name};
        else
            options[view->forums_count++] =
                (struct view_person_forums){forums[i].id, forums[i].name};
    }
    view->seats = rows;
    view->forums = options;
    return ST_OK;
}

static struct str done_words(struct str code)
{
    static const struct said done[] = {
        {"saved", "The changes were saved."},
        {"disabled", "The account is disabled, and signed out everywhere."},
        {"enabled", "The account is enabled."},
        {"second",
         "The second step was taken away. The person sets up a new one at the next sign-in."},
        {"absence", "The absence was noted."},
        {"back", "The absence was taken back."},
        {"joined", "The seat was given."},
        {"left", "The seat was taken away."},
    };
    return SAID_WORDS(code, done);
}

static void fill_links(struct request *request, struct view_person *view,
                       const struct account_line *line)
{
    struct arena *arena = request->arena;
    view->organisation_href = url_to_id(arena, ROUTE_organisation, line->organisation);
    view->edit = url_to_id(arena, ROUTE_person_edit, line->id);
    view->make_link = url_to_id(arena, ROUTE_person_link, line->id);
    view->disable = url_to_id(arena, ROUTE_person_disable, line->id);
    view->enable = url_to_id(arena, ROUTE_person_enable, line->id);
    view->take_second = url_to_id(arena, ROUTE_person_factors, line->id);
    view->add_absence = url_to_id(arena, ROUTE_person_absence_add, line->id);
    view->add_seat = url_to_id(arena, ROUTE_person_forum_add, line->id);
    view->end_seat = url_to_id(arena, ROUTE_person_forum_end, line->id);
    view->back = url_to(ROUTE_people);
}

/* `at`: where on the page the problem is. */
static void draw_person(struct request *request, struct response *response, struct url at,
                        const struct err *problem)
{
    struct arena *arena = request->arena;
    struct err err = {0};
    struct account_line line;
    if (account_read(request->app, arena, request->id[0], &line, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_person view = {
        .name = line.name,
        .email = line.email,
        .organisation = line.organisation_name,
        .roles = roles_label(arena, line.roles),
        .state = state_words(&line),
        .seen = instant_or(arena, line.signed_in_at, "Never"),
        .second = second_words(request, &line),
        .asked = instant_or(arena, line.reset_asked_at, ""),
        .link_until = instant_or(arena, line.link_until, ""),
        .csrf = request->csrf,
        .message = done_words(form_value(request, "done")),
        .error = problem ? str_from(problem->public) : STR(""),
        .hint = problem ? str_from(problem->hint) : STR(""),
        .at = at,
        .disabled = line.disabled,
        .has_password = line.has_password,
        .has_second = line.second_factors > 0,
        .myself = line.id == request->who.account,
    };
    fill_links(request, &view, &line);
    enum st outcome = add_absences(request, &view, line.id, &err);
    if (outcome == ST_OK) outcome = add_deputies(request, &view, &line, &err);
    if (outcome == ST_OK) outcome = add_seats(request, &view, &line, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    if (problem) response->status = problem->code == ST_CONFLICT ? 409 : 400;
    PAGE(request, response, "Person", view_person, &view);
}

void page_person(struct request *request, struct response *response)
{
    draw_person(request, response, (struct url){0}, NULL);
}

void page_person_edit(struct request *request, struct response *response)
{
    struct err err = {0};
    struct account_line line;
    if (account_read(request->app, request->arena, request->id[0], &line, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct account_new account = account_as_it_is(&line);
    account.seen = account_mark(request->arena, &account);
    draw_form(request, response, line.id, &account, &(struct form_problems){0}, 200);
}

/* --- changes ---------------------------------------------------------------------------------- */

/* `at`: where the page has what was asked for. */
static void finish(struct request *request, struct response *response, enum st outcome,
                   const struct err *err, const char *done, struct url at)
{
    struct url where = url_to_id(request->arena, ROUTE_person, request->id[0]);
    if (outcome == ST_OK)
        respond_redirect(response, url_with(request->arena, where, "done", str_from(done)));
    else if (outcome == ST_INVALID || outcome == ST_CONFLICT)
        draw_person(request, response, at, err);
    else
        respond_error(request, response, err);
}

/* Somebody changed it since the form was opened: says at each field that differs what it is now,
 * and whoever saves it again has seen that.  False: nobody did. */
static bool look_again(struct request *request, int64_t id, struct account_new *account,
                       struct form_problems *problems)
{
    struct account_line line;
    struct arena *arena = request->arena;
    if (account_read(request->app, arena, id, &line, NULL) != ST_OK) return false;
    struct account_new now = account_as_it_is(&line);
    struct str mark = account_mark(arena, &now);
    if (str_eq(mark, account->seen)) return false;
    account->seen = mark;
    form_wrong(problems, STR("main"),
               STR("Somebody changed this account since you opened this form. Look at what "
                   "differs, then save."));
    if (!str_eq(str_trim(account->name), now.name))
        form_wrong(problems, STR("name"),
                   str_fmt(arena, "The name is now %.*s.", STR_ARG(now.name)));
    if (!str_eq(str_lower(arena, account->email), now.email))
        form_wrong(problems, STR("email"),
                   str_fmt(arena, "The email address is now %.*s.", STR_ARG(now.email)));
    if (account->organisation != now.organisation)
        form_wrong(
            problems, STR("organisation"),
            str_fmt(arena, "The organisation is now %.*s.", STR_ARG(line.organisation_name)));
    if (account->roles != now.roles)
        form_wrong(
            problems, STR("roles"),
            str_fmt(arena, "The roles are now: %.*s.", STR_ARG(roles_label(arena, now.roles))));
    return true;
}

void page_person_change(struct request *request, struct response *response)
{
    struct err err = {0};
    struct account_new account = read_form(request);
    int64_t id = request->id[0];
    struct form_problems problems;
    account.seen = form_has(request, "seen") ? form_value(request, "seen") : STR("none");
    enum st outcome = check_form(request, &account, &problems, &err);
    if (outcome == ST_OK && problems.count) {
        draw_form(request, response, id, &account, &problems, 400);
        return;
    }
    if (outcome == ST_OK && id == request->who.account && account.roles != request->who.roles)
        outcome =
            err_set(&err, ST_CONFLICT, "Nobody changes their own role. Ask another administrator.");
    if (outcome == ST_OK)
        outcome = account_change(request->app, request->who.account, id, &account, &err);
    if (outcome == ST_INVALID || outcome == ST_CONFLICT) {
        bool changed = outcome == ST_CONFLICT && look_again(request, id, &account, &problems);
        if (!changed) form_wrong_by(request, &problems, "main", &err);
        draw_form(request, response, id, &account, &problems, outcome == ST_CONFLICT ? 409 : 400);
    } else
        finish(request, response, outcome, &err, "saved", AT(request, "account"));
}

void page_person_disable(struct request *request, struct response *response)
{
    struct err err = {0};
    enum st outcome =
        account_set_disabled(request->app, request->who.account, request->id[0], true, &err);
    finish(request, response, outcome, &err, "disabled", AT(request, "account"));
}

void page_person_enable(struct request *request, struct response *response)
{
    struct err err = {0};
    enum st outcome =
        account_set_disabled(request->app, request->who.account, request->id[0], false, &err);
    finish(request, response, outcome, &err, "enabled", AT(request, "account"));
}

void page_person_factors(struct request *request, struct response *response)
{
    struct err err = {0};
    struct account_line line;
    enum st outcome = account_read(request->app, request->arena, request->id[0], &line, &err);
    if (outcome == ST_OK)
        outcome = second_factors_remove(request->app, request->who.account, request->id[0], &err);
    if (outcome == ST_OK && line.id == request->who.account)
        respond_redirect(response, url_to(ROUTE_sign_in));
    else
        finish(request, response, outcome, &err, "second", AT(request, "account"));
}

void page_person_absence_add(struct request *request, struct response *response)
{
    struct err err = {0};
    struct date from;
    struct date to;
    struct absence absence = {.account = request->id[0]};
    struct account_line line;
    enum st outcome = account_read(request->app, request->arena, request->id[0], &line, &err);
    if (outcome == ST_OK && (!date_parse_iso(form_value(request, "from"), &from) ||
                             !date_parse_iso(form_value(request, "to"), &to)))
        outcome = err_set(&err, ST_INVALID, "Give the first and the last day away.");
    if (outcome == ST_OK && !str_to_int(form_value(request, "deputy"), &absence.deputy))
        outcome = err_set(&err, ST_INVALID, "Choose who stands in.");
    if (outcome == ST_OK) {
        absence.from_day = date_to_days(from);
        absence.to_day = date_to_days(to);
        outcome = absence_add(request->app, request->who.account, &absence, &err);
    }
    finish(request, response, outcome, &err, "absence", AT(request, "absences"));
}

void page_person_absence_end(struct request *request, struct response *response)
{
    struct err err = {0};
    enum st outcome =
        absence_end(request->app, request->who.account, request->id[0], request->id[1], &err);
    if (outcome == ST_NOT_FOUND) err_set(&err, outcome, "That absence is over or was taken back.");
    finish(request, response, outcome, &err, "back", AT(request, "absences"));
}

static void change_seat(struct request *request, struct response *response, bool joins)
{
    struct err err = {0};
    struct account_line line;
    struct db *db;
    struct str forum = form_value(request, "forum");
    enum st outcome = account_read(request->app, request->arena, request->id[0], &line, &err);
    if (outcome == ST_OK && !forum.len) outcome = err_set(&err, ST_INVALID, "Choose a forum.");
    if (outcome == ST_OK) outcome = store_write_begin(request->app->store, &db, &err);
    if (outcome == ST_OK) {
        int64_t by = request->who.account;
        outcome = joins ? forum_join(request->app, db, by, line.id, forum, &err)
                        : forum_leave(request->app, db, by, line.id, forum, &err);
        outcome = store_write_end(request->app->store, db, outcome, &err);
    }
    finish(request, response, outcome, &err, joins ? "joined" : "left", AT(request, "forums"));
}

void page_person_forum_add(struct request *request, struct response *response)
{
    change_seat(request, response, true);
}

void page_person_forum_end(struct request *request, struct response *response)
{
    change_seat(request, response, false);
}
