#include "web/route.h"

#include "web/pages.h"

#include <assert.h>
#include <pthread.h>

const struct route routes[ROUTE_COUNT] = {
#define ROUTE(name, method, pattern, handler, capability, csrf, body, rate, audit) \
    {#name, method, pattern, handler, capability, (enum route_csrf)((csrf) & 15), \
     ((csrf) & RECENT) != 0, ((csrf) & WARNS) != 0, (int)(csrf) >> SCOPE_SHIFT, body, rate, audit},
#include "web/route.def"
#undef ROUTE
};

static bool matches(struct str pattern, struct str path,
                    struct str parameter[static REQUEST_PARAMETERS_MAX])
{
    size_t count = 0;
    struct str want;
    struct str got;
    while (str_split(&pattern, '/', &want)) {
        if (!str_split(&path, '/', &got)) return false;
        if (str_starts(want, STR("{"))) {
            if (!got.len) return false;
            assert(count < REQUEST_PARAMETERS_MAX);
            parameter[count++] = got;
        } else if (!str_eq(want, got)) {
            return false;
        }
    }
    return !str_split(&path, '/', &got);
}

/* By the first part of the path, in which no pattern has a {…}: most requests are compared with a
 * few routes. */
enum { HEADS = 256, NONE = ROUTE_COUNT };

static uint16_t first_with_head[HEADS];
static uint16_t next_with_head[ROUTE_COUNT];
static struct url constant[ROUTE_COUNT]; /* of those without a {…} */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static size_t head_of(struct str path)
{
    struct str rest = str_sub(path, 1, path.len);
    struct str head = STR("");
    if (rest.len) str_split(&rest, '/', &head);
    return str_hash(head) % HEADS;
}

static void look_through(void)
{
    for (size_t i = 0; i < HEADS; i++) first_with_head[i] = NONE;
    for (size_t i = ROUTE_COUNT; i-- > 0;) {
        assert(routes[i].pattern[0] == '/' && routes[i].pattern[1] != '{');
        size_t head = head_of(str_from(routes[i].pattern));
        next_with_head[i] = first_with_head[head];
        first_with_head[head] = (uint16_t)i;
        if (!strchr(routes[i].pattern, '{')) constant[i] = html_url_constant(routes[i].pattern);
    }
}

const struct route *route_find(enum method method, struct str path,
                               struct str parameter[static REQUEST_PARAMETERS_MAX],
                               bool *ret_other_method)
{
    *ret_other_method = false;
    pthread_once(&once, look_through);
    for (size_t i = first_with_head[head_of(path)]; i != NONE; i = next_with_head[i]) {
        if (!matches(str_from(routes[i].pattern), path, parameter)) continue;
        if (routes[i].method == method) return &routes[i];
        *ret_other_method = true;
    }
    return NULL;
}

/* The pattern with its {…} replaced in order by the values, percent-encoded. */
static struct url fill(struct arena *arena, enum route_id route, const struct str *values,
                       size_t count)
{
    struct buf path;
    buf_init(&path, 4096);
    struct str rest = str_from(routes[route].pattern);
    struct str part;
    size_t used = 0;
    str_split(&rest, '/', &part); /* what is before the first slash: nothing */
    while (str_split(&rest, '/', &part)) {
        buf_add_char(&path, '/');
        if (str_starts(part, STR("{"))) {
            assert(used < count);
            buf_add_percent(&path, values[used++]);
        } else {
            buf_add(&path, part);
        }
    }
    assert(used == count && !path.overflow);
    struct url url = html_url_path(arena, buf_str(&path));
    buf_done(&path);
    return url;
}

struct url url_to(enum route_id route)
{
    pthread_once(&once, look_through);
    assert(constant[route].s.ptr);
    return constant[route];
}

/* The same with numbers, as most are: of a pattern and digits nothing
 * has to be judged or encoded. */
static struct url fill_ids(struct arena *arena, enum route_id route, const int64_t *id,
                           size_t count)
{
    const char *pattern = routes[route].pattern;
    char *path = arena_bytes(arena, strlen(pattern) + count * STR_INT_SIZE + 1);
    size_t used = 0;
    char *at = path;
    while (*pattern) {
        if (*pattern != '{') {
            *at++ = *pattern++;
            continue;
        }
        assert(used < count);
        char digits[STR_INT_SIZE];
        struct str number = str_from_int(id[used++], digits);
        memcpy(at, number.ptr, number.len);
        at += number.len;
        pattern = strchr(pattern, '}') + 1;
    }
    assert(used == count);
    *at = '\0';
    return (struct url){str_of(path, (size_t)(at - path))};
}

struct url url_to_id(struct arena *arena, enum route_id route, int64_t id)
{
    return fill_ids(arena, route, &id, 1);
}

struct url url_to_ids(struct arena *arena, enum route_id route, int64_t id, int64_t second)
{
    return fill_ids(arena, route, (int64_t[]){id, second}, 2);
}

struct url url_to_text(struct arena *arena, enum route_id route, struct str text)
{
    return fill(arena, route, &text, 1);
}

struct url url_to_texts(struct arena *arena, enum route_id route, struct str text,
                        struct str second)
{
    struct str values[2] = {text, second};
    return fill(arena, route, values, 2);
}

struct url url_with(struct arena *arena, struct url url, const char *name, struct str value)
{
    struct buf path;
    buf_init(&path, 8192 + value.len * 3);
    buf_add(&path, url.s);
    buf_add_char(&path, str_find(url.s, STR("?"), 0) < 0 ? '?' : '&');
    buf_add_c(&path, name);
    buf_add_char(&path, '=');
    buf_add_percent(&path, value);
    struct url made = html_url_path(arena, buf_str(&path));
    buf_done(&path);
    return made;
}
