#include "web/call.h"

static const char *const weekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};

/* "at 17:00 today", "at 09:00 on Tuesday 29 December". */
static struct str call_when(struct arena *arena, instant_ms at, instant_ms now)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    struct civil then = clock_london(at);
    int32_t days = date_to_days(then.date) - clock_day(now);
    struct str time = str_fmt(arena, "%02d:%02d", then.hour, then.minute);
    if (days == 0) return str_fmt(arena, "%.*s today", STR_ARG(time));
    if (days == 1) return str_fmt(arena, "%.*s tomorrow", STR_ARG(time));
    return str_fmt(arena, "%.*s on %s %d %s", STR_ARG(time), weekdays[date_weekday(then.date)],
                   then.date.day, months[then.date.month - 1]);
}

/* Hours that nobody has asked about are said as what they are. */
static struct str call_hours(const struct area *area, struct arena *arena,
                             const struct area_contact *contact, instant_ms now)
{
    const struct calendar *calendar = area_calendar(area);
    bool checked = area_contact_hours_checked(contact);
    bool answers = area_contact_answers(area, contact, now);
    bool office_open = calendar_is_open(calendar, contact->open, now);
    instant_ms change = office_open ? calendar_closes(calendar, contact->open, now)
                                    : calendar_opens(calendar, contact->open, now);
    const char *state = checked   ? answers ? "Open now" : "Closed now"
                        : answers ? "Usually open now"
                                  : "Usually closed now";
    if (!change) return str_from(state);
    return str_fmt(arena, answers ? "%s, until %.*s" : "%s. Opens at %.*s", state,
                   STR_ARG(call_when(arena, change, now)));
}

struct str call_status(const struct area *area, struct arena *arena,
                       const struct area_contact *contact, instant_ms now)
{
    static const char unchecked[] = "Nobody has checked these hours";
    bool checked = area_contact_hours_checked(contact);
    if (contact->always)
        return checked ? STR("Open at any time")
                       : str_fmt(arena, "Said to be open at any time. %s", unchecked);
    if (!contact->open) return contact->hours;
    struct str words = call_hours(area, arena, contact, now);
    return checked ? words : str_fmt(arena, "%.*s. %s", STR_ARG(words), unchecked);
}

struct str call_verified(struct arena *arena, struct date verified, struct str by, instant_ms now)
{
    if (!verified.year) return STR("Nobody has checked this number yet");
    struct str day = date_words(arena, verified);
    struct str who = by.len ? str_fmt(arena, " by %.*s", STR_ARG(by)) : STR("");
    int32_t age = clock_day(now) - date_to_days(verified);
    if (age > CONTACT_STALE_DAYS)
        return str_fmt(arena, "Last checked on %.*s%.*s: more than six months ago", STR_ARG(day),
                       STR_ARG(who));
    return str_fmt(arena, "Checked on %.*s%.*s", STR_ARG(day), STR_ARG(who));
}

struct str call_contact_verified(struct arena *arena, const struct contact *contact, instant_ms now)
{
    /* That 999 answers needs no asking, and nobody should think twice about it. */
    if (contact->now.use == USE_EMERGENCY && !contact->now.verified.year) return STR("");
    if (contact->now.to_verify.len && !contact->now.verified.year)
        return STR("Nobody has checked this number yet. It is not on the partnership’s own list");
    return call_verified(arena, contact->now.verified, contact->verified_by, now);
}

struct html call_draw(struct request *request, const struct contact *contact, bool now,
                      instant_ms at)
{
    struct arena *arena = request->arena;
    const struct area_contact *what = &contact->now;
    /* "999 by text message": whoever cannot speak is not led to a call. */
    bool texts = what->use == USE_RELAY && str_eq(what->text, what->phone);
    struct view_call_contact view = {
        .name = what->name,
        .phone = what->phone,
        .call = texts ? html_url_sms(arena, what->text) : html_url_phone(arena, what->phone),
        .texts = texts,
        .when = what->when,
        .status = call_status(request->app->area, arena, what, at),
        .text = texts ? STR("") : what->text,
        .write = html_url_sms(arena, what->text),
        .relay = what->relay,
        .relay_call = html_url_phone(arena, what->relay),
        .relay_unchecked = !area_advice_checked(request->app->area),
        .ways = (what->text.len && !texts) || what->relay.len,
        .verified = call_contact_verified(arena, contact, at),
        .stale = what->use != USE_EMERGENCY && !contact_is_fresh(contact, at),
        .now = now,
    };
    struct buf drawn;
    buf_init(&drawn, 16 << 10);
    view_call_contact(&drawn, &view);
    struct html html = {.s = str_dup(arena, buf_str(&drawn))};
    buf_done(&drawn);
    return html;
}

size_t calls_of_place(const struct area *area, const struct contact *list, size_t count,
                      struct str place, instant_ms at, const struct contact **ret, size_t maximum)
{
    size_t found = 0;
    for (int answers = 1; answers >= 0; answers--)
        for (size_t i = 0; i < count && found < maximum; i++) {
            const struct area_contact *contact = &list[i].now;
            bool takes = contact->use == USE_REFERRAL || contact->use == USE_OUT_OF_HOURS;
            if (!takes || !str_eq(contact->place, place)) continue;
            if (area_contact_answers(area, contact, at) == (answers == 1)) ret[found++] = &list[i];
        }
    return found;
}

struct call_first call_first_of_place(struct request *request, struct str place)
{
    struct arena *arena = request->arena;
    const struct area *area = request->app->area;
    struct contact *list = NULL;
    const struct contact *first = NULL;
    size_t count = 0;
    struct call_first unit = {.who = str_fmt(arena, "the %.*s", STR_ARG(area_unit(area)))};
    /* Without numbers the page of who to call is still there. */
    if (!area || contact_list(request->app, arena, &list, &count, NULL) != ST_OK ||
        !calls_of_place(area, list, count, place, clock_now(), &first, 1))
        return unit;
    if (!str_eq(first->now.id, area_setting(area, STR("referral-contact"))))
        unit.who = first->now.name;
    unit.phone = first->now.phone;
    unit.dial = html_url_phone(arena, unit.phone);
    return unit;
}
