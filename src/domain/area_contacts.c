#include "domain/area_support.h"

#include "base/arena.h"

static const struct str use_names[USE_COUNT] = {
    [USE_EMERGENCY] = STR_INIT("emergency"),       [USE_POLICE] = STR_INIT("police"),
    [USE_REFERRAL] = STR_INIT("referral"),         [USE_OUT_OF_HOURS] = STR_INIT("out-of-hours"),
    [USE_SUPPORT] = STR_INIT("support"),           [USE_RELAY] = STR_INIT("relay"),
    [USE_DIRECTORY] = STR_INIT("directory"),
};

struct str area_unit_in_full(const struct area *area)
{
    const struct area_contact *contact =
        area ? area_contact_find(area, area_setting(area, STR("referral-contact"))) : NULL;
    return contact ? contact->name : area_unit(area);
}

bool area_contact_hours_checked(const struct area_contact *contact)
{
    if (contact->use == USE_EMERGENCY) return true;
    return contact->open ? contact->open->verified.year != 0 : contact->verified.year != 0;
}

bool area_advice_checked(const struct area *area)
{
    struct date day;
    return date_parse_iso(area_setting(area, STR("advice-verified")), &day);
}

/* For what, where and when a contact is there. */
static enum st read_contact_use(const struct area *area, const struct area_text *text,
                                struct area_section *s, struct area_contact *contact,
                                struct err *err)
{
    struct str use;
    enum st st = area_text_need(text, s, "use", &use, err);
    if (st == ST_OK) st = area_text_need(text, s, "source", &contact->source, err);
    if (st != ST_OK) return st;
    int which = 0;
    while (which < USE_COUNT && !str_eq(use, use_names[which])) which++;
    if (which == USE_COUNT)
        return area_text_wrong(
            text, s->line, err,
            "use is emergency, police, referral, out-of-hours, support, relay or "
            "directory.");
    contact->use = (enum contact_use)which;
    contact->place = area_text_value(s, STR("place"));
    if (contact->place.len && !area_place_find(area, contact->place))
        return area_text_wrong(text, s->line, err, "places.txt has no [%.*s].",
                               STR_ARG(contact->place));
    struct str opens = area_text_value(s, STR("open"));
    if (area_contact_opens(area, opens, contact)) return ST_OK;
    return area_text_wrong(text, s->line, err, "hours.txt has no [%.*s].", STR_ARG(opens));
}

/* What to dial by Relay UK, and what another source gives. */
static enum st read_contact_ways(struct arena *arena, const struct area *area,
                                 const struct area_text *text, struct area_section *s,
                                 struct area_contact *contact, struct err *err)
{
    struct str prefix = area_setting(area, STR("relay-prefix"));
    contact->relay = area_text_value(s, STR("relay"));
    if (str_eq(contact->relay, STR("none")))
        contact->relay = STR("");
    else if (!contact->relay.len && prefix.len)
        contact->relay = str_fmt(arena, "%.*s %.*s", STR_ARG(prefix), STR_ARG(contact->phone));
    contact->other_phone = area_text_value(s, STR("other-phone"));
    contact->other_source = area_text_value(s, STR("other-source"));
    if (contact->other_phone.len && !contact->other_source.len)
        return area_text_wrong(text, s->line, err, "other-phone needs 'other-source = ...'.");
    return ST_OK;
}

enum st area_contacts_read(struct arena *arena, const struct area *area, struct area_text *text,
                           struct area_contact **ret, size_t *ret_count, struct err *err)
{
    *ret = arena_many(arena, text->section_count + 1, struct area_contact);
    *ret_count = text->section_count;
    for (size_t i = 0; i < text->section_count; i++) {
        struct area_section *s = &text->section[i];
        struct area_contact *contact = &(*ret)[i];
        contact->id = s->id;
        enum st st = area_text_need(text, s, "name", &contact->name, err);
        if (st == ST_OK) st = area_text_need(text, s, "group", &contact->group, err);
        if (st == ST_OK) st = area_text_need(text, s, "phone", &contact->phone, err);
        if (st == ST_OK) st = read_contact_use(area, text, s, contact, err);
        if (st == ST_OK) st = read_contact_ways(arena, area, text, s, contact, err);
        if (st != ST_OK) return st;
        contact->line = s->line;
        contact->text = area_text_value(s, STR("text"));
        contact->hours = area_text_value(s, STR("hours"));
        contact->when = area_text_value(s, STR("when"));
        contact->note = area_text_value(s, STR("note"));
        contact->to_verify = area_text_value(s, STR("to-verify"));
        contact->verified_by = area_text_value(s, STR("verified-by"));
        struct str verified = area_text_value(s, STR("last-verified"));
        if (verified.len && !date_parse_iso(verified, &contact->verified))
            return area_text_wrong(text, s->line, err,
                                   "last-verified is a date like 2026-03-12, or empty.");
    }
    if (!text->section_count) return area_text_wrong(text, 1, err, "it names nobody to call.");
    return ST_OK;
}
