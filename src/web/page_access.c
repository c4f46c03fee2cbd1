/*
 * Who may see one submission: its handling condition, whom it is opened for and whom it
 * is kept from; and who handed it in.
 */
#include "domain/area.h"
#include "domain/grant.h"
#include "domain/handling.h"
#include "domain/scope.h"
#include "domain/submission.h"
#include "domain/when.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/pages.h"

/* --- as it was when the page was drawn -------------------------------------------------- */

static int compare_ids(const void *a, const void *b)
{
    const int64_t *left = a;
    const int64_t *right = b;
    return (*left > *right) - (*left < *right);
}

/* "3 17": those that are named, as seen_in reads them. */
static struct str named_now(struct arena *arena, const struct organisation_line *line, size_t count)
{
    int64_t *named = arena_many(arena, count, int64_t);
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        if (line[i].named) named[found++] = line[i].id;
    if (found) qsort(named, found, sizeof *named, compare_ids);
    struct buf ids;
    buf_init(&ids, (STR_INT_SIZE + 1) * count + 1);
    for (size_t i = 0; i < found; i++) buf_add_fmt(&ids, i ? " %lld" : "%lld", (long long)named[i]);
    struct str text = str_dup(arena, buf_str(&ids));
    buf_done(&ids);
    return text;
}

static struct handling_seen seen_in(struct request *request)
{
    struct str rest = form_value(request, "seen-named");
    int64_t *named = arena_many(request->arena, rest.len + 1, int64_t);
    struct handling_seen seen = {.code = form_value(request, "seen"), .named = named};
    struct str id;
    while (str_split(&rest, ' ', &id))
        if (str_to_int(id, &named[seen.count])) seen.count++;
    return seen;
}

/* --- the page --------------------------------------------------------------------------- */

/* What was typed, and what is wrong with it. */
struct access_form {
    enum { OF_NONE, OF_CONDITION, OF_GRANT, OF_BLOCK } which;
    const struct err *err; /* NULL: nothing */
    const char *at;        /* the box that it is about */
};

static void draw_handlings(struct request *request, struct str current, bool typed,
                           struct view_submission_access *view)
{
    struct str chosen = typed ? form_value(request, "handling") : current;
    size_t count = 0;
    const struct area_handling *known =
        request->app->area ? area_handlings(request->app->area, &count) : NULL;
    struct view_submission_access_handlings *list =
        arena_many(request->arena, count, struct view_submission_access_handlings);
    size_t shown = 0;
    for (size_t i = 0; i < count; i++) {
        /* Of a referral's it is a choice to keep, of others' none. */
        if (known[i].for_referrals && !str_eq(known[i].code, current)) continue;
        list[shown++] = (struct view_submission_access_handlings){
            .id = str_fmt(request->arena, "handling-%zu", i + 1),
            .value = known[i].code,
            .label = known[i].label,
            .hint = known[i].hint,
            .checked = str_eq(known[i].code, chosen),
            .names = known[i].rule == HANDLING_NAMED};
    }
    view->handlings = list;
    view->handlings_count = shown;
}

static enum st draw_organisations(struct request *request, bool typed,
                                  struct view_submission_access *view, struct err *err)
{
    struct organisation_line *lines = NULL;
    size_t count = 0;
    enum st outcome = handling_organisations(request->app, request->arena, &request->who,
                                             request->id[0], &lines, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_submission_access_organisations *list =
        arena_many(request->arena, count, struct view_submission_access_organisations);
    size_t shown = 0;
    for (size_t i = 0; i < count; i++) {
        struct str box = str_fmt(request->arena, "organisation-%lld", (long long)lines[i].id);
        if (!lines[i].own)
            list[shown++] = (struct view_submission_access_organisations){
                .id = lines[i].id,
                .name = lines[i].name,
                .named = typed ? form_find(request, box) != NULL : lines[i].named};
    }
    view->organisations = list;
    view->organisations_count = shown;
    view->seen_named =
        typed ? form_value(request, "seen-named") : named_now(request->arena, lines, count);
    return ST_OK;
}

static enum st draw_grants(struct request *request, struct view_submission_access *view,
                           struct err *err)
{
    struct arena *arena = request->arena;
    struct grant_line *lines = NULL;
    size_t count = 0;
    enum st outcome =
        grants_of(request->app, arena, &request->who, request->id[0], &lines, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_submission_access_grants *list =
        arena_many(arena, count, struct view_submission_access_grants);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct view_submission_access_grants){
            .label = draw_grant_label(lines[i].kind),
            .name = lines[i].name,
            .by = lines[i].by,
            .reason = lines[i].reason,
            .until = clock_words(arena, lines[i].until),
            .end = url_to_ids(arena, ROUTE_grant_end, request->id[0], lines[i].id)};
    view->grants = list;
    view->grants_count = count;
    return ST_OK;
}

static enum st draw_blocks(struct request *request, struct view_submission_access *view,
                           struct err *err)
{
    struct arena *arena = request->arena;
    struct grant_line *lines = NULL;
    size_t count = 0;
    enum st outcome =
        blocks_of(request->app, arena, &request->who, request->id[0], &lines, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_submission_access_blocks *list =
        arena_many(arena, count, struct view_submission_access_blocks);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct view_submission_access_blocks){
            .name = lines[i].name,
            .by = lines[i].by,
            .reason = lines[i].reason,
            .since = date_words(arena, clock_london(lines[i].given_at).date),
            .end = url_to_ids(arena, ROUTE_block_end, request->id[0], lines[i].id)};
    view->blocks = list;
    view->blocks_count = count;
    return ST_OK;
}

static void draw(struct request *request, struct response *response, const struct access_form *form)
{
    struct arena *arena = request->arena;
    struct app *app = request->app;
    int64_t id = request->id[0];
    const struct scope *scope = scope_of(app, arena, &request->who);
    struct err err = {0};
    struct submission submission;
    enum st outcome = submission_read(app, arena, &request->who, id, &submission, &err);
    if (outcome == ST_OK && !scope_allows(scope, ACT_SET_HANDLING, id))
        outcome = err_missing(&err, "submission");
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    bool sets = form->which == OF_CONDITION, grants = form->which == OF_GRANT;
    bool blocks = form->which == OF_BLOCK;
    /* What was chosen beside another condition is chosen anew. */
    bool chosen = sets && form->err->code != ST_CONFLICT;
    struct str kind = grants ? form_value(request, "kind") : STR("");
    struct view_submission_access view = {
        .reference = submission.reference,
        .see = url_to_id(arena, ROUTE_submission, id),
        .csrf = request->csrf,
        .error = form->err ? str_trim(str_fmt(arena, "%s %s", form->err->public, form->err->hint))
                           : STR(""),
        .error_at = html_url_fragment(arena, str_from(form->at ? form->at : "main")),
        .handling = url_to_id(arena, ROUTE_handling_set, id),
        .seen = chosen ? form_value(request, "seen") : submission.handling,
        .why = sets ? form_value(request, "why") : STR(""),
        .can_grant = scope_allows(scope, ACT_GRANT, id),
        .grant = url_to_id(arena, ROUTE_grant_add, id),
        .email = grants ? form_value(request, "email") : STR(""),
        .assigns = str_eq(kind, STR("assigned")),
        .tells = str_eq(kind, STR("source")),
        .until = form_value(request, "until"),
        .reason = grants ? form_value(request, "reason") : STR(""),
        .can_grant_source = scope_allows(scope, ACT_SEE_SOURCE, id),
        .can_block = scope_allows(scope, ACT_BLOCK, id),
        .block = url_to_id(arena, ROUTE_block_add, id),
        .block_email = blocks ? form_value(request, "email") : STR(""),
        .block_reason = blocks ? form_value(request, "reason") : STR(""),
    };
    if (sets && !strcmp(form->at, "why")) view.why_error = view.error;
    draw_handlings(request, submission.handling, chosen, &view);
    outcome = draw_organisations(request, chosen, &view, &err);
    if (outcome == ST_OK && view.can_grant) outcome = draw_grants(request, &view, &err);
    if (outcome == ST_OK && view.can_block) outcome = draw_blocks(request, &view, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    PAGE(request, response, "Who may see this", view_submission_access, &view);
}

void page_submission_access(struct request *request, struct response *response)
{
    draw(request, response, &(struct access_form){0});
}

/* Back to the page; or, where they cannot see the record any more, to the list. */
static void done(struct request *request, struct response *response)
{
    struct person now = request->who;
    now.scope = NULL;
    bool still = scope_allows(scope_of(request->app, request->arena, &now), ACT_SET_HANDLING,
                              request->id[0]);
    respond_redirect(response,
                     still ? url_to_id(request->arena, ROUTE_submission_access, request->id[0])
                           : url_to(ROUTE_submissions));
}

/* Every form of this page ends so. */
static void finish(struct request *request, struct response *response, enum st outcome,
                   const struct access_form *form)
{
    if (outcome == ST_OK) {
        done(request, response);
    } else if (outcome == ST_INVALID || outcome == ST_CONFLICT) {
        response->status = outcome == ST_CONFLICT ? 409 : 400;
        draw(request, response, form);
    } else {
        respond_error(request, response, form->err);
    }
}

void page_handling_set(struct request *request, struct response *response)
{
    struct err err = {0};
    int64_t *named = arena_many(request->arena, REQUEST_FIELDS_MAX, int64_t);
    size_t count = 0;
    for (size_t i = 0; i < request->field_count; i++) {
        struct str name = request->field[i].name;
        if (!str_starts(name, STR("organisation-"))) continue;
        if (str_to_int(str_sub(name, 13, name.len), &named[count])) count++;
    }
    struct handling_refused refused;
    const struct handling_seen seen = seen_in(request);
    const struct handling_new new = {.submission = request->id[0],
                                     .code = form_value(request, "handling"),
                                     .organisations = named,
                                     .count = count,
                                     .reason = form_value(request, "why"),
                                     .seen = form_has(request, "seen") ? &seen : NULL};
    enum st outcome = handling_set_for(request->app, &request->who, &new, &refused, &err);
    const char *at = refused.reason ? "why" : "handling-1";
    finish(request, response, outcome, &(struct access_form){OF_CONDITION, &err, at});
}

void page_grant_add(struct request *request, struct response *response)
{
    struct err err = {0};
    struct date until = {0};
    struct str text = str_trim(form_value(request, "until"));
    struct date_range range;
    if (!date_parse_iso(text, &until) &&
        when_parse(text, clock_london(clock_now()).date, &range, NULL) == ST_OK)
        until = range.to;
    enum grant_kind kind = GRANT_KINDS;
    if (!grant_kind_from_name(form_value(request, "kind"), &kind)) kind = GRANT_KINDS;
    enum st outcome =
        grant_add(request->app, &request->who, request->id[0], kind, form_value(request, "email"),
                  until, form_value(request, "reason"), &err);
    finish(request, response, outcome, &(struct access_form){OF_GRANT, &err, "email"});
}

void page_grant_end(struct request *request, struct response *response)
{
    struct err err = {0};
    enum st outcome = grant_end(request->app, &request->who, request->id[0], request->id[1], &err);
    finish(request, response, outcome, &(struct access_form){OF_NONE, &err, NULL});
}

void page_block_add(struct request *request, struct response *response)
{
    struct err err = {0};
    enum st outcome = block_add(request->app, &request->who, request->id[0],
                                form_value(request, "email"), form_value(request, "reason"), &err);
    finish(request, response, outcome, &(struct access_form){OF_BLOCK, &err, "block-email"});
}

void page_block_end(struct request *request, struct response *response)
{
    struct err err = {0};
    enum st outcome = block_end(request->app, &request->who, request->id[0], request->id[1], &err);
    finish(request, response, outcome, &(struct access_form){OF_NONE, &err, NULL});
}

/* --- who handed it in ---------------------------------------------------------------- */

void page_source(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct err err = {0};
    struct source_told told = {0};
    struct submission submission = {0};
    enum st outcome = source_disclose(request->app, arena, &request->who, request->id[0],
                                      form_value(request, "reason"), &told, &err);
    if (outcome == ST_OK || outcome == ST_INVALID) {
        struct db *db = store_read_begin(request->app->store, &err);
        enum st loaded =
            db ? submission_load(request->app, db, arena, request->id[0], &submission, NULL)
               : ST_FAILED;
        store_read_end(request->app->store, db);
        if (loaded != ST_OK) outcome = loaded;
    }
    if (outcome != ST_OK && outcome != ST_INVALID) {
        respond_error(request, response, &err);
        return;
    }
    struct view_source view = {.reference = submission.reference,
                               .see = url_to_id(arena, ROUTE_submission, request->id[0]),
                               .told = outcome == ST_OK,
                               .name = told.name,
                               .organisation = told.organisation,
                               .action = url_to_id(arena, ROUTE_source, request->id[0]),
                               .csrf = request->csrf,
                               .error = outcome == ST_OK ? STR("")
                                                         : str_dup(arena, str_from(err.public)),
                               .error_at = html_url_fragment(arena, STR("reason"))};
    if (outcome != ST_OK) response->status = 400;
    PAGE(request, response, "Who handed this in", view_source, &view);
}
