#include "domain/area_hours.h"

#include "base/arena.h"

#include <jansson.h>
#include <stdlib.h>

enum { HOLIDAYS_MAX = 2000 };

/* --- hours -------------------------------------------------------------------------------- */

/* "09:00" as minutes; 24:00 is the end of a day. */
static bool read_minutes(struct str text, int16_t *ret)
{
    int64_t hour = 0;
    int64_t minute = 0;
    if (text.len != 5 || text.ptr[2] != ':' || !str_to_int(str_sub(text, 0, 2), &hour) ||
        !str_to_int(str_sub(text, 3, 2), &minute))
        return false;
    if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || (hour == 24 && minute)) return false;
    *ret = (int16_t)(hour * 60 + minute);
    return true;
}

static bool read_opening(struct str text, struct opening *ret)
{
    *ret = (struct opening){0};
    if (!text.len || str_eq(text, STR("closed"))) return true;
    struct str from;
    struct str to = text;
    return str_split(&to, '-', &from) && read_minutes(str_trim(from), &ret->from) &&
           read_minutes(str_trim(to), &ret->to) && ret->from < ret->to;
}

enum st area_hours_read(struct arena *arena, struct area_text *text, struct office_hours **ret,
                        size_t *ret_count, struct err *err)
{
    static const char *const names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday",    "bank-holidays"};
    *ret = arena_many(arena, text->section_count + 1, struct office_hours);
    *ret_count = text->section_count;
    for (size_t i = 0; i < text->section_count; i++) {
        struct area_section *section = &text->section[i];
        struct office_hours *hours = &(*ret)[i];
        *hours = (struct office_hours){.id = section->id};
        for (int day = 0; day < 8; day++) {
            struct opening *opening = day < 7 ? &hours->day[day] : &hours->holiday;
            if (!read_opening(area_text_value(section, str_from(names[day])), opening))
                return area_text_wrong(text, section->line, err,
                                       "%s is like 09:00-17:00, or closed.", names[day]);
        }
        hours->label = area_text_value(section, STR("label"));
        if (!hours->label.len)
            return area_text_wrong(text, section->line, err, "[%.*s] needs 'label = ...'.",
                                   STR_ARG(section->id));
        if (!area_text_value(section, STR("source")).len)
            return area_text_wrong(text, section->line, err, "[%.*s] needs 'source = ...'.",
                                   STR_ARG(section->id));
        hours->line = section->line;
        hours->note = area_text_value(section, STR("note"));
        struct str verified = area_text_value(section, STR("last-verified"));
        if (verified.len && !date_parse_iso(verified, &hours->verified))
            return area_text_wrong(text, section->line, err,
                                   "last-verified is a date like 2026-03-12, or empty.");
    }
    return ST_OK;
}

/* --- holidays -------------------------------------------------------------------------------- */

static int by_day(const void *a, const void *b)
{
    int32_t left = *(const int32_t *)a;
    int32_t right = *(const int32_t *)b;
    return (left > right) - (left < right);
}

static enum st read_events(struct arena *arena, json_t *root, struct calendar *ret, struct err *err)
{
    json_t *events = json_object_get(json_object_get(root, "england-and-wales"), "events");
    size_t count = json_array_size(events);
    if (!json_is_array(events) || count == 0 || count > HOLIDAYS_MAX)
        return err_set(err, ST_INVALID,
                       "bank-holidays.json: there is no list england-and-wales, events.");
    int32_t *day = arena_many(arena, count, int32_t);
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_object_get(json_array_get(events, i), "date"));
        struct date date;
        if (!text || !date_parse_iso(str_from(text), &date))
            return err_set(err, ST_INVALID,
                           "bank-holidays.json: event %zu has no date like 2026-12-25.", i + 1);
        day[i] = date_to_days(date);
    }
    qsort(day, count, sizeof *day, by_day);
    struct date last = date_from_days(day[count - 1]);
    *ret = (struct calendar){.holiday = day,
                             .holiday_count = count,
                             .covers_to = date_to_days((struct date){last.year, 12, 31})};
    return ST_OK;
}

enum st area_holidays_read(struct arena *arena, struct str json, struct calendar *ret,
                           struct err *err)
{
    json_error_t wrong;
    json_t *root = json_loadb(json.ptr, json.len, JSON_REJECT_DUPLICATES, &wrong);
    if (!root)
        return err_set(err, ST_INVALID, "bank-holidays.json, line %d: %.100s.", wrong.line,
                       wrong.text);
    enum st outcome = read_events(arena, root, ret, err);
    json_decref(root);
    return outcome;
}
