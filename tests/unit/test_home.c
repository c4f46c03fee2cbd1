/* The first page: what needs each person now, what is new, what is late, and nothing of what is
 * not theirs. */
#include "domain/area_missing.h"
#include "domain/home.h"
#include "domain/missing.h"
#include "partnership.h"
#include "share_on.h"

enum { SENDER, REPRESENTATIVE, OFFICER, ANALYST, COORDINATOR, ADMINISTRATOR, AUDITOR, PEOPLE };

static const struct cast cast[PEOPLE] = {
    {"Tamsin Hale", "The school", "education", ROLE_practitioner},
    {"Morwenna Pell", "The school", "education", ROLE_representative},
    {"Lowenna Kitto", "The unit", "social-care", ROLE_maru_officer},
    {"Kerensa Vane", "The police", "police", ROLE_analyst},
    {"Denzil Rowe", "The council", "housing", ROLE_coordinator},
    {"Jowan Reed", "The council", "housing", ROLE_administrator},
    {"Loveday Rowe", "The council", "housing", ROLE_auditor},
};
static struct person person[PEOPLE];
static char folder[64];

static int fresh(void **state)
{
    (void)state;
    open_partnership(512 << 20, folder);
    set_clock("2026-05-05 10:00"); /* a Tuesday */
    add_people(cast, PEOPLE, person);
    return 0;
}

static const char *const names[HOME_KINDS] = {
#define HOME(name, part, one, many, route) #name,
#include "domain/home.def"
#undef HOME
};

/* The page of one person as "INBOX 1 MOVED 2". */
static const char *page(int who)
{
    static char text[800];
    struct home home;
    struct err err = {0};
    size_t size = 0;
    text[0] = 0;
    person[who].scope = NULL;
    if (home_read(&app, &arena, &person[who], &home, &err) != ST_OK) fail_msg("%s %s", err.public, err.detail);
    for (int kind = 0; kind < HOME_KINDS; kind++)
        if (home.count[kind])
            size += (size_t)snprintf(text + size, sizeof text - size, "%s%s %lld", size ? " " : "", names[kind],
                                     (long long)home.count[kind]);
    return text;
}

static int64_t shared(int who, const char *words)
{
    struct submission_draft draft = {.idempotency_key = str_from(words), .narrative = str_from(words),
                                     .handling = STR("handling:P"), .how_known = HOW_SAW};
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, &person[who], &draft, 0, 0, &receipt, &err) != ST_OK) fail_msg("%s", err.public);
    return receipt.id;
}

static void information_is_on_the_page_of_whoever_has_the_next_step(void **state)
{
    (void)state;
    for (int who = 0; who < PEOPLE; who++)
        if (who != ADMINISTRATOR) assert_string_equal(page(who), "");
    int64_t first = shared(SENDER, "A van waits by the gate.");
    assert_string_equal(page(SENDER), "");
    assert_string_equal(page(REPRESENTATIVE), "INBOX 1");
    assert_string_equal(page(ANALYST), "");
    set_clock("2026-05-15 10:00");
    assert_string_equal(page(REPRESENTATIVE), "INBOX_LATE 1");
    person[REPRESENTATIVE].scope = NULL;
    assert_int_equal(forward_ask(&app, &person[REPRESENTATIVE], first, STR("Which gate?"), NULL), ST_OK);
    assert_string_equal(page(SENDER), "QUESTIONS 1");
    share_on(&app, &arena, &person[SENDER], first);
    assert_string_equal(page(REPRESENTATIVE), "");
    assert_string_equal(page(ANALYST), "SUBMISSIONS 1 UNGRADED 1");
    assert_string_equal(page(COORDINATOR), "SUBMISSIONS 1");
    assert_non_null(strstr(page(SENDER), "MOVED 1"));
    set_clock("2026-05-25 10:00"); /* what is new does not stay so */
    assert_string_equal(page(ANALYST), "UNGRADED 1");
    assert_string_equal(page(COORDINATOR), "");
}

static struct missing_given given_of(const char *key, const char *value)
{
    const struct question *question = questions_find(&area_missing(area)->form, str_from(key));
    assert_non_null(question);
    return (struct missing_given){question, {ANSWER_GIVEN, str_from(value)}};
}

static void a_missing_child_and_the_interview_that_follows(void **state)
{
    (void)state;
    struct child_draft draft = {.kind = ENTRY_FACT};
    draft.text[FACT_KEY] = STR("child-name");
    draft.text[FACT_ANSWER] = STR("given");
    draft.text[FACT_VALUE] = STR("Jenna Polwhele");
    int64_t child = 0;
    int64_t episode = 0;
    assert_int_equal(child_create(&app, &person[OFFICER], &draft, 1, 0, &child, NULL), ST_OK);
    struct missing_given report[] = {given_of("missing-sort", "missing"), given_of("missing-since-day", "25/5/2026"),
                                     given_of("missing-since-time", "9:00")};
    struct missing_new new = {.child = child, .forum = STR("mid")};
    struct err err = {0};
    if (missing_report(&app, &person[OFFICER], &new, report, 3, &episode, &err) != ST_OK) fail_msg("%s", err.public);
    assert_non_null(strstr(page(OFFICER), "MISSING 1"));
    assert_non_null(strstr(page(ANALYST), "MISSING 1"));
    assert_null(strstr(page(SENDER), "MISSING"));
    struct missing_given back[] = {given_of("return-day", "25/5/2026"),
                                   given_of("return-time", "9:30")};
    if (missing_save(&app, &person[OFFICER], episode, STR("return"), back, 2, 0, &err) != ST_OK) fail_msg("%s", err.public);
    assert_null(strstr(page(OFFICER), "MISSING"));
    assert_non_null(strstr(page(OFFICER), "INTERVIEWS 1"));
    assert_null(strstr(page(ANALYST), "INTERVIEWS")); /* not theirs to hold */
    set_clock("2026-05-28 10:00");
    assert_non_null(strstr(page(OFFICER), "INTERVIEWS_LATE 1"));
    assert_null(strstr(page(OFFICER), "INTERVIEWS 1"));
}

static void a_plan_whose_review_is_overdue_is_late_for_who_sees_the_record(void **state)
{
    (void)state;
    struct child_draft draft[2] = {{.kind = ENTRY_FACT}, {.kind = ENTRY_PLAN}};
    draft[0].text[FACT_KEY] = STR("child-name");
    draft[0].text[FACT_ANSWER] = STR("given");
    draft[0].text[FACT_VALUE] = STR("Elowen Marsh");
    draft[1].text[PLAN_WORD] = STR("safety-plan");
    draft[1].text[PLAN_TEXT] = STR("Somebody rings at ten.");
    draft[1].text[PLAN_START] = STR("2026-05-20");
    draft[1].text[PLAN_REVIEW] = STR("2026-06-01");
    int64_t child = 0;
    struct err err = {0};
    set_clock("2026-06-01 23:00");
    if (child_create(&app, &person[OFFICER], draft, 2, 0, &child, &err) != ST_OK) fail_msg("%s", err.public);
    assert_null(strstr(page(OFFICER), "REVIEWS"));
    set_clock("2026-06-02 00:30");
    assert_non_null(strstr(page(OFFICER), "REVIEWS 1"));
    assert_null(strstr(page(ANALYST), "REVIEWS"));
    assert_null(strstr(page(SENDER), "REVIEWS"));
}

static void who_keeps_the_house_sees_what_is_to_be_kept(void **state)
{
    (void)state;
    const char *text = page(ADMINISTRATOR);
    assert_non_null(strstr(text, "NUMBERS ")); /* nobody has dialled those of the pack */
    assert_null(strstr(text, "SUBMISSIONS"));
    assert_null(strstr(text, "INBOX"));
    struct home home;
    person[ANALYST].account = 0; /* nobody at all */
    person[ANALYST].roles = 0;
    person[ANALYST].scope = NULL;
    assert_int_equal(home_read(&app, &arena, &person[ANALYST], &home, NULL), ST_OK);
    for (int kind = 0; kind < HOME_KINDS; kind++) assert_int_equal(home.count[kind], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(information_is_on_the_page_of_whoever_has_the_next_step),
        cmocka_unit_test(a_missing_child_and_the_interview_that_follows),
        cmocka_unit_test(a_plan_whose_review_is_overdue_is_late_for_who_sees_the_record),
        cmocka_unit_test(who_keeps_the_house_sees_what_is_to_be_kept),
    };
    return cmocka_run_group_tests(tests, fresh, close_partnership);
}
