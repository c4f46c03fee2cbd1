/*
 * tests_common: what every C test starts with.
 */
#ifndef PENDEEN_TESTS_COMMON_H
#define PENDEEN_TESTS_COMMON_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

static inline void assert_str(struct str got, const char *want)
{
    if (!str_eq(got, str_from(want))) fail_msg("got '%.*s', not '%s'", STR_ARG(got), want);
}

/* Makes a new folder under TMPDIR or /tmp; the runner clears it. */
static inline void temporary_folder(char ret[static 64])
{
    const char *temporary = getenv("TMPDIR");
    assert_in_range(snprintf(ret, 64, "%s/pendeen-test-XXXXXX", temporary ? temporary : "/tmp"), 1,
                    63);
    assert_non_null(mkdtemp(ret));
}

/* Is the database of this run PostgreSQL?  Tests that open SQLite's own file ask. */
static inline bool on_postgres(void)
{
    const char *place = getenv("PENDEEN_STORE");
    return place && *place;
}

/* Skips the test that calls it, unless its data folder holds SQLite's file. */
static inline void needs_sqlite(void)
{
    if (!on_postgres()) return;
    print_message("skipped: it opens SQLite's own file\n");
    skip();
}

/* In how many files of the folder do these bytes stand? */
static inline int files_with(const char *path, const char *bytes)
{
    int found = 0;
    DIR *list = opendir(path);
    assert_non_null(list);
    struct dirent *entry;
    while ((entry = readdir(list))) {
        char name[600];
        assert_true((size_t)snprintf(name, sizeof name, "%s/%s", path, entry->d_name) <
                    sizeof name);
        if (entry->d_name[0] == '.') continue;
        if (entry->d_type == DT_DIR) {
            found += files_with(name, bytes);
            continue;
        }
        FILE *file = fopen(name, "rb");
        if (!file) continue;
        char *text = malloc(32 << 20);
        size_t size = fread(text, 1, 32 << 20, file);
        fclose(file);
        if (memmem(text, size, bytes, strlen(bytes))) found++;
        free(text);
    }
    closedir(list);
    return found;
}

#endif
