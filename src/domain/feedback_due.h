/*
 * feedback_due: what a Forum has had for longer than the pack's clock `forum-word` without a word
 * of what came of it, in the list of whoever can say it.
 *
 * Layer: domain.  It is the coordinator's of the Forum, who may give the word; and, of what the
 * coordinator may not see, the owner's representative's, who sees in their list that it waits and
 * can ask.  Where neither is there (nobody represents the owner today, or it names them) it is
 * counted, by organisation and without a word of it, for the Forum's coordinators, who find
 * somebody; and where no coordinator can have it either, for administrators.  So each is in
 * somebody's list (decisions/0105).
 */
#ifndef PENDEEN_DOMAIN_FEEDBACK_DUE_H
#define PENDEEN_DOMAIN_FEEDBACK_DUE_H

#include "domain/once.h"
#include "domain/scope.h"

enum { FEEDBACK_DUE_MAX = 100000 };

struct feedback_wait {
    int64_t submission;
    int64_t organisation;
    struct str forum;
    instant_ms shared_at;
    instant_ms due_at;
    struct str reference;
    struct str words;
    struct str sector;
    bool gives; /* this person may give the word */
};
/* Of one Forum, or of all (empty), oldest first, without asking who: no texts. */
enum st feedback_overdue(const struct scope *scope, struct db *db, struct str forum,
                         struct feedback_wait **ret, size_t *ret_count, struct err *err) MUST_USE;
/* This person's list, with what they may read of each; *ret_total how many there are. */
enum st feedback_due_list(struct app *app, struct arena *arena, const struct person *who,
                          struct feedback_wait **ret, size_t *ret_count, size_t *ret_total,
                          struct err *err) MUST_USE;
/* How many there are of it, at most FEEDBACK_DUE_MAX. */
enum st feedback_due_count(struct app *app, struct arena *arena, const struct person *who,
                           int64_t *ret, struct err *err) MUST_USE;
/* What is in nobody's list of these, and this person is to find somebody for: of one organisation
 * in one Forum, how many, and since when the oldest of them is due. */
struct feedback_unanswered {
    int64_t organisation;
    struct str name;
    struct str forum;
    size_t count;
    instant_ms due_at;
};
enum st feedback_unanswered_list(struct app *app, struct arena *arena, const struct person *who,
                                 struct feedback_unanswered **ret, size_t *ret_count,
                                 struct err *err) MUST_USE;
/* Says what came of these: `outcome` an id of meeting.txt that needs no action.  *ret: of how many;
 * what is not theirs to say, or was said meanwhile, is left as it is.  ST_INVALID: no such
 * outcome, or none was chosen. */
enum st feedback_give(struct app *app, const struct person *who, const int64_t *submission,
                      size_t count, struct str outcome, size_t *ret, struct err *err) MUST_USE;
/* The same of one, for a program. */
enum st feedback_give_once(struct app *app, const struct person *who, int64_t submission,
                           struct str outcome, struct once *once, struct err *err) MUST_USE;

#endif
