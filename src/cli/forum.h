/*
 * forum: the work of `pendeen forum` that a running server can be asked for.
 *
 * Layer: cli.
 */
#ifndef PENDEEN_CLI_FORUM_H
#define PENDEEN_CLI_FORUM_H

#include "cli/control.h"

/* "forum", "join" or "leave", EMAIL, FORUM */
enum st forum_work(struct app *app, const struct words *words, const struct teller *teller,
                  struct err *err) MUST_USE;

#endif
