/*
 * batch_weigh_lanes: what pairs weigh that lie side by side, as a source to be compiled
 * for a vector's width.
 *
 * Layer: link, private to batch_weigh.c, which includes it once for each instruction set
 * after it has defined
 *
 *   LANES(name)        the name with the instruction set's mark
 *   VECTOR             a vector of doubles, of WIDTH lanes
 *   STORE              of WIDTH doubles
 *   SAME(x)            x in every lane
 *   MIN, MAX           the first where it is less (greater), else the second
 *   WHERE_BELOW(x, y)  y where x is below 0, else 0
 *   LOOK_UP(table, at) the numbers of a table of eight, at WIDTH bytes
 *   WIDEN(bytes)       WIDTH signed bytes as doubles
 *
 * Steps and their order are those of batch_weigh, so that the results are the same to
 * the last bit: what does not count is a 0 that is added.
 */

/* Each comparison leans on the one before it that it goes with most. */
static inline __attribute__((always_inline)) VECTOR
    LANES(leaning)(const struct batch *batch, const VECTOR *agree, const VECTOR *differ)
{
    const VECTOR none = {0};
    VECTOR sum = none;
    uint32_t before = 0;
    for (int i = 0; i < batch->model->count; i++) {
        int c = batch->order[i];
        VECTOR most_u = none, most_m = none;
        for (uint32_t rest = before & batch->leans_u[c]; rest; rest &= rest - 1) {
            int d = __builtin_ctz(rest);
            most_u = MAX(most_u, MIN(SAME(batch->together_u[c][d]), MIN(agree[c], agree[d])));
        }
        for (uint32_t rest = before & batch->leans_m[c]; rest; rest &= rest - 1) {
            int d = __builtin_ctz(rest);
            most_m = MAX(most_m, MIN(SAME(batch->together_m[c][d]), MIN(differ[c], differ[d])));
        }
        sum = sum - most_u + most_m;
        before |= 1u << c;
    }
    return sum;
}

/* What agrees although another that changes with it does not. */
static inline __attribute__((always_inline)) VECTOR LANES(apart)(const struct batch *batch, const VECTOR *bits)
{
    const VECTOR none = {0};
    VECTOR sum = none;
    for (int c = 0; c < batch->model->count; c++) {
        if (!batch->leans_apart[c]) continue;
        VECTOR least = none;
        for (uint32_t rest = batch->leans_apart[c]; rest; rest &= rest - 1) {
            int d = __builtin_ctz(rest);
            least = MIN(least, WHERE_BELOW(bits[d], SAME(batch->apart_m[c][d])));
        }
        sum = sum + WHERE_BELOW(-bits[c], MAX(least, -bits[c]));
    }
    return sum;
}

static void LANES(weigh)(const struct batch *batch, const int8_t *level, const int8_t *rarity, size_t step,
                         const uint32_t *without, int times, double (*ret)[WEIGH_LANES])
{
    const VECTOR none = {0};
    /* Of each, as many as there are comparisons are written before they are read. */
    __attribute__((uninitialized)) VECTOR all[MODEL_COMPARISONS_MAX], bits[MODEL_COMPARISONS_MAX];
    __attribute__((uninitialized)) VECTOR agree[MODEL_COMPARISONS_MAX], differ[MODEL_COMPARISONS_MAX];
    int count = batch->model->count;
    for (size_t from = 0; from < WEIGH_LANES; from += WIDTH) {
        for (int c = 0; c < count; c++)
            all[c] = LOOK_UP(batch->bits[c], level + (size_t)c * step + from) +
                     rarity_step * WIDEN(rarity + (size_t)c * step + from);
        for (int i = 0; i < times; i++) {
            VECTOR weight = SAME(batch->prior_bits);
            for (int c = 0; c < count; c++) {
                bits[c] = without[i] >> c & 1 ? none : all[c];
                agree[c] = MAX(bits[c], none);
                differ[c] = MAX(-bits[c], none);
                weight = weight + bits[c];
            }
            weight = weight + (LANES(leaning)(batch, agree, differ) + LANES(apart)(batch, bits));
            STORE(ret[i] + from, weight);
        }
    }
}
