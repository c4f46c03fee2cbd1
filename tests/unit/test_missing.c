/* Children who go missing: an episode from report to return, its clock, who may see it. */
#include "domain/area_desk.h"
#include "domain/child_access.h"
#include "domain/child_chronology.h"
#include "domain/child_close.h"
#include "domain/child_keep.h"
#include "domain/missing_alert.h"
#include "domain/missing_fragment.h"
#include "domain/missing_internal.h"
#include "domain/submission.h"
#include "store/engine.h"
#include "store/migration.h"
#include "web/pages.h"

#include "page_of.h"
#include "partnership.h"
#include "share_on.h"

enum { OFFICER, SECOND, WORKER, STRANGER, ANALYST, NAMED, PEOPLE };

static const struct cast cast[PEOPLE] = {
    {"Lowenna Kitto", "The unit", "social-care", ROLE_maru_officer},
    {"Jago Penn", "The unit", "social-care", ROLE_maru_officer},
    {"Tamsin Hale", "The home", "childrens-home", ROLE_practitioner},
    {"Merryn Dunn", "Another home", "childrens-home", ROLE_practitioner},
    {"Kerensa Vane", "The police", "police", ROLE_analyst},
    {"Wella Trevose", "The unit", "social-care", ROLE_maru_officer},
};
static struct person person[PEOPLE];
static char folder[64];

static int fresh(void **state)
{
    (void)state;
    open_partnership(512 << 20, folder);
    add_people(cast, PEOPLE, person);
    return 0;
}

static int64_t make_child(const char *name)
{
    struct child_draft draft = {.kind = ENTRY_FACT};
    draft.text[FACT_KEY] = STR("child-name");
    draft.text[FACT_ANSWER] = STR("given");
    draft.text[FACT_VALUE] = str_from(name);
    int64_t id = 0;
    assert_int_equal(child_create(&app, &person[OFFICER], &draft, 1, 0, &id, NULL), ST_OK);
    return id;
}

/* Pairs of key and value, ended by NULL. */
static size_t answers(struct missing_given *ret, const char *const *pair)
{
    size_t count = 0;
    for (; pair[0]; pair += 2) {
        const struct question *question =
            questions_find(&area_missing(area)->form, str_from(pair[0]));
        if (!question) fail_msg("no question %s", pair[0]);
        ret[count++] = (struct missing_given){question, {ANSWER_GIVEN, str_from(pair[1])}};
    }
    return count;
}
#define PAIRS(...) (const char *const[]){__VA_ARGS__, NULL}

static struct str forum = STR_INIT("mid");

static enum st try_report(int who, int64_t child, const char *const *pair, int64_t *ret)
{
    struct missing_given given[40];
    struct err err = {0};
    struct missing_new new = {.child = child, .forum = forum};
    return missing_report(&app, &person[who], &new, given, answers(given, pair), ret, &err);
}

static int64_t reported(int64_t child, const char *day, const char *time)
{
    int64_t id = 0;
    assert_int_equal(
        try_report(OFFICER, child,
                   PAIRS("missing-sort", "missing", "missing-since-day", day, "missing-since-time",
                         time, "police-band", "medium", "missing-where", "The harbour, Hayle"),
                   &id),
        ST_OK);
    return id;
}

static enum st try_save(int who, int64_t episode, const char *section, const char *const *pair,
                        struct err *err)
{
    struct missing_given given[40];
    return missing_save(&app, &person[who], episode, str_from(section), given, answers(given, pair),
                        0, err);
}

static void save(int64_t episode, const char *section, const char *const *pair)
{
    struct err err = {0};
    if (try_save(OFFICER, episode, section, pair, &err) != ST_OK)
        fail_msg("%s: %s", section, err.public);
}

static struct missing_file opened(int who, int64_t episode)
{
    struct missing_file file;
    struct err err = {0};
    if (missing_open(&app, &arena, &person[who], episode, &file, &err) != ST_OK)
        fail_msg("%s", err.public);
    return file;
}

static void set_hour(const char *day, int hour)
{
    struct date date;
    assert_true(date_parse_iso(str_from(day), &date));
    clock_set(clock_from_london((struct civil){.date = date, .hour = (int8_t)hour}));
}

static void test_from_report_to_return(void **state)
{
    (void)state;
    set_hour("2026-03-12", 12);
    int64_t child = make_child("Kensa Sample");
    int64_t id = reported(child, "11/3/2026", "22:30");
    struct missing_file file = opened(OFFICER, id);
    assert_true(str_eq(file.line.child_name, STR("Kensa Sample")));
    assert_true(str_eq(file.line.sort_label, STR("Missing")));
    assert_true(str_eq(file.line.band, STR("Medium")));
    assert_true(str_eq(clock_words(&arena, file.line.since), STR("11 March 2026, 22:30")));
    assert_int_equal(file.line.returned, 0);
    save(id, "action", PAIRS("action-what", "Friends were called."));
    save(id, "action", PAIRS("action-what", "The harbour was looked over.", "action-by", "PCSO"));
    save(id, "return",
         PAIRS("return-day", "12/3/2026", "return-time", "6am", "found-where", "Bus station"));
    file = opened(OFFICER, id);
    assert_int_equal(file.deed_count, 2);
    assert_true(str_eq(file.deed[1].by, STR("PCSO")));
    assert_true(str_eq(clock_words(&arena, file.line.returned), STR("12 March 2026, 06:00")));
    assert_true(str_eq(clock_words(&arena, file.line.interview_due), STR("15 March 2026, 06:00")));
    assert_true(str_eq(file.line.found_where, STR("Bus station")));
    /* A part that is saved again replaces answers, and what was not asked again stays. */
    save(id, "return", PAIRS("found-where", "Railway station"));
    file = opened(OFFICER, id);
    assert_true(str_eq(file.line.found_where, STR("Railway station")));
    assert_true(file.line.returned != 0);
}

/* Both who close a record are shown what still stands open, and until both have said so it
 * counts. */
static void test_what_is_open_is_named_before_a_record_is_closed(void **state)
{
    (void)state;
    set_hour("2026-03-12", 12);
    struct err err = {0};
    int64_t child = make_child("Kensa Sample");
    int64_t first = reported(child, "1/3/2026", "22:30");
    save(first, "return", PAIRS("return-day", "2/3/2026", "return-time", "6am"));
    reported(child, "11/3/2026", "22:30");
    struct child_draft plan = {.kind = ENTRY_PLAN,
                               .text = {STR_INIT("safety-plan"), STR_INIT("Somebody rings."),
                                        STR_INIT("2026-02-01"), STR_INIT("2026-03-01")}};
    assert_int_equal(
        child_add(&app, &person[OFFICER], child, &plan, 1, "entry added", 0, NULL, &err), ST_OK);
    assert_int_equal(child_close_propose(&app, &person[OFFICER], child, STR("No more work."), &err),
                     ST_OK);
    for (int who = OFFICER; who <= SECOND; who++) {
        struct child_file file;
        struct child_open *open = NULL;
        size_t count = 0;
        struct str seen;
        assert_int_equal(child_open(&app, &arena, &person[who], child, &file, &err), ST_OK);
        assert_int_equal(
            child_still_open(&app, &arena, &person[who], &file, &open, &count, &seen, &err), ST_OK);
        assert_int_equal(count, 4);
        assert_true(open[0].kind == OPEN_EPISODE && open[0].late);
        assert_true(open[1].kind == OPEN_INTERVIEW && open[1].late && open[1].id == first);
        assert_true(str_eq(open[2].what, STR("Missing 2 times in the last 90 days")));
        assert_true(str_eq(open[3].what, STR("A plan was to be reviewed on 1 March 2026")) &&
                    open[3].late);
        assert_true(child_review_is_late(&arena, &file.line));
    }
}

static void test_what_cannot_be_is_said(void **state)
{
    (void)state;
    set_hour("2026-03-12", 12);
    int64_t child = make_child("Jory Sample");
    int64_t id = 0;
    struct err err = {0};
    assert_int_equal(try_report(OFFICER, child,
                                PAIRS("missing-sort", "missing", "missing-since-day", "12/3/2026",
                                      "missing-since-time", "23:00"),
                                &id),
                     ST_INVALID);
    assert_int_equal(
        try_report(OFFICER, child,
                   PAIRS("missing-since-day", "12/3/2026", "missing-since-time", "3am"), &id),
        ST_INVALID);
    assert_int_equal(try_report(OFFICER, child,
                                PAIRS("missing-sort", "missing", "missing-since-time", "3am"), &id),
                     ST_INVALID);
    id = reported(child, "10/3/2026", "20:00");
    assert_int_equal(try_save(OFFICER, id, "return",
                              PAIRS("return-day", "9/3/2026", "return-time", "6am"), &err),
                     ST_INVALID);
    assert_non_null(strstr(err.public, "before the child was missing"));
    assert_int_equal(try_save(OFFICER, id, "offer",
                              PAIRS("offer-day", "10/3/2026", "offer-answer", "accepted"), &err),
                     ST_INVALID);
    assert_non_null(strstr(err.public, "return first"));
    save(id, "return", PAIRS("return-day", "11/3/2026", "return-time", "6am"));
    assert_int_equal(try_save(OFFICER, id, "interview",
                              PAIRS("interview-day", "10/3/2026", "interview-time", "9am",
                                    "interview-independent", "yes"),
                              &err),
                     ST_INVALID);
    assert_int_equal(try_save(OFFICER, id, "interview",
                              PAIRS("interview-day", "11/3/2026", "interview-time", "9am",
                                    "interview-independent", "no"),
                              &err),
                     ST_INVALID);
    assert_non_null(strstr(err.public, "Say why"));
    assert_int_equal(try_save(OFFICER, id, "report",
                              PAIRS("missing-since-day", "11/3/2026", "missing-since-time", "9am"),
                              &err),
                     ST_INVALID);
}

static void test_the_interview_has_seventy_two_hours(void **state)
{
    (void)state;
    set_hour("2026-03-12", 12);
    int64_t child = make_child("Elowen Sample");
    int64_t id = reported(child, "10/3/2026", "20:00");
    save(id, "return", PAIRS("return-day", "11/3/2026", "return-time", "6am"));
    assert_int_equal(opened(OFFICER, id).line.interview, INTERVIEW_NONE);
    assert_false(opened(OFFICER, id).line.late);
    save(id, "offer", PAIRS("offer-day", "12/3/2026", "offer-answer", "declined"));
    assert_int_equal(opened(OFFICER, id).line.interview, INTERVIEW_DECLINED);
    set_hour("2026-03-20", 12);
    assert_false(opened(OFFICER, id).line.late); /* it was declined in time */
    save(id, "offer", PAIRS("offer-day", "12/3/2026", "offer-answer", "waiting"));
    assert_true(opened(OFFICER, id).line.late);
    save(id, "interview",
         PAIRS("interview-day", "14/3/2026", "interview-time", "5am", "interview-independent",
               "yes", "said-who", "Daz and somebody else", "wish-sharing", "facts"));
    struct missing_file file = opened(OFFICER, id);
    assert_int_equal(file.line.interview, INTERVIEW_HELD);
    assert_false(file.line.late);
    save(id, "interview", PAIRS("interview-day", "14/3/2026", "interview-time", "7am"));
    assert_true(opened(OFFICER, id).line.late);
    assert_true(
        str_eq(missing_answer_get(&file, STR("said-who")).value, STR("Daz and somebody else")));
}

static void assert_answer(const struct missing_file *file, const char *key, const char *value)
{
    struct str kept = missing_answer_get(file, str_from(key)).value;
    if (!str_eq(kept, str_from(value)))
        fail_msg("%s is '%.*s', not '%s'", key, STR_ARG(kept), value);
}

/* What is held was offered before: when is asked, and never made up. */
static void test_an_interview_that_is_held_was_offered(void **state)
{
    (void)state;
    set_hour("2026-03-20", 12);
    int64_t id = reported(make_child("Bryok Sample"), "10/3/2026", "20:00");
    struct err err = {0};
    save(id, "return", PAIRS("return-day", "11/3/2026", "return-time", "6am"));
    assert_int_equal(try_save(OFFICER, id, "interview",
                              PAIRS("interview-day", "13/3/2026", "interview-time", "9am",
                                    "interview-independent", "yes"),
                              &err),
                     ST_INVALID);
    assert_non_null(strstr(err.public, "no offer is written down"));
    struct missing_file file = opened(OFFICER, id);
    assert_false(missing_is_offered(&file));
    assert_int_equal(file.line.interview, INTERVIEW_NONE);
    /* Between the return and the interview. */
    static const struct {
        const char *day, *time, *why;
    } wrong[] = {{"14/3/2026", NULL, "after the interview was held"},
                 {"13/3/2026", "9:30", "after the interview was held"},
                 {"10/3/2026", NULL, "before the child came back"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(try_save(OFFICER, id, "interview",
                                  PAIRS("interview-day", "13/3/2026", "interview-time", "9am",
                                        "interview-independent", "yes", "offer-day", wrong[i].day,
                                        wrong[i].time ? "offer-time" : NULL, wrong[i].time),
                                  &err),
                         ST_INVALID);
        assert_non_null(strstr(err.public, wrong[i].why));
    }
    save(id, "interview",
         PAIRS("interview-day", "13/3/2026", "interview-time", "9am", "interview-independent",
               "yes", "offer-day", "13/3/2026"));
    file = opened(OFFICER, id);
    assert_true(missing_is_offered(&file));
    assert_int_equal(file.line.interview, INTERVIEW_HELD);
    assert_answer(&file, "offer-day", "13/3/2026");
    /* What was said to it is not made up; a change of the interview asks no more. */
    assert_int_equal(missing_answer_get(&file, STR("offer-answer")).kind, ANSWER_NONE);
    save(id, "interview", PAIRS("said-who", "Nobody"));
    /* Nor does the offer move behind what was held. */
    assert_int_equal(try_save(OFFICER, id, "offer",
                              PAIRS("offer-day", "15/3/2026", "offer-answer", "accepted"), &err),
                     ST_INVALID);
    assert_non_null(strstr(err.public, "after the interview was held"));
    save(id, "offer", PAIRS("offer-day", "12/3/2026", "offer-answer", "accepted"));
    /* Those who do not see the record learn nothing of either. */
    file = opened(ANALYST, id);
    assert_false(missing_is_offered(&file));
}

static void test_some_questions_are_about_a_no(void **state)
{
    (void)state;
    set_hour("2026-03-20", 12);
    int64_t id = reported(make_child("Meryasek Sample"), "10/3/2026", "20:00");
    save(id, "return", PAIRS("return-day", "11/3/2026", "return-time", "6am"));
    struct missing_file file = opened(OFFICER, id);
    assert_true(missing_asks(&file, STR("missing-clothing")));
    assert_true(missing_asks(&file, STR("police-band-reasons"))); /* there is a band */
    assert_false(missing_asks(&file, STR("offer-why")));
    assert_false(missing_asks(&file, STR("interview-why-not-independent")));
    save(id, "offer", PAIRS("offer-day", "12/3/2026", "offer-answer", "declined"));
    file = opened(OFFICER, id);
    assert_true(missing_asks(&file, STR("offer-why")));
    int64_t other = 0;
    assert_int_equal(try_report(OFFICER, make_child("Ysella Sample"),
                                PAIRS("missing-sort", "missing", "missing-since-day", "12/3/2026",
                                      "missing-since-time", "3am"),
                                &other),
                     ST_OK);
    file = opened(OFFICER, other);
    assert_false(missing_asks(&file, STR("police-band-reasons")));
}

static void assert_missing(int who, int64_t episode)
{
    struct missing_file file;
    struct err err = {0};
    assert_int_equal(missing_open(&app, &arena, &person[who], episode, &file, &err), ST_NOT_FOUND);
    struct err none = {0};
    assert_int_equal(missing_open(&app, &arena, &person[who], 9999, &file, &none), ST_NOT_FOUND);
    assert_string_equal(err.public, none.public);
}

static size_t seen_by(int who, int64_t episode)
{
    struct missing_line *line = NULL;
    size_t count = 0;
    size_t found = 0;
    assert_int_equal(
        missing_since(&app, &arena, &person[who], STR(""), 0, clock_now(), &line, &count, NULL),
        ST_OK);
    for (size_t i = 0; i < count; i++) found += line[i].id == episode;
    return found;
}

static void assert_instant(instant_ms at, const char *words)
{
    struct str said = clock_words(&arena, at);
    if (!str_eq(said, str_from(words))) fail_msg("'%.*s', not '%s'", STR_ARG(said), words);
}

/* "Today" is the day on which it was told, whenever it is read or
 * something beside it is changed. */
static void test_a_day_does_not_move(void **state)
{
    (void)state;
    set_hour("2026-12-03", 18);
    int64_t id = reported(make_child("Tegen Sample"), "yesterday", "22:00");
    save(id, "return", PAIRS("return-day", "today", "return-time", "16:00"));
    set_hour("2026-12-05", 18);
    save(id, "return", PAIRS("return-day", "3 December 2026", "found-where", "Bus station"));
    save(id, "return", PAIRS("found-where", "Railway station"));
    save(id, "report", PAIRS("missing-where", "The beach"));
    struct missing_file file = opened(OFFICER, id);
    assert_instant(file.line.since, "2 December 2026, 22:00");
    assert_instant(file.line.returned, "3 December 2026, 16:00");
    assert_instant(file.line.interview_due, "6 December 2026, 16:00");
    assert_answer(&file, "missing-since-day", "2 December 2026");
    assert_answer(&file, "return-day", "3 December 2026");
    save(id, "offer", PAIRS("offer-day", "yesterday", "offer-answer", "accepted"));
    save(id, "interview",
         PAIRS("interview-day", "today", "interview-time", "9am", "interview-independent", "yes"));
    set_hour("2026-12-09", 18);
    save(id, "interview", PAIRS("said-who", "Nobody"));
    file = opened(OFFICER, id);
    assert_instant(file.line.interview_at, "5 December 2026, 09:00");
    assert_false(file.line.late);
    assert_answer(&file, "offer-day", "4 December 2026");
    assert_answer(&file, "interview-day", "5 December 2026");
}

/* An entry as it was kept before: its days are those of its own time. */
static void test_a_day_that_was_kept_as_it_was_typed(void **state)
{
    (void)state;
    set_hour("2026-12-03", 18);
    int64_t id = reported(make_child("Wenna Sample"), "2/12/2026", "22:00");
    struct missing_file file = opened(OFFICER, id);
    struct str text[] = {STR("return-day"),  STR("given"), STR("today"),
                         STR("return-time"), STR("given"), STR("16:00")};
    struct db *db;
    struct err err = {0};
    assert_int_equal(store_write_begin(app.store, &db, &err), ST_OK);
    enum st outcome = missing_entry_store(&app, db, &arena, file.line.record, id, "return", text, 6,
                                          person[OFFICER].account, clock_now(), &err);
    assert_int_equal(store_write_end(app.store, db, outcome, &err), ST_OK);
    set_hour("2026-12-05", 18);
    file = opened(OFFICER, id);
    assert_answer(&file, "return-day", "3 December 2026");
    save(id, "return", PAIRS("found-where", "Bus station"));
    file = opened(OFFICER, id);
    assert_instant(file.line.returned, "3 December 2026, 16:00");
    assert_instant(file.line.interview_due, "6 December 2026, 16:00");
}

/* An offer has a time, or is as late as its day allows; and no part contradicts another. */
static void test_the_clock_cannot_be_put_right_afterwards(void **state)
{
    (void)state;
    struct err err = {0};
    set_hour("2026-12-04", 9);
    int64_t child = make_child("Morwenna Sample");
    int64_t id = reported(child, "3/12/2026", "22:00");
    save(id, "return", PAIRS("return-day", "today", "return-time", "08:00"));
    set_hour("2026-12-07", 10); /* two hours over */
    save(id, "offer", PAIRS("offer-day", "today", "offer-answer", "declined"));
    struct missing_file file = opened(OFFICER, id);
    assert_instant(file.line.interview_at, "7 December 2026, 10:00");
    assert_true(file.line.late);
    set_hour("2026-12-09", 10);
    save(id, "offer", PAIRS("offer-why", "Not now, they said."));
    assert_instant(opened(OFFICER, id).line.interview_at, "7 December 2026, 10:00");
    save(id, "offer", PAIRS("offer-day", "6/12/2026", "offer-answer", "declined"));
    assert_instant(opened(OFFICER, id).line.interview_at, "6 December 2026, 23:59");
    assert_false(opened(OFFICER, id).line.late);
    save(id, "offer", PAIRS("offer-day", "7/12/2026", "offer-time", "07:30"));
    assert_instant(opened(OFFICER, id).line.interview_at, "7 December 2026, 07:30");
    assert_false(opened(OFFICER, id).line.late);
    assert_int_equal(try_save(OFFICER, id, "offer",
                              PAIRS("offer-day", "4/12/2026", "offer-time", "07:30"), &err),
                     ST_INVALID);
    assert_non_null(strstr(err.public, "before the child came back"));
    assert_int_equal(try_save(OFFICER, id, "offer", PAIRS("offer-day", "3/12/2026"), &err),
                     ST_INVALID);
    assert_int_equal(try_save(OFFICER, id, "offer",
                              PAIRS("offer-day", "9/12/2026", "offer-time", "11:00"), &err),
                     ST_INVALID);
    assert_non_null(strstr(err.public, "still to come"));
    assert_int_equal(try_save(OFFICER, id, "return",
                              PAIRS("return-day", "7/12/2026", "return-time", "09:00"), &err),
                     ST_INVALID);
    assert_non_null(strstr(err.public, "after the return interview was offered"));
    save(id, "interview",
         PAIRS("interview-day", "8/12/2026", "interview-time", "06:00", "interview-independent",
               "yes"));
    assert_int_equal(try_save(OFFICER, id, "return",
                              PAIRS("return-day", "8/12/2026", "return-time", "20:00"), &err),
                     ST_INVALID);
    assert_non_null(strstr(err.public, "after the return interview was held"));
    assert_true(opened(OFFICER, id).line.late);
}

/* Of one child one episode is at a time. */
static void test_no_second_one_at_the_same_time(void **state)
{
    (void)state;
    set_hour("2026-12-09", 12);
    int64_t child = make_child("Jenna Sample");
    int64_t id = 0;
    int64_t other = 0;
    struct err err = {0};
    struct missing_given given[4];
    struct missing_new new = {.child = child, .forum = forum, .other = &other};
    int64_t first = reported(child, "5/12/2026", "20:00");
    for (int open = 1; open >= 0; open--) {
        size_t count = answers(given, PAIRS("missing-sort", "missing", "missing-since-day",
                                            "6/12/2026", "missing-since-time", "20:00"));
        assert_int_equal(missing_report(&app, &person[OFFICER], &new, given, count, &id, &err),
                         ST_INVALID);
        assert_int_equal(other, first);
        assert_non_null(
            strstr(err.public, open ? "missing already, since 5 December 2026, 20:00 (MI-"
                                    : "in another episode: 5 December"));
        if (open) save(first, "return", PAIRS("return-day", "7/12/2026", "return-time", "06:00"));
    }
    /* Another child, the time after, and one of before that is written down late. */
    (void)reported(make_child("Kitto Sample"), "6/12/2026", "20:00");
    int64_t second = reported(child, "7/12/2026", "06:00");
    save(second, "return", PAIRS("return-day", "7/12/2026", "return-time", "20:00"));
    int64_t before = reported(child, "1/12/2026", "20:00");
    /* until it is said when the child was back */
    assert_int_equal(opened(OFFICER, before).other.id, second);
    save(before, "return", PAIRS("return-day", "2/12/2026", "return-time", "20:00"));
    assert_int_equal(opened(OFFICER, before).other.id, 0);
}

static void test_who_sees_it(void **state)
{
    (void)state;
    set_hour("2026-03-12", 12);
    int64_t child = make_child("Wella Trevose");
    int64_t id = reported(child, "10/3/2026", "20:00");
    struct err err = {0};
    save(id, "return", PAIRS("return-day", "11/3/2026", "return-time", "6am"));
    save(id, "offer", PAIRS("offer-day", "11/3/2026", "offer-answer", "accepted"));
    save(id, "interview",
         PAIRS("interview-day", "11/3/2026", "interview-time", "9am", "interview-independent",
               "yes", "said-where", "A flat by the park", "wish-sharing", "no"));
    assert_missing(WORKER, id);
    assert_missing(NAMED, id); /* the record names this officer */
    assert_int_equal(seen_by(NAMED, id), 0);
    assert_int_equal(seen_by(SECOND, id), 1);
    /* An analyst of the forum reads the episode, not what the child said. */
    struct missing_file file = opened(ANALYST, id);
    assert_false(file.line.may_read_child);
    assert_false(file.may_edit);
    assert_int_equal(missing_answer_get(&file, STR("said-where")).kind, ANSWER_NONE);
    assert_int_equal(missing_answer_get(&file, STR("missing-where")).kind, ANSWER_GIVEN);
    assert_int_equal(try_save(ANALYST, id, "action", PAIRS("action-what", "x"), &err),
                     ST_NOT_FOUND);
    assert_int_equal(try_report(ANALYST, child,
                                PAIRS("missing-sort", "missing", "missing-since-day", "10/3/2026",
                                      "missing-since-time", "3am"),
                                &id),
                     ST_NOT_FOUND);
    /* One in another forum's area is not there for them. */
    forum = STR("west");
    int64_t far = reported(child, "8/3/2026", "20:00");
    forum = STR("mid");
    assert_missing(ANALYST, far);
    assert_int_equal(seen_by(ANALYST, far), 0);
    assert_int_equal(seen_by(OFFICER, far), 1);
    save(far, "return", PAIRS("return-day", "9/3/2026", "return-time", "6am"));
    /* Whoever works with the child reads and writes all of it. */
    assert_int_equal(child_access_give(&app, &person[OFFICER], child, person[WORKER].email, false,
                                       STR("Works with the child."), &err),
                     ST_OK);
    file = opened(WORKER, id);
    assert_true(file.may_edit);
    assert_int_equal(missing_answer_get(&file, STR("said-where")).kind, ANSWER_GIVEN);
    assert_int_equal(seen_by(WORKER, id), 1);
    assert_missing(STRANGER, id);
    assert_int_equal(seen_by(STRANGER, id), 0);
    int64_t again = 0;
    assert_int_equal(try_report(WORKER, child,
                                PAIRS("missing-sort", "away", "missing-since-day", "12/3/2026",
                                      "missing-since-time", "3am"),
                                &again),
                     ST_OK);
    assert_int_equal(try_report(STRANGER, child,
                                PAIRS("missing-sort", "away", "missing-since-day", "12/3/2026",
                                      "missing-since-time", "3am"),
                                &again),
                     ST_NOT_FOUND);
    /* Kept from somebody, it is there for them no more. */
    assert_int_equal(child_access_give(&app, &person[OFFICER], child, person[SECOND].email, true,
                                       STR("Knows the family."), &err),
                     ST_OK);
    assert_missing(SECOND, id);
    assert_int_equal(seen_by(SECOND, id), 0);
}

/* An interview that nobody held is owed still when half a year has gone by. */
static void test_what_is_owed_stays_on_the_list(void **state)
{
    (void)state;
    set_hour("2026-01-12", 12);
    int64_t child = make_child("Lowen Sample");
    struct missing_figures before, after;
    instant_ms half_a_year = (instant_ms)180 * 24 * 3600 * 1000;
    set_hour("2026-11-20", 12);
    instant_ms from = clock_now() - half_a_year;
    assert_int_equal(
        missing_count(&app, &arena, &person[OFFICER], from, clock_now(), &before, NULL), ST_OK);
    int64_t id = reported(child, "1/2/2026", "20:00");
    save(id, "return", PAIRS("return-day", "2/2/2026", "return-time", "6am"));
    assert_int_equal(missing_count(&app, &arena, &person[OFFICER], from, clock_now(), &after, NULL),
                     ST_OK);
    assert_int_equal(after.interviews, before.interviews + 1);
    assert_int_equal(after.late, before.late + 1);
    assert_int_equal(after.now, before.now);
    struct missing_line *line = NULL;
    size_t count = 0, found = 0;
    assert_int_equal(
        missing_owed(&app, &arena, &person[OFFICER], STR("mid"), from, &line, &count, NULL), ST_OK);
    for (size_t i = 0; i < count; i++) {
        assert_true(missing_waits_for_interview(&line[i]) && line[i].late);
        assert_true(line[i].returned < from);
        found += line[i].id == id;
    }
    assert_int_equal(found, 1);
    struct request request = {
        .app = &app, .arena = &arena, .who = person[OFFICER], .path = STR("/")};
    struct str row = str_fmt(&arena, "id=\"I%lld\"", (long long)id); /* Interviews that wait */
    assert_true(str_find(page_of(page_missing, &request, NULL), row, 0) >= 0);
    /* Kept from somebody, it is in no list of theirs. */
    struct err err = {0};
    assert_int_equal(child_access_give(&app, &person[OFFICER], child, person[SECOND].email, true,
                                       STR("Knows the family."), &err),
                     ST_OK);
    assert_int_equal(
        missing_owed(&app, &arena, &person[SECOND], STR(""), from, &line, &count, NULL), ST_OK);
    for (size_t i = 0; i < count; i++) assert_int_not_equal(line[i].id, id);
    save(id, "offer", PAIRS("offer-day", "3/2/2026", "offer-answer", "declined"));
    assert_int_equal(
        missing_owed(&app, &arena, &person[OFFICER], STR(""), from, &line, &count, NULL), ST_OK);
    for (size_t i = 0; i < count; i++) assert_int_not_equal(line[i].id, id);
}

static void test_lists_by_time_and_forum(void **state)
{
    (void)state;
    set_hour("2026-06-12", 12);
    int64_t child = make_child("Tegen Sample");
    int64_t old = reported(child, "1/2/2026", "20:00");
    save(old, "return", PAIRS("return-day", "2/2/2026", "return-time", "6am"));
    int64_t open = reported(child, "3/2/2026", "20:00"); /* not back yet */
    struct missing_line *line = NULL;
    size_t count = 0;
    instant_ms day = (instant_ms)24 * 3600 * 1000;
    assert_int_equal(missing_since(&app, &arena, &person[OFFICER], STR("mid"),
                                   clock_now() - 7 * day, clock_now(), &line, &count, NULL),
                     ST_OK);
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        assert_int_not_equal(line[i].id, old);
        found |= line[i].id == open;
    }
    assert_true(found);
    assert_int_equal(missing_since(&app, &arena, &person[OFFICER], STR("east"), 0, clock_now(),
                                   &line, &count, NULL),
                     ST_OK);
    assert_int_equal(count, 0);
    struct child_file file;
    assert_int_equal(child_open(&app, &arena, &person[OFFICER], child, &file, NULL), ST_OK);
    assert_int_equal(missing_of_child(&app, &arena, &person[OFFICER], &file, &line, &count, NULL),
                     ST_OK);
    assert_int_equal(count, 2);
    assert_int_equal(line[0].id, open);
}

static void test_prepared_beforehand(void **state)
{
    (void)state;
    set_hour("2026-06-12", 12);
    int64_t child = make_child("Morwenna Sample");
    struct missing_given given[4];
    struct err err = {0};
    size_t count =
        answers(given, PAIRS("prepared-places", "The skate park", "prepared-medical", "Inhaler"));
    assert_int_equal(missing_prepare(&app, &person[STRANGER], child, given, count, 0, &err),
                     ST_NOT_FOUND);
    assert_int_equal(missing_prepare(&app, &person[OFFICER], child, given, count, 0, &err), ST_OK);
    struct child_file file;
    struct missing_file prepared;
    assert_int_equal(child_open(&app, &arena, &person[OFFICER], child, &file, NULL), ST_OK);
    assert_int_equal(missing_prepared(&app, &arena, &file, &prepared, NULL), ST_OK);
    assert_true(
        str_eq(missing_answer_get(&prepared, STR("prepared-medical")).value, STR("Inhaler")));
    assert_int_equal(prepared.answer_count, 2);
}

/* Of joined records the last one's answers count, and whatever was seen of either is no news. */
static void test_prepared_in_two_records(void **state)
{
    (void)state;
    set_hour("2026-06-13", 12);
    struct missing_given given[4];
    struct err err = {0};
    struct child_file file;
    struct missing_file prepared;
    int64_t first = make_child("Demelza Sample");
    int64_t last = make_child("Demelza Sample");
    size_t count = answers(given, PAIRS("prepared-medical", "A new inhaler"));
    assert_int_equal(missing_prepare(&app, &person[OFFICER], last, given, count, 0, &err), ST_OK);
    count =
        answers(given, PAIRS("prepared-places", "The skate park", "prepared-medical", "Inhaler"));
    assert_int_equal(missing_prepare(&app, &person[OFFICER], first, given, count, 0, &err), ST_OK);
    assert_int_equal(child_join(&app, &person[OFFICER], first, last, STR("One child."), &err),
                     ST_OK);
    assert_int_equal(child_open(&app, &arena, &person[OFFICER], first, &file, NULL), ST_OK);
    assert_int_equal(missing_prepared(&app, &arena, &file, &prepared, NULL), ST_OK);
    assert_answer(&prepared, "prepared-medical", "A new inhaler");
    assert_answer(&prepared, "prepared-places", "The skate park");
    for (size_t i = 0; i < prepared.answer_count; i++)
        assert_true(prepared.answer[i].entry <= prepared.newest);
}

static void test_the_chronology_has_it(void **state)
{
    (void)state;
    set_hour("2026-06-12", 12);
    int64_t child = make_child("Demelza Sample");
    int64_t id = reported(child, "1/6/2026", "20:00");
    save(id, "return",
         PAIRS("return-day", "2/6/2026", "return-time", "6am", "found-where", "Bus station",
               "found-with", "Daz"));
    struct child_file file;
    struct chronology_item *item = NULL;
    size_t count = 0;
    struct chronology_wish wish = {.from = LINK_DAY_UNKNOWN, .to = LINK_DAY_UNKNOWN};
    wish.kind[CHRONOLOGY_MISSING] = true;
    assert_int_equal(child_open(&app, &arena, &person[OFFICER], child, &file, NULL), ST_OK);
    assert_int_equal(
        child_chronology(&app, &arena, &person[OFFICER], &file, &wish, &item, &count, NULL), ST_OK);
    assert_int_equal(count, 1);
    assert_int_equal(item[0].missing, id);
    assert_true(str_eq(
        item[0].words,
        STR("Missing from 1 June 2026, 20:00 to 2 June 2026, 06:00. Last seen: The harbour, Hayle. "
            "Found: Bus station. With Daz.")));
}

static enum st propose(int64_t child, struct err *err)
{
    return child_dispose_propose(&app, &person[OFFICER], child, STR("made-by-mistake"),
                                 STR("Made twice."), err);
}

static enum st destroy(int64_t child, struct err *err)
{
    struct child_file file;
    struct child_disposal *disposal = NULL;
    size_t count = 0;
    assert_int_equal(child_open(&app, &arena, &person[SECOND], child, &file, NULL), ST_OK);
    assert_int_equal(
        child_disposals_of(&app, &arena, &person[SECOND], &file, &disposal, &count, NULL), ST_OK);
    assert_int_equal(count, 1);
    struct str seen;
    assert_int_equal(child_dispose_seen(&app, &arena, &file, &seen, NULL), ST_OK);
    return child_dispose_answer(&app, &person[SECOND], child, disposal[0].id, true, seen, err);
}

/* A record that is needed is destroyed by nobody: neither proposed, nor done when it came to be
 * needed after it was proposed. */
static void test_what_is_open_keeps_a_record(void **state)
{
    (void)state;
    set_hour("2026-06-12", 12);
    struct err err = {0};
    int64_t child = make_child("Zelah Sample");
    assert_int_equal(propose(child, &err), ST_OK);
    int64_t id = reported(child, "11/6/2026", "20:00");
    assert_int_equal(destroy(child, &err), ST_CONFLICT);
    assert_non_null(strstr(err.public, "Missing since 11 June 2026, 20:00 and not back yet"));
    int64_t other = make_child("Kitto Sample");
    int64_t second = reported(other, "11/6/2026", "20:00");
    assert_int_equal(propose(other, &err), ST_CONFLICT);
    assert_non_null(strstr(err.public, "Missing since 11 June 2026, 20:00 and not back yet"));
    /* Back: the interview is owed. */
    save(id, "return", PAIRS("return-day", "12/6/2026", "return-time", "6am"));
    save(second, "return", PAIRS("return-day", "12/6/2026", "return-time", "6am"));
    assert_int_equal(destroy(child, &err), ST_CONFLICT);
    assert_non_null(strstr(err.public, "Return interview"));
    assert_int_equal(propose(other, &err), ST_CONFLICT);
    assert_non_null(strstr(err.public, "Return interview"));
    /* That it is closed changes nothing of that. */
    struct child_file file;
    struct child_open *open = NULL;
    size_t count = 0;
    struct str seen;
    assert_int_equal(child_close_propose(&app, &person[OFFICER], other, STR("x"), &err), ST_OK);
    assert_int_equal(child_open(&app, &arena, &person[SECOND], other, &file, &err), ST_OK);
    assert_int_equal(
        child_still_open(&app, &arena, &person[SECOND], &file, &open, &count, &seen, &err), ST_OK);
    assert_int_equal(child_close_answer(&app, &person[SECOND], other, true, seen, STR("x"), &err),
                     ST_OK);
    assert_int_equal(propose(other, &err), ST_CONFLICT);
    /* Declined: a plan with a next review is open. */
    save(id, "offer",
         PAIRS("offer-day", "12/6/2026", "offer-time", "7am", "offer-answer", "declined"));
    struct child_draft plan = {.kind = ENTRY_PLAN,
                               .text = {STR_INIT("safety-plan"), STR_INIT("Somebody rings."),
                                        STR_INIT("2026-06-12"), STR_INIT("2026-09-01")}};
    int64_t entry = 0;
    assert_int_equal(
        child_add(&app, &person[OFFICER], child, &plan, 1, "entry added", 0, &entry, &err), ST_OK);
    assert_int_equal(destroy(child, &err), ST_CONFLICT);
    assert_non_null(strstr(err.public, "A plan is to be reviewed on 1 September 2026"));
    assert_null(strstr(err.public, "more"));
    struct child_draft review = {.kind = ENTRY_REVIEW, .about = entry,
                                 .text = {STR_INIT("It ended."), STR_INIT("2026-06-12")}};
    assert_int_equal(
        child_add(&app, &person[OFFICER], child, &review, 1, "entry added", 0, NULL, &err), ST_OK);
    assert_int_equal(destroy(child, &err), ST_OK);
    assert_missing(OFFICER, id);
}

/* It need not be closed before. */
static void test_it_goes_with_the_record(void **state)
{
    (void)state;
    set_hour("2026-06-12", 12);
    struct err err = {0};
    int64_t child = make_child("Zelah Sample");
    int64_t id = reported(child, "1/6/2026", "20:00");
    save(id, "return", PAIRS("return-day", "2/6/2026", "return-time", "6am"));
    save(id, "offer",
         PAIRS("offer-day", "3/6/2026", "offer-time", "7am", "offer-answer", "declined"));
    assert_int_equal(propose(child, &err), ST_OK);
    assert_int_equal(destroy(child, &err), ST_OK);
    assert_missing(OFFICER, id);
    assert_int_equal(seen_by(OFFICER, id), 0);
}

/* --- facts that are put to people ----------------------------------------------------------- */

static struct missing_alert *alerts_of(int who, size_t *ret_count)
{
    struct missing_line *line = NULL;
    struct missing_alert *alert = NULL;
    size_t count = 0;
    assert_int_equal(
        missing_since(&app, &arena, &person[who], STR(""), 0, clock_now(), &line, &count, NULL),
        ST_OK);
    assert_int_equal(
        missing_alerts(&app, &arena, &person[who], line, count, &alert, ret_count, NULL), ST_OK);
    return alert;
}

static const struct missing_alert *find_alert(int who, const char *key)
{
    size_t count = 0;
    struct missing_alert *alert = alerts_of(who, &count);
    for (size_t i = 0; i < count; i++)
        if (str_eq(alert[i].key, str_from(key))) return &alert[i];
    return NULL;
}

static const char *keyed(const char *kind, int64_t a, int64_t b)
{
    static char key[80];
    if (b)
        snprintf(key, sizeof key, "%s:%lld:%lld", kind, (long long)a, (long long)b);
    else
        snprintf(key, sizeof key, "%s:%lld", kind, (long long)a);
    return key;
}

static void test_the_third_and_each_one_after(void **state)
{
    (void)state;
    set_hour("2026-09-30", 12);
    int64_t child = make_child("Jenifer Holman");
    int64_t before = reported(child, "1/6/2026", "20:00"); /* more than 90 days before the third */
    save(before, "return", PAIRS("return-day", "2/6/2026", "return-time", "6am"));
    int64_t id[4];
    static const char *const days[] = {"1/7/2026", "1/8/2026", "5/9/2026", "20/9/2026"};
    static const char *const back[] = {"2/7/2026", "2/8/2026", "6/9/2026", "21/9/2026"};
    for (int i = 0; i < 4; i++) {
        id[i] = reported(child, days[i], "20:00");
        save(id[i], "return", PAIRS("return-day", back[i], "return-time", "6am"));
        if (i == 0) assert_null(find_alert(OFFICER, keyed("repeat", id[0], 0)));
        if (i != 2) continue;
        const struct missing_alert *third = find_alert(OFFICER, keyed("repeat", id[2], 0));
        assert_non_null(third);
        assert_int_equal(third->episode_count, 3);
        assert_true(str_eq(third->fact, STR("Jenifer Holman: the 3rd episode within 90 days")));
        struct err err = {0};
        assert_int_equal(
            missing_alert_answer(&app, &person[OFFICER], third->key, false, STR(""), &err),
            ST_INVALID);
        assert_int_equal(
            missing_alert_answer(&app, &person[STRANGER], third->key, false, STR("Not so."), &err),
            ST_NOT_FOUND);
        assert_int_equal(missing_alert_answer(&app, &person[ANALYST], third->key, false,
                                              STR("A family visit."), &err),
                         ST_OK);
        third = find_alert(OFFICER, keyed("repeat", id[2], 0));
        assert_true(str_eq(third->verdict, STR("dismissed")));
        assert_true(str_eq(third->reason, STR("A family visit.")));
        assert_true(str_eq(third->by, STR("Kerensa Vane")));
    }
    /* One more raises it anew: the answer to the third does not silence the fourth. */
    const struct missing_alert *fourth = find_alert(OFFICER, keyed("repeat", id[3], 0));
    assert_non_null(fourth);
    assert_int_equal(fourth->verdict.len, 0);
    assert_true(str_starts(fourth->fact, STR("Jenifer Holman: the 4th")));
}

static bool page_has(int64_t episode, const char *words)
{
    struct request request = {
        .app = &app, .arena = &arena, .who = person[OFFICER], .id = {episode}, .path = STR("/")};
    return str_find(page_of(page_missing_one, &request, NULL), str_from(words), 0) >= 0;
}

static struct str post_return(int64_t episode, const char *version, const char *where,
                              const char *with, int *ret_status)
{
    struct form_field fields[] = {{STR("version"), str_from(version), STR("")},
                                  {STR("return-day"), STR("12/3/2026"), STR("")},
                                  {STR("return-time"), STR("06:15"), STR("")},
                                  {STR("found-where"), str_from(where), STR("")},
                                  {STR("found-with"), str_from(with), STR("")}};
    struct request request = {.app = &app,
                              .arena = &arena,
                              .who = person[OFFICER],
                              .id = {episode},
                              .parameter = {STR(""), STR(MISSING_RETURN)},
                              .path = STR("/"),
                              .method = POST,
                              .field = fields,
                              .field_count = 5};
    return page_of(page_missing_part_save, &request, ret_status);
}

/* Of two who have the same part open the second overwrites nothing unseen. */
static void test_a_page_that_is_older_overwrites_nothing(void **state)
{
    (void)state;
    int status = 0;
    char before[24];
    char after[24];
    set_hour("2026-03-12", 12);
    int64_t id = reported(make_child("Morwenna Holman"), "11/3/2026", "22:30");
    snprintf(before, sizeof before, "%lld", (long long)opened(OFFICER, id).newest);
    (void)post_return(id, before, "Bus station", "Nobody", &status);
    assert_int_equal(status, 303);
    (void)post_return(id, before, "Bus station", "Nobody", &status); /* a second press */
    assert_int_equal(status, 303);
    struct str page = post_return(id, before, "Bus station", "An older boy", &status);
    assert_int_equal(status, 400);
    assert_true(str_find(page, STR("An older boy"), 0) > 0);
    assert_true(str_find(page, STR("Another answer was saved"), 0) > 0);
    struct missing_file file = opened(OFFICER, id);
    assert_answer(&file, "found-with", "Nobody");
    snprintf(after, sizeof after, "%lld", (long long)file.newest);
    assert_true(str_find(page, str_fmt(&arena, "name=\"version\" value=\"%s\"", after), 0) > 0);
    (void)post_return(id, after, "Bus station", "An older boy", &status);
    assert_int_equal(status, 303);
    file = opened(OFFICER, id);
    assert_answer(&file, "found-with", "An older boy");
    assert_answer(&file, "found-where", "Bus station");
}

/* What stands on the page of an old episode can be answered there. */
static void test_a_fact_of_long_ago_is_answered(void **state)
{
    (void)state;
    static const char *const days[] = {"1/2/2025", "1/3/2025", "1/4/2025",
                                       "1/7/2026", "1/8/2026", "1/9/2026"};
    static const char *const back[] = {"2/2/2025", "2/3/2025", "2/4/2025",
                                       "2/7/2026", "2/8/2026", "2/9/2026"};
    set_hour("2026-09-30", 12);
    int64_t child = make_child("Loveday Holman");
    int64_t id[6];
    struct err err = {0};
    for (int i = 0; i < 6; i++) {
        id[i] = reported(child, days[i], "20:00");
        save(id[i], "return", PAIRS("return-day", back[i], "return-time", "6am"));
    }
    const char *key = keyed("repeat", id[2], 0);
    assert_true(page_has(id[2], key));
    if (missing_alert_answer(&app, &person[OFFICER], str_from(key), false,
                             STR("A family visit."), &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_true(page_has(id[2], "A family visit."));
    assert_non_null(find_alert(OFFICER, keyed("repeat", id[5], 0)));
}

static void test_where_and_with_whom(void **state)
{
    (void)state;
    set_hour("2026-10-30", 12);
    int64_t a = reported(make_child("Talan Rouse"), "1/10/2026", "20:00");
    int64_t b = reported(make_child("Eseld Rouse"), "1/10/2026", "22:00");
    int64_t c = reported(make_child("Perran Teague"), "9/10/2026", "22:00");
    save(a, "report", PAIRS("missing-vehicle", "WK07 XRT"));
    save(a, "return",
         PAIRS("return-day", "2/10/2026", "return-time", "6am", "found-outside", "yes",
               "found-with", "Zakariah Thistleton"));
    save(b, "return",
         PAIRS("return-day", "2/10/2026", "return-time", "9am", "found-vehicle", "WK07XRT"));
    save(c, "return",
         PAIRS("return-day", "10/10/2026", "return-time", "9am", "found-vehicle", "WK07XRT",
               "found-with", "Zakariah Thistleton"));
    const struct missing_alert *together = find_alert(OFFICER, keyed("together", a, b));
    assert_non_null(together);
    assert_int_equal(together->episode_count, 2);
    assert_null(find_alert(OFFICER, keyed("together", a, c))); /* not at the same time */
    assert_non_null(find_alert(OFFICER, keyed("out-of-area", a, 0)));
    assert_null(find_alert(OFFICER, keyed("out-of-area", b, 0)));
    /* The car is in the episodes of three: the newest says it, once. */
    const struct missing_alert *common = find_alert(OFFICER, keyed("common", c, 0));
    assert_non_null(common);
    assert_int_equal(common->episode_count, 3);
    assert_non_null(
        strstr(str_c(&arena, common->fact), "in the episodes of 3 children: Perran Teague, "));
    assert_null(find_alert(OFFICER, keyed("common", a, 0)));
    assert_null(find_alert(OFFICER, keyed("common", b, 0)));
    const struct missing_alert *known = find_alert(OFFICER, keyed("known-person", c, 0));
    assert_non_null(known);
    assert_int_equal(known->mention, 0);
    /* Whom information names, for who may see it. */
    struct mention_draft mention = {.kind = LINK_PERSON, .span_start = -1, .span_end = -1};
    mention.field[LINK_NAME] = STR("Zakariah Thistleton");
    struct submission_draft draft = {.idempotency_key = STR("z"),
                                     .narrative = STR("Seen at the gate."),
                                     .mention = &mention,
                                     .mention_count = 1};
    struct submission_receipt receipt;
    assert_int_equal(submission_share(&app, &person[ANALYST], &draft, 0, 0, &receipt, NULL), ST_OK);
    share_on(&app, &arena, &person[WORKER], receipt.id);
    assert_true(find_alert(OFFICER, keyed("known-person", c, 0))->mention != 0);
    /* Who sees neither of them sees nothing of it. */
    size_t count = 0;
    (void)alerts_of(STRANGER, &count);
    assert_int_equal(count, 0);
}

static int64_t interviewed(const char *name, const char *wish, const char *said)
{
    int64_t id = reported(make_child(name), "1/10/2026", "20:00");
    save(id, "return", PAIRS("return-day", "2/10/2026", "return-time", "6am"));
    save(id, "offer", PAIRS("offer-day", "2/10/2026", "offer-answer", "accepted"));
    save(id, "interview",
         PAIRS("interview-day", "3/10/2026", "interview-time", "9am", "interview-independent",
               "yes", "said-travel", said));
    if (wish) save(id, "interview", PAIRS("wish-sharing", wish));
    return id;
}

static size_t fragments_of(const struct missing_file *file, struct missing_fragment **ret)
{
    size_t count = 0;
    assert_int_equal(missing_fragments(&app, &arena, &person[OFFICER], file, ret, &count, NULL),
                     ST_OK);
    return count;
}

static struct submission submission_of(int64_t id)
{
    struct submission submission;
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(submission_load(&app, db, &arena, id, &submission, NULL), ST_OK);
    store_read_end(app.store, db);
    return submission;
}

/* Rows of an episode that stand next to a submission: by the account that sealed
 * it, or since its instant. */
static int64_t rows_that_tell(int64_t episode, int64_t account, int64_t submission)
{
    int64_t count = 0;
    struct db *db = store_read_begin(app.store, NULL);
    struct query *query = db_query_once(
        db, "SELECT count(*) FROM missing_entry e WHERE e.kind = 'fragment' AND e.episode_id = ?3"
            " AND (e.account_id = ?1 OR e.at >= (SELECT s.created_at FROM submission s WHERE s.id "
            "= ?2))");
    db_bind_int(query, 1, account);
    db_bind_int(query, 2, submission);
    db_bind_int(query, 3, episode);
    assert_int_equal(db_one(query, &count, NULL), ST_OK);
    store_read_end(app.store, db);
    return count;
}

/* Nothing in the clear leads from a child to what was passed on of it and to who did that. */
static void test_who_passed_an_answer_on_is_sealed(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t submission = 0;
    set_hour("2026-10-29", 12);
    int64_t episode =
        interviewed("Jory Holman", "words", "He fetched me in a silver car, WM08 TRX.");
    set_hour("2026-10-29", 15);
    assert_int_equal(missing_fragment_share(&app, &person[SECOND], episode, STR("said-travel"),
                                            &submission, &err),
                     ST_OK);
    assert_int_equal(rows_that_tell(episode, person[SECOND].account, submission), 0);
    struct missing_fragment *fragment = NULL;
    struct missing_file file = opened(OFFICER, episode);
    assert_int_equal(fragments_of(&file, &fragment), 1);
    assert_int_equal(fragment[0].submission, submission);

    /* As an older version kept it, and what the migration makes of that. */
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    struct query *query = db_query_once(
        db, "UPDATE missing_entry SET account_id = ?1, at = ?2 WHERE kind = 'fragment'");
    db_bind_int(query, 1, person[SECOND].account);
    db_bind_int(query, 2, clock_now());
    assert_int_equal(db_run(query, NULL), ST_OK);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    assert_true(rows_that_tell(episode, person[SECOND].account, submission) > 0);
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    for (size_t i = 0; i < migrations_count; i++)
        if (str_find(str_from(migrations[i].name), STR("passed_on"), 0) >= 0)
            assert_int_equal(db_execute_script(db, str_from(migrations[i].text), &err), ST_OK);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    assert_int_equal(rows_that_tell(episode, person[SECOND].account, submission), 0);
    file = opened(OFFICER, episode);
    assert_int_equal(fragments_of(&file, &fragment), 1);
    assert_int_equal(fragment[0].submission, submission);
}

static void test_answers_are_passed_on_as_the_child_wishes(void **state)
{
    (void)state;
    set_hour("2026-10-30", 12);
    struct err err = {0};
    int64_t submission = 0;
    int64_t none = interviewed("Carys Holman", NULL, "In a car, WM08 TRX.");
    assert_int_equal(
        missing_fragment_share(&app, &person[OFFICER], none, STR("said-travel"), &submission, &err),
        ST_INVALID);
    assert_non_null(strstr(err.public, "Ask the child first"));
    int64_t no = interviewed("Denzel Holman", "no", "In a car, WM08 TRX.");
    assert_int_equal(
        missing_fragment_share(&app, &person[OFFICER], no, STR("said-travel"), &submission, &err),
        ST_INVALID);
    int64_t facts = interviewed("Steren Holman", "facts",
                                "He fetched me in a silver car, WM08 TRX, and I hated it.");
    assert_int_equal(missing_fragment_share(&app, &person[STRANGER], facts, STR("said-travel"),
                                            &submission, &err),
                     ST_NOT_FOUND);
    assert_int_equal(missing_fragment_share(&app, &person[ANALYST], facts, STR("said-travel"),
                                            &submission, &err),
                     ST_NOT_FOUND);
    assert_int_equal(
        missing_fragment_share(&app, &person[OFFICER], facts, STR("said-who"), &submission, &err),
        ST_NOT_FOUND);
    assert_int_equal(missing_fragment_share(&app, &person[OFFICER], facts, STR("said-travel"),
                                            &submission, &err),
                     ST_OK);
    struct submission got = submission_of(submission);
    assert_true(str_find(got.narrative, STR("hated"), 0) < 0);
    assert_true(str_find(got.narrative, STR("Steren"), 0) < 0);
    assert_int_equal(got.mention_count, 1);
    assert_true(str_eq(got.mention[0].field[LINK_REGISTRATION], STR("WM08 TRX")));
    /* A second click adds nothing. */
    int64_t again = 0;
    assert_int_equal(
        missing_fragment_share(&app, &person[OFFICER], facts, STR("said-travel"), &again, &err),
        ST_OK);
    assert_int_equal(again, submission);
    int64_t words = interviewed("Gerren Holman", "words",
                                "He fetched me in a silver car, WM08 TRX, and I hated it.");
    assert_int_equal(missing_fragment_share(&app, &person[OFFICER], words, STR("said-travel"),
                                            &submission, &err),
                     ST_OK);
    got = submission_of(submission);
    assert_true(str_find(got.narrative, STR("and I hated it"), 0) >= 0);
    struct missing_file file = opened(OFFICER, words);
    struct missing_fragment *fragment = NULL;
    assert_int_equal(fragments_of(&file, &fragment), 1);
    assert_int_equal(fragment[0].submission, submission);
    /* And without what says which child it is, in any form that stands in the record. */
    int64_t named =
        interviewed("Will Taylor", "words",
                    "Jago Trewin said: come on Will, get in. WILL TAYLOR, he shouted. He "
                    "picked me up from 3 Example Row in WM08 TRX and will ring Taylor's "
                    "number. From Example Row we went to Truro.");
    struct child_draft home = {.kind = ENTRY_FACT};
    home.text[FACT_KEY] = STR("child-address");
    home.text[FACT_ANSWER] = STR("given");
    home.text[FACT_VALUE] = STR("3 Example Row, Truro, TR1 3ZZ");
    file = opened(OFFICER, named);
    struct child_file child;
    assert_int_equal(child_open(&app, &arena, &person[OFFICER], file.line.child, &child, NULL),
                     ST_OK);
    int64_t fact = 0;
    assert_int_equal(child_fact_add(&app, &person[OFFICER], &child, &home, STR("first"),
                                    CHILD_AS_IT_IS, &fact, NULL),
                     ST_OK);
    assert_int_equal(missing_fragment_share(&app, &person[OFFICER], named, STR("said-travel"),
                                            &submission, &err),
                     ST_OK);
    got = submission_of(submission);
    assert_str(
        got.narrative,
        "A child said in a return interview: “Jago Trewin said: come on [the child], get in. "
        "[the child], he shouted. He picked me up from [where the child lives] in WM08 TRX "
        "and will ring [the child]'s number. From [where the child lives] we went to "
        "Truro.”");
    for (size_t i = 0; i < got.mention_count; i++)
        for (int f = 0; f < LINK_FIELDS; f++)
            assert_true(str_find(got.mention[i].field[f], STR("Taylor"), 0) < 0);
    /* Who changes the answer may pass it on again. */
    set_hour("2026-10-30", 13);
    save(words, "interview", PAIRS("said-travel", "By bus, and then with Daz."));
    file = opened(OFFICER, words);
    assert_int_equal(fragments_of(&file, &fragment), 1);
    assert_int_equal(fragment[0].submission, 0);
}

/* Somebody may write the return after a file was compared with what is there. */
static void test_a_file_overwrites_no_return(void **state)
{
    (void)state;
    set_hour("2026-11-05", 12);
    struct missing_given given[4];
    struct err err = {0};
    int64_t id = reported(make_child("Nessa Sample"), "1/11/2026", "20:00");
    save(id, "return", PAIRS("return-day", "2/11/2026", "return-time", "5am"));
    size_t count = answers(given, PAIRS("return-day", "2/11/2026", "return-time", "6am"));
    assert_int_equal(
        missing_save_of_file(&app, &person[OFFICER], id, STR(MISSING_RETURN), given, count, &err),
        ST_OK);
    assert_instant(opened(OFFICER, id).line.returned, "2 November 2026, 05:00");
}

/* What a list of those that are owed takes of a request's memory. */
static size_t memory_of_owed(const char *of, size_t *ret_count)
{
    struct missing_line *line = NULL;
    struct arena own;
    arena_init(&own, (size_t)1 << 30);
    assert_int_equal(missing_owed(&app, &own, &person[OFFICER], str_from(of), clock_now(), &line,
                                  ret_count, NULL),
                     ST_OK);
    size_t used = own.used;
    arena_done(&own);
    return used;
}

/* Interviews that nobody held are listed however old: some day there are thousands. */
static void test_a_long_list_takes_little_for_each(void **state)
{
    (void)state;
    enum { EPISODES = 24 };
    set_hour("2026-11-25", 12);
    int64_t child = make_child("Morwen Sample");
    struct missing_line *line = NULL;
    size_t count = 0, none = 0, own = 0;
    for (int day = 1; day <= EPISODES; day++) {
        const char *gone = str_fmt(&arena, "%d/2/2026", day).ptr;
        const char *back = str_fmt(&arena, "%d/2/2026", day + 1).ptr;
        save(reported(child, gone, "20:00"), "return",
             PAIRS("return-day", back, "return-time", "6am", "found-where",
                   str_fmt(&arena, "Shelter %d, Truro", day).ptr));
    }
    size_t without = memory_of_owed("nowhere", &none);
    size_t with = memory_of_owed("mid", &count);
    assert_int_equal(none, 0);
    assert_true(count >= EPISODES);
    assert_true(with - without < count * 40 * 1024);
    /* Each says its own. */
    assert_int_equal(
        missing_owed(&app, &arena, &person[OFFICER], STR("mid"), clock_now(), &line, &count, NULL),
        ST_OK);
    for (size_t i = 0; i < count; i++) {
        if (line[i].child != child) continue;
        struct str where = str_fmt(&arena, "Shelter %zu, Truro", ++own);
        assert_true(str_eq(line[i].found_where, where));
        assert_int_equal(line[i].mention_count, line[i].found_from + 1);
    }
    assert_int_equal(own, EPISODES);
}

static size_t memory_of_one(int64_t id)
{
    struct missing_file file;
    struct arena own;
    arena_init(&own, (size_t)1 << 30);
    assert_int_equal(missing_open(&app, &own, &person[OFFICER], id, &file, NULL), ST_OK);
    size_t used = own.used;
    arena_done(&own);
    return used;
}

/* Whoever saves a long part over and over fills nobody's request. */
static void test_many_long_entries_take_little(void **state)
{
    (void)state;
    enum { SAVES = 40, LITTLE = 96 << 10 };
    set_hour("2026-11-25", 12);
    int64_t id = reported(make_child("Tegen Sample"), "1/11/2026", "20:00");
    char *text = arena_alloc(&arena, QUESTION_TEXT_MAX + 1);
    size_t count = 0;
    save(id, "return",
         PAIRS("return-day", "2/11/2026", "return-time", "6am", "found-where", "Shelter, Hayle"));
    save(id, "action", PAIRS("action-what", "Friends were called.", "action-by", "The home"));
    save(id, "action", PAIRS("action-what", "The quay was looked over."));
    size_t listed = memory_of_owed("mid", &count);
    size_t one = memory_of_one(id);
    for (int i = 0; i < SAVES; i++) {
        memset(text, 'a' + i % 26, QUESTION_TEXT_MAX);
        save(id, "return", PAIRS("found-check", text));
        save(id, "offer",
             PAIRS("offer-day", "3/11/2026", "offer-answer", "waiting", "offer-why", text));
    }
    save(id, "return", PAIRS("found-check", "Tired and cold."));
    save(id, "offer",
         PAIRS("offer-day", "today", "offer-answer", "waiting", "offer-why", "No answer."));
    assert_true(memory_of_owed("mid", &count) < listed + LITTLE);
    assert_true(memory_of_one(id) < one + LITTLE);
    /* The newest of each answer counts, and what was done is in the order of time. */
    struct missing_file file = opened(OFFICER, id);
    assert_answer(&file, "missing-where", "The harbour, Hayle");
    assert_answer(&file, "found-where", "Shelter, Hayle");
    assert_answer(&file, "found-check", "Tired and cold.");
    assert_answer(&file, "offer-why", "No answer.");
    assert_answer(&file, "offer-day", "25 November 2026");
    assert_str(file.line.found_where, "Shelter, Hayle");
    assert_int_equal(file.deed_count, 2);
    assert_str(file.deed[0].by, "The home");
    assert_str(file.deed[1].what, "The quay was looked over.");
    assert_true(file.deed[0].id < file.deed[1].id && file.deed[1].id < file.newest);
}

static void assert_refused(const char *text, bool form, const char *reason)
{
    struct area_text parsed;
    struct area_missing missing = {0};
    struct err err = {0};
    if (!form) missing = *area_missing(area);
    missing.column_count = missing.legacy_count = 0;
    enum st outcome = area_text_parse(&arena, STR("missing.txt"), str_from(text), &parsed, &err);
    if (outcome == ST_OK)
        outcome = form ? area_missing_form_read(&arena, &parsed, &missing, &err)
                       : area_missing_read(&arena, &parsed, &missing, &err);
    if (outcome != ST_INVALID || !strstr(err.public, reason))
        fail_msg("'%s', not '%s'", err.public, reason);
}

static void test_mistakes_of_the_pack(void **state)
{
    (void)state;
    assert_int_equal(area_missing(area)->alert[ALERT_REPEAT].episodes, 3);
    assert_int_equal(area_missing(area)->alert[ALERT_REPEAT].days, 90);
    assert_refused("[x]\nkind = score\n", false,
                   "missing.txt, line 1: kind is alert, legacy, column or file.");
    assert_refused("[score]\nkind = alert\n", false, "an alert is repeat");
    assert_refused(
        "[repeat]\nkind = alert\ntext = a\nask = b\nsource = c\nepisodes = 1\ndays = 90\n", false,
        "episodes is a number from 2 to 100");
    assert_refused("[repeat]\nkind = alert\ntext = a\nask = b\n", false, "needs 'source");
    assert_refused("[c]\nkind = column\nto = nothing\nheaders = x\n", false, "asks no [nothing]");
    assert_refused("[missing]\nkind = legacy\ntext = a\nsource = b\n", false,
                   "is an option of missing-sort already");
    assert_refused("[f]\nform = F\n[a]\nsection = A\npart = P\nsource = S\n[b]\nstep = "
                   "B\n[c]\nquestion = C\ntype = line\n",
                   true, "the program needs a section [prepared]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_from_report_to_return),
        cmocka_unit_test(test_what_is_open_is_named_before_a_record_is_closed),
        cmocka_unit_test(test_what_cannot_be_is_said),
        cmocka_unit_test(test_the_interview_has_seventy_two_hours),
        cmocka_unit_test(test_an_interview_that_is_held_was_offered),
        cmocka_unit_test(test_some_questions_are_about_a_no),
        cmocka_unit_test(test_a_day_does_not_move),
        cmocka_unit_test(test_a_day_that_was_kept_as_it_was_typed),
        cmocka_unit_test(test_the_clock_cannot_be_put_right_afterwards),
        cmocka_unit_test(test_no_second_one_at_the_same_time),
        cmocka_unit_test(test_who_sees_it),
        cmocka_unit_test(test_what_is_owed_stays_on_the_list),
        cmocka_unit_test(test_lists_by_time_and_forum),
        cmocka_unit_test(test_prepared_beforehand),
        cmocka_unit_test(test_prepared_in_two_records),
        cmocka_unit_test(test_the_chronology_has_it),
        cmocka_unit_test(test_what_is_open_keeps_a_record),
        cmocka_unit_test(test_it_goes_with_the_record),
        cmocka_unit_test(test_the_third_and_each_one_after),
        cmocka_unit_test(test_a_fact_of_long_ago_is_answered),
        cmocka_unit_test(test_a_page_that_is_older_overwrites_nothing),
        cmocka_unit_test(test_where_and_with_whom),
        cmocka_unit_test(test_answers_are_passed_on_as_the_child_wishes),
        cmocka_unit_test(test_who_passed_an_answer_on_is_sealed),
        cmocka_unit_test(test_a_file_overwrites_no_return),
        cmocka_unit_test(test_a_long_list_takes_little_for_each),
        cmocka_unit_test(test_many_long_entries_take_little),
        cmocka_unit_test(test_mistakes_of_the_pack),
    };
    return cmocka_run_group_tests(tests, fresh, close_partnership);
}
