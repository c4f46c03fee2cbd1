/*
 * extract: what a narrative names.
 *
 * Layer: domain (needs base and link).  Finds registrations, whole and partial,
 * with the colour, make and model of the same clause; UK phone numbers; emails;
 * handles and profile addresses; postcodes, named streets and venues; nicknames,
 * with an age where it plainly belongs to them; and dates.  Rules alone, no model
 * of language: a capital letter is not a name.  Precision comes before recall,
 * because whoever wrote the text confirms what is found.
 *
 * The narrative is UTF-8 (any bytes are safe), at most NARRATIVE_MAX bytes are
 * read.  Clean it first (utf8_clean), so that offsets stay true.  Field values
 * borrow from the narrative or from the arena.
 */
#ifndef PENDEEN_DOMAIN_EXTRACT_H
#define PENDEEN_DOMAIN_EXTRACT_H

#include "domain/mention.h"
#include "domain/when.h"

/* A stretch of the narrative that says something. */
struct extract_span {
    int32_t start;
    int32_t end;    /* one past the last byte */
    size_t mention; /* index of the mention that it is part of */
};

struct extract_result {
    struct mention_draft *mention; /* in the order of their first spans */
    size_t mention_count;
    struct extract_span *span; /* sorted; never overlapping; a mention may have several */
    size_t span_count;
};

/* At most `maximum` mentions, the first ones.  `today` bounds dates of birth. */
void extract_narrative(struct arena *arena, struct str narrative, struct date today, size_t maximum,
                       struct extract_result *ret);

/* The mentions alone; returns how many.  The span of a mention reaches from its
 * first part to its last; where something else stands between, it is its longest
 * part.  So spans of mentions never overlap either. */
size_t extract_mentions(struct arena *arena, struct str narrative, struct date today,
                        struct mention_draft *ret, size_t maximum);

struct extract_date {
    int32_t start;
    int32_t end;
    struct date_range range;
};
/* The dates in the order of the text; dates of birth are left out. */
size_t extract_dates(struct str narrative, struct date today, struct extract_date *ret,
                     size_t maximum);

#endif
