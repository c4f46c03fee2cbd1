#include "web/guard.h"

#include "base/utf8.h"
#include "web/limits.h"

static enum guard_verdict refuse(struct guard_refusal *why, int status, const char *words)
{
    *why = (struct guard_refusal){.status = status, .words = words};
    return GUARD_REFUSED;
}

/* --- characters ---------------------------------------------------------------------- */

/* What a byte may be part of. */
enum { TOKEN = 1, PATH = 2, QUERY = 4, NAME = 8, VALUE = 16, COOKIE_VALUE = 32 };

#define ANYTHING (TOKEN | PATH | QUERY | NAME | VALUE | COOKIE_VALUE)
#define TEXT (VALUE | COOKIE_VALUE)

/* RFC 9110, 5.6.2 (token) and 5.5 (value); RFC 3986, 3.2.2 to 3.4.  Letters and digits may
 * be part of anything. */
static const uint8_t others[128] = {
    ['\t'] = TEXT,
    [' '] = TEXT,
    ['!'] = TOKEN | PATH | QUERY | TEXT,
    ['"'] = TEXT,
    ['#'] = TOKEN | TEXT,
    ['$'] = TOKEN | PATH | QUERY | TEXT,
    ['%'] = TOKEN | TEXT,
    ['&'] = TOKEN | PATH | QUERY | TEXT,
    ['\''] = TOKEN | PATH | QUERY | TEXT,
    ['('] = PATH | QUERY | TEXT,
    [')'] = PATH | QUERY | TEXT,
    ['*'] = TOKEN | PATH | QUERY | TEXT,
    ['+'] = TOKEN | PATH | QUERY | TEXT,
    [','] = PATH | QUERY | TEXT,
    ['-'] = ANYTHING,
    ['.'] = ANYTHING,
    ['/'] = PATH | QUERY | TEXT,
    [':'] = PATH | QUERY | TEXT,
    [';'] = PATH | QUERY | TEXT,
    ['<'] = TEXT,
    ['='] = PATH | QUERY | TEXT,
    ['>'] = TEXT,
    ['?'] = QUERY | TEXT,
    ['@'] = PATH | QUERY | TEXT,
    /* From here those of a query are what browsers leave as it is in an address typed in. */
    ['['] = QUERY | TEXT,
    ['\\'] = TEXT,
    [']'] = QUERY | TEXT,
    ['^'] = TOKEN | QUERY | TEXT,
    ['_'] = ANYTHING,
    ['`'] = TOKEN | QUERY | TEXT,
    ['{'] = QUERY | TEXT,
    ['|'] = TOKEN | QUERY | TEXT,
    ['}'] = QUERY | TEXT,
    ['~'] = TOKEN | PATH | QUERY | TEXT,
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool may_be(char c, int what)
{
    unsigned char byte = (unsigned char)c;
    if (is_letter(c) || is_digit(c)) return true;
    return (byte > 127 ? COOKIE_VALUE : others[byte]) & what;
}

static bool all_may_be(struct str text, int what)
{
    for (size_t i = 0; i < text.len; i++)
        if (!may_be(text.ptr[i], what)) return false;
    return true;
}

static bool is_token(struct str text)
{
    return text.len > 0 && all_may_be(text, TOKEN);
}

static int hex_value(char c)
{
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* --- the request line ---------------------------------------------------------------- */

/* The character at *at, with %XX decoded; -1 when that is broken. */
static int next_decoded(struct str text, size_t *at)
{
    char c = text.ptr[(*at)++];
    if (c != '%') return (unsigned char)c;
    if (text.len - *at < 2) return -1;
    int high = hex_value(text.ptr[*at]);
    int low = hex_value(text.ptr[*at + 1]);
    *at += 2;
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* Of one segment: "." and ".." however they are written would name another page. */
static bool is_dots(struct str segment)
{
    return str_eq(segment, STR(".")) || str_eq(segment, STR(".."));
}

/* RFC 3986, 3.3, of which what decodes to a separator, a control character or broken UTF-8
 * is left out. */
static bool path_is_good(struct str path)
{
    __attribute__((uninitialized)) char decoded[LIMIT_TARGET_BYTES];
    size_t length = 0;
    size_t segment = 1;
    if (path.len > sizeof decoded || str_starts(path, STR("//"))) return false;
    for (size_t at = 0; at < path.len;) {
        bool raw = path.ptr[at] != '%';
        int c = next_decoded(path, &at);
        if (c < 32 || c == 127 || c == '\\' || (c == '/' && !raw)) return false;
        if (raw && !may_be((char)c, PATH)) return false;
        decoded[length++] = (char)c;
        if (c != '/') continue;
        if (length > 1 && is_dots(str_of(decoded + segment, length - 1 - segment))) return false;
        segment = length;
    }
    return !is_dots(str_of(decoded + segment, length - segment)) &&
           utf8_valid(str_of(decoded, length));
}

static bool query_is_good(struct str query)
{
    for (size_t at = 0; at < query.len;) {
        bool raw = query.ptr[at] != '%';
        int c = next_decoded(query, &at);
        if (c <= 0) return false;
        if (raw && !may_be((char)c, QUERY)) return false;
    }
    return true;
}

static size_t count_of(struct str text, char c)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) count += text.ptr[i] == c;
    return count;
}

static bool target_is_good(struct str target)
{
    if (!str_starts(target, STR("/"))) return false; /* absolute-form, authority-form, "*" */
    ptrdiff_t mark = str_find(target, STR("?"), 0);
    size_t path = mark < 0 ? target.len : (size_t)mark;
    return path_is_good(str_sub(target, 0, path)) &&
           (mark < 0 || query_is_good(str_sub(target, path + 1, target.len)));
}

static bool is_method_of_ours(struct str method)
{
    return str_eq(method, STR("GET")) || str_eq(method, STR("HEAD")) || str_eq(method, STR("POST"));
}

/* "GET /path HTTP/1.1", with one space between each. */
static enum guard_verdict read_line(struct str line, struct guard_head *ret,
                                    struct guard_refusal *why)
{
    struct str rest = line;
    struct str version;
    if (!str_split(&rest, ' ', &ret->method) || !str_split(&rest, ' ', &ret->target) ||
        !str_split(&rest, ' ', &version) || rest.ptr || !is_token(ret->method))
        return refuse(why, 400, "The first line is not \"METHOD /path HTTP/1.1\".");
    ret->http11 = str_eq(version, STR("HTTP/1.1"));
    if (!ret->http11 && !str_eq(version, STR("HTTP/1.0")))
        return refuse(why, 400, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
    if (ret->target.len > LIMIT_TARGET_BYTES || count_of(ret->target, '&') >= LIMIT_QUERY_FIELDS)
        return refuse(why, 414, "The address is too long.");
    if (!target_is_good(ret->target)) return refuse(why, 400, "The address is not well formed.");
    if (!is_method_of_ours(ret->method)) {
        refuse(why, 405, "Only GET, HEAD and POST are known here.");
        why->target = ret->target;
        return GUARD_REFUSED;
    }
    return GUARD_MORE;
}

/* --- headers ---------------------------------------------------------------------------- */

/* Those that decide how a request is read, framed or trusted: one of each. */
enum once {
    HOST,
    LENGTH,
    CODING,
    CONTENT_TYPE,
    COOKIE,
    ORIGIN,
    EXPECT,
    AUTHORIZATION,
    CONNECTION,
    PROTOCOL,
    ONCE_COUNT,
};

static const struct str once_names[ONCE_COUNT] = {
    [HOST] = STR_INIT("Host"),
    [LENGTH] = STR_INIT("Content-Length"),
    [CODING] = STR_INIT("Transfer-Encoding"),
    [CONTENT_TYPE] = STR_INIT("Content-Type"),
    [COOKIE] = STR_INIT("Cookie"),
    [ORIGIN] = STR_INIT("Origin"),
    [EXPECT] = STR_INIT("Expect"),
    [AUTHORIZATION] = STR_INIT("Authorization"),
    [CONNECTION] = STR_INIT("Connection"),
    [PROTOCOL] = STR_INIT("X-Forwarded-Proto"),
};

struct headers {
    struct str value[ONCE_COUNT];
    bool there[ONCE_COUNT];
};

static enum guard_verdict read_header(struct str line, struct headers *headers,
                                      struct guard_refusal *why)
{
    ptrdiff_t colon = str_find(line, STR(":"), 0);
    if (line.len > LIMIT_LINE_BYTES) return refuse(why, 431, "A header is too long.");
    /* A space before the colon, or at the front of a continued line, is no token. */
    if (colon <= 0 || !is_token(str_sub(line, 0, (size_t)colon)))
        return refuse(why, 400, "A header is not well formed.");
    struct str name = str_sub(line, 0, (size_t)colon);
    struct str value = str_trim(str_sub(line, (size_t)colon + 1, line.len));
    if (!all_may_be(value, str_eq_nocase(name, once_names[COOKIE]) ? COOKIE_VALUE : VALUE))
        return refuse(why, 400, "A header holds a character that it must not.");
    for (int i = 0; i < ONCE_COUNT; i++) {
        if (!str_eq_nocase(name, once_names[i])) continue;
        if (headers->there[i]) return refuse(why, 400, "A header that may come once came twice.");
        headers->there[i] = true;
        headers->value[i] = value;
    }
    return GUARD_MORE;
}

/* A name, an IPv4 address or one of IPv6 in brackets; perhaps a port. */
static bool host_is_good(struct str host)
{
    struct str port = {0};
    size_t name;
    if (!host.len || host.len > LIMIT_HOST_BYTES) return false;
    if (host.ptr[0] == '[') {
        ptrdiff_t end = str_find(host, STR("]"), 0);
        if (end < 3) return false;
        for (size_t i = 1; i < (size_t)end; i++)
            if (hex_value(host.ptr[i]) < 0 && host.ptr[i] != ':' && host.ptr[i] != '.')
                return false;
        name = (size_t)end + 1;
    } else {
        for (name = 0; name < host.len && host.ptr[name] != ':'; name++)
            if (!may_be(host.ptr[name], NAME)) return false;
        if (name == 0) return false;
    }
    if (name == host.len) return true;
    int64_t number = 0;
    port = str_sub(host, name + 1, host.len);
    if (host.ptr[name] != ':' || port.len > 5 || !port.len || !is_digit(port.ptr[0])) return false;
    return str_to_int(port, &number) && number >= 1 && number <= 65535;
}

static bool read_length(struct str value, int64_t *ret)
{
    int64_t length = 0;
    if (!value.len || value.len > LIMIT_LENGTH_DIGITS) return false;
    for (size_t i = 0; i < value.len; i++) {
        if (!is_digit(value.ptr[i])) return false;
        length = length * 10 + (value.ptr[i] - '0');
    }
    *ret = length;
    return true;
}

static bool list_has(struct str list, struct str word)
{
    struct str part;
    while (list.ptr && str_split(&list, ',', &part))
        if (str_eq_nocase(str_trim(part), word)) return true;
    return false;
}

/* How the body is framed: RFC 9112, 6.3, and nothing that two readers could read apart. */
static enum guard_verdict judge_frame(const struct headers *headers, struct guard_head *ret,
                                      struct guard_refusal *why)
{
    bool posts = str_eq(ret->method, STR("POST"));
    if (headers->there[LENGTH] && headers->there[CODING])
        return refuse(why, 400, "A length and a transfer coding cannot both be.");
    if (headers->there[LENGTH] && !read_length(headers->value[LENGTH], &ret->length))
        return refuse(why, 400, "The length of the request is not a number.");
    if (headers->there[CODING]) {
        ret->chunked = str_eq_nocase(headers->value[CODING], STR("chunked"));
        if (!ret->chunked || !ret->http11)
            return refuse(why, 400, "The only transfer coding is \"chunked\", of HTTP/1.1.");
    }
    if (!posts && (ret->chunked || ret->length > 0))
        return refuse(why, 400, "A request that only reads has no body.");
    if (posts && !headers->there[LENGTH] && !headers->there[CODING])
        return refuse(why, 411, "A request that sends something must say its length.");
    return GUARD_WHOLE;
}

static enum guard_verdict judge_headers(const struct headers *headers, struct guard_head *ret,
                                        struct guard_refusal *why)
{
    if (ret->http11 && !headers->there[HOST]) return refuse(why, 400, "There is no Host.");
    if (headers->there[HOST] && !host_is_good(headers->value[HOST]))
        return refuse(why, 400, "The Host is not well formed.");
    if (headers->there[EXPECT] && !str_eq_nocase(headers->value[EXPECT], STR("100-continue")))
        return refuse(why, 417, "Only 100-continue can be expected.");
    if (count_of(headers->value[COOKIE], ';') >= LIMIT_COOKIES)
        return refuse(why, 431, "There are too many cookies.");
    ret->host = headers->value[HOST];
    ret->closes = list_has(headers->value[CONNECTION], STR("close")) ||
                  (!ret->http11 && !list_has(headers->value[CONNECTION], STR("keep-alive")));
    return judge_frame(headers, ret, why);
}

/* --- the whole head ---------------------------------------------------------------------- */

/* Looks for the end of the head; every byte that cannot be in one ends it at once, and so
 * no line feed or carriage return can be but in a pair. */
static enum guard_verdict find_end(struct guard_progress *progress, struct str bytes,
                                   size_t *ret_end, struct guard_refusal *why)
{
    size_t at = progress->seen;
    for (; at < bytes.len; at++) {
        char c = bytes.ptr[at];
        if (!may_be(c, TEXT) && c != '\r' && c != '\n')
            return refuse(why, 400, "The request holds a control character.");
        if ((c == '\n') != (at > 0 && bytes.ptr[at - 1] == '\r'))
            return refuse(why, 400, "A line does not end with CR LF.");
        if (at >= LIMIT_HEAD_BYTES)
            return str_find(bytes, STR("\r\n"), 0) < 0
                       ? refuse(why, 414, "The address is too long.")
                       : refuse(why, 431, "The headers are too long.");
        if (c != '\n' || (at != 1 && (at < 3 || bytes.ptr[at - 2] != '\n'))) continue;
        *ret_end = at + 1;
        progress->seen = at + 1;
        return GUARD_WHOLE;
    }
    progress->seen = at;
    return GUARD_MORE;
}

/* The first line is judged as soon as it is there, since what is no HTTP/1 may wait for an
 * answer before it says more. */
static enum guard_verdict judge_line(struct guard_progress *progress, struct str bytes,
                                     struct guard_head *ret, struct guard_refusal *why)
{
    ptrdiff_t end = str_find(bytes, STR("\r\n"), 0);
    if (end < 0) {
        if (bytes.len > LIMIT_TARGET_BYTES + 32)
            return refuse(why, 414, "The address is too long.");
        for (size_t i = 0; i < bytes.len; i++)
            if ((unsigned char)bytes.ptr[i] > 126)
                return refuse(why, 400, "The address is not well formed.");
        return GUARD_MORE;
    }
    progress->line_is_good = true;
    return read_line(str_sub(bytes, 0, (size_t)end), ret, why);
}

enum guard_verdict guard_head(struct guard_progress *progress, struct str bytes,
                              struct guard_head *ret, struct guard_refusal *why)
{
    struct guard_head head = {0};
    size_t end = 0;
    enum guard_verdict found = find_end(progress, bytes, &end, why);
    if (found == GUARD_REFUSED) return found;
    if (found == GUARD_MORE)
        return progress->line_is_good ? GUARD_MORE : judge_line(progress, bytes, &head, why);
    enum guard_verdict verdict = judge_line(progress, str_sub(bytes, 0, end), &head, why);
    if (verdict == GUARD_REFUSED) return verdict;
    struct headers headers = {0};
    size_t at = (size_t)str_find(bytes, STR("\r\n"), 0) + 2;
    for (int count = 0; at + 2 < end; count++) {
        size_t next = (size_t)str_find(bytes, STR("\r\n"), at);
        if (count == LIMIT_HEADERS) return refuse(why, 431, "There are too many headers.");
        verdict = read_header(str_sub(bytes, at, next - at), &headers, why);
        if (verdict == GUARD_REFUSED) return verdict;
        at = next + 2;
    }
    verdict = judge_headers(&headers, &head, why);
    head.size = end;
    if (verdict == GUARD_WHOLE) *ret = head;
    return verdict;
}

/* --- chunks --------------------------------------------------------------------------------- */

enum { SIZE_FIRST, SIZE, SIZE_LF, DATA, DATA_CR, DATA_LF, END_CR, END_LF };

/* One character of the frame; false when it is not what must be there. */
static bool take_frame(struct guard_chunks *chunks, char c)
{
    int digit = hex_value(c);
    switch (chunks->state) {
    case SIZE:
        if (c == '\r') {
            chunks->state = SIZE_LF;
            return true;
        }
        __attribute__((fallthrough));
    case SIZE_FIRST:
        if (digit < 0 || ++chunks->digits > 8) return false;
        chunks->left = chunks->left * 16 + (uint64_t)digit;
        chunks->state = SIZE;
        return true;
    case SIZE_LF:
        chunks->last = chunks->left == 0;
        chunks->digits = 0;
        chunks->state = chunks->last ? END_CR : DATA;
        return c == '\n';
    case DATA_CR: chunks->state = DATA_LF; return c == '\r';
    case DATA_LF: chunks->state = SIZE_FIRST; return c == '\n';
    case END_CR: chunks->state = END_LF; return c == '\r';
    default: return c == '\n';
    }
}

enum guard_verdict guard_chunks(struct guard_chunks *chunks, struct str bytes, char *into,
                                size_t *ret_data, size_t *ret_used, struct guard_refusal *why)
{
    size_t at = 0;
    *ret_data = 0;
    while (at < bytes.len) {
        if (chunks->state == DATA) {
            size_t part = bytes.len - at < chunks->left ? bytes.len - at : (size_t)chunks->left;
            memmove(into + *ret_data, bytes.ptr + at, part);
            *ret_data += part;
            at += part;
            chunks->left -= part;
            if (chunks->left == 0) chunks->state = DATA_CR;
            continue;
        }
        bool at_end = chunks->state == END_LF;
        if (!take_frame(chunks, bytes.ptr[at++]))
            return refuse(why, 400, "The chunks of the body are not well formed.");
        if (at_end) {
            *ret_used = at;
            return GUARD_WHOLE;
        }
    }
    *ret_used = at;
    return GUARD_MORE;
}
