/*
 * pendeen doctor: is it in order, and what is to be done.
 */
#include "cli/doctor.h"

#include "cli/settings.h"
#include "cli/store_place.h"
#include "cli/work.h"
#include "domain/area.h"
#include "domain/audit_check.h"
#include "domain/backup.h"
#include "domain/calendar.h"
#include "domain/contact.h"
#include "domain/destroy.h"
#include "domain/mail_keeper.h"
#include "domain/oidc.h"
#include "domain/webhook.h"
#include "link/link.h"
#include "seal/keyring.h"
#include "web/paper.h"
#include "web/tiles.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

static const char help[] =
    "Usage: pendeen doctor [options of 'pendeen serve']\n\n"
    "Looks over configuration, permissions, keys, clock, space, backups, the log, the\n"
    "index, the numbers to call and the list of bank holidays, also while a server is\n"
    "running, and says what to do. Each line begins with ok, look (soon) or bad (now).\n"
    "The exit code is 1 when something is bad.\n\n"
    "  --config FILE     the configuration file (default: " SETTINGS_FILE ", when it is there)\n"
    "  --data FOLDER     the data folder\n";

enum {
    DAY_MS = 86400000,
    HOLIDAYS_DAYS = 90,
    SPACE_LOOK_MB = 5000,
    SPACE_BAD_MB = 500,
    CLOCK_YEAR = 2026, /* when this was written */
};

enum verdict_of { OK, LOOK, BAD };
static const char *const verdicts[] = {"ok   ", "look ", "bad  "};

struct doctor {
    const struct teller *teller;
    int bad;
};

__attribute__((format(printf, 4, 5))) static void
say(struct doctor *doctor, enum verdict_of verdict, const char *todo, const char *format, ...)
{
    char words[400];
    va_list list;
    va_start(list, format);
    vsnprintf(words, sizeof words, format, list);
    va_end(list);
    doctor->bad += verdict == BAD;
    tell(doctor->teller, "%s %s", verdicts[verdict], words);
    if (verdict != OK) tell(doctor->teller, "      -> %s", todo);
}

/* --- inside the store ----------------------------------------------------------------------- */

static enum st count_of(struct app *app, enum query_id query, int64_t *ret, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = db_one(db_query(db, query), ret, err);
    store_read_end(app->store, db);
    return outcome;
}

static enum st look_at_index(struct app *app, struct doctor *doctor, struct err *err)
{
    int64_t stored = 0;
    enum st outcome = count_of(app, Q_DOCTOR_MENTIONS, &stored, err);
    if (outcome != ST_OK) return outcome;
    int64_t held = (int64_t)link_index_count(app->index);
    if (held == stored)
        say(doctor, OK, "", "index: it holds all %lld mentions of the store", (long long)stored);
    else
        say(doctor, BAD,
            "Start the server again: the index is built anew. If it stays, tell the maintainers.",
            "index: it holds %lld mentions, the store %lld", (long long)held, (long long)stored);
    return ST_OK;
}

static enum st look_at_log(struct app *app, struct doctor *doctor, struct err *err)
{
    struct audit_report report;
    struct audit_check check = {.keys = app->keys};
    int64_t newest = 0;
    enum st outcome = audit_check_store(app->store, &check, &report, err);
    if (outcome == ST_OK) outcome = count_of(app, Q_DOCTOR_NEWEST_LINE, &newest, err);
    if (outcome != ST_OK) return outcome;
    if (report.found)
        say(doctor, BAD,
            "Stop, copy the data folder away, and run 'pendeen audit verify' with the last "
            "checkpoint that you kept elsewhere.",
            "log: %zu things are wrong; the first: %.200s", report.found, report.finding[0].words);
    else
        say(doctor, OK, "", "log: %llu lines hold to %zu signed checkpoints",
            (unsigned long long)report.size, report.checkpoints);
    if (newest > clock_now() + 60000)
        say(doctor, BAD, "Set the clock right (timedatectl) before anybody works.",
            "clock: the newest line of the log is later than now: the clock was set back");
    return ST_OK;
}

static enum st look_at_numbers(struct app *app, struct doctor *doctor, struct arena *arena,
                               struct err *err)
{
    struct contact *list = NULL;
    size_t count = 0;
    size_t stale = 0;
    enum st outcome = contact_list(app, arena, &list, &count, err);
    if (outcome != ST_OK) return outcome;
    for (size_t i = 0; i < count; i++) stale += !contact_is_fresh(&list[i], clock_now());
    if (stale)
        say(doctor, LOOK,
            "Dial them and say so on the page 'Numbers': a wrong number is worse than none.",
            "numbers: %zu of %zu were not dialled in the last six months", stale, count);
    else
        say(doctor, OK, "", "numbers: all %zu were dialled in the last six months", count);
    if (calendar_runs_out(area_calendar(app->area), clock_now(), 0))
        say(doctor, BAD,
            "Add the next years to the area pack's holidays file: clocks count working days.",
            "holidays: the list of bank holidays has run out");
    else if (calendar_runs_out(area_calendar(app->area), clock_now(), HOLIDAYS_DAYS))
        say(doctor, LOOK, "Add the next years to the area pack's holidays file.",
            "holidays: the list of bank holidays runs out within %d days", HOLIDAYS_DAYS);
    else
        say(doctor, OK, "", "holidays: the list of bank holidays goes on");
    return ST_OK;
}

/* Of people who live here: a name that prints as boxes is nobody's. */
static void look_at_letters(struct doctor *doctor)
{
    static const struct {
        const char *script;
        const char *letters;
    } scripts[] = {{"Cyrillic", "Іван"}, {"Arabic", "محمد"}, {"Chinese", "王小明"},
                   {"Bengali", "রহিম"},  {"Urdu", "علی"},    {"Gurmukhi", "ਸਿੰਘ"},
                   {"Tamil", "முருகன்"},  {"Ethiopic", "ሰላም"}};
    char lacking[200] = "";
    size_t length = 0;
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++)
        if (!paper_has(str_from(scripts[i].letters)) && length < sizeof lacking - 20)
            length += (size_t)snprintf(lacking + length, sizeof lacking - length, "%s%s",
                                       length ? ", " : "", scripts[i].script);
    if (length)
        say(doctor, LOOK, "Install the packages fonts-noto-core and fonts-droid-fallback.",
            "letters: names in these scripts print as empty boxes: %s", lacking);
    else
        say(doctor, OK, "", "letters: names of eight scripts can be printed");
}

static enum st look_at_webhooks(struct app *app, struct doctor *doctor, struct arena *arena,
                                struct err *err)
{
    struct webhook *list = NULL;
    size_t count = 0;
    size_t failing = 0;
    enum st outcome = webhook_list(app, arena, &list, &count, err);
    if (outcome != ST_OK) return outcome;
    for (size_t i = 0; i < count; i++) failing += list[i].failed_at > list[i].delivered_at;
    if (failing)
        say(doctor, LOOK, "Look at the page 'Webhooks': what their last answer was.",
            "webhooks: %zu of %zu were not reached the last time", failing, count);
    else
        say(doctor, OK, "", "webhooks: %zu, none failing", count);
    return ST_OK;
}

static enum st look_at_destroyed(struct app *app, struct doctor *doctor, struct err *err)
{
    bool waits = false;
    enum st outcome = destroyed_waits(app, &waits, err);
    if (outcome != ST_OK) return outcome;
    if (waits)
        say(doctor, LOOK,
            "A running server tries again every ten seconds: end what has been reading for long.",
            "destroyed: what was destroyed is not wiped out of the database's files yet");
    else
        say(doctor, OK, "", "destroyed: nothing of it is left in the database's files");
    return ST_OK;
}

static const char something_bad[] =
    "Something has to be done now: see the lines that begin with 'bad'.";

/* What could not be looked at is no reason not to look at the rest. */
static void note(struct doctor *doctor, const char *what, enum st outcome, const struct err *why)
{
    const char *hint = why->hint;
    if (outcome == ST_OK) return;
    if (!*hint)
        hint = outcome == ST_DENIED
                   ? "Give its passphrase by --passphrase-file, or ask while it serves."
                   : "Look into the journal of the server, and tell the maintainers.";
    say(doctor, BAD, hint, "%s: %s%s%.150s%s", what,
        why->public[0] ? why->public : st_word(outcome), why->detail[0] ? " (" : "", why->detail,
        why->detail[0] ? ")" : "");
}

enum st doctor_work(struct app *app, const struct words *words, const struct teller *teller,
                    struct err *err)
{
    (void)words;
    struct doctor doctor = {.teller = teller};
    struct arena arena;
    arena_init(&arena, 256 << 20);
    struct err why = {0};
    note(&doctor, "index", look_at_index(app, &doctor, &why), &why);
    note(&doctor, "log", look_at_log(app, &doctor, &why), &why);
    note(&doctor, "destroyed", look_at_destroyed(app, &doctor, &why), &why);
    note(&doctor, "numbers", look_at_numbers(app, &doctor, &arena, &why), &why);
    note(&doctor, "webhooks", look_at_webhooks(app, &doctor, &arena, &why), &why);
    look_at_letters(&doctor);
    arena_done(&arena);
    return doctor.bad ? err_set(err, ST_CONFLICT, "%s", something_bad) : ST_OK;
}

/* --- outside --------------------------------------------------------------------------------- */

static void print_line(void *context, struct str line)
{
    (void)context;
    printf("%.*s\n", STR_ARG(line));
}

static void look_at_folder(struct doctor *doctor, const char *data)
{
    struct stat found;
    struct statvfs space;
    if (stat(data, &found) != 0 || !S_ISDIR(found.st_mode)) {
        say(doctor, BAD,
            "Say where it is by --data, or make one by 'pendeen serve' or a restored backup.",
            "data: there is no folder '%s'", data);
        return;
    }
    if (found.st_mode & 077)
        say(doctor, BAD, "Close it: chmod 700.", "data: others can look into '%s' (mode %o)", data,
            (unsigned)found.st_mode & 07777);
    else
        say(doctor, OK, "", "data: '%s' is its owner's alone", data);
    if (statvfs(data, &space) != 0) return;
    uint64_t free_mb = (uint64_t)space.f_bavail * space.f_frsize >> 20;
    enum verdict_of verdict = free_mb < SPACE_BAD_MB ? BAD : free_mb < SPACE_LOOK_MB ? LOOK : OK;
    say(doctor, verdict, "Make room on that disk, or carry the data folder to a larger one.",
        "space: %llu MB are free", (unsigned long long)free_mb);
}

static void look_at_keys(struct doctor *doctor, const char *data)
{
    char path[PLACE_SIZE];
    struct stat found;
    struct keyring *ring = NULL;
    struct err why = {0};
    char passphrase[PASSPHRASE_SIZE];
    store_place_keys(data, path);
    bool is_there = stat(path, &found) == 0;
    bool closed = is_there && !(found.st_mode & 077);
    enum st opened = closed ? store_place_passphrase(data, true, passphrase, &why) : ST_OK;
    if (closed && opened == ST_OK)
        opened = keyring_open(path, str_from(passphrase), false, &ring, &why);
    /* Whoever has no passphrase to give leaves it to the server, which has the ring open. */
    bool locked = opened == ST_DENIED && !passphrase[0];
    explicit_bzero(passphrase, sizeof passphrase);
    keyring_free(ring);
    if (!is_there)
        say(doctor, BAD,
            "Put it back from where you keep it apart ('pendeen keys recover'): without it nothing "
            "can be read.",
            "keys: there is no key ring at '%s'", path);
    else if (opened != ST_OK && !locked)
        note(doctor, "keys", opened, &why);
    else if (!closed)
        say(doctor, BAD,
            "Close it: chmod 600, and turn the keys over ('pendeen keys rotate') if others may "
            "have read it.",
            "keys: others can read '%s' (mode %o)", path, (unsigned)found.st_mode & 07777);
    else
        say(doctor, OK, "", "keys: the key ring is its owner's alone%s",
            locked ? ", behind a passphrase" : "");
}

static void look_at_clock(struct doctor *doctor)
{
    struct timex state = {0};
    if (clock_london(clock_now()).date.year < CLOCK_YEAR)
        say(doctor, BAD, "Set the clock right (timedatectl).", "clock: it is years behind");
    else if (adjtimex(&state) < 0 || (state.status & STA_UNSYNC))
        say(doctor, LOOK,
            "Let it be kept right: timedatectl set-ntp true. Clocks of referrals go by it.",
            "clock: nothing keeps it right, as far as the kernel knows");
    else
        say(doctor, OK, "", "clock: it is kept right");
}

/* The newest backup: one has its name only once it was read over from the disk. */
static void look_at_backups(struct doctor *doctor, const char *data, const char *folder,
                            struct str days_setting)
{
    static instant_ms made[BACKUPS_MAX];
    char own[PLACE_SIZE];
    size_t count = 0;
    int64_t most = 0;
    if (store_place.database) {
        say(doctor, OK, "",
            "backups: PostgreSQL's own are not looked at; 'pgbackrest info' says how old they are");
        return;
    }
    if (!folder) {
        snprintf(own, sizeof own, "%s/backups", data);
        folder = own;
    }
    if (backup_list(folder, ".backup", made, &count, NULL) != ST_OK || !count) {
        say(doctor, LOOK, "Let 'pendeen backup' run each night, and rehearse a restore.",
            "backups: there is none in '%s'", folder);
        return;
    }
    size_t ahead = backup_ahead(made, count);
    if (ahead)
        say(doctor, BAD, "Set the clock right, look which of them are good, and move them away.",
            "backups: %zu in '%s' are named after a time that is yet to come", ahead, folder);
    if (ahead == count) return;
    (void)str_to_int(days_setting, &most);
    int64_t days = (clock_now() - made[ahead]) / DAY_MS;
    enum verdict_of verdict = days > 3 * most ? BAD : days > most ? LOOK : OK;
    say(doctor, verdict, "Look why 'pendeen backup' does not run (systemctl list-timers).",
        "backups: the newest that was verified is %lld days old (backup-days = %lld)",
        (long long)days, (long long)most);
}

/* What a server reads when it starts, and does not start by when it is broken. */
static void look_at_files(struct doctor *doctor, const struct settings *settings)
{
    const char *data = settings->value[SETTING_DATA];
    struct mail_settings *mail = NULL;
    struct oidc *oidc = NULL;
    struct err why = {0};
    note(doctor, "configuration", settings_check(settings, &why), &why);
    note(doctor, "mail", mail_settings_open(data, &mail, &why), &why);
    mail_settings_close(mail);
    note(doctor, "sign-ins by providers", oidc_open(data, &oidc, &why), &why);
    oidc_close(oidc);
}

/* Each browser asks it by itself: nothing is tried from here. */
static void look_at_tiles(struct doctor *doctor, const char *tiles)
{
    if (!tiles)
        say(doctor, OK, "",
            "map: the base map that comes with the area, and nobody is asked for tiles");
    else if (tiles_wrong(str_from(tiles)))
        say(doctor, BAD, "Mend map-tiles, or leave it out.", "map: %s",
            tiles_wrong(str_from(tiles)));
    else
        say(doctor, OK, "", "map: tiles of %.*s, which learns where people look",
            STR_ARG(tiles_host(str_from(tiles))));
}

int cli_doctor(int argc, char **argv)
{
    struct settings settings = {0};
    struct option options[SETTINGS + 1];
    struct plain plain;
    struct err err = {0};
    struct teller teller = {.say = print_line};
    struct doctor doctor = {.teller = &teller};
    int read =
        options_read(argc, argv, help, options, settings_options(&settings, options), &plain);
    if (read != CLI_OK) return read < 0 ? CLI_OK : read;
    if (plain.count > 0) {
        cli_error("'%s' was not expected; see 'pendeen doctor --help'", plain.word[0]);
        return CLI_USAGE;
    }
    if (settings_complete(&settings, &err) != ST_OK) {
        say(&doctor, BAD, err.hint, "configuration: %s", err.public);
        settings_done(&settings);
        return CLI_FAILED;
    }
    say(&doctor, OK, "", "configuration: %s",
        settings.read ? settings.read : "no file, so defaults and options");
    store_place.database = settings.value[SETTING_STORE];
    store_place.keys = settings.value[SETTING_KEYS];
    store_place.passphrase_file = settings.value[SETTING_PASSPHRASE_FILE];
    const char *data = settings.value[SETTING_DATA];
    look_at_files(&doctor, &settings);
    look_at_tiles(&doctor, settings.value[SETTING_MAP_TILES]);
    look_at_folder(&doctor, data);
    look_at_keys(&doctor, data);
    look_at_clock(&doctor);
    look_at_backups(&doctor, data, settings.value[SETTING_BACKUPS],
                    str_from(settings.value[SETTING_BACKUP_DAYS]));
    fflush(stdout);
    struct words words = {.count = 1, .word = {STR("doctor")}};
    enum st outcome = access(data, F_OK) == 0
                          ? work_do(data, settings.value[SETTING_AREA], &words, doctor_work, &err)
                          : ST_OK;
    if (outcome != ST_OK && strcmp(err.public, something_bad) != 0)
        note(&doctor, "records", outcome, &err);
    if (outcome != ST_OK || doctor.bad) cli_error("%s", something_bad);
    settings_done(&settings);
    return outcome == ST_OK && !doctor.bad ? CLI_OK : CLI_FAILED;
}
