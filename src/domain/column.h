/*
 * column: what the columns of somebody's spreadsheet are, and the cells in them.
 *
 * Layer: domain (needs base and link).  A header is read by its words, else by
 * what stands below it.  Several columns may be one thing: "Child name" and "Child
 * DOB" are of person 1, "Suspect" and "Suspect age" of person 2, "Reg 2" of vehicle
 * 2.  What is not understood is kept: it goes into the narrative.
 */
#ifndef PENDEEN_DOMAIN_COLUMN_H
#define PENDEEN_DOMAIN_COLUMN_H

#include "base/err.h"
#include "domain/mention.h"

enum column_use {
    COLUMN_KEEP,  /* into the narrative as "Column: value" */
    COLUMN_FIELD, /* a field of a mention */
    COLUMN_NARRATIVE,
    COLUMN_WHEN,     /* several are read as one: date and time */
    COLUMN_UNTIL,    /* the last day */
    COLUMN_RECEIVED, /* when the row was written: what "last Friday" counts from */
    COLUMN_WHERE,
    COLUMN_HOW_KNOWN,
    COLUMN_SOURCE, /* who told it: left out, for who told must not be found by searching */
    COLUMN_IGNORE,
    COLUMN_USES
};

struct column {
    struct str header; /* as written, on one line */
    enum column_use use;
    enum link_field field; /* of COLUMN_FIELD */
    int number;            /* which mention of its kind, from 1 */
    bool role;             /* the header says what somebody is ("Child name"): worth keeping */
    struct str platform;   /* the header is a platform ("Snapchat"); empty: not */
};

/* Guesses every column; `sample` is row after row of `count` cells each. */
void column_guess(struct arena *arena, struct column *column, size_t count,
                  const struct str *sample, size_t rows);
/* How many of the headers are words that the guess knows: finds the header row. */
size_t column_known(const struct str *header, size_t count);

/* "vehicle 2 registration", "narrative", "when", "reported by", "keep", "ignore" ... */
struct str column_target(struct arena *arena, const struct column *column);
/* Reads that into column->use, field and number; false when it is none. */
bool column_set_target(struct column *column, struct str target);

/* Several people or vehicles in one cell: parted by ';', line ends, '/' or " and ",
 * and by commas where a comma cannot be part of the value ("Smith, John" is one
 * person, "Daz, Kev, Leanne" are three).  Parts are trimmed; "n/a", "unknown" and the
 * like are empty.  Empty parts stay, for their place says whose they are ("; 14" is the
 * second person's age).  Returns how many, at most `maximum`; 0 when all are empty. */
size_t column_split(struct str cell, enum link_field field, struct str *ret, size_t maximum);
/* Can this be a registration, or a part of one, and nothing else?  Is it words alone? */
bool column_is_plate(struct str text);
bool column_is_words(struct str text);
/* Is the cell empty, or one of the words for it (link/nothing.h)? */
bool column_is_nothing(struct str cell);

#endif
