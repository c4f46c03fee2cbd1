/*
 * draw: what several pages draw: highlighted narrative, words for codes, and the
 * coordinates of pictures.
 *
 * Layer: web.  Pictures are SVG in the views; here are only their numbers.
 */
#ifndef PENDEEN_WEB_DRAW_H
#define PENDEEN_WEB_DRAW_H

#include "domain/profile.h"

/* A piece of narrative, marked or not. */
struct draw_segment {
    struct str text;
    struct str kind;
    bool marked;
};
struct draw_span {
    int32_t start;
    int32_t end;
    enum link_kind kind; /* or DRAW_SOURCE */
};
/* Who told something, where a record says so. */
#define DRAW_SOURCE LINK_KINDS
/* Cuts a narrative at its spans; spans that overlap an earlier one are left out. */
size_t draw_segments(struct arena *arena, struct str narrative, struct draw_span *spans,
                     size_t span_count, struct draw_segment **ret);
/* The spans of a submission's mentions. */
size_t draw_spans(struct arena *arena, const struct submission *submission, struct draw_span **ret);

/* Copies segments into a view's own list type. */
#define DRAW_COPY_SEGMENTS(arena, type, segments, count, ret)                                \
    do {                                                                                     \
        type *copied = arena_many((arena), (count) ? (count) : 1, type);                     \
        for (size_t segment_at = 0; segment_at < (count); segment_at++)                      \
            copied[segment_at] = (type){(segments)[segment_at].text, (segments)[segment_at].kind, \
                                        (segments)[segment_at].marked};                      \
        (ret) = copied;                                                                      \
    } while (0)

struct str draw_kind_label(enum link_kind kind); /* "Person" */
struct str draw_kinds_label(enum link_kind kind); /* "People" */
/* As the pack calls the answer; "Not answered" where there is none. */
struct str draw_how_label(const struct area *area, enum how_known how);
struct str draw_grant_label(enum grant_kind kind); /* "to see it" */
struct str draw_handling_label(struct app *app, struct str code);
struct str draw_sector_label(struct app *app, struct str sector);
struct str draw_days(struct arena *arena, int32_t from, int32_t to);
/* The first words of a text, ended by "…" when there is more. */
struct str draw_excerpt(struct arena *arena, struct str text, size_t characters);
/* Of a hundred, to the nearest; but 100 only of all, and 0 only of none. */
int draw_percent(int64_t part, int64_t whole);
/* "about 1 in 3", "nearly certain", … */
struct str draw_odds(struct arena *arena, double probability);

/* Where each node of a network stands: the middle one in the middle, its
 * neighbours on a ring, theirs on an outer ring near whom they came by. */
struct draw_point {
    double x;
    double y;
};
enum { NETWORK_WIDTH = 760, NETWORK_HEIGHT = 560 };
void draw_network(const struct network *network, struct draw_point ret[static NETWORK_NODES_MAX]);

#endif
