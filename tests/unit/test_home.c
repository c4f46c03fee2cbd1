/* The first page: what needs each person now, what is new, what is late, and nothing of what is
 * not theirs. */
#include "base/change.h"
#include "domain/area_missing.h"
#include "domain/child_close.h"
#include "domain/decision.h"
#include "domain/grant.h"
#include "domain/handling.h"
#include "domain/home.h"
#include "domain/missing.h"
#include "domain/suggestions.h"
#include "partnership.h"
#include "share_on.h"

enum {
    SENDER,
    REPRESENTATIVE,
    OFFICER,
    ANALYST,
    COORDINATOR,
    ADMINISTRATOR,
    AUDITOR,
    SECOND,
    PEOPLE
};

static const struct cast cast[PEOPLE] = {
    {"Tamsin Hale", "The school", "education", ROLE_practitioner},
    {"Morwenna Pell", "The school", "education", ROLE_representative},
    {"Lowenna Kitto", "The unit", "social-care", ROLE_maru_officer},
    {"Kerensa Vane", "The police", "police", ROLE_analyst},
    {"Denzil Rowe", "The council", "housing", ROLE_coordinator},
    {"Jowan Reed", "The council", "housing", ROLE_administrator},
    {"Loveday Rowe", "The council", "housing", ROLE_auditor},
    {"Jago Penn", "The unit", "social-care", ROLE_maru_officer},
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

/* Anew, as each request reads who asks. */
static void read_home(int who, struct home *ret)
{
    struct err err = {0};
    struct person now;
    if (account_person(&app, &arena, str_fmt(&arena, "person%d@example.org", who), &now, &err) !=
            ST_OK ||
        home_read(&app, &arena, &now, ret, &err) != ST_OK)
        fail_msg("%s %s", err.public, err.detail);
}

/* The page of one person as "INBOX 1 MOVED 2".  It may be one that is kept, which is then what
 * is made anew, to the last figure. */
static const char *page(int who)
{
    static char text[800];
    struct home home, anew;
    size_t size = 0;
    struct arena_mark mark = arena_mark(&arena);
    text[0] = 0;
    read_home(who, &home);
    change_note();
    read_home(who, &anew);
    for (int kind = 0; kind < HOME_KINDS; kind++) {
        if (home.count[kind] != anew.count[kind] || home.at_least[kind] != anew.at_least[kind])
            fail_msg("%s of person %d is %lld as it was kept, and %lld", names[kind], who,
                     (long long)home.count[kind], (long long)anew.count[kind]);
        if (home.count[kind])
            size += (size_t)snprintf(text + size, sizeof text - size, "%s%s %lld", size ? " " : "",
                                     names[kind], (long long)home.count[kind]);
    }
    assert_true(str_eq(home.meeting_forum, anew.meeting_forum));
    arena_reset(&arena, mark);
    return text;
}

/* Everybody's: what is kept from here on is held to what comes next. */
static void all_pages(void)
{
    for (int who = 0; who < PEOPLE; who++) (void)page(who);
}

static int64_t shared(int who, const char *words)
{
    struct submission_draft draft = {.idempotency_key = str_from(words),
                                     .narrative = str_from(words),
                                     .handling = STR("handling:P"),
                                     .how_known = HOW_SAW};
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, &person[who], &draft, 0, 0, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
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
    assert_int_equal(forward_ask(&app, &person[REPRESENTATIVE], first, STR("Which gate?"), NULL),
                     ST_OK);
    assert_string_equal(page(SENDER), "QUESTIONS 1");
    share_on(&app, &arena, &person[SENDER], first);
    assert_string_equal(page(REPRESENTATIVE), "");
    assert_string_equal(page(ANALYST), "SUBMISSIONS 1 UNGRADED 1");
    assert_string_equal(page(COORDINATOR), "SUBMISSIONS 1");
    assert_non_null(strstr(page(SENDER), "MOVED 1"));
    int64_t second = shared(SENDER, "A child gets lifts from a man.");
    person[REPRESENTATIVE].scope = NULL;
    assert_int_equal(forward_return(&app, &person[REPRESENTATIVE], second, STR("about-one-child"),
                                    STR("Refer this child."), NULL),
                     ST_OK);
    assert_non_null(strstr(page(SENDER), "RETURNED 1"));
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
    struct missing_given report[] = {given_of("missing-sort", "missing"),
                                     given_of("missing-since-day", "25/5/2026"),
                                     given_of("missing-since-time", "9:00")};
    struct missing_new new = {.child = child, .forum = STR("mid")};
    struct err err = {0};
    if (missing_report(&app, &person[OFFICER], &new, report, 3, &episode, &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_non_null(strstr(page(OFFICER), "MISSING 1"));
    assert_non_null(strstr(page(ANALYST), "MISSING 1"));
    assert_null(strstr(page(SENDER), "MISSING"));
    struct missing_given back[] = {given_of("return-day", "25/5/2026"),
                                   given_of("return-time", "9:30")};
    if (missing_save(&app, &person[OFFICER], episode, STR("return"), back, 2, 0, &err) != ST_OK)
        fail_msg("%s", err.public);
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
    if (child_create(&app, &person[OFFICER], draft, 2, 0, &child, &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_null(strstr(page(OFFICER), "REVIEWS"));
    set_clock("2026-06-02 00:30");
    assert_non_null(strstr(page(OFFICER), "REVIEWS 1"));
    assert_null(strstr(page(ANALYST), "REVIEWS"));
    assert_null(strstr(page(SENDER), "REVIEWS"));
    /* Who proposes to close the record takes nothing off anybody's page; another decides. */
    assert_int_equal(child_close_propose(&app, &person[OFFICER], child, STR("No more work."), &err),
                     ST_OK);
    assert_non_null(strstr(page(OFFICER), "REVIEWS 1"));
    assert_null(strstr(page(OFFICER), "CHILD_SIGN_OFF"));
    assert_non_null(strstr(page(SECOND), "CHILD_SIGN_OFF 1"));
    assert_null(strstr(page(ANALYST), "CHILD_SIGN_OFF"));
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

/* --- what is kept ---------------------------------------------------------------------------- */

/* Somebody is named, and it is shared on to the Forum at once. */
static int64_t shared_name(int who, const char *key, const char *name)
{
    struct mention_draft mention = {.kind = LINK_PERSON, .span_start = -1, .span_end = -1};
    mention.field[LINK_NAME] = str_from(name);
    struct submission_draft draft = {.idempotency_key = str_from(key),
                                     .narrative = str_from(key),
                                     .handling = STR("handling:P"),
                                     .mention = &mention,
                                     .mention_count = 1};
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, &person[who], &draft, 0, 0, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    share_on(&app, &arena, &person[who], receipt.id);
    return receipt.id;
}

static int64_t count_of(int who, enum home_kind kind)
{
    struct home home;
    (void)page(who);
    read_home(who, &home);
    return home.count[kind];
}

static void figures_are_kept_while_nothing_changes(void **state)
{
    (void)state;
    if (store_is_shared(app.store)) skip(); /* others write there too: nothing is kept */
    struct home home;
    set_clock("2026-06-10 10:00");
    change_note();
    uint64_t begun = store_work_here();
    read_home(ANALYST, &home);
    uint64_t made = store_work_here();
    read_home(ANALYST, &home);
    uint64_t kept = store_work_here();
    assert_true(made - begun > 2 * (kept - made)); /* who asks is read each time */
    /* What is looked at changes nothing. */
    struct err err = {0};
    struct submission read;
    int64_t id = shared_name(SENDER, "Wella at the van.", "Wella Nance");
    read_home(ANALYST, &home);
    person[ANALYST].scope = NULL;
    if (submission_read(&app, &arena, &person[ANALYST], id, &read, &err) != ST_OK)
        fail_msg("%s", err.public);
    begun = store_work_here();
    read_home(ANALYST, &home);
    assert_true(store_work_here() - begun <= kept - made);
    set_clock("2026-06-10 10:01");
    begun = store_work_here();
    read_home(ANALYST, &home);
    assert_true(store_work_here() - begun > kept - made);
}

/* All within one minute of the clock. */
static void what_changes_shows_at_once(void **state)
{
    (void)state;
    struct err err = {0};
    set_clock("2026-07-06 10:00");
    all_pages();
    int64_t inbox = count_of(REPRESENTATIVE, HOME_INBOX);
    int64_t first = shared(SENDER, "Two cars at the harbour.");
    assert_int_equal(count_of(REPRESENTATIVE, HOME_INBOX), inbox + 1);
    all_pages();
    int64_t questions = count_of(SENDER, HOME_QUESTIONS);
    person[REPRESENTATIVE].scope = NULL;
    assert_int_equal(forward_ask(&app, &person[REPRESENTATIVE], first, STR("Which cars?"), NULL),
                     ST_OK);
    assert_int_equal(count_of(SENDER, HOME_QUESTIONS), questions + 1);
    all_pages();
    int64_t ungraded = count_of(ANALYST, HOME_UNGRADED);
    int64_t seen = count_of(ANALYST, HOME_SUBMISSIONS);
    share_on(&app, &arena, &person[SENDER], first);
    assert_int_equal(count_of(REPRESENTATIVE, HOME_INBOX), inbox);
    assert_int_equal(count_of(ANALYST, HOME_UNGRADED), ungraded + 1);
    assert_int_equal(count_of(ANALYST, HOME_SUBMISSIONS), seen + 1);
    all_pages();
    /* Pairs, and a decision. */
    (void)shared_name(SENDER, "Jory at the van.", "Jory Trevanion");
    int64_t pairs = count_of(ANALYST, HOME_PAIRS);
    int64_t other = shared_name(COORDINATOR, "Jory again.", "Jory Trevanion");
    assert_int_equal(count_of(ANALYST, HOME_PAIRS), pairs + 1);
    all_pages();
    struct suggestion *list = NULL;
    size_t count = 0;
    int64_t total = 0;
    person[ANALYST].scope = NULL;
    assert_int_equal(
        suggestions_open(&app, &arena, &person[ANALYST], 1, &list, &count, &total, NULL), ST_OK);
    if (decision_make(&app, &person[ANALYST], list[0].mention, list[0].other, VERDICT_DIFFERENT,
                      STR("Another one."), &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(count_of(ANALYST, HOME_PAIRS), pairs);
    all_pages();
    /* What is kept from somebody is in no figure of theirs any more. */
    seen = count_of(ANALYST, HOME_SUBMISSIONS);
    if (block_add(&app, &person[COORDINATOR], other, STR("person3@example.org"),
                  STR("A neighbour."), &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(count_of(ANALYST, HOME_SUBMISSIONS), seen - 1);
    all_pages();
    if (handling_set(&app, &person[COORDINATOR], first, STR("handling:C.ask"), NULL, 0, &err) !=
        ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(count_of(ANALYST, HOME_SUBMISSIONS), seen - 2);
    all_pages();
    /* A draft of a referral, and another role. */
    int64_t drafts = count_of(SENDER, HOME_DRAFTS);
    int64_t referral = 0;
    assert_int_equal(referral_begin(&app, &person[SENDER], STR("cornwall"), &referral, NULL),
                     ST_OK);
    assert_int_equal(count_of(SENDER, HOME_DRAFTS), drafts + 1);
    all_pages();
    struct account_new nobody = {.email = STR("person3@example.org"),
                                 .name = STR("Kerensa Vane"),
                                 .roles = 1u << ROLE_practitioner,
                                 .organisation = person[ANALYST].organisation};
    if (account_change(&app, 0, person[ANALYST].account, &nobody, &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(count_of(ANALYST, HOME_UNGRADED), 0);
    nobody.roles = 1u << ROLE_analyst;
    if (account_change(&app, 0, person[ANALYST].account, &nobody, &err) != ST_OK)
        fail_msg("%s", err.public);
    all_pages();
}

/* To the instant, though the minute is the same. */
static void what_a_grant_opened_is_counted_until_it_ends(void **state)
{
    (void)state;
    struct err err = {0};
    set_clock("2026-07-06 10:00");
    int64_t id = shared(SENDER, "A boat.");
    share_on(&app, &arena, &person[SENDER], id);
    assert_int_equal(
        handling_set(&app, &person[REPRESENTATIVE], id, STR("handling:C.ask"), NULL, 0, &err),
        ST_OK);
    int64_t seen = count_of(ANALYST, HOME_SUBMISSIONS);
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, &err), ST_OK);
    struct grant_new grant = {.submission = id,
                              .account = person[ANALYST].account,
                              .kind = GRANT_granted,
                              .by = person[REPRESENTATIVE].account,
                              .reason = STR("Asked for."),
                              .until = clock_now() + 20000};
    assert_int_equal(
        store_write_end(app.store, db, grant_store(&app, db, &arena, &grant, &err), &err), ST_OK);
    assert_int_equal(count_of(ANALYST, HOME_SUBMISSIONS), seen + 1);
    struct home home;
    clock_set(at("2026-07-06 10:00") + 19999);
    read_home(ANALYST, &home);
    assert_int_equal(home.count[HOME_SUBMISSIONS], seen + 1);
    clock_set(at("2026-07-06 10:00") + 20000);
    read_home(ANALYST, &home);
    assert_int_equal(home.count[HOME_SUBMISSIONS], seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(information_is_on_the_page_of_whoever_has_the_next_step),
        cmocka_unit_test(a_missing_child_and_the_interview_that_follows),
        cmocka_unit_test(a_plan_whose_review_is_overdue_is_late_for_who_sees_the_record),
        cmocka_unit_test(figures_are_kept_while_nothing_changes),
        cmocka_unit_test(what_changes_shows_at_once),
        cmocka_unit_test(what_a_grant_opened_is_counted_until_it_ends),
        cmocka_unit_test(who_keeps_the_house_sees_what_is_to_be_kept),
    };
    return cmocka_run_group_tests(tests, fresh, close_partnership);
}
