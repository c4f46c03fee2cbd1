#include "store/wait.h"

#include <errno.h>
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

bool wait_while(_Atomic uint32_t *number, uint32_t while_it_is, int64_t at_most_ns)
{
    struct timespec most = {at_most_ns / 1000000000, at_most_ns % 1000000000};
    return syscall(SYS_futex, number, FUTEX_WAIT_PRIVATE, while_it_is, at_most_ns ? &most : NULL,
                   NULL, 0) != 0 &&
           errno == ETIMEDOUT;
}

void wait_wake(_Atomic uint32_t *number, int count)
{
    syscall(SYS_futex, number, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}
