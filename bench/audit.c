/*
 * audit: what a line of the log costs, and what share of a submission that is.
 *
 *   build/bench/audit [--lines N] [--reports N] [--seed S]
 *
 * Appends lines with three records each to an empty log, a hundred in a transaction, so
 * that it is the line that is measured and not the disk; says how the cost stands at each
 * tenfold length, then each in a durable transaction of its own, as a page that is read
 * does.  Then hands in made-up reports and says which share of their processor time the
 * lines are.  At last verifies, exports and proves.
 */
#include "base/arena.h"
#include "domain/account.h"
#include "domain/audit.h"
#include "domain/audit_checkpoint.h"
#include "domain/audit_export.h"
#include "domain/submission.h"
#include "synth/partnership.h"
#include "../tests/cornish_towns.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct bench {
    struct app app;
    struct person who;
    int64_t lines;
    int64_t reports;
    int64_t seed;
    int64_t made;
};

static void stop_on(enum st outcome, const struct err *err)
{
    if (outcome == ST_OK) return;
    fprintf(stderr, "audit: %s %s\n", err->public, err->detail);
    exit(1);
}

static double processor_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static struct audit_event line_of(struct bench *bench, struct audit_subject more[static 2])
{
    int64_t i = bench->made++;
    more[0] = (struct audit_subject){"mention", i % 5000 + 1};
    more[1] = (struct audit_subject){"entity", i % 3000 + 1};
    return (struct audit_event){.kind = AUDIT_CONSULTATION,
                                .action = "submission read",
                                .account = i % 300 + 1,
                                .subject = "submission",
                                .subject_id = i % 2000 + 1,
                                .more = more,
                                .more_count = 2,
                                .reason = "role"};
}

/* Processor time of one line, in microseconds. */
static double append_together(struct bench *bench, int64_t count)
{
    enum { TOGETHER = 100 };
    struct err err = {0};
    double start = processor_us();
    for (int64_t done = 0; done < count; done += TOGETHER) {
        struct db *db;
        stop_on(store_write_begin(bench->app.store, &db, &err), &err);
        enum st outcome = ST_OK;
        for (int i = 0; i < TOGETHER && outcome == ST_OK; i++) {
            struct audit_subject more[2];
            struct audit_event event = line_of(bench, more);
            outcome = audit_append(&bench->app, db, &event, &err);
        }
        stop_on(store_write_end(bench->app.store, db, outcome, &err), &err);
    }
    return (processor_us() - start) / (double)count;
}

static void append_alone(struct bench *bench)
{
    enum { ALONE = 2000 };
    struct err err = {0};
    double start = processor_us();
    int64_t began = clock_tick_ns();
    for (int i = 0; i < ALONE; i++) {
        struct audit_subject more[2];
        struct audit_event event = line_of(bench, more);
        stop_on(audit_event(&bench->app, &event, &err), &err);
    }
    printf("alone, durable            %8.1f us of processor, %8.1f us in all\n",
           (processor_us() - start) / ALONE, (double)(clock_tick_ns() - began) / 1e3 / ALONE);
}

static void share_reports(struct bench *bench, double line_us)
{
    struct arena arena;
    struct err err = {0};
    arena_init(&arena, (size_t)1 << 30);
    struct synth_options options = {.town = cornish_towns,
                                    .town_count = CORNISH_TOWNS,
                                    .seed = (uint64_t)bench->seed,
                                    .reports = (int32_t)bench->reports,
                                    .last_day = clock_day(clock_now()) - 1};
    const struct synth_partnership *partnership = synth_partnership_new(&arena, &options);
    double spent = 0;
    for (int32_t i = 0; i < bench->reports; i++) {
        struct arena_mark mark = arena_mark(&arena);
        struct synth_report report;
        synth_report_make(partnership, &arena, i, &report);
        struct mention_draft *mentions =
            arena_many(&arena, (size_t)report.mention_count + 1, struct mention_draft);
        for (int m = 0; m < report.mention_count; m++) {
            mentions[m] = (struct mention_draft){
                .kind = report.mention[m].kind, .span_start = -1, .span_end = -1};
            memcpy(mentions[m].field, report.mention[m].field, sizeof mentions[m].field);
        }
        struct submission_draft draft = {.idempotency_key = str_fmt(&arena, "bench-%d", i),
                                         .narrative = report.narrative,
                                         .when_text = report.when_text,
                                         .where_text = report.where_text,
                                         .mention = mentions,
                                         .mention_count = (size_t)report.mention_count};
        struct submission_receipt receipt;
        double start = processor_us();
        stop_on(submission_share(&bench->app, &bench->who, &draft, 0, 0, &receipt, &err), &err);
        spent += processor_us() - start;
        arena_reset(&arena, mark);
    }
    double each = spent / (double)bench->reports;
    printf("a submission              %8.1f us of processor, of which its line %.1f %%\n", each,
           100 * line_us / each);
    arena_done(&arena);
}

static void look_at_it(struct bench *bench)
{
    struct err err = {0};
    struct checkpoint_signer signer;
    struct audit_report report;
    struct buf out;
    audit_signer(bench->app.keys, &signer);
    struct audit_check check = {.key = &signer.key};
    double start = processor_us();
    stop_on(audit_check_store(bench->app.store, &check, &report, &err), &err);
    double verified = processor_us() - start;
    check.keys = bench->app.keys;
    start = processor_us();
    stop_on(audit_check_store(bench->app.store, &check, &report, &err), &err);
    double opened = processor_us() - start;
    buf_init(&out, 1 << 20);
    start = processor_us();
    stop_on(audit_prove_line(bench->app.store, &signer, (int64_t)report.size / 2, &out, &err),
            &err);
    double proved = processor_us() - start;
    FILE *file = tmpfile();
    start = processor_us();
    stop_on(audit_export_write(bench->app.store, &signer, file, &err), &err);
    double exported = processor_us() - start;
    long size = ftell(file);
    fclose(file);
    buf_done(&out);
    printf("of %llu lines, %zu findings: verify %.2f s, and open all %.2f s, prove one %.2f s, "
           "export %.2f s (%ld bytes a line)\n",
           (unsigned long long)report.size, report.found, verified / 1e6, opened / 1e6,
           proved / 1e6, exported / 1e6, size / (long)report.size);
}

static void begin(struct bench *bench)
{
    struct err err = {0};
    struct db *db;
    struct arena arena;
    char folder[] = "/tmp/pendeen-bench-XXXXXX";
    arena_init(&arena, 1 << 20);
    if (!mkdtemp(folder)) exit(1);
    stop_on(app_open(&bench->app, folder, NULL, NULL, &err), &err);
    struct account_new account = {.email = STR("bench@example.org"),
                                  .name = STR("Bench"),
                                  .password_hash = STR("none"),
                                  .roles = 1u << ROLE_practitioner};
    stop_on(store_write_begin(bench->app.store, &db, &err), &err);
    stop_on(organisation_ensure(db, STR("Bench"), STR("other"), STR("mid"), &account.organisation,
                                &err),
            &err);
    stop_on(account_add(&bench->app, db, &account, 0, &bench->who.account, &err), &err);
    stop_on(store_write_commit(bench->app.store, db, &err), &err);
    bench->who = (struct person){.account = bench->who.account,
                                 .organisation = account.organisation,
                                 .roles = account.roles};
    arena_done(&arena);
}

int main(int argc, char **argv)
{
    struct bench bench = {.lines = 100000, .reports = 2000, .seed = 1};
    for (int i = 1; i + 1 < argc; i += 2) {
        struct str name = str_from(argv[i]);
        int64_t *value = str_eq(name, STR("--lines"))     ? &bench.lines
                         : str_eq(name, STR("--reports")) ? &bench.reports
                         : str_eq(name, STR("--seed"))    ? &bench.seed
                                                          : NULL;
        if (!value || !str_to_int(str_from(argv[i + 1]), value) || *value < 1) {
            fputs("usage: audit [--lines N] [--reports N] [--seed S]\n", stderr);
            return 2;
        }
    }
    begin(&bench);
    printf("seed %lld\n", (long long)bench.seed);
    double line_us = 0;
    for (int64_t length = 1000; length <= bench.lines; length *= 10) {
        line_us = append_together(&bench, length - bench.made);
        printf("to %8lld lines         %8.1f us of processor a line\n", (long long)length, line_us);
    }
    append_alone(&bench);
    share_reports(&bench, line_us);
    look_at_it(&bench);
    app_close(&bench.app);
    return 0;
}
