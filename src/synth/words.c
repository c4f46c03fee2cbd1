#include "synth/words.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/utf8.h"

enum { WORD_MAX = 256 };

static const struct given {
    enum synth_origin origin;
    enum synth_sex sex;
    struct str name, spellings, shorts;
} givens[] = {
#define GIVEN(origin, sex, name, spellings, shorts)                                                \
    {SYNTH_##origin, SYNTH_##sex, STR_INIT(name), STR_INIT(spellings), STR_INIT(shorts)},
#define SURNAME(...)
#define SURNAME_PARTS(...)
#include "synth/words_names.def"
#undef GIVEN
#undef SURNAME
#undef SURNAME_PARTS
};

static const struct surname {
    enum synth_origin origin;
    struct str name, spellings;
} surnames[] = {
#define GIVEN(...)
#define SURNAME(origin, name, spellings) {SYNTH_##origin, STR_INIT(name), STR_INIT(spellings)},
#define SURNAME_PARTS(...)
#include "synth/words_names.def"
#undef GIVEN
#undef SURNAME
#undef SURNAME_PARTS
};

static const struct surname_parts {
    struct str beginnings, endings;
} surname_parts[SYNTH_ORIGINS] = {
#define GIVEN(...)
#define SURNAME(...)
#define SURNAME_PARTS(origin, beginnings, endings)                                                 \
    [SYNTH_##origin] = {STR_INIT(beginnings), STR_INIT(endings)},
#include "synth/words_names.def"
#undef GIVEN
#undef SURNAME
#undef SURNAME_PARTS
};

static const struct {
    const char *label;
    uint32_t share;
} origins[SYNTH_ORIGINS] = {
#define ORIGIN(symbol, label, share) [symbol] = {label, share},
    SYNTH_ORIGIN_TABLE(ORIGIN)
#undef ORIGIN
};

static const struct str nicknames = STR_INIT(
    "Ginge|Bear|Tiny|Ghost|Spud|Smudge|Lofty|Chalky|Moose|Badger|Fingers|Duke|Ace|Socks|Boots|"
    "Cookie|Wolfie|Fox|Scouse|Jock|Taff|Pirate|Skip|Captain|Nipper|Sparky|Dusty|Sticks|Rocky|"
    "Bones|Pops|Slim|Biscuit|Blue|Trigger|Tank|Flash|Magpie|Otter|Kipper");

const char *synth_origin_label(enum synth_origin origin)
{
    return origins[origin].label;
}

enum synth_origin synth_origin_draw(struct synth_random *random)
{
    uint32_t at = synth_random_below(random, 100);
    for (size_t i = 0; i < SYNTH_ORIGINS; i++) {
        if (at < origins[i].share) return (enum synth_origin)i;
        at -= origins[i].share;
    }
    return SYNTH_ENGLISH;
}

struct str synth_list_draw(struct synth_random *random, struct str list)
{
    if (list.len == 0) return list;
    uint32_t count = 1;
    for (size_t i = 0; i < list.len; i++) count += list.ptr[i] == '|';
    uint32_t wanted = synth_random_below(random, count);
    struct str part = {0};
    while (str_split(&list, '|', &part) && wanted > 0) wanted--;
    return part;
}

struct str synth_nickname_draw(struct synth_random *random)
{
    return synth_list_draw(random, nicknames);
}

struct synth_name synth_name_draw_given(struct synth_random *random, enum synth_origin origin,
                                        enum synth_sex sex)
{
    const size_t total = sizeof givens / sizeof givens[0];
    uint32_t count = 0;
    for (size_t i = 0; i < total; i++) count += givens[i].origin == origin && givens[i].sex == sex;
    uint32_t wanted = synth_random_below(random, count);
    const struct given *chosen = NULL;
    for (size_t i = 0; i < total && !chosen; i++)
        if (givens[i].origin == origin && givens[i].sex == sex && wanted-- == 0)
            chosen = &givens[i];
    return (struct synth_name){.origin = origin,
                               .sex = sex,
                               .given = chosen->name,
                               .given_spellings = chosen->spellings,
                               .given_short = chosen->shorts};
}

struct synth_name synth_name_draw(struct synth_random *random, struct arena *arena,
                                  enum synth_origin origin, enum synth_sex sex)
{
    const size_t total = sizeof surnames / sizeof surnames[0];
    struct synth_name name = synth_name_draw_given(random, origin, sex);
    const struct surname_parts *parts = &surname_parts[origin];
    if (parts->beginnings.len > 0 && synth_random_chance(random, 70)) {
        struct str beginning = synth_list_draw(random, parts->beginnings);
        struct str ending = synth_list_draw(random, parts->endings);
        name.surname = str_fmt(arena, "%.*s%.*s", STR_ARG(beginning), STR_ARG(ending));
        return name;
    }
    uint32_t count = 0;
    for (size_t i = 0; i < total; i++) count += surnames[i].origin == origin;
    uint32_t wanted = synth_random_below(random, count);
    for (size_t i = 0; i < total; i++) {
        if (surnames[i].origin != origin || wanted-- != 0) continue;
        name.surname = surnames[i].name;
        name.surname_spellings = surnames[i].spellings;
        break;
    }
    return name;
}

/* Latin letters of the lists above and what is left of them without marks. */
static const struct {
    uint32_t from, to; /* a range of characters */
    const char *plain; /* one letter for each, or one for all */
} folds[] = {
    {0xc0, 0xc5, "A"},      {0xc7, 0xc7, "C"},      {0xc8, 0xcb, "E"},      {0xcc, 0xcf, "I"},
    {0xd1, 0xd1, "N"},      {0xd2, 0xd6, "O"},      {0xd9, 0xdc, "U"},      {0xdd, 0xdd, "Y"},
    {0xe0, 0xe5, "a"},      {0xe7, 0xe7, "c"},      {0xe8, 0xeb, "e"},      {0xec, 0xef, "i"},
    {0xf1, 0xf1, "n"},      {0xf2, 0xf6, "o"},      {0xf9, 0xfc, "u"},      {0xfd, 0xfd, "y"},
    {0x102, 0x105, "Aa"},   {0x106, 0x107, "Cc"},   {0x110, 0x111, "Dd"},   {0x118, 0x119, "Ee"},
    {0x128, 0x129, "Ii"},   {0x141, 0x142, "Ll"},   {0x143, 0x144, "Nn"},   {0x15a, 0x15b, "Ss"},
    {0x15e, 0x15f, "Ss"},   {0x162, 0x163, "Tt"},   {0x168, 0x169, "Uu"},   {0x179, 0x17c, "Zz"},
    {0x1a0, 0x1a1, "Oo"},   {0x1af, 0x1b0, "Uu"},   {0x218, 0x219, "Ss"},   {0x21a, 0x21b, "Tt"},
    {0x1ea0, 0x1eb7, "Aa"}, {0x1eb8, 0x1ec7, "Ee"}, {0x1ec8, 0x1ecb, "Ii"}, {0x1ecc, 0x1ee3, "Oo"},
    {0x1ee4, 0x1ef1, "Uu"}, {0x1ef2, 0x1ef9, "Yy"},
};

struct str synth_marks_drop(struct arena *arena, struct str text)
{
    struct buf buf;
    buf_init(&buf, WORD_MAX * 4);
    for (size_t at = 0; at < text.len;) {
        size_t before = at;
        uint32_t character = utf8_next(text, &at);
        if (character >= 0x300 && character <= 0x36f) continue; /* combining marks */
        const char *plain = NULL;
        for (size_t i = 0; i < sizeof folds / sizeof folds[0]; i++)
            if (character >= folds[i].from && character <= folds[i].to)
                /* Pairs of capital and small alternate in the blocks above Latin-1. */
                plain = folds[i].plain[1] ? &folds[i].plain[(character - folds[i].from) & 1]
                                          : folds[i].plain;
        if (plain)
            buf_add_char(&buf, *plain);
        else
            buf_add(&buf, str_sub(text, before, at - before));
    }
    struct str result = str_dup(arena, buf_str(&buf));
    buf_done(&buf);
    return result;
}

/* How the sounds and letters of an origin come out in an English report. */
static const struct habit {
    enum synth_origin origin; /* SYNTH_ORIGINS: any */
    const char *heard, *written;
} habits[] = {
    {SYNTH_POLISH, "sz", "sh"},        {SYNTH_POLISH, "cz", "ch"},
    {SYNTH_POLISH, "rz", "z"},         {SYNTH_POLISH, "wski", "vski"},
    {SYNTH_POLISH, "ski", "sky"},      {SYNTH_POLISH, "wicz", "vich"},
    {SYNTH_POLISH, "cki", "tski"},     {SYNTH_POLISH, "j", "y"},
    {SYNTH_POLISH, "w", "v"},          {SYNTH_ROMANIAN, "escu", "esco"},
    {SYNTH_ROMANIAN, "eanu", "ianu"},  {SYNTH_ROMANIAN, "ch", "k"},
    {SYNTH_ROMANIAN, "ci", "chi"},     {SYNTH_ROMANIAN, "ea", "ia"},
    {SYNTH_PAKISTANI, "ee", "i"},      {SYNTH_PAKISTANI, "q", "k"},
    {SYNTH_PAKISTANI, "sh", "s"},      {SYNTH_PAKISTANI, "kh", "k"},
    {SYNTH_PAKISTANI, "ai", "ay"},     {SYNTH_PAKISTANI, "u", "o"},
    {SYNTH_SOMALI, "x", "h"},          {SYNTH_SOMALI, "aa", "a"},
    {SYNTH_SOMALI, "uu", "u"},         {SYNTH_SOMALI, "ii", "i"},
    {SYNTH_SOMALI, "C", ""},           {SYNTH_SOMALI, "ee", "e"},
    {SYNTH_VIETNAMESE, "ng", "n"},     {SYNTH_VIETNAMESE, "nh", "n"},
    {SYNTH_VIETNAMESE, "ph", "f"},     {SYNTH_VIETNAMESE, "uy", "ui"},
    {SYNTH_NIGERIAN, "kw", "qu"},      {SYNTH_NIGERIAN, "chukwu", "chuku"},
    {SYNTH_NIGERIAN, "oluwa", "olu"},  {SYNTH_NIGERIAN, "ay", "ai"},
    {SYNTH_NIGERIAN, "nn", "n"},       {SYNTH_UKRAINIAN, "ii", "iy"},
    {SYNTH_UKRAINIAN, "enko", "enco"}, {SYNTH_UKRAINIAN, "shch", "sch"},
    {SYNTH_UKRAINIAN, "y", "i"},       {SYNTH_UKRAINIAN, "h", "g"},
    {SYNTH_IRISH, "O'", "O "},         {SYNTH_IRISH, "Mac", "Mc"},
    {SYNTH_IRISH, "Mc", "Mac"},        {SYNTH_IRISH, "bh", "v"},
    {SYNTH_IRISH, "gh", "h"},          {SYNTH_CORNISH, "Tre", "Tri"},
    {SYNTH_CORNISH, "Chy", "Che"},     {SYNTH_CORNISH, "Pol", "Poll"},
    {SYNTH_CORNISH, "th", "tt"},       {SYNTH_CORNISH, "ick", "ock"},
    {SYNTH_CORNISH, "arrow", "arro"},  {SYNTH_ENGLISH, "ley", "ly"},
    {SYNTH_ENGLISH, "worth", "orth"},  {SYNTH_ENGLISH, "combe", "com"},
    {SYNTH_ENGLISH, "ton", "tun"},     {SYNTH_ENGLISH, "field", "feild"},
    {SYNTH_ENGLISH, "bourne", "burn"}, {SYNTH_ORIGINS, "ph", "f"},
    {SYNTH_ORIGINS, "ck", "k"},        {SYNTH_ORIGINS, "ie", "y"},
    {SYNTH_ORIGINS, "ll", "l"},        {SYNTH_ORIGINS, "ss", "s"},
    {SYNTH_ORIGINS, "tt", "t"},        {SYNTH_ORIGINS, "nn", "n"},
    {SYNTH_ORIGINS, "ee", "ea"},       {SYNTH_ORIGINS, "er", "ar"},
    {SYNTH_ORIGINS, "en", "an"},       {SYNTH_ORIGINS, "i", "y"},
    {SYNTH_ORIGINS, "a", "e"},
};

/* One slip: two neighbours swapped, a letter lost or doubled.  Not the first. */
static struct str slip(struct synth_random *random, struct arena *arena, struct str word)
{
    if (word.len < 4) return word;
    uint32_t at = 1 + synth_random_below(random, (uint32_t)word.len - 2);
    struct str before = str_sub(word, 0, at);
    struct str after = str_sub(word, at + 1, word.len);
    char letter = word.ptr[at];
    switch (synth_random_below(random, 3)) {
    case 0:
        return str_fmt(arena, "%.*s%c%c%.*s", STR_ARG(before), after.ptr[0], letter,
                       STR_ARG(str_sub(after, 1, after.len)));
    case 1:
        return str_fmt(arena, "%.*s%.*s", STR_ARG(before), STR_ARG(after));
    default:
        return str_fmt(arena, "%.*s%c%c%.*s", STR_ARG(before), letter, letter, STR_ARG(after));
    }
}

/* Where `part` stands in the word: any of its places. */
static size_t occurrence(struct synth_random *random, struct str word, struct str part)
{
    size_t places[64];
    uint32_t count = 0;
    for (ptrdiff_t at = str_find(word, part, 0); at >= 0 && count < 64;
         at = str_find(word, part, (size_t)at + 1))
        places[count++] = (size_t)at;
    return places[synth_random_below(random, count)];
}

struct str synth_word_mishear(struct synth_random *random, struct arena *arena,
                              enum synth_origin origin, struct str word)
{
    struct str plain = synth_marks_drop(arena, word);
    const size_t total = sizeof habits / sizeof habits[0];
    const struct habit *fits[sizeof habits / sizeof habits[0]];
    uint32_t count = 0;
    for (size_t i = 0; i < total; i++)
        if ((habits[i].origin == origin || habits[i].origin == SYNTH_ORIGINS) &&
            str_find(plain, str_from(habits[i].heard), 0) >= 0)
            fits[count++] = &habits[i];
    if (count == 0 || synth_random_chance(random, 20)) return slip(random, arena, plain);
    const struct habit *habit = fits[synth_random_below(random, count)];
    struct str heard = str_from(habit->heard);
    size_t at = occurrence(random, plain, heard);
    struct str rest = str_sub(plain, at + heard.len, plain.len);
    if (at == 0 && habit->written[0] == 0) /* "Cali" is heard as "Ali" */
        return str_fmt(arena, "%.*s%.*s", STR_ARG(str_upper(arena, str_sub(rest, 0, 1))),
                       STR_ARG(str_sub(rest, 1, rest.len)));
    return str_fmt(arena, "%.*s%s%.*s", STR_ARG(str_sub(plain, 0, at)), habit->written,
                   STR_ARG(rest));
}

struct str synth_name_write_given(struct synth_random *random, struct arena *arena,
                                  const struct synth_name *name)
{
    uint32_t way = synth_random_below(random, 100);
    if (way < 12) return name->given;
    if (way < 32 && name->given_short.len > 0) return synth_list_draw(random, name->given_short);
    if (way < 50 && name->given_spellings.len > 0)
        return synth_list_draw(random, name->given_spellings);
    if (way < 58) return synth_word_mishear(random, arena, name->origin, name->given);
    return synth_marks_drop(arena, name->given);
}

static struct str surname_write(struct synth_random *random, struct arena *arena,
                                const struct synth_name *name)
{
    uint32_t way = synth_random_below(random, 100);
    if (way < 12) return name->surname;
    if (way < 26 && name->surname_spellings.len > 0)
        return synth_list_draw(random, name->surname_spellings);
    if (way < 40) return synth_word_mishear(random, arena, name->origin, name->surname);
    return synth_marks_drop(arena, name->surname);
}

struct str synth_name_write(struct synth_random *random, struct arena *arena,
                            const struct synth_name *name)
{
    struct str given = synth_name_write_given(random, arena, name);
    struct str surname = surname_write(random, arena, name);
    /* Vietnamese names are written with the surname first at home. */
    uint32_t turned = name->origin == SYNTH_VIETNAMESE ? 45 : 4;
    const char *between = " ";
    if (synth_random_chance(random, turned)) {
        struct str first = surname;
        surname = given;
        given = first;
        if (synth_random_chance(random, 30)) between = ", ";
    }
    struct str whole = str_fmt(arena, "%.*s%s%.*s", STR_ARG(given), between, STR_ARG(surname));
    if (synth_random_chance(random, 5)) return str_lower(arena, whole);
    if (synth_random_chance(random, 2)) return str_upper(arena, whole);
    return whole;
}
