#include "web/form.h"

enum { BOUNDARY_MAX = 70, PART_HEAD_MAX = 4096 };

/* --- pairs ----------------------------------------------------------------------------- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

size_t form_decode(char *text, size_t size, bool plus_is_space)
{
    size_t length = 0;
    for (size_t at = 0; at < size; at++) {
        char c = text[at];
        int high = c == '%' && size - at > 2 ? hex_value(text[at + 1]) : -1;
        int low = high >= 0 ? hex_value(text[at + 2]) : -1;
        if (low >= 0) {
            c = (char)(high * 16 + low);
            at += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        text[length++] = c;
    }
    return length;
}

void form_read_pairs(char *text, size_t size, form_taker *take, void *context)
{
    char *end = text + size;
    while (text < end) {
        char *next = memchr(text, '&', (size_t)(end - text));
        if (!next) next = end;
        char *equals = memchr(text, '=', (size_t)(next - text));
        char *value = equals ? equals + 1 : next;
        size_t name_size = form_decode(text, (size_t)((equals ? equals : next) - text), true);
        size_t value_size = form_decode(value, (size_t)(next - value), true);
        struct form_field field = {.name = str_of(text, name_size),
                                   .value = str_of(value, value_size),
                                   .file_name = STR("")};
        if ((name_size || value_size) && !take(context, &field)) return;
        text = next + 1;
    }
}

/* --- parts ------------------------------------------------------------------------------- */

/* The next `; name=value` of a header, a value in quotes without them; false: none is left. */
static bool next_parameter(struct str *rest, struct str *ret_name, struct str *ret_value)
{
    while (rest->len && (rest->ptr[0] == ';' || rest->ptr[0] == ' ' || rest->ptr[0] == '\t'))
        *rest = str_sub(*rest, 1, rest->len);
    ptrdiff_t equals = str_find(*rest, STR("="), 0);
    if (equals <= 0) return false;
    *ret_name = str_trim(str_sub(*rest, 0, (size_t)equals));
    *rest = str_sub(*rest, (size_t)equals + 1, rest->len);
    bool quoted = str_starts(*rest, STR("\""));
    if (quoted) *rest = str_sub(*rest, 1, rest->len);
    ptrdiff_t end = str_find(*rest, quoted ? STR("\"") : STR(";"), 0);
    size_t length = end < 0 ? rest->len : (size_t)end;
    *ret_value = str_sub(*rest, 0, length);
    if (!quoted) *ret_value = str_trim(*ret_value);
    *rest = str_sub(*rest, length + quoted, rest->len);
    return true;
}

/* What stands before the parameters of a header; *ret_rest is what follows. */
static struct str first_word(struct str value, struct str *ret_rest)
{
    ptrdiff_t end = str_find(value, STR(";"), 0);
    size_t length = end < 0 ? value.len : (size_t)end;
    *ret_rest = str_sub(value, length, value.len);
    return str_trim(str_sub(value, 0, length));
}

enum form_kind form_kind_of(struct str content_type, struct str *ret_boundary)
{
    struct str rest;
    struct str name;
    struct str value;
    struct str word = first_word(content_type, &rest);
    if (str_eq_nocase(word, STR("application/x-www-form-urlencoded"))) return FORM_PAIRS;
    if (!str_eq_nocase(word, STR("multipart/form-data"))) return FORM_NONE;
    while (next_parameter(&rest, &name, &value)) {
        if (!str_eq_nocase(name, STR("boundary")) || !value.len || value.len > BOUNDARY_MAX)
            continue;
        *ret_boundary = value;
        return FORM_PARTS;
    }
    return FORM_NONE;
}

/* "form-data; name="file"; filename="a.csv"" */
static void read_disposition(struct str value, struct form_field *ret)
{
    struct str rest;
    struct str name;
    struct str text;
    if (!str_eq_nocase(first_word(value, &rest), STR("form-data"))) return;
    while (next_parameter(&rest, &name, &text)) {
        if (str_eq_nocase(name, STR("name"))) ret->name = text;
        if (str_eq_nocase(name, STR("filename"))) ret->file_name = text;
    }
}

/* Reads the headers of a part, with the empty line after them; false: it has no good ones. */
static bool read_part_head(struct str *rest, struct form_field *ret)
{
    for (;;) {
        ptrdiff_t end = str_find(str_sub(*rest, 0, PART_HEAD_MAX), STR("\r\n"), 0);
        if (end < 0) return false;
        struct str line = str_sub(*rest, 0, (size_t)end);
        *rest = str_sub(*rest, (size_t)end + 2, rest->len);
        if (!line.len) return true;
        ptrdiff_t colon = str_find(line, STR(":"), 0);
        if (colon <= 0) return false;
        if (str_eq_nocase(str_sub(line, 0, (size_t)colon), STR("Content-Disposition")))
            read_disposition(str_trim(str_sub(line, (size_t)colon + 1, line.len)), ret);
    }
}

bool form_read_parts(struct str boundary, struct str body, form_taker *take, void *context)
{
    char mark[4 + BOUNDARY_MAX] = "\r\n--";
    if (!boundary.len || boundary.len > BOUNDARY_MAX) return false;
    memcpy(mark + 4, boundary.ptr, boundary.len);
    struct str between = str_of(mark, 4 + boundary.len);
    if (!str_starts(body, str_sub(between, 2, between.len))) return false;
    struct str rest = str_sub(body, between.len - 2, body.len);
    while (!str_starts(rest, STR("--"))) {
        struct form_field field = {.name = STR(""), .file_name = STR("")};
        if (!str_starts(rest, STR("\r\n"))) return false;
        rest = str_sub(rest, 2, rest.len);
        if (!read_part_head(&rest, &field)) return false;
        ptrdiff_t end = str_find(rest, between, 0);
        if (end < 0) return false;
        field.value = str_sub(rest, 0, (size_t)end);
        rest = str_sub(rest, (size_t)end + between.len, rest.len);
        if (field.name.len && !take(context, &field)) return true;
    }
    return true;
}
