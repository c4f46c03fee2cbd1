/*
 * questions_mention: what the answers of a form name, as mentions.
 *
 * Layer: domain (needs base and link).  Answers of one row whose questions have the same
 * `thing` make one mention; of each kind one.
 */
#ifndef PENDEEN_DOMAIN_QUESTIONS_MENTION_H
#define PENDEEN_DOMAIN_QUESTIONS_MENTION_H

#include "domain/mention.h"
#include "domain/questions.h"

struct arena;

/* Adds the mentions of a section to the first `count` of `ret`, which has room for
 * `maximum`; returns how many there are then.  Texts live in the arena. */
size_t questions_mentions(struct arena *arena, const struct questions *form,
                          const struct question_section *section,
                          struct answer (*answer)(const void *context, struct str key),
                          const void *context, int32_t today, struct mention_draft *ret,
                          size_t count, size_t maximum);
/* The most that a form can name: every section that repeats filled, every question answered. */
size_t questions_mentions_most(const struct questions *form);

#endif
