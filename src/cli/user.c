/*
 * pendeen user: the people who sign in.
 */
#include "cli/user.h"

#include "base/utf8.h"
#include "cli/options.h"
#include "cli/settings.h"
#include "cli/store_place.h"
#include "cli/work.h"
#include "domain/account.h"
#include "domain/area.h"
#include "domain/invitation.h"
#include "domain/organisation.h"

#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

static const char user_help[] =
    "Usage: pendeen user add --email EMAIL --name NAME --organisation NAME --role ROLE\n"
    "                    [--sector SECTOR] [--forum FORUM]\n"
    "       pendeen user invite --email EMAIL [--origin ADDRESS]\n"
    "                    [--name NAME --organisation NAME --role ROLE ...]\n"
    "       pendeen user password --email EMAIL\n"
    "       pendeen user disable --email EMAIL\n"
    "       pendeen user enable --email EMAIL\n"
    "       pendeen user list\n\n"
    "A password is asked for, or read as one line from standard input; it never\n"
    "stands among the words of the command. Roles: practitioner, representative,\n"
    "maru_officer, analyst, coordinator, safeguarding_lead, administrator, auditor;\n"
    "several are separated by commas. An administrator or auditor holds no other.\n"
    "'invite' makes a link with which the person chooses a password, once: for a new\n"
    "person, who is added, or for one who forgot theirs.\n\n"
    "  --data FOLDER   the data folder (default: data)\n"
    "  --area FOLDER   the area pack\n"
    "  --sector, --forum   of an organisation that is new (keys of the area\n"
    "                  pack; without them: its last sector, its first Forum)\n"
    "  --origin ADDRESS    where people find Pendeen, such as "
    "https://pendeen.example.org\n" STORE_OPTIONS_HELP;

/* What was said; empty where nothing was. */
struct user {
    struct str email;
    struct str name;
    struct str organisation;
    struct str sector;
    struct str forum;
    struct str roles;
    struct str origin;
    struct str password;
};

static enum st roles_from(struct str text, unsigned *ret, struct err *err)
{
    struct str rest = text;
    struct str part;
    *ret = 0;
    while (str_split(&rest, ',', &part)) {
        enum role role;
        if (!role_from_name(str_trim(part), &role))
            return err_set(err, ST_INVALID, "There is no role '%.*s'.", STR_ARG(part));
        *ret |= 1u << role;
    }
    return ST_OK;
}

/* What a new organisation has when nobody says: the first Forum, and the sort that stands last. */
static struct str first_forum(const struct area *area)
{
    size_t count = 0;
    const struct area_forum *forums = area ? area_forums(area, &count) : NULL;
    return count ? forums[0].id : STR("");
}

static struct str last_sector(const struct area *area)
{
    struct area_sector sectors[AREA_SECTORS_MAX];
    size_t count = area ? area_sectors(area, AREA_SECTORS_MAX, sectors) : 0;
    return count ? sectors[count - 1].id : STR("");
}

/* Held to the area pack as on the pages, with the keys there are. */
static enum st check_organisation(struct app *app, const struct organisation *organisation,
                                  struct err *err)
{
    struct form_problems problems;
    struct area_sector sectors[AREA_SECTORS_MAX];
    char known[sizeof err->hint];
    size_t count = 0;
    size_t length = 0;
    organisation_check(app, organisation, &problems);
    if (!problems.count) return ST_OK;
    bool forums = str_eq(problems.list[0].key, STR("forum"));
    bool sorts = str_eq(problems.list[0].key, STR("sector"));
    if (!forums && !sorts)
        return err_set(err, ST_INVALID, "The organisation: %.*s", STR_ARG(problems.list[0].words));
    const struct area_forum *forum = area_forums(app->area, &count);
    if (sorts) count = area_sectors(app->area, AREA_SECTORS_MAX, sectors);
    for (size_t i = 0; i < count && length < sizeof known; i++)
        length += (size_t)snprintf(known + length, sizeof known - length, "%s%.*s", i ? ", " : "",
                                   STR_ARG(sorts ? sectors[i].id : forum[i].id));
    err_set(err, ST_INVALID, "There is no %s '%.*s' in the area pack.", sorts ? "sector" : "forum",
            STR_ARG(str_sub(sorts ? organisation->sector : organisation->forum, 0, 60)));
    err_hint(err, "--%s takes one of: %s", sorts ? "sector" : "forum", known);
    return ST_INVALID;
}

/* `hash` empty: cannot sign in until a link is used. */
static enum st store_user(struct app *app, const struct user *user, struct str hash, int64_t *ret,
                          struct err *err)
{
    struct account_new account = {.email = user->email,
                                  .name = user->name,
                                  .password_hash = hash};
    const struct organisation organisation = {
        .name = user->organisation,
        .sector = user->sector.len ? user->sector : last_sector(app->area),
        .forum = user->forum.len ? user->forum : first_forum(app->area)};
    struct db *db;
    enum st outcome = roles_from(user->roles, &account.roles, err);
    if (outcome == ST_OK) outcome = check_organisation(app, &organisation, err);
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = organisation_ensure(db, organisation.name, organisation.sector, organisation.forum,
                                  &account.organisation, err);
    if (outcome == ST_OK) outcome = account_add(app, db, &account, 0, ret, err);
    return store_write_end(app->store, db, outcome, err);
}

static enum st add_user(struct app *app, const struct user *user, struct err *err)
{
    char hash[SEAL_PASSWORD_HASH_SIZE];
    int64_t id = 0;
    enum st outcome = seal_password_check(user->password, user->email, err);
    if (outcome == ST_OK) outcome = seal_password_hash(user->password, hash, err);
    return outcome == ST_OK ? store_user(app, user, str_from(hash), &id, err) : outcome;
}

static enum st invite_user(struct app *app, const struct user *user, const struct teller *teller,
                           struct err *err)
{
    int64_t id = 0;
    char token[SEAL_TOKEN_SIZE];
    enum st outcome = account_find(app, user->email, &id, err);
    if (outcome == ST_NOT_FOUND && !(user->name.len && user->organisation.len && user->roles.len)) {
        err_hint(err, "To add the person, say --name, --organisation and --role as well.");
        return outcome;
    }
    if (outcome == ST_NOT_FOUND) outcome = store_user(app, user, STR(""), &id, err);
    if (outcome == ST_OK) outcome = invitation_make(app, 0, id, token, err);
    if (outcome != ST_OK) return outcome;
    tell(teller, "%.*s/welcome/%s", STR_ARG(user->origin), token);
    return ST_OK;
}

/* As --role takes them. */
static struct str roles_words(struct arena *arena, unsigned roles)
{
    struct str words = STR("");
    for (int role = 0; role < ROLE_COUNT; role++)
        if (roles >> role & 1)
            words = str_fmt(arena, "%.*s%s%s", STR_ARG(words), words.len ? "," : "",
                            role_name((enum role)role));
    return words;
}

/* As wide as it prints: letters, not bytes. */
static struct str column(struct arena *arena, struct str text, size_t width)
{
    size_t letters = utf8_count(text);
    return str_fmt(arena, "%.*s%*s", STR_ARG(text), (int)(letters < width ? width - letters : 0),
                   "");
}

static enum st list_users(struct app *app, const struct teller *teller, struct err *err)
{
    enum { MAXIMUM = 10000 };
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct account_line *list = NULL;
    size_t count = 0;
    enum st outcome = account_list(app, &arena, MAXIMUM, &list, &count, err);
    for (size_t i = 0; i < count; i++) {
        struct str roles = roles_words(&arena, list[i].roles);
        tell(teller, "%.*s %.*s %.*s %.*s%s", STR_ARG(column(&arena, list[i].email, 36)),
             STR_ARG(column(&arena, list[i].name, 24)),
             STR_ARG(column(&arena, list[i].organisation_name, 28)), STR_ARG(roles),
             list[i].disabled ? " (disabled)" : !list[i].has_password ? " (invited)" : "");
    }
    arena_done(&arena);
    return outcome;
}

enum st user_work(struct app *app, const struct words *words, const struct teller *teller,
                  struct err *err)
{
    enum { WORDS = 10 };
    if (words->count != WORDS)
        return err_set(err, ST_INVALID, "Say what to do and with whom; see 'pendeen user --help'.");
    const struct str *word = words->word;
    struct str what = word[1];
    const struct user user = {word[2], word[3], word[4], word[5],
                              word[6], word[7], word[8], word[9]};
    if (str_eq(what, STR("add"))) return add_user(app, &user, err);
    if (str_eq(what, STR("invite"))) return invite_user(app, &user, teller, err);
    if (str_eq(what, STR("list"))) return list_users(app, teller, err);
    int64_t id = 0;
    enum st outcome = account_find(app, user.email, &id, err);
    if (outcome != ST_OK) return outcome;
    if (str_eq(what, STR("password")))
        return account_set_password(app, 0, id, NULL, user.password, err);
    return account_set_disabled(app, 0, id, str_eq(what, STR("disable")), err);
}

/* Is everything said that this work needs? */
static bool complete(struct str what, const char *email, const char *name, const char *organisation,
                     const char *roles)
{
    if (str_eq(what, STR("list"))) return true;
    if (str_eq(what, STR("add"))) return email && name && organisation && roles;
    return email && (str_eq(what, STR("password")) || str_eq(what, STR("invite")) ||
                     str_eq(what, STR("disable")) || str_eq(what, STR("enable")));
}

static struct str said(const char *text)
{
    return str_from(text ? text : "");
}

int cli_user(int argc, char **argv)
{
    const char *data = "data";
    const char *area = NULL;
    const char *email = NULL;
    const char *name = NULL;
    const char *organisation = NULL;
    const char *sector = NULL;
    const char *forum = NULL;
    const char *roles = NULL;
    const char *origin = NULL;
    const struct option options[] = {
        STORE_OPTIONS,
        {"data", &data, NULL},     {"area", &area, NULL},
        {"email", &email, NULL},   {"name", &name, NULL},
        {"organisation", &organisation, NULL}, {"sector", &sector, NULL},
        {"forum", &forum, NULL},   {"role", &roles, NULL},
        {"origin", &origin, NULL}};
    struct plain plain;
    int outcome = options_read(argc, argv, user_help, options, 9 + STORE_OPTIONS_COUNT, &plain);
    if (outcome != CLI_OK) return outcome < 0 ? CLI_OK : outcome;
    struct str what = plain.count == 1 ? str_from(plain.word[0]) : STR("");
    if (!complete(what, email, name, organisation, roles)) {
        cli_error("say what to do and with whom; see 'pendeen user --help'");
        return CLI_USAGE;
    }
    if (origin && settings_origin_wrong(str_from(origin))) {
        cli_error("--origin: %s, not '%.60s'", settings_origin_wrong(str_from(origin)), origin);
        return CLI_USAGE;
    }
    char password[SEAL_PASSWORD_MAX + 2] = "";
    bool asks = str_eq(what, STR("add")) || str_eq(what, STR("password"));
    if (asks && !ask_secret("Password", password, sizeof password)) {
        cli_error("no password was given");
        return CLI_USAGE;
    }
    /* The first administrator is there before the first server. */
    store_place.makes = str_eq(what, STR("add")) || str_eq(what, STR("invite"));
    bool is_new = store_place.makes && access(data, F_OK) != 0;
    struct err err = {0};
    const struct words words = {{STR("user"), what, said(email), said(name), said(organisation),
                                 said(sector), said(forum), said(roles), said(origin),
                                 said(password)},
                                10};
    enum st result = work_do(data, area, &words, user_work, &err);
    sodium_memzero(password, sizeof password);
    if (is_new && access(data, F_OK) == 0)
        fprintf(stderr, "A new data folder was made: %s\n", data);
    /* the link stands alone on standard output */
    if (result == ST_OK && str_eq(what, STR("invite")))
        fprintf(stderr, "The link works once, for %d days. Hand it to %s and to nobody else.\n",
                INVITATION_DAYS, email);
    return cli_outcome(result, &err);
}
