/*
 * extract_parts: what the finders of one kind share.
 *
 * Layer: domain, for extract*.c alone.  Every finder claims the bytes that it has
 * understood; what is claimed is not looked at again, so the finders run from the
 * surest to the least sure.  An item is a mention in the making, made of pieces
 * (stretches of text); pieces never overlap.
 */
#ifndef PENDEEN_DOMAIN_EXTRACT_PARTS_H
#define PENDEEN_DOMAIN_EXTRACT_PARTS_H

#include "domain/extract.h"

enum { EXTRACT_ITEMS = 200, EXTRACT_PIECES = 800, EXTRACT_WORD = 24 };

struct extract_word {
    size_t start, end;
    bool capital;             /* its first letter */
    bool uncased;             /* its first letter is of a script without capitals */
    bool upper;               /* no lower-case letter in it */
    bool digit;               /* a digit in it */
    char lower[EXTRACT_WORD]; /* with small letters; empty when it is longer */
};

struct extract_item {
    enum link_kind kind;
    struct str field[LINK_FIELDS];
    size_t start, end; /* hull of its pieces */
    size_t phrase;     /* where the words begin that introduce it: "man they call" */
    bool gone;         /* joined to another one */
};

struct extract_piece {
    size_t start, end;
    size_t item;
};

struct extractor {
    struct arena *arena;
    struct str text;
    struct date today;
    bool *claimed; /* one for each byte */
    struct extract_word *word;
    size_t word_count;
    struct extract_item item[EXTRACT_ITEMS];
    size_t item_count;
    struct extract_piece piece[EXTRACT_PIECES];
    size_t piece_count;
    bool shouting; /* written in capitals: they say nothing then */
};

struct str extract_text(const struct extractor *x, size_t start, size_t end);
bool extract_free(const struct extractor *x, size_t start, size_t end);
/* A new item with its first piece; NULL when there is no room. */
struct extract_item *extract_add(struct extractor *x, enum link_kind kind, size_t start,
                                 size_t end);
void extract_extend(struct extractor *x, struct extract_item *item, size_t start, size_t end);
/* Everything of `from` that `into` does not have goes there. */
void extract_join(struct extractor *x, struct extract_item *into, struct extract_item *from);

/* The word that begins at or after a byte (word_count: none), and the last one that
 * ends at or before it (SIZE_MAX: none). */
size_t extract_word_from(const struct extractor *x, size_t byte);
size_t extract_word_before(const struct extractor *x, size_t byte);
/* Is word `i` one of "one|two|three"?  False for an index outside. */
bool extract_is(const struct extractor *x, size_t i, const char *words);
/* Do words i, i+1, ... spell one of "bus station|pub"?  How many words, longest
 * first; only blanks or one hyphen stand between. */
size_t extract_phrase(const struct extractor *x, size_t i, const char *phrases);
/* Nothing but blanks, the marks in `marks` and the words in `words` between. */
bool extract_only(const struct extractor *x, size_t from, size_t to, const char *marks,
                  const char *words);
/* Does a sentence end between the two? */
bool extract_parted(const struct extractor *x, size_t from, size_t to);

/* The finders, in the order in which they run. */
void extract_addresses_of_web(struct extractor *x); /* web addresses, emails */
void extract_phones(struct extractor *x);
void extract_postcodes(struct extractor *x);
void extract_registrations(struct extractor *x);
void extract_handles(struct extractor *x);
void extract_vehicles(struct extractor *x);
void extract_people(struct extractor *x);
void extract_places(struct extractor *x);

#endif
