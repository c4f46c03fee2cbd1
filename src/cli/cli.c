#include "cli/cli.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

void cli_error(const char *format, ...)
{
    fputs("pendeen: ", stderr);
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

void cli_error_from(const struct err *err)
{
    cli_error("%s", err->public[0] ? err->public : st_word(err->code));
    if (err->detail[0]) fprintf(stderr, "  (%s)\n", err->detail);
    if (err->hint[0]) fprintf(stderr, "  %s\n", err->hint);
}

int cli_outcome(enum st outcome, const struct err *err)
{
    if (outcome == ST_OK) return CLI_OK;
    cli_error_from(err);
    return CLI_FAILED;
}

enum st cli_rows_outcome(size_t rows, size_t refused, struct err *err)
{
    if (!rows || refused < rows) return ST_OK;
    return err_set(err, ST_INVALID,
                   "Nothing was taken: all of it was refused, for what is said above.");
}

void cli_progress_start(struct cli_progress *progress, const char *what, int64_t total)
{
    *progress = (struct cli_progress){.what = what,
                                      .total = total,
                                      .started_ns = clock_tick_ns(),
                                      .shown = isatty(STDERR_FILENO) == 1};
}

void cli_progress_update(struct cli_progress *progress, int64_t done)
{
    enum { WIDTH = 30 };
    if (!progress->shown) return;
    int64_t now = clock_tick_ns();
    if (now - progress->drawn_ns < 100000000 && done < progress->total) return;
    progress->drawn_ns = now;
    double seconds = (double)(now - progress->started_ns) / 1e9;
    double rate = seconds > 0 ? (double)done / seconds : 0;
    if (progress->total <= 0) {
        fprintf(stderr, "\r%lld %s, %.0f a second\033[K", (long long)done, progress->what, rate);
        return;
    }
    int full = (int)(done * WIDTH / progress->total);
    if (full > WIDTH) full = WIDTH;
    fprintf(stderr, "\r[%.*s%*s] %lld of %lld %s, %.0f a second, %.0f s left\033[K", full,
            "##############################", WIDTH - full, "", (long long)done,
            (long long)progress->total, progress->what, rate,
            rate > 0 ? (double)(progress->total - done) / rate : 0);
}

void cli_progress_end(struct cli_progress *progress)
{
    if (progress->shown && progress->drawn_ns) fputs("\r\033[K", stderr);
}
