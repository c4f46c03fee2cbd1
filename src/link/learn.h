/*
 * learn: weights fitted to what an index holds, without anybody saying what is true.
 *
 * Layer: link (no I/O, no clock).  Expectation and maximisation (A. Dempster, N. Laird,
 * D. Rubin 1977; W. Winkler 1988 for linkage), in a fixed number of rounds:
 *
 * - A sample of the mentions is drawn by their ids.  Each is asked for once without what
 *   is to be learnt, so that the other comparisons alone say how likely a candidate is
 *   the same; the comparison that was left out is counted by that.  A name is thus never
 *   judged by pairs that its own likeness found.
 *   Only pairs that the others make likelier than LIKELY count, since the many that are
 *   a little likely are mostly not the same.
 * - u comes from pairs of the sample, less what in them may be the same.  Where a value's
 *   rarity stands beside a level (its share among the mentions, shrunk to a population's),
 *   u is what that leaves: for words the sum over all words alike at that level, of what
 *   strangers would weigh by them.
 * - m and u are drawn towards the defaults as much as DRAWN pairs would, levels that
 *   agree more never weigh less, and nothing leaves its default by more than
 *   LINK_WEIGHT_REACH.  An index that holds little gives the defaults.
 * - The prior is fitted too: how many others a mention is the same as.
 *
 * What identifies by itself (a plate, a number, a handle) is not learnt: nothing else
 * tells enough to judge it by.
 *
 * The outcome depends on what the index holds and never on the order in which it came.
 * It takes the index's lock for one question at a time, so that others go on.
 */
#ifndef PENDEEN_LINK_LEARN_H
#define PENDEEN_LINK_LEARN_H

#include "link/link.h"

#include <stdatomic.h>

/* Of each kind about this many mentions are asked for: at most some fifteen questions
 * each in every round. */
enum { LINK_LEARN_SAMPLE = 1000 };

/* False: *stop became true before it was done (stop may be NULL).  The version of ret is
 * 0, its probabilities as by default; the caller gives it one. */
bool link_index_learn(const struct link_index *index, size_t sample, const atomic_bool *stop,
                      struct link_weights *ret);

/* A pair that people have decided. */
struct link_decided {
    double bits; /* by the weights that are being mended */
    bool same;
};

/* Fits the slope and offset of the weights' probabilities to decisions: logistic
 * regression on the bits alone (J. Platt 1999), drawn towards slope 1 and offset 0.
 * People decide what they are shown, and they are shown it by its bits; given the bits,
 * which pairs they took up tells nothing more, so that the probability at given bits is
 * not skewed by the choice.  No comparison is fitted to decisions, for which that does
 * not hold.  With fewer than LINK_DECIDED_LEAST of either verdict nothing is changed. */
enum { LINK_DECIDED_LEAST = 20 };
void link_weights_calibrate(struct link_weights *weights, const struct link_decided *decided,
                            size_t count);

/* The bits of two mentions of the index by a set of weights; false: one is not there, or
 * they are of two kinds. */
bool link_index_bits(const struct link_index *index, const struct link_weights *weights, int64_t a,
                     int64_t b, double *ret);

#endif
