/*
 * missing_internal: what the files of missing episodes share.
 *
 * Layer: domain, private to missing*.c.
 */
#ifndef PENDEEN_DOMAIN_MISSING_INTERNAL_H
#define PENDEEN_DOMAIN_MISSING_INTERNAL_H

#include "domain/missing.h"

enum {
    MISSING_QUESTIONS_MAX = 60,
    MISSING_TEXTS = 3 * MISSING_QUESTIONS_MAX,
    MISSING_FRAGMENT_TEXTS = 2
};

/* What one person may see of episodes, made once for a request. */
struct missing_seer {
    struct app *app;
    struct arena *arena;
    struct person who; /* with their forums */
    const struct child_scope *children;
};
void missing_seer_init(struct app *app, struct arena *arena, const struct person *who,
                       struct missing_seer *ret);
bool missing_seer_allows(const struct missing_seer *seer, enum action action, int64_t record,
                         struct str forum);

/* The line of a row that begins as Q_MISSING_READ does, without what its answers say. */
bool missing_line_from_row(const struct missing_seer *seer, struct query *query,
                           struct missing_line *ret);

/* Another episode of this child that this person sees and that shares time with `line` (not back:
 * until ever), one that is open before others, then the latest; its id is 0: there is none. */
enum st missing_overlapping(const struct missing_seer *seer, struct db *db,
                            const struct missing_line *line, struct missing_line *ret,
                            struct err *err) MUST_USE;

/* As missing_save, of a row of a file: a return of long ago (missing.txt) starts no clock, and of a
 * child who is back nothing is saved. */
enum st missing_save_of_file(struct app *app, const struct person *who, int64_t episode,
                             struct str section, const struct missing_given *given, size_t count,
                             struct err *err) MUST_USE;

/* Adds an entry under the child's key, in the caller's transaction.  `episode` 0: of the child. */
enum st missing_entry_store(struct app *app, struct db *db, struct arena *arena, int64_t child,
                            int64_t episode, const char *kind, const struct str *text, size_t count,
                            int64_t account, instant_ms at, struct err *err) MUST_USE;

#endif
