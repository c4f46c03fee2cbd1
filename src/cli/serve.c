/*
 * pendeen serve and pendeen demo: the web pages.
 */
#include "base/clock.h"
#include "base/rounds.h"
#include "cli/backup.h"
#include "cli/control.h"
#include "cli/doctor.h"
#include "cli/forum.h"
#include "cli/identity.h"
#include "cli/keys.h"
#include "cli/options.h"
#include "cli/partnership.h"
#include "cli/serve_network.h"
#include "cli/serve_sandbox.h"
#include "cli/settings.h"
#include "cli/store_place.h"
#include "cli/user.h"
#include "cli/weights.h"
#include "domain/audit_checkpoint.h"
#include "domain/demo.h"
#include "domain/destroy.h"
#include "domain/mail_keeper.h"
#include "domain/pattern.h"
#include "domain/oidc.h"
#include "domain/webhook.h"
#include "domain/weighing.h"
#include "web/front.h"
#include "web/metrics.h"
#include "web/paper.h"
#include "web/server.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define OPERATOR_HELP                                                                          \
    "  --config FILE     settings, a line 'name = value' each, by the names of these options;\n" \
    "                    an option counts before them (default: " SETTINGS_FILE ")\n"         \
    "  --log WORD        text, or json: a line of JSON for each request on standard error\n"   \
    "  --metrics-token FILE   its first line lets others than this machine read /metrics\n"    \
    "  --webhook-ports LIST   further ports that new webhooks may be at, parted by commas\n"    \
    "  --map-tiles ADDRESS    a tile server for the map, https://HOST/{z}/{x}/{y}.png: it\n"    \
    "                    learns where the people who look at the map are looking\n"          \
    "  --map-credit WORDS     whose tiles these are, as the map says it\n"

static const char serve_help[] =
    "Usage: pendeen serve [options]\n\n"
    "Serves the web pages until it is told to stop (Ctrl-C or SIGTERM).\n\n"
    "  --data FOLDER     the data folder (default: data)\n"
    "  --area FOLDER     the area pack (default: areas/cornwall, beside the program\n"
    "                    or in the place where it was installed)\n" NETWORK_HELP
    "  --origin ADDRESS  where people find it, such as https://pendeen.example.org:\n"
    "                    passkeys and links that are handed over need to know\n"
    "  --checkpoint FILE   where the newest signed checkpoint of the audit is kept, to be\n"
    "                    carried to another machine (default: audit-checkpoint in the\n"
    "                    data folder)\n"
    "  --backups FOLDER  where 'pendeen backup' may write besides the data folder\n"
    "  --backup-days N   how old the newest backup may be before doctor says so (default: 2)\n"
    "  --sandbox WORD    what the program gives up once it has started: best (what this\n"
    "                    kernel can; default), required (all, or it does not start), "
    "off\n" OPERATOR_HELP PLACE_OPTIONS_HELP;

static const char demo_help[] =
    "Usage: pendeen demo [options]\n\n"
    "As 'pendeen serve', but fills an empty data folder with a made-up partnership\n"
    "first, and prints who can sign in.\n\n"
    "  --data FOLDER     the data folder (default: data)\n"
    "  --area FOLDER     the area pack\n"
    NETWORK_HELP
    "  --checkpoint FILE   where the newest signed checkpoint of the audit is kept, to be\n"
    "                    carried to another machine (default: audit-checkpoint in the\n"
    "                    data folder)\n"
    "  --sandbox WORD    what the program gives up once it has started: best (what this\n"
    "                    kernel can; default), required (all, or it does not start), off\n"
    "  --seed NUMBER     another partnership (default: 1)\n"
    "  --reports NUMBER  how many reports (default: 2000)\n"
    "  --clock TIME      stop the clock there, to see a page at that hour of London:\n"
    "                    2026-12-24T16:50; with a Z behind it, of UTC: 2026-10-25T01:30Z is\n"
    "                    the second coming of the hour that comes twice\n";

/* How often the log of the audit is signed while it grows. */
enum { CHECKPOINT_SECONDS = 600 };
/* How often it is looked whether a webhook is to be told. */
enum { WEBHOOK_LOOK_MS = 2000 };
/* How often it is looked whether weights are to be learnt anew. */
enum { WEIGHING_SECONDS = 60 };
/* How often mail that waits is sent, and what is due looked for. */
enum { MAIL_LOOK_SECONDS = 60, PATTERN_LOOK_SECONDS = 300 };

/* The C library keeps what was freed between what is still in use, more with every hour. */
enum { MEMORY_SECONDS = 120, WIPE_SECONDS = 10 };

struct serve {
    const char *data;
    const char *area;
    struct serve_network network;
    const char *seed;
    const char *reports;
    int64_t seed_number;
    int64_t report_count;
    const char *clock;
    const char *checkpoint;
    const char *backups;
    const char *origin;
    const char *sandbox;
    enum sandbox_mode sandbox_mode;
    const char *log;
    const char *metrics_token;
    const char *webhook_ports;
    const char *map_tiles;
    const char *map_credit;
    uint16_t webhook_port[WEBHOOK_PORTS_MAX];
    size_t webhook_port_count;
    bool demo;
};

/* What commands ask a running server for. */
static const struct control_work control_work[] = {
    {"keys", keys_work}, {"identity", identity_work}, {"user", user_work}, {"forum", forum_work},
    {"weights", weights_work}, {"doctor", doctor_work}, {"backup", backup_work}, {0}};

/* Waits for Ctrl-C or SIGTERM, which were blocked before any thread began; SIGHUP reads
 * the certificate again. */
static void wait_for_signal(const sigset_t *signals, struct server *server)
{
    struct err err = {0};
    int signal_number = 0;
    while (sigwait(signals, &signal_number) != 0 || signal_number == SIGHUP)
        if (signal_number == SIGHUP && server_reload(server, &err) != ST_OK) cli_error_from(&err);
}

static void print_sign_ins(void)
{
    printf("\nEverybody here is made up. Sign in as:\n");
    for (int i = 0; i < DEMO_SIGN_INS; i++)
        printf("  %-28s %s\n", demo_sign_ins[i].label, demo_sign_ins[i].email);
    printf("  password of each:            %s\n", demo_password);
}

static void show_progress(void *context, int64_t done)
{
    cli_progress_update(context, done);
}

static enum st fill(struct app *app, const struct serve *serve, struct err *err)
{
    if (entities_are_there(app)) return ST_OK;
    struct cli_progress progress;
    cli_progress_start(&progress, "made-up reports", serve->report_count);
    struct demo_options options = {.seed = (uint64_t)serve->seed_number,
                                   .reports = (int32_t)serve->report_count,
                                   .progress = show_progress,
                                   .context = &progress};
    enum st outcome = demo_fill(app, &options, err);
    cli_progress_end(&progress);
    return outcome;
}

static void complain(const char *words)
{
    cli_error("%s", words);
}

static void say_where(const struct serve *serve, uint16_t port, const struct sandbox_state *sandbox,
                      long handles)
{
    printf("\nSandbox: %s\n", sandbox->holds[0] ? sandbox->holds : "none");
    if (sandbox->missing[0]) cli_error("the sandbox is not whole: %s", sandbox->missing);
    if (handles)
        cli_error("%ld more open files would be needed for as many connections as are allowed "
                  "(LimitNOFILE=4096)",
                  handles);
    serve_network_say(&serve->network, port);
    fflush(stdout);
}

static enum st give_memory_back(void *context, struct err *err)
{
    (void)context;
    (void)err;
    (void)malloc_trim(0);
    return ST_OK;
}

/* What was destroyed while somebody was reading, or before the program ended. */
static enum st wipe(void *context, struct err *err)
{
    struct app *app = context;
    bool wiped;
    return store_lead(app->store) ? destroyed_wipe(app, &wiped, err) : ST_OK;
}

/* From now on no file but those that were planned. */
static enum st close_files(struct serve *serve, struct partnership *partnership,
                           const struct mail_settings *mail, struct serve_sandbox *box,
                           struct sandbox_state *sandbox, struct err *err)
{
    paper_prepare();
    serve_sandbox_plan(partnership, serve->checkpoint, box);
    serve_sandbox_mail(mail_settings_server(mail), box);
    serve_network_plan(&serve->network, &box->plan);
    if (serve->backups) sandbox_may_write(&box->plan, serve->backups);
    if (serve->backups && access(serve->backups, W_OK | X_OK) != 0)
        cli_error("no backup can be written to '%s' (%s): make it this user's own, and start again",
                  serve->backups, strerror(errno));
    serve_sandbox_webhooks(&partnership->app, serve->webhook_port, serve->webhook_port_count, box);
    return sandbox_files(&box->plan, sandbox, err);
}

/* What works beside the server, in the order in which it starts. */
struct jobs {
    struct control *control;
    struct audit_keeper *audit;
    struct weighing_keeper *weighing;
    struct mail_keeper *mail;
    struct pattern_keeper *patterns;
    struct webhook_sender *webhooks;
    struct rounds tidying[2];
    size_t tidied; /* how many of them go their rounds */
};

static enum st jobs_tidy(struct jobs *jobs, struct app *app, struct err *err)
{
    jobs->tidying[0] =
        (struct rounds){.round = give_memory_back, .every_ms = MEMORY_SECONDS * 1000};
    jobs->tidying[1] = (struct rounds){
        .round = wipe, .context = app, .complain = complain, .every_ms = WIPE_SECONDS * 1000};
    for (; jobs->tidied < sizeof jobs->tidying / sizeof jobs->tidying[0]; jobs->tidied++)
        if (!rounds_start(&jobs->tidying[jobs->tidied]))
            return err_set(err, ST_FAILED, "A job that tidies up cannot start.");
    return ST_OK;
}

static enum st jobs_start(struct jobs *jobs, struct app *app, const struct serve *serve,
                          struct mail_settings *mail_settings, struct err *err)
{
    struct audit_keeper_options signing = {
        .every_seconds = CHECKPOINT_SECONDS, .file = serve->checkpoint, .complain = complain};
    struct weighing_keeper_options learning = {.look_seconds = WEIGHING_SECONDS,
                                               .complain = complain};
    struct mail_keeper_options mailing = {.look_seconds = MAIL_LOOK_SECONDS, .complain = complain};
    struct pattern_keeper_options looking = {.look_seconds = PATTERN_LOOK_SECONDS,
                                             .complain = complain};
    enum st outcome = control_start(app, control_work, &jobs->control, err);
    if (outcome == ST_OK) outcome = audit_keeper_start(app, &signing, &jobs->audit, err);
    if (outcome == ST_OK) outcome = weighing_keeper_start(app, &learning, &jobs->weighing, err);
    if (outcome == ST_OK)
        outcome = mail_keeper_start(app, mail_settings, &mailing, &jobs->mail, err);
    if (outcome == ST_OK) outcome = pattern_keeper_start(app, &looking, &jobs->patterns, err);
    if (outcome == ST_OK)
        outcome = webhook_sender_start(app, WEBHOOK_LOOK_MS, &jobs->webhooks, err);
    return outcome == ST_OK ? jobs_tidy(jobs, app, err) : outcome;
}

/* Those that began; the others are NULL. */
static void jobs_stop(struct jobs *jobs)
{
    while (jobs->tidied) rounds_stop(&jobs->tidying[--jobs->tidied]);
    control_stop(jobs->control);
    webhook_sender_stop(jobs->webhooks);
    pattern_keeper_stop(jobs->patterns);
    mail_keeper_stop(jobs->mail);
    weighing_keeper_stop(jobs->weighing);
    audit_keeper_stop(jobs->audit);
}

static void block_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, signals, NULL);
    /* A command that was ended, or a log that nobody reads any more, must not end the server.
     * Other commands keep the default: `pendeen ... | head` ends them. */
    (void)signal(SIGPIPE, SIG_IGN);
}

static int run(struct serve *serve, struct server_options options)
{
    sigset_t signals;
    block_signals(&signals);
    struct err err = {0};
    struct partnership partnership;
    struct app *app = &partnership.app;
    struct server *server = NULL;
    struct jobs jobs = {0};
    struct mail_settings *mail_settings = NULL;
    bool synthetic = false;
    struct serve_sandbox box = {.plan = {.mode = serve->sandbox_mode, .listen_port = options.port}};
    struct sandbox_state sandbox = {0};
    enum st outcome = partnership_open(&partnership, serve->data, serve->area, &err);
    if (outcome == ST_OK) outcome = oidc_open(serve->data, &app->oidc, &err);
    if (outcome == ST_OK) outcome = mail_settings_open(serve->data, &mail_settings, &err);
    if (outcome == ST_OK && serve->demo) outcome = fill(app, serve, &err);
    if (outcome == ST_OK) outcome = demo_is_synthetic(app, &synthetic, &err);
    options.synthetic = synthetic;
    app->origin = serve->origin;
    app->map_tiles = serve->map_tiles;
    app->map_credit = serve->map_credit;
    if (outcome == ST_OK)
        outcome = close_files(serve, &partnership, mail_settings, &box, &sandbox, &err);
    if (outcome == ST_OK) outcome = jobs_start(&jobs, app, serve, mail_settings, &err);
    long handles = front_handles_missing();
    if (outcome == ST_OK) outcome = server_start(app, &options, &server, &err);
    if (outcome == ST_OK) outcome = sandbox_calls(&box.plan, &sandbox, &err);
    if (outcome == ST_OK) {
        if (synthetic) print_sign_ins();
        say_where(serve, server_port(server), &sandbox, handles);
        wait_for_signal(&signals, server);
    }
    server_stop(server);
    jobs_stop(&jobs);
    mail_settings_close(mail_settings);
    oidc_close(app->oidc);
    partnership_close(&partnership);
    return cli_outcome(outcome, &err);
}

/* "2026-12-24T16:50", on the wall clock of London; "2026-12-24T16:50Z", UTC. */
static bool stop_clock(const char *text)
{
    struct str time = str_from(text);
    struct civil civil = {0};
    bool utc = str_ends(time, STR("Z"));
    if (utc) time.len--;
    int64_t hour = 0;
    int64_t minute = 0;
    if (time.len != 16 || time.ptr[10] != 'T' || time.ptr[13] != ':' ||
        !date_parse_iso(str_sub(time, 0, 10), &civil.date) ||
        !str_to_int(str_sub(time, 11, 2), &hour) || !str_to_int(str_sub(time, 14, 2), &minute) ||
        hour < 0 || hour > 23 || minute < 0 || minute > 59)
        return false;
    civil.hour = (int8_t)hour;
    civil.minute = (int8_t)minute;
    clock_stop(utc ? date_to_days(civil.date) * INT64_C(86400000) +
                         (hour * 60 + minute) * INT64_C(60000)
                   : clock_from_london(civil));
    return true;
}

/* What was said, in the places where the server looks for it. */
static void take_settings(const struct settings *settings, struct serve *serve)
{
    store_place.makes = true;
    store_place.database = settings->value[SETTING_STORE];
    store_place.keys = settings->value[SETTING_KEYS];
    store_place.passphrase_file = settings->value[SETTING_PASSPHRASE_FILE];
    serve->data = settings->value[SETTING_DATA];
    serve->area = settings->value[SETTING_AREA];
    serve->network = serve_network_of(settings);
    serve->origin = settings->value[SETTING_ORIGIN];
    serve->checkpoint = settings->value[SETTING_CHECKPOINT];
    serve->backups = settings->value[SETTING_BACKUPS];
    serve->sandbox = settings->value[SETTING_SANDBOX];
    serve->log = settings->value[SETTING_LOG];
    serve->metrics_token = settings->value[SETTING_METRICS_TOKEN];
    serve->webhook_ports = settings->value[SETTING_WEBHOOK_PORTS];
    serve->map_tiles = settings->value[SETTING_MAP_TILES];
    serve->map_credit = settings->value[SETTING_MAP_CREDIT];
}

static int check_words(const char *command, const struct plain *plain, struct serve *serve)
{
    if (plain->count > 0) {
        cli_error("'%s' was not expected; see 'pendeen %s --help'", plain->word[0], command);
        return CLI_USAGE;
    }
    if (serve->clock && !stop_clock(serve->clock)) {
        cli_error("--clock takes a time like 2026-12-24T16:50, not '%s'", serve->clock);
        return CLI_USAGE;
    }
    if (option_number("seed", serve->seed, 0, INT64_MAX, &serve->seed_number) != CLI_OK ||
        option_number("reports", serve->reports, 1, 200000, &serve->report_count) != CLI_OK)
        return CLI_USAGE;
    /* never: settings.def has the same words */
    if (!sandbox_mode_read(serve->sandbox, &serve->sandbox_mode)) return CLI_USAGE;
    if (serve->webhook_ports)
        (void)settings_ports(str_from(serve->webhook_ports), serve->webhook_port,
                             &serve->webhook_port_count);
    metrics_log_json(strcmp(serve->log, "json") == 0);
    return CLI_OK;
}

/* What the server goes by, once all of it would do: before anything is made. */
static int take_checked(const struct settings *settings, const struct serve *serve,
                        struct server_options *ret)
{
    struct err err = {0};
    char token[METRICS_LINE_MAX] = "";
    enum st outcome = serve_network_read(&serve->network, ret, &err);
    if (outcome == ST_OK && serve->metrics_token)
        outcome = settings_metrics_token(serve->metrics_token, token, &err);
    if (outcome == ST_OK && token[0]) metrics_set_token(str_from(token));
    explicit_bzero(token, sizeof token);
    if (outcome == ST_OK) return cli_outcome(settings_check(settings, &err), &err);
    cli_error_from(&err);
    return CLI_USAGE;
}

static int serve_or_demo(int argc, char **argv, bool demo)
{
    /* The C library gives each thread memory of its own, which it does not give back: with
     * this, a server holds less than half of what it held after an hour (bench/soak). */
    mallopt(M_ARENA_MAX, 4);
    struct serve serve = {.seed = "1", .reports = "2000", .demo = demo};
    struct settings settings = {.only_asked = demo};
    struct option options[SETTINGS + 4];
    struct plain plain;
    struct err err = {0};
    size_t known = settings_options(&settings, options);
    if (demo) {
        options[known++] = (struct option){"seed", &serve.seed, NULL};
        options[known++] = (struct option){"reports", &serve.reports, NULL};
        options[known++] = (struct option){"clock", &serve.clock, NULL};
    }
    int outcome = options_read(argc, argv, demo ? demo_help : serve_help, options, known, &plain);
    if (outcome != CLI_OK) return outcome < 0 ? CLI_OK : outcome;
    if (settings_complete(&settings, &err) == ST_OK) {
        struct server_options options_of_server;
        take_settings(&settings, &serve);
        outcome = check_words(argv[0], &plain, &serve);
        if (outcome == CLI_OK) outcome = take_checked(&settings, &serve, &options_of_server);
        if (outcome == CLI_OK) outcome = run(&serve, options_of_server);
    } else {
        cli_error_from(&err);
        outcome = CLI_USAGE;
    }
    settings_done(&settings);
    return outcome;
}

int cli_serve(int argc, char **argv)
{
    return serve_or_demo(argc, argv, false);
}

int cli_demo(int argc, char **argv)
{
    return serve_or_demo(argc, argv, true);
}
