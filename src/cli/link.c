/*
 * pendeen link: links or deduplicates whole files.
 */
#include "cli/link_report.h"
#include "cli/link_write.h"
#include "cli/options.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "link/batch.h"
#include "link/need.h"
#include "link/table_ids.h"
#include "link/table_names.h"

#include <fcntl.h>
#include <limits.h>
#include <math.h>
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
    "  --clusters FILE     clusters: id,cluster_id (of two files: file,id,cluster_id)\n"
    "  --id COLUMN         the id column (default: the first, or the number of the row where\n"
    "                      the first is a name, a date or the like); of two files where it has\n"
    "                      two names both, with a comma between\n"
    "  --report FILE       a page with charts: weights, sample pairs, clusters, gaps\n"
    "  --model FILE        what the columns are, as JSON; m and u in it are not learnt\n"
    "                      anew (take them out to mend the columns alone)\n"
    "  --save-model FILE   write down what they were taken for, and what was learnt\n"
    "  --threshold P       keep pairs of at least this probability (default: 0.01)\n"
    "  --cluster-at P      join pairs of at least this probability (default: 0.95)\n"
    "  --partners N        of how many others a record may be a repeat: one or many\n"
    "                      (default: found out by the surest pairs)\n"
    "  --threads N         (default: one for each processor)\n"
    "  --seed S            of the pairs drawn at random (default: 1)\n";

struct link_words {
    const char *output;
    const char *clusters;
    const char *id;
    const char *model;
    const char *save_model;
    const char *report;
    const char *threshold;
    const char *cluster_at;
    const char *partners;
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
    if (!S_ISREG(about.st_mode)) {
        close(handle);
        return err_set(err, ST_INVALID, "'%s' is no file: save what it gives as one and name that.",
                       name);
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

/* --- what is written ------------------------------------------------------------------------ */

/* The folder that a file is in, or would be; false: the name is too long. */
static bool folder_of(const char *name, char ret[static PATH_MAX])
{
    const char *end = strrchr(name, '/');
    if (!end) return snprintf(ret, PATH_MAX, ".") > 0;
    return snprintf(ret, PATH_MAX, "%.*s", end == name ? 1 : (int)(end - name), name) < PATH_MAX;
}

static const char *base_of(const char *name)
{
    const char *end = strrchr(name, '/');
    return end ? end + 1 : name;
}

/* A file that is there, or one that its folder has room for. */
static bool can_write(const char *name)
{
    char folder[PATH_MAX];
    if (access(name, F_OK) == 0) return access(name, W_OK) == 0;
    return folder_of(name, folder) && access(folder, W_OK | X_OK) == 0;
}

/* One file by two names, whether it is there or not. */
static bool same_file(const char *name, const char *other)
{
    struct stat one, two;
    char folder[2][PATH_MAX];
    bool is_there = stat(name, &one) == 0;
    if (is_there != (stat(other, &two) == 0)) return false;
    if (is_there)
        return S_ISREG(one.st_mode) && one.st_dev == two.st_dev && one.st_ino == two.st_ino;
    return str_eq(str_from(base_of(name)), str_from(base_of(other))) &&
           folder_of(name, folder[0]) && folder_of(other, folder[1]) &&
           stat(folder[0], &one) == 0 && stat(folder[1], &two) == 0 && one.st_dev == two.st_dev &&
           one.st_ino == two.st_ino;
}

/* Before any work: that nothing is written over what is read, nor twice, nor where it cannot be. */
static enum st check_outputs(const struct link_words *words, struct err *err)
{
    const char *const output[] = {words->output, words->clusters, words->save_model, words->report};
    enum { OUTPUTS = sizeof output / sizeof *output };
    for (int i = 0; i < OUTPUTS; i++) {
        if (!output[i]) continue;
        for (int k = 0; k < words->files; k++)
            if (same_file(output[i], words->file[k]))
                return err_set(err, ST_INVALID, "'%s' is read from: name another file to write to.",
                               output[i]);
        for (int k = 0; k < i; k++)
            if (output[k] && same_file(output[i], output[k]))
                return err_set(
                    err, ST_INVALID,
                    "'%s' is named twice to write to: name another file for one of them.",
                    output[i]);
        if (!can_write(output[i]))
            return err_set(err, ST_INVALID, "'%s' cannot be written.", output[i]);
    }
    return ST_OK;
}

/* --- what is read --------------------------------------------------------------------------- */

/* "id,number": of the first file, of the second. */
static struct str id_of_file(const struct link_words *words, int file)
{
    struct str id = str_from(words->id);
    ptrdiff_t comma = str_find(id, STR(","), 0);
    if (words->files < 2 || comma < 0) return id;
    return file ? str_sub(id, (size_t)comma + 1, id.len) : str_sub(id, 0, (size_t)comma);
}

static void warn_of_repeated_ids(const struct link_words *words, const struct table *table,
                                 size_t from, const char *file)
{
    size_t row;
    size_t repeated = table_repeated_ids(table, from, table->rows, &row);
    if (!repeated) return;
    struct str id = table_id(table, row);
    fprintf(stderr,
            "Warning: in %s %zu %s an id that stands there already, '%.*s' for one. Pairs name "
            "records by their id: "
            "give the column that is different in each row with --id%s.\n",
            file, repeated, repeated == 1 ? "row has" : "rows have", STR_ARG(id),
            words->id ? "" : " (now it is the first)");
}

static void join_names(struct table *table, size_t first_rows)
{
    struct buf said;
    buf_init(&said, 64 << 10);
    if (table_join_names(table, first_rows, &said))
        fprintf(stderr, "Taken together: %.*s.\n", STR_ARG(buf_str(&said)));
    buf_done(&said);
}

/* Reads a file into the table; what spreadsheets save is not always UTF-8. */
static enum st read_table(const struct link_words *words, int file, struct table *table,
                          int threads, struct err *err)
{
    struct str mapped;
    enum st outcome = map_file(words->file[file], &mapped, err);
    if (outcome != ST_OK) return outcome;
    size_t mark;
    struct str text = mapped;
    char *decoded = NULL;
    struct str start = str_sub(text, 0, 4096);
    enum encoding encoding = encoding_of_start(start, &mark);
    if (encoding == ENCODING_UNDECIDED) encoding = encoding_of_bytes(text, true);
    /* else table_read says so */
    bool is_text = encoding != ENCODING_WINDOWS_1252 || !memchr(start.ptr, 0, start.len);
    if (is_text && encoding != ENCODING_UNDECIDED && encoding != ENCODING_UTF8) {
        fprintf(stderr, "%s is not in UTF-8: it was read as %s.\n", words->file[file],
                encoding_name(encoding));
        text = str_sub(text, mark, text.len);
        decoded = need(malloc(ENCODING_GROWTH * text.len + 1));
        encoding_decode(encoding, text, true, decoded, &text.len);
        text.ptr = decoded;
    }
    outcome = table_read(table, text, id_of_file(words, file), threads, err);
    if (mapped.len) munmap((void *)(uintptr_t)mapped.ptr, mapped.len);
    free(decoded);
    if (outcome != ST_OK) err_hint(err, "In %s.", words->file[file]);
    if (outcome == ST_OK && table->above)
        fprintf(stderr, "Of %s the first %zu line%s, above the headings, %s left out.\n",
                words->file[file], table->above, table->above == 1 ? "" : "s",
                table->above == 1 ? "is" : "are");
    if (outcome == ST_OK && table->numbered)
        fprintf(stderr,
                "The first column of %s is no id by its heading: pairs name records by the number "
                "of their row, from 1. Where it is one, say so with --id.\n",
                words->file[file]);
    return outcome;
}

static enum st read_tables(const struct link_words *words, struct table *table, int threads,
                           size_t *ret_first, struct err *err)
{
    *ret_first = 0;
    for (int i = 0; i < words->files; i++) {
        enum st outcome = read_table(words, i, table, threads, err);
        if (outcome != ST_OK) return outcome;
        warn_of_repeated_ids(words, table, i ? *ret_first : 0, words->file[i]);
        if (i == 0 && words->files == 2) *ret_first = table->rows;
    }
    if (words->files == 2 && !words->model) join_names(table, *ret_first);
    return ST_OK;
}

static enum st make_model(const struct link_words *words, const struct table *table,
                          struct model *model, struct err *err)
{
    if (words->model) {
        struct str given;
        enum st outcome = map_file(words->model, &given, err);
        if (outcome == ST_OK) outcome = model_read(given, table, model, err);
        if (given.len) munmap((void *)(uintptr_t)given.ptr, given.len);
        if (outcome != ST_OK) return outcome;
    } else {
        model_guess(table, model);
    }
    if (model->count > 0) return ST_OK;
    return err_set(err, ST_INVALID, "No column of the file tells records apart.");
}

static enum st save_model(const struct link_words *words, const struct table *table,
                          const struct model *model, struct err *err)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    model_write(model, table, true, &text);
    FILE *file = fopen(words->save_model, "wb");
    bool good = file && !text.overflow && fwrite(buf_str(&text).ptr, 1, text.len, file) == text.len;
    if (file && fclose(file) != 0) good = false;
    buf_done(&text);
    return good ? ST_OK : err_set(err, ST_FAILED, "'%s' cannot be written.", words->save_model);
}

/* --- what is printed -------------------------------------------------------------------- */

/* Does any of these rows have something in a column of the comparison? */
static bool is_filled(const struct table *table, const struct model_comparison *comparison,
                      size_t from, size_t to)
{
    for (int i = 0; i < comparison->columns; i++)
        for (size_t row = from; row < to; row++)
            if (table->column[comparison->column[i]].value[row]) return true;
    return false;
}

static const char *only_in(const struct table *table, const struct model_comparison *comparison,
                           size_t first_rows)
{
    if (!first_rows) return "";
    if (!is_filled(table, comparison, first_rows, table->rows))
        return "  only in the first file: it tells nothing";
    return is_filled(table, comparison, 0, first_rows)
               ? ""
               : "  only in the second file: it tells nothing";
}

static void print_columns(const struct model *model, const struct table *table, size_t first_rows)
{
    fprintf(stderr, "%zu rows. Compared:\n", table->rows);
    for (int i = 0; i < model->count; i++) {
        char name[4 * TABLE_NAME_SIZE];
        model_comparison_name(model, table, i, name, sizeof name);
        fprintf(stderr, "  %-28s %s%s\n", name, model_role_name(model->comparison[i].role),
                only_in(table, &model->comparison[i], first_rows));
    }
    bool any = false;
    for (size_t i = 0; i < table->columns; i++) {
        const struct table_column *column = &table->column[i];
        if (!column->also[0] || (int)i == table->id_column) continue;
        fprintf(stderr, "%s '%s' for '%s'",
                any ? "," : "The second file's headings were taken so:", column->also,
                column->name);
        any = true;
    }
    if (any) fputs(". Where that is wrong, change a heading.\n", stderr);
}

/* `unpaired`: which comparisons only one of two files can make. */
static void print_model(const struct model *model, const struct table *table,
                        const bool unpaired[static MODEL_COMPARISONS_MAX])
{
    fprintf(stderr, "\n%-28s", "match weight in bits");
    for (int level = LEVEL_EXACT; level >= LEVEL_DIFFERENT; level--)
        fprintf(stderr, " %9s", model_level_name(level));
    fputc('\n', stderr);
    for (int i = 0; i < model->count; i++) {
        const struct model_comparison *c = &model->comparison[i];
        char name[4 * TABLE_NAME_SIZE];
        model_comparison_name(model, table, i, name, sizeof name);
        fprintf(stderr, "%-28.28s", name);
        for (int level = LEVEL_EXACT; level >= LEVEL_DIFFERENT; level--)
            if (!unpaired[i])
                fprintf(stderr, " %+9.1f", __builtin_log2(c->m[level] / c->u[level]));
            else
                fprintf(stderr, " %9s", "-");
        fputc('\n', stderr);
    }
}

static enum st write_report(const struct link_words *words, const struct batch_options *options,
                            double cluster_at, const struct table *table, const struct model *model,
                            const struct batch_result *result, struct err *err)
{
    struct link_report report = {.table = table,
                                 .model = model,
                                 .result = result,
                                 .threshold = options->threshold,
                                 .cluster_at = cluster_at,
                                 .file = {words->file[0], words->file[1]}};
    struct buf page;
    buf_init(&page, 16 << 20);
    link_report_draw(&report, &page);
    FILE *file = page.overflow ? NULL : fopen(words->report, "wb");
    bool good = file && fwrite(buf_str(&page).ptr, 1, page.len, file) == page.len;
    if (file && fclose(file) != 0) good = false;
    buf_done(&page);
    return good ? ST_OK : err_set(err, ST_FAILED, "'%s' cannot be written.", words->report);
}

/* --- running ---------------------------------------------------------------------------- */

struct watch {
    struct cli_progress bar;
    int64_t at_ns;
    double seconds[5]; /* reading, preparing, learning, comparing, clustering */
    size_t ended;
};

static double lap(struct watch *watch)
{
    int64_t now = clock_tick_ns();
    double seconds = (double)(now - watch->at_ns) / 1e9;
    watch->at_ns = now;
    return seconds;
}

static void show_progress(void *context, int done)
{
    static const int ends[] = {BATCH_PREPARED, BATCH_LEARNT, BATCH_COMPARED, 1000};
    struct watch *watch = context;
    while (watch->ended < sizeof ends / sizeof *ends && done >= ends[watch->ended])
        watch->seconds[++watch->ended] = lap(watch);
    cli_progress_update(&watch->bar, done);
}

static void warn_of_unread(const struct table *table, const struct model *model,
                           const struct batch_result *result)
{
    for (int i = 0; i < model->count; i++) {
        char name[4 * TABLE_NAME_SIZE];
        size_t rows = batch_unread(result, i);
        model_comparison_name(model, table, i, name, sizeof name);
        if (rows)
            fprintf(stderr,
                    "Warning: in %zu of %zu rows %s is no date that can be read; there it was "
                    "taken as missing.\n",
                    rows, table->rows, name);
    }
}

/* Rows that no pass compared, for too many are like them. */
static void warn_of_crowds(const struct batch_result *result)
{
    size_t rows = 0;
    for (int p = 0; p < result->passes && !result->all_pairs; p++)
        if (result->pass[p].crowded_out > rows) rows = result->pass[p].crowded_out;
    if (rows)
        fprintf(stderr,
                "Warning: %zu rows stand there nearly the same more than %d times, and were not "
                "all compared with each other. "
                "Leave one of each and link again.\n",
                rows, BATCH_CROWD_MOST);
}

static void print_summary(const struct table *table, const struct model *model,
                          const struct batch_result *result, const struct watch *watch,
                          double writing)
{
    fprintf(stderr, "\n%zu pairs compared%s, %zu kept, %zu clusters of %zu records\n",
            result->compared, result->all_pairs ? " (all there are)" : "", result->count,
            result->clusters, table->rows);
    if (result->expected_all > 0)
        fprintf(stderr, "about %.0f true pairs expected, %.1f %% of them among those compared\n",
                result->expected_all, 100 * fmin(1, result->expected_found / result->expected_all));
    warn_of_unread(table, model, result);
    warn_of_crowds(result);
    static const char *const which[] = {"", "each record of the first file",
                                        "each record of the second file", "each record"};
    int one = result->one_partner[0] + 2 * result->one_partner[1];
    if (one)
        fprintf(
            stderr,
            "%s was taken to have one partner at most; give --partners many if it may have more\n",
            which[one]);
    fprintf(stderr,
            "reading %.2f s, preparing %.2f s, learning %.2f s, comparing %.2f s, clusters %.2f s, "
            "writing %.2f s\n",
            watch->seconds[0], watch->seconds[1], watch->seconds[2], watch->seconds[3],
            watch->seconds[4], writing);
}

static enum st link_table(const struct link_words *words, const struct batch_options *given,
                          double cluster_at, struct table *table, struct watch *watch,
                          struct err *err)
{
    struct batch_options options = *given;
    struct model model;
    struct batch_result result = {0};
    enum st outcome = make_model(words, table, &model, err);
    if (outcome != ST_OK) return outcome;
    print_columns(&model, table, options.first_rows);
    bool unpaired[MODEL_COMPARISONS_MAX] = {0};
    for (int i = 0; i < model.count; i++)
        unpaired[i] = *only_in(table, &model.comparison[i], options.first_rows);
    fprintf(stderr, "This takes up to %zu MB of memory, and %d bytes for each pair that is kept.\n",
            (table_bytes(table) + batch_bytes_needed(table->rows, model.count)) / 1000000 + 1,
            BATCH_PAIR_BYTES);
    cli_progress_start(&watch->bar, "thousandths", 1000);
    options.spent = table;
    options.progress = show_progress;
    options.context = watch;
    batch_link(table, &model, &options, cluster_at, &result);
    cli_progress_end(&watch->bar);
    print_model(&model, table, unpaired);
    outcome = link_write_pairs(words->output, table, &result, options.threads, err);
    if (outcome == ST_OK && words->clusters)
        outcome = link_write_clusters(words->clusters, table, options.first_rows, &result,
                                      options.threads, err);
    if (outcome == ST_OK && words->save_model) outcome = save_model(words, table, &model, err);
    if (outcome == ST_OK && words->report)
        outcome = write_report(words, &options, cluster_at, table, &model, &result, err);
    if (outcome == ST_OK) print_summary(table, &model, &result, watch, lap(watch));
    batch_done(&result);
    return outcome;
}

static enum st run(const struct link_words *words, const struct batch_options *given,
                   double cluster_at, struct err *err)
{
    struct table *table = calloc(1, sizeof *table);
    if (!table) abort();
    struct batch_options options = *given;
    struct watch watch = {.at_ns = clock_tick_ns()};
    enum st outcome = check_outputs(words, err);
    if (outcome == ST_OK)
        outcome = read_tables(words, table, options.threads, &options.first_rows, err);
    watch.seconds[0] = lap(&watch);
    if (outcome == ST_OK) outcome = link_table(words, &options, cluster_at, table, &watch, err);
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

static bool partners_option(const char *text, enum batch_partners *ret)
{
    *ret = BATCH_FOUND_OUT;
    if (text) *ret = str_eq(str_from(text), STR("one")) ? BATCH_ONE : BATCH_MANY;
    if (*ret != BATCH_MANY || str_eq(str_from(text), STR("many"))) return true;
    cli_error("--partners takes one or many, not '%s'", text);
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
                                     {"report", &words.report, NULL},
                                     {"threshold", &words.threshold, NULL},
                                     {"cluster-at", &words.cluster_at, NULL},
                                     {"partners", &words.partners, NULL},
                                     {"threads", &words.threads, NULL},
                                     {"seed", &words.seed, NULL}};
    struct plain plain;
    int outcome =
        options_read(argc, argv, link_help, options, sizeof options / sizeof *options, &plain);
    if (outcome != CLI_OK) return outcome < 0 ? CLI_OK : outcome;
    if (plain.count < 1 || plain.count > 2 || !words.output) {
        cli_error("name one or two files and where the pairs go (-o); see 'pendeen link --help'");
        return CLI_USAGE;
    }
    words.files = plain.count;
    for (int i = 0; i < plain.count; i++) words.file[i] = plain.word[i];
    struct batch_options batch = {0};
    if (!partners_option(words.partners, &batch.partners)) return CLI_USAGE;
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
    return cli_outcome(run(&words, &batch, cluster_at, &err), &err);
}
