/*
 * word: how two words of names are alike.
 *
 * Layer: link, private.  A level of agreement for any two folded words, from what they
 * look like, sound like and are short for; symmetric.  The level depends on the words
 * alone, so that it is worked out once for two distinct words and kept (alike.h).
 */
#ifndef PENDEEN_LINK_WORD_H
#define PENDEEN_LINK_WORD_H

#include "link/clip.h"

enum { NAME_FAMILIES = 8 };

/* What is known of a word beside its letters. */
struct word_sounds {
    uint64_t sound;
    uint64_t other_sound;            /* link_sound_other */
    struct spoken spoken;            /* link_spoken_read */
    struct clips clips;
    uint16_t family[NAME_FAMILIES];  /* link_name_families; 0: none */
    bool particle;                   /* stands in many names of its origin and tells little */
    bool as_written;                 /* its plain spelling is its own */
};

void link_word_sounds(struct str folded, struct word_sounds *ret);

/* LEVEL(symbol, name, bits): what a pair of words of one person is likelier or less likely
 * to be than the same word twice, log2 of m: the default of its weight (weights.h). */
#define WORD_ALIKE_TABLE(LEVEL)                                     \
    LEVEL(WORD_EXACT, "exact", 0)                                   \
    LEVEL(WORD_INITIAL, "initial", -0.5)                            \
    LEVEL(WORD_SHORT_FORM, "short form", -1.5)                      \
    LEVEL(WORD_PLAIN, "same sound", -1.5)                           \
    LEVEL(WORD_FORM, "another form", -4.5)                          \
    LEVEL(WORD_CLOSE_SOUND, "same sound", -1.5)                     \
    LEVEL(WORD_CLOSE, "close spelling", -2.5)                       \
    LEVEL(WORD_CLOSE_SYLLABLE, "close spelling", -4.5)              \
    LEVEL(WORD_SOUND, "same sound", -2)                             \
    LEVEL(WORD_SOUND_SYLLABLE, "same sound", -4.5)                  \
    LEVEL(WORD_SHORTENED, "shortened", -3)                          \
    LEVEL(WORD_SHORTENED_TO_TWO, "shortened", -4)                   \
    LEVEL(WORD_PET, "pet form", -3)                                 \
    LEVEL(WORD_CLIP, "a piece of the name", -3)                     \
    LEVEL(WORD_TAIL, "the end of the name", -3)                     \
    LEVEL(WORD_LETTER, "one letter of three differs", -3)           \
    LEVEL(WORD_NEAR, "near spelling", -3)                           \
    LEVEL(WORD_OTHER_SOUND, "same sound", -3.5)                     \
    LEVEL(WORD_SOMEWHAT, "somewhat alike", -4.5)

enum word_level {
    WORD_OTHER, /* not alike */
#define LEVEL(symbol, name, bits) symbol,
    WORD_ALIKE_TABLE(LEVEL)
#undef LEVEL
    WORD_LEVELS
};

enum word_level link_word_level(struct str a, const struct word_sounds *a_sounds, struct str b,
                                const struct word_sounds *b_sounds);

/* The first family of the table that both belong to; 0: none. */
uint16_t link_word_family(const struct word_sounds *a, const struct word_sounds *b);

/* The same word, but for a slip of the pen or the ear. */
bool link_word_near(struct str a, struct str b);

/* One is the beginning of the other with an ending that many short forms have: Rosie and
 * Rosenwyn, Hedders and Hedrek, Cubs and Cubert, Radek and Radosław. */
bool link_word_is_pet(struct str a, struct str b);

/* A word of one syllable, of so few letters that those of others differ by a vowel, as Hong,
 * Huong, Hoang. */
bool link_word_is_syllable(struct str word);

/* The one is how the other ends, as many short forms do: Seun and Oluwaseun, Nuala and
 * Fionnuala; also with an ending of its own, as Slavko and Yaroslav. */
enum { WORD_TAIL_LEAST = 4 };
bool link_word_is_tail(struct str a, struct str b);
/* What is left of a short form without such an ending; empty: it has none. */
struct str link_word_core(struct str word);

/* A particle and the like, which may be written together with the word
 * after it: Al-Hassan, Alhassan. */
enum { WORD_JOINING_MOST = 5, WORD_JOINED_LEAST = 3 };
bool link_word_joins(struct str word);

/* Which letters a word has, a bit for each. */
uint32_t link_word_letters(struct str word);
/* False when two words so many edits apart are at no level but one that they share a
 * key for (alike.h): sound, plain spelling, family, beginning. `as_written`: neither
 * has another plain spelling. */
bool link_word_may_look_alike(struct str a, uint32_t a_letters, struct str b, uint32_t b_letters,
                              unsigned edits, bool as_written);

/* The most edits (link_osa) between two words of these lengths that any level of
 * spelling allows. */
static inline unsigned link_word_edits(size_t a, size_t b)
{
    size_t longer = a > b ? a : b;
    return longer < 6 ? 2 : (unsigned)(longer / 3);
}

/* The families of given names that a folded name belongs to: "daz" and "dazza" are of
 * the family of "darren".  Returns how many, at most NAME_FAMILIES. */
int link_name_families(struct str folded, uint16_t ret[static NAME_FAMILIES]);

#endif
