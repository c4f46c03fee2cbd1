/*
 * door: what it costs that every byte of a request is judged before a page sees it.
 *
 *   build/bench/door [--seconds N] [--clients N]
 *
 * Times the guard alone on what a browser sends; then serves an empty data folder and asks
 * it by so many clients at once (by default 16), each on one connection or on a new one
 * for every request.  Prints requests a second, and the processor's time for each, the
 * client's share in it, which other work of the machine does not change.
 */
#include "base/clock.h"
#include "domain/area.h"
#include "domain/limit.h"
#include "web/guard.h"
#include "web/server.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CLIENTS_MAX = 256, BETWEEN_CLEARS = 400 };

struct bench {
    struct app app;
    struct server *server;
    int64_t seconds;
    int64_t clients;
    const char *path;
    bool anew; /* a connection for each request */
    _Atomic bool stop;
    _Atomic int64_t answers;
    _Atomic int64_t failures;
};

static const char browser_lines[] =
    "Host: pendeen.example.org\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
    "Accept-Language: en-GB,en;q=0.5\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Cookie: other=0123456789abcdef0123456789abcdef0123456789abcdef\r\n"
    "Sec-Fetch-Dest: document\r\n"
    "Sec-Fetch-Mode: navigate\r\n"
    "Sec-Fetch-Site: same-origin\r\n";

static double processor_seconds(clockid_t clock)
{
    struct timespec time;
    if (clock_gettime(clock, &time) != 0) exit(1);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void measure_guard(void)
{
    enum { ROUNDS = 200000 };
    char text[2048];
    int length =
        snprintf(text, sizeof text, "GET /search?q=%%C3%%A9 HTTP/1.1\r\n%s\r\n", browser_lines);
    int64_t good = 0;
    double start = processor_seconds(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; i < ROUNDS; i++) {
        struct guard_progress progress = {0};
        struct guard_head head;
        struct guard_refusal why;
        good += guard_head(&progress, str_of(text, (size_t)length), &head, &why) == GUARD_WHOLE;
    }
    double each = (processor_seconds(CLOCK_THREAD_CPUTIME_ID) - start) * 1e9 / ROUNDS;
    printf("guard alone: %.0f ns for a head of %d bytes (%lld of %d good)\n", each, length,
           (long long)good, ROUNDS);
}

static int connect_to(const struct bench *bench)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(server_port(bench->server))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (handle < 0 || connect(handle, (struct sockaddr *)&to, sizeof to) != 0) exit(1);
    return handle;
}

/* One request and its whole answer; false when it is no 200. */
static bool ask(int handle, const char *request, size_t length)
{
    static const char length_name[] = "Content-Length: ";
    char reply[65536];
    size_t got = 0;
    size_t wanted = SIZE_MAX;
    if (send(handle, request, length, MSG_NOSIGNAL) != (ssize_t)length) return false;
    while (got < wanted) {
        /* of a long body only the size counts */
        size_t at = got < sizeof reply / 2 ? got : sizeof reply / 2;
        ssize_t now = recv(handle, reply + at, sizeof reply - 1 - at, 0);
        if (now <= 0) return false;
        if (wanted == SIZE_MAX) {
            reply[at + (size_t)now] = 0;
            const char *end = strstr(reply, "\r\n\r\n");
            const char *size = strstr(reply, length_name);
            if (end && size)
                wanted =
                    (size_t)(end + 4 - reply) + strtoul(size + sizeof length_name - 1, NULL, 10);
        }
        got += (size_t)now;
    }
    return strncmp(reply, "HTTP/1.1 200", 12) == 0;
}

static void *run_client(void *context)
{
    struct bench *bench = context;
    char request[2048];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n%s%s\r\n", bench->path,
                          browser_lines, bench->anew ? "Connection: close\r\n" : "");
    int handle = -1;
    while (!bench->stop) {
        if (handle < 0) handle = connect_to(bench);
        bool good = ask(handle, request, (size_t)length);
        int64_t answers = atomic_fetch_add(good ? &bench->answers : &bench->failures, 1);
        /* who measures is not held to a person's rate */
        if (answers % BETWEEN_CLEARS == 0) limit_clear();
        if (!bench->anew && good) continue;
        close(handle);
        handle = -1;
    }
    if (handle >= 0) close(handle);
    return NULL;
}

static void measure(struct bench *bench, const char *path, bool anew)
{
    pthread_t thread[CLIENTS_MAX];
    bench->path = path;
    bench->anew = anew;
    bench->stop = false;
    bench->answers = bench->failures = 0;
    limit_clear();
    int64_t start = clock_tick_ns();
    double used = processor_seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (int64_t i = 0; i < bench->clients; i++)
        if (pthread_create(&thread[i], NULL, run_client, bench) != 0) exit(1);
    sleep((unsigned)bench->seconds);
    bench->stop = true;
    for (int64_t i = 0; i < bench->clients; i++) pthread_join(thread[i], NULL);
    double seconds = (double)(clock_tick_ns() - start) / 1e9;
    used = processor_seconds(CLOCK_PROCESS_CPUTIME_ID) - used;
    printf("%-8s %-22s %7.0f requests/s, %5.1f us of processor for each, %lld failed\n", path,
           anew ? "a connection for each" : "on one connection", (double)bench->answers / seconds,
           used * 1e6 / (double)bench->answers, (long long)bench->failures);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    struct bench bench = {.seconds = 3, .clients = 16};
    for (int i = 1; i + 1 < argc; i += 2) {
        struct str name = str_from(argv[i]);
        int64_t *value = str_eq(name, STR("--seconds"))   ? &bench.seconds
                         : str_eq(name, STR("--clients")) ? &bench.clients
                                                          : NULL;
        if (!value || !str_to_int(str_from(argv[i + 1]), value) || *value < 1 ||
            *value > CLIENTS_MAX) {
            fputs("usage: door [--seconds N] [--clients N]\n", stderr);
            return 2;
        }
    }
    struct err err = {0};
    struct area *area = NULL;
    char folder[] = "/tmp/pendeen-bench-XXXXXX";
    struct server_options options = {.address = "127.0.0.1"};
    measure_guard();
    if (!mkdtemp(folder) || area_load("areas/cornwall", &area, &err) != ST_OK ||
        app_open(&bench.app, folder, NULL, NULL, &err) != ST_OK) {
        fprintf(stderr, "door: %s %s\n", err.public, err.detail);
        return 1;
    }
    bench.app.area = area;
    if (server_start(&bench.app, &options, &bench.server, &err) != ST_OK) {
        fprintf(stderr, "door: %s\n", err.public);
        return 1;
    }
    measure(&bench, "/healthz", false);
    measure(&bench, "/sign-in", false);
    measure(&bench, "/healthz", true);
    measure(&bench, "/sign-in", true);
    server_stop(bench.server);
    app_close(&bench.app);
    area_free(area);
    return 0;
}
