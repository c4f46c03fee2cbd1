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

enum { ENTRIES_MAX = 4096 };

static struct entry {
    struct str word;
    uint64_t sound;
    uint64_t other_sound;
    uint16_t family; /* place in families + 1 */
    bool whole;      /* the name itself, no short form of it */
} entries[ENTRIES_MAX];
static size_t entry_count;
/* The sounds of the entries side by side, to be looked through fast. */
static uint64_t sounds[ENTRIES_MAX];
static uint64_t other_sounds[ENTRIES_MAX];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int compare(const void *a, const void *b)
{
    const struct entry *left = a;
    const struct entry *right = b;
    int order = str_cmp(left->word, right->word);
    return order ? order : left->family - right->family;
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
    for (size_t i = 0; i < entry_count; i++) {
        sounds[i] = entries[i].sound;
        other_sounds[i] = entries[i].other_sound;
    }
}

/* A name in another spelling belongs to the same families: "Garry" is "Gary",
 * "Cabdi" is "Abdi". */
static int families_by_sound(struct str folded, uint16_t ret[static NAME_FAMILIES])
{
    const uint64_t one_sound = 0xff, two_sounds = 0xffff;
    uint64_t sound = link_sound(folded);
    uint64_t other = link_sound_other(folded);
    bool many_sounds = sound > two_sounds || other > two_sounds;
    bool syllable = link_word_is_syllable(folded);
    int count = 0;
    if (folded.len < 5 || sound <= one_sound) return 0;
    for (size_t i = 0; i < entry_count && count < NAME_FAMILIES; i++) {
        bool same = sounds[i] == sound || (other > one_sound && other_sounds[i] == other);
        if (!same) continue;
        const struct entry *entry = &entries[i];
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
