/* The audit as the program keeps it: with what it records or not at all, telling nobody who
 * told, found again by record and by account, flagged when it is out of the usual, signed. */
#include "domain/account.h"
#include "domain/audit_checkpoint.h"
#include "domain/audit_export.h"
#include "domain/audit_review.h"
#include "domain/decision.h"
#include "domain/search.h"
#include "domain/submission.h"
#include "store/audit_index.h"
#include "store/migration.h"

#include "share_on.h"
#include "tests_common.h"

#include <sqlite3.h>
#include <unistd.h>

static struct app app;
static char folder[64];
static struct arena arena;
static struct person practitioner;
static struct person representative;
static struct person analyst;
static struct person other_analyst;
static struct person auditor;

/* --- help ------------------------------------------------------------------------------- */

static int64_t lines(void)
{
    struct merkle_frontier head;
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(audit_log_head(db, &head, NULL), ST_OK);
    store_read_end(app.store, db);
    return (int64_t)head.size;
}

static void assert_whole(void)
{
    struct audit_report report;
    struct checkpoint_signer signer;
    audit_signer(app.keys, &signer);
    struct audit_check check = {.key = &signer.key, .keys = app.keys};
    assert_int_equal(audit_check_store(app.store, &check, &report, NULL), ST_OK);
    if (report.found) fail_msg("%s", report.finding[0].words);
    assert_int_equal(report.size, lines());
}

static struct audit_seen *review(struct audit_filter filter, size_t *ret_count)
{
    struct audit_seen *list = NULL;
    struct audit_rest rest;
    struct err err = {0};
    if (audit_review(&app, &arena, &auditor, &filter, false, 1000, &list, ret_count, &rest, &err) !=
        ST_OK)
        fail_msg("%s %s", err.public, err.detail);
    assert_false(rest.more || rest.unread);
    return list;
}

static struct audit_seen *of_record(const char *kind, int64_t id, size_t *ret_count)
{
    return review((struct audit_filter){.about = ABOUT_RECORD, .record = {kind, id}, .kind = -1},
                  ret_count);
}

static struct audit_seen *of_account(int64_t account, size_t *ret_count)
{
    return review((struct audit_filter){.about = ABOUT_ACCOUNT, .account = account, .kind = -1},
                  ret_count);
}

static int64_t share(const struct person *who, const char *narrative)
{
    static int number;
    char key[32];
    snprintf(key, sizeof key, "key %d", number++);
    struct submission_draft draft = {.idempotency_key = str_from(key),
                                     .narrative = str_from(narrative)};
    struct submission_receipt receipt = {0};
    assert_int_equal(submission_share(&app, who, &draft, 0, 0, &receipt, NULL), ST_OK);
    share_on_by(&app, &arena, &representative, receipt.id);
    return receipt.id;
}

static enum st read_submission(const struct person *who, int64_t id)
{
    struct submission read;
    return submission_read(&app, &arena, who, id, &read, NULL);
}

static bool holds(const struct audit_seen *list, size_t count, const char *who, const char *action)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].who, str_from(who)) && str_eq(list[i].action, str_from(action)))
            return true;
    return false;
}

/* --- in the transaction of what it records ---------------------------------------------- */

static void what_is_rolled_back_leaves_no_line(void **state)
{
    (void)state;
    int64_t before = lines();
    for (int i = 0; i < 3; i++) {
        struct db *db = NULL;
        assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
        for (int k = 0; k <= i; k++)
            assert_int_equal(
                audit_append(&app, db,
                             &(struct audit_event){.kind = AUDIT_OPERATION, .action = "test"},
                             NULL),
                ST_OK);
        assert_int_equal(store_write_end(app.store, db, ST_CONFLICT, NULL), ST_CONFLICT);
        assert_int_equal(lines(), before);
    }
    assert_whole();
}

/* Found by tests/http/test_hostile: a kind of two words was written and not read. */
static void a_kind_of_two_words_is_read_again(void **state)
{
    (void)state;
    struct audit_event event = {.kind = AUDIT_CONSULTATION,
                                .action = "test",
                                .account = analyst.account,
                                .subject = "support import",
                                .subject_id = 7};
    assert_int_equal(audit_event(&app, &event, NULL), ST_OK);
    assert_whole();
    size_t count = 0;
    struct audit_seen *list = of_record("support import", 7, &count);
    assert_int_equal(count, 1);
    assert_true(str_eq(list[0].action, STR("test")));
}

static void what_fails_leaves_no_line(void **state)
{
    (void)state;
    int64_t before = lines();
    struct db *db = NULL;
    struct account_new taken = {.email = STR("analyst@example.org"),
                                .name = STR("Another Person"),
                                .organisation = analyst.organisation,
                                .password_hash = STR("x"),
                                .roles = 1u << ROLE_analyst};
    int64_t id = 0;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    enum st outcome = account_add(&app, db, &taken, 0, &id, NULL);
    assert_int_equal(store_write_end(app.store, db, outcome, NULL), ST_CONFLICT);
    struct submission_draft empty = {.idempotency_key = STR("empty")};
    struct submission_receipt receipt;
    assert_int_equal(submission_share(&app, &practitioner, &empty, 0, 0, &receipt, NULL),
                     ST_INVALID);
    assert_int_equal(lines(), before);
}

static void a_submission_and_a_read_are_a_line_each(void **state)
{
    (void)state;
    int64_t before = lines();
    int64_t id = share(&practitioner, "A van in the lane behind the school.");
    assert_int_equal(lines(), before + 2); /* taken in, and shared on */
    assert_int_equal(read_submission(&analyst, id), ST_OK);
    assert_int_equal(lines(), before + 3);
    struct search_hit *hits = NULL;
    size_t count = 0;
    assert_int_equal(search_run(&app, &arena, &analyst, STR("van"), 10, &hits, &count, NULL),
                     ST_OK);
    assert_int_equal(lines(), before + 4);
    assert_int_equal(read_submission(&practitioner, id + 1000), ST_NOT_FOUND);
    assert_int_equal(lines(), before + 5);
    assert_whole();
}

/* --- who told -------------------------------------------------------------------------------- */

static void nothing_tells_an_auditor_who_told(void **state)
{
    (void)state;
    int64_t id = share(&practitioner, "A phone that nobody bought.");
    assert_int_equal(read_submission(&practitioner, id), ST_OK); /* tells as much as sharing it */
    assert_int_equal(read_submission(&analyst, id), ST_OK);
    assert_int_equal(read_submission(&other_analyst, id), ST_OK);
    size_t count = 0;
    struct audit_seen *list = of_record("submission", id, &count);
    assert_int_equal(count, 5);
    assert_true(holds(list, count, "Morwenna Pell", "submission shared on"));
    size_t hidden = 0;
    for (size_t i = 0; i < count; i++) {
        assert_false(str_eq(list[i].who, practitioner.name));
        if (!list[i].day_only) continue;
        hidden++;
        assert_true(str_eq(list[i].who, STR("Whoever handed it in")));
        assert_int_equal(list[i].account, 0);
        assert_int_equal(list[i].reason.len + list[i].email.len, 0);
        struct civil at = clock_london(list[i].at);
        assert_int_equal(at.hour + at.minute + at.second, 0);
        /* After what has an hour: its place tells nothing. */
        assert_true(i >= 2);
    }
    assert_int_equal(hidden, 2);
    assert_true(holds(list, count, "Kerensa Vane", "submission read"));
    list = of_account(practitioner.account, &count);
    assert_false(holds(list, count, "Tamsin Hale", "submission added"));
    for (size_t i = 0; i < count; i++)
        /* not theirs */
        if (str_eq(list[i].action, STR("submission read"))) assert_true(list[i].refused);
    list = review((struct audit_filter){.kind = AUDIT_COLLECTION}, &count);
    assert_int_equal(count, 0);
}

/* Who has the file alone: no account, no address, no record's id beside one. */
static void the_rows_are_sealed(void **state)
{
    (void)state;
    struct db *db = store_read_begin(app.store, NULL);
    uint8_t by_account[SEAL_TAG_SIZE];
    audit_tag_account(app.keys, practitioner.account, false, by_account);
    struct query *query = db_query(db, Q_AUDIT_LINE_AFTER);
    db_bind_int(query, 1, 0);
    db_bind_int(query, 2, INT32_MAX);
    int collections = 0;
    while (db_next(query)) {
        struct audit_line line = audit_line_from_row(query);
        struct str sealed = db_bytes(query, AUDIT_LINE_SEALED);
        assert_true(sealed.len > 40);
        assert_true(str_find(sealed, STR("submission"), 0) < 0);
        assert_int_equal(line.subjects.len % SEAL_TAG_SIZE, 0);
        if (!str_eq(line.kind, STR("collection"))) continue;
        collections++;
        assert_false(str_eq(line.who, str_of((const char *)by_account, sizeof by_account)));
    }
    assert_int_equal(db_end(query, NULL), ST_OK);
    store_read_end(app.store, db);
    assert_true(collections > 1);
}

/* --- reading the log -------------------------------------------------------------------------- */

static void the_log_answers_both_questions(void **state)
{
    (void)state;
    int64_t id = share(&practitioner, "A silver car, again.");
    assert_int_equal(read_submission(&analyst, id), ST_OK);
    struct person stranger = practitioner;
    stranger.account = other_analyst.account;
    assert_int_equal(read_submission(&stranger, id), ST_NOT_FOUND);
    size_t count = 0;
    struct audit_seen *list = of_record("submission", id, &count);
    assert_int_equal(count, 4);
    assert_true(holds(list, count, "Piran Locke", "submission read")); /* refused */
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].who, STR("Kerensa Vane"))) {
            assert_true(str_eq(list[i].reason, STR("forum")));
            assert_false(list[i].refused);
            assert_true(str_starts(list[i].records, STR("Submission PEN-")));
        } else if (str_eq(list[i].who, STR("Piran Locke"))) {
            assert_true(list[i].refused);
            assert_int_equal(list[i].kind, AUDIT_DENIAL);
        }
    struct audit_filter refused = {.about = ABOUT_RECORD, .record = {"submission", id}, .kind = -1,
                                   .outcome = OUTCOME_REFUSED};
    review(refused, &count);
    assert_int_equal(count, 1);
    refused.outcome = OUTCOME_ANY;
    refused.from = clock_now() + 1;
    review(refused, &count);
    assert_int_equal(count, 0);
    list = of_account(analyst.account, &count);
    assert_true(holds(list, count, "Kerensa Vane", "submission read"));
    of_record("submission", 424242, &count);
    assert_int_equal(count, 0);
    /* To look leaves a line too, about what was looked at. */
    list = of_record("submission", 424242, &count);
    assert_int_equal(count, 1);
    assert_true(holds(list, count, "Loveday Rowe", "audit read"));
}

static void the_log_is_for_auditors(void **state)
{
    (void)state;
    struct audit_seen *list = NULL;
    struct audit_flag *flags = NULL;
    size_t count = 0;
    struct audit_rest rest;
    struct audit_filter filter = {.kind = -1};
    assert_int_equal(
        audit_review(&app, &arena, &analyst, &filter, false, 10, &list, &count, &rest, NULL),
        ST_NOT_FOUND);
    assert_int_equal(audit_unusual(&app, &arena, &analyst, 1, 2, &flags, &count, NULL),
                     ST_NOT_FOUND);
    assert_int_equal(
        audit_review(&app, &arena, &auditor, &filter, false, 3, &list, &count, &rest, NULL), ST_OK);
    assert_true(rest.more);
    struct audit_seen third = list[2];
    filter.skip = 3; /* one line was added by the look before */
    assert_int_equal(
        audit_review(&app, &arena, &auditor, &filter, false, 3, &list, &count, &rest, NULL), ST_OK);
    assert_int_equal(list[0].number, third.number);
}

/* Whoever leafs through it line by line learns of what has no hour on which day it was. */
static void no_page_tells_the_hour_of_what_has_none(void **state)
{
    (void)state;
    instant_ms noon = clock_from_london((struct civil){.date = {2026, 3, 12}, .hour = 12});
    clock_set(noon);
    int64_t id = share(&practitioner, "A moped that waits.");
    for (int i = 1; i <= 6; i++) {
        clock_set(noon + i * 60000);
        /* told and looked at in turns */
        assert_int_equal(read_submission(i % 2 ? &practitioner : &analyst, id), ST_OK);
    }
    clock_set(noon + (instant_ms)26 * 3600000);
    assert_int_equal(read_submission(&analyst, id), ST_OK);
    clock_set(0);
    struct audit_filter filter = {.about = ABOUT_RECORD,
                                  .record = {"submission", id},
                                  .kind = -1,
                                  .until = noon + (instant_ms)27 * 3600000};
    size_t count = 0;
    struct audit_seen *whole = review(filter, &count);
    bool hidden = false;
    for (size_t i = 0; i < count; i++) {
        if (hidden) assert_true(whole[i].day_only);
        hidden |= whole[i].day_only;
        struct audit_seen *list = NULL;
        struct audit_rest rest;
        size_t here = 0;
        filter.skip = i;
        assert_int_equal(
            audit_review(&app, &arena, &auditor, &filter, false, 1, &list, &here, &rest, NULL),
            ST_OK);
        assert_int_equal(here, 1);
        assert_int_equal(list->number, whole[i].number);
        assert_int_equal(rest.more, i + 1 < count);
    }
    assert_true(hidden);
}

static void it_is_said_where_the_log_was_not_read_to_its_end(void **state)
{
    (void)state;
    struct audit_seen *list = NULL;
    struct audit_rest rest;
    size_t count = 0;
    struct audit_filter filter = {.kind = AUDIT_COMBINATION, .scan = 3};
    assert_int_equal(
        audit_review(&app, &arena, &auditor, &filter, false, 10, &list, &count, &rest, NULL),
        ST_OK);
    assert_true(count == 0 && rest.unread && !rest.more);
    filter.scan = 0;
    review(filter, &count);
}

/* --- out of the usual ------------------------------------------------------------------------- */

static void search_times(const struct person *who, int times, const char *text)
{
    struct search_hit *hits = NULL;
    size_t count = 0;
    for (int i = 0; i < times; i++)
        assert_int_equal(search_run(&app, &arena, who, str_from(text), 5, &hits, &count, NULL),
                         ST_OK);
}

static size_t flags_on(struct date date, enum audit_flag_kind kind, struct str *ret_words)
{
    struct audit_flag *flags = NULL;
    size_t count = 0;
    size_t found = 0;
    int32_t day = date_to_days(date);
    assert_int_equal(audit_unusual(&app, &arena, &auditor, day - 20, day + 5, &flags, &count, NULL),
                     ST_OK);
    for (size_t i = 0; i < count; i++)
        if (flags[i].kind == kind && flags[i].day == day) {
            found++;
            *ret_words = flags[i].words;
            assert_int_equal(flags[i].account, analyst.account);
        }
    return found;
}

static void set_day(struct date date, int hour)
{
    clock_set(clock_from_london((struct civil){.date = date, .hour = (int8_t)hour}));
}

static void what_is_out_of_the_usual_is_flagged(void **state)
{
    (void)state;
    struct str words = STR("");
    struct date date = {2030, 5, 1};
    for (int8_t day = 1; day <= 8; day++) {
        date.day = day;
        set_day(date, 10);
        search_times(&analyst, 10, "car");
        search_times(&other_analyst, 40, "car"); /* always much: usual for them */
    }
    date.day = 9;
    set_day(date, 10);
    search_times(&analyst, 30, "car");
    assert_int_equal(flags_on(date, FLAG_VOLUME, &words), 0); /* three times: not over it */
    search_times(&analyst, 1, "car");
    assert_int_equal(flags_on(date, FLAG_VOLUME, &words), 1);
    assert_true(str_find(words, STR("31 times"), 0) >= 0 &&
                str_find(words, STR("about 10"), 0) >= 0 &&
                str_find(words, STR("about 40"), 0) >= 0);
    assert_int_equal(flags_on(date, FLAG_HOURS, &words), 0);
    date.day = 10;
    set_day(date, 23);
    search_times(&analyst, 2, "car");
    assert_int_equal(flags_on(date, FLAG_HOURS, &words), 1);
    date.day = 11;
    set_day(date, 12);
    search_times(&analyst, 1, "Vanessa Kerensa");
    assert_int_equal(flags_on(date, FLAG_OWN_NAME, &words), 0);
    search_times(&analyst, 1, "vane kerensa");
    search_times(&analyst, 1, "analyst@example.org");
    assert_int_equal(flags_on(date, FLAG_OWN_NAME, &words), 1);
    assert_true(str_find(words, STR("2 times"), 0) >= 0);
    date.day = 12;
    set_day(date, 12);
    for (int i = 0; i < UNUSUAL_REFUSED_MIN; i++) {
        assert_int_equal(flags_on(date, FLAG_REFUSED, &words), 0);
        assert_int_equal(read_submission(&analyst, 999999), ST_NOT_FOUND);
    }
    assert_int_equal(flags_on(date, FLAG_REFUSED, &words), 1);
    clock_set(0);
}

/* However many there are, whoever came last is among them. */
static void nobody_is_left_out_where_much_is_out_of_the_usual(void **state)
{
    (void)state;
    enum { MANY = 12 };
    int64_t id[MANY];
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    for (int i = 0; i < MANY; i++) {
        struct account_new account = {.email = str_fmt(&arena, "many%d@example.org", i),
                                      .name = STR("Jory Birch"),
                                      .organisation = analyst.organisation,
                                      .password_hash = STR("x"),
                                      .roles = 1u << ROLE_practitioner};
        assert_int_equal(account_add(&app, db, &account, 0, &id[i], NULL), ST_OK);
    }
    struct date date = {2031, 1, 1};
    int32_t first = date_to_days(date);
    for (int32_t day = first; day < first + UNUSUAL_DAYS_MAX; day++) {
        set_day(date_from_days(day), 12);
        for (int i = 0; i < MANY; i++)
            assert_int_equal(audit_append(&app, db,
                                          &(struct audit_event){.kind = AUDIT_CONSULTATION,
                                                                .action = "test",
                                                                .account = id[i],
                                                                .reason = "own name"},
                                          NULL),
                             ST_OK);
    }
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    struct audit_flag *flags = NULL;
    size_t count = 0;
    size_t last = 0;
    assert_int_equal(audit_unusual(&app, &arena, &auditor, first, first + UNUSUAL_DAYS_MAX - 1,
                                   &flags, &count, NULL),
                     ST_OK);
    for (size_t i = 0; i < count; i++) last += flags[i].account == id[MANY - 1];
    assert_int_equal(last, UNUSUAL_DAYS_MAX);
    clock_set(0);
}

/* --- signing ---------------------------------------------------------------------------------- */

static char complaint[1000];

static void complain(const char *words)
{
    snprintf(complaint, sizeof complaint, "%s", words);
}

static void read_text(const char *path, struct buf *ret)
{
    char part[4096];
    buf_init(ret, 1 << 20);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    buf_add(ret, str_of(part, fread(part, 1, sizeof part, file)));
    fclose(file);
}

/* A round of the job at start and one at stop. */
static void run_keeper(const char *file)
{
    struct audit_keeper *keeper = NULL;
    struct audit_keeper_options options = {
        .every_seconds = 1000, .file = file, .complain = complain};
    complaint[0] = 0;
    assert_int_equal(audit_keeper_start(&app, &options, &keeper, NULL), ST_OK);
    audit_keeper_stop(keeper);
}

static void a_server_signs_what_it_wrote(void **state)
{
    (void)state;
    char path[100];
    struct buf note;
    struct checkpoint read;
    struct checkpoint_signer signer;
    audit_signer(app.keys, &signer);
    snprintf(path, sizeof path, "%s/audit-checkpoint", folder);
    run_keeper(NULL);
    assert_string_equal(complaint, "");
    read_text(path, &note);
    assert_int_equal(checkpoint_verify(buf_str(&note), &signer.key, &read, NULL), ST_OK);
    assert_int_equal(read.size, lines());
    /* Growth is proved from it, line by line. */
    share(&practitioner, "One more.");
    struct buf proof;
    struct buf words;
    buf_init(&proof, 1 << 20);
    buf_init(&words, 1 << 20);
    assert_int_equal(audit_prove_growth(app.store, &signer, buf_str(&note), &proof, NULL), ST_OK);
    assert_true(audit_is_proof(buf_str(&proof)));
    assert_int_equal(audit_check_proof(buf_str(&proof), &signer.key, &words, NULL), ST_OK);
    for (int64_t line = 1; line <= lines(); line += 17) {
        buf_clear(&proof);
        assert_int_equal(audit_prove_line(app.store, &signer, line, &proof, NULL), ST_OK);
        assert_int_equal(audit_check_proof(buf_str(&proof), &signer.key, &words, NULL), ST_OK);
        proof.data[proof.len / 2] ^= 1;
        assert_int_not_equal(audit_check_proof(buf_str(&proof), &signer.key, &words, NULL), ST_OK);
    }
    assert_int_equal(audit_prove_line(app.store, &signer, lines() + 1, &proof, NULL), ST_NOT_FOUND);
    assert_int_equal(audit_prove_line(app.store, &signer, 0, &proof, NULL), ST_NOT_FOUND);
    buf_done(&proof);
    buf_done(&words);
    buf_done(&note);
    run_keeper("/nowhere/at/all");
    assert_non_null(strstr(complaint, "/nowhere/at/all"));
}

static void run_sql(const char *text)
{
    sqlite3 *db = NULL;
    char path[100];
    snprintf(path, sizeof path, "%s/pendeen.db", folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void an_export_is_checked_like_the_log(void **state)
{
    (void)state;
    struct checkpoint_signer signer;
    struct audit_report report;
    audit_signer(app.keys, &signer);
    struct audit_check check = {.key = &signer.key};
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(audit_export_write(app.store, &signer, file, NULL), ST_OK);
    rewind(file);
    assert_int_equal(audit_check_export(file, &check, &report, NULL), ST_OK);
    assert_int_equal(report.found, 0);
    assert_int_equal(report.size, lines());
    assert_true(report.checkpoints >= 2);
    /* A line less. */
    rewind(file);
    FILE *less = tmpfile();
    char *row = NULL;
    size_t capacity = 0;
    for (int number = 1; getline(&row, &capacity, file) > 0; number++)
        if (number != 6) fputs(row, less);
    rewind(less);
    assert_int_equal(audit_check_export(less, &check, &report, NULL), ST_OK);
    assert_true(report.found > 0);
    assert_int_equal(report.finding[0].line, 5);
    free(row);
    fclose(less);
    fclose(file);
}

/* The last of all: it spoils the log. */
static void what_was_changed_is_not_signed(void **state)
{
    (void)state;
    needs_sqlite();
    run_sql("UPDATE audit_line SET outcome = 'refused' WHERE id = 7");
    run_keeper(NULL);
    assert_non_null(strstr(complaint, "Line 7 of the audit log is not what was written"));
}

/* --- an older database ------------------------------------------------------------------------ */

/* The step of the migration, on the table that it found. */
static void lines_of_before_are_carried_over(void **state)
{
    (void)state;
    needs_sqlite();
    run_sql("CREATE TABLE audit (id INTEGER PRIMARY KEY, at BIGINT, account_id BIGINT, action TEXT,"
            " subject TEXT, subject_id BIGINT, outcome TEXT);"
            "INSERT INTO audit VALUES (1, 1000, NULL, 'account added', 'account', 1, 'ok'),"
            " (2, 2000, 1, 'submission added', 'submission', 9, 'ok'),"
            " (3, 3000, 1, 'signed in', 'account', 1, 'ok'),"
            " (4, 4000, 2, 'decision made', 'decision', 1, 'different');");
    static const char *kinds[] = {"alteration", "collection", "sign-in", "combination"};
    int64_t before = lines();
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    assert_int_equal(step_audit(db, app.keys, NULL), ST_OK);
    assert_int_equal(step_audit_index(db, app.keys, NULL), ST_OK);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    run_sql("DROP TABLE audit");
    assert_int_equal(lines(), before + 4);
    assert_whole();
    db = store_read_begin(app.store, NULL);
    struct query *query = db_query(db, Q_AUDIT_LINE_AFTER);
    db_bind_int(query, 1, before);
    db_bind_int(query, 2, INT32_MAX);
    uint8_t tags[2][SEAL_TAG_SIZE];
    audit_tag_account(app.keys, 1, true, tags[0]);
    audit_tag_account(app.keys, 1, false, tags[1]);
    for (int i = 0; i < 4; i++) {
        assert_true(db_next(query));
        struct audit_line line = audit_line_from_row(query);
        assert_int_equal(line.at, 1000 * (i + 1));
        assert_true(str_eq(line.kind, str_from(kinds[i])));
        if (i == 1 || i == 2) assert_memory_equal(line.who.ptr, tags[i - 1], SEAL_TAG_SIZE);
    }
    assert_int_equal(db_end(query, NULL), ST_OK);
    store_read_end(app.store, db);
}

/* --- the index ----------------------------------------------------------------------------- */

/* How many lines of the period have the tag, by looking at each line of the log. */
static size_t count_one_by_one(const uint8_t tag[static SEAL_TAG_SIZE], instant_ms from,
                               instant_ms until)
{
    size_t count = 0;
    struct db *db = store_read_begin(app.store, NULL);
    struct query *query = db_query(db, Q_AUDIT_LINE_AFTER);
    db_bind_int(query, 1, 0);
    db_bind_int(query, 2, INT32_MAX);
    while (db_next(query)) {
        struct audit_line line = audit_line_from_row(query);
        bool is_of = str_eq(line.who, str_of((const char *)tag, SEAL_TAG_SIZE));
        for (size_t at = 0; at < line.subjects.len; at += SEAL_TAG_SIZE)
            is_of |= memcmp(line.subjects.ptr + at, tag, SEAL_TAG_SIZE) == 0;
        count += is_of && line.at >= from && line.at < until;
    }
    assert_int_equal(db_end(query, NULL), ST_OK);
    store_read_end(app.store, db);
    return count;
}

static size_t count_by_index(const uint8_t tag[static SEAL_TAG_SIZE], instant_ms from,
                             instant_ms until)
{
    struct db *db = store_read_begin(app.store, NULL);
    struct audit_search search = {.db = db, .tag = tag, .from = from, .until = until};
    struct audit_line line;
    struct str sealed;
    size_t count = 0;
    int64_t last = INT64_MAX;
    assert_int_equal(audit_search_begin(&search, &arena, NULL), ST_OK);
    for (; audit_search_next(&search, &line, &sealed); count++) {
        assert_true(line.number < last);
        last = line.number;
    }
    assert_int_equal(audit_search_end(&search, NULL), ST_OK);
    store_read_end(app.store, db);
    return count;
}

static void look_for_everybody_and_everything(void)
{
    uint8_t tag[SEAL_TAG_SIZE];
    instant_ms middle = clock_now() - 1000 * AUDIT_BLOCK_LINES;
    const instant_ms period[][2] = {{0, INT64_MAX}, {0, middle}, {middle, INT64_MAX}};
    for (size_t i = 0; i < sizeof period / sizeof *period; i++)
        for (int64_t id = 0; id < 25; id++) {
            audit_tag_subject(app.keys, "import", id, tag);
            assert_int_equal(count_by_index(tag, period[i][0], period[i][1]),
                             count_one_by_one(tag, period[i][0], period[i][1]));
            audit_tag_account(app.keys, id, false, tag);
            assert_int_equal(count_by_index(tag, period[i][0], period[i][1]),
                             count_one_by_one(tag, period[i][0], period[i][1]));
        }
}

/* Blocks that are full, and the last one at each length around its end. */
static void a_long_log_is_found_by_its_index(void **state)
{
    (void)state;
    int64_t begin = lines();
    instant_ms now = clock_now();
    for (int i = 0; i < 3 * AUDIT_BLOCK_LINES; i++) {
        clock_set(now + i * 1000);
        struct audit_subject more[] = {{"import", i / 50}, {"import", i % 7}};
        struct audit_event event = {.kind = AUDIT_OPERATION,
                                    .action = "tried",
                                    .account = i % 5 + 1,
                                    .subject = "import",
                                    .subject_id = i % 23,
                                    .more = more,
                                    .more_count = (size_t)i % 3};
        assert_int_equal(audit_event(&app, &event, NULL), ST_OK);
        int64_t beyond = (begin + i + 1) % AUDIT_BLOCK_LINES;
        if (beyond > 1 && beyond < AUDIT_BLOCK_LINES - 1) continue;
        look_for_everybody_and_everything();
        assert_whole();
    }
}

/* Each line once, from the newest on. */
static void assert_all_are_found(void)
{
    struct db *db = store_read_begin(app.store, NULL);
    struct audit_search search = {.db = db, .until = INT64_MAX};
    struct audit_line line;
    struct str sealed;
    int64_t wanted = lines();
    assert_int_equal(audit_search_begin(&search, &arena, NULL), ST_OK);
    for (; audit_search_next(&search, &line, &sealed); wanted--)
        assert_int_equal(line.number, wanted);
    assert_int_equal(audit_search_end(&search, NULL), ST_OK);
    assert_int_equal(wanted, 0);
    store_read_end(app.store, db);
}

static void assert_all_are_exported(void)
{
    struct audit_report report;
    struct audit_check check = {0};
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(audit_export_write(app.store, NULL, file, NULL), ST_OK);
    rewind(file);
    assert_int_equal(audit_check_export(file, &check, &report, NULL), ST_OK);
    assert_int_equal(report.found, 0);
    assert_int_equal(report.size, lines());
    fclose(file);
}

/* At the end of a page, before it and after it. */
static void a_log_of_several_pages_is_read_whole(void **state)
{
    (void)state;
    int64_t end = (lines() / AUDIT_WALK_LINES + 2) * AUDIT_WALK_LINES;
    for (int64_t wanted = end - 1; wanted <= end + 1; wanted++) {
        struct db *db = NULL;
        assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
        struct audit_event event = {.kind = AUDIT_OPERATION, .action = "tried"};
        for (int64_t at = lines(); at < wanted; at++)
            assert_int_equal(audit_append(&app, db, &event, NULL), ST_OK);
        assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
        assert_int_equal(lines(), wanted);
        assert_whole();
        assert_all_are_found();
        assert_all_are_exported();
    }
}

/* What migration 33 finds, and what somebody takes away from the index. */
static void the_index_is_made_of_the_lines(void **state)
{
    (void)state;
    needs_sqlite();
    run_sql("DELETE FROM audit_block");
    struct audit_report report;
    struct audit_check check = {.keys = app.keys};
    assert_int_equal(audit_check_store(app.store, &check, &report, NULL), ST_OK);
    assert_int_equal(report.found, lines() / AUDIT_BLOCK_LINES);
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    assert_int_equal(step_audit_index(db, app.keys, NULL), ST_OK);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    assert_whole();
    look_for_everybody_and_everything();
}

/* --- start and stop --------------------------------------------------------------------------- */

static void add_person(const char *email, const char *name, enum role role, struct person *ret)
{
    struct db *db = NULL;
    int64_t id = 0;
    struct account_new account = {.email = str_from(email),
                                  .name = str_from(name),
                                  .password_hash = STR("x"),
                                  .roles = 1u << role};
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    assert_int_equal(organisation_ensure(db, str_from(name), STR("education"), STR("mid"),
                                         &account.organisation, NULL), ST_OK);
    assert_int_equal(account_add(&app, db, &account, 0, &id, NULL), ST_OK);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    assert_int_equal(account_person(&app, &arena, str_from(email), ret, NULL), ST_OK);
}

static int start(void **state)
{
    (void)state;
    temporary_folder(folder);
    arena_init(&arena, 512 << 20);
    assert_int_equal(app_open(&app, folder, NULL, NULL, NULL), ST_OK);
    add_person("school@example.org", "Tamsin Hale", ROLE_practitioner, &practitioner);
    add_person("representative@example.org", "Morwenna Pell", ROLE_representative, &representative);
    representative.organisation = practitioner.organisation; /* the same school */
    add_person("analyst@example.org", "Kerensa Vane", ROLE_analyst, &analyst);
    add_person("other@example.org", "Piran Locke", ROLE_analyst, &other_analyst);
    add_person("auditor@example.org", "Loveday Rowe", ROLE_auditor, &auditor);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    app_close(&app);
    arena_done(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_rolled_back_leaves_no_line),
        cmocka_unit_test(what_fails_leaves_no_line),
        cmocka_unit_test(a_kind_of_two_words_is_read_again),
        cmocka_unit_test(a_submission_and_a_read_are_a_line_each),
        cmocka_unit_test(nothing_tells_an_auditor_who_told),
        cmocka_unit_test(the_rows_are_sealed),
        cmocka_unit_test(the_log_answers_both_questions),
        cmocka_unit_test(the_log_is_for_auditors),
        cmocka_unit_test(no_page_tells_the_hour_of_what_has_none),
        cmocka_unit_test(it_is_said_where_the_log_was_not_read_to_its_end),
        cmocka_unit_test(what_is_out_of_the_usual_is_flagged),
        cmocka_unit_test(nobody_is_left_out_where_much_is_out_of_the_usual),
        cmocka_unit_test(a_server_signs_what_it_wrote),
        cmocka_unit_test(an_export_is_checked_like_the_log),
        cmocka_unit_test(lines_of_before_are_carried_over),
        cmocka_unit_test(a_long_log_is_found_by_its_index),
        cmocka_unit_test(the_index_is_made_of_the_lines),
        cmocka_unit_test(a_log_of_several_pages_is_read_whole),
        cmocka_unit_test(what_was_changed_is_not_signed),
    };
    return cmocka_run_group_tests_name("audit", tests, start, stop);
}
