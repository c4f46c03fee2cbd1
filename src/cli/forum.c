/*
 * pendeen forum: who sits in which forum, beyond that of their organisation.
 */
#include "cli/forum.h"

#include "cli/options.h"
#include "cli/store_place.h"
#include "cli/work.h"
#include "domain/account.h"
#include "domain/scope.h"

static const char forum_help[] =
    "Usage: pendeen forum join --email EMAIL --forum FORUM\n"
    "       pendeen forum leave --email EMAIL --forum FORUM\n\n"
    "An analyst or coordinator sees what organisations of their forums share. They are\n"
    "in the forum of their own organisation; this gives them a seat in another one, or\n"
    "takes it away. FORUM is a key of the area pack.\n\n"
    "  --data FOLDER   the data folder (default: data)\n"
    "  --area FOLDER   the area pack\n" STORE_OPTIONS_HELP;

enum st forum_work(struct app *app, const struct words *words, const struct teller *teller,
                   struct err *err)
{
    (void)teller;
    if (words->count != 4) return err_set(err, ST_INVALID, "Say who and which forum.");
    int64_t account = 0;
    struct db *db;
    enum st outcome = account_find(app, words->word[2], &account, err);
    if (outcome == ST_OK) outcome = store_write_begin(app->store, &db, err);
    if (outcome != ST_OK) return outcome;
    outcome = str_eq(words->word[1], STR("join"))
                  ? forum_join(app, db, 0, account, words->word[3], err)
                  : forum_leave(app, db, 0, account, words->word[3], err);
    return store_write_end(app->store, db, outcome, err);
}

int cli_forum(int argc, char **argv)
{
    const char *data = "data";
    const char *area = NULL;
    const char *email = NULL;
    const char *forum = NULL;
    const struct option options[] = {{"data", &data, NULL},
                                     {"area", &area, NULL},
                                     {"email", &email, NULL},
                                     {"forum", &forum, NULL},
                                     STORE_OPTIONS};
    struct plain plain;
    int outcome = options_read(argc, argv, forum_help, options, 4 + STORE_OPTIONS_COUNT, &plain);
    if (outcome != CLI_OK) return outcome < 0 ? CLI_OK : outcome;
    struct str what = plain.count == 1 ? str_from(plain.word[0]) : STR("");
    if (!email || !forum || !(str_eq(what, STR("join")) || str_eq(what, STR("leave")))) {
        cli_error(
            "say join or leave, who (--email) and which one (--forum); see 'pendeen forum --help'");
        return CLI_USAGE;
    }
    struct err err = {0};
    struct words words = {{STR("forum"), what, str_from(email), str_from(forum)}, 4};
    return cli_outcome(work_do(data, area, &words, forum_work, &err), &err);
}
