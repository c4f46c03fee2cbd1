#include "web/server.h"

#include "domain/oidc.h"
#include "domain/sign_in.h"
#include "web/browser.h"
#include "web/front.h"
#include "web/limits.h"
#include "web/metrics.h"
#include "web/problem.h"
#include "web/route.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdatomic.h>

struct server {
    struct app *app;
    struct MHD_Daemon *daemon;
    struct front *front;
    struct tls *tls;
    struct proxies proxies;
    bool synthetic;
    _Atomic size_t bodies; /* bytes of bodies in flight */
    pthread_mutex_t waiting_lock;
    pthread_cond_t waiting_ended;
    int waiting; /* answers on threads of their own */
};

/* One request from its headers to the end of its answer. */
struct exchange {
    struct server *server;
    struct arena arena;
    struct request request;
    struct response response;
    const struct route *route;
    struct MHD_Connection *connection; /* while its answer waits for another machine */
    struct MHD_PostProcessor *form;
    struct buf part; /* the value of the last field, as it comes */
    struct form_field field[REQUEST_FIELDS_MAX];
    size_t field_count;
    size_t body;       /* bytes so far */
    size_t reserved;   /* of server->bodies */
    int64_t started_ns;
    bool answered; /* the response is decided already; the rest of the body is dropped */
    bool part_open;
    bool in_body; /* libmicrohttpd takes no answer while a body is coming in */
    bool waited;  /* the answer that was waited for is there */
    bool behind_https; /* a proxy of ours says that the browser came to it by TLS */
};

/* --- sending ------------------------------------------------------------------- */

static void add_header(struct MHD_Response *reply, const char *name, const char *value)
{
    /* Fails only without memory or on a line break in a value that we made. */
    if (MHD_add_response_header(reply, name, value) != MHD_YES) abort();
}

static const char session_cookie[] = "__Host-pendeen";
static const char step_cookie[] = "__Host-pendeen-step";
static const char device_cookie[] = "__Host-pendeen-device";
static const char provider_cookie[] = "__Host-pendeen-sign-in";

/* A value of "-" takes the cookie away; an empty one leaves it.  It lasts as long as the
 * browser is open, unless seconds are said. */
static void add_cookie(struct arena *arena, struct MHD_Response *reply, const char *name,
                       struct str value, int seconds)
{
    if (!value.len) return;
    bool gone = str_eq(value, STR("-"));
    struct str age = gone || seconds ? str_fmt(arena, "; Max-Age=%d", gone ? 0 : seconds) : STR("");
    add_header(reply, "Set-Cookie",
               str_c(arena, str_fmt(arena, "%s=%.*s; Path=/; Secure; HttpOnly; SameSite=Lax%.*s", name,
                                    STR_ARG(gone ? STR("") : value), STR_ARG(age))));
}

static struct MHD_Response *make_reply(struct exchange *exchange)
{
    struct response *response = &exchange->response;
    struct str constant = response->constant_body;
    if (constant.ptr)
        return MHD_create_response_from_buffer(constant.len, (void *)(uintptr_t)constant.ptr,
                                               MHD_RESPMEM_PERSISTENT);
    struct buf body = response->body;
    response->body = (struct buf){0};
    if (!body.data) return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    return MHD_create_response_from_buffer(body.len, body.data, MHD_RESPMEM_MUST_FREE);
}

static enum MHD_Result send_response(struct exchange *exchange, struct MHD_Connection *connection)
{
    struct response *response = &exchange->response;
    struct arena *arena = &exchange->arena;
    struct MHD_Response *reply = make_reply(exchange);
    if (!reply) return MHD_NO;
    /* Those that every answer has are put in by the front. */
    if (exchange->behind_https) add_header(reply, "Strict-Transport-Security", "max-age=31536000");
    add_header(reply, "Content-Type",
               response->content_type ? response->content_type : "text/html; charset=utf-8");
    if (response->images.len)
        add_header(reply, "Content-Security-Policy", str_c(arena, str_fmt(arena, FRONT_POLICY(" %.*s"), STR_ARG(response->images))));
    add_header(reply, "Cache-Control", response->cache ? response->cache : "no-store");
    if (response->location.len) add_header(reply, "Location", str_c(arena, response->location));
    if (response->etag.len) add_header(reply, "ETag", str_c(arena, response->etag));
    if (response->challenge.len) add_header(reply, "WWW-Authenticate", str_c(arena, response->challenge));
    if (response->allow.len) add_header(reply, "Allow", str_c(arena, response->allow));
    if (response->retry_seconds)
        add_header(reply, "Retry-After", str_c(arena, str_fmt(arena, "%d", response->retry_seconds)));
    if (response->file_name.len)
        add_header(reply, "Content-Disposition",
                   str_c(arena, str_fmt(arena, "attachment; filename=\"%.*s\"",
                                        STR_ARG(response->file_name))));
    add_cookie(arena, reply, session_cookie, response->set_cookie, 0);
    add_cookie(arena, reply, step_cookie, response->set_step, SIGN_IN_MINUTES * 60);
    add_cookie(arena, reply, device_cookie, response->set_device, DEVICE_DAYS * 86400);
    add_cookie(arena, reply, provider_cookie, response->set_provider, OIDC_MINUTES * 60);
    if (response->refresh.len)
        add_header(reply, "Refresh",
                   str_c(arena, str_fmt(arena, "0; url=%.*s", STR_ARG(response->refresh))));
    metrics_count(exchange->route, response->status ? response->status : 200, clock_tick_ns() - exchange->started_ns);
    enum MHD_Result queued =
        MHD_queue_response(connection, response->status ? (unsigned)response->status : 200, reply);
    MHD_destroy_response(reply);
    return queued;
}

/* --- reading --------------------------------------------------------------------- */

static struct str header(struct MHD_Connection *connection, const char *name)
{
    return str_from(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name));
}

static struct str cookie(struct exchange *exchange, struct MHD_Connection *connection, const char *name)
{
    return str_dup(&exchange->arena,
                   str_from(MHD_lookup_connection_value(connection, MHD_COOKIE_KIND, name)));
}

struct forwarding_lines {
    struct arena *arena;
    struct forwarding forwarding;
};

/* Several lines of one header are one list (RFC 9110, 5.3). */
static void join(struct arena *arena, struct str *list, const char *value)
{
    *list = list->len ? str_fmt(arena, "%.*s,%s", STR_ARG(*list), value) : str_from(value);
}

static enum MHD_Result forwarding_line(void *context, enum MHD_ValueKind kind, const char *name,
                                       const char *value)
{
    (void)kind;
    struct forwarding_lines *lines = context;
    if (!value) return MHD_YES;
    if (str_eq_nocase(str_from(name), STR("X-Forwarded-For")))
        join(lines->arena, &lines->forwarding.for_list, value);
    else if (str_eq_nocase(str_from(name), STR("Forwarded")))
        join(lines->arena, &lines->forwarding.forwarded, value);
    else if (str_eq_nocase(str_from(name), STR("X-Forwarded-Proto")))
        lines->forwarding.protocol = str_from(value);
    return MHD_YES;
}

/* Whose request it is: the peer's, or whose a listed proxy says.  False: it cannot be said. */
static bool find_origin(struct exchange *exchange, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    struct forwarding_lines lines = {.arena = &exchange->arena};
    struct address peer = {0};
    struct origin origin;
    char text[ADDRESS_TEXT];
    if (info) address_of(info->client_addr, &peer);
    exchange->request.local = address_is_loopback(&peer) && !header(connection, "X-Forwarded-For").len &&
                              !header(connection, "Forwarded").len && !header(connection, "Via").len;
    if (exchange->server->proxies.count)
        MHD_get_connection_values(connection, MHD_HEADER_KIND, forwarding_line, &lines);
    if (!proxy_origin(&exchange->server->proxies, &peer, &lines.forwarding, &origin)) return false;
    address_write(&origin.address, text);
    exchange->request.address = str_dup(&exchange->arena, str_from(text));
    exchange->behind_https = origin.https && !exchange->server->tls;
    return true;
}

static void add_field(struct exchange *exchange, struct form_field field)
{
    if (exchange->field_count < REQUEST_FIELDS_MAX) exchange->field[exchange->field_count++] = field;
}

/* A header of one line; of several the first. */
static struct str header_kept(struct exchange *exchange, struct MHD_Connection *connection, const char *name)
{
    return str_dup(&exchange->arena,
                   str_from(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name)));
}

/* What programs say; cookies count for nothing there. */
static void read_headers_of_programs(struct exchange *exchange, struct MHD_Connection *connection)
{
    struct request *request = &exchange->request;
    request->cookie = request->step = request->device = request->provider = STR("");
    request->authorization = header_kept(exchange, connection, "Authorization");
    request->content_type = header_kept(exchange, connection, "Content-Type");
    request->if_match = header_kept(exchange, connection, "If-Match");
    request->if_none_match = header_kept(exchange, connection, "If-None-Match");
    request->idempotency_key = header_kept(exchange, connection, "Idempotency-Key");
}

static enum MHD_Result query_field(void *context, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    (void)kind;
    struct exchange *exchange = context;
    add_field(exchange, (struct form_field){.name = str_dup(&exchange->arena, str_from(name)),
                                            .value = str_dup(&exchange->arena, str_from(value))});
    return MHD_YES;
}

static void finish_part(struct exchange *exchange)
{
    if (!exchange->part_open) return;
    if (exchange->field_count > 0)
        exchange->field[exchange->field_count - 1].value =
            str_dup(&exchange->arena, buf_str(&exchange->part));
    buf_done(&exchange->part);
    exchange->part_open = false;
}

/* A piece of a field of the body; a new field begins at offset 0. */
static enum MHD_Result body_field(void *context, enum MHD_ValueKind kind, const char *name,
                                  const char *file_name, const char *content_type,
                                  const char *transfer_encoding, const char *data, uint64_t offset,
                                  size_t size)
{
    (void)kind;
    (void)content_type;
    (void)transfer_encoding;
    struct exchange *exchange = context;
    if (offset == 0) {
        finish_part(exchange);
        if (exchange->field_count == REQUEST_FIELDS_MAX) return MHD_NO;
        add_field(exchange,
                  (struct form_field){.name = str_dup(&exchange->arena, str_from(name)),
                                      .file_name = str_dup(&exchange->arena, str_from(file_name))});
        buf_init(&exchange->part, exchange->route->body_maximum + 1);
        exchange->part_open = true;
    }
    buf_add(&exchange->part, str_of(data, size));
    return MHD_YES;
}

static struct exchange *exchange_new(struct server *server)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);
    if (!exchange) return NULL;
    exchange->server = server;
    exchange->started_ns = clock_tick_ns();
    arena_init(&exchange->arena, LIMIT_REQUEST_MEMORY);
    buf_init(&exchange->response.body, LIMIT_RESPONSE_BYTES);
    return exchange;
}

static void exchange_end(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    (void)context;
    (void)connection;
    (void)code;
    struct exchange *exchange = *state;
    if (!exchange) return;
    if (exchange->form) MHD_destroy_post_processor(exchange->form);
    atomic_fetch_sub(&exchange->server->bodies, exchange->reserved);
    buf_done(&exchange->part);
    buf_done(&exchange->response.body);
    arena_done(&exchange->arena);
    free(exchange);
    *state = NULL;
}

/* Anything the request's memory cannot hold ends here. */
static void out_of_memory(struct exchange *exchange)
{
    exchange->arena.on_failure = NULL;
    exchange->answered = true;
    buf_done(&exchange->response.body);
    exchange->response = (struct response){.status = 413, .content_type = "text/plain"};
    exchange->response.constant_body = STR("That is too much for one page. Send less at once.\n");
}

static void refuse_plainly(struct exchange *exchange, int status, struct str words)
{
    exchange->answered = true;
    exchange->response.status = status;
    exchange->response.content_type = "text/plain; charset=utf-8";
    exchange->response.constant_body = words;
}

/* Reserves room for a body; false when too many are coming in already. */
static bool reserve(struct exchange *exchange, size_t size)
{
    size_t before = atomic_fetch_add(&exchange->server->bodies, size);
    exchange->reserved = size;
    return before + size <= LIMIT_BODIES_MEMORY;
}

static bool has_body(struct MHD_Connection *connection)
{
    struct str length = header(connection, "Content-Length");
    return (length.len && !str_eq(length, STR("0"))) || header(connection, "Transfer-Encoding").len;
}

/* The declared length; false when it is no number. A chunked body may be as long
 * as the route allows. */
static bool body_size(struct exchange *exchange, struct MHD_Connection *connection, uint64_t *ret)
{
    struct str length = header(connection, "Content-Length");
    int64_t size = 0;
    *ret = 0;
    if (length.len) {
        if (!str_to_int(length, &size) || size < 0) return false;
        *ret = (uint64_t)size;
    } else if (header(connection, "Transfer-Encoding").len) {
        *ret = exchange->route->body_maximum;
    }
    return true;
}

/* With the headers in: finds the route, and refuses what need not be read. */
static void begin(struct exchange *exchange, struct MHD_Connection *connection, const char *path,
                  const char *method)
{
    struct request *request = &exchange->request;
    *request = (struct request){.app = exchange->server->app,
                                .arena = &exchange->arena,
                                .path = str_dup(&exchange->arena, str_from(path)),
                                .synthetic = exchange->server->synthetic};
    if (!find_origin(exchange, connection)) {
        refuse_plainly(exchange, 400, STR("A proxy must set X-Forwarded-For or Forwarded, not both.\n"));
        return;
    }
    request->method = strcmp(method, "POST") == 0 ? POST : GET;
    request->cookie = cookie(exchange, connection, session_cookie);
    request->step = cookie(exchange, connection, step_cookie);
    request->device = cookie(exchange, connection, device_cookie);
    request->host = str_dup(&exchange->arena, header(connection, "Host"));
    request->origin = str_dup(&exchange->arena, header(connection, "Origin"));
    request->browser = browser_words(&exchange->arena, header(connection, "User-Agent"));
    request->provider = cookie(exchange, connection, provider_cookie);
    request->api = path_is_api(request->path);
    if (request->api || str_eq(request->path, STR("/metrics"))) read_headers_of_programs(exchange, connection);
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, query_field, exchange);
    bool other_method = false;
    exchange->route = route_find(request->method, request->path, request->parameter, &other_method);
    uint64_t size = 0;
    if (exchange->route && !body_size(exchange, connection, &size)) {
        refuse_plainly(exchange, 400, STR("The length of the request is not a number.\n"));
        return;
    }
    if (!exchange->route) {
        exchange->answered = true;
        if (other_method)
            dispatch_other_method(request, &exchange->response, request->method == GET ? POST : GET);
        else
            dispatch_nowhere(request, &exchange->response);
        return;
    }
    if (exchange->route->csrf != NO_FORM && exchange->route->csrf != BEARER_TOKEN &&
        !origin_is_ours(header(connection, "Origin"), header(connection, "Host"))) {
        refuse_plainly(exchange, 403, STR("This form was sent from another site.\n"));
        return;
    }
    exchange->answered = !dispatch_admits(exchange->route, request, size, &exchange->response);
    if (exchange->answered) return;
    if (!reserve(exchange, size)) {
        refuse_plainly(exchange, 503, STR("Too much is being sent at once. Try again in a minute.\n"));
        return;
    }
    if (exchange->route->csrf == BEARER_TOKEN)
        buf_init(&exchange->part, exchange->route->body_maximum + 1);
    else if (request->method == POST)
        exchange->form = MHD_create_post_processor(connection, LIMIT_FORM_BUFFER, body_field, exchange);
}

static void take_body(struct exchange *exchange, const char *data, size_t size)
{
    exchange->body += size;
    if (exchange->answered) return;
    if (exchange->body > exchange->route->body_maximum) {
        struct err err;
        err_set(&err, ST_LIMIT, "That is too much to send at once.");
        exchange->answered = true;
        respond_too_large(&exchange->request, &exchange->response, &err);
        return;
    }
    if (exchange->form)
        MHD_post_process(exchange->form, data, size);
    else if (exchange->route->csrf == BEARER_TOKEN)
        buf_add(&exchange->part, str_of(data, size));
}

static void finish(struct exchange *exchange)
{
    if (exchange->form) {
        MHD_destroy_post_processor(exchange->form);
        exchange->form = NULL;
    }
    finish_part(exchange);
    if (exchange->answered) return;
    if (exchange->route->csrf == BEARER_TOKEN) exchange->request.body = buf_str(&exchange->part);
    exchange->request.field = exchange->field;
    exchange->request.field_count = exchange->field_count;
    dispatch(exchange->route, &exchange->request, &exchange->response);
}

/* --- answers that wait for another machine ------------------------------------------------ */

static void *run_later(void *context)
{
    struct exchange *exchange = context;
    struct server *server = exchange->server;
    jmp_buf failed;
    exchange->arena.on_failure = &failed;
    if (setjmp(failed))
        out_of_memory(exchange);
    else
        exchange->response.later(&exchange->request, &exchange->response);
    exchange->arena.on_failure = NULL;
    exchange->waited = true;
    MHD_resume_connection(exchange->connection); /* from here on it may be gone */
    pthread_mutex_lock(&server->waiting_lock);
    server->waiting--;
    pthread_cond_signal(&server->waiting_ended);
    pthread_mutex_unlock(&server->waiting_lock);
    return NULL;
}

static bool enter_waiting(struct server *server)
{
    pthread_mutex_lock(&server->waiting_lock);
    bool room = server->waiting < LIMIT_WAITING;
    if (room) server->waiting++;
    pthread_mutex_unlock(&server->waiting_lock);
    return room;
}

/* The thread that serves the connection goes on with others meanwhile. */
static enum MHD_Result answer_later(struct exchange *exchange, struct MHD_Connection *connection)
{
    static const struct str busy =
        STR_INIT("Too many people are signing in at once. Try again in a minute.\n");
    struct server *server = exchange->server;
    pthread_t thread;
    if (!enter_waiting(server)) {
        refuse_plainly(exchange, 503, busy);
        return send_response(exchange, connection);
    }
    exchange->connection = connection;
    MHD_suspend_connection(connection);
    if (pthread_create(&thread, NULL, run_later, exchange) == 0) {
        pthread_detach(thread);
        return MHD_YES;
    }
    exchange->response.later = NULL;
    refuse_plainly(exchange, 503, busy);
    exchange->waited = true;
    MHD_resume_connection(connection);
    pthread_mutex_lock(&server->waiting_lock);
    server->waiting--;
    pthread_mutex_unlock(&server->waiting_lock);
    return MHD_YES;
}

static void wait_for_the_last(struct server *server)
{
    pthread_mutex_lock(&server->waiting_lock);
    while (server->waiting > 0) pthread_cond_wait(&server->waiting_ended, &server->waiting_lock);
    pthread_mutex_unlock(&server->waiting_lock);
}

/* What one call of libmicrohttpd brings: the headers, a piece of the body, or
 * its end. */
struct piece {
    struct MHD_Connection *connection;
    const char *path;
    const char *method;
    const char *data;
    size_t size;
    bool first;
};

static enum MHD_Result take_piece(struct exchange *exchange, const struct piece *piece)
{
    jmp_buf failed;
    exchange->arena.on_failure = &failed;
    exchange->in_body = !piece->first && piece->size > 0;
    if (setjmp(failed)) {
        out_of_memory(exchange);
        return exchange->in_body ? MHD_YES : send_response(exchange, piece->connection);
    }
    if (piece->first) {
        begin(exchange, piece->connection, piece->path, piece->method);
        /* A refusal before the body is sent at once; the connection then closes. */
        return exchange->answered && has_body(piece->connection)
                   ? send_response(exchange, piece->connection)
                   : MHD_YES;
    }
    if (exchange->in_body) {
        take_body(exchange, piece->data, piece->size);
        return MHD_YES;
    }
    if (exchange->waited) return send_response(exchange, piece->connection);
    finish(exchange);
    if (exchange->response.later) return answer_later(exchange, piece->connection);
    return send_response(exchange, piece->connection);
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *path,
                              const char *method, const char *version, const char *data,
                              size_t *data_size, void **state)
{
    (void)version;
    struct piece piece = {connection, path, method, data, *data_size, *state == NULL};
    if (piece.first) *state = exchange_new(context);
    struct exchange *exchange = *state;
    if (!exchange) return MHD_NO;
    *data_size = 0;
    return take_piece(exchange, &piece);
}

/* --- starting and stopping ---------------------------------------------------------- */

static bool hand_on(void *context, int handle, const struct sockaddr *peer, socklen_t size)
{
    struct server *server = context;
    return MHD_add_connection(server->daemon, handle, peer, size) == MHD_YES;
}

/* Beyond this machine nothing is served that somebody in between could read. */
static enum st judge_reach(const struct server_options *options, struct err *err)
{
    struct address address;
    if (!address_read(str_from(options->address), &address))
        return err_set(err, ST_INVALID, "'%s' is not a numeric address.", options->address);
    if (address_is_loopback(&address) || options->certificate_file || options->proxies.count ||
        options->plain_to_all)
        return ST_OK;
    err_set(err, ST_INVALID, "On %s others could read along: without TLS only this machine is served.",
            options->address);
    err_hint(err, "Give --tls-cert and --tls-key, or --trusted-proxy; or --plain-http, and know why.");
    return ST_INVALID;
}

static struct MHD_Daemon *start_pages(struct server *server)
{
    return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ITC |
                                MHD_ALLOW_SUSPEND_RESUME,
                            0, NULL, NULL, answer, server, MHD_OPTION_THREAD_POOL_SIZE,
                            (unsigned)LIMIT_PAGE_THREADS, MHD_OPTION_CONNECTION_LIMIT,
                            (unsigned)LIMIT_CONNECTIONS + LIMIT_PAGE_THREADS * 8,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)LIMIT_PARSER_MEMORY,
                            MHD_OPTION_NOTIFY_COMPLETED, exchange_end, NULL,
                            MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
}

static enum st open_all(struct server *server, const struct server_options *options, struct err *err)
{
    enum st outcome = judge_reach(options, err);
    if (outcome == ST_OK && options->certificate_file)
        outcome = tls_open(options->certificate_file, options->key_file, &server->tls, err);
    if (outcome != ST_OK) return outcome;
    server->daemon = start_pages(server);
    if (!server->daemon) return err_set(err, ST_FAILED, "The threads that make the pages cannot start.");
    struct front_options front = {
        .address = options->address,
        .port = options->port,
        .tls = server->tls,
        .proxies = &server->proxies,
        .only_proxies = server->proxies.count && !server->tls && !options->plain_to_all,
        .head_seconds = options->head_seconds,
        .hand_on = hand_on,
        .context = server};
    return front_start(&front, &server->front, err);
}

enum st server_start(struct app *app, const struct server_options *options, struct server **ret,
                     struct err *err)
{
    struct server *server = calloc(1, sizeof *server);
    if (!server) return err_set(err, ST_FAILED, "There is no memory left.");
    server->app = app;
    server->synthetic = options->synthetic;
    server->proxies = options->proxies;
    pthread_mutex_init(&server->waiting_lock, NULL);
    pthread_cond_init(&server->waiting_ended, NULL);
    enum st outcome = open_all(server, options, err);
    if (outcome == ST_OK)
        *ret = server;
    else
        server_stop(server);
    return outcome;
}

uint16_t server_port(const struct server *server)
{
    return front_port(server->front);
}

enum st server_reload(struct server *server, struct err *err)
{
    return server->tls ? tls_reload(server->tls, err) : ST_OK;
}

void server_stop(struct server *server)
{
    if (!server) return;
    front_stop(server->front);
    wait_for_the_last(server);
    if (server->daemon) MHD_stop_daemon(server->daemon);
    tls_close(server->tls);
    free(server);
}
