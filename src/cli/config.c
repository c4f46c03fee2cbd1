/*
 * pendeen config: every setting of a server, what is in force and where it comes from.
 */
#include "cli/settings.h"

#include <stdio.h>

static const char help[] =
    "Usage: pendeen config [options of 'pendeen serve']\n\n"
    "Checks the configuration file and prints what a server would go by: as a file\n"
    "that it could read, with where each value comes from. A mistake is named with\n"
    "its line, and the exit code is then 2; so it is when a server would not start by it:\n"
    "files that are named are read, so run it as the server's own user.\n\n"
    "  --config FILE     the file (default: " SETTINGS_FILE ", when it is there)\n";

int cli_config(int argc, char **argv)
{
    struct settings settings = {0};
    struct option options[SETTINGS + 1];
    struct plain plain;
    struct err err = {0};
    int outcome =
        options_read(argc, argv, help, options, settings_options(&settings, options), &plain);
    if (outcome != CLI_OK) return outcome < 0 ? CLI_OK : outcome;
    if (plain.count > 0) {
        cli_error("'%s' was not expected; see 'pendeen config --help'", plain.word[0]);
        return CLI_USAGE;
    }
    if (settings_complete(&settings, &err) != ST_OK || settings_check(&settings, &err) != ST_OK) {
        cli_error_from(&err);
        settings_done(&settings);
        return CLI_USAGE;
    }
    for (int i = 0; i < SETTINGS; i++) {
        enum setting_id id = (enum setting_id)i;
        printf("# %s (%.*s)\n", setting_words(id), STR_ARG(settings_source(&settings, id)));
        if (settings.value[i])
            printf("%s = %s\n\n", setting_name(id), settings.value[i]);
        else
            printf("# %s =\n\n", setting_name(id));
    }
    settings_done(&settings);
    return CLI_OK;
}
