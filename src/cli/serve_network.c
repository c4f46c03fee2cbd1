#include "cli/serve_network.h"

#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>

int serve_network_read(const struct serve_network *network, struct server_options *ret)
{
    int64_t deadline = 0;
    int64_t port = 0;
    if (option_number("port", network->port, 0, 65535, &port) != CLI_OK) return CLI_USAGE;
    if (network->deadline &&
        option_number("deadline", network->deadline, 1, 600, &deadline) != CLI_OK)
        return CLI_USAGE;
    if (!network->certificate != !network->key) {
        cli_error("--tls-cert and --tls-key belong together");
        return CLI_USAGE;
    }
    *ret = (struct server_options){.address = network->address,
                                   .port = (uint16_t)port,
                                   .certificate_file = network->certificate,
                                   .key_file = network->key,
                                   .plain_to_all = network->plain_http,
                                   .head_seconds = (int)deadline};
    if (!network->proxies || proxies_read(str_from(network->proxies), &ret->proxies)) return CLI_OK;
    cli_error("--trusted-proxy takes addresses like 10.0.0.5,2001:db8::/64, not '%s'",
              network->proxies);
    return CLI_USAGE;
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
