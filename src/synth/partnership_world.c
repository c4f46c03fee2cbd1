#include "synth/partnership_world.h"

#include "synth/words_places.h"

enum { PHONES_MAX = 16000, DAYS_OF_YEAR = 365 };

/* While it is built, the world grows; afterwards it is only read. */
struct building {
    struct arena *arena;
    struct synth_partnership *partnership;
    struct synth_random random;
    struct synth_entity *entity;
    int32_t entity_count, entity_room;
    struct synth_relation *relation;
    int32_t relation_count, relation_room;
    int32_t phone_count;
    int32_t first_phone; /* entity of an early phone, or -1 */
};

static void *grown(struct arena *arena, const void *old, int32_t count, int32_t *room, size_t size)
{
    if (count < *room) return NULL;
    *room = *room ? *room * 2 : 1024;
    char *bigger = arena_array(arena, (size_t)*room, size);
    if (count > 0) memcpy(bigger, old, (size_t)count * size);
    return bigger;
}

static int32_t entity_add(struct building *b, enum link_kind kind, int32_t network)
{
    struct synth_entity *bigger =
        grown(b->arena, b->entity, b->entity_count, &b->entity_room, sizeof *bigger);
    if (bigger) b->entity = bigger;
    b->entity[b->entity_count].kind = kind;
    b->entity[b->entity_count].network = network;
    return b->entity_count++;
}

static void relation_add(struct building *b, int32_t from, int32_t to,
                         enum synth_relation_type type)
{
    struct synth_relation *bigger =
        grown(b->arena, b->relation, b->relation_count, &b->relation_room, sizeof *bigger);
    if (bigger) b->relation = bigger;
    b->relation[b->relation_count++] = (struct synth_relation){from, to, type};
}

/* --- things ------------------------------------------------------------- */

/* Letters that a plate may have where the memory tag and the last three stand. */
static const char tag_letters[] = "ABCDEFGHJKLMNOPRSTUVWXY";
static const char end_letters[] = "ABCDEFGHJKLMNOPRSTUVWXYZ";
/* Age identifiers that were never issued: 02 to 26 and 51 to 76 are in use in
 * 2026, 77 and up follow one a year, 00 and 01 were left out. */
static const char *const never_issued[] = {"84", "85", "86", "87", "88", "89", "90", "91", "92",
                                           "93", "94", "95", "96", "97", "98", "99", "00", "01"};

static char letter_of(struct synth_random *random, const char *letters)
{
    return letters[synth_random_below(random, (uint32_t)strlen(letters))];
}

static void plate_draw(struct synth_random *random, char ret[static 8])
{
    /* Most cars in Cornwall were registered in the West of England. */
    ret[0] = synth_random_chance(random, 50) ? 'W' : letter_of(random, tag_letters);
    ret[1] = letter_of(random, tag_letters);
    if (ret[0] == 'W' && synth_random_chance(random, 40)) ret[1] = letter_of(random, "AFGJKL");
    const char *age =
        never_issued[synth_random_below(random, sizeof never_issued / sizeof never_issued[0])];
    ret[2] = age[0];
    ret[3] = age[1];
    for (int i = 4; i < 7; i++) ret[i] = letter_of(random, end_letters);
    ret[7] = '\0';
}

static int32_t vehicle_add(struct building *b, int32_t network)
{
    int32_t id = entity_add(b, LINK_VEHICLE, network);
    struct synth_entity *vehicle = &b->entity[id];
    plate_draw(&b->random, vehicle->vehicle.plate);
    uint32_t at = synth_random_below(&b->random, 100);
    for (uint32_t i = 0; i < synth_vehicles_count; i++) {
        vehicle->vehicle.make = synth_vehicles[i].make;
        vehicle->vehicle.model = synth_vehicles[i].model;
        if (at < synth_vehicles[i].share) break;
        at -= synth_vehicles[i].share;
    }
    at = synth_random_below(&b->random, 100);
    for (uint32_t i = 0; i < synth_colours_count; i++) {
        vehicle->vehicle.colour = synth_colours[i].name;
        if (at < synth_colours[i].share) break;
        at -= synth_colours[i].share;
    }
    return id;
}

/* A car that could be taken for this one: same make, model and colour, and part
 * of the plate. */
static int32_t vehicle_alike(struct building *b, int32_t like)
{
    int32_t id = entity_add(b, LINK_VEHICLE, -1);
    b->entity[id].vehicle = b->entity[like].vehicle;
    char plate[8];
    plate_draw(&b->random, plate);
    if (synth_random_chance(&b->random, 50))
        memcpy(b->entity[id].vehicle.plate + 4, plate + 4, 3);
    else
        memcpy(b->entity[id].vehicle.plate, plate, 4);
    return id;
}

/* Ofcom's numbers for drama, each of 1,000; README.md. */
static const char *const phone_ranges[] = {
    "07700900", "01632960", "01134960", "01144960", "01154960", "01164960",
    "01174960", "01184960", "01214960", "01314960", "01414960", "01514960",
    "01614960", "02079460", "02920180", "01914980", "08081570", "09098790",
};

static int32_t phone_add(struct building *b, int32_t network)
{
    if (b->phone_count >= PHONES_MAX) /* no more numbers: an old one is used again */
        return b->first_phone;
    int32_t id = entity_add(b, LINK_PHONE, network);
    if (b->first_phone < 0) b->first_phone = id;
    /* 617 and 1000 have no common factor, so each number comes once. */
    int32_t range = b->phone_count / 1000;
    int32_t last = (b->phone_count % 1000 * 617 + 389) % 1000;
    char *number = b->entity[id].phone.number;
    memcpy(number, phone_ranges[range], 8);
    for (int i = 10; i >= 8; i--, last /= 10) number[i] = (char)('0' + last % 10);
    number[11] = '\0';
    b->phone_count++;
    return id;
}

static struct str handle_draw(struct building *b, const struct synth_entity *person)
{
    struct synth_random *random = &b->random;
    struct str given = synth_list_draw(random, person->person.name.given_short);
    if (given.len == 0) given = person->person.name.given;
    if (person->person.nickname.len > 0 && synth_random_chance(random, 30))
        given = person->person.nickname;
    given = str_lower(b->arena, synth_marks_drop(b->arena, given));
    ptrdiff_t space = str_find(given, STR(" "), 0);
    if (space > 0) given = str_sub(given, 0, (size_t)space);
    struct str surname =
        str_lower(b->arena, synth_marks_drop(b->arena, person->person.name.surname));
    int digits =
        synth_random_between(random, 10, b->partnership->options.people > 5000 ? 9999 : 999);
    static const char *const after[] = {"official", "xo", "uk", "kernow", "real", "tv", "x", "fc"};
    const char *word = after[synth_random_below(random, sizeof after / sizeof after[0])];
    switch (synth_random_below(random, 5)) {
    case 0:
        return str_fmt(b->arena, "%.*s_%d", STR_ARG(given), digits);
    case 1:
        return str_fmt(b->arena, "%.*s.%.*s%d", STR_ARG(given), STR_ARG(str_sub(surname, 0, 4)),
                       digits);
    case 2:
        return str_fmt(b->arena, "its%.*s%d", STR_ARG(given), digits);
    case 3:
        return str_fmt(b->arena, "%.*s_%s%d", STR_ARG(given), word, digits);
    default:
        return str_fmt(b->arena, "the.%.*s.%d", STR_ARG(given), digits);
    }
}

static int32_t account_add(struct building *b, int32_t person)
{
    static const char *const platforms[] = {"Snapchat",  "Snapchat",  "Snapchat", "Instagram",
                                            "Instagram", "Instagram", "TikTok",   "Discord",
                                            "Facebook",  "Telegram"};
    int32_t id = entity_add(b, LINK_ACCOUNT, b->entity[person].network);
    struct str handle = handle_draw(b, &b->entity[person]);
    struct synth_entity *account = &b->entity[id];
    account->account.platform =
        str_from(platforms[synth_random_below(&b->random, sizeof platforms / sizeof platforms[0])]);
    account->account.handle = handle;
    if (synth_random_chance(&b->random, 20))
        account->account.email = str_fmt(b->arena, "%.*s@example.org", STR_ARG(handle));
    return id;
}

static const struct synth_town *town_draw(struct building *b)
{
    const struct synth_options *options = &b->partnership->options;
    return &options->town[synth_random_below(&b->random, options->town_count)];
}

static int32_t place_add(struct building *b, enum synth_place_type type,
                         const struct synth_town *town)
{
    int32_t id = entity_add(b, LINK_PLACE, -1);
    struct synth_entity *place = &b->entity[id];
    struct str form = synth_list_draw(&b->random, synth_place_forms[type].names);
    ptrdiff_t at = str_find(form, STR("%"), 0);
    struct str word = synth_list_draw(&b->random, synth_venue_words);
    if (at >= 0)
        place->place.venue =
            str_fmt(b->arena, "%.*s%.*s%.*s", STR_ARG(str_sub(form, 0, (size_t)at)), STR_ARG(word),
                    STR_ARG(str_sub(form, (size_t)at + 1, form.len)));
    place->place.type = type;
    struct str street = synth_list_draw(&b->random, synth_street_words);
    place->place.address =
        str_fmt(b->arena, "%d %.*s", synth_random_between(&b->random, 1, 160), STR_ARG(street));
    place->place.town = town->name;
    place->place.postcode = str_fmt(b->arena, "%.*s %d%c%c", STR_ARG(town->district),
                                    synth_random_between(&b->random, 1, 9),
                                    letter_of(&b->random, "ABDEFGHJLNPQRSTUWXYZ"),
                                    letter_of(&b->random, "ABDEFGHJLNPQRSTUWXYZ"));
    return id;
}

/* --- people ------------------------------------------------------------- */

static struct str description_draw(struct synth_random *random, struct arena *arena)
{
    static const struct str hair = STR_INIT("short brown hair|dark hair|fair hair|a shaved head|"
                                            "long dark hair|ginger hair|grey hair|curly hair");
    static const struct str wear =
        STR_INIT("a grey tracksuit|a black puffer jacket|a baseball cap|"
                 "a denim jacket|white trainers|work boots|a green parka|"
                 "a red hooded top|glasses|a neck tattoo|a beard");
    struct str first = synth_list_draw(random, hair);
    struct str second = synth_list_draw(random, wear);
    return str_fmt(arena, "%.*s, %.*s", STR_ARG(first), STR_ARG(second));
}

static int32_t person_add(struct building *b, int32_t network, bool child)
{
    struct synth_random *random = &b->random;
    int32_t id = entity_add(b, LINK_PERSON, network);
    struct synth_entity *person = &b->entity[id];
    enum synth_sex sex = synth_random_chance(random, child ? 40 : 75) ? SYNTH_MALE : SYNTH_FEMALE;
    person->person.name = synth_name_draw(random, b->arena, synth_origin_draw(random), sex);
    person->person.child = child;
    int32_t years = child ? synth_random_between(random, 13, 17)
                          : 20 + (int32_t)synth_random_skewed(random, 40);
    person->person.birth_day = b->partnership->options.last_day - years * DAYS_OF_YEAR -
                               synth_random_between(random, 0, DAYS_OF_YEAR - 1);
    if (!child && synth_random_chance(random, 45))
        person->person.nickname = synth_nickname_draw(random);
    person->person.description = description_draw(random, b->arena);
    return id;
}

/* A person who could be taken for another: a relative, or a namesake. */
static int32_t person_alike(struct building *b, int32_t like)
{
    int32_t id = person_add(b, -1, false);
    struct synth_entity *person = &b->entity[id];
    const struct synth_name *name = &b->entity[like].person.name;
    switch (synth_random_below(&b->random, 3)) {
    case 0: /* a relative: same surname */
        person->person.name = synth_name_draw_given(&b->random, name->origin, name->sex);
        person->person.name.surname = name->surname;
        person->person.name.surname_spellings = name->surname_spellings;
        break;
    case 1: { /* same given name and about the same age */
        struct str surname = synth_name_draw(&b->random, b->arena, name->origin, name->sex).surname;
        person->person.name = *name;
        person->person.name.surname = surname;
        person->person.name.surname_spellings = (struct str){0};
        person->person.birth_day =
            b->entity[like].person.birth_day + synth_random_between(&b->random, -600, 600);
        break;
    }
    default: /* the same nickname */
        person->person.nickname = b->entity[like].person.nickname;
        break;
    }
    return id;
}

static void belongings_add(struct building *b, int32_t person)
{
    struct synth_random *random = &b->random;
    int32_t network = b->entity[person].network;
    bool child = b->entity[person].person.child;
    if (!child && synth_random_chance(random, network >= 0 ? 75 : 40)) {
        int32_t vehicle = vehicle_add(b, network);
        relation_add(b, person, vehicle, SYNTH_USES);
        if (synth_random_chance(random, 12))
            relation_add(b, person, vehicle_add(b, network), SYNTH_USES);
        if (synth_random_chance(random, 15)) {
            int32_t other = person_add(b, -1, false);
            relation_add(b, other, vehicle_alike(b, vehicle), SYNTH_USES);
        }
    }
    if (synth_random_chance(random, child ? 45 : 65))
        relation_add(b, person, phone_add(b, network), SYNTH_USES);
    if (!child && network >= 0 && synth_random_chance(random, 30))
        relation_add(b, person, phone_add(b, network), SYNTH_USES);
    if (synth_random_chance(random, child ? 40 : 50))
        relation_add(b, person, account_add(b, person), SYNTH_USES);
    if (network >= 0 && !child && synth_random_chance(random, 35))
        relation_add(b, person, account_add(b, person), SYNTH_USES);
    if (synth_random_chance(random, 30)) {
        const struct synth_town *town = town_draw(b);
        relation_add(b, person, place_add(b, SYNTH_HOME, town), SYNTH_LIVES_AT);
    }
}

/* --- networks ----------------------------------------------------------- */

/* A public place of the forum's area if there is one in a few draws. */
static int32_t place_near(struct building *b, const struct synth_world *world, int32_t forum)
{
    int32_t place = world->place[0];
    for (int tries = 0; tries < 12; tries++) {
        place = world->place[synth_random_below(&b->random, (uint32_t)world->place_count)];
        const struct synth_options *options = &b->partnership->options;
        for (uint32_t t = 0; t < options->town_count; t++)
            if (options->town[t].forum == forum &&
                str_eq(options->town[t].name, b->entity[place].place.town))
                return place;
    }
    return place; /* a group that crosses a boundary */
}

static void network_add(struct building *b, struct synth_world *world, int32_t number)
{
    struct synth_random *random = &b->random;
    struct synth_network *network = &world->network[number];
    network->forum = (int32_t)synth_random_below(random, SYNTH_FORUMS);
    network->place_count = synth_random_between(random, 2, NETWORK_PLACES_MAX);
    for (int32_t i = 0; i < network->place_count; i++)
        network->place[i] = place_near(b, world, network->forum);
    network->adult_count = synth_random_between(random, 2, NETWORK_ADULTS_MAX);
    network->child_count = synth_random_between(random, 1, NETWORK_CHILDREN_MAX);
    for (int32_t i = 0; i < network->adult_count; i++) {
        network->adult[i] = person_add(b, number, false);
        belongings_add(b, network->adult[i]);
    }
    for (int32_t i = 0; i < network->child_count; i++) {
        network->child[i] = person_add(b, number, true);
        belongings_add(b, network->child[i]);
    }
    for (int32_t i = 0; i < network->adult_count; i++) {
        int32_t adult = network->adult[i];
        for (int32_t j = 0; j < network->place_count; j++)
            if (synth_random_chance(random, 60))
                relation_add(b, adult, network->place[j], SYNTH_FREQUENTS);
        if (i > 0) relation_add(b, network->adult[0], adult, SYNTH_KNOWS);
        relation_add(b, network->child[synth_random_below(random, (uint32_t)network->child_count)],
                     adult, SYNTH_KNOWS);
        /* A shared car. */
        if (i > 0 && synth_random_chance(random, 25))
            for (int32_t r = b->relation_count - 1; r >= 0; r--) {
                if (b->relation[r].from < network->adult[0]) break; /* an older network's */
                if (b->relation[r].from != network->adult[0] || b->relation[r].type != SYNTH_USES ||
                    b->entity[b->relation[r].to].kind != LINK_VEHICLE)
                    continue;
                relation_add(b, adult, b->relation[r].to, SYNTH_USES);
                break;
            }
    }
    for (int32_t i = 0; i < network->child_count; i++)
        relation_add(b, network->child[i],
                     network->place[synth_random_below(random, (uint32_t)network->place_count)],
                     SYNTH_FREQUENTS);
}

static void places_add(struct building *b, struct synth_world *world, int32_t people)
{
    world->place_count = 40 + people / 6;
    world->place = arena_many(b->arena, (size_t)world->place_count, int32_t);
    for (int32_t i = 0; i < world->place_count; i++) {
        uint32_t at = synth_random_below(&b->random, 100);
        size_t type = 0;
        while (type + 1 < SYNTH_PLACE_TYPES && at >= synth_place_forms[type].share)
            at -= synth_place_forms[type++].share;
        const struct synth_town *town = town_draw(b);
        world->place[i] = place_add(b, (enum synth_place_type)type, town);
        if (i == 0) continue;
        struct synth_entity *place = &b->entity[world->place[i]];
        const struct synth_entity *before = &b->entity[world->place[i - 1]];
        bool venues = place->place.venue.len > 0 && before->place.venue.len > 0;
        if (venues && synth_random_chance(&b->random, 10)) { /* the same name in another town */
            place->place.venue = before->place.venue;
            place->place.type = before->place.type;
        }
    }
}

static void background_add(struct building *b, struct synth_world *world, int32_t people)
{
    world->adult = arena_many(b->arena, (size_t)people, int32_t);
    world->child = arena_many(b->arena, (size_t)people, int32_t);
    for (int32_t i = 0; i < people; i++) {
        int32_t person;
        if (synth_random_chance(&b->random, 25)) {
            const struct synth_network *network =
                &world->network[synth_random_below(&b->random, (uint32_t)world->network_count)];
            person = person_alike(
                b, network->adult[synth_random_below(&b->random, (uint32_t)network->adult_count)]);
        } else {
            person = person_add(b, -1, synth_random_chance(&b->random, 35));
        }
        belongings_add(b, person);
        if (synth_random_chance(&b->random, 50))
            relation_add(b, person,
                         world->place[synth_random_below(&b->random, (uint32_t)world->place_count)],
                         SYNTH_FREQUENTS);
        if (b->entity[person].person.child)
            world->child[world->child_count++] = person;
        else
            world->adult[world->adult_count++] = person;
    }
}

/* Sorts the relations by the person they start from, keeping their order. */
static void relations_sort(struct building *b, struct synth_world *world)
{
    size_t count = (size_t)b->entity_count;
    world->first_relation = arena_many(b->arena, count + 2, int32_t);
    int32_t *first = world->first_relation;
    for (int32_t i = 0; i < b->relation_count; i++) first[b->relation[i].from + 2]++;
    for (size_t i = 2; i < count + 2; i++) first[i] += first[i - 1];
    struct synth_relation *sorted =
        arena_many(b->arena, (size_t)b->relation_count, struct synth_relation);
    for (int32_t i = 0; i < b->relation_count; i++)
        sorted[first[b->relation[i].from + 1]++] = b->relation[i];
    b->relation = sorted;
}

static void accounts_make(struct building *b)
{
    struct synth_partnership *partnership = b->partnership;
    for (int32_t i = 0; i < SYNTH_ACCOUNTS; i++) {
        struct synth_account *account = &partnership->account[i];
        enum synth_sex sex = synth_random_chance(&b->random, 35) ? SYNTH_MALE : SYNTH_FEMALE;
        struct synth_name name =
            synth_name_draw(&b->random, b->arena, synth_origin_draw(&b->random), sex);
        account->name = str_fmt(b->arena, "%.*s %.*s", STR_ARG(name.given), STR_ARG(name.surname));
        account->organisation = i / (SYNTH_ACCOUNTS / SYNTH_ORGANISATIONS);
        account->role = i % (SYNTH_ACCOUNTS / SYNTH_ORGANISATIONS) == 0 ? SYNTH_REPRESENTATIVE
                                                                        : SYNTH_PRACTITIONER;
        if (i >= SYNTH_ACCOUNTS - 2) account->role = SYNTH_ANALYST;
        struct str plain = str_lower(b->arena, synth_marks_drop(b->arena, account->name));
        struct buf email;
        buf_init(&email, 120);
        for (size_t j = 0; j < plain.len; j++) {
            char c = plain.ptr[j];
            if (c == ' ')
                buf_add_char(&email, '.');
            else if (c >= 'a' && c <= 'z')
                buf_add_char(&email, c);
        }
        for (int32_t j = 0; j < i; j++) /* a namesake gets a number */
            if (str_eq(partnership->account[j].name, account->name)) buf_add_int(&email, i);
        buf_add_c(&email, "@example.org");
        account->email = str_dup(b->arena, buf_str(&email));
        buf_done(&email);
    }
}

void synth_world_build(struct arena *arena, struct synth_partnership *partnership)
{
    struct building b = {.arena = arena,
                         .partnership = partnership,
                         .random = synth_random_from(partnership->options.seed, 0),
                         .first_phone = -1};
    struct synth_world *world = arena_new(arena, struct synth_world);
    int32_t people = partnership->options.people;
    for (int32_t i = 0; i < SYNTH_ORGANISATIONS; i++)
        partnership->organisation[i] = synth_organisations[i];
    accounts_make(&b);
    places_add(&b, world, people);
    /* Networks have six people on average and hold somewhat over half of all. */
    world->network_count = people / 11 + 1;
    world->network = arena_many(arena, (size_t)world->network_count, struct synth_network);
    for (int32_t i = 0; i < world->network_count; i++) network_add(&b, world, i);
    background_add(&b, world, people * 2 / 5 + 1);
    relations_sort(&b, world);
    partnership->entity = b.entity;
    partnership->entity_count = b.entity_count;
    partnership->relation = b.relation;
    partnership->relation_count = b.relation_count;
    partnership->world = world;
}

int32_t synth_world_pick(const struct synth_partnership *partnership, struct synth_random *random,
                         int32_t person, enum link_kind kind)
{
    int32_t from = partnership->world->first_relation[person];
    int32_t to = partnership->world->first_relation[person + 1];
    uint32_t count = 0;
    for (int32_t i = from; i < to; i++)
        count += partnership->entity[partnership->relation[i].to].kind == kind;
    if (count == 0) return -1;
    uint32_t wanted = synth_random_skewed(random, count);
    for (int32_t i = from; i < to; i++) {
        int32_t thing = partnership->relation[i].to;
        if (partnership->entity[thing].kind == kind && wanted-- == 0) return thing;
    }
    return -1;
}
