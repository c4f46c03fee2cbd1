/*
 * referral: a child, or several, referred to the referral unit: a draft that is saved at
 * each step, then one record that is sent and never changed, only added to.
 *
 * Layer: domain.  The form is the area pack's (area_referral).  Every answer is sealed under
 * the referral's own data key and kept with who gave it and when; a later answer replaces an
 * earlier one and leaves it in the history.  What this person may not see is answered as
 * what is not there (ST_NOT_FOUND).
 *
 * Who may: an unsent one is its author's alone.  A sent one is seen by its author, the
 * safeguarding lead of its organisation, and the referral unit (ACT_READ_REFERRAL in
 * access.def).  Its mentions belong to a submission of its own, kept to the referral unit
 * and the police; that submission's blocks, grants and conflicts of interest count for the
 * referral too.
 *
 * Whatever is returned lives in the arena that was handed in.
 */
#ifndef PENDEEN_DOMAIN_REFERRAL_H
#define PENDEEN_DOMAIN_REFERRAL_H

#include "domain/access.h"
#include "domain/app.h"
#include "domain/area.h"

enum referral_state { REFERRAL_DRAFT, REFERRAL_SENT, REFERRAL_WITHDRAWN, REFERRAL_STATES };
const char *referral_state_name(enum referral_state state);

enum { REFERRAL_REFERENCE_SIZE = 12 }; /* "R-XXXX-XXXX" */
/* The section of the form whose rows are the children. */
#define REFERRAL_CHILD "child"

/* One of several: a child, a vehicle.  In the order in which they were added. */
struct referral_row {
    struct str section; /* key of the form's section */
    int64_t number;     /* from 1, never given anew: `row` of its answers */
    int64_t child;      /* of a child of a sent referral: its record; 0: not joined yet */
};

/* The answer that counts, and where it comes from. */
struct referral_answer {
    int64_t id;
    int64_t row; /* 0: of the whole referral */
    struct str key;
    struct answer answer;
    int64_t account; /* whoever gave it: for the domain; pages say a name */
    instant_ms at;
    int64_t version;
};

struct referral_addition {
    int64_t id;
    int64_t account;
    instant_ms at;
    struct str text;
    struct str by; /* name */
};

/* A referral without its answers. */
struct referral_head {
    int64_t id; /* 0: there is none */
    struct str reference;
    int64_t account; /* the author: for the domain */
    int64_t organisation;
    struct str organisation_name;
    enum referral_state state;
    struct str place; /* key of the area pack's places */
    int64_t submission; /* 0: not sent */
    instant_ms created_at;
    instant_ms changed_at;
    instant_ms sent_at;        /* 0: not sent */
    instant_ms telephoned_at;  /* 0: not telephoned first */
    instant_ms written_due_at; /* 0: likewise */
    int64_t version;
    int64_t key; /* of its data key */
};

struct referral {
    struct referral_head head;
    const struct questions *form;
    struct referral_row *row;
    size_t row_count;
    struct referral_answer *answer;
    size_t answer_count;
    struct referral_addition *addition;
    size_t addition_count;
    struct str reason; /* of one that was withdrawn */
};

/* --- reading ------------------------------------------------------------------------- */

/* May they do this to that referral?  False also when there is none of that id: both ask
 * the store the same. */
bool referral_allows(struct app *app, struct arena *arena, const struct person *who,
                     enum action action, int64_t id);
/* Everything of it, through the access function; leaves a line in the audit. */
enum st referral_read(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                      struct referral *ret, struct err *err) MUST_USE;
/* Without asking who, and without a line: for the domain's own use, after it asked. */
enum st referral_load(struct app *app, struct db *db, struct arena *arena, int64_t id,
                      struct referral *ret, struct err *err) MUST_USE;
enum st referral_load_head(struct db *db, struct arena *arena, int64_t id,
                           struct referral_head *ret, struct err *err) MUST_USE;
/* By its reference: the id, 0 when there is none.  Ask access next. */
enum st referral_find(struct app *app, struct str reference, int64_t *ret,
                      struct err *err) MUST_USE;
/* The referral that a submission's mentions come from; 0: it is no referral's. */
enum st referral_of_submission(struct app *app, int64_t submission, int64_t *ret,
                               struct err *err) MUST_USE;

/* The answer of a row (0: of the whole referral); of kind ANSWER_NONE when there is none. */
struct answer referral_answer_get(const struct referral *referral, int64_t row, struct str key);
/* How its date is understood, on the day on which it was given: "last night" is the night before
 * the answer, whenever it is sent or read.  Empty for what is no date, or says it itself. */
struct str referral_answer_read_as(struct arena *arena, const struct referral *referral,
                                   int64_t row, const struct question *question);
/* The rows of a section, in order: fills up to `maximum`, returns how many there are. */
size_t referral_rows(const struct referral *referral, struct str section,
                     const struct referral_row **ret, size_t maximum);
/* Was anything answered of it, be it "No information available"?  What was added and left is not
 * shown before sending, and not sent. */
bool referral_row_answered(const struct referral *referral, const struct referral_row *row);
/* The same of those alone. */
size_t referral_rows_answered(const struct referral *referral, struct str section,
                              const struct referral_row **ret, size_t maximum);
/* Is there anything to refer: a worry in words, in whichever box of the whole referral they stand,
 * or something told of a child?  Nothing else has to be there. */
bool referral_says_something(const struct referral *referral);
/* What a row is called: its name if it is known, else "Child 2". */
struct str referral_row_name(struct arena *arena, const struct referral *referral,
                             const struct referral_row *row);
/* Every answer that a question of a row ever had, latest first. */
enum st referral_history(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                         int64_t row, struct str key, struct referral_answer **ret,
                         size_t *ret_count, struct err *err) MUST_USE;

/* A line of a list. */
struct referral_line {
    struct referral_head head;
    struct str children; /* their names, parted by ", " */
    size_t child_count;
};
enum referral_list {
    REFERRALS_OWN,   /* one's own of every state, last changed first */
    REFERRALS_DRAFT, /* one's own drafts, last changed first */
    REFERRALS_SENT,  /* every sent one that this person may read, latest first */
};
enum st referral_list(struct app *app, struct arena *arena, const struct person *who,
                      enum referral_list list, size_t maximum, struct referral_line **ret,
                      size_t *ret_count, struct err *err) MUST_USE;

/* What is known of a child before it is sent, as far as this person may learn it: earlier
 * referrals of their own organisation, what they may read anyway, a child's record that they
 * work with, and drafts of their own.  What others hold is not told: the referral unit looks. */
enum referral_known_kind { KNOWN_REFERRAL, KNOWN_SUBMISSION, KNOWN_RECORD, KNOWN_DRAFT };
struct referral_known {
    int64_t row; /* of the child */
    enum referral_known_kind kind;
    int64_t id;    /* of the referral, submission or child */
    bool readable; /* this person may open it */
    instant_ms at;
};
enum { REFERRAL_KNOWN_MAX = 40 };
enum st referral_find_known(struct app *app, struct arena *arena, const struct person *who,
                            const struct referral *referral, struct referral_known *ret,
                            size_t *ret_count, struct err *err) MUST_USE;

/* --- writing: for the author, while it is a draft --------------------------------------- */

/* Begins one, with what the account says of its owner filled in. ST_DENIED: this person may
 * not refer; ST_INVALID: no such place. */
enum st referral_begin(struct app *app, const struct person *who, struct str place, int64_t *ret,
                       struct err *err) MUST_USE;

struct referral_given {
    const struct question *question;
    struct answer answer;
};
/* The question by which a telephone call would be still to come, of these answers over those that
 * are kept; empty: none. */
struct str referral_call_to_come(const struct referral *referral,
                                 const struct referral_given *given, size_t count);
/* What somebody else, or the same person on another device, answered since: shown beside
 * what was typed. */
struct referral_clash {
    const struct question *question;
    struct answer kept;
    instant_ms at;
};
/* Keeps answers of one row of one section.  `seen` is the version that the page was drawn
 * from.  ST_CONFLICT: one of these questions was answered otherwise since; nothing was
 * changed, and `clash` (room for `count`) says what is kept; a call with *ret_version as
 * `seen` then replaces it.  ST_NOT_FOUND; ST_INVALID: it was sent, there is no such row,
 * or a call would be still to come. */
enum st referral_save(struct app *app, const struct person *who, int64_t id, int64_t row,
                      int64_t seen, const struct referral_given *given, size_t count,
                      struct referral_clash *clash, size_t *ret_clashes, struct arena *arena,
                      int64_t *ret_version, struct err *err) MUST_USE;
/* One more child, vehicle, ...; or one less. ST_INVALID: there are QUESTION_ROWS_MAX. */
enum st referral_row_add(struct app *app, const struct person *who, int64_t id, struct str section,
                         int64_t *ret, struct err *err) MUST_USE;
enum st referral_row_remove(struct app *app, const struct person *who, int64_t id,
                            struct str section, int64_t row, struct err *err) MUST_USE;
enum st referral_withdraw(struct app *app, const struct person *who, int64_t id, struct str reason,
                          struct err *err) MUST_USE;
/* To one that was sent. */
enum st referral_add(struct app *app, const struct person *who, int64_t id, struct str text,
                     struct err *err) MUST_USE;

/* Sends it: seals it, and shares its mentions, in one transaction.  However often it is sent,
 * there is one: a second call answers as the first.  Rows of which nothing was answered are taken
 * out.  ST_CONFLICT: it was changed after the version `seen`, by which it was checked.
 * ST_INVALID: it was withdrawn, or it says nothing (referral_says_something). */
enum st referral_send(struct app *app, const struct person *who, int64_t id, int64_t seen,
                      struct err *err) MUST_USE;

#endif
