#include "domain/import_batch.h"

#include "base/utf8.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 1100, MESSAGE_MAX = 32 << 10, SAVED_MAX = 50, REFUSED_MAX = 64 << 20 };

static void path_of(const struct app *app, int64_t id, const char *ending, char ret[static PATH_SIZE])
{
    snprintf(ret, PATH_SIZE, "%s/imports/%lld%s", store_folder(app->store), (long long)id, ending);
}

/* Opens a file of the imports folder, which is made when it is missing. */
static FILE *open_file(const struct app *app, int64_t id, const char *ending, const char *mode,
                       struct err *err)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/imports", store_folder(app->store));
    mode_t before = umask(0077);
    if (mkdir(path, 0700) != 0 && errno != EEXIST) errno = EIO;
    path_of(app, id, ending, path);
    FILE *file = fopen(path, mode);
    umask(before);
    if (!file) {
        err_set(err, ST_FAILED, "The file cannot be kept or read now. Please try again.");
        err_detail(err, "%s: %s", path, strerror(errno));
    }
    return file;
}

/* --- keeping and reading ------------------------------------------------------------- */

static enum st write_content(struct app *app, int64_t id, struct str content, struct err *err)
{
    FILE *file = open_file(app, id, ".csv", "wb", err);
    if (!file) return ST_FAILED;
    bool good = fwrite(content.ptr, 1, content.len, file) == content.len;
    good = fclose(file) == 0 && good;
    return good ? ST_OK
                : err_set(err, ST_BUSY, "The disk of this server is full. Please try again later.");
}

enum st import_batch_add(struct app *app, const struct person *who, struct str file_name,
                         struct str content, int64_t *ret, struct err *err)
{
    if (!access_allows(who, ACT_IMPORT, &(struct record){who->account, who->organisation}))
        return err_set(err, ST_DENIED, "Importing is not for your role.");
    if (!content.len)
        return err_set(err, ST_INVALID, "Choose a file first. It must not be empty.");
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK) {
        struct query *query = db_query(db, Q_IMPORT_ADD);
        db_bind_int(query, 1, who->account);
        db_bind_text(query, 2, utf8_clean(&arena, str_sub(file_name, 0, 200), NULL));
        db_bind_text(query, 3, STR(""));
        db_bind_int(query, 4, 0);
        db_bind_int(query, 5, clock_now());
        outcome = db_one(query, ret, err);
        if (outcome == ST_OK) outcome = write_content(app, *ret, content, err);
        if (outcome == ST_OK)
            outcome = audit_add(db, who->account, "import added", "import", *ret, "ok", err);
        outcome = store_write_end(app->store, db, outcome, err);
    }
    arena_done(&arena);
    return outcome;
}

enum st import_batch_read(struct app *app, struct arena *arena, const struct person *who, int64_t id,
                          struct import_batch *ret, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_IMPORT_READ);
    db_bind_int(query, 1, id);
    bool own = db_next(query) && db_int(query, 1) == who->account;
    if (own)
        *ret = (struct import_batch){.id = id,
                                     .file_name = str_dup(arena, db_text(query, 2)),
                                     .mapping = str_dup(arena, db_text(query, 3)),
                                     .dry_run = db_int(query, 4) != 0,
                                     .state = str_dup(arena, db_text(query, 5)),
                                     .message = str_dup(arena, db_text(query, 6)),
                                     .rows = db_int(query, 7),
                                     .taken = db_int(query, 8),
                                     .known = db_int(query, 9),
                                     .refused = db_int(query, 10),
                                     .links = db_int(query, 11),
                                     .created_at = db_int(query, 12)};
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    if (outcome == ST_OK && !own) return err_set(err, ST_NOT_FOUND, "There is no such import.");
    return outcome;
}

enum st import_batch_list(struct app *app, struct arena *arena, const struct person *who,
                          struct import_batch **ret, size_t *ret_count, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct import_batch *list = arena_many(arena, SAVED_MAX, struct import_batch);
    size_t count = 0;
    struct query *query = db_query(db, Q_IMPORT_OF_ACCOUNT);
    db_bind_int(query, 1, who->account);
    while (count < SAVED_MAX && db_next(query))
        list[count++] = (struct import_batch){.id = db_int(query, 0),
                                              .file_name = str_dup(arena, db_text(query, 1)),
                                              .dry_run = db_int(query, 2) != 0,
                                              .state = str_dup(arena, db_text(query, 3)),
                                              .taken = db_int(query, 4),
                                              .known = db_int(query, 5),
                                              .refused = db_int(query, 6),
                                              .links = db_int(query, 7),
                                              .created_at = db_int(query, 8)};
    *ret = list;
    *ret_count = count;
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    return outcome;
}

static ssize_t read_file(void *context, void *into, size_t size)
{
    FILE *file = context;
    size_t got = fread(into, 1, size, file);
    return got == 0 && ferror(file) ? -1 : (ssize_t)got;
}

enum st import_batch_open(struct app *app, const struct import_batch *batch, struct import **ret,
                          FILE **ret_file, struct err *err)
{
    FILE *file = open_file(app, batch->id, ".csv", "rb", err);
    if (!file) return ST_FAILED;
    enum st outcome = import_open(read_file, file, clock_london(clock_now()).date, ret, err);
    if (outcome == ST_OK && batch->mapping.len) {
        outcome = import_mapping_read(*ret, batch->mapping, err);
        if (outcome != ST_OK) import_close(*ret);
    }
    if (outcome != ST_OK) {
        fclose(file);
        return outcome;
    }
    *ret_file = file;
    return ST_OK;
}

enum st import_batch_refused(struct app *app, struct arena *arena, const struct import_batch *batch,
                             struct str *ret, struct err *err)
{
    *ret = STR("");
    if (batch->refused == 0) return ST_OK;
    FILE *file = open_file(app, batch->id, ".refused.csv", "rb", err);
    if (!file) return ST_FAILED;
    struct stat about;
    size_t size = fstat(fileno(file), &about) == 0 && about.st_size < REFUSED_MAX ? (size_t)about.st_size : 0;
    char *text = arena_alloc(arena, size + 1);
    *ret = str_of(text, fread(text, 1, size, file));
    fclose(file);
    return ST_OK;
}

/* --- saved mappings ----------------------------------------------------------------------- */

enum st import_mapping_save(struct app *app, const struct person *who, struct str name,
                            struct str mapping, struct err *err)
{
    name = str_trim(name);
    if (!name.len || name.len > 100 || !utf8_valid(name))
        return err_set(err, ST_INVALID, "Give the columns a name of up to 100 characters.");
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_MAPPING_SAVE);
    db_bind_int(query, 1, who->organisation);
    db_bind_text(query, 2, name);
    db_bind_text(query, 3, mapping);
    outcome = db_run(query, err);
    return store_write_end(app->store, db, outcome, err);
}

enum st import_mapping_list(struct app *app, struct arena *arena, const struct person *who,
                            struct import_mapping **ret, size_t *ret_count, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct import_mapping *list = arena_many(arena, SAVED_MAX, struct import_mapping);
    size_t count = 0;
    struct query *query = db_query(db, Q_MAPPING_LIST);
    db_bind_int(query, 1, who->organisation);
    while (count < SAVED_MAX && db_next(query))
        list[count++] = (struct import_mapping){str_dup(arena, db_text(query, 0)),
                                                str_dup(arena, db_text(query, 1))};
    *ret = list;
    *ret_count = count;
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    return outcome;
}

/* --- running --------------------------------------------------------------------------------- */

struct running {
    struct app *app;
    struct person who; /* without its texts */
    struct import_batch batch;
    struct arena arena; /* of the batch */
    struct import_accept accept;
    FILE *refused;
    int64_t size; /* of the file, in bytes */
    instant_ms saved_at;
};

enum st import_accept(void *context, struct submission_draft *draft, bool *ret_new,
                      size_t *ret_links, struct err *err)
{
    struct import_accept *accept = context;
    if (accept->dry_run) {
        struct arena arena;
        struct submission_problem problem;
        arena_init(&arena, 8 << 20);
        enum st outcome = ST_OK;
        if (submission_check(&arena, draft, clock_london(clock_now()).date, &problem, 1))
            outcome = err_set(err, ST_INVALID, "%.*s", STR_ARG(problem.message));
        arena_done(&arena);
        *ret_new = true;
        *ret_links = 0;
        return outcome;
    }
    struct submission_receipt receipt = {0};
    /* At noon: the hour is not known, and noon is the same day in any season. */
    instant_ms now = clock_now();
    instant_ms received =
        draft->received.year ? clock_from_london((struct civil){draft->received, .hour = 12}) : now;
    if (received > now) received = now;
    enum st outcome =
        submission_share(accept->app, accept->who, draft, accept->batch, received, &receipt, err);
    *ret_new = receipt.new;
    *ret_links = receipt.links;
    return outcome;
}

static enum st accept_row(void *context, struct submission_draft *draft, bool *ret_new,
                          size_t *ret_links, struct err *err)
{
    struct running *running = context;
    if (running->app->stopping)
        return err_set(err, ST_BUSY,
                       "The server was stopped. Import the file again: what was taken stays.");
    return import_accept(&running->accept, draft, ret_new, ret_links, err);
}

static enum st write_refused(void *context, struct str csv, struct err *err)
{
    struct running *running = context;
    if (!running->refused)
        running->refused = open_file(running->app, running->batch.id, ".refused.csv", "wb", err);
    if (!running->refused) return ST_FAILED;
    if (fwrite(csv.ptr, 1, csv.len, running->refused) == csv.len) return ST_OK;
    return err_set(err, ST_BUSY, "The disk of this server is full. Please try again later.");
}

static enum st save(struct running *running, const char *state, struct str message,
                    const struct import_report *report, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(running->app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_IMPORT_UPDATE);
    db_bind_int(query, 1, running->batch.id);
    db_bind_text(query, 2, str_from(state));
    db_bind_text(query, 3, message);
    db_bind_int(query, 4, (int64_t)report->rows);
    db_bind_int(query, 5, (int64_t)report->taken);
    db_bind_int(query, 6, (int64_t)report->already);
    db_bind_int(query, 7, (int64_t)report->refused);
    db_bind_int(query, 8, (int64_t)report->links);
    db_bind_int(query, 9, clock_now());
    db_bind_text(query, 10, running->batch.mapping);
    db_bind_int(query, 11, running->batch.dry_run);
    outcome = db_run(query, err);
    return store_write_end(running->app->store, db, outcome, err);
}

static void show_progress(void *context, int64_t bytes, size_t rows)
{
    struct running *running = context;
    instant_ms now = clock_now();
    if (now - running->saved_at < 400) return;
    running->saved_at = now;
    struct import_report report = {.rows = rows};
    struct err err = {0};
    char percent[24];
    snprintf(percent, sizeof percent, "%lld",
             running->size > 0 ? (long long)(bytes * 100 / running->size) : 0);
    /* A page that shows an old number is no reason to stop. */
    if (save(running, "running", str_from(percent), &report, &err) != ST_OK) running->saved_at = now + 5000;
}

static struct str refusals_text(struct arena *arena, const struct import_report *report)
{
    struct buf text;
    buf_init(&text, MESSAGE_MAX);
    for (size_t i = 0; i < report->refusals_shown; i++)
        buf_add_fmt(&text, "%zu %s\n", report->refusal[i].line, report->refusal[i].reason);
    struct str made = str_dup(arena, buf_str(&text));
    buf_done(&text);
    return made;
}

static void run_batch(struct running *running)
{
    struct err err = {0};
    struct import *import = NULL;
    FILE *file = NULL;
    struct import_report report = {0};
    enum st outcome = import_batch_open(running->app, &running->batch, &import, &file, &err);
    if (outcome == ST_OK) {
        struct stat status;
        if (fstat(fileno(file), &status) == 0) running->size = status.st_size;
        struct import_sink sink = {.context = running,
                                   .accept = accept_row,
                                   .progress = show_progress,
                                   .refused = write_refused};
        outcome = import_run(import, &sink, &report, &err);
        import_close(import);
        fclose(file);
    }
    if (running->refused && fclose(running->refused) != 0 && outcome == ST_OK)
        outcome = err_set(&err, ST_BUSY, "The refused rows could not be written.");
    struct str message =
        outcome == ST_OK ? refusals_text(&running->arena, &report) : str_from(err.public);
    if (save(running, outcome == ST_OK ? "done" : "failed", message, &report, &err) != ST_OK)
        fprintf(stderr, "pendeen: an import's end could not be kept: %s\n", err.detail);
}

static void *thread_main(void *context)
{
    struct running *running = context;
    struct app *app = running->app;
    run_batch(running);
    arena_done(&running->arena);
    free(running);
    pthread_mutex_lock(&app->import_lock);
    app->importing--;
    pthread_cond_broadcast(&app->import_ended);
    pthread_mutex_unlock(&app->import_lock);
    return NULL;
}

/* Counts it in and starts its thread. */
static enum st start_thread(struct running *running, struct err *err)
{
    struct app *app = running->app;
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_mutex_lock(&app->import_lock);
    bool started = !app->stopping &&
                   pthread_create(&thread, &attributes, thread_main, running) == 0;
    if (started) app->importing++;
    pthread_mutex_unlock(&app->import_lock);
    pthread_attr_destroy(&attributes);
    return started ? ST_OK : err_set(err, ST_BUSY, "The import could not begin. Please try again.");
}

enum st import_batch_start(struct app *app, const struct person *who, int64_t id, struct str mapping,
                           bool dry_run, struct err *err)
{
    struct running *running = calloc(1, sizeof *running);
    if (!running) return err_set(err, ST_FAILED, "There is no memory left.");
    running->app = app;
    running->who = (struct person){
        .account = who->account, .organisation = who->organisation, .roles = who->roles};
    arena_init(&running->arena, 4 << 20);
    enum st outcome = import_batch_read(app, &running->arena, who, id, &running->batch, err);
    bool again = str_eq(running->batch.state, STR("waiting")) || running->batch.dry_run ||
                 str_eq(running->batch.state, STR("failed"));
    if (outcome == ST_OK && (!again || str_eq(running->batch.state, STR("running"))))
        outcome = err_set(err, ST_CONFLICT, "This file is being imported, or was imported already.");
    if (outcome == ST_OK) {
        running->batch.mapping = str_dup(&running->arena, mapping);
        running->batch.dry_run = dry_run;
        running->accept = (struct import_accept){app, &running->who, id, dry_run};
        struct import_report nothing = {0};
        outcome = save(running, "running", STR(""), &nothing, err);
    }
    if (outcome == ST_OK) outcome = start_thread(running, err);
    if (outcome == ST_OK) return ST_OK;
    arena_done(&running->arena);
    free(running);
    return outcome;
}

enum st import_batches_abandon(struct app *app, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct query *query = db_query(db, Q_IMPORT_ABANDON);
    db_bind_text(query, 1, STR("The server was stopped. Import the file again: what was taken stays."));
    db_bind_int(query, 2, clock_now());
    outcome = db_run(query, err);
    return store_write_end(app->store, db, outcome, err);
}

void import_batches_stop(struct app *app)
{
    pthread_mutex_lock(&app->import_lock);
    app->stopping = true;
    while (app->importing) pthread_cond_wait(&app->import_ended, &app->import_lock);
    pthread_mutex_unlock(&app->import_lock);
}
