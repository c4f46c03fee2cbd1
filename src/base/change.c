#include "base/change.h"

#include <stdatomic.h>

static _Atomic uint64_t changes = 1;
static _Atomic int commits;

void change_note(void)
{
    atomic_fetch_add(&changes, 1);
}

void change_begins(void)
{
    atomic_fetch_add(&commits, 1);
}

void change_ended(void)
{
    atomic_fetch_sub(&commits, 1);
}

bool change_holds(uint64_t change)
{
    /* Commits are asked for first: what has ended by now has been counted. */
    return atomic_load(&commits) == 0 && atomic_load(&changes) == change;
}

uint64_t change_count(void)
{
    return atomic_load(&changes);
}
