#include "net/mail.h"

#include "base/buf.h"
#include "net/fetch.h"

#include <curl/curl.h>
#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool started;

static void start(void)
{
    started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

/* --- what is allowed ------------------------------------------------------------------- */

static bool is_here(struct str url)
{
    static const char *const names[] = {"127.0.0.1", "[::1]", "localhost"};
    struct str host = fetch_url_host(url);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str name = str_from(names[i]);
        if (str_starts(host, name) && (host.len == name.len || host.ptr[name.len] == ':'))
            return true;
    }
    return false;
}

bool mail_url_allowed(struct str url)
{
    struct str host = fetch_url_host(url);
    size_t head = str_starts(url, STR("smtps://")) ? 8 : str_starts(url, STR("smtp://")) ? 7 : 0;
    if (!head || !host.len || url.len != head + host.len || host.ptr[0] == ':' ||
        host.ptr[0] == '.')
        return false;
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && !strchr("-.:[]", c)) return false;
    }
    return mail_url_port(url) != 0;
}

uint16_t mail_url_port(struct str url)
{
    enum { SMTP = 25, SMTPS = 465 };
    struct str host = fetch_url_host(url);
    size_t colon = host.len;
    int64_t port = 0;
    while (colon > 0 && host.ptr[colon - 1] != ':' && host.ptr[colon - 1] != ']') colon--;
    if (colon == 0 || host.ptr[colon - 1] == ']')
        return str_starts(url, STR("smtps://")) ? SMTPS : SMTP;
    bool good = str_to_int(str_sub(host, colon, host.len), &port) && port > 0 && port <= UINT16_MAX;
    return good ? (uint16_t)port : 0;
}

bool mail_address_allowed(struct str address)
{
    size_t ats = 0;
    for (size_t i = 0; i < address.len; i++) {
        char c = address.ptr[i];
        if (c <= ' ' || c > '~' || strchr("<>()[],;:\\\"", c)) return false;
        ats += c == '@';
    }
    return ats == 1 && address.len > 2 && address.len < 255 && address.ptr[0] != '@' &&
           address.ptr[address.len - 1] != '@';
}

/* --- the message -------------------------------------------------------------------------- */

/* "Sat, 28 Nov 2026 09:30:00 +0000" */
static void add_date(struct buf *into, instant_ms at)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    enum { DAY = 86400 };
    int64_t seconds = at / 1000;
    struct date date = date_from_days((int32_t)(seconds / DAY));
    int64_t of_day = seconds % DAY;
    buf_add_fmt(into, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[date_weekday(date)],
                (int)date.day, months[date.month - 1], (int)date.year, (int)(of_day / 3600),
                (int)(of_day / 60 % 60), (int)(of_day % 60));
}

/* An encoded word (RFC 2047), since a subject may hold any letter. */
static void add_encoded(struct buf *into, struct str text)
{
    static const char digits[] = "0123456789ABCDEF";
    buf_add_c(into, "=?UTF-8?Q?");
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (plain) {
            buf_add_char(into, (char)c);
        } else {
            buf_add_char(into, '=');
            buf_add_char(into, digits[c >> 4]);
            buf_add_char(into, digits[c & 15]);
        }
    }
    buf_add_c(into, "?=");
}

static void write_message(const struct mail_server *server, const struct mail_message *message,
                          struct buf *into)
{
    ptrdiff_t at = str_find(server->from, STR("@"), 0);
    struct str domain = str_sub(server->from, (size_t)(at + 1), server->from.len);
    add_date(into, message->at);
    buf_add_fmt(into, "From: Pendeen <%.*s>\r\nTo: <%.*s>\r\nSubject: ", STR_ARG(server->from),
                STR_ARG(message->to));
    add_encoded(into, message->subject);
    buf_add_fmt(into, "\r\nMessage-ID: <%.*s@%.*s>\r\n", STR_ARG(message->id), STR_ARG(domain));
    buf_add_c(into,
              "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
              "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n");
    struct str rest = message->body;
    struct str line;
    while (rest.len && str_split(&rest, '\n', &line)) {
        buf_add(into, line);
        buf_add_c(into, "\r\n");
    }
}

/* --- sending -------------------------------------------------------------------------------- */

struct reading {
    struct str text;
    size_t at;
};

static size_t give(char *data, size_t size, size_t count, void *context)
{
    struct reading *reading = context;
    struct str part = str_sub(reading->text, reading->at, size * count);
    if (part.len) memcpy(data, part.ptr, part.len);
    reading->at += part.len;
    return part.len;
}

/* An option that libcurl does not take is a mistake of ours: then nothing is sent. */
#define SET(option, value) (good = good && curl_easy_setopt(curl, (option), (value)) == CURLE_OK)

static bool set_up(CURL *curl, struct arena *arena, const struct mail_server *server,
                   const struct mail_message *message, struct reading *reading,
                   struct curl_slist **to)
{
    bool good = true;
    SET(CURLOPT_URL, str_c(arena, server->url));
    SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    SET(CURLOPT_USE_SSL, (long)(is_here(server->url) ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (server->ca_file.len) SET(CURLOPT_CAINFO, str_c(arena, server->ca_file));
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_NOPROXY, "*");
    SET(CURLOPT_CONNECTTIMEOUT, (long)MAIL_SECONDS);
    SET(CURLOPT_TIMEOUT, (long)MAIL_SECONDS);
    if (server->user.len) {
        SET(CURLOPT_USERNAME, str_c(arena, server->user));
        SET(CURLOPT_PASSWORD, str_c(arena, server->password));
    }
    SET(CURLOPT_MAIL_FROM, str_c(arena, str_fmt(arena, "<%.*s>", STR_ARG(server->from))));
    *to = curl_slist_append(NULL, str_c(arena, str_fmt(arena, "<%.*s>", STR_ARG(message->to))));
    SET(CURLOPT_MAIL_RCPT, *to);
    SET(CURLOPT_UPLOAD, 1L);
    SET(CURLOPT_READFUNCTION, give);
    SET(CURLOPT_READDATA, reading);
    return good && *to;
}

static enum st explain(CURL *curl, CURLcode code, struct err *err)
{
    enum { REFUSED = 550 }; /* and above: the server will never take it */
    long answer = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    enum st outcome = err_set(err, answer >= REFUSED ? ST_INVALID : ST_BUSY,
                              "The mail server did not take a message.");
    err_detail(err, "mail: %s (%ld)", curl_easy_strerror(code), answer);
    return outcome;
}

enum st mail_send(struct arena *arena, const struct mail_server *server,
                  const struct mail_message *message, struct err *err)
{
    enum { MESSAGE_MAX = 64 << 10 };
    if (!mail_address_allowed(message->to) || str_find(message->subject, STR("\n"), 0) >= 0)
        return err_set(err, ST_INVALID, "That is no address for mail.");
    pthread_once(&once, start);
    CURL *curl = started ? curl_easy_init() : NULL;
    if (!curl) return err_set(err, ST_FAILED, "There is no memory left.");
    struct buf text;
    struct curl_slist *to = NULL;
    buf_init(&text, MESSAGE_MAX);
    write_message(server, message, &text);
    struct reading reading = {.text = buf_str(&text)};
    enum st outcome = ST_OK;
    if (text.overflow || !set_up(curl, arena, server, message, &reading, &to)) {
        outcome = err_set(err, ST_FAILED, "The message could not be prepared.");
    } else {
        CURLcode code = curl_easy_perform(curl);
        if (code != CURLE_OK) outcome = explain(curl, code, err);
    }
    curl_easy_cleanup(curl);
    curl_slist_free_all(to);
    buf_done(&text);
    return outcome;
}
