#include "base/names.h"

int name_place(struct str name, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (names[i] && *names[i] && str_eq(name, str_from(names[i]))) return i;
    return -1;
}

int labelled_place(struct str name, const struct labelled *table, int count)
{
    for (int i = 0; i < count; i++)
        if (table[i].name && *table[i].name && str_eq(name, str_from(table[i].name))) return i;
    return -1;
}
