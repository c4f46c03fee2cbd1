#include "link/table_names.h"

#include "link/batch_memory.h"
#include "link/heading.h"
#include "link/table_wait.h"

#include <stdlib.h>

enum { WHOLE_SIZE = 512 };

/* Rows of one of the files. */
struct side {
    size_t from;
    size_t to;
};

static bool is_filled(const struct table_column *column, struct side side)
{
    for (size_t row = side.from; row < side.to; row++)
        if (column->value[row]) return true;
    return false;
}

/* Which columns of a role this file has and the other has not, in their order. */
static int find_own(const struct table *table, enum model_role role, struct side own,
                    struct side other, int ret[static TABLE_COLUMNS_MAX])
{
    int count = 0;
    for (size_t i = 0; i < table->columns; i++) {
        const struct table_column *column = &table->column[i];
        if ((int)i != table->id_column && heading_role(str_from(column->name)) == role &&
            is_filled(column, own) && !is_filled(column, other))
            ret[count++] = (int)i;
    }
    return count;
}

static struct str value_of(const struct table *table, int column, size_t row)
{
    return table->column[column].text[table->column[column].value[row]];
}

static void fill_whole(struct table *table, int whole, const int *part, int parts, struct side side)
{
    struct table_column *column = &table->column[whole];
    struct table_wait waiting;
    column->count[0] -= (uint32_t)(side.to - side.from); /* all were missing */
    table_wait_init(&waiting, side.from, false);
    for (size_t row = side.from; row < side.to; row++) {
        char text[WHOLE_SIZE];
        size_t length = 0;
        for (int i = 0; i < parts; i++) {
            struct str value = value_of(table, part[i], row);
            if (!value.len || length + value.len + 1 > sizeof text) continue;
            if (length) text[length++] = ' ';
            memcpy(text + length, value.ptr, value.len);
            length += value.len;
        }
        table_wait_add(&waiting, str_of(text, length), false);
        if (waiting.count == WAITING) table_wait_look_up(&waiting, column);
    }
    table_wait_look_up(&waiting, column);
    table_wait_done(&waiting);
}

static void drop(struct table *table, int which)
{
    struct table_column *column = &table->column[which];
    batch_memory_free(column->value);
    batch_memory_free(column->text);
    batch_memory_free(column->count);
    batch_memory_free(column->slots);
    table_pool_free(column->pool);
    memmove(column, column + 1, (--table->columns - (size_t)which) * sizeof *column);
    table->id_column -= table->id_column > which;
}

bool table_join_names(struct table *table, size_t first_rows, struct buf *out)
{
    const struct side side[2] = {{0, first_rows}, {first_rows, table->rows}};
    for (int i = 0; i < 2; i++) {
        int whole[TABLE_COLUMNS_MAX], part[TABLE_COLUMNS_MAX];
        struct side has_whole = side[i], has_parts = side[1 - i];
        int given = find_own(table, MODEL_GIVEN, has_parts, has_whole, part);
        int parts = given + find_own(table, MODEL_SURNAME, has_parts, has_whole, part + given);
        if (find_own(table, MODEL_NAME, has_whole, has_parts, whole) != 1 || !given ||
            parts == given)
            continue;
        fill_whole(table, whole[0], part, parts, has_parts);
        for (int k = 0; k < parts; k++)
            buf_add_fmt(out, "%s'%s'", k ? " and " : "", table->column[part[k]].name);
        buf_add_fmt(out, " for '%s'", table->column[whole[0]].name);
        bool taken[TABLE_COLUMNS_MAX] = {0};
        for (int k = 0; k < parts; k++) taken[part[k]] = true;
        for (int k = (int)table->columns - 1; k >= 0; k--)
            if (taken[k]) drop(table, k);
        return true;
    }
    return false;
}
