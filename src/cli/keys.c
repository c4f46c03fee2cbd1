/*
 * pendeen keys: the key ring of a data folder.
 */
#include "cli/keys.h"

#include "base/arena.h"
#include "cli/options.h"
#include "cli/store_place.h"
#include "cli/work.h"
#include "domain/audit.h"
#include "domain/backup.h"
#include "domain/destroy.h"
#include "domain/record_key.h"

#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char keys_help[] =
    "Usage: pendeen keys status\n"
    "       pendeen keys rotate\n"
    "       pendeen keys forget [--backups-are-gone] ID\n"
    "       pendeen keys passphrase [--none]\n"
    "       pendeen keys split --shares N --threshold K [--replace-shares]\n"
    "       pendeen keys recover < SHARES\n"
    "       pendeen keys destroy --reason CODE REFERENCE\n\n"
    "Every record is sealed under a key of its own, and those keys are wrapped by the\n"
    "ring. 'rotate' makes new keys and rewraps everything, while the server serves; copies\n"
    "of the ring elsewhere have to be made anew then. 'forget' takes an old key out of the\n"
    "ring for good: a backup whose data keys are from before the turn opens no more, so it is\n"
    "refused until a backup was made since. 'passphrase' puts the ring behind a passphrase;\n"
    "at a terminal it asks for it twice. 'split' prints N shares of a recovery key, one for\n"
    "each officer; any K of them, one in a line, bring the ring back by 'recover', together\n"
    "with the file pendeen.keys.recovery that lies beside the ring and is in each backup.\n"
    "'destroy' makes one submission unreadable for good.\n\n"
    "  --backups-are-gone  forget also what the newest backup needs, or what nobody knows of\n"
    "                    (backups of PostgreSQL): they cannot be read then\n"
    "  --none            take the passphrase away: whoever has the file has the ring then\n"
    "  --replace-shares  split again: the shares that were handed out are worth nothing then\n"
    "  --data FOLDER     the data folder (default: data)\n" STORE_OPTIONS_HELP;

/* --- the work, here or in the server ---------------------------------------------------- */

static enum st tell_status(struct app *app, struct arena *arena, const struct teller *teller,
                           struct err *err)
{
    static const char *const uses[KEY_USES] = {"records", "sources"};
    struct key_about keys[KEYRING_KEYS_MAX];
    size_t count = keyring_list(app->keys, keys);
    tell(teller, "%s%s", keyring_path(app->keys),
        keyring_has_passphrase(app->keys) ? ", behind a passphrase" : "");
    enum st outcome = ST_OK;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        int64_t used = 0;
        outcome = record_keys_count(app, keys[i].id, &used, err);
        struct str made = clock_words(arena, keys[i].created_at);
        tell(teller, "key %u for %s, made %.*s, wraps %lld%s", keys[i].id, uses[keys[i].use],
            STR_ARG(made), (long long)used, keys[i].current ? ", current" : "");
    }
    return outcome;
}

static enum st tell_rotate(struct app *app, const struct teller *teller, struct err *err)
{
    int64_t count = 0;
    enum st outcome = record_keys_rotate(app, teller->progress, teller->context, &count, err);
    if (outcome != ST_OK) return outcome;
    tell(teller, "%lld keys of records were wrapped anew.", (long long)count);
    tell(teller,
         "Copies of the ring that are kept elsewhere are stale now: make them anew, of %s%s",
         keyring_path(app->keys),
         keyring_has_recovery(app->keys) ? " and the .recovery beside it." : ".");
    tell(teller, "%s", "Then make a backup: 'pendeen keys forget' waits for one.");
    return ST_OK;
}

static enum st tell_split(struct app *app, struct arena *arena, const struct words *words,
                          const struct teller *teller, struct err *err)
{
    int64_t shares = 0;
    int64_t threshold = 0;
    struct str share[SHARES_MAX];
    struct str option = words->count > 4 ? words->word[4] : STR("");
    if (words->count < 4 || !str_to_int(words->word[2], &shares) ||
        !str_to_int(words->word[3], &threshold))
        return err_set(err, ST_INVALID, "Say how many shares, and how many of them are needed.");
    if (keyring_has_recovery(app->keys) && !str_eq(option, STR("again"))) {
        err_set(err, ST_CONFLICT, "The ring was split before: its shares would be worth nothing.");
        err_hint(err, "Where that is wanted, say --replace-shares, and take the old ones back.");
        return ST_CONFLICT;
    }
    if (shares > SHARES_MAX || threshold > SHARES_MAX) shares = 0; /* refused below, in words */
    enum st outcome = keyring_split(app->keys, arena, (int)shares, (int)threshold, share, err);
    if (outcome == ST_OK)
        outcome = audit_event(
            app, &(struct audit_event){.kind = AUDIT_OPERATION, .action = "recovery key split"},
            err);
    for (int64_t i = 0; i < shares && outcome == ST_OK; i++) teller->say(teller->context, share[i]);
    return outcome;
}

static enum st tell_forget(struct app *app, const struct words *words, struct err *err)
{
    int64_t id = 0;
    if (words->count < 3 || !str_to_int(words->word[2], &id) || id < 1 || id > UINT32_MAX)
        return err_set(err, ST_INVALID, "Say which key: its number in 'pendeen keys status'.");
    bool needed = false;
    enum st outcome = backup_needs_key(app, (uint32_t)id, &needed, err);
    if (outcome != ST_OK) return outcome;
    if (needed && !(words->count > 3 && str_eq(words->word[3], STR("gone")))) {
        err_set(err, ST_CONFLICT,
                "A backup may need key %lld: none is known that was made since "
                "the keys were turned over.",
                (long long)id);
        err_hint(err, "Make one ('pendeen backup') and carry it to where the others are; or say "
                      "--backups-are-gone, and older ones can never be read.");
        return ST_CONFLICT;
    }
    return record_keys_forget(app, (uint32_t)id, err);
}

static enum st tell_destroy(struct app *app, struct str reference, struct str reason,
                            const struct teller *teller, struct err *err)
{
    bool waits = false;
    enum st outcome = submission_destroy(app, reference, reason, err);
    if (outcome == ST_OK) outcome = destroyed_waits(app, &waits, err);
    if (outcome == ST_OK && waits)
        tell(teller, "It is destroyed, but not wiped out of the database's file yet: somebody is "
                     "reading, say a backup."
                     " The server tries again until it is done; 'pendeen doctor' says when.");
    return outcome;
}

static enum st tell_passphrase(struct app *app, struct str passphrase, const struct teller *teller,
                               struct err *err)
{
    enum st outcome = keyring_set_passphrase(app->keys, passphrase, err);
    if (outcome == ST_OK)
        tell(teller, passphrase.len ? "The ring is behind the new passphrase now."
                                    : "The ring is behind no passphrase now.");
    return outcome;
}

enum st keys_work(struct app *app, const struct words *words, const struct teller *teller,
                  struct err *err)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct str what = words->count > 1 ? words->word[1] : STR("");
    struct str second = words->count > 2 ? words->word[2] : STR("");
    enum st outcome;
    if (str_eq(what, STR("status")))
        outcome = tell_status(app, &arena, teller, err);
    else if (str_eq(what, STR("rotate")))
        outcome = tell_rotate(app, teller, err);
    else if (str_eq(what, STR("split")))
        outcome = tell_split(app, &arena, words, teller, err);
    else if (str_eq(what, STR("forget")))
        outcome = tell_forget(app, words, err);
    else if (str_eq(what, STR("passphrase")))
        outcome = tell_passphrase(app, second, teller, err);
    else if (str_eq(what, STR("destroy")) && words->count > 3)
        outcome = tell_destroy(app, second, words->word[3], teller, err);
    else
        outcome =
            err_set(err, ST_INVALID, "Say what to do with the keys; see 'pendeen keys --help'.");
    arena_done(&arena);
    return outcome;
}

/* --- what needs no server ----------------------------------------------------------------- */

static enum st recover(const char *data, struct err *err)
{
    char path[PLACE_SIZE];
    struct arena arena;
    struct str share[SHARES_MAX];
    size_t count = 0;
    char line[300];
    store_place_keys(data, path);
    if (access(path, F_OK) == 0) {
        err_set(err, ST_CONFLICT, "There is a key ring already: '%s'.", path);
        err_hint(err, "Move it away first. Nothing is written over it.");
        return ST_CONFLICT;
    }
    arena_init(&arena, 1 << 16);
    while (count < SHARES_MAX && ask_secret("Share", line, sizeof line) && line[0])
        share[count++] = str_dup(&arena, str_from(line));
    enum st outcome = keyring_recover(path, share, count, err);
    if (outcome == ST_NOT_FOUND) {
        /* The configuration may have it elsewhere; a restore puts it into the folder. */
        char beside[PLACE_SIZE + 30];
        snprintf(beside, sizeof beside, "%s/pendeen.keys.recovery", data);
        if (access(beside, F_OK) == 0)
            err_hint(err, "There is one in the data folder: say --keys %s/pendeen.keys.", data);
    }
    arena_done(&arena);
    sodium_memzero(line, sizeof line);
    if (outcome == ST_OK) printf("The key ring is back: %s\n", path);
    return outcome;
}

struct keys_options {
    const char *shares;
    const char *threshold;
    const char *reason;
    bool again;
    bool gone;
    bool none;
};

/* Nobody sees what is typed, so whoever types is asked twice; what a program writes comes once. */
static enum st ask_passphrase(const struct keys_options *options,
                              char secret[static PASSPHRASE_SIZE], struct err *err)
{
    char again[PASSPHRASE_SIZE] = "";
    if (options->none) return ST_OK;
    if (!ask_secret("New passphrase", secret, PASSPHRASE_SIZE) || !secret[0]) {
        err_set(err, ST_INVALID, "No passphrase was given, and nothing was changed.");
        err_hint(err, "To take it away, say --none.");
        return ST_INVALID;
    }
    bool typed = isatty(STDIN_FILENO);
    bool same = !typed || (ask_secret("The same once more", again, sizeof again) &&
                           str_eq(str_from(secret), str_from(again)));
    sodium_memzero(again, sizeof again);
    return same ? ST_OK
                : err_set(err, ST_INVALID, "The two are not the same, and nothing was changed.");
}

/* False when something is missing or is none. */
static bool read_words(const struct plain *plain, const struct keys_options *options,
                       const char *secret, struct words *ret)
{
    int64_t number = 0;
    struct str what = plain->count ? str_from(plain->word[0]) : STR("");
    *ret = (struct words){.word = {STR("keys"), what}, .count = 2};
    if (options->none && !str_eq(what, STR("passphrase"))) return false;
    if (str_eq(what, STR("status")) || str_eq(what, STR("rotate"))) return plain->count == 1;
    if (str_eq(what, STR("split"))) {
        if (!options->shares || !options->threshold || plain->count != 1) return false;
        ret->word[ret->count++] = str_from(options->shares);
        ret->word[ret->count++] = str_from(options->threshold);
        if (options->again) ret->word[ret->count++] = STR("again");
        return str_to_int(ret->word[2], &number) && str_to_int(ret->word[3], &number);
    }
    if (str_eq(what, STR("passphrase"))) {
        ret->word[ret->count++] = str_from(secret);
        return plain->count == 1;
    }
    if (plain->count != 2) return false;
    ret->word[ret->count++] = str_from(plain->word[1]);
    if (str_eq(what, STR("forget"))) {
        if (options->gone) ret->word[ret->count++] = STR("gone");
        return str_to_int(ret->word[2], &number) && number > 0;
    }
    if (!str_eq(what, STR("destroy")) || !options->reason) return false;
    ret->word[ret->count++] = str_from(options->reason);
    return true;
}

/* The shares stand alone on standard output. */
static enum st hand_out(struct err *err)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        err_set(err, ST_FAILED, "The shares were not printed, and those of before are worth "
                                "nothing now.");
        err_hint(err, "Split again, with --replace-shares.");
        return ST_FAILED;
    }
    fputs("Give each share to another officer, on paper. They open pendeen.keys.recovery, which "
          "lies\nbeside the key ring and goes into each backup; without that file they open "
          "nothing.\n",
          stderr);
    return ST_OK;
}

int cli_keys(int argc, char **argv)
{
    const char *data = "data";
    struct keys_options said = {0};
    const struct option options[] = {{"data", &data, NULL},
                                     {"shares", &said.shares, NULL},
                                     {"threshold", &said.threshold, NULL},
                                     {"reason", &said.reason, NULL},
                                     {"replace-shares", NULL, &said.again},
                                     {"backups-are-gone", NULL, &said.gone},
                                     {"none", NULL, &said.none},
                                     STORE_OPTIONS};
    struct plain plain;
    int read = options_read(argc, argv, keys_help, options, 7 + STORE_OPTIONS_COUNT, &plain);
    if (read != CLI_OK) return read < 0 ? CLI_OK : read;
    struct err err = {0};
    enum st outcome;
    if (plain.count == 1 && str_eq(str_from(plain.word[0]), STR("recover"))) {
        outcome = recover(data, &err);
    } else {
        char secret[PASSPHRASE_SIZE] = "";
        struct words words;
        if (!read_words(&plain, &said, secret, &words)) {
            cli_error("say what to do with the keys; see 'pendeen keys --help'");
            return CLI_USAGE;
        }
        outcome = ST_OK;
        if (str_eq(words.word[1], STR("passphrase"))) {
            outcome = ask_passphrase(&said, secret, &err);
            words.word[2] = str_from(secret);
        }
        if (outcome == ST_OK) outcome = work_do(data, NULL, &words, keys_work, &err);
        sodium_memzero(secret, sizeof secret);
        if (outcome == ST_OK && str_eq(words.word[1], STR("split"))) outcome = hand_out(&err);
    }
    return cli_outcome(outcome, &err);
}
