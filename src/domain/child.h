/*
 * child: a child's record: made, read and added to.
 *
 * Layer: domain.  Access is access_allows over the facts of children.h; what somebody may
 * not see is answered like what is not there.  Each addition and its line in the audit
 * stand in one transaction.  What belongs to a child is read as a whole, with the records
 * that were joined, and pages take from it what they show.
 */
#ifndef PENDEEN_DOMAIN_CHILD_H
#define PENDEEN_DOMAIN_CHILD_H

#include "domain/audit.h"
#include "domain/child_entry.h"
#include "domain/children.h"

enum { CHILD_TEXT_MAX = 20000, CHILD_LINE_MAX = 400 }; /* characters */

/* Makes a record out of these entries.  ST_INVALID: no name among them; ST_NOT_FOUND: this
 * person may not.  `at` 0: now; else when it was made, for made-up data. */
enum st child_create(struct app *app, const struct person *who, const struct child_draft *draft,
                     size_t count, instant_ms at, int64_t *ret, struct err *err) MUST_USE;
/* Adds entries, all or none.  `said` is the line of the audit.  Texts are cleaned; those that
 * are too long are ST_INVALID.  `ret_id` (may be NULL): of the first. */
enum st child_add(struct app *app, const struct person *who, int64_t child,
                  const struct child_draft *draft, size_t count, const char *said, instant_ms at,
                  int64_t *ret_id, struct err *err) MUST_USE;

/* Two of them joined, when somebody said so and why. */
struct child_join {
    int64_t id;
    int64_t child;
    int64_t other;
    struct str reference; /* of the other side, as seen from the record that is read */
    struct str reason;
    struct str by;
    instant_ms at;
    struct str undone_by;
    instant_ms undone_at; /* 0: it holds */
};

struct child_file {
    struct child_line line;
    int64_t *record; /* the joined records, in rising order */
    struct str *reference;
    size_t record_count;
    struct child_entry *entry; /* of all of them, in the order of ids, settled */
    size_t entry_count;
    struct child_join *join; /* also those that were undone */
    size_t join_count;
    struct str *name; /* of accounts, beside `account` */
    int64_t *account;
    size_t account_count;
    bool may_edit;
    bool may_keep;
};
/* ST_NOT_FOUND also for what this person may not read. */
enum st child_open(struct app *app, struct arena *arena, const struct person *who, int64_t child,
                   struct child_file *ret, struct err *err) MUST_USE;
struct str child_account_name(const struct child_file *file, int64_t account);
const struct child_entry *child_entry_find(const struct child_file *file, int64_t id);
/* The newest fact that stands or may, of one question; NULL when there is none. */
const struct child_entry *child_fact(const struct child_file *file, struct str key);

/* The newest entry on one question, a fact or what somebody said of one; 0 when there is none. */
int64_t child_fact_newest(const struct child_file *file, struct str key);
enum { CHILD_AS_IT_IS = -1 };
/* A fact: `how` says what becomes of those that stood: "first" (there was none), "changed"
 * (they were so until now), "wrong", "both" (all are true), "unsure" (kept side by side until
 * a person says which stands).  `seen`: child_fact_newest as it was when the person looked;
 * ST_CONFLICT when something came meanwhile; CHILD_AS_IT_IS: whatever came. */
enum st child_fact_add(struct app *app, const struct person *who, const struct child_file *file,
                       const struct child_draft *fact, struct str how, int64_t seen,
                       int64_t *ret_id, struct err *err) MUST_USE;
/* Says what an entry is by now, with a reason. */
enum st child_settle(struct app *app, const struct person *who, const struct child_file *file,
                     int64_t entry, enum child_state state, struct str reason,
                     struct err *err) MUST_USE;
/* Of those in conflict this one stands; the others were so earlier, or wrong.  `seen` as above. */
enum st child_fact_choose(struct app *app, const struct person *who, const struct child_file *file,
                          int64_t entry, bool others_wrong, int64_t seen, struct str reason,
                          struct err *err) MUST_USE;

/* --- the same child twice -------------------------------------------------------------- */

enum st child_join(struct app *app, const struct person *who, int64_t child, int64_t other,
                   struct str reason, struct err *err) MUST_USE;
enum st child_unjoin(struct app *app, const struct person *who, int64_t child, int64_t join,
                     struct err *err) MUST_USE;

/* --- in the files of children's records -------------------------------------------------- */

/* "There is no such record." */
enum st child_missing(struct err *err);
/* What belongs into the transaction of what is added to a record; its failure undoes both. */
struct child_also {
    enum st (*write)(void *context, struct db *db, int64_t child, struct err *err);
    void *context;
};
/* As child_create and child_add, with something beside it. */
enum st child_create_with(struct app *app, const struct person *who,
                          const struct child_draft *draft, size_t count,
                          const struct child_also *also, int64_t *ret, struct err *err) MUST_USE;
enum st child_add_with(struct app *app, const struct person *who, int64_t child,
                       const struct child_draft *draft, size_t count, const char *said,
                       const struct child_also *also, struct err *err) MUST_USE;
/* That an entry is something else by now. */
struct child_draft child_settled(int64_t entry, enum child_state state, struct str reason);
/* A fact of which nobody has looked at what stands: side by side until a person says which does.
 * `place`: its own among those that are added together.  Returns how many entries that makes. */
enum { CHILD_FACT_DRAFTS_MAX = 102 };
size_t child_fact_beside(const struct child_file *file, const struct child_draft *fact,
                         size_t place, struct child_draft ret[static CHILD_FACT_DRAFTS_MAX]);
/* child_add of what was thought out over a file that was read: ST_CONFLICT when something was
 * added to the record since. */
enum st child_add_to(struct app *app, const struct person *who, const struct child_file *file,
                     const struct child_draft *draft, size_t count, const char *said,
                     int64_t *ret_id, struct err *err) MUST_USE;
/* The key of a record, for the caller's transaction. */
enum st child_key(struct app *app, struct db *db, int64_t child, struct data_key *ret,
                  struct err *err) MUST_USE;
/* A line of the audit about a record. */
enum st child_note(struct app *app, struct db *db, const struct person *who, enum audit_kind kind,
                   const char *said, int64_t child, struct err *err) MUST_USE;
/* An event about the record with its line in the audit. */
enum st child_event(struct app *app, struct db *db, struct arena *arena, const struct person *who,
                    int64_t child, const char *what, struct str words, const char *said,
                    struct err *err) MUST_USE;

#endif
