#include "link/spoken.h"

#include "link/kernel.h"

#include <pthread.h>
#include <stdlib.h>

/* Where a rule holds. */
enum place {
    ANYWHERE,
    FIRST,
    INSIDE /* not first */,
    LAST,
    BEFORE_E_I,
    BEFORE_A_I_O_U,
    BEFORE_CONSONANT,
    AFTER_E_I
};

/* What is written and what is said; capitals: S as in ship, C as in chip, Z as in measure. */
struct rule {
    const char *written;
    const char *said;
    enum place place;
};

/* What no language of its own says; longest first. */
static const struct rule common[] = {
    {"tsch", "C", ANYWHERE}, {"tch", "C", ANYWHERE}, {"sch", "S", ANYWHERE}, {"dzh", "Z", ANYWHERE},
    {"sh", "S", ANYWHERE}, {"ch", "C", ANYWHERE}, {"zh", "Z", ANYWHERE}, {"ph", "f", ANYWHERE},
    {"th", "t", ANYWHERE}, {"dh", "d", ANYWHERE}, {"gh", "g", ANYWHERE}, {"kh", "k", ANYWHERE},
    {"bh", "b", ANYWHERE}, {"ck", "k", ANYWHERE}, {"qu", "kv", ANYWHERE}, {"kn", "n", FIRST},
    {"wr", "r", FIRST}, {"wh", "v", ANYWHERE}, {"dj", "Z", ANYWHERE}, {"ks", "ks", ANYWHERE},
    {"x", "ks", ANYWHERE}, {"q", "k", ANYWHERE}, {"c", "s", BEFORE_E_I}, {"c", "k", ANYWHERE},
    {"j", "Z", ANYWHERE}, {"w", "v", ANYWHERE}, {"ee", "i", ANYWHERE}, {"ea", "i", ANYWHERE},
    {"oo", "u", ANYWHERE}, {"ou", "u", ANYWHERE}, {"ai", "e", ANYWHERE}, {"ay", "e", ANYWHERE},
    {"ei", "e", ANYWHERE}, {"ey", "e", ANYWHERE}, {"au", "o", ANYWHERE},
    {"aw", "av", BEFORE_A_I_O_U}, {"aw", "o", ANYWHERE}, {"y", "y", FIRST}, {"y", "i", ANYWHERE},
    {"h", "", LAST},
};

static const struct rule english[] = {
    {"ough", "o", ANYWHERE}, {"augh", "o", ANYWHERE}, {"igh", "i", ANYWHERE},
    {"ge", "Z", LAST},       {"e", "", LAST},         {"ow", "o", ANYWHERE},
    {"ey", "i", LAST},
};

/* Polish, Ukrainian and Romanian, as they are written and as they are transliterated. */
static const struct rule eastern[] = {
    {"szcz", "SC", ANYWHERE}, {"shch", "SC", ANYWHERE}, {"sz", "S", ANYWHERE},
    {"cz", "C", ANYWHERE}, {"krz", "kS", ANYWHERE}, {"prz", "pS", ANYWHERE},
    {"trz", "tS", ANYWHERE}, {"drz", "Z", ANYWHERE}, {"rz", "Z", ANYWHERE}, {"che", "ke", LAST},
    {"chi", "ki", FIRST}, {"ch", "h", ANYWHERE}, {"kh", "h", ANYWHERE}, {"ck", "tsk", ANYWHERE},
    {"cj", "ts", ANYWHERE}, {"cie", "Ce", ANYWHERE}, {"cia", "Ca", ANYWHERE},
    {"ciu", "Cu", ANYWHERE}, {"ci", "Ci", ANYWHERE}, {"dzi", "Zi", ANYWHERE}, {"gh", "h", ANYWHERE},
    {"g", "h", ANYWHERE}, {"c", "ts", ANYWHERE}, {"j", "y", FIRST}, {"i", "y", FIRST},
    {"j", "i", ANYWHERE}, {"yi", "i", ANYWHERE}, {"ai", "ai", ANYWHERE}, {"ei", "ei", ANYWHERE},
    {"au", "au", ANYWHERE}, {"ea", "ea", ANYWHERE},
};

static const struct rule irish[] = {
    {"abh", "o", BEFORE_CONSONANT}, {"amh", "o", BEFORE_CONSONANT}, {"obh", "o", BEFORE_CONSONANT},
    {"omh", "o", BEFORE_CONSONANT}, {"aigh", "i", LAST}, {"aidh", "i", LAST},
    {"rgh", "rg", ANYWHERE}, {"lgh", "lg", ANYWHERE}, {"bhf", "v", ANYWHERE}, {"mh", "v", ANYWHERE},
    {"bh", "v", ANYWHERE}, {"fh", "", ANYWHERE}, {"dh", "g", FIRST}, {"gh", "g", FIRST},
    {"adh", "a", ANYWHERE}, {"agh", "a", ANYWHERE}, {"eadh", "a", ANYWHERE}, {"igh", "i", ANYWHERE},
    {"idh", "i", ANYWHERE}, {"dh", "", ANYWHERE}, {"gh", "", ANYWHERE}, {"th", "", INSIDE},
    {"th", "h", FIRST}, {"sh", "h", FIRST}, {"ch", "k", ANYWHERE}, {"aoi", "i", ANYWHERE},
    {"ao", "i", ANYWHERE}, {"eoi", "o", ANYWHERE}, {"eo", "o", ANYWHERE}, {"eai", "a", ANYWHERE},
    {"ea", "a", ANYWHERE}, {"iui", "u", ANYWHERE}, {"iu", "u", ANYWHERE}, {"io", "i", ANYWHERE},
    {"ui", "i", ANYWHERE}, {"oi", "o", ANYWHERE}, {"ai", "a", ANYWHERE}, {"s", "S", BEFORE_E_I},
    {"s", "S", AFTER_E_I}, {"c", "k", ANYWHERE},
};

/* Arabic names as they are written in Somali, and as they are transliterated. */
static const struct rule arabic[] = {
    {"kh", "h", ANYWHERE}, {"x", "h", ANYWHERE}, {"ch", "C", ANYWHERE}, {"c", "", ANYWHERE},
    {"q", "k", ANYWHERE}, {"aa", "a", ANYWHERE}, {"uu", "u", ANYWHERE}, {"ii", "i", ANYWHERE},
    {"ow", "ov", BEFORE_A_I_O_U}, {"ow", "o", ANYWHERE}, {"o", "a", LAST},
};

/* Quoc ngu without its marks, and the same syllables as English hears them. */
static const struct rule vietnamese[] = {
    {"ngh", "n", ANYWHERE}, {"ng", "n", FIRST}, {"nh", "n", ANYWHERE}, {"gi", "z", FIRST},
    {"gh", "g", ANYWHERE}, {"ch", "k", LAST}, {"tr", "C", FIRST}, {"kh", "k", ANYWHERE},
    {"x", "s", ANYWHERE}, {"ieu", "iu", ANYWHERE}, {"yeu", "iu", ANYWHERE}, {"ew", "iu", ANYWHERE},
    {"au", "au", ANYWHERE}, {"ao", "au", ANYWHERE}, {"ow", "au", ANYWHERE},
    {"aw", "av", BEFORE_A_I_O_U}, {"aw", "au", ANYWHERE}, {"ai", "ai", ANYWHERE},
    {"ay", "ai", ANYWHERE}, {"c", "k", ANYWHERE},
};

#define RULES(list) {list, sizeof(list) / sizeof *(list)}
static const struct spelling {
    const struct rule *rule;
    size_t count;
} spellings[READINGS] = {RULES(english), RULES(eastern), RULES(irish), RULES(arabic),
                           RULES(vietnamese)};

/* The rules of a spelling that begin with a letter, its own before those of all; made once. */
enum { OF_A_LETTER = 24, LETTERS = 26 };
static struct rules_of {
    struct {
        const char *written, *said;
        uint8_t length;
        uint8_t place;
    } rule[OF_A_LETTER];
    size_t count;
} rules_of[READINGS][LETTERS];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void put_rules(struct rules_of *ret, const struct rule *rule, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct rules_of *of = &ret[rule[i].written[0] - 'a'];
        if (of->count == OF_A_LETTER) abort();
        size_t at = of->count++;
        of->rule[at].written = rule[i].written;
        of->rule[at].said = rule[i].said;
        of->rule[at].length = (uint8_t)strlen(rule[i].written);
        of->rule[at].place = (uint8_t)rule[i].place;
    }
}

static void make_rules(void)
{
    for (int i = 0; i < READINGS; i++) {
        put_rules(rules_of[i], spellings[i].rule, spellings[i].count);
        put_rules(rules_of[i], common, sizeof common / sizeof *common);
    }
}

static bool is_one_of(struct str word, size_t at, const char *letters)
{
    return at < word.len && strchr(letters, word.ptr[at]) != NULL;
}

static bool place_holds(enum place place, struct str word, size_t at, size_t after)
{
    switch (place) {
    case FIRST: return at == 0;
    case INSIDE: return at > 0;
    case LAST: return after == word.len && at > 1;
    case BEFORE_E_I: return is_one_of(word, after, "eiy");
    case BEFORE_A_I_O_U: return is_one_of(word, after, "aiou");
    case BEFORE_CONSONANT: return after < word.len && !is_one_of(word, after, "aeiouy");
    case AFTER_E_I: return at > 0 && is_one_of(word, at - 1, "ei");
    default: return true;
    }
}

static bool stands_at(struct str word, size_t at, const char *written, size_t length)
{
    if (at + length > word.len) return false;
    for (size_t i = 1; i < length; i++) /* the first letter is why it is looked at */
        if (word.ptr[at + i] != written[i]) return false;
    return true;
}

/* No sound twice in a row; no i that only leads over to a vowel. */
static void add(char sound, char ret[static SPOKEN_SIZE], size_t *count)
{
    if (*count > 0 && ret[*count - 1] == sound) return;
    if (*count > 1 && ret[*count - 1] == 'i' && link_is_vowel(sound)) (*count)--;
    if (*count > 0 && ret[*count - 1] == sound) return;
    if (*count < SPOKEN_SIZE) ret[(*count)++] = sound;
}

static size_t say(struct rules_of *spelling, struct str word, char ret[static SPOKEN_SIZE])
{
    size_t count = 0;
    for (size_t at = 0; at < word.len && count < SPOKEN_SIZE;) {
        char letter = word.ptr[at];
        const struct rules_of *of = letter >= 'a' && letter <= 'z' ? &spelling[letter - 'a'] : NULL;
        size_t i = 0, rules = of ? of->count : 0;
        while (i < rules &&
               !(stands_at(word, at, of->rule[i].written, of->rule[i].length) &&
                 place_holds((enum place)of->rule[i].place, word, at, at + of->rule[i].length)))
            i++;
        if (i == rules) {
            add(letter, ret, &count);
            at++;
            continue;
        }
        for (const char *said = of->rule[i].said; *said; said++) add(*said, ret, &count);
        at += of->rule[i].length;
    }
    return count;
}

static char as_heard(char sound)
{
    switch (sound) {
    case 'v': return 'f';
    case 'z': return 's';
    case 'Z': return 'S';
    case 'd': return 't';
    case 'g':
    case 'q': return 'k';
    case 'b': return 'p';
    default: return sound;
    }
}

static uint64_t consonants_of(struct str said)
{
    uint64_t ret = 0, whole = 0;
    size_t count = 0;
    for (size_t i = 0; i < said.len && count < 8; i++) {
        char sound = as_heard(said.ptr[i]);
        if (i < 8) whole = whole << 8 | (unsigned char)sound;
        if (i > 0 && (link_is_vowel(sound) || sound == 'h' || sound == 'y')) continue;
        if (link_is_vowel(sound)) sound = 'a';
        ret = ret << 8 | (unsigned char)sound;
        count++;
    }
    return count < 2 ? whole : ret;
}

void link_spoken_read(struct str folded, struct spoken *ret)
{
    pthread_once(&once, make_rules);
    ret->differ = 1;
    ret->letters = folded.len < UINT8_MAX ? (uint8_t)folded.len : UINT8_MAX;
    for (int i = 0; i < READINGS; i++) {
        ret->length[i] = (uint8_t)say(rules_of[i], folded, ret->said[i]);
        bool same = i > 0 && str_eq(link_spoken_said(ret, i), link_spoken_said(ret, 0));
        ret->heard[i] = same ? ret->heard[0] : consonants_of(link_spoken_said(ret, i));
        if (!same) ret->differ |= (uint8_t)(1 << i);
    }
}

double link_spoken_alike(const struct spoken *a, const struct spoken *b)
{
    double best = 0;
    for (int i = 0; i < READINGS; i++)
        for (int k = 0; k < READINGS; k++) {
            if (!link_spoken_side_by_side(a, i, b, k) || a->heard[i] != b->heard[k]) continue;
            double alike = link_kernel_jaro_winkler(link_spoken_said(a, i), link_spoken_said(b, k));
            if (alike > best) best = alike;
        }
    return best;
}
