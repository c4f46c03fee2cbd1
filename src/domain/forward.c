#include "domain/forward.h"

#include "base/utf8.h"
#include "domain/account.h"
#include "domain/area_feedback.h"
#include "domain/audit.h"
#include "domain/entity.h"
#include "domain/forward_internal.h"
#include "domain/handling.h"
#include "domain/naming.h"
#include "domain/reason.h"
#include "domain/record.h"
#include "domain/registry.h"
#include "domain/scope.h"
#include "domain/snapshot.h"
#include "link/link.h"

/* --- what stands in the way ----------------------------------------------------------- */

enum st forward_not_found(struct err *err)
{
    return err_missing(err, "submission");
}

enum st forward_check_open(enum stage stage, struct err *err)
{
    switch (stage) {
    case STAGE_REPRESENTATIVE:
    case STAGE_HELD: return ST_OK;
    case STAGE_WITHDRAWN:
        return err_set(err, ST_CONFLICT,
                       "Whoever sent it has withdrawn it. It goes nowhere any more.");
    case STAGE_RETURNED: return err_set(err, ST_CONFLICT, "It was returned to whoever sent it.");
    case STAGE_MARU: return err_set(err, ST_CONFLICT, "It went to the referral unit already.");
    case STAGE_SHARED:
    case STAGE_CLOSED: break;
    case STAGE_COUNT: break;
    }
    return err_set(err, ST_CONFLICT,
                   "It was shared with a Forum already. What was shared stays as it is.");
}

bool forward_allows(struct app *app, struct db *turn, struct arena *arena, const struct person *who,
                    int64_t submission)
{
    return scope_allows_now(app, turn, arena, who, ACT_FORWARD, submission);
}

enum st forward_note(struct app *app, struct db *db, const struct forward_act *act, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    int64_t id = 0;
    struct str sealed = STR("");
    enum st outcome = db_next_id(db, Q_EVENT_LAST, &id, err);
    if (outcome == ST_OK && act->words.len)
        outcome = reason_seal(app, db, &arena, act->submission, FIELD_SUBMISSION_EVENT, id,
                              act->words, &sealed, err);
    if (outcome == ST_OK) {
        struct query *query = db_query(db, Q_EVENT_ADD);
        db_bind_int(query, 1, id);
        db_bind_int(query, 2, act->submission);
        db_bind_text(query, 3, str_from(act->kind));
        db_bind_text(query, 4, act->code);
        if (act->by_source)
            db_bind_null(query, 5);
        else
            db_bind_int(query, 5, act->account);
        db_bind_int(query, 6, clock_now());
        if (act->words.len)
            db_bind_bytes(query, 7, sealed.ptr, sealed.len);
        else
            db_bind_null(query, 7);
        outcome = db_run(query, err);
    }
    arena_done(&arena);
    if (outcome != ST_OK) return outcome;
    return audit_append(app, db, &(struct audit_event){.kind = act->audit,
                                                       .action = act->action,
                                                       .account = act->account,
                                                       .by_source = act->by_source,
                                                       .subject = "submission",
                                                       .subject_id = act->submission,
                                                       .outcome = "ok"},
                        err);
}

/* --- versions --------------------------------------------------------------------------- */

enum st forward_version_last(struct db *db, int64_t submission, int64_t *ret, struct err *err)
{
    struct query *query = db_query(db, Q_VERSION_NUMBER);
    db_bind_int(query, 1, submission);
    return db_one(query, ret, err);
}

enum st forward_version_add(struct app *app, struct db *db, struct arena *arena,
                            const struct person *who, const struct forward_new *new,
                            int64_t *ret_id, int64_t *ret_number, struct err *err)
{
    int64_t last = 0;
    struct str text[VERSION_WORDS] = {new->words->narrative, new->words->when_text,
                                      new->words->where_text,
                                      new->named ? STR(VERSION_NAMED) : STR("")};
    struct str sealed;
    enum st outcome = forward_version_last(db, new->submission, &last, err);
    if (outcome == ST_OK) outcome = db_next_id(db, Q_VERSION_LAST, ret_id, err);
    if (outcome == ST_OK)
        outcome = reason_seal(app, db, arena, new->submission, FIELD_SUBMISSION_VERSION, *ret_id,
                              texts_pack(arena, text, VERSION_WORDS), &sealed, err);
    if (outcome != ST_OK) return outcome;
    *ret_number = last + 1;
    struct query *query = db_query(db, Q_VERSION_ADD);
    db_bind_int(query, 1, *ret_id);
    db_bind_int(query, 2, new->submission);
    db_bind_int(query, 3, last + 1);
    db_bind_int(query, 4, new->base);
    db_bind_int(query, 5, who->account);
    db_bind_int(query, 6, clock_now());
    db_bind_bytes(query, 7, sealed.ptr, sealed.len);
    outcome = db_run(query, err);
    if (outcome != ST_OK) return outcome;
    /* Whoever signs what they wrote keeps it. */
    struct naming_found naming;
    const struct naming_said said = {.text = text, .count = TOLD_WORDS};
    naming_find(app, arena, &said, &naming);
    return naming_note(app, db, arena, new->submission, &said, &naming, who->account, err);
}

enum st forward_beside(struct err *err)
{
    return err_set(err, ST_CONFLICT,
                   "Somebody else wrote a version meanwhile. Both are kept: look at them, and go "
                   "on from the newest.");
}

static enum st version_from_row(struct app *app, struct arena *arena, struct db *db,
                                struct query *query, struct forward_version *ret, struct err *err)
{
    struct str words;
    struct str text[VERSION_WORDS];
    int64_t id = db_int(query, 0);
    enum st outcome =
        reason_open(app, arena, query, 5, 6, FIELD_SUBMISSION_VERSION, id, &words, err);
    if (outcome != ST_OK) return outcome;
    if (!texts_unpack(words, text, VERSION_WORDS)) abort(); /* it was authentic */
    *ret = (struct forward_version){.id = id,
                                    .number = db_int(query, 1),
                                    .base = db_int(query, 2),
                                    .made_at = db_int(query, 4),
                                    .words = {text[0], text[1], text[2]},
                                    .named = text[3].len > 0};
    return account_name(app, db, arena, db_int(query, 3), &ret->author, err);
}

/* Are these the words of the newest version, by the same person?  A page that is loaded again
 * sends them again, and they are kept once.  *ret: that version; number 0: they are not. */
static enum st find_same(struct app *app, struct db *db, struct arena *arena,
                         const struct person *who, const struct forward_new *new,
                         struct forward_version *ret, struct err *err)
{
    struct forward_version newest = {0};
    struct query *query = db_query(db, Q_VERSION_LIST);
    db_bind_int(query, 1, new->submission);
    enum st outcome = ST_OK;
    if (db_next(query) && db_int(query, 3) == who->account)
        outcome = version_from_row(app, arena, db, query, &newest, err);
    outcome = db_end_after(query, outcome, err);
    *ret = forward_words_same(&newest.words, new->words) ? newest : (struct forward_version){0};
    return outcome;
}

enum st forward_note_version(struct app *app, struct db *db, int64_t account, int64_t submission,
                             struct err *err)
{
    return forward_note(app, db,
                        &(struct forward_act){.submission = submission,
                                              .kind = "version",
                                              .action = "sanitised version written",
                                              .audit = AUDIT_ALTERATION,
                                              .account = account},
                        err);
}

/* *ret_beside: somebody wrote a version meanwhile. */
static enum st store_version(struct app *app, struct db *db, struct arena *arena,
                             const struct person *who, const struct forward_new *new,
                             int64_t *ret_number, bool *ret_beside, struct err *err)
{
    struct stage_state state = {0};
    struct forward_version same = {0};
    int64_t last = 0;
    int64_t id = 0;
    if (!forward_allows(app, db, arena, who, new->submission)) return forward_not_found(err);
    enum st outcome = stage_load(db, arena, new->submission, &state, err);
    if (outcome == ST_OK) outcome = forward_check_open(state.stage, err);
    if (outcome == ST_OK) outcome = forward_version_last(db, new->submission, &last, err);
    if (outcome == ST_OK) outcome = find_same(app, db, arena, who, new, &same, err);
    if (outcome != ST_OK) return outcome;
    /* What was kept beside another is told again: they may not have read it. */
    *ret_beside = last != new->base && !(same.number && same.base == last - 1);
    *ret_number = same.number;
    if (same.number) return ST_OK;
    outcome = forward_version_add(app, db, arena, who, new, &id, ret_number, err);
    return outcome == ST_OK ? forward_note_version(app, db, who->account, new->submission, err)
                            : outcome;
}

enum st forward_save(struct app *app, const struct person *who, int64_t submission,
                     const struct forward_words *given, int64_t base, int64_t *ret_number,
                     struct err *err)
{
    struct arena arena;
    arena_init(&arena, SCOPE_MEMORY);
    struct forward_words words;
    struct db *db = NULL;
    bool beside = false;
    enum st outcome =
        forward_allows(app, NULL, &arena, who, submission) ? ST_OK : forward_not_found(err);
    if (outcome == ST_OK) outcome = forward_words_clean(&arena, given, &words, err);
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK) {
        const struct forward_new new = {submission, base, &words, false};
        outcome = store_version(app, db, &arena, who, &new, ret_number, &beside, err);
        outcome = store_write_end(app->store, db, outcome, err);
    }
    arena_done(&arena);
    return outcome == ST_OK && beside ? forward_beside(err) : outcome;
}

enum st forward_versions(struct app *app, struct arena *arena, int64_t submission,
                         struct forward_version **ret, size_t *ret_count, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    *ret = arena_many(arena, FORWARD_LIST_MAX, struct forward_version);
    *ret_count = 0;
    struct query *query = db_query(db, Q_VERSION_LIST);
    db_bind_int(query, 1, submission);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && *ret_count < FORWARD_LIST_MAX && db_next(query)) {
        outcome = version_from_row(app, arena, db, query, &(*ret)[*ret_count], err);
        if (outcome == ST_OK) ++*ret_count;
    }
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    return outcome;
}

/* --- moving ----------------------------------------------------------------------------- */

enum st forward_move(struct db *db, const struct stage_state *from, const struct forward_to *to,
                     struct err *err)
{
    struct query *query = db_query(db, Q_STAGE_MOVE);
    db_bind_int(query, 1, from->submission);
    db_bind_int(query, 2, from->revision);
    db_bind_text(query, 3, str_from(stage_name(to->stage)));
    db_bind_text(query, 4, to->forum);
    db_bind_int_or_null(query, 5, to->version);
    db_bind_int(query, 6, clock_now());
    if (to->stage == STAGE_SHARED)
        db_bind_int(query, 7, clock_now());
    else
        db_bind_null(query, 7);
    db_bind_text(query, 8, to->reason);
    return db_run(query, err);
}

/* From where it waits to a stage in which no Forum sees it. */
static enum st put(struct app *app, const struct person *who, int64_t submission, enum stage stage,
                   enum area_reason_kind kind, struct str reason, struct str given, struct err *err)
{
    if (!area_reason_find(app->area, kind, reason)) return err_set(err, ST_INVALID, "Choose why.");
    struct arena arena;
    arena_init(&arena, SCOPE_MEMORY);
    struct stage_state state = {0};
    struct db *db = NULL;
    struct str words = str_trim(utf8_clean(&arena, str_sub(given, 0, 100000), NULL));
    enum st outcome =
        forward_allows(app, NULL, &arena, who, submission) ? ST_OK : forward_not_found(err);
    if (outcome == ST_OK && utf8_count(words) > FORWARD_WORDS_MAX)
        outcome =
            err_set(err, ST_INVALID, "The note can have at most %d characters.", FORWARD_WORDS_MAX);
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK) {
        if (!forward_allows(app, db, &arena, who, submission)) outcome = forward_not_found(err);
        if (outcome == ST_OK) outcome = stage_load(db, &arena, submission, &state, err);
        if (outcome == ST_OK) outcome = forward_check_open(state.stage, err);
        if (outcome == ST_OK)
            outcome = forward_move(db, &state,
                                   &(struct forward_to){.stage = stage, .reason = reason}, err);
        if (outcome == ST_OK)
            outcome = forward_note(app, db,
                                   &(struct forward_act){.submission = submission,
                                                         .kind = stage_name(stage),
                                                         .code = reason,
                                                         .words = words,
                                                         .action = stage == STAGE_HELD
                                                                       ? "submission held"
                                                                       : "submission returned",
                                                         .audit = AUDIT_ALTERATION,
                                                         .account = who->account},
                                   err);
        const struct registry_change change = {
            .what = REGISTRY_STAGE, .id = submission, .stage = stage};
        outcome = registry_write_end(app, db, outcome, &change, err);
    }
    arena_done(&arena);
    return outcome;
}

enum st forward_hold(struct app *app, const struct person *who, int64_t submission,
                     struct str reason, struct str words, struct err *err)
{
    return put(app, who, submission, STAGE_HELD, AREA_REASON_HOLD, reason, words, err);
}

enum st forward_return(struct app *app, const struct person *who, int64_t submission,
                       struct str reason, struct str words, struct err *err)
{
    return put(app, who, submission, STAGE_RETURNED, AREA_REASON_RETURN, reason, words, err);
}

/* In words for whoever sent it, who learns no more than that it went on. */
static enum st check_withdrawn(enum stage stage, struct err *err)
{
    switch (stage) {
    case STAGE_REPRESENTATIVE:
    case STAGE_HELD: return ST_OK;
    case STAGE_WITHDRAWN: return err_set(err, ST_CONFLICT, "You withdrew it already.");
    case STAGE_RETURNED:
        return err_set(err, ST_CONFLICT, "It was returned to you, and goes nowhere.");
    case STAGE_MARU:
        return err_set(err, ST_CONFLICT, "Somebody acts on it already. It cannot be taken back.");
    case STAGE_SHARED:
    case STAGE_CLOSED:
    case STAGE_COUNT: break;
    }
    return err_set(err, ST_CONFLICT, "It was shared already. What was shared stays as it is.");
}

enum st submission_withdraw(struct app *app, const struct person *who, int64_t submission,
                            struct err *err)
{
    struct arena arena;
    arena_init(&arena, SCOPE_MEMORY);
    struct person asker = *who;
    asker.scope = NULL;
    struct record record;
    bool own = scope_record(scope_of(app, &arena, &asker), submission, &record) &&
               record.account == who->account;
    struct stage_state state = {0};
    struct db *db = NULL;
    enum st outcome = own ? store_write_begin(app->store, &db, err) : forward_not_found(err);
    if (outcome == ST_OK) {
        outcome = stage_load(db, &arena, submission, &state, err);
        if (outcome == ST_OK) outcome = check_withdrawn(state.stage, err);
        if (outcome == ST_OK)
            outcome = forward_move(db, &state, &(struct forward_to){.stage = STAGE_WITHDRAWN}, err);
        if (outcome == ST_OK)
            outcome = forward_note(app, db, &(struct forward_act){.submission = submission,
                                                                  .kind = "withdrawn",
                                                                  .action = "submission withdrawn",
                                                                  .audit = AUDIT_ALTERATION,
                                                                  .by_source = true,
                                                                  .account = who->account}, err);
        const struct registry_change change = {
            .what = REGISTRY_STAGE, .id = submission, .stage = STAGE_WITHDRAWN};
        outcome = registry_write_end(app, db, outcome, &change, err);
    }
    arena_done(&arena);
    return outcome;
}

/* --- sharing ----------------------------------------------------------------------------- */

struct sharing {
    struct app *app;
    struct arena *arena;
    struct db *db;
    const struct person *who;
    const struct forward_share *share;
    struct forward_words words;
    struct submission submission;
    struct stage_state state;
    struct telltale_line *line; /* what may tell, in those words */
    size_t line_count;
    struct str reason; /* why it is handled less narrowly than its sender chose */
    struct str forum;  /* empty: that of the organisation */
    bool beside;       /* somebody wrote a version meanwhile */
};

static bool left_out(const struct forward_share *share, int64_t mention)
{
    for (size_t i = 0; i < share->left_out_count; i++)
        if (share->left_out[i] == mention) return true;
    return false;
}

static enum st check_choices(struct sharing *sharing, struct err *err)
{
    const struct forward_share *share = sharing->share;
    if (share->forum.len && !area_forum_find(sharing->app->area, share->forum))
        return err_set(err, ST_INVALID, "Choose the Forum that it goes to.");
    if (share->handling.len && !handling_known(sharing->app, share->handling))
        return err_set(err, ST_INVALID, "Choose who may see it.");
    enum st outcome = forward_words_clean(sharing->arena, &share->words, &sharing->words, err);
    if (outcome == ST_OK && str_trim(share->reason).len)
        outcome = reason_clean(sharing->arena, share->reason, &sharing->reason, err);
    if (outcome == ST_OK)
        outcome = forward_telltales(sharing->app, sharing->arena, sharing->submission.id,
                                    &sharing->words, &sharing->line, &sharing->line_count, err);
    return outcome;
}

/* Whoever narrowed it since these words were begun is not overruled by a choice that was made
 * before. */
static enum st check_seen(const struct sharing *sharing, struct err *err)
{
    const struct forward_share *share = sharing->share;
    struct str now = sharing->submission.handling;
    if (!share->seen.len || str_eq(share->seen, now)) return ST_OK;
    if (!share->handling.len || str_eq(share->handling, now)) return ST_OK;
    return err_set(err, ST_CONFLICT,
                   "Somebody changed who may see it meanwhile. Nothing was shared: look at who may "
                   "see it now, and share it again.");
}

/* What its sender chose is handled less narrowly for a reason alone. */
static enum st check_handling(struct sharing *sharing, struct err *err)
{
    struct handling_history history = {0};
    struct str wanted = sharing->share->handling;
    if (!wanted.len || str_eq(wanted, sharing->submission.handling)) return ST_OK;
    enum st outcome = handling_history_read(sharing->db, sharing->arena, sharing->submission.id,
                                            sharing->submission.handling, &history, err);
    if (outcome == ST_OK && !sharing->reason.len &&
        handling_is_looser(sharing->app, history.chosen, wanted))
        return err_set(err, ST_INVALID,
                       "Say why more people may see it than whoever sent it chose.");
    return outcome;
}

static enum st store_handling(struct sharing *sharing, struct err *err)
{
    struct str from = sharing->submission.handling;
    struct str to = sharing->share->handling;
    if (!to.len || str_eq(from, to)) return ST_OK;
    return handling_write(sharing->app, sharing->db, sharing->arena,
                          &(struct handling_change_new){.submission = sharing->submission.id,
                                                        .from = from,
                                                        .to = to,
                                                        .kind = HANDLING_BY_REPRESENTATIVE,
                                                        .reason = sharing->reason,
                                                        .account = sharing->who->account},
                          err);
}

static enum st store_left_out(struct sharing *sharing, struct err *err)
{
    bool any = false;
    enum st outcome = ST_OK;
    for (size_t i = 0; i < sharing->submission.mention_count && outcome == ST_OK; i++) {
        int64_t mention = sharing->submission.mention[i].id;
        if (!left_out(sharing->share, mention)) continue;
        struct query *query = db_query(sharing->db, Q_LEFT_OUT_ADD);
        db_bind_int(query, 1, mention);
        db_bind_int(query, 2, sharing->submission.id);
        outcome = db_run(query, err);
        if (outcome == ST_OK)
            outcome =
                naming_leave_out(sharing->app, sharing->db, &sharing->submission.mention[i], err);
        any = true;
    }
    /* The snapshot may hold what the index must forget. */
    return outcome == ST_OK && any ? snapshot_forget(sharing->db, err) : outcome;
}

/* Only where whoever sent it agreed: from then on the Forum reads the name out of the source,
 * which stays under its own key.  It is written down once, here. */
static enum st name_sender(const struct sharing *sharing, bool named, struct err *err)
{
    if (!named) return ST_OK;
    return access_note(sharing->app, sharing->db, sharing->who->account, AUDIT_DISCLOSURE,
                       "sender named to the Forum", "submission", sharing->submission.id, "ok",
                       err);
}

static enum st store_sharing(struct sharing *sharing, struct err *err)
{
    struct app *app = sharing->app;
    struct db *db = sharing->db;
    int64_t id = sharing->submission.id;
    int64_t last = 0;
    int64_t version = 0;
    int64_t number = 0;
    enum st outcome = stage_load(db, sharing->arena, id, &sharing->state, err);
    if (outcome == ST_OK) outcome = forward_check_open(sharing->state.stage, err);
    if (outcome == ST_OK) outcome = forward_version_last(db, id, &last, err);
    if (outcome != ST_OK) return outcome;
    sharing->beside = last != sharing->share->base;
    if (!sharing->beside) {
        outcome = check_seen(sharing, err);
        if (outcome == ST_OK) outcome = check_handling(sharing, err);
        if (outcome == ST_OK)
            outcome = forward_check_looked(sharing->line_count, sharing->share->looked, err);
        if (outcome != ST_OK) return outcome;
    }
    if (!str_eq(sharing->share->forum, sharing->state.forum))
        sharing->forum = sharing->share->forum;
    bool named = sharing->share->named && sharing->state.by_name && !sharing->beside;
    struct forward_new new = {id, sharing->share->base, &sharing->words, named};
    outcome =
        forward_version_add(app, db, sharing->arena, sharing->who, &new, &version, &number, err);
    if (outcome == ST_OK) outcome = name_sender(sharing, named, err);
    if (outcome == ST_OK && sharing->beside)
        return forward_note_version(app, db, sharing->who->account, id, err);
    if (outcome != ST_OK) return outcome;
    outcome = store_handling(sharing, err);
    if (outcome == ST_OK)
        outcome = forward_note_looked(app, db, sharing->arena, sharing->who->account, id,
                                      sharing->line, sharing->line_count, err);
    if (outcome == ST_OK) outcome = store_left_out(sharing, err);
    struct forward_to to = {.stage = STAGE_SHARED, .forum = sharing->forum, .version = version};
    if (outcome == ST_OK) outcome = forward_move(db, &sharing->state, &to, err);
    if (outcome != ST_OK) return outcome;
    return forward_note(app, db, &(struct forward_act){.submission = id,
                                                       .kind = "shared",
                                                       .action = "submission shared on",
                                                       .audit = AUDIT_DISCLOSURE,
                                                       .account = sharing->who->account}, err);
}

/* What was left out is found by nobody, and stands beside nothing any more. */
static void forget_left_out(struct sharing *sharing)
{
    struct app *app = sharing->app;
    struct submission *submission = &sharing->submission;
    size_t kept = 0;
    for (size_t i = 0; i < submission->mention_count; i++) {
        (void)link_index_remove(app->index, submission->mention[i].id);
        if (left_out(sharing->share, submission->mention[i].id))
            registry_leave_out(app->registry, submission->id, submission->mention[i].id);
        else
            submission->mention[kept++] = submission->mention[i];
    }
    submission->mention_count = kept;
    for (size_t i = 0; i < kept; i++) {
        struct link_mention engine = mention_for_engine(submission, i);
        /* A full index must not undo what is stored. */
        if (link_index_insert(app->index, &engine, NULL) != ST_OK) continue;
    }
}

/* In its turn, before the commit: whoever comes next is not beside it any more. */
static void take_out(const struct sharing *sharing)
{
    for (size_t i = 0; i < sharing->submission.mention_count; i++)
        if (left_out(sharing->share, sharing->submission.mention[i].id))
            (void)link_index_remove(sharing->app->index, sharing->submission.mention[i].id);
}

/* After the commit.  When it failed, what was taken out is put back. */
static void shared_on(void *context, enum st outcome)
{
    struct sharing *sharing = context;
    struct app *app = sharing->app;
    const struct forward_share *share = sharing->share;
    struct submission *submission = &sharing->submission;
    if (sharing->beside) return;
    for (size_t i = 0; i < submission->mention_count && outcome != ST_OK; i++) {
        struct link_mention engine = mention_for_engine(submission, i);
        if (left_out(share, engine.id) && link_index_insert(app->index, &engine, NULL) != ST_OK)
            continue;
    }
    if (outcome != ST_OK) return;
    if (share->left_out_count) forget_left_out(sharing);
    if (share->handling.len) registry_set_handling(app->registry, submission->id, share->handling);
    registry_set_stage(app->registry, submission->id, STAGE_SHARED, true, sharing->forum);
}

static enum st share_on(struct sharing *sharing, struct err *err)
{
    struct app *app = sharing->app;
    enum st outcome = store_write_begin(app->store, &sharing->db, err);
    if (outcome != ST_OK) return outcome;
    if (!forward_allows(app, sharing->db, sharing->arena, sharing->who, sharing->submission.id))
        outcome = forward_not_found(err);
    if (outcome == ST_OK)
        outcome = submission_load(app, sharing->db, sharing->arena, sharing->submission.id,
                                  &sharing->submission, err);
    if (outcome == ST_OK) outcome = store_sharing(sharing, err);
    if (outcome != ST_OK) {
        store_write_rollback(app->store, sharing->db);
        return outcome;
    }
    if (!sharing->beside) take_out(sharing);
    const struct store_after after = {.run = shared_on, .context = sharing};
    outcome = store_write_commit_then(app->store, sharing->db, &after, err);
    return outcome == ST_OK && sharing->beside ? forward_beside(err) : outcome;
}

enum st forward_share(struct app *app, const struct person *who, int64_t submission,
                      const struct forward_share *share, struct err *err)
{
    struct arena arena;
    arena_init(&arena, SCOPE_MEMORY);
    struct sharing sharing = {
        .app = app, .arena = &arena, .who = who, .share = share, .submission = {.id = submission}};
    enum st outcome =
        forward_allows(app, NULL, &arena, who, submission) ? ST_OK : forward_not_found(err);
    if (outcome == ST_OK) outcome = check_choices(&sharing, err);
    if (outcome == ST_OK) outcome = share_on(&sharing, err);
    arena_done(&arena);
    return outcome;
}
