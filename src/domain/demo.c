#include "domain/demo.h"

#include "domain/account.h"
#include "domain/decision.h"
#include "domain/demo_analyst.h"
#include "domain/demo_referral.h"
#include "domain/demo_children.h"
#include "domain/demo_desk.h"
#include "domain/demo_forward.h"
#include "domain/demo_missing.h"
#include "domain/demo_location.h"
#include "domain/demo_words.h"
#include "domain/demo_meeting.h"
#include "domain/demo_pattern.h"
#include "domain/handling.h"
#include "domain/scope.h"
#include "domain/stage.h"
#include "domain/suggestions.h"
#include "synth/partnership.h"

const char demo_password[] = "three words for trying";

const struct demo_sign_in demo_sign_ins[DEMO_SIGN_INS] = {
    {"practitioner@example.org", "Morwenna Tamsin", "practitioner", "Practitioner", 0, false},
    {"representative@example.org", "Piran Locke", "representative", "Forum representative", 0,
     false},
    {"safeguarding@example.org", "Elowen Hext", "safeguarding_lead", "Safeguarding lead", 0, false},
    {"analyst@example.org", "Kerensa Vane", "analyst", "Analyst of all Forums",
     SYNTH_ORGANISATIONS - 1, true},
    {"one-forum@example.org", "Tressa Nance", "analyst", "Analyst of one Forum", 1, false},
    {"coordinator@example.org", "Denzel Rowe", "coordinator", "Forum coordinator", 1, false},
    {"maru@example.org", "Lowenna Kitto", "maru_officer", "Officer of the referral unit",
     SYNTH_ORGANISATIONS - 1, true},
    {"maru-second@example.org", "Jenna Pascoe", "maru_officer",
     "A second officer of the referral unit", SYNTH_ORGANISATIONS - 1, true},
    {"administrator@example.org", "Jowan Reed", "administrator", "Administrator",
     SYNTH_ORGANISATIONS - 1, false},
    {"auditor@example.org", "Loveday Rowe", "auditor", "Auditor", SYNTH_ORGANISATIONS - 1, false},
};

enum { FEW_REPORTS = 10 }; /* with fewer the partnership is for a story of its own */

struct filling {
    struct app *app;
    const struct demo_options *options;
    const struct synth_partnership *partnership;
    int64_t organisation[SYNTH_ORGANISATIONS];
    struct person person[SYNTH_ACCOUNTS];
    struct person analyst;
    struct person officer[2]; /* of the referral unit */
    int32_t *truth;        /* entity by stored mention id */
    int64_t truth_count;
    int32_t last_day;
    struct shared_report {
        int64_t submission;
        instant_ms at; /* when a Forum got it; 0: not yet */
    } *shared;         /* one for each report */
};

/* --- accounts -------------------------------------------------------------------------- */

static enum st add_account(struct db *db, const struct filling *filling, struct str email,
                           struct str name, int organisation, enum role role, struct str hash,
                           struct person *ret, struct err *err)
{
    struct account_new account = {.email = email,
                                  .name = name,
                                  .organisation = filling->organisation[organisation],
                                  .password_hash = hash,
                                  .roles = 1u << role};
    *ret = (struct person){.organisation = account.organisation, .roles = account.roles};
    return account_add(filling->app, db, &account, 0, &ret->account, err);
}

static int32_t how_many_forums(const struct area *area)
{
    size_t count = SYNTH_FORUMS;
    if (area) area_forums(area, &count);
    return (int32_t)count;
}

static enum st add_accounts(struct db *db, struct filling *filling, struct str hash,
                            struct err *err)
{
    static const enum role roles[] = {[SYNTH_PRACTITIONER] = ROLE_practitioner,
                                      [SYNTH_REPRESENTATIVE] = ROLE_representative,
                                      [SYNTH_ANALYST] = ROLE_analyst};
    const struct area *area = filling->app->area;
    int32_t forums = how_many_forums(area);
    enum st outcome = ST_OK;
    for (int i = 0; i < SYNTH_ORGANISATIONS && outcome == ST_OK; i++) {
        const struct synth_organisation *organisation = &filling->partnership->organisation[i];
        outcome = organisation_ensure(
            db, organisation->name, demo_sector(area, organisation->sector, i),
            demo_forum(area, organisation->forum), &filling->organisation[i], err);
    }
    for (int i = 0; i < SYNTH_ACCOUNTS && outcome == ST_OK; i++) {
        const struct synth_account *account = &filling->partnership->account[i];
        outcome = add_account(db, filling, account->email, account->name, account->organisation,
                              roles[account->role], hash, &filling->person[i], err);
    }
    for (int i = 0; i < DEMO_SIGN_INS && outcome == ST_OK; i++) {
        enum role role;
        struct person person;
        if (!role_from_name(str_from(demo_sign_ins[i].role), &role)) abort();
        outcome = add_account(db, filling, str_from(demo_sign_ins[i].email),
                              str_from(demo_sign_ins[i].name), demo_sign_ins[i].organisation, role,
                              hash, &person, err);
        if (role == ROLE_maru_officer) filling->officer[filling->officer[0].account != 0] = person;
        for (int32_t k = 0; demo_sign_ins[i].all_forums && k < forums && outcome == ST_OK; k++)
            outcome = forum_join(filling->app, db, 0, person.account, demo_forum(area, k), err);
        if (role == ROLE_analyst && demo_sign_ins[i].all_forums) filling->analyst = person;
    }
    return outcome;
}

static enum st add_people(struct filling *filling, struct err *err)
{
    char hash[SEAL_PASSWORD_HASH_SIZE];
    enum st outcome = seal_password_hash(str_from(demo_password), hash, err);
    struct db *db;
    if (outcome == ST_OK) outcome = store_write_begin(filling->app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = add_accounts(db, filling, str_from(hash), err);
    if (outcome == ST_OK) {
        struct query *query = db_query(db, Q_FACT_SET);
        db_bind_text(query, 1, STR("synthetic"));
        db_bind_text(query, 2, STR("yes"));
        outcome = db_run(query, err);
    }
    outcome = store_write_end(filling->app->store, db, outcome, err);
    if (outcome == ST_OK) filling->app->synthetic = true;
    return outcome;
}

/* --- reports ------------------------------------------------------------------------------ */

static enum how_known how_of(enum synth_how how)
{
    static const enum how_known hows[] = {[SYNTH_SAW] = HOW_SAW,
                                          [SYNTH_TOLD] = HOW_TOLD,
                                          [SYNTH_SECOND_HAND] = HOW_SECOND_HAND,
                                          [SYNTH_ANONYMOUS] = HOW_ANONYMOUS};
    return hows[how];
}

static struct date day_or_unknown(int32_t day)
{
    return day == LINK_DAY_UNKNOWN ? (struct date){0} : date_from_days(day);
}

/* Where a mention's longest field stands in the narrative, or nowhere. */
static void find_span(struct str narrative, struct mention_draft *mention)
{
    mention->span_start = mention->span_end = -1;
    size_t longest = 2;
    for (int field = 0; field < LINK_FIELDS; field++) {
        struct str value = mention->field[field];
        ptrdiff_t at = value.len > longest ? str_find_nocase(narrative, value, 0) : -1;
        if (at < 0) continue;
        longest = value.len;
        mention->span_start = (int32_t)at;
        mention->span_end = (int32_t)(at + (ptrdiff_t)value.len);
    }
}

/* Most are shared without conditions; a few of each sort are not, so that the rules can
 * be seen at work. */
static struct str handling_of(const struct area *area, int32_t number)
{
    static const struct {
        int32_t every;
        enum handling_rule rule;
    } restricted[] = {{29, HANDLING_FORUM},
                      {31, HANDLING_OWNER},
                      {37, HANDLING_NAMED},
                      {41, HANDLING_MARU_POLICE}};
    for (size_t i = 0; i < sizeof restricted / sizeof *restricted; i++)
        if (number % restricted[i].every == restricted[i].every - 1)
            return demo_handling(area, restricted[i].rule);
    return demo_handling(area, HANDLING_OPEN);
}

/* Their representative names the one whose turn it is. */
static enum st name_organisation(struct filling *filling, const struct person *sender,
                                 int32_t number, int64_t submission, struct err *err)
{
    struct person representative = *sender;
    representative.roles = 1u << ROLE_representative;
    int64_t named = filling->organisation[number % SYNTH_ORGANISATIONS];
    return handling_set(filling->app, &representative, submission,
                        demo_handling(filling->app->area, HANDLING_NAMED), &named, 1, err);
}

/* When its representative shared it on: within three days; 0: not yet. */
static instant_ms shared_at(instant_ms at, int32_t number)
{
    static const instant_ms hour = 3600 * 1000;
    instant_ms shared = at + (2 + number % 70) * hour;
    return shared < clock_now() && number % 97 != 96 ? shared : 0;
}

static enum st add_report(struct filling *filling, struct arena *arena, int32_t number,
                          struct err *err)
{
    struct synth_report report;
    synth_report_make(filling->partnership, arena, number, &report);
    struct mention_draft *mentions =
        arena_many(arena, (size_t)report.mention_count, struct mention_draft);
    for (int i = 0; i < report.mention_count; i++) {
        mentions[i].kind = report.mention[i].kind;
        memcpy(mentions[i].field, report.mention[i].field, sizeof mentions[i].field);
        find_span(report.narrative, &mentions[i]);
    }
    struct submission_draft draft = {
        .idempotency_key = str_fmt(arena, "synthetic-%d", number),
        .narrative = report.narrative,
        .when_text = report.when_text,
        .where_text = report.where_text,
        .seen_from = day_or_unknown(report.seen_from),
        .seen_to = day_or_unknown(report.seen_to),
        .how_known = how_of(report.how_known),
        .mention = mentions,
        .mention_count = (size_t)report.mention_count,
        .handling = handling_of(filling->app->area, number),
    };
    /* Some time in the working day, told apart by the number. */
    instant_ms at = clock_from_london((struct civil){.date = date_from_days(report.day),
                                                     .hour = (int8_t)(8 + number % 9),
                                                     .minute = (int8_t)(number * 7 % 60)});
    struct submission_receipt receipt;
    struct submission_how how = {.created_at = at, .shared_at = shared_at(at, number)};
    enum st outcome = submission_share_how(filling->app, &filling->person[report.account], &draft,
                                           &how, &receipt, err);
    if (outcome != ST_OK) return outcome;
    filling->shared[number] = (struct shared_report){receipt.id, how.shared_at};
    if (number % 37 == 36 &&
        str_eq(draft.handling, demo_handling(filling->app->area, HANDLING_NAMED))) {
        outcome =
            name_organisation(filling, &filling->person[report.account], number, receipt.id, err);
        if (outcome != ST_OK) return outcome;
    }
    int64_t *ids = NULL;
    size_t count = entity_mentions_of(filling->app->entities, arena, receipt.id, &ids);
    for (size_t i = 0; i < count; i++)
        if (ids[i] < filling->truth_count) filling->truth[ids[i]] = report.mention[i].entity;
    return ST_OK;
}

/* --- what came of it ------------------------------------------------------------------- */

/* Of nearly all that a Forum had for longer than seven weeks its sender was told. */
static enum st add_words(const struct filling *filling, struct err *err)
{
    static const char *const reasons[] = {"known-already", "too-little", "not-confirmed",
                                          "with-another-service"};
    static const instant_ms day = 24 * 3600 * 1000;
    instant_ms now = clock_now();
    struct db *db = NULL;
    enum st outcome = filling->app->area ? store_write_begin(filling->app->store, &db, err) : ST_OK;
    if (!db) return outcome;
    for (int32_t i = 0; i < filling->options->reports && outcome == ST_OK; i++) {
        instant_ms at = filling->shared[i].at;
        if (!at || at > now - 49 * day || i % 11 == 10) continue; /* the rest is overdue */
        clock_set(at + (9 + i % 31) * day);
        outcome = stage_act(
            filling->app, db, filling->analyst.account, filling->shared[i].submission,
            i % 3 ? FEEDBACK_NO_ACTION : FEEDBACK_ACTION,
            demo_reason(filling->app->area, AREA_REASON_NO_ACTION, str_from(reasons[i % 4])), err);
    }
    clock_set(0);
    return store_write_end(filling->app->store, db, outcome, err);
}

/* --- decisions ---------------------------------------------------------------------------- */

/* What an analyst has worked through so far: the heaviest pairs, as the truth is. */
static enum st add_decisions(struct filling *filling, struct arena *arena, struct err *err)
{
    enum { LOOKED_AT = 400, EVERY = 3 };
    struct suggestion *list = NULL;
    size_t count = 0;
    int64_t total = 0;
    enum st outcome = suggestions_open(filling->app, arena, &filling->analyst, LOOKED_AT, &list,
                                       &count, &total, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i += EVERY) {
        bool same = filling->truth[list[i].mention] == filling->truth[list[i].other];
        outcome = decision_make(filling->app, &filling->analyst, list[i].mention, list[i].other,
                                same ? VERDICT_SAME : VERDICT_DIFFERENT,
                                same ? STR("The details fit together.")
                                     : STR("The details do not fit: another one."),
                                err);
        /* Decided already through others: an analyst would move on. */
        if (outcome == ST_CONFLICT) outcome = ST_OK;
    }
    return outcome;
}

static enum st add_children(const struct filling *filling, struct err *err)
{
    struct demo_children demo = {.app = filling->app,
                                 .partnership = filling->partnership,
                                 .officer = filling->officer[0],
                                 .second = filling->officer[1],
                                 .worker = "practitioner@example.org"};
    return demo_children_fill(&demo, err);
}

static enum st is_empty(struct app *app, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    int64_t submissions = 0;
    enum st outcome = db_one(db_query(db, Q_SUBMISSION_COUNT), &submissions, err);
    store_read_end(app->store, db);
    if (outcome == ST_OK && submissions > 0)
        outcome = err_set(err, ST_CONFLICT, "The data folder is not empty.");
    return outcome;
}

enum st demo_fill(struct app *app, const struct demo_options *options, struct err *err)
{
    enum st outcome = is_empty(app, err);
    if (outcome != ST_OK) return outcome;
    struct arena arena;
    arena_init(&arena, (size_t)1 << 30);
    struct synth_options synth = {
        .seed = options->seed, .reports = options->reports, .last_day = clock_today() - 1};
    synth.town = demo_towns(&arena, app->area, &synth.town_count);
    struct filling filling = {.app = app,
                              .options = options,
                              .partnership = synth_partnership_new(&arena, &synth)};
    filling.truth_count = (int64_t)options->reports * SYNTH_MENTIONS_MAX + 1;
    filling.shared = arena_many(&arena, (size_t)options->reports, struct shared_report);
    filling.truth = arena_many(&arena, (size_t)filling.truth_count, int32_t);
    outcome = add_people(&filling, err);
    struct arena_mark mark = arena_mark(&arena);
    for (int32_t i = 0; i < options->reports && outcome == ST_OK; i++) {
        outcome = add_report(&filling, &arena, i, err);
        arena_reset(&arena, mark);
        if (options->progress) options->progress(options->context, i + 1);
    }
    if (outcome == ST_OK) outcome = add_words(&filling, err);
    if (outcome == ST_OK) outcome = add_decisions(&filling, &arena, err);
    if (outcome == ST_OK) outcome = add_children(&filling, err);
    if (outcome == ST_OK && options->reports >= FEW_REPORTS)
        outcome = demo_referrals(app, demo_sign_ins[0].email, err);
    struct demo_desk desk = {app, filling.partnership, filling.organisation, options->reports};
    if (outcome == ST_OK) outcome = demo_desk_fill(&desk, err);
    struct demo_missing missing = {app, filling.partnership, filling.officer[0]};
    if (outcome == ST_OK && options->reports >= FEW_REPORTS)
        outcome = demo_missing_fill(&missing, err);
    if (outcome == ST_OK && options->reports >= FEW_REPORTS)
        outcome = demo_analyst_fill(
            &(struct demo_analyst){app, "analyst@example.org", "one-forum@example.org"}, err);
    if (outcome == ST_OK && options->reports >= FEW_REPORTS)
        outcome = demo_locations(app, "analyst@example.org", err);
    if (outcome == ST_OK && options->reports >= FEW_REPORTS)
        outcome = demo_meetings(app, "coordinator@example.org", err);
    struct demo_forward way = {"practitioner@example.org", "representative@example.org",
                               "maru@example.org"};
    if (outcome == ST_OK && options->reports >= FEW_REPORTS)
        outcome = demo_forward_fill(app, &way, err);
    /* The last two are analysts of the county's team. */
    if (outcome == ST_OK && options->reports >= FEW_REPORTS)
        outcome = demo_patterns(app, filling.person, SYNTH_ACCOUNTS - 2, &filling.analyst, err);
    if (outcome == ST_OK && options->reports >= FEW_REPORTS)
        outcome = demo_meetings_renew(app, "coordinator@example.org", err);
    arena_done(&arena);
    return outcome;
}

enum st demo_is_synthetic(struct app *app, bool *ret, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_FACT_READ);
    db_bind_text(query, 1, STR("synthetic"));
    *ret = db_next(query);
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    return outcome;
}
