#include "web/front.h"

#include "base/clock.h"
#include "base/str.h"
#include "web/answer.h"
#include "web/conduit.h"
#include "web/drawn.h"
#include "web/reopened.h"
#include "web/limits.h"
#include "web/listening.h"
#include "web/watch.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

enum { SWEEP_MS = 100, DRAIN_LOOK_MS = 5, REFUSALS = 64, SLOTS = LIMIT_CONNECTIONS + REFUSALS };

/* What the poller says instead of a connection. */
static const uint64_t arrival_mark = UINT64_MAX;
static const uint64_t end_mark = UINT64_MAX - 1;

static const char policy_header[] =
    "Content-Security-Policy: " ANSWER_POLICY_IMAGES ANSWER_POLICY_REST "\r\n";
static const char security_headers[] =
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "Referrer-Policy: same-origin\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()\r\n";
static const char strict_transport[] = "Strict-Transport-Security: max-age=31536000\r\n";

/* How many connections a site has. */
struct front_site {
    struct address site;
    int count;
};

/* Where a connection is.  A thread has it (`taken`), or makes its answer (`away`: then another may
 * have it meanwhile, to end it), or nobody does.  What was heard of it while a thread had it is
 * kept for that thread.  A mark of the poller that is older than the connection fits no more. */
struct slot {
    pthread_mutex_t lock; /* of what follows; nothing waits while it is held */
    struct conduit *conduit; /* NULL: free */
    uint32_t turn;
    unsigned heard;
    bool taken;
    bool away;
    bool back; /* from away, while another has it, who is to take it back */
    bool begins;           /* of the work of who is away: it is the beginning of a request */
    struct exchange *work; /* of who is away, or is back */
    struct slot *next;     /* whose answer waits for its line of the log */
    struct front *front;
};

struct front {
    struct front_options options;
    struct exchange_setting exchanges;
    struct conduit_setting setting;
    char headers[1024];
    struct listening listening;
    int waking; /* readable when the draining begins */
    int ending; /* readable once it is over */
    struct watch watch;
    _Atomic bool accepts;
    _Atomic int arriving; /* threads that take connections */
    int64_t drain_ends_ns; /* once it is draining */
    pthread_mutex_t lock;  /* of what follows */
    int waiting; /* answers on threads of their own */
    struct slot *unwritten; /* answers that wait for their line of the log */
    struct slot **unwritten_end;
    bool is_writing;        /* some thread writes for all of them */
    struct front_site visitor[SLOTS];
    int connections;
    int free_count;
    int free_slot[SLOTS];
    struct slot slot[SLOTS];
    pthread_t thread[LIMIT_PAGE_THREADS];
    pthread_t keeper;
};

/* --- how many ------------------------------------------------------------------------------- */

/* Counts a connection in and gives it a slot; none when there is not even room to say that it is
 * one too many.  What is to be said to it then, NULL when it is welcome. */
static const char *count_in(struct front *front, const struct address *site, bool is_proxy,
                            struct slot **ret)
{
    static const char too_many[] = "Too many people are here at once. Try again in a minute.";
    static const char too_many_from_one[] =
        "Too many connections come from one address. Close some.";
    const char *words = NULL;
    pthread_mutex_lock(&front->lock);
    struct front_site *entry = NULL;
    struct front_site *vacant = NULL;
    for (int i = 0; i < LIMIT_CONNECTIONS + REFUSALS && !entry; i++) {
        struct front_site *at = &front->visitor[i];
        if (at->count && memcmp(&at->site, site, sizeof *site) == 0) entry = at;
        if (!at->count && !vacant) vacant = at;
    }
    if (!entry) entry = vacant;
    if (front->free_count > 0 && entry) {
        *ret = &front->slot[front->free_slot[--front->free_count]];
        entry->site = *site;
        entry->count++;
        front->connections++;
        if (front->connections > LIMIT_CONNECTIONS) words = too_many;
        else if (entry->count > LIMIT_ADDRESS_CONNECTIONS && !is_proxy) words = too_many_from_one;
    }
    pthread_mutex_unlock(&front->lock);
    return words;
}

static void count_out(struct front *front, const struct address *site, const struct slot *slot)
{
    pthread_mutex_lock(&front->lock);
    for (int i = 0; i < SLOTS; i++) {
        struct front_site *entry = &front->visitor[i];
        if (!entry->count || memcmp(&entry->site, site, sizeof *site) != 0) continue;
        entry->count--;
        break;
    }
    front->connections--;
    front->free_slot[front->free_count++] = (int)(slot - front->slot);
    pthread_mutex_unlock(&front->lock);
}

/* --- one connection --------------------------------------------------------------------------- */

static void bury(struct slot *slot)
{
    struct conduit *conduit = slot->conduit;
    struct address site = conduit->site;
    pthread_mutex_lock(&slot->lock);
    slot->conduit = NULL;
    slot->turn++;
    slot->taken = false;
    slot->heard = 0;
    pthread_mutex_unlock(&slot->lock);
    conduit_free(conduit);
    count_out(slot->front, &site, slot);
}

enum next { STEP, WORK, BURY, LEAVE };

/* What is to do for the thread that has it, once it has done what it could. */
static enum next what_next(struct slot *slot)
{
    struct conduit *conduit = slot->conduit;
    enum next next = LEAVE;
    pthread_mutex_lock(&slot->lock);
    unsigned heard = slot->heard;
    struct exchange *back = slot->back ? slot->work : NULL;
    slot->heard = 0;
    slot->back = false;
    if (heard || back) next = STEP;
    else if (conduit_has_work(conduit) && !slot->away) next = WORK;
    else if (conduit->phase == GONE && !slot->away) next = BURY;
    if (next == WORK) {
        slot->away = true;
        slot->work = conduit->exchange;
        slot->begins = conduit->phase == BEGINNING;
    }
    if (next == WORK || next == LEAVE) slot->taken = false; /* from here on it is another's */
    pthread_mutex_unlock(&slot->lock);
    if (back) conduit_take_back(conduit, back);
    if (heard) conduit_hear(conduit, heard);
    return next;
}

/* With the answer, or without: whoever was away has it again; false: another thread has it, and
 * is told. */
static bool come_back(struct slot *slot)
{
    pthread_mutex_lock(&slot->lock);
    bool mine = !slot->taken;
    slot->away = false;
    slot->taken = true;
    slot->back = !mine;
    pthread_mutex_unlock(&slot->lock);
    if (mine) conduit_take_back(slot->conduit, slot->work);
    return mine;
}

static void serve(struct slot *slot);
static void write_lines(struct front *front);

static void *run_later(void *context)
{
    struct slot *slot = context;
    struct front *front = slot->front;
    exchange_finish_later(slot->work);
    if (come_back(slot)) serve(slot);
    write_lines(front);
    pthread_mutex_lock(&front->lock);
    front->waiting--;
    pthread_mutex_unlock(&front->lock);
    return NULL;
}

/* The thread goes on with other connections meanwhile; false: there is no other for this. */
static bool answer_later(struct slot *slot)
{
    struct front *front = slot->front;
    pthread_t thread;
    pthread_mutex_lock(&front->lock);
    bool room = front->waiting < LIMIT_WAITING;
    front->waiting += room;
    pthread_mutex_unlock(&front->lock);
    if (!room) return false;
    if (pthread_create(&thread, NULL, run_later, slot) == 0) {
        pthread_detach(thread);
        return true;
    }
    pthread_mutex_lock(&front->lock);
    front->waiting--;
    pthread_mutex_unlock(&front->lock);
    return false;
}

/* Its answer waits for its line: whoever writes next does so for all that wait. */
static void await_line(struct slot *slot)
{
    struct front *front = slot->front;
    pthread_mutex_lock(&front->lock);
    slot->next = NULL;
    *front->unwritten_end = slot;
    front->unwritten_end = &slot->next;
    pthread_mutex_unlock(&front->lock);
}

/* Makes an answer, and has the connection again; false: another thread has it, or will. */
static bool work(struct slot *slot)
{
    if (slot->begins) conduit_begin(slot->conduit, slot->work);
    if (!exchange_is_quick(slot->work)) watch_leave(&slot->front->watch);
    if (!conduit_work(slot->conduit, slot->work, slot->begins)) {
        if (exchange_line(slot->work)) {
            await_line(slot);
            return false;
        }
        if (answer_later(slot)) return false;
        exchange_refuse_later(slot->work);
    }
    return come_back(slot);
}

/* Does what can be done without work for a connection that this thread has; true: there is work. */
static bool step(struct slot *slot)
{
    for (;;) {
        conduit_step(slot->conduit);
        switch (what_next(slot)) {
        case STEP: continue;
        case WORK: return true;
        case BURY: bury(slot); return false;
        case LEAVE: return false;
        }
    }
}

/* Does all that can be done for a connection that this thread has. */
static void serve(struct slot *slot)
{
    while (step(slot) && work(slot)) continue;
}

/* --- lines of the log ------------------------------------------------------------------------- */

enum { LINES_MAX = 64 };

/* Those that wait longest; none while another thread writes, or where there are none. */
static size_t take_unwritten(struct front *front, struct slot *list[static LINES_MAX])
{
    size_t count = 0;
    pthread_mutex_lock(&front->lock);
    while (!front->is_writing && front->unwritten && count < LINES_MAX) {
        list[count++] = front->unwritten;
        front->unwritten = front->unwritten->next;
    }
    if (!front->unwritten) front->unwritten_end = &front->unwritten;
    front->is_writing |= count > 0;
    pthread_mutex_unlock(&front->lock);
    return count;
}

/* Writes their lines in one turn, and sends their answers; what else there is to do on these
 * connections is done once another thread may write.  Several answers wait for one writing of the
 * disk, and no thread waits for another. */
static void write_lines(struct front *front)
{
    struct slot *list[LINES_MAX];
    const struct audit_event *line[LINES_MAX];
    size_t count;
    while ((count = take_unwritten(front, list)) > 0) {
        struct err err = {0};
        size_t busy = 0;
        watch_leave(&front->watch);
        for (size_t i = 0; i < count; i++) line[i] = exchange_line(list[i]->work);
        enum st outcome = audit_events(front->options.app, line, count, &err);
        for (size_t i = 0; i < count; i++) {
            exchange_written(list[i]->work, outcome, &err);
            if (come_back(list[i]) && step(list[i])) list[busy++] = list[i];
        }
        pthread_mutex_lock(&front->lock);
        front->is_writing = false;
        pthread_mutex_unlock(&front->lock);
        for (size_t i = 0; i < busy; i++)
            if (work(list[i])) serve(list[i]);
    }
}

static void take_event(struct front *front, const struct epoll_event *event)
{
    struct slot *slot = &front->slot[event->data.u64 & UINT32_MAX];
    pthread_mutex_lock(&slot->lock);
    bool is_there = slot->conduit && slot->turn == event->data.u64 >> 32;
    if (is_there) slot->heard |= event->events;
    bool mine = is_there && !slot->taken && !slot->away;
    unsigned heard = slot->heard;
    if (mine) {
        slot->taken = true;
        slot->heard = 0;
    }
    pthread_mutex_unlock(&slot->lock);
    if (!mine) return;
    conduit_hear(slot->conduit, heard);
    serve(slot);
}

/* --- taking connections ----------------------------------------------------------------------- */

static uint64_t mark_of(const struct slot *slot)
{
    return (uint64_t)slot->turn << 32 | (uint64_t)(slot - slot->front->slot);
}

static void welcome(struct front *front, int handle, const struct sockaddr_storage *peer)
{
    struct address address = {0};
    address_of((const struct sockaddr *)peer, &address);
    struct address site = address_site(&address);
    bool is_proxy = proxies_have(front->options.proxies, &address);
    struct slot *slot = NULL;
    const char *words = count_in(front, &site, is_proxy, &slot);
    struct conduit *conduit = NULL;
    if (!slot || (words && front->options.tls))
        close(handle);
    else
        conduit = conduit_new(&front->setting, mark_of(slot), handle, peer);
    if (!conduit) {
        if (slot) count_out(front, &site, slot);
        return;
    }
    conduit->site = site;
    if (words)
        conduit_refuse(conduit, 503, words);
    else if (front->options.only_proxies && !is_proxy && !address_is_loopback(&address))
        conduit_refuse(conduit, 403, "Only the proxy in front may ask here.");
    const uint64_t mark = conduit->mark;
    bool is_refused = conduit->phase == ANSWER;
    pthread_mutex_lock(&slot->lock);
    slot->conduit = conduit;
    slot->taken = is_refused;
    pthread_mutex_unlock(&slot->lock);
    /* where it cannot, the connection ends by its deadline */
    conduit_watch(&front->setting, handle, mark);
    if (is_refused) serve(slot);
}

/* True when there may be more. */
static bool take_connection(struct front *front)
{
    struct sockaddr_storage peer = {0};
    socklen_t size = sizeof peer;
    int handle = accept4(front->listening.handle, (struct sockaddr *)&peer, &size,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (handle >= 0) {
        welcome(front, handle, &peer);
        return true;
    }
    /* Without a free handle the connection stays in the queue: breathe, and try again. */
    const int why = errno;
    bool is_poor = why == EMFILE || why == ENFILE || why == ENOMEM || why == ENOBUFS;
    if (is_poor) usleep(10000);
    return (is_poor && !front->setting.draining) || why == EINTR || why == ECONNABORTED;
}

/* Of those that have come together the poller tells once. */
static void take_connections(struct front *front)
{
    front->arriving++;
    while (front->accepts && take_connection(front)) continue;
    front->arriving--;
}

/* Whoever is connected already is taken in; whoever comes later is told so by the system, or
 * waits for the next program where the socket is somebody else's. */
static void stop_accepting(struct front *front)
{
    if (!front->listening.handed) take_connections(front);
    front->accepts = false;
    epoll_ctl(front->setting.poller, EPOLL_CTL_DEL, front->listening.handle, NULL);
    if (!front->listening.handed) shutdown(front->listening.handle, SHUT_RDWR);
}

/* --- threads ---------------------------------------------------------------------------------- */

static void *run_thread(void *context)
{
    struct front *front = context;
    for (;;) {
        struct epoll_event event;
        watch_enter(&front->watch);
        watch_rest();
        int count = epoll_wait(front->setting.poller, &event, 1, -1);
        watch_wake();
        if (count != 1) continue;
        if (event.data.u64 == end_mark) return NULL;
        if (event.data.u64 == arrival_mark) take_connections(front);
        else take_event(front, &event);
        write_lines(front);
    }
}

static void sweep_slot(struct slot *slot, int64_t now, bool time_is_up)
{
    pthread_mutex_lock(&slot->lock);
    struct conduit *conduit = slot->taken ? NULL : slot->conduit;
    if (conduit && slot->front->setting.draining && !slot->away && conduit_is_idle(conduit)) {
        /* Who was connected when the end began may still ask, for a moment. */
        int64_t idle_ends = now + LIMIT_DRAIN_IDLE_MS * 1000000LL;
        if (conduit->deadline_ns > idle_ends) conduit->deadline_ns = idle_ends;
    }
    bool due = conduit && conduit->phase != GONE && (now > conduit->deadline_ns || time_is_up);
    if (due) slot->taken = true;
    pthread_mutex_unlock(&slot->lock);
    if (!due) return;
    conduit_expire(conduit, time_is_up);
    serve(slot);
}

static bool is_empty(struct front *front)
{
    pthread_mutex_lock(&front->lock);
    bool empty = front->connections == 0 && front->waiting == 0;
    pthread_mutex_unlock(&front->lock);
    return empty && !front->accepts && front->arriving == 0;
}

/* Looks after the time, and after the end. */
static void *run_keeper(void *context)
{
    struct front *front = context;
    int64_t swept_ns = 0;
    while (!is_empty(front)) {
        bool draining = front->setting.draining;
        if (draining && front->accepts) stop_accepting(front);
        int64_t now = clock_tick_ns();
        bool sweeps = draining || now - swept_ns >= SWEEP_MS * 1000000LL;
        if (sweeps) swept_ns = now;
        for (int i = 0; sweeps && i < SLOTS; i++)
            sweep_slot(&front->slot[i], now, draining && now > front->drain_ends_ns);
        bool works = watch_look(&front->watch);
        struct pollfd draining_begins = {.fd = front->waking, .events = POLLIN};
        if (draining) usleep(DRAIN_LOOK_MS * 1000);
        else poll(&draining_begins, 1, works ? WATCH_LOOK_MS : SWEEP_MS);
    }
    return NULL;
}

/* --- starting and stopping -------------------------------------------------------------------- */

/* Each connection has one handle, and the pages need some. */
long front_handles_missing(void)
{
    struct rlimit limit;
    const rlim_t wanted = SLOTS + 512;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return 0;
    limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return (long)wanted;
    return (long)(wanted - limit.rlim_cur);
}

/* What every answer has, and what else exchanges share. */
static void settle(struct front *front, const struct front_options *options)
{
    int length = snprintf(front->headers, sizeof front->headers, "%s%s%s", policy_header,
                          security_headers, options->tls ? strict_transport : "");
    assert(length > 0 && (size_t)length < sizeof front->headers);
    front->options = *options;
    front->exchanges.app = options->app;
    front->exchanges.proxies = options->proxies;
    front->exchanges.tls = options->tls != NULL;
    front->exchanges.synthetic = options->synthetic;
    front->exchanges.room = room_new();
    front->exchanges.drawn = drawn_new();
    front->exchanges.reopened = reopened_new();
    front->exchanges.watch = &front->watch;
    front->unwritten_end = &front->unwritten;
    front->exchanges.headers = str_of(front->headers, (size_t)length);
    front->exchanges.policy_size = sizeof policy_header - 1;
    front->setting.options = &front->options;
    front->setting.exchanges = &front->exchanges;
    front->setting.scale_ms =
        options->head_seconds ? options->head_seconds * 1000 / LIMIT_HEAD_SECONDS : 1000;
    front->accepts = true;
    pthread_mutex_init(&front->lock, NULL);
    watch_init(&front->watch);
    for (int i = SLOTS - 1; i >= 0; i--) {
        pthread_mutex_init(&front->slot[i].lock, NULL);
        front->slot[i].front = front;
        front->free_slot[front->free_count++] = i;
    }
}

static bool start_threads(struct front *front)
{
    struct epoll_event arrival = {.events = EPOLLIN | EPOLLET, .data.u64 = arrival_mark};
    struct epoll_event ending = {.events = EPOLLIN, .data.u64 = end_mark};
    front->setting.poller = epoll_create1(EPOLL_CLOEXEC);
    front->waking = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    front->ending = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    bool good =
        front->setting.poller >= 0 && front->waking >= 0 && front->ending >= 0 &&
        epoll_ctl(front->setting.poller, EPOLL_CTL_ADD, front->listening.handle, &arrival) == 0 &&
        epoll_ctl(front->setting.poller, EPOLL_CTL_ADD, front->ending, &ending) == 0 &&
        pthread_create(&front->keeper, NULL, run_keeper, front) == 0;
    for (int i = 0; i < LIMIT_PAGE_THREADS; i++)
        good = good && pthread_create(&front->thread[i], NULL, run_thread, front) == 0;
    return good;
}

enum st front_start(const struct front_options *options, struct front **ret, struct err *err)
{
    struct front *front = calloc(1, sizeof *front);
    if (!front) return err_set(err, ST_FAILED, "There is no memory left.");
    (void)front_handles_missing();
    settle(front, options);
    enum st outcome = listening_open(options->address, options->port, &front->listening, err);
    if (outcome != ST_OK) {
        room_free(front->exchanges.room);
        drawn_free(front->exchanges.drawn);
        reopened_free(front->exchanges.reopened);
        free(front);
        return outcome;
    }
    if (!start_threads(front)) abort();
    *ret = front;
    return ST_OK;
}

uint16_t front_port(const struct front *front)
{
    return front->listening.port;
}

static void wake(int handle)
{
    const uint64_t one = 1;
    if (write(handle, &one, sizeof one) != sizeof one) abort();
}

void front_stop(struct front *front)
{
    if (!front) return;
    front->drain_ends_ns =
        clock_tick_ns() + LIMIT_DRAIN_SECONDS * front->setting.scale_ms * 1000000;
    front->setting.draining = true;
    wake(front->waking);
    pthread_join(front->keeper, NULL);
    wake(front->ending);
    watch_open(&front->watch);
    for (int i = 0; i < LIMIT_PAGE_THREADS; i++) pthread_join(front->thread[i], NULL);
    close(front->setting.poller);
    close(front->waking);
    close(front->ending);
    close(front->listening.handle);
    for (int i = 0; i < SLOTS; i++) pthread_mutex_destroy(&front->slot[i].lock);
    pthread_mutex_destroy(&front->lock);
    watch_done(&front->watch);
    room_free(front->exchanges.room);
    drawn_free(front->exchanges.drawn);
    reopened_free(front->exchanges.reopened);
    free(front);
}
