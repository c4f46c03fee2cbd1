#include "web/draw.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "domain/area.h"

#include <math.h>

static int compare_spans(const void *a, const void *b)
{
    const struct draw_span *left = a;
    const struct draw_span *right = b;
    if (left->start != right->start) return left->start - right->start;
    return right->end - left->end;
}

size_t draw_segments(struct arena *arena, struct str narrative, struct draw_span *spans,
                     size_t span_count, struct draw_segment **ret)
{
    if (span_count) qsort(spans, span_count, sizeof *spans, compare_spans);
    struct draw_segment *list = arena_many(arena, span_count * 2 + 1, struct draw_segment);
    size_t count = 0;
    size_t at = 0;
    for (size_t i = 0; i < span_count; i++) {
        if (spans[i].start < 0 || (size_t)spans[i].start < at || spans[i].end <= spans[i].start ||
            (size_t)spans[i].end > narrative.len)
            continue;
        size_t start = (size_t)spans[i].start;
        size_t end = (size_t)spans[i].end;
        if (start > at)
            list[count++] =
                (struct draw_segment){str_sub(narrative, at, start - at), STR(""), false};
        const char *kind = spans[i].kind == DRAW_SOURCE ? "source" : kind_name(spans[i].kind);
        list[count++] =
            (struct draw_segment){str_sub(narrative, start, end - start), str_from(kind), true};
        at = end;
    }
    if (at < narrative.len)
        list[count++] =
            (struct draw_segment){str_sub(narrative, at, narrative.len), STR(""), false};
    *ret = list;
    return count;
}

size_t draw_spans(struct arena *arena, const struct submission *submission, struct draw_span **ret)
{
    *ret = arena_many(arena, submission->mention_count, struct draw_span);
    for (size_t i = 0; i < submission->mention_count; i++)
        (*ret)[i] =
            (struct draw_span){submission->mention[i].span_start, submission->mention[i].span_end,
                               submission->mention[i].kind};
    return submission->mention_count;
}

struct str draw_kind_label(enum link_kind kind)
{
    static const char *labels[LINK_KINDS] = {"Person", "Vehicle", "Phone", "Online account",
                                             "Place"};
    return str_from(labels[kind]);
}

struct str draw_kinds_label(enum link_kind kind)
{
    static const char *labels[LINK_KINDS] = {"People", "Vehicles", "Phones", "Online accounts",
                                             "Places"};
    return str_from(labels[kind]);
}

struct str draw_how_label(const struct area *area, enum how_known how)
{
    static const char *labels[HOW_KNOWN_COUNT] = {
        [HOW_UNKNOWN] = "Not known",
        [HOW_SAW] = "Saw or heard it",
        [HOW_TOLD] = "Told by someone involved",
        [HOW_SECOND_HAND] = "Told second hand",
        [HOW_ANONYMOUS] = "Anonymous",
        [HOW_NOT_SAID] = "Not answered",
    };
    const struct area_how_known *answer = area ? area_how_known(area, how) : NULL;
    return answer ? answer->label : str_from(labels[how]);
}

struct str draw_days(struct arena *arena, int32_t from, int32_t to)
{
    if (from == LINK_DAY_UNKNOWN) return STR("");
    struct str first = date_words(arena, date_from_days(from));
    if (to == LINK_DAY_UNKNOWN || to == from) return first;
    return str_fmt(arena, "%.*s to %.*s", STR_ARG(first),
                   STR_ARG(date_words(arena, date_from_days(to))));
}

struct str draw_excerpt(struct arena *arena, struct str text, size_t characters)
{
    size_t at = 0;
    if (text.len <= characters) return text; /* as nearly all are */
    for (size_t i = 0; i < characters && at < text.len; i++) utf8_next(text, &at);
    if (at >= text.len) return text;
    while (at > 0 && text.ptr[at] != ' ' && text.ptr[at] != '\n') at--;
    return str_concat(arena, (struct str[]){str_sub(text, 0, at ? at : text.len), STR("…")}, 2);
}

int draw_percent(int64_t part, int64_t whole)
{
    if (whole <= 0 || part <= 0) return 0;
    if (part >= whole) return 100;
    int64_t nearest = (part * 200 + whole) / (whole * 2);
    return (int)(nearest < 1 ? 1 : nearest > 99 ? 99 : nearest);
}

struct str draw_odds(struct arena *arena, double probability)
{
    if (probability > 0.999) return STR("999 in 1,000 or more");
    if (probability >= 0.99) return str_fmt(arena, "%.0f in 1,000", floor(probability * 1000));
    if (probability >= 0.1) return str_fmt(arena, "%.0f in 100", round(probability * 100));
    if (probability >= 0.001) return str_fmt(arena, "1 in %.0f", round(1 / probability));
    return STR("less than 1 in 1,000");
}

/* --- network ----------------------------------------------------------------------- */

void draw_network(const struct network *network, struct draw_point ret[static NETWORK_NODES_MAX])
{
    const double turn = 2 * acos(-1.0);
    const double middle_x = NETWORK_WIDTH / 2.0;
    const double middle_y = NETWORK_HEIGHT / 2.0 - 10;
    double angle[NETWORK_NODES_MAX] = {0};
    size_t inner = 0;
    size_t outer = 0;
    for (size_t i = 1; i < network->node_count; i++) {
        inner += network->node[i].hops == 1;
        outer += network->node[i].hops == 2;
    }
    ret[0] = (struct draw_point){middle_x, middle_y};
    size_t placed = 0;
    for (size_t i = 1; i < network->node_count; i++) {
        if (network->node[i].hops != 1) continue;
        angle[i] = turn * (double)placed++ / (double)inner - turn / 4;
        double reach = outer ? 0.55 : 0.8;
        ret[i] = (struct draw_point){middle_x + cos(angle[i]) * middle_x * reach,
                                     middle_y + sin(angle[i]) * (middle_y - 20) * reach};
    }
    /* The outer ring in the order of the parents' angles, spread evenly. */
    placed = 0;
    for (size_t parent = 1; parent < network->node_count; parent++) {
        for (size_t i = 1; i < network->node_count; i++) {
            if (network->node[i].hops != 2 || network->node[i].parent != parent) continue;
            double at = turn * ((double)placed++ + 0.5) / (double)outer - turn / 4;
            ret[i] = (struct draw_point){middle_x + cos(at) * (middle_x - 90),
                                         middle_y + sin(at) * (middle_y - 34)};
        }
    }
}

struct str draw_grant_label(enum grant_kind kind)
{
    static const char *labels[GRANT_KINDS] = {"to see it", "to work on it", "connected",
                                              "opened in an emergency",
                                              "to learn who handed it in"};
    return str_from(labels[kind]);
}

struct str draw_handling_label(struct app *app, struct str code)
{
    const struct area_handling *known = app->area ? area_handling_find(app->area, code) : NULL;
    return known ? known->label : code;
}

struct str draw_sector_label(struct app *app, struct str sector)
{
    return area_sector_label(app->area, sector);
}
