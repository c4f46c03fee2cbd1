/*
 * Words of danger in what a program sends: who to call, before anything else.
 */
#include "domain/danger.h"

#include "api/api.h"
#include "domain/contact.h"

#include <stdlib.h>

/* "missing-since" as the key of a question is no words of anybody's. */
static bool is_code(const char *member)
{
    static const char *const codes[] = {"key", "kind", "forum", "handling", "how_known"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (strcmp(member, codes[i]) == 0) return true;
    return false;
}

/* Words of danger in the first text of `value` that has some. */
static struct str danger_in(struct request *request, const json_t *value)
{
    struct str words = STR("");
    const char *key;
    json_t *item;
    if (json_is_string(value))
        return danger_find(request->arena, request->app->area,
                           str_sub(str_of(json_string_value(value), json_string_length(value)), 0,
                                   DANGER_TEXT_MAX));
    for (size_t i = 0; i < json_array_size(value) && !words.len; i++)
        words = danger_in(request, json_array_get(value, i));
    json_object_foreach((json_t *)(uintptr_t)value, key, item)
    {
        if (!words.len && !is_code(key)) words = danger_in(request, item);
    }
    return words;
}

static json_t *who_to_call(struct request *request)
{
    static const enum contact_use uses[] = {USE_EMERGENCY, USE_REFERRAL, USE_OUT_OF_HOURS};
    struct contact *list = NULL;
    size_t count = 0;
    struct err err = {0};
    json_t *calls = json_array();
    if (contact_list(request->app, request->arena, &list, &count, &err) != ST_OK) {
        /* What the pack says is better than nobody to call. */
        const struct area_contact *pack = area_contacts(request->app->area, &count);
        list = arena_many(request->arena, count + 1, struct contact);
        for (size_t i = 0; i < count; i++) list[i].now = pack[i];
    }
    for (size_t use = 0; use < sizeof uses / sizeof *uses; use++)
        for (size_t i = 0; i < count; i++)
            if (list[i].now.use == uses[use])
                json_array_append_new(calls, api_contact(request, &list[i]));
    return calls;
}

struct str api_danger(struct request *request)
{
    if (!request->app->area || !request->body.len) return STR("");
    json_t *body = json_loadb(request->body.ptr, request->body.len, JSON_REJECT_DUPLICATES, NULL);
    struct str words = body ? danger_in(request, body) : STR("");
    json_decref(body);
    if (!words.len) return STR("");
    json_t *danger = json_pack(
        "{so so so}", "words", api_text(words), "say",
        api_text(str_fmt(request->arena,
                         "Is a child in danger now? Call 999. Then call the %.*s. Nobody is "
                         "waiting at the other end of this.",
                         STR_ARG(area_unit_in_full(request->app->area)))),
        "call", who_to_call(request));
    char *text = danger ? json_dumps(danger, JSON_COMPACT) : NULL;
    struct str kept = text ? str_dup(request->arena, str_from(text)) : STR("");
    free(text);
    json_decref(danger);
    return kept;
}
