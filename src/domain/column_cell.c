/*
 * Cells of a spreadsheet: what is nothing, and several values in one.
 */
#include "domain/column.h"

#include "link/normalise.h"
#include "link/nothing.h"
#include "link/word.h"

bool column_is_nothing(struct str cell)
{
    return link_is_nothing(cell);
}

enum {
    SPLIT_LINE = 1,
    SPLIT_COMMA = 2,
    SPLIT_SLASH = 4,
    SPLIT_AND = 8,
    SPLIT_NAMES = 16,
    SPLIT_APART = 32 /* a slash between blanks: there are others in addresses of the web */
};

static unsigned rules_for(enum link_field field)
{
    switch (field) {
    case LINK_NAME:
    case LINK_ALIAS:
        return SPLIT_LINE | SPLIT_SLASH | SPLIT_AND | SPLIT_NAMES;
    case LINK_REGISTRATION:
    case LINK_NUMBER:
        return SPLIT_LINE | SPLIT_COMMA | SPLIT_SLASH | SPLIT_AND;
    case LINK_EMAIL:
    case LINK_HANDLE:
        return SPLIT_LINE | SPLIT_COMMA | SPLIT_AND | SPLIT_APART;
    case LINK_MAKE:
    case LINK_MODEL:
    case LINK_PLATFORM:
        return SPLIT_LINE | SPLIT_COMMA | SPLIT_SLASH | SPLIT_AND;
    case LINK_AGE: /* "14/15" is one age */
        return SPLIT_LINE | SPLIT_COMMA | SPLIT_AND;
    case LINK_COLOUR: /* "silver/grey" is one car's */
    case LINK_POSTCODE:
        return SPLIT_LINE | SPLIT_COMMA;
    case LINK_ADDRESS: /* goes over several lines */
        return SPLIT_APART;
    case LINK_DESCRIPTION:
        return 0;
    default:
        return SPLIT_LINE;
    }
}

static bool has_blank(struct str s)
{
    return str_find(str_trim(s), STR(" "), 0) >= 0;
}

/* "Daz, Kev & Leanne", and not "Smith, John & Amy". */
static bool begins_with_given_name(struct str first, struct str second)
{
    char name[LINK_TEXT_SIZE];
    uint16_t family[NAME_FAMILIES];
    link_fold(first, name);
    return link_name_families(str_from(name), family) > 0 &&
           (str_find(second, STR(" & "), 0) > 0 || str_find_nocase(second, STR(" and "), 0) > 0);
}

/* Commas part people in "Daz, Kev, Leanne" and in "John Smith, Amy Jones"; "Smith, John"
 * is one person, and where another mark parts people a comma does not. */
static bool commas_part_names(struct str cell)
{
    size_t parts = 0, whole = 0;
    for (size_t i = 0; i < cell.len; i++)
        if (strchr(";|/\n", cell.ptr[i])) return false;
    struct str rest = cell, part, first = STR("");
    while (str_split(&rest, ',', &part)) {
        if (!parts) first = str_trim(part);
        parts++;
        whole += has_blank(part);
    }
    return parts >= 3 ||
           (parts == 2 && (whole == 2 || (whole == 1 && begins_with_given_name(first, part))));
}

/* Length of the separator at `at`, 0 for none. */
static size_t separator_at(struct str cell, size_t at, unsigned split)
{
    char c = cell.ptr[at];
    if (c == ';' || c == '|') return 1;
    if (c == '\n' && split & SPLIT_LINE) return 1;
    if (c == ',' && split & SPLIT_COMMA) return 1;
    if (c == '/' && split & SPLIT_SLASH) return 1;
    if (c == ' ' && split & SPLIT_APART && str_eq(str_sub(cell, at, 3), STR(" / "))) return 3;
    if (!(split & SPLIT_AND)) return 0;
    if (str_eq_nocase(str_sub(cell, at, 5), STR(" and "))) return 5;
    return str_eq(str_sub(cell, at, 3), STR(" & ")) || str_eq(str_sub(cell, at, 3), STR(" + ")) ? 3
                                                                                                : 0;
}

/* Letters and others of which a registration is written. */
static void count_plate(struct str text, size_t *ret_letters, size_t *ret_others)
{
    *ret_letters = *ret_others = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        *ret_letters += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80);
        *ret_others += (c >= '0' && c <= '9') || c == '?' || c == '*';
    }
}

bool column_is_words(struct str text)
{
    enum { PART_MOST = 3 }; /* "BXT" is a part of one */
    size_t letters, others;
    count_plate(text, &letters, &others);
    return !others && letters > PART_MOST;
}

bool column_is_plate(struct str text)
{
    enum { PLATE_MOST = 8 };
    size_t letters, others;
    count_plate(text, &letters, &others);
    return letters + others <= PLATE_MOST && !column_is_words(text);
}

/* "WK85 BXT, blue Fiesta" is one car. */
static bool is_one_car(const struct str *part, size_t count)
{
    size_t cars = 0, words = 0;
    for (size_t i = 0; i < count; i++)
        if (part[i].len) *(column_is_words(part[i]) ? &words : &cars) += 1;
    return cars == 1 && words > 0;
}

size_t column_split(struct str cell, enum link_field field, struct str *ret, size_t maximum)
{
    unsigned split = rules_for(field);
    if (column_is_nothing(cell)) return 0; /* before "n/a" is cut at its slash */
    if (split & SPLIT_NAMES && commas_part_names(cell)) split |= SPLIT_COMMA;
    size_t count = 0, first = 0;
    bool any = false;
    for (size_t at = 0; at <= cell.len && count < maximum; at++) {
        size_t length = at == cell.len ? 1 : separator_at(cell, at, split);
        if (!length) continue;
        struct str part = str_trim(str_sub(cell, first, at - first));
        bool nothing = column_is_nothing(part);
        ret[count++] = nothing ? STR("") : part;
        any |= !nothing;
        first = at + length;
        at += length - 1;
    }
    if (field == LINK_REGISTRATION && is_one_car(ret, count)) {
        ret[0] = str_trim(cell);
        count = 1;
    }
    return any ? count : 0;
}
