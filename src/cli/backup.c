/*
 * pendeen backup and pendeen restore.
 */
#include "cli/backup.h"

#include "cli/options.h"
#include "cli/store_place.h"
#include "cli/work.h"
#include "domain/audit_checkpoint.h"
#include "domain/restore.h"
#include "seal/keyring.h"
#include "seal/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char backup_help[] =
    "Usage: pendeen backup [--to KEY] [--folder FOLDER] [--keep-daily N]\n"
    "                      [--keep-weekly N] [--keep-monthly N]\n"
    "       pendeen backup rehearse --key FILE [--folder FOLDER]\n"
    "       pendeen backup key -o FILE\n\n"
    "Makes a backup while the server serves: two files, the database and the data keys of\n"
    "its records, sealed to a public key, read over from the disk before they get their\n"
    "names. Older ones that need not be kept are removed. The key ring is in neither: keep\n"
    "a copy of it somewhere else, or split it ('pendeen keys split'), and each backup has it\n"
    "sealed to its shares. 'key' makes a pair: the secret half goes into FILE, which\n"
    "belongs on another machine; the public half is printed. 'rehearse' restores the newest\n"
    "into a folder of its own, holds it to what it says of itself, says what it found, and\n"
    "takes it away again.\n\n"
    "  --data FOLDER     the data folder (default: data)\n"
    "  --folder FOLDER   where backups are kept (default: backups in the data folder)\n"
    "  --to KEY          the public key, or a file that holds it (default: backup-key in the\n"
    "                    data folder)\n"
    "  --keep-daily N    keep the newest of each of N days (default: 7)\n"
    "  --keep-weekly N   and of each of N weeks (default: 5)\n"
    "  --keep-monthly N  and of each of N months (default: 12)\n"
    "  --key FILE        the secret key\n"
    "  --log-key KEY     the public key of the audit's log, or a file that holds it (default:\n"
    "                    that of the key ring, where it can be read)\n"
    "  --data-keys FILE  the file of data keys (default: the newest beside the backup)\n"
    "  --older-keys      also when that file is older than the backup: what was shared in\n"
    "                    between cannot be read then\n"
    "  -o FILE           where the secret key goes; must not be there yet\n" STORE_OPTIONS_HELP;

static const char restore_help[] =
    "Usage: pendeen restore BACKUP --key FILE --data FOLDER\n\n"
    "Makes a data folder of a backup, a file or the newest of a folder, and holds it to what\n"
    "it says of itself: hash and every page of the database, rows of each table, the audit's\n"
    "log against its signed checkpoint, and whether the key ring opens the records. The data\n"
    "folder must be empty but for the ring; what does not verify is taken away again.\n\n"
    "  --data FOLDER     the new data folder\n"
    "  --key FILE        the secret key\n"
    "  --log-key KEY     the public key of the audit's log, or a file that holds it (default:\n"
    "                    that of the key ring, where it can be read)\n"
    "  --data-keys FILE  the file of data keys (default: the newest beside the backup)\n"
    "  --older-keys      also when that file is older than the backup: what was shared in\n"
    "                    between cannot be read then\n" PLACE_OPTIONS_HELP;

enum { PATH_SIZE = 1400, KEEP_MAX = 1000 };

struct backup_words {
    const char *data;
    const char *folder;
    const char *to;
    const char *daily;
    const char *weekly;
    const char *monthly;
    const char *key;
    const char *log_key;
    const char *data_keys;
    bool older_keys;
    const char *output;
    const char *backup;
};

/* The first line of a file. */
static enum st read_line(const char *path, char ret[static PARCEL_LINE_MAX], struct err *err)
{
    FILE *file = fopen(path, "re");
    bool got = file && fgets(ret, PARCEL_LINE_MAX, file);
    int why = errno;
    if (file) fclose(file);
    if (got) return ST_OK;
    err_set(err, ST_FAILED, "The key '%s' cannot be read.", path);
    err_detail(err, "%s", strerror(why));
    return ST_FAILED;
}

/* --- making one -------------------------------------------------------------------------- */

enum st backup_work(struct app *app, const struct words *words, const struct teller *teller,
                    struct err *err)
{
    struct backup_plan plan = {.progress = teller->progress, .context = teller->context};
    struct backup_made made;
    char folder[PATH_SIZE];
    if (words->count != 6 || words->word[1].len >= sizeof folder ||
        !str_to_int(words->word[3], &plan.keep.days) ||
        !str_to_int(words->word[4], &plan.keep.weeks) ||
        !str_to_int(words->word[5], &plan.keep.months))
        return err_set(err, ST_INVALID, "Say where to, for which key, and how many are kept.");
    snprintf(folder, sizeof folder, "%.*s", STR_ARG(words->word[1]));
    plan.folder = folder;
    enum st outcome = parcel_key_read(words->word[2], &plan.to, err);
    if (outcome == ST_OK) outcome = backup_make(app, &plan, &made, err);
    if (outcome != ST_OK) return outcome;
    tell(teller, "%s/%s: %" PRId64 " bytes, read over and whole", folder, made.name, made.bytes);
    tell(teller, "%" PRId64 " rows in %" PRId64 " tables, %" PRId64 " data keys apart, %" PRIu64
         " lines of the audit", made.rows, made.tables, made.keys, made.lines);
    if (made.recovery == RECOVERY_KEPT)
        tell(teller, "the key ring apart as well, sealed to its shares");
    else
        tell(teller, made.recovery == RECOVERY_NONE
                         ? "the key ring is not in it, and has no shares: keep a copy elsewhere"
                         : "the key ring is not in it: what was sealed to its shares is gone from "
                           "beside it. 'pendeen keys split' makes new shares");
    if (made.removed) tell(teller, "%zu older ones were removed", made.removed);
    if (made.ahead)
        tell(teller,
             "%zu are named after a time that is yet to come: they are not counted, and stay until "
             "somebody has"
             " looked at the clock and at them",
             made.ahead);
    return ST_OK;
}

/* The server may stand in another folder than we do. */
static enum st whole_path(const char *path, char ret[static PATH_SIZE], struct err *err)
{
    char here[PATH_MAX];
    if (path[0] == '/')
        snprintf(ret, PATH_SIZE, "%s", path);
    else if (!getcwd(here, sizeof here) ||
             snprintf(ret, PATH_SIZE, "%s/%s", here, path) >= PATH_SIZE)
        return err_set(err, ST_INVALID, "The name of the folder is too long.");
    return ST_OK;
}

static enum st backup_folder(const struct backup_words *words, char ret[static PATH_SIZE],
                             struct err *err)
{
    char inside[PATH_SIZE];
    if (words->folder) return whole_path(words->folder, ret, err);
    if (snprintf(inside, sizeof inside, "%s/backups", words->data) >= (int)sizeof inside)
        return err_set(err, ST_INVALID, "The name of the folder is too long.");
    return whole_path(inside, ret, err);
}

static enum st public_key(const struct backup_words *words, char ret[static PARCEL_LINE_MAX],
                          struct err *err)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/backup-key", words->data);
    if (words->to && str_find(str_from(words->to), STR(":"), 0) >= 0 &&
        access(words->to, F_OK) != 0) {
        snprintf(ret, PARCEL_LINE_MAX, "%s", words->to);
        return ST_OK;
    }
    enum st outcome = read_line(words->to ? words->to : path, ret, err);
    if (outcome != ST_OK && !words->to)
        err_hint(
            err,
            "Make a pair with 'pendeen backup key -o FILE', and put the line it prints there.");
    return outcome;
}

static int make(const struct backup_words *words, struct err *err)
{
    char folder[PATH_SIZE];
    char key[PARCEL_LINE_MAX];
    struct parcel_key to;
    int64_t number = 0;
    if (option_number("keep-daily", words->daily, 0, KEEP_MAX, &number) != CLI_OK ||
        option_number("keep-weekly", words->weekly, 0, KEEP_MAX, &number) != CLI_OK ||
        option_number("keep-monthly", words->monthly, 0, KEEP_MAX, &number) != CLI_OK)
        return CLI_USAGE;
    enum st outcome = backup_folder(words, folder, err);
    if (outcome == ST_OK) outcome = public_key(words, key, err);
    if (outcome == ST_OK) outcome = parcel_key_read(str_from(key), &to, err);
    if (outcome == ST_OK) {
        struct words asked = {.word = {STR("backup"), str_from(folder), str_trim(str_from(key)),
                                       str_from(words->daily), str_from(words->weekly),
                                       str_from(words->monthly)},
                              .count = 6};
        outcome = work_do(words->data, NULL, &asked, backup_work, err);
    }
    return outcome == ST_OK ? CLI_OK : CLI_FAILED;
}

/* --- keys ----------------------------------------------------------------------------------- */

static int make_key(const struct backup_words *words, struct err *err)
{
    struct parcel_secret secret;
    struct buf text;
    if (!words->output) {
        cli_error("say where the secret key goes: -o FILE");
        return CLI_USAGE;
    }
    buf_init(&text, PARCEL_LINE_MAX);
    parcel_secret_new(&secret);
    parcel_secret_write(&secret, &text);
    buf_add_char(&text, '\n');
    int file = open(words->output, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ssize_t put = file >= 0 ? write(file, text.data, text.len) : -1;
    int why = put >= 0 && put < (ssize_t)text.len ? ENOSPC : errno;
    bool good = put == (ssize_t)text.len;
    if (good && fsync(file) != 0) {
        good = false;
        why = errno;
    }
    if (file >= 0 && close(file) != 0) good = false;
    if (file >= 0 && !good) (void)unlink(words->output); /* in the way of the next try */
    seal_forget(text.data, text.len);
    buf_clear(&text);
    if (good) {
        parcel_key_write(&secret.key, &text);
        printf("%.*s\n", (int)text.len, text.data);
    } else {
        err_set(err, ST_FAILED, why == EEXIST ? "'%s' is there already, and is not written over."
                                              : "'%s' cannot be written.", words->output);
        err_detail(err, "%s", strerror(why));
    }
    seal_forget(&secret, sizeof secret);
    buf_done(&text);
    return good ? CLI_OK : CLI_FAILED;
}

static enum st secret_key(const struct backup_words *words, struct parcel_secret *ret,
                          struct err *err)
{
    char line[PARCEL_LINE_MAX];
    enum st outcome = read_line(words->key, line, err);
    if (outcome == ST_OK) outcome = parcel_secret_read(str_from(line), ret, err);
    seal_forget(line, sizeof line);
    return outcome;
}

/* *ret is NULL where there is none: one that was named, or that is there and does not open, is no
 * missing one. */
static enum st open_ring(const char *path, struct str passphrase, struct keyring **ret,
                         struct err *err)
{
    struct err why = {0};
    enum st outcome = keyring_open(path, passphrase, false, ret, &why);
    if (outcome == ST_OK) return ST_OK;
    *ret = NULL;
    if (outcome == ST_NOT_FOUND && !store_place.keys) return ST_OK;
    err_set(err, outcome, "'%.90s' cannot be used: %.120s", path, why.public);
    err_hint(err, "%s",
             why.hint[0]            ? why.hint
             : outcome == ST_DENIED ? "Give its passphrase by --passphrase-file."
                                    : "Name the ring of the folder that was backed up (--keys).");
    err_detail(err, "%s", why.detail);
    return outcome;
}

/* The log's key, and the ring: *ret_keys is NULL where there is none. */
static enum st log_key(const struct backup_words *words, struct keyring **ret_keys,
                       struct checkpoint_key *ret, bool *ret_known, struct err *err)
{
    char path[PLACE_SIZE];
    char passphrase[PASSPHRASE_SIZE];
    char line[PARCEL_LINE_MAX];
    enum st outcome = ST_OK;
    store_place_keys(words->data, path);
    outcome = store_place_passphrase(words->data, true, passphrase, err);
    if (outcome == ST_OK) outcome = open_ring(path, str_from(passphrase), ret_keys, err);
    seal_forget(passphrase, sizeof passphrase);
    *ret_known = *ret_keys || words->log_key;
    if (outcome == ST_OK && *ret_keys && !words->log_key) {
        struct checkpoint_signer signer;
        audit_signer(*ret_keys, &signer);
        *ret = signer.key;
        checkpoint_signer_clear(&signer);
    }
    if (outcome != ST_OK || !words->log_key) return outcome;
    if (strchr(words->log_key, '+')) return checkpoint_key_read(str_from(words->log_key), ret, err);
    outcome = read_line(words->log_key, line, err);
    return outcome == ST_OK ? checkpoint_key_read(str_from(line), ret, err) : outcome;
}

/* --- restoring -------------------------------------------------------------------------------- */

static void say_report(const struct restore_report *report, bool has_ring)
{
    struct arena arena;
    struct buf root;
    arena_init(&arena, 1 << 16);
    buf_init(&root, 100);
    checkpoint_hash_write(&report->root, &root);
    printf("%s, made %.*s\n", report->name, STR_ARG(clock_words(&arena, report->made)));
    printf("database: whole; %" PRId64 " rows in %" PRId64 " tables, as it says of itself\n",
           report->rows, report->tables);
    printf("audit: %" PRIu64 " lines, root %s%s\n", report->lines, root.data,
           report->is_signed ? ", as signed" : "");
    printf("data keys: %" PRId64 " of %" PRId64, report->keys_back, report->keys);
    if (report->older_keys)
        printf("; the file of data keys is older than the backup, and the records of %" PRId64
               " cannot be read",
               report->keys - report->keys_back);
    else if (report->keys_back < report->keys)
        printf("; the records of %" PRId64 " were destroyed since, and stay so",
               report->keys - report->keys_back);
    puts("");
    if (has_ring)
        printf("key ring: opens all of them\n");
    if (report->has_recovery)
        printf("key ring: is with it, sealed to its shares ('pendeen keys recover')\n");
    if (!has_ring)
        fputs("pendeen: there is no key ring here, so nobody knows whether one opens the records "
              "(--keys)\n",
              stderr);
    if (!report->is_signed)
        fputs("pendeen: no public key of the log was given, so nobody knows who made this backup "
              "(--log-key)\n",
              stderr);
    buf_done(&root);
    arena_done(&arena);
}

typedef enum st restore_fn(const struct restore_plan *plan, struct restore_report *ret,
                           struct err *err);

static int restore(const struct backup_words *words, restore_fn *run, struct err *err)
{
    struct parcel_secret secret;
    struct checkpoint_key key;
    struct keyring *keys = NULL;
    bool known = false;
    struct restore_report report;
    struct restore_plan plan = {.backup = words->backup,
                                .data_keys = words->data_keys,
                                .older_keys = words->older_keys,
                                .secret = &secret,
                                .folder = words->data};
    if (!words->key) {
        cli_error("say which secret key opens it: --key FILE");
        return CLI_USAGE;
    }
    enum st outcome = secret_key(words, &secret, err);
    if (outcome == ST_OK) outcome = log_key(words, &keys, &key, &known, err);
    plan.keys = keys;
    if (known) plan.log_key = &key;
    if (outcome == ST_OK) outcome = run(&plan, &report, err);
    seal_forget(&secret, sizeof secret);
    if (outcome == ST_OK) say_report(&report, keys != NULL);
    keyring_free(keys);
    return outcome == ST_OK ? CLI_OK : CLI_FAILED;
}

static int rehearse(struct backup_words *words, struct err *err)
{
    char folder[PATH_SIZE];
    if (backup_folder(words, folder, err) != ST_OK) return CLI_FAILED;
    words->backup = folder;
    int code = restore(words, backup_rehearse, err);
    if (code == CLI_OK) puts("It can be restored. What was restored for this was removed again.");
    return code;
}

/* --- the words -------------------------------------------------------------------------------- */

int cli_backup(int argc, char **argv)
{
    struct backup_words words = {.data = "data", .daily = "7", .weekly = "5", .monthly = "12"};
    const struct option options[] = {
        STORE_OPTIONS,
        {"data", &words.data, NULL},         {"folder", &words.folder, NULL},
        {"to", &words.to, NULL},             {"keep-daily", &words.daily, NULL},
        {"keep-weekly", &words.weekly, NULL}, {"keep-monthly", &words.monthly, NULL},
        {"key", &words.key, NULL},           {"log-key", &words.log_key, NULL},
        {"data-keys", &words.data_keys, NULL}, {"older-keys", NULL, &words.older_keys},
        {"o", &words.output, NULL}};
    struct plain plain;
    int read = options_read(argc, argv, backup_help, options, STORE_OPTIONS_COUNT + 11, &plain);
    if (read != CLI_OK) return read < 0 ? CLI_OK : read;
    struct str what = plain.count ? str_from(plain.word[0]) : STR("");
    bool rehearses = str_eq(what, STR("rehearse"));
    bool makes_key = str_eq(what, STR("key"));
    if (plain.count > 1 || (plain.count == 1 && !rehearses && !makes_key)) {
        cli_error("'%s' was not expected; see 'pendeen backup --help'",
                  plain.word[plain.count - 1]);
        return CLI_USAGE;
    }
    struct err err = {0};
    if (!seal_start()) return CLI_FAILED;
    int code = rehearses   ? rehearse(&words, &err)
               : makes_key ? make_key(&words, &err)
                           : make(&words, &err);
    if (code == CLI_FAILED) cli_error_from(&err);
    return code;
}

static void say_restored(const char *folder)
{
    char ring[PATH_SIZE];
    snprintf(ring, sizeof ring, "%s/pendeen.keys", folder);
    printf("Restored into %s.\n", folder);
    if (access(ring, F_OK) != 0)
        printf("Before it is served it needs its key ring: a copy as '%s', or 'pendeen keys "
               "recover'.\n",
               ring);
}

int cli_restore(int argc, char **argv)
{
    struct backup_words words = {0};
    const struct option options[] = {PLACE_OPTIONS,
                                     {"data", &words.data, NULL},
                                     {"key", &words.key, NULL},
                                     {"log-key", &words.log_key, NULL},
                                     {"data-keys", &words.data_keys, NULL},
                                     {"older-keys", NULL, &words.older_keys}};
    struct plain plain;
    int read = options_read(argc, argv, restore_help, options, PLACE_OPTIONS_COUNT + 5, &plain);
    if (read != CLI_OK) return read < 0 ? CLI_OK : read;
    if (plain.count != 1 || !words.data) {
        cli_error("say which backup, and into which folder (--data); see 'pendeen restore --help'");
        return CLI_USAGE;
    }
    words.backup = plain.word[0];
    struct err err = {0};
    if (!seal_start()) return CLI_FAILED;
    int code = restore(&words, backup_restore, &err);
    if (code == CLI_OK) say_restored(words.data);
    if (code == CLI_FAILED) cli_error_from(&err);
    return code;
}
