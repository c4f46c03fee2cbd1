#include "link/phonetic.h"

/* Longest spellings first: what is written, and the sound. */
static const struct {
    const char *spelling;
    const char *sound;
} spellings[] = {
    {"tsch", "X"}, {"szcz", "X"}, {"shch", "X"}, {"sch", "X"}, {"tch", "X"}, {"dzh", "J"},
    {"ough", ""},  {"augh", "f"}, {"eigh", ""},  {"igh", ""},  {"sh", "X"},  {"sz", "X"},
    {"ch", "X"},   {"cz", "X"},   {"cs", "X"},   {"zh", "J"},  {"rz", "J"},  {"dz", "s"},
    {"th", "t"},   {"dh", "t"},   {"ph", "f"},   {"bh", "f"},  {"mh", "f"},  {"gh", "k"},
    {"kh", "k"},   {"qu", "kw"},  {"ck", "k"},   {"kn", "n"},  {"gn", "n"},  {"wr", "r"},
    {"wh", "w"},   {"ce", "s"},   {"ci", "s"},   {"cy", "s"},  {"ge", "J"},  {"gi", "J"},
    {"dj", "J"},   {"x", "ks"},   {"c", "k"},    {"q", "k"},   {"g", "k"},   {"z", "s"},
    {"s", "s"},    {"j", "J"},    {"d", "t"},    {"t", "t"},   {"p", "b"},   {"b", "b"},
    {"v", "f"},    {"f", "f"},    {"w", "f"},    {"k", "k"},   {"l", "l"},   {"m", "m"},
    {"n", "n"},    {"r", "r"},    {"h", ""},     {"y", ""},
};

/* The sounds that link_sound_other hears as one. */
static bool one_throat(struct str rest, bool first, const char **ret_sound, size_t *ret_length)
{
    static const char *const spellings_of_h[] = {"kh", "gh", "h", "g", "x"};
    if (first && (rest.ptr[0] == 'j' || rest.ptr[0] == 'y')) { /* Jakub, Yakub */
        *ret_sound = "J";
        *ret_length = 1;
        return true;
    }
    if (!first && rest.ptr[0] == 'w') { /* Ruan, Rewan; Nolan, Knowlan */
        *ret_sound = "";
        *ret_length = 1;
        return true;
    }
    if (first && rest.len > 1 && rest.ptr[0] == 'c' && strchr("aeiou", rest.ptr[1])) {
        *ret_sound = "";
        *ret_length = 1;
        return true;
    }
    for (size_t i = 0; i < sizeof spellings_of_h / sizeof *spellings_of_h; i++) {
        if (!str_starts(rest, str_from(spellings_of_h[i]))) continue;
        *ret_sound = "h";
        *ret_length = strlen(spellings_of_h[i]);
        return true;
    }
    return false;
}

static uint64_t sound_of(struct str folded, bool other)
{
    char code[9];
    size_t count = 0;
    bool first = true;
    for (size_t at = 0; at < folded.len && count < 8;) {
        char c = folded.ptr[at];
        struct str rest = str_sub(folded, at, folded.len);
        if (strchr("aeiou", c) || (first && !other && c == 'y')) {
            if (first) code[count++] = 'a';
            first = false;
            at++;
            continue;
        }
        const char *sound = "";
        size_t length = 1;
        if (other && one_throat(rest, first, &sound, &length)) {
            for (; *sound; sound++) code[count++] = *sound;
            first = first && c == 'c';
            at += length;
            continue;
        }
        for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
            if (spellings[i].spelling[0] != c) continue;
            if (!str_starts(rest, str_from(spellings[i].spelling))) continue;
            sound = spellings[i].sound;
            length = strlen(spellings[i].spelling);
            break;
        }
        /* "ge" and the like: the vowel after it belongs to the spelling. */
        for (; *sound && count < 8; sound++)
            if (count == 0 || code[count - 1] != *sound) code[count++] = *sound;
        first = false;
        at += length;
    }
    uint64_t packed = 0;
    for (size_t i = 0; i < count; i++) packed = packed << 8 | (unsigned char)code[i];
    return packed;
}

uint64_t link_sound(struct str folded)
{
    return sound_of(folded, false);
}

uint64_t link_sound_other(struct str folded)
{
    return sound_of(folded, true);
}

/* After the first letter y is i: Nadiya, Nadiia. */
static char plain_letter(struct str folded, size_t i)
{
    if (i >= folded.len) return 0;
    return i > 0 && folded.ptr[i] == 'y' ? 'i' : folded.ptr[i];
}

struct str link_plain(struct str folded, char space[static LINK_PLAIN_SIZE])
{
    static const char *const pairs[] = {"oou", "ouu", "eei", "phf", "ckk"};
    size_t count = 0;
    for (size_t i = 0; i < folded.len && count < LINK_PLAIN_SIZE; i++) {
        char c = plain_letter(folded, i);
        char next = plain_letter(folded, i + 1);
        bool pair = c == next;
        for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++)
            if (c == pairs[k][0] && next == pairs[k][1]) {
                c = pairs[k][2];
                pair = true;
                break;
            }
        if (pair) i++;
        space[count++] = c;
    }
    return str_of(space, count);
}
