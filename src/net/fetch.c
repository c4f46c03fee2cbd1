#include "net/fetch.h"

#include "base/buf.h"
#include "net/nearby.h"

#include <curl/curl.h>
#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool started;

static void start(void)
{
    started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

/* --- URLs --------------------------------------------------------------------- */

struct str fetch_url_host(struct str url)
{
    ptrdiff_t at = str_find(url, STR("://"), 0);
    struct str rest = str_sub(url, at < 0 ? 0 : (size_t)at + 3, url.len);
    size_t end = 0;
    while (end < rest.len && !strchr("/?#", rest.ptr[end])) end++;
    return str_sub(rest, 0, end);
}

uint16_t fetch_url_port(struct str url)
{
    struct str host = fetch_url_host(url);
    size_t colon = host.len;
    while (colon > 0 && host.ptr[colon - 1] != ':' && host.ptr[colon - 1] != ']') colon--;
    if (colon == 0 || host.ptr[colon - 1] == ']')
        return str_starts(url, STR("https://")) ? 443 : 80;
    int64_t port = 0;
    bool good = str_to_int(str_sub(host, colon, host.len), &port) && port > 0 && port <= UINT16_MAX;
    return good ? (uint16_t)port : 0;
}

uint16_t fetch_proxy_port(void)
{
    static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
    enum { OF_LIBCURL = 1080 }; /* when a proxy says no port */
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str proxy = str_from(getenv(names[i]));
        if (!proxy.len) continue;
        struct str host = fetch_url_host(proxy);
        bool says = str_find(host, STR(":"), 0) >= 0;
        return says ? fetch_url_port(proxy) : OF_LIBCURL;
    }
    return 0;
}

bool fetch_url_is_loopback(struct str url)
{
    if (!str_starts(url, STR("http://"))) return false;
    static const char *const names[] = {"127.0.0.1", "[::1]", "localhost"};
    struct str host = fetch_url_host(url);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str name = str_from(names[i]);
        if (!str_starts(host, name)) continue;
        if (host.len == name.len || host.ptr[name.len] == ':') return true;
    }
    return false;
}

bool fetch_url_allowed(struct str url, bool loopback)
{
    struct str host = fetch_url_host(url);
    if (!str_starts(url, STR("https://")) && !(loopback && fetch_url_is_loopback(url)))
        return false;
    if (url.len > FETCH_URL_MAX || !host.len || str_find(host, STR("@"), 0) >= 0) return false;
    for (size_t i = 0; i < url.len; i++) {
        char c = url.ptr[i];
        if (c <= ' ' || c > '~' || strchr("\"<>\\^`{|}#", c)) return false;
    }
    /* A host is a name, a number, or an IPv6 address in brackets, and perhaps a port. */
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && !strchr("-.:[]", c)) return false;
    }
    return host.ptr[0] != ':' && host.ptr[0] != '.';
}

struct str fetch_encoded(struct arena *arena, struct str text)
{
    if (!text.len || text.len > INT32_MAX / 4) return STR("");
    char *made = curl_easy_escape(NULL, text.ptr, (int)text.len);
    struct str encoded = str_dup(arena, str_from(made));
    curl_free(made);
    return encoded;
}

/* --- fetching ------------------------------------------------------------------- */

static size_t take(char *data, size_t size, size_t count, void *context)
{
    struct buf *body = context;
    buf_add(body, str_of(data, size * count));
    return body->overflow ? 0 : size * count;
}

/* A name may lead to another address than when it was typed.  Through a proxy it is the proxy that
 * is connected to, and it is the proxy's to refuse. */
static curl_socket_t open_outside(void *context, curlsocktype purpose, struct curl_sockaddr *to)
{
    (void)context;
    (void)purpose;
    if (nearby_address(&to->addr)) return CURL_SOCKET_BAD;
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* An option that libcurl does not take is a mistake of ours: then nothing is sent. */
#define SET(option, value) (good = good && curl_easy_setopt(curl, (option), (value)) == CURLE_OK)

static bool set_up(CURL *curl, const char *url, struct arena *arena,
                   const struct fetch_request *request, struct buf *body,
                   struct curl_slist **headers)
{
    bool good = true;
    SET(CURLOPT_URL, url);
    SET(CURLOPT_PROTOCOLS_STR, fetch_url_is_loopback(request->url) ? "http" : "https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (request->ca_file.len) SET(CURLOPT_CAINFO, str_c(arena, request->ca_file));
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_NOPROXY, "127.0.0.1,::1,localhost");
    if (request->outside && !fetch_url_is_loopback(request->url) && !fetch_proxy_port())
        SET(CURLOPT_OPENSOCKETFUNCTION, open_outside);
    SET(CURLOPT_CONNECTTIMEOUT, (long)FETCH_SECONDS);
    SET(CURLOPT_TIMEOUT, (long)FETCH_SECONDS);
    SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)request->maximum);
    SET(CURLOPT_WRITEFUNCTION, take);
    SET(CURLOPT_WRITEDATA, body);
    SET(CURLOPT_USERAGENT, "Pendeen");
    *headers = curl_slist_append(NULL, "Accept: application/json");
    if (request->form.len) {
        SET(CURLOPT_POSTFIELDSIZE, (long)request->form.len);
        SET(CURLOPT_COPYPOSTFIELDS, request->form.ptr);
    }
    if (request->json.len) {
        SET(CURLOPT_POSTFIELDSIZE, (long)request->json.len);
        SET(CURLOPT_COPYPOSTFIELDS, request->json.ptr);
        *headers = curl_slist_append(*headers, "Content-Type: application/json");
    }
    for (size_t i = 0; i < request->header_count && *headers; i++)
        *headers = curl_slist_append(*headers, str_c(arena, request->header[i]));
    if (request->basic.len) {
        SET(CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        SET(CURLOPT_USERPWD, str_c(arena, request->basic));
    }
    if (request->bearer.len) {
        SET(CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        SET(CURLOPT_XOAUTH2_BEARER, str_c(arena, request->bearer));
    }
    SET(CURLOPT_HTTPHEADER, *headers);
    return good && *headers;
}

static void read_answer(CURL *curl, struct arena *arena, const struct buf *body,
                        struct fetched *ret)
{
    long status = 0;
    const char *type = NULL;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    struct str rest = str_from(type);
    struct str word = STR("");
    str_split(&rest, ';', &word);
    *ret = (struct fetched){.status = (int)status,
                            .content_type = str_lower(arena, str_trim(word)),
                            .body = str_dup(arena, buf_str(body))};
}

static enum st explain(CURLcode code, const struct fetch_request *request, struct err *err)
{
    bool too_long = code == CURLE_WRITE_ERROR || code == CURLE_FILESIZE_EXCEEDED;
    enum st outcome = err_set(err, too_long ? ST_LIMIT : ST_BUSY,
                              "Another service did not answer as it should.");
    if (too_long)
        err_detail(err, "%.*s sent more than %zu bytes", STR_ARG(fetch_url_host(request->url)),
                   request->maximum);
    else
        err_detail(err, "%.*s: %s", STR_ARG(fetch_url_host(request->url)),
                   curl_easy_strerror(code));
    return outcome;
}

enum st fetch(struct arena *arena, const struct fetch_request *request, struct fetched *ret,
              struct err *err)
{
    pthread_once(&once, start);
    CURL *curl = started ? curl_easy_init() : NULL;
    if (!curl) return err_set(err, ST_FAILED, "There is no memory left.");
    struct buf body;
    buf_init(&body, request->maximum);
    struct curl_slist *headers = NULL;
    enum st outcome = ST_OK;
    if (!set_up(curl, str_c(arena, request->url), arena, request, &body, &headers)) {
        outcome = err_set(err, ST_FAILED, "The request could not be prepared.");
    } else {
        CURLcode code = curl_easy_perform(curl);
        if (code == CURLE_OK)
            read_answer(curl, arena, &body, ret);
        else
            outcome = explain(code, request, err);
    }
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    buf_done(&body);
    return outcome;
}
