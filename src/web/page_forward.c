/*
 * The way to a Forum: what waits for a representative, one submission beside the version
 * that the Forum reads, and what whoever sent it may do on the way.
 */
#include "domain/area_desk.h"
#include "domain/area_feedback.h"
#include "domain/maru.h"
#include "domain/scope.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/pages.h"

enum { DAY_MS = 24 * 3600 * 1000, MARKS_MAX = 400 };

static struct str age(struct arena *arena, instant_ms since)
{
    int64_t days = (clock_now() - since) / DAY_MS;
    return days < 1 ? STR("Today") : str_fmt(arena, days == 1 ? "%lld day" : "%lld days", (long long)days);
}

static bool is_overdue(const struct app *app, instant_ms since)
{
    instant_ms due = area_clock_due(app->area, CLOCK_REPRESENTATIVE, since);
    return due && clock_now() > due;
}

void page_inbox(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct app *app = request->app;
    struct forward_line *lines = NULL;
    size_t count = 0;
    size_t drawn = 0;
    struct err err = {0};
    enum st outcome = forward_inbox(app, arena, &request->who, &lines, &count, &err);
    struct view_inbox_rows *rows = arena_many(arena, count, struct view_inbox_rows);
    struct db *db = outcome == ST_OK ? store_read_begin(app->store, &err) : NULL;
    for (size_t i = 0; db && i < count; i++) {
        struct submission submission;
        if (submission_load_seen(scope_of(app, arena, &request->who), db, arena, lines[i].submission, &submission, NULL) != ST_OK)
            continue;
        rows[drawn++] = (struct view_inbox_rows){.reference = submission.reference,
                                                 .see = url_to_id(arena, ROUTE_forward, lines[i].submission),
                                                 .words = draw_excerpt(arena, submission.narrative, 110),
                                                 .age = age(arena, lines[i].since),
                                                 .urgent = lines[i].urgent,
                                                 .held = lines[i].held,
                                                 .overdue = is_overdue(app, lines[i].since)};
    }
    if (db) store_read_end(app->store, db);
    if (outcome != ST_OK || !db) {
        respond_error(request, response, &err);
        return;
    }
    struct view_inbox view = {.rows = rows, .rows_count = drawn};
    PAGE(request, response, "Inbox", view_inbox, &view);
}

/* --- one of them ---------------------------------------------------------------------------- */

static size_t draw_marks(struct request *request, struct str text, struct view_forward_segments **ret)
{
    struct source_word found[MARKS_MAX];
    size_t count = source_words_find(request->app->area, text, MARKS_MAX, found);
    struct view_forward_segments *list = arena_many(request->arena, 2 * count + 1, struct view_forward_segments);
    size_t drawn = 0;
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        if (found[i].start > at)
            list[drawn++] = (struct view_forward_segments){.text = str_sub(text, at, found[i].start - at)};
        list[drawn++] = (struct view_forward_segments){.text = str_sub(text, found[i].start, found[i].size),
                                                       .tells = found[i].tells};
        at = found[i].start + found[i].size;
    }
    if (at < text.len) list[drawn++] = (struct view_forward_segments){.text = str_sub(text, at, text.len - at)};
    *ret = list;
    return drawn;
}

/* The Forum whose area names the place, else that of the organisation. */
static struct str suggested_forum(const struct area *area, const struct submission *submission)
{
    size_t count = 0;
    const struct area_forum *forum = area_forums(area, &count);
    for (size_t i = 0; i < count; i++) {
        struct str rest = forum[i].covers;
        struct str town;
        while (str_split(&rest, '\n', &town))
            if (town.len && (str_find(submission->where_text, town, 0) >= 0 || str_find(submission->narrative, town, 0) >= 0))
                return forum[i].id;
    }
    return submission->forum;
}

static void draw_choices(struct request *request, const struct submission *submission, struct view_forward *view)
{
    struct arena *arena = request->arena;
    const struct area *area = request->app->area;
    size_t count = 0;
    const struct area_forum *forum = area_forums(area, &count);
    struct str chosen = form_value(request, "forum").len ? form_value(request, "forum") : suggested_forum(area, submission);
    struct view_forward_forums *forums = arena_many(arena, count, struct view_forward_forums);
    for (size_t i = 0; i < count; i++)
        forums[i] = (struct view_forward_forums){forum[i].id, forum[i].name, str_eq(forum[i].id, chosen)};
    view->forums = forums;
    view->forums_count = count;
    const struct area_handling *known = area_handlings(area, &count);
    struct view_forward_handlings *handlings = arena_many(arena, count, struct view_forward_handlings);
    for (size_t i = 0; i < count; i++) {
        if (known[i].for_referrals || known[i].rule == HANDLING_NAMED) continue;
        handlings[view->handlings_count++] = (struct view_forward_handlings){known[i].code, known[i].label, str_eq(known[i].code, submission->handling)};
    }
    view->handlings = handlings;
    const struct area_reason *hold = area_reasons(area, AREA_REASON_HOLD, &count);
    struct view_forward_holds *holds = arena_many(arena, count, struct view_forward_holds);
    for (size_t i = 0; i < count; i++) holds[i] = (struct view_forward_holds){hold[i].id, hold[i].label};
    view->holds = holds;
    view->holds_count = count;
    const struct area_reason *back = area_reasons(area, AREA_REASON_RETURN, &count);
    struct view_forward_returns *returns = arena_many(arena, count, struct view_forward_returns);
    for (size_t i = 0; i < count; i++) returns[i] = (struct view_forward_returns){back[i].id, back[i].label};
    view->returns = returns;
    view->returns_count = count;
    struct view_forward_mentions *mentions = arena_many(arena, submission->mention_count, struct view_forward_mentions);
    for (size_t i = 0; i < submission->mention_count; i++)
        mentions[i] = (struct view_forward_mentions){
            .id = submission->mention[i].id,
            .kind = draw_kind_label(submission->mention[i].kind),
            .title = draw_excerpt(arena, mention_title(arena, submission->mention[i].kind, submission->mention[i].field), 80)};
    view->mentions = mentions;
    view->mentions_count = submission->mention_count;
}

static enum st draw_history(struct request *request, int64_t id, struct view_forward *view, struct forward_version **ret_version,
                            size_t *ret_count, struct err *err)
{
    struct arena *arena = request->arena;
    struct forward_question *asked = NULL;
    size_t count = 0;
    enum st outcome = forward_versions(request->app, arena, id, ret_version, ret_count, err);
    if (outcome == ST_OK) outcome = forward_questions(request->app, arena, id, &asked, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_forward_versions *versions = arena_many(arena, *ret_count, struct view_forward_versions);
    for (size_t i = 0; i < *ret_count; i++)
        versions[i] = (struct view_forward_versions){.number = (*ret_version)[i].number,
                                                     .author = (*ret_version)[i].author,
                                                     .when = clock_words(arena, (*ret_version)[i].made_at),
                                                     .words = (*ret_version)[i].words.narrative};
    view->versions = versions;
    view->versions_count = *ret_count;
    struct view_forward_questions *questions = arena_many(arena, count, struct view_forward_questions);
    for (size_t i = 0; i < count; i++)
        questions[i] = (struct view_forward_questions){asked[i].question, asked[i].answer, asked[i].answered_at != 0};
    view->questions = questions;
    view->questions_count = count;
    return ST_OK;
}

/* What went to the referral unit, and what it said. */
static enum st draw_sent(struct request *request, int64_t id, struct view_forward *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct maru_case *sent = NULL;
    size_t count = 0;
    enum st outcome = maru_of_submission(request->app, arena, id, &sent, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_forward_sent *list = arena_many(arena, count, struct view_forward_sent);
    for (size_t i = 0; i < count; i++) {
        list[i] = (struct view_forward_sent){.when = clock_words(arena, sent[i].sent_at), .who = sent[i].sent_by};
        if (!sent[i].outcome.len) continue;
        list[i].outcome = area_reason_label(request->app->area, AREA_REASON_MARU, sent[i].outcome);
        list[i].words = sent[i].words;
        list[i].answered = clock_words(arena, sent[i].outcome_at);
        list[i].by = sent[i].outcome_name;
    }
    view->sent = list;
    view->sent_count = count;
    return ST_OK;
}

static void draw(struct request *request, struct response *response, const struct err *wrong)
{
    struct arena *arena = request->arena;
    struct app *app = request->app;
    int64_t id = request->id[0];
    struct submission submission;
    struct stage_state state;
    struct forward_version *version = NULL;
    size_t versions = 0;
    struct err err = {0};
    bool allowed = scope_allows(scope_of(app, arena, &request->who), ACT_FORWARD, id);
    struct view_forward view = {.unit = area_unit(request->app->area),
                                .csrf = request->csrf, .action = url_to_id(arena, ROUTE_forward_send, id),
                                .inbox = url_to(ROUTE_inbox), .see = url_to_id(arena, ROUTE_submission, id),
                                .maru = url_to_id(arena, ROUTE_forward_maru, id)};
    enum st outcome = allowed ? submission_read(app, arena, &request->who, id, &submission, &err)
                              : err_set(&err, ST_NOT_FOUND, "There is no such submission.");
    if (outcome == ST_OK) outcome = stage_read(app, arena, id, &state, &err);
    bool waits = outcome == ST_OK && (state.stage == STAGE_REPRESENTATIVE || state.stage == STAGE_HELD);
    if (waits && !state.opened_at) outcome = forward_opened(app, id, &err);
    if (outcome == ST_OK) outcome = draw_history(request, id, &view, &version, &versions, &err);
    if (outcome == ST_OK) outcome = draw_sent(request, id, &view, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    bool typed = wrong != NULL;
    view.reference = submission.reference;
    view.error = typed ? str_fmt(arena, "%s %s", wrong->public, wrong->hint) : STR("");
    view.error_at = html_url_fragment(arena, STR("words"));
    view.waits = waits;
    view.urgent = state.urgent;
    view.named = state.by_name;
    view.stage = area_reason_label(app->area, AREA_REASON_STATE, str_from(feedback_name(state.feedback)));
    view.base = versions ? version[0].number : 0;
    view.words = typed ? form_value(request, "words") : versions ? version[0].words.narrative : submission.narrative;
    view.when = typed ? form_value(request, "when") : versions ? version[0].words.when_text : submission.when_text;
    view.where = typed ? form_value(request, "where") : versions ? version[0].words.where_text : submission.where_text;
    struct view_forward_segments *segments = NULL;
    view.segments_count = draw_marks(request, submission.narrative, &segments);
    view.segments = segments;
    draw_choices(request, &submission, &view);
    PAGE(request, response, typed ? "Error: For the Forum" : "For the Forum", view_forward, &view);
}

void page_forward(struct request *request, struct response *response)
{
    draw(request, response, NULL);
}

static enum st share_on(struct request *request, struct forward_share *share, struct err *err)
{
    int64_t id = request->id[0];
    struct submission submission;
    enum st outcome = submission_read(request->app, request->arena, &request->who, id, &submission, err);
    for (size_t i = 0; outcome == ST_OK && i < submission.mention_count; i++) {
        struct str name = str_fmt(request->arena, "keep-%lld", (long long)submission.mention[i].id);
        if (!form_find(request, name)) share->left_out[share->left_out_count++] = submission.mention[i].id;
    }
    share->forum = form_value(request, "forum");
    share->handling = form_value(request, "handling");
    share->named = form_value(request, "named").len > 0;
    return outcome == ST_OK ? forward_share(request->app, &request->who, id, share, err) : outcome;
}

void page_forward_send(struct request *request, struct response *response)
{
    struct app *app = request->app;
    const struct person *who = &request->who;
    int64_t id = request->id[0];
    int64_t number = 0;
    struct err err = {0};
    struct str act = form_value(request, "act");
    struct forward_share share = {.words = {form_value(request, "words"), form_value(request, "when"), form_value(request, "where")}};
    if (!str_to_int(form_value(request, "base"), &share.base)) share.base = 0;
    enum st outcome;
    if (str_eq(act, STR("share")))
        outcome = share_on(request, &share, &err);
    else if (str_eq(act, STR("hold")))
        outcome = forward_hold(app, who, id, form_value(request, "hold"), form_value(request, "note"), &err);
    else if (str_eq(act, STR("return")))
        outcome = forward_return(app, who, id, form_value(request, "return"), form_value(request, "note"), &err);
    else if (str_eq(act, STR("ask")))
        outcome = forward_ask(app, who, id, form_value(request, "question"), &err);
    else
        outcome = forward_save(app, who, id, &share.words, share.base, &number, &err);
    if (outcome == ST_OK)
        respond_redirect(response, url_to_id(request->arena, ROUTE_forward, id));
    else if (outcome == ST_INVALID || outcome == ST_CONFLICT) {
        draw(request, response, &err);
        response->status = outcome == ST_CONFLICT ? 409 : 400;
    } else
        respond_error(request, response, &err);
}

/* Whoever sent it answers a question, or takes it back. */
void page_submission_reply(struct request *request, struct response *response)
{
    struct err err = {0};
    bool withdraws = str_eq(form_value(request, "act"), STR("withdraw"));
    enum st outcome = withdraws ? submission_withdraw(request->app, &request->who, request->id[0], &err)
                                : forward_answer(request->app, &request->who, request->id[0], form_value(request, "answer"), &err);
    if (outcome == ST_OK)
        respond_redirect(response, url_to_id(request->arena, ROUTE_submission, request->id[0]));
    else
        respond_error(request, response, &err);
}
