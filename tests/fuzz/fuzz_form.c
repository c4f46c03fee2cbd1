/*
 * Any bytes as a body and as headers: what is read lies within them, decoding never makes more,
 * and a form of parts ends where its boundary says.  The first line is the value of Content-Type.
 */
#include "web/form.h"
#include "web/guard.h"
#include "web/heading.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool true_of_it)
{
    if (!true_of_it) abort();
}

struct within {
    struct str bytes;
    struct str boundary; /* of parts; empty: pairs */
    size_t left;
};

static void check_within(const struct within *within, struct str piece)
{
    if (!piece.len) return;
    demand(piece.ptr >= within->bytes.ptr &&
           piece.ptr + piece.len <= within->bytes.ptr + within->bytes.len);
}

static bool take(void *context, const struct form_field *field)
{
    struct within *within = context;
    check_within(within, field->name);
    check_within(within, field->value);
    check_within(within, field->file_name);
    if (!within->boundary.len) {
        demand(field->name.len + field->value.len > 0 && !field->file_name.len);
    } else {
        const char *after = field->value.ptr + field->value.len;
        demand(field->name.len && str_find(field->name, STR("\r\n"), 0) < 0);
        demand(memcmp(after, "\r\n--", 4) == 0 &&
               memcmp(after + 4, within->boundary.ptr, within->boundary.len) == 0);
    }
    return within->left-- > 0;
}

static void read_headers(struct str bytes)
{
    struct guard_progress progress = {0};
    struct guard_head head = {0};
    struct guard_refusal why = {0};
    struct heading heading;
    if (guard_head(&progress, bytes, &head, &why) != GUARD_WHOLE) return;
    struct within within = {.bytes = str_sub(bytes, 0, head.size)};
    heading_read(within.bytes, &heading);
    for (size_t i = 0; i < heading.count; i++) {
        demand(heading.line[i].name.len > 0);
        check_within(&within, heading.line[i].name);
        check_within(&within, heading.line[i].value);
    }
    if (head.host.len) demand(str_eq(heading_value(&heading, STR("Host")), head.host));
    check_within(&within, heading_cookie(heading_value(&heading, STR("Cookie")), STR("a")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = str_of((const char *)data, size);
    ptrdiff_t end = str_find(bytes, STR("\n"), 0);
    size_t from = end < 0 ? size : (size_t)end + 1;
    struct within within = {.bytes = str_sub(bytes, from, size), .left = 100};
    struct str boundary = {0};
    read_headers(bytes);
    if (form_kind_of(str_sub(bytes, 0, end < 0 ? size : (size_t)end), &boundary) == FORM_PARTS) {
        demand(boundary.len > 0);
        within.boundary = boundary;
        form_read_parts(boundary, within.bytes, take, &within);
    }
    char *copy = malloc(within.bytes.len + 1);
    demand(copy != NULL);
    if (within.bytes.len) memcpy(copy, within.bytes.ptr, within.bytes.len);
    struct within pairs = {.bytes = str_of(copy, within.bytes.len), .left = 100};
    form_read_pairs(copy, within.bytes.len, take, &pairs);
    demand(form_decode(copy, within.bytes.len, true) <= within.bytes.len);
    free(copy);
    return 0;
}
