#include "domain/area_trace.h"

#include "base/arena.h"
#include "domain/area_sentence.h"
#include "domain/area_sources.h"
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
    const char *path =
        str_c(tracing->arena, str_fmt(tracing->arena, "%s/%.*s", tracing->folder, STR_ARG(name)));
    FILE *file = fopen(path, "rb");
    if (!file) {
        enum st st =
            err_set(tracing->err, ST_NOT_FOUND, "The area pack has no %.*s.", STR_ARG(name));
        err_detail(tracing->err, "%s: %s", path, strerror(errno));
        return st;
    }
    char *text = arena_alloc(tracing->arena, FILE_MAX);
    size_t size = fread(text, 1, FILE_MAX, file);
    fclose(file);
    *ret = str_of(text, size);
    return ST_OK;
}

/* What provenance.txt says of a file under one key: "source" of all of it,
 * or a key of its headings. */
static struct str file_source(struct tracing *tracing, struct str file, struct str key)
{
    ptrdiff_t dot = str_find(file, STR("."), 0);
    struct str id = dot > 0 ? str_sub(file, 0, (size_t)dot) : file;
    for (size_t i = 0; i < tracing->provenance.section_count; i++)
        if (str_eq(tracing->provenance.section[i].id, id))
            return area_text_value(&tracing->provenance.section[i], key);
    return STR("");
}

/* The facts of the published page that a sentence tells: their keys, parted by blanks. */
static struct str facts_of(struct tracing *tracing, struct str file,
                           const struct area_sentence *sentence)
{
    enum { WORDS_RUN_OVER_LINES = 8 };
    struct str keys = STR("");
    size_t count = 0;
    const struct area_source *source = area_sources(tracing->area, &count);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < source[i].found_count; k++) {
            const struct area_found *found = &source[i].found[k];
            if (!str_eq(found->file, file) || found->line > sentence->last ||
                found->line + WORDS_RUN_OVER_LINES < sentence->first ||
                !area_sentence_has(tracing->arena, sentence->text, found->words))
                continue;
            keys = str_fmt(tracing->arena, "%.*s%s%.*s", STR_ARG(keys), keys.len ? " " : "",
                           STR_ARG(source[i].id));
            break;
        }
    return keys;
}

static struct str inherited(struct tracing *tracing, struct str source, struct str from)
{
    return source.len ? str_fmt(tracing->arena, "%.*s (%.*s)", STR_ARG(source), STR_ARG(from))
                      : source;
}

/* --- numbers ---------------------------------------------------------------------------------- */

static bool same_number(struct str a, struct str b)
{
    size_t i = 0;
    size_t k = 0;
    for (;;) {
        while (i < a.len && a.ptr[i] == ' ') i++;
        while (k < b.len && b.ptr[k] == ' ') k++;
        if (i == a.len || k == b.len) return i == a.len && k == b.len;
        if (a.ptr[i++] != b.ptr[k++]) return false;
    }
}

/* A number that somebody may dial has to be one of contacts.txt: its line there; 0: it is none. */
static size_t line_of_number(const struct tracing *tracing, struct str number)
{
    size_t count = 0;
    const struct area_contact *contact = area_contacts(tracing->area, &count);
    for (size_t i = 0; i < count; i++)
        if (same_number(contact[i].phone, number) || same_number(contact[i].text, number))
            return contact[i].line;
    return 0;
}

/* Three digits and more, with the blanks between them; from *at on. */
static bool next_number(struct str text, size_t *at, struct str *ret, size_t *ret_digits)
{
    while (*at < text.len) {
        size_t begins = *at;
        size_t digits = 0;
        size_t end = begins;
        for (size_t i = begins;
             i < text.len && ((text.ptr[i] >= '0' && text.ptr[i] <= '9') || text.ptr[i] == ' ');
             i++)
            if (text.ptr[i] != ' ') {
                digits++;
                end = i + 1;
            }
        *at = end > begins ? end : begins + 1;
        if (digits < 3) continue;
        *ret = str_trim(str_sub(text, begins, end - begins));
        *ret_digits = digits;
        return true;
    }
    return false;
}

/* Of a form or a list, where years, amounts and sections of laws stand too. */
static bool is_dialled(struct str number, size_t digits)
{
    static const char *const shortest[] = {"999", "101", "112"};
    for (size_t i = 0; i < sizeof shortest / sizeof *shortest; i++)
        if (str_eq(number, str_from(shortest[i]))) return true;
    return digits >= 10 && number.ptr[0] == '0';
}

/* Puts after the source of a sentence where each of its numbers is from.
 * `all`: every number counts. */
static enum st trace_numbers(struct tracing *tracing, struct str file,
                             const struct area_sentence *sentence, bool all, struct str *source)
{
    struct str number;
    size_t digits = 0;
    for (size_t at = 0; next_number(sentence->text, &at, &number, &digits);) {
        if (!all && !is_dialled(number, digits)) continue;
        size_t line = line_of_number(tracing, number);
        if (!line)
            return err_set(tracing->err, ST_INVALID,
                           "%.*s, line %zu: the number %.*s is none of contacts.txt.",
                           STR_ARG(file), sentence->first, STR_ARG(number));
        *source = str_fmt(tracing->arena, "%.*s; %.*s: contacts.txt:%zu", STR_ARG(*source),
                          STR_ARG(number), line);
    }
    return ST_OK;
}

/* --- text files ------------------------------------------------------------------------------ */

static struct str value(struct area_section *section, const char *key)
{
    return area_text_value(section, str_from(key));
}

/* The lines of a file from `first` to before `end` as they are written, remarks left blank. */
static struct str lines_between(struct tracing *tracing, struct str whole, size_t first, size_t end)
{
    char *text = arena_alloc(tracing->arena, whole.len + 1);
    size_t len = 0;
    size_t number = 0;
    struct str line;
    while (str_split(&whole, '\n', &line) && ++number < end) {
        if (number < first) continue;
        if (line.len && !str_starts(str_trim(line), STR("#"))) {
            memcpy(text + len, line.ptr, line.len);
            len += line.len;
        }
        text[len++] = '\n';
    }
    return str_of(text, len);
}

/* Not contacts.txt, which is where they are from, and not the map, all of which is numbers. */
static bool has_numbers(struct str file)
{
    return !str_eq(file, STR("contacts.txt")) && !str_eq(file, STR("map.txt"));
}

/* Each sentence of a value.  `source` is that of its heading. */
static enum st trace_value(struct tracing *tracing, const struct area_text *text,
                           const struct area_section *section, const struct area_pair *pair,
                           struct str whole, size_t end, struct str source)
{
    struct str of_key =
        inherited(tracing, file_source(tracing, text->file, pair->key),
                  str_fmt(tracing->arena, "every '%.*s' of the file", STR_ARG(pair->key)));
    struct area_sentences sentences;
    struct str lines = lines_between(tracing, whole, pair->line, end);
    ptrdiff_t equals = str_find(lines, STR("="), 0);
    area_sentences_of_value(tracing->arena,
                            str_sub(lines, equals < 0 ? 0 : (size_t)equals + 1, lines.len),
                            pair->line, &sentences);
    for (size_t i = 0; i < sentences.count; i++) {
        struct area_sentence said = sentences.list[i];
        said.text = str_fmt(tracing->arena, "%.*s = %.*s", STR_ARG(pair->key), STR_ARG(said.text));
        struct str from = facts_of(tracing, text->file, &said);
        if (!from.len) from = of_key.len ? of_key : source;
        if (!from.len)
            return area_text_wrong(
                text, said.first, tracing->err,
                "[%.*s] does not say where it comes from: write 'source = ...', or name the "
                "file in provenance.txt.",
                STR_ARG(section->id));
        enum st st = has_numbers(text->file)
                         ? trace_numbers(tracing, text->file, &said, false, &from)
                         : ST_OK;
        if (st != ST_OK) return st;
        add(tracing, (struct area_trace){text->file, said.first, said.text, from});
    }
    return ST_OK;
}

/* A key that provenance.txt names has to stand in the file. */
static enum st keys_are_there(struct tracing *tracing, const struct area_text *text)
{
    ptrdiff_t dot = str_find(text->file, STR("."), 0);
    for (size_t i = 0; i < tracing->provenance.section_count; i++) {
        const struct area_section *said = &tracing->provenance.section[i];
        if (!str_eq(said->id, str_sub(text->file, 0, (size_t)dot))) continue;
        for (size_t k = 0; k < said->pair_count; k++) {
            bool there = str_eq(said->pair[k].key, STR("source"));
            for (size_t s = 0; s < text->section_count && !there; s++)
                for (size_t p = 0; p < text->section[s].pair_count && !there; p++)
                    there = str_eq(text->section[s].pair[p].key, said->pair[k].key);
            if (!there)
                return area_text_wrong(&tracing->provenance, said->pair[k].line, tracing->err,
                                       "%.*s has no key '%.*s'.", STR_ARG(text->file),
                                       STR_ARG(said->pair[k].key));
        }
    }
    return ST_OK;
}

/* Where a heading says that it comes from: itself, the section that its
 * question is part of, its file. */
static struct str source_of(struct tracing *tracing, const struct area_text *text,
                            struct area_section *section, struct str *of_section)
{
    struct str of_file =
        inherited(tracing, file_source(tracing, text->file, STR("source")), STR("the whole file"));
    struct str source = value(section, "source-of"); /* where 'source' says something else */
    if (!source.len) source = value(section, "source");
    source = inherited(tracing, source, str_fmt(tracing->arena, "[%.*s]", STR_ARG(section->id)));
    if (value(section, "section").len) *of_section = source.len ? source : of_file;
    bool asked = value(section, "step").len || value(section, "question").len;
    return source.len ? source : asked ? *of_section : of_file;
}

static enum st trace_text(struct tracing *tracing, struct str file)
{
    struct str whole;
    struct area_text text;
    enum st st = read_whole(tracing, file, &whole);
    if (st == ST_OK) st = area_text_parse(tracing->arena, file, whole, &text, tracing->err);
    if (st == ST_OK) st = keys_are_there(tracing, &text);
    struct str of_section = STR("");
    for (size_t i = 0; st == ST_OK && i < text.section_count; i++) {
        struct area_section *section = &text.section[i];
        struct str source = source_of(tracing, &text, section, &of_section);
        bool graded = value(section, "source-of").len > 0;
        for (size_t k = 0; st == ST_OK && k < section->pair_count; k++) {
            const struct area_pair *pair = &section->pair[k];
            size_t end = k + 1 < section->pair_count ? pair[1].line
                         : i + 1 < text.section_count ? section[1].line
                                                      : SIZE_MAX;
            if (!str_eq(pair->key, STR("source-of")) &&
                (graded || !str_eq(pair->key, STR("source"))))
                st = trace_value(tracing, &text, section, pair, whole, end, source);
        }
    }
    return st;
}

/* --- guidance --------------------------------------------------------------------------------- */

/* Is it one of the page's sentences that guidance-sources.txt marks as our own? */
static bool is_own(struct tracing *tracing, const struct area_guidance *page, struct str sentence)
{
    struct str own = page->own;
    struct str words;
    while (str_split(&own, '\n', &words))
        if (words.len && area_sentence_has(tracing->arena, sentence, words)) return true;
    return false;
}

/* "words: source" of guidance-sources.txt. */
static bool split_other(struct str line, struct str *words, struct str *source)
{
    ptrdiff_t colon = str_find(line, STR(": "), 0);
    if (colon <= 0) return false;
    *words = str_trim(str_sub(line, 0, (size_t)colon));
    *source = str_trim(str_sub(line, (size_t)colon + 2, line.len));
    return words->len && source->len;
}

static struct str source_of_other(struct tracing *tracing, const struct area_guidance *page,
                                  struct str sentence)
{
    struct str other = page->other;
    struct str line;
    struct str words;
    struct str source;
    while (str_split(&other, '\n', &line))
        if (split_other(line, &words, &source) &&
            area_sentence_has(tracing->arena, sentence, words))
            return str_fmt(tracing->arena, "%.*s (guidance-sources.txt:%zu)", STR_ARG(source),
                           page->source_line);
    return STR("");
}

/* The words that guidance-sources.txt gives have to stand on the page. */
static enum st marked_are_there(struct tracing *tracing, const struct area_guidance *page,
                                struct str whole)
{
    struct str lists[] = {page->own, page->other};
    struct str line;
    struct str source;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        while (str_split(&lists[i], '\n', &line)) {
            struct str words = line;
            if (!line.len) continue;
            if (i == 1 && !split_other(line, &words, &source))
                return err_set(tracing->err, ST_INVALID,
                               "guidance-sources.txt, line %zu: [%.*s]: other is words of the "
                               "page, a colon and their source.",
                               page->source_line, STR_ARG(page->id));
            if (!area_line_of(tracing->arena, whole, words))
                return err_set(
                    tracing->err, ST_INVALID,
                    "guidance-sources.txt, line %zu: [%.*s]: the page does not say '%.*s'.",
                    page->source_line, STR_ARG(page->id), STR_ARG(words));
        }
    return ST_OK;
}

static enum st trace_sentence(struct tracing *tracing, const struct area_guidance *page,
                              struct str file, const struct area_sentence *sentence)
{
    struct str source = facts_of(tracing, file, sentence);
    if (!source.len && is_own(tracing, page, sentence->text))
        source = str_fmt(tracing->arena,
                         "Our own, for the partnership to confirm (guidance-sources.txt:%zu)",
                         page->source_line);
    if (!source.len) source = source_of_other(tracing, page, sentence->text);
    if (!source.len && sentence->heading)
        source = inherited(tracing, page->source, STR("a heading of the page"));
    if (!source.len) source = inherited(tracing, page->rest, STR("the rest of the page"));
    if (!source.len)
        return err_set(tracing->err, ST_INVALID,
                       "%.*s, line %zu: nothing says where '%.*s' comes from: find it in "
                       "sources.txt, or mark it in "
                       "guidance-sources.txt by 'own', 'other' or 'rest'.",
                       STR_ARG(file), sentence->first, STR_ARG(str_sub(sentence->text, 0, 40)));
    enum st st = trace_numbers(tracing, file, sentence, true, &source);
    if (st != ST_OK) return st;
    add(tracing, (struct area_trace){file, sentence->first, sentence->text, source});
    return ST_OK;
}

static enum st trace_page(struct tracing *tracing, const struct area_guidance *page)
{
    struct str file = str_fmt(tracing->arena, "guidance/%.*s.md", STR_ARG(page->id));
    struct str whole;
    struct area_sentences sentences;
    enum st st = read_whole(tracing, file, &whole);
    if (st == ST_OK) st = marked_are_there(tracing, page, whole);
    if (st != ST_OK) return st;
    area_sentences_of_page(tracing->arena, whole, &sentences);
    for (size_t i = 0; i < sentences.count && st == ST_OK; i++)
        st = trace_sentence(tracing, page, file, &sentences.list[i]);
    return st;
}

/* --- the pack --------------------------------------------------------------------------------- */

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
    if (!folder) return err_missing(tracing->err, "folder");
    for (const struct dirent *entry = readdir(folder); entry && count < FILES_MAX;
         entry = readdir(folder))
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
    if (st == ST_OK)
        st = area_text_parse(arena, STR("provenance.txt"), whole, &tracing.provenance, err);
    if (st == ST_OK) st = trace_files(&tracing);
    if (st == ST_OK && !file_source(&tracing, STR("bank-holidays.json"), STR("source")).len)
        st = err_set(err, ST_INVALID,
                     "provenance.txt, line 1: it has to say where [bank-holidays] come from.");
    if (st == ST_OK)
        add(&tracing,
            (struct area_trace){STR("bank-holidays.json"), 1, STR("days"),
                                file_source(&tracing, STR("bank-holidays.json"), STR("source"))});
    size_t pages = 0;
    const struct area_guidance *page = area_guidance(area, &pages);
    for (size_t i = 0; i < pages && st == ST_OK; i++) st = trace_page(&tracing, &page[i]);
    if (st != ST_OK) return st;
    *ret = tracing.list;
    *ret_count = tracing.count;
    return ST_OK;
}
