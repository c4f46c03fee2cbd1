/*
 * Places: venue, address, and the area they lie in (postcode and town tell one
 * story and are one comparison).
 */
#include "link/compare_part.h"

#include <stdlib.h>

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* Words for sorts of places: "takeaway" does not contradict a takeaway's name. */
static bool is_sort_of_place(struct str word)
{
    static const char *const sorts[] = {
        "takeaway", "cafe",   "pub",  "park",   "bus",    "station", "shop",   "shops", "leisure",
        "centre",   "school", "car",  "beach",  "flat",   "house",   "guest",  "hotel", "arcade",
        "club",     "bar",    "stop", "garage", "street", "train",   "retail", "mall",  "skate",
        "college",  "academy", "kebab", "pizza", "chicken", "fish",  "grill",  "tea",   "rooms",
        "stores",   "parade", "gardens", "multistorey", "square",    "playground", "gym", "inn",
    };
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++)
        if (word.ptr[0] == sorts[i][0] && str_eq(word, str_from(sorts[i]))) return true;
    return false;
}

static bool only_sorts(const struct str *words, int count)
{
    for (int i = 0; i < count; i++)
        if (!is_sort_of_place(words[i])) return false;
    return true;
}

double link_place_rarity(const struct compare_counts *counts, char type, struct str word)
{
    return link_key_rarity(counts, link_key(type, word), is_sort_of_place(word) ? 0.08 : 0.003, 9);
}

struct shared {
    double bits;
    int words;
    bool spelled_alike;
};

/* The words in common and what they are worth; each word once. */
static struct shared shared_words(const struct compare_counts *counts, char type,
                                  const struct str *a, int a_count, const struct str *b,
                                  int b_count)
{
    struct shared shared = {.spelled_alike = true};
    unsigned used = 0;
    for (int pass = 0; pass < 2; pass++) { /* exact words first */
        unsigned used_a = 0;
        for (int i = 0; i < a_count; i++) {
            for (int k = 0; k < b_count; k++) {
                if ((used >> k & 1) || (used_a >> i & 1)) continue;
                bool same = str_eq(a[i], b[k]);
                if (pass == 0 ? !same : same || !link_word_near(a[i], b[k])) continue;
                used |= 1u << k;
                used_a |= 1u << i;
                shared.words++;
                double left = link_place_rarity(counts, type, a[i]);
                double right = link_place_rarity(counts, type, b[k]);
                shared.bits += fmin(left, right) - (same ? 0 : place_near_cost);
                shared.spelled_alike &= same;
            }
        }
    }
    return shared;
}

/* "Copper Kettle Cafe" is not "Copper Kettle Pizza", more often than not. */
static const double venue_missed_cost = 4;

static void compare_venues(const struct record *a, const struct record *b,
                           const struct compare_counts *counts, struct compare_line *line)
{
    struct shared shared =
        shared_words(counts, KEY_VENUE_WORD, a->venue, a->venues, b->venue, b->venues);
    int fewer = smaller(a->venues, b->venues);
    bool sort = only_sorts(a->venue, a->venues) || only_sorts(b->venue, b->venues);
    if (shared.words == 0) {
        if (sort)
            link_line_set(line, "only the sort of place", 0, 0);
        else
            link_line_weigh(counts, line, "different", W_VENUE_NONE, 0);
        return;
    }
    bool all = shared.words == fewer && a->venues == b->venues;
    line->draw[line->draws++] = (struct compare_draw){W_VENUE_SOME, 1};
    link_line_set(line,
                  !all                   ? "words in common"
                  : shared.spelled_alike ? "exact"
                                         : "close spelling",
                  -venue_missed_cost * (fewer - shared.words) - 0.5 * abs(a->venues - b->venues),
                  fmin(13, shared.bits));
}

static bool starts_with_digit(struct str word)
{
    return word.len && word.ptr[0] >= '0' && word.ptr[0] <= '9';
}

/* Which words of an address are the number of the house, and of what lies in it; -1: none. */
struct dwelling {
    int number;
    int unit;
};

/* "14", "14b". */
static bool is_number(struct str word)
{
    size_t i = 0;
    while (i < word.len && word.ptr[i] >= '0' && word.ptr[i] <= '9') i++;
    return i > 0 && i + 1 >= word.len;
}

/* "top flat, 14 Zennor Parade": which one stands before it. */
static bool is_floor(struct str word)
{
    static const char *const floors[] = {"top",    "ground", "basement", "upper", "lower", "first",
                                         "second", "third",  "garden",   "rear",  "attic"};
    for (size_t i = 0; i < sizeof floors / sizeof *floors; i++)
        if (str_eq(word, str_from(floors[i]))) return true;
    return false;
}

static struct dwelling dwelling_of(const struct str *words, int count)
{
    struct dwelling ret = {-1, -1};
    for (int i = 0; i < count; i++) {
        int floor = i - 1 - (i > 1 && str_eq(words[i - 1], STR("floor")));
        if (ret.unit < 0 && link_is_unit_word(words[i])) {
            if (i > 0 && is_floor(words[floor]))
                ret.unit = floor;
            else if (i + 1 < count && (words[i + 1].len == 1 || starts_with_digit(words[i + 1])))
                ret.unit = ++i;
        } else if (ret.number < 0 &&
                   (is_number(words[i]) || (i == 0 && starts_with_digit(words[i])))) {
            ret.number = i;
        }
    }
    return ret;
}

/* Both have it, and not the same. */
static bool contradict(const struct str *a, int in_a, const struct str *b, int in_b)
{
    if (in_a < 0 || in_b < 0) return false;
    return is_floor(a[in_a]) == is_floor(b[in_b]) && !str_eq(a[in_a], b[in_b]);
}

/* Beside another number the street tells what the area tells as well: neighbours share both. */
static const double neighbours_most = 4;
/* The flat is left out oftener than the house. */
static const double no_unit_cost = 1;

static void compare_addresses(const struct record *a, const struct record *b,
                              const struct compare_counts *counts, struct compare_line *line)
{
    struct shared shared =
        shared_words(counts, KEY_ADDRESS_WORD, a->address, a->addresses, b->address, b->addresses);
    int fewer = smaller(a->addresses, b->addresses);
    struct dwelling left = dwelling_of(a->address, a->addresses);
    struct dwelling right = dwelling_of(b->address, b->addresses);
    bool other_house = contradict(a->address, left.number, b->address, right.number);
    bool other_unit = contradict(a->address, left.unit, b->address, right.unit);
    bool one_number = (left.number < 0) != (right.number < 0);
    bool one_unit = (left.unit < 0) != (right.unit < 0);
    if (shared.words == 0) {
        link_line_weigh(counts, line, "different", W_ADDRESS_NONE, 0);
        return;
    }
    if (other_house || other_unit) {
        link_line_weigh(counts, line, other_house ? "another number" : "another flat",
                        W_ADDRESS_OTHER_NUMBER, fmin(neighbours_most, shared.bits * address_share));
    } else {
        const char *level = one_number              ? "same street"
                            : one_unit              ? "same house, one without a flat"
                            : shared.words == fewer ? "exact"
                                                    : "words in common";
        link_line_weigh(counts, line, level, one_number ? W_ADDRESS_NO_NUMBER : W_ADDRESS_SOME,
                        fmin(11, shared.bits * address_share));
        if (one_unit) line->base_bits -= no_unit_cost;
    }
    line->base_bits -= 2.0 * (fewer - shared.words);
}

static void compare_areas(const struct record *a, const struct record *b,
                          const struct compare_counts *counts, struct compare_line *line)
{
    if (a->postcode.len && b->postcode.len) {
        size_t same = 0;
        size_t shorter = a->postcode.len < b->postcode.len ? a->postcode.len : b->postcode.len;
        while (same < shorter && a->postcode.ptr[same] == b->postcode.ptr[same]) same++;
        bool whole = a->postcode_whole && b->postcode_whole;
        if (whole && same == a->postcode.len && same == b->postcode.len)
            link_line_weigh(counts, line, "same postcode", W_POSTCODE_SAME, 0);
        else if (whole && same + 2 == shorter)
            link_line_weigh(counts, line, "same sector", W_POSTCODE_SECTOR, 0);
        else if (same >= 3 && same + (whole ? 3 : 0) >= shorter)
            link_line_weigh(counts, line, "same district", W_POSTCODE_DISTRICT, 0);
        else if (whole)
            link_line_weigh(counts, line, "other postcode", W_POSTCODE_OTHER, 0);
        else
            link_line_set(line, "other postcode", -3, 0);
        return;
    }
    if (a->town.len && b->town.len) {
        bool same = str_eq(a->town, b->town) || link_word_near(a->town, b->town);
        link_line_weigh(counts, line, same ? "same town" : "other town",
                        same ? W_TOWN_SAME : W_TOWN_OTHER, 0);
    }
}

void link_compare_place(const struct record *a, const struct record *b,
                        const struct compare_counts *counts, struct compare_result *result)
{
    struct compare_line *venue =
        link_line_add(result, "Venue", LINK_VENUE, LINK_FIELDS, LINK_FIELDS);
    if (a->venues && b->venues) compare_venues(a, b, counts, venue);
    struct compare_line *address =
        link_line_add(result, "Address", LINK_ADDRESS, LINK_FIELDS, LINK_FIELDS);
    if (a->addresses && b->addresses) compare_addresses(a, b, counts, address);
    compare_areas(a, b, counts,
                  link_line_add(result, "Area", LINK_POSTCODE, LINK_TOWN, LINK_FIELDS));
    link_compare_times(a, b, counts, W_PLACE_SAME_DAYS, result);
}
