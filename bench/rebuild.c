/*
 * rebuild: how long a start takes with a full store.
 *
 *   build/bench/rebuild [--stored N] [--mentions N] [--seed S]
 *
 * Fills a temporary data folder with a synthetic partnership of so many mentions (by
 * default 100,000; each is shared and sealed), closes it, and opens it again as `pendeen
 * serve` does at its start: every mention is read, unsealed, indexed and put into its
 * entity.  Then --mentions of them (by default a million) go into an index from memory,
 * one by one and by the two threads of a build.
 */
#include "base/arena.h"
#include "domain/app.h"
#include "domain/area.h"
#include "domain/demo.h"
#include "domain/entity.h"
#include "link/link.h"
#include "synth/partnership.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LAST_DAY = 20780 };
static const double mentions_per_report = 2.4;

static void stop_on(enum st outcome, const struct err *err)
{
    if (outcome == ST_OK) return;
    fprintf(stderr, "rebuild: %s %s\n", err->public, err->detail);
    exit(1);
}

static double seconds_since(int64_t start)
{
    return (double)(clock_tick_ns() - start) / 1e9;
}

/* The index alone, from memory. */
static void build(const struct synth_partnership *partnership, struct arena *arena, size_t mentions)
{
    struct link_mention *all = arena_many(arena, mentions + SYNTH_MENTIONS_MAX, struct link_mention);
    size_t count = 0;
    for (int32_t i = 0; count < mentions && i < partnership->options.reports; i++) {
        struct synth_report *report = arena_new(arena, struct synth_report);
        synth_report_make(partnership, arena, i, report);
        for (int32_t k = 0; k < report->mention_count; k++)
            synth_mention_link(report, k, &all[count++]);
    }
    struct link_index *one = link_index_new();
    struct err err = {0};
    int64_t start = clock_tick_ns();
    for (size_t i = 0; i < count; i++) stop_on(link_index_insert(one, &all[i], &err), &err);
    printf("%-34s %zu mentions in %.2f s\n", "inserted one by one", count, seconds_since(start));
    link_index_free(one);
    struct link_index *two = link_index_new();
    start = clock_tick_ns();
    struct link_build *making = link_build_begin(two, count);
    for (size_t i = 0; i < count; i++) link_build_add(making, &all[i]);
    size_t refused = link_build_end(making);
    printf("%-34s %zu mentions in %.2f s%s\n", "built by two threads", count, seconds_since(start),
           refused ? ", some refused" : "");
    link_index_free(two);
}

/* A start with a full store, three times. */
static void open_store(int64_t stored, int64_t seed)
{
    struct err err = {0};
    struct app app;
    char folder[] = "/tmp/pendeen-bench-XXXXXX";
    if (!mkdtemp(folder)) exit(1);
    int64_t start = clock_tick_ns();
    stop_on(app_open(&app, folder, NULL, NULL, &err), &err);
    struct area *area;
    stop_on(area_load("areas/cornwall", &area, &err), &err);
    app.area = area;
    struct demo_options demo = {.seed = (uint64_t)seed,
                                .reports = (int32_t)((double)stored / mentions_per_report)};
    stop_on(demo_fill(&app, &demo, &err), &err);
    app_close(&app);
    printf("filled a store in %s in %.1f s\n", folder, seconds_since(start));
    for (int round = 0; round < 3; round++) {
        start = clock_tick_ns();
        stop_on(app_open(&app, folder, NULL, NULL, &err), &err);
        printf("%-34s %zu mentions in %.2f s\n", "opened", entities_count(app.entities),
               seconds_since(start));
        app_close(&app);
    }
}

int main(int argc, char **argv)
{
    int64_t mentions = 1000000, seed = 1, stored = 100000;
    for (int i = 1; i + 1 < argc; i += 2) {
        struct str name = str_from(argv[i]);
        int64_t *value = str_eq(name, STR("--mentions")) ? &mentions
                         : str_eq(name, STR("--stored")) ? &stored
                         : str_eq(name, STR("--seed"))   ? &seed
                                                         : NULL;
        if (!value || !str_to_int(str_from(argv[i + 1]), value) || *value < 1) return 2;
    }
    struct arena arena;
    printf("seed %lld\n", (long long)seed);
    arena_init(&arena, (size_t)16 << 30);
    struct synth_options options = {
        .seed = (uint64_t)seed, .reports = (int32_t)(mentions / 2), .last_day = LAST_DAY};
    build(synth_partnership_new(&arena, &options), &arena, (size_t)mentions);
    arena_done(&arena);
    open_store(stored, seed);
    return 0;
}
