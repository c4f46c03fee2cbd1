/* Backups: what is carried away comes back whole and nothing else; without its data keys a
 * record is gone; what was changed, cut off or made for another key is refused. */
#include "domain/area.h"
#include "domain/audit.h"
#include "domain/audit_checkpoint.h"
#include "domain/backup_keys.h"
#include "domain/demo.h"
#include "domain/destroy.h"
#include "domain/entity.h"
#include "domain/record_key.h"
#include "domain/restore.h"
#include "seal/secret.h"
#include "store/engine.h"

#include "tests_common.h"

#include <dirent.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REPORTS = 20, PATH_SIZE = 500 };

static char folder[64];
static char kept[PATH_SIZE]; /* where backups are kept */
static struct app app;
static struct area *area;
static struct arena arena;
static struct parcel_secret secret;
static struct backup_plan plan;
static const instant_ms noon = 1795521600000; /* 24 November 2026, a Tuesday, 12:00 */

static void open_app(void)
{
    struct err err = {0};
    if (app_open(&app, folder, NULL, NULL, &err) != ST_OK)
        fail_msg("%s %s", err.public, err.detail);
    app.area = area;
}

static int fill(void **state)
{
    (void)state;
    struct err err = {0};
    assert_true(seal_start());
    temporary_folder(folder);
    arena_init(&arena, 256 << 20);
    assert_int_equal(area_load("areas/cornwall", &area, NULL), ST_OK);
    open_app();
    struct demo_options demo = {.seed = 4, .reports = REPORTS};
    if (demo_fill(&app, &demo, &err) != ST_OK) fail_msg("%s", err.public);
    return 0;
}

static int close_it(void **state)
{
    (void)state;
    clock_set(0);
    app_close(&app);
    area_free(area);
    arena_done(&arena);
    return 0;
}

/* Each test has a folder of its own for backups, and begins at noon. */
static int fresh(void **state)
{
    static int number;
    (void)state;
    snprintf(kept, sizeof kept, "%s/backups%d", folder, number++);
    parcel_secret_new(&secret);
    plan = (struct backup_plan){.folder = kept, .to = secret.key, .keep = {7, 5, 12}};
    clock_set(noon);
    return 0;
}

static struct backup_made made_one(void)
{
    struct err err = {0};
    struct backup_made made;
    if (backup_make(&app, &plan, &made, &err) != ST_OK) fail_msg("%s (%s)", err.public, err.detail);
    return made;
}

static const char *path_of(const char *name)
{
    return str_c(&arena, str_fmt(&arena, "%s/%s", kept, name));
}

/* A new folder's name, where nothing is yet. */
static const char *new_folder(void)
{
    char name[64];
    temporary_folder(name);
    return str_c(&arena, str_from(name));
}

static enum st restore_to(const char *where, const char *backup, struct restore_report *ret,
                          struct err *err)
{
    struct checkpoint_signer signer;
    audit_signer(app.keys, &signer);
    struct restore_plan restoring = {.backup = backup,
                                     .secret = &secret,
                                     .folder = where,
                                     .keys = app.keys,
                                     .log_key = &signer.key};
    return backup_restore(&restoring, ret, err);
}

static struct str read_all(const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *bytes = arena_many(&arena, 16 << 20, char);
    size_t size = fread(bytes, 1, 16 << 20, file);
    fclose(file);
    return str_of(bytes, size);
}

static void write_all(const char *path, struct str bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
    assert_int_equal(fclose(file), 0);
}

static bool is_empty(const char *where)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/pendeen.db", where);
    return access(path, F_OK) != 0;
}

/* --- there and back --------------------------------------------------------------------------- */

static void it_comes_back_whole(void **state)
{
    (void)state;
    struct err err = {0};
    struct backup_made made = made_one();
    struct restore_report report;
    const char *where = new_folder();
    assert_string_equal(made.name, "pendeen-20261124T120000Z.backup");
    if (restore_to(where, path_of(made.name), &report, &err) != ST_OK)
        fail_msg("%s (%s)", err.public, err.detail);
    assert_int_equal(report.made, noon);
    assert_int_equal(report.rows, made.rows);
    assert_int_equal(report.tables, made.tables);
    assert_int_equal(report.lines, made.lines);
    assert_true(made.lines > REPORTS && made.keys > REPORTS && made.rows > 10 * REPORTS);
    assert_int_equal(report.keys, made.keys);
    assert_int_equal(report.keys_back, made.keys);
    assert_int_equal(report.opened, made.keys);
    assert_true(report.is_signed);
    /* With its ring it is a data folder like any other. */
    size_t mentions = entities_count(app.entities);
    struct str ring = read_all(str_c(&arena, str_fmt(&arena, "%s/pendeen.keys", folder)));
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/pendeen.keys", where);
    write_all(path, ring);
    assert_int_equal(chmod(path, 0600), 0);
    struct app again;
    if (app_open(&again, where, NULL, NULL, &err) != ST_OK)
        fail_msg("%s (%s)", err.public, err.detail);
    assert_int_equal(entities_count(again.entities), mentions);
    app_close(&again);
}

static void nobody_else_can_read_the_files(void **state)
{
    (void)state;
    struct backup_made made = made_one();
    struct stat about;
    const char *names[] = {made.name, "pendeen-20261124T120000Z.keys"};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(stat(path_of(names[i]), &about), 0);
        assert_int_equal(about.st_mode & 0777, 0600);
    }
    assert_int_equal(stat(kept, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0700);
    /* Nothing is left of the making. */
    assert_int_not_equal(access(str_c(&arena, str_fmt(&arena, "%s/backup.making", folder)), F_OK),
                         0);
}

static void a_rehearsal_leaves_nothing(void **state)
{
    (void)state;
    struct err err = {0};
    struct restore_report report;
    struct backup_made made = made_one();
    char under[64];
    temporary_folder(under);
    assert_int_equal(setenv("TMPDIR", under, 1), 0);
    struct restore_plan rehearsal = {.backup = kept, .secret = &secret};
    enum st outcome = backup_rehearse(&rehearsal, &report, &err);
    unsetenv("TMPDIR");
    if (outcome != ST_OK) fail_msg("%s (%s)", err.public, err.detail);
    assert_string_equal(report.name, made.name);
    assert_false(report.is_signed);
    assert_int_equal(rmdir(under), 0); /* it is empty */
}

/* --- what is apart ---------------------------------------------------------------------------- */

static void data_keys_are_not_in_the_database(void **state)
{
    (void)state;
    struct err err = {0};
    struct restore_report report;
    const char *where = new_folder();
    struct backup_made made = made_one();
    /* The wrapped keys of the store, byte by byte. */
    sqlite3 *handle;
    sqlite3_stmt *all;
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/pendeen.db", folder);
    assert_int_equal(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(handle, "SELECT wrapped FROM record_key WHERE kek > 0", -1, &all, NULL),
        SQLITE_OK);
    /* A file of data keys without any: then what is restored has none. */
    struct backup_keys_writer none;
    FILE *file = fopen(path_of("none.keys"), "wb");
    assert_true(backup_keys_begin(&none, file, &secret.key,
                                  &(struct backup_keys_about){noon, UINT32_MAX}) &&
                backup_keys_end(&none));
    assert_int_equal(fclose(file), 0);
    struct restore_plan restoring = {.backup = path_of(made.name),
                                     .data_keys = path_of("none.keys"),
                                     .secret = &secret,
                                     .folder = where};
    if (backup_restore(&restoring, &report, &err) != ST_OK)
        fail_msg("%s (%s)", err.public, err.detail);
    assert_int_equal(report.keys_back, 0);
    snprintf(path, sizeof path, "%s/pendeen.db", where);
    struct str database = read_all(path);
    int looked = 0;
    while (sqlite3_step(all) == SQLITE_ROW) {
        assert_null(memmem(database.ptr, database.len, sqlite3_column_blob(all, 0), 72));
        looked++;
    }
    assert_true(looked >= made.keys);
    sqlite3_finalize(all);
    sqlite3_close(handle);
}

static void what_is_destroyed_later_is_gone_from_it_too(void **state)
{
    (void)state;
    struct err err = {0};
    struct restore_report report;
    struct backup_made made = made_one();
    struct db *db = store_read_begin(app.store, NULL);
    struct query *query = db_query(db, Q_SUBMISSION_LINE);
    db_bind_int(query, 1, 5);
    assert_true(db_next(query));
    struct str reference = str_dup(&arena, db_text(query, 1));
    assert_int_equal(db_end(query, NULL), ST_OK);
    store_read_end(app.store, db);
    if (submission_destroy(&app, reference, STR("retention"), &err) != ST_OK)
        fail_msg("%s", err.public);
    for (int i = 1; i <= BACKUP_KEYS_KEPT; i++) {
        clock_set(noon + i * 3600000);
        plan.keep = (struct backup_keep){7, 5, 12};
        /* The day keeps one; the first is moved away, as one that was carried off. */
        if (i == 1) assert_int_equal(rename(path_of(made.name), path_of("carried-off")), 0);
        made_one();
    }
    /* The keys of when it was made are no more. */
    assert_int_not_equal(access(path_of("pendeen-20261124T120000Z.keys"), F_OK), 0);
    assert_int_equal(access(path_of("pendeen-20261124T130000Z.keys"), F_OK), 0);
    if (restore_to(new_folder(), path_of("carried-off"), &report, &err) != ST_OK)
        fail_msg("%s (%s)", err.public, err.detail);
    assert_int_equal(report.keys - report.keys_back, 2); /* of the record and of its source */
    assert_int_equal(report.opened, report.keys_back);
}

static void the_ring_is_not_in_it(void **state)
{
    (void)state;
    struct backup_made made = made_one();
    struct str ring = read_all(str_c(&arena, str_fmt(&arena, "%s/pendeen.keys", folder)));
    const char *names[] = {made.name, "pendeen-20261124T120000Z.keys"};
    for (size_t i = 0; i < 2; i++) {
        struct str file = read_all(path_of(names[i]));
        assert_null(memmem(file.ptr, file.len, ring.ptr + 8, 16));
        assert_null(memmem(file.ptr, file.len, "SQLite format", 13));
        assert_null(memmem(file.ptr, file.len, "submission", 10));
    }
}

/* --- what is refused -------------------------------------------------------------------------- */

static void must_refuse(const char *backup, enum st wanted, const char *words)
{
    struct err err = {0};
    struct restore_report report;
    const char *where = new_folder();
    enum st outcome = restore_to(where, backup, &report, &err);
    if (outcome != wanted || !strstr(err.public, words))
        fail_msg("%s: %s", st_word(outcome), err.public);
    assert_true(is_empty(where));
}

static void one_byte_that_was_changed(void **state)
{
    (void)state;
    struct backup_made made = made_one();
    struct str good = read_all(path_of(made.name));
    char *bad = arena_many(&arena, good.len, char);
    /* The first line, the sealed key, the stream's head, its middle, its end. */
    size_t places[] = {3, 20, 50, 110, 140, good.len / 2, good.len - 1};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        memcpy(bad, good.ptr, good.len);
        bad[places[i]] ^= 4;
        write_all(path_of("bad"), str_of(bad, good.len));
        must_refuse(path_of("bad"), i == 0 ? ST_INVALID : i == 1 ? ST_DENIED : ST_CONFLICT,
                    i == 0 ? "not a backup" : i == 1 ? "made for key" : "changed");
    }
}

static void one_that_was_cut_off(void **state)
{
    (void)state;
    struct backup_made made = made_one();
    struct str good = read_all(path_of(made.name));
    size_t lengths[] = {0, 10, 60, 114, 120, 140, 70000, good.len - 1, good.len - 65536};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        write_all(path_of("bad"), str_sub(good, 0, lengths[i]));
        must_refuse(path_of("bad"), i < 3 ? ST_INVALID : ST_CONFLICT, i < 3 ? "not a backup" : "");
    }
}

static void changed_data_keys(void **state)
{
    (void)state;
    struct backup_made made = made_one();
    struct str good = read_all(path_of("pendeen-20261124T120000Z.keys"));
    char *bad = arena_many(&arena, good.len, char);
    memcpy(bad, good.ptr, good.len);
    bad[good.len / 2] ^= 1;
    write_all(path_of("pendeen-20261124T120000Z.keys"), str_of(bad, good.len));
    must_refuse(path_of(made.name), ST_CONFLICT, "changed");
    write_all(path_of("pendeen-20261124T120000Z.keys"), str_sub(good, 0, good.len - 100));
    must_refuse(path_of(made.name), ST_CONFLICT, "changed");
    write_all(path_of("pendeen-20261124T120000Z.keys"), read_all(path_of(made.name)));
    must_refuse(path_of(made.name), ST_INVALID, "holds no data keys");
}

static void another_key(void **state)
{
    (void)state;
    struct backup_made made = made_one();
    parcel_secret_new(&secret);
    must_refuse(path_of(made.name), ST_DENIED, "made for key");
}

/* Whoever has the public key can make a parcel, but not the log's signature. */
static void one_that_somebody_else_made(void **state)
{
    (void)state;
    struct err err = {0};
    char other_folder[64];
    temporary_folder(other_folder);
    struct app other;
    struct backup_made made;
    if (app_open(&other, other_folder, NULL, NULL, &err) != ST_OK) fail_msg("%s", err.public);
    if (backup_make(&other, &plan, &made, &err) != ST_OK) fail_msg("%s", err.public);
    app_close(&other);
    must_refuse(path_of(made.name), ST_DENIED, "not signed by");
}

/* A checkpoint that is real, in front of a manifest that is not the one it was signed for. */
static void a_checkpoint_of_another_backup(void **state)
{
    (void)state;
    struct checkpoint_signer signer;
    struct backup_manifest manifest = {.made = 5, .counts = STR("account 3\n")};
    struct backup_manifest read;
    struct checkpoint log = {.size = 7};
    struct buf text;
    struct err err = {0};
    audit_signer(app.keys, &signer);
    memcpy(log.origin, signer.key.name, sizeof log.origin);
    buf_init(&text, BACKUP_MANIFEST_MAX);
    backup_manifest_write(&manifest, &log, &signer, &text);
    assert_int_equal(backup_manifest_read(buf_str(&text), &read, NULL), ST_OK);
    assert_int_equal(backup_manifest_verify(buf_str(&text), &read, &signer.key, NULL), ST_OK);
    char *rows = memmem(text.data, text.len, "account 3", 9);
    rows[8] = '4';
    assert_int_equal(backup_manifest_read(buf_str(&text), &read, NULL), ST_OK);
    assert_int_equal(read.rows, 4);
    assert_int_equal(backup_manifest_verify(buf_str(&text), &read, &signer.key, &err), ST_DENIED);
    buf_done(&text);
}

static void a_folder_that_is_not_empty(void **state)
{
    (void)state;
    struct err err = {0};
    struct restore_report report;
    struct backup_made made = made_one();
    const char *where = new_folder();
    const char *theirs = str_c(&arena, str_fmt(&arena, "%s/somebodys", where));
    write_all(theirs, STR("work"));
    assert_int_equal(restore_to(where, path_of(made.name), &report, &err), ST_INVALID);
    assert_true(is_empty(where) && access(theirs, F_OK) == 0);
}

static void a_log_that_was_tampered_with(void **state)
{
    (void)state;
    struct err err = {0};
    struct backup_made made;
    /* Only somebody at the file can do this. */
    app_close(&app);
    sqlite3 *handle;
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/pendeen.db", folder);
    assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle,
                                  "UPDATE audit_line SET action = 'submission read' WHERE id = 9",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_close(handle), SQLITE_OK);
    open_app();
    assert_int_equal(backup_make(&app, &plan, &made, &err), ST_CONFLICT);
    assert_non_null(strstr(err.public, "does not hold"));
    assert_int_equal(access(path_of(made.name), F_OK), 0);
}

/* --- which are kept --------------------------------------------------------------------------- */

static void days_weeks_and_months_are_kept(void **state)
{
    (void)state;
    enum { DAY = 86400000, COUNT = 800 };
    instant_ms *when = arena_many(&arena, COUNT, instant_ms);
    bool *keep = arena_many(&arena, COUNT, bool);
    /* Two a day, for 400 days; the newest on a Tuesday. */
    for (int i = 0; i < COUNT; i++) when[i] = noon - (int64_t)i * DAY / 2;
    struct backup_keep rule = {7, 5, 12};
    backup_choose(when, COUNT, &rule, keep);
    /* Seven noons back to Wednesday; the Sundays of five weeks, of which this week's is today
     * and the last one's is among the days; the last noon of each of twelve months, of which
     * November is today and 31 October is no Sunday. */
    static const int days_back[] = {0,  1,  2,   3,   4,   5,   6,   9,   16,  23, 24,
                                    55, 85, 116, 147, 177, 208, 238, 269, 297, 328};
    size_t next = 0;
    for (int i = 0; i < COUNT; i++) {
        bool wanted = next < sizeof days_back / sizeof *days_back && i == 2 * days_back[next];
        next += wanted;
        if (keep[i] != wanted) fail_msg("%d half days back: %s", i, keep[i] ? "kept" : "not kept");
    }
    assert_int_equal(next, sizeof days_back / sizeof *days_back);
}

/* --- clocks and data keys ------------------------------------------------------------------- */

/* As when somebody shares: one data key more, and a line of the log. */
static void go_on(void)
{
    struct db *db = NULL;
    struct data_key key;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    assert_int_equal(record_key_add(&app, db, KEY_RECORD, &key, NULL), ST_OK);
    assert_int_equal(audit_append(&app, db,
                                  &(struct audit_event){.kind = AUDIT_OPERATION, .action = "test"},
                                  NULL),
                     ST_OK);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    data_key_clear(&key);
}

static bool is_there(const char *name)
{
    return access(path_of(name), F_OK) == 0;
}

static void a_clock_that_was_wrong_takes_nothing_away(void **state)
{
    (void)state;
    enum { HOUR_MS = 3600000 };
    const instant_ms wrong = noon + 4 * 365 * INT64_C(24) * HOUR_MS; /* 23 November 2030 */
    struct err err = {0};
    struct restore_report report;
    for (int i = 0; i < 2; i++) {
        clock_set(wrong + i * 24 * HOUR_MS);
        made_one();
    }
    go_on();
    clock_set(noon);
    struct backup_made made = made_one();
    assert_int_equal(made.ahead, 2);
    assert_true(is_there(made.name));
    assert_true(is_there("pendeen-20261124T120000Z.keys"));
    assert_true(is_there("pendeen-20301123T120000Z.backup"));
    if (restore_to(new_folder(), kept, &report, &err) != ST_OK)
        fail_msg("%s (%s)", err.public, err.detail);
    assert_string_equal(report.name, made.name);
    assert_int_equal(report.keys_back, made.keys);
    assert_false(report.older_keys);
    /* What is kept of data keys is still two files: what was destroyed since is to be gone. */
    clock_set(noon + HOUR_MS);
    made_one();
    assert_true(is_there("pendeen-20261124T120000Z.keys") &&
                is_there("pendeen-20261124T130000Z.keys"));
    assert_false(is_there("pendeen-20301123T120000Z.keys") ||
                 is_there("pendeen-20301124T120000Z.keys"));
    /* The other way round: one that began in the past. */
    clock_set(INT64_C(1000000));
    made = made_one();
    assert_true(is_there(made.name) && is_there("pendeen-19700101T001640Z.keys"));
    assert_true(is_there("pendeen-20261124T130000Z.keys"));
}

/* The same keys in a file as the first version wrote them. */
static void write_first_version(const char *from, const char *to)
{
    struct backup_keys_reader reader;
    struct copy_key key;
    uint8_t stream[SEAL_KEY_SIZE];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "w+b");
    assert_true(in && out);
    assert_int_equal(backup_keys_open(&reader, in, &secret, NULL), ST_OK);
    struct stream_writer *writer = parcel_write_begin(out, &secret.key, stream);
    assert_non_null(writer);
    assert_true(stream_write(writer, STR("pendeen backup keys 1\n")));
    while (backup_keys_next(&reader, &key)) {
        uint8_t row[12 + SEAL_WRAPPED_SIZE];
        for (int i = 0; i < 8; i++) row[i] = (uint8_t)((uint64_t)key.id >> 8 * i);
        for (int i = 0; i < 4; i++) row[8 + i] = (uint8_t)((uint64_t)key.by >> 8 * i);
        memcpy(row + 12, key.wrapped, SEAL_WRAPPED_SIZE);
        assert_true(stream_write(writer, str_of((const char *)row, sizeof row)));
    }
    assert_true(stream_write_end(writer));
    backup_keys_close(&reader);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

static enum st restore_by(const char *backup, const char *data_keys, bool older_keys,
                          struct restore_report *ret, struct err *err)
{
    struct restore_plan restoring = {.backup = backup,
                                     .data_keys = data_keys,
                                     .older_keys = older_keys,
                                     .secret = &secret,
                                     .folder = new_folder(),
                                     .keys = app.keys};
    return backup_restore(&restoring, ret, err);
}

static void data_keys_that_are_older_than_the_backup(void **state)
{
    (void)state;
    struct restore_report report;
    struct err err = {0};
    made_one();
    go_on();
    clock_set(noon + 3600000);
    struct backup_made made = made_one();
    const char *keys[2] = {path_of("pendeen-20261124T120000Z.keys"),
                           path_of("pendeen-20261124T130000Z.keys")};
    const char *first[2] = {path_of("older-of-the-first"), path_of("newer-of-the-first")};
    for (int i = 0; i < 2; i++) write_first_version(keys[i], first[i]);
    for (int i = 0; i < 2; i++) {
        const char *older = i ? first[0] : keys[0];
        assert_int_equal(restore_by(path_of(made.name), older, false, &report, &err), ST_CONFLICT);
        assert_non_null(strstr(err.public, "older than the backup"));
        assert_int_equal(restore_by(path_of(made.name), older, true, &report, &err), ST_OK);
        assert_true(report.older_keys && report.keys_back < report.keys);
        assert_int_equal(
            restore_by(path_of(made.name), i ? first[1] : keys[1], false, &report, &err), ST_OK);
        assert_true(!report.older_keys && report.keys_back == report.keys);
    }
}

static int64_t last_key(struct app *from)
{
    int64_t last = 0;
    struct db *db = store_read_begin(from->store, NULL);
    assert_int_equal(db_one(db_query(db, Q_RECORD_KEY_LAST), &last, NULL), ST_OK);
    store_read_end(from->store, db);
    return last;
}

/* The number that a record gets in the folder into which one was restored. */
static int64_t next_key_in(const char *where)
{
    struct app again;
    struct db *db = NULL;
    struct data_key key;
    struct err err = {0};
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/pendeen.keys", where);
    write_all(path, read_all(str_c(&arena, str_fmt(&arena, "%s/pendeen.keys", folder))));
    assert_int_equal(chmod(path, 0600), 0);
    if (app_open(&again, where, NULL, NULL, &err) != ST_OK) fail_msg("%s", err.public);
    assert_int_equal(store_write_begin(again.store, &db, NULL), ST_OK);
    assert_int_equal(record_key_add(&again, db, KEY_RECORD, &key, NULL), ST_OK);
    assert_int_equal(store_write_commit(again.store, db, NULL), ST_OK);
    app_close(&again);
    int64_t id = key.id;
    data_key_clear(&key);
    return id;
}

/* Else a later file of data keys would hold other keys under the numbers of an older backup. */
static void no_number_of_a_data_key_comes_twice(void **state)
{
    (void)state;
    struct restore_report report;
    struct err err = {0};
    struct backup_made older = made_one();
    for (int i = 0; i < 3; i++) go_on();
    clock_set(noon + 86400000);
    struct backup_made newer = made_one();
    int64_t taken = last_key(&app);
    for (int round = 0; round < 2; round++) { /* with the keys of the newer one, and without */
        const char *where = new_folder();
        if (restore_to(where, path_of(older.name), &report, &err) != ST_OK)
            fail_msg("%s", err.public);
        assert_int_equal(report.keys_back, report.keys);
        assert_true(next_key_in(where) > taken);
        if (round == 0) assert_int_equal(unlink(path_of("pendeen-20261125T120000Z.keys")), 0);
    }
    assert_true(newer.keys > older.keys);
}

/* A number that came twice: each key of the file unwraps, and one is another record's. */
static void data_keys_of_others_are_noticed(void **state)
{
    (void)state;
    struct db *db = NULL;
    struct data_key key;
    struct restore_report report;
    struct err err = {0};
    uint8_t former[SEAL_WRAPPED_SIZE];
    uint8_t wrapped[SEAL_WRAPPED_SIZE];
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    struct query *query = db_query_once(db, "SELECT k.id, k.kek, k.wrapped FROM submission s JOIN"
                                            " record_key k ON k.id = s.key_id WHERE s.id = ?1");
    db_bind_int(query, 1, REPORTS / 2);
    assert_true(db_next(query));
    key.id = db_int(query, 0);
    int64_t by = db_int(query, 1);
    memcpy(former, db_bytes(query, 2).ptr, sizeof former);
    assert_int_equal(db_end(query, NULL), ST_OK);
    data_key_fill(&key);
    assert_int_equal(keyring_wrap(app.keys, KEY_RECORD, key.id, key.bytes, wrapped), by);
    for (int round = 0; round < 2; round++) {
        if (round) assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
        query = db_query(db, Q_RECORD_KEY_REWRAP);
        db_bind_int(query, 1, key.id);
        db_bind_int(query, 2, by);
        db_bind_bytes(query, 3, round ? former : wrapped, sizeof wrapped);
        assert_int_equal(db_run(query, NULL), ST_OK);
        assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
        clock_set(noon + round * 3600000);
        struct backup_made made = made_one();
        const char *where = new_folder();
        assert_int_equal(restore_to(where, path_of(made.name), &report, &err),
                         round ? ST_OK : ST_CONFLICT);
        if (!round) assert_non_null(strstr(err.public, "1 of"));
        assert_int_equal(is_empty(where), !round);
    }
    data_key_clear(&key);
}

static void the_newest_is_kept_in_any_case(void **state)
{
    (void)state;
    instant_ms when[2] = {noon, noon - 1000};
    bool keep[2];
    backup_choose(when, 2, &(struct backup_keep){0, 0, 0}, keep);
    assert_true(keep[0]);
    assert_false(keep[1]);
}

int main(void)
{
    if (on_postgres()) return 0; /* it has ways of its own */
#define EACH(test) cmocka_unit_test_setup(test, fresh)
    const struct CMUnitTest tests[] = {
        EACH(it_comes_back_whole),
        EACH(nobody_else_can_read_the_files),
        EACH(a_rehearsal_leaves_nothing),
        EACH(data_keys_are_not_in_the_database),
        EACH(what_is_destroyed_later_is_gone_from_it_too),
        EACH(the_ring_is_not_in_it),
        EACH(one_byte_that_was_changed),
        EACH(one_that_was_cut_off),
        EACH(changed_data_keys),
        EACH(another_key),
        EACH(one_that_somebody_else_made),
        EACH(a_checkpoint_of_another_backup),
        EACH(a_folder_that_is_not_empty),
        EACH(a_clock_that_was_wrong_takes_nothing_away),
        EACH(data_keys_that_are_older_than_the_backup),
        EACH(no_number_of_a_data_key_comes_twice),
        EACH(data_keys_of_others_are_noticed),
        EACH(a_log_that_was_tampered_with),
        EACH(days_weeks_and_months_are_kept),
        EACH(the_newest_is_kept_in_any_case),
    };
    return cmocka_run_group_tests(tests, fill, close_it);
}
