/*
 * many: durable submissions a second when many share at once.
 *
 *   build/bench/many [--clients N] [--each N] [--held N] [--http 1] [--seed S] [--folder F]
 *
 * So many clients (by default 64) each share so many reports one after another, sealed,
 * written down in the audit, matched against all that is held, and answered once they are on
 * the disk: by the domain's own call, or with --http 1 as a browser does.  Prints how many a
 * second, p50 and p99, and processor time each.  The data folder is made under F (by default
 * /tmp): what a sync costs is what the disk below it is.
 */
#include "domain/account.h"
#include "domain/area.h"
#include "domain/demo.h"
#include "domain/entity.h"
#include "domain/limit.h"
#include "domain/submission.h"
#include "link/link.h"
#include "synth/partnership.h"
#include "web/server.h"
#include "../tests/cornish_towns.h"

#include <arpa/inet.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MEMORY = 64 << 20 };

static struct {
    struct app app;
    struct area *area;
    struct server *server;
    struct person who;
    struct session session;
    const struct synth_partnership *partnership;
    int64_t clients;
    int64_t each;
    int64_t held;
    int64_t http;
    int64_t seed;
    const char *under;
    double *took_ms;
    _Atomic int64_t next;
    _Atomic int64_t refused;
} bench = {.clients = 64, .each = 100, .held = 2000, .seed = 1, .under = "/tmp"};

static void stop_on(enum st outcome, const struct err *err)
{
    if (outcome == ST_OK) return;
    fprintf(stderr, "many: %s %s\n", err->public, err->detail);
    exit(1);
}

static void fill(void)
{
    struct err err = {0};
    char folder[200];
    snprintf(folder, sizeof folder, "%s/pendeen-bench-XXXXXX", bench.under);
    if (!mkdtemp(folder)) exit(1);
    stop_on(area_load("areas/cornwall", &bench.area, &err), &err);
    stop_on(app_open(&bench.app, folder, NULL, NULL, &err), &err);
    bench.app.area = bench.area;
    struct demo_options options = {.seed = (uint64_t)bench.seed, .reports = (int32_t)bench.held};
    stop_on(demo_fill(&bench.app, &options, &err), &err);
    printf("%zu mentions held, in %s\n", entities_count(bench.app.entities), folder);
    int64_t account = 0;
    struct visitor visitor = {.address = STR("127.0.0.1")};
    struct server_options server = {.address = "127.0.0.1", .synthetic = true};
    static struct arena arena;
    arena_init(&arena, 1 << 20);
    stop_on(account_find(&bench.app, STR("practitioner@example.org"), &account, &err), &err);
    stop_on(account_person(&bench.app, &arena, STR("practitioner@example.org"), &bench.who, &err),
            &err);
    stop_on(session_begin(&bench.app, account, &visitor, "signed in", false, &bench.session, &err),
            &err);
    if (bench.http) stop_on(server_start(&bench.app, &server, &bench.server, &err), &err);
}

/* --- one submission ------------------------------------------------------------------------- */

static bool share_by_call(struct arena *arena, const struct synth_report *report, struct str key)
{
    struct submission_draft draft = {.idempotency_key = key,
                                     .narrative = report->narrative,
                                     .when_text = report->when_text,
                                     .mention = arena_many(arena, (size_t)report->mention_count + 1,
                                                           struct mention_draft),
                                     .mention_count = (size_t)report->mention_count};
    struct submission_receipt receipt;
    for (int i = 0; i < report->mention_count; i++) {
        draft.mention[i].kind = report->mention[i].kind;
        draft.mention[i].span_start = draft.mention[i].span_end = -1;
        memcpy(draft.mention[i].field, report->mention[i].field, sizeof draft.mention[i].field);
    }
    return submission_share(&bench.app, &bench.who, &draft, 0, 0, &receipt, NULL) == ST_OK;
}

static bool share_by_http(struct arena *arena, struct str key)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(server_port(bench.server))};
    char reply[16384];
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct str body =
        str_fmt(arena,
                "csrf=%s&key=%.*s&do=send&narrative=as+written+below.&when=last+week"
                "&m1-kind=vehicle&m1-keep=yes&m1-registration=WK%02d+%c%cC"
                "&m2-kind=person&m2-keep=yes&m2-name=Daz+Pascoe",
                bench.session.csrf, STR_ARG(key), 10 + (int)(str_hash(key) % 80),
                'A' + (int)(str_hash(key) / 80 % 26), 'A' + (int)(str_hash(key) / 2080 % 26));
    struct str request = str_fmt(arena,
                                 "POST /share HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                                 "Cookie: __Host-pendeen=%s\r\n"
                                 "Content-Type: application/x-www-form-urlencoded\r\n"
                                 "Content-Length: %zu\r\n\r\n%.*s",
                                 bench.session.token, body.len, STR_ARG(body));
    int handle = socket(AF_INET, SOCK_STREAM, 0);
    limit_clear();
    if (connect(handle, (struct sockaddr *)&to, sizeof to) != 0 ||
        send(handle, request.ptr, request.len, MSG_NOSIGNAL) != (ssize_t)request.len)
        exit(1);
    size_t got = 0;
    ssize_t now;
    while (got < sizeof reply - 1 &&
           (now = recv(handle, reply + got, sizeof reply - 1 - got, 0)) > 0)
        got += (size_t)now;
    reply[got] = 0;
    close(handle);
    return strncmp(reply, "HTTP/1.1 303", 12) == 0;
}

static void *client(void *context)
{
    struct arena arena;
    (void)context;
    arena_init(&arena, MEMORY);
    for (int64_t i = 0; i < bench.each; i++) {
        int64_t number = bench.next++;
        struct arena_mark mark = arena_mark(&arena);
        struct synth_report report;
        synth_report_make(bench.partnership, &arena, (int32_t)number, &report);
        struct str key = str_fmt(&arena, "many-%lld", (long long)number);
        int64_t start = clock_tick_ns();
        bool good = bench.http ? share_by_http(&arena, key) : share_by_call(&arena, &report, key);
        bench.took_ms[number] = (double)(clock_tick_ns() - start) / 1e6;
        bench.refused += !good;
        arena_reset(&arena, mark);
    }
    arena_done(&arena);
    return NULL;
}

/* --- all of them ------------------------------------------------------------------------------ */

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

static double processor_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void measure(void)
{
    int64_t total = bench.clients * bench.each;
    struct arena arena;
    arena_init(&arena, (size_t)1 << 30);
    struct synth_options options = {.town = cornish_towns,
                                    .town_count = CORNISH_TOWNS,
                                    .seed = (uint64_t)bench.seed + 1,
                                    .reports = (int32_t)total,
                                    .last_day = clock_day(clock_now()) - 1};
    bench.partnership = synth_partnership_new(&arena, &options);
    bench.took_ms = arena_many(&arena, (size_t)total, double);
    pthread_t *thread = arena_many(&arena, (size_t)bench.clients, pthread_t);
    double processor = processor_seconds();
    int64_t start = clock_tick_ns();
    for (int64_t i = 0; i < bench.clients; i++)
        if (pthread_create(&thread[i], NULL, client, NULL) != 0) exit(1);
    for (int64_t i = 0; i < bench.clients; i++) pthread_join(thread[i], NULL);
    double seconds = (double)(clock_tick_ns() - start) / 1e9;
    processor = processor_seconds() - processor;
    qsort(bench.took_ms, (size_t)total, sizeof *bench.took_ms, compare);
    printf("%lld clients, %lld submissions %s, %lld refused: %.0f a second, p50 %.1f ms, p99 %.1f "
           "ms, longest "
           "%.1f ms, %.3f ms of processor each\n",
           (long long)bench.clients, (long long)total, bench.http ? "over HTTP" : "by call",
           (long long)bench.refused, (double)total / seconds, bench.took_ms[total / 2],
           bench.took_ms[total * 99 / 100], bench.took_ms[total - 1],
           processor * 1000 / (double)total);
    arena_done(&arena);
}

int main(int argc, char **argv)
{
    for (int i = 1; i + 1 < argc; i += 2) {
        struct str name = str_from(argv[i]);
        int64_t *value = str_eq(name, STR("--clients")) ? &bench.clients
                         : str_eq(name, STR("--each"))  ? &bench.each
                         : str_eq(name, STR("--held"))  ? &bench.held
                         : str_eq(name, STR("--http"))  ? &bench.http
                         : str_eq(name, STR("--seed"))  ? &bench.seed
                                                        : NULL;
        if (str_eq(name, STR("--folder"))) {
            bench.under = argv[i + 1];
        } else if (!value || !str_to_int(str_from(argv[i + 1]), value) || *value < 0) {
            fputs("usage: many [--clients N] [--each N] [--held N] [--http 1] [--seed S] [--folder "
                  "F]\n",
                  stderr);
            return 2;
        }
    }
    printf("seed %lld\n", (long long)bench.seed);
    fill();
    measure();
    server_stop(bench.server);
    app_close(&bench.app);
    area_free(bench.area);
    return 0;
}
