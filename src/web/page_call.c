/*
 * Who to call: the right numbers now, by place, without signing in.
 */
#include "domain/area.h"
#include "web/layout.h"
#include "web/pages.h"

enum { STALE_DAYS = 183 };

static const char *const weekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};

/* "at 17:00 today", "at 09:00 on Tuesday 29 December". */
static struct str when_words(struct arena *arena, instant_ms at, instant_ms now)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    struct civil then = clock_london(at);
    int32_t days = date_to_days(then.date) - date_to_days(clock_london(now).date);
    struct str time = str_fmt(arena, "%02d:%02d", then.hour, then.minute);
    if (days == 0) return str_fmt(arena, "%.*s today", STR_ARG(time));
    if (days == 1) return str_fmt(arena, "%.*s tomorrow", STR_ARG(time));
    return str_fmt(arena, "%.*s on %s %d %s", STR_ARG(time), weekdays[date_weekday(then.date)],
                   then.date.day, months[then.date.month - 1]);
}

/* Whether somebody answers now, and until or from when. */
static struct str status_of(const struct area *area, struct arena *arena,
                            const struct area_contact *contact, instant_ms now)
{
    if (contact->always) return STR("Open at any time");
    if (!contact->open) return contact->hours;
    const struct calendar *calendar = area_calendar(area);
    bool answers = area_contact_answers(area, contact, now);
    bool office_open = calendar_is_open(calendar, contact->open, now);
    instant_ms change = office_open ? calendar_closes(calendar, contact->open, now)
                                    : calendar_opens(calendar, contact->open, now);
    if (!change) return answers ? STR("Open now") : STR("Closed now");
    struct str when = when_words(arena, change, now);
    return answers ? str_fmt(arena, "Open now, until %.*s", STR_ARG(when))
                   : str_fmt(arena, "Closed now. Opens at %.*s", STR_ARG(when));
}

static struct str verified_words(struct arena *arena, const struct area_contact *contact, instant_ms now)
{
    if (!contact->verified.year) return STR("Nobody has checked this number yet");
    struct str day = date_words(arena, contact->verified);
    int32_t age = date_to_days(clock_london(now).date) - date_to_days(contact->verified);
    if (age > STALE_DAYS)
        return str_fmt(arena, "Last checked on %.*s: more than six months ago", STR_ARG(day));
    return str_fmt(arena, "Checked on %.*s", STR_ARG(day));
}

/* One contact, drawn.  `now`: it is the one to call at this moment. */
static struct html draw(struct request *request, const struct area_contact *contact, bool now,
                        instant_ms at)
{
    struct arena *arena = request->arena;
    const struct area *area = request->app->area;
    struct view_call_contact view = {
        .name = contact->name,
        .phone = contact->phone,
        .call = html_url_phone(arena, contact->phone),
        .when = contact->when,
        .status = status_of(area, arena, contact, at),
        .text = contact->text,
        .verified = verified_words(arena, contact, at),
        .now = now,
    };
    struct buf drawn;
    buf_init(&drawn, 16 << 10);
    view_call_contact(&drawn, &view);
    struct html html = {str_dup(arena, buf_str(&drawn))};
    buf_done(&drawn);
    return html;
}

/* Those of a place who take a worry about a child, whoever answers now first. */
static size_t calls_of(struct request *request, struct str place, struct html *ret, size_t maximum,
                       instant_ms at)
{
    const struct area *area = request->app->area;
    size_t total = 0;
    size_t count = 0;
    const struct area_contact *contacts = area_contacts(area, &total);
    for (int answers = 1; answers >= 0; answers--)
        for (size_t i = 0; i < total && count < maximum; i++) {
            const struct area_contact *contact = &contacts[i];
            bool takes = contact->use == USE_REFERRAL || contact->use == USE_OUT_OF_HOURS;
            if (!takes || !str_eq(contact->place, place)) continue;
            if (area_contact_answers(area, contact, at) == (answers == 1))
                ret[count++] = draw(request, contact, answers == 1, at);
        }
    return count;
}

/* What must be said of today, and of a list of bank holidays that has run out. */
static struct str holiday_words(const struct area *area, instant_ms at)
{
    bool holiday = calendar_is_holiday(area_calendar(area), date_to_days(clock_london(at).date));
    return holiday ? STR("Offices are closed; somebody still answers.") : STR("");
}

static struct str late_words(const struct area *area, instant_ms at)
{
    return calendar_runs_out(area_calendar(area), at, 0)
               ? STR("The list of bank holidays has run out, so these hours may be wrong on a bank "
                     "holiday. If nobody answers, call the out of hours number.")
               : STR("");
}

enum { CALLS_MAX = 40 };

static void draw_places(struct request *request, struct view_help_now *view, instant_ms at)
{
    size_t count = 0;
    const struct area_place *places = area_places(request->app->area, &count);
    struct view_help_now_places *list = arena_many(request->arena, count, struct view_help_now_places);
    for (size_t i = 0; i < count; i++) {
        struct html call[CALLS_MAX];
        size_t calls = calls_of(request, places[i].id, call, CALLS_MAX, at);
        struct view_help_now_places_calls *drawn =
            arena_many(request->arena, calls, struct view_help_now_places_calls);
        for (size_t k = 0; k < calls; k++) drawn[k].call = call[k];
        list[i] = (struct view_help_now_places){
            .id = places[i].id,
            .name = places[i].name,
            .href = url_to_text(request->arena, ROUTE_help_place, places[i].id),
            .calls = drawn,
            .calls_count = calls};
    }
    view->places = list;
    view->places_count = count;
}

/* Everybody who belongs to no place, under their headings; 999 stands above. */
static void draw_groups(struct request *request, struct view_help_now *view, instant_ms at)
{
    size_t total = 0;
    const struct area_contact *contacts = area_contacts(request->app->area, &total);
    struct view_help_now_groups *groups = arena_many(request->arena, total, struct view_help_now_groups);
    size_t count = 0;
    for (size_t i = 0; i < total; i++) {
        if (contacts[i].place.len || contacts[i].use == USE_EMERGENCY) continue;
        if (!count || !str_eq(groups[count - 1].title, contacts[i].group)) {
            groups[count++] = (struct view_help_now_groups){
                .title = contacts[i].group,
                .calls = arena_many(request->arena, total, struct view_help_now_groups_calls)};
        }
        struct view_help_now_groups *group = &groups[count - 1];
        struct view_help_now_groups_calls *calls = (struct view_help_now_groups_calls *)(uintptr_t)group->calls;
        calls[group->calls_count++].call = draw(request, &contacts[i], false, at);
    }
    view->groups = groups;
    view->groups_count = count;
}

void page_help_now(struct request *request, struct response *response)
{
    instant_ms now = clock_now();
    struct view_help_now view = {.holiday = holiday_words(request->app->area, now),
                                 .late = late_words(request->app->area, now),
                                 .as_of = clock_words(request->arena, now)};
    draw_places(request, &view, now);
    draw_groups(request, &view, now);
    PAGE(request, response, "Who to call", view_help_now, &view);
}

void page_help_place(struct request *request, struct response *response)
{
    instant_ms now = clock_now();
    const struct area *area = request->app->area;
    const struct area_place *place = area_place_find(area, request->parameter[0]);
    if (!place) {
        struct err err;
        err_set(&err, ST_NOT_FOUND, "There is no such page.");
        respond_error(request, response, &err);
        return;
    }
    struct html call[CALLS_MAX];
    struct view_help_place_calls calls[CALLS_MAX];
    struct view_help_place_others others[CALLS_MAX];
    struct view_help_place view = {.name = place->name,
                                   .back = url_to(ROUTE_help_now),
                                   .holiday = holiday_words(area, now),
                                   .late = late_words(area, now),
                                   .as_of = clock_words(request->arena, now),
                                   .calls = calls,
                                   .others = others};
    view.calls_count = calls_of(request, place->id, call, CALLS_MAX, now);
    for (size_t i = 0; i < view.calls_count; i++) calls[i].call = call[i];
    size_t total = 0;
    const struct area_contact *contacts = area_contacts(area, &total);
    for (size_t i = 0; i < total && view.others_count < CALLS_MAX; i++)
        if (!contacts[i].place.len && contacts[i].use != USE_EMERGENCY)
            others[view.others_count++].call = draw(request, &contacts[i], false, now);
    PAGE(request, response, "Who to call", view_help_place, &view);
}
