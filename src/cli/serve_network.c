#include "cli/serve_network.h"

#include "cli/settings.h"

#include <stdio.h>
#include <stdlib.h>

struct serve_network serve_network_of(const struct settings *settings)
{
    return (struct serve_network){.address = settings->value[SETTING_ADDRESS],
                                  .port = settings->value[SETTING_PORT],
                                  .certificate = settings->value[SETTING_TLS_CERT],
                                  .key = settings->value[SETTING_TLS_KEY],
                                  .proxies = settings->value[SETTING_TRUSTED_PROXY],
                                  .deadline = settings->value[SETTING_DEADLINE],
                                  .plain_http = settings_is_on(settings, SETTING_PLAIN_HTTP)};
}

enum st serve_network_read(const struct serve_network *network, struct server_options *ret,
                           struct err *err)
{
    int64_t deadline = 0;
    int64_t port = 0;
    /* What a single value may be, the settings have looked at. */
    (void)str_to_int(str_from(network->port), &port);
    if (network->deadline) (void)str_to_int(str_from(network->deadline), &deadline);
    if (!network->certificate != !network->key)
        return err_set(err, ST_INVALID, "--tls-cert and --tls-key belong together.");
    *ret = (struct server_options){.address = network->address,
                                   .port = (uint16_t)port,
                                   .certificate_file = network->certificate,
                                   .key_file = network->key,
                                   .plain_to_all = network->plain_http,
                                   .head_seconds = (int)deadline};
    if (!network->proxies || proxies_read(str_from(network->proxies), &ret->proxies)) return ST_OK;
    return err_set(err, ST_INVALID, "--trusted-proxy takes addresses, not '%s'.", network->proxies);
}

/* A certificate is renewed by a new file, or by a link to one: both folders are read. */
static void may_read_folders(const char *file, char place[static 2][PLACE_SIZE],
                             struct sandbox_plan *plan)
{
    char *real = realpath(file, NULL);
    snprintf(place[0], PLACE_SIZE, "%s", file);
    snprintf(place[1], PLACE_SIZE, "%s", real ? real : file);
    free(real);
    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(place[i], '/');
        if (slash) slash[slash == place[i]] = 0;
        sandbox_may_read(plan, slash ? place[i] : ".");
    }
}

void serve_network_plan(struct serve_network *network, struct sandbox_plan *plan)
{
    if (!network->certificate) return;
    may_read_folders(network->certificate, network->place, plan);
    may_read_folders(network->key, network->place + 2, plan);
}

void serve_network_say(const struct serve_network *network, uint16_t port)
{
    bool ipv6 = strchr(network->address, ':');
    printf("Pendeen is at %s://%s%s%s:%u/ (Ctrl-C stops it)\n", network->key ? "https" : "http",
           ipv6 ? "[" : "", network->address, ipv6 ? "]" : "", port);
}
