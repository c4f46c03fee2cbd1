/*
 * pendeen area: looks an area pack over before it is used.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "cli/options.h"
#include "domain/area.h"
#include "domain/area_danger.h"
#include "domain/area_trace.h"

#include <stdio.h>

static const char area_help[] =
    "Usage: pendeen area check [FOLDER]\n"
    "       pendeen area sources [FOLDER]\n"
    "       pendeen area trace [FOLDER]\n\n"
    "'check' reads an area pack (default: areas/cornwall) and says what is wrong with it, with\n"
    "file and line, or what it holds and what somebody still has to look after: numbers\n"
    "that nobody has dialled, hours that nobody has checked, notes to whoever maintains\n"
    "the pack, a list of bank holidays that runs out. Exit code 1 when something is wrong. "
    "'sources' prints every\n"
    "fact of the published page, and with file and line where the pack tells it. 'trace'\n"
    "prints the other way: every sentence and number of the pack, and where it comes from:\n"
    "facts of the published page by their keys, the rest by its heading, file or page.\n";

enum { HOLIDAY_WARNING_DAYS = 90, STALE_DAYS = 183 };

static void say_contacts(const struct area *area, int32_t today)
{
    size_t count = 0;
    size_t unchecked = 0;
    const struct area_contact *contacts = area_contacts(area, &count);
    for (size_t i = 0; i < count; i++) {
        const struct area_contact *contact = &contacts[i];
        int32_t age =
            contact->verified.year ? today - date_to_days(contact->verified) : STALE_DAYS + 1;
        unchecked += age > STALE_DAYS;
        if (contact->other_phone.len)
            printf("look after: contacts.txt, line %zu [%.*s]: two sources differ: %.*s, and %.*s "
                   "gives %.*s\n",
                   contact->line, STR_ARG(contact->id), STR_ARG(contact->phone),
                   STR_ARG(contact->other_source), STR_ARG(contact->other_phone));
        if (contact->to_verify.len && !contact->verified.year)
            printf("look after: contacts.txt, line %zu [%.*s]: to be verified: %.*s\n",
                   contact->line, STR_ARG(contact->id), STR_ARG(contact->to_verify));
        if (contact->note.len)
            printf("look after: contacts.txt [%.*s]: %.*s\n", STR_ARG(contact->id),
                   STR_ARG(contact->note));
    }
    if (unchecked)
        printf("look after: %zu of %zu numbers were not dialled in the last six months\n",
               unchecked, count);
}

static void say_hours(const struct area *area)
{
    size_t count = 0;
    const struct office_hours *hours = area_hours_all(area, &count);
    for (size_t i = 0; i < count; i++) {
        if (!hours[i].verified.year)
            printf("look after: hours.txt, line %zu [%.*s]: nobody has checked these hours "
                   "(last-verified)\n",
                   hours[i].line, STR_ARG(hours[i].id));
        struct str note = hours[i].note;
        struct str line;
        if (note.len)
            printf("look after: hours.txt, line %zu [%.*s]:", hours[i].line, STR_ARG(hours[i].id));
        while (str_split(&note, '\n', &line))
            printf(" %.*s%s", STR_ARG(line), note.len ? "" : "\n");
    }
    bool says =
        area_setting(area, STR("cannot-speak")).len || area_setting(area, STR("relay-prefix")).len;
    if (says && !area_advice_checked(area))
        printf("look after: settings.txt: nobody has checked what to press or dial for whoever "
               "cannot speak or hear"
               " (advice-verified)\n");
}

static void say_what_it_holds(const struct area *area)
{
    size_t contacts, forums, signs, pages, places, phrases = 0, supports;
    area_supports(area, &supports);
    area_contacts(area, &contacts);
    area_forums(area, &forums);
    area_signs(area, &signs);
    area_guidance(area, &pages);
    area_places(area, &places);
    for (size_t i = 0; i < area_danger(area)->count; i++)
        phrases += area_danger(area)->phrase[i].counts;
    printf("%.*s: %zu contacts, %zu places, %zu sources of support, %zu forums, %zu signs and "
           "circumstances, "
           "%zu pages of guidance, %zu phrases of danger, %zu questions of a referral\n",
           STR_ARG(area_name(area)), contacts, places, supports, forums, signs, pages, phrases,
           area_referral(area)->question_count);
}

static void say_sources(const struct area *area)
{
    size_t count = 0;
    const struct area_source *source = area_sources(area, &count);
    for (size_t i = 0; i < count; i++) {
        printf("%.*s: %.*s\n", STR_ARG(source[i].part), STR_ARG(source[i].says));
        for (size_t k = 0; k < source[i].found_count; k++)
            printf("  %.*s:%zu: %.*s\n", STR_ARG(source[i].found[k].file), source[i].found[k].line,
                   STR_ARG(source[i].found[k].words));
    }
}

/* Where everything comes from: printed when `print`, else only looked whether it is there. */
static int trace(const char *folder, const struct area *area, bool print)
{
    struct arena arena;
    struct area_trace *list = NULL;
    size_t count = 0;
    struct err err = {0};
    arena_init(&arena, 256 << 20);
    enum st outcome = area_trace_read(&arena, folder, area, &list, &count, &err);
    if (outcome != ST_OK) cli_error_from(&err);
    for (size_t i = 0; i < count && print; i++)
        printf("%.*s:%zu: %.*s\n    %.*s\n", STR_ARG(list[i].file), list[i].line,
               STR_ARG(list[i].what), STR_ARG(list[i].source));
    arena_done(&arena);
    return outcome == ST_OK ? CLI_OK : CLI_FAILED;
}

int cli_area(int argc, char **argv)
{
    struct plain plain;
    int outcome = options_read(argc, argv, area_help, NULL, 0, &plain);
    if (outcome != CLI_OK) return outcome < 0 ? CLI_OK : outcome;
    bool sources = plain.count > 0 && str_eq(str_from(plain.word[0]), STR("sources"));
    bool traces = plain.count > 0 && str_eq(str_from(plain.word[0]), STR("trace"));
    if (plain.count < 1 || plain.count > 2 ||
        (!sources && !traces && !str_eq(str_from(plain.word[0]), STR("check")))) {
        cli_error("say 'check', 'sources' or 'trace', and which folder; see 'pendeen area --help'");
        return CLI_USAGE;
    }
    struct area *area = NULL;
    struct err err = {0};
    const char *folder = plain.count == 2 ? plain.word[1] : "areas/cornwall";
    if (area_load(folder, &area, &err) != ST_OK) {
        cli_error_from(&err);
        return CLI_FAILED;
    }
    if (sources) {
        say_sources(area);
        area_free(area);
        return CLI_OK;
    }
    int outcome_of_trace = trace(folder, area, traces);
    if (traces || outcome_of_trace != CLI_OK) {
        area_free(area);
        return outcome_of_trace;
    }
    instant_ms now = clock_now();
    say_what_it_holds(area);
    say_hours(area);
    say_contacts(area, clock_day(now));
    if (calendar_runs_out(area_calendar(area), now, HOLIDAY_WARNING_DAYS))
        printf("look after: bank-holidays.json runs out within %d days\n", HOLIDAY_WARNING_DAYS);
    area_free(area);
    return CLI_OK;
}
