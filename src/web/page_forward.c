/*
 * One submission beside the version that the Forum reads, and what whoever sent it may do on
 * the way.
 */
#include "base/utf8.h"
#include "domain/addition.h"
#include "domain/area_feedback.h"
#include "domain/handling.h"
#include "domain/reason.h"
#include "domain/scope.h"
#include "web/draw.h"
#include "web/page_forward.h"
#include "web/said.h"

/* --- one of them ---------------------------------------------------------------------------- */

/* What was chosen for when it is shared, to stand in an address and in a form beside it. */
static void draw_carried(struct request *request, struct view_forward *view)
{
    static const char *const names[] = {"act", "seen", "handling", "forum", "named"};
    struct view_forward_carried *list =
        arena_many(request->arena, request->field_count, struct view_forward_carried);
    for (size_t i = 0; i < request->field_count; i++) {
        const struct form_field *field = &request->field[i];
        bool carries = str_starts(field->name, STR("keep-"));
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            carries |= str_eq(field->name, str_from(names[k]));
        if (carries)
            list[view->carried_count++] = (struct view_forward_carried){field->name, field->value};
    }
    view->carried = list;
}

/* All are ticked until the form comes back, or the page with what was chosen in it. */
static void draw_mentions(struct request *request, const struct submission *submission,
                          struct view_forward *view)
{
    struct arena *arena = request->arena;
    bool typed = form_has(request, "act");
    struct view_forward_mentions *mentions =
        arena_many(arena, submission->mention_count, struct view_forward_mentions);
    for (size_t i = 0; i < submission->mention_count; i++) {
        const struct mention *mention = &submission->mention[i];
        struct str name = str_fmt(arena, "keep-%lld", (long long)mention->id);
        mentions[i] = (struct view_forward_mentions){
            .id = mention->id,
            .kind = draw_kind_label(mention->kind),
            .title = draw_excerpt(arena, mention_title(arena, mention->kind, mention->field), 80),
            .kept = !typed || form_find(request, name)};
    }
    view->mentions = mentions;
    view->mentions_count = submission->mention_count;
}

static void draw_choices(struct request *request, const struct submission *submission,
                         struct view_forward *view)
{
    struct arena *arena = request->arena;
    const struct area *area = request->app->area;
    size_t count = 0;
    const struct area_forum *forum = area_forums(area, &count);
    /* What was chosen beside another condition is chosen anew. */
    bool same = str_eq(form_value(request, "seen"), submission->handling);
    struct str code = same ? form_value(request, "handling") : submission->handling;
    view->seen = submission->handling;
    struct str chosen = form_value(request, "forum").len ? form_value(request, "forum")
                                                         : forward_suggest_forum(area, submission);
    struct view_forward_forums *forums = arena_many(arena, count, struct view_forward_forums);
    for (size_t i = 0; i < count; i++)
        forums[i] =
            (struct view_forward_forums){forum[i].id, forum[i].name, str_eq(forum[i].id, chosen)};
    view->forums = forums;
    view->forums_count = count;
    const struct area_handling *known = area_handlings(area, &count);
    struct view_forward_handlings *handlings =
        arena_many(arena, count, struct view_forward_handlings);
    for (size_t i = 0; i < count; i++) {
        if (known[i].for_referrals || known[i].rule == HANDLING_NAMED) continue;
        handlings[view->handlings_count++] = (struct view_forward_handlings){
            known[i].code, known[i].label, str_eq(known[i].code, code)};
    }
    view->handlings = handlings;
    const struct area_reason *hold = area_reasons(area, AREA_REASON_HOLD, &count);
    struct view_forward_holds *holds = arena_many(arena, count, struct view_forward_holds);
    for (size_t i = 0; i < count; i++)
        holds[i] = (struct view_forward_holds){hold[i].id, hold[i].label,
                                               str_eq(hold[i].id, form_value(request, "hold"))};
    view->holds = holds;
    view->holds_count = count;
    const struct area_reason *back = area_reasons(area, AREA_REASON_RETURN, &count);
    struct view_forward_returns *returns = arena_many(arena, count, struct view_forward_returns);
    for (size_t i = 0; i < count; i++)
        returns[i] = (struct view_forward_returns){
            back[i].id, back[i].label, str_eq(back[i].id, form_value(request, "return"))};
    view->returns = returns;
    view->returns_count = count;
    draw_mentions(request, submission, view);
}

static enum st draw_history(struct request *request, int64_t id, struct view_forward *view,
                            struct forward_version **ret_version, size_t *ret_count,
                            struct err *err)
{
    struct arena *arena = request->arena;
    struct forward_question *asked = NULL;
    size_t count = 0;
    enum st outcome = forward_versions(request->app, arena, id, ret_version, ret_count, err);
    if (outcome == ST_OK) outcome = forward_questions(request->app, arena, id, &asked, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_forward_versions *versions =
        arena_many(arena, *ret_count, struct view_forward_versions);
    for (size_t i = 0; i < *ret_count; i++)
        versions[i] =
            (struct view_forward_versions){.number = (*ret_version)[i].number,
                                           .author = (*ret_version)[i].author,
                                           .when = clock_words(arena, (*ret_version)[i].made_at),
                                           .words = (*ret_version)[i].words.narrative};
    view->versions = versions;
    view->versions_count = *ret_count;
    struct view_forward_questions *questions =
        arena_many(arena, count, struct view_forward_questions);
    for (size_t i = 0; i < count; i++)
        questions[i] = (struct view_forward_questions){asked[i].question, asked[i].answer,
                                                       asked[i].answered_at != 0};
    view->questions = questions;
    view->questions_count = count;
    return ST_OK;
}

/* What went to the referral unit, and what it said. */
static enum st draw_sent(struct request *request, int64_t id, struct view_forward *view,
                         struct err *err)
{
    struct arena *arena = request->arena;
    struct maru_case *sent = NULL;
    size_t count = 0;
    enum st outcome = maru_of_submission(request->app, arena, id, &sent, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_forward_sent *list = arena_many(arena, count, struct view_forward_sent);
    for (size_t i = 0; i < count; i++) {
        list[i] = (struct view_forward_sent){.when = clock_words(arena, sent[i].sent_at),
                                             .who = sent[i].sent_by};
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

/* What it adds to, and what was added to it. */
static enum st draw_additions(struct request *request, int64_t id, struct view_forward *view,
                              struct err *err)
{
    struct arena *arena = request->arena;
    struct addition *found = NULL;
    size_t count = 0;
    enum st outcome =
        additions_of(scope_of(request->app, arena, &request->who), arena, id, &found, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_forward_additions *list = arena_many(arena, count, struct view_forward_additions);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct view_forward_additions){
            .see = url_to_id(arena, ROUTE_submission, found[i].submission),
            .reference = found[i].reference,
            .when = clock_words(arena, found[i].created_at)};
    view->additions = list;
    view->additions_count = count;
    return ST_OK;
}

static enum st draw_events(struct request *request, int64_t id, struct view_forward *view,
                           struct err *err)
{
    struct arena *arena = request->arena;
    struct forward_event *event = NULL;
    size_t count = 0;
    enum st outcome = forward_events(request->app, arena, id, &event, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_forward_events *list = arena_many(arena, count, struct view_forward_events);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct view_forward_events){
            .when = clock_words(arena, event[i].at),
            .who = event[i].who.len ? event[i].who : STR("Whoever sent it"),
            .what = forward_event_label(arena, request->app->area, &event[i]),
            .words = event[i].words};
    view->events = list;
    view->events_count = count;
    return ST_OK;
}

static enum st read_history(struct request *request, const struct submission *submission,
                            struct handling_history *ret, struct err *err)
{
    struct db *db = store_read_begin(request->app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome =
        handling_history_read(db, request->arena, submission->id, submission->handling, ret, err);
    store_read_end(request->app->store, db);
    return outcome;
}

/* What its sender chose, and whether any choice would let more people see it. */
static enum st draw_chosen(struct request *request, const struct submission *submission,
                           struct view_forward *view, struct err *err)
{
    struct app *app = request->app;
    struct handling_history history;
    enum st outcome = read_history(request, submission, &history, err);
    if (outcome != ST_OK) return outcome;
    view->chosen = draw_handling_label(app, history.chosen);
    view->reason = form_value(request, "reason");
    for (size_t i = 0; i < view->handlings_count; i++)
        view->asks_reason |= handling_is_looser(app, history.chosen, view->handlings[i].code);
    return ST_OK;
}

/* What is wrong, and in which box. */
struct refusal {
    const struct err *err; /* NULL: nothing is */
    const char *at;
    int64_t kept; /* the version that these words have become: the form comes back as it is */
    int64_t base; /* the version that these words were written from, or are */
};

static void draw_wrong(struct request *request, const struct refusal *wrong,
                       struct view_forward *view)
{
    if (!wrong->err) return;
    view->error = str_trim(str_fmt(request->arena, "%s %s", wrong->err->public, wrong->err->hint));
    view->error_at = html_url_fragment(request->arena, str_from(wrong->at));
    if (!strcmp(wrong->at, "looked")) view->left_error = view->error;
    if (!strcmp(wrong->at, "handling")) view->handling_error = view->error;
    if (!strcmp(wrong->at, "reason")) view->reason_error = view->error;
    if (!strcmp(wrong->at, "when")) view->when_error = view->error;
}

static enum st draw_left(struct request *request, struct view_forward *view, struct err *err)
{
    const struct forward_words words = {view->words, view->when, view->where};
    struct forward_left left;
    enum st outcome = forward_draw_left(request, &words, &left, err);
    if (outcome != ST_OK) return outcome;
    view->left = left.lines;
    view->left_count = left.count;
    view->shown = left.shown;
    view->looked = left.looked;
    return ST_OK;
}

/* Of words that come back: where nobody is told of a version that was written meanwhile, it is
 * still unseen. */
static int64_t base_of(const struct refusal *wrong, int64_t newest)
{
    if (wrong->kept) return wrong->kept;
    return wrong->err && wrong->err->code == ST_INVALID ? wrong->base : newest;
}

static void draw_words(struct request *request, const struct submission *submission,
                       const struct forward_version *version, size_t versions, bool typed,
                       struct view_forward *view)
{
    view->words = typed      ? form_value(request, "words")
                  : versions ? version[0].words.narrative
                             : submission->narrative;
    view->when = typed      ? form_value(request, "when")
                 : versions ? version[0].words.when_text
                            : submission->when_text;
    view->where = typed      ? form_value(request, "where")
                  : versions ? version[0].words.where_text
                             : submission->where_text;
    view->question = form_value(request, "question");
    view->note = form_value(request, "note");
    view->named_chosen = form_value(request, "named").len > 0;
}

static enum st load(struct request *request, struct submission *submission,
                    struct stage_state *state, struct telltale_hints *hints, struct err *err)
{
    struct arena *arena = request->arena;
    int64_t id = request->id[0];
    if (!scope_allows(scope_of(request->app, arena, &request->who), ACT_FORWARD, id))
        return err_missing(err, "submission");
    enum st outcome = submission_read(request->app, arena, &request->who, id, submission, err);
    if (outcome == ST_OK) outcome = stage_read(request->app, arena, id, state, err);
    if (outcome == ST_OK)
        outcome = telltale_hints_read(request->app, arena, submission, hints, err);
    bool waits =
        outcome == ST_OK && (state->stage == STAGE_REPRESENTATIVE || state->stage == STAGE_HELD);
    return waits && !state->opened_at ? forward_opened(request->app, id, err) : outcome;
}

static void draw(struct request *request, struct response *response, const struct refusal *wrong)
{
    struct arena *arena = request->arena;
    struct app *app = request->app;
    int64_t id = request->id[0];
    struct submission submission;
    struct stage_state state;
    struct telltale_hints hints;
    struct forward_version *version = NULL;
    size_t versions = 0;
    struct err err = {0};
    struct view_forward view = {.unit = area_unit(app->area),
                                .csrf = request->csrf,
                                .action = url_to_id(arena, ROUTE_forward_send, id),
                                .compare = url_to_id(arena, ROUTE_forward, id),
                                .inbox = url_to(ROUTE_inbox),
                                .see = url_to_id(arena, ROUTE_submission, id),
                                .help = url_to(ROUTE_help_now),
                                .away = page_is_answer(request),
                                .maru = url_to_id(arena, ROUTE_forward_maru, id)};
    enum st outcome = load(request, &submission, &state, &hints, &err);
    if (outcome == ST_OK) outcome = draw_history(request, id, &view, &version, &versions, &err);
    if (outcome == ST_OK) outcome = draw_sent(request, id, &view, &err);
    if (outcome == ST_OK) outcome = draw_additions(request, id, &view, &err);
    if (outcome == ST_OK) outcome = draw_events(request, id, &view, &err);
    bool typed = wrong->err || wrong->kept;
    bool clash = wrong->err && wrong->err->code == ST_CONFLICT;
    if (outcome == ST_OK) {
        view.base = base_of(wrong, versions ? version[0].number : 0);
        draw_words(request, &submission, version, versions, typed, &view);
        draw_choices(request, &submission, &view);
        draw_carried(request, &view);
        outcome = draw_left(request, &view, &err);
    }
    if (outcome == ST_OK) outcome = draw_chosen(request, &submission, &view, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    view.reference = submission.reference;
    draw_wrong(request, wrong, &view);
    if (wrong->kept && !wrong->err)
        view.said =
            str_fmt(arena, "Version %lld is kept. Nothing is shared yet.", (long long)wrong->kept);
    view.waits = state.stage == STAGE_REPRESENTATIVE || state.stage == STAGE_HELD;
    view.typed = wrong->err != NULL;
    view.urgent = state.urgent;
    const struct submission_draft sent = {.narrative = submission.narrative,
                                          .where_text = submission.where_text,
                                          .when_text = submission.when_text};
    view.danger = app->area ? submission_danger(arena, app->area, &sent) : STR("");
    view.named = state.by_name;
    view.came = draw_age(arena, submission.created_at);
    view.stage = submission_word_of(request, &state).label;
    forward_draw_original(request, submission.narrative, &hints, &view);
    forward_draw_comparison(request, &submission, version, versions, clash, &view);
    PAGE(request, response, "For the Forum", view_forward, &view);
}

void page_forward(struct request *request, struct response *response)
{
    draw(request, response, &(struct refusal){0});
}

/* In the order in which it is refused. */
static const char *share_wrong(struct request *request, const struct forward_share *share,
                               const struct submission *submission,
                               const struct handling_history *history)
{
    const char *words = forward_words_wrong(&share->words);
    struct str reason = str_trim(share->reason);
    bool changes = share->handling.len && !str_eq(share->handling, submission->handling);
    if (words) return words;
    if (changes && share->seen.len && !str_eq(share->seen, submission->handling)) return "handling";
    if (reason.len ? utf8_count(reason) > REASON_MAX
                   : changes && handling_is_looser(request->app, history->chosen, share->handling))
        return "reason";
    return share->looked ? "words" : "looked";
}

static enum st share_on(struct request *request, struct forward_share *share, const char **ret_at,
                        struct err *err)
{
    int64_t id = request->id[0];
    struct submission submission;
    struct forward_left left = {0};
    struct handling_history history;
    share->forum = form_value(request, "forum");
    share->handling = form_value(request, "handling");
    share->seen = form_value(request, "seen");
    share->reason = form_value(request, "reason");
    share->named = form_value(request, "named").len > 0;
    /* Whoever may not share it learns nothing from what is wrong with a form. */
    enum st outcome = ST_OK;
    if (!scope_allows(scope_of(request->app, request->arena, &request->who), ACT_FORWARD, id))
        outcome = err_missing(err, "submission");
    if (outcome == ST_OK)
        outcome =
            submission_read(request->app, request->arena, &request->who, id, &submission, err);
    for (size_t i = 0; outcome == ST_OK && i < submission.mention_count; i++) {
        struct str name = str_fmt(request->arena, "keep-%lld", (long long)submission.mention[i].id);
        if (!form_find(request, name))
            share->left_out[share->left_out_count++] = submission.mention[i].id;
    }
    if (outcome == ST_OK) outcome = read_history(request, &submission, &history, err);
    if (outcome == ST_OK) outcome = forward_draw_left(request, &share->words, &left, err);
    if (outcome != ST_OK) return outcome;
    share->looked = left.looked;
    *ret_at = share_wrong(request, share, &submission, &history);
    return forward_share(request->app, &request->who, id, share, err);
}

/* One of the other steps.  Words that were changed are kept first. */
static enum st do_other(struct request *request, struct str act, const struct forward_share *share,
                        struct refusal *ret_wrong, struct err *err)
{
    struct app *app = request->app;
    const struct person *who = &request->who;
    int64_t id = request->id[0];
    const char *words = forward_words_wrong(&share->words);
    ret_wrong->at = words ? words : "words";
    bool holds = str_eq(act, STR("hold"));
    bool returns = str_eq(act, STR("return"));
    if (!holds && !returns && !str_eq(act, STR("ask")))
        return forward_save(app, who, id, &share->words, share->base, &ret_wrong->kept, err);
    enum st outcome = ST_OK;
    if (form_has(request, "words"))
        outcome = forward_keep(app, who, id, &share->words, share->base, &ret_wrong->base, err);
    if (outcome != ST_OK) return outcome;
    ret_wrong->at = holds ? "hold" : returns ? "return" : "question";
    struct str note = form_value(request, "note");
    return holds     ? forward_hold(app, who, id, form_value(request, "hold"), note, err)
           : returns ? forward_return(app, who, id, form_value(request, "return"), note, err)
                     : forward_ask(app, who, id, form_value(request, "question"), err);
}

/* It waits on, and is shared later: what was left out, and for whom, is not chosen anew. */
static struct url with_choices(struct request *request, struct url url)
{
    struct view_forward view = {0};
    draw_carried(request, &view);
    for (size_t i = 0; i < view.carried_count; i++)
        url = url_with(request->arena, url, str_c(request->arena, view.carried[i].name),
                       view.carried[i].value);
    return url;
}

void page_forward_send(struct request *request, struct response *response)
{
    struct err err = {0};
    struct refusal wrong = {.err = &err, .at = "words"};
    struct str act = form_value(request, "act");
    struct forward_share share = {.words = forward_typed(request)};
    if (!str_to_int(form_value(request, "base"), &share.base)) share.base = 0;
    wrong.base = share.base;
    enum st outcome;
    if (str_eq(act, STR("share"))) {
        outcome = share_on(request, &share, &wrong.at, &err);
    } else {
        outcome = do_other(request, act, &share, &wrong, &err);
    }
    struct url there = url_to_id(request->arena, ROUTE_forward, request->id[0]);
    if (outcome == ST_OK && wrong.kept)
        draw(request, response, &(struct refusal){.kept = wrong.kept});
    else if (outcome == ST_OK && (str_eq(act, STR("ask")) || str_eq(act, STR("hold"))))
        respond_redirect(response, with_choices(request, there));
    else if (outcome == ST_OK)
        respond_redirect(response, there);
    else if (outcome == ST_INVALID || outcome == ST_CONFLICT) {
        /* of no box, but of what became of them */
        if (outcome == ST_CONFLICT && strcmp(wrong.at, "handling")) wrong.at = "words";
        draw(request, response, &wrong);
        response->status = outcome == ST_CONFLICT ? 409 : 400;
    } else
        respond_error(request, response, &err);
}

/* To whoever sent it, as long as it can be taken back. */
void page_submission_withdrawing(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct submission submission;
    struct stage_state state = {0};
    struct record record = {0};
    struct err err = {0};
    int64_t id = request->id[0];
    enum st outcome = submission_read(request->app, arena, &request->who, id, &submission, &err);
    bool own = outcome == ST_OK &&
               scope_record(scope_of(request->app, arena, &request->who), id, &record) &&
               record.account && record.account == request->who.account;
    if (outcome == ST_OK && !own) outcome = err_missing(&err, "submission");
    if (outcome == ST_OK) outcome = stage_read(request->app, arena, id, &state, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    /* its page says how far it has come */
    if (state.stage != STAGE_REPRESENTATIVE && state.stage != STAGE_HELD) {
        respond_redirect(response, url_to_id(arena, ROUTE_submission, id));
        return;
    }
    struct view_sure view = {.back = url_to_id(arena, ROUTE_submission, id),
                             .back_label = STR("Submission"),
                             .caption = STR("Submission"),
                             .name = submission.reference,
                             .title = STR("Withdraw this submission?"),
                             .words = STR("It will not be shared, and it goes nowhere. This cannot "
                                          "be undone: to tell it after all, share it anew. "
                                          "You can still read it."),
                             .action = url_to_id(arena, ROUTE_submission_reply, id),
                             .csrf = request->csrf,
                             .act = STR("withdraw"),
                             .button = STR("Withdraw it"),
                             .keep = STR("Keep it")};
    PAGE(request, response, "Withdraw", view_sure, &view);
}

/* Whoever sent it answers a question, or takes it back.  What they wrote comes back with what
 * is wrong. */
void page_submission_reply(struct request *request, struct response *response)
{
    struct err err = {0};
    int64_t question = 0;
    bool withdraws = str_eq(form_value(request, "act"), STR("withdraw"));
    if (!str_to_int(form_value(request, "question"), &question)) question = 0;
    enum st outcome = withdraws
                          ? submission_withdraw(request->app, &request->who, request->id[0], &err)
                          : forward_answer(request->app, &request->who, request->id[0], question,
                                           form_value(request, "answer"), &err);
    if (outcome == ST_OK) {
        respond_said(request, response, url_to_id(request->arena, ROUTE_submission, request->id[0]),
                     withdraws ? "withdrawn" : "answered");
    } else if (outcome == ST_INVALID || outcome == ST_CONFLICT) {
        response->status = outcome == ST_CONFLICT ? 409 : 400;
        submission_show(request, response, &err);
    } else {
        respond_error(request, response, &err);
    }
}
