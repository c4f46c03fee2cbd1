#include "link/plate.h"

#include "link/normalise.h"

#include <math.h>

/* Bits. A digit tells less than a letter (most cars are of few years), a first W hardly anything
 * in the south west. */
static const double digit_bits = 3.2;
static const double local_bits = 1.5;
static const double look_alike_cost = 3.5;
static const double difference_cost = 8;
/* two neighbours that changed places: one slip, and no character is lost */
static const double swap_cost = 10;
static const double slip_cost = 7;      /* a known character with no partner */
static const double miscount_cost = 2.2; /* a '?' that stands for none */
static const double anywhere_cost = 1.8; /* a piece that may stand anywhere, each open end */
static const double best_bits = 22;
static const double worst_bits = -9;

/* What a character says that has no partner, or the place in the other pattern where it would
 * stand; the more lenient of the two counts. */
enum lenience { STRICT, MAY_BE_MISCOUNTED, FREE };
static const double alone_cost[] = {
    [STRICT] = slip_cost, [MAY_BE_MISCOUNTED] = miscount_cost, [FREE] = 0};

/* A pattern, its characters with look-alikes made one, and how lenient it is. */
struct side {
    struct str text;
    char folded[LINK_REGISTRATION_SIZE];
    uint8_t of[LINK_REGISTRATION_SIZE];     /* a character that is alone */
    uint8_t beside[LINK_REGISTRATION_SIZE]; /* one that stands before this place */
};

static uint8_t lenience_of(char c)
{
    return c == '*' ? FREE : c == '?' ? MAY_BE_MISCOUNTED : STRICT;
}

static uint8_t larger(uint8_t a, uint8_t b)
{
    return a > b ? a : b;
}

/* Beyond a piece that may stand anywhere everything is free. */
static void look_at(struct str text, bool is_piece, struct side *ret)
{
    ret->text = text;
    memcpy(ret->folded, text.ptr, text.len);
    ret->folded[text.len] = 0;
    link_registration_fold(ret->folded);
    for (size_t i = 0; i < text.len; i++) ret->of[i] = lenience_of(text.ptr[i]);
    for (size_t i = 0; i <= text.len; i++)
        ret->beside[i] = larger(i ? ret->of[i - 1] : 0, i < text.len ? ret->of[i] : 0);
    if (is_piece) ret->beside[0] = ret->beside[text.len] = FREE;
}

static double character_bits(char c, size_t i, size_t j)
{
    if (c >= '0' && c <= '9') return digit_bits;
    return c == 'W' && i == 0 && j == 0 ? local_bits : plate_letter_bits;
}

/* A character of one side against one of the other. */
enum meeting { UNSEEN, AGREE, MISREAD, DIFFER };

static enum meeting meet(const struct side *a, size_t i, const struct side *b, size_t j)
{
    if (a->of[i] || b->of[j]) return UNSEEN;
    if (a->text.ptr[i] == b->text.ptr[j]) return AGREE;
    return a->folded[i] == b->folded[j] ? MISREAD : DIFFER;
}

static double meeting_bits(const struct side *a, size_t i, const struct side *b, size_t j)
{
    switch (meet(a, i, b, j)) {
    case UNSEEN: return 0;
    case AGREE: return character_bits(a->text.ptr[i], i, j);
    case MISREAD: return digit_bits - look_alike_cost;
    default: return -difference_cost;
    }
}

static bool has(struct str pattern, char c)
{
    return memchr(pattern.ptr, c, pattern.len) != NULL;
}

/* Do the two that end here stand the other way round on the other side? */
static bool is_swapped(const struct side *a, size_t i, const struct side *b, size_t j)
{
    const char *x = a->text.ptr + i - 2, *y = b->text.ptr + j - 2;
    return x[0] == y[1] && x[1] == y[0] && x[0] != x[1] && a->of[i - 1] == STRICT &&
           a->of[i - 2] == STRICT;
}

static double swap_bits(const struct side *a, size_t i)
{
    return character_bits(a->text.ptr[i - 2], 1, 1) + character_bits(a->text.ptr[i - 1], 1, 1) -
           swap_cost;
}

struct alignment {
    double bits;
    int count[DIFFER + 1]; /* by meeting */
    int swapped;           /* neighbours */
    int miscounted;
    int missing; /* known characters with no partner */
};

enum step { PAIR, LEFT_ALONE, RIGHT_ALONE, SWAP };
typedef uint8_t steps[LINK_REGISTRATION_SIZE][LINK_REGISTRATION_SIZE];

static void count_alone(uint8_t lenience, struct alignment *ret)
{
    ret->missing += lenience == STRICT;
    ret->miscounted += lenience == MAY_BE_MISCOUNTED;
}

/* What is on the way that was taken. */
static void count_steps(const struct side *a, const struct side *b, steps step,
                        struct alignment *ret)
{
    size_t i = a->text.len, j = b->text.len;
    while (i || j) {
        switch ((enum step)step[i][j]) {
        case PAIR: ret->count[meet(a, --i, b, --j)]++; break;
        case LEFT_ALONE: i--; count_alone(larger(a->of[i], b->beside[j]), ret); break;
        case RIGHT_ALONE: j--; count_alone(larger(b->of[j], a->beside[i]), ret); break;
        case SWAP:
            i -= 2;
            j -= 2;
            ret->swapped++;
            break;
        }
    }
}

static struct alignment align(const struct side *a, const struct side *b)
{
    steps step;
    double row[3][LINK_REGISTRATION_SIZE];
    double *before_last = row[0];
    double *last = row[1];
    double *now = row[2];
    for (size_t i = 0; i <= a->text.len; i++) {
        double *other = before_last;
        before_last = last;
        last = now;
        now = other;
        for (size_t j = 0; j <= b->text.len; j++) {
            double best = i || j ? -1e9 : 0;
            uint8_t came = PAIR;
            if (i && j) best = last[j - 1] + meeting_bits(a, i - 1, b, j - 1);
            double left = i ? last[j] - alone_cost[larger(a->of[i - 1], b->beside[j])] : -1e9;
            if (left > best) {
                best = left;
                came = LEFT_ALONE;
            }
            double right = j ? now[j - 1] - alone_cost[larger(b->of[j - 1], a->beside[i])] : -1e9;
            if (right > best) {
                best = right;
                came = RIGHT_ALONE;
            }
            if (i > 1 && j > 1 && is_swapped(a, i, b, j) &&
                before_last[j - 2] + swap_bits(a, i) > best) {
                best = before_last[j - 2] + swap_bits(a, i);
                came = SWAP;
            }
            now[j] = best;
            step[i][j] = came;
        }
    }
    struct alignment ret = {.bits = now[b->text.len]};
    count_steps(a, b, step, &ret);
    return ret;
}

static const char *level_of(const struct alignment *best)
{
    int misread = best->count[MISREAD], differing = best->count[DIFFER];
    int slips = best->swapped + best->missing + misread + differing;
    if (slips == 0) return best->miscounted ? "fits, counted differently" : "fits what was seen";
    if (slips == misread)
        return misread == 1 ? "one character that looks alike" : "characters that look alike";
    if (best->bits <= 0) return "different";
    if (slips > 1) return "characters differ";
    if (best->swapped) return "two characters swapped";
    return differing ? "one character differs" : "one character too many or too few";
}

struct plate_fit link_plate_fit(struct str a, struct str b)
{
    bool a_piece = link_registration_is_piece(a);
    bool b_piece = link_registration_is_piece(b);
    struct side left;
    struct side right;
    look_at(str_sub(a, 0, LINK_REGISTRATION_SIZE - 1), a_piece, &left);
    look_at(str_sub(b, 0, LINK_REGISTRATION_SIZE - 1), b_piece, &right);
    struct alignment best = align(&left, &right);
    if (a_piece != b_piece) best.bits -= 2 * anywhere_cost;
    bool whole =
        !a_piece && !b_piece && !has(a, '?') && !has(b, '?') && !has(a, '*') && !has(b, '*');
    struct plate_fit fit = {.bits = fmax(worst_bits, fmin(best_bits, best.bits)),
                            .agreeing = best.count[AGREE],
                            .misread = best.count[MISREAD],
                            .differing = best.count[DIFFER]};
    fit.level = whole && str_eq(a, b) ? "exact" : level_of(&best);
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

/* The look-alikes of all its characters; 0: not all are known, or it may be a piece. */
static uint64_t set_of_whole(struct str plate)
{
    uint64_t set = 0;
    for (size_t i = 0; i < plate.len; i++) {
        uint64_t bit = class_bit(plate.ptr[i]);
        if (!bit) return 0;
        set |= bit;
    }
    return plate.len >= 7 ? set : 0;
}

bool link_plate_worth(struct str a, struct str b)
{
    const struct str *other = &b;
    uint64_t set = set_of_whole(a);
    if (!set) {
        other = &a;
        set = set_of_whole(b);
    }
    if (!set) return true;
    /* In tenths of a bit: what each may agree in, and what each costs that has no partner. */
    int most = 0;
    for (size_t i = 0; i < other->len; i++) {
        uint64_t bit = class_bit(other->ptr[i]);
        if (bit) most += set & bit ? 42 : -70;
    }
    return most >= 80;
}

enum { WHOLE = 7 };

/* As meeting_bits, of characters that are all known: `same` is what it says that they agree. */
static inline double known_bits(double same, char x, char y, char x_folded, char y_folded)
{
    double other = x_folded == y_folded ? digit_bits - look_alike_cost : -difference_cost;
    return x == y ? same : other;
}

/* Adds the last characters of two that end here to a diagonal of the table, which holds the best by
 * how many there are: they meet, or changed places with those before them. */
static inline double along(const double *diagonal, size_t count, const char *x, const char *y,
                           double met)
{
    double best = diagonal[count - 1] + met;
    if (count < 2 || x[-1] != y[0] || x[0] != y[-1] || x[0] == y[0]) return best;
    double swapped = diagonal[count - 2] +
                     (character_bits(x[-1], 1, 1) + character_bits(x[0], 1, 1) - swap_cost);
    return swapped > best ? swapped : best;
}

/* Two that have no partner on each side cost more than five that agree are worth: only the
 * diagonal of the table counts, and what is one beside it. */
static double promise_of_whole(const char *x, const char *y)
{
    double same[WHOLE];
    char a_folded[LINK_REGISTRATION_SIZE] = {0}, b_folded[LINK_REGISTRATION_SIZE] = {0};
    memcpy(a_folded, x, WHOLE);
    memcpy(b_folded, y, WHOLE);
    link_registration_fold(a_folded);
    link_registration_fold(b_folded);
    for (size_t i = 0; i < WHOLE; i++)
        same[i] = x[i] >= '0' && x[i] <= '9' ? digit_bits : plate_letter_bits;
    double first = x[0] == 'W' ? local_bits : same[0];
    /* Of the diagonal by how many characters of each side; of those beside it
     * by how many of the fewer. */
    double on[WHOLE + 1] = {0, known_bits(first, x[0], y[0], a_folded[0], b_folded[0])};
    double below[WHOLE] = {-slip_cost}, above[WHOLE] = {-slip_cost};
    for (size_t i = 1; i < WHOLE; i++) {
        double down = along(below, i, x + i, y + i - 1,
                            known_bits(same[i], x[i], y[i - 1], a_folded[i], b_folded[i - 1]));
        double up = along(above, i, x + i - 1, y + i,
                          known_bits(same[i - 1], x[i - 1], y[i], a_folded[i - 1], b_folded[i]));
        double straight = along(on, i + 1, x + i, y + i,
                                known_bits(same[i], x[i], y[i], a_folded[i], b_folded[i]));
        double beside = on[i] - slip_cost;
        below[i] = down > beside ? down : beside;
        above[i] = up > beside ? up : beside;
        double back = (below[i] > above[i] ? below[i] : above[i]) - slip_cost;
        on[i + 1] = straight > back ? straight : back;
    }
    return on[WHOLE];
}

double link_plate_promise(struct str a, struct str b)
{
    bool whole = a.len == WHOLE && b.len == WHOLE && set_of_whole(a) && set_of_whole(b);
    double bits = whole ? promise_of_whole(a.ptr, b.ptr) : link_plate_fit(a, b).bits;
    return fmax(0, fmin(best_bits, bits));
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
