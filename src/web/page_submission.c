/*
 * Submissions: lists, and one with what it may connect to.
 */
#include "domain/addition.h"
#include "domain/area_feedback.h"
#include "domain/connection.h"
#include "domain/handling.h"
#include "domain/referral.h"
#include "domain/scope.h"
#include "web/draw.h"
#include "web/page_forward.h"
#include "web/reopened.h"
#include "web/said.h"

enum { LIST_MAXIMUM = 500 };

struct submission_word submission_word_of(struct request *request, const struct stage_state *state)
{
    const struct area *area = request->app->area;
    struct str name = str_from(feedback_name(state->feedback));
    enum area_reason_kind kind = state->feedback == FEEDBACK_RETURNED  ? AREA_REASON_RETURN
                                 : state->feedback == FEEDBACK_SENT_ON ? AREA_REASON_MARU
                                                                       : AREA_REASON_NO_ACTION;
    struct submission_word word = {.label = area_reason_label(area, AREA_REASON_STATE, name),
                                   .words = area_reason_words(area, AREA_REASON_STATE, name),
                                   .since = state->feedback_at};
    /* What the unit said stands for itself: before, nobody there had said anything. */
    if (kind == AREA_REASON_MARU && state->feedback_reason.len)
        word.words = area_reason_words(area, kind, state->feedback_reason);
    else if (state->feedback_reason.len)
        word.words = str_fmt(request->arena, "%.*s %.*s", STR_ARG(word.words),
                             STR_ARG(area_reason_words(area, kind, state->feedback_reason)));
    return word;
}

/* The referral whose names it holds, where they may read that; else 0. */
static int64_t referral_behind(struct request *request, int64_t submission)
{
    int64_t referral = 0;
    struct record record = {0};
    if (!scope_record(scope_of(request->app, request->arena, &request->who), submission, &record) ||
        !access_allows(&request->who, ACT_READ_REFERRAL, &record))
        return 0;
    if (referral_of_submission(request->app, submission, &referral, NULL) != ST_OK || !referral)
        return 0;
    return referral_allows(request->app, request->arena, &request->who, ACT_READ_REFERRAL, referral)
               ? referral
               : 0;
}

/* In a list: "Returned to you, 12 March 2026"; `own`: of what they sent themselves. */
static struct str state_of(struct request *request, int64_t submission, int64_t referral, bool own)
{
    struct stage_state state;
    bool asks = false;
    if (referral) return STR("A referral");
    if (own && forward_asks(request->app, submission, &asks, NULL) == ST_OK && asks)
        return STR("A question waits for you");
    if (stage_read(request->app, request->arena, submission, &state, NULL) != ST_OK) return STR("");
    struct submission_word word = submission_word_of(request, &state);
    return str_fmt(request->arena, "%.*s, %.*s", STR_ARG(word.label),
                   STR_ARG(date_words(request->arena, clock_london(word.since).date)));
}

/* What belongs with it, of what this person may read. */
static enum st draw_additions(struct request *request, const struct submission *submission,
                              struct view_submission *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct addition *found = NULL;
    size_t count = 0;
    enum st outcome = additions_of(scope_of(request->app, arena, &request->who), arena,
                                   submission->id, &found, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_submission_additions *list =
        arena_many(arena, count, struct view_submission_additions);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct view_submission_additions){
            .see = url_to_id(arena, ROUTE_submission, found[i].submission),
            .reference = found[i].reference,
            .when = date_words(arena, clock_london(found[i].created_at).date),
            .earlier = found[i].first || found[i].created_at < submission->created_at};
    view->additions = list;
    view->additions_count = count;
    return ST_OK;
}

/* What the representative wrote to its sender when they gave it back. */
static enum st draw_return(struct request *request, int64_t submission,
                           struct view_submission *view, struct err *err)
{
    struct forward_event *event = NULL;
    size_t count = 0;
    enum st outcome = forward_events(request->app, request->arena, submission, &event, &count, err);
    for (size_t i = 0; outcome == ST_OK && i < count && !view->returned_words.len; i++)
        if (str_eq(event[i].kind, STR("returned"))) view->returned_words = event[i].words;
    return outcome;
}

/* To whoever sent it: that it is handled as they chose no more. */
static enum st draw_changed(struct request *request, const struct submission *submission,
                            struct view_submission *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct handling_history history;
    struct db *db = store_read_begin(request->app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome =
        handling_history_read(db, arena, submission->id, submission->handling, &history, err);
    store_read_end(request->app->store, db);
    if (outcome != ST_OK || !history.changed_at) return outcome;
    view->handling_chosen = draw_handling_label(request->app, history.chosen);
    view->handling_changed = str_fmt(
        arena,
        history.represented ? "Your representative changed it on %.*s" : "It was changed on %.*s",
        STR_ARG(date_words(arena, clock_london(history.changed_at).date)));
    return ST_OK;
}

/* What whoever sent it may do on the way, and whoever represents them. */
static enum st draw_way(struct request *request, const struct submission *submission,
                        const struct err *wrong, struct view_submission *view, struct err *err)
{
    struct arena *arena = request->arena;
    const struct scope *scope = scope_of(request->app, arena, &request->who);
    struct record record = {0};
    struct stage_state state;
    enum st outcome = stage_read(request->app, arena, submission->id, &state, err);
    if (outcome != ST_OK) return outcome;
    scope_record(scope, submission->id, &record);
    view->own = record.account == request->who.account && record.account;
    view->may_withdraw = state.stage == STAGE_REPRESENTATIVE || state.stage == STAGE_HELD;
    view->withdraw = url_to_id(arena, ROUTE_submission_withdrawing, submission->id);
    view->reply = url_to_id(arena, ROUTE_submission_reply, submission->id);
    view->can_forward = scope_allows(scope, ACT_FORWARD, submission->id);
    view->forward = url_to_id(arena, ROUTE_forward, submission->id);
    view->named = submission->named;
    const int64_t referral = referral_behind(request, submission->id);
    if (referral) {
        view->referral = url_to_id(arena, ROUTE_referral, referral);
        view->own = false; /* what becomes of it is said there */
    }
    if (!view->own) return ST_OK;
    struct submission_word word = submission_word_of(request, &state);
    view->state = word.label;
    view->state_words = word.words;
    view->state_since = clock_words(arena, word.since);
    view->returned = state.stage == STAGE_RETURNED;
    view->refer = url_to(ROUTE_referral_new);
    view->again = url_to(ROUTE_share);
    outcome = draw_changed(request, submission, view, err);
    if (outcome == ST_OK && view->returned)
        outcome = draw_return(request, submission->id, view, err);
    if (outcome != ST_OK) return outcome;
    view->may_add = state.stage != STAGE_WITHDRAWN;
    view->urgent = state.urgent && !state.shared_at;
    view->help = url_to(ROUTE_help_now);
    view->away = page_is_answer(request);
    view->add = url_with(arena, url_to(ROUTE_share), "adds-to",
                         str_fmt(arena, "%lld", (long long)submission->id));
    view->card = url_to_text(arena, ROUTE_receipt_card, submission->reference);
    struct forward_question *asked = NULL;
    size_t count = 0;
    outcome = forward_questions(request->app, arena, submission->id, &asked, &count, err);
    struct view_submission_questions *list =
        arena_many(arena, count, struct view_submission_questions);
    int64_t answering = 0;
    if (!str_to_int(form_value(request, "question"), &answering)) answering = 0;
    for (size_t i = 0; i < count; i++) {
        bool this_one = wrong && asked[i].id == answering;
        list[i] = (struct view_submission_questions){
            .id = asked[i].id,
            .question = asked[i].question,
            .answer = asked[i].answer,
            .answered = asked[i].answered_at != 0,
            .typed = this_one ? form_value(request, "answer") : STR(""),
            .error = this_one ? view->error : STR("")};
        if (this_one && !asked[i].answered_at)
            view->error_at =
                html_url_fragment(arena, str_fmt(arena, "answer-%lld", (long long)asked[i].id));
    }
    view->questions = list;
    view->questions_count = count;
    return outcome;
}

/* Does some role of theirs read what others of their organisation sent? */
static bool reads_more_than_own(const struct person *who)
{
    return access_allows(who, ACT_READ_SUBMISSION,
                         &(struct record){.account = -1, .organisation = who->organisation});
}

static enum submission_list chosen_list(const struct request *request)
{
    struct str wanted = form_value(request, "list");
    const struct person *who = &request->who;
    bool organisation = reads_more_than_own(who);
    bool all = access_allows(who, ACT_SEE_LINKS, NULL);
    if (str_eq(wanted, STR("own"))) return LIST_OWN;
    if (str_eq(wanted, STR("organisation")) && organisation) return LIST_ORGANISATION;
    if (str_eq(wanted, STR("latest")) && organisation) return LIST_LATEST;
    return all ? LIST_LATEST : organisation ? LIST_ORGANISATION : LIST_OWN;
}

static size_t draw_tabs(struct request *request, enum submission_list list,
                        struct view_submissions_tabs tabs[static 3])
{
    const struct person *who = &request->who;
    struct url base = url_to(ROUTE_submissions);
    size_t count = 0;
    if (reads_more_than_own(who))
        tabs[count++] = (struct view_submissions_tabs){
            url_with(request->arena, base, "list", STR("latest")), STR("All that you may see"),
            list == LIST_LATEST};
    if (reads_more_than_own(who))
        tabs[count++] = (struct view_submissions_tabs){
            url_with(request->arena, base, "list", STR("organisation")), STR("Your organisation’s"),
            list == LIST_ORGANISATION};
    if (count)
        tabs[count++] = (struct view_submissions_tabs){
            url_with(request->arena, base, "list", STR("own")), STR("Your own"), list == LIST_OWN};
    return count;
}

/* They are read as they were stored, the last first; one that was dated
 * back stands where its day is. */
static int by_arrival(const void *a, const void *b)
{
    const struct submission_line *left = a;
    const struct submission_line *right = b;
    if (left->created_at != right->created_at) return left->created_at < right->created_at ? 1 : -1;
    return (left->id < right->id) - (left->id > right->id);
}

static struct url list_url(struct arena *arena, enum submission_list list, int64_t before)
{
    static const char *const names[] = {
        [LIST_OWN] = "own", [LIST_ORGANISATION] = "organisation", [LIST_LATEST] = "latest"};
    struct url url = url_with(arena, url_to(ROUTE_submissions), "list", str_from(names[list]));
    return before ? url_with(arena, url, "before", str_fmt(arena, "%lld", (long long)before)) : url;
}

void page_submissions(struct request *request, struct response *response)
{
    static const char *titles[] = {"What you have shared", "What your organisation has shared",
                                   "Submissions"};
    struct arena *arena = request->arena;
    enum submission_list list = chosen_list(request);
    bool latest = list == LIST_LATEST;
    struct submission_line *lines = NULL;
    size_t count = 0;
    int64_t before = 0;
    struct err err = {0};
    if (!str_to_int(form_value(request, "before"), &before) || before < 0) before = 0;
    if (submission_list_before(request->app, arena, &request->who, list, before, LIST_MAXIMUM,
                               &lines, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    int64_t oldest = count ? lines[count - 1].id : 0;
    if (count) qsort(lines, count, sizeof *lines, by_arrival);
    struct view_submissions_rows *rows = arena_many(arena, count, struct view_submissions_rows);
    for (size_t i = 0; i < count; i++) {
        int64_t referral = latest ? 0 : referral_behind(request, lines[i].id);
        rows[i] = (struct view_submissions_rows){
            .reference = lines[i].reference,
            .see = referral ? url_to_id(arena, ROUTE_referral, referral)
                            : url_to_id(arena, ROUTE_submission, lines[i].id),
            .words = draw_excerpt(arena, lines[i].narrative, 110),
            .sector = draw_sector_label(request->app, lines[i].sector),
            .date = date_words(arena, clock_london(lines[i].created_at).date),
            .sort = str_fmt(arena, "%lld", (long long)lines[i].created_at),
            .links = lines[i].links,
            .state = latest ? STR("") : state_of(request, lines[i].id, referral, list == LIST_OWN),
        };
    }
    struct view_submissions_tabs tabs[3];
    bool shows_links = latest && access_allows(&request->who, ACT_SEE_LINKS, NULL);
    struct view_submissions view = {
        .title = str_from(titles[list]),
        .shows_links = shows_links,
        .shows_sector = latest,
        .shows_state = !latest,
        .newer = before > 0,
        .newest = list_url(arena, list, 0),
        .has_older = count == LIST_MAXIMUM,
        .older = list_url(arena, list, oldest),
        .links_label = shows_links ? STR("Suggestions") : STR("How far it has come"),
        .rows = rows,
        .rows_count = count,
        .tabs = tabs,
        .tabs_count = draw_tabs(request, list, tabs),
        .share = url_to(ROUTE_share),
    };
    PAGE(request, response, titles[list], view_submissions, &view);
}

/* --- one submission --------------------------------------------------------------------- */

/* The other mention, by its title, and where it came from. */
static enum st draw_suggestion(struct request *request, struct db *db,
                               const struct suggestion *suggestion, struct str title,
                               struct view_submission_mentions_suggestions *ret, struct err *err)
{
    struct arena *arena = request->arena;
    struct str sector = STR("");
    instant_ms created_at = 0;
    enum st outcome = submission_load_arrival(
        db, arena, entity_submission(request->app->entities, suggestion->other), &sector,
        &created_at, err);
    if (outcome != ST_OK) return outcome;
    *ret = (struct view_submission_mentions_suggestions){
        .href = url_to_ids(arena, ROUTE_pair, suggestion->mention, suggestion->other),
        .word = str_from(link_weight_word(suggestion->bits)),
        .bits = suggestion->bits,
        .title = draw_excerpt(arena, title, 100),
        .sector = draw_sector_label(request->app, sector),
        .date = date_words(arena, clock_london(created_at).date),
        .joined = suggestion->same_entity,
    };
    return ST_OK;
}

static enum st draw_links(struct request *request, struct db *db,
                          const struct submission *submission, size_t which,
                          struct view_submission_mentions *ret, struct err *err)
{
    enum { SHOWN = 5 };
    const struct scope *scope = scope_of(request->app, request->arena, &request->who);
    struct suggestion *list = NULL;
    int64_t other[SHOWN];
    struct str title[SHOWN];
    size_t count = suggestions_of(scope, request->arena, submission, which, SHOWN, &list);
    struct view_submission_mentions_suggestions *rows =
        arena_many(request->arena, count, struct view_submission_mentions_suggestions);
    for (size_t i = 0; i < count; i++) other[i] = list[i].other;
    enum st outcome = mention_titles(scope, db, request->arena, other, count, title, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        outcome = draw_suggestion(request, db, &list[i], title[i], &rows[i], err);
    ret->suggestions = rows;
    ret->suggestions_count = count;
    ret->none = count == 0;
    return outcome;
}

static void draw_fields(struct arena *arena, const struct mention *mention,
                        struct view_submission_mentions *ret)
{
    struct view_submission_mentions_fields *fields =
        arena_many(arena, LINK_FIELDS, struct view_submission_mentions_fields);
    size_t count = 0;
    for (int field = 0; field < LINK_FIELDS; field++)
        if (mention->field[field].len)
            fields[count++] = (struct view_submission_mentions_fields){
                str_from(field_label((enum link_field)field)), mention->field[field]};
    ret->fields = fields;
    ret->fields_count = count;
}

static enum st draw_mentions(struct request *request, const struct submission *submission,
                             bool sees_links, struct view_submission *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct db *db = store_read_begin(request->app->store, err);
    if (!db) return ST_FAILED;
    struct view_submission_mentions *list =
        arena_many(arena, submission->mention_count, struct view_submission_mentions);
    enum st outcome = ST_OK;
    for (size_t i = 0; i < submission->mention_count && outcome == ST_OK; i++) {
        const struct mention *mention = &submission->mention[i];
        list[i] = (struct view_submission_mentions){
            .kind = str_from(kind_name(mention->kind)),
            .kind_label = draw_kind_label(mention->kind),
            .title = draw_excerpt(arena, mention_title(arena, mention->kind, mention->field), 100),
            .entity = url_to_id(arena, ROUTE_entity, mention->id),
        };
        draw_fields(arena, mention, &list[i]);
        if (sees_links) outcome = draw_links(request, db, submission, i, &list[i], err);
    }
    store_read_end(request->app->store, db);
    view->mentions = list;
    view->mentions_count = submission->mention_count;
    return outcome;
}

/* What this person may do about who sees it, and whether somebody else holds more. */
static enum st draw_access(struct request *request, const struct submission *submission,
                           struct view_submission *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct app *app = request->app;
    const struct scope *scope = scope_of(app, arena, &request->who);
    struct record record = {0};
    scope_record(scope, submission->id, &record);
    view->csrf = request->csrf;
    view->handling = draw_handling_label(app, submission->handling);
    view->can_set_access = scope_allows(scope, ACT_SET_HANDLING, submission->id);
    view->can_grade = scope_allows(scope, ACT_DECIDE, submission->id);
    view->grade = url_to_id(arena, ROUTE_grade, submission->id);
    view->access = url_to_id(arena, ROUTE_submission_access, submission->id);
    view->can_see_source = scope_allows(scope, ACT_SEE_SOURCE, submission->id) && !record.account;
    view->source = url_to_id(arena, ROUTE_source, submission->id);
    view->connect = url_to_id(arena, ROUTE_connect, submission->id);
    view->notices = url_to(ROUTE_notices);
    struct connection_line *asked = NULL;
    size_t count = 0;
    enum st outcome = connection_hint(app, arena, &request->who, submission, &view->hint, err);
    if (outcome == ST_OK && view->hint)
        outcome = connections_asked(app, arena, &request->who, submission->id, &asked, &count, err);
    view->asked = count > 0;
    return outcome;
}

static const struct said done[] = {
    {"withdrawn", "You have withdrawn it. It goes nowhere."},
    {"answered", "Your answer is with your representative."},
};

void submission_show(struct request *request, struct response *response, const struct err *wrong)
{
    struct arena *arena = request->arena;
    struct submission submission;
    struct err err = {0};
    enum st outcome =
        submission_read(request->app, arena, &request->who, request->id[0], &submission, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct draw_span *spans = NULL;
    size_t span_count = draw_spans(arena, &submission, &spans);
    struct draw_segment *segments = NULL;
    size_t segment_count =
        draw_segments(arena, submission.narrative, spans, span_count, &segments);
    struct str when = draw_days(arena, submission.seen_from, submission.seen_to);
    bool sees_links = scope_links(scope_of(request->app, arena, &request->who), submission.id);
    struct view_submission view = {
        .reference = submission.reference,
        .received = clock_words(arena, submission.created_at),
        .sector = sees_links ? draw_sector_label(request->app, submission.sector) : STR(""),
        .when = submission.when_text.len && when.len
                    ? str_fmt(arena, "%.*s (%.*s)", STR_ARG(submission.when_text), STR_ARG(when))
                : when.len ? when
                           : submission.when_text,
        .where = submission.where_text,
        .how = draw_how_label(request->app->area, submission.how_known),
        .sees_links = sees_links,
        .segments_count = segment_count,
        .done = SAID_WORDS(form_value(request, "saved"), done),
        .error = wrong ? str_trim(str_fmt(arena, "%s %s", wrong->public, wrong->hint)) : STR(""),
        .error_at = html_url_fragment(arena, STR("way")),
        /* What was answered is lost with a question that is answered already: it is shown. */
        .typed = wrong ? form_value(request, "answer") : STR(""),
    };
    DRAW_COPY_SEGMENTS(arena, struct view_submission_segments, segments, segment_count,
                       view.segments);
    outcome = draw_mentions(request, &submission, sees_links, &view, &err);
    if (outcome == ST_OK) outcome = draw_access(request, &submission, &view, &err);
    if (outcome == ST_OK) outcome = draw_way(request, &submission, wrong, &view, &err);
    if (outcome == ST_OK) outcome = draw_additions(request, &submission, &view, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    PAGE(request, response, "Submission", view_submission, &view);
}

void page_submission(struct request *request, struct response *response)
{
    struct reopening begun;
    if (reopened_page(request, response, &begun)) return;
    submission_show(request, response, NULL);
    reopened_keep(request, response, &begun);
}
