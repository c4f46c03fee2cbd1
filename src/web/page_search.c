/*
 * Search over everything: one box for people and things, one for the words of reports.
 */
#include "base/utf8.h"
#include "domain/entity_seen.h"
#include "domain/search.h"
#include "domain/search_words.h"
#include "web/draw.h"
#include "web/layout.h"
#include "web/network.h"
#include "web/page_parts.h"
#include "web/pages.h"

/* Whom the hits may be connected to: one that they came from, if they see it; else 0. */
static int64_t way_of(struct request *request)
{
    int64_t mention = 0;
    if (!str_to_int(form_value(request, "way"), &mention)) return 0;
    return seen_entity(scope_of(request->app, request->arena, &request->who), mention);
}

static struct url way_to(struct arena *arena, int64_t from, int64_t to)
{
    return url_with(arena, network_url_from(arena, from), "to", network_ids(arena, &to, 1));
}

static struct str asked_for(struct request *request)
{
    enum { ASKED_BYTES = 200 };
    return str_trim(
        str_sub(utf8_clean(request->arena, form_value(request, "q"), NULL), 0, ASKED_BYTES));
}

static struct url with_asked(struct arena *arena, struct url url, struct str asked)
{
    return asked.len ? url_with(arena, url, "q", asked) : url;
}

void page_search(struct request *request, struct response *response)
{
    enum { SHOWN = 60 };
    struct arena *arena = request->arena;
    struct str text = asked_for(request), reference = STR("");
    struct search_hit *hits = NULL;
    size_t count = 0;
    int64_t record = 0;
    struct err err = {0};
    if (text.len && (search_run(request->app, arena, &request->who, text, SHOWN, &hits, &count,
                                &err) != ST_OK ||
                     search_reference(request->app, arena, &request->who, text, &record, &reference,
                                      &err) != ST_OK)) {
        respond_error(request, response, &err);
        return;
    }
    int64_t way = way_of(request);
    struct view_search_rows *rows = arena_many(arena, count, struct view_search_rows);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct view_search_rows){
            .href = url_to_id(arena, ROUTE_entity, hits[i].entity),
            .kind = str_from(kind_name(hits[i].kind)),
            .kind_label = draw_kind_label(hits[i].kind),
            .title = draw_excerpt(arena, hits[i].title, 100),
            .how = str_from(hits[i].how),
            .field = str_from(field_label(hits[i].field)),
            .way = way_to(arena, way, hits[i].entity),
            .connects = way && way != hits[i].entity,
            .mentions = (int64_t)hits[i].mentions};
    struct view_search view = {.action = url_to(ROUTE_search),
                               .text = text,
                               .way = way ? network_ids(arena, &way, 1) : STR(""),
                               .chart = network_url_from(arena, way),
                               .searched = text.len > 0,
                               .record = record ? reference : STR(""),
                               .record_at = url_to_id(arena, ROUTE_submission, record),
                               .words = with_asked(arena, url_to(ROUTE_search_words), text),
                               .rows = rows,
                               .rows_count = count};
    PAGE(request, response, "Search", view_search, &view);
}

/* --- the words of reports --------------------------------------------------------------------- */

/* What stands before the word, begun at a word of its own. */
static struct str before_word(struct arena *arena, struct str text, size_t at)
{
    enum { BYTES_BEFORE = 80 };
    size_t from = at > BYTES_BEFORE ? at - BYTES_BEFORE : 0;
    while (from > 0 && from < at && text.ptr[from - 1] != ' ' && text.ptr[from - 1] != '\n') from++;
    struct str before = str_sub(text, from, at - from);
    return from ? str_concat(arena, (struct str[]){STR("…"), before}, 2) : before;
}

static void draw_hits(struct request *request, const struct words_found *found,
                      struct view_search_words *view)
{
    enum { CHARACTERS_AFTER = 120 };
    struct arena *arena = request->arena;
    struct view_search_words_rows *rows =
        arena_many(arena, found->count, struct view_search_words_rows);
    for (size_t i = 0; i < found->count; i++) {
        const struct word_hit *hit = &found->hit[i];
        rows[i] = (struct view_search_words_rows){
            .see = url_to_id(arena, ROUTE_submission, hit->submission),
            .reference = hit->reference,
            .before = before_word(arena, hit->text, hit->from),
            .found = str_sub(hit->text, hit->from, hit->to - hit->from),
            .after =
                draw_excerpt(arena, str_sub(hit->text, hit->to, hit->text.len), CHARACTERS_AFTER),
            .sector = draw_sector_label(request->app, hit->sector),
            .date = date_words(arena, clock_london(hit->created_at).date),
            .sort = str_fmt(arena, "%lld", (long long)hit->created_at)};
    }
    view->rows = rows;
    view->rows_count = found->count;
}

/* "The newest 2,000 reports were looked through, back to 3 May 2025." */
static struct str looked_words(struct arena *arena, const struct words_found *found,
                               bool from_newest)
{
    if (!found->looked) return STR("There was nothing to look through.");
    return str_fmt(arena, "%s%zu %s looked through, back to %.*s.%s",
                   from_newest ? "The newest " : "The next ", found->looked,
                   found->looked == 1 ? "report was" : "reports were",
                   STR_ARG(date_words(arena, clock_london(found->back_to).date)),
                   found->before ? "" : " Those are all that you may read.");
}

void page_search_words(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct str text = asked_for(request);
    struct words_found found = {0};
    struct err err = {0};
    int64_t before = 0;
    if (!str_to_int(form_value(request, "before"), &before) || before < 0) before = 0;
    enum st outcome =
        text.len ? search_words(request->app, arena, &request->who, text, before, &found, &err)
                 : ST_OK;
    if (outcome != ST_OK && outcome != ST_INVALID) {
        respond_error(request, response, &err);
        return;
    }
    struct url here = url_to(ROUTE_search_words), again = with_asked(arena, here, text);
    struct view_search_words view = {
        .action = here,
        .things = with_asked(arena, url_to(ROUTE_search), text),
        .text = text,
        .error = outcome == ST_OK ? STR("") : str_dup(arena, str_from(err.public)),
        .at = AT(request, "q"),
        .searched = text.len && outcome == ST_OK,
        .looked = looked_words(arena, &found, !before),
        .further = found.before != 0,
        .on = url_with(arena, again, "before", str_fmt(arena, "%lld", (long long)found.before))};
    draw_hits(request, &found, &view);
    if (outcome != ST_OK) response->status = 400;
    PAGE(request, response, "Search the words of reports", view_search_words, &view);
}
