/*
 * options: the words after a subcommand.
 *
 * Layer: cli.  "--name value", "--name=value", "-o value" for a name of one letter,
 * and flags; everything else is a
 * plain argument.  An unknown option is an error that names it.
 */
#ifndef PENDEEN_CLI_OPTIONS_H
#define PENDEEN_CLI_OPTIONS_H

#include "cli/cli.h"

struct option {
    const char *name;   /* "data" */
    const char **value; /* where its value goes; NULL: a flag */
    bool *flag;
};

enum { PLAIN_MAX = 8 };

struct plain {
    const char *word[PLAIN_MAX];
    int count;
};

/* A command that has STORE_OPTIONS takes from the configuration file what they, --data and --area
 * do not say.  CLI_OK; CLI_USAGE after saying what is wrong; -1 after printing help. */
int options_read(int argc, char **argv, const char *help, const struct option *options,
                 size_t option_count, struct plain *ret_plain);
/* A whole number between the two, or CLI_USAGE after saying what is wrong. */
int option_number(const char *name, const char *text, int64_t minimum, int64_t maximum,
                  int64_t *ret);

#endif
