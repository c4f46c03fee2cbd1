/*
 * store_place: where the key ring is, and what opens it.
 *
 * Layer: cli.  A ring is looked for, in this order: --keys FILE; the systemd credential
 * pendeen.keys; DATA/pendeen.keys.  A passphrase comes from --passphrase-file FILE, from
 * the credential pendeen.passphrase, or is asked for on the terminal; never from the
 * words of a command or from the environment.
 */
#ifndef PENDEEN_CLI_STORE_PLACE_H
#define PENDEEN_CLI_STORE_PLACE_H

#include "base/err.h"
#include "store/store.h"

/* What the options said; a command runs once in a process. */
struct store_place {
    const char *database; /* NULL: SQLite in the data folder */
    const char *keys;
    const char *passphrase_file;
    const char *config; /* NULL: SETTINGS_FILE, when it is there */
    bool makes; /* this command makes a data folder that is not there: most do not */
};
extern struct store_place store_place;

/* Settings that every command goes by which does not say otherwise (options.h). */
#define SETTINGS_FILE "/etc/pendeen/pendeen.conf"

/* Where the records are, for a command that takes nothing from the configuration file. */
#define PLACE_OPTIONS                                                                              \
    {"store", &store_place.database, NULL}, {"keys", &store_place.keys, NULL},                     \
    {                                                                                              \
        "passphrase-file", &store_place.passphrase_file, NULL                                      \
    }
#define STORE_OPTIONS                                                                              \
    PLACE_OPTIONS,                                                                                 \
    {                                                                                              \
        "config", &store_place.config, NULL                                                        \
    }
enum { PLACE_OPTIONS_COUNT = 3, STORE_OPTIONS_COUNT = 4 };
#define PLACE_OPTIONS_HELP                                                                         \
    "  --store ADDRESS   postgresql://HOST/DATABASE (default: what PENDEEN_STORE says, or\n"       \
    "                    SQLite in the data folder); its password belongs in ~/.pgpass\n"          \
    "  --keys FILE       the key ring (default: the systemd credential pendeen.keys, or\n"         \
    "                    pendeen.keys in the data folder)\n"                                       \
    "  --passphrase-file FILE   what unlocks it, in the file's first line\n"
#define STORE_OPTIONS_HELP                                                                         \
    PLACE_OPTIONS_HELP                                                                             \
    "  --config FILE     what it says of these counts where no option does (default:\n"            \
    "                    " SETTINGS_FILE ", when it is there)\n"

enum { PLACE_SIZE = 1100, PASSPHRASE_SIZE = 1024 };

/* The path of the ring of a data folder. */
void store_place_keys(const char *data, char ret[static PLACE_SIZE]);
/* The passphrase, empty when the ring has none.  Wipe it when done.  `ask`: on the
 * terminal, when the ring is locked and no file says it. */
enum st store_place_passphrase(const char *data, bool ask, char ret[static PASSPHRASE_SIZE],
                               struct err *err) MUST_USE;
/* Reads one line without showing it; false at the end of input. */
bool ask_secret(const char *what, char *ret, size_t size);

#endif
