/* The sandbox, from inside: a child gives up what a server gives up, and tries. */
#include "cli/sandbox.h"
#include "cli/sandbox_internal.h"

#include "tests_common.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static char inside[64];
static char outside[64];
static char path[128];
static uint16_t open_port; /* somebody listens there */
static int listening;

static uint16_t listen_somewhere(int *ret)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    *ret = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(*ret, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(*ret, 8), 0);
    assert_int_equal(getsockname(*ret, (struct sockaddr *)&address, &size), 0);
    return ntohs(address.sin_port);
}

static void put(const char *folder, const char *name)
{
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int handle = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(handle >= 0 && write(handle, "words", 5) == 5);
    close(handle);
}

static int set_up(void **state)
{
    (void)state;
    temporary_folder(inside);
    temporary_folder(outside);
    put(inside, "own");
    put(outside, "other");
    open_port = listen_somewhere(&listening);
    return 0;
}

/* What became of an attempt in a sandbox: an errno, 0 for done, 1000 + a signal. */
enum { KILLED = 1000 };
static struct sandbox_plan plan;
static int tried(int (*attempt)(void))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct sandbox_state state;
        struct err err = {0};
        sandbox_no_core();
        if (sandbox_files(&plan, &state, &err) != ST_OK ||
            sandbox_calls(&plan, &state, &err) != ST_OK) {
            fprintf(stderr, "%s %s\n", err.public, err.detail);
            _exit(255);
        }
        _exit(attempt());
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? KILLED + WTERMSIG(status) : WEXITSTATUS(status);
}

static bool has_landlock(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, 1) > 0;
}

static void plan_for(enum sandbox_mode mode)
{
    plan = (struct sandbox_plan){.mode = mode};
    sandbox_may_write(&plan, inside);
    if (!has_landlock()) skip();
}

static int of(long result)
{
    return result < 0 ? errno : 0;
}

/* --- files ---------------------------------------------------------------------------- */

static int read_outside(void)
{
    snprintf(path, sizeof path, "%s/other", outside);
    return of(open(path, O_RDONLY | O_CLOEXEC));
}
static int list_outside(void) { return of(open(outside, O_RDONLY | O_DIRECTORY | O_CLOEXEC)); }
static int make_outside(void)
{
    snprintf(path, sizeof path, "%s/new", outside);
    return of(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}
static int remove_outside(void)
{
    snprintf(path, sizeof path, "%s/other", outside);
    return of(unlink(path));
}
static int read_passwd(void) { return of(open("/etc/passwd", O_RDONLY | O_CLOEXEC)); }
static int read_memory(void) { return of(open("/proc/1/mem", O_RDONLY | O_CLOEXEC)); }
static int work_inside(void)
{
    char other[128];
    snprintf(path, sizeof path, "%s/made", inside);
    snprintf(other, sizeof other, "%s/renamed", inside);
    int handle = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    if (handle < 0 || write(handle, "x", 1) != 1 || ftruncate(handle, 4096) != 0 ||
        fsync(handle) != 0 || fcntl(handle, F_SETLK, &lock) != 0)
        return errno;
    char *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, handle, 0);
    if (shared == MAP_FAILED || mlock(shared, 4096) != 0) return errno;
    if (rename(path, other) != 0 || unlink(other) != 0) return errno;
    return close(handle) == 0 ? 0 : errno;
}

static void test_files(void **state)
{
    (void)state;
    plan_for(SANDBOX_BEST);
    assert_int_equal(tried(work_inside), 0);
    assert_int_equal(tried(read_outside), EACCES);
    assert_int_equal(tried(list_outside), EACCES);
    assert_int_equal(tried(make_outside), EACCES);
    assert_int_equal(tried(remove_outside), EACCES);
    assert_int_equal(tried(read_passwd), EACCES);
    if (!SANDBOX_SANITISED) assert_int_equal(tried(read_memory), EACCES);
    /* Read, and no more than read. */
    sandbox_may_read(&plan, outside);
    assert_int_equal(tried(read_outside), 0);
    assert_int_equal(tried(list_outside), 0);
    assert_int_equal(tried(make_outside), EACCES);
    assert_int_equal(tried(remove_outside), EACCES);
    /* One file, and what is not there at all. */
    plan_for(SANDBOX_BEST);
    char one[128];
    snprintf(one, sizeof one, "%s/other", outside);
    sandbox_may_read(&plan, one);
    sandbox_may_read(&plan, "/nowhere/at/all");
    assert_int_equal(tried(read_outside), 0);
    assert_int_equal(tried(list_outside), EACCES);
}

/* --- programs, processes and the kernel ------------------------------------------------ */

static int run_program(void)
{
    char name[] = "/bin/true";
    char *words[] = {name, NULL};
    return of(execv(name, words));
}
static int look_into_parent(void) { return of(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL)); }
static int read_parent(void)
{
    return of(syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0));
}
static int new_namespace(void) { return of(unshare(CLONE_NEWUSER)); }
static int enter_namespace(void) { return of(setns(0, 0)); }
static int mount_something(void)
{
    return of(syscall(SYS_mount, "none", "/mnt", "tmpfs", 0, NULL));
}
static int use_bpf(void) { return of(syscall(SYS_bpf, 0, NULL, 0)); }
static int use_keys(void) { return of(syscall(SYS_keyctl, 0, 0)); }
static int use_perf(void) { return of(syscall(SYS_perf_event_open, NULL, 0, 0, 0, 0)); }
static int use_ring(void) { return of(syscall(SYS_io_uring_setup, 1, NULL)); }
static int use_faults(void) { return of(syscall(SYS_userfaultfd, 0)); }
static int become_root(void) { return of(syscall(SYS_setuid, 0)); }
static int change_root(void) { return of(chroot("/")); }

static void test_what_ends_the_program(void **state)
{
    (void)state;
    if (SANDBOX_SANITISED) skip();
    plan_for(SANDBOX_BEST);
    int (*const attempts[])(void) = {run_program,     look_into_parent, read_parent, new_namespace,
                                     enter_namespace, mount_something,  use_bpf,     use_keys,
                                     use_perf,        use_ring,         use_faults,  become_root,
                                     change_root};
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++)
        if (tried(attempts[i]) != KILLED + SIGSYS)
            fail_msg("attempt %zu was not ended: %d", i, tried(attempts[i]));
}

static int make_process(void)
{
    pid_t child = fork();
    if (child == 0) _exit(0);
    return of(child);
}
static int run_made_code(void)
{
    void *page =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? errno : 0;
}
static int turn_into_code(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return 254;
    return of(mprotect(page, 4096, PROT_READ | PROT_EXEC));
}
static int signal_another(void) { return of(kill(getppid(), 0)); }
static int want_cores(void) { return of(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)); }
static int raise_limits(void)
{
    const struct rlimit all = {1 << 20, 1 << 20};
    return of(setrlimit(RLIMIT_CORE, &all));
}
static void *nothing(void *context) { return context; }
static int make_thread(void)
{
    pthread_t thread;
    int code = pthread_create(&thread, NULL, nothing, NULL);
    return code ? code : pthread_join(thread, NULL);
}

static void test_what_is_refused(void **state)
{
    (void)state;
    if (SANDBOX_SANITISED) skip();
    plan_for(SANDBOX_BEST);
    assert_int_equal(tried(make_process), EPERM);
    assert_int_equal(tried(run_made_code), EPERM);
    assert_int_equal(tried(turn_into_code), EPERM);
    assert_int_equal(tried(signal_another), EPERM);
    assert_int_equal(tried(want_cores), EPERM);
    assert_int_equal(tried(raise_limits), EPERM);
    assert_int_equal(tried(make_thread), 0);
}

/* Without the list of calls, Landlock alone refuses a program that lies elsewhere. */
static void test_no_program_even_so(void **state)
{
    (void)state;
    if (!SANDBOX_SANITISED) skip();
    plan_for(SANDBOX_BEST);
    assert_int_equal(tried(run_program), EACCES);
}

/* --- connections --------------------------------------------------------------------- */

static int connect_to(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
    int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return handle < 0 ? errno : of(connect(handle, (struct sockaddr *)&address, sizeof address));
}
static int connect_to_open(void) { return connect_to(open_port); }
static int connect_to_mail(void) { return connect_to(25); }
static int unix_socket(void) { return of(socket(AF_UNIX, SOCK_STREAM, 0)); }
static int raw_socket(void) { return of(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)); }
static int packet_socket(void) { return of(socket(AF_PACKET, SOCK_RAW, 0)); }
static int another_door(void)
{
    int handle = -1;
    struct sockaddr_in address = {.sin_family = AF_INET};
    handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return handle < 0 ? errno : of(bind(handle, (struct sockaddr *)&address, sizeof address));
}
static int take_one(void)
{
    int handle = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    return handle < 0 ? errno : 0;
}

static void test_connections(void **state)
{
    (void)state;
    plan_for(SANDBOX_BEST);
    bool has_ports = syscall(SYS_landlock_create_ruleset, NULL, 0, 1) >= 4;
    if (!SANDBOX_SANITISED) {
        assert_int_equal(tried(connect_to_open), EPERM); /* no socket at all */
        assert_int_equal(tried(unix_socket), EPERM);
        assert_int_equal(tried(another_door), EPERM);
    }
    /* With a provider of sign-ins: its port and no other, and nothing raw or local. */
    sandbox_may_ask_others(&plan);
    if (has_ports) assert_int_equal(tried(connect_to_open), EACCES);
    if (has_ports) assert_int_equal(tried(connect_to_mail), EACCES);
    sandbox_may_connect(&plan, open_port);
    assert_int_equal(tried(connect_to_open), 0);
    if (has_ports) assert_int_equal(tried(connect_to_mail), EACCES);
    if (!SANDBOX_SANITISED) {
        assert_int_equal(tried(unix_socket), EPERM);
        assert_int_equal(tried(raw_socket), EPERM);
        assert_int_equal(tried(packet_socket), EPERM);
        assert_int_equal(tried(another_door), EPERM);
    }
    assert_int_equal(tried(read_passwd), EACCES);
    assert_int_equal(tried(take_one), 0); /* what listens already goes on */
}

/* --- core ------------------------------------------------------------------------------ */

static int no_core(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) != 0 || limit.rlim_cur != 0 || limit.rlim_max != 0) return 1;
    return prctl(PR_GET_DUMPABLE) == 0 ? 0 : 2;
}

static void test_no_core(void **state)
{
    (void)state;
    plan = (struct sandbox_plan){.mode = SANDBOX_OFF};
    assert_int_equal(tried(no_core), 0);
    pid_t child = fork();
    if (child == 0) {
        sandbox_no_core();
        if (chdir(inside) != 0) _exit(3);
        abort();
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_false(WCOREDUMP(status));
}

/* --- modes ----------------------------------------------------------------------------- */

static void test_modes(void **state)
{
    (void)state;
    enum sandbox_mode mode;
    assert_true(sandbox_mode_read("required", &mode) && mode == SANDBOX_REQUIRED);
    assert_true(sandbox_mode_read("best", &mode) && mode == SANDBOX_BEST);
    assert_true(sandbox_mode_read("off", &mode) && mode == SANDBOX_OFF);
    assert_false(sandbox_mode_read("none", &mode));
    plan = (struct sandbox_plan){.mode = SANDBOX_OFF};
    assert_int_equal(tried(read_passwd), 0);
    if (!has_landlock()) skip();
    plan_for(SANDBOX_REQUIRED);
    /* Built with sanitisers the list of calls is left out, and
     * "required" does not let that pass. */
    assert_int_equal(tried(read_outside), SANDBOX_SANITISED ? 255 : EACCES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_what_ends_the_program),
        cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_no_program_even_so),
        cmocka_unit_test(test_connections),
        cmocka_unit_test(test_no_core),
        cmocka_unit_test(test_modes),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
