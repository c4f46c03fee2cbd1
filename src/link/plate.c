#include "link/plate.h"

#include "link/normalise.h"

#include <math.h>

/* Bits. A letter of a plate is one of about 20, a digit tells less (most cars are
 * of few years), a first W hardly anything in the south west. */
static const double letter_bits = 4.2;
static const double digit_bits = 3.2;
static const double local_bits = 1.5;
static const double look_alike_cost = 3.5;
static const double difference_cost = 8;
static const double slip_cost = 7;      /* a known character with no partner */
static const double miscount_cost = 2.2; /* a '?' that stands for none */
static const double anywhere_cost = 1.8; /* a piece that may stand anywhere, each open end */
static const double best_bits = 22;
static const double worst_bits = -9;

/* Both patterns, and their characters with look-alikes made one. */
struct sides {
    struct str a;
    struct str b;
    char a_folded[LINK_REGISTRATION_SIZE];
    char b_folded[LINK_REGISTRATION_SIZE];
    uint8_t a_beside[LINK_REGISTRATION_SIZE]; /* by place before a character */
    uint8_t b_beside[LINK_REGISTRATION_SIZE];
};

/* What stands beside the place before a pattern's i-th character. */
enum { BESIDE_ANY = 1, BESIDE_UNSEEN = 2 };

static void look_beside(struct str pattern, uint8_t ret[static LINK_REGISTRATION_SIZE])
{
    for (size_t i = 0; i <= pattern.len; i++) {
        char before = i ? pattern.ptr[i - 1] : 0;
        char after = i < pattern.len ? pattern.ptr[i] : 0;
        ret[i] = (uint8_t)((before == '*' || after == '*' ? BESIDE_ANY : 0) |
                           (before == '?' || after == '?' ? BESIDE_UNSEEN : 0));
    }
}

static void fold(struct str text, char ret[static LINK_REGISTRATION_SIZE])
{
    memcpy(ret, text.ptr, text.len);
    ret[text.len] = 0;
    link_registration_fold(ret);
}

static double character_bits(char c, size_t i, size_t j)
{
    if (c >= '0' && c <= '9') return digit_bits;
    return c == 'W' && i == 0 && j == 0 ? local_bits : letter_bits;
}

struct cell {
    double bits;
    int8_t agreeing;
    int8_t misread;
    int8_t differing;
    int8_t slipped; /* gaps and miscounts */
};

static struct cell better(struct cell a, struct cell b)
{
    return b.bits > a.bits ? b : a;
}

/* A character of one side against one of the other. */
static struct cell pair(struct cell cell, const struct sides *sides, size_t i, size_t j)
{
    char x = sides->a.ptr[i];
    char y = sides->b.ptr[j];
    if (x == '?' || y == '?' || x == '*' || y == '*') return cell;
    if (x == y) {
        cell.bits += character_bits(x, i, j);
        cell.agreeing++;
    } else if (sides->a_folded[i] == sides->b_folded[j]) {
        cell.bits += digit_bits - look_alike_cost;
        cell.misread++;
    } else {
        cell.bits -= difference_cost;
        cell.differing++;
    }
    return cell;
}

/* A character without a partner, at a place of the other pattern. `free_end`: it lies
 * beyond a piece that may stand anywhere.  A '?' may stand for none, or for two. */
static struct cell alone(struct cell cell, char x, uint8_t beside, bool free_end)
{
    if (x == '*' || (beside & BESIDE_ANY) || free_end) return cell;
    cell.bits -= x == '?' || (beside & BESIDE_UNSEEN) ? miscount_cost : slip_cost;
    cell.slipped++;
    return cell;
}

/* A piece that says nothing of where it stood: short, and every character known.
 * "WK07" is a dateless registration too, but few of those are left. */
static bool is_piece(struct str pattern)
{
    for (size_t i = 0; i < pattern.len; i++)
        if (pattern.ptr[i] == '?' || pattern.ptr[i] == '*') return false;
    return pattern.len < 5 || (pattern.len < 7 && !link_registration_is_uk(pattern));
}

static bool has(struct str pattern, char c)
{
    return memchr(pattern.ptr, c, pattern.len) != NULL;
}

static struct cell align(struct str a, struct str b, bool a_is_piece, bool b_is_piece)
{
    struct sides sides = {.a = a, .b = b};
    fold(a, sides.a_folded);
    fold(b, sides.b_folded);
    look_beside(a, sides.a_beside);
    look_beside(b, sides.b_beside);
    struct cell row[2][LINK_REGISTRATION_SIZE];
    struct cell *last = row[0];
    struct cell *now = row[1];
    for (size_t i = 0; i <= a.len; i++) {
        struct cell *other = last;
        last = now;
        now = other;
        for (size_t j = 0; j <= b.len; j++) {
            if (i == 0 && j == 0) {
                now[0] = (struct cell){0};
                continue;
            }
            struct cell best = {.bits = -1e9};
            bool b_end = j == 0 || j == b.len;
            bool a_end = i == 0 || i == a.len;
            if (i && j) best = better(best, pair(last[j - 1], &sides, i - 1, j - 1));
            if (i) best = better(best, alone(last[j], a.ptr[i - 1], sides.b_beside[j], b_is_piece && b_end));
            if (j) best = better(best, alone(now[j - 1], b.ptr[j - 1], sides.a_beside[i], a_is_piece && a_end));
            now[j] = best;
        }
    }
    return now[b.len];
}

struct plate_fit link_plate_fit(struct str a, struct str b)
{
    bool a_piece = is_piece(a);
    bool b_piece = is_piece(b);
    a = str_sub(a, 0, LINK_REGISTRATION_SIZE - 1);
    b = str_sub(b, 0, LINK_REGISTRATION_SIZE - 1);
    struct cell best = align(a, b, a_piece, b_piece);
    if (a_piece != b_piece) best.bits -= 2 * anywhere_cost;
    bool whole = !a_piece && !b_piece && !has(a, '?') && !has(b, '?') && !has(a, '*') && !has(b, '*');
    struct plate_fit fit = {.bits = fmax(worst_bits, fmin(best_bits, best.bits)),
                            .agreeing = best.agreeing,
                            .misread = best.misread,
                            .differing = best.differing};
    if (whole && str_eq(a, b))
        fit.level = "exact";
    else if (best.differing == 0 && best.misread == 0 && best.slipped == 0)
        fit.level = "fits what was seen";
    else if (best.differing == 0 && best.misread == 0)
        fit.level = "fits, counted differently";
    else if (best.differing == 0)
        fit.level = best.misread == 1 ? "one character that looks alike" : "characters that look alike";
    else
        fit.level = best.bits <= 0            ? "different"
                    : best.differing == 1 ? "one character differs"
                                          : "characters differ";
    return fit;
}

/* By character: its look-alikes' bit. */
static uint64_t class_bit(char c)
{
    /* A to Z: O 0 D Q, I 1, B 8, S 5, Z 2, G 6 C and V Y are one each. */
    static const uint8_t letters[26] = {10, 8,  6,  0,  14, 15, 6,  17, 1,  19, 20, 21, 22,
                                        23, 0,  25, 0,  27, 5,  29, 30, 7,  32, 33, 7,  2};
    if (c >= '0' && c <= '9') return (uint64_t)1 << (c - '0');
    return c >= 'A' && c <= 'Z' ? (uint64_t)1 << letters[c - 'A'] : 0;
}

bool link_plate_worth(struct str a, struct str b)
{
    /* Five that agree are worth 21 bits, and two that do not cost at least 14. */
    const int least = 6;
    uint64_t set = 0;
    int common = 0;
    if (a.len != 7 || b.len != 7) return true;
    for (size_t i = 0; i < 7; i++) {
        uint64_t bit = class_bit(a.ptr[i]);
        if (!bit) return true;
        set |= bit;
    }
    for (size_t i = 0; i < 7; i++) {
        uint64_t bit = class_bit(b.ptr[i]);
        if (!bit) return true;
        common += (set & bit) != 0;
    }
    return common >= least;
}

bool link_plate_matches(struct str pattern, struct str plate)
{
    if (pattern.len == 0) return plate.len == 0;
    char c = pattern.ptr[0];
    struct str rest = str_sub(pattern, 1, pattern.len);
    if (c == '*')
        return link_plate_matches(rest, plate) ||
               (plate.len && link_plate_matches(pattern, str_sub(plate, 1, plate.len)));
    return plate.len && (c == '?' || c == plate.ptr[0]) &&
           link_plate_matches(rest, str_sub(plate, 1, plate.len));
}
