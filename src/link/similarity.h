/*
 * similarity: how alike two short strings are.
 *
 * Layer: link.  Plain scalar references: the engine's vector kernels are tested
 * against these, and use them where there is no vector unit.  Bytes are
 * compared; callers fold letters first (link/normalise.h).
 */
#ifndef PENDEEN_LINK_SIMILARITY_H
#define PENDEEN_LINK_SIMILARITY_H

#include "base/str.h"

/* Longest string compared; what is longer is cut there. */
enum { LINK_SIMILARITY_MAX = 64 };

/* Jaro-Winkler with prefix weight 0.1 for up to 4 letters (Winkler 1990), without
 * the 0.7 threshold. */
double link_jaro_winkler(struct str a, struct str b);
/* Optimal string alignment distance: insertions, deletions, substitutions and
 * transpositions of neighbours, each 1 (Damerau 1964, restricted). */
unsigned link_osa(struct str a, struct str b);

#endif
