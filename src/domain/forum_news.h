/*
 * forum_news: what is new to a Forum since the last meeting that it held.
 *
 * Layer: domain.  Found afresh each time, of what the reader may see: a figure counts what the
 * list behind it holds, and nothing else.
 */
#ifndef PENDEEN_DOMAIN_FORUM_NEWS_H
#define PENDEEN_DOMAIN_FORUM_NEWS_H

#include "domain/entity.h"
#include "domain/scope.h"

enum news_list {
    NEWS_SUBMISSIONS, /* that the Forum first got */
    NEWS_ENTITIES,    /* that nothing named before */
    NEWS_CHANGED,     /* known before, and named again */
    NEWS_LINKS,       /* decisions: joined, kept apart, undone */
    NEWS_RELATIONS,   /* said, or ended */
    NEWS_GRADINGS,
    NEWS_EPISODES,    /* of missing children */
    NEWS_LISTS
};
enum { NEWS_ROWS_MAX = 300 };

struct news_row {
    int64_t id;     /* submission, entity, mention, episode; of a relation an end of it */
    int64_t other;  /* of a link: the other mention; of a relation: its other end */
    enum link_kind kind;
    struct str title;
    struct str words;
    instant_ms at;
};
struct forum_news {
    struct str forum;
    instant_ms since;
    bool held; /* `since` is when a meeting began; else there was none, and it is one rhythm ago */
    size_t total[NEWS_LISTS];
    struct news_row *row; /* of the list that was asked for, newest first; at most NEWS_ROWS_MAX */
    size_t row_count;
};

const char *news_list_name(enum news_list list); /* "submissions" */
bool news_list_from_name(struct str name, enum news_list *ret);

/* ST_NOT_FOUND: no such Forum, or none of this person's. */
enum st forum_news_read(struct app *app, struct arena *arena, const struct person *who,
                        struct str forum, enum news_list wanted, struct forum_news *ret,
                        struct err *err) MUST_USE;

#endif
