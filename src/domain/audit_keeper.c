/*
 * The job that signs the log while a server runs.
 */
#include "domain/audit_checkpoint.h"

#include "base/rounds.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct audit_keeper {
    struct app *app;
    char file[1100];
    struct checkpoint_signer signer;
    struct merkle_frontier grown; /* of all lines that were looked at, by their own hashes */
    uint64_t signed_size;
    struct rounds rounds;
};

/* Takes the lines that came since the last time, up to the head. */
static enum st look_at_new_lines(struct audit_keeper *keeper, struct db *db,
                                 const struct merkle_frontier *head, struct err *err)
{
    struct audit_walk walk = {.db = db, .after = (int64_t)keeper->grown.size};
    bool good = true;
    while (good && keeper->grown.size < head->size && audit_walk_next(&walk)) {
        struct audit_line line = audit_line_from_row(walk.query);
        struct merkle_hash hash;
        audit_leaf_hash(&line, &hash);
        good = line.number == (int64_t)keeper->grown.size + 1 && merkle_equal(&hash, &line.leaf) &&
               audit_line_is_ours(db, keeper->app->keys, walk.query);
        if (good) merkle_append(&keeper->grown, &hash);
    }
    enum st outcome = audit_walk_end(&walk, err);
    if (outcome != ST_OK) return outcome;
    if (good && keeper->grown.size == head->size) return ST_OK;
    return err_set(err, ST_CONFLICT,
                   "Line %llu of the audit log is not what was written: it is not signed.",
                   (unsigned long long)keeper->grown.size + 1);
}

static enum st look(struct audit_keeper *keeper, struct err *err)
{
    struct db *db = store_read_begin(keeper->app->store, err);
    if (!db) return ST_FAILED;
    struct merkle_frontier head;
    enum st outcome = store_read_hold(db, err);
    if (outcome == ST_OK) outcome = audit_log_head(db, &head, err);
    if (outcome == ST_OK && head.size < keeper->grown.size)
        outcome = err_set(err, ST_CONFLICT, "The audit log has become shorter: it is not signed.");
    if (outcome == ST_OK) outcome = look_at_new_lines(keeper, db, &head, err);
    if (outcome == ST_OK) {
        struct merkle_hash said;
        struct merkle_hash made;
        merkle_root(&head, &said);
        merkle_root(&keeper->grown, &made);
        if (!merkle_equal(&said, &made))
            outcome = err_set(err, ST_CONFLICT,
                              "The head of the audit log does not fit its lines: it is "
                              "not signed.");
    }
    store_read_release(db);
    store_read_end(keeper->app->store, db);
    return outcome;
}

/* Whole or not at all: whoever carries it off must not find half of it. */
static enum st write_file(const struct audit_keeper *keeper, struct str note, struct err *err)
{
    char beside[1110];
    snprintf(beside, sizeof beside, "%s.new", keeper->file);
    int file = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool good =
        file >= 0 && write(file, note.ptr, note.len) == (ssize_t)note.len && fsync(file) == 0;
    int why = errno;
    if (file >= 0 && close(file) != 0) good = false;
    if (good && rename(beside, keeper->file) == 0) return ST_OK;
    err_set(err, ST_FAILED, "The checkpoint of the audit cannot be written to '%s'.", keeper->file);
    err_detail(err, "%s", strerror(why));
    return ST_FAILED;
}

static enum st keep_note(struct audit_keeper *keeper, struct str note, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(keeper->app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_AUDIT_CHECKPOINT_ADD);
    db_bind_int(query, 1, (int64_t)keeper->grown.size);
    db_bind_int(query, 2, clock_now());
    db_bind_text(query, 3, note);
    outcome = db_run(query, err);
    return store_write_end(keeper->app->store, db, outcome, err);
}

static enum st sign_growth(struct audit_keeper *keeper, struct err *err)
{
    enum st outcome = look(keeper, err);
    if (outcome != ST_OK || keeper->grown.size == keeper->signed_size) return outcome;
    struct checkpoint now = {.size = keeper->grown.size};
    memcpy(now.origin, keeper->signer.key.name, sizeof now.origin);
    merkle_root(&keeper->grown, &now.root);
    struct buf note;
    buf_init(&note, CHECKPOINT_NOTE_MAX);
    checkpoint_write(&now, &keeper->signer, &note);
    outcome = keep_note(keeper, buf_str(&note), err);
    if (outcome == ST_OK) outcome = write_file(keeper, buf_str(&note), err);
    if (outcome == ST_OK) keeper->signed_size = now.size;
    buf_done(&note);
    return outcome;
}

static enum st sign_if_ours(void *context, struct err *err)
{
    struct audit_keeper *keeper = context;
    return store_lead(keeper->app->store) ? sign_growth(keeper, err) : ST_OK;
}

enum st audit_keeper_start(struct app *app, const struct audit_keeper_options *options,
                           struct audit_keeper **ret, struct err *err)
{
    struct audit_keeper *keeper = calloc(1, sizeof *keeper);
    if (!keeper) abort();
    keeper->app = app;
    keeper->rounds = (struct rounds){
        .round = sign_if_ours,
        .context = keeper,
        .complain = options->complain,
        .every_ms = (options->every_seconds > 0 ? options->every_seconds : 1) * 1000};
    int length = options->file ? snprintf(keeper->file, sizeof keeper->file, "%s", options->file)
                               : snprintf(keeper->file, sizeof keeper->file, "%s/audit-checkpoint",
                                          store_folder(app->store));
    audit_signer(app->keys, &keeper->signer);
    if (length >= (int)sizeof keeper->file || !rounds_start(&keeper->rounds)) {
        checkpoint_signer_clear(&keeper->signer);
        free(keeper);
        return err_set(err, ST_FAILED, "The job that signs the audit log cannot be started.");
    }
    *ret = keeper;
    return ST_OK;
}

void audit_keeper_stop(struct audit_keeper *keeper)
{
    if (!keeper) return;
    rounds_stop(&keeper->rounds);
    rounds_once(&keeper->rounds); /* what came since the last round */
    checkpoint_signer_clear(&keeper->signer);
    free(keeper);
}
