#include "link/batch_field.h"

#include "link/batch_sign.h"
#include "link/date_text.h"
#include "link/need.h"
#include "link/phonetic.h"

#include <stdlib.h>

/* Canonical values by their text, while they are made. */
struct values {
    struct batch_field *field;
    uint64_t *slots; /* hash << 32 | number */
    uint32_t slot_count;
    uint32_t capacity;
};

static void grow(struct values *values, uint32_t capacity)
{
    struct batch_field *field = values->field;
    values->capacity = capacity;
    field->text = need(reallocarray(field->text, values->capacity, sizeof *field->text));
    field->count = need(reallocarray(field->count, values->capacity, sizeof *field->count));
    field->sign = need(reallocarray(field->sign, values->capacity, sizeof *field->sign));
    uint64_t *old = values->slots;
    uint32_t old_count = values->slot_count;
    values->slot_count = values->capacity * 2;
    values->slots = batch_memory(values->slot_count * sizeof *values->slots);
    memset(values->slots, 0, values->slot_count * sizeof *values->slots);
    for (uint32_t i = 0; i < old_count; i++) {
        if (!old[i]) continue;
        uint32_t at = (uint32_t)(old[i] >> 32) & (values->slot_count - 1);
        while (values->slots[at]) at = (at + 1) & (values->slot_count - 1);
        values->slots[at] = old[i];
    }
    batch_memory_free(old);
}

static uint32_t hash_of(struct str text)
{
    return (uint32_t)(table_hash(text) >> 16);
}

/* `lasting`: the text outlives the field and need not be copied. */
static uint32_t value_of(struct values *values, struct str text, uint32_t hash, bool lasting)
{
    struct batch_field *field = values->field;
    if (field->values >= values->capacity) grow(values, values->capacity * 2);
    uint32_t at = hash & (values->slot_count - 1);
    for (; values->slots[at]; at = (at + 1) & (values->slot_count - 1))
        if (values->slots[at] >> 32 == hash &&
            str_eq(field->text[(uint32_t)values->slots[at]], text))
            return (uint32_t)values->slots[at];
    uint32_t number = field->values++;
    field->text[number] = lasting ? text : table_keep(&field->pool, text);
    field->count[number] = 0;
    field->sign[number] = 0;
    values->slots[at] = (uint64_t)hash << 32 | number;
    return number;
}

/* --- dates ------------------------------------------------------------------------------- */

static enum date_order order_of(const struct table_column *column)
{
    int64_t sum = 0;
    for (uint32_t i = 1; i < column->values; i++)
        sum += (int64_t)date_text_order(column->text[i]) * column->count[i];
    return sum < 0 ? DATE_MONTH_FIRST : DATE_DAY_FIRST;
}

static void put_number(char *to, int digits, int number)
{
    for (; digits--; number /= 10) to[digits] = (char)('0' + number % 10);
}

static uint32_t date_value(struct values *values, struct date_text date)
{
    char text[] = "0000-00-00";
    put_number(text, 4, date.year);
    put_number(text + 5, 2, date.month);
    put_number(text + 8, 2, date.day);
    struct str canonical = str_of(text, sizeof text - 1);
    uint32_t value = value_of(values, canonical, hash_of(canonical), false);
    values->field->sign[value] =
        field_date((unsigned)date.year, (unsigned)date.month, (unsigned)date.day);
    return value;
}

static int part_of(const struct table_column *column, size_t row, int most)
{
    int64_t number = 0;
    if (!str_to_int(column->text[column->value[row]], &number) || number < 0 || number > most)
        return 0;
    return (int)number;
}

static void make_from_parts(const struct table *table, const struct model_comparison *comparison,
                            struct values *values)
{
    const struct table_column *year = &table->column[comparison->column[0]];
    const struct table_column *month = &table->column[comparison->column[1]];
    const struct table_column *day = &table->column[comparison->column[2]];
    for (size_t row = 0; row < table->rows; row++) {
        struct date_text date = {part_of(year, row, 2200), part_of(month, row, 12),
                                 part_of(day, row, 31)};
        bool known = date.year || date.month || date.day;
        uint32_t value = known ? date_value(values, date) : 0;
        values->field->value[row] = value;
    }
}

/* --- all -------------------------------------------------------------------------------------- */

static void make_dates(const struct table_column *column, struct values *values, uint32_t *map)
{
    enum date_order order = order_of(column);
    for (uint32_t i = 1; i < column->values; i++) {
        struct date_text date;
        bool there = !text_is_missing(column->text[i]);
        bool known = there && date_text_read(column->text[i], order, &date);
        map[i] = known ? date_value(values, date) : 0;
        if (there && !known) values->field->unread += column->count[i];
    }
}

/* Some texts are made canonical before the first is looked up: what a look-up needs
 * comes from memory meanwhile. */
static void make_texts(const struct table_column *column, const struct model_comparison *comparison,
                       struct values *values, uint32_t *map)
{
    enum { AT_ONCE = 32 };
    char(*text)[FIELD_TEXT_MAX] = need(malloc(AT_ONCE * sizeof *text));
    for (uint32_t from = 1; from < column->values; from += AT_ONCE) {
        struct str canonical[AT_ONCE];
        uint32_t hash[AT_ONCE];
        uint32_t count = column->values - from < AT_ONCE ? column->values - from : AT_ONCE;
        for (uint32_t i = 0; i < count; i++) {
            size_t length = 0;
            struct str raw = column->text[from + i];
            if (!field_canonical(comparison->role, comparison->of_name, raw, text[i], &length))
                length = 0;
            canonical[i] = str_of(text[i], length);
            if (str_eq(raw, canonical[i])) canonical[i] = raw;
            hash[i] = hash_of(canonical[i]);
            __builtin_prefetch(&values->slots[hash[i] & (values->slot_count - 1)]);
        }
        for (uint32_t i = 0; i < count; i++) {
            bool lasting = canonical[i].ptr != text[i];
            map[from + i] = canonical[i].len ? value_of(values, canonical[i], hash[i], lasting) : 0;
        }
    }
    free(text);
}

/* Which number each text of the column has; 0: missing. */
static void make_from_column(const struct table *table, const struct model_comparison *comparison,
                             struct values *values, uint32_t *map)
{
    const struct table_column *column = &table->column[comparison->column[0]];
    map[0] = 0;
    if (model_is_date(comparison->role))
        make_dates(column, values, map);
    else
        make_texts(column, comparison, values, map);
    for (uint32_t i = 0; i < column->values; i++) values->field->count[map[i]] += column->count[i];
}

/* Numbers values anew, those first that most rows have; ret[old] is the new number. */
static void number_by_count(struct batch_field *field, uint32_t *ret)
{
    enum { MANY = 1 << 16 };
    uint32_t *at = need(calloc(MANY + 1, sizeof *at));
    uint32_t values = field->values;
    for (uint32_t v = 1; v < values; v++) at[field->count[v] < MANY ? MANY - field->count[v] : 0]++;
    for (uint32_t i = 0, sum = 1; i <= MANY; i++) {
        uint32_t here = at[i];
        at[i] = sum;
        sum += here;
    }
    ret[0] = 0;
    for (uint32_t v = 1; v < values; v++)
        ret[v] = at[field->count[v] < MANY ? MANY - field->count[v] : 0]++;
    free(at);
    struct str *text = need(malloc(values * sizeof *text));
    uint32_t *count = need(malloc(values * sizeof *count));
    uint64_t *sign = need(malloc(values * sizeof *sign));
    for (uint32_t v = 0; v < values; v++) {
        text[ret[v]] = field->text[v];
        count[ret[v]] = field->count[v];
        sign[ret[v]] = field->sign[v];
    }
    free(field->text);
    free(field->count);
    free(field->sign);
    field->text = text;
    field->count = count;
    field->sign = sign;
}

static void fill_rows(const struct table *table, const struct model_comparison *comparison,
                      struct values *values)
{
    struct batch_field *field = values->field;
    const struct table_column *column = &table->column[comparison->column[0]];
    bool of_parts = comparison->columns == MODEL_PARTS_MAX;
    uint32_t *map = of_parts ? NULL : need(malloc(column->values * sizeof *map));
    if (of_parts) {
        make_from_parts(table, comparison, values);
        for (size_t row = 0; row < table->rows; row++) field->count[field->value[row]]++;
    } else {
        make_from_column(table, comparison, values, map);
    }
    uint32_t *number = need(malloc(field->values * sizeof *number));
    number_by_count(field, number);
    if (of_parts) {
        for (size_t row = 0; row < table->rows; row++)
            field->value[row] = number[field->value[row]];
    } else {
        for (uint32_t i = 0; i < column->values; i++) map[i] = number[map[i]];
        for (size_t row = 0; row < table->rows; row++) field->value[row] = map[column->value[row]];
    }
    free(number);
    free(map);
}

static void make_signs(struct batch_field *field)
{
    for (uint32_t i = 1; i < field->values; i++) {
        if (model_is_date(field->role)) continue;
        const struct field_facts *facts = field->facts ? &field->facts[i] : NULL;
        field->sign[i] = batch_sign_make(field->role, field->text[i], facts ? facts->family : NULL);
    }
    if (!field_has_hints(field->role)) return;
    field->hint = need(malloc(field->values * sizeof *field->hint));
    for (uint32_t i = 0; i < field->values; i++)
        field->hint[i] = sign_hint_make(field->sign[i], field->text[i]);
}

void batch_field_make(const struct table *table, const struct model_comparison *comparison,
                      struct batch_field *ret)
{
    *ret = (struct batch_field){.role = comparison->role, .values = 1};
    struct values values = {.field = ret};
    uint32_t room = 256; /* all that the column has, so that it need not grow */
    if (comparison->columns != MODEL_PARTS_MAX)
        while (room <= table->column[comparison->column[0]].values && room < 1u << 30) room *= 2;
    grow(&values, room);
    ret->text[0] = STR("");
    ret->count[0] = 0;
    ret->sign[0] = 0;
    ret->value = batch_memory((table->rows + 1) * sizeof *ret->value);
    fill_rows(table, comparison, &values);
    batch_memory_free(values.slots);
    if (field_has_facts(ret->role)) {
        ret->facts = need(calloc(ret->values, sizeof *ret->facts));
        for (uint32_t i = 1; i < ret->values; i++) {
            ret->facts[i].sound = link_sound(ret->text[i]);
            link_name_families(ret->text[i], ret->facts[i].family);
        }
    }
    make_signs(ret);
    batch_near_begin(ret, table->rows);
    if (field_has_tokens(ret->role)) field_tokens_make(ret, table->rows);
}

void batch_field_done(struct batch_field *field)
{
    batch_memory_free(field->value);
    free(field->text);
    free(field->count);
    free(field->sign);
    free(field->facts);
    free(field->hint);
    batch_memory_free(field->near.level);
    free(field->street);
    free(field->street_text);
    free(field->street_rows);
    free(field->token_from);
    free(field->token);
    free(field->token_text);
    free(field->token_rows);
    free(field->token_bits);
    free(field->token_sign);
    table_pool_free(field->pool);
    *field = (struct batch_field){0};
}
