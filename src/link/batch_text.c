/*
 * Texts of several words: which words they share, and how rare those are.
 */
#include "link/batch_field.h"

#include "link/batch_sign.h"
#include "link/kernel.h"
#include "link/need.h"

#include <math.h>
#include <stdlib.h>

/* --- making ------------------------------------------------------------------------------- */

struct tokens {
    struct batch_field *field;
    uint32_t *slots;
    uint32_t slot_count;
    uint32_t capacity;
    uint32_t used; /* of field->token */
    uint32_t room;
};

static void rehash(struct tokens *tokens)
{
    struct batch_field *field = tokens->field;
    tokens->capacity = tokens->capacity ? tokens->capacity * 2 : 256;
    field->token_text =
        need(reallocarray(field->token_text, tokens->capacity, sizeof *field->token_text));
    field->token_rows =
        need(reallocarray(field->token_rows, tokens->capacity, sizeof *field->token_rows));
    free(tokens->slots);
    tokens->slot_count = tokens->capacity * 2;
    tokens->slots = need(calloc(tokens->slot_count, sizeof *tokens->slots));
    for (uint32_t i = 0; i < field->tokens; i++) {
        uint32_t at = (uint32_t)(table_hash(field->token_text[i]) >> 16) & (tokens->slot_count - 1);
        while (tokens->slots[at]) at = (at + 1) & (tokens->slot_count - 1);
        tokens->slots[at] = i + 1;
    }
}

static uint32_t token_of(struct tokens *tokens, struct str text)
{
    struct batch_field *field = tokens->field;
    if (field->tokens >= tokens->capacity) rehash(tokens);
    uint32_t at = (uint32_t)(table_hash(text) >> 16) & (tokens->slot_count - 1);
    for (; tokens->slots[at]; at = (at + 1) & (tokens->slot_count - 1))
        if (str_eq(field->token_text[tokens->slots[at] - 1], text)) return tokens->slots[at] - 1;
    field->token_text[field->tokens] = text;
    field->token_rows[field->tokens] = 0;
    tokens->slots[at] = ++field->tokens;
    return field->tokens - 1;
}

/* The next run of letters or of digits: "hn650" has two. */
static bool next_run(struct str text, size_t *at, struct str *ret)
{
    while (*at < text.len && text.ptr[*at] == ' ') ++*at;
    if (*at >= text.len) return false;
    size_t from = *at;
    bool digits = text.ptr[from] >= '0' && text.ptr[from] <= '9';
    while (*at < text.len && text.ptr[*at] != ' ' &&
           (text.ptr[*at] >= '0' && text.ptr[*at] <= '9') == digits)
        ++*at;
    *ret = str_sub(text, from, *at - from);
    return true;
}

static void add_tokens(struct tokens *tokens, uint32_t value)
{
    struct batch_field *field = tokens->field;
    struct str run;
    size_t at = 0;
    uint32_t from = tokens->used;
    while (tokens->used - from < FIELD_TOKENS_MAX && next_run(field->text[value], &at, &run)) {
        uint32_t token = token_of(tokens, run);
        bool again = false;
        for (uint32_t i = from; i < tokens->used; i++) again |= field->token[i] == token;
        if (again) continue;
        if (tokens->used == tokens->room) {
            tokens->room = tokens->room ? tokens->room * 2 : 1024;
            field->token = need(reallocarray(field->token, tokens->room, sizeof *field->token));
        }
        field->token[tokens->used++] = token;
        field->token_rows[token] += field->count[value];
    }
}

void field_tokens_make(struct batch_field *field, size_t rows)
{
    struct tokens tokens = {.field = field};
    field->token_from = need(malloc((field->values + 1) * sizeof *field->token_from));
    field->token_from[0] = 0;
    for (uint32_t value = 0; value < field->values; value++) {
        if (value) add_tokens(&tokens, value);
        field->token_from[value + 1] = tokens.used;
    }
    field->token_bits = need(malloc((field->tokens + 1) * sizeof *field->token_bits));
    field->token_sign = need(malloc((field->tokens + 1) * sizeof *field->token_sign));
    for (uint32_t i = 0; i < field->tokens; i++)
        field->token_sign[i] = batch_sign_make(MODEL_TEXT, field->token_text[i], NULL);
    for (uint32_t i = 0; i < field->tokens; i++)
        field->token_bits[i] = (float)log2(1 + (double)rows / (1 + (double)field->token_rows[i]));
    free(tokens.slots);
}

/* --- comparing ----------------------------------------------------------------------------- */

/* How much of a word's weight an unlike word keeps: a slip, a shortened form, an initial. */
static double likeness(const struct batch_field *field, uint32_t one, uint32_t other)
{
    struct str a = field->token_text[one];
    struct str b = field->token_text[other];
    size_t shorter = a.len < b.len ? a.len : b.len;
    if (a.ptr[0] <= '9' || b.ptr[0] <= '9') return 0; /* numbers are right or wrong */
    unsigned edits = sign_edits(field->token_sign[one], field->token_sign[other]);
    if (a.ptr[0] != b.ptr[0])
        return shorter >= 5 && edits <= 1 && link_kernel_osa(a, b) == 1 ? 0.8 : 0;
    if (shorter == 1) return 0.4;
    if (memcmp(a.ptr, b.ptr, shorter) == 0) return shorter >= 4 ? 0.7 : 0.5;
    unsigned most = 1 + (shorter >= 7);
    return shorter >= 4 && edits <= most && link_kernel_osa(a, b) <= most ? 0.8 : 0;
}

struct side {
    const uint32_t *token;
    uint32_t count;
    double bits;
    uint32_t free; /* bit per token that has no partner yet */
};

static struct side side_of(const struct batch_field *field, uint32_t value)
{
    uint32_t from = field->token_from[value];
    struct side side = {.token = field->token + from, .count = field->token_from[value + 1] - from};
    for (uint32_t i = 0; i < side.count; i++) side.bits += (double)field->token_bits[side.token[i]];
    side.free = side.count >= 32 ? ~0u : (1u << side.count) - 1;
    return side;
}

/* The bits of the words that both have; equal ones first. */
static double shared_bits(const struct batch_field *field, struct side *a, struct side *b)
{
    double shared = 0;
    for (uint32_t i = 0; i < a->count; i++)
        for (uint32_t k = 0; k < b->count; k++) {
            if (a->token[i] != b->token[k]) continue;
            shared += (double)field->token_bits[a->token[i]];
            a->free &= ~(1u << i);
            b->free &= ~(1u << k);
        }
    for (uint32_t i = 0; i < a->count; i++) {
        if (!(a->free >> i & 1)) continue;
        double best = 0;
        uint32_t partner = 0;
        for (uint32_t k = 0; k < b->count; k++) {
            if (!(b->free >> k & 1)) continue;
            double like = likeness(field, a->token[i], b->token[k]);
            double bits = like * fmin((double)field->token_bits[a->token[i]],
                                      (double)field->token_bits[b->token[k]]);
            if (bits <= best) continue;
            best = bits;
            partner = k;
        }
        if (best <= 0) continue;
        shared += best;
        b->free &= ~(1u << partner);
    }
    return shared;
}

int field_text_level(const struct batch_field *field, uint32_t a, uint32_t b)
{
    /* In one order, so that the greedy choice of partners is symmetric. */
    struct side left = side_of(field, a < b ? a : b);
    struct side right = side_of(field, a < b ? b : a);
    if (!left.count || !right.count) return LEVEL_DIFFERENT;
    double shared = shared_bits(field, &left, &right);
    double both = 2 * shared / (left.bits + right.bits);
    double contained = shared / fmin(left.bits, right.bits);
    if (both >= 0.9) return LEVEL_ALIKE;
    if (both >= 0.72) return LEVEL_CLOSE;
    if (both >= 0.5 || (contained >= 0.9 && left.count > 1 && right.count > 1)) return LEVEL_NEAR;
    return both >= 0.28 || contained >= 0.6 ? LEVEL_FAR : LEVEL_DIFFERENT;
}
