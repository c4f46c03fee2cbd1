/*
 * asked: the words of a record that is asked for, and the words of the index that are
 * alike to each.
 *
 * Layer: link, private.  Made once for a question; comparing a candidate's words is then
 * a look into a small table.  Lives while the index is locked.
 */
#ifndef PENDEEN_LINK_ASKED_H
#define PENDEEN_LINK_ASKED_H

#include "link/compare.h"
#include "link/plate.h"
#include "link/value.h"

/* A word of the index; by asked word the level (enum word_level), and what it tells. */
struct asked_word {
    uint32_t word; /* + 1; 0: empty */
    uint8_t level[ASKED_MAX];
    double rarity[ASKED_MAX];
};

/* How a plate of the index fits the one that is asked for; made when first compared. */
struct asked_plate {
    uint32_t value; /* + 1; 0: empty */
    struct plate_fit fit;
};
enum { ASKED_PLATES = 512 };

struct asked {
    int64_t id; /* of the record that is asked for */
    struct asked_word *slot;
    uint32_t slots; /* a power of two */
    uint32_t count;
    struct asked_plate *plate; /* one at each place, the last that came; NULL: no plate */
};

/* Marks the words of the record's names, which are known (link_values_know).  counts
 * gives the rarities. */
void link_asked_make(struct asked *asked, const struct values *values,
                     const struct compare_counts *counts, struct record *record);
void link_asked_done(struct asked *asked);

static inline const struct asked_word *link_asked_word(const struct asked *asked, uint32_t word)
{
    uint32_t at = (word * 2654435761u >> 8) & (asked->slots - 1);
    while (asked->slot[at].word && asked->slot[at].word != word + 1)
        at = (at + 1) & (asked->slots - 1);
    return asked->slot[at].word ? &asked->slot[at] : NULL;
}

/* link_plate_fit of the record's plate and one of the index. */
struct plate_fit link_asked_plate(const struct asked *asked, struct str plate, struct str other,
                                  uint32_t other_value);

/* The words that are near to a word of a place, as link_word_near says of most. */
struct asked_near {
    uint32_t *word; /* the caller frees it */
    uint32_t count;
};
void link_asked_near(struct asked_near *near, const struct values *values, struct str text);

#endif
