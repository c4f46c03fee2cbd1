#include "link/learn.h"

#include "link/asked.h"
#include "link/compare_part.h"
#include "link/index.h"

#include <math.h>
#include <stdlib.h>

enum {
    ROUNDS = 3,
    DRAWN = 200,    /* pairs that the defaults count as */
    SMOOTH = 10,    /* pairs by default that smooth what was counted */
    BESIDE = 20,    /* random pairs for each mention of the sample */
    SORTED_MAX = 32 /* weights in a group */
};
static const double likely = 0.95; /* a pair that is counted */
static const double least_bits = 4; /* a little less than that */
static const double prior_least_bits = -3;

/* What is left out of a question, and so learnt from its answers. */
enum part { PART_NOTHING, PART_NAME, PART_BIRTH, PART_MODEL, PART_COLOUR, PART_TIME, PART_PLATFORM,
            PART_VENUE, PART_ADDRESS, PART_AREA, PARTS };

static bool has_part(const struct record *record, enum part part)
{
    switch (part) {
    case PART_NAME: return record->name.count > 0;
    case PART_BIRTH: return record->kind == LINK_PERSON && link_birth_known(record->birth);
    case PART_MODEL: return record->make.len || record->model.len;
    case PART_COLOUR: return record->colour.len > 0;
    case PART_TIME: return link_seen_known(record->seen);
    case PART_PLATFORM: return record->platform.len > 0;
    case PART_VENUE: return record->venues > 0;
    case PART_ADDRESS: return record->addresses > 0;
    case PART_AREA: return record->town.len || record->postcode.len;
    default: return true;
    }
}

static void leave_out(struct record *record, enum part part)
{
    switch (part) {
    case PART_NAME: record->name.count = 0; break;
    case PART_BIRTH: record->birth = (struct birth){1, 0, false}; break;
    case PART_MODEL: record->make = record->model = STR(""); break;
    case PART_COLOUR: record->colour = STR(""); break;
    case PART_TIME: record->seen = (struct seen_days){1, 0}; break;
    case PART_PLATFORM: record->platform = STR(""); break;
    case PART_VENUE: record->venues = 0; break;
    case PART_ADDRESS: record->addresses = 0; break;
    case PART_AREA: record->town = record->postcode = STR(""); break;
    default: break;
    }
}

static enum part part_of(enum link_weight_group group)
{
    switch (group) {
    case G_NAMES:
    case G_WORDS: return PART_NAME;
    case G_BIRTH_DATES:
    case G_BIRTH_YEARS:
    case G_BIRTH_VAGUE: return PART_BIRTH;
    case G_MODELS: return PART_MODEL;
    case G_COLOURS: return PART_COLOUR;
    case G_VEHICLE_TIMES:
    case G_PLACE_TIMES: return PART_TIME;
    case G_PLATFORMS: return PART_PLATFORM;
    case G_VENUES: return PART_VENUE;
    case G_ADDRESSES: return PART_ADDRESS;
    default: return PART_AREA;
    }
}

struct sampled {
    int64_t id;
    uint32_t place;
};

struct learner {
    const struct link_index *index;
    const atomic_bool *stop;
    struct link_weights weights;
    struct sampled *sample[LINK_KINDS];
    size_t count[LINK_KINDS];
    double same[LINK_WEIGHTS];      /* expected pairs that are the same, by what they show */
    double different[LINK_WEIGHTS]; /* and that are not */
    double beside[LINK_WEIGHTS];    /* of those, the sum of 2^rarity of the lines */
    double alike[WORD_LEVELS];      /* over words, what strangers weigh by those alike */
    double words;
    double matches[LINK_KINDS];     /* expected, of the whole sample */
};

/* --- the sample --------------------------------------------------------------------------- */

static uint64_t scattered(int64_t id)
{
    uint64_t hash = (uint64_t)id * 0x9e3779b97f4a7c15u;
    hash = (hash ^ hash >> 29) * 0xbf58476d1ce4e5b9u;
    return hash ^ hash >> 32;
}

static int by_id(const void *a, const void *b)
{
    const struct sampled *left = a, *right = b;
    return (left->id > right->id) - (left->id < right->id);
}

static void draw_sample(struct learner *learner, size_t wanted)
{
    const struct link_index *index = learner->index;
    size_t capacity[LINK_KINDS] = {0};
    pthread_rwlock_rdlock(link_index_lock(index));
    for (uint32_t place = 0; place < index->count; place++) {
        const struct packed *packed = index->record[place];
        if (!packed) continue;
        int kind = packed->kind;
        size_t mentions = index->mentions[kind];
        uint64_t share = wanted >= mentions ? UINT64_MAX : UINT64_MAX / mentions * wanted;
        if (scattered(index->id[place]) > share) continue;
        if (learner->count[kind] == capacity[kind]) {
            capacity[kind] = capacity[kind] * 2 + 64;
            learner->sample[kind] =
                reallocarray(learner->sample[kind], capacity[kind], sizeof **learner->sample);
            if (!learner->sample[kind]) abort();
        }
        learner->sample[kind][learner->count[kind]++] = (struct sampled){index->id[place], place};
    }
    pthread_rwlock_unlock(link_index_lock(index));
    for (int kind = 0; kind < LINK_KINDS; kind++)
        if (learner->count[kind])
            qsort(learner->sample[kind], learner->count[kind], sizeof **learner->sample, by_id);
}

/* Under the lock; false when it has gone meanwhile. */
static bool open_sampled(const struct learner *learner, struct sampled sampled, struct record *ret)
{
    const struct link_index *index = learner->index;
    if (!index->record[sampled.place] || index->id[sampled.place] != sampled.id) return false;
    link_packed_open(&index->values, index->record[sampled.place], sampled.id, ret);
    return true;
}

/* --- expectation ---------------------------------------------------------------------------- */

static void count_same(struct learner *learner, const struct compare_result *result, enum part part,
                       double by)
{
    for (size_t i = 0; i < result->count; i++)
        for (int k = 0; k < result->line[i].draws; k++) {
            struct compare_draw draw = result->line[i].draw[k];
            if (part_of(link_weight_about[draw.weight].group) == part)
                learner->same[draw.weight] += by * draw.times;
        }
}

static void count_different(struct learner *learner, const struct compare_result *result, double by)
{
    for (size_t i = 0; i < result->count; i++)
        for (int k = 0; k < result->line[i].draws; k++) {
            struct compare_draw draw = result->line[i].draw[k];
            learner->different[draw.weight] += by * draw.times;
            learner->beside[draw.weight] += by * draw.times * exp2(result->line[i].rarity_bits);
        }
}

/* What the words of strangers would weigh by each level with the words of one mention, were
 * their bits 0: how often it is met, by what rarity makes of it. */
static void weigh_words(struct learner *learner, const struct record *record,
                        const struct compare_counts *counts)
{
    const struct values *values = &learner->index->values;
    const struct words *words = &values->words;
    double mentions = (double)counts->mentions;
    for (int i = 0; i < record->name.count; i++) {
        const struct name_token *token = &record->name.token[i];
        const struct word *word = &words->word[token->word];
        if (token->text.len < 2 || token->sounds->particle || word->crowded) continue;
        double own = link_name_rarity(counts, token->text, token->sounds);
        learner->words++;
        learner->alike[WORD_EXACT] += (double)word->mentions / mentions * exp2(own);
        for (uint32_t k = 0; k < word->alike.count; k++) {
            struct alike alike = word->alike.alike[k];
            const struct word *other = &words->word[alike.word];
            enum word_level level = (enum word_level)alike.level;
            if (!other->mentions) continue;
            struct str text = link_word_text(words, values->text, alike.word);
            double theirs = link_name_rarity(counts, text, &other->sounds);
            learner->alike[level] +=
                (double)other->mentions / mentions *
                exp2(link_level_rarity(counts, level, token->sounds, own, &other->sounds, theirs));
        }
    }
}

/* Everything that one mention of the sample may be the same as, judged without the part. */
static void ask_without(struct learner *learner, struct sampled sampled, enum part part)
{
    const struct link_index *index = learner->index;
    struct record whole, asked_for, other;
    struct compare_result result;
    struct count_memo memo;
    struct asked asked;
    uint32_t place[CANDIDATES_MAX];
    if (!open_sampled(learner, sampled, &whole) || !has_part(&whole, part)) return;
    (void)open_sampled(learner, sampled, &asked_for);
    leave_out(&asked_for, part);
    struct compare_counts counts =
        link_index_counts(index, (struct link_admit){0}, whole.kind, &memo);
    counts.weights = &learner->weights;
    link_asked_make(&asked, &index->values, &counts, &asked_for);
    counts.asked = &asked;
    double least = part == PART_NOTHING ? prior_least_bits : least_bits;
    size_t count =
        link_candidates(index, (struct link_admit){0}, &asked_for, &counts, least, place);
    /* In the order of ids, so that sums come out the same whatever came first. */
    struct sampled found[CANDIDATES_MAX];
    for (size_t i = 0; i < count; i++) found[i] = (struct sampled){index->id[place[i]], place[i]};
    if (count) qsort(found, count, sizeof *found, by_id);
    for (size_t i = 0; i < count; i++) {
        const struct packed *packed = index->record[found[i].place];
        if (packed->kind != whole.kind || found[i].id == whole.id ||
            (whole.report && packed->report == whole.report))
            continue;
        link_packed_open(&index->values, packed, found[i].id, &other);
        leave_out(&other, part);
        counts.asked = &asked;
        link_compare(&asked_for, &other, &counts, &result);
        double same = 1 / (1 + exp2(-result.total_bits));
        if (part == PART_NOTHING) learner->matches[whole.kind] += same;
        if (part == PART_NOTHING || same < likely) continue;
        link_packed_open(&index->values, packed, found[i].id, &other);
        counts.asked = NULL;
        link_compare(&whole, &other, &counts, &result);
        count_same(learner, &result, part, same);
    }
    link_asked_done(&asked);
}

/* What strangers show: one of the sample against those after it. */
static void compare_beside(struct learner *learner, enum link_kind kind, size_t which)
{
    struct record record, other;
    struct compare_result result;
    struct count_memo memo;
    if (!open_sampled(learner, learner->sample[kind][which], &record)) return;
    struct compare_counts counts =
        link_index_counts(learner->index, (struct link_admit){0}, kind, &memo);
    counts.weights = &learner->weights;
    for (size_t i = 1; i <= BESIDE && which + i < learner->count[kind]; i++) {
        if (!open_sampled(learner, learner->sample[kind][which + i], &other)) continue;
        if (record.report && record.report == other.report) continue;
        link_compare(&record, &other, &counts, &result);
        count_different(learner, &result, 1 - 1 / (1 + exp2(-result.total_bits)));
    }
    weigh_words(learner, &record, &counts);
}

static bool expect(struct learner *learner)
{
    memset(learner->same, 0, sizeof learner->same);
    memset(learner->different, 0, sizeof learner->different);
    memset(learner->beside, 0, sizeof learner->beside);
    memset(learner->alike, 0, sizeof learner->alike);
    memset(learner->matches, 0, sizeof learner->matches);
    learner->words = 0;
    pthread_rwlock_t *lock = link_index_lock(learner->index);
    for (int kind = 0; kind < LINK_KINDS; kind++)
        for (size_t i = 0; i < learner->count[kind]; i++) {
            if (learner->stop && atomic_load(learner->stop)) return false;
            for (int part = PART_NOTHING; part < PARTS; part++) {
                pthread_rwlock_rdlock(lock);
                ask_without(learner, learner->sample[kind][i], (enum part)part);
                pthread_rwlock_unlock(lock);
            }
            pthread_rwlock_rdlock(lock);
            compare_beside(learner, (enum link_kind)kind, i);
            pthread_rwlock_unlock(lock);
        }
    return true;
}

/* --- maximisation --------------------------------------------------------------------------- */

struct level {
    enum link_weight weight;
    double m;
    double u;
};

/* The heavier by default first. */
static int by_default(const void *a, const void *b)
{
    const struct level *left = a, *right = b;
    double left_bits = link_weight_about[left->weight].bits;
    double right_bits = link_weight_about[right->weight].bits;
    if (left_bits != right_bits) return left_bits < right_bits ? 1 : -1;
    return (int)left->weight - (int)right->weight;
}

/* Levels never rise: those that would are taken together (pool adjacent violators: M. Ayer
 * and others 1955). */
static void make_monotone(struct level *level, size_t count)
{
    size_t size[SORTED_MAX], blocks = 0;
    struct level block[SORTED_MAX];
    for (size_t i = 0; i < count; i++) {
        block[blocks] = level[i];
        size[blocks++] = 1;
        while (blocks > 1 && block[blocks - 1].m * block[blocks - 2].u >
                                 block[blocks - 2].m * block[blocks - 1].u) {
            block[blocks - 2].m += block[blocks - 1].m;
            block[blocks - 2].u += block[blocks - 1].u;
            size[blocks - 2] += size[blocks - 1];
            blocks--;
        }
    }
    size_t at = 0;
    for (size_t i = 0; i < blocks; i++)
        for (size_t k = 0; k < size[i]; k++, at++) {
            level[at].m = block[i].m;
            level[at].u = block[i].u;
        }
}

/* How often strangers show a level, or what rarity leaves of it. */
static double u_of(const struct learner *learner, enum link_weight weight, double different,
                   size_t levels)
{
    const struct link_weight_about *about = &link_weight_about[weight];
    if (about->sort == WEIGHT_LEVEL)
        return (learner->different[weight] + 0.5) / (different + 0.5 * (double)levels);
    if (about->group == G_BIRTH_YEARS || about->group == G_BIRTH_VAGUE)
        return (learner->beside[weight] + DRAWN) / (different + DRAWN);
    if (about->group != G_WORDS || weight == W_WORD_MISSED || weight == W_WORD_INITIAL) return 1;
    int level = (int)weight - (int)W_WORD_EXACT + (int)WORD_EXACT;
    return (learner->alike[level] + DRAWN * exp2(about->bits)) / (learner->words + DRAWN);
}

static void fit_sort(struct learner *learner, enum link_weight_group group,
                     enum link_weight_sort sort, double same, double different, size_t levels)
{
    struct level level[SORTED_MAX];
    double before[LINK_WEIGHTS], sum = 0; /* m by default, which need not add up to one */
    size_t count = 0;
    for (int i = 0; i < LINK_WEIGHTS; i++) {
        if (link_weight_about[i].group != group) continue;
        before[i] =
            u_of(learner, (enum link_weight)i, different, levels) * exp2(link_weight_about[i].bits);
        sum += before[i];
    }
    for (int i = 0; i < LINK_WEIGHTS; i++) {
        const struct link_weight_about *about = &link_weight_about[i];
        if (about->group != group || about->sort != sort) continue;
        double u = u_of(learner, (enum link_weight)i, different, levels);
        double m = (learner->same[i] + SMOOTH * before[i] / sum) / (same + SMOOTH);
        /* Drawn towards the default, in bits. */
        double bits = (same * log2(m / u) + DRAWN * about->bits) / (same + DRAWN);
        level[count++] = (struct level){(enum link_weight)i, u * exp2(bits), u};
    }
    if (sort == WEIGHT_LEVEL && count == levels) { /* its m add up to one, as far as learnt */
        double total = 0;
        for (size_t i = 0; i < count; i++) total += level[i].m;
        for (size_t i = 0; i < count; i++) level[i].m *= pow(total, -same / (same + DRAWN));
    }
    if (count) qsort(level, count, sizeof *level, by_default);
    make_monotone(level, count);
    for (size_t i = 0; i < count; i++) {
        double usual = link_weight_about[level[i].weight].bits;
        double bits = log2(level[i].m / level[i].u);
        learner->weights.bits[level[i].weight] =
            fmin(usual + LINK_WEIGHT_REACH, fmax(usual - LINK_WEIGHT_REACH, bits));
    }
}

static void maximise(struct learner *learner)
{
    for (int group = 0; group < LINK_WEIGHT_GROUPS; group++) {
        double same = 0, different = 0;
        size_t levels = 0;
        for (int i = 0; i < LINK_WEIGHTS; i++) {
            if (link_weight_about[i].group != (enum link_weight_group)group) continue;
            same += learner->same[i];
            different += learner->different[i];
            levels++;
        }
        if (same < 1 || different < 1) continue; /* nothing is known beside the defaults */
        fit_sort(learner, (enum link_weight_group)group, WEIGHT_VALUE, same, different, levels);
        fit_sort(learner, (enum link_weight_group)group, WEIGHT_LEVEL, same, different, levels);
    }
    struct link_weights usual;
    link_weights_default(&usual);
    /* By one bit at most: what of the evidence hangs together makes pairs look likelier.  Of
     * a place all of it does (venue, address, town, who was seen there), and its prior is
     * left alone. */
    for (int kind = 0; kind < LINK_PLACE; kind++)
        learner->weights.same_each[kind] =
            fmin(4, fmax(1, (learner->matches[kind] + DRAWN * usual.same_each[kind]) /
                            ((double)learner->count[kind] + DRAWN)));
}

bool link_index_learn(const struct link_index *index, size_t sample, const atomic_bool *stop,
                      struct link_weights *ret)
{
    struct learner learner = {.index = index, .stop = stop};
    link_weights_default(&learner.weights);
    draw_sample(&learner, sample);
    bool done = true;
    for (int round = 0; round < ROUNDS && done; round++) {
        done = expect(&learner);
        if (done) maximise(&learner);
    }
    for (int kind = 0; kind < LINK_KINDS; kind++) free(learner.sample[kind]);
    learner.weights.mentions = (int64_t)link_index_count(index);
    if (done) *ret = learner.weights;
    return done;
}

/* --- decisions -------------------------------------------------------------------------------- */

void link_weights_calibrate(struct link_weights *weights, const struct link_decided *decided,
                            size_t count)
{
    enum { STEPS = 30 };
    /* Normal priors: of the slope about 1, of the offset about 0, in natural units. */
    const double slope_prior = 1 / (0.3 * 0.3), offset_prior = 1 / (2.0 * 2.0);
    size_t same = 0;
    for (size_t i = 0; i < count; i++) same += decided[i].same;
    weights->slope = 1;
    weights->offset = 0;
    weights->decided = 0;
    if (same < LINK_DECIDED_LEAST || count - same < LINK_DECIDED_LEAST) return;
    double slope = 1, offset = 0;
    for (int step = 0; step < STEPS; step++) { /* Newton's method */
        double to_slope = -slope_prior * (slope - 1), to_offset = -offset_prior * offset;
        double a = slope_prior, b = 0, c = offset_prior;
        for (size_t i = 0; i < count; i++) {
            double x = decided[i].bits * log(2);
            double p = 1 / (1 + exp(-(offset + slope * x)));
            double curved = p * (1 - p);
            to_slope += (decided[i].same - p) * x;
            to_offset += decided[i].same - p;
            a += curved * x * x;
            b += curved * x;
            c += curved;
        }
        double determinant = a * c - b * b;
        slope += (c * to_slope - b * to_offset) / determinant;
        offset += (a * to_offset - b * to_slope) / determinant;
    }
    weights->slope = fmin(2, fmax(0.3, slope));
    weights->offset = fmin(10, fmax(-10, offset / log(2)));
    weights->decided = (int64_t)count;
}

bool link_index_bits(const struct link_index *index, const struct link_weights *weights, int64_t a,
                     int64_t b, double *ret)
{
    struct record left, right;
    struct compare_result result;
    struct count_memo memo;
    pthread_rwlock_rdlock(link_index_lock(index));
    bool there = link_index_open(index, a, &left) && link_index_open(index, b, &right) &&
                 left.kind == right.kind;
    if (there) {
        struct compare_counts counts =
            link_index_counts(index, (struct link_admit){0}, left.kind, &memo);
        counts.weights = weights;
        link_compare(&left, &right, &counts, &result);
        *ret = result.total_bits;
    }
    pthread_rwlock_unlock(link_index_lock(index));
    return there;
}
