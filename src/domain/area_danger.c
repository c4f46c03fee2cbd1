#include "domain/area_danger.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/letter.h"
#include "base/utf8.h"

#include <stdlib.h>

/* More of them would let a phrase reach over half a page. */
enum { GAPS_MAX = 2 };

/* A decimal digit of another script. */
static bool is_digit(uint32_t c)
{
    static const uint32_t zero[] = {0x660, 0x6F0,  0x966,  0x9E6,  0xA66, 0xAE6,
                                    0xBE6, 0xC66,  0xCE6,  0xD66,  0xE50, 0xED0,
                                    0xF20, 0x1040, 0x17E0, 0x1810, 0xFF10};
    for (size_t i = 0; i < sizeof zero / sizeof *zero; i++)
        if (c >= zero[i] && c < zero[i] + 10) return true;
    return false;
}

uint32_t danger_letter(struct str text, size_t *at)
{
    uint32_t c = utf8_next(text, at);
    if (c == '\'' || c == 0x2019 || c == 0x2018 || c == '`' || c == 0xB4) return DANGER_APOSTROPHE;
    if (c >= 'A' && c <= 'Z') return c + 32;
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) return c;
    /* Not punctuation, signs and pictures, as the browser (assets/pendeen.js). */
    return letter_of(c) != LETTER_NONE || is_digit(c) ? c : 0;
}

/* The word with small letters and without apostrophes; false: something else is in it. */
static bool read_word(struct arena *arena, struct str written, struct str *ret)
{
    char *to = arena_bytes(arena, written.len + 1);
    size_t len = 0;
    for (size_t at = 0; at < written.len;) {
        uint32_t c = danger_letter(written, &at);
        if (c == 0) return false;
        if (c != DANGER_APOSTROPHE) len += utf8_put(c, to + len);
    }
    *ret = str_of(to, len);
    return len > 0;
}

static size_t count_of(struct str text, char c)
{
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++) count += text.ptr[i] == c;
    return count;
}

/* As if the years stood there, "2010/2011": of last year it may be months ago. */
static struct str past_years(struct arena *arena)
{
    enum { FIRST = 2010, LONG_AGO = 2 };
    int last = clock_london(clock_now()).date.year - LONG_AGO;
    struct str years = str_fmt(arena, "%d", FIRST);
    for (int year = FIRST + 1; year <= last; year++)
        years = str_fmt(arena, "%.*s/%d", STR_ARG(years), year);
    return years;
}

/* "has/got" */
static bool read_slot(struct arena *arena, struct str written, struct danger_slot *ret)
{
    struct str one, *word = arena_many(arena, count_of(written, '/'), struct str);
    ret->word = word;
    while (str_split(&written, '/', &one))
        if (!read_word(arena, one, &word[ret->count++])) return false;
    return true;
}

/* What is wrong with it; NULL: nothing. */
static const char *read_phrase(struct arena *arena, struct str line, bool counts,
                               struct danger_phrase *ret)
{
    size_t gaps = 0;
    bool gap = false;
    struct str written;
    *ret = (struct danger_phrase){.counts = counts};
    ret->slot = arena_many(arena, count_of(line, ' '), struct danger_slot);
    while (str_split(&line, ' ', &written)) {
        if (!written.len) continue;
        if (str_eq(written, STR("past-year"))) written = past_years(arena);
        gap = str_eq(written, STR(".."));
        if (gap && !counts) return "what does not count has no '..': it would hide too much.";
        if (gap && (ret->slot_count == 0 || ++gaps > GAPS_MAX))
            return "'..' stands between words, twice at most.";
        struct danger_slot *slot = &ret->slot[ret->slot_count++];
        if (!gap && !read_slot(arena, written, slot))
            return "a phrase is words of letters and digits, 'this/that', '..' and 'past-year'.";
        struct str part[] = {ret->text, STR(" "), str_lower(arena, written)};
        ret->text = ret->text.len ? str_concat(arena, part, 3) : part[2];
    }
    if (ret->slot_count == 0) return "one phrase a line.";
    return gap ? "'..' stands between words, twice at most." : NULL;
}

static enum st read_phrases(struct arena *arena, const struct area_text *text,
                            const struct area_section *section, struct str lines, bool counts,
                            struct area_danger *ret, struct err *err)
{
    struct str line;
    while (str_split(&lines, '\n', &line)) {
        const char *wrong = read_phrase(arena, line, counts, &ret->phrase[ret->count]);
        if (wrong)
            return area_text_wrong(text, section->line, err, "'%.*s': %s", STR_ARG(line), wrong);
        ret->count++;
    }
    return ST_OK;
}

static int by_word(const void *a, const void *b)
{
    const struct danger_first *one = a, *other = b;
    int order = str_cmp(one->word, other->word);
    return order ? order : (one->phrase > other->phrase) - (one->phrase < other->phrase);
}

static void sort_first_words(struct arena *arena, struct area_danger *ret)
{
    size_t words = 0;
    for (size_t i = 0; i < ret->count; i++) words += ret->phrase[i].slot[0].count;
    ret->first = arena_many(arena, words + 1, struct danger_first);
    for (size_t i = 0; i < ret->count; i++)
        for (size_t k = 0; k < ret->phrase[i].slot[0].count; k++)
            ret->first[ret->first_count++] =
                (struct danger_first){ret->phrase[i].slot[0].word[k], i};
    qsort(ret->first, ret->first_count, sizeof ret->first[0], by_word);
}

enum st area_danger_read(struct arena *arena, struct area_text *text, struct area_danger *ret,
                         struct err *err)
{
    static const struct str key[] = {STR_INIT("words"), STR_INIT("not")};
    size_t lines = 0;
    for (size_t i = 0; i < text->section_count; i++) {
        struct area_section *section = &text->section[i];
        struct str words, not = area_text_value(section, key[1]);
        enum st st = ST_OK;
        if (!not .len) st = area_text_need(text, section, "words", &words, err);
        if (st != ST_OK) return st;
        words = area_text_value(section, key[0]);
        lines += count_of(words, '\n') + count_of(not, '\n');
        area_text_value(section, STR("why"));
    }
    ret->phrase = arena_many(arena, lines + 1, struct danger_phrase);
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < text->section_count; i++) {
            struct area_section *section = &text->section[i];
            struct str value = area_text_value(section, key[k]);
            if (!value.len) continue;
            enum st st = read_phrases(arena, text, section, value, k == 0, ret, err);
            if (st != ST_OK) return st;
        }
    sort_first_words(arena, ret);
    return ST_OK;
}
