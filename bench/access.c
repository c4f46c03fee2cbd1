/*
 * access: what it costs that everybody sees only what they may.
 *
 *   build/bench/access [--reports N] [--seed S]
 *
 * Fills a temporary data folder (in TMPDIR) with a synthetic partnership of so many reports (by
 * default 100,000) in three forums, a tenth of them restricted.  For an analyst of all
 * forums and for one of one forum it prints the processor time (of this thread, best
 * of several runs) of making a scope, of counting, of the largest entities, of the
 * open suggestions, of the list of submissions, and of searches and queries with a
 * scope as a ratio to the same without.
 */
#include "domain/account.h"
#include "domain/area.h"
#include "domain/decision.h"
#include "domain/demo.h"
#include "domain/entity_seen.h"
#include "domain/search.h"
#include "domain/suggestions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 5 };

struct bench {
    struct app app;
    struct area *area;
    struct arena arena;
    int64_t reports;
    int64_t seed;
};

static void stop_on(enum st outcome, const struct err *err)
{
    if (outcome == ST_OK) return;
    fprintf(stderr, "access: %s %s\n", err->public, err->detail);
    exit(1);
}

static double used_ms(void)
{
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (double)used.tv_sec * 1e3 + (double)used.tv_nsec / 1e6;
}

/* The best of RUNS; the work runs `times` in each, in an arena that is cleared. */
static double best_ms(struct bench *bench, const struct person *who, int times,
                      void (*work)(struct bench *, const struct person *))
{
    double best = 1e9;
    for (int run = 0; run < RUNS; run++) {
        double start = used_ms();
        for (int i = 0; i < times; i++) {
            struct arena_mark mark = arena_mark(&bench->arena);
            work(bench, who);
            arena_reset(&bench->arena, mark);
        }
        double took = (used_ms() - start) / times;
        if (took < best) best = took;
    }
    return best;
}

static void make_scope(struct bench *bench, const struct person *who)
{
    (void)scope_links(scope_of(&bench->app, &bench->arena, who), 1);
}

/* As after each new submission: who is named where is asked anew. */
static void make_scope_anew(struct bench *bench, const struct person *who)
{
    static int turn;
    struct person other = *who;
    other.email = str_fmt(&bench->arena, "bench%d@example.org", turn++);
    (void)scope_links(scope_of(&bench->app, &bench->arena, &other), 1);
}

static void count(struct bench *bench, const struct person *who)
{
    int64_t submissions = 0;
    int64_t mentions = 0;
    scope_count(scope_of(&bench->app, &bench->arena, who), &submissions, &mentions);
}

static void largest(struct bench *bench, const struct person *who)
{
    struct entity_size *sizes = NULL;
    (void)seen_largest(scope_of(&bench->app, &bench->arena, who), &bench->arena, LINK_PERSON, 200,
                       &sizes);
}

static void suggestions(struct bench *bench, const struct person *who)
{
    struct suggestion *list = NULL;
    size_t found = 0;
    int64_t total = 0;
    struct err err = {0};
    stop_on(suggestions_open(&bench->app, &bench->arena, who, 100, &list, &found, &total, &err),
            &err);
}

static void submissions(struct bench *bench, const struct person *who)
{
    struct submission_line *list = NULL;
    size_t found = 0;
    struct err err = {0};
    stop_on(submission_list(&bench->app, &bench->arena, who, LIST_LATEST, 500, &list, &found, &err),
            &err);
}

static const char *const texts[] = {"dar",      "WK?? 7?B", "07700",
                                    "penzance", "kayleigh", "silver corsa"};

static void search_scoped(struct bench *bench, const struct person *who)
{
    static struct link_hit hit[600];
    struct link_admit admit = scope_admit(scope_of(&bench->app, &bench->arena, who));
    for (size_t i = 0; i < 6; i++)
        (void)link_index_search_of(bench->app.index, admit, str_from(texts[i]), hit, 600);
}

static void search_whole(struct bench *bench, const struct person *who)
{
    static struct link_hit hit[600];
    (void)who;
    for (size_t i = 0; i < 6; i++)
        (void)link_index_search(bench->app.index, str_from(texts[i]), hit, 600);
}

static void query_mentions(struct bench *bench, struct link_admit admit)
{
    static const char *const names[] = {"Darren Pascoe", "Kayleigh Rowe", "Daz", "Ali",
                                        "Megan Tonkin"};
    struct link_match match[20];
    for (size_t i = 0; i < 5; i++) {
        struct link_mention mention = {
            .kind = LINK_PERSON, .seen_from = LINK_DAY_UNKNOWN, .seen_to = LINK_DAY_UNKNOWN};
        mention.field[LINK_NAME] = str_from(names[i]);
        (void)link_index_query_of(bench->app.index, admit, &mention, link_shown_bits(), match, 20);
    }
}

static void query_scoped(struct bench *bench, const struct person *who)
{
    query_mentions(bench, scope_admit(scope_of(&bench->app, &bench->arena, who)));
}

static void query_whole(struct bench *bench, const struct person *who)
{
    (void)who;
    query_mentions(bench, (struct link_admit){0});
}

static void measure(struct bench *bench, const char *email)
{
    struct person who;
    struct err err = {0};
    stop_on(account_person(&bench->app, &bench->arena, str_from(email), &who, &err), &err);
    int64_t seen = 0;
    int64_t mentions = 0;
    scope_count(scope_of(&bench->app, &bench->arena, &who), &seen, &mentions);
    printf("%s sees %lld submissions with %lld mentions\n", email, (long long)seen,
           (long long)mentions);
    printf("  scope, nothing new          %8.3f ms\n", best_ms(bench, &who, 200, make_scope));
    printf("  scope, something came       %8.3f ms\n", best_ms(bench, &who, 50, make_scope_anew));
    printf("  count of what is seen       %8.3f ms\n", best_ms(bench, &who, 10, count));
    printf("  largest entities            %8.3f ms\n", best_ms(bench, &who, 3, largest));
    printf("  open suggestions            %8.3f ms\n", best_ms(bench, &who, 1, suggestions));
    printf("  list of submissions         %8.3f ms\n", best_ms(bench, &who, 3, submissions));
    double scoped = best_ms(bench, &who, 5, search_scoped);
    double whole = best_ms(bench, &who, 5, search_whole);
    printf("  search                      %8.3f ms, %.2f times that of the whole\n", scoped / 6,
           scoped / whole);
    scoped = best_ms(bench, &who, 20, query_scoped);
    whole = best_ms(bench, &who, 20, query_whole);
    printf("  query of the engine         %8.3f ms, %.2f times that of the whole\n", scoped / 5,
           scoped / whole);
}

int main(int argc, char **argv)
{
    struct bench bench = {.reports = 100000, .seed = 1};
    struct err err = {0};
    char folder[200];
    const char *temporary = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/pendeen-bench-XXXXXX", temporary ? temporary : "/tmp");
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--reports") == 0) str_to_int(str_from(argv[i + 1]), &bench.reports);
        if (strcmp(argv[i], "--seed") == 0) str_to_int(str_from(argv[i + 1]), &bench.seed);
    }
    arena_init(&bench.arena, (size_t)1 << 30);
    if (!mkdtemp(folder)) return 1;
    stop_on(area_load("areas/cornwall", &bench.area, &err), &err);
    stop_on(app_open(&bench.app, folder, NULL, NULL, &err), &err);
    bench.app.area = bench.area;
    struct demo_options options = {.seed = (uint64_t)bench.seed, .reports = (int32_t)bench.reports};
    stop_on(demo_fill(&bench.app, &options, &err), &err);
    printf("seed %lld, %lld reports, %zu mentions\n", (long long)bench.seed,
           (long long)bench.reports, entities_count(bench.app.entities));
    measure(&bench, "analyst@example.org");
    measure(&bench, "one-forum@example.org");
    app_close(&bench.app);
    area_free(bench.area);
    arena_done(&bench.arena);
    return 0;
}
