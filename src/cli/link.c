/*
 * pendeen link: links or deduplicates whole files.
 */
#include "cli/options.h"
#include "link/batch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char link_help[] =
    "Usage: pendeen link [options] A.csv [B.csv] -o PAIRS.csv\n\n"
    "One file: finds records of it that are the same. Two files: finds which records of\n"
    "the one are in the other. What the columns are is guessed from their names and\n"
    "content and printed; save the guess, mend it and give it back where it is wrong.\n\n"
    "  -o FILE             pairs: id_l,id_r,match_weight,match_probability\n"
    "  --clusters FILE     clusters: id,cluster_id\n"
    "  --id COLUMN         the id column (default: the first)\n"
    "  --model FILE        what the columns are\n"
    "  --save-model FILE   write down what they were taken for\n"
    "  --threshold P       keep pairs of at least this probability (default: 0.01)\n"
    "  --cluster-at P      join pairs of at least this probability (default: 0.95)\n"
    "  --threads N         (default: one for each processor)\n"
    "  --seed S            of the pairs drawn at random (default: 1)\n";

struct link_words {
    const char *output;
    const char *clusters;
    const char *id;
    const char *model;
    const char *save_model;
    const char *threshold;
    const char *cluster_at;
    const char *threads;
    const char *seed;
    const char *file[2];
    int files;
};

/* A whole file in memory, read only. */
static enum st map_file(const char *name, struct str *ret, struct err *err)
{
    int handle = open(name, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (handle < 0 || fstat(handle, &about) != 0) {
        if (handle >= 0) close(handle);
        return err_set(err, ST_INVALID, "'%s' cannot be read.", name);
    }
    *ret = STR("");
    void *bytes = MAP_FAILED;
    if (about.st_size > 0)
        bytes = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, handle, 0);
    close(handle);
    if (about.st_size > 0 && bytes == MAP_FAILED)
        return err_set(err, ST_INVALID, "'%s' cannot be read.", name);
    if (about.st_size > 0) *ret = str_of(bytes, (size_t)about.st_size);
    return ST_OK;
}

static enum st read_tables(const struct link_words *words, struct table *table, size_t *ret_first,
                           struct err *err)
{
    *ret_first = 0;
    for (int i = 0; i < words->files; i++) {
        struct str text;
        enum st outcome = map_file(words->file[i], &text, err);
        if (outcome != ST_OK) return outcome;
        outcome = table_read(table, text, err);
        if (text.len) munmap((void *)(uintptr_t)text.ptr, text.len);
        if (outcome != ST_OK) {
            err_hint(err, "In %s.", words->file[i]);
            return outcome;
        }
        if (i == 0 && words->files == 2) *ret_first = table->rows;
    }
    return ST_OK;
}

static enum st make_model(const struct link_words *words, const struct table *table, int id_column,
                          struct model *model, struct err *err)
{
    char text[4096];
    enum st outcome = ST_OK;
    if (words->model) {
        struct str given;
        outcome = map_file(words->model, &given, err);
        if (outcome == ST_OK) outcome = model_read(given, table, model, err);
    } else {
        model_guess(table, id_column, model);
    }
    if (outcome != ST_OK) return outcome;
    if (model->count == 0)
        return err_set(err, ST_INVALID, "No column of the file tells records apart.");
    size_t length = model_write(model, table, text, sizeof text);
    fprintf(stderr, "Columns:\n%.*s", (int)length, text);
    if (!words->save_model) return ST_OK;
    FILE *file = fopen(words->save_model, "wb");
    bool good = file && fwrite(text, 1, length, file) == length;
    if (file && fclose(file) != 0) good = false;
    return good ? ST_OK : err_set(err, ST_FAILED, "'%s' cannot be written.", words->save_model);
}

/* --- writing -------------------------------------------------------------------------- */

static void write_id(FILE *file, struct str id)
{
    if (!memchr(id.ptr, ',', id.len) && !memchr(id.ptr, '"', id.len)) {
        fwrite(id.ptr, 1, id.len, file);
        return;
    }
    fputc('"', file);
    for (size_t i = 0; i < id.len; i++) {
        if (id.ptr[i] == '"') fputc('"', file);
        fputc(id.ptr[i], file);
    }
    fputc('"', file);
}

static struct str id_of(const struct table *table, int id_column, uint32_t row)
{
    const struct table_column *column = &table->column[id_column];
    return column->text[column->value[row]];
}

static enum st write_pairs(const char *name, const struct table *table, int id_column,
                           const struct batch_result *result, struct err *err)
{
    FILE *file = fopen(name, "wb");
    if (!file) return err_set(err, ST_FAILED, "'%s' cannot be written.", name);
    setvbuf(file, NULL, _IOFBF, 1 << 20);
    fputs("id_l,id_r,match_weight,match_probability\n", file);
    for (size_t i = 0; i < result->count; i++) {
        const struct batch_pair *pair = &result->pair[i];
        write_id(file, id_of(table, id_column, pair->left));
        fputc(',', file);
        write_id(file, id_of(table, id_column, pair->right));
        fprintf(file, ",%.3f,%.6f\n", (double)pair->weight, batch_probability((double)pair->weight));
    }
    return fclose(file) == 0 ? ST_OK : err_set(err, ST_FAILED, "'%s' cannot be written.", name);
}

static enum st write_clusters(const char *name, const struct table *table, int id_column,
                              const struct batch_result *result, struct err *err)
{
    FILE *file = fopen(name, "wb");
    if (!file) return err_set(err, ST_FAILED, "'%s' cannot be written.", name);
    setvbuf(file, NULL, _IOFBF, 1 << 20);
    fputs("id,cluster_id\n", file);
    for (uint32_t row = 0; row < table->rows; row++) {
        write_id(file, id_of(table, id_column, row));
        fputc(',', file);
        write_id(file, id_of(table, id_column, result->cluster[row]));
        fputc('\n', file);
    }
    return fclose(file) == 0 ? ST_OK : err_set(err, ST_FAILED, "'%s' cannot be written.", name);
}

static void print_model(const struct model *model, const struct table *table)
{
    fprintf(stderr, "\n%-22s %-12s", "comparison", "role");
    for (int level = LEVEL_EXACT; level >= LEVEL_DIFFERENT; level--)
        fprintf(stderr, " %10s", model_level_name(level));
    fputc('\n', stderr);
    for (int i = 0; i < model->count; i++) {
        const struct model_comparison *c = &model->comparison[i];
        fprintf(stderr, "%-22s %-12s", table->column[c->column].name, model_role_name(c->role));
        for (int level = LEVEL_EXACT; level >= LEVEL_DIFFERENT; level--)
            fprintf(stderr, " %+9.1f ", batch_weight(0.5) + __builtin_log2(c->m[level] / c->u[level]));
        fputc('\n', stderr);
    }
}

/* --- running ---------------------------------------------------------------------------- */

static void show_progress(void *context, int done)
{
    cli_progress_update(context, done);
}

static enum st run(const struct link_words *words, const struct batch_options *given,
                   double cluster_at, struct err *err)
{
    struct table *table = calloc(1, sizeof *table);
    if (!table) abort();
    struct batch_options options = *given;
    struct model model;
    struct batch_result result = {0};
    enum st outcome = read_tables(words, table, &options.first_rows, err);
    int id_column = 0;
    if (outcome == ST_OK && words->id) {
        id_column = table_find(table, str_from(words->id));
        if (id_column < 0) outcome = err_set(err, ST_INVALID, "There is no column '%s'.", words->id);
    }
    if (outcome == ST_OK) outcome = make_model(words, table, id_column, &model, err);
    if (outcome == ST_OK) {
        struct cli_progress progress;
        cli_progress_start(&progress, "thousandths", 1000);
        options.progress = show_progress;
        options.context = &progress;
        batch_link(table, &model, &options, cluster_at, &result);
        cli_progress_end(&progress);
        print_model(&model, table);
        outcome = write_pairs(words->output, table, id_column, &result, err);
    }
    if (outcome == ST_OK && words->clusters)
        outcome = write_clusters(words->clusters, table, id_column, &result, err);
    if (outcome == ST_OK)
        fprintf(stderr, "\n%zu records, %zu pairs compared, %zu kept, %zu clusters\n", table->rows,
                result.compared, result.count, result.clusters);
    batch_done(&result);
    table_done(table);
    free(table);
    return outcome;
}

static bool probability_option(const char *name, const char *text, double *ret)
{
    if (str_to_double(str_from(text), ret) && *ret > 0 && *ret < 1) return true;
    cli_error("--%s takes a probability between 0 and 1, not '%s'", name, text);
    return false;
}

int cli_link(int argc, char **argv)
{
    struct link_words words = {.threshold = "0.01", .cluster_at = "0.95", .seed = "1"};
    char processors[16];
    snprintf(processors, sizeof processors, "%ld", sysconf(_SC_NPROCESSORS_ONLN));
    words.threads = processors;
    /* -o is the one short option: it is known from everywhere else. */
    char long_output[] = "--output";
    for (int i = 1; i < argc; i++)
        if (str_eq(str_from(argv[i]), STR("-o"))) argv[i] = long_output;
    const struct option options[] = {{"output", &words.output, NULL},
                                     {"clusters", &words.clusters, NULL},
                                     {"id", &words.id, NULL},
                                     {"model", &words.model, NULL},
                                     {"save-model", &words.save_model, NULL},
                                     {"threshold", &words.threshold, NULL},
                                     {"cluster-at", &words.cluster_at, NULL},
                                     {"threads", &words.threads, NULL},
                                     {"seed", &words.seed, NULL}};
    struct plain plain;
    int outcome = options_read(argc, argv, link_help, options, 9, &plain);
    if (outcome != CLI_OK) return outcome < 0 ? CLI_OK : outcome;
    if (plain.count < 1 || plain.count > 2 || !words.output) {
        cli_error("name one or two files and where the pairs go (-o); see 'pendeen link --help'");
        return CLI_USAGE;
    }
    words.files = plain.count;
    for (int i = 0; i < plain.count; i++) words.file[i] = plain.word[i];
    struct batch_options batch = {0};
    double cluster_at = 0;
    int64_t threads = 0;
    int64_t seed = 0;
    if (!probability_option("threshold", words.threshold, &batch.threshold) ||
        !probability_option("cluster-at", words.cluster_at, &cluster_at) ||
        option_number("threads", words.threads, 1, 64, &threads) != CLI_OK ||
        option_number("seed", words.seed, 0, INT64_MAX, &seed) != CLI_OK)
        return CLI_USAGE;
    batch.threads = (int)threads;
    batch.seed = (uint64_t)seed;
    struct err err = {0};
    if (run(&words, &batch, cluster_at, &err) == ST_OK) return CLI_OK;
    cli_error_from(&err);
    return CLI_FAILED;
}
