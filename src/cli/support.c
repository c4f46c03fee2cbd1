/*
 * pendeen support: the directory of support as Open Referral UK, out and in.
 */
#include "cli/options.h"
#include "cli/partnership.h"
#include "cli/store_place.h"
#include "domain/account.h"
#include "domain/support_import.h"

#include <stdio.h>

static const char support_help[] =
    "Usage: pendeen support export [options] [FILE.json]\n"
    "       pendeen support import [options] --as EMAIL [--dry-run] FILE.json\n\n"
    "The directory of support as Open Referral UK (HSDS 3.0). 'export' writes the whole\n"
    "directory, to standard output when no file is named. 'import' says what would be\n"
    "new, what would change and which services are not right, with place and reason;\n"
    "then it takes the others in; where none is right, it ends with 1. While a server\n"
    "runs, use its pages instead: it gives the directory at /support/open-referral.json,\n"
    "and takes files under Numbers.\n\n"
    "  --as EMAIL      in whose name: an administrator\n"
    "  --dry-run       only say what would happen\n"
    "  --data FOLDER   the data folder (default: data)\n"
    "  --area FOLDER   the area pack\n" STORE_OPTIONS_HELP;

static enum st export_to(struct app *app, struct arena *arena, const char *name, struct err *err)
{
    struct support *list = NULL;
    size_t count = 0;
    enum st outcome = support_list(app, arena, false, &list, &count, err);
    if (outcome != ST_OK) return outcome;
    struct str text = open_referral_write(arena, app->area, list, count);
    FILE *file = name ? fopen(name, "wb") : stdout;
    bool good = file && fwrite(text.ptr, 1, text.len, file) == text.len && fputc('\n', file) != EOF;
    if (name && file && fclose(file) != 0) good = false;
    return good ? ST_OK
                : err_set(err, ST_FAILED, "'%s' cannot be written.",
                          name ? name : "standard output");
}

static enum st read_file(struct arena *arena, const char *name, struct str *ret, struct err *err)
{
    FILE *file = fopen(name, "rb");
    if (!file) return err_set(err, ST_INVALID, "'%s' cannot be read.", name);
    char *text = arena_alloc(arena, OPEN_REFERRAL_BYTES_MAX + 1);
    *ret = str_of(text, fread(text, 1, OPEN_REFERRAL_BYTES_MAX + 1, file));
    fclose(file);
    return ST_OK;
}

static void print_step(const struct support_step *step)
{
    const struct open_referral_row *row = step->row;
    struct str name = row->support.name;
    switch (step->change) {
    case SUPPORT_NEW: printf("new: %.*s\n", STR_ARG(name)); break;
    case SUPPORT_WRONG:
        printf("not right: %.*s: %.*s\n", STR_ARG(row->place), STR_ARG(row->why));
        break;
    case SUPPORT_OF_PACK: printf("of the area pack, left alone: %.*s\n", STR_ARG(name)); break;
    case SUPPORT_SAME: break;
    case SUPPORT_CHANGED:
        for (size_t i = 0; i < step->difference_count; i++)
            printf("changed: %.*s: %.*s: '%.*s' becomes '%.*s'\n", STR_ARG(name),
                   STR_ARG(step->difference[i].what), STR_ARG(step->difference[i].before),
                   STR_ARG(step->difference[i].after));
    }
}

/* Compared before it is staged, so that a trial keeps nothing. */
static enum st import_from(struct app *app, struct arena *arena, const struct person *who,
                           const char *name, bool dry_run, struct err *err)
{
    struct support_import import = {.file_name = str_from(name), .at = clock_now()};
    struct support_step *step = NULL;
    size_t count = 0;
    size_t taken = 0;
    size_t left[SUPPORT_WRONG + 1] = {0};
    int64_t id = 0;
    if (!access_allows(who, ACT_KEEP_SUPPORT, NULL))
        return err_set(err, ST_DENIED, "Only an administrator takes support in.");
    enum st outcome = read_file(arena, name, &import.file, err);
    if (outcome == ST_OK) outcome = support_import_plan(app, arena, &import, &step, &count, err);
    if (outcome != ST_OK) return outcome;
    for (size_t i = 0; i < count; i++) {
        print_step(&step[i]);
        left[step[i].change]++;
    }
    if (!dry_run) outcome = support_import_stage(app, who, import.file_name, import.file, &id, err);
    if (!dry_run && outcome == ST_OK) outcome = support_import_take(app, who, id, &taken, err);
    if (outcome == ST_OK)
        printf("%zu services: %zu new, %zu changed, %zu the same, %zu of the area pack, %zu not "
               "right%s\n",
               count, left[SUPPORT_NEW], left[SUPPORT_CHANGED], left[SUPPORT_SAME],
               left[SUPPORT_OF_PACK], left[SUPPORT_WRONG],
               dry_run ? " (a trial: nothing was stored)" : "");
    if (outcome == ST_OK) outcome = cli_rows_outcome(count, left[SUPPORT_WRONG], err);
    return outcome;
}

int cli_support(int argc, char **argv)
{
    const char *data = "data";
    const char *area = NULL;
    const char *as = NULL;
    bool dry_run = false;
    const struct option options[] = {{"data", &data, NULL},
                                     {"area", &area, NULL},
                                     {"as", &as, NULL},
                                     {"dry-run", NULL, &dry_run},
                                     STORE_OPTIONS};
    struct plain plain;
    int read = options_read(argc, argv, support_help, options, 4 + STORE_OPTIONS_COUNT, &plain);
    if (read != CLI_OK) return read < 0 ? CLI_OK : read;
    struct str what = plain.count ? str_from(plain.word[0]) : STR("");
    bool exports = str_eq(what, STR("export")) && plain.count <= 2;
    bool imports = str_eq(what, STR("import")) && plain.count == 2 && as;
    if (!exports && !imports) {
        cli_error("say export, or import with --as and a file; see 'pendeen support --help'");
        return CLI_USAGE;
    }
    struct err err = {0};
    struct partnership partnership;
    struct person who = {0};
    struct arena arena;
    arena_init(&arena, 512 << 20);
    enum st outcome = partnership_open(&partnership, data, area, &err);
    if (outcome == ST_OK && exports)
        outcome =
            export_to(&partnership.app, &arena, plain.count == 2 ? plain.word[1] : NULL, &err);
    if (outcome == ST_OK && imports)
        outcome = account_person(&partnership.app, &arena, str_from(as), &who, &err);
    if (outcome == ST_OK && imports)
        outcome = import_from(&partnership.app, &arena, &who, plain.word[1], dry_run, &err);
    partnership_close(&partnership);
    arena_done(&arena);
    return cli_outcome(outcome, &err);
}
