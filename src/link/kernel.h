/*
 * kernel: the measures of similarity.h, a machine word at a time.
 *
 * Layer: link.  The same results as the plain references, which are their oracle in
 * the tests; several times as fast.  Safe for threads.
 */
#ifndef PENDEEN_LINK_KERNEL_H
#define PENDEEN_LINK_KERNEL_H

#include "link/similarity.h"

/* link_osa, bit-parallel (Hyyro, A Bit-Vector Algorithm for Computing Levenshtein and
 * Damerau Edit Distances, 2003). */
unsigned link_kernel_osa(struct str a, struct str b);
/* link_jaro_winkler, with the partners of a character looked up as bits. */
double link_kernel_jaro_winkler(struct str a, struct str b);

#endif
