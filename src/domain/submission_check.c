/*
 * What a draft must be like before it is kept.
 */
#include "base/utf8.h"
#include "domain/danger.h"
#include "domain/submission.h"

struct problems {
    struct submission_problem *list;
    size_t count;
    size_t maximum;
};

static void add(struct problems *problems, struct str field, struct str message)
{
    if (problems->count < problems->maximum)
        problems->list[problems->count++] = (struct submission_problem){field, message};
}

static struct str cleaned(struct arena *arena, struct str text)
{
    return str_trim(utf8_clean(arena, text, NULL));
}

static void check_days(struct arena *arena, struct submission_draft *draft, struct date today,
                       struct problems *problems)
{
    if (draft->seen_from.year == 0 && draft->seen_to.year == 0) return;
    if (draft->seen_to.year == 0) draft->seen_to = draft->seen_from;
    if (draft->seen_from.year == 0) draft->seen_from = draft->seen_to;
    struct str field = STR("when");
    if (!date_valid(draft->seen_from) || !date_valid(draft->seen_to)) {
        add(problems, field, STR("That is not a day of the calendar. Write it like 12/3/2026."));
        return;
    }
    int32_t from = date_to_days(draft->seen_from);
    int32_t to = date_to_days(draft->seen_to);
    if (from > date_to_days(today))
        add(problems, field,
            str_fmt(arena, "%.*s is in the future. Check the year.",
                    STR_ARG(date_words(arena, draft->seen_from))));
    else if (draft->seen_from.year < 1950)
        add(problems, field, STR("The date is before 1950. Check the year."));
    else if (to < from)
        add(problems, field, STR("The last day is before the first."));
}

static void check_mention(struct arena *arena, struct mention_draft *mention, size_t number,
                          size_t narrative_size, struct problems *problems)
{
    bool any = false;
    for (int i = 0; i < LINK_FIELDS; i++) {
        struct str *field = &mention->field[i];
        if (!field->len) continue;
        *field = cleaned(arena, *field);
        if (field_kind((enum link_field)i) != mention->kind) *field = STR("");
        any |= field->len > 0;
        size_t maximum = mention_field_max((enum link_field)i);
        if (field->len <= maximum) continue;
        add(problems, str_fmt(arena, "mention-%zu-%s", number, field_name((enum link_field)i)),
            str_fmt(arena, "%s is too long: it has %zu characters and can have %zu.",
                    field_label((enum link_field)i), utf8_count(*field),
                    utf8_fitting(*field, maximum)));
    }
    if (!any)
        add(problems, str_fmt(arena, "mention-%zu-kind", number),
            STR("Nothing is filled in here. Fill in one box or leave it out."));
    if (mention->span_start < 0 || mention->span_end <= mention->span_start ||
        (size_t)mention->span_end > narrative_size)
        mention->span_start = mention->span_end = -1;
}

size_t submission_check(struct arena *arena, struct submission_draft *draft, struct date today,
                        struct submission_problem *ret, size_t maximum)
{
    struct problems problems = {ret, 0, maximum};
    /* A draft was cleaned once already when spans were found in it, and cleaning
     * what is clean changes nothing, so spans stay true. */
    draft->narrative = utf8_clean(arena, draft->narrative, NULL);
    draft->when_text = cleaned(arena, draft->when_text);
    draft->where_text = cleaned(arena, draft->where_text);
    if (!str_trim(draft->narrative).len)
        add(&problems, STR("narrative"),
            STR("Write what you saw or heard. A few words are enough."));
    else if (draft->narrative.len > NARRATIVE_MAX)
        add(&problems, STR("narrative"),
            str_fmt(arena,
                    "That is too long: it has %zu characters and can have %zu. Share it in parts, "
                    "one matter each.",
                    utf8_count(draft->narrative), utf8_fitting(draft->narrative, NARRATIVE_MAX)));
    if (draft->when_text.len > MENTION_FIELD_MAX)
        add(&problems, STR("when"), STR("When it was is too long. A few words are enough."));
    if (draft->where_text.len > MENTION_FIELD_MAX)
        add(&problems, STR("where"), STR("Where it was is too long. A few words are enough."));
    check_days(arena, draft, today, &problems);
    size_t most = draft->of_referral ? SUBMISSION_MENTIONS_MAX : MENTIONS_MAX;
    if (draft->mention_count > most) {
        add(&problems, STR("narrative"),
            str_fmt(arena,
                    "There are %zu people, vehicles and other things; %zu can be shared at once.",
                    draft->mention_count, most));
        return problems.count;
    }
    for (size_t i = 0; i < draft->mention_count; i++)
        check_mention(arena, &draft->mention[i], i + 1, draft->narrative.len, &problems);
    return problems.count;
}

struct str submission_danger(struct arena *arena, const struct area *area,
                             const struct submission_draft *draft)
{
    const struct str text[] = {draft->narrative, draft->where_text, draft->when_text};
    struct str words = STR(""); /* of what may not have been checked yet */
    for (size_t i = 0; i < sizeof text / sizeof *text && !words.len; i++)
        words = danger_find(arena, area, str_sub(text[i], 0, NARRATIVE_MAX));
    for (size_t i = 0; i < draft->mention_count; i++)
        for (int field = 0; field < LINK_FIELDS && !words.len; field++)
            if (draft->mention[i].field[field].len)
                words = danger_find(arena, area,
                                    str_sub(draft->mention[i].field[field], 0, NARRATIVE_MAX));
    return words;
}
