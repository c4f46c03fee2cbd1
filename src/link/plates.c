#include "link/plates.h"

#include "link/normalise.h"

#include <stdlib.h>

enum { WHOLE_LEAST = 5, NOT_SEEN = 255 };

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
    free(plates->whole.number);
    free(plates->whole.order);
    free(plates->part.number);
    free(plates->part.order);
    free(plates->part.set);
    for (size_t i = 0; i < PLATE_CLASSES; i++) free(plates->bitmap[i]);
    *plates = (struct plates){0};
}

/* A character's class: its look-alike's digit or letter; NOT_SEEN for what was not. */
static uint8_t class_of(char c)
{
    static const char from[] = "ODQIBSZGCVY";
    static const char to[] = "00018526677";
    const char *at = strchr(from, c);
    char folded = at && c ? to[at - from] : c;
    if (folded >= '0' && folded <= '9') return (uint8_t)(folded - '0');
    if (folded >= 'A' && folded <= 'Z') return (uint8_t)(folded - 'A' + 10);
    return NOT_SEEN;
}

/* A plate as classes in order, and as a set. */
struct seen {
    uint8_t class[LINK_REGISTRATION_SIZE];
    size_t length;
    int known;
    uint64_t set;
    uint64_t order; /* the first eight, the first in the lowest byte */
};

static struct seen seen_of(struct str plate)
{
    struct seen seen = {.length = plate.len < LINK_REGISTRATION_SIZE ? plate.len
                                                                     : LINK_REGISTRATION_SIZE - 1};
    for (size_t i = 0; i < seen.length; i++) {
        seen.class[i] = class_of(plate.ptr[i]);
        if (seen.class[i] == NOT_SEEN) continue;
        seen.known++;
        seen.set |= (uint64_t)1 << seen.class[i];
    }
    for (size_t i = 0; i < 8; i++)
        seen.order |= (uint64_t)(i < seen.length ? seen.class[i] : NOT_SEEN) << 8 * i;
    return seen;
}

static void grow_whole(struct plates *plates)
{
    struct plate_group *group = &plates->whole;
    uint32_t old_words = group->capacity / 64;
    group->capacity = group->capacity ? (group->capacity * 3 / 2 + 63) / 64 * 64 : 256;
    uint32_t words = group->capacity / 64;
    group->number = grown(group->number, group->capacity, sizeof *group->number);
    group->order = grown(group->order, group->capacity, sizeof *group->order);
    for (size_t i = 0; i < PLATE_CLASSES; i++) {
        plates->bitmap[i] = grown(plates->bitmap[i], words, sizeof **plates->bitmap);
        memset(plates->bitmap[i] + old_words, 0, (words - old_words) * sizeof **plates->bitmap);
    }
}

static void grow_part(struct plate_group *part)
{
    part->capacity = part->capacity ? part->capacity * 3 / 2 : 256;
    part->number = grown(part->number, part->capacity, sizeof *part->number);
    part->order = grown(part->order, part->capacity, sizeof *part->order);
    part->set = grown(part->set, part->capacity, sizeof *part->set);
}

void link_plates_add(struct plates *plates, struct str text, uint32_t number)
{
    struct seen seen = seen_of(text);
    bool whole = seen.known >= WHOLE_LEAST;
    struct plate_group *group = whole ? &plates->whole : &plates->part;
    if (group->count == group->capacity) {
        if (whole)
            grow_whole(plates);
        else
            grow_part(group);
    }
    uint32_t place = group->count++;
    group->number[place] = number;
    group->order[place] = seen.order;
    if (!whole) group->set[place] = seen.set;
    for (size_t i = 0; whole && i < PLATE_CLASSES; i++)
        if (seen.set >> i & 1) plates->bitmap[i][place / 64] |= (uint64_t)1 << place % 64;
}

size_t link_plates_bytes(const struct plates *plates)
{
    const struct plate_group *whole = &plates->whole;
    const struct plate_group *part = &plates->part;
    return whole->capacity * (sizeof *whole->number + sizeof *whole->order) +
           whole->capacity * (size_t)PLATE_CLASSES / 8 +
           part->capacity * (sizeof *part->number + sizeof *part->order + sizeof *part->set);
}

/* --- finding ------------------------------------------------------------------------ */

struct finding {
    const struct values *values;
    struct seen pattern;
    uint64_t where[NOT_SEEN + 1]; /* by class: at which places of the pattern it stands */
    struct fit {
        uint32_t number;
        uint8_t score;
    } *fit;
    size_t count;
    size_t capacity;
};

/* Bytes of the two that are the same class. */
static int aligned(uint64_t a, uint64_t b)
{
    uint64_t differ = a ^ b;
    uint64_t unseen = a & b & 0x8080808080808080u; /* NOT_SEEN has the high bit */
    uint64_t low = 0x7f7f7f7f7f7f7f7fu;
    uint64_t zero = ~(((differ & low) + low) | differ | low);
    return __builtin_popcountll(zero & ~unseen);
}

/* The length of the longest common subsequence with the pattern. Hyyrö's bit-parallel
 * algorithm (2004): a row of the table in one word. */
static int common(const struct finding *finding, uint64_t order)
{
    uint64_t row = ~(uint64_t)0;
    for (int i = 0; i < 8; i++, order >>= 8) {
        uint64_t both = row & finding->where[order & 0xff];
        row = (row + both) | (row - both);
    }
    return __builtin_popcountll(~row & (((uint64_t)1 << finding->pattern.length) - 1));
}

static void consider(struct finding *finding, const struct plate_group *group, uint32_t place,
                     int known)
{
    uint64_t order = group->order[place];
    int shared = common(finding, order);
    int fewer = finding->pattern.known < known ? finding->pattern.known : known;
    if (shared < 2 || shared < fewer - 1 - (fewer > 5)) return;
    if (finding->count == finding->capacity) {
        finding->capacity = finding->capacity ? finding->capacity * 2 : 1024;
        finding->fit = grown(finding->fit, finding->capacity, sizeof *finding->fit);
    }
    int same_place = aligned(order, finding->pattern.order);
    finding->fit[finding->count++] =
        (struct fit){group->number[place], (uint8_t)(4 * shared + 2 * same_place)};
}

/* Which of sixty-four plates hold at least `least` of the classes: the bitmaps are
 * added bit by bit into a counter of four. */
static uint64_t enough(uint64_t *const *bitmaps, size_t count, size_t word, unsigned least)
{
    uint64_t counter[4] = {0};
    for (size_t i = 0; i < count; i++) {
        uint64_t carry = bitmaps[i][word];
        for (int k = 0; k < 4; k++) {
            uint64_t sum = counter[k] ^ carry;
            carry &= counter[k];
            counter[k] = sum;
        }
    }
    uint64_t above = 0;
    uint64_t same = ~(uint64_t)0;
    for (int k = 3; k >= 0; k--) {
        uint64_t wanted = least >> k & 1 ? ~(uint64_t)0 : 0;
        above |= same & counter[k] & ~wanted;
        same &= ~(counter[k] ^ wanted);
    }
    return above | same;
}

static void find_whole(const struct plates *plates, struct finding *finding)
{
    uint64_t *bitmaps[LINK_REGISTRATION_SIZE];
    size_t count = 0;
    for (size_t i = 0; i < PLATE_CLASSES && count < 15; i++)
        if (finding->pattern.set >> i & 1) bitmaps[count++] = plates->bitmap[i];
    unsigned least = (unsigned)(count > 5 ? count - 2 : count > 3 ? count - 1 : count);
    if (count == 0) return;
    for (uint32_t word = 0; word * 64 < plates->whole.count; word++) {
        uint64_t found = enough(bitmaps, count, word, least);
        for (; found; found &= found - 1) {
            uint32_t place = word * 64 + (uint32_t)__builtin_ctzll(found);
            if (place < plates->whole.count) consider(finding, &plates->whole, place, 7);
        }
    }
}

static void find_part(const struct plates *plates, struct finding *finding)
{
    for (uint32_t i = 0; i < plates->part.count; i++) {
        int theirs = __builtin_popcountll(plates->part.set[i]);
        int shared = __builtin_popcountll(plates->part.set[i] & finding->pattern.set);
        if (shared >= theirs - (theirs > 3) || shared >= finding->pattern.known)
            consider(finding, &plates->part, i, theirs);
    }
}

static int by_score_and_text(const void *a, const void *b, void *values)
{
    const struct fit *left = a;
    const struct fit *right = b;
    if (left->score != right->score) return left->score < right->score ? 1 : -1;
    return str_cmp(link_value_text(values, left->number), link_value_text(values, right->number));
}

/* Drops the fits of the lowest scores while enough are left, so that few are sorted. */
static void drop_low(struct finding *finding)
{
    size_t with_score[256] = {0};
    for (size_t i = 0; i < finding->count; i++) with_score[finding->fit[i].score]++;
    size_t kept = 0;
    int least = 255;
    for (; least > 0 && kept + with_score[least] < PLATES_FOUND_MAX; least--)
        kept += with_score[least];
    /* With many above, those that tie at the edge are not worth a sort. */
    if (kept >= PLATES_FOUND_MAX / 4) least++;
    size_t count = 0;
    for (size_t i = 0; i < finding->count; i++)
        if (finding->fit[i].score >= least) finding->fit[count++] = finding->fit[i];
    finding->count = count;
}

size_t link_plates_find(const struct plates *plates, const struct values *values,
                        struct str pattern, uint32_t ret[static PLATES_FOUND_MAX])
{
    struct finding finding = {.values = values, .pattern = seen_of(pattern)};
    for (size_t i = 0; i < finding.pattern.length; i++)
        if (finding.pattern.class[i] != NOT_SEEN)
            finding.where[finding.pattern.class[i]] |= (uint64_t)1 << i;
    find_whole(plates, &finding);
    find_part(plates, &finding);
    if (finding.count > PLATES_FOUND_MAX) drop_low(&finding);
    /* The values are only read. */
    if (finding.count > PLATES_FOUND_MAX)
        qsort_r(finding.fit, finding.count, sizeof *finding.fit, by_score_and_text,
                (void *)(uintptr_t)values);
    size_t count = finding.count < PLATES_FOUND_MAX ? finding.count : PLATES_FOUND_MAX;
    for (size_t i = 0; i < count; i++) ret[i] = finding.fit[i].number;
    free(finding.fit);
    return count;
}
