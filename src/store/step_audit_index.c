/*
 * The step of migration 33: the rows of audit_block for the blocks of the log that are full.
 */
#include "store/audit_index.h"
#include "store/migration.h"

enum st step_audit_index(struct db *db, struct keyring *keys, struct err *err)
{
    (void)keys;
    struct merkle_frontier head;
    enum st outcome = audit_log_head(db, &head, err);
    for (int64_t line = AUDIT_BLOCK_LINES; outcome == ST_OK && line <= (int64_t)head.size;
         line += AUDIT_BLOCK_LINES)
        outcome = audit_index_add(db, line, err);
    return outcome;
}
