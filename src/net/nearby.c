#include "net/nearby.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static bool is_near_4(uint32_t address) /* in the order of the machine */
{
    uint32_t first = address >> 24;
    return first == 0 || first == 127 || first >= 224 || address >> 16 == (169u << 8 | 254u) ||
           address == (100u << 24 | 100u << 16 | 100u << 8 | 200u); /* a cloud's, as 169.254 */
}

static uint32_t four(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool is_near_6(const uint8_t bytes[static 16])
{
    static const uint8_t none[12] = {0};
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};
    static const uint8_t cloud[16] = {0xfd, 0x00, 0x0e, 0xc2, [14] = 0x02, [15] = 0x54};
    /* ::/96 holds :: and ::1 as 0.0.0.0 and 0.0.0.1. */
    if (memcmp(bytes, none, sizeof none) == 0 || memcmp(bytes, mapped, sizeof mapped) == 0 ||
        memcmp(bytes, nat64, sizeof nat64) == 0)
        return is_near_4(four(bytes + 12));
    if (bytes[0] == 0x20 && bytes[1] == 0x02) return is_near_4(four(bytes + 2)); /* 6to4 */
    return (bytes[0] == 0xfe && bytes[1] >= 0x80) || bytes[0] == 0xff ||
           memcmp(bytes, cloud, sizeof cloud) == 0;
}

bool nearby_address(const struct sockaddr *address)
{
    struct sockaddr_in in4;
    struct sockaddr_in6 in6;
    switch (address->sa_family) {
    case AF_INET:
        memcpy(&in4, address, sizeof in4);
        return is_near_4(ntohl(in4.sin_addr.s_addr));
    case AF_INET6:
        memcpy(&in6, address, sizeof in6);
        return is_near_6(in6.sin6_addr.s6_addr);
    default:
        return true;
    }
}

static bool is_here_by_name(struct str name)
{
    static const char *const names[] = {"localhost", "localhost.localdomain", "ip6-localhost",
                                        "ip6-loopback"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq_nocase(name, str_from(names[i]))) return true;
    static const struct str below = STR_INIT(".localhost");
    return name.len > below.len &&
           str_eq_nocase(str_sub(name, name.len - below.len, name.len), below);
}

bool nearby_host(struct str host)
{
    char text[256];
    struct in6_addr six;
    struct in_addr four_bytes;
    bool brackets = host.len && host.ptr[0] == '[';
    ptrdiff_t end = str_find(host, brackets ? STR("]") : STR(":"), 0);
    size_t first = brackets ? 1 : 0;
    struct str name = str_sub(host, first, end < 0 ? host.len : (size_t)end - first);
    while (name.len && name.ptr[name.len - 1] == '.') name.len--;
    if (name.len >= sizeof text) return false;
    snprintf(text, sizeof text, "%.*s", STR_ARG(name));
    if (inet_pton(AF_INET6, text, &six) == 1) return is_near_6(six.s6_addr);
    if (inet_aton(text, &four_bytes)) return is_near_4(ntohl(four_bytes.s_addr));
    return is_here_by_name(name);
}
