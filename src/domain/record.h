/*
 * record: rows of the store as the domain's structs.
 *
 * Layer: domain, private.
 */
#ifndef PENDEEN_DOMAIN_RECORD_H
#define PENDEEN_DOMAIN_RECORD_H

#include "domain/submission.h"

/* Of Q_MENTION_READ, Q_MENTION_OF_SUBMISSION and Q_MENTION_ALL: they share their
 * first columns. Texts are copied into the arena. */
struct mention mention_from_row(struct arena *arena, struct query *query);

#endif
