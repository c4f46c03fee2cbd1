/*
 * meeting: how long the pack of a meeting takes.
 *
 *   build/bench/meeting [--reports N] [--seed S]
 *
 * Fills a temporary data folder (in TMPDIR) with a synthetic partnership of so many reports (by
 * default 5,000), plans a meeting of the coordinator's Forum with an agenda of 40 items and
 * more, and prints the time on the wall and of the processor (best of several runs) of the
 * items with all that their reader sees of each: title, what is new, what is near, where else.
 */
#include "domain/account.h"
#include "domain/area.h"
#include "domain/demo.h"
#include "domain/meeting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 7, WANTED = 40 };

static struct app app;
static struct arena arena;

static void stop_on(enum st outcome, const struct err *err)
{
    if (outcome == ST_OK) return;
    fprintf(stderr, "meeting: %s %s\n", err->public, err->detail);
    exit(1);
}

static double now_ms(clockid_t clock)
{
    struct timespec used;
    clock_gettime(clock, &used);
    return (double)used.tv_sec * 1e3 + (double)used.tv_nsec / 1e6;
}

/* The first 40 items of one reader; how many submissions stand behind them. */
static size_t make_pack(const struct person *who, int64_t id, size_t *ret_items)
{
    struct meeting meeting;
    struct meeting_item *items = NULL;
    size_t count = 0;
    size_t behind = 0;
    struct err err = {0};
    const struct scope *scope = scope_of(&app, &arena, who);
    stop_on(meeting_read(&app, &arena, who, id, &meeting, &err), &err);
    stop_on(meeting_items(&app, &arena, who, &meeting, &items, &count, &err), &err);
    if (count > WANTED) count = WANTED;
    struct db *db = store_read_begin(app.store, &err);
    for (size_t i = 0; i < count; i++) {
        struct item_brief brief;
        stop_on(meeting_brief(scope, db, &arena, &meeting, &items[i], &brief, &err), &err);
        behind += brief.submissions;
    }
    store_read_end(app.store, db);
    stop_on(meeting_pack_note(&app, &arena, who, &meeting, items, count, false, &err), &err);
    *ret_items = count;
    return behind;
}

static void measure(const struct person *who, const char *label, int64_t id)
{
    double wall = 1e9;
    double used = 1e9;
    size_t items = 0;
    size_t behind = 0;
    for (int run = 0; run < RUNS; run++) {
        struct arena_mark mark = arena_mark(&arena);
        double from = now_ms(CLOCK_MONOTONIC);
        double cpu = now_ms(CLOCK_THREAD_CPUTIME_ID);
        behind = make_pack(who, id, &items);
        double took = now_ms(CLOCK_MONOTONIC) - from;
        double busy = now_ms(CLOCK_THREAD_CPUTIME_ID) - cpu;
        if (took < wall) wall = took;
        if (busy < used) used = busy;
        arena_reset(&arena, mark);
    }
    printf("%-32s %3zu items, %5zu submissions: %7.1f ms on the wall, %7.1f ms of the processor\n",
           label, items, behind, wall, used);
}

int main(int argc, char **argv)
{
    struct demo_options options = {.seed = 1, .reports = 5000};
    char folder[] = "/tmp/pendeen-bench-XXXXXX";
    char command[128];
    struct area *area = NULL;
    struct person lead;
    struct person analyst;
    struct err err = {0};
    int64_t id = 0;
    for (int i = 1; i + 1 < argc; i += 2) {
        int64_t number = 0;
        if (!str_to_int(str_from(argv[i + 1]), &number)) continue;
        if (strcmp(argv[i], "--reports") == 0) options.reports = (int32_t)number;
        if (strcmp(argv[i], "--seed") == 0) options.seed = (uint64_t)number;
    }
    if (!mkdtemp(folder)) return 1;
    arena_init(&arena, (size_t)2 << 30);
    stop_on(area_load("areas/cornwall", &area, &err), &err);
    stop_on(app_open(&app, folder, NULL, NULL, &err), &err);
    app.area = area;
    stop_on(demo_fill(&app, &options, &err), &err);
    stop_on(account_person(&app, &arena, STR("coordinator@example.org"), &lead, &err), &err);
    stop_on(account_person(&app, &arena, STR("analyst@example.org"), &analyst, &err), &err);
    instant_ms next =
        area_meeting_next(area, lead.forum, area_meeting_next(area, lead.forum, clock_now()));
    double from = now_ms(CLOCK_MONOTONIC);
    stop_on(meeting_plan(&app, &lead, lead.forum, next, STR(""), &id, &err), &err);
    printf("%d reports, seed %llu\n", (int)options.reports, (unsigned long long)options.seed);
    printf("planned, and its agenda built:   %.1f ms on the wall\n",
           now_ms(CLOCK_MONOTONIC) - from);
    struct meeting *list = NULL;
    size_t count = 0;
    stop_on(meeting_list(&app, &arena, &lead, &list, &count, &err), &err);
    for (size_t i = 0; i < count; i++) {
        if (list[i].state == MEETING_CANCELLED) continue;
        char label[64];
        snprintf(label, sizeof label, "%s, coordinator", meeting_state_label(list[i].state));
        measure(&lead, label, list[i].id);
        snprintf(label, sizeof label, "%s, analyst of all", meeting_state_label(list[i].state));
        measure(&analyst, label, list[i].id);
    }
    app_close(&app);
    area_free(area);
    arena_done(&arena);
    snprintf(command, sizeof command, "%s", folder);
    fflush(stdout);
    execlp("rm", "rm", "-rf", command, (char *)NULL);
    return 0;
}
