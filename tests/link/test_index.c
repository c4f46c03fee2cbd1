/* The live index: what must come out first, and what must not come out. */
#include "base/arena.h"
#include "link/link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { DAY = 20600, ASKED = 10 };

static struct link_mention mention(int64_t id, enum link_kind kind, enum link_field field,
                                   const char *value)
{
    struct link_mention made = {.id = id,
                                .report = id,
                                .kind = kind,
                                .reported_day = DAY,
                                .seen_from = LINK_DAY_UNKNOWN,
                                .seen_to = LINK_DAY_UNKNOWN};
    made.field[field] = str_from(value);
    return made;
}

static void beside(struct link_mention *made, enum link_field field, const char *value)
{
    made->companion[made->companion_count++] = (struct link_companion){field, str_from(value)};
}

static struct link_mention vehicle(int64_t id, const char *plate, const char *colour,
                                   const char *make, const char *model)
{
    struct link_mention made = mention(id, LINK_VEHICLE, LINK_REGISTRATION, plate);
    made.field[LINK_COLOUR] = str_from(colour);
    made.field[LINK_MAKE] = str_from(make);
    made.field[LINK_MODEL] = str_from(model);
    return made;
}

static void insert(struct link_index *index, struct link_mention made)
{
    assert_int_equal(link_index_insert(index, &made, NULL), ST_OK);
}

/* The weight of `b` when `a` is asked for in an index that holds b alone; -1000
 * when it is not among the answers. */
static double weight_of(struct link_mention a, struct link_mention b)
{
    struct link_index *index = link_index_new();
    insert(index, b);
    struct link_match match[ASKED];
    size_t count = link_index_query(index, &a, -100, match, ASKED);
    double bits = count ? match[0].bits : -1000;
    link_index_free(index);
    return bits;
}

static double name_weight(const char *a, const char *b)
{
    return weight_of(mention(1, LINK_PERSON, LINK_NAME, a), mention(2, LINK_PERSON, LINK_NAME, b));
}

static void a_partial_plate_finds_the_car(void **state)
{
    (void)state;
    static const char *const compatible[] = {"WK07 HJB", "WK07 7HB", "WK57 7AB", "WK67 JBB",
                                             "WK17 RJB"};
    for (size_t i = 0; i < sizeof compatible / sizeof *compatible; i++) {
        struct link_index *index = link_index_new();
        insert(index, vehicle(1, compatible[i], "silver", "Vauxhall", "Corsa"));
        insert(index, vehicle(2, "AB12 CDE", "silver", "Vauxhall", "Corsa"));
        insert(index, vehicle(3, "WK07 LMN", "blue", "Ford", "Focus"));
        insert(index, vehicle(4, "", "silver", "Vauxhall", "Corsa"));
        struct link_mention seen = vehicle(5, "WK?? 7?B", "silver", "", "Corsa");
        struct link_match match[ASKED];
        size_t count = link_index_query(index, &seen, link_shown_bits(), match, ASKED);
        assert_true(count >= 1);
        assert_int_equal(match[0].id, 1);
        for (size_t k = 1; k < count; k++) assert_true(match[k].bits < match[0].bits);
        link_index_free(index);
    }
}

static void colour_and_model_alone_are_weak(void **state)
{
    (void)state;
    struct link_mention a = vehicle(1, "", "silver", "Vauxhall", "Corsa");
    struct link_mention b = vehicle(2, "", "silver", "Vauxhall", "Corsa");
    assert_true(weight_of(a, b) < link_shown_bits());
}

static void exact_identifiers_are_strong_at_once(void **state)
{
    (void)state;
    double least = link_shown_bits() + 3;
    assert_true(weight_of(vehicle(1, "WK07 HJB", "", "", ""), vehicle(2, "wk07hjb", "", "", "")) >
                least);
    assert_true(weight_of(mention(1, LINK_PHONE, LINK_NUMBER, "07700 900123"),
                          mention(2, LINK_PHONE, LINK_NUMBER, "+44 7700 900 123")) > least);
    assert_true(weight_of(mention(1, LINK_ACCOUNT, LINK_HANDLE, "@lost.gull77"),
                          mention(2, LINK_ACCOUNT, LINK_HANDLE, "Lost.Gull77")) > least);
    assert_true(weight_of(mention(1, LINK_ACCOUNT, LINK_EMAIL, "A.Gull@example.org"),
                          mention(2, LINK_ACCOUNT, LINK_EMAIL, "a.gull@example.org")) > least);
}

static void a_lone_nickname_is_not_shown_until_a_plate_stands_beside(void **state)
{
    (void)state;
    struct link_mention a = mention(1, LINK_PERSON, LINK_ALIAS, "Daz");
    struct link_mention b = mention(2, LINK_PERSON, LINK_NAME, "Darren");
    double alone = weight_of(a, b);
    assert_true(alone > -100);
    assert_true(alone < link_shown_bits());
    beside(&a, LINK_REGISTRATION, "WK?? 7?B");
    beside(&b, LINK_REGISTRATION, "WK07 7HB");
    double partial = weight_of(a, b);
    assert_true(partial > alone);
    a.companion[0].value = STR("WK07 7HB");
    double whole = weight_of(a, b);
    assert_true(whole > partial);
    assert_true(whole >= link_shown_bits());
}

static void names_weigh_by_how_they_agree(void **state)
{
    (void)state;
    double exact = name_weight("Darren Pascoe", "Darren Pascoe");
    double swapped = name_weight("Pascoe, Darren", "Darren Pascoe");
    double nickname = name_weight("Daz Pascoe", "Darren Pascoe");
    double sound = name_weight("Darren Pasko", "Darren Pascoe");
    double other = name_weight("Darren Smith", "Darren Pascoe");
    assert_true(exact == swapped);
    assert_true(exact > nickname);
    assert_true(exact > sound);
    assert_true(nickname > other);
    assert_true(sound > other);
    assert_true(exact >= link_shown_bits());
    assert_true(other < link_shown_bits());
}

static void names_of_every_origin_are_found(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"Tadek Nowak", "Tadeusz Nowak"},       {"Ola Wiśniewska", "Aleksandra Wisniewska"},
        {"Mo Hussain", "Muhammad Hussain"},     {"Mohammed Hussein", "Muhammad Hussain"},
        {"Abdi Warsame", "Abdirahman Warsame"}, {"Chi Okafor", "Chidinma Okafor"},
        {"Şükrü Yıldız", "Sukru Yildiz"},       {"Oleksandr Shevchenko", "Олександр Шевченко"},
        {"Nguyen Van Minh", "Minh Nguyễn Văn"}, {"Siobhan O'Connor", "Siobhán O Connor"},
        {"Andrei Popescu", "Andrey Popescu"},   {"Yusuf Demir", "Youssef Demir"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (name_weight(pairs[i][0], pairs[i][1]) < link_shown_bits())
            fail_msg("%s is not found as %s: %.1f bits", pairs[i][0], pairs[i][1],
                     name_weight(pairs[i][0], pairs[i][1]));
    }
}

/* Apart, with a hyphen, or together: nobody asks how it is written. */
static void particles_may_be_written_together(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"Mohammed Al-Hassan", "Muhammad Alhassan"}, {"Kasia De Souza", "Kasia Desouza"},
        {"Lena Van der Berg", "Lena Vanderberg"},    {"Bronwen St John", "Bronwen Stjohn"},
        {"Omar El Sayed", "Omar Elsayed"},           {"Fatima Abdul Rahman", "Fatima Abdulrahman"},
        {"Tom De La Cruz", "Delacruz, Tom"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        double there = name_weight(pairs[i][0], pairs[i][1]),
               back = name_weight(pairs[i][1], pairs[i][0]);
        if (there < link_shown_bits() || there != back)
            fail_msg("%s is not found as %s: %.1f and %.1f bits", pairs[i][0], pairs[i][1], there,
                     back);
        assert_true(there < name_weight(pairs[i][0], pairs[i][0]));
    }
    double together = name_weight("Omar El-Sayed", "Omar Elsayed");
    assert_true(together > name_weight("Omar El-Sayed", "Omar Alsayed"));
    assert_true(name_weight("Omar El-Sayed", "Omar Elkhoury") < link_shown_bits());
}

static void what_is_missing_weighs_nothing(void **state)
{
    (void)state;
    struct link_mention a = mention(1, LINK_PERSON, LINK_NAME, "Darren Pascoe");
    struct link_mention b = mention(2, LINK_PERSON, LINK_NAME, "Darren Pascoe");
    double bare = weight_of(a, b);
    a.field[LINK_AGE] = STR("about 30");
    assert_true(weight_of(a, b) == bare);
    b.field[LINK_AGE] = STR("29");
    double agreeing = weight_of(a, b);
    assert_true(agreeing > bare);
    b.field[LINK_AGE] = STR("72");
    assert_true(weight_of(a, b) < bare);
}

static void own_report_and_other_kinds_are_left_out(void **state)
{
    (void)state;
    struct link_index *index = link_index_new();
    struct link_mention a = mention(1, LINK_PERSON, LINK_NAME, "Darren Pascoe");
    struct link_mention b = mention(2, LINK_PERSON, LINK_NAME, "Darren Pascoe");
    b.report = 1;
    insert(index, a);
    insert(index, b);
    insert(index, mention(3, LINK_PLACE, LINK_VENUE, "Darren Pascoe"));
    struct link_match match[ASKED];
    assert_int_equal(link_index_query(index, &a, -100, match, ASKED), 0);
    b.report = 9;
    assert_int_equal(link_index_query(index, &b, -100, match, ASKED), 1);
    assert_int_equal(match[0].id, 1);
    link_index_free(index);
}

static void inserting_twice_is_a_conflict_and_removing_frees_the_id(void **state)
{
    (void)state;
    struct link_index *index = link_index_new();
    struct link_mention a = mention(7, LINK_PHONE, LINK_NUMBER, "07700 900123");
    struct err err = {0};
    insert(index, a);
    assert_int_equal(link_index_insert(index, &a, &err), ST_CONFLICT);
    assert_int_equal(link_index_count(index), 1);
    assert_true(link_index_remove(index, 7));
    assert_false(link_index_remove(index, 7));
    assert_int_equal(link_index_count(index), 0);
    insert(index, a);
    link_index_free(index);
}

static bool odd_reports(const void *context, int64_t report)
{
    (void)context;
    return report % 2;
}

/* More than are weighed under one lock, of two kinds, among what counts and among everything. */
static void many_pairs_weigh_what_each_does(void **state)
{
    (void)state;
    enum { CARS = 40, PAIRS = CARS * (CARS - 1) / 2 + 2 };
    static const char *const plates[] = {"WK19 ABC", "WK19 ABD", "WK07 XYZ", "AB12 CDE",
                                         "WK1? ABC"};
    static const char *const colours[] = {"silver", "black", "", "grey"};
    static struct link_pair pair[PAIRS];
    static struct link_mention all[CARS];
    struct link_index *index = link_index_new();
    struct arena arena;
    arena_init(&arena, 64 << 20);
    for (int i = 0; i < CARS; i++) {
        all[i] =
            vehicle(i + 1, plates[i % 5], colours[i % 4], i % 3 ? "Vauxhall" : "Ford", "Corsa");
        insert(index, all[i]);
    }
    insert(index, mention(CARS + 1, LINK_PERSON, LINK_NAME, "Darren Pascoe"));
    for (int turn = 0; turn < 2; turn++) {
        struct link_admit admit = {turn ? odd_reports : NULL, NULL};
        size_t count = 0;
        for (int a = 0; a < CARS; a++)
            for (int b = 0; b < a; b++) pair[count++] = (struct link_pair){a + 1, b + 1, 777};
        pair[count++] = (struct link_pair){1, CARS + 1, 777}; /* of two kinds */
        pair[count++] = (struct link_pair){1, CARS + 9, 777}; /* not there */
        link_index_weigh_of(index, admit, pair, count);
        for (size_t i = 0; i + 2 < count; i++) {
            struct link_explanation why;
            assert_true(link_index_explain_of(index, admit, &arena, &all[pair[i].a - 1],
                                              &all[pair[i].b - 1], &why));
            assert_true(pair[i].bits == why.total_bits);
        }
        assert_true(pair[count - 2].bits == 777 && pair[count - 1].bits == 777);
    }
    arena_done(&arena);
    link_index_free(index);
}

/* The line of the names of two people: its level and its bits. */
static const char *said_of_names(const char *one, const char *other, double *ret_bits)
{
    struct link_index *index = link_index_new();
    struct link_mention a = {.id = 1, .report = 1, .kind = LINK_PERSON};
    struct link_mention b = {.id = 2, .report = 2, .kind = LINK_PERSON};
    a.field[LINK_NAME] = str_from(one);
    b.field[LINK_NAME] = str_from(other);
    struct arena arena;
    struct link_explanation why;
    arena_init(&arena, 1 << 20);
    assert_int_equal(link_index_insert(index, &a, NULL), ST_OK);
    assert_int_equal(link_index_insert(index, &b, NULL), ST_OK);
    assert_true(link_index_explain(index, &arena, &a, &b, &why));
    *ret_bits = why.line[0].base_bits + why.line[0].rarity_bits;
    const char *level = why.line[0].level;
    arena_done(&arena);
    link_index_free(index);
    return level;
}

/* What a title, a junior or a word more says of two people. */
static void names_say_more_than_their_words(void **state)
{
    (void)state;
    static const char couple[] = "a man and a woman, by the title";
    static const struct {
        const char *one, *other, *level;
    } cases[] = {
        {"Mr Smyth-Test", "Mrs Smyth-Test", couple},
        {"Mr David Bosanko", "Miss D Bosanko", couple},
        {"Mrs Smyth-Test", "Ms Smyth-Test", "exact"},
        {"Mr Smyth-Test", "Smyth-Test", "exact"},
        {"Dr Smyth-Test", "Mr Smyth-Test", "exact"},
        {"David Bosanko junior", "David Bosanko senior", "senior and junior"},
        {"David Bosanko jnr", "David Bosanko Sr", "senior and junior"},
        {"David Bosanko jr", "David Bosanko Junior", "exact"},
        {"David Bosanko", "David Bosanko junior", "all shared words"},
        {"Kayleigh Jones", "Kayleigh Carter-Jones", "all shared words"},
        {"Kayleigh", "Kayleigh Jones", "all shared words"},
        {"Mr and Mrs Smyth-Test", "Mrs Smyth-Test", "all shared words"},
        {"Amit Bosanko Sen", "Amit Sen", "all shared words"},
        {"Amit Bosanko Sen", "Amit Bosanko Jun", "partly"},
        {"Junior", "Junior", "exact"},
        {"Junior Bosanko", "Junior Bosanko", "exact"},
    };
    double exact, couple_bits, more, back;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        (void)said_of_names(cases[i].one, cases[i].one, &exact);
        const char *level = said_of_names(cases[i].one, cases[i].other, &more);
        if (strcmp(level, cases[i].level) != 0)
            fail_msg("%s and %s: %s", cases[i].one, cases[i].other, level);
        assert_string_equal(said_of_names(cases[i].other, cases[i].one, &back), level);
        assert_true(more == back);
        bool lone = !strchr(cases[i].one, ' '); /* one word alone tells little anyway */
        if (strcmp(level, "all shared words") == 0)
            assert_true(lone ? more == exact : more < exact);
        if (strcmp(level, "senior and junior") == 0) assert_true(more < exact - 6);
    }
    (void)said_of_names("Smyth-Test", "Smyth-Test", &exact);
    (void)said_of_names("Mr Smyth-Test", "Mrs Smyth-Test", &couple_bits);
    assert_true(couple_bits < exact - 4);
}

static struct link_mention address(int64_t id, const char *written)
{
    struct link_mention made = {.id = id, .report = id, .kind = LINK_PLACE};
    made.field[LINK_ADDRESS] = str_from(written);
    made.field[LINK_POSTCODE] = STR("TR51 3ZZ");
    return made;
}

/* What is said of the addresses of two places, and what all that speaks for the two adds up to. */
static const char *said_of_addresses(const char *one, const char *other, double *ret_bits)
{
    struct link_index *index = link_index_new();
    struct link_mention a = address(1, one), b = address(2, other);
    struct arena arena;
    struct link_explanation why;
    const char *level = "not observed";
    arena_init(&arena, 1 << 20);
    assert_int_equal(link_index_insert(index, &a, NULL), ST_OK);
    assert_int_equal(link_index_insert(index, &b, NULL), ST_OK);
    assert_true(link_index_explain(index, &arena, &a, &b, &why));
    *ret_bits = why.prior_bits;
    for (size_t i = 0; i < why.count; i++) {
        *ret_bits += why.line[i].base_bits + why.line[i].rarity_bits;
        if (strcmp(why.line[i].comparison, "Address") == 0) level = why.line[i].level;
    }
    arena_done(&arena);
    link_index_free(index);
    return level;
}

/* A neighbour's flat or house is another place, wherever its number stands. */
static void flats_and_houses_have_numbers_of_their_own(void **state)
{
    (void)state;
    static const struct {
        const char *one, *other, *level;
    } cases[] = {
        {"Flat 2, 14 Zennor Parade, TR51 3ZZ", "Flat 3, 14 Zennor Parade", "another flat"},
        {"Flat 1, 27 Zennor Quay", "Flat 9, 27 Zennor Quay", "another flat"},
        {"Flat 1, 27 Zennor Quay", "Flat 1, 72 Zennor Quay", "another number"},
        {"Flat A, 27 Zennor Quay", "Flat B, 27 Zennor Quay", "another flat"},
        {"Ground floor flat, 27 Zennor Quay", "First floor flat, 27 Zennor Quay", "another flat"},
        {"27 Zennor Quay", "29 Zennor Quay", "another number"},
        {"Zennor Quay 27", "29 Zennor Quay", "another number"},
        {"Caravan 4, Zennor Park", "Caravan 7, Zennor Park", "another flat"},
        {"27 Zennor Quay, Flat 1", "Flat 1, 27 Zennor Quay", "exact"},
        {"The Flat, 27 Zennor Quay", "Flat, 27 Zennor Quay", "same street"},
        {"The Flat, 27 Zennor Quay", "27 Zennor Quay", "exact"},
        {"Flat 1, 27 Zennor Quay", "27 Zennor Quay", "same house, one without a flat"},
        {"Top flat, 27 Zennor Quay", "Flat 3, 27 Zennor Quay", "words in common"},
        {"27 Zennor Quay", "Zennor Quay", "same street"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double bits, back;
        const char *level = said_of_addresses(cases[i].one, cases[i].other, &bits);
        if (strcmp(level, cases[i].level) != 0)
            fail_msg("%s and %s: %s", cases[i].one, cases[i].other, level);
        assert_string_equal(said_of_addresses(cases[i].other, cases[i].one, &back), level);
        assert_true(bits == back);
        bool another = strncmp(level, "another", 7) == 0;
        if (another != (bits < 0)) fail_msg("%s: %f bits", cases[i].one, bits);
    }
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_say_more_than_their_words),
        cmocka_unit_test(flats_and_houses_have_numbers_of_their_own),
        cmocka_unit_test(a_partial_plate_finds_the_car),
        cmocka_unit_test(colour_and_model_alone_are_weak),
        cmocka_unit_test(exact_identifiers_are_strong_at_once),
        cmocka_unit_test(a_lone_nickname_is_not_shown_until_a_plate_stands_beside),
        cmocka_unit_test(names_weigh_by_how_they_agree),
        cmocka_unit_test(names_of_every_origin_are_found),
        cmocka_unit_test(particles_may_be_written_together),
        cmocka_unit_test(what_is_missing_weighs_nothing),
        cmocka_unit_test(own_report_and_other_kinds_are_left_out),
        cmocka_unit_test(many_pairs_weigh_what_each_does),
        cmocka_unit_test(inserting_twice_is_a_conflict_and_removing_frees_the_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
