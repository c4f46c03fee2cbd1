#include "web/metrics.h"

#include "link/link.h"
#include "seal/secret.h"

#include <jansson.h>
#include <stdatomic.h>
#include <stdio.h>

enum { STATUS_MIN = 100, STATUS_MAX = 599, BUCKETS = 9, TOKEN_MAX = 200 };

/* Upper ends in seconds, as they are written. */
static const struct {
    double seconds;
    const char *text;
} buckets[BUCKETS] = {{0.001, "0.001"}, {0.005, "0.005"}, {0.01, "0.01"},
                      {0.02, "0.02"},   {0.05, "0.05"},   {0.1, "0.1"},
                      {0.5, "0.5"},     {1, "1"},         {5, "5"}};

static _Atomic uint64_t counted[ROUTE_COUNT + 1][STATUS_MAX - STATUS_MIN + 1];
static _Atomic uint64_t within[BUCKETS + 1]; /* the last: longer than all */
static _Atomic uint64_t total_ns;
static _Atomic uint64_t total;
static atomic_bool log_is_json;
static char token_kept[TOKEN_MAX];

static size_t place_of(const struct route *route)
{
    return route ? (size_t)(route - routes) : ROUTE_COUNT;
}

static const char *name_of(size_t place)
{
    return place < ROUTE_COUNT ? routes[place].name : "none";
}

/* --- lines for the operator ------------------------------------------------------------- */

void metrics_log_json(bool on)
{
    atomic_store(&log_is_json, on);
}

static void write_line(json_t *line)
{
    char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
    if (text) fprintf(stderr, "%s\n", text);
    free(text);
    json_decref(line);
}

static json_t *line_begin(const char *level, const char *event)
{
    struct arena arena;
    arena_init(&arena, 1 << 12);
    struct str at = clock_iso(&arena, clock_now());
    json_t *line =
        json_pack("{ss# ss ss}", "time", at.ptr, (int)at.len, "level", level, "event", event);
    arena_done(&arena);
    return line;
}

void metrics_log_failure(const char *what, const char *detail)
{
    if (!atomic_load(&log_is_json)) {
        fprintf(stderr, "pendeen: %s: %s\n", what, detail);
        return;
    }
    json_t *line = line_begin("error", "failure");
    if (line) {
        json_object_set_new(line, "what", json_string(what));
        json_object_set_new(line, "detail", json_string(detail));
    }
    write_line(line);
}

/* --- counting ------------------------------------------------------------------------------ */

void metrics_count(const struct route *route, int status, int64_t nanoseconds)
{
    size_t place = place_of(route);
    double seconds = (double)nanoseconds / 1e9;
    size_t bucket = 0;
    if (status < STATUS_MIN || status > STATUS_MAX) status = 500;
    while (bucket < BUCKETS && seconds > buckets[bucket].seconds) bucket++;
    atomic_fetch_add_explicit(&counted[place][status - STATUS_MIN], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&within[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&total_ns, (uint64_t)nanoseconds, memory_order_relaxed);
    atomic_fetch_add_explicit(&total, 1, memory_order_relaxed);
    if (!atomic_load(&log_is_json)) return;
    json_t *line = line_begin("info", "request");
    if (line) {
        json_object_set_new(line, "route", json_string(name_of(place)));
        json_object_set_new(line, "status", json_integer(status));
        json_object_set_new(line, "ms", json_real((double)(nanoseconds / 1000) / 1000.0));
    }
    write_line(line);
}

/* --- writing -------------------------------------------------------------------------------- */

static void head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_add_fmt(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void write_requests(struct buf *out)
{
    head(out, "pendeen_http_requests_total", "counter", "Answers by route and status.");
    for (size_t place = 0; place <= ROUTE_COUNT; place++)
        for (int status = 0; status <= STATUS_MAX - STATUS_MIN; status++) {
            uint64_t count = atomic_load_explicit(&counted[place][status], memory_order_relaxed);
            if (count)
                buf_add_fmt(out, "pendeen_http_requests_total{route=\"%s\",status=\"%d\"} %llu\n",
                            name_of(place), status + STATUS_MIN, (unsigned long long)count);
        }
    head(out, "pendeen_http_request_seconds", "histogram",
         "From the head of a request to its answer.");
    uint64_t sum = 0;
    for (int i = 0; i <= BUCKETS; i++) {
        sum += atomic_load_explicit(&within[i], memory_order_relaxed);
        buf_add_fmt(out, "pendeen_http_request_seconds_bucket{le=\"%s\"} %llu\n",
                    i < BUCKETS ? buckets[i].text : "+Inf", (unsigned long long)sum);
    }
    buf_add_fmt(out, "pendeen_http_request_seconds_sum %.6f\n",
                (double)atomic_load(&total_ns) / 1e9);
    buf_add_fmt(out, "pendeen_http_request_seconds_count %llu\n", (unsigned long long)sum);
}

static void write_figure(struct app *app, struct buf *out, enum query_id query, const char *name,
                         const char *help)
{
    int64_t value = 0;
    struct db *db = store_read_begin(app->store, NULL);
    if (db && db_one(db_query(db, query), &value, NULL) == ST_OK) {
        head(out, name, "gauge", help);
        buf_add_fmt(out, "%s %lld\n", name, (long long)value);
    }
    store_read_end(app->store, db);
}

void metrics_write(struct app *app, struct buf *out)
{
    write_requests(out);
    head(out, "pendeen_index_mentions", "gauge", "Mentions in the live index.");
    buf_add_fmt(out, "pendeen_index_mentions %zu\n", link_index_count(app->index));
    write_figure(app, out, Q_SUBMISSION_COUNT, "pendeen_store_submissions",
                 "Submissions in the store.");
    write_figure(app, out, Q_METRIC_AUDIT, "pendeen_audit_lines", "Lines of the log.");
    write_figure(app, out, Q_METRIC_WEBHOOKS, "pendeen_webhook_queue",
                 "Webhooks that wait to be told.");
    write_figure(app, out, Q_METRIC_SESSIONS, "pendeen_sessions", "Sessions that have not ended.");
    head(out, "pendeen_store_steps_total", "counter", "Queries begun and rows read.");
    buf_add_fmt(out, "pendeen_store_steps_total %llu\n", (unsigned long long)store_work());
}

void metrics_set_token(struct str token)
{
    snprintf(token_kept, sizeof token_kept, "%.*s", STR_ARG(token));
}

bool metrics_token_fits(struct str token)
{
    return token_kept[0] && seal_equal(token, str_from(token_kept));
}
