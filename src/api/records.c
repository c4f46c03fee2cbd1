/*
 * Referrals, children's records, measures and the log, as far as pages show them; who asks.
 */
#include "api/api.h"
#include "domain/audit_review.h"
#include "domain/child.h"
#include "domain/desk.h"
#include "domain/completeness.h"
#include "domain/work_measure.h"
#include "domain/referral.h"
#include "web/pages.h"

enum { LIST_MOST = 2000 };

void api_me(struct request *request, struct response *response)
{
    if (!api_check(request, response, ROUTE_api_me)) return;
    json_t *roles = json_array();
    json_t *scopes = json_array();
    for (int i = 0; i < ROLE_COUNT; i++)
        if (person_has(&request->who, (enum role)i))
            json_array_append_new(roles, json_string(role_name((enum role)i)));
    for (int i = 0; i < API_SCOPES; i++)
        if (request->scopes >> i & 1)
            json_array_append_new(scopes, json_string(api_scope_word((enum api_scope)i)));
    api_answer(request, response, ROUTE_api_me,
               json_pack("{so so so so}", "name", api_text(request->who.name), "organisation",
                         api_text(request->who.organisation_name), "roles", roles, "scopes",
                         scopes));
}

/* --- referrals --------------------------------------------------------------------------- */

static json_t *referral_line_json(struct arena *arena, const struct referral_line *line)
{
    const struct referral_head *head = &line->head;
    json_t *one =
        json_pack("{sI so ss so so}", "id", (json_int_t)head->id, "reference",
                  api_text(head->reference), "state", referral_state_name(head->state), "children",
                  api_text(line->children), "changed_at", api_time(arena, head->changed_at));
    api_put_time(one, arena, "sent_at", head->sent_at);
    return one;
}

static struct api_place place_sent(const void *item)
{
    const struct referral_line *line = item;
    return (struct api_place){{-line->head.id, 0, 0}};
}

static struct api_place place_own(const void *item)
{
    const struct referral_line *line = item;
    return (struct api_place){{-line->head.changed_at, -line->head.id, 0}};
}

void api_referrals(struct request *request, struct response *response)
{
    struct api_page page;
    struct referral_line *lines = NULL;
    size_t count = 0;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_referrals) ||
        !api_page_read(request, response, ROUTE_api_referrals, &page))
        return;
    bool sent = str_eq(form_value(request, "list"), STR("sent"));
    if (referral_list(request->app, request->arena, &request->who,
                      sent ? REFERRALS_SENT : REFERRALS_OWN, LIST_MOST, &lines, &count,
                      &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    api_cut(&page, lines, count, sizeof *lines, sent ? place_sent : place_own);
    json_t *items = json_array();
    for (size_t i = page.begin; i < page.end; i++)
        json_array_append_new(items, referral_line_json(request->arena, &lines[i]));
    api_answer(request, response, ROUTE_api_referrals,
               api_page_make(request, ROUTE_api_referrals, items, &page));
}

static json_t *answers_json(struct arena *arena, const struct referral *referral)
{
    json_t *all = json_array();
    for (size_t i = 0; i < referral->answer_count; i++) {
        const struct referral_answer *answer = &referral->answer[i];
        const struct question *question =
            referral->form ? questions_find(referral->form, answer->key) : NULL;
        if (answer->answer.kind == ANSWER_NONE) continue;
        struct str value =
            question ? answer_words(arena, question, &answer->answer) : answer->answer.value;
        json_array_append_new(
            all, json_pack("{sI so so ss so}", "row", (json_int_t)answer->row, "key",
                           api_text(answer->key), "question",
                           api_text(question ? question->label : answer->key), "kind",
                           answer_kind_name(answer->answer.kind), "value",
                           api_text(answer->answer.kind == ANSWER_GIVEN ? value : STR(""))));
    }
    return all;
}

void api_referral(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct referral referral;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_referral)) return;
    if (referral_read(request->app, arena, &request->who, request->id[0], &referral, &err) !=
        ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    const struct referral_head *head = &referral.head;
    json_t *additions = json_array();
    for (size_t i = 0; i < referral.addition_count; i++)
        json_array_append_new(additions,
                              json_pack("{so so so}", "by", api_text(referral.addition[i].by), "at",
                                        api_time(arena, referral.addition[i].at), "text",
                                        api_text(referral.addition[i].text)));
    json_t *answer =
        json_pack("{sI so ss so so so so so}", "id", (json_int_t)head->id, "reference",
                  api_text(head->reference), "state", referral_state_name(head->state),
                  "organisation", api_text(head->organisation_name), "place", api_text(head->place),
                  "changed_at", api_time(arena, head->changed_at), "answers",
                  answers_json(arena, &referral), "additions", additions);
    api_put_time(answer, arena, "sent_at", head->sent_at);
    api_answer(request, response, ROUTE_api_referral, answer);
}

void api_outcome(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct desk_outcome outcome;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_outcome)) return;
    if (desk_outcome_read(request->app, arena, &request->who, request->id[0], &outcome, &err) !=
        ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    json_t *words = json_array();
    for (size_t i = 0; i < outcome.word_count; i++)
        json_array_append_new(words,
                              json_pack("{so so so}", "at", api_time(arena, outcome.word[i].at),
                                        "words", api_text(outcome.word[i].words), "more",
                                        api_text(outcome.word[i].more)));
    api_answer(request, response, ROUTE_api_outcome,
               json_pack("{so so sb sb so}", "reference", api_text(outcome.reference), "sent_at",
                         api_time(arena, outcome.sent_at), "taken", (int)outcome.taken, "closed",
                         (int)outcome.closed, "words", words));
}

/* --- children's records -------------------------------------------------------------------- */

static json_t *child_line_json(struct arena *arena, const struct child_line *line)
{
    return json_pack("{sI so so so so sb}", "id", (json_int_t)line->id, "reference",
                     api_text(line->reference), "name", api_text(line->name), "born",
                     api_text(line->birth), "changed_at", api_time(arena, line->changed_at),
                     "closed", (int)(line->closed_at != 0));
}

static struct api_place place_child(const void *item)
{
    const struct child_line *line = item;
    return (struct api_place){{-line->changed_at, -line->id, 0}};
}

void api_children(struct request *request, struct response *response)
{
    struct api_page page;
    struct child_line *list = NULL;
    if (!api_check(request, response, ROUTE_api_children) ||
        !api_page_read(request, response, ROUTE_api_children, &page))
        return;
    size_t count =
        child_scope_list(child_scope_of(request->app, request->arena, &request->who), &list);
    api_cut(&page, list, count, sizeof *list, place_child);
    json_t *items = json_array();
    for (size_t i = page.begin; i < page.end; i++)
        json_array_append_new(items, child_line_json(request->arena, &list[i]));
    api_answer(request, response, ROUTE_api_children,
               api_page_make(request, ROUTE_api_children, items, &page));
}

static json_t *entry_json(struct arena *arena, const struct child_file *file,
                          const struct child_entry *entry)
{
    json_t *texts = json_array();
    for (size_t i = 0; i < CHILD_TEXTS; i++) json_array_append_new(texts, api_text(entry->text[i]));
    return json_pack("{sI ss ss so so so}", "id", (json_int_t)entry->id, "kind",
                     child_entry_kind_name(entry->kind), "state", child_state_name(entry->state),
                     "texts", texts, "by", api_text(child_account_name(file, entry->account)), "at",
                     api_time(arena, entry->at));
}

void api_child(struct request *request, struct response *response)
{
    struct child_file file;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_child)) return;
    if (child_open(request->app, request->arena, &request->who, request->id[0], &file, &err) !=
        ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    json_t *entries = json_array();
    for (size_t i = 0; i < file.entry_count; i++)
        json_array_append_new(entries, entry_json(request->arena, &file, &file.entry[i]));
    json_t *answer = child_line_json(request->arena, &file.line);
    json_object_set_new(answer, "entries", entries);
    api_answer(request, response, ROUTE_api_child, answer);
}

/* --- measures ------------------------------------------------------------------------------ */

static json_t *row_json(const struct measure_row *row)
{
    json_t *one = json_pack("{so sb}", "label", api_text(row->label), "hidden", (int)row->hidden);
    if (row->hidden) return one;
    json_object_set_new(one, "good", json_integer(row->good));
    json_object_set_new(one, "total", json_integer(row->total));
    return one;
}

/* `days` NULL, or as long as the rows. */
static json_t *rows_json(const struct measure_row *row, const int32_t *days, size_t count)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *one = row_json(&row[i]);
        if (days && days[i] != WORK_DAYS_NONE)
            json_object_set_new(one, "days", json_integer(days[i]));
        json_array_append_new(rows, one);
    }
    return rows;
}

static json_t *measure_json(const char *name, const struct measure_table *table,
                            const struct work_table *work, bool by_forum)
{
    const int32_t *month_days = work ? work->month_days : NULL;
    const int32_t *group_days = work ? work->group_days : NULL;
    json_t *groups = rows_json(table->organisation, group_days, table->organisation_count);
    json_t *answer =
        json_pack("{ss so so so}", "measure", name, "months",
                  rows_json(table->month, month_days, MEASURE_MONTHS), "organisations",
                  by_forum ? json_array() : json_incref(groups), "all", row_json(&table->all));
    if (by_forum) json_object_set(answer, "forums", groups);
    json_decref(groups);
    if (work && work->all_days != WORK_DAYS_NONE)
        json_object_set_new(json_object_get(answer, "all"), "days", json_integer(work->all_days));
    return answer;
}

static json_t *field_json(enum field_holder holder, const struct field_row *row)
{
    static const char *const states[FIELD_STATES] = {"answered", "not_known", "blank"};
    json_t *one =
        json_pack("{ss so so so}", "kept_in", field_holder_name(holder), "key", api_text(row->key),
                  "part", api_text(row->part), "question", api_text(row->label));
    if (!row->of_hidden) json_object_set_new(one, "of", json_integer(row->of));
    for (int state = 0; state < FIELD_STATES; state++)
        if (!row->of_hidden && !row->hidden[state])
            json_object_set_new(one, states[state], json_integer(row->count[state]));
    return one;
}

void api_measure(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct measure_table table;
    struct work_table *work = arena_many(arena, WORK_MEASURES, struct work_table);
    enum desk_measure measure;
    enum work_measure other;
    struct err err = {0};
    json_t *answer = NULL;
    enum st outcome;
    if (!api_check(request, response, ROUTE_api_measure)) return;
    if (measure_from_name(request->parameter[0], &measure)) {
        outcome = measure_read(request->app, arena, &request->who, measure, &table, &err);
        if (outcome == ST_OK) answer = measure_json(measure_name(measure), &table, NULL, false);
    } else if (work_measure_from_name(request->parameter[0], &other)) {
        outcome = work_measures_read(request->app, arena, &request->who, 1u << other, work, &err);
        if (outcome == ST_OK)
            answer = measure_json(work_measure_name(other), &work[other].figures, &work[other],
                                  work_measure_by_forum(other));
    } else {
        outcome = err_missing(&err, "measure");
    }
    if (outcome != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    api_answer(request, response, ROUTE_api_measure, answer);
}

void api_completeness(struct request *request, struct response *response)
{
    struct field_table tables[FIELD_HOLDERS];
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_completeness)) return;
    if (completeness_read(request->app, request->arena, &request->who, tables, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    json_t *fields = json_array();
    for (int holder = 0; holder < FIELD_HOLDERS; holder++)
        for (size_t i = 0; i < tables[holder].count; i++)
            json_array_append_new(fields,
                                  field_json((enum field_holder)holder, &tables[holder].row[i]));
    api_answer(request, response, ROUTE_api_completeness, json_pack("{so}", "fields", fields));
}

/* --- the log ------------------------------------------------------------------------------- */

static bool read_filter(struct request *request, struct response *response,
                        struct audit_filter *filter)
{
    struct date day;
    enum audit_kind kind;
    *filter = (struct audit_filter){.about = ABOUT_ALL, .kind = -1};
    if (form_has(request, "kind")) {
        if (!audit_kind_from_name(form_value(request, "kind"), &kind)) {
            struct api_wrong wrong = {STR("kind"), STR("There is no such sort of act.")};
            api_refuse(request, response, &wrong, 1);
            return false;
        }
        filter->kind = (int)kind;
    }
    struct str outcome = form_value(request, "outcome");
    if (outcome.len)
        filter->outcome = str_eq(outcome, STR("done")) ? OUTCOME_DONE : OUTCOME_REFUSED;
    if (date_parse_iso(form_value(request, "from"), &day))
        filter->from = clock_from_london((struct civil){.date = day});
    if (date_parse_iso(form_value(request, "until"), &day))
        filter->until =
            clock_from_london((struct civil){.date = date_from_days(date_to_days(day) + 1)});
    return true;
}

static json_t *seen_json(struct arena *arena, const struct audit_seen *line)
{
    struct date day = clock_london(line->at).date;
    json_t *one = json_pack("{so ss so so so so so}", "day", api_text(date_iso(arena, day)), "kind",
                            audit_kind_name(line->kind), "action", api_text(line->action),
                            "outcome", api_text(line->outcome), "ground", api_text(line->reason),
                            "who", api_text(line->who), "records", api_text(line->records));
    if (!line->day_only) json_object_set_new(one, "at", api_time(arena, line->at));
    return one;
}

void api_audit(struct request *request, struct response *response)
{
    enum { SKIP_MAX = 100000 };
    struct api_page page;
    struct audit_filter filter;
    struct audit_seen *list = NULL;
    size_t count = 0;
    struct audit_rest rest = {0};
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_audit) ||
        !api_page_read(request, response, ROUTE_api_audit, &page) ||
        !read_filter(request, response, &filter))
        return;
    /* Counted, for the numbers of lines are not handed out, from the newest line of the first page
     * on; nothing is ever taken out of the log. */
    int64_t before = page.goes_on ? page.after.at[0] : 0;
    filter.newest = page.goes_on ? page.after.at[1] : 0;
    filter.skip = before >= 0 && before < SKIP_MAX ? (size_t)before : SKIP_MAX;
    if (audit_review(request->app, request->arena, &request->who, &filter, false, page.limit, &list,
                     &count, &rest, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(items, seen_json(request->arena, &list[i]));
    page.more = rest.more && filter.skip + page.limit < SKIP_MAX;
    page.last.at[0] = (int64_t)(filter.skip + page.limit);
    page.last.at[1] = rest.newest;
    api_answer(request, response, ROUTE_api_audit,
               api_page_make(request, ROUTE_api_audit, items, &page));
}
