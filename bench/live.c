/*
 * live: how fast the live index answers, and what it costs to keep.
 *
 *   build/bench/live [--mentions N] [--seed S] [--queries N] [--processor 1]
 *
 * Fills an index from a synthetic partnership (time of every insert), asks for
 * mentions that are spread over it (time of every query), searches it as people
 * do, and looks for partial plates among as many distinct ones.  Only the calls to
 * the index are timed.
 */
#include "base/arena.h"
#include "link/link.h"
#include "link/normalise.h"
#include "link/plate.h"
#include "synth/partnership.h"
#include "../tests/cornish_towns.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LAST_DAY = 20780, ASKED = 20, PLATES = 1000000, FITTING_MAX = 1024 };

static bool by_processor;

static int64_t tick_ns(void)
{
    struct timespec now;
    if (!by_processor) return clock_tick_ns();
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

struct times {
    int64_t *ns;
    size_t count;
};

static int by_time(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static void print_times(const char *what, struct times *times)
{
    int64_t sum = 0;
    if (times->count == 0) return;
    for (size_t i = 0; i < times->count; i++) sum += times->ns[i];
    qsort(times->ns, times->count, sizeof *times->ns, by_time);
    printf("%-34s %9zu calls %9.3f s  p50 %8.1f  p99 %8.1f  max %9.1f us\n", what, times->count,
           (double)sum / 1e9, (double)times->ns[times->count / 2] / 1e3,
           (double)times->ns[times->count * 99 / 100] / 1e3,
           (double)times->ns[times->count - 1] / 1e3);
}

static void insert_timed(struct link_index *index, const struct link_mention *mention,
                         struct times *times)
{
    struct err err = {0};
    int64_t start = tick_ns();
    enum st outcome = link_index_insert(index, mention, &err);
    times->ns[times->count++] = tick_ns() - start;
    if (outcome == ST_OK) return;
    fprintf(stderr, "live: %s\n", err.public);
    exit(1);
}

static void print_memory(const struct link_index *index)
{
    size_t count = link_index_count(index);
    size_t bytes = link_index_bytes(index);
    printf("%-34s %9zu mentions, %.1f MB, %.0f bytes each\n", "memory", count, (double)bytes / 1e6,
           (double)bytes / (double)count);
}

static void fill(struct link_index *index, const struct synth_partnership *partnership,
                 struct arena *scratch, size_t wanted)
{
    struct times times = {calloc(wanted + SYNTH_MENTIONS_MAX, sizeof(int64_t)), 0};
    for (int32_t i = 0; times.count < wanted && i < partnership->options.reports; i++) {
        struct arena_mark mark = arena_mark(scratch);
        struct synth_report report;
        synth_report_make(partnership, scratch, i, &report);
        for (int32_t k = 0; k < report.mention_count; k++) {
            struct link_mention mention;
            synth_mention_link(&report, k, &mention);
            insert_timed(index, &mention, &times);
        }
        arena_reset(scratch, mark);
    }
    print_times("insert", &times);
    free(times.ns);
    print_memory(index);
}

static void ask(struct link_index *index, const struct synth_partnership *partnership,
                struct arena *scratch, size_t queries, int32_t reports)
{
    static const char *const names[LINK_KINDS] = {"query person", "query vehicle", "query phone",
                                                  "query account", "query place"};
    struct times times[LINK_KINDS];
    struct times all = {calloc(queries + SYNTH_MENTIONS_MAX, sizeof(int64_t)), 0};
    for (size_t i = 0; i < LINK_KINDS; i++)
        times[i] = (struct times){calloc(queries + SYNTH_MENTIONS_MAX, sizeof(int64_t)), 0};
    for (int32_t i = 0; all.count < queries; i++) {
        struct arena_mark mark = arena_mark(scratch);
        struct synth_report report;
        synth_report_make(partnership, scratch, (int32_t)((int64_t)i * 7919 % reports), &report);
        for (int32_t k = 0; k < report.mention_count; k++) {
            struct link_mention mention;
            struct link_match match[ASKED];
            synth_mention_link(&report, k, &mention);
            int64_t start = tick_ns();
            (void)link_index_query(index, &mention, link_shown_bits(), match, ASKED);
            int64_t taken = tick_ns() - start;
            all.ns[all.count++] = taken;
            times[mention.kind].ns[times[mention.kind].count++] = taken;
        }
        arena_reset(scratch, mark);
    }
    print_times("query", &all);
    for (size_t i = 0; i < LINK_KINDS; i++) print_times(names[i], &times[i]);
    for (size_t i = 0; i < LINK_KINDS; i++) free(times[i].ns);
    free(all.ns);
}

static void search(struct link_index *index)
{
    static const char *const texts[] = {"daz",     "W?8? 7?B", "900123", "goldsworthy", "WK85*",
                                        "the.con", "TR57",     "kebab",  "pasco",       "Xasan"};
    int64_t ns[sizeof texts / sizeof *texts];
    struct times times = {ns, 0};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct link_hit hit[ASKED];
        int64_t start = tick_ns();
        (void)link_index_search(index, str_from(texts[i]), hit, ASKED);
        ns[times.count++] = tick_ns() - start;
    }
    print_times("search", &times);
}

/* --- plates ------------------------------------------------------------------------ */

static const char *const models[][3] = {
    {"silver", "Volkswagen", "Golf"}, {"black", "BMW", "320"}, {"blue", "Ford", "Focus"},
    {"white", "Vauxhall", "Corsa"},   {"grey", "Audi", "A3"},  {"red", "Kia", "Picanto"}};
enum { MODELS = sizeof models / sizeof *models };

/* Patterns of three known characters. */
static const char *const pieces[] = {"W?8? ?H?", "???7 H?B", "WK* B",
                                     "*HJB",     "W??7 ??B", "??87 ??B"};
enum { PIECES = sizeof pieces / sizeof *pieces };

static struct link_mention seen_vehicle(int64_t id, const char *plate, size_t model)
{
    struct link_mention mention = {.kind = LINK_VEHICLE,
                                   .id = id,
                                   .report = id,
                                   .seen_from = LINK_DAY_UNKNOWN,
                                   .seen_to = LINK_DAY_UNKNOWN};
    mention.field[LINK_REGISTRATION] = str_from(plate);
    mention.field[LINK_COLOUR] = str_from(models[model][0]);
    mention.field[LINK_MAKE] = str_from(models[model][1]);
    mention.field[LINK_MODEL] = str_from(models[model][2]);
    return mention;
}

static size_t fitting(const char (*plate)[8], const char *pattern)
{
    char clean[LINK_REGISTRATION_SIZE];
    bool partial;
    size_t count = 0;
    (void)link_registration_clean(str_from(pattern), clean, &partial);
    for (size_t i = 0; i < PLATES; i++)
        count += link_plate_matches(str_from(clean), str_from(plate[i]));
    return count;
}

static void ask_plates(struct link_index *index, const char (*plate)[8])
{
    static int64_t ns[100 * PIECES];
    struct times asked = {ns, 0}, searched = {ns, 0};
    for (size_t i = 0; i < 100 * PIECES; i++) {
        struct link_match match[ASKED];
        struct link_mention mention = seen_vehicle(PLATES + 1, pieces[i % PIECES], i % MODELS);
        int64_t start = tick_ns();
        (void)link_index_query(index, &mention, link_shown_bits(), match, ASKED);
        asked.ns[asked.count++] = tick_ns() - start;
    }
    print_times("query with three characters of 1 M", &asked);
    static struct link_hit hit[FITTING_MAX];
    size_t missing = 0;
    for (size_t i = 0; i < 100 * PIECES; i++) {
        size_t fit = 0;
        int64_t start = tick_ns();
        size_t count =
            link_index_search(index, str_from(pieces[i % PIECES]), hit, FITTING_MAX);
        searched.ns[searched.count++] = tick_ns() - start;
        for (size_t k = 0; k < count; k++) fit += hit[k].rank >= 9;
        if (i >= PIECES) continue;
        size_t there = fitting(plate, pieces[i]);
        missing += there > fit ? there - fit : 0;
        printf("   %-10s fits %zu plates, %zu found\n", pieces[i], there, fit);
    }
    print_times("search for three characters of 1 M", &searched);
    if (missing) printf("   %zu that fit were not found\n", missing);
}

/* A million distinct plates of the current form, and pieces of them. */
static void plates(uint64_t seed)
{
    static const char letters[] = "ABCDEFGHJKLMNOPRSTUVWXYZ";
    struct link_index *index = link_index_new();
    struct times inserts = {calloc(PLATES, sizeof(int64_t)), 0};
    char(*plate)[8] = calloc(PLATES, sizeof *plate);
    uint64_t state = seed;
    for (int64_t i = 0; i < PLATES; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        uint64_t bits = state >> 20;
        for (int k = 0; k < 7; k++) {
            bool digit = k == 2 || k == 3;
            plate[i][k] = digit ? (char)('0' + bits % 10) : letters[bits % 24];
            bits /= digit ? 10 : 24;
        }
        struct link_mention mention = seen_vehicle(i + 1, plate[i], (size_t)i % MODELS);
        insert_timed(index, &mention, &inserts);
    }
    print_times("insert a vehicle", &inserts);
    print_memory(index);
    ask_plates(index, (const char(*)[8])plate);
    free(plate);
    free(inserts.ns);
    link_index_free(index);
}

int main(int argc, char **argv)
{
    int64_t mentions = 1000000, queries = 2000, seed = 1, processor = 0;
    for (int i = 1; i + 1 < argc; i += 2) {
        struct str name = str_from(argv[i]);
        int64_t *value = str_eq(name, STR("--mentions"))  ? &mentions
                         : str_eq(name, STR("--queries")) ? &queries
                         : str_eq(name, STR("--seed"))    ? &seed
                         : str_eq(name, STR("--processor")) ? &processor
                                                            : NULL;
        if (!value || !str_to_int(str_from(argv[i + 1]), value) || *value < 1) return 2;
    }
    by_processor = processor == 1;
    struct arena arena, scratch;
    arena_init(&arena, (size_t)16 << 30);
    arena_init(&scratch, (size_t)64 << 20);
    int32_t reports = (int32_t)(mentions / 2);
    struct synth_options options = {
        .town = cornish_towns, .town_count = CORNISH_TOWNS,
        .seed = (uint64_t)seed, .reports = reports, .last_day = LAST_DAY};
    struct synth_partnership *partnership = synth_partnership_new(&arena, &options);
    struct link_index *index = link_index_new();
    printf("seed %lld, %s\n", (long long)seed,
           by_processor ? "processor's time" : "time on the wall");
    fill(index, partnership, &scratch, (size_t)mentions);
    ask(index, partnership, &scratch, (size_t)queries, (int32_t)(mentions * 2 / 5));
    search(index);
    link_index_free(index);
    plates((uint64_t)seed);
    arena_done(&scratch);
    arena_done(&arena);
    return 0;
}
