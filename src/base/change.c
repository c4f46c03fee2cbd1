#include "base/change.h"

#include <stdatomic.h>

static _Atomic uint64_t changes = 1;

void change_note(void)
{
    atomic_fetch_add(&changes, 1);
}

uint64_t change_count(void)
{
    return atomic_load(&changes);
}
