/*
 * words: names of people of many origins, and how they come to be written.
 *
 * Layer: synth.  The lists are the project's own (words_names.def): given names
 * and surnames that are in use in each group, put together at random, so that
 * no list of real people stands behind them.  English, Cornish, Irish, Polish
 * and Romanian surnames are mostly composed from parts, which gives about as
 * many different ones as a county has.
 *
 * Strings are static or from the arena; static ones are UTF-8.
 */
#ifndef PENDEEN_SYNTH_WORDS_H
#define PENDEEN_SYNTH_WORDS_H

#include "base/str.h"
#include "synth/random.h"

struct arena;

/* ORIGIN(symbol, label, share): share per cent of the people of a synthetic
 * partnership. */
#define SYNTH_ORIGIN_TABLE(ORIGIN)                                                                 \
    ORIGIN(SYNTH_ENGLISH, "English", 44)                                                           \
    ORIGIN(SYNTH_CORNISH, "Cornish", 20)                                                           \
    ORIGIN(SYNTH_IRISH, "Irish", 6)                                                                \
    ORIGIN(SYNTH_POLISH, "Polish", 7)                                                              \
    ORIGIN(SYNTH_ROMANIAN, "Romanian", 5)                                                          \
    ORIGIN(SYNTH_PAKISTANI, "Pakistani", 5)                                                        \
    ORIGIN(SYNTH_SOMALI, "Somali", 3)                                                              \
    ORIGIN(SYNTH_VIETNAMESE, "Vietnamese", 3)                                                      \
    ORIGIN(SYNTH_NIGERIAN, "Nigerian", 4)                                                          \
    ORIGIN(SYNTH_UKRAINIAN, "Ukrainian", 3)

enum synth_origin {
#define ORIGIN(symbol, label, share) symbol,
    SYNTH_ORIGIN_TABLE(ORIGIN)
#undef ORIGIN
        SYNTH_ORIGINS
};

enum synth_sex { SYNTH_MALE, SYNTH_FEMALE };

const char *synth_origin_label(enum synth_origin origin);
/* Drawn by the shares of the table. */
enum synth_origin synth_origin_draw(struct synth_random *random);

struct synth_name {
    enum synth_origin origin;
    enum synth_sex sex;
    struct str given; /* as the person writes it, with its marks */
    struct str surname;
    /* Other spellings in use and short forms, parted by '|'; may be empty. */
    struct str given_spellings;
    struct str given_short;
    struct str surname_spellings;
};

struct synth_name synth_name_draw(struct synth_random *random, struct arena *arena,
                                  enum synth_origin origin, enum synth_sex sex);
/* The same surname again for a relative: only the given name is drawn. */
struct synth_name synth_name_draw_given(struct synth_random *random, enum synth_origin origin,
                                        enum synth_sex sex);

/* A nickname that has nothing to do with the name: "Ginge", "Bear". */
struct str synth_nickname_draw(struct synth_random *random);

/* One part of a '|' list at random; empty when the list is. */
struct str synth_list_draw(struct synth_random *random, struct str list);

/* Letters without their marks ("Nguyễn" -> "Nguyen", "ș" -> "s"). */
struct str synth_marks_drop(struct arena *arena, struct str text);
/* A word as somebody heard or copied it: by the habits of its origin where one
 * fits ("sz" -> "sh", "Cabdi" -> "Abdi"), else one slip of the pen. */
struct str synth_word_mishear(struct synth_random *random, struct arena *arena,
                              enum synth_origin origin, struct str word);

/* A given name as a report has it: as it is, without its marks, short, in another
 * spelling, misheard. */
struct str synth_name_write_given(struct synth_random *random, struct arena *arena,
                                  const struct synth_name *name);
/* The whole name, sometimes surname first. */
struct str synth_name_write(struct synth_random *random, struct arena *arena,
                            const struct synth_name *name);

#endif
