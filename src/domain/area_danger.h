/*
 * area_danger: words of immediate danger, as danger.txt writes them.
 *
 * Layer: domain (needs base only).  Read with the pack (domain/area.h), then only read.
 *
 *     words =                        one phrase a line
 *       has/got a knife              either word in this place
 *       taken all/too .. tablets     at most DANGER_GAP words of any kind in between
 *       hurt in past-year            any year from 2010 to the one before last, when it is read
 *     not =                          these never count, nor what lies inside them
 *       has a knife and fork
 *
 * Letters and digits alone, apostrophes left out; capitals do not matter.
 */
#ifndef PENDEEN_DOMAIN_AREA_DANGER_H
#define PENDEEN_DOMAIN_AREA_DANGER_H

#include "domain/area.h"
#include "domain/area_text.h"

enum { DANGER_GAP = 5 };

/* A place in a phrase: one of these words; none of them: the words in between. */
struct danger_slot {
    const struct str *word; /* small letters */
    size_t count;
};

struct danger_phrase {
    struct str text; /* as in the pack, with single blanks and small letters */
    struct danger_slot *slot;
    size_t slot_count;
    bool counts; /* else it is one of `not` */
};

/* A word that a phrase may begin with. */
struct danger_first {
    struct str word;
    size_t phrase;
};

struct area_danger {
    struct danger_phrase *phrase; /* in the order of the pack, those of `not` last */
    size_t count;
    struct danger_first *first; /* sorted by word, then by phrase */
    size_t first_count;
};
const struct area_danger *area_danger(const struct area *area);

/* The next character of words as they are compared: a letter or digit, small where it is one of
 * ASCII; DANGER_APOSTROPHE, which is as if it were not there; 0 for anything else. */
enum { DANGER_APOSTROPHE = '\'' };
uint32_t danger_letter(struct str text, size_t *at);

/* --- for area.c ------------------------------------------------------------------------ */

/* ST_INVALID names file, line and reason. */
enum st area_danger_read(struct arena *arena, struct area_text *text, struct area_danger *ret,
                         struct err *err) MUST_USE;

#endif
