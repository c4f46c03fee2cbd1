/* import_batch: a spreadsheet that somebody sent, from upload to report.
 *
 * Layer: domain.  The file lies in DATA/imports/ID.csv, its refused rows in ID.refused.csv, both
 * sealed under the batch's own data key.  It waits until its columns are confirmed, then runs in a
 * thread of its own.  Only the account that sent it may see it.  What was taken stays when it is
 * cut short: the same file may be imported again.
 */
#ifndef PENDEEN_DOMAIN_IMPORT_BATCH_H
#define PENDEEN_DOMAIN_IMPORT_BATCH_H

#include "domain/import.h"
#include "domain/record_key.h"
#include "domain/submission.h"

#include <stdio.h>

struct import_batch {
    int64_t id;
    struct str file_name;
    struct str mapping; /* text of import_mapping_write; empty: as guessed */
    bool dry_run;
    struct str state;   /* "waiting", "running", "done", "failed" */
    struct str message; /* why it failed; while it runs how many percent of the file were
                         * read; else a line "LINE reason" for each refusal */
    int64_t rows;
    int64_t taken;
    int64_t known;
    int64_t refused;
    int64_t links;
    instant_ms created_at;
    struct data_key key;
};

/* Files that wait at once, of an account: each may be long, and none goes by itself. */
enum { IMPORT_WAITING_MAX = 20 };
/* Keeps an upload; its id.  ST_INVALID: it is no table, ST_CONFLICT: as many wait as may, of which
 * nothing was taken yet; then nothing of it is kept. */
enum st import_batch_add(struct app *app, const struct person *who, struct str file_name,
                         struct str content, int64_t *ret, struct err *err) MUST_USE;
/* ST_NOT_FOUND also for somebody else's. */
enum st import_batch_read(struct app *app, struct arena *arena, const struct person *who,
                          int64_t id, struct import_batch *ret, struct err *err) MUST_USE;
/* Those of which nothing was taken yet first, then the newest. */
enum st import_batch_list(struct app *app, struct arena *arena, const struct person *who,
                          struct import_batch **ret, size_t *ret_count, struct err *err) MUST_USE;

/* Was nothing taken of it, so that it may be taken off the list? */
bool import_batch_removable(const struct import_batch *batch);
/* Nobody can read it any more.  ST_CONFLICT: something was taken of it, or it runs. */
enum st import_batch_remove(struct app *app, const struct person *who, int64_t id,
                            struct err *err) MUST_USE;

/* A batch's file, opened for a look at its columns or to be run, its mapping applied. */
struct stream_reader;
struct import_file {
    struct import *import;
    struct stream_reader *reader;
    FILE *file;
};
enum st import_file_open(struct app *app, const struct import_batch *batch, struct import_file *ret,
                         struct err *err) MUST_USE;
void import_file_close(struct import_file *file); /* accepts a zeroed one */
/* Starts it with this mapping.  ST_CONFLICT when it runs or has run for good: of two that start it
 * at once one does.  What is said to run, by nobody in this program and without a word from another
 * for minutes, does not. */
enum st import_batch_start(struct app *app, const struct person *who, int64_t id,
                           struct str mapping, bool dry_run, struct err *err) MUST_USE;
/* The CSV of refused rows; empty when there are none. */
enum st import_batch_refused(struct app *app, struct arena *arena, const struct import_batch *batch,
                             struct str *ret, struct err *err) MUST_USE;

/* Stores drafts in somebody's name: the `accept` of a sink whose context is this. */
struct import_accept {
    struct app *app;
    const struct person *who;
    int64_t batch; /* 0: from the command line */
    bool dry_run;
};
enum st import_accept(void *context, struct submission_draft *draft, bool *ret_new,
                      size_t *ret_links, struct err *err) MUST_USE;

/* At start: what was running when the program ended is marked as failed.  At the
 * end: every import stops at its next row, and this waits for that. */
enum st import_batches_abandon(struct app *app, struct err *err) MUST_USE;
void import_batches_stop(struct app *app);

#endif
