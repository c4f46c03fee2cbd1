/* audit_review: the log as an auditor reads it.
 *
 * Layer: domain.  "Who has looked at this record, and why" and "what did this account do",
 * without any of what a record says.  To look at the log leaves a line in it.
 *
 * Lines that would tell who handed something in are not there when the whole log or an account is
 * looked at; of a record it is said only on which day, and that it was whoever handed it in, unless
 * the asker is one of the few who may see its source (ACT_SEE_SOURCE).  Neither numbers of lines
 * nor totals are handed out, since gaps in them would tell the time.
 */
#ifndef PENDEEN_DOMAIN_AUDIT_REVIEW_H
#define PENDEEN_DOMAIN_AUDIT_REVIEW_H

#include "domain/audit.h"

enum audit_about { ABOUT_ALL, ABOUT_ACCOUNT, ABOUT_RECORD };
enum audit_outcome { OUTCOME_ANY, OUTCOME_DONE, OUTCOME_REFUSED };

struct audit_filter {
    enum audit_about about;
    int64_t account;            /* ABOUT_ACCOUNT */
    struct audit_subject record; /* ABOUT_RECORD; kind is one of audit_record_kinds */
    int kind;                   /* of enum audit_kind; -1: any */
    enum audit_outcome outcome;
    instant_ms from;            /* included */
    instant_ms until;           /* not included; 0: no end */
    int64_t newest;             /* as the look at the first page said: what was written since, as of
                                 * each look, moves no other page; 0: the newest there is */
    size_t skip;                /* lines that stand on earlier pages */
    size_t scan; /* lines that are looked at at most, the newest; 0: as many as usual */
};

/* What was not given out, and what it goes on from. */
struct audit_rest {
    bool more;      /* there are older ones */
    bool unread;    /* there may be: older lines were not looked at */
    int64_t newest; /* for the filter of the next page; it tells nothing of the line */
};

struct audit_seen {
    int64_t number;
    instant_ms at;
    bool day_only; /* the hour would tell who handed it in */
    enum audit_kind kind;
    struct str action;
    struct str outcome;
    bool refused;
    struct str reason;
    int64_t account; /* 0: nobody, or not shown */
    struct str who;  /* "Kerensa Vane", "Nobody signed in", "Whoever handed it in" */
    struct str email;
    struct str records; /* "Submission PEN-…", up to three */
};

/* Newest first; of a record by day, and of a day what has no hour last: nothing of where a line
 * stands, or on which page, tells the hour.  `exports`: it is to be given out,
 * which is another line in the log.  ST_NOT_FOUND for whom the log is not; ST_INVALID
 * when the period is upside down. */
enum st audit_review(struct app *app, struct arena *arena, const struct person *who,
                     const struct audit_filter *filter, bool exports, size_t maximum,
                     struct audit_seen **ret, size_t *ret_count, struct audit_rest *ret_rest,
                     struct err *err) MUST_USE;

/* What the filter is about, in words: "Submission PEN-…", "Kerensa Vane"; empty for all, and
 * for what is not there. */
enum st audit_about_words(struct app *app, struct arena *arena, const struct audit_filter *filter,
                          struct str *ret, struct err *err) MUST_USE;

/* The kinds of records that can be asked for, ended by NULL. */
extern const char *const audit_record_kinds[];
/* The constant of that name; NULL when there is none. */
const char *audit_record_kind(struct str name);

/* A record by what is written on it: a submission's reference, however it is typed.
 * ST_NOT_FOUND. */
enum st audit_find_reference(struct app *app, struct str reference, int64_t *ret,
                             struct err *err) MUST_USE;
/* An account by its address, also one that is disabled. */
enum st audit_find_account(struct app *app, struct arena *arena, struct str email, int64_t *ret,
                           struct err *err) MUST_USE;

/* --- access that is out of the usual --------------------------------------------------- */

enum audit_flag_kind { FLAG_VOLUME, FLAG_HOURS, FLAG_OWN_NAME, FLAG_REFUSED, FLAG_KINDS };

enum {
    UNUSUAL_DAYS_MAX = 92,
    UNUSUAL_VOLUME_MIN = 20,  /* looks in a day under which nobody is flagged for many */
    UNUSUAL_TIMES = 3,        /* as many as usual */
    UNUSUAL_NIGHT_FROM = 22,  /* hours in London: from ten to six */
    UNUSUAL_NIGHT_TO = 6,
    /* percent of a person's looks from which the night is usual to them */
    UNUSUAL_NIGHT_SHARE = 10,
    UNUSUAL_REFUSED_MIN = 10, /* refusals in a day */
};

struct audit_flag {
    enum audit_flag_kind kind;
    int64_t account;
    struct str who;
    struct str email;
    int32_t day;      /* London's */
    struct str words; /* what is out of the usual, in full */
};

/* Days from..until, both included, at most UNUSUAL_DAYS_MAX.  Newest first.  A flag says
 * that somebody should ask, never that something is wrong.  What tells who handed
 * something in takes no part. */
enum st audit_unusual(struct app *app, struct arena *arena, const struct person *who,
                      int32_t from_day, int32_t until_day, struct audit_flag **ret,
                      size_t *ret_count, struct err *err) MUST_USE;

#endif
