/*
 * pendeen version: what this is and what it was built with.
 */
#include "cli/options.h"

#include <gnutls/gnutls.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>

static const char help[] =
    "Usage: pendeen version\n\nPrints the version and the libraries in use.\n";

int cli_version(int argc, char **argv)
{
    struct plain plain;
    int read = options_read(argc, argv, help, NULL, 0, &plain);
    if (read != CLI_OK) return read < 0 ? CLI_OK : read;
    if (plain.count > 0) {
        cli_error("'%s' was not expected; see 'pendeen version --help'", plain.word[0]);
        return CLI_USAGE;
    }
    printf("pendeen %s\nGnuTLS %s, SQLite %s, libsodium %s\n", PENDEEN_VERSION,
           gnutls_check_version(NULL), sqlite3_libversion(), sodium_version_string());
    return CLI_OK;
}
