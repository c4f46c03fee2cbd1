/* scope: what one person may see, made once for a request.
 *
 * Layer: domain.  Everything that lists, counts, searches, suggests or draws asks a
 * scope of each record, so that what somebody may not see is nowhere in the answer:
 * not in a figure, not in the id of an entity, not in what is near it.  The decision
 * is access_allows; a scope finds the facts for it.
 *
 * It is read when the first question comes, from the person's forums, grants, blocks and conflicts
 * of interest, and lives in the arena.  When these cannot be read it sees nothing.
 */
#ifndef PENDEEN_DOMAIN_SCOPE_H
#define PENDEEN_DOMAIN_SCOPE_H

#include "domain/access.h"
#include "domain/app.h"
#include "domain/audit.h"
#include "link/link.h"

struct mention;
struct scope;

/* What an arena is given in which a scope is made: its lists grow with what is stored. */
enum { SCOPE_MEMORY = 64 << 20 };
/* The person's scope: who->scope when it is there, else made in the arena. */
const struct scope *scope_of(struct app *app, struct arena *arena, const struct person *who);

/* May they do this to that submission?  False also when there is no such one: the
 * same work is done for both. */
bool scope_allows(const struct scope *scope, enum action action, int64_t submission);
/* The same read afresh: what was withdrawn since the request looked first counts.  In a turn of
 * writing it reads on that one's connection, where it sees what those wrote who are written to
 * the disk with it; NULL: in none. */
bool scope_allows_now(struct app *app, struct db *turn, struct arena *arena,
                      const struct person *who, enum action action, int64_t submission);
/* ACT_SEE_LINKS, which most of this is about. */
bool scope_links(const struct scope *scope, int64_t submission);
/* The same of one of its mentions: not of what was left out when it was shared. */
bool scope_mention(const struct scope *scope, int64_t submission, int64_t mention);
/* Do they read it as it was written?  Else as it was shared with the Forum. */
bool scope_original(const struct scope *scope, int64_t submission);
/* The facts; false when there is no such submission. */
bool scope_record(const struct scope *scope, int64_t submission, struct record *ret);
/* May they learn that somebody holds something that fits, and ask?  Never of what they
 * may see anyway, what is kept from them, or what forbids it. */
bool scope_may_connect(const struct scope *scope, int64_t submission);

/* How much they may see, by ACT_SEE_LINKS. */
void scope_count(const struct scope *scope, int64_t *ret_submissions, int64_t *ret_mentions);
/* The newest submissions on which they may do this, before `before` (0: from the end). */
size_t scope_latest(const struct scope *scope, enum action action, int64_t before,
                    int64_t *ret, size_t maximum);

/* For the engine: only mentions of what they may see count. */
struct link_admit scope_admit(const struct scope *scope);

const struct person *scope_person(const struct scope *scope); /* with their forums */
/* The instant at which the first of their grants ends; INT64_MAX: they have none; 0: what
 * they may see could not be read. */
instant_ms scope_until(const struct scope *scope);
struct app *scope_app(const struct scope *scope);

/* Entities as this person sees them, remembered for the request (entity_seen.c), with the titles
 * of the first of them that were asked for (profile.c), and names (opened.c). */
enum { SCOPE_TEXTS = 128 };
struct scope_texts {
    struct scope_text {
        int64_t id;
        struct str text;
    } *list;
    size_t count;
};
/* The members of one entity, as this person sees it, in rising order; at least two. */
struct scope_members {
    size_t count;
    int64_t *id;
};
struct scope_slot {
    int64_t mention; /* 0: empty */
    const struct scope_members *members; /* NULL: it stands alone */
};
struct scope_memo {
    int lines; /* of the log, by scope_note */
    struct audit_event line; /* the first of them */
    bool defers; /* that one is written down by who asked, before anything is shown */
    struct scope_texts titles;
    struct scope_texts names;
    struct scope_slot *slot; /* open addressing */
    size_t size; /* a power of two; 0: none yet */
    size_t used;
};
struct scope_memo *scope_memo(const struct scope *scope);
struct arena *scope_arena(const struct scope *scope);
bool scope_recall(const struct scope_texts *texts, int64_t id, struct str *ret);
/* One that is not there yet; copied.  Forgotten where there are SCOPE_TEXTS. */
void scope_remember(const struct scope *scope, struct scope_texts *texts, int64_t id,
                    struct str text);

/* audit_event of what was read, and remembers it in the memo: who sends the same page again says
 * the same again.  Not written down yet where the memo defers it. */
enum st scope_note(const struct scope *scope, const struct audit_event *event,
                   struct err *err) MUST_USE;

/* Writes down what was done about who sees a record, in the caller's transaction. */
enum st access_note(struct app *app, struct db *db, int64_t account, enum audit_kind kind,
                    const char *action, const char *subject, int64_t id, const char *outcome,
                    struct err *err) MUST_USE;

/* A seat in one more forum than that of one's organisation.  `by` 0: the command line.
 * ST_INVALID: the area has no such forum. */
enum st forum_join(struct app *app, struct db *db, int64_t by, int64_t account, struct str forum,
                   struct err *err) MUST_USE;
/* ST_CONFLICT: there is no such seat. */
enum st forum_leave(struct app *app, struct db *db, int64_t by, int64_t account, struct str forum,
                    struct err *err) MUST_USE;
/* The keys of those seats. */
enum st forum_seats(struct app *app, struct arena *arena, int64_t account, struct str **ret,
                    size_t *ret_count, struct err *err) MUST_USE;

/* Submissions that name this person: every mention that weighs as one of them does
 * (scope_conflict.c).  In rising order. */
size_t scope_conflicts(struct app *app, struct arena *arena, const struct person *who,
                       int64_t **ret);

/* Does this mention weigh as one of whoever has that address and name? */
bool scope_names(struct app *app, struct arena *arena, struct str email, struct str name,
                 const struct mention *mention);

#endif
