/*
 * pendeen identity: whose account at an organisation's own provider is whose here.
 */
#include "cli/identity.h"

#include "cli/options.h"
#include "cli/store_place.h"
#include "cli/work.h"
#include "domain/oidc.h"

#include <stdio.h>

static const char identity_help[] =
    "Usage: pendeen identity list\n"
    "       pendeen identity link --email EMAIL --provider ID --subject SUBJECT\n"
    "       pendeen identity unlink --email EMAIL --provider ID\n\n"
    "A person who signs in by a provider of oidc.txt for the first time is found by the\n"
    "email address that the provider has verified, and linked. 'link' does that by hand,\n"
    "with the provider's own name for the person (its 'sub'). 'unlink' takes a link away\n"
    "and ends the person's sessions: when somebody got a new account at the provider.\n\n"
    "  --data FOLDER   the data folder (default: data)\n"
    "  --area FOLDER   the area pack\n" STORE_OPTIONS_HELP;

struct identity {
    const char *data;
    const char *area;
    const char *email;
    const char *provider;
    const char *subject;
};

static enum st list(struct app *app, const struct teller *teller, struct err *err)
{
    enum { MAXIMUM = 10000 };
    struct arena arena;
    arena_init(&arena, 16 << 20);
    struct oidc_identity *lines = NULL;
    size_t count = 0;
    enum st outcome = oidc_identities(app, &arena, MAXIMUM, &lines, &count, err);
    for (size_t i = 0; outcome == ST_OK && i < count; i++) {
        struct str used = lines[i].used_at ? clock_words(&arena, lines[i].used_at) : STR("never");
        struct str provider = lines[i].provider.len ? lines[i].provider : STR("(not in oidc.txt)");
        teller->say(teller->context,
                    str_fmt(&arena, "%-36.*s %-20.*s last used: %.*s", STR_ARG(lines[i].email),
                            STR_ARG(provider), STR_ARG(used)));
    }
    arena_done(&arena);
    return outcome;
}

enum st identity_work(struct app *app, const struct words *words, const struct teller *teller,
                      struct err *err)
{
    const struct str *word = words->word;
    if (words->count == 2 && str_eq(word[1], STR("list"))) return list(app, teller, err);
    if (words->count == 4 && str_eq(word[1], STR("unlink")))
        return oidc_unlink(app, word[2], word[3], err);
    if (words->count == 5 && str_eq(word[1], STR("link")))
        return oidc_link(app, word[2], word[3], word[4], err);
    return err_set(err, ST_INVALID, "Say what to do and with whom; see 'pendeen identity --help'.");
}

/* Without a server: the providers are opened for this one work. */
static enum st work_here(struct app *app, const struct words *words, const struct teller *teller,
                         struct err *err)
{
    enum st outcome = oidc_open(store_folder(app->store), &app->oidc, err);
    if (outcome == ST_OK) outcome = identity_work(app, words, teller, err);
    oidc_close(app->oidc);
    app->oidc = NULL;
    return outcome;
}

/* False when something is missing. */
static bool read_words(const struct identity *identity, struct str what, struct words *ret)
{
    *ret = (struct words){.word = {STR("identity"), what}, .count = 2};
    if (str_eq(what, STR("list"))) return true;
    bool links = str_eq(what, STR("link"));
    if (!identity->email || !identity->provider || (links && !identity->subject)) return false;
    ret->word[ret->count++] = str_from(identity->email);
    ret->word[ret->count++] = str_from(identity->provider);
    if (links) ret->word[ret->count++] = str_from(identity->subject);
    return links || str_eq(what, STR("unlink"));
}

int cli_identity(int argc, char **argv)
{
    struct identity identity = {.data = "data"};
    const struct option options[] = {{"data", &identity.data, NULL},
                                     {"area", &identity.area, NULL},
                                     {"email", &identity.email, NULL},
                                     {"provider", &identity.provider, NULL},
                                     {"subject", &identity.subject, NULL},
                                     STORE_OPTIONS};
    struct plain plain;
    int outcome = options_read(argc, argv, identity_help, options, 5 + STORE_OPTIONS_COUNT, &plain);
    if (outcome != CLI_OK) return outcome < 0 ? CLI_OK : outcome;
    struct str what = plain.count == 1 ? str_from(plain.word[0]) : STR("");
    struct words words;
    if (!read_words(&identity, what, &words)) {
        cli_error("say what to do and with whom; see 'pendeen identity --help'");
        return CLI_USAGE;
    }
    struct err err = {0};
    return cli_outcome(work_do(identity.data, identity.area, &words, work_here, &err), &err);
}
