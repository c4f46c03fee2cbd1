/* What people wrote stands nowhere in the clear: not in the database, its log, the files
 * beside it, nor after the upgrade from the version that did not seal. */
#include "domain/relation.h"
#include "domain/note.h"
#include "domain/grade.h"
#include "domain/corroborate.h"
#include "domain/webhook.h"
#include "domain/disruption.h"
#include "domain/handover.h"
#include "domain/meeting.h"
#include "domain/account.h"
#include "domain/area.h"
#include "domain/chart_view.h"
#include "domain/child_access.h"
#include "domain/child_bundle.h"
#include "domain/child_keep.h"
#include "domain/connection.h"
#include "domain/decision.h"
#include "domain/desk.h"
#include "domain/grant.h"
#include "domain/destroy.h"
#include "domain/import_batch.h"
#include "domain/import_mapping.h"
#include "domain/maru.h"
#include "domain/location.h"
#include "domain/missing_alert.h"
#include "domain/pattern.h"
#include "domain/missing_fragment.h"
#include "domain/record_key.h"
#include "domain/referral.h"
#include "domain/restore.h"
#include "domain/search.h"
#include "domain/second_factor.h"
#include "domain/session.h"
#include "domain/support_import.h"
#include "link/link.h"
#include "store/engine.h"
#include "store/migration.h"

#include "tests_common.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <unistd.h>

static char folder[64];
static struct app app;
static struct arena arena;
static struct person sender;
static struct person analyst;

static struct person add_person(struct db *db, const char *email, const char *organisation,
                                enum role role)
{
    struct person person = {.roles = 1u << role};
    struct account_new account = {.email = str_from(email),
                                  .name = STR("canaryperson"),
                                  .password_hash = STR("canaryhash"),
                                  .roles = person.roles};
    assert_int_equal(organisation_ensure(db, str_from(organisation), STR("education"), STR("mid"),
                                         &account.organisation, NULL), ST_OK);
    assert_int_equal(account_add(&app, db, &account, 0, &person.account, NULL), ST_OK);
    person.organisation = account.organisation;
    return person;
}

static void open_it(void)
{
    struct err err = {0};
    if (app_open(&app, folder, NULL, NULL, &err) != ST_OK)
        fail_msg("%s (%s)", err.public, err.detail);
}

static int fresh(void **state)
{
    (void)state;
    temporary_folder(folder);
    arena_init(&arena, 64 << 20);
    open_it();
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    sender = add_person(db, "canaryteacher@example.org", "A school", ROLE_representative);
    analyst = add_person(db, "canaryanalyst@example.org", "A team", ROLE_analyst);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    return 0;
}

/* Rows of all these tests in which each sealed column held something. */
static int64_t held[FIELD_COUNT];

static void count_what_is_held(void)
{
    static const char *const query[] = {
#define FIELD(name, table, column, number)                                                         \
    [FIELD_##name] = "SELECT count(*) FROM " table " WHERE " column " IS NOT NULL",
#include "seal/field.def"
#undef FIELD
    };
    char path[100];
    sqlite3 *db = NULL;
    if (on_postgres()) return;
    snprintf(path, sizeof path, "%s/pendeen.db", folder);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    for (size_t i = 0; i < sizeof query / sizeof *query; i++) {
        if (i == FIELD_IMPORT_FILE || i == FIELD_IMPORT_REFUSED || i == FIELD_PASSKEY) {
            /* Files of their own; test_passkey has a device that makes one. */
            held[i] = 1;
            continue;
        }
        sqlite3_stmt *statement = NULL;
        if (sqlite3_prepare_v2(db, query[i], -1, &statement, NULL) != SQLITE_OK)
            fail_msg("%s: %s", query[i], sqlite3_errmsg(db));
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        held[i] += sqlite3_column_int64(statement, 0);
        sqlite3_finalize(statement);
    }
    sqlite3_close(db);
}

static int done(void **state)
{
    (void)state;
    count_what_is_held();
    app_close(&app);
    arena_done(&arena);
    return 0;
}

/* A backup of what is there, as it lies and as it is restored: both in the folder that is
 * looked through. */
static void back_up(void)
{
    char backups[100];
    char restored[100];
    struct err err = {0};
    struct backup_made made;
    struct restore_report report;
    struct parcel_secret secret;
    if (on_postgres()) return;
    snprintf(backups, sizeof backups, "%s/backups", folder);
    snprintf(restored, sizeof restored, "%s/restored", folder);
    if (access(backups, F_OK) == 0) return;
    parcel_secret_new(&secret);
    struct backup_plan plan = {.folder = backups, .to = secret.key};
    struct restore_plan back = {
        .backup = backups, .secret = &secret, .folder = restored, .keys = app.keys};
    if (backup_make(&app, &plan, &made, &err) != ST_OK ||
        backup_restore(&back, &report, &err) != ST_OK)
        fail_msg("%s (%s)", err.public, err.detail);
    assert_true(report.keys_back > 0);
}

static void nowhere(const char *bytes)
{
    back_up();
    int found = files_with(folder, bytes);
    if (found) fail_msg("'%s' stands in %d files of %s", bytes, found, folder);
}

static struct submission_receipt share(const char *key, struct mention_draft *mention, size_t count)
{
    struct submission_draft draft = {.idempotency_key = str_from(key),
                                     .narrative = str_fmt(&arena, "canarynarrative %s", key),
                                     .when_text = STR("last Friday canarywhen"),
                                     .where_text = STR("canarywhere"),
                                     .mention = mention,
                                     .mention_count = count};
    struct submission_receipt receipt;
    struct err err = {0};
    if (submission_share(&app, &sender, &draft, 0, 0, &receipt, &err) != ST_OK)
        fail_msg("%s", err.public);
    return receipt;
}

/* A phone that moved on, and what the analyst says of it. */
static void answer_a_pattern(void)
{
    static const char *const names[] = {"Denny Tregear", "Marek Pascoe"};
    struct pattern *list = NULL;
    struct err err = {0};
    struct area *area = NULL;
    size_t count = 0;
    if (area_load("areas/cornwall", &area, &err) != ST_OK) fail_msg("%s", err.public);
    app.area = area;
    for (int i = 0; i < 2; i++) {
        struct mention_draft mention[2] = {{.kind = LINK_PERSON, .span_start = -1, .span_end = -1},
                                           {.kind = LINK_PHONE, .span_start = -1, .span_end = -1}};
        mention[0].field[LINK_NAME] = str_from(names[i]);
        mention[1].field[LINK_NUMBER] = STR("07700 900456");
        struct submission_draft draft = {.idempotency_key = str_from(names[i]),
                                         .narrative = STR("canarynarrative"),
                                         .seen_from = {2026, 3, (int8_t)(1 + i)},
                                         .seen_to = {2026, 3, (int8_t)(1 + i)},
                                         .handling = STR("handling:P"),
                                         .mention = mention,
                                         .mention_count = 2};
        struct submission_receipt receipt;
        if (submission_share(&app, &analyst, &draft, 0, 0, &receipt, &err) != ST_OK)
            fail_msg("%s", err.public);
    }
    if (patterns_look(&app, &err) != ST_OK) fail_msg("%s %s", err.public, err.detail);
    struct pattern_filter filter = {.kind = PATTERN_PHONE};
    assert_int_equal(pattern_list(&app, &arena, &analyst, &filter, &list, &count, &err), ST_OK);
    assert_true(count > 0);
    if (pattern_answer(&app, &analyst, list[0].id, true, STR("canarypattern"), &err) != ST_OK)
        fail_msg("%s", err.public);
    struct chart_view view = {.name = STR("canaryview"),
                              .ask = {.seed = {list[0].entity[0]}, .seed_count = 1},
                              .until = STR("canaryuntil")};
    int64_t kept = 0;
    if (chart_view_save(&app, &analyst, &view, &kept, &err) != ST_OK)
        fail_msg("%s %s", err.public, err.detail);
    app.area = NULL;
    area_free(area);
}

static void what_is_shared_and_decided_is_sealed(void **state)
{
    (void)state;
    struct mention_draft mention[LINK_KINDS] = {0};
    for (int kind = 0; kind < LINK_KINDS; kind++)
        mention[kind] =
            (struct mention_draft){.kind = (enum link_kind)kind, .span_start = -1, .span_end = -1};
    for (int field = 0; field < LINK_FIELDS; field++) {
        struct str value = field == LINK_BIRTH ? STR("12/3/2009")
                           : field == LINK_AGE ? STR("15")
                           : field == LINK_NUMBER ? STR("07700 900456")
                           : field == LINK_EMAIL  ? STR("canaryemail@example.org")
                           : field == LINK_REGISTRATION ? STR("WK99 CNR")
                           : str_fmt(&arena, "canary%s", field_name((enum link_field)field));
        mention[field_kind((enum link_field)field)].field[field] = value;
    }
    struct submission_receipt first = share("canarykey1", mention, LINK_KINDS);
    struct submission_receipt second = share("canarykey2", mention, LINK_KINDS);
    assert_int_equal(second.links, 0); /* whoever sees no links is told of none */
    int64_t *a = NULL;
    int64_t *b = NULL;
    entity_mentions_of(app.entities, &arena, first.id, &a);
    entity_mentions_of(app.entities, &arena, second.id, &b);
    struct err err = {0};
    if (decision_make(&app, &analyst, a[0], b[0], VERDICT_SAME, STR("canaryreason"), &err) != ST_OK)
        fail_msg("%s", err.public);
    answer_a_pattern();
    char signing[WEBHOOK_SECRET_SIZE];
    int64_t webhook = 0;
    if (webhook_add(&app, analyst.account, STR("https://canaryhook.example.org/"), 2, signing,
                    &webhook, &err) != ST_OK)
        fail_msg("%s", err.public);
    nowhere(signing);
    if (grant_add(&app, &sender, first.id, GRANT_granted, STR("canaryanalyst@example.org"),
                  clock_london(clock_now()).date, STR("canarygrant"), &err) != ST_OK)
        fail_msg("%s", err.public);
    /* The log of changes is still there, and is looked through as well. */
    nowhere("canary");
    nowhere("07700 900456");
    nowhere("900456");
    nowhere("WK99 CNR");
    nowhere("12/3/2009");
    /* It reads back, after a restart too. */
    app_close(&app);
    open_it();
    nowhere("canary");
    struct submission read;
    assert_int_equal(submission_read(&app, &arena, &sender, first.id, &read, NULL), ST_OK);
    assert_true(str_eq(read.narrative, STR("canarynarrative canarykey1")));
    assert_true(str_eq(read.where_text, STR("canarywhere")));
    assert_int_equal(read.mention_count, LINK_KINDS);
    struct decision_line *line = NULL;
    size_t lines = 0;
    assert_int_equal(decisions_of_pair(&app, &arena, a[0], b[0], &line, &lines, NULL), ST_OK);
    assert_int_equal(lines, 1);
    assert_true(str_eq(line[0].reason, STR("canaryreason")));
}

/* Every step of the desk that keeps words. */
static void work_the_desk(int64_t referral)
{
    static const struct {
        enum desk_action action;
        struct desk_input input;
    } steps[] = {
        {DESK_DO_RATE, {.choice = STR_INIT("amber"), .text = STR_INIT("canaryrating")}},
        {DESK_DO_CHECK, {.choice = STR_INIT("agency-health"), .text = STR_INIT("canaryquestion")}},
        {DESK_DO_CHECK_ANSWER,
         {.check = 1, .choice = STR_INIT("held"), .text = STR_INIT("canaryheld")}},
        {DESK_DO_DECIDE,
         {.choice = STR_INIT("advice"),
          .text = STR_INIT("canaryrationale"),
          .who = STR_INIT("canarydecider")}},
        {DESK_DO_WORKER, {.who = STR_INIT("canaryworker"), .text = STR_INIT("canarytold")}},
        {DESK_DO_FEEDBACK, {.choice = STR_INIT("say-advice"), .text = STR_INIT("canaryfeedback")}},
    };
    struct db *db = NULL;
    struct err err = {0};
    const char *field = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    struct person officer =
        add_person(db, "canaryofficer@example.org", "A unit", ROLE_maru_officer);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    officer.name = STR("canaryperson");
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct desk_input input = steps[i].input;
        input.version = (int64_t)i + (i > 0);
        input.added = clock_now();
        if (desk_do(&app, &officer, referral, steps[i].action, &input, &field, &err) != ST_OK)
            fail_msg("%s: %s", desk_action_name(steps[i].action), err.public);
    }
    nowhere("canary");
    struct desk_case desk;
    struct desk_check *checks = NULL;
    size_t count = 0;
    assert_int_equal(desk_read(&app, &arena, &officer, referral, &desk, NULL), ST_OK);
    assert_true(str_eq(desk.worker, STR("canaryworker")));
    assert_int_equal(desk_checks(&app, &arena, referral, &checks, &count, NULL), ST_OK);
    assert_true(str_eq(checks[0].question, STR("canaryquestion")) &&
                str_eq(checks[0].answer, STR("canaryheld")));
}

static void what_is_referred_is_sealed(void **state)
{
    (void)state;
    struct area *area = NULL;
    struct err err = {0};
    if (area_load("areas/cornwall", &area, &err) != ST_OK) fail_msg("%s", err.public);
    app.area = area;
    int64_t id[2];
    for (int i = 0; i < 2; i++) {
        struct referral_given given = {questions_find(area_referral(area), STR("concern-reason")),
                                       {ANSWER_GIVEN, STR("canaryanswer")}};
        struct referral_clash clash;
        size_t clashes;
        int64_t version = 1;
        assert_int_equal(referral_begin(&app, &sender, STR("cornwall"), &id[i], &err), ST_OK);
        if (referral_save(&app, &sender, id[i], 0, version, &given, 1, &clash, &clashes, &arena,
                          &version, &err) != ST_OK)
            fail_msg("%s", err.public);
        if (i == 0 && referral_send(&app, &sender, id[i], version, &err) != ST_OK)
            fail_msg("%s", err.public);
    }
    assert_int_equal(referral_add(&app, &sender, id[0], STR("canaryaddition"), &err), ST_OK);
    assert_int_equal(referral_withdraw(&app, &sender, id[1], STR("canarywithdrawn"), &err), ST_OK);
    nowhere("canary");
    work_the_desk(id[0]);
    struct referral read;
    assert_int_equal(referral_read(&app, &arena, &sender, id[0], &read, NULL), ST_OK);
    assert_true(str_eq(read.addition[0].text, STR("canaryaddition")));
    assert_true(
        str_eq(referral_answer_get(&read, 0, STR("concern-reason")).value, STR("canaryanswer")));
    app.area = NULL;
    area_free(area);
}

/* How a file's columns are read, kept under a name for the next one: for one's organisation. */
static void save_columns(void)
{
    static const char *const saved[][2] = {{"canarytips", "# 1\ncanaryheading = narrative\n"},
                                           {"a canary", "canaryfirst = where\n"},
                                           {" canarytips ", "canaryother = narrative\n"}};
    struct import_mapping *list = NULL;
    size_t count = 0;
    struct err err = {0};
    for (size_t i = 0; i < 3; i++)
        if (import_mapping_save(&app, &sender, str_from(saved[i][0]), str_from(saved[i][1]),
                                &err) != ST_OK)
            fail_msg("%s", err.public);
    assert_int_equal(import_mapping_list(&app, &arena, &sender, &list, &count, NULL), ST_OK);
    assert_int_equal(count, 2);
    assert_true(str_eq(list[0].name, STR("a canary")) &&
                str_eq(list[0].mapping, STR("canaryfirst = where\n")));
    assert_true(str_eq(list[1].name, STR("canarytips")) &&
                str_eq(list[1].mapping, STR("canaryother = narrative\n")));
    assert_int_equal(import_mapping_list(&app, &arena, &analyst, &list, &count, NULL), ST_OK);
    assert_int_equal(count, 0);
    nowhere("canary");
}

static void what_is_imported_is_sealed(void **state)
{
    (void)state;
    int64_t id = 0;
    struct err err = {0};
    struct str csv = STR("Date,Details,Registration\n01/06/2026,canarydetails seen,WK99 CNR\n"
                         "01/06/2190,canaryrefused,WK98 CNR\n");
    if (import_batch_add(&app, &sender, STR("canaryfile.csv"), csv, &id, &err) != ST_OK)
        fail_msg("%s", err.public);
    nowhere("canary");
    struct import_batch batch;
    assert_int_equal(import_batch_read(&app, &arena, &analyst, id, &batch, NULL), ST_NOT_FOUND);
    assert_int_equal(import_batch_start(&app, &sender, id, STR(""), false, NULL), ST_OK);
    do {
        usleep(1000);
        assert_int_equal(import_batch_read(&app, &arena, &sender, id, &batch, NULL), ST_OK);
    } while (str_eq(batch.state, STR("running")));
    assert_true(str_eq(batch.state, STR("done")));
    assert_int_equal(batch.taken, 1);
    assert_int_equal(batch.refused, 1);
    assert_true(str_eq(batch.file_name, STR("canaryfile.csv")));
    struct str refused;
    assert_int_equal(import_batch_refused(&app, &arena, &batch, &refused, NULL), ST_OK);
    assert_true(str_find(refused, STR("canaryrefused"), 0) > 0);
    nowhere("canary");
    nowhere("WK99 CNR");
    save_columns();
}

static void what_keepers_of_the_numbers_write_is_sealed(void **state)
{
    (void)state;
    struct err err = {0};
    struct area *area = NULL;
    if (area_load("areas/cornwall", &area, &err) != ST_OK) fail_msg("%s", err.public);
    app.area = area;
    struct person keeper = {.account = analyst.account, .roles = 1u << ROLE_administrator};
    enum contact_field field;
    struct contact_change change = {.phone = STR("07700 900789"), .opens = STR("always"),
                                    .reason = STR("canaryreason"), .note = STR("canarynote")};
    if (contact_save(&app, &keeper, STR("maru"), &change, &field, &err) != ST_OK)
        fail_msg("%s", err.public);
    int64_t id = 0;
    struct str file = STR("{\"contents\": [{\"name\": \"canaryservice\"}]}");
    if (support_import_stage(&app, &keeper, STR("canaryfile.json"), file, &id, &err) != ST_OK)
        fail_msg("%s", err.public);
    nowhere("canary");
    struct contact contact;
    assert_int_equal(contact_read(&app, &arena, STR("maru"), &contact, NULL), ST_OK);
    assert_true(str_eq(contact.now.note, STR("canarynote")));
    struct support_import import;
    assert_int_equal(support_import_read(&app, &arena, id, &import, NULL), ST_OK);
    assert_true(str_eq(import.file, file));
    app.area = NULL;
    area_free(area);
}

/* Sessions, an app with codes, who is kept from a record, and what two
 * organisations ask each other. */
static void what_guards_accounts_and_records_is_sealed(void **state)
{
    (void)state;
    struct err err = {0};
    struct area *area = NULL;
    if (area_load("areas/cornwall", &area, &err) != ST_OK) fail_msg("%s", err.public);
    app.area = area;
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    struct person lead =
        add_person(db, "canarylead@example.org", "A school", ROLE_safeguarding_lead);
    struct person colleague =
        add_person(db, "canaryother@example.org", "A team", ROLE_representative);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    struct visitor home = {.address = STR("192.0.2.1"),
                           .browser = STR("canarybrowser"),
                           .device = STR("canarydevice")};
    struct session session;
    struct session_line *sessions = NULL;
    size_t count = 0;
    if (session_begin(&app, sender.account, &home, "signed in", true, &session, &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(session_list(&app, &arena, sender.account, &sessions, &count, NULL), ST_OK);
    assert_true(count == 1 && str_eq(sessions[0].browser, STR("canarybrowser")));

    struct str words;
    struct str uri;
    assert_int_equal(totp_begin(&app, sender.account, NULL), ST_OK);
    assert_int_equal(
        totp_waiting(&app, &arena, sender.account, STR("a@example.org"), &words, &uri, NULL),
        ST_OK);
    struct str secret = str_sub(uri, (size_t)str_find(uri, STR("secret="), 0) + 7, 32);

    struct mention_draft phone = {.kind = LINK_PHONE, .span_start = -1, .span_end = -1};
    phone.field[LINK_NUMBER] = STR("07700 900457");
    struct submission_draft draft = {.idempotency_key = STR("one"),
                                     .narrative = STR("canarynarrative"),
                                     .handling = STR("handling:C.ask"),
                                     .mention = &phone,
                                     .mention_count = 1};
    struct submission_receipt theirs;
    struct submission_receipt mine;
    if (submission_share(&app, &sender, &draft, 0, 0, &theirs, &err) != ST_OK)
        fail_msg("%s", err.public);
    if (block_add(&app, &lead, theirs.id, STR("canaryother@example.org"), STR("canaryblock"),
                  &err) != ST_OK)
        fail_msg("%s", err.public);
    draft.idempotency_key = STR("two");
    draft.handling = STR("handling:P");
    if (submission_share(&app, &colleague, &draft, 0, 0, &mine, &err) != ST_OK)
        fail_msg("%s", err.public);
    if (connection_ask(&app, &analyst, mine.id, STR("canarymessage"), true, &err) != ST_OK)
        fail_msg("%s", err.public);
    struct connection_line *asked = NULL;
    assert_int_equal(connections_to_answer(&app, &arena, &lead, &asked, &count, NULL), ST_OK);
    assert_true(count == 1 && str_eq(asked[0].message, STR("canarymessage")));
    if (connection_answer(&app, &lead, asked[0].id, false, STR("canaryanswer"), &err) != ST_OK)
        fail_msg("%s", err.public);
    nowhere("canary");
    nowhere(str_fmt(&arena, "%.*s", STR_ARG(secret)).ptr);
    app.area = NULL;
    area_free(area);
}

/* An episode with an answer to every text of the form, what is prepared, and a fact answered. */
static void go_missing(const struct person *officer, int64_t child)
{
    const struct questions *form = &area_missing(app.area)->form;
    struct err err = {0};
    static const char *const parts[] = {"report", "action",    "return",
                                        "offer",  "interview", "prepared"};
    int64_t episode = 0;
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
        const struct question_section *section = questions_find_section(form, str_from(parts[p]));
        struct missing_given given[60];
        size_t count = 0;
        for (size_t q = 0; q < form->question_count; q++) {
            const struct question *question = &form->question[q];
            if (&form->section[question->section] != section) continue;
            struct str value = STR("canarymissing");
            if (question->type == QUESTION_DAY) value = p ? STR("2/2/2026") : STR("1/2/2026");
            if (question->type == QUESTION_TIME) value = STR("16:50");
            if (question->type == QUESTION_YES_NO) value = STR("yes");
            if (question->type == QUESTION_CHOICE) value = question->option[0].id;
            given[count++] = (struct missing_given){question, {ANSWER_GIVEN, value}};
        }
        struct missing_new new = {.child = child, .forum = STR("mid")};
        enum st outcome = p == 0 ? missing_report(&app, officer, &new, given, count, &episode, &err)
                          : p == 5 ? missing_prepare(&app, officer, child, given, count, 0, &err)
                                   : missing_save(&app, officer, episode, str_from(parts[p]), given,
                                                  count, 0, &err);
        if (outcome != ST_OK) fail_msg("%s: %s", parts[p], err.public);
    }
    struct str key = str_fmt(&arena, "out-of-area:%lld", (long long)episode);
    if (missing_alert_answer(&app, officer, key, true, STR("canarywhy"), &err) != ST_OK)
        fail_msg("%s", err.public);
    int64_t submission = 0;
    if (missing_fragment_share(&app, officer, episode, STR("said-why"), &submission, &err) != ST_OK)
        fail_msg("%s", err.public);
}

/* A location with an answer to every text of the form, and what was done. */
static void write_location(const struct person *officer)
{
    const struct questions *form = area_location_form(app.area);
    struct err err = {0};
    int64_t id = 0;
    for (size_t s = 0; s < form->section_count; s++) {
        struct location_given given[60];
        size_t count = 0;
        for (size_t q = 0; q < form->question_count; q++) {
            const struct question *question = &form->question[q];
            if (question->section != s) continue;
            struct str value = STR("canarylocation");
            if (question->type == QUESTION_DAY) value = STR("2/2/2026");
            if (question->type == QUESTION_CHOICE || question->type == QUESTION_CHOICES)
                value = question->option[0].id;
            if (str_eq(question->key, STR("location-position"))) value = STR("50.1, -5.1");
            given[count++] = (struct location_given){question, {ANSWER_GIVEN, value}};
        }
        struct location_new new = {.forum = STR("mid")};
        struct location_save save = {.section = form->section[s].key, .version = (int64_t)s};
        enum st outcome = s ? location_save(&app, officer, id, &save, given, count, &err)
                            : location_add(&app, officer, &new, given, count, &id, &err);
        if (outcome != ST_OK) fail_msg("%.*s: %s", STR_ARG(form->section[s].key), err.public);
    }
}

static void what_stands_in_a_childs_record_is_sealed(void **state)
{
    (void)state;
    struct err err = {0};
    struct area *area = NULL;
    assert_int_equal(area_load("areas/cornwall", &area, NULL), ST_OK);
    app.area = area;
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    struct person officer =
        add_person(db, "canaryofficer@example.org", "A unit", ROLE_maru_officer);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    int64_t child[2];
    for (int i = 0; i < 2; i++) {
        struct child_draft draft[ENTRY_KINDS] = {0};
        for (int kind = 0; kind < ENTRY_KINDS; kind++) {
            draft[kind].kind = (enum child_entry_kind)kind;
            for (int text = 0; text < CHILD_TEXTS; text++)
                draft[kind].text[text] = str_fmt(&arena, "canary%d-%d", kind, text);
        }
        draft[ENTRY_FACT].text[FACT_KEY] = STR("child-name");
        if (child_create(&app, &officer, draft, ENTRY_KINDS, 0, &child[i], &err) != ST_OK)
            fail_msg("%s", err.public);
    }
    if (child_join(&app, &officer, child[0], child[1], STR("canaryjoin"), &err) != ST_OK)
        fail_msg("%s", err.public);
    if (child_access_give(&app, &officer, child[0], STR("canaryteacher@example.org"), false,
                          STR("canaryallocated"), &err) != ST_OK)
        fail_msg("%s", err.public);
    if (child_set_held(&app, &officer, child[0], true, STR("canaryhold"), &err) != ST_OK)
        fail_msg("%s", err.public);
    if (child_set_held(&app, &officer, child[0], false, STR("canaryhold"), &err) != ST_OK)
        fail_msg("%s", err.public);
    /* of one in which nothing is open */
    int64_t mistaken = 0;
    struct child_draft name = {
        .kind = ENTRY_FACT,
        .text = {STR_INIT("child-name"), STR_INIT("given"), STR_INIT("canarymistaken")}};
    if (child_create(&app, &officer, &name, 1, 0, &mistaken, &err) != ST_OK)
        fail_msg("%s", err.public);
    if (child_dispose_propose(&app, &officer, mistaken, STR("made-by-mistake"),
                              STR("canarydisposal"), &err) != ST_OK)
        fail_msg("%s", err.public);
    int64_t bundle = 0;
    enum bundle_field wrong;
    struct bundle_asked asked = {STR("canaryasked"), STR("today"), STR("canarychecked")};
    for (int i = 0; i < 2; i++)
        if (child_bundle_add(&app, &officer, child[0], &asked, &bundle, &wrong, &err) != ST_OK)
            fail_msg("%s", err.public);
    struct child_file file;
    if (child_open(&app, &arena, &officer, child[0], &file, &err) != ST_OK ||
        child_bundle_longer(&app, &officer, &file, bundle, STR("today"), STR("canarylonger"),
                            &(bool){false}, &err) != ST_OK ||
        child_bundle_end(&app, &officer, &file, bundle, STR("canaryended"), &err) != ST_OK)
        fail_msg("%s", err.public);
    go_missing(&officer, child[1]);
    write_location(&officer);
    nowhere("canary");
    assert_int_equal(child_open(&app, &arena, &officer, child[1], &file, &err), ST_OK);
    assert_true(file.entry_count >= 2 * ENTRY_KINDS);
    assert_true(str_eq(file.join[0].reason, STR("canaryjoin")));
    area_free(area);
    app.area = NULL;
}

static void what_forums_say_and_decide_is_sealed(void **state)
{
    (void)state;
    struct err err = {0};
    struct area *area = NULL;
    assert_int_equal(area_load("areas/cornwall", &area, NULL), ST_OK);
    app.area = area;
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    struct person lead = add_person(db, "canarylead@example.org", "A council", ROLE_coordinator);
    assert_int_equal(forum_join(&app, db, 0, lead.account, STR("mid"), NULL), ST_OK);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    int64_t meeting = 0;
    int64_t id = 0;
    const char *field = NULL;
    if (meeting_plan(&app, &lead, STR("mid"), clock_now() + 3600000, STR("canaryroom"), &meeting,
                     &err) != ST_OK)
        fail_msg("%s", err.public);
    struct meeting_input add = {.version = 2, .choice = STR("themes"), .text = STR("canarytheme")};
    struct meeting_input off = {.version = 3, .text = STR("canaryoff")};
    if (meeting_do(&app, &lead, meeting, 0, MEETING_DO_ADD, &add, &field, &err) != ST_OK ||
        meeting_do(&app, &lead, meeting, 0, MEETING_DO_CANCEL, &off, &field, &err) != ST_OK)
        fail_msg("%s", err.public);
    struct action_new action = {.forum = STR("mid"),
                                .owner = lead.account,
                                .due_day = 30000,
                                .what = STR("canarywhat"),
                                .evidence = STR("canaryevidence")};
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    assert_int_equal(store_write_end(app.store, db,
                                     action_add(&app, db, &arena, &lead, &action, &id, &err), &err),
                     ST_OK);
    struct action_input note = {.version = 1, .text = STR("canarynote")};
    assert_int_equal(action_do(&app, &lead, id, ACTION_DO_NOTE, &note, &field, &err), ST_OK);
    struct disruption_input measure = {.forum = STR("mid"),
                                       .kind = STR("abduction-notice"),
                                       .issuer = STR("canaryissuer"),
                                       .subject = STR("canarysubject"),
                                       .child = STR("canarychild"),
                                       .terms = STR("canaryterms")};
    if (disruption_add(&app, &lead, &measure, &id, &field, &err) != ST_OK)
        fail_msg("%s", err.public);
    struct handover_new urgent = {
        .from_forum = STR("mid"), .kind = ITEM_THEME, .words = STR("canaryurgent")};
    if (handover_add(&app, &lead, &urgent, &field, &err) != ST_OK) fail_msg("%s", err.public);
    nowhere("canary");
    struct disruption row;
    assert_int_equal(disruption_read(&app, &arena, &lead, id, &row, NULL), ST_OK);
    assert_true(str_eq(row.child, STR("canarychild")));
    app.area = NULL;
    area_free(area);
}

/* The way to a Forum: versions, notes, questions and answers, the legal
 * prompt, who may be named. */
static void what_is_on_its_way_to_a_forum_is_sealed(void **state)
{
    (void)state;
    struct err err = {0};
    struct area *area = NULL;
    assert_int_equal(area_load("areas/cornwall", &area, NULL), ST_OK);
    app.area = area;
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    struct person teacher =
        add_person(db, "canarypractitioner@example.org", "A school", ROLE_practitioner);
    struct person officer =
        add_person(db, "canaryofficer@example.org", "A unit", ROLE_maru_officer);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    teacher.name = STR("canaryperson");
    int64_t ids[2];
    for (int i = 0; i < 2; i++) {
        struct submission_draft draft = {.idempotency_key = str_fmt(&arena, "canaryway%d", i),
                                         .narrative = STR("canarytold")};
        struct submission_how how = {.by_name = true, .adds_to = i ? ids[0] : 0};
        struct submission_receipt receipt;
        if (submission_share_how(&app, &teacher, &draft, &how, &receipt, &err) != ST_OK)
            fail_msg("%s", err.public);
        ids[i] = receipt.id;
    }
    struct forward_words words = {STR("canaryversion"), STR("canarywhen"), STR("canarywhere")};
    int64_t number = 0;
    assert_int_equal(forward_save(&app, &sender, ids[0], &words, 0, &number, NULL), ST_OK);
    assert_int_equal(forward_ask(&app, &sender, ids[0], STR("canaryquestion"), NULL), ST_OK);
    assert_int_equal(forward_answer(&app, &teacher, ids[0], 0, STR("canaryanswer"), NULL), ST_OK);
    assert_int_equal(
        forward_hold(&app, &sender, ids[0], STR("waits-for-more"), STR("canaryheld"), NULL), ST_OK);
    struct forward_share onward = {.words = words, .base = 1, .named = true, .looked = true};
    if (forward_share(&app, &sender, ids[0], &onward, &err) != ST_OK) fail_msg("%s", err.public);
    struct maru_sending sending = {.words = words, .looked = true};
    for (int i = 0; i < MARU_QUESTIONS; i++)
        sending.answer[i] = i == MARU_TO ? STR("cornwall") : STR("canaryprompt");
    if (maru_send(&app, &sender, ids[1], &sending, &err) != ST_OK) fail_msg("%s", err.public);
    struct maru_case *sent = NULL;
    size_t count = 0;
    assert_int_equal(maru_of_submission(&app, &arena, ids[1], &sent, &count, NULL), ST_OK);
    assert_int_equal(maru_answer(&app, &officer, sent[0].id, sent[0].revision, STR("advice-given"),
                                 STR("canarysaid"), NULL),
                     ST_OK);
    nowhere("canary");
    /* Each reads back, the name only out of the source. */
    struct submission read;
    assert_int_equal(submission_read(&app, &arena, &analyst, ids[0], &read, NULL), ST_OK);
    assert_true(str_eq(read.narrative, words.narrative) && str_eq(read.named, STR("canaryperson")));
    assert_int_equal(maru_of_submission(&app, &arena, ids[1], &sent, &count, NULL), ST_OK);
    assert_true(str_eq(sent[0].answer[MARU_WHY], STR("canaryprompt")) &&
                str_eq(sent[0].words, STR("canarysaid")));
    app.area = NULL;
    area_free(area);
}

/* Gradings with a second person, what is one origin, relations and notes. */
static void what_analysts_make_of_it_is_sealed(void **state)
{
    (void)state;
    struct err err = {0};
    struct area *area = NULL;
    assert_int_equal(area_load("areas/cornwall", &area, NULL), ST_OK);
    app.area = area;
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    struct person second = add_person(db, "canarysecond@example.org", "A council", ROLE_analyst);
    struct person third = add_person(db, "canarythird@example.org", "A council", ROLE_analyst);
    assert_int_equal(forum_join(&app, db, 0, second.account, STR("mid"), NULL), ST_OK);
    assert_int_equal(forum_join(&app, db, 0, third.account, STR("mid"), NULL), ST_OK);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    struct mention_draft mention[2] = {{.kind = LINK_PERSON, .span_start = -1, .span_end = -1},
                                       {.kind = LINK_VEHICLE, .span_start = -1, .span_end = -1}};
    mention[0].field[LINK_NAME] = STR("Canary Driver");
    mention[1].field[LINK_REGISTRATION] = STR("WK99 CND");
    struct submission_receipt first = share("canaryjudged1", mention, 2);
    struct submission_receipt other = share("canaryjudged2", mention, 2);
    int64_t *ids = NULL;
    assert_int_equal(entity_mentions_of(app.entities, &arena, first.id, &ids), 2);
    struct grade_draft draft = {.source = STR("source:2"),
                                .information = STR("information:E"),
                                .handling = STR("handling:P"),
                                .reason = STR("canarygraded")};
    struct grade_view view;
    const char *field = "";
    if (grade_add(&app, &second, first.id, &draft, &field, &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(grades_read(&app, &arena, &second, first.id, &view, NULL), ST_OK);
    if (grade_second(&app, &third, first.id, view.line[0].id, true, STR("canaryagreed"), &err) !=
        ST_OK)
        fail_msg("%s", err.public);
    if (origin_say(&app, &second, first.id, other.id, true, STR("canaryorigin"), &err) != ST_OK)
        fail_msg("%s", err.public);
    struct relation_draft relation = {.entity = ids[0],
                                      .other = ids[1],
                                      .term = STR("uses"),
                                      .words = STR("canaryrelation"),
                                      .shown = {first.id},
                                      .shown_count = 1};
    struct relation *list = NULL;
    size_t count = 0;
    if (relation_add(&app, &second, &relation, &field, &err) != ST_OK) fail_msg("%s", err.public);
    assert_int_equal(
        relations_of(scope_of(&app, &arena, &second), &arena, ids[0], &list, &count, NULL), ST_OK);
    assert_int_equal(relation_end(&app, &second, list[0].id, STR("canaryended"), NULL), ST_OK);
    assert_int_equal(note_add(&app, &second, ids[0], STR("canarynote"), NULL), ST_OK);
    nowhere("canary");
    nowhere("Canary Driver");
    assert_int_equal(grades_read(&app, &arena, &second, first.id, &view, NULL), ST_OK);
    assert_true(str_eq(view.line[0].reason, STR("canarygraded")) &&
                str_eq(view.line[0].second_reason, STR("canaryagreed")));
    app.area = NULL;
    area_free(area);
}

/* --- keys ----------------------------------------------------------------------------------- */

static _Atomic bool rotating;

static void *share_on(void *context)
{
    int *shared = context;
    while (rotating) {
        char key[40];
        snprintf(key, sizeof key, "while %d", (*shared)++);
        struct mention_draft mention = {.kind = LINK_PERSON, .span_start = -1, .span_end = -1};
        mention.field[LINK_NAME] = STR("Somebody Turned");
        struct submission_draft draft = {.idempotency_key = str_from(key),
                                         .narrative = str_from(key),
                                         .mention = &mention,
                                         .mention_count = 1};
        struct submission_receipt receipt;
        if (submission_share(&app, &sender, &draft, 0, 0, &receipt, NULL) != ST_OK) abort();
    }
    return NULL;
}

static void keys_are_turned_over_while_people_share(void **state)
{
    (void)state;
    for (int i = 0; i < 700; i++) {
        char key[40];
        snprintf(key, sizeof key, "before %d", i);
        share(key, NULL, 0);
    }
    int shared = 0;
    pthread_t thread;
    rotating = true;
    assert_int_equal(pthread_create(&thread, NULL, share_on, &shared), 0);
    uint32_t before[KEY_USES] = {keyring_current(app.keys, KEY_RECORD),
                                 keyring_current(app.keys, KEY_SOURCE)};
    int64_t count = 0;
    struct err err = {0};
    if (record_keys_rotate(&app, NULL, NULL, &count, &err) != ST_OK) fail_msg("%s", err.public);
    rotating = false;
    pthread_join(thread, NULL);
    assert_true(count >= 1400);
    for (int use = 0; use < KEY_USES; use++) {
        int64_t left = -1;
        assert_int_equal(record_keys_count(&app, before[use], &left, NULL), ST_OK);
        assert_int_equal(left, 0);
        assert_int_equal(
            record_keys_forget(&app, keyring_current(app.keys, (enum key_use)use), NULL),
            ST_CONFLICT);
        assert_int_equal(record_keys_forget(&app, before[use], NULL), ST_OK);
    }
    app_close(&app);
    open_it();
    struct submission_line *list = NULL;
    size_t lines = 0;
    if (submission_list(&app, &arena, &sender, LIST_OWN, 2000, &list, &lines, &err) != ST_OK)
        fail_msg("%s (%s)", err.public, err.detail);
    assert_int_equal(lines, 700 + shared > 2000 ? 2000 : 700 + shared);
}

static void what_is_destroyed_is_gone(void **state)
{
    (void)state;
    struct mention_draft mention = {.kind = LINK_VEHICLE, .span_start = -1, .span_end = -1};
    mention.field[LINK_REGISTRATION] = STR("WK99 CNR");
    struct submission_receipt kept = share("kept", &mention, 1);
    struct submission_receipt gone = share("gone", &mention, 1);
    struct err err = {0};
    assert_int_equal(submission_destroy(&app, str_from(gone.reference), STR(" "), NULL),
                     ST_INVALID);
    if (submission_destroy(&app, str_from(gone.reference), STR("retention"), &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_int_equal(submission_destroy(&app, str_from(gone.reference), STR("retention"), NULL),
                     ST_NOT_FOUND);
    for (int round = 0; round < 2; round++) {
        struct submission read;
        assert_int_equal(submission_read(&app, &arena, &sender, gone.id, &read, NULL),
                         ST_NOT_FOUND);
        assert_int_equal(submission_read(&app, &arena, &sender, kept.id, &read, NULL), ST_OK);
        assert_int_equal(link_index_count(app.index), 1);
        struct search_hit *hit = NULL;
        size_t hits = 0;
        assert_int_equal(search_run(&app, &arena, &analyst, STR("WK99 CNR"), 10, &hit, &hits, NULL),
                         ST_OK);
        assert_int_equal(hits, 1);
        if (round == 0) {
            app_close(&app);
            open_it();
        }
    }
}

/* In how many of the folder's files does the wrapped key of a submission stand? */
static int key_in_files(const uint8_t *wrapped, size_t size)
{
    int found = 0;
    static const char *const names[] = {"pendeen.db", "pendeen.db-wal"};
    for (int i = 0; i < 2; i++) {
        char path[120];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        FILE *file = fopen(path, "rb");
        if (!file) continue;
        char *bytes = malloc(32 << 20);
        size_t count = fread(bytes, 1, 32 << 20, file);
        fclose(file);
        found += memmem(bytes, count, wrapped, size) != NULL;
        free(bytes);
    }
    return found;
}

static void read_wrapped(struct db *db, const char *reference,
                         uint8_t ret[static SEAL_WRAPPED_SIZE])
{
    struct query *query =
        db_query_once(db, "SELECT k.wrapped FROM submission s JOIN record_key k ON k.id = s.key_id"
                          " WHERE s.reference = ?1");
    db_bind_text(query, 1, str_from(reference));
    assert_true(db_next(query));
    assert_int_equal(db_bytes(query, 0).len, SEAL_WRAPPED_SIZE);
    memcpy(ret, db_bytes(query, 0).ptr, SEAL_WRAPPED_SIZE);
    assert_int_equal(db_end(query, NULL), ST_OK);
}

/* Somebody who reads what was before keeps the key in the files: that is known, also to the
 * program that comes after this one, until it is wiped. */
static void what_is_destroyed_while_somebody_reads_is_wiped_later(void **state)
{
    (void)state;
    needs_sqlite();
    struct submission_receipt gone = share("read meanwhile", NULL, 0);
    struct err err = {0};
    uint8_t wrapped[SEAL_WRAPPED_SIZE];
    bool waits = false, wiped = false;
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(store_read_hold(db, NULL), ST_OK);
    read_wrapped(db, gone.reference, wrapped);
    if (submission_destroy(&app, str_from(gone.reference), STR("retention"), &err) != ST_OK)
        fail_msg("%s", err.public);
    assert_true(key_in_files(wrapped, sizeof wrapped) > 0);
    assert_int_equal(destroyed_waits(&app, &waits, NULL), ST_OK);
    assert_true(waits);
    assert_int_equal(destroyed_wipe(&app, &wiped, NULL), ST_OK);
    assert_false(wiped);
    share("others go on", NULL, 0);
    store_read_release(db);
    store_read_end(app.store, db);
    app_close(&app);
    open_it();
    assert_int_equal(destroyed_waits(&app, &waits, NULL), ST_OK);
    assert_true(waits);
    assert_int_equal(destroyed_wipe(&app, &wiped, NULL), ST_OK);
    assert_true(wiped);
    assert_int_equal(key_in_files(wrapped, sizeof wrapped), 0);
    assert_int_equal(destroyed_waits(&app, &waits, NULL), ST_OK);
    assert_false(waits);
}

static int64_t facts_named(const char *name)
{
    int64_t count = -1;
    struct db *db = store_read_begin(app.store, NULL);
    struct query *query = db_query_once(db, "SELECT count(*) FROM fact WHERE name = ?1");
    db_bind_text(query, 1, str_from(name));
    assert_int_equal(db_one(query, &count, NULL), ST_OK);
    store_read_end(app.store, db);
    return count;
}

/* As it is when somebody read on while an older store was brought to this version's shape, and
 * something was destroyed after that. */
static void what_a_migration_left_is_compacted_later(void **state)
{
    (void)state;
    needs_sqlite();
    bool waits = true, wiped = false;
    struct db *db;
    static const char *const texts[] = {
        "CREATE TABLE former (note TEXT)",
        "INSERT INTO former WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
        " WHERE i < 50) SELECT hex(zeroblob(2000)) FROM n",
        "DROP TABLE former",
        "INSERT INTO fact VALUES ('uncompacted', 'migration'), ('unwiped', '7')",
    };
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(db_execute_script(db, str_from(texts[i]), NULL), ST_OK);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    assert_int_equal(destroyed_wipe(&app, &wiped, NULL), ST_OK);
    assert_true(wiped);
    assert_int_equal(destroyed_waits(&app, &waits, NULL), ST_OK);
    assert_false(waits);
    int64_t left = -1;
    db = store_read_begin(app.store, NULL);
    assert_int_equal(db_one(db_query_once(db, "PRAGMA freelist_count"), &left, NULL), ST_OK);
    assert_int_equal(left, 0);
    store_read_end(app.store, db);
    assert_int_equal(facts_named(FACT_UNCOMPACTED), 0);
}

/* The whole is written anew by way of a second database, for which there is no room here. */
static void keys_are_wiped_while_a_compaction_fails(void **state)
{
    (void)state;
    needs_sqlite();
    struct submission_receipt gone = share("compacted later", NULL, 0);
    uint8_t wrapped[SEAL_WRAPPED_SIZE];
    bool waits = false, wiped = false;
    struct db *db;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    read_wrapped(db, gone.reference, wrapped);
    assert_int_equal(
        db_execute_script(db, STR("INSERT INTO fact VALUES ('uncompacted', 'migration')"), NULL),
        ST_OK);
    int most = sqlite3_limit(db->connection, SQLITE_LIMIT_ATTACHED, 0);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    assert_true(key_in_files(wrapped, sizeof wrapped) > 0);
    assert_int_equal(submission_destroy(&app, str_from(gone.reference), STR("retention"), NULL),
                     ST_FAILED);
    assert_int_equal(key_in_files(wrapped, sizeof wrapped), 0);
    assert_int_equal(destroyed_waits(&app, &waits, NULL), ST_OK);
    assert_true(waits);
    assert_int_equal(facts_named(FACT_UNCOMPACTED), 1);
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    sqlite3_limit(db->connection, SQLITE_LIMIT_ATTACHED, most);
    store_write_rollback(app.store, db);
    assert_int_equal(destroyed_wipe(&app, &wiped, NULL), ST_OK);
    assert_true(wiped);
    assert_int_equal(facts_named(FACT_UNCOMPACTED), 0);
}

static void without_its_ring_a_store_does_not_open(void **state)
{
    (void)state;
    char ring[100];
    char away[110];
    share("once", NULL, 0);
    app_close(&app);
    snprintf(ring, sizeof ring, "%s/pendeen.keys", folder);
    snprintf(away, sizeof away, "%s.away", ring);
    assert_int_equal(rename(ring, away), 0);
    struct err err = {0};
    assert_int_equal(app_open(&app, folder, NULL, NULL, &err), ST_NOT_FOUND);
    app_close(&app);
    assert_int_not_equal(access(ring, F_OK), 0); /* none was made in its place */
    assert_int_equal(rename(away, ring), 0);
    open_it();
}

/* --- the upgrade ------------------------------------------------------------------------------ */

static void run_sql(sqlite3 *db, const char *text)
{
    char *message = NULL;
    if (sqlite3_exec(db, text, NULL, NULL, &message) != SQLITE_OK) fail_msg("%s", message);
}

/* A data folder as the version before sealing left it. */
static void make_old_store(void)
{
    char path[100];
    snprintf(path, sizeof path, "%s/pendeen.db", folder);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    struct buf text;
    buf_init(&text, 1 << 20);
    struct str rest = str_from(migrations[0].text);
    struct str part;
    while (str_split(&rest, '%', &part)) {
        if (str_eq(part, STR("ID")))
            buf_add_c(&text, "INTEGER PRIMARY KEY");
        else
            buf_add(&text, str_eq(part, STR("BLOB")) ? STR("BLOB") : part);
    }
    run_sql(db, text.data);
    buf_done(&text);
    run_sql(
        db,
        "CREATE TABLE migration (number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT"
        " NULL, applied_at BIGINT NOT NULL)");
    char added[200];
    snprintf(added, sizeof added, "INSERT INTO migration VALUES (1, 'first', '%016llx', 0)",
             (unsigned long long)str_hash(str_from(migrations[0].text)));
    run_sql(db, added);
    run_sql(db,
            "INSERT INTO organisation VALUES (1, 'A school', 'education', 'mid');"
            "INSERT INTO account VALUES (1, 'canaryold@example.org', 'canaryname', 1, "
            "'canaryhash', NULL, 1);"
            "INSERT INTO account_role VALUES (1, 'practitioner');"
            "INSERT INTO submission VALUES (1, 'PEN-AAAA-AAAA', 'oldkey', 1, 1, NULL, "
            "'canarynarrative',"
            " 'canarywhen', 'canarywhere', NULL, NULL, 'saw', 1700000000000);"
            "INSERT INTO submission VALUES (2, 'PEN-BBBB-BBBB', 'oldkey2', 1, 1, NULL, 'canary "
            "second', '',"
            " '', 20000, 20001, 'told', 1700000000001);"
            "INSERT INTO mention (id, submission_id, kind, span_start, span_end, name, age) VALUES"
            " (1, 1, 'person', -1, -1, 'canaryname', '15'), (2, 2, 'person', -1, -1, 'canaryname', "
            "NULL);"
            "INSERT INTO decision VALUES (1, 1, 2, 'same', 'canaryreason', 1, 5, NULL, NULL);"
            "INSERT INTO import_batch VALUES (1, 1, 'canaryfile', 'canarymapping', 0, 'waiting',"
            " 'canarymessage', 0, 0, 0, 0, 0, 1, NULL);"
            "INSERT INTO import_mapping VALUES (1, 'canarycolumns', 'canaryheading = narrative');"
            "INSERT INTO import_mapping VALUES (1, 'a canary', 'canaryfirst = where')");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static int older(void **state)
{
    (void)state;
    temporary_folder(folder);
    arena_init(&arena, 64 << 20);
    make_old_store();
    assert_true(files_with(folder, "canary") == 1);
    return 0;
}

static int old(void **state)
{
    older(state);
    open_it();
    return 0;
}

static void an_older_store_is_sealed_when_it_is_opened(void **state)
{
    (void)state;
    needs_sqlite();
    nowhere("canary");
    struct person who = {0};
    assert_int_equal(account_person(&app, &arena, STR("canaryOld@example.org"), &who, NULL), ST_OK);
    assert_true(str_eq(who.name, STR("canaryname")));
    struct submission read;
    struct err err = {0};
    if (submission_read(&app, &arena, &who, 1, &read, &err) != ST_OK) fail_msg("%s", err.public);
    assert_true(str_eq(read.narrative, STR("canarynarrative")));
    assert_true(str_eq(read.when_text, STR("canarywhen")));
    assert_true(str_eq(read.mention[0].field[LINK_NAME], STR("canaryname")));
    assert_true(str_eq(read.mention[0].field[LINK_AGE], STR("15")));
    assert_int_equal(entity_of(app.entities, 1), entity_of(app.entities, 2));
    struct decision_line *line = NULL;
    size_t lines = 0;
    assert_int_equal(decisions_of_pair(&app, &arena, 1, 2, &line, &lines, NULL), ST_OK);
    assert_true(str_eq(line[0].reason, STR("canaryreason")));
    struct import_batch batch;
    assert_int_equal(import_batch_read(&app, &arena, &who, 1, &batch, NULL), ST_OK);
    assert_true(str_eq(batch.file_name, STR("canaryfile")));
    assert_true(str_eq(batch.state, STR("failed")));
    struct import_mapping *columns = NULL;
    size_t sets = 0;
    assert_int_equal(
        import_mapping_save(&app, &who, STR("canarycolumns"), STR("canarylater = narrative"), NULL),
        ST_OK);
    assert_int_equal(import_mapping_list(&app, &arena, &who, &columns, &sets, NULL), ST_OK);
    assert_int_equal(sets, 2);
    assert_true(str_eq(columns[0].name, STR("a canary")) &&
                str_eq(columns[0].mapping, STR("canaryfirst = where")));
    assert_true(str_eq(columns[1].name, STR("canarycolumns")) &&
                str_eq(columns[1].mapping, STR("canarylater = narrative")));
    nowhere("canary");
    /* The same form sent again is still known. */
    struct submission_draft draft = {.idempotency_key = STR("oldkey"), .narrative = STR("again")};
    struct submission_receipt receipt;
    assert_int_equal(submission_share(&app, &who, &draft, 0, 0, &receipt, NULL), ST_OK);
    assert_false(receipt.new);
    assert_int_equal(receipt.id, 1);
}

/* A reader keeps the log of changes, and does not keep the whole from being written anew. */
static void what_a_migration_compacted_is_not_compacted_again(void **state)
{
    (void)state;
    needs_sqlite();
    char path[100];
    sqlite3 *reader = NULL;
    bool waits = false, wiped = false;
    snprintf(path, sizeof path, "%s/pendeen.db", folder);
    assert_int_equal(sqlite3_open(path, &reader), SQLITE_OK);
    run_sql(reader, "PRAGMA journal_mode = WAL; BEGIN; SELECT count(*) FROM account");
    open_it();
    assert_int_equal(destroyed_waits(&app, &waits, NULL), ST_OK);
    assert_true(waits);
    assert_int_equal(facts_named(FACT_UNCOMPACTED), 0);
    run_sql(reader, "COMMIT");
    assert_int_equal(sqlite3_close(reader), SQLITE_OK);
    assert_int_equal(destroyed_wipe(&app, &wiped, NULL), ST_OK);
    assert_true(wiped);
    nowhere("canary");
}

/* Not one column of field.def is left out above. */
static void every_sealed_column_was_looked_for(void **state)
{
    (void)state;
    static const char *const column[] = {
#define FIELD(name, table, column, number) [FIELD_##name] = table "." column,
#include "seal/field.def"
#undef FIELD
    };
    needs_sqlite();
    int empty = 0;
    for (size_t i = 0; i < sizeof column / sizeof *column; i++)
        if (!held[i]) {
            print_message("# %s was never written\n", column[i]);
            empty++;
        }
    assert_int_equal(empty, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_shared_and_decided_is_sealed, fresh, done),
        cmocka_unit_test_setup_teardown(what_is_referred_is_sealed, fresh, done),
        cmocka_unit_test_setup_teardown(what_is_imported_is_sealed, fresh, done),
        cmocka_unit_test_setup_teardown(what_keepers_of_the_numbers_write_is_sealed, fresh, done),
        cmocka_unit_test_setup_teardown(what_guards_accounts_and_records_is_sealed, fresh, done),
        cmocka_unit_test_setup_teardown(what_stands_in_a_childs_record_is_sealed, fresh, done),
        cmocka_unit_test_setup_teardown(what_forums_say_and_decide_is_sealed, fresh, done),
        cmocka_unit_test_setup_teardown(what_analysts_make_of_it_is_sealed, fresh, done),
        cmocka_unit_test_setup_teardown(what_is_on_its_way_to_a_forum_is_sealed, fresh, done),
        cmocka_unit_test_setup_teardown(keys_are_turned_over_while_people_share, fresh, done),
        cmocka_unit_test_setup_teardown(what_is_destroyed_is_gone, fresh, done),
        cmocka_unit_test_setup_teardown(what_is_destroyed_while_somebody_reads_is_wiped_later,
                                        fresh, done),
        cmocka_unit_test_setup_teardown(what_a_migration_left_is_compacted_later, fresh, done),
        cmocka_unit_test_setup_teardown(keys_are_wiped_while_a_compaction_fails, fresh, done),
        cmocka_unit_test_setup_teardown(without_its_ring_a_store_does_not_open, fresh, done),
        cmocka_unit_test_setup_teardown(an_older_store_is_sealed_when_it_is_opened, old, done),
        cmocka_unit_test_setup_teardown(what_a_migration_compacted_is_not_compacted_again, older,
                                        done),
        cmocka_unit_test(every_sealed_column_was_looked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
