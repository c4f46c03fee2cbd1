/*
 * weights: what `pendeen weights` asks a server for.
 *
 * Layer: cli.
 */
#ifndef PENDEEN_CLI_WEIGHTS_H
#define PENDEEN_CLI_WEIGHTS_H

#include "cli/control.h"

/* "weights", "show" VERSION ("" the one in force), or "weights", "learn", or "weights", "list". */
enum st weights_work(struct app *app, const struct words *words, const struct teller *teller,
                     struct err *err) MUST_USE;

#endif
