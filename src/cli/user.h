/*
 * user: the work of `pendeen user` that a running server can be asked for.
 *
 * Layer: cli.
 */
#ifndef PENDEEN_CLI_USER_H
#define PENDEEN_CLI_USER_H

#include "cli/control.h"

/* "user", WHAT, EMAIL, NAME, ORGANISATION, SECTOR, FORUM, ROLES, ORIGIN, PASSWORD: empty where
 * they were not said */
enum st user_work(struct app *app, const struct words *words, const struct teller *teller,
                  struct err *err) MUST_USE;

#endif
