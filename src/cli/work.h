/*
 * work: doing what a command asks, by the server that holds the data folder or here.
 *
 * Layer: cli.  Only one process may write a data folder (control.h).  Either way the
 * same function does the work, and its lines come out on the terminal.
 */
#ifndef PENDEEN_CLI_WORK_H
#define PENDEEN_CLI_WORK_H

#include "cli/control.h"

typedef enum st work_fn(struct app *app, const struct words *words, const struct teller *teller,
                        struct err *err);

/* `words` for the server of `data`; when none is running, `run` on the folder, opened with
 * the area pack `area` (NULL: found as partnership_open does).  Lines go to standard
 * output; progress is drawn on a terminal under the name in words->word[0]. */
enum st work_do(const char *data, const char *area, const struct words *words, work_fn *run,
                struct err *err) MUST_USE;

/* One line from a format; what is over 1,400 bytes is cut. */
void tell(const struct teller *teller, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
