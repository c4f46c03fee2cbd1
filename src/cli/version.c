/*
 * pendeen version: what this is and what it was built with.
 */
#include "cli/cli.h"

#include <microhttpd.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>

int cli_version(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) {
        puts("Usage: pendeen version\n\nPrints the version and the libraries in use.");
        return CLI_OK;
    }
    printf("pendeen %s\nlibmicrohttpd %s, SQLite %s, libsodium %s\n", PENDEEN_VERSION,
           MHD_get_version(), sqlite3_libversion(), sodium_version_string());
    return CLI_OK;
}
