#include "domain/telltale.h"

#include "domain/account.h"
#include "domain/area_feedback.h"
#include "domain/phrase.h"

/* --- what is known of the organisation --------------------------------------------------- */

/* Nobody writes the same of more than that again; of so many people of one organisation each is
 * looked for by the name and by its parts. */
enum { HINT_BYTES_MAX = 120, COLLEAGUES_MAX = 1200 };

static void add_hint(struct telltale_hints *hints, struct str phrase, const char *kind)
{
    phrase = str_trim(phrase);
    if (phrase.len < 3 || phrase.len > HINT_BYTES_MAX || hints->count == TELLTALE_HINTS_MAX) return;
    hints->hint[hints->count++] = (struct telltale_hint){phrase, kind};
}

/* The whole name, and each part of it: colleagues write first names. */
static void add_name(struct telltale_hints *hints, struct str name)
{
    struct str part;
    struct str rest = name;
    add_hint(hints, name, TELLTALE_NAME);
    while (str_split(&rest, ' ', &part))
        if (part.len < name.len) add_hint(hints, part, TELLTALE_NAME);
}

static void add_mentions(struct telltale_hints *hints, const struct submission *submission)
{
    static const struct {
        enum link_field field;
        const char *kind;
    } kinds[] = {{LINK_NAME, TELLTALE_NAME},
                 {LINK_ALIAS, TELLTALE_NAME},
                 {LINK_VENUE, TELLTALE_PLACE},
                 {LINK_ADDRESS, TELLTALE_PLACE}};
    for (size_t i = 0; i < submission->mention_count; i++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            add_hint(hints, submission->mention[i].field[kinds[k].field], kinds[k].kind);
}

static void add_towns(struct telltale_hints *hints, const struct area *area)
{
    size_t count = 0;
    const struct area_forum *forum = area_forums(area, &count);
    for (size_t i = 0; i < count; i++) {
        struct str rest = forum[i].covers;
        struct str town;
        while (str_split(&rest, '\n', &town)) add_hint(hints, town, TELLTALE_PLACE);
    }
}

static enum st add_colleagues(struct app *app, struct db *db, struct arena *arena,
                              int64_t organisation, struct telltale_hints *hints, struct err *err)
{
    struct query *query = db_query(db, Q_ORGANISATION_READ);
    db_bind_int(query, 1, organisation);
    if (db_next(query)) add_hint(hints, str_dup(arena, db_text(query, 1)), TELLTALE_WORKPLACE);
    enum st outcome = db_end(query, err);
    if (outcome != ST_OK) return outcome;
    query = db_query(db, Q_ACCOUNT_OF_ORGANISATION);
    db_bind_int(query, 1, organisation);
    db_bind_int(query, 2, COLLEAGUES_MAX);
    int64_t *account = arena_many(arena, COLLEAGUES_MAX, int64_t);
    size_t count = 0;
    while (count < COLLEAGUES_MAX && db_next(query)) account[count++] = db_int(query, 0);
    outcome = db_end(query, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct str name;
        outcome = account_name(app, db, arena, account[i], &name, err);
        if (outcome == ST_OK) add_name(hints, name);
    }
    return outcome;
}

enum st telltale_hints_read(struct app *app, struct arena *arena,
                            const struct submission *submission, struct telltale_hints *ret,
                            struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    *ret = (struct telltale_hints){.hint =
                                       arena_many(arena, TELLTALE_HINTS_MAX, struct telltale_hint)};
    add_mentions(ret, submission);
    add_hint(ret, submission->where_text, TELLTALE_PLACE);
    if (app->area) add_towns(ret, app->area);
    enum st outcome = add_colleagues(app, db, arena, submission->organisation, ret, err);
    store_read_end(app->store, db);
    return outcome;
}

/* --- alone --------------------------------------------------------------------------------- */

static bool is_digit(struct str text, size_t at)
{
    return at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9';
}

/* "15:40", "3.15", "3pm", "11 am"; 0: none begins here. */
static size_t clock_at(struct str text, size_t at)
{
    size_t end = at;
    if (!is_digit(text, end)) return 0;
    while (end < at + 2 && is_digit(text, end)) end++;
    if (end < text.len && (text.ptr[end] == ':' || text.ptr[end] == '.') &&
        is_digit(text, end + 1) && is_digit(text, end + 2) && !is_digit(text, end + 3))
        return end + 3 - at;
    size_t word = end + (end < text.len && text.ptr[end] == ' ');
    size_t after = 0;
    if (word < text.len &&
        (phrase_at(text, word, STR("am"), &after) || phrase_at(text, word, STR("pm"), &after)))
        return after - at;
    return 0;
}

static void longer(struct telltale *best, size_t size, const struct area_reason *kind)
{
    if (size > best->size && kind) *best = (struct telltale){best->start, size, kind};
}

/* The longest that begins at this start of a word; of size 0 when none does. */
static struct telltale longest_at(const struct area *area, struct str text, size_t at,
                                  const struct telltale_hints *hints)
{
    struct telltale best = {.start = at};
    size_t count = 0;
    size_t end = 0;
    const struct area_reason *kind = area_reasons(area, AREA_REASON_SOURCE, &count);
    for (size_t i = 0; i < count; i++) {
        struct str rest = kind[i].words;
        struct str phrase;
        while (str_split(&rest, '\n', &phrase))
            if (phrase_at(text, at, phrase, &end)) longer(&best, end - at, &kind[i]);
    }
    for (size_t i = 0; hints && i < hints->count; i++)
        if (phrase_at(text, at, hints->hint[i].phrase, &end))
            longer(&best, end - at,
                   area_reason_find(area, AREA_REASON_SOURCE, str_from(hints->hint[i].kind)));
    size_t clock = clock_at(text, at);
    if (clock) longer(&best, clock, area_reason_find(area, AREA_REASON_SOURCE, STR(TELLTALE_TIME)));
    return best;
}

size_t telltales_find(const struct area *area, struct str text, const struct telltale_hints *hints,
                      size_t maximum, struct telltale *ret)
{
    size_t count = 0;
    size_t free_from = 0;
    bool at_start = true; /* of a word */
    for (size_t at = 0; area && at < text.len && count < maximum;) {
        struct telltale found = {0};
        if (at_start && at >= free_from && phrase_begins(text, at))
            found = longest_at(area, text, at, hints);
        if (found.size) {
            ret[count++] = found;
            free_from = at + found.size;
        }
        phrase_step(text, &at, &at_start);
    }
    return count;
}

/* --- together ------------------------------------------------------------------------------- */

/* Where the sentence that holds `at` ends: after a full stop, question or exclamation mark that
 * a space follows, or a line's end. */
static size_t sentence_end(struct str text, size_t at)
{
    for (; at < text.len; at++) {
        char c = text.ptr[at];
        if (c == '\n') return at + 1;
        bool stops = c == '.' || c == '!' || c == '?';
        if (stops && (at + 1 == text.len || text.ptr[at + 1] == ' ' || text.ptr[at + 1] == '\n'))
            return at + 1;
    }
    return text.len;
}

/* One of each kind between two places; false when one is missing. */
static bool holds_all(const struct area_reason *entry, const struct telltale *found, size_t count,
                      size_t from, size_t to, struct telltale_together *ret)
{
    enum { PARTS = sizeof ret->part / sizeof *ret->part };
    struct str rest = entry->words;
    struct str kind;
    *ret = (struct telltale_together){.tells = entry->label};
    size_t first = to;
    size_t last = from;
    while (str_split(&rest, '\n', &kind) && ret->part_count < PARTS) {
        size_t i = 0;
        while (i < count &&
               !(found[i].start >= from && found[i].start < to && str_eq(found[i].kind->id, kind)))
            i++;
        if (i == count) return false;
        ret->part[ret->part_count++] = found[i];
        if (found[i].start < first) first = found[i].start;
        if (found[i].start + found[i].size > last) last = found[i].start + found[i].size;
    }
    ret->start = first;
    ret->size = last - first;
    return ret->part_count > 0;
}

size_t telltales_together(const struct area *area, struct str text, const struct telltale *found,
                          size_t count, size_t maximum, struct telltale_together *ret)
{
    size_t kinds = 0;
    size_t made = 0;
    const struct area_reason *entry =
        area ? area_reasons(area, AREA_REASON_TOGETHER, &kinds) : NULL;
    for (size_t k = 0; k < kinds; k++) {
        size_t from = 0;
        while (from < text.len && made < maximum) {
            size_t end = sentence_end(text, from);
            bool here = holds_all(&entry[k], found, count, from, end, &ret[made]) ||
                        (end < text.len && holds_all(&entry[k], found, count, from,
                                                     sentence_end(text, end), &ret[made]));
            /* What stands wholly in the next sentence is told there. */
            here = here && ret[made].start < end;
            made += here;
            from = here && ret[made - 1].start + ret[made - 1].size > end ? sentence_end(text, end)
                                                                          : end;
        }
    }
    return made;
}

/* --- as lines ------------------------------------------------------------------------------- */

enum { MARKS_MAX = 1000 };

/* A form gives its lines back, so each stays one. */
static struct str in_one_line(struct arena *arena, struct str words)
{
    char *copy = arena_bytes(arena, words.len + 1);
    for (size_t i = 0; i < words.len; i++)
        copy[i] = words.ptr[i] == '\n' || words.ptr[i] == '\r' ? ' ' : words.ptr[i];
    return str_of(copy, words.len);
}

static void add_line(struct telltale_line *list, size_t *count, struct str words, struct str tells)
{
    for (size_t i = 0; i < *count; i++)
        if (str_eq(list[i].words, words)) {
            list[i].times++;
            return;
        }
    list[(*count)++] = (struct telltale_line){words, tells, 1};
}

struct str telltale_parts(struct arena *arena, struct str text, const struct telltale_together *one)
{
    struct str said = STR("");
    for (size_t i = 0; i < one->part_count; i++) {
        struct str part = str_sub(text, one->part[i].start, one->part[i].size);
        said = str_fmt(arena, i ? "%.*s, “%.*s”" : "%.*s“%.*s”", STR_ARG(said), STR_ARG(part));
    }
    return said;
}

size_t telltale_lines(struct arena *arena, const struct area *area, struct str text,
                      const struct telltale_hints *hints, struct telltale_line **ret)
{
    struct telltale *found = arena_many(arena, MARKS_MAX, struct telltale);
    struct telltale_together together[TELLTALES_TOGETHER_MAX];
    struct telltale_line *list =
        arena_many(arena, MARKS_MAX + TELLTALES_TOGETHER_MAX, struct telltale_line);
    size_t count = telltales_find(area, text, hints, MARKS_MAX, found);
    size_t combinations =
        telltales_together(area, text, found, count, TELLTALES_TOGETHER_MAX, together);
    size_t made = 0;
    for (size_t i = 0; i < combinations; i++)
        add_line(list, &made, in_one_line(arena, telltale_parts(arena, text, &together[i])),
                 together[i].tells);
    for (size_t i = 0; i < count; i++) {
        struct str words = str_sub(text, found[i].start, found[i].size);
        add_line(list, &made, in_one_line(arena, str_fmt(arena, "“%.*s”", STR_ARG(words))),
                 found[i].kind->label);
    }
    *ret = list;
    return made;
}

struct str telltale_shown(struct arena *arena, const struct telltale_line *line, size_t count)
{
    size_t size = 0;
    size_t at = 0;
    for (size_t i = 0; i < count; i++) size += STR_INT_SIZE + line[i].words.len + 2;
    char *shown = arena_bytes(arena, size + 1);
    for (size_t i = 0; i < count; i++) {
        char space[STR_INT_SIZE];
        const struct str parts[] = {str_from_int(line[i].times, space), STR(" "), line[i].words,
                                    STR("\n")};
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
            memcpy(shown + at, parts[k].ptr, parts[k].len);
            at += parts[k].len;
        }
    }
    return str_of(shown, at);
}

static bool was_shown(struct str shown, const struct telltale_line *line)
{
    struct str one;
    while (str_split(&shown, '\n', &one)) {
        struct str words = one;
        struct str number;
        int64_t times = 0;
        if (str_split(&words, ' ', &number) && str_to_int(number, &times) && times >= line->times &&
            str_eq(str_trim(words), str_trim(line->words)))
            return true;
    }
    return false;
}

bool telltale_were_shown(struct str shown, const struct telltale_line *line, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!was_shown(shown, &line[i])) return false;
    return true;
}
