/* A file of missing episodes: what its columns are, whose episode it is, what is refused. */
#include "domain/child.h"
#include "domain/missing_import.h"
#include "partnership.h"

enum { OFFICER, ANALYST, PEOPLE };

static const struct cast cast[PEOPLE] = {
    {"Lowenna Kitto", "The unit", "social-care", ROLE_maru_officer},
    {"Kerensa Vane", "The police", "police", ROLE_analyst}};
static struct person person[PEOPLE];
static char folder[64];
static int64_t kensa;
static struct str kensa_reference;

static int64_t make_child(const char *name, const char *birth, const char *nhs)
{
    static const char *const keys[] = {"child-name", "child-birth", "child-nhs-number"};
    const char *values[] = {name, birth, nhs};
    struct child_draft draft[3] = {
        {.kind = ENTRY_FACT}, {.kind = ENTRY_FACT}, {.kind = ENTRY_FACT}};
    for (int i = 0; i < 3; i++) {
        draft[i].text[FACT_KEY] = str_from(keys[i]);
        draft[i].text[FACT_ANSWER] = STR("given");
        draft[i].text[FACT_VALUE] = str_from(values[i]);
    }
    int64_t id = 0;
    assert_int_equal(child_create(&app, &person[OFFICER], draft, nhs[0] ? 3 : 2, 0, &id, NULL),
                     ST_OK);
    return id;
}

static int fresh(void **state)
{
    (void)state;
    open_partnership(512 << 20, folder);
    add_people(cast, PEOPLE, person);
    struct date day;
    assert_true(date_parse_iso(STR("2026-06-12"), &day));
    clock_set(clock_from_london((struct civil){.date = day, .hour = 12}));
    kensa = make_child("Kensa Sample", "2 June 2011", "943 476 5919");
    (void)make_child("Jory Sample", "3/4/2012", "");
    (void)make_child("Jory Sample", "3/4/2012", "");
    struct child_file file;
    assert_int_equal(child_open(&app, &arena, &person[OFFICER], kensa, &file, NULL), ST_OK);
    kensa_reference = file.line.reference;
    return 0;
}

static struct missing_import_column column[MISSING_COLUMNS_MAX];

static enum st run(int who, const char *file, bool dry_run, struct missing_import_report *ret,
                   struct err *err)
{
    size_t count = 0;
    enum st outcome = missing_import_columns(&app, &arena, str_from(file), column, &count, err);
    return outcome == ST_OK ? missing_import_run(&app, &person[who], str_from(file), column, count,
                                                 dry_run, ret, err)
                            : outcome;
}

static void test_rows_go_in_or_are_refused(void **state)
{
    (void)state;
    static const char file[] =
        "Name,DOB,NHS No,Missing from,Date found,Risk,Misper number,Found where,Type,Shoe size\r\n"
        "Kensa Sample,02/06/2011,,11/03/2026 22:30,12/03/2026 06:15,Medium risk,M-1,Bus "
        "station,Missing,4\r\n"
        ",,9434765919,2026-04-01 20:00:00,,HIGH,M-2,,away,\r\n"
        "Nobody Here,01/01/2010,,11/03/2026 22:30,,,,,,\r\n"
        "Jory Sample,3/4/2012,,11/03/2026 22:30,,,,,,\r\n"
        "Kensa Sample,02/06/2011,,yesterdayish,,,,,,\r\n"
        "Kensa Sample,02/06/2011,,13/03/2026 22:30,12/03/2026,,,,,\r\n"
        "Kensa Sample,02/06/2011,,13/12/2026 22:30,,,,,,\r\n"
        "Kensa Sample,02/06/2011,,1/5/2026 22:30,,Purple,,,,\r\n"
        "Kensa Sample,02/06/2011,,2/5/2026 21:00,3/5/2026 01:00,,,,Absent,\r\n"
        ",,,2/5/2026 21:00,,,,,,\r\n";
    struct missing_import_report report;
    struct err err = {0};
    if (run(OFFICER, file, true, &report, &err) != ST_OK) fail_msg("%s", err.public);
    assert_int_equal(report.rows, 10);
    assert_int_equal(report.taken, 3);
    assert_int_equal(report.refused, 7);
    static const struct {
        size_t line;
        const char *reason;
    } refused[] = {{4, "no child’s record with that name"},
                   {5, "Two children’s records fit"},
                   {6, "no day and time"},
                   {7, "before the child was missing"},
                   {8, "to come"},
                   {9, "'Purple' is no answer"},
                   {11, "does not say which child"}};
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(report.refusal[i].line, refused[i].line);
        if (!strstr(report.refusal[i].reason, refused[i].reason))
            fail_msg("%zu: %s", i, report.refusal[i].reason);
    }
    /* A trial stored nothing. */
    struct child_file child;
    struct missing_line *line = NULL;
    size_t count = 0;
    assert_int_equal(child_open(&app, &arena, &person[OFFICER], kensa, &child, NULL), ST_OK);
    assert_int_equal(missing_of_child(&app, &arena, &person[OFFICER], &child, &line, &count, NULL),
                     ST_OK);
    assert_int_equal(count, 0);
    assert_int_equal(run(OFFICER, file, false, &report, &err), ST_OK);
    assert_int_equal(report.taken, 3);
    assert_int_equal(missing_of_child(&app, &arena, &person[OFFICER], &child, &line, &count, NULL),
                     ST_OK);
    assert_int_equal(count, 3);
    assert_true(str_eq(line[0].sort, STR("absent")));
    assert_true(str_starts(line[0].sort_label, STR("Absent")));
    assert_true(str_eq(line[1].sort, STR("away")));
    assert_true(str_eq(line[1].band, STR("High")));
    assert_true(str_eq(line[1].police_reference, STR("M-2")));
    assert_int_equal(line[1].returned, 0);
    assert_true(str_eq(line[2].found_where, STR("Bus station")));
    assert_true(str_eq(line[2].band, STR("Medium")));
    assert_true(str_eq(clock_words(&arena, line[2].returned), STR("12 March 2026, 06:15")));
    /* What is old has no clock here, and is late for nothing. */
    assert_int_equal(line[2].interview_due, 0);
    assert_false(line[2].late);
    /* Again, nothing is added. */
    assert_int_equal(run(OFFICER, file, false, &report, &err), ST_OK);
    assert_int_equal(report.taken, 0);
    assert_int_equal(report.already, 3);
}

static void at_noon_of(const char *iso)
{
    struct date day;
    assert_true(date_parse_iso(str_from(iso), &day));
    clock_set(clock_from_london((struct civil){.date = day, .hour = 12}));
}

/* Those of a child, newest first. */
static size_t episodes_of(int64_t id, struct missing_line **ret)
{
    struct child_file child;
    size_t count = 0;
    assert_int_equal(child_open(&app, &arena, &person[OFFICER], id, &child, NULL), ST_OK);
    assert_int_equal(missing_of_child(&app, &arena, &person[OFFICER], &child, ret, &count, NULL),
                     ST_OK);
    return count;
}

static void save_return(int64_t episode, const char *const *pair)
{
    struct missing_given given[4];
    size_t count = 0;
    struct err err = {0};
    for (; pair[0]; pair += 2)
        given[count++] =
            (struct missing_given){questions_find(&area_missing(area)->form, str_from(pair[0])),
                                   {ANSWER_GIVEN, str_from(pair[1])}};
    if (missing_save(&app, &person[OFFICER], episode, STR("return"), given, count, 0, &err) !=
        ST_OK)
        fail_msg("%s", err.public);
}

/* An interview is offered after every episode: one that a file brings late is over already. */
static void test_what_comes_late_is_asked_for_all_the_same(void **state)
{
    (void)state;
    at_noon_of("2026-12-05");
    int64_t lowen = make_child("Lowen Sample", "1/5/2012", "");
    struct missing_import_report report;
    struct err err = {0};
    static const char file[] = "Name,DOB,Missing from,Date found\r\n"
                               "Lowen Sample,1/5/2012,3/12/2026 20:00,\r\n"
                               "Lowen Sample,1/5/2012,30/11/2026 20:00,1/12/2026 06:00\r\n"
                               "Lowen Sample,1/5/2012,1/8/2026 20:00,2/8/2026 06:00\r\n"
                               "Lowen Sample,1/5/2012,1/7/2026 20:00,\r\n";
    assert_int_equal(run(OFFICER, file, false, &report, &err), ST_OK);
    assert_int_equal(report.taken, 4);
    struct missing_line *line = NULL;
    assert_int_equal(episodes_of(lowen, &line), 4);
    assert_true(str_eq(clock_words(&arena, line[1].interview_due), STR("4 December 2026, 06:00")));
    assert_true(line[1].late && missing_waits_for_interview(&line[1]));
    assert_int_equal(line[2].interview_due, 0); /* it is history */
    assert_false(line[2].late || missing_waits_for_interview(&line[2]));
    /* What is written here has a clock, however old; what was history
     * stays so when a word is added. */
    save_return(line[0].id,
                (const char *const[]){"return-day", "4/12/2026", "return-time", "06:00", NULL});
    save_return(line[3].id,
                (const char *const[]){"return-day", "2/7/2026", "return-time", "06:00", NULL});
    save_return(line[2].id, (const char *const[]){"found-where", "Bus station", NULL});
    assert_int_equal(episodes_of(lowen, &line), 4);
    assert_true(missing_waits_for_interview(&line[0]) && !line[0].late);
    assert_true(missing_waits_for_interview(&line[3]) && line[3].late);
    assert_int_equal(line[2].interview_due, 0);
    save_return(line[3].id, (const char *const[]){"found-where", "Bus station", NULL});
    assert_int_equal(episodes_of(lowen, &line), 4);
    assert_true(missing_waits_for_interview(&line[3]));
    struct missing_figures figures;
    assert_int_equal(missing_count(&app, &arena, &person[OFFICER], 0, clock_now(), &figures, NULL),
                     ST_OK);
    assert_int_equal(figures.interviews, 4); /* one of the other file too */
    assert_int_equal(figures.late, 3);
}

/* A system that writes all its episodes each day brings the return with the same row. */
static void test_a_return_comes_with_a_later_file(void **state)
{
    (void)state;
    at_noon_of("2026-12-05");
    int64_t mabel = make_child("Mabel Sample", "1/5/2012", "");
    struct missing_import_report report;
    struct missing_line *line = NULL;
    struct err err = {0};
    static const char header[] = "Name,DOB,Missing from,Date found\r\n";
    static const char *const rows[] = {"Mabel Sample,1/5/2012,3/12/2026 20:00,\r\n",
                                       "Mabel Sample,1/5/2012,3/12/2026 20:00,4/12/2026 06:00\r\n",
                                       "Mabel Sample,1/5/2012,3/12/2026 20:00,4/12/2026 07:00\r\n"};
    char file[3][200];
    for (size_t i = 0; i < 3; i++) snprintf(file[i], sizeof file[i], "%s%s", header, rows[i]);
    assert_int_equal(run(OFFICER, file[0], false, &report, &err), ST_OK);
    assert_true(report.taken == 1 && report.returns == 0);
    assert_int_equal(run(OFFICER, file[1], true, &report, &err), ST_OK);
    assert_true(report.taken == 0 && report.already == 1 && report.returns == 1);
    assert_int_equal(episodes_of(mabel, &line), 1);
    assert_int_equal(line[0].returned, 0); /* it was a trial */
    assert_int_equal(run(OFFICER, file[1], false, &report, &err), ST_OK);
    assert_true(report.already == 1 && report.returns == 1);
    assert_int_equal(episodes_of(mabel, &line), 1);
    assert_true(str_eq(clock_words(&arena, line[0].returned), STR("4 December 2026, 06:00")));
    assert_true(missing_waits_for_interview(&line[0]) && !line[0].late);
    /* What is there already stays: somebody may know better than the file. */
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(run(OFFICER, file[i], false, &report, &err), ST_OK);
        assert_true(report.already == 1 && report.returns == 0);
    }
    assert_int_equal(episodes_of(mabel, &line), 1);
    assert_true(str_eq(clock_words(&arena, line[0].returned), STR("4 December 2026, 06:00")));
}

/* A file loses nothing: what is at the same time as another is taken, and said. */
static void test_a_row_at_the_time_of_another_is_said(void **state)
{
    (void)state;
    at_noon_of("2026-12-05");
    int64_t piran = make_child("Piran Sample", "1/6/2012", "");
    struct missing_import_report report;
    struct err err = {0};
    static const char file[] = "Name,DOB,Missing from,Date found\r\n"
                               "Piran Sample,1/6/2012,1/12/2026 20:00,3/12/2026 20:00\r\n"
                               "Piran Sample,1/6/2012,2/12/2026 20:00,4/12/2026 08:00\r\n"
                               "Piran Sample,1/6/2012,4/12/2026 08:00,4/12/2026 20:00\r\n";
    assert_int_equal(run(OFFICER, file, false, &report, &err), ST_OK);
    assert_int_equal(report.taken, 3);
    assert_int_equal(report.overlapping, 1);
    assert_int_equal(report.overlap[0].line, 3);
    assert_non_null(
        strstr(report.overlap[0].reason, "1 December 2026, 20:00 to 3 December 2026, 20:00"));
    struct missing_line *line = NULL;
    size_t count = episodes_of(piran, &line);
    assert_int_equal(count, 3);
    static const instant_ms hour = 3600 * 1000;
    assert_int_equal(missing_time_away(line, count, clock_now()), 72 * hour);
    struct missing_file one;
    assert_int_equal(missing_open(&app, &arena, &person[OFFICER], line[2].id, &one, &err), ST_OK);
    assert_int_equal(one.other.id, line[1].id);
    assert_int_equal(missing_open(&app, &arena, &person[OFFICER], line[0].id, &one, &err), ST_OK);
    assert_int_equal(one.other.id, 0);
}

/* As people and spreadsheets write them; a year is no time of day. */
static void test_days_and_times_are_read_as_they_are_written(void **state)
{
    (void)state;
    at_noon_of("2026-12-05");
    int64_t tegen = make_child("Tegen Sample", "1/7/2012", "");
    static const struct {
        const char *written;
        const char *since; /* NULL: refused */
    } rows[] = {{"12 March 2024", "12 March 2024, 00:00"},
                {"13 Mar 2026", "13 March 2026, 00:00"},
                {"14 March 2025 21:40", "14 March 2025, 21:40"},
                {"15/3/2025 1650", "15 March 2025, 16:50"},
                {"16/3/2025 4.50 pm", "16 March 2025, 16:50"},
                {"17/03/2025 10:30:00 PM", "17 March 2025, 22:30"},
                {"18/3/2025 9:05:00", "18 March 2025, 09:05"},
                {"2025-03-19T22:30:15", "19 March 2025, 22:30"},
                {"20/3/2025 25:10", NULL},
                {"21/3/2025 noon", "21 March 2025, 12:00"}};
    enum { ROWS = sizeof rows / sizeof *rows };
    struct missing_import_report report;
    struct err err = {0};
    struct str file = STR("Name,DOB,Missing from\r\n");
    size_t refused = 0;
    for (size_t i = 0; i < ROWS; i++) {
        file = str_fmt(&arena, "%.*sTegen Sample,1/7/2012,%s\r\n", STR_ARG(file), rows[i].written);
        refused += !rows[i].since;
    }
    if (run(OFFICER, str_c(&arena, file), false, &report, &err) != ST_OK)
        fail_msg("%s", err.public);
    struct missing_line *line = NULL;
    size_t count = episodes_of(tegen, &line);
    for (size_t i = 0; i < ROWS; i++) {
        bool there = !rows[i].since;
        for (size_t k = 0; k < count && !there; k++)
            there = str_eq(clock_words(&arena, line[k].since), str_from(rows[i].since));
        if (!there) fail_msg("%s", rows[i].written);
    }
    assert_int_equal(report.refused, refused);
    assert_int_equal(count, ROWS - refused);
}

static void test_columns_are_guessed_and_needed(void **state)
{
    (void)state;
    struct missing_import_report report;
    struct err err = {0};
    assert_int_equal(run(OFFICER, "Colour,Size\nred,4\n", true, &report, &err), ST_INVALID);
    assert_non_null(strstr(err.public, "since when"));
    assert_int_equal(run(OFFICER, "Missing since,Size\n1/1/2026,4\n", true, &report, &err),
                     ST_INVALID);
    assert_non_null(strstr(err.public, "which child"));
    assert_int_equal(run(OFFICER, "", true, &report, &err), ST_INVALID);
    assert_int_equal(run(ANALYST, "Missing since,Name\n1/1/2026,x\n", true, &report, &err),
                     ST_DENIED);
    const char *file = str_c(
        &arena,
        str_fmt(&arena, "Record reference;Missing since;Risk Level\n%.*s;1/1/2026 4.50pm;low\n",
                STR_ARG(kensa_reference)));
    assert_int_equal(run(OFFICER, file, true, &report, &err), ST_OK);
    assert_int_equal(report.taken, 1);
    assert_true(str_eq(column[2].to, STR("police-band")));
    assert_true(str_eq(column[0].sample, kensa_reference));
}

static void test_the_file_as_text_keeps_its_lines(void **state)
{
    (void)state;
    struct str text = missing_import_text(&arena, STR("a;b\r\n\r\n1;\"x\ny\"\r\n2;\xE9\r\n"));
    assert_true(str_eq(text, STR("a,b\r\n\r\n1,\"x\ny\"\r\n2,é\r\n")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_go_in_or_are_refused),
        cmocka_unit_test(test_days_and_times_are_read_as_they_are_written),
        cmocka_unit_test(test_columns_are_guessed_and_needed),
        cmocka_unit_test(test_what_comes_late_is_asked_for_all_the_same),
        cmocka_unit_test(test_a_return_comes_with_a_later_file),
        cmocka_unit_test(test_a_row_at_the_time_of_another_is_said),
        cmocka_unit_test(test_the_file_as_text_keeps_its_lines)};
    return cmocka_run_group_tests(tests, fresh, close_partnership);
}
