/*
 * pendeen forum: who sits in which forum, beyond that of their organisation.
 */
#include "cli/options.h"
#include "cli/partnership.h"
#include "domain/account.h"
#include "domain/scope.h"

static const char forum_help[] =
    "Usage: pendeen forum join --email EMAIL --forum FORUM\n"
    "       pendeen forum leave --email EMAIL --forum FORUM\n\n"
    "An analyst or coordinator sees what organisations of their forums share. They are\n"
    "in the forum of their own organisation; this gives them a seat in another one, or\n"
    "takes it away. FORUM is a key of the area pack.\n\n"
    "  --data FOLDER   the data folder (default: data)\n"
    "  --area FOLDER   the area pack\n";

static enum st change(struct app *app, struct str what, struct str email, struct str forum,
                      struct err *err)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct person person = {0};
    enum st outcome = account_person(app, &arena, email, &person, err);
    arena_done(&arena);
    struct db *db;
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = str_eq(what, STR("join")) ? forum_join(app, db, person.account, forum, err)
                                        : forum_leave(app, db, person.account, forum, err);
    return store_write_end(app->store, db, outcome, err);
}

int cli_forum(int argc, char **argv)
{
    const char *data = "data";
    const char *area = NULL;
    const char *email = NULL;
    const char *forum = NULL;
    const struct option options[] = {
        {"data", &data, NULL}, {"area", &area, NULL}, {"email", &email, NULL}, {"forum", &forum, NULL}};
    struct plain plain;
    int outcome = options_read(argc, argv, forum_help, options, 4, &plain);
    if (outcome != CLI_OK) return outcome < 0 ? CLI_OK : outcome;
    struct str what = plain.count == 1 ? str_from(plain.word[0]) : STR("");
    if (!email || !forum || !(str_eq(what, STR("join")) || str_eq(what, STR("leave")))) {
        cli_error("say join or leave, who (--email) and which one (--forum); see 'pendeen forum --help'");
        return CLI_USAGE;
    }
    struct err err = {0};
    struct partnership partnership;
    enum st result = partnership_open(&partnership, data, area, &err);
    if (result == ST_OK)
        result = change(&partnership.app, what, str_from(email), str_from(forum), &err);
    partnership_close(&partnership);
    if (result == ST_OK) return CLI_OK;
    cli_error_from(&err);
    return CLI_FAILED;
}
