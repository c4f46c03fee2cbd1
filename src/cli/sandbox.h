/*
 * sandbox: what the server gives up once it has started, so that whoever takes it over
 * gains little.
 *
 * Layer: cli.  In three steps, each of which holds for all that comes after it:
 *
 *     sandbox_no_core   in main(), before any key is read: no core file, no memory in one,
 *                       and nobody of the same user may look into the process
 *     sandbox_files     with the databases open and no thread begun: Landlock; only the
 *                       places and ports of the plan, no privilege to be gained by exec
 *     sandbox_calls     with all that is started running: seccomp on every thread; a list
 *                       of system calls, everything else is refused (EPERM), and what only
 *                       an attacker wants ends the program
 *
 * The kernel is asked what it knows.  With SANDBOX_BEST what it does not know is left out
 * and named in the state; with SANDBOX_REQUIRED that is an error; with SANDBOX_OFF the two
 * last steps do nothing.  Under the sanitisers, which need /proc and ptrace for themselves,
 * system calls stay free and the state says so.
 */
#ifndef PENDEEN_CLI_SANDBOX_H
#define PENDEEN_CLI_SANDBOX_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sandbox_mode { SANDBOX_BEST, SANDBOX_REQUIRED, SANDBOX_OFF };
/* "best", "required" or "off"; false for anything else. */
bool sandbox_mode_read(const char *word, enum sandbox_mode *ret);

enum { SANDBOX_PLACES_MAX = 64, SANDBOX_PORTS_MAX = 64, SANDBOX_WORDS = 400 };

/* A file, or a folder with all below it.  One that does not exist is left out. */
struct sandbox_place {
    const char *path; /* lives as long as the plan */
    bool write;       /* make, change and remove as well; never execute */
};

struct sandbox_plan {
    enum sandbox_mode mode;
    struct sandbox_place place[SANDBOX_PLACES_MAX];
    size_t place_count;
    uint16_t listen_port; /* to be bound between the two steps; 0: any */
    uint16_t connect_port[SANDBOX_PORTS_MAX]; /* of TCP, on other machines */
    size_t connect_count;
    bool connect_local;   /* to Unix sockets, as of a database on this machine.  Without it and
                           * without ports no socket of any kind can be made any more */
};

/* What was reached, for the operator. */
struct sandbox_state {
    char holds[SANDBOX_WORDS];   /* "files (Landlock 7), connections, system calls" */
    char missing[SANDBOX_WORDS]; /* what the kernel does not know; empty: nothing */
};

/* Also for a server that is to be looked into: who may be root can still do so. */
void sandbox_no_core(void);
enum st sandbox_files(const struct sandbox_plan *plan, struct sandbox_state *state,
                      struct err *err) MUST_USE;
enum st sandbox_calls(const struct sandbox_plan *plan, struct sandbox_state *state,
                      struct err *err) MUST_USE;

/* Adds to the plan; what does not fit any more is a mistake of ours and ends the program. */
void sandbox_may_read(struct sandbox_plan *plan, const char *path);
void sandbox_may_write(struct sandbox_plan *plan, const char *path);
void sandbox_may_connect(struct sandbox_plan *plan, uint16_t port);
void sandbox_may_connect_local(struct sandbox_plan *plan);
/* What looking up a name and checking a certificate read. */
void sandbox_may_ask_others(struct sandbox_plan *plan);

#endif
