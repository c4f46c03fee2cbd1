/* Pairs judged together, where a record has one partner at most. */
#include "link/batch.h"

#include "base/buf.h"
#include "tests_common.h"

#include <math.h>
#include <stdlib.h>

enum { PEOPLE = 400, TWINS = 40, ROWS_MAX = 4 * PEOPLE };

static uint64_t state;
static struct buf text;
static int count;

static uint32_t next(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % below;
}

struct somebody {
    char surname[24];
    const char *given;
    int year;
};

static struct somebody people[PEOPLE];

static void make_people(void)
{
    static const char *given[] = {"jago",  "kerensa", "piotr",     "ana",
                                  "yusuf", "thanh",   "oluwaseun", "mary"};
    static const char *ends[] = {"ton", "ick", "owski", "escu", "ford", "ane", "ian", "ley"};
    state = 7;
    for (int i = 0; i < PEOPLE; i++) {
        struct somebody *who = &people[i];
        snprintf(who->surname, sizeof who->surname, "%c%c%c%s", 'a' + (int)next(26),
                 'a' + (int)next(26), 'a' + (int)next(26), ends[next(8)]);
        who->given = given[next(8)];
        who->year = 1950 + (int)next(60);
    }
}

static void add_line(const char *kind, int i, const char *given, bool slip)
{
    const struct somebody *who = &people[i];
    char line[120];
    char surname[24];
    snprintf(surname, sizeof surname, "%s", who->surname);
    if (slip) surname[1] = 'x';
    snprintf(line, sizeof line, "%s%d,%s,%s,%d\n", kind, i, given, surname, who->year);
    buf_add_c(&text, line);
    count++;
}

/* The first file has each once. In the second stand: each again, now and then with a slip,
 * `times` times; and twins of some, who are not in the first. */
static void make(struct table *table, size_t *ret_first, int times, int twins)
{
    struct err err = {0};
    memset(table, 0, sizeof *table);
    for (int file = 0; file < 2; file++) {
        buf_init(&text, 1 << 20);
        buf_add_c(&text, "id,given_name,surname,year_of_birth\n");
        count = 0;
        for (int i = 0; i < PEOPLE; i++)
            for (int time = 0; time < (file ? times : 1); time++)
                add_line(file ? (time ? "c" : "b") : "a", i, people[i].given, file && next(4) == 0);
        for (int i = 0; file && i < twins; i++) add_line("t", i, "zelah", false);
        if (table_read(table, buf_str(&text), STR("id"), 2, &err) != ST_OK)
            fail_msg("%s", err.public);
        if (!file) *ret_first = table->rows;
        buf_done(&text);
    }
}

static void run(struct table *table, size_t first, enum batch_partners partners, int threads,
                struct batch_result *result)
{
    static struct model model[2];
    static int turn;
    struct batch_options options = {.threshold = 0.01,
                                    .threads = threads,
                                    .seed = 1,
                                    .first_rows = first,
                                    .partners = partners};
    turn = 1 - turn; /* the last result needs its own yet */
    memset(&model[turn], 0, sizeof model[turn]);
    model_guess(table, &model[turn]);
    batch_link(table, &model[turn], &options, 0.95, result);
}

static int person_of(const struct table *table, uint32_t row)
{
    struct str id = table_id(table, row);
    int64_t number = -1;
    assert_true(str_to_int(str_sub(id, 1, id.len - 1), &number));
    return (int)number;
}

static bool is_twin(const struct table *table, const struct batch_pair *pair)
{
    return table_id(table, pair->right).ptr[0] == 't' &&
           person_of(table, pair->left) == person_of(table, pair->right);
}

static double mean_weight_of_twins(const struct table *table, const struct batch_result *result)
{
    double sum = 0;
    for (size_t i = 0; i < result->count; i++)
        /* 0: not kept */
        if (is_twin(table, &result->pair[i])) sum += (double)result->pair[i].weight + 20;
    return sum / TWINS;
}

static double wrong_above_half(const struct table *table, const struct batch_result *result)
{
    double wrong = 0;
    for (size_t i = 0; i < result->count; i++)
        wrong += result->pair[i].weight > 0 &&
                 (is_twin(table, &result->pair[i]) || person_of(table, result->pair[i].left) !=
                                                          person_of(table, result->pair[i].right));
    return wrong;
}

static struct table *table;
static size_t first;
static struct batch_result alone, together;

static int drop(void **unused)
{
    (void)unused;
    batch_done(&alone);
    batch_done(&together);
    table_done(table);
    free(table);
    return 0;
}

static int begin(void **unused)
{
    (void)unused;
    table = calloc(1, sizeof *table);
    make_people();
    return 0;
}

/* A twin looks like whoever is in the first file, who has a better partner. */
static void a_rival_loses_what_the_better_one_has(void **unused)
{
    (void)unused;
    make(table, &first, 1, TWINS);
    run(table, first, BATCH_MANY, 1, &alone);
    run(table, first, BATCH_FOUND_OUT, 1, &together);
    assert_false(alone.one_partner[0] || alone.one_partner[1]);
    assert_true(together.one_partner[0] && together.one_partner[1]);
    assert_true(mean_weight_of_twins(table, &together) < mean_weight_of_twins(table, &alone));
    assert_true(wrong_above_half(table, &together) <= wrong_above_half(table, &alone));
    size_t right = 0;
    for (size_t i = 0; i < together.count; i++) {
        const struct batch_pair *pair = &together.pair[i];
        right += pair->weight > 0 && table_id(table, pair->right).ptr[0] == 'b' &&
                 person_of(table, pair->left) == person_of(table, pair->right);
    }
    assert_true(right >= PEOPLE * 97 / 100);
    assert_true(together.expected_all <= PEOPLE);
}

static void many_repeats_are_found_out(void **unused)
{
    (void)unused;
    make(table, &first, 2, 0);
    run(table, first, BATCH_MANY, 1, &alone);
    run(table, first, BATCH_FOUND_OUT, 1, &together);
    assert_false(together.one_partner[0]); /* a record of the first stands twice in the second */
    assert_true(together.one_partner[1]);
    size_t found = 0;
    for (size_t i = 0; i < together.count; i++) found += together.pair[i].weight > 0;
    assert_true(found >= 2 * PEOPLE * 97 / 100);
}

/* What somebody says is taken as said; a second partner needs ten bits
 * more, and these have them. */
static void a_sure_second_partner_stays(void **unused)
{
    (void)unused;
    make(table, &first, 2, 0);
    run(table, first, BATCH_ONE, 1, &together);
    assert_true(together.one_partner[0] && together.one_partner[1]);
    size_t kept = 0;
    for (size_t i = 0; i < together.count; i++) kept += together.pair[i].weight > 0;
    assert_true(kept > PEOPLE * 3 / 2);
}

static void lines_add_up_to_what_is_kept(void **unused)
{
    (void)unused;
    make(table, &first, 1, TWINS);
    run(table, first, BATCH_FOUND_OUT, 1, &together);
    double least = INFINITY, most = -INFINITY; /* what others leave */
    for (size_t i = 0; i < together.count; i++) {
        struct batch_line line[BATCH_LINES_MAX];
        int lines = batch_explain(&together, together.pair[i].left, together.pair[i].right, line);
        double sum = 0;
        for (int k = 0; k < lines; k++) {
            sum += line[k].bits;
            if (line[k].comparison != BATCH_PARTNERS) continue;
            least = fmin(least, line[k].bits);
            most = fmax(most, line[k].bits);
        }
        assert_true(fabs(sum - (double)together.pair[i].weight) < 1e-6);
        assert_true(together.pair[i].weight >= (float)batch_weight(0.01));
    }
    assert_true(most > 0 && least < most - 3);
}

static void threads_do_not_show(void **unused)
{
    (void)unused;
    make(table, &first, 1, TWINS);
    run(table, first, BATCH_FOUND_OUT, 1, &alone);
    run(table, first, BATCH_FOUND_OUT, 3, &together);
    assert_int_equal(alone.count, together.count);
    assert_memory_equal(alone.pair, together.pair, alone.count * sizeof *alone.pair);
}

/* Each stands twice in one file: there too a record has one partner. */
static void repeats_in_one_file_are_paired(void **unused)
{
    (void)unused;
    make(table, &first, 1, TWINS);
    run(table, 0, BATCH_MANY, 1, &alone);
    run(table, 0, BATCH_FOUND_OUT, 1, &together);
    assert_true(together.one_partner[0]);
    assert_true(mean_weight_of_twins(table, &together) < mean_weight_of_twins(table, &alone));
    size_t right = 0;
    for (size_t i = 0; i < together.count; i++)
        right +=
            together.pair[i].weight > 0 && !is_twin(table, &together.pair[i]) &&
            person_of(table, together.pair[i].left) == person_of(table, together.pair[i].right);
    assert_true(right >= PEOPLE * 97 / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_rival_loses_what_the_better_one_has, begin, drop),
        cmocka_unit_test_setup_teardown(many_repeats_are_found_out, begin, drop),
        cmocka_unit_test_setup_teardown(a_sure_second_partner_stays, begin, drop),
        cmocka_unit_test_setup_teardown(lines_add_up_to_what_is_kept, begin, drop),
        cmocka_unit_test_setup_teardown(threads_do_not_show, begin, drop),
        cmocka_unit_test_setup_teardown(repeats_in_one_file_are_paired, begin, drop),
    };
    return cmocka_run_group_tests_name("partners", tests, NULL, NULL);
}
