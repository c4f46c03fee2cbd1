#include "web/server.h"

#include "base/clock.h"
#include "domain/oidc.h"
#include "domain/sign_in.h"
#include "web/browser.h"
#include "web/route.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    THREADS = 4,
    CONNECTIONS = 512,
    IDLE_SECONDS = 20,
    REQUEST_SECONDS = 60,
    REQUEST_MEMORY = 192 << 20,    /* the most that one request's arena may hold */
    BODIES_MEMORY = 256 << 20,     /* all bodies that are being read together */
    RESPONSE_MAXIMUM = 64 << 20,
    FORM_BUFFER = 16 << 10,
    WAITING_MAXIMUM = 32, /* answers that wait for another machine */
};

struct server {
    struct app *app;
    struct MHD_Daemon *daemon;
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
};

/* --- sending ------------------------------------------------------------------- */

static const char *const security_headers[][2] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
     "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
};

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
    for (size_t i = 0; i < sizeof security_headers / sizeof *security_headers; i++)
        add_header(reply, security_headers[i][0], security_headers[i][1]);
    add_header(reply, "Content-Type",
               response->content_type ? response->content_type : "text/html; charset=utf-8");
    add_header(reply, "Cache-Control", response->cache ? response->cache : "no-store");
    if (response->location.len) add_header(reply, "Location", str_c(arena, response->location));
    if (response->etag.len) add_header(reply, "ETag", str_c(arena, response->etag));
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
    enum MHD_Result queued =
        MHD_queue_response(connection, response->status ? (unsigned)response->status : 200, reply);
    MHD_destroy_response(reply);
    return queued;
}

/* --- reading --------------------------------------------------------------------- */

struct header_counts {
    int length;
    int host;
    int coding;
    bool bad; /* a control character in a value */
};

static enum MHD_Result count_header(void *context, enum MHD_ValueKind kind, const char *name,
                                    const char *value)
{
    (void)kind;
    struct header_counts *counts = context;
    if (str_eq_nocase(str_from(name), STR("Content-Length"))) counts->length++;
    if (str_eq_nocase(str_from(name), STR("Host"))) counts->host++;
    if (str_eq_nocase(str_from(name), STR("Transfer-Encoding"))) counts->coding++;
    for (const char *at = value ? value : ""; *at; at++)
        if ((unsigned char)*at < 32 && *at != '\t') counts->bad = true;
    return MHD_YES;
}

/* RFC 9112, 3.2 and 6.3: what is ambiguous is refused, not guessed at. */
static bool headers_are_strict(struct MHD_Connection *connection, const char *version)
{
    struct header_counts counts = {0};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, count_header, &counts);
    bool needs_host = strcmp(version, "HTTP/1.1") == 0;
    return !counts.bad && counts.length <= 1 && counts.host <= 1 && counts.coding <= 1 &&
           !(counts.length && counts.coding) && (counts.host == 1 || !needs_host);
}

static struct str header(struct MHD_Connection *connection, const char *name)
{
    return str_from(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name));
}

static struct str cookie(struct exchange *exchange, struct MHD_Connection *connection, const char *name)
{
    return str_dup(&exchange->arena,
                   str_from(MHD_lookup_connection_value(connection, MHD_COOKIE_KIND, name)));
}

static struct str peer_address(struct exchange *exchange, struct MHD_Connection *connection)
{
    char text[INET6_ADDRSTRLEN] = "";
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info && info->client_addr->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)info->client_addr)->sin_addr,
                  text, sizeof text);
    else if (info && info->client_addr->sa_family == AF_INET6)
        inet_ntop(AF_INET6,
                  &((const struct sockaddr_in6 *)(const void *)info->client_addr)->sin6_addr, text,
                  sizeof text);
    return str_dup(&exchange->arena, str_from(text));
}

static void add_field(struct exchange *exchange, struct form_field field)
{
    if (exchange->field_count < REQUEST_FIELDS_MAX) exchange->field[exchange->field_count++] = field;
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
    arena_init(&exchange->arena, REQUEST_MEMORY);
    buf_init(&exchange->response.body, RESPONSE_MAXIMUM);
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
    return before + size <= BODIES_MEMORY;
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
                  const char *method, const char *version)
{
    struct request *request = &exchange->request;
    *request = (struct request){.app = exchange->server->app,
                                .arena = &exchange->arena,
                                .path = str_dup(&exchange->arena, str_from(path)),
                                .address = peer_address(exchange, connection),
                                .synthetic = exchange->server->synthetic};
    if (!headers_are_strict(connection, version)) {
        refuse_plainly(exchange, 400, STR("The request is ambiguous.\n"));
        return;
    }
    bool reads = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    if (!reads && strcmp(method, "POST") != 0) {
        refuse_plainly(exchange, 405, STR("Only GET, HEAD and POST are known here.\n"));
        return;
    }
    request->method = reads ? GET : POST;
    request->cookie = cookie(exchange, connection, session_cookie);
    request->step = cookie(exchange, connection, step_cookie);
    request->device = cookie(exchange, connection, device_cookie);
    request->host = str_dup(&exchange->arena, header(connection, "Host"));
    request->origin = str_dup(&exchange->arena, header(connection, "Origin"));
    request->browser = browser_words(&exchange->arena, header(connection, "User-Agent"));
    request->provider = cookie(exchange, connection, provider_cookie);
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
        dispatch_nowhere(request, &exchange->response);
        if (other_method) exchange->response.status = 405;
        return;
    }
    if (exchange->route->csrf != NO_FORM &&
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
    if (request->method == POST)
        exchange->form = MHD_create_post_processor(connection, FORM_BUFFER, body_field, exchange);
}

static void take_body(struct exchange *exchange, const char *data, size_t size)
{
    exchange->body += size;
    if (exchange->answered) return;
    if (exchange->body > exchange->route->body_maximum) {
        struct err err;
        err_set(&err, ST_LIMIT, "That is too much to send at once.");
        exchange->answered = true;
        respond_error(&exchange->request, &exchange->response, &err);
        exchange->response.status = 413;
        return;
    }
    if (exchange->form) MHD_post_process(exchange->form, data, size);
}

static void finish(struct exchange *exchange)
{
    if (exchange->form) {
        MHD_destroy_post_processor(exchange->form);
        exchange->form = NULL;
    }
    finish_part(exchange);
    if (exchange->answered) return;
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
    bool room = server->waiting < WAITING_MAXIMUM;
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
    const char *version;
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
        begin(exchange, piece->connection, piece->path, piece->method, piece->version);
        /* A refusal before the body is sent at once; the connection then closes. */
        return exchange->answered ? send_response(exchange, piece->connection) : MHD_YES;
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
    struct piece piece = {connection, path, method, version, data, *data_size, *state == NULL};
    if (piece.first) *state = exchange_new(context);
    struct exchange *exchange = *state;
    if (!exchange || clock_tick_ns() - exchange->started_ns > REQUEST_SECONDS * 1000000000LL)
        return MHD_NO;
    *data_size = 0;
    return take_piece(exchange, &piece);
}

/* --- starting and stopping ---------------------------------------------------------- */

enum st server_start(struct app *app, const struct server_options *options, struct server **ret,
                     struct err *err)
{
    struct server *server = calloc(1, sizeof *server);
    if (!server) return err_set(err, ST_FAILED, "There is no memory left.");
    server->app = app;
    server->synthetic = options->synthetic;
    pthread_mutex_init(&server->waiting_lock, NULL);
    pthread_cond_init(&server->waiting_ended, NULL);
    struct sockaddr_in address4 = {.sin_family = AF_INET, .sin_port = htons(options->port)};
    struct sockaddr_in6 address6 = {.sin6_family = AF_INET6, .sin6_port = htons(options->port)};
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    const struct sockaddr *address = (const struct sockaddr *)&address4;
    if (inet_pton(AF_INET, options->address, &address4.sin_addr) != 1) {
        if (inet_pton(AF_INET6, options->address, &address6.sin6_addr) != 1) {
            free(server);
            return err_set(err, ST_INVALID, "'%s' is not a numeric address.", options->address);
        }
        flags |= MHD_USE_IPv6;
        address = (const struct sockaddr *)&address6;
    }
    server->daemon = MHD_start_daemon(
        flags, options->port, NULL, NULL, answer, server, MHD_OPTION_SOCK_ADDR, address,
        MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
        MHD_OPTION_NOTIFY_COMPLETED, exchange_end, NULL, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_END);
    if (!server->daemon) {
        free(server);
        err_set(err, ST_FAILED, "Port %u of %s cannot be opened.", options->port, options->address);
        err_hint(err, "Is another program using it? Try --port with another number.");
        return ST_FAILED;
    }
    *ret = server;
    return ST_OK;
}

uint16_t server_port(const struct server *server)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}

void server_stop(struct server *server)
{
    if (!server) return;
    MHD_socket listening = MHD_quiesce_daemon(server->daemon);
    wait_for_the_last(server);
    MHD_stop_daemon(server->daemon);
    if (listening != MHD_INVALID_SOCKET) close(listening);
    free(server);
}
