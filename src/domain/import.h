/*
 * import: a spreadsheet becomes submissions.
 *
 * Layer: domain (needs base and link).  Knows nothing of the store: every row becomes
 * a submission_draft that is handed to a callback; a dry run passes one that keeps
 * nothing.  Memory is bounded however large the file is.
 *
 * What a row gives: its narrative cells, and below them "Column: value" for every
 * cell that is not a field of a mention; mentions from its columns and, where they do
 * not repeat those, from the narrative.  Who told it is left out (COLUMN_SOURCE).
 *
 * A draft's idempotency key is a hash of the row's cells with their headers, in any
 * order of columns, whatever the spacing and whatever the mapping.  So the same file
 * twice adds nothing, and two rows that are alike in every cell count once: in a
 * spreadsheet they are a copy, not two observations.  A column that is ignored counts
 * too, so a running number keeps alike rows apart.
 *
 * "Last Friday" and "about 15" count from the day that a column says the row was
 * received; where no column does, words that count back are kept and tell no date.
 *
 * A row is refused with line and reason when it cannot be read, when a date in it
 * cannot be (31/2, 2190, the future), when a field is too long or when whoever
 * accepts it says so; the others go in.  Refused rows come back as CSV with a last
 * column "Reason refused", which is ignored when that file is imported again.
 */
#ifndef PENDEEN_DOMAIN_IMPORT_H
#define PENDEEN_DOMAIN_IMPORT_H

#include "base/csv.h"
#include "domain/column.h"

struct import;

/* Reads the header row (the first of ten lines that has most words known as headers;
 * titles above it are passed over) and up to 200 rows, and guesses the columns.
 * ST_INVALID: nothing that could be a table.  `read` is used until import_close. */
enum st import_open(csv_read read, void *context, struct date today, struct import **ret,
                    struct err *err) MUST_USE;
void import_close(struct import *import); /* accepts NULL */

/* The columns as guessed; the caller may alter use, field and number. */
struct column *import_columns(struct import *import, size_t *ret_count);
/* For showing: the first rows, `count` of import_columns cells each. */
const struct str *import_sample(const struct import *import, size_t *ret_rows);
const char *import_encoding(const struct import *import);

/* One line a column: "Vehicle Reg = vehicle 1 registration"; the text lives in the
 * arena. */
struct str import_mapping_write(struct arena *arena, const struct import *import);
/* Columns that the mapping names become what it says, the others stay as guessed; a
 * header that the file has twice is taken in order.  What begins with '#' is a comment, but where
 * it names a column.  ST_INVALID names the line. */
enum st import_mapping_read(struct import *import, struct str mapping, struct err *err) MUST_USE;

struct import_refusal {
    size_t line;
    char reason[200];
};
enum { IMPORT_REFUSALS_SHOWN = 100 };

struct import_report {
    size_t rows; /* with anything in them */
    size_t taken;
    size_t already; /* known from an earlier import, or from this file */
    size_t refused;
    size_t links;
    size_t mentions;
    size_t left_out;                                      /* cells that say who told it */
    struct import_refusal refusal[IMPORT_REFUSALS_SHOWN]; /* the first ones */
    size_t refusals_shown;
};

struct import_sink {
    void *context;
    /* Stores a draft.  ST_INVALID refuses the row with err->public; any other failure
     * ends the import.  The draft lives until the call returns. */
    enum st (*accept)(void *context, struct submission_draft *draft, bool *ret_new,
                      size_t *ret_links, struct err *err);
    /* Bytes read and rows done so far; may be NULL. */
    void (*progress)(void *context, int64_t bytes, size_t rows);
    /* A piece of the CSV of refused rows; may be NULL.  Not called when none is refused. */
    enum st (*refused)(void *context, struct str csv, struct err *err);
};

/* Once for an import that was opened.  *ret is filled as far as it came, on failure
 * too: what was taken stays, and the same file may be imported again. */
enum st import_run(struct import *import, const struct import_sink *sink, struct import_report *ret,
                   struct err *err) MUST_USE;

/* --- for import.c and the tests ------------------------------------------------------ */

/* Makes a draft of one row in the arena.  ST_INVALID with the reason.  *ret_left_out
 * grows by the cells that were left out. */
enum st import_row_draft(struct arena *arena, const struct column *column, size_t count,
                         const struct str *cell, struct date today, struct submission_draft *ret,
                         size_t *ret_left_out, struct err *err) MUST_USE;

#endif
