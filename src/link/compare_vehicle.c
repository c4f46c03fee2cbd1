/*
 * Vehicles: registration, make and model, colour, when.
 */
#include "link/compare_part.h"

#include "link/asked.h"

static bool near_colours(struct str a, struct str b)
{
    static const char *const near[][2] = {
        {"silver", "grey"},     {"black", "dark blue"}, {"black", "grey"},   {"blue", "dark blue"},
        {"blue", "light blue"}, {"white", "silver"},    {"white", "cream"},  {"red", "maroon"},
        {"red", "orange"},      {"gold", "beige"},      {"gold", "bronze"},  {"beige", "cream"},
        {"green", "dark green"}, {"brown", "bronze"},   {"black", "dark"},   {"dark blue", "dark"},
        {"grey", "dark"},       {"black", "dark green"}, {"purple", "maroon"}, {"gold", "yellow"},
        {"silver", "light blue"}, {"white", "light"},   {"silver", "light"}, {"blue", "turquoise"},
    };
    for (size_t i = 0; i < sizeof near / sizeof *near; i++)
        if ((str_eq(a, str_from(near[i][0])) && str_eq(b, str_from(near[i][1]))) ||
            (str_eq(b, str_from(near[i][0])) && str_eq(a, str_from(near[i][1]))))
            return true;
    return false;
}

static struct plate_fit fit_of(const struct record *a, const struct record *b,
                               const struct compare_counts *counts)
{
    if (!counts->asked) return link_plate_fit(a->plate, b->plate);
    const struct record *asked = a->id == counts->asked->id ? a : b;
    const struct record *other = asked == a ? b : a;
    return link_asked_plate(counts->asked, asked->plate, other->plate, other->plate_value);
}

void link_compare_vehicle(const struct record *a, const struct record *b,
                          const struct compare_counts *counts, struct compare_result *result)
{
    struct compare_line *plate =
        link_line_add(result, "Registration", LINK_REGISTRATION, LINK_FIELDS, LINK_FIELDS);
    if (a->plate.len && b->plate.len) {
        struct plate_fit fit = fit_of(a, b, counts);
        link_line_set(plate, fit.level, fit.bits, 0);
    }
    struct compare_line *model =
        link_line_add(result, "Make and model", LINK_MAKE, LINK_MODEL, LINK_FIELDS);
    bool known_a = a->make.len || a->model.len;
    bool known_b = b->make.len || b->model.len;
    if (known_a && known_b) {
        bool makes = a->make.len && b->make.len;
        if (a->model.len && b->model.len && str_eq(a->model, b->model))
            link_line_weigh(counts, model, "exact", W_MODEL_SAME, 0);
        else if (makes && str_eq(a->make, b->make) && a->model.len && b->model.len)
            link_line_weigh(counts, model, "same make", W_MODEL_OTHER, 0);
        else if (makes && str_eq(a->make, b->make))
            link_line_weigh(counts, model, "exact make", W_MAKE_SAME, 0);
        else if (makes || (a->model.len && b->model.len))
            link_line_weigh(counts, model, "different", W_MAKE_OTHER, 0);
    }
    struct compare_line *colour =
        link_line_add(result, "Colour", LINK_COLOUR, LINK_FIELDS, LINK_FIELDS);
    if (a->colour.len && b->colour.len) {
        if (str_eq(a->colour, b->colour))
            link_line_weigh(counts, colour, "exact", W_COLOUR_SAME, 0);
        else if (near_colours(a->colour, b->colour))
            link_line_weigh(counts, colour, "near", W_COLOUR_NEAR, 0);
        else
            link_line_weigh(counts, colour, "different", W_COLOUR_OTHER, 0);
    }
    link_compare_times(a, b, counts, W_CAR_SAME_DAYS, result);
}
