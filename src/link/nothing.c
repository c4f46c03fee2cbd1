#include "link/nothing.h"

#include "link/number.h"

#include <pthread.h>

enum { PLAIN_MAX = 40, FILLER_LEAST = 7, FILLER_END = 5, PLATE_LETTERS_MOST = 7, WORDS_MOST = 5 };

/* Words for nothing under any heading.  Not among them are short words that are names or handles as
 * well ("x", "blank"), and what may be an answer ("no", "refused"). */
static const char *const for_nothing[] = {
    "n a", "na", "n.a", "n k", "nk", "n.k", "none", "nil", "null", "no details", "no information",
    "none given", "not known", "not sure", "not given", "not provided", "not stated",
    "not recorded", "not available", "not applicable", "not specified", "not yet known", "unknown",
    "unkown", "unknow", "unknwon", "unk", "unsure", "unspecified", "currently unknown",
    "currently not known", "tbc", "tba", "to be confirmed", "dont know", "do not know",
};
/* And in a box that asks what somebody or something is. */
static const char *const not_told[] = {
    "no", "nothing", "no idea", "no info", "none seen", "none known", "not seen", "not clear",
    "unclear", "not noted", "not identified", "not obtained", "not disclosed", "undisclosed",
    "unidentified", "did not see", "didnt see", "could not see", "couldnt see", "cannot remember",
    "cant remember", "withheld", "refused", "refused to say",
};
/* Nobody's name, and what is made of such a beginning and such nouns: "unknown
 * male 2", "her boyfriend". */
static const char *const nobodies[] = {
    "someone",       "somebody",     "anonymous",      "anon",          "no name",      "no names",
    "no name given", "name unknown", "name not known", "names unknown", "name withheld"};
static const char *const nobody_begins[] = {
    "unknown", "unidentified", "unnamed", "a",    "an",      "another", "other",   "his",   "her",
    "their",   "my",           "mums",    "dads", "mothers", "fathers", "friends", "childs"};
static const char *const nobody_nouns[] = {
    "male", "female", "man", "woman", "boy", "girl", "person", "child", "adult", "youth", "males",
    "females", "men", "women", "boys", "girls", "people", "children", "adults", "mum", "dad",
    "mother", "father", "brother", "sister", "boyfriend", "girlfriend", "friend", "friends",
    "partner", "ex", "cousin", "uncle", "aunt", "stepdad", "stepmum", "stepfather",
    "stepmother", "neighbour", "driver", "individual", "teenager"};
static const char *const no_plates[] = {"foreign", "irish",    "polish",  "french",
                                        "german",  "romanian", "private", "personal",
                                        "noplate", "noplates", "noreg",   "trailer"};
static const char *const plate_nouns[] = {"plate",  "plates", "reg",  "registration",
                                          "number", "vrm",    "index"};
static const char *const no_emails[] = {"none",    "noemail",  "no.email", "no_email",
                                        "unknown", "notknown", "not.known"};
static const char *const no_places[] = {
    "home", "home address", "at home", "house", "no fixed abode", "nfa", "his home", "her home",
    "their home", "his house", "her house", "their house", "friends house", "a friends house",
    "his friends house", "her friends house",
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_sign(char c)
{
    return (unsigned char)c <= ' ' || strchr("/-,;:()[]\"?!*#@+=<>~", c);
}

static bool is_one_of(struct str word, const char *const *list, size_t count)
{
    for (size_t i = 0; word.len && i < count; i++)
        if (list[i][0] == word.ptr[0] && str_eq(word, str_from(list[i]))) return true;
    return false;
}
#define COUNT(list) (sizeof(list) / sizeof *(list))
#define IS_ONE_OF(word, list) is_one_of(word, list, COUNT(list))

/* --- most values are something ------------------------------------------------------------- */

static pthread_once_t once = PTHREAD_ONCE_INIT;
/* By the first two letters of a word, of which the second may be none: a bit
 * for each length it may have. */
static uint32_t lengths[26][27];

static unsigned place_of(char c)
{
    return is_letter(c) ? (unsigned)((c | 0x20) - 'a') : 26;
}

/* The bit of how long the first word is; an apostrophe does not count. */
static uint32_t length_of(struct str text)
{
    unsigned length = 0;
    for (size_t i = 0; i < text.len && (is_letter(text.ptr[i]) || text.ptr[i] == '\''); i++)
        length += text.ptr[i] != '\'';
    return (uint32_t)1 << (length < 31 ? length : 31);
}

static void note(const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        lengths[place_of(list[i][0])][place_of(list[i][1])] |= length_of(str_from(list[i]));
}

static void note_all(void)
{
    note(for_nothing, COUNT(for_nothing));
    note(not_told, COUNT(not_told));
    note(nobodies, COUNT(nobodies));
    note(nobody_begins, COUNT(nobody_begins));
    note(nobody_nouns, COUNT(nobody_nouns));
    note(no_emails, COUNT(no_emails));
    note(no_places, COUNT(no_places));
}

/* Does it begin like any of the words?  Every value is asked this, hence by so little of it. */
static bool may_be_words(struct str text)
{
    while (text.len && !is_letter(text.ptr[0]) && (is_sign(text.ptr[0]) || text.ptr[0] == '.'))
        text = str_sub(text, 1, text.len);
    if (text.len == 0) return true;
    if (!is_letter(text.ptr[0])) return false;
    pthread_once(&once, note_all);
    uint32_t any = lengths[place_of(text.ptr[0])][text.len > 1 ? place_of(text.ptr[1]) : 26];
    return any && any & length_of(text);
}

/* Small letters, signs between words as one space, apostrophes and a last dot left out; dots and
 * lines within stay, since handles have them.  False: it is longer than any words for nothing. */
static bool plain(struct str text, char space[static PLAIN_MAX], struct str *ret)
{
    size_t count = 0;
    bool gap = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\'') continue;
        if (!is_letter(c) && is_sign(c)) {
            gap = count > 0;
            continue;
        }
        if (count + gap + 1 >= PLAIN_MAX) return false;
        if (gap) space[count++] = ' ';
        gap = false;
        space[count++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    while (count && space[count - 1] == '.') count--;
    *ret = str_of(space, count);
    return true;
}

bool link_is_nothing(struct str text)
{
    char space[PLAIN_MAX];
    struct str words;
    return may_be_words(text) && plain(text, space, &words) &&
           (!words.len || IS_ONE_OF(words, for_nothing));
}

/* --- names, registrations, numbers, addresses ------------------------------------------------ */

/* A nickname may be any of the nouns, so that it is nothing only after such a beginning. */
static bool is_nobody(struct str text, bool nickname)
{
    struct str word, rest = text;
    bool begun = false;
    int count = 0, said = 0;
    if (IS_ONE_OF(text, nobodies)) return true;
    while (str_split(&rest, ' ', &word)) {
        if (count++ == WORDS_MOST) return false;
        bool begin = IS_ONE_OF(word, nobody_begins), noun = IS_ONE_OF(word, nobody_nouns);
        bool number = said > 0 && word.len <= 2 && is_digit(word.ptr[0]);
        if (!begin && !noun && !number) return false;
        if (count == 1) begun = begin;
        said += noun || str_eq(word, STR("unknown"));
    }
    return said > 0 && (begun || !nickname);
}

/* Words, and no registration: those have digits, or are pieces of three letters. */
static bool is_no_plate(struct str text)
{
    struct str word, rest = text;
    size_t letters = 0;
    bool noun = false;
    for (size_t i = 0; i < text.len; i++) letters += is_letter(text.ptr[i]);
    while (str_split(&rest, ' ', &word)) noun |= IS_ONE_OF(word, plate_nouns);
    return letters > PLATE_LETTERS_MOST || noun || IS_ONE_OF(text, no_plates);
}

/* Is each digit so much more than the one before, 0 coming after 9? */
static bool runs(struct str digits, int step)
{
    for (size_t i = 1; i < digits.len; i++)
        if (digits.ptr[i] - '0' != (digits.ptr[i - 1] - '0' + step) % 10) return false;
    return true;
}

/* All the same, or counting up or down. */
static bool is_run(struct str digits)
{
    return runs(digits, 0) || runs(digits, 1) || runs(digits, 9);
}

/* 00000000000, 01234567890, 07000000000: what a box that wants a number is filled with. */
static bool is_filler(struct str text)
{
    char space[LINK_TEXT_SIZE], end[FILLER_END];
    size_t ended = 0;
    bool zeros = true, any = false;
    for (size_t i = text.len; i > 0; i--) {
        char c = text.ptr[i - 1];
        zeros &= c == '0' || (!is_digit(c) && !is_letter(c));
        any |= is_digit(c);
        if (is_digit(c) && ended < FILLER_END) end[FILLER_END - 1 - ended++] = c;
    }
    if (zeros) return any;
    if (ended < FILLER_END || !is_run(str_of(end, FILLER_END))) return false; /* most */
    (void)link_digits(text, space);
    struct str digits = str_from(space);
    if (digits.len < FILLER_LEAST || link_digits_open(digits)) return false;
    if (is_run(digits)) return true;
    struct str rest = str_sub(digits, 1, digits.len);
    return (digits.ptr[0] == '7' || digits.ptr[0] == '1') && rest.len > FILLER_LEAST &&
           is_run(rest);
}

/* What stands before the @ of nobody's address. */
static struct str name_of(struct str email)
{
    ptrdiff_t at = str_find(email, STR("@"), 0);
    return at > 0 ? str_sub(email, 0, (size_t)at) : STR("");
}

static bool has_digit_or_line(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (is_digit(text.ptr[i]) || text.ptr[i] == '_') return true;
    return false;
}

bool link_is_nothing_of(enum link_field field, struct str text)
{
    char space[PLAIN_MAX];
    struct str words;
    bool name = field == LINK_NAME || field == LINK_ALIAS;
    if (!text.len) return true;
    if (field == LINK_NUMBER && is_filler(text)) return true;
    if (field == LINK_REGISTRATION ? has_digit_or_line(text) : !may_be_words(text)) return false;
    if (field == LINK_EMAIL && plain(name_of(text), space, &words) && IS_ONE_OF(words, no_emails))
        return true;
    if (!plain(text, space, &words)) return field == LINK_REGISTRATION;
    /* names, of some */
    if (name && (str_eq(words, STR("nil")) || str_eq(words, STR("no")))) return false;
    if (!words.len || IS_ONE_OF(words, for_nothing) || IS_ONE_OF(words, not_told)) return true;
    switch (field) {
    case LINK_NAME: return is_nobody(words, false);
    case LINK_ALIAS: return is_nobody(words, true);
    case LINK_REGISTRATION: return is_no_plate(words);
    case LINK_VENUE:
    case LINK_ADDRESS: return IS_ONE_OF(words, no_places);
    default: return false;
    }
}
