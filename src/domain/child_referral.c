#include "domain/child_referral.h"

#include "domain/child_form.h"
#include "domain/question_sign.h"
#include "domain/reason.h"

enum { CHILDREN_MAX = QUESTION_ROWS_MAX, DRAFTS_MAX = 200, REFERRALS_MAX = 100 };

static struct str value_of(const struct referral *referral, int64_t row, const char *key)
{
    struct answer answer = referral_answer_get(referral, row, str_from(key));
    return answer.kind == ANSWER_GIVEN ? answer.value : STR("");
}

/* --- reading ------------------------------------------------------------------------------ */

/* Loads a sent referral for whoever keeps children's records and may read it. */
static enum st load(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                    struct referral *ret, struct err *err)
{
    if (!access_allows(who, ACT_KEEP_CHILD, NULL) ||
        !referral_allows(app, arena, who, ACT_READ_REFERRAL, id))
        return child_missing(err);
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = referral_load(app, db, arena, id, ret, err);
    store_read_end(app->store, db);
    if (outcome == ST_OK && ret->head.state != REFERRAL_SENT) return child_missing(err);
    return outcome;
}

static struct referred_child child_of(struct app *app, struct arena *arena,
                                      const struct person *who, const struct referral *referral,
                                      const struct referral_row *row)
{
    struct child_line line;
    bool seen = row->child && child_scope_line(child_scope_of(app, arena, who), row->child, &line);
    return (struct referred_child){.referral = referral->head.id,
                                   .position = row->number,
                                   .reference = referral->head.reference,
                                   .name = referral_row_name(arena, referral, row),
                                   .birth = value_of(referral, row->number, "child-birth"),
                                   .nhs = value_of(referral, row->number, "child-nhs-number"),
                                   .alias = value_of(referral, row->number, "child-aliases"),
                                   .child = seen ? line.id : 0,
                                   .joined = row->child != 0};
}

enum st referred_children(struct app *app, struct arena *arena, const struct person *who,
                          int64_t id, struct referred_child **ret, size_t *ret_count,
                          struct err *err)
{
    struct referral referral;
    enum st outcome = load(app, arena, who, id, &referral, err);
    if (outcome != ST_OK) return outcome;
    const struct referral_row *row[CHILDREN_MAX];
    size_t count = referral_rows(&referral, STR(REFERRAL_CHILD), row, CHILDREN_MAX);
    if (count > CHILDREN_MAX) count = CHILDREN_MAX;
    *ret = arena_many(arena, count + 1, struct referred_child);
    for (size_t i = 0; i < count; i++) (*ret)[i] = child_of(app, arena, who, &referral, row[i]);
    *ret_count = count;
    return ST_OK;
}

enum st referred_child_read(struct app *app, struct arena *arena, const struct person *who,
                            int64_t id, int64_t position, struct referred_child *ret,
                            struct err *err)
{
    struct referred_child *list = NULL;
    size_t count = 0;
    enum st outcome = referred_children(app, arena, who, id, &list, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++)
        if (list[i].position == position) {
            *ret = list[i];
            return ST_OK;
        }
    return outcome == ST_OK ? child_missing(err) : outcome;
}

size_t child_find_known(struct app *app, struct arena *arena, const struct person *who,
                        const struct referred_child *child,
                        struct child_known ret[static CHILD_KNOWN_MAX])
{
    struct link_mention mention = {.kind = LINK_PERSON,
                                   .seen_from = LINK_DAY_UNKNOWN,
                                   .seen_to = LINK_DAY_UNKNOWN,
                                   .reported_day = clock_today()};
    mention.field[LINK_NAME] = child->name;
    mention.field[LINK_ALIAS] = child->alias;
    child_mention_born(&mention, child->birth);
    return child_known_find(child_scope_of(app, arena, who), &mention, child->nhs, 0, ret);
}

/* --- what a referral says, as entries --------------------------------------------------------- */

struct drafts {
    struct child_draft *draft;
    size_t count;
    int64_t referral;
};

static struct child_draft *add(struct drafts *drafts, enum child_entry_kind kind)
{
    struct child_draft *draft =
        &drafts->draft[drafts->count < DRAFTS_MAX - 1 ? drafts->count++ : drafts->count];
    *draft = (struct child_draft){
        .kind = kind, .source_kind = "referral", .source_id = drafts->referral};
    return draft;
}

static void add_facts(const struct app *app, const struct referral *referral, int64_t row,
                      struct drafts *drafts)
{
    const struct questions *form = referral->form;
    for (size_t i = 0; i < form->question_count; i++) {
        const struct question *question = child_question(app, form->question[i].key);
        if (!question) continue;
        struct answer answer = referral_answer_get(referral, row, question->key);
        if (answer.kind == ANSWER_NONE) continue;
        struct child_draft *draft = add(drafts, ENTRY_FACT);
        draft->text[FACT_KEY] = question->key;
        draft->text[FACT_ANSWER] = str_from(answer_kind_name(answer.kind));
        draft->text[FACT_VALUE] = answer.value;
        draft->text[FACT_SAYS] = referral->head.reference;
    }
}

/* What was noticed, and what the child said, stand in the chronology at the day of the
 * referral. */
static void add_notes(struct arena *arena, const struct referral *referral, int64_t row,
                      bool judged, struct drafts *drafts)
{
    static const char *const keys[] = {"child-noticed", "child-words", "child-harmed",
                                       "child-judgement", "child-judgement-why"};
    for (size_t i = 0; i < (judged ? 2 : sizeof keys / sizeof *keys); i++) {
        const struct question *question = questions_find(referral->form, str_from(keys[i]));
        struct answer answer = referral_answer_get(referral, row, str_from(keys[i]));
        if (!question || answer.kind != ANSWER_GIVEN) continue;
        struct child_draft *draft = add(drafts, ENTRY_NOTE);
        draft->text[NOTE_TEXT] = str_fmt(arena, "%.*s %.*s", STR_ARG(question->label),
                                         STR_ARG(answer_words(arena, question, &answer)));
        draft->text[NOTE_DAY] = date_iso(arena, clock_london(referral->head.sent_at).date);
        draft->text[NOTE_SAYS] = referral->head.organisation_name;
    }
}

/* What was said of each sign.  What nobody knew, or does not apply, adds nothing to a record. */
static void add_signs(struct arena *arena, const struct referral *referral, int64_t row,
                      struct drafts *drafts)
{
    for (size_t i = 0; i < referral->form->question_count; i++) {
        const struct question *question = &referral->form->question[i];
        if (question->type != QUESTION_SIGN) continue;
        struct answer answer = referral_answer_get(referral, row, question->key);
        if (answer.kind != ANSWER_GIVEN) continue;
        struct sign_answer sign = sign_answer_of(answer.value);
        struct child_draft *draft = add(drafts, ENTRY_SIGN);
        draft->text[SIGN_ITEM] =
            str_sub(question->key, sizeof QUESTION_SIGN_PREFIX - 1, question->key.len);
        draft->text[SIGN_PRESENCE] = sign.presence;
        draft->text[SIGN_PERIOD] = sign.period;
        draft->text[SIGN_SOURCE] = sign.source.len
                                       ? str_fmt(arena, "%.*s (%.*s)", STR_ARG(sign.source),
                                                 STR_ARG(referral->head.reference))
                                       : referral->head.reference;
        draft->text[SIGN_NARRATIVE] = sign.words;
    }
}

/* The referrer's judgement with its reasons, and whose it is.  One without reasons is none: it
 * stays a note of what the referral says. */
static bool add_judgement(struct arena *arena, const struct referral *referral, int64_t row,
                          struct drafts *drafts)
{
    static const struct {
        const char *answer;
        const char *word;
    } harmed[] = {
        {"yes", "yes-harmed"}, {"possibly", "may-be-harmed"}, {"no-sign", "nothing-known-of-harm"}};
    struct str judged = value_of(referral, row, "child-judgement");
    struct str reasons = value_of(referral, row, "child-judgement-why");
    struct str first = value_of(referral, row, "child-harmed");
    if (!judged.len || !reasons.len) return false;
    struct child_draft *draft = add(drafts, ENTRY_JUDGEMENT);
    draft->text[JUDGEMENT_HARMED] = STR("harm-not-known");
    for (size_t i = 0; i < sizeof harmed / sizeof *harmed; i++)
        if (str_eq(first, str_from(harmed[i].answer)))
            draft->text[JUDGEMENT_HARMED] = str_from(harmed[i].word);
    draft->text[JUDGEMENT_WORD] = judged;
    draft->text[JUDGEMENT_REASONS] =
        str_fmt(arena, "%.*s" CHILD_JUDGED_AS "%.*s" CHILD_JUDGED_IN "%.*s.", STR_ARG(reasons),
                STR_ARG(referral->head.organisation_name), STR_ARG(referral->head.reference));
    return true;
}

static struct str yes_no(struct str value)
{
    return value.len ? value : STR("not-known");
}

static void add_people(const struct referral *referral, struct drafts *drafts)
{
    const struct referral_row *row[QUESTION_ROWS_MAX];
    size_t count = referral_rows(referral, STR("family"), row, QUESTION_ROWS_MAX);
    for (size_t i = 0; i < count && i < QUESTION_ROWS_MAX; i++) {
        int64_t number = row[i]->number;
        if (!value_of(referral, number, "family-name").len) continue;
        struct child_draft *draft = add(drafts, ENTRY_PERSON);
        draft->text[PERSON_NAME] = value_of(referral, number, "family-name");
        draft->text[PERSON_BORN] = value_of(referral, number, "family-birth");
        draft->text[PERSON_RELATIONSHIP] = value_of(referral, number, "family-relationship");
        draft->text[PERSON_RESPONSIBLE] =
            yes_no(value_of(referral, number, "family-responsibility"));
        draft->text[PERSON_HOUSEHOLD] = yes_no(value_of(referral, number, "family-household"));
        draft->text[PERSON_CONTACT] = value_of(referral, number, "family-phone");
        draft->text[PERSON_NOTE] = value_of(referral, number, "family-note");
    }
}

static void add_agencies(const struct referral *referral, struct drafts *drafts)
{
    const struct referral_row *row[QUESTION_ROWS_MAX];
    size_t count = referral_rows(referral, STR("agency"), row, QUESTION_ROWS_MAX);
    for (size_t i = 0; i < count && i < QUESTION_ROWS_MAX; i++) {
        int64_t number = row[i]->number;
        if (!value_of(referral, number, "agency-name").len) continue;
        struct child_draft *draft = add(drafts, ENTRY_AGENCY);
        draft->text[AGENCY_NAME] = value_of(referral, number, "agency-name");
        draft->text[AGENCY_WORKER] = value_of(referral, number, "agency-worker");
        draft->text[AGENCY_CONTACT] = value_of(referral, number, "agency-contact");
        draft->text[AGENCY_CURRENT] = yes_no(value_of(referral, number, "agency-current"));
    }
}

/* Being looked after, and a plan, are statuses too: they say how long the record is kept. */
static void add_statuses(struct arena *arena, const struct referral *referral, int64_t row,
                         struct drafts *drafts)
{
    static const struct {
        const char *key;
        const char *answer;
        const char *status;
    } known[] = {{"child-looked-after", "s20", "section-20"},
                 {"child-looked-after", "s31", "section-31"},
                 {"child-looked-after", "s38", "section-38"},
                 {"child-care-leaver", "yes", "care-leaver"},
                 {"child-plan", "child-protection", "child-protection-plan"},
                 {"child-plan", "child-in-need", "child-in-need-plan"},
                 {"child-plan", "early-help", "early-help"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!str_eq(value_of(referral, row, known[i].key), str_from(known[i].answer))) continue;
        struct child_draft *draft = add(drafts, ENTRY_STATUS);
        draft->text[STATUS_WORD] = str_from(known[i].status);
        draft->text[STATUS_FROM] = date_iso(arena, clock_london(referral->head.sent_at).date);
        draft->text[STATUS_NOTE] = str_fmt(arena, "As %.*s says; since when is not known.",
                                           STR_ARG(referral->head.reference));
    }
}

static void collect(struct app *app, struct arena *arena, const struct referral *referral,
                    int64_t row, struct drafts *drafts)
{
    *drafts = (struct drafts){.draft = arena_many(arena, DRAFTS_MAX, struct child_draft),
                              .referral = referral->head.id};
    add_facts(app, referral, row, drafts);
    add_people(referral, drafts);
    add_agencies(referral, drafts);
    add_statuses(arena, referral, row, drafts);
    add_signs(arena, referral, row, drafts);
    add_notes(arena, referral, row, add_judgement(arena, referral, row, drafts), drafts);
}

/* --- joining ---------------------------------------------------------------------------------- */

/* A child of a referral that becomes the record's, or is free again, in the transaction of what is
 * written there: of two officers at once one is first, and nothing of the other's stays. */
struct linking {
    struct app *app;
    const struct person *who;
    int64_t referral;
    int64_t position;
    bool parts;
    bool makes; /* the record is made in the same transaction */
};

static enum st write_link(void *context, struct db *db, int64_t child, struct err *err)
{
    const struct linking *linking = context;
    struct query *query =
        db_query(db, linking->parts ? Q_REFERRAL_CHILD_PART : Q_REFERRAL_CHILD_JOIN);
    db_bind_int(query, 1, linking->referral);
    db_bind_int(query, 2, linking->position);
    db_bind_int(query, 3, child);
    int64_t found = 0;
    enum st outcome = db_one(query, &found, err);
    if (outcome == ST_NOT_FOUND)
        return err_set(err, ST_CONFLICT, "Somebody else was first: look at the referral again.");
    if (outcome != ST_OK) return outcome;
    if (!linking->makes)
        return child_note(linking->app, db, linking->who, AUDIT_COMBINATION,
                          linking->parts ? "referral parted" : "referral joined", child, err);
    return audit_append(linking->app, db,
                        &(struct audit_event){.kind = AUDIT_COMBINATION,
                                              .action = "referral joined",
                                              .account = linking->who->account,
                                              .subject = "child",
                                              .subject_id = child,
                                              .reason = "role"},
                        err);
}

static bool stands_already(const struct child_file *file, const struct child_draft *draft)
{
    for (size_t i = 0; i < file->entry_count; i++) {
        const struct child_entry *entry = &file->entry[i];
        if (entry->kind != draft->kind || entry->state > STATE_CONFLICTING) continue;
        bool same = true;
        for (int k = 0; k < CHILD_TEXTS && same; k++)
            if (!(draft->kind == ENTRY_FACT && k == FACT_SAYS))
                same = str_eq_nocase(entry->text[k], draft->text[k]);
        if (same) return true;
    }
    return false;
}

/* What of it does not stand in the record yet. */
static struct drafts not_yet_there(struct arena *arena, const struct child_file *file,
                                   const struct drafts *given)
{
    struct child_draft fact[CHILD_FACT_DRAFTS_MAX];
    struct drafts ret = {.referral = given->referral};
    size_t room = 0;
    for (size_t i = 0; i < given->count; i++) {
        const struct child_draft *draft = &given->draft[i];
        bool is_fact = draft->kind == ENTRY_FACT;
        if (stands_already(file, draft)) continue;
        if (is_fact && !str_eq(draft->text[FACT_ANSWER], STR("given")) &&
            child_fact(file, draft->text[FACT_KEY]))
            continue;
        fact[0] = *draft;
        size_t count = is_fact ? child_fact_beside(file, draft, ret.count, fact) : 1;
        for (size_t k = 0; k < count; k++) {
            arena_room(arena, ret.draft, ret.count, &room);
            ret.draft[ret.count++] = fact[k];
        }
    }
    return ret;
}

static enum st join(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                    int64_t position, int64_t child, int64_t *ret_child, struct err *err)
{
    struct referral referral;
    struct referred_child of = {0};
    struct drafts drafts;
    struct child_file file;
    enum st outcome = referred_child_read(app, arena, who, id, position, &of, err);
    if (outcome == ST_OK && of.joined)
        outcome = err_set(err, ST_CONFLICT, "This child of the referral has a record already.");
    if (outcome == ST_OK) outcome = load(app, arena, who, id, &referral, err);
    if (outcome == ST_OK && child) outcome = child_open(app, arena, who, child, &file, err);
    if (outcome == ST_OK && child && !file.may_edit) outcome = child_missing(err);
    if (outcome != ST_OK) return outcome;
    collect(app, arena, &referral, position, &drafts);
    struct linking linking = {
        .app = app, .who = who, .referral = id, .position = position, .makes = !child};
    struct child_also also = {write_link, &linking};
    if (!child) {
        /* A child whose name nobody knows is known by what the referral calls them. */
        if (!value_of(&referral, position, "child-name").len) {
            struct child_draft *name = add(&drafts, ENTRY_FACT);
            name->text[FACT_KEY] = STR("child-name");
            name->text[FACT_ANSWER] = STR("given");
            name->text[FACT_VALUE] =
                str_fmt(arena, "%.*s of %.*s", STR_ARG(of.name), STR_ARG(of.reference));
        }
        return child_create_with(app, who, drafts.draft, drafts.count, &also, ret_child, err);
    }
    *ret_child = file.line.id;
    drafts = not_yet_there(arena, &file, &drafts);
    return child_add_with(app, who, file.line.id, drafts.draft, drafts.count,
                          "referral taken into record", &also, err);
}

enum st child_from_referral(struct app *app, const struct person *who, int64_t referral,
                            int64_t position, int64_t *ret_child, struct err *err)
{
    struct arena arena;
    arena_init(&arena, 128 << 20);
    enum st outcome = join(app, &arena, who, referral, position, 0, ret_child, err);
    arena_done(&arena);
    return outcome;
}

enum st child_join_referral(struct app *app, const struct person *who, int64_t referral,
                            int64_t position, int64_t child, struct err *err)
{
    struct arena arena;
    int64_t joined = 0;
    if (!child) return child_missing(err);
    arena_init(&arena, 128 << 20);
    enum st outcome = join(app, &arena, who, referral, position, child, &joined, err);
    arena_done(&arena);
    return outcome;
}

/* From one of the joined records, with all that came into it by the referral.  ST_CONFLICT: it is
 * not with that one. */
static enum st part_from(struct app *app, struct arena *arena, const struct person *who,
                         const struct child_file *file, int64_t record, struct linking *linking,
                         struct str reason, struct err *err)
{
    struct child_draft *draft = arena_many(arena, file->entry_count + 1, struct child_draft);
    size_t count = 0;
    for (size_t i = 0; i < file->entry_count; i++) {
        const struct child_entry *entry = &file->entry[i];
        if (entry->child == record && str_eq(entry->source_kind, STR("referral")) &&
            entry->source_id == linking->referral && entry->state <= STATE_CONFLICTING)
            draft[count++] = child_settled(entry->id, STATE_WITHDRAWN, reason);
    }
    struct child_also also = {write_link, linking};
    return child_add_with(app, who, record, draft, count, "entry settled", &also, err);
}

enum st child_part_referral(struct app *app, const struct person *who, int64_t child,
                            int64_t referral, int64_t position, struct str reason, struct err *err)
{
    struct arena arena;
    struct child_file file;
    struct linking linking = {
        .app = app, .who = who, .referral = referral, .position = position, .parts = true};
    arena_init(&arena, 128 << 20);
    enum st outcome = child_open(app, &arena, who, child, &file, err);
    if (outcome == ST_OK && !file.may_keep) outcome = child_missing(err);
    if (outcome == ST_OK) outcome = reason_clean(&arena, reason, &reason, err);
    bool parted = false;
    for (size_t i = 0; i < file.record_count && outcome == ST_OK && !parted; i++) {
        outcome = part_from(app, &arena, who, &file, file.record[i], &linking, reason, err);
        parted = outcome == ST_OK;
        if (outcome == ST_CONFLICT) outcome = ST_OK;
    }
    if (outcome == ST_OK && !parted) outcome = child_missing(err);
    arena_done(&arena);
    return outcome;
}

/* --- the referrals of a record ---------------------------------------------------------------- */

static enum st read_links(struct db *db, const struct child_file *file, struct child_referral *list,
                          size_t *ret_count, struct err *err)
{
    enum st outcome = ST_OK;
    for (size_t i = 0; i < file->record_count && outcome == ST_OK; i++) {
        struct query *query = db_query(db, Q_REFERRAL_OF_CHILD);
        db_bind_int(query, 1, file->record[i]);
        while (*ret_count < REFERRALS_MAX && db_next(query))
            list[(*ret_count)++] =
                (struct child_referral){.referral = db_int(query, 0), .position = db_int(query, 1)};
        outcome = db_end(query, err);
    }
    return outcome;
}

enum st child_referrals(struct app *app, struct arena *arena, const struct person *who,
                        const struct child_file *file, struct child_referral **ret,
                        size_t *ret_count, struct err *err)
{
    struct child_referral *list = arena_many(arena, REFERRALS_MAX, struct child_referral);
    size_t count = 0;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = read_links(db, file, list, &count, err);
    size_t kept = 0;
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct referral referral;
        if (!referral_allows(app, arena, who, ACT_READ_REFERRAL, list[i].referral)) continue;
        outcome = referral_load(app, db, arena, list[i].referral, &referral, err);
        if (outcome != ST_OK) break;
        list[kept] = list[i];
        list[kept].reference = referral.head.reference;
        list[kept].organisation = referral.head.organisation_name;
        list[kept].sent_at = referral.head.sent_at;
        list[kept].submission = referral.head.submission;
        list[kept++].reason = value_of(&referral, 0, "concern-reason");
    }
    store_read_end(app->store, db);
    *ret = list;
    *ret_count = kept;
    return outcome;
}
