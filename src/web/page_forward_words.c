/*
 * Words that may tell who said so, and two versions compared word by word.
 */
#include "domain/area_feedback.h"
#include "domain/when.h"
#include "domain/word_diff.h"
#include "web/page_forward.h"

enum { MARKS_MAX = 1000 };

void forward_draw_original(struct request *request, struct str text,
                           const struct telltale_hints *hints, struct view_forward *view)
{
    struct arena *arena = request->arena;
    struct telltale *found = arena_many(arena, MARKS_MAX, struct telltale);
    size_t count = telltales_find(request->app->area, text, hints, MARKS_MAX, found);
    struct view_forward_segments *list =
        arena_many(arena, 2 * count + 1, struct view_forward_segments);
    size_t drawn = 0;
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        if (found[i].start > at)
            list[drawn++] =
                (struct view_forward_segments){.text = str_sub(text, at, found[i].start - at)};
        list[drawn++] = (struct view_forward_segments){
            .text = str_sub(text, found[i].start, found[i].size), .tells = found[i].kind->label};
        at = found[i].start + found[i].size;
    }
    if (at < text.len)
        list[drawn++] = (struct view_forward_segments){.text = str_sub(text, at, text.len - at)};
    view->segments = list;
    view->segments_count = drawn;
    struct telltale_together together[TELLTALES_TOGETHER_MAX];
    size_t combinations = telltales_together(request->app->area, text, found, count,
                                             TELLTALES_TOGETHER_MAX, together);
    struct view_forward_together *rows =
        arena_many(arena, combinations, struct view_forward_together);
    for (size_t i = 0; i < combinations; i++)
        rows[i] = (struct view_forward_together){together[i].tells,
                                                 telltale_parts(arena, text, &together[i])};
    view->together = rows;
    view->together_count = combinations;
}

enum st forward_draw_left(struct request *request, const struct forward_words *words,
                          struct forward_left *ret, struct err *err)
{
    struct arena *arena = request->arena;
    struct telltale_line *line = NULL;
    size_t count = 0;
    enum st outcome =
        forward_telltales(request->app, arena, request->id[0], words, &line, &count, err);
    if (outcome != ST_OK) return outcome;
    *ret = (struct forward_left){
        .lines = arena_many(arena, count, struct partial_telltales_lines),
        .count = count,
        .shown = telltale_shown(arena, line, count),
        .looked = form_value(request, "looked").len &&
                  telltale_were_shown(form_value(request, "shown"), line, count)};
    for (size_t i = 0; i < count; i++)
        ret->lines[i] = (struct partial_telltales_lines){
            .words = line[i].words,
            .tells = line[i].tells,
            .again = line[i].times > 1 ? str_fmt(arena, " (%lld times)", (long long)line[i].times)
                                       : STR("")};
    return ST_OK;
}

struct forward_words forward_typed(const struct request *request)
{
    return (struct forward_words){form_value(request, "words"), form_value(request, "when"),
                                  form_value(request, "where")};
}

const char *forward_words_wrong(const struct forward_words *words)
{
    struct date_range range;
    struct err err = {0};
    if (!str_trim(words->narrative).len || words->narrative.len > NARRATIVE_MAX) return "words";
    if (words->when_text.len > FORWARD_WORDS_MAX) return "when";
    if (words->where_text.len > FORWARD_WORDS_MAX) return "where";
    struct date today = clock_london(clock_now()).date;
    return when_parse(words->when_text, today, &range, &err) == ST_INVALID ? "when" : NULL;
}

/* --- compared ------------------------------------------------------------------------------- */

static struct str name_of(struct arena *arena, int64_t number)
{
    return number ? str_fmt(arena, "Version %lld", (long long)number) : STR("As it was written");
}

/* Narrative, when and where of a version, as lines; false when there is none of that number. */
static bool text_of(struct arena *arena, const struct submission *submission,
                    const struct forward_version *version, size_t count, int64_t number,
                    struct str *ret)
{
    struct forward_words words = {submission->narrative, submission->when_text,
                                  submission->where_text};
    bool found = number == 0;
    for (size_t i = 0; i < count && !found; i++) {
        if (version[i].number != number) continue;
        words = version[i].words;
        found = true;
    }
    *ret = str_fmt(arena, "%.*s\n\nWhen: %.*s\nWhere: %.*s", STR_ARG(words.narrative),
                   STR_ARG(words.when_text), STR_ARG(words.where_text));
    return found;
}

static void draw_numbers(struct request *request, const struct forward_version *version,
                         size_t count, int64_t from, int64_t to, struct view_forward *view)
{
    struct arena *arena = request->arena;
    struct view_forward_froms *froms = arena_many(arena, count + 1, struct view_forward_froms);
    struct view_forward_tos *tos = arena_many(arena, count + 1, struct view_forward_tos);
    for (size_t i = 0; i <= count; i++) {
        int64_t number = i ? version[count - i].number : 0;
        froms[i] = (struct view_forward_froms){number, name_of(arena, number), number == from};
        tos[i] = (struct view_forward_tos){number, name_of(arena, number), number == to};
    }
    view->froms = froms;
    view->tos = tos;
    view->froms_count = view->tos_count = count + 1;
}

/* Of a word with the white space after it, up to where a line ends. */
static size_t without_line_end(struct str text)
{
    size_t size = text.len;
    while (size && (text.ptr[size - 1] == '\n' || text.ptr[size - 1] == ' ')) size--;
    return str_find(text, STR("\n"), size) < 0 ? text.len : size;
}

/* The end of a line is between what is marked, not in it: a mark would go on in the next line.
 * One that is taken out with its words goes where other words end the line in their stead. */
static void draw_runs(struct arena *arena, const struct word_run *run, size_t count,
                      struct view_forward *view)
{
    struct view_forward_runs *list = arena_many(arena, 2 * count, struct view_forward_runs);
    for (size_t i = 0; i < count; i++) {
        struct str text = run[i].text;
        size_t size = run[i].change == WORDS_SAME ? text.len : without_line_end(text);
        bool instead = run[i].change == WORDS_REMOVED && i + 1 < count &&
                       run[i + 1].change == WORDS_ADDED &&
                       without_line_end(run[i + 1].text) < run[i + 1].text.len;
        if (size)
            list[view->runs_count++] =
                (struct view_forward_runs){.text = str_sub(text, 0, size),
                                           .removed = run[i].change == WORDS_REMOVED,
                                           .added = run[i].change == WORDS_ADDED};
        if (size < text.len && !instead)
            list[view->runs_count++] =
                (struct view_forward_runs){.text = str_sub(text, size, text.len - size)};
        view->differs |= run[i].change != WORDS_SAME;
    }
    view->runs = list;
}

void forward_draw_comparison(struct request *request, const struct submission *submission,
                             const struct forward_version *version, size_t count, bool clash,
                             struct view_forward *view)
{
    struct arena *arena = request->arena;
    struct str before;
    struct str after;
    int64_t from = clash && count > 1 ? version[1].number : 0;
    int64_t to = count ? version[0].number : 0;
    if (!count) return;
    if (form_has(request, "from") && !str_to_int(form_value(request, "from"), &from)) from = 0;
    if (form_has(request, "to") && !str_to_int(form_value(request, "to"), &to))
        to = version[0].number;
    if (!text_of(arena, submission, version, count, from, &before)) from = 0;
    if (!text_of(arena, submission, version, count, to, &after))
        (void)text_of(arena, submission, version, count, to = version[0].number, &after);
    struct word_run *run = NULL;
    size_t runs = word_diff(arena, before, after, &run);
    draw_runs(arena, run, runs, view);
    view->from_name = name_of(arena, from);
    view->to_name = name_of(arena, to);
    draw_numbers(request, version, count, from, to, view);
}
