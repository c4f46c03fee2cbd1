/*
 * problem: the problem profile of a Forum's area, or of all that its reader sees, over a period:
 * how much was told, of what, by whom and where, what came up again and again, what is borne out,
 * what is missing, and what was done.
 *
 * Layer: domain.  Made of what the reader may see (ACT_SEE_LINKS), afresh each time.  Figures of
 * information, never of a child.  A count under five is not shown, nor one by which it could be
 * worked out: of a table that adds up others are hidden beside it (domain/small.h); a part is
 * hidden with its remainder; and a figure over several quarters is hidden where it is hidden in a
 * single one of them (docs/decisions/0180).  Periods are whole quarters that are over, so that
 * nobody subtracts one day from the next.
 */
#ifndef PENDEEN_DOMAIN_PROBLEM_H
#define PENDEEN_DOMAIN_PROBLEM_H

#include "domain/action.h"
#include "domain/scope.h"
#include "domain/small.h"

enum problem_table {
    PROBLEM_QUARTER,      /* when it came */
    PROBLEM_HOW,          /* how it is known */
    PROBLEM_THING,        /* what is named: kinds of things; a submission counts in several */
    PROBLEM_SECTOR,       /* from what kind of place: never from which organisation */
    PROBLEM_FORUM,        /* where: the area of which Forum */
    /* where: towns of the places that are named; a submission counts in several */
    PROBLEM_TOWN,
    /* how it was graded: what is borne out, and what is not; of what its reader may grade */
    PROBLEM_GRADE,
    PROBLEM_OUTCOME,      /* how far it has come, and what became of it */
    PROBLEM_GAP,          /* what is missing; likewise in several */
    PROBLEM_TABLES
};
enum {
    PROBLEM_QUARTERS_MAX = 8,
    PROBLEM_REPEATS_MAX = 15,
    PROBLEM_LIST_MAX = 200,
    PROBLEM_ACTIONS = 3 /* states */
};

const char *problem_table_name(enum problem_table table); /* "quarter" */
bool problem_table_from_name(struct str name, enum problem_table *ret);
const char *problem_table_title(enum problem_table table);
/* Do its rows add up to the whole? */
bool problem_table_adds(enum problem_table table);

struct problem_period {
    int32_t quarter;  /* the first: year * 4 + 0 to 3 */
    int32_t quarters; /* 1, 4 or 8 */
    struct str forum; /* id; empty: all that the reader sees */
};
/* The last quarters that are over. */
struct problem_period problem_period_last(int32_t quarters);
/* Of a quarter that is over, and 1, 4 or 8 of them?  And a Forum of the pack, or none? */
bool problem_period_is_good(const struct app *app, const struct problem_period *period);
/* "January to March 2026" */
struct str problem_quarter_label(struct arena *arena, int32_t quarter);
struct str problem_period_label(struct arena *arena, const struct problem_period *period);

struct problem_row {
    struct str key;   /* for the list behind it */
    struct str label;
    int64_t count;
    int64_t each[PROBLEM_QUARTERS_MAX];
    bool hidden;
};
struct problem_figures {
    struct problem_row *row;
    size_t count;
};
/* Something that came up in five submissions of the period or more. */
struct problem_repeat {
    int64_t entity;
    enum link_kind kind;
    struct str title;
    int64_t submissions;
    int64_t origins;    /* independent, of those submissions */
    int64_t with;       /* others that it was named together with by the end */
    int64_t with_before; /* before the period */
    bool origins_hidden; /* small, or would give a small one away */
    bool with_hidden;
    bool before_hidden;
};
struct problem_profile {
    struct problem_period period;
    int64_t total;
    int64_t quarter_total[PROBLEM_QUARTERS_MAX];
    bool total_hidden;
    struct problem_figures table[PROBLEM_TABLES];
    struct problem_repeat repeat[PROBLEM_REPEATS_MAX]; /* most first */
    size_t repeat_count;
    /* open, waiting for the second sign-off, signed off; of the period */
    struct problem_row action[PROBLEM_ACTIONS];
    bool has_actions;             /* its reader sees the Forum's actions */
};
enum st problem_read(struct app *app, struct arena *arena, const struct person *who,
                     const struct problem_period *period, struct problem_profile *ret,
                     struct err *err) MUST_USE;
/* Hides what of its other figures is small, and what would give that away. */
void problem_hide_repeat(struct problem_repeat *repeat);
/* The submissions of the period behind all of it (`entity` 0), or that name something that came up
 * again and again, newest first.  ST_NOT_FOUND: it is not shown. */
enum st problem_list_of(struct app *app, struct arena *arena, const struct person *who,
                        const struct problem_period *period, int64_t entity, struct str *ret_label,
                        int64_t **ret, size_t *ret_count, int64_t *ret_total,
                        struct err *err) MUST_USE;
/* The submissions behind a figure, newest first.  ST_NOT_FOUND: there is no such figure, or it is
 * not shown. */
enum st problem_list(struct app *app, struct arena *arena, const struct person *who,
                     const struct problem_period *period, enum problem_table table, struct str key,
                     struct str *ret_label, int64_t **ret, size_t *ret_count, int64_t *ret_total,
                     struct err *err) MUST_USE;

/* The actions behind the figure of a state ("open", "done", "signed").  ST_NOT_FOUND: there is no
 * such figure for this person, or it is not shown. */
enum st problem_action_list(struct app *app, struct arena *arena, const struct person *who,
                            const struct problem_period *period, struct str state,
                            struct str *ret_label, struct forum_action **ret, size_t *ret_count,
                            struct err *err) MUST_USE;

/* Hides what is small and what would give it away; totals of the table, and of each of its quarters
 * where there are several. */
void problem_hide(struct arena *arena, struct problem_row *row, size_t count, bool adds,
                  int64_t total, bool total_hidden, const int64_t *quarter_total, int32_t quarters);

#endif
