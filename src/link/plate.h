/*
 * plate: how well two registrations fit, when either may be seen in part.
 *
 * Layer: link.  A pattern is the clean form of link_registration_clean: known
 * characters, '?' for one unseen, '*' for any number.  People misjudge how many
 * they missed, so a '?' may also stand for none or two, at a price; a short piece
 * without any '?' may stand anywhere in the plate.  The fit is the best alignment
 * of the two patterns by dynamic programming (Needleman and Wunsch 1970; neighbours
 * that changed places as Lowrance and Wagner 1975) whose scores are bits of evidence:
 * what a character that agrees is worth, less what each misreading, slip or doubt costs.
 */
#ifndef PENDEEN_LINK_PLATE_H
#define PENDEEN_LINK_PLATE_H

#include "base/str.h"

/* A letter of a plate is one of about 20: no character says more. */
static const double plate_letter_bits = 4.2;

struct plate_fit {
    double bits;
    const char *level; /* "exact", "fits", "fits with gaps", "two characters swapped", ... */
    int agreeing;      /* characters seen on both sides that agree */
    int misread;       /* look-alikes */
    int differing;
};

/* Symmetric. Both must be clean and not empty. */
struct plate_fit link_plate_fit(struct str a, struct str b);
/* False when two plates, one of them with all its characters known, have so few in common that
 * their fit is below 8 bits; true may be either. */
bool link_plate_worth(struct str a, struct str b);
/* The bits of link_plate_fit where they are more than 0, else 0; of two whole plates sooner. */
double link_plate_promise(struct str a, struct str b);
/* Does a whole plate fit a pattern that somebody typed into the search box,
 * character by character, '?' one and '*' any number? */
bool link_plate_matches(struct str pattern, struct str plate);

#endif
