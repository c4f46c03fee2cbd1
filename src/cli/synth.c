/*
 * pendeen synth: makes a partnership up and writes it as spreadsheets.
 */
#include "base/arena.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/partnership.h"
#include "domain/demo_words.h"
#include "synth/partnership_csv.h"
#include "synth/people.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

static const char help[] =
    "Usage: pendeen synth [options] -o FOLDER\n"
    "       pendeen synth --records N [--seed S] -o FOLDER\n\n"
    "Makes a partnership up and writes what its people report:\n"
    "  FOLDER/submissions.csv   one line for each report, as 'pendeen import' takes it\n"
    "  FOLDER/truth.csv         one line for each thing a report names: which one it\n"
    "                           truly is, and to which earlier reports it can be linked\n\n"
    "With --records a register instead, in which people stand several times:\n"
    "  FOLDER/people.csv        to be deduplicated with 'pendeen link'\n"
    "  FOLDER/people-truth.csv  whose record each is\n\n"
    "Nobody in it exists. The same options give the same files on every machine.\n\n"
    "  -o FOLDER       where the files go; made when missing\n"
    "  --reports N     how many reports (2000)\n"
    "  --people N      how many people they are about (a third of the reports)\n"
    "  --seed S        another seed, another partnership (1)\n"
    "  --records N     how many records of a register\n"
    "  --until DATE    day of the newest report, as 2026-06-30\n"
    "  --area FOLDER   the area pack, for its towns (as for pendeen serve)\n";

enum { BATCH = 1000, BATCH_BYTES = 64 << 20 };

struct files {
    FILE *submissions;
    FILE *truth;
    struct buf csv;
    struct buf links;
};

static FILE *file_open(const char *folder, const char *name)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
        cli_error("the name of the folder is too long");
        return NULL;
    }
    FILE *file = fopen(path, "w");
    if (!file) cli_error("'%s' cannot be written: %s", path, strerror(errno));
    return file;
}

/* Empties both builders into their files. */
static bool files_flush(struct files *files)
{
    struct buf *buf[] = {&files->csv, &files->links};
    FILE *file[] = {files->submissions, files->truth};
    for (size_t i = 0; i < 2; i++) {
        if (buf[i]->overflow || fwrite(buf_str(buf[i]).ptr, 1, buf[i]->len, file[i]) != buf[i]->len)
            return false;
        buf_clear(buf[i]);
    }
    return true;
}

static bool write_people(struct files *files, const struct synth_options *options, int32_t records)
{
    struct arena whole, each;
    arena_init(&whole, (size_t)1 << 30);
    arena_init(&each, 16 << 20);
    struct synth_people *people =
        synth_people_new(&whole, options->seed, records, options->town, options->town_count);
    struct cli_progress progress;
    cli_progress_start(&progress, "records", records);
    synth_people_header(&files->csv);
    synth_people_truth_header(&files->links);
    bool good = true;
    for (int32_t i = 0; i < records && good; i++) {
        struct arena_mark mark = arena_mark(&each);
        synth_people_line(people, &each, i, &files->csv);
        synth_people_truth_line(people, i, &files->links);
        arena_reset(&each, mark);
        if (i % BATCH == BATCH - 1) {
            good = files_flush(files);
            cli_progress_update(&progress, i + 1);
        }
    }
    good = good && files_flush(files);
    cli_progress_end(&progress);
    arena_done(&whole);
    arena_done(&each);
    return good;
}

static bool write_all(struct files *files, const struct synth_options *options)
{
    struct arena whole, each;
    arena_init(&whole, (size_t)64 << 30);
    arena_init(&each, 16 << 20);
    struct synth_partnership *partnership = synth_partnership_new(&whole, options);
    struct synth_tracker *tracker = synth_tracker_new(&whole, partnership);
    struct cli_progress progress;
    cli_progress_start(&progress, "reports", options->reports);
    synth_csv_header(&files->csv);
    synth_truth_header(&files->links);
    bool good = true;
    for (int32_t i = 0; i < options->reports && good; i++) {
        struct arena_mark mark = arena_mark(&each);
        struct synth_report report;
        struct synth_links links[SYNTH_MENTIONS_MAX];
        synth_report_make(partnership, &each, i, &report);
        synth_tracker_feed(tracker, &report, links);
        synth_csv_report(partnership, &report, &files->csv);
        synth_truth_report(&report, links, &files->links);
        arena_reset(&each, mark);
        if (i % BATCH == BATCH - 1) {
            good = files_flush(files);
            cli_progress_update(&progress, i + 1);
        }
    }
    good = good && files_flush(files);
    cli_progress_end(&progress);
    arena_done(&whole);
    arena_done(&each);
    return good;
}

/* `records` 0: the reports of a partnership; else a register of so many. */
static int write_folder(const char *folder, const struct synth_options *options, int32_t records)
{
    const char *data = records ? "people.csv" : "submissions.csv";
    const char *truth = records ? "people-truth.csv" : "truth.csv";
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        cli_error("the folder '%s' cannot be made: %s", folder, strerror(errno));
        return CLI_FAILED;
    }
    struct files files = {0};
    buf_init(&files.csv, BATCH_BYTES);
    buf_init(&files.links, BATCH_BYTES);
    files.submissions = file_open(folder, data);
    if (files.submissions) files.truth = file_open(folder, truth);
    bool opened = files.submissions && files.truth;
    bool good = opened && (records ? write_people(&files, options, records)
                                   : write_all(&files, options));
    /* What is still in the C library's buffers may fail to be written, too. */
    if (files.submissions) good &= fclose(files.submissions) == 0;
    if (files.truth) good &= fclose(files.truth) == 0;
    if (opened && !good) cli_error("the files in '%s' could not be written in full", folder);
    buf_done(&files.csv);
    buf_done(&files.links);
    if (!good) return CLI_FAILED;
    printf("%d %s in %s/%s, what is true of them in %s/%s\n", records ? records : options->reports,
           records ? "records" : "reports", folder, data, folder, truth);
    return CLI_OK;
}

/* With the towns of a pack. */
static int write_of_area(const char *folder, const char *pack, struct synth_options *options,
                         int32_t records)
{
    struct area *area = NULL;
    struct err err = {0};
    if (partnership_area(pack, &area, &err) != ST_OK) {
        cli_error_from(&err);
        return CLI_FAILED;
    }
    struct arena arena;
    arena_init(&arena, 1 << 20);
    options->town = demo_towns(&arena, area, &options->town_count);
    int outcome = write_folder(folder, options, records);
    arena_done(&arena);
    area_free(area);
    return outcome;
}

int cli_synth(int argc, char **argv)
{
    const char *folder = NULL, *reports = "2000", *people = "0", *seed = "1", *until = "2026-06-30";
    const char *records = NULL; /* a partnership */
    const char *area = NULL;
    const struct option options[] = {
        {"o", &folder, NULL},  {"reports", &reports, NULL}, {"people", &people, NULL},
        {"seed", &seed, NULL}, {"until", &until, NULL},     {"records", &records, NULL},
        {"area", &area, NULL},
    };
    struct plain plain;
    int outcome = options_read(argc, argv, help, options, sizeof options / sizeof *options, &plain);
    if (outcome != CLI_OK) return outcome < 0 ? CLI_OK : outcome;
    int64_t report_count, people_count, seed_number, record_count = 0;
    if (option_number("reports", reports, 1, 5000000, &report_count) != CLI_OK ||
        option_number("people", people, 0, 2000000, &people_count) != CLI_OK ||
        (records && option_number("records", records, 1, 50000000, &record_count) != CLI_OK) ||
        option_number("seed", seed, 0, INT64_MAX, &seed_number) != CLI_OK)
        return CLI_USAGE;
    struct date last;
    if (!date_parse_iso(str_from(until), &last)) {
        cli_error("--until takes a day such as 2026-06-30, not '%s'", until);
        return CLI_USAGE;
    }
    if (!folder || plain.count > 0) {
        cli_error("%s; see 'pendeen synth --help'",
                  folder ? "there are too many words" : "-o FOLDER is missing");
        return CLI_USAGE;
    }
    struct synth_options synth = {.seed = (uint64_t)seed_number,
                                  .people = (int32_t)people_count,
                                  .reports = (int32_t)report_count,
                                  .last_day = date_to_days(last)};
    return write_of_area(folder, area, &synth, (int32_t)record_count);
}
