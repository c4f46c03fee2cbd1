#include "domain/language.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "domain/area_referral.h"
#include "domain/phrase.h"

/* Opening and closing marks; plain ones are both. */
static bool is_open(uint32_t c)
{
    return c == '"' || c == 0x201C || c == 0xAB;
}

static bool is_close(uint32_t c)
{
    return c == '"' || c == 0x201D || c == 0xBB;
}

/* One past the quotation that begins at `at`; `at` when none begins there or it never ends.  Where
 * one does not, none that begins later does: *ends says so, and is false then. */
static size_t past_quotation(struct str text, size_t at, bool *ends)
{
    size_t next = at;
    if (!*ends || !is_open(utf8_next(text, &next))) return at;
    while (next < text.len)
        if (is_close(utf8_next(text, &next))) return next;
    *ends = false;
    return at;
}

static const struct area_language *stands_here(const struct area *area, struct str text, size_t at,
                                               size_t *ret_end)
{
    size_t count;
    const struct area_language *entry = area_language(area, &count);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < entry[i].phrase_count; k++)
            if (phrase_at(text, at, entry[i].phrase[k], ret_end)) return &entry[i];
    return NULL;
}

size_t language_find(struct arena *arena, const struct area *area, struct str text,
                     struct language_advice *ret, size_t maximum)
{
    size_t entries;
    const struct area_language *first = area_language(area, &entries);
    bool *told = arena_many(arena, entries + 1, bool);
    size_t found = 0;
    bool at_start = true; /* of a word */
    bool ends = true;     /* a quotation that begins here */
    for (size_t at = 0; at < text.len && found < maximum;) {
        size_t end = past_quotation(text, at, &ends);
        if (end != at) {
            at = end;
            at_start = true;
            continue;
        }
        const struct area_language *entry =
            at_start && phrase_begins(text, at) ? stands_here(area, text, at, &end) : NULL;
        if (entry && !told[entry - first]) {
            told[entry - first] = true;
            ret[found++] =
                (struct language_advice){str_sub(text, at, end - at), entry->instead, entry->why};
        }
        phrase_step(text, &at, &at_start);
    }
    return found;
}
