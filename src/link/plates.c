#include "link/plates.h"

#include "link/normalise.h"
#include "link/plates_scan.h"

#include <stdlib.h>

enum {
    WHOLE_LEAST = 5, /* characters of a plate that is as good as whole */
    FITS = 64,       /* in a score: above all that does not */
    ORDERED = PLATE_PLACES,
    MANY = 16384, /* plates that hold the characters; a sixteenth of it, if those are three */
};

/* A character's class: its look-alike's digit or letter, or one of these. */
enum { CLASS_END = 253, CLASS_ANY = 254, CLASS_UNSEEN = 255 };

static void *grown(void *old, size_t count, size_t size)
{
    void *new = reallocarray(old, count, size);
    if (!new) abort();
    return new;
}

void link_plates_init(struct plates *plates)
{
    *plates = (struct plates){0};
}

void link_plates_done(struct plates *plates)
{
    for (size_t i = 0; i < PLATE_GROUPS; i++) {
        free(plates->group[i].number);
        free(plates->group[i].order);
        for (size_t k = 0; k < PLATE_CLASSES; k++) free(plates->group[i].bitmap[k]);
        for (size_t k = 0; k < PLATE_PLACES * PLATE_PLANES; k++)
            free(plates->group[i].plane[k / PLATE_PLANES][k % PLATE_PLANES]);
    }
    *plates = (struct plates){0};
}

static uint8_t class_of(char c)
{
    static const char from[] = "ODQIBSZGCVY";
    static const char to[] = "00018526677";
    const char *at = strchr(from, c);
    char folded = at && c ? to[at - from] : c;
    if (folded >= '0' && folded <= '9') return (uint8_t)(folded - '0');
    if (folded >= 'A' && folded <= 'Z') return (uint8_t)(folded - 'A' + 10);
    return c == '*' ? CLASS_ANY : CLASS_UNSEEN;
}

/* A plate as classes in order, and as a set. */
struct seen {
    uint8_t class[LINK_REGISTRATION_SIZE];
    size_t length;
    int known;
    int distinct;
    uint64_t set;
    uint64_t order; /* the first eight, the first in the lowest byte */
};

static void see(struct str plate, struct seen *ret)
{
    *ret = (struct seen){.length = plate.len < LINK_REGISTRATION_SIZE ? plate.len
                                                                      : LINK_REGISTRATION_SIZE - 1};
    for (size_t i = 0; i < LINK_REGISTRATION_SIZE; i++) {
        ret->class[i] = i < ret->length ? class_of(plate.ptr[i]) : CLASS_END;
        if (i < ORDERED) ret->order |= (uint64_t)ret->class[i] << 8 * i;
        if (ret->class[i] >= PLATE_CLASSES) continue;
        ret->known++;
        ret->distinct += !(ret->set >> ret->class[i] & 1);
        ret->set |= (uint64_t)1 << ret->class[i];
    }
}

static int group_of(const struct seen *seen)
{
    if (seen->known >= WHOLE_LEAST) return PLATE_GROUPS - 1;
    return seen->distinct > 0 ? seen->distinct - 1 : 0;
}

static uint64_t *grown_bits(uint64_t *old, uint32_t old_words, uint32_t words)
{
    uint64_t *new = grown(old, words, sizeof *new);
    memset(new + old_words, 0, (words - old_words) * sizeof *new);
    return new;
}

static void grow(struct plate_group *group, bool whole)
{
    uint32_t old_words = group->capacity / 64;
    group->capacity = group->capacity ? (group->capacity * 5 / 4 + 511) / 512 * 512 : 512;
    uint32_t words = group->capacity / 64;
    group->number = grown(group->number, group->capacity, sizeof *group->number);
    group->order = grown(group->order, group->capacity, sizeof *group->order);
    for (size_t i = 0; i < PLATE_CLASSES; i++)
        group->bitmap[i] = grown_bits(group->bitmap[i], old_words, words);
    for (size_t i = 0; whole && i < PLATE_PLACES; i++)
        for (size_t k = 0; k < PLATE_PLANES; k++)
            group->plane[i][k] = grown_bits(group->plane[i][k], old_words, words);
}

void link_plates_add(struct plates *plates, struct str text, uint32_t number)
{
    struct seen seen;
    see(text, &seen);
    int of = group_of(&seen);
    bool whole = of == PLATE_GROUPS - 1;
    struct plate_group *group = &plates->group[of];
    if (group->count == group->capacity) grow(group, whole);
    uint32_t place = group->count++;
    group->number[place] = number;
    group->order[place] = seen.order;
    for (size_t i = 0; i < PLATE_CLASSES; i++)
        if (seen.set >> i & 1) group->bitmap[i][place / 64] |= (uint64_t)1 << place % 64;
    for (size_t i = 0; whole && i < PLATE_PLACES; i++)
        for (size_t k = 0; k < PLATE_PLANES; k++)
            if (seen.order >> (8 * i + k) & 1)
                group->plane[i][k][place / 64] |= (uint64_t)1 << place % 64;
}

size_t link_plates_bytes(const struct plates *plates)
{
    size_t bytes = 0;
    for (size_t i = 0; i < PLATE_GROUPS; i++)
        bytes += plates->group[i].capacity *
                     (sizeof *plates->group[i].number + sizeof *plates->group[i].order) +
                 plates->group[i].capacity * (size_t)PLATE_CLASSES / 8;
    return bytes + plates->group[PLATE_GROUPS - 1].capacity / 8 * PLATE_PLACES * PLATE_PLANES;
}

/* --- does it fit ---------------------------------------------------------------------- */

struct finding {
    const struct values *values;
    struct seen pattern;
    bool any;      /* has a '*' */
    bool anchored; /* begins where the plate begins, and has no '*' */
    uint64_t known; /* all ones in the bytes of the order that are known */
    uint64_t where[256]; /* by class: at which places of the pattern it stands */
    struct fit {
        uint32_t at; /* place in its group; once they are few, number of the value */
        uint8_t group;
        uint8_t score;
    } *fit;
    size_t count;
    size_t capacity;
};

/* The pattern from its i-th character against a plate from its k-th. */
static bool matches(const struct finding *finding, size_t i, uint64_t order, size_t k)
{
    for (; i < finding->pattern.length; i++, k++) {
        uint8_t wanted = finding->pattern.class[i];
        if (wanted == CLASS_ANY) {
            for (; k <= ORDERED; k++)
                if (matches(finding, i + 1, order, k)) return true;
            return false;
        }
        unsigned has = k < ORDERED ? (unsigned)(order >> 8 * k) & 0xff : CLASS_END;
        if (has == CLASS_END || (wanted != CLASS_UNSEEN && wanted != has)) return false;
    }
    return k >= ORDERED || (uint8_t)(order >> 8 * k) == CLASS_END;
}

static bool fits(const struct finding *finding, uint64_t order)
{
    if (finding->anchored) return ((order ^ finding->pattern.order) & finding->known) == 0;
    if (finding->any) return matches(finding, 0, order, 0);
    for (size_t shift = 0; shift < ORDERED; shift++) /* a piece, anywhere */
        if (((order >> 8 * shift ^ finding->pattern.order) & finding->known) == 0) return true;
    return false;
}

static void prepare(struct finding *finding, const struct values *values, struct str pattern)
{
    *finding = (struct finding){.values = values};
    see(pattern, &finding->pattern);
    bool open = false;
    for (size_t i = 0; i < finding->pattern.length; i++) {
        uint8_t class = finding->pattern.class[i];
        open |= class >= PLATE_CLASSES;
        finding->any |= class == CLASS_ANY;
        if (class >= PLATE_CLASSES) continue;
        finding->where[class] |= (uint64_t)1 << i;
        if (i < ORDERED) finding->known |= (uint64_t)0xff << 8 * i;
    }
    finding->anchored = !finding->any && (open || !link_registration_is_piece(pattern));
}

/* --- where it would stand ----------------------------------------------------------- */

static void stand(struct placement *placement, size_t place, uint8_t class)
{
    if (class == CLASS_UNSEEN || place >= PLATE_PLACES) return;
    placement->place[placement->known] = (uint8_t)place;
    for (size_t bit = 0; bit < PLATE_PLANES; bit++)
        placement->wanted[placement->known][bit] = 0 - (uint64_t)(class >> bit & 1);
    placement->known++;
    placement->order |= (uint64_t)class << 8 * place;
    placement->named |= (uint64_t)0xff << 8 * place;
}

/* The ways in which a pattern fits; 0: too many to tell (several '*'). */
static size_t placements_of(const struct seen *pattern, bool anchored,
                            struct placement ret[static PLACEMENTS_MAX])
{
    size_t star = pattern->length;
    size_t stars = 0;
    size_t count = 0;
    for (size_t i = 0; i < pattern->length; i++)
        if (pattern->class[i] == CLASS_ANY && stars++ == 0) star = i;
    if (stars > 1) return 0;
    size_t tail = stars ? pattern->length - star - 1 : 0;
    size_t length = pattern->length - stars;
    size_t last = anchored ? length : PLATE_PLACES;
    for (size_t end = length; end <= last && end <= PLATE_PLACES; end++) {
        struct placement *placement = &ret[count++];
        *placement = (struct placement){.known = 0};
        size_t shift = stars ? 0 : end - length; /* a piece may stand anywhere */
        for (size_t i = 0; i < star; i++) stand(placement, shift + i, pattern->class[i]);
        for (size_t i = 0; i < tail; i++)
            stand(placement, end - tail + i, pattern->class[star + 1 + i]);
        if (stars && end < PLATE_PLACES) stand(placement, end, CLASS_END);
    }
    return count;
}

/* --- finding -------------------------------------------------------------------------- */

/* How many bytes of the two are the same class. */
static unsigned aligned(uint64_t a, uint64_t b)
{
    const uint64_t low = 0x7f7f7f7f7f7f7f7fu;
    uint64_t differ = a ^ b;
    uint64_t same = ~(((differ & low) + low) | differ | low);
    same &= ~(a & b); /* what is not a character has the high bit */
    return (unsigned)((same >> 7) * 0x0101010101010101u >> 56);
}

static unsigned ones(uint64_t bits)
{
    bits -= bits >> 1 & 0x5555555555555555u;
    bits = (bits & 0x3333333333333333u) + (bits >> 2 & 0x3333333333333333u);
    return (unsigned)(((bits + (bits >> 4)) & 0x0f0f0f0f0f0f0f0fu) * 0x0101010101010101u >> 56);
}

/* The length of the longest common subsequence with the pattern. Hyyrö's bit-parallel
 * algorithm (2004): a row of the table in one word. */
static unsigned common(const struct finding *finding, uint64_t order)
{
    uint64_t row = ~(uint64_t)0;
    for (size_t i = 0; i < ORDERED; i++, order >>= 8) {
        uint64_t both = row & finding->where[order & 0xff];
        row = (row + both) | (row - both);
    }
    return ones(~row & (((uint64_t)1 << finding->pattern.length) - 1));
}

static void consider(struct finding *finding, const struct plate_group *group, size_t number,
                     uint32_t place)
{
    uint64_t order = group->order[place];
    unsigned theirs = number == PLATE_GROUPS - 1 ? 7 : (unsigned)number + 1;
    unsigned known = (unsigned)finding->pattern.known;
    unsigned shared = common(finding, order);
    unsigned fewer = known < theirs ? known : theirs;
    if (shared < 2 || shared + 1 + (fewer > 5) < fewer) return;
    if (finding->count == finding->capacity) {
        finding->capacity = finding->capacity ? finding->capacity * 2 : 1024;
        finding->fit = grown(finding->fit, finding->capacity, sizeof *finding->fit);
    }
    unsigned score = 4 * shared + 2 * aligned(order, finding->pattern.order);
    if (shared == known && fits(finding, order)) score += FITS;
    finding->fit[finding->count++] = (struct fit){place, (uint8_t)number, (uint8_t)score};
}

enum {
    CHUNK = 16 * PLATE_STRETCH, /* words of a bitmap */
    AHEAD = 12,                 /* plates whose order is asked of the memory before its turn */
    CLOSE = 3, /* plates of a stretch, for each way: more are looked at faster by the planes */
};

/* Where more plates hold the characters than `most`, only those count that fit in one of
 * the ways.  The planes say so of many at once, which is worth it where those plates
 * stand close together; else the order of each does. */
static void narrow(const struct finding *finding, const struct plate_group *group, size_t most,
                   struct plate_scan *scan)
{
    __attribute__((uninitialized)) uint64_t bits[CHUNK];
    size_t found = 0, looked = 0;
    for (size_t word = 0; word * 64 < group->count && found <= most; word += CHUNK) {
        size_t left = group->capacity / 64 - word;
        size_t words = left < CHUNK ? left : CHUNK;
        link_plates_scan(scan, group, word, words, bits);
        for (size_t i = 0; i < words; i++) found += ones(bits[i]);
        looked += words;
    }
    if (found <= most) return;
    scan->placements = placements_of(&finding->pattern, finding->anchored, scan->placement);
    scan->by_planes =
        scan->placements > 0 && found * PLATE_STRETCH > looked * scan->placements * CLOSE;
}

static bool fits_a_way(const struct plate_scan *scan, uint64_t order)
{
    bool fitting = false;
    for (size_t i = 0; i < scan->placements; i++)
        fitting |= ((order ^ scan->placement[i].order) & scan->placement[i].named) == 0;
    return fitting || scan->placements == 0;
}

static void find_in_group(struct finding *finding, const struct plate_group *group, size_t number)
{
    struct plate_scan scan = {.placements = 0};
    __attribute__((uninitialized)) uint64_t bits[CHUNK];
    __attribute__((uninitialized)) uint32_t place[CHUNK * 64];
    bool whole = number == PLATE_GROUPS - 1;
    if (group->count == 0) return;
    for (size_t i = 0; i < PLATE_CLASSES && scan.bitmaps < 15; i++)
        if (finding->pattern.set >> i & 1) scan.bitmap[scan.bitmaps++] = group->bitmap[i];
    size_t count = scan.bitmaps;
    size_t least = count > 5 ? count - 2 : count > 3 ? count - 1 : count;
    size_t theirs = number + 1 - (number + 1 > 3);
    if (!whole && theirs < count) least = theirs;
    if (count == 0) return;
    scan.least = (unsigned)least;
    size_t most = finding->pattern.known > 3 ? MANY : MANY / 16;
    if (whole && group->count > MANY) narrow(finding, group, most, &scan);
    for (size_t word = 0; word * 64 < group->count; word += CHUNK) {
        size_t left = group->capacity / 64 - word;
        size_t words = left < CHUNK ? left : CHUNK;
        link_plates_scan(&scan, group, word, words, bits);
        size_t places = 0;
        for (size_t i = 0; i < words; i++)
            for (uint64_t some = bits[i]; some; some &= some - 1)
                place[places++] = (uint32_t)((word + i) * 64) + (uint32_t)__builtin_ctzll(some);
        for (size_t i = 0; i < places; i++) {
            if (i + AHEAD < places) __builtin_prefetch(&group->order[place[i + AHEAD]]);
            if (fits_a_way(&scan, group->order[place[i]]))
                consider(finding, group, number, place[i]);
        }
    }
}

static int by_score_and_text(const void *a, const void *b, void *values)
{
    const struct fit *left = a;
    const struct fit *right = b;
    if (left->score != right->score) return left->score < right->score ? 1 : -1;
    return str_cmp(link_value_text(values, left->at), link_value_text(values, right->at));
}

/* Drops the fits of the lowest scores while enough are left, so that few are sorted;
 * `all_fit`: there is room for all that fit, which stay. */
static void drop_low(struct finding *finding, size_t maximum, bool all_fit)
{
    size_t with_score[256] = {0};
    for (size_t i = 0; i < finding->count; i++) with_score[finding->fit[i].score]++;
    size_t kept = 0;
    int least = 255;
    for (; least > 0 && kept + with_score[least] < maximum; least--) kept += with_score[least];
    /* With many above, those that tie at the edge are not worth a sort. */
    if (kept >= maximum / 4 && !(all_fit && least >= FITS)) least++;
    size_t count = 0;
    for (size_t i = 0; i < finding->count; i++)
        if (finding->fit[i].score >= least) finding->fit[count++] = finding->fit[i];
    finding->count = count;
}

/* The first so many that do not fit are worth comparing. */
enum { NEARLY_MAX = 384 };

size_t link_plates_find(const struct plates *plates, const struct values *values,
                        struct str pattern, uint32_t ret[static PLATES_FOUND_MAX],
                        size_t *ret_fitting)
{
    struct finding finding;
    prepare(&finding, values, pattern);
    for (size_t i = 0; i < PLATE_GROUPS; i++) find_in_group(&finding, &plates->group[i], i);
    size_t fitting = 0;
    for (size_t i = 0; i < finding.count; i++) fitting += finding.fit[i].score >= FITS;
    size_t maximum = fitting > NEARLY_MAX ? fitting : NEARLY_MAX;
    if (maximum > PLATES_FOUND_MAX) maximum = PLATES_FOUND_MAX;
    if (finding.count > maximum) drop_low(&finding, maximum, fitting <= maximum);
    for (size_t i = 0; i < finding.count; i++)
        finding.fit[i].at = plates->group[finding.fit[i].group].number[finding.fit[i].at];
    /* The values are only read. */
    if (finding.count > maximum)
        qsort_r(finding.fit, finding.count, sizeof *finding.fit, by_score_and_text,
                (void *)(uintptr_t)values);
    size_t found = finding.count < maximum ? finding.count : maximum;
    size_t count = 0;
    for (size_t i = 0; i < found; i++)
        if (finding.fit[i].score >= FITS) ret[count++] = finding.fit[i].at;
    *ret_fitting = count;
    for (size_t i = 0; i < found; i++)
        if (finding.fit[i].score < FITS) ret[count++] = finding.fit[i].at;
    free(finding.fit);
    return count;
}
