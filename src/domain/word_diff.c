#include "domain/word_diff.h"

#include <stdlib.h>

enum { CELLS_MAX = 16 << 20 };

struct word {
    struct str text;  /* without the space after it */
    struct str whole; /* with it */
};
struct words {
    struct word *word;
    size_t count;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* White space before the first word belongs to it. */
static struct words cut(struct arena *arena, struct str text)
{
    struct words words = {arena_many(arena, text.len / 2 + 1, struct word), 0};
    size_t from = 0;
    size_t at = 0;
    while (at < text.len && is_space(text.ptr[at])) at++;
    while (at < text.len) {
        size_t start = at;
        while (at < text.len && !is_space(text.ptr[at])) at++;
        size_t end = at;
        while (at < text.len && is_space(text.ptr[at])) at++;
        words.word[words.count++] =
            (struct word){str_sub(text, start, end - start), str_sub(text, from, at - from)};
        from = at;
    }
    return words;
}

static bool same(const struct words *a, size_t i, const struct words *b, size_t k)
{
    return str_eq(a->word[i].text, b->word[k].text);
}

struct runs {
    struct word_run *run;
    size_t count;
};

static void add(struct runs *runs, enum word_change change, struct str text)
{
    struct word_run *last = runs->count ? &runs->run[runs->count - 1] : NULL;
    if (last && last->change == change)
        last->text.len += text.len; /* they stand side by side */
    else
        runs->run[runs->count++] = (struct word_run){change, text};
}

/* What was taken out stands before what was put in its place. */
static void add_middle(struct runs *runs, const struct words *a, const struct words *b,
                       const char *keep, size_t from, size_t a_end, size_t b_end)
{
    size_t width = b_end - from + 1;
    size_t i = from;
    size_t k = from;
    while (i < a_end || k < b_end) {
        char step = keep ? keep[(i - from) * width + (k - from)] : i < a_end ? 'a' : 'b';
        if (step == '=') {
            add(runs, WORDS_SAME, b->word[k++].whole);
            i++;
        } else if (i < a_end && (step == 'a' || k == b_end)) {
            add(runs, WORDS_REMOVED, a->word[i++].whole);
        } else {
            add(runs, WORDS_ADDED, b->word[k++].whole);
        }
    }
}

/* For each pair of places, from the end: '=' both go on, 'a' leave one out, 'b' put one in. */
static char *table(const struct words *a, const struct words *b, size_t from, size_t a_end,
                   size_t b_end)
{
    size_t height = a_end - from + 1;
    size_t width = b_end - from + 1;
    if (height * width > CELLS_MAX) return NULL;
    char *step = malloc(height * width);
    uint16_t *below = calloc(width, sizeof *below);
    uint16_t *row = calloc(width, sizeof *row);
    if (!step || !below || !row) abort();
    memset(step + (height - 1) * width, 'b', width);
    for (size_t i = height - 1; i-- > 0;) {
        row[width - 1] = 0;
        step[i * width + width - 1] = 'a';
        for (size_t k = width - 1; k-- > 0;) {
            bool equal = same(a, from + i, b, from + k);
            bool leave = below[k] >= row[k + 1];
            row[k] = equal ? (uint16_t)(below[k + 1] + 1) : leave ? below[k] : row[k + 1];
            step[i * width + k] = equal ? '=' : leave ? 'a' : 'b';
        }
        uint16_t *done = below;
        below = row;
        row = done;
    }
    free(below);
    free(row);
    return step;
}

size_t word_diff(struct arena *arena, struct str before, struct str after, struct word_run **ret)
{
    struct words a = cut(arena, before);
    struct words b = cut(arena, after);
    struct runs runs = {arena_many(arena, a.count + b.count + 1, struct word_run), 0};
    size_t from = 0;
    size_t a_end = a.count;
    size_t b_end = b.count;
    while (from < a_end && from < b_end && same(&a, from, &b, from)) from++;
    while (a_end > from && b_end > from && same(&a, a_end - 1, &b, b_end - 1)) {
        a_end--;
        b_end--;
    }
    for (size_t i = 0; i < from; i++) add(&runs, WORDS_SAME, b.word[i].whole);
    char *step = table(&a, &b, from, a_end, b_end);
    add_middle(&runs, &a, &b, step, from, a_end, b_end);
    free(step);
    for (size_t k = b_end; k < b.count; k++) add(&runs, WORDS_SAME, b.word[k].whole);
    *ret = runs.run;
    return runs.count;
}
