/* The desk's clocks from end to end: the rules of the Cornwall pack, its office hours and
 * its list of bank holidays, against instants reckoned by hand.  Times are those of the wall
 * clock in London; a trailing "b" is the second of an hour that comes twice. */
#include "base/arena.h"
#include "domain/area_desk.h"
#include "web/draw_clock.h"

#include "tests_common.h"

static struct area *area;
static struct arena arena;

static instant_ms at(const char *text)
{
    struct civil civil = {0};
    assert_true(date_parse_iso(str_of(text, 10), &civil.date));
    civil.hour = (int8_t)((text[11] - '0') * 10 + text[12] - '0');
    civil.minute = (int8_t)((text[14] - '0') * 10 + text[15] - '0');
    instant_ms instant = clock_from_london(civil);
    return text[16] == 'b' ? instant + 3600000 : instant;
}

static const struct {
    const char *clock;
    const char *start;
    const char *due;
} cases[] = {
    /* A referral is decided within one working day. */
    {"decision", "2026-03-02 10:00", "2026-03-03 10:00"},
    {"decision", "2026-03-03 09:00", "2026-03-04 09:00"},
    {"decision", "2026-03-03 16:59", "2026-03-04 16:59"},
    {"decision", "2026-03-03 17:00", "2026-03-04 17:00"}, /* just closed: counts as tomorrow's */
    {"decision", "2026-03-03 17:01", "2026-03-04 17:00"},
    {"decision", "2026-03-03 23:59", "2026-03-04 17:00"},
    {"decision", "2026-03-04 08:59", "2026-03-05 09:00"},
    {"decision", "2026-03-06 10:00", "2026-03-09 10:00"}, /* a Friday */
    {"decision", "2026-03-06 16:59", "2026-03-09 16:59"},
    {"decision", "2026-03-06 17:00", "2026-03-09 17:00"},
    {"decision", "2026-03-06 17:01", "2026-03-09 17:00"},
    {"decision", "2026-03-07 12:00", "2026-03-09 17:00"},
    {"decision", "2026-03-08 23:59", "2026-03-09 17:00"},
    /* Christmas 2026: Friday 25 and Monday 28 December are holidays. */
    {"decision", "2026-12-24 10:00", "2026-12-29 10:00"},
    {"decision", "2026-12-24 16:59", "2026-12-29 16:59"},
    {"decision", "2026-12-24 17:01", "2026-12-29 17:00"},
    {"decision", "2026-12-25 10:00", "2026-12-29 17:00"},
    {"decision", "2026-12-26 10:00", "2026-12-29 17:00"},
    {"decision", "2026-12-27 10:00", "2026-12-29 17:00"},
    {"decision", "2026-12-28 10:00", "2026-12-29 17:00"},
    {"decision", "2026-12-31 10:00", "2027-01-04 10:00"},
    {"decision", "2027-01-01 12:00", "2027-01-04 17:00"},
    {"decision", "2025-12-24 10:00", "2025-12-29 10:00"},
    {"decision", "2025-12-24 17:01", "2025-12-29 17:00"},
    /* Easter. */
    {"decision", "2026-04-02 10:00", "2026-04-07 10:00"},
    {"decision", "2026-04-02 16:59", "2026-04-07 16:59"},
    {"decision", "2026-04-02 17:01", "2026-04-07 17:00"},
    {"decision", "2026-04-03 12:00", "2026-04-07 17:00"},
    {"decision", "2026-04-06 12:00", "2026-04-07 17:00"},
    {"decision", "2027-03-25 16:50", "2027-03-30 16:50"}, /* with the change of the clock in it */
    /* The bank holidays of May and August. */
    {"decision", "2026-05-01 16:50", "2026-05-05 16:50"}, /* the teacher of the story */
    {"decision", "2026-05-01 17:01", "2026-05-05 17:00"},
    {"decision", "2026-05-04 11:00", "2026-05-05 17:00"},
    {"decision", "2026-05-22 16:50", "2026-05-26 16:50"},
    {"decision", "2026-11-27 18:00", "2026-11-30 17:00"},
    {"decision", "2026-11-27 17:00", "2026-11-30 17:00"},
    {"decision", "2026-11-30 00:00", "2026-12-01 09:00"},
    {"decision", "2026-08-28 17:01", "2026-09-01 17:00"},
    /* Clocks go forward on 29 March, back on 25 October. */
    {"decision", "2026-03-27 10:00", "2026-03-30 10:00"},
    {"decision", "2026-03-29 00:30", "2026-03-30 17:00"},
    {"decision", "2026-10-23 10:00", "2026-10-26 10:00"},
    {"decision", "2026-10-25 01:30", "2026-10-26 17:00"},
    {"decision", "2026-10-25 01:30b", "2026-10-26 17:00"},
    /* Telephoned first: 48 hours that pass, whatever day it is. */
    {"written-confirmation", "2026-03-06 16:50", "2026-03-08 16:50"},
    {"written-confirmation", "2026-12-24 17:01", "2026-12-26 17:01"},
    {"written-confirmation", "2026-03-28 12:00", "2026-03-30 13:00"},
    {"written-confirmation", "2026-10-24 12:00", "2026-10-26 11:00"},
    {"written-confirmation", "2026-10-25 01:30", "2026-10-27 00:30"},
    {"written-confirmation", "2026-10-25 01:30b", "2026-10-27 01:30"},
    /* Red: two hours that run on past the close, and wait for the office to open. */
    {"check-red", "2026-03-02 10:00", "2026-03-02 12:00"},
    {"check-red", "2026-03-02 16:00", "2026-03-02 18:00"},
    {"check-red", "2026-03-02 16:59", "2026-03-02 18:59"},
    {"check-red", "2026-03-02 17:00", "2026-03-03 11:00"},
    {"check-red", "2026-03-02 17:01", "2026-03-03 11:00"},
    {"check-red", "2026-03-02 23:30", "2026-03-03 11:00"}, /* overnight */
    {"check-red", "2026-03-06 16:59", "2026-03-06 18:59"},
    {"check-red", "2026-03-06 17:01", "2026-03-09 11:00"},
    {"check-red", "2026-05-01 17:01", "2026-05-05 11:00"},
    {"check-red", "2026-12-24 16:59", "2026-12-24 18:59"},
    {"check-red", "2026-12-24 17:01", "2026-12-29 11:00"},
    {"check-red", "2026-12-25 03:00", "2026-12-29 11:00"},
    {"check-red", "2026-10-25 01:30b", "2026-10-26 11:00"},
    /* Amber: six office hours. */
    {"check-amber", "2026-03-02 10:00", "2026-03-02 16:00"},
    {"check-amber", "2026-03-02 11:00", "2026-03-02 17:00"},
    {"check-amber", "2026-03-02 11:01", "2026-03-03 09:01"},
    {"check-amber", "2026-03-02 15:00", "2026-03-03 13:00"},
    {"check-amber", "2026-03-06 15:00", "2026-03-09 13:00"}, /* over a weekend */
    {"check-amber", "2026-03-06 17:01", "2026-03-09 15:00"},
    {"check-amber", "2026-03-07 12:00", "2026-03-09 15:00"},
    {"check-amber", "2026-04-02 16:00", "2026-04-07 14:00"},
    {"check-amber", "2026-05-01 16:50", "2026-05-05 14:50"},
    {"check-amber", "2026-12-24 16:00", "2026-12-29 14:00"},
    {"check-amber", "2026-03-27 15:00", "2026-03-30 13:00"},
    {"check-amber", "2026-10-23 15:00", "2026-10-26 13:00"},
    /* Green: twenty-four office hours, which are three days. */
    {"check-green", "2026-03-02 10:00", "2026-03-05 10:00"},
    {"check-green", "2026-03-06 10:00", "2026-03-11 10:00"},
    {"check-green", "2026-04-02 10:00", "2026-04-09 10:00"},
    {"check-green", "2026-12-24 10:00", "2026-12-31 10:00"},
    {"check-green", "2026-12-29 09:00", "2026-12-31 17:00"},
    {"check-green", "2026-12-30 17:01", "2027-01-05 17:00"},
    /* Feedback, transfer, a disagreement, a second sign-off. */
    {"feedback", "2026-05-01 17:01", "2026-05-05 17:00"},
    {"transfer", "2026-04-02 17:01", "2026-04-07 17:00"},
    {"escalation", "2026-12-24 12:00", "2026-12-29 12:00"},
    {"escalation-senior", "2026-12-24 10:00", "2026-12-30 10:00"},
    {"sign-off", "2026-05-01 10:00", "2026-05-06 10:00"},
    /* The conference, from the strategy meeting, to the close of the day. */
    {"conference", "2026-03-02 10:00", "2026-03-23 17:00"},
    {"conference", "2026-03-06 17:01", "2026-03-27 17:00"},
    {"conference", "2026-03-23 10:00", "2026-04-15 17:00"}, /* over Easter */
    {"conference", "2026-12-21 10:00", "2027-01-14 17:00"},
    {"conference", "2026-12-05 10:00", "2026-12-29 17:00"}, /* a discussion on a Saturday */
    {"conference", "2026-12-08 17:30", "2026-12-31 17:00"},
    /* The assessment, from the referral. */
    {"assessment", "2026-03-02 10:00", "2026-05-07 17:00"},
    {"assessment", "2026-03-06 17:01", "2026-05-13 17:00"},
    {"assessment", "2026-11-02 10:00", "2027-01-07 17:00"},
};

static void every_clock_of_the_pack_runs_out_when_it_should(void **state)
{
    (void)state;
    assert_true(sizeof cases / sizeof *cases >= 60);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        instant_ms due = area_clock_due(area, cases[i].clock, at(cases[i].start));
        if (due != at(cases[i].due))
            fail_msg("%s from %s: %.*s, not %s", cases[i].clock, cases[i].start,
                     STR_ARG(clock_words(&arena, due)), cases[i].due);
    }
}

/* --- ratings ------------------------------------------------------------------------------ */

static const struct {
    const char *rating;
    const char *asked;
    const char *due; /* NULL: no checks */
} ratings[] = {
    {"red", "2026-03-06 16:59", "2026-03-06 18:59"},
    {"amber", "2026-03-06 16:59", "2026-03-09 14:59"},
    {"green", "2026-03-06 16:59", "2026-03-11 16:59"},
    {"blue", "2026-03-06 16:59", NULL},
    {"", "2026-03-06 16:59", "2026-03-06 18:59"}, /* nobody has said yet that it can wait */
    {"violet", "2026-03-06 16:59", "2026-03-06 18:59"},
};

static void a_check_is_due_by_its_rating(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ratings / sizeof *ratings; i++) {
        instant_ms due = desk_check_due(area, str_from(ratings[i].rating), at(ratings[i].asked));
        assert_true(due == (ratings[i].due ? at(ratings[i].due) : 0));
    }
    assert_true(desk_check_due(NULL, STR("red"), at("2026-03-06 16:59")) == 0);
}

static const struct {
    const char *from;
    const char *to;
    const char *asked;
    const char *changed;
    const char *due;
} changes[] = {
    /* More urgent: from the change. */
    {"green", "red", "2026-03-02 10:00", "2026-03-03 14:00", "2026-03-03 16:00"},
    {"green", "amber", "2026-03-02 10:00", "2026-03-02 12:00", "2026-03-03 10:00"},
    {"amber", "red", "2026-03-02 10:00", "2026-03-02 10:30", "2026-03-02 12:30"},
    /* not later than before */
    {"amber", "red", "2026-03-02 10:00", "2026-03-02 15:00", "2026-03-02 16:00"},
    /* the office is closed */
    {"amber", "red", "2026-03-06 16:00", "2026-03-06 17:30", "2026-03-09 11:00"},
    /* Less urgent: from when it was asked. */
    {"red", "amber", "2026-03-02 10:00", "2026-03-02 11:00", "2026-03-02 16:00"},
    {"red", "green", "2026-03-02 10:00", "2026-03-02 11:00", "2026-03-05 10:00"},
    {"red", "amber", "2026-03-02 16:30", "2026-03-02 16:40", "2026-03-03 14:30"},
    /* The same, and a rating that asks for no checks: as it was. */
    {"amber", "amber", "2026-03-02 10:00", "2026-03-02 15:00", "2026-03-02 16:00"},
    {"amber", "blue", "2026-03-02 10:00", "2026-03-02 15:00", "2026-03-02 16:00"},
};

static void a_change_of_rating_moves_open_checks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        instant_ms asked = at(changes[i].asked);
        instant_ms due = desk_check_due_again(
            area, str_from(changes[i].from), str_from(changes[i].to), asked,
            desk_check_due(area, str_from(changes[i].from), asked), at(changes[i].changed));
        if (due != at(changes[i].due))
            fail_msg("%s to %s: %.*s, not %s", changes[i].from, changes[i].to,
                     STR_ARG(clock_words(&arena, due)), changes[i].due);
    }
}

static void the_first_that_is_due_is_shown(void **state)
{
    (void)state;
    struct desk_clock list[] = {{.due = at("2026-03-03 10:00")},
                                {.due = at("2026-03-02 12:00"), .ended = at("2026-03-02 11:00")},
                                {.due = 0},
                                {.due = at("2026-03-02 18:00")}};
    assert_ptr_equal(desk_clock_first(list, 4), &list[3]);
    assert_null(desk_clock_first(list + 1, 2));
    assert_true(desk_clock_late(&list[3], at("2026-03-02 18:01")));
    assert_false(desk_clock_late(&list[3], at("2026-03-02 18:00")));
    assert_false(desk_clock_late(&list[1], at("2026-03-05 18:00")));
}

/* --- words ---------------------------------------------------------------------------------- */

static const struct {
    const char *from;
    const char *due;
    const char *ended;
    const char *now;
    const char *words;
    const char *passed;
    const char *state;
    int percent;
} told[] = {
    {"2026-03-02 10:00", "2026-03-02 12:00", NULL, "2026-03-02 10:30", "1 hour 30 minutes left",
     "30 minutes passed", "running", 25},
    {"2026-03-02 10:00", "2026-03-02 12:00", NULL, "2026-03-02 11:59", "1 minute left",
     "1 hour 59 minutes passed", "soon", 99},
    {"2026-03-02 10:00", "2026-03-02 12:00", NULL, "2026-03-02 12:00", "less than a minute left",
     "2 hours passed", "soon", 100},
    {"2026-03-02 10:00", "2026-03-02 12:00", NULL, "2026-03-03 13:00", "1 day 1 hour over",
     "1 day 3 hours passed", "late", 100},
    {"2026-03-02 10:00", "2026-03-03 10:00", "2026-03-02 16:00", "2026-03-09 10:00", "in time",
     "took 6 hours", "kept", 25},
    {"2026-03-02 10:00", "2026-03-03 10:00", "2026-03-05 10:00", "2026-03-09 10:00", "2 days late",
     "took 3 days", "missed", 100},
    {"2026-03-29 00:30", "2026-03-29 03:30", NULL, "2026-03-29 02:30", "1 hour left",
     "1 hour passed", "running", 50},
    {"2026-10-25 00:30", "2026-10-25 02:30", NULL, "2026-10-25 01:30b", "1 hour left",
     "2 hours passed", "running", 66},
    {"2026-03-02 10:00", "2026-03-02 12:00", NULL, "2026-03-02 09:00", "3 hours left",
     "less than a minute passed", "running", 0},
};

static void time_is_told_in_words_and_as_a_bar(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        struct desk_clock clock = {.from = at(told[i].from),
                                   .due = at(told[i].due),
                                   .ended = told[i].ended ? at(told[i].ended) : 0};
        struct draw_clock drawn = draw_clock(&arena, &clock, at(told[i].now));
        if (!str_eq(drawn.words, str_from(told[i].words)) ||
            !str_eq(drawn.passed, str_from(told[i].passed)) ||
            !str_eq(drawn.state, str_from(told[i].state)) || drawn.percent != told[i].percent)
            fail_msg("case %zu: '%.*s', '%.*s', %.*s, %d", i, STR_ARG(drawn.words),
                     STR_ARG(drawn.passed), STR_ARG(drawn.state), drawn.percent);
    }
    struct desk_clock none = {0};
    assert_int_equal(draw_clock(&arena, &none, at("2026-03-02 10:00")).words.len, 0);
}

/* --- the pack --------------------------------------------------------------------------------- */

static void the_pack_has_what_the_desk_needs(void **state)
{
    (void)state;
    static const size_t counts[DESK_KINDS] = {
        [DESK_RATING] = 4,         [DESK_OUTCOME] = 8, [DESK_NO_ACTION] = 5,
        [DESK_CHECK_ANSWER] = 3,   [DESK_AGENCY] = 7,  [DESK_MEETING] = 3,
        [DESK_MEETING_RESULT] = 4, [DESK_STAGE] = 4,   [DESK_FEEDBACK] = 10,
        [DESK_BOUNDARY] = 5};
    for (int kind = 0; kind < DESK_KINDS; kind++) {
        size_t count = 0;
        const struct desk_term *terms = area_desk_terms(area, (enum desk_kind)kind, &count);
        assert_int_equal(count, counts[kind]);
        for (size_t i = 0; i < count; i++) assert_true(terms[i].source.len > 0);
    }
    assert_true(area_desk_find(area, DESK_OUTCOME, STR("no-action"))->needs_reason);
    assert_null(area_desk_find(area, DESK_OUTCOME, STR("red")));
    assert_null(area_desk_find(area, DESK_RATING, STR("blue"))->clock);
    assert_true(str_eq(area_desk_label(area, DESK_RATING, STR("violet")), STR("violet")));
    assert_true(str_eq(area_desk_find(area, DESK_OUTCOME, STR("section-47"))->starts->rule.id,
                       STR("assessment")));
}

/* A copy of the pack with one file replaced. */
static void assert_refused(const char *file, const char *text, const char *message)
{
    char folder[64];
    char command[300];
    char path[120];
    temporary_folder(folder);
    snprintf(command, sizeof command, "cp -r areas/cornwall/. %s", folder);
    assert_int_equal(system(command), 0);
    snprintf(path, sizeof path, "%s/%s", folder, file);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
    struct area *bad = NULL;
    struct err err = {0};
    assert_int_equal(area_load(folder, &bad, &err), ST_INVALID);
    assert_string_equal(err.public, message);
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

static void mistakes_are_named_with_file_and_line(void **state)
{
    (void)state;
#define RULE "label = x\nsource = x\nhours = office\n"
    static const char *const mistakes[][3] = {
        {"clocks.txt", "# x\n[decision]\n" RULE "unit = days\namount = 1\n",
         "clocks.txt, line 2: unit is elapsed-hours, office-hours or working-days."},
        {"clocks.txt", "[decision]\n" RULE "unit = working-days\namount = soon\n",
         "clocks.txt, line 1: amount is a number from 1 to 1000."},
        {"clocks.txt", "[decision]\n" RULE "unit = working-days\namount = 1\n",
         "clocks.txt, line 1: [written-confirmation] is missing."},
        {"clocks.txt",
         "[decision]\nlabel = x\nsource = x\nhours = never\nunit = working-days\namount = 1\n",
         "clocks.txt, line 1: hours.txt has no [never]."},
        {"clocks.txt", "[decision]\n" RULE "unit = elapsed-hours\namount = 1\nruns-on = yes\n",
         "clocks.txt, line 1: runs-on belongs to office-hours."},
        {"clocks.txt", "[decision]\n" RULE "unit = elapsed-hours\namount = 1\nuntil = close\n",
         "clocks.txt, line 1: until belongs to working-days."},
        {"clocks.txt",
         "[decision]\n" RULE "unit = working-days\namount = 1\nout-of-hours = tomorrow\n",
         "clocks.txt, line 1: out-of-hours is next-opening, or is left out."},
        {"clocks.txt",
         "[decision]\n" RULE
         "unit = working-days\namount = 1\nuntil = close\nout-of-hours = next-opening\n",
         "clocks.txt, line 1: out-of-hours belongs to working-days without until."},
        {"desk.txt", "[red]\nkind = rating\nlabel = Red\nsource = x\ncolour = crimson\n",
         "desk.txt, line 1: colour is red, amber, green or blue."},
        {"desk.txt", "[red]\nkind = rating\nlabel = Red\nsource = x\ncolour = red\nclock = soon\n",
         "desk.txt, line 1: clocks.txt has no [soon]."},
        {"desk.txt", "\n[x]\nkind = verdict\n", "desk.txt, line 2: there is no kind 'verdict'."},
        {"desk.txt", "[x]\nkind = outcome\nlabel = X\nsource = x\n",
         "desk.txt, line 1: [x] needs 'feedback = ...'."},
        {"desk.txt", "[x]\nkind = agency\nlabel = X\nsource = x\nsectors = circus\n",
         "desk.txt, line 1: settings.txt has no sector-circus."},
        {"desk.txt", "[x]\nkind = stage\nlabel = X\nsource = x\n",
         "desk.txt, line 1: [x] needs 'clock = ...'."},
        {"desk.txt", "[x]\nkind = boundary\nlabel = X\n",
         "desk.txt, line 1: [x] needs 'source = ...'."},
        {"desk.txt", "[x]\nkind = boundary\nlabel = X\nsource = x\n",
         "desk.txt, line 1: there is no entry of kind rating."},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++)
        assert_refused(mistakes[i][0], mistakes[i][1], mistakes[i][2]);
}

static int load(void **state)
{
    (void)state;
    arena_init(&arena, 4 << 20);
    struct err err = {0};
    if (area_load("areas/cornwall", &area, &err) != ST_OK) fail_msg("%s", err.public);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    area_free(area);
    arena_done(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_clock_of_the_pack_runs_out_when_it_should),
        cmocka_unit_test(a_check_is_due_by_its_rating),
        cmocka_unit_test(a_change_of_rating_moves_open_checks),
        cmocka_unit_test(the_first_that_is_due_is_shown),
        cmocka_unit_test(time_is_told_in_words_and_as_a_bar),
        cmocka_unit_test(the_pack_has_what_the_desk_needs),
        cmocka_unit_test(mistakes_are_named_with_file_and_line),
    };
    return cmocka_run_group_tests_name("desk_clock", tests, load, unload);
}
