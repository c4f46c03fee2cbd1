#include "link/spoken.h"

#include "link/kernel.h"

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

static bool is_one_of(struct str word, size_t at, const char *letters)
{
    return at < word.len && strchr(letters, word.ptr[at]) != NULL;
}

static bool holds(const struct rule *rule, struct str word, size_t at)
{
    if (rule->written[0] != word.ptr[at]) return false; /* most */
    size_t length = strlen(rule->written), after = at + length;
    if (after > word.len || memcmp(word.ptr + at, rule->written, length) != 0) return false;
    switch (rule->place) {
    case FIRST: return at == 0;
    case INSIDE: return at > 0;
    case LAST: return after == word.len && at > 1;
    case BEFORE_E_I: return is_one_of(word, after, "eiy");
    case AFTER_E_I: return at > 0 && is_one_of(word, at - 1, "ei");
    default: return true;
    }
}

static const struct rule *find(const struct spelling *spelling, struct str word, size_t at)
{
    for (size_t i = 0; i < spelling->count; i++)
        if (holds(&spelling->rule[i], word, at)) return &spelling->rule[i];
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (holds(&common[i], word, at)) return &common[i];
    return NULL;
}

static bool is_vowel(char sound)
{
    return strchr("aeiou", sound) != NULL;
}

/* No sound twice in a row; no i that only leads over to a vowel. */
static void add(char sound, char ret[static SPOKEN_SIZE], size_t *count)
{
    if (*count > 0 && ret[*count - 1] == sound) return;
    if (*count > 1 && ret[*count - 1] == 'i' && is_vowel(sound)) (*count)--;
    if (*count > 0 && ret[*count - 1] == sound) return;
    if (*count < SPOKEN_SIZE) ret[(*count)++] = sound;
}

static struct str say(const struct spelling *spelling, struct str word, char ret[static SPOKEN_SIZE])
{
    size_t count = 0;
    for (size_t at = 0; at < word.len;) {
        const struct rule *rule = find(spelling, word, at);
        if (!rule) add(word.ptr[at], ret, &count);
        for (const char *said = rule ? rule->said : ""; *said; said++) add(*said, ret, &count);
        at += rule ? strlen(rule->written) : 1;
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
    for (int i = 0; i < READINGS; i++) ret[i] = consonants_of(say(&spellings[i], folded, space));
}

double link_spoken_alike(struct str a, struct str b)
{
    char space_a[READINGS][SPOKEN_SIZE], space_b[READINGS][SPOKEN_SIZE];
    struct str said_a[READINGS], said_b[READINGS];
    uint64_t heard_a[READINGS], heard_b[READINGS];
    for (int i = 0; i < READINGS; i++) {
        said_a[i] = say(&spellings[i], a, space_a[i]);
        said_b[i] = say(&spellings[i], b, space_b[i]);
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
