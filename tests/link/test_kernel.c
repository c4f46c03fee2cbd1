/* The kernels against their plain references, on random and on hostile strings. */
#include "link/kernel.h"

#include "tests_common.h"

static uint64_t state = 42;

static uint32_t next(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % below;
}

static void check(struct str a, struct str b)
{
    if (link_kernel_osa(a, b) != link_osa(a, b))
        fail_msg("osa of '%.*s' and '%.*s': %u, not %u", STR_ARG(a), STR_ARG(b),
                 link_kernel_osa(a, b), link_osa(a, b));
    double fast = link_kernel_jaro_winkler(a, b);
    double plain = link_jaro_winkler(a, b);
    if (fast < plain - 1e-12 || fast > plain + 1e-12)
        fail_msg("jaro-winkler of '%.*s' and '%.*s': %f, not %f", STR_ARG(a), STR_ARG(b), fast,
                 plain);
}

static void random_strings(void **unused)
{
    (void)unused;
    for (int round = 0; round < 200000; round++) {
        char a[80];
        char b[80];
        /* Few letters, so that much agrees; sometimes longer than a word has bits. */
        uint32_t letters = 2 + next(6);
        size_t a_length = next(round % 10 ? 14 : 80);
        size_t b_length = next(round % 10 ? 14 : 80);
        for (size_t i = 0; i < a_length; i++) a[i] = (char)('a' + next(letters));
        for (size_t i = 0; i < b_length; i++)
            b[i] = i < a_length && next(3) ? a[i] : (char)('a' + next(letters));
        check(str_of(a, a_length), str_of(b, b_length));
    }
}

static void hostile_strings(void **unused)
{
    (void)unused;
    char all[256];
    char same[100];
    for (int i = 0; i < 256; i++) all[i] = (char)i;
    memset(same, 'x', sizeof same);
    const struct str strings[] = {STR(""), STR("a"), STR("ab"), STR("ba"), STR("abc"), STR("ca"),
                                  str_of(all, 256), str_of(all + 128, 64), str_of(same, 64),
                                  str_of(same, 63), str_of(same, 100), STR("\xff\x80\0\0")};
    size_t count = sizeof strings / sizeof *strings;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count; k++) check(strings[i], strings[k]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_strings),
                                       cmocka_unit_test(hostile_strings)};
    return cmocka_run_group_tests_name("kernel", tests, NULL, NULL);
}
