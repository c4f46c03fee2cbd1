/*
 * settings: what a server goes by: options, else the configuration file, else the defaults.
 *
 * Layer: cli.  settings.def is the list.  The file has lines "name = value", comments after
 * "#", and empty lines; a name that is not known, or a value that cannot be, is an error that
 * names the line.  Secrets stand in files of their own, whose places are said here.
 */
#ifndef PENDEEN_CLI_SETTINGS_H
#define PENDEEN_CLI_SETTINGS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "cli/options.h"
#include "cli/store_place.h"

enum setting_id {
#define SETTING(id, name, kind, standard, choices, words) SETTING_##id,
#include "cli/settings.def"
#undef SETTING
    SETTINGS
};

struct settings {
    const char *value[SETTINGS]; /* NULL: not said */
    bool given[SETTINGS];        /* a switch among the options */
    int line[SETTINGS];          /* of the file; 0: not from there */
    bool by_option[SETTINGS];
    const char *file;            /* as asked for; NULL: SETTINGS_FILE when it is there */
    bool only_asked;             /* no file but one that was asked for: for made-up data */
    const char *read;            /* that was read; NULL: none */
    struct arena arena;
};

/* Options for options_read: all settings and --config; `ret` has room for SETTINGS + 1. */
size_t settings_options(struct settings *settings, struct option *ret);
/* After the options were read: the file, then the defaults.  ST_INVALID names file and line;
 * ST_NOT_FOUND: there is no such file. */
enum st settings_complete(struct settings *settings, struct err *err) MUST_USE;
/* Would a server start by them, as far as can be known without starting one: what belongs together,
 * who could be reached, and the files that are named.  For `config`, `doctor` and the server. */
enum st settings_check(const struct settings *settings, struct err *err) MUST_USE;
/* The token of /metrics: the first line of its file. */
enum { METRICS_LINE_MAX = 200 };
enum st settings_metrics_token(const char *path, char ret[static METRICS_LINE_MAX],
                               struct err *err) MUST_USE;
/* A list of ports, parted by commas; false at what is none, or at too many. */
enum { WEBHOOK_PORTS_MAX = 16 };
bool settings_ports(struct str list, uint16_t *ret, size_t *ret_count);
/* What is wrong with "https://pendeen.example.org"; NULL: nothing. */
const char *settings_origin_wrong(struct str origin);
/* For any other command: data, area, store, keys and passphrase-file as the file says them, for
 * those of `options` that were not `given` (a bit each).  CLI_OK, or CLI_USAGE after saying why
 * not. */
int settings_lend(const struct option *options, size_t count, uint64_t given);
void settings_done(struct settings *settings);

bool settings_is_on(const struct settings *settings, enum setting_id id);
const char *setting_name(enum setting_id id);
const char *setting_words(enum setting_id id);
/* "default", "option", "line 3 of FILE"; in the arena of the settings. */
struct str settings_source(struct settings *settings, enum setting_id id);

#endif
