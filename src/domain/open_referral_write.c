#include "domain/open_referral.h"

#include <jansson.h>
#include <stdlib.h>

static const char *const days[7] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

/* Line ends of the pack's text are blanks here. */
static struct str one_line(struct arena *arena, struct str text)
{
    char *copy = (char *)(uintptr_t)str_c(arena, text);
    for (size_t i = 0; i < text.len; i++)
        if (copy[i] == '\n') copy[i] = ' ';
    return str_of(copy, text.len);
}

static json_t *text_of(struct arena *arena, struct str text)
{
    struct str line = one_line(arena, text);
    return json_stringn(line.ptr, line.len);
}

struct writer {
    struct arena *arena;
    const struct area *area;
    const struct support *support;
};

static void set(const struct writer *to, json_t *object, const char *key, struct str text)
{
    if (text.len) json_object_set_new(object, key, text_of(to->arena, text));
}

/* An object with an id of its own that stays the same from one export to the next. */
static json_t *object_of(const struct writer *to, const char *kind, struct str name)
{
    char uuid[SUPPORT_UUID_SIZE];
    json_t *object = json_object();
    support_uuid(area_name(to->area), str_from(kind),
                 str_fmt(to->arena, "%s %.*s", to->support->uuid, STR_ARG(name)), uuid);
    json_object_set_new(object, "id", json_string(uuid));
    return object;
}

static void add_phone(const struct writer *to, json_t *list, struct str number, const char *type,
                      const char *words)
{
    if (!number.len) return;
    json_t *phone = object_of(to, "phone", str_from(type));
    set(to, phone, "number", number);
    set(to, phone, "type", str_from(type));
    set(to, phone, "description", str_from(words));
    json_array_append_new(list, phone);
}

static json_t *phones_of(const struct writer *to)
{
    json_t *list = json_array();
    add_phone(to, list, to->support->phone, "voice", "Call");
    add_phone(to, list, to->support->text, "text", "Text message");
    add_phone(to, list, to->support->relay, "textphone", "By Relay UK");
    return list;
}

/* --- schedules ------------------------------------------------------------------------------ */

static void add_schedule(const struct writer *to, json_t *list, const char *byday, int from,
                         int until, struct str words)
{
    json_t *schedule =
        object_of(to, "schedule", str_fmt(to->arena, "%s %d %d", byday, from, until));
    set(to, schedule, "freq", STR("WEEKLY"));
    json_object_set_new(schedule, "interval", json_integer(1));
    set(to, schedule, "byday", str_from(byday));
    set(to, schedule, "opens_at", str_fmt(to->arena, "%02d:%02d", from / 60, from % 60));
    /* 24:00 is no time of day there. */
    set(to, schedule, "closes_at",
        until == 1440 ? STR("23:59") : str_fmt(to->arena, "%02d:%02d", until / 60, until % 60));
    set(to, schedule, "description", words);
    json_array_append_new(list, schedule);
}

/* What the office is not: before it opens and after it closes. */
static void add_outside(const struct writer *to, json_t *list, const char *byday,
                        struct opening opening, struct str words)
{
    if (opening.from == opening.to) {
        add_schedule(to, list, byday, 0, 1440, words);
        return;
    }
    if (opening.from > 0) add_schedule(to, list, byday, 0, opening.from, words);
    if (opening.to < 1440) add_schedule(to, list, byday, opening.to, 1440, words);
}

static json_t *schedules_of(const struct writer *to)
{
    json_t *list = json_array();
    const struct support *support = to->support;
    const struct contact *contact = support->contact;
    if (support->always) {
        add_schedule(to, list, "MO,TU,WE,TH,FR,SA,SU", 0, 1440, STR("At any time"));
    } else if (contact && contact->now.open) {
        const struct office_hours *hours = contact->now.open;
        for (int day = 0; day < 7; day++) {
            struct opening at = hours->day[day];
            if (contact->now.outside)
                add_outside(to, list, days[day], at, STR("And all day on bank holidays"));
            else if (at.from != at.to)
                add_schedule(to, list, days[day], at.from, at.to,
                             hours->holiday.from == hours->holiday.to ? STR("Not on bank holidays")
                                                                      : STR(""));
        }
    }
    for (size_t i = 0; i < support->span_count; i++)
        add_schedule(to, list, days[support->span[i].day], support->span[i].at.from,
                     support->span[i].at.to, support->hours);
    if (!json_array_size(list) && support->hours.len) {
        json_t *schedule = object_of(to, "schedule", STR("in words"));
        set(to, schedule, "description", support->hours);
        json_array_append_new(list, schedule);
    }
    return list;
}

/* --- attributes ------------------------------------------------------------------------------ */

static void add_attribute(const struct writer *to, json_t *list, const char *taxonomy,
                          struct str term, struct str label, struct str value)
{
    char uuid[SUPPORT_UUID_SIZE];
    json_t *attribute = object_of(to, taxonomy, term);
    json_t *named = json_object();
    support_uuid(STR("pendeen"), str_from(taxonomy), term, uuid);
    json_object_set_new(named, "id", json_string(uuid));
    set(to, named, "name", label);
    set(to, named, "description", label);
    set(to, named, "taxonomy", str_from(taxonomy));
    set(to, named, "term", term);
    set(to, attribute, "link_entity", STR("service"));
    set(to, attribute, "link_type", str_from(taxonomy));
    set(to, attribute, "value", value);
    json_object_set_new(attribute, "taxonomy_term", named);
    json_array_append_new(list, attribute);
}

static json_t *attributes_of(const struct writer *to)
{
    static const struct {
        unsigned bit;
        struct str term;
        struct str label;
    } audiences[] = {{FOR_CHILD, STR_INIT("child"), STR_INIT("Children and young people")},
                     {FOR_PARENT, STR_INIT("parent"), STR_INIT("Parents and carers")},
                     {FOR_PROFESSIONAL, STR_INIT("professional"), STR_INIT("Professionals")}};
    json_t *list = json_array();
    const struct support *support = to->support;
    for (size_t i = 0; i < 3; i++)
        if (support->audience & audiences[i].bit)
            add_attribute(to, list, "audience", audiences[i].term, audiences[i].label, STR(""));
    for (size_t i = 0; i < support->need_count; i++)
        add_attribute(to, list, "need", support->need[i]->id, support->need[i]->label, STR(""));
    if (support->source.len)
        add_attribute(to, list, "provenance", STR("source"), STR("Where this entry comes from"),
                      support->source);
    return list;
}

/* --- a service -------------------------------------------------------------------------------- */

static json_t *areas_of(const struct writer *to)
{
    const struct area_place *place = area_place_find(to->area, to->support->place);
    if (!place) return NULL;
    json_t *list = json_array();
    json_t *area = object_of(to, "service_area", place->id);
    set(to, area, "name", place->name);
    set(to, area, "service_area", place->name);
    json_array_append_new(list, area);
    return list;
}

static json_t *organisation_of(const struct writer *to)
{
    char uuid[SUPPORT_UUID_SIZE];
    json_t *organisation = json_object();
    /* Of the name as it is written: whoever reads it back gives it the same. */
    support_uuid(STR("pendeen"), STR("organization"),
                 one_line(to->arena, to->support->organisation), uuid);
    json_object_set_new(organisation, "id", json_string(uuid));
    set(to, organisation, "name", to->support->organisation);
    set(to, organisation, "description", to->support->organisation);
    set(to, organisation, "website", to->support->website);
    return organisation;
}

static json_t *service_of(struct arena *arena, const struct area *area,
                          const struct support *support)
{
    struct writer to = {arena, area, support};
    json_t *service = json_object();
    json_object_set_new(service, "id", json_string(support->uuid));
    set(&to, service, "name", support->name);
    set(&to, service, "description", support->about);
    set(&to, service, "url", support->website);
    set(&to, service, "email", support->email);
    set(&to, service, "status", support->status);
    json_object_set_new(service, "minimum_age", json_integer(support->age_from));
    if (support->age_to < SUPPORT_AGE_MAX)
        json_object_set_new(service, "maximum_age", json_integer(support->age_to));
    if (support->verified.year)
        set(&to, service, "assured_date", date_iso(arena, support->verified));
    json_object_set_new(service, "phones", phones_of(&to));
    json_object_set_new(service, "schedules", schedules_of(&to));
    json_t *areas = areas_of(&to);
    if (areas) json_object_set_new(service, "service_areas", areas);
    json_object_set_new(service, "organization", organisation_of(&to));
    json_object_set_new(service, "attributes", attributes_of(&to));
    return service;
}

static struct str printed(struct arena *arena, json_t *json, size_t indent)
{
    char *text = json_dumps(json, JSON_INDENT(indent));
    struct str made = text ? str_dup(arena, str_from(text)) : STR("");
    free(text);
    json_decref(json);
    return made;
}

struct str open_referral_write_one(struct arena *arena, const struct area *area,
                                   const struct support *support)
{
    return printed(arena, service_of(arena, area, support), 0);
}

struct str open_referral_write(struct arena *arena, const struct area *area,
                               const struct support *list, size_t count)
{
    json_t *contents = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(contents, service_of(arena, area, &list[i]));
    json_t *page = json_object();
    json_object_set_new(page, "total_items", json_integer((json_int_t)count));
    json_object_set_new(page, "total_pages", json_integer(1));
    json_object_set_new(page, "page_number", json_integer(1));
    json_object_set_new(page, "size", json_integer((json_int_t)count));
    json_object_set_new(page, "first_page", json_true());
    json_object_set_new(page, "last_page", json_true());
    json_object_set_new(page, "empty", json_boolean(count == 0));
    json_object_set_new(page, "contents", contents);
    return printed(arena, page, 2);
}
