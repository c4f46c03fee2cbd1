/*
 * pendeen search: what is known, at the command line.
 */
#include "cli/options.h"
#include "cli/partnership.h"
#include "cli/store_place.h"
#include "domain/account.h"
#include "domain/search.h"

#include <stdio.h>

static const char search_help[] =
    "Usage: pendeen search [options] --as EMAIL TEXT...\n\n"
    "Finds people, vehicles, phones, accounts and places by part of a name, a\n"
    "nickname, a sound, a plate with ? and *, the last digits of a phone, a handle,\n"
    "a postcode or a venue. One line for each: kind, id, mentions, title, how.\n\n"
    "  --as EMAIL      in whose name (it goes into the audit log)\n"
    "  --data FOLDER   the data folder (default: data)\n"
    "  --area FOLDER   the area pack\n"
    "  --most NUMBER   how many lines at most (default: 20)\n" STORE_OPTIONS_HELP;

static enum st search(struct app *app, struct arena *arena, struct str as, struct str text,
                      size_t most, struct err *err)
{
    struct person who = {0};
    struct search_hit *hits = NULL;
    size_t count = 0;
    enum st outcome = account_person(app, arena, as, &who, err);
    if (outcome == ST_OK) outcome = search_run(app, arena, &who, text, most, &hits, &count, err);
    for (size_t i = 0; i < count; i++)
        printf("%-8s %8lld %5zu  %.*s  (%s: %s)\n", kind_name(hits[i].kind),
               (long long)hits[i].entity, hits[i].mentions, STR_ARG(hits[i].title),
               field_label(hits[i].field), hits[i].how);
    if (outcome == ST_OK && count == 0) fputs("Nothing was found.\n", stderr);
    return outcome;
}

int cli_search(int argc, char **argv)
{
    const char *data = "data";
    const char *area = NULL;
    const char *as = NULL;
    const char *most = "20";
    const struct option options[] = {STORE_OPTIONS,
                                     {"data", &data, NULL},
                                     {"area", &area, NULL},
                                     {"as", &as, NULL},
                                     {"most", &most, NULL}};
    struct plain plain;
    int64_t maximum = 0;
    int outcome = options_read(argc, argv, search_help, options, 4 + STORE_OPTIONS_COUNT, &plain);
    if (outcome != CLI_OK) return outcome < 0 ? CLI_OK : outcome;
    if (option_number("most", most, 1, 1000, &maximum) != CLI_OK) return CLI_USAGE;
    if (!as || plain.count == 0) {
        cli_error("say in whose name (--as) and what for; see 'pendeen search --help'");
        return CLI_USAGE;
    }
    struct arena arena;
    arena_init(&arena, 256 << 20);
    struct str text = str_from(plain.word[0]);
    for (int i = 1; i < plain.count; i++)
        text = str_fmt(&arena, "%.*s %s", STR_ARG(text), plain.word[i]);
    struct err err = {0};
    struct partnership partnership;
    enum st result = partnership_open(&partnership, data, area, &err);
    if (result == ST_OK)
        result = search(&partnership.app, &arena, str_from(as), text, (size_t)maximum, &err);
    partnership_close(&partnership);
    arena_done(&arena);
    return cli_outcome(result, &err);
}
