#include "cli/sandbox.h"

#include "base/str.h"
#include "cli/sandbox_internal.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

bool sandbox_mode_read(const char *word, enum sandbox_mode *ret)
{
    static const char *const words[] = {"best", "required", "off"};
    for (int i = 0; i < 3; i++)
        if (str_eq(str_from(word), str_from(words[i]))) {
            *ret = (enum sandbox_mode)i;
            return true;
        }
    return false;
}

void sandbox_note(char list[static SANDBOX_WORDS], const char *format, ...)
{
    size_t length = strlen(list);
    if (length && length + 3 < SANDBOX_WORDS) length += (size_t)snprintf(list + length, 3, ", ");
    va_list args;
    va_start(args, format);
    vsnprintf(list + length, SANDBOX_WORDS - length, format, args);
    va_end(args);
}

enum st sandbox_lacks(const struct sandbox_plan *plan, struct sandbox_state *state, struct err *err,
                      const char *words)
{
    sandbox_note(state->missing, "%s", words);
    if (plan->mode != SANDBOX_REQUIRED) return ST_OK;
    err_set(err, ST_FAILED, "The sandbox that --sandbox=required asks for cannot be had: %s.",
            words);
    err_hint(err, "Use a kernel that has Landlock and seccomp, or --sandbox=best.");
    return ST_FAILED;
}

/* The filter says which kinds of memory may stand in a core at all: none.  It holds for
 * what another program (gcore) writes as well.  It has to be set while the process may
 * still be looked into. */
static void leave_memory_out_of_cores(void)
{
    int handle = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);
    if (handle < 0) return;
    ssize_t written = write(handle, "0\n", 2);
    (void)written; /* without it, the two below still hold */
    close(handle);
}

void sandbox_no_core(void)
{
    leave_memory_out_of_cores();
    const struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) abort();
}

/* --- the plan ------------------------------------------------------------------------- */

static void add_place(struct sandbox_plan *plan, const char *path, bool write)
{
    if (plan->place_count == SANDBOX_PLACES_MAX) abort();
    plan->place[plan->place_count++] = (struct sandbox_place){path, write};
}

void sandbox_may_read(struct sandbox_plan *plan, const char *path)
{
    add_place(plan, path, false);
}

void sandbox_may_write(struct sandbox_plan *plan, const char *path)
{
    add_place(plan, path, true);
}

void sandbox_may_connect(struct sandbox_plan *plan, uint16_t port)
{
    for (size_t i = 0; i < plan->connect_count; i++)
        if (plan->connect_port[i] == port) return;
    if (plan->connect_count == SANDBOX_PORTS_MAX) abort();
    plan->connect_port[plan->connect_count++] = port;
}

void sandbox_may_connect_local(struct sandbox_plan *plan)
{
    plan->connect_local = true;
}

void sandbox_may_ask_others(struct sandbox_plan *plan)
{
    enum { DNS = 53 };
    /* resolv.conf is often a link into the folder after it, where it is replaced while
     * we run; ssl/certs holds links into the one after it. */
    static const char *const files[] = {
        "/etc/resolv.conf", "/run/systemd/resolve", "/etc/hosts",     "/etc/host.conf",
        "/etc/gai.conf",    "/etc/nsswitch.conf",   "/etc/services",  "/etc/protocols",
        "/etc/ssl",         "/etc/gnutls",          "/usr/share/ca-certificates",
        "/usr/local/share/ca-certificates"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) sandbox_may_read(plan, files[i]);
    sandbox_may_connect(plan, DNS); /* for an answer too long for UDP */
}
