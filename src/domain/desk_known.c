#include "domain/desk_known.h"

#include "domain/audit.h"
#include "domain/decision.h"
#include "domain/entity_seen.h"
#include "domain/missing.h"
#include "domain/referral.h"
#include "domain/submission.h"

#include <stdlib.h>

enum { MAY_FIT_EACH = 5, MISSING_EACH = 5 };

struct gathering {
    struct app *app;
    struct arena *arena;
    const struct scope *scope;
    struct desk_known *list;
    size_t count;
};

/* Each submission once; what is joined goes before what may fit. */
static void gather(struct gathering *gathering, const struct desk_known *item)
{
    for (size_t i = 0; i < gathering->count; i++) {
        struct desk_known *there = &gathering->list[i];
        if (there->submission != item->submission) continue;
        if ((there->may && !item->may) || (there->may == item->may && item->bits > there->bits))
            *there = *item;
        return;
    }
    if (gathering->count < DESK_KNOWN_MAX) gathering->list[gathering->count++] = *item;
}

static void gather_of_mention(struct gathering *gathering, const struct submission *submission,
                              size_t which)
{
    const struct mention *mention = &submission->mention[which];
    struct str about = mention_title(gathering->arena, mention->kind, mention->field);
    int64_t *members = NULL;
    size_t count = seen_members(gathering->scope, gathering->arena, mention->id, &members);
    for (size_t i = 0; i < count; i++) {
        int64_t other = entity_submission(gathering->app->entities, members[i]);
        if (other == submission->id || !scope_allows(gathering->scope, ACT_READ_SUBMISSION, other))
            continue;
        gather(gathering, &(struct desk_known){.submission = other,
                                               .about = about,
                                               .mention = mention->id,
                                               .other = members[i]});
    }
    struct suggestion *may = NULL;
    count =
        suggestions_of(gathering->scope, gathering->arena, submission, which, MAY_FIT_EACH, &may);
    for (size_t i = 0; i < count; i++) {
        int64_t other = entity_submission(gathering->app->entities, may[i].other);
        if (may[i].same_entity || !scope_allows(gathering->scope, ACT_READ_SUBMISSION, other))
            continue;
        gather(gathering, &(struct desk_known){.submission = other,
                                               .about = about,
                                               .mention = mention->id,
                                               .other = may[i].other,
                                               .bits = may[i].bits,
                                               .may = true});
    }
}

/* Other referrals whose child has the same record. */
static enum st gather_same_child(struct gathering *gathering, struct db *db,
                                 const struct person *who, int64_t referral, struct err *err)
{
    struct query *query = db_query(db, Q_DESK_SAME_CHILD);
    db_bind_int(query, 1, referral);
    while (gathering->count < DESK_KNOWN_MAX && db_next(query)) {
        struct desk_known *item = &gathering->list[gathering->count];
        *item = (struct desk_known){.referral = db_int(query, 0),
                                    .reference = str_dup(gathering->arena, db_text(query, 1)),
                                    .at = db_int(query, 2),
                                    .same_child = true};
        if (desk_allows(gathering->app, gathering->arena, who, ACT_DESK, item->referral))
            gathering->count++;
    }
    return db_end(query, err);
}

/* Missing episodes of the referral's children, of the records that this person may see. */
static enum st gather_missing(struct gathering *gathering, const struct person *who,
                              int64_t referral, struct err *err)
{
    int64_t child[QUESTION_ROWS_MAX];
    size_t children = 0;
    struct db *db = store_read_begin(gathering->app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_MISSING_CHILDREN_OF);
    db_bind_int(query, 1, referral);
    while (children < QUESTION_ROWS_MAX && db_next(query)) child[children++] = db_int(query, 0);
    enum st outcome = db_end(query, err);
    store_read_end(gathering->app->store, db);
    for (size_t i = 0; i < children && outcome == ST_OK; i++) {
        struct child_file file;
        struct missing_line *line = NULL;
        size_t count = 0;
        struct err missing = {0};
        if (child_open(gathering->app, gathering->arena, who, child[i], &file, &missing) != ST_OK)
            continue;
        outcome =
            missing_of_child(gathering->app, gathering->arena, who, &file, &line, &count, err);
        size_t shown = count < MISSING_EACH ? count : MISSING_EACH;
        for (size_t k = 0; k < shown && outcome == ST_OK && gathering->count < DESK_KNOWN_MAX; k++)
            gathering->list[gathering->count++] = (struct desk_known){
                .at = line[k].since,
                .missing = line[k].id,
                .reference = line[k].reference,
                .words = k + 1 == shown && count > shown
                             ? str_fmt(gathering->arena, "%.*s And %zu earlier episode%s.",
                                       STR_ARG(missing_words(gathering->arena, &line[k])),
                                       count - shown, count - shown == 1 ? "" : "s")
                             : missing_words(gathering->arena, &line[k]),
                .same_child = true};
    }
    return outcome;
}

/* What its submission says: of a referral only that it is one. */
static enum st fill(struct gathering *gathering, struct db *db, struct desk_known *item,
                    struct err *err)
{
    struct submission submission;
    if (!item->submission) return ST_OK;
    enum st outcome = submission_load_seen(gathering->scope, db, gathering->arena, item->submission,
                                           &submission, err);
    if (outcome == ST_OK)
        outcome = referral_of_submission(gathering->app, item->submission, &item->referral, err);
    if (outcome != ST_OK) return outcome;
    item->at = submission.created_at;
    item->reference = submission.reference;
    if (item->referral) {
        struct referral_head head;
        outcome = referral_load_head(db, gathering->arena, item->referral, &head, err);
        item->reference = head.reference;
        if (outcome == ST_OK && !head.id) outcome = ST_NOT_FOUND;
    } else {
        item->words = submission.narrative;
        item->sector = submission.sector;
    }
    return outcome;
}

/* What was destroyed meanwhile goes; the rest is shown. */
static enum st fill_all(struct gathering *gathering, struct db *db, struct err *err)
{
    size_t kept = 0;
    enum st outcome = ST_OK;
    for (size_t i = 0; i < gathering->count && outcome == ST_OK; i++) {
        outcome = fill(gathering, db, &gathering->list[i], err);
        if (outcome == ST_OK) gathering->list[kept++] = gathering->list[i];
        if (outcome == ST_NOT_FOUND) outcome = ST_OK;
    }
    gathering->count = kept;
    return outcome;
}

static int newest_first(const void *a, const void *b)
{
    const struct desk_known *left = a;
    const struct desk_known *right = b;
    if (left->at != right->at) return left->at < right->at ? 1 : -1;
    return (left->submission < right->submission) - (left->submission > right->submission);
}

/* A referral that is found both by its mentions and by its child is one. */
static void drop_twice(struct gathering *gathering)
{
    size_t kept = 0;
    for (size_t i = 0; i < gathering->count; i++) {
        bool twice = false;
        for (size_t k = 0; k < kept; k++) {
            if (!gathering->list[i].referral ||
                gathering->list[k].referral != gathering->list[i].referral)
                continue;
            gathering->list[k].same_child |= gathering->list[i].same_child;
            twice = true;
        }
        if (!twice) gathering->list[kept++] = gathering->list[i];
    }
    gathering->count = kept;
}

static enum st note(struct gathering *gathering, const struct person *who, int64_t referral,
                    struct err *err)
{
    struct audit_subject more[AUDIT_SUBJECTS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < gathering->count && count < AUDIT_SUBJECTS_MAX - 1; i++)
        if (gathering->list[i].submission)
            more[count++] = (struct audit_subject){"submission", gathering->list[i].submission};
    return audit_event(gathering->app, &(struct audit_event){.kind = AUDIT_CONSULTATION,
                                                             .action = "known information read",
                                                             .account = who->account,
                                                             .subject = "referral",
                                                             .subject_id = referral,
                                                             .more = more,
                                                             .more_count = count},
                       err);
}

enum st desk_known_read(struct app *app, struct arena *arena, const struct person *who,
                        const struct desk_case *desk, struct desk_known **ret, size_t *ret_count,
                        struct err *err)
{
    struct gathering gathering = {.app = app, .arena = arena, .scope = scope_of(app, arena, who)};
    gathering.list = arena_many(arena, DESK_KNOWN_MAX, struct desk_known);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct submission submission = {0};
    enum st outcome = submission_load(app, db, arena, desk->submission, &submission, err);
    if (outcome == ST_NOT_FOUND) outcome = ST_OK; /* as below */
    for (size_t i = 0; i < submission.mention_count && outcome == ST_OK; i++)
        gather_of_mention(&gathering, &submission, i);
    if (outcome == ST_OK) outcome = fill_all(&gathering, db, err);
    if (outcome == ST_OK) outcome = gather_same_child(&gathering, db, who, desk->referral, err);
    store_read_end(app->store, db);
    if (outcome == ST_OK) outcome = gather_missing(&gathering, who, desk->referral, err);
    if (outcome != ST_OK) return outcome;
    drop_twice(&gathering);
    if (gathering.count)
        qsort(gathering.list, gathering.count, sizeof *gathering.list, newest_first);
    *ret = gathering.list;
    *ret_count = gathering.count;
    return note(&gathering, who, desk->referral, err);
}
