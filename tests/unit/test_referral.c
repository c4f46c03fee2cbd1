/*
 * Referrals: saved step by step and on two devices, sent once, matched, and seen by nobody
 * but those whom the table of access names.
 */
#include "domain/area_desk.h"
#include "domain/child.h"
#include "domain/child_access.h"
#include "domain/entity.h"
#include "domain/grant.h"
#include "domain/scope.h"
#include "domain/submission.h"
#include "web/pages.h"

#include "page_of.h"
#include "partnership.h"

enum {
    TEACHER,
    COLLEAGUE,
    LEAD,
    REPRESENTATIVE,
    OTHER_TEACHER,
    OTHER_LEAD,
    OFFICER,
    ANALYST,
    POLICE,
    ADMINISTRATOR,
    AUDITOR,
    PEOPLE
};
static struct person people[PEOPLE];
static const struct cast who_is[PEOPLE] = {
    [TEACHER] = {"Perran Hazel", "A School", "education", ROLE_practitioner},
    [COLLEAGUE] = {"Keren Ivy", "A School", "education", ROLE_practitioner},
    [LEAD] = {"Jago Juniper", "A School", "education", ROLE_safeguarding_lead},
    [REPRESENTATIVE] = {"Demelza Larch", "A School", "education", ROLE_representative},
    [OTHER_TEACHER] = {"Cador Maple", "B School", "education", ROLE_practitioner},
    [OTHER_LEAD] = {"Eseld Nettle", "B School", "education", ROLE_safeguarding_lead},
    [OFFICER] = {"Gerren Oak", "Referral Unit", "social-care", ROLE_maru_officer},
    [ANALYST] = {"Hedra Poplar", "Referral Unit", "social-care", ROLE_analyst},
    [POLICE] = {"Iago Quince", "Police", "police", ROLE_analyst},
    [ADMINISTRATOR] = {"Jenna Rowan", "A School", "education", ROLE_administrator},
    [AUDITOR] = {"Kensa Sorrel", "A School", "education", ROLE_auditor},
};

/* Friday 27 November 2026, 16:50 in London. */
static const instant_ms now = 1795798200000;

static int set_up(void **state)
{
    (void)state;
    char folder[64];
    clock_set(now);
    open_partnership(256 << 20, folder);
    add_people(who_is, PEOPLE, people);
    return 0;
}

/* --- helpers ----------------------------------------------------------------------------- */

static int64_t begin(int who)
{
    int64_t id = 0;
    struct err err = {0};
    if (referral_begin(&app, &people[who], STR("cornwall"), &id, &err) != ST_OK)
        fail_msg("%s", err.public);
    return id;
}

static struct referral read_as(int who, int64_t id)
{
    struct referral referral;
    struct err err = {0};
    if (referral_read(&app, &arena, &people[who], id, &referral, &err) != ST_OK)
        fail_msg("%s", err.public);
    return referral;
}

static enum st save_seen(int who, int64_t id, int64_t row, int64_t seen, const char *key,
                         const char *value, struct referral_clash *clash)
{
    struct referral_given given = {questions_find(area_referral(area), str_from(key)),
                                   {value[0] ? ANSWER_GIVEN : ANSWER_UNKNOWN, str_from(value)}};
    struct referral_clash none;
    size_t clashes = 0;
    int64_t version = 0;
    struct err err = {0};
    assert_non_null(given.question);
    return referral_save(&app, &people[who], id, row, seen, &given, 1, clash ? clash : &none,
                         &clashes, &arena, &version, &err);
}

/* An empty value: "No information available". */
static void save(int64_t id, int64_t row, const char *key, const char *value)
{
    enum st outcome = save_seen(TEACHER, id, row, version_of(id), key, value, NULL);
    if (outcome != ST_OK) fail_msg("%s: %s", key, st_word(outcome));
}

static int64_t add_row(int64_t id, const char *section)
{
    int64_t row = 0;
    struct err err = {0};
    if (referral_row_add(&app, &people[TEACHER], id, str_from(section), &row, &err) != ST_OK)
        fail_msg("%s", err.public);
    return row;
}

static void assert_answer(const struct referral *referral, int64_t row, const char *key,
                          const char *value)
{
    struct answer answer = referral_answer_get(referral, row, str_from(key));
    if (answer.kind != ANSWER_GIVEN || !str_eq(answer.value, str_from(value)))
        fail_msg("%s is '%.*s', not '%s'", key, STR_ARG(answer.value), value);
}

static int64_t send_one(int64_t id)
{
    struct err err = {0};
    if (referral_send(&app, &people[TEACHER], id, version_of(id), &err) != ST_OK)
        fail_msg("%s (%s)", err.public, err.detail);
    return read_as(TEACHER, id).head.submission;
}

/* Two siblings, somebody of concern with a car, an account and a place. */
static int64_t full_draft(const char *child, const char *plate)
{
    int64_t id = begin(TEACHER);
    int64_t first = add_row(id, "child");
    int64_t second = add_row(id, "child");
    save(id, first, "child-name", child);
    save(id, first, "child-birth", "14 3 2012");
    save(id, first, "child-address", "3 Example Row\nCamborne");
    save(id, second, "child-name", "");
    save(id, second, "child-birth", "due 1 March 2027");
    save(id, add_row(id, "suspect"), "suspect-alias", "Daz");
    int64_t car = add_row(id, "vehicle");
    save(id, car, "vehicle-registration", plate);
    save(id, car, "vehicle-colour", "silver");
    save(id, add_row(id, "phone"), "phone-number", "07700 900 777");
    int64_t account = add_row(id, "online");
    save(id, account, "online-platform", "Snapchat");
    save(id, account, "online-handle", "daz.example");
    save(id, 0, "concern-reason", "Picked up after school by somebody nobody knows.");
    save(id, 0, "concern-when", "most Fridays since half term");
    save(id, 0, "concern-how-known", "saw,second-hand");
    return id;
}

/* --- drafts -------------------------------------------------------------------------------- */

static void a_draft_is_kept_step_by_step(void **state)
{
    (void)state;
    int64_t id = begin(TEACHER);
    int64_t row = add_row(id, "child");
    save(id, row, "child-name", "Tamsin Example");
    save(id, row, "child-nhs-number", "");
    struct referral referral = read_as(TEACHER, id);
    assert_int_equal(referral.head.state, REFERRAL_DRAFT);
    assert_true(str_starts(referral.head.reference, STR("R-")));
    assert_answer(&referral, 0, "referrer-name", "Perran Hazel");
    assert_answer(&referral, 0, "referrer-organisation", "A School");
    assert_answer(&referral, row, "child-name", "Tamsin Example");
    assert_int_equal(referral_answer_get(&referral, row, STR("child-nhs-number")).kind,
                     ANSWER_UNKNOWN);
    assert_int_equal(referral_answer_get(&referral, row, STR("child-gp")).kind, ANSWER_NONE);
    assert_int_equal(referral.row_count, 1);
    assert_true(
        str_eq(referral_row_name(&arena, &referral, &referral.row[0]), STR("Tamsin Example")));
    /* What was there before stays to be looked up. */
    clock_set(now + 60000);
    save(id, row, "child-name", "Tamsin Sample");
    struct referral_answer *history = NULL;
    size_t count = 0;
    assert_int_equal(referral_history(&app, &arena, &people[TEACHER], id, row, STR("child-name"),
                                      &history, &count, NULL),
                     ST_OK);
    assert_int_equal(count, 2);
    assert_true(str_eq(history[0].answer.value, STR("Tamsin Sample")));
    assert_true(str_eq(history[1].answer.value, STR("Tamsin Example")));
    assert_int_equal(history[0].at - history[1].at, 60000);
    /* Nothing is written where nothing changed. */
    save(id, row, "child-name", "Tamsin Sample");
    assert_int_equal(referral_history(&app, &arena, &people[TEACHER], id, row, STR("child-name"),
                                      &history, &count, NULL),
                     ST_OK);
    assert_int_equal(count, 2);
    clock_set(now);
}

static void rows_come_and_go(void **state)
{
    (void)state;
    int64_t id = begin(TEACHER);
    struct err err = {0};
    int64_t first = add_row(id, "child");
    int64_t second = add_row(id, "child");
    assert_true(second > first);
    assert_int_equal(referral_row_remove(&app, &people[TEACHER], id, STR("child"), first, &err),
                     ST_OK);
    assert_int_equal(referral_row_remove(&app, &people[TEACHER], id, STR("child"), first, &err),
                     ST_NOT_FOUND);
    assert_true(add_row(id, "child") > second);
    struct referral referral = read_as(TEACHER, id);
    assert_int_equal(referral.row_count, 2);
    assert_true(str_eq(referral_row_name(&arena, &referral, &referral.row[1]), STR("Child 2")));
    /* To a row that there is not, or a section that has none, nothing is answered. */
    assert_int_equal(save_seen(TEACHER, id, first, version_of(id), "child-name", "X", NULL),
                     ST_NOT_FOUND);
    assert_int_equal(save_seen(TEACHER, id, 0, version_of(id), "child-name", "X", NULL),
                     ST_NOT_FOUND);
    assert_int_equal(save_seen(TEACHER, id, second, version_of(id), "concern-reason", "X", NULL),
                     ST_NOT_FOUND);
    int64_t row;
    assert_int_equal(referral_row_add(&app, &people[TEACHER], id, STR("concern"), &row, &err),
                     ST_NOT_FOUND);
    while (read_as(TEACHER, id).row_count < QUESTION_ROWS_MAX) add_row(id, "child");
    assert_int_equal(referral_row_add(&app, &people[TEACHER], id, STR("child"), &row, &err),
                     ST_INVALID);
    assert_non_null(strstr(err.public, "room for 20"));
}

static void two_devices_overwrite_nothing(void **state)
{
    (void)state;
    int64_t id = begin(TEACHER);
    struct referral_clash clash;
    int64_t seen = version_of(id); /* both have this page open */
    assert_int_equal(save_seen(TEACHER, id, 0, seen, "concern-reason", "From the phone.", NULL),
                     ST_OK);
    /* Another question of the same age is no conflict. */
    assert_int_equal(save_seen(TEACHER, id, 0, seen, "concern-where", "At the station.", NULL),
                     ST_OK);
    assert_int_equal(save_seen(TEACHER, id, 0, seen, "concern-reason", "From the desk.", &clash),
                     ST_CONFLICT);
    assert_true(str_eq(clash.kept.value, STR("From the phone.")));
    struct referral referral = read_as(TEACHER, id);
    assert_answer(&referral, 0, "concern-reason", "From the phone.");
    /* The same words are no conflict; and who has seen both may choose. */
    assert_int_equal(save_seen(TEACHER, id, 0, seen, "concern-reason", "From the phone.", NULL),
                     ST_OK);
    assert_int_equal(
        save_seen(TEACHER, id, 0, version_of(id), "concern-reason", "From the desk.", NULL), ST_OK);
    referral = read_as(TEACHER, id);
    assert_answer(&referral, 0, "concern-reason", "From the desk.");
}

static void a_call_starts_the_clock_of_its_confirmation(void **state)
{
    (void)state;
    int64_t id = begin(TEACHER);
    assert_int_equal(read_as(TEACHER, id).head.telephoned_at, 0);
    save(id, 0, "telephoned", "yes");
    assert_int_equal(read_as(TEACHER, id).head.telephoned_at, now);
    save(id, 0, "telephoned-day", "yesterday");
    save(id, 0, "telephoned-time", "4.50pm");
    struct referral referral = read_as(TEACHER, id);
    assert_int_equal(referral.head.telephoned_at, now - 24 * 3600000);
    assert_int_equal(referral.head.written_due_at,
                     area_clock_due(area, CLOCK_WRITTEN, now - 24 * 3600000));
    /* "Yesterday" stays the day that it was when it was written. */
    clock_set(now + 24 * 3600000);
    save(id, 0, "telephoned-time", "16:40");
    assert_int_equal(read_as(TEACHER, id).head.telephoned_at, now - 24 * 3600000 - 600000);
    clock_set(now);
    /* Nobody has telephoned yet at a time to come; a clock may be a little fast. */
    assert_int_equal(save_seen(TEACHER, id, 0, version_of(id), "telephoned-day", "today", NULL),
                     ST_OK);
    assert_int_equal(save_seen(TEACHER, id, 0, version_of(id), "telephoned-time", "23:55", NULL),
                     ST_INVALID);
    referral = read_as(TEACHER, id);
    assert_answer(&referral, 0, "telephoned-time", "16:40");
    save(id, 0, "telephoned-time", "16:54");
    assert_int_equal(read_as(TEACHER, id).head.telephoned_at, now);
    save(id, 0, "telephoned-time", "16:40");
    save(id, 0, "telephoned-day", "yesterday");
    save(id, 0, "telephoned-time", "23:55");
    assert_int_equal(save_seen(TEACHER, id, 0, version_of(id), "telephoned-day", "today", NULL),
                     ST_INVALID);
    save(id, 0, "telephoned", "no");
    assert_int_equal(read_as(TEACHER, id).head.telephoned_at, 0);
    assert_int_equal(read_as(TEACHER, id).head.written_due_at, 0);
}

static void a_draft_is_withdrawn_with_a_reason(void **state)
{
    (void)state;
    int64_t id = begin(TEACHER);
    struct err err = {0};
    assert_int_equal(referral_withdraw(&app, &people[TEACHER], id, STR(" "), &err), ST_INVALID);
    assert_int_equal(referral_withdraw(&app, &people[COLLEAGUE], id, STR("Mine."), &err),
                     ST_NOT_FOUND);
    assert_int_equal(referral_withdraw(&app, &people[TEACHER], id, STR("Begun twice."), &err),
                     ST_OK);
    assert_int_equal(read_as(TEACHER, id).head.state, REFERRAL_WITHDRAWN);
    assert_int_equal(save_seen(TEACHER, id, 0, version_of(id), "concern-reason", "X", NULL),
                     ST_INVALID);
    assert_int_equal(referral_send(&app, &people[TEACHER], id, version_of(id), &err), ST_INVALID);
    assert_int_equal(referral_withdraw(&app, &people[TEACHER], id, STR("Again."), &err),
                     ST_INVALID);
}

/* --- sending -------------------------------------------------------------------------------- */

static enum st try_to_send(int64_t id, struct err *err)
{
    *err = (struct err){0};
    return referral_send(&app, &people[TEACHER], id, version_of(id), err);
}

static void what_says_nothing_is_not_sent(void **state)
{
    (void)state;
    struct err err;
    int64_t id = begin(TEACHER);
    assert_int_equal(try_to_send(id, &err), ST_INVALID); /* what the account says is no referral */
    assert_non_null(strstr(err.public, "Say what worries you"));
    int64_t child = add_row(id, "child");
    save(id, child, "child-name", "");
    save(id, 0, "telephoned", "yes");
    save(id, add_row(id, "vehicle"), "vehicle-colour", "silver");
    save(id, 0, "concern-reason", "");
    assert_int_equal(try_to_send(id, &err), ST_INVALID);
    assert_int_equal(read_as(TEACHER, id).head.state, REFERRAL_DRAFT);
    /* Something of the child is enough; but not of one that was taken out again. */
    save(id, child, "child-school", "Porth Academy");
    int64_t removed = begin(TEACHER);
    int64_t gone = add_row(removed, "child");
    save(removed, gone, "child-name", "Merryn Cedar");
    assert_int_equal(referral_row_remove(&app, &people[TEACHER], removed, STR("child"), gone, &err),
                     ST_OK);
    assert_int_equal(try_to_send(removed, &err), ST_INVALID);
    assert_int_equal(try_to_send(id, &err), ST_OK);
    /* So are words, wherever they are written in an emergency. */
    save(removed, 0, "danger-what", "Two men wait at the door. Police are called.");
    assert_int_equal(try_to_send(removed, &err), ST_OK);
}

static void rows_that_say_nothing_are_not_sent(void **state)
{
    (void)state;
    int64_t id = begin(TEACHER);
    save(id, 0, "concern-reason", "He waits at the gate.");
    add_row(id, "child");
    int64_t child = add_row(id, "child");
    save(id, child, "child-name", "Merryn Cedar");
    add_row(id, "vehicle");
    int64_t unknown = add_row(id, "phone");
    save(id, unknown, "phone-number", ""); /* "No information available" is an answer */
    struct referral draft = read_as(TEACHER, id);
    const struct referral_row *row[QUESTION_ROWS_MAX];
    assert_int_equal(referral_rows(&draft, STR("child"), row, QUESTION_ROWS_MAX), 2);
    assert_int_equal(referral_rows_answered(&draft, STR("child"), row, QUESTION_ROWS_MAX), 1);
    assert_int_equal(row[0]->number, child);
    assert_int_equal(referral_rows_answered(&draft, STR("vehicle"), row, QUESTION_ROWS_MAX), 0);
    send_one(id);
    struct referral sent = read_as(TEACHER, id);
    assert_int_equal(referral_rows(&sent, STR("child"), row, QUESTION_ROWS_MAX), 1);
    assert_int_equal(row[0]->number, child);
    assert_int_equal(referral_rows(&sent, STR("vehicle"), row, QUESTION_ROWS_MAX), 0);
    assert_int_equal(referral_rows(&sent, STR("phone"), row, QUESTION_ROWS_MAX), 1);
}

/* The warning names whoever takes a worry where the child is, with the number. */
static void danger_names_the_unit_of_the_place(void **state)
{
    (void)state;
    static const struct {
        const char *place;
        const char *who;
        const char *number;
    } places[] = {
        {"cornwall", ">call the MARU</a>", "0300 123 1116</a>"},
        {"scilly", ">call Children's Social Care, Isles of Scilly</a>", "01720 424354</a>"}};
    clock_set(now - 6 * 3600000); /* an office is open */
    for (int i = 0; i < 2; i++) {
        int64_t id = 0;
        struct err err = {0};
        assert_int_equal(
            referral_begin(&app, &people[TEACHER], str_from(places[i].place), &id, &err), ST_OK);
        save(id, 0, "danger-is", "yes");
        struct request request = {.app = &app,
                                  .arena = &arena,
                                  .who = people[TEACHER],
                                  .id = {id},
                                  .parameter = {STR(""), STR("danger-now")},
                                  .path = STR("/")};
        for (int page = 0; page < 2; page++) {
            struct str text =
                page_of(page ? page_referral_check : page_referral_step, &request, NULL);
            if (str_find(text, str_from(places[i].who), 0) < 0 ||
                str_find(text, str_from(places[i].number), 0) < 0)
                fail_msg("%s: %.*s", places[i].place, STR_ARG(text));
        }
    }
    clock_set(now);
}

/* A day and a time that are to come together are refused beside the box, with what was typed. */
static void a_call_to_come_is_refused_beside_its_box(void **state)
{
    (void)state;
    int64_t id = begin(TEACHER);
    save(id, 0, "telephoned", "yes");
    struct form_field fields[] = {
        {STR("version"), str_fmt(&arena, "%lld", (long long)version_of(id)), STR("")},
        {STR("telephoned-day"), STR("today"), STR("")},
        {STR("telephoned-time"), STR("23:55"), STR("")},
        {STR("telephoned-who"), STR("The duty worker"), STR("")}};
    struct request request = {.app = &app,
                              .arena = &arena,
                              .who = people[TEACHER],
                              .id = {id},
                              .parameter = {STR(""), STR("referrer-phoned-when")},
                              .path = STR("/"),
                              .method = POST,
                              .field = fields,
                              .field_count = 4};
    int status = 0;
    struct str page = page_of(page_referral_save, &request, &status);
    assert_int_equal(status, 400);
    assert_true(str_find(page, STR("href=\"#telephoned-time\">That time is still to come"), 0) > 0);
    assert_true(str_find(page, STR("value=\"23:55\""), 0) > 0);
    struct referral referral = read_as(TEACHER, id);
    assert_answer(&referral, 0, "telephoned-who", "The duty worker");
    assert_int_equal(referral_answer_get(&referral, 0, STR("telephoned-time")).kind, ANSWER_NONE);
    assert_int_equal(referral.head.telephoned_at, now);
}

/* Of another pack's vocabulary, which is longer. */
static void a_step_asks_as_much_as_the_pack_says(void **state)
{
    (void)state;
    char folder[64];
    char text[300];
    struct area *other = NULL;
    struct err err = {0};
    temporary_folder(folder);
    snprintf(text, sizeof text, "cp -r areas/cornwall/. %s && chmod -R u+w %s", folder, folder);
    assert_int_equal(system(text), 0);
    snprintf(text, sizeof text, "%s/signs.txt", folder);
    FILE *file = fopen(text, "a");
    assert_non_null(file);
    for (int i = 0; i < 30; i++)
        fprintf(file,
                "\n[more-%d]\nkind = sign\ntext = One more, number %d\nexplain = x\n"
                "source = x\n",
                i, i);
    assert_int_equal(fclose(file), 0);
    if (area_load(folder, &other, &err) != ST_OK) fail_msg("%s", err.public);
    int64_t id = begin(TEACHER);
    struct form_field fields[] = {
        {STR("row"), str_fmt(&arena, "%lld", (long long)add_row(id, REFERRAL_CHILD)), STR("")},
        {STR("version"), str_fmt(&arena, "%lld", (long long)version_of(id)), STR("")}};
    struct request request = {.app = &app,
                              .arena = &arena,
                              .who = people[TEACHER],
                              .id = {id},
                              .parameter = {STR(""), STR("signs-of-harm")},
                              .path = STR("/"),
                              .field = fields,
                              .field_count = 2};
    int status = 0;
    app.area = other;
    struct str page = page_of(page_referral_step, &request, NULL);
    request.method = POST;
    page_of(page_referral_save, &request, &status);
    app.area = area;
    assert_true(str_find(page, STR("One more, number 29"), 0) > 0);
    assert_int_equal(status, 303);
    area_free(other);
    snprintf(text, sizeof text, "rm -r %s", folder);
    assert_int_equal(system(text), 0);
}

/* The two answers of one step, as its form sends them. */
static int send_when_and_where(int64_t id, struct str version, struct str when, struct str where,
                               struct str *ret_page)
{
    struct form_field fields[] = {{STR("version"), version, STR("")},
                                  {STR("concern-when"), when, STR("")},
                                  {STR("concern-where"), where, STR("")},
                                  {STR("row"), STR(""), STR("")}};
    struct request request = {.app = &app,
                              .arena = &arena,
                              .who = people[TEACHER],
                              .id = {id},
                              .parameter = {STR(""), STR("concern-when-where")},
                              .path = STR("/"),
                              .method = POST,
                              .field = fields,
                              .field_count = 4};
    int status = 0;
    *ret_page = page_of(page_referral_save, &request, &status);
    return status;
}

static struct str version_in(struct str page)
{
    struct str before = STR("name=\"version\" value=\"");
    ptrdiff_t at = str_find(page, before, 0);
    assert_true(at > 0);
    struct str rest = str_sub(page, (size_t)at + before.len, page.len), version;
    assert_true(str_split(&rest, '"', &version));
    return version;
}

/* The day is refused once; meanwhile the phone says another. */
static void what_was_refused_overwrites_nothing_when_it_comes_again(void **state)
{
    (void)state;
    for (int alone = 0; alone < 2; alone++) {
        int64_t id = begin(TEACHER);
        struct str page, seen = str_fmt(&arena, "%lld", (long long)version_of(id));
        if (!alone) save(id, 0, "concern-when", "12/3/2026");
        assert_int_equal(
            send_when_and_where(id, seen, STR("31/2/2026"), STR("At the quay."), &page), 400);
        int status = send_when_and_where(id, version_in(page), STR("13/3/2026"),
                                         STR("At the old quay."), &page);
        assert_int_equal(status, alone ? 303 : 409);
        if (!alone) {
            assert_true(str_find(page, STR("12/3/2026"), 0) > 0);
            struct referral referral = read_as(TEACHER, id);
            assert_answer(&referral, 0, "concern-when", "12/3/2026");
            /* Who has seen both may choose. */
            status = send_when_and_where(id, version_in(page), STR("13/3/2026"),
                                         STR("At the old quay."), &page);
            assert_int_equal(status, 303);
        }
        struct referral referral = read_as(TEACHER, id);
        assert_answer(&referral, 0, "concern-when", "13/3/2026");
        assert_answer(&referral, 0, "concern-where", "At the old quay.");
    }
}

/* A step that was open while another window sent or withdrew the referral: what was written there
 * is shown with it, also where its row was left out of what was sent. */
static void what_was_written_too_late_is_shown(void **state)
{
    (void)state;
    struct err err = {0};
    for (int withdrawn = 0; withdrawn < 2; withdrawn++) {
        int64_t id = begin(TEACHER);
        save(id, 0, "concern-reason", "He waits at the gate.");
        int64_t row = add_row(id, "vehicle");
        if (withdrawn)
            assert_int_equal(
                referral_withdraw(&app, &people[TEACHER], id, STR("Begun twice."), &err), ST_OK);
        else
            send_one(id);
        struct form_field fields[] = {
            {STR("version"), STR("1"), STR("")},
            {STR("concern-reason"), STR("He waits at the gate."), STR("")},
            {STR("row"), STR(""), STR("")}};
        struct request request = {.app = &app,
                                  .arena = &arena,
                                  .who = people[TEACHER],
                                  .id = {id},
                                  .parameter = {STR(""), STR("concern-what")},
                                  .path = STR("/"),
                                  .method = POST,
                                  .field = fields,
                                  .field_count = 3};
        int status = 0;
        page_of(page_referral_save, &request, &status);
        assert_int_equal(status, 303); /* it is in it: nothing to show */
        fields[1].value = STR("He waits at the gate, with a dog.");
        for (int step = 0; step < 2; step++) {
            struct str page = page_of(page_referral_save, &request, &status);
            assert_int_equal(status, 409);
            assert_true(str_find(page, withdrawn ? STR("This referral was withdrawn meanwhile.")
                                                 : STR("This referral was sent meanwhile."),
                                 0) > 0);
            assert_true(str_find(page, step ? STR("\nwk99 qqx</")
                                            : STR("\nHe waits at the gate, with a dog.</"),
                                 0) > 0);
            /* It can be added, at the address of that and not of this page. */
            struct str action =
                str_fmt(&arena, "<form action=\"/referrals/%lld/add\"", (long long)id);
            assert_int_equal(str_find(page, action, 0) > 0, !withdrawn);
            assert_true(str_find(page, STR("id=\"text\""), 0) > 0);
            request.parameter[1] = STR("vehicle-what");
            fields[1] = (struct form_field){STR("vehicle-registration"), STR("wk99 qqx"), STR("")};
            fields[2].value = str_fmt(&arena, "%lld", (long long)row);
        }
        request.method = GET;
        page_of(page_referral_step, &request, &status);
        assert_int_equal(status, 303);
    }
}

/* The check page comes back with what is missing, and where it is said. */
static void the_check_page_says_what_is_missing(void **state)
{
    (void)state;
    int64_t id = begin(TEACHER);
    add_row(id, "vehicle");
    struct form_field version = {STR("version"), str_fmt(&arena, "%lld", (long long)version_of(id)),
                                 STR("")};
    struct request request = {.app = &app,
                              .arena = &arena,
                              .who = people[TEACHER],
                              .id = {id},
                              .path = STR("/"),
                              .method = POST,
                              .field = &version,
                              .field_count = 1};
    int status = 0;
    struct str page = page_of(page_referral_send, &request, &status);
    assert_int_equal(status, 400);
    assert_true(str_find(page, STR("There is nothing to refer yet"), 0) > 0);
    assert_true(str_find(page, STR("/steps/concern-what?from=check"), 0) > 0);
    assert_true(str_find(page, STR("/sections/child\">Or say something"), 0) > 0);
    assert_true(str_find(page, STR("Vehicle 1"), 0) < 0);
}

static void sending_makes_one_submission_with_its_mentions(void **state)
{
    (void)state;
    int64_t id = full_draft("Merryn Cedar", "WK99 QQX");
    int64_t seen = version_of(id);
    int64_t submission = send_one(id);
    struct referral referral = read_as(TEACHER, id);
    assert_int_equal(referral.head.state, REFERRAL_SENT);
    assert_int_equal(referral.head.sent_at, now);
    struct submission read;
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(submission_load(&app, db, &arena, submission, &read, NULL), ST_OK);
    store_read_end(app.store, db);
    static const struct {
        enum link_kind kind;
        enum link_field field;
        const char *value;
    } wanted[] = {
        {LINK_PERSON, LINK_NAME, "Merryn Cedar"},
        {LINK_PERSON, LINK_BIRTH, "14 3 2012"},
        {LINK_PLACE, LINK_ADDRESS, "3 Example Row Camborne"},
        {LINK_PERSON, LINK_ALIAS, "Daz"},
        {LINK_VEHICLE, LINK_REGISTRATION, "WK99 QQX"},
        {LINK_VEHICLE, LINK_COLOUR, "silver"},
        {LINK_PHONE, LINK_NUMBER, "07700 900 777"},
        {LINK_ACCOUNT, LINK_HANDLE, "daz.example"},
        {LINK_ACCOUNT, LINK_PLATFORM, "Snapchat"},
    };
    assert_int_equal(read.mention_count, 6);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        bool found = false;
        for (size_t k = 0; k < read.mention_count; k++)
            found |= read.mention[k].kind == wanted[i].kind &&
                     str_eq(read.mention[k].field[wanted[i].field], str_from(wanted[i].value));
        if (!found) fail_msg("'%s' became no mention", wanted[i].value);
    }
    assert_int_equal(read.how_known, HOW_SAW);
    assert_true(read.seen_from != LINK_DAY_UNKNOWN);
    assert_true(str_eq(read.handling, STR("handling:C.referral")));
    /* Its words are not in the submission, which more people may read. */
    assert_true(str_find(read.narrative, STR("Picked up"), 0) < 0);
    /* The second press of the button, and one that comes late, answer as the first. */
    struct err err = {0};
    assert_int_equal(referral_send(&app, &people[TEACHER], id, seen, &err), ST_OK);
    assert_int_equal(referral_send(&app, &people[TEACHER], id, seen + 5, &err), ST_OK);
    assert_int_equal(read_as(TEACHER, id).head.submission, submission);
    int64_t of = 0;
    assert_int_equal(referral_of_submission(&app, submission, &of, NULL), ST_OK);
    assert_int_equal(of, id);
    assert_int_equal(referral_find(&app, referral.head.reference, &of, NULL), ST_OK);
    assert_int_equal(of, id);
    assert_int_equal(referral_find(&app, STR("R-NONE"), &of, NULL), ST_OK);
    assert_int_equal(of, 0);
    /* What was sent stays as it was sent. */
    assert_int_equal(save_seen(TEACHER, id, 0, version_of(id), "concern-reason", "X", NULL),
                     ST_INVALID);
    const struct referral_row *child[4];
    assert_int_equal(referral_rows(&referral, STR(REFERRAL_CHILD), child, 4), 2);
}

static void what_it_names_matches(void **state)
{
    (void)state;
    int64_t first = send_one(full_draft("Lowen Elder", "WK98 ZZY"));
    int64_t second = send_one(full_draft("Jory Birch", "WK98 ZZY"));
    int64_t *a = NULL;
    int64_t *b = NULL;
    size_t count_a = entity_mentions_of(app.entities, &arena, first, &a);
    size_t count_b = entity_mentions_of(app.entities, &arena, second, &b);
    assert_true(count_a > 0 && count_b > 0);
    int same = 0;
    for (size_t i = 0; i < count_a; i++)
        for (size_t k = 0; k < count_b; k++)
            same += entity_of(app.entities, a[i]) == entity_of(app.entities, b[k]);
    assert_true(same >= 1); /* the car by its whole registration */
    /* The police see what it names; an analyst of no right may only ask to connect. */
    assert_true(scope_links(scope_of(&app, &arena, &people[POLICE]), first));
    assert_false(scope_links(scope_of(&app, &arena, &people[ANALYST]), first));
    assert_true(scope_may_connect(scope_of(&app, &arena, &people[ANALYST]), first));
}

static void a_changed_draft_is_looked_at_again_before_it_goes(void **state)
{
    (void)state;
    int64_t id = full_draft("Wenna Furze", "WK97 QQX");
    int64_t seen = version_of(id);
    save(id, 0, "concern-where", "The bus station.");
    struct err err = {0};
    assert_int_equal(referral_send(&app, &people[TEACHER], id, seen, &err), ST_CONFLICT);
    assert_int_equal(read_as(TEACHER, id).head.state, REFERRAL_DRAFT);
    /* And nothing of it was shared. */
    assert_int_equal(read_as(TEACHER, id).head.submission, 0);
    send_one(id);
}

static void nothing_keeps_a_thin_referral_back(void **state)
{
    (void)state;
    int64_t id = begin(TEACHER);
    struct err err = {0};
    save(id, 0, "concern-reason", "X");
    if (referral_send(&app, &people[TEACHER], id, version_of(id), &err) != ST_OK)
        fail_msg("%s", err.public);
    /* Nor one that names more than a form of sharing takes, or a day that is still to come; and
     * all that it names is there. */
    id = begin(TEACHER);
    for (int i = 0; i < QUESTION_ROWS_MAX; i++) {
        char plate[20];
        snprintf(plate, sizeof plate, "WK%02d QQZ", i);
        save(id, add_row(id, "vehicle"), "vehicle-registration", plate);
        save(id, add_row(id, "phone"), "phone-number", "07700 900 7??");
        save(id, add_row(id, "family"), "family-name", "Somebody Example");
    }
    save(id, add_row(id, "child"), "child-name", "Nessa Gorse");
    save(id, 0, "concern-when", "24 December 2026");
    struct submission read;
    struct db *db = NULL;
    int64_t submission = send_one(id);
    db = store_read_begin(app.store, NULL);
    assert_int_equal(submission_load(&app, db, &arena, submission, &read, NULL), ST_OK);
    store_read_end(app.store, db);
    assert_int_equal(read.mention_count, 3 * QUESTION_ROWS_MAX + 1);
    int64_t *ids = NULL;
    assert_int_equal(entity_mentions_of(app.entities, &arena, submission, &ids),
                     3 * QUESTION_ROWS_MAX + 1);
    size_t plates = 0;
    for (size_t i = 0; i < read.mention_count; i++) plates += read.mention[i].kind == LINK_VEHICLE;
    assert_int_equal(plates, QUESTION_ROWS_MAX);
    assert_true(str_eq(read.mention[0].field[LINK_NAME], STR("Nessa Gorse")));
}

/* "Last night" is the night before it was written, however much later it is sent. */
static void a_day_is_the_day_on_which_it_was_told(void **state)
{
    (void)state;
    static const instant_ms day = 24 * 3600000;
    int64_t id = begin(TEACHER);
    struct submission read;
    save(id, 0, "concern-when", "last night");
    clock_set(now + 3 * day);
    save(id, 0, "concern-where", "The harbour");
    int64_t submission = send_one(id);
    struct referral referral = read_as(OFFICER, id);
    const struct question *question = questions_find(referral.form, STR("concern-when"));
    struct str words = referral_answer_read_as(&arena, &referral, 0, question);
    if (!str_eq(words, STR("26 November 2026"))) fail_msg("'%.*s'", STR_ARG(words));
    assert_int_equal(referral_answer_read_as(&arena, &referral, 1, question).len, 0);
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(submission_load(&app, db, &arena, submission, &read, NULL), ST_OK);
    store_read_end(app.store, db);
    assert_int_equal(read.seen_from, date_to_days((struct date){2026, 11, 26}));
    clock_set(now);
}

static void a_sent_one_is_added_to(void **state)
{
    (void)state;
    int64_t id = begin(TEACHER);
    struct err err = {0};
    assert_int_equal(referral_add(&app, &people[TEACHER], id, STR("More."), &err), ST_INVALID);
    save(id, 0, "concern-reason", "A car waits at the gate.");
    send_one(id);
    assert_int_equal(referral_add(&app, &people[TEACHER], id, STR(" \n"), &err), ST_INVALID);
    assert_int_equal(referral_add(&app, &people[COLLEAGUE], id, STR("More."), &err), ST_NOT_FOUND);
    assert_int_equal(referral_add(&app, &people[TEACHER], id, STR("The car came again.\r\n"), &err),
                     ST_OK);
    struct referral referral = read_as(OFFICER, id);
    assert_int_equal(referral.addition_count, 1);
    assert_true(str_eq(referral.addition[0].text, STR("The car came again.")));
    assert_true(str_eq(referral.addition[0].by, STR("Perran Hazel")));
    /* However many there are, the last is there too. */
    enum { MORE = 210 };
    for (int i = 0; i < MORE; i++)
        assert_int_equal(
            referral_add(&app, &people[TEACHER], id, str_fmt(&arena, "Again, %d.", i), &err),
            ST_OK);
    referral = read_as(OFFICER, id);
    assert_int_equal(referral.addition_count, 1 + MORE);
    assert_true(str_eq(referral.addition[MORE].text, STR("Again, 209.")));
}

/* --- is the child known ------------------------------------------------------------------- */

static size_t known_to(int who, int64_t id, struct referral_known *ret)
{
    size_t count = 0;
    struct err err = {0};
    struct referral referral;
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(referral_load(&app, db, &arena, id, &referral, NULL), ST_OK);
    store_read_end(app.store, db);
    if (referral_find_known(&app, &arena, &people[who], &referral, ret, &count, &err) != ST_OK)
        fail_msg("%s", err.public);
    return count;
}

static int64_t draft_of(int who, const char *child, const char *birth)
{
    struct err err = {0};
    struct referral_clash clash;
    size_t clashes = 0;
    int64_t version = 1;
    int64_t row = 0;
    int64_t id = begin(who);
    struct referral_given given[2] = {
        {questions_find(area_referral(area), STR("child-name")), {ANSWER_GIVEN, str_from(child)}},
        {questions_find(area_referral(area), STR("child-birth")), {ANSWER_GIVEN, str_from(birth)}}};
    assert_int_equal(referral_row_add(&app, &people[who], id, STR("child"), &row, &err), ST_OK);
    assert_int_equal(referral_save(&app, &people[who], id, row, version, given, 2, &clash, &clashes,
                                   &arena, &version, &err),
                     ST_OK);
    return id;
}

/* Whoever refers learns of their own organisation's referrals, and of nothing that others hold. */
static void a_known_child_is_told_by_who_asks(void **state)
{
    (void)state;
    struct referral_known known[REFERRAL_KNOWN_MAX];
    struct err err = {0};
    int64_t first = draft_of(TEACHER, "Tressa Kestle Pascoe", "14 3 2012");
    assert_int_equal(known_to(TEACHER, first, known), 0);
    /* A second draft of one's own, before anything is sent. */
    int64_t second = draft_of(TEACHER, "tressa kestle pascoe", "14 3 2012");
    assert_int_equal(known_to(TEACHER, second, known), 1);
    assert_int_equal(known[0].kind, KNOWN_DRAFT);
    assert_int_equal(known[0].id, first);
    assert_int_equal(known_to(COLLEAGUE, second, known), 0);
    if (referral_send(&app, &people[TEACHER], first, version_of(first), &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(known_to(TEACHER, second, known), 1);
    assert_int_equal(known[0].kind, KNOWN_REFERRAL);
    assert_int_equal(known[0].id, first);
    assert_true(known[0].readable);
    assert_int_equal(known[0].at, now);
    /* A colleague learns that there is one, and cannot open it. */
    int64_t third = draft_of(COLLEAGUE, "Tressa Kestle Pascoe", "14 3 2012");
    assert_int_equal(known_to(COLLEAGUE, third, known), 1);
    assert_int_equal(known[0].kind, KNOWN_REFERRAL);
    assert_false(known[0].readable);
    /* Another school learns nothing; the referral unit may read it. */
    int64_t fourth = draft_of(OTHER_TEACHER, "Tressa Kestle Pascoe", "14 3 2012");
    assert_int_equal(known_to(OTHER_TEACHER, fourth, known), 0);
    assert_int_equal(known_to(OTHER_LEAD, fourth, known), 0);
    /* Of their own school the safeguarding lead may open it; the
     * representative learns that it is there. */
    assert_int_equal(known_to(LEAD, fourth, known), 1);
    assert_true(known[0].kind == KNOWN_REFERRAL && known[0].readable);
    assert_int_equal(known_to(REPRESENTATIVE, fourth, known), 1);
    assert_false(known[0].readable);
    assert_int_equal(known_to(ANALYST, fourth, known), 0);
    assert_int_equal(known_to(OFFICER, fourth, known), 1);
    /* Nor does whoever is kept from it. */
    if (block_add(&app, &people[LEAD], read_as(LEAD, first).head.submission,
                  STR("person1@example.org"), STR("Related."), &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(known_to(COLLEAGUE, third, known), 0);
}

static struct child_draft fact_of(const char *key, const char *value)
{
    struct child_draft draft = {.kind = ENTRY_FACT};
    draft.text[FACT_KEY] = str_from(key);
    draft.text[FACT_ANSWER] = STR("given");
    draft.text[FACT_VALUE] = str_from(value);
    return draft;
}

/* A child's record is told to the referral unit, and to whoever works with the child: to nobody
 * else of their school, whatever they are there. */
static void a_known_record_is_told_to_who_works_with_it(void **state)
{
    (void)state;
    struct referral_known known[REFERRAL_KNOWN_MAX];
    struct err err = {0};
    int64_t child = 0;
    struct child_draft facts[] = {fact_of("child-name", "Sowena Quethiock Pender"),
                                  fact_of("child-birth", "9 9 2011")};
    assert_int_equal(child_create(&app, &people[OFFICER], facts, 2, 0, &child, &err), ST_OK);
    for (int round = 0; round < 2; round++) {
        for (int who = 0; who < PEOPLE; who++) {
            if (!access_allows(&people[who], ACT_REFER, NULL)) continue;
            bool told = who == OFFICER || (round && who == TEACHER);
            int64_t draft = draft_of(who, "Sowenna Quethiock Pender", "9 9 2011");
            assert_int_equal(known_to(who, draft, known), told);
            if (told)
                assert_true(known[0].kind == KNOWN_RECORD && known[0].id == child &&
                            known[0].readable);
            assert_int_equal(referral_withdraw(&app, &people[who], draft, STR("Only tried."), &err),
                             ST_OK);
        }
        if (!round)
            assert_int_equal(child_access_give(&app, &people[OFFICER], child,
                                               STR("person0@example.org"), false,
                                               STR("Form tutor."), &err),
                             ST_OK);
    }
}

/* --- access --------------------------------------------------------------------------------- */

static void who_sees_what(void **state)
{
    (void)state;
    int64_t draft = full_draft("Kitto Damson", "WK96 QQX");
    int64_t sent = full_draft("Tegen Bracken", "WK95 QQX");
    send_one(sent);
    for (int who = 0; who < PEOPLE; who++) {
        bool sees = who == TEACHER || who == LEAD || who == OFFICER;
        struct referral referral;
        struct err err = {0};
        uint64_t before = store_work_here();
        enum st missing = referral_read(&app, &arena, &people[who], 999999, &referral, &err);
        uint64_t cost_of_missing = store_work_here() - before;
        assert_int_equal(missing, ST_NOT_FOUND);
        int64_t ids[] = {draft, sent};
        for (int i = 0; i < 2; i++) {
            bool allowed = i == 0 ? who == TEACHER : sees;
            before = store_work_here();
            enum st outcome = referral_read(&app, &arena, &people[who], ids[i], &referral, &err);
            if ((outcome == ST_OK) != allowed)
                fail_msg("%s %s %s", who_is[who].name, allowed ? "cannot read" : "reads",
                         i ? "sent" : "draft");
            if (!allowed) {
                assert_string_equal(err.public, "There is no such referral.");
                assert_int_equal(store_work_here() - before, cost_of_missing);
                assert_int_equal(referral.answer_count, 0);
                assert_int_equal(referral.head.id, 0);
            }
        }
        struct referral_line *lines = NULL;
        size_t count = 0;
        assert_int_equal(
            referral_list(&app, &arena, &people[who], REFERRALS_SENT, 100, &lines, &count, NULL),
            ST_OK);
        assert_int_equal(count > 0, sees);
        for (size_t i = 0; i < count; i++) assert_int_equal(lines[i].head.state, REFERRAL_SENT);
        assert_int_equal(
            referral_list(&app, &arena, &people[who], REFERRALS_DRAFT, 100, &lines, &count, NULL),
            ST_OK);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(lines[i].head.account, people[who].account);
        bool named = false;
        for (size_t i = 0; i < count; i++)
            named |= str_eq(lines[i].children, STR("Kitto Damson, Child 2"));
        assert_int_equal(named, who == TEACHER);
    }
}

static void blocks_grants_and_conflicts_count_for_it(void **state)
{
    (void)state;
    struct err err = {0};
    struct referral referral;
    int64_t id = full_draft("Gerren Oak", "WK94 QQX"); /* names the officer */
    send_one(id);
    assert_int_equal(referral_read(&app, &arena, &people[OFFICER], id, &referral, &err),
                     ST_NOT_FOUND);
    assert_int_equal(referral_read(&app, &arena, &people[TEACHER], id, &referral, &err), ST_OK);
    id = full_draft("Zelah Reed", "WK93 QQX");
    int64_t submission = send_one(id);
    assert_int_equal(referral_read(&app, &arena, &people[OFFICER], id, &referral, &err), ST_OK);
    if (block_add(&app, &people[LEAD], submission, STR("person6@example.org"), STR("Related."),
                  &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(referral_read(&app, &arena, &people[OFFICER], id, &referral, &err),
                     ST_NOT_FOUND);
    assert_int_equal(referral_read(&app, &arena, &people[OTHER_LEAD], id, &referral, &err),
                     ST_NOT_FOUND);
    if (grant_add(&app, &people[LEAD], submission, GRANT_granted, STR("person5@example.org"),
                  date_from_days(clock_day(now) + 3), STR("Moved there."), &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(referral_read(&app, &arena, &people[OTHER_LEAD], id, &referral, &err), ST_OK);
}

static void nobody_else_begins_or_writes(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t id = 0;
    assert_int_equal(referral_begin(&app, &people[ADMINISTRATOR], STR("cornwall"), &id, &err),
                     ST_DENIED);
    assert_int_equal(referral_begin(&app, &people[AUDITOR], STR("cornwall"), &id, &err), ST_DENIED);
    assert_int_equal(referral_begin(&app, &people[TEACHER], STR("atlantis"), &id, &err),
                     ST_INVALID);
    id = begin(TEACHER);
    for (int who = 0; who < PEOPLE; who++) {
        if (who == TEACHER) continue;
        int64_t row;
        assert_int_equal(save_seen(who, id, 0, version_of(id), "concern-reason", "X", NULL),
                         ST_NOT_FOUND);
        assert_int_equal(referral_row_add(&app, &people[who], id, STR("child"), &row, &err),
                         ST_NOT_FOUND);
        assert_int_equal(referral_send(&app, &people[who], id, version_of(id), &err), ST_NOT_FOUND);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_draft_is_kept_step_by_step),
        cmocka_unit_test(rows_come_and_go),
        cmocka_unit_test(two_devices_overwrite_nothing),
        cmocka_unit_test(a_call_starts_the_clock_of_its_confirmation),
        cmocka_unit_test(a_draft_is_withdrawn_with_a_reason),
        cmocka_unit_test(sending_makes_one_submission_with_its_mentions),
        cmocka_unit_test(what_it_names_matches),
        cmocka_unit_test(a_changed_draft_is_looked_at_again_before_it_goes),
        cmocka_unit_test(nothing_keeps_a_thin_referral_back),
        cmocka_unit_test(a_day_is_the_day_on_which_it_was_told),
        cmocka_unit_test(a_sent_one_is_added_to),
        cmocka_unit_test(a_known_child_is_told_by_who_asks),
        cmocka_unit_test(a_known_record_is_told_to_who_works_with_it),
        cmocka_unit_test(who_sees_what),
        cmocka_unit_test(blocks_grants_and_conflicts_count_for_it),
        cmocka_unit_test(nobody_else_begins_or_writes),
        cmocka_unit_test(what_says_nothing_is_not_sent),
        cmocka_unit_test(rows_that_say_nothing_are_not_sent),
        cmocka_unit_test(a_call_to_come_is_refused_beside_its_box),
        cmocka_unit_test(danger_names_the_unit_of_the_place),
        cmocka_unit_test(a_step_asks_as_much_as_the_pack_says),
        cmocka_unit_test(what_was_refused_overwrites_nothing_when_it_comes_again),
        cmocka_unit_test(what_was_written_too_late_is_shown),
        cmocka_unit_test(the_check_page_says_what_is_missing),
    };
    return cmocka_run_group_tests(tests, set_up, close_partnership);
}
