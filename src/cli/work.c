#include "cli/work.h"

#include "cli/options.h"
#include "cli/partnership.h"

#include <stdarg.h>
#include <stdio.h>

void tell(const struct teller *teller, const char *format, ...)
{
    char line[1400];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    teller->say(teller->context, str_from(line));
}

struct terminal {
    struct cli_progress progress;
    char name[32];
};

static void print_line(void *context, struct str line)
{
    struct terminal *terminal = context;
    cli_progress_end(&terminal->progress);
    printf("%.*s\n", STR_ARG(line));
}

static void print_progress(void *context, int64_t done, int64_t total)
{
    struct terminal *terminal = context;
    if (!terminal->progress.total) cli_progress_start(&terminal->progress, terminal->name, total);
    cli_progress_update(&terminal->progress, done);
}

enum st work_do(const char *data, const char *area, const struct words *words, work_fn *run,
                struct err *err)
{
    struct terminal terminal = {0};
    snprintf(terminal.name, sizeof terminal.name, "%.*s", STR_ARG(words->word[0]));
    const struct teller teller = {
        .say = print_line, .progress = print_progress, .context = &terminal};
    bool served = false;
    enum st outcome = control_ask(data, words, &teller, &served, err);
    if (!served) {
        struct partnership partnership;
        *err = (struct err){0};
        outcome = partnership_open(&partnership, data, area, err);
        if (outcome == ST_OK) outcome = run(&partnership.app, words, &teller, err);
        partnership_close(&partnership);
    }
    cli_progress_end(&terminal.progress);
    return outcome;
}
