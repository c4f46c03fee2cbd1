#include "domain/support_import.h"

#include "base/utf8.h"
#include "domain/account.h"
#include "domain/record_key.h"

enum { LIST_MAX = 50, FILE_TEXTS = 2, FILE_NAME_MAX = 200, WORK_BYTES = 256 << 20 };

static enum st missing(struct err *err)
{
    return err_missing(err, "import");
}

/* --- staging ------------------------------------------------------------------------------- */

static enum st add_import(struct app *app, struct db *db, struct arena *arena,
                          const struct person *who, const struct str text[static FILE_TEXTS],
                          int64_t *ret, struct err *err)
{
    struct data_key key = {0};
    enum st outcome = record_key_add(app, db, KEY_RECORD, &key, err);
    if (outcome == ST_OK) outcome = db_next_id(db, Q_SUPPORT_IMPORT_LAST, ret, err);
    if (outcome == ST_OK) {
        struct str sealed =
            field_seal(arena, &key, FIELD_SUPPORT_FILE, *ret, texts_pack(arena, text, FILE_TEXTS));
        struct query *query = db_query(db, Q_SUPPORT_IMPORT_ADD);
        db_bind_int(query, 1, *ret);
        db_bind_int(query, 2, key.id);
        db_bind_bytes(query, 3, sealed.ptr, sealed.len);
        db_bind_int(query, 4, who->account);
        db_bind_int(query, 5, clock_now());
        outcome = db_run(query, err);
    }
    data_key_clear(&key);
    if (outcome != ST_OK) return outcome;
    return account_note(app, db, AUDIT_COLLECTION, who->account, "support import staged",
                        "support import", *ret, "ok", err);
}

enum st support_import_stage(struct app *app, const struct person *who, struct str file_name,
                             struct str file, int64_t *ret, struct err *err)
{
    if (!access_allows(who, ACT_KEEP_SUPPORT, NULL)) return missing(err);
    if (!file.len) return err_set(err, ST_INVALID, "Choose a file first. It must not be empty.");
    struct arena arena;
    arena_init(&arena, WORK_BYTES);
    struct open_referral_row *row = NULL;
    size_t count = 0;
    struct db *db;
    enum st outcome = open_referral_read(&arena, app->area, file, &row, &count, err);
    if (outcome == ST_OK && !count)
        outcome = err_set(err, ST_INVALID, "The file has no services in it.");
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK) {
        struct str text[FILE_TEXTS] = {
            utf8_clean(&arena, str_sub(file_name, 0, FILE_NAME_MAX), NULL), file};
        outcome = add_import(app, db, &arena, who, text, ret, err);
        outcome = store_write_end(app->store, db, outcome, err);
    }
    arena_done(&arena);
    return outcome;
}

/* --- reading ------------------------------------------------------------------------------- */

static enum st from_row(struct app *app, struct db *db, struct arena *arena, struct query *query,
                        struct support_import *ret, struct err *err)
{
    struct data_key key;
    struct str plain = STR("");
    struct str text[FILE_TEXTS];
    *ret = (struct support_import){.id = db_int(query, 0),
                                   .state = str_dup(arena, db_text(query, 2)),
                                   .account = db_int(query, 3),
                                   .at = db_int(query, 4)};
    enum st outcome = record_key_from_row(app, query, 5, &key, err);
    if (outcome == ST_OK)
        outcome =
            field_open(arena, &key, FIELD_SUPPORT_FILE, ret->id, db_bytes(query, 1), &plain, err);
    data_key_clear(&key);
    if (outcome != ST_OK) return outcome;
    if (!texts_unpack(plain, text, FILE_TEXTS)) abort(); /* it was authentic */
    ret->file_name = text[0];
    ret->file = text[1];
    return account_name(app, db, arena, ret->account, &ret->by, err);
}

enum st support_import_read(struct app *app, struct arena *arena, int64_t id,
                            struct support_import *ret, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_SUPPORT_IMPORT_READ);
    db_bind_int(query, 1, id);
    bool found = db_next(query);
    enum st outcome = found ? from_row(app, db, arena, query, ret, err) : ST_OK;
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    return outcome == ST_OK && !found ? missing(err) : outcome;
}

enum st support_import_list(struct app *app, struct arena *arena, struct support_import **ret,
                            size_t *ret_count, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct support_import *list = arena_many(arena, LIST_MAX, struct support_import);
    struct query *query = db_query(db, Q_SUPPORT_IMPORT_LIST);
    struct arena scratch; /* the files are large and not wanted here */
    size_t count = 0;
    enum st outcome = ST_OK;
    while (outcome == ST_OK && count < LIST_MAX && db_next(query)) {
        struct support_import *import = &list[count++];
        arena_init(&scratch, WORK_BYTES);
        outcome = from_row(app, db, &scratch, query, import, err);
        if (outcome == ST_OK) {
            import->file = STR("");
            import->file_name = str_dup(arena, import->file_name);
            import->state = str_dup(arena, import->state);
            import->by = str_dup(arena, import->by);
        }
        arena_done(&scratch);
    }
    outcome = db_end_after(query, outcome, err);
    store_read_end(app->store, db);
    *ret = list;
    *ret_count = count;
    return outcome;
}

/* --- what it would change -------------------------------------------------------------------- */

static void differ(struct support_step *step, const char *what, struct str before, struct str after)
{
    if (str_eq(before, after) || step->difference_count == SUPPORT_DIFFERENCES_MAX) return;
    step->difference[step->difference_count++] =
        (struct support_difference){str_from(what), before, after};
}

static struct str ages_text(struct arena *arena, const struct support *support)
{
    if (support->age_to == SUPPORT_AGE_MAX) return str_fmt(arena, "%d and over", support->age_from);
    return str_fmt(arena, "%d to %d", support->age_from, support->age_to);
}

static struct str audience_text(struct arena *arena, unsigned audience)
{
    return str_trim(str_fmt(arena, "%s%s%s", audience & FOR_CHILD ? "children " : "",
                            audience & FOR_PARENT ? "parents " : "",
                            audience & FOR_PROFESSIONAL ? "professionals" : ""));
}

static struct str needs_text(struct arena *arena, const struct support *support)
{
    struct str all = STR("");
    for (size_t i = 0; i < support->need_count; i++)
        all = str_fmt(arena, "%.*s%s%.*s", STR_ARG(all), i ? "; " : "",
                      STR_ARG(support->need[i]->label));
    return all;
}

static struct str times_text(struct arena *arena, const struct support *support)
{
    static const char *const days[7] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    struct str all = support->always ? STR("At any time") : support->hours;
    for (size_t i = 0; i < support->span_count; i++) {
        struct opening at = support->span[i].at;
        all =
            str_fmt(arena, "%.*s%s%s %02d:%02d-%02d:%02d", STR_ARG(all), all.len ? ", " : "",
                    days[support->span[i].day], at.from / 60, at.from % 60, at.to / 60, at.to % 60);
    }
    return all;
}

static void compare(struct arena *arena, struct support_step *step, const struct support *before,
                    const struct support *after)
{
    differ(step, "Name", before->name, after->name);
    differ(step, "Organisation", before->organisation, after->organisation);
    differ(step, "What it does", before->about, after->about);
    differ(step, "Phone", before->phone, after->phone);
    differ(step, "Text message", before->text, after->text);
    differ(step, "By Relay UK", before->relay, after->relay);
    differ(step, "Email", before->email, after->email);
    differ(step, "Web address", before->website, after->website);
    differ(step, "For", audience_text(arena, before->audience),
           audience_text(arena, after->audience));
    differ(step, "Ages", ages_text(arena, before), ages_text(arena, after));
    differ(step, "Place", before->place, after->place);
    differ(step, "Needs", needs_text(arena, before), needs_text(arena, after));
    differ(step, "Hours", times_text(arena, before), times_text(arena, after));
    differ(step, "Last verified",
           before->verified.year ? date_iso(arena, before->verified) : STR(""),
           after->verified.year ? date_iso(arena, after->verified) : STR(""));
    differ(step, "State", before->status, after->status);
    step->change = step->difference_count ? SUPPORT_CHANGED : SUPPORT_SAME;
}

static const struct support *find_uuid(const struct support *list, size_t count, const char *uuid)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].uuid, uuid) == 0) return &list[i];
    return NULL;
}

enum st support_import_plan(struct app *app, struct arena *arena,
                            const struct support_import *import, struct support_step **ret,
                            size_t *ret_count, struct err *err)
{
    struct open_referral_row *row = NULL;
    struct support *now = NULL;
    size_t now_count = 0;
    enum st outcome = open_referral_read(arena, app->area, import->file, &row, ret_count, err);
    if (outcome == ST_OK) outcome = support_list(app, arena, true, &now, &now_count, err);
    if (outcome != ST_OK) return outcome;
    struct support_step *step = arena_many(arena, *ret_count + 1, struct support_step);
    for (size_t i = 0; i < *ret_count; i++) {
        step[i].row = &row[i];
        if (row[i].place.len) {
            step[i].change = SUPPORT_WRONG;
            continue;
        }
        if (!row[i].support.source.len)
            row[i].support.source =
                str_fmt(arena, "Open Referral UK: %.*s, %.*s", STR_ARG(import->file_name),
                        STR_ARG(date_words(arena, clock_london(import->at).date)));
        const struct support *before = find_uuid(now, now_count, row[i].support.uuid);
        step[i].change = !before ? SUPPORT_NEW : SUPPORT_OF_PACK;
        if (before && !before->contact) compare(arena, &step[i], before, &row[i].support);
    }
    *ret = step;
    return ST_OK;
}

/* --- taking it -------------------------------------------------------------------------------- */

static enum st end_import(struct app *app, struct db *db, const struct person *who, int64_t id,
                          const char *state, const char *said, struct err *err)
{
    int64_t ended = 0;
    struct query *query = db_query(db, Q_SUPPORT_IMPORT_END);
    db_bind_int(query, 1, id);
    db_bind_text(query, 2, str_from(state));
    db_bind_int(query, 3, who->account);
    db_bind_int(query, 4, clock_now());
    enum st outcome = db_one(query, &ended, err);
    if (outcome == ST_NOT_FOUND)
        return err_set(err, ST_CONFLICT, "This file was taken or dropped already.");
    if (outcome != ST_OK) return outcome;
    return account_note(app, db, AUDIT_ALTERATION, who->account, said, "support import", id, "ok",
                        err);
}

static enum st store_service(struct db *db, struct arena *arena, const struct area *area,
                             int64_t import, const struct support *support, struct err *err)
{
    struct query *query = db_query(db, Q_SUPPORT_SERVICE_SET);
    db_bind_text(query, 1, str_from(support->uuid));
    db_bind_text(query, 2, open_referral_write_one(arena, area, support));
    db_bind_int(query, 3, import);
    db_bind_int(query, 4, clock_now());
    return db_run(query, err);
}

enum st support_import_take(struct app *app, const struct person *who, int64_t id,
                            size_t *ret_taken, struct err *err)
{
    if (!access_allows(who, ACT_KEEP_SUPPORT, NULL)) return missing(err);
    struct arena arena;
    arena_init(&arena, WORK_BYTES);
    struct support_import import;
    struct support_step *step = NULL;
    size_t count = 0;
    struct db *db;
    *ret_taken = 0;
    enum st outcome = support_import_read(app, &arena, id, &import, err);
    if (outcome == ST_OK) outcome = support_import_plan(app, &arena, &import, &step, &count, err);
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome == ST_OK) {
        outcome = end_import(app, db, who, id, "taken", "support import taken", err);
        for (size_t i = 0; i < count && outcome == ST_OK; i++) {
            if (step[i].change != SUPPORT_NEW && step[i].change != SUPPORT_CHANGED) continue;
            outcome = store_service(db, &arena, app->area, id, &step[i].row->support, err);
            (*ret_taken)++;
        }
        outcome = store_write_end(app->store, db, outcome, err);
    }
    arena_done(&arena);
    return outcome;
}

enum st support_import_drop(struct app *app, const struct person *who, int64_t id, struct err *err)
{
    if (!access_allows(who, ACT_KEEP_SUPPORT, NULL)) return missing(err);
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = end_import(app, db, who, id, "dropped", "support import dropped", err);
    return store_write_end(app->store, db, outcome, err);
}
