/*
 * Before a referral is sent: is the child known already, and may this person learn it?
 */
#include "domain/referral_internal.h"

#include "domain/children.h"
#include "domain/entity.h"
#include "domain/registry.h"
#include "domain/submission.h"
#include "link/link.h"

struct finding {
    struct app *app;
    struct arena *arena;
    const struct scope *scope;
    const struct referral *referral;
    struct referral_known *known;
    size_t count;
};

static void add(struct finding *finding, const struct referral_known *known)
{
    for (size_t i = 0; i < finding->count; i++)
        if (finding->known[i].row == known->row && finding->known[i].kind == known->kind &&
            finding->known[i].id == known->id)
            return;
    if (finding->count < REFERRAL_KNOWN_MAX) finding->known[finding->count++] = *known;
}

/* The child as the engine is asked for it, with where it lives as company. */
static bool child_mention(struct finding *finding, int64_t row, struct link_mention *ret)
{
    static const enum link_field company[] = {LINK_POSTCODE, LINK_ADDRESS};
    const struct question_section *section =
        questions_find_section(finding->referral->form, STR(REFERRAL_CHILD));
    struct mention_draft *mention = arena_many(finding->arena, MENTIONS_MAX, struct mention_draft);
    size_t count = referral_row_mentions(finding->arena, finding->referral, section, row, mention);
    bool found = false;
    *ret = (struct link_mention){.kind = LINK_PERSON,
                                 .reported_day = clock_today(),
                                 .seen_from = LINK_DAY_UNKNOWN,
                                 .seen_to = LINK_DAY_UNKNOWN};
    for (size_t i = 0; i < count; i++) {
        if (mention[i].kind == LINK_PERSON && !found) {
            memcpy(ret->field, mention[i].field, sizeof ret->field);
            found = true;
        }
        for (size_t k = 0; k < sizeof company / sizeof company[0]; k++)
            if (mention[i].field[company[k]].len && ret->companion_count < LINK_COMPANIONS_MAX)
                ret->companion[ret->companion_count++] =
                    (struct link_companion){company[k], mention[i].field[company[k]]};
    }
    return found;
}

/* One submission that the engine found: what of it may be told. */
static enum st look_at(struct finding *finding, int64_t row, int64_t submission, struct err *err)
{
    struct record facts;
    const struct person *who = scope_person(finding->scope);
    if (!scope_record(finding->scope, submission, &facts) || facts.blocked || facts.conflict)
        return ST_OK;
    int64_t referral = 0;
    enum st outcome = referral_of_submission(finding->app, submission, &referral, err);
    if (outcome != ST_OK) return outcome;
    struct referral_known known = {.row = row, .kind = KNOWN_REFERRAL, .id = referral};
    if (!referral) {
        known.kind = KNOWN_SUBMISSION;
        known.id = submission;
        known.readable = scope_allows(finding->scope, ACT_READ_SUBMISSION, submission);
        if (known.readable) add(finding, &known);
        return ST_OK;
    }
    known.readable =
        referral_allows(finding->app, finding->arena, who, ACT_READ_REFERRAL, referral);
    if (!known.readable && facts.organisation != who->organisation) return ST_OK;
    struct referral_head head;
    struct db *db = store_read_begin(finding->app->store, err);
    if (!db) return ST_FAILED;
    outcome = referral_load_head(db, finding->arena, referral, &head, err);
    store_read_end(finding->app->store, db);
    known.at = head.sent_at;
    if (outcome == ST_OK && head.id) add(finding, &known);
    return outcome;
}

/* The records that this person may read: of officers all, of a worker those allocated to them. */
static void look_at_records(struct finding *finding, int64_t row,
                            const struct link_mention *mention)
{
    struct child_known known[CHILD_KNOWN_MAX];
    struct answer nhs = referral_answer_get(finding->referral, row, STR("child-nhs-number"));
    size_t count =
        child_known_find(child_scope_of(finding->app, finding->arena, scope_person(finding->scope)),
                         mention, nhs.kind == ANSWER_GIVEN ? nhs.value : STR(""), 0, known);
    for (size_t i = 0; i < count; i++)
        add(finding, &(struct referral_known){row, KNOWN_RECORD, known[i].line.id, true,
                                              known[i].line.changed_at});
}

static enum st ask_engine(struct finding *finding, int64_t row, struct err *err)
{
    enum { MATCHES = 60 };
    struct link_mention mention;
    struct link_match match[MATCHES];
    if (!child_mention(finding, row, &mention)) return ST_OK;
    look_at_records(finding, row, &mention);
    size_t count =
        link_index_query(finding->app->index, &mention, link_shown_bits(), match, MATCHES);
    enum st outcome = ST_OK;
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        outcome =
            look_at(finding, row, entity_submission(finding->app->entities, match[i].id), err);
    return outcome;
}

/* Another draft of one's own that has a child of this name. */
static void look_at_drafts(struct finding *finding, int64_t row, const struct referral_line *draft,
                           size_t drafts)
{
    struct answer name = referral_answer_get(finding->referral, row, STR("child-name"));
    for (size_t i = 0; name.kind == ANSWER_GIVEN && i < drafts; i++) {
        struct str rest = draft[i].children;
        struct str one;
        while (draft[i].head.id != finding->referral->head.id && str_split(&rest, ',', &one))
            if (str_eq_nocase(str_trim(one), name.value))
                add(finding, &(struct referral_known){row, KNOWN_DRAFT, draft[i].head.id, true,
                                                      draft[i].head.changed_at});
    }
}

enum st referral_find_known(struct app *app, struct arena *arena, const struct person *who,
                            const struct referral *referral, struct referral_known *ret,
                            size_t *ret_count, struct err *err)
{
    enum { DRAFTS = 30 };
    struct finding finding = {.app = app,
                              .arena = arena,
                              .scope = scope_of(app, arena, who),
                              .referral = referral,
                              .known = ret};
    struct referral_line *drafts = NULL;
    size_t draft_count = 0;
    *ret_count = 0;
    if (!referral->form) return ST_OK;
    enum st outcome =
        referral_list(app, arena, who, REFERRALS_DRAFT, DRAFTS, &drafts, &draft_count, err);
    for (size_t i = 0; i < referral->row_count && outcome == ST_OK; i++) {
        if (!str_eq(referral->row[i].section, STR(REFERRAL_CHILD))) continue;
        outcome = ask_engine(&finding, referral->row[i].number, err);
        look_at_drafts(&finding, referral->row[i].number, drafts, draft_count);
    }
    *ret_count = finding.count;
    return outcome;
}
