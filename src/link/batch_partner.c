/*
 * A record has one partner at most, if that is how the files are: in the other of two files,
 * or one repeat in its own.
 *
 * Each pair alone is judged by what its two records say. But where a record is in the other
 * file once or not at all, its candidates are rivals: what speaks for one speaks against the
 * others. So the pairs are judged together, as a matching of records (Sadinle 2017,
 * "Bayesian estimation of bipartite matchings for record linkage"), whose marginals are
 * found by belief propagation (Williams and Lau 2014, "Approximate evaluation of marginal
 * association probabilities with belief propagation"). How often a record that is still free
 * has a partner among those that are still free is learnt with it: where most have one, a
 * pair needs less evidence than among strangers.
 *
 * A second partner is not forbidden, it only needs more evidence: repeats that stand in a
 * clean file now and then are found all the same. Where a file shows by its surest pairs that
 * many records have several, they are no rivals.
 */
#include "link/batch_internal.h"

#include "link/need.h"

#include <math.h>
#include <stdlib.h>

/* Odds of a second partner beside those of a first. */
static const double second = 1.0 / 1024;

/* A pair with a rival. */
struct link {
    uint32_t pair;
    double odds;   /* of its own evidence, before the shift */
    double says[2]; /* what its left and its right record say of it, for the odds; 1: nothing */
};

struct partners {
    struct batch *batch;
    struct batch_result *result;
    double rows[2];   /* of the two files; of one file both are its own */
    /* of a second partner of a record of this file: `second`, or 1 where it may have many */
    double factor[2];
    struct link *link;
    size_t links;
    /* of links, two each: twice its number, and 1 more for the right; by record, then by link */
    uint32_t *end;
    double *message; /* room for those of one record */
    double shift;    /* bits that every pair weighs more than by the prior of all pairs */
};

/* --- may it have several? --------------------------------------------------------------------- */

/* By the surest pairs: of the records that have a partner of this
 * probability, how many have two. */
static bool has_one_partner(const struct batch_result *result, uint32_t from, uint32_t to)
{
    static const double sure[] = {0.99, 0.95};
    enum { ENOUGH = 10 };
    const double most = 0.2;
    uint8_t *partners = need(malloc(to - from + 1));
    bool one = false, known = false;
    for (size_t tier = 0; tier < sizeof sure / sizeof *sure && !known; tier++) {
        double least = batch_weight(sure[tier]);
        size_t any = 0, several = 0;
        memset(partners, 0, to - from);
        for (size_t i = 0; i < 2 * result->count; i++) {
            const struct batch_pair *pair = &result->pair[i / 2];
            uint32_t row = i % 2 ? pair->right : pair->left;
            if ((double)pair->weight < least || row < from || row >= to ||
                partners[row - from] == 2)
                continue;
            any += partners[row - from] == 0;
            several += partners[row - from] == 1;
            partners[row - from]++;
        }
        known = any >= ENOUGH;
        one = known && (double)several <= most * (double)any;
    }
    free(partners);
    return one;
}

/* --- rivals ----------------------------------------------------------------------------------- */

static uint32_t record_of(const struct partners *partners, uint32_t end)
{
    const struct batch_pair *pair = &partners->result->pair[partners->link[end / 2].pair];
    return end % 2 ? pair->right : pair->left;
}

static void sort_ends(struct partners *partners, uint32_t *at, size_t rows)
{
    memset(at, 0, (rows + 1) * sizeof *at);
    for (size_t i = 0; i < 2 * partners->links; i++) at[record_of(partners, (uint32_t)i) + 1]++;
    for (size_t row = 0; row < rows; row++) at[row + 1] += at[row];
    for (size_t i = 0; i < 2 * partners->links; i++)
        partners->end[at[record_of(partners, (uint32_t)i)]++] = (uint32_t)i;
}

static void find_rivals(struct partners *partners)
{
    const struct batch_result *result = partners->result;
    size_t rows = partners->batch->table->rows;
    uint32_t *count = need(calloc(rows + 2, sizeof *count));
    for (size_t i = 0; i < result->count; i++) {
        count[result->pair[i].left]++;
        count[result->pair[i].right]++;
    }
    partners->link = need(malloc((result->count + 1) * sizeof *partners->link));
    uint32_t most = 0;
    for (size_t i = 0; i < result->count; i++) {
        const struct batch_pair *pair = &result->pair[i];
        uint32_t more =
            count[pair->left] > count[pair->right] ? count[pair->left] : count[pair->right];
        if (more < 2) continue;
        if (more > most) most = more;
        partners->link[partners->links++] = (struct link){
            .pair = (uint32_t)i, .odds = exp2(fmin((double)pair->weight, 200)), .says = {1, 1}};
    }
    partners->message = need(malloc(((size_t)most + 1) * sizeof *partners->message));
    partners->end = need(malloc((2 * partners->links + 1) * sizeof *partners->end));
    sort_ends(partners, count, rows);
    free(count);
}

/* What a record says of each of its links, by the odds of all the others: how much likelier it
 * is to be free for it than it would be if there were none. */
static void answer(struct partners *partners, const uint32_t *end, size_t count, double factor,
                   double odds)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        const struct link *link = &partners->link[end[i] / 2];
        partners->message[i] = log2(1 + factor * odds * link->odds * link->says[1 - end[i] % 2]);
        sum += partners->message[i];
    }
    for (size_t i = 0; i < count; i++) {
        double any = exp2(fmin(fmax(sum - partners->message[i], 0), 500));
        partners->link[end[i] / 2].says[end[i] % 2] = any / (1 + (any - 1) / factor);
    }
}

static void exchange(struct partners *partners)
{
    double odds = exp2(partners->shift);
    size_t first = partners->batch->options.first_rows;
    for (size_t from = 0, to; from < 2 * partners->links; from = to) {
        uint32_t record = record_of(partners, partners->end[from]);
        for (to = from + 1;
             to < 2 * partners->links && record_of(partners, partners->end[to]) == record;)
            to++;
        answer(partners, partners->end + from, to - from,
               partners->factor[first && record >= first], odds);
    }
}

/* What the i-th pair weighs as things stand; `next`: the first link from
 * there on, of pairs in order. */
static double weight_now(const struct partners *partners, size_t i, size_t *next)
{
    double weight = (double)partners->result->pair[i].weight + partners->shift;
    const struct link *link = &partners->link[*next];
    if (*next == partners->links || link->pair != i) return weight;
    ++*next;
    return weight + log2(link->says[0]) + log2(link->says[1]);
}

/* How many pairs match, as things stand. */
static double expected(const struct partners *partners)
{
    double sum = 0;
    size_t next = 0;
    for (size_t i = 0; i < partners->result->count; i++)
        sum += batch_probability(weight_now(partners, i, &next));
    return sum;
}

/* The prior of two records that are free, beside the one that all pairs were judged by. */
static double shift_for(const struct partners *partners, double matches)
{
    bool two_files = partners->batch->options.first_rows;
    double taken = two_files ? matches : 2 * matches;
    double left = partners->rows[0], right = partners->rows[1];
    if (partners->factor[0] < 1) left -= taken;
    if (partners->factor[1] < 1) right -= taken;
    return log2(matches / (two_files ? left * right : left * right / 2)) -
           partners->batch->prior_bits;
}

/* As many pairs as there can be. */
static double most_matches(const struct partners *partners)
{
    if (!partners->batch->options.first_rows)
        return partners->factor[0] < 1 ? partners->rows[0] / 2 : INFINITY;
    return fmin(partners->factor[0] < 1 ? partners->rows[0] : INFINITY,
                partners->factor[1] < 1 ? partners->rows[1] : INFINITY);
}

static void learn(struct partners *partners)
{
    enum { ROUNDS = 60, LAST = 5 };
    const double most = 0.99 * most_matches(partners), least = 0.5;
    double matches = fmin(expected(partners), 0.9 * most);
    for (int round = 0; round < ROUNDS; round++) {
        partners->shift = shift_for(partners, fmax(matches, least));
        exchange(partners);
        double now = fmin(expected(partners), most);
        bool settled = fabs(now - matches) < 0.0005 * matches;
        matches = now;
        if (settled) break;
    }
    for (int i = 0; i < LAST; i++) exchange(partners);
}

/* --- what becomes of the pairs ---------------------------------------------------------------- */

static void set_weights(struct partners *partners)
{
    struct batch_result *result = partners->result;
    size_t next = 0;
    for (size_t i = 0; i < result->count; i++) {
        struct batch_pair *pair = &result->pair[i];
        double before = (double)pair->weight, after = weight_now(partners, i, &next);
        result->histogram[batch_bin(before)]--;
        result->histogram[batch_bin(after)]++;
        result->expected_found += batch_probability(after) - batch_probability(before);
        pair->weight = (float)after;
    }
}

static void drop_below(struct batch_result *result, double least)
{
    size_t kept = 0;
    for (size_t i = 0; i < result->count; i++)
        if ((double)result->pair[i].weight >= least) result->pair[kept++] = result->pair[i];
    result->count = kept;
}

double batch_least_compared(const struct batch_options *options)
{
    /* What weighs less may still be kept when pairs are judged together. */
    const double beyond = 6;
    return batch_weight(options->threshold) -
           (options->first_rows && options->partners != BATCH_MANY ? beyond : 0);
}

void batch_judge_partners(struct batch *batch, struct batch_result *result)
{
    const struct batch_options *options = &batch->options;
    if (options->partners == BATCH_MANY) return;
    uint32_t rows = (uint32_t)batch->table->rows,
             first = options->first_rows ? (uint32_t)options->first_rows : rows;
    struct partners partners = {
        .batch = batch, .result = result, .rows = {first, first < rows ? rows - first : rows}};
    for (int side = 0; side < 2; side++) {
        result->one_partner[side] =
            options->partners == BATCH_ONE ||
            /* the same file */
            (first == rows && side
                 ? result->one_partner[0]
                 : has_one_partner(result, side ? first : 0, side ? rows : first));
        partners.factor[side] = result->one_partner[side] ? second : 1;
    }
    if (result->one_partner[0] || result->one_partner[1]) {
        find_rivals(&partners);
        learn(&partners);
        set_weights(&partners);
        result->most_pairs = most_matches(&partners);
        free(partners.link);
        free(partners.end);
        free(partners.message);
    }
    if (result->one_partner[0] || first < rows)
        drop_below(result, batch_weight(options->threshold));
}
