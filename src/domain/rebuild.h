/*
 * rebuild: the index and the entities out of the store, at a start.
 *
 * Layer: domain.  One thread reads the rows, others open what is sealed in them and make
 * it ready, one more fills the index; what comes out does not depend on which is faster.
 */
#ifndef PENDEEN_DOMAIN_REBUILD_H
#define PENDEEN_DOMAIN_REBUILD_H

#include "domain/app.h"

/* All mentions after the one given; 0: all.  Nobody else uses index and entities yet.
 * `progress` (may be NULL) is told by the calling thread how many rows are read. */
enum st rebuild_index(struct app *app, struct db *db, int64_t after,
                      void (*progress)(void *context, int64_t mentions), void *context,
                      struct err *err) MUST_USE;

#endif
