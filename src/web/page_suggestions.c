/*
 * The list of suggestions: pairs that wait for somebody to say same, different or unsure.
 */
#include "web/page_suggestions.h"

#include "base/utf8.h"
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

struct url suggestions_with(struct arena *arena, struct url url, const struct suggestions_asked *asked)
{
    if (asked->kind >= 0) url = url_with(arena, url, "kind", str_from(kind_name((enum link_kind)asked->kind)));
    return asked->words.len ? url_with(arena, url, "q", asked->words) : url;
}

struct str suggestion_origin(struct request *request, const struct submission *submission)
{
    return str_fmt(request->arena, "%.*s, %.*s",
                   STR_ARG(draw_sector_label(request->app, submission->sector)),
                   STR_ARG(date_words(request->arena, clock_london(submission->created_at).date)));
}

struct str suggestion_title(struct arena *arena, const struct submission *submission, int64_t mention)
{
    for (size_t i = 0; i < submission->mention_count; i++)
        if (submission->mention[i].id == mention)
            return draw_excerpt(
                arena,
                mention_title(arena, submission->mention[i].kind, submission->mention[i].field), 80);
    return STR("");
}

/* `at`: the place of it in the list. */
static struct url pair_url(struct arena *arena, const struct suggestion *suggestion,
                           const struct suggestions_asked *asked, size_t at)
{
    struct url url = url_to_ids(arena, ROUTE_pair, suggestion->mention, suggestion->other);
    return url_with(arena, suggestions_with(arena, url, asked), "at", str_fmt(arena, "%zu", at));
}

static enum st draw_row(struct request *request, struct db *db, const struct suggestion *suggestion,
                        struct view_suggestions_rows *ret, struct err *err)
{
    struct arena *arena = request->arena;
    struct entities *entities = request->app->entities;
    const struct scope *scope = scope_of(request->app, arena, &request->who);
    struct submission left;
    struct submission right;
    enum st outcome =
        submission_load_seen(scope, db, arena, entity_submission(entities, suggestion->mention), &left, err);
    if (outcome == ST_OK)
        outcome = submission_load_seen(scope, db, arena, entity_submission(entities, suggestion->other), &right, err);
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
    };
    return ST_OK;
}

static enum st draw_rows(struct request *request, const struct suggestions_asked *asked,
                         const struct suggestions_found *found, struct view_suggestions *view, struct err *err)
{
    struct view_suggestions_rows *rows = arena_many(request->arena, found->count, struct view_suggestions_rows);
    struct db *db = store_read_begin(request->app->store, err);
    enum st outcome = db ? ST_OK : ST_FAILED;
    for (size_t i = 0; i < found->count && outcome == ST_OK; i++) {
        outcome = draw_row(request, db, &found->list[i], &rows[i], err);
        rows[i].href = pair_url(request->arena, &found->list[i], asked, asked->skip + i);
    }
    store_read_end(request->app->store, db);
    view->rows = rows;
    view->rows_count = found->count;
    return outcome;
}

static void draw_form(struct request *request, const struct suggestions_asked *asked, struct view_suggestions *view)
{
    struct view_suggestions_kinds *kinds = arena_many(request->arena, LINK_KINDS + 1, struct view_suggestions_kinds);
    kinds[0] = (struct view_suggestions_kinds){STR(""), STR("Of every kind"), asked->kind < 0};
    for (int kind = 0; kind < LINK_KINDS; kind++)
        kinds[kind + 1] = (struct view_suggestions_kinds){str_from(kind_name((enum link_kind)kind)),
                                                          draw_kinds_label((enum link_kind)kind), kind == asked->kind};
    view->action = url_to(ROUTE_suggestions);
    view->words = asked->words;
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
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct url base = suggestions_with(arena, url_to(ROUTE_suggestions), &asked);
    struct paging paging = paging_of(arena, base, asked.skip, found.count, found.fitting);
    view.total = (int64_t)found.waiting;
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
