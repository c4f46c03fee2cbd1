/*
 * The level of agreement of two values by their texts.  Most pairs never come here:
 * batch_line, and the tables of batch_near, settle them.
 */
#include "link/batch_field.h"

#include "link/batch_line.h"
#include "link/batch_sign.h"
#include "link/kernel.h"
#include "link/normalise.h"
#include "link/phonetic.h"

#include <string.h>

/* --- by signs --------------------------------------------------------------------------------- */

enum { PREFIX_MOST = 4 };

/* Signs do not tell how long these are, nor what the kernels see of them. */
static bool are_long(uint64_t a, uint64_t b)
{
    enum { LONGEST_TOLD = 63 };
    return sign_length(a) >= LONGEST_TOLD || sign_length(b) >= LONGEST_TOLD;
}

static const uint64_t sign_letters = ((uint64_t)1 << SIGN_FAMILY) - 1;

/* A least similarity (Jaro-Winkler), and beside it what the letters in common are held against, by
 * how many bytes both begin with; worked out here, for most pairs come here. */
struct least {
    double similar;
    double bound[PREFIX_MOST + 1];
};
#define BOUND(least, prefix) (3 * (((least) - 0.1 * (prefix)) / (1 - 0.1 * (prefix))) - 1 - 1e-9)
#define LEAST(least) \
    {least, \
     {BOUND(least, 0), BOUND(least, 1), BOUND(least, 2), BOUND(least, 3), BOUND(least, 4)}}
/* Below this two names are nothing to each other; below the second, if they do not sound alike. */
static const struct least name_unlike = LEAST(0.7), name_unheard = LEAST(0.78);
static const struct least street_apart = LEAST((double)street_unlike);
/* Two words that are less similar are different. */
static const struct least word_far = LEAST(0.82);

/* Can two texts that begin with so many like bytes be as similar as this?  By the letters that
 * they have in common; neither is long. */
static bool may_be_similar(const struct least *least, const struct sign_hint *a,
                           const struct sign_hint *b, int prefix)
{
    int left = (int)sign_length(a->sign), right = (int)sign_length(b->sign);
    int shorter = left < right ? left : right;
    int common =
        (int)sign_bits(a->sign & b->sign & sign_letters) + (a->more < b->more ? a->more : b->more);
    if (common > shorter) common = shorter;
    if (common <= 0) return false;
    if (prefix > common) prefix = common;
    return (double)(common * (left + right)) >= least->bound[prefix] * (double)(left * right);
}

/* With how many like bytes the texts begin, four at most; neither is long. */
static int hint_prefix(const struct sign_hint *a, const struct sign_hint *b)
{
    unsigned left = sign_length(a->sign), right = sign_length(b->sign);
    int shorter = (int)(left < right ? left : right), prefix = 0;
    while (prefix < PREFIX_MOST && a->start[prefix] == b->start[prefix]) prefix++;
    return prefix < shorter ? prefix : shorter;
}

/* Jaro-Winkler where it can be as much as `least`, else 0. */
static double similar_at_least(const struct least *least, struct str a, struct str b,
                               const struct sign_hint *left, const struct sign_hint *right)
{
    bool less = !are_long(left->sign, right->sign) &&
                !may_be_similar(least, left, right, hint_prefix(left, right));
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

/* By the letters that names have once at least. */
static bool may_share_words(uint64_t a, uint64_t b)
{
    const uint64_t once = 0x5555555555555555u & sign_letters;
    return (a & ~b & once) == 0 || (b & ~a & once) == 0;
}

static int name_by_hint(const struct sign_hint *a, const struct sign_hint *b)
{
    if (sign_length(a->sign) <= 2 || sign_length(b->sign) <= 2 || may_be_family(a->sign, b->sign))
        return -1;
    if (!may_be_similar(&name_unlike, a, b, PREFIX_MOST)) return LEVEL_DIFFERENT;
    if (are_long(a->sign, b->sign) || may_share_words(a->sign, b->sign)) return -1;
    return may_be_similar(&name_unlike, a, b, hint_prefix(a, b)) ? -1 : LEVEL_DIFFERENT;
}

/* A start of four letters, few edits or shared words make words alike that are not similar. */
static int word_by_hint(const struct sign_hint *a, const struct sign_hint *b)
{
    unsigned edits = sign_edits(a->sign, b->sign);
    if (edits > 6) return LEVEL_DIFFERENT;
    if (are_long(a->sign, b->sign) || edits <= 2 || may_share_words(a->sign, b->sign)) return -1;
    int prefix = hint_prefix(a, b);
    return prefix == PREFIX_MOST || may_be_similar(&word_far, a, b, prefix) ? -1 : LEVEL_DIFFERENT;
}

int batch_field_level_by_hint(const struct batch_field *field, uint32_t a, uint32_t b)
{
    const struct sign_hint *left = &field->hint[a], *right = &field->hint[b];
    return field->role == MODEL_TOWN ? word_by_hint(left, right) : name_by_hint(left, right);
}

/* The level by signs alone where they are enough, else -1. */
static int level_by_sign(enum model_role role, uint64_t a, uint64_t b)
{
    switch (role) {
    case MODEL_CATEGORY: return sign_edits(a, b) > 1 ? LEVEL_DIFFERENT : -1;
    case MODEL_NUMBER:
    case MODEL_IDENTIFIER: return sign_edits(a, b) > 2 ? LEVEL_DIFFERENT : -1;
    case MODEL_PLATE:
        return sign_edits(a, b) > PLATE_EDITS ? LEVEL_DIFFERENT : -1;
    default: return -1;
    }
}

/* --- texts ------------------------------------------------------------------------------------ */

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

static int name_level(const struct batch_field *field, uint32_t a, uint32_t b)
{
    struct str left = field->text[a];
    struct str right = field->text[b];
    size_t shorter = left.len < right.len ? left.len : right.len;
    bool sounds_alike = link_same_sound(field->facts[a].sound, field->facts[b].sound);
    double similar = similar_at_least(sounds_alike ? &name_unlike : &name_unheard, left, right,
                                      &field->hint[a], &field->hint[b]);
    if (similar >= 0.93 || (shorter >= 4 && similar >= 0.8 && link_kernel_osa(left, right) == 1))
        return LEVEL_ALIKE;
    if (one_family(&field->facts[a], &field->facts[b])) return LEVEL_CLOSE;
    bool spaced = memchr(left.ptr, ' ', left.len) || memchr(right.ptr, ' ', right.len);
    if (spaced && shorter >= 3 && share_words(left, right))
        return LEVEL_CLOSE;
    if (similar >= 0.87 || (similar >= name_unlike.similar && sounds_alike)) return LEVEL_NEAR;
    bool initial = shorter == 1 && left.ptr[0] == right.ptr[0];
    if (initial) return LEVEL_NEAR;
    return similar >= name_unheard.similar ? LEVEL_FAR : LEVEL_DIFFERENT;
}

static int code_level(struct str a, struct str b)
{
    unsigned distance = link_kernel_osa(a, b);
    if (distance == 1 && a.len >= 3 && b.len >= 3) return LEVEL_ALIKE;
    return distance == 2 && a.len >= 6 && b.len >= 6 ? LEVEL_NEAR : LEVEL_DIFFERENT;
}

/* O is read for 0, I for 1: what differs in nothing else is alike. */
static int plate_level(struct str a, struct str b)
{
    char left[LINK_REGISTRATION_SIZE], right[LINK_REGISTRATION_SIZE];
    bool open;
    if (!link_registration_clean(a, left, &open) || !link_registration_clean(b, right, &open))
        return code_level(a, b);
    link_registration_fold(left);
    link_registration_fold(right);
    if (strcmp(left, right) == 0) return LEVEL_ALIKE;
    return code_level(str_from(left), str_from(right));
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

static bool is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

/* "tr18" or "tr18 4" beside "tr18 4qx": the beginning that somebody knew,
 * which says nothing against. */
static bool is_part_of_postcode(struct str part, struct str whole)
{
    enum { INWARD = 3, UNIT = 2, SHORTEST = 5 };
    bool short_of = part.len + INWARD == whole.len || part.len + UNIT == whole.len;
    if (!short_of || whole.len < SHORTEST || !str_starts(whole, part)) return false;
    const char *end = whole.ptr + whole.len;
    return is_letter(whole.ptr[0]) && !is_letter(end[-INWARD]) && is_letter(end[-2]) &&
           is_letter(end[-1]);
}

/* Nearer places share more of the beginning: a sector, a district. */
static int postcode_level(struct str a, struct str b)
{
    if (is_part_of_postcode(a, b) || is_part_of_postcode(b, a)) return LEVEL_MISSING;
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

/* What email_level of batch_line.c leaves to the texts: few edits. */
static int email_level(struct str a, struct str b)
{
    unsigned distance = link_kernel_osa(a, b);
    ptrdiff_t left = str_find(a, STR("@"), 0);
    ptrdiff_t right = str_find(b, STR("@"), 0);
    bool local =
        left > 0 && right > 0 && str_eq(str_sub(a, 0, (size_t)left), str_sub(b, 0, (size_t)right));
    if (distance == 1) return LEVEL_ALIKE;
    if (local) return LEVEL_CLOSE;
    if (line_letters(a) == line_letters(b)) return LEVEL_FAR;
    return distance <= 3 ? LEVEL_NEAR : LEVEL_DIFFERENT;
}

static int word_level_of(struct str a, struct str b, double similar, unsigned distance)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    if (distance == 1 || similar >= 0.95) return LEVEL_ALIKE;
    if ((distance == 2 && shorter >= 6) || similar >= 0.9) return LEVEL_CLOSE;
    if (shorter >= 4 && (same_start(a, b) >= shorter || share_words(a, b)))
        return LEVEL_NEAR;
    return similar >= word_far.similar ? LEVEL_FAR : LEVEL_DIFFERENT;
}

static int word_level(struct str a, struct str b, const struct sign_hint *left,
                      const struct sign_hint *right)
{
    return word_level_of(a, b, similar_at_least(&word_far, a, b, left, right),
                         few_edits(a, b, left->sign, right->sign));
}

/* --- streets ---------------------------------------------------------------------------------- */

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

/* "zennor quay flat 2": what stands after the last "flat"; empty: nothing. */
static struct str street_unit(struct str name)
{
    static const struct str word = STR_INIT(" flat ");
    for (size_t i = name.len; i >= word.len; i--)
        if (str_ends(str_sub(name, 0, i), word)) return str_sub(name, i, name.len);
    return STR("");
}

static bool are_neighbours(struct str a, struct str b)
{
    struct str left = street_unit(a), right = street_unit(b);
    return left.len && right.len && !str_eq(left, right);
}

int batch_street_names(const struct batch_field *field, uint32_t one, uint32_t other)
{
    const struct sign_hint *left = &field->hint[one], *right = &field->hint[other];
    uint64_t a_sign = left->sign, b_sign = right->sign;
    bool may_be_long = are_long(a_sign, b_sign);
    int prefix = hint_prefix(left, right);
    /* With nothing else in common they are unlike below the least that makes them far. */
    bool else_alike = prefix == PREFIX_MOST || may_be_long || sign_edits(a_sign, b_sign) <= 2 ||
                      may_share_words(a_sign, b_sign);
    const struct least *least = else_alike ? &street_apart : &word_far;
    bool shortest = sign_length(a_sign) <= STREET_SHORT || sign_length(b_sign) <= STREET_SHORT;
    if (!shortest && !may_be_long && !may_be_similar(least, left, right, prefix))
        return STREET_UNLIKE | LEVEL_DIFFERENT << STREET_BITS;
    struct str a = field->street_text[one];
    struct str b = field->street_text[other];
    size_t shorter = a.len < b.len ? a.len : b.len;
    size_t start = same_start(a, b);
    double similar = similar_at_least(least, a, b, left, right);
    if (shorter > STREET_SHORT && similar < (double)street_unlike)
        return STREET_UNLIKE | LEVEL_DIFFERENT << STREET_BITS;
    unsigned distance = few_edits(a, b, a_sign, b_sign);
    bool alike = similar >= 0.93 || distance <= 2;
    bool begun = similar >= 0.85 || (start >= 4 && start + 1 >= shorter);
    int names = alike ? STREET_ALIKE : begun ? STREET_BEGUN : STREET_UNLIKE;
    if (names != STREET_UNLIKE && are_neighbours(a, b))
        return STREET_NEIGHBOUR | LEVEL_FAR << STREET_BITS;
    return names | word_level_of(a, b, similar, distance) << STREET_BITS;
}

int batch_field_level(const struct batch_field *field, uint32_t a, uint32_t b)
{
    struct str left = field->text[a];
    struct str right = field->text[b];
    int known = field_has_hints(field->role)
                    ? batch_field_level_by_hint(field, a, b)
                    : level_by_sign(field->role, field->sign[a], field->sign[b]);
    if (known >= 0) return known;
    switch (field->role) {
    case MODEL_GIVEN:
    case MODEL_SURNAME: return name_level(field, a, b);
    case MODEL_EMAIL: return email_level(left, right);
    case MODEL_CATEGORY:
        return left.len >= 3 && right.len >= 3 && link_kernel_osa(left, right) == 1
                   ? LEVEL_NEAR
                   : LEVEL_DIFFERENT;
    case MODEL_POSTCODE: return postcode_level(left, right);
    case MODEL_PHONE: return phone_level(left, right);
    case MODEL_NUMBER:
    case MODEL_IDENTIFIER: return code_level(left, right);
    case MODEL_PLATE:
        return plate_level(left, right);
    case MODEL_TEXT: return field_text_level(field, a, b);
    /* towns; streets, dates and quantities are told by their lines */
    default: return word_level(left, right, &field->hint[a], &field->hint[b]);
    }
}
