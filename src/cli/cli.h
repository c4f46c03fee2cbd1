/*
 * cli: what the subcommands share.
 *
 * Layer: cli.  argv[0] is the subcommand's name.  Results go to standard
 * output, errors and progress to standard error.  Exit codes: CLI_OK, CLI_FAILED
 * (the work could not be done), CLI_USAGE (the words were wrong).
 */
#ifndef PENDEEN_CLI_CLI_H
#define PENDEEN_CLI_CLI_H

#include "base/err.h"
#include "base/str.h"

enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

#define PENDEEN_VERSION "0.1.0"

#define COMMAND(name, summary) int cli_##name(int argc, char **argv);
#include "cli/commands.def"
#undef COMMAND

/* "pendeen: " and the message on standard error. */
void cli_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The public sentence, the hint and (for an operator) the detail of err. */
void cli_error_from(const struct err *err);
/* The exit code for how a command ended: CLI_OK, or CLI_FAILED after saying what err says. */
int cli_outcome(enum st outcome, const struct err *err);
/* An import that took nothing could not be done: ST_INVALID when all of it was refused. */
enum st cli_rows_outcome(size_t rows, size_t refused, struct err *err) MUST_USE;

/* A progress bar on standard error: drawn only when that is a terminal (and
 * then at most ten times a second), with rate and time left. */
struct cli_progress {
    const char *what;   /* "records" */
    int64_t total;      /* 0 when it is not known */
    int64_t started_ns;
    int64_t drawn_ns;
    bool shown;
};

void cli_progress_start(struct cli_progress *progress, const char *what, int64_t total);
void cli_progress_update(struct cli_progress *progress, int64_t done);
/* Takes the bar off the screen. */
void cli_progress_end(struct cli_progress *progress);

#endif
