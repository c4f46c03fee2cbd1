/*
 * What is open to all: who to call, the directory of support, the OpenAPI file.
 */
#include "api/api.h"
#include "domain/area.h"
#include "domain/support.h"
#include "web/pages.h"

json_t *api_contact(struct request *request, const struct contact *contact)
{
    const struct area_contact *now = &contact->now;
    json_t *one = json_pack(
        "{so so so so so so so so sb}", "id", api_text(now->id), "name", api_text(now->name),
        "group", api_text(now->group), "place", api_text(now->place), "phone", api_text(now->phone),
        "text", api_text(now->text), "hours", api_text(now->hours), "when", api_text(now->when),
        "answers_now", (int)area_contact_answers(request->app->area, now, clock_now()));
    if (now->verified.year)
        json_object_set_new(one, "verified", api_text(date_iso(request->arena, now->verified)));
    return one;
}

void api_help_now(struct request *request, struct response *response)
{
    struct contact *list = NULL;
    size_t count = 0;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_help_now)) return;
    if (contact_list(request->app, request->arena, &list, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    json_t *contacts = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(contacts, api_contact(request, &list[i]));
    api_answer(request, response, ROUTE_api_help_now, json_pack("{so}", "contacts", contacts));
}

static json_t *service_json(struct arena *arena, const struct support *entry)
{
    json_t *one = json_pack("{ss so so so so so so so so}", "id", entry->uuid, "name",
                            api_text(entry->name), "organisation", api_text(entry->organisation),
                            "about", api_text(entry->about), "phone", api_text(entry->phone),
                            "email", api_text(entry->email), "website", api_text(entry->website),
                            "place", api_text(entry->place), "hours", api_text(entry->hours));
    if (entry->verified.year)
        json_object_set_new(one, "verified", api_text(date_iso(arena, entry->verified)));
    return one;
}

void api_support(struct request *request, struct response *response)
{
    struct support *list = NULL;
    size_t count = 0;
    struct api_page page;
    struct err err = {0};
    if (!api_check(request, response, ROUTE_api_support) ||
        !api_page_read(request, response, ROUTE_api_support, &page))
        return;
    if (support_list(request->app, request->arena, false, &list, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    /* Counted, as names are no numbers: the directory changes when somebody takes a file in. */
    int64_t before = page.goes_on ? page.after.at[0] : 0;
    size_t from = before >= 0 && (size_t)before < count ? (size_t)before : count;
    size_t to = count - from > page.limit ? from + page.limit : count;
    page.more = to < count;
    page.last.at[0] = (int64_t)to;
    json_t *items = json_array();
    for (size_t i = from; i < to; i++)
        json_array_append_new(items, service_json(request->arena, &list[i]));
    api_answer(request, response, ROUTE_api_support,
               api_page_make(request, ROUTE_api_support, items, &page));
}

void api_openapi(struct request *request, struct response *response)
{
    if (api_check(request, response, ROUTE_api_openapi))
        api_answer(request, response, ROUTE_api_openapi, openapi_make());
}
