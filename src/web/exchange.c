#include "web/exchange.h"

#include "domain/oidc.h"
#include "domain/sign_in.h"
#include "web/answer.h"
#include "web/browser.h"
#include "web/heading.h"
#include "web/limits.h"
#include "web/metrics.h"
#include "web/problem.h"
#include "web/reopened.h"
#include "web/watch.h"

#include <stdlib.h>

struct exchange {
    struct exchange_setting *setting;
    struct arena arena;
    struct request request;
    struct response response;
    const struct route *route;
    struct buf body;
    struct buf head; /* of the answer */
    struct str content_type;
    size_t field_room;
    size_t announced; /* bytes of the body, as its head says */
    size_t body_room; /* of which so many may come before more room is asked for */
    struct room_share share;
    int64_t started_ns;
    bool other_method; /* would have a route */
    bool answered;     /* the response is decided already; the rest of the body is dropped */
    bool too_large;    /* the body; that is said at its end */
    bool expects;      /* a word before it sends the body */
    bool waited;       /* for the body, since it was asked who sends it */
    bool behind_https; /* a proxy of ours says that the browser came to it by TLS */
};

struct exchange *exchange_new(struct exchange_setting *setting)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);
    if (!exchange) return NULL;
    exchange->setting = setting;
    exchange->started_ns = clock_tick_ns();
    exchange->body_room = LIMIT_BODY_SMALL;
    arena_init(&exchange->arena, LIMIT_REQUEST_MEMORY);
    buf_init(&exchange->response.body, LIMIT_RESPONSE_BYTES);
    buf_init(&exchange->head, LIMIT_ANSWER_HEAD);
    return exchange;
}

static void drop_body(struct exchange *exchange)
{
    /* passwords */
    if (exchange->body.data) explicit_bzero(exchange->body.data, exchange->body.len);
    buf_done(&exchange->body);
    room_give_back(exchange->setting->room, &exchange->share);
}

void exchange_free(struct exchange *exchange)
{
    if (!exchange) return;
    drop_body(exchange);
    buf_done(&exchange->head);
    buf_done(&exchange->response.body);
    reopened_release(exchange->response.page);
    arena_done(&exchange->arena);
    free(exchange);
}

bool exchange_has_enough(const struct exchange *exchange)
{
    return exchange->answered || exchange->too_large;
}

bool exchange_is_asked_to_go_on(const struct exchange *exchange)
{
    return exchange->expects;
}

/* --- the answer ------------------------------------------------------------------------- */

static const struct str session_cookie = STR_INIT("__Host-pendeen");
static const struct str step_cookie = STR_INIT("__Host-pendeen-step");
static const struct str device_cookie = STR_INIT("__Host-pendeen-device");
static const struct str provider_cookie = STR_INIT("__Host-pendeen-sign-in");

/* A value of "-" takes the cookie away; an empty one leaves it.  It lasts as long as the
 * browser is open, unless seconds are said. */
static void add_cookie(struct buf *head, struct str name, struct str value, int seconds)
{
    if (!value.len) return;
    bool gone = str_eq(value, STR("-"));
    answer_name(head, STR("Set-Cookie"));
    answer_value(head, name);
    buf_add_char(head, '=');
    if (!gone) answer_value(head, value);
    buf_add(head, STR("; Path=/; Secure; HttpOnly; SameSite=Lax"));
    if (gone || seconds) buf_add_fmt(head, "; Max-Age=%d", gone ? 0 : seconds);
    answer_end(head);
}

static void add_if(struct buf *head, struct str name, struct str value)
{
    if (value.len) answer_line(head, name, value);
}

/* What stands between two pieces of our own. */
static void add_between(struct buf *head, struct str name, const char *before, struct str value,
                        const char *after)
{
    if (!value.len) return;
    answer_name(head, name);
    buf_add_c(head, before);
    answer_value(head, value);
    buf_add_c(head, after);
    answer_end(head);
}

/* What the response says beside its status and its body. */
static void add_lines(struct buf *head, const struct response *response)
{
    answer_line(head, STR("Content-Type"),
                response->content_type ? str_from(response->content_type)
                                       : STR("text/html; charset=utf-8"));
    answer_line(head, STR("Cache-Control"),
                response->cache ? str_from(response->cache) : STR("no-store"));
    add_if(head, STR("Location"), response->location);
    add_if(head, STR("ETag"), response->etag);
    add_if(head, STR("WWW-Authenticate"), response->challenge);
    add_if(head, STR("Allow"), response->allow);
    if (response->retry_seconds) buf_add_fmt(head, "Retry-After: %d\r\n", response->retry_seconds);
    add_between(head, STR("Content-Disposition"), "attachment; filename=\"", response->file_name,
                "\"");
    add_cookie(head, session_cookie, response->set_cookie, 0);
    add_cookie(head, step_cookie, response->set_step, SIGN_IN_MINUTES * 60);
    add_cookie(head, device_cookie, response->set_device, DEVICE_DAYS * 86400);
    add_cookie(head, provider_cookie, response->set_provider, OIDC_MINUTES * 60);
    add_between(head, STR("Refresh"), "0; url=", response->refresh, "");
}

/* The head of the answer; what follows it. */
static struct str write_head(struct exchange *exchange, int status, bool closes)
{
    const struct exchange_setting *setting = exchange->setting;
    const struct response *response = &exchange->response;
    struct buf *head = &exchange->head;
    struct str body =
        response->constant_body.ptr ? response->constant_body : buf_str(&response->body);
    struct str always = setting->headers;
    answer_first(head, status);
    if (response->images.len) {
        add_between(head, STR("Content-Security-Policy"), ANSWER_POLICY_IMAGES " ",
                    response->images, ANSWER_POLICY_REST);
        always = str_sub(always, setting->policy_size, always.len);
    }
    buf_add(head, always);
    answer_date(head);
    if (closes) answer_line(head, STR("Connection"), STR("close"));
    if (exchange->behind_https)
        answer_line(head, STR("Strict-Transport-Security"), STR("max-age=31536000"));
    add_lines(head, response);
    if (status == 304) body = STR("");
    else answer_length(head, body.len);
    buf_add(head, STR("\r\n"));
    return body;
}

/* Without a page: one sentence, which a program reads where it reads all that goes wrong. */
static void refuse_plainly(struct exchange *exchange, int status, struct str words)
{
    struct response *response = &exchange->response;
    exchange->answered = true;
    if (exchange->request.api) {
        struct err err;
        err_set(&err, ST_BUSY, "%.*s", STR_ARG(str_trim(words)));
        respond_problem(&exchange->request, response, status, status < 500 ? "invalid" : "busy",
                        &err);
        return;
    }
    response->status = status;
    response->content_type = "text/plain; charset=utf-8";
    response->constant_body = words;
}

/* An answer that could not be made, before another is. */
static void drop_answer(struct exchange *exchange)
{
    buf_done(&exchange->response.body);
    reopened_release(exchange->response.page);
    exchange->response = (struct response){0};
    buf_init(&exchange->response.body, LIMIT_RESPONSE_BYTES);
}

void exchange_answer(struct exchange *exchange, bool closes, struct str *ret_head,
                     struct str *ret_body)
{
    int status = exchange->response.status ? exchange->response.status : 200;
    struct str body = write_head(exchange, status, closes);
    if (exchange->head.overflow) {
        drop_answer(exchange);
        refuse_plainly(exchange, status = 503,
                       STR("The request could not be answered. Try again in a minute.\n"));
        buf_done(&exchange->head);
        buf_init(&exchange->head, LIMIT_ANSWER_HEAD);
        body = write_head(exchange, status, closes);
    }
    metrics_count(exchange->route, status, clock_tick_ns() - exchange->started_ns);
    drop_body(exchange); /* whoever reads slowly holds no room for others */
    *ret_head = buf_str(&exchange->head);
    *ret_body = body;
}

/* Anything the request's memory cannot hold ends here, and with it what was begun on the way. */
static void out_of_memory(struct exchange *exchange)
{
    exchange->arena.on_failure = NULL;
    store_abandon();
    drop_answer(exchange);
    refuse_plainly(exchange, 413, STR("That is too much for one page. Send less at once.\n"));
}

/* --- the head ------------------------------------------------------------------------------ */

static struct str kept(struct exchange *exchange, const struct heading *heading, struct str name)
{
    return str_dup(&exchange->arena, heading_value(heading, name));
}

/* Whose request it is: the peer's, or whose a listed proxy says.  False: it cannot be said. */
static bool find_origin(struct exchange *exchange, const struct sockaddr *socket_address,
                        const struct heading *heading)
{
    static const struct str for_name = STR_INIT("X-Forwarded-For");
    static const struct str standard_name = STR_INIT("Forwarded");
    const struct proxies *proxies = exchange->setting->proxies;
    struct forwarding forwarding = {0};
    struct address peer = {0};
    struct origin origin;
    char text[ADDRESS_TEXT];
    address_of(socket_address, &peer);
    exchange->request.local = address_is_loopback(&peer) && !heading_value(heading, for_name).len &&
                              !heading_value(heading, standard_name).len &&
                              !heading_value(heading, STR("Via")).len;
    if (proxies->count)
        forwarding =
            (struct forwarding){.for_list = heading_list(&exchange->arena, heading, for_name),
                                .forwarded = heading_list(&exchange->arena, heading, standard_name),
                                .protocol = heading_value(heading, STR("X-Forwarded-Proto"))};
    if (!proxy_origin(proxies, &peer, &forwarding, &origin)) return false;
    address_write(&origin.address, text);
    exchange->request.address = str_dup(&exchange->arena, str_from(text));
    struct address site = address_site(&origin.address);
    address_write(&site, text);
    exchange->request.site = str_dup(&exchange->arena, str_from(text));
    exchange->behind_https = origin.https && !exchange->setting->tls;
    return true;
}

/* What programs say; cookies count for nothing there. */
static void read_headers_of_programs(struct exchange *exchange, const struct heading *heading)
{
    struct request *request = &exchange->request;
    request->cookie = request->step = request->device = request->provider = STR("");
    request->authorization = kept(exchange, heading, STR("Authorization"));
    request->content_type = exchange->content_type;
    request->if_match = kept(exchange, heading, STR("If-Match"));
    request->if_none_match = kept(exchange, heading, STR("If-None-Match"));
    request->idempotency_key = kept(exchange, heading, STR("Idempotency-Key"));
}

static void read_headers(struct exchange *exchange, const struct heading *heading)
{
    struct request *request = &exchange->request;
    struct str cookies = kept(exchange, heading, STR("Cookie"));
    request->cookie = heading_cookie(cookies, session_cookie);
    request->step = heading_cookie(cookies, step_cookie);
    request->device = heading_cookie(cookies, device_cookie);
    request->provider = heading_cookie(cookies, provider_cookie);
    request->host = kept(exchange, heading, STR("Host"));
    request->origin = kept(exchange, heading, STR("Origin"));
    request->browser = browser_words(&exchange->arena, heading_value(heading, STR("User-Agent")));
    exchange->content_type = kept(exchange, heading, STR("Content-Type"));
    exchange->expects = heading_value(heading, STR("Expect")).len > 0;
    request->api = path_is_api(request->path);
    if (request->api || str_eq(request->path, STR("/metrics")))
        read_headers_of_programs(exchange, heading);
}

static bool add_field(void *context, const struct form_field *field)
{
    struct exchange *exchange = context;
    struct request *request = &exchange->request;
    if (request->field_count == REQUEST_FIELDS_MAX) return false;
    if (request->field_count == exchange->field_room) {
        exchange->field_room = exchange->field_room ? exchange->field_room * 2 : 16;
        struct form_field *longer =
            arena_many(&exchange->arena, exchange->field_room, struct form_field);
        if (request->field_count)
            memcpy(longer, request->field, request->field_count * sizeof *longer);
        request->field = longer;
    }
    request->field[request->field_count++] = *field;
    return true;
}

/* Path and query, decoded once. */
static void read_target(struct exchange *exchange, struct str target)
{
    size_t size = target.len;
    char *text = (char *)(uintptr_t)str_dup(&exchange->arena, target).ptr;
    char *mark = memchr(text, '?', size);
    size_t path_size = mark ? (size_t)(mark - text) : size;
    if (mark) form_read_pairs(mark + 1, size - path_size - 1, add_field, exchange);
    exchange->request.path = str_of(text, form_decode(text, path_size, false));
}

static void begin(struct exchange *exchange, const struct sockaddr *peer,
                  const struct guard_head *head, struct str bytes)
{
    struct request *request = &exchange->request;
    __attribute__((uninitialized)) struct heading heading;
    heading_read(str_sub(bytes, 0, head->size), &heading);
    *request = (struct request){.app = exchange->setting->app,
                                .arena = &exchange->arena,
                                .method = str_eq(head->method, STR("POST")) ? POST : GET,
                                .drawn = exchange->setting->drawn,
                                .reopened = exchange->setting->reopened,
                                .watch = exchange->setting->watch,
                                .synthetic = exchange->setting->synthetic};
    read_target(exchange, head->target);
    if (!find_origin(exchange, peer, &heading)) {
        refuse_plainly(exchange, 400,
                       STR("A proxy must set X-Forwarded-For or Forwarded, not both.\n"));
        return;
    }
    read_headers(exchange, &heading);
    exchange->route =
        route_find(request->method, request->path, request->parameter, &exchange->other_method);
    if (!exchange->route) return;
    /* A chunked body may be as long as the route allows. */
    exchange->announced = head->chunked ? exchange->route->body_maximum : (size_t)head->length;
    buf_init(&exchange->body, exchange->route->body_maximum + 1);
}

static void find_nothing(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    exchange->answered = true;
    if (exchange->other_method)
        dispatch_other_method(request, &exchange->response, request->method == GET ? POST : GET);
    else
        dispatch_nowhere(request, &exchange->response);
}

static void admit(struct exchange *exchange)
{
    const struct request *request = &exchange->request;
    if (!exchange->route) {
        find_nothing(exchange);
        return;
    }
    if (exchange->route->csrf != NO_FORM && exchange->route->csrf != BEARER_TOKEN &&
        !origin_is_ours(request->origin, request->host)) {
        refuse_plainly(exchange, 403, STR("This form was sent from another site.\n"));
        return;
    }
    exchange->answered = !dispatch_admits(exchange->route, &exchange->request, exchange->announced,
                                          &exchange->response);
}

void exchange_begin(struct exchange *exchange, const struct sockaddr *peer,
                    const struct guard_head *head, struct str bytes)
{
    jmp_buf failed;
    exchange->arena.on_failure = &failed;
    if (setjmp(failed))
        out_of_memory(exchange);
    else
        begin(exchange, peer, head, bytes);
    exchange->arena.on_failure = NULL;
}

/* Where there is not memory enough for the step, the answer says so. */
static void try_step(struct exchange *exchange, void (*step)(struct exchange *))
{
    jmp_buf failed;
    exchange->arena.on_failure = &failed;
    if (setjmp(failed))
        out_of_memory(exchange);
    else
        step(exchange);
    exchange->arena.on_failure = NULL;
}

bool exchange_is_quick(const struct exchange *exchange)
{
    if (!exchange->route) return false;
    switch ((enum route_id)(exchange->route - routes)) {
    case ROUTE_home:
    case ROUTE_asset:
    case ROUTE_healthz:
    case ROUTE_service_worker:
    case ROUTE_help_now:
    case ROUTE_help_place:
    case ROUTE_guidance:
    case ROUTE_guidance_page:
    case ROUTE_submission:
    case ROUTE_entity:
    case ROUTE_sign_in: return true;
    default: return false;
    }
}

void exchange_admit(struct exchange *exchange)
{
    if (!exchange->answered) try_step(exchange, admit);
}

/* --- the body -------------------------------------------------------------------------------- */

void exchange_wait_for_body(struct exchange *exchange)
{
    exchange->waited = true;
}

/* Twice as much each time, and never more than was announced. */
static bool make_room(struct exchange *exchange)
{
    const struct request *request = &exchange->request;
    size_t wanted = exchange->body_room * 2;
    if (wanted > exchange->announced) wanted = exchange->announced;
    if (!room_take(exchange->setting->room, &exchange->share, request->site, request->who.account,
                   wanted - exchange->body_room))
        return false;
    exchange->body_room = wanted;
    buf_expect(&exchange->body, wanted);
    return true;
}

void exchange_take_body(struct exchange *exchange, struct str piece)
{
    if (exchange_has_enough(exchange)) return;
    size_t size = exchange->body.len + piece.len;
    exchange->too_large = size > exchange->route->body_maximum;
    if (exchange->too_large) return;
    if (size > exchange->body_room && !make_room(exchange)) {
        refuse_plainly(exchange, 503,
                       STR("Too much is being sent at once. Try again in a minute.\n"));
        exchange->response.retry_seconds = 60;
        return;
    }
    buf_add(&exchange->body, piece);
}

/* False: what came is no form, though it says that it is. */
static bool read_form(struct exchange *exchange)
{
    struct str boundary;
    switch (form_kind_of(exchange->content_type, &boundary)) {
    case FORM_PAIRS:
        form_read_pairs(exchange->body.data, exchange->body.len, add_field, exchange);
        return true;
    case FORM_PARTS:
        return form_read_parts(boundary, buf_str(&exchange->body), add_field, exchange);
    default: return true;
    }
}

static void finish(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    if (exchange->waited && !dispatch_admits_still(exchange->route, request, &exchange->response))
        return;
    if (exchange->too_large) {
        struct err err;
        err_set(&err, ST_LIMIT, "That is too much to send at once.");
        respond_too_large(request, &exchange->response, &err);
        return;
    }
    if (exchange->body.overflow) { /* there is no memory for it, since its length was looked at */
        out_of_memory(exchange);
        return;
    }
    if (exchange->route->csrf == BEARER_TOKEN) {
        request->body = buf_str(&exchange->body);
    } else if (exchange->body.len && !read_form(exchange)) {
        refuse_plainly(exchange, 400,
                       STR("The form did not arrive whole. Go back, and send it again.\n"));
        return;
    }
    dispatch(exchange->route, request, &exchange->response);
}

void exchange_finish(struct exchange *exchange)
{
    if (!exchange->answered) try_step(exchange, finish);
}

/* --- what is written down first ----------------------------------------------------------- */

const struct audit_event *exchange_line(const struct exchange *exchange)
{
    return exchange->response.later ? NULL : exchange->response.line;
}

void exchange_written(struct exchange *exchange, enum st outcome, const struct err *err)
{
    jmp_buf failed;
    exchange->response.line = NULL;
    if (outcome == ST_OK) return;
    exchange->arena.on_failure = &failed;
    if (setjmp(failed))
        out_of_memory(exchange);
    else
        respond_unwritten(&exchange->request, &exchange->response, err);
    exchange->arena.on_failure = NULL;
}

/* --- answers that wait for another machine ------------------------------------------------ */

bool exchange_waits(const struct exchange *exchange)
{
    return exchange->response.later != NULL;
}

void exchange_finish_later(struct exchange *exchange)
{
    jmp_buf failed;
    exchange->arena.on_failure = &failed;
    if (setjmp(failed))
        out_of_memory(exchange);
    else
        exchange->response.later(&exchange->request, &exchange->response);
    exchange->arena.on_failure = NULL;
    exchange->response.later = NULL;
}

void exchange_refuse_later(struct exchange *exchange)
{
    exchange->response.later = NULL;
    refuse_plainly(exchange, 503,
                   STR("Too many people are signing in at once. Try again in a minute.\n"));
}
