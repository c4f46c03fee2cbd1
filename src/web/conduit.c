#include "web/conduit.h"

#include "base/clock.h"
#include "web/answer.h"
#include "web/problem.h"
#include "web/route.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/uio.h>
#include <unistd.h>

/* Pieces of what goes out. */
enum { GO_ON, ANSWER_HEAD, ANSWER_BODY };

/* One that asks on and on lets others have their turn after so many. */
enum { IN_A_ROW = 16 };

/* --- time --------------------------------------------------------------------------------- */

static void set_deadline_for(struct conduit *conduit, int64_t seconds, int64_t bytes)
{
    conduit->deadline_ns = clock_tick_ns() + seconds * conduit->setting->scale_ms * 1000000 +
                           bytes / LIMIT_BYTES_PER_SECOND * 1000000000;
}

static void set_deadline(struct conduit *conduit, int64_t seconds)
{
    set_deadline_for(conduit, seconds, 0);
}

/* --- beginning and end ---------------------------------------------------------------------- */

static void end(struct conduit *conduit)
{
    conduit->phase = GONE;
}

/* Asked anew, the poller tells at once of what is already so. */
static void watch_room(struct conduit *conduit)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                .data.u64 = conduit->mark};
    conduit->awaited = true;
    if (epoll_ctl(conduit->setting->poller, EPOLL_CTL_MOD, conduit->handle, &event) != 0)
        end(conduit);
}

/* Room to write is there nearly always; only who met a full socket is told of it. */
static void await_room(struct conduit *conduit)
{
    conduit->writable = false;
    if (!conduit->awaited) watch_room(conduit);
}

struct conduit *conduit_new(const struct conduit_setting *setting, uint64_t mark, int handle,
                            const struct sockaddr_storage *peer)
{
    struct conduit *conduit = malloc(sizeof *conduit);
    if (!conduit) {
        close(handle);
        return NULL;
    }
    memset(conduit, 0, offsetof(struct conduit, in));
    conduit->setting = setting;
    conduit->mark = mark;
    conduit->handle = handle;
    conduit->readable = conduit->writable = true;
    conduit->peer = *peer;
    conduit->phase = HEAD;
    buf_init(&conduit->refusal, 4 << 10);
    set_deadline(conduit, LIMIT_HEAD_SECONDS);
    if (setting->options->tls) {
        conduit->phase = GREETING;
        conduit->tls = tls_session_new(setting->options->tls, handle);
    }
    if (conduit->tls || !setting->options->tls) return conduit;
    conduit_free(conduit);
    return NULL;
}

/* What went out is not needed any more. */
static void drop_exchange(struct conduit *conduit)
{
    memset(conduit->out, 0, sizeof conduit->out);
    exchange_free(conduit->exchange);
    conduit->exchange = NULL;
}

void conduit_free(struct conduit *conduit)
{
    drop_exchange(conduit);
    if (conduit->tls) tls_session_free(conduit->tls);
    close(conduit->handle);
    buf_done(&conduit->refusal);
    explicit_bzero(conduit->in, conduit->in_most); /* passwords went through here */
    free(conduit);
}

bool conduit_is_idle(const struct conduit *conduit)
{
    return (conduit->phase == HEAD && conduit->in_len == 0) || conduit->phase == LINGERING;
}

void conduit_watch(const struct conduit_setting *setting, int handle, uint64_t mark)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.u64 = mark};
    epoll_ctl(setting->poller, EPOLL_CTL_ADD, handle, &event);
}

void conduit_hear(struct conduit *conduit, unsigned events)
{
    unsigned ended = events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP);
    conduit->in_a_row = 0;
    if (ended) conduit->ended = true;
    if (ended || events & EPOLLIN) conduit->readable = true;
    if (ended || events & EPOLLOUT) conduit->writable = true;
}

/* --- refusals --------------------------------------------------------------------------------- */

static bool is_at_work(const struct conduit *conduit)
{
    return conduit->phase == BEGINNING || conduit->phase == MAKING;
}

struct refusal {
    int status;
    const char *type;
    const char *allow; /* of a 405 */
    const char *words;
};

static void refuse_as(struct conduit *conduit, const struct refusal *refusal)
{
    struct buf *out = &conduit->refusal;
    if (conduit->phase == ANSWER) { /* in the middle of an answer there is no room for another */
        end(conduit);
        return;
    }
    bool without_body =
        conduit->reads_only_head || str_starts(str_of(conduit->in, conduit->in_len), STR("HEAD "));
    buf_clear(out);
    answer_first(out, refusal->status);
    buf_add(out, conduit->setting->exchanges->headers);
    answer_date(out);
    answer_line(out, STR("Cache-Control"), STR("no-store"));
    answer_line(out, STR("Content-Type"), str_from(refusal->type));
    if (refusal->status == 405) answer_line(out, STR("Allow"), str_from(refusal->allow));
    if (refusal->status == 503) answer_line(out, STR("Retry-After"), STR("10"));
    answer_length(out, strlen(refusal->words) + 1);
    answer_line(out, STR("Connection"), STR("close"));
    buf_add(out, STR("\r\n"));
    if (!without_body) {
        buf_add_c(out, refusal->words);
        buf_add_char(out, '\n');
    }
    struct str go_on = conduit->out[GO_ON];
    if (is_at_work(conduit)) conduit->exchange = NULL; /* whoever has it gives it back */
    drop_exchange(conduit);
    conduit->out[GO_ON] = go_on;
    conduit->out[ANSWER_HEAD] = buf_str(out);
    conduit->phase = out->overflow ? GONE : ANSWER;
    conduit->closes = true;
    set_deadline(conduit, LIMIT_SEND_SECONDS);
}

void conduit_refuse(struct conduit *conduit, int status, const char *words)
{
    refuse_as(conduit,
              &(struct refusal){status, "text/plain; charset=utf-8", "GET, HEAD, POST", words});
}

/* A program that sends DELETE is told as it is told everything, and which methods there are. */
static void refuse_method(struct conduit *conduit, const struct guard_refusal *why)
{
    struct str rest = why->target;
    struct str path;
    struct str parameter[REQUEST_PARAMETERS_MAX];
    char problem[300];
    bool other;
    str_split(&rest, '?', &path);
    if (!path_is_api(path)) {
        conduit_refuse(conduit, 405, why->words);
        return;
    }
    bool gets = route_find(GET, path, parameter, &other) != NULL;
    bool posts = route_find(POST, path, parameter, &other) != NULL;
    const char *allow = gets == posts ? "GET, HEAD, POST" : gets ? "GET, HEAD" : "POST";
    snprintf(
        problem, sizeof problem,
        "{\"type\":\"urn:pendeen:problem:method\",\"title\":\"Not this method\",\"status\":405,"
        "\"detail\":\"This address takes %s.\"}",
        allow);
    refuse_as(conduit, &(struct refusal){405, "application/problem+json", allow, problem});
}

void conduit_expire(struct conduit *conduit, bool at_once)
{
    bool begun = conduit->phase == BODY || (conduit->phase == HEAD && conduit->in_len > 0);
    if (!at_once && begun) {
        conduit_refuse(conduit, 408, "The request took too long to arrive.");
    } else if (!at_once && is_at_work(conduit)) {
        conduit_refuse(conduit, 503, "The answer took too long. Try again in a minute.");
    } else {
        if (is_at_work(conduit)) conduit->exchange = NULL;
        end(conduit);
    }
}

/* --- the client's side ------------------------------------------------------------------------ */

enum { AGAIN = -1, BROKEN = -2 };

static ssize_t read_client(struct conduit *conduit, void *into, size_t size)
{
    if (conduit->tls && conduit->phase != LINGERING) {
        ssize_t got = gnutls_record_recv(conduit->tls, into, size);
        if (got >= 0) return got;
        return got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED ? AGAIN : BROKEN;
    }
    ssize_t got = recv(conduit->handle, into, size, 0);
    if (got < 0) return errno == EAGAIN || errno == EINTR ? AGAIN : BROKEN;
    /* A stream that gave less than was asked for is empty, and an event tells of more; its end
     * has been told of already, if it was one. */
    if (got < (ssize_t)size && !conduit->ended) conduit->readable = false;
    return got;
}

/* By records: one holds as much of all pieces as it can. */
static ssize_t write_record(struct conduit *conduit)
{
    enum { RECORD = 16 << 10 };
    __attribute__((uninitialized)) char record[RECORD];
    size_t length = 0;
    for (int i = 0; i < CONDUIT_PIECES; i++) {
        struct str piece = str_sub(conduit->out[i], 0, RECORD - length);
        if (piece.len) memcpy(record + length, piece.ptr, piece.len);
        length += piece.len;
    }
    ssize_t sent = gnutls_record_send(conduit->tls, record, length);
    if (sent >= 0) return sent;
    return sent == GNUTLS_E_AGAIN || sent == GNUTLS_E_INTERRUPTED ? AGAIN : BROKEN;
}

static ssize_t write_client(struct conduit *conduit)
{
    if (conduit->tls) return write_record(conduit);
    struct iovec vector[CONDUIT_PIECES];
    struct msghdr message = {.msg_iov = vector};
    for (int i = 0; i < CONDUIT_PIECES; i++)
        if (conduit->out[i].len)
            vector[message.msg_iovlen++] =
                (struct iovec){(void *)(uintptr_t)conduit->out[i].ptr, conduit->out[i].len};
    ssize_t sent = sendmsg(conduit->handle, &message, MSG_NOSIGNAL);
    if (sent >= 0) return sent;
    return errno == EAGAIN || errno == EINTR ? AGAIN : BROKEN;
}

static bool greet(struct conduit *conduit)
{
    if (conduit->phase != GREETING) return false;
    int code = gnutls_handshake(conduit->tls);
    if (code == GNUTLS_E_SUCCESS) {
        conduit->phase = HEAD;
        return true;
    }
    if (gnutls_error_is_fatal(code)) {
        gnutls_alert_send_appropriate(conduit->tls, code);
        end(conduit);
    }
    if (code == GNUTLS_E_AGAIN && gnutls_record_get_direction(conduit->tls)) await_room(conduit);
    return code != GNUTLS_E_AGAIN && conduit->phase == GREETING;
}

/* Takes more of a request, as long as it is wanted. */
static bool take_input(struct conduit *conduit)
{
    size_t room = sizeof conduit->in - conduit->in_len;
    if ((conduit->phase != HEAD && conduit->phase != BODY) || !conduit->readable || room == 0)
        return false;
    ssize_t got = read_client(conduit, conduit->in + conduit->in_len, room);
    if (got == AGAIN) conduit->readable = false;
    if (got == 0 || got == BROKEN) end(conduit); /* half a request is none */
    if (got <= 0) return false;
    if (conduit->phase == HEAD && conduit->in_len == 0) set_deadline(conduit, LIMIT_HEAD_SECONDS);
    conduit->in_len += (size_t)got;
    if (conduit->in_len > conduit->in_most) conduit->in_most = conduit->in_len;
    return true;
}

static bool judge_head(struct conduit *conduit)
{
    struct guard_refusal why;
    if (conduit->phase != HEAD || conduit->in_len == conduit->progress.seen) return false;
    struct str bytes = str_of(conduit->in, conduit->in_len);
    enum guard_verdict verdict = guard_head(&conduit->progress, bytes, &conduit->head, &why);
    if (verdict == GUARD_MORE) return false;
    if (verdict == GUARD_REFUSED) {
        if (why.status == 405)
            refuse_method(conduit, &why);
        else
            conduit_refuse(conduit, why.status, why.words);
        return true;
    }
    conduit->exchange = exchange_new(conduit->setting->exchanges);
    if (!conduit->exchange) {
        conduit_refuse(conduit, 503, "Too many people are here at once. Try again in a minute.");
        return true;
    }
    conduit->phase = BEGINNING;
    conduit->body_left = conduit->head.length;
    conduit->chunks = (struct guard_chunks){0};
    conduit->reads_only_head = str_eq(conduit->head.method, STR("HEAD"));
    conduit->closes = conduit->head.closes;
    set_deadline(conduit, LIMIT_ANSWER_SECONDS);
    return false; /* there is work */
}

/* So many bytes at the front of what came in have been looked at. */
static void consume(struct conduit *conduit, size_t size)
{
    conduit->in_len -= size;
    if (conduit->in_len) memmove(conduit->in, conduit->in + size, conduit->in_len);
}

static void begin_making(struct conduit *conduit)
{
    conduit->phase = MAKING;
    set_deadline(conduit, LIMIT_ANSWER_SECONDS);
}

/* Takes what of the bytes that came belongs to the body. */
static bool judge_body(struct conduit *conduit)
{
    struct guard_refusal why;
    size_t used = conduit->in_len;
    if (conduit->phase != BODY) return false;
    if (conduit->head.chunked && used) {
        size_t data = 0;
        struct str bytes = str_of(conduit->in, conduit->in_len);
        enum guard_verdict verdict =
            guard_chunks(&conduit->chunks, bytes, conduit->in, &data, &used, &why);
        if (verdict == GUARD_REFUSED) {
            conduit_refuse(conduit, why.status, why.words);
            return true;
        }
        if (verdict == GUARD_WHOLE) conduit->head.chunked = false;
        exchange_take_body(conduit->exchange, str_of(conduit->in, data));
    } else if (!conduit->head.chunked) {
        if ((int64_t)used > conduit->body_left) used = (size_t)conduit->body_left;
        exchange_take_body(conduit->exchange, str_of(conduit->in, used));
        conduit->body_left -= (int64_t)used;
    }
    consume(conduit, used);
    conduit->deadline_ns += (int64_t)used * (1000000000 / LIMIT_BYTES_PER_SECOND);
    bool whole = !conduit->head.chunked && conduit->body_left == 0;
    if (whole || exchange_has_enough(conduit->exchange)) begin_making(conduit);
    /* what has not come is not waited for */
    if (!whole && conduit->phase == MAKING) conduit->closes = true;
    return used > 0 && conduit->phase == BODY;
}

/* --- work ------------------------------------------------------------------------------------- */

bool conduit_has_work(const struct conduit *conduit)
{
    return is_at_work(conduit);
}

static bool has_body(const struct conduit *conduit)
{
    return conduit->head.chunked || conduit->head.length > 0;
}

void conduit_begin(const struct conduit *conduit, struct exchange *exchange)
{
    exchange_begin(exchange, (const struct sockaddr *)&conduit->peer, &conduit->head,
                   str_of(conduit->in, conduit->in_len));
}

bool conduit_work(const struct conduit *conduit, struct exchange *exchange, bool begins)
{
    if (begins) {
        exchange_admit(exchange);
        if (has_body(conduit) && !exchange_has_enough(exchange)) return true;
    }
    exchange_finish(exchange);
    return !exchange_waits(exchange) && !exchange_line(exchange);
}

static void begin_answer(struct conduit *conduit)
{
    if (conduit->setting->draining) conduit->closes = true;
    exchange_answer(conduit->exchange, conduit->closes, &conduit->out[ANSWER_HEAD],
                    &conduit->out[ANSWER_BODY]);
    set_deadline_for(conduit, LIMIT_SEND_SECONDS, (int64_t)conduit->out[ANSWER_BODY].len);
    if (conduit->reads_only_head) conduit->out[ANSWER_BODY] = STR("");
    conduit->phase = ANSWER;
}

void conduit_take_back(struct conduit *conduit, struct exchange *exchange)
{
    if (!is_at_work(conduit)) { /* it was given up */
        exchange_free(exchange);
        return;
    }
    bool wants_body = conduit->phase == BEGINNING && has_body(conduit);
    if (conduit->phase == BEGINNING) consume(conduit, conduit->head.size);
    if (wants_body && !exchange_has_enough(exchange)) {
        conduit->phase = BODY;
        if (conduit->head.chunked || (int64_t)conduit->in_len < conduit->body_left)
            exchange_wait_for_body(exchange);
        if (exchange_is_asked_to_go_on(exchange) && conduit->in_len == 0)
            conduit->out[GO_ON] = STR("HTTP/1.1 100 Continue\r\n\r\n");
        set_deadline(conduit, LIMIT_BODY_SECONDS);
        return;
    }
    if (wants_body) conduit->closes = true;
    begin_answer(conduit);
}

/* --- the answer ------------------------------------------------------------------------------- */

static size_t left(const struct conduit *conduit)
{
    size_t length = 0;
    for (int i = 0; i < CONDUIT_PIECES; i++) length += conduit->out[i].len;
    return length;
}

static bool give_answer(struct conduit *conduit)
{
    if ((conduit->phase != BODY && conduit->phase != ANSWER) || !conduit->writable ||
        !left(conduit))
        return false;
    ssize_t sent = write_client(conduit);
    if (sent == AGAIN) await_room(conduit);
    if (sent == BROKEN) end(conduit);
    for (int i = 0; i < CONDUIT_PIECES && sent > 0; i++) {
        size_t part = conduit->out[i].len < (size_t)sent ? conduit->out[i].len : (size_t)sent;
        conduit->out[i] = str_sub(conduit->out[i], part, conduit->out[i].len);
        sent -= (ssize_t)part;
    }
    return sent >= 0;
}

static void linger(struct conduit *conduit)
{
    if (conduit->tls) gnutls_bye(conduit->tls, GNUTLS_SHUT_WR);
    shutdown(conduit->handle, SHUT_WR);
    conduit->phase = LINGERING;
    conduit->readable = true;
    conduit->deadline_ns = clock_tick_ns() + LIMIT_LINGER_SECONDS * 1000000000LL;
}

/* The answer is out: the next request, or the end. */
static bool turn(struct conduit *conduit)
{
    if (conduit->phase != ANSWER || left(conduit)) return false;
    drop_exchange(conduit);
    if (conduit->closes) {
        linger(conduit);
        return true;
    }
    conduit->phase = HEAD;
    conduit->progress = (struct guard_progress){0};
    set_deadline(conduit, conduit->in_len ? LIMIT_HEAD_SECONDS : LIMIT_IDLE_SECONDS);
    if (++conduit->in_a_row < IN_A_ROW) return true;
    watch_room(conduit); /* it goes to the end of the queue */
    return false;
}

/* A socket that is closed with bytes unread resets, and takes the answer away from who has
 * not read it yet: what still comes is thrown away for a while. */
static bool discard(struct conduit *conduit)
{
    __attribute__((uninitialized)) char nothing[4 << 10];
    if (conduit->phase != LINGERING || !conduit->readable) return false;
    ssize_t got = read_client(conduit, nothing, sizeof nothing);
    if (got == 0 || got == BROKEN) end(conduit);
    if (got == AGAIN) conduit->readable = false;
    return got > 0;
}

void conduit_step(struct conduit *conduit)
{
    bool moved = conduit->in_a_row < IN_A_ROW;
    while (moved && conduit->phase != GONE) {
        moved = greet(conduit);
        moved |= take_input(conduit);
        moved |= judge_head(conduit);
        moved |= judge_body(conduit);
        moved |= give_answer(conduit);
        moved |= turn(conduit);
        moved |= discard(conduit);
        if (is_at_work(conduit)) return;
    }
}
