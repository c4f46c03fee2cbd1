/* The kernels over thirty-two values against their plain references, on every path
 * that this machine has: random and hostile strings, all lengths, all bytes. */
#include "link/kernel_many.h"

#include "tests_common.h"

#include <math.h>

static uint64_t state = 42;

static uint32_t next(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % below;
}

static void check(struct str a, const struct kernel_block *block, size_t length)
{
    uint8_t distance[KERNEL_LANES];
    float similar[KERNEL_LANES];
    link_kernel_osa_many(a, block, length, distance);
    link_kernel_jaro_winkler_many(a, block, length, similar);
    for (size_t lane = 0; lane < KERNEL_LANES; lane++) {
        char text[KERNEL_LONGEST];
        for (size_t i = 0; i < length; i++) text[i] = (char)block->text[i][lane];
        struct str b = str_of(text, length);
        if (distance[lane] != link_osa(a, b))
            fail_msg("%s: osa of '%.*s' and '%.*s': %u, not %u",
                     link_kernel_path_name(link_kernel_path()), STR_ARG(a), STR_ARG(b),
                     distance[lane], link_osa(a, b));
        if (!(fabs(similar[lane] - link_jaro_winkler(a, b)) < 1e-6))
            fail_msg("%s: jaro-winkler of '%.*s' and '%.*s': %f, not %f",
                     link_kernel_path_name(link_kernel_path()), STR_ARG(a), STR_ARG(b),
                     (double)similar[lane], link_jaro_winkler(a, b));
    }
}

/* A block of values that have much in common with `a`, or nothing. */
static void fill(struct kernel_block *block, struct str a, size_t length, uint32_t letters)
{
    for (unsigned lane = 0; lane < KERNEL_LANES; lane++) {
        char text[KERNEL_LONGEST];
        size_t shift = next(3);
        for (size_t i = 0; i < length; i++)
            text[i] = i + shift < a.len && next(4) ? a.ptr[i + shift] : (char)('a' + next(letters));
        link_kernel_block_set(block, lane, str_of(text, length));
    }
}

static void on_every_path(void (*test)(void))
{
    enum kernel_path best = link_kernel_path();
    for (int path = 0; path < KERNEL_PATHS; path++) {
        if (!link_kernel_force((enum kernel_path)path)) {
            print_message("# SKIP no %s here\n", link_kernel_path_name((enum kernel_path)path));
            continue;
        }
        assert_int_equal(link_kernel_path(), path);
        state = 42;
        test();
    }
    assert_true(link_kernel_force(best));
}

static void every_length(void)
{
    for (size_t a_length = 0; a_length <= LINK_SIMILARITY_MAX + 8; a_length++)
        for (size_t length = 0; length <= KERNEL_LONGEST; length++)
            for (uint32_t letters = 1; letters <= 200; letters = letters * 7 + 1) {
                char text[LINK_SIMILARITY_MAX + 8];
                struct kernel_block block;
                for (size_t i = 0; i < a_length; i++) text[i] = (char)('a' + next(letters));
                struct str a = str_of(text, a_length);
                fill(&block, a, length, letters);
                check(a, &block, length);
            }
}

static void names(void)
{
    for (int round = 0; round < 1000; round++) {
        char text[KERNEL_LONGEST];
        struct kernel_block block;
        size_t length = 2 + next(11);
        uint32_t letters = 2 + next(24);
        for (size_t i = 0; i < length; i++) text[i] = (char)('a' + next(letters));
        fill(&block, str_of(text, length), 2 + next(11), letters);
        for (size_t other = length > 2 ? length - 2 : 0;
             other < length + 3 && other <= KERNEL_LONGEST; other++)
            check(str_of(text, length), &block, other);
    }
}

static void hostile(void)
{
    char all[256 + KERNEL_LONGEST]; /* every byte, and the first ones again */
    struct kernel_block block;
    for (size_t i = 0; i < sizeof all; i++) all[i] = (char)i;
    /* Every byte against every byte, and blocks of one byte alone. */
    for (int first = 0; first < 256; first += 8) {
        for (unsigned lane = 0; lane < KERNEL_LANES; lane++)
            link_kernel_block_set(&block, lane,
                                  str_of(all + (first + (int)lane * 7) % 240, KERNEL_LONGEST));
        for (size_t length = 0; length <= KERNEL_LONGEST; length++) {
            check(str_of(all + first, length < 8 ? 8 : length), &block, length);
            check(str_of(all + first, 0), &block, length);
        }
    }
    char same[LINK_SIMILARITY_MAX];
    memset(same, 0, sizeof same);
    memset(&block, 0, sizeof block);
    for (size_t length = 0; length <= KERNEL_LONGEST; length++)
        for (size_t a_length = 0; a_length <= sizeof same; a_length++)
            check(str_of(same, a_length), &block, length);
    memset(same, 0xff, sizeof same);
    memset(&block, 0xff, sizeof block);
    for (size_t length = 0; length <= KERNEL_LONGEST; length++)
        for (size_t a_length = 0; a_length <= sizeof same; a_length++)
            check(str_of(same, a_length), &block, length);
}

static void letters(void)
{
    for (int round = 0; round < 2000; round++) {
        uint32_t one = next(UINT32_MAX) ^ next(UINT32_MAX) << 1, others[KERNEL_LANES];
        for (size_t i = 0; i < KERNEL_LANES; i++) {
            others[i] = round % 2 ? one : next(UINT32_MAX) << 1;
            for (uint32_t k = next(34); round % 2 && k > 0; k--) others[i] ^= 1u << next(32);
        }
        unsigned most = next(34);
        uint32_t near = link_kernel_near_letters(one, others, most);
        for (size_t i = 0; i < KERNEL_LANES; i++)
            assert_int_equal(near >> i & 1, (unsigned)__builtin_popcount(one ^ others[i]) <= most);
    }
}

static void letters_agree(void **unused)
{
    (void)unused;
    on_every_path(letters);
}

static void lanes_are_copied(void **unused)
{
    (void)unused;
    struct kernel_block from, to;
    memset(&to, 0, sizeof to);
    for (unsigned lane = 0; lane < KERNEL_LANES; lane++) {
        char text[2] = {'a', (char)('a' + lane % 26)};
        link_kernel_block_set(&from, lane, str_of(text, sizeof text));
    }
    link_kernel_block_copy(&to, 3, &from, 9, 2);
    assert_int_equal(to.text[0][3], 'a');
    assert_int_equal(to.text[1][3], 'j');
    assert_int_equal(to.text[0][2] | to.text[0][4] | to.text[2][3], 0);
}

static void all_lengths_agree(void **unused)
{
    (void)unused;
    on_every_path(every_length);
}

static void names_agree(void **unused)
{
    (void)unused;
    on_every_path(names);
}

static void hostile_strings_agree(void **unused)
{
    (void)unused;
    on_every_path(hostile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_lengths_agree),
                                       cmocka_unit_test(names_agree),
                                       cmocka_unit_test(hostile_strings_agree),
                                       cmocka_unit_test(letters_agree),
                                       cmocka_unit_test(lanes_are_copied)};
    return cmocka_run_group_tests_name("kernel over many", tests, NULL, NULL);
}
