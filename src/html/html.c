#include "html/html.h"

#include "base/utf8.h"

#include <math.h>

/* What stands instead of a character; and which it is, in a table small enough to lie near. */
static const struct str instead[] = {STR_INIT(""),     STR_INIT("&amp;"),  STR_INIT("&lt;"),
                                     STR_INIT("&gt;"), STR_INIT("&quot;"), STR_INIT("&#39;")};
enum { FIRST_QUOTE = 4 };
static const unsigned char which[256] = {
    ['&'] = 1, ['<'] = 2, ['>'] = 3, ['"'] = FIRST_QUOTE, ['\''] = FIRST_QUOTE + 1};

static void escape_clean(struct buf *out, struct str text, bool quotes)
{
    size_t done = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char one = which[(unsigned char)text.ptr[i]];
        if (!one || (!quotes && one >= FIRST_QUOTE)) continue;
        buf_add(out, str_sub(text, done, i - done));
        buf_add(out, instead[one]);
        done = i + 1;
    }
    buf_add(out, str_sub(text, done, text.len));
}

/* Does it hold but visible ASCII that stands for itself anywhere?  Sixteen characters at once. */
static bool is_plain(struct str text)
{
    typedef signed char characters __attribute__((vector_size(16)));
    typedef long long halves __attribute__((vector_size(16)));
    size_t at = 0;
    for (; text.len - at >= sizeof(characters); at += sizeof(characters)) {
        characters c;
        memcpy(&c, text.ptr + at, sizeof c);
        /* What is beyond ASCII is below the space: signed. */
        halves other = (halves)((c < ' ') | (c == 0x7f) | (c == '&') | (c == '<') | (c == '>') |
                                (c == '"') | (c == '\''));
        if (other[0] | other[1]) return false;
    }
    for (; at < text.len; at++)
        if (text.ptr[at] < ' ' || text.ptr[at] == 0x7f || which[(unsigned char)text.ptr[at]])
            return false;
    return true;
}

/* Whatever way a text came here: a page is UTF-8, holds no control characters, and none
 * that turn the direction round.  Nearly every text is clean already. */
static void escape(struct buf *out, struct str text, bool quotes)
{
    if (is_plain(text)) {
        buf_add(out, text);
        return;
    }
    if (utf8_is_clean(text)) {
        escape_clean(out, text, quotes);
        return;
    }
    for (size_t at = 0; at < text.len;) {
        uint32_t character = utf8_next(text, &at);
        char bytes[4];
        if (utf8_is_kept(character))
            escape_clean(out, str_of(bytes, utf8_put(character, bytes)), quotes);
    }
}

void html_text(struct buf *out, struct str text)
{
    escape(out, text, false);
}

void html_attribute(struct buf *out, struct str text)
{
    escape(out, text, true);
}

void html_markup(struct buf *out, struct html markup)
{
    if (markup.draw)
        markup.draw(out, markup.view);
    else
        buf_add(out, markup.s);
}

/* What printf would write, of numbers with few digits; false: of others, and of those that lie in
 * the middle between two, as far as a double can tell. */
static bool add_short(struct buf *out, double value, int decimals, bool sign)
{
    static const double scale[] = {1, 10, 100};
    if (decimals < 0 || decimals > 2 || fabs(value) > 1e9) return false;
    double scaled = fabs(value) * scale[decimals];
    int64_t rest = (int64_t)scaled;
    double over = scaled - (double)rest;
    if (over == 0.5) return false;
    rest += over > 0.5;
    char text[24];
    char *at = text + sizeof text;
    for (int i = 0; i < decimals; i++, rest /= 10) *--at = (char)('0' + rest % 10);
    if (decimals > 0) *--at = '.';
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (sign || value < 0) *--at = value < 0 ? '-' : '+';
    buf_add(out, str_of(at, (size_t)(text + sizeof text - at)));
    return true;
}

void html_number(struct buf *out, double value, int decimals, bool sign)
{
    double half = 0.5;
    for (int i = 0; i < decimals; i++) half /= 10;
    if (fabs(value) < half) value = 0; /* "-0.0" says nothing */
    if (!isfinite(value))
        buf_add_c(out, "–");
    else if (add_short(out, value, decimals, sign))
        return;
    else if (sign)
        buf_add_fmt(out, "%+.*f", decimals, value);
    else
        buf_add_fmt(out, "%.*f", decimals, value);
}

/* Visible ASCII without what would end an attribute or start a scheme's host. */
static bool is_local(struct str path)
{
    if (!str_starts(path, STR("/")) || str_starts(path, STR("//"))) return false;
    for (size_t i = 0; i < path.len; i++)
        if ((unsigned char)path.ptr[i] <= ' ' || (unsigned char)path.ptr[i] > '~' ||
            path.ptr[i] == '\\')
            return false;
    return true;
}

struct url html_url_path(struct arena *arena, struct str path)
{
    return (struct url){is_local(path) ? str_dup(arena, path) : STR("/")};
}

struct url html_url_constant(const char *path)
{
    return (struct url){is_local(str_from(path)) ? str_from(path) : STR("/")};
}

struct url html_url_fragment(struct arena *arena, struct str id)
{
    struct buf text;
    buf_init(&text, 4096);
    buf_add_char(&text, '#');
    buf_add_percent(&text, id);
    struct url made = {str_dup(arena, buf_str(&text))};
    buf_done(&text);
    return made;
}

static struct url digits_after(struct arena *arena, const char *scheme, struct str phone)
{
    struct buf text;
    buf_init(&text, 64);
    buf_add_c(&text, scheme);
    for (size_t i = 0; i < phone.len; i++)
        if ((phone.ptr[i] >= '0' && phone.ptr[i] <= '9') || phone.ptr[i] == '+')
            buf_add_char(&text, phone.ptr[i]);
    struct url made = {text.overflow ? STR("/") : str_dup(arena, buf_str(&text))};
    buf_done(&text);
    return made;
}

struct url html_url_phone(struct arena *arena, struct str phone)
{
    return digits_after(arena, "tel:", phone);
}

struct url html_url_sms(struct arena *arena, struct str number)
{
    return digits_after(arena, "sms:", number);
}

struct url html_url_mail(struct arena *arena, struct str address)
{
    for (size_t i = 0; i < address.len; i++) {
        char c = address.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && !strchr(".-_+@", c)) return (struct url){STR("/")};
    }
    return (struct url){str_fmt(arena, "mailto:%.*s", STR_ARG(address))};
}

static bool is_printable(struct str address)
{
    for (size_t i = 0; i < address.len; i++)
        if ((unsigned char)address.ptr[i] <= ' ' || (unsigned char)address.ptr[i] > '~')
            return false;
    return true;
}

struct url html_url_external(struct arena *arena, struct str address)
{
    bool good = str_starts(address, STR("https://")) && address.len > 8 && is_printable(address);
    return (struct url){good ? str_dup(arena, address) : STR("/")};
}

struct url html_url_provider(struct arena *arena, struct str address)
{
    static const char *const own[] = {"http://127.0.0.1:", "http://[::1]:", "http://localhost:"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (str_starts(address, str_from(own[i])) && is_printable(address))
            return (struct url){str_dup(arena, address)};
    return html_url_external(arena, address);
}
