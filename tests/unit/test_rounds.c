/* Jobs that go round until they are stopped, complain of what fails, and give way if asked. */
#include "base/rounds.h"

#include "tests_common.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { ROUNDS = 3 };

struct seen {
    atomic_int rounds;
    int nice_value;
    enum st outcome;
};

static atomic_int complaints;

static void complain(const char *words)
{
    if (strstr(words, "It does not go.")) complaints++;
}

static enum st go(void *context, struct err *err)
{
    struct seen *seen = context;
    seen->nice_value = getpriority(PRIO_PROCESS, 0);
    seen->rounds++;
    return seen->outcome == ST_OK ? ST_OK : err_set(err, seen->outcome, "It does not go.");
}

static struct seen go_round(enum st outcome, bool gives_way)
{
    struct seen seen = {.outcome = outcome};
    struct rounds rounds = {.round = go,
                            .context = &seen,
                            .complain = complain,
                            .every_ms = 1,
                            .gives_way = gives_way};
    assert_true(rounds_start(&rounds));
    while (seen.rounds < ROUNDS) usleep(1000);
    rounds_stop(&rounds);
    return seen;
}

static void it_goes_on_until_it_is_stopped(void **state)
{
    (void)state;
    struct seen seen = go_round(ST_OK, false);
    int rounds = seen.rounds;
    assert_true(rounds >= ROUNDS);
    assert_int_equal(complaints, 0);
}

static void what_fails_is_complained_of_and_tried_again(void **state)
{
    (void)state;
    struct seen seen = go_round(ST_FAILED, false);
    assert_int_equal(complaints, seen.rounds);
}

/* It must still be run beside others: it takes locks that they want too. */
static void what_gives_way_is_nicer_than_the_rest_and_no_more(void **state)
{
    (void)state;
    int ours = getpriority(PRIO_PROCESS, 0);
    assert_int_equal(go_round(ST_OK, false).nice_value, ours);
    int nicer = go_round(ST_OK, true).nice_value;
    assert_int_equal(nicer, ours < 9 ? ours + 10 : 19); /* 19: as nice as can be */
    assert_int_equal(getpriority(PRIO_PROCESS, 0), ours);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_goes_on_until_it_is_stopped),
        cmocka_unit_test(what_fails_is_complained_of_and_tried_again),
        cmocka_unit_test(what_gives_way_is_nicer_than_the_rest_and_no_more),
    };
    return cmocka_run_group_tests_name("rounds", tests, NULL, NULL);
}
