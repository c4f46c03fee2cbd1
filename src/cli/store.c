/*
 * pendeen store: carries the records from one database to another.
 */
#include "cli/options.h"
#include "cli/store_place.h"
#include "domain/audit_check.h"
#include "domain/audit_checkpoint.h"
#include "seal/secret.h"
#include "store/move.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char store_help[] =
    "Usage: pendeen store copy FROM TO\n\n"
    "Carries all records from one database to another. FROM and TO are each a data folder,\n"
    "for SQLite in it, or the address of a PostgreSQL database (postgresql://HOST/DATABASE).\n"
    "TO must have no records. Stop the servers first: what they write meanwhile is noticed,\n"
    "and nothing is copied then. TO gets everything or nothing; the rows of each table are\n"
    "counted on both sides, and the audit's log is built again on both and compared.\n\n"
    "A data folder that is FROM gives its key ring; one that is TO gets the same. Between two\n"
    "addresses, the ring is that of --data.\n\n"
    "  --data FOLDER     the data folder that goes with an address (default: FROM, when that\n"
    "                    is a folder; else data)\n"
    "  --keys FILE       the key ring (default: pendeen.keys in that folder)\n"
    "  --passphrase-file FILE   what unlocks it, in the file's first line\n";

enum { RING_MAX = 1 << 20 };

struct copying {
    const char *from;
    const char *to;
    const char *data;   /* of the ring; also of an address */
    char keys[PLACE_SIZE]; /* the ring that is there */
    char made[PLACE_SIZE]; /* the ring that was put into TO; empty: none was */
    int lock;           /* on data */
    struct store *source;
    struct store *target;
    struct cli_progress progress;
    int64_t rows;
    int64_t tables;
};

static bool is_address(const char *place)
{
    return strstr(place, "://") != NULL;
}

static const char *folder_of(const struct copying *copying, const char *place)
{
    return is_address(place) ? copying->data : place;
}

static const char *database_of(const char *place)
{
    return is_address(place) ? place : "";
}

/* --- the ring ------------------------------------------------------------------------------ */

/* Into a folder that has none.  The bytes are wiped from memory. */
static enum st copy_ring(struct copying *copying, struct err *err)
{
    char path[PLACE_SIZE];
    char *bytes = NULL;
    size_t size = 0;
    snprintf(path, sizeof path, "%s/pendeen.keys", copying->to);
    if (access(path, F_OK) == 0) return ST_OK; /* it has to open what comes, or nothing is kept */
    FILE *from = fopen(copying->keys, "re");
    if (from && (bytes = malloc(RING_MAX)) != NULL) size = fread(bytes, 1, RING_MAX, from);
    int to = size ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    if (to >= 0) snprintf(copying->made, sizeof copying->made, "%s", path);
    bool good = size && size < RING_MAX && to >= 0 && write(to, bytes, size) == (ssize_t)size &&
                fsync(to) == 0;
    int why = errno;
    if (to >= 0 && close(to) != 0) good = false;
    if (from) fclose(from);
    if (bytes) seal_forget(bytes, RING_MAX);
    free(bytes);
    if (good) return ST_OK;
    err_set(err, ST_FAILED, "The key ring '%s' cannot be copied to '%s'.", copying->keys, path);
    err_detail(err, "%s", strerror(why));
    return ST_FAILED;
}

/* --- the two ends --------------------------------------------------------------------------- */

static enum st open_source(struct copying *copying, struct err *err)
{
    enum st outcome = store_open_reading(folder_of(copying, copying->from),
                                         database_of(copying->from), &copying->source, err);
    bool has_records = false;
    if (outcome == ST_OK) outcome = store_has_records(copying->source, &has_records, err);
    if (outcome == ST_OK && !has_records)
        return err_set(err, ST_NOT_FOUND, "There are no records in '%s'.", copying->from);
    return outcome;
}

/* Before anything is made there. */
static enum st look_at_target(const struct copying *copying, struct err *err)
{
    struct store *store = NULL;
    bool has_records = false;
    struct err missing = {0};
    enum st outcome = store_open_reading(folder_of(copying, copying->to), database_of(copying->to),
                                         &store, &missing);
    if (outcome == ST_NOT_FOUND && !is_address(copying->to)) return ST_OK;
    if (outcome != ST_OK) *err = missing;
    if (outcome == ST_OK) outcome = store_has_records(store, &has_records, err);
    store_close(store);
    if (outcome != ST_OK || !has_records) return outcome;
    err_set(err, ST_CONFLICT, "There are records in '%s' already, and they are not written over.",
            copying->to);
    err_hint(err, "Name a new folder, or an empty database.");
    return ST_CONFLICT;
}

static enum st open_target(struct copying *copying, struct err *err)
{
    char passphrase[PASSPHRASE_SIZE];
    const char *folder = folder_of(copying, copying->to);
    bool is_new = !is_address(copying->to);
    enum st outcome = look_at_target(copying, err);
    if (outcome != ST_OK) return outcome;
    if (is_new && mkdir(copying->to, 0700) != 0 && errno != EEXIST)
        return err_set(err, ST_FAILED, "The data folder '%s' cannot be made.", copying->to);
    if (is_new) outcome = copy_ring(copying, err);
    if (outcome == ST_OK) outcome = store_place_passphrase(copying->data, true, passphrase, err);
    struct store_start start = {.folder = folder,
                                .database = database_of(copying->to),
                                .keys = is_new ? NULL : copying->keys,
                                .passphrase = str_from(passphrase)};
    /* The folder of an address was locked for FROM; the target's own lock takes its place. */
    if (outcome == ST_OK && copying->lock >= 0 && strcmp(folder, copying->data) == 0) {
        close(copying->lock);
        copying->lock = -1;
    }
    if (outcome == ST_OK) outcome = store_open_with(&start, &copying->target, err);
    seal_forget(passphrase, sizeof passphrase);
    return outcome;
}

/* --- copying ---------------------------------------------------------------------------------- */

static void show_progress(void *context, int64_t done, int64_t total)
{
    struct copying *copying = context;
    copying->progress.total = total;
    cli_progress_update(&copying->progress, done);
}

static void tell_table(void *context, struct str name, int64_t rows)
{
    struct copying *copying = context;
    cli_progress_end(&copying->progress);
    printf("%12" PRId64 " %.*s\n", rows, STR_ARG(name));
    copying->rows += rows;
    copying->tables++;
}

/* The log of both, built again from its lines; the target's lines also opened by the ring. */
static enum st compare_logs(struct copying *copying, struct err *err)
{
    struct audit_report from, to;
    struct checkpoint_signer signer;
    audit_signer(store_keys(copying->target), &signer);
    struct audit_check check = {.key = &signer.key};
    enum st outcome = audit_check_store(copying->source, &check, &from, err);
    check.keys = store_keys(copying->target);
    if (outcome == ST_OK) outcome = audit_check_store(copying->target, &check, &to, err);
    checkpoint_signer_clear(&signer);
    if (outcome != ST_OK) return outcome;
    if (from.size != to.size || memcmp(&from.root, &to.root, sizeof from.root) != 0) {
        err_set(err, ST_CONFLICT,
                "The records changed while they were copied, so nothing was kept.");
        err_hint(err, "Stop the servers first.");
        return ST_CONFLICT;
    }
    if (to.found > from.found) {
        err_set(err, ST_CONFLICT,
                "The key ring '%s' does not open these records, so nothing was kept.",
                copying->keys);
        err_detail(err, "%s", to.finding[to.finding_count - 1].words);
        return ST_CONFLICT;
    }
    if (from.found)
        fputs("pendeen: the log was not whole before, and is the same now (pendeen audit verify)\n",
              stderr);
    struct buf root;
    buf_init(&root, 100);
    checkpoint_hash_write(&to.root, &root);
    printf("%" PRId64 " rows in %" PRId64 " tables, the same on both sides\n", copying->rows,
           copying->tables);
    printf("audit: %" PRIu64 " lines, root %s, the same on both sides\n", to.size, root.data);
    buf_done(&root);
    return ST_OK;
}

/* What was made in a folder that had no database. */
static void remove_folder(const struct copying *copying)
{
    static const char *const name[] = {"pendeen.db", "pendeen.db-wal", "pendeen.db-shm", "lock"};
    char path[PLACE_SIZE];
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        snprintf(path, sizeof path, "%s/%s", copying->to, name[i]);
        (void)unlink(path);
    }
    if (copying->made[0]) (void)unlink(copying->made);
    (void)rmdir(copying->to); /* unless something else lies there */
}

static enum st copy(struct copying *copying, struct err *err)
{
    struct err undoing = {0};
    bool opened = false;
    if (access(copying->data, F_OK) != 0) {
        err_set(err, ST_NOT_FOUND, "There is no data folder '%s'.", copying->data);
        err_hint(err, "Its key ring opens the records: say which with --data.");
        return ST_NOT_FOUND;
    }
    enum st outcome = store_lock_folder(copying->data, &copying->lock, err);
    if (outcome == ST_OK) outcome = open_source(copying, err);
    if (outcome == ST_OK) outcome = open_target(copying, err);
    opened = outcome == ST_OK;
    struct store_move move = {.from = copying->source,
                              .to = copying->target,
                              .progress = show_progress,
                              .table = tell_table,
                              .context = copying};
    cli_progress_start(&copying->progress, "rows", 0);
    if (outcome == ST_OK) outcome = store_move(&move, err);
    cli_progress_end(&copying->progress);
    if (outcome == ST_OK) {
        outcome = compare_logs(copying, err);
        if (outcome != ST_OK && store_move_undo(copying->target, &undoing) != ST_OK)
            cli_error_from(&undoing);
    }
    store_close(copying->target);
    store_close(copying->source);
    if (copying->lock >= 0) close(copying->lock);
    if (outcome != ST_OK && !is_address(copying->to) && (opened || copying->made[0]))
        remove_folder(copying);
    return outcome;
}

int cli_store(int argc, char **argv)
{
    struct copying copying = {.lock = -1};
    const struct option options[] = {{"data", &copying.data, NULL},
                                     {"keys", &store_place.keys, NULL},
                                     {"passphrase-file", &store_place.passphrase_file, NULL}};
    struct plain plain;
    struct err err = {0};
    int read = options_read(argc, argv, store_help, options, 3, &plain);
    if (read != CLI_OK) return read < 0 ? CLI_OK : read;
    if (plain.count != 3 || strcmp(plain.word[0], "copy") != 0) {
        cli_error(
            "say from where and to where: pendeen store copy FROM TO; see 'pendeen store --help'");
        return CLI_USAGE;
    }
    copying.from = plain.word[1];
    copying.to = plain.word[2];
    if (!copying.data) copying.data = is_address(copying.from) ? "data" : copying.from;
    store_place_keys(copying.data, copying.keys);
    if (!seal_start()) return CLI_FAILED;
    return cli_outcome(copy(&copying, &err), &err);
}
