/*
 * Reports: a scene is drawn, its story's marks are filled with mentions as they
 * were seen, and the narrative says of each what its fields say.
 */
#include "synth/partnership_world.h"

#include <ctype.h>

enum scene { NETWORK, ORDINARY, FRAGMENT, SCENES };
enum { NARRATIVE_BYTES = 4000, SHARE_NETWORK = 66, SHARE_ORDINARY = 24 };

static const struct story {
    enum scene scene;
    uint32_t share;
    const char *text;
} stories[] = {
#define STORY(scene, share, text) {scene, share, text},
#include "synth/words_stories.def"
#undef STORY
};

/* The cast of one report: entities that the marks stand for, -1 where none. */
struct telling {
    const struct synth_partnership *partnership;
    struct synth_random *random;
    struct arena *arena;
    struct synth_report *report;
    struct buf text;
    const struct synth_network *network; /* NULL: an ordinary scene */
    bool vague;                          /* nothing that could be traced */
    int32_t adult[2], child[2], place[2];
    struct str when, day; /* with and without the time of day */
};

static const struct synth_entity *entity_of(const struct telling *t, int32_t entity)
{
    return &t->partnership->entity[entity];
}

/* --- phrases: what the fields of a mention say ---------------------------- */

static void add_article(struct buf *out, struct str noun)
{
    buf_add_c(out, noun.len > 0 && strchr("aeiouAEIOU", noun.ptr[0]) ? "an " : "a ");
}

static void person_phrase(const struct telling *t, const struct synth_mention *m, struct buf *out)
{
    const struct synth_entity *person = entity_of(t, m->entity);
    struct str name = m->field[LINK_NAME];
    struct str alias = m->field[LINK_ALIAS];
    bool male = person->person.name.sex == SYNTH_MALE;
    if (name.len > 0) {
        buf_add(out, name);
        if (alias.len > 0) buf_add_fmt(out, ", known as \"%.*s\"", STR_ARG(alias));
    } else {
        if (person->person.child)
            buf_add_c(out, "a young person");
        else
            buf_add_c(out, male ? "a man" : "a woman");
        if (alias.len > 0) buf_add_fmt(out, " known as \"%.*s\"", STR_ARG(alias));
    }
    struct str born = m->field[LINK_BIRTH], age = m->field[LINK_AGE],
               looks = m->field[LINK_DESCRIPTION];
    if (born.len + age.len + looks.len == 0) return;
    buf_add_c(out, " (");
    if (born.len > 0) buf_add_fmt(out, "born %.*s", STR_ARG(born));
    if (age.len > 0) buf_add(out, age);
    if (looks.len > 0)
        buf_add_fmt(out, "%s%.*s", born.len + age.len > 0 ? ", " : "", STR_ARG(looks));
    buf_add_char(out, ')');
}

static void vehicle_phrase(const struct synth_mention *m, struct buf *out)
{
    struct str colour = m->field[LINK_COLOUR], make = m->field[LINK_MAKE],
               model = m->field[LINK_MODEL];
    struct str first = colour.len > 0 ? colour : make.len > 0 ? make : model;
    add_article(out, first.len > 0 ? first : STR("car"));
    if (colour.len > 0) buf_add_fmt(out, "%.*s ", STR_ARG(colour));
    if (make.len > 0) buf_add_fmt(out, "%.*s%s", STR_ARG(make), model.len > 0 ? " " : "");
    if (model.len > 0) buf_add(out, model);
    if (make.len + model.len == 0) buf_add_c(out, "car");
    if (m->field[LINK_REGISTRATION].len > 0)
        buf_add_fmt(out, ", reg %.*s", STR_ARG(m->field[LINK_REGISTRATION]));
}

static void account_phrase(const struct synth_mention *m, struct buf *out)
{
    buf_add_fmt(out, "somebody called %.*s", STR_ARG(m->field[LINK_HANDLE]));
    if (m->field[LINK_PLATFORM].len > 0)
        buf_add_fmt(out, " on %.*s", STR_ARG(m->field[LINK_PLATFORM]));
    if (m->field[LINK_EMAIL].len > 0) buf_add_fmt(out, " (%.*s)", STR_ARG(m->field[LINK_EMAIL]));
}

static void place_phrase(const struct synth_mention *m, struct buf *out)
{
    struct str venue = m->field[LINK_VENUE], address = m->field[LINK_ADDRESS];
    if (venue.len > 0) {
        bool article = islower((unsigned char)venue.ptr[0]) && !str_starts(venue, STR("the "));
        buf_add_fmt(out, "%s%.*s", article ? "the " : "", STR_ARG(venue));
        if (address.len > 0) buf_add_fmt(out, ", %.*s", STR_ARG(address));
    } else {
        bool number = isdigit((unsigned char)address.ptr[0]);
        buf_add_fmt(out, "%s %.*s", number ? "an address at" : "a house in", STR_ARG(address));
    }
    if (m->field[LINK_TOWN].len > 0) buf_add_fmt(out, ", %.*s", STR_ARG(m->field[LINK_TOWN]));
    if (m->field[LINK_POSTCODE].len > 0)
        buf_add_fmt(out, " %.*s", STR_ARG(m->field[LINK_POSTCODE]));
}

static void phrase(const struct telling *t, const struct synth_mention *m, struct buf *out)
{
    switch (m->kind) {
    case LINK_PERSON:
        person_phrase(t, m, out);
        break;
    case LINK_VEHICLE:
        vehicle_phrase(m, out);
        break;
    case LINK_PHONE:
        buf_add(out, m->field[LINK_NUMBER]);
        break;
    case LINK_ACCOUNT:
        account_phrase(m, out);
        break;
    case LINK_PLACE:
        place_phrase(m, out);
        break;
    case LINK_KINDS:
        break;
    }
}

/* What is said when the thing was there but nothing of it could be noted. */
static const char *const unseen[LINK_KINDS] = {
    [LINK_PERSON] = "somebody",       [LINK_VEHICLE] = "a car",
    [LINK_PHONE] = "withheld",        [LINK_ACCOUNT] = "an account with no name",
    [LINK_PLACE] = "the town centre",
};

/* --- casting -------------------------------------------------------------- */

static int32_t draw_from(struct telling *t, const int32_t *list, int32_t count)
{
    return count > 0 ? list[synth_random_skewed(t->random, (uint32_t)count)] : -1;
}

static void cast(struct telling *t)
{
    const struct synth_world *world = t->partnership->world;
    const struct synth_network *n = t->network;
    for (int i = 0; i < 2; i++) {
        t->adult[i] = n ? draw_from(t, n->adult, n->adult_count)
                        : draw_from(t, world->adult, world->adult_count);
        t->child[i] = n ? draw_from(t, n->child, n->child_count)
                        : draw_from(t, world->child, world->child_count);
        t->place[i] = -1;
    }
    if (n && t->adult[1] == t->adult[0]) t->adult[1] = n->adult[t->adult[0] == n->adult[0] ? 1 : 0];
    if (n && n->child_count > 1 && t->child[1] == t->child[0])
        t->child[1] = n->child[t->child[0] == n->child[0] ? 1 : 0];
}

/* The thing of a kind that belongs into the scene: mostly the first adult's. */
static int32_t thing_of(struct telling *t, enum link_kind kind)
{
    int32_t thing = synth_world_pick(t->partnership, t->random, t->adult[0], kind);
    if (thing < 0 && t->network)
        thing = synth_world_pick(t->partnership, t->random, t->adult[1], kind);
    const struct synth_world *world = t->partnership->world;
    if (thing < 0 && kind == LINK_PLACE)
        thing = t->network ? draw_from(t, t->network->place, t->network->place_count)
                           : draw_from(t, world->place, world->place_count);
    /* Somebody else's: the drawer of last resort is the next one who has one. */
    for (int tries = 0; thing < 0 && tries < 8; tries++)
        thing = synth_world_pick(t->partnership, t->random,
                                 draw_from(t, world->adult, world->adult_count), kind);
    return thing;
}

static int32_t entity_for(struct telling *t, char mark)
{
    switch (mark) {
    case 'p':
        return t->adult[0];
    case 'q':
        return t->adult[1];
    case 'c':
        return t->child[0];
    case 'd':
        return t->child[1] == t->child[0] ? -1 : t->child[1];
    case 'v':
        return thing_of(t, LINK_VEHICLE);
    case 'n':
        return thing_of(t, LINK_PHONE);
    case 'a':
        return thing_of(t, LINK_ACCOUNT);
    case 'l':
        return t->place[0] = thing_of(t, LINK_PLACE);
    default:
        return t->place[1] = thing_of(t, LINK_PLACE);
    }
}

static enum link_kind kind_of(char mark)
{
    switch (mark) {
    case 'v':
        return LINK_VEHICLE;
    case 'n':
        return LINK_PHONE;
    case 'a':
        return LINK_ACCOUNT;
    case 'l':
    case 'm':
        return LINK_PLACE;
    default:
        return LINK_PERSON;
    }
}

static bool mentioned(const struct synth_report *report, int32_t entity)
{
    for (int32_t i = 0; i < report->mention_count; i++)
        if (report->mention[i].entity == entity) return true;
    return false;
}

/* A fragment that nobody could trace keeps only what many share. */
static void make_vague(struct synth_mention *m)
{
    static const enum link_field telling[] = {LINK_NAME, LINK_ALIAS, LINK_BIRTH, LINK_REGISTRATION};
    for (size_t i = 0; i < sizeof telling / sizeof telling[0]; i++)
        m->field[telling[i]] = (struct str){0};
    m->evidence = (struct synth_evidence){.make = m->evidence.make, .colour = m->evidence.colour};
    m->linkable = false;
}

static bool has_field(const struct synth_mention *m)
{
    for (size_t i = 0; i < LINK_FIELDS; i++)
        if (m->field[i].len > 0) return true;
    return false;
}

static void fill_mark(struct telling *t, char mark)
{
    struct synth_report *report = t->report;
    int32_t entity = entity_for(t, mark);
    struct synth_mention *m = &report->mention[report->mention_count];
    bool seen = entity >= 0 && report->mention_count < SYNTH_MENTIONS_MAX &&
                !mentioned(report, entity) &&
                synth_observe(t->partnership, t->random, t->arena, entity, report->day, m);
    if (seen && t->vague) make_vague(m);
    if (!seen || !has_field(m)) {
        buf_add_c(&t->text, unseen[kind_of(mark)]);
        return;
    }
    m->id = synth_mention_id(report->number, report->mention_count++);
    phrase(t, m, &t->text);
}

/* --- when ----------------------------------------------------------------- */

static void tell_when(struct telling *t)
{
    static const char *const weekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                           "Friday", "Saturday", "Sunday"};
    static const char *const times[] = {
        "", "", " about 4", " about 9 in the evening", " after school", " just before 10 pm"};
    struct synth_report *report = t->report;
    int32_t ago = synth_random_between(t->random, 1, 12);
    int32_t day = report->day - ago;
    struct date date = date_from_days(day);
    struct str words = date_words(t->arena, date);
    const char *at = times[synth_random_below(t->random, sizeof times / sizeof times[0])];
    report->seen_from = report->seen_to = day;
    if (ago == 1) {
        t->day = STR("yesterday");
    } else if (ago < 7) {
        t->day = str_fmt(t->arena, "last %s", weekdays[date_weekday(date)]);
    } else if (synth_random_chance(t->random, 40)) {
        t->day = str_fmt(t->arena, "on %d/%d", date.day, date.month);
    } else if (synth_random_chance(t->random, 50)) {
        t->day = str_fmt(t->arena, "on %.*s", STR_ARG(words));
    } else {
        t->day = STR("on several evenings over the last fortnight");
        at = "";
        report->seen_from = report->day - 14;
        report->seen_to = report->day - 1;
    }
    t->when = str_fmt(t->arena, "%.*s%s", STR_ARG(t->day), at);
    report->when_text = t->when;
}

/* --- telling --------------------------------------------------------------- */

static const char *pronoun(const struct telling *t, struct str mark)
{
    bool male = entity_of(t, t->adult[0])->person.name.sex == SYNTH_MALE;
    if (str_eq(mark, STR("he"))) return male ? "he" : "she";
    if (str_eq(mark, STR("him"))) return male ? "him" : "her";
    if (str_eq(mark, STR("his"))) return male ? "his" : "her";
    if (str_eq(mark, STR("c2"))) return "the young person";
    return NULL;
}

static void fill(struct telling *t, struct str mark)
{
    static const struct str gifts =
        STR_INIT("a new jacket|new trainers in the box|a games console|"
                 "a new watch|a necklace|a pair of headphones|a new bag");
    size_t start = t->text.len;
    struct str lower = str_lower(t->arena, mark);
    const char *word = pronoun(t, lower);
    if (word)
        buf_add_c(&t->text, word);
    else if (lower.ptr[0] == 't')
        buf_add(&t->text, t->when);
    else if (lower.ptr[0] == 'w')
        buf_add(&t->text, t->report->when_text = t->day);
    else if (lower.ptr[0] == 'o')
        buf_add(&t->text, synth_list_draw(t->random, gifts));
    else
        fill_mark(t, lower.ptr[0]);
    if (isupper((unsigned char)mark.ptr[0]) && t->text.len > start)
        t->text.data[start] = (char)toupper((unsigned char)t->text.data[start]);
}

static const struct story *story_draw(struct synth_random *random, enum scene scene)
{
    const size_t total = sizeof stories / sizeof stories[0];
    uint32_t sum = 0;
    for (size_t i = 0; i < total; i++) sum += stories[i].scene == scene ? stories[i].share : 0;
    uint32_t at = synth_random_below(random, sum);
    for (size_t i = 0; i < total; i++) {
        if (stories[i].scene != scene) continue;
        if (at < stories[i].share) return &stories[i];
        at -= stories[i].share;
    }
    return &stories[0];
}

static void tell(struct telling *t, const char *text)
{
    struct str rest = str_from(text);
    for (;;) {
        ptrdiff_t open = str_find(rest, STR("{"), 0);
        if (open < 0) break;
        ptrdiff_t close = str_find(rest, STR("}"), (size_t)open);
        buf_add(&t->text, str_sub(rest, 0, (size_t)open));
        fill(t, str_sub(rest, (size_t)open + 1, (size_t)(close - open - 1)));
        rest = str_sub(rest, (size_t)close + 1, rest.len);
    }
    buf_add(&t->text, rest);
}

/* A service of the network's own area is likelier to hear of it. */
static void choose_account(struct telling *t)
{
    struct synth_report *report = t->report;
    for (int tries = 0; tries < 6; tries++) {
        report->account = (int32_t)synth_random_below(t->random, SYNTH_ACCOUNTS - 2);
        report->organisation = t->partnership->account[report->account].organisation;
        int32_t forum = t->partnership->organisation[report->organisation].forum;
        if (!t->network || forum == t->network->forum || synth_random_chance(t->random, 15)) break;
    }
}

void synth_story_tell(const struct synth_partnership *partnership, struct synth_random *random,
                      struct arena *arena, struct synth_report *report)
{
    const struct synth_world *world = partnership->world;
    struct telling t = {
        .partnership = partnership, .random = random, .arena = arena, .report = report};
    uint32_t at = synth_random_below(random, 100);
    enum scene scene = at < SHARE_NETWORK                    ? NETWORK
                       : at < SHARE_NETWORK + SHARE_ORDINARY ? ORDINARY
                                                             : FRAGMENT;
    if (scene == NETWORK) { /* some groups are spoken of much more than others */
        uint32_t count = (uint32_t)world->network_count;
        t.network =
            &world->network[synth_random_chance(random, 40) ? synth_random_skewed(random, count)
                                                            : synth_random_below(random, count)];
    }
    t.vague = scene == FRAGMENT;
    choose_account(&t);
    cast(&t);
    tell_when(&t);
    buf_init(&t.text, NARRATIVE_BYTES);
    tell(&t, story_draw(random, scene)->text);
    report->narrative = str_dup(arena, buf_str(&t.text));
    buf_done(&t.text);
    int32_t place = t.place[0];
    if (place >= 0 && synth_random_chance(random, 70))
        report->where_text = entity_of(&t, place)->place.town;
    report->how_known = (enum synth_how)synth_random_below(random, 4);
}
