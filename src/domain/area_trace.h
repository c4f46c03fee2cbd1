/*
 * area_trace: where everything that an area pack says comes from.
 *
 * Layer: domain (needs base and the pack).  Sentence by sentence, and each number by itself:
 *   - what tells a fact of the published page has its key in sources.txt;
 *   - another sentence of a text file has the source of its key (provenance.txt), of its heading
 *     ('source = ...'), of the section that its question is part of, or of its file
 *     (provenance.txt), the first that there is;
 *   - another sentence of guidance is marked in guidance-sources.txt as our own ('own') or as
 *     somebody else's ('other'), or comes with the rest of its page ('rest'); a heading comes with
 *     its page;
 *   - a number that can be dialled stands in contacts.txt, whichever file says it.
 * Whatever has none of these is a mistake, with file and line.
 */
#ifndef PENDEEN_DOMAIN_AREA_TRACE_H
#define PENDEEN_DOMAIN_AREA_TRACE_H

#include "domain/area.h"

struct area_trace {
    struct str file;
    size_t line;
    struct str what;   /* "key = sentence", or the sentence of a page */
    struct str source; /* keys of sources.txt, parted by blanks, or words and what they stand for */
};

/* Everything of the pack in `folder`, file by file.  ST_INVALID names file, line and reason of
 * the first thing that nobody can trace. */
enum st area_trace_read(struct arena *arena, const char *folder, const struct area *area,
                        struct area_trace **ret, size_t *ret_count, struct err *err) MUST_USE;

#endif
