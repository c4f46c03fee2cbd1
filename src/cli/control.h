/*
 * control: how a command asks the server that holds its data folder to do the work.
 *
 * Layer: cli.  Only one process may write a data folder.  While a server does, it listens
 * on the socket DATA/control, which only its own user can reach, and a command sends it
 * its words instead of opening the folder itself.  Either way the same function does the
 * work and tells its caller through a `struct teller`.
 *
 * Protocol: words separated by the byte 0x1F, ended by a line feed; back come lines,
 * "progress DONE TOTAL", "say TEXT", and at last "end CODE" with "error TEXT", "hint TEXT".
 */
#ifndef PENDEEN_CLI_CONTROL_H
#define PENDEEN_CLI_CONTROL_H

#include "base/err.h"
#include "domain/app.h"

struct teller {
    void (*say)(void *context, struct str line); /* without its line feed */
    void (*progress)(void *context, int64_t done, int64_t total);
    void *context;
};

enum { CONTROL_WORDS_MAX = 12 };
struct words {
    struct str word[CONTROL_WORDS_MAX];
    size_t count;
};

/* What can be asked for. */
struct control_work {
    const char *name; /* the first word */
    enum st (*run)(struct app *app, const struct words *words, const struct teller *teller,
                   struct err *err);
};

struct control;
/* Listens in a thread of its own until control_stop.  The work table ends with a zero. */
enum st control_start(struct app *app, const struct control_work *work, struct control **ret,
                      struct err *err) MUST_USE;
void control_stop(struct control *control); /* accepts NULL */

/* Asks the server of a data folder.  `ret_served` false: none is running (ST_NOT_FOUND);
 * otherwise the outcome is that of the work. */
enum st control_ask(const char *data, const struct words *words, const struct teller *teller,
                    bool *ret_served, struct err *err) MUST_USE;

#endif
