#include "web/proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool is_ipv4(const struct address *address)
{
    return memcmp(address->byte, mapped, sizeof mapped) == 0;
}

static bool plain_address(struct str text, struct address *ret)
{
    char c_text[ADDRESS_TEXT];
    struct address address;
    if (!text.len || text.len >= sizeof c_text || memchr(text.ptr, 0, text.len)) return false;
    memcpy(c_text, text.ptr, text.len);
    c_text[text.len] = 0;
    memcpy(address.byte, mapped, sizeof mapped);
    if (inet_pton(AF_INET, c_text, address.byte + 12) != 1 &&
        inet_pton(AF_INET6, c_text, address.byte) != 1)
        return false;
    *ret = address;
    return true;
}

static bool is_port(struct str text)
{
    int64_t port = 0;
    return text.len >= 1 && text.len <= 5 && text.ptr[0] != '-' && str_to_int(text, &port) &&
           port <= 65535;
}

bool address_read(struct str text, struct address *ret)
{
    if (str_starts(text, STR("["))) {
        ptrdiff_t end = str_find(text, STR("]"), 0);
        if (end < 0) return false;
        struct str after = str_sub(text, (size_t)end + 1, text.len);
        if (after.len && (after.ptr[0] != ':' || !is_port(str_sub(after, 1, after.len))))
            return false;
        return plain_address(str_sub(text, 1, (size_t)end - 1), ret) && !is_ipv4(ret);
    }
    if (plain_address(text, ret)) return true;
    ptrdiff_t colon = str_find(text, STR(":"), 0);
    return colon > 0 && is_port(str_sub(text, (size_t)colon + 1, text.len)) &&
           plain_address(str_sub(text, 0, (size_t)colon), ret);
}

bool address_of(const struct sockaddr *socket_address, struct address *ret)
{
    if (socket_address->sa_family == AF_INET) {
        memcpy(ret->byte, mapped, sizeof mapped);
        memcpy(ret->byte + 12,
               &((const struct sockaddr_in *)(const void *)socket_address)->sin_addr, 4);
        return true;
    }
    if (socket_address->sa_family != AF_INET6) return false;
    memcpy(ret->byte, &((const struct sockaddr_in6 *)(const void *)socket_address)->sin6_addr, 16);
    return true;
}

bool address_is_loopback(const struct address *address)
{
    static const struct address ipv6 = {{[15] = 1}};
    return is_ipv4(address) ? address->byte[12] == 127 : memcmp(address, &ipv6, sizeof ipv6) == 0;
}

struct address address_site(const struct address *address)
{
    struct address site = *address;
    if (!is_ipv4(address)) memset(site.byte + 8, 0, 8);
    return site;
}

void address_write(const struct address *address, char ret[static ADDRESS_TEXT])
{
    if (!is_ipv4(address)) {
        if (!inet_ntop(AF_INET6, address->byte, ret, ADDRESS_TEXT)) ret[0] = 0;
        return;
    }
    char *at = ret; /* each request has one: without printf, which inet_ntop calls */
    for (size_t i = 12; i < sizeof address->byte; i++) {
        char space[STR_INT_SIZE];
        struct str number = str_from_int(address->byte[i], space);
        if (i > 12) *at++ = '.';
        memcpy(at, number.ptr, number.len);
        at += number.len;
    }
    *at = 0;
}

/* --- the list ------------------------------------------------------------------------------ */

static bool read_network(struct str text, struct address *ret, int *ret_bits)
{
    ptrdiff_t slash = str_find(text, STR("/"), 0);
    if (!plain_address(str_sub(text, 0, slash < 0 ? text.len : (size_t)slash), ret)) return false;
    int64_t bits = is_ipv4(ret) ? 32 : 128;
    if (slash >= 0) {
        int64_t most = bits;
        struct str number = str_sub(text, (size_t)slash + 1, text.len);
        if (!number.len || number.ptr[0] == '-' || !str_to_int(number, &bits) || bits > most)
            return false;
    }
    *ret_bits = (int)bits + (is_ipv4(ret) ? 96 : 0);
    return true;
}

bool proxies_read(struct str list, struct proxies *ret)
{
    struct proxies read = {0};
    struct str part;
    while (str_split(&list, ',', &part)) {
        if (read.count == PROXIES_MAX) return false;
        if (!read_network(str_trim(part), &read.network[read.count].address,
                          &read.network[read.count].bits))
            return false;
        read.count++;
    }
    *ret = read;
    return true;
}

static bool is_in(const struct address *address, const struct address *network, int bits)
{
    for (int i = 0; i < 16 && bits > 0; i++, bits -= 8) {
        int mask = bits >= 8 ? 0xff : 0xff00 >> bits & 0xff;
        if ((address->byte[i] ^ network->byte[i]) & mask) return false;
    }
    return true;
}

bool proxies_have(const struct proxies *proxies, const struct address *address)
{
    for (size_t i = 0; i < proxies->count; i++)
        if (is_in(address, &proxies->network[i].address, proxies->network[i].bits)) return true;
    return false;
}

/* --- what a proxy says ------------------------------------------------------------------------ */

/* Takes what stands after the last comma that is not in quotes off the end of the list. */
static struct str last_part(struct str *list)
{
    size_t at = list->len;
    bool quoted = false;
    while (at > 0 && (quoted || list->ptr[at - 1] != ',')) {
        at--;
        if (list->ptr[at] == '"') quoted = !quoted;
    }
    struct str part = str_trim(str_sub(*list, at, list->len));
    list->len = at > 0 ? at - 1 : 0;
    return part;
}

/* The value of `name` in `for="[2001:db8::1]:80";proto=https`; empty: none. */
static struct str parameter(struct str element, struct str name)
{
    struct str part;
    while (element.ptr && str_split(&element, ';', &part)) {
        ptrdiff_t equals = str_find(part, STR("="), 0);
        if (equals < 0 || !str_eq_nocase(str_trim(str_sub(part, 0, (size_t)equals)), name))
            continue;
        struct str value = str_trim(str_sub(part, (size_t)equals + 1, part.len));
        if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"')
            return str_sub(value, 1, value.len - 2);
        return value;
    }
    return STR("");
}

bool proxy_origin(const struct proxies *proxies, const struct address *peer,
                  const struct forwarding *forwarding, struct origin *ret)
{
    *ret = (struct origin){.address = *peer};
    if (!proxies_have(proxies, peer)) return true;
    bool standard = forwarding->forwarded.len > 0;
    if (standard && (forwarding->for_list.len || forwarding->protocol.len)) return false;
    struct str list = standard ? forwarding->forwarded : forwarding->for_list;
    if (!standard) ret->https = str_eq_nocase(forwarding->protocol, STR("https"));
    for (bool first = true; list.len && proxies_have(proxies, &ret->address); first = false) {
        struct str part = last_part(&list);
        if (standard && first)
            ret->https = str_eq_nocase(parameter(part, STR("proto")), STR("https"));
        struct address address;
        if (!address_read(standard ? parameter(part, STR("for")) : part, &address)) break;
        ret->address = address;
    }
    return true;
}
