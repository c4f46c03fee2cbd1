#include "domain/completeness.h"

#include "domain/area_referral.h"
#include "domain/child_entry.h"
#include "domain/children.h"
#include "domain/desk_internal.h"
#include "domain/desk_measure.h"
#include "domain/small.h"
#include "domain/scope.h"

#include <stdlib.h>

const char *field_holder_name(enum field_holder holder)
{
    static const char *const names[FIELD_HOLDERS] = {"referral", "record"};
    return names[holder];
}

struct counting {
    struct app *app;
    struct arena *arena;
    const struct person *who;
    const struct scope *scope;
    const struct questions *form;
    instant_ms since;
    bool *asked; /* of each question: is it counted? */
    int64_t *of;
    int64_t (*count)[FIELD_STATES];
};

static void begin(struct counting *counting)
{
    size_t count = counting->form->question_count;
    counting->of = arena_many(counting->arena, count, int64_t);
    counting->count = arena_alloc(counting->arena, count * sizeof *counting->count);
    memset(counting->count, 0, count * sizeof *counting->count);
}

static size_t question_place(const struct counting *counting, struct str key)
{
    const struct question *question = questions_find(counting->form, key);
    return question ? (size_t)(question - counting->form->question)
                    : counting->form->question_count;
}

enum field_state field_state_of(enum answer_kind kind)
{
    if (kind == ANSWER_GIVEN || kind == ANSWER_NOT_APPLICABLE) return FIELD_GIVEN;
    return kind == ANSWER_UNKNOWN ? FIELD_NOT_KNOWN : FIELD_BLANK;
}

/* --- referrals ------------------------------------------------------------------------------ */

/* One of several of a referral: the second child.  Row 0: the referral itself. */
struct asked_row {
    int64_t referral;
    int64_t row;
    size_t section; /* whose rows they are */
};

static int by_row(const void *a, const void *b)
{
    const struct asked_row *left = a;
    const struct asked_row *right = b;
    if (left->referral != right->referral) return left->referral < right->referral ? -1 : 1;
    if (left->section != right->section) return left->section < right->section ? -1 : 1;
    return (left->row > right->row) - (left->row < right->row);
}

/* The section whose rows a question has; the number of sections: it has none of its own. */
static size_t rows_of(const struct questions *form, const struct question *question)
{
    const struct question_section *rows =
        questions_find_section(form, question_rows_of(&form->section[question->section]));
    return rows && rows->one.len ? (size_t)(rows - form->section) : form->section_count;
}

static enum st read_rows(struct counting *counting, struct db *db, struct asked_row **ret,
                         size_t *ret_count, struct err *err)
{
    const struct questions *form = counting->form;
    struct asked_row *list = NULL;
    size_t room = 0;
    size_t count = 0;
    int64_t last = 0;
    struct query *query = db_query(db, Q_MEASURE_REFERRAL_ROWS);
    db_bind_int(query, 1, counting->since);
    while (db_next(query)) {
        if (!desk_scope_allows(counting->scope, ACT_MEASURES, db_int(query, 1), db_int(query, 2)))
            continue;
        int64_t referral = db_int(query, 0);
        arena_room(counting->arena, list, count, &room);
        if (referral != last) list[count++] = (struct asked_row){referral, 0, form->section_count};
        last = referral;
        const struct question_section *section =
            db_is_null(query, 3) ? NULL : questions_find_section(form, db_text(query, 3));
        if (!section) continue;
        arena_room(counting->arena, list, count, &room);
        list[count++] =
            (struct asked_row){referral, db_int(query, 4), (size_t)(section - form->section)};
    }
    enum st outcome = db_end(query, err);
    if (count) qsort(list, count, sizeof *list, by_row);
    *ret = list;
    *ret_count = count;
    return outcome;
}

/* Answers of one question and row follow each other, and the last of them counts. */
static enum st count_answers(struct counting *counting, struct db *db, const struct asked_row *rows,
                             size_t count, struct err *err)
{
    struct asked_row now = {0};
    size_t place = counting->form->question_count;
    enum field_state state = FIELD_BLANK;
    struct query *query = db_query(db, Q_MEASURE_REFERRAL_ANSWERS);
    db_bind_int(query, 1, counting->since);
    while (db_next(query)) {
        enum answer_kind kind = ANSWER_NONE;
        size_t question = question_place(counting, db_text(query, 2));
        struct asked_row row = {.referral = db_int(query, 0), .row = db_int(query, 1)};
        if (question == counting->form->question_count || !counting->asked[question]) continue;
        row.section = rows_of(counting->form, &counting->form->question[question]);
        /* taken out again, or not to be seen */
        if (!count || !bsearch(&row, rows, count, sizeof *rows, by_row)) continue;
        if (place < counting->form->question_count &&
            (place != question || by_row(&row, &now) != 0))
            counting->count[place][state]++;
        now = row;
        place = question;
        state =
            answer_kind_from_name(db_text(query, 3), &kind) ? field_state_of(kind) : FIELD_BLANK;
    }
    if (place < counting->form->question_count) counting->count[place][state]++;
    return db_end(query, err);
}

static enum st count_referrals(struct counting *counting, struct err *err)
{
    const struct questions *form = counting->form;
    struct asked_row *rows = NULL;
    size_t count = 0;
    struct db *db = store_read_begin(counting->app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = read_rows(counting, db, &rows, &count, err);
    if (outcome == ST_OK) outcome = count_answers(counting, db, rows, count, err);
    store_read_end(counting->app->store, db);
    int64_t *of = arena_many(counting->arena, form->section_count + 1, int64_t);
    for (size_t i = 0; i < count; i++) of[rows[i].section]++;
    for (size_t q = 0; q < form->question_count; q++)
        counting->of[q] = of[rows_of(form, &form->question[q])];
    return outcome;
}

/* --- children's records ----------------------------------------------------------------------- */

/* A fact of a record that stands, for all that was decided. */
struct fact {
    int64_t id;
    int64_t child; /* the first of the joined records */
    size_t question;
    enum field_state state;
    bool ended;
};

struct facts {
    struct fact *fact; /* in rising order of ids */
    size_t count;
    size_t room;
    int64_t *record; /* the first of each of the joined records that count, in rising order */
    size_t record_count;
    size_t record_room;
};

static int by_id(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static int by_fact(const void *a, const void *b)
{
    const struct fact *left = a;
    const struct fact *right = b;
    return (left->id > right->id) - (left->id < right->id);
}

/* By child and question, and the best that is known of it first. */
static int by_question(const void *a, const void *b)
{
    const struct fact *left = a;
    const struct fact *right = b;
    if (left->child != right->child) return left->child < right->child ? -1 : 1;
    if (left->question != right->question) return left->question < right->question ? -1 : 1;
    return (int)left->state - (int)right->state;
}

static bool record_counts(const struct counting *counting, const struct child_scope *children,
                          int64_t child, int64_t organisation, int64_t *ret_head)
{
    struct record facts;
    struct str name;
    struct str reference;
    if (!child_scope_record(children, child, &facts) ||
        !children_name(children, child, &name, &reference, ret_head))
        return false;
    facts = (struct record){
        .organisation = organisation, .conflict = facts.conflict, .blocked = facts.blocked};
    return access_allows(counting->who, ACT_MEASURES, &facts);
}

static void take_entry(const struct counting *counting, const struct child_entry *entry,
                       int64_t head, struct facts *facts)
{
    enum answer_kind kind = ANSWER_NONE;
    enum child_state state = STATE_STANDING;
    if (entry->kind == ENTRY_SETTLE) {
        struct fact about = {.id = entry->about};
        struct fact *found =
            facts->count ? bsearch(&about, facts->fact, facts->count, sizeof about, by_fact) : NULL;
        if (found && child_state_from_name(entry->text[SETTLE_STATE], &state))
            found->ended = state > STATE_CONFLICTING;
        return;
    }
    size_t question = question_place(counting, entry->text[FACT_KEY]);
    if (question == counting->form->question_count ||
        !answer_kind_from_name(entry->text[FACT_ANSWER], &kind))
        return;
    arena_room(counting->arena, facts->fact, facts->count, &facts->room);
    facts->fact[facts->count++] = (struct fact){
        .id = entry->id, .child = head, .question = question, .state = field_state_of(kind)};
}

/* Joined records are one, begun when the first of them was. */
static enum st read_records(struct counting *counting, struct db *db,
                            const struct child_scope *children, struct facts *facts,
                            struct err *err)
{
    int64_t head = 0;
    struct query *query = db_query(db, Q_MEASURE_RECORDS);
    db_bind_int(query, 1, counting->since);
    while (db_next(query)) {
        int64_t child = db_int(query, 0);
        if (!record_counts(counting, children, child, db_int(query, 1), &head) || head != child)
            continue;
        arena_room(counting->arena, facts->record, facts->record_count, &facts->record_room);
        facts->record[facts->record_count++] = head;
    }
    return db_end(query, err);
}

/* Of the records that count. */
static enum st read_facts(struct counting *counting, struct db *db,
                          const struct child_scope *children, struct facts *facts, struct err *err)
{
    enum { SCRATCH = 8 << 20 };
    struct arena scratch;
    arena_init(&scratch, SCRATCH);
    struct arena_mark mark = arena_mark(&scratch);
    int64_t head = 0;
    struct query *query = db_query(db, Q_MEASURE_RECORD_FACTS);
    db_bind_int(query, 1, counting->since);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && db_next(query)) {
        struct child_entry entry;
        if (!record_counts(counting, children, db_int(query, 1), db_int(query, 12), &head) ||
            !facts->record_count ||
            !bsearch(&head, facts->record, facts->record_count, sizeof head, by_id))
            continue;
        outcome = child_entry_from_row(counting->app, &scratch, query, &entry, err);
        if (outcome == ST_OK) take_entry(counting, &entry, head, facts);
        arena_reset(&scratch, mark);
    }
    outcome = db_end_after(query, outcome, err);
    arena_done(&scratch);
    return outcome;
}

static enum st count_records(struct counting *counting, struct err *err)
{
    const struct questions *form = counting->form;
    struct facts facts = {0};
    struct db *db = store_read_begin(counting->app->store, err);
    if (!db) return ST_FAILED;
    const struct child_scope *children =
        child_scope_of(counting->app, counting->arena, counting->who);
    enum st outcome = read_records(counting, db, children, &facts, err);
    if (outcome == ST_OK) outcome = read_facts(counting, db, children, &facts, err);
    store_read_end(counting->app->store, db);
    size_t standing = 0;
    for (size_t i = 0; i < facts.count; i++)
        if (!facts.fact[i].ended) facts.fact[standing++] = facts.fact[i];
    if (standing) qsort(facts.fact, standing, sizeof *facts.fact, by_question);
    for (size_t i = 0; i < standing; i++) {
        const struct fact *fact = &facts.fact[i];
        bool again = i > 0 && facts.fact[i - 1].child == fact->child &&
                     facts.fact[i - 1].question == fact->question;
        if (!again) counting->count[fact->question][fact->state]++;
    }
    const struct question_section *child = questions_find_section(form, STR("child"));
    int64_t records = (int64_t)facts.record_count;
    for (size_t q = 0; q < form->question_count; q++)
        counting->of[q] = child && &form->section[form->question[q].section] == child ? records : 0;
    return outcome;
}

/* --- the tables ------------------------------------------------------------------------------- */

static void hide(struct field_row *row)
{
    struct small_row cell[FIELD_STATES];
    bool few = small_figure(row->count[FIELD_NOT_KNOWN]) || small_figure(row->count[FIELD_BLANK]);
    row->of_hidden = row->of < SMALL_UNDER;
    for (int state = 0; state < FIELD_STATES; state++) {
        bool goes = row->of_hidden || (few && state != FIELD_GIVEN);
        cell[state] = (struct small_row){{row->count[state]}, goes && row->count[state] > 0};
    }
    small_hide(cell, FIELD_STATES);
    for (int state = 0; state < FIELD_STATES; state++) row->hidden[state] = cell[state].hidden;
}

static bool is_ethnicity(struct str key)
{
    return str_ends(key, STR("-ethnicity"));
}

static void make_table(const struct counting *counting, struct field_table *ret)
{
    const struct questions *form = counting->form;
    ret->row = arena_many(counting->arena, form->question_count + 1, struct field_row);
    ret->count = 0;
    for (int others = 0; others < 2; others++)
        for (size_t q = 0; q < form->question_count; q++) {
            const struct question *question = &form->question[q];
            if (!counting->asked[q] || !counting->of[q] ||
                is_ethnicity(question->key) == (others == 1))
                continue;
            struct field_row *row = &ret->row[ret->count++];
            *row = (struct field_row){.key = question->key,
                                      .part = form->section[question->section].title,
                                      .label = question->label,
                                      .of = counting->of[q]};
            memcpy(row->count, counting->count[q], sizeof row->count);
            row->count[FIELD_BLANK] =
                row->of - row->count[FIELD_GIVEN] - row->count[FIELD_NOT_KNOWN];
            hide(row);
        }
}

enum st completeness_read(struct app *app, struct arena *arena, const struct person *who,
                          struct field_table ret[static FIELD_HOLDERS], struct err *err)
{
    for (int holder = 0; holder < FIELD_HOLDERS; holder++) ret[holder] = (struct field_table){0};
    if (!access_allows(who, ACT_MEASURES, NULL)) return err_missing(err, "page");
    const struct questions *form = app->area ? area_referral(app->area) : NULL;
    if (!form) return ST_OK;
    int32_t first = measure_month(clock_now()) - MEASURE_MONTHS + 1;
    struct counting counting = {
        .app = app,
        .arena = arena,
        .who = who,
        .scope = scope_of(app, arena, who),
        .form = form,
        .since = clock_from_london((struct civil){
            .date = {.year = (int16_t)(first / 12), .month = (int8_t)(first % 12 + 1), .day = 1}}),
        .asked = arena_many(arena, form->question_count, bool)};
    for (size_t q = 0; q < form->question_count; q++)
        counting.asked[q] = form->question[q].type != QUESTION_SIGN &&
                            !form->step[form->question[q].step].only_if.len;
    begin(&counting);
    enum st outcome = count_referrals(&counting, err);
    if (outcome == ST_OK) make_table(&counting, &ret[FIELDS_OF_REFERRALS]);
    begin(&counting);
    if (outcome == ST_OK) outcome = count_records(&counting, err);
    if (outcome == ST_OK) make_table(&counting, &ret[FIELDS_OF_RECORDS]);
    return outcome;
}
