/*
 * keys: the work of `pendeen keys` that a running server can be asked for.
 *
 * Layer: cli.
 */
#ifndef PENDEEN_CLI_KEYS_H
#define PENDEEN_CLI_KEYS_H

#include "cli/control.h"

/* "keys", WHAT, ... */
enum st keys_work(struct app *app, const struct words *words, const struct teller *teller,
                  struct err *err) MUST_USE;

#endif
