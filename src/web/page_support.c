/*
 * The directory of support, without signing in: a form that narrows it, and the same as
 * Open Referral UK.
 */
#include "domain/open_referral.h"
#include "web/call.h"
#include "web/layout.h"
#include "web/page_parts.h"
#include "web/pages.h"

enum { AGE_MAX = 120, DAYS = 7 };

static const char *const weekdays[DAYS] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                           "Friday", "Saturday", "Sunday"};

/* --- what was asked -------------------------------------------------------------------------- */

/* "17:30" or "9" as minutes; -1: neither. */
static int read_time(struct str text)
{
    int64_t hour = 0;
    int64_t minute = 0;
    struct str first;
    str_split(&text, ':', &first);
    if (!str_to_int(str_trim(first), &hour) || hour < 0 || hour > 23) return -1;
    if (text.ptr && (!str_to_int(str_trim(text), &minute) || minute < 0 || minute > 59)) return -1;
    return (int)(hour * 60 + minute);
}

/* The next such day at that minute of London. */
static instant_ms next_day(instant_ms now, int weekday, int minute)
{
    int32_t today = clock_day(now);
    int32_t day = today + (weekday - date_weekday(date_from_days(today)) + DAYS) % DAYS;
    return clock_from_london((struct civil){.date = date_from_days(day),
                                            .hour = (int8_t)(minute / 60),
                                            .minute = (int8_t)(minute % 60)});
}

/* What is not right is said, and does not narrow. */
struct asked {
    struct support_filter filter;
    const char *wrong; /* NULL: nothing */
    const char *hint;
    const char *at; /* id of the field */
};

static void ask_wrong(struct asked *asked, const char *at, const char *wrong, const char *hint)
{
    if (asked->wrong) return;
    asked->at = at;
    asked->wrong = wrong;
    asked->hint = hint;
}

static void read_open(struct request *request, instant_ms now, struct asked *asked)
{
    struct str open = form_value(request, "open");
    struct str time = str_trim(form_value(request, "time"));
    if (str_eq(open, STR("now"))) asked->filter.open_at = now;
    for (int day = 0; day < DAYS; day++) {
        if (!str_eq(open, str_from(weekdays[day]))) continue;
        int minute = time.len ? read_time(time) : 12 * 60;
        if (minute < 0)
            ask_wrong(asked, "time", "Write a time like 17:30.",
                      "The list is not narrowed by time.");
        else
            asked->filter.open_at = next_day(now, day, minute);
        return;
    }
    if (time.len)
        ask_wrong(asked, "open", "Choose a day for that time.",
                  "The list is not narrowed by time.");
}

static struct asked read_asked(struct request *request, instant_ms now)
{
    const struct area *area = request->app->area;
    struct asked asked = {.filter = {.age = -1}};
    struct str age = str_trim(form_value(request, "age"));
    struct str place = form_value(request, "place");
    int64_t years = 0;
    audience_from_words(form_value(request, "for"), &asked.filter.audience);
    if (area_place_find(area, place)) asked.filter.place = place;
    asked.filter.need = area_need_find(area, form_value(request, "need"));
    if (age.len && (!str_to_int(age, &years) || years < 0 || years > AGE_MAX))
        ask_wrong(&asked, "age", "Write the age in whole years, like 14.",
                  "The list is not narrowed by age.");
    else if (age.len)
        asked.filter.age = (int)years;
    read_open(request, now, &asked);
    return asked;
}

/* --- the form -------------------------------------------------------------------------------- */

static void draw_form(struct request *request, struct view_support *view)
{
    struct arena *arena = request->arena;
    const struct area *area = request->app->area;
    static const char *const audiences[][2] = {
        {"", "Anybody"},
        {"child", "A child or young person"},
        {"parent", "A parent or carer"},
        {"professional", "Somebody who works with children"}};
    struct str chosen = form_value(request, "for");
    struct view_support_audiences *who = arena_many(arena, 4, struct view_support_audiences);
    for (size_t i = 0; i < 4; i++)
        who[i] =
            (struct view_support_audiences){str_from(audiences[i][0]), str_from(audiences[i][1]),
                                            str_eq(chosen, str_from(audiences[i][0]))};
    size_t count = 0;
    const struct area_place *places = area_places(area, &count);
    struct view_support_places *where = arena_many(arena, count + 1, struct view_support_places);
    where[0] = (struct view_support_places){STR(""), STR("Anywhere"), false};
    for (size_t i = 0; i < count; i++)
        where[i + 1] = (struct view_support_places){
            places[i].id, places[i].name, str_eq(places[i].id, form_value(request, "place"))};
    view->places = where;
    view->places_count = count + 1;
    const struct area_need *needs = area_needs(area, &count);
    struct view_support_needs *what = arena_many(arena, count + 1, struct view_support_needs);
    what[0] = (struct view_support_needs){STR(""), STR("Anything"), false};
    for (size_t i = 0; i < count; i++)
        what[i + 1] = (struct view_support_needs){needs[i].id, needs[i].label,
                                                  str_eq(needs[i].id, form_value(request, "need"))};
    view->needs = what;
    view->needs_count = count + 1;
    struct view_support_hours *when = arena_many(arena, DAYS + 2, struct view_support_hours);
    struct str open = form_value(request, "open");
    when[0] = (struct view_support_hours){STR(""), STR("At any hour"), false};
    when[1] = (struct view_support_hours){STR("now"), STR("Open now"), str_eq(open, STR("now"))};
    for (size_t i = 0; i < DAYS; i++) {
        struct str day = str_from(weekdays[i]);
        when[i + 2] = (struct view_support_hours){day, str_fmt(arena, "On %.*s", STR_ARG(day)),
                                                  str_eq(open, day)};
    }
    view->hours = when;
    view->hours_count = DAYS + 2;
    view->audiences = who;
    view->audiences_count = 4;
    view->age = form_value(request, "age");
    view->time = form_value(request, "time");
}

/* --- the list ------------------------------------------------------------------------------- */

static struct str whom_words(struct arena *arena, unsigned audience)
{
    if (audience == (FOR_CHILD | FOR_PARENT | FOR_PROFESSIONAL)) return STR("everybody");
    struct str words = STR("");
    static const struct {
        unsigned bit;
        const char *label;
    } whom[] = {{FOR_CHILD, "children and young people"},
                {FOR_PARENT, "parents and carers"},
                {FOR_PROFESSIONAL, "those who work with children"}};
    for (size_t i = 0; i < 3; i++)
        if (audience & whom[i].bit)
            words =
                str_fmt(arena, "%.*s%s%s", STR_ARG(words), words.len ? ", " : "", whom[i].label);
    return words;
}

static struct str ages_words(struct arena *arena, const struct support *support)
{
    if (support->age_to == SUPPORT_AGE_MAX)
        return support->age_from ? str_fmt(arena, "Ages %d and over", support->age_from) : STR("");
    if (!support->age_from) return str_fmt(arena, "Ages up to %d", support->age_to);
    return str_fmt(arena, "Ages %d to %d", support->age_from, support->age_to);
}

static struct str status_words(const struct area *area, struct arena *arena,
                               const struct support *support, instant_ms now)
{
    if (support->contact) {
        struct str words = call_status(area, arena, &support->contact->now, now);
        return words.len ? words : STR("Opening hours not known");
    }
    if (support->always) return STR("Open at any time");
    struct str state =
        support_is_open(area, support, now) == OPEN_YES ? STR("Open now") : STR("Closed now");
    if (!support->span_count)
        return support->hours.len ? support->hours : STR("Opening hours not known");
    return support->hours.len
               ? str_fmt(arena, "%.*s. %.*s", STR_ARG(state), STR_ARG(support->hours))
               : state;
}

/* "www.example.org" of "https://www.example.org/a/b". */
static struct str host_of(struct str website)
{
    if (!website.len) return website;
    struct str rest = str_sub(website, 8, website.len);
    ptrdiff_t slash = str_find(rest, STR("/"), 0);
    return slash < 0 ? rest : str_sub(rest, 0, (size_t)slash);
}

static struct view_support_entries entry_of(struct request *request, const struct support *support,
                                            instant_ms now)
{
    struct arena *arena = request->arena;
    const struct area *area = request->app->area;
    const struct area_place *place = area_place_find(area, support->place);
    return (struct view_support_entries){
        .urgent = support->contact && support->contact->now.use == USE_EMERGENCY,
        .id = str_dup(arena, str_from(support->uuid)),
        .name = support->name,
        .organisation =
            str_eq(support->organisation, support->name) ? STR("") : support->organisation,
        .phone = support->phone,
        .call = html_url_phone(arena, support->phone),
        .status = status_words(area, arena, support, now),
        .open = support_is_open(area, support, now) == OPEN_YES,
        .about = support->about,
        .for_whom = whom_words(arena, support->audience),
        .ages = ages_words(arena, support),
        .place = place ? place->name : STR(""),
        .text = support->text,
        .write = html_url_sms(arena, support->text),
        .relay = support->relay,
        .relay_call = html_url_phone(arena, support->relay),
        .relay_unchecked = !area_advice_checked(area),
        .ways =
            support->text.len || support->relay.len || support->website.len || support->email.len,
        .website = host_of(support->website),
        .visit = html_url_external(arena, support->website),
        .email = support->email,
        .mail = html_url_mail(arena, support->email),
        .verified = support->contact
                        ? call_contact_verified(arena, support->contact, now)
                        : call_verified(arena, support->verified, support->verified_by, now),
        .source = support->source};
}

/* The emergency first; whoever is for these people alone before whoever is for all; those
 * whose hours are not known last, where an hour was asked for. */
static int order_of(const struct area *area, const struct support *support,
                    const struct support_filter *filter)
{
    int order = support->contact && support->contact->now.use == USE_EMERGENCY ? 0 : 8;
    if (filter->audience) order += __builtin_popcount(support->audience);
    if (filter->open_at && support_is_open(area, support, filter->open_at) == OPEN_UNKNOWN)
        order += 16;
    return order;
}

static void draw_entries(struct request *request, const struct support *list, size_t count,
                         const struct support_filter *filter, instant_ms now,
                         struct view_support *view)
{
    const struct area *area = request->app->area;
    struct view_support_entries *entries =
        arena_many(request->arena, count + 1, struct view_support_entries);
    for (int order = 0; order < 32; order++)
        for (size_t i = 0; i < count; i++)
            if (support_fits(area, &list[i], filter) && order_of(area, &list[i], filter) == order)
                entries[view->entries_count++] = entry_of(request, &list[i], now);
    view->entries = entries;
}

void page_support(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct err err = {0};
    struct support *list = NULL;
    size_t count = 0;
    instant_ms now = clock_now();
    if (support_list(request->app, arena, false, &list, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct asked asked = read_asked(request, now);
    struct view_support view = {.action = url_to(ROUTE_support),
                                .error = str_from(asked.wrong),
                                .hint = str_from(asked.hint),
                                .at = html_url_fragment(arena, str_from(asked.at)),
                                .filtered = request->field_count > 0,
                                .as_of = clock_words(arena, now),
                                .data = url_to(ROUTE_support_data),
                                .help = url_to(ROUTE_help_now),
                                .exit = exit_button(request)};
    draw_form(request, &view);
    draw_entries(request, list, count, &asked.filter, now, &view);
    size_t found = view.entries_count;
    view.heading = !found        ? STR("Nothing found")
                   : found == 1  ? STR("1 source of support")
                                 : str_fmt(arena, "%zu sources of support", found);
    PAGE(request, response, "Find support", view_support, &view);
}

void page_support_data(struct request *request, struct response *response)
{
    struct err err = {0};
    struct support *list = NULL;
    size_t count = 0;
    if (support_list(request->app, request->arena, false, &list, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    buf_add(&response->body, open_referral_write(request->arena, request->app->area, list, count));
    response->content_type = "application/json; charset=utf-8";
}
