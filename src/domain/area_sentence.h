/*
 * area_sentence: the sentences of a text of the area pack, and the lines that they stand on.
 *
 * Layer: domain, private to the area's files.  A sentence ends at . ? or ! before a blank; a
 * heading, an item of a list and a paragraph end one too.  Emphasis is left out, links stay as
 * they are written.
 */
#ifndef PENDEEN_DOMAIN_AREA_SENTENCE_H
#define PENDEEN_DOMAIN_AREA_SENTENCE_H

#include "base/str.h"

#include <stdbool.h>

struct area_sentence {
    struct str text;
    size_t first; /* lines, from 1 */
    size_t last;
    bool heading; /* of a page */
};

struct area_sentences {
    struct area_sentence *list;
    size_t count;
    size_t room;
};

/* Text without emphasis and with one blank where there were several, and the line that each of
 * its bytes stands on. */
struct area_flat {
    char *text;
    size_t *line;
    size_t len;
};
struct area_flat area_flatten(struct arena *arena, struct str text);

/* A page of guidance, whose first line is line 1. */
void area_sentences_of_page(struct arena *arena, struct str text, struct area_sentences *ret);
/* A value of the text format, as it is written, whose first line is line `line`: a list has one on
 * each line; words that end a sentence anywhere are prose. */
void area_sentences_of_value(struct arena *arena, struct str text, size_t line,
                             struct area_sentences *ret);

/* Does one of the sentences that `words` is made of stand in this one? */
bool area_sentence_has(struct arena *arena, struct str sentence, struct str words);

#endif
