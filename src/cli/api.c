/*
 * pendeen api: the programming interface as a file.
 */
#include "api/api.h"
#include "cli/options.h"

#include <stdio.h>

static const char help[] =
    "Usage: pendeen api openapi\n\n"
    "Prints the OpenAPI 3.1 file of /api/v1, as a server gives it at\n"
    "/api/v1/openapi.json: made of the tables from which requests are checked.\n";

int cli_api(int argc, char **argv)
{
    struct plain plain;
    int outcome = options_read(argc, argv, help, NULL, 0, &plain);
    if (outcome != CLI_OK) return outcome < 0 ? CLI_OK : outcome;
    if (plain.count != 1 || strcmp(plain.word[0], "openapi") != 0) {
        cli_error("say 'pendeen api openapi'");
        return CLI_USAGE;
    }
    json_t *file = openapi_make();
    char *text = file ? json_dumps(file, JSON_INDENT(2)) : NULL;
    json_decref(file);
    if (!text) {
        cli_error("there is no memory left");
        return CLI_FAILED;
    }
    puts(text);
    free(text);
    return CLI_OK;
}
