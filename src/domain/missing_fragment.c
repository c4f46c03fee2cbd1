#include "domain/missing_fragment.h"

#include "domain/child_unnamed.h"
#include "domain/extract.h"
#include "domain/missing_internal.h"
#include "domain/submission.h"

enum missing_wish missing_wish(const struct missing_file *file)
{
    struct answer answer = missing_answer_get(file, STR("wish-sharing"));
    if (answer.kind != ANSWER_GIVEN) return WISH_NOT_ASKED;
    if (str_eq(answer.value, STR("words"))) return WISH_WORDS;
    return str_eq(answer.value, STR("facts")) ? WISH_FACTS : WISH_NO;
}

static struct str why_not(enum missing_wish wish, const struct missing_fragment *fragment)
{
    if (wish == WISH_NO)
        return STR("The child does not wish it to be passed on. If a child is in danger, call 999, "
                   "or refer: a wish never stands in the way of that.");
    if (wish == WISH_NOT_ASKED)
        return STR("Ask the child first what may be passed on, and write it down.");
    if (wish == WISH_FACTS && !fragment->mention_count)
        return STR("It names nothing that can be passed on without the child’s words.");
    return STR("");
}

/* A field that a question is for, beside what its words name. */
static void add_own(const struct question *question, struct str value,
                    struct missing_fragment *fragment)
{
    if (question->mention == LINK_FIELDS || value.len > MENTION_FIELD_MAX ||
        fragment->mention_count == MENTIONS_MAX)
        return;
    struct mention_draft *mention = &fragment->mention[fragment->mention_count++];
    *mention = (struct mention_draft){
        .kind = field_kind(question->mention), .span_start = -1, .span_end = -1};
    mention->field[question->mention] = value;
}

static void make(struct arena *arena, enum missing_wish wish, const struct child_file *child,
                 const struct question *question, const struct missing_answer *answer,
                 struct missing_fragment *ret)
{
    struct date said = clock_london(answer->at).date;
    struct str words = child_unnamed(arena, child, answer->answer.value);
    *ret = (struct missing_fragment){.question = question,
                                     .answer = answer->answer.value,
                                     .account = answer->account,
                                     .at = answer->at};
    ret->mention = arena_many(arena, MENTIONS_MAX, struct mention_draft);
    ret->narrative =
        wish == WISH_FACTS
            ? STR("A child named this in a return interview. By the child’s wish the words are not "
                  "passed on.")
            : str_fmt(arena, "A child said in a return interview: “%.*s”", STR_ARG(words));
    ret->mention_count = extract_mentions(arena, wish == WISH_FACTS ? words : ret->narrative, said,
                                          ret->mention, MENTIONS_MAX);
    for (size_t i = 0; i < ret->mention_count && wish == WISH_FACTS; i++)
        ret->mention[i].span_start = ret->mention[i].span_end = -1;
    if (!ret->mention_count) add_own(question, words, ret);
    ret->why_not = why_not(wish, ret);
    if (ret->why_not.len) ret->narrative = STR("");
}

/* The last time that this answer was passed on, as it stands. */
static int64_t passed_on(const struct missing_file *file, const struct missing_fragment *fragment)
{
    int64_t submission = 0;
    for (size_t i = 0; i < file->fragment_count; i++)
        if (str_eq(file->fragment[i].what, fragment->question->key) &&
            file->fragment[i].at >= fragment->at)
            submission = file->fragment[i].submission;
    return submission;
}

enum st missing_fragments(struct app *app, struct arena *arena, const struct person *who,
                          const struct missing_file *file, struct missing_fragment **ret,
                          size_t *ret_count, struct err *err)
{
    const struct questions *form = &area_missing(app->area)->form;
    enum missing_wish wish = missing_wish(file);
    struct child_file child;
    size_t count = 0;
    *ret_count = 0;
    if (!file->line.may_read_child) return ST_OK;
    enum st outcome = child_open(app, arena, who, file->line.child, &child, err);
    if (outcome != ST_OK) return outcome;
    *ret = arena_many(arena, form->question_count + 1, struct missing_fragment);
    for (size_t q = 0; q < form->question_count; q++) {
        const struct question *question = &form->question[q];
        if (!str_starts(question->key, STR("said-"))) continue;
        for (size_t i = 0; i < file->answer_count; i++) {
            const struct missing_answer *answer = &file->answer[i];
            if (!str_eq(answer->key, question->key) || answer->answer.kind != ANSWER_GIVEN)
                continue;
            make(arena, wish, &child, question, answer, &(*ret)[count]);
            (*ret)[count].submission = passed_on(file, &(*ret)[count]);
            count++;
        }
    }
    *ret_count = count;
    return ST_OK;
}

struct passing {
    struct app *app;
    struct arena *arena;
    const struct missing_file *file;
    const struct missing_fragment *fragment;
};

/* In the transaction of its submission, which is sealed as to who told: here stands whose answer it
 * was and since when, as beside the interview.  Who passed it on, and at which instant, would lead
 * from the child to the submission and to whoever handed it in. */
static enum st keep_trace(void *context, struct db *db, int64_t submission, struct err *err)
{
    const struct passing *passing = context;
    struct str text[MISSING_FRAGMENT_TEXTS] = {
        passing->fragment->question->key, str_fmt(passing->arena, "%lld", (long long)submission)};
    return missing_entry_store(passing->app, db, passing->arena, passing->file->line.record,
                               passing->file->line.id, "fragment", text, MISSING_FRAGMENT_TEXTS,
                               passing->fragment->account, passing->fragment->at, err);
}

static enum st pass_on(struct app *app, struct arena *arena, const struct person *who,
                       const struct missing_file *file, const struct missing_fragment *fragment,
                       int64_t *ret, struct err *err)
{
    struct passing passing = {app, arena, file, fragment};
    struct submission_receipt receipt;
    struct submission_draft draft = {
        .idempotency_key =
            str_fmt(arena, "return interview %lld %.*s %lld", (long long)file->line.id,
                    STR_ARG(fragment->question->key), (long long)fragment->at),
        .narrative = fragment->narrative,
        .how_known = HOW_TOLD,
        .mention = fragment->mention,
        .mention_count = fragment->mention_count};
    enum st outcome = submission_share_with(
        app, who, &draft, &(struct submission_also){keep_trace, &passing}, &receipt, err);
    if (outcome == ST_OK) *ret = receipt.id;
    return outcome;
}

enum st missing_fragment_share(struct app *app, const struct person *who, int64_t episode,
                               struct str key, int64_t *ret_submission, struct err *err)
{
    struct arena arena;
    struct missing_file file;
    struct missing_fragment *fragment = NULL;
    arena_init(&arena, 64 << 20);
    enum st outcome = missing_open(app, &arena, who, episode, &file, err);
    size_t count = 0, at = 0;
    if (outcome == ST_OK && file.may_edit)
        outcome = missing_fragments(app, &arena, who, &file, &fragment, &count, err);
    while (at < count && !str_eq(fragment[at].question->key, key)) at++;
    if (outcome == ST_OK && at == count) outcome = missing_gone(err);
    if (outcome == ST_OK && fragment[at].why_not.len)
        outcome = err_set(err, ST_INVALID, "%.*s", STR_ARG(fragment[at].why_not));
    if (outcome == ST_OK && fragment[at].submission)
        *ret_submission = fragment[at].submission;
    else if (outcome == ST_OK)
        outcome = pass_on(app, &arena, who, &file, &fragment[at], ret_submission, err);
    arena_done(&arena);
    return outcome;
}
