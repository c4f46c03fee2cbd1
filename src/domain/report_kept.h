/* report_kept: submissions as they were written, opened once and kept sealed while nothing changes.
 *
 * Layer: domain, on opened.h.  A page that shows reports loads each with all that it names: rows, a
 * key to unwrap, a field to open for each mention.  Here it is one text.  Who may see a submission
 * is asked before, each time.
 */
#ifndef PENDEEN_DOMAIN_REPORT_KEPT_H
#define PENDEEN_DOMAIN_REPORT_KEPT_H

#include "domain/scope.h"
#include "domain/submission.h"

/* Into the arena; false: it has to be loaded. */
bool report_find(const struct scope *scope, struct arena *arena, int64_t id,
                 struct submission *ret);
/* One that was loaded within this request: as it was written, never as it was shared. */
void report_keep(const struct scope *scope, struct arena *arena, const struct submission *report);

#endif
