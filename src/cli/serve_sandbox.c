#include "cli/serve_sandbox.h"

#include "domain/oidc.h"
#include "domain/webhook.h"
#include "net/fetch.h"
#include "net/mail.h"
#include "seal/keyring.h"

#include <stdio.h>
#include <unistd.h>

/* A file is replaced by another beside it, so its folder is what must be written in. */
static const char *folder_of(const char *path, char ret[static PLACE_SIZE])
{
    snprintf(ret, PLACE_SIZE, "%s", path);
    char *slash = strrchr(ret, '/');
    if (slash == ret) return "/";
    if (!slash) return ".";
    *slash = 0;
    return ret;
}

static void may_ask_providers(const struct app *app, struct sandbox_plan *plan)
{
    enum { HTTPS = 443 };
    struct oidc_need need[OIDC_PROVIDERS_MAX];
    size_t count = oidc_needs(app->oidc, need);
    if (!count) return;
    sandbox_may_ask_others(plan);
    sandbox_may_connect(plan, HTTPS); /* where a provider's other pages may be */
    if (fetch_proxy_port()) sandbox_may_connect(plan, fetch_proxy_port());
    for (size_t i = 0; i < count; i++) {
        if (need[i].port) sandbox_may_connect(plan, need[i].port);
        if (need[i].file) sandbox_may_read(plan, need[i].file);
    }
}

/* A server of databases is connected to again when a connection is lost. */
static void may_ask_database(const struct app *app, struct serve_sandbox *ret)
{
    struct store_peers *peers = &ret->peers;
    store_peers(app->store, peers);
    if (peers->port_count) sandbox_may_ask_others(&ret->plan);
    for (size_t i = 0; i < peers->port_count; i++) sandbox_may_connect(&ret->plan, peers->port[i]);
    if (peers->is_local) sandbox_may_connect_local(&ret->plan);
    for (size_t i = 0; i < peers->file_count; i++) sandbox_may_read(&ret->plan, peers->file[i]);
}

void serve_sandbox_plan(const struct partnership *partnership, const char *checkpoint,
                        struct serve_sandbox *ret)
{
    const struct app *app = &partnership->app;
    struct sandbox_plan *plan = &ret->plan;
    sandbox_may_write(plan, store_folder(app->store));
    sandbox_may_read(plan, "/etc/localtime");
    sandbox_may_read(plan, "/usr/share/zoneinfo");
    /* Letters of a PDF: fontconfig's list, its cache, and the fonts. */
    sandbox_may_read(plan, "/etc/fonts");
    sandbox_may_read(plan, "/usr/share/fonts");
    sandbox_may_read(plan, "/usr/local/share/fonts");
    sandbox_may_read(plan, "/usr/share/fontconfig");
    sandbox_may_read(plan, "/var/cache/fontconfig");
    /* A ring that is a credential stands in a folder that nobody writes. */
    const char *keys = folder_of(keyring_path(app->keys), ret->keys);
    if (access(keys, W_OK) == 0)
        sandbox_may_write(plan, keys);
    else
        sandbox_may_read(plan, keys);
    if (checkpoint) sandbox_may_write(plan, folder_of(checkpoint, ret->checkpoint));
    may_ask_providers(app, plan);
    may_ask_database(app, ret);
}

void serve_sandbox_webhooks(struct app *app, const uint16_t *port, size_t count,
                            struct serve_sandbox *ret)
{
    enum { HTTPS = 443 };
    struct arena arena;
    struct webhook *list = NULL;
    size_t there = 0;
    struct err err = {0};
    arena_init(&arena, 1 << 20);
    if (webhook_list(app, &arena, &list, &there, &err) != ST_OK) there = 0;
    if (there || count) {
        sandbox_may_ask_others(&ret->plan);
        sandbox_may_connect(&ret->plan, HTTPS);
        if (fetch_proxy_port()) sandbox_may_connect(&ret->plan, fetch_proxy_port());
    }
    for (size_t i = 0; i < there; i++) sandbox_may_connect(&ret->plan, fetch_url_port(list[i].url));
    for (size_t i = 0; i < count; i++) sandbox_may_connect(&ret->plan, port[i]);
    arena_done(&arena);
    /* So that the page can say where it does not reach. */
    app->reach_known = ret->plan.mode != SANDBOX_OFF;
    app->reach_count = ret->plan.connect_count;
    memcpy(app->reach_port, ret->plan.connect_port, sizeof app->reach_port);
}

void serve_sandbox_mail(const struct mail_server *server, struct serve_sandbox *ret)
{
    if (!server) return;
    sandbox_may_ask_others(&ret->plan);
    sandbox_may_connect(&ret->plan, mail_url_port(server->url));
    if (!server->ca_file.len) return;
    snprintf(ret->mail, sizeof ret->mail, "%.*s", STR_ARG(server->ca_file));
    sandbox_may_read(&ret->plan, ret->mail);
}
