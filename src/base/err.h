/*
 * err: how an operation ended, and what may be said about it.
 *
 * Layer: base.  Expected outcomes are `enum st`, which must be looked at.  When
 * the outcome is not ST_OK, a `struct err` holds one sentence that may reach a
 * person (`public`), one that may only reach the log (`detail`), and what to do
 * (`hint`, public too).  Library code never logs; web, api and cli do.
 */
#ifndef PENDEEN_BASE_ERR_H
#define PENDEEN_BASE_ERR_H

enum st {
    ST_OK = 0,
    ST_NOT_FOUND, /* also the answer to what the asker may not see */
    ST_DENIED,    /* not allowed, and the asker may know that it exists */
    ST_INVALID,   /* the input is wrong; `public` says how to mend it */
    ST_CONFLICT,  /* somebody else was first */
    ST_LIMIT,     /* too much or too often */
    ST_BUSY,      /* try again */
    ST_FAILED,    /* the machine's fault; `detail` is for the log */
};

#define MUST_USE __attribute__((warn_unused_result))

struct err {
    enum st code;
    char public[240];
    char detail[480];
    char hint[240];
};

/* Fills err (which may be NULL) and returns code, so that a failure is one line:
 *     return err_set(err, ST_INVALID, "The date is not a date.");           */
enum st err_set(struct err *err, enum st code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* "There is no such submission.": ST_NOT_FOUND.  Whatever somebody may not see is answered by it as
 * what does not exist is. */
enum st err_missing(struct err *err, const char *what);
/* Adds what only the log may see. */
void err_detail(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Adds what to do about it. */
void err_hint(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A word for the log and the tests: "ok", "not found", ... */
const char *st_word(enum st code);

#endif
