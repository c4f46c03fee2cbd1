/* Submissions, decisions and the entities that follow from them. */
#include "domain/account.h"
#include "domain/decision.h"
#include "domain/entity.h"
#include "domain/origin.h"
#include "domain/profile.h"
#include "domain/search.h"
#include "domain/suggestions.h"
#include "link/link.h"
#include "web/pages.h"

#include "page_of.h"
#include "share_on.h"
#include "tests_common.h"

static char folder[64];
static struct app app;
static struct person teacher;
static struct person hotelier;
static struct person analyst;
static struct arena arena;

static struct person add_person(struct db *db, const char *email, const char *organisation,
                                enum role role)
{
    struct person person = {.roles = 1u << role};
    struct account_new account = {.email = str_from(email),
                                  .name = STR("Somebody"),
                                  .password_hash = STR("x"),
                                  .roles = person.roles};
    assert_int_equal(organisation_ensure(db, str_from(organisation), STR("education"), STR("mid"),
                                         &account.organisation, NULL), ST_OK);
    assert_int_equal(account_add(&app, db, &account, 0, &person.account, NULL), ST_OK);
    person.organisation = account.organisation;
    return person;
}

static int open_app(void **state)
{
    (void)state;
    temporary_folder(folder);
    arena_init(&arena, 64 << 20);
    struct err err = {0};
    if (app_open(&app, folder, NULL, NULL, &err) != ST_OK) fail_msg("%s", err.public);
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    teacher = add_person(db, "teacher@example.org", "A school", ROLE_practitioner);
    hotelier = add_person(db, "hotelier@example.org", "A hotel", ROLE_practitioner);
    analyst = add_person(db, "analyst@example.org", "A team", ROLE_analyst);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    return 0;
}

static int close_app(void **state)
{
    (void)state;
    app_close(&app);
    arena_done(&arena);
    return 0;
}

/* Shares one mention with one field; returns its id. */
static int64_t share_one(const struct person *who, const char *key, enum link_field field,
                         const char *value)
{
    struct mention_draft mention = {.kind = field_kind(field), .span_start = -1, .span_end = -1};
    mention.field[field] = str_from(value);
    struct submission_draft draft = {.idempotency_key = str_from(key),
                                     .narrative = str_fmt(&arena, "About %s", value),
                                     .mention = &mention,
                                     .mention_count = 1};
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, who, &draft, 0, 0, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    share_on(&app, &arena, who, receipt.id);
    int64_t *ids = NULL;
    assert_int_equal(entity_mentions_of(app.entities, &arena, receipt.id, &ids), 1);
    return ids[0];
}

static void the_same_form_sent_twice_makes_one_record(void **state)
{
    (void)state;
    struct submission_draft draft = {.idempotency_key = STR("once"),
                                     .narrative = STR("A white van.")};
    struct submission_receipt first;
    struct submission_receipt second;
    struct err err = {0};
    if (submission_share(&app, &teacher, &draft, 0, 0, &first, &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(submission_share(&app, &teacher, &draft, 0, 0, &second, NULL), ST_OK);
    assert_true(first.new);
    assert_false(second.new);
    assert_int_equal(first.id, second.id);
    assert_string_equal(first.reference, second.reference);
    /* Another person's key is their own: it tells nothing of the record that is there. */
    assert_int_equal(submission_share(&app, &hotelier, &draft, 0, 0, &second, NULL), ST_OK);
    assert_true(second.new);
    assert_int_not_equal(first.id, second.id);
}

static void what_is_wrong_is_said_and_nothing_is_stored(void **state)
{
    (void)state;
    struct date today = {2026, 11, 24};
    struct submission_problem problem[10];
    char *long_text = malloc(NARRATIVE_MAX + 2);
    memset(long_text, 'a', NARRATIVE_MAX + 1);
    struct submission_draft drafts[] = {
        {.narrative = STR("  \n ")},
        {.narrative = str_of(long_text, NARRATIVE_MAX + 1)},
        {.narrative = STR("ok"), .seen_from = {2190, 1, 1}},
        {.narrative = STR("ok"), .seen_from = {2026, 2, 31}},
        {.narrative = STR("ok"), .seen_from = {2026, 3, 2}, .seen_to = {2026, 3, 1}},
        {.narrative = STR("ok"), .seen_from = {1900, 3, 2}},
    };
    for (size_t i = 0; i < sizeof drafts / sizeof *drafts; i++)
        if (submission_check(&arena, &drafts[i], today, problem, 10) != 1) fail_msg("draft %zu", i);
    struct mention_draft mention = {.kind = LINK_VEHICLE};
    mention.field[LINK_REGISTRATION] = STR("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCD");
    struct submission_draft plate = {
        .narrative = STR("ok"), .mention = &mention, .mention_count = 1};
    assert_int_equal(submission_check(&arena, &plate, today, problem, 10), 1);
    assert_true(str_eq(problem[0].field, STR("mention-1-registration")));
    struct submission_draft bytes = {.narrative = STR("a\xff\x00\x01\xe2\x80\xae b")};
    assert_int_equal(submission_check(&arena, &bytes, today, problem, 10), 0);
    assert_true(str_eq(bytes.narrative, STR("a\xef\xbf\xbd b")));
    /* What is counted in bytes is told in the characters that were written. */
    struct str accents = str_of(long_text, MENTION_FIELD_MAX + 2);
    for (size_t i = 0; i < accents.len; i += 2) memcpy(long_text + i, "\xc3\xa9", 2);
    struct mention_draft person = {.kind = LINK_PERSON, .field[LINK_ALIAS] = accents};
    struct submission_draft named = {
        .narrative = STR("ok"), .mention = &person, .mention_count = 1};
    assert_int_equal(submission_check(&arena, &named, today, problem, 10), 1);
    assert_true(
        str_find(problem[0].message, STR("it has 201 characters and can have 200."), 0) > 0);
    free(long_text);
}

static void merge_and_unmerge_leave_nothing_behind(void **state)
{
    (void)state;
    int64_t a = share_one(&teacher, "a", LINK_ALIAS, "Daz");
    int64_t b = share_one(&hotelier, "b", LINK_NAME, "Darren Pascoe");
    int64_t c = share_one(&teacher, "c", LINK_NAME, "Darren");
    assert_int_equal(entity_of(app.entities, b), b);
    assert_int_equal(decision_make(&app, &analyst, b, a, VERDICT_SAME, STR("fits"), NULL), ST_OK);
    assert_int_equal(decision_make(&app, &analyst, c, b, VERDICT_SAME, STR("fits"), NULL), ST_OK);
    assert_int_equal(entity_of(app.entities, c), a);
    int64_t *members = NULL;
    assert_int_equal(entity_members(app.entities, &arena, a, &members), 3);
    struct decision_line *lines = NULL;
    size_t count = 0;
    assert_int_equal(decisions_of_pair(&app, &arena, a, b, &lines, &count, NULL), ST_OK);
    assert_int_equal(count, 1);
    int64_t left = 0;
    int64_t right = 0;
    assert_int_equal(decision_withdraw(&app, &analyst, lines[0].id, &left, &right, NULL), ST_OK);
    assert_int_equal(left, a);
    assert_int_equal(right, b);
    assert_int_equal(entity_of(app.entities, a), a);
    assert_int_equal(entity_of(app.entities, b), b);
    assert_int_equal(entity_of(app.entities, c), b);
    assert_int_equal(decision_withdraw(&app, &analyst, lines[0].id, &left, &right, NULL),
                     ST_NOT_FOUND);
    /* The mentions are as they were written. */
    struct profile profile;
    assert_int_equal(profile_read(&app, &arena, &analyst, a, &profile, NULL), ST_OK);
    assert_int_equal(profile.mention_total, 1);
    assert_true(str_eq(profile.mention[0].mention.field[LINK_ALIAS], STR("Daz")));
}

static void a_contradiction_is_refused_with_a_reason(void **state)
{
    (void)state;
    int64_t a = share_one(&teacher, "d", LINK_NAME, "Robert Carne");
    int64_t b = share_one(&teacher, "e", LINK_NAME, "Bob Carne");
    int64_t c = share_one(&teacher, "f", LINK_NAME, "Rob Carne");
    struct err err = {0};
    assert_int_equal(decision_make(&app, &analyst, a, b, VERDICT_SAME, STR("x"), NULL), ST_OK);
    assert_int_equal(decision_make(&app, &analyst, b, c, VERDICT_SAME, STR("x"), NULL), ST_OK);
    assert_int_equal(decision_make(&app, &analyst, a, c, VERDICT_DIFFERENT, STR("x"), &err),
                     ST_CONFLICT);
    assert_non_null(strstr(err.public, "joined through others"));
    assert_int_equal(entity_of(app.entities, c), a);
    /* A second thought on the pair itself replaces the first. */
    assert_int_equal(decision_make(&app, &analyst, b, c, VERDICT_DIFFERENT, STR("x"), NULL), ST_OK);
    assert_int_equal(entity_of(app.entities, c), c);
    assert_int_equal(decision_make(&app, &analyst, a, c, VERDICT_SAME, STR("x"), &err),
                     ST_CONFLICT);
    assert_non_null(strstr(err.public, "different"));
    assert_int_equal(decision_make(&app, &analyst, a, c, VERDICT_SAME, STR("  "), &err),
                     ST_INVALID);
    assert_int_equal(decision_make(&app, &teacher, a, b, VERDICT_SAME, STR("x"), &err),
                     ST_NOT_FOUND);
    assert_int_equal(decision_make(&app, &analyst, a, a, VERDICT_SAME, STR("x"), &err),
                     ST_NOT_FOUND);
    assert_int_equal(decision_make(&app, &analyst, a, 999999, VERDICT_SAME, STR("x"), &err),
                     ST_NOT_FOUND);
}

static void strong_identifiers_join_unless_people_say_otherwise(void **state)
{
    (void)state;
    int64_t a = share_one(&teacher, "g", LINK_NUMBER, "07700 900123");
    int64_t b = share_one(&hotelier, "h", LINK_NUMBER, "+44 7700 900 123");
    int64_t c = share_one(&hotelier, "i", LINK_NUMBER, "07700 900124");
    assert_int_equal(entity_of(app.entities, b), a);
    assert_int_equal(entity_of(app.entities, c), c);
    assert_int_equal(decision_make(&app, &analyst, a, b, VERDICT_DIFFERENT, STR("a slip"), NULL),
                     ST_OK);
    assert_int_equal(entity_of(app.entities, b), b);
    int64_t d = share_one(&teacher, "j", LINK_NUMBER, "07700900123");
    assert_int_equal(entity_of(app.entities, d), a);
    assert_int_equal(entity_of(app.entities, b), b);
}

/* Half a plate is of a dateless form too, and of thousands of cars. */
static void half_a_plate_is_suggested_and_joins_nobody(void **state)
{
    (void)state;
    static const char *const halves[] = {"BK52", "52 ABC", "K52"};
    for (size_t i = 0; i < sizeof halves / sizeof *halves; i++) {
        int64_t a =
            share_one(&teacher, str_fmt(&arena, "half %zu a", i).ptr, LINK_REGISTRATION, halves[i]);
        int64_t b = share_one(&hotelier, str_fmt(&arena, "half %zu b", i).ptr, LINK_REGISTRATION,
                              halves[i]);
        assert_int_equal(entity_of(app.entities, a), a);
        assert_int_equal(entity_of(app.entities, b), b);
    }
    int64_t a = share_one(&teacher, "whole a", LINK_REGISTRATION, "BK52 ABC");
    int64_t b = share_one(&hotelier, "whole b", LINK_REGISTRATION, "bk52abc");
    assert_int_equal(entity_of(app.entities, b), a);
}

static int64_t share_account(const struct person *who, const char *key, const char *platform,
                             const char *handle)
{
    struct mention_draft mention = {.kind = LINK_ACCOUNT, .span_start = -1, .span_end = -1};
    mention.field[LINK_PLATFORM] = str_from(platform);
    mention.field[LINK_HANDLE] = str_from(handle);
    struct submission_draft draft = {.idempotency_key = str_from(key),
                                     .narrative = STR("An account."),
                                     .mention = &mention,
                                     .mention_count = 1};
    struct submission_receipt receipt;
    assert_int_equal(submission_share(&app, who, &draft, 0, 0, &receipt, NULL), ST_OK);
    share_on(&app, &arena, who, receipt.id);
    int64_t *ids = NULL;
    assert_int_equal(entity_mentions_of(app.entities, &arena, receipt.id, &ids), 1);
    return ids[0];
}

static void what_was_not_known_joins_nobody(void **state)
{
    (void)state;
    (void)share_account(&teacher, "nothing a", "Snapchat", "not known");
    int64_t b = share_account(&hotelier, "nothing b", "snap", "Not known");
    assert_int_equal(entity_of(app.entities, b), b);
    (void)share_account(&teacher, "nothing c", "unknown", "gull.of.polperro");
    int64_t d = share_account(&hotelier, "nothing d", "unknown", "gull.of.polperro");
    assert_int_equal(entity_of(app.entities, d), d);
    (void)share_one(&teacher, "nothing e", LINK_NUMBER, "00000000000");
    int64_t f = share_one(&hotelier, "nothing f", LINK_NUMBER, "00000 000000");
    assert_int_equal(entity_of(app.entities, f), f);
    int64_t g = share_account(&teacher, "nothing g", "Snapchat", "gull.of.looe");
    assert_int_equal(
        entity_of(app.entities, share_account(&hotelier, "nothing h", "snap", "@Gull.of.Looe")), g);
}

static void a_restart_gives_the_same_entities(void **state)
{
    (void)state;
    size_t count = entities_count(app.entities);
    int64_t before[64];
    assert_true(count < 64);
    for (size_t i = 1; i <= count; i++) before[i] = entity_of(app.entities, (int64_t)i);
    app_close(&app);
    assert_int_equal(app_open(&app, folder, NULL, NULL, NULL), ST_OK);
    assert_int_equal(entities_count(app.entities), count);
    for (size_t i = 1; i <= count; i++)
        assert_int_equal(entity_of(app.entities, (int64_t)i), before[i]);
}

static void one_rumour_is_one_origin(void **state)
{
    (void)state;
    const struct origin_report reports[] = {
        {1,
         STR("A man in a silver car waits outside the school gate most Fridays and offers lifts.")},
        {2, STR("A man in a silver car waits outside the school gate most Fridays and offers "
                "lifts. Please note.")},
        {3, STR("Staff at the hotel saw the same girl with an older man, who paid for the room in "
                "cash.")},
        {3, STR("He came back on Sunday with another phone.")},
    };
    assert_int_equal(origins_count(&arena, reports, 1, NULL, 0), 1);
    assert_int_equal(origins_count(&arena, reports, 2, NULL, 0), 1);
    assert_int_equal(origins_count(&arena, reports, 3, NULL, 0), 2);
    assert_int_equal(origins_count(&arena, reports, 4, NULL, 0), 2);
}

static void one_origin_is_said_as_one(void **state)
{
    (void)state;
    int64_t car = share_one(&teacher, "alone", LINK_REGISTRATION, "WK07 HJX");
    struct request request = {
        .app = &app, .arena = &arena, .who = analyst, .id = {car}, .path = STR("/")};
    struct str page = page_of(page_origins, &request, NULL);
    assert_true(str_find(page, STR("Seen by one independent origin<"), 0) > 0);
    assert_true(str_find(page, STR("Of one submission."), 0) > 0);
    share_one(&hotelier, "not alone", LINK_REGISTRATION, "WK07 HJX");
    page = page_of(page_origins, &request, NULL);
    assert_true(str_find(page, STR("Of 2 submissions."), 0) > 0);
}

/* The ticks of a page of several, and what is said of them. */
static struct str post_together(int64_t mention, const char *verdict, const char *reason,
                                const struct suggestion *tick, size_t ticks, int *ret_status)
{
    struct form_field field[10] = {{STR("verdict"), str_from(verdict), STR("")},
                                   {STR("reason"), str_from(reason), STR("")}};
    for (size_t i = 0; i < ticks; i++)
        field[2 + i] = (struct form_field){
            STR("other"),
            str_fmt(&arena, "%lld",
                    (long long)(tick[i].mention_entity == entity_of(app.entities, mention)
                                    ? tick[i].other
                                    : tick[i].mention)),
            STR("")};
    struct request request = {.app = &app,
                              .arena = &arena,
                              .who = analyst,
                              .id = {mention},
                              .path = STR("/"),
                              .method = POST,
                              .field = field,
                              .field_count = 2 + ticks};
    return page_of(page_together_decide, &request, ret_status);
}

static size_t waits_for(int64_t mention, struct suggestion **ret)
{
    struct suggestions_asked asked = {
        .kind = -1, .entity = entity_of(app.entities, mention), .maximum = 100};
    struct suggestions_found found;
    analyst.scope = NULL; /* entities as they are now */
    assert_int_equal(suggestions_list(&app, &arena, &analyst, &asked, &found, NULL), ST_OK);
    *ret = found.list;
    return found.count;
}

static size_t times_in(struct str page, const char *words)
{
    size_t count = 0;
    for (ptrdiff_t at = 0; (at = str_find(page, str_from(words), (size_t)at)) >= 0; at++) count++;
    return count;
}

/* Whoever is named by many is decided of once; what contradicts is said, and the others are
 * done. */
static void several_are_decided_at_once(void **state)
{
    (void)state;
    static const char *const keys[] = {"z1", "z2", "z3", "z4"};
    int64_t of[4];
    int status = 0;
    struct suggestion *list = NULL;
    for (size_t i = 0; i < 4; i++)
        of[i] = share_one(i % 2 ? &hotelier : &teacher, keys[i], LINK_NAME, "Zenobia Trevaskis");
    assert_int_equal(waits_for(of[0], &list), 3);
    for (size_t i = 0; i < 3; i++)
        assert_true(list[i].mention_waits + list[i].other_waits == 1 + 3); /* of these three */

    struct str page = post_together(of[0], "same", "One family.", NULL, 0, &status);
    assert_int_equal(status, 400);
    assert_true(str_find(page, STR("Tick at least one"), 0) > 0 &&
                str_find(page, STR("One family."), 0) > 0);
    page = post_together(of[0], "same", " ", list, 2, &status);
    assert_int_equal(status, 400);
    assert_true(str_find(page, STR("Write why"), 0) > 0);
    assert_int_equal(times_in(page, "checked"), 2);
    (void)post_together(of[0], "perhaps", "x", list, 2, &status);
    assert_int_equal(status, 400);
    assert_int_equal(waits_for(of[0], &list), 3);

    assert_int_equal(decision_make(&app, &analyst, of[1], of[2], VERDICT_DIFFERENT, STR("x"), NULL),
                     ST_OK);
    assert_int_equal(waits_for(of[0], &list), 3);
    page = post_together(of[0], "same", "One family.", list, 3, &status);
    assert_int_equal(status, 409);
    assert_true(str_find(page, STR("1 of those you ticked could not be decided"), 0) > 0 &&
                str_find(page, STR("One family."), 0) > 0);
    assert_int_equal(times_in(page, "checked"), 1);
    assert_int_equal(entity_of(app.entities, of[3]), of[0]);
    assert_true((entity_of(app.entities, of[1]) == of[0]) !=
                (entity_of(app.entities, of[2]) == of[0]));

    assert_int_equal(waits_for(of[0], &list), 1);
    (void)post_together(of[0], "different", "Another one.", list, 1, &status);
    assert_int_equal(status, 303);
    assert_int_equal(waits_for(of[0], &list), 0);
    /* What waits no more is not there to be ticked. */
    (void)post_together(of[0], "same", "x", &(struct suggestion){.mention = of[0], .other = of[1]},
                        1, &status);
    assert_int_equal(status, 400);
    (void)post_together(999999, "same", "x", NULL, 0, &status);
    assert_int_equal(status, 404);
}

/* What was ticked is decided though it stands behind all that the page shows by now. */
static void what_was_ticked_is_decided_wherever_it_stands(void **state)
{
    (void)state;
    enum { SHOWN = 50, OTHERS = SHOWN + 2 };
    int64_t anchor = share_one(&teacher, "many", LINK_POSTCODE, "PL31 2FR");
    for (size_t i = 0; i < OTHERS; i++)
        (void)share_one(i % 2 ? &hotelier : &teacher, str_fmt(&arena, "many %zu", i).ptr,
                        LINK_POSTCODE, "PL31 2FR");
    struct suggestion *list = NULL;
    int status = 0;
    assert_int_equal(waits_for(anchor, &list), OTHERS);
    (void)post_together(anchor, "different", "Another door.", &list[OTHERS - 1], 1, &status);
    assert_int_equal(status, 303);
    assert_int_equal(waits_for(anchor, &list), OTHERS - 1);
    struct suggestion ticks[] = {list[0], list[SHOWN]};
    (void)post_together(anchor, "same", "One house.", ticks, 2, &status);
    assert_int_equal(status, 303);
    int64_t entity = entity_of(app.entities, anchor);
    for (size_t i = 0; i < 2; i++)
        assert_true(entity_of(app.entities, ticks[i].mention) == entity &&
                    entity_of(app.entities, ticks[i].other) == entity);
}

static void search_is_for_those_who_may(void **state)
{
    (void)state;
    struct search_hit *hits = NULL;
    size_t count = 0;
    assert_int_equal(search_run(&app, &arena, &teacher, STR("Daz"), 10, &hits, &count, NULL),
                     ST_DENIED);
    assert_int_equal(search_run(&app, &arena, &analyst, STR("daz"), 10, &hits, &count, NULL),
                     ST_OK);
    assert_true(count >= 2);
    assert_int_equal(search_run(&app, &arena, &analyst, STR("0124"), 10, &hits, &count, NULL),
                     ST_OK);
    assert_int_equal(count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_form_sent_twice_makes_one_record),
        cmocka_unit_test(what_is_wrong_is_said_and_nothing_is_stored),
        cmocka_unit_test(merge_and_unmerge_leave_nothing_behind),
        cmocka_unit_test(a_contradiction_is_refused_with_a_reason),
        cmocka_unit_test(strong_identifiers_join_unless_people_say_otherwise),
        cmocka_unit_test(half_a_plate_is_suggested_and_joins_nobody),
        cmocka_unit_test(what_was_not_known_joins_nobody),
        cmocka_unit_test(a_restart_gives_the_same_entities),
        cmocka_unit_test(one_rumour_is_one_origin),
        cmocka_unit_test(one_origin_is_said_as_one),
        cmocka_unit_test(several_are_decided_at_once),
        cmocka_unit_test(what_was_ticked_is_decided_wherever_it_stands),
        cmocka_unit_test(search_is_for_those_who_may),
    };
    return cmocka_run_group_tests_name("decision", tests, open_app, close_app);
}
