#include "domain/demo_words.h"

#include "base/arena.h"

/* --- who and where ---------------------------------------------------------------------------- */

struct str demo_forum(const struct area *area, int32_t turn)
{
    static const struct str none[] = {STR_INIT("first"), STR_INIT("second"), STR_INIT("third")};
    size_t count = 0;
    const struct area_forum *forums = area ? area_forums(area, &count) : NULL;
    return count ? forums[(size_t)turn % count].id : none[turn % 3];
}

struct str demo_sector(const struct area *area, struct str wanted, int32_t turn)
{
    struct area_sector sectors[AREA_SECTORS_MAX];
    size_t count = area ? area_sectors(area, AREA_SECTORS_MAX, sectors) : 0;
    for (size_t i = 0; i < count; i++)
        if (str_eq(sectors[i].id, wanted)) return wanted;
    return count ? sectors[(size_t)turn % count].id : wanted;
}

struct str demo_place(const struct area *area, int32_t turn)
{
    size_t count = 0;
    const struct area_place *places = area ? area_places(area, &count) : NULL;
    return count ? places[(size_t)turn % count].id : STR("");
}

/* "Oakhithe ZX51": what stands behind the last blank is the district. */
static struct synth_town town_of(struct arena *arena, const struct area_forum *forum,
                                 struct str line, int32_t place, uint32_t number)
{
    enum { DISTRICT = 51 };
    struct synth_town town = {str_trim(line), place % SYNTH_FORUMS, STR_INIT("")};
    if (!forum->made_up.len) {
        town.district = str_fmt(arena, "ZX%u", DISTRICT + number % 40);
        return town;
    }
    size_t at = town.name.len;
    while (at > 0 && town.name.ptr[at - 1] != ' ') at--;
    town.district = str_sub(town.name, at, town.name.len);
    town.name = str_trim(str_sub(town.name, 0, at));
    return town;
}

const struct synth_town *demo_towns(struct arena *arena, const struct area *area,
                                    uint32_t *ret_count)
{
    enum { TOWNS_MAX = 400 };
    size_t forums = 0;
    const struct area_forum *forum = area ? area_forums(area, &forums) : NULL;
    struct synth_town *towns = arena_many(arena, TOWNS_MAX, struct synth_town);
    struct str line;
    *ret_count = 0;
    for (size_t i = 0; i < forums; i++) {
        struct str rest = forum[i].made_up.len ? forum[i].made_up : forum[i].covers;
        while (rest.len && *ret_count < TOWNS_MAX && str_split(&rest, '\n', &line)) {
            towns[*ret_count] = town_of(arena, &forum[i], line, (int32_t)i, *ret_count);
            (*ret_count)++;
        }
    }
    return *ret_count ? towns : NULL;
}

struct str demo_town(const struct area *area, int32_t forum, int32_t turn)
{
    size_t count = 0;
    size_t lines = 0;
    const struct area_forum *forums = area ? area_forums(area, &count) : NULL;
    struct str covers = count ? forums[(size_t)forum % count].covers : STR("");
    struct str rest = covers;
    struct str town;
    while (rest.len && str_split(&rest, '\n', &town)) lines++;
    if (!lines) return STR("town");
    rest = covers;
    for (size_t i = 0; i <= (size_t)turn % lines; i++) str_split(&rest, '\n', &town);
    return str_trim(town);
}

bool demo_is_somewhere(const struct area *area)
{
    size_t count = 0;
    const struct area_forum *forums = area_forums(area, &count);
    return count && forums[0].made_up.len;
}

struct str demo_handling(const struct area *area, enum handling_rule rule)
{
    size_t count = 0;
    const struct area_handling *handlings = area ? area_handlings(area, &count) : NULL;
    for (size_t i = 0; i < count; i++)
        if (handlings[i].rule == rule && !handlings[i].for_referrals) return handlings[i].code;
    return count ? handlings[0].code : STR("handling:P");
}

/* --- words of a kind -------------------------------------------------------------------------- */

struct str demo_desk_word(const struct area *area, enum desk_kind kind, struct str wanted,
                          int32_t turn)
{
    size_t count = 0;
    if (!wanted.len || area_desk_find(area, kind, wanted)) return wanted;
    const struct desk_term *terms = area_desk_terms(area, kind, &count);
    return terms[(size_t)turn % count].id;
}

struct str demo_reason(const struct area *area, enum area_reason_kind kind, struct str wanted)
{
    size_t count = 0;
    return area_reason_find(area, kind, wanted) ? wanted : area_reasons(area, kind, &count)[0].id;
}

struct str demo_child_word(const struct area *area, enum child_word_kind kind, struct str wanted,
                           int32_t turn)
{
    const struct area_child *child = area_child(area);
    size_t count = 0;
    if (child_word_find(child, kind, wanted)) return wanted;
    for (size_t i = 0; i < child->word_count; i++) count += child->word[i].kind == kind;
    size_t left = (size_t)turn % count; /* area_child.c saw to it that there is one */
    for (size_t i = 0; i < child->word_count; i++)
        if (child->word[i].kind == kind && left-- == 0) return child->word[i].id;
    return wanted;
}

struct str demo_sign(const struct area *area, struct str wanted, int32_t turn)
{
    size_t count = 0;
    const struct area_sign *signs = area_signs(area, &count);
    return area_sign_find(area, wanted) || !count ? wanted : signs[(size_t)turn % count].id;
}

struct str demo_option(const struct question *question, struct str wanted, int32_t turn)
{
    bool chooses = question->type == QUESTION_CHOICE || question->type == QUESTION_CHOICES;
    if (!chooses || !question->option_count || question_option_find(question, wanted))
        return wanted;
    return question->option[(size_t)turn % question->option_count].id;
}

/* --- grading ---------------------------------------------------------------------------------- */

struct str demo_grade(const struct area *area, enum grading_kind kind, int32_t place, bool doubted)
{
    int32_t count = 0;
    const struct grading_term *term = NULL;
    while ((term = grading_next(area, kind, grading_scheme(area), term)))
        count += term->second == doubted;
    if (!count) return doubted ? demo_grade(area, kind, place, false) : STR("");
    place %= count;
    while ((term = grading_next(area, kind, grading_scheme(area), term)))
        if (term->second == doubted && place-- == 0) return term->code;
    return STR("");
}

struct str demo_relation(const struct area *area, struct str wanted, enum link_kind to)
{
    const struct grading_term *term = grading_by_id(area, GRADING_RELATION, wanted);
    if (term) return wanted;
    while ((term = grading_next(area, GRADING_RELATION, STR(""), term)))
        if (term->from & 1u << LINK_PERSON && term->to & 1u << to) return term->id;
    return STR("");
}

/* --- meetings --------------------------------------------------------------------------------- */

struct str demo_theme(const struct area *area)
{
    size_t count = 0;
    const struct meeting_term *terms = area_meeting_terms(area, MEETING_SECTION, &count);
    for (size_t i = 0; i < count; i++)
        if (!terms[i].holds) return terms[i].id;
    return terms[0].id;
}

struct str demo_outcome(const struct area *area, struct str wanted)
{
    size_t count = 0;
    const struct meeting_term *terms = area_meeting_terms(area, MEETING_OUTCOME, &count);
    if (area_meeting_find(area, MEETING_OUTCOME, wanted)) return wanted;
    for (size_t i = 0; i < count; i++)
        if (!terms[i].needs_action) return terms[i].id;
    return terms[0].id;
}

struct str demo_disruption(const struct area *area, struct str wanted, bool names_child)
{
    size_t count = 0;
    const struct meeting_term *terms = area_meeting_terms(area, MEETING_DISRUPTION, &count);
    if (area_meeting_find(area, MEETING_DISRUPTION, wanted)) return wanted;
    for (size_t i = 0; i < count; i++)
        if (terms[i].names_child == names_child) return terms[i].id;
    return STR("");
}

bool demo_quorum_wants(const struct area *area, struct str sector)
{
    size_t count = 0;
    const struct meeting_term *terms = area_meeting_terms(area, MEETING_QUORUM, &count);
    struct str rest = count ? terms[0].sectors : STR("");
    struct str one;
    while (rest.len && str_split(&rest, '\n', &one))
        if (str_eq(str_trim(one), sector)) return true;
    return false;
}
