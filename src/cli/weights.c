/*
 * pendeen weights: what the engine weighs by, and since when.
 */
#include "cli/weights.h"

#include "cli/options.h"
#include "cli/store_place.h"
#include "cli/work.h"
#include "domain/weighing.h"

static const char weights_help[] =
    "Usage: pendeen weights [options] [show|list|learn]\n\n"
    "Says by which weights mentions are linked, in bits, and since when. Each level of\n"
    "a comparison has one; rarity and the prior stand beside them in the waterfall of a\n"
    "pair. They are learnt from the store while it is served, when it has grown by half\n"
    "and once a day, and every version is kept.\n\n"
    "  show              the weights in force, beside the defaults (this is the default)\n"
    "  list              every version: since when, and learnt from how many mentions\n"
    "  learn             learn now\n\n"
    "  --version NUMBER  show that version (0: the defaults)\n"
    "  --data FOLDER     the data folder (default: data)\n" STORE_OPTIONS_HELP;

static void say_head(const struct teller *teller, const struct weighing *weighing)
{
    if (weighing->weights.version == 0) {
        tell(teller, "Version 0: the weights that Pendeen comes with.");
        return;
    }
    struct civil since = clock_london(weighing->since);
    tell(teller, "Version %lld, since %04d-%02d-%02d %02d:%02d, learnt from %lld mentions%s.",
        (long long)weighing->weights.version, since.date.year, since.date.month, since.date.day,
        since.hour, since.minute, (long long)weighing->weights.mentions,
        weighing->weights.decided ? " and people's verdicts" : "");
}

static void say_all(const struct teller *teller, const struct weighing *weighing)
{
    static const char *const kinds[LINK_KINDS] = {"person", "vehicle", "phone", "account", "place"};
    const struct link_weights *weights = &weighing->weights;
    int group = -1;
    say_head(teller, weighing);
    for (int i = 0; i < LINK_WEIGHTS; i++) {
        const struct link_weight_about *about = &link_weight_about[i];
        if (about->sort == WEIGHT_FIXED) continue;
        if ((int)about->group != group) {
            group = (int)about->group;
            tell(teller, "%s", "");
            tell(teller, "%s (%s)%*s", link_weight_group_about[group].label,
                kinds[link_weight_group_about[group].kind], 1, "");
        }
        tell(teller, "  %-28s %+7.2f bits, by default %+6.2f%s", about->label, weights->bits[i],
            about->bits, about->sort == WEIGHT_VALUE ? ", and rarity" : "");
    }
    tell(teller, "%s", "");
    for (int i = 0; i < LINK_KINDS; i++)
        tell(teller, "A %s is taken to be the same as %.1f others.", kinds[i],
             weights->same_each[i]);
    if (weights->decided)
        tell(teller, "Probabilities are mended by %lld verdicts: bits count %.2f times, and %+.2f.",
            (long long)weights->decided, weights->slope, weights->offset);
}

static enum st show(struct app *app, struct str which, const struct teller *teller, struct err *err)
{
    struct link_weights now;
    struct weighing weighing;
    link_index_weights(app->index, &now);
    int64_t version = now.version;
    if (which.len && (!str_to_int(which, &version) || version < 0))
        return err_set(err, ST_INVALID, "A version is a number, not '%.*s'.",
                       STR_ARG(str_sub(which, 0, 40)));
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    enum st outcome = weighing_read(db, version, &weighing, err);
    store_read_end(app->store, db);
    if (outcome == ST_OK) say_all(teller, &weighing);
    return outcome;
}

static enum st list(struct app *app, const struct teller *teller, struct err *err)
{
    struct db *db = store_read_begin(app->store, err);
    if (!db) return ST_FAILED;
    int64_t newest = 0;
    enum st outcome = weighing_newest(db, &newest, err);
    for (int64_t version = newest; version >= 0 && outcome == ST_OK; version--) {
        struct weighing weighing;
        outcome = weighing_read(db, version, &weighing, err);
        if (outcome == ST_OK) say_head(teller, &weighing);
    }
    store_read_end(app->store, db);
    return outcome;
}

enum st weights_work(struct app *app, const struct words *words, const struct teller *teller,
                     struct err *err)
{
    struct str what = words->count > 1 ? words->word[1] : STR("");
    if (str_eq(what, STR("list"))) return list(app, teller, err);
    if (str_eq(what, STR("show")))
        return show(app, words->count > 2 ? words->word[2] : STR(""), teller, err);
    if (!str_eq(what, STR("learn")))
        return err_set(err, ST_INVALID, "Weights can be shown, listed or learnt.");
    bool changed = false;
    enum st outcome = weighing_learn(app, NULL, &changed, err);
    if (outcome != ST_OK) return outcome;
    if (!changed) tell(teller, "%s", "Nothing has moved: the weights in force stay.");
    return show(app, STR(""), teller, err);
}

int cli_weights(int argc, char **argv)
{
    const char *data = "data";
    const char *version = "";
    const struct option options[] = {
        {"data", &data, NULL}, {"version", &version, NULL}, STORE_OPTIONS};
    struct plain plain;
    int read = options_read(argc, argv, weights_help, options, 2 + STORE_OPTIONS_COUNT, &plain);
    if (read != CLI_OK) return read < 0 ? CLI_OK : read;
    struct str what = str_from(plain.count ? plain.word[0] : "show");
    int64_t number = 0;
    bool known =
        str_eq(what, STR("show")) || str_eq(what, STR("list")) || str_eq(what, STR("learn"));
    if (plain.count > 1 || !known) {
        cli_error("'%s' was not expected; see 'pendeen weights --help'",
                  plain.word[plain.count - 1]);
        return CLI_USAGE;
    }
    if (*version && option_number("version", version, 0, INT64_MAX, &number) != CLI_OK)
        return CLI_USAGE;
    struct words words = {.count = 3, .word = {STR("weights"), what, str_from(version)}};
    struct err err = {0};
    return cli_outcome(work_do(data, NULL, &words, weights_work, &err), &err);
}
