/*
 * backup: what a command asks a running server for.
 *
 * Layer: cli.  Words: "backup", FOLDER, KEY, DAYS, WEEKS, MONTHS.
 */
#ifndef PENDEEN_CLI_BACKUP_H
#define PENDEEN_CLI_BACKUP_H

#include "cli/control.h"

enum st backup_work(struct app *app, const struct words *words, const struct teller *teller,
                    struct err *err);

#endif
