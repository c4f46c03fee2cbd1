#include "link/compare.h"

#include "link/normalise.h"
#include "link/plate.h"
#include "link/similarity.h"

#include <math.h>
#include <stdlib.h>

/* Companions count in full where the thing itself gives this many bits, and else no
 * more than COMPANIONS_ALONE. */
enum { COMPANIONS_ASK = 1, COMPANIONS_ALONE = 4 };

/* One name in a dozen begins with a given letter. */
enum { INITIAL_BITS = 3 };

static const char not_observed[] = "not observed";

static struct compare_line *add(struct compare_result *result, const char *comparison,
                                enum link_field first, enum link_field second,
                                enum link_field third)
{
    struct compare_line *line = &result->line[result->count++];
    *line = (struct compare_line){.comparison = comparison,
                                  .level = not_observed,
                                  .field = {first, second, third, LINK_FIELDS}};
    return line;
}

static void set(struct compare_line *line, const char *level, double base, double rarity)
{
    line->level = level;
    line->base_bits = base;
    line->rarity_bits = rarity;
}

/* Bits that a value's rarity gives: how seldom it stands in the index, shrunk to
 * what is usual (`usual` of all, weight 20), at most `most`. */
static double rarity(const struct compare_counts *counts, uint64_t key, double usual, double most)
{
    double count = (double)counts->key(counts->context, key);
    double share = (count + 20 * usual) / ((double)counts->mentions + 20);
    return fmax(0, fmin(most, -log2(share)));
}

/* --- names -------------------------------------------------------------------------- */

/* What two words of a name share, as a part of the bits of the word itself. */
struct likeness {
    double bits; /* off the rarity; a difference is below nothing */
    const char *level;
    bool alike;
};

static bool one_family(const struct name_token *a, const struct name_token *b)
{
    for (int i = 0; i < 4 && a->family[i]; i++)
        for (int k = 0; k < 4 && b->family[k]; k++)
            if (a->family[i] == b->family[k]) return true;
    return false;
}

static struct likeness likeness(const struct name_token *a, const struct name_token *b)
{
    if (str_eq(a->text, b->text)) return (struct likeness){0, "exact", true};
    if (one_family(a, b)) return (struct likeness){-1.5, "short form", true};
    size_t shorter = a->text.len < b->text.len ? a->text.len : b->text.len;
    if (shorter == 1)
        return (struct likeness){0, "initial", a->text.ptr[0] == b->text.ptr[0]};
    double similar = link_jaro_winkler(a->text, b->text);
    if (shorter >= 3 && similar >= 0.92) return (struct likeness){-2, "close spelling", true};
    if (a->sound && a->sound == b->sound && a->sound > 0xff && similar >= 0.6)
        return (struct likeness){-2.5, "same sound", true};
    if (shorter >= 4 && similar >= 0.87) return (struct likeness){-3, "near spelling", true};
    if (str_starts(a->text, b->text) || str_starts(b->text, a->text))
        return (struct likeness){shorter > 2 ? -3 : -4, "shortened", true};
    if (a->other_sound && a->other_sound == b->other_sound && a->other_sound > 0xff && similar >= 0.6)
        return (struct likeness){-3.5, "same sound", true};
    if (shorter >= 4 && similar >= 0.82) return (struct likeness){-4.5, "somewhat alike", true};
    return (struct likeness){0, "different", false};
}

static double token_rarity(const struct compare_counts *counts, const struct name_token *a,
                           const struct name_token *b)
{
    if (a->text.len == 1 || b->text.len == 1) return INITIAL_BITS;
    /* The commoner of the two: a rare misspelling of a common name is common. */
    double left = rarity(counts, link_key('n', a->text), 0.004, 9.5);
    double right = rarity(counts, link_key('n', b->text), 0.004, 9.5);
    return fmin(left, right);
}

struct alignment {
    double rarity;
    double base;
    const char *level;
    int matched;
};

/* Pairs words greedily, the most alike first; each word once. */
static struct alignment align(const struct compare_counts *counts, const struct name *a,
                              const struct name *b)
{
    struct alignment result = {.level = "exact"};
    bool used_a[RECORD_TOKENS] = {false};
    bool used_b[RECORD_TOKENS] = {false};
    for (;;) {
        double best = -1;
        int left = 0;
        int right = 0;
        struct likeness how = {0};
        for (int i = 0; i < a->count; i++) {
            for (int k = 0; k < b->count; k++) {
                if (used_a[i] || used_b[k]) continue;
                struct likeness likely = likeness(&a->token[i], &b->token[k]);
                if (!likely.alike) continue;
                /* A likeness, however common, is no difference. */
                double rare = token_rarity(counts, &a->token[i], &b->token[k]);
                double bits = fmax(rare + likely.bits, 0.5);
                if (bits <= best) continue;
                best = bits;
                left = i;
                right = k;
                how = likely;
            }
        }
        if (best <= 0) break;
        used_a[left] = used_b[right] = true;
        result.matched++;
        result.base += how.bits;
        result.rarity += best - how.bits;
        if (how.bits < 0) result.level = how.level;
    }
    return result;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* Full names: what agrees, and what both have and do not share. */
static void compare_full_names(const struct compare_counts *counts, const struct record *a,
                               const struct record *b, struct compare_line *line)
{
    struct alignment found = align(counts, &a->name, &b->name);
    int missed = smaller(a->name.count, b->name.count) - found.matched;
    if (found.matched == 0) {
        set(line, "different", -7, 0);
        return;
    }
    double base = found.base - 5.0 * missed;
    /* One word that agrees out of two: brothers, or the many called James. */
    if (missed > 0) found.level = "partly";
    set(line, found.level, base, found.rarity);
}

/* A nickname against a nickname, or against the other's name. */
static struct alignment best_cross(const struct compare_counts *counts, const struct record *a,
                                   const struct record *b)
{
    struct alignment best = {.level = "different"};
    const struct name *left[] = {&a->alias, &a->alias, &a->name};
    const struct name *right[] = {&b->alias, &b->name, &b->alias};
    for (int i = 0; i < 3; i++) {
        struct alignment found = align(counts, left[i], right[i]);
        if (found.matched && found.base + found.rarity > best.base + best.rarity) best = found;
    }
    return best;
}

static void compare_aliases(const struct compare_counts *counts, const struct record *a,
                            const struct record *b, bool names_agree, struct compare_line *line)
{
    struct alignment found = best_cross(counts, a, b);
    if (found.matched) {
        /* After the name said the same, a nickname of it says little more. */
        double share = names_agree && !(a->alias.count && b->alias.count) ? 0.2 : names_agree ? 0.7 : 1;
        set(line, found.level, found.base * share, found.rarity * share);
    } else if (a->alias.count && b->alias.count) {
        /* People have several nicknames. */
        set(line, "different", names_agree ? -1 : -4, 0);
    } else if (!names_agree) {
        set(line, "not alike", -3, 0);
    } else {
        set(line, "not alike", 0, 0);
    }
}

static void compare_person(const struct record *a, const struct record *b,
                           const struct compare_counts *counts, struct compare_result *result)
{
    struct compare_line *names = add(result, "Name", LINK_NAME, LINK_FIELDS, LINK_FIELDS);
    bool both = a->name.count && b->name.count;
    if (both) compare_full_names(counts, a, b, names);
    struct compare_line *aliases = add(result, "Nickname", LINK_ALIAS, LINK_NAME, LINK_FIELDS);
    if ((a->alias.count && (b->alias.count || b->name.count)) || (a->name.count && b->alias.count))
        compare_aliases(counts, a, b, both && names->base_bits + names->rarity_bits > 0, aliases);
    struct compare_line *birth = add(result, "Age", LINK_BIRTH, LINK_AGE, LINK_FIELDS);
    if (link_birth_known(a->birth) && link_birth_known(b->birth)) {
        double bits = link_birth_bits(a->birth, b->birth, &birth->level);
        birth->base_bits = bits;
    }
    struct compare_line *looks = add(result, "Description", LINK_DESCRIPTION, LINK_FIELDS, LINK_FIELDS);
    if (a->words && b->words) {
        int shared = 0;
        for (int i = 0; i < a->words; i++)
            for (int k = 0; k < b->words; k++) shared += str_eq(a->word[i], b->word[k]);
        set(looks, shared ? "words in common" : "other words", fmin(2.5, 0.7 * shared), 0);
    }
}

/* --- vehicles ---------------------------------------------------------------------------- */

static bool near_colours(struct str a, struct str b)
{
    static const char *const near[][2] = {
        {"silver", "grey"},     {"black", "dark blue"}, {"black", "grey"},   {"blue", "dark blue"},
        {"blue", "light blue"}, {"white", "silver"},    {"white", "cream"},  {"red", "maroon"},
        {"red", "orange"},      {"gold", "beige"},      {"gold", "bronze"},  {"beige", "cream"},
        {"green", "dark green"}, {"brown", "bronze"},   {"black", "dark"},   {"dark blue", "dark"},
        {"grey", "dark"},       {"black", "dark green"}, {"purple", "maroon"}, {"gold", "yellow"},
        {"silver", "light blue"}, {"white", "light"},   {"silver", "light"}, {"blue", "turquoise"},
    };
    for (size_t i = 0; i < sizeof near / sizeof *near; i++)
        if ((str_eq(a, str_from(near[i][0])) && str_eq(b, str_from(near[i][1]))) ||
            (str_eq(b, str_from(near[i][0])) && str_eq(a, str_from(near[i][1]))))
            return true;
    return false;
}

static void compare_vehicle(const struct record *a, const struct record *b,
                            const struct compare_counts *counts, struct compare_result *result)
{
    (void)counts;
    struct compare_line *plate =
        add(result, "Registration", LINK_REGISTRATION, LINK_FIELDS, LINK_FIELDS);
    if (a->plate.len && b->plate.len) {
        struct plate_fit fit = link_plate_fit(a->plate, b->plate);
        set(plate, fit.level, fit.bits, 0);
    }
    struct compare_line *model = add(result, "Make and model", LINK_MAKE, LINK_MODEL, LINK_FIELDS);
    bool known_a = a->make.len || a->model.len;
    bool known_b = b->make.len || b->model.len;
    if (known_a && known_b) {
        bool makes = a->make.len && b->make.len;
        if (a->model.len && b->model.len && str_eq(a->model, b->model))
            set(model, "exact", 4.5, 0);
        else if (makes && str_eq(a->make, b->make))
            set(model, a->model.len && b->model.len ? "same make" : "exact make",
                a->model.len && b->model.len ? -0.5 : 3, 0);
        else if (makes || (a->model.len && b->model.len))
            set(model, "different", -4, 0);
    }
    struct compare_line *colour = add(result, "Colour", LINK_COLOUR, LINK_FIELDS, LINK_FIELDS);
    if (a->colour.len && b->colour.len) {
        if (str_eq(a->colour, b->colour))
            set(colour, "exact", 2.3, 0);
        else if (near_colours(a->colour, b->colour))
            set(colour, "near", 0.3, 0);
        else
            set(colour, "different", -3, 0);
    }
}

/* --- phones, accounts ------------------------------------------------------------------------ */

static size_t shared_end(struct str a, struct str b)
{
    size_t count = 0;
    while (count < a.len && count < b.len && a.ptr[a.len - 1 - count] == b.ptr[b.len - 1 - count])
        count++;
    return count;
}

static void compare_phone(const struct record *a, const struct record *b,
                          const struct compare_counts *counts, struct compare_result *result)
{
    struct compare_line *line = add(result, "Phone number", LINK_NUMBER, LINK_FIELDS, LINK_FIELDS);
    if (!a->digits.len || !b->digits.len) return;
    if (a->number.len && str_eq(a->number, b->number)) {
        set(line, "exact", 22, 0);
        return;
    }
    size_t end = shared_end(a->digits, b->digits);
    size_t shorter = a->digits.len < b->digits.len ? a->digits.len : b->digits.len;
    if (end == shorter && end >= 3) {
        size_t length = end < 7 ? end : 7;
        struct str tail = str_sub(a->digits, a->digits.len - length, length);
        /* What speaks against it are other numbers with this end, not how often this
         * one was reported. */
        struct str whole = a->number.len ? a->number : b->number;
        double others = (double)counts->key(counts->context, link_key((char)('0' + length), tail)) - 1;
        if (whole.len) others -= (double)counts->key(counts->context, link_key('p', whole)) - 1;
        double usual = pow(10, -(double)length);
        double share = (fmax(0, others) / 2 + 20 * usual) / ((double)counts->mentions + 20);
        set(line, "same last digits", -0.5, fmax(0, fmin(3.3 * (double)length, -log2(share))));
        return;
    }
    if (a->digits.len == b->digits.len && a->digits.len >= 9 && link_osa(a->digits, b->digits) == 1) {
        /* How many others are one digit away tells how much that says. */
        double around = 1e-6;
        for (size_t i = 0; i < a->digits.len && a->digits.len < 13; i++) {
            char open[16];
            memcpy(open, a->digits.ptr, a->digits.len);
            open[i] = '?';
            around += (double)counts->key(counts->context,
                                          link_key('o', str_of(open, a->digits.len)));
        }
        double share = around / ((double)counts->mentions + 20);
        set(line, "one digit differs", -5, fmax(0, fmin(18, -log2(share))));
        return;
    }
    set(line, "different", -12, 0);
}

static void compare_account(const struct record *a, const struct record *b,
                            const struct compare_counts *counts, struct compare_result *result)
{
    struct compare_line *handle = add(result, "Handle", LINK_HANDLE, LINK_FIELDS, LINK_FIELDS);
    if (a->handle.len && b->handle.len) {
        unsigned distance = link_osa(a->handle, b->handle);
        size_t shorter = a->handle.len < b->handle.len ? a->handle.len : b->handle.len;
        double stem = a->stem.len ? rarity(counts, link_key('t', a->stem), 0.0003, 12) : 0;
        if (distance == 0)
            set(handle, "exact", fmin(18, 3.0 * (double)shorter), 0);
        else if (distance == 1 && shorter >= 5)
            set(handle, "one character differs", -1, fmin(12, 2.2 * (double)shorter));
        else if (a->stem.len >= 4 && str_eq(a->stem, b->stem))
            set(handle, "same letters, other digits", -2.5, stem);
        else if (distance == 2 && shorter >= 8)
            set(handle, "two characters differ", -4, fmin(12, 1.6 * (double)shorter));
        else if (shorter >= 5 && link_jaro_winkler(a->handle, b->handle) >= 0.93)
            set(handle, "much alike", 4, 0);
        else
            set(handle, "different", -8, 0);
    }
    struct compare_line *email = add(result, "Email", LINK_EMAIL, LINK_FIELDS, LINK_FIELDS);
    if (a->email.len && b->email.len)
        set(email, str_eq(a->email, b->email) ? "exact" : "different",
            str_eq(a->email, b->email) ? 20 : -3, 0);
    struct compare_line *platform = add(result, "Platform", LINK_PLATFORM, LINK_FIELDS, LINK_FIELDS);
    if (a->platform.len && b->platform.len)
        set(platform, str_eq(a->platform, b->platform) ? "exact" : "different",
            str_eq(a->platform, b->platform) ? 1.5 : -2, 0);
}

/* --- places ---------------------------------------------------------------------------------- */

static bool same_word(struct str a, struct str b)
{
    return str_eq(a, b) || (a.len >= 4 && b.len >= 4 && link_jaro_winkler(a, b) >= 0.92);
}

/* Bits of the words in common; *ret_missed the words of the shorter that are not. */
static double shared_words(const struct compare_counts *counts, char type, const struct str *a,
                           int a_count, const struct str *b, int b_count, int *ret_shared)
{
    double bits = 0;
    *ret_shared = 0;
    for (int i = 0; i < a_count; i++) {
        for (int k = 0; k < b_count; k++) {
            if (!same_word(a[i], b[k])) continue;
            ++*ret_shared;
            double left = rarity(counts, link_key(type, a[i]), 0.004, 8);
            bits += fmin(left, rarity(counts, link_key(type, b[k]), 0.004, 8));
            break;
        }
    }
    return bits;
}

static void compare_area(const struct record *a, const struct record *b, struct compare_line *line)
{
    if (a->postcode.len && b->postcode.len) {
        size_t same = 0;
        size_t shorter = a->postcode.len < b->postcode.len ? a->postcode.len : b->postcode.len;
        while (same < shorter && a->postcode.ptr[same] == b->postcode.ptr[same]) same++;
        bool whole = a->postcode_whole && b->postcode_whole;
        if (whole && same == a->postcode.len && same == b->postcode.len)
            set(line, "same postcode", 9.5, 0);
        else if (whole && same + 2 == shorter)
            set(line, "same sector", 3.5, 0);
        else if (same >= 3 && same + (whole ? 3 : 0) >= shorter)
            set(line, "same district", 2, 0);
        else
            set(line, "other postcode", whole ? -5 : -3, 0);
        return;
    }
    if (a->town.len && b->town.len) {
        bool same = same_word(a->town, b->town);
        set(line, same ? "same town" : "other town", same ? 3 : -5, 0);
    }
}

static void compare_place(const struct record *a, const struct record *b,
                          const struct compare_counts *counts, struct compare_result *result)
{
    struct compare_line *venue = add(result, "Venue", LINK_VENUE, LINK_FIELDS, LINK_FIELDS);
    int shared = 0;
    if (a->venues && b->venues) {
        double bits = shared_words(counts, 'v', a->venue, a->venues, b->venue, b->venues, &shared);
        int fewer = smaller(a->venues, b->venues);
        if (shared == 0)
            set(venue, "different", -5, 0);
        else
            set(venue, shared == fewer && a->venues == b->venues ? "exact" : "words in common",
                -2.0 * (fewer - shared) - 0.5 * abs(a->venues - b->venues), fmin(13, bits));
    }
    struct compare_line *address = add(result, "Address", LINK_ADDRESS, LINK_FIELDS, LINK_FIELDS);
    if (a->addresses && b->addresses) {
        double bits = shared_words(counts, 'd', a->address, a->addresses, b->address, b->addresses, &shared);
        int fewer = smaller(a->addresses, b->addresses);
        /* A number that differs is another house. */
        bool numbers = a->address[0].ptr[0] <= '9' && b->address[0].ptr[0] <= '9' &&
                       !str_eq(a->address[0], b->address[0]);
        if (shared == 0)
            set(address, "different", -4, 0);
        else
            set(address, numbers ? "another number" : shared == fewer ? "exact" : "words in common",
                (numbers ? -8 : 0) - 2.0 * (fewer - shared), fmin(11, bits * 0.7));
    }
    compare_area(a, b, add(result, "Area", LINK_POSTCODE, LINK_TOWN, LINK_FIELDS));
}

/* --- what stood beside --------------------------------------------------------------------------- */

/* What it says that both reports name this too: the most, for the rarest. */
static double companion_most(enum link_field field)
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

static double companion_bits(const struct compare_counts *counts, const struct companion *a,
                             const struct companion *b)
{
    if (a->field == LINK_REGISTRATION && b->field == LINK_REGISTRATION) {
        struct plate_fit fit = link_plate_fit(a->value, b->value);
        return fit.bits >= 20 ? 8 : fit.bits >= 9 ? 0.4 * fit.bits : 0;
    }
    if (a->field != b->field || !str_eq(a->value, b->value)) return 0;
    /* Somebody with a common name, or a place where everybody goes, says less. */
    double most = companion_most(a->field);
    double count = (double)counts->key(counts->context,
                                       link_key((char)('A' + 32 + 64 + (int)a->field), a->value));
    double share = (count + 0.5) / ((double)counts->mentions + 20);
    double spread = most >= 8 ? 1 : fmin(1, -log2(share) / 8);
    return most * fmax(0, spread);
}

/* Fields that tell one thing from others of its kind; an age or a colour do not. */
static bool identifies(enum link_field field)
{
    return field != LINK_BIRTH && field != LINK_DESCRIPTION && field != LINK_COLOUR &&
           field != LINK_PLATFORM;
}

static void compare_companions(const struct record *a, const struct record *b,
                               const struct compare_counts *counts, struct compare_result *result)
{
    double own_bits = 0;
    for (size_t i = 0; i < result->count; i++)
        if (identifies(result->line[i].field[0]))
            own_bits += result->line[i].base_bits + result->line[i].rarity_bits;
    struct compare_line *line = add(result, "Seen with", LINK_FIELDS, LINK_FIELDS, LINK_FIELDS);
    line->companions = true;
    double best = 0;
    double sum = 0;
    for (int i = 0; i < a->companions; i++) {
        double here = 0;
        for (int k = 0; k < b->companions; k++) {
            double bits = companion_bits(counts, &a->companion[i], &b->companion[k]);
            if (bits <= here) continue;
            here = bits;
            if (bits > best) {
                best = bits;
                line->left = a->companion[i].value;
                line->right = b->companion[k].value;
            }
        }
        sum += here;
    }
    /* The strongest counts in full, the others by half: they often come together.
     * What was seen beside something does not say what it is: two people of one car
     * are not one person.  It only lends weight to what speaks for itself. */
    double bits = fmin(12, best + (sum - best) / 2);
    if (own_bits < COMPANIONS_ASK) bits = fmin(bits, COMPANIONS_ALONE);
    if (best > 0) set(line, "also in both", 0, bits);
    else if (a->companions && b->companions) line->level = "nothing in common";
}

void link_compare(const struct record *a, const struct record *b,
                  const struct compare_counts *counts, struct compare_result *ret)
{
    ret->count = 0;
    /* Of all mentions of the kind, a few are the same as this one. */
    ret->prior_bits = -log2(((double)counts->mentions + 400) / 2);
    switch (a->kind) {
    case LINK_PERSON: compare_person(a, b, counts, ret); break;
    case LINK_VEHICLE: compare_vehicle(a, b, counts, ret); break;
    case LINK_PHONE: compare_phone(a, b, counts, ret); break;
    case LINK_ACCOUNT: compare_account(a, b, counts, ret); break;
    default: compare_place(a, b, counts, ret); break;
    }
    compare_companions(a, b, counts, ret);
    ret->total_bits = ret->prior_bits;
    for (size_t i = 0; i < ret->count; i++) {
        ret->total_bits += ret->line[i].base_bits;
        ret->total_bits += ret->line[i].rarity_bits;
    }
}
