#include "link/compare_part.h"

struct compare_line *link_line_add(struct compare_result *result, const char *comparison,
                                   enum link_field first, enum link_field second,
                                   enum link_field third)
{
    struct compare_line *line = &result->line[result->count++];
    *line = (struct compare_line){.comparison = comparison,
                                  .level = "not observed",
                                  .field = {first, second, third, LINK_FIELDS}};
    return line;
}

double link_rarity(const struct compare_counts *counts, double others, double usual, double most)
{
    const double weight = 150;
    double share = (others + weight * usual) / ((double)counts->mentions + weight);
    return fmax(0, fmin(most, -log2(share)));
}

double link_key_rarity(const struct compare_counts *counts, uint64_t key, double usual, double most)
{
    double count = (double)counts->key(counts->context, key);
    return link_rarity(counts, fmax(0, count - 2), usual, most);
}

/* A comparison has a first and a second; which of the two is asked for must not
 * matter, so the smaller id goes first. */
static bool in_order(const struct record *a, const struct record *b)
{
    return a->id <= b->id;
}

static void swap_sides(struct compare_result *result)
{
    for (size_t i = 0; i < result->count; i++) {
        struct str left = result->line[i].left;
        result->line[i].left = result->line[i].right;
        result->line[i].right = left;
    }
}

double link_prior(const struct compare_counts *counts, enum link_kind kind)
{
    return -log2(((double)counts->mentions + 400) / counts->weights->same_each[kind]);
}

void link_compare_times(const struct record *a, const struct record *b,
                        const struct compare_counts *counts, enum link_weight first,
                        struct compare_result *result)
{
    static const int days[] = {3, 31, 366};
    static const char *const levels[] = {"the same days", "within a month", "within a year",
                                         "more than a year apart"};
    struct compare_line *line =
        link_line_add(result, "When", LINK_FIELDS, LINK_FIELDS, LINK_FIELDS);
    line->when = true;
    if (!link_seen_known(a->seen) || !link_seen_known(b->seen)) return;
    /* From the first day of the one to the last of the other: of two vague periods it is
     * known only that they do not lie farther apart. */
    int32_t gap = (a->seen.to > b->seen.to ? a->seen.to : b->seen.to) -
                  (a->seen.from < b->seen.from ? a->seen.from : b->seen.from);
    int level = 0;
    while (level < 3 && gap > days[level]) level++;
    link_line_weigh(counts, line, levels[level], (enum link_weight)((int)first + level), 0);
}

/* Prior, bases and rarities in their order. */
static double total_of(const struct compare_result *result)
{
    double total = result->prior_bits;
    for (size_t i = 0; i < result->count; i++) {
        total += result->line[i].base_bits;
        total += result->line[i].rarity_bits;
    }
    return total;
}

bool link_compare_least(const struct record *a, const struct record *b,
                        const struct compare_counts *counts, double least,
                        struct compare_result *ret)
{
    const struct record *first = in_order(a, b) ? a : b;
    const struct record *second = first == a ? b : a;
    ret->count = 0;
    ret->prior_bits = link_prior(counts, a->kind);
    switch (a->kind) {
    case LINK_PERSON: link_compare_person(first, second, counts, ret); break;
    case LINK_VEHICLE: link_compare_vehicle(first, second, counts, ret); break;
    case LINK_PHONE: link_compare_phone(first, second, counts, ret); break;
    case LINK_ACCOUNT: link_compare_account(first, second, counts, ret); break;
    default: link_compare_place(first, second, counts, ret); break;
    }
    /* What stood beside comes last, and has a most. */
    if (total_of(ret) + link_companions_most(ret) < least) return false;
    link_compare_companions(first, second, counts, ret);
    if (first != a) swap_sides(ret);
    ret->total_bits = total_of(ret);
    return ret->total_bits >= least;
}

void link_compare(const struct record *a, const struct record *b,
                  const struct compare_counts *counts, struct compare_result *ret)
{
    (void)link_compare_least(a, b, counts, -INFINITY, ret);
}
