/*
 * sandbox_files: Landlock, for files and ports.
 *
 * The kernel's interface is spelled out here, since the headers of Debian 12 stop at its
 * second version and a kernel may know more (Documentation/userspace-api/landlock.rst).
 */
#include "cli/sandbox_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Rights by the version that brought them. */
#define FS_FIRST ((1ULL << 13) - 1)
#define FS_REFER (1ULL << 13)     /* 2 */
#define FS_TRUNCATE (1ULL << 14)  /* 3 */
#define FS_IOCTL_DEV (1ULL << 15) /* 5 */
#define NET_BIND_TCP (1ULL << 0)  /* 4 */
#define NET_CONNECT_TCP (1ULL << 1)
#define SCOPE_ABSTRACT_SOCKETS (1ULL << 0) /* 6 */
#define SCOPE_SIGNALS (1ULL << 1)

enum {
    VERSION_REFER = 2,
    VERSION_TRUNCATE = 3,
    VERSION_NET = 4,
    VERSION_IOCTL = 5,
    VERSION_SCOPE = 6
};
enum { RULE_FILES = 1, RULE_PORT = 2 };

struct ruleset {
    uint64_t files;
    uint64_t net;
    uint64_t scope;
};

struct port_rule {
    uint64_t allowed;
    uint64_t port;
};

#define MAY_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define MAY_WRITE                                                                          \
    (MAY_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |            \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | \
     LANDLOCK_ACCESS_FS_MAKE_SOCK | FS_REFER | FS_TRUNCATE)
/* What can be said of a file that is no folder. */
#define OF_A_FILE                                                                                  \
    (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_EXECUTE |   \
     FS_TRUNCATE)

static int version_of_kernel(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version > 0 ? (int)version : 0;
}

static struct ruleset all_of(int version)
{
    struct ruleset all = {.files = FS_FIRST};
    if (version >= VERSION_REFER) all.files |= FS_REFER;
    if (version >= VERSION_TRUNCATE) all.files |= FS_TRUNCATE;
    if (version >= VERSION_IOCTL) all.files |= FS_IOCTL_DEV;
    if (version >= VERSION_NET) all.net = NET_BIND_TCP | NET_CONNECT_TCP;
    if (version >= VERSION_SCOPE) all.scope = SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS;
    return all;
}

/* The older a kernel, the shorter the structure it takes. */
static size_t size_for(int version)
{
    if (version >= VERSION_SCOPE) return sizeof(struct ruleset);
    return version >= VERSION_NET ? offsetof(struct ruleset, scope) : offsetof(struct ruleset, net);
}

static bool allow_place(int rules, const struct sandbox_place *place, uint64_t known)
{
    int handle = open(place->path, O_PATH | O_CLOEXEC);
    if (handle < 0) return errno == ENOENT || errno == ENOTDIR || errno == EACCES;
    struct stat about;
    struct landlock_path_beneath_attr rule = {
        .allowed_access = (place->write ? MAY_WRITE : MAY_READ) & known, .parent_fd = handle};
    bool good = fstat(handle, &about) == 0;
    if (good && !S_ISDIR(about.st_mode)) rule.allowed_access &= OF_A_FILE;
    good = good && syscall(SYS_landlock_add_rule, rules, RULE_FILES, &rule, 0) == 0;
    close(handle);
    return good;
}

static bool allow_port(int rules, uint64_t what, uint16_t port)
{
    struct port_rule rule = {what, port};
    return syscall(SYS_landlock_add_rule, rules, RULE_PORT, &rule, 0) == 0;
}

static bool restrict_to(const struct sandbox_plan *plan, int version)
{
    struct ruleset all = all_of(version);
    int rules = (int)syscall(SYS_landlock_create_ruleset, &all, size_for(version), 0);
    if (rules < 0) return false;
    bool good = true;
    for (size_t i = 0; i < plan->place_count && good; i++)
        good = allow_place(rules, &plan->place[i], all.files);
    if (all.net) {
        good = good && allow_port(rules, NET_BIND_TCP, plan->listen_port);
        for (size_t i = 0; i < plan->connect_count && good; i++)
            good = allow_port(rules, NET_CONNECT_TCP, plan->connect_port[i]);
    }
    good = good && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    close(rules);
    return good;
}

enum st sandbox_files(const struct sandbox_plan *plan, struct sandbox_state *state, struct err *err)
{
    *state = (struct sandbox_state){0};
    if (plan->mode == SANDBOX_OFF) return ST_OK;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return sandbox_lacks(plan, state, err, "privileges could be gained (no_new_privs)");
    struct sandbox_plan wider = *plan;
    if (SANDBOX_SANITISED) sandbox_may_read(&wider, "/proc");
    int version = version_of_kernel();
    if (version == 0 || !restrict_to(&wider, version))
        return sandbox_lacks(plan, state, err,
                             "every file of this user can be reached (no Landlock)");
    sandbox_note(state->holds, "files (Landlock %d)", version);
    enum st outcome = ST_OK;
    if (version < VERSION_TRUNCATE)
        outcome =
            sandbox_lacks(plan, state, err, "files elsewhere can be cut short (Landlock before 3)");
    if (version >= VERSION_NET)
        sandbox_note(state->holds, "ports");
    else if (outcome == ST_OK && plan->connect_count)
        outcome =
            sandbox_lacks(plan, state, err, "every port can be connected to (Landlock before 4)");
    return outcome;
}
