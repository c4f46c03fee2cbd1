/*
 * viewc: compiles views/NAME.html and views/partials/NAME.html to C.
 *
 *   viewc VIEW.html... HEADER SOURCE
 *
 * A view begins with its parameters between two lines of "---":
 *
 *     title: str
 *     rows: list of { name: str, href: url, count: int }
 *
 * Types: str, int, num (a double, shown as {{x:.1f}} or {{x:+.2f}}), bool, url,
 * html, list of { ... }, list of PARTIAL.PARAMETER (what that partial takes, to be given to
 * it).  The body is HTML with
 *
 *     {{title}}   {{#if x}} … {{#else}} … {{/if}}   {{#if not x}}
 *     {{#each rows as row}} … {{row.name}} … {{/each}}
 *     {{> field id="when" label="When was it?" value=when}}     a partial
 *
 * What keeps pages safe is refused here, with file and line, so that it cannot be
 * forgotten: an insertion anywhere but in text or in a double-quoted attribute;
 * anything but a url (and nothing beside it) in href, src and action; html but in
 * text; inline script, style and on… attributes; elements that are not closed or
 * that run what is in them; a parameter that is not used.
 */
#include "viewc.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct input in;
FILE *header;
FILE *source;

static _Noreturn void fail_with(size_t offset, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
static _Noreturn void fail_with(size_t offset, const char *format, va_list args)
{
    int line = 1;
    for (size_t i = 0; i < offset && i < in.length; i++) line += in.text[i] == '\n';
    fprintf(stderr, "%s:%d: ", in.file, line);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    exit(1);
}

void fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail_with(in.at, format, args);
}

void fail_at(size_t offset, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail_with(offset, format, args);
}

bool starts(const char *word)
{
    return strncmp(in.text + in.at, word, strlen(word)) == 0;
}

void spaces(void)
{
    while (in.text[in.at] == ' ' || in.text[in.at] == '\t') in.at++;
}

void all_spaces(void)
{
    while (isspace((unsigned char)in.text[in.at])) in.at++;
}

void expect(char c)
{
    if (in.text[in.at] != c) fail("'%c' is missing", c);
    in.at++;
}

void word(char ret[static NAME])
{
    size_t n = 0;
    while (isalnum((unsigned char)in.text[in.at]) || in.text[in.at] == '_') {
        if (n == NAME - 1) fail("a name is too long");
        ret[n++] = in.text[in.at++];
    }
    ret[n] = 0;
    if (n == 0) fail("a name is missing");
}

void *allocate(size_t size)
{
    void *memory = calloc(1, size);
    if (!memory) abort();
    return memory;
}

static void read_file(const char *path)
{
    in.file = path;
    in.at = 0;
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(1);
    }
    in.length = fread(in.text, 1, TEXT - 1, file);
    fclose(file);
    if (in.length == TEXT - 1) fail("the view is too long");
    in.text[in.length] = 0;
    if (strlen(in.text) != in.length) fail_at(strlen(in.text), "a NUL has no place in a view");
}

static void write_html(size_t from, size_t to)
{
    if (from == to) return;
    fputs("    buf_add(out, STR(", source);
    write_literal(in.text + from, to - from);
    fputs("));\n", source);
}

static void compile_body(void)
{
    size_t from = in.at;
    while (in.at < in.length) {
        bool directive = starts("{{");
        if (!directive && !(markup.place == IN_TEXT && starts("<!--"))) {
            markup_step();
            continue;
        }
        write_html(from, in.at);
        if (directive)
            insert_directive();
        else
            markup_skip_comment();
        from = in.at;
    }
    write_html(from, in.at);
}

/* "views/partials/field.html" -> "field" */
static void name_of(const char *path, char ret[static NAME])
{
    const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    size_t n = strcspn(name, ".");
    if (n == 0 || n >= NAME) {
        fprintf(stderr, "viewc: %s: not a name for a view\n", path);
        exit(1);
    }
    memcpy(ret, name, n);
    ret[n] = 0;
}

static bool is_partial(const char *path)
{
    return strstr(path, "/partials/") != NULL;
}

/* A view is public: its struct and function are declared in the header.  A partial
 * is private to the source, where views pass it its parameters. */
static void compile(const char *path)
{
    char name[NAME];
    char struct_name[2 * NAME];
    bool partial = is_partial(path);
    name_of(path, name);
    snprintf(struct_name, sizeof struct_name, "%s_%s", partial ? "partial" : "view", name);
    read_file(path);
    /* A partial may stand in the middle of a line. */
    if (partial && in.length > 0 && in.text[in.length - 1] == '\n') in.text[--in.length] = 0;
    struct type *view = type_of_view(struct_name);
    type_write(partial ? source : header, view);
    if (!partial)
        fprintf(header,
                "void %s(struct buf *out, const struct %s *view);\n"
                "struct html %s_later(const struct %s *view); /* draws it where it is put */\n\n",
                struct_name, struct_name, struct_name, struct_name);
    fprintf(source, "%svoid %s(struct buf *out, const struct %s *view)\n{\n    (void)view;\n",
            partial ? "static " : "", struct_name, struct_name);
    markup_begin();
    insert_begin(view, partial);
    compile_body();
    insert_end();
    markup_end();
    fputs("}\n\n", source);
    if (!partial)
        fprintf(
            source,
            "static void draw_%s(struct buf *out, const void *view)\n{\n    %s(out, view);\n}\n\n"
            "struct html %s_later(const struct %s *view)\n{\n    return (struct html){.draw = "
            "draw_%s, .view = view};\n}\n\n",
            struct_name, struct_name, struct_name, struct_name, struct_name);
    type_check_used(view);
    if (!partial) return;
    if (partial_count == PARTIALS) fail("there are too many partials");
    partials[partial_count] = (struct partial){.type = view, .file = path};
    memcpy(partials[partial_count++].name, name, NAME);
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: viewc VIEW.html... HEADER SOURCE\n", stderr);
        return 2;
    }
    const char *header_path = argv[argc - 2];
    header = fopen(header_path, "wb");
    source = fopen(argv[argc - 1], "wb");
    if (!header || !source) {
        perror("viewc");
        return 1;
    }
    char name[NAME];
    name_of(header_path, name);
    fprintf(header, "/* Made by tools/viewc.c. */\n#ifndef PENDEEN_GENERATED_%s\n"
                    "#define PENDEEN_GENERATED_%s\n\n#include \"html/html.h\"\n\n", name, name);
    fprintf(source, "/* Made by tools/viewc.c. */\n#include \"%s.h\"\n\n", name);
    for (int i = 1; i < argc - 2; i++)
        if (is_partial(argv[i])) compile(argv[i]);
    for (int i = 1; i < argc - 2; i++)
        if (!is_partial(argv[i])) compile(argv[i]);
    for (int i = 0; i < partial_count; i++)
        if (!partials[i].used) {
            fprintf(stderr, "%s:1: no view uses this partial\n", partials[i].file);
            return 1;
        }
    fputs("#endif\n", header);
    int bad = fclose(header);
    return fclose(source) || bad ? 1 : 0;
}
