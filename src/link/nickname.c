/*
 * Families of given names: a table of the project's own, sorted at first use.
 */
#include "link/phonetic.h"
#include "link/kernel.h"
#include "link/word.h"

#include <pthread.h>
#include <stdlib.h>

static const struct {
    const char *name;
    const char *short_forms;
} families[] = {
#define FAMILY(name, short_forms) {name, short_forms},
#include "link/nickname.def"
#undef FAMILY
};

enum { ENTRIES_MAX = 4096, CHAIN_BITS = 11 };

static struct entry {
    struct str word;
    uint64_t sound;
    uint64_t other_sound;
    uint16_t family; /* place in families + 1 */
    bool whole;      /* the name itself, no short form of it */
} entries[ENTRIES_MAX];
static size_t entry_count;
/* Entries by their sound, and by the other one: chains in the order of the entries, of
 * places + 1; 0 ends one. */
static struct chains {
    uint16_t first[1 << CHAIN_BITS];
    uint16_t next[ENTRIES_MAX];
} by_sound, by_other_sound;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int compare(const void *a, const void *b)
{
    const struct entry *left = a;
    const struct entry *right = b;
    int order = str_cmp(left->word, right->word);
    return order ? order : left->family - right->family;
}

static size_t chain_of(uint64_t sound)
{
    return (sound * 0x9e3779b97f4a7c15u) >> (64 - CHAIN_BITS);
}

static void put_first(struct chains *chains, uint64_t sound, size_t place)
{
    uint16_t *first = &chains->first[chain_of(sound)];
    chains->next[place] = *first;
    *first = (uint16_t)(place + 1);
}

static void make_entries(void)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        struct str rest = str_from(families[i].short_forms);
        struct str word = str_from(families[i].name);
        do {
            if (entry_count == ENTRIES_MAX) abort();
            entries[entry_count++] = (struct entry){
                .word = word,
                .sound = link_sound(word),
                .other_sound = link_sound_other(word),
                .family = (uint16_t)(i + 1),
                .whole = str_eq(word, str_from(families[i].name)),
            };
        } while (str_split(&rest, ' ', &word));
    }
    qsort(entries, entry_count, sizeof *entries, compare);
    for (size_t i = entry_count; i-- > 0;) {
        put_first(&by_sound, entries[i].sound, i);
        put_first(&by_other_sound, entries[i].other_sound, i);
    }
}

/* A name in another spelling belongs to the same families: "Garry" is "Gary",
 * "Cabdi" is "Abdi". */
static int families_by_sound(struct str folded, uint16_t ret[static NAME_FAMILIES])
{
    const uint64_t two_sounds = 0xffff;
    uint64_t sound = link_sound(folded);
    uint64_t other = link_sound_other(folded);
    bool many_sounds = sound > two_sounds || other > two_sounds;
    bool syllable = link_word_is_syllable(folded);
    int count = 0;
    if (folded.len < 5 || !link_sound_tells(sound)) return 0;
    size_t one = by_sound.first[chain_of(sound)];
    size_t two = link_sound_tells(other) ? by_other_sound.first[chain_of(other)] : 0;
    while ((one || two) && count < NAME_FAMILIES) {
        size_t place = one && (!two || one < two) ? one : two;
        const struct entry *entry = &entries[place - 1];
        if (place == one) one = by_sound.next[place - 1];
        if (place == two) two = by_other_sound.next[place - 1];
        if (entry->sound != sound && !link_same_sound(other, entry->other_sound)) continue;
        double enough = syllable && link_word_is_syllable(entry->word) ? 0.9
                        : entry->whole && many_sounds                  ? 0.75
                                                                       : 0.85;
        if (entry->word.len >= 4 && link_kernel_jaro_winkler(entry->word, folded) >= enough)
            ret[count++] = entry->family;
    }
    return count;
}

int link_name_families(struct str folded, uint16_t ret[static NAME_FAMILIES])
{
    pthread_once(&once, make_entries);
    size_t low = 0;
    size_t high = entry_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_cmp(entries[middle].word, folded) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    int count = 0;
    for (; low < entry_count && str_eq(entries[low].word, folded) && count < NAME_FAMILIES; low++)
        ret[count++] = entries[low].family;
    if (count == 0) count = families_by_sound(folded, ret);
    for (int i = count; i < NAME_FAMILIES; i++) ret[i] = 0;
    return count;
}
