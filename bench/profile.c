/*
 * profile: how long a problem profile takes.
 *
 *   build/bench/profile [--reports N] [--seed S]
 *
 * Fills a temporary data folder (in TMPDIR) with a synthetic partnership of so many reports (by
 * default 100,000) and makes the profile of two years for an analyst of all Forums: first and
 * best of five, by the clock and by processor time of this thread.
 */
#include "domain/account.h"
#include "domain/area.h"
#include "domain/demo.h"
#include "domain/problem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 5 };

static void stop_on(enum st outcome, const struct err *err)
{
    if (outcome == ST_OK) return;
    fprintf(stderr, "profile: %s %s\n", err->public, err->detail);
    exit(1);
}

static double ms_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void measure(struct app *app, struct arena *arena)
{
    struct person who;
    struct err err = {0};
    struct problem_period period = problem_period_last(PROBLEM_QUARTERS_MAX);
    struct problem_profile *profile = arena_new(arena, struct problem_profile);
    double best[2] = {1e12, 1e12};
    stop_on(account_person(app, arena, STR("analyst@example.org"), &who, &err), &err);
    for (int run = 0; run < RUNS; run++) {
        struct arena_mark mark = arena_mark(arena);
        double wall = ms_of(CLOCK_MONOTONIC);
        double used = ms_of(CLOCK_THREAD_CPUTIME_ID);
        stop_on(problem_read(app, arena, &who, &period, profile, &err), &err);
        wall = ms_of(CLOCK_MONOTONIC) - wall;
        used = ms_of(CLOCK_THREAD_CPUTIME_ID) - used;
        if (run == 0) printf("first: %.0f ms, %.0f ms of processor\n", wall, used);
        if (wall < best[0]) best[0] = wall;
        if (used < best[1]) best[1] = used;
        arena_reset(arena, mark);
    }
    printf("best:  %.0f ms, %.0f ms of processor; %lld submissions, %zu that come up again and "
           "again\n",
           best[0], best[1], (long long)profile->total, profile->repeat_count);
}

int main(int argc, char **argv)
{
    int64_t reports = 100000;
    int64_t seed = 1;
    struct app app;
    struct area *area = NULL;
    struct arena arena;
    struct err err = {0};
    char folder[200];
    const char *temporary = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/pendeen-bench-XXXXXX", temporary ? temporary : "/tmp");
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--reports") == 0) str_to_int(str_from(argv[i + 1]), &reports);
        if (strcmp(argv[i], "--seed") == 0) str_to_int(str_from(argv[i + 1]), &seed);
    }
    arena_init(&arena, (size_t)1 << 30);
    if (!mkdtemp(folder)) return 1;
    stop_on(area_load("areas/cornwall", &area, &err), &err);
    stop_on(app_open(&app, folder, NULL, NULL, &err), &err);
    app.area = area;
    struct demo_options options = {.seed = (uint64_t)seed, .reports = (int32_t)reports};
    stop_on(demo_fill(&app, &options, &err), &err);
    measure(&app, &arena);
    app_close(&app);
    area_free(area);
    arena_done(&arena);
    return 0;
}
