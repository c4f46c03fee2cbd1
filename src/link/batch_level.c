/*
 * The level of agreement of two values.
 */
#include "link/batch_field.h"

#include "link/batch_sign.h"
#include "link/kernel.h"

#include <math.h>
#include <stdlib.h>

/* --- dates and numbers: the sign is the value --------------------------------------------- */

/* Of eight digits, how many differ; two neighbours that changed places count as one. */
static int digits_apart(int a, int b, int width)
{
    int left[4];
    int right[4];
    int differing = 0;
    for (int i = 0; i < width; i++, a /= 10, b /= 10) {
        left[i] = a % 10;
        right[i] = b % 10;
    }
    for (int i = 0; i < width; i++) {
        if (left[i] == right[i]) continue;
        differing++;
        if (i + 1 < width && left[i] == right[i + 1] && left[i + 1] == right[i]) i++;
    }
    return differing;
}

static int birth_level(uint64_t a, uint64_t b)
{
    int year_a = (int)(a >> 16), month_a = (int)(a >> 8 & 255), day_a = (int)(a & 255);
    int year_b = (int)(b >> 16), month_b = (int)(b >> 8 & 255), day_b = (int)(b & 255);
    int years = year_a && year_b ? abs(year_a - year_b) : 0;
    bool partial = !month_a || !day_a || !month_b || !day_b || !year_a || !year_b;
    if (partial) {
        /* What only one of them tells neither agrees nor contradicts. */
        bool months = !month_a || !month_b || month_a == month_b;
        bool days = !day_a || !day_b || day_a == day_b;
        if (years == 0 && months && days) return month_a && month_b ? LEVEL_CLOSE : LEVEL_NEAR;
        return years <= 1 ? LEVEL_FAR : LEVEL_DIFFERENT;
    }
    int apart = digits_apart(year_a, year_b, 4) + digits_apart(month_a, month_b, 2) + digits_apart(day_a, day_b, 2);
    bool swapped = month_a == day_b && day_a == month_b;
    if ((years == 0 && swapped) || apart == 1) return LEVEL_ALIKE;
    bool default_day = (month_a == 1 && day_a == 1) || (month_b == 1 && day_b == 1);
    int parts = (years == 0) + (month_a == month_b) + (day_a == day_b);
    if (parts == 2 || (years == 0 && default_day)) return LEVEL_CLOSE;
    if (apart == 2 || (swapped && years <= 1)) return LEVEL_NEAR;
    return years == 0 || (years == 1 && parts == 1) ? LEVEL_FAR : LEVEL_DIFFERENT;
}

static int quantity_level(uint64_t a, uint64_t b)
{
    double left = (double)sign_quantity(a);
    double right = (double)sign_quantity(b);
    double apart = fabs(left - right);
    double larger = fmax(fabs(left), fabs(right));
    bool years = fmin(left, right) >= 1000 && larger <= 2200 && left == floor(left) && right == floor(right);
    double share = years ? apart / 100 : apart / fmax(larger, 1e-9);
    if (share <= 0.011) return LEVEL_ALIKE;
    if (share <= 0.03) return LEVEL_CLOSE;
    if (share <= 0.1) return LEVEL_NEAR;
    return share <= 0.25 ? LEVEL_FAR : LEVEL_DIFFERENT;
}

/* --- by signs ---------------------------------------------------------------------------------- */

/* Jaro-Winkler is at most this. */
static double most_similar(uint64_t a, uint64_t b)
{
    const uint64_t letters = ((uint64_t)1 << SIGN_FAMILY) - 1;
    int left = (int)sign_length(a);
    int right = (int)sign_length(b);
    int only_left = left - __builtin_popcountll(a & letters);
    int only_right = right - __builtin_popcountll(b & letters);
    int common = __builtin_popcountll(a & b & letters) + (only_left < only_right ? only_left : only_right);
    if (common <= 0 || !left || !right) return 0;
    if (common > left) common = left;
    if (common > right) common = right;
    double jaro = ((double)common / left + (double)common / right + 1) / 3;
    int prefix = common < 4 ? common : 4;
    return jaro + prefix * 0.1 * (1 - jaro);
}

static bool may_be_family(uint64_t a, uint64_t b)
{
    return (a & b) >> SIGN_FAMILY & ((1 << SIGN_FAMILIES) - 1);
}

int batch_field_level_by_sign(enum model_role role, uint64_t a, uint64_t b)
{
    switch (role) {
    case MODEL_BIRTH: return birth_level(a, b);
    case MODEL_QUANTITY: return quantity_level(a, b);
    case MODEL_CATEGORY: return sign_edits(a, b) > 1 ? LEVEL_DIFFERENT : -1;
    case MODEL_GIVEN:
    case MODEL_SURNAME:
        if (sign_length(a) <= 2 || sign_length(b) <= 2 || may_be_family(a, b)) return -1;
        return most_similar(a, b) < 0.7 ? LEVEL_DIFFERENT : -1;
    case MODEL_NUMBER:
    case MODEL_IDENTIFIER: return sign_edits(a, b) > 2 ? LEVEL_DIFFERENT : -1;
    case MODEL_TOWN: return sign_edits(a, b) > 6 ? LEVEL_DIFFERENT : -1;
    case MODEL_STREET: return sign_edits(a, b) > 9 ? LEVEL_DIFFERENT : -1;
    default: return -1;
    }
}

/* The best level that signs leave possible where they do not settle it: so that most
 * pairs are known to be nothing before any text is looked at. */
int batch_field_most_by_sign(enum model_role role, uint64_t a, uint64_t b)
{
    unsigned edits = sign_edits(a, b);
    switch (role) {
    case MODEL_GIVEN:
    case MODEL_SURNAME: {
        if (may_be_family(a, b) || sign_length(a) <= 2 || sign_length(b) <= 2) return LEVEL_ALIKE;
        double similar = most_similar(a, b);
        if (similar >= 0.93 || (similar >= 0.8 && edits <= 1)) return LEVEL_ALIKE;
        return LEVEL_CLOSE; /* one word of several, or a sound */
    }
    case MODEL_EMAIL: return edits <= 1 ? LEVEL_ALIKE : LEVEL_CLOSE;
    case MODEL_POSTCODE: return edits <= 1 ? LEVEL_ALIKE : edits <= 2 ? LEVEL_CLOSE : LEVEL_FAR;
    case MODEL_STREET: return edits <= 4 ? LEVEL_ALIKE : LEVEL_CLOSE;
    case MODEL_NUMBER:
    case MODEL_IDENTIFIER: return edits <= 1 ? LEVEL_ALIKE : LEVEL_NEAR;
    default: return LEVEL_ALIKE;
    }
}

/* --- texts ----------------------------------------------------------------------------------------- */

static bool one_family(const struct field_facts *a, const struct field_facts *b)
{
    for (int i = 0; i < NAME_FAMILIES && a->family[i]; i++)
        for (int k = 0; k < NAME_FAMILIES && b->family[k]; k++)
            if (a->family[i] == b->family[k]) return true;
    return false;
}

/* "ann mary" and "mary": one has every word of the other. */
static bool has_words_of(struct str longer, struct str shorter)
{
    struct str word;
    bool all = true;
    while (all && str_split(&shorter, ' ', &word)) {
        struct str rest = longer;
        struct str other;
        bool found = false;
        while (!found && str_split(&rest, ' ', &other)) found = str_eq(word, other);
        all = found;
    }
    return all;
}

static int name_level(const struct batch_field *field, uint32_t a, uint32_t b)
{
    struct str left = field->text[a];
    struct str right = field->text[b];
    size_t shorter = left.len < right.len ? left.len : right.len;
    double similar = link_kernel_jaro_winkler(left, right);
    if (similar >= 0.93 || (shorter >= 4 && similar >= 0.8 && link_kernel_osa(left, right) == 1))
        return LEVEL_ALIKE;
    if (one_family(&field->facts[a], &field->facts[b])) return LEVEL_CLOSE;
    bool spaced = memchr(left.ptr, ' ', left.len) || memchr(right.ptr, ' ', right.len);
    if (spaced && shorter >= 3 && has_words_of(left.len > right.len ? left : right, left.len > right.len ? right : left))
        return LEVEL_CLOSE;
    uint64_t sound = field->facts[a].sound;
    bool sounds_alike = sound > 0xff && sound == field->facts[b].sound;
    if (similar >= 0.87 || (similar >= 0.7 && sounds_alike)) return LEVEL_NEAR;
    bool initial = shorter == 1 && left.ptr[0] == right.ptr[0];
    if (initial) return LEVEL_NEAR;
    return similar >= 0.78 ? LEVEL_FAR : LEVEL_DIFFERENT;
}

static int code_level(struct str a, struct str b)
{
    unsigned distance = link_kernel_osa(a, b);
    if (distance == 1 && a.len >= 3 && b.len >= 3) return LEVEL_ALIKE;
    return distance == 2 && a.len >= 6 && b.len >= 6 ? LEVEL_NEAR : LEVEL_DIFFERENT;
}

static size_t same_start(struct str a, struct str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    size_t same = 0;
    while (same < shorter && a.ptr[same] == b.ptr[same]) same++;
    return same;
}

static size_t same_end(struct str a, struct str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    size_t same = 0;
    while (same < shorter && a.ptr[a.len - 1 - same] == b.ptr[b.len - 1 - same]) same++;
    return same;
}

/* Nearer places share more of the beginning: a sector, a district. */
static int postcode_level(struct str a, struct str b)
{
    unsigned distance = link_kernel_osa(a, b);
    if (distance == 1) return LEVEL_ALIKE;
    size_t same = same_start(a, b);
    size_t longer = a.len > b.len ? a.len : b.len;
    if (same + 2 >= longer && longer >= 5) return LEVEL_CLOSE;
    if (distance == 2 && longer >= 5) return LEVEL_NEAR;
    return same >= 3 || (same >= 2 && same + 3 >= longer) ? LEVEL_FAR : LEVEL_DIFFERENT;
}

static int phone_level(struct str a, struct str b)
{
    enum { LOCAL = 6 };
    unsigned distance = link_kernel_osa(a, b);
    if (distance == 1 || same_end(a, b) >= LOCAL + 1) return LEVEL_ALIKE;
    if (same_end(a, b) >= LOCAL) return LEVEL_CLOSE;
    if (distance == 2) return LEVEL_NEAR;
    return same_start(a, b) >= LOCAL ? LEVEL_FAR : LEVEL_DIFFERENT;
}

/* The letters before the @ and their digits apart: addresses are made of names, and
 * two who share a name have letters in common whoever they are. */
static bool same_letters(struct str a, struct str b)
{
    size_t i = 0;
    size_t k = 0;
    for (;;) {
        while (i < a.len && a.ptr[i] != '@' && (a.ptr[i] < 'a' || a.ptr[i] > 'z')) i++;
        while (k < b.len && b.ptr[k] != '@' && (b.ptr[k] < 'a' || b.ptr[k] > 'z')) k++;
        bool a_ends = i >= a.len || a.ptr[i] == '@';
        bool b_ends = k >= b.len || b.ptr[k] == '@';
        if (a_ends || b_ends) return a_ends && b_ends;
        if (a.ptr[i++] != b.ptr[k++]) return false;
    }
}

static int email_level(struct str a, struct str b, uint64_t a_sign, uint64_t b_sign)
{
    unsigned distance = sign_edits(a_sign, b_sign) > 3 ? 99 : link_kernel_osa(a, b);
    ptrdiff_t left = str_find(a, STR("@"), 0);
    ptrdiff_t right = str_find(b, STR("@"), 0);
    bool local = left > 0 && right > 0 && str_eq(str_sub(a, 0, (size_t)left), str_sub(b, 0, (size_t)right));
    if (distance == 1) return LEVEL_ALIKE;
    if (local) return LEVEL_CLOSE;
    if (same_letters(a, b)) return LEVEL_FAR;
    return distance <= 3 ? LEVEL_NEAR : LEVEL_DIFFERENT;
}

static int word_level(struct str a, struct str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    unsigned distance = link_kernel_osa(a, b);
    double similar = link_kernel_jaro_winkler(a, b);
    if (distance == 1 || similar >= 0.95) return LEVEL_ALIKE;
    if ((distance == 2 && shorter >= 6) || similar >= 0.9) return LEVEL_CLOSE;
    if (shorter >= 4 && (same_start(a, b) >= shorter || has_words_of(a.len > b.len ? a : b, a.len > b.len ? b : a)))
        return LEVEL_NEAR;
    return similar >= 0.82 ? LEVEL_FAR : LEVEL_DIFFERENT;
}

/* --- streets ------------------------------------------------------------------------------------------ */

/* "12b high street" as its numbers and its words. */
static void split_street(struct str text, struct str *ret_number, struct str *ret_name)
{
    size_t end = 0;
    while (end < text.len && text.ptr[end] >= '0' && text.ptr[end] <= '9') end++;
    size_t number = end;
    while (end && end < text.len && text.ptr[end] != ' ') end++; /* 12b */
    while (end < text.len && text.ptr[end] == ' ') end++;
    if (end == text.len) end = number = 0;
    *ret_number = str_sub(text, 0, number);
    *ret_name = str_sub(text, end, text.len);
}

static int street_level(struct str a, struct str b)
{
    struct str number_a, number_b, name_a, name_b;
    split_street(a, &number_a, &name_a);
    split_street(b, &number_b, &name_b);
    if (!number_a.len && !number_b.len) return word_level(a, b);
    bool numbers = number_a.len && number_b.len;
    bool same_number = str_eq(number_a, number_b);
    bool same_name = str_eq(name_a, name_b);
    bool alike = same_name || link_kernel_osa(name_a, name_b) <= 2 || link_kernel_jaro_winkler(name_a, name_b) >= 0.93;
    if (!numbers) return alike ? LEVEL_CLOSE : LEVEL_DIFFERENT;
    if (same_number && alike) return LEVEL_ALIKE;
    if (same_number) {
        size_t shorter = name_a.len < name_b.len ? name_a.len : name_b.len;
        size_t start = same_start(name_a, name_b);
        bool begun = start >= 4 && start + 1 >= shorter;
        return begun || link_kernel_jaro_winkler(name_a, name_b) >= 0.85 ? LEVEL_CLOSE : LEVEL_DIFFERENT;
    }
    if (!alike) return LEVEL_DIFFERENT;
    return link_kernel_osa(a, b) <= 1 ? LEVEL_CLOSE : LEVEL_FAR; /* a slip in the number, or a neighbour */
}

int batch_field_level(const struct batch_field *field, uint32_t a, uint32_t b)
{
    struct str left = field->text[a];
    struct str right = field->text[b];
    int known = batch_field_level_by_sign(field->role, field->sign[a], field->sign[b]);
    if (known >= 0) return known;
    switch (field->role) {
    case MODEL_GIVEN:
    case MODEL_SURNAME: return name_level(field, a, b);
    case MODEL_EMAIL: return email_level(left, right, field->sign[a], field->sign[b]);
    case MODEL_CATEGORY:
        return left.len >= 3 && right.len >= 3 && link_kernel_osa(left, right) == 1 ? LEVEL_NEAR : LEVEL_DIFFERENT;
    case MODEL_POSTCODE: return postcode_level(left, right);
    case MODEL_PHONE: return phone_level(left, right);
    case MODEL_NUMBER:
    case MODEL_IDENTIFIER: return code_level(left, right);
    case MODEL_STREET: {
        /* What signs call impossible stays so: the same for every way to the level. */
        int level = street_level(left, right);
        int most = batch_field_most_by_sign(MODEL_STREET, field->sign[a], field->sign[b]);
        return level < most ? level : most;
    }
    case MODEL_TEXT: return field_text_level(field, a, b);
    default: return word_level(left, right);
    }
}
