/*
 * pendeen audit: the log of who did what, checked, proved and carried off.
 *
 * Reads the data folder without its lock, so all of it works while a server serves.
 */
#include "base/arena.h"
#include "cli/options.h"
#include "cli/store_place.h"
#include "domain/audit_checkpoint.h"
#include "domain/audit_export.h"
#include "seal/secret.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

static const char audit_help[] =
    "Usage: pendeen audit verify [FILE] [--checkpoint FILE] [--key KEY]\n"
    "       pendeen audit checkpoint [-o FILE]\n"
    "       pendeen audit prove LINE [-o FILE]\n"
    "       pendeen audit prove --since CHECKPOINT [-o FILE]\n"
    "       pendeen audit export [-o FILE]\n"
    "       pendeen audit key\n\n"
    "'verify' builds the log's tree again and holds it to every checkpoint that was\n"
    "signed; it says where something was changed, left out, added or cut off. FILE is\n"
    "an export or a proof; without it the data folder is looked at. 'checkpoint' signs\n"
    "the log as it is now: keep it on another machine. 'prove' proves that one line is\n"
    "in the log, or that the log has grown from an earlier checkpoint with nothing\n"
    "changed. 'export' writes the log for others to check: it tells nobody who did\n"
    "what. 'key' prints the public key that they check with. All of it works while a\n"
    "server serves.\n\n"
    "  --data FOLDER     the data folder (default: data)\n"
    "  --checkpoint FILE   a checkpoint that was kept elsewhere\n"
    "  --key KEY         the public key, or a file that holds it (default: that of the\n"
    "                    key ring, where it can be read)\n"
    "  -o FILE           where to write (default: standard output)\n" STORE_OPTIONS_HELP;

enum { FILE_MAX = 1 << 20 };

struct audit_words {
    const char *data;
    const char *checkpoint;
    const char *key;
    const char *since;
    const char *output;
    const char *plain; /* LINE or FILE */
};

/* --- files ---------------------------------------------------------------------------- */

static enum st read_file(const char *path, struct buf *ret, struct err *err)
{
    FILE *file = fopen(path, "re");
    char part[8192];
    size_t got;
    while (file && (got = fread(part, 1, sizeof part, file)) > 0) buf_add(ret, str_of(part, got));
    bool good = file && !ferror(file);
    int why = errno;
    if (file) fclose(file);
    if (good && !ret->overflow) return ST_OK;
    err_set(err, ST_FAILED, ret->overflow ? "'%s' is too long." : "'%s' cannot be read.", path);
    if (!ret->overflow) err_detail(err, "%s", strerror(why));
    return ST_FAILED;
}

static enum st write_out(const struct audit_words *words, struct str text, struct err *err)
{
    FILE *file = words->output ? fopen(words->output, "we") : stdout;
    bool good = file && fwrite(text.ptr, 1, text.len, file) == text.len && fflush(file) == 0;
    if (file && file != stdout && fclose(file) != 0) good = false;
    if (good) return ST_OK;
    err_set(err, ST_FAILED, "'%s' cannot be written.",
            words->output ? words->output : "standard output");
    err_detail(err, "%s", strerror(errno));
    return ST_FAILED;
}

/* --- keys -------------------------------------------------------------------------------- */

static enum st open_ring(const struct audit_words *words, struct keyring **ret, struct err *err)
{
    char path[PLACE_SIZE];
    char passphrase[PASSPHRASE_SIZE];
    store_place_keys(words->data, path);
    enum st outcome = store_place_passphrase(words->data, true, passphrase, err);
    if (outcome == ST_OK) outcome = keyring_open(path, str_from(passphrase), false, ret, err);
    sodium_memzero(passphrase, sizeof passphrase);
    return outcome;
}

static enum st open_signer(const struct audit_words *words, struct checkpoint_signer *ret,
                           struct err *err)
{
    struct keyring *keys = NULL;
    enum st outcome = open_ring(words, &keys, err);
    if (outcome != ST_OK) return outcome;
    audit_signer(keys, ret);
    keyring_free(keys);
    return ST_OK;
}

/* The key to check with: named, or the ring's own where that can be read.  *ret_keys: the
 * ring, NULL where it cannot. */
static enum st public_key(const struct audit_words *words, struct checkpoint_key *ret,
                          bool *ret_known, struct keyring **ret_keys, struct err *err)
{
    bool has_ring = open_ring(words, ret_keys, NULL) == ST_OK;
    if (!has_ring) *ret_keys = NULL;
    *ret_known = has_ring || words->key;
    if (words->key) {
        struct buf text;
        buf_init(&text, FILE_MAX);
        enum st outcome = ST_OK;
        if (strchr(words->key, '+'))
            buf_add_c(&text, words->key);
        else
            outcome = read_file(words->key, &text, err);
        if (outcome == ST_OK) outcome = checkpoint_key_read(buf_str(&text), ret, err);
        buf_done(&text);
        return outcome;
    }
    if (!has_ring) return ST_OK;
    struct checkpoint_signer signer;
    audit_signer(*ret_keys, &signer);
    *ret = signer.key;
    checkpoint_signer_clear(&signer);
    return ST_OK;
}

/* --- verify -------------------------------------------------------------------------------- */

static int tell_report(const struct audit_report *report, bool knows_key)
{
    struct buf root;
    buf_init(&root, 100);
    checkpoint_hash_write(&report->root, &root);
    for (size_t i = 0; i < report->finding_count; i++) printf("%s\n", report->finding[i].words);
    if (report->found > report->finding_count)
        printf("and %zu more.\n", report->found - report->finding_count);
    printf("%" PRIu64 " lines, root %s, %zu %s hold%s.\n", report->size, root.data,
           report->checkpoints, report->checkpoints == 1 ? "checkpoint" : "checkpoints",
           report->checkpoints == 1 ? "s" : "");
    buf_done(&root);
    if (!knows_key)
        fputs("pendeen: no public key was given, so nobody knows who signed the checkpoints "
              "(--key)\n",
              stderr);
    else if (report->checkpoints == 0)
        fputs("pendeen: no checkpoint covers this log, so nothing says that it is all of it\n",
              stderr);
    if (report->has_no_index)
        fputs("pendeen: this is a database of an older version, whose index was not looked at\n",
              stderr);
    puts(report->found ? "The log was TAMPERED WITH." : "The log is whole.");
    return report->found ? CLI_FAILED : CLI_OK;
}

/* An export, or a proof, by its first bytes. */
static enum st verify_file(const struct audit_words *words, const struct audit_check *check,
                           struct audit_report *report, bool *ret_proof, struct err *err)
{
    char start[256];
    FILE *file = fopen(words->plain, "re");
    if (!file) {
        err_set(err, ST_FAILED, "'%s' cannot be read.", words->plain);
        err_detail(err, "%s", strerror(errno));
        return ST_FAILED;
    }
    size_t got = fread(start, 1, sizeof start, file);
    rewind(file);
    *ret_proof = audit_is_proof(str_of(start, got));
    enum st outcome = *ret_proof ? ST_OK : audit_check_export(file, check, report, err);
    fclose(file);
    if (outcome != ST_OK || !*ret_proof) return outcome;
    if (!check->key)
        return err_set(err, ST_INVALID, "A proof is checked with the public key: give --key.");
    struct buf text;
    struct buf said;
    buf_init(&text, FILE_MAX);
    buf_init(&said, FILE_MAX);
    outcome = read_file(words->plain, &text, err);
    if (outcome == ST_OK) outcome = audit_check_proof(buf_str(&text), check->key, &said, err);
    if (outcome == ST_OK) fwrite(said.data, 1, said.len, stdout);
    buf_done(&text);
    buf_done(&said);
    return outcome;
}

static int verify(const struct audit_words *words, struct err *err)
{
    struct checkpoint_key key;
    struct audit_report report = {0};
    struct buf note;
    bool knows_key = false;
    bool proof = false;
    buf_init(&note, FILE_MAX);
    struct keyring *keys = NULL;
    enum st outcome = public_key(words, &key, &knows_key, &keys, err);
    if (outcome == ST_OK && words->checkpoint) outcome = read_file(words->checkpoint, &note, err);
    if (outcome == ST_OK && words->checkpoint && !note.len) /* cut off on its way, not none */
        outcome = err_set(err, ST_INVALID, "'%s' is empty, and no checkpoint.", words->checkpoint);
    struct audit_check check = {
        .key = knows_key ? &key : NULL, .note = buf_str(&note), .keys = keys};
    struct store *store = NULL;
    if (outcome == ST_OK && words->plain)
        outcome = verify_file(words, &check, &report, &proof, err);
    else if (outcome == ST_OK) {
        outcome = store_open_reading(words->data, store_place.database, &store, err);
        if (outcome == ST_OK) outcome = audit_check_store(store, &check, &report, err);
        store_close(store);
    }
    buf_done(&note);
    keyring_free(keys);
    if (outcome == ST_OK) return proof ? CLI_OK : tell_report(&report, knows_key);
    cli_error_from(err);
    return CLI_FAILED;
}

/* --- the others ------------------------------------------------------------------------------ */

static enum st prove(const struct audit_words *words, struct store *store,
                     const struct checkpoint_signer *signer, struct buf *out, struct err *err)
{
    int64_t line = 0;
    if (!words->since) {
        if (!words->plain || !str_to_int(str_from(words->plain), &line))
            return err_set(err, ST_INVALID,
                           "Say which line, by its number, or since which checkpoint.");
        return audit_prove_line(store, signer, line, out, err);
    }
    struct buf note;
    buf_init(&note, FILE_MAX);
    enum st outcome = read_file(words->since, &note, err);
    if (outcome == ST_OK) outcome = audit_prove_growth(store, signer, buf_str(&note), out, err);
    buf_done(&note);
    return outcome;
}

static enum st export(const struct audit_words *words, struct store *store,
                      const struct checkpoint_signer *signer, struct err *err)
{
    FILE *file = words->output ? fopen(words->output, "we") : stdout;
    if (!file) {
        err_set(err, ST_FAILED, "'%s' cannot be written.", words->output);
        err_detail(err, "%s", strerror(errno));
        return ST_FAILED;
    }
    enum st outcome = audit_export_write(store, signer, file, err);
    if (file != stdout && fclose(file) != 0 && outcome == ST_OK)
        outcome = err_set(err, ST_FAILED, "'%s' cannot be written.", words->output);
    return outcome;
}

static enum st work(const struct audit_words *words, struct str what, struct err *err)
{
    struct checkpoint_signer signer;
    struct store *store = NULL;
    struct buf out;
    buf_init(&out, FILE_MAX);
    enum st outcome = open_signer(words, &signer, err);
    if (outcome != ST_OK) return outcome;
    if (str_eq(what, STR("key"))) {
        checkpoint_key_write(&signer.key, &out);
        buf_add_char(&out, '\n');
    } else {
        outcome = store_open_reading(words->data, store_place.database, &store, err);
        if (outcome == ST_OK && str_eq(what, STR("checkpoint")))
            outcome = audit_checkpoint_sign(store, &signer, &out, err);
        else if (outcome == ST_OK && str_eq(what, STR("prove")))
            outcome = prove(words, store, &signer, &out, err);
        else if (outcome == ST_OK)
            outcome = export(words, store, &signer, err);
        store_close(store);
    }
    if (outcome == ST_OK && !str_eq(what, STR("export")))
        outcome = write_out(words, buf_str(&out), err);
    checkpoint_signer_clear(&signer);
    buf_done(&out);
    return outcome;
}

int cli_audit(int argc, char **argv)
{
    struct audit_words words = {.data = "data"};
    const struct option options[] = {
        {"data", &words.data, NULL},   {"checkpoint", &words.checkpoint, NULL},
        {"key", &words.key, NULL},     {"since", &words.since, NULL},
        {"o", &words.output, NULL},    STORE_OPTIONS};
    struct plain plain;
    int outcome = options_read(argc, argv, audit_help, options, 5 + STORE_OPTIONS_COUNT, &plain);
    if (outcome != CLI_OK) return outcome < 0 ? CLI_OK : outcome;
    struct str what = plain.count > 0 ? str_from(plain.word[0]) : STR("");
    words.plain = plain.count > 1 ? plain.word[1] : NULL;
    bool verifies = str_eq(what, STR("verify"));
    bool proves = str_eq(what, STR("prove"));
    bool known = verifies || proves || str_eq(what, STR("checkpoint")) ||
                 str_eq(what, STR("export")) || str_eq(what, STR("key"));
    if (!known || plain.count > (verifies || proves ? 2 : 1) ||
        (proves && (words.plain != NULL) == (words.since != NULL))) {
        cli_error("say what to do with the log; see 'pendeen audit --help'");
        return CLI_USAGE;
    }
    int64_t line = 0;
    if (proves && words.plain && (!str_to_int(str_from(words.plain), &line) || line < 0)) {
        cli_error("a line is said by its number, not '%s'", words.plain);
        return CLI_USAGE;
    }
    struct err err = {0};
    if (!seal_start()) return CLI_FAILED;
    if (verifies) return verify(&words, &err);
    return cli_outcome(work(&words, what, &err), &err);
}
