/*
 * The words that a representative writes: checked, kept where they were changed, and what of
 * them may tell who said so.
 */
#include "base/utf8.h"
#include "domain/forward_internal.h"
#include "domain/when.h"

static struct forward_words tidied(struct arena *arena, const struct forward_words *words)
{
    return (struct forward_words){str_trim(utf8_clean(arena, words->narrative, NULL)),
                                  str_trim(utf8_clean(arena, words->when_text, NULL)),
                                  str_trim(utf8_clean(arena, words->where_text, NULL))};
}

/* A date that cannot be is refused, as whoever shares something is refused it. */
static enum st check_when(struct str when, struct err *err)
{
    struct date_range range;
    struct err wrong = {0};
    if (when_parse(when, clock_london(clock_now()).date, &range, &wrong) != ST_INVALID)
        return ST_OK;
    return err_set(err, ST_INVALID, "%s", wrong.public);
}

enum st forward_words_clean(struct arena *arena, const struct forward_words *words,
                            struct forward_words *ret, struct err *err)
{
    *ret = tidied(arena, words);
    if (!ret->narrative.len)
        return err_set(err, ST_INVALID, "Write what the Forum may read. A sentence is enough.");
    if (ret->narrative.len > NARRATIVE_MAX)
        return err_set(err, ST_INVALID, "The version for the Forum can have at most %d characters.",
                       NARRATIVE_MAX);
    if (ret->when_text.len > FORWARD_WORDS_MAX || ret->where_text.len > FORWARD_WORDS_MAX)
        return err_set(err, ST_INVALID, "When and where can have at most %d characters each.",
                       FORWARD_WORDS_MAX);
    return check_when(ret->when_text, err);
}

/* As it was written, whatever is read of it by whom. */
static enum st load(struct app *app, struct arena *arena, int64_t submission,
                    struct submission *ret, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = submission_load(app, db, arena, submission, ret, err);
    store_read_end(app->store, db);
    return outcome;
}

/* --- kept ------------------------------------------------------------------------------- */

bool forward_words_same(const struct forward_words *a, const struct forward_words *b)
{
    return str_eq(a->narrative, b->narrative) && str_eq(a->when_text, b->when_text) &&
           str_eq(a->where_text, b->where_text);
}

/* Does somebody mean to keep them: do they say anything else than what they began from? */
static enum st are_changed(struct app *app, struct arena *arena, int64_t submission,
                           const struct forward_words *given, int64_t base, bool *ret,
                           struct err *err)
{
    struct submission written;
    struct forward_version *version = NULL;
    size_t count = 0;
    enum st outcome = load(app, arena, submission, &written, err);
    if (outcome == ST_OK) outcome = forward_versions(app, arena, submission, &version, &count, err);
    if (outcome != ST_OK) return outcome;
    struct forward_words from = {written.narrative, written.when_text, written.where_text};
    for (size_t i = 0; i < count; i++)
        if (version[i].number == base) from = version[i].words;
    from = tidied(arena, &from);
    const struct forward_words words = tidied(arena, given);
    *ret = !forward_words_same(&words, &from);
    return ST_OK;
}

enum st forward_keep(struct app *app, const struct person *who, int64_t submission,
                     const struct forward_words *words, int64_t base, int64_t *ret_number,
                     struct err *err)
{
    struct arena arena;
    arena_init(&arena, 32 << 20);
    bool changed = false;
    enum st outcome =
        forward_allows(app, NULL, &arena, who, submission) ? ST_OK : forward_not_found(err);
    if (outcome == ST_OK)
        outcome = are_changed(app, &arena, submission, words, base, &changed, err);
    if (outcome == ST_OK && changed)
        outcome = forward_save(app, who, submission, words, base, ret_number, err);
    arena_done(&arena);
    return outcome;
}

/* --- what may tell ---------------------------------------------------------------------- */

enum st forward_telltales(struct app *app, struct arena *arena, int64_t submission,
                          const struct forward_words *given, struct telltale_line **ret,
                          size_t *ret_count, struct err *err)
{
    struct submission written;
    struct telltale_hints hints;
    const struct forward_words words = tidied(arena, given);
    struct str text = str_fmt(arena, "%.*s\n%.*s\n%.*s", STR_ARG(words.narrative),
                              STR_ARG(words.when_text), STR_ARG(words.where_text));
    enum st outcome = load(app, arena, submission, &written, err);
    if (outcome == ST_OK) outcome = telltale_hints_read(app, arena, &written, &hints, err);
    if (outcome == ST_OK) *ret_count = telltale_lines(arena, app->area, text, &hints, ret);
    return outcome;
}

enum st forward_check_looked(size_t found, bool looked, struct err *err)
{
    if (!found || looked) return ST_OK;
    return err_set(err, ST_INVALID,
                   "Look at what may tell who said so. Take it out, or say that none of it does.");
}

enum st forward_note_looked(struct app *app, struct db *db, struct arena *arena, int64_t account,
                            int64_t submission, const struct telltale_line *line, size_t count,
                            struct err *err)
{
    enum { NOTED = 50 }; /* the words themselves are kept as a version */
    struct str words = STR("");
    if (!count) return ST_OK;
    for (size_t i = 0; i < count && i < NOTED; i++)
        words = str_fmt(arena, i ? "%.*s; %.*s: %.*s" : "%.*s%.*s: %.*s", STR_ARG(words),
                        STR_ARG(line[i].words), STR_ARG(line[i].tells));
    return forward_note(app, db,
                        &(struct forward_act){.submission = submission,
                                              .kind = "looked",
                                              .words = words,
                                              .action = "what may tell who said so was looked at",
                                              .audit = AUDIT_ALTERATION,
                                              .account = account},
                        err);
}
