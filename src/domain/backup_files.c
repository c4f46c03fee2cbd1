/*
 * Which backups there are, and which are kept.
 */
#include "domain/backup.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { DAY_MS = 86400000, TIME_DIGITS = 14 };

static const struct str prefix = STR_INIT("pendeen-");

void backup_name(instant_ms made, const char *ending, char ret[static BACKUP_NAME_SIZE])
{
    struct date date = date_from_days((int32_t)(made / DAY_MS));
    int second = (int)(made % DAY_MS / 1000);
    snprintf(ret, BACKUP_NAME_SIZE, "pendeen-%04d%02d%02dT%02d%02d%02dZ%s", date.year, date.month,
             date.day, second / 3600, second / 60 % 60, second % 60, ending);
}

/* "pendeen-20261128T020000Z" and the ending, and nothing else. */
static bool read_name(struct str name, struct str ending, instant_ms *ret)
{
    int64_t day = 0;
    int64_t time = 0;
    struct str stamp = str_sub(name, prefix.len, name.len);
    char again[BACKUP_NAME_SIZE];
    if (!str_starts(name, prefix) || !str_ends(name, ending) ||
        stamp.len != TIME_DIGITS + 2 + ending.len || !str_to_int(str_sub(stamp, 0, 8), &day) ||
        !str_to_int(str_sub(stamp, 9, 6), &time))
        return false;
    struct date date = {(int16_t)(day / 10000), (int8_t)(day / 100 % 100), (int8_t)(day % 100)};
    if (!date_valid(date)) return false;
    *ret = (int64_t)date_to_days(date) * DAY_MS +
           (time / 10000 * 3600 + time / 100 % 100 * 60 + time % 100) * 1000;
    backup_name(*ret, ending.ptr, again);
    return str_eq(name, str_from(again));
}

static int newest_first(const void *a, const void *b)
{
    instant_ms left = *(const instant_ms *)a;
    instant_ms right = *(const instant_ms *)b;
    return (left < right) - (left > right);
}

enum st backup_list(const char *folder, const char *ending, instant_ms ret[static BACKUPS_MAX],
                    size_t *ret_count, struct err *err)
{
    size_t count = 0;
    DIR *list = opendir(folder);
    if (!list) {
        err_set(err, ST_NOT_FOUND, "The folder '%s' cannot be read.", folder);
        err_detail(err, "%s", strerror(errno));
        return ST_NOT_FOUND;
    }
    const struct dirent *entry;
    while (count < BACKUPS_MAX && (entry = readdir(list)))
        count += read_name(str_from(entry->d_name), str_from(ending), &ret[count]);
    closedir(list);
    qsort(ret, count, sizeof *ret, newest_first);
    *ret_count = count;
    return ST_OK;
}

size_t backup_ahead(const instant_ms *made, size_t count)
{
    instant_ms until = clock_now() + DAY_MS; /* of two machines' clocks one may be a little ahead */
    size_t ahead = 0;
    while (ahead < count && made[ahead] > until) ahead++;
    return ahead;
}

/* A number that is the same for all of one day, week or month. */
enum span { SPAN_DAY, SPAN_WEEK, SPAN_MONTH };

static int64_t span_of(instant_ms made, enum span span)
{
    int64_t day = made / DAY_MS;
    struct date date = date_from_days((int32_t)day);
    if (span == SPAN_DAY) return day;
    if (span == SPAN_WEEK) return (day + 3) / 7; /* 1 January 1970 was a Thursday */
    return (int64_t)date.year * 12 + date.month;
}

static void keep_newest_of(const instant_ms *made, size_t count, enum span span, int64_t wanted,
                           bool *keep)
{
    int64_t last = -1;
    for (size_t i = 0; i < count && wanted > 0; i++) {
        int64_t now = span_of(made[i], span);
        if (now == last) continue;
        last = now;
        keep[i] = true;
        wanted--;
    }
}

void backup_choose(const instant_ms *made, size_t count, const struct backup_keep *keep,
                   bool *ret_keep)
{
    for (size_t i = 0; i < count; i++) ret_keep[i] = i == 0;
    keep_newest_of(made, count, SPAN_DAY, keep->days, ret_keep);
    keep_newest_of(made, count, SPAN_WEEK, keep->weeks, ret_keep);
    keep_newest_of(made, count, SPAN_MONTH, keep->months, ret_keep);
}
