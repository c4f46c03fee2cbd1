/*
 * What may belong together: suggestions, pairs, decisions, entities, search.
 */
#include "api/api.h"
#include "domain/decision.h"
#include "domain/entity_seen.h"
#include "domain/profile.h"
#include "domain/search.h"
#include "domain/suggestions.h"
#include "web/draw.h"
#include "web/pages.h"

enum { TITLE = 100, FOUND_MAX = 60, LOOKED_THROUGH_MAX = 2000 };

/* As by_weight of domain/suggestions.c: the heaviest first, then the later mention. */
static struct api_place place_suggestion(const void *item)
{
    const struct suggestion *line = item;
    int64_t bits;
    memcpy(&bits, &line->bits, sizeof bits); /* an integer of the same order (IEEE 754) */
    if (bits < 0) bits ^= INT64_MAX;
    return (struct api_place){{~bits, -line->mention, line->other}};
}

/* A pair that is still there is found by itself, for its weight moves with everything that comes;
 * what of all is too far down to be weighed stands in no order of weights. */
static void begin_after(struct api_page *page, const struct suggestion *list, size_t count)
{
    for (size_t i = 0; i < count && page->goes_on; i++) {
        struct api_place place = place_suggestion(&list[i]);
        if (place.at[1] != page->after.at[1] || place.at[2] != page->after.at[2]) continue;
        page->begin = i + 1;
        page->goes_on = false;
    }
}

void api_suggestions(struct request *request, struct response *response)
{
    struct api_page page;
    struct suggestion *list = NULL;
    size_t count = 0;
    int64_t total = 0;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_suggestions) ||
        !api_page_read(request, response, ROUTE_api_suggestions, &page))
        return;
    if (suggestions_open(request->app, request->arena, &request->who, LOOKED_THROUGH_MAX, &list,
                         &count, &total, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    json_t *items = json_array();
    begin_after(&page, list, count);
    api_cut(&page, list, count, sizeof *list, place_suggestion);
    for (size_t i = page.begin; i < page.end; i++)
        json_array_append_new(
            items, json_pack("{sI sI ss ss sf}", "mention", (json_int_t)list[i].mention, "other",
                             (json_int_t)list[i].other, "kind",
                             kind_name(entity_kind(request->app->entities, list[i].mention)),
                             "evidence", link_weight_word(list[i].bits), "bits", list[i].bits));
    json_t *answer = api_page_make(request, ROUTE_api_suggestions, items, &page);
    json_object_set_new(answer, "total", json_integer(total));
    api_answer(request, response, ROUTE_api_suggestions, answer);
}

/* --- a pair ------------------------------------------------------------------------------ */

static json_t *decision_json(struct arena *arena, const struct decision_line *line)
{
    return json_pack("{sI ss so so so sb}", "id", (json_int_t)line->id, "verdict",
                     verdict_name(line->verdict), "reason", api_text(line->reason), "by",
                     api_text(line->by), "at", api_time(arena, line->created_at), "withdrawn",
                     (int)line->withdrawn);
}

static json_t *side_json(struct arena *arena, const struct submission *submission, size_t which)
{
    const struct mention *mention = &submission->mention[which];
    return json_pack(
        "{sI sI so so so}", "mention", (json_int_t)mention->id, "submission",
        (json_int_t)submission->id, "title",
        api_text(draw_excerpt(arena, mention_title(arena, mention->kind, mention->field), TITLE)),
        "narrative", api_text(submission->narrative), "received_at",
        api_time(arena, submission->created_at));
}

static json_t *evidence_json(const struct link_explanation *explanation)
{
    json_t *all = json_array();
    for (size_t i = 0; i < explanation->count; i++) {
        const struct link_line *line = &explanation->line[i];
        json_array_append_new(all, json_pack("{ss ss so so sf}", "comparison", line->comparison,
                                             "level", line->level, "left", api_text(line->left),
                                             "right", api_text(line->right), "bits",
                                             line->base_bits + line->rarity_bits));
    }
    return all;
}

/* The pair of the path with its decisions, when this person may see it. */
struct pair_read {
    struct comparison *pair;
    json_t *decisions;
    struct decision_line *line;
    size_t count;
};

static bool read_pair(struct request *request, struct response *response, struct pair_read *ret)
{
    struct arena *arena = request->arena;
    struct err err = {0};
    *ret = (struct pair_read){.pair = arena_new(arena, struct comparison)};
    enum st outcome = comparison_read(request->app, arena, &request->who, request->id[0],
                                      request->id[1], ret->pair, &err);
    if (outcome == ST_OK)
        outcome = decisions_of_pair(request->app, arena, request->id[0], request->id[1], &ret->line,
                                    &ret->count, &err);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return false;
    }
    ret->decisions = json_array();
    for (size_t i = 0; i < ret->count; i++)
        json_array_append_new(ret->decisions, decision_json(arena, &ret->line[i]));
    return true;
}

/* Its ETag is of what people said: what the engine says moves with everything that comes. */
void api_pair(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct pair_read read;
    if (!api_check(request, response, ROUTE_api_pair) || !read_pair(request, response, &read))
        return;
    const struct link_explanation *explanation = &read.pair->explanation;
    const struct scope *scope = scope_of(request->app, arena, &request->who);
    int64_t a = request->id[0];
    int64_t b = request->id[1];
    response->etag = api_tag(request, read.decisions);
    api_answer(request, response, ROUTE_api_pair,
               json_pack("{ss so so ss sf sf so sb so}", "kind",
                         kind_name(entity_kind(request->app->entities, a)), "left",
                         side_json(arena, &read.pair->left, read.pair->left_mention), "right",
                         side_json(arena, &read.pair->right, read.pair->right_mention), "evidence",
                         link_weight_word(explanation->total_bits), "bits", explanation->total_bits,
                         "prior_bits", explanation->prior_bits, "comparisons",
                         evidence_json(explanation), "joined",
                         (int)(seen_entity(scope, a) == seen_entity(scope, b)), "decisions",
                         read.decisions));
}

/* --- decisions ------------------------------------------------------------------------------ */

static const struct decision_line *find_decision(const struct pair_read *read, int64_t id)
{
    for (size_t i = 0; i < read->count; i++)
        if (read->line[i].id == id) return &read->line[i];
    return NULL;
}

static void answer_decision(struct request *request, struct response *response, int64_t id)
{
    struct pair_read after;
    request->who.scope = NULL;
    if (!read_pair(request, response, &after)) return;
    const struct decision_line *line = find_decision(&after, id);
    json_decref(after.decisions);
    if (line) {
        api_answer(request, response, ROUTE_api_pair_decide, decision_json(request->arena, line));
        return;
    }
    struct err err;
    err_set(&err, ST_CONFLICT,
            "So much was said of this pair since that the decision is not listed any more.");
    respond_error(request, response, &err);
}

/* Whether the ETag is that of now: *ret is what was said at the most, for the turn of writing to
 * compare.  It is read first, so that what is said in between is never taken for seen. */
static bool fits_now(struct request *request, struct response *response, struct decision_seen *ret)
{
    struct pair_read read;
    struct err err = {0};
    if (decision_seen_read(request->app, request->id[0], request->id[1], ret, &err) != ST_OK) {
        respond_error(request, response, &err);
        return false;
    }
    if (!read_pair(request, response, &read)) return false;
    bool fits = api_fits(request, read.decisions);
    json_decref(read.decisions);
    if (!fits) *ret = (struct decision_seen){-1, -1};
    return true;
}

void api_pair_decide(struct request *request, struct response *response)
{
    struct once once = api_once(request);
    struct decision_seen seen;
    struct decision_terms terms = {.once = &once, .seen = &seen};
    enum verdict verdict = VERDICT_UNSURE;
    struct err err = {0};
    json_t *body = NULL;
    if (!api_read(request, response, ROUTE_api_pair_decide, &body)) return;
    verdict_from_name(api_member_text(body, "verdict"), &verdict);
    struct str reason = str_dup(request->arena, api_member_text(body, "reason"));
    json_decref(body);
    if (!fits_now(request, response, &seen)) return;
    if (api_takes_any(request)) terms.seen = NULL;
    if (decision_make_on(request->app, &request->who, request->id[0], request->id[1], verdict,
                         reason, &terms, &err) == ST_OK)
        answer_decision(request, response, terms.made);
    else if (terms.changed)
        api_changed(request, response);
    else
        respond_error(request, response, &err);
}

void api_decision_withdraw(struct request *request, struct response *response)
{
    struct once once = api_once(request);
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_decision_withdraw)) return;
    if (decision_withdraw_once(request->app, &request->who, request->id[0], &once, &err) != ST_OK)
        respond_error(request, response, &err);
    else
        api_answer(request, response, ROUTE_api_decision_withdraw,
                   json_pack("{sI}", "id", (json_int_t)request->id[0]));
}

/* --- entities -------------------------------------------------------------------------------- */

static struct api_place place_entity(const void *item)
{
    const struct entity_size *line = item;
    return (struct api_place){{-(int64_t)line->mentions, line->entity, 0}};
}

void api_entities(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct app *app = request->app;
    struct api_page page;
    struct entity_size *sizes = NULL;
    enum link_kind kind = LINK_PERSON;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_entities) ||
        !api_page_read(request, response, ROUTE_api_entities, &page))
        return;
    if (form_has(request, "kind")) kind_from_name(form_value(request, "kind"), &kind);
    const struct scope *scope = scope_of(app, arena, &request->who);
    size_t count = seen_largest(scope, arena, kind, LOOKED_THROUGH_MAX, &sizes);
    api_cut(&page, sizes, count, sizeof *sizes, place_entity);
    struct db *db = store_read_begin(app->store, &err);
    enum st outcome = db ? ST_OK : ST_FAILED;
    json_t *items = json_array();
    for (size_t i = page.begin; i < page.end && outcome == ST_OK; i++) {
        struct str title = STR("");
        outcome = entity_title(scope, db, arena, sizes[i].entity, &title, &err);
        json_array_append_new(items, json_pack("{sI so si}", "id", (json_int_t)sizes[i].entity,
                                               "title", api_text(draw_excerpt(arena, title, TITLE)),
                                               "mentions", sizes[i].mentions));
    }
    store_read_end(app->store, db);
    if (outcome == ST_OK) {
        api_answer(request, response, ROUTE_api_entities,
                   api_page_make(request, ROUTE_api_entities, items, &page));
        return;
    }
    json_decref(items);
    respond_error(request, response, &err);
}

static json_t *values_json(const struct profile *profile)
{
    json_t *all = json_array();
    for (size_t i = 0; i < profile->value_count; i++)
        json_array_append_new(
            all, json_pack("{ss so si}", "field", field_name(profile->value[i].field), "value",
                           api_text(profile->value[i].value), "times", profile->value[i].times));
    return all;
}

static json_t *named_json(struct arena *arena, const struct profile *profile)
{
    json_t *all = json_array();
    for (size_t i = 0; i < profile->mention_count; i++) {
        const struct profile_mention *mention = &profile->mention[i];
        json_array_append_new(
            all, json_pack("{sI sI so so so so}", "mention", (json_int_t)mention->mention.id,
                           "submission", (json_int_t)mention->mention.submission, "reference",
                           api_text(mention->reference), "title",
                           api_text(draw_excerpt(arena, mention->title, TITLE)), "sector",
                           api_text(mention->sector), "day", api_day(arena, mention->day)));
    }
    return all;
}

static json_t *relations_json(struct arena *arena, const struct profile *profile)
{
    json_t *all = json_array();
    for (size_t i = 0; i < profile->relation_count; i++) {
        const struct profile_relation *relation = &profile->relation[i];
        json_array_append_new(all, json_pack("{sI ss so si}", "id", (json_int_t)relation->entity,
                                             "kind", kind_name(relation->kind), "title",
                                             api_text(draw_excerpt(arena, relation->title, TITLE)),
                                             "times", relation->times));
    }
    return all;
}

void api_entity(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct profile profile;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_entity)) return;
    if (profile_read(request->app, arena, &request->who, request->id[0], &profile, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    api_answer(request, response, ROUTE_api_entity,
               json_pack("{sI ss so sI sI sI so so so so so}", "id", (json_int_t)profile.entity,
                         "kind", kind_name(profile.kind), "title",
                         api_text(draw_excerpt(arena, profile.title, TITLE)), "mention_total",
                         (json_int_t)profile.mention_total, "submissions",
                         (json_int_t)profile.submissions, "origins", (json_int_t)profile.origins,
                         "first_seen", api_day(arena, profile.first_seen), "last_seen",
                         api_day(arena, profile.last_seen), "values", values_json(&profile),
                         "mentions", named_json(arena, &profile), "relations",
                         relations_json(arena, &profile)));
}

void api_search(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct search_hit *hits = NULL;
    size_t count = 0;
    struct err err = {0};
    json_t *body = NULL;
    if (!api_read(request, response, ROUTE_api_search, &body)) return;
    struct str text = str_trim(str_dup(arena, api_member_text(body, "text")));
    json_decref(body);
    if (text.len && search_run(request->app, arena, &request->who, text, FOUND_MAX, &hits, &count,
                               &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(items,
                              json_pack("{sI ss so ss ss sI}", "entity", (json_int_t)hits[i].entity,
                                        "kind", kind_name(hits[i].kind), "title",
                                        api_text(draw_excerpt(arena, hits[i].title, TITLE)),
                                        "field", field_name(hits[i].field), "how", hits[i].how,
                                        "mentions", (json_int_t)hits[i].mentions));
    api_answer(request, response, ROUTE_api_search, json_pack("{so}", "items", items));
}
