/*
 * audit_export: the log as text, to be checked by whoever has nothing of ours.
 *
 * Layer: domain.  JSON Lines (docs/AUDIT.md): a first line that says of which log and how
 * many, one for each line of the log with all that its leaf commits to, and the checkpoints.
 * What is sealed is not in it, only its hash: an export tells nobody who did what.
 */
#ifndef PENDEEN_DOMAIN_AUDIT_EXPORT_H
#define PENDEEN_DOMAIN_AUDIT_EXPORT_H

#include "domain/audit_check.h"

enum { AUDIT_EXPORT_LINE_MAX = 64 << 10 };

/* `signer` NULL: without a checkpoint of now; those that are kept are in it. */
enum st audit_export_write(struct store *store, const struct checkpoint_signer *signer, FILE *out,
                           struct err *err) MUST_USE;

/* One line of it, as audit_check_export reads it. */
enum audit_export_kind { EXPORT_HEAD, EXPORT_LINE, EXPORT_CHECKPOINT };
struct audit_export_line {
    enum audit_export_kind kind;
    uint64_t size;           /* head, checkpoint: how many lines */
    struct merkle_hash root; /* head */
    struct audit_line line;
    struct str note;
};
/* Texts in the arena.  ST_INVALID says what is wrong with it. */
enum st audit_export_read(struct arena *arena, struct str text, struct audit_export_line *ret,
                          struct err *err) MUST_USE;

#endif
