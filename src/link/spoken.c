#include "link/spoken.h"

#include "link/kernel.h"

#include <pthread.h>
#include <stdlib.h>

/* Where a rule holds. */
enum place { ANYWHERE, FIRST, INSIDE /* not first */, LAST, BEFORE_E_I, AFTER_E_I };

/* What is written and what is said; capitals: S as in ship, C as in chip, Z as in measure. */
struct rule {
    const char *written;
    const char *said;
    enum place place;
};

/* What no language of its own says; longest first. */
static const struct rule common[] = {
    {"tsch", "C", ANYWHERE}, {"tch", "C", ANYWHERE}, {"sch", "S", ANYWHERE}, {"dzh", "Z", ANYWHERE},
    {"sh", "S", ANYWHERE},   {"ch", "C", ANYWHERE},  {"zh", "Z", ANYWHERE},  {"ph", "f", ANYWHERE},
    {"th", "t", ANYWHERE},   {"dh", "d", ANYWHERE},  {"gh", "g", ANYWHERE},  {"kh", "k", ANYWHERE},
    {"bh", "b", ANYWHERE},   {"ck", "k", ANYWHERE},  {"qu", "kv", ANYWHERE}, {"kn", "n", FIRST},
    {"wr", "r", FIRST},      {"wh", "v", ANYWHERE},  {"dj", "Z", ANYWHERE},  {"ks", "ks", ANYWHERE},
    {"x", "ks", ANYWHERE},   {"q", "k", ANYWHERE},   {"c", "s", BEFORE_E_I}, {"c", "k", ANYWHERE},
    {"j", "Z", ANYWHERE},    {"w", "v", ANYWHERE},   {"ee", "i", ANYWHERE},  {"ea", "i", ANYWHERE},
    {"oo", "u", ANYWHERE},   {"ou", "u", ANYWHERE},  {"ai", "e", ANYWHERE},  {"ay", "e", ANYWHERE},
    {"ei", "e", ANYWHERE},   {"ey", "e", ANYWHERE},  {"au", "o", ANYWHERE},  {"aw", "o", ANYWHERE},
    {"y", "y", FIRST},       {"y", "i", ANYWHERE},   {"h", "", LAST},
};

static const struct rule english[] = {
    {"ough", "o", ANYWHERE}, {"augh", "o", ANYWHERE}, {"igh", "i", ANYWHERE},
    {"ge", "Z", LAST},       {"e", "", LAST},         {"ow", "o", ANYWHERE},
};

/* Polish, Ukrainian and Romanian, as they are written and as they are transliterated. */
static const struct rule eastern[] = {
    {"szcz", "SC", ANYWHERE}, {"shch", "SC", ANYWHERE}, {"sz", "S", ANYWHERE},  {"cz", "C", ANYWHERE},
    {"krz", "kS", ANYWHERE},  {"prz", "pS", ANYWHERE},  {"trz", "tS", ANYWHERE}, {"drz", "Z", ANYWHERE},
    {"rz", "Z", ANYWHERE},    {"che", "ke", LAST},    {"chi", "ki", FIRST},
    {"ch", "h", ANYWHERE},    {"kh", "h", ANYWHERE},    {"ck", "tsk", ANYWHERE}, {"cj", "ts", ANYWHERE},
    {"cie", "Ce", ANYWHERE},  {"cia", "Ca", ANYWHERE},  {"ciu", "Cu", ANYWHERE}, {"ci", "Ci", ANYWHERE},
    {"dzi", "Zi", ANYWHERE},  {"gh", "h", ANYWHERE},    {"g", "h", ANYWHERE},   {"c", "ts", ANYWHERE},
    {"j", "y", FIRST},        {"i", "y", FIRST},        {"j", "i", ANYWHERE},   {"yi", "i", ANYWHERE},
    {"ai", "ai", ANYWHERE},   {"ei", "ei", ANYWHERE},   {"au", "au", ANYWHERE}, {"ea", "ea", ANYWHERE},
};

static const struct rule irish[] = {
    {"bhf", "v", ANYWHERE}, {"mh", "v", ANYWHERE},  {"bh", "v", ANYWHERE},  {"fh", "", ANYWHERE},
    {"dh", "g", FIRST},     {"gh", "g", FIRST},     {"adh", "a", ANYWHERE}, {"agh", "a", ANYWHERE},
    {"eadh", "a", ANYWHERE}, {"igh", "i", ANYWHERE}, {"idh", "i", ANYWHERE}, {"dh", "", ANYWHERE},
    {"gh", "", ANYWHERE},   {"th", "", INSIDE},     {"th", "h", FIRST},     {"sh", "h", FIRST},
    {"ch", "k", ANYWHERE},  {"aoi", "i", ANYWHERE}, {"ao", "i", ANYWHERE},
    {"eoi", "o", ANYWHERE}, {"eo", "o", ANYWHERE},  {"eai", "a", ANYWHERE}, {"ea", "a", ANYWHERE},
    {"iui", "u", ANYWHERE}, {"iu", "u", ANYWHERE},  {"io", "i", ANYWHERE},  {"ui", "i", ANYWHERE},
    {"oi", "o", ANYWHERE},  {"ai", "a", ANYWHERE},  {"s", "S", BEFORE_E_I}, {"s", "S", AFTER_E_I},
    {"c", "k", ANYWHERE},
};

/* Arabic names as they are written in Somali, and as they are transliterated. */
static const struct rule arabic[] = {
    {"kh", "h", ANYWHERE}, {"x", "h", ANYWHERE},  {"ch", "C", ANYWHERE}, {"c", "", ANYWHERE},   {"q", "k", ANYWHERE},
    {"aa", "a", ANYWHERE}, {"uu", "u", ANYWHERE}, {"ii", "i", ANYWHERE}, {"ow", "o", ANYWHERE}, {"o", "a", LAST},
};

#define RULES(list) {list, sizeof(list) / sizeof *(list)}
static const struct spelling {
    const struct rule *rule;
    size_t count;
} spellings[READINGS] = {RULES(english), RULES(eastern), RULES(irish), RULES(arabic)};

/* What each spelling has for a letter, its own before what is common, in their order. */
enum { LETTERS = 26, STARTING_MAX = 24 };
static struct starting {
    const struct rule *rule;
    size_t length; /* of what is written */
} starting[READINGS][LETTERS][STARTING_MAX]; /* the first without a rule is the end */
static pthread_once_t sorted_once = PTHREAD_ONCE_INIT;

static void sort_rules(struct starting by_letter[static LETTERS][STARTING_MAX], const struct rule *rule, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct starting *place = by_letter[rule[i].written[0] - 'a'];
        size_t at = 0;
        while (place[at].rule) at++;
        if (at + 1 == STARTING_MAX) abort(); /* the end has a place, too */
        place[at] = (struct starting){&rule[i], strlen(rule[i].written)};
    }
}

static void sort_spellings(void)
{
    for (int i = 0; i < READINGS; i++) {
        sort_rules(starting[i], spellings[i].rule, spellings[i].count);
        sort_rules(starting[i], common, sizeof common / sizeof *common);
    }
}

static bool is_one_of(struct str word, size_t at, const char *letters)
{
    return at < word.len && strchr(letters, word.ptr[at]) != NULL;
}

/* Of a rule that begins as the word does there. */
static bool holds(const struct starting *starts, struct str word, size_t at)
{
    const struct rule *rule = starts->rule;
    size_t after = at + starts->length;
    if (after > word.len) return false;
    for (size_t i = 1; i < starts->length; i++)
        if (word.ptr[at + i] != rule->written[i]) return false;
    switch (rule->place) {
    case FIRST: return at == 0;
    case INSIDE: return at > 0;
    case LAST: return after == word.len && at > 1;
    case BEFORE_E_I: return is_one_of(word, after, "eiy");
    case AFTER_E_I: return at > 0 && is_one_of(word, at - 1, "ei");
    default: return true;
    }
}

static const struct starting *find(struct starting by_letter[static LETTERS][STARTING_MAX], struct str word, size_t at)
{
    char letter = word.ptr[at];
    if (letter < 'a' || letter > 'z') return NULL;
    for (const struct starting *starts = by_letter[letter - 'a']; starts->rule; starts++)
        if (holds(starts, word, at)) return starts;
    return NULL;
}

static bool is_vowel(char sound)
{
    return sound == 'a' || sound == 'e' || sound == 'i' || sound == 'o' || sound == 'u';
}

/* No sound twice in a row; no i that only leads over to a vowel. */
static void add(char sound, char ret[static SPOKEN_SIZE], size_t *count)
{
    if (*count > 0 && ret[*count - 1] == sound) return;
    if (*count > 1 && ret[*count - 1] == 'i' && is_vowel(sound)) (*count)--;
    if (*count > 0 && ret[*count - 1] == sound) return;
    if (*count < SPOKEN_SIZE) ret[(*count)++] = sound;
}

static struct str say(int spelling, struct str word, char ret[static SPOKEN_SIZE])
{
    size_t count = 0;
    pthread_once(&sorted_once, sort_spellings);
    for (size_t at = 0; at < word.len;) {
        const struct starting *starts = find(starting[spelling], word, at);
        if (!starts) add(word.ptr[at], ret, &count);
        for (const char *said = starts ? starts->rule->said : ""; *said; said++) add(*said, ret, &count);
        at += starts ? starts->length : 1;
    }
    return str_of(ret, count);
}

/* Those that one ear hears as another are one; h is heard at the beginning alone. */
static uint64_t consonants_of(struct str said)
{
    static const char from[] = "vzZdgbq", to[] = "fsStkpk";
    uint64_t ret = 0;
    size_t count = 0;
    for (size_t i = 0; i < said.len && count < 8; i++) {
        char sound = said.ptr[i];
        const char *same = strchr(from, sound);
        if (same) sound = to[same - from];
        if (i > 0 && (is_vowel(sound) || sound == 'h' || sound == 'y')) continue;
        if (is_vowel(sound)) sound = 'a';
        ret = ret << 8 | (unsigned char)sound;
        count++;
    }
    return ret;
}

void link_spoken_consonants(struct str folded, uint64_t ret[static READINGS])
{
    char space[SPOKEN_SIZE];
    for (int i = 0; i < READINGS; i++) ret[i] = consonants_of(say(i, folded, space));
}

double link_spoken_alike(struct str a, struct str b)
{
    char space_a[READINGS][SPOKEN_SIZE], space_b[READINGS][SPOKEN_SIZE];
    struct str said_a[READINGS], said_b[READINGS];
    uint64_t heard_a[READINGS], heard_b[READINGS];
    for (int i = 0; i < READINGS; i++) {
        said_a[i] = say(i, a, space_a[i]);
        said_b[i] = say(i, b, space_b[i]);
        heard_a[i] = consonants_of(said_a[i]);
        heard_b[i] = consonants_of(said_b[i]);
    }
    double best = 0;
    for (int i = 0; i < READINGS; i++)
        for (int k = 0; k < READINGS; k++) {
            if (!link_spoken_side_by_side(i, k) || heard_a[i] != heard_b[k]) continue;
            double alike = link_kernel_jaro_winkler(said_a[i], said_b[k]);
            if (alike > best) best = alike;
        }
    return best;
}
