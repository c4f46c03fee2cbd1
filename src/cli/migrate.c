/*
 * pendeen migrate: brings a data folder to this version's shape.
 */
#include "cli/options.h"
#include "cli/store_place.h"
#include "store/migration.h"
#include "store/store.h"

#include <stdio.h>

static const char migrate_help[] =
    "Usage: pendeen migrate [--data FOLDER]\n\n"
    "Applies the migrations that the data folder lacks and prints them all. 'pendeen\n"
    "serve' does the same when it starts. Migrations only go forward: make a copy of\n"
    "the folder first.\n\n"
    "  --data FOLDER   the data folder (default: data)\n" STORE_OPTIONS_HELP;

int cli_migrate(int argc, char **argv)
{
    const char *data = "data";
    const struct option options[] = {STORE_OPTIONS, {"data", &data, NULL}};
    struct plain plain;
    int outcome = options_read(argc, argv, migrate_help, options, 1 + STORE_OPTIONS_COUNT, &plain);
    if (outcome != CLI_OK) return outcome < 0 ? CLI_OK : outcome;
    if (plain.count > 0) {
        cli_error("'%s' was not expected; see 'pendeen migrate --help'", plain.word[0]);
        return CLI_USAGE;
    }
    struct store *store = NULL;
    struct err err = {0};
    char keys[PLACE_SIZE];
    char passphrase[PASSPHRASE_SIZE];
    store_place_keys(data, keys);
    enum st opened = store_place_passphrase(data, true, passphrase, &err);
    struct store_start start = {.folder = data,
                                .database = store_place.database,
                                .keys = keys,
                                .passphrase = str_from(passphrase),
                                .existing = true};
    if (opened == ST_OK) opened = store_open_with(&start, &store, &err);
    explicit_bzero(passphrase, sizeof passphrase);
    if (opened != ST_OK) {
        cli_error_from(&err);
        return CLI_FAILED;
    }
    for (size_t i = 0; i < migrations_count; i++)
        printf("%4d %s\n", migrations[i].number, migrations[i].name);
    store_close(store);
    return CLI_OK;
}
