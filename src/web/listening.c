#include "web/listening.h"

#include "base/str.h"
#include "web/limits.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

enum { FIRST_HANDED = 3 }; /* sd_listen_fds(3) */

static enum st cannot_open(const char *address, uint16_t port, struct err *err)
{
    err_set(err, ST_FAILED, "Port %u of %s cannot be opened.", port, address);
    err_hint(err, "Is another program using it? Try --port with another number.");
    err_detail(err, "%s", strerror(errno));
    return ST_FAILED;
}

/* Who may ask goes by the address that the options say: it has to be that one. */
static bool is_at(const struct sockaddr_storage *bound, const char *address, uint16_t port,
                  uint16_t *ret_port)
{
    const struct sockaddr_in *four = (const struct sockaddr_in *)bound;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)bound;
    bool is_four = bound->ss_family == AF_INET;
    unsigned char said[16];
    *ret_port = ntohs(is_four ? four->sin_port : six->sin6_port);
    bool same =
        inet_pton(bound->ss_family, address, said) == 1 &&
        memcmp(said, is_four ? (const void *)&four->sin_addr : (const void *)&six->sin6_addr,
               is_four ? 4 : 16) == 0;
    return same && (!port || port == *ret_port);
}

/* The one socket that systemd, or whoever else, has opened for this process: it stays open
 * there from the end of one program to the start of the next, and nobody is turned away. */
static enum st take_handed(const char *address, uint16_t port, struct listening *ret,
                           struct err *err)
{
    const char *words = getenv("LISTEN_FDS");
    struct sockaddr_storage bound = {0};
    socklen_t size = sizeof bound, length = sizeof(int);
    int listens = 0, yes = 1;
    ret->handed = true;
    if (strcmp(words, "1") != 0 ||
        getsockopt(FIRST_HANDED, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) != 0 || !listens ||
        getsockname(FIRST_HANDED, (struct sockaddr *)&bound, &size) != 0 ||
        (bound.ss_family != AF_INET && bound.ss_family != AF_INET6) ||
        fcntl(FIRST_HANDED, F_SETFD, FD_CLOEXEC) != 0 ||
        fcntl(FIRST_HANDED, F_SETFL, O_NONBLOCK) != 0) {
        err_set(err, ST_INVALID, "What was handed over is not one socket that listens for TCP.");
        err_hint(err, "In a unit for a socket, write one ListenStream= with a port.");
        return ST_INVALID;
    }
    setsockopt(FIRST_HANDED, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (is_at(&bound, address, port, &ret->port)) {
        ret->handle = FIRST_HANDED;
        return ST_OK;
    }
    err_set(err, ST_INVALID, "The socket that was handed over is not at port %u of %s.", port,
            address);
    err_hint(err, "ListenStream= of the socket and --address and --port of the service have to say "
                  "the same.");
    return ST_INVALID;
}

static bool is_handed(void)
{
    const char *process = getenv("LISTEN_PID");
    int64_t number = 0;
    return process && getenv("LISTEN_FDS") && str_to_int(str_from(process), &number) &&
           number == getpid();
}

enum st listening_open(const char *address, uint16_t port, struct listening *ret, struct err *err)
{
    *ret = (struct listening){.handle = -1};
    if (is_handed()) return take_handed(address, port, ret, err);
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    bool is_four = inet_pton(AF_INET, address, &four.sin_addr) == 1;
    if (!is_four && inet_pton(AF_INET6, address, &six.sin6_addr) != 1)
        return err_set(err, ST_INVALID, "'%s' is not a numeric address.", address);
    struct sockaddr *bound = is_four ? (struct sockaddr *)&four : (struct sockaddr *)&six;
    socklen_t size = is_four ? sizeof four : sizeof six;
    int yes = 1;
    int no = 0;
    int handle = socket(bound->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (handle < 0) return cannot_open(address, port, err);
    setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (!is_four) setsockopt(handle, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    if (bind(handle, bound, size) != 0 || listen(handle, LIMIT_CONNECTIONS) != 0 ||
        getsockname(handle, bound, &size) != 0) {
        enum st outcome = cannot_open(address, port, err);
        close(handle);
        return outcome;
    }
    ret->handle = handle;
    ret->port = ntohs(is_four ? four.sin_port : six.sin6_port);
    return ST_OK;
}
