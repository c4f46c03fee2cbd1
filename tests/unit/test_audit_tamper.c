/* A thousand tamperings of a database: each is found, and its place is named. */
#include "domain/audit.h"
#include "domain/audit_check.h"
#include "store/audit_index.h"
#include "domain/audit_checkpoint.h"

#include "tests_common.h"

#include <sqlite3.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
/* each sort twenty times: how it is read is looked at, the release counts */
enum { TAMPERINGS = 240 };
#else
enum { TAMPERINGS = 1000 };
#endif
enum { LINES = 300, EARLIER = 150, FILE_MAX = 8 << 20, SIGNED_EACH = 100 };

static char folder[64];  /* the log as it is */
static char copy[64];    /* what is tampered with */
static char *whole;      /* its database, and as it was at EARLIER lines */
static size_t whole_size;
static char *older;
static size_t older_size;
static struct buf note; /* the checkpoint of all lines, kept elsewhere */
static struct checkpoint_signer signer;
static bool with_keys;  /* whoever looks has the key ring, and not only the public key */
static uint64_t seed = 88172645463325252u;

static uint64_t draw(uint64_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % below;
}

/* --- files --------------------------------------------------------------------------- */

static char *database(const char *in)
{
    static char path[100];
    snprintf(path, sizeof path, "%s/pendeen.db", in);
    return path;
}

static char *read_whole(const char *path, size_t *ret_size)
{
    char *bytes = malloc(FILE_MAX);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    *ret_size = fread(bytes, 1, FILE_MAX, file);
    fclose(file);
    return bytes;
}

static void write_whole(const char *bytes, size_t size)
{
    char path[120];
    static const char *const beside[] = {"-wal", "-shm"};
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s%s", database(copy), beside[i]);
        unlink(path);
    }
    FILE *file = fopen(database(copy), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

/* --- the database as somebody sees it who has its file ------------------------------------ */

static sqlite3 *db;

static void sql(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void sql(const char *format, ...)
{
    char text[1000];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    char *why = NULL;
    if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK) fail_msg("%s: %s", text, why);
}

/* One value as bytes; how many. */
static size_t value(const char *text, int64_t line, uint8_t *ret, size_t size)
{
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &statement, NULL), SQLITE_OK);
    sqlite3_bind_int64(statement, 1, line);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    const void *bytes = sqlite3_column_blob(statement, 0);
    size_t count = (size_t)sqlite3_column_bytes(statement, 0);
    assert_true(count <= size);
    if (count) memcpy(ret, bytes, count);
    sqlite3_finalize(statement);
    return count;
}

static void set_value(const char *text, int64_t line, const void *bytes, size_t size, bool is_text)
{
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &statement, NULL), SQLITE_OK);
    if (is_text)
        sqlite3_bind_text(statement, 2, bytes, (int)size, SQLITE_TRANSIENT);
    else
        sqlite3_bind_blob(statement, 2, bytes, (int)size, SQLITE_TRANSIENT);
    sqlite3_bind_int64(statement, 1, line);
    assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_finalize(statement);
}

/* The tree of the lines that are there, as somebody would make it who knows how. */
static void make_head_fit(void)
{
    struct merkle_frontier frontier = {0};
    sqlite3_stmt *statement;
    assert_int_equal(
        sqlite3_prepare_v2(db, "SELECT leaf FROM audit_line ORDER BY id", -1, &statement, NULL),
        SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        struct merkle_hash leaf;
        memcpy(leaf.bytes, sqlite3_column_blob(statement, 0), MERKLE_HASH_SIZE);
        merkle_append(&frontier, &leaf);
    }
    sqlite3_finalize(statement);
    set_value("UPDATE audit_head SET size = ?1, frontier = ?2", (int64_t)frontier.size,
              frontier.hash, merkle_frontier_count(frontier.size) * MERKLE_HASH_SIZE, false);
}

/* --- tamperings: each answers the line that must be named ------------------------------------ */

static int64_t any_line(void)
{
    return 1 + (int64_t)draw(LINES);
}

static int64_t flip_bit(void)
{
    static const struct {
        const char *read;
        const char *write;
        bool is_text;
    } columns[] = {
#define COLUMN(name, is_text)                              \
    {"SELECT " name " FROM audit_line WHERE id = ?1", \
     "UPDATE audit_line SET " name " = ?2 WHERE id = ?1", is_text}
        COLUMN("kind", true),      COLUMN("action", true),    COLUMN("outcome", true),
        COLUMN("reason", true),    COLUMN("who", false),      COLUMN("subjects", false),
        COLUMN("sealed", false),   COLUMN("leaf", false),
#undef COLUMN
    };
    uint8_t bytes[4096];
    int64_t line = any_line();
    size_t which = draw(10);
    if (which == 8)
        sql("UPDATE audit_line SET at = at + %lld WHERE id = %lld", 1ll << draw(40),
            (long long)line);
    else if (which == 9)
        sql("UPDATE audit_line SET key_id = key_id + %lld WHERE id = %lld", 1ll << draw(40),
            (long long)line);
    else {
        size_t size = value(columns[which].read, line, bytes, sizeof bytes);
        if (size)
            bytes[draw(size)] ^= (uint8_t)(1 << draw(7));
        else
            bytes[size++] = 'x';
        set_value(columns[which].write, line, bytes, size, columns[which].is_text);
    }
    return line;
}

static int64_t drop_line(void)
{
    int64_t line = any_line();
    sql("DELETE FROM audit_line WHERE id = %lld", (long long)line);
    if (draw(2)) make_head_fit();
    return line;
}

static int64_t drop_and_close_the_gap(void)
{
    int64_t line = 1 + (int64_t)draw(LINES - 1);
    sql("DELETE FROM audit_line WHERE id = %lld", (long long)line);
    sql("UPDATE audit_line SET id = -id WHERE id > %lld", (long long)line);
    sql("UPDATE audit_line SET id = -id - 1 WHERE id < 0");
    make_head_fit();
    return line;
}

static int64_t swap_lines(void)
{
    int64_t a = any_line();
    int64_t b = 1 + a % LINES;
    sql("UPDATE audit_line SET id = -1 WHERE id = %lld", (long long)a);
    sql("UPDATE audit_line SET id = %lld WHERE id = %lld", (long long)a, (long long)b);
    sql("UPDATE audit_line SET id = %lld WHERE id = -1", (long long)b);
    return a < b ? a : b;
}

/* The end goes, with everything in the database that would tell. */
static int64_t cut_end(void)
{
    int64_t last = (int64_t)draw(LINES);
    sql("DELETE FROM audit_block WHERE block >= %lld", (long long)last / AUDIT_BLOCK_LINES);
    sql("DELETE FROM audit_line WHERE id > %lld", (long long)last);
    sql("DELETE FROM audit_checkpoint WHERE size > %lld", (long long)last);
    make_head_fit();
    return last + 1;
}

static int64_t put_older_copy(void)
{
    sqlite3_close(db);
    write_whole(older, older_size);
    assert_int_equal(sqlite3_open(database(copy), &db), SQLITE_OK);
    return EARLIER + 1;
}

/* A line is rewritten together with its hash and the head: without the ring it is known
 * to lie after the last checkpoint that holds, with it which one it is. */
static int64_t rewrite(void)
{
    int64_t line = any_line();
    struct merkle_hash leaf;
    sql("UPDATE audit_line SET outcome = 'gone', sealed = x'00' WHERE id = %lld", (long long)line);
    struct store *store = NULL;
    sqlite3_close(db);
    assert_int_equal(store_open_reading(copy, NULL, &store, NULL), ST_OK);
    struct db *reader = store_read_begin(store, NULL);
    struct query *query = db_query(reader, Q_AUDIT_LINE_AFTER);
    db_bind_int(query, 1, line - 1);
    db_bind_int(query, 2, 1);
    assert_true(db_next(query));
    struct audit_line read = audit_line_from_row(query);
    audit_leaf_hash(&read, &leaf);
    assert_int_equal(db_end(query, NULL), ST_OK);
    store_read_end(store, reader);
    store_close(store);
    assert_int_equal(sqlite3_open(database(copy), &db), SQLITE_OK);
    set_value("UPDATE audit_line SET leaf = ?2 WHERE id = ?1", line, leaf.bytes, MERKLE_HASH_SIZE,
              false);
    make_head_fit();
    return with_keys ? line : (line - 1) / SIGNED_EACH * SIGNED_EACH + 1;
}

static int64_t change_index(void)
{
    int64_t block = (int64_t)draw(LINES / AUDIT_BLOCK_LINES + 1);
    bool full = (block + 1) * AUDIT_BLOCK_LINES <= LINES; /* one that is not has no rows */
    switch (full ? draw(3) : 0) {
    case 0:
        sql("INSERT INTO audit_block VALUES (x'00112233445566778899aabbccddeeff', %lld)",
            (long long)block);
        break;
    case 1:
        sql("DELETE FROM audit_block WHERE block = %lld AND tag = (SELECT max(tag) FROM "
            "audit_block WHERE block = %lld)",
            (long long)block, (long long)block);
        break;
    default:
        sql("UPDATE audit_block SET tag = x'00112233445566778899aabbccddee00' WHERE block = %lld "
            "AND"
            " tag = (SELECT max(tag) FROM audit_block WHERE block = %lld)",
            (long long)block, (long long)block);
    }
    return block * AUDIT_BLOCK_LINES + 1;
}

static int64_t change_head(void)
{
    uint8_t bytes[2048];
    if (draw(4) == 0) {
        sql("UPDATE audit_head SET size = size + %d", draw(2) ? 1 : -1);
        return -1; /* what is kept of it is no tree any more */
    }
    size_t size = value("SELECT frontier FROM audit_head WHERE id = ?1", 1, bytes, sizeof bytes);
    bytes[draw(size)] ^= (uint8_t)(1 << draw(7));
    set_value("UPDATE audit_head SET frontier = ?2 WHERE id = ?1", 1, bytes, size, false);
    return LINES;
}

static int64_t change_checkpoint(void)
{
    uint8_t bytes[2048];
    int64_t of = SIGNED_EACH * (1 + (int64_t)draw(LINES / SIGNED_EACH));
    size_t size =
        value("SELECT note FROM audit_checkpoint WHERE size = ?1", of, bytes, sizeof bytes);
    bytes[draw(size)] ^= (uint8_t)(1 << draw(7));
    set_value("UPDATE audit_checkpoint SET note = ?2 WHERE size = ?1", of, bytes, size, true);
    return 0;
}

/* In the file itself, past the database's program. */
static int64_t flip_in_file(void)
{
    uint8_t bytes[4096];
    int64_t line = any_line();
    size_t size =
        draw(2) ? value("SELECT sealed FROM audit_line WHERE id = ?1", line, bytes, sizeof bytes)
                : value("SELECT leaf FROM audit_line WHERE id = ?1", line, bytes, sizeof bytes);
    sqlite3_close(db);
    char *at = memmem(whole, whole_size, bytes, size);
    assert_non_null(at);
    size_t where = (size_t)(at - whole) + draw(size);
    uint8_t bit = (uint8_t)(1 << draw(8));
    whole[where] ^= (char)bit;
    write_whole(whole, whole_size);
    whole[where] ^= (char)bit;
    assert_int_equal(sqlite3_open(database(copy), &db), SQLITE_OK);
    return line;
}

/* A line that only who has the keys could have written, put at the end by who has not. */
static int64_t add_line(void)
{
    with_keys = true;
    sql("INSERT INTO audit_line SELECT %d, at, kind, action, outcome, reason, who, x'', key_id, "
        "sealed,"
        " zeroblob(32) FROM audit_line WHERE id = %lld",
        LINES + 1, (long long)any_line());
    struct merkle_hash leaf;
    struct store *store = NULL;
    sqlite3_close(db);
    assert_int_equal(store_open_reading(copy, NULL, &store, NULL), ST_OK);
    struct db *reader = store_read_begin(store, NULL);
    struct query *query = db_query(reader, Q_AUDIT_LINE_AFTER);
    db_bind_int(query, 1, LINES);
    db_bind_int(query, 2, 1);
    assert_true(db_next(query));
    struct audit_line read = audit_line_from_row(query);
    audit_leaf_hash(&read, &leaf);
    assert_int_equal(db_end(query, NULL), ST_OK);
    store_read_end(store, reader);
    store_close(store);
    assert_int_equal(sqlite3_open(database(copy), &db), SQLITE_OK);
    set_value("UPDATE audit_line SET leaf = ?2 WHERE id = ?1", LINES + 1, leaf.bytes,
              MERKLE_HASH_SIZE, false);
    make_head_fit();
    return LINES + 1;
}

static const struct {
    const char *name;
    int64_t (*run)(void);
} tamperings[] = {
    {"flip a bit", flip_bit},
    {"drop a line", drop_line},
    {"drop a line and close the gap", drop_and_close_the_gap},
    {"swap two lines", swap_lines},
    {"cut the end off", cut_end},
    {"put an older copy", put_older_copy},
    {"rewrite with hash and head", rewrite},
    {"change the index", change_index},
    {"change the head", change_head},
    {"change a checkpoint", change_checkpoint},
    {"flip a bit in the file", flip_in_file},
    {"add a line", add_line},
};
enum { SORTS = sizeof tamperings / sizeof *tamperings };

/* --- looking ---------------------------------------------------------------------------------- */

static struct keyring *keys;

static void look(struct audit_report *ret)
{
    struct store *store = NULL;
    struct err err = {0};
    struct audit_check check = {
        .key = &signer.key, .note = buf_str(&note), .keys = with_keys ? keys : NULL};
    assert_int_equal(store_open_reading(copy, NULL, &store, &err), ST_OK);
    if (audit_check_store(store, &check, ret, &err) != ST_OK)
        fail_msg("%s %s", err.public, err.detail);
    store_close(store);
}

static bool names(const struct audit_report *report, int64_t line)
{
    if (line < 0) return true;
    for (size_t i = 0; i < report->finding_count; i++)
        if (report->finding[i].line == line && report->finding[i].words[0]) return true;
    return false;
}

static void a_clean_log_is_whole(void **state)
{
    (void)state;
    struct audit_report report;
    write_whole(whole, whole_size);
    with_keys = true;
    look(&report);
    for (size_t i = 0; i < report.finding_count; i++)
        print_message("%s\n", report.finding[i].words);
    assert_int_equal(report.found, 0);
    assert_int_equal(report.size, LINES);
    assert_int_equal(report.checkpoints, LINES / SIGNED_EACH + 1);
}

static void every_tampering_is_found_and_placed(void **state)
{
    (void)state;
    size_t done[SORTS] = {0};
    for (int i = 0; i < TAMPERINGS; i++) {
        size_t sort = (size_t)i % SORTS;
        with_keys = draw(2) == 0;
        struct audit_report report;
        write_whole(whole, whole_size);
        assert_int_equal(sqlite3_open(database(copy), &db), SQLITE_OK);
        sql("PRAGMA foreign_keys=OFF");
        int64_t line = tamperings[sort].run();
        sqlite3_close(db);
        look(&report);
        if (report.found == 0)
            fail_msg("tampering %d (%s, line %lld) was not found", i, tamperings[sort].name,
                     (long long)line);
        if (!names(&report, line))
            fail_msg("tampering %d (%s): line %lld is not named, but: %s", i, tamperings[sort].name,
                     (long long)line, report.finding[0].words);
        done[sort]++;
    }
    for (size_t i = 0; i < SORTS; i++)
        print_message("%4zu found: %s\n", done[i], tamperings[i].name);
}

/* A copy that an older version made has no index of this one, and nothing is wrong with it. */
static void a_log_of_an_older_version_is_whole(void **state)
{
    (void)state;
    for (int tampered = 0; tampered < 2; tampered++) {
        struct audit_report report;
        write_whole(whole, whole_size);
        assert_int_equal(sqlite3_open(database(copy), &db), SQLITE_OK);
        sql("DROP TABLE audit_block");
        sql("DELETE FROM migration WHERE number >= %d", AUDIT_INDEX_MIGRATION);
        if (tampered) sql("UPDATE audit_line SET reason = 'another' WHERE id = 200");
        sqlite3_close(db);
        with_keys = true;
        look(&report);
        assert_true(report.has_no_index);
        assert_int_equal(report.found > 0, tampered);
        assert_true(!tampered || names(&report, 200));
    }
    /* Nobody gets rid of the index without saying that it is an older version's. */
    struct audit_report report;
    write_whole(whole, whole_size);
    assert_int_equal(sqlite3_open(database(copy), &db), SQLITE_OK);
    sql("DROP TABLE audit_block");
    sqlite3_close(db);
    look(&report);
    assert_true(report.found > 0);
}

/* The file itself is shorter than it was: it does not open, or cannot be read. */
static void a_file_that_was_cut_short_is_never_whole(void **state)
{
    (void)state;
    enum { CUTS = 60 };
    with_keys = true;
    for (int i = 0; i < CUTS; i++) {
        struct audit_report report = {0};
        struct store *store = NULL;
        struct err err = {0};
        /* Anywhere, at a page's end, and within the last page, which may hold no line at all. */
        size_t left = i == 0       ? 0
                      : i % 3 == 0 ? draw(whole_size)
                      : i % 3 == 1 ? draw(whole_size / 4096) * 4096
                                   : whole_size - 1 - draw(4095);
        write_whole(whole, left);
        struct audit_check check = {.key = &signer.key, .note = buf_str(&note), .keys = keys};
        enum st outcome = store_open_reading(copy, NULL, &store, &err);
        if (outcome == ST_OK) outcome = audit_check_store(store, &check, &report, &err);
        store_close(store);
        /* Of a file without a byte everything is gone, and said to be. */
        if (outcome == ST_OK && !report.found)
            fail_msg("%zu of %zu bytes could be read", left, whole_size);
        assert_true(outcome == ST_OK || err.public[0] || err.detail[0]);
    }
}

/* --- making the log --------------------------------------------------------------------------- */

static void append_lines(struct app *app, int count, int from)
{
    static const enum audit_kind kinds[] = {AUDIT_CONSULTATION, AUDIT_COLLECTION, AUDIT_DENIAL};
    static const char *const reasons[] = {"role", "", "own record"};
    for (int i = from; i < from + count; i++) {
        struct audit_subject more[] = {{"mention", i}, {"entity", i / 2 + 1}};
        struct audit_event event = {.kind = kinds[i % 3],
                                    .action = "pair read",
                                    .account = i % 7,
                                    .by_source = i % 3 == 1,
                                    .subject = "submission",
                                    .subject_id = i % 20 + 1,
                                    .more = more,
                                    .more_count = (size_t)i % 3,
                                    .reason = reasons[i % 3]};
        assert_int_equal(audit_event(app, &event, NULL), ST_OK);
    }
}

static void keep_checkpoint(struct app *app, int64_t size)
{
    struct db *writer = NULL;
    buf_clear(&note);
    assert_int_equal(audit_checkpoint_sign(app->store, &signer, &note, NULL), ST_OK);
    assert_int_equal(store_write_begin(app->store, &writer, NULL), ST_OK);
    struct query *query = db_query(writer, Q_AUDIT_CHECKPOINT_ADD);
    db_bind_int(query, 1, size);
    db_bind_int(query, 2, 0);
    db_bind_text(query, 3, buf_str(&note));
    assert_int_equal(store_write_end(app->store, writer, db_run(query, NULL), NULL), ST_OK);
}

static int start(void **state)
{
    (void)state;
    struct app app;
    temporary_folder(folder);
    temporary_folder(copy);
    buf_init(&note, CHECKPOINT_NOTE_MAX);
    assert_int_equal(app_open(&app, folder, NULL, NULL, NULL), ST_OK);
    audit_signer(app.keys, &signer);
    for (int size = 50; size <= LINES; size += 50) {
        append_lines(&app, 50, size - 50);
        if (size % SIGNED_EACH == 0) keep_checkpoint(&app, size);
        if (size != EARLIER) continue;
        assert_int_equal(store_scrub(app.store, NULL), ST_OK);
        older = read_whole(database(folder), &older_size);
    }
    assert_int_equal(store_scrub(app.store, NULL), ST_OK);
    app_close(&app);
    whole = read_whole(database(folder), &whole_size);
    char ring[100];
    snprintf(ring, sizeof ring, "%s/pendeen.keys", folder);
    assert_int_equal(keyring_open(ring, STR(""), false, &keys, NULL), ST_OK);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    keyring_free(keys);
    free(whole);
    free(older);
    buf_done(&note);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clean_log_is_whole),
        cmocka_unit_test(every_tampering_is_found_and_placed),
        cmocka_unit_test(a_log_of_an_older_version_is_whole),
        cmocka_unit_test(a_file_that_was_cut_short_is_never_whole),
    };
    if (on_postgres()) {
        puts("ok 1 - tampering # SKIP it changes SQLite's own file");
        return 0;
    }
    return cmocka_run_group_tests_name("tampering with the audit", tests, start, stop);
}
