/*
 * Places: venues ("outside the takeaway by the bus station", "Gannet Fish Bar"),
 * named streets, towns and postcodes that go with them.
 */
#include "base/arena.h"
#include "domain/extract_parts.h"

static const char *const venue_words =
    "takeaway|take away|bus station|train station|railway station|station|bus stop|bus shelter|"
    "park|skate park|skatepark|pub|hotel|guest house|shopping centre|off licence|off license|"
    "offy|playground|playing field|playing fields|play park|car park|leisure centre|"
    "sports centre|sports hall|library|youth club|youth centre|arcade|amusements|beach|cafe|"
    "caf\xC3\xA9|coffee shop|coffee house|tea rooms|kebab shop|kebab house|chip shop|chippy|"
    "fish bar|pizza shop|pizza place|chicken shop|kebab|grill|hostel|petrol station|garage|"
    "retail park|nightclub|barbers|barber shop|nail bar|vape shop|car wash|taxi rank|taxi office|"
    "harbour|quay|pier|cemetery|churchyard|swimming pool|multi storey|multistorey|precinct|"
    "town centre|industrial estate|caravan park|holiday park|campsite|bowling alley|cinema|"
    "community centre|supermarket|lodge|inn|arms|school|college|academy|gardens|cove|sands|halt|"
    "pool|stores|parade|pizza|chicken|recreation ground|rec|football ground|rugby club|"
    "social club|snooker club|gym";

/* Only with a name before them: alone they are part of ordinary speech. */
static const char *const only_named =
    "school|college|academy|inn|arms|pizza|chicken|grill|kebab|gardens|cove|sands|halt|pool|"
    "stores|parade|lodge|rec|garage|gym|halls|town centre";

static const char *const shops =
    "mcdonalds|mcdonald's|kfc|burger king|greggs|costa|starbucks|wetherspoons|"
    "wetherspoon|tesco|asda|sainsburys|sainsbury's|lidl|aldi|morrisons|co op|"
    "premier inn|travelodge|subway|spar|poundland|primark|b and q";

static const char *const street_words =
    "street|road|rd|lane|avenue|ave|close|drive|terrace|crescent|hill|"
    "square|row|walk|way|place|court|mews|grove|view|approach|wharf";

static const char *const prepositions =
    "at|outside|near|by|in|behind|opposite|around|from|to|inside|"
    "beside|towards|into|beyond|past|round|above|below";

/* Words that may stand before a venue word: not names, but part of what is meant. */
static const char *const describing =
    "fried|old|new|main|local|big|little|chicken|fish|pizza|indian|"
    "chinese|turkish|kebab|multi|central|derelict|disused|empty|same|"
    "corner|town|high|street|lower|upper|north|south|east|west";

static const char *const not_place_names =
    "the|a|an|i|he|she|they|we|it|this|that|his|her|their|then|when|who|also|outside|at|near|by|"
    "in|on|behind|opposite|around|from|to|inside|monday|tuesday|wednesday|thursday|friday|"
    "saturday|sunday|january|february|march|april|may|june|july|august|september|october|"
    "november|december|seen|was|were|and|two|three|several|some|police|last|yesterday|today|"
    "after|before|every|most|there|known";

static bool is_named(const struct extractor *x, size_t i)
{
    return i < x->word_count && x->word[i].capital && !extract_is(x, i, not_place_names) &&
           extract_free(x, x->word[i].start, x->word[i].end);
}

static bool follows(const struct extractor *x, size_t i)
{
    return i > 0 && i < x->word_count &&
           extract_only(x, x->word[i - 1].end, x->word[i].start, "-", "");
}

/* --- venues -------------------------------------------------------------------------- */

struct venue {
    size_t first, last; /* words */
    bool named;
    bool the; /* an article stands before it */
    bool led; /* a preposition stands before it */
};

/* "the puffin sports hall": one or two small words after the article may be its name.
 * How many; 0 when anything else stands there. */
static size_t small_name(const struct extractor *x, size_t first)
{
    static const char *const no_name =
        "back|front|side|end|top|bottom|corner|entrance|rear|middle|edge|of|"
        "and|or|to|same|car|nearby|nearest|other|next|whole|way|area|people|"
        "boys|girls|children|man|woman|is|was|were|at|in|on|by|near|a|the";
    for (size_t n = 1; n <= 2 && first > n + 1; n++) {
        size_t i = first - n;
        if (!follows(x, i + 1) || x->word[i].digit || extract_is(x, i, no_name) ||
            !extract_free(x, x->word[i].start, x->word[i].end))
            return 0;
        if (follows(x, i) && extract_is(x, i - 1, "the") && follows(x, i - 1) &&
            extract_is(x, i - 2, prepositions))
            return n;
    }
    return 0;
}

/* The venue whose venue word begins at word `i`. */
static bool read_venue(const struct extractor *x, size_t i, struct venue *ret)
{
    size_t words = extract_phrase(x, i, venue_words), shop = extract_phrase(x, i, shops);
    if (!words && !shop) return false;
    *ret = (struct venue){
        .first = i, .last = i + (shop > words ? shop : words) - 1, .named = shop > 0};
    size_t longer; /* "bus station car park" */
    while (follows(x, ret->last + 1) && (longer = extract_phrase(x, ret->last + 1, venue_words)))
        ret->last += longer;
    for (int back = 0; back < 4 && !shop && follows(x, ret->first); back++) {
        bool named = is_named(x, ret->first - 1);
        if (!named && !extract_is(x, ret->first - 1, describing)) break;
        ret->named |= named;
        ret->first--;
    }
    if (!shop && ret->first == i) ret->first -= small_name(x, i);
    size_t before = ret->first;
    if (before > 0 && follows(x, before) &&
        extract_is(x, before - 1, "the|a|an|their|his|her|your")) {
        ret->the = extract_is(x, before - 1, "the|a|an");
        before--;
    }
    size_t lead = before > 0 && follows(x, before) ? before - 1 : x->word_count;
    ret->led = extract_is(x, lead, prepositions);
    if (!extract_free(x, x->word[ret->first].start, x->word[ret->last].end)) return false;
    if (ret->named && !shop) /* the venue word of a name has its capital too */
        return x->word[ret->last].capital || ret->led || ret->the;
    if (shop) return ret->led || x->word[i].capital;
    if (extract_phrase(x, i, only_named) > 0 && ret->first == ret->last) return false;
    return ret->led && (ret->the || extract_is(x, lead, "outside|near|behind|opposite|by|at"));
}

static void find_venues(struct extractor *x)
{
    for (size_t i = 0; i < x->word_count; i++) {
        struct venue venue, next;
        if (!read_venue(x, i, &venue)) continue;
        size_t end = venue.last;
        /* "the takeaway by the bus station" is one place. */
        size_t k = end + 1;
        if (follows(x, k) && extract_phrase(x, k, "by|near|opposite|behind|next to|outside")) {
            k += extract_phrase(x, k, "by|near|opposite|behind|next to|outside");
            for (size_t ahead = k; ahead < x->word_count && ahead < k + 5 && follows(x, ahead);
                 ahead++) {
                if (!read_venue(x, ahead, &next) || next.first > k + 1) continue;
                end = next.last;
                break;
            }
        }
        size_t start = x->word[venue.first].start;
        struct extract_item *item = extract_add(x, LINK_PLACE, start, x->word[end].end);
        if (!item) return;
        item->field[LINK_VENUE] = extract_text(x, start, x->word[end].end);
        i = end;
    }
}

/* --- streets and towns --------------------------------------------------------------- */

static void find_streets(struct extractor *x)
{
    for (size_t i = 1; i < x->word_count; i++) {
        if (!extract_is(x, i, street_words) && !(extract_is(x, i, "st") && x->word[i].capital))
            continue;
        if (!x->word[i].capital || !follows(x, i) || x->claimed[x->word[i].start]) continue;
        bool goes_on =
            follows(x, i + 1) && x->word[i + 1].capital && extract_phrase(x, i + 1, venue_words);
        if (goes_on) continue; /* "Fore Street Car Park" is a car park */
        size_t first = i;
        while (first > 0 && i - first < 3 && follows(x, first) && is_named(x, first - 1)) first--;
        if (first == i) continue;
        if (extract_is(x, i, "st") && extract_is(x, first - (first > 0), "near|saint")) continue;
        size_t number = first;
        if (first > 0 && x->word[first - 1].digit && follows(x, first) &&
            x->word[first - 1].end - x->word[first - 1].start <= 4 &&
            extract_free(x, x->word[first - 1].start, x->word[first - 1].end))
            number = first - 1;
        if (number < first && number >= 2 && extract_is(x, number - 2, "flat|unit") &&
            extract_only(x, x->word[number - 1].end, x->word[number].start, ",", "") &&
            extract_free(x, x->word[number - 2].start, x->word[number].start))
            number -= 2;
        size_t start = x->word[number].start, end = x->word[i].end;
        if (!extract_free(x, start, end)) continue;
        struct extract_item *item = extract_add(x, LINK_PLACE, start, end);
        if (!item) return;
        item->field[LINK_ADDRESS] = extract_text(x, start, end);
    }
}

/* "in Truro"; ", Truro" only before a postcode, the end of the sentence or another
 * place, for a comma leads to anything. */
static void add_town(struct extractor *x, struct extract_item *item)
{
    size_t i = extract_word_from(x, item->end), n = 0;
    if (i >= x->word_count || item->field[LINK_TOWN].len) return;
    bool in = extract_is(x, i, "in") && extract_only(x, item->end, x->word[i].start, "", "");
    i += in;
    if (!in && !(item->end < x->text.len && x->text.ptr[item->end] == ',')) return;
    while (n < 3 && is_named(x, i + n) && !x->word[i + n].digit &&
           (n ? extract_only(x, x->word[i + n - 1].end, x->word[i + n].start, "-", "")
              : extract_only(x, item->end, x->word[i].start, ",", "in")))
        n++;
    if (!n) return;
    size_t end = x->word[i + n - 1].end, next = end;
    while (next < x->text.len && (x->text.ptr[next] == ' ' || x->text.ptr[next] == ',')) next++;
    bool closes = next >= x->text.len || x->text.ptr[next] == '.' || x->text.ptr[next] == '\n' ||
                  x->text.ptr[next] == ')';
    bool postcode = false;
    for (size_t k = 0; k < x->item_count; k++)
        postcode |=
            !x->item[k].gone && x->item[k].field[LINK_POSTCODE].len && x->item[k].start == next;
    if (!in && !closes && !postcode) return;
    item->field[LINK_TOWN] = extract_text(x, x->word[i].start, end);
    extract_extend(x, item, x->word[i].start, end);
}

/* Parts of one address: only commas and small words between. */
static bool can_join(const struct extract_item *a, const struct extract_item *b)
{
    for (int field = LINK_VENUE; field <= LINK_POSTCODE; field++)
        if (a->field[field].len && b->field[field].len) return false;
    return true;
}

static void join_parts(struct extractor *x)
{
    for (size_t i = 0; i < x->item_count; i++)
        for (size_t k = 0; k < x->item_count; k++) {
            struct extract_item *a = &x->item[i], *b = &x->item[k];
            if (i == k || a->gone || b->gone || a->kind != LINK_PLACE || b->kind != LINK_PLACE)
                continue;
            if (a->end > b->start || b->start - a->end > 12 || !can_join(a, b)) continue;
            if (extract_only(x, a->end, b->start, ",(", "in|on|at|the|of|off|postcode"))
                extract_join(x, a, b);
        }
}

void extract_places(struct extractor *x)
{
    find_streets(x);
    find_venues(x);
    join_parts(x);
    for (size_t i = 0; i < x->item_count; i++)
        if (x->item[i].kind == LINK_PLACE && !x->item[i].gone &&
            !x->item[i].field[LINK_POSTCODE].len)
            add_town(x, &x->item[i]);
    join_parts(x);
}
