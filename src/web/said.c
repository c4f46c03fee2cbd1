#include "web/said.h"

struct str said_words(struct str code, const struct said *table, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(code, str_from(table[i].code))) return str_from(table[i].words);
    return STR("");
}

void respond_said(struct request *request, struct response *response, struct url where,
                  const char *code)
{
    respond_redirect(response, url_with(request->arena, where, "saved", str_from(code)));
}
