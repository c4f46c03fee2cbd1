/* The typed parameters of a view, and the C structs that they become. */
#include "viewc.h"

#include <string.h>

const char *const type_words[] = {"str", "int", "num", "bool", "url", "html", "list"};
static const char *const type_in_c[] = {"struct str", "int64_t",    "double",
                                        "bool",       "struct url", "struct html"};

static struct type *parse_type(const char *struct_name, const char *field_name);

struct field *type_field(struct type *type, const char *name)
{
    for (int i = 0; i < type->count; i++)
        if (strcmp(type->field[i].name, name) == 0) return &type->field[i];
    return NULL;
}

static void parse_fields(struct type *type, const char *end)
{
    for (;;) {
        all_spaces();
        if (starts(end)) return;
        if (type->count == FIELDS) fail("there are too many parameters");
        struct field field = {.declared_at = in.at};
        word(field.name);
        if (type_field(type, field.name)) fail("'%s' is there twice", field.name);
        spaces();
        expect(':');
        spaces();
        field.type = parse_type(type->struct_name, field.name);
        type->field[type->count++] = field;
        spaces();
        if (in.text[in.at] == ',') in.at++;
    }
}

/* "error_summary.problems": what that partial takes, so that it can be given to it. */
static struct type *list_of_partial(void)
{
    char name[NAME];
    word(name);
    const struct partial *partial = partial_find(name);
    expect('.');
    word(name);
    const struct field *field = type_field(partial->type, name);
    if (!field || field->type->kind != TYPE_LIST)
        fail("the partial '%s' has no list '%s'", partial->name, name);
    return field->type;
}

static struct type *parse_type(const char *struct_name, const char *field_name)
{
    struct type *type = allocate(sizeof *type);
    size_t size = sizeof type->struct_name;
    char name[NAME];
    word(name);
    int kind = 0;
    while (kind <= TYPE_LIST && strcmp(name, type_words[kind]) != 0) kind++;
    if (kind > TYPE_LIST) fail("there is no type '%s'", name);
    type->kind = (enum type_kind)kind;
    if (kind != TYPE_LIST) return type;
    spaces();
    word(name);
    if (strcmp(name, "of") != 0) fail("write 'list of { ... }'");
    spaces();
    if (in.text[in.at] != '{') return list_of_partial();
    if ((size_t)snprintf(type->struct_name, size, "%s_%s", struct_name, field_name) >= size)
        fail("the lists are nested too deeply");
    expect('{');
    parse_fields(type, "}");
    expect('}');
    return type;
}

struct type *type_of_view(const char *struct_name)
{
    struct type *view = allocate(sizeof *view);
    snprintf(view->struct_name, sizeof view->struct_name, "%s", struct_name);
    if (!starts("---\n")) fail("a view begins with its parameters between lines of ---");
    in.at += 4;
    parse_fields(view, "---");
    if (!starts("---\n")) fail("the parameters end with a line of ---");
    in.at += 4;
    return view;
}

static void write_lists(const struct type *type)
{
    for (int i = 0; i < type->count; i++) {
        struct type *list = type->field[i].type;
        if (list->kind != TYPE_LIST || list->written) continue;
        type_write(header, list);
        list->written = true;
    }
}

void type_write(FILE *out, const struct type *type)
{
    write_lists(type);
    fprintf(out, "struct %s {\n", type->struct_name);
    /* C has no empty struct; a view without parameters still takes one. */
    if (type->count == 0) fputs("    bool unused;\n", out);
    for (int i = 0; i < type->count; i++) {
        const struct field *field = &type->field[i];
        if (field->type->kind == TYPE_LIST)
            fprintf(out, "    const struct %s *%s;\n    size_t %s_count;\n",
                    field->type->struct_name, field->name, field->name);
        else
            fprintf(out, "    %s %s;\n", type_in_c[field->type->kind], field->name);
    }
    fputs("};\n", out);
}

void type_check_used(const struct type *type)
{
    for (int i = 0; i < type->count; i++) {
        const struct field *field = &type->field[i];
        if (!field->used)
            fail_at(field->declared_at, "the parameter '%s' is not used", field->name);
        if (field->type->kind == TYPE_LIST) type_check_used(field->type);
    }
}
