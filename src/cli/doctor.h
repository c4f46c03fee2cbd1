/*
 * doctor: what `pendeen doctor` asks a server for.
 *
 * Layer: cli.
 */
#ifndef PENDEEN_CLI_DOCTOR_H
#define PENDEEN_CLI_DOCTOR_H

#include "cli/control.h"

/* Looks the store, the log, the index, numbers and holidays over: a line for each.
 * ST_CONFLICT: something has to be done, as a line says. */
enum st doctor_work(struct app *app, const struct words *words, const struct teller *teller,
                    struct err *err) MUST_USE;

#endif
