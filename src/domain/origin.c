#include "domain/origin.h"

#include "base/arena.h"

#include <stdlib.h>

static const double same_story = 0.5;

struct shingles {
    uint64_t *hash; /* sorted, each once */
    size_t count;
};

static int compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static bool in_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 128;
}

static struct shingles make_shingles(struct arena *arena, struct str text)
{
    text = str_lower(arena, text);
    struct shingles made = {arena_many(arena, text.len / 2 + 1, uint64_t), 0};
    uint64_t last = 0;
    uint64_t before = 0;
    size_t words = 0;
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        while (at < text.len && in_word(text.ptr[at])) at++;
        if (at == start) {
            at++;
            continue;
        }
        uint64_t word = str_hash(str_sub(text, start, at - start));
        if (++words >= 3)
            made.hash[made.count++] = (before * 31 + last) * 31 + word;
        before = last;
        last = word;
    }
    if (made.count) qsort(made.hash, made.count, sizeof *made.hash, compare);
    size_t kept = 0;
    for (size_t i = 0; i < made.count; i++)
        if (kept == 0 || made.hash[kept - 1] != made.hash[i]) made.hash[kept++] = made.hash[i];
    made.count = kept;
    return made;
}

static double resemblance(const struct shingles *a, const struct shingles *b)
{
    if (a->count == 0 || b->count == 0) return 0;
    size_t shared = 0;
    for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
        if (a->hash[i] == b->hash[j]) {
            shared++;
            i++;
            j++;
        } else if (a->hash[i] < b->hash[j]) {
            i++;
        } else {
            j++;
        }
    }
    return (double)shared / (double)(a->count + b->count - shared);
}

static void fold(size_t *origin, size_t count, size_t a, size_t b)
{
    size_t from = origin[a] > origin[b] ? origin[a] : origin[b];
    size_t to = origin[a] > origin[b] ? origin[b] : origin[a];
    for (size_t i = 0; i < count; i++)
        if (origin[i] == from) origin[i] = to;
}

/* Was somebody of the one group said to be independent of somebody of the other? */
static bool kept_apart(const size_t *origin, const struct origin_word *words, size_t word_count,
                       size_t a, size_t b)
{
    for (size_t i = 0; i < word_count; i++) {
        if (words[i].same) continue;
        size_t left = origin[words[i].a];
        size_t right = origin[words[i].b];
        if ((left == origin[a] && right == origin[b]) || (left == origin[b] && right == origin[a]))
            return true;
    }
    return false;
}

size_t origins_fold(struct arena *arena, const struct origin_report *reports, size_t count,
                    const struct origin_word *words, size_t word_count, size_t *origin,
                    enum origin_why *why)
{
    if (count > ORIGIN_REPORTS_MAX) count = ORIGIN_REPORTS_MAX;
    struct shingles *shingles = arena_many(arena, count, struct shingles);
    for (size_t i = 0; i < count; i++) {
        origin[i] = i;
        why[i] = ORIGIN_ALONE;
    }
    for (size_t i = 0; i < word_count; i++) {
        size_t later = words[i].a > words[i].b ? words[i].a : words[i].b;
        if (!words[i].same || later >= count || origin[words[i].a] == origin[words[i].b]) continue;
        why[later] = ORIGIN_SAID;
        fold(origin, count, words[i].a, words[i].b);
    }
    for (size_t i = 0; i < count; i++) {
        shingles[i] = make_shingles(arena, reports[i].narrative);
        for (size_t k = 0; k < i; k++) {
            if (origin[k] == origin[i]) continue;
            if (reports[i].sender != reports[k].sender &&
                resemblance(&shingles[i], &shingles[k]) < same_story)
                continue;
            if (kept_apart(origin, words, word_count, i, k)) continue;
            if (why[i] == ORIGIN_ALONE) why[i] = ORIGIN_ALIKE;
            fold(origin, count, i, k);
        }
    }
    size_t origins = 0;
    for (size_t i = 0; i < count; i++) origins += origin[i] == i;
    return origins;
}

size_t origins_count(struct arena *arena, const struct origin_report *reports, size_t count,
                     const struct origin_word *words, size_t word_count)
{
    size_t origin[ORIGIN_REPORTS_MAX];
    enum origin_why why[ORIGIN_REPORTS_MAX];
    return origins_fold(arena, reports, count, words, word_count, origin, why);
}
