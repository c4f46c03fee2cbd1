/* Children's records: entries that are only added to, facts side by side, the same child
 * twice, who may see what. */
#include "base/change.h"
#include "domain/account.h"
#include "domain/area.h"
#include "domain/area_child.h"
#include "domain/child_access.h"
#include "domain/child_chronology.h"
#include "domain/child_close.h"
#include "domain/child_form.h"
#include "domain/child_keep.h"
#include "web/pages.h"

#include "page_of.h"
#include "tests_common.h"

#include <pthread.h>
#include <sqlite3.h>
#include <time.h>

static char folder[64];
static struct app app;
static struct area *area;
static struct arena arena;
static struct person officer, second, worker, analyst;

static struct person add_person(struct db *db, const char *email, const char *name, enum role role)
{
    struct person person = {.roles = 1u << role, .name = str_from(name), .email = str_from(email)};
    struct account_new account = {.email = person.email,
                                  .name = person.name,
                                  .password_hash = STR("x"),
                                  .roles = person.roles};
    assert_int_equal(organisation_ensure(db, STR("The unit"), STR("social-care"), STR("mid"),
                                         &account.organisation, NULL), ST_OK);
    assert_int_equal(account_add(&app, db, &account, 0, &person.account, NULL), ST_OK);
    person.organisation = account.organisation;
    return person;
}

static void open_it(void)
{
    struct err err = {0};
    if (app_open(&app, folder, NULL, NULL, &err) != ST_OK)
        fail_msg("%s (%s)", err.public, err.detail);
    app.area = area;
}

static int fresh(void **state)
{
    (void)state;
    struct err err = {0};
    temporary_folder(folder);
    arena_init(&arena, 256 << 20);
    if (area_load("areas/cornwall", &area, &err) != ST_OK) fail_msg("%s", err.public);
    open_it();
    struct db *db = NULL;
    assert_int_equal(store_write_begin(app.store, &db, NULL), ST_OK);
    officer = add_person(db, "officer@example.org", "Lowenna Kitto", ROLE_maru_officer);
    second = add_person(db, "second@example.org", "Jago Penn", ROLE_maru_officer);
    worker = add_person(db, "worker@example.org", "Tamsin Hale", ROLE_practitioner);
    analyst = add_person(db, "analyst@example.org", "Kerensa Vane", ROLE_analyst);
    assert_int_equal(store_write_commit(app.store, db, NULL), ST_OK);
    return 0;
}

static int done(void **state)
{
    (void)state;
    app_close(&app);
    area_free(area);
    arena_done(&arena);
    return 0;
}

static struct child_draft fact(const char *key, const char *value)
{
    struct child_draft draft = {.kind = ENTRY_FACT};
    draft.text[FACT_KEY] = str_from(key);
    draft.text[FACT_ANSWER] = STR("given");
    draft.text[FACT_VALUE] = str_from(value);
    return draft;
}

static int64_t make(const char *name, const char *birth, const char *nhs)
{
    struct child_draft draft[3] = {fact("child-name", name), fact("child-birth", birth),
                                   fact("child-nhs-number", nhs)};
    int64_t id = 0;
    struct err err = {0};
    if (child_create(&app, &officer, draft, nhs[0] ? 3 : 2, 0, &id, &err) != ST_OK)
        fail_msg("%s", err.public);
    return id;
}

static struct child_file opened(const struct person *who, int64_t child)
{
    struct child_file file;
    struct err err = {0};
    if (child_open(&app, &arena, who, child, &file, &err) != ST_OK) fail_msg("%s", err.public);
    return file;
}

static void must(enum st outcome, const struct err *err)
{
    if (outcome != ST_OK) fail_msg("%s (%s)", err->public, err->detail);
}

static void a_record_needs_a_name_and_a_role(void **state)
{
    (void)state;
    int64_t id = 0;
    struct err err = {0};
    struct child_draft draft = fact("child-birth", "12/3/2011");
    assert_int_equal(child_create(&app, &officer, &draft, 1, 0, &id, &err), ST_INVALID);
    draft = fact("child-name", "Wella Trevose");
    assert_int_equal(child_create(&app, &analyst, &draft, 1, 0, &id, &err), ST_NOT_FOUND);
    assert_int_equal(child_create(&app, &worker, &draft, 1, 0, &id, &err), ST_NOT_FOUND);
    must(child_create(&app, &officer, &draft, 1, 0, &id, &err), &err);
    struct child_file file = opened(&officer, id);
    assert_str(file.line.name, "Wella Trevose");
    assert_int_equal(file.line.reference.len, 12);
    assert_true(file.may_edit && file.may_keep);
    assert_int_equal(child_open(&app, &arena, &analyst, id, &file, &err), ST_NOT_FOUND);
    assert_int_equal(child_open(&app, &arena, &worker, id, &file, &err), ST_NOT_FOUND);
    assert_int_equal(child_open(&app, &arena, &officer, id + 1, &file, &err), ST_NOT_FOUND);
}

static void facts_have_versions_and_stay_side_by_side(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t id = make("Wella Trevose", "12/3/2011", "");
    struct child_draft draft = fact("child-address", "1 Chapel Row");
    struct child_file file = opened(&officer, id);
    must(child_fact_add(&app, &officer, &file, &draft, STR(""), CHILD_AS_IT_IS, NULL, &err), &err);
    draft = fact("child-address", "2 Harbour View");
    file = opened(&officer, id);
    assert_int_equal(
        child_fact_add(&app, &officer, &file, &draft, STR(""), CHILD_AS_IT_IS, NULL, &err),
        ST_INVALID);
    must(child_fact_add(&app, &second, &file, &draft, STR("changed"), CHILD_AS_IT_IS, NULL, &err),
         &err);
    file = opened(&officer, id);
    assert_str(child_fact(&file, STR("child-address"))->text[FACT_VALUE], "2 Harbour View");
    assert_str(child_account_name(&file, child_fact(&file, STR("child-address"))->account),
               "Jago Penn");
    /* Two dates of birth, and nobody knows which. */
    draft = fact("child-birth", "21/3/2011");
    int64_t other = 0;
    must(child_fact_add(&app, &second, &file, &draft, STR("unsure"), CHILD_AS_IT_IS, &other, &err),
         &err);
    file = opened(&officer, id);
    int conflicting = 0, superseded = 0;
    for (size_t i = 0; i < file.entry_count; i++) {
        conflicting += file.entry[i].kind == ENTRY_FACT && file.entry[i].state == STATE_CONFLICTING;
        superseded += file.entry[i].kind == ENTRY_FACT && file.entry[i].state == STATE_SUPERSEDED;
    }
    assert_int_equal(conflicting, 2);
    assert_int_equal(superseded, 1);
    assert_int_equal(
        child_fact_choose(&app, &officer, &file, other, true, CHILD_AS_IT_IS, STR(" "), &err),
        ST_INVALID);
    must(child_fact_choose(&app, &officer, &file, other, true, CHILD_AS_IT_IS,
                           STR("The birth certificate says so."), &err),
         &err);
    file = opened(&officer, id);
    assert_str(child_fact(&file, STR("child-birth"))->text[FACT_VALUE], "21/3/2011");
    for (size_t i = 0; i < file.entry_count; i++)
        assert_true(file.entry[i].kind != ENTRY_FACT || file.entry[i].state != STATE_CONFLICTING);
    assert_str(file.line.birth, "21/3/2011");
    /* After a restart all is as it was. */
    app_close(&app);
    open_it();
    assert_str(opened(&officer, id).line.birth, "21/3/2011");
}

static void whoever_writes_without_having_seen_is_asked_to_look(void **state)
{
    (void)state;
    struct err err = {0};
    struct str key = STR("child-school");
    int64_t id = make("Jory Tremayne", "12/3/2011", "");
    struct child_file both = opened(&officer, id);
    assert_int_equal(child_fact_newest(&both, key), 0);
    struct child_draft first = fact("child-school", "Godrevy Academy"),
                       other = fact("child-school", "Harbour School");
    must(child_fact_add(&app, &officer, &both, &first, STR(""), 0, NULL, &err), &err);
    struct child_file now = opened(&second, id);
    int64_t seen = child_fact_newest(&now, key);
    assert_true(seen > 0);
    /* Of a form that was drawn before: nothing goes in. */
    assert_int_equal(child_fact_add(&app, &second, &now, &other, STR("changed"), 0, NULL, &err),
                     ST_CONFLICT);
    /* Of a form that was drawn now, read by a request that came before. */
    assert_int_equal(child_fact_add(&app, &second, &both, &other, STR(""), 0, NULL, &err),
                     ST_CONFLICT);
    now = opened(&second, id);
    assert_int_equal(child_fact_newest(&now, key), seen);
    int64_t added = 0;
    must(child_fact_add(&app, &second, &now, &other, STR("unsure"), seen, &added, &err), &err);
    /* Another question is another matter. */
    now = opened(&officer, id);
    struct child_draft address = fact("child-address", "1 Chapel Row");
    must(child_fact_add(&app, &officer, &now, &address, STR(""), 0, NULL, &err), &err);
    now = opened(&officer, id);
    assert_int_equal(child_entry_find(&now, added)->state, STATE_CONFLICTING);
    assert_str(child_entry_find(&now, added)->text[FACT_VALUE], "Harbour School");
    assert_int_equal(child_fact_choose(&app, &officer, &now, added, true, seen,
                                       STR("The school says so."), &err),
                     ST_CONFLICT);
    seen = child_fact_newest(&now, key);
    must(child_fact_choose(&app, &officer, &now, added, true, seen, STR("The school says so."),
                           &err),
         &err);
    now = opened(&officer, id);
    assert_str(child_fact(&now, key)->text[FACT_VALUE], "Harbour School");
    assert_true(child_fact_newest(&now, key) > seen);
    /* What a referral says, with where it says so, is longer than a form takes. */
    char *source = arena_bytes(&arena, 4 * CHILD_LINE_MAX + 1);
    memset(source, 's', 4 * CHILD_LINE_MAX + 1);
    address.text[FACT_SAYS] = str_of(source, CHILD_LINE_MAX + 20);
    must(child_fact_add(&app, &officer, &now, &address, STR("both"), CHILD_AS_IT_IS, NULL, &err),
         &err);
    address.text[FACT_SAYS] = str_of(source, 4 * CHILD_LINE_MAX + 1);
    assert_int_equal(
        child_fact_add(&app, &officer, &now, &address, STR("both"), CHILD_AS_IT_IS, NULL, &err),
        ST_INVALID);
}

static size_t known(const struct person *who, const char *name, const char *birth, const char *nhs,
                    struct child_known ret[CHILD_KNOWN_MAX])
{
    struct link_mention mention = {.kind = LINK_PERSON,
                                   .seen_from = LINK_DAY_UNKNOWN,
                                   .seen_to = LINK_DAY_UNKNOWN,
                                   .reported_day = clock_today()};
    mention.field[LINK_NAME] = str_from(name);
    mention.field[LINK_BIRTH] = str_from(birth);
    return child_known_find(child_scope_of(&app, &arena, who), &mention, str_from(nhs), 0, ret);
}

static size_t lines_in_the_log(const char *action)
{
    size_t count = 0;
    struct db *db = store_read_begin(app.store, NULL);
    struct query *query = db_query(db, Q_AUDIT_LINE_AFTER);
    db_bind_int(query, 1, 0);
    db_bind_int(query, 2, INT32_MAX);
    while (db_next(query)) count += str_eq(db_text(query, 3), str_from(action));
    assert_int_equal(db_end(query, NULL), ST_OK);
    store_read_end(app.store, db);
    return count;
}

static void a_known_child_is_found_and_joined_and_parted(void **state)
{
    (void)state;
    struct err err = {0};
    struct child_known found[CHILD_KNOWN_MAX];
    int64_t first = make("Wella Trevose", "12/3/2011", "999 000 0018");
    make("Perran Hocking", "1/9/2009", "");
    assert_int_equal(known(&officer, "Wela Trevoes", "12/3/2011", "", found), 1);
    assert_int_equal(found[0].line.id, first);
    assert_false(found[0].same_number);
    assert_int_equal(known(&officer, "Nobody Else", "", "999 000 0018", found), 1);
    assert_true(found[0].same_number);
    /* However it is typed, here and there. */
    assert_int_equal(known(&officer, "Nobody Else", "", "9990000018", found), 1);
    assert_int_equal(known(&officer, "Nobody Else", "", "999-000-0018", found), 1);
    int64_t dashes = make("Hedra Trembath", "4/5/2010", "9990000026");
    assert_int_equal(known(&officer, "Nobody Else", "", "999 000 0026", found), 1);
    assert_int_equal(found[0].line.id, dashes);
    assert_int_equal(known(&officer, "Nobody Else", "", "", found), 0);
    assert_int_equal(known(&worker, "Wella Trevose", "12/3/2011", "999 000 0018", found), 0);
    int64_t again = make("Wella Trevose", "21/3/2011", "");
    assert_int_equal(child_join(&app, &worker, first, again, STR("x"), &err), ST_NOT_FOUND);
    assert_int_equal(child_join(&app, &officer, first, again, STR(""), &err), ST_INVALID);
    must(child_join(&app, &officer, first, again, STR("Same school, same mother."), &err), &err);
    assert_int_equal(child_join(&app, &officer, again, first, STR("x"), &err), ST_CONFLICT);
    struct child_file file = opened(&officer, again);
    assert_int_equal(file.line.id, first);
    assert_int_equal(file.record_count, 2);
    /* The two dates of birth stand side by side, of themselves. */
    int conflicting = 0;
    for (size_t i = 0; i < file.entry_count; i++)
        conflicting += file.entry[i].state == STATE_CONFLICTING;
    assert_int_equal(conflicting, 2);
    assert_int_equal(file.join_count, 1);
    assert_str(file.join[0].reason, "Same school, same mother.");
    struct child_line *list = NULL;
    assert_int_equal(child_scope_list(child_scope_of(&app, &arena, &officer), &list), 3);
    must(child_unjoin(&app, &second, again, file.join[0].id, &err), &err);
    assert_int_equal(lines_in_the_log("child records joined"), 2); /* one of each record */
    assert_int_equal(lines_in_the_log("child records parted"), 2);
    assert_int_equal(child_unjoin(&app, &second, again, file.join[0].id, &err), ST_NOT_FOUND);
    file = opened(&officer, again);
    assert_int_equal(file.record_count, 1);
    for (size_t i = 0; i < file.entry_count; i++)
        assert_int_equal(file.entry[i].state, STATE_STANDING);
    assert_int_equal(child_scope_list(child_scope_of(&app, &arena, &officer), &list), 4);
}

static void whoever_a_record_names_does_not_see_it(void **state)
{
    (void)state;
    struct err err = {0};
    struct child_file file;
    int64_t id = make("Wella Trevose", "12/3/2011", "");
    opened(&second, id);
    struct child_draft aunt = {.kind = ENTRY_PERSON};
    aunt.text[PERSON_NAME] = STR("Jago Penn");
    must(child_add(&app, &officer, id, &aunt, 1, "person added", 0, NULL, &err), &err);
    assert_int_equal(child_open(&app, &arena, &second, id, &file, &err), ST_NOT_FOUND);
    opened(&officer, id);
}

static void the_pack_says_what_a_record_is_kept_in(void **state)
{
    (void)state;
    const struct area_child *words = area_child(area);
    assert_non_null(child_word_find(words, WORD_STATUS, STR("section-20")));
    assert_null(child_word_find(words, WORD_PLAN, STR("section-20")));
    /* Working by hand: born 12/3/2011, last change 1/6/2026. */
    int32_t born = date_to_days((struct date){2011, 3, 12});
    int32_t last = date_to_days((struct date){2026, 6, 1});
    static const struct {
        const char *class;
        struct date day;
    } cases[] = {{"looked-after", {2086, 3, 12}}, {"section-47", {2061, 6, 1}},
                 {"allegation", {2101, 6, 1}},    {"child-in-need", {2032, 3, 12}}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct retention_class *class = retention_find(words, str_from(cases[i].class));
        assert_int_equal(retention_day(class, born, last), date_to_days(cases[i].day));
    }
    /* Those that keep longest stand first: an allegation is shortened by no status. */
    for (size_t i = 1; i < words->retention_count; i++)
        assert_true(retention_day(&words->retention[i - 1], born, last) >=
                    retention_day(&words->retention[i], born, last));
    /* Past 18 the last change counts; a leap day's anniversary is 1 March. */
    const struct retention_class *need = retention_find(words, STR("child-in-need"));
    last = date_to_days((struct date){2030, 1, 1});
    assert_int_equal(retention_day(need, born, last), date_to_days((struct date){2033, 1, 1}));
    const struct retention_class *care = retention_find(words, STR("looked-after"));
    assert_int_equal(retention_day(care, date_to_days((struct date){2012, 2, 29}), last),
                     date_to_days((struct date){2087, 3, 1}));
}

static void classes_in_the_wrong_order_are_refused(void **state)
{
    (void)state;
    static const char start[] = "[schedule]\nversion = x\n[care]\nlabel = a\nsource = b\n"
                                "from = birth\nyears = 75\n";
    static const struct {
        const char *second, *message; /* empty: it can be read */
    } cases[] = {{"[need]\nlabel = a\nsource = b\nfrom = closing\nage = 18\nyears = 3\n", ""},
                 {"[same]\nlabel = a\nsource = b\nfrom = birth\nyears = 75\n", ""},
                 {"[claim]\nlabel = a\nsource = b\nfrom = closing\nyears = 75\n",
                  "retention.txt, line 8: [claim] keeps longer than [care]: it stands before it."}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct area_text text;
        struct area_child read = {0};
        struct err err = {0};
        bool fine = !*cases[i].message;
        struct str file = str_fmt(&arena, "%s%s", start, cases[i].second);
        must(area_text_parse(&arena, STR("retention.txt"), file, &text, &err), &err);
        assert_int_equal(area_retention_read(&arena, &text, &read, &err),
                         fine ? ST_OK : ST_INVALID);
        if (!fine) assert_string_equal(err.public, cases[i].message);
    }
}

/* --- keeping ------------------------------------------------------------------------------ */

static void a_worker_sees_what_is_allocated(void **state)
{
    (void)state;
    struct err err = {0};
    struct child_file file;
    int64_t id = make("Wella Trevose", "12/3/2011", "");
    assert_false(children_works_with(&app, &worker));
    assert_int_equal(
        child_access_give(&app, &worker, id, STR("worker@example.org"), false, STR("x"), &err),
        ST_NOT_FOUND);
    assert_int_equal(
        child_access_give(&app, &officer, id, STR("nobody@example.org"), false, STR("x"), &err),
        ST_INVALID);
    assert_int_equal(
        child_access_give(&app, &officer, id, STR("analyst@example.org"), false, STR("x"), &err),
        ST_INVALID);
    assert_int_equal(
        child_access_give(&app, &officer, id, STR("worker@example.org"), false, STR(""), &err),
        ST_INVALID);
    must(child_access_give(&app, &officer, id, STR("worker@example.org"), false, STR("Form tutor."),
                           &err),
         &err);
    assert_true(children_works_with(&app, &worker));
    file = opened(&worker, id);
    assert_true(file.may_edit && !file.may_keep);
    assert_int_equal(child_set_held(&app, &worker, id, true, STR("x"), &err), ST_NOT_FOUND);
    /* Kept from an officer, and from a worker to whom it is allocated. */
    must(child_access_give(&app, &officer, id, STR("second@example.org"), true, STR("A relative."),
                           &err),
         &err);
    assert_int_equal(child_open(&app, &arena, &second, id, &file, &err), ST_NOT_FOUND);
    assert_int_equal(
        child_access_give(&app, &officer, id, STR("second@example.org"), false, STR("x"), &err),
        ST_INVALID);
    struct child_access_line *line = NULL;
    size_t count = 0;
    file = opened(&officer, id);
    must(child_access_of(&app, &arena, &file, &line, &count, &err), &err);
    assert_int_equal(count, 2);
    assert_str(line[0].reason, "Form tutor.");
    must(child_access_end(&app, &officer, id, line[0].id, &err), &err);
    assert_int_equal(child_access_end(&app, &officer, id, line[0].id, &err), ST_NOT_FOUND);
    assert_int_equal(child_open(&app, &arena, &worker, id, &file, &err), ST_NOT_FOUND);
}

/* What the store still holds of a child's record, opened by whoever has the ring. */
static int entries_left(int64_t child)
{
    struct err err = {0};
    int found = 0;
    struct db *db = store_read_begin(app.store, &err);
    struct query *query = db_query(db, Q_CHILD_ENTRY_OF);
    db_bind_int(query, 1, child);
    while (db_next(query)) {
        struct child_entry entry;
        if (child_entry_from_row(&app, &arena, query, &entry, &err) == ST_OK) found++;
    }
    assert_int_equal(db_end(query, &err), ST_OK);
    store_read_end(app.store, db);
    return found;
}

static int64_t proposed(const struct person *who, int64_t child)
{
    struct child_file file = opened(who, child);
    struct child_disposal *list = NULL;
    size_t count = 0;
    struct err err = {0};
    must(child_disposals_of(&app, &arena, who, &file, &list, &count, &err), &err);
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].state, STR("proposed"))) return list[i].id;
    return 0;
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

static void run_sql(sqlite3 *db, const char *text)
{
    char *message = NULL;
    if (sqlite3_exec(db, text, NULL, NULL, &message) != SQLITE_OK) fail_msg("%s", message);
}

static void change_behind_the_back(const char *text)
{
    char path[100];
    sqlite3 *db = NULL;
    snprintf(path, sizeof path, "%s/pendeen.db", folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    run_sql(db, text);
    sqlite3_close(db);
    change_note();
}

/* A copy of the database as it is now; the log of changes is in it. */
static void copy_database(const char *to)
{
    char text[200];
    char path[100];
    sqlite3 *db = NULL;
    snprintf(path, sizeof path, "%s/pendeen.db", folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    snprintf(text, sizeof text, "VACUUM INTO '%s'", to);
    run_sql(db, text);
    sqlite3_close(db);
}

static void two_people_destroy_a_record_and_nobody_reads_it(void **state)
{
    (void)state;
    needs_sqlite();
    struct err err = {0};
    struct child_file file;
    char copy[100];
    int64_t id = make("Wella Trevose", "12/3/2011", "");
    int64_t twin = make("Wella Trevose", "12/3/2011", "");
    int64_t kept = make("Perran Hocking", "1/9/2009", "");
    must(child_join(&app, &officer, id, twin, STR("The same child."), &err), &err);
    assert_int_equal(child_dispose_propose(&app, &officer, id, STR("time-over"), STR("x"), &err),
                     ST_INVALID);
    assert_int_equal(
        child_dispose_propose(&app, &officer, id, STR("made-by-mistake"), STR(""), &err),
        ST_INVALID);
    assert_int_equal(child_dispose_propose(&app, &officer, id, STR("because"), STR("x"), &err),
                     ST_INVALID);
    must(child_set_held(&app, &officer, id, true, STR("An inquiry has asked."), &err), &err);
    assert_int_equal(
        child_dispose_propose(&app, &officer, id, STR("made-by-mistake"), STR("x"), &err),
        ST_CONFLICT);
    must(child_set_held(&app, &officer, id, false, STR("The inquiry is over."), &err), &err);
    must(child_dispose_propose(&app, &officer, id, STR("made-by-mistake"), STR("Looked at twice."),
                               &err),
         &err);
    assert_int_equal(
        child_dispose_propose(&app, &second, id, STR("made-by-mistake"), STR("x"), &err),
        ST_CONFLICT);
    int64_t disposal = proposed(&officer, id);
    assert_int_equal(destroy(&officer, id, disposal, &err), ST_CONFLICT);
    assert_int_equal(destroy(&worker, id, disposal, &err), ST_NOT_FOUND);
    /* A hold that comes in between keeps it. */
    must(child_set_held(&app, &second, twin, true, STR("A complaint."), &err), &err);
    assert_int_equal(destroy(&second, id, disposal, &err), ST_CONFLICT);
    must(child_set_held(&app, &second, twin, false, STR("Settled."), &err), &err);
    assert_true(entries_left(id) > 0 && entries_left(twin) > 0);
    snprintf(copy, sizeof copy, "%s/older.db", folder);
    copy_database(copy);
    must(destroy(&second, id, disposal, &err), &err);
    assert_int_equal(destroy(&second, id, disposal, &err), ST_NOT_FOUND);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(child_open(&app, &arena, &officer, id, &file, &err), ST_NOT_FOUND);
        assert_int_equal(child_open(&app, &arena, &officer, twin, &file, &err), ST_NOT_FOUND);
        assert_int_equal(entries_left(id) + entries_left(twin), 0);
        assert_true(entries_left(kept) > 0);
        struct child_known found[CHILD_KNOWN_MAX];
        assert_int_equal(known(&officer, "Wella Trevose", "12/3/2011", "", found), 0);
        struct child_disposal *list = NULL;
        size_t count = 0;
        must(child_disposals(&app, &arena, &officer, &list, &count, &err), &err);
        assert_int_equal(count, 1);
        assert_str(list[0].state, "destroyed");
        assert_str(list[0].words, "Looked at twice.");
        assert_str(list[0].proposed_by, "Lowenna Kitto");
        assert_str(list[0].answered_by, "Jago Penn");
        assert_int_equal(list[0].records, 2);
        app_close(&app);
        open_it();
    }
    /* The older copy, brought together with the keys of now, opens nothing of it. */
    app_close(&app);
    char text[400];
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(copy, &db), SQLITE_OK);
    snprintf(text, sizeof text, "ATTACH '%s/pendeen.db' AS now; DELETE FROM record_key;"
                                "INSERT INTO record_key SELECT * FROM now.record_key;", folder);
    run_sql(db, text);
    sqlite3_close(db);
    snprintf(text, sizeof text, "%s/pendeen.db", folder);
    assert_int_equal(rename(copy, text), 0);
    snprintf(text, sizeof text, "%s/pendeen.db-wal", folder);
    remove(text);
    open_it();
    assert_int_equal(entries_left(id) + entries_left(twin), 0);
    assert_true(entries_left(kept) > 0);
    assert_int_equal(child_open(&app, &arena, &officer, id, &file, &err), ST_NOT_FOUND);
    opened(&officer, kept);
}

static void what_is_due_is_listed_and_a_status_keeps_longer(void **state)
{
    (void)state;
    struct err err = {0};
    struct child_line *line = NULL;
    size_t count = 0;
    struct child_draft draft[2] = {fact("child-name", "Zelah Old"),
                                   fact("child-birth", "12/3/1991")};
    int64_t id = 0;
    instant_ms long_ago = clock_from_london((struct civil){.date = {2010, 1, 4}, .hour = 10});
    must(child_create(&app, &officer, draft, 2, long_ago, &id, &err), &err);
    make("Wella Trevose", "12/3/2011", "");
    must(children_due(&app, &arena, &officer, &line, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_int_equal(line[0].id, id);
    assert_int_equal(children_due(&app, &arena, &worker, &line, &count, &err), ST_NOT_FOUND);
    struct child_draft status = {.kind = ENTRY_STATUS};
    status.text[STATUS_WORD] = STR("section-20");
    status.text[STATUS_FROM] = STR("2005-01-01");
    must(child_add(&app, &officer, id, &status, 1, "status added", long_ago, NULL, &err), &err);
    assert_str(opened(&officer, id).line.retention, "looked-after");
    must(children_due(&app, &arena, &officer, &line, &count, &err), &err);
    assert_int_equal(count, 0);
    /* Early help later does not shorten it; a person can, with a reason. */
    status.text[STATUS_WORD] = STR("early-help");
    must(child_add(&app, &officer, id, &status, 1, "status added", long_ago, NULL, &err), &err);
    assert_str(opened(&officer, id).line.retention, "looked-after");
    assert_int_equal(child_set_class(&app, &officer, id, STR("for-ever"), STR("x"), &err),
                     ST_INVALID);
    assert_int_equal(child_set_class(&app, &officer, id, STR("section-47"), STR(""), &err),
                     ST_INVALID);
    must(child_set_class(&app, &officer, id, STR("section-47"),
                         STR("Never looked after: a mistake."), &err),
         &err);
    assert_str(opened(&officer, id).line.retention, "section-47");
}

/* --- closing -------------------------------------------------------------------------------- */

static struct str seen_by(const struct person *who, int64_t child)
{
    struct err err = {0};
    struct child_file file = opened(who, child);
    struct child_open *list = NULL;
    size_t count = 0;
    struct str seen;
    must(child_still_open(&app, &arena, who, &file, &list, &count, &seen, &err), &err);
    return seen;
}

static enum st close_it(const struct person *who, int64_t child, bool closes)
{
    struct err err = {0};
    return child_close_answer(&app, who, child, closes, seen_by(who, child), STR("Looked at."),
                              &err);
}

static void two_people_close_a_record(void **state)
{
    (void)state;
    struct err err = {0};
    struct child_closing closing;
    int64_t id = make("Wella Trevose", "12/3/2011", "");
    assert_int_equal(child_close_propose(&app, &worker, id, STR("x"), &err), ST_NOT_FOUND);
    assert_int_equal(child_close_propose(&app, &officer, id, STR(""), &err), ST_INVALID);
    assert_int_equal(close_it(&second, id, true), ST_CONFLICT); /* nobody has proposed it */
    must(child_close_propose(&app, &officer, id, STR("No more work."), &err), &err);
    assert_int_equal(child_close_propose(&app, &second, id, STR("x"), &err), ST_CONFLICT);
    struct child_file file = opened(&second, id);
    assert_int_equal(file.line.closed_at, 0);
    assert_true(child_closing_of(&app, &second, &file, &closing));
    assert_str(closing.by, "Lowenna Kitto");
    assert_str(closing.words, "No more work.");
    assert_true(!closing.own && closing.due > closing.at);
    /* Not the same person; nor a worker; nor without looking at it as it is now. */
    assert_int_equal(close_it(&officer, id, true), ST_CONFLICT);
    assert_int_equal(close_it(&officer, id, false), ST_CONFLICT);
    assert_int_equal(child_close_answer(&app, &worker, id, true, STR(""), STR("x"), &err),
                     ST_NOT_FOUND);
    struct str before = seen_by(&second, id);
    struct child_draft note = {.kind = ENTRY_NOTE, .text = {STR_INIT("Rang: was out all night.")}};
    must(child_add(&app, &officer, id, &note, 1, "entry added", 0, NULL, &err), &err);
    assert_int_equal(child_close_answer(&app, &second, id, true, before, STR("x"), &err),
                     ST_CONFLICT);
    assert_int_equal(opened(&second, id).line.closed_at, 0);
    /* Sent back: it is proposed anew, and by then by another. */
    assert_int_equal(close_it(&second, id, false), ST_OK);
    assert_int_equal(opened(&second, id).line.closing_by, 0);
    must(child_close_propose(&app, &second, id, STR("Moved away for good."), &err), &err);
    assert_int_equal(close_it(&second, id, true), ST_CONFLICT);
    app_close(&app);
    open_it();
    assert_int_equal(opened(&officer, id).line.closing_by, second.account);
    assert_int_equal(close_it(&officer, id, true), ST_OK);
    assert_true(opened(&officer, id).line.closed_at > 0);
    assert_int_equal(opened(&officer, id).line.closing_by, 0);
    assert_int_equal(close_it(&officer, id, false), ST_CONFLICT);
    assert_int_equal(child_reopen(&app, &officer, id, STR(""), &err), ST_INVALID);
    must(child_reopen(&app, &officer, id, STR("Back in the county."), &err), &err);
    assert_int_equal(child_reopen(&app, &officer, id, STR("x"), &err), ST_CONFLICT);
    assert_int_equal(opened(&officer, id).line.closed_at, 0);
}

struct signing {
    int64_t child;
    struct str seen;
    enum st outcome;
};

static void *sign_off(void *context)
{
    struct signing *signing = context;
    struct person who = second;
    struct err err = {0};
    signing->outcome = child_close_answer(&app, &who, signing->child, true, signing->seen,
                                          STR("Looked at."), &err);
    return NULL;
}

/* Whoever signs waits for their turn: what is written before it is new to them. */
static void what_comes_before_the_turn_keeps_a_record_open(void **state)
{
    (void)state;
    struct err err = {0};
    struct db *db = NULL;
    pthread_t thread;
    const struct timespec while_they_look = {.tv_nsec = 200000000};
    int64_t id = make("Wella Trevose", "12/3/2011", "");
    must(child_close_propose(&app, &officer, id, STR("No more work."), &err), &err);
    struct signing signing = {.child = id, .seen = seen_by(&second, id)};
    must(store_write_begin(app.store, &db, &err), &err);
    assert_int_equal(pthread_create(&thread, NULL, sign_off, &signing), 0);
    nanosleep(&while_they_look, NULL);
    must(child_event(&app, db, &arena, &officer, id, "Missing", STR("Since last night."),
                     "entry added", &err),
         &err);
    must(store_write_commit(app.store, db, &err), &err);
    pthread_join(thread, NULL);
    assert_int_equal(signing.outcome, ST_CONFLICT);
    assert_int_equal(opened(&second, id).line.closed_at, 0);
    assert_int_equal(close_it(&second, id, true), ST_OK);
}

/* What one person said of one record counts for no other record that is joined later. */
static void joined_records_are_closed_together(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t id = make("Wella Trevose", "12/3/2011", "");
    int64_t twin = make("Wella Trevose", "12/3/2011", "");
    must(child_close_propose(&app, &officer, id, STR("No more work."), &err), &err);
    must(child_join(&app, &officer, id, twin, STR("The same child."), &err), &err);
    assert_int_equal(opened(&second, id).line.closing_by, 0);
    assert_int_equal(close_it(&second, id, true), ST_CONFLICT);
    must(child_close_propose(&app, &second, twin, STR("Neither needs us."), &err), &err);
    assert_int_equal(close_it(&second, id, true), ST_CONFLICT);
    assert_int_equal(close_it(&officer, id, true), ST_OK);
    assert_true(opened(&officer, twin).line.closed_at > 0);
}

/* --- forms ---------------------------------------------------------------------------------- */

static int64_t add_at(int64_t child, enum child_entry_kind kind, int64_t about, const char *a,
                      const char *b, const char *c, const char *d)
{
    struct err err = {0};
    struct child_draft draft = {.kind = kind, .about = about,
                                .text = {str_from(a), str_from(b), str_from(c), str_from(d)}};
    must(child_add(&app, &officer, child, &draft, 1, "entry added", 0, NULL, &err), &err);
    struct child_file file = opened(&officer, child);
    return file.entry[file.entry_count - 1].id;
}

static void the_next_review_of_a_plan_is_on_the_list(void **state)
{
    (void)state;
    clock_set(INT64_C(1773334200000)); /* 12 March 2026 */
    int64_t id = make("Wella Trevose", "12/3/2011", "");
    struct child_line *list = NULL;
    int64_t plan = add_at(id, ENTRY_PLAN, 0, "safety-plan", "Somebody rings at ten.", "2026-02-01",
                          "2026-03-12");
    assert_int_equal(child_scope_list(child_scope_of(&app, &arena, &officer), &list), 1);
    assert_str(list[0].review, "2026-03-12");
    assert_false(child_review_is_late(&arena, &list[0])); /* all of that day is still in time */
    clock_set(INT64_C(1773334200000) + 86400000);
    assert_true(child_review_is_late(&arena, &list[0]));
    /* The earliest of two plans; a review moves its own. */
    int64_t other = add_at(id, ENTRY_PLAN, 0, "care-plan", "A worker for all talks.", "2026-03-01",
                           "2026-03-10");
    (void)child_scope_list(child_scope_of(&app, &arena, &officer), &list);
    assert_str(list[0].review, "2026-03-10");
    (void)add_at(id, ENTRY_REVIEW, other, "It helps.", "2026-03-13", "2026-06-13", "");
    (void)child_scope_list(child_scope_of(&app, &arena, &officer), &list);
    assert_str(list[0].review, "2026-03-12");
    assert_true(child_review_is_late(&arena, &list[0]));
    /* One without a next review ends its plan. */
    (void)add_at(id, ENTRY_REVIEW, plan, "No longer needed.", "2026-03-13", "", "");
    (void)child_scope_list(child_scope_of(&app, &arena, &officer), &list);
    assert_str(list[0].review, "2026-06-13");
    assert_false(child_review_is_late(&arena, &list[0]));
    /* What starts anew reads it from the store. */
    struct err err = {0};
    struct db *db = store_read_begin(app.store, &err);
    must(children_load(&app, db, &err), &err);
    store_read_end(app.store, db);
    (void)child_scope_list(child_scope_of(&app, &arena, &officer), &list);
    assert_str(list[0].review, "2026-06-13");
    clock_set(0);
}

/* What is said of an age, and until when a record is kept, when a birth is known in part, or is
 * an age, or is still to come. */
static void a_birth_known_in_part_makes_nobody_older(void **state)
{
    (void)state;
    static const struct date told = {2026, 11, 29};
    static const struct date kept_from_closing = {2101, 11, 29}; /* as if born on that day */
    static const struct {
        const char *birth, *words;
        struct date kept; /* of the class "looked-after": 75 years after birth */
    } table[] = {
        {"12/3/2010", "Born 12/3/2010, 16 years old", {2085, 3, 12}},
        {"2008", "Born 2008, 17 or 18 years old", {2083, 12, 31}},
        {"March 2008", "Born March 2008, 18 years old", {2083, 3, 31}},
        {"1/3/26", "Born 1/3/26, 0 years old", {2101, 3, 1}},
        {"2008 or 2010", "Born 2008 or 2010, 15 to 18 years old", {2085, 12, 31}},
        {"2026", "Born 2026, 0 years old", {2101, 12, 31}},
        {"16 or 17", "Aged 16 or 17, as written on 29 November 2026", kept_from_closing},
        {"maybe 15", "Aged maybe 15, as written on 29 November 2026", kept_from_closing},
        {"15 in March", "Aged 15 in March, as written on 29 November 2026", kept_from_closing},
        {"due 1/3/27", "Due 1 March 2027", kept_from_closing},
        {"due May 2026", "Due May 2026", kept_from_closing}};
    struct err err = {0};
    clock_set(clock_from_london((struct civil){.date = told, .hour = 12}));
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        int64_t id = make("Sample Child", table[i].birth, "");
        must(child_set_class(&app, &officer, id, STR("looked-after"), STR("In care."), &err), &err);
        struct child_file file = opened(&officer, id);
        assert_str(child_age_words(&arena, &file.line, told), table[i].words);
        struct child_retention kept = child_retention(&app, &file.line);
        if (kept.day != date_to_days(table[i].kept))
            fail_msg("'%s' is kept until %.*s", table[i].birth,
                     STR_ARG(date_words(&arena, date_from_days(kept.day))));
        assert_false(kept.due);
    }
    clock_set(0);
}

static void every_field_says_what_to_do(void **state)
{
    (void)state;
    static const struct {
        enum child_entry_kind kind;
        const char *text[5];
        const char *field; /* NULL: it is right */
    } cases[] = {
        {ENTRY_PERSON, {"", "", "", "", ""}, "name"},
        {ENTRY_PERSON, {"1234", "", "mother", "yes", "yes"}, "name"},
        {ENTRY_PERSON, {"Jenna", "", "", "yes", "yes"}, "relationship"},
        {ENTRY_PERSON, {"Jenna", "", "queen", "yes", "yes"}, "relationship"},
        {ENTRY_PERSON, {"Jenna", "tall", "mother", "yes", "yes"}, "born"},
        {ENTRY_PERSON, {"Jenna", "about 40", "mother", "", "yes"}, "responsible"},
        {ENTRY_PERSON, {"Jenna", "about 40", "mother", "not-known", ""}, "household"},
        {ENTRY_PERSON, {"Jenna", "about 40", "mother", "not-known", "no"}, NULL},
        {ENTRY_AGENCY, {"", "", "", "yes", ""}, "agency"},
        {ENTRY_AGENCY, {"A school", "", "", "", ""}, "current"},
        {ENTRY_STATUS, {"", "1/2/2026", "", "", ""}, "status"},
        {ENTRY_STATUS, {"section-20", "", "", "", ""}, "from"},
        {ENTRY_STATUS, {"section-20", "soon", "", "", ""}, "from"},
        {ENTRY_STATUS, {"section-20", "1/2/2026", "1/1/2026", "", ""}, "to"},
        {ENTRY_STATUS, {"section-20", "1/1/2026", "1/2/2026", "", ""}, NULL},
        {ENTRY_SIGN, {"a-score", "observed", "earlier", "", "x"}, "presence"},
        {ENTRY_SIGN, {"new-phone", "", "", "", ""}, "presence"},
        {ENTRY_SIGN, {"new-phone", "observed", "", "", "x"}, "period"},
        {ENTRY_SIGN, {"new-phone", "suspected", "earlier", "", ""}, "narrative"},
        {ENTRY_SIGN, {"new-phone", "not-known", "", "", ""}, NULL},
        {ENTRY_SIGN, {"new-phone", "reported", "last-6-months", "A tutor", "Two phones."}, NULL},
        {ENTRY_JUDGEMENT, {"", "work-with-child", "x", "", ""}, "harmed"},
        {ENTRY_JUDGEMENT, {"may-be-harmed", "", "x", "", ""}, "judgement"},
        {ENTRY_JUDGEMENT, {"may-be-harmed", "work-with-child", "", "", ""}, "reasons"},
        {ENTRY_VIEW, {"", "", "x", "", ""}, "stance"},
        {ENTRY_VIEW, {"disagree", "", "x", "", ""}, "judgement"},
        {ENTRY_VIEW, {"agree", "", "x", "", ""}, NULL},
        {ENTRY_PLAN, {"", "x", "1/1/2026", "1/3/2026", ""}, "plan"},
        {ENTRY_PLAN, {"safety-plan", "", "1/1/2026", "1/3/2026", ""}, "text"},
        {ENTRY_PLAN, {"safety-plan", "x", "1/1/2026", "", ""}, "review"},
        {ENTRY_PLAN, {"safety-plan", "x", "1/3/2026", "1/1/2026", ""}, "review"},
        {ENTRY_REVIEW, {"", "1/1/2026", "", "", ""}, "text"},
        {ENTRY_REVIEW, {"x", "1/1/2026", "", "", ""}, NULL},
        {ENTRY_REVIEW, {"x", "1/1/2027", "", "", ""}, "held"},
        {ENTRY_NOTE, {"x", "", "", "", ""}, "day"},
        {ENTRY_NOTE, {"", "yesterday", "", "", ""}, "text"},
        {ENTRY_NOTE, {"x", "yesterday", "", "", ""}, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct child_draft draft = {.kind = cases[i].kind};
        for (int k = 0; k < 5; k++) draft.text[k] = str_from(cases[i].text[k]);
        struct form_problems problems;
        child_form_check(&app, &arena, (struct date){2026, 11, 27}, &draft, &problems);
        struct str words = problems.count ? problems.list[0].words : STR("");
        struct str field = problems.count ? problems.list[0].key : STR("");
        if (!str_eq(field, str_from(cases[i].field)))
            fail_msg("case %zu: '%.*s' about '%.*s', not '%s'", i, STR_ARG(words), STR_ARG(field),
                     cases[i].field);
    }
    /* All that is wrong is said at once. */
    struct child_draft empty = {.kind = ENTRY_PERSON};
    struct form_problems problems;
    child_form_check(&app, &arena, (struct date){2026, 11, 27}, &empty, &problems);
    assert_int_equal(problems.count, 4);
    assert_true(str_eq(problems.list[3].key, STR("household")));
    /* Characters, not bytes. */
    struct child_draft note = {.kind = ENTRY_NOTE};
    char *words = arena_bytes(&arena, 2 * CHILD_TEXT_MAX + 3);
    for (int i = 0; i <= CHILD_TEXT_MAX; i++) memcpy(words + 2 * i, "\xc3\xa9", 2);
    note.text[NOTE_TEXT] = str_of(words, 2 * CHILD_TEXT_MAX);
    note.text[NOTE_DAY] = STR("yesterday");
    child_form_check(&app, &arena, (struct date){2026, 11, 27}, &note, &problems);
    assert_int_equal(problems.count, 0);
    note.text[NOTE_TEXT] = str_of(words, 2 * CHILD_TEXT_MAX + 2);
    child_form_check(&app, &arena, (struct date){2026, 11, 27}, &note, &problems);
    assert_int_equal(problems.count, 1);
}

/* A plan can be made for a child who is not born yet; nobody is looked after before. */
static void some_statuses_do_not_begin_before_birth(void **state)
{
    (void)state;
    static const struct {
        const char *birth, *status, *from;
        bool wrong;
    } cases[] = {
        {"2 June 2011", "section-20", "2010-01-01", true},
        {"2 June 2011", "care-leaver", "2011-06-01", true},
        {"2 June 2011", "section-31", "2011-06-02", false},
        {"2 June 2011", "child-protection-plan", "2011-03-01", false},
        {"2 June 2011", "child-in-need-plan", "2011-03-01", false},
        {"2 June 2011", "early-help", "2011-03-01", false},
        /* Known in part, or not born yet: nothing is held to it. */
        {"June 2011", "section-20", "2010-01-01", false},
        {"2011", "section-20", "2010-01-01", false},
        {"due 1 March 2027", "section-20", "2026-01-01", false},
        {"", "section-20", "2010-01-01", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct child_draft draft = {.kind = ENTRY_STATUS};
        struct form_problems problems = {0};
        int64_t id = make("Mabyn Sample", cases[i].birth, "");
        struct child_file file = opened(&officer, id);
        draft.text[STATUS_WORD] = str_from(cases[i].status);
        draft.text[STATUS_FROM] = str_from(cases[i].from);
        child_form_check(&app, &arena, (struct date){2026, 11, 27}, &draft, &problems);
        assert_int_equal(problems.count, 0);
        child_form_check_birth(&app, &file, &draft, &problems);
        if ((problems.count == 1) != cases[i].wrong)
            fail_msg("%s of one born %s", cases[i].status, cases[i].birth);
        if (problems.count) assert_str(problems.list[0].key, "from");
    }
    /* Of two dates that do not agree the earlier counts. */
    struct err err = {0};
    int64_t id = make("Mabyn Sample", "2 June 2011", "");
    struct child_file file = opened(&officer, id);
    struct child_draft other = fact("child-birth", "2 June 2009");
    int64_t newest = child_fact_newest(&file, STR("child-birth"));
    must(child_fact_add(&app, &officer, &file, &other, STR("unsure"), newest, NULL, &err), &err);
    file = opened(&officer, id);
    struct form_problems problems = {0};
    struct child_draft draft = {.kind = ENTRY_STATUS};
    draft.text[STATUS_WORD] = STR("section-20");
    draft.text[STATUS_FROM] = STR("2010-01-01");
    child_form_check_birth(&app, &file, &draft, &problems);
    assert_int_equal(problems.count, 0);
}

/* A child who brings others is recorded as a victim: the part they play stands with the
 * entry, never with the child. */
static void a_child_who_recruits_stays_a_victim(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t id = make("Wella Trevose", "12/3/2011", "");
    struct child_draft sign = {.kind = ENTRY_SIGN};
    sign.text[SIGN_ITEM] = STR("older-or-young-recruiter");
    sign.text[SIGN_PRESENCE] = STR("reported");
    sign.text[SIGN_PERIOD] = STR("last-6-months");
    sign.text[SIGN_NARRATIVE] = STR("Is asked to bring friends along.");
    must(child_add(&app, &officer, id, &sign, 1, "sign added", 0, NULL, &err), &err);
    struct child_draft judgement = {.kind = ENTRY_JUDGEMENT};
    judgement.text[JUDGEMENT_HARMED] = STR("yes-harmed");
    judgement.text[JUDGEMENT_WORD] = STR("protect-now");
    judgement.text[JUDGEMENT_REASONS] = STR("Used to reach others, and harmed by it.");
    must(child_add(&app, &officer, id, &judgement, 1, "judgement added", 0, NULL, &err), &err);
    struct child_file file = opened(&officer, id);
    int both = 0;
    for (size_t i = 0; i < file.entry_count; i++)
        both += file.entry[i].kind == ENTRY_SIGN || file.entry[i].kind == ENTRY_JUDGEMENT;
    assert_int_equal(both, 2);
}

static void the_chronology_is_filtered(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t id = make("Wella Trevose", "12/3/2011", "");
    static const char *const days[] = {"2026-01-10", "2026-03-01", "2026-09-15"};
    for (int i = 0; i < 3; i++) {
        struct child_draft note = {.kind = ENTRY_NOTE};
        note.text[NOTE_TEXT] = str_from(days[i]);
        note.text[NOTE_DAY] = str_from(days[i]);
        must(child_add(&app, &officer, id, &note, 1, "note added", 0, NULL, &err), &err);
    }
    struct child_file file = opened(&officer, id);
    struct chronology_item *item = NULL;
    size_t count = 0;
    struct chronology_wish wish = {.from = LINK_DAY_UNKNOWN, .to = LINK_DAY_UNKNOWN};
    must(child_chronology(&app, &arena, &officer, &file, &wish, &item, &count, &err), &err);
    assert_int_equal(count, 5); /* and name and birth */
    wish.kind[CHRONOLOGY_EVENT] = true;
    must(child_chronology(&app, &arena, &officer, &file, &wish, &item, &count, &err), &err);
    assert_int_equal(count, 3);
    assert_str(item[0].words, "2026-09-15");
    assert_str(item[0].by, "Lowenna Kitto");
    wish.from = date_to_days((struct date){2026, 2, 1});
    wish.to = date_to_days((struct date){2026, 3, 1});
    must(child_chronology(&app, &arena, &officer, &file, &wish, &item, &count, &err), &err);
    assert_int_equal(count, 1);
    wish.source = STR("referral");
    must(child_chronology(&app, &arena, &officer, &file, &wish, &item, &count, &err), &err);
    assert_int_equal(count, 0);
}

/* A list that is cut says so: what was not touched for long is what it leaves out. */
static void a_list_that_is_cut_says_so(void **state)
{
    (void)state;
    enum { MANY = 301 };
    for (int i = 0; i < MANY; i++)
        make(str_c(&arena, str_fmt(&arena, "Child %d", i)), "12/3/2011", "");
    struct request request = {.app = &app, .arena = &arena, .who = officer, .path = STR("/")};
    struct str page = page_of(page_children, &request, NULL);
    assert_true(str_find(page, STR("301 records fit"), 0) > 0);
}

/* "15" is an age and no birth, and who is due is not born. */
static void an_age_is_not_said_as_a_birth(void **state)
{
    (void)state;
    make("Wella Trevose", "15", "");
    make("Kensa Hocking", "due 1 March 2027", "");
    make("Tamsin Hocking", "12/3/2011", "");
    struct request request = {.app = &app, .arena = &arena, .who = officer, .path = STR("/")};
    struct str page = page_of(page_children, &request, NULL);
    assert_true(str_find(page, STR(">aged 15<"), 0) > 0);
    assert_true(str_find(page, STR(">due 1 March 2027<"), 0) > 0);
    assert_true(str_find(page, STR(">12/3/2011<"), 0) > 0);
    /* So also where a child may be known already. */
    static const char *const name[] = {"Wella Trevose", "Kensa Hocking", "Tamsin Hocking"};
    static const char *const birth[] = {"15", "due 1 March 2027", "12/3/2011"};
    static const char *const said[] = {", aged 15 ", ", due 1 March 2027 ", ", born 12/3/2011 "};
    for (size_t i = 0; i < 3; i++) {
        struct form_field field[] = {{STR("child-name"), str_from(name[i]), STR("")},
                                     {STR("child-birth"), str_from(birth[i]), STR("")}};
        struct request sent = {.app = &app,
                               .arena = &arena,
                               .who = officer,
                               .path = STR("/children"),
                               .method = POST,
                               .field = field,
                               .field_count = 2};
        page = page_of(page_child_create, &sent, NULL);
        if (str_find(page, str_from(said[i]), 0) < 0) fail_msg("no '%s'", said[i]);
    }
}

static int64_t make_long_ago(const char *name)
{
    struct child_draft draft[2] = {fact("child-name", name), fact("child-birth", "12/3/1961")};
    int64_t id = 0;
    struct err err = {0};
    must(child_create(&app, &officer, draft, 2,
                      clock_from_london((struct civil){.date = {1990, 1, 4}, .hour = 10}), &id,
                      &err),
         &err);
    return id;
}

static void add_status(int64_t id, const char *word)
{
    struct err err = {0};
    struct child_draft status = {.kind = ENTRY_STATUS};
    status.text[STATUS_WORD] = str_from(word);
    status.text[STATUS_FROM] = STR("1980-01-01");
    must(child_add(&app, &officer, id, &status, 1, "status added", 0, NULL, &err), &err);
}

/* What somebody else set meanwhile is not in memory yet, and stands. */
static void a_status_shortens_nothing_that_came_meanwhile(void **state)
{
    (void)state;
    needs_sqlite();
    char path[100];
    sqlite3 *db = NULL;
    int64_t id = make_long_ago("Zelah Old");
    snprintf(path, sizeof path, "%s/pendeen.db", folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    run_sql(db, "UPDATE child SET retention = 'looked-after'");
    sqlite3_close(db);
    change_note();
    add_status(id, "child-protection-plan"); /* which brings section-47 */
    assert_str(opened(&officer, id).line.retention, "looked-after");
}

/* Joined they are kept as long as the one that is kept longest. */
static void joined_records_are_kept_as_long_as_the_longest(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t id = make_long_ago("Zelah Old");
    int64_t twin = make_long_ago("Zelah Old");
    add_status(twin, "section-20");
    must(child_join(&app, &officer, id, twin, STR("The same child."), &err), &err);
    assert_str(opened(&officer, id).line.retention, "looked-after");
    /* Of records that are closed the one that was closed last counts. */
    int64_t early = make("Tamsin Old", "12/3/2001", "");
    int64_t late = make("Tamsin Old", "12/3/2001", "");
    must(child_close_propose(&app, &officer, early, STR("No more work."), &err), &err);
    assert_int_equal(close_it(&second, early, true), ST_OK);
    instant_ms day = (instant_ms)24 * 3600 * 1000;
    instant_ms now = clock_now();
    clock_set(now + day);
    must(child_close_propose(&app, &officer, late, STR("No more work."), &err), &err);
    assert_int_equal(close_it(&second, late, true), ST_OK);
    must(child_join(&app, &officer, early, late, STR("The same child."), &err), &err);
    assert_int_equal(opened(&officer, early).line.closed_at, now + day);
    clock_set(0);
}

/* What is destroyed is what both looked at: nothing that was written since, no records that came
 * in the place of others, and nothing that a hold was set on in that moment. */
static void what_is_destroyed_is_what_was_looked_at(void **state)
{
    (void)state;
    needs_sqlite();
    struct err err = {0};
    struct str seen;
    int64_t id = make("Wella Trevose", "12/3/2011", "");
    must(child_dispose_propose(&app, &officer, id, STR("made-by-mistake"), STR("Twice."), &err),
         &err);
    struct child_file file = opened(&second, id);
    must(child_dispose_seen(&app, &arena, &file, &seen, &err), &err);
    struct child_draft note = {.kind = ENTRY_NOTE};
    note.text[NOTE_TEXT] = STR("Told her tutor about a man.");
    note.text[NOTE_DAY] = STR("2026-01-10");
    must(child_add(&app, &officer, id, &note, 1, "note added", 0, NULL, &err), &err);
    int64_t disposal = proposed(&second, id);
    assert_int_equal(child_dispose_answer(&app, &second, id, disposal, true, seen, &err),
                     ST_CONFLICT);
    assert_int_equal(child_dispose_answer(&app, &second, id, disposal, true, STR(""), &err),
                     ST_CONFLICT);
    assert_true(entries_left(id) > 0);
    change_behind_the_back("UPDATE child SET held = 1");
    assert_int_equal(destroy(&second, id, disposal, &err), ST_CONFLICT);
    assert_non_null(strstr(err.public, "legal hold"));
    change_behind_the_back("UPDATE child SET held = 0");
    must(destroy(&second, id, disposal, &err), &err);

    int64_t child = make("Perran Hocking", "1/9/2009", "");
    int64_t twin = make("Perran Hocking", "1/9/2009", "");
    int64_t other = make("Perran Hocking", "1/9/2009", "");
    must(child_join(&app, &officer, child, twin, STR("The same child."), &err), &err);
    must(child_dispose_propose(&app, &officer, child, STR("made-by-mistake"), STR("x"), &err),
         &err);
    clock_set(clock_now() + 1000);
    file = opened(&officer, child);
    must(child_unjoin(&app, &officer, child, file.join[0].id, &err), &err);
    must(child_join(&app, &officer, child, other, STR("The same child."), &err), &err);
    assert_int_equal(destroy(&second, child, proposed(&second, child), &err), ST_CONFLICT);
    assert_non_null(strstr(err.public, "joined or parted"));
    assert_true(entries_left(child) > 0 && entries_left(other) > 0);
    clock_set(0);
}

/* Whoever destroys looks at the schedule as it holds by then. */
static void a_time_that_is_not_over_any_more_keeps_a_record(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t id = make_long_ago("Zelah Old");
    must(child_dispose_propose(&app, &officer, id, STR("time-over"), STR("Long ago."), &err), &err);
    add_status(id, "section-20");
    assert_int_equal(destroy(&second, id, proposed(&second, id), &err), ST_CONFLICT);
    assert_str(opened(&officer, id).line.name, "Zelah Old");
    must(child_dispose_answer(&app, &second, id, proposed(&second, id), false, STR(""), &err),
         &err);
}

static size_t times_in(struct str text, const char *what)
{
    size_t times = 0;
    for (ptrdiff_t at = str_find(text, str_from(what), 0); at >= 0;
         at = str_find(text, str_from(what), (size_t)at + 1))
        times++;
    return times;
}

static void assert_times(struct str page, struct str what, size_t times)
{
    size_t found = times_in(page, str_c(&arena, what));
    if (found != times) fail_msg("%zu times %.*s in %.*s", found, STR_ARG(what), STR_ARG(page));
}

/* A refused form says so at the box that it is about, and gives back what was typed there alone. */
static void a_refused_form_leads_to_its_box(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t entry = 0;
    int64_t id = make("Wella Trevose", "12/3/2011", "");
    int64_t twin = make("Perran Hocking", "1/9/2009", "");
    struct child_file file = opened(&officer, id);
    struct child_draft draft = fact("child-birth", "21/3/2011");
    must(child_fact_add(&app, &officer, &file, &draft, STR("unsure"), CHILD_AS_IT_IS, &entry, &err),
         &err);
    struct form_field fields[] = {
        {STR("entry"), str_fmt(&arena, "%lld", (long long)entry), STR("")},
        {STR("others"), STR("wrong"), STR("")},
        {STR("seen"), STR(""), STR("")},
        {STR("reason"), STR(""), STR("")}};
    file = opened(&officer, id);
    fields[2].value =
        str_fmt(&arena, "%lld", (long long)child_fact_newest(&file, STR("child-birth")));
    struct request request = {.app = &app,
                              .arena = &arena,
                              .who = officer,
                              .id = {id},
                              .parameter = {STR(""), STR("child-birth")},
                              .path = STR("/"),
                              .method = POST,
                              .field = fields,
                              .field_count = 4};
    struct str page = page_of(page_child_fact_choose, &request, NULL);
    assert_times(page, str_fmt(&arena, "href=\"#reason-%lld\"", (long long)entry), 1);
    assert_times(page, str_fmt(&arena, "id=\"reason-%lld\"", (long long)entry), 1);
    assert_times(page, STR("<details class=\"govuk-details\" open>"), 1);
    fields[2].value = STR("1");
    fields[3].value = STR("Her passport says so.");
    page = page_of(page_child_fact_choose, &request, NULL);
    assert_times(page, STR("Her passport says so."), 1);

    file = opened(&officer, id);
    request.id[1] = file.entry[0].id;
    request.field_count = 0;
    assert_times(page_of(page_child_settle_send, &request, NULL), STR("href=\"#state-1\""), 1);
    struct form_field joining = {STR("other"), opened(&officer, twin).line.reference, STR("")};
    request.field = &joining;
    request.field_count = 1;
    assert_times(page_of(page_child_join_send, &request, NULL), STR("href=\"#reason\""), 1);
}

/* Who looked, and only forgot to say why, need not say again that they did. */
static void a_tick_comes_back_where_it_still_holds(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t id = make("Wella Trevose", "12/3/2011", "");
    must(child_close_propose(&app, &officer, id, STR("No more work."), &err), &err);
    struct form_field fields[] = {{STR("answer"), STR("yes"), STR("")},
                                  {STR("looked"), STR("yes"), STR("")},
                                  {STR("seen"), seen_by(&second, id), STR("")}};
    struct request request = {.app = &app,
                              .arena = &arena,
                              .who = second,
                              .id = {id},
                              .path = STR("/"),
                              .method = POST,
                              .field = fields,
                              .field_count = 3};
    struct str ticked = STR("name=\"looked\" type=\"checkbox\" value=\"yes\" checked");
    assert_times(page_of(page_child_sign_off, &request, NULL), ticked, 1);
    fields[2].value = STR("1-1");
    assert_times(page_of(page_child_sign_off, &request, NULL), ticked, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_record_needs_a_name_and_a_role, fresh, done),
        cmocka_unit_test_setup_teardown(facts_have_versions_and_stay_side_by_side, fresh, done),
        cmocka_unit_test_setup_teardown(whoever_writes_without_having_seen_is_asked_to_look, fresh,
                                        done),
        cmocka_unit_test_setup_teardown(a_known_child_is_found_and_joined_and_parted, fresh, done),
        cmocka_unit_test_setup_teardown(whoever_a_record_names_does_not_see_it, fresh, done),
        cmocka_unit_test_setup_teardown(a_worker_sees_what_is_allocated, fresh, done),
        cmocka_unit_test_setup_teardown(two_people_destroy_a_record_and_nobody_reads_it, fresh,
                                        done),
        cmocka_unit_test_setup_teardown(what_is_destroyed_is_what_was_looked_at, fresh, done),
        cmocka_unit_test_setup_teardown(a_list_that_is_cut_says_so, fresh, done),
        cmocka_unit_test_setup_teardown(joined_records_are_kept_as_long_as_the_longest, fresh,
                                        done),
        cmocka_unit_test_setup_teardown(a_time_that_is_not_over_any_more_keeps_a_record, fresh,
                                        done),
        cmocka_unit_test_setup_teardown(what_is_due_is_listed_and_a_status_keeps_longer, fresh,
                                        done),
        cmocka_unit_test_setup_teardown(a_status_shortens_nothing_that_came_meanwhile, fresh, done),
        cmocka_unit_test_setup_teardown(two_people_close_a_record, fresh, done),
        cmocka_unit_test_setup_teardown(what_comes_before_the_turn_keeps_a_record_open, fresh,
                                        done),
        cmocka_unit_test_setup_teardown(joined_records_are_closed_together, fresh, done),
        cmocka_unit_test_setup_teardown(the_next_review_of_a_plan_is_on_the_list, fresh, done),
        cmocka_unit_test_setup_teardown(a_birth_known_in_part_makes_nobody_older, fresh, done),
        cmocka_unit_test_setup_teardown(every_field_says_what_to_do, fresh, done),
        cmocka_unit_test_setup_teardown(some_statuses_do_not_begin_before_birth, fresh, done),
        cmocka_unit_test_setup_teardown(a_child_who_recruits_stays_a_victim, fresh, done),
        cmocka_unit_test_setup_teardown(the_chronology_is_filtered, fresh, done),
        cmocka_unit_test_setup_teardown(a_refused_form_leads_to_its_box, fresh, done),
        cmocka_unit_test_setup_teardown(a_tick_comes_back_where_it_still_holds, fresh, done),
        cmocka_unit_test_setup_teardown(the_pack_says_what_a_record_is_kept_in, fresh, done),
        cmocka_unit_test_setup_teardown(classes_in_the_wrong_order_are_refused, fresh, done),
        cmocka_unit_test_setup_teardown(an_age_is_not_said_as_a_birth, fresh, done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
