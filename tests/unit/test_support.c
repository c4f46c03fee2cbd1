/* Who to call and the directory of support: versions over the area pack, filters, Open
 * Referral UK out and in. */
#include "domain/account.h"
#include "domain/support_import.h"
#include "web/pages.h"

#include "page_of.h"
#include "tests_common.h"

static char folder[64];
static struct app app;
static struct area *area;
static struct arena arena;
static struct person keeper;
static struct person other;

static instant_ms london(int year, int month, int day, int hour, int minute)
{
    return clock_from_london((struct civil){.date = {(int16_t)year, (int8_t)month, (int8_t)day},
                                            .hour = (int8_t)hour,
                                            .minute = (int8_t)minute});
}

static struct person add_person(struct db *db, const char *email, enum role role)
{
    struct person person = {.roles = 1u << role};
    struct account_new account = {.email = str_from(email),
                                  .name = STR("Jowan Reed"),
                                  .password_hash = STR("x"),
                                  .roles = person.roles};
    assert_int_equal(organisation_ensure(db, STR("Mid Council"), STR("council"), STR("mid"),
                                         &account.organisation, NULL),
                     ST_OK);
    assert_int_equal(account_add(&app, db, &account, 0, &person.account, NULL), ST_OK);
    person.organisation = account.organisation;
    return person;
}

static int fresh(void **state)
{
    (void)state;
    struct err err = {0};
    temporary_folder(folder);
    arena_init(&arena, 256 << 20);
    if (area_load("areas/cornwall", &area, &err) != ST_OK ||
        app_open(&app, folder, NULL, NULL, &err) != ST_OK)
        fail_msg("%s (%s)", err.public, err.detail);
    app.area = area;
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    keeper = add_person(db, "keeper@example.org", ROLE_administrator);
    other = add_person(db, "other@example.org", ROLE_analyst);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    clock_set(london(2026, 5, 1, 16, 50));
    return 0;
}

static int done(void **state)
{
    (void)state;
    clock_set(0);
    app_close(&app);
    area_free(area);
    arena_done(&arena);
    return 0;
}

/* --- contacts ---------------------------------------------------------------------------- */

static struct contact read_contact(const char *id)
{
    struct contact contact;
    assert_int_equal(contact_read(&app, &arena, str_from(id), &contact, NULL), ST_OK);
    return contact;
}

static struct contact_change as_it_is(const struct contact *contact)
{
    return (struct contact_change){.phone = contact->now.phone,
                                   .text = contact->now.text,
                                   .relay = contact->now.relay,
                                   .opens = contact->now.opens,
                                   .hours = contact->now.hours,
                                   .note = contact->now.note,
                                   .reason = STR("Dialled it"),
                                   .over_version = contact->version};
}

static enum st save(const struct person *who, const char *id, const struct contact_change *change,
                    enum contact_field *field)
{
    struct err err = {0};
    enum contact_field any;
    return contact_save(&app, who, str_from(id), change, field ? field : &any, &err);
}

static void a_number_is_checked_and_says_by_whom_and_when(void **state)
{
    (void)state;
    struct contact contact = read_contact("scilly");
    assert_int_equal(contact.now.verified.year, 0);
    assert_false(contact_is_fresh(&contact, clock_now()));
    struct contact_change change = as_it_is(&contact);
    change.verified = true;
    change.day = (struct date){2026, 4, 30};
    assert_int_equal(save(&keeper, "scilly", &change, NULL), ST_OK);
    contact = read_contact("scilly");
    assert_str(contact.now.phone, "01720 424354");
    assert_false(contact.changed);
    assert_str(contact.verified_by, "Mid Council");
    assert_true(contact_is_fresh(&contact, clock_now()));
    /* It is good for half a year. */
    assert_true(contact_is_fresh(&contact, london(2026, 10, 30, 12, 0)));
    assert_false(contact_is_fresh(&contact, london(2026, 10, 31, 12, 0)));
}

static void a_changed_number_must_be_dialled_again(void **state)
{
    (void)state;
    struct contact contact = read_contact("scilly");
    struct contact_change change = as_it_is(&contact);
    change.verified = true;
    change.day = (struct date){2026, 4, 30};
    assert_int_equal(save(&keeper, "scilly", &change, NULL), ST_OK);
    contact = read_contact("scilly");
    change = as_it_is(&contact);
    change.phone = STR(" 01720 424483 ");
    change.opens = STR("always");
    change.reason = STR("The council's own page");
    change.note = STR("Rang twice");
    assert_int_equal(save(&keeper, "scilly", &change, NULL), ST_OK);
    contact = read_contact("scilly");
    assert_str(contact.now.phone, "01720 424483");
    assert_true(contact.now.always && contact.changed);
    assert_int_equal(contact.now.verified.year, 0);
    assert_str(contact.pack->phone, "01720 424354");
    /* Other numbers are as they were; the history has it all, newest first. */
    assert_int_equal(read_contact("maru").version, 0);
    struct contact_line *line = NULL;
    size_t count = 0;
    assert_int_equal(contact_history(&app, &arena, STR("scilly"), &line, &count, NULL), ST_OK);
    assert_int_equal(count, 2);
    assert_str(line[0].kind, "changed");
    assert_str(line[0].reason, "The council's own page");
    assert_str(line[0].note, "Rang twice");
    assert_str(line[0].by, "Jowan Reed");
    assert_str(line[1].kind, "verified");
    assert_str(line[1].phone, "01720 424354");
    /* Where only the hours change, the number stays checked. */
    change = as_it_is(&contact);
    change.verified = true;
    change.day = (struct date){2026, 5, 1};
    assert_int_equal(save(&keeper, "scilly", &change, NULL), ST_OK);
    contact = read_contact("scilly");
    change = as_it_is(&contact);
    change.hours = STR("always, by day and night");
    assert_int_equal(save(&keeper, "scilly", &change, NULL), ST_OK);
    contact = read_contact("scilly");
    assert_int_equal(contact.now.verified.month, 5);
    assert_str(contact.verified_by, "Mid Council");
    /* And back to the pack, without losing a line. */
    change = (struct contact_change){
        .pack = true, .reason = STR("The pack is right"), .over_version = contact.version};
    assert_int_equal(save(&keeper, "scilly", &change, NULL), ST_OK);
    contact = read_contact("scilly");
    assert_str(contact.now.phone, "01720 424354");
    assert_false(contact.changed);
    assert_int_equal(contact_history(&app, &arena, STR("scilly"), &line, &count, NULL), ST_OK);
    assert_int_equal(count, 5);
}

static void what_is_wrong_is_said_and_changes_nothing(void **state)
{
    (void)state;
    struct contact contact = read_contact("maru");
    const struct contact_change good = as_it_is(&contact);
    struct {
        struct contact_change change;
        enum contact_field field;
    } cases[10];
    for (int i = 0; i < 10; i++) cases[i].change = good;
    cases[0].change.phone = STR("ring me");
    cases[0].field = CONTACT_PHONE;
    cases[1].change.phone = STR("");
    cases[1].field = CONTACT_PHONE;
    cases[2].change.text = STR("8888x");
    cases[2].field = CONTACT_TEXT;
    cases[3].change.relay = STR("<b>");
    cases[3].field = CONTACT_RELAY;
    cases[4].change.opens = STR("outside the-office");
    cases[4].field = CONTACT_OPENS;
    cases[5].change.verified = true;
    cases[5].field = CONTACT_DAY;
    cases[6].change.verified = true;
    cases[6].change.day = (struct date){2026, 5, 2};
    cases[6].field = CONTACT_DAY;
    cases[7].change.phone = STR("0300 123 1117");
    cases[7].change.reason = STR("  ");
    cases[7].field = CONTACT_REASON;
    cases[8].field = CONTACT_NOTHING; /* nothing is different */
    cases[9].change.phone = STR("1");
    cases[9].field = CONTACT_PHONE;
    for (int i = 0; i < 10; i++) {
        enum contact_field field = CONTACT_HOURS;
        if (save(&keeper, "maru", &cases[i].change, &field) != ST_INVALID ||
            field != cases[i].field)
            fail_msg("case %d: field %d", i, (int)field);
    }
    assert_int_equal(read_contact("maru").version, 0);
    struct contact_change change = good;
    change.phone = STR("0300 123 1117");
    assert_int_equal(save(&other, "maru", &change, NULL), ST_NOT_FOUND);
    assert_int_equal(save(&keeper, "nobody", &change, NULL), ST_NOT_FOUND);
    assert_int_equal(save(&keeper, "maru", &change, NULL), ST_OK);
    change.phone = STR("0300 123 1118"); /* over what is no longer the newest */
    assert_int_equal(save(&keeper, "maru", &change, NULL), ST_CONFLICT);
    assert_str(read_contact("maru").now.phone, "0300 123 1117");
}

/* --- the directory ------------------------------------------------------------------------ */

static size_t found(struct support_filter filter, const char *one)
{
    struct support *list = NULL;
    size_t count = 0;
    size_t fits = 0;
    bool has = false;
    assert_int_equal(support_list(&app, &arena, false, &list, &count, NULL), ST_OK);
    for (size_t i = 0; i < count; i++) {
        bool fit = support_fits(area, &list[i], &filter);
        fits += fit;
        has |= fit && str_eq(list[i].name, str_from(one));
    }
    if (!has && one[0] != '!') fail_msg("%s is not found", one);
    return fits;
}

static bool finds(struct support_filter filter, const char *one)
{
    struct support *list = NULL;
    size_t count = 0;
    assert_int_equal(support_list(&app, &arena, false, &list, &count, NULL), ST_OK);
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].name, str_from(one))) return support_fits(area, &list[i], &filter);
    fail_msg("there is no %s", one);
    return false;
}

static void the_directory_is_narrowed(void **state)
{
    (void)state;
    const struct support_filter any = {.age = -1};
    struct support_filter filter = any;
    assert_int_equal(found(any, "Childline"), 15);
    filter.audience = FOR_CHILD;
    assert_true(finds(filter, "Childline"));
    assert_false(finds(filter, "Ivison Trust"));
    filter = any;
    filter.age = 18;
    assert_true(finds(filter, "Childline"));
    assert_false(finds(filter, "NSPCC helpline"));
    filter.age = 19;
    assert_false(finds(filter, "Childline"));
    assert_true(finds(filter, "Missing People"));
    filter = any;
    filter.place = STR("scilly");
    assert_true(finds(filter, "Children's Social Care, Isles of Scilly"));
    assert_false(finds(filter, "Multi Agency Referral Unit (MARU)"));
    assert_true(finds(filter, "Childline"));
    filter = any;
    filter.need = area_need_find(area, STR("missing"));
    assert_true(finds(filter, "Missing People"));
    assert_false(finds(filter, "FRANK"));
    filter = any;
    filter.open_at = london(2026, 5, 1, 16, 59);
    assert_true(finds(filter, "Multi Agency Referral Unit (MARU)"));
    assert_false(finds(filter, "Out of Hours Service"));
    filter.open_at = london(2026, 5, 1, 17, 0);
    assert_false(finds(filter, "Multi Agency Referral Unit (MARU)"));
    assert_true(finds(filter, "Out of Hours Service"));
    filter.open_at = london(2026, 5, 4, 11, 0); /* a bank holiday */
    assert_true(finds(filter, "Out of Hours Service"));
    assert_true(finds(filter, "Childline")); /* not known: not hidden */
}

/* --- Open Referral UK ----------------------------------------------------------------------- */

static struct str exported(void)
{
    struct support *list = NULL;
    size_t count = 0;
    assert_int_equal(support_list(&app, &arena, false, &list, &count, NULL), ST_OK);
    return open_referral_write(&arena, area, list, count);
}

static void what_goes_out_comes_back_the_same(void **state)
{
    (void)state;
    struct open_referral_row *row = NULL;
    struct support *list = NULL;
    size_t rows = 0;
    size_t count = 0;
    assert_int_equal(open_referral_read(&arena, area, exported(), &row, &rows, NULL), ST_OK);
    assert_int_equal(support_list(&app, &arena, false, &list, &count, NULL), ST_OK);
    assert_int_equal(rows, count);
    for (size_t i = 0; i < rows; i++) {
        const struct support *got = &row[i].support;
        if (row[i].place.len) fail_msg("%.*s: %.*s", STR_ARG(row[i].place), STR_ARG(row[i].why));
        assert_string_equal(got->uuid, list[i].uuid);
        assert_true(str_eq(got->name, list[i].name) && str_eq(got->phone, list[i].phone));
        assert_true(str_eq(got->text, list[i].text) && str_eq(got->relay, list[i].relay));
        assert_true(str_eq(got->website, list[i].website) && str_eq(got->place, list[i].place));
        assert_int_equal(got->audience, list[i].audience);
        assert_int_equal(got->age_from, list[i].age_from);
        assert_int_equal(got->age_to, list[i].age_to);
        assert_int_equal(got->need_count, list[i].need_count);
        /* On a day that is no bank holiday they are open at the same times. */
        for (int minute = 0; minute < 24 * 60; minute += 30) {
            instant_ms at = london(2026, 4, 29, minute / 60, minute % 60);
            enum support_open open = support_is_open(area, got, at);
            if (list[i].always || list[i].contact->now.open)
                assert_int_equal(open, support_is_open(area, &list[i], at));
        }
    }
    /* The ids stay what they are from one start to the next. */
    assert_true(str_eq(exported(), exported()));
}

static const char file[] =
    "{\"contents\": ["
    "{\"id\": \"6d1a0a51-0000-4000-8000-000000000001\", \"name\": \"Harbour Youth Café\", "
    "\"status\": \"active\","
    " \"description\": \"A warm place after school.\", \"minimum_age\": 11, \"maximum_age\": 17,"
    " \"url\": \"https://harbour.example.org\", \"organization\": {\"id\": \"x\", \"name\": "
    "\"Harbour Trust\"},"
    " \"contacts\": [{\"phones\": [{\"number\": \"07700 900123\"}]}],"
    " \"schedules\": [{\"byday\": \"FR\", \"opens_at\": \"15:30\", \"closes_at\": \"19:00:00\"}],"
    " \"service_areas\": [{\"name\": \"Cornwall\"}],"
    " \"attributes\": [{\"taxonomy_term\": {\"taxonomy\": \"audience\", \"term\": \"child\"}},"
    " {\"taxonomy_term\": {\"taxonomy\": \"need\", \"term\": \"talk\"}},"
    " {\"taxonomy_term\": {\"taxonomy\": \"need\", \"term\": \"no-such-need\"}}]},"
    "{\"id\": \"not a uuid\", \"name\": \"A\", \"status\": \"active\"},"
    "{\"id\": \"6d1a0a51-0000-4000-8000-000000000002\", \"name\": \"B\", \"status\": \"open\"},"
    "{\"id\": \"6d1a0a51-0000-4000-8000-000000000003\", \"name\": \"C\", \"status\": \"active\","
    " \"phones\": [{\"number\": \"07700 900124\"}, {\"number\": \"call us\"}]},"
    "{\"id\": \"6d1a0a51-0000-4000-8000-000000000004\", \"name\": \"D\", \"status\": \"active\","
    " \"url\": \"javascript:alert(1)\"},"
    "{\"id\": \"6d1a0a51-0000-4000-8000-000000000005\", \"name\": \"E\", \"status\": \"active\","
    " \"email\": \"help@example.org\", \"minimum_age\": 20, \"maximum_age\": 10},"
    "{\"id\": \"6d1a0a51-0000-4000-8000-000000000006\", \"name\": \"F\", \"status\": \"active\","
    " \"email\": \"help@example.org\", \"schedules\": [{\"byday\": \"MO\", \"opens_at\": "
    "\"17:00\", \"closes_at\": \"9\"}]},"
    "{\"id\": \"6d1a0a51-0000-4000-8000-000000000001\", \"name\": \"G\", \"status\": \"active\","
    " \"email\": \"help@example.org\"},"
    "7,"
    "{\"id\": \"6d1a0a51-0000-4000-8000-000000000008\", \"name\": \"H\", \"status\": \"active\"}"
    "]}";

static void wrong_services_are_named_and_the_others_taken(void **state)
{
    (void)state;
    static const char *const places[] = {
        "", "contents[1].id", "contents[2].status", "contents[3].phones[1].number",
        "contents[4].url", "contents[5].maximum_age", "contents[6].schedules[0].closes_at",
        "contents[7].id", "contents[8].",
        "contents[9].phones"};
    int64_t id = 0;
    struct support_import import;
    struct support_step *step = NULL;
    size_t count = 0;
    size_t taken = 0;
    struct err err = {0};
    assert_int_equal(support_import_stage(&app, &other, STR("x.json"), str_from(file), &id, NULL),
                     ST_NOT_FOUND);
    if (support_import_stage(&app, &keeper, STR("harbour.json"), str_from(file), &id, &err) !=
        ST_OK)
        fail_msg("%s %s", err.public, err.detail);
    assert_int_equal(support_import_read(&app, &arena, id, &import, NULL), ST_OK);
    assert_int_equal(support_import_plan(&app, &arena, &import, &step, &count, NULL), ST_OK);
    assert_int_equal(count, 10);
    for (size_t i = 0; i < count; i++) {
        assert_str(step[i].row->place, places[i]);
        assert_int_equal(step[i].change, i ? SUPPORT_WRONG : SUPPORT_NEW);
        if (i) assert_true(step[i].row->why.len > 10);
    }
    /* Looking changed nothing. */
    const struct support_filter any = {.age = -1};
    assert_int_equal(found(any, "Childline"), 15);
    assert_int_equal(support_import_take(&app, &other, id, &taken, NULL), ST_NOT_FOUND);
    assert_int_equal(support_import_take(&app, &keeper, id, &taken, NULL), ST_OK);
    assert_int_equal(taken, 1);
    assert_int_equal(support_import_take(&app, &keeper, id, &taken, NULL), ST_CONFLICT);
    assert_int_equal(support_import_drop(&app, &keeper, id, NULL), ST_CONFLICT);
    assert_int_equal(found(any, "Harbour Youth Café"), 16);
    struct support_filter filter = any;
    filter.open_at = london(2026, 5, 8, 15, 30);
    assert_true(finds(filter, "Harbour Youth Café"));
    filter.open_at = london(2026, 5, 8, 19, 0);
    assert_false(finds(filter, "Harbour Youth Café"));
    filter = (struct support_filter){.age = 14, .audience = FOR_CHILD, .place = STR("cornwall"),
                                     .need = area_need_find(area, STR("talk"))};
    assert_true(finds(filter, "Harbour Youth Café"));
    filter.place = STR("scilly");
    assert_false(finds(filter, "Harbour Youth Café"));
}

static enum support_change plan_one(const char *text, struct support_step *ret)
{
    int64_t id = 0;
    struct support_import import;
    struct support_step *step = NULL;
    size_t count = 0;
    struct err err = {0};
    if (support_import_stage(&app, &keeper, STR("one.json"), str_from(text), &id, &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(support_import_read(&app, &arena, id, &import, NULL), ST_OK);
    assert_int_equal(support_import_plan(&app, &arena, &import, &step, &count, NULL), ST_OK);
    assert_int_equal(count, 1);
    *ret = step[0];
    size_t taken = 0;
    assert_int_equal(support_import_take(&app, &keeper, id, &taken, NULL), ST_OK);
    return step[0].change;
}

static void a_second_file_says_what_would_change(void **state)
{
    (void)state;
    struct support_step step;
    const struct support_filter any = {.age = -1};
    const char *first = "{\"id\": \"6d1a0a51-0000-4000-8000-00000000000a\", \"name\": \"Quay "
                        "Line\", \"status\": \"active\","
                        " \"phones\": [{\"number\": \"07700 900125\"}]}";
    const char *second = "[{\"id\": \"6D1A0A51-0000-4000-8000-00000000000A\", \"name\": \"Quay "
                         "Line\", \"status\": \"active\","
                         " \"phones\": [{\"number\": \"07700 900126\"}]}]";
    const char *third =
        "{\"id\": \"6d1a0a51-0000-4000-8000-00000000000a\", \"name\": \"Quay Line\","
        " \"status\": \"defunct\", \"phones\": [{\"number\": \"07700 900126\"}]}";
    assert_int_equal(plan_one(first, &step), SUPPORT_NEW);
    assert_int_equal(plan_one(first, &step), SUPPORT_SAME);
    assert_int_equal(plan_one(second, &step), SUPPORT_CHANGED);
    assert_int_equal(step.difference_count, 1);
    assert_str(step.difference[0].what, "Phone");
    assert_str(step.difference[0].before, "07700 900125");
    assert_str(step.difference[0].after, "07700 900126");
    assert_int_equal(found(any, "Quay Line"), 16);
    /* What is offered no more is shown no more. */
    assert_int_equal(plan_one(third, &step), SUPPORT_CHANGED);
    assert_int_equal(found(any, "!"), 15);
    /* Entries of the pack are left alone. */
    char uuid[SUPPORT_UUID_SIZE];
    support_uuid(area_name(area), STR("service"), STR("childline"), uuid);
    const char *pack =
        str_c(&arena, str_fmt(&arena,
                              "{\"id\": \"%s\", \"name\": \"Childline\", \"status\": \"active\","
                              " \"phones\": [{\"number\": \"07700 900127\"}]}",
                              uuid));
    assert_int_equal(plan_one(pack, &step), SUPPORT_OF_PACK);
    assert_true(str_find(exported(), STR("07700 900127"), 0) < 0);
}

static struct str page_with(void (*page)(struct request *, struct response *), const char *open,
                            const char *time)
{
    struct form_field fields[] = {{STR("open"), str_from(open), STR("")},
                                  {STR("time"), str_from(time), STR("")}};
    struct request request = {
        .app = &app, .arena = &arena, .path = STR("/"), .field = fields, .field_count = 2};
    return page_of(page, &request, NULL);
}

/* A list that is not narrowed by what was typed says so. */
static void a_time_without_a_day_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *open, *time;
        bool said;
    } asked[] = {{"", "22:00", true},       {"now", "22:00", true}, {"Monday", "22:00", false},
                 {"Monday", "late", false}, {"", "", false},        {"now", " ", false}};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        struct str page = page_with(page_support, asked[i].open, asked[i].time);
        bool said = str_find(page, STR("Choose a day for that time"), 0) > 0;
        if (said != asked[i].said) fail_msg("%zu", i);
    }
}

/* Whoever cannot speak is not led to a call. */
static void a_number_for_texts_alone_sends_a_text(void **state)
{
    (void)state;
    struct str page = page_with(page_help_now, "", "");
    ptrdiff_t at = str_find(page, STR("999 by text message"), 0);
    assert_true(at > 0);
    ptrdiff_t link = str_find(page, STR("href=\""), (size_t)at);
    assert_true(str_starts(str_sub(page, (size_t)link, 40), STR("href=\"sms:999")));
    assert_true(str_find(page, STR("Call 999 by text message"), 0) < 0);
}

static void what_is_no_open_referral_is_refused(void **state)
{
    (void)state;
    static const char *const files[] = {
        "", "{", "\"x\"", "{\"services\": 1}", "[]", "{\"contents\": []}", "{\"contents\": 3}"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        int64_t id = 0;
        struct err err = {0};
        if (support_import_stage(&app, &keeper, STR("x"), str_from(files[i]), &id, &err) !=
            ST_INVALID)
            fail_msg("'%s' was taken", files[i]);
        assert_true(err.public[0] != 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_number_is_checked_and_says_by_whom_and_when, fresh, done),
        cmocka_unit_test_setup_teardown(a_changed_number_must_be_dialled_again, fresh, done),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_said_and_changes_nothing, fresh, done),
        cmocka_unit_test_setup_teardown(the_directory_is_narrowed, fresh, done),
        cmocka_unit_test_setup_teardown(what_goes_out_comes_back_the_same, fresh, done),
        cmocka_unit_test_setup_teardown(wrong_services_are_named_and_the_others_taken, fresh, done),
        cmocka_unit_test_setup_teardown(a_second_file_says_what_would_change, fresh, done),
        cmocka_unit_test_setup_teardown(a_time_without_a_day_is_said, fresh, done),
        cmocka_unit_test_setup_teardown(a_number_for_texts_alone_sends_a_text, fresh, done),
        cmocka_unit_test_setup_teardown(what_is_no_open_referral_is_refused, fresh, done),
    };
    return cmocka_run_group_tests_name("support", tests, NULL, NULL);
}
