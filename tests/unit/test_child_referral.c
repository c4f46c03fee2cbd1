/* The children of a referral and their records: made, joined, and taken back; and what is
 * held on a child, for their asking. */
#include "base/buf.h"
#include "domain/area.h"
#include "domain/child_bundle.h"
#include "domain/child_close.h"
#include "domain/child_keep.h"
#include "domain/child_referral.h"
#include "domain/desk.h"
#include "domain/desk_known.h"
#include "domain/entity.h"
#include "domain/missing.h"
#include "domain/record.h"
#include "domain/submission.h"
#include "web/pages.h"

#include "page_of.h"
#include "partnership.h"

#include <pthread.h>
#include <unistd.h>

static char folder[64];
static struct person teacher, officer, analyst;

static struct person add_person(struct db *db, const char *email, const char *name,
                                const char *organisation, enum role role)
{
    struct person person = {.roles = 1u << role, .name = str_from(name), .email = str_from(email),
                            .organisation_name = str_from(organisation)};
    struct account_new account = {
        .email = person.email, .name = person.name, .roles = person.roles};
    assert_int_equal(organisation_ensure(db, str_from(organisation), STR("education"), STR("mid"),
                                         &account.organisation, NULL), ST_OK);
    assert_int_equal(account_add(&app, db, &account, 0, &person.account, NULL), ST_OK);
    person.organisation = account.organisation;
    return person;
}

static int fresh(void **state)
{
    (void)state;
    struct db *db = NULL;
    open_partnership(512 << 20, folder);
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    teacher = add_person(db, "teacher@example.org", "Perran Hazel", "A School", ROLE_practitioner);
    officer =
        add_person(db, "officer@example.org", "Gerren Oak", "Referral Unit", ROLE_maru_officer);
    analyst = add_person(db, "analyst@example.org", "Hedra Poplar", "Referral Unit", ROLE_analyst);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    return 0;
}

static void must(enum st outcome, const struct err *err)
{
    if (outcome != ST_OK) fail_msg("%s (%s)", err->public, err->detail);
}

static void save(int64_t id, int64_t row, const char *key, const char *value)
{
    struct referral_given given = {questions_find(area_referral(area), str_from(key)),
                                   {ANSWER_GIVEN, str_from(value)}};
    struct referral_clash clash;
    size_t clashes = 0;
    int64_t version = 0;
    struct err err = {0};
    assert_non_null(given.question);
    must(referral_save(&app, &teacher, id, row, version_of(id), &given, 1, &clash, &clashes, &arena,
                       &version, &err),
         &err);
}

static int64_t add_row(int64_t id, const char *section)
{
    int64_t row = 0;
    struct err err = {0};
    must(referral_row_add(&app, &teacher, id, str_from(section), &row, &err), &err);
    return row;
}

static const char *concern = "Comes home late and has a phone that nobody bought.";

/* Two siblings in one referral; answers the row of each. */
static int64_t refer(const char *name, const char *birth, int64_t *ret_first, int64_t *ret_second)
{
    int64_t id = 0;
    struct err err = {0};
    must(referral_begin(&app, &teacher, STR("cornwall"), &id, &err), &err);
    *ret_first = add_row(id, "child");
    *ret_second = add_row(id, "child");
    save(id, *ret_first, "child-name", name);
    save(id, *ret_first, "child-birth", birth);
    save(id, *ret_first, "child-looked-after", "s20");
    save(id, *ret_first, "child-words", "‘Leave me alone’");
    save(id, *ret_first, "child-harmed", "possibly");
    save(id, *ret_first, "child-judgement", "find-out-more");
    save(id, *ret_first, "child-judgement-why", "Gifts that nobody explains; she has told nobody.");
    save(id, *ret_first, "sign-new-phone",
         "observed\nlast-6-months\nher tutor\nIt rings in class.");
    save(id, *ret_first, "sign-trusted-adult", "reported\n\n\n");
    save(id, *ret_second, "child-name", "Jowan Trevose");
    save(id, *ret_second, "child-harmed", "yes");
    save(id, *ret_second, "sign-mood", "suspected\nearlier\n\n");
    int64_t mother = add_row(id, "family");
    save(id, mother, "family-name", "Jenifer Trevose");
    save(id, mother, "family-relationship", "mother");
    save(id, mother, "family-responsibility", "yes");
    save(id, 0, "concern-reason", concern);
    must(referral_send(&app, &teacher, id, version_of(id), &err), &err);
    return id;
}

static struct child_file opened(int64_t child)
{
    struct child_file file;
    struct err err = {0};
    must(child_open(&app, &arena, &officer, child, &file, &err), &err);
    return file;
}

static size_t count_kind(const struct child_file *file, enum child_entry_kind kind, bool standing)
{
    size_t count = 0;
    for (size_t i = 0; i < file->entry_count; i++)
        count +=
            file->entry[i].kind == kind && (!standing || file->entry[i].state <= STATE_CONFLICTING);
    return count;
}

static void a_referral_becomes_a_record(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t first = 0, second = 0, child = 0;
    int64_t id = refer("Wella Trevose", "12/3/2011", &first, &second);
    struct referred_child *list = NULL;
    size_t count = 0;
    must(referred_children(&app, &arena, &officer, id, &list, &count, &err), &err);
    assert_int_equal(count, 2);
    assert_false(list[0].joined);
    assert_int_equal(referred_children(&app, &arena, &teacher, id, &list, &count, &err),
                     ST_NOT_FOUND);
    assert_int_equal(referred_children(&app, &arena, &analyst, id, &list, &count, &err),
                     ST_NOT_FOUND);
    assert_int_equal(child_from_referral(&app, &teacher, id, first, &child, &err), ST_NOT_FOUND);
    assert_int_equal(child_from_referral(&app, &officer, id, 77, &child, &err), ST_NOT_FOUND);
    must(child_from_referral(&app, &officer, id, first, &child, &err), &err);
    assert_int_equal(child_from_referral(&app, &officer, id, first, &child, &err), ST_CONFLICT);
    struct child_file file = opened(child);
    assert_true(str_eq(file.line.name, STR("Wella Trevose")));
    assert_true(str_eq(file.line.retention, STR("looked-after")));
    assert_int_equal(count_kind(&file, ENTRY_PERSON, true), 1);
    assert_int_equal(count_kind(&file, ENTRY_STATUS, true), 1);
    assert_int_equal(count_kind(&file, ENTRY_NOTE, true), 1);
    /* Her signs, and her judgement with its reasons; not her brother's. */
    assert_int_equal(count_kind(&file, ENTRY_SIGN, true), 2);
    assert_int_equal(count_kind(&file, ENTRY_JUDGEMENT, true), 1);
    for (size_t i = 0; i < file.entry_count; i++) {
        const struct child_entry *entry = &file.entry[i];
        if (entry->kind == ENTRY_JUDGEMENT) {
            assert_true(str_eq(entry->text[JUDGEMENT_HARMED], STR("may-be-harmed")));
            assert_true(
                str_starts(entry->text[JUDGEMENT_REASONS], STR("Gifts that nobody explains")));
            assert_true(str_find(entry->text[JUDGEMENT_REASONS],
                                 STR("As A School judged in referral R-"), 0) > 0);
        }
        if (entry->kind != ENTRY_SIGN || !str_eq(entry->text[SIGN_ITEM], STR("new-phone")))
            continue;
        assert_true(str_eq(entry->text[SIGN_PRESENCE], STR("observed")));
        assert_true(str_eq(entry->text[SIGN_PERIOD], STR("last-6-months")));
        assert_true(str_starts(entry->text[SIGN_SOURCE], STR("her tutor (R-")));
        assert_true(str_eq(entry->text[SIGN_NARRATIVE], STR("It rings in class.")));
    }
    /* Of her brother there is no judgement: the answer stands as a note. */
    int64_t brother = 0;
    must(child_from_referral(&app, &officer, id, second, &brother, &err), &err);
    struct child_file his = opened(brother);
    assert_int_equal(count_kind(&his, ENTRY_SIGN, true), 1);
    assert_int_equal(count_kind(&his, ENTRY_JUDGEMENT, true), 0);
    assert_int_equal(count_kind(&his, ENTRY_NOTE, true), 1);
    const struct child_entry *name = child_fact(&file, STR("child-name"));
    assert_true(str_eq(name->source_kind, STR("referral")) && name->source_id == id);
    /* The referral stands in the chronology, and by its filter. */
    struct chronology_item *item = NULL;
    struct chronology_wish wish = {.from = LINK_DAY_UNKNOWN, .to = LINK_DAY_UNKNOWN};
    wish.kind[CHRONOLOGY_REFERRAL] = true;
    must(child_chronology(&app, &arena, &officer, &file, &wish, &item, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_true(str_find(item[0].words, STR("a phone that nobody bought"), 0) > 0);
}

/* A referral may be as long as its questions let it be: a record can be made of it all the same,
 * and nothing of it is cut. */
static void the_longest_referral_becomes_a_record_whole(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t first = 0, second = 0, child = 0;
    int64_t id = 0;
    char *words = arena_bytes(&arena, QUESTION_TEXT_MAX + 1);
    memset(words, 'a', QUESTION_TEXT_MAX);
    words[QUESTION_TEXT_MAX] = '\0';
    struct str safe = STR("Safe to call her after five o’clock only. ");
    struct str note = STR("");
    while (note.len < 2000) note = str_fmt(&arena, "%.*s%.*s", STR_ARG(note), STR_ARG(safe));
    note = str_dup(&arena, str_trim(note));
    must(referral_begin(&app, &teacher, STR("cornwall"), &id, &err), &err);
    first = add_row(id, "child");
    second = add_row(id, "child");
    save(id, first, "child-name", "Kerensa Bolitho");
    save(id, first, "child-words", words);
    save(id, first, "child-judgement", "find-out-more");
    save(id, first, "child-judgement-why", words);
    save(id, second, "child-name", "Piran Bolitho");
    save(id, second, "child-judgement-why", words);
    int64_t mother = add_row(id, "family");
    save(id, mother, "family-name", "Jenifer Bolitho");
    save(id, mother, "family-note", note.ptr);
    save(id, 0, "concern-reason", concern);
    must(referral_send(&app, &teacher, id, version_of(id), &err), &err);
    must(child_from_referral(&app, &officer, id, first, &child, &err), &err);
    struct child_file file = opened(child);
    struct str all = str_from(words);
    size_t whole = 0;
    for (size_t i = 0; i < file.entry_count; i++) {
        const struct child_entry *entry = &file.entry[i];
        if (entry->kind == ENTRY_NOTE) whole += str_find(entry->text[NOTE_TEXT], all, 0) >= 0;
        if (entry->kind == ENTRY_JUDGEMENT)
            whole += str_starts(entry->text[JUDGEMENT_REASONS], all);
        if (entry->kind == ENTRY_PERSON) whole += str_eq(entry->text[PERSON_NOTE], note);
    }
    assert_int_equal(whole, 3);
    must(child_join_referral(&app, &officer, id, second, child, &err), &err);
    assert_int_equal(count_kind(&file, ENTRY_PERSON, true), 1);
    file = opened(child);
    assert_int_equal(count_kind(&file, ENTRY_PERSON, true), 1);
}

static size_t records(void)
{
    struct child_line *line = NULL;
    struct person who = officer;
    return child_scope_list(child_scope_of(&app, &arena, &who), &line);
}

/* A record with what a referral says, and that it is that child's, come together or not at all: of
 * two officers at once the second leaves no record, and no entries in another child's. */
static void a_record_and_its_referral_come_together(void **state)
{
    (void)state;
    needs_sqlite();
    struct err err = {0};
    int64_t first = 0, second = 0, child = 0, none = 0;
    int64_t id = refer("Merryn Trevose", "4/5/2012", &first, &second);
    must(child_from_referral(&app, &officer, id, second, &child, &err), &err);
    size_t before = records();
    size_t entries = opened(child).entry_count;
    run_sql(folder, "CREATE TRIGGER first BEFORE UPDATE OF child_id ON referral_child"
                    " BEGIN SELECT RAISE(ABORT, 'somebody was first'); END");
    assert_int_not_equal(child_from_referral(&app, &officer, id, first, &none, &err), ST_OK);
    assert_int_equal(records(), before);
    assert_int_not_equal(child_join_referral(&app, &officer, id, first, child, &err), ST_OK);
    assert_int_equal(opened(child).entry_count, entries);
    assert_int_not_equal(
        child_part_referral(&app, &officer, child, id, second, STR("Not hers."), &err), ST_OK);
    assert_int_equal(opened(child).entry_count, entries);
    run_sql(folder, "DROP TRIGGER first");
    must(child_join_referral(&app, &officer, id, first, child, &err), &err);
}

static int64_t share_name(const char *key, const char *name, const char *handling)
{
    struct mention_draft mention = {.kind = LINK_PERSON, .span_start = -1, .span_end = -1};
    struct person sender = teacher;
    sender.roles |= 1u << ROLE_representative; /* a Forum has it at once */
    mention.field[LINK_NAME] = str_from(name);
    struct submission_draft draft = {.idempotency_key = str_from(key),
                                     .narrative = str_fmt(&arena, "%s was seen at night.", name),
                                     .handling = str_from(handling),
                                     .mention = &mention,
                                     .mention_count = 1};
    struct submission_receipt receipt;
    struct err err = {0};
    must(submission_share(&app, &sender, &draft, 0, 0, &receipt, &err), &err);
    return receipt.id;
}

static int64_t person_of(int64_t submission)
{
    int64_t *mention = NULL;
    size_t count = entity_mentions_of(app.entities, &arena, submission, &mention);
    for (size_t i = 0; i < count; i++)
        if (entity_kind(app.entities, mention[i]) == LINK_PERSON) return mention[i];
    fail();
    return 0;
}

static size_t shared_in(const struct child_file *file)
{
    struct chronology_item *item = NULL;
    struct chronology_wish wish = {.from = LINK_DAY_UNKNOWN, .to = LINK_DAY_UNKNOWN};
    struct err err = {0};
    size_t count = 0;
    wish.kind[CHRONOLOGY_INFORMATION] = true;
    must(child_chronology(&app, &arena, &officer, file, &wish, &item, &count, &err), &err);
    return count;
}

/* What is joined by way of something that is kept from the reader is not joined for them. */
static void a_chronology_is_joined_by_what_may_be_seen(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t first = 0, second = 0, child = 0;
    struct referral_head head;
    int64_t id = refer("Wella Trevose", "12/3/2011", &first, &second);
    must(child_from_referral(&app, &officer, id, first, &child, &err), &err);
    struct db *db = store_read_begin(app.store, NULL);
    must(referral_load_head(db, &arena, id, &head, &err), &err);
    store_read_end(app.store, db);
    int64_t kept = person_of(share_name("kept", "Wells", "handling:C.ask"));
    int64_t seen = person_of(share_name("seen", "Wellsy", "handling:P"));
    int64_t *named = NULL;
    size_t count = entity_mentions_of(app.entities, &arena, head.submission, &named);
    struct entity_decision same[3] = {{kept, seen, VERDICT_SAME}};
    size_t decisions = 1;
    for (size_t i = 0; i < count && decisions < 2; i++) {
        struct mention mention;
        db = store_read_begin(app.store, NULL);
        must(mention_load(&app, db, &arena, named[i], &mention, &err), &err);
        store_read_end(app.store, db);
        if (str_eq(mention.field[LINK_NAME], STR("Wella Trevose")))
            same[decisions++] = (struct entity_decision){named[i], kept, VERDICT_SAME};
    }
    assert_int_equal(decisions, 2);
    entities_decide(app.entities, same, decisions);
    struct child_file file = opened(child);
    assert_int_equal(shared_in(&file), 0);
    same[2] = (struct entity_decision){same[1].mention_a, seen, VERDICT_SAME};
    entities_decide(app.entities, same, 3);
    assert_int_equal(shared_in(&file), 1);
}

static void a_known_child_is_joined_and_taken_back(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t first = 0, second = 0, child = 0;
    int64_t earlier = refer("Wella Trevose", "12/3/2011", &first, &second);
    must(child_from_referral(&app, &officer, earlier, first, &child, &err), &err);
    int64_t id = refer("Wela Trevose", "21/3/2011", &first, &second);
    struct referred_child of;
    must(referred_child_read(&app, &arena, &officer, id, first, &of, &err), &err);
    struct child_known known[CHILD_KNOWN_MAX];
    assert_int_equal(child_find_known(&app, &arena, &officer, &of, known), 1);
    assert_int_equal(known[0].line.id, child);
    must(child_join_referral(&app, &officer, id, first, child, &err), &err);
    struct child_file file = opened(child);
    /* Name and birth do not agree: both stay; what agrees is not written twice. */
    assert_true(child_fact(&file, STR("child-birth"))->state == STATE_CONFLICTING);
    assert_true(child_fact(&file, STR("child-name"))->state == STATE_CONFLICTING);
    assert_int_equal(count_kind(&file, ENTRY_PERSON, true), 1);
    struct child_referral *list = NULL;
    size_t count = 0;
    must(child_referrals(&app, &arena, &officer, &file, &list, &count, &err), &err);
    assert_int_equal(count, 2);
    assert_int_equal(child_part_referral(&app, &officer, child, id, first, STR(""), &err),
                     ST_INVALID);
    must(child_part_referral(&app, &officer, child, id, first,
                             STR("A cousin with nearly the same name."), &err),
         &err);
    assert_int_equal(child_part_referral(&app, &officer, child, id, first, STR("again"), &err),
                     ST_NOT_FOUND);
    file = opened(child);
    assert_true(child_fact(&file, STR("child-birth"))->state == STATE_STANDING);
    assert_true(str_eq(child_fact(&file, STR("child-birth"))->text[FACT_VALUE], STR("12/3/2011")));
    must(child_referrals(&app, &arena, &officer, &file, &list, &count, &err), &err);
    assert_int_equal(count, 1);
    must(referred_child_read(&app, &arena, &officer, id, first, &of, &err), &err);
    assert_false(of.joined);
    must(child_from_referral(&app, &officer, id, first, &child, &err), &err);
}

static struct missing_given missing_answer(const char *key, struct str value)
{
    return (struct missing_given){questions_find(&area_missing(area)->form, str_from(key)),
                                  {ANSWER_GIVEN, value}};
}

/* The desk reads of the newest episodes, and how many there are besides. */
static void earlier_episodes_are_counted(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t first = 0, second = 0, child = 0;
    int64_t id = refer("Tegen Larch", "3/4/2011", &first, &second);
    must(child_from_referral(&app, &officer, id, first, &child, &err), &err);
    const char *words[] = {" And 1 earlier episode.", " And 2 earlier episodes."};
    int said[2] = {0};
    for (int day = 1; day <= 7; day++) {
        struct str on = str_fmt(&arena, "%d/3/2024", day);
        struct missing_given went[] = {missing_answer("missing-sort", STR("missing")),
                                       missing_answer("missing-since-day", on),
                                       missing_answer("missing-since-time", STR("20:30"))};
        struct missing_given back[] = {missing_answer("return-day", on),
                                       missing_answer("return-time", STR("22:30"))};
        struct missing_new new = {.child = child, .forum = STR("mid")};
        int64_t episode = 0;
        must(missing_report(&app, &officer, &new, went, 3, &episode, &err), &err);
        must(missing_save(&app, &officer, episode, STR("return"), back, 2, 0, &err), &err);
        if (day < 6) continue;
        struct desk_case desk;
        struct desk_known *list = NULL;
        size_t count = 0;
        must(desk_read(&app, &arena, &officer, id, &desk, &err), &err);
        must(desk_known_read(&app, &arena, &officer, &desk, &list, &count, &err), &err);
        for (size_t i = 0; i < count; i++)
            said[day - 6] += str_ends(list[i].words, str_from(words[day - 6]));
    }
    assert_true(said[0] == 1 && said[1] == 1);
}

/* --- what is held, for the child to read ------------------------------------------------------ */

static const struct bundle_item *item_of(const struct child_bundle *bundle, const char *words)
{
    for (size_t i = 0; i < bundle->item_count; i++)
        if (str_find(bundle->item[i].words, str_from(words), 0) >= 0) return &bundle->item[i];
    fail_msg("nothing says '%s'", words);
    return NULL;
}

static enum st ask_for(const struct person *who, int64_t child, const char *by, const char *on,
                       const char *checked, int64_t *ret, enum bundle_field *ret_wrong,
                       struct err *err)
{
    struct bundle_asked asked = {str_from(by), str_from(on), str_from(checked)};
    return child_bundle_add(&app, who, child, &asked, ret, ret_wrong, err);
}

static struct str post_choice(int64_t child, int64_t bundle, struct str seen, const char *name,
                              const char *choice, const char *left_out, int *ret_status)
{
    struct form_field fields[] = {{STR("seen"), seen, STR("")},
                                  {str_from(name), str_from(choice), STR("")},
                                  {STR("left-out"), str_from(left_out), STR("")}};
    struct request request = {.app = &app,
                              .arena = &arena,
                              .who = officer,
                              .id = {child, bundle},
                              .path = STR("/"),
                              .method = POST,
                              .field = fields,
                              .field_count = 3};
    return page_of(page_child_bundle_save, &request, ret_status);
}

/* Of two who have a draft open the second overrules nothing unseen, and nothing is released out of
 * a page that shows what was not saved. */
static void a_draft_that_is_older_overrules_nothing(void **state)
{
    (void)state;
    struct err err = {0};
    struct child_bundle bundle;
    int64_t first = 0, second = 0, child = 0, id = 0;
    int status = 0;
    int64_t from = refer("Wella Trevose", "12/3/2011", &first, &second);
    must(child_from_referral(&app, &officer, from, first, &child, &err), &err);
    enum bundle_field wrong;
    must(ask_for(&officer, child, "Wella", "today", "Seen", &id, &wrong, &err), &err);
    struct child_file file = opened(child);
    must(child_bundle_read(&app, &arena, &officer, &file, id, &bundle, &err), &err);
    struct str key = item_of(&bundle, "Referral R-")->key;
    const char *name = str_c(&arena, str_fmt(&arena, "give-%.*s", STR_ARG(key)));
    struct str seen = bundle.seen;
    struct str held = str_fmt(&arena, "name=\"seen\" value=\"%.*s\"", STR_ARG(seen));
    (void)post_choice(child, id, seen, name, "leave-out", "Who told.", &status);
    assert_int_equal(status, 303);
    struct str page = post_choice(child, id, seen, name, "give", "", &status);
    assert_int_equal(status, 400);
    assert_true(str_find(page, STR("changed since you opened it"), 0) > 0);
    assert_true(str_find(page, held, 0) < 0);
    must(child_bundle_read(&app, &arena, &officer, &file, id, &bundle, &err), &err);
    assert_int_equal(item_of(&bundle, "Referral R-")->choice, BUNDLE_LEAVE_OUT);
    (void)post_choice(child, id, bundle.seen, name, "give", "", &status);
    assert_int_equal(status, 303);
}

/* As it stands when they look. */
static enum st release(const struct person *who, const struct child_file *file, int64_t id,
                       struct err *err)
{
    struct child_bundle bundle;
    assert_int_equal(child_bundle_read(&app, &arena, who, file, id, &bundle, NULL), ST_OK);
    return child_bundle_release(&app, who, file, id, bundle.seen, err);
}

/* After somebody saved it, on top of that. */
static enum st save_on(const struct person *who, const struct child_file *file,
                       struct child_bundle *bundle, struct err *err)
{
    struct child_bundle now;
    assert_int_equal(child_bundle_read(&app, &arena, who, file, bundle->id, &now, NULL), ST_OK);
    bundle->sealed = now.sealed;
    return child_bundle_save(&app, who, file, bundle, err);
}

static void a_bundle_marks_others_and_is_released_by_a_second_person(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t first = 0, second = 0, child = 0, id = 0;
    struct child_bundle bundle;
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    struct person other =
        add_person(db, "other@example.org", "Hedra Poplar", "Referral Unit", ROLE_maru_officer);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    int64_t referral = refer("Wella Trevose", "12/3/2011", &first, &second);
    must(child_from_referral(&app, &officer, referral, first, &child, &err), &err);
    struct child_draft note = {.kind = ENTRY_NOTE};
    note.text[NOTE_TEXT] = STR("Wella rang Jenifer Trevose from 07700 900456 and went home.");
    note.text[NOTE_DAY] = STR("2026-01-10");
    must(child_add(&app, &officer, child, &note, 1, "note added", 0, NULL, &err), &err);
    enum bundle_field wrong;
    assert_int_equal(ask_for(&teacher, child, "x", "today", "x", &id, &wrong, &err), ST_NOT_FOUND);
    assert_int_equal(ask_for(&officer, child, "", "today", "x", &id, &wrong, &err), ST_INVALID);
    assert_int_equal(wrong, BUNDLE_ASKED_BY);
    static const char *const no_days[] = {"", "soon", "last month", "31/2/2026", "1/1/2126"};
    for (size_t i = 0; i < sizeof no_days / sizeof *no_days; i++) {
        assert_int_equal(ask_for(&officer, child, "x", no_days[i], "x", &id, &wrong, &err),
                         ST_INVALID);
        assert_int_equal(wrong, BUNDLE_ASKED_ON);
    }
    assert_int_equal(ask_for(&officer, child, "x", "today", " ", &id, &wrong, &err), ST_INVALID);
    assert_int_equal(wrong, BUNDLE_CHECKED);
    must(ask_for(&officer, child, "Wella herself", "today", "Passport seen", &id, &wrong, &err),
         &err);
    struct child_file file = opened(child);
    must(child_bundle_read(&app, &arena, &officer, &file, id, &bundle, &err), &err);
    assert_true(bundle.undecided > 0 && bundle.own);
    const struct bundle_item *item = item_of(&bundle, "went home");
    assert_true(item->marked && item->span_count >= 2);
    assert_false(item_of(&bundle, "Name: Wella Trevose")->marked);
    assert_true(item_of(&bundle, "Referral R-")->marked);
    assert_int_equal(release(&other, &file, id, &err), ST_CONFLICT);
    for (size_t i = 0; i < bundle.item_count; i++)
        if (bundle.item[i].marked)
            bundle.item[i].choice =
                bundle.item[i].span_count ? BUNDLE_WITHOUT_NAMES : BUNDLE_LEAVE_OUT;
    assert_int_equal(child_bundle_save(&app, &officer, &file, &bundle, &err), ST_INVALID);
    bundle.left_out = STR("What would name others.");
    must(child_bundle_save(&app, &officer, &file, &bundle, &err), &err);
    assert_int_equal(release(&officer, &file, id, &err), ST_CONFLICT);
    /* Who decided of it last does not release it, whoever drew it up. */
    must(save_on(&other, &file, &bundle, &err), &err);
    assert_int_equal(release(&other, &file, id, &err), ST_CONFLICT);
    must(save_on(&officer, &file, &bundle, &err), &err);
    /* What came since nobody looked at. */
    must(child_bundle_read(&app, &arena, &other, &file, id, &bundle, &err), &err);
    struct str seen = bundle.seen;
    note.text[NOTE_TEXT] = STR("Likes swimming.");
    must(child_add(&app, &officer, child, &note, 1, "note added", 0, NULL, &err), &err);
    file = opened(child);
    assert_int_equal(child_bundle_release(&app, &other, &file, id, seen, &err), ST_CONFLICT);
    must(release(&other, &file, id, &err), &err);
    assert_int_equal(release(&other, &file, id, &err), ST_CONFLICT);
    must(child_bundle_read(&app, &arena, &officer, &file, id, &bundle, &err), &err);
    assert_int_equal(child_bundle_save(&app, &officer, &file, &bundle, &err), ST_CONFLICT);
    assert_true(bundle.released_at > 0);
    for (size_t i = 0; i < bundle.item_count; i++)
        if (str_find(bundle.item[i].words, STR("Jenifer"), 0) >= 0 ||
            str_find(bundle.item[i].words, STR("900456"), 0) >= 0)
            fail_msg("given: %.*s", STR_ARG(bundle.item[i].words));
    (void)item_of(&bundle, "[left out]");
    (void)item_of(&bundle, "went home");
}

static void add_note(int64_t child, const char *text, const char *says)
{
    struct err err = {0};
    struct child_draft note = {.kind = ENTRY_NOTE};
    note.text[NOTE_TEXT] = str_from(text);
    note.text[NOTE_DAY] = STR("2026-01-10");
    note.text[NOTE_SAYS] = str_from(says);
    must(child_add(&app, &officer, child, &note, 1, "note added", 0, NULL, &err), &err);
}

static void assert_given(const struct child_bundle *bundle, const char *words, const char *given)
{
    struct str text = bundle_item_given(&arena, item_of(bundle, words));
    if (!str_eq(text, str_from(given))) fail_msg("of %s is given: %.*s", words, STR_ARG(text));
}

static struct bundle_item *choose(struct child_bundle *bundle, const char *words,
                                  enum bundle_choice choice)
{
    struct bundle_item *item = &bundle->item[item_of(bundle, words) - bundle->item];
    item->choice = choice;
    return item;
}

/* Who told is held back unless a person gives it; and what nobody has to decide of can be left
 * out all the same. */
static void a_bundle_holds_back_who_told(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t first = 0, second = 0, child = 0, id = 0;
    struct child_bundle bundle;
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    struct person other =
        add_person(db, "other@example.org", "Jenna Larch", "Referral Unit", ROLE_maru_officer);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    int64_t referral = refer("Hannah Trevose", "12/3/2011", &first, &second);
    must(child_from_referral(&app, &officer, referral, first, &child, &err), &err);
    add_note(child, "Loud visitors at night.",
             "Neighbour Karen Pascoe, 5 Moor View, who wants to stay anonymous");
    add_note(child, "Came home after eleven.", "Mother");
    add_note(child, "Likes the choir.", "the child");
    add_note(child, "Takes the bus.", "hannah trevose");
    add_note(child, "Sings well.", "");
    add_note(child, "Rang 07700 900456 twice.", "Grandfather");
    add_note(child, "Was met by a woman called Ann Trevose.", "");
    enum bundle_field wrong;
    must(ask_for(&officer, child, "Hannah", "yesterday", "Known", &id, &wrong, &err), &err);
    struct child_file file = opened(child);
    must(child_bundle_read(&app, &arena, &officer, &file, id, &bundle, &err), &err);
    const struct bundle_item *item = item_of(&bundle, "Loud visitors");
    assert_true(item->told.to > item->told.from && !item->marked && !item->span_count);
    assert_int_equal(item->choice, BUNDLE_WITHOUT_SOURCE);
    assert_given(&bundle, "Loud visitors", "Loud visitors at night. Source: [held back]");
    assert_given(&bundle, "Came home after", "Came home after eleven. Source: [held back]");
    assert_given(&bundle, "Likes the choir", "Likes the choir. Source: the child");
    assert_given(&bundle, "Takes the bus", "Takes the bus. Source: hannah trevose");
    assert_given(&bundle, "Sings well", "Sings well.");
    /* A sign that came with the referral, a fact, and whose judgement it is. */
    assert_given(&bundle, "It rings in class",
                 "Has a new phone that no parent or carer provided: Observed, In the 6 months "
                 "before the referral. Source: [held back]. It rings in class.");
    assert_given(&bundle, "Name: Hannah", "Name: Hannah Trevose. Source: [held back]");
    item = item_of(&bundle, "Gifts that nobody explains");
    assert_true(str_eq(str_sub(item->words, (size_t)item->told.from,
                               (size_t)(item->told.to - item->told.from)),
                       STR("A School")));
    item = item_of(&bundle, "Referral R-");
    assert_true(item->marked && item->told.to > 0);
    assert_given(&bundle, "Referral R-", ""); /* nobody has decided */
    assert_true(item_of(&bundle, "Ann Trevose")->marked);
    /* One in which others are named is still decided by a person. */
    item = item_of(&bundle, "900456");
    assert_true(item->marked && item->choice == BUNDLE_UNDECIDED && item->told.to > 0);
    choose(&bundle, "900456", BUNDLE_WITHOUT_SOURCE);
    assert_given(&bundle, "900456", "Rang 07700 900456 twice. Source: [held back]");
    choose(&bundle, "900456", BUNDLE_WITHOUT_NAMES);
    assert_given(&bundle, "900456", "Rang [left out] twice. Source: [held back]");
    for (size_t i = 0; i < bundle.item_count; i++)
        if (bundle.item[i].marked) bundle.item[i].choice = BUNDLE_WITHOUT_SOURCE;
    assert_true(str_find(bundle_item_given(&arena, item_of(&bundle, "Referral R-")),
                         STR(" from [held back]: Comes home late"), 0) > 0);
    /* That who told is held back needs no words of the drafter's; that an entry is does. */
    must(child_bundle_save(&app, &officer, &file, &bundle, &err), &err);
    choose(&bundle, "Sings well", BUNDLE_LEAVE_OUT);
    choose(&bundle, "Came home after", BUNDLE_GIVE);
    choose(&bundle, "900456", BUNDLE_GIVE);
    assert_int_equal(child_bundle_save(&app, &officer, &file, &bundle, &err), ST_INVALID);
    bundle.left_out = STR("What is not the child’s.");
    must(save_on(&officer, &file, &bundle, &err), &err);
    must(child_bundle_read(&app, &arena, &other, &file, id, &bundle, &err), &err);
    assert_true(bundle.held_back && !bundle.undecided);
    assert_given(&bundle, "Sings well", "");
    assert_given(&bundle, "Came home after", "Came home after eleven. Source: Mother");
    assert_given(&bundle, "900456", "Rang 07700 900456 twice. Source: Grandfather");
    must(release(&other, &file, id, &err), &err);
    must(child_bundle_read(&app, &arena, &officer, &file, id, &bundle, &err), &err);
    assert_true(bundle.held_back);
    for (size_t i = 0; i < bundle.item_count; i++) {
        static const char *const told[] = {"Pascoe", "Moor View", "A School", "her tutor"};
        for (size_t k = 0; k < sizeof told / sizeof *told; k++)
            if (str_find(bundle.item[i].words, str_from(told[k]), 0) >= 0)
                fail_msg("given: %.*s", STR_ARG(bundle.item[i].words));
    }
}

static struct child_file asked_of(int64_t *child, struct person *other);

/* Of one it is said as of one; and what was not ticked is where the link leads. */
static void one_entry_that_is_left_is_one(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t child = 0, id = 0;
    enum bundle_field wrong;
    struct person other;
    struct child_file file = asked_of(&child, &other);
    add_note(child, "Rang 07700 900456 twice.", "");
    file = opened(child);
    must(ask_for(&officer, child, "Wella", "today", "Seen", &id, &wrong, &err), &err);
    assert_int_equal(release(&other, &file, id, &err), ST_CONFLICT);
    assert_non_null(strstr(err.public, "one is left"));
    struct request request = {.app = &app,
                              .arena = &arena,
                              .who = other,
                              .id = {child, id},
                              .path = STR("/"),
                              .method = POST};
    struct str page = page_of(page_child_bundle_release, &request, NULL);
    assert_true(str_find(page, STR("1 marked entry is still to be decided."), 0) > 0);
    assert_true(str_find(page, STR("href=\"#sure\""), 0) > 0);
}

struct releasing {
    const struct person *who;
    const struct child_file *file;
    const struct child_bundle *bundle;
    enum st outcome;
};

static void *release_it(void *context)
{
    struct releasing *releasing = context;
    struct err err = {0};
    releasing->outcome = child_bundle_release(&app, releasing->who, releasing->file,
                                              releasing->bundle->id, releasing->bundle->seen, &err);
    return NULL;
}

/* What was chosen a moment before is neither written back nor released as it was. */
static void of_two_at_once_nothing_that_was_chosen_is_lost(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t child = 0, id = 0;
    enum bundle_field wrong;
    bool day = false;
    struct child_bundle held, given, stale;
    struct db *db = NULL;
    pthread_t thread;
    struct person other;
    struct child_file file = asked_of(&child, &other);
    add_note(child, "Likes rowing.", "");
    file = opened(child);
    must(ask_for(&officer, child, "Wella", "today", "Seen", &id, &wrong, &err), &err);
    must(child_bundle_read(&app, &arena, &officer, &file, id, &stale, &err), &err);
    held = stale;
    choose(&held, "Likes rowing", BUNDLE_LEAVE_OUT);
    held.left_out = STR("By way of trial.");
    must(child_bundle_save(&app, &officer, &file, &held, &err), &err);
    choose(&stale, "Likes rowing", BUNDLE_GIVE);
    assert_int_equal(child_bundle_save(&app, &other, &file, &stale, &err), ST_CONFLICT);
    must(child_bundle_read(&app, &arena, &other, &file, id, &held, &err), &err);
    assert_int_equal(item_of(&held, "Likes rowing")->choice, BUNDLE_LEAVE_OUT);
    given = held;
    given.item = arena_many(&arena, held.item_count, struct bundle_item);
    memcpy(given.item, held.item, held.item_count * sizeof *held.item);
    choose(&given, "Likes rowing", BUNDLE_GIVE);
    must(child_bundle_save(&app, &officer, &file, &given, &err), &err);
    /* The other looks at what gives it, and waits for their turn, while it is left out. */
    must(child_bundle_read(&app, &arena, &other, &file, id, &given, &err), &err);
    struct releasing releasing = {&other, &file, &given, ST_OK};
    must(store_write_begin(app.store, &db, &err), &err);
    assert_int_equal(pthread_create(&thread, NULL, release_it, &releasing), 0);
    usleep(200000); /* until it waits; on a slow machine it is refused sooner */
    struct query *query = db_query(db, Q_CHILD_BUNDLE_CHANGE);
    db_bind_int(query, 1, id);
    db_bind_bytes(query, 2, held.sealed.ptr, held.sealed.len);
    int64_t changed = 0;
    must(db_one(query, &changed, &err), &err);
    must(store_write_commit(app.store, db, &err), &err);
    pthread_join(thread, NULL);
    assert_int_equal(releasing.outcome, ST_CONFLICT);
    must(child_bundle_read(&app, &arena, &other, &file, id, &given, &err), &err);
    assert_true(child_bundle_is_open(&given));
    assert_int_equal(item_of(&given, "Likes rowing")->choice, BUNDLE_LEAVE_OUT);
    must(child_bundle_longer(&app, &other, &file, id, STR("today"), STR("Much."), &day, &err),
         &err);
    must(release(&other, &file, id, &err), &err);
}

/* Of a referral for this concern; what follows on the submission's reference. */
static void assert_sender_held_back(const char *why, const char *follows)
{
    struct err err = {0};
    int64_t first = 0, second = 0, child = 0, id = 0;
    enum bundle_field wrong;
    struct child_bundle bundle;
    const char *usual = concern;
    concern = why;
    int64_t referral = refer("Wella Trevose", "12/3/2011", &first, &second);
    concern = usual;
    must(child_from_referral(&app, &officer, referral, first, &child, &err), &err);
    must(ask_for(&officer, child, "Wella", "today", "Known", &id, &wrong, &err), &err);
    struct child_file file = opened(child);
    must(child_bundle_read(&app, &arena, &officer, &file, id, &bundle, &err), &err);
    static const enum bundle_choice held[] = {BUNDLE_WITHOUT_SOURCE, BUNDLE_WITHOUT_NAMES};
    struct str words = str_fmt(&arena, "PEN-7K2M-9Q4X%s", follows);
    for (size_t i = 0; i < 2; i++) {
        struct str given = bundle_item_given(&arena, choose(&bundle, "Comes home late", held[i]));
        if (str_find(given, STR("Hope"), 0) >= 0 || str_find(given, STR("Piran"), 0) >= 0 ||
            str_find(given, STR("A School"), 0) >= 0 || str_find(given, words, 0) < 0)
            fail_msg("given: %.*s", STR_ARG(given));
    }
    struct str given = bundle_item_given(&arena, choose(&bundle, "Comes home late", BUNDLE_GIVE));
    assert_true(str_find(given, STR("Morwenna St. Piran"), 0) > 0);
}

/* A referral that was made of a submission once said whose that was, and who sent it on. */
static void a_bundle_holds_back_who_sent_a_submission_on(void **state)
{
    (void)state;
    assert_sender_held_back("Comes home late.\n\nFrom submission PEN-7K2M-9Q4X of House of Hope, "
                            "sent on by its representative, Morwenna St. Piran.\n\nHe rang twice.",
                            " of [held back]\n\nHe rang twice.");
}

/* As an officer may have left it in the draft. */
static void who_sent_it_on_is_held_back_without_whose_it_was(void **state)
{
    (void)state;
    assert_sender_held_back("Comes home late.\n\nFrom submission PEN-7K2M-9Q4X, sent on by its "
                            "representative, Morwenna St. Piran.\n\nHe rang twice.",
                            "[held back]\n\nHe rang twice.");
    assert_sender_held_back("Comes home late.\n\nFrom submission PEN-7K2M-9Q4X, sent on by its "
                            "representative, Morwenna St. Piran.\n\nHe rang twice of late.",
                            "[held back]\n\nHe rang twice of late.");
}

#define DO(action_, ...)                                                                           \
    do {                                                                                           \
        struct desk_case desk_;                                                                    \
        const char *wrong_ = NULL;                                                                 \
        must(desk_read(&app, &arena, &officer, referral, &desk_, &err), &err);                     \
        must(desk_do(&app, &officer, referral, action_,                                            \
                     &(struct desk_input){.version = desk_.version, __VA_ARGS__}, &wrong_, &err),  \
             &err);                                                                                \
    } while (0)

/* What the desk did is chosen one by one, also what was written at the same instant; and which
 * partner was asked, and answered, is held back like any who told. */
static void what_the_desk_did_is_chosen_one_by_one(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t first = 0, second = 0, child = 0, id = 0;
    enum bundle_field wrong;
    struct child_bundle bundle;
    int64_t referral = refer("Wella Trevose", "12/3/2011", &first, &second);
    must(child_from_referral(&app, &officer, referral, first, &child, &err), &err);
    DO(DESK_DO_RATE, .choice = STR("amber"), .text = STR("Out late."));
    DO(DESK_DO_CHECK, .choice = STR("agency-police"), .text = STR("What is known?"));
    struct desk_check *check = NULL;
    size_t checks = 0;
    must(desk_checks(&app, &arena, referral, &check, &checks, &err), &err);
    DO(DESK_DO_CHECK_ANSWER, .check = check[0].id, .choice = STR("held"),
       .text = STR("Stopped twice."));
    DO(DESK_DO_DECIDE, .choice = STR("section-47"), .text = STR("Harm is likely."),
       .who = STR("A manager"));
    DO(DESK_DO_DECIDE, .choice = STR("early-help"), .text = STR("Help is enough."),
       .who = STR("A manager"), .lesser = STR("section-47"), .why = STR("It was another."));
    must(ask_for(&officer, child, "Wella", "today", "Known", &id, &wrong, &err), &err);
    struct child_file file = opened(child);
    must(child_bundle_read(&app, &arena, &officer, &file, id, &bundle, &err), &err);
    const struct bundle_item *down = item_of(&bundle, "It was another.");
    const struct bundle_item *decided = item_of(&bundle, "Help is enough.");
    assert_false(str_eq(down->key, decided->key));
    choose(&bundle, "What is known", BUNDLE_WITHOUT_SOURCE);
    assert_given(&bundle, "What is known", "Partner check asked: [held back]. What is known?");
    struct str given =
        bundle_item_given(&arena, choose(&bundle, "Stopped twice", BUNDLE_WITHOUT_SOURCE));
    assert_true(str_starts(given, STR("Partner check answered: [held back]: ")));
    choose(&bundle, "It was another.", BUNDLE_LEAVE_OUT);
    choose(&bundle, "Help is enough.", BUNDLE_GIVE);
    bundle.left_out = STR("What is not the child’s.");
    must(child_bundle_save(&app, &officer, &file, &bundle, &err), &err);
    must(child_bundle_read(&app, &arena, &officer, &file, id, &bundle, &err), &err);
    assert_int_equal(item_of(&bundle, "It was another.")->choice, BUNDLE_LEAVE_OUT);
    assert_int_equal(item_of(&bundle, "Help is enough.")->choice, BUNDLE_GIVE);
}

/* --- the end ---------------------------------------------------------------------------------- */

/* As the desk leaves it. */
static void close_case(int64_t referral)
{
    char text[400];
    snprintf(text, sizeof text,
             "INSERT INTO desk_case (referral_id, state, rating, came_at, decision_due, outcome, "
             "first_due,"
             " stage, boundary, reopened, version) VALUES (%lld, 'closed', '', 0, 0, '', 0, '', "
             "'', 0, 1)",
             (long long)referral);
    run_sql(folder, text);
}

static int64_t proposed(const struct person *who, int64_t child)
{
    struct err err = {0};
    struct child_disposal *list = NULL;
    size_t count = 0;
    must(child_dispose_propose(&app, who, child, STR("made-by-mistake"), STR("Looked at."), &err),
         &err);
    struct child_file file = opened(child);
    must(child_disposals_of(&app, &arena, who, &file, &list, &count, &err), &err);
    return list[count - 1].id;
}

/* As they see it at that moment. */
static enum st destroy(const struct person *who, int64_t child, int64_t disposal, struct err *err)
{
    struct child_file file;
    struct str seen = STR("");
    if (child_open(&app, &arena, who, child, &file, err) == ST_OK)
        assert_int_equal(child_dispose_seen(&app, &arena, &file, &seen, err), ST_OK);
    return child_dispose_answer(&app, who, child, disposal, true, seen, err);
}

static void a_referral_goes_with_the_last_of_its_children(void **state)
{
    (void)state;
    needs_sqlite();
    struct err err = {0};
    int64_t first = 0, second = 0, child = 0, sibling = 0;
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    struct person other =
        add_person(db, "other@example.org", "Jenna Larch", "Referral Unit", ROLE_maru_officer);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    int64_t id = refer("Wella Trevose", "12/3/2011", &first, &second);
    must(child_from_referral(&app, &officer, id, first, &child, &err), &err);
    must(child_from_referral(&app, &officer, id, second, &sibling, &err), &err);
    assert_int_equal(
        child_dispose_propose(&app, &officer, child, STR("made-by-mistake"), STR("x"), &err),
        ST_CONFLICT);
    close_case(id);
    must(destroy(&other, child, proposed(&officer, child), &err), &err);
    assert_true(referral_allows(&app, &arena, &officer, ACT_READ_REFERRAL, id));
    must(destroy(&other, sibling, proposed(&officer, sibling), &err), &err);
    assert_false(referral_allows(&app, &arena, &officer, ACT_READ_REFERRAL, id));
    struct referral referral;
    db = store_read_begin(app.store, &err);
    assert_int_equal(referral_load(&app, db, &arena, id, &referral, &err), ST_NOT_FOUND);
    store_read_end(app.store, db);
    struct referral_line *list = NULL;
    size_t count = 0;
    must(referral_list(&app, &arena, &officer, REFERRALS_SENT, 10, &list, &count, &err), &err);
    assert_int_equal(count, 0);
    must(referral_list(&app, &arena, &teacher, REFERRALS_OWN, 10, &list, &count, &err), &err);
    assert_int_equal(count, 0);
}

/* A record, the referral and what that named are destroyed together or not at all. */
static void what_a_referral_named_goes_with_it(void **state)
{
    (void)state;
    needs_sqlite();
    struct err err = {0};
    int64_t first = 0, second = 0, child = 0, sibling = 0;
    struct referral_head head;
    struct db *db = NULL;
    char text[300];
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    struct person other =
        add_person(db, "other@example.org", "Jenna Larch", "Referral Unit", ROLE_maru_officer);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    int64_t id = refer("Wella Trevose", "12/3/2011", &first, &second);
    must(child_from_referral(&app, &officer, id, first, &child, &err), &err);
    must(child_from_referral(&app, &officer, id, second, &sibling, &err), &err);
    close_case(id);
    db = store_read_begin(app.store, NULL);
    must(referral_load_head(db, &arena, id, &head, &err), &err);
    store_read_end(app.store, db);
    must(destroy(&other, child, proposed(&officer, child), &err), &err);
    int64_t disposal = proposed(&officer, sibling);
    snprintf(text, sizeof text,
             "CREATE TRIGGER ends BEFORE UPDATE ON record_key WHEN OLD.id ="
             " (SELECT key_id FROM submission WHERE id = %lld)"
             " BEGIN SELECT RAISE(ABORT, 'it ends here'); END",
             (long long)head.submission);
    run_sql(folder, text);
    assert_int_not_equal(destroy(&other, sibling, disposal, &err), ST_OK);
    assert_true(opened(sibling).entry_count > 0);
    assert_true(referral_allows(&app, &arena, &officer, ACT_READ_REFERRAL, id));
    run_sql(folder, "DROP TRIGGER ends");
    must(destroy(&other, sibling, disposal, &err), &err);
    db = store_read_begin(app.store, NULL);
    struct query *query = db_query(db, Q_SUBMISSION_READ);
    db_bind_int(query, 1, head.submission);
    assert_false(db_next(query));
    must(db_end(query, &err), &err);
    store_read_end(app.store, db);
}

/* Whoever asked what is held has an answer within a month; nothing is destroyed before, and the
 * wait is seen by those who keep the record. */
static struct child_file asked_of(int64_t *child, struct person *other)
{
    struct db *db = NULL;
    struct child_draft name = {.kind = ENTRY_FACT};
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    *other = add_person(db, "other@example.org", "Jenna Larch", "Referral Unit", ROLE_maru_officer);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    name.text[FACT_KEY] = STR("child-name");
    name.text[FACT_ANSWER] = STR("given");
    name.text[FACT_VALUE] = STR("Wella Carne");
    assert_int_equal(child_create(&app, &officer, &name, 1, 0, child, NULL), ST_OK);
    return opened(*child);
}

static void what_was_asked_for_is_answered_or_ended(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t child = 0, id = 0;
    size_t count = 0;
    enum bundle_field wrong;
    struct child_bundle bundle, *list = NULL;
    struct child_open *open = NULL;
    struct str seen;
    struct person other;
    struct child_file file = asked_of(&child, &other);
    must(ask_for(&officer, child, "Wella", "3/2/2026", "Seen", &id, &wrong, &err), &err);
    must(child_bundle_read(&app, &arena, &officer, &file, id, &bundle, &err), &err);
    assert_true(child_bundle_is_open(&bundle) && child_bundle_is_late(&bundle));
    assert_int_equal(bundle.asked_day, date_to_days((struct date){2026, 2, 3}));
    assert_int_equal(bundle.due_day, date_to_days((struct date){2026, 3, 3}));
    must(child_bundles_open(&app, &arena, &officer, &list, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_true(list[0].id == id && list[0].child == child && child_bundle_is_late(&list[0]));
    assert_int_equal(child_bundles_open(&app, &arena, &teacher, &list, &count, &err), ST_NOT_FOUND);
    must(child_still_open(&app, &arena, &officer, &file, &open, &count, &seen, &err), &err);
    assert_int_equal(count, 1);
    assert_true(open[0].kind == OPEN_ASKED && open[0].late && child_open_keeps(&open[0]));
    assert_int_equal(
        child_dispose_propose(&app, &officer, child, STR("made-by-mistake"), STR("x"), &err),
        ST_CONFLICT);
    assert_non_null(strstr(err.public, "asked what is held"));

    assert_int_equal(child_bundle_end(&app, &teacher, &(struct child_file){0}, id, STR("x"), &err),
                     ST_NOT_FOUND);
    assert_int_equal(child_bundle_end(&app, &officer, &file, id, STR(" "), &err), ST_INVALID);
    must(child_bundle_end(&app, &other, &file, id, STR("They took it back."), &err), &err);
    must(child_bundle_read(&app, &arena, &officer, &file, id, &bundle, &err), &err);
    assert_false(child_bundle_is_open(&bundle) || child_bundle_is_late(&bundle));
    assert_true(str_eq(bundle.ended_why, STR("They took it back.")) && bundle.ended_at > 0 &&
                str_eq(bundle.ended_by, STR("Jenna Larch")) && !bundle.item_count);
    assert_int_equal(child_bundle_end(&app, &officer, &file, id, STR("x"), &err), ST_CONFLICT);
    assert_int_equal(child_bundle_save(&app, &officer, &file, &bundle, &err), ST_CONFLICT);
    assert_int_equal(child_bundle_release(&app, &officer, &file, id, bundle.seen, &err),
                     ST_CONFLICT);
    must(child_bundles_open(&app, &arena, &officer, &list, &count, &err), &err);
    assert_int_equal(count, 0);
    must(destroy(&other, child, proposed(&officer, child), &err), &err);
}

/* Two months more, where they were told within the first; the draft says so from then on, what was
 * chosen stays, and it is taken once. */
static void an_answer_takes_longer_where_they_were_told(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t child = 0, id = 0, late = 0;
    size_t count = 0;
    enum bundle_field wrong;
    bool day = false;
    struct child_bundle bundle, *list = NULL;
    struct person other;
    struct child_file file = asked_of(&child, &other);
    add_note(child, "Likes rowing.", "");
    file = opened(child);
    must(ask_for(&officer, child, "Wella", "3/2/2026", "Seen", &id, &wrong, &err), &err);
    must(child_bundle_read(&app, &arena, &officer, &file, id, &bundle, &err), &err);
    assert_true(!bundle.longer_at && !bundle.longer_by.len);
    choose(&bundle, "Likes rowing", BUNDLE_LEAVE_OUT);
    bundle.left_out = STR("By way of trial.");
    must(child_bundle_save(&app, &other, &file, &bundle, &err), &err);
    static const char *const no_days[] = {"", "soon", "2/2/2026", "4/3/2026", "1/1/2126"};
    for (size_t i = 0; i < sizeof no_days / sizeof *no_days; i++) {
        assert_int_equal(child_bundle_longer(&app, &officer, &file, id, str_from(no_days[i]),
                                             STR("Much of it."), &day, &err),
                         ST_INVALID);
        assert_true(day);
    }
    assert_int_equal(
        child_bundle_longer(&app, &officer, &file, id, STR("3/3/2026"), STR(" "), &day, &err),
        ST_INVALID);
    assert_false(day);
    must(child_bundle_longer(&app, &officer, &file, id, STR("3/3/2026"), STR("Ten years of files."),
                             &day, &err),
         &err);
    assert_int_equal(
        child_bundle_longer(&app, &other, &file, id, STR("3/3/2026"), STR("Again."), &day, &err),
        ST_CONFLICT);
    must(child_bundle_read(&app, &arena, &other, &file, id, &bundle, &err), &err);
    assert_int_equal(bundle.due_day, date_to_days((struct date){2026, 5, 5})); /* a bank holiday */
    assert_int_equal(bundle.longer_day, date_to_days((struct date){2026, 3, 3}));
    assert_true(bundle.own && bundle.longer_at && str_eq(bundle.longer_by, officer.name) &&
                str_eq(bundle.longer_why, STR("Ten years of files.")) &&
                str_eq(bundle.left_out, STR("By way of trial.")));
    assert_int_equal(item_of(&bundle, "Likes rowing")->choice, BUNDLE_LEAVE_OUT);
    must(child_bundle_save(&app, &other, &file, &bundle, &err), &err);
    must(child_bundle_read(&app, &arena, &other, &file, id, &bundle, &err), &err);
    assert_true(str_eq(bundle.longer_why, STR("Ten years of files.")));
    must(ask_for(&officer, child, "Her mother", "3/2/2026", "Seen", &late, &wrong, &err), &err);
    must(child_bundles_open(&app, &arena, &officer, &list, &count, &err), &err);
    assert_int_equal(count, 2);
    assert_true(list[0].id == late && list[1].id == id && list[1].due_day == bundle.due_day);
    must(child_bundle_end(&app, &officer, &file, id, STR("They took it back."), &err), &err);
    assert_int_equal(
        child_bundle_longer(&app, &officer, &file, id, STR("3/3/2026"), STR("x"), &day, &err),
        ST_CONFLICT);
}

/* A name is taken out wherever it stands, however often, and wherever the words are cut to be
 * looked through. */
static void names_without_end_are_all_marked(void **state)
{
    (void)state;
    enum { TIMES = 400 };
    struct err err = {0};
    int64_t child = 0;
    int64_t id = 0;
    struct buf words;
    struct child_bundle bundle;
    struct child_draft draft = {.kind = ENTRY_FACT};
    draft.text[FACT_KEY] = STR("child-name");
    draft.text[FACT_ANSWER] = STR("given");
    draft.text[FACT_VALUE] = STR("Wella Carne");
    must(child_create(&app, &officer, &draft, 1, 0, &child, &err), &err);
    buf_init(&words, 64 << 10);
    for (int i = 0; i < TIMES; i++)
        buf_add_fmt(&words, "%s 07700 9%05d. ",
                    i ? "Jenifer Trevose rang"
                      : "A man called Jenifer "
                        "Trevose rang",
                    i);
    struct child_draft note = {.kind = ENTRY_NOTE};
    note.text[NOTE_TEXT] = str_sub(buf_str(&words), 0, 3900);
    note.text[NOTE_DAY] = STR("2026-01-10");
    must(child_add(&app, &officer, child, &note, 1, "note added", 0, NULL, &err), &err);
    enum bundle_field wrong;
    must(ask_for(&officer, child, "Wella", "today", "Seen", &id, &wrong, &err), &err);
    struct child_file file = opened(child);
    must(child_bundle_read(&app, &arena, &officer, &file, id, &bundle, &err), &err);
    struct bundle_item item = *item_of(&bundle, "Jenifer");
    assert_true(item.span_count > 60);
    item.choice = BUNDLE_WITHOUT_NAMES;
    struct str given = bundle_item_given(&arena, &item);
    assert_true(str_find(given, STR("Trevose"), 0) < 0);
    assert_true(str_find(given, STR("07700"), 0) < 0);
    buf_done(&words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_referral_becomes_a_record, fresh, close_partnership),
        cmocka_unit_test_setup_teardown(the_longest_referral_becomes_a_record_whole, fresh,
                                        close_partnership),
        cmocka_unit_test_setup_teardown(a_bundle_marks_others_and_is_released_by_a_second_person,
                                        fresh, close_partnership),
        cmocka_unit_test_setup_teardown(a_bundle_holds_back_who_told, fresh, close_partnership),
        cmocka_unit_test_setup_teardown(one_entry_that_is_left_is_one, fresh, close_partnership),
        cmocka_unit_test_setup_teardown(what_the_desk_did_is_chosen_one_by_one, fresh,
                                        close_partnership),
        cmocka_unit_test_setup_teardown(of_two_at_once_nothing_that_was_chosen_is_lost, fresh,
                                        close_partnership),
        cmocka_unit_test_setup_teardown(a_bundle_holds_back_who_sent_a_submission_on, fresh,
                                        close_partnership),
        cmocka_unit_test_setup_teardown(who_sent_it_on_is_held_back_without_whose_it_was, fresh,
                                        close_partnership),
        cmocka_unit_test_setup_teardown(a_referral_goes_with_the_last_of_its_children, fresh,
                                        close_partnership),
        cmocka_unit_test_setup_teardown(what_a_referral_named_goes_with_it, fresh,
                                        close_partnership),
        cmocka_unit_test_setup_teardown(a_record_and_its_referral_come_together, fresh,
                                        close_partnership),
        cmocka_unit_test_setup_teardown(a_chronology_is_joined_by_what_may_be_seen, fresh,
                                        close_partnership),
        cmocka_unit_test_setup_teardown(a_draft_that_is_older_overrules_nothing, fresh,
                                        close_partnership),
        cmocka_unit_test_setup_teardown(earlier_episodes_are_counted, fresh, close_partnership),
        cmocka_unit_test_setup_teardown(a_known_child_is_joined_and_taken_back, fresh,
                                        close_partnership),
        cmocka_unit_test_setup_teardown(an_answer_takes_longer_where_they_were_told, fresh,
                                        close_partnership),
        cmocka_unit_test_setup_teardown(what_was_asked_for_is_answered_or_ended, fresh,
                                        close_partnership),
        cmocka_unit_test_setup_teardown(names_without_end_are_all_marked, fresh, close_partnership),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
