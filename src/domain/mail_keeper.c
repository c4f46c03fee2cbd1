#include "domain/mail_keeper.h"

#include "base/rounds.h"
#include "domain/account.h"
#include "domain/area_meeting.h"
#include "domain/reminder.h"
#include "domain/area_text.h"
#include "domain/mail.h"
#include "domain/scope.h"
#include "domain/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    SETTINGS_MAX = 16 << 10,
    SECRET_MAX = 1024,
    AT_ONCE = 50,
    ATTEMPTS_MAX = 40,
    LONGEST_MINUTES = 240
};

/* --- mail.txt ------------------------------------------------------------------------------- */

struct mail_settings {
    struct arena arena;
    struct mail_server server;
};

/* 0 bytes and ST_NOT_FOUND when there is none.  `secret`: nobody else may read it. */
static enum st read_file(struct arena *arena, const char *path, bool secret, size_t most,
                         struct str *ret, struct err *err)
{
    struct stat about;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return errno == ENOENT
                   ? ST_NOT_FOUND
                   : err_set(err, ST_FAILED, "mail.txt, or a file that it names, cannot be read.");
    char *bytes = arena_alloc(arena, most + 1);
    ssize_t size =
        fstat(file, &about) == 0 && S_ISREG(about.st_mode) ? read(file, bytes, most + 1) : -1;
    close(file);
    if (size < 0 || (size_t)size > most)
        return err_set(err, ST_INVALID,
                       "mail.txt, or a file that it names, cannot be read or is too long.");
    if (secret && (about.st_mode & 077))
        return err_set(err, ST_INVALID,
                       "The password file that mail.txt names may be read by others: chmod 600.");
    *ret = str_of(bytes, (size_t)size);
    return ST_OK;
}

static struct str path_of(struct mail_settings *settings, const char *folder, struct str path)
{
    return str_starts(path, STR("/")) ? path
                                      : str_fmt(&settings->arena, "%s/%.*s", folder, STR_ARG(path));
}

static enum st read_settings(struct mail_settings *settings, const char *folder, struct str text,
                             struct err *err)
{
    struct area_text parsed;
    struct mail_server *server = &settings->server;
    enum st outcome = area_text_parse(&settings->arena, STR("mail.txt"), text, &parsed, err);
    if (outcome != ST_OK) return outcome;
    if (parsed.section_count != 1 || !str_eq(parsed.section[0].id, STR("mail")))
        return area_text_wrong(&parsed, 1, err, "it holds one heading, [mail].");
    struct area_section *section = &parsed.section[0];
    outcome = area_text_need(&parsed, section, "server", &server->url, err);
    if (outcome == ST_OK) outcome = area_text_need(&parsed, section, "from", &server->from, err);
    if (outcome != ST_OK) return outcome;
    if (!mail_url_allowed(server->url))
        return area_text_wrong(&parsed, section->line, err,
                               "server is like smtp://mail.example.org:587.");
    if (!mail_address_allowed(server->from))
        return area_text_wrong(&parsed, section->line, err,
                               "from is one address, like pendeen@example.org.");
    server->user = area_text_value(section, STR("user"));
    struct str secret = area_text_value(section, STR("password-file"));
    struct str ca_file = area_text_value(section, STR("certificates-file"));
    if (server->user.len && !secret.len)
        return area_text_wrong(&parsed, section->line, err, "user needs 'password-file = ...'.");
    if (secret.len) {
        outcome =
            read_file(&settings->arena, str_c(&settings->arena, path_of(settings, folder, secret)),
                      true, SECRET_MAX, &server->password, err);
        if (outcome == ST_NOT_FOUND)
            return area_text_wrong(&parsed, section->line, err, "there is no password-file.");
        server->password = str_trim(server->password);
    }
    if (ca_file.len)
        server->ca_file = str_dup(&settings->arena, path_of(settings, folder, ca_file));
    return outcome == ST_OK ? area_text_all_used(&parsed, err) : outcome;
}

enum st mail_settings_open(const char *folder, struct mail_settings **ret, struct err *err)
{
    struct mail_settings *settings = calloc(1, sizeof *settings);
    if (!settings) abort();
    arena_init(&settings->arena, 1 << 20);
    struct str text;
    enum st outcome = read_file(
        &settings->arena, str_c(&settings->arena, str_fmt(&settings->arena, "%s/mail.txt", folder)),
        false, SETTINGS_MAX, &text, err);
    *ret = NULL;
    if (outcome == ST_OK) outcome = read_settings(settings, folder, text, err);
    if (outcome == ST_OK)
        *ret = settings;
    else
        mail_settings_close(settings);
    return outcome == ST_NOT_FOUND ? ST_OK : outcome;
}

void mail_settings_close(struct mail_settings *settings)
{
    if (!settings) return;
    arena_done(&settings->arena);
    free(settings);
}

const struct mail_server *mail_settings_server(const struct mail_settings *settings)
{
    return settings ? &settings->server : NULL;
}

/* --- sending --------------------------------------------------------------------------------- */

struct waiting {
    int64_t id;
    int64_t account;
    struct str kind;
    int64_t attempts;
};

static enum st read_waiting(struct app *app, struct arena *arena, bool all, struct waiting *list,
                            size_t *count, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    struct query *query = db_query(db, Q_MAIL_WAITING);
    db_bind_int(query, 1, all ? INT64_MAX : clock_now());
    db_bind_int(query, 2, AT_ONCE);
    while (*count < AT_ONCE && db_next(query))
        list[(*count)++] = (struct waiting){db_int(query, 0), db_int(query, 1),
                                            str_dup(arena, db_text(query, 2)), db_int(query, 3)};
    enum st outcome = db_end(query, err);
    store_read_end(app->store, db);
    return outcome;
}

/* ST_NOT_FOUND: they cannot sign in any more. */
static enum st address_of(struct app *app, struct arena *arena, int64_t account, struct str *ret,
                          struct err *err)
{
    struct person person;
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = account_person_read(app, db, arena, account, &person, err);
    store_read_end(app->store, db);
    *ret = person.email;
    return outcome;
}

/* How it ended goes into the queue, and what was sent into the audit. */
static enum st write_down(struct app *app, const struct waiting *mail, enum st sent,
                          struct err *err)
{
    struct db *db;
    enum st outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    instant_ms now = clock_now();
    if (sent == ST_OK) {
        struct query *query = db_query(db, Q_MAIL_SENT);
        db_bind_int(query, 1, mail->id);
        db_bind_int(query, 2, now);
        outcome = db_run(query, err);
        if (outcome == ST_OK)
            outcome = access_note(app, db, 0, AUDIT_OPERATION, "mail sent", "account",
                                  mail->account, "ok", err);
    } else {
        int64_t minutes = 1;
        for (int64_t i = 0; i < mail->attempts && minutes < LONGEST_MINUTES; i++) minutes *= 2;
        bool gives_up =
            sent == ST_INVALID || sent == ST_NOT_FOUND || mail->attempts + 1 >= ATTEMPTS_MAX;
        struct query *query = db_query(db, Q_MAIL_LATER);
        db_bind_int(query, 1, mail->id);
        db_bind_int(query, 2, now + minutes * MINUTE_MS);
        db_bind_int(query, 3, gives_up ? now : 0);
        outcome = db_run(query, err);
    }
    return store_write_end(app->store, db, outcome, err);
}

static enum st send_one(struct app *app, struct arena *arena, const struct mail_server *server,
                        const struct waiting *mail, struct err *err)
{
    const struct meeting_term *term = area_meeting_find(app->area, MEETING_MAIL, mail->kind);
    struct mail_message message = {
        .at = clock_now(),
        .id = str_fmt(arena, "%lld.%lld", (long long)mail->id, (long long)clock_now())};
    if (!term)
        return err_set(err, ST_INVALID, "The area pack has no words for this mail any more.");
    enum st outcome = address_of(app, arena, mail->account, &message.to, err);
    if (outcome != ST_OK) return outcome;
    message.subject = term->subject;
    message.body = app->origin ? str_fmt(arena, "%.*s\n\n%s\n", STR_ARG(term->words), app->origin)
                               : str_fmt(arena, "%.*s\n", STR_ARG(term->words));
    return mail_send(arena, server, &message, err);
}

/* Sends what waits and is due by now; `all`: also what would be tried later. */
static enum st mail_send_waiting(struct app *app, const struct mail_server *server, bool all,
                                 size_t *ret_sent, struct err *err)
{
    struct waiting list[AT_ONCE];
    size_t count = 0;
    struct arena arena;
    arena_init(&arena, 16 << 20);
    *ret_sent = 0;
    enum st outcome = read_waiting(app, &arena, all, list, &count, err);
    for (size_t i = 0; i < count && outcome == ST_OK; i++) {
        struct err said = {0};
        enum st sent = send_one(app, &arena, server, &list[i], &said);
        *ret_sent += sent == ST_OK;
        outcome = write_down(app, &list[i], sent, err);
        /* A server that cannot be reached is not asked for each of the others too. */
        if (outcome == ST_OK && (sent == ST_BUSY || sent == ST_FAILED)) {
            outcome = err_set(err, sent, "%s", said.public);
            err_detail(err, "%s", said.detail);
        }
    }
    arena_done(&arena);
    return outcome;
}

/* --- the job of a server ---------------------------------------------------------------------- */

struct mail_keeper {
    struct app *app;
    const struct mail_settings *settings;
    struct rounds rounds;
    bool looked; /* once since the start */
};

static enum st look(void *context, struct err *err)
{
    struct mail_keeper *keeper = context;
    size_t sent = 0;
    if (!store_lead(keeper->app->store)) return ST_OK;
    enum st outcome = mail_remind(keeper->app, err);
    if (outcome == ST_OK) outcome = reminders_queue(keeper->app, err);
    if (outcome == ST_OK) outcome = watch_mails(keeper->app, err);
    if (outcome == ST_OK && keeper->settings) do
            outcome = mail_send_waiting(keeper->app, &keeper->settings->server, !keeper->looked,
                                        &sent, err);
        while (outcome == ST_OK && sent == AT_ONCE && !atomic_load(&keeper->rounds.ending));
    keeper->looked = true;
    return outcome;
}

enum st mail_keeper_start(struct app *app, const struct mail_settings *settings,
                          const struct mail_keeper_options *options, struct mail_keeper **ret,
                          struct err *err)
{
    struct mail_keeper *keeper = calloc(1, sizeof *keeper);
    if (!keeper) abort();
    keeper->app = app;
    keeper->settings = settings;
    keeper->rounds = (struct rounds){.round = look,
                                     .context = keeper,
                                     .complain = options->complain,
                                     .every_ms = options->look_seconds * 1000};
    if (!rounds_start(&keeper->rounds)) {
        free(keeper);
        return err_set(err, ST_FAILED, "The job that sends mail cannot be started.");
    }
    *ret = keeper;
    return ST_OK;
}

void mail_keeper_stop(struct mail_keeper *keeper)
{
    if (!keeper) return;
    rounds_stop(&keeper->rounds);
    free(keeper);
}
