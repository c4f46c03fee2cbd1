#include "domain/desk_clock.h"

bool desk_clock_runs(const struct desk_clock *clock)
{
    return clock->due && !clock->ended;
}

bool desk_clock_late(const struct desk_clock *clock, instant_ms now)
{
    return clock->due && (clock->ended ? clock->ended : now) > clock->due;
}

/* Place among the ratings: 0 is the most urgent.  What is not rated, or not any more, is as
 * urgent as can be: nobody has said that it can wait. */
static size_t urgency(const struct area *area, struct str rating)
{
    size_t count = 0;
    const struct desk_term *terms = area_desk_terms(area, DESK_RATING, &count);
    for (size_t i = 0; i < count; i++)
        if (str_eq(terms[i].id, rating)) return i;
    return 0;
}

static const struct area_clock *clock_of(const struct area *area, struct str rating)
{
    size_t count = 0;
    const struct desk_term *terms = area_desk_terms(area, DESK_RATING, &count);
    const struct desk_term *term = area_desk_find(area, DESK_RATING, rating);
    if (term) return term->clock;
    for (size_t i = 0; i < count; i++)
        if (terms[i].clock) return terms[i].clock;
    return NULL;
}

instant_ms desk_check_due(const struct area *area, struct str rating, instant_ms asked)
{
    const struct area_clock *clock = area ? clock_of(area, rating) : NULL;
    return clock ? calendar_due(area_calendar(area), clock->hours, &clock->rule, asked) : 0;
}

instant_ms desk_check_due_again(const struct area *area, struct str old_rating, struct str rating,
                                instant_ms asked, instant_ms old_due, instant_ms changed)
{
    if (!area || !clock_of(area, rating)) return old_due;
    size_t old = urgency(area, old_rating);
    size_t now = urgency(area, rating);
    instant_ms due = desk_check_due(area, rating, now < old ? changed : asked);
    if (!old_due) return due;
    if (now == old) return old_due;
    return now < old ? (due < old_due ? due : old_due) : (due > old_due ? due : old_due);
}

const struct desk_clock *desk_clock_first(const struct desk_clock *list, size_t count)
{
    const struct desk_clock *first = NULL;
    for (size_t i = 0; i < count; i++)
        if (desk_clock_runs(&list[i]) && (!first || list[i].due < first->due)) first = &list[i];
    return first;
}
