/* Insertions, blocks and partials: what stands between {{ and }}. */
#include "viewc.h"

#include <ctype.h>
#include <string.h>

struct partial partials[PARTIALS];
int partial_count;

struct scope {
    char name[NAME]; /* of the {{#each}}'s element; empty: the view itself */
    struct type *type;
};
static struct scope scopes[DEPTH];
static int scope_count;

struct block {
    char kind; /* 'i' for if, 'e' for each */
    bool had_else;
    size_t opened_at;
    struct markup markup; /* when it began */
};
static struct block blocks[DEPTH];
static int block_count;
static bool in_partial;

void write_literal(const char *text, size_t length)
{
    fputc('"', source);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '\n')
            fputs("\\n", source);
        else if (c == '"' || c == '\\')
            fprintf(source, "\\%c", c);
        else if (c < 32 || c > 126 || c == '?') /* ?: a trigraph cannot come about */
            fprintf(source, "\\%03o", c);
        else
            fputc(c, source);
    }
    fputc('"', source);
}

/* "row.name" -> its field and the C expression for it. */
static struct field *resolve(char expression[static EXPRESSION])
{
    char owner[NAME] = "view";
    char name[NAME];
    int i = 0;
    word(name);
    if (in.text[in.at] == '.') {
        in.at++;
        memcpy(owner, name, NAME);
        word(name);
        for (i = scope_count - 1; i > 0 && strcmp(scopes[i].name, owner) != 0;) i--;
        if (i == 0) fail("there is no '%s' here", owner);
    }
    struct field *field = type_field(scopes[i].type, name);
    if (!field) fail("there is no parameter '%s'", name);
    field->used = true;
    snprintf(expression, EXPRESSION, "%s->%s", owner, name);
    return field;
}

static void end_directive(void)
{
    spaces();
    if (!starts("}}")) fail("'}}' is missing");
    in.at += 2;
}

/* --- {{x}} ------------------------------------------------------------------- */

static void insert_number(const char *expression)
{
    const char *format = in.text + in.at;
    bool sign = format[0] == ':' && format[1] == '+';
    const char *places = format + (sign ? 2 : 1);
    if (format[0] != ':' || places[0] != '.' || !isdigit((unsigned char)places[1]) ||
        places[2] != 'f')
        fail("say how a num is shown, like {{x:.1f}} or {{x:+.2f}}");
    in.at += (size_t)(places + 3 - format);
    fprintf(source, "    html_number(out, %s, %c, %s);\n", expression, places[1],
            sign ? "true" : "false");
}

static void check_place(enum type_kind kind)
{
    if (markup.place == IN_TAG) fail("an insertion in a tag stands in a double-quoted attribute");
    bool link = markup.place == IN_VALUE && markup.value_is_url;
    if (link && kind != TYPE_URL) fail("%s takes a url alone", markup.attribute);
    if (!link && kind == TYPE_URL) fail("a url may stand only in href, src or action");
    if (kind == TYPE_HTML && (markup.place != IN_TEXT || markup_in_plain_text()))
        fail("html may stand only in text");
}

static void insertion(void)
{
    char expression[EXPRESSION];
    size_t begin = in.at - 2; /* the braces */
    bool whole = begin == markup.value_start;
    struct field *field = resolve(expression);
    check_place(field->type->kind);
    /* A browser drops the first line break of a textarea; let it drop ours. */
    if (markup_begins_textarea(begin)) fputs("    buf_add_char(out, '\\n');\n", source);
    switch (field->type->kind) {
    case TYPE_STR:
        fprintf(source, "    html_%s(out, %s);\n",
                markup.place == IN_TEXT ? "text" : "attribute", expression);
        break;
    case TYPE_INT: fprintf(source, "    buf_add_int(out, %s);\n", expression); break;
    case TYPE_NUM: insert_number(expression); break;
    case TYPE_URL: fprintf(source, "    html_attribute(out, %s.s);\n", expression); break;
    case TYPE_HTML: fprintf(source, "    html_markup(out, %s);\n", expression); break;
    case TYPE_BOOL:
    case TYPE_LIST: fail("'%s' cannot be shown by itself", field->name);
    }
    end_directive();
    if (field->type->kind == TYPE_URL && (!whole || in.text[in.at] != '"'))
        fail("a url is the whole value of %s", markup.attribute);
}

/* --- {{#if}} and {{#each}} ------------------------------------------------------ */

static void block_begins(char kind)
{
    if (block_count == DEPTH) fail("blocks are nested too deeply");
    if (markup.place == IN_TAG && kind == 'e') fail("{{#each}} may not stand in a tag");
    if (markup.place == IN_VALUE && markup.value_is_url)
        fail("%s takes one url, not a choice: put the {{#if}} around the element",
             markup.attribute);
    blocks[block_count++] = (struct block){kind, false, in.at, markup};
    markup.floor = markup.open_count;
}

/* A part of a block (up to {{#else}} or its end) leaves the HTML as it found it. */
static void check_part(void)
{
    const struct markup *before = &blocks[block_count - 1].markup;
    if (before->open_count != markup.open_count)
        fail("what is opened in a block is closed in the same block");
    if (before->place != markup.place) fail("a block begins in one place and ends in another");
}

static void begin_if(void)
{
    static const char *const tests[] = {".len", " != 0", " != 0", "", ".s.len", ".s.len",
                                        "_count"};
    char expression[EXPRESSION];
    spaces();
    bool negated = starts("not ");
    if (negated) in.at += 4;
    spaces();
    struct field *field = resolve(expression);
    fprintf(source, "    if (%s(%s%s)) {\n", negated ? "!" : "", expression,
            tests[field->type->kind]);
    end_directive();
    block_begins('i');
}

static void begin_each(void)
{
    char expression[EXPRESSION];
    char name[NAME];
    spaces();
    struct field *field = resolve(expression);
    if (field->type->kind != TYPE_LIST) fail("'%s' is not a list", field->name);
    spaces();
    if (!starts("as ")) fail("write {{#each list as name}}");
    in.at += 3;
    spaces();
    word(name);
    if (strcmp(name, "view") == 0 || strcmp(name, "out") == 0) fail("'%s' is taken", name);
    for (int i = 1; i < scope_count; i++)
        if (strcmp(scopes[i].name, name) == 0) fail("'%s' is taken", name);
    end_directive();
    fprintf(source,
            "    for (size_t %s_at = 0; %s_at < %s_count; %s_at++) {\n"
            "    const struct %s *%s = &%s[%s_at];\n",
            name, name, expression, name, field->type->struct_name, name, expression, name);
    /* A loop that draws nothing of its element is still a loop. */
    fprintf(source, "    (void)%s;\n", name);
    block_begins('e');
    memcpy(scopes[scope_count].name, name, NAME);
    scopes[scope_count++].type = field->type;
}

static void else_part(void)
{
    end_directive();
    struct block *block = block_count ? &blocks[block_count - 1] : NULL;
    if (!block || block->kind != 'i' || block->had_else) fail("{{#else}} has no {{#if}}");
    check_part();
    block->had_else = true;
    fputs("    } else {\n", source);
}

static void end_block(char kind)
{
    end_directive();
    if (block_count == 0 || blocks[block_count - 1].kind != kind) fail("this closes no block");
    check_part();
    markup.floor = blocks[--block_count].markup.floor;
    if (kind == 'e') scope_count--;
    fputs("    }\n", source);
}

/* --- {{> partial}} ----------------------------------------------------------------- */

struct partial *partial_find(const char *name)
{
    for (int i = 0; i < partial_count; i++)
        if (strcmp(partials[i].name, name) == 0) return &partials[i];
    fail("there is no partial '%s'", name);
}

static void check_argument(const struct field *field, enum type_kind kind)
{
    if (field->type->kind != kind)
        fail("'%s' is a %s and cannot be given a %s", field->name,
             type_words[field->type->kind], type_words[kind]);
}

/* A list is given whole, where it is written as a list of this partial's. */
static void list_argument(const struct field *field, const struct field *given,
                          const char *expression)
{
    if (given->type != field->type)
        fail("write '%s: list of PARTIAL.%s' to give it to the partial", given->name, field->name);
    fprintf(source, "%s, .%s_count = %s_count", expression, field->name, expression);
}

/* The word stands here, whole. */
static bool starts_word(const char *constant)
{
    unsigned char after = (unsigned char)in.text[in.at + strlen(constant)];
    return starts(constant) && !isalnum(after) && after != '_' && after != '.';
}

/* "words", "#place", 12, true, false or a parameter. */
static void argument_value(const struct field *field)
{
    char expression[EXPRESSION];
    size_t length = 0;
    if (starts("\"")) {
        const char *words = in.text + ++in.at;
        bool place = field->type->kind == TYPE_URL && words[0] == '#';
        if (!place) check_argument(field, TYPE_STR);
        length = strcspn(words, "\"\n");
        if (words[length] != '"') fail("the words are not closed");
        in.at += length + 1;
        fputs(place ? "{STR(" : "STR(", source);
        write_literal(words, length);
        fputs(place ? ")}" : ")", source);
    } else if (isdigit((unsigned char)in.text[in.at])) {
        check_argument(field, TYPE_INT);
        length = strspn(in.text + in.at, "0123456789");
        fprintf(source, "%.*s", (int)length, in.text + in.at);
        in.at += length;
    } else if (starts_word("true") || starts_word("false")) {
        check_argument(field, TYPE_BOOL);
        length = starts("true") ? 4 : 5;
        fprintf(source, "%.*s", (int)length, in.text + in.at);
        in.at += length;
    } else {
        const struct field *given = resolve(expression);
        check_argument(field, given->type->kind);
        if (given->type->kind == TYPE_LIST)
            list_argument(field, given, expression);
        else
            fputs(expression, source);
    }
}

static void use_partial(void)
{
    char name[NAME];
    bool given[FIELDS] = {false};
    spaces();
    word(name);
    if (in_partial) fail("a partial may not use another");
    if (markup.place != IN_TEXT || markup_in_plain_text()) fail("a partial may stand only in text");
    struct partial *partial = partial_find(name);
    struct type *type = partial->type;
    partial->used = true;
    fprintf(source, "    %s(out, &(struct %s){", type->struct_name, type->struct_name);
    for (all_spaces(); !starts("}}"); all_spaces()) {
        char parameter[NAME];
        word(parameter);
        struct field *field = type_field(type, parameter);
        if (!field) fail("the partial '%s' has no parameter '%s'", name, parameter);
        if (given[field - type->field]) fail("'%s' is given twice", parameter);
        given[field - type->field] = true;
        expect('=');
        fprintf(source, ".%s = ", parameter);
        argument_value(field);
        fputs(", ", source);
    }
    for (int i = 0; i < type->count; i++)
        if (!given[i]) fail("the partial '%s' wants '%s'", name, type->field[i].name);
    fputs("});\n", source);
    end_directive();
}

/* --- all of them --------------------------------------------------------------------- */

void insert_begin(struct type *view, bool is_partial)
{
    scopes[0] = (struct scope){.type = view};
    scope_count = 1;
    block_count = 0;
    in_partial = is_partial;
}

void insert_end(void)
{
    if (block_count) fail_at(blocks[block_count - 1].opened_at, "a block is not closed");
}

void insert_directive(void)
{
    static const struct {
        const char *beginning;
        void (*run)(void);
    } directives[] = {{"#if ", begin_if}, {"#each ", begin_each}, {"#else", else_part},
                      {"> ", use_partial}};
    in.at += 2;
    for (size_t i = 0; i < sizeof directives / sizeof *directives; i++)
        if (starts(directives[i].beginning)) {
            in.at += strlen(directives[i].beginning);
            directives[i].run();
            return;
        }
    if (starts("/if")) {
        in.at += 3;
        end_block('i');
    } else if (starts("/each")) {
        in.at += 5;
        end_block('e');
    } else {
        insertion();
    }
}
