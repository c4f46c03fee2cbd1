/*
 * All that may be the same as one entity, so that somebody decides of several at once: a place
 * that many have named is one thing to look at, not one for each two who named it.  Each ticked
 * pair is a decision of its own, as if it had been made alone (page_pair.c), and is undone alone.
 */
#include "domain/entity_seen.h"
#include "domain/profile.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/page_suggestions.h"
#include "web/pages.h"
#include "web/said.h"

enum { AT_ONCE = 50, WORDS_SHOWN = 240 };

/* What was ticked and typed, and why some of it was not done. */
struct typed {
    bool ticked[AT_ONCE];
    struct str problem[AT_ONCE]; /* of the row, as listed after what was done */
    struct str reason;
    struct str error; /* empty: nothing went wrong */
    const char *field;
};

/* The mention of a pair that is not of the entity. */
static int64_t theirs_of(const struct suggestion *pair, int64_t entity)
{
    return pair->mention_entity == entity ? pair->other : pair->mention;
}

/* The pairs of the entity in the address, to a POST only for whoever decides on it; false: it is
 * answered already. */
static bool find_pairs(struct request *request, struct response *response, int64_t *ret_entity,
                       struct suggestions_found *ret)
{
    struct err err = {0};
    const struct scope *scope = scope_of(request->app, request->arena, &request->who);
    bool may = request->method == GET || seen_decides(scope, request->id[0]);
    *ret_entity = seen_entity(scope, request->id[0]);
    struct suggestions_asked asked = {.kind = -1, .entity = *ret_entity, .maximum = AT_ONCE};
    enum st outcome = may && *ret_entity ? suggestions_list(request->app, request->arena,
                                                            &request->who, &asked, ret, &err)
                                         : err_missing(&err, "entity");
    if (outcome == ST_OK) return true;
    respond_error(request, response, &err);
    return false;
}

/* Whatever is decided of one mention holds for all that it is joined with. */
static struct str joined_words(const struct scope *scope, struct arena *arena, int64_t mention)
{
    int64_t *member = NULL;
    size_t others = seen_members(scope, arena, mention, &member) - 1;
    return !others ? STR("")
                   : str_fmt(arena, "joined with %zu %s", others, others == 1 ? "other" : "others");
}

/* The report in which the entity stands that the address names. */
static enum st draw_anchor(struct request *request, struct db *db, int64_t entity,
                           struct view_together *view, struct err *err)
{
    struct arena *arena = request->arena;
    const struct scope *scope = scope_of(request->app, arena, &request->who);
    struct submission report;
    enum st outcome = submission_load_seen(
        scope, db, arena, entity_submission(request->app->entities, request->id[0]), &report, err);
    if (outcome != ST_OK) return outcome;
    view->from = suggestion_origin(request, &report);
    view->words = draw_excerpt(arena, report.narrative, WORDS_SHOWN);
    view->joined = joined_words(scope, arena, request->id[0]);
    return entity_titles(scope, db, arena, &entity, 1, &view->title, err);
}

static enum st draw_row(struct request *request, struct db *db, int64_t entity,
                        const struct suggestion *pair, struct view_together_rows *ret,
                        struct err *err)
{
    struct arena *arena = request->arena;
    const struct scope *scope = scope_of(request->app, arena, &request->who);
    struct submission report;
    int64_t theirs = theirs_of(pair, entity);
    enum st outcome = submission_load_seen(
        scope, db, arena, entity_submission(request->app->entities, theirs), &report, err);
    if (outcome != ST_OK) return outcome;
    *ret = (struct view_together_rows){
        .value = str_fmt(arena, "%lld", (long long)theirs),
        .title = suggestion_title(arena, &report, theirs),
        .from = suggestion_origin(request, &report),
        .joined = joined_words(scope, arena, theirs),
        .words = draw_excerpt(arena, report.narrative, WORDS_SHOWN),
        .word = str_from(link_weight_word(pair->bits)),
        .bits = pair->bits,
        .compare = url_to_ids(arena, ROUTE_pair, pair->mention, pair->other),
        .can = seen_decides(scope, pair->mention) && seen_decides(scope, pair->other)};
    return ST_OK;
}

static enum st draw_rows(struct request *request, int64_t entity,
                         const struct suggestions_found *found, const struct typed *typed,
                         struct view_together *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct view_together_rows *rows =
        arena_many(arena, found->count + 1, struct view_together_rows);
    struct db *db = store_read_begin(request->app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = draw_anchor(request, db, entity, view, err);
    for (size_t i = 0; i < found->count && outcome == ST_OK; i++) {
        outcome = draw_row(request, db, entity, &found->list[i], &rows[i], err);
        rows[i].id = str_fmt(arena, "row-%zu", i + 1);
        rows[i].ticked = typed->ticked[i];
        rows[i].problem = typed->problem[i];
        view->can_decide |= rows[i].can;
    }
    store_read_end(request->app->store, db);
    view->rows = rows;
    view->rows_count = found->count;
    return outcome;
}

static void draw_together(struct request *request, struct response *response, int64_t entity,
                          const struct suggestions_found *found, const struct typed *typed)
{
    static const struct said said[] = {
        {"same", "They are one and the same now."},
        {"different", "They are different now."},
        {"unsure", "Nobody is sure of them yet. They wait no more."},
    };
    struct arena *arena = request->arena;
    struct err err = {0};
    enum link_kind kind = entity_kind(request->app->entities, request->id[0]);
    size_t more = found->fitting - found->count;
    struct suggestions_asked asked = suggestions_asked_of(request); /* of the list */
    struct view_together view = {
        .kind = str_from(kind_name(kind)),
        .kind_label = draw_kind_label(kind),
        .entity = url_to_id(arena, ROUTE_entity, request->id[0]),
        .list = suggestions_with(arena, url_to(ROUTE_suggestions), &asked),
        .action = suggestions_with(arena, url_to_id(arena, ROUTE_together_decide, request->id[0]),
                                   &asked),
        .csrf = request->csrf,
        .said = SAID_WORDS(form_value(request, "saved"), said),
        .reason = typed->reason,
        .error = typed->error,
        .at = html_url_fragment(arena, str_from(typed->field ? typed->field : "main")),
        .no_reason = typed->field && strcmp(typed->field, "reason") == 0,
        .more = more ? str_fmt(arena, "%zu more come after these.", more) : STR("")};
    if (draw_rows(request, entity, found, typed, &view, &err) != ST_OK)
        respond_error(request, response, &err);
    else
        PAGE(request, response, "Several at once", view_together, &view);
}

void page_together(struct request *request, struct response *response)
{
    struct suggestions_found found;
    struct typed typed = {.reason = STR("")};
    int64_t entity;
    if (find_pairs(request, response, &entity, &found))
        draw_together(request, response, entity, &found, &typed);
}

/* Whichever mention of it stood there: somebody may have joined some meanwhile. */
static bool is_ticked(const struct request *request, const struct scope *scope, int64_t entity)
{
    for (size_t i = 0; i < request->field_count; i++) {
        int64_t mention = 0;
        if (str_eq(request->field[i].name, STR("other")) &&
            str_to_int(request->field[i].value, &mention) && seen_entity(scope, mention) == entity)
            return true;
    }
    return false;
}

static void read_ticks(struct request *request, int64_t entity,
                       const struct suggestions_found *found, struct typed *typed)
{
    const struct scope *scope = scope_of(request->app, request->arena, &request->who);
    for (size_t i = 0; i < found->count; i++) {
        int64_t theirs = seen_entity(scope, theirs_of(&found->list[i], entity));
        typed->ticked[i] = is_ticked(request, scope, theirs);
    }
}

/* Those that were ticked, among all that wait: one may stand behind the first AT_ONCE by now.
 * "Same" of one pair joins the two; "different" and "unsure" are said of each pair of them that
 * waits, or the next one would be asked for at once. */
static enum st find_ticked(struct request *request, int64_t entity, struct suggestions_found *ret,
                           struct err *err)
{
    struct suggestions_asked asked = {.kind = -1,
                                      .entity = entity,
                                      .every = !str_eq(form_value(request, "verdict"), STR("same")),
                                      .maximum = SUGGESTIONS_LOOKED_AT};
    enum st outcome =
        suggestions_list(request->app, request->arena, &request->who, &asked, ret, err);
    if (outcome != ST_OK) return outcome;
    const struct scope *scope = scope_of(request->app, request->arena, &request->who);
    size_t kept = 0;
    for (size_t i = 0; i < ret->count; i++) {
        int64_t theirs = seen_entity(scope, theirs_of(&ret->list[i], entity));
        if (is_ticked(request, scope, theirs)) ret->list[kept++] = ret->list[i];
    }
    ret->count = kept;
    return ST_OK;
}

/* What is the same for all of them is asked before the first is decided. */
static enum st check_typed(struct request *request, size_t ticks, struct typed *typed,
                           enum verdict *ret)
{
    struct err err = {0};
    typed->field = "reason";
    struct str reason;
    enum st outcome = decision_reason(request->arena, typed->reason, &reason, &err);
    if (!ticks) {
        typed->field = "row-1";
        outcome = err_set(&err, ST_INVALID, "Tick at least one.");
    } else if (!verdict_from_name(form_value(request, "verdict"), ret)) {
        typed->field = "main";
        outcome = err_set(&err, ST_INVALID, "Say same, different or unsure.");
    }
    if (outcome != ST_OK) typed->error = str_dup(request->arena, str_from(err.public));
    return outcome;
}

/* What became of the ticked pairs. */
struct outcome {
    size_t failed;
    struct {
        int64_t mention; /* theirs */
        struct str why;
    } problem[AT_ONCE];
};

/* One after the other, each for itself: what contradicts an earlier decision is said, and the
 * others are done. */
static enum st decide_each(struct request *request, int64_t entity,
                           const struct suggestions_found *ticked, enum verdict verdict,
                           struct outcome *ret, struct err *err)
{
    for (size_t i = 0; i < ticked->count && ret->failed < AT_ONCE; i++) {
        const struct suggestion *pair = &ticked->list[i];
        enum st outcome = decision_make(request->app, &request->who, pair->mention, pair->other,
                                        verdict, form_value(request, "reason"), err);
        if (outcome == ST_FAILED) return outcome;
        if (outcome == ST_OK) continue;
        ret->problem[ret->failed].mention = theirs_of(pair, entity);
        ret->problem[ret->failed++].why = str_dup(request->arena, str_from(err->public));
    }
    return ST_OK;
}

/* The page as it is now, with those that could not be decided still ticked. */
static void draw_problems(struct request *request, struct response *response,
                          const struct outcome *outcome, struct str reason)
{
    struct suggestions_found found;
    struct typed typed = {.reason = reason, .field = "main"};
    int64_t entity;
    request->who.scope = NULL; /* which remembers entities as they were */
    if (!find_pairs(request, response, &entity, &found)) return;
    const struct scope *scope = scope_of(request->app, request->arena, &request->who);
    typed.error = str_fmt(request->arena, "%zu of those you ticked could not be decided: %.*s",
                          outcome->failed, STR_ARG(outcome->problem[0].why));
    for (size_t i = 0; i < found.count; i++) {
        int64_t theirs = seen_entity(scope, theirs_of(&found.list[i], entity));
        for (size_t k = 0; k < outcome->failed; k++)
            if (seen_entity(scope, outcome->problem[k].mention) == theirs) {
                typed.ticked[i] = true;
                typed.problem[i] = outcome->problem[k].why;
            }
    }
    response->status = 409;
    draw_together(request, response, entity, &found, &typed);
}

void page_together_decide(struct request *request, struct response *response)
{
    struct err err = {0};
    struct suggestions_found found;
    struct suggestions_found ticked;
    struct typed typed = {.reason = form_value(request, "reason")};
    struct outcome outcome = {.failed = 0};
    struct suggestions_asked asked = suggestions_asked_of(request);
    struct url here = url_to_id(request->arena, ROUTE_together, request->id[0]);
    enum verdict verdict = VERDICT_UNSURE;
    int64_t entity;
    if (!find_pairs(request, response, &entity, &found)) return;
    if (find_ticked(request, entity, &ticked, &err) != ST_OK) {
        respond_error(request, response, &err);
    } else if (check_typed(request, ticked.count, &typed, &verdict) != ST_OK) {
        read_ticks(request, entity, &found, &typed);
        response->status = 400;
        draw_together(request, response, entity, &found, &typed);
    } else if (decide_each(request, entity, &ticked, verdict, &outcome, &err) != ST_OK) {
        respond_error(request, response, &err);
    } else if (outcome.failed) {
        draw_problems(request, response, &outcome, typed.reason);
    } else {
        respond_said(request, response, suggestions_with(request->arena, here, &asked),
                     verdict_name(verdict));
    }
}
