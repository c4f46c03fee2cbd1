/*
 * snapshot: the index of a large store, kept from a clean stop to the next start.
 *
 * Layer: domain.  A start has to open every mention that was ever shared, which takes
 * seconds where there are a million.  So a clean stop writes the index and what the
 * entities are made of to FOLDER/index.snapshot, sealed by a data key of its own, whose row
 * in record_key is what opens it; a fact of the database says which key, up to which
 * mention, and by which program.  A start reads it, and then from the store what came since.
 *
 * It never keeps what was destroyed: destroying any record's key destroys the snapshot's in
 * the same transaction (record_key_destroy), and an index from which something was removed
 * is never written, since its texts may still stand among the values.  What does not fit
 * (another program, a key that is gone, a file that is not what was written) is passed over,
 * and the store is read instead: the store is the truth.
 */
#ifndef PENDEEN_DOMAIN_SNAPSHOT_H
#define PENDEEN_DOMAIN_SNAPSHOT_H

#include "domain/app.h"

/* Smaller stores are opened as fast without. */
enum { SNAPSHOT_LEAST = 5000 };

/* Into an index and entities that are new.  *ret_last: the last mention that they hold; 0:
 * there was none that fits. */
enum st snapshot_load(struct app *app, struct db *db, int64_t *ret_last, struct err *err) MUST_USE;
/* Writes one, if there is much that the last one does not hold; nobody else uses the app. */
enum st snapshot_save(struct app *app, struct err *err) MUST_USE;
/* Makes the one there is unreadable, in the caller's transaction. */
enum st snapshot_forget(struct db *db, struct err *err) MUST_USE;

#endif
