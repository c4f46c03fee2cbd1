/*
 * pendeen missing: a file of missing episodes from the command line.
 */
#include "cli/options.h"
#include "cli/partnership.h"
#include "cli/store_place.h"
#include "domain/account.h"
#include "domain/missing_import.h"
#include "domain/scope.h"

#include <stdio.h>

static const char missing_help[] =
    "Usage: pendeen missing [options] --as EMAIL FILE.csv\n\n"
    "Takes in a file of missing episodes, one row each. Whose episode it is, is said by the\n"
    "reference of the child's record, the NHS number, or name and date of birth. What the\n"
    "columns are is guessed and printed; save the guess, mend it and give it back where it\n"
    "is wrong. Rows that are refused are listed with line and reason, the others go in;\n"
    "where all are, it ends with 1. The same file twice adds nothing.\n\n"
    "  --as EMAIL           in whose name\n"
    "  --data FOLDER        the data folder (default: data)\n"
    "  --area FOLDER        the area pack\n"
    "  --dry-run            store nothing, only say what would happen\n"
    "  --mapping FILE       what the columns are: 'Header = meaning', one a line\n"
    "  --save-mapping FILE  write down what they were taken for\n" STORE_OPTIONS_HELP;

struct missing_words {
    const char *data;
    const char *area;
    const char *as;
    const char *mapping;
    const char *save_mapping;
    const char *file;
    bool dry_run;
};

static enum st read_file(struct arena *arena, const char *name, struct str *ret, struct err *err)
{
    FILE *file = fopen(name, "rb");
    if (!file) return err_set(err, ST_INVALID, "'%s' cannot be read.", name);
    char *text = arena_alloc(arena, MISSING_FILE_MAX + 1);
    *ret = str_of(text, fread(text, 1, MISSING_FILE_MAX + 1, file));
    bool failed = ferror(file) != 0;
    fclose(file);
    return failed ? err_set(err, ST_INVALID, "'%s' cannot be read.", name) : ST_OK;
}

/* "Header = meaning" for every column that the text names. */
static enum st read_mapping(struct app *app, struct arena *arena, struct str text,
                            struct missing_import_column *column, size_t count, struct err *err)
{
    struct missing_import_target *target = NULL;
    struct str line;
    size_t targets = missing_import_targets(app, arena, &target);
    for (int number = 1; str_split(&text, '\n', &line); number++) {
        ptrdiff_t equals = str_find(line, STR("="), 0);
        if (!str_trim(line).len) continue;
        struct str header = equals < 0 ? line : str_trim(str_sub(line, 0, (size_t)equals));
        struct str to =
            equals < 0 ? STR("") : str_trim(str_sub(line, (size_t)equals + 1, line.len));
        size_t which = 0;
        size_t at = 0;
        while (which < targets && !str_eq(target[which].to, to)) which++;
        while (at < count && !str_eq(column[at].header, header)) at++;
        if (equals < 0 || which == targets)
            return err_set(err, ST_INVALID,
                           "Line %d of the mapping: '%.*s' is nothing that a column can be.",
                           number, STR_ARG(to));
        if (at < count) column[at].to = target[which].to;
    }
    return ST_OK;
}

static enum st save_mapping(const char *name, const struct missing_import_column *column,
                            size_t count, struct err *err)
{
    FILE *file = fopen(name, "wb");
    if (!file) return err_set(err, ST_FAILED, "'%s' cannot be written.", name);
    for (size_t i = 0; i < count; i++)
        fprintf(file, "%.*s = %.*s\n", STR_ARG(column[i].header), STR_ARG(column[i].to));
    return fclose(file) == 0 ? ST_OK : err_set(err, ST_FAILED, "'%s' cannot be written.", name);
}

static void print_report(const struct missing_import_report *report, bool dry_run)
{
    printf("%zu %s: %zu taken, %zu known already, %zu refused%s\n", report->rows,
           report->rows == 1 ? "row" : "rows", report->taken, report->already, report->refused,
           dry_run ? " (a trial: nothing was stored)" : "");
    if (report->returns)
        printf("%zu of those known already: the return was added\n", report->returns);
    for (size_t i = 0; i < report->refusals_shown; i++)
        printf("line %zu: %s\n", report->refusal[i].line, report->refusal[i].reason);
    if (report->refused > report->refusals_shown)
        printf("... and %zu more\n", report->refused - report->refusals_shown);
    if (report->overlapping)
        printf("%zu of the taken are at the same time as another episode of the child:\n",
               report->overlapping);
    for (size_t i = 0; i < report->overlaps_shown; i++)
        printf("line %zu: %s\n", report->overlap[i].line, report->overlap[i].reason);
}

static enum st take_in(struct app *app, struct arena *arena, const struct missing_words *words,
                       const struct person *who, struct err *err)
{
    struct missing_import_column *column =
        arena_many(arena, MISSING_COLUMNS_MAX, struct missing_import_column);
    struct missing_import_report *report = arena_new(arena, struct missing_import_report);
    struct str text;
    struct str mapping;
    size_t count = 0;
    enum st outcome = read_file(arena, words->file, &text, err);
    if (outcome == ST_OK) outcome = missing_import_columns(app, arena, text, column, &count, err);
    if (outcome == ST_OK && words->mapping) {
        outcome = read_file(arena, words->mapping, &mapping, err);
        if (outcome == ST_OK) outcome = read_mapping(app, arena, mapping, column, count, err);
    }
    if (outcome != ST_OK) return outcome;
    for (size_t i = 0; i < count; i++)
        fprintf(stderr, "%.*s = %.*s\n", STR_ARG(column[i].header),
                STR_ARG(column[i].to.len ? column[i].to : STR("(left out)")));
    if (words->save_mapping) outcome = save_mapping(words->save_mapping, column, count, err);
    if (outcome == ST_OK)
        outcome = missing_import_run(app, who, text, column, count, words->dry_run, report, err);
    if (outcome != ST_OK) return outcome;
    print_report(report, words->dry_run);
    return cli_rows_outcome(report->rows, report->refused, err);
}

static enum st missing_words_run(const struct missing_words *words, struct arena *arena,
                                 struct err *err)
{
    struct partnership partnership;
    struct person who = {0};
    enum st outcome =
        partnership_open_as(&partnership, arena, words->data, words->area, words->as, &who, err);
    if (outcome == ST_OK) outcome = take_in(&partnership.app, arena, words, &who, err);
    partnership_close(&partnership);
    return outcome;
}

int cli_missing(int argc, char **argv)
{
    struct missing_words words = {.data = "data"};
    const struct option options[] = {STORE_OPTIONS,
                                     {"data", &words.data, NULL},
                                     {"area", &words.area, NULL},
                                     {"as", &words.as, NULL},
                                     {"mapping", &words.mapping, NULL},
                                     {"save-mapping", &words.save_mapping, NULL},
                                     {"dry-run", NULL, &words.dry_run}};
    struct plain plain;
    int outcome = options_read(argc, argv, missing_help, options, 6 + STORE_OPTIONS_COUNT, &plain);
    if (outcome != CLI_OK) return outcome < 0 ? CLI_OK : outcome;
    if (!words.as || plain.count != 1) {
        cli_error("say in whose name (--as) and one file; see 'pendeen missing --help'");
        return CLI_USAGE;
    }
    words.file = plain.word[0];
    struct arena arena;
    struct err err = {0};
    arena_init(&arena, 256 << 20);
    enum st result = missing_words_run(&words, &arena, &err);
    arena_done(&arena);
    return cli_outcome(result, &err);
}
