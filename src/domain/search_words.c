#include "domain/search_words.h"

#include "domain/scope.h"
#include "domain/search.h"
#include "domain/submission.h"
#include "domain/text_words.h"
#include "link/normalise.h"

#include <stdlib.h>

enum { ASKED_MAX = 8, ASKED_LEAST = 3 /* letters of the longest */, LINE_BYTES = 1 << 20 };

struct asked {
    char text[ASKED_MAX][LINK_TEXT_SIZE];
    struct str word[ASKED_MAX];
    size_t count;
};

/* A word as it is compared; what is longer is cut. */
static struct str folded(struct str word, char space[static LINK_TEXT_SIZE])
{
    link_fold(str_sub(text_word_without_s(word), 0, LINK_TEXT_SIZE / 2), space);
    return str_from(space);
}

static enum st read_asked(struct str text, struct asked *ret, struct err *err)
{
    struct str word;
    size_t longest = 0;
    ret->count = 0;
    for (size_t at = 0; ret->count < ASKED_MAX && text_word_next(text, &at, &word);) {
        struct str plain = folded(word, ret->text[ret->count]);
        if (!plain.len) continue;
        ret->word[ret->count++] = plain;
        if (plain.len > longest) longest = plain.len;
    }
    if (longest >= ASKED_LEAST) return ST_OK;
    return err_set(err, ST_INVALID, "Write a word of three letters or more, or how one begins.");
}

/* Whether each word begins one of the text; of the first, where it stands. */
static unsigned words_met(const struct asked *asked, struct str text, size_t *ret_from,
                          size_t *ret_to)
{
    unsigned met = 0;
    struct str word;
    for (size_t at = 0; text_word_next(text, &at, &word);) {
        char space[LINK_TEXT_SIZE];
        struct str plain = folded(word, space);
        for (size_t i = 0; i < asked->count; i++) {
            if ((met >> i & 1) || !str_starts(plain, asked->word[i])) continue;
            met |= 1u << i;
            if (i == 0) {
                *ret_to = at;
                *ret_from = at - word.len;
            }
        }
    }
    return met;
}

static bool line_fits(const struct asked *asked, const struct submission_line *line,
                      struct word_hit *ret)
{
    size_t from = 0, to = 0, from_where = 0, to_where = 0;
    unsigned told = words_met(asked, line->narrative, &from, &to);
    unsigned where = words_met(asked, line->where_text, &from_where, &to_where);
    if ((told | where) != (1u << asked->count) - 1) return false;
    bool in_told = told & 1;
    *ret = (struct word_hit){.submission = line->id,
                             .reference = line->reference,
                             .sector = line->sector,
                             .created_at = line->created_at,
                             .text = in_told ? line->narrative : line->where_text,
                             .from = in_told ? from : from_where,
                             .to = in_told ? to : to_where};
    return true;
}

static void keep(struct arena *arena, const struct word_hit *hit, struct words_found *found)
{
    struct word_hit *kept = &found->hit[found->count++];
    *kept = *hit;
    kept->reference = str_dup(arena, hit->reference);
    kept->sector = str_dup(arena, hit->sector);
    kept->text = str_dup(arena, hit->text);
}

/* Goes through them until it has enough, or has looked at as many as it may at once. */
static enum st look_through(const struct scope *scope, struct db *db, struct arena *arena,
                            const struct asked *asked, const int64_t *ids, size_t count,
                            struct words_found *ret, struct err *err)
{
    struct arena opened;
    enum st outcome = ST_OK;
    arena_init(&opened, LINE_BYTES);
    struct arena_mark mark = arena_mark(&opened);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct submission_line line;
        struct word_hit hit;
        if (ret->count == SEARCH_WORDS_HITS || ret->looked == SEARCH_WORDS_AT_ONCE) break;
        outcome = submission_line_load(scope, db, &opened, ids[i], &line, err);
        if (outcome == ST_OK && line_fits(asked, &line, &hit)) keep(arena, &hit, ret);
        if (outcome == ST_OK && (!ret->back_to || line.created_at < ret->back_to))
            ret->back_to = line.created_at;
        if (outcome == ST_NOT_FOUND) outcome = ST_OK; /* destroyed meanwhile */
        ret->before = ids[i];
        ret->looked++;
        arena_reset(&opened, mark);
    }
    arena_done(&opened);
    return outcome;
}

enum st search_words(struct app *app, struct arena *arena, const struct person *who,
                     struct str text, int64_t before, struct words_found *ret, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    struct asked asked;
    *ret = (struct words_found){0};
    enum st outcome = read_asked(text, &asked, err);
    if (outcome == ST_OK) outcome = search_begin(app, who, text, "search in words", err);
    if (outcome != ST_OK) return outcome;
    ret->hit = arena_many(arena, SEARCH_WORDS_HITS, struct word_hit);
    int64_t *ids = arena_many(arena, SEARCH_WORDS_AT_ONCE + 1, int64_t);
    size_t count = scope_latest(scope, ACT_READ_SUBMISSION, before, ids, SEARCH_WORDS_AT_ONCE + 1);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    outcome = look_through(scope, db, arena, &asked, ids, count, ret, err);
    store_read_end(app->store, db);
    if (ret->looked == count) ret->before = 0;
    return outcome;
}

enum st search_reference(struct app *app, struct arena *arena, const struct person *who,
                         struct str asked, int64_t *ret, struct str *ret_reference, struct err *err)
{
    const struct scope *scope = scope_of(app, arena, who);
    scope_allows(scope, ACT_READ_SUBMISSION, 0); /* read before a connection is taken */
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    *ret_reference = str_upper(arena, str_trim(asked));
    enum st outcome = submission_of_reference(db, arena, asked, ret, err);
    store_read_end(app->store, db);
    if (!scope_allows(scope, ACT_READ_SUBMISSION, *ret)) *ret = 0;
    return outcome;
}
