/*
 * search_words: search in what was told, beside search over what is mentioned in it.
 *
 * Layer: domain.  Words stand sealed in the store and nowhere else, so they are opened to be looked
 * through, the newest first and a part at a time: no index of them lies anywhere
 * (docs/decisions/0158).  Looked through is what this person may read, in the words that they
 * read; that it was done is in the audit log, not what for.
 */
#ifndef PENDEEN_DOMAIN_SEARCH_WORDS_H
#define PENDEEN_DOMAIN_SEARCH_WORDS_H

#include "base/clock.h"
#include "domain/access.h"
#include "domain/app.h"

struct word_hit {
    int64_t submission;
    struct str reference;
    struct str sector;
    instant_ms created_at;
    struct str text; /* the narrative, or where it was */
    size_t from, to; /* the first word asked for, in bytes of text */
};

struct words_found {
    struct word_hit *hit; /* newest first */
    size_t count;
    size_t looked;        /* how many were looked through */
    int64_t before;       /* where to go on from; 0: all were looked through */
    instant_ms back_to;   /* when the oldest of them came */
};

enum { SEARCH_WORDS_AT_ONCE = 5000, SEARCH_WORDS_HITS = 100 };

/* Of what stands before that submission (0: from the newest on), what holds words that begin like
 * every word asked for, in any case, with or without accents.  ST_INVALID: nothing to look for. */
enum st search_words(struct app *app, struct arena *arena, const struct person *who,
                     struct str asked, int64_t before, struct words_found *ret,
                     struct err *err) MUST_USE;
/* The submission of that reference, in any case; 0: there is none that this person may read. */
enum st search_reference(struct app *app, struct arena *arena, const struct person *who,
                         struct str asked, int64_t *ret, struct str *ret_reference,
                         struct err *err) MUST_USE;

#endif
