/*
 * tests_common: what every C test starts with.
 */
#ifndef PENDEEN_TESTS_COMMON_H
#define PENDEEN_TESTS_COMMON_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Makes a new folder under TMPDIR or /tmp; the runner's machine clears it. */
static inline void temporary_folder(char ret[static 64])
{
    snprintf(ret, 64, "/tmp/pendeen-test-XXXXXX");
    assert_non_null(mkdtemp(ret));
}

#endif
