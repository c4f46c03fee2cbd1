/*
 * A child's record: what is known now, who is there for the child, and what each fact was
 * before.
 */
#include "web/page_child.h"

#include "base/utf8.h"
#include "domain/child_access.h"
#include "domain/child_referral.h"
#include "domain/missing.h"
#include "web/draw.h"
#include "web/said.h"

/* --- shared by the pages -------------------------------------------------------------------- */

bool child_page_open(struct request *request, struct response *response, struct child_file *ret)
{
    struct err err = {0};
    if (child_open(request->app, request->arena, &request->who, request->id[0], ret, &err) == ST_OK)
        return true;
    respond_error(request, response, &err);
    return false;
}

bool child_page_open_to_keep(struct request *request, struct response *response,
                             struct child_file *ret)
{
    struct err err = {0};
    if (!child_page_open(request, response, ret)) return false;
    if (ret->may_keep) return true;
    (void)child_missing(&err);
    respond_error(request, response, &err);
    return false;
}

struct str child_title(const struct child_file *file)
{
    return file->line.name.len ? file->line.name : file->line.reference;
}

struct str child_caption(struct request *request, const struct child_file *file)
{
    return str_fmt(request->arena, "%.*s, %.*s", STR_ARG(child_title(file)),
                   STR_ARG(file->line.reference));
}

struct str child_day_words(struct arena *arena, struct str iso)
{
    struct date day;
    return date_parse_iso(iso, &day) ? date_words(arena, day) : iso;
}

struct str child_by(struct request *request, const struct child_file *file, int64_t account,
                    instant_ms at)
{
    return str_fmt(request->arena, "%.*s, %.*s", STR_ARG(child_account_name(file, account)),
                   STR_ARG(clock_words(request->arena, at)));
}

void child_saved(struct request *request, struct response *response, struct url where,
                 const char *code)
{
    respond_said(request, response, where, code);
}

static struct str said(const struct request *request)
{
    static const struct said words[] = {
        {"added", "The record was made."},
        {"fact", "What you wrote is in the record, with your name and the time."},
        {"entry", "What you wrote is in the record, with your name and the time."},
        {"settled", "It is marked, and stays readable."},
        {"referral",
         "What the referral says is in the record. What did not agree stands beside it."},
        {"joined", "The records are joined. You can part them again."},
        {"parted", "The records are apart again, as they were."},
        {"allocated", "Who sees the record was changed."},
        {"kept", "It was written down."},
        {"closing", "You gave the first sign-off. The record stays open until another person gives "
                    "the second."},
    };
    return SAID_WORDS(form_value(request, "saved"), words);
}

/* Every page of the record says when the child is missing at this moment. */
static void draw_missing(struct request *request, const struct child_file *file,
                         struct view_child_head *view)
{
    struct arena *arena = request->arena;
    struct missing_line *line = NULL;
    size_t count = 0;
    view->episode = view->back = url_to(ROUTE_missing);
    view->may_report = access_allows(&request->who, ACT_REPORT_MISSING, NULL);
    if (missing_of_child(request->app, arena, &request->who, file, &line, &count, NULL) != ST_OK)
        return;
    for (size_t i = 0; i < count && !view->missing.len; i++) {
        if (line[i].returned) continue;
        view->missing = clock_words(arena, line[i].since);
        view->episode = url_to_id(arena, ROUTE_missing_one, line[i].id);
        view->back =
            url_to_texts(arena, ROUTE_missing_part, str_fmt(arena, "%lld", (long long)line[i].id),
                         STR(MISSING_RETURN));
    }
}

struct html child_head(struct request *request, const struct child_file *file, enum child_tab tab)
{
    static const struct {
        enum route_id route;
        const char *label;
    } all[TABS] = {{ROUTE_child, "Record"},
                   {ROUTE_child_signs, "Signs and judgements"},
                   {ROUTE_child_time, "Chronology"},
                   {ROUTE_child_missing, "Missing"},
                   {ROUTE_child_bundle, "For the child to read"},
                   {ROUTE_child_keep, "Who sees it, how long it is kept"}};
    struct arena *arena = request->arena;
    struct view_child_head_tabs tabs[TABS];
    size_t count = 0;
    for (int i = 0; i < TABS; i++)
        if (i < TAB_BUNDLE || file->may_keep)
            tabs[count++] =
                (struct view_child_head_tabs){url_to_id(arena, all[i].route, file->line.id),
                                              str_from(all[i].label), (int)tab == i};
    struct str others = STR("");
    for (size_t i = 0; i < file->record_count; i++)
        if (!str_eq(file->reference[i], file->line.reference))
            others = str_fmt(arena, "%.*s%s%.*s", STR_ARG(others), others.len ? ", " : "",
                             STR_ARG(file->reference[i]));
    struct view_child_head view = {
        .name = child_title(file),
        .reference = file->line.reference,
        .other_references = others,
        .lead = child_age_words(arena, &file->line, clock_london(clock_now()).date),
        .said = said(request),
        .closed = file->line.closed_at != 0,
        .closing = file->line.closing_by != 0,
        .held = file->line.held,
        .tabs = tabs,
        .tabs_count = count};
    draw_missing(request, file, &view);
    struct buf drawn;
    buf_init(&drawn, 1 << 20);
    view_child_head(&drawn, &view);
    struct html html = {.s = str_dup(arena, buf_str(&drawn))};
    buf_done(&drawn);
    return html;
}

struct str child_fact_words(struct request *request, const struct child_entry *entry)
{
    struct answer answer = {.value = entry->text[FACT_VALUE]};
    const struct question *question = child_question(request->app, entry->text[FACT_KEY]);
    if (!answer_kind_from_name(entry->text[FACT_ANSWER], &answer.kind)) answer.kind = ANSWER_GIVEN;
    return question ? answer_words(request->arena, question, &answer) : entry->text[FACT_VALUE];
}

/* --- the facts ----------------------------------------------------------------------------- */

static struct str fact_note(struct request *request, const struct child_file *file,
                            const struct child_entry *entry)
{
    if (entry->state == STATE_CONFLICTING)
        return STR("Different things are recorded. Say which one stands.");
    return child_by(request, file, entry->account, entry->at);
}

/* Both or all of them, one a line. */
static struct str live_values(struct request *request, const struct child_file *file,
                              struct str key)
{
    struct str all = STR("");
    for (size_t i = 0; i < file->entry_count; i++) {
        const struct child_entry *entry = &file->entry[i];
        if (entry->kind != ENTRY_FACT || entry->state > STATE_CONFLICTING ||
            !str_eq(entry->text[FACT_KEY], key))
            continue;
        struct str words = child_fact_words(request, entry);
        all = all.len ? str_fmt(request->arena, "%.*s\n%.*s", STR_ARG(all), STR_ARG(words)) : words;
    }
    return all;
}

static void draw_facts(struct request *request, const struct child_file *file,
                       struct view_child *view)
{
    struct arena *arena = request->arena;
    const struct questions *set = area_referral(request->app->area);
    struct view_child_steps *steps =
        arena_many(arena, set->step_count + 1, struct view_child_steps);
    struct view_child_missing *missing =
        arena_many(arena, set->question_count, struct view_child_missing);
    struct view_child_conflicts *conflicts =
        arena_many(arena, set->question_count, struct view_child_conflicts);
    for (size_t s = 0; s < set->step_count; s++) {
        const struct question_step *step = &set->step[s];
        struct view_child_steps_facts *facts =
            arena_many(arena, step->count + 1, struct view_child_steps_facts);
        size_t count = 0;
        for (size_t q = step->first; q < step->first + step->count; q++) {
            const struct question *question = child_question(request->app, set->question[q].key);
            if (!question) continue;
            struct url href =
                url_to_texts(arena, ROUTE_child_fact,
                             str_fmt(arena, "%lld", (long long)file->line.id), question->key);
            const struct child_entry *entry = child_fact(file, question->key);
            if (!entry) {
                missing[view->missing_count++] = (struct view_child_missing){question->label, href};
                continue;
            }
            if (entry->state == STATE_CONFLICTING)
                conflicts[view->conflicts_count++] =
                    (struct view_child_conflicts){question->label, href};
            facts[count++] = (struct view_child_steps_facts){
                .label = question->label,
                .value = live_values(request, file, question->key),
                .note = fact_note(request, file, entry),
                .href = href,
                .change = file->may_edit ? STR("Change") : STR("See")};
        }
        if (count)
            steps[view->steps_count++] = (struct view_child_steps){step->title, facts, count};
    }
    view->steps = steps;
    view->missing = missing;
    view->conflicts = conflicts;
    view->in_conflict = view->conflicts_count > 0;
}

/* --- family, agencies, statuses, plans -------------------------------------------------------- */

static struct url end_of(struct request *request, const struct child_file *file,
                         const struct child_entry *entry)
{
    return url_to_ids(request->arena, ROUTE_child_settle, file->line.id, entry->id);
}

static struct str label_of(struct request *request, const struct child_entry *entry, int place)
{
    return child_option_label(request->app, request->arena, entry->kind, place, entry->text[place]);
}

static struct str person_words(struct request *request, const struct child_entry *entry)
{
    struct arena *arena = request->arena;
    struct str born = entry->text[PERSON_BORN];
    struct str words = label_of(request, entry, PERSON_RELATIONSHIP);
    if (born.len)
        words =
            str_fmt(arena, "%.*s, %.*s", STR_ARG(words), STR_ARG(child_born_words(arena, born)));
    return str_fmt(arena, "%.*s. Parental responsibility: %.*s. In the household: %.*s.",
                   STR_ARG(words), STR_ARG(label_of(request, entry, PERSON_RESPONSIBLE)),
                   STR_ARG(label_of(request, entry, PERSON_HOUSEHOLD)));
}

static struct str joined(struct arena *arena, struct str a, const char *between, struct str b)
{
    if (!a.len || !b.len) return a.len ? a : b;
    return str_fmt(arena, "%.*s%s%.*s", STR_ARG(a), between, STR_ARG(b));
}

static struct str status_words(struct request *request, const struct child_entry *entry)
{
    struct arena *arena = request->arena;
    struct str words =
        str_fmt(arena, "from %.*s", STR_ARG(child_day_words(arena, entry->text[STATUS_FROM])));
    if (entry->text[STATUS_TO].len)
        words = str_fmt(arena, "%.*s to %.*s", STR_ARG(words),
                        STR_ARG(child_day_words(arena, entry->text[STATUS_TO])));
    return joined(arena, words, ". ", entry->text[STATUS_NOTE]);
}

static void draw_lists(struct request *request, const struct child_file *file,
                       struct view_child *view)
{
    struct arena *arena = request->arena;
    struct view_child_people *people =
        arena_many(arena, file->entry_count + 1, struct view_child_people);
    struct view_child_agencies *agencies =
        arena_many(arena, file->entry_count + 1, struct view_child_agencies);
    struct view_child_statuses *statuses =
        arena_many(arena, file->entry_count + 1, struct view_child_statuses);
    for (size_t i = 0; i < file->entry_count; i++) {
        const struct child_entry *entry = &file->entry[i];
        if (entry->state != STATE_STANDING) continue;
        struct url end = end_of(request, file, entry);
        if (entry->kind == ENTRY_PERSON)
            people[view->people_count++] = (struct view_child_people){
                entry->text[PERSON_NAME], person_words(request, entry),
                joined(arena, entry->text[PERSON_CONTACT], ". ", entry->text[PERSON_NOTE]), end};
        if (entry->kind == ENTRY_AGENCY)
            agencies[view->agencies_count++] = (struct view_child_agencies){
                entry->text[AGENCY_NAME],
                joined(arena,
                       joined(arena, entry->text[AGENCY_WORKER], ", ", entry->text[AGENCY_CONTACT]),
                       ". ",
                       str_eq(entry->text[AGENCY_CURRENT], STR("yes"))
                           ? STR("Works with the child now.")
                       : str_eq(entry->text[AGENCY_CURRENT], STR("no"))
                           ? STR("Earlier.")
                           : STR("Whether now is not known.")),
                end};
        if (entry->kind == ENTRY_STATUS)
            statuses[view->statuses_count++] = (struct view_child_statuses){
                label_of(request, entry, STATUS_WORD), status_words(request, entry), end};
    }
    view->people = people;
    view->agencies = agencies;
    view->statuses = statuses;
}

/* The newest review of a plan; NULL: none yet. */
static const struct child_entry *last_review(const struct child_file *file, int64_t plan)
{
    const struct child_entry *last = NULL;
    for (size_t i = 0; i < file->entry_count; i++)
        if (file->entry[i].kind == ENTRY_REVIEW && file->entry[i].about == plan &&
            file->entry[i].state == STATE_STANDING)
            last = &file->entry[i];
    return last;
}

static void draw_plans(struct request *request, const struct child_file *file,
                       struct view_child *view)
{
    struct arena *arena = request->arena;
    struct view_child_plans *plans =
        arena_many(arena, file->entry_count + 1, struct view_child_plans);
    struct str today = date_iso(arena, clock_london(clock_now()).date);
    for (size_t i = 0; i < file->entry_count; i++) {
        const struct child_entry *entry = &file->entry[i];
        if (entry->kind != ENTRY_PLAN || entry->state != STATE_STANDING) continue;
        const struct child_entry *review = last_review(file, entry->id);
        struct str next = review ? review->text[REVIEW_NEXT] : entry->text[PLAN_REVIEW];
        struct str what =
            str_fmt(arena, "from %.*s, ", STR_ARG(child_day_words(arena, entry->text[PLAN_START])));
        what = next.len ? str_fmt(arena, "%.*sreviewed next on %.*s", STR_ARG(what),
                                  STR_ARG(child_day_words(arena, next)))
                        : str_fmt(arena, "%.*sended on %.*s", STR_ARG(what),
                                  STR_ARG(child_day_words(arena, review->text[REVIEW_HELD])));
        char query[24];
        snprintf(query, sizeof query, "%lld", (long long)entry->id);
        struct url add =
            url_to_texts(arena, ROUTE_child_add, str_fmt(arena, "%lld", (long long)file->line.id),
                         STR("review"));
        plans[view->plans_count++] = (struct view_child_plans){
            .name = label_of(request, entry, PLAN_WORD),
            .text = review ? str_fmt(arena, "%.*s\n\nReview: %.*s", STR_ARG(entry->text[PLAN_TEXT]),
                                     STR_ARG(review->text[REVIEW_TEXT]))
                           : entry->text[PLAN_TEXT],
            .what = what,
            .late = next.len && str_cmp(next, today) < 0 ? STR("Review overdue") : STR(""),
            .review = url_with(arena, add, "about", str_from(query)),
            .end = end_of(request, file, entry)};
    }
    view->plans = plans;
}

/* --- judgement, workers, joins ---------------------------------------------------------------- */

static void draw_judgement(struct request *request, const struct child_file *file,
                           struct view_child *view)
{
    const struct child_entry *last = NULL;
    size_t others = 0;
    for (size_t i = 0; i < file->entry_count; i++) {
        if (file->entry[i].kind == ENTRY_JUDGEMENT && file->entry[i].state == STATE_STANDING)
            last = &file->entry[i];
        if (last && file->entry[i].kind == ENTRY_VIEW && file->entry[i].about == last->id)
            others += str_eq(file->entry[i].text[VIEW_STANCE], STR("disagree"));
        if (last == &file->entry[i]) others = 0;
    }
    view->judge = url_to_id(request->arena, ROUTE_child_signs, file->line.id);
    if (!last) return;
    const struct child_word *word =
        child_word_find(area_child(request->app->area), WORD_JUDGEMENT, last->text[JUDGEMENT_WORD]);
    view->judgement = label_of(request, last, JUDGEMENT_WORD);
    view->judgement_caution = word ? word->hint : STR("");
    view->harmed = label_of(request, last, JUDGEMENT_HARMED);
    view->judgement_reasons = last->text[JUDGEMENT_REASONS];
    view->judgement_by = child_by(request, file, last->account, last->at);
    if (others)
        view->judgement_others =
            STR("Somebody sees it differently: both views are on the page of judgements.");
}

static void draw_joins(struct request *request, const struct child_file *file,
                       struct view_child *view)
{
    struct arena *arena = request->arena;
    struct view_child_joins *joins =
        arena_many(arena, file->join_count + 1, struct view_child_joins);
    for (size_t i = 0; i < file->join_count; i++) {
        const struct child_join *join = &file->join[i];
        joins[i] = (struct view_child_joins){
            .reference = join->reference,
            .reason = join->reason,
            .by = str_fmt(arena, "%.*s, %.*s", STR_ARG(join->by),
                          STR_ARG(clock_words(arena, join->at))),
            .undo = url_to_ids(arena, ROUTE_child_unjoin, file->line.id, join->id),
            .undone = join->undone_at
                          ? str_fmt(arena, "Parted by %.*s, %.*s.", STR_ARG(join->undone_by),
                                    STR_ARG(clock_words(arena, join->undone_at)))
                          : STR("")};
    }
    view->joins = joins;
    view->joins_count = file->join_count;
}

static enum st draw_referrals(struct request *request, const struct child_file *file,
                              struct view_child *view, struct err *err)
{
    struct arena *arena = request->arena;
    struct child_referral *list = NULL;
    size_t count = 0;
    enum st outcome = child_referrals(request->app, arena, &request->who, file, &list, &count, err);
    struct view_child_referrals *rows = arena_many(arena, count + 1, struct view_child_referrals);
    enum route_id open =
        access_allows(&request->who, ACT_DESK, NULL) ? ROUTE_desk_case : ROUTE_referral;
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        rows[i] = (struct view_child_referrals){
            .reference = list[i].reference,
            .organisation = list[i].organisation,
            .sent = date_words(arena, clock_london(list[i].sent_at).date),
            .href = url_to_id(arena, open, list[i].referral),
            .part = url_with(arena,
                             url_to_ids(arena, ROUTE_child_part, file->line.id, list[i].referral),
                             "position", str_fmt(arena, "%lld", (long long)list[i].position))};
    view->referrals = rows;
    view->referrals_count = outcome == ST_OK ? count : 0;
    view->may_keep = file->may_keep;
    return outcome;
}

static enum st draw_workers(struct request *request, const struct child_file *file,
                            struct view_child *view, struct err *err)
{
    struct child_access_line *lines = NULL;
    size_t count = 0;
    enum st outcome = child_access_of(request->app, request->arena, file, &lines, &count, err);
    struct view_child_workers *workers =
        arena_many(request->arena, count + 1, struct view_child_workers);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        if (!lines[i].blocked && !lines[i].ended_at)
            workers[view->workers_count++] = (struct view_child_workers){
                lines[i].name,
                str_fmt(request->arena, "since %.*s",
                        STR_ARG(date_words(request->arena, clock_london(lines[i].given_at).date)))};
    view->workers = workers;
    return outcome;
}

static struct url add_url(struct request *request, const struct child_file *file, const char *kind)
{
    return url_to_texts(request->arena, ROUTE_child_add,
                        str_fmt(request->arena, "%lld", (long long)file->line.id), str_from(kind));
}

void page_child(struct request *request, struct response *response)
{
    struct child_file file;
    if (!child_page_open(request, response, &file)) return;
    struct view_child view = {.head = child_head(request, &file, TAB_RECORD),
                              .may_edit = file.may_edit,
                              .add_person = add_url(request, &file, "person"),
                              .add_agency = add_url(request, &file, "agency"),
                              .add_status = add_url(request, &file, "status"),
                              .add_plan = add_url(request, &file, "plan"),
                              .join = url_to_id(request->arena, ROUTE_child_join, file.line.id),
                              .csrf = request->csrf};
    draw_facts(request, &file, &view);
    draw_lists(request, &file, &view);
    draw_plans(request, &file, &view);
    draw_judgement(request, &file, &view);
    draw_joins(request, &file, &view);
    struct err err = {0};
    if (draw_workers(request, &file, &view, &err) != ST_OK ||
        draw_referrals(request, &file, &view, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    PAGE(request, response, "A child’s record", view_child, &view);
}
