/* opened: texts that were made out of sealed fields, kept sealed while nothing changes.
 *
 * Layer: domain.  The page of an entity names dozens of others, and the title of each is made of up
 * to a dozen mentions, each with a key to unwrap and fields to open.  What came of that is kept
 * under a key of this process (seal/cover.h), bound to what it was made of, until a commit changes
 * anything (base/change.h); then all of it is wiped with the next question.
 *
 * It decides nothing: what a text is made of are the ids of records that whoever asks has
 * been allowed to see before.  Each has a longest length, and all have one together: when
 * it is reached all are wiped.  Nothing is kept where several programs write to one
 * database.  Safe for threads.
 */
#ifndef PENDEEN_DOMAIN_OPENED_H
#define PENDEEN_DOMAIN_OPENED_H

#include "domain/scope.h"
#include "seal/field.h"

enum {
    OPENED_TEXT = 440, /* bytes of one at most */
    OPENED_REPORT_TEXT = 4 << 10,
    OPENED_PLACES = 1024,
    OPENED_BYTES = 1 << 20, /* of all */
    OPENED_IDS = 12,
};

struct opened;

struct opened *opened_new(void); /* NULL: there is no memory */
void opened_free(struct opened *opened); /* accepts NULL */

/* What a text is made of: ids of records of one kind, in an order that matters. */
struct opened_of {
    int64_t kind; /* enum opened_kind */
    int64_t id[OPENED_IDS];
};
enum opened_kind { OPENED_TITLE = 1, OPENED_NAME, OPENED_REASON, OPENED_REPORT };
struct opened_of opened_of(enum opened_kind kind, const int64_t *id, size_t count);

/* The text, in the arena; false: it has to be made. */
bool opened_find(const struct scope *scope, struct arena *arena, const struct opened_of *of,
                 struct str *ret);
/* The same of several at once; the text of one that has to be made has no ptr. */
void opened_find_all(const struct scope *scope, struct arena *arena, const struct opened_of *of,
                     size_t count, struct str *ret);
/* One that was made within this request. */
void opened_keep(const struct scope *scope, const struct opened_of *of, struct str text);

/* account_name, kept. */
enum st opened_name(const struct scope *scope, struct db *db, struct arena *arena, int64_t account,
                    struct str *ret, struct err *err) MUST_USE;

/* reason_open, kept. */
enum st opened_reason(const struct scope *scope, struct arena *arena, struct query *query,
                      int sealed, int key, enum seal_field field, int64_t row, struct str *ret,
                      struct err *err) MUST_USE;

#endif
