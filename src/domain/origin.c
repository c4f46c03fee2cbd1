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

double origin_resemblance(struct arena *arena, struct str a, struct str b)
{
    struct shingles left = make_shingles(arena, a);
    struct shingles right = make_shingles(arena, b);
    return resemblance(&left, &right);
}

size_t origins_count(struct arena *arena, const struct origin_report *reports, size_t count)
{
    if (count > ORIGIN_REPORTS_MAX) count = ORIGIN_REPORTS_MAX;
    struct shingles *shingles = arena_many(arena, count, struct shingles);
    size_t *origin = arena_many(arena, count, size_t);
    size_t origins = count;
    for (size_t i = 0; i < count; i++) {
        shingles[i] = make_shingles(arena, reports[i].narrative);
        origin[i] = i;
        for (size_t k = 0; k < i; k++) {
            if (origin[k] == origin[i]) continue;
            if (reports[i].sender != reports[k].sender &&
                resemblance(&shingles[i], &shingles[k]) < same_story)
                continue;
            size_t from = origin[i];
            for (size_t j = 0; j <= i; j++)
                if (origin[j] == from) origin[j] = origin[k];
            origins--;
        }
    }
    return origins;
}
