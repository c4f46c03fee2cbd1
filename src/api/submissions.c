/*
 * Submissions: hand in, list, read, and who may see one.
 */
#include "api/api.h"
#include "domain/decision.h"
#include "domain/handling.h"
#include "domain/when.h"
#include "seal/secret.h"
#include "web/draw.h"
#include "web/pages.h"

#include <stdlib.h>

enum { EXCERPT = 110, TITLE = 100, SUGGESTIONS_SHOWN = 5 };

/* --- the list ---------------------------------------------------------------------------- */

static bool reads_more_than_own(const struct person *who)
{
    return access_allows(who, ACT_READ_SUBMISSION,
                         &(struct record){.account = -1, .organisation = who->organisation});
}

/* As the page chooses: what is asked for, as far as the role reaches. */
static enum submission_list chosen_list(const struct request *request)
{
    struct str wanted = form_value(request, "list");
    bool organisation = reads_more_than_own(&request->who);
    if (!organisation || str_eq(wanted, STR("own"))) return LIST_OWN;
    return str_eq(wanted, STR("organisation")) ? LIST_ORGANISATION : LIST_LATEST;
}

void api_submissions(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct api_page page;
    struct submission_line *lines = NULL;
    size_t count = 0;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_submissions) ||
        !api_page_read(request, response, ROUTE_api_submissions, &page))
        return;
    if (submission_list_before(request->app, arena, &request->who, chosen_list(request),
                               page.after.at[0], page.limit + 1, &lines, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < count && i < page.limit; i++)
        json_array_append_new(
            items,
            json_pack("{sI so so so so so sI sb}", "id", (json_int_t)lines[i].id, "reference",
                      api_text(lines[i].reference), "received_at",
                      api_time(arena, lines[i].created_at), "excerpt",
                      api_text(draw_excerpt(arena, lines[i].narrative, EXCERPT)), "sector",
                      api_text(lines[i].sector), "handling", api_text(lines[i].handling),
                      "suggestions", (json_int_t)lines[i].links, "linked", (int)lines[i].linked));
    page.more = count > page.limit;
    if (page.more) page.last.at[0] = lines[page.limit - 1].id;
    api_answer(request, response, ROUTE_api_submissions,
               api_page_make(request, ROUTE_api_submissions, items, &page));
}

/* --- handing in -------------------------------------------------------------------------- */

/* False when a field is not one of its kind; `ret` says which. */
static bool read_mention(struct request *request, const json_t *given, struct mention_draft *ret,
                         struct api_wrong *wrong, size_t number)
{
    const char *key;
    json_t *value;
    *ret = (struct mention_draft){.span_start = -1, .span_end = -1};
    kind_from_name(api_member_text(given, "kind"), &ret->kind);
    json_object_foreach(json_object_get(given, "fields"), key, value)
    {
        int found = -1;
        for (int i = 0; i < LINK_FIELDS; i++)
            if (field_kind((enum link_field)i) == ret->kind &&
                strcmp(field_name((enum link_field)i), key) == 0)
                found = i;
        if (found < 0) {
            *wrong = (struct api_wrong){
                str_fmt(request->arena, "mentions[%zu].fields.%.60s", number, key),
                str_fmt(request->arena, "A %s has no such field, but these: %.*s.",
                        kind_name(ret->kind), STR_ARG(api_fields_of(request->arena, ret->kind)))};
            return false;
        }
        ret->field[found] =
            str_dup(request->arena, str_of(json_string_value(value), json_string_length(value)));
    }
    return true;
}

static bool read_draft(struct request *request, struct response *response, const json_t *body,
                       struct submission_draft *draft)
{
    struct arena *arena = request->arena;
    const json_t *mentions = json_object_get(body, "mentions");
    struct api_wrong wrong;
    *draft =
        (struct submission_draft){.narrative = str_dup(arena, api_member_text(body, "narrative")),
                                  .when_text = str_dup(arena, api_member_text(body, "when")),
                                  .where_text = str_dup(arena, api_member_text(body, "where")),
                                  .handling = str_dup(arena, api_member_text(body, "handling")),
                                  .mention_count = json_array_size(mentions)};
    /* Of its own programs only: another's key of the same letters is another key. */
    draft->idempotency_key = str_fmt(arena, "api %.*s", STR_ARG(request->idempotency_key));
    draft->asked = api_once(request).asked;
    if (!how_known_from_name(api_member_text(body, "how_known"), &draft->how_known))
        draft->how_known = HOW_NOT_SAID;
    draft->mention = arena_many(arena, draft->mention_count + 1, struct mention_draft);
    for (size_t i = 0; i < draft->mention_count; i++)
        if (!read_mention(request, json_array_get(mentions, i), &draft->mention[i], &wrong, i)) {
            api_refuse(request, response, &wrong, 1);
            return false;
        }
    struct date_range when;
    struct err err = {0};
    enum st outcome = when_parse(draft->when_text, clock_london(clock_now()).date, &when, &err);
    if (outcome == ST_OK) {
        draft->seen_from = when.from;
        draft->seen_to = when.to;
    } else if (outcome == ST_INVALID) {
        wrong = (struct api_wrong){STR("when"), str_from(err.public)};
        api_refuse(request, response, &wrong, 1);
    }
    return outcome != ST_INVALID;
}

static bool check_draft(struct request *request, struct response *response,
                        struct submission_draft *draft)
{
    enum { MOST = MENTIONS_MAX * 2 + 2 };
    struct submission_problem *problem =
        arena_many(request->arena, MOST, struct submission_problem);
    struct api_wrong *wrong = arena_many(request->arena, MOST, struct api_wrong);
    size_t count =
        submission_check(request->arena, draft, clock_london(clock_now()).date, problem, MOST);
    for (size_t i = 0; i < count; i++)
        wrong[i] = (struct api_wrong){problem[i].field, problem[i].message};
    if (draft->handling.len && !handling_known(request->app, draft->handling))
        wrong[count++] =
            (struct api_wrong){STR("handling"), STR("This area has no such handling condition.")};
    if (!count) return true;
    api_refuse(request, response, wrong, count < MOST ? count : MOST - 1);
    return false;
}

void api_submission_send(struct request *request, struct response *response)
{
    struct submission_draft draft;
    struct submission_receipt receipt;
    struct err err = {0};
    json_t *body = NULL;
    if (!api_read(request, response, ROUTE_api_submission_send, &body)) return;
    bool good =
        read_draft(request, response, body, &draft) && check_draft(request, response, &draft);
    json_decref(body);
    if (!good) return;
    if (submission_share(request->app, &request->who, &draft, 0, 0, &receipt, &err) != ST_OK)
        respond_error(request, response, &err);
    else
        api_answer(request, response, ROUTE_api_submission_send,
                   json_pack("{sI ss sb}", "id", (json_int_t)receipt.id, "reference",
                             receipt.reference, "new", (int)receipt.new));
}

/* --- one ------------------------------------------------------------------------------------ */

/* Programs read of what is not known and of what was left blank alike that it was not said. */
static const char *how_said(enum how_known how)
{
    return how == HOW_UNKNOWN || how == HOW_NOT_SAID ? "" : how_known_name(how);
}

static json_t *fields_of(const struct mention *mention)
{
    json_t *fields = json_object();
    for (int i = 0; i < LINK_FIELDS; i++)
        if (mention->field[i].len)
            json_object_set_new(fields, field_name((enum link_field)i),
                                api_text(mention->field[i]));
    return fields;
}

static json_t *suggestions_json(struct request *request, const struct submission *submission,
                                size_t which)
{
    struct suggestion *list = NULL;
    size_t count = suggestions_of(scope_of(request->app, request->arena, &request->who),
                                  request->arena, submission, which, SUGGESTIONS_SHOWN, &list);
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(
            all, json_pack("{sI sI ss sf sb}", "mention", (json_int_t)list[i].mention, "other",
                           (json_int_t)list[i].other, "evidence", link_weight_word(list[i].bits),
                           "bits", list[i].bits, "joined", (int)list[i].same_entity));
    return all;
}

static json_t *mentions_of(struct request *request, const struct submission *submission,
                           bool sees_links)
{
    json_t *all = json_array();
    for (size_t i = 0; i < submission->mention_count; i++) {
        const struct mention *mention = &submission->mention[i];
        struct str title = draw_excerpt(
            request->arena, mention_title(request->arena, mention->kind, mention->field), TITLE);
        json_t *one = json_pack("{sI ss so so}", "id", (json_int_t)mention->id, "kind",
                                kind_name(mention->kind), "title", api_text(title), "fields",
                                fields_of(mention));
        if (sees_links)
            json_object_set_new(one, "suggestions", suggestions_json(request, submission, i));
        json_array_append_new(all, one);
    }
    return all;
}

void api_submission(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct submission submission;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_submission)) return;
    if (submission_read(request->app, arena, &request->who, request->id[0], &submission, &err) !=
        ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    bool sees_links = scope_links(scope_of(request->app, arena, &request->who), submission.id);
    json_t *answer = json_pack(
        "{sI so so so so so so so so}", "id", (json_int_t)submission.id, "reference",
        api_text(submission.reference), "received_at", api_time(arena, submission.created_at),
        "narrative", api_text(submission.narrative), "when", api_text(submission.when_text),
        "where", api_text(submission.where_text), "how_known",
        json_string(how_said(submission.how_known)), "handling", api_text(submission.handling),
        "mentions", mentions_of(request, &submission, sees_links));
    if (submission.seen_from != LINK_DAY_UNKNOWN)
        json_object_set_new(answer, "seen_from", api_day(arena, submission.seen_from));
    if (submission.seen_to != LINK_DAY_UNKNOWN)
        json_object_set_new(answer, "seen_to", api_day(arena, submission.seen_to));
    if (sees_links) json_object_set_new(answer, "sector", api_text(submission.sector));
    api_answer(request, response, ROUTE_api_submission, answer);
}

/* --- who may see it -------------------------------------------------------------------------- */

static int compare_ids(const void *a, const void *b)
{
    const int64_t *left = a;
    const int64_t *right = b;
    return (*left > *right) - (*left < *right);
}

/* NULL after answering.  *ret_seen: the same, for the turn of writing to compare. */
static json_t *handling_json(struct request *request, struct response *response,
                             struct handling_seen *ret_seen)
{
    struct app *app = request->app;
    struct arena *arena = request->arena;
    struct organisation_line *list = NULL;
    size_t count = 0;
    struct submission submission;
    struct err err = {0};
    enum st outcome =
        handling_organisations(app, arena, &request->who, request->id[0], &list, &count, &err);
    struct db *db = outcome == ST_OK ? store_read_begin(app->store, &err) : NULL;
    if (outcome == ST_OK)
        outcome =
            db ? submission_load(app, db, arena, request->id[0], &submission, &err) : ST_FAILED;
    store_read_end(app->store, db);
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return NULL;
    }
    json_t *organisations = json_array();
    int64_t *named = arena_many(arena, count + 1, int64_t);
    *ret_seen = (struct handling_seen){.code = submission.handling, .named = named};
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(organisations,
                              json_pack("{sI so sb}", "id", (json_int_t)list[i].id, "name",
                                        api_text(list[i].name), "named", (int)list[i].named));
        if (list[i].named) named[ret_seen->count++] = list[i].id;
    }
    if (ret_seen->count) qsort(named, ret_seen->count, sizeof *named, compare_ids);
    return json_pack("{so so}", "code", api_text(submission.handling), "organisations",
                     organisations);
}

void api_handling(struct request *request, struct response *response)
{
    struct handling_seen seen;
    if (!api_check(request, response, ROUTE_api_handling)) return;
    json_t *now = handling_json(request, response, &seen);
    if (now) api_answer(request, response, ROUTE_api_handling, now);
}

static bool set_handling(struct request *request, struct response *response, const json_t *body,
                         const struct handling_seen *seen)
{
    struct arena *arena = request->arena;
    const json_t *given = json_object_get(body, "organisations");
    size_t count = json_array_size(given);
    int64_t *ids = arena_many(arena, count + 1, int64_t);
    const struct handling_new new = {.submission = request->id[0],
                                     .code = str_dup(arena, api_member_text(body, "code")),
                                     .organisations = ids,
                                     .count = count,
                                     .reason = str_dup(arena, api_member_text(body, "reason")),
                                     .seen = api_takes_any(request) ? NULL : seen};
    struct handling_refused refused;
    struct err err = {0};
    for (size_t i = 0; i < count; i++) ids[i] = json_integer_value(json_array_get(given, i));
    if (handling_set_for(request->app, &request->who, &new, &refused, &err) == ST_OK) return true;
    if (refused.changed)
        api_changed(request, response);
    else if (refused.reason)
        api_refuse(request, response,
                   &(struct api_wrong){STR("reason"), str_dup(arena, str_from(err.public))}, 1);
    else
        respond_error(request, response, &err);
    return false;
}

void api_handling_set(struct request *request, struct response *response)
{
    struct handling_seen seen;
    json_t *body = NULL;
    if (!api_read(request, response, ROUTE_api_handling_set, &body)) return;
    json_t *before = handling_json(request, response, &seen);
    bool fits = before && api_fits(request, before);
    if (before && !fits) api_changed(request, response);
    if (fits && set_handling(request, response, body, &seen)) {
        /* What one has changed may be out of one's own sight by that. */
        struct response there = {0};
        buf_init(&there.body, 1 << 16);
        request->who.scope = NULL;
        json_t *after = handling_json(request, &there, &seen);
        if (!after)
            after = json_pack("{so so}", "code", api_text(api_member_text(body, "code")),
                              "organisations", json_array());
        api_answer(request, response, ROUTE_api_handling_set, after);
        buf_done(&there.body);
    }
    json_decref(body);
    json_decref(before);
}
