/*
 * audit_check: holds a log of the audit to its hashes and to signed checkpoints.
 *
 * Layer: domain.  Needs no key ring: what the leaves commit to is enough, so an auditor, a
 * court or another organisation can check a copy or an export with the public key alone.
 * What is wrong is said in words with the place.
 *
 * The whole tree is built again from the lines, so every checkpoint that was ever signed,
 * kept in the database or elsewhere, is a test of all lines before it: a line that was
 * rewritten together with its hash lies between the last checkpoint that holds and the
 * first that does not.
 */
#ifndef PENDEEN_DOMAIN_AUDIT_CHECK_H
#define PENDEEN_DOMAIN_AUDIT_CHECK_H

#include "seal/checkpoint.h"
#include "store/audit_log.h"

#include <stdio.h>

enum { AUDIT_FINDINGS_MAX = 20, AUDIT_CHECKPOINTS_MAX = 100000 };

struct audit_finding {
    int64_t line; /* 0: none in particular */
    char words[240];
};

struct audit_report {
    uint64_t size;           /* lines that are there */
    struct merkle_hash root; /* of them */
    size_t checkpoints;      /* that the log was held to, and to which it holds */
    struct audit_finding finding[AUDIT_FINDINGS_MAX];
    size_t finding_count; /* of these */
    size_t found;         /* of all */
    /* a database of an older version: its index is made when it is opened to be written */
    bool has_no_index;
};

/* `key` NULL: signatures are not looked at, and checkpoints that are kept with the log
 * are taken for what they say.  `note` empty: no checkpoint from elsewhere.  `keys`, for a
 * database alone: what is sealed is opened too, so that lines which somebody without the
 * ring has put at the end are found; NULL: it is not. */
struct audit_check {
    const struct checkpoint_key *key;
    struct str note;
    struct keyring *keys;
};

/* ST_OK whatever is found: see report->found.  Other outcomes: it could not be looked at,
 * or the checkpoint from elsewhere is none (ST_INVALID) or not signed by the key
 * (ST_DENIED). */
enum st audit_check_store(struct store *store, const struct audit_check *check,
                          struct audit_report *ret, struct err *err) MUST_USE;
enum st audit_check_export(FILE *file, const struct audit_check *check, struct audit_report *ret,
                           struct err *err) MUST_USE;

/* Was the line that the query stands at sealed by who has the ring?  True also when its
 * key was destroyed. */
bool audit_line_is_ours(struct db *db, struct keyring *keys, struct query *query);

/* --- for the two above --------------------------------------------------------------- */

struct audit_checker;
enum st audit_checker_new(const struct audit_check *check, struct audit_checker **ret,
                          struct err *err) MUST_USE;
void audit_checker_free(struct audit_checker *checker); /* accepts NULL */
/* A checkpoint that stands with the log. `size`: what it is kept as. */
void audit_checker_note(struct audit_checker *checker, uint64_t size, struct str note);
/* Lines in the order in which they stand. */
void audit_checker_line(struct audit_checker *checker, const struct audit_line *line);
/* After all: what the log says it is, if it says so. */
void audit_checker_end(struct audit_checker *checker, const struct merkle_hash *root, uint64_t size,
                       struct audit_report *ret);
void audit_checker_add(struct audit_checker *checker, int64_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
