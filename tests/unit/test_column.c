/*
 * What columns are taken for, and how cells are split.
 */
#include "tests_common.h"

#include "base/arena.h"
#include "base/buf.h"
#include "domain/column.h"

static struct arena arena;

static const struct {
    const char *headers; /* parted by '|' */
    const char *targets;
} guesses[] = {
    {"Date|Time|Information|Reported by", "when|when|narrative|reported by"},
    {"Name|Age|DOB|Nickname", "person 1 name|person 1 age|person 1 birth|person 1 alias"},
    {"Child name|Child DOB|Suspect|Suspect age|Suspect nickname",
     "person 1 name|person 1 birth|person 2 name|person 2 age|person 2 alias"},
    {"Name|Age|Name|Age", "person 1 name|person 1 age|person 2 name|person 2 age"},
    {"Name 1|Name 2|Age 1|Age 2", "person 1 name|person 2 name|person 1 age|person 2 age"},
    {"Forename|Surname", "person 1 name|person 1 name"},
    {"Vehicle Reg|Make|Model|Colour",
     "vehicle 1 registration|vehicle 1 make|vehicle 1 model|vehicle 1 colour"},
    {"VRM 1|VRM 2", "vehicle 1 registration|vehicle 2 registration"},
    /* Who told is nobody that is told of. */
    {"ID|Start time|Completion time|Email|Name|Last modified time|Name of child|Email",
     "keep|ignore|received|reported by|reported by|ignore|person 1 name|account 1 email"},
    {"Timestamp|Email address|Your email|Who was involved (name/nickname)?|Your phone number",
     "received|reported by|reported by|person 1 name|reported by"},
    {"Staff|Staff name|Reporting school|Date of referring|Reason for referring|Email|Name",
     "reported by|reported by|reported by|when|narrative|account 1 email|person 1 name"},
    {"What have you seen or heard?|Staff notes|Where did you see it?|Which car did you see (reg)?",
     "narrative|narrative|where|vehicle 1 registration"},
    {"Snapchat/Insta|Known addresses", "account 1 handle|place 1 address"},
    {"Hair colour|Ethnicity|Vehicle|Action", "keep|keep|keep|keep"},
    {"Mobile|Email|Snapchat|Instagram name|Platform",
     "phone 1 number|account 1 email|account 2 handle|account 3 handle|account 1 platform"},
    {"Location|Town|Post code|Venue", "where|place 1 town|place 1 postcode|place 1 venue"},
    {"Date of entry|DATE FROM|End date|How do you know?", "received|when|until|how known"},
    {"Reason refused|Ref", "ignore|keep"},
    {"reference|received|organisation|account|narrative|when|how known|number|handle",
     "keep|received|reported by|reported by|narrative|when|how known|phone 1 number|"
     "account 1 handle"},
    /* What tells more of somebody goes to the one before it that lacks it. */
    {"Child name|DOB|What happened", "person 1 name|person 1 birth|narrative"},
    {"Subject name|DOB", "person 1 name|person 1 birth"},
    {"Child|Age", "person 1 name|person 1 age"},
    {"Age|Child", "person 1 age|person 1 name"},
    {"Child name|DOB|Suspect name|DOB",
     "person 1 name|person 1 birth|person 2 name|person 2 birth"},
    {"Child name|Age|Alias|Suspect name|Suspect DOB|Nickname",
     "person 1 name|person 1 age|person 1 alias|person 2 name|person 2 birth|person 2 alias"},
    {"First name|Surname|DOB|Age|Alias|Suspect name|Suspect DOB|Vehicle reg|Make|Phone|Mum's name|"
     "Reporter name",
     "person 1 name|person 1 name|person 1 birth|person 1 age|person 1 alias|person 2 name|"
     "person 2 birth|vehicle 1 registration|vehicle 1 make|phone 1 number|person 3 name|"
     "reported by"},
    {"Child first name|Middle name|Surname|Child DOB",
     "person 1 name|person 1 name|person 1 name|person 1 birth"},
    {"First name|Surname|First name|Surname",
     "person 1 name|person 1 name|person 2 name|person 2 name"},
    {"Name|Surname|Child's DOB", "person 1 name|person 1 name|person 1 birth"},
    {"YP name|Young person DOB|Perpetrator|Suspect age|Mum|Mum DOB",
     "person 1 name|person 1 birth|person 2 name|person 2 age|person 3 name|person 3 birth"},
    {"Child 1 name|DOB 1|Child 2 name|DOB 2",
     "person 1 name|person 1 birth|person 2 name|person 2 birth"},
    {"Child 1|Child 2|Age 1|Age 2", "person 1 name|person 2 name|person 1 age|person 2 age"},
    /* Many names of one person. */
    {"Name|Alias 1|Alias 2|Age", "person 1 name|person 1 alias|person 1 alias|person 1 age"},
    {"Suspect name|Suspect alias 1|Suspect alias 2|Child",
     "person 1 name|person 1 alias|person 1 alias|person 2 name"},
    {"Name|Maiden name|Previous names|Nickname",
     "person 1 name|person 1 alias|person 1 alias|person 1 alias"},
    {"Name 1|Name 2|Alias 1|Alias 2",
     "person 1 name|person 2 name|person 1 alias|person 2 alias"},
    {"Name|Alias 1|Alias 2|Name 2",
     "person 1 name|person 1 alias|person 2 alias|person 2 name"},
    {"Name|Alias|Name|Alias", "person 1 name|person 1 alias|person 2 name|person 2 alias"},
    {"Nickname 1|Nickname 2", "person 1 alias|person 2 alias"},
    {"Full name|Preferred name|Date of Birth|Place of birth",
     "person 1 name|person 1 alias|person 1 birth|keep"},
    {"Pupil|D.O.B.|Year group", "person 1 name|person 1 birth|keep"},
    {"Victim(s)|Suspect(s)|Suspect age", "person 1 name|person 2 name|person 2 age"},
    {"Name|Suspect age|Suspect", "person 1 name|person 2 age|person 2 name"},
    {"Child name|Relationship to child|Parent aware?|Social worker name",
     "person 1 name|keep|keep|keep"},
    {"Suspect vehicle reg|Make|Colour|Vehicle 2 reg|Make",
     "vehicle 1 registration|vehicle 1 make|vehicle 1 colour|vehicle 2 registration|"
     "vehicle 2 make"},
    {"Child address|Postcode|Venue", "place 1 address|place 1 postcode|place 2 venue"},
};

static size_t cut(const char *text, struct column *column)
{
    struct str rest = str_from(text), part;
    size_t count = 0;
    while (str_split(&rest, '|', &part)) column[count++] = (struct column){.header = part};
    return count;
}

static void test_guess_by_header(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof guesses / sizeof guesses[0]; i++) {
        struct column column[20];
        size_t count = cut(guesses[i].headers, column);
        column_guess(&arena, column, count, NULL, 0);
        struct str got = STR("");
        for (size_t k = 0; k < count; k++)
            got = str_fmt(&arena, "%.*s%s%.*s", STR_ARG(got), k ? "|" : "",
                          STR_ARG(column_target(&arena, &column[k])));
        if (!str_eq(got, str_from(guesses[i].targets)))
            wrong++, print_error("%s\n  gives %.*s\n  not   %s\n", guesses[i].headers, STR_ARG(got),
                                 guesses[i].targets);
    }
    assert_int_equal(wrong, 0);
}

static void test_guess_by_content(void **state)
{
    (void)state;
    struct column column[6];
    size_t count = cut("A|B|C|D|E|F", column);
    static const struct str sample[] = {
        STR_INIT("07700 900123"),
        STR_INIT("a@example.org"),
        STR_INIT("WK85 BXT"),
        STR_INIT("12/03/2026"),
        STR_INIT("yes"),
        STR_INIT("A car was waiting near the school at the end of the day."),
        STR_INIT("unknown"),
        STR_INIT("b@example.org"),
        STR_INIT("WK86BXT"),
        STR_INIT("13.3.26"),
        STR_INIT("no"),
        STR_INIT("Two young people were seen getting into a silver car."),
    };
    column_guess(&arena, column, count, sample, 2);
    static const char *const targets[] = {
        "phone 1 number", "account 1 email", "vehicle 1 registration", "when", "keep", "narrative"};
    for (size_t i = 0; i < count; i++)
        assert_true(str_eq(column_target(&arena, &column[i]), str_from(targets[i])));
}

static void test_targets_come_back(void **state)
{
    (void)state;
    static const char *const targets[] = {
        "person 3 alias", "vehicle 1 registration", "keep", "narrative", "until", "reported by",
        "how known"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        struct column column = {0};
        assert_true(column_set_target(&column, str_from(targets[i])));
        assert_true(str_eq(column_target(&arena, &column), str_from(targets[i])));
    }
    static const char *const none[] = {"",
                                       "person",
                                       "person 0 name",
                                       "person 1",
                                       "vehicle 1 name",
                                       "person 1 name x",
                                       "person 99 name",
                                       "nonsense"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        struct column column = {0};
        assert_false(column_set_target(&column, str_from(none[i])));
    }
}

static const struct {
    enum link_field field;
    const char *cell;
    const char *parts;
} splits[] = {
    {LINK_NAME, "Smith, John", "Smith, John"},
    {LINK_NAME, "Daz, Kev, Leanne", "Daz|Kev|Leanne"},
    {LINK_NAME, "John Smith, Amy Jones", "John Smith|Amy Jones"},
    {LINK_NAME, "Smith, John; Jones, Amy", "Smith, John|Jones, Amy"},
    {LINK_NAME, "Daz / Kev and Leanne & Jo\nSam", "Daz|Kev|Leanne|Jo|Sam"},
    {LINK_NAME, "Daz, Kev & Leanne", "Daz|Kev|Leanne"},
    {LINK_NAME, "Smith, John and Amy", "Smith, John|Amy"},
    {LINK_NAME, "Andrew Sandy", "Andrew Sandy"},
    {LINK_NAME, "n/a", ""},
    {LINK_NAME, "Daz; unknown", "Daz|"},
    {LINK_AGE, "; 14", "|14"},
    {LINK_DESCRIPTION, "; fair hair, a cap", "|fair hair, a cap"},
    {LINK_REGISTRATION, "WK85BXT/WK86BXT, WK87BXT", "WK85BXT|WK86BXT|WK87BXT"},
    {LINK_NUMBER, "07700 900123 / 07700 900456", "07700 900123|07700 900456"},
    {LINK_BIRTH, "12/3/2011", "12/3/2011"},
    {LINK_AGE, "14/15", "14/15"},
    {LINK_AGE, "14 and 15", "14|15"},
    {LINK_COLOUR, "silver/grey", "silver/grey"},
    {LINK_VENUE, "Coach and Horses", "Coach and Horses"},
    {LINK_ADDRESS, "12 Church Street\nTruro", "12 Church Street\nTruro"},
    {LINK_ADDRESS, "12 Church Street, Truro / 3 Hill Terrace",
     "12 Church Street, Truro|3 Hill Terrace"},
    {LINK_ADDRESS, "12/14 Church Street", "12/14 Church Street"},
    {LINK_HANDLE, "daz_99 / https://example.org/daz", "daz_99|https://example.org/daz"},
    {LINK_REGISTRATION, "WK85BXT, blue Fiesta", "WK85BXT, blue Fiesta"},
    {LINK_REGISTRATION, "WK85BXT, BXT", "WK85BXT|BXT"},
    {LINK_POSTCODE, " TR51 2AB ; TR51 3AB", "TR51 2AB|TR51 3AB"},
    {LINK_NAME, "", ""},
    {LINK_NAME, ";;;", ""},
};

static void test_split(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof splits / sizeof splits[0]; i++) {
        struct str part[10], got = STR("");
        size_t count = column_split(str_from(splits[i].cell), splits[i].field, part, 10);
        for (size_t k = 0; k < count; k++)
            got = str_fmt(&arena, "%.*s%s%.*s", STR_ARG(got), k ? "|" : "", STR_ARG(part[k]));
        if (!str_eq(got, str_from(splits[i].parts)))
            wrong++, print_error("'%s' gives '%.*s', not '%s'\n", splits[i].cell, STR_ARG(got),
                                 splits[i].parts);
    }
    assert_int_equal(wrong, 0);
    struct str part[2];
    assert_int_equal(column_split(STR("a;b;c"), LINK_NAME, part, 2), 2);
}

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 8 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_guess_by_header),
        cmocka_unit_test(test_guess_by_content),
        cmocka_unit_test(test_targets_come_back),
        cmocka_unit_test(test_split),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
