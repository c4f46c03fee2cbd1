/*
 * People: names, nicknames, ages and looks.
 */
#include "link/compare_part.h"

#include "link/asked.h"

/* --- a word of a name ---------------------------------------------------------- */

/* How two words agree: bits of the level, to be taken off or added to the rarity. */
struct likeness {
    double base;
    double rarity;
    enum word_level level; /* WORD_OTHER: not alike */
};

/* Share in the population of a given name that is usual enough to have a short
 * form, and of any other word of a name. */
static const double usual_given = 0.005;
static const double usual_other = 0.0015;
static const double word_most = 11.5;
/* One word alone, be it rare here, is a first name or a nickname of many. */
static const double lone_word_most = 7;
/* A first syllable is that of many names. */
static const double pet_most = 5.5;

double link_name_rarity(const struct compare_counts *counts, struct str word,
                        const struct word_sounds *sounds)
{
    if (sounds->particle) return 1;
    if (word.len == 1) return initial_bits;
    return link_key_rarity(counts, link_key(KEY_NAME_WORD, word),
                           sounds->family[0] ? usual_given : usual_other, word_most);
}

/* Rarity of what many words share. */
static double shared_rarity(const struct compare_counts *counts, uint64_t key, double usual)
{
    double others = (double)counts->sharing(counts->context, key);
    return link_rarity(counts, fmax(0, others - 2), usual, word_most);
}

double link_level_rarity(const struct compare_counts *counts, enum word_level level,
                         const struct word_sounds *a, double a_rarity,
                         const struct word_sounds *b, double b_rarity)
{
    /* Of the two the commoner: a rare misspelling of a common name is common. */
    double rarity = fmin(a_rarity, b_rarity);
    switch (level) {
    case WORD_INITIAL: return initial_bits;
    case WORD_LETTER: return fmin(rarity, initial_bits);
    case WORD_PET:
    case WORD_CLIP:
    case WORD_TAIL: return fmin(rarity, pet_most);
    case WORD_SHORT_FORM:
        return shared_rarity(counts, link_word_key_family(link_word_family(a, b)), 2 * usual_given);
    case WORD_SOUND:
    case WORD_SOUND_SYLLABLE:
        rarity =
            fmin(rarity, shared_rarity(counts, link_word_key_sound(a->sound), 2 * usual_other));
        if (b->sound == a->sound) return rarity;
        return fmin(rarity, shared_rarity(counts, link_word_key_sound(b->sound), 2 * usual_other));
    default: return rarity;
    }
}

/* A word of the record that is asked for, and one of a candidate: looked up. */
static struct likeness asked_likeness(const struct compare_counts *counts,
                                      const struct name_token *asked,
                                      const struct name_token *other)
{
    enum word_level level = WORD_OTHER;
    double rarity = 0;
    if (asked->text.len == 1 || other->text.len == 1) {
        level = link_word_level(asked->text, asked->sounds, other->text, other->sounds);
        rarity = initial_bits;
    } else {
        const struct asked_word *word = link_asked_word(counts->asked, other->word);
        if (!word) return (struct likeness){0};
        level = word->level[asked->asked];
        rarity = word->rarity[asked->asked];
    }
    if (level == WORD_OTHER) return (struct likeness){0};
    return (struct likeness){counts->weights->bits[link_weight_of_word(level)], rarity, level};
}

static struct likeness likeness(const struct compare_counts *counts, const struct name_token *a,
                                const struct name_token *b)
{
    bool a_asked = a->asked != ASKED_NONE;
    bool b_asked = b->asked != ASKED_NONE;
    if (counts->asked && a_asked != b_asked)
        return asked_likeness(counts, a_asked ? a : b, a_asked ? b : a);
    enum word_level level = link_word_level(a->text, a->sounds, b->text, b->sounds);
    if (level == WORD_OTHER) return (struct likeness){0};
    double rarity = link_level_rarity(counts, level, a->sounds,
                                      link_name_rarity(counts, a->text, a->sounds), b->sounds,
                                      link_name_rarity(counts, b->text, b->sounds));
    return (struct likeness){counts->weights->bits[link_weight_of_word(level)], rarity, level};
}

/* --- names ----------------------------------------------------------------------- */

/* O'Neill and McNeill are two families; either may be written Neill, under which both are
 * counted: that they begin alike tells them from the half that do not. */
static double starts_bits(const struct name_token *a, const struct name_token *b)
{
    if (!a->start || !b->start) return 0;
    return a->start == b->start ? start_same_bits : -4;
}

typedef struct likeness likenesses[RECORD_TOKENS][RECORD_TOKENS];

/* A word with the particles before it is the k-th of the other name,
 * where it is written together. */
static void join_with(const struct compare_counts *counts, const struct name *parted, int first,
                      int last, const struct name *other, int k, likenesses table, bool turned)
{
    for (int i = first; i < last; i++)
        *(turned ? &table[k][i] : &table[i][k]) = (struct likeness){0};
    *(turned ? &table[k][last] : &table[last][k]) = (struct likeness){
        counts->weights->bits[link_weight_of_word(WORD_PLAIN)],
        fmin(link_name_rarity(counts, parted->token[last].text, parted->token[last].sounds),
             link_name_rarity(counts, other->token[k].text, other->token[k].sounds)),
        WORD_PLAIN};
}

/* Al-Hassan and Alhassan: one writes apart what the other writes together.  `turned`: it is the
 * second of the table's two that writes it apart. */
static void join_words(const struct compare_counts *counts, const struct name *parted,
                       const struct name *other, likenesses table, bool turned)
{
    for (int first = 0; first + 1 < parted->count; first++) {
        if (!link_word_joins(parted->token[first].text)) continue;
        int last = first + 1;
        while (last + 1 < parted->count && link_word_joins(parted->token[last].text)) last++;
        for (int k = 0; k < other->count; k++) {
            struct str rest = other->token[k].text;
            int at = first;
            while (at <= last && str_starts(rest, parted->token[at].text))
                rest = str_sub(rest, parted->token[at++].text.len, rest.len);
            if (at > last && rest.len == 0)
                join_with(counts, parted, first, last, other, k, table, turned);
        }
    }
}

/* Full names in bits, best assignment of word to word; `matched`: how many words. */
struct name_fit {
    double base;
    double rarity;
    const char *level;
    int matched;
    struct compare_draw word[RECORD_TOKENS];
    int words;
};

static struct name_fit link_name_fit(const struct compare_counts *counts, const struct name *a,
                                     const struct name *b)
{
    likenesses table;
    for (int i = 0; i < a->count; i++)
        for (int k = 0; k < b->count; k++) {
            table[i][k] = likeness(counts, &a->token[i], &b->token[k]);
            if (table[i][k].level) table[i][k].base += starts_bits(&a->token[i], &b->token[k]);
        }
    join_words(counts, a, b, table, false);
    join_words(counts, b, a, table, true);
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
        bool tells = !a->token[left].sounds->particle && !b->token[right].sounds->particle;
        fit.matched += tells;
        fit.base += table[left][right].base;
        fit.rarity += table[left][right].rarity;
        enum link_weight weight = link_weight_of_word(table[left][right].level);
        fit.word[fit.words++] = (struct compare_draw){(uint8_t)weight, 1};
        if (table[left][right].level != WORD_EXACT) fit.level = link_weight_about[weight].label;
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
    for (int i = 0; i < name->count; i++) count += !name->token[i].sounds->particle;
    return count;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* A word that only one of them has; Mr beside Mrs of one surname; a father beside his son. */
static const double word_more_cost = 1; /* where one word alone agrees, it is capped anyway */
static const double other_sex_cost = 6;
static const double other_generation_cost = 9;

static bool are_others(uint8_t a, uint8_t b)
{
    return a && b && a != b;
}

/* How many words that tell something only the longer has, with its junior or senior. */
static int words_more(const struct name *a, const struct name *b, int matched)
{
    int left = words_that_tell(a) - matched, right = words_that_tell(b) - matched;
    return (left > right ? left : right) + (!a->generation != !b->generation);
}

/* What agrees, less what both have and do not share. */
static void compare_names(const struct compare_counts *counts, const struct record *a,
                          const struct record *b, struct compare_line *line)
{
    const double partly_most = 10; /* two given names are one, in some countries */
    const int more_most = 2;
    struct name_fit fit = link_name_fit(counts, &a->name, &b->name);
    if (fit.matched == 0) {
        link_line_weigh(counts, line, "different", W_NAME_NONE, 0);
        return;
    }
    line->draw[line->draws++] = (struct compare_draw){W_NAME_SOME, 1};
    memcpy(line->draw + line->draws, fit.word, (size_t)fit.words * sizeof *fit.word);
    line->draws = (uint8_t)(line->draws + fit.words);
    /* One word that agrees out of two: brothers, or the many called James. */
    int missed = smaller(words_that_tell(&a->name), words_that_tell(&b->name)) - fit.matched;
    int more = words_more(&a->name, &b->name, fit.matched);
    if (missed > 0) {
        line->draw[line->draws++] = (struct compare_draw){W_WORD_MISSED, (uint8_t)missed};
        link_line_set(line, "partly", fit.base + counts->weights->bits[W_WORD_MISSED] * missed,
                      fmin(fit.rarity, partly_most));
    } else {
        bool shorter = more > 0 && strcmp(fit.level, "exact") == 0;
        double cost = fit.matched > 1 ? word_more_cost : 0;
        link_line_set(line, shorter ? "all shared words" : fit.level,
                      fit.base - cost * smaller(more, more_most), fit.rarity);
    }
    if (are_others(a->name.sex, b->name.sex)) {
        line->level = "a man and a woman, by the title";
        line->base_bits -= other_sex_cost;
    }
    if (are_others(a->name.generation, b->name.generation)) {
        line->level = "senior and junior";
        line->base_bits -= other_generation_cost;
    }
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
        double share = !agree ? 1 : both ? name_again_share : 0.2;
        link_line_set(line, fit.level, fit.base * share, fit.rarity * share);
    } else if (both) {
        link_line_set(line, "different", agree ? -1 : -3, 0); /* people have several */
    } else {
        link_line_set(line, "not alike", agree || names->base_bits < 0 ? 0 : -1, 0);
    }
}

/* --- the person -------------------------------------------------------------------- */

double link_look_rarity(const struct compare_counts *counts, struct str word)
{
    return 0.16 * link_key_rarity(counts, link_key(KEY_LOOK_WORD, word), 0.05, 10);
}

/* Words of the descriptions: weak, since people choose them, but a rare one in both
 * tells something. */
static void compare_looks(const struct compare_counts *counts, const struct record *a,
                          const struct record *b, struct compare_line *line)
{
    const double most = 2.5;
    if (!a->words || !b->words) return;
    double bits = 0;
    bool shared = false;
    for (int i = 0; i < a->words; i++)
        for (int k = 0; k < b->words; k++) {
            if (!str_eq(a->word[i], b->word[k])) continue;
            bits += link_look_rarity(counts, a->word[i]);
            shared = true;
            break;
        }
    link_line_set(line, shared ? "words in common" : "other words", 0, fmin(most, bits));
}

static void compare_births(const struct compare_counts *counts, struct birth a, struct birth b,
                           struct compare_line *line)
{
    const char *level;
    double rarity;
    enum link_weight weight = link_birth_compare(a, b, &level, &rarity);
    link_line_weigh(counts, line, level, weight, rarity);
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
        compare_births(counts, a->birth, b->birth, birth);
    compare_looks(counts, a, b, link_line_add(result, "Description", LINK_DESCRIPTION, LINK_FIELDS,
                                      LINK_FIELDS));
}
