#include "domain/area_text.h"

#include "base/arena.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>

enum { SECTIONS_MAX = 1000, PAIRS_MAX = 40 };

struct reader {
    struct arena *arena;
    struct area_text *text;
    struct area_section *section; /* the one being read; NULL before the first */
    size_t line;
    struct err *err;
};

enum st area_text_wrong(const struct area_text *text, size_t line, struct err *err,
                        const char *format, ...)
{
    char message[160];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return err_set(err, ST_INVALID, "%.*s, line %zu: %s", STR_ARG(text->file), line, message);
}

static bool is_word(struct str s)
{
    if (!s.len) return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
    }
    return true;
}

static enum st read_heading(struct reader *reader, struct str line)
{
    struct area_text *text = reader->text;
    struct str id = str_trim(str_sub(line, 1, line.len - 2));
    if (!str_ends(line, STR("]")) || !is_word(id))
        return area_text_wrong(text, reader->line, reader->err,
                               "a heading is [lower-case-words-with-hyphens].");
    for (size_t i = 0; i < text->section_count; i++)
        if (str_eq(text->section[i].id, id))
            return area_text_wrong(text, reader->line, reader->err,
                                   "[%.*s] stands on line %zu already.", STR_ARG(id),
                                   text->section[i].line);
    if (text->section_count == SECTIONS_MAX)
        return area_text_wrong(text, reader->line, reader->err, "there are more than %d headings.",
                               SECTIONS_MAX);
    reader->section = &text->section[text->section_count++];
    *reader->section =
        (struct area_section){.id = id,
                              .line = reader->line,
                              .pair = arena_many(reader->arena, PAIRS_MAX, struct area_pair)};
    return ST_OK;
}

static enum st read_pair(struct reader *reader, struct str line)
{
    struct area_section *section = reader->section;
    ptrdiff_t equals = str_find(line, STR("="), 0);
    struct str key = str_trim(str_sub(line, 0, equals < 0 ? 0 : (size_t)equals));
    if (equals < 0 || !is_word(key))
        return area_text_wrong(reader->text, reader->line, reader->err,
                               "this is neither 'key = value' nor a [heading].");
    if (!section)
        return area_text_wrong(reader->text, reader->line, reader->err,
                               "'%.*s' stands before the first [heading].", STR_ARG(key));
    for (size_t i = 0; i < section->pair_count; i++)
        if (str_eq(section->pair[i].key, key))
            return area_text_wrong(reader->text, reader->line, reader->err,
                                   "'%.*s' stands on line %zu already.", STR_ARG(key),
                                   section->pair[i].line);
    if (section->pair_count == PAIRS_MAX)
        return area_text_wrong(reader->text, reader->line, reader->err,
                               "there are more than %d keys.", PAIRS_MAX);
    section->pair[section->pair_count++] =
        (struct area_pair){.key = key,
                           .value = str_trim(str_sub(line, (size_t)equals + 1, line.len)),
                           .line = reader->line};
    return ST_OK;
}

static enum st read_more(struct reader *reader, struct str line)
{
    struct area_section *section = reader->section;
    if (!section || !section->pair_count)
        return area_text_wrong(reader->text, reader->line, reader->err,
                               "a line that begins with a space goes on with a value, and there "
                               "is none yet.");
    struct area_pair *pair = &section->pair[section->pair_count - 1];
    pair->value = pair->value.len ? str_fmt(reader->arena, "%.*s\n%.*s", STR_ARG(pair->value),
                                            STR_ARG(str_trim(line)))
                                  : str_trim(line);
    return ST_OK;
}

enum st area_text_parse(struct arena *arena, struct str file, struct str text,
                        struct area_text *ret, struct err *err)
{
    *ret = (struct area_text){.file = file};
    if (str_starts(text, STR("\xEF\xBB\xBF"))) text = str_sub(text, 3, text.len);
    size_t headings = 0;
    for (size_t i = 0; i < text.len; i++) headings += text.ptr[i] == '[';
    ret->section = arena_many(arena, headings < SECTIONS_MAX ? headings + 1 : SECTIONS_MAX,
                              struct area_section);
    struct reader reader = {.arena = arena, .text = ret, .err = err};
    struct str rest = text, line;
    while (str_split(&rest, '\n', &line)) {
        reader.line++;
        if (!utf8_valid(line))
            return area_text_wrong(ret, reader.line, err, "this is not UTF-8 text.");
        struct str plain = str_trim(line);
        if (!plain.len || plain.ptr[0] == '#') continue;
        enum st st = line.ptr[0] == ' ' || line.ptr[0] == '\t' ? read_more(&reader, plain)
                     : plain.ptr[0] == '['                     ? read_heading(&reader, plain)
                                                               : read_pair(&reader, plain);
        if (st != ST_OK) return st;
    }
    return ST_OK;
}

struct str area_text_value(struct area_section *section, struct str key)
{
    for (size_t i = 0; i < section->pair_count; i++) {
        if (!str_eq(section->pair[i].key, key)) continue;
        section->pair[i].used = true;
        return section->pair[i].value;
    }
    return STR("");
}

enum st area_text_all_used(const struct area_text *text, struct err *err)
{
    for (size_t s = 0; s < text->section_count; s++)
        for (size_t i = 0; i < text->section[s].pair_count; i++) {
            const struct area_pair *pair = &text->section[s].pair[i];
            if (!pair->used)
                return area_text_wrong(text, pair->line, err, "there is no key '%.*s' here.",
                                       STR_ARG(pair->key));
        }
    return ST_OK;
}

enum st area_text_need(const struct area_text *text, struct area_section *section, const char *key,
                       struct str *ret, struct err *err)
{
    *ret = area_text_value(section, str_from(key));
    if (ret->len) return ST_OK;
    return area_text_wrong(text, section->line, err, "[%.*s] needs '%s = ...'.",
                           STR_ARG(section->id), key);
}
