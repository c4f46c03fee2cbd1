#include "web/front.h"

#include "base/clock.h"
#include "base/str.h"
#include "web/conduit.h"
#include "web/limits.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

enum { EVENTS = 128, SWEEP_MS = 100, REFUSALS = 64, FIRST_HANDED = 3 };

static const char policy_header[] = "Content-Security-Policy: " FRONT_POLICY("") "\r\n";
static const char security_headers[] =
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "Referrer-Policy: same-origin\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()\r\n";
static const char strict_transport[] = "Strict-Transport-Security: max-age=31536000\r\n";

/* How many connections a site has. */
struct visitor {
    struct address site;
    int count;
};

struct front_thread {
    struct front *front;
    pthread_t thread;
    int poller;
    int wake; /* written to when the draining begins */
    bool accepts;
    struct conduit *first;
    struct conduit *gone; /* they are freed when no event can mean them any more */
};

struct front {
    struct front_options options;
    struct conduit_setting setting;
    char headers[CONDUIT_HEADERS];
    int listening;
    bool handed; /* by whoever started the program, and kept there (sd_listen_fds(3)) */
    uint16_t port;
    int64_t drain_ends_ns; /* once it is draining */
    pthread_mutex_t lock;  /* of what follows */
    struct visitor visitor[LIMIT_CONNECTIONS + REFUSALS];
    int connections;
    struct front_thread thread[LIMIT_FRONT_THREADS];
};

/* --- how many ------------------------------------------------------------------------------- */

/* Counts a connection in; what is to be said to it when it is one too many, "" when there
 * is not even room to say it, NULL when it is welcome. */
static const char *count_in(struct front *front, const struct address *site, bool is_proxy)
{
    static const char too_many[] = "Too many people are here at once. Try again in a minute.";
    static const char too_many_from_one[] = "Too many connections come from one address. Close some.";
    const char *words = NULL;
    pthread_mutex_lock(&front->lock);
    struct visitor *entry = NULL;
    struct visitor *vacant = NULL;
    for (int i = 0; i < LIMIT_CONNECTIONS + REFUSALS && !entry; i++) {
        struct visitor *at = &front->visitor[i];
        if (at->count && memcmp(&at->site, site, sizeof *site) == 0) entry = at;
        if (!at->count && !vacant) vacant = at;
    }
    if (!entry) entry = vacant;
    if (front->connections >= LIMIT_CONNECTIONS + REFUSALS || !entry) {
        words = "";
    } else {
        entry->site = *site;
        entry->count++;
        front->connections++;
        if (front->connections > LIMIT_CONNECTIONS) words = too_many;
        else if (entry->count > LIMIT_ADDRESS_CONNECTIONS && !is_proxy) words = too_many_from_one;
    }
    pthread_mutex_unlock(&front->lock);
    return words;
}

static void count_out(struct front *front, const struct address *site)
{
    pthread_mutex_lock(&front->lock);
    for (int i = 0; i < LIMIT_CONNECTIONS + REFUSALS; i++) {
        struct visitor *entry = &front->visitor[i];
        if (!entry->count || memcmp(&entry->site, site, sizeof *site) != 0) continue;
        entry->count--;
        break;
    }
    front->connections--;
    pthread_mutex_unlock(&front->lock);
}

/* --- one thread -------------------------------------------------------------------------------- */

static void adopt(struct front_thread *thread, struct conduit *conduit)
{
    conduit->next = thread->first;
    if (thread->first) thread->first->previous = conduit;
    thread->first = conduit;
}

static void step(struct front_thread *thread, struct conduit *conduit)
{
    if (conduit->is_listed) return;
    conduit_step(conduit);
    if (conduit->phase != GONE) return;
    conduit->is_listed = true;
    conduit->next_gone = thread->gone;
    thread->gone = conduit;
}

static void bury(struct front_thread *thread, struct conduit *conduit)
{
    if (conduit->previous) conduit->previous->next = conduit->next;
    else thread->first = conduit->next;
    if (conduit->next) conduit->next->previous = conduit->previous;
    count_out(thread->front, &conduit->site);
    conduit_free(conduit);
}

static void welcome(struct front_thread *thread, int handle, const struct sockaddr_storage *peer, socklen_t size)
{
    struct front *front = thread->front;
    struct address address = {0};
    address_of((const struct sockaddr *)peer, &address);
    struct address site = address_site(&address);
    bool is_proxy = proxies_have(front->options.proxies, &address);
    const char *words = count_in(front, &site, is_proxy);
    if (words && (!words[0] || front->options.tls)) {
        if (words[0]) count_out(front, &site);
        close(handle);
        return;
    }
    struct conduit *conduit = conduit_new(&front->setting, thread->poller, handle, peer, size);
    if (!conduit) {
        count_out(front, &site);
        return;
    }
    conduit->site = site;
    adopt(thread, conduit);
    if (words)
        conduit_refuse(conduit, 503, words);
    else if (front->options.only_proxies && !is_proxy && !address_is_loopback(&address))
        conduit_refuse(conduit, 403, "Only the proxy in front may ask here.");
    step(thread, conduit);
}

/* True when there may be more. */
static bool take_connection(struct front_thread *thread)
{
    struct sockaddr_storage peer = {0};
    socklen_t size = sizeof peer;
    int handle =
        accept4(thread->front->listening, (struct sockaddr *)&peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (handle < 0) {
        /* Without a free handle the connection stays in the queue: breathe, and try again. */
        if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) usleep(10000);
        return errno == EINTR || errno == ECONNABORTED;
    }
    welcome(thread, handle, &peer, size);
    return true;
}

/* Whoever is connected already is taken in; whoever comes later is told so by the system, or
 * waits for the next program where the socket is somebody else's. */
static void stop_accepting(struct front_thread *thread)
{
    while (!thread->front->handed && take_connection(thread)) continue;
    epoll_ctl(thread->poller, EPOLL_CTL_DEL, thread->front->listening, NULL);
    if (!thread->front->handed) shutdown(thread->front->listening, SHUT_RDWR);
    thread->accepts = false;
}

static void sweep(struct front_thread *thread)
{
    int64_t now = clock_tick_ns();
    bool draining = thread->front->setting.draining;
    bool time_is_up = draining && now > thread->front->drain_ends_ns;
    int64_t idle_ends = now + LIMIT_DRAIN_IDLE_MS * 1000000LL;
    for (struct conduit *at = thread->first; at; at = at->next) {
        /* Who was connected when the end began may still ask, for a moment. */
        if (draining && conduit_is_idle(at) && at->deadline_ns > idle_ends) at->deadline_ns = idle_ends;
        if (now > at->deadline_ns || time_is_up) {
            conduit_expire(at, time_is_up);
            step(thread, at);
        }
    }
}

static void bury_the_gone(struct front_thread *thread)
{
    while (thread->gone) {
        struct conduit *conduit = thread->gone;
        thread->gone = conduit->next_gone;
        bury(thread, conduit);
    }
}

static void take_events(struct front_thread *thread, const struct epoll_event *events, int count)
{
    for (int i = 0; i < count; i++) {
        struct conduit_end *end = events[i].data.ptr;
        if (end == NULL) {
            for (int most = 16; most > 0 && take_connection(thread); most--) continue;
            continue;
        }
        if (events[i].data.ptr == thread) continue; /* woken up */
        unsigned ended = events[i].events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP);
        if (ended) end->ended = true;
        if (ended || events[i].events & EPOLLIN) end->readable = true;
        if (ended || events[i].events & EPOLLOUT) end->writable = true;
        step(thread, end->conduit);
    }
}

static void *run_thread(void *context)
{
    struct front_thread *thread = context;
    struct front *front = thread->front;
    int64_t swept_ns = clock_tick_ns();
    while (thread->accepts || thread->first) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(thread->poller, events, EVENTS, SWEEP_MS);
        take_events(thread, events, count);
        if (front->setting.draining && thread->accepts) stop_accepting(thread);
        int64_t now = clock_tick_ns();
        if (now - swept_ns >= SWEEP_MS * 1000000LL) {
            sweep(thread);
            swept_ns = now;
        }
        bury_the_gone(thread);
    }
    return NULL;
}

/* --- starting and stopping ---------------------------------------------------------------------- */

/* Each connection has three handles, and the pages need some. */
long front_handles_missing(void)
{
    struct rlimit limit;
    const rlim_t wanted = 3 * (LIMIT_CONNECTIONS + REFUSALS) + 512;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return 0;
    limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return (long)wanted;
    return (long)(wanted - limit.rlim_cur);
}

static enum st cannot_open(const struct front_options *options, struct err *err)
{
    err_set(err, ST_FAILED, "Port %u of %s cannot be opened.", options->port, options->address);
    err_hint(err, "Is another program using it? Try --port with another number.");
    err_detail(err, "%s", strerror(errno));
    return ST_FAILED;
}

/* Who may ask goes by the address that the options say: it has to be that one. */
static bool is_at(const struct sockaddr_storage *address, const struct front_options *options, uint16_t *ret_port)
{
    const struct sockaddr_in *four = (const struct sockaddr_in *)address;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;
    bool is_four = address->ss_family == AF_INET;
    unsigned char said[16];
    *ret_port = ntohs(is_four ? four->sin_port : six->sin6_port);
    bool same = inet_pton(address->ss_family, options->address, said) == 1 &&
                memcmp(said, is_four ? (const void *)&four->sin_addr : (const void *)&six->sin6_addr,
                       is_four ? 4 : 16) == 0;
    return same && (!options->port || options->port == *ret_port);
}

/* The one socket that systemd, or whoever else, has opened for this process: it stays open
 * there from the end of one program to the start of the next, and nobody is turned away. */
static enum st take_handed(struct front *front, struct err *err)
{
    const char *words = getenv("LISTEN_FDS");
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address, length = sizeof(int);
    int listens = 0, yes = 1;
    const struct front_options *options = &front->options;
    front->handed = true;
    front->listening = FIRST_HANDED;
    if (strcmp(words, "1") != 0 ||
        getsockopt(FIRST_HANDED, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) != 0 || !listens ||
        getsockname(FIRST_HANDED, (struct sockaddr *)&address, &size) != 0 ||
        (address.ss_family != AF_INET && address.ss_family != AF_INET6) ||
        fcntl(FIRST_HANDED, F_SETFD, FD_CLOEXEC) != 0 || fcntl(FIRST_HANDED, F_SETFL, O_NONBLOCK) != 0) {
        front->listening = -1;
        err_set(err, ST_INVALID, "What was handed over is not one socket that listens for TCP.");
        err_hint(err, "In a unit for a socket, write one ListenStream= with a port.");
        return ST_INVALID;
    }
    setsockopt(FIRST_HANDED, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (is_at(&address, options, &front->port)) return ST_OK;
    front->listening = -1;
    err_set(err, ST_INVALID, "The socket that was handed over is not at port %u of %s.", options->port,
            options->address);
    err_hint(err, "ListenStream= of the socket and --address and --port of the service have to say the same.");
    return ST_INVALID;
}

static bool is_handed(void)
{
    const char *process = getenv("LISTEN_PID");
    int64_t number = 0;
    return process && getenv("LISTEN_FDS") && str_to_int(str_from(process), &number) && number == getpid();
}

static enum st listen_on(struct front *front, struct err *err)
{
    if (is_handed()) return take_handed(front, err);
    const struct front_options *options = &front->options;
    struct sockaddr_in address4 = {.sin_family = AF_INET, .sin_port = htons(options->port)};
    struct sockaddr_in6 address6 = {.sin6_family = AF_INET6, .sin6_port = htons(options->port)};
    bool ipv4 = inet_pton(AF_INET, options->address, &address4.sin_addr) == 1;
    if (!ipv4 && inet_pton(AF_INET6, options->address, &address6.sin6_addr) != 1)
        return err_set(err, ST_INVALID, "'%s' is not a numeric address.", options->address);
    struct sockaddr *address = ipv4 ? (struct sockaddr *)&address4 : (struct sockaddr *)&address6;
    socklen_t size = ipv4 ? sizeof address4 : sizeof address6;
    int yes = 1;
    int no = 0;
    front->listening =
        socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (front->listening < 0) return cannot_open(options, err);
    setsockopt(front->listening, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    setsockopt(front->listening, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (!ipv4) setsockopt(front->listening, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    if (bind(front->listening, address, size) != 0 || listen(front->listening, LIMIT_CONNECTIONS) != 0 ||
        getsockname(front->listening, address, &size) != 0)
        return cannot_open(options, err);
    front->port = ntohs(ipv4 ? address4.sin_port : address6.sin6_port);
    return ST_OK;
}

static bool thread_start(struct front *front, struct front_thread *thread)
{
    struct epoll_event arrival = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.ptr = NULL};
    struct epoll_event waking = {.events = EPOLLIN | EPOLLET, .data.ptr = thread};
    thread->front = front;
    thread->accepts = true;
    thread->poller = epoll_create1(EPOLL_CLOEXEC);
    thread->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return thread->poller >= 0 && thread->wake >= 0 &&
           epoll_ctl(thread->poller, EPOLL_CTL_ADD, front->listening, &arrival) == 0 &&
           epoll_ctl(thread->poller, EPOLL_CTL_ADD, thread->wake, &waking) == 0 &&
           pthread_create(&thread->thread, NULL, run_thread, thread) == 0;
}

enum st front_start(const struct front_options *options, struct front **ret, struct err *err)
{
    struct front *front = calloc(1, sizeof *front);
    if (!front) return err_set(err, ST_FAILED, "There is no memory left.");
    front->options = *options;
    front->listening = -1;
    pthread_mutex_init(&front->lock, NULL);
    (void)front_handles_missing();
    int length = snprintf(front->headers, sizeof front->headers, "%s%s%s", policy_header, security_headers,
                          options->tls ? strict_transport : "");
    /* A line to close the connection must have room beside them. */
    assert(length > 0 && length < CONDUIT_HEADERS - 64);
    front->setting.options = &front->options;
    front->setting.headers = str_of(front->headers, (size_t)length);
    front->setting.policy_size = sizeof policy_header - 1;
    front->setting.scale_ms =
        options->head_seconds ? options->head_seconds * 1000 / LIMIT_HEAD_SECONDS : 1000;
    enum st outcome = listen_on(front, err);
    if (outcome != ST_OK) {
        if (front->listening >= 0) close(front->listening);
        free(front);
        return outcome;
    }
    for (int i = 0; i < LIMIT_FRONT_THREADS; i++)
        if (!thread_start(front, &front->thread[i])) abort();
    *ret = front;
    return ST_OK;
}

uint16_t front_port(const struct front *front)
{
    return front->port;
}

void front_stop(struct front *front)
{
    if (!front) return;
    front->drain_ends_ns = clock_tick_ns() + LIMIT_DRAIN_SECONDS * front->setting.scale_ms * 1000000;
    front->setting.draining = true;
    uint64_t one = 1;
    for (int i = 0; i < LIMIT_FRONT_THREADS; i++)
        if (write(front->thread[i].wake, &one, sizeof one) < 0) continue; /* it looks every 100 ms too */
    for (int i = 0; i < LIMIT_FRONT_THREADS; i++) {
        pthread_join(front->thread[i].thread, NULL);
        close(front->thread[i].poller);
        close(front->thread[i].wake);
    }
    close(front->listening);
    pthread_mutex_destroy(&front->lock);
    free(front);
}
