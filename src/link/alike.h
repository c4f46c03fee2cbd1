/* alike: the distinct words of names and places, and which of them are alike.
 *
 * Layer: link, private.  When a word is first seen it is compared with all others: those that could
 * be alike are found by the vector kernels among words of near lengths and near letters, and by
 * what they share (sound, plain spelling, family, beginning); those that are alike are kept on both
 * sides with their level, so that no two distinct words are ever compared twice (similarity-aware
 * index: Christen, Gayler and Hawking 2009).  Words stay when the last mention of them goes: nobody
 * is counted under them then.
 *
 * Initials are not kept: every word of that letter would be alike.
 */
#ifndef PENDEEN_LINK_ALIKE_H
#define PENDEEN_LINK_ALIKE_H

#include "link/posting.h"
#include "link/word.h"

enum { WORDS_MAX = 1 << 24, WORD_GROUPS = 17, ALIKE_MAX = 4096 };
#define WORD_NONE UINT32_MAX

struct alike {
    uint32_t word : 24;
    uint32_t level : 8; /* enum word_level */
};

struct alike_list {
    struct alike *alike;
    uint32_t count;
    uint32_t capacity;
};

struct word {
    uint32_t value; /* its number */
    uint32_t text; /* where it starts in the texts of the values */
    uint8_t length;
    bool crowded;    /* alike to so many that the list is not kept */
    uint32_t letters; /* link_word_letters */
    uint32_t mentions; /* that carry it as a name or nickname */
    struct word_sounds sounds;
    struct alike_list alike;
};

struct kernel_block;

struct words {
    struct word *word;
    uint32_t count;
    uint32_t capacity;
    uint32_t settled; /* of the first so many the lists are made */
    struct postings keys; /* of sounds and the like, to words */
    struct word_group {   /* by length; longer ones in the last */
        struct kernel_block *block;
        uint32_t *word;
        uint32_t *letters; /* of each, as long as the lanes of its blocks; none of longer words */
        uint32_t count;
        uint32_t capacity;
    } group[WORD_GROUPS];
    size_t alike_bytes;
};

void link_words_init(struct words *words);
void link_words_done(struct words *words);
/* A new word, a value at `text` of the texts; its list is made by link_words_settle. */
uint32_t link_words_add(struct words *words, const char *texts, uint32_t value, uint32_t text,
                        uint8_t length);
/* Makes the lists of the words that were added since, with so many threads; what comes
 * out is the same for any number of them. */
void link_words_settle(struct words *words, const char *texts, int threads);

/* The words that are alike to one that is not kept, or is not yet settled: of the first
 * `count`.  The caller frees ret->alike. */
void link_words_like(const struct words *words, const char *texts, struct str text,
                     const struct word_sounds *sounds, uint32_t count, struct alike_list *ret);
/* How many mentions carry words that share a key: link_word_key_sound and the like. */
size_t link_words_sharing(const struct words *words, uint64_t key);
uint64_t link_word_key_sound(uint64_t sound);
uint64_t link_word_key_family(uint16_t family);

size_t link_words_bytes(const struct words *words);

static inline struct str link_word_text(const struct words *words, const char *texts, uint32_t word)
{
    return str_of(texts + words->word[word].text, words->word[word].length);
}

#endif
