/* Two years of a made-up partnership: each submission has a state that its sender is told and
 * an age, and what is overdue is in somebody's list. */
#include "domain/area_desk.h"
#include "domain/area_feedback.h"
#include "domain/demo.h"
#include "domain/feedback_due.h"
#include "domain/maru.h"
#include "domain/registry.h"
#include "domain/scope.h"

#include "partnership.h"

enum { REPORTS = 400, LISTED_MAX = 1 << 16 };
static char folder[64];
static bool listed[LISTED_MAX]; /* in somebody's list, by id */

static int begin(void **state)
{
    (void)state;
    open_partnership(1 << 30, folder);
    struct demo_options options = {.seed = 5, .reports = REPORTS};
    struct err err = {0};
    if (demo_fill(&app, &options, &err) != ST_OK) fail_msg("%s (%s)", err.public, err.detail);
    return 0;
}

static void note(int64_t submission)
{
    assert_true(submission > 0 && submission < LISTED_MAX);
    listed[submission] = true;
}

/* Of everybody who has an account. */
static void gather_lists(void)
{
    struct account_line *accounts = NULL;
    size_t count = 0;
    assert_int_equal(account_list(&app, &arena, 1000, &accounts, &count, NULL), ST_OK);
    for (size_t i = 0; i < count; i++) {
        struct person who;
        struct forward_line *lines = NULL;
        struct maru_case *sent = NULL;
        size_t found = 0;
        if (accounts[i].disabled) continue;
        assert_int_equal(account_person(&app, &arena, accounts[i].email, &who, NULL), ST_OK);
        if (access_allows(&who, ACT_FORWARD, NULL)) {
            assert_int_equal(forward_inbox(&app, &arena, &who, &lines, &found, NULL), ST_OK);
            for (size_t k = 0; k < found; k++) note(lines[k].submission);
        }
        if (access_allows(&who, ACT_READ_MEETING, NULL)) {
            struct feedback_wait *waiting = NULL;
            size_t total = 0;
            int64_t counted = 0;
            assert_int_equal(feedback_due_list(&app, &arena, &who, &waiting, &found, &total, NULL),
                             ST_OK);
            assert_int_equal(feedback_due_count(&app, &arena, &who, &counted, NULL), ST_OK);
            assert_int_equal(counted, total);
            for (size_t k = 0; k < found; k++) note(waiting[k].submission);
        }
        if (!access_allows(&who, ACT_DESK, NULL)) continue;
        assert_int_equal(maru_list(&app, &arena, &who, &sent, &found, NULL), ST_OK);
        for (size_t k = 0; k < found; k++) note(sent[k].submission);
    }
}

static bool is_over(const char *clock, instant_ms since)
{
    instant_ms due = area_clock_due(area, clock, since);
    return due && due < clock_now();
}

static void each_has_a_state_and_an_age(void **state)
{
    (void)state;
    size_t states[FEEDBACK_COUNT] = {0};
    size_t count = 0;
    int64_t last = registry_last(app.registry);
    instant_ms now = clock_now();
    for (int64_t id = 1; id <= last; id++) {
        struct stage_state read;
        if (!registry_find(app.registry, id)) continue;
        count++;
        assert_int_equal(stage_read(&app, &arena, id, &read, NULL), ST_OK);
        states[read.feedback]++;
        struct str name = str_from(feedback_name(read.feedback));
        assert_non_null(area_reason_find(area, AREA_REASON_STATE, name));
        if (read.feedback == FEEDBACK_NO_ACTION)
            assert_non_null(area_reason_find(area, AREA_REASON_NO_ACTION, read.feedback_reason));
        /* Since when it is so: neither before it came nor to come. */
        if (read.feedback_at < read.created_at || read.feedback_at > now || read.created_at > now)
            fail_msg("%lld: %s since %lld, came %lld", (long long)id, feedback_name(read.feedback),
                     (long long)read.feedback_at, (long long)read.created_at);
    }
    assert_true(count >= REPORTS);
    for (int i = 0; i < FEEDBACK_COUNT; i++)
        if (!states[i]) fail_msg("none is %s", feedback_name((enum feedback)i));
}

static void what_is_overdue_is_in_somebodys_list(void **state)
{
    (void)state;
    size_t over[STAGE_COUNT] = {0};
    gather_lists();
    int64_t last = registry_last(app.registry);
    for (int64_t id = 1; id <= last; id++) {
        struct stage_state read;
        int64_t referral = 0;
        if (!registry_find(app.registry, id)) continue;
        assert_int_equal(stage_read(&app, &arena, id, &read, NULL), ST_OK);
        assert_int_equal(referral_of_submission(&app, id, &referral, NULL), ST_OK);
        bool told = read.feedback == FEEDBACK_ACTION || read.feedback == FEEDBACK_NO_ACTION;
        bool waits = read.stage == STAGE_REPRESENTATIVE || read.stage == STAGE_HELD;
        bool overdue = waits                      ? is_over(CLOCK_REPRESENTATIVE, read.changed_at)
                       : read.stage == STAGE_MARU ? is_over(CLOCK_DECISION, read.changed_at)
                       : read.stage == STAGE_SHARED
                           ? !told && !referral && is_over(CLOCK_FORUM_WORD, read.shared_at)
                           : false;
        if (!overdue) continue;
        over[read.stage]++;
        if (!listed[id])
            fail_msg("%lld is overdue in stage %s of the Forum %.*s, and in nobody's list",
                     (long long)id, stage_name(read.stage), STR_ARG(read.forum));
    }
    /* There is something of each to see. */
    assert_true(over[STAGE_REPRESENTATIVE] > 0 && over[STAGE_HELD] > 0 && over[STAGE_SHARED] > 0);
}

/* --- when nobody is there --------------------------------------------------------------------- */

/* Of how many that are overdue and in no list some account is to find somebody for it; each kind of
 * account that is asked is counted in `by`. */
static void nobody_is_left_out(size_t by[static ROLE_COUNT])
{
    struct account_line *accounts = NULL;
    size_t count = 0;
    struct feedback_wait *all = NULL;
    size_t overdue = 0;
    size_t left = 0;
    struct person anybody;
    memset(listed, 0, sizeof listed);
    gather_lists();
    assert_int_equal(account_list(&app, &arena, 1000, &accounts, &count, NULL), ST_OK);
    assert_int_equal(account_person(&app, &arena, STR("administrator@example.org"), &anybody, NULL),
                     ST_OK);
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(
        feedback_overdue(scope_of(&app, &arena, &anybody), db, STR(""), &all, &overdue, NULL),
        ST_OK);
    store_read_end(app.store, db);
    for (size_t k = 0; k < overdue; k++) left += !listed[all[k].submission];
    for (size_t i = 0; i < count; i++) {
        struct person who;
        struct feedback_unanswered *list = NULL;
        size_t found = 0;
        if (accounts[i].disabled) continue;
        assert_int_equal(account_person(&app, &arena, accounts[i].email, &who, NULL), ST_OK);
        assert_int_equal(feedback_unanswered_list(&app, &arena, &who, &list, &found, NULL), ST_OK);
        for (size_t k = 0; k < found; k++) {
            /* in the list are those of that organisation that nobody else has, and no more */
            size_t same = 0;
            for (size_t m = 0; m < overdue; m++)
                same += all[m].organisation == list[k].organisation &&
                        str_eq(all[m].forum, list[k].forum) && !listed[all[m].submission];
            assert_true(list[k].count > 0 && list[k].count <= same && list[k].name.len &&
                        list[k].due_at < clock_now());
            for (int role = 0; role < ROLE_COUNT; role++)
                by[role] += person_has(&who, (enum role)role) ? list[k].count : 0;
        }
        for (size_t m = 0; m < overdue; m++) {
            size_t k = 0;
            while (k < found && (all[m].organisation != list[k].organisation ||
                                 !str_eq(all[m].forum, list[k].forum)))
                k++;
            if (k < found && list[k].count)
                left -= !listed[all[m].submission], listed[all[m].submission] = true;
        }
    }
    if (left) fail_msg("%zu are overdue and in nobody's list", left);
}

static void disable(unsigned roles)
{
    struct account_line *accounts = NULL;
    size_t count = 0;
    struct err err = {0};
    struct person keeper;
    assert_int_equal(account_person(&app, &arena, STR("administrator@example.org"), &keeper, NULL),
                     ST_OK);
    assert_int_equal(account_list(&app, &arena, 1000, &accounts, &count, NULL), ST_OK);
    for (size_t i = 0; i < count; i++)
        if (accounts[i].roles & roles && !accounts[i].disabled &&
            account_set_disabled(&app, keeper.account, accounts[i].id, true, &err) != ST_OK)
            fail_msg("%s", err.public);
}

static void what_nobody_has_is_somebodys_to_find_somebody_for(void **state)
{
    (void)state;
    size_t by[ROLE_COUNT] = {0};
    nobody_is_left_out(by);
    assert_int_equal(by[ROLE_administrator], 0); /* there are representatives */
    disable(1u << ROLE_representative);
    nobody_is_left_out(by);
    size_t first = by[ROLE_administrator]; /* of Forums without a coordinator */
    disable(1u << ROLE_coordinator);
    memset(by, 0, sizeof by);
    nobody_is_left_out(by);
    assert_true(by[ROLE_administrator] > first && !by[ROLE_analyst] && !by[ROLE_practitioner] &&
                !by[ROLE_auditor]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_a_state_and_an_age),
        cmocka_unit_test(what_is_overdue_is_in_somebodys_list),
        cmocka_unit_test(what_nobody_has_is_somebodys_to_find_somebody_for),
    };
    return cmocka_run_group_tests(tests, begin, close_partnership);
}
