#include "domain/child_unnamed.h"

#include "base/buf.h"
#include "base/names.h"
#include "domain/text_words.h"
#include "link/normalise.h"

enum { WORDS_MAX = 12, UNNAMED_MAX = 1 << 20 };

/* A word where it stands, and as it is compared. */
struct token {
    size_t from, to;
    struct str folded;
    bool capital;
};

/* What is looked for: words beside each other. */
struct thing {
    struct token word[WORDS_MAX];
    size_t count;
    const char *instead;
    bool as_name; /* and also an everyday word: only where it is written as a name */
};

struct things {
    struct arena *arena;
    struct thing *list;
    size_t count, room;
};

static const char *const everyday[] = {
    "will", "may", "mark", "bill", "rob", "jack", "art", "grace", "faith", "hope", "joy", "rose",
    "dawn", "drew", "grant", "miles", "chance", "young", "long", "short", "day", "park", "hill",
    "wood", "brown", "green", "white", "black", "king", "bell", "april", "june", "august", "summer",
    "lane", "ford", "price", "rich", "max", "pat", "sue", "josh", "harry", "basil", "ivy", "daisy",
    "lily", "holly", "ruby", "amber", "angel", "star", "sky", "bay", "cook", "baker", "carter",
    "walker", "driver", "moon", "love", "low", "rain", "snow", "west", "north", "best", "good",
};
/* That stand between aliases. */
static const char *const between[] = {"or",  "and", "aka",  "also", "known", "as",      "called",
                                      "the", "at",  "home", "by",   "goes",  "unknown", "online",
                                      "on",  "of",  "none", "not",  "de",    "van",     "mc"};

#define IS_ONE_OF(word, list) (name_place((word), (list), sizeof(list) / sizeof *(list)) >= 0)

static bool token_next(struct arena *arena, struct str text, size_t *at, struct token *ret)
{
    struct str word;
    char folded[LINK_TEXT_SIZE];
    while (text_word_next(text, at, &word)) {
        struct str bare = text_word_without_s(word);
        link_fold(str_sub(bare, 0, LINK_TEXT_SIZE / 2), folded);
        if (!folded[0]) continue;
        size_t from = (size_t)(word.ptr - text.ptr);
        *ret = (struct token){.from = from,
                              .to = from + bare.len,
                              .folded = str_dup(arena, str_from(folded)),
                              .capital = !(bare.ptr[0] >= 'a' && bare.ptr[0] <= 'z')};
        return true;
    }
    return false;
}

static struct thing *thing_new(struct things *things, const char *instead)
{
    arena_room(things->arena, things->list, things->count, &things->room);
    struct thing *thing = &things->list[things->count++];
    *thing = (struct thing){.instead = instead};
    return thing;
}

/* Each word of a name is looked for by itself. */
static void add_names(struct things *things, struct str value)
{
    struct token token;
    for (size_t at = 0; token_next(things->arena, value, &at, &token);) {
        if (token.folded.len < 2 || IS_ONE_OF(token.folded, between)) continue;
        struct thing *thing = thing_new(things, "[the child]");
        thing->word[thing->count++] = token;
        thing->as_name = IS_ONE_OF(token.folded, everyday);
    }
}

static bool has_digit(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] >= '0' && text.ptr[i] <= '9') return true;
    return false;
}

/* Words beside each other, from the first on; fewer than two say nothing. */
static void add_words(struct things *things, struct str value, size_t skip, const char *instead)
{
    struct token token;
    struct thing found = {.instead = instead};
    for (size_t at = 0;
         found.count < WORDS_MAX && token_next(things->arena, value, &at, &token);) {
        if (skip) {
            skip--;
            continue;
        }
        found.word[found.count++] = token;
    }
    if (found.count < 2) return;
    *thing_new(things, instead) = found;
}

/* The first line, with and without its number, and whatever has a number: a house, a postcode. */
static void add_place(struct things *things, struct str value, const char *instead)
{
    struct str part;
    for (bool first = true; str_split(&value, ',', &part); first = false) {
        part = str_trim(part);
        if (!first && !has_digit(part)) continue;
        add_words(things, part, 0, instead);
        if (first && part.len && part.ptr[0] >= '0' && part.ptr[0] <= '9')
            add_words(things, part, 1, instead);
    }
}

static void add_fact(struct things *things, struct str key, struct str value)
{
    if (str_eq(key, STR("child-name")) || str_eq(key, STR("child-aliases")))
        add_names(things, value);
    else if (str_starts(key, STR("child-address")) || str_eq(key, STR("child-postcode")) ||
             str_eq(key, STR("child-whereabouts")))
        add_place(things, value, "[where the child lives]");
    else if (str_eq(key, STR("child-school")))
        add_place(things, value, "[the child’s school]");
}

static void add_record(struct things *things, const struct child_file *file)
{
    for (size_t i = 0; i < file->entry_count; i++) {
        const struct child_entry *entry = &file->entry[i];
        if (entry->kind == ENTRY_FACT)
            add_fact(things, entry->text[FACT_KEY], entry->text[FACT_VALUE]);
        else if (entry->kind == ENTRY_PERSON && str_eq(entry->text[PERSON_HOUSEHOLD], STR("yes")))
            add_words(things, entry->text[PERSON_NAME], 0, "[who lives with the child]");
    }
}

static bool stands_at(const struct thing *thing, const struct token *token, size_t left)
{
    if (thing->count > left || (thing->as_name && !token[0].capital)) return false;
    for (size_t i = 0; i < thing->count; i++)
        if (!str_eq(thing->word[i].folded, token[i].folded)) return false;
    return true;
}

/* The longest that stands there. */
static const struct thing *find(const struct things *things, const struct token *token, size_t left)
{
    const struct thing *found = NULL;
    for (size_t i = 0; i < things->count; i++)
        if ((!found || things->list[i].count > found->count) &&
            stands_at(&things->list[i], token, left))
            found = &things->list[i];
    return found;
}

struct str child_unnamed(struct arena *arena, const struct child_file *file, struct str text)
{
    struct things things = {.arena = arena};
    struct token *token = NULL, next;
    size_t count = 0, room = 0, done = 0;
    const char *last = NULL;
    struct buf left;
    add_record(&things, file);
    for (size_t at = 0; token_next(arena, text, &at, &next);) {
        arena_room(arena, token, count, &room);
        token[count++] = next;
    }
    buf_init(&left, UNNAMED_MAX);
    for (size_t i = 0; i < count; i++) {
        const struct thing *thing = find(&things, &token[i], count - i);
        if (!thing) {
            last = NULL;
            continue;
        }
        /* A name of two words is one child. */
        if (last != thing->instead) {
            buf_add(&left, str_sub(text, done, token[i].from - done));
            buf_add_c(&left, thing->instead);
        }
        i += thing->count - 1;
        done = token[i].to;
        last = thing->instead;
    }
    buf_add(&left, str_sub(text, done, text.len - done));
    struct str ret = done ? str_dup(arena, buf_str(&left)) : text;
    buf_done(&left);
    return ret;
}
