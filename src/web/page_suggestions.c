/*
 * The list of suggestions: pairs that wait for somebody to say same, different or unsure.
 */
#include "web/page_suggestions.h"

#include "base/utf8.h"
#include "domain/entity_seen.h"
#include "domain/profile.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/pages.h"
#include "web/paging.h"

struct suggestions_asked suggestions_asked_of(struct request *request)
{
    enum link_kind kind;
    bool chosen = kind_from_name(form_value(request, "kind"), &kind);
    struct str words = utf8_clean(request->arena, str_sub(form_value(request, "q"), 0, 200), NULL);
    return (struct suggestions_asked){.kind = chosen ? (int)kind : -1, .words = str_trim(words)};
}

struct url suggestions_with(struct arena *arena, struct url url,
                            const struct suggestions_asked *asked)
{
    if (asked->kind >= 0)
        url = url_with(arena, url, "kind", str_from(kind_name((enum link_kind)asked->kind)));
    return asked->words.len ? url_with(arena, url, "q", asked->words) : url;
}

struct str suggestion_origin(struct request *request, const struct submission *submission)
{
    return str_fmt(request->arena, "%.*s, %.*s",
                   STR_ARG(draw_sector_label(request->app, submission->sector)),
                   STR_ARG(date_words(request->arena, clock_london(submission->created_at).date)));
}

struct str suggestion_title(struct arena *arena, const struct submission *submission,
                            int64_t mention)
{
    for (size_t i = 0; i < submission->mention_count; i++)
        if (submission->mention[i].id == mention)
            return draw_excerpt(
                arena,
                mention_title(arena, submission->mention[i].kind, submission->mention[i].field),
                80);
    return STR("");
}

bool suggestions_at(const struct request *request, size_t *ret)
{
    int64_t at = 0;
    bool of_list =
        str_to_int(form_value(request, "at"), &at) && at >= 0 && at < SUGGESTIONS_LOOKED_AT;
    *ret = of_list ? (size_t)at : 0;
    return of_list;
}

struct url suggestions_pair_url(struct arena *arena, int64_t mention, int64_t other,
                                const struct suggestions_asked *asked, size_t at)
{
    struct url url = url_to_ids(arena, ROUTE_pair, mention, other);
    return url_with(arena, suggestions_with(arena, url, asked), "at", str_fmt(arena, "%zu", at));
}

size_t suggestion_waits(const struct suggestion *suggestion)
{
    return suggestion->mention_waits > suggestion->other_waits ? suggestion->mention_waits
                                                               : suggestion->other_waits;
}

int64_t suggestion_hub(const struct suggestion *suggestion)
{
    return suggestion->other_waits > suggestion->mention_waits ? suggestion->other
                                                               : suggestion->mention;
}

/* --- what was decided just now ----------------------------------------------------------- */

struct url decided_with(struct arena *arena, struct url url, int64_t a, int64_t b)
{
    return url_with(arena, url, "was", str_fmt(arena, "%lld.%lld", (long long)a, (long long)b));
}

static struct str decided_words(struct arena *arena, enum verdict verdict,
                                const struct str title[static 2])
{
    static const char *const words[VERDICT_COUNT] = {[VERDICT_SAME] = "are one and the same",
                                                     [VERDICT_DIFFERENT] = "are different",
                                                     [VERDICT_UNSURE] =
                                                         "may be one: nobody is sure yet"};
    return str_fmt(arena, "“%.*s” and “%.*s” %s.", STR_ARG(draw_excerpt(arena, title[0], 80)),
                   STR_ARG(draw_excerpt(arena, title[1], 80)), words[verdict]);
}

enum st decided_read(struct request *request, struct decided *ret, struct err *err)
{
    struct arena *arena = request->arena;
    struct app *app = request->app;
    const struct scope *scope = scope_of(app, arena, &request->who);
    struct str rest = form_value(request, "was");
    struct str part;
    struct str title[2];
    int64_t of[2] = {0, 0};
    struct decision_line *line = NULL;
    size_t count = 0;
    *ret = (struct decided){0};
    for (int i = 0; i < 2; i++)
        if (!str_split(&rest, '.', &part) || !str_to_int(part, &of[i]) ||
            !seen_mention(scope, of[i]))
            return ST_OK;
    enum st outcome = decisions_of_pair(app, arena, of[0], of[1], &line, &count, err);
    size_t at = 0;
    while (at < count && line[at].withdrawn) at++;
    if (outcome != ST_OK || at == count) return outcome;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    outcome = mention_titles(scope, db, arena, of, 2, title, err);
    store_read_end(app->store, db);
    if (outcome != ST_OK) return outcome;
    ret->said = decided_words(arena, line[at].verdict, title);
    ret->pair = url_to_ids(arena, ROUTE_pair, of[0], of[1]);
    ret->undo = url_to_id(arena, ROUTE_decision_undo, line[at].id);
    ret->can_undo = seen_decides(scope, of[0]) && seen_decides(scope, of[1]);
    return ST_OK;
}

/* --- the list -------------------------------------------------------------------------------- */

static enum st draw_row(struct request *request, struct db *db, const struct suggestion *suggestion,
                        struct view_suggestions_rows *ret, struct err *err)
{
    struct arena *arena = request->arena;
    struct entities *entities = request->app->entities;
    const struct scope *scope = scope_of(request->app, arena, &request->who);
    struct submission left;
    struct submission right;
    enum st outcome = submission_load_seen(
        scope, db, arena, entity_submission(entities, suggestion->mention), &left, err);
    if (outcome == ST_OK)
        outcome = submission_load_seen(scope, db, arena,
                                       entity_submission(entities, suggestion->other), &right, err);
    if (outcome != ST_OK) return outcome;
    enum link_kind kind = entity_kind(entities, suggestion->mention);
    *ret = (struct view_suggestions_rows){
        .kind = str_from(kind_name(kind)),
        .kind_label = draw_kind_label(kind),
        .left = suggestion_title(arena, &left, suggestion->mention),
        .right = suggestion_title(arena, &right, suggestion->other),
        .left_from = suggestion_origin(request, &left),
        .right_from = suggestion_origin(request, &right),
        .word = str_from(link_weight_word(suggestion->bits)),
        .bits = suggestion->bits,
        .date = date_words(arena, clock_london(left.created_at).date),
        .sort = str_fmt(arena, "%lld", (long long)left.created_at),
        .waits = (int64_t)suggestion_waits(suggestion),
    };
    ret->several = ret->waits > 1;
    return ST_OK;
}

static enum st draw_rows(struct request *request, const struct suggestions_asked *asked,
                         const struct suggestions_found *found, struct view_suggestions *view,
                         struct err *err)
{
    struct view_suggestions_rows *rows =
        arena_many(request->arena, found->count, struct view_suggestions_rows);
    struct db *db = store_read_begin(request->app->store, err);
    enum st outcome = db ? ST_OK : ST_FAILED;
    for (size_t i = 0; i < found->count && outcome == ST_OK; i++) {
        outcome = draw_row(request, db, &found->list[i], &rows[i], err);
        rows[i].href = suggestions_pair_url(request->arena, found->list[i].mention,
                                            found->list[i].other, asked, asked->skip + i);
        rows[i].together = suggestions_with(
            request->arena,
            url_to_id(request->arena, ROUTE_together, suggestion_hub(&found->list[i])), asked);
    }
    store_read_end(request->app->store, db);
    view->rows = rows;
    view->rows_count = found->count;
    return outcome;
}

static void draw_form(struct request *request, const struct suggestions_asked *asked,
                      struct view_suggestions *view)
{
    struct view_suggestions_kinds *kinds =
        arena_many(request->arena, LINK_KINDS + 1, struct view_suggestions_kinds);
    kinds[0] = (struct view_suggestions_kinds){STR(""), STR("Of every kind"), asked->kind < 0};
    for (int kind = 0; kind < LINK_KINDS; kind++)
        kinds[kind + 1] = (struct view_suggestions_kinds){str_from(kind_name((enum link_kind)kind)),
                                                          draw_kinds_label((enum link_kind)kind),
                                                          kind == asked->kind};
    view->action = url_to(ROUTE_suggestions);
    view->words = asked->words;
    view->kind = asked->kind >= 0 ? str_from(kind_name((enum link_kind)asked->kind)) : STR("");
    view->kinds = kinds;
    view->kinds_count = LINK_KINDS + 1;
}

void page_suggestions(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct suggestions_asked asked = suggestions_asked_of(request);
    struct suggestions_found found = {0};
    struct err err = {0};
    asked.skip = paging_skip(request);
    asked.maximum = PAGING_ROWS;
    struct view_suggestions view = {.narrowed = asked.kind >= 0 || asked.words.len > 0};
    enum st outcome = suggestions_list(request->app, arena, &request->who, &asked, &found, &err);
    if (outcome == ST_OK) outcome = draw_rows(request, &asked, &found, &view, &err);
    struct decided decided;
    if (outcome == ST_OK) outcome = decided_read(request, &decided, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct url base = suggestions_with(arena, url_to(ROUTE_suggestions), &asked);
    struct paging paging = paging_of(arena, base, asked.skip, found.count, found.fitting);
    view.csrf = request->csrf;
    view.decided = decided.said;
    view.decided_pair = decided.pair;
    view.decided_undo = decided.undo;
    view.decided_can_undo = decided.can_undo;
    view.total = (int64_t)found.waiting;
    view.partly = found.partly;
    view.fitting = (int64_t)found.fitting;
    view.range = paging.range;
    view.whole = paging.whole;
    view.paged = paging.paged;
    view.has_previous = paging.has_previous;
    view.previous = paging.previous;
    view.has_next = paging.has_next;
    view.next = paging.next;
    draw_form(request, &asked, &view);
    PAGE(request, response, "Suggestions", view_suggestions, &view);
}
