/*
 * What stood beside: the same plate, phone, handle, name or place in both reports.
 */
#include "link/compare_part.h"

#include "link/number.h"
#include "link/plate.h"

double link_companion_most(enum link_field field)
{
    switch (field) {
    case LINK_REGISTRATION:
    case LINK_NUMBER:
    case LINK_HANDLE:
    case LINK_EMAIL: return 8;
    case LINK_NAME: return 6;
    case LINK_ALIAS: return 5;
    case LINK_POSTCODE: return 4;
    default: return 3.5;
    }
}

static int words_of(struct str text, struct str *ret)
{
    struct str word;
    int count = 0;
    while (count < RECORD_TOKENS && text.len && str_split(&text, ' ', &word))
        if (word.len) ret[count++] = word;
    return count;
}

/* Share of a companion's most that two spellings of a name or venue are worth: 1 for
 * the same, less for a slip, an initial or a word too few. */
static double words_share(struct str a, struct str b)
{
    struct str left[RECORD_TOKENS];
    struct str right[RECORD_TOKENS];
    int left_count = words_of(a, left);
    int right_count = words_of(b, right);
    int fewer = left_count < right_count ? left_count : right_count;
    double agreed = 0;
    unsigned used = 0;
    for (int i = 0; i < left_count; i++) {
        double best = 0;
        int partner = -1;
        for (int k = 0; k < right_count; k++) {
            if (used >> k & 1) continue;
            bool initial =
                (left[i].len == 1 || right[k].len == 1) && left[i].ptr[0] == right[k].ptr[0];
            double share = str_eq(left[i], right[k])           ? 1
                           : link_word_near(left[i], right[k]) ? 0.85
                           : initial                           ? 0.3
                                                               : 0;
            if (share <= best) continue;
            best = share;
            partner = k;
        }
        if (partner < 0) continue;
        used |= 1u << partner;
        agreed += best;
    }
    /* Two words that agree are a name; one, or one and an initial, is a first name. */
    if (agreed < fewer * 0.8) return fewer == 2 && agreed >= 1.3 ? 0.4 : 0;
    return fewer >= 2 ? agreed / fewer : 0.35 * agreed;
}

static double digits_share(struct str a, struct str b)
{
    if (str_eq(a, b)) return link_digits_known(a) >= 9 ? 1 : 0.5;
    struct digits_fit fit = link_digits_fit(a, b);
    if (fit.differing || fit.telling < 3) return 0;
    return fit.telling >= 6 ? 0.6 : fit.telling >= 4 ? 0.4 : 0.3;
}

double link_companion_bits(const struct compare_counts *counts, enum link_kind kind,
                           const struct companion *a, const struct companion *b)
{
    if (a->field == LINK_REGISTRATION && b->field == LINK_REGISTRATION) {
        if (str_eq(a->value, b->value) && a->value.len >= 7) return 8;
        if (!link_plate_worth(a->value, b->value)) return 0;
        struct plate_fit fit = link_plate_fit(a->value, b->value);
        return fit.bits >= 20 ? 8 : fit.bits >= 8 ? 0.4 * fit.bits : 0;
    }
    if (a->field == LINK_NUMBER && b->field == LINK_NUMBER)
        return link_companion_most(LINK_NUMBER) * digits_share(a->value, b->value);
    bool names = (a->field == LINK_NAME || a->field == LINK_ALIAS) &&
                 (b->field == LINK_NAME || b->field == LINK_ALIAS);
    if (a->field != b->field && !names) return 0;
    double most = fmin(link_companion_most(a->field), link_companion_most(b->field));
    bool words = names || a->field == LINK_VENUE || a->field == LINK_ADDRESS;
    double share = str_eq(a->value, b->value) ? 1 : words ? words_share(a->value, b->value) : 0;
    if (share == 0 || most >= 8) return most * share;
    /* Somebody with a common name, or a place where everybody goes, says less. */
    double spread = link_key_rarity(counts, link_companion_key(kind, a), 0.002, 9) / 9;
    spread = fmin(spread, link_key_rarity(counts, link_companion_key(kind, b), 0.002, 9) / 9);
    return most * share * spread;
}

/* Fields that tell one thing from others of its kind; an age, a colour or a day do not. */
static bool identifies(enum link_field field)
{
    return field != LINK_FIELDS && field != LINK_BIRTH && field != LINK_DESCRIPTION &&
           field != LINK_COLOUR && field != LINK_PLATFORM;
}

static double own_bits(const struct compare_result *result)
{
    double bits = 0;
    for (size_t i = 0; i < result->count; i++)
        if (identifies(result->line[i].field[0]))
            bits += result->line[i].base_bits + result->line[i].rarity_bits;
    return bits;
}

double link_companions_most(const struct compare_result *result)
{
    return own_bits(result) < OWN_LEAST ? ALONE_MOST : TOGETHER_MOST;
}

void link_compare_companions(const struct record *a, const struct record *b,
                             const struct compare_counts *counts, struct compare_result *result)
{
    double most = link_companions_most(result);
    struct compare_line *line =
        link_line_add(result, "Seen with", LINK_FIELDS, LINK_FIELDS, LINK_FIELDS);
    line->companions = true;
    double best = 0;
    double sum = 0;
    unsigned used = 0;
    for (int i = 0; i < a->companions; i++) {
        double here = 0;
        int partner = 0;
        for (int k = 0; k < b->companions; k++) {
            if (used >> k & 1) continue;
            double bits = link_companion_bits(counts, a->kind, &a->companion[i], &b->companion[k]);
            if (bits <= here) continue;
            here = bits;
            partner = k;
        }
        if (here == 0) continue;
        used |= 1u << partner;
        sum += here;
        if (here <= best) continue;
        best = here;
        line->left = a->companion[i].value;
        line->right = b->companion[partner].value;
    }
    /* The strongest counts in full, the others by half: they often come together.
     * What was seen beside something does not say what it is: two people of one car
     * are not one person.  It only lends weight to what speaks for itself. */
    double bits = fmin(most, best + (sum - best) / 2);
    if (best > 0)
        link_line_set(line, "also in both", 0, bits);
    else if (a->companions && b->companions)
        line->level = "nothing in common";
}
