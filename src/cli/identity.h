/*
 * identity: the work of `pendeen identity` that a running server can be asked for.
 *
 * Layer: cli.
 */
#ifndef PENDEEN_CLI_IDENTITY_H
#define PENDEEN_CLI_IDENTITY_H

#include "cli/control.h"

/* "identity", "list"; "identity", "link", EMAIL, PROVIDER, SUBJECT; "identity", "unlink",
 * EMAIL, PROVIDER */
enum st identity_work(struct app *app, const struct words *words, const struct teller *teller,
                      struct err *err) MUST_USE;

#endif
