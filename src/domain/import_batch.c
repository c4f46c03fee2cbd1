#include "domain/import_batch.h"

#include "base/utf8.h"
#include "domain/audit.h"
#include "domain/scope.h"
#include "domain/source.h"
#include "seal/stream.h"

#include <errno.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_SIZE = 1100, MESSAGE_MAX = 32 << 10, REFUSED_MAX = 64 << 20, LISTED_MAX = 50 };

static void path_of(const struct app *app, int64_t id, const char *ending,
                    char ret[static PATH_SIZE])
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

/* --- what is sealed of it ------------------------------------------------------------- */

enum { BATCH_TEXTS = 3 }; /* file name, mapping, message */

static struct str seal_texts(struct arena *arena, const struct import_batch *batch,
                             const struct data_key *key)
{
    struct str text[BATCH_TEXTS] = {batch->file_name, batch->mapping, batch->message};
    return field_seal(arena, key, FIELD_IMPORT_TEXTS, batch->id,
                      texts_pack(arena, text, BATCH_TEXTS));
}

/* A row of Q_IMPORT_READ or Q_IMPORT_OF_ACCOUNT. */
static enum st batch_from_row(struct app *app, struct arena *arena, struct query *query,
                              struct import_batch *ret, struct err *err)
{
    struct str plain;
    struct str text[BATCH_TEXTS];
    *ret = (struct import_batch){.id = db_int(query, 0),
                                 .dry_run = db_int(query, 3) != 0,
                                 .state = str_dup(arena, db_text(query, 4)),
                                 .rows = db_int(query, 5),
                                 .taken = db_int(query, 6),
                                 .known = db_int(query, 7),
                                 .refused = db_int(query, 8),
                                 .links = db_int(query, 9),
                                 .created_at = db_int(query, 10)};
    enum st outcome = record_key_from_row(app, query, 11, &ret->key, err);
    if (outcome == ST_OK)
        outcome = field_open(arena, &ret->key, FIELD_IMPORT_TEXTS, ret->id, db_bytes(query, 2),
                             &plain, err);
    if (outcome != ST_OK) return outcome;
    if (!texts_unpack(plain, text, BATCH_TEXTS)) abort(); /* it was authentic */
    ret->file_name = text[0];
    ret->mapping = text[1];
    ret->message = text[2];
    if (str_eq(ret->state, STR("abandoned"))) {
        ret->state = STR("failed");
        ret->message = STR("The server was stopped. Import the file again: what was taken stays.");
    }
    return ST_OK;
}

/* --- keeping and reading ------------------------------------------------------------- */

static enum st write_content(struct app *app, const struct import_batch *batch, struct str content,
                             struct err *err)
{
    FILE *file = open_file(app, batch->id, ".csv", "wb", err);
    if (!file) return ST_FAILED;
    uint8_t key[SEAL_KEY_SIZE];
    field_key(&batch->key, FIELD_IMPORT_FILE, key);
    struct stream_writer *writer = stream_write_begin(file, key);
    bool good = writer && stream_write(writer, content);
    good = writer && stream_write_end(writer) && good;
    good = fclose(file) == 0 && good;
    return good ? ST_OK
                : err_set(err, ST_BUSY, "The disk of this server is full. Please try again later.");
}

static enum st add_batch(struct app *app, struct db *db, struct arena *arena,
                         const struct person *who, struct import_batch *batch, struct err *err)
{
    enum st outcome = record_key_add(app, db, KEY_RECORD, &batch->key, err);
    if (outcome == ST_OK) outcome = db_next_id(db, Q_IMPORT_LAST, &batch->id, err);
    if (outcome != ST_OK) return outcome;
    uint8_t tag[SEAL_TAG_SIZE];
    source_tag(app, who->account, tag);
    struct str sealed = seal_texts(arena, batch, &batch->key);
    struct query *query = db_query(db, Q_IMPORT_ADD);
    db_bind_int(query, 1, batch->id);
    db_bind_bytes(query, 2, tag, sizeof tag);
    db_bind_int(query, 3, batch->key.id);
    db_bind_bytes(query, 4, sealed.ptr, sealed.len);
    db_bind_int(query, 5, clock_now());
    return db_run(query, err);
}

/* Is there room for one more? */
static enum st check_waiting(struct app *app, struct db *db, const struct person *who,
                             struct err *err)
{
    uint8_t tag[SEAL_TAG_SIZE];
    int64_t waiting = 0;
    source_tag(app, who->account, tag);
    struct query *query = db_query(db, Q_IMPORT_UNTAKEN);
    db_bind_bytes(query, 1, tag, sizeof tag);
    enum st outcome = db_one(query, &waiting, err);
    if (outcome != ST_OK || waiting < IMPORT_WAITING_MAX) return outcome;
    return err_set(err, ST_CONFLICT,
                   "%d of your files wait already. Import or remove one of them, then send this "
                   "one again.",
                   IMPORT_WAITING_MAX);
}

static ssize_t read_text(void *context, void *into, size_t size)
{
    struct str *rest = context;
    struct str some = str_sub(*rest, 0, size);
    if (some.len) memcpy(into, some.ptr, some.len);
    *rest = str_sub(*rest, some.len, rest->len);
    return (ssize_t)some.len;
}

/* Nothing is kept of what is no table. */
static enum st check_table(struct str content, struct err *err)
{
    struct import *import = NULL;
    enum st outcome =
        import_open(read_text, &content, clock_london(clock_now()).date, &import, err);
    import_close(import);
    return outcome;
}

enum st import_batch_add(struct app *app, const struct person *who, struct str file_name,
                         struct str content, int64_t *ret, struct err *err)
{
    if (!access_allows(who, ACT_IMPORT, &(struct record){.account = who->account}))
        return err_set(err, ST_DENIED, "Importing is not for your role.");
    if (!content.len)
        return err_set(err, ST_INVALID, "Choose a file first. It must not be empty.");
    if (check_table(content, err) != ST_OK) return ST_INVALID;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct import_batch batch = {.file_name = utf8_clean(&arena, str_sub(file_name, 0, 200), NULL)};
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK) {
        outcome = check_waiting(app, db, who, err);
        if (outcome == ST_OK) outcome = add_batch(app, db, &arena, who, &batch, err);
        if (outcome == ST_OK) outcome = write_content(app, &batch, content, err);
        if (outcome == ST_OK)
            outcome = audit_append(app, db, &(struct audit_event){.kind = AUDIT_COLLECTION,
                                                                  .action = "import added",
                                                                  .account = who->account,
                                                                  .by_source = true,
                                                                  .subject = "import",
                                                                  .subject_id = batch.id},
                                   err);
        outcome = store_write_end(app->store, db, outcome, err);
    }
    *ret = batch.id;
    data_key_clear(&batch.key);
    arena_done(&arena);
    return outcome;
}

static enum st read_batch(struct app *app, struct db *db, struct arena *arena,
                          const struct person *who, int64_t id, struct import_batch *ret,
                          struct err *err)
{
    struct query *query = db_query(db, Q_IMPORT_READ);
    db_bind_int(query, 1, id);
    bool own = db_next(query) && source_is(app, who->account, db_bytes(query, 1));
    enum st outcome = own ? batch_from_row(app, arena, query, ret, err) : ST_OK;
    outcome = db_end_after(query, outcome, err);
    if (outcome == ST_OK && !own) return err_missing(err, "import");
    return outcome;
}

enum st import_batch_read(struct app *app, struct arena *arena, const struct person *who,
                          int64_t id, struct import_batch *ret, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = read_batch(app, db, arena, who, id, ret, err);
    store_read_end(app->store, db);
    return outcome;
}

enum st import_batch_list(struct app *app, struct arena *arena, const struct person *who,
                          struct import_batch **ret, size_t *ret_count, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct import_batch *list = arena_many(arena, LISTED_MAX, struct import_batch);
    size_t count = 0;
    uint8_t tag[SEAL_TAG_SIZE];
    source_tag(app, who->account, tag);
    struct query *query = db_query(db, Q_IMPORT_OF_ACCOUNT);
    db_bind_bytes(query, 1, tag, sizeof tag);
    enum st outcome = ST_OK;
    while (outcome == ST_OK && count < LISTED_MAX && db_next(query)) {
        outcome = batch_from_row(app, arena, query, &list[count], err);
        data_key_clear(&list[count++].key);
    }
    *ret = list;
    *ret_count = count;
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    return outcome;
}

/* --- removing ------------------------------------------------------------------------ */

bool import_batch_removable(const struct import_batch *batch)
{
    bool tried = str_eq(batch->state, STR("done")) && batch->dry_run;
    bool failed = str_eq(batch->state, STR("failed")) && (batch->dry_run || !batch->taken);
    return str_eq(batch->state, STR("waiting")) || tried || failed;
}

/* Its key goes, so that nobody reads the file, here or in a backup; then the file. */
enum st import_batch_remove(struct app *app, const struct person *who, int64_t id, struct err *err)
{
    struct arena arena;
    struct import_batch batch = {0};
    struct db *db;
    arena_init(&arena, 1 << 20);
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK) {
        outcome = read_batch(app, db, &arena, who, id, &batch, err);
        if (outcome == ST_OK && !import_batch_removable(&batch))
            outcome =
                err_set(err, ST_CONFLICT,
                        "This file is being imported, or was imported: it stays in the list.");
        if (outcome == ST_OK) outcome = record_key_destroy_one(db, batch.key.id, err);
        if (outcome == ST_OK)
            outcome = audit_append(app, db, &(struct audit_event){.kind = AUDIT_ERASURE,
                                                                  .action = "import removed",
                                                                  .account = who->account,
                                                                  .by_source = true,
                                                                  .subject = "import",
                                                                  .subject_id = id},
                                   err);
        outcome = store_write_end(app->store, db, outcome, err);
    }
    static const char *const endings[] = {".csv", ".refused.csv"};
    for (int i = 0; outcome == ST_OK && i < 2; i++) {
        char path[PATH_SIZE];
        path_of(app, id, endings[i], path);
        unlink(path);
    }
    data_key_clear(&batch.key);
    arena_done(&arena);
    return outcome;
}

/* --- the file ------------------------------------------------------------------------ */

static ssize_t read_file(void *context, void *into, size_t size)
{
    return stream_read(context, into, size);
}

enum st import_file_open(struct app *app, const struct import_batch *batch, struct import_file *ret,
                         struct err *err)
{
    *ret = (struct import_file){.file = open_file(app, batch->id, ".csv", "rb", err)};
    if (!ret->file) return ST_FAILED;
    uint8_t key[SEAL_KEY_SIZE];
    field_key(&batch->key, FIELD_IMPORT_FILE, key);
    ret->reader = stream_read_begin(ret->file, key);
    enum st outcome =
        ret->reader
            ? import_open(read_file, ret->reader, clock_london(clock_now()).date, &ret->import, err)
            : err_set(err, ST_FAILED, "The file cannot be read any more. Send it again.");
    if (outcome == ST_OK && batch->mapping.len)
        outcome = import_mapping_read(ret->import, batch->mapping, err);
    if (outcome != ST_OK) import_file_close(ret);
    return outcome;
}

void import_file_close(struct import_file *file)
{
    if (file->import) import_close(file->import);
    stream_read_end(file->reader);
    if (file->file) fclose(file->file);
    *file = (struct import_file){0};
}

enum st import_batch_refused(struct app *app, struct arena *arena, const struct import_batch *batch,
                             struct str *ret, struct err *err)
{
    *ret = STR("");
    if (batch->refused == 0) return ST_OK;
    FILE *file = open_file(app, batch->id, ".refused.csv", "rb", err);
    if (!file) return ST_FAILED;
    struct stat about;
    size_t size =
        fstat(fileno(file), &about) == 0 && about.st_size < REFUSED_MAX ? (size_t)about.st_size : 0;
    uint8_t key[SEAL_KEY_SIZE];
    field_key(&batch->key, FIELD_IMPORT_REFUSED, key);
    struct stream_reader *reader = stream_read_begin(file, key);
    char *text = arena_alloc(arena, size + 1);
    size_t got = 0;
    ssize_t now = reader ? 0 : -1;
    while (reader && got < size && (now = stream_read(reader, text + got, size - got)) > 0)
        got += (size_t)now;
    stream_read_end(reader);
    fclose(file);
    if (now < 0) return err_set(err, ST_FAILED, "The refused rows cannot be read any more.");
    *ret = str_of(text, got);
    return ST_OK;
}

/* --- running --------------------------------------------------------------------------------- */

struct running {
    struct running *next; /* in app->imports */
    struct app *app;
    struct person who; /* without its texts */
    struct import_batch batch;
    struct arena arena; /* of the batch */
    struct import_accept accept;
    FILE *refused;
    struct stream_writer *refused_writer;
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
        bool known = false;
        if (outcome == ST_OK)
            outcome = submission_known(accept->app, &arena, accept->who, draft->idempotency_key,
                                       &known, err);
        arena_done(&arena);
        *ret_new = !known;
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
    if (!running->refused) {
        running->refused = open_file(running->app, running->batch.id, ".refused.csv", "wb", err);
        if (!running->refused) return ST_FAILED;
        uint8_t key[SEAL_KEY_SIZE];
        field_key(&running->batch.key, FIELD_IMPORT_REFUSED, key);
        running->refused_writer = stream_write_begin(running->refused, key);
    }
    if (running->refused_writer && stream_write(running->refused_writer, csv)) return ST_OK;
    return err_set(err, ST_BUSY, "The disk of this server is full. Please try again later.");
}

static enum st save(struct running *running, const char *state, struct str message,
                    const struct import_report *report, struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(running->app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    running->batch.message = message;
    struct str sealed = seal_texts(&arena, &running->batch, &running->batch.key);
    struct query *query = db_query(db, Q_IMPORT_UPDATE);
    db_bind_int(query, 1, running->batch.id);
    db_bind_text(query, 2, str_from(state));
    db_bind_bytes(query, 3, sealed.ptr, sealed.len);
    db_bind_int(query, 4, (int64_t)report->rows);
    db_bind_int(query, 5, (int64_t)report->taken);
    db_bind_int(query, 6, (int64_t)report->already);
    db_bind_int(query, 7, (int64_t)report->refused);
    db_bind_int(query, 8, (int64_t)report->links);
    db_bind_int(query, 9, clock_now());
    db_bind_int(query, 10, running->batch.dry_run);
    outcome = db_run(query, err);
    arena_done(&arena);
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
    if (save(running, "running", str_from(percent), &report, &err) != ST_OK)
        running->saved_at = now + 5000;
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

/* The database may be away for a while, and whoever sent it must not be told for ever that it
 * runs: again until it holds, or the program ends.  A start marks what was left so. */
static bool keep_end(struct running *running, const char *state, struct str message,
                     const struct import_report *report)
{
    enum { PAUSE_MS = 100, TRY_EACH = 10 };
    struct err err = {0};
    if (save(running, state, message, report, &err) == ST_OK) return true;
    fprintf(stderr, "pendeen: an import's end cannot be kept now, and is tried again: %s (%s)\n",
            err.public, err.detail);
    for (int i = 1; !running->app->stopping; i++) {
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000L}, NULL);
        if (i % TRY_EACH == 0 && save(running, state, message, report, &err) == ST_OK) return true;
    }
    return false;
}

static void run_batch(struct running *running)
{
    struct err err = {0};
    struct import_file file;
    struct import_report report = {0};
    enum st outcome = import_file_open(running->app, &running->batch, &file, &err);
    if (outcome == ST_OK) {
        struct stat status;
        if (fstat(fileno(file.file), &status) == 0) running->size = status.st_size;
        struct import_sink sink = {.context = running,
                                   .accept = accept_row,
                                   .progress = show_progress,
                                   .refused = write_refused};
        outcome = import_run(file.import, &sink, &report, &err);
        import_file_close(&file);
    }
    bool kept = !running->refused_writer || stream_write_end(running->refused_writer);
    if (running->refused && fclose(running->refused) != 0) kept = false;
    if (!kept && outcome == ST_OK)
        outcome = err_set(&err, ST_BUSY, "The refused rows could not be written.");
    struct str message =
        outcome == ST_OK ? refusals_text(&running->arena, &report) : str_from(err.public);
    bool ended = keep_end(running, outcome == ST_OK ? "done" : "failed", message, &report);
    /* What was taken is in the store; a second copy would outlive its destruction. */
    if (ended && outcome == ST_OK && !running->batch.dry_run) {
        char path[PATH_SIZE];
        path_of(running->app, running->batch.id, ".csv", path);
        unlink(path);
    }
    data_key_clear(&running->batch.key);
}

static enum st runs_already(struct err *err)
{
    return err_set(err, ST_CONFLICT, "This file is being imported, or was imported already.");
}

/* From before it is written down that it runs, until what came of it is. */
static enum st count_in(struct running *running, struct err *err)
{
    struct app *app = running->app;
    bool runs = false;
    pthread_mutex_lock(&app->import_lock);
    bool stopping = app->stopping;
    for (const struct running *one = app->imports; one; one = one->next)
        runs |= one->batch.id == running->batch.id;
    if (!runs && !stopping) {
        running->next = app->imports;
        app->imports = running;
        app->importing++;
    }
    pthread_mutex_unlock(&app->import_lock);
    if (stopping) return err_set(err, ST_BUSY, "The import could not begin. Please try again.");
    return runs ? runs_already(err) : ST_OK;
}

static void count_out(struct running *running)
{
    struct app *app = running->app;
    pthread_mutex_lock(&app->import_lock);
    struct running **link = &app->imports;
    while (*link != running) link = &(*link)->next;
    *link = running->next;
    app->importing--;
    pthread_cond_broadcast(&app->import_ended);
    pthread_mutex_unlock(&app->import_lock);
}

static void *thread_main(void *context)
{
    struct running *running = context;
    run_batch(running);
    arena_done(&running->arena);
    count_out(running);
    free(running);
    return NULL;
}

static enum st start_thread(struct running *running, struct err *err)
{
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    bool started = pthread_create(&thread, &attributes, thread_main, running) == 0;
    pthread_attr_destroy(&attributes);
    return started ? ST_OK : err_set(err, ST_BUSY, "The import could not begin. Please try again.");
}

/* Another server says how far it is while it runs: after so long it has ended without a word.  What
 * is said to run in this one and has no thread here ended so in any case. */
static instant_ms silent_since(const struct app *app)
{
    enum { SILENT_MS = 5 * 60 * 1000 };
    return store_is_shared(app->store) ? clock_now() - SILENT_MS : INT64_MAX;
}

static enum st begin_in_turn(struct running *running, struct db *db, struct err *err)
{
    int64_t id = 0;
    struct str sealed = seal_texts(&running->arena, &running->batch, &running->batch.key);
    struct query *query = db_query(db, Q_IMPORT_BEGIN);
    db_bind_int(query, 1, running->batch.id);
    db_bind_bytes(query, 2, sealed.ptr, sealed.len);
    db_bind_int(query, 3, running->batch.dry_run);
    db_bind_int(query, 4, clock_now());
    db_bind_int(query, 5, silent_since(running->app));
    enum st outcome = db_one(query, &id, err);
    return outcome == ST_NOT_FOUND ? runs_already(err) : outcome;
}

static enum st begin(struct running *running, struct err *err)
{
    struct db *db;
    enum st outcome = count_in(running, err);
    if (outcome != ST_OK) return outcome;
    outcome = store_write_begin(running->app->store, &db, err);
    if (outcome == ST_OK)
        outcome = store_write_end(running->app->store, db, begin_in_turn(running, db, err), err);
    if (outcome == ST_OK) {
        outcome = start_thread(running, err);
        if (outcome != ST_OK)
            keep_end(running, "failed", str_from(err->public), &(struct import_report){0});
    }
    if (outcome != ST_OK) count_out(running);
    return outcome;
}

enum st import_batch_start(struct app *app, const struct person *who, int64_t id,
                           struct str mapping, bool dry_run, struct err *err)
{
    struct running *running = calloc(1, sizeof *running);
    if (!running) return err_set(err, ST_FAILED, "There is no memory left.");
    running->app = app;
    running->who = (struct person){
        .account = who->account, .organisation = who->organisation, .roles = who->roles};
    arena_init(&running->arena, SCOPE_MEMORY);
    /* One for the whole import: what it counts as links is what they see now. */
    running->who.scope = scope_of(app, &running->arena, &running->who);
    enum st outcome = import_batch_read(app, &running->arena, who, id, &running->batch, err);
    if (outcome == ST_OK) {
        running->batch.mapping = str_dup(&running->arena, mapping);
        running->batch.message = STR("");
        running->batch.dry_run = dry_run;
        running->accept = (struct import_accept){app, &running->who, id, dry_run};
        outcome = begin(running, err);
    }
    if (outcome == ST_OK) return ST_OK;
    data_key_clear(&running->batch.key);
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
    db_bind_int(query, 1, clock_now());
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
