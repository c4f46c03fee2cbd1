/*
 * when_read: the words of a date, and the patterns that read them.
 *
 * Layer: domain, for when.c alone.  A pattern is tried at a token and says how
 * many tokens it took; of all patterns the longest wins, so their order does not
 * matter.
 */
#ifndef PENDEEN_DOMAIN_WHEN_READ_H
#define PENDEEN_DOMAIN_WHEN_READ_H

#include "domain/when.h"

/* No date is longer than this many tokens. */
enum { WHEN_TOKENS = 24, WHEN_WORD = 16 };

struct when_token {
    size_t start, end;
    int32_t number;       /* -1: not a number */
    uint8_t digits;       /* of the number; 0: not a number */
    bool ordinal;         /* "12th" */
    bool glued;           /* nothing between it and the token before */
    bool capital;         /* begins with a capital letter */
    char word[WHEN_WORD]; /* lower case without apostrophes; empty: not a word, or a long one */
    char mark;            /* punctuation; every dash is '-' */
};

struct when_reading {
    struct str text;
    struct when_token token[WHEN_TOKENS];
    size_t count;
    int32_t today;
    bool strict; /* running text: look twice */
};

/* What was read; `problem` is set when it was a date and cannot be one. */
struct when_span {
    int32_t from, to; /* days since 1970 */
    enum when_precision precision;
    bool recurring;
    bool weekday; /* told by its name alone */
    bool year_given;
    char problem[160];
};

/* Fills reading->token with what stands at and after byte `from`; the first token
 * is glued when a letter or digit stands before it. */
void when_tokens(struct when_reading *reading, size_t from);

/* Never NULL: past the end an empty token. */
const struct when_token *when_token_at(const struct when_reading *reading, size_t at);
/* Is the token one of "one|two|three"? */
bool when_word_in(const struct when_token *token, const char *words);

/* The longest date at token `at`, without "since" and "to"; how many tokens, 0 for
 * none. */
size_t when_read_one(const struct when_reading *reading, size_t at, struct when_span *ret);
/* Words that tell the time of day and may follow a date; how many tokens. */
size_t when_read_time(const struct when_reading *reading, size_t at);

/* Weekdays, half terms and what counts back from today: when_relative.c. */
size_t when_read_weekday(const struct when_reading *, size_t at, struct when_span *ret);
size_t when_read_word(const struct when_reading *, size_t at, struct when_span *ret);
size_t when_read_ago(const struct when_reading *, size_t at, struct when_span *ret);
size_t when_read_last(const struct when_reading *, size_t at, struct when_span *ret);
size_t when_read_season(const struct when_reading *, size_t at, struct when_span *ret);
/* 0 = Monday ... 6 = Sunday, -1; plural and short forms are told apart. */
int when_weekday(const struct when_token *token, bool *ret_plural, bool *ret_short);
/* 1 to 12, or 0. */
int when_month(const struct when_token *token);

#endif
