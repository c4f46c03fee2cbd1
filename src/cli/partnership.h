/*
 * partnership: opening a data folder with its area pack, as every subcommand
 * that works on one does.
 *
 * Layer: cli.
 */
#ifndef PENDEEN_CLI_PARTNERSHIP_H
#define PENDEEN_CLI_PARTNERSHIP_H

#include "domain/access.h"
#include "domain/app.h"

struct area;

struct partnership {
    struct app app;
    struct area *area;
};

/* `area` NULL: areas/cornwall in the working folder, else beside the program,
 * else where it was installed.  Shows progress on a terminal. */
enum st partnership_open(struct partnership *ret, const char *data, const char *area,
                         struct err *err) MUST_USE;
/* The pack in `folder`; NULL: as above. */
enum st partnership_area(const char *folder, struct area **ret, struct err *err) MUST_USE;
/* Accepts one that failed to open. */
void partnership_close(struct partnership *partnership);
/* Is there any mention in it? */
bool entities_are_there(struct app *app);
#endif
