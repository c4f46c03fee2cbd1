#include "domain/area_sources.h"

#include "base/arena.h"
#include "domain/area_sentence.h"

size_t area_line_of(struct arena *arena, struct str text, struct str words)
{
    struct area_flat flat = area_flatten(arena, text);
    struct area_flat wanted = area_flatten(arena, words);
    if (!wanted.len) return 0;
    ptrdiff_t at = str_find_nocase(str_of(flat.text, flat.len), str_of(wanted.text, wanted.len), 0);
    return at < 0 ? 0 : flat.line[at];
}

/* "guidance/who-and-where.md: Most are men" */
static enum st read_found(const struct area_text *text, const struct area_section *section,
                          struct str line, area_read_fn *read, void *context,
                          struct area_found *ret, struct err *err)
{
    struct str file;
    struct str words = line;
    struct str whole;
    if (!str_split(&words, ':', &file) || !str_trim(words).len)
        return area_text_wrong(text, section->line, err,
                               "[%.*s]: found is a file, a colon and words.", STR_ARG(section->id));
    if (str_find(file, STR(".."), 0) >= 0)
        return area_text_wrong(text, section->line, err, "[%.*s]: found names a file of the pack.",
                               STR_ARG(section->id));
    *ret = (struct area_found){.file = str_trim(file), .words = str_trim(words)};
    struct arena scratch;
    arena_init(&scratch, 32 << 20);
    enum st st = read(context, &scratch, ret->file, &whole, err);
    if (st == ST_OK) ret->line = area_line_of(&scratch, whole, ret->words);
    arena_done(&scratch);
    if (st == ST_OK && !ret->line)
        return area_text_wrong(text, section->line, err, "[%.*s]: %.*s does not say '%.*s'.",
                               STR_ARG(section->id), STR_ARG(ret->file), STR_ARG(ret->words));
    return st;
}

enum st area_sources_read(struct arena *arena, struct area_text *text, area_read_fn *read,
                          void *context, struct area_source **ret, size_t *ret_count,
                          struct err *err)
{
    *ret = arena_many(arena, text->section_count + 1, struct area_source);
    *ret_count = text->section_count;
    for (size_t i = 0; i < text->section_count; i++) {
        struct area_section *section = &text->section[i];
        struct area_source *source = &(*ret)[i];
        struct str found;
        struct str line;
        source->id = section->id;
        enum st st = area_text_need(text, section, "says", &source->says, err);
        if (st == ST_OK) st = area_text_need(text, section, "part", &source->part, err);
        if (st == ST_OK) st = area_text_need(text, section, "found", &found, err);
        while (st == ST_OK && str_split(&found, '\n', &line)) {
            if (source->found_count == AREA_FOUND_MAX)
                return area_text_wrong(text, section->line, err,
                                       "[%.*s] is found in more than %d places.",
                                       STR_ARG(section->id), AREA_FOUND_MAX);
            st = read_found(text, section, str_trim(line), read, context,
                            &source->found[source->found_count++], err);
        }
        if (st != ST_OK) return st;
    }
    return ST_OK;
}
