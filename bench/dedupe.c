/*
 * dedupe: a register with repeats, deduplicated from file to file.
 *
 *   build/bench/dedupe [--records N] [--seed S]
 *
 * Makes a synthetic register (src/synth/people.h), runs `pendeen link` on it as a
 * user would, with no model given, and compares what it wrote with the truth:
 *
 *   time, memory  of the whole command, from CSV to PAIRS and CLUSTERS
 *   F1            of pairs at probability 0.5, and at the threshold where it is best
 *   calibration   expected calibration error: |share true - probability|, mean over
 *                 ten bins of probability, weighted by the pairs in them
 *   B3            F1 of B-cubed precision and recall of the clusters (Bagga and
 *                 Baldwin 1998), and the largest cluster beside the true largest
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "synth/people.h"
#include "../tests/cornish_towns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BINS = 10, LINE = 512 };

struct pair {
    double probability;
    bool same;
};

struct work {
    struct arena arena;
    struct synth_people *people;
    char folder[64];
    char program[512];
};

static void path_of(const struct work *work, const char *name, char ret[static 128])
{
    snprintf(ret, 128, "%s/%s", work->folder, name);
}

static FILE *open_in(const struct work *work, const char *name, const char *mode)
{
    char path[128];
    path_of(work, name, path);
    FILE *file = fopen(path, mode);
    if (file) return file;
    perror(path);
    exit(1);
}

static void write_register(struct work *work)
{
    struct arena each;
    struct buf lines;
    arena_init(&each, 16 << 20);
    buf_init(&lines, 64 << 20);
    FILE *file = open_in(work, "people.csv", "w");
    synth_people_header(&lines);
    for (int32_t i = 0; i < work->people->records; i++) {
        struct arena_mark mark = arena_mark(&each);
        synth_people_line(work->people, &each, i, &lines);
        arena_reset(&each, mark);
        if (lines.len < 1 << 20 && i + 1 < work->people->records) continue;
        fwrite(buf_str(&lines).ptr, 1, lines.len, file);
        buf_clear(&lines);
    }
    fclose(file);
    buf_done(&lines);
    arena_done(&each);
}

/* Runs the command; its own output is dropped. */
static void run_link(const struct work *work, double *ret_seconds, double *ret_megabytes)
{
    char people[128], pairs[128], clusters[128];
    path_of(work, "people.csv", people);
    path_of(work, "pairs.csv", pairs);
    path_of(work, "clusters.csv", clusters);
    int64_t start = clock_tick_ns();
    pid_t child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stdout)) _exit(1);
        execl(work->program, "pendeen", "link", people, "-o", pairs, "--clusters", clusters,
              (char *)NULL);
        _exit(127);
    }
    int status = 0;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) < 0 || !WIFEXITED(status) ||
        WEXITSTATUS(status) != 0) {
        fprintf(stderr, "dedupe: '%s link' did not end well\n", work->program);
        exit(1);
    }
    *ret_seconds = (double)(clock_tick_ns() - start) / 1e9;
    *ret_megabytes = (double)usage.ru_maxrss / 1e3;
}

static int32_t person_of(const struct work *work, long id)
{
    return work->people->place[id - 1].person;
}

static int more_probable(const void *a, const void *b)
{
    const struct pair *left = a, *right = b;
    if (left->probability != right->probability)
        return left->probability < right->probability ? 1 : -1;
    return (int)left->same - (int)right->same; /* on a tie the false one first */
}

static struct pair *read_pairs(const struct work *work, size_t *ret_count)
{
    FILE *file = open_in(work, "pairs.csv", "r");
    size_t room = 1 << 20, count = 0;
    struct pair *pair = malloc(room * sizeof *pair);
    char line[LINE];
    long left, right;
    double weight, probability;
    if (!fgets(line, sizeof line, file)) exit(1); /* the header */
    while (pair && fgets(line, sizeof line, file)) {
        if (sscanf(line, "%ld,%ld,%lf,%lf", &left, &right, &weight, &probability) != 4) exit(1);
        if (count == room) pair = realloc(pair, (room *= 2) * sizeof *pair);
        if (!pair) abort();
        pair[count++] = (struct pair){probability, person_of(work, left) == person_of(work, right)};
    }
    fclose(file);
    qsort(pair, count, sizeof *pair, more_probable);
    *ret_count = count;
    return pair;
}

static double f1_of(double hits, double found, double wanted)
{
    return found + wanted > 0 ? 2 * hits / (found + wanted) : 0;
}

static void judge_pairs(const struct work *work, double true_pairs)
{
    size_t count = 0;
    struct pair *pair = read_pairs(work, &count);
    double hits = 0, best = 0, best_at = 1, half = 0, sums[BINS] = {0}, hit[BINS] = {0},
           all[BINS] = {0};
    for (size_t i = 0; i < count; i++) {
        hits += pair[i].same;
        size_t bin = pair[i].probability >= 1 ? BINS - 1 : (size_t)(pair[i].probability * BINS);
        sums[bin] += pair[i].probability;
        hit[bin] += pair[i].same;
        all[bin]++;
        if (i + 1 < count && pair[i + 1].probability == pair[i].probability) continue;
        double f1 = f1_of(hits, (double)(i + 1), true_pairs);
        if (pair[i].probability >= 0.5) half = f1;
        if (f1 > best) {
            best = f1;
            best_at = pair[i].probability;
        }
    }
    double error = 0;
    for (size_t bin = 0; bin < BINS; bin++)
        if (all[bin] > 0)
            error += (sums[bin] > hit[bin] ? sums[bin] - hit[bin] : hit[bin] - sums[bin]);
    printf("pairs: %.0f true, %zu written, %.0f of the true ones among them (%.3f)\n", true_pairs,
           count, hits, hits / true_pairs);
    printf("F1 at 0.5: %.4f; best %.4f at %.3f\n", half, best, best_at);
    printf("expected calibration error: %.4f\n", count > 0 ? error / (double)count : 0);
    free(pair);
}

/* Sorts records by key and lets equal runs be counted. */
static int by_number(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* Sum over records of the size of its run, and the largest run; `of` is sorted. */
static void run_lengths(const int64_t *of, size_t count, double *sizes, size_t *ret_largest)
{
    *ret_largest = 0;
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i; end < count && of[end] == of[i]; end++) continue;
        if (sizes) sizes[i] = (double)(end - i);
        if (end - i > *ret_largest) *ret_largest = end - i;
    }
}

static double size_in(const int64_t *of, const double *sizes, size_t count, int64_t key)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (of[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return sizes[low];
}

static void judge_clusters(struct work *work)
{
    size_t records = (size_t)work->people->records;
    int64_t *cluster = arena_many(&work->arena, records, int64_t); /* of a record */
    FILE *file = open_in(work, "clusters.csv", "r");
    char line[LINE];
    long id, of;
    for (size_t i = 0; i < records; i++) cluster[i] = -(int64_t)i - 1; /* alone */
    if (!fgets(line, sizeof line, file)) exit(1);
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "%ld,%ld", &id, &of) == 2) cluster[id - 1] = of;
    fclose(file);
    /* Runs of clusters, of people, and of both together. */
    int64_t *sorted[3];
    double *sizes[3];
    size_t largest[3];
    for (int k = 0; k < 3; k++) {
        sorted[k] = arena_many(&work->arena, records, int64_t);
        sizes[k] = arena_many(&work->arena, records, double);
    }
    const int64_t wide = INT64_C(1) << 32;
    for (size_t i = 0; i < records; i++) {
        sorted[0][i] = cluster[i];
        sorted[1][i] = work->people->place[i].person;
        sorted[2][i] = cluster[i] * wide + sorted[1][i];
    }
    for (int k = 0; k < 3; k++) {
        qsort(sorted[k], records, sizeof **sorted, by_number);
        run_lengths(sorted[k], records, sizes[k], &largest[k]);
    }
    double precision = 0, recall = 0;
    for (size_t i = 0; i < records; i++) {
        int64_t person = work->people->place[i].person;
        double both = size_in(sorted[2], sizes[2], records, cluster[i] * wide + person);
        precision += both / size_in(sorted[0], sizes[0], records, cluster[i]);
        recall += both / size_in(sorted[1], sizes[1], records, person);
    }
    precision /= (double)records;
    recall /= (double)records;
    printf("B3: precision %.4f, recall %.4f, F1 %.4f; largest cluster %zu, truly %zu\n", precision,
           recall, 2 * precision * recall / (precision + recall), largest[0], largest[1]);
}

static double count_true_pairs(struct work *work)
{
    int32_t *copies = arena_many(&work->arena, (size_t)work->people->people, int32_t);
    double pairs = 0;
    for (int32_t i = 0; i < work->people->records; i++)
        pairs += copies[work->people->place[i].person]++;
    return pairs;
}

int main(int argc, char **argv)
{
    struct work work = {.folder = "/tmp/pendeen-dedupe-XXXXXX"};
    int64_t records = 100000, seed = 1;
    for (int i = 1; i + 1 < argc; i += 2) {
        struct str name = str_from(argv[i]);
        int64_t value = 0;
        if (!str_to_int(str_from(argv[i + 1]), &value) || value < 1) return 2;
        if (str_eq(name, STR("--records")))
            records = value;
        else if (str_eq(name, STR("--seed")))
            seed = value;
        else
            return 2;
    }
    /* build/bench/dedupe runs build/pendeen. */
    const char *slash = strrchr(argv[0], '/');
    snprintf(work.program, sizeof work.program, "%.*s/../pendeen",
             slash ? (int)(slash - argv[0]) : 1, slash ? argv[0] : ".");
    arena_init(&work.arena, (size_t)16 << 30);
    if (!mkdtemp(work.folder)) return 1;
    work.people = synth_people_new(&work.arena, (uint64_t)seed, (int32_t)records, cornish_towns,
                                   CORNISH_TOWNS);
    write_register(&work);
    double seconds, megabytes;
    run_link(&work, &seconds, &megabytes);
    printf("seed %lld: %d records of %d people\n", (long long)seed, work.people->records,
           work.people->people);
    printf("from file to file: %.2f s, %.0f MB\n", seconds, megabytes);
    judge_pairs(&work, count_true_pairs(&work));
    judge_clusters(&work);
    static const char *const files[] = {"people.csv", "pairs.csv", "clusters.csv"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[128];
        path_of(&work, files[i], path);
        unlink(path);
    }
    rmdir(work.folder);
    arena_done(&work.arena);
    return 0;
}
