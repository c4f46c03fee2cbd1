#include "link/model.h"

#include <stdio.h>
#include <string.h>

static const char *const role_names[MODEL_ROLES] = {
    "ignore", "given name", "surname", "name",  "birth date", "date",  "postcode", "town", "street",
    "number", "quantity",   "phone",   "email", "identifier", "plate", "category", "text"};

static const char *const level_names[] = {"different", "far",   "near",    "close",
                                          "alike",     "exact", "swapped", "missing"};

const char *model_role_name(enum model_role role)
{
    return role_names[role];
}

const char *model_level_name(int level)
{
    return level_names[level & 7];
}

void model_comparison_name(const struct model *model, const struct table *table, int comparison,
                           char *ret, size_t size)
{
    const struct model_comparison *c = &model->comparison[comparison];
    size_t used = 0;
    ret[0] = 0;
    for (int i = 0; i < c->columns && used < size; i++) {
        int wrote = snprintf(ret + used, size - used, "%s%s", i ? " + " : "",
                             table->column[c->column[i]].name);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
    if (c->of_name && used < size)
        snprintf(ret + used, size - used, ", %s", role_names[c->role]);
}

/* What is usual: hardly anybody changes a name or a birthday; words come and go. */
static void start_values(struct model_comparison *comparison)
{
    static const double m[LEVELS] = {0.07, 0.02, 0.03, 0.03, 0.06, 0.77, 0.02};
    static const double m_of_text[LEVELS] = {0.08, 0.06, 0.1, 0.16, 0.3, 0.29, 0.01};
    static const double u[LEVELS] = {0.91, 0.04, 0.02, 0.008, 0.006, 0.013, 0.003};
    memcpy(comparison->m, comparison->role == MODEL_TEXT ? m_of_text : m, sizeof m);
    memcpy(comparison->u, u, sizeof u);
}

static void add_one(struct model *model, const int *column, int columns, enum model_role role,
                    bool of_name)
{
    if (role == MODEL_IGNORE || model->count == MODEL_COMPARISONS_MAX) return;
    struct model_comparison *comparison = &model->comparison[model->count];
    *comparison = (struct model_comparison){.columns = columns, .role = role, .of_name = of_name};
    memcpy(comparison->column, column, (size_t)columns * sizeof *column);
    start_values(comparison);
    if (role == MODEL_GIVEN && model->given < 0) model->given = model->count;
    if (role == MODEL_SURNAME && model->surname < 0) model->surname = model->count;
    model->count++;
}

void model_add(struct model *model, const int *column, int columns, enum model_role role)
{
    if (role == MODEL_NAME) {
        add_one(model, column, columns, MODEL_GIVEN, true);
        add_one(model, column, columns, MODEL_SURNAME, true);
    } else {
        add_one(model, column, columns, role, false);
    }
}
