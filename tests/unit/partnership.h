/*
 * partnership: an empty one with the area pack of Cornwall, and people in it, for tests.
 */
#ifndef PENDEEN_TESTS_PARTNERSHIP_H
#define PENDEEN_TESTS_PARTNERSHIP_H

#include "base/change.h"
#include "domain/account.h"
#include "domain/referral.h"

#include "tests_common.h"

#include <sqlite3.h>

static struct app app;
static struct area *area;
static struct arena arena;

struct cast {
    const char *name;
    const char *organisation;
    const char *sector;
    enum role role;
};

/* Behind the back of a store in SQLite, which is then told that its rows changed (needs_sqlite). */
static inline void run_sql(const char *folder, const char *text)
{
    char path[128];
    char *message = NULL;
    sqlite3 *db = NULL;
    snprintf(path, sizeof path, "%s/pendeen.db", folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, text, NULL, NULL, &message) != SQLITE_OK) fail_msg("%s", message);
    sqlite3_close(db);
    change_note();
}

/* In a new folder; the arena may grow to `memory` bytes. */
static inline void open_partnership(size_t memory, char folder[static 64])
{
    struct err err = {0};
    temporary_folder(folder);
    arena_init(&arena, memory);
    if (area_load("areas/cornwall", &area, &err) != ST_OK ||
        app_open(&app, folder, NULL, NULL, &err) != ST_OK)
        fail_msg("%s (%s)", err.public, err.detail);
    app.area = area;
}

/* "2026-05-01 16:50", London's wall clock. */
static inline instant_ms at(const char *text)
{
    struct civil civil = {0};
    assert_true(date_parse_iso(str_of(text, 10), &civil.date));
    civil.hour = (int8_t)((text[11] - '0') * 10 + text[12] - '0');
    civil.minute = (int8_t)((text[14] - '0') * 10 + text[15] - '0');
    return clock_from_london(civil);
}

static inline void set_clock(const char *text)
{
    clock_set(at(text));
}

/* For the tear-down of a group. */
static inline int close_partnership(void **state)
{
    (void)state;
    app_close(&app);
    area_free(area);
    arena_done(&arena);
    clock_set(0);
    return 0;
}

/* person0@example.org and so on, with an account each. */
static inline void add_people(const struct cast *who_is, int count, struct person *ret)
{
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    for (int i = 0; i < count; i++) {
        struct account_new account = {.email = str_fmt(&arena, "person%d@example.org", i),
                                      .name = str_from(who_is[i].name),
                                      .roles = 1u << who_is[i].role};
        int64_t id = 0;
        assert_int_equal(organisation_ensure(db, str_from(who_is[i].organisation),
                                             str_from(who_is[i].sector), STR("mid"),
                                             &account.organisation, NULL),
                         ST_OK);
        assert_int_equal(account_add(&app, db, &account, 0, &id, NULL), ST_OK);
    }
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    for (int i = 0; i < count; i++)
        assert_int_equal(
            account_person(&app, &arena, str_fmt(&arena, "person%d@example.org", i), &ret[i], NULL),
            ST_OK);
}

static inline int64_t version_of(int64_t referral)
{
    struct referral_head head;
    struct db *db = store_read_begin(app.store, NULL);
    assert_int_equal(referral_load_head(db, &arena, referral, &head, NULL), ST_OK);
    store_read_end(app.store, db);
    return head.version;
}

#endif
