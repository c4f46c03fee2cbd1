/*
 * One canonical text for each way to write a value.
 */
#include "link/batch_field.h"

#include "link/date_text.h"
#include "link/number.h"

#include <stdio.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_small(char c)
{
    return c >= 'a' && c <= 'z';
}

/* Nothing to fold: small letters, digits, single spaces. */
static bool is_plain(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!is_small(c) && !is_digit(c) && !(c == ' ' && i && text.ptr[i - 1] != ' '))
            return false;
    }
    return true;
}

/* link_fold takes short texts: longer ones go through it word by word. */
static size_t fold(struct str text, char ret[static FIELD_TEXT_MAX])
{
    enum { PIECE = 40 };
    size_t length = 0;
    if (is_plain(text)) {
        length = text.len < FIELD_TEXT_MAX ? text.len : FIELD_TEXT_MAX - 1;
        if (length) memcpy(ret, text.ptr, length);
        return length;
    }
    for (size_t at = 0; at < text.len;) {
        size_t end = at;
        while (end < text.len && (end - at < PIECE || text.ptr[end] != ' ') && end - at < 2 * PIECE)
            end++;
        char folded[LINK_TEXT_SIZE];
        link_fold(str_sub(text, at, end - at), folded);
        size_t piece = strlen(folded);
        if (length + piece + 2 > FIELD_TEXT_MAX) break;
        if (length && piece) ret[length++] = ' ';
        memcpy(ret + length, folded, piece);
        length += piece;
        at = end;
    }
    return length;
}

/* Letters and digits alone. */
static size_t squeeze(struct str text, char ret[static FIELD_TEXT_MAX])
{
    size_t length = fold(text, ret);
    size_t kept = 0;
    for (size_t i = 0; i < length; i++)
        if (ret[i] != ' ') ret[kept++] = ret[i];
    return kept;
}

/* --- streets ------------------------------------------------------------------------------ */

static const char *const street_words[][2] = {
    {"st", "street"}, {"str", "street"}, {"rd", "road"}, {"ave", "avenue"}, {"av", "avenue"},
    {"ln", "lane"}, {"dr", "drive"}, {"ct", "court"}, {"crt", "court"}, {"pl", "place"},
    {"cl", "close"}, {"cres", "crescent"}, {"crs", "crescent"}, {"blvd", "boulevard"},
    {"bd", "boulevard"}, {"sq", "square"}, {"ter", "terrace"}, {"terr", "terrace"},
    {"gdns", "gardens"}, {"gr", "grove"}, {"hwy", "highway"}, {"pkwy", "parkway"},
    {"cct", "circuit"}, {"cir", "circle"}, {"pde", "parade"}, {"apt", "apartment"}, {"fl", "flat"},
    {"n", "north"}, {"s", "south"}, {"e", "east"}, {"w", "west"}, {"pk", "park"}, {"rte", "route"},
    {"hse", "house"}, {"ste", "suite"},
};

static struct str street_word(struct str word, bool first)
{
    if (first && str_eq(word, STR("saint"))) return STR("st");
    for (size_t i = 0; !first && i < sizeof street_words / sizeof *street_words; i++)
        if (str_eq(word, str_from(street_words[i][0]))) return str_from(street_words[i][1]);
    return word;
}

static bool is_unit(struct str word)
{
    static const char *const words[] = {"flat", "fl", "apartment", "apt",     "unit",
                                        "room", "rm", "studio",    "caravan", "pitch"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq(word, str_from(words[i]))) return true;
    return false;
}

/* "flat 2 12 high street": the number of the house comes first, and the part of it last.  `slash`:
 * "2/12 high street", which is folded already. */
static void set_unit_aside(struct str *text, bool slash, struct str *ret_unit)
{
    struct str rest = *text;
    struct str word[2] = {STR(""), STR("")};
    size_t words = slash ? 1 : 2;
    for (size_t i = 0; i < words; i++)
        if (!str_split(&rest, ' ', &word[i])) return;
    struct str number = word[words - 1];
    bool numbered = number.len && (is_digit(number.ptr[0]) || number.len == 1);
    if (!numbered || (!slash && !is_unit(word[0])) || !rest.len || !is_digit(rest.ptr[0])) return;
    *ret_unit = number;
    *text = rest;
}

static bool has_slash_after_number(struct str text)
{
    size_t at = 0;
    while (at < text.len && is_digit(text.ptr[at])) at++;
    return at && at + 1 < text.len && text.ptr[at] == '/' && is_digit(text.ptr[at + 1]);
}

static void add_word(struct str word, char ret[static FIELD_TEXT_MAX], size_t *length)
{
    if (*length + word.len + 2 > FIELD_TEXT_MAX) return;
    if (*length) ret[(*length)++] = ' ';
    memcpy(ret + *length, word.ptr, word.len);
    *length += word.len;
}

static size_t street(struct str text, char ret[static FIELD_TEXT_MAX])
{
    char folded[FIELD_TEXT_MAX];
    struct str rest = str_of(folded, fold(text, folded));
    struct str unit = STR("");
    struct str word;
    size_t length = 0;
    bool first = true;
    set_unit_aside(&rest, has_slash_after_number(text), &unit);
    while (str_split(&rest, ' ', &word)) {
        if (!word.len) continue;
        add_word(street_word(word, first), ret, &length);
        first = first && is_digit(word.ptr[0]); /* "12 st james road" */
    }
    if (unit.len) {
        add_word(STR("flat"), ret, &length);
        add_word(unit, ret, &length);
    }
    return length;
}

/* --- numbers ---------------------------------------------------------------------------------- */

/* "07700 900123 / 07700 900456": the first of two that are whole; else all of it. */
static struct str first_number(struct str text, char space[static LINK_NUMBERS][LINK_TEXT_SIZE])
{
    enum { LONGEST = 13 };
    char number[LINK_PHONE_SIZE];
    size_t digits = 0;
    for (size_t i = 0; i < text.len; i++) digits += is_digit(text.ptr[i]);
    if (digits <= LONGEST || link_numbers(text, space) < LINK_NUMBERS) return text;
    return link_phone_e164(str_from(space[0]), number) ? str_from(space[0]) : text;
}

/* The digits that a number has at home: without +44, 0044 or the leading 0. */
static size_t phone(struct str text, char ret[static FIELD_TEXT_MAX])
{
    enum { LONGEST = 15, ABROAD = 11, KEPT = 10 };
    char space[LINK_NUMBERS][LINK_TEXT_SIZE];
    text = first_number(text, space);
    char digit[LONGEST + 1];
    size_t count = 0;
    bool plus = false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '+' && count == 0) plus = true;
        if (is_digit(text.ptr[i]) && count < LONGEST) digit[count++] = text.ptr[i];
        if (is_small(text.ptr[i]) && count >= 7) break; /* "ext 5" */
    }
    size_t from = 0;
    if (count > 2 && digit[0] == '0' && digit[1] == '0') {
        plus = true;
        from = 2;
    }
    if (plus && from < count) from += digit[from] == '1' || digit[from] == '7' ? 1 : 2;
    while (from < count && digit[from] == '0') from++;
    if (!plus && count - from >= ABROAD) from = count - KEPT; /* 447700900123 */
    size_t length = count > from ? count - from : 0;
    memcpy(ret, digit + from, length);
    return length;
}

static size_t quantity(struct str text, char ret[static FIELD_TEXT_MAX])
{
    char kept[40];
    size_t count = 0;
    for (size_t i = 0; i < text.len && count < sizeof kept - 1; i++)
        if (is_digit(text.ptr[i]) || text.ptr[i] == '.' || (text.ptr[i] == '-' && count == 0))
            kept[count++] = text.ptr[i];
    double value;
    if (!str_to_double(str_of(kept, count), &value)) return 0;
    return (size_t)snprintf(ret, FIELD_TEXT_MAX, "%.6g", value);
}

/* --- names ------------------------------------------------------------------------------------ */

enum { NAME_WORDS = 12 };

static bool is_one_of(struct str word, const char *list)
{
    struct str rest = str_from(list);
    struct str one;
    while (str_split(&rest, ' ', &one))
        if (str_eq(word, one)) return true;
    return false;
}

/* The words of a name without titles and what comes after it. */
static size_t name_words(struct str folded, struct str word[static NAME_WORDS])
{
    size_t count = 0;
    struct str one;
    while (str_split(&folded, ' ', &one)) {
        if (!one.len || count == NAME_WORDS) continue;
        if (is_one_of(one, "mr mrs ms miss mx dr prof rev sir dame lord lady jr sr ii iii iv phd "
                           "md esq herr frau m mme")) {
            if (one.len > 1 || count) continue;
        }
        word[count++] = one;
    }
    return count;
}

/* Without what else somebody is or was called: "Ann Lee (nee Rowe)", "Ann Lee aka Annie". */
static struct str without_alias(struct str name)
{
    static const char *const also[] = {" (",    " [",         " aka ",  " a.k.a. ",  " alias ",
                                       " nee ", " n\u00e9e ", " born ", " known as "};
    for (size_t i = 0; i < sizeof also / sizeof *also; i++) {
        ptrdiff_t at = str_find_nocase(name, str_from(also[i]), 0);
        if (at > 0) name = str_sub(name, 0, (size_t)at);
    }
    return str_trim(name);
}

/* How many words the last one is, by its hyphens: a surname of two parts is one. */
static size_t hyphenated(struct str name)
{
    size_t words = 1;
    name = str_trim(name);
    for (size_t i = name.len; i > 1 && name.ptr[i - 1] != ' '; i--)
        words += name.ptr[i - 1] == '-' && i < name.len;
    return words;
}

/* The given name or the surname of "Ann Mary van Lee" and of "van Lee, Ann Mary". */
static size_t name_part(enum model_role role, struct str raw, char ret[static FIELD_TEXT_MAX])
{
    static const char particles[] =
        "van von de der den del della di da du la le al el bin ibn mac mc o st ap";
    char before[FIELD_TEXT_MAX];
    char after[FIELD_TEXT_MAX];
    struct str first[NAME_WORDS];
    struct str second[NAME_WORDS];
    raw = without_alias(raw);
    ptrdiff_t comma = str_find(raw, STR(","), 0);
    size_t left = comma < 0 ? raw.len : (size_t)comma;
    size_t count = name_words(str_of(before, fold(str_sub(raw, 0, left), before)), first);
    size_t given = 0;
    if (comma >= 0)
        given = name_words(str_of(after, fold(str_sub(raw, left + 1, raw.len), after)), second);
    size_t from = 0;
    if (!given) { /* in order of speech: the surname is the last word and its particles */
        if (count == 0) return 0;
        size_t last = hyphenated(raw);
        from = last < count ? count - last : count - 1;
        while (from > 1 && is_one_of(first[from - 1], particles)) from--;
        if (count == 1) from = 0;
    }
    size_t length = 0;
    if (role == MODEL_GIVEN) {
        if (!given && count < 2) return 0;
        struct str word = given ? second[0] : first[0];
        memcpy(ret, word.ptr, word.len);
        return word.len;
    }
    for (size_t i = from; i < count; i++) {
        if (length) ret[length++] = ' ';
        memcpy(ret + length, first[i].ptr, first[i].len);
        length += first[i].len;
    }
    return length;
}

bool field_canonical(enum model_role role, bool of_name, struct str raw,
                     char ret[static FIELD_TEXT_MAX], size_t *ret_length)
{
    *ret_length = 0;
    if (role != MODEL_TEXT && text_is_missing(raw)) return false;
    if (raw.len >= FIELD_TEXT_MAX) raw = str_sub(raw, 0, FIELD_TEXT_MAX - 1);
    switch (role) {
    case MODEL_POSTCODE:
    case MODEL_NUMBER:
    case MODEL_IDENTIFIER:
    case MODEL_PLATE:
        *ret_length = squeeze(raw, ret);
        break;
    case MODEL_PHONE: *ret_length = phone(raw, ret); break;
    case MODEL_QUANTITY: *ret_length = quantity(raw, ret); break;
    case MODEL_STREET: *ret_length = street(raw, ret); break;
    case MODEL_EMAIL:
        memcpy(ret, raw.ptr, raw.len);
        *ret_length = raw.len;
        break;
    default: *ret_length = of_name ? name_part(role, raw, ret) : fold(raw, ret); break;
    }
    /* What has neither letters nor digits in it still tells values apart. */
    if (*ret_length == 0 && !of_name && role != MODEL_PHONE && role != MODEL_QUANTITY) {
        memcpy(ret, raw.ptr, raw.len);
        *ret_length = raw.len;
    }
    return *ret_length > 0;
}
