/*
 * Recognising columns: the heading first, checked against what stands in the column; what
 * the heading does not say, the content does.
 */
#include "link/model.h"

#include "link/date_text.h"
#include "link/heading.h"
#include "link/normalise.h"
#include "link/record.h"

#include <limits.h>
#include <stdio.h>

/* --- content ---------------------------------------------------------------------------- */

static double share(const struct table_column *column, bool (*test)(struct str))
{
    enum { LOOK = 1000 };
    uint32_t step = 1 + column->values / LOOK;
    uint32_t good = 0;
    uint32_t looked = 0;
    for (uint32_t i = 1; i < column->values; i += step, looked++)
        good += test(column->text[i]) || text_is_missing(column->text[i]);
    return looked ? (double)good / looked : 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits_in(struct str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) count += is_digit(text.ptr[i]);
    return count;
}

static bool is_email(struct str text)
{
    ptrdiff_t at = str_find(text, STR("@"), 0);
    return at > 0 && str_find(text, STR("."), (size_t)at) > 0;
}

static bool is_date(struct str text)
{
    return date_text_is_whole(text);
}

/* Do the dates of the column lie within a few years?  People are born in many. */
static bool are_of_few_years(const struct table_column *column)
{
    enum { FEW = 4 };
    int least = INT_MAX, most = INT_MIN;
    for (uint32_t i = 1; i < column->values; i++) {
        struct date_text date;
        if (!date_text_read(column->text[i], DATE_DAY_FIRST, &date)) continue;
        if (date.year < least) least = date.year;
        if (date.year > most) most = date.year;
    }
    return most >= least && most - least < FEW;
}

static bool is_date_or_year(struct str text)
{
    int64_t year;
    return date_text_is_whole(text) ||
           (text.len == 4 && str_to_int(text, &year) && year > 1000 && year < 2100);
}

static bool is_phone(struct str text)
{
    size_t digits = digits_in(text);
    size_t others = 0;
    for (size_t i = 0; i < text.len; i++) others += heading_is_letter(text.ptr[i]);
    return digits >= 7 && digits <= 15 && others == 0;
}

static bool is_code(struct str text)
{
    return digits_in(text) * 2 >= text.len;
}

static bool is_number(struct str text)
{
    double value;
    if (text.len && (unsigned char)text.ptr[0] == '$') text = str_sub(text, 1, text.len);
    return str_to_double(text, &value);
}

static bool has_point(struct str text)
{
    return is_number(text) && str_find(text, STR("."), 0) > 0;
}

static bool is_uk_postcode(struct str text)
{
    char postcode[LINK_POSTCODE_SIZE];
    bool whole = false;
    return link_postcode(text, postcode, &whole) && whole;
}

static bool is_plate(struct str text)
{
    enum { SHORTEST = 2, LONGEST = 8 };
    char plate[LINK_REGISTRATION_SIZE];
    bool open;
    size_t digits = digits_in(text);
    if (!link_registration_clean(text, plate, &open)) return false;
    size_t length = strlen(plate);
    return length >= SHORTEST && length <= LONGEST && (open || (digits > 0 && digits < length));
}

static bool is_one_word(struct str text)
{
    size_t gaps = 0;
    for (size_t i = 0; i < text.len; i++) gaps += text.ptr[i] == ' ' || text.ptr[i] == '-';
    return digits_in(text) == 0 && gaps <= 1;
}

/* Two to four words of letters of which one is a given name that is known. */
static bool is_known_name(struct str text)
{
    char folded[LINK_TEXT_SIZE];
    uint16_t family[NAME_FAMILIES];
    link_fold(text, folded);
    struct str rest = str_from(folded);
    struct str word;
    size_t words = 0;
    bool known = false;
    if (digits_in(text) || !rest.len) return false;
    for (; str_split(&rest, ' ', &word); words++) known |= link_name_families(word, family) > 0;
    return known && words >= 2 && words <= 5;
}

static bool is_street(struct str text)
{
    return digits_in(text) > 0 && text.len > digits_in(text) + 4 && str_find(text, STR(" "), 0) > 0;
}

static double mean_length(const struct table_column *column)
{
    double length = 0;
    for (uint32_t i = 1; i < column->values; i++) length += (double)column->text[i].len;
    return column->values > 1 ? length / (column->values - 1) : 0;
}

/* Does the content bear out what the header says?  If not, what is it then? */
static enum model_role checked(const struct table_column *column, enum model_role role)
{
    switch (role) {
    case MODEL_BIRTH: return share(column, is_date_or_year) >= 0.5 ? role : MODEL_ROLES;
    case MODEL_DATE: return share(column, is_date) >= 0.5 ? role : MODEL_ROLES;
    case MODEL_EMAIL: return share(column, is_email) >= 0.4 ? role : MODEL_ROLES;
    case MODEL_PHONE: return share(column, is_code) >= 0.4 ? role : MODEL_ROLES;
    case MODEL_QUANTITY: return share(column, is_number) >= 0.7 ? role : MODEL_ROLES;
    case MODEL_NUMBER:
        /* "contact number" */
        if (share(column, is_phone) >= 0.7 && mean_length(column) >= 9) return MODEL_PHONE;
        return share(column, is_code) >= 0.6 ? role : MODEL_ROLES;
    case MODEL_NAME:
        if (share(column, is_known_name) >= 0.25 && mean_length(column) < 32) return role;
        return column->values <= 60 ? MODEL_ROLES : MODEL_TEXT; /* "Mr", "Mrs" */
    case MODEL_PLATE:
        return share(column, is_plate) >= 0.5 ? role : MODEL_ROLES;
    case MODEL_CATEGORY: return column->values <= 400 ? role : MODEL_ROLES;
    case MODEL_GIVEN:
    case MODEL_SURNAME: return share(column, is_code) < 0.5 ? role : MODEL_ROLES;
    default: return role;
    }
}

static enum model_role role_of_content(const struct table_column *column, size_t rows)
{
    size_t filled = rows - column->count[0];
    if (share(column, is_email) >= 0.8) return MODEL_EMAIL;
    if (share(column, is_uk_postcode) >= 0.7) return MODEL_POSTCODE;
    if (share(column, is_date) >= 0.8) return are_of_few_years(column) ? MODEL_DATE : MODEL_BIRTH;
    if (column->values <= 60 && filled > (size_t)column->values * 8) return MODEL_CATEGORY;
    if (share(column, has_point) >= 0.6) return MODEL_QUANTITY;
    if (share(column, is_phone) >= 0.8 && mean_length(column) >= 9) return MODEL_PHONE;
    if (share(column, is_code) >= 0.8)
        return (size_t)column->values * 3 > filled ? MODEL_IDENTIFIER : MODEL_NUMBER;
    if (share(column, is_known_name) >= 0.4 && mean_length(column) < 32) return MODEL_NAME;
    if (share(column, is_street) >= 0.7 && mean_length(column) < 40) return MODEL_STREET;
    if (share(column, is_one_word) >= 0.9 && mean_length(column) < 16) return MODEL_TOWN;
    return MODEL_TEXT;
}

static bool never_repeats(const struct table_column *column)
{
    for (uint32_t i = 1; i < column->values; i++)
        if (column->count[i] > 1) return false;
    return true;
}

static enum model_role recognise(const struct table *table, const struct table_column *column)
{
    size_t filled = table->rows - column->count[0];
    if (column->values <= 2 || filled * 100 < table->rows) return MODEL_IGNORE;
    enum model_role role = heading_role(str_from(column->name));
    if (role == MODEL_IGNORE) return role;
    if (role != MODEL_ROLES) role = checked(column, role);
    if (role == MODEL_ROLES) role = role_of_content(column, table->rows);
    /* A number of the row and not of what it tells of. */
    bool code = role == MODEL_IDENTIFIER || role == MODEL_NUMBER;
    return code && filled > 20 && never_repeats(column) ? MODEL_IGNORE : role;
}

/* --- columns together -------------------------------------------------------------------- */

/* Row by row: a handful of slips would else outweigh the dozen months that there are. */
static bool within(const struct table_column *column, int64_t least, int64_t most)
{
    double good = 0;
    double seen = 0;
    for (uint32_t i = 1; i < column->values; i++) {
        int64_t value;
        if (text_is_missing(column->text[i])) continue;
        seen += column->count[i];
        good += str_to_int(column->text[i], &value) && value >= least && value <= most
                    ? column->count[i]
                    : 0;
    }
    return seen >= 2 && good >= 0.97 * seen;
}

/* Year, month and day of birth in three columns: "by bm bd", "birth_year ...". */
static bool find_birth_parts(const struct table *table, int ret[static MODEL_PARTS_MAX])
{
    static const char *const words[MODEL_PARTS_MAX] = {
        "by year yob yyyy doby dobyear byear annee jahr ano",
        "bm month mm dobm dobmonth bmonth mois monat mes",
        "bd day dd dobd dobday bday jour tag dia"};
    static const int64_t least[MODEL_PARTS_MAX] = {1700, 1, 1};
    static const int64_t most[MODEL_PARTS_MAX] = {2100, 12, 31};
    for (int part = 0; part < MODEL_PARTS_MAX; part++) {
        ret[part] = -1;
        for (size_t i = 0; i < table->columns && ret[part] < 0; i++)
            if ((int)i != table->id_column &&
                heading_has_any(str_from(table->column[i].name), words[part]) &&
                within(&table->column[i], least[part], most[part]))
                ret[part] = (int)i;
        if (ret[part] < 0) return false;
    }
    return true;
}

/* A column that repeats what others hold: both names, or the same in another dress. */
static bool repeats_others(const struct table *table, const enum model_role *role, size_t column)
{
    size_t looked = 0;
    size_t held = 0;
    size_t step = 1 + table->rows / 500;
    for (size_t row = 0; row < table->rows; row += step) {
        struct str whole = table->column[column].text[table->column[column].value[row]];
        size_t covered = 0;
        bool any = false;
        for (size_t i = 0; i < table->columns; i++) {
            if (i == column || (role[i] != MODEL_GIVEN && role[i] != MODEL_SURNAME)) continue;
            struct str part = table->column[i].text[table->column[i].value[row]];
            if (!part.len) continue;
            any = true;
            if (str_find(whole, part, 0) >= 0) covered += part.len;
        }
        if (!any || !whole.len) continue;
        looked++;
        held += covered * 10 >= whole.len * 5;
    }
    return looked > 0 && held * 10 >= looked * 7;
}

void model_guess(const struct table *table, struct model *ret)
{
    enum model_role role[TABLE_COLUMNS_MAX];
    int birth[MODEL_PARTS_MAX];
    *ret = (struct model){.given = -1, .surname = -1};
    for (size_t i = 0; i < table->columns; i++)
        role[i] = (int)i == table->id_column ? MODEL_IGNORE : recognise(table, &table->column[i]);
    bool names = false;
    for (size_t i = 0; i < table->columns; i++) names |= role[i] == MODEL_SURNAME;
    for (size_t i = 0; i < table->columns; i++)
        if (role[i] == MODEL_NAME || ((role[i] == MODEL_GIVEN || role[i] == MODEL_SURNAME) &&
                                      share(&table->column[i], is_known_name) > 0.6))
            if (names && repeats_others(table, role, i)) role[i] = MODEL_IGNORE;
    bool parts = find_birth_parts(table, birth);
    for (size_t i = 0; i < table->columns; i++) {
        int column = (int)i;
        if (parts && column == birth[0]) model_add(ret, birth, MODEL_PARTS_MAX, MODEL_BIRTH);
        if (parts && (column == birth[0] || column == birth[1] || column == birth[2])) continue;
        model_add(ret, &column, 1, role[i]);
    }
}
