/*
 * One pair with its waterfall, where a person says same, different or unsure.
 */
#include "domain/entity_seen.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/page_suggestions.h"
#include "web/pages.h"
#include "web/paging.h"
#include "web/said.h"

#include <math.h>

/* --- the waterfall -------------------------------------------------------------------- */

/* In percent of the width, so that letters are as large on a phone; rows in pixels. */
enum { LABEL_WIDTH = 38, VALUE_WIDTH = 16, ROW_HEIGHT = 30 };

/* Where `bits` stands on a scale from low to high. */
static double place(double bits, double low, double high)
{
    return LABEL_WIDTH + (bits - low) / (high - low) * (100 - LABEL_WIDTH - VALUE_WIDTH);
}

static void add_bar(struct view_pair *view, struct view_pair_bars *bars, double from, double to,
                    double low, double high, struct str label, struct str class)
{
    double start = place(from < to ? from : to, low, high);
    double end = place(from < to ? to : from, low, high);
    int64_t y = (int64_t)view->bars_count * ROW_HEIGHT + 4;
    bars[view->bars_count++] = (struct view_pair_bars){
        .y = y,
        .label_y = y + 16,
        .x = start,
        .width = end - start < 0.2 ? 0.2 : end - start,
        .text_x = end,
        .class = class,
        .comparison = label,
        .bits = to - from,
    };
}

/* Each bar starts where the one before ended; the last shows the sum from zero. */
static void draw_waterfall(struct arena *arena, const struct link_explanation *explanation,
                           struct view_pair *view)
{
    struct view_pair_bars *bars = arena_many(arena, LINK_LINES_MAX + 2, struct view_pair_bars);
    double low = fmin(0, explanation->prior_bits);
    double high = fmax(0, explanation->prior_bits);
    double at = explanation->prior_bits;
    for (size_t i = 0; i < explanation->count; i++) {
        at += explanation->line[i].base_bits + explanation->line[i].rarity_bits;
        low = fmin(low, at);
        high = fmax(high, at);
    }
    if (high - low < 1) high = low + 1;
    add_bar(view, bars, 0, explanation->prior_bits, low, high, STR("Before looking"), STR("prior"));
    at = explanation->prior_bits;
    for (size_t i = 0; i < explanation->count; i++) {
        const struct link_line *line = &explanation->line[i];
        double bits = line->base_bits + line->rarity_bits;
        if (bits == 0) continue;
        add_bar(view, bars, at, at + bits, low, high, str_from(line->comparison),
                bits > 0 ? STR("for") : STR("against"));
        at += bits;
    }
    add_bar(view, bars, 0, explanation->total_bits, low, high, STR("Together"), STR("total"));
    view->bars = bars;
    view->zero = place(0, low, high);
    view->height = (int64_t)view->bars_count * ROW_HEIGHT + 4;
}

/* "2026-11-06 to 2026-11-12", as the engine shows days, in the words of every other page. */
static struct str days_in_words(struct arena *arena, struct str text)
{
    enum { DAY = 10, TO = 14 };
    struct date from;
    struct date to;
    if (text.len < DAY || !date_parse_iso(str_sub(text, 0, DAY), &from)) return text;
    if (text.len == DAY) return date_words(arena, from);
    if (text.len != TO + DAY || !date_parse_iso(str_sub(text, TO, DAY), &to)) return text;
    return str_fmt(arena, "%.*s to %.*s", STR_ARG(date_words(arena, from)),
                   STR_ARG(date_words(arena, to)));
}

static void draw_lines(struct arena *arena, const struct link_explanation *explanation,
                       struct view_pair *view)
{
    struct view_pair_lines *lines = arena_many(arena, explanation->count, struct view_pair_lines);
    for (size_t i = 0; i < explanation->count; i++) {
        const struct link_line *line = &explanation->line[i];
        bool days = strcmp(line->comparison, "When") == 0;
        lines[i] = (struct view_pair_lines){
            .comparison = str_from(line->comparison),
            .level = str_from(line->level),
            .left = days ? days_in_words(arena, line->left) : line->left,
            .right = days ? days_in_words(arena, line->right) : line->right,
            .base = line->base_bits,
            .rarity = line->rarity_bits,
            .has_rarity = line->rarity_bits != 0,
            .total = line->base_bits + line->rarity_bits,
        };
    }
    view->lines = lines;
    view->lines_count = explanation->count;
}

static enum st draw_decisions(struct request *request, int64_t a, int64_t b, struct view_pair *view,
                              struct err *err)
{
    struct arena *arena = request->arena;
    struct decision_line *list = NULL;
    size_t count = 0;
    enum st outcome = decisions_of_pair(request->app, arena, a, b, &list, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_pair_decisions *rows = arena_many(arena, count, struct view_pair_decisions);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct view_pair_decisions){
            .verdict = str_from(verdict_name(list[i].verdict)),
            .reason = list[i].reason,
            .by = list[i].by,
            .when = clock_words(arena, list[i].created_at),
            .withdrawn = list[i].withdrawn,
            .undo = url_to_id(arena, ROUTE_decision_undo, list[i].id),
        };
    view->decisions = rows;
    view->decisions_count = count;
    return ST_OK;
}

static size_t narrative_segments(struct arena *arena, const struct submission *submission,
                                 size_t which, struct draw_segment **ret)
{
    struct draw_span span = {submission->mention[which].span_start,
                             submission->mention[which].span_end, submission->mention[which].kind};
    return draw_segments(arena, submission->narrative, &span, 1, ret);
}

/* Which numbers these are, so that they can be found again. */
static struct str weights_words(struct arena *arena, const struct comparison *pair)
{
    if (pair->explanation.version == 0)
        return STR("By the weights that Pendeen comes with. They are replaced by weights learnt "
                   "from what is "
                   "shared here, as it grows.");
    return str_fmt(
        arena, "By weights learnt from what was shared here, in force since %.*s (version %lld).",
        STR_ARG(clock_words(arena, pair->weighed_since)), (long long)pair->explanation.version);
}

/* Which list it was opened from, so that somebody goes on in it. */
static void draw_list_state(struct request *request, struct view_pair *view)
{
    static const struct said said[] = {{"same", "They are one and the same."},
                                       {"different", "They are different."},
                                       {"unsure", "Nobody is sure yet. The pair waits no more."},
                                       {"undone", "It is undone. All is as it was before."}};
    struct arena *arena = request->arena;
    struct suggestions_asked asked = suggestions_asked_of(request);
    size_t at = 0;
    view->said = SAID_WORDS(form_value(request, "saved"), said);
    view->of_list = suggestions_at(request, &at);
    view->list_kind = asked.kind >= 0 ? str_from(kind_name((enum link_kind)asked.kind)) : STR("");
    view->list_words = asked.words;
    view->list_at = view->of_list ? str_fmt(arena, "%zu", at) : STR("");
    view->list = suggestions_with(arena, url_to(ROUTE_suggestions), &asked);
    if (at >= PAGING_ROWS)
        view->list =
            url_with(arena, view->list, "page", str_fmt(arena, "%zu", at / PAGING_ROWS + 1));
}

/* How many others the left one may be. */
static enum st draw_several(struct request *request, int64_t mention, struct view_pair *view,
                            struct err *err)
{
    const struct scope *scope = scope_of(request->app, request->arena, &request->who);
    struct suggestions_asked asked = {.kind = -1, .entity = seen_entity(scope, mention)};
    struct suggestions_found found;
    enum st outcome =
        suggestions_list(request->app, request->arena, &request->who, &asked, &found, err);
    if (outcome != ST_OK) return outcome;
    view->waits = (int64_t)found.waiting;
    view->several = found.waiting > 1;
    struct suggestions_asked list = suggestions_asked_of(request);
    view->together =
        suggestions_with(request->arena, url_to_id(request->arena, ROUTE_together, mention), &list);
    return ST_OK;
}

static enum st draw_decided(struct request *request, struct view_pair *view, struct err *err)
{
    struct decided decided;
    enum st outcome = decided_read(request, &decided, err);
    if (outcome != ST_OK) return outcome;
    view->decided = decided.said;
    view->decided_pair = decided.pair;
    view->decided_undo = decided.undo;
    view->decided_can_undo = decided.can_undo;
    return ST_OK;
}

static void draw_pair(struct request *request, struct response *response, struct str reason,
                      const struct err *problem)
{
    struct arena *arena = request->arena;
    struct app *app = request->app;
    int64_t a = request->id[0];
    int64_t b = request->id[1];
    struct comparison *pair = arena_new(arena, struct comparison);
    struct err err = {0};
    if (comparison_read(app, arena, &request->who, a, b, pair, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    enum link_kind kind = entity_kind(app->entities, a);
    const struct scope *scope = scope_of(app, arena, &request->who);
    bool by_people = seen_joined_by_people(scope, a, b);
    struct view_pair view = {
        .kind = str_from(kind_name(kind)),
        .kind_label = draw_kind_label(kind),
        .left_title = suggestion_title(arena, &pair->left, a),
        .right_title = suggestion_title(arena, &pair->right, b),
        .left_entity = url_to_id(arena, ROUTE_entity, a),
        .right_entity = url_to_id(arena, ROUTE_entity, b),
        .left_submission = url_to_id(arena, ROUTE_submission, pair->left.id),
        .right_submission = url_to_id(arena, ROUTE_submission, pair->right.id),
        .left_from = suggestion_origin(request, &pair->left),
        .right_from = suggestion_origin(request, &pair->right),
        .word = str_from(link_weight_word(pair->explanation.total_bits)),
        .total = pair->explanation.total_bits,
        .probability = draw_odds(arena, pair->explanation.probability),
        .prior = pair->explanation.prior_bits,
        .weights = weights_words(arena, pair),
        .joined = seen_entity(scope, a) == seen_entity(scope, b),
        .joined_words = by_people
                            ? STR("These two are joined: people said that they are the same.")
                            : STR("These two are joined: they carry the same strong identifier."),
        .action = url_to_ids(arena, ROUTE_pair_decide, a, b),
        .csrf = request->csrf,
        .error = problem ? str_fmt(arena, "%s %s", problem->public, problem->hint) : STR(""),
        .reason = reason,
        .can_decide = scope_allows(scope, ACT_DECIDE, pair->left.id) &&
                      scope_allows(scope, ACT_DECIDE, pair->right.id),
    };
    struct draw_segment *segments = NULL;
    view.left_narrative_count =
        narrative_segments(arena, &pair->left, pair->left_mention, &segments);
    DRAW_COPY_SEGMENTS(arena, struct view_pair_left_narrative, segments, view.left_narrative_count,
                       view.left_narrative);
    view.right_narrative_count =
        narrative_segments(arena, &pair->right, pair->right_mention, &segments);
    DRAW_COPY_SEGMENTS(arena, struct view_pair_right_narrative, segments,
                       view.right_narrative_count, view.right_narrative);
    draw_list_state(request, &view);
    draw_waterfall(arena, &pair->explanation, &view);
    draw_lines(arena, &pair->explanation, &view);
    if (draw_decisions(request, a, b, &view, &err) != ST_OK ||
        draw_decided(request, &view, &err) != ST_OK ||
        (view.can_decide && draw_several(request, a, &view, &err) != ST_OK)) {
        respond_error(request, response, &err);
        return;
    }
    PAGE(request, response, "Compare", view_pair, &view);
}

void page_pair(struct request *request, struct response *response)
{
    draw_pair(request, response, STR(""), NULL);
}

/* On to what stands in the list where the pair stood; at its end to the list.  Whoever came from
 * elsewhere stays with the two. */
static enum st go_on(struct request *request, struct response *response, enum verdict verdict,
                     struct err *err)
{
    struct arena *arena = request->arena;
    int64_t a = request->id[0];
    int64_t b = request->id[1];
    struct suggestions_asked asked = suggestions_asked_of(request);
    struct suggestions_found found;
    /* a scope of its own: the request's remembers entities as they were */
    struct person asker = request->who;
    asker.scope = NULL;
    asked.maximum = 1;
    if (!suggestions_at(request, &asked.skip)) {
        struct url where = verdict == VERDICT_SAME ? url_to_id(arena, ROUTE_entity, a)
                                                   : url_to_ids(arena, ROUTE_pair, a, b);
        respond_said(request, response, where, verdict_name(verdict));
        return ST_OK;
    }
    enum st outcome = suggestions_list(request->app, arena, &asker, &asked, &found, err);
    if (outcome != ST_OK) return outcome;
    struct url next = found.count ? suggestions_pair_url(arena, found.list[0].mention,
                                                         found.list[0].other, &asked, asked.skip)
                                  : suggestions_with(arena, url_to(ROUTE_suggestions), &asked);
    respond_redirect(response, decided_with(arena, next, a, b));
    return ST_OK;
}

void page_pair_decide(struct request *request, struct response *response)
{
    struct err err = {0};
    struct str reason = form_value(request, "reason");
    enum verdict verdict;
    enum st outcome = ST_OK;
    if (!verdict_from_name(form_value(request, "verdict"), &verdict))
        outcome = err_set(&err, ST_INVALID, "Say same, different or unsure.");
    if (outcome == ST_OK)
        outcome = decision_make(request->app, &request->who, request->id[0], request->id[1],
                                verdict, reason, &err);
    if (outcome == ST_INVALID || outcome == ST_CONFLICT) {
        response->status = outcome == ST_INVALID ? 400 : 409;
        draw_pair(request, response, reason, &err);
    } else if (outcome != ST_OK || go_on(request, response, verdict, &err) != ST_OK) {
        respond_error(request, response, &err);
    }
}

/* In the list, when it was decided there. */
static struct url pair_again(struct request *request, int64_t mention, int64_t other)
{
    struct suggestions_asked asked = suggestions_asked_of(request);
    size_t at = 0;
    return suggestions_at(request, &at)
               ? suggestions_pair_url(request->arena, mention, other, &asked, at)
               : url_to_ids(request->arena, ROUTE_pair, mention, other);
}

void page_decision_undo(struct request *request, struct response *response)
{
    struct err err = {0};
    int64_t a = 0;
    int64_t b = 0;
    enum st outcome =
        decision_withdraw(request->app, &request->who, request->id[0], &a, &b, &err);
    if (outcome != ST_OK)
        respond_error(request, response, &err);
    else
        respond_said(request, response, pair_again(request, b, a), "undone");
}
