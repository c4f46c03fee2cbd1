#include "domain/area_trace.h"

#include "base/arena.h"
#include "domain/area_text.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 1 << 20, FILES_MAX = 200, ROOM = 256 };

struct tracing {
    struct arena *arena;
    const char *folder;
    const struct area *area;
    struct area_text provenance;
    struct area_trace *list;
    size_t count;
    size_t room;
    struct err *err;
};

static void add(struct tracing *tracing, struct area_trace trace)
{
    if (tracing->count == tracing->room) {
        size_t room = tracing->room ? tracing->room * 2 : ROOM;
        struct area_trace *wider = arena_many(tracing->arena, room, struct area_trace);
        if (tracing->count) memcpy(wider, tracing->list, tracing->count * sizeof *wider);
        tracing->list = wider;
        tracing->room = room;
    }
    tracing->list[tracing->count++] = trace;
}

static enum st read_whole(struct tracing *tracing, struct str name, struct str *ret)
{
    const char *path = str_c(tracing->arena, str_fmt(tracing->arena, "%s/%.*s", tracing->folder, STR_ARG(name)));
    FILE *file = fopen(path, "rb");
    if (!file) {
        enum st st = err_set(tracing->err, ST_NOT_FOUND, "The area pack has no %.*s.", STR_ARG(name));
        err_detail(tracing->err, "%s: %s", path, strerror(errno));
        return st;
    }
    char *text = arena_alloc(tracing->arena, FILE_MAX);
    size_t size = fread(text, 1, FILE_MAX, file);
    fclose(file);
    *ret = str_of(text, size);
    return ST_OK;
}

/* --- text files ------------------------------------------------------------------------------ */

static struct str value(struct area_section *section, const char *key)
{
    return area_text_value(section, str_from(key));
}

/* What provenance.txt says of a whole file: "clocks" of clocks.txt. */
static struct str file_source(struct tracing *tracing, struct str file)
{
    ptrdiff_t dot = str_find(file, STR("."), 0);
    struct str id = dot > 0 ? str_sub(file, 0, (size_t)dot) : file;
    for (size_t i = 0; i < tracing->provenance.section_count; i++)
        if (str_eq(tracing->provenance.section[i].id, id)) return value(&tracing->provenance.section[i], "source");
    return STR("");
}

static enum st trace_text(struct tracing *tracing, struct str file)
{
    struct str whole;
    struct area_text text;
    enum st st = read_whole(tracing, file, &whole);
    if (st == ST_OK) st = area_text_parse(tracing->arena, file, whole, &text, tracing->err);
    if (st != ST_OK) return st;
    struct str of_file = file_source(tracing, file);
    struct str of_section = of_file;
    for (size_t i = 0; i < text.section_count; i++) {
        struct area_section *section = &text.section[i];
        struct str source = value(section, "source-of"); /* where 'source' says something else */
        if (!source.len) source = value(section, "source");
        if (value(section, "section").len) of_section = source.len ? source : of_file;
        bool asked = value(section, "step").len || value(section, "question").len;
        if (!source.len) source = asked ? of_section : of_file;
        if (!source.len)
            return area_text_wrong(&text, section->line, tracing->err,
                                   "[%.*s] does not say where it comes from: write 'source = ...', or name the "
                                   "file in provenance.txt.",
                                   STR_ARG(section->id));
        add(tracing, (struct area_trace){file, section->line,
                                         str_fmt(tracing->arena, "[%.*s]", STR_ARG(section->id)), source});
    }
    return ST_OK;
}

/* --- guidance --------------------------------------------------------------------------------- */

/* The facts of the published page that stand between two lines of a file. */
static struct str facts_between(struct tracing *tracing, struct str file, size_t first, size_t last)
{
    struct str keys = STR("");
    size_t count = 0;
    const struct area_source *source = area_sources(tracing->area, &count);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < source[i].found_count; k++) {
            const struct area_found *found = &source[i].found[k];
            if (!str_eq(found->file, file) || found->line < first || found->line > last) continue;
            keys = str_fmt(tracing->arena, "%.*s%s%.*s", STR_ARG(keys), keys.len ? " " : "", STR_ARG(source[i].id));
            break;
        }
    return keys;
}

/* Does the page say that part of it is its own, or come from elsewhere? */
static bool has_own(struct str source)
{
    return str_find_nocase(source, STR("our own"), 0) >= 0 || str_find_nocase(source, STR("in our words"), 0) >= 0 ||
           str_find_nocase(source, STR("added here"), 0) >= 0 || str_find_nocase(source, STR("how this site"), 0) >= 0;
}

static enum st trace_paragraph(struct tracing *tracing, const struct area_guidance *page, struct str file,
                               struct str paragraph, size_t first, size_t last)
{
    struct str source = facts_between(tracing, file, first, last);
    bool heading = paragraph.len && paragraph.ptr[0] == '#';
    if (!source.len && (heading || has_own(page->source))) source = page->source;
    if (!source.len)
        return err_set(tracing->err, ST_INVALID,
                       "%.*s, line %zu: nothing says where this comes from: find it in sources.txt, or say in "
                       "guidance-sources.txt what of the page is our own.",
                       STR_ARG(file), first);
    struct str rest = paragraph;
    struct str begins;
    str_split(&rest, '\n', &begins);
    add(tracing, (struct area_trace){file, first, str_sub(begins, 0, 60), source});
    return ST_OK;
}

static enum st trace_page(struct tracing *tracing, const struct area_guidance *page)
{
    struct str file = str_fmt(tracing->arena, "guidance/%.*s.md", STR_ARG(page->id));
    struct str whole;
    enum st st = read_whole(tracing, file, &whole);
    size_t line = 0;
    size_t first = 0; /* line of the paragraph; 0: between two */
    size_t begins = 0;
    for (size_t at = 0; st == ST_OK && at <= whole.len;) {
        size_t end = at;
        while (end < whole.len && whole.ptr[end] != '\n') end++;
        line++;
        bool blank = end == whole.len || !str_trim(str_sub(whole, at, end - at)).len;
        if (!first && !blank) {
            first = line;
            begins = at;
        } else if (first && blank) {
            st = trace_paragraph(tracing, page, file, str_sub(whole, begins, end - begins), first, line);
            first = 0;
        }
        at = end + 1;
    }
    return st;
}

/* --- the pack ---------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The files that say something themselves: not those that say where it comes from. */
static bool is_said(struct str name)
{
    return str_ends(name, STR(".txt")) && !str_eq(name, STR("sources.txt")) &&
           !str_eq(name, STR("guidance-sources.txt")) && !str_eq(name, STR("provenance.txt"));
}

static enum st trace_files(struct tracing *tracing)
{
    char *name[FILES_MAX];
    size_t count = 0;
    DIR *folder = opendir(tracing->folder);
    if (!folder) return err_set(tracing->err, ST_NOT_FOUND, "There is no such folder.");
    for (const struct dirent *entry = readdir(folder); entry && count < FILES_MAX; entry = readdir(folder))
        if (is_said(str_from(entry->d_name)))
            name[count++] = (char *)(uintptr_t)str_c(tracing->arena, str_from(entry->d_name));
    closedir(folder);
    qsort(name, count, sizeof *name, by_name);
    enum st st = ST_OK;
    for (size_t i = 0; i < count && st == ST_OK; i++) st = trace_text(tracing, str_from(name[i]));
    return st;
}

enum st area_trace_read(struct arena *arena, const char *folder, const struct area *area,
                        struct area_trace **ret, size_t *ret_count, struct err *err)
{
    struct tracing tracing = {.arena = arena, .folder = folder, .area = area, .err = err};
    struct str whole;
    enum st st = read_whole(&tracing, STR("provenance.txt"), &whole);
    if (st == ST_OK) st = area_text_parse(arena, STR("provenance.txt"), whole, &tracing.provenance, err);
    if (st == ST_OK) st = trace_files(&tracing);
    if (st == ST_OK && !file_source(&tracing, STR("bank-holidays.json")).len)
        st = err_set(err, ST_INVALID, "provenance.txt, line 1: it has to say where [bank-holidays] come from.");
    if (st == ST_OK)
        add(&tracing, (struct area_trace){STR("bank-holidays.json"), 1, STR("days"),
                                          file_source(&tracing, STR("bank-holidays.json"))});
    size_t pages = 0;
    const struct area_guidance *page = area_guidance(area, &pages);
    for (size_t i = 0; i < pages && st == ST_OK; i++) st = trace_page(&tracing, &page[i]);
    if (st != ST_OK) return st;
    *ret = tracing.list;
    *ret_count = tracing.count;
    return ST_OK;
}
