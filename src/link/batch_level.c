/*
 * The level of agreement of two values by their texts.  Most pairs never come here:
 * batch_line, and the tables of batch_near, settle them.
 */
#include "link/batch_field.h"

#include "link/batch_line.h"
#include "link/batch_sign.h"
#include "link/kernel.h"
#include "link/phonetic.h"

#include <string.h>

/* --- by signs ---------------------------------------------------------------------------------- */

enum { PREFIX_MOST = 4 };

/* Signs do not tell how long these are, nor what the kernels see of them. */
static bool are_long(uint64_t a, uint64_t b)
{
    enum { LONGEST_TOLD = 63 };
    return sign_length(a) >= LONGEST_TOLD || sign_length(b) >= LONGEST_TOLD;
}

static const uint64_t sign_letters = ((uint64_t)1 << SIGN_FAMILY) - 1;

/* Can Jaro-Winkler of two texts that begin with so many like bytes be as much as this?
 * By the letters that they have in common; without a division, for most pairs come here. */
static bool may_be_similar(double least, uint64_t a, uint64_t b, int prefix)
{
    const double rounding = 1e-9;
    int left = (int)sign_length(a);
    int right = (int)sign_length(b);
    int only_left = left - (int)sign_bits(a & sign_letters);
    int only_right = right - (int)sign_bits(b & sign_letters);
    int common = (int)sign_bits(a & b & sign_letters) + (only_left < only_right ? only_left : only_right);
    int shorter = left < right ? left : right;
    if (common > shorter) common = shorter;
    if (common <= 0) return least <= 0;
    if (prefix > common) prefix = common;
    double jaro = prefix ? (least - 0.1 * prefix) / (1 - 0.1 * prefix) : least;
    return (double)(common * (left + right)) >= (3 * jaro - 1 - rounding) * (double)(left * right);
}

/* Jaro-Winkler where it can be as much as `least`, else 0. */
static double similar_at_least(double least, struct str a, struct str b, uint64_t a_sign, uint64_t b_sign)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int prefix = 0;
    while (prefix < PREFIX_MOST && (size_t)prefix < shorter && a.ptr[prefix] == b.ptr[prefix]) prefix++;
    bool less = !are_long(a_sign, b_sign) && !may_be_similar(least, a_sign, b_sign, prefix);
    return less ? 0 : link_kernel_jaro_winkler(a, b);
}

/* Edits from one to the other where they can be two or less, else more than that. */
static unsigned few_edits(struct str a, struct str b, uint64_t a_sign, uint64_t b_sign)
{
    unsigned least = are_long(a_sign, b_sign) ? 0 : sign_edits(a_sign, b_sign);
    return least > 2 ? least : link_kernel_osa(a, b);
}

static bool may_be_family(uint64_t a, uint64_t b)
{
    return (a & b) >> SIGN_FAMILY & ((1 << SIGN_FAMILIES) - 1);
}

/* The level by signs alone where they are enough, else -1. */
static int level_by_sign(enum model_role role, uint64_t a, uint64_t b)
{
    switch (role) {
    case MODEL_CATEGORY: return sign_edits(a, b) > 1 ? LEVEL_DIFFERENT : -1;
    case MODEL_GIVEN:
    case MODEL_SURNAME:
        if (sign_length(a) <= 2 || sign_length(b) <= 2 || may_be_family(a, b)) return -1;
        return may_be_similar(0.7, a, b, PREFIX_MOST) ? -1 : LEVEL_DIFFERENT;
    case MODEL_NUMBER:
    case MODEL_IDENTIFIER: return sign_edits(a, b) > 2 ? LEVEL_DIFFERENT : -1;
    case MODEL_TOWN: return sign_edits(a, b) > 6 ? LEVEL_DIFFERENT : -1;
    default: return -1;
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

/* One has every word of the other: the longer of the shorter, of two as long either. */
static bool share_words(struct str a, struct str b)
{
    return (a.len >= b.len && has_words_of(a, b)) || (b.len >= a.len && has_words_of(b, a));
}

/* By the letters that names have once at least. */
static bool may_share_words(uint64_t a, uint64_t b)
{
    const uint64_t once = 0x5555555555555555u & sign_letters;
    return (a & ~b & once) == 0 || (b & ~a & once) == 0;
}

static int name_level(const struct batch_field *field, uint32_t a, uint32_t b)
{
    struct str left = field->text[a];
    struct str right = field->text[b];
    size_t shorter = left.len < right.len ? left.len : right.len;
    bool sounds_alike = link_same_sound(field->facts[a].sound, field->facts[b].sound);
    double similar = similar_at_least(sounds_alike ? 0.7 : 0.78, left, right, field->sign[a], field->sign[b]);
    if (similar >= 0.93 || (shorter >= 4 && similar >= 0.8 && link_kernel_osa(left, right) == 1))
        return LEVEL_ALIKE;
    if (one_family(&field->facts[a], &field->facts[b])) return LEVEL_CLOSE;
    bool spaced = memchr(left.ptr, ' ', left.len) || memchr(right.ptr, ' ', right.len);
    if (spaced && shorter >= 3 && share_words(left, right))
        return LEVEL_CLOSE;
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

/* What line_email_level leaves to the texts: few edits. */
static int email_level(struct str a, struct str b)
{
    unsigned distance = link_kernel_osa(a, b);
    ptrdiff_t left = str_find(a, STR("@"), 0);
    ptrdiff_t right = str_find(b, STR("@"), 0);
    bool local = left > 0 && right > 0 && str_eq(str_sub(a, 0, (size_t)left), str_sub(b, 0, (size_t)right));
    if (distance == 1) return LEVEL_ALIKE;
    if (local) return LEVEL_CLOSE;
    if (line_letters(a) == line_letters(b)) return LEVEL_FAR;
    return distance <= 3 ? LEVEL_NEAR : LEVEL_DIFFERENT;
}

/* Two words that are less similar are different. */
static const double word_far = 0.82;

static int word_level_of(struct str a, struct str b, double similar, unsigned distance)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    if (distance == 1 || similar >= 0.95) return LEVEL_ALIKE;
    if ((distance == 2 && shorter >= 6) || similar >= 0.9) return LEVEL_CLOSE;
    if (shorter >= 4 && (same_start(a, b) >= shorter || share_words(a, b)))
        return LEVEL_NEAR;
    return similar >= word_far ? LEVEL_FAR : LEVEL_DIFFERENT;
}

static int word_level(struct str a, struct str b, uint64_t a_sign, uint64_t b_sign)
{
    return word_level_of(a, b, similar_at_least(word_far, a, b, a_sign, b_sign), few_edits(a, b, a_sign, b_sign));
}

/* --- streets ------------------------------------------------------------------------------------------ */

void batch_street_split(struct str text, struct str *ret_number, struct str *ret_name)
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

int batch_street_names(const struct batch_field *field, uint32_t one, uint32_t other)
{
    struct str a = field->street_text[one];
    struct str b = field->street_text[other];
    size_t shorter = a.len < b.len ? a.len : b.len;
    uint64_t a_sign = field->street_sign[one], b_sign = field->street_sign[other];
    size_t start = same_start(a, b);
    /* With nothing else in common they are unlike below the least that makes them far. */
    bool else_alike = start >= 4 || are_long(a_sign, b_sign) || sign_edits(a_sign, b_sign) <= 2 ||
                      may_share_words(a_sign, b_sign);
    double similar = similar_at_least(else_alike ? (double)street_unlike : word_far, a, b, a_sign, b_sign);
    if (shorter > STREET_SHORT && similar < (double)street_unlike) return STREET_UNLIKE | LEVEL_DIFFERENT << STREET_BITS;
    unsigned distance = few_edits(a, b, a_sign, b_sign);
    bool alike = similar >= 0.93 || distance <= 2;
    bool begun = similar >= 0.85 || (start >= 4 && start + 1 >= shorter);
    int names = alike ? STREET_ALIKE : begun ? STREET_BEGUN : STREET_UNLIKE;
    return names | word_level_of(a, b, similar, distance) << STREET_BITS;
}

int batch_field_level(const struct batch_field *field, uint32_t a, uint32_t b)
{
    struct str left = field->text[a];
    struct str right = field->text[b];
    int known = level_by_sign(field->role, field->sign[a], field->sign[b]);
    if (known >= 0) return known;
    switch (field->role) {
    case MODEL_GIVEN:
    case MODEL_SURNAME: return name_level(field, a, b);
    case MODEL_EMAIL: return email_level(left, right);
    case MODEL_CATEGORY:
        return left.len >= 3 && right.len >= 3 && link_kernel_osa(left, right) == 1 ? LEVEL_NEAR : LEVEL_DIFFERENT;
    case MODEL_POSTCODE: return postcode_level(left, right);
    case MODEL_PHONE: return phone_level(left, right);
    case MODEL_NUMBER:
    case MODEL_IDENTIFIER: return code_level(left, right);
    case MODEL_TEXT: return field_text_level(field, a, b);
    default: return word_level(left, right, field->sign[a], field->sign[b]);
    }
}
