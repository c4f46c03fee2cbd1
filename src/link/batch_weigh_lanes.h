/*
 * batch_weigh_lanes: what pairs weigh whose levels are known, side by side; a source to be
 * compiled for a vector's width.
 *
 * Layer: link, private to batch_weigh.c, which includes it once for each instruction set
 * after it has defined
 *
 *   TARGET       says that a function is for this instruction set
 *   LANES(name)  the name with the instruction set's mark
 *   VECTOR(name) the instruction set's own name of an operation
 *   PICK(table, place) the floats of a table at the places that a vector names
 *   WIDTH        floats in a vector
 *
 * and undefines them.  Steps and their order are those of batch_weigh, so that the results are
 * the same to the last bit: what does not count is a 0 that is added.
 */
#define IN_LINE static inline __attribute__((always_inline)) TARGET
typedef float LANES(lanes) __attribute__((vector_size(WIDTH * sizeof(float))));
typedef int32_t LANES(numbers) __attribute__((vector_size(WIDTH * sizeof(int32_t))));

IN_LINE LANES(numbers) LANES(widen)(const int8_t *from)
{
    __m128i bytes = {0};
    memcpy(&bytes, from, WIDTH);
    return (LANES(numbers))VECTOR(cvtepi8_epi32)(bytes);
}

IN_LINE LANES(lanes) LANES(smaller)(LANES(lanes) a, LANES(lanes) b)
{
    return VECTOR(min_ps)(a, b);
}

IN_LINE LANES(lanes) LANES(larger)(LANES(lanes) a, LANES(lanes) b)
{
    return VECTOR(max_ps)(a, b);
}

/* y where x is below 0, else 0. */
IN_LINE LANES(lanes) LANES(where_below)(LANES(lanes) x, LANES(lanes) y)
{
    return (LANES(lanes))((x < 0) & (LANES(numbers))y);
}

/* Each comparison leans on the one before it that it goes with most. */
IN_LINE LANES(lanes) LANES(leaning)(const struct batch *batch, const LANES(lanes) * agree,
                                    const LANES(lanes) * differ)
{
    const LANES(lanes) none = {0};
    LANES(lanes) sum = none;
    uint32_t before = 0;
    for (int i = 0; i < batch->model->count; i++) {
        int c = batch->order[i];
        LANES(lanes) most_u = none, most_m = none;
        for (uint32_t rest = before & batch->leans_u[c]; rest; rest &= rest - 1) {
            int d = __builtin_ctz(rest);
            LANES(lanes) both = LANES(smaller)(agree[c], agree[d]);
            most_u = LANES(larger)(most_u,
                                   LANES(smaller)(VECTOR(set1_ps)(batch->together_u[c][d]), both));
        }
        for (uint32_t rest = before & batch->leans_m[c]; rest; rest &= rest - 1) {
            int d = __builtin_ctz(rest);
            LANES(lanes) both = LANES(smaller)(differ[c], differ[d]);
            most_m = LANES(larger)(most_m,
                                   LANES(smaller)(VECTOR(set1_ps)(batch->together_m[c][d]), both));
        }
        sum = sum - most_u + most_m;
        before |= 1u << c;
    }
    return sum;
}

/* What agrees although another that changes with it does not. */
IN_LINE LANES(lanes) LANES(apart)(const struct batch *batch, const LANES(lanes) *bits)
{
    const LANES(lanes) none = {0};
    LANES(lanes) sum = none;
    for (int c = 0; c < batch->model->count; c++) {
        if (!batch->leans_apart[c]) continue;
        LANES(lanes) least = none, against = none - bits[c];
        for (uint32_t rest = batch->leans_apart[c]; rest; rest &= rest - 1) {
            int d = __builtin_ctz(rest);
            least = LANES(smaller)(
                least, LANES(where_below)(bits[d], VECTOR(set1_ps)(batch->apart_m[c][d])));
        }
        sum += LANES(where_below)(against, LANES(larger)(least, against));
    }
    return sum;
}

/* The bits of a comparison's levels. */
IN_LINE LANES(lanes) LANES(bits_of)(const float bits[static LEVELS + 1], LANES(numbers) level)
{
    _Static_assert(WIDTH % (LEVELS + 1) == 0, "a vector holds whole tables");
    LANES(lanes) table;
    for (size_t i = 0; i < WIDTH; i += LEVELS + 1)
        memcpy((float *)&table + i, bits, (LEVELS + 1) * sizeof *bits);
    return PICK(table, level);
}

TARGET static void LANES(weigh)(const struct batch *batch, const int8_t *level,
                                const int8_t *rarity, size_t step, const uint32_t *without,
                                int times, float (*ret)[WIDTH])
{
    const LANES(lanes) none = {0};
    /* Of each, as many as there are comparisons are written before they are read. */
    __attribute__((uninitialized)) LANES(lanes) all[MODEL_COMPARISONS_MAX],
        bits[MODEL_COMPARISONS_MAX];
    __attribute__((uninitialized)) LANES(lanes) agree[MODEL_COMPARISONS_MAX],
        differ[MODEL_COMPARISONS_MAX];
    int count = batch->model->count;
    for (int c = 0; c < count; c++) {
        size_t at = (size_t)c * step;
        LANES(lanes) rare = __builtin_convertvector(LANES(widen)(rarity + at), LANES(lanes));
        all[c] = LANES(bits_of)(batch->bits[c], LANES(widen)(level + at)) + rarity_step * rare;
    }
    for (int i = 0; i < times; i++) {
        LANES(lanes) weight = VECTOR(set1_ps)(batch->prior_bits);
        for (int c = 0; c < count; c++) {
            bits[c] = without[i] >> c & 1 ? none : all[c];
            agree[c] = LANES(larger)(bits[c], none);
            differ[c] = agree[c] - bits[c];
            weight += bits[c];
        }
        weight += LANES(leaning)(batch, agree, differ) + LANES(apart)(batch, bits);
        memcpy(ret[i], &weight, sizeof weight);
    }
}
#undef IN_LINE
