/*
 * People: names, nicknames, ages and looks.
 */
#include "link/compare_part.h"

#include "link/phonetic.h"
#include "link/similarity.h"

/* --- a word of a name ---------------------------------------------------------- */

/* How two words agree: bits of the level, to be taken off or added to the rarity. */
struct likeness {
    double base;
    double rarity;
    const char *level; /* NULL: not alike */
};

/* Share in the population of a given name that is usual enough to have a short
 * form, and of any other word of a name. */
static const double usual_given = 0.005;
static const double usual_other = 0.0015;
static const double word_most = 11.5;
/* One word alone, be it rare here, is a first name or a nickname of many. */
static const double lone_word_most = 7;
static const double initial_bits = 3.5;

static uint16_t one_family(const struct name_token *a, const struct name_token *b)
{
    for (int i = 0; i < NAME_FAMILIES && a->family[i]; i++)
        for (int k = 0; k < NAME_FAMILIES && b->family[k]; k++)
            if (a->family[i] == b->family[k]) return a->family[i];
    return 0;
}

/* Words that stand in many names of their origin and tell little. */
static bool is_particle(const struct name_token *token)
{
    static const char *const particles[] = {"thi", "van", "bin", "ibn", "binti", "al", "el",
                                            "de",  "da",  "di",  "dos", "von",   "der", "du"};
    for (size_t i = 0; i < sizeof particles / sizeof *particles; i++)
        if (token->text.ptr[0] == particles[i][0] && str_eq(token->text, str_from(particles[i])))
            return true;
    return false;
}

static double word_rarity(const struct compare_counts *counts, const struct name_token *token)
{
    if (is_particle(token)) return 1;
    return link_key_rarity(counts, link_key('n', token->text),
                           token->family[0] ? usual_given : usual_other, word_most);
}

/* Of the two the commoner: a rare misspelling of a common name is common. */
static double pair_rarity(const struct compare_counts *counts, const struct name_token *a,
                          const struct name_token *b)
{
    return fmin(word_rarity(counts, a), word_rarity(counts, b));
}

static double family_rarity(const struct compare_counts *counts, uint16_t family)
{
    return link_key_rarity(counts, link_key('f', str_of((const char *)&family, sizeof family)),
                           2 * usual_given, word_most);
}

static double sound_rarity(const struct compare_counts *counts, uint64_t sound)
{
    return link_key_rarity(counts, link_key('s', str_of((const char *)&sound, sizeof sound)),
                           2 * usual_other, word_most);
}

/* Stefan and Stefania, Oleksandr and Oleksandra: more often two people than one. */
static bool is_other_form(struct str a, struct str b)
{
    struct str longer = a.len > b.len ? a : b;
    struct str shorter = a.len > b.len ? b : a;
    struct str rest = str_sub(longer, shorter.len, longer.len);
    return shorter.len >= 4 && str_starts(longer, shorter) &&
           (str_eq(rest, STR("a")) || str_eq(rest, STR("ia")));
}

/* How alike two words look, 0 to 1.  A common beginning (Tre-, Pen-) must not make
 * two names alike by itself: a third of the letters may differ, no more. */
static double look(struct str a, struct str b, struct str plain_a, struct str plain_b)
{
    size_t longer = a.len > b.len ? a.len : b.len;
    double similar = fmax(link_jaro_winkler(a, b), link_jaro_winkler(plain_a, plain_b));
    return link_osa(a, b) > (longer < 6 ? 2 : longer / 3) ? fmin(similar, 0.8) : similar;
}

/* One syllable: words of so few letters differ by a vowel, as Hong, Huong, Hoang. */
static bool is_syllable(struct str word)
{
    int groups = 0;
    for (size_t i = 0; i < word.len; i++)
        groups += strchr("aeiouy", word.ptr[i]) && (i == 0 || !strchr("aeiouy", word.ptr[i - 1]));
    return word.len < 6 && groups == 1;
}

/* Words of other sounds that have few letters in common are not looked at closely. */
static bool may_be_alike(const struct name_token *a, const struct name_token *b)
{
    if (a->sound == b->sound || a->other_sound == b->other_sound) return true;
    uint32_t letters_a = 0;
    uint32_t letters_b = 0;
    for (size_t i = 0; i < a->text.len; i++) letters_a |= 1u << (a->text.ptr[i] & 31);
    for (size_t i = 0; i < b->text.len; i++) letters_b |= 1u << (b->text.ptr[i] & 31);
    int fewer = __builtin_popcount(letters_a);
    if (__builtin_popcount(letters_b) < fewer) fewer = __builtin_popcount(letters_b);
    return 2 * __builtin_popcount(letters_a & letters_b) >= fewer;
}

static struct likeness likeness(const struct compare_counts *counts, const struct name_token *a,
                                const struct name_token *b)
{
    if (str_eq(a->text, b->text)) {
        if (a->text.len == 1) return (struct likeness){0, initial_bits, "exact"};
        return (struct likeness){0, word_rarity(counts, a), "exact"};
    }
    size_t shorter = a->text.len < b->text.len ? a->text.len : b->text.len;
    if (shorter == 1) {
        bool same = a->text.ptr[0] == b->text.ptr[0];
        return same ? (struct likeness){-0.5, initial_bits, "initial"} : (struct likeness){0};
    }
    uint16_t family = one_family(a, b);
    if (family) return (struct likeness){-1.5, family_rarity(counts, family), "short form"};
    char space_a[LINK_PLAIN_SIZE], space_b[LINK_PLAIN_SIZE];
    struct str plain_a = link_plain(a->text, space_a), plain_b = link_plain(b->text, space_b);
    if (str_eq(plain_a, plain_b))
        return (struct likeness){-1.5, pair_rarity(counts, a, b), "same sound"};
    if (is_other_form(a->text, b->text))
        return (struct likeness){-4.5, pair_rarity(counts, a, b), "another form"};
    if (!may_be_alike(a, b)) return (struct likeness){0};
    double similar = look(a->text, b->text, plain_a, plain_b);
    /* In a short word the vowels matter: Dang is not Duong. */
    double alike = shorter < 5 ? 0.84 : 0.6;
    bool same_sound = a->sound && a->sound == b->sound && a->sound > 0xff;
    bool syllables = is_syllable(a->text) && is_syllable(b->text);
    bool near = link_word_near(a->text, b->text) && (shorter > 4 || similar >= 0.84);
    if (shorter >= 3 && (similar >= 0.92 || near))
        return (struct likeness){syllables ? -4.5 : same_sound ? -1.5 : -2.5, pair_rarity(counts, a, b),
                                 same_sound ? "same sound" : "close spelling"};
    if (same_sound && similar >= alike)
        return (struct likeness){syllables ? -4.5 : -2, fmin(sound_rarity(counts, a->sound), pair_rarity(counts, a, b)),
                                 "same sound"};
    if (str_starts(a->text, b->text) || str_starts(b->text, a->text))
        return (struct likeness){shorter > 2 ? -3 : -4, pair_rarity(counts, a, b), "shortened"};
    if (shorter >= 4 && similar >= 0.87)
        return (struct likeness){-3, pair_rarity(counts, a, b), "near spelling"};
    bool other_sound = a->other_sound && a->other_sound == b->other_sound && a->other_sound > 0xff;
    if (other_sound && similar >= alike)
        return (struct likeness){-3.5, pair_rarity(counts, a, b), "same sound"};
    bool begins_alike = shorter > 6 || a->text.ptr[0] == b->text.ptr[0];
    if (shorter >= 4 && begins_alike && similar >= (shorter < 5 ? 0.849 : 0.82))
        return (struct likeness){-4.5, pair_rarity(counts, a, b), "somewhat alike"};
    return (struct likeness){0};
}

/* --- names ----------------------------------------------------------------------- */

/* O'Neill and McNeill are two families; either may be written Neill. */
static double other_start(const struct name_token *a, const struct name_token *b)
{
    return a->start && b->start && a->start != b->start ? 4 : 0;
}

struct name_fit link_name_fit(const struct compare_counts *counts, const struct name *a,
                              const struct name *b)
{
    struct likeness table[RECORD_TOKENS][RECORD_TOKENS];
    for (int i = 0; i < a->count; i++)
        for (int k = 0; k < b->count; k++) {
            table[i][k] = likeness(counts, &a->token[i], &b->token[k]);
            table[i][k].base -= other_start(&a->token[i], &b->token[k]);
        }
    struct name_fit fit = {.level = "exact"};
    int words = 0; /* that agree and are more than an initial */
    double initials = 0;
    unsigned used_a = 0;
    unsigned used_b = 0;
    for (;;) {
        double best = 0;
        int left = -1;
        int right = -1;
        for (int i = 0; i < a->count; i++) {
            for (int k = 0; k < b->count; k++) {
                if ((used_a >> i & 1) || (used_b >> k & 1) || !table[i][k].level) continue;
                double bits = table[i][k].base + table[i][k].rarity;
                if (bits <= best) continue;
                best = bits;
                left = i;
                right = k;
            }
        }
        if (left < 0) break;
        used_a |= 1u << left;
        used_b |= 1u << right;
        bool tells = !is_particle(&a->token[left]) && !is_particle(&b->token[right]);
        fit.matched += tells;
        fit.base += table[left][right].base;
        fit.rarity += table[left][right].rarity;
        if (table[left][right].base < 0) fit.level = table[left][right].level;
        if (a->token[left].text.len > 1 && b->token[right].text.len > 1)
            words += tells;
        else
            initials += table[left][right].rarity;
    }
    if (words < 2) fit.rarity = fmin(fit.rarity, lone_word_most * words + initials);
    return fit;
}

static int words_that_tell(const struct name *name)
{
    int count = 0;
    for (int i = 0; i < name->count; i++) count += !is_particle(&name->token[i]);
    return count;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* What agrees, less what both have and do not share. */
static void compare_names(const struct compare_counts *counts, const struct record *a,
                          const struct record *b, struct compare_line *line)
{
    const double missed_cost = 5.5;
    const double partly_most = 10; /* two given names are one, in some countries */
    struct name_fit fit = link_name_fit(counts, &a->name, &b->name);
    if (fit.matched == 0) {
        link_line_set(line, "different", -7, 0);
        return;
    }
    /* One word that agrees out of two: brothers, or the many called James. */
    int missed = smaller(words_that_tell(&a->name), words_that_tell(&b->name)) - fit.matched;
    if (missed > 0)
        link_line_set(line, "partly", fit.base - missed_cost * missed, fmin(fit.rarity, partly_most));
    else
        link_line_set(line, fit.level, fit.base, fit.rarity);
}

/* A nickname against a nickname, or against the other's name. */
static struct name_fit best_cross(const struct compare_counts *counts, const struct record *a,
                                  const struct record *b)
{
    struct name_fit best = {.level = "different"};
    const struct name *left[] = {&a->alias, &a->alias, &a->name};
    const struct name *right[] = {&b->alias, &b->name, &b->alias};
    for (int i = 0; i < 3; i++) {
        struct name_fit fit = link_name_fit(counts, left[i], right[i]);
        if (fit.matched && fit.base + fit.rarity > best.base + best.rarity) best = fit;
    }
    return best;
}

static void compare_aliases(const struct compare_counts *counts, const struct record *a,
                            const struct record *b, const struct compare_line *names,
                            struct compare_line *line)
{
    bool agree = names->base_bits + names->rarity_bits > 0;
    bool both = a->alias.count && b->alias.count;
    struct name_fit fit = best_cross(counts, a, b);
    if (fit.matched) {
        /* After the name said the same, a nickname made of it says little more. */
        double share = !agree ? 1 : both ? 0.7 : 0.2;
        link_line_set(line, fit.level, fit.base * share, fit.rarity * share);
    } else if (both) {
        link_line_set(line, "different", agree ? -1 : -3, 0); /* people have several */
    } else {
        link_line_set(line, "not alike", agree || names->base_bits < 0 ? 0 : -1, 0);
    }
}

/* --- the person -------------------------------------------------------------------- */

static void compare_looks(const struct record *a, const struct record *b, struct compare_line *line)
{
    if (!a->words || !b->words) return;
    int shared = 0;
    for (int i = 0; i < a->words; i++)
        for (int k = 0; k < b->words; k++) shared += str_eq(a->word[i], b->word[k]);
    link_line_set(line, shared ? "words in common" : "other words", fmin(2.5, 0.7 * shared), 0);
}

void link_compare_person(const struct record *a, const struct record *b,
                         const struct compare_counts *counts, struct compare_result *result)
{
    struct compare_line *names = link_line_add(result, "Name", LINK_NAME, LINK_FIELDS, LINK_FIELDS);
    if (a->name.count && b->name.count) compare_names(counts, a, b, names);
    struct compare_line *aliases =
        link_line_add(result, "Nickname", LINK_ALIAS, LINK_NAME, LINK_FIELDS);
    if ((a->alias.count && (b->alias.count || b->name.count)) || (a->name.count && b->alias.count))
        compare_aliases(counts, a, b, names, aliases);
    struct compare_line *birth = link_line_add(result, "Age", LINK_BIRTH, LINK_AGE, LINK_FIELDS);
    if (link_birth_known(a->birth) && link_birth_known(b->birth))
        birth->base_bits = link_birth_bits(a->birth, b->birth, &birth->level);
    compare_looks(a, b, link_line_add(result, "Description", LINK_DESCRIPTION, LINK_FIELDS,
                                      LINK_FIELDS));
}
