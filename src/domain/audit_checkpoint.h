/*
 * audit_checkpoint: signs what the log is, and proves what is in it.
 *
 * Layer: domain.  The key that signs is derived from the key ring; its public half is what
 * others check with.  A checkpoint that has left the machine is what a later rewriting
 * cannot get round, whoever does it.
 */
#ifndef PENDEEN_DOMAIN_AUDIT_CHECKPOINT_H
#define PENDEEN_DOMAIN_AUDIT_CHECKPOINT_H

#include "domain/app.h"
#include "domain/audit_check.h"

/* The name is that of the log: the same as long as the ring is. */
void audit_signer(const struct keyring *keys, struct checkpoint_signer *ret);

/* Signs the log as it stands; the note goes to `out`. */
enum st audit_checkpoint_sign(struct store *store, const struct checkpoint_signer *signer,
                              struct buf *out, struct err *err) MUST_USE;

/* That line `number` is in the log: a text in the form of C2SP tlog-proof, with the line's
 * leaf as its extra data, the way to the root, and a checkpoint of now.  ST_NOT_FOUND. */
enum st audit_prove_line(struct store *store, const struct checkpoint_signer *signer,
                         int64_t number, struct buf *out, struct err *err) MUST_USE;
/* That the log as it was at `earlier` has grown into the log of now: "pendeen audit growth
 * 1", the hashes, and both checkpoints (docs/AUDIT.md).  ST_INVALID: the log is shorter. */
enum st audit_prove_growth(struct store *store, const struct checkpoint_signer *signer,
                           struct str earlier, struct buf *out, struct err *err) MUST_USE;

/* Is this a proof, of either sort? */
bool audit_is_proof(struct str text);
/* Says in words what it proves.  ST_CONFLICT: it proves nothing; ST_INVALID: it is no
 * proof; ST_DENIED: it is not signed by the key. */
enum st audit_check_proof(struct str text, const struct checkpoint_key *key, struct buf *ret_words,
                          struct err *err) MUST_USE;

/* --- the job of a server ----------------------------------------------------------------- */

struct audit_keeper;
struct audit_keeper_options {
    int every_seconds;
    /* the newest checkpoint, to be carried off; NULL: audit-checkpoint in the folder */
    const char *file;
    /* Told what went wrong, for the log of the server. */
    void (*complain)(const char *words);
};
/* Signs and keeps a checkpoint now, at intervals while the log grows, and at stop.  Before
 * it signs it holds the new lines to the head, and all lines to what it signed before: what
 * is not a growth of that is not signed. */
enum st audit_keeper_start(struct app *app, const struct audit_keeper_options *options,
                           struct audit_keeper **ret, struct err *err) MUST_USE;
void audit_keeper_stop(struct audit_keeper *keeper); /* accepts NULL */

#endif
