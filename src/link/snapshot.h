/*
 * snapshot: a whole index as bytes, and back.
 *
 * Layer: link (no I/O: the caller carries the bytes).  What is read back is the index that
 * was written: the same places, values, lists.  The bytes are of this program on this kind
 * of machine and for nobody else: the caller sees to it that they are authentic and were
 * written by the same program.
 */
#ifndef PENDEEN_LINK_SNAPSHOT_H
#define PENDEEN_LINK_SNAPSHOT_H

#include "link/link.h"

/* Where bytes go to, and come from; false: it failed. */
struct link_sink {
    bool (*write)(void *context, const void *bytes, size_t size);
    void *context;
};
struct link_source {
    bool (*read)(void *context, void *into, size_t size);
    void *context;
};

/* Takes the index's lock for reading until it is done.  False: the sink failed. */
bool link_index_write(const struct link_index *index, struct link_sink sink);
/* Into an index that is new.  False: the source failed, or what it gave is of another shape;
 * the index is empty then.  The weights in force are left as they are. */
bool link_index_read(struct link_index *index, struct link_source source);

#endif
