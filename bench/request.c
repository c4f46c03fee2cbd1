/*
 * request: one submission over HTTP against a store that is full already.
 *
 *   build/bench/request [--mentions N] [--requests N] [--seed S]
 *
 * Fills a temporary data folder with a synthetic partnership of so many mentions
 * (by default 100,000), signs in, and shares new reports one after another as a
 * browser would: the form is sent, checked, stored durably, matched and answered.
 * Prints p50, p99 and the longest time of the whole request.
 */
#include "domain/account.h"
#include "domain/area.h"
#include "domain/demo.h"
#include "domain/entity.h"
#include "domain/limit.h"
#include "domain/submission.h"
#include "html/html.h"
#include "link/link.h"
#include "synth/partnership.h"
#include "web/server.h"
#include "../tests/cornish_towns.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static const double mentions_per_report = 2.4;

struct bench {
    struct app app;
    struct area *area;
    struct server *server;
    struct session session;
    struct arena arena;
    int64_t mentions;
    int64_t requests;
    int64_t seed;
};

static void stop_on(enum st outcome, const struct err *err)
{
    if (outcome == ST_OK) return;
    fprintf(stderr, "request: %s %s\n", err->public, err->detail);
    exit(1);
}

static void show(void *context, int64_t done)
{
    if (done % 5000 == 0 && isatty(2))
        fprintf(stderr, "\r%lld of %lld reports", (long long)done, *(long long *)context);
}

static void fill(struct bench *bench)
{
    struct err err = {0};
    char folder[] = "/tmp/pendeen-bench-XXXXXX";
    if (!mkdtemp(folder)) exit(1);
    stop_on(area_load("areas/cornwall", &bench->area, &err), &err);
    stop_on(app_open(&bench->app, folder, NULL, NULL, &err), &err);
    bench->app.area = bench->area;
    long long reports = (long long)((double)bench->mentions / mentions_per_report);
    struct demo_options options = {.seed = (uint64_t)bench->seed,
                                   .reports = (int32_t)reports,
                                   .progress = show,
                                   .context = &reports};
    int64_t start = clock_tick_ns();
    stop_on(demo_fill(&bench->app, &options, &err), &err);
    double seconds = (double)(clock_tick_ns() - start) / 1e9;
    printf("filled %zu mentions of %lld reports in %.1f s, index %.1f MB\n",
           entities_count(bench->app.entities), reports, seconds,
           (double)link_index_bytes(bench->app.index) / 1e6);
    struct server_options server = {.address = "127.0.0.1", .synthetic = true};
    stop_on(server_start(&bench->app, &server, &bench->server, &err), &err);
    int64_t account = 0;
    struct visitor visitor = {.address = STR("127.0.0.1")};
    stop_on(account_find(&bench->app, STR("practitioner@example.org"), &account, &err), &err);
    stop_on(
        session_begin(&bench->app, account, &visitor, "signed in", false, &bench->session, &err),
        &err);
}

/* Sends the request and reads the answer to its end; false unless it is a 303. */
static bool send_request(const struct bench *bench, const struct buf *request)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(server_port(bench->server))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int handle = socket(AF_INET, SOCK_STREAM, 0);
    char reply[65536];
    if (connect(handle, (struct sockaddr *)&to, sizeof to) != 0) exit(1);
    for (size_t sent = 0; sent < request->len;) {
        ssize_t now = send(handle, request->data + sent, request->len - sent, MSG_NOSIGNAL);
        if (now <= 0) exit(1);
        sent += (size_t)now;
    }
    size_t got = 0;
    ssize_t now;
    while (got < sizeof reply - 1 &&
           (now = recv(handle, reply + got, sizeof reply - 1 - got, 0)) > 0)
        got += (size_t)now;
    reply[got] = 0;
    close(handle);
    return strncmp(reply, "HTTP/1.1 303", 12) == 0;
}

static void add_field(struct buf *body, struct str name, struct str value)
{
    if (body->len) buf_add_char(body, '&');
    buf_add(body, name);
    buf_add_char(body, '=');
    buf_add_percent(body, value);
}

/* The form as a person has checked it: narrative and mentions.  What extraction
 * finds besides is declined, as an unticked box is. */
static void make_body(struct bench *bench, const struct synth_report *report, int64_t number,
                      struct buf *body)
{
    struct arena *arena = &bench->arena;
    buf_clear(body);
    add_field(body, STR("csrf"), str_from(bench->session.csrf));
    add_field(body, STR("key"), str_fmt(arena, "bench-%lld", (long long)number));
    /* Without capitals and digits nothing is found: the mentions are typed. */
    add_field(body, STR("narrative"), STR("as written below."));
    add_field(body, STR("when"), report->when_text);
    add_field(body, STR("do"), STR("send"));
    for (int i = 0; i < report->mention_count; i++) {
        const struct synth_mention *mention = &report->mention[i];
        add_field(body, str_fmt(arena, "m%d-kind", i + 1), str_from(kind_name(mention->kind)));
        add_field(body, str_fmt(arena, "m%d-keep", i + 1), STR("yes"));
        for (int field = 0; field < LINK_FIELDS; field++)
            if (mention->field[field].len)
                add_field(body, str_fmt(arena, "m%d-%s", i + 1, field_name((enum link_field)field)),
                          mention->field[field]);
    }
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

static void measure(struct bench *bench)
{
    struct synth_options options = {.town = cornish_towns,
                                    .town_count = CORNISH_TOWNS,
                                    .seed = (uint64_t)bench->seed + 1,
                                    .reports = (int32_t)bench->requests,
                                    .last_day = clock_day(clock_now()) - 1};
    const struct synth_partnership *partnership = synth_partnership_new(&bench->arena, &options);
    double *took = arena_many(&bench->arena, (size_t)bench->requests, double);
    struct buf body;
    struct buf request;
    buf_init(&body, 1 << 20);
    buf_init(&request, 1 << 20);
    int64_t refused = 0;
    for (int64_t i = 0; i < bench->requests; i++) {
        struct arena_mark mark = arena_mark(&bench->arena);
        struct synth_report report;
        synth_report_make(partnership, &bench->arena, (int32_t)i, &report);
        make_body(bench, &report, i, &body);
        buf_clear(&request);
        buf_add_fmt(
            &request,
            "POST /share HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            "Cookie: __Host-pendeen=%s\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n",
            bench->session.token, body.len);
        buf_add(&request, buf_str(&body));
        limit_clear();
        int64_t start = clock_tick_ns();
        refused += !send_request(bench, &request);
        took[i] = (double)(clock_tick_ns() - start) / 1e6;
        arena_reset(&bench->arena, mark);
    }
    qsort(took, (size_t)bench->requests, sizeof *took, compare);
    printf("%lld submissions, %lld refused: p50 %.2f ms, p99 %.2f ms, longest %.2f ms\n",
           (long long)bench->requests, (long long)refused, took[bench->requests / 2],
           took[bench->requests * 99 / 100], took[bench->requests - 1]);
    buf_done(&body);
    buf_done(&request);
}

int main(int argc, char **argv)
{
    struct bench bench = {.mentions = 100000, .requests = 1000, .seed = 1};
    for (int i = 1; i + 1 < argc; i += 2) {
        struct str name = str_from(argv[i]);
        int64_t *value = str_eq(name, STR("--mentions"))   ? &bench.mentions
                         : str_eq(name, STR("--requests")) ? &bench.requests
                         : str_eq(name, STR("--seed"))     ? &bench.seed
                                                           : NULL;
        if (!value || !str_to_int(str_from(argv[i + 1]), value) || *value < 1) {
            fputs("usage: request [--mentions N] [--requests N] [--seed S]\n", stderr);
            return 2;
        }
    }
    arena_init(&bench.arena, (size_t)2 << 30);
    printf("seed %lld\n", (long long)bench.seed);
    fill(&bench);
    measure(&bench);
    server_stop(bench.server);
    app_close(&bench.app);
    area_free(bench.area);
    arena_done(&bench.arena);
    return 0;
}
