/*
 * sandbox_calls: seccomp, by libseccomp.
 *
 * What is on the list is what SQLite, libsodium, libcurl with GnuTLS and the
 * C library use while they serve.  Whatever is not answers EPERM, but for a few that have a
 * way round when they are unknown (ENOSYS), and those that end the program.
 */
#include "cli/sandbox_internal.h"

#include <asm/termbits.h>
#include <errno.h>
#include <linux/netlink.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define CALL(name) SCMP_SYS(name)

static const int allowed[] = {
    /* files that are open, and those that Landlock allows */
    CALL(read), CALL(write), CALL(readv), CALL(writev), CALL(pread64), CALL(pwrite64), CALL(lseek),
    CALL(close), CALL(open), CALL(openat), CALL(stat), CALL(fstat), CALL(lstat), CALL(newfstatat),
    CALL(statx), CALL(statfs), CALL(fstatfs), CALL(access), CALL(faccessat), CALL(faccessat2),
    CALL(readlink), CALL(readlinkat), CALL(getcwd), CALL(getdents64), CALL(unlink), CALL(unlinkat),
    CALL(rename), CALL(renameat), CALL(renameat2), CALL(mkdir), CALL(mkdirat), CALL(rmdir),
    CALL(fsync), CALL(fdatasync), CALL(fadvise64), CALL(ftruncate), CALL(fallocate), CALL(fchmod),
    CALL(umask), CALL(flock), CALL(fcntl), CALL(dup), CALL(dup2), CALL(dup3), CALL(pipe),
    CALL(pipe2),
    /* memory that cannot be executed */
    CALL(munmap), CALL(mremap), CALL(brk), CALL(madvise), CALL(mlock), CALL(mlock2), CALL(munlock),
    CALL(msync), CALL(membarrier),
    /* threads, time, signals to ourselves */
    CALL(futex), CALL(set_robust_list), CALL(rseq), CALL(exit), CALL(exit_group), CALL(sched_yield),
    CALL(sched_getaffinity), CALL(gettid), CALL(getpid), CALL(getuid), CALL(geteuid), CALL(getgid),
    CALL(getegid), CALL(getrandom), CALL(clock_gettime), CALL(clock_getres), CALL(clock_nanosleep),
    CALL(nanosleep), CALL(gettimeofday), CALL(time), CALL(times), CALL(getrusage), CALL(sysinfo),
    CALL(uname), CALL(getrlimit), CALL(rt_sigaction), CALL(rt_sigprocmask), CALL(rt_sigreturn),
    CALL(rt_sigtimedwait), CALL(sigaltstack), CALL(restart_syscall),
    /* connections that are open, and those that come in */
    CALL(epoll_create1), CALL(epoll_ctl), CALL(epoll_wait), CALL(epoll_pwait), CALL(epoll_pwait2),
    CALL(eventfd2), CALL(poll), CALL(ppoll), CALL(select), CALL(pselect6), CALL(accept),
    CALL(accept4), CALL(recvfrom), CALL(recvmsg), CALL(sendto), CALL(sendmsg), CALL(sendfile),
    CALL(shutdown), CALL(getsockopt), CALL(setsockopt), CALL(getsockname), CALL(getpeername),
};

/* What only somebody who has taken the program over would call. */
static const int deadly[] = {
    CALL(execve), CALL(execveat), CALL(ptrace), CALL(process_vm_readv), CALL(process_vm_writev),
    CALL(pidfd_getfd), CALL(kcmp), CALL(mount), CALL(umount2), CALL(pivot_root), CALL(chroot),
    CALL(move_mount), CALL(open_tree), CALL(fsopen), CALL(fsmount), CALL(mount_setattr), CALL(bpf),
    CALL(keyctl), CALL(add_key), CALL(request_key), CALL(perf_event_open), CALL(io_uring_setup),
    CALL(io_uring_enter), CALL(io_uring_register), CALL(userfaultfd), CALL(setns), CALL(unshare),
    CALL(init_module), CALL(finit_module), CALL(delete_module), CALL(kexec_load),
    CALL(kexec_file_load), CALL(reboot), CALL(swapon), CALL(swapoff), CALL(open_by_handle_at),
    CALL(name_to_handle_at), CALL(quotactl), CALL(acct), CALL(syslog), CALL(setuid), CALL(setgid),
    CALL(setreuid), CALL(setregid), CALL(setresuid), CALL(setresgid), CALL(setgroups), CALL(capset),
    CALL(iopl), CALL(ioperm), CALL(modify_ldt), CALL(personality), CALL(sethostname),
    CALL(settimeofday), CALL(clock_settime), CALL(adjtimex), CALL(clock_adjtime),
};

/* The C library takes another way when these are unknown, and that way can be looked at. */
static const int unknown[] = {CALL(clone3), CALL(openat2), CALL(close_range),
                              CALL(copy_file_range)};

static bool add_all(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int code = seccomp_rule_add(filter, action, calls[i], 0);
        /* A call that this machine's architecture does not have cannot be made on it. */
        if (code != 0 && code != -EDOM && calls[i] >= 0) return false;
    }
    return true;
}

#define ALLOW_IF(call, ...) \
    (good = good && seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(call), __VA_ARGS__) == 0)

static bool add_narrow(scmp_filter_ctx filter)
{
    enum {
        NAMESPACES = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                     CLONE_NEWPID | CLONE_NEWNET
    };
    bool good = true;
    ALLOW_IF(mmap, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    ALLOW_IF(mprotect, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    /* Threads, but no processes. */
    ALLOW_IF(clone, 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD | NAMESPACES, CLONE_THREAD));
    ALLOW_IF(tgkill, 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
    ALLOW_IF(prctl, 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME));
    ALLOW_IF(prctl, 1, SCMP_A0(SCMP_CMP_EQ, PR_GET_DUMPABLE));
    ALLOW_IF(prlimit64, 2, SCMP_A0(SCMP_CMP_EQ, 0), SCMP_A2(SCMP_CMP_EQ, 0)); /* only to ask */
    ALLOW_IF(ioctl, 1, SCMP_A1(SCMP_CMP_EQ, TCGETS));
    ALLOW_IF(ioctl, 1, SCMP_A1(SCMP_CMP_EQ, FIONREAD));
    ALLOW_IF(ioctl, 1, SCMP_A1(SCMP_CMP_EQ, FIONBIO));
    ALLOW_IF(socketpair, 1, SCMP_A0(SCMP_CMP_EQ, AF_UNIX));
    return good;
}

/* A database on this machine. */
static bool add_local_connections(scmp_filter_ctx filter)
{
    enum { KIND = 0xf };
    bool good = true;
    ALLOW_IF(socket, 2, SCMP_A0(SCMP_CMP_EQ, AF_UNIX),
             SCMP_A1(SCMP_CMP_MASKED_EQ, KIND, SOCK_STREAM));
    ALLOW_IF(connect, 0);
    return good;
}

/* Asking another machine: no raw sockets; the port is Landlock's. */
static bool add_connections(scmp_filter_ctx filter)
{
    enum { KIND = 0xf };
    bool good = true;
    ALLOW_IF(socket, 2, SCMP_A0(SCMP_CMP_EQ, AF_INET),
             SCMP_A1(SCMP_CMP_MASKED_EQ, KIND, SOCK_STREAM));
    ALLOW_IF(socket, 2, SCMP_A0(SCMP_CMP_EQ, AF_INET),
             SCMP_A1(SCMP_CMP_MASKED_EQ, KIND, SOCK_DGRAM));
    ALLOW_IF(socket, 2, SCMP_A0(SCMP_CMP_EQ, AF_INET6),
             SCMP_A1(SCMP_CMP_MASKED_EQ, KIND, SOCK_STREAM));
    ALLOW_IF(socket, 2, SCMP_A0(SCMP_CMP_EQ, AF_INET6),
             SCMP_A1(SCMP_CMP_MASKED_EQ, KIND, SOCK_DGRAM));
    /* The C library asks by it which addresses this machine has. */
    ALLOW_IF(socket, 2, SCMP_A0(SCMP_CMP_EQ, AF_NETLINK), SCMP_A2(SCMP_CMP_EQ, NETLINK_ROUTE));
    ALLOW_IF(connect, 0);
    ALLOW_IF(sendmmsg, 0);
    ALLOW_IF(recvmmsg, 0);
    return good;
}

#define COUNT(list) (sizeof(list) / sizeof *(list))

enum loaded { LOADED, NOT_TAKEN, WRONG_LIST };

static enum loaded load(const struct sandbox_plan *plan)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter) return NOT_TAKEN;
    bool good = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 &&
                seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
                seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0 &&
                add_all(filter, SCMP_ACT_ALLOW, allowed, COUNT(allowed)) &&
                add_all(filter, SCMP_ACT_KILL_PROCESS, deadly, COUNT(deadly)) &&
                add_all(filter, SCMP_ACT_ERRNO(ENOSYS), unknown, COUNT(unknown)) &&
                add_narrow(filter) && (!plan->connect_count || add_connections(filter)) &&
                (!plan->connect_local || add_local_connections(filter));
    enum loaded outcome = !good ? WRONG_LIST : seccomp_load(filter) == 0 ? LOADED : NOT_TAKEN;
    seccomp_release(filter);
    return outcome;
}

enum st sandbox_calls(const struct sandbox_plan *plan, struct sandbox_state *state, struct err *err)
{
    if (plan->mode == SANDBOX_OFF) return ST_OK;
    if (SANDBOX_SANITISED)
        return sandbox_lacks(plan, state, err,
                             "every system call can be made (built with sanitisers)");
    enum loaded outcome = load(plan);
    if (outcome == WRONG_LIST)
        return err_set(err, ST_FAILED, "The list of system calls is not right for this machine.");
    if (outcome == NOT_TAKEN)
        return sandbox_lacks(plan, state, err, "every system call can be made (no seccomp)");
    sandbox_note(state->holds, "system calls");
    if (!plan->connect_count && !plan->connect_local)
        sandbox_note(state->holds, "no connection to anywhere");
    return ST_OK;
}
