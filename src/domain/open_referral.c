#include "domain/open_referral.h"

#include "base/utf8.h"

#include <jansson.h>

enum {
    NAME_MAX_CHARACTERS = 200,
    ABOUT_MAX = 4000,
    WEBSITE_MAX = 300,
    PHONES_MAX = 50,
    SHOWN_MAX = 60
};

/* Reads one service; the first thing that is not right ends it. */
struct reader {
    struct arena *arena;
    const struct area *area;
    struct open_referral_row *row;
    struct str where; /* "contents[3]" */
};

static bool wrong(struct reader *from, const char *place, const char *why)
{
    struct open_referral_row *row = from->row;
    if (row->place.len) return false;
    row->place = from->where.len ? str_fmt(from->arena, "%.*s.%s", STR_ARG(from->where), place)
                                 : str_dup(from->arena, str_from(place));
    row->why = str_dup(from->arena, str_from(why));
    return false;
}

static bool wrong_at(struct reader *from, const char *list, size_t at, const char *key,
                     const char *why)
{
    return wrong(from, str_c(from->arena, str_fmt(from->arena, "%s[%zu].%s", list, at, key)), why);
}

/* Text under a key: not there is the empty text; cleaned; false when it is no text or too long. */
static bool text_at(struct reader *from, json_t *object, const char *key, size_t maximum,
                    struct str *ret)
{
    json_t *value = json_object_get(object, key);
    *ret = STR("");
    if (!value || json_is_null(value)) return true;
    if (!json_is_string(value)) return wrong(from, key, "It must be text.");
    struct str text = str_of(json_string_value(value), json_string_length(value));
    text = str_trim(utf8_clean(from->arena, text, NULL));
    if (utf8_count(text) > maximum)
        return wrong(
            from, key,
            str_c(from->arena, str_fmt(from->arena, "Shorten it to %zu characters.", maximum)));
    *ret = text;
    return true;
}

static bool is_uuid(struct str text)
{
    if (text.len != SUPPORT_UUID_SIZE - 1) return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (dash ? c != '-' : !hex) return false;
    }
    return true;
}

/* --- the parts ------------------------------------------------------------------------------ */

static bool read_names(struct reader *from, json_t *service)
{
    struct support *support = &from->row->support;
    struct str id;
    struct str status;
    if (!text_at(from, service, "id", 100, &id)) return false;
    if (!is_uuid(id)) return wrong(from, "id", "Every service needs an id that is a UUID.");
    id = str_lower(from->arena, id);
    memcpy(support->uuid, id.ptr, SUPPORT_UUID_SIZE - 1);
    if (!text_at(from, service, "name", NAME_MAX_CHARACTERS, &support->name)) return false;
    if (!support->name.len) return wrong(from, "name", "Give the service a name.");
    if (!text_at(from, service, "description", ABOUT_MAX, &support->about)) return false;
    if (!text_at(from, service, "status", 40, &status)) return false;
    static const struct str known[] = {STR_INIT("active"), STR_INIT("inactive"),
                                       STR_INIT("defunct"), STR_INIT("temporarily closed")};
    for (size_t i = 0; i < 4; i++)
        if (str_eq(status, known[i])) support->status = known[i];
    if (!support->status.len)
        return wrong(from, "status", "Write active, inactive, defunct or temporarily closed.");
    json_t *organisation = json_object_get(service, "organization");
    if (organisation &&
        !text_at(from, organisation, "name", NAME_MAX_CHARACTERS, &support->organisation))
        return false;
    if (!support->organisation.len) support->organisation = support->name;
    return true;
}

static bool read_ways(struct reader *from, json_t *service)
{
    struct support *support = &from->row->support;
    struct str verified;
    if (!text_at(from, service, "url", WEBSITE_MAX, &support->website) ||
        !text_at(from, service, "email", NAME_MAX_CHARACTERS, &support->email) ||
        !text_at(from, service, "assured_date", 40, &verified))
        return false;
    if (support->website.len && !str_starts(support->website, STR("https://")))
        return wrong(from, "url", "Write a web address that begins with https://.");
    if (support->email.len && str_find(support->email, STR("@"), 0) < 1)
        return wrong(from, "email", "Write an email address, like help@example.org.");
    if (verified.len && !date_parse_iso(str_sub(verified, 0, 10), &support->verified))
        return wrong(from, "assured_date", "Write a date like 2026-03-12.");
    return true;
}

static bool is_phone(struct str number)
{
    size_t digits = 0;
    for (size_t i = 0; i < number.len; i++) {
        digits += number.ptr[i] >= '0' && number.ptr[i] <= '9';
        if (!strchr("0123456789 +()-", number.ptr[i])) return false;
    }
    return digits >= 3 && digits <= 18 && number.len <= 30;
}

static bool read_phones(struct reader *from, json_t *phones, const char *list)
{
    struct support *support = &from->row->support;
    if (phones && !json_is_array(phones)) return wrong(from, list, "It must be a list.");
    size_t count = json_array_size(phones);
    for (size_t i = 0; i < count && i < PHONES_MAX; i++) {
        struct str number;
        struct str type;
        json_t *phone = json_array_get(phones, i);
        if (!text_at(from, phone, "number", 100, &number) ||
            !text_at(from, phone, "type", 40, &type))
            return false;
        if (!is_phone(number))
            return wrong_at(from, list, i, "number", "Write the number in digits.");
        struct str *to = str_eq_nocase(type, STR("text")) || str_eq_nocase(type, STR("sms"))
                             ? &support->text
                         : str_eq_nocase(type, STR("textphone")) ? &support->relay
                         : str_eq_nocase(type, STR("fax"))       ? NULL
                                                                 : &support->phone;
        if (to && !to->len) *to = number;
    }
    return true;
}

/* The numbers of the service, or else of the people to ask there. */
static bool read_all_phones(struct reader *from, json_t *service)
{
    if (!read_phones(from, json_object_get(service, "phones"), "phones")) return false;
    json_t *contacts = json_object_get(service, "contacts");
    for (size_t i = 0; i < json_array_size(contacts) && !from->row->support.phone.len; i++) {
        const char *list = str_c(from->arena, str_fmt(from->arena, "contacts[%zu].phones", i));
        if (!read_phones(from, json_object_get(json_array_get(contacts, i), "phones"), list))
            return false;
    }
    return true;
}

static bool read_age(struct reader *from, json_t *service, const char *key, int16_t *ret)
{
    json_t *value = json_object_get(service, key);
    if (!value || json_is_null(value)) return true;
    double age = json_number_value(value);
    if (!json_is_number(value) || age < 0 || age > SUPPORT_AGE_MAX)
        return wrong(from, key, "Write an age in years, from 0 to 120.");
    *ret = (int16_t)age;
    return true;
}

static bool read_ages(struct reader *from, json_t *service)
{
    struct support *support = &from->row->support;
    support->age_to = SUPPORT_AGE_MAX;
    if (!read_age(from, service, "minimum_age", &support->age_from) ||
        !read_age(from, service, "maximum_age", &support->age_to))
        return false;
    return support->age_from <= support->age_to ||
           wrong(from, "maximum_age", "The oldest age is below the youngest one.");
}

/* "09:00" or "09:00:00" as minutes. */
static bool read_minutes(struct str text, int16_t *ret)
{
    int64_t hour = 0;
    int64_t minute = 0;
    if (text.len < 5 || text.ptr[2] != ':' || !str_to_int(str_sub(text, 0, 2), &hour) ||
        !str_to_int(str_sub(text, 3, 2), &minute) || hour < 0 || hour > 24 || minute < 0 ||
        minute > 59)
        return false;
    *ret = (int16_t)(hour * 60 + minute);
    return true;
}

static bool add_spans(struct reader *from, size_t at, struct str byday, struct opening opening)
{
    static const struct str days[7] = {STR_INIT("MO"), STR_INIT("TU"), STR_INIT("WE"),
                                       STR_INIT("TH"), STR_INIT("FR"), STR_INIT("SA"),
                                       STR_INIT("SU")};
    struct support *support = &from->row->support;
    struct str word;
    while (str_split(&byday, ',', &word)) {
        int8_t day = 0;
        while (day < 7 && !str_eq_nocase(str_trim(word), days[day])) day++;
        if (day == 7) return wrong_at(from, "schedules", at, "byday", "Write days like MO,TU,WE.");
        if (support->span_count == SUPPORT_SPANS_MAX)
            return wrong(from, "schedules", "There are more opening times than a week can show.");
        support->span[support->span_count++] = (struct support_span){day, opening};
    }
    return true;
}

/* Whole days on all seven are "at any time". */
static void see_always(struct support *support)
{
    unsigned whole = 0;
    for (size_t i = 0; i < support->span_count; i++)
        if (support->span[i].at.from == 0 && support->span[i].at.to == 1440)
            whole |= 1u << support->span[i].day;
    if (whole != 0x7f) return;
    support->always = true;
    support->span_count = 0;
}

static bool read_schedules(struct reader *from, json_t *service)
{
    json_t *schedules = json_object_get(service, "schedules");
    struct support *support = &from->row->support;
    for (size_t i = 0; i < json_array_size(schedules); i++) {
        json_t *schedule = json_array_get(schedules, i);
        struct str byday;
        struct str opens;
        struct str closes;
        struct str words;
        struct opening opening;
        if (!text_at(from, schedule, "byday", 60, &byday) ||
            !text_at(from, schedule, "opens_at", 40, &opens) ||
            !text_at(from, schedule, "closes_at", 40, &closes) ||
            !text_at(from, schedule, "description", 500, &words))
            return false;
        if (words.len && !support->hours.len) support->hours = words;
        if (!byday.len || !opens.len || !closes.len) continue; /* told in words, if at all */
        if (!read_minutes(opens, &opening.from))
            return wrong_at(from, "schedules", i, "opens_at", "Write a time like 09:00.");
        if (!read_minutes(closes, &opening.to))
            return wrong_at(from, "schedules", i, "closes_at", "Write a time like 17:00.");
        if (opening.to == 1439) opening.to = 1440;
        if (opening.from >= opening.to)
            return wrong_at(from, "schedules", i, "closes_at",
                            "It closes before it opens. Make two days of it.");
        if (!add_spans(from, i, byday, opening)) return false;
    }
    see_always(support);
    return true;
}

/* --- where and for whom ----------------------------------------------------------------------- */

static void read_place(struct reader *from, json_t *service)
{
    json_t *areas = json_object_get(service, "service_areas");
    size_t count = 0;
    const struct area_place *places = area_places(from->area, &count);
    if (json_array_size(areas) != 1) return; /* several, or not said: not kept from any */
    const char *name = json_string_value(json_object_get(json_array_get(areas, 0), "name"));
    for (size_t i = 0; i < count; i++)
        if (str_eq_nocase(places[i].name, str_from(name)) ||
            str_eq_nocase(places[i].id, str_from(name)))
            from->row->support.place = places[i].id;
}

static void add_need(struct support *support, const struct area_need *need)
{
    for (size_t i = 0; i < support->need_count; i++)
        if (support->need[i] == need) return;
    if (need && support->need_count < SUPPORT_NEEDS_MAX)
        support->need[support->need_count++] = need;
}

/* Terms that mean nothing here are left out. */
static void read_attributes(struct reader *from, json_t *service)
{
    json_t *attributes = json_object_get(service, "attributes");
    struct support *support = &from->row->support;
    for (size_t i = 0; i < json_array_size(attributes); i++) {
        json_t *attribute = json_array_get(attributes, i);
        json_t *named = json_object_get(attribute, "taxonomy_term");
        struct str term = str_from(json_string_value(json_object_get(named, "term")));
        struct str taxonomy = str_from(json_string_value(json_object_get(named, "taxonomy")));
        unsigned bit = 0;
        if (str_eq(taxonomy, STR("audience")) && audience_from_words(term, &bit))
            support->audience |= bit;
        if (str_eq(taxonomy, STR("need"))) add_need(support, area_need_find(from->area, term));
        if (!str_eq(taxonomy, STR("provenance"))) continue;
        struct str source = str_from(json_string_value(json_object_get(attribute, "value")));
        support->source = utf8_clean(from->arena, str_sub(source, 0, ABOUT_MAX), NULL);
    }
    /* Nobody said for whom: then nobody is kept from finding it. */
    if (!support->audience) support->audience = FOR_CHILD | FOR_PARENT | FOR_PROFESSIONAL;
}

static void read_service(struct reader *from, json_t *service)
{
    if (!json_is_object(service)) {
        wrong(from, "", "It must be a service: an object with id, name and status.");
        return;
    }
    if (!read_names(from, service) || !read_ways(from, service) ||
        !read_all_phones(from, service) || !read_ages(from, service) ||
        !read_schedules(from, service))
        return;
    read_place(from, service);
    read_attributes(from, service);
    struct support *support = &from->row->support;
    if (!support->phone.len && !support->text.len && !support->website.len && !support->email.len)
        wrong(from, "phones",
              "Give a way to reach it: a number, an email address or a web address.");
}

/* --- files ------------------------------------------------------------------------------------ */

static enum st parse(struct str text, json_t **ret, struct err *err)
{
    json_error_t error;
    *ret = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &error);
    if (*ret) return ST_OK;
    return err_set(err, ST_INVALID, "The file is no JSON: line %d, column %d: %.*s.", error.line,
                   error.column, SHOWN_MAX, error.text);
}

/* The second of two with one id. */
static void see_doubles(struct arena *arena, struct open_referral_row *row, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t k = 0; k < i && !row[i].place.len; k++)
            if (!row[k].place.len && strcmp(row[k].support.uuid, row[i].support.uuid) == 0) {
                row[i].place = str_fmt(arena, "contents[%zu].id", i);
                row[i].why =
                    str_fmt(arena, "It has the id of contents[%zu]. Give each service its own.", k);
            }
}

enum st open_referral_read(struct arena *arena, const struct area *area, struct str text,
                           struct open_referral_row **ret, size_t *ret_count, struct err *err)
{
    json_t *root = NULL;
    if (text.len > OPEN_REFERRAL_BYTES_MAX)
        return err_set(err, ST_LIMIT, "The file is larger than 8 MB. Import it in parts.");
    enum st outcome = parse(text, &root, err);
    if (outcome != ST_OK) return outcome;
    json_t *list = json_is_object(root) ? json_object_get(root, "contents") : root;
    if (!list && json_object_get(root, "name")) list = root;
    size_t count = json_is_object(list) ? 1 : json_array_size(list);
    if (!json_is_array(list) && !json_is_object(list))
        outcome = err_set(err, ST_INVALID, "The file has no services: it needs a list 'contents'.");
    else if (count > OPEN_REFERRAL_SERVICES_MAX)
        outcome = err_set(err, ST_LIMIT, "The file has more than %d services. Import it in parts.",
                          OPEN_REFERRAL_SERVICES_MAX);
    if (outcome == ST_OK) {
        struct open_referral_row *row = arena_many(arena, count + 1, struct open_referral_row);
        for (size_t i = 0; i < count; i++) {
            struct reader from = {arena, area, &row[i], str_fmt(arena, "contents[%zu]", i)};
            row[i].number = i + 1;
            read_service(&from, json_is_object(list) ? list : json_array_get(list, i));
        }
        see_doubles(arena, row, count);
        *ret = row;
        *ret_count = count;
    }
    json_decref(root);
    return outcome;
}

enum st open_referral_read_one(struct arena *arena, const struct area *area, struct str text,
                               struct support *ret, struct err *err)
{
    struct open_referral_row row = {0};
    struct reader from = {arena, area, &row, STR("")};
    json_t *service = NULL;
    enum st outcome = parse(text, &service, err);
    if (outcome != ST_OK) return outcome;
    read_service(&from, service);
    json_decref(service);
    if (row.place.len)
        return err_set(err, ST_INVALID, "%.*s: %.*s", STR_ARG(row.place), STR_ARG(row.why));
    *ret = row.support;
    return ST_OK;
}
