/*
 * referral_internal: what the files of referral.h share.
 *
 * Layer: domain, private to referral.c, referral_read.c and referral_send.c.
 */
#ifndef PENDEEN_DOMAIN_REFERRAL_INTERNAL_H
#define PENDEEN_DOMAIN_REFERRAL_INTERNAL_H

#include "domain/audit.h"
#include "domain/mention.h"
#include "domain/record_key.h"
#include "domain/referral.h"
#include "domain/scope.h"

/* The facts about it, for access_allows.  The same work is done where there is none. */
bool referral_head_allows(const struct scope *scope, enum action action,
                          const struct referral_head *head, struct record *ret);
/* ST_NOT_FOUND with the one sentence for what is missing and what may not be seen. */
enum st referral_missing(struct err *err);

/* A line about one's own referral: who told is in it, so it is one of those. */
enum st referral_note(struct app *app, struct db *db, const struct person *who,
                      enum audit_kind kind, const char *action, int64_t id,
                      struct err *err) MUST_USE;
/* The answers of a row that count, and nothing else. */
enum st referral_load_answers(struct app *app, struct db *db, struct arena *arena,
                              const struct referral_head *head, struct referral_answer **ret,
                              size_t *ret_count, struct err *err) MUST_USE;

/* The mentions that one row of a section becomes; up to MENTIONS_MAX, returns how many. */
size_t referral_row_mentions(struct arena *arena, const struct referral *referral,
                             const struct question_section *section, int64_t row,
                             struct mention_draft *ret);

/* NULL: it was not answered. */
const struct referral_answer *referral_answer_find(const struct referral *referral, int64_t row,
                                                   struct str key);

#endif
