/*
 * compare_part: what the comparisons of each kind share.
 *
 * Layer: link, private to compare*.c.  Each link_compare_KIND adds its lines to the
 * result; records come in a fixed order, so that ties fall the same way whichever
 * of the two is asked for.
 */
#ifndef PENDEEN_LINK_COMPARE_PART_H
#define PENDEEN_LINK_COMPARE_PART_H

#include "link/compare.h"

#include <math.h>

/* Bits that a comparison says at most, and that bound the lists of its key (candidate.c): raised
 * here, they are raised in both. */
static const double number_same_bits = 22;
static const double number_tail_most = 20;
static const double number_tail_base = -0.3;
static const double number_known_base = -0.5; /* the digits that are known of both */
static const double number_other_bits = -12;
static const double number_slip_most = 16;
static const double number_slip_base = -3.5;
static const double handle_same_most = 18;
static const double handle_signs_most = 16; /* but for dots and lines */
static const double handle_slip_most = 13;
static const double handle_slip_letter = 2.4; /* for each of its characters */
static const double email_same_bits = 20;
static const double email_mailbox_bits = 19;
static const double email_other_bits = -3;
static const double initial_bits = 3.5;     /* of a name */
static const double start_same_bits = 1;    /* O or Mac before both */
static const double name_again_share = 0.7; /* of a nickname that agrees beside the name */
static const double place_near_cost = 1;    /* a word of a place that is spelled otherwise */
static const double address_share = 0.7;    /* of what its words tell */

/* A new line, not observed; `first` and so on say which fields it looks at. */
struct compare_line *link_line_add(struct compare_result *result, const char *comparison,
                                   enum link_field first, enum link_field second,
                                   enum link_field third);

static inline void link_line_set(struct compare_line *line, const char *level, double base,
                                 double rarity)
{
    line->level = level;
    line->base_bits = base;
    line->rarity_bits = rarity;
}

/* The same, where the level's bits are a weight that is learnt. */
static inline void link_line_weigh(const struct compare_counts *counts, struct compare_line *line,
                                   const char *level, enum link_weight weight, double rarity)
{
    link_line_set(line, level, counts->weights->bits[weight], rarity);
    line->draw[0] = (struct compare_draw){(uint8_t)weight, 1};
    line->draws = 1;
}

/* How far apart in time two were seen, by the four weights from `first`. */
void link_compare_times(const struct record *a, const struct record *b,
                        const struct compare_counts *counts, enum link_weight first,
                        struct compare_result *result);

/* Bits of a share: how rarely strangers agree in it. `others` mentions carry it
 * beside the two that are compared; `usual` is its share in the population, which
 * counts as much as 150 mentions. */
double link_rarity(const struct compare_counts *counts, double others, double usual, double most);
/* The same for a key, of which two mentions may be the very two. */
double link_key_rarity(const struct compare_counts *counts, uint64_t key, double usual,
                       double most);

/* What a word of a name tells: bits of its rarity, and what it tells at a level with
 * another. */
double link_name_rarity(const struct compare_counts *counts, struct str word,
                        const struct word_sounds *sounds);
double link_level_rarity(const struct compare_counts *counts, enum word_level level,
                         const struct word_sounds *a, double a_rarity,
                         const struct word_sounds *b, double b_rarity);

/* What a word of a description tells that stands in both. */
double link_look_rarity(const struct compare_counts *counts, struct str word);

/* What one word of a venue or an address tells, exactly shared or alike. */
double link_place_rarity(const struct compare_counts *counts, char type, struct str word);

/* What it says that both reports name the same companion: the most, for the rarest. */
double link_companion_most(enum link_field field);
double link_companion_bits(const struct compare_counts *counts, enum link_kind kind,
                           const struct companion *a, const struct companion *b);
/* All companions together say this at most, and no more than the second where the thing
 * itself says less than the third. */
enum { TOGETHER_MOST = 12, ALONE_MOST = 4, OWN_LEAST = 1 };
/* That most, of a pair whose other lines are there. */
double link_companions_most(const struct compare_result *result);

void link_compare_person(const struct record *a, const struct record *b,
                         const struct compare_counts *counts, struct compare_result *result);
void link_compare_vehicle(const struct record *a, const struct record *b,
                          const struct compare_counts *counts, struct compare_result *result);
void link_compare_phone(const struct record *a, const struct record *b,
                        const struct compare_counts *counts, struct compare_result *result);
void link_compare_account(const struct record *a, const struct record *b,
                          const struct compare_counts *counts, struct compare_result *result);
void link_compare_place(const struct record *a, const struct record *b,
                        const struct compare_counts *counts, struct compare_result *result);
void link_compare_companions(const struct record *a, const struct record *b,
                             const struct compare_counts *counts, struct compare_result *result);

#endif
