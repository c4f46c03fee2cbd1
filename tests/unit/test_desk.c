/*
 * The desk from the queue to the second sign-off and back, its clocks at each step, what
 * partners and referrers learn, and what must not be possible.
 */
#include "domain/child_referral.h"
#include "domain/desk_chronology.h"
#include "domain/mail.h"
#include "domain/reminder.h"
#include "domain/desk_measure.h"
#include "domain/grant.h"
#include "domain/scope.h"
#include "domain/submission.h"
#include "web/pages.h"

#include "page_of.h"
#include "partnership.h"

enum {
    TEACHER,
    LEAD,
    REPRESENTATIVE,
    OTHER_REPRESENTATIVE,
    OFFICER,
    SECOND,
    COORDINATOR,
    WORKER,
    AUDITOR,
    PEOPLE
};
static struct person people[PEOPLE];
static char folder[64];
static const struct cast who_is[PEOPLE] = {
    [TEACHER] = {"Perran Hazel", "A School", "education", ROLE_practitioner},
    [LEAD] = {"Jago Juniper", "A School", "education", ROLE_safeguarding_lead},
    [REPRESENTATIVE] = {"Demelza Larch", "Police", "police", ROLE_representative},
    [OTHER_REPRESENTATIVE] = {"Cador Maple", "Hospital", "health", ROLE_representative},
    [OFFICER] = {"Gerren Oak", "Referral Unit", "social-care", ROLE_maru_officer},
    [SECOND] = {"Hedra Poplar", "Referral Unit", "social-care", ROLE_maru_officer},
    [COORDINATOR] = {"Iago Quince", "Referral Unit", "social-care", ROLE_coordinator},
    [WORKER] = {"Jenna Rowan", "Referral Unit", "social-care", ROLE_practitioner},
    [AUDITOR] = {"Kensa Sorrel", "A School", "education", ROLE_auditor},
};

static int set_up(void **state)
{
    (void)state;
    set_clock("2026-05-01 16:50"); /* the Friday before a bank holiday */
    open_partnership(512 << 20, folder);
    add_people(who_is, PEOPLE, people);
    return 0;
}

/* --- helpers -------------------------------------------------------------------------------- */

static void answer(int64_t id, int64_t row, const char *key, const char *value)
{
    struct referral_given given = {questions_find(area_referral(area), str_from(key)),
                                   {ANSWER_GIVEN, str_from(value)}};
    struct referral_clash none;
    size_t clashes = 0;
    int64_t version = 0;
    struct err err = {0};
    assert_non_null(given.question);
    if (referral_save(&app, &people[TEACHER], id, row, version_of(id), &given, 1, &none, &clashes,
                      &arena, &version, &err) != ST_OK)
        fail_msg("%s: %s", key, err.public);
}

/* A referral of one child, sent now. */
static int64_t send_referral(const char *child)
{
    int64_t id = 0;
    int64_t row = 0;
    struct err err = {0};
    if (referral_begin(&app, &people[TEACHER], STR("cornwall"), &id, &err) != ST_OK)
        fail_msg("%s", err.public);
    if (referral_row_add(&app, &people[TEACHER], id, STR(REFERRAL_CHILD), &row, &err) != ST_OK)
        fail_msg("%s", err.public);
    answer(id, row, "child-name", child);
    answer(id, 0, "concern-reason", "Often late home, with a phone that nobody bought.");
    if (referral_send(&app, &people[TEACHER], id, version_of(id), &err) != ST_OK)
        fail_msg("%s", err.public);
    return id;
}

static struct desk_case read_case(int64_t id)
{
    struct desk_case desk;
    struct err err = {0};
    if (desk_read(&app, &arena, &people[OFFICER], id, &desk, &err) != ST_OK)
        fail_msg("%s", err.public);
    return desk;
}

static const char *wrong_field;
static struct err last;

static enum st do_as(int who, int64_t id, enum desk_action action, struct desk_input input)
{
    struct desk_case desk;
    memset(&last, 0, sizeof last);
    wrong_field = NULL;
    if (!input.version && desk_read(&app, &arena, &people[OFFICER], id, &desk, NULL) == ST_OK) {
        input.version = desk.version;
        input.added = desk.added_at;
    }
    return desk_do(&app, &people[who], id, action, &input, &wrong_field, &last);
}

static void done(int who, int64_t id, enum desk_action action, struct desk_input input)
{
    if (do_as(who, id, action, input) != ST_OK)
        fail_msg("%s: %s", desk_action_name(action), last.public);
}

static void refused(int who, int64_t id, enum desk_action action, struct desk_input input,
                    enum st how, const char *field)
{
    enum st outcome = do_as(who, id, action, input);
    if (outcome != how)
        fail_msg("%s: %s (%s)", desk_action_name(action), st_word(outcome), last.public);
    if (field) assert_string_equal(wrong_field, field);
    assert_true(last.public[0]);
}

#define IN(...) ((struct desk_input){__VA_ARGS__})
#define RATE(id_text) IN(.choice = STR(id_text), .text = STR("canaryrating because"))

static int64_t one_check(int64_t id)
{
    struct desk_check *checks = NULL;
    size_t count = 0;
    assert_int_equal(desk_checks(&app, &arena, id, &checks, &count, NULL), ST_OK);
    assert_true(count > 0);
    return checks[count - 1].id;
}

/* From new to decided and told. */
static void decide_and_tell(int64_t id)
{
    done(OFFICER, id, DESK_DO_RATE, RATE("amber"));
    done(OFFICER, id, DESK_DO_DECIDE,
         IN(.choice = STR("early-help"), .text = STR("Help is enough for now."),
            .who = STR("Gerren Oak, manager")));
    done(OFFICER, id, DESK_DO_FEEDBACK, IN(.choice = STR("say-early-help")));
}

/* --- the whole way ---------------------------------------------------------------------------- */

static void a_case_goes_from_the_queue_to_the_second_sign_off(void **state)
{
    (void)state;
    int64_t id = send_referral("Merryn Cedar");
    struct desk_case *list = NULL;
    size_t count = 0;
    assert_int_equal(desk_list(&app, &arena, &people[OFFICER], &list, &count, NULL), ST_OK);
    assert_int_equal(count, 1);
    assert_int_equal(list[0].state, DESK_NEW);
    assert_int_equal(list[0].version, 0);
    /* Friday 16:50 before a bank holiday: to Tuesday 16:50. */
    assert_true(list[0].decision_due == at("2026-05-05 16:50"));
    set_clock("2026-05-05 09:30");
    done(OFFICER, id, DESK_DO_TAKE, IN(0));
    refused(OFFICER, id, DESK_DO_CHECK, IN(.choice = STR("agency-police"), .text = STR("x")),
            ST_INVALID, "choice");
    done(OFFICER, id, DESK_DO_RATE, RATE("green"));
    refused(OFFICER, id, DESK_DO_RATE, RATE("green"), ST_INVALID, "choice");
    refused(OFFICER, id, DESK_DO_RATE, IN(.choice = STR("red")), ST_INVALID, "text");
    done(OFFICER, id, DESK_DO_CHECK,
         IN(.organisation = people[REPRESENTATIVE].organisation,
            .text = STR("canaryquestion of Merryn Cedar")));
    struct desk_case desk = read_case(id);
    assert_true(desk.check_due == at("2026-05-08 09:30"));
    set_clock("2026-05-05 10:00");
    done(OFFICER, id, DESK_DO_RATE, RATE("red"));
    assert_true(read_case(id).check_due == at("2026-05-05 12:00"));
    /* Not yet: no outcome, no feedback, an open check. */
    refused(OFFICER, id, DESK_DO_CLOSE, IN(.text = STR("x")), ST_CONFLICT, NULL);
    done(OFFICER, id, DESK_DO_DECIDE,
         IN(.choice = STR("section-47"), .text = STR("canaryrationale"),
            .who = STR("Hedra Poplar, manager")));
    desk = read_case(id);
    assert_true(desk.first_decided_at == at("2026-05-05 10:00"));
    assert_true(desk.feedback_due == at("2026-05-06 10:00"));
    assert_true(desk.assessment_due == area_clock_due(area, CLOCK_ASSESSMENT, desk.sent_at));
    refused(OFFICER, id, DESK_DO_CLOSE, IN(.text = STR("x")), ST_CONFLICT, NULL);
    done(OFFICER, id, DESK_DO_FEEDBACK,
         IN(.choice = STR("say-enquiry"), .text = STR("canaryfeedback")));
    refused(OFFICER, id, DESK_DO_CLOSE, IN(.text = STR("x")), ST_CONFLICT, NULL);
    /* The partner answers: first not yet, then all. */
    int64_t check = one_check(id);
    const char *field = NULL;
    struct desk_input later = IN(.choice = STR("more-time"), .text = STR("We ask a colleague."));
    struct desk_input held = IN(.choice = STR("held"), .text = STR("canaryanswer"));
    assert_int_equal(check_answer(&app, &people[REPRESENTATIVE], check, &later, &field, &last),
                     ST_OK);
    assert_int_equal(read_case(id).checks_open, 1);
    assert_int_equal(check_answer(&app, &people[REPRESENTATIVE], check, &held, &field, &last),
                     ST_OK);
    assert_int_equal(check_answer(&app, &people[REPRESENTATIVE], check, &held, &field, &last),
                     ST_CONFLICT);
    assert_int_equal(read_case(id).checks_open, 0);
    /* A strategy meeting starts the clock of the conference. */
    done(OFFICER, id, DESK_DO_MEET,
         IN(.choice = STR("meeting"), .second = STR("joint-enquiry"), .who = STR("canarywho"),
            .text = STR("canaryagreed"), .day = STR("5/5/2026"), .time = STR("09:45")));
    assert_true(read_case(id).conference_due == at("2026-05-27 17:00"));
    refused(OFFICER, id, DESK_DO_CLOSE, IN(.text = STR("x")), ST_CONFLICT, NULL);
    set_clock("2026-05-20 11:00");
    refused(OFFICER, id, DESK_DO_CONFERENCE, IN(.day = STR("45/5/2026"), .text = STR("A plan.")),
            ST_INVALID, "day");
    refused(OFFICER, id, DESK_DO_CONFERENCE, IN(.day = STR(""), .text = STR("A plan.")), ST_INVALID,
            "day");
    refused(OFFICER, id, DESK_DO_CONFERENCE, IN(.day = STR("20/5/2026"), .text = STR(" ")),
            ST_INVALID, "text");
    done(OFFICER, id, DESK_DO_CONFERENCE, IN(.day = STR("20/5/2026"), .text = STR("A plan.")));
    done(OFFICER, id, DESK_DO_ASSESSED, IN(.day = STR("yesterday"), .text = STR("Done.")));
    refused(OFFICER, id, DESK_DO_CLOSE, IN(.text = STR(" ")), ST_INVALID, "text");
    done(OFFICER, id, DESK_DO_CLOSE, IN(.text = STR("A plan stands.")));
    /* Not by the same person, and nothing else meanwhile. */
    refused(OFFICER, id, DESK_DO_SIGN_OFF, IN(.choice = STR("yes"), .text = STR("x")), ST_CONFLICT,
            NULL);
    refused(OFFICER, id, DESK_DO_RATE, RATE("blue"), ST_CONFLICT, NULL);
    done(SECOND, id, DESK_DO_SIGN_OFF,
         IN(.choice = STR("no"), .text = STR("Who tells the school?")));
    assert_int_equal(read_case(id).state, DESK_DECIDED);
    done(OFFICER, id, DESK_DO_CLOSE, IN(.text = STR("The school was told.")));
    done(SECOND, id, DESK_DO_SIGN_OFF, IN(.choice = STR("yes"), .text = STR("Looked through.")));
    assert_int_equal(read_case(id).state, DESK_CLOSED);
    refused(OFFICER, id, DESK_DO_DECIDE, IN(.choice = STR("advice")), ST_CONFLICT, NULL);
    /* And open again. */
    set_clock("2026-06-01 17:01");
    refused(SECOND, id, DESK_DO_REOPEN, IN(0), ST_INVALID, "text");
    done(SECOND, id, DESK_DO_REOPEN, IN(.text = STR("The child was seen there again.")));
    desk = read_case(id);
    assert_int_equal(desk.state, DESK_OPEN);
    assert_int_equal(desk.reopened, 1);
    assert_true(desk.decision_due == at("2026-06-02 17:00"));
    assert_true(desk.first_decided_at == at("2026-05-05 10:00"));
    assert_int_equal(desk.feedback_at, 0);
    struct desk_event *events = NULL;
    assert_int_equal(desk_events(&app, &arena, id, &events, &count, NULL), ST_OK);
    assert_int_equal(count, 16);
    for (size_t i = 0; i < count; i++)
        assert_false(str_eq(desk_event_label(events[i].kind), events[i].kind));
}

/* --- what is refused -------------------------------------------------------------------------- */

/* --- an enquiry and its conference ------------------------------------------------------------ */

#define MEET(kind, result, day_text, time_text)                                                    \
    IN(.choice = STR(kind), .second = STR(result), .who = STR("MARU, police"),                     \
       .text = STR("Who does what."), .day = STR(day_text), .time = STR(time_text))
#define NONE(day_text)                                                                             \
    IN(.day = STR(day_text), .text = STR("The enquiry found no harm."),                            \
       .who = STR("G. Oak, manager"))

static struct desk_clock conference_clock(int64_t id)
{
    struct desk_case desk = read_case(id);
    struct desk_clock clocks[DESK_CLOCKS_MAX];
    size_t count = desk_clocks(area, &desk, NULL, 0, clocks);
    for (size_t i = 0; i < count; i++)
        if (str_eq(clocks[i].id, STR(CLOCK_CONFERENCE))) return clocks[i];
    return (struct desk_clock){0};
}

static void an_enquiry_may_end_without_a_conference(void **state)
{
    (void)state;
    int64_t id = send_referral("Merryn Cedar");
    set_clock("2026-05-05 10:00");
    decide_and_tell(id);
    refused(OFFICER, id, DESK_DO_NO_CONFERENCE, NONE("today"), ST_CONFLICT, NULL);
    done(OFFICER, id, DESK_DO_MEET, MEET("meeting", "joint-enquiry", "5/5/2026", "09:45"));
    set_clock("2026-05-12 10:00");
    done(OFFICER, id, DESK_DO_MEET, MEET("review", "no-enquiry", "12/5/2026", "09:00"));
    struct desk_clock clock = conference_clock(id);
    assert_true(desk_clock_runs(&clock));
    refused(OFFICER, id, DESK_DO_CLOSE, IN(.text = STR("x")), ST_CONFLICT, NULL);
    refused(OFFICER, id, DESK_DO_NO_CONFERENCE, IN(.day = STR("today"), .text = STR("x")),
            ST_INVALID, "who");
    refused(OFFICER, id, DESK_DO_NO_CONFERENCE, IN(.day = STR("today"), .who = STR("x")),
            ST_INVALID, "text");
    refused(OFFICER, id, DESK_DO_NO_CONFERENCE, NONE("4/5/2026"), ST_INVALID, "day");
    done(OFFICER, id, DESK_DO_NO_CONFERENCE, NONE("12/5/2026"));
    /* It ended, and nobody says that one was held. */
    struct desk_case desk = read_case(id);
    clock = conference_clock(id);
    assert_int_equal(desk.conference_at, 0);
    assert_true(clock.not_needed && clock.ended && !desk_clock_runs(&clock) &&
                !desk_clock_late(&clock, clock_now()));
    refused(OFFICER, id, DESK_DO_CONFERENCE, IN(.day = STR("today"), .text = STR("x")), ST_CONFLICT,
            NULL);
    struct desk_event *events = NULL;
    size_t count = 0;
    assert_int_equal(desk_events(&app, &arena, id, &events, &count, NULL), ST_OK);
    assert_true(str_eq(events[count - 1].kind, STR("no-conference")));
    assert_true(str_eq(events[count - 1].who, STR("G. Oak, manager")));
    done(OFFICER, id, DESK_DO_CLOSE, IN(.text = STR("Help has begun.")));
    done(SECOND, id, DESK_DO_SIGN_OFF, IN(.choice = STR("no"), .text = STR("Something new came.")));
    /* Another enquiry, and with it another conference. */
    set_clock("2026-05-13 10:00");
    done(OFFICER, id, DESK_DO_MEET, MEET("meeting", "single-enquiry", "13/5/2026", "09:00"));
    clock = conference_clock(id);
    assert_true(desk_clock_runs(&clock) && !clock.not_needed);
    assert_true(clock.due == at("2026-06-04 17:00"));
}

static void the_discussion_that_began_the_enquiry_counts(void **state)
{
    (void)state;
    int64_t id = send_referral("Merryn Cedar");
    set_clock("2026-05-05 10:00");
    decide_and_tell(id);
    done(OFFICER, id, DESK_DO_MEET, MEET("meeting", "joint-enquiry", "5/5/2026", "09:45"));
    assert_true(conference_clock(id).due == at("2026-05-27 17:00"));
    set_clock("2026-05-20 10:00");
    done(OFFICER, id, DESK_DO_MEET, MEET("review", "joint-enquiry", "20/5/2026", "09:00"));
    assert_true(conference_clock(id).due == at("2026-05-27 17:00"));
    /* One that was earlier, and is written down late, began it. */
    done(OFFICER, id, DESK_DO_MEET, MEET("discussion", "joint-enquiry", "2/5/2026", "12:00"));
    assert_true(conference_clock(id).due == at("2026-05-26 17:00"));
    refused(OFFICER, id, DESK_DO_CONFERENCE, IN(.day = STR("1/1/2026"), .text = STR("A plan.")),
            ST_INVALID, "day");
    assert_non_null(
        strstr(last.public, "before the discussion that began the enquiry, on 2 May 2026"));
    done(OFFICER, id, DESK_DO_CONFERENCE, IN(.day = STR("2/5/2026"), .text = STR("A plan.")));
    assert_int_equal(conference_clock(id).not_needed, 0);
    /* A meeting within it that is written down later begins no other. */
    set_clock("2026-05-21 10:00");
    done(OFFICER, id, DESK_DO_MEET, MEET("review", "joint-enquiry", "1/5/2026", "12:00"));
    assert_true(conference_clock(id).ended != 0);
}

#define DECIDE(outcome)                                                                            \
    IN(.choice = STR(outcome), .second = STR("not-met"), .text = STR("What is known."),            \
       .who = STR("G. Oak, manager"))
#define LESSER(outcome, of)                                                                        \
    IN(.choice = STR(outcome), .second = STR("not-met"), .text = STR("What is known."),            \
       .who = STR("G. Oak, manager"), .lesser = STR(of), .why = STR("It was another child."))
#define MEETING_DAY(event, day_text, time_text)                                                    \
    IN(.choice = str_fmt(&arena, "%lld", (long long)(event)), .text = STR("A slip of the pen."),   \
       .day = STR(day_text), .time = STR(time_text))

/* What stands in the way of closing, in words; empty: nothing. */
static const char *stands_in_the_way(int64_t id)
{
    static struct err err;
    struct desk_case desk = read_case(id);
    memset(&err, 0, sizeof err);
    return desk_can(area, &desk, &people[OFFICER], DESK_DO_CLOSE, &err) == ST_OK ? "" : err.public;
}

static void an_enquiry_closes_with_its_meeting_and_conference(void **state)
{
    (void)state;
    int64_t id = send_referral("Merryn Cedar");
    set_clock("2026-05-05 10:00");
    done(OFFICER, id, DESK_DO_DECIDE, DECIDE("section-47"));
    done(OFFICER, id, DESK_DO_FEEDBACK, IN(.choice = STR("say-enquiry")));
    done(OFFICER, id, DESK_DO_ASSESSED, IN(.day = STR("today"), .text = STR("Done.")));
    assert_non_null(strstr(stands_in_the_way(id), "no strategy discussion or meeting"));
    refused(OFFICER, id, DESK_DO_CLOSE, IN(.text = STR("x")), ST_CONFLICT, NULL);
    /* One that came to nothing yet is not enough. */
    done(OFFICER, id, DESK_DO_MEET, MEET("discussion", "meet-again", "5/5/2026", "09:00"));
    assert_non_null(strstr(stands_in_the_way(id), "no strategy discussion or meeting"));
    done(OFFICER, id, DESK_DO_MEET, MEET("meeting", "single-enquiry", "5/5/2026", "09:30"));
    assert_non_null(strstr(stands_in_the_way(id), "not rated"));
    done(OFFICER, id, DESK_DO_RATE, RATE("red"));
    assert_non_null(strstr(stands_in_the_way(id), "conference is still to be held"));
    done(OFFICER, id, DESK_DO_NO_CONFERENCE, NONE("5/5/2026"));
    /* A review after that says nothing against what was. */
    done(OFFICER, id, DESK_DO_MEET, MEET("review", "no-enquiry", "5/5/2026", "09:50"));
    done(OFFICER, id, DESK_DO_CLOSE, IN(.text = STR("Safe now.")));
    done(SECOND, id, DESK_DO_SIGN_OFF, IN(.choice = STR("yes"), .text = STR("Looked through.")));
    /* Opened again, the meetings of before are not those of a new enquiry. */
    done(OFFICER, id, DESK_DO_REOPEN, IN(.text = STR("Seen again.")));
    done(OFFICER, id, DESK_DO_DECIDE, DECIDE("section-47"));
    assert_non_null(strstr(stands_in_the_way(id), "no strategy discussion or meeting"));
    /* What another area has accepted is held there. */
    done(OFFICER, id, DESK_DO_TRANSFER,
         IN(.choice = STR("devon"), .who = STR("Their team"), .text = STR("The child moved.")));
    done(OFFICER, id, DESK_DO_TRANSFER_ANSWER,
         IN(.choice = STR("yes"), .who = STR("Their manager"), .text = STR("Accepted.")));
    assert_null(strstr(stands_in_the_way(id), "strategy"));
}

static void decision_and_meeting_have_to_agree(void **state)
{
    (void)state;
    int64_t id = send_referral("Merryn Cedar");
    struct err err;
    set_clock("2026-05-05 10:00");
    done(OFFICER, id, DESK_DO_RATE, RATE("amber"));
    done(OFFICER, id, DESK_DO_MEET, MEET("meeting", "joint-enquiry", "5/5/2026", "09:00"));
    done(OFFICER, id, DESK_DO_DECIDE, DECIDE("no-action"));
    done(OFFICER, id, DESK_DO_FEEDBACK, IN(.choice = STR("say-no-action")));
    struct desk_case desk = read_case(id);
    assert_int_equal(desk_contradiction(area, &desk, &err), ST_CONFLICT);
    assert_non_null(strstr(err.public,
                           "“No further action” is decided, but the last strategy "
                           "meeting ended in “Section 47 enquiry, police and social care"));
    assert_string_equal(stands_in_the_way(id), err.public);
    /* Nor does the end of the enquiry mend it: what was decided before did not know of that. */
    set_clock("2026-05-12 10:00");
    done(OFFICER, id, DESK_DO_NO_CONFERENCE, NONE("12/5/2026"));
    desk = read_case(id);
    assert_int_equal(desk_contradiction(area, &desk, &err), ST_CONFLICT);
    done(OFFICER, id, DESK_DO_DECIDE, DECIDE("early-help"));
    desk = read_case(id);
    assert_int_equal(desk_contradiction(area, &desk, &err), ST_OK);
    /* The other way round. */
    id = send_referral("Jory Cedar");
    done(OFFICER, id, DESK_DO_DECIDE, DECIDE("section-47"));
    done(OFFICER, id, DESK_DO_MEET, MEET("review", "no-enquiry", "12/5/2026", "09:00"));
    desk = read_case(id);
    assert_int_equal(desk_contradiction(area, &desk, &err), ST_CONFLICT);
    done(OFFICER, id, DESK_DO_DECIDE, LESSER("advice", "section-47"));
    desk = read_case(id);
    assert_int_equal(desk_contradiction(area, &desk, &err), ST_OK);
    /* Protection at once and an enquiry go together. */
    done(OFFICER, id, DESK_DO_DECIDE, DECIDE("immediate-protection"));
    done(OFFICER, id, DESK_DO_MEET, MEET("review", "joint-enquiry", "12/5/2026", "09:30"));
    desk = read_case(id);
    assert_int_equal(desk_contradiction(area, &desk, &err), ST_OK);
}

static void a_wrong_day_of_a_meeting_is_set_right(void **state)
{
    (void)state;
    set_clock("2026-05-05 09:00");
    int64_t id = send_referral("Merryn Cedar");
    set_clock("2026-05-20 10:00");
    decide_and_tell(id);
    refused(OFFICER, id, DESK_DO_MEETING_DAY, MEETING_DAY(1, "today", "09:00"), ST_CONFLICT, NULL);
    refused(OFFICER, id, DESK_DO_MEET, MEET("meeting", "joint-enquiry", "4/5/2026", "16:00"),
            ST_INVALID, "day");
    assert_non_null(strstr(last.public, "before the referral came, on 5 May 2026"));
    refused(OFFICER, id, DESK_DO_MEET, MEET("meeting", "joint-enquiry", "21/5/2026", "09:00"),
            ST_INVALID, "day");
    /* On the day of the referral it may have been, also before that was sent. */
    done(OFFICER, id, DESK_DO_MEET, MEET("meeting", "joint-enquiry", "5/5/2026", "08:00"));
    instant_ms wrong_due = read_case(id).conference_due;
    int64_t meeting = read_case(id).meeting[0].event;
    refused(OFFICER, id, DESK_DO_MEETING_DAY, MEETING_DAY(meeting + 99, "today", "09:00"),
            ST_INVALID, "choice");
    refused(OFFICER, id, DESK_DO_MEETING_DAY, MEETING_DAY(meeting, "4/5/2026", "09:00"), ST_INVALID,
            "day");
    refused(OFFICER, id, DESK_DO_MEETING_DAY, MEETING_DAY(meeting, "21/5/2026", "09:00"),
            ST_INVALID, "day");
    refused(OFFICER, id, DESK_DO_MEETING_DAY, MEETING_DAY(meeting, "5/5/2026", "08:00"), ST_INVALID,
            "day");
    done(SECOND, id, DESK_DO_MEETING_DAY, MEETING_DAY(meeting, "15/5/2026", "08:30"));
    struct desk_case desk = read_case(id);
    assert_true(desk.conference_from == at("2026-05-15 08:30"));
    assert_true(desk.conference_due ==
                area_clock_due(area, CLOCK_CONFERENCE, desk.conference_from));
    assert_true(desk.conference_due > wrong_due);
    /* The former day stays, and who set it right. */
    struct desk_moment *moment = NULL;
    size_t count = 0;
    assert_int_equal(desk_moments_since(&app, &arena, id, meeting - 1, &moment, &count, NULL),
                     ST_OK);
    assert_int_equal(count, 2);
    assert_true(str_eq(moment[0].title, STR("Day of a meeting corrected: Strategy meeting")));
    assert_true(str_eq(moment[0].by, STR("Hedra Poplar")));
    assert_true(str_find(moment[0].note, STR("15 May 2026"), 0) > 0 &&
                str_find(moment[0].note, STR("not on"), 0) > 0 &&
                str_find(moment[0].note, STR("5 May 2026"),
                         (size_t)str_find(moment[0].note, STR("not on"), 0)) > 0);
    assert_true(str_find(moment[1].note, STR("5 May 2026"), 0) > 0);
    /* And once more, the other way; a second meeting within the enquiry moves nothing. */
    done(OFFICER, id, DESK_DO_MEET, MEET("review", "joint-enquiry", "18/5/2026", "09:00"));
    done(OFFICER, id, DESK_DO_MEETING_DAY, MEETING_DAY(meeting, "14/5/2026", "08:30"));
    assert_true(read_case(id).conference_from == at("2026-05-14 08:30"));
    done(OFFICER, id, DESK_DO_MEETING_DAY,
         MEETING_DAY(read_case(id).meeting[1].event, "19/5/2026", "08:30"));
    assert_true(read_case(id).conference_from == at("2026-05-14 08:30"));
    /* It does not come after the conference that followed from it. */
    done(OFFICER, id, DESK_DO_CONFERENCE, IN(.day = STR("17/5/2026"), .text = STR("A plan.")));
    refused(OFFICER, id, DESK_DO_MEETING_DAY, MEETING_DAY(meeting, "18/5/2026", "09:00"),
            ST_INVALID, "day");
    assert_non_null(strstr(last.public, "17 May 2026"));
    assert_true(read_case(id).conference_from == at("2026-05-14 08:30"));
    assert_true(read_case(id).conference_at != 0);
}

static void a_call_may_have_its_discussion_before_it_is_in_writing(void **state)
{
    (void)state;
    int64_t id = 0;
    struct err err = {0};
    assert_int_equal(referral_begin(&app, &people[TEACHER], STR("cornwall"), &id, &err), ST_OK);
    answer(id, 0, "telephoned", "yes");
    answer(id, 0, "telephoned-day", "today");
    answer(id, 0, "telephoned-time", "16:30");
    answer(id, 0, "concern-reason", "She gets lifts from a man.");
    set_clock("2026-05-03 09:00");
    assert_int_equal(referral_send(&app, &people[TEACHER], id, version_of(id), &err), ST_OK);
    refused(OFFICER, id, DESK_DO_MEET, MEET("discussion", "no-enquiry", "30/4/2026", "12:00"),
            ST_INVALID, "day");
    done(OFFICER, id, DESK_DO_MEET, MEET("discussion", "no-enquiry", "1/5/2026", "16:45"));
}

/* --- somebody was first --------------------------------------------------------------------- */

static void a_decision_is_not_undone_by_a_second_press(void **state)
{
    (void)state;
    int64_t id = send_referral("Merryn Cedar");
    done(OFFICER, id, DESK_DO_RATE, RATE("amber"));
    struct desk_case opened = read_case(id); /* the second has the form before them */
    done(OFFICER, id, DESK_DO_DECIDE, DECIDE("section-47"));
    done(OFFICER, id, DESK_DO_NOTE, IN(.text = STR("The police were rung.")));
    struct desk_input press = DECIDE("no-action");
    press.version = opened.version;
    refused(SECOND, id, DESK_DO_DECIDE, press, ST_CONFLICT, NULL);
    /* What was done since: what, who, in which words, newest first. */
    struct desk_moment *moment = NULL;
    size_t count = 0;
    assert_int_equal(desk_moments_since(&app, &arena, id, opened.last_event, &moment, &count, NULL),
                     ST_OK);
    assert_int_equal(count, 2);
    assert_true(str_eq(moment[0].title, STR("Note")));
    assert_true(str_eq(moment[1].title, STR("Decided: Section 47 enquiry")));
    assert_true(str_eq(moment[1].by, STR("Gerren Oak")));
    assert_true(str_find(moment[1].words, STR("What is known."), 0) > 0);
    /* Pressed again, with the case as it stands. */
    instant_ms due = read_case(id).assessment_due;
    assert_true(due != 0);
    refused(SECOND, id, DESK_DO_DECIDE, DECIDE("no-action"), ST_INVALID, "lesser");
    refused(SECOND, id, DESK_DO_DECIDE, LESSER("no-action", "section-17"), ST_INVALID, "lesser");
    press = LESSER("no-action", "section-47");
    press.why = STR(" ");
    refused(SECOND, id, DESK_DO_DECIDE, press, ST_INVALID, "why");
    assert_true(str_eq(read_case(id).outcome, STR("section-47")));
    assert_true(read_case(id).assessment_due == due);
    done(SECOND, id, DESK_DO_DECIDE, LESSER("no-action", "section-47"));
    assert_true(str_eq(read_case(id).outcome, STR("no-action")));
    assert_int_equal(read_case(id).assessment_due, 0);
    assert_int_equal(desk_moments_since(&app, &arena, id, opened.last_event, &moment, &count, NULL),
                     ST_OK);
    assert_true(str_eq(moment[1].title, STR("Less than was decided before: Section 47 enquiry")));
    assert_true(str_eq(moment[1].words, STR("It was another child.")));
    assert_true(str_starts(moment[0].title, STR("Decided: No further action: What is known")));
}

static struct desk_clock decision_clock(int64_t id)
{
    struct desk_clock clocks[DESK_CLOCKS_MAX];
    struct desk_case desk = read_case(id);
    size_t count = desk_clocks(area, &desk, NULL, 0, clocks);
    for (size_t i = 0; i < count; i++)
        if (str_eq(clocks[i].id, STR(CLOCK_DECISION))) return clocks[i];
    fail();
    return (struct desk_clock){0};
}

/* It says when it was decided first, and not that what was decided anew later came too late. */
static void a_decision_made_anew_ends_its_clock_once(void **state)
{
    (void)state;
    struct desk_input decision = IN(.choice = STR("early-help"), .text = STR("Help is enough."),
                                    .who = STR("Gerren Oak, manager"));
    int64_t id = send_referral("Merryn Cedar");
    decide_and_tell(id);
    instant_ms decided = read_case(id).decided_at;
    set_clock("2026-05-20 10:00");
    done(OFFICER, id, DESK_DO_DECIDE, decision);
    assert_true(read_case(id).decided_at > decided);
    assert_int_equal(decision_clock(id).ended, decided);
    struct desk_clock clock = decision_clock(id);
    assert_false(desk_clock_late(&clock, clock_now()));
    /* Opened again it has a clock of its own. */
    done(OFFICER, id, DESK_DO_FEEDBACK, IN(.choice = STR("say-early-help")));
    done(OFFICER, id, DESK_DO_CLOSE, IN(.text = STR("Help has begun.")));
    done(SECOND, id, DESK_DO_SIGN_OFF, IN(.choice = STR("yes"), .text = STR("I agree.")));
    set_clock("2026-06-01 10:00");
    done(OFFICER, id, DESK_DO_REOPEN, IN(.text = STR("Late home again.")));
    clock = decision_clock(id);
    assert_true(desk_clock_runs(&clock));
    set_clock("2026-06-01 11:00");
    done(OFFICER, id, DESK_DO_DECIDE, decision);
    instant_ms again = read_case(id).decided_at;
    set_clock("2026-06-09 11:00");
    done(OFFICER, id, DESK_DO_DECIDE, decision);
    assert_int_equal(decision_clock(id).ended, again);
}

static void what_is_less_than_a_decision_is_said_twice(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        const char *to;
        bool less;
    } steps[] = {
        {"section-47", "section-17", true},
        {"section-47", "immediate-protection", false},
        {"immediate-protection", "section-47", false},
        {"immediate-protection", "section-17", true},
        {"section-47", "section-47", false},
        {"section-17", "section-47", false},
        {"section-17", "early-help", true},
        {"specialist", "no-action", false},
        {"", "no-action", false},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct desk_case desk = {.outcome = str_from(steps[i].from)};
        const struct desk_term *to = area_desk_find(area, DESK_OUTCOME, str_from(steps[i].to));
        if (desk_steps_down(area, &desk, to) != steps[i].less)
            fail_msg("%s to %s", steps[i].from, steps[i].to);
    }
}

static void no_assessment_is_finished_before_the_referral(void **state)
{
    (void)state;
    int64_t id = send_referral("Merryn Cedar"); /* on 1 May */
    set_clock("2026-05-05 10:00");
    done(OFFICER, id, DESK_DO_DECIDE,
         IN(.choice = STR("section-17"), .text = STR("To be looked into."),
            .who = STR("G. Oak, manager")));
    refused(OFFICER, id, DESK_DO_ASSESSED, IN(.day = STR("30/4/2026"), .text = STR("Done.")),
            ST_INVALID, "day");
    assert_non_null(strstr(last.public, "before the referral came, on 1 May 2026"));
    done(OFFICER, id, DESK_DO_ASSESSED, IN(.day = STR("1/5/2026"), .text = STR("Done.")));
}

static const struct {
    enum desk_action action;
    const char *choice;
    const char *second;
    const char *text;
    const char *who;
    const char *day;
    const char *time;
    const char *field;
} wrong[] = {
    {DESK_DO_RATE, "violet", "", "x", "", "", "", "choice"},
    {DESK_DO_RATE, "", "", "x", "", "", "", "choice"},
    {DESK_DO_RATE, "red", "", "   ", "", "", "", "text"},
    {DESK_DO_CHECK, "agency-circus", "", "x", "", "", "", "choice"},
    {DESK_DO_CHECK, "agency-police", "", "", "", "", "", "text"},
    {DESK_DO_DECIDE, "", "", "x", "y", "", "", "choice"},
    {DESK_DO_DECIDE, "no-action", "", "x", "y", "", "", "second"},
    {DESK_DO_DECIDE, "no-action", "violet", "x", "y", "", "", "second"},
    {DESK_DO_DECIDE, "advice", "", "", "y", "", "", "text"},
    {DESK_DO_DECIDE, "advice", "", "x", "", "", "", "who"},
    {DESK_DO_MEET, "", "no-enquiry", "x", "y", "1/5/2026", "10:00", "choice"},
    {DESK_DO_MEET, "meeting", "", "x", "y", "1/5/2026", "10:00", "second"},
    {DESK_DO_MEET, "meeting", "no-enquiry", "x", "y", "", "10:00", "day"},
    {DESK_DO_MEET, "meeting", "no-enquiry", "x", "y", "31/2/2026", "10:00", "day"},
    {DESK_DO_MEET, "meeting", "no-enquiry", "x", "y", "2/5/2026", "10:00", "day"},
    {DESK_DO_MEET, "meeting", "no-enquiry", "x", "y", "1/5/2020", "10:00", "day"},
    {DESK_DO_MEET, "meeting", "no-enquiry", "x", "y", "1/5/2026", "later", "time"},
    {DESK_DO_MEET, "meeting", "no-enquiry", "x", "y", "1/5/2026", "23:59", "day"},
    {DESK_DO_MEET, "meeting", "no-enquiry", "x", "", "1/5/2026", "10:00", "who"},
    {DESK_DO_MEET, "meeting", "no-enquiry", "", "y", "1/5/2026", "10:00", "text"},
    {DESK_DO_WORKER, "", "", "", "", "", "", "who"},
    {DESK_DO_WORKER, "", "", "", "Somebody", "", "", "text"},
    {DESK_DO_DISAGREE, "", "", "x", "", "", "", "who"},
    {DESK_DO_DISAGREE, "", "", "", "y", "", "", "text"},
    {DESK_DO_TRANSFER, "atlantis", "", "x", "y", "", "", "choice"},
    {DESK_DO_TRANSFER, "devon", "", "x", "", "", "", "who"},
    {DESK_DO_TRANSFER, "devon", "", "", "y", "", "", "text"},
    {DESK_DO_FEEDBACK, "", "", "x", "", "", "", "choice"},
    {DESK_DO_NOTE, "", "", "", "", "", "", "text"},
};

static void wrong_input_is_refused_by_its_field(void **state)
{
    (void)state;
    int64_t id = send_referral("Merryn Cedar");
    done(OFFICER, id, DESK_DO_RATE, RATE("amber"));
    struct desk_case before = read_case(id);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        refused(OFFICER, id, wrong[i].action,
                IN(.choice = str_from(wrong[i].choice), .second = str_from(wrong[i].second),
                   .text = str_from(wrong[i].text), .who = str_from(wrong[i].who),
                   .day = str_from(wrong[i].day), .time = str_from(wrong[i].time)),
                ST_INVALID, wrong[i].field);
    refused(OFFICER, id, DESK_DO_WORKER, IN(.who = STR("x"), .email = STR("nobody@example.org")),
            ST_INVALID, "email");
    struct buf long_text;
    buf_init(&long_text, 10000);
    for (int i = 0; i < DESK_TEXT_MAX + 1; i++) buf_add_char(&long_text, 'x');
    refused(OFFICER, id, DESK_DO_NOTE, IN(.text = buf_str(&long_text)), ST_INVALID, "text");
    buf_done(&long_text);
    /* Nothing of it was kept. */
    assert_int_equal(read_case(id).version, before.version);
    /* Somebody was first. */
    done(SECOND, id, DESK_DO_NOTE, IN(.text = STR("Rang the school.")));
    refused(OFFICER, id, DESK_DO_NOTE, IN(.version = before.version, .text = STR("x")), ST_CONFLICT,
            NULL);
    refused(OFFICER, 999999, DESK_DO_NOTE, IN(.text = STR("x")), ST_NOT_FOUND, NULL);
}

static void under_blue_no_checks_are_asked(void **state)
{
    (void)state;
    int64_t id = send_referral("Merryn Cedar");
    done(OFFICER, id, DESK_DO_RATE, RATE("blue"));
    refused(OFFICER, id, DESK_DO_CHECK, IN(.choice = STR("agency-police"), .text = STR("x")),
            ST_INVALID, "choice");
}

/* --- who learns what -------------------------------------------------------------------------- */

static void a_partner_sees_their_check_alone(void **state)
{
    (void)state;
    int64_t id = send_referral("Merryn Cedar");
    done(OFFICER, id, DESK_DO_RATE, RATE("amber"));
    done(OFFICER, id, DESK_DO_CHECK,
         IN(.organisation = people[REPRESENTATIVE].organisation, .text = STR("Who drives?")));
    done(OFFICER, id, DESK_DO_CHECK,
         IN(.choice = STR("agency-housing"), .text = STR("By telephone.")));
    struct desk_check *checks = NULL;
    size_t count = 0;
    assert_int_equal(desk_checks(&app, &arena, id, &checks, &count, NULL), ST_OK);
    assert_int_equal(count, 2);
    struct desk_check read;
    for (int who = 0; who < PEOPLE; who++) {
        bool may = who == REPRESENTATIVE;
        assert_int_equal(check_read(&app, &arena, &people[who], checks[0].id, &read, NULL),
                         may ? ST_OK : ST_NOT_FOUND);
        assert_int_equal(check_read(&app, &arena, &people[who], checks[1].id, &read, NULL),
                         ST_NOT_FOUND);
        struct desk_check *list = NULL;
        size_t found = 0;
        assert_int_equal(check_list(&app, &arena, &people[who], &list, &found, NULL), ST_OK);
        assert_int_equal(found, may ? 1 : 0);
        struct desk_case desk;
        assert_int_equal(desk_read(&app, &arena, &people[who], id, &desk, NULL),
                         who == OFFICER || who == SECOND ? ST_OK : ST_NOT_FOUND);
    }
    /* By telephone: written down by the desk. */
    done(OFFICER, id, DESK_DO_CHECK_ANSWER,
         IN(.check = checks[1].id, .choice = STR("nothing-held"), .text = STR("They rang.")));
    refused(OFFICER, id, DESK_DO_CHECK_ANSWER,
            IN(.check = checks[1].id, .choice = STR("held"), .text = STR("x")), ST_CONFLICT, NULL);
    refused(OFFICER, id, DESK_DO_CHECK_WITHDRAW, IN(.text = STR("None was chosen.")), ST_INVALID,
            "check");
    refused(OFFICER, id, DESK_DO_CHECK_ANSWER,
            IN(.check = 9999, .choice = STR("held"), .text = STR("x")), ST_INVALID, "check");
    done(OFFICER, id, DESK_DO_CHECK_WITHDRAW,
         IN(.check = checks[0].id, .text = STR("Not needed.")));
    assert_int_equal(check_read(&app, &arena, &people[REPRESENTATIVE], checks[0].id, &read, NULL),
                     ST_NOT_FOUND);
    assert_int_equal(read_case(id).checks_open, 0);
}

/* However many were asked and answered since. */
static void what_waits_is_never_pushed_out_of_a_partners_list(void **state)
{
    (void)state;
    struct desk_check *list = NULL;
    size_t count = 0;
    struct desk_input ask = {.organisation = people[OTHER_REPRESENTATIVE].organisation,
                             .text = STR("What do you know?")};
    int64_t old = send_referral("Elowen Cedar");
    done(OFFICER, old, DESK_DO_RATE, RATE("amber"));
    done(OFFICER, old, DESK_DO_CHECK, ask);
    int64_t waits = one_check(old);
    int64_t id = send_referral("Derwa Cedar");
    done(OFFICER, id, DESK_DO_RATE, RATE("amber"));
    for (int i = 0; i < DESK_CHECKS_MAX; i++) {
        done(OFFICER, id, DESK_DO_CHECK, ask);
        done(OFFICER, id, DESK_DO_CHECK_ANSWER,
             IN(.check = one_check(id), .choice = STR("nothing-held"), .text = STR("Looked.")));
    }
    assert_int_equal(check_list(&app, &arena, &people[OTHER_REPRESENTATIVE], &list, &count, NULL),
                     ST_OK);
    assert_true(count > DESK_CHECKS_MAX);
    assert_int_equal(list[0].id, waits);
    refused(OFFICER, id, DESK_DO_CHECK, ask, ST_CONFLICT, NULL);
}

/* However many were closed since. */
static void an_open_case_is_never_pushed_out_of_the_queue(void **state)
{
    (void)state;
    needs_sqlite();
    struct desk_case *list = NULL;
    size_t count = 0;
    int64_t id = send_referral("Elowen Cedar");
    run_sql(folder,
            "INSERT INTO referral (id, reference, account_id, organisation_id, state, place,"
            " key_id, submission_id, created_at, changed_at, sent_at, version)"
            " WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
            " SELECT r.id + n.i, 'R-' || n.i, r.account_id, r.organisation_id, 'sent', r.place,"
            " r.key_id, r.submission_id, r.created_at, r.changed_at, r.sent_at, 1"
            " FROM referral r, n");
    run_sql(folder,
            "INSERT INTO desk_case (referral_id, state, rating, came_at, decision_due, outcome,"
            " first_due, stage, boundary, reopened, version) SELECT id, 'closed', '', 0, 0, '', 0,"
            " '', '', 0, 1 FROM referral WHERE id > (SELECT min(id) FROM referral)");
    assert_int_equal(desk_list(&app, &arena, &people[OFFICER], &list, &count, NULL), ST_OK);
    assert_int_equal(count, DESK_CASES_MAX);
    assert_int_equal(list[0].referral, id);
}

static void a_conflict_of_interest_hides_the_case_and_its_check(void **state)
{
    (void)state;
    int64_t id = send_referral("Hedra Poplar"); /* the second officer's own name */
    int64_t other = send_referral("Demelza Larch"); /* the police representative's */
    struct desk_case *list = NULL;
    struct desk_case desk;
    size_t count = 0;
    assert_int_equal(desk_read(&app, &arena, &people[OFFICER], id, &desk, NULL), ST_OK);
    assert_int_equal(desk_read(&app, &arena, &people[SECOND], id, &desk, NULL), ST_NOT_FOUND);
    assert_int_equal(desk_list(&app, &arena, &people[SECOND], &list, &count, NULL), ST_OK);
    assert_int_equal(count, 1);
    refused(SECOND, id, DESK_DO_NOTE, IN(.text = STR("x")), ST_NOT_FOUND, NULL);
    done(OFFICER, other, DESK_DO_RATE, RATE("amber"));
    done(OFFICER, other, DESK_DO_CHECK,
         IN(.organisation = people[REPRESENTATIVE].organisation, .text = STR("x")));
    struct desk_check read;
    assert_int_equal(
        check_read(&app, &arena, &people[REPRESENTATIVE], one_check(other), &read, NULL),
        ST_NOT_FOUND);
    /* Nor is an allocated worker told who is named in it. */
    int64_t third = send_referral("Jenna Rowan");
    refused(OFFICER, third, DESK_DO_WORKER,
            IN(.who = STR("Jenna Rowan"), .email = str_fmt(&arena, "person%d@example.org", WORKER)),
            ST_INVALID, "email");
}

static void the_referrer_hears_in_safe_words(void **state)
{
    (void)state;
    int64_t id = send_referral("Merryn Cedar");
    struct desk_outcome told;
    assert_int_equal(desk_outcome_read(&app, &arena, &people[TEACHER], id, &told, NULL), ST_OK);
    assert_false(told.taken);
    assert_int_equal(told.word_count, 0);
    done(OFFICER, id, DESK_DO_FEEDBACK, IN(.choice = STR("say-received")));
    assert_int_equal(read_case(id).feedback_at, 0); /* an acknowledgement: there is no decision */
    decide_and_tell(id);
    assert_int_equal(desk_outcome_read(&app, &arena, &people[TEACHER], id, &told, NULL), ST_OK);
    assert_int_equal(told.word_count, 2);
    assert_true(str_find(told.word[1].words, STR("early help"), 0) > 0);
    assert_int_equal(desk_outcome_read(&app, &arena, &people[LEAD], id, &told, NULL), ST_OK);
    assert_int_equal(desk_outcome_read(&app, &arena, &people[REPRESENTATIVE], id, &told, NULL),
                     ST_NOT_FOUND);
    assert_int_equal(desk_outcome_read(&app, &arena, &people[AUDITOR], id, &told, NULL),
                     ST_NOT_FOUND);
    assert_int_equal(desk_outcome_read(&app, &arena, &people[TEACHER], 999999, &told, NULL),
                     ST_NOT_FOUND);
    struct desk_notice *notices = NULL;
    size_t count = 0;
    assert_int_equal(desk_notices(&app, &arena, &people[TEACHER], &notices, &count, NULL), ST_OK);
    assert_int_equal(count, 2);
    assert_int_equal(desk_notice_seen(&app, &people[LEAD], notices[0].id, NULL), ST_NOT_FOUND);
    assert_int_equal(desk_notice_seen(&app, &people[TEACHER], notices[0].id, NULL), ST_OK);
    assert_int_equal(desk_notice_seen(&app, &people[TEACHER], notices[0].id, NULL), ST_NOT_FOUND);
    /* A new decision needs feedback of its own. */
    done(OFFICER, id, DESK_DO_DECIDE,
         IN(.choice = STR("advice"), .text = STR("x"), .who = STR("y")));
    assert_int_equal(read_case(id).feedback_at, 0);
}

/* The list of their referrals, and one of them, as its referrer sees them. */
static struct str page_as_teacher(int64_t id)
{
    struct request request = {
        .app = &app, .arena = &arena, .who = people[TEACHER], .id = {id}, .path = STR("/")};
    return page_of(id ? page_referral : page_referrals, &request, NULL);
}

/* Days are counted after the day on which it came: no clock waits for the office. */
static void what_comes_out_of_hours_is_told_its_day(void **state)
{
    (void)state;
    set_clock("2026-05-09 12:00"); /* a Saturday */
    int64_t id = send_referral("Elowen Cedar");
    struct request request = {
        .app = &app, .arena = &arena, .who = people[TEACHER], .id = {id}, .path = STR("/")};
    struct str page = page_of(page_referral_sent, &request, NULL);
    assert_true(str_find(page, STR("11 May 2026, 17:00"), 0) > 0);
    assert_true(str_find(page, STR("The office opens on 11 May 2026, 09:00"), 0) > 0);
    assert_true(str_find(page, STR("clock starts"), 0) < 0);
}

static void assert_pages(int64_t id, const char *in_list, const char *in_one, const char *in_none)
{
    struct str list = page_as_teacher(0);
    struct str one = page_as_teacher(id);
    if (str_find(list, str_from(in_list), 0) < 0)
        fail_msg("'%s' is not in %.*s", in_list, STR_ARG(list));
    if (str_find(one, str_from(in_one), 0) < 0)
        fail_msg("'%s' is not in %.*s", in_one, STR_ARG(one));
    assert_true(str_find(list, str_from(in_none), 0) < 0);
    assert_true(str_find(one, str_from(in_none), 0) < 0);
}

static void the_referrers_list_moves_on(void **state)
{
    (void)state;
    int64_t id = send_referral("Merryn Cedar");
    assert_pages(id, "Decision by 5 May 2026, 16:50", "<dt>Decision due</dt>", "Told");
    set_clock("2026-05-05 10:00");
    done(OFFICER, id, DESK_DO_FEEDBACK, IN(.choice = STR("say-received")));
    done(OFFICER, id, DESK_DO_RATE, RATE("amber"));
    assert_pages(id, "Decision by 5 May 2026, 16:50", "<dt>Decision due</dt>", "Told");
    /* What was decided and not told looks as if nothing was, and as nothing that was missed. */
    struct str list = page_as_teacher(0);
    struct str one = page_as_teacher(id);
    done(OFFICER, id, DESK_DO_DECIDE,
         IN(.choice = STR("early-help"), .text = STR("Help is enough for now."),
            .who = STR("Gerren Oak, manager")));
    assert_true(str_eq(page_as_teacher(0), list));
    assert_true(str_eq(page_as_teacher(id), one));
    set_clock("2026-05-06 09:00");
    assert_pages(id, "No word yet", "Nothing has been told yet", "Told");
    done(OFFICER, id, DESK_DO_FEEDBACK, IN(.choice = STR("say-early-help")));
    assert_pages(id, "Told 6 May 2026, 09:00: Early help", "offered early help", "Decision");
    assert_true(str_find(page_as_teacher(0), STR("Answered"), 0) > 0);
    /* A second decision is not given away either. */
    one = page_as_teacher(id);
    done(OFFICER, id, DESK_DO_DECIDE,
         IN(.choice = STR("advice"), .text = STR("x"), .who = STR("y")));
    assert_true(str_eq(page_as_teacher(id), one));
    done(OFFICER, id, DESK_DO_FEEDBACK, IN(.choice = STR("say-advice")));
    done(OFFICER, id, DESK_DO_CLOSE, IN(.text = STR("All is done.")));
    done(SECOND, id, DESK_DO_SIGN_OFF, IN(.choice = STR("yes"), .text = STR("I agree.")));
    assert_pages(id, "Told 6 May 2026, 09:00: Advice", "Closed</strong>", "Decision");
}

static void an_allocated_worker_is_told_and_sees_nothing(void **state)
{
    (void)state;
    int64_t id = send_referral("Merryn Cedar");
    done(OFFICER, id, DESK_DO_WORKER,
         IN(.who = STR("canaryworker"), .email = str_fmt(&arena, "person%d@example.org", WORKER)));
    struct desk_notice *notices = NULL;
    size_t count = 0;
    assert_int_equal(desk_notices(&app, &arena, &people[WORKER], &notices, &count, NULL), ST_OK);
    assert_int_equal(count, 1);
    struct desk_outcome told;
    struct referral referral;
    assert_int_equal(desk_outcome_read(&app, &arena, &people[WORKER], id, &told, NULL),
                     ST_NOT_FOUND);
    assert_int_equal(referral_read(&app, &arena, &people[WORKER], id, &referral, NULL),
                     ST_NOT_FOUND);
    assert_true(str_eq(read_case(id).worker, STR("canaryworker")));
    /* How they were told is kept whole, or not at all. */
    char told_by[2 * DESK_TEXT_MAX + 3];
    for (size_t i = 0; i <= DESK_TEXT_MAX; i++) memcpy(told_by + 2 * i, "é", 2);
    told_by[2 * DESK_TEXT_MAX + 2] = 0;
    refused(OFFICER, id, DESK_DO_WORKER, IN(.who = STR("Jenna"), .text = str_from(told_by)),
            ST_INVALID, "text");
    told_by[2 * DESK_TEXT_MAX] = 0;
    done(OFFICER, id, DESK_DO_WORKER, IN(.who = STR("Jenna"), .text = str_from(told_by)));
    refused(OFFICER, id, DESK_DO_WORKER, IN(.who = STR("Jenna"), .text = STR(" ")), ST_INVALID,
            "text");
}

/* --- disagreement and transfer ---------------------------------------------------------------- */

static void a_disagreement_goes_from_stage_to_stage(void **state)
{
    (void)state;
    int64_t id = send_referral("Merryn Cedar");
    set_clock("2026-05-05 10:00");
    decide_and_tell(id);
    assert_int_equal(desk_outcome_disagree(&app, &people[REPRESENTATIVE], id, STR("x"), &last),
                     ST_NOT_FOUND);
    assert_int_equal(desk_outcome_disagree(&app, &people[TEACHER], id, STR(""), &last), ST_INVALID);
    assert_int_equal(
        desk_outcome_disagree(&app, &people[TEACHER], id, STR("canarydisagree"), &last), ST_OK);
    assert_int_equal(desk_outcome_disagree(&app, &people[TEACHER], id, STR("again"), &last),
                     ST_CONFLICT);
    struct desk_case desk = read_case(id);
    assert_true(str_eq(desk.stage, STR("stage-practitioners")));
    assert_true(desk.stage_due == at("2026-05-06 10:00"));
    refused(OFFICER, id, DESK_DO_CLOSE, IN(.text = STR("x")), ST_CONFLICT, NULL);
    static const char *const stages[] = {"stage-managers", "stage-senior", "stage-partnership"};
    for (int i = 0; i < 3; i++) {
        done(OFFICER, id, DESK_DO_ESCALATE, IN(.text = STR("No agreement.")));
        assert_true(str_eq(read_case(id).stage, str_from(stages[i])));
    }
    assert_true(read_case(id).stage_due == at("2026-05-07 10:00"));
    refused(OFFICER, id, DESK_DO_ESCALATE, IN(.text = STR("x")), ST_CONFLICT, NULL);
    done(OFFICER, id, DESK_DO_AGREE, IN(.text = STR("Settled.")));
    refused(OFFICER, id, DESK_DO_AGREE, IN(.text = STR("x")), ST_CONFLICT, NULL);
    done(OFFICER, id, DESK_DO_CLOSE, IN(.text = STR("Settled.")));
}

static void a_transfer_waits_for_acceptance(void **state)
{
    (void)state;
    int64_t id = send_referral("Merryn Cedar");
    set_clock("2026-05-05 16:00");
    decide_and_tell(id);
    struct desk_input ask = IN(.choice = STR("devon"), .who = STR("Their duty officer"),
                               .text = STR("The child moved."));
    done(OFFICER, id, DESK_DO_TRANSFER, ask);
    assert_true(read_case(id).transfer_due == at("2026-05-06 16:00"));
    refused(OFFICER, id, DESK_DO_TRANSFER, ask, ST_CONFLICT, NULL);
    refused(OFFICER, id, DESK_DO_CLOSE, IN(.text = STR("x")), ST_CONFLICT, NULL);
    refused(OFFICER, id, DESK_DO_TRANSFER_ANSWER, IN(.who = STR("x"), .text = STR("x")), ST_INVALID,
            "choice");
    done(OFFICER, id, DESK_DO_TRANSFER_ANSWER,
         IN(.choice = STR("no"), .who = STR("Their manager"), .text = STR("Not theirs.")));
    assert_int_equal(read_case(id).boundary.len, 0);
    done(OFFICER, id, DESK_DO_TRANSFER, ask);
    done(OFFICER, id, DESK_DO_TRANSFER_ANSWER,
         IN(.choice = STR("yes"), .who = STR("Their manager"), .text = STR("Accepted.")));
    assert_true(read_case(id).transfer_at == at("2026-05-05 16:00"));
    done(OFFICER, id, DESK_DO_CLOSE, IN(.text = STR("Theirs now.")));
}

/* --- telephoned, and added to ----------------------------------------------------------------- */

static void a_call_waits_for_its_written_confirmation(void **state)
{
    (void)state;
    int64_t id = 0;
    struct err err = {0};
    struct desk_telephoned *lines = NULL;
    size_t count = 0;
    if (referral_begin(&app, &people[TEACHER], STR("cornwall"), &id, &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(desk_telephoned(&app, &arena, &people[OFFICER], &lines, &count, NULL), ST_OK);
    assert_int_equal(count, 0);
    answer(id, 0, "telephoned", "yes");
    answer(id, 0, "telephoned-day", "today");
    answer(id, 0, "telephoned-time", "16:30");
    assert_int_equal(desk_telephoned(&app, &arena, &people[OFFICER], &lines, &count, NULL), ST_OK);
    assert_int_equal(count, 1);
    assert_true(lines[0].telephoned_at == at("2026-05-01 16:30"));
    assert_true(lines[0].due_at == at("2026-05-03 16:30")); /* 48 hours that pass */
    assert_int_equal(desk_telephoned(&app, &arena, &people[LEAD], &lines, &count, NULL), ST_OK);
    assert_int_equal(count, 0);
    /* Not a word of it: it is a draft still. */
    struct desk_case desk;
    assert_int_equal(desk_read(&app, &arena, &people[OFFICER], id, &desk, NULL), ST_NOT_FOUND);
    /* In writing, and late. */
    set_clock("2026-05-04 09:00");
    answer(id, 0, "concern-reason", "Often late home.");
    if (referral_send(&app, &people[TEACHER], id, version_of(id), &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(desk_telephoned(&app, &arena, &people[OFFICER], &lines, &count, NULL), ST_OK);
    assert_int_equal(count, 0);
    struct desk_clock clocks[DESK_CLOCKS_MAX];
    desk = read_case(id);
    size_t running = desk_clocks(area, &desk, NULL, 0, clocks);
    bool written = false;
    for (size_t i = 0; i < running; i++)
        if (str_eq(clocks[i].id, STR(CLOCK_WRITTEN)))
            written = desk_clock_late(&clocks[i], clock_now());
    assert_true(written);
}

/* Who telephones today is seen, however many old drafts lie there. */
static void a_new_call_is_never_pushed_out_by_old_ones(void **state)
{
    (void)state;
    needs_sqlite();
    int64_t id = 0;
    struct err err = {0};
    struct desk_telephoned *lines = NULL;
    size_t count = 0;
    if (referral_begin(&app, &people[TEACHER], STR("cornwall"), &id, &err) != ST_OK)
        fail_msg("%s", err.public);
    answer(id, 0, "telephoned", "yes");
    answer(id, 0, "telephoned-day", "today");
    answer(id, 0, "telephoned-time", "16:30");
    run_sql(folder,
            "INSERT INTO referral (id, reference, account_id, organisation_id, state, place,"
            " key_id, created_at, changed_at, telephoned_at, written_due_at, version)"
            " WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)"
            " SELECT r.id + n.i, 'R-' || n.i || '.', r.account_id, r.organisation_id, 'draft',"
            " r.place, r.key_id, r.created_at, r.changed_at, r.telephoned_at - n.i * 86400000,"
            " r.written_due_at - n.i * 86400000, 1 FROM referral r, n");
    assert_int_equal(desk_telephoned(&app, &arena, &people[OFFICER], &lines, &count, NULL), ST_OK);
    assert_int_equal(count, 251);
    assert_int_equal(lines[250].referral, id);
    struct request request = {
        .app = &app, .arena = &arena, .who = people[OFFICER], .path = STR("/desk")};
    struct str page = page_of(page_desk, &request, NULL);
    assert_true(str_find(page, lines[250].reference, 0) > 0);
    assert_true(str_find(page, STR(">R-199.<"), 0) > 0);
    assert_true(str_find(page, STR(">R-200.<"), 0) < 0);
    assert_true(str_find(page, STR("from calls longer ago: 51."), 0) > 0);
}

static void what_is_added_to_a_closed_case_is_not_lost(void **state)
{
    (void)state;
    int64_t id = send_referral("Merryn Cedar");
    decide_and_tell(id);
    done(OFFICER, id, DESK_DO_CLOSE, IN(.text = STR("x")));
    done(SECOND, id, DESK_DO_SIGN_OFF, IN(.choice = STR("yes"), .text = STR("x")));
    struct desk_case desk = read_case(id);
    assert_false(desk_has_news(&desk));
    set_clock("2026-05-06 09:00");
    assert_int_equal(referral_add(&app, &people[TEACHER], id, STR("Seen again."), NULL), ST_OK);
    desk = read_case(id);
    assert_true(desk_has_news(&desk));
    set_clock("2026-05-06 09:30");
    done(OFFICER, id, DESK_DO_NOTE, IN(.text = STR("Read.")));
    desk = read_case(id);
    assert_false(desk_has_news(&desk));
}

/* --- what is known ---------------------------------------------------------------------------- */

/* The referrer is not told that the case is about to close, and is heard as long as it is not. */
static void a_referrer_disagrees_until_the_case_is_closed(void **state)
{
    (void)state;
    int64_t id = send_referral("Merryn Cedar");
    decide_and_tell(id);
    done(OFFICER, id, DESK_DO_CLOSE, IN(.text = STR("x")));
    if (desk_outcome_disagree(&app, &people[TEACHER], id, STR("She is still at risk."), &last) !=
        ST_OK)
        fail_msg("%s", last.public);
    assert_int_equal(desk_outcome_disagree(&app, &people[TEACHER], id, STR("Again."), &last),
                     ST_CONFLICT);
    refused(SECOND, id, DESK_DO_SIGN_OFF, IN(.choice = STR("yes"), .text = STR("x")), ST_CONFLICT,
            NULL);
    done(SECOND, id, DESK_DO_SIGN_OFF, IN(.choice = STR("no"), .text = STR("They disagree.")));
    done(OFFICER, id, DESK_DO_AGREE, IN(.text = STR("We spoke.")));
    done(OFFICER, id, DESK_DO_CLOSE, IN(.text = STR("x")));
    done(SECOND, id, DESK_DO_SIGN_OFF, IN(.choice = STR("yes"), .text = STR("x")));
    /* What they typed is not lost with it. */
    struct form_field text = {STR("text"), STR("She is at risk today."), STR("")};
    struct request request = {.app = &app,
                              .arena = &arena,
                              .who = people[TEACHER],
                              .id = {id},
                              .path = STR("/"),
                              .method = POST,
                              .field = &text,
                              .field_count = 1};
    int status = 0;
    struct str page = page_of(page_referral_disagree, &request, &status);
    assert_int_equal(status, 409);
    assert_true(str_find(page, STR("She is at risk today."), 0) > 0);
}

static struct str post_note(int64_t id, int64_t version, instant_ms added, const char *text,
                            int *ret_status)
{
    struct form_field fields[] = {
        {STR("version"), str_fmt(&arena, "%lld", (long long)version), STR("")},
        {STR("added"), str_fmt(&arena, "%lld", (long long)added), STR("")},
        {STR("text"), str_from(text), STR("")}};
    struct request request = {.app = &app,
                              .arena = &arena,
                              .who = people[OFFICER],
                              .id = {id},
                              .parameter = {STR(""), STR("note")},
                              .path = STR("/"),
                              .method = POST,
                              .field = fields,
                              .field_count = 3};
    return page_of(page_desk_do_send, &request, ret_status);
}

/* Somebody else answers while a partner writes. */
static void what_a_partner_wrote_is_shown_when_it_is_answered_already(void **state)
{
    (void)state;
    int64_t id = send_referral("Merryn Cedar");
    done(OFFICER, id, DESK_DO_RATE, RATE("amber"));
    done(OFFICER, id, DESK_DO_CHECK,
         IN(.organisation = people[REPRESENTATIVE].organisation, .text = STR("Who drives?")));
    struct form_field fields[] = {{STR("choice"), STR("held"), STR("")},
                                  {STR("text"), STR("She is known to us."), STR("")}};
    struct request request = {.app = &app,
                              .arena = &arena,
                              .who = people[REPRESENTATIVE],
                              .id = {one_check(id)},
                              .path = STR("/"),
                              .method = POST,
                              .field = fields,
                              .field_count = 2};
    done(OFFICER, id, DESK_DO_CHECK_ANSWER,
         IN(.check = one_check(id), .choice = STR("nothing-held"), .text = STR("They rang.")));
    int status = 0;
    struct str page = page_of(page_check_answer, &request, &status);
    assert_int_equal(status, 409);
    assert_true(str_find(page, STR("<textarea"), 0) < 0);
    assert_true(str_find(page, STR("What you wrote, which was not sent:"), 0) > 0);
    assert_true(str_find(page, area_desk_label(area, DESK_CHECK_ANSWER, STR("held")), 0) > 0);
    assert_true(str_find(page, STR(">She is known to us.<"), 0) > 0);
    assert_true(str_find(page, STR("href=\"#answer\""), 0) > 0);
    /* Who looks at it wrote nothing, whatever the address says. */
    request.method = GET;
    page = page_of(page_check, &request, NULL);
    assert_true(str_find(page, STR("known to us"), 0) < 0);
}

/* Neither a partner's answer nor the referrer's own words are the desk's work, and no case closes
 * over them. */
static void what_is_added_is_news_until_the_desk_worked_on_it(void **state)
{
    (void)state;
    const char *field = NULL;
    struct desk_input held = IN(.choice = STR("nothing-held"), .text = STR("We looked."));
    int64_t id = send_referral("Merryn Cedar");
    decide_and_tell(id);
    done(OFFICER, id, DESK_DO_CHECK,
         IN(.organisation = people[REPRESENTATIVE].organisation, .text = STR("Who drives?")));
    set_clock("2026-05-06 09:00");
    assert_int_equal(referral_add(&app, &people[TEACHER], id, STR("Seen again."), NULL), ST_OK);
    set_clock("2026-05-06 09:30");
    assert_int_equal(
        check_answer(&app, &people[REPRESENTATIVE], one_check(id), &held, &field, &last), ST_OK);
    struct desk_case desk = read_case(id);
    assert_true(desk_has_news(&desk));
    assert_int_equal(desk_outcome_disagree(&app, &people[TEACHER], id, STR("Not so."), &last),
                     ST_OK);
    desk = read_case(id);
    assert_true(desk_has_news(&desk));
    done(OFFICER, id, DESK_DO_AGREE, IN(.text = STR("We spoke.")));
    desk = read_case(id);
    assert_false(desk_has_news(&desk));
    set_clock("2026-05-06 10:00");
    assert_int_equal(referral_add(&app, &people[TEACHER], id, STR("And again."), NULL), ST_OK);
    set_clock("2026-05-06 10:30");
    refused(OFFICER, id, DESK_DO_CLOSE, IN(.text = STR("x")), ST_CONFLICT, NULL);
    /* A form that was open before it came does not put it away unread. */
    refused(OFFICER, id, DESK_DO_NOTE,
            IN(.version = desk.version, .added = desk.added_at, .text = STR("Rang the school.")),
            ST_CONFLICT, NULL);
    assert_non_null(strstr(last.public, "added something"));
    struct desk_case now = read_case(id);
    assert_true(desk_has_news(&now));
    int status = 0;
    struct str page = post_note(id, desk.version, desk.added_at, "Rang the school.", &status);
    assert_int_equal(status, 409);
    assert_true(str_find(page, STR("Rang the school."), 0) > 0 &&
                str_find(page, STR("id=\"added\""), 0) > 0);
    struct str shown = str_fmt(&arena, "name=\"added\" value=\"%lld\"", (long long)now.added_at);
    assert_true(str_find(page, shown, 0) > 0);
    (void)post_note(id, now.version, now.added_at, "Rang the school.", &status);
    assert_int_equal(status, 303);
    now = read_case(id);
    assert_false(desk_has_news(&now));
    done(OFFICER, id, DESK_DO_CLOSE, IN(.text = STR("x")));
    set_clock("2026-05-06 11:00");
    assert_int_equal(referral_add(&app, &people[TEACHER], id, STR("Once more."), NULL), ST_OK);
    set_clock("2026-05-06 11:30");
    refused(SECOND, id, DESK_DO_SIGN_OFF, IN(.choice = STR("yes"), .text = STR("x")), ST_CONFLICT,
            NULL);
    done(SECOND, id, DESK_DO_NOTE, IN(.text = STR("Read.")));
    done(SECOND, id, DESK_DO_SIGN_OFF, IN(.choice = STR("yes"), .text = STR("x")));
}

/* Nobody at the desk has read it because somebody else of the school disagrees meanwhile. */
static void a_colleague_who_disagrees_has_not_read_what_was_added(void **state)
{
    (void)state;
    int64_t id = send_referral("Merryn Cedar");
    decide_and_tell(id);
    set_clock("2026-05-06 09:00");
    assert_int_equal(referral_add(&app, &people[TEACHER], id, STR("Seen again."), NULL), ST_OK);
    set_clock("2026-05-06 09:30");
    if (desk_outcome_disagree(&app, &people[LEAD], id, STR("Not so."), &last) != ST_OK)
        fail_msg("%s", last.public);
    struct desk_case desk = read_case(id);
    assert_true(desk_has_news(&desk));
    done(OFFICER, id, DESK_DO_AGREE, IN(.text = STR("We spoke.")));
    desk = read_case(id);
    assert_false(desk_has_news(&desk));
    /* Nor because the desk writes down that somebody does. */
    set_clock("2026-05-06 10:00");
    assert_int_equal(referral_add(&app, &people[TEACHER], id, STR("And again."), NULL), ST_OK);
    set_clock("2026-05-06 10:30");
    done(OFFICER, id, DESK_DO_DISAGREE, IN(.who = STR("Their doctor"), .text = STR("Not so.")));
    desk = read_case(id);
    assert_true(desk_has_news(&desk));
}

static int64_t share(int who, const char *key, const char *phone, const char *handling)
{
    struct mention_draft mention = {.kind = LINK_PHONE, .span_start = -1, .span_end = -1};
    mention.field[LINK_NUMBER] = str_from(phone);
    struct submission_draft draft = {.idempotency_key = str_from(key),
                                     .narrative = str_fmt(&arena, "%s rang at night.", phone),
                                     .handling = str_from(handling),
                                     .mention = &mention,
                                     .mention_count = 1};
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, &people[who], &draft, 0, 0, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    return receipt.id;
}

static void what_is_known_is_drawn_together_of_what_may_be_seen(void **state)
{
    (void)state;
    int64_t first = send_referral("Merryn Cedar");
    int64_t id = 0;
    int64_t row = 0;
    int64_t seen = share(REPRESENTATIVE, "open", "07700 900333", "handling:P");
    share(REPRESENTATIVE, "kept", "07700 900333", "handling:C.ask");
    struct err err = {0};
    assert_int_equal(referral_begin(&app, &people[TEACHER], STR("cornwall"), &id, &err), ST_OK);
    assert_int_equal(referral_row_add(&app, &people[TEACHER], id, STR(REFERRAL_CHILD), &row, &err),
                     ST_OK);
    answer(id, row, "child-name", "Merryn Cedar");
    assert_int_equal(referral_row_add(&app, &people[TEACHER], id, STR("phone"), &row, &err), ST_OK);
    answer(id, row, "phone-number", "07700 900333");
    assert_int_equal(referral_send(&app, &people[TEACHER], id, version_of(id), &err), ST_OK);
    struct desk_case desk = read_case(id);
    struct desk_known *known = NULL;
    size_t count = 0;
    if (desk_known_read(&app, &arena, &people[OFFICER], &desk, &known, &count, &err) != ST_OK)
        fail_msg("%s", err.public);
    bool phone = false;
    bool earlier = false;
    for (size_t i = 0; i < count; i++) {
        phone |= known[i].submission == seen && !known[i].may;
        earlier |= known[i].referral == first;
    }
    assert_int_equal(count, 2);
    assert_true(phone);
    assert_true(earlier);
}

/* How often a kind stands in the chronology, and that it goes from the newest to the oldest. */
/* Its one child has this record from now on; 0: a new one. */
static void join_child(int64_t referral, int64_t *child)
{
    struct referred_child *list = NULL;
    struct err err = {0};
    size_t count = 0;
    const struct person *officer = &people[OFFICER];
    assert_int_equal(referred_children(&app, &arena, officer, referral, &list, &count, &err),
                     ST_OK);
    enum st outcome =
        *child ? child_join_referral(&app, officer, referral, list[0].position, *child, &err)
               : child_from_referral(&app, officer, referral, list[0].position, child, &err);
    if (outcome != ST_OK) fail_msg("%s", err.public);
}

/* Something of it is destroyed while the rest is read. */
static void what_is_left_of_what_is_known_is_shown(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t child = 0;
    int64_t first = send_referral("Merryn Cedar");
    int64_t id = send_referral("Merryn Cedar");
    join_child(first, &child);
    join_child(id, &child);
    struct desk_case desk = read_case(first);
    int64_t gone = desk.submission;
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    struct query *query = db_query(db, Q_SUBMISSION_KEY);
    db_bind_int(query, 1, gone);
    int64_t key = 0;
    assert_int_equal(db_one(query, &key, NULL), ST_OK);
    assert_int_equal(record_key_destroy(db, key, NULL), ST_OK);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    desk = read_case(id);
    struct desk_known *known = NULL;
    size_t count = 0;
    if (desk_known_read(&app, &arena, &people[OFFICER], &desk, &known, &count, &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(count, 1);
    assert_true(known[0].referral == first && known[0].same_child);
}

static size_t count_moments(const struct desk_moment *moment, size_t count, const char *kind)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        assert_true(!i || moment[i].at <= moment[i - 1].at);
        found += str_eq(moment[i].kind, str_from(kind));
    }
    return found;
}

static size_t count_reminders(int64_t account, const char *clock, bool over)
{
    struct reminder *list = NULL;
    size_t count = 0;
    size_t found = 0;
    struct err err = {0};
    if (reminders_due(&app, &arena, &list, &count, &err) != ST_OK) fail_msg("%s", err.public);
    for (size_t i = 0; i < count; i++)
        found += list[i].account == account && str_eq(list[i].clock, str_from(clock)) &&
                 list[i].over == over;
    return found;
}

static int64_t count_mails(void)
{
    int64_t count = 0;
    struct err err = {0};
    if (reminders_queue(&app, &err) != ST_OK) fail_msg("%s", err.public);
    assert_int_equal(mail_count(&app, &count, NULL), ST_OK);
    return count;
}

static void clocks_remind_whoever_has_to_act(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t waiting = 0;
    int64_t row = 0;
    set_clock("2026-03-03 10:00"); /* a Tuesday: to be decided by Wednesday, 10:00 */
    int64_t id = send_referral("Merryn Cedar");
    int64_t before = count_mails();
    assert_int_equal(count_reminders(people[OFFICER].account, "decision", false), 0);
    set_clock("2026-03-04 06:01");
    assert_int_equal(count_reminders(people[OFFICER].account, "decision", false), 1);
    assert_int_equal(count_reminders(people[TEACHER].account, "decision", false), 0);
    int64_t once = count_mails();
    assert_true(once > before);
    assert_int_equal(count_mails(), once); /* and no more */
    /* Once somebody has taken it on, the others are left alone. */
    done(OFFICER, id, DESK_DO_TAKE, IN(.text = STR("")));
    set_clock("2026-03-04 10:01");
    struct reminder *list = NULL;
    size_t count = 0;
    assert_int_equal(reminders_due(&app, &arena, &list, &count, &err), ST_OK);
    assert_int_equal(count, 1);
    assert_true(list[0].account == people[OFFICER].account && list[0].over &&
                list[0].referral == id);
    assert_int_equal(count_mails(), once + 1);
    assert_int_equal(count_mails(), once + 1);
    /* A call that was not confirmed: whoever made it. */
    assert_int_equal(referral_begin(&app, &people[TEACHER], STR("cornwall"), &waiting, &err),
                     ST_OK);
    answer(waiting, row, "telephoned", "yes");
    set_clock("2026-03-07 10:00");
    assert_int_equal(count_reminders(people[TEACHER].account, "written-confirmation", true), 1);
    assert_int_equal(count_reminders(people[OFFICER].account, "written-confirmation", true), 0);
}

static void everything_stands_in_one_order_of_time(void **state)
{
    (void)state;
    struct err err = {0};
    set_clock("2026-03-02 10:00");
    int64_t first = send_referral("Merryn Cedar");
    set_clock("2026-03-03 10:00");
    share(REPRESENTATIVE, "phone", "07700 900333", "handling:P");
    share(REPRESENTATIVE, "kept", "07700 900333", "handling:C.ask");
    set_clock("2026-03-04 10:00");
    int64_t id = 0;
    int64_t row = 0;
    int64_t child = 0;
    assert_int_equal(referral_begin(&app, &people[TEACHER], STR("cornwall"), &id, &err), ST_OK);
    assert_int_equal(referral_row_add(&app, &people[TEACHER], id, STR(REFERRAL_CHILD), &row, &err),
                     ST_OK);
    answer(id, row, "child-name", "Merryn Cedar");
    answer(id, row, "sign-new-phone", "observed\nlast-6-months\n\nIt rings at night.");
    int64_t position = row;
    assert_int_equal(referral_row_add(&app, &people[TEACHER], id, STR("phone"), &row, &err), ST_OK);
    answer(id, row, "phone-number", "07700 900333");
    assert_int_equal(referral_send(&app, &people[TEACHER], id, version_of(id), &err), ST_OK);
    set_clock("2026-03-04 11:00");
    done(OFFICER, id, DESK_DO_TAKE, IN(.text = STR("")));
    set_clock("2026-03-04 12:00");
    assert_int_equal(
        referral_add(&app, &people[TEACHER], id, STR("She was seen at the station."), &err), ST_OK);
    struct desk_case desk = read_case(id);
    struct desk_moment *moment = NULL;
    size_t count = 0;
    if (desk_chronology_read(&app, &arena, &people[OFFICER], &desk, &moment, &count, &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(count_moments(moment, count, "This referral"), 2);
    assert_int_equal(count_moments(moment, count, "Another referral"), 1);
    /* what is kept is not there */
    assert_int_equal(count_moments(moment, count, "Shared information"), 1);
    assert_int_equal(count_moments(moment, count, "Sign, as the referral says"), 1);
    assert_int_equal(count_moments(moment, count, "The desk"), 1);
    assert_int_equal(count, 6);
    assert_true(str_eq(moment[0].words, STR("She was seen at the station.")));
    assert_int_equal(moment[count - 1].referral, first);
    /* Joined to a record, what that says stands here too; the referral's own steps stand once. */
    assert_int_equal(child_from_referral(&app, &people[OFFICER], id, position, &child, &err),
                     ST_OK);
    struct child_draft draft = {
        .kind = ENTRY_SIGN,
        .text = {STR("mood"), STR("reported"), STR("earlier"), STR("Her tutor"), STR("Tired.")}};
    assert_int_equal(
        child_add(&app, &people[OFFICER], child, &draft, 1, "entry added", 0, NULL, &err), ST_OK);
    if (desk_chronology_read(&app, &arena, &people[OFFICER], &desk, &moment, &count, &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(count_moments(moment, count, "Signs and circumstances"), 1);
    assert_int_equal(count_moments(moment, count, "The desk"), 1);
    assert_int_equal(count_moments(moment, count, "Another referral"), 1);
}

/* --- measures --------------------------------------------------------------------------------- */

static void measures_count_what_was_in_time(void **state)
{
    (void)state;
    int64_t id[7];
    for (int i = 0; i < 7; i++) id[i] = send_referral("Merryn Cedar");
    set_clock("2026-05-05 10:00");
    for (int i = 0; i < 5; i++) decide_and_tell(id[i]);
    struct measure_table table;
    struct err err = {0};
    assert_int_equal(
        measure_read(&app, &arena, &people[COORDINATOR], MEASURE_DECIDED, &table, &err), ST_OK);
    assert_int_equal(table.all.total, 5); /* the clock of two still runs */
    set_clock("2026-05-06 10:00");
    done(OFFICER, id[5], DESK_DO_DECIDE,
         IN(.choice = STR("advice"), .text = STR("x"), .who = STR("y")));
    assert_int_equal(
        measure_read(&app, &arena, &people[COORDINATOR], MEASURE_DECIDED, &table, &err), ST_OK);
    assert_int_equal(table.all.total, 7);
    assert_int_equal(table.all.good, 5);
    assert_int_equal(table.month[MEASURE_MONTHS - 1].total, 7);
    assert_int_equal(table.organisation_count, 1);
    assert_int_equal(measure_read(&app, &arena, &people[LEAD], MEASURE_FEEDBACK, &table, &err),
                     ST_OK);
    assert_int_equal(table.all.total, 6);
    assert_int_equal(table.all.good, 5);
    /* One's own organisation alone. */
    assert_int_equal(
        measure_read(&app, &arena, &people[REPRESENTATIVE], MEASURE_DECIDED, &table, &err), ST_OK);
    assert_int_equal(table.all.total, 0);
    assert_int_equal(measure_read(&app, &arena, &people[TEACHER], MEASURE_DECIDED, &table, &err),
                     ST_NOT_FOUND);
}

/* The queue behind the figure of an organisation. */
static struct str behind(const char *measure, int64_t organisation)
{
    struct form_field fields[] = {
        {STR("measure"), str_from(measure), STR("")},
        {STR("organisation"), str_fmt(&arena, "%lld", (long long)organisation), STR("")}};
    struct request request = {.app = &app,
                              .arena = &arena,
                              .who = people[OFFICER],
                              .path = STR("/desk"),
                              .field = fields,
                              .field_count = 2};
    return page_of(page_desk, &request, NULL);
}

/* Of twelve months, as the figure. */
static void a_list_holds_what_its_figure_counts(void **state)
{
    (void)state;
    static const char *const came[] = {"2025-05-30 10:00", "2025-06-02 10:00"};
    struct str reference[2];
    for (int i = 0; i < 2; i++) {
        set_clock(came[i]);
        int64_t id = send_referral("Merryn Cedar");
        decide_and_tell(id);
        done(OFFICER, id, DESK_DO_CHECK,
             IN(.organisation = people[REPRESENTATIVE].organisation, .text = STR("Who drives?")));
        done(OFFICER, id, DESK_DO_CHECK_ANSWER,
             IN(.check = one_check(id), .choice = STR("nothing-held"), .text = STR("They rang.")));
        reference[i] = read_case(id).reference;
    }
    set_clock("2026-05-05 10:00");
    for (int i = 0; i < MEASURES; i++) {
        enum desk_measure measure = (enum desk_measure)i;
        struct measure_table table;
        assert_int_equal(measure_read(&app, &arena, &people[COORDINATOR], measure, &table, NULL),
                         ST_OK);
        assert_int_equal(table.organisation_count, 1);
        assert_int_equal(table.organisation[0].total, 1);
        struct str page = behind(measure_name(measure), table.organisation[0].organisation);
        assert_true(str_find(page, reference[1], 0) > 0);
        assert_true(str_find(page, reference[0], 0) < 0);
    }
}

/* A table of so many in time and so many not in each month, and of some organisations. */
static struct measure_table table_of(const int64_t month[static MEASURE_MONTHS][2],
                                     struct measure_row *organisation, size_t count)
{
    struct measure_table table = {.organisation = organisation, .organisation_count = count};
    for (int i = 0; i < MEASURE_MONTHS; i++) {
        table.month[i].good = month[i][0];
        table.month[i].total = month[i][0] + month[i][1];
        table.all.good += table.month[i].good;
        table.all.total += table.month[i].total;
    }
    measure_hide(&table, &arena);
    return table;
}

static void small_figures_are_hidden_with_what_gives_them_away(void **state)
{
    (void)state;
    /* One that was not in time, of six; and the next month, so that the rest does not tell. */
    struct measure_row schools[3] = {
        {.good = 40, .total = 46}, {.good = 10, .total = 13}, {.good = 23, .total = 33}};
    struct measure_table table =
        table_of((const int64_t[MEASURE_MONTHS][2]){{5, 1}, {0, 0}, {30, 9}, {38, 9}}, schools, 3);
    assert_false(table.all.hidden);
    assert_true(table.month[0].hidden && !table.month[1].hidden && table.month[2].hidden &&
                !table.month[3].hidden);
    assert_true(!schools[0].hidden && schools[1].hidden && schools[2].hidden);
    /* Of all a few were late: no table says how many there were. */
    struct measure_row two[2] = {{.good = 40, .total = 42}, {.good = 20, .total = 20}};
    table = table_of((const int64_t[MEASURE_MONTHS][2]){{30, 0}, {30, 2}}, two, 2);
    assert_true(table.all.hidden);
    assert_true(!table.month[0].hidden && table.month[1].hidden && two[0].hidden && !two[1].hidden);
    /* Nothing is small. */
    struct measure_row one[1] = {{.good = 60, .total = 65}};
    table = table_of((const int64_t[MEASURE_MONTHS][2]){{30, 5}, {30, 0}}, one, 1);
    assert_false(table.all.hidden || table.month[0].hidden || table.month[1].hidden ||
                 one[0].hidden);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, close_partnership)
    const struct CMUnitTest tests[] = {
        TEST(a_case_goes_from_the_queue_to_the_second_sign_off),
        TEST(an_enquiry_may_end_without_a_conference),
        TEST(the_discussion_that_began_the_enquiry_counts),
        TEST(an_enquiry_closes_with_its_meeting_and_conference),
        TEST(decision_and_meeting_have_to_agree),
        TEST(a_wrong_day_of_a_meeting_is_set_right),
        TEST(a_call_may_have_its_discussion_before_it_is_in_writing),
        TEST(a_decision_is_not_undone_by_a_second_press),
        TEST(a_decision_made_anew_ends_its_clock_once),
        TEST(what_is_less_than_a_decision_is_said_twice),
        TEST(no_assessment_is_finished_before_the_referral),
        TEST(wrong_input_is_refused_by_its_field),
        TEST(under_blue_no_checks_are_asked),
        TEST(a_partner_sees_their_check_alone),
        TEST(what_waits_is_never_pushed_out_of_a_partners_list),
        TEST(an_open_case_is_never_pushed_out_of_the_queue),
        TEST(a_conflict_of_interest_hides_the_case_and_its_check),
        TEST(the_referrer_hears_in_safe_words),
        TEST(the_referrers_list_moves_on),
        TEST(an_allocated_worker_is_told_and_sees_nothing),
        TEST(a_disagreement_goes_from_stage_to_stage),
        TEST(a_transfer_waits_for_acceptance),
        TEST(a_call_waits_for_its_written_confirmation),
        TEST(a_new_call_is_never_pushed_out_by_old_ones),
        TEST(what_is_added_to_a_closed_case_is_not_lost),
        TEST(what_a_partner_wrote_is_shown_when_it_is_answered_already),
        TEST(what_is_added_is_news_until_the_desk_worked_on_it),
        TEST(a_colleague_who_disagrees_has_not_read_what_was_added),
        TEST(a_referrer_disagrees_until_the_case_is_closed),
        TEST(what_comes_out_of_hours_is_told_its_day),
        TEST(what_is_known_is_drawn_together_of_what_may_be_seen),
        TEST(what_is_left_of_what_is_known_is_shown),
        TEST(clocks_remind_whoever_has_to_act),
        TEST(everything_stands_in_one_order_of_time),
        TEST(measures_count_what_was_in_time),
        TEST(a_list_holds_what_its_figure_counts),
        TEST(small_figures_are_hidden_with_what_gives_them_away),
    };
    return cmocka_run_group_tests_name("desk", tests, NULL, NULL);
}
