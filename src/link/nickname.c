/*
 * Families of given names: a table of the project's own, sorted at first use.
 */
#include "link/phonetic.h"
#include "link/record.h"
#include "link/similarity.h"

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
    uint16_t family; /* place in families + 1 */
} entries[ENTRIES_MAX];
static size_t entry_count;
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
            entries[entry_count++] = (struct entry){word, link_sound(word), (uint16_t)(i + 1)};
        } while (str_split(&rest, ' ', &word));
    }
    qsort(entries, entry_count, sizeof *entries, compare);
}

/* A name in another spelling belongs to the same families: "Garry" is "Gary". */
static int families_by_sound(struct str folded, uint16_t ret[static NAME_FAMILIES])
{
    uint64_t sound = link_sound(folded);
    int count = 0;
    if (folded.len < 4 || sound <= 0xff) return 0;
    for (size_t i = 0; i < entry_count && count < NAME_FAMILIES; i++)
        if (entries[i].sound == sound && entries[i].word.len >= 4 &&
            link_jaro_winkler(entries[i].word, folded) >= 0.85)
            ret[count++] = entries[i].family;
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
