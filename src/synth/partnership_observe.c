/*
 * How a fragment comes to be: what somebody saw, heard, half remembered or
 * copied of a true thing.  Each function fills the fields as written and, apart
 * from them, what of it is right.
 */
#include "synth/partnership_world.h"

#include "synth/words_places.h"

struct watcher {
    struct synth_random *random;
    struct arena *arena;
    int32_t day;
};

static bool chance(struct watcher *w, uint32_t per_cent)
{
    return synth_random_chance(w->random, per_cent);
}

static int32_t between(struct watcher *w, int32_t low, int32_t high)
{
    return synth_random_between(w->random, low, high);
}

/* --- people ------------------------------------------------------------- */

static void age_seen(struct watcher *w, const struct synth_entity *person,
                     struct synth_mention *ret)
{
    int32_t years = (w->day - person->person.birth_day) / 365;
    struct date born = date_from_days(person->person.birth_day);
    bool child = person->person.child;
    if (chance(w, child ? 18 : 8)) {
        struct str text = {0};
        switch (synth_random_below(w->random, 4)) {
        case 0:
            text = str_fmt(w->arena, "%02d/%02d/%d", born.day, born.month, born.year);
            break;
        case 1:
            text = str_fmt(w->arena, "%d.%d.%d", born.day, born.month, born.year);
            break;
        case 2:
            text = date_words(w->arena, born);
            break;
        default:
            text = str_fmt(w->arena, "%d", born.year);
            break;
        }
        ret->field[LINK_BIRTH] = text;
        ret->evidence.born = true;
        return;
    }
    if (!chance(w, child ? 70 : 55)) return;
    /* A stranger's age is guessed, a child's is mostly known. */
    int32_t slack = child ? 1 : 1 + years / 10;
    int32_t guess = chance(w, 60) ? years : between(w, years - slack, years + slack);
    static const char *const thirds[] = {"early", "mid", "late"};
    if (child) {
        ret->field[LINK_AGE] = chance(w, 60) ? str_fmt(w->arena, "%d", guess)
                                             : str_fmt(w->arena, "%d or %d", guess, guess + 1);
    } else if (guess < 20) {
        ret->field[LINK_AGE] =
            chance(w, 50) ? STR("late teens") : str_fmt(w->arena, "about %d", guess);
    } else {
        switch (synth_random_below(w->random, 4)) {
        case 0:
            ret->field[LINK_AGE] = str_fmt(w->arena, "about %d", (guess + 2) / 5 * 5);
            break;
        case 1:
            ret->field[LINK_AGE] = str_fmt(w->arena, "%ds", guess / 10 * 10);
            break;
        case 2:
            ret->field[LINK_AGE] =
                str_fmt(w->arena, "%s %ds", thirds[guess % 10 * 3 / 10], guess / 10 * 10);
            break;
        default:
            ret->field[LINK_AGE] = str_fmt(w->arena, "%d", guess);
            break;
        }
    }
    ret->evidence.born = true;
}

static bool person_seen(struct watcher *w, const struct synth_entity *person,
                        struct synth_mention *ret)
{
    const struct synth_name *name = &person->person.name;
    struct synth_evidence *evidence = &ret->evidence;
    bool nickname = person->person.nickname.len > 0;
    uint32_t way = synth_random_below(w->random, 100);
    if (way < 38) {
        ret->field[LINK_NAME] = synth_name_write(w->random, w->arena, name);
        evidence->name = SYNTH_NAME_FULL;
    } else if (way < 50 && nickname) {
        ret->field[LINK_NAME] = synth_name_write(w->random, w->arena, name);
        evidence->name = SYNTH_NAME_FULL;
        evidence->nickname = true;
    } else if (way < 68 && nickname) {
        evidence->name = SYNTH_NAME_NICKNAME;
        evidence->nickname = true;
    } else if (way < 73) {
        struct str given = synth_name_write_given(w->random, w->arena, name);
        struct str initial = str_sub(synth_marks_drop(w->arena, name->surname), 0, 1);
        ret->field[LINK_NAME] = str_fmt(w->arena, "%.*s %.*s", STR_ARG(given), STR_ARG(initial));
        evidence->name = SYNTH_NAME_GIVEN;
    } else if (way < 90) {
        ret->field[LINK_NAME] = synth_name_write_given(w->random, w->arena, name);
        evidence->name = SYNTH_NAME_GIVEN;
    }
    if (evidence->nickname) ret->field[LINK_ALIAS] = person->person.nickname;
    age_seen(w, person, ret);
    if (evidence->name == SYNTH_NAME_NONE || chance(w, 15))
        ret->field[LINK_DESCRIPTION] = person->person.description;
    ret->linkable = evidence->name != SYNTH_NAME_NONE;
    return true;
}

/* --- vehicles ----------------------------------------------------------- */

/* What a character of a plate is taken for in bad light. */
static char misread(struct watcher *w, char c)
{
    static const char *const alike[] = {"O0DQ", "I1L", "B8", "S5", "Z2", "G6C", "VY", "MN", "EF"};
    for (size_t i = 0; i < sizeof alike / sizeof alike[0]; i++) {
        const char *at = strchr(alike[i], c);
        if (!at) continue;
        size_t len = strlen(alike[i]);
        return alike[i][((size_t)(at - alike[i]) + 1 +
                         synth_random_below(w->random, (uint32_t)len - 1)) %
                        len];
    }
    return c >= '0' && c <= '9' ? (char)('0' + between(w, 0, 9)) : (char)('A' + between(w, 0, 25));
}

/* Which characters were seen: bit i for character i. */
static uint8_t plate_part(struct watcher *w)
{
    switch (synth_random_below(w->random, 10)) {
    case 0:
    case 1:
    case 2:
        return 0x0f; /* WK85 */
    case 3:
    case 4:
        return 0x70; /* the last three */
    case 5:
        return 0x1f; /* all but the last two */
    case 6:
        return 0x7e; /* all but the first */
    default:
        break;
    }
    uint8_t mask = 0;
    int32_t wanted = between(w, 3, 5);
    for (int32_t have = 0; have < wanted;) {
        uint8_t bit = (uint8_t)(1u << synth_random_below(w->random, 7));
        if (mask & bit) continue;
        mask |= bit;
        have++;
    }
    return mask;
}

static void plate_seen(struct watcher *w, const char *plate, struct synth_mention *ret)
{
    uint32_t way = synth_random_below(w->random, 100);
    uint8_t mask = way < 52 ? 0x7f : plate_part(w);
    char seen[8];
    memcpy(seen, plate, sizeof seen);
    if (chance(w, 10)) {
        uint32_t at = synth_random_below(w->random, 7);
        seen[at] = misread(w, seen[at]);
    }
    for (int i = 0; i < 7; i++) {
        if (!(mask >> i & 1))
            seen[i] = '?';
        else if (seen[i] == plate[i])
            ret->evidence.plate_right |= (uint8_t)(1u << i);
        else
            ret->evidence.plate_wrong |= (uint8_t)(1u << i);
    }
    struct str text;
    if (mask == 0x0f && chance(w, 50))
        text = str_fmt(w->arena, "%.4s", seen); /* "WK85" */
    else if (mask == 0x0f && chance(w, 50))
        text = str_fmt(w->arena, "%.4s*", seen);
    else if (mask == 0x70 && chance(w, 60))
        text = str_fmt(w->arena, "*%.3s", seen + 4);
    else if (mask == 0x7f && chance(w, 20))
        text = str_fmt(w->arena, "%s", seen);
    else if (mask == 0x7f && chance(w, 20))
        text = str_fmt(w->arena, "%.4s-%.3s", seen, seen + 4);
    else
        text = str_fmt(w->arena, "%.4s %.3s", seen, seen + 4);
    ret->field[LINK_REGISTRATION] =
        mask == 0x7f && chance(w, 15) ? str_lower(w->arena, text) : text;
}

static struct str colour_seen(struct watcher *w, struct str colour, bool *ret_right)
{
    *ret_right = true;
    if (!chance(w, 12)) return colour;
    for (uint32_t i = 0; i < synth_colours_count; i++)
        if (str_eq(synth_colours[i].name, colour)) {
            *ret_right = false;
            return synth_list_draw(w->random, synth_colours[i].taken_for);
        }
    return colour;
}

static bool vehicle_seen(struct watcher *w, const struct synth_entity *vehicle,
                         struct synth_mention *ret)
{
    struct synth_evidence *evidence = &ret->evidence;
    if (chance(w, 80)) {
        ret->field[LINK_COLOUR] = colour_seen(w, vehicle->vehicle.colour, &evidence->colour);
    }
    if (chance(w, 68)) {
        ret->field[LINK_MAKE] = vehicle->vehicle.make;
        evidence->make = true;
        if (chance(w, 75)) ret->field[LINK_MODEL] = vehicle->vehicle.model;
        if (ret->field[LINK_MODEL].len > 0 && chance(w, 25))
            ret->field[LINK_MAKE] = (struct str){0};
        if (str_eq(ret->field[LINK_MAKE], STR("Volkswagen")) && chance(w, 70))
            ret->field[LINK_MAKE] = STR("VW");
    }
    if (chance(w, 88))
        plate_seen(w, vehicle->vehicle.plate, ret);
    else if (ret->field[LINK_COLOUR].len == 0)
        ret->field[LINK_COLOUR] = vehicle->vehicle.colour;
    ret->linkable = __builtin_popcount(evidence->plate_right) >= 3;
    return true;
}

/* --- phones and accounts ------------------------------------------------ */

static bool phone_seen(struct watcher *w, const struct synth_entity *phone,
                       struct synth_mention *ret)
{
    struct synth_evidence *evidence = &ret->evidence;
    const char *number = phone->phone.number;
    char seen[12];
    memcpy(seen, number, sizeof seen);
    uint32_t way = synth_random_below(w->random, 100);
    if (way < 6) return false; /* a phone, but no number */
    if (way < 20) {
        int32_t last = chance(w, 50) ? 6 : chance(w, 50) ? 4 : 3;
        ret->field[LINK_NUMBER] =
            str_fmt(w->arena, chance(w, 50) ? "ending %s" : "...%s", seen + 11 - last);
        evidence->digits_right = (uint8_t)last;
        ret->linkable = true;
        return true;
    }
    evidence->digits_right = 11;
    if (way < 28) {
        int32_t at = between(w, 8, 10);
        seen[at] = (char)('0' + (seen[at] - '0' + between(w, 1, 9)) % 10);
        evidence->digits_right = (uint8_t)(10 - at);
        evidence->digits_wrong = 1;
    }
    struct str *text = &ret->field[LINK_NUMBER];
    switch (synth_random_below(w->random, 8)) {
    case 0:
        *text = str_fmt(w->arena, "%s", seen);
        break;
    case 1:
        *text = str_fmt(w->arena, "%.5s %.3s %s", seen, seen + 5, seen + 8);
        break;
    case 2:
        *text = str_fmt(w->arena, "%.5s-%.3s-%s", seen, seen + 5, seen + 8);
        break;
    case 3:
        *text = str_fmt(w->arena, "(%.5s) %s", seen, seen + 5);
        break;
    case 4:
        *text = str_fmt(w->arena, "+44 %.4s %s", seen + 1, seen + 5);
        break;
    case 5:
        *text = str_fmt(w->arena, "0044%s", seen + 1);
        break;
    default:
        *text = str_fmt(w->arena, "%.5s %s", seen, seen + 5);
        break;
    }
    ret->linkable = true;
    return true;
}

static struct str without(struct arena *arena, struct str text, const char *dropped)
{
    char kept[64];
    size_t count = 0;
    for (size_t i = 0; i < text.len && count < sizeof kept; i++)
        if (!strchr(dropped, text.ptr[i])) kept[count++] = text.ptr[i];
    return str_dup(arena, str_of(kept, count));
}

static bool account_seen(struct watcher *w, const struct synth_entity *account,
                         struct synth_mention *ret)
{
    struct synth_evidence *evidence = &ret->evidence;
    struct str handle = account->account.handle;
    uint32_t way = synth_random_below(w->random, 100);
    if (way < 5) return false;
    if (chance(w, 85)) ret->field[LINK_PLATFORM] = account->account.platform;
    evidence->handle = evidence->handle_stem = true;
    if (way < 15)
        handle = str_fmt(w->arena, "@%.*s", STR_ARG(handle));
    else if (way < 23)
        handle = without(w->arena, handle, "._");
    else if (way < 29)
        handle = str_fmt(w->arena, "%.*s%.*s", STR_ARG(str_upper(w->arena, str_sub(handle, 0, 1))),
                         STR_ARG(str_sub(handle, 1, handle.len)));
    else if (way < 37) {
        handle = without(w->arena, handle, "0123456789");
        evidence->handle = false;
    } else if (way < 45) { /* one letter lost */
        int32_t at = between(w, 1, (int32_t)handle.len - 2);
        handle = str_fmt(w->arena, "%.*s%.*s", STR_ARG(str_sub(handle, 0, (size_t)at)),
                         STR_ARG(str_sub(handle, (size_t)at + 1, handle.len)));
    }
    ret->field[LINK_HANDLE] = handle;
    if (account->account.email.len > 0 && chance(w, 30))
        ret->field[LINK_EMAIL] = account->account.email;
    ret->linkable = true;
    return true;
}

/* --- places ------------------------------------------------------------- */

static const char *const plain_words[SYNTH_PLACE_TYPES] = {
    [SYNTH_TAKEAWAY] = "takeaway",
    [SYNTH_CAFE] = "cafe",
    [SYNTH_PUB] = "pub",
    [SYNTH_PARK] = "park",
    [SYNTH_STATION] = "bus station",
    [SYNTH_SHOPS] = "shops",
    [SYNTH_SPORT] = "leisure centre",
    [SYNTH_SCHOOL] = "school",
    [SYNTH_CAR_PARK] = "car park",
    [SYNTH_BEACH] = "beach",
    [SYNTH_HOME] = "flat",
    [SYNTH_HOTEL] = "guest house",
};

static struct str venue_variant(struct watcher *w, struct str venue)
{
    if (str_starts(venue, STR("The "))) return str_sub(venue, 4, venue.len);
    switch (synth_random_below(w->random, 3)) {
    case 0:
        return str_lower(w->arena, venue);
    case 1:
        return str_fmt(w->arena, "the %.*s", STR_ARG(venue));
    default:
        return synth_word_mishear(w->random, w->arena, SYNTH_ORIGINS, venue);
    }
}

static bool place_seen(struct watcher *w, const struct synth_entity *place,
                       struct synth_mention *ret)
{
    struct synth_evidence *evidence = &ret->evidence;
    struct str venue = place->place.venue;
    bool home = venue.len == 0;
    if (!home && chance(w, 85)) {
        ret->field[LINK_VENUE] = chance(w, 75) ? venue : venue_variant(w, venue);
        evidence->venue = true;
    } else if (!home) {
        ret->field[LINK_VENUE] = str_from(plain_words[place->place.type]);
    }
    if (chance(w, home ? 90 : 15)) {
        struct str address = place->place.address;
        ptrdiff_t space = str_find(address, STR(" "), 0);
        if (home && chance(w, 25)) {
            address = str_sub(address, (size_t)space + 1, address.len); /* the street alone */
        } else {
            evidence->address = true;
        }
        ret->field[LINK_ADDRESS] = address;
    }
    if (chance(w, 82)) ret->field[LINK_TOWN] = place->place.town;
    if (chance(w, home ? 30 : 15)) ret->field[LINK_POSTCODE] = place->place.postcode;
    evidence->area = ret->field[LINK_TOWN].len > 0 || ret->field[LINK_POSTCODE].len > 0;
    ret->linkable = (evidence->venue || evidence->address) && evidence->area;
    return ret->field[LINK_VENUE].len > 0 || ret->field[LINK_ADDRESS].len > 0;
}

bool synth_observe(const struct synth_partnership *partnership, struct synth_random *random,
                   struct arena *arena, int32_t entity, int32_t day, struct synth_mention *ret)
{
    const struct synth_entity *truth = &partnership->entity[entity];
    struct watcher watcher = {random, arena, day};
    *ret = (struct synth_mention){.kind = truth->kind, .entity = entity};
    switch (truth->kind) {
    case LINK_PERSON:
        return person_seen(&watcher, truth, ret);
    case LINK_VEHICLE:
        return vehicle_seen(&watcher, truth, ret);
    case LINK_PHONE:
        return phone_seen(&watcher, truth, ret);
    case LINK_ACCOUNT:
        return account_seen(&watcher, truth, ret);
    case LINK_PLACE:
        return place_seen(&watcher, truth, ret);
    case LINK_KINDS:
        break;
    }
    return false;
}
