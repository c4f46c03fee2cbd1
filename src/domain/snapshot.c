#include "domain/snapshot.h"

#include "domain/entity.h"
#include "domain/record_key.h"
#include "domain/registry.h"
#include "link/snapshot.h"
#include "seal/secret.h"
#include "seal/stream.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 1100, GROWN_PART = 50 /* a fiftieth more is much */ };

/* What the fact says. */
struct said {
    int64_t key;
    int64_t last; /* mention */
    char program[2 * SEAL_HASH_SIZE + 1];
};

/* What of a mention the entities are made of. */
struct kept_member {
    int64_t id;
    int64_t submission;
    uint64_t strong;
    uint64_t kind;
};

static void path_of(const struct app *app, const char *end, char ret[static PATH_SIZE])
{
    snprintf(ret, PATH_SIZE, "%s/index.snapshot%s", store_folder(app->store), end);
}

/* This very program: another one may read names in another way. */
static bool hash_program(char ret[static 2 * SEAL_HASH_SIZE + 1])
{
    uint8_t hash[SEAL_HASH_SIZE];
    FILE *file = fopen("/proc/self/exe", "rbe");
    struct stat about;
    char *bytes = NULL;
    bool good = file && fstat(fileno(file), &about) == 0 && about.st_size > 0;
    if (good) {
        bytes = malloc((size_t)about.st_size);
        if (!bytes) abort();
        good = fread(bytes, 1, (size_t)about.st_size, file) == (size_t)about.st_size;
    }
    if (good) seal_hash(str_of(bytes, (size_t)about.st_size), hash);
    for (size_t i = 0; good && i < sizeof hash; i++) snprintf(ret + 2 * i, 3, "%02x", hash[i]);
    free(bytes);
    if (file) fclose(file);
    return good;
}

static enum st read_fact(struct db *db, struct said *ret, struct err *err)
{
    *ret = (struct said){0};
    struct query *query = db_query(db, Q_FACT_READ);
    db_bind_text(query, 1, STR("snapshot"));
    if (db_next(query)) {
        struct str text = db_text(query, 0), key, last;
        bool good = str_split(&text, ' ', &key) && str_to_int(key, &ret->key) &&
                    str_split(&text, ' ', &last) && str_to_int(last, &ret->last);
        snprintf(ret->program, sizeof ret->program, "%.*s", STR_ARG(text));
        if (!good) *ret = (struct said){0};
    }
    return db_end(query, err);
}

/* --- the bytes ----------------------------------------------------------------------------- */

static bool write_bytes(void *context, const void *bytes, size_t size)
{
    return stream_write(context, str_of(bytes, size));
}

static bool read_bytes(void *context, void *into, size_t size)
{
    while (size) {
        ssize_t got = stream_read(context, into, size);
        if (got <= 0) return false;
        into = (char *)into + got;
        size -= (size_t)got;
    }
    return true;
}

/* --- reading ------------------------------------------------------------------------------- */

static bool read_all(struct app *app, struct stream_reader *reader)
{
    uint64_t count = 0;
    if (!read_bytes(reader, &count, sizeof count)) return false;
    struct kept_member *member = calloc(count + 1, sizeof *member);
    if (!member) abort();
    bool good = read_bytes(reader, member, count * sizeof *member) &&
                link_index_read(app->index, (struct link_source){read_bytes, reader});
    for (uint64_t i = 0; good && i < count; i++)
        entities_add_known(app->entities, member[i].id, member[i].submission,
                           (enum link_kind)member[i].kind, member[i].strong);
    free(member);
    return good;
}

enum st snapshot_load(struct app *app, struct db *db, int64_t *ret_last, struct err *err)
{
    struct said said;
    struct data_key key = {0};
    char path[PATH_SIZE];
    *ret_last = 0;
    app->snapshot_last = 0;
    if (!hash_program(app->program)) app->program[0] = 0;
    enum st outcome = read_fact(db, &said, err);
    if (outcome != ST_OK) return outcome;
    path_of(app, "", path);
    if (!said.key) { /* what may lie there opens for nobody */
        (void)unlink(path);
        return ST_OK;
    }
    struct err passed = {0};
    bool fits = app->program[0] && strcmp(app->program, said.program) == 0 &&
                record_key_read(app, db, said.key, &key, &passed) == ST_OK;
    FILE *file = fits ? fopen(path, "rbe") : NULL;
    struct stream_reader *reader = file ? stream_read_begin(file, key.bytes) : NULL;
    if (reader && read_all(app, reader)) *ret_last = app->snapshot_last = said.last;
    stream_read_end(reader);
    if (file) fclose(file);
    data_key_clear(&key);
    return ST_OK;
}

/* --- writing ------------------------------------------------------------------------------- */

static bool write_all(struct app *app, FILE *file, const struct data_key *key)
{
    struct stream_writer *writer = stream_write_begin(file, key->bytes);
    if (!writer) return false;
    size_t all = entities_count(app->entities), count = 0;
    struct kept_member *member = calloc(all + 1, sizeof *member);
    if (!member) abort();
    for (size_t i = 0; i < all; i++) {
        struct entity_known known = entities_known(app->entities, i);
        if (!registry_find(app->registry, known.submission)) continue;
        member[count++] =
            (struct kept_member){known.mention, known.submission, known.strong, known.kind};
    }
    uint64_t written = count;
    bool good = write_bytes(writer, &written, sizeof written) &&
                write_bytes(writer, member, count * sizeof *member) &&
                link_index_write(app->index, (struct link_sink){write_bytes, writer});
    free(member);
    return stream_write_end(writer) && good;
}

static enum st write_file(struct app *app, const char *path, const struct data_key *key,
                          struct err *err)
{
    int handle = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *file = handle >= 0 ? fdopen(handle, "wb") : NULL;
    bool good = file && write_all(app, file, key) && fsync(handle) == 0;
    if (file)
        good = fclose(file) == 0 && good;
    else if (handle >= 0)
        close(handle);
    if (good) return ST_OK;
    (void)unlink(path);
    return err_set(err, ST_FAILED, "The snapshot of the index cannot be written to '%s'.", path);
}

static enum st keep_fact(struct db *db, const struct said *said, struct err *err)
{
    char text[128];
    snprintf(text, sizeof text, "%lld %lld %s", (long long)said->key, (long long)said->last,
             said->program);
    struct query *query = db_query(db, Q_FACT_SET);
    db_bind_text(query, 1, STR("snapshot"));
    db_bind_text(query, 2, str_from(text));
    return db_run(query, err);
}

/* Nothing was removed, and much came since the last one. */
static bool is_due(const struct app *app, int64_t last)
{
    return app->program[0] && last >= SNAPSHOT_LEAST && link_index_is_whole(app->index) &&
           last - app->snapshot_last >= last / GROWN_PART;
}

static int64_t last_mention(const struct app *app)
{
    size_t count = entities_count(app->entities);
    return count ? entities_known(app->entities, count - 1).mention : 0;
}

enum st snapshot_save(struct app *app, struct err *err)
{
    char path[PATH_SIZE], beside[PATH_SIZE];
    struct data_key key = {0};
    struct db *db;
    if (!is_due(app, last_mention(app))) return ST_OK;
    path_of(app, "", path);
    path_of(app, ".new", beside);
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    /* What other programs changed has come in with the turn. */
    int64_t last = last_mention(app);
    if (!link_index_is_whole(app->index)) {
        store_write_rollback(app->store, db);
        return ST_OK;
    }
    outcome = snapshot_forget(db, err);
    if (outcome == ST_OK) outcome = record_key_add(app, db, KEY_RECORD, &key, err);
    if (outcome == ST_OK) outcome = write_file(app, beside, &key, err);
    struct said said = {.key = key.id, .last = last};
    snprintf(said.program, sizeof said.program, "%s", app->program);
    if (outcome == ST_OK) outcome = keep_fact(db, &said, err);
    outcome = store_write_end(app->store, db, outcome, err);
    data_key_clear(&key);
    if (outcome == ST_OK && rename(beside, path) != 0)
        outcome = err_set(err, ST_FAILED, "The snapshot of the index cannot be put in its place.");
    if (outcome != ST_OK) (void)unlink(beside);
    return outcome;
}

enum st snapshot_forget(struct db *db, struct err *err)
{
    struct said said;
    int64_t gone = 0;
    enum st outcome = read_fact(db, &said, err);
    if (outcome != ST_OK || !said.key) return outcome;
    outcome = record_key_destroy_one(db, said.key, err);
    if (outcome == ST_NOT_FOUND) outcome = ST_OK;
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_FACT_REMOVE);
    db_bind_text(query, 1, STR("snapshot"));
    outcome = db_one(query, &gone, err);
    return outcome == ST_NOT_FOUND ? ST_OK : outcome;
}
