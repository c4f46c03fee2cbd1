#include "domain/area_guidance.h"

#include "base/arena.h"
#include "base/utf8.h"

#include <dirent.h>
#include <stdlib.h>

enum { GUIDANCE_MAX = 200, SCRATCH_MAX = 4 << 20 };

const struct area_guidance *guidance_page(const struct area_guidance_part *part, struct str id)
{
    for (size_t i = 0; i < part->page_count; i++)
        if (str_eq(part->page[i].id, id)) return &part->page[i];
    return NULL;
}

static int by_id(const void *a, const void *b)
{
    return str_cmp(((const struct area_guidance *)a)->id, ((const struct area_guidance *)b)->id);
}

static enum st read_page(struct arena *arena, const char *folder, struct str file,
                         area_read_fn *read, struct area_guidance_part *ret, struct err *err)
{
    struct str text;
    struct arena scratch;
    arena_init(&scratch, SCRATCH_MAX);
    enum st st = read((void *)(uintptr_t)folder, &scratch,
                      str_fmt(&scratch, "guidance/%.*s", STR_ARG(file)), &text, err);
    if (st == ST_OK) text = str_dup(arena, text);
    arena_done(&scratch);
    if (st != ST_OK) return st;
    if (!utf8_valid(text))
        return err_set(err, ST_INVALID, "guidance/%.*s is not UTF-8 text.", STR_ARG(file));
    struct str rest = text, title;
    str_split(&rest, '\n', &title);
    title = str_trim(title);
    if (!str_starts(title, STR("# ")))
        return err_set(err, ST_INVALID,
                       "guidance/%.*s, line 1: a page begins with its title, '# Title'.",
                       STR_ARG(file));
    ret->page[ret->page_count++] =
        (struct area_guidance){.id = str_dup(arena, str_sub(file, 0, file.len - 3)),
                               .title = str_trim(str_sub(title, 2, title.len)),
                               .text = str_trim(rest)};
    return ST_OK;
}

enum st area_guidance_read(struct arena *arena, const char *folder, area_read_fn *read,
                           struct area_guidance_part *ret, struct err *err)
{
    ret->page = arena_many(arena, GUIDANCE_MAX, struct area_guidance);
    DIR *pages = opendir(str_c(arena, str_fmt(arena, "%s/guidance", folder)));
    if (!pages) return ST_OK; /* a pack need not have any */
    enum st st = ST_OK;
    for (struct dirent *entry; st == ST_OK && (entry = readdir(pages));) {
        struct str file = str_from(entry->d_name);
        if (!str_ends(file, STR(".md")) || file.ptr[0] == '.') continue;
        st = ret->page_count == GUIDANCE_MAX
                 ? err_set(err, ST_INVALID, "There are more than %d pages of guidance.",
                           GUIDANCE_MAX)
                 : read_page(arena, folder, file, read, ret, err);
    }
    closedir(pages);
    qsort(ret->page, ret->page_count, sizeof ret->page[0], by_id);
    return st;
}

/* Every page stands under one heading: one that nobody finds is a mistake. */
enum st area_guidance_groups_read(struct arena *arena, struct area_text *text,
                                  struct area_guidance_part *ret, struct err *err)
{
    size_t placed = 0;
    ret->group = arena_many(arena, text->section_count + 1, struct area_guidance_group);
    for (size_t i = 0; i < text->section_count; i++) {
        struct area_section *section = &text->section[i];
        struct area_guidance_group *group = &ret->group[ret->group_count++];
        struct str pages;
        struct str id;
        group->id = section->id;
        enum st st = area_text_need(text, section, "title", &group->title, err);
        if (st == ST_OK) st = area_text_need(text, section, "pages", &pages, err);
        if (st != ST_OK) return st;
        group->page = arena_many(arena, ret->page_count + 1, const struct area_guidance *);
        while (str_split(&pages, '\n', &id)) {
            const struct area_guidance *page = guidance_page(ret, id);
            if (!page || group->page_count == ret->page_count)
                return area_text_wrong(text, section->line, err, "guidance/ has no %.*s.md.",
                                       STR_ARG(id));
            group->page[group->page_count++] = page;
            placed++;
        }
    }
    if (placed != ret->page_count)
        return area_text_wrong(text, 1, err, "%zu pages stand here, and guidance/ has %zu.", placed,
                               ret->page_count);
    return ST_OK;
}

/* Each page has its source, and no other has. */
enum st area_guidance_sources_read(struct area_text *text, struct area_guidance_part *ret,
                                   struct err *err)
{
    for (size_t i = 0; i < text->section_count; i++) {
        struct area_section *section = &text->section[i];
        struct area_guidance *page =
            (struct area_guidance *)(uintptr_t)guidance_page(ret, section->id);
        if (!page)
            return area_text_wrong(text, section->line, err, "guidance/ has no %.*s.md.",
                                   STR_ARG(section->id));
        enum st st = area_text_need(text, section, "source", &page->source, err);
        if (st != ST_OK) return st;
        page->own = area_text_value(section, STR("own"));
        page->other = area_text_value(section, STR("other"));
        page->rest = area_text_value(section, STR("rest"));
        page->source_line = section->line;
    }
    for (size_t i = 0; i < ret->page_count; i++)
        if (!ret->page[i].source.len)
            return area_text_wrong(text, 1, err, "[%.*s] is missing.", STR_ARG(ret->page[i].id));
    return ST_OK;
}
