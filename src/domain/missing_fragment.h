/*
 * missing_fragment: what a child said in a return interview, passed on as information.
 *
 * Layer: domain.  One answer becomes one submission, with what it names, matched as any other.
 * The child's wish decides: in the child's words, the facts alone, or not at all; before the
 * child was asked nothing is passed on.  The submission says nowhere which child it came from,
 * and who sees it cannot come from it to the interview; the interview knows its submissions.
 */
#ifndef PENDEEN_DOMAIN_MISSING_FRAGMENT_H
#define PENDEEN_DOMAIN_MISSING_FRAGMENT_H

#include "domain/missing.h"

enum missing_wish { WISH_NOT_ASKED, WISH_WORDS, WISH_FACTS, WISH_NO };
enum missing_wish missing_wish(const struct missing_file *file);

struct missing_fragment {
    const struct question *question;
    struct str answer;    /* the child's words */
    /* what would be passed on, without what the child's record calls them (child_unnamed.h);
     * empty: nothing can be */
    struct str narrative;
    struct mention_draft *mention;
    size_t mention_count;
    struct str why_not;   /* a sentence, where it cannot be passed on */
    int64_t submission;   /* it was, as it stands; 0: not yet */
    int64_t account;
    instant_ms at;        /* of the answer */
};
/* The answers to questions whose key begins with "said-", in the order of the form, for whoever
 * reads the child's record; for others none. */
enum st missing_fragments(struct app *app, struct arena *arena, const struct person *who,
                          const struct missing_file *file, struct missing_fragment **ret,
                          size_t *ret_count, struct err *err) MUST_USE;
/* ST_INVALID says why it cannot be passed on; ST_NOT_FOUND: there is no such answer, or it is
 * not for this person. */
enum st missing_fragment_share(struct app *app, const struct person *who, int64_t episode,
                               struct str key, int64_t *ret_submission, struct err *err) MUST_USE;

#endif
