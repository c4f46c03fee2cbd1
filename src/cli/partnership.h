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
 * else where it was installed.  Shows progress on a terminal.  ST_NOT_FOUND where there is no data
 * folder, unless store_place.makes says that one is made. */
enum st partnership_open(struct partnership *ret, const char *data, const char *area,
                         struct err *err) MUST_USE;
/* The same, and who the person with this email is, with what is in their scope: for what is done in
 * somebody's name. */
enum st partnership_open_as(struct partnership *ret, struct arena *arena, const char *data,
                            const char *area, const char *email, struct person *ret_who,
                            struct err *err) MUST_USE;
/* The pack in `folder`; NULL: as above. */
enum st partnership_area(const char *folder, struct area **ret, struct err *err) MUST_USE;
/* Accepts one that failed to open. */
void partnership_close(struct partnership *partnership);
/* Is there any mention in it? */
bool entities_are_there(struct app *app);
#endif
