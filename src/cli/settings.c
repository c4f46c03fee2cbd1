#include "cli/settings.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "store/store.h"
#include "web/proxy.h"
#include "web/tiles.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

enum kind {
    TEXT,
    PLACE,
    PORT,
    PORTS,
    SECONDS,
    DAYS,
    SWITCH,
    ONE_OF,
    STORE,
    ADDRESS,
    PROXIES,
    ORIGIN,
    TILES,
};
enum { FILE_MAX = 64 << 10, VALUE_MAX = 1000 };

static const struct {
    const char *name;
    enum kind kind;
    const char *standard;
    const char *choices;
    const char *words;
} table[SETTINGS] = {
#define SETTING(id, name, kind, standard, choices, words) {name, kind, standard, choices, words},
#include "cli/settings.def"
#undef SETTING
};

const char *setting_name(enum setting_id id)
{
    return table[id].name;
}

const char *setting_words(enum setting_id id)
{
    return table[id].words;
}

size_t settings_options(struct settings *settings, struct option *ret)
{
    size_t count = 0;
    for (int i = 0; i < SETTINGS; i++)
        ret[count++] = table[i].kind == SWITCH
                           ? (struct option){table[i].name, NULL, &settings->given[i]}
                           : (struct option){table[i].name, &settings->value[i], NULL};
    ret[count++] = (struct option){"config", &settings->file, NULL};
    return count;
}

/* --- judging a value -------------------------------------------------------------------- */

static bool is_choice(const char *choices, struct str value)
{
    struct str rest = str_from(choices);
    struct str choice;
    while (str_split(&rest, '|', &choice))
        if (str_eq(choice, value)) return true;
    return false;
}

bool settings_ports(struct str list, uint16_t *ret, size_t *ret_count)
{
    struct str one;
    *ret_count = 0;
    while (str_split(&list, ',', &one)) {
        int64_t port = 0;
        if (!str_to_int(str_trim(one), &port) || port < 1 || port > UINT16_MAX ||
            *ret_count == WEBHOOK_PORTS_MAX)
            return false;
        ret[(*ret_count)++] = (uint16_t)port;
    }
    return true;
}

static bool is_host(struct str host)
{
    bool numbers = host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';
    if (numbers) host = str_sub(host, 1, host.len - 2);
    for (size_t i = 0; i < host.len; i++) {
        char one = host.ptr[i];
        bool letter = (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z');
        bool digit = one >= '0' && one <= '9';
        if (!letter && !digit && !(numbers ? one == ':' : one == '.' || one == '-')) return false;
    }
    return host.len > 0 && host.len < 254;
}

const char *settings_origin_wrong(struct str origin)
{
    int64_t port = 0;
    ptrdiff_t at = str_find(origin, STR("://"), 0);
    struct str scheme = str_sub(origin, 0, at < 0 ? 0 : (size_t)at);
    if (!str_eq(scheme, STR("https")) && !str_eq(scheme, STR("http")))
        return "write https://HOST, and perhaps :PORT";
    struct str host = str_sub(origin, (size_t)at + 3, origin.len);
    if (str_find(host, STR("/"), 0) >= 0)
        return "leave out the '/' and what stands behind the host: https://HOST";
    ptrdiff_t bracket = str_find(host, STR("]"), 0);
    ptrdiff_t colon = str_find(host, STR(":"), bracket < 0 ? 0 : (size_t)bracket);
    if (colon >= 0) {
        if (!str_to_int(str_sub(host, (size_t)colon + 1, host.len), &port) || port < 1 ||
            port > UINT16_MAX)
            return "a port is a number from 1 to 65535";
        host = str_sub(host, 0, (size_t)colon);
    }
    return is_host(host) ? NULL : "write https://HOST, and perhaps :PORT";
}

static const char *judge_network(enum kind kind, struct str value)
{
    struct address address;
    struct proxies proxies;
    uint16_t port[WEBHOOK_PORTS_MAX];
    size_t count = 0;
    if (kind == ADDRESS)
        return address_read(value, &address) ? NULL
                                             : "an address is numeric, such as 127.0.0.1 or ::1";
    if (kind == PROXIES)
        return proxies_read(value, &proxies)
                   ? NULL
                   : "write addresses and networks like 10.0.0.5,2001:db8::/64";
    return settings_ports(value, port, &count) ? NULL : "write at most 16 ports, parted by commas";
}

/* What is wrong with it; NULL: nothing. */
static const char *judge(int id, struct str value)
{
    int64_t number = 0;
    if (!value.len) return "there is nothing after '='";
    if (value.len > VALUE_MAX) return "the value is too long";
    switch (table[id].kind) {
    case PORT:
        return str_to_int(value, &number) && number >= 0 && number <= 65535
                   ? NULL
                   : "a port is a number from 0 to 65535";
    case SECONDS:
        return str_to_int(value, &number) && number >= 1 && number <= 600
                   ? NULL
                   : "write whole seconds, from 1 to 600";
    case DAYS:
        return str_to_int(value, &number) && number >= 1 && number <= 366
                   ? NULL
                   : "write whole days, from 1 to 366";
    case SWITCH: return is_choice("yes|no", value) ? NULL : "write yes or no";
    case ONE_OF:
        return is_choice(table[id].choices, value) ? NULL
                                                   : "it is none of the words that are possible";
    case STORE:
        return store_address_good(value.ptr) ? NULL : "write postgresql://HOST/DATABASE";
    case ADDRESS:
    case PROXIES:
    case PORTS:
        return judge_network(table[id].kind, value);
    case ORIGIN:
        return settings_origin_wrong(value);
    case TILES: return tiles_wrong(value);
    case TEXT:
    case PLACE: return NULL;
    }
    return NULL;
}

/* --- the file ------------------------------------------------------------------------------ */

static enum st refuse(const struct settings *settings, int line, const char *why, struct str what,
                      struct err *err)
{
    err_set(err, ST_INVALID, "%.100s, line %d: %s%s%.*s", settings->read, line, why,
            what.len ? ": " : "", STR_ARG(str_sub(what, 0, 60)));
    err_hint(err, "'pendeen config' prints every setting there is, with what is in force.");
    return ST_INVALID;
}

static enum st take_line(struct settings *settings, struct str text, int line, int *seen,
                         struct err *err)
{
    struct str name;
    ptrdiff_t comment = str_find(text, STR("#"), 0);
    text = str_trim(comment == 0 ? STR("") : text);
    if (!text.len) return ST_OK;
    if (!utf8_valid(text)) return refuse(settings, line, "this is not text (UTF-8)", STR(""), err);
    if (str_find(text, STR("="), 0) < 0)
        return refuse(settings, line, "write 'name = value'", text, err);
    str_split(&text, '=', &name);
    name = str_trim(name);
    text = str_trim(text);
    int id = 0;
    while (id < SETTINGS && !str_eq(name, str_from(table[id].name))) id++;
    if (id == SETTINGS)
        return refuse(settings, line, "there is no setting of this name", name, err);
    const char *wrong = judge(id, text);
    if (wrong) return refuse(settings, line, wrong, text, err);
    if (seen[id]) return refuse(settings, line, "this setting stands above already", name, err);
    seen[id] = line;
    if (settings->by_option[id]) return ST_OK;
    settings->value[id] = str_c(&settings->arena, text);
    settings->line[id] = line;
    return ST_OK;
}

static enum st read_file(struct settings *settings, struct err *err)
{
    int seen[SETTINGS] = {0};
    struct buf all;
    char piece[4096];
    size_t got;
    FILE *file = fopen(settings->read, "re");
    if (!file) {
        err_set(err, ST_NOT_FOUND, "The configuration file '%.150s' cannot be read: %s.",
                settings->read, strerrorname_np(errno));
        return ST_NOT_FOUND;
    }
    buf_init(&all, FILE_MAX);
    while ((got = fread(piece, 1, sizeof piece, file)) > 0) buf_add(&all, str_of(piece, got));
    fclose(file);
    enum st outcome =
        all.overflow ? err_set(err, ST_INVALID, "The configuration file is too long.") : ST_OK;
    struct str rest = buf_str(&all);
    struct str line;
    for (int number = 1; outcome == ST_OK && str_split(&rest, '\n', &line); number++)
        outcome = take_line(settings, line, number, seen, err);
    buf_done(&all);
    return outcome;
}

/* What was given as an option is held to the same as a line of the file. */
static enum st judge_options(const struct settings *settings, struct err *err)
{
    for (int i = 0; i < SETTINGS; i++) {
        if (!settings->by_option[i] || table[i].kind == SWITCH) continue;
        const char *value = settings->value[i];
        const char *wrong = *value ? judge(i, str_from(value)) : "there is nothing after it";
        const char *choices = table[i].choices;
        if (!wrong) continue;
        err_set(err, ST_INVALID, "--%s: %s%s%s%s, not '%.60s'.", table[i].name, wrong,
                choices ? " (" : "", choices ? choices : "", choices ? ")" : "", value);
        err_hint(err, "'pendeen config' prints every setting there is, with what is in force.");
        return ST_INVALID;
    }
    return ST_OK;
}

enum st settings_complete(struct settings *settings, struct err *err)
{
    arena_init(&settings->arena, 1 << 20);
    for (int i = 0; i < SETTINGS; i++) {
        if (settings->given[i]) settings->value[i] = "yes";
        settings->by_option[i] = settings->value[i] != NULL;
    }
    bool is_there = !settings->only_asked && access(SETTINGS_FILE, F_OK) == 0;
    settings->read = settings->file ? settings->file : is_there ? SETTINGS_FILE : NULL;
    enum st outcome = judge_options(settings, err);
    if (outcome == ST_OK && settings->read) outcome = read_file(settings, err);
    for (int i = 0; i < SETTINGS; i++)
        if (!settings->value[i]) settings->value[i] = table[i].standard;
    return outcome;
}

void settings_done(struct settings *settings)
{
    arena_done(&settings->arena);
}

bool settings_is_on(const struct settings *settings, enum setting_id id)
{
    return settings->value[id] && strcmp(settings->value[id], "yes") == 0;
}

struct str settings_source(struct settings *settings, enum setting_id id)
{
    if (settings->by_option[id]) return STR("option");
    if (settings->line[id])
        return str_fmt(&settings->arena, "line %d of %s", settings->line[id], settings->read);
    return STR("default");
}

int settings_lend(const struct option *options, size_t count, uint64_t given)
{
    static const enum setting_id lent[] = {SETTING_DATA, SETTING_AREA, SETTING_STORE, SETTING_KEYS,
                                           SETTING_PASSPHRASE_FILE};
    static struct settings settings; /* what is lent lives as long as the program */
    struct err err = {0};
    settings.file = store_place.config;
    if (settings_complete(&settings, &err) != ST_OK) {
        cli_error_from(&err);
        return CLI_USAGE;
    }
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < sizeof lent / sizeof *lent; k++)
            if (options[i].value && !(given >> i & 1) && settings.line[lent[k]] &&
                strcmp(options[i].name, table[lent[k]].name) == 0)
                *options[i].value = settings.value[lent[k]];
    return CLI_OK;
}
