#include "link/batch_line.h"

#include "base/clock.h"
#include "link/batch_line_many.h"
#include "link/batch_sign.h"
#include "link/kernel.h"

#include <math.h>
#include <stdlib.h>

int line_words(enum model_role role)
{
    switch (role) {
    case MODEL_NUMBER:
    case MODEL_IDENTIFIER:
    case MODEL_PLATE:
    case MODEL_STREET:
    case MODEL_POSTCODE: return 2;
    case MODEL_PHONE:
    case MODEL_EMAIL: return 4;
    case MODEL_BIRTH:
    case MODEL_DATE:
    case MODEL_QUANTITY: return 1;
    default: return 0;
    }
}

/* --- short texts as numbers ------------------------------------------------------------- */

/* Characters of `unit` bits, none of them 0, the last of the text lowest. */
static int length_of(uint64_t word, int unit)
{
    return word ? (64 - __builtin_clzll(word) + unit - 1) / unit : 0;
}

/* How many characters two unlike texts have in common at their end. */
static int same_end(uint64_t a, uint64_t b, int unit)
{
    return __builtin_ctzll(a ^ b) / unit;
}

static int same_start(uint64_t a, int a_length, uint64_t b, int b_length, int unit)
{
    uint64_t left = a << (64 - a_length * unit);
    uint64_t right = b << (64 - b_length * unit);
    int shorter = a_length < b_length ? a_length : b_length;
    int same = left == right ? shorter : __builtin_clzll(left ^ right) / unit;
    return same < shorter ? same : shorter;
}

/* Is it one edit, or two neighbours that changed places, from one to the other? */
static bool is_slip(uint64_t a, int a_length, uint64_t b, int b_length, int unit, int start,
                    int end)
{
    int shorter = a_length < b_length ? a_length : b_length;
    if (a_length != b_length) return abs(a_length - b_length) == 1 && start + end >= shorter;
    if (start + end >= a_length - 1) return true;
    if (start + end != a_length - 2) return false;
    uint64_t one = ((uint64_t)1 << unit) - 1;
    uint64_t a_low = a >> (end * unit) & one, a_high = a >> ((end + 1) * unit) & one;
    uint64_t b_low = b >> (end * unit) & one, b_high = b >> ((end + 1) * unit) & one;
    return a_low == b_high && a_high == b_low;
}

/* The highest bit of each byte that is 0. */
static uint64_t zero_bytes(uint64_t word)
{
    const uint64_t lower = 0x7f7f7f7f7f7f7f7fu;
    return ~(((word & lower) + lower) | word | lower);
}

/* Which bytes of the word are this one: the lowest byte as the lowest bit. */
static unsigned where_byte(uint64_t word, uint64_t byte)
{
    return (unsigned)((zero_bytes(word ^ byte * 0x0101010101010101u) >> 7) * 0x0102040810204080u >>
                      56);
}

/* Edits between two texts of up to eight bytes, as link_kernel_osa has them: what it does with
 * a word for each letter is done with eight bits.  Backwards, which changes nothing. */
static unsigned packed_edits(uint64_t a, int a_length, uint64_t b, int b_length)
{
    unsigned up = 0xff, down = 0, diagonal = 0, before = 0, edits = (unsigned)a_length;
    for (int i = 0; i < b_length; i++, b >>= 8) {
        unsigned here = where_byte(a, b & 0xff);
        unsigned swapped = (~diagonal & here) << 1 & before;
        diagonal = (((here & up) + up) ^ up) | here | down | swapped;
        unsigned right_up = down | ~(diagonal | up);
        unsigned right_down = diagonal & up;
        edits += right_up >> (a_length - 1) & 1;
        edits -= right_down >> (a_length - 1) & 1;
        right_up = right_up << 1 | 1;
        up = (right_down << 1 | ~(diagonal | right_up)) & 0xff;
        down = diagonal & right_up & 0xff;
        before = here;
    }
    return edits;
}

/* How many characters of a stand nowhere in b within two places of where they stood, counted from
 * the end. */
static uint64_t count_alone(uint64_t a, uint64_t b)
{
    enum { BYTE = 8 };
    uint64_t found = zero_bytes(a) | zero_bytes(a ^ b) | zero_bytes(a ^ b << BYTE) |
                     zero_bytes(a ^ b >> BYTE) | zero_bytes(a ^ b << 2 * BYTE) |
                     zero_bytes(a ^ b >> 2 * BYTE);
    return (~found >> 7 & 0x0101010101010101u) * 0x0101010101010101u >> 56;
}

/* Can it be two edits?  All characters of either but two then stand in the other. */
static bool may_be_two_edits(uint64_t a, uint64_t b)
{
    return count_alone(a, b) <= 2 && count_alone(b, a) <= 2;
}

static uint64_t pack_bytes(struct str text)
{
    uint64_t word = 0;
    if (text.len > 8) return 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!text.ptr[i]) return 0;
        word = word << 8 | (unsigned char)text.ptr[i];
    }
    return word;
}

static uint64_t pack_digits(struct str text, size_t most)
{
    uint64_t word = 0;
    for (size_t i = 0; i < text.len && i < most; i++)
        word = word << 4 |
               (text.ptr[i] >= '0' && text.ptr[i] <= '9' ? (uint64_t)(text.ptr[i] - '0' + 1) : 15);
    return word;
}

static void put(uint32_t *words, uint64_t word)
{
    words[0] = (uint32_t)word;
    words[1] = (uint32_t)(word >> 32);
}

static uint64_t get(const uint32_t *words)
{
    return (uint64_t)words[1] << 32 | words[0];
}

/* --- dates --------------------------------------------------------------------------------- */

static uint32_t digits_of(unsigned value, int width)
{
    uint32_t digits = 0;
    for (int i = 0; i < width; i++, value /= 10) digits |= (uint32_t)(value % 10) << (4 * i);
    return digits;
}

/* In the lowest bit of each digit, whether it is not 0. */
static uint32_t digits_set(uint32_t digits)
{
    digits |= digits >> 2;
    return (digits | digits >> 1) & 0x11111111;
}

static int count_digits(uint32_t set)
{
    return (int)((set * 0x11111111) >> 28); /* eight: 8 */
}

/* Of eight digits, how many differ; two neighbours of year, month or day that changed places
 * count as one, from the last on.  Many are many. */
static int digits_apart(uint32_t a, uint32_t b)
{
    enum { MANY = 5, FEW_DIGITS = 4 };
    const uint32_t neighbours = 0x01110101;
    uint32_t apart = digits_set(a ^ b);
    int count = count_digits(apart);
    uint32_t swapped = apart & ~digits_set(a ^ b >> 4) & ~digits_set(a >> 4 ^ b) & neighbours;
    swapped &= ~((swapped & 0x00010000) << 4);
    swapped &= ~((swapped & 0x00100000) << 4);
    return count == 0 || count > FEW_DIGITS ? MANY : count - count_digits(swapped);
}

static int partial_date_level(int years, uint32_t a, uint32_t b)
{
    unsigned month_a = a >> 8 & 255, day_a = a & 255, month_b = b >> 8 & 255, day_b = b & 255;
    /* What only one of them tells neither agrees nor contradicts. */
    bool months = !month_a || !month_b || month_a == month_b;
    bool days = !day_a || !day_b || day_a == day_b;
    if (years == 0 && months && days) return month_a && month_b ? LEVEL_CLOSE : LEVEL_NEAR;
    return years <= 1 ? LEVEL_FAR : LEVEL_DIFFERENT;
}

/* A year of four digits. */
static int year_of(uint32_t digits)
{
    uint32_t pairs = digits - 6 * (digits >> 4 & 0x0f0f);
    return (int)(pairs >> 8) * 100 + (int)(pairs & 255);
}

/* Of dates as digits: year, month, day. */
static int date_level(uint32_t a, uint32_t b)
{
    uint32_t year_a = a >> 16, year_b = b >> 16;
    int years = year_a && year_b ? abs(year_of(year_a) - year_of(year_b)) : 0;
    unsigned month_a = a >> 8 & 255, day_a = a & 255, month_b = b >> 8 & 255, day_b = b & 255;
    if (!month_a || !day_a || !month_b || !day_b || !year_a || !year_b)
        return partial_date_level(years, a, b);
    int apart = digits_apart(a, b);
    bool swapped = month_a == day_b && day_a == month_b;
    if ((years == 0 && swapped) || apart == 1) return LEVEL_ALIKE;
    bool default_day = (month_a == 1 && day_a == 1) || (month_b == 1 && day_b == 1);
    int parts = (years == 0) + (month_a == month_b) + (day_a == day_b);
    if (parts == 2 || (years == 0 && default_day)) return LEVEL_CLOSE;
    if (apart == 2 || (swapped && years <= 1)) return LEVEL_NEAR;
    return years == 0 || (years == 1 && parts == 1) ? LEVEL_FAR : LEVEL_DIFFERENT;
}

/* When something was: what is written down about it a day or a week later tells of the same. */
static int day_level(uint32_t a, uint32_t b)
{
    struct date left = {(int16_t)(a >> 16), (int8_t)(a >> 8 & 255), (int8_t)(a & 255)};
    struct date right = {(int16_t)(b >> 16), (int8_t)(b >> 8 & 255), (int8_t)(b & 255)};
    if (!left.year || !left.month || !left.day || !right.year || !right.month || !right.day)
        return partial_date_level(left.year && right.year ? abs(left.year - right.year) : 0, a, b);
    int apart = abs(date_to_days(left) - date_to_days(right));
    if (apart <= 1 ||
        (left.year == right.year && left.month == right.day && left.day == right.month))
        return LEVEL_ALIKE;
    if (apart <= 3) return LEVEL_CLOSE;
    if (apart <= 10) return LEVEL_NEAR;
    return apart <= 40 ? LEVEL_FAR : LEVEL_DIFFERENT;
}

/* --- quantities and codes -------------------------------------------------------------------- */

static int quantity_level(uint32_t a, uint32_t b)
{
    double left = (double)sign_quantity(a);
    double right = (double)sign_quantity(b);
    double apart = fabs(left - right);
    double larger = fmax(fabs(left), fabs(right));
    bool years =
        fmin(left, right) >= 1000 && larger <= 2200 && left == floor(left) && right == floor(right);
    double share = years ? apart / 100 : apart / fmax(larger, 1e-9);
    if (share <= 0.011) return LEVEL_ALIKE;
    if (share <= 0.03) return LEVEL_CLOSE;
    if (share <= 0.1) return LEVEL_NEAR;
    return share <= 0.25 ? LEVEL_FAR : LEVEL_DIFFERENT;
}

/* Nearer places share more of the beginning: a sector, a district. */
static int postcode_level(const uint32_t *a_words, const uint32_t *b_words)
{
    enum { UNIT = 8 };
    uint64_t a = get(a_words), b = get(b_words);
    if (!a || !b) return -1;
    int a_length = length_of(a, UNIT), b_length = length_of(b, UNIT);
    int longer = a_length > b_length ? a_length : b_length;
    int start = same_start(a, a_length, b, b_length, UNIT);
    int shorter = a_length + b_length - longer;
    /* a part of it? */
    if (start == shorter && longer >= 5 && (longer - shorter == 2 || longer - shorter == 3))
        return -1;
    if (is_slip(a, a_length, b, b_length, UNIT, start, same_end(a, b, UNIT))) return LEVEL_ALIKE;
    if (start + 2 >= longer && longer >= 5) return LEVEL_CLOSE;
    if (longer >= 5 && may_be_two_edits(a, b) && packed_edits(a, a_length, b, b_length) == 2)
        return LEVEL_NEAR;
    return start >= 3 || (start >= 2 && start + 3 >= longer) ? LEVEL_FAR : LEVEL_DIFFERENT;
}

static int phone_level(const uint32_t *a_words, const uint32_t *b_words)
{
    enum { UNIT = 4, LOCAL = 6 };
    uint64_t a = get(a_words), b = get(b_words);
    if (a == b) return -1; /* longer than what was packed */
    int a_length = length_of(a, UNIT), b_length = length_of(b, UNIT);
    int end = same_end(a, b, UNIT);
    int start = same_start(a, a_length, b, b_length, UNIT);
    if (end >= LOCAL + 1 || is_slip(a, a_length, b, b_length, UNIT, start, end)) return LEVEL_ALIKE;
    if (end >= LOCAL) return LEVEL_CLOSE;
    if (sign_edits(get(a_words + 2), get(b_words + 2)) <= 2) return -1;
    return start >= LOCAL ? LEVEL_FAR : LEVEL_DIFFERENT;
}

/* --- addresses -------------------------------------------------------------------------------- */

uint32_t line_letters(struct str email)
{
    uint64_t hash = 1;
    for (size_t i = 0; i < email.len && email.ptr[i] != '@'; i++)
        if (email.ptr[i] >= 'a' && email.ptr[i] <= 'z')
            hash = (hash ^ (unsigned char)email.ptr[i]) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(hash >> 32);
}

static int email_level(const uint32_t *a, const uint32_t *b)
{
    enum { FEW = 3 };
    if (sign_edits(get(a + 2), get(b + 2)) <= FEW) return -1;
    if (a[0] && a[0] == b[0]) return LEVEL_CLOSE; /* all before the @ */
    return a[1] == b[1] ? LEVEL_FAR : LEVEL_DIFFERENT;
}

static bool is_number_slip(uint32_t a, uint32_t b)
{
    enum { UNIT = 4 };
    int a_length = length_of(a, UNIT), b_length = length_of(b, UNIT);
    return is_slip(a, a_length, b, b_length, UNIT, same_start(a, a_length, b, b_length, UNIT),
                   same_end(a, b, UNIT));
}

static int street_level(const struct batch_field *field, const uint32_t *a, const uint32_t *b)
{
    bool same_name = a[1] == b[1];
    int names = STREET_ALIKE | LEVEL_ALIKE << STREET_BITS;
    if (!same_name && a[1] < field->near.known && b[1] < field->near.known)
        names = field->near.level[near_at(a[1], b[1])];
    else if (!same_name)
        names = batch_street_names(field, a[1], b[1]);
    if (!a[0] && !b[0]) return names >> STREET_BITS;
    /* One of them has no number; the same; others, as of neighbours. */
    static const int8_t level[][STREET_NEIGHBOUR + 1] = {
        {LEVEL_DIFFERENT, LEVEL_DIFFERENT, LEVEL_CLOSE, LEVEL_FAR},
        {LEVEL_DIFFERENT, LEVEL_CLOSE, LEVEL_ALIKE, LEVEL_FAR},
        {LEVEL_DIFFERENT, LEVEL_DIFFERENT, LEVEL_FAR, LEVEL_FAR}};
    int numbers = (a[0] && b[0]) + (a[0] && b[0] && a[0] != b[0]);
    if (same_name && numbers == 2 && is_number_slip(a[0], b[0])) return LEVEL_CLOSE;
    return level[numbers][names & ((1 << STREET_BITS) - 1)];
}

/* --- all -------------------------------------------------------------------------------------- */

void line_fill(const struct batch_field *field, uint32_t value, uint32_t ret[static LINE_WORDS_MAX])
{
    struct str text = field->text[value];
    uint64_t sign = field->sign[value];
    struct str number, name;
    ptrdiff_t at;
    memset(ret, 0, LINE_WORDS_MAX * sizeof *ret);
    switch (field->role) {
    case MODEL_BIRTH:
        ret[0] = digits_of((unsigned)(sign >> 16), 4) << 16 |
                 digits_of((unsigned)(sign >> 8 & 255), 2) << 8 |
                 digits_of((unsigned)(sign & 255), 2);
        break;
    case MODEL_NUMBER:
    case MODEL_IDENTIFIER:
    case MODEL_PLATE:
        put(ret, sign);
        break;
    case MODEL_STREET:
        batch_street_split(text, &number, &name);
        ret[0] = (uint32_t)pack_digits(number, 8);
        ret[1] = field->street[value];
        break;
    case MODEL_POSTCODE:
        put(ret, pack_bytes(text));
        break;
    case MODEL_PHONE:
        put(ret, pack_digits(text, 16));
        put(ret + 2, sign);
        break;
    case MODEL_EMAIL:
        at = str_find(text, STR("@"), 0);
        ret[0] = at > 0 ? (uint32_t)(table_hash(str_sub(text, 0, (size_t)at)) >> 16) : 0;
        ret[1] = line_letters(text);
        put(ret + 2, sign);
        break;
    case MODEL_DATE:
    case MODEL_QUANTITY: ret[0] = (uint32_t)sign; break;
    default: break;
    }
}

int line_level(const struct batch_field *field, uint32_t a, uint32_t b, const uint32_t *a_words,
               const uint32_t *b_words)
{
    switch (field->role) {
    case MODEL_BIRTH: return date_level(a_words[0], b_words[0]);
    case MODEL_DATE: return day_level(a_words[0], b_words[0]);
    case MODEL_QUANTITY: return quantity_level(a_words[0], b_words[0]);
    case MODEL_NUMBER:
    case MODEL_IDENTIFIER: return sign_edits(get(a_words), get(b_words)) > 2 ? LEVEL_DIFFERENT : -1;
    case MODEL_PLATE:
        return sign_edits(get(a_words), get(b_words)) > PLATE_EDITS ? LEVEL_DIFFERENT : -1;
    case MODEL_POSTCODE: return postcode_level(a_words, b_words);
    case MODEL_PHONE: return phone_level(a_words, b_words);
    case MODEL_EMAIL: return email_level(a_words, b_words);
    case MODEL_STREET: return street_level(field, a_words, b_words);
    default: break;
    }
    if (a >= field->near.known || b >= field->near.known) return -1;
    return field->near.level[near_at(a, b)];
}

/* --- many ------------------------------------------------------------------------------------- */

/* So many dates or postcodes are told together; a multiple of LINE_SIDE_BY_SIDE. */
enum { TOGETHER = 256 };

static void date_levels(int at, const uint32_t *const *left, const uint32_t *const *right,
                        const uint16_t *turn, size_t count, int8_t *ret)
{
    uint32_t a[TOGETHER] = {0}, b[TOGETHER] = {0}; /* more may be read than are told */
    int8_t level[TOGETHER];
    for (size_t k = 0; k < count; k++) {
        a[k] = left[turn[k]][at];
        b[k] = right[turn[k]][at];
    }
    line_dates_many(a, b, count, level);
    for (size_t k = 0; k < count; k++) ret[turn[k]] = level[k];
}

static void postcode_levels(int at, const uint32_t *const *left, const uint32_t *const *right,
                            const uint16_t *turn, size_t count, int8_t *ret)
{
    uint64_t a[TOGETHER] = {0}, b[TOGETHER] = {0};
    int8_t level[TOGETHER];
    for (size_t k = 0; k < count; k++) {
        a[k] = get(left[turn[k]] + at);
        b[k] = get(right[turn[k]] + at);
    }
    line_postcodes_many(a, b, count, level);
    for (size_t k = 0; k < count; k++) {
        if (level[k] > 0 && level[k] & LINE_UNLESS_TWO_EDITS) {
            bool two = packed_edits(a[k], length_of(a[k], 8), b[k], length_of(b[k], 8)) == 2;
            level[k] = (int8_t)(two ? LEVEL_NEAR : level[k] & ~LINE_UNLESS_TWO_EDITS);
        }
        ret[turn[k]] = level[k];
    }
}

/* False: this kind, or this machine, has them one at a time. */
static bool levels_side_by_side(enum model_role role, int at, const uint32_t *const *left,
                                const uint32_t *const *right, const uint16_t *turn, size_t count,
                                int8_t *ret)
{
    if ((role != MODEL_BIRTH && role != MODEL_POSTCODE) || !line_side_by_side()) return false;
    for (size_t from = 0; from < count; from += TOGETHER) {
        size_t some = count - from < TOGETHER ? count - from : TOGETHER;
        if (role == MODEL_BIRTH)
            date_levels(at, left, right, turn + from, some, ret);
        else
            postcode_levels(at, left, right, turn + from, some, ret);
    }
    return true;
}

void line_levels(const struct batch_field *field, int at, const uint32_t *const *left,
                 const uint32_t *const *right, const uint16_t *turn, size_t count, int8_t *ret)
{
/* Each kind in a loop of its own, in line. */
#define EACH(level)                                                        \
    for (size_t k = 0; k < count; k++) {                                   \
        const uint32_t *a = left[turn[k]] + at, *b = right[turn[k]] + at; \
        ret[turn[k]] = (int8_t)(level);                                    \
    }                                                                      \
    break

    if (levels_side_by_side(field->role, at, left, right, turn, count, ret)) return;
    switch (field->role) {
    case MODEL_BIRTH: EACH(date_level(a[0], b[0]));
    case MODEL_POSTCODE: EACH(postcode_level(a, b));
    case MODEL_PHONE: EACH(phone_level(a, b));
    case MODEL_EMAIL: EACH(email_level(a, b));
    case MODEL_STREET: EACH(street_level(field, a, b));
    case MODEL_DATE: EACH(day_level(a[0], b[0]));
    case MODEL_QUANTITY: EACH(quantity_level(a[0], b[0]));
    case MODEL_NUMBER:
    case MODEL_IDENTIFIER: EACH(sign_edits(get(a), get(b)) > 2 ? LEVEL_DIFFERENT : -1);
    case MODEL_PLATE:
        EACH(sign_edits(get(a), get(b)) > PLATE_EDITS ? LEVEL_DIFFERENT : -1);
    default:
        for (size_t k = 0; k < count; k++) ret[turn[k]] = -1;
    }
#undef EACH
}
