/* Very many registrations: all that fit a pattern are found, by every path of the vectors. */
#include "link/kernel_many.h"
#include "link/link.h"
#include "link/normalise.h"
#include "link/plate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

enum { PLATES = 40000, HITS = 1024, FITS = 9 /* rank of what fits */ };

static const char *const patterns[] = {"W?8? ?H?", "???7 H?B", "WK* B",   "*HJB", "K*7*B",
                                       "G*D*0*",   "J*8*G*",   "WK07H?B", "87*"};
static char plate[PLATES][8];
static struct link_index *cars;

static int fill(void **state)
{
    (void)state;
    uint64_t random = 11;
    cars = link_index_new();
    for (int64_t i = 0; i < PLATES; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        uint64_t bits = random >> 20;
        for (int k = 0; k < 7; k++, bits /= 10)
            plate[i][k] = k == 2 || k == 3 ? (char)('0' + bits % 10) : "WKHJBDEGPR"[bits % 10];
        struct link_mention car = {.id = i + 1, .report = i + 1, .kind = LINK_VEHICLE};
        car.field[LINK_REGISTRATION] = str_from(plate[i]);
        assert_int_equal(link_index_insert(cars, &car, NULL), ST_OK);
    }
    return 0;
}

static int drop(void **state)
{
    (void)state;
    link_index_free(cars);
    return 0;
}

static size_t fitting(struct str pattern)
{
    char clean[LINK_REGISTRATION_SIZE];
    bool partial;
    size_t count = 0;
    assert_true(link_registration_clean(pattern, clean, &partial));
    for (size_t i = 0; i < PLATES; i++)
        count += link_plate_matches(str_from(clean), str_from(plate[i]));
    return count;
}

static void all_that_fit_are_found_by_every_path(void **state)
{
    (void)state;
    static struct link_hit hit[HITS], plain[HITS];
    enum kernel_path usual = link_kernel_path();
    size_t all = 0;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        struct str pattern = str_from(patterns[i]);
        size_t there = fitting(pattern), plain_count = 0;
        for (int path = KERNEL_SCALAR; path < KERNEL_PATHS; path++) {
            if (!link_kernel_force((enum kernel_path)path)) continue;
            size_t found = 0, count = link_index_search(cars, pattern, hit, HITS);
            for (size_t k = 0; k < count; k++) found += hit[k].rank >= FITS;
            assert_int_equal(found, there < HITS ? there : HITS);
            if (path == KERNEL_SCALAR) {
                plain_count = count;
                memcpy(plain, hit, sizeof plain);
            }
            assert_int_equal(count, plain_count);
            for (size_t k = 0; k < count; k++) assert_int_equal(hit[k].id, plain[k].id);
        }
        all += there;
    }
    assert_true(all > 200);
    assert_true(link_kernel_force(usual));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_that_fit_are_found_by_every_path)};
    return cmocka_run_group_tests_name("plates", tests, fill, drop);
}
