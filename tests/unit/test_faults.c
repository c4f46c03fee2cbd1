/* Whatever fails, and wherever: nothing is acknowledged that is not kept, and the program
 * goes on by itself when the fault is over.  Every operation on the files, every call of the
 * database, every piece of memory; a disk that is full; a clock that is set back.
 *
 *     test_faults [STEP]     fails every STEPth operation (default 3); 1: each */
#include "unit/shim.h"

#include "domain/area.h"
#include "domain/audit_check.h"
#include "domain/limit.h"
#include "seal/secret.h"
#include "web/server.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
enum { MEMORY_IS_THE_SANITISERS = true };
#else
enum { MEMORY_IS_THE_SANITISERS = false };
#endif

enum { ACKNOWLEDGED_MAX = 20000, REFERENCE = REFERENCE_SIZE, DAY = 86400000 };

static char folder[64];
static struct app app;
static struct area *area;
static struct person who;
static char acknowledged[ACKNOWLEDGED_MAX][REFERENCE];
static int acknowledged_count;
static int shared; /* tried */
static int64_t step_size = 3;

/* --- what fails: this program's own, before that of the libraries ----------------------------- */

/* The call of this number fails; 0: none does. */
struct countdown {
    _Atomic int64_t done;
    _Atomic int64_t fail_at;
};
static struct countdown calls;
static struct countdown memory;
static struct countdown memory_of_sqlite;

static bool fails(struct countdown *countdown)
{
    int64_t number = ++countdown->done;
    return countdown->fail_at && number == countdown->fail_at;
}

static void arm(struct countdown *countdown, int64_t number)
{
    countdown->done = 0;
    countdown->fail_at = number;
}

int sqlite3_step(sqlite3_stmt *statement)
{
    static int (*real)(sqlite3_stmt *);
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "sqlite3_step");
    return fails(&calls) ? SQLITE_IOERR : real(statement);
}

/* A transaction that cannot even be rolled back ends the program: that is not tried here. */
int sqlite3_exec(sqlite3 *handle, const char *text, int (*row)(void *, int, char **, char **),
                 void *context, char **message)
{
    static int (*real)(sqlite3 *, const char *, int (*)(void *, int, char **, char **), void *,
                       char **);
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "sqlite3_exec");
    bool failing = strcmp(text, "ROLLBACK") != 0 && fails(&calls);
    int64_t keep = calls.fail_at;
    calls.fail_at = 0; /* what it calls itself is not counted twice */
    int code = failing ? SQLITE_IOERR : real(handle, text, row, context, message);
    calls.fail_at = keep;
    return code;
}

int sqlite3_prepare_v3(sqlite3 *handle, const char *text, int size, unsigned flags,
                       sqlite3_stmt **ret, const char **tail)
{
    static int (*real)(sqlite3 *, const char *, int, unsigned, sqlite3_stmt **, const char **);
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "sqlite3_prepare_v3");
    return fails(&calls) ? SQLITE_NOMEM : real(handle, text, size, flags, ret, tail);
}

#ifndef __SANITIZE_ADDRESS__
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *it, size_t size);

void *malloc(size_t size)
{
    return fails(&memory) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails(&memory) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *it, size_t size)
{
    return fails(&memory) ? NULL : __libc_realloc(it, size);
}
#endif

static sqlite3_mem_methods real_memory;

static void *give(int size)
{
    return fails(&memory_of_sqlite) ? NULL : real_memory.xMalloc(size);
}

static void *give_more(void *it, int size)
{
    return fails(&memory_of_sqlite) ? NULL : real_memory.xRealloc(it, size);
}

/* --- the story -------------------------------------------------------------------------------- */

static void open_app(void)
{
    struct err err = {0};
    if (app_open(&app, folder, NULL, NULL, &err) != ST_OK)
        fail_msg("%s (%s)", err.public, err.detail);
    app.area = area;
}

static enum st share(struct err *err)
{
    struct submission_receipt receipt;
    enum st outcome = share_one(&app, &who, shared++, &receipt, err);
    if (outcome == ST_OK) {
        assert_true(acknowledged_count < ACKNOWLEDGED_MAX);
        snprintf(acknowledged[acknowledged_count++], REFERENCE, "%s", receipt.reference);
    }
    return outcome;
}

static void must_share(void)
{
    struct err err = {0};
    if (share(&err) != ST_OK) fail_msg("afterwards: %s (%s)", err.public, err.detail);
}

static sqlite3 *open_beside(void)
{
    char path[100];
    sqlite3 *handle = NULL;
    snprintf(path, sizeof path, "%s/pendeen.db", folder);
    assert_int_equal(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, shim.real->zName),
                     SQLITE_OK);
    return handle;
}

/* All that was acknowledged is there, whole. */
static void nothing_is_lost(void)
{
    sqlite3 *handle = open_beside();
    for (int i = 0; i < acknowledged_count; i++)
        if (!has(handle, acknowledged[i]))
            fail_msg("%s was acknowledged and is lost", acknowledged[i]);
    const char *fault = half_written(handle);
    if (fault) fail_msg("%s", fault);
    assert_int_equal(
        number_of(handle, "SELECT count(*) FROM pragma_quick_check WHERE quick_check <> 'ok'"), 0);
    sqlite3_close(handle);
}

/* As a start sees it, and an auditor. */
static void a_start_finds_all(void)
{
    struct audit_report report = {0};
    struct err err = {0};
    app_close(&app);
    nothing_is_lost();
    open_app();
    struct audit_check check = {.keys = app.keys};
    assert_int_equal(audit_check_store(app.store, &check, &report, &err), ST_OK);
    if (report.found) fail_msg("%s", report.finding[0].words);
    must_share();
}

static int fresh(void **state)
{
    (void)state;
    quick_folder(folder);
    acknowledged_count = 0;
    open_app();
    who = somebody(&app);
    must_share();
    return 0;
}

static int done(void **state)
{
    (void)state;
    clock_set(0);
    app_close(&app);
    return 0;
}

/* --- files ------------------------------------------------------------------------------------ */

/* Fails the operation of each number until there are no more of them in a submission. */
static void fail_operations(bool from_there_on)
{
    int failures = 0;
    int quiet = 0;
    for (int64_t n = 1; quiet < 40; n += step_size) {
        struct err err = {0};
        shim.done = 0;
        shim.failed = false;
        shim.fails_on = from_there_on;
        shim.fail_at = n;
        enum st outcome = share(&err);
        bool failed = shim.failed;
        shim.fail_at = 0;
        if (failed && outcome != ST_OK) assert_true(err.public[0]);
        if (!failed) assert_int_equal(outcome, ST_OK);
        failures += failed;
        quiet = failed ? 0 : quiet + 1;
        must_share();
        if (n % 8 < step_size) nothing_is_lost();
    }
    print_message("%d operations failed\n", failures);
    assert_true(failures * step_size > 20);
    a_start_finds_all();
}

static void every_operation_on_the_files(void **state)
{
    (void)state;
    fail_operations(false);
}

static void every_operation_and_all_after_it(void **state)
{
    (void)state;
    fail_operations(true);
}

/* --- calls of the database, and memory -------------------------------------------------------- */

static void fail_each(struct countdown *countdown, int64_t least)
{
    int64_t failures = 0;
    bool reached = true;
    for (int64_t n = 1; reached; n += step_size) {
        struct err err = {0};
        arm(countdown, n);
        enum st outcome = share(&err);
        reached = countdown->done >= n;
        arm(countdown, 0);
        if (!reached) assert_int_equal(outcome, ST_OK);
        failures += reached;
        must_share();
        if (n % 16 < step_size) nothing_is_lost();
    }
    print_message("%lld of them failed\n", (long long)failures);
    assert_true(failures * step_size >= least);
    a_start_finds_all();
}

static void every_call_of_the_database(void **state)
{
    (void)state;
    fail_each(&calls, 20);
}

static void every_piece_of_memory_of_the_database(void **state)
{
    (void)state;
    fail_each(&memory_of_sqlite, 10);
}

/* The program ends when there is no memory left; whoever looks after it starts it again.  So
 * it runs in a process of its own, which tells what it acknowledged. */
static void share_in_a_child(int pipe_to, int64_t n)
{
    struct submission_receipt receipt;
    struct err err = {0};
    if (app_open(&app, folder, NULL, NULL, &err) != ST_OK) _exit(3);
    arm(&memory, n);
    enum st outcome = share_one(&app, &who, shared, &receipt, &err);
    bool reached = memory.done >= n;
    arm(&memory, 0);
    if (outcome == ST_OK && write(pipe_to, receipt.reference, REFERENCE) != REFERENCE) _exit(3);
    _exit(reached ? 0 : 9);
}

static void every_piece_of_memory(void **state)
{
    (void)state;
    if (MEMORY_IS_THE_SANITISERS) {
        print_message("skipped: the sanitisers give out the memory\n");
        return;
    }
    int status = 0;
    int failures = 0;
    int ended = 0;
    app_close(&app);
    for (int64_t n = 1; !WIFEXITED(status) || WEXITSTATUS(status) != 9; n += 4 * step_size) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        fflush(NULL);
        shared++;
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            close(2); /* what it says when it ends */
            share_in_a_child(ends[1], n);
        }
        close(ends[1]);
        assert_true(acknowledged_count < ACKNOWLEDGED_MAX);
        acknowledged_count +=
            read(ends[0], acknowledged[acknowledged_count], REFERENCE) == REFERENCE;
        close(ends[0]);
        assert_int_equal(waitpid(child, &status, 0), child);
        if (WIFSIGNALED(status)) assert_int_equal(WTERMSIG(status), SIGABRT);
        if (WIFEXITED(status)) assert_int_not_equal(WEXITSTATUS(status), 3);
        ended += WIFSIGNALED(status);
        failures++;
        nothing_is_lost();
    }
    print_message("%d failed, %d of them ended the program\n", failures, ended);
    assert_true(failures > 2);
    open_app();
    must_share();
}

/* --- a full disk, over HTTP ------------------------------------------------------------------- */

static int ask(const struct server *server, const struct session *session, const char *key)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(server_port(server))};
    char body[600];
    char request[1600];
    char reply[65536];
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int length = snprintf(body, sizeof body,
                          "csrf=%s&key=%s&do=send&narrative=as+written+below.&when=last+week"
                          "&m1-kind=vehicle&m1-keep=yes&m1-registration=WK12+ABC",
                          session->csrf, key);
    int size =
        snprintf(request, sizeof request,
                 "POST /share HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                 "Cookie: __Host-pendeen=%s\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                 "Content-Length: %d\r\n\r\n%s",
                 session->token, length, body);
    int handle = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(handle, (struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(send(handle, request, (size_t)size, MSG_NOSIGNAL), size);
    size_t got = 0;
    ssize_t now;
    while (got < sizeof reply - 1 &&
           (now = recv(handle, reply + got, sizeof reply - 1 - got, 0)) > 0)
        got += (size_t)now;
    reply[got] = 0;
    close(handle);
    const char *place = strstr(reply, "/shared/PEN-");
    if (place) snprintf(acknowledged[acknowledged_count++], REFERENCE, "%.13s", place + 8);
    bool says_so = strstr(reply, "The disk of this server is full") != NULL;
    int status = atoi(reply + 9);
    if (status == 503) assert_true(says_so);
    return status;
}

static void a_full_disk(void **state)
{
    (void)state;
    struct server *server = NULL;
    struct session session;
    struct err err = {0};
    struct visitor visitor = {.address = STR("127.0.0.1")};
    struct server_options options = {.address = "127.0.0.1"};
    assert_int_equal(session_begin(&app, who.account, &visitor, "signed in", false, &session, &err),
                     ST_OK);
    if (server_start(&app, &options, &server, &err) != ST_OK) fail_msg("%s", err.public);
    assert_int_equal(ask(server, &session, "full-1"), 303);
    for (int round = 0; round < 3; round++) {
        shim.is_full = true;
        for (int i = 0; i < 4; i++) assert_int_equal(ask(server, &session, "full-2"), 503);
        struct err full = {0};
        assert_int_equal(share(&full), ST_BUSY);
        nothing_is_lost();
        shim.is_full = false;
        assert_int_equal(ask(server, &session, round ? "full-3" : "full-2"), 303);
        limit_clear();
    }
    server_stop(server);
    a_start_finds_all();
}

/* --- a clock that is set back ----------------------------------------------------------------- */

static void a_clock_that_is_set_back(void **state)
{
    (void)state;
    struct err err = {0};
    struct session session;
    struct session_facts facts;
    struct person person;
    struct arena arena;
    struct visitor visitor = {.address = STR("127.0.0.1")};
    instant_ms now = clock_now();
    arena_init(&arena, 1 << 20);
    clock_set(now);
    assert_int_equal(session_begin(&app, who.account, &visitor, "signed in", false, &session, &err),
                     ST_OK);
    instant_ms clocks[] = {now, now - 3 * (instant_ms)DAY, now - 400 * (instant_ms)DAY, now + 60000,
                           now - 60000};
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        clock_set(clocks[i]);
        must_share();
        must_share();
        nothing_is_lost();
        /* Who is signed in stays so, or has to sign in again; nobody else gets in. */
        enum st outcome =
            session_read(&app, &arena, str_from(session.token), &person, &facts, &err);
        assert_true(outcome == ST_OK ? person.account == who.account : outcome == ST_NOT_FOUND);
    }
    clock_set(0);
    arena_done(&arena);
    a_start_finds_all();
}

int main(int argc, char **argv)
{
    if (argc > 1 && (!str_to_int(str_from(argv[1]), &step_size) || step_size < 1)) return 2;
    if (on_postgres()) return 0; /* another program writes then */
    /* Before SQLite is used at all. */
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory);
    sqlite3_mem_methods failing = real_memory;
    failing.xMalloc = give;
    failing.xRealloc = give_more;
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &failing) != SQLITE_OK || !seal_start()) return 2;
    shim_install();
    if (area_load("areas/cornwall", &area, NULL) != ST_OK) return 2;
#define EACH(test) cmocka_unit_test_setup_teardown(test, fresh, done)
    const struct CMUnitTest tests[] = {
        EACH(every_operation_on_the_files),
        EACH(every_operation_and_all_after_it),
        EACH(every_call_of_the_database),
        EACH(every_piece_of_memory_of_the_database),
        EACH(every_piece_of_memory),
        EACH(a_full_disk),
        EACH(a_clock_that_is_set_back),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    area_free(area);
    return failed;
}
