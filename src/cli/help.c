/*
 * pendeen help [COMMAND]: the list of commands, or one command's own help.
 */
#include "cli/cli.h"

#include <stdio.h>

static const struct {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
} commands[] = {
#define COMMAND(name, summary) {#name, summary, cli_##name},
#include "cli/commands.def"
#undef COMMAND
};

int cli_help(int argc, char **argv)
{
    size_t count = sizeof commands / sizeof commands[0];
    bool asks = argc > 1 && (str_eq(str_from(argv[1]), STR("--help")) ||
                             str_eq(str_from(argv[1]), STR("-h")));
    if (argc > 2 || (argc > 1 && argv[1][0] == '-' && !asks)) {
        cli_error("'%s' was not expected; see 'pendeen help'", argv[argc - 1]);
        return CLI_USAGE;
    }
    if (argc > 1 && argv[1][0] != '-' && !str_eq(str_from(argv[1]), STR("help"))) {
        for (size_t i = 0; i < count; i++) {
            if (!str_eq(str_from(argv[1]), str_from(commands[i].name))) continue;
            char option[] = "--help";
            char *words[] = {argv[1], option, NULL};
            return commands[i].run(2, words);
        }
        cli_error("there is no command '%s'; 'pendeen help' lists them", argv[1]);
        return CLI_USAGE;
    }
    puts("Pendeen finds the missing link between fragments of information about\n"
         "children at risk of exploitation, shows why, and keeps people in charge.\n\n"
         "Usage: pendeen COMMAND [options]\n");
    for (size_t i = 0; i < count; i++)
        printf("  %-10s %s\n", commands[i].name, commands[i].summary);
    puts("\n'pendeen COMMAND --help' says more about one. The manual is pendeen(1).");
    return CLI_OK;
}
