/*
 * Who to call: the right numbers now, by place, without signing in; and the same to print,
 * as a card and as a poster.
 */
#include "web/call.h"
#include "web/drawn.h"
#include "web/layout.h"
#include "web/page_parts.h"
#include "web/pages.h"
#include "web/qr.h"

enum { CALLS_MAX = 40, CARDS_ON_A_SHEET = 4 };

/* The contacts as they stand here. */
struct calls {
    const struct contact *list;
    size_t count;
    instant_ms at;
    uint64_t changes; /* contact_changes, before they were read */
};

static bool read_calls(struct request *request, struct response *response, struct calls *ret)
{
    struct err err = {0};
    struct contact *list = NULL;
    ret->changes = contact_changes();
    ret->at = clock_now();
    if (contact_list(request->app, request->arena, &list, &ret->count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return false;
    }
    ret->list = list;
    return true;
}

static size_t calls_of(struct request *request, const struct calls *calls, struct str place,
                       const struct contact **ret, size_t maximum)
{
    return calls_of_place(request->app->area, calls->list, calls->count, place, calls->at, ret,
                          maximum);
}

/* What must be said of today, and of a list of bank holidays that has run out. */
static struct str holiday_words(const struct area *area, instant_ms at)
{
    bool holiday = calendar_is_holiday(area_calendar(area), clock_day(at));
    return holiday ? STR("Offices are usually closed. Call the out of hours number: it is for days "
                         "like this.")
                   : STR("");
}

static struct str late_words(const struct area *area, instant_ms at)
{
    return calendar_runs_out(area_calendar(area), at, 0)
               ? STR("The list of bank holidays has run out, so these hours may be wrong on a bank "
                     "holiday. If nobody answers, call the out of hours number.")
               : STR("");
}

static void draw_places(struct request *request, struct view_help_now *view,
                        const struct calls *calls)
{
    size_t count = 0;
    const struct area *area = request->app->area;
    const struct area_place *places = area_places(area, &count);
    struct view_help_now_places *list =
        arena_many(request->arena, count, struct view_help_now_places);
    for (size_t i = 0; i < count; i++) {
        const struct contact *call[CALLS_MAX];
        size_t found = calls_of(request, calls, places[i].id, call, CALLS_MAX);
        struct view_help_now_places_calls *drawn =
            arena_many(request->arena, found, struct view_help_now_places_calls);
        for (size_t k = 0; k < found; k++)
            drawn[k].call = call_draw(
                request, call[k], area_contact_answers(area, &call[k]->now, calls->at), calls->at);
        list[i] = (struct view_help_now_places){
            .id = places[i].id,
            .name = places[i].name,
            .href = url_to_text(request->arena, ROUTE_help_place, places[i].id),
            .card = url_to_text(request->arena, ROUTE_help_card, places[i].id),
            .calls = drawn,
            .calls_count = found};
    }
    view->places = list;
    view->places_count = count;
}

/* Belongs to no place, and stands not above already, nor in the directory alone. */
static bool is_for_all(const struct area_contact *contact)
{
    return !contact->place.len && contact->use != USE_EMERGENCY && contact->use != USE_DIRECTORY;
}

/* Everybody who belongs to no place, under their headings; 999 stands above. */
static void draw_groups(struct request *request, struct view_help_now *view,
                        const struct calls *calls)
{
    struct view_help_now_groups *groups =
        arena_many(request->arena, calls->count, struct view_help_now_groups);
    size_t count = 0;
    for (size_t i = 0; i < calls->count; i++) {
        const struct area_contact *contact = &calls->list[i].now;
        if (!is_for_all(contact)) continue;
        if (!count || !str_eq(groups[count - 1].title, contact->group)) {
            groups[count++] = (struct view_help_now_groups){
                .title = contact->group,
                .calls =
                    arena_many(request->arena, calls->count, struct view_help_now_groups_calls)};
        }
        struct view_help_now_groups *group = &groups[count - 1];
        struct view_help_now_groups_calls *drawn =
            (struct view_help_now_groups_calls *)(uintptr_t)group->calls;
        drawn[group->calls_count++].call = call_draw(request, &calls->list[i], false, calls->at);
    }
    view->groups = groups;
    view->groups_count = count;
}

/* What to dial by Relay UK in an emergency. */
static struct str emergency_relay(const struct request *request, const struct calls *calls)
{
    struct str id = area_setting(request->app->area, STR("emergency-contact"));
    const struct contact *emergency = contact_find(calls->list, calls->count, id);
    return emergency ? emergency->now.relay : STR("");
}

void page_help_now(struct request *request, struct response *response)
{
    struct calls calls;
    if (drawn_page(request, response, "Who to call") || !read_calls(request, response, &calls))
        return;
    struct str relay = emergency_relay(request, &calls);
    struct view_help_now view = {.holiday = holiday_words(request->app->area, calls.at),
                                 .late = late_words(request->app->area, calls.at),
                                 .relay = relay,
                                 .relay_call = html_url_phone(request->arena, relay),
                                 .cannot_speak =
                                     area_setting(request->app->area, STR("cannot-speak")),
                                 .unchecked = !area_advice_checked(request->app->area),
                                 .support = url_to(ROUTE_support),
                                 .as_of = clock_words(request->arena, calls.at)};
    draw_places(request, &view, &calls);
    draw_groups(request, &view, &calls);
    DRAWN_PAGE(request, response, "Who to call", view_help_now, &view, calls.at, calls.changes);
}

static const struct area_place *find_place(struct request *request, struct response *response)
{
    const struct area_place *place = area_place_find(request->app->area, request->parameter[0]);
    if (place) return place;
    struct err err;
    err_missing(&err, "page");
    respond_error(request, response, &err);
    return NULL;
}

void page_help_place(struct request *request, struct response *response)
{
    const struct area *area = request->app->area;
    const struct area_place *place = find_place(request, response);
    struct calls calls;
    if (!place || drawn_page(request, response, "Who to call") ||
        !read_calls(request, response, &calls))
        return;
    const struct contact *call[CALLS_MAX];
    size_t found = calls_of(request, &calls, place->id, call, CALLS_MAX);
    struct view_help_place_calls drawn[CALLS_MAX];
    struct view_help_place_others others[CALLS_MAX];
    struct str relay = emergency_relay(request, &calls);
    struct view_help_place view = {.name = place->name,
                                   .relay = relay,
                                   .relay_call = html_url_phone(request->arena, relay),
                                   .cannot_speak = area_setting(area, STR("cannot-speak")),
                                   .unchecked = !area_advice_checked(area),
                                   .back = url_to(ROUTE_help_now),
                                   .card = url_to_text(request->arena, ROUTE_help_card, place->id),
                                   .poster =
                                       url_to_text(request->arena, ROUTE_help_poster, place->id),
                                   .holiday = holiday_words(area, calls.at),
                                   .late = late_words(area, calls.at),
                                   .as_of = clock_words(request->arena, calls.at),
                                   .calls = drawn,
                                   .calls_count = found,
                                   .others = others};
    for (size_t i = 0; i < found; i++)
        drawn[i].call = call_draw(request, call[i],
                                  area_contact_answers(area, &call[i]->now, calls.at), calls.at);
    for (size_t i = 0; i < calls.count && view.others_count < CALLS_MAX; i++)
        if (is_for_all(&calls.list[i].now))
            others[view.others_count++].call = call_draw(request, &calls.list[i], false, calls.at);
    DRAWN_PAGE(request, response, "Who to call", view_help_place, &view, calls.at, calls.changes);
}

/* --- to print ------------------------------------------------------------------------------ */

/* Their opening hours in words: what is printed does not know what hour it is. */
static struct str hours_words(struct arena *arena, const struct area_contact *contact)
{
    bool checked = area_contact_hours_checked(contact);
    if (contact->always) return checked ? STR("at any time") : STR("");
    return checked || !contact->hours.len ? contact->hours
                                          : str_fmt(arena, "usually %.*s", STR_ARG(contact->hours));
}

/* The numbers of a place in the order of the pack, then those that are for everywhere. */
static size_t card_calls(struct request *request, const struct calls *calls, struct str place,
                         struct view_card_calls *ret)
{
    size_t count = 0;
    for (int turn = 0; turn < 2; turn++)
        for (size_t i = 0; i < calls->count && count < CALLS_MAX; i++) {
            const struct area_contact *contact = &calls->list[i].now;
            bool local = (contact->use == USE_REFERRAL || contact->use == USE_OUT_OF_HOURS) &&
                         str_eq(contact->place, place);
            bool general = contact->use == USE_POLICE || contact->use == USE_SUPPORT;
            if (turn == 0 ? !local : !general || contact->place.len) continue;
            ret[count++] = (struct view_card_calls){
                .name = contact->name,
                .phone = contact->phone,
                .call = html_url_phone(request->arena, contact->phone),
                .hours = hours_words(request->arena, contact),
                .text = contact->text,
                .local = turn == 0};
        }
    return count;
}

static void draw_card(struct request *request, struct response *response, bool poster)
{
    const struct area_place *place = find_place(request, response);
    struct calls calls;
    if (!place || !read_calls(request, response, &calls)) return;
    struct arena *arena = request->arena;
    struct url where = url_to_text(arena, ROUTE_help_place, place->id);
    struct str address =
        str_fmt(arena, "%.*s%.*s", STR_ARG(request_origin(request)), STR_ARG(where.s));
    struct view_card_calls drawn[CALLS_MAX];
    static const struct view_card_copies copies[CARDS_ON_A_SHEET] = {
        {false}, {true}, {true}, {true}};
    struct view_card view = {
        .name = place->name,
        .area = area_name(request->app->area),
        .poster = poster,
        .back = where,
        .other = url_to_text(arena, poster ? ROUTE_help_card : ROUTE_help_poster, place->id),
        .address = address,
        .relay = emergency_relay(request, &calls),
        .prefix = area_setting(request->app->area, STR("relay-prefix")),
        .unchecked = !area_advice_checked(request->app->area),
        .printed = date_words(arena, clock_london(calls.at).date),
        .calls = drawn,
        .calls_count = card_calls(request, &calls, place->id, drawn),
        .copies = copies,
        .copies_count = CARDS_ON_A_SHEET};
    int size = 0;
    view.code = qr_path(arena, address, &size);
    view.box = str_fmt(arena, "0 0 %d %d", size, size);
    PAGE(request, response, poster ? "Poster to print" : "Card to print", view_card, &view);
}

void page_help_card(struct request *request, struct response *response)
{
    draw_card(request, response, false);
}

void page_help_poster(struct request *request, struct response *response)
{
    draw_card(request, response, true);
}
