#include "link/phonetic.h"

/* What is written, and the sound: by the first letter, longest spellings first. */
static const struct spelling {
    char written[5];
    char sound[3];
} of_a[] = {{"augh", "f"}, {"", ""}}, of_b[] = {{"bh", "f"}, {"b", "b"}, {"", ""}},
  of_c[] = {{"ch", "X"}, {"cz", "X"}, {"cs", "X"}, {"ck", "k"}, {"ce", "s"},
            {"ci", "s"}, {"cy", "s"}, {"c", "k"},  {"", ""}},
  of_d[] = {{"dzh", "J"}, {"dz", "s"}, {"dh", "t"}, {"dj", "J"}, {"d", "t"}, {"", ""}},
  of_e[] = {{"eigh", ""}, {"", ""}}, of_f[] = {{"f", "f"}, {"", ""}},
  of_g[] = {{"gh", "k"}, {"gn", "n"}, {"ge", "J"}, {"gi", "J"}, {"g", "k"}, {"", ""}},
  of_h[] = {{"h", ""}, {"", ""}}, of_i[] = {{"igh", ""}, {"", ""}}, of_j[] = {{"j", "J"}, {"", ""}},
  of_k[] = {{"kh", "k"}, {"kn", "n"}, {"k", "k"}, {"", ""}}, of_l[] = {{"l", "l"}, {"", ""}},
  of_m[] = {{"mh", "f"}, {"m", "m"}, {"", ""}}, of_n[] = {{"n", "n"}, {"", ""}},
  of_o[] = {{"ough", ""}, {"", ""}}, of_p[] = {{"ph", "f"}, {"p", "b"}, {"", ""}},
  of_q[] = {{"qu", "kw"}, {"q", "k"}, {"", ""}}, of_r[] = {{"rz", "J"}, {"r", "r"}, {"", ""}},
  of_s[] = {{"szcz", "X"}, {"shch", "X"}, {"sch", "X"}, {"sh", "X"},
            {"sz", "X"},   {"s", "s"},    {"", ""}},
  of_t[] = {{"tsch", "X"}, {"tch", "X"}, {"th", "t"}, {"t", "t"}, {"", ""}},
  of_v[] = {{"v", "f"}, {"", ""}}, of_w[] = {{"wr", "r"}, {"wh", "w"}, {"w", "f"}, {"", ""}},
  of_x[] = {{"x", "ks"}, {"", ""}}, of_y[] = {{"y", ""}, {"", ""}},
  of_z[] = {{"zh", "J"}, {"z", "s"}, {"", ""}};
static const struct spelling *const spellings[26] = {
    ['a' - 'a'] = of_a, ['b' - 'a'] = of_b, ['c' - 'a'] = of_c, ['d' - 'a'] = of_d,
    ['e' - 'a'] = of_e, ['f' - 'a'] = of_f, ['g' - 'a'] = of_g, ['h' - 'a'] = of_h,
    ['i' - 'a'] = of_i, ['j' - 'a'] = of_j, ['k' - 'a'] = of_k, ['l' - 'a'] = of_l,
    ['m' - 'a'] = of_m, ['n' - 'a'] = of_n, ['o' - 'a'] = of_o, ['p' - 'a'] = of_p,
    ['q' - 'a'] = of_q, ['r' - 'a'] = of_r, ['s' - 'a'] = of_s, ['t' - 'a'] = of_t,
    ['v' - 'a'] = of_v, ['w' - 'a'] = of_w, ['x' - 'a'] = of_x, ['y' - 'a'] = of_y,
    ['z' - 'a'] = of_z,
};

static bool starts_with(struct str text, const char *start)
{
    size_t i = 0;
    while (start[i] && i < text.len && text.ptr[i] == start[i]) i++;
    return !start[i];
}

/* A byte of 0 is passed over like a vowel. */
static bool is_vowel(char c)
{
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 0;
}

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
    if (first && rest.len > 1 && rest.ptr[0] == 'c' && is_vowel(rest.ptr[1])) {
        *ret_sound = "";
        *ret_length = 1;
        return true;
    }
    for (size_t i = 0; i < sizeof spellings_of_h / sizeof *spellings_of_h; i++) {
        if (!starts_with(rest, spellings_of_h[i])) continue;
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
        if (is_vowel(c) || (first && !other && c == 'y')) {
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
        const struct spelling *spelling = c >= 'a' && c <= 'z' ? spellings[c - 'a'] : NULL;
        for (; spelling && spelling->written[0]; spelling++) {
            if (!starts_with(rest, spelling->written)) continue;
            sound = spelling->sound;
            length = strlen(spelling->written);
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
