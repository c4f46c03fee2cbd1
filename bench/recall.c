/*
 * recall: which planted links of a synthetic partnership the live index finds.
 *
 *   build/bench/recall [--reports N] [--people N] [--seed S] [--seeds COUNT]
 *                      [--show N] [--learnt 1]
 *
 * Reports arrive in order of time; each mention is asked for before it is
 * inserted.  Of the mentions with a planted link (src/synth/README.md):
 *
 *   recall@5   the share for which one of the first five suggestions, at or above
 *              link_shown_bits(), is truly the same
 *   ranked@5   the same without regard to the threshold
 *   precision  of the pairs shown in the first five, over all mentions, the share
 *              that is truly the same
 *
 * Reports that relay another in the same words are inserted but not counted.
 *   calibration  how far the probabilities of all that was found lie from the share
 *              that is true, on average (expected calibration error, ten bins)
 *
 * With --learnt 1 the weights are those learnt from another partnership, whose seed is
 * a thousand higher, without its truth; without, the defaults.
 * --show N prints N misses and N false suggestions of each kind with their
 * waterfall.
 */
#include "base/arena.h"
#include "link/learn.h"
#include "link/link.h"
#include "synth/partnership.h"
#include "../tests/cornish_towns.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BINS = 10, FIRST = 5, ASKED = 40, LAST_DAY = 20780, NO_THRESHOLD = -1000 };

static const char *const kind_names[LINK_KINDS + 1] = {"person",  "vehicle", "phone",
                                                       "account", "place",   "all"};

struct tally {
    int64_t planted, found, ranked;
    int64_t shown, shown_true;
    int64_t misses_printed, falses_printed;
    struct {
        double said; /* sum of probabilities */
        int64_t pairs, same;
    } bin[BINS];
};

struct run {
    struct synth_partnership *partnership;
    struct link_index *index;
    struct arena arena;  /* of the partnership */
    struct arena report; /* reset after each report */
    int32_t *entity;     /* by mention id */
    struct tally *tally; /* one for each kind */
    int64_t show;
};

static void print_mention(const struct run *run, const struct link_mention *mention)
{
    printf("      #%lld entity %d:", (long long)mention->id, run->entity[mention->id]);
    for (size_t i = 0; i < LINK_FIELDS; i++)
        if (mention->field[i].len > 0) printf(" [%.*s]", STR_ARG(mention->field[i]));
    printf("  with");
    for (size_t i = 0; i < mention->companion_count; i++)
        printf(" [%.*s]", STR_ARG(mention->companion[i].value));
    putchar('\n');
}

static void print_pair(struct run *run, const struct link_mention *mention, int64_t other_id)
{
    struct synth_report report;
    struct link_mention other;
    struct link_explanation why;
    synth_report_make(run->partnership, &run->report,
                      (int32_t)((other_id - 1) / SYNTH_MENTIONS_MAX), &report);
    synth_mention_link(&report, (int32_t)((other_id - 1) % SYNTH_MENTIONS_MAX), &other);
    print_mention(run, mention);
    print_mention(run, &other);
    if (!link_index_explain(run->index, &run->report, mention, &other, &why)) return;
    printf("      prior %.1f", why.prior_bits);
    for (size_t i = 0; i < why.count; i++)
        printf("; %s %s %.1f%+.1f", why.line[i].comparison, why.line[i].level,
               why.line[i].base_bits, why.line[i].rarity_bits);
    printf("; total %.1f\n", why.total_bits);
}

static void bin(const struct run *run, struct tally *tally, const struct link_match *match,
                int32_t entity)
{
    int at = (int)(match->probability * BINS);
    if (at == BINS) at--;
    tally->bin[at].said += match->probability;
    tally->bin[at].pairs++;
    tally->bin[at].same += run->entity[match->id] == entity;
}

static void judge(struct run *run, const struct link_mention *mention,
                  const struct synth_links *links)
{
    struct link_match match[ASKED];
    struct tally *tally = &run->tally[mention->kind];
    int32_t entity = run->entity[mention->id];
    size_t count = link_index_query(run->index, mention, NO_THRESHOLD, match, ASKED);
    bool found = false, ranked = false;
    for (size_t i = 0; i < count && i < FIRST; i++) {
        bool shown = match[i].bits >= link_shown_bits();
        bool same = run->entity[match[i].id] == entity;
        if (i == 0)
            for (size_t k = 0; k < count; k++) bin(run, tally, &match[k], entity);
        ranked |= same;
        found |= same && shown;
        tally->shown += shown;
        tally->shown_true += shown && same;
        if (shown && !same && tally->falses_printed++ < run->show) {
            printf("   false %s, place %zu, %.1f bits\n", kind_names[mention->kind], i + 1,
                   match[i].bits);
            print_pair(run, mention, match[i].id);
        }
    }
    if (links->count == 0) return;
    tally->planted++;
    tally->found += found;
    tally->ranked += ranked;
    if (!found && tally->misses_printed++ < run->show) {
        printf("   miss %s%s\n", kind_names[mention->kind], ranked ? " (below the threshold)" : "");
        print_pair(run, mention, links->earlier[0]);
        if (!ranked && count > 0) printf("      first suggestion: %.1f bits\n", match[0].bits);
    }
}

static void run_report(struct run *run, struct synth_tracker *tracker, int32_t number)
{
    struct arena_mark mark = arena_mark(&run->report);
    struct synth_report report;
    struct synth_links links[SYNTH_MENTIONS_MAX];
    struct link_mention mention[SYNTH_MENTIONS_MAX];
    synth_report_make(run->partnership, &run->report, number, &report);
    synth_tracker_feed(tracker, &report, links);
    for (int32_t i = 0; i < report.mention_count; i++) {
        synth_mention_link(&report, i, &mention[i]);
        run->entity[mention[i].id] = report.mention[i].entity;
        if (report.relay_of < 0) judge(run, &mention[i], &links[i]);
    }
    for (int32_t i = 0; i < report.mention_count; i++) {
        struct err err = {0};
        if (link_index_insert(run->index, &mention[i], &err) == ST_OK) continue;
        fprintf(stderr, "recall: %s\n", err.public);
        exit(1);
    }
    arena_reset(&run->report, mark);
}

/* The weights that another partnership teaches. */
static void learn(const struct synth_options *options, struct link_weights *ret)
{
    struct arena arena;
    arena_init(&arena, (size_t)16 << 30);
    struct synth_options other = *options;
    other.seed += 1000;
    struct synth_partnership *partnership = synth_partnership_new(&arena, &other);
    struct link_index *index = link_index_new();
    for (int32_t i = 0; i < partnership->options.reports; i++) {
        struct arena_mark mark = arena_mark(&arena);
        struct synth_report report;
        synth_report_make(partnership, &arena, i, &report);
        for (int32_t k = 0; k < report.mention_count; k++) {
            struct link_mention mention;
            synth_mention_link(&report, k, &mention);
            if (link_index_insert(index, &mention, NULL) != ST_OK) abort();
        }
        arena_reset(&arena, mark);
    }
    int64_t start = clock_tick_ns();
    (void)link_index_learn(index, LINK_LEARN_SAMPLE, NULL, ret);
    printf("learnt from %lld mentions in %.2f s\n", (long long)ret->mentions,
           (double)(clock_tick_ns() - start) / 1e9);
    for (int i = 0; i < LINK_WEIGHTS; i++)
        if (fabs(ret->bits[i] - link_weight_about[i].bits) >= 0.05)
            printf("   %-20s %-26s %+6.2f, by default %+6.2f\n", link_weight_about[i].name,
                   link_weight_about[i].label, ret->bits[i], link_weight_about[i].bits);
    for (int i = 0; i < LINK_KINDS; i++)
        printf("   %s: the same as %.2f others\n", kind_names[i], ret->same_each[i]);
    link_index_free(index);
    arena_done(&arena);
}

static void run_seed(const struct synth_options *options, struct tally tally[static LINK_KINDS],
                     int64_t show, bool learnt)
{
    struct run run = {.tally = tally, .show = show, .index = link_index_new()};
    struct link_weights weights;
    if (learnt) {
        learn(options, &weights);
        link_index_weigh_by(run.index, &weights);
    }
    arena_init(&run.arena, (size_t)16 << 30);
    arena_init(&run.report, (size_t)256 << 20);
    run.partnership = synth_partnership_new(&run.arena, options);
    run.entity = arena_many(&run.arena,
                            (size_t)synth_mention_id(run.partnership->options.reports, 0), int32_t);
    struct synth_tracker *tracker = synth_tracker_new(&run.arena, run.partnership);
    for (int32_t i = 0; i < options->reports; i++) run_report(&run, tracker, i);
    printf("seed %llu: %d people, %d reports, %zu mentions in %.1f MB of index\n",
           (unsigned long long)options->seed, run.partnership->options.people, options->reports,
           link_index_count(run.index), (double)link_index_bytes(run.index) / 1e6);
    link_index_free(run.index);
    arena_done(&run.arena);
    arena_done(&run.report);
}

static double share(int64_t part, int64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0;
}

static double calibration(const struct tally *tally)
{
    double error = 0, pairs = 0;
    for (int i = 0; i < BINS; i++) {
        error += fabs(tally->bin[i].said - (double)tally->bin[i].same);
        pairs += (double)tally->bin[i].pairs;
    }
    return pairs > 0 ? error / pairs : 0;
}

static void print_table(const struct tally tally[static LINK_KINDS])
{
    struct tally row[LINK_KINDS + 1] = {0};
    printf("\n%-8s %8s %9s %9s %8s %10s %12s\n", "kind", "planted", "recall@5", "ranked@5",
           "shown", "precision", "calibration");
    for (size_t kind = 0; kind < LINK_KINDS; kind++) {
        row[kind] = tally[kind];
        row[LINK_KINDS].planted += tally[kind].planted;
        row[LINK_KINDS].found += tally[kind].found;
        row[LINK_KINDS].ranked += tally[kind].ranked;
        row[LINK_KINDS].shown += tally[kind].shown;
        row[LINK_KINDS].shown_true += tally[kind].shown_true;
        for (int i = 0; i < BINS; i++) {
            row[LINK_KINDS].bin[i].said += tally[kind].bin[i].said;
            row[LINK_KINDS].bin[i].pairs += tally[kind].bin[i].pairs;
            row[LINK_KINDS].bin[i].same += tally[kind].bin[i].same;
        }
    }
    for (size_t kind = 0; kind <= LINK_KINDS; kind++)
        printf("%-8s %8lld %9.3f %9.3f %8lld %10.3f %12.4f\n", kind_names[kind],
               (long long)row[kind].planted, share(row[kind].found, row[kind].planted),
               share(row[kind].ranked, row[kind].planted), (long long)row[kind].shown,
               share(row[kind].shown_true, row[kind].shown), calibration(&row[kind]));
    printf("shown: at or above %.1f bits, first %d\n", link_shown_bits(), FIRST);
}

int main(int argc, char **argv)
{
    struct synth_options options = {.town = cornish_towns,
                                    .town_count = CORNISH_TOWNS,
                                    .seed = 1,
                                    .reports = 2000,
                                    .last_day = LAST_DAY};
    int64_t seeds = 3, show = 0, learnt = 0;
    for (int i = 1; i + 1 < argc; i += 2) {
        struct str name = str_from(argv[i]);
        int64_t value = 0;
        if (!str_to_int(str_from(argv[i + 1]), &value) || value < 0) return 2;
        if (str_eq(name, STR("--reports")))
            options.reports = (int32_t)value;
        else if (str_eq(name, STR("--people")))
            options.people = (int32_t)value;
        else if (str_eq(name, STR("--seed")))
            options.seed = (uint64_t)value;
        else if (str_eq(name, STR("--seeds")))
            seeds = value;
        else if (str_eq(name, STR("--show")))
            show = value;
        else if (str_eq(name, STR("--learnt")))
            learnt = value;
        else
            return 2;
    }
    struct tally tally[LINK_KINDS] = {0};
    for (int64_t i = 0; i < seeds; i++, options.seed++)
        run_seed(&options, tally, show, learnt != 0);
    print_table(tally);
    return 0;
}
