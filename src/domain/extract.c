#include "domain/extract.h"

#include "base/arena.h"
#include "base/letter.h"
#include "base/utf8.h"
#include "domain/extract_parts.h"

#include <stdlib.h>

/* --- words --------------------------------------------------------------------------- */

static bool is_letter(uint32_t c)
{
    return letter_of(c) != LETTER_NONE;
}

static bool is_word_character(uint32_t c)
{
    return is_letter(c) || (c >= '0' && c <= '9');
}

static bool is_capital(uint32_t c)
{
    return letter_of(c) == LETTER_CAPITAL;
}

/* An apostrophe with a letter behind it belongs to the word: O'Brien.  So does the sign
 * that keeps letters of Persian, or of Indian scripts, apart or together. */
static bool joins(struct str text, size_t at, uint32_t c)
{
    bool apostrophe = c == '\'' || c == 0x2019;
    if ((!apostrophe && c != 0x200C && c != 0x200D) || at >= text.len) return false;
    return is_letter(utf8_next(text, &at));
}

static void read_words(struct extractor *x)
{
    struct str text = x->text;
    x->word = arena_many(x->arena, text.len / 2 + 2, struct extract_word);
    size_t capitals = 0, letters = 0;
    for (size_t at = 0; at < text.len;) {
        struct extract_word word = {.start = at, .upper = true};
        uint32_t c = utf8_next(text, &at);
        if (!is_word_character(c)) continue;
        word.capital = is_capital(c);
        word.uncased = letter_of(c) == LETTER_UNCASED;
        for (;;) {
            letters += is_letter(c);
            capitals += is_capital(c);
            word.digit |= c >= '0' && c <= '9';
            word.upper &= !is_letter(c) || is_capital(c);
            word.end = at;
            if (at >= text.len) break;
            c = utf8_next(text, &at);
            if (!is_word_character(c) && !joins(text, at, c)) break;
        }
        struct str written = extract_text(x, word.start, word.end);
        if (written.len < EXTRACT_WORD)
            for (size_t i = 0; i < written.len; i++) {
                char letter = written.ptr[i];
                word.lower[i] = (char)(letter >= 'A' && letter <= 'Z' ? letter + 32 : letter);
            }
        x->word[x->word_count++] = word;
    }
    /* A few words say nothing about how somebody writes. */
    x->shouting = letters > 30 && capitals * 2 > letters;
}

size_t extract_word_from(const struct extractor *x, size_t byte)
{
    size_t low = 0, high = x->word_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (x->word[middle].start < byte)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t extract_word_before(const struct extractor *x, size_t byte)
{
    size_t i = extract_word_from(x, byte);
    while (i > 0 && x->word[i - 1].end > byte) i--;
    return i > 0 ? i - 1 : SIZE_MAX;
}

struct str extract_text(const struct extractor *x, size_t start, size_t end)
{
    return str_sub(x->text, start, end - start);
}

/* The next entry of a '|' list that begins with `word`, from *list on; *list moves on.
 * What follows the word there, or NULL. */
static const char *next_entry(const char **list, const char *start, const char *word)
{
    size_t len = strlen(word);
    while (len) {
        const char *hit = strstr(*list, word);
        if (!hit) return NULL;
        *list = hit + 1;
        bool begins = hit == start || hit[-1] == '|';
        if (begins && (hit[len] == '\0' || hit[len] == '|' || hit[len] == ' ')) return hit + len;
    }
    return NULL;
}

bool extract_is(const struct extractor *x, size_t i, const char *words)
{
    if (i >= x->word_count) return false;
    const char *rest;
    for (const char *list = words; (rest = next_entry(&list, words, x->word[i].lower));)
        if (*rest != ' ') return true;
    return false;
}

/* Blanks, or one hyphen, between word i and the next. */
static bool are_neighbours(const struct extractor *x, size_t i)
{
    return i + 1 < x->word_count && extract_only(x, x->word[i].end, x->word[i + 1].start, "-", "");
}

/* How many words, when the words from i+1 on are those of "rest of a phrase|..." */
static size_t same_rest(const struct extractor *x, size_t i, const char *rest)
{
    size_t n = 1;
    for (; *rest == ' '; n++) {
        if (i + n >= x->word_count || !are_neighbours(x, i + n - 1)) return 0;
        const char *word = x->word[i + n].lower;
        size_t len = strlen(word);
        if (!len || strncmp(rest + 1, word, len) != 0) return 0;
        rest += 1 + len;
        if (*rest && *rest != ' ' && *rest != '|') return 0;
    }
    return n;
}

size_t extract_phrase(const struct extractor *x, size_t i, const char *phrases)
{
    size_t longest = 0;
    const char *rest;
    if (i >= x->word_count) return 0;
    for (const char *list = phrases; (rest = next_entry(&list, phrases, x->word[i].lower));) {
        size_t n = same_rest(x, i, rest);
        if (n > longest) longest = n;
    }
    return longest;
}

bool extract_only(const struct extractor *x, size_t from, size_t to, const char *marks,
                  const char *words)
{
    if (from > to) return false;
    size_t i = extract_word_from(x, from);
    for (size_t at = from; at < to;) {
        if (i < x->word_count && x->word[i].start == at) {
            if (x->word[i].end > to || !extract_is(x, i, words)) return false;
            at = x->word[i++].end;
            continue;
        }
        char c = x->text.ptr[at++];
        if (c != ' ' && c != '\n' && c != '\t' && (c == '\0' || !strchr(marks, c))) return false;
    }
    return true;
}

bool extract_parted(const struct extractor *x, size_t from, size_t to)
{
    for (size_t at = from; at < to; at++) {
        if (x->claimed[at]) continue;
        char c = x->text.ptr[at];
        if (c == '!' || c == '?' || (c == '\n' && at + 1 < to && x->text.ptr[at + 1] == '\n'))
            return true;
        /* A full stop ends a sentence when a blank follows it, and no abbreviation. */
        if (c != '.' || (at + 1 < x->text.len && x->text.ptr[at + 1] > ' ')) continue;
        size_t before = extract_word_before(x, at);
        if (!extract_is(x, before, "reg|no|approx|st|rd|mr|mrs|dr|aka|tel|mob|inc|etc|vs"))
            return true;
    }
    return false;
}

/* --- items --------------------------------------------------------------------------- */

static void extract_claim(struct extractor *x, size_t start, size_t end)
{
    for (size_t i = start; i < end; i++) x->claimed[i] = true;
}

bool extract_free(const struct extractor *x, size_t start, size_t end)
{
    for (size_t i = start; i < end; i++)
        if (x->claimed[i]) return false;
    return true;
}

void extract_extend(struct extractor *x, struct extract_item *item, size_t start, size_t end)
{
    if (x->piece_count == EXTRACT_PIECES || start >= end) return;
    x->piece[x->piece_count++] = (struct extract_piece){start, end, (size_t)(item - x->item)};
    extract_claim(x, start, end);
    if (start < item->start) item->start = start;
    if (end > item->end) item->end = end;
}

struct extract_item *extract_add(struct extractor *x, enum link_kind kind, size_t start, size_t end)
{
    if (x->item_count == EXTRACT_ITEMS || x->piece_count == EXTRACT_PIECES) return NULL;
    struct extract_item *item = &x->item[x->item_count++];
    *item = (struct extract_item){.kind = kind, .start = start, .end = end, .phrase = start};
    extract_extend(x, item, start, end);
    return item;
}

void extract_join(struct extractor *x, struct extract_item *into, struct extract_item *from)
{
    for (int i = 0; i < LINK_FIELDS; i++)
        if (!into->field[i].len) into->field[i] = from->field[i];
    for (size_t i = 0; i < x->piece_count; i++)
        if (x->piece[i].item == (size_t)(from - x->item))
            x->piece[i].item = (size_t)(into - x->item);
    if (from->start < into->start) into->start = from->start;
    if (from->end > into->end) into->end = from->end;
    if (from->phrase < into->phrase) into->phrase = from->phrase;
    from->gone = true;
}

/* The same value, whatever the case and the spacing. */
static bool same_value(struct str a, struct str b)
{
    size_t i = 0, k = 0;
    for (;;) {
        while (i < a.len && (a.ptr[i] == ' ' || a.ptr[i] == '-')) i++;
        while (k < b.len && (b.ptr[k] == ' ' || b.ptr[k] == '-')) k++;
        if (i == a.len || k == b.len) return i == a.len && k == b.len;
        if ((a.ptr[i] | 0x20) != (b.ptr[k] | 0x20)) return false;
        i++, k++;
    }
}

/* Does `later` say nothing that `item` does not? */
static bool repeats(const struct extract_item *item, const struct extract_item *later)
{
    if (item->gone || later->gone || item->kind != later->kind) return false;
    bool strong = later->kind != LINK_VEHICLE || later->field[LINK_REGISTRATION].len;
    for (int i = 0; i < LINK_FIELDS; i++)
        if (later->field[i].len && !same_value(item->field[i], later->field[i])) return false;
    return strong;
}

static void join_repeated(struct extractor *x)
{
    for (size_t i = 0; i < x->item_count; i++)
        for (size_t k = i + 1; k < x->item_count; k++)
            if (repeats(&x->item[i], &x->item[k]))
                extract_join(x, &x->item[i], &x->item[k]);
            else if (repeats(&x->item[k], &x->item[i]))
                extract_join(x, &x->item[k], &x->item[i]);
}

/* --- the result ---------------------------------------------------------------------- */

static int by_start(const void *a, const void *b)
{
    size_t left = ((const struct extract_piece *)a)->start;
    size_t right = ((const struct extract_piece *)b)->start;
    return (left > right) - (left < right);
}

/* The hull of a mention's spans when nothing of another stands in it, else its
 * longest span. */
static void set_span(const struct extract_result *result, size_t mention)
{
    struct mention_draft *draft = &result->mention[mention];
    size_t first = SIZE_MAX, last = 0, longest = 0;
    for (size_t i = 0; i < result->span_count; i++) {
        const struct extract_span *span = &result->span[i];
        if (span->mention != mention) continue;
        if (first == SIZE_MAX) first = longest = i;
        last = i;
        if (span->end - span->start > result->span[longest].end - result->span[longest].start)
            longest = i;
    }
    bool alone = true;
    for (size_t i = first; i < last; i++) alone &= result->span[i].mention == mention;
    draft->span_start = result->span[alone ? first : longest].start;
    draft->span_end = result->span[alone ? last : longest].end;
}

static void write_result(struct extractor *x, size_t maximum, struct extract_result *ret)
{
    qsort(x->piece, x->piece_count, sizeof x->piece[0], by_start);
    *ret = (struct extract_result){
        .mention = arena_many(x->arena, x->item_count + 1, struct mention_draft),
        .span = arena_many(x->arena, x->piece_count + 1, struct extract_span)};
    size_t number[EXTRACT_ITEMS];
    for (size_t i = 0; i < x->item_count; i++) number[i] = SIZE_MAX;
    for (size_t i = 0; i < x->piece_count; i++) {
        size_t item = x->piece[i].item;
        if (number[item] == SIZE_MAX) {
            if (ret->mention_count == maximum) continue;
            struct mention_draft *draft = &ret->mention[ret->mention_count];
            draft->kind = x->item[item].kind;
            for (int field = 0; field < LINK_FIELDS; field++)
                draft->field[field] = x->item[item].field[field];
            number[item] = ret->mention_count++;
        }
        ret->span[ret->span_count++] = (struct extract_span){
            (int32_t)x->piece[i].start, (int32_t)x->piece[i].end, number[item]};
    }
    for (size_t i = 0; i < ret->mention_count; i++) set_span(ret, i);
}

static bool is_birth(struct str text, size_t start)
{
    static const struct str words[] = {STR_INIT("born"),  STR_INIT("born on"),
                                       STR_INIT("dob"),   STR_INIT("d.o.b"),
                                       STR_INIT("birth"), STR_INIT("birthday")};
    struct str before = str_sub(text, 0, start);
    while (before.len && strchr(" :.-(", before.ptr[before.len - 1])) before.len--;
    if (before.len > 9) before = str_sub(before, before.len - 9, 9);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (before.len >= words[i].len &&
            str_eq_nocase(str_sub(before, before.len - words[i].len, words[i].len), words[i]))
            return true;
    return false;
}

/* Numbers of a date are not looked at as anything else. */
static void claim_dates(struct extractor *x)
{
    size_t at = 0, start, end;
    struct date_range range;
    while (when_find(x->text, at, x->today, &start, &end, &range)) {
        size_t digit = start;
        while (digit < end && (x->text.ptr[digit] < '0' || x->text.ptr[digit] > '9')) digit++;
        if (digit < end && !is_birth(x->text, start) && extract_free(x, start, end))
            extract_claim(x, start, end);
        at = end;
    }
}

void extract_narrative(struct arena *arena, struct str narrative, struct date today, size_t maximum,
                       struct extract_result *ret)
{
    if (narrative.len > NARRATIVE_MAX) narrative.len = NARRATIVE_MAX;
    struct extractor *x = arena_new(arena, struct extractor);
    *x = (struct extractor){.arena = arena, .text = narrative, .today = today};
    x->claimed = arena_many(arena, narrative.len + 1, bool);
    read_words(x);
    extract_addresses_of_web(x);
    extract_registrations(x);
    claim_dates(x);
    extract_phones(x);
    extract_postcodes(x);
    extract_handles(x);
    extract_vehicles(x);
    extract_people(x);
    extract_places(x);
    join_repeated(x);
    write_result(x, maximum, ret);
}

size_t extract_mentions(struct arena *arena, struct str narrative, struct date today,
                        struct mention_draft *ret, size_t maximum)
{
    struct extract_result result;
    extract_narrative(arena, narrative, today, maximum, &result);
    for (size_t i = 0; i < result.mention_count; i++) ret[i] = result.mention[i];
    return result.mention_count;
}

size_t extract_dates(struct str narrative, struct date today, struct extract_date *ret,
                     size_t maximum)
{
    if (narrative.len > NARRATIVE_MAX) narrative.len = NARRATIVE_MAX;
    size_t count = 0, at = 0, start, end;
    struct date_range range;
    while (count < maximum && when_find(narrative, at, today, &start, &end, &range)) {
        if (!is_birth(narrative, start))
            ret[count++] = (struct extract_date){(int32_t)start, (int32_t)end, range};
        at = end;
    }
    return count;
}
