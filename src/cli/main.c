/*
 * main: finds the subcommand in the table and hands over.
 */
#include "cli/cli.h"
#include "cli/sandbox.h"

#include <errno.h>
#include <stdio.h>

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {
#define COMMAND(name, summary) {#name, cli_##name},
#include "cli/commands.def"
#undef COMMAND
};

/* What was printed is what a command was for: a result that nobody got is none.  A server's words
 * are no result. */
static int finish(const struct command *command, int code)
{
    errno = 0;
    bool good = fflush(stdout) == 0 && !ferror(stdout);
    if (good || command->run == cli_serve || command->run == cli_demo) return code;
    cli_error("what was to be printed could not be written to standard output: %s",
              errno ? strerror(errno) : "it failed before");
    return code == CLI_OK ? CLI_FAILED : code;
}

int main(int argc, char **argv)
{
    sandbox_no_core();
    if (argc < 2) {
        char name[] = "help";
        char *words[] = {name, NULL};
        cli_help(1, words);
        return CLI_USAGE;
    }
    struct str name = str_from(argv[1]);
    if (str_eq(name, STR("--help")) || str_eq(name, STR("-h"))) name = STR("help");
    if (str_eq(name, STR("--version")) || str_eq(name, STR("-V"))) name = STR("version");
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (str_eq(name, str_from(commands[i].name)))
            return finish(&commands[i], commands[i].run(argc - 1, argv + 1));
    cli_error("there is no command '%s'; 'pendeen help' lists them", argv[1]);
    return CLI_USAGE;
}
