/*
 * seal: what sealing and the audit cost.
 *
 *   build/bench/seal [--reports N] [--seed S]
 *
 * The same made-up reports go in twice, in turns of a hundred: once by
 * submission_share, and once into a database of the same engine and settings where
 * everything stands in the clear and nothing is written down in an audit.  Both check,
 * match, store durably and make findable.  Prints durable submissions a second of one
 * writer, both ways, and the ratio.
 */
#include "domain/account.h"
#include "domain/entity.h"
#include "domain/submission.h"
#include "link/link.h"
#include "synth/partnership.h"
#include "../tests/cornish_towns.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TURN = 100 };

struct side {
    double seconds;
    double processor_seconds;
};

struct bench {
    struct app app;
    struct person who;
    sqlite3 *plain;
    sqlite3_stmt *add_submission;
    sqlite3_stmt *add_stage;
    sqlite3_stmt *add_mention;
    sqlite3_stmt *add_suggestion;
    struct link_index *index;
    struct entities *entities;
    int64_t last_submission;
    int64_t last_mention;
    struct side sealed;
    struct side clear;
};

static void stop_on(enum st outcome, const struct err *err)
{
    if (outcome == ST_OK) return;
    fprintf(stderr, "seal: %s %s\n", err->public, err->detail);
    exit(1);
}

static void sql(sqlite3 *db, const char *text)
{
    if (sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK) return;
    fprintf(stderr, "seal: %s: %s\n", text, sqlite3_errmsg(db));
    exit(1);
}

static sqlite3_stmt *prepared(sqlite3 *db, const char *text)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, text, -1, &statement, NULL) == SQLITE_OK) return statement;
    fprintf(stderr, "seal: %s: %s\n", text, sqlite3_errmsg(db));
    exit(1);
}

static void step(sqlite3_stmt *statement)
{
    if (sqlite3_step(statement) != SQLITE_DONE) exit(1);
    sqlite3_reset(statement);
}

/* The settings of src/store/sqlite.c, and its tables without what sealing and the audit add. */
static void open_plain(struct bench *bench, const char *folder)
{
    char path[200];
    snprintf(path, sizeof path, "%s/plain.db", folder);
    if (sqlite3_open(path, &bench->plain) != SQLITE_OK) exit(1);
    sql(bench->plain,
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384; PRAGMA wal_autocheckpoint=4000;"
        "CREATE TABLE submission (id INTEGER PRIMARY KEY, reference TEXT NOT NULL UNIQUE,"
        " idempotency_key TEXT NOT NULL UNIQUE, account_id BIGINT NOT NULL, organisation_id BIGINT"
        " NOT NULL, narrative TEXT, when_text TEXT, where_text TEXT, created_at BIGINT);"
        "CREATE INDEX submission_account ON submission (account_id, id);"
        "CREATE INDEX submission_organisation ON submission (organisation_id, id);"
        "CREATE TABLE submission_stage (submission_id INTEGER PRIMARY KEY REFERENCES submission "
        "(id),"
        " stage TEXT NOT NULL, forum TEXT NOT NULL, by_name BIGINT NOT NULL, urgent BIGINT NOT "
        "NULL,"
        " version_id BIGINT, changed_at BIGINT NOT NULL, opened_at BIGINT, shared_at BIGINT,"
        " reason TEXT NOT NULL, outcome TEXT NOT NULL, outcome_reason TEXT NOT NULL,"
        " outcome_at BIGINT, revision BIGINT NOT NULL);"
        "CREATE INDEX submission_stage_stage ON submission_stage (stage);"
        "CREATE INDEX submission_stage_shared ON submission_stage (shared_at) WHERE shared_at IS "
        "NOT NULL;"
        "CREATE INDEX submission_stage_changed ON submission_stage (changed_at);"
        "CREATE INDEX submission_stage_outcome ON submission_stage (outcome_at) WHERE outcome_at "
        "IS NOT NULL;"
        "CREATE TABLE mention (id INTEGER PRIMARY KEY, submission_id BIGINT NOT NULL"
        " REFERENCES submission (id), kind TEXT, f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10,"
        " f11, f12, f13, f14, f15, f16);"
        "CREATE INDEX mention_submission ON mention (submission_id, id);"
        "CREATE TABLE suggestion (mention_a BIGINT NOT NULL REFERENCES mention (id), mention_b"
        " BIGINT NOT NULL REFERENCES mention (id), bits DOUBLE PRECISION, created_at BIGINT,"
        " PRIMARY KEY (mention_b, mention_a)) WITHOUT ROWID");
    bench->add_submission =
        prepared(bench->plain, "INSERT INTO submission VALUES (?,?,?,?,?,?,?,?,?)");
    bench->add_stage =
        prepared(bench->plain, "INSERT INTO submission_stage VALUES"
                               " (?,'representative','',0,0,NULL,?,NULL,NULL,'','','',NULL,1)");
    bench->add_mention = prepared(bench->plain, "INSERT INTO mention VALUES"
                                                " (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    bench->add_suggestion = prepared(bench->plain, "INSERT INTO suggestion VALUES (?,?,?,?)");
    bench->index = link_index_new();
    bench->entities = entities_new();
}

static void bind(sqlite3_stmt *statement, int parameter, struct str text)
{
    if (text.len)
        sqlite3_bind_text(statement, parameter, text.ptr, (int)text.len, SQLITE_TRANSIENT);
    else
        sqlite3_bind_null(statement, parameter);
}

static void share_plain(struct bench *bench, struct arena *arena, struct submission_draft *draft)
{
    struct submission_problem problem;
    if (submission_check(arena, draft, clock_london(clock_now()).date, &problem, 1)) exit(1);
    char reference[16];
    seal_reference(reference, 8);
    struct submission made = {.id = ++bench->last_submission,
                              .seen_from = LINK_DAY_UNKNOWN,
                              .seen_to = LINK_DAY_UNKNOWN,
                              .created_at = clock_now(),
                              .mention = arena_many(arena, draft->mention_count, struct mention),
                              .mention_count = draft->mention_count};
    sql(bench->plain, "BEGIN IMMEDIATE");
    sqlite3_bind_int64(bench->add_submission, 1, made.id);
    bind(bench->add_submission, 2, str_from(reference));
    bind(bench->add_submission, 3, draft->idempotency_key);
    sqlite3_bind_int64(bench->add_submission, 4, 1);
    sqlite3_bind_int64(bench->add_submission, 5, 1);
    bind(bench->add_submission, 6, draft->narrative);
    bind(bench->add_submission, 7, draft->when_text);
    bind(bench->add_submission, 8, draft->where_text);
    sqlite3_bind_int64(bench->add_submission, 9, made.created_at);
    step(bench->add_submission);
    sqlite3_bind_int64(bench->add_stage, 1, made.id);
    sqlite3_bind_int64(bench->add_stage, 2, made.created_at);
    step(bench->add_stage);
    for (size_t i = 0; i < made.mention_count; i++) {
        struct mention *mention = &made.mention[i];
        *mention = (struct mention){
            .id = ++bench->last_mention, .submission = made.id, .kind = draft->mention[i].kind};
        memcpy(mention->field, draft->mention[i].field, sizeof mention->field);
        sqlite3_bind_int64(bench->add_mention, 1, mention->id);
        sqlite3_bind_int64(bench->add_mention, 2, made.id);
        bind(bench->add_mention, 3, str_from(kind_name(mention->kind)));
        for (int field = 0; field < LINK_FIELDS; field++)
            bind(bench->add_mention, 4 + field, mention->field[field]);
        step(bench->add_mention);
    }
    enum { MATCHES = 200 }; /* as submission_share asks for them */
    struct link_match match[MATCHES];
    for (size_t i = 0; i < made.mention_count; i++) {
        struct link_mention engine = mention_for_engine(&made, i);
        size_t count = link_index_query(bench->index, &engine, link_shown_bits(), match, MATCHES);
        for (size_t k = 0; k < count && k < SUGGESTIONS_PER_MENTION; k++) {
            sqlite3_bind_int64(bench->add_suggestion, 1, match[k].id);
            sqlite3_bind_int64(bench->add_suggestion, 2, engine.id);
            sqlite3_bind_double(bench->add_suggestion, 3, match[k].bits);
            sqlite3_bind_int64(bench->add_suggestion, 4, made.created_at);
            step(bench->add_suggestion);
        }
    }
    sql(bench->plain, "COMMIT");
    for (size_t i = 0; i < made.mention_count; i++) {
        struct link_mention engine = mention_for_engine(&made, i);
        stop_on(link_index_insert(bench->index, &engine, NULL), &(struct err){0});
        entities_add(bench->entities, made.mention[i].id, made.id, made.mention[i].kind,
                     made.mention[i].field);
    }
}

static struct submission_draft draft_of(const struct synth_partnership *partnership,
                                        struct arena *arena, int32_t number)
{
    struct synth_report report;
    synth_report_make(partnership, arena, number, &report);
    struct mention_draft *mention =
        arena_many(arena, (size_t)report.mention_count, struct mention_draft);
    for (int i = 0; i < report.mention_count; i++) {
        mention[i] = (struct mention_draft){
            .kind = report.mention[i].kind, .span_start = -1, .span_end = -1};
        memcpy(mention[i].field, report.mention[i].field, sizeof mention[i].field);
    }
    return (struct submission_draft){.idempotency_key = str_fmt(arena, "bench-%d", number),
                                     .narrative = report.narrative,
                                     .when_text = report.when_text,
                                     .where_text = report.where_text,
                                     .mention = mention,
                                     .mention_count = (size_t)report.mention_count};
}

static double processor_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void turn(struct bench *bench, const struct synth_partnership *partnership, int32_t from,
                 bool sealed)
{
    struct arena arena;
    arena_init(&arena, 256 << 20);
    struct submission_draft draft[TURN];
    for (int32_t i = 0; i < TURN; i++) draft[i] = draft_of(partnership, &arena, from + i);
    struct side *side = sealed ? &bench->sealed : &bench->clear;
    int64_t start = clock_tick_ns();
    double processor = processor_now();
    for (int i = 0; i < TURN; i++) {
        struct submission_receipt receipt;
        struct err err = {0};
        if (sealed)
            stop_on(submission_share(&bench->app, &bench->who, &draft[i], 0, 0, &receipt, &err),
                    &err);
        else
            share_plain(bench, &arena, &draft[i]);
    }
    side->seconds += (double)(clock_tick_ns() - start) / 1e9;
    side->processor_seconds += processor_now() - processor;
    arena_done(&arena);
}

static void open_sealed(struct bench *bench, const char *folder)
{
    struct err err = {0};
    struct db *db = NULL;
    struct account_new account = {.email = STR("bench@example.org"), .name = STR("Bench"),
                                  .password_hash = STR("x"), .roles = 1u << ROLE_practitioner};
    stop_on(app_open(&bench->app, folder, NULL, NULL, &err), &err);
    stop_on(store_write_begin(bench->app.store, &db, &err), &err);
    stop_on(organisation_ensure(db, STR("Bench"), STR("education"), STR("mid"),
                                &account.organisation, &err),
            &err);
    stop_on(account_add(&bench->app, db, &account, 0, &bench->who.account, &err), &err);
    stop_on(store_write_commit(bench->app.store, db, &err), &err);
    bench->who.organisation = account.organisation;
    bench->who.roles = account.roles;
}

int main(int argc, char **argv)
{
    int64_t reports = 4000;
    int64_t seed = 1;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--reports") == 0) str_to_int(str_from(argv[i + 1]), &reports);
        if (strcmp(argv[i], "--seed") == 0) str_to_int(str_from(argv[i + 1]), &seed);
    }
    reports = reports / TURN * TURN;
    char folder[] = "/tmp/pendeen-bench-XXXXXX";
    if (!mkdtemp(folder)) return 1;
    struct bench *bench = calloc(1, sizeof *bench);
    struct arena arena;
    arena_init(&arena, 1 << 30);
    open_sealed(bench, folder);
    open_plain(bench, folder);
    struct synth_options options = {.town = cornish_towns,
                                    .town_count = CORNISH_TOWNS,
                                    .seed = (uint64_t)seed,
                                    .reports = (int32_t)reports};
    struct synth_partnership *partnership = synth_partnership_new(&arena, &options);
    for (int32_t from = 0; from < reports; from += TURN) {
        turn(bench, partnership, from, from / TURN % 2 == 0);
        turn(bench, partnership, from, from / TURN % 2 != 0);
    }
    printf("seed %lld, %lld submissions each way, in %s\n", (long long)seed, (long long)reports,
           folder);
    printf("sealed and audited %8.0f a second, %6.1f us of processor each\n",
           (double)reports / bench->sealed.seconds,
           bench->sealed.processor_seconds / (double)reports * 1e6);
    printf("in the clear       %8.0f a second, %6.1f us of processor each\n",
           (double)reports / bench->clear.seconds,
           bench->clear.processor_seconds / (double)reports * 1e6);
    printf("ratio of durable submissions a second: %.2f\n",
           bench->clear.seconds / bench->sealed.seconds);
    return 0;
}
