/* The table of short forms: the project's own, and how much is in it. */
#include "link/word.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

static const struct {
    const char *name;
    const char *short_forms;
} families[] = {
#define FAMILY(name, short_forms) {name, short_forms},
#include "link/nickname.def"
#undef FAMILY
};

enum { FAMILIES = sizeof families / sizeof *families, PAIRS_LEAST = 600, PAIRS_MAX = 8192 };

struct pair {
    struct str name;
    struct str short_form;
};

static int by_words(const void *a, const void *b)
{
    const struct pair *left = a, *right = b;
    int order = str_cmp(left->name, right->name);
    return order ? order : str_cmp(left->short_form, right->short_form);
}

static size_t pairs_of(struct pair *ret)
{
    size_t count = 0;
    for (size_t i = 0; i < FAMILIES; i++) {
        struct str rest = str_from(families[i].short_forms), word;
        while (str_split(&rest, ' ', &word)) {
            assert_true(count < PAIRS_MAX);
            if (word.len) ret[count++] = (struct pair){str_from(families[i].name), word};
        }
    }
    qsort(ret, count, sizeof *ret, by_words);
    return count;
}

static void there_are_many_pairs(void **state)
{
    (void)state;
    static struct pair pair[PAIRS_MAX];
    size_t count = pairs_of(pair), distinct = 0;
    for (size_t i = 0; i < count; i++)
        distinct += (i == 0 || by_words(&pair[i - 1], &pair[i]) != 0) &&
                    !str_eq(pair[i].name, pair[i].short_form);
    print_message("%zu pairs of a name and a short form, in %d families\n", distinct,
                  (int)FAMILIES);
    assert_true(distinct >= PAIRS_LEAST);
}

static void every_word_is_folded(void **state)
{
    (void)state;
    static struct pair pair[PAIRS_MAX];
    size_t count = pairs_of(pair);
    for (size_t i = 0; i < count; i++)
        for (int side = 0; side < 2; side++) {
            struct str word = side ? pair[i].short_form : pair[i].name;
            for (size_t k = 0; k < word.len; k++)
                if (word.ptr[k] < 'a' || word.ptr[k] > 'z')
                    fail_msg("'%.*s' is not folded", STR_ARG(word));
        }
}

/* A word may be of more families than there is room for; its first one always counts. */
static void every_pair_is_found(void **state)
{
    (void)state;
    static struct pair pair[PAIRS_MAX];
    size_t count = pairs_of(pair), lost = 0;
    for (size_t i = 0; i < count; i++) {
        struct word_sounds name, short_form;
        link_word_sounds(pair[i].name, &name);
        link_word_sounds(pair[i].short_form, &short_form);
        lost += !link_word_family(&name, &short_form);
    }
    print_message("%zu of %zu pairs have no room\n", lost, count);
    assert_true(lost * 100 <= count);
}

static void short_forms_of_many_origins_are_known(void **state)
{
    (void)state;
    static const char *const known[][2] = {
        {"elizabeth", "betty"}, {"piran", "perran"}, {"padraig", "paddy"}, {"siobhan", "chevonne"},
        {"krzysztof", "kris"}, {"malgorzata", "gosia"}, {"constantin", "costel"},
        {"muhammad", "mo"}, {"usman", "ozzy"}, {"abdirahman", "abdi"}, {"oluwaseun", "seun"},
        {"dmytro", "dima"}, {"gurpreet", "gurp"}, {"francisco", "paco"}, {"hamish", "hame"},
        {"dafydd", "dai"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct word_sounds a, b;
        link_word_sounds(str_from(known[i][0]), &a);
        link_word_sounds(str_from(known[i][1]), &b);
        if (!link_word_family(&a, &b)) fail_msg("%s is not known as %s", known[i][0], known[i][1]);
    }
}

/* Each word of the table against those that come after it. */
static void likeness_is_the_same_from_both_sides(void **state)
{
    (void)state;
    enum { BESIDE = 60 };
    static struct pair pair[PAIRS_MAX];
    size_t count = pairs_of(pair), alike = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = i; k < count && k < i + BESIDE; k++) {
            struct str left = i % 2 ? pair[i].name : pair[i].short_form;
            struct str right = k % 3 ? pair[k].name : pair[k].short_form;
            struct word_sounds a, b;
            link_word_sounds(left, &a);
            link_word_sounds(right, &b);
            enum word_level level = link_word_level(left, &a, right, &b);
            if (level != link_word_level(right, &b, left, &a))
                fail_msg("%.*s and %.*s", STR_ARG(left), STR_ARG(right));
            alike += level != WORD_OTHER && level != WORD_EXACT;
        }
    assert_true(alike > 1000);
}

static size_t put_together(uint64_t *seed, char ret[static 32])
{
    static const char *const part[] = {"sla", "v",  "ko",  "ka", "a", "mi", "ya", "ro",
                                       "ik",  "xx", "dza", "kh", "o", "ie", "s",  "y"};
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    size_t parts = 2 + (*seed >> 33) % 4, length = 0;
    for (size_t i = 0; i < parts; i++) {
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        const char *piece = part[(*seed >> 33) % (sizeof part / sizeof *part)];
        memcpy(ret + length, piece, strlen(piece));
        length += strlen(piece);
    }
    return length;
}

/* And of words that nobody has written down. */
static void likeness_of_any_words_is_the_same_from_both_sides(void **state)
{
    (void)state;
    enum { TRIES = 200000 };
    uint64_t seed = 7;
    int alike = 0;
    for (int i = 0; i < TRIES; i++) {
        char one[32], other[32];
        struct str left = str_of(one, put_together(&seed, one)),
                   right = str_of(other, put_together(&seed, other));
        struct word_sounds a, b;
        link_word_sounds(left, &a);
        link_word_sounds(right, &b);
        enum word_level level = link_word_level(left, &a, right, &b);
        if (level != link_word_level(right, &b, left, &a))
            fail_msg("%.*s and %.*s", STR_ARG(left), STR_ARG(right));
        alike += level != WORD_OTHER && level != WORD_EXACT;
    }
    if (alike < 4000) fail_msg("%d", alike);
}

static void pet_forms_and_endings_are_alike(void **state)
{
    (void)state;
    assert_true(link_word_is_pet(STR("rosie"), STR("rosenwyn")));
    assert_true(link_word_is_pet(STR("hedrek"), STR("hedders")));
    assert_true(link_word_is_pet(STR("cubs"), STR("cubert")));
    assert_true(link_word_is_pet(STR("radek"), STR("radoslaw")));
    assert_true(link_word_is_pet(STR("bronislawa"), STR("bronia")));
    assert_false(link_word_is_pet(STR("maria"), STR("mario")));
    assert_false(link_word_is_pet(STR("ali"), STR("alison")));
    assert_true(link_word_is_tail(STR("oluwaseun"), STR("seun")));
    assert_true(link_word_is_tail(STR("slavko"), STR("yaroslav")));
    /* as long as each other: either way round */
    assert_true(link_word_is_tail(STR("slavka"), STR("mislav")));
    assert_true(link_word_is_tail(STR("mislav"), STR("slavka")));
    assert_false(link_word_is_tail(STR("ana"), STR("susana")));
    assert_false(link_word_is_tail(STR("yaroslava"), STR("viacheslav")));
}

static double spoken_alike(struct str a, struct str b)
{
    struct spoken spoken_a, spoken_b;
    link_spoken_read(a, &spoken_a);
    link_spoken_read(b, &spoken_b);
    return link_spoken_alike(&spoken_a, &spoken_b);
}

/* Two spellings of one name, by the rules of a language: what they sound like is the same. */
static void names_sound_alike_across_spellings(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {"xalwo", "halwa"}, {"sacdiyo", "sadia"}, {"caydiid", "aidid"}, {"axmed", "ahmed"},
        {"jacek", "yatsek"}, {"szymon", "shimon"}, {"grzegorz", "gzhegosh"}, {"wojtek", "voytek"},
        {"hlib", "gleb"}, {"halia", "galya"}, {"yushchenko", "juszczenko"}, {"zhyla", "jila"},
        {"caoimhe", "keeva"}, {"caoilfhionn", "keelin"}, {"sinead", "shinade"},
        {"cliodhna", "cleena"}, {"iordan", "yordan"}, {"phuc", "fuk"}, {"quang", "kwang"},
    };
    static const char *const other[][2] = {
        {"yaroslav", "myroslav"}, {"lysenko", "hrytsenko"}, {"cahal", "conor"}, {"dang", "phuong"},
        {"ali", "ola"},
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        struct str a = str_from(same[i][0]), b = str_from(same[i][1]);
        if (spoken_alike(a, b) < 0.75)
            fail_msg("%s, %s: %.2f", same[i][0], same[i][1], spoken_alike(a, b));
        assert_true(spoken_alike(a, b) == spoken_alike(b, a));
    }
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (spoken_alike(str_from(other[i][0]), str_from(other[i][1])) >= 0.75)
            fail_msg("%s, %s", other[i][0], other[i][1]);
    /* Of any bytes, of any length, and of nothing. */
    char text[200];
    for (size_t length = 0; length < sizeof text; length++) {
        for (size_t i = 0; i < length; i++) text[i] = (char)(i * 31 + length * 7);
        double alike = spoken_alike(str_of(text, length), str_of(text, length));
        assert_true(alike >= 0 && alike <= 1);
    }
}

static bool is_clip(const char *a, const char *b)
{
    struct spoken spoken_a, spoken_b;
    struct clips clips_a, clips_b;
    link_spoken_read(str_from(a), &spoken_a);
    link_spoken_read(str_from(b), &spoken_b);
    link_clips(&spoken_a, &clips_a);
    link_clips(&spoken_b, &clips_b);
    bool clip = link_is_clip(&spoken_a, &spoken_b);
    assert_int_equal(link_is_clip(&spoken_b, &spoken_a), clip);
    /* What is one is found by its pieces. */
    if (clip) assert_true(link_clips_meet(&clips_a, &clips_b));
    return clip;
}

/* A piece of a name as it is said, with the endings that short forms have. */
static void a_piece_of_a_name_is_its_short_form(void **state)
{
    (void)state;
    static const char *const pieces[][2] = {
        {"kolya", "mykola"},   {"zbych", "zbigniew"}, {"masha", "maryna"},
        {"guli", "ghulam"},    {"wasek", "vasyl"},{"maxi", "maxamed"},
        {"addie", "adelaide"}, {"kash", "kashif"},
    };
    static const char *const others[][2] = {
        {"nance", "nangle"}, {"maria", "mario"},  {"stefania", "stefan"}, {"ali", "albert"},
        {"ho", "hoang"},     {"anna", "susanna"}, {"ngo", "nguyen"},
    };
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        if (!is_clip(pieces[i][0], pieces[i][1])) fail_msg("%s of %s", pieces[i][0], pieces[i][1]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (is_clip(others[i][0], others[i][1])) fail_msg("%s of %s", others[i][0], others[i][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_many_pairs),
        cmocka_unit_test(every_word_is_folded),
        cmocka_unit_test(every_pair_is_found),
        cmocka_unit_test(short_forms_of_many_origins_are_known),
        cmocka_unit_test(likeness_is_the_same_from_both_sides),
        cmocka_unit_test(likeness_of_any_words_is_the_same_from_both_sides),
        cmocka_unit_test(pet_forms_and_endings_are_alike),
        cmocka_unit_test(names_sound_alike_across_spellings),
        cmocka_unit_test(a_piece_of_a_name_is_its_short_form),
    };
    return cmocka_run_group_tests_name("nickname", tests, NULL, NULL);
}
