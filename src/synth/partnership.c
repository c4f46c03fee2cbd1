#include "synth/partnership.h"

#include "synth/partnership_world.h"
#include "synth/words_places.h"

enum { PERIOD_DAYS = 730, RELAY_PER_CENT = 8, RELAY_BACK = 30, PEOPLE_LEAST = 60 };

struct synth_partnership *synth_partnership_new(struct arena *arena,
                                                const struct synth_options *options)
{
    struct synth_partnership *partnership = arena_new(arena, struct synth_partnership);
    partnership->options = *options;
    struct synth_options *filled = &partnership->options;
    if (filled->people <= 0) filled->people = filled->reports / 3;
    if (filled->people < PEOPLE_LEAST) filled->people = PEOPLE_LEAST;
    if (!filled->town) {
        filled->town = synth_towns;
        filled->town_count = synth_towns_count;
    }
    if (filled->period_days <= 0) filled->period_days = PERIOD_DAYS;
    synth_world_build(arena, partnership);
    return partnership;
}

/* Stream 0 made the world; each report has its own. */
static struct synth_random stream_of(const struct synth_partnership *partnership, int32_t number)
{
    return synth_random_from(partnership->options.seed, (uint64_t)number + 1);
}

/* Number of the report that `number` relays, or -1. */
static int32_t synth_relay_source(const struct synth_partnership *partnership, int32_t number)
{
    int32_t source = -1;
    /* A relay of a relay leads back to the first telling. */
    while (number > RELAY_BACK) {
        struct synth_random random = stream_of(partnership, number);
        if (!synth_random_chance(&random, RELAY_PER_CENT)) break;
        number -= synth_random_between(&random, 1, RELAY_BACK);
        source = number;
    }
    return source;
}

/* The same story in nearly the same words, by another organisation. */
static void relay(const struct synth_partnership *partnership, struct arena *arena, int32_t source,
                  struct synth_random *random, struct synth_report *report)
{
    struct synth_report told;
    synth_report_make(partnership, arena, source, &told);
    int32_t number = report->number, day = report->day;
    *report = told;
    report->number = number;
    report->day = day;
    report->relay_of = source;
    report->how_known = SYNTH_SECOND_HAND;
    while (report->organisation == told.organisation) {
        report->account = (int32_t)synth_random_below(random, SYNTH_ACCOUNTS - 2);
        report->organisation = partnership->account[report->account].organisation;
    }
    static const char *const before[] = {"Passed on to us: ", "We have been told the following. ",
                                         "From a partner service: ", ""};
    static const char *const after[] = {"", " We have nothing to add.", " This came second-hand.",
                                        " Please let us know if it helps."};
    const char *first = before[synth_random_below(random, 4)];
    const char *last = after[synth_random_below(random, 4)];
    report->narrative = str_fmt(arena, "%s%.*s%s", first, STR_ARG(told.narrative), last);
    for (int32_t i = 0; i < report->mention_count; i++)
        report->mention[i].id = synth_mention_id(number, i);
}

void synth_report_make(const struct synth_partnership *partnership, struct arena *arena,
                       int32_t number, struct synth_report *ret)
{
    const struct synth_options *options = &partnership->options;
    struct synth_random random = stream_of(partnership, number);
    (void)synth_random_next(&random); /* synth_relay_source() has used the first */
    int64_t past = (int64_t)(options->reports - 1 - number) * options->period_days;
    *ret = (struct synth_report){
        .number = number,
        .day = options->last_day - (int32_t)(past / options->reports),
        .seen_from = LINK_DAY_UNKNOWN,
        .seen_to = LINK_DAY_UNKNOWN,
        .relay_of = -1,
    };
    int32_t source = synth_relay_source(partnership, number);
    if (source >= 0)
        relay(partnership, arena, source, &random, ret);
    else
        synth_story_tell(partnership, &random, arena, ret);
}

void synth_mention_link(const struct synth_report *report, int32_t index, struct link_mention *ret)
{
    /* The order of domain/submission.c: the strongest things first. */
    static const enum link_field telling[] = {
        LINK_REGISTRATION, LINK_NUMBER, LINK_HANDLE, LINK_EMAIL,   LINK_POSTCODE,
        LINK_NAME,         LINK_ALIAS,  LINK_VENUE,  LINK_ADDRESS,
    };
    const struct synth_mention *mention = &report->mention[index];
    *ret = (struct link_mention){
        .id = mention->id,
        .report = (int64_t)report->number + 1,
        .kind = mention->kind,
        .reported_day = report->day,
        .seen_from = report->seen_from,
        .seen_to = report->seen_to,
    };
    for (size_t i = 0; i < LINK_FIELDS; i++) ret->field[i] = mention->field[i];
    for (size_t f = 0; f < sizeof telling / sizeof telling[0]; f++)
        for (int32_t i = 0; i < report->mention_count; i++) {
            struct str value = report->mention[i].field[telling[f]];
            if (i == index || value.len == 0 || ret->companion_count == LINK_COMPANIONS_MAX)
                continue;
            ret->companion[ret->companion_count++] = (struct link_companion){telling[f], value};
        }
}
