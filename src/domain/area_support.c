#include "domain/area_support.h"

#include "base/arena.h"

enum st area_needs_read(struct arena *arena, struct area_text *text, struct area_directory *ret,
                        struct err *err)
{
    ret->need = arena_many(arena, text->section_count + 1, struct area_need);
    for (size_t i = 0; i < text->section_count; i++) {
        struct area_need *need = &ret->need[ret->need_count++];
        need->id = text->section[i].id;
        enum st st = area_text_need(text, &text->section[i], "label", &need->label, err);
        if (st != ST_OK) return st;
    }
    return ST_OK;
}

const struct area_need *directory_need(const struct area_directory *directory, struct str id)
{
    for (size_t i = 0; i < directory->need_count; i++)
        if (str_eq(directory->need[i].id, id)) return &directory->need[i];
    return NULL;
}

bool audience_from_words(struct str words, unsigned *ret)
{
    static const struct {
        struct str word;
        unsigned bit;
    } known[] = {{STR_INIT("child"), FOR_CHILD},
                 {STR_INIT("parent"), FOR_PARENT},
                 {STR_INIT("professional"), FOR_PROFESSIONAL}};
    struct str word;
    *ret = 0;
    while (str_split(&words, ' ', &word)) {
        size_t i = 0;
        while (i < 3 && !str_eq(word, known[i].word)) i++;
        if (i == 3) return false;
        *ret |= known[i].bit;
    }
    return *ret != 0;
}

/* "0-18"; nothing: any age. */
static bool read_ages(struct str text, struct area_support *support)
{
    int64_t from = 0;
    int64_t to = SUPPORT_AGE_MAX;
    struct str first;
    if (text.len && (!str_split(&text, '-', &first) || !str_to_int(str_trim(first), &from) ||
                     !str_to_int(str_trim(text), &to)))
        return false;
    if (from < 0 || to > SUPPORT_AGE_MAX || from > to) return false;
    support->age_from = (int16_t)from;
    support->age_to = (int16_t)to;
    return true;
}

static enum st read_support_needs(const struct area_directory *directory,
                                  const struct area_text *text, const struct area_section *section,
                                  struct str words, struct area_support *support, struct err *err)
{
    struct str word;
    while (str_split(&words, ' ', &word)) {
        const struct area_need *need = directory_need(directory, word);
        if (!need)
            return area_text_wrong(text, section->line, err, "needs.txt has no [%.*s].",
                                   STR_ARG(word));
        if (support->need_count == SUPPORT_NEEDS_MAX)
            return area_text_wrong(text, section->line, err, "it has more than %d needs.",
                                   SUPPORT_NEEDS_MAX);
        support->need[support->need_count++] = need;
    }
    return ST_OK;
}

static enum st read_one(const struct area *area, const struct area_text *text,
                        struct area_section *section, const struct area_directory *directory,
                        struct area_support *support, struct err *err)
{
    struct str contact;
    struct str audience;
    struct str needs;
    support->id = section->id;
    support->line = section->line;
    enum st st = area_text_need(text, section, "contact", &contact, err);
    if (st == ST_OK) st = area_text_need(text, section, "for", &audience, err);
    if (st == ST_OK) st = area_text_need(text, section, "needs", &needs, err);
    if (st == ST_OK) st = area_text_need(text, section, "about", &support->about, err);
    if (st == ST_OK) st = area_text_need(text, section, "source", &support->source, err);
    if (st != ST_OK) return st;
    support->contact = area_contact_find(area, contact);
    if (!support->contact)
        return area_text_wrong(text, section->line, err, "contacts.txt has no [%.*s].",
                               STR_ARG(contact));
    if (!audience_from_words(audience, &support->audience))
        return area_text_wrong(text, section->line, err,
                               "for is child, parent, professional, or some of them.");
    if (!read_ages(area_text_value(section, STR("ages")), support))
        return area_text_wrong(text, section->line, err, "ages are like 0-18.");
    support->organisation = area_text_value(section, STR("organisation"));
    if (!support->organisation.len) support->organisation = support->contact->name;
    support->website = area_text_value(section, STR("website"));
    if (support->website.len && !str_starts(support->website, STR("https://")))
        return area_text_wrong(text, section->line, err, "website begins with https://.");
    return read_support_needs(directory, text, section, needs, support, err);
}

enum st area_support_read(struct arena *arena, const struct area *area, struct area_text *text,
                          struct area_directory *ret, struct err *err)
{
    ret->support = arena_many(arena, text->section_count + 1, struct area_support);
    for (size_t i = 0; i < text->section_count; i++) {
        enum st st =
            read_one(area, text, &text->section[i], ret, &ret->support[ret->support_count++], err);
        if (st != ST_OK) return st;
    }
    return ST_OK;
}
