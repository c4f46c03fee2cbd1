/* Buckets of tokens: what one is for, and that nobody can have another's forgotten. */
#include "domain/limit.h"
#include "seal/secret.h"

#include "tests_common.h"

static const instant_ms start = 1790000000000;
static const struct limit_rule tries = {.burst = 8, .per_minute = 1};
static const struct limit_rule once = {.burst = 1, .per_minute = 1};

static int fresh(void **state)
{
    (void)state;
    assert_true(seal_start());
    clock_set(start);
    limit_clear();
    return 0;
}

static struct str numbered(char text[static 32], const char *word, int number)
{
    int size = snprintf(text, 32, "%s %d", word, number);
    return str_of(text, (size_t)size);
}

static void a_bucket_is_emptied_and_fills_again(void **state)
{
    (void)state;
    int wait = 0;
    for (int i = 0; i < tries.burst; i++) assert_true(limit_take(&tries, STR("a"), NULL));
    assert_false(limit_take(&tries, STR("a"), &wait));
    assert_in_range(wait, 60, 61);
    assert_true(limit_take(&tries, STR("b"), NULL));
    assert_true(limit_take(&once, STR("a"), NULL)); /* another rule's */
    clock_set(start + 60000);
    assert_true(limit_take(&tries, STR("a"), NULL));
    assert_false(limit_take(&tries, STR("a"), NULL));
    limit_give_back(&tries, STR("a"));
    assert_true(limit_take(&tries, STR("a"), NULL));
}

/* Whoever sends very many other keys does not make an emptied one new again. */
static void what_is_emptied_outlasts_a_flood(void **state)
{
    (void)state;
    char text[32];
    for (int i = 0; i < 100; i++)
        for (int n = 0; n < tries.burst; n++)
            assert_true(limit_take(&tries, numbered(text, "guessed", i), NULL));
    int let_in = 0;
    for (int i = 0; i < 200000; i++) {
        if (i % 200 == 0) clock_set(start + i / 200); /* a second in all */
        let_in += limit_take(&tries, numbered(text, "flood", i), NULL);
    }
    assert_int_equal(let_in, 200000);
    for (int i = 0; i < 100; i++)
        assert_false(limit_take(&tries, numbered(text, "guessed", i), NULL));
}

/* Not even where all of the table is emptied: then who comes new waits. */
static void where_all_is_emptied_who_is_new_waits(void **state)
{
    (void)state;
    static bool taken[100000];
    char text[32];
    int count = 0;
    for (int i = 0; i < 100000; i++)
        count += taken[i] = limit_take(&once, numbered(text, "key", i), NULL);
    assert_in_range(count, 16000, 16384);
    for (int i = 0; i < 100000; i++)
        if (taken[i]) assert_false(limit_take(&once, numbered(text, "key", i), NULL));
    int wait = 0;
    assert_false(limit_take(&once, STR("somebody"), &wait));
    assert_in_range(wait, 60, 61);
    clock_set(start + 61000);
    assert_true(limit_take(&once, STR("somebody"), NULL));
}

/* One who never took has nothing to get back, and takes no room. */
static void nothing_is_given_back_to_nobody(void **state)
{
    (void)state;
    limit_give_back(&once, STR("a"));
    assert_true(limit_take(&once, STR("a"), NULL));
    assert_false(limit_take(&once, STR("a"), NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_bucket_is_emptied_and_fills_again, fresh),
        cmocka_unit_test_setup(what_is_emptied_outlasts_a_flood, fresh),
        cmocka_unit_test_setup(where_all_is_emptied_who_is_new_waits, fresh),
        cmocka_unit_test_setup(nothing_is_given_back_to_nobody, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
