/*
 * viewc: compiles views/NAME.html to C.
 *
 *   viewc views/a.html views/b.html ... HEADER SOURCE
 *
 * A view begins with its parameters between two lines of "---":
 *
 *     title: str
 *     rows: list of { name: str, href: url, count: int }
 *
 * Types: str, int, num (a double, shown as {{x:.1f}} or {{x:+.2f}}), bool, url,
 * html, list of { ... }.  The body is HTML with
 *
 *     {{title}}   {{#if x}} … {{#else}} … {{/if}}   {{#if not x}}
 *     {{#each rows as row}} … {{row.name}} … {{/each}}
 *
 * What keeps pages safe is refused here, with file and line, so that it cannot be
 * forgotten: an insertion anywhere but in text or in a double-quoted attribute;
 * anything but a url (and nothing beside it) in href, src and action; html but in
 * text; inline script, style and on… attributes; elements that are not closed; a
 * parameter that is not used.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum type_kind { TYPE_STR, TYPE_INT, TYPE_NUM, TYPE_BOOL, TYPE_URL, TYPE_HTML, TYPE_LIST };

static const char *const type_words[] = {"str", "int", "num", "bool", "url", "html", "list"};
static const char *const type_in_c[] = {"struct str", "int64_t",    "double",
                                        "bool",       "struct url", "struct html"};

enum { FIELDS = 64, NAME = 64, DEPTH = 64, TEXT = 1 << 20 };

struct type;
struct field {
    char name[NAME];
    struct type *type;
    bool used;
};
struct type {
    enum type_kind kind;
    char struct_name[200]; /* of a list's element, or of the view */
    struct field field[FIELDS];
    int count;
};

/* --- the file that is read ------------------------------------------------------- */

static const char *file;
static char text[TEXT];
static size_t length;
static size_t at;
static FILE *header;
static FILE *source;

static _Noreturn void fail(const char *format, ...)
{
    int line = 1;
    for (size_t i = 0; i < at && i < length; i++) line += text[i] == '\n';
    fprintf(stderr, "%s:%d: ", file, line);
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

static bool starts(const char *word)
{
    return strncmp(text + at, word, strlen(word)) == 0;
}

static void spaces(void)
{
    while (text[at] == ' ' || text[at] == '\t') at++;
}

static void all_spaces(void)
{
    while (isspace((unsigned char)text[at])) at++;
}

static void word(char ret[NAME])
{
    size_t n = 0;
    while (isalnum((unsigned char)text[at]) || text[at] == '_') {
        if (n == NAME - 1) fail("a name is too long");
        ret[n++] = text[at++];
    }
    ret[n] = 0;
    if (n == 0) fail("a name is missing");
}

static void expect(char c)
{
    if (text[at] != c) fail("'%c' is missing", c);
    at++;
}

static void *allocate(size_t size)
{
    void *memory = calloc(1, size);
    if (!memory) abort();
    return memory;
}

/* --- parameters -------------------------------------------------------------------- */

static struct type *parse_type(const char *struct_name, const char *field_name);

static void parse_fields(struct type *type, char end)
{
    for (;;) {
        all_spaces();
        if (end == '}' ? text[at] == '}' : starts("---")) break;
        if (type->count == FIELDS) fail("there are too many parameters");
        struct field *field = &type->field[type->count];
        word(field->name);
        for (int i = 0; i < type->count; i++)
            if (strcmp(type->field[i].name, field->name) == 0)
                fail("'%s' is there twice", field->name);
        spaces();
        expect(':');
        spaces();
        field->type = parse_type(type->struct_name, field->name);
        type->count++;
        spaces();
        if (end == '}' && text[at] == ',') at++;
    }
}

static struct type *parse_type(const char *struct_name, const char *field_name)
{
    struct type *type = allocate(sizeof *type);
    char name[NAME];
    word(name);
    int kind = 0;
    while (kind <= TYPE_LIST && strcmp(name, type_words[kind]) != 0) kind++;
    if (kind > TYPE_LIST) fail("there is no type '%s'", name);
    type->kind = (enum type_kind)kind;
    if (kind != TYPE_LIST) return type;
    if (strlen(struct_name) + strlen(field_name) + 2 > sizeof type->struct_name)
        fail("the lists are nested too deeply");
    memcpy(type->struct_name, struct_name, strlen(struct_name));
    type->struct_name[strlen(struct_name)] = '_';
    memcpy(type->struct_name + strlen(struct_name) + 1, field_name, strlen(field_name));
    spaces();
    word(name);
    if (strcmp(name, "of") != 0) fail("write 'list of { ... }'");
    spaces();
    expect('{');
    parse_fields(type, '}');
    expect('}');
    return type;
}

static void write_struct(const struct type *type)
{
    for (int i = 0; i < type->count; i++)
        if (type->field[i].type->kind == TYPE_LIST) write_struct(type->field[i].type);
    fprintf(header, "struct %s {\n", type->struct_name);
    for (int i = 0; i < type->count; i++) {
        const struct field *field = &type->field[i];
        if (field->type->kind == TYPE_LIST)
            fprintf(header, "    const struct %s *%s;\n    size_t %s_count;\n",
                    field->type->struct_name, field->name, field->name);
        else
            fprintf(header, "    %s %s;\n", type_in_c[field->type->kind], field->name);
    }
    fprintf(header, "};\n");
}

static void check_used(const struct type *type)
{
    for (int i = 0; i < type->count; i++) {
        if (!type->field[i].used) fail("the parameter '%s' is not used", type->field[i].name);
        if (type->field[i].type->kind == TYPE_LIST) check_used(type->field[i].type);
    }
}

/* --- where in the HTML we are --------------------------------------------------------- */

enum place { IN_TEXT, IN_TAG, IN_VALUE };

static enum place place;
static char tag[NAME];        /* of the tag we are in */
static bool closing;          /* it is </tag> */
static char attribute[NAME];  /* of the value we are in */
static size_t value_start;    /* offset of its first byte */
static char open_tags[DEPTH][NAME];
static int open_count;
static bool script_has_source;

static bool is_one_of(const char *name, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(name, *list) == 0) return true;
    return false;
}

static bool is_void(const char *name)
{
    static const char *const list[] = {"area", "base", "br",   "col",    "embed", "hr",  "img",
                                       "input", "link", "meta", "source", "track", "wbr", NULL};
    return is_one_of(name, list);
}

static bool takes_url(const char *name)
{
    static const char *const list[] = {"href",   "src",  "action", "formaction", "xlink:href",
                                       "poster", "cite", "data",   "srcset",     NULL};
    return is_one_of(name, list);
}

static void literal(size_t from, size_t to)
{
    if (from == to) return;
    fputs("    buf_add(out, STR(\"", source);
    for (size_t i = from; i < to; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '\n')
            fputs("\\n", source);
        else if (c == '"' || c == '\\')
            fprintf(source, "\\%c", c);
        else if (c < 32 || c > 126 || c == '?')
            fprintf(source, "\\%03o", c);
        else
            fputc(c, source);
    }
    fputs("\"));\n", source);
}

static void tag_ends(bool self_closing)
{
    if (closing) {
        if (open_count == 0 || strcmp(open_tags[open_count - 1], tag) != 0)
            fail("</%s> closes what is not open (open: %s)", tag,
                 open_count ? open_tags[open_count - 1] : "nothing");
        open_count--;
    } else if (!self_closing && !is_void(tag)) {
        if (open_count == DEPTH) fail("elements are nested too deeply");
        memcpy(open_tags[open_count++], tag, NAME);
        if (strcmp(tag, "script") == 0) {
            if (!script_has_source) fail("inline script is refused: put it into assets/");
            if (strncmp(text + at + 1, "</script>", 9) != 0)
                fail("inline script is refused: put it into assets/");
        }
    }
    place = IN_TEXT;
}

static void tag_begins(void)
{
    closing = text[at] == '/';
    if (closing) at++;
    size_t n = 0;
    while (isalnum((unsigned char)text[at]) || text[at] == '-') {
        if (n == NAME - 1) fail("a tag's name is too long");
        tag[n++] = text[at++];
    }
    tag[n] = 0;
    if (n == 0) fail("'<' in text is written &lt;");
    if (strcmp(tag, "style") == 0) fail("inline style is refused: put it into assets/");
    script_has_source = false;
    place = IN_TAG;
}

static void attribute_begins(void)
{
    size_t n = 0;
    while (isalnum((unsigned char)text[at]) || strchr("-_:", text[at])) {
        if (n == NAME - 1) fail("an attribute's name is too long");
        attribute[n++] = text[at++];
    }
    attribute[n] = 0;
    if (n == 0) fail("'%c' has no place in a tag", text[at]);
    if (strncmp(attribute, "on", 2) == 0) fail("on… attributes are refused: put it into assets/");
    if (strcmp(attribute, "style") == 0) fail("style attributes are refused: use a class");
    if (text[at] != '=') return;
    at++;
    if (text[at] != '"') fail("the value of %s needs double quotes", attribute);
    at++;
    if (strcmp(attribute, "src") == 0) script_has_source = true;
    if (takes_url(attribute) && strncmp(text + at, "javascript:", 11) == 0)
        fail("javascript: is refused");
    value_start = at;
    place = IN_VALUE;
}

/* --- insertions and blocks ---------------------------------------------------------------- */

struct scope {
    char name[NAME]; /* empty: the view itself */
    struct type *type;
};
static struct scope scopes[DEPTH];
static int scope_count;

struct block {
    char kind; /* 'i' or 'e' */
    bool had_else;
    int open_count;
    enum place place;
};
static struct block blocks[DEPTH];
static int block_count;

/* "row.name" -> its field and the C expression for it. */
static struct field *resolve(char *expression, size_t size)
{
    char first[NAME];
    char second[NAME] = "";
    word(first);
    if (text[at] == '.') {
        at++;
        word(second);
    }
    struct scope *scope = &scopes[0];
    const char *name = first;
    if (second[0]) {
        name = second;
        int i = scope_count - 1;
        while (i > 0 && strcmp(scopes[i].name, first) != 0) i--;
        if (i == 0) fail("there is no '%s' here", first);
        scope = &scopes[i];
    }
    for (int i = 0; i < scope->type->count; i++) {
        struct field *field = &scope->type->field[i];
        if (strcmp(field->name, name) != 0) continue;
        field->used = true;
        snprintf(expression, size, "%s->%s", second[0] ? first : "view", name);
        return field;
    }
    fail("there is no parameter '%s'", name);
}

static void end_directive(void)
{
    spaces();
    if (!starts("}}")) fail("'}}' is missing");
    at += 2;
}

static void insert_number(const char *expression)
{
    bool sign = false;
    int decimals = 0;
    if (text[at] != ':') fail("say how a num is shown, like {{x:.1f}}");
    at++;
    if (text[at] == '+') {
        sign = true;
        at++;
    }
    if (text[at] != '.' || !isdigit((unsigned char)text[at + 1]) || text[at + 2] != 'f')
        fail("say how a num is shown, like {{x:.1f}} or {{x:+.2f}}");
    decimals = text[at + 1] - '0';
    at += 3;
    fprintf(source, "    html_number(out, %s, %d, %s);\n", expression, decimals,
            sign ? "true" : "false");
}

static void insertion(void)
{
    char expression[NAME * 3];
    bool whole = place == IN_VALUE && at - 2 == value_start;
    if (place == IN_TAG) fail("an insertion in a tag must stand in a double-quoted attribute");
    struct field *field = resolve(expression, sizeof expression);
    enum type_kind kind = field->type->kind;
    bool link = place == IN_VALUE && takes_url(attribute);
    if (link && kind != TYPE_URL) fail("%s takes a url alone", attribute);
    if (!link && kind == TYPE_URL) fail("a url may stand only in href, src or action");
    if (kind == TYPE_HTML && place != IN_TEXT) fail("html may stand only in text");
    switch (kind) {
    case TYPE_STR:
        fprintf(source, "    html_%s(out, %s);\n", place == IN_TEXT ? "text" : "attribute", expression);
        break;
    case TYPE_INT: fprintf(source, "    buf_add_int(out, %s);\n", expression); break;
    case TYPE_NUM: insert_number(expression); break;
    case TYPE_URL: fprintf(source, "    html_attribute(out, %s.s);\n", expression); break;
    case TYPE_HTML: fprintf(source, "    buf_add(out, %s.s);\n", expression); break;
    default: fail("'%s' cannot be shown by itself", field->name);
    }
    end_directive();
    if (link && (!whole || text[at] != '"')) fail("a url is the whole value of %s", attribute);
}

static void block_begins(char kind)
{
    if (block_count == DEPTH) fail("blocks are nested too deeply");
    if (place == IN_TAG && kind == 'e') fail("{{#each}} may not stand in a tag");
    blocks[block_count++] = (struct block){kind, false, open_count, place};
}

static void check_block(const char *where)
{
    const struct block *block = &blocks[block_count - 1];
    if (block->open_count != open_count)
        fail("an element opened or closed in this block alone (at %s)", where);
    if (block->place != place) fail("a block begins and ends in different places (at %s)", where);
}

static void begin_if(void)
{
    char expression[NAME * 3];
    spaces();
    bool negated = starts("not ");
    if (negated) at += 4;
    spaces();
    struct field *field = resolve(expression, sizeof expression);
    static const char *const tests[] = {"%s.len", "%s != 0", "%s != 0", "%s",
                                        "%s.s.len", "%s.s.len", "%s_count"};
    fprintf(source, negated ? "    if (!(" : "    if ((");
    const char *test = tests[field->type->kind];
    fprintf(source, "%s%s)) {\n", expression, test + 2);
    end_directive();
    block_begins('i');
}

static void begin_each(void)
{
    char expression[NAME * 3];
    char name[NAME];
    spaces();
    struct field *field = resolve(expression, sizeof expression);
    if (field->type->kind != TYPE_LIST) fail("'%s' is not a list", field->name);
    spaces();
    if (!starts("as ")) fail("write {{#each list as name}}");
    at += 3;
    spaces();
    word(name);
    end_directive();
    fprintf(source,
            "    for (size_t %s_at = 0; %s_at < %s_count; %s_at++) {\n"
            "    const struct %s *%s = &%s[%s_at];\n",
            name, name, expression, name, field->type->struct_name, name, expression, name);
    block_begins('e');
    if (scope_count == DEPTH) fail("blocks are nested too deeply");
    memcpy(scopes[scope_count].name, name, NAME);
    scopes[scope_count++].type = field->type;
}

static void end_block(char kind)
{
    end_directive();
    if (block_count == 0 || blocks[block_count - 1].kind != kind) fail("this closes no block");
    check_block("its end");
    block_count--;
    if (kind == 'e') scope_count--;
    fputs("    }\n", source);
}

static void directive(void)
{
    at += 2;
    if (starts("#if ")) {
        at += 4;
        begin_if();
    } else if (starts("#each ")) {
        at += 6;
        begin_each();
    } else if (starts("#else")) {
        at += 5;
        end_directive();
        if (block_count == 0 || blocks[block_count - 1].kind != 'i' || blocks[block_count - 1].had_else)
            fail("{{#else}} has no {{#if}}");
        check_block("{{#else}}");
        blocks[block_count - 1].had_else = true;
        fputs("    } else {\n", source);
    } else if (starts("/if")) {
        at += 3;
        end_block('i');
    } else if (starts("/each")) {
        at += 5;
        end_block('e');
    } else {
        insertion();
    }
}

/* --- the body -------------------------------------------------------------------------------- */

static void skip_comment(void)
{
    const char *end = strstr(text + at, "-->");
    if (!end) fail("a comment is not closed");
    const char *inside = strstr(text + at, "{{");
    if (inside && inside < end) fail("an insertion in a comment is refused");
    at = (size_t)(end - text) + 3;
}

/* One step of the HTML that is no directive. */
static void step(void)
{
    char c = text[at];
    if (place == IN_VALUE) {
        if (c == '"') place = IN_TAG;
        at++;
    } else if (place == IN_TEXT) {
        at++;
        if (c == '<' && text[at] == '!') {
            while (text[at] && text[at] != '>') at++; /* the doctype */
            at++;
        } else if (c == '<') {
            tag_begins();
        }
    } else if (isspace((unsigned char)c)) {
        at++;
    } else if (c == '>') {
        tag_ends(false);
        at++;
    } else if (c == '/' && text[at + 1] == '>') {
        at++;
        tag_ends(true);
        at++;
    } else {
        attribute_begins();
    }
}

static void compile_body(void)
{
    size_t from = at;
    while (at < length) {
        if (starts("{{")) {
            literal(from, at);
            directive();
            from = at;
        } else if (place == IN_TEXT && starts("<!--")) {
            literal(from, at);
            skip_comment();
            from = at;
        } else {
            step();
        }
    }
    literal(from, at);
    if (block_count) fail("a block is not closed");
    if (open_count) fail("<%s> is not closed", open_tags[open_count - 1]);
    if (place != IN_TEXT) fail("the view ends inside a tag");
}

static void read_file(const char *path)
{
    file = path;
    FILE *in = fopen(path, "rb");
    if (!in) {
        perror(path);
        exit(1);
    }
    length = fread(text, 1, TEXT - 1, in);
    fclose(in);
    at = 0;
    if (length == TEXT - 1) fail("the view is too long");
    text[length] = 0;
}

static void compile(const char *path)
{
    read_file(path);
    const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    int name_length = (int)strcspn(name, ".");
    struct type *view = allocate(sizeof *view);
    snprintf(view->struct_name, sizeof view->struct_name, "view_%.*s", name_length, name);
    if (!starts("---\n")) fail("a view begins with its parameters between lines of ---");
    at += 4;
    parse_fields(view, '-');
    if (!starts("---\n")) fail("the parameters end with a line of ---");
    at += 4;
    write_struct(view);
    fprintf(header, "void %s(struct buf *out, const struct %s *view);\n\n", view->struct_name,
            view->struct_name);
    fprintf(source, "void %s(struct buf *out, const struct %s *view)\n{\n    (void)view;\n",
            view->struct_name, view->struct_name);
    scopes[0] = (struct scope){.type = view};
    scope_count = 1;
    place = IN_TEXT;
    compile_body();
    fputs("}\n\n", source);
    check_used(view);
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: viewc VIEW.html... HEADER SOURCE\n", stderr);
        return 2;
    }
    header = fopen(argv[argc - 2], "wb");
    source = fopen(argv[argc - 1], "wb");
    if (!header || !source) {
        perror("viewc");
        return 1;
    }
    fputs("/* Made by tools/viewc.c from views/. */\n#ifndef PENDEEN_VIEWS_H\n#define "
          "PENDEEN_VIEWS_H\n\n#include \"html/html.h\"\n\n",
          header);
    fputs("/* Made by tools/viewc.c from views/. */\n#include \"views.h\"\n\n", source);
    for (int i = 1; i < argc - 2; i++) compile(argv[i]);
    fputs("#endif\n", header);
    return fclose(header) || fclose(source);
}
