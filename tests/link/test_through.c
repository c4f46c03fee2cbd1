/* Records of one cluster that share little are one by way of those between them. */
#include "link/batch.h"

#include "base/buf.h"
#include "tests_common.h"

#include <math.h>
#include <stdlib.h>

enum { PEOPLE = 900 };

static uint64_t state;

static int next(int below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (int)((uint32_t)(state >> 33) % (uint32_t)below);
}

static void make_name(char *ret)
{
    static const char *const ends[] = {"ton", "ick", "owski", "escu", "ford",
                                       "ane", "ian", "ley",   "moor"};
    snprintf(ret, 32, "%c%c%c%s", 'a' + next(26), "aeiou"[next(5)], 'a' + next(26), ends[next(9)]);
}

/* Of each third person three records: `a` with the old surname and a birth date, `c` with the new
 * surname, an email address and a telephone, `b` with the old surname and all of the others: `a`
 * and `c` share nothing but a given name. */
static struct table *make_table(void)
{
    static const char *const given[] = {"jago",  "kerensa", "piotr",     "ana",
                                        "yusuf", "thanh",   "oluwaseun", "mary"};
    struct buf text;
    struct err err = {0};
    struct table *table = calloc(1, sizeof *table);
    assert_non_null(table);
    state = 7;
    buf_init(&text, 1 << 20);
    buf_add_c(&text, "id,given_name,surname,date_of_birth,email,phone\n");
    for (int i = 0; i < PEOPLE; i++) {
        char old[32], new[32], birth[16] = "", line[200];
        const char *first = given[next(8)];
        int number = next(90), other = next(1000);
        make_name(old);
        make_name(new);
        snprintf(birth, sizeof birth, "%d-%02d-%02d", 1950 + next(60), 1 + next(12), 1 + next(28));
        snprintf(line, sizeof line, "a%d,%s,%s,%s,,\n", i, first, old, birth);
        buf_add_c(&text, line);
        if (i % 3) continue;
        snprintf(line, sizeof line, "b%d,%s,%s,%s,%s%d@example.org,07700 900%03d\n", i, first, old,
                 birth, new, number, other);
        buf_add_c(&text, line);
        snprintf(line, sizeof line, "c%d,%s,%s,,%s%d@example.org,07700 900%03d\n", i, first, new,
                 new, number, other);
        buf_add_c(&text, line);
    }
    if (table_read(table, buf_str(&text), STR("id"), 2, &err) != ST_OK) fail_msg("%s", err.public);
    buf_done(&text);
    return table;
}

static void run(struct table *table, int threads, enum batch_partners partners, struct model *model,
                struct batch_result *result)
{
    struct batch_options options = {
        .threshold = 0.01, .threads = threads, .seed = 1, .partners = partners};
    model_guess(table, model);
    batch_link(table, model, &options, 0.8, result);
}

/* Left and right kind of record, of one person. */
static size_t count_of(const struct table *table, const struct batch_result *result, char left,
                       char right, double least)
{
    size_t count = 0;
    for (size_t i = 0; i < result->count; i++) {
        struct str one = table_id(table, result->pair[i].left),
                   two = table_id(table, result->pair[i].right);
        count += one.ptr[0] == left && two.ptr[0] == right &&
                 str_eq(str_sub(one, 1, one.len - 1), str_sub(two, 1, two.len - 1)) &&
                 batch_probability((double)result->pair[i].weight) >= least;
    }
    return count;
}

static void what_a_third_record_joins_is_one(void **unused)
{
    (void)unused;
    static struct model model;
    struct batch_result result;
    struct table *table = make_table();
    run(table, 2, BATCH_MANY, &model, &result);
    size_t direct = count_of(table, &result, 'a', 'b', 0.8),
           last = count_of(table, &result, 'b', 'c', 0.8);
    assert_in_range(direct, PEOPLE / 3 * 9 / 10, PEOPLE / 3);
    assert_in_range(last, PEOPLE / 3 * 8 / 10, PEOPLE / 3);
    assert_in_range(count_of(table, &result, 'a', 'c', 0.8), PEOPLE / 3 * 7 / 10, PEOPLE / 3);
    batch_done(&result);
    table_done(table);
    free(table);
}

/* In order, none twice, and the lines of each add up. */
static void pairs_stay_in_order_and_add_up(void **unused)
{
    (void)unused;
    static struct model model;
    struct batch_result result;
    struct table *table = make_table();
    size_t by_others = 0;
    run(table, 2, BATCH_MANY, &model, &result);
    for (size_t i = 0; i < result.count; i++) {
        const struct batch_pair *pair = &result.pair[i];
        struct batch_line line[BATCH_LINES_MAX];
        double sum = 0;
        int lines = batch_explain(&result, pair->left, pair->right, line);
        for (int k = 0; k < lines; k++) sum += line[k].bits;
        assert_true(fabs(sum - (double)pair->weight) < 1e-3);
        by_others += line[lines - 1].comparison == BATCH_THROUGH;
        assert_true(pair->left < pair->right);
        if (i)
            assert_true(pair[-1].left < pair->left ||
                        (pair[-1].left == pair->left && pair[-1].right < pair->right));
        bool one_cluster = result.cluster[pair->left] == result.cluster[pair->right];
        if (line[lines - 1].comparison == BATCH_THROUGH) assert_true(one_cluster);
    }
    assert_true(by_others > PEOPLE / 5);
    batch_done(&result);
    table_done(table);
    free(table);
}

static void threads_do_not_show(void **unused)
{
    (void)unused;
    static struct model model[2];
    struct batch_result result[2];
    struct table *table = make_table();
    for (int i = 0; i < 2; i++) run(table, 1 + 2 * i, BATCH_MANY, &model[i], &result[i]);
    assert_int_equal(result[0].count, result[1].count);
    assert_memory_equal(result[0].pair, result[1].pair, result[0].count * sizeof *result[0].pair);
    assert_true(result[0].expected_all == result[1].expected_all);
    for (int i = 0; i < 2; i++) batch_done(&result[i]);
    table_done(table);
    free(table);
}

/* Of a pair of strangers in the surest of clusters nothing is said
 * where one partner is the rule. */
static void one_partner_has_no_third(void **unused)
{
    (void)unused;
    static struct model model;
    struct batch_result result;
    struct table *table = make_table();
    run(table, 2, BATCH_ONE, &model, &result);
    for (size_t i = 0; i < result.count; i++) {
        struct batch_line line[BATCH_LINES_MAX];
        int lines = batch_explain(&result, result.pair[i].left, result.pair[i].right, line);
        for (int k = 0; k < lines; k++) assert_int_not_equal(line[k].comparison, BATCH_THROUGH);
    }
    batch_done(&result);
    table_done(table);
    free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_a_third_record_joins_is_one),
                                       cmocka_unit_test(pairs_stay_in_order_and_add_up),
                                       cmocka_unit_test(threads_do_not_show),
                                       cmocka_unit_test(one_partner_has_no_third)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
