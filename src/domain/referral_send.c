/*
 * Sending a referral: what it names becomes mentions of a submission of its own, in the
 * same transaction in which it becomes sent.
 */
#include "domain/referral_internal.h"

#include "domain/maru.h"
#include "domain/questions_mention.h"
#include "domain/submission.h"
#include "domain/when.h"

#include <stdio.h>

struct building {
    struct arena *arena;
    const struct referral *referral;
    int32_t today;
    struct mention_draft *mention;
    size_t count;
    size_t maximum;
};

struct row_answers {
    const struct referral *referral;
    int64_t row;
};

static struct answer answer_of_row(const void *context, struct str key)
{
    const struct row_answers *of = context;
    return referral_answer_get(of->referral, of->row, key);
}

/* The mentions of one row: one for each thing and kind. */
static void build_row(struct building *building, const struct question_section *section,
                      int64_t row)
{
    struct row_answers of = {building->referral, row};
    building->count =
        questions_mentions(building->arena, building->referral->form, section, answer_of_row, &of,
                           building->today, building->mention, building->count, building->maximum);
}

size_t referral_row_mentions(struct arena *arena, const struct referral *referral,
                             const struct question_section *section, int64_t row,
                             struct mention_draft *ret)
{
    struct building building = {.arena = arena,
                                .referral = referral,
                                .today = clock_today(),
                                .mention = ret,
                                .maximum = MENTIONS_MAX};
    build_row(&building, section, row);
    return building.count;
}

static void build_section(struct building *building, const struct question_section *section)
{
    const struct referral_row *row[QUESTION_ROWS_MAX];
    if (!section->one.len) {
        build_row(building, section, 0);
        return;
    }
    size_t count = referral_rows(building->referral, section->key, row, QUESTION_ROWS_MAX);
    for (size_t i = 0; i < count && i < QUESTION_ROWS_MAX; i++)
        build_row(building, section, row[i]->number);
}

/* All that it names: the pack is refused when that could be more than a submission holds. */
static void build(struct building *building)
{
    const struct questions *form = building->referral->form;
    building->maximum = SUBMISSION_MENTIONS_MAX;
    building->mention = arena_many(building->arena, building->maximum, struct mention_draft);
    for (size_t i = 0; i < form->section_count; i++) build_section(building, &form->section[i]);
}

static enum how_known how_of(const struct referral *referral)
{
    static const struct {
        struct str option;
        enum how_known how;
    } strongest[] = {
        {STR_INIT("saw"), HOW_SAW},
        {STR_INIT("child"), HOW_TOLD},
        {STR_INIT("family"), HOW_TOLD},
        {STR_INIT("professional"), HOW_SECOND_HAND},
        {STR_INIT("second-hand"), HOW_SECOND_HAND},
        {STR_INIT("anonymous"), HOW_ANONYMOUS},
    };
    struct answer answer = referral_answer_get(referral, 0, STR("concern-how-known"));
    for (size_t i = 0; i < sizeof strongest / sizeof strongest[0] && answer.kind == ANSWER_GIVEN;
         i++) {
        struct str rest = answer.value;
        struct str id;
        while (str_split(&rest, ',', &id))
            if (str_eq(id, strongest[i].option)) return strongest[i].how;
    }
    return answer.kind == ANSWER_NONE ? HOW_NOT_SAID : HOW_UNKNOWN;
}

/* The days of the concern, as they were told, when they can be told and are not to come. */
static void set_days(const struct referral *referral, struct date today,
                     struct submission_draft *draft)
{
    struct date_range range;
    const struct referral_answer *found = referral_answer_find(referral, 0, STR("concern-when"));
    if (!found || found->answer.kind != ANSWER_GIVEN) return;
    if (when_parse(found->answer.value, clock_london(found->at).date, &range, NULL) != ST_OK)
        return;
    if (range.from.year < 1950 || date_to_days(range.from) > date_to_days(today)) return;
    draft->seen_from = range.from;
    draft->seen_to = range.to;
}

/* The condition that the area pack has for what referrals name. */
static struct str handling_of(const struct area *area)
{
    size_t count;
    const struct area_handling *list = area_handlings(area, &count);
    for (size_t i = 0; i < count; i++)
        if (list[i].for_referrals) return list[i].code;
    return STR("handling:C.referral"); /* unknown to the pack: its owner's alone */
}

struct sending {
    struct app *app;
    struct arena *arena;
    const struct person *who;
    const struct referral *referral;
    int64_t seen;
};

/* The rows of a referral that becomes sent: each child is one that the referral unit has, and what
 * nothing was said of is none. */
static enum st settle_row(struct db *db, const struct referral *referral,
                          const struct referral_row *row, struct err *err)
{
    bool answered = referral_row_answered(referral, row);
    if (answered && !str_eq(row->section, STR(REFERRAL_CHILD))) return ST_OK;
    if (answered) {
        struct query *query = db_query(db, Q_REFERRAL_CHILD_ADD);
        db_bind_int(query, 1, referral->head.id);
        db_bind_int(query, 2, row->number);
        return db_run(query, err);
    }
    struct query *query = db_query(db, Q_REFERRAL_ROW_REMOVE);
    int64_t removed = 0;
    db_bind_int(query, 1, referral->head.id);
    db_bind_text(query, 2, row->section);
    db_bind_int(query, 3, row->number);
    db_bind_int(query, 4, clock_now());
    return db_one(query, &removed, err);
}

/* In the transaction of its submission. */
static enum st become_sent(void *context, struct db *db, int64_t submission, struct err *err)
{
    const struct sending *sending = context;
    const struct referral *referral = sending->referral;
    struct referral_head head;
    enum st outcome = referral_load_head(db, sending->arena, referral->head.id, &head, err);
    if (outcome != ST_OK) return outcome;
    if (head.state != REFERRAL_DRAFT || head.version != sending->seen)
        return err_set(err, ST_CONFLICT,
                       "This referral was changed on another device. Check it once more.");
    struct query *query = db_query(db, Q_REFERRAL_SEND);
    db_bind_int(query, 1, head.id);
    db_bind_int(query, 2, clock_now());
    db_bind_int(query, 3, submission);
    outcome = db_run(query, err);
    for (size_t i = 0; i < referral->row_count && outcome == ST_OK; i++)
        outcome = settle_row(db, referral, &referral->row[i], err);
    if (outcome == ST_OK)
        outcome = maru_referral_sent(sending->app, db, sending->who, head.id, err);
    if (outcome != ST_OK) return outcome;
    return referral_note(sending->app, db, sending->who, AUDIT_DISCLOSURE, "referral sent", head.id,
                         err);
}

static enum st send(struct sending *sending, struct err *err)
{
    const struct referral *referral = sending->referral;
    struct date today = clock_london(clock_now()).date;
    struct building building = {
        .arena = sending->arena, .referral = referral, .today = date_to_days(today)};
    build(&building);
    struct submission_draft draft = {
        .idempotency_key = str_fmt(sending->arena, "referral %lld", (long long)referral->head.id),
        .narrative = str_fmt(sending->arena,
                             "Referral %.*s. What it says is read there, by whoever may.",
                             STR_ARG(referral->head.reference)),
        .handling = handling_of(sending->app->area),
        .how_known = how_of(referral),
        .mention = building.mention,
        .mention_count = building.count,
        .of_referral = true,
    };
    set_days(referral, today, &draft);
    struct submission_receipt receipt;
    struct submission_also also = {become_sent, sending};
    return submission_share_with(sending->app, sending->who, &draft, &also, &receipt, err);
}

enum st referral_send(struct app *app, const struct person *who, int64_t id, int64_t seen,
                      struct err *err)
{
    struct arena arena;
    struct referral referral;
    arena_init(&arena, 32 << 20);
    enum st outcome =
        referral_allows(app, &arena, who, ACT_REFER, id) ? ST_OK : referral_missing(err);
    if (outcome == ST_OK) {
        struct db *db = store_read_begin(app->store, err);
        outcome = db ? referral_load(app, db, &arena, id, &referral, err) : ST_FAILED;
        store_read_end(app->store, db);
    }
    if (outcome == ST_OK && referral.head.state == REFERRAL_WITHDRAWN)
        outcome = err_set(err, ST_INVALID, "This referral was withdrawn.");
    if (outcome == ST_OK && referral.head.state == REFERRAL_DRAFT) {
        struct sending sending = {app, &arena, who, &referral, seen};
        outcome = !referral.form
                      ? err_set(err, ST_FAILED, "There is no area pack to read the form from.")
                  : referral_says_something(&referral)
                      ? send(&sending, err)
                      : err_set(err, ST_INVALID,
                                "Say what worries you, or something of the child. A few words are "
                                "enough.");
    }
    arena_done(&arena);
    return outcome;
}
