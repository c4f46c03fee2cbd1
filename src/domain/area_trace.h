/*
 * area_trace: where everything that an area pack says comes from.
 *
 * Layer: domain (needs base and the pack).  Each heading of a text file names its source, by
 * 'source = ...' or by the heading of its file in provenance.txt; steps and questions of a form
 * have that of their section.  Each paragraph of guidance is found in sources.txt, fact by fact,
 * or its page says in guidance-sources.txt what is its own.
 */
#ifndef PENDEEN_DOMAIN_AREA_TRACE_H
#define PENDEEN_DOMAIN_AREA_TRACE_H

#include "domain/area.h"

struct area_trace {
    struct str file;
    size_t line;
    struct str what;   /* its heading, or how the paragraph begins */
    struct str source; /* keys of sources.txt, parted by blanks, or words */
};

/* Everything of the pack in `folder`, file by file.  ST_INVALID names file, line and reason of
 * the first thing that nobody can trace. */
enum st area_trace_read(struct arena *arena, const char *folder, const struct area *area,
                        struct area_trace **ret, size_t *ret_count, struct err *err) MUST_USE;

#endif
