/*
 * children: of every child's record, in memory, what is needed to say who may see it and
 * to know a child again: names, dates of birth, NHS numbers, who is in the family, which
 * records were joined, whom each is allocated to or kept from, when a plan is reviewed next.
 *
 * Layer: domain, private to the files of children's records.  Rebuilt from the store at
 * start, refreshed after every change of a record, forgotten when it is destroyed.  Safe
 * for threads.  To say no takes the same work whether a record is denied or missing.
 */
#ifndef PENDEEN_DOMAIN_CHILDREN_H
#define PENDEEN_DOMAIN_CHILDREN_H

#include "base/clock.h"
#include "domain/access.h"
#include "domain/app.h"
#include "link/birth.h"
#include "link/mention.h"

struct children *children_new(void);
void children_free(struct children *children); /* accepts NULL */
enum st children_load(struct app *app, struct db *db, struct err *err) MUST_USE;
/* After a commit: reads one record, all joins and all access anew. */
enum st children_refresh(struct app *app, int64_t child, struct err *err) MUST_USE;

/* What a list shows, of one child with all the records that were joined. */
struct child_line {
    int64_t id; /* the first of the joined records */
    struct str reference;
    struct str name;
    struct str alias;
    struct str birth; /* as written */
    struct str nhs;
    struct birth born;  /* of a date or a part of one; not known of an age, or of who is due */
    int32_t birth_told; /* the day on which `birth` was written: what an age is counted from */
    int64_t organisation;
    instant_ms created_at;
    instant_ms changed_at;
    instant_ms closed_at; /* 0: open */
    int64_t closing_by;   /* who proposed to close all that is open of it; 0: nobody */
    instant_ms closing_at;
    struct str retention; /* class */
    bool held;
    /* day of the next review of a plan that stands, like 2026-03-12; empty: none is due */
    struct str review;
};

#define CHILD_BORN_UNKNOWN ((struct birth){1, 0, false})
/* The days of a birth as written on the day `told`.  An age, and who is due, tell of none. */
struct birth child_born(struct str written, int32_t told);
/* What was written as birth or age, as the engine compares it; counted from its reported_day. */
void child_mention_born(struct link_mention *mention, struct str written);

/* What one person may see; lives in the arena. */
struct child_scope;
const struct child_scope *child_scope_of(struct app *app, struct arena *arena,
                                         const struct person *who);
/* The facts about a record and those joined with it; false: there is none. */
bool child_scope_record(const struct child_scope *scope, int64_t child, struct record *ret);
bool child_scope_allows(const struct child_scope *scope, enum action action, int64_t child);
/* Those that they may read, one line for each child, by the last change, newest first. */
size_t child_scope_list(const struct child_scope *scope, struct child_line **ret);
bool child_scope_line(const struct child_scope *scope, int64_t child, struct child_line *ret);

/* What a child goes by, for those who see an episode and not the record (domain/missing.h):
 * whoever calls has asked.  `ret_head` is the first of the joined records.  False: there is no
 * such record. */
bool children_name(const struct child_scope *scope, int64_t child, struct str *ret_name,
                   struct str *ret_reference, int64_t *ret_head);

/* "Born 2008, 17 or 18 years old", "Due 1 March 2027", "Aged about 15, as
 * written on 4 December 2026". */
struct str child_age_words(struct arena *arena, const struct child_line *line, struct date today);

/* Is the day past on which a plan of an open record was to be reviewed? */
bool child_review_is_late(struct arena *arena, const struct child_line *line);

/* Does some role of theirs see every record, or is one allocated to them? */
bool children_works_with(struct app *app, const struct person *who);

/* The records joined with this one, itself included, in rising order; 0: no such record. */
size_t children_group(const struct child_scope *scope, int64_t child, int64_t **ret);

/* Whom a child may already be known as, among what this person may read: the engine's
 * answer, heaviest first. */
struct child_known {
    struct child_line line;
    double bits;       /* match weight; of an equal NHS number: 0, it needs none */
    bool same_number;  /* the NHS numbers are equal */
};
enum { CHILD_KNOWN_MAX = 8 };
size_t child_known_find(const struct child_scope *scope, const struct link_mention *mention,
                        struct str nhs, int64_t but,
                        struct child_known ret[static CHILD_KNOWN_MAX]);

#endif
