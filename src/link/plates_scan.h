/*
 * plates_scan: the bitmaps of a group of plates, looked through by vector instructions.
 *
 * Layer: link, private to plates.c.
 */
#ifndef PENDEEN_LINK_PLATES_SCAN_H
#define PENDEEN_LINK_PLATES_SCAN_H

#include "link/plates.h"

enum { PLATE_STRETCH = 8 /* words of a bitmap that are looked at together */ };

/* One way in which a pattern may lie over a plate: a class at each place that it names. */
struct placement {
    uint8_t place[PLATE_PLACES];
    uint64_t wanted[PLATE_PLACES][PLATE_PLANES]; /* a class's bits, each in all bits of a word */
    size_t known;
    uint64_t order, named; /* as a plate's order; all ones in the bytes that are named */
};

enum { PLACEMENTS_MAX = PLATE_PLACES + 1 };

/* What is looked for: plates that hold at least `least` of the classes whose bitmaps are
 * given, and fit in one of the ways, if there are any (of whole plates only).  The scan
 * looks at the ways if they are `by_planes`; else whoever reads what it found does. */
struct plate_scan {
    uint64_t *bitmap[LINK_REGISTRATION_SIZE];
    size_t bitmaps; /* at least one, at most fifteen */
    unsigned least;
    struct placement placement[PLACEMENTS_MAX];
    size_t placements;
    bool by_planes;
};

/* A bit for each plate of `words` words from `word`; both are whole stretches, and lie
 * within the group's capacity. */
void link_plates_scan(const struct plate_scan *scan, const struct plate_group *group, size_t word,
                      size_t words, uint64_t *ret);

#endif
