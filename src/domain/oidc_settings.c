/*
 * oidc.txt: which providers there are.  The format is that of the area pack
 * (domain/area_text.h).
 */
#include "domain/area_text.h"
#include "domain/oidc_internal.h"
#include "net/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET_MAX = 4096, SETTINGS_MAX = 64 << 10 };

struct reader {
    struct oidc *oidc;
    struct area_text *text;
    const char *folder;
    struct err *err;
};

static const struct str this_site = STR_INIT("this-site");

static enum st need(const struct reader *reader, struct area_section *section, const char *key,
                    struct str *ret)
{
    *ret = area_text_value(section, str_from(key));
    if (ret->len) return ST_OK;
    return area_text_wrong(reader->text, section->line, reader->err, "[%.*s] needs '%s'.",
                           STR_ARG(section->id), key);
}

static enum st wrong(const struct reader *reader, const struct area_section *section,
                     const char *key, const char *what)
{
    return area_text_wrong(reader->text, section->line, reader->err, "'%s' of [%.*s] %s", key,
                           STR_ARG(section->id), what);
}

/* One line of a file that only its owner may read.  systemd hands credentials out as
 * 0400 or 0440 of root in a folder that nobody else may enter, so those are trusted. */
static enum st read_secret(const struct reader *reader, const struct area_section *section,
                           const char *key, struct str path, bool credential, struct str *ret)
{
    char bytes[SECRET_MAX + 1];
    int file = open(str_c(&reader->oidc->arena, path), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat about;
    if (file < 0 || fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
        if (file >= 0) close(file);
        return wrong(reader, section, key, "cannot be read.");
    }
    bool open_to_others = !credential && (about.st_mode & 077) != 0;
    ssize_t len = open_to_others ? 0 : read(file, bytes, sizeof bytes);
    close(file);
    if (open_to_others)
        return wrong(reader, section, key, "may be read by others: chmod 600.");
    struct str secret = str_trim(str_of(bytes, len > 0 ? (size_t)len : 0));
    if (!secret.len || secret.len > SECRET_MAX - 1)
        return wrong(reader, section, key, "is empty or too long.");
    *ret = str_dup(&reader->oidc->arena, secret);
    explicit_bzero(bytes, sizeof bytes);
    return ST_OK;
}

static struct str path_of(const struct reader *reader, struct str path)
{
    return str_starts(path, STR("/")) ? path
                                      : str_fmt(&reader->oidc->arena, "%s/%.*s", reader->folder,
                                                STR_ARG(path));
}

static enum st take_secret(const struct reader *reader, struct area_section *section,
                           struct str *ret)
{
    struct str file = area_text_value(section, STR("client-secret-file"));
    struct str credential = area_text_value(section, STR("client-secret-credential"));
    if (file.len)
        return read_secret(reader, section, "client-secret-file", path_of(reader, file), false,
                           ret);
    if (!credential.len) return ST_OK;
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    if (!folder || str_find(credential, STR("/"), 0) >= 0)
        return wrong(reader, section, "client-secret-credential",
                     "names a systemd credential, and none was handed over.");
    struct str path = str_fmt(&reader->oidc->arena, "%s/%.*s", folder, STR_ARG(credential));
    return read_secret(reader, section, "client-secret-credential", path, true, ret);
}

static enum st take_authentication(const struct reader *reader, struct area_section *section,
                                   struct oidc_settings *ret)
{
    static const struct {
        const char *word;
        enum oidc_client_authentication way;
    } ways[] = {{"basic", CLIENT_BASIC}, {"post", CLIENT_POST}};
    struct str word = area_text_value(section, STR("client-authentication"));
    ret->authentication = ret->secret.len ? CLIENT_BY_PROVIDER : CLIENT_PUBLIC;
    if (!word.len) return ST_OK;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (str_eq(word, str_from(ways[i].word))) ret->authentication = ways[i].way;
    if (ret->authentication == CLIENT_BY_PROVIDER || !ret->secret.len)
        return wrong(reader, section, "client-authentication",
                     "is basic or post, and needs a client secret.");
    return ST_OK;
}

static enum st take_algorithms(const struct reader *reader, struct area_section *section,
                               id_algorithms *ret)
{
    struct str names = area_text_value(section, STR("algorithms"));
    struct str rest = names.len ? names : STR("RS256 ES256");
    struct str name;
    *ret = 0;
    while (str_split(&rest, ' ', &name)) {
        id_algorithms bit = 0;
        if (!name.len) continue;
        if (!id_algorithm_from_name(name, &bit))
            return wrong(reader, section, "algorithms",
                         "takes RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA.");
        *ret |= bit;
    }
    return ST_OK;
}

/* Domains that this provider hands out addresses of, and nobody else. */
static enum st take_domains(const struct reader *reader, struct area_section *section,
                            struct str *ret)
{
    enum st outcome = need(reader, section, "email-domains", ret);
    if (outcome != ST_OK) return outcome;
    *ret = str_lower(&reader->oidc->arena, *ret);
    for (size_t i = 0; i < ret->len; i++)
        if (ret->ptr[i] == '@' || ret->ptr[i] == '*' || ret->ptr[i] == ',')
            return wrong(reader, section, "email-domains",
                         "are names such as example.org, separated by spaces.");
    return ST_OK;
}

static enum st take_scopes(const struct reader *reader, struct area_section *section,
                           struct str *ret)
{
    *ret = area_text_value(section, STR("scopes"));
    if (!ret->len) *ret = STR("openid email");
    struct str rest = *ret;
    struct str scope;
    while (str_split(&rest, ' ', &scope))
        if (str_eq(scope, STR("openid"))) return ST_OK;
    return wrong(reader, section, "scopes", "must hold openid.");
}

static enum st take_issuer(const struct reader *reader, struct area_section *section,
                           struct str *ret)
{
    enum st outcome = need(reader, section, "issuer", ret);
    if (outcome != ST_OK) return outcome;
    if (!fetch_url_allowed(*ret, true) || str_find(*ret, STR("?"), 0) >= 0)
        return wrong(reader, section, "issuer", "is an address that begins with https://.");
    return ST_OK;
}

static enum st read_provider(const struct reader *reader, struct area_section *section)
{
    struct oidc *oidc = reader->oidc;
    if (oidc->count == OIDC_PROVIDERS_MAX)
        return area_text_wrong(reader->text, section->line, reader->err,
                               "there are more than %d providers.", OIDC_PROVIDERS_MAX);
    struct oidc_settings *settings = &oidc->provider[oidc->count].settings;
    settings->id = section->id;
    enum st outcome = need(reader, section, "label", &settings->label);
    if (outcome == ST_OK) outcome = take_issuer(reader, section, &settings->issuer);
    if (outcome == ST_OK) outcome = need(reader, section, "client-id", &settings->client);
    if (outcome == ST_OK) outcome = take_secret(reader, section, &settings->secret);
    if (outcome == ST_OK) outcome = take_authentication(reader, section, settings);
    if (outcome == ST_OK) outcome = take_algorithms(reader, section, &settings->algorithms);
    if (outcome == ST_OK) outcome = take_domains(reader, section, &settings->domains);
    if (outcome == ST_OK) outcome = take_scopes(reader, section, &settings->scopes);
    if (outcome != ST_OK) return outcome;
    settings->account_claim = area_text_value(section, STR("account-claim"));
    if (str_eq(settings->account_claim, STR("email"))) settings->account_claim = STR("");
    settings->assurance = area_text_value(section, STR("assurance"));
    struct str ca_file = area_text_value(section, STR("certificates-file"));
    if (ca_file.len) settings->ca_file = str_dup(&oidc->arena, path_of(reader, ca_file));
    settings->sign_out = !str_eq(area_text_value(section, STR("sign-out")), STR("no"));
    for (size_t i = 0; i < oidc->count; i++)
        if (str_eq(oidc->provider[i].settings.issuer, settings->issuer))
            return wrong(reader, section, "issuer", "stands at another provider already.");
    oidc->button[oidc->count] = (struct oidc_button){settings->id, settings->label};
    oidc->count++;
    return ST_OK;
}

static enum st read_site(const struct reader *reader, struct area_section *section)
{
    struct str address;
    enum st outcome = need(reader, section, "address", &address);
    if (outcome != ST_OK) return outcome;
    if (str_ends(address, STR("/"))) address.len--;
    ptrdiff_t path = str_find(address, STR("/"), 8);
    if (!fetch_url_allowed(address, true) || path >= 0 || str_find(address, STR("?"), 0) >= 0)
        return wrong(reader, section, "address",
                     "is how people reach Pendeen: https:// and a name, and nothing after it.");
    reader->oidc->address = address;
    return ST_OK;
}

enum st oidc_settings_read(struct oidc *oidc, const char *folder, struct str text, struct err *err)
{
    struct area_text parsed;
    enum st outcome = area_text_parse(&oidc->arena, STR("oidc.txt"), text, &parsed, err);
    struct reader reader = {oidc, &parsed, folder, err};
    for (size_t i = 0; outcome == ST_OK && i < parsed.section_count; i++)
        outcome = str_eq(parsed.section[i].id, this_site)
                      ? read_site(&reader, &parsed.section[i])
                      : read_provider(&reader, &parsed.section[i]);
    if (outcome == ST_OK && oidc->count && !oidc->address.len)
        outcome = err_set(err, ST_INVALID, "oidc.txt: there is no [this-site] with its 'address'.");
    return outcome == ST_OK ? area_text_all_used(&parsed, err) : outcome;
}

/* --- opening ---------------------------------------------------------------------- */

static enum st read_file(struct arena *arena, const char *folder, struct str *ret, struct err *err)
{
    int file = open(str_c(arena, str_fmt(arena, "%s/oidc.txt", folder)), O_RDONLY | O_CLOEXEC);
    if (file < 0 && errno == ENOENT) return ST_OK;
    char *bytes = arena_alloc(arena, SETTINGS_MAX + 1);
    ssize_t len = file < 0 ? -1 : read(file, bytes, SETTINGS_MAX + 1);
    if (file >= 0) close(file);
    if (len < 0) return err_set(err, ST_FAILED, "oidc.txt of the data folder cannot be read.");
    if (len > SETTINGS_MAX) return err_set(err, ST_INVALID, "oidc.txt is too long.");
    *ret = str_of(bytes, (size_t)len);
    return ST_OK;
}

enum st oidc_open(const char *folder, struct oidc **ret, struct err *err)
{
    struct oidc *oidc = calloc(1, sizeof *oidc);
    if (!oidc) return err_set(err, ST_FAILED, "There is no memory left.");
    arena_init(&oidc->arena, 16 << 20);
    pthread_mutex_init(&oidc->lock, NULL);
    for (size_t i = 0; i < OIDC_PROVIDERS_MAX; i++) {
        pthread_mutex_init(&oidc->provider[i].lock, NULL);
        arena_init(&oidc->provider[i].arena, 256 << 10);
    }
    struct str text = STR("");
    enum st outcome = read_file(&oidc->arena, folder, &text, err);
    if (outcome == ST_OK) outcome = oidc_settings_read(oidc, folder, text, err);
    if (outcome == ST_OK)
        *ret = oidc;
    else
        oidc_close(oidc);
    return outcome;
}

void oidc_close(struct oidc *oidc)
{
    if (!oidc) return;
    for (size_t i = 0; i < OIDC_PROVIDERS_MAX; i++) {
        id_keys_free(oidc->provider[i].keys);
        arena_done(&oidc->provider[i].arena);
        pthread_mutex_destroy(&oidc->provider[i].lock);
    }
    pthread_mutex_destroy(&oidc->lock);
    arena_done(&oidc->arena);
    explicit_bzero(oidc, sizeof *oidc);
    free(oidc);
}

size_t oidc_buttons(const struct oidc *oidc, const struct oidc_button **ret)
{
    if (!oidc) return 0;
    *ret = oidc->button;
    return oidc->count;
}

size_t oidc_needs(const struct oidc *oidc, struct oidc_need ret[static OIDC_PROVIDERS_MAX])
{
    size_t count = oidc ? oidc->count : 0;
    for (size_t i = 0; i < count; i++) {
        const struct oidc_settings *settings = &oidc->provider[i].settings;
        ret[i] = (struct oidc_need){.port = fetch_url_port(settings->issuer),
                                    .file = settings->ca_file.len ? settings->ca_file.ptr : NULL};
    }
    return count;
}

struct oidc_provider *oidc_find(struct oidc *oidc, struct str id)
{
    for (size_t i = 0; oidc && i < oidc->count; i++)
        if (str_eq(oidc->provider[i].settings.id, id)) return &oidc->provider[i];
    return NULL;
}
