/*
 * missing_import: a file of missing episodes, such as the police's system writes.
 *
 * Layer: domain.  One row, one episode of a child whose record is there: by its reference, by
 * the NHS number, or by name and date of birth, when exactly one record has both.  Nothing is
 * guessed about whom it is: what fits no record or two is refused with line and reason, and
 * the others go in.  What a column means is guessed by the headers of missing.txt and can be
 * changed.  The same episode twice (child and instant) adds nothing, but for a return that it did
 * not have before.  One that shares time with another of the child is taken, and the report says
 * so.
 */
#ifndef PENDEEN_DOMAIN_MISSING_IMPORT_H
#define PENDEEN_DOMAIN_MISSING_IMPORT_H

#include "domain/missing.h"

enum { MISSING_FILE_MAX = 6 << 20, MISSING_COLUMNS_MAX = 60, MISSING_REFUSALS_SHOWN = 100 };

struct missing_import_column {
    struct str header;
    struct str sample; /* of the first rows; may be empty */
    struct str to;     /* as missing.txt writes it; empty: left out */
};
/* The columns of a file, as guessed.  ST_INVALID: it is no table, or has too many columns. */
enum st missing_import_columns(struct app *app, struct arena *arena, struct str file,
                               struct missing_import_column *ret, size_t *ret_count,
                               struct err *err) MUST_USE;
/* What a column can be: `to` and how it is called; the first is "left out". */
struct missing_import_target {
    struct str to;
    struct str label;
};
size_t missing_import_targets(const struct app *app, struct arena *arena,
                              struct missing_import_target **ret);
/* The file as UTF-8, its rows on the lines on which they were. */
struct str missing_import_text(struct arena *arena, struct str file);

struct missing_import_report {
    size_t rows;
    size_t taken;
    size_t already;
    size_t returns; /* of those known already: the file brings the return, which was not there */
    size_t refused;
    struct {
        size_t line;
        char reason[240];
    } refusal[MISSING_REFUSALS_SHOWN];
    size_t refusals_shown;
    size_t overlapping; /* of those taken: at the same time as another episode of the child */
    struct {
        size_t line;
        char reason[240];
    } overlap[MISSING_REFUSALS_SHOWN];
    size_t overlaps_shown;
};
/* `dry_run` stores nothing and says what would happen.  ST_INVALID: no column says since when,
 * or whom; ST_DENIED. */
enum st missing_import_run(struct app *app, const struct person *who, struct str file,
                           const struct missing_import_column *column, size_t count, bool dry_run,
                           struct missing_import_report *ret, struct err *err) MUST_USE;

#endif
