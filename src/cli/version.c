/*
 * pendeen version: what this is and what it was built with.
 */
#include "cli/cli.h"

#include <gnutls/gnutls.h>
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
    printf("pendeen %s\nGnuTLS %s, SQLite %s, libsodium %s\n", PENDEEN_VERSION,
           gnutls_check_version(NULL), sqlite3_libversion(), sodium_version_string());
    return CLI_OK;
}
