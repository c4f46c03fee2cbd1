/* Whatever the bytes: escaped text opens no tag and ends no attribute, and a url
 * stays on this site, or goes to https: or tel:. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "html/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void want(bool good)
{
    if (!good) abort();
}

static bool has_any(struct str text, const char *unwanted)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] && strchr(unwanted, text.ptr[i])) return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_of((const char *)data, size);
    struct arena arena;
    struct buf out;
    arena_init(&arena, 1 << 24);
    buf_init(&out, 1 << 20);
    html_text(&out, text);
    want(!has_any(buf_str(&out), "<>"));
    buf_clear(&out);
    html_attribute(&out, text);
    want(!has_any(buf_str(&out), "<>\"'"));
    struct str path = html_url_path(&arena, text).s;
    want(str_starts(path, STR("/")) && !str_starts(path, STR("//")) && !has_any(path, "\\ \n\t"));
    struct str external = html_url_external(&arena, text).s;
    want(str_eq(external, STR("/")) || str_starts(external, STR("https://")));
    struct str phone = html_url_phone(&arena, text).s;
    want(str_eq(phone, STR("/")) || str_starts(phone, STR("tel:")));
    want(str_starts(html_url_fragment(&arena, text).s, STR("#")));
    buf_done(&out);
    arena_done(&arena);
    return 0;
}
