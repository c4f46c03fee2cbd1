/*
 * Tables of levels between the commonest values: names, towns, the names of streets.
 *
 * Layer: link, private.  Most pairs of rows that do not have the same name have two
 * common ones, and to look a level up costs less than to work it out.  The similarity
 * of a name to all others is found thirty-two at a time (kernel_many); only what is
 * alike at all is looked at more closely.
 */
#include "link/batch_field.h"

#include "link/batch_sign.h"
#include "link/kernel_many.h"
#include "link/need.h"
#include "link/phonetic.h"

#include <math.h>
#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { KNOWN_MOST = 4096, SHORT = STREET_SHORT };

/* Below it two names are different, unless they are short or have something else. */
static const float alike_at_all = 0.69f;
/* Names that do not sound alike are different below this. */
static const float alike_unheard = 0.78f;
static const float rounding = 1e-4f;

/* --- the names of streets -------------------------------------------------------------- */

struct name_count {
    uint32_t name;
    uint32_t rows;
};

static int commonest_first(const void *a, const void *b)
{
    const struct name_count *left = a, *right = b;
    if (left->rows != right->rows) return left->rows < right->rows ? 1 : -1;
    return (left->name > right->name) - (left->name < right->name);
}

/* Numbers the names of the field's streets, the commonest 1. */
static void make_streets(struct batch_field *field)
{
    uint32_t size = 1024;
    while (size < field->values * 2) size *= 2;
    uint32_t *slots = need(calloc(size, sizeof *slots));
    struct name_count *count = need(calloc(field->values, sizeof *count));
    struct str *text = need(malloc(field->values * sizeof *text));
    field->street = need(calloc(field->values, sizeof *field->street));
    uint32_t names = 0;
    for (uint32_t v = 1; v < field->values; v++) {
        struct str number, name;
        batch_street_split(field->text[v], &number, &name);
        uint32_t at = (uint32_t)(table_hash(name) >> 16) & (size - 1);
        while (slots[at] && !str_eq(text[slots[at] - 1], name)) at = (at + 1) & (size - 1);
        if (!slots[at]) {
            text[names] = name;
            count[names].name = names;
            slots[at] = ++names;
        }
        field->street[v] = slots[at] - 1;
        count[slots[at] - 1].rows += field->count[v];
    }
    free(slots);
    qsort(count, names, sizeof *count, commonest_first);
    uint32_t *number = need(malloc((names + 1) * sizeof *number));
    field->street_text = need(malloc((names + 1) * sizeof *field->street_text));
    field->street_text[0] = STR("");
    field->street_rows = need(malloc((names + 1) * sizeof *field->street_rows));
    field->street_rows[0] = 0;
    field->hint = need(malloc((names + 1) * sizeof *field->hint));
    field->hint[0] = (struct sign_hint){0};
    for (uint32_t i = 0; i < names; i++) {
        number[count[i].name] = i + 1;
        field->street_text[i + 1] = text[count[i].name];
        field->street_rows[i + 1] = count[i].rows;
        struct str name = text[count[i].name];
        field->hint[i + 1] = sign_hint_make(batch_sign_make(MODEL_SURNAME, name, NULL), name);
    }
    for (uint32_t v = 1; v < field->values; v++) field->street[v] = number[field->street[v]];
    field->streets = names + 1;
    free(number);
    free(count);
    free(text);
}

/* --- tables ------------------------------------------------------------------------------ */

static const struct str *texts_of(const struct batch_field *field)
{
    return field->role == MODEL_STREET ? field->street_text : field->text;
}

static uint32_t rows_of(const struct batch_field *field, uint32_t value)
{
    return field->role == MODEL_STREET ? field->street_rows[value] : field->count[value];
}

/* As many as make up nearly all rows; the larger the table, the more of them it pays to
 * know. */
void batch_near_begin(struct batch_field *field, size_t rows)
{
    const double nearly_all = 0.985;
    enum model_role role = field->role;
    if (role != MODEL_GIVEN && role != MODEL_SURNAME && role != MODEL_TOWN &&
        role != MODEL_CATEGORY && role != MODEL_STREET)
        return;
    if (role == MODEL_STREET) make_streets(field);
    uint32_t values = role == MODEL_STREET ? field->streets : field->values;
    double filled = (double)rows - field->count[0];
    double most = fmin(KNOWN_MOST, 4 * sqrt((double)rows));
    double sum = 0;
    uint32_t known = 1;
    for (; known < values && known < (uint32_t)most && sum < nearly_all * filled; known++)
        sum += rows_of(field, known);
    if (known < 3) return;
    field->near.known = known;
    field->near.level = batch_memory(near_at(known, 1) + 1);
}

static bool is_spaced(struct str text)
{
    return text.len && memchr(text.ptr, ' ', text.len);
}

static uint8_t families_of(const struct batch_field *field, uint32_t v)
{
    return field->facts ? (uint8_t)(field->sign[v] >> SIGN_FAMILY & ((1 << SIGN_FAMILIES) - 1)) : 0;
}

/* Values side by side, by length and then by number. */
struct sides {
    struct kernel_block block;
    uint32_t number[KERNEL_LANES];
    uint8_t family[KERNEL_LANES]; /* of names: families as bits */
    uint32_t spaced;              /* lanes that have several words, as bits */
    size_t length;
    unsigned count;
};

static size_t make_sides(const struct batch_field *field, struct sides *sides, uint32_t *others,
                         size_t *ret_others)
{
    const struct str *text = texts_of(field);
    size_t count = 0;
    *ret_others = 0;
    for (uint32_t v = 1; v < field->near.known; v++)
        if (text[v].len == 0 || text[v].len > KERNEL_LONGEST) others[(*ret_others)++] = v;
    for (size_t length = 1; length <= KERNEL_LONGEST; length++) {
        struct sides *side = NULL;
        for (uint32_t v = 1; v < field->near.known; v++) {
            if (text[v].len != length) continue;
            if (!side || side->count == KERNEL_LANES) {
                side = &sides[count++];
                *side = (struct sides){.length = length};
            }
            link_kernel_block_set(&side->block, side->count, text[v]);
            side->family[side->count] = families_of(field, v);
            side->spaced |= (uint32_t)(field->role != MODEL_STREET && is_spaced(text[v]))
                            << side->count;
            side->number[side->count++] = v;
        }
    }
    return count;
}

static int level_of(const struct batch_field *field, uint32_t a, uint32_t b)
{
    return field->role == MODEL_STREET ? batch_street_names(field, a, b)
                                       : batch_field_level(field, a, b);
}

/* Names that sound alike are something from here on already. */
static bool sound_alike(const struct batch_field *field, uint32_t a, uint32_t b)
{
    return field->facts && link_same_sound(field->facts[a].sound, field->facts[b].sound);
}

/* Which lanes are at least so similar, as bits. */
static uint32_t at_least(const float similar[static KERNEL_LANES], float least)
{
    uint32_t bits = 0;
#ifdef __SSE2__
    const __m128 wanted = _mm_set1_ps(least);
    for (unsigned i = 0; i < KERNEL_LANES; i += 4)
        bits |= (uint32_t)_mm_movemask_ps(_mm_cmpge_ps(_mm_loadu_ps(similar + i), wanted)) << i;
#else
    for (unsigned i = 0; i < KERNEL_LANES; i++) bits |= (uint32_t)(similar[i] >= least) << i;
#endif
    return bits;
}

/* What of a side may be anything but different. */
static uint32_t worth_a_look(const struct batch_field *field, uint32_t v, const struct sides *side)
{
    float similar[KERNEL_LANES];
    const struct str *text = texts_of(field);
    link_kernel_jaro_winkler_many(text[v], &side->block, side->length, similar);
    if (field->role == MODEL_STREET) return at_least(similar, street_unlike - rounding);
    uint32_t look =
        at_least(similar, field->facts ? alike_unheard - rounding : alike_at_all) | side->spaced;
    if (!field->facts) return look;
    for (uint32_t rest = at_least(similar, alike_at_all) & ~look; rest; rest &= rest - 1) {
        int lane = __builtin_ctz(rest);
        look |= (uint32_t)sound_alike(field, v, side->number[lane]) << lane;
    }
    uint8_t own = families_of(field, v);
    for (unsigned lane = 0; own && lane < side->count; lane++)
        look |= (uint32_t)((side->family[lane] & own) != 0) << lane;
    return look;
}

/* One value with all of lower numbers. */
static void fill_row(const struct batch_field *field, uint32_t v, const struct sides *sides,
                     size_t count, const uint32_t *others, size_t other_count)
{
    const struct str *text = texts_of(field);
    bool streets = field->role == MODEL_STREET;
    bool always = text[v].len <= SHORT || (!streets && is_spaced(text[v]));
    uint8_t *row = field->near.level + near_at(v, 1);
    memset(row, streets ? STREET_UNLIKE | LEVEL_DIFFERENT << STREET_BITS : LEVEL_DIFFERENT, v - 1);
    for (size_t i = 0; i < count; i++) {
        const struct sides *side = &sides[i];
        if (side->number[0] >= v) continue;
        uint32_t look = always || side->length <= SHORT ? UINT32_MAX : worth_a_look(field, v, side);
        if (side->count < KERNEL_LANES) look &= (1u << side->count) - 1;
        for (; look; look &= look - 1) {
            uint32_t other = side->number[__builtin_ctz(look)];
            if (other >= v) break;
            row[other - 1] = (uint8_t)level_of(field, v, other);
        }
    }
    for (size_t i = 0; i < other_count && others[i] < v; i++)
        row[others[i] - 1] = (uint8_t)level_of(field, v, others[i]);
}

void batch_near_piece(const struct batch_field *field, int piece)
{
    uint32_t known = field->near.known;
    if (!known) return;
    struct sides *sides = need(malloc((known / KERNEL_LANES + KERNEL_LONGEST + 1) * sizeof *sides));
    uint32_t *others = need(malloc(known * sizeof *others));
    size_t other_count;
    size_t count = make_sides(field, sides, others, &other_count);
    for (uint32_t v = 2 + (uint32_t)piece; v < known; v += NEAR_PIECES)
        fill_row(field, v, sides, count, others, other_count);
    free(others);
    free(sides);
}
