#include "link/model.h"

#include "link/phonetic.h"
#include "link/kernel.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const role_names[MODEL_ROLES] = {
    "ignore", "given name", "surname", "name",       "birth date", "postcode", "town",
    "street", "number",     "phone",   "email",      "identifier", "category", "text"};

static const char *const level_names[] = {"different", "far", "near", "close", "exact", "swapped",
                                          "", "missing"};

const char *model_role_name(enum model_role role)
{
    return role_names[role];
}

const char *model_level_name(int level)
{
    return level_names[level & 7];
}

/* --- recognising ------------------------------------------------------------------- */

/* First match wins. */
static const struct {
    const char *word;
    enum model_role role;
} header_words[] = {
    {"cluster", MODEL_IGNORE},    {"truth", MODEL_IGNORE},     {"label", MODEL_IGNORE},
    {"entity", MODEL_IGNORE},     {"ethnic", MODEL_IGNORE},    {"religio", MODEL_IGNORE},
    {"nationality", MODEL_IGNORE}, {"race", MODEL_IGNORE},     {"given", MODEL_GIVEN},
    {"forename", MODEL_GIVEN},    {"first", MODEL_GIVEN},      {"fname", MODEL_GIVEN},
    {"surname", MODEL_SURNAME},   {"last", MODEL_SURNAME},     {"family", MODEL_SURNAME},
    {"lname", MODEL_SURNAME},     {"birth", MODEL_BIRTH},      {"dob", MODEL_BIRTH},
    {"born", MODEL_BIRTH},        {"postcode", MODEL_POSTCODE}, {"post_code", MODEL_POSTCODE},
    {"zip", MODEL_POSTCODE},      {"postal", MODEL_POSTCODE},  {"email", MODEL_EMAIL},
    {"e_mail", MODEL_EMAIL},      {"phone", MODEL_PHONE},      {"mobile", MODEL_PHONE},
    {"tel", MODEL_PHONE},         {"ssn", MODEL_IDENTIFIER},   {"soc_sec", MODEL_IDENTIFIER},
    {"nhs", MODEL_IDENTIFIER},    {"passport", MODEL_IDENTIFIER}, {"licen", MODEL_IDENTIFIER},
    {"number", MODEL_NUMBER},     {"house", MODEL_NUMBER},     {"suburb", MODEL_TOWN},
    {"city", MODEL_TOWN},         {"town", MODEL_TOWN},        {"locality", MODEL_TOWN},
    {"street", MODEL_STREET},     {"addr", MODEL_STREET},      {"road", MODEL_STREET},
    {"middle", MODEL_GIVEN},      {"name", MODEL_NAME},
};

static bool mostly(const struct table_column *column, bool (*test)(struct str))
{
    uint32_t good = 0;
    uint32_t looked = 0;
    for (uint32_t i = 1; i < column->values && looked < 500; i++, looked++) good += test(column->text[i]);
    return looked && good * 10 >= looked * 8;
}

static size_t digits_in(struct str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) count += text.ptr[i] >= '0' && text.ptr[i] <= '9';
    return count;
}

static bool is_email(struct str text)
{
    return str_find(text, STR("@"), 0) > 0;
}

static bool is_date(struct str text)
{
    size_t digits = digits_in(text);
    return (digits == 8 || digits == 6) && text.len >= 8 && text.len <= 10 &&
           (text.len == 8 || strchr("-/.", text.ptr[4]) || strchr("-/.", text.ptr[2]));
}

static bool is_code(struct str text)
{
    return digits_in(text) * 2 >= text.len;
}

static enum model_role recognise(const struct table *table, const struct table_column *column)
{
    size_t rows = table->rows;
    size_t filled = rows - column->count[0];
    if (column->values <= 2 || filled * 50 < rows) return MODEL_IGNORE;
    for (size_t i = 0; i < sizeof header_words / sizeof *header_words; i++) {
        if (str_find_nocase(str_from(column->name), str_from(header_words[i].word), 0) < 0) continue;
        enum model_role role = header_words[i].role;
        /* "address_number", "phone number": the word before says more, and came first. */
        return role;
    }
    if (mostly(column, is_email)) return MODEL_EMAIL;
    if (mostly(column, is_date)) return MODEL_BIRTH;
    if (column->values <= 60 && rows > (size_t)column->values * 8) return MODEL_CATEGORY;
    if (mostly(column, is_code)) return column->values * 3 > filled ? MODEL_IDENTIFIER : MODEL_NUMBER;
    return MODEL_TEXT;
}

static void start_values(struct model_comparison *comparison)
{
    static const double m[LEVELS] = {0.06, 0.02, 0.03, 0.07, 0.8, 0.02};
    static const double u[LEVELS] = {0.9, 0.05, 0.02, 0.01, 0.015, 0.005};
    memcpy(comparison->m, m, sizeof m);
    memcpy(comparison->u, u, sizeof u);
}

static void add_comparison(struct model *model, int column, enum model_role role)
{
    if (role == MODEL_IGNORE || model->count == MODEL_COMPARISONS_MAX) return;
    if (role == MODEL_GIVEN && model->given < 0) model->given = model->count;
    if (role == MODEL_SURNAME && model->surname < 0) model->surname = model->count;
    struct model_comparison *comparison = &model->comparison[model->count++];
    *comparison = (struct model_comparison){.column = column, .role = role};
    start_values(comparison);
}

void model_guess(const struct table *table, int id_column, struct model *ret)
{
    *ret = (struct model){.given = -1, .surname = -1};
    for (size_t i = 0; i < table->columns; i++)
        if ((int)i != id_column) add_comparison(ret, (int)i, recognise(table, &table->column[i]));
}

size_t model_write(const struct model *model, const struct table *table, char *ret, size_t size)
{
    size_t used = 0;
    for (int i = 0; i < model->count && used < size; i++) {
        const struct model_comparison *comparison = &model->comparison[i];
        int wrote = snprintf(ret + used, size - used, "%s = %s\n", table->column[comparison->column].name,
                             role_names[comparison->role]);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
    return used < size ? used : size - 1;
}

enum st model_read(struct str text, const struct table *table, struct model *ret, struct err *err)
{
    *ret = (struct model){.given = -1, .surname = -1};
    struct str line;
    for (int number = 1; str_split(&text, '\n', &line); number++) {
        line = str_trim(line);
        if (!line.len || line.ptr[0] == '#') continue;
        struct str name;
        struct str role_text = line;
        str_split(&role_text, '=', &name);
        int column = table_find(table, str_trim(name));
        int role = 0;
        while (role < MODEL_ROLES && !str_eq(str_trim(role_text), str_from(role_names[role]))) role++;
        if (column < 0)
            return err_set(err, ST_INVALID, "Model, line %d: there is no column '%.*s'.", number,
                           STR_ARG(str_trim(name)));
        if (role == MODEL_ROLES)
            return err_set(err, ST_INVALID, "Model, line %d: '%.*s' is nothing that a column can be.",
                           number, STR_ARG(str_trim(role_text)));
        add_comparison(ret, column, (enum model_role)role);
    }
    if (ret->count == 0) return err_set(err, ST_INVALID, "The model names no column to compare.");
    return ST_OK;
}

/* --- comparing ------------------------------------------------------------------------ */

void model_facts_make(struct str text, struct model_facts *ret)
{
    ret->sound = link_sound(text);
    link_name_families(text, ret->family);
}

static bool one_family(const struct model_facts *a, const struct model_facts *b)
{
    for (int i = 0; i < NAME_FAMILIES && a->family[i]; i++)
        for (int k = 0; k < NAME_FAMILIES && b->family[k]; k++)
            if (a->family[i] == b->family[k]) return true;
    return false;
}

static int name_level(struct str a, struct str b, const struct model_facts *a_facts,
                      const struct model_facts *b_facts)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    double similar = link_kernel_jaro_winkler(a, b);
    if (similar >= 0.93 || (shorter >= 4 && similar >= 0.8 && link_kernel_osa(a, b) == 1))
        return LEVEL_CLOSE;
    if (similar >= 0.87 || one_family(a_facts, b_facts) ||
        (similar >= 0.7 && a_facts->sound > 0xff && a_facts->sound == b_facts->sound))
        return LEVEL_NEAR;
    return similar >= 0.78 || (shorter == 1 && a.ptr[0] == b.ptr[0]) ? LEVEL_FAR : LEVEL_DIFFERENT;
}

/* Day, month and year as digits, whatever the separators. */
static size_t digits_of(struct str text, char ret[static 9])
{
    size_t count = 0;
    for (size_t i = 0; i < text.len && count < 8; i++)
        if (text.ptr[i] >= '0' && text.ptr[i] <= '9') ret[count++] = text.ptr[i];
    ret[count] = 0;
    return count;
}

static int birth_level(struct str a, struct str b)
{
    char left[9];
    char right[9];
    size_t left_size = digits_of(a, left);
    size_t right_size = digits_of(b, right);
    if (left_size != right_size || left_size < 4)
        return link_kernel_osa(a, b) <= 1 ? LEVEL_CLOSE : LEVEL_DIFFERENT;
    struct str l = str_of(left, left_size);
    struct str r = str_of(right, right_size);
    if (link_kernel_osa(l, r) <= 1) return LEVEL_CLOSE;
    if (left_size != 8) return LEVEL_DIFFERENT;
    /* Year first or last: parts agree in either reading. */
    int best = 0;
    for (int first = 0; first < 2; first++) {
        size_t year = first ? 0 : 4;
        size_t one = first ? 4 : 0;
        size_t two = first ? 6 : 2;
        bool years = memcmp(left + year, right + year, 4) == 0;
        bool ones = memcmp(left + one, right + one, 2) == 0;
        bool twos = memcmp(left + two, right + two, 2) == 0;
        bool swapped = memcmp(left + one, right + two, 2) == 0 && memcmp(left + two, right + one, 2) == 0;
        if (years && swapped) return LEVEL_CLOSE;
        int parts = years + ones + twos;
        if (parts > best) best = parts;
    }
    int differing = 0;
    for (size_t i = 0; i < 8; i++) differing += left[i] != right[i];
    return best == 2 || differing <= 2 ? LEVEL_NEAR : best == 1 ? LEVEL_FAR : LEVEL_DIFFERENT;
}

static int code_level(struct str a, struct str b)
{
    unsigned distance = link_kernel_osa(a, b);
    if (distance == 1 && a.len >= 3) return LEVEL_CLOSE;
    return distance == 2 && a.len >= 6 ? LEVEL_NEAR : LEVEL_DIFFERENT;
}

/* The letters before the @ and their digits apart: addresses are made of names, and
 * two who share a name have letters in common whoever they are. */
static bool same_letters(struct str a, struct str b)
{
    size_t i = 0;
    size_t k = 0;
    for (;;) {
        while (i < a.len && a.ptr[i] != '@' && (a.ptr[i] < 'a' || a.ptr[i] > 'z')) i++;
        while (k < b.len && b.ptr[k] != '@' && (b.ptr[k] < 'a' || b.ptr[k] > 'z')) k++;
        bool a_ends = i >= a.len || a.ptr[i] == '@';
        bool b_ends = k >= b.len || b.ptr[k] == '@';
        if (a_ends || b_ends) return a_ends && b_ends;
        if (a.ptr[i++] != b.ptr[k++]) return false;
    }
}

static int email_level(struct str a, struct str b)
{
    unsigned distance = link_kernel_osa(a, b);
    ptrdiff_t left = str_find(a, STR("@"), 0);
    ptrdiff_t right = str_find(b, STR("@"), 0);
    bool local = left > 0 && right > 0 && str_eq(str_sub(a, 0, (size_t)left), str_sub(b, 0, (size_t)right));
    if (distance == 1 || local) return LEVEL_CLOSE;
    if (same_letters(a, b)) return LEVEL_FAR;
    return distance == 2 ? LEVEL_NEAR : LEVEL_DIFFERENT;
}

static int text_level(struct str a, struct str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    unsigned distance = link_kernel_osa(a, b);
    double similar = link_kernel_jaro_winkler(a, b);
    if (distance == 1 || similar >= 0.95) return LEVEL_CLOSE;
    if ((distance == 2 && shorter >= 6) || similar >= 0.9) return LEVEL_NEAR;
    return similar >= 0.82 ? LEVEL_FAR : LEVEL_DIFFERENT;
}

int model_level(enum model_role role, struct str a, struct str b, const struct model_facts *a_facts,
                const struct model_facts *b_facts)
{
    switch (role) {
    case MODEL_GIVEN:
    case MODEL_SURNAME:
    case MODEL_NAME: return name_level(a, b, a_facts, b_facts);
    case MODEL_BIRTH: return birth_level(a, b);
    case MODEL_EMAIL: return email_level(a, b);
    case MODEL_CATEGORY: return LEVEL_DIFFERENT;
    case MODEL_POSTCODE:
    case MODEL_NUMBER:
    case MODEL_PHONE:
    case MODEL_IDENTIFIER: return code_level(a, b);
    default: return text_level(a, b);
    }
}
