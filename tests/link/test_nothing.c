/* What is written where there is nothing to write. */
#include "link/link.h"
#include "link/nothing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { ASKED = 4, ANSWERS = 4 };

static const struct {
    enum link_field field;
    const char *value;
} nothings[] = {
    {LINK_REGISTRATION, "UNKNOWN"}, {LINK_REGISTRATION, "not known"},
    {LINK_REGISTRATION, "foreign plates"}, {LINK_REGISTRATION, "not seen"},
    {LINK_REGISTRATION, "No plate"}, {LINK_REGISTRATION, "Irish reg."},
    {LINK_REGISTRATION, "black Audi"}, {LINK_REGISTRATION, "N/A"}, {LINK_REGISTRATION, "???"},
    {LINK_HANDLE, "unknown"}, {LINK_HANDLE, "@Unknown"}, {LINK_HANDLE, "not known"},
    {LINK_HANDLE, "n/a"}, {LINK_HANDLE, "withheld"}, {LINK_EMAIL, "none@none.example"},
    {LINK_EMAIL, "noemail@example.org"}, {LINK_EMAIL, "unsure"}, {LINK_NAME, "not known"},
    {LINK_NAME, "Unknown male"}, {LINK_NAME, "unknown female 2"}, {LINK_NAME, "Someone"},
    {LINK_NAME, "a girl"}, {LINK_NAME, "her boyfriend"}, {LINK_NAME, "Don't know"},
    {LINK_NAME, "Name not known."}, {LINK_NAME, "unknown male / female"}, {LINK_ALIAS, "none"},
    {LINK_ALIAS, "unknown man"}, {LINK_NUMBER, "00000000000"}, {LINK_NUMBER, "0000"},
    {LINK_NUMBER, "01234567890"}, {LINK_NUMBER, "07000 000000"}, {LINK_NUMBER, "07123 456789"},
    {LINK_NUMBER, "1111111"}, {LINK_NUMBER, "+44 7777 777777"}, {LINK_NUMBER, "withheld"},
    {LINK_VENUE, "unknown"}, {LINK_VENUE, "Home"}, {LINK_VENUE, "a friend's house"},
    {LINK_ADDRESS, "no fixed abode"}, {LINK_TOWN, "not known"}, {LINK_MODEL, "unknown"},
    {LINK_MAKE, "not seen"}, {LINK_DESCRIPTION, "None given"}, {LINK_COLOUR, "-"},
    {LINK_PLATFORM, "TBC"},
};

static const struct {
    enum link_field field;
    const char *value;
} somethings[] = {
    {LINK_REGISTRATION, "WK?? 7?B"}, {LINK_REGISTRATION, "HJB"}, {LINK_REGISTRATION, "12-D-345"},
    {LINK_REGISTRATION, "NA12 NKX"}, {LINK_REGISTRATION, "W__ ___"}, {LINK_HANDLE, "unknown_gull"},
    {LINK_HANDLE, "not.known"}, {LINK_HANDLE, "n_k"}, {LINK_HANDLE, "x"},
    {LINK_EMAIL, "nk@example.org"}, {LINK_EMAIL, "a.gull@example.org"},
    {LINK_NAME, "Unknown Pascoe"}, {LINK_NAME, "An My"}, {LINK_NAME, "Nil"}, {LINK_NAME, "A"},
    {LINK_NAME, "Boy George"}, {LINK_ALIAS, "Boy"}, {LINK_ALIAS, "Uncle"}, {LINK_ALIAS, "Nobody"},
    {LINK_ALIAS, "Ghost"}, {LINK_NAME, "李"}, {LINK_NUMBER, "07700 900000"},
    {LINK_NUMBER, "ends 777"}, {LINK_NUMBER, "ends 000"}, {LINK_NUMBER, "07700 9??"},
    {LINK_VENUE, "Home Bargains"}, {LINK_PLATFORM, "X"}, {LINK_PLATFORM, "Snapchat"},
    {LINK_COLOUR, "none too clean"},
};

static void they_are_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof nothings / sizeof *nothings; i++)
        if (!link_is_nothing_of(nothings[i].field, str_from(nothings[i].value)))
            fail_msg("%s is something", nothings[i].value);
    for (size_t i = 0; i < sizeof somethings / sizeof *somethings; i++)
        if (link_is_nothing_of(somethings[i].field, str_from(somethings[i].value)))
            fail_msg("%s is nothing", somethings[i].value);
}

static void under_any_heading_an_answer_is_something(void **state)
{
    (void)state;
    static const char *const none[] = {"",    " ",         "-",    "--",    "?",
                                       "...", "N/A",       "n/k",  "none",  "Unknown",
                                       "TBC", "not given", "NULL", "unsure"};
    static const char *const some[] = {
        "no", "No", "refused", "none seen",        "withheld", "not seen by a doctor",
        "0",  "Ö",  "x",       "no, unknown to us"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_true(link_is_nothing(str_from(none[i])));
    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        assert_false(link_is_nothing(str_from(some[i])));
}

static enum link_kind kind_of(enum link_field field)
{
    static const enum link_kind kinds[] = {
#define FIELD(symbol, column, kind, label) [symbol] = kind,
        LINK_FIELD_TABLE(FIELD)
#undef FIELD
    };
    return kinds[field];
}

/* A link shows nothing, and tells nothing beside what does. */
static void they_weigh_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof nothings / sizeof *nothings; i++) {
        struct link_index *index = link_index_new();
        enum link_kind kind = kind_of(nothings[i].field);
        enum link_field other = kind == LINK_PERSON    ? LINK_AGE
                                : kind == LINK_VEHICLE ? LINK_COLOUR
                                                       : LINK_PLATFORM;
        if (other == nothings[i].field) other = LINK_MODEL;
        struct link_match bare[ASKED], with[ASKED];
        struct link_mention a = {.id = 1, .report = 1, .kind = kind},
                            b = {.id = 2, .report = 2, .kind = kind};
        a.field[other] = b.field[other] = STR("16");
        struct link_mention plain = b;
        plain.id = plain.report = 3;
        a.field[nothings[i].field] = b.field[nothings[i].field] = str_from(nothings[i].value);
        a.companion[0] = b.companion[0] =
            (struct link_companion){nothings[i].field, str_from(nothings[i].value)};
        a.companion_count = b.companion_count = 1;
        assert_int_equal(link_index_insert(index, &a, NULL), ST_OK);
        size_t count = link_index_query(index, &b, -100, with, ANSWERS);
        if (count != link_index_query(index, &plain, -100, bare, ANSWERS) ||
            (count && with[0].bits != bare[0].bits))
            fail_msg("%s tells something", nothings[i].value);
        link_index_free(index);
    }
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_nothing),
        cmocka_unit_test(under_any_heading_an_answer_is_something),
        cmocka_unit_test(they_weigh_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
