#include "web/conduit.h"

#include "base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

/* --- time --------------------------------------------------------------------------------- */

static void set_deadline(struct conduit *conduit, int64_t seconds)
{
    conduit->deadline_ns = clock_tick_ns() + seconds * conduit->setting->scale_ms * 1000000;
}

static void set_deadline_for(struct conduit *conduit, int64_t seconds, int64_t bytes)
{
    set_deadline(conduit, seconds);
    conduit->deadline_ns += bytes / LIMIT_BYTES_PER_SECOND * 1000000000;
}

/* --- beginning and end ---------------------------------------------------------------------- */

static bool watch(struct conduit *conduit, struct conduit_end *end)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.ptr = end};
    return epoll_ctl(conduit->poller, EPOLL_CTL_ADD, end->handle, &event) == 0;
}

/* Room to write is there nearly always; only who met a full socket is told of it. */
static void await_room(struct conduit *conduit, struct conduit_end *end)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = end};
    end->writable = false;
    if (end->awaited) return;
    end->awaited = true;
    if (epoll_ctl(conduit->poller, EPOLL_CTL_MOD, end->handle, &event) != 0) abort();
}

/* A stream that gave less than was asked for is empty, and an event tells of more; its end
 * has been told of already, if it was one. */
static void note_read(struct conduit_end *end, ssize_t got, size_t wanted)
{
    if (got < (ssize_t)wanted && !end->ended) end->readable = false;
}

static void drop_inner(struct conduit *conduit)
{
    if (conduit->inner.handle >= 0) close(conduit->inner.handle);
    conduit->inner = (struct conduit_end){.conduit = conduit, .handle = -1};
}

static void end(struct conduit *conduit)
{
    conduit->phase = GONE;
}

struct conduit *conduit_new(const struct conduit_setting *setting, int poller, int handle,
                            const struct sockaddr_storage *peer, socklen_t peer_size)
{
    struct conduit *conduit = malloc(sizeof *conduit);
    if (!conduit) {
        close(handle);
        return NULL;
    }
    memset(conduit, 0, offsetof(struct conduit, in));
    conduit->setting = setting;
    conduit->poller = poller;
    conduit->client = (struct conduit_end){.conduit = conduit, .handle = handle, .readable = true, .writable = true};
    conduit->inner = (struct conduit_end){.conduit = conduit, .handle = -1};
    conduit->peer = *peer;
    conduit->peer_size = peer_size;
    conduit->phase = HEAD;
    set_deadline(conduit, LIMIT_HEAD_SECONDS);
    if (setting->options->tls) {
        conduit->phase = GREETING;
        conduit->tls = tls_session_new(setting->options->tls, handle);
    }
    if (watch(conduit, &conduit->client) && (conduit->tls || !setting->options->tls)) return conduit;
    conduit_free(conduit);
    return NULL;
}

void conduit_free(struct conduit *conduit)
{
    drop_inner(conduit);
    if (conduit->tls) tls_session_free(conduit->tls);
    close(conduit->client.handle);
    explicit_bzero(conduit->in, conduit->in_most); /* passwords went through here */
    explicit_bzero(conduit->out, conduit->out_most);
    free(conduit);
}

bool conduit_is_idle(const struct conduit *conduit)
{
    return (conduit->phase == HEAD && conduit->in_len == 0) || conduit->phase == LINGERING;
}

/* --- refusals --------------------------------------------------------------------------------- */

static const char *reason_of(int status)
{
    switch (status) {
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 411: return "Length Required";
    case 414: return "URI Too Long";
    case 417: return "Expectation Failed";
    case 431: return "Request Header Fields Too Large";
    default: return "Service Unavailable";
    }
}

void conduit_refuse(struct conduit *conduit, int status, const char *words)
{
    if (conduit->out_len > 0) { /* in the middle of an answer there is no room for another */
        end(conduit);
        return;
    }
    bool without_body = conduit->reads_only_head || str_starts(str_of(conduit->in, conduit->in_len), STR("HEAD "));
    const char *more = status == 405 ? "Allow: GET, HEAD, POST\r\n" : status == 503 ? "Retry-After: 10\r\n" : "";
    conduit->out_len = (size_t)snprintf(
        conduit->out, sizeof conduit->out,
        "HTTP/1.1 %d %s\r\n%.*sCache-Control: no-store\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "%sContent-Length: %zu\r\nConnection: close\r\n\r\n%s%s",
        status, reason_of(status), STR_ARG(conduit->setting->headers), more, strlen(words) + 1,
        without_body ? "" : words, without_body ? "" : "\n");
    conduit->out_sent = 0;
    conduit->phase = ANSWER;
    conduit->answer = ANSWERED;
    conduit->closes = true;
    drop_inner(conduit);
    set_deadline(conduit, LIMIT_SEND_SECONDS);
}

void conduit_expire(struct conduit *conduit, bool at_once)
{
    bool begun = conduit->phase == BODY || (conduit->phase == HEAD && conduit->in_len > 0);
    if (at_once)
        end(conduit);
    else if (begun && conduit->answer <= ANSWER_HEAD && conduit->out_len == 0)
        conduit_refuse(conduit, 408, "The request took too long to arrive.");
    else if (conduit->phase == ANSWER && conduit->answer == ANSWER_HEAD && conduit->out_len == 0)
        conduit_refuse(conduit, 503, "The answer took too long. Try again in a minute.");
    else
        end(conduit);
}

/* --- the client's side -------------------------------------------------------------------------- */

enum { AGAIN = -1, BROKEN = -2 };

static ssize_t read_client(struct conduit *conduit, void *into, size_t size)
{
    if (conduit->tls && conduit->phase != LINGERING) {
        ssize_t got = gnutls_record_recv(conduit->tls, into, size);
        if (got >= 0) return got;
        return got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED ? AGAIN : BROKEN;
    }
    ssize_t got = recv(conduit->client.handle, into, size, 0);
    if (got >= 0) return got;
    return errno == EAGAIN || errno == EINTR ? AGAIN : BROKEN;
}

static ssize_t write_client(struct conduit *conduit, const void *from, size_t size)
{
    if (conduit->tls) {
        ssize_t sent = gnutls_record_send(conduit->tls, from, size);
        if (sent >= 0) return sent;
        return sent == GNUTLS_E_AGAIN || sent == GNUTLS_E_INTERRUPTED ? AGAIN : BROKEN;
    }
    ssize_t sent = send(conduit->client.handle, from, size, MSG_NOSIGNAL);
    if (sent >= 0) return sent;
    return errno == EAGAIN || errno == EINTR ? AGAIN : BROKEN;
}

static bool greet(struct conduit *conduit)
{
    int code = gnutls_handshake(conduit->tls);
    if (code == GNUTLS_E_SUCCESS) {
        conduit->phase = HEAD;
        return true;
    }
    if (gnutls_error_is_fatal(code)) {
        gnutls_alert_send_appropriate(conduit->tls, code);
        end(conduit);
    }
    if (code == GNUTLS_E_AGAIN && gnutls_record_get_direction(conduit->tls))
        await_room(conduit, &conduit->client);
    return code != GNUTLS_E_AGAIN && conduit->phase == GREETING;
}

/* Takes more of a request, as long as it is wanted. */
static bool take_input(struct conduit *conduit)
{
    bool wanted = conduit->phase == HEAD || (conduit->phase == BODY && conduit->checked == 0);
    if (!wanted || !conduit->client.readable || conduit->in_len == sizeof conduit->in) return false;
    ssize_t got = read_client(conduit, conduit->in + conduit->in_len, sizeof conduit->in - conduit->in_len);
    if (got == AGAIN) conduit->client.readable = false;
    if (got == 0 || got == BROKEN) end(conduit); /* half a request is none */
    if (got <= 0) return false;
    if (!conduit->tls) note_read(&conduit->client, got, sizeof conduit->in - conduit->in_len);
    if (conduit->phase == HEAD && conduit->in_len == 0) set_deadline(conduit, LIMIT_HEAD_SECONDS);
    conduit->in_len += (size_t)got;
    if (conduit->in_len > conduit->in_most) conduit->in_most = conduit->in_len;
    return true;
}

static bool open_inner(struct conduit *conduit)
{
    int pair[2];
    conduit->inner.readable = false; /* between two requests nothing comes */
    if (conduit->inner.handle >= 0 && !conduit->inner.ended) return true;
    drop_inner(conduit);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0) return false;
    conduit->inner = (struct conduit_end){.conduit = conduit, .handle = pair[0], .writable = true};
    const struct front_options *options = conduit->setting->options;
    const struct sockaddr *peer = (const struct sockaddr *)&conduit->peer;
    if (!watch(conduit, &conduit->inner)) {
        close(pair[1]);
        drop_inner(conduit);
        return false;
    }
    if (options->hand_on(options->context, pair[1], peer, conduit->peer_size)) return true;
    drop_inner(conduit);
    return false;
}

static bool judge_head(struct conduit *conduit)
{
    struct guard_refusal why;
    if (conduit->phase != HEAD || conduit->in_len == conduit->progress.seen) return false;
    struct str bytes = str_of(conduit->in, conduit->in_len);
    enum guard_verdict verdict = guard_head(&conduit->progress, bytes, &conduit->head, &why);
    if (verdict == GUARD_MORE) return false;
    if (verdict == GUARD_REFUSED) {
        conduit_refuse(conduit, why.status, why.words);
        return true;
    }
    if (!open_inner(conduit)) {
        conduit_refuse(conduit, 503, "Too many people are here at once. Try again in a minute.");
        return true;
    }
    conduit->phase = BODY;
    conduit->checked = conduit->head.size;
    conduit->body_left = conduit->head.length;
    conduit->chunks = (struct guard_chunks){0};
    conduit->reads_only_head = str_eq(conduit->head.method, STR("HEAD"));
    conduit->closes = conduit->head.closes;
    conduit->answer = ANSWER_HEAD;
    set_deadline_for(conduit, LIMIT_BODY_SECONDS, conduit->head.length);
    return true;
}

/* Marks what of the bytes that came belongs to the body. */
static bool judge_body(struct conduit *conduit)
{
    struct guard_refusal why;
    size_t fresh = conduit->in_len - conduit->checked;
    size_t used = fresh;
    if (conduit->phase != BODY || conduit->answer != ANSWER_HEAD) return false;
    if (conduit->head.chunked && fresh) {
        struct str bytes = str_of(conduit->in + conduit->checked, fresh);
        enum guard_verdict verdict = guard_chunks(&conduit->chunks, bytes, &used, &why);
        if (verdict == GUARD_REFUSED) {
            conduit_refuse(conduit, why.status, why.words);
            return true;
        }
        if (verdict == GUARD_WHOLE) conduit->head.chunked = false;
        conduit->deadline_ns += (int64_t)used * (1000000000 / LIMIT_BYTES_PER_SECOND);
    } else if (!conduit->head.chunked) {
        used = (int64_t)fresh < conduit->body_left ? fresh : (size_t)conduit->body_left;
        conduit->body_left -= (int64_t)used;
    }
    conduit->checked += used;
    return used > 0;
}

/* Hands on what was found good; after the last byte it waits for the answer. */
static bool feed_inner(struct conduit *conduit)
{
    if (conduit->phase != BODY) return false;
    if (conduit->checked > 0) {
        if (!conduit->inner.writable) return false;
        ssize_t sent = send(conduit->inner.handle, conduit->in, conduit->checked, MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno == EAGAIN) await_room(conduit, &conduit->inner);
            if (errno == EAGAIN || errno == EINTR) return false;
            /* It answered early and closed: the rest is of no use, the answer may be. */
            sent = (ssize_t)conduit->checked;
            conduit->closes = true;
        }
        conduit->checked -= (size_t)sent;
        conduit->in_len -= (size_t)sent;
        memmove(conduit->in, conduit->in + sent, conduit->in_len);
        if (conduit->checked > 0) return true;
    }
    if (conduit->head.chunked || conduit->body_left > 0) return false;
    conduit->phase = ANSWER;
    set_deadline(conduit, LIMIT_ANSWER_SECONDS);
    return true;
}

/* --- the answer ------------------------------------------------------------------------------------ */

/* The value of a header of the answer that libmicrohttpd wrote; empty: none. */
static struct str value_of(struct str head, struct str name)
{
    struct str line;
    while (head.ptr && str_split(&head, '\n', &line)) {
        ptrdiff_t colon = str_find(line, STR(":"), 0);
        if (colon > 0 && str_eq_nocase(str_sub(line, 0, (size_t)colon), name))
            return str_trim(str_sub(line, (size_t)colon + 1, line.len));
    }
    return STR("");
}

/* Reads how long the answer is, and puts into its head what every answer has. */
static void begin_answer(struct conduit *conduit, size_t head_size)
{
    static const struct str close_line = STR_INIT("Connection: close\r\n");
    struct str head = str_of(conduit->out, head_size);
    size_t line_end = (size_t)str_find(head, STR("\r\n"), 0) + 2;
    int64_t status = 0;
    int64_t length = -1;
    struct str length_text = value_of(head, STR("Content-Length"));
    struct str connection = value_of(head, STR("Connection"));
    str_to_int(str_sub(head, 9, 3), &status);
    if (length_text.len && !str_to_int(length_text, &length)) length = -1;
    if (conduit->reads_only_head || status == 204 || status == 304) length = 0;
    if (length < 0 || conduit->phase == BODY || str_eq_nocase(connection, STR("close"))) conduit->closes = true;
    if (conduit->setting->draining) conduit->closes = true;
    struct str added[2] = {conduit->setting->headers, STR("")};
    if (value_of(head, STR("Content-Security-Policy")).len) added[0] = str_sub(added[0], conduit->setting->policy_size, added[0].len);
    if (conduit->closes && !connection.len) added[1] = close_line;
    size_t room = added[0].len + added[1].len;
    memmove(conduit->out + line_end + room, conduit->out + line_end, conduit->out_len - line_end);
    memcpy(conduit->out + line_end, added[0].ptr, added[0].len);
    if (added[1].len) memcpy(conduit->out + line_end + added[0].len, added[1].ptr, added[1].len);
    conduit->answer_left = length < 0 ? -1 : length - (int64_t)(conduit->out_len - head_size);
    conduit->out_len += room;
    conduit->answer = conduit->answer_left == 0 ? ANSWERED : ANSWER_BODY;
    conduit->phase = ANSWER; /* what of the request has not come is not waited for */
    set_deadline_for(conduit, LIMIT_SEND_SECONDS, length > 0 ? length : 0);
}

static void cannot_answer(struct conduit *conduit)
{
    if (conduit->out_sent == 0) conduit->out_len = 0; /* half a head, which nobody has seen */
    conduit_refuse(conduit, 503, "The request could not be answered. Try again in a minute.");
}

static void find_answer_head(struct conduit *conduit)
{
    struct str out = str_of(conduit->out, conduit->out_len);
    ptrdiff_t at = str_find(out, STR("\r\n\r\n"), 0);
    if (at >= 0 && str_starts(out, STR("HTTP/1.1 100"))) {
        size_t size = (size_t)at + 4;
        if (size == out.len) return; /* it goes as it is, and the answer follows */
        conduit->out_len -= size;    /* the answer is there, and says the same */
        memmove(conduit->out, conduit->out + size, conduit->out_len);
        find_answer_head(conduit);
    } else if (at >= 0) {
        begin_answer(conduit, (size_t)at + 4);
    } else if (conduit->out_len == CONDUIT_OUT) {
        cannot_answer(conduit);
    }
}

static bool take_answer(struct conduit *conduit)
{
    bool wanted = conduit->answer == ANSWER_HEAD || conduit->answer == ANSWER_BODY;
    bool has_room =
        conduit->answer == ANSWER_HEAD ? conduit->out_sent == 0 && conduit->client.writable : conduit->out_len == 0;
    if (!wanted || !has_room || !conduit->inner.readable || conduit->phase < BODY || conduit->phase > ANSWER)
        return false;
    size_t space = CONDUIT_OUT - conduit->out_len;
    ssize_t got = recv(conduit->inner.handle, conduit->out + conduit->out_len, space, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        conduit->inner.readable = errno == EINTR;
        return false;
    }
    if (got <= 0) {
        if (conduit->answer == ANSWER_HEAD)
            cannot_answer(conduit);
        else if (conduit->answer_left < 0)
            conduit->answer = ANSWERED;
        else
            end(conduit);
        return true;
    }
    note_read(&conduit->inner, got, space);
    conduit->out_len += (size_t)got;
    size_t room = CONDUIT_HEADERS; /* for what is put in */
    if (conduit->out_len + room > conduit->out_most) conduit->out_most = conduit->out_len + room;
    if (conduit->answer == ANSWER_HEAD) {
        find_answer_head(conduit);
        return true;
    }
    if (conduit->answer_left >= 0) conduit->answer_left -= got;
    if (conduit->answer_left == 0) conduit->answer = ANSWERED;
    return true;
}

/* A head that is not whole yet waits in `out`; "100 Continue" goes. */
static bool give_answer(struct conduit *conduit)
{
    size_t ready = conduit->out_len;
    if (conduit->answer == ANSWER_HEAD && str_find(str_of(conduit->out, ready), STR("\r\n\r\n"), 0) < 0) ready = 0;
    if (conduit->phase < BODY || conduit->phase > ANSWER || conduit->out_sent >= ready || !conduit->client.writable)
        return false;
    ssize_t sent = write_client(conduit, conduit->out + conduit->out_sent, ready - conduit->out_sent);
    if (sent == AGAIN) await_room(conduit, &conduit->client);
    if (sent == BROKEN) end(conduit);
    if (sent < 0) return false;
    conduit->out_sent += (size_t)sent;
    if (conduit->out_sent == conduit->out_len) conduit->out_sent = conduit->out_len = 0;
    return true;
}

static void linger(struct conduit *conduit)
{
    if (conduit->tls) gnutls_bye(conduit->tls, GNUTLS_SHUT_WR);
    shutdown(conduit->client.handle, SHUT_WR);
    drop_inner(conduit);
    conduit->phase = LINGERING;
    conduit->client.readable = true;
    conduit->deadline_ns = clock_tick_ns() + LIMIT_LINGER_SECONDS * 1000000000LL;
}

/* The answer is out: the next request, or the end. */
static bool turn(struct conduit *conduit)
{
    if (conduit->phase != ANSWER || conduit->answer != ANSWERED || conduit->out_len > 0) return false;
    if (conduit->closes) {
        linger(conduit);
        return true;
    }
    conduit->phase = HEAD;
    conduit->answer = NO_ANSWER;
    conduit->progress = (struct guard_progress){0};
    set_deadline(conduit, conduit->in_len ? LIMIT_HEAD_SECONDS : LIMIT_IDLE_SECONDS);
    return true;
}

/* A socket that is closed with bytes unread resets, and takes the answer away from who has
 * not read it yet: what still comes is thrown away for a while. */
static bool discard(struct conduit *conduit)
{
    if (conduit->phase != LINGERING || !conduit->client.readable) return false;
    ssize_t got = read_client(conduit, conduit->in, sizeof conduit->in);
    conduit->in_most = sizeof conduit->in;
    if (got == 0 || got == BROKEN) end(conduit);
    if (got == AGAIN) conduit->client.readable = false;
    return got > 0;
}

void conduit_step(struct conduit *conduit)
{
    bool moved = true;
    while (moved && conduit->phase != GONE) {
        moved = conduit->phase == GREETING && greet(conduit);
        moved |= take_input(conduit);
        moved |= judge_head(conduit);
        moved |= judge_body(conduit);
        moved |= feed_inner(conduit);
        moved |= take_answer(conduit);
        moved |= give_answer(conduit);
        moved |= turn(conduit);
        moved |= discard(conduit);
    }
}
