#include "domain/area_internal.h"

#include "base/buf.h"

#include <stdlib.h>

void area_free(struct area *area)
{
    if (!area) return;
    arena_done(&area->arena);
    free(area);
}

struct str area_name(const struct area *area)
{
    return area->name;
}

size_t area_sectors(const struct area *area, size_t maximum, struct area_sector *ret)
{
    size_t count = 0;
    for (size_t i = 0; i < area->settings.pair_count && count < maximum; i++) {
        struct str key = area->settings.pair[i].key;
        if (str_starts(key, STR("sector-")))
            ret[count++] =
                (struct area_sector){str_sub(key, 7, key.len), area->settings.pair[i].value};
    }
    return count;
}

struct str area_setting(const struct area *area, struct str key)
{
    for (size_t i = 0; i < area->settings.pair_count; i++)
        if (str_eq(area->settings.pair[i].key, key)) return area->settings.pair[i].value;
    return STR("");
}

struct str area_sector_label(const struct area *area, struct str sector)
{
    if (!area) return sector;
    struct buf key;
    buf_init(&key, 200);
    buf_add_c(&key, "sector-");
    for (size_t i = 0; i < sector.len; i++) {
        if (sector.ptr[i] >= 'a' && sector.ptr[i] <= 'z') buf_add_char(&key, sector.ptr[i]);
        if (sector.ptr[i] == ' ' || sector.ptr[i] == '-') buf_add_char(&key, '-');
    }
    struct str label = area_setting(area, buf_str(&key));
    buf_done(&key);
    return label.len ? label : sector;
}

struct str area_unit(const struct area *area)
{
    return area ? area_setting(area, STR("referral-unit")) : STR("referral unit");
}

const struct area_contact *area_contacts(const struct area *area, size_t *ret_count)
{
    *ret_count = area->contact_count;
    return area->contact;
}

const struct area_place *area_places(const struct area *area, size_t *ret_count)
{
    *ret_count = area->place_count;
    return area->place;
}

const struct area_place *area_place_find(const struct area *area, struct str id)
{
    for (size_t i = 0; i < area->place_count; i++)
        if (str_eq(area->place[i].id, id)) return &area->place[i];
    return NULL;
}

const struct calendar *area_calendar(const struct area *area)
{
    return &area->calendar;
}

const struct area_missing *area_missing(const struct area *area)
{
    return &area->missing;
}

const struct questions *area_location_form(const struct area *area)
{
    return &area->location_form;
}

const struct area_map *area_map(const struct area *area)
{
    return &area->map;
}

const struct area_patterns *area_patterns(const struct area *area)
{
    return &area->patterns;
}

const struct area_grading *area_grading_of(const struct area *area)
{
    return &area->grading;
}

const struct area_desk *area_desk_of(const struct area *area)
{
    return &area->desk;
}

const struct area_meeting *area_meeting_of(const struct area *area)
{
    return &area->meeting;
}

const struct area_feedback *area_feedback_of(const struct area *area)
{
    return &area->feedback;
}

const struct office_hours *area_hours_find(const struct area *area, struct str id)
{
    for (size_t i = 0; i < area->hours_count; i++)
        if (str_eq(area->hours[i].id, id)) return &area->hours[i];
    return NULL;
}

const struct office_hours *area_hours_all(const struct area *area, size_t *ret_count)
{
    *ret_count = area->hours_count;
    return area->hours;
}

bool area_contact_opens(const struct area *area, struct str opens, struct area_contact *contact)
{
    contact->opens = opens;
    contact->always = str_eq(opens, STR("always"));
    contact->outside = str_starts(opens, STR("outside "));
    contact->open = NULL;
    if (!opens.len || contact->always) return true;
    struct str id = contact->outside ? str_trim(str_sub(opens, 8, opens.len)) : opens;
    contact->open = area_hours_find(area, id);
    return contact->open != NULL;
}

const struct area_need *area_needs(const struct area *area, size_t *ret_count)
{
    *ret_count = area->directory.need_count;
    return area->directory.need;
}

const struct area_need *area_need_find(const struct area *area, struct str id)
{
    return directory_need(&area->directory, id);
}

const struct area_support *area_supports(const struct area *area, size_t *ret_count)
{
    *ret_count = area->directory.support_count;
    return area->directory.support;
}

bool area_contact_answers(const struct area *area, const struct area_contact *contact,
                          instant_ms now)
{
    if (!contact->open) return true;
    return calendar_is_open(&area->calendar, contact->open, now) != contact->outside;
}

const struct area_contact *area_contact_find(const struct area *area, struct str id)
{
    for (size_t i = 0; i < area->contact_count; i++)
        if (str_eq(area->contact[i].id, id)) return &area->contact[i];
    return NULL;
}

const struct area_forum *area_forums(const struct area *area, size_t *ret_count)
{
    *ret_count = area->forum_count;
    return area->forum;
}

const struct area_forum *area_forum_find(const struct area *area, struct str id)
{
    for (size_t i = 0; area && i < area->forum_count; i++)
        if (str_eq(area->forum[i].id, id)) return &area->forum[i];
    return NULL;
}

const struct area_sign *area_signs(const struct area *area, size_t *ret_count)
{
    *ret_count = area->sign_count;
    return area->sign;
}

const struct area_sign *area_sign_find(const struct area *area, struct str id)
{
    for (size_t i = 0; i < area->sign_count; i++)
        if (str_eq(area->sign[i].id, id)) return &area->sign[i];
    return NULL;
}

const struct area_child *area_child(const struct area *area)
{
    return &area->child;
}

const struct area_how_known *area_how_known(const struct area *area, enum how_known how)
{
    return how < HOW_ANSWERS ? &area->how[how] : NULL;
}

const struct area_handling *area_handlings(const struct area *area, size_t *ret_count)
{
    *ret_count = area->handling_count;
    return area->handling;
}

const struct area_handling *area_handling_find(const struct area *area, struct str code)
{
    for (size_t i = 0; i < area->handling_count; i++)
        if (str_eq(area->handling[i].code, code)) return &area->handling[i];
    return NULL;
}

const struct area_danger *area_danger(const struct area *area)
{
    return &area->danger;
}

const struct area_guidance *area_guidance(const struct area *area, size_t *ret_count)
{
    *ret_count = area->guidance.page_count;
    return area->guidance.page;
}

const struct area_guidance *area_guidance_find(const struct area *area, struct str id)
{
    return guidance_page(&area->guidance, id);
}

const struct area_guidance_group *area_guidance_groups(const struct area *area, size_t *ret_count)
{
    *ret_count = area->guidance.group_count;
    return area->guidance.group;
}

const struct area_referral_part *area_referral_of(const struct area *area)
{
    return &area->referral;
}

const struct area_source *area_sources(const struct area *area, size_t *ret_count)
{
    *ret_count = area->source_count;
    return area->source;
}
