/*
 * weights: the numbers by which the live index weighs evidence.
 *
 * Layer: link (no I/O).  weight.def lists them with their defaults, which need no
 * training.  link_index_learn (learn.h) fits them to what an index holds; a set has a
 * version, so that what was explained by it can be explained again.  A set is plain data
 * and may be copied.
 */
#ifndef PENDEEN_LINK_WEIGHTS_H
#define PENDEEN_LINK_WEIGHTS_H

#include "base/buf.h"
#include "base/err.h"
#include "link/mention.h"
#include "link/word.h"

enum link_weight {
#define GROUP(symbol, kind, label)
#define WEIGHT(symbol, group, sort, label, bits) W_##symbol,
#include "link/weight.def"
#undef GROUP
#undef WEIGHT
    LINK_WEIGHTS
};

enum link_weight_group {
#define GROUP(symbol, kind, label) G_##symbol,
#define WEIGHT(symbol, group, sort, label, bits)
#include "link/weight.def"
#undef GROUP
#undef WEIGHT
    LINK_WEIGHT_GROUPS
};

enum link_weight_sort { WEIGHT_VALUE, WEIGHT_LEVEL, WEIGHT_FIXED };

struct link_weight_about {
    const char *name;  /* "COLOUR_SAME" */
    const char *label; /* of the level */
    enum link_weight_group group;
    enum link_weight_sort sort;
    double bits; /* the default */
};
extern const struct link_weight_about link_weight_about[LINK_WEIGHTS];

struct link_weight_group_about {
    const char *label;
    enum link_kind kind;
};
extern const struct link_weight_group_about link_weight_group_about[LINK_WEIGHT_GROUPS];

struct link_weights {
    int64_t version;  /* 0: the defaults */
    int64_t mentions; /* that they were learnt from */
    int64_t decided;  /* pairs by whose verdicts the probabilities were mended; 0: they were not */
    double bits[LINK_WEIGHTS];
    double same_each[LINK_KINDS]; /* how many others a mention is the same as, on average */
    /* Probability of a pair: 1 / (1 + 2^-(offset + slope * bits)). */
    double slope;
    double offset;
};

/* A learnt weight lies no farther than this from its default, in bits. */
#define LINK_WEIGHT_REACH 3.0

void link_weights_default(struct link_weights *ret);
double link_weights_probability(const struct link_weights *weights, double bits);

/* As text, a line for each number, that reads back to the very same numbers. */
void link_weights_write(const struct link_weights *weights, struct buf *ret);
/* ST_INVALID: it is not such a text, or a weight is out of reach.  What the text does not
 * name is as by default; what this version does not know is passed over. */
enum st link_weights_read(struct str text, struct link_weights *ret, struct err *err) MUST_USE;

/* The weight of a word's level; `level` is not WORD_OTHER. */
static inline enum link_weight link_weight_of_word(enum word_level level)
{
    return (enum link_weight)((int)W_WORD_EXACT + (int)level - (int)WORD_EXACT);
}

#endif
