/* The power goes: of what SQLite wrote and did not yet sync, any part may be on the disk, in
 * any order, and torn.  What was acknowledged is there all the same, whole, and the log of
 * the audit as well.  With synchronous NORMAL or OFF it is not: so the looking finds it.
 *
 *     test_power [POINTS [SEED]]     by default 240 points for FULL
 *
 * One run is written down, operation by operation; at each point a disk is made of it. */
#include "unit/shim.h"

#include "domain/audit_check.h"

#include <sys/stat.h>
#include <unistd.h>

enum {
    SHARED = 70,
    SECTOR = 512,
    WHOLE_EVERY = 40,
    POINTS = 240,
    POINTS_OF_CONTROL = 40,
    REFERENCE = 16
};

static int64_t points = POINTS;
static uint64_t seed = 1;

/* What stands on a disk, and what was written since the last sync. */
struct disk {
    unsigned char *bytes;
    size_t size;
    size_t room;
};

struct run {
    char folder[64];
    char image[64]; /* the folder of disks that are made */
    struct disk base[SHIM_FILES];
    char reference[SHARED][REFERENCE];
    sqlite3 *writer;
};

static struct run run;
static const char *synchronous;

/* The first connection is the one that writes. */
static int note_connection(sqlite3 *handle, char **message, const struct sqlite3_api_routines *api)
{
    (void)message;
    (void)api;
    if (!run.writer) run.writer = handle;
    return SQLITE_OK;
}

static uint64_t draw(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* --- disks -------------------------------------------------------------------------------- */

static void disk_grow(struct disk *disk, size_t size)
{
    if (size > disk->room) {
        disk->room = size * 2;
        disk->bytes = realloc(disk->bytes, disk->room);
        if (!disk->bytes) abort();
    }
    if (size > disk->size) {
        memset(disk->bytes + disk->size, 0, size - disk->size);
        disk->size = size;
    }
}

static void disk_write(struct disk *disk, const struct shim_event *event, size_t from, size_t to)
{
    disk_grow(disk, (size_t)event->offset + to);
    memcpy(disk->bytes + event->offset + from, event->bytes + from, to - from);
}

static void disk_copy(struct disk *to, const struct disk *from)
{
    to->size = 0;
    disk_grow(to, from->size);
    memcpy(to->bytes, from->bytes, from->size);
}

static void disk_apply(struct disk *disk, const struct shim_event *event)
{
    if (event->kind == SHIM_WRITE)
        disk_write(disk, event, 0, event->size);
    else if (event->kind == SHIM_TRUNCATE && (size_t)event->offset < disk->size)
        disk->size = (size_t)event->offset;
}

/* A write that was not synced: there, not there, or some of its sectors. */
static void disk_apply_some(struct disk *disk, const struct shim_event *event, uint64_t *state)
{
    uint64_t fate = draw(state) % 3;
    if (fate == 0) return;
    if (fate == 1 || event->kind != SHIM_WRITE) {
        disk_apply(disk, event);
        return;
    }
    for (size_t at = 0; at < event->size;) {
        size_t end = at + SECTOR - (size_t)(event->offset + (int64_t)at) % SECTOR;
        if (end > event->size) end = event->size;
        if (draw(state) % 2) disk_write(disk, event, at, end);
        at = end;
    }
}

static void disk_read(struct disk *disk, const char *path)
{
    struct stat about;
    disk->size = 0;
    if (stat(path, &about) != 0) return;
    disk_grow(disk, (size_t)about.st_size);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(disk->bytes, 1, disk->size, file), disk->size);
    fclose(file);
}

static void disk_save(const struct disk *disk, const char *path)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(disk->bytes, 1, disk->size, file), disk->size);
    assert_int_equal(fclose(file), 0);
}

/* --- the run ------------------------------------------------------------------------------ */

static void share(struct app *app, const struct person *who, int number)
{
    struct submission_receipt receipt;
    struct err err = {0};
    if (share_one(app, who, number, &receipt, &err) != ST_OK) fail_msg("%s", err.public);
    snprintf(run.reference[number], REFERENCE, "%s", receipt.reference);
    shim_note(SHIM_ACKNOWLEDGED, 0, number, NULL, 0);
}

static void path_of(const char *folder, int file, char ret[static 100])
{
    snprintf(ret, 100, "%s/pendeen.db%s", folder, file == SHIM_LOG ? "-wal" : "");
}

static int write_down(void **state)
{
    (void)state;
    struct app app;
    struct err err = {0};
    char path[100];
    if (on_postgres()) return 0;
    shim_install();
    quick_folder(run.folder);
    quick_folder(run.image);
    run.writer = NULL;
    sqlite3_auto_extension((void (*)(void))note_connection);
    if (app_open(&app, run.folder, NULL, NULL, &err) != ST_OK)
        fail_msg("%s (%s)", err.public, err.detail);
    sqlite3_reset_auto_extension();
    /* A sixteenth of what the program says: the log of changes goes
     * back into the database often. */
    assert_int_equal(sqlite3_exec(run.writer, "PRAGMA wal_autocheckpoint=250", NULL, NULL, NULL),
                     SQLITE_OK);
    if (synchronous)
        assert_int_equal(sqlite3_exec(run.writer, synchronous, NULL, NULL, NULL), SQLITE_OK);
    struct person who = somebody(&app);
    for (int file = 0; file < SHIM_FILES; file++) {
        path_of(run.folder, file, path);
        disk_read(&run.base[file], path);
    }
    shim.records = true;
    for (int i = 0; i < SHARED; i++) share(&app, &who, i);
    shim.records = false;
    app_close(&app);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    char path[100];
    if (on_postgres()) return 0;
    shim_forget();
    for (int file = 0; file < SHIM_FILES; file++) {
        free(run.base[file].bytes);
        run.base[file] = (struct disk){0};
        path_of(run.image, file, path);
        unlink(path);
    }
    sqlite3_vfs_unregister(&shim.vfs);
    return 0;
}

/* --- looking ------------------------------------------------------------------------------ */

/* What the disk lost; NULL: nothing. */
static const char *fault_of(int acknowledged)
{
    char path[100];
    sqlite3 *handle = NULL;
    const char *fault = NULL;
    path_of(run.image, SHIM_DATABASE, path);
    if (sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, shim.real->zName) != SQLITE_OK)
        fault = "the database does not open";
    else if (number_of(handle,
                       "SELECT count(*) FROM pragma_quick_check WHERE quick_check <> 'ok'") != 0)
        fault = "the database is damaged";
    for (int i = 0; i < acknowledged && !fault; i++)
        if (!has(handle, run.reference[i])) fault = "an acknowledged submission is lost";
    if (!fault) fault = half_written(handle);
    sqlite3_close(handle);
    return fault;
}

/* The log of the audit, line by line. */
static const char *fault_of_log(void)
{
    struct store *store = NULL;
    struct audit_report report = {0};
    struct audit_check check = {0};
    struct err err = {0};
    if (store_open_reading(run.image, "", &store, &err) != ST_OK ||
        audit_check_store(store, &check, &report, &err) != ST_OK)
        return "the log of the audit cannot be read";
    store_close(store);
    return report.found ? "the log of the audit does not hold" : NULL;
}

/* The disk as it may be when the power goes after `event`. */
static void make_disk(const struct disk *durable, const size_t *pending, size_t pending_count,
                      uint64_t *state)
{
    static struct disk disk[SHIM_FILES];
    char path[100];
    for (int file = 0; file < SHIM_FILES; file++) disk_copy(&disk[file], &durable[file]);
    for (size_t i = 0; i < pending_count; i++) {
        const struct shim_event *event = &shim.event[pending[i]];
        disk_apply_some(&disk[event->file], event, state);
    }
    for (int file = 0; file < SHIM_FILES; file++) {
        path_of(run.image, file, path);
        disk_save(&disk[file], path);
    }
    snprintf(path, sizeof path, "%s/pendeen.db-shm", run.image);
    unlink(path);
}

/* What a sync of this file makes durable: all that waits for it. */
static size_t settle(struct disk *durable, int file, size_t *pending, size_t count)
{
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        const struct shim_event *event = &shim.event[pending[i]];
        if (event->file == file)
            disk_apply(&durable[file], event);
        else
            pending[left++] = pending[i];
    }
    return left;
}

struct tally {
    int64_t looked;
    int64_t faults;
    const char *first;
};

static struct tally cut_at(int64_t wanted)
{
    struct tally tally = {0};
    struct disk durable[SHIM_FILES] = {0};
    size_t *pending = calloc(shim.count, sizeof *pending);
    size_t pending_count = 0;
    int acknowledged = 0;
    uint64_t state = seed;
    for (int file = 0; file < SHIM_FILES; file++) disk_copy(&durable[file], &run.base[file]);
    int64_t done = 0;
    for (size_t i = 0; i < shim.count; i++) {
        const struct shim_event *event = &shim.event[i];
        if (event->kind == SHIM_ACKNOWLEDGED)
            acknowledged = (int)event->offset + 1;
        else if (event->kind == SHIM_SYNC)
            pending_count = settle(durable, event->file, pending, pending_count);
        else
            pending[pending_count++] = i;
        /* Spread over the run; several at one place when there are more points than events. */
        for (; done < wanted &&
               (int64_t)((double)done * (double)shim.count / (double)wanted) <= (int64_t)i;
             done++) {
            make_disk(durable, pending, pending_count, &state);
            const char *fault = fault_of(acknowledged);
            if (!fault && done % WHOLE_EVERY == 0) fault = fault_of_log();
            tally.looked++;
            tally.faults += fault != NULL;
            if (fault && !tally.first) tally.first = fault;
        }
    }
    free(pending);
    for (int file = 0; file < SHIM_FILES; file++) free(durable[file].bytes);
    return tally;
}

static void nothing_is_lost(void **state)
{
    (void)state;
    int checkpoints = 0;
    for (size_t i = 0; i < shim.count; i++)
        checkpoints += shim.event[i].kind == SHIM_SYNC && shim.event[i].file == SHIM_DATABASE;
    assert_true(checkpoints > 2); /* else half of what can go wrong was not there */
    struct tally tally = cut_at(points);
    print_message("%lld power cuts in %zu operations, %lld with a fault\n", (long long)tally.looked,
                  shim.count, (long long)tally.faults);
    if (tally.faults) fail_msg("%s", tally.first);
    assert_int_equal(tally.looked, points);
}

static void something_is_lost(void **state)
{
    (void)state;
    struct tally tally = cut_at(points < POINTS ? points : POINTS_OF_CONTROL);
    print_message("%lld power cuts, %lld with a fault: %s\n", (long long)tally.looked,
                  (long long)tally.faults, tally.first ? tally.first : "");
    assert_true(tally.faults > 0);
}

static int write_down_normal(void **state)
{
    synchronous = "PRAGMA synchronous=NORMAL";
    return write_down(state);
}

static int write_down_off(void **state)
{
    synchronous = "PRAGMA synchronous=OFF";
    return write_down(state);
}

int main(int argc, char **argv)
{
    if (argc > 1 && (!str_to_int(str_from(argv[1]), &points) || points < 1)) return 2;
    if (argc > 2) seed = strtoull(argv[2], NULL, 10);
    if (on_postgres()) return 0; /* another program writes then */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_lost, write_down, clear),
        cmocka_unit_test_setup_teardown(something_is_lost, write_down_normal, clear),
        cmocka_unit_test_setup_teardown(something_is_lost, write_down_off, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
