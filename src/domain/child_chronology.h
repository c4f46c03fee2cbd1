/*
 * child_chronology: everything of a child in the order of time: what the record says, the
 * referrals, the submissions that name the child, and the silences between.
 *
 * Layer: domain.  An entry stands at the day that it is about, where it names one, else at
 * the day on which it was written.  Nothing is in it that the reader may not see.
 */
#ifndef PENDEEN_DOMAIN_CHILD_CHRONOLOGY_H
#define PENDEEN_DOMAIN_CHILD_CHRONOLOGY_H

#include "domain/child.h"

/* When a sign was seen, as it is read later: "In the 6 months before 3 May 2026", or "before the
 * referral" that brought it. */
struct str child_sign_when(const struct app *app, struct arena *arena,
                           const struct child_entry *entry);
/* A part of words that says who told them, from byte to byte; `to` 0: they do not say it. */
struct told {
    int32_t from;
    int32_t to;
};
/* What an entry says, in a sentence: "Has a new phone …: Observed, In the 6
 * months before 3 May 2026."  `ret_told` may be NULL. */
struct str child_entry_words(const struct app *app, struct arena *arena,
                             const struct child_entry *entry, struct told *ret_told);

/* Families of things, for the filter and the picture: one row of the picture each. */
enum chronology_kind {
    CHRONOLOGY_REFERRAL,
    CHRONOLOGY_INFORMATION, /* submissions */
    CHRONOLOGY_SIGN,
    CHRONOLOGY_JUDGEMENT,
    CHRONOLOGY_EVENT,  /* what happened */
    CHRONOLOGY_MISSING, /* missing episodes */
    CHRONOLOGY_PLAN,   /* plans, reviews, statuses */
    CHRONOLOGY_RECORD, /* facts, family, agencies, and about the record itself */
    CHRONOLOGY_KINDS
};
const char *chronology_kind_name(enum chronology_kind kind);
const char *chronology_kind_label(enum chronology_kind kind);

struct chronology_item {
    enum chronology_kind kind;
    int32_t day; /* days since 1970, London */
    instant_ms at;
    struct str words;
    struct str by;     /* who wrote it; empty where that is not said */
    struct str source; /* "typed", "referral", "submission", "missing" */
    int64_t entry;      /* its id; 0: none */
    int64_t referral;
    int64_t event; /* what the desk did with that; 0: it is the referral itself */
    int64_t submission;
    int64_t missing; /* episode */
    enum child_state state;
    struct told told;  /* where the words say who told it */
    struct told again; /* and behind that once more */
};

struct chronology_wish {
    bool kind[CHRONOLOGY_KINDS]; /* none: all */
    struct str source;           /* empty: all */
    int32_t from;                /* LINK_DAY_UNKNOWN: from the start */
    int32_t to;
};
/* Newest first. */
enum st child_chronology(struct app *app, struct arena *arena, const struct person *who,
                         const struct child_file *file, const struct chronology_wish *wish,
                         struct chronology_item **ret, size_t *ret_count, struct err *err) MUST_USE;

/* Longer than this with nothing written is a gap that shows. */
enum { CHRONOLOGY_GAP_DAYS = 60 };

#endif
