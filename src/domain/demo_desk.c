#include "domain/demo_desk.h"

#include "domain/account.h"
#include "domain/demo.h"
#include "domain/demo_words.h"
#include "domain/desk.h"
#include "domain/questions.h"
#include "domain/referral.h"

#include <stdlib.h>

enum { REFERRALS_MOST = 72, REPORTS_EACH = 4, HOUR = 60, DAY = 24 * 60, REFERRERS = 6 };

struct filling {
    const struct demo_desk *demo;
    struct arena arena;
    struct person referrer[REFERRERS];
    struct person officer[2];
    instant_ms now; /* of the real clock */
    bool other_words; /* the pack has not all of the words below: what does not fit is left out */
};

/* --- who ------------------------------------------------------------------------------------- */

static enum st read_people(struct filling *filling, struct err *err)
{
    struct app *app = filling->demo->app;
    enum st outcome = account_person(app, &filling->arena, STR("practitioner@example.org"),
                                     &filling->referrer[0], err);
    int found = 1;
    for (int i = 0; i < SYNTH_ACCOUNTS && found < REFERRERS && outcome == ST_OK; i++) {
        const struct synth_account *account = &filling->demo->partnership->account[i];
        if (account->role != SYNTH_PRACTITIONER || account->organisation % 2 == 0) continue;
        outcome =
            account_person(app, &filling->arena, account->email, &filling->referrer[found++], err);
    }
    if (outcome == ST_OK)
        outcome = account_person(app, &filling->arena, STR("maru@example.org"),
                                 &filling->officer[0], err);
    if (outcome == ST_OK)
        outcome = account_person(app, &filling->arena, STR("maru-second@example.org"),
                                 &filling->officer[1], err);
    return outcome;
}

/* --- a referral ------------------------------------------------------------------------------- */

static const char *const children[] = {"Tegan Trewhella", "Jowna Nance",       "Kerra Bolitho",
                                       "Massen Carveth",  "Elestren Rosevear", "Branok Tonkin",
                                       "Derwa Penrose",   "Hedrek Angove"};
static const char *const births[] = {"14/3/2012",  "2/9/2010", "about 15",  "30/11/2011",
                                     "March 2013", "7/7/2009", "21/1/2012", "about 14"};
static const char *const reasons[] = {
    "Often late home on Fridays, and collected at the corner by a car that nobody in the family "
    "knows.",
    "Has a second phone, which no parent gave. It rings in lessons and has to be answered at once.",
    "Was away from the placement overnight and came back with new trainers. Does not say where "
    "from.",
    "Has stopped seeing friends of the same age. An older person waits outside on a motorbike.",
    "Somebody older, met online, sends food and credit for the phone. The parents are worried.",
    "Was seen in town in school hours with two adults whom nobody could name.",
};
enum { CHILDREN = sizeof children / sizeof *children, REASONS = sizeof reasons / sizeof *reasons };

static enum st save_row(struct filling *filling, const struct person *who, int64_t id,
                        const char *section, int64_t *version, const char *const keys[],
                        const struct str *values, size_t count, struct err *err)
{
    struct app *app = filling->demo->app;
    struct referral_given given[4];
    struct referral_clash clash[4];
    size_t clashes = 0;
    int64_t row = 0;
    struct referral_head head;
    /* not asked here */
    if (section && !questions_find_section(area_referral(app->area), str_from(section)))
        return ST_OK;
    enum st outcome =
        section ? referral_row_add(app, who, id, str_from(section), &row, err) : ST_OK;
    struct db *db = outcome == ST_OK ? store_read_begin(app->store, err) : NULL;
    if (outcome == ST_OK && !db) outcome = ST_FAILED;
    if (outcome == ST_OK) outcome = referral_load_head(db, &filling->arena, id, &head, err);
    store_read_end(app->store, db);
    if (outcome != ST_OK) return outcome;
    size_t asked = 0;
    for (size_t i = 0; i < count; i++) {
        const struct question *question =
            questions_find(area_referral(app->area), str_from(keys[i]));
        if (question) given[asked++] = (struct referral_given){question, {ANSWER_GIVEN, values[i]}};
    }
    *version = head.version;
    return referral_save(app, who, id, row, head.version, given, asked, clash, &clashes,
                         &filling->arena, version, err);
}

static bool is_whole(struct str value)
{
    return str_find(value, STR("?"), 0) < 0 && str_find(value, STR("*"), 0) < 0;
}

/* Something of a report that was shared, so that the two meet. */
static struct str of_report(struct filling *filling, int32_t number, enum link_field field)
{
    struct synth_report report;
    for (int32_t i = 0; i < 20; i++) {
        synth_report_make(filling->demo->partnership, &filling->arena,
                          (number + i) % filling->demo->reports, &report);
        for (int m = 0; m < report.mention_count; m++)
            if (report.mention[m].field[field].len && is_whole(report.mention[m].field[field]))
                return report.mention[m].field[field];
    }
    return STR("");
}

static enum st send_one(struct filling *filling, int32_t number, const struct person *who,
                        int64_t *ret, struct err *err)
{
    static const char *const child_keys[] = {"child-name", "child-birth", "child-social-worker"};
    static const char *const reason_keys[] = {"concern-reason"};
    static const char *const vehicle_keys[] = {"vehicle-registration"};
    static const char *const phone_keys[] = {"phone-number"};
    struct app *app = filling->demo->app;
    struct str child[] = {str_from(children[number % CHILDREN]),
                          str_from(births[number % CHILDREN]),
                          STR("Ruan Chegwidden, children in care team")};
    size_t told = number % 5 == 4 ? 3 : 2; /* some have a worker of their own */
    struct str reason = str_from(reasons[number % REASONS]);
    struct str vehicle = of_report(filling, number * 37, LINK_REGISTRATION);
    struct str phone = of_report(filling, number * 53 + 11, LINK_NUMBER);
    int64_t version = 0;
    enum st outcome = referral_begin(app, who, demo_place(app->area, number % 9 == 8), ret, err);
    if (outcome == ST_OK)
        outcome =
            save_row(filling, who, *ret, REFERRAL_CHILD, &version, child_keys, child, told, err);
    if (outcome == ST_OK)
        outcome = save_row(filling, who, *ret, NULL, &version, reason_keys, &reason, 1, err);
    if (outcome == ST_OK && vehicle.len && number % 2 == 0)
        outcome = save_row(filling, who, *ret, "vehicle", &version, vehicle_keys, &vehicle, 1, err);
    if (outcome == ST_OK && phone.len && number % 3 == 0)
        outcome = save_row(filling, who, *ret, "phone", &version, phone_keys, &phone, 1, err);
    if (outcome == ST_OK) outcome = referral_send(app, who, *ret, version, err);
    return outcome;
}

/* --- what the desk did ------------------------------------------------------------------------ */

/* One step, so many minutes after the referral was sent. */
struct step {
    int32_t after;
    int8_t officer;
    enum desk_action action;
    struct desk_input input;
};

#define S(after_minutes, officer_number, action_name, ...) \
    {after_minutes, officer_number, DESK_DO_##action_name, {__VA_ARGS__}}
#define C(text_literal) STR_INIT(text_literal)

enum { STEPS_MOST = 12 };
struct story {
    int32_t ago; /* minutes before now */
    int32_t steps;
    struct step step[STEPS_MOST];
};

#define RATED(after, rating)                                                                       \
    S(after, 0, RATE, .choice = C(rating),                                                         \
      .text = C("From what the referral says, and what is known so far."))
#define ASKED(after, org)                                                                          \
    S(after, 0, CHECK, .organisation = org,                                                        \
      .text = C("A young person who comes home late with new things. What do you hold on them, "   \
                "on whom they live with, and on a car that waits outside?"))
#define DECIDED(after, outcome_id)                                                                 \
    S(after, 0, DECIDE, .choice = C(outcome_id),                                                   \
      .text = C("The parents are willing and the school is close by. What is not known is who "    \
                "drives the car."),                                                                \
      .who = C("Lowenna Kitto, team manager"))
#define TOLD(after, words_id) S(after, 0, FEEDBACK, .choice = C(words_id))

/* The newest: one for each state.  Organisations are places in the generated list, from 1. */
static const struct story stories[] = {
    {25, 0, {{0}}},
    {11 * HOUR, 0, {{0}}},
    {3 * HOUR, 2, {RATED(20, "red"), ASKED(30, 1)}},
    {6 * DAY, 0, {{0}}},
    {4 * DAY, 3, {RATED(60, "amber"), ASKED(70, 2), ASKED(75, 1)}},
    {7 * DAY,
     6,
     {RATED(60, "red"), ASKED(65, 3), DECIDED(5 * HOUR, "section-47"),
      TOLD(6 * HOUR, "say-enquiry"),
      S(2 * DAY, 0, MEET, .choice = C("meeting"), .second = C("joint-enquiry"),
        .day = C("yesterday"), .time = C("09:30"),
        .who = C("Police, school, social care, the child’s nurse"),
        .text = C("Police speak with the driver. The school keeps a place open.")),
      S(50 * HOUR, 0, CHECK_ANSWER, .choice = C("held"),
        .text = C("Two calls about the same car since spring."))}},
    {5 * DAY, 2, {RATED(60, "green"), DECIDED(20 * HOUR, "section-17")}},
    {9 * DAY,
     4,
     {RATED(60, "green"), DECIDED(8 * HOUR, "early-help"), TOLD(9 * HOUR, "say-early-help"),
      S(8 * DAY, 0, CLOSE,
        .text = C("The family meets the worker every week, and the school is told."))}},
    {8 * DAY,
     5,
     {RATED(60, "green"),
      S(8 * HOUR, 0, DECIDE, .choice = C("no-action"), .second = C("not-met"),
        .text = C("Nothing was held, and the school sees no change."),
        .who = C("Lowenna Kitto, team manager")),
      TOLD(9 * HOUR, "say-no-action"),
      S(2 * DAY, 0, DISAGREE, .who = C("Designated safeguarding lead of the school"),
        .text = C("The school has seen more than was asked about.")),
      S(7 * DAY, 0, ESCALATE, .text = C("The workers do not agree."))}},
    {2 * DAY,
     4,
     {RATED(60, "amber"), DECIDED(8 * HOUR, "specialist"), TOLD(9 * HOUR, "say-specialist"),
      S(10 * HOUR, 0, TRANSFER, .choice = C("devon"), .who = C("Their duty team"),
        .text = C("The child lives with an aunt there now."))}},
    {20 * DAY,
     6,
     {RATED(60, "blue"), DECIDED(8 * HOUR, "advice"), TOLD(9 * HOUR, "say-advice"),
      S(3 * DAY, 0, CLOSE, .text = C("Advice was given and taken.")),
      S(4 * DAY, 1, SIGN_OFF, .choice = C("yes"),
        .text = C("Outcome, reasons and feedback are there.")),
      S(19 * DAY + 20 * HOUR, 1, REOPEN, .text = C("The car was seen again."))}},
    {30 * HOUR,
     3,
     {RATED(60, "amber"),
      S(70, 0, WORKER, .who = C("Family worker, by telephone"),
        .text = C("Told by telephone, 10:15.")),
      ASKED(80, 4)}},
};
enum { STORIES = sizeof stories / sizeof *stories };

/* A rating by its colour, or else one with partner checks. */
static struct str rating_word(const struct area *area, struct str colour)
{
    size_t count = 0;
    const struct desk_term *terms = area_desk_terms(area, DESK_RATING, &count);
    for (size_t i = 0; i < count; i++)
        if (str_eq(terms[i].colour, colour)) return terms[i].id;
    for (size_t i = 0; i < count; i++)
        if (terms[i].clock) return terms[i].id;
    return terms[0].id;
}

static struct str outcome_word(const struct area *area, struct str wanted, bool with_reason,
                               int32_t turn)
{
    size_t count = 0;
    size_t fits = 0;
    if (area_desk_find(area, DESK_OUTCOME, wanted)) return wanted;
    const struct desk_term *terms = area_desk_terms(area, DESK_OUTCOME, &count);
    for (size_t i = 0; i < count; i++) fits += terms[i].needs_reason == with_reason;
    size_t left = fits ? (size_t)turn % fits : 0;
    for (size_t i = 0; i < count; i++)
        if (terms[i].needs_reason == with_reason && left-- == 0) return terms[i].id;
    return terms[0].id;
}

/* The words of a step as the pack has them. */
static void put_in_words(struct filling *filling, const struct step *step, struct desk_input *input)
{
    static const enum desk_kind none = DESK_KINDS;
    const struct area *area = filling->demo->app->area;
    struct str wanted = input->choice;
    enum desk_kind kind = step->action == DESK_DO_FEEDBACK       ? DESK_FEEDBACK
                          : step->action == DESK_DO_MEET         ? DESK_MEETING
                          : step->action == DESK_DO_CHECK_ANSWER ? DESK_CHECK_ANSWER
                          : step->action == DESK_DO_TRANSFER     ? DESK_BOUNDARY
                                                                 : none;
    int32_t turn = step->after / HOUR;
    if (kind != none) input->choice = demo_desk_word(area, kind, wanted, turn);
    if (step->action == DESK_DO_RATE) input->choice = rating_word(area, wanted);
    if (step->action == DESK_DO_DECIDE) {
        input->choice = outcome_word(area, wanted, input->second.len > 0, turn);
        input->second = demo_desk_word(area, DESK_NO_ACTION, input->second, turn);
    }
    if (step->action == DESK_DO_MEET)
        input->second = demo_desk_word(area, DESK_MEETING_RESULT, input->second, turn);
    filling->other_words |= !str_eq(wanted, input->choice);
}

static enum st do_step(struct filling *filling, int64_t referral, instant_ms sent,
                       const struct step *step, struct err *err)
{
    struct app *app = filling->demo->app;
    const struct person *who = &filling->officer[step->officer];
    struct desk_input input = step->input;
    struct desk_case desk;
    struct desk_check *checks = NULL;
    size_t count = 0;
    const char *field = NULL;
    clock_set(sent + (instant_ms)step->after * 60000 < filling->now
                  ? sent + (instant_ms)step->after * 60000
                  : filling->now);
    enum st outcome = desk_read(app, &filling->arena, who, referral, &desk, err);
    if (outcome == ST_OK && step->action == DESK_DO_CHECK_ANSWER)
        outcome = desk_checks(app, &filling->arena, referral, &checks, &count, err);
    if (outcome != ST_OK) return outcome;
    input.version = desk.version;
    input.added = desk.added_at;
    if (count) input.check = checks[count - 1].id;
    if (input.organisation)
        input.organisation = filling->demo->organisation[input.organisation - 1];
    put_in_words(filling, step, &input);
    struct err said = {0};
    outcome = desk_do(app, who, referral, step->action, &input, &field, &said);
    if (outcome == ST_OK ||
        (filling->other_words && (outcome == ST_CONFLICT || outcome == ST_INVALID)))
        return ST_OK;
    outcome = err_set(err, outcome, "%s", said.public);
    err_detail(err, "%s", said.detail);
    return outcome;
}

static enum st tell_story(struct filling *filling, int32_t number, const struct story *story,
                          struct err *err)
{
    int64_t referral = 0;
    instant_ms sent = filling->now - (instant_ms)story->ago * 60000;
    clock_set(sent);
    enum st outcome =
        send_one(filling, number, &filling->referrer[number % 3 == 0 ? 0 : number % REFERRERS],
                 &referral, err);
    for (int32_t i = 0; i < story->steps && outcome == ST_OK; i++)
        outcome = do_step(filling, referral, sent, &story->step[i], err);
    return outcome;
}

/* One of earlier months, closed but for a few: mostly in time, as it should be. */
static enum st tell_earlier(struct filling *filling, int32_t number, int32_t of, struct err *err)
{
    static const char *const outcomes[][2] = {
        {"early-help", "say-early-help"}, {"section-17", "say-assessment"},
        {"advice", "say-advice"},         {"services", "say-services"},
        {"section-47", "say-enquiry"},    {"specialist", "say-specialist"}};
    static const char *const given[] = {"amber", "green", "red", "green", "blue"};
    int32_t ago = 25 * DAY + (int32_t)((int64_t)(of - number) * 310 * DAY / of);
    struct civil then = clock_london(filling->now - (instant_ms)ago * 60000);
    while (date_weekday(then.date) > 4) then.date = date_from_days(date_to_days(then.date) - 1);
    then.hour = (int8_t)(9 + number % 6);
    instant_ms sent = clock_from_london(then);
    bool enquiry = number % 6 == 4; /* "section-47" */
    const char *rating = enquiry ? "red" : given[number % 5];
    int32_t decided = number % 7 == 5 ? 4 * DAY : 3 * HOUR + number % 4 * 30;
    struct step asked = ASKED(70, 0);
    struct step held =
        S(number % 5 == 3 ? 5 * DAY : 150, 0, CHECK_ANSWER, .choice = C("nothing-held"),
          .text = C("Looked in both systems, back to 2020."));
    struct step steps[] = {
        RATED(40, "green"),
        asked,
        held,
        DECIDED(0, "advice"),
        TOLD(0, "say-advice"),
        S(0, 0, MEET, .choice = C("meeting"), .second = C("joint-enquiry"), .day = C("today"),
          .time = C("09:00"), .who = C("Police, school, social care, the child’s nurse"),
          .text = C("Police speak with the driver. The school keeps a place open.")),
        S(14 * DAY, 0, CONFERENCE, .day = C("today"), .text = C("A plan was made.")),
        S(0, 0, ASSESSED, .day = C("today"), .text = C("The plan was agreed with the family.")),
        S(0, 0, CLOSE, .text = C("What was agreed has been done.")),
        S(0, 1, SIGN_OFF, .choice = C("yes"),
          .text = C("Looked through: outcome, reasons and feedback are there."))};
    enum {
        RATING,
        ASKING,
        ANSWER,
        DECIDING,
        TELLING,
        MEETING,
        CONFERENCE,
        ASSESSED,
        CLOSING,
        SIGNING,
        ALL
    };
    steps[RATING].input.choice = str_from(rating);
    steps[ASKING].input.organisation = 1 + number % 4 * 3;
    steps[DECIDING].after = decided;
    steps[DECIDING].input.choice = str_from(outcomes[number % 6][0]);
    steps[TELLING].after = decided + 60;
    steps[TELLING].input.choice = str_from(outcomes[number % 6][1]);
    steps[MEETING].after = decided + DAY + 2 * HOUR;
    if (number % 12 == 4) {
        steps[CONFERENCE].action = DESK_DO_NO_CONFERENCE;
        steps[CONFERENCE].input.who = STR("Lowenna Kitto, team manager");
        steps[CONFERENCE].input.text =
            STR("The enquiry found that the family keeps the child safe.");
    }
    steps[ASSESSED].after = 18 * DAY;
    steps[CLOSING].after = 19 * DAY;
    steps[SIGNING].after = 20 * DAY;
    int64_t referral = 0;
    clock_set(sent);
    enum st outcome =
        send_one(filling, number, &filling->referrer[number % REFERRERS], &referral, err);
    bool assessed = number % 6 == 1 || enquiry;
    for (int i = 0; i < ALL && outcome == ST_OK; i++) {
        if ((i == ASKING || i == ANSWER) && str_eq(str_from(rating), STR("blue"))) continue;
        if (i == ASSESSED && !assessed) continue;
        if ((i == MEETING || i == CONFERENCE) && !enquiry) continue;
        if (i == TELLING && number % 11 == 10) break; /* nobody told the referrer yet */
        outcome = do_step(filling, referral, sent, &steps[i], err);
    }
    return outcome;
}

enum st demo_desk_fill(const struct demo_desk *demo, struct err *err)
{
    int32_t wanted = demo->reports / REPORTS_EACH;
    if (wanted > REFERRALS_MOST) wanted = REFERRALS_MOST;
    if (wanted < STORIES || !demo->app->area) return ST_OK;
    struct filling filling = {.demo = demo, .now = clock_now()};
    arena_init(&filling.arena, 256 << 20);
    enum st outcome = read_people(&filling, err);
    int32_t earlier = wanted - STORIES;
    struct arena_mark mark = arena_mark(&filling.arena);
    for (int32_t i = 0; i < earlier && outcome == ST_OK; i++) {
        outcome = tell_earlier(&filling, i, earlier, err);
        arena_reset(&filling.arena, mark);
    }
    for (int32_t i = 0; i < STORIES && outcome == ST_OK; i++) {
        outcome = tell_story(&filling, earlier + i, &stories[i], err);
        arena_reset(&filling.arena, mark);
    }
    clock_set(0);
    arena_done(&filling.arena);
    return outcome;
}
