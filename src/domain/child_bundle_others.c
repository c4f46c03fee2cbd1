/*
 * Where others are named in what a child is given.
 */
#include "domain/child_bundle_others.h"

#include "domain/extract.h"

#include <ctype.h>

static int by_start(const void *a, const void *b)
{
    const struct bundle_span *left = a;
    const struct bundle_span *right = b;
    return left->start != right->start ? left->start - right->start : right->end - left->end;
}

/* An item whose spans are being found. */
struct marking {
    struct arena *arena;
    struct bundle_item *item;
    size_t room;
};

static void mark(struct marking *marking, size_t start, size_t end, enum link_kind kind)
{
    struct bundle_item *item = marking->item;
    arena_room(marking->arena, item->span, item->span_count, &marking->room);
    item->span[item->span_count++] = (struct bundle_span){(int32_t)start, (int32_t)end, kind};
}

static bool is_part_of_word(struct str text, size_t at)
{
    unsigned char byte = at < text.len ? (unsigned char)text.ptr[at] : ' ';
    return byte >= 0x80 || isalnum(byte);
}

static bool has_word(struct str text, struct str word)
{
    for (ptrdiff_t at = str_find_nocase(text, word, 0); at >= 0;
         at = str_find_nocase(text, word, (size_t)at + 1))
        if ((!at || !is_part_of_word(text, (size_t)at - 1)) &&
            !is_part_of_word(text, (size_t)at + word.len))
            return true;
    return false;
}

/* Every word of the name is one of the child's own, and not a part of one: Ann is not Hannah. */
static bool is_own_name(const struct child_file *file, struct str name)
{
    struct str word;
    while (str_split(&name, ' ', &word))
        if (word.len && !has_word(file->line.name, word) && !has_word(file->line.alias, word))
            return false;
    return true;
}

static bool is_of_family(const struct child_file *file, struct str name)
{
    for (size_t i = 0; i < file->entry_count; i++)
        if (file->entry[i].kind == ENTRY_PERSON &&
            str_eq_nocase(str_trim(file->entry[i].text[PERSON_NAME]), name))
            return true;
    return false;
}

/* Sources are free text: only what can be nobody else is the child. */
bool bundle_source_is_child(const struct child_file *file, struct str source)
{
    static const char *const own[] = {"child", "the child", "the child themself",
                                      "the child themselves", "the child herself",
                                      "the child himself"};
    source = str_trim(source);
    if (str_ends(source, STR("."))) source = str_sub(source, 0, source.len - 1);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (str_eq_nocase(source, str_from(own[i]))) return true;
    return str_find(source, STR(" "), 0) > 0 && str_eq_nocase(source, str_trim(file->line.name)) &&
           !is_of_family(file, source);
}

/* Wherever it stands. */
static void mark_all(struct marking *marking, struct str name, enum link_kind kind)
{
    if (name.len < 3) return;
    for (ptrdiff_t at = str_find_nocase(marking->item->words, name, 0); at >= 0;
         at = str_find_nocase(marking->item->words, name, (size_t)at + name.len))
        mark(marking, (size_t)at, (size_t)at + name.len, kind);
}

/* What is found in a piece of the words, each wherever it stands in all of them; where the next
 * piece begins. */
static size_t mark_piece(struct marking *marking, const struct child_file *file, size_t from)
{
    struct mention_draft found[MENTIONS_MAX];
    struct str piece = str_sub(marking->item->words, from, NARRATIVE_MAX);
    size_t end = 0;
    size_t count = extract_mentions(marking->arena, piece, clock_london(clock_now()).date, found,
                                    MENTIONS_MAX);
    for (size_t i = 0; i < count; i++) {
        if (found[i].span_start < 0) continue;
        struct str words = str_sub(piece, (size_t)found[i].span_start,
                                   (size_t)(found[i].span_end - found[i].span_start));
        if ((size_t)found[i].span_end > end) end = (size_t)found[i].span_end;
        if (found[i].kind == LINK_PLACE ||
            (found[i].kind == LINK_PERSON && is_own_name(file, words)))
            continue;
        mark(marking, from + (size_t)found[i].span_start, from + (size_t)found[i].span_end,
             found[i].kind);
        mark_all(marking, words, found[i].kind);
    }
    /* As many as are ever found: there may be more behind the last. */
    return from + (count == MENTIONS_MAX && end ? end : piece.len);
}

/* Overlapping ones become one, so that nothing of a name is left. */
static void merge_spans(struct bundle_item *item)
{
    if (!item->span_count) return;
    qsort(item->span, item->span_count, sizeof *item->span, by_start);
    size_t kept = 1;
    for (size_t i = 1; i < item->span_count; i++) {
        struct bundle_span *last = &item->span[kept - 1];
        if (item->span[i].start <= last->end)
            last->end = item->span[i].end > last->end ? item->span[i].end : last->end;
        else
            item->span[kept++] = item->span[i];
    }
    item->span_count = kept;
}

/* A name in what says who told goes with it. */
static void part_from_told(struct bundle_item *item, struct told *told)
{
    size_t kept = 0;
    for (size_t i = 0; i < item->span_count; i++) {
        struct bundle_span span = item->span[i];
        if (!told->to || span.end <= told->from || span.start >= told->to) {
            item->span[kept++] = span;
            continue;
        }
        if (span.start < told->from) told->from = span.start;
        if (span.end > told->to) told->to = span.end;
    }
    item->span_count = kept;
}

void bundle_find_others(struct arena *arena, const struct child_file *file,
                        struct bundle_item *item)
{
    struct marking marking = {.arena = arena, .item = item};
    for (size_t at = 0; at < item->words.len;) at = mark_piece(&marking, file, at);
    for (size_t i = 0; i < file->entry_count; i++)
        if (file->entry[i].kind == ENTRY_PERSON)
            mark_all(&marking, file->entry[i].text[PERSON_NAME], LINK_PERSON);
    merge_spans(item);
    part_from_told(item, &item->told);
    part_from_told(item, &item->again);
    if (!item->again.to || item->again.from > item->told.to) return;
    if (item->again.to > item->told.to) item->told.to = item->again.to;
    item->again = (struct told){0};
}
