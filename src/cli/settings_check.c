/*
 * Would a server start by these settings?
 */
#include "cli/partnership.h"
#include "cli/serve_network.h"
#include "cli/settings.h"
#include "cli/store_place.h"
#include "domain/area.h"

#include <errno.h>
#include <stdio.h>

enum st settings_metrics_token(const char *path, char ret[static METRICS_LINE_MAX], struct err *err)
{
    enum { SHORTEST = 16 };
    char line[METRICS_LINE_MAX] = "";
    FILE *file = fopen(path, "re");
    int why = file ? 0 : errno;
    bool got = file && fgets(line, sizeof line, file);
    struct str token = str_trim(str_from(line));
    if (file) fclose(file);
    bool good = got && token.len >= SHORTEST;
    if (good) snprintf(ret, METRICS_LINE_MAX, "%.*s", STR_ARG(token));
    explicit_bzero(line, sizeof line);
    if (good) return ST_OK;
    err_set(err, ST_INVALID,
            "--metrics-token takes a file whose first line is a token of %d characters or more, "
            "not '%.80s'.",
            SHORTEST, path);
    if (why) err_detail(err, "%s", strerror(why));
    return ST_INVALID;
}

static enum st check_passphrase(const char *path, struct err *err)
{
    FILE *file = fopen(path, "re");
    int why = errno;
    bool good = file && fgetc(file) != EOF;
    if (file) fclose(file);
    if (good) return ST_OK;
    err_set(err, ST_INVALID, "The passphrase file '%.150s' cannot be read.", path);
    err_detail(err, "%s", file ? "it is empty" : strerror(why));
    return ST_INVALID;
}

enum st settings_check(const struct settings *settings, struct err *err)
{
    const char *const *value = settings->value;
    char token[METRICS_LINE_MAX];
    struct server_options options;
    struct area *area = NULL;
    struct serve_network network = serve_network_of(settings);
    enum st outcome = serve_network_read(&network, &options, err);
    if (outcome == ST_OK) outcome = server_check(&options, err);
    if (outcome == ST_OK && value[SETTING_METRICS_TOKEN])
        outcome = settings_metrics_token(value[SETTING_METRICS_TOKEN], token, err);
    explicit_bzero(token, sizeof token);
    if (outcome == ST_OK && value[SETTING_PASSPHRASE_FILE])
        outcome = check_passphrase(value[SETTING_PASSPHRASE_FILE], err);
    if (outcome == ST_OK && value[SETTING_AREA])
        outcome = partnership_area(value[SETTING_AREA], &area, err);
    area_free(area);
    return outcome;
}
