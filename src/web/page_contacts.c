/*
 * The numbers, for administrators: which ones must be dialled again, where two sources
 * differ, and what was changed, by whom and why.
 */
#include "web/call.h"
#include "web/layout.h"
#include "web/page_parts.h"
#include "web/pages.h"

enum { HOLIDAY_WARNING_DAYS = 90 };

/* Until when the bank holidays are known, where that is soon. */
static struct str holidays_end(struct request *request, instant_ms now)
{
    const struct calendar *calendar = area_calendar(request->app->area);
    if (!calendar_runs_out(calendar, now, HOLIDAY_WARNING_DAYS)) return STR("");
    return date_words(request->arena, date_from_days(calendar->covers_to));
}

/* What is still to be asked about when somebody answers; `in_full`: with the pack's note and where
 * the answer is put. */
static struct str hours_unchecked(struct arena *arena, const struct area_contact *contact,
                                  bool in_full)
{
    if (area_contact_hours_checked(contact) || !(contact->always || contact->open)) return STR("");
    struct str words = contact->always ? STR("At any time: nobody has checked that")
                                       : str_fmt(arena, "%.*s: nobody has checked them",
                                                 STR_ARG(contact->open->label));
    if (!in_full || contact->always) return words;
    return str_fmt(arena, "%.*s. %.*s (hours.txt of the area pack, line %zu)", STR_ARG(words),
                   STR_ARG(contact->open->note), contact->open->line);
}

void page_contacts(struct request *request, struct response *response)
{
    struct arena *arena = request->arena;
    struct err err = {0};
    struct contact *list = NULL;
    size_t count = 0;
    instant_ms now = clock_now();
    if (contact_list(request->app, arena, &list, &count, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    struct view_contacts view = {.total = (int64_t)count,
                                 .late = holidays_end(request, now),
                                 .imports = url_to(ROUTE_support_imports),
                                 .directory = url_to(ROUTE_support)};
    struct view_contacts_rows *rows = arena_many(arena, count + 1, struct view_contacts_rows);
    for (size_t i = 0; i < count; i++) {
        const struct area_contact *contact = &list[i].now;
        const struct area_place *place = area_place_find(request->app->area, contact->place);
        bool fresh = contact_is_fresh(&list[i], now);
        view.unchecked += !fresh;
        rows[i] = (struct view_contacts_rows){
            .href = url_to_text(arena, ROUTE_contact, contact->id),
            .name = contact->name,
            .place = place ? place->name : STR(""),
            .phone = contact->phone,
            .checked = call_verified(arena, contact->verified, list[i].verified_by, now),
            .fresh = fresh,
            .hours = hours_unchecked(arena, contact, false),
            .state = list[i].changed ? STR("Changed here") : STR("As the area pack says"),
            .differs = contact->other_phone.len && !fresh
                           ? str_fmt(arena, "%.*s gives %.*s", STR_ARG(contact->other_source),
                                     STR_ARG(contact->other_phone))
                           : STR("")};
    }
    view.rows = rows;
    view.rows_count = count;
    view.one_unchecked = view.unchecked == 1;
    PAGE(request, response, "Numbers", view_contacts, &view);
}

/* --- one ------------------------------------------------------------------------------------- */

static void add_opens(struct request *request, struct view_contact *view, struct str chosen)
{
    size_t count = 0;
    struct arena *arena = request->arena;
    const struct office_hours *hours = area_hours_all(request->app->area, &count);
    struct view_contact_opens *options =
        arena_many(arena, 2 * count + 2, struct view_contact_opens);
    size_t at = 0;
    options[at++] = (struct view_contact_opens){STR(""), STR("Not known"), !chosen.len};
    options[at++] = (struct view_contact_opens){STR("always"), STR("At any time"),
                                                str_eq(chosen, STR("always"))};
    for (size_t i = 0; i < count; i++) {
        struct str outside = str_fmt(arena, "outside %.*s", STR_ARG(hours[i].id));
        options[at++] =
            (struct view_contact_opens){hours[i].id, hours[i].label, str_eq(chosen, hours[i].id)};
        options[at++] = (struct view_contact_opens){
            outside, str_fmt(arena, "When it is not: %.*s", STR_ARG(hours[i].label)),
            str_eq(chosen, outside)};
    }
    view->opens = options;
    view->opens_count = at;
}

static struct str kind_words(struct str kind)
{
    if (str_eq(kind, STR("verified"))) return STR("Checked");
    return str_eq(kind, STR("changed")) ? STR("Changed") : STR("Back to the area pack");
}

static enum st add_history(struct request *request, struct view_contact *view, struct str id,
                           struct err *err)
{
    struct contact_line *list = NULL;
    size_t count = 0;
    struct arena *arena = request->arena;
    enum st outcome = contact_history(request->app, arena, id, &list, &count, err);
    if (outcome != ST_OK) return outcome;
    struct view_contact_history *lines = arena_many(arena, count + 1, struct view_contact_history);
    for (size_t i = 0; i < count; i++)
        lines[i] = (struct view_contact_history){
            .what = kind_words(list[i].kind),
            .at = clock_words(arena, list[i].at),
            .by = list[i].by,
            .reason = list[i].reason,
            .note = list[i].note,
            .phone = list[i].phone,
            .text = list[i].text,
            .relay = list[i].relay,
            .hours = list[i].hours,
            .checked = list[i].verified.year ? str_fmt(arena, "Dialled on %.*s",
                                                       STR_ARG(date_words(arena, list[i].verified)))
                                             : STR("Not dialled")};
    view->history = lines;
    view->history_count = count;
    return ST_OK;
}

/* What was typed stands in the form again after a problem. */
static void draw(struct request *request, struct response *response, const struct contact *contact,
                 const struct contact_change *typed, const char *at, const struct err *problem)
{
    struct arena *arena = request->arena;
    struct err err = {0};
    instant_ms now = clock_now();
    const struct area_contact *is = &contact->now;
    struct view_contact view = {
        .action = url_to_text(arena, ROUTE_contact_save, is->id),
        .csrf = request->csrf,
        /* Where nobody is told of a change that was made meanwhile, it is still unseen. */
        .version = typed && problem->code != ST_CONFLICT ? typed->over_version : contact->version,
        .error = problem ? str_from(problem->public) : STR(""),
        .hint = problem ? str_from(problem->hint) : STR(""),
        .at = html_url_fragment(arena, str_from(at)),
        .message = form_has(request, "done")
                       ? STR("It is saved, and shown to everybody from now on.")
                       : STR(""),
        .name = is->name,
        .group = is->group,
        .source = is->source,
        .place_line = str_fmt(arena, "contacts.txt of the area pack, line %zu", is->line),
        .checked = call_verified(arena, is->verified, contact->verified_by, now),
        .fresh = contact_is_fresh(contact, now),
        .hours_unchecked = hours_unchecked(arena, is, true),
        .differs = is->other_phone.len > 0,
        .other_phone = is->other_phone,
        .other_source = is->other_source,
        .other_call = html_url_phone(arena, is->other_phone),
        .phone_call = html_url_phone(arena, contact->pack->phone),
        .pack_phone = contact->pack->phone,
        .changed = contact->changed,
        .phone_now = is->phone,
        .phone = typed ? typed->phone : is->phone,
        .text = typed ? typed->text : is->text,
        .relay = typed ? typed->relay : is->relay,
        .hours = typed ? typed->hours : is->hours,
        .note = typed ? typed->note : is->note,
        .verified = typed && typed->verified,
        .day = typed ? form_value(request, "day") : date_iso(arena, clock_london(now).date),
        .reason = typed ? typed->reason : STR(""),
        .back = url_to(ROUTE_contacts),
        .public = url_to(ROUTE_help_now)};
    add_opens(request, &view, typed ? typed->opens : is->opens);
    if (add_history(request, &view, is->id, &err) != ST_OK) {
        respond_error(request, response, &err);
        return;
    }
    if (problem) response->status = problem->code == ST_CONFLICT ? 409 : 400;
    PAGE(request, response, "Number", view_contact, &view);
}

void page_contact(struct request *request, struct response *response)
{
    struct err err = {0};
    struct contact contact;
    if (contact_read(request->app, request->arena, request->parameter[0], &contact, &err) != ST_OK)
        respond_error(request, response, &err);
    else
        draw(request, response, &contact, NULL, "phone", NULL);
}

void page_contact_save(struct request *request, struct response *response)
{
    static const char *const fields[] = {
        [CONTACT_PHONE] = "phone", [CONTACT_TEXT] = "text",     [CONTACT_RELAY] = "relay",
        [CONTACT_OPENS] = "opens", [CONTACT_HOURS] = "hours",   [CONTACT_NOTE] = "note",
        [CONTACT_DAY] = "day",     [CONTACT_REASON] = "reason", [CONTACT_NOTHING] = "verified"};
    struct err err = {0};
    struct contact contact;
    struct contact_change change = {.phone = form_value(request, "phone"),
                                    .text = form_value(request, "text"),
                                    .relay = form_value(request, "relay"),
                                    .opens = form_value(request, "opens"),
                                    .hours = form_value(request, "hours"),
                                    .note = form_value(request, "note"),
                                    .reason = form_value(request, "reason"),
                                    .verified = form_has(request, "verified"),
                                    .pack = form_has(request, "pack")};
    enum contact_field field = CONTACT_NOTHING;
    struct str id = request->parameter[0];
    if (!str_to_int(form_value(request, "version"), &change.over_version)) change.over_version = -1;
    if (!date_parse_iso(str_trim(form_value(request, "day")), &change.day))
        change.day = (struct date){0};
    enum st outcome = contact_read(request->app, request->arena, id, &contact, &err);
    if (outcome == ST_OK)
        outcome = contact_save(request->app, &request->who, id, &change, &field, &err);
    if (outcome == ST_INVALID || outcome == ST_CONFLICT)
        draw(request, response, &contact, &change, fields[field], &err);
    else if (outcome != ST_OK)
        respond_error(request, response, &err);
    else
        respond_redirect(response,
                         url_with(request->arena, url_to_text(request->arena, ROUTE_contact, id),
                                  "done", STR("saved")));
}
