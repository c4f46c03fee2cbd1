/*
 * rebuild: how long a start takes with a full store.
 *
 *   build/bench/rebuild [--stored N] [--mentions N] [--seed S]
 *
 * Fills a temporary data folder with a synthetic partnership of so many mentions (by default
 * a million; each submission sealed under its own key, two suggestions for each mention,
 * written without matching them), and opens it as `pendeen serve` does at its start: first
 * from the store alone, where every mention is read, unsealed, indexed and put into its
 * entity; then three times from the snapshot that a clean stop left.  Of that the index
 * alone is measured too.  Then --mentions of them (by default a million) go into an index
 * from memory, one by one and by the two threads of a build.
 */
#include "base/arena.h"
#include "domain/account.h"
#include "domain/app.h"
#include "domain/entity.h"
#include "domain/organisation.h"
#include "domain/record.h"
#include "domain/snapshot.h"
#include "domain/source.h"
#include "link/link.h"
#include "synth/partnership.h"
#include "../tests/cornish_towns.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LAST_DAY = 20780 };

static void stop_on(enum st outcome, const struct err *err)
{
    if (outcome == ST_OK) return;
    fprintf(stderr, "rebuild: %s %s\n", err->public, err->detail);
    exit(1);
}

static double seconds_since(int64_t start)
{
    return (double)(clock_tick_ns() - start) / 1e9;
}

static double processor_seconds(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

/* The index alone, from memory. */
static void build(const struct synth_partnership *partnership, struct arena *arena, size_t mentions)
{
    struct link_mention *all =
        arena_many(arena, mentions + SYNTH_MENTIONS_MAX, struct link_mention);
    size_t count = 0;
    for (int32_t i = 0; count < mentions && i < partnership->options.reports; i++) {
        struct synth_report *report = arena_new(arena, struct synth_report);
        synth_report_make(partnership, arena, i, report);
        for (int32_t k = 0; k < report->mention_count; k++)
            synth_mention_link(report, k, &all[count++]);
    }
    struct link_index *one = link_index_new();
    struct err err = {0};
    int64_t start = clock_tick_ns();
    for (size_t i = 0; i < count; i++) stop_on(link_index_insert(one, &all[i], &err), &err);
    printf("%-34s %zu mentions in %.2f s\n", "inserted one by one", count, seconds_since(start));
    link_index_free(one);
    struct link_index *two = link_index_new();
    start = clock_tick_ns();
    struct link_build *making = link_build_begin(two, count);
    for (size_t i = 0; i < count; i++) link_build_add(making, &all[i]);
    size_t refused = link_build_end(making);
    printf("%-34s %zu mentions in %.2f s%s\n", "built by two threads", count, seconds_since(start),
           refused ? ", some refused" : "");
    link_index_free(two);
}

/* --- a full store ------------------------------------------------------------------------- */

struct filling {
    struct app *app;
    struct db *db;
    struct arena *arena;
    int64_t organisation, account, mention;
    struct err err;
};

static void add_account(struct filling *filling)
{
    struct account_new account = {.email = STR("somebody@example.org"),
                                  .name = STR("Somebody"),
                                  .password_hash = STR("x"),
                                  .roles = 1};
    stop_on(store_write_begin(filling->app->store, &filling->db, &filling->err), &filling->err);
    enum st outcome = organisation_ensure(filling->db, STR("A school"), STR("education"),
                                          STR("mid"), &filling->organisation, &filling->err);
    account.organisation = filling->organisation;
    if (outcome == ST_OK)
        outcome =
            account_add(filling->app, filling->db, &account, 0, &filling->account, &filling->err);
    stop_on(store_write_end(filling->app->store, filling->db, outcome, &filling->err),
            &filling->err);
}

static void bind_sealed(struct filling *filling, struct query *query, int parameter,
                        const struct data_key *key, enum seal_field field, int64_t row,
                        struct str plain)
{
    struct str sealed = field_seal(filling->arena, key, field, row, plain);
    db_bind_bytes(query, parameter, sealed.ptr, sealed.len);
}

static void add_suggestions(struct filling *filling, int64_t mention)
{
    for (int64_t k = 1; k <= 2 && mention > 40 * k; k++) {
        struct query *query = db_query(filling->db, Q_SUGGESTION_ADD);
        db_bind_int(query, 1, mention - 40 * k + 1);
        db_bind_int(query, 2, mention);
        db_bind_double(query, 3, (double)(mention * 7919 % 2000) / 100);
        db_bind_int(query, 4, 0);
        stop_on(db_run(query, &filling->err), &filling->err);
    }
}

static void add_report(struct filling *filling, const struct synth_report *report, int64_t id)
{
    struct data_key key;
    uint8_t tag[SEAL_TAG_SIZE];
    stop_on(record_key_add(filling->app, filling->db, KEY_RECORD, &key, &filling->err),
            &filling->err);
    source_tag(filling->app, filling->account, tag);
    struct str words[SUBMISSION_WORDS] = {report->narrative};
    struct query *query = db_query(filling->db, Q_SUBMISSION_ADD);
    db_bind_int(query, 1, id);
    db_bind_text(query, 2, str_fmt(filling->arena, "PEN-%lld", (long long)id));
    db_bind_text(query, 3, str_fmt(filling->arena, "%lld", (long long)id));
    db_bind_bytes(query, 4, tag, sizeof tag);
    db_bind_int(query, 5, filling->organisation);
    db_bind_null(query, 6);
    db_bind_int(query, 7, key.id);
    bind_sealed(filling, query, 8, &key, FIELD_SUBMISSION_WORDS, id,
                texts_pack(filling->arena, words, SUBMISSION_WORDS));
    db_bind_int(query, 9, report->seen_from);
    db_bind_int(query, 10, report->seen_to);
    db_bind_text(query, 11, STR("saw"));
    db_bind_int(query, 12, (int64_t)report->day * 24 * 3600000);
    db_bind_text(query, 13, STR("handling:P"));
    stop_on(db_run(query, &filling->err), &filling->err);
    stop_on(source_add(filling->app, filling->db, id, filling->account, &filling->err),
            &filling->err);
    for (int32_t i = 0; i < report->mention_count; i++) {
        struct link_mention mention;
        synth_mention_link(report, i, &mention);
        query = db_query(filling->db, Q_MENTION_ADD);
        db_bind_int(query, 1, ++filling->mention);
        db_bind_int(query, 2, id);
        db_bind_text(query, 3, str_from(kind_name(mention.kind)));
        db_bind_int(query, 4, -1);
        db_bind_int(query, 5, -1);
        bind_sealed(filling, query, 6, &key, FIELD_MENTION_FIELDS, filling->mention,
                    texts_pack(filling->arena, mention.field, LINK_FIELDS));
        stop_on(db_run(query, &filling->err), &filling->err);
        add_suggestions(filling, filling->mention);
    }
    data_key_clear(&key);
}

static void fill(struct app *app, int64_t stored, int64_t seed)
{
    enum { AT_ONCE = 5000 };
    struct arena arena, scratch;
    arena_init(&arena, (size_t)16 << 30);
    arena_init(&scratch, (size_t)256 << 20);
    struct synth_options options = {
        .town = cornish_towns, .town_count = CORNISH_TOWNS,
        .seed = (uint64_t)seed, .reports = (int32_t)(stored / 2), .last_day = LAST_DAY};
    struct synth_partnership *partnership = synth_partnership_new(&arena, &options);
    struct filling filling = {.app = app, .arena = &scratch};
    add_account(&filling);
    for (int32_t i = 0; filling.mention < stored && i < options.reports; i += AT_ONCE) {
        stop_on(store_write_begin(app->store, &filling.db, &filling.err), &filling.err);
        for (int32_t k = i; k < i + AT_ONCE && filling.mention < stored && k < options.reports;
             k++) {
            struct arena_mark mark = arena_mark(&scratch);
            struct synth_report report;
            synth_report_make(partnership, &scratch, k, &report);
            add_report(&filling, &report, k + 1);
            arena_reset(&scratch, mark);
        }
        stop_on(store_write_commit(app->store, filling.db, &filling.err), &filling.err);
    }
    arena_done(&scratch);
    arena_done(&arena);
}

static void open_timed(struct app *app, const char *folder, const char *what)
{
    struct err err = {0};
    int64_t start = clock_tick_ns();
    double used = processor_seconds();
    stop_on(app_open(app, folder, NULL, NULL, &err), &err);
    printf("%-34s %zu mentions in %.2f s, %.2f of the processors\n", what,
           entities_count(app->entities), seconds_since(start), processor_seconds() - used);
}

/* The index and the entities alone, out of the snapshot. */
static void read_snapshot(const struct app *app)
{
    struct app other = *app;
    struct err err = {0};
    int64_t last = 0;
    other.index = link_index_new();
    other.entities = entities_new();
    struct db *db = store_read_begin(app->store, &err);
    int64_t start = clock_tick_ns();
    double used = processor_seconds();
    stop_on(snapshot_load(&other, db, &last, &err), &err);
    printf("%-34s %zu mentions in %.2f s, %.2f of the processors\n", "   of that the index",
           link_index_count(other.index), seconds_since(start), processor_seconds() - used);
    store_read_end(app->store, db);
    link_index_free(other.index);
    entities_free(other.entities);
}

static void open_store(int64_t stored, int64_t seed)
{
    struct err err = {0};
    struct app app;
    char folder[] = "/tmp/pendeen-bench-XXXXXX";
    if (!mkdtemp(folder)) exit(1);
    int64_t start = clock_tick_ns();
    stop_on(app_open(&app, folder, NULL, NULL, &err), &err);
    fill(&app, stored, seed);
    app_close(&app);
    printf("filled a store in %s in %.1f s\n", folder, seconds_since(start));
    open_timed(&app, folder, "opened from the store");
    start = clock_tick_ns();
    double used = processor_seconds();
    app_close(&app);
    printf("%-34s %.2f s, %.2f of the processors\n", "closed, with a snapshot",
           seconds_since(start), processor_seconds() - used);
    for (int round = 0; round < 3; round++) {
        open_timed(&app, folder, "opened from the snapshot");
        read_snapshot(&app);
        app_close(&app);
    }
}

int main(int argc, char **argv)
{
    int64_t mentions = 1000000, seed = 1, stored = 1000000;
    for (int i = 1; i + 1 < argc; i += 2) {
        struct str name = str_from(argv[i]);
        int64_t *value = str_eq(name, STR("--mentions")) ? &mentions
                         : str_eq(name, STR("--stored")) ? &stored
                         : str_eq(name, STR("--seed"))   ? &seed
                                                         : NULL;
        if (!value || !str_to_int(str_from(argv[i + 1]), value) || *value < 1) return 2;
    }
    struct arena arena;
    printf("seed %lld\n", (long long)seed);
    arena_init(&arena, (size_t)16 << 30);
    struct synth_options options = {
        .town = cornish_towns, .town_count = CORNISH_TOWNS,
        .seed = (uint64_t)seed, .reports = (int32_t)(mentions / 2), .last_day = LAST_DAY};
    build(synth_partnership_new(&arena, &options), &arena, (size_t)mentions);
    arena_done(&arena);
    open_store(stored, seed);
    return 0;
}
