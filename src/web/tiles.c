#include "web/tiles.h"

enum { ADDRESS_MAX = 500, PORT_DIGITS = 5 };

static const struct str secure = STR_INIT("https://");
static const struct str plain = STR_INIT("http://");

/* Bytes of the scheme; 0: it is none that is taken. */
static size_t scheme_of(struct str address)
{
    return str_starts(address, secure) ? secure.len : str_starts(address, plain) ? plain.len : 0;
}

/* Where the path begins. */
static size_t path_at(struct str address)
{
    ptrdiff_t slash = str_find(address, STR("/"), scheme_of(address));
    return slash < 0 ? address.len : (size_t)slash;
}

struct str tiles_origin(struct str address)
{
    return str_sub(address, 0, path_at(address));
}

struct str tiles_host(struct str address)
{
    size_t scheme = scheme_of(address);
    return str_sub(address, scheme, path_at(address) - scheme);
}

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* A name or four numbers, and perhaps a port. */
static bool host_is_good(struct str host)
{
    ptrdiff_t colon = str_find(host, STR(":"), 0);
    struct str name = colon < 0 ? host : str_sub(host, 0, (size_t)colon);
    struct str port = colon < 0 ? STR("") : str_sub(host, (size_t)colon + 1, host.len);
    int64_t number = 0;
    if (!name.len || !is_letter_or_digit(name.ptr[0]) ||
        !is_letter_or_digit(name.ptr[name.len - 1]))
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (!is_letter_or_digit(name.ptr[i]) && name.ptr[i] != '-' && name.ptr[i] != '.')
            return false;
    return colon < 0 || (port.len && port.len <= PORT_DIGITS && str_to_int(port, &number) &&
                         number >= 1 && number <= UINT16_MAX);
}

static bool is_this_machine(struct str host)
{
    ptrdiff_t colon = str_find(host, STR(":"), 0);
    struct str name = colon < 0 ? host : str_sub(host, 0, (size_t)colon);
    return str_eq(name, STR("127.0.0.1")) || str_eq(name, STR("localhost"));
}

static bool has_once(struct str path, struct str what)
{
    ptrdiff_t first = str_find(path, what, 0);
    return first >= 0 && str_find(path, what, (size_t)first + what.len) < 0;
}

/* Letters, digits, {z}, {x}, {y}, and what paths and queries are made of. */
static bool path_is_good(struct str path)
{
    static const struct str also = STR_INIT("/-._~{}?=&%@+:");
    size_t braces = 0;
    for (size_t i = 0; i < path.len; i++) {
        if (!is_letter_or_digit(path.ptr[i]) && str_find(also, str_sub(path, i, 1), 0) < 0)
            return false;
        braces += path.ptr[i] == '{' || path.ptr[i] == '}';
    }
    return braces == 6;
}

const char *tiles_wrong(struct str address)
{
    struct str host = tiles_host(address);
    struct str path = str_sub(address, path_at(address), address.len);
    if (address.len > ADDRESS_MAX) return "the address is too long";
    if (!scheme_of(address)) return "a tile server is asked by https://";
    if (!host_is_good(host))
        return "write the name of the tile server after https://, and perhaps a port";
    if (!str_starts(address, secure) && !is_this_machine(host))
        return "a tile server is asked by https://, unless it is this machine";
    if (!has_once(path, STR("{z}")) || !has_once(path, STR("{x}")) || !has_once(path, STR("{y}")))
        return "write {z}, {x} and {y} where the tile server wants them, once each";
    return path_is_good(path)
               ? NULL
               : "there is something in it that is in no address, or another word in {}";
}
