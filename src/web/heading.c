#include "web/heading.h"

void heading_read(struct str head, struct heading *ret)
{
    size_t at = (size_t)(str_find(head, STR("\n"), 0) + 1);
    ret->count = 0;
    while (at + 2 < head.len && ret->count < LIMIT_HEADERS) {
        const char *line = head.ptr + at;
        const char *end = memchr(line, '\n', head.len - at);
        const char *colon = end ? memchr(line, ':', (size_t)(end - line)) : NULL;
        if (!colon) return;
        ret->line[ret->count].name = str_of(line, (size_t)(colon - line));
        ret->line[ret->count].value = str_trim(str_of(colon + 1, (size_t)(end - colon - 1)));
        ret->count++;
        at += (size_t)(end - line) + 1;
    }
}

static bool is_named(const struct heading *heading, size_t at, struct str name)
{
    return heading->line[at].name.len == name.len && str_eq_nocase(heading->line[at].name, name);
}

struct str heading_value(const struct heading *heading, struct str name)
{
    for (size_t i = 0; i < heading->count; i++)
        if (is_named(heading, i, name)) return heading->line[i].value;
    return (struct str){0};
}

struct str heading_list(struct arena *arena, const struct heading *heading, struct str name)
{
    struct str list = STR("");
    for (size_t i = 0; i < heading->count; i++) {
        if (!is_named(heading, i, name)) continue;
        struct str value = heading->line[i].value;
        list = list.len ? str_fmt(arena, "%.*s,%.*s", STR_ARG(list), STR_ARG(value)) : value;
    }
    return list;
}

struct str heading_cookie(struct str cookies, struct str name)
{
    struct str part;
    while (cookies.len && str_split(&cookies, ';', &part)) {
        part = str_trim(part);
        if (part.len > name.len && part.ptr[name.len] == '=' && str_starts(part, name))
            return str_sub(part, name.len + 1, part.len);
    }
    return STR("");
}
