/*
 * pendeen import: a spreadsheet from the command line.
 */
#include "cli/options.h"
#include "cli/partnership.h"
#include "cli/store_place.h"
#include "domain/account.h"
#include "domain/import_batch.h"
#include "domain/scope.h"

#include <stdio.h>
#include <sys/stat.h>

static const char import_help[] =
    "Usage: pendeen import [options] --as EMAIL FILE.csv\n\n"
    "Takes any spreadsheet saved as CSV. What its columns are is guessed and printed;\n"
    "save the guess, mend it and give it back where it is wrong. Rows that are refused\n"
    "are listed with line and reason, the others go in; where all are, it ends with 1.\n"
    "The same file twice adds nothing.\n\n"
    "  --as EMAIL           in whose name\n"
    "  --data FOLDER        the data folder (default: data)\n"
    "  --area FOLDER        the area pack\n"
    "  --dry-run            store nothing, only say what would happen\n"
    "  --mapping FILE       what the columns are\n"
    "  --save-mapping FILE  write down what they were taken for\n"
    "  --refused FILE       write the refused rows there, to be mended and "
    "imported\n" STORE_OPTIONS_HELP;

struct import_words {
    const char *data;
    const char *area;
    const char *as;
    const char *mapping;
    const char *save_mapping;
    const char *refused;
    const char *file;
    bool dry_run;
};

struct import_run {
    struct import_accept accept;
    struct cli_progress progress;
    const char *refused_name;
    FILE *refused;
};

static ssize_t read_file(void *context, void *into, size_t size)
{
    FILE *file = context;
    size_t got = fread(into, 1, size, file);
    return got == 0 && ferror(file) ? -1 : (ssize_t)got;
}

static enum st accept_row(void *context, struct submission_draft *draft, bool *ret_new,
                          size_t *ret_links, struct err *err)
{
    struct import_run *run = context;
    return import_accept(&run->accept, draft, ret_new, ret_links, err);
}

static void show_progress(void *context, int64_t bytes, size_t rows)
{
    (void)rows;
    struct import_run *run = context;
    cli_progress_update(&run->progress, bytes);
}

static enum st write_refused(void *context, struct str csv, struct err *err)
{
    struct import_run *run = context;
    if (!run->refused_name) return ST_OK;
    if (!run->refused) run->refused = fopen(run->refused_name, "wb");
    if (run->refused && fwrite(csv.ptr, 1, csv.len, run->refused) == csv.len) return ST_OK;
    return err_set(err, ST_FAILED, "'%s' cannot be written.", run->refused_name);
}

/* A small text file, whole. */
static enum st read_text(struct arena *arena, const char *name, struct str *ret, struct err *err)
{
    enum { TEXT_MAX = 1 << 20 };
    FILE *file = fopen(name, "rb");
    if (!file) return err_set(err, ST_INVALID, "'%s' cannot be read.", name);
    char *text = arena_alloc(arena, TEXT_MAX);
    *ret = str_of(text, fread(text, 1, TEXT_MAX, file));
    fclose(file);
    return ST_OK;
}

static enum st set_mapping(struct arena *arena, const struct import_words *words,
                           struct import *import, struct err *err)
{
    struct str mapping;
    enum st outcome = ST_OK;
    if (words->mapping) {
        outcome = read_text(arena, words->mapping, &mapping, err);
        if (outcome == ST_OK) outcome = import_mapping_read(import, mapping, err);
    }
    if (outcome != ST_OK) return outcome;
    mapping = import_mapping_write(arena, import);
    fprintf(stderr, "Columns, read as %s:\n%.*s\n", import_encoding(import), STR_ARG(mapping));
    if (!words->save_mapping) return ST_OK;
    FILE *file = fopen(words->save_mapping, "wb");
    bool good = file && fwrite(mapping.ptr, 1, mapping.len, file) == mapping.len;
    if (file && fclose(file) != 0) good = false;
    return good ? ST_OK : err_set(err, ST_FAILED, "'%s' cannot be written.", words->save_mapping);
}

/* Refused rows over the file that is being read would lose it. */
static bool is_same_file(const struct stat *about, const char *name)
{
    struct stat other;
    return name && stat(name, &other) == 0 && other.st_dev == about->st_dev &&
           other.st_ino == about->st_ino;
}

static void print_report(const struct import_report *report, bool dry_run, const char *refused)
{
    printf("%zu %s: %zu taken, %zu known already, %zu refused; %zu links found%s\n", report->rows,
           report->rows == 1 ? "row" : "rows", report->taken, report->already, report->refused,
           report->links, dry_run ? " (a trial: nothing was stored)" : "");
    for (size_t i = 0; i < report->refusals_shown; i++)
        printf("line %zu: %s\n", report->refusal[i].line, report->refusal[i].reason);
    if (report->refused > report->refusals_shown)
        printf("... and %zu more\n", report->refused - report->refusals_shown);
    if (report->left_out)
        printf("%zu %s who told it; %s left out, so that nobody can be found by %s\n",
               report->left_out, report->left_out == 1 ? "cell says" : "cells say",
               report->left_out == 1 ? "it was" : "they were",
               report->left_out == 1 ? "it" : "them");
    if (report->refused && refused)
        printf("the refused rows are in %s: mend them there and import that file\n", refused);
    else if (report->refused)
        printf(
            "--refused FILE writes the refused rows to a file that can be mended and imported\n");
}

static enum st run_import(struct import *import, struct import_run *run, int64_t size,
                          struct err *err)
{
    struct import_report *report = calloc(1, sizeof *report);
    if (!report) abort();
    struct import_sink sink = {.context = run,
                               .accept = accept_row,
                               .progress = show_progress,
                               .refused = write_refused};
    cli_progress_start(&run->progress, "bytes", size);
    enum st outcome = import_run(import, &sink, report, err);
    cli_progress_end(&run->progress);
    if (run->refused && fclose(run->refused) != 0 && outcome == ST_OK)
        outcome = err_set(err, ST_FAILED, "'%s' cannot be written.", run->refused_name);
    print_report(report, run->accept.dry_run, run->refused_name);
    if (outcome == ST_OK) outcome = cli_rows_outcome(report->rows, report->refused, err);
    free(report);
    return outcome;
}

static enum st import_words_run(const struct import_words *words, struct arena *arena,
                                struct err *err)
{
    FILE *file = fopen(words->file, "rb");
    struct stat about;
    if (!file || fstat(fileno(file), &about) != 0) {
        if (file) fclose(file);
        return err_set(err, ST_INVALID, "'%s' cannot be read.", words->file);
    }
    if (is_same_file(&about, words->refused)) {
        fclose(file);
        return err_set(err, ST_INVALID, "--refused would be written over '%s' itself.",
                       words->file);
    }
    struct partnership partnership;
    struct person who = {0};
    struct import *import = NULL;
    enum st outcome =
        partnership_open_as(&partnership, arena, words->data, words->area, words->as, &who, err);
    if (outcome == ST_OK && !access_allows(&who, ACT_IMPORT, NULL))
        outcome = err_set(err, ST_DENIED, "%s may not import.", words->as);
    if (outcome == ST_OK)
        outcome = import_open(read_file, file, clock_london(clock_now()).date, &import, err);
    if (outcome == ST_OK) outcome = set_mapping(arena, words, import, err);
    if (outcome == ST_OK) {
        struct import_run run = {.accept = {&partnership.app, &who, 0, words->dry_run},
                                 .refused_name = words->refused};
        outcome = run_import(import, &run, about.st_size, err);
    }
    import_close(import);
    partnership_close(&partnership);
    fclose(file);
    return outcome;
}

int cli_import(int argc, char **argv)
{
    struct import_words words = {.data = "data"};
    const struct option options[] = {STORE_OPTIONS,
                                     {"data", &words.data, NULL},
                                     {"area", &words.area, NULL},
                                     {"as", &words.as, NULL},
                                     {"mapping", &words.mapping, NULL},
                                     {"save-mapping", &words.save_mapping, NULL},
                                     {"refused", &words.refused, NULL},
                                     {"dry-run", NULL, &words.dry_run}};
    struct plain plain;
    int outcome = options_read(argc, argv, import_help, options, 7 + STORE_OPTIONS_COUNT, &plain);
    if (outcome != CLI_OK) return outcome < 0 ? CLI_OK : outcome;
    if (!words.as || plain.count != 1) {
        cli_error("say in whose name (--as) and one file; see 'pendeen import --help'");
        return CLI_USAGE;
    }
    words.file = plain.word[0];
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct err err = {0};
    enum st result = import_words_run(&words, &arena, &err);
    arena_done(&arena);
    return cli_outcome(result, &err);
}
