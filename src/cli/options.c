#include "cli/options.h"

#include "cli/settings.h"

#include <stdio.h>

static const struct option *find(struct str name, const struct option *options, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(name, str_from(options[i].name))) return &options[i];
    return NULL;
}

int options_read(int argc, char **argv, const char *help, const struct option *options,
                 size_t option_count, struct plain *ret_plain)
{
    bool plain_only = false;
    uint64_t given = 0;
    ret_plain->count = 0;
    for (int i = 1; i < argc; i++) {
        struct str word = str_from(argv[i]);
        if (!plain_only && (str_eq(word, STR("--help")) || str_eq(word, STR("-h")))) {
            fputs(help, stdout);
            return -1;
        }
        if (!plain_only && str_eq(word, STR("--"))) {
            plain_only = true;
            continue;
        }
        if (plain_only || !str_starts(word, STR("-")) || word.len == 1) {
            if (ret_plain->count == PLAIN_MAX) {
                cli_error("there are too many words; '%s' is one", argv[i]);
                return CLI_USAGE;
            }
            ret_plain->word[ret_plain->count++] = argv[i];
            continue;
        }
        ptrdiff_t equals = str_find(word, STR("="), 0);
        /* "--name", or "-o": one letter. */
        size_t dashes = str_starts(word, STR("--")) ? 2 : 1;
        struct str name = str_sub(word, dashes, equals < 0 ? word.len : (size_t)equals - dashes);
        const struct option *option =
            (dashes == 2) == (name.len > 1) ? find(name, options, option_count) : NULL;
        if (!option) {
            cli_error("there is no option '%s'; see 'pendeen %s --help'", argv[i], argv[0]);
            return CLI_USAGE;
        }
        given |= UINT64_C(1) << (option - options);
        if (!option->value) {
            *option->flag = true;
        } else if (equals >= 0) {
            *option->value = argv[i] + equals + 1;
        } else if (i + 1 < argc) {
            *option->value = argv[++i];
        } else {
            cli_error("%s needs a value", argv[i]);
            return CLI_USAGE;
        }
    }
    for (size_t i = 0; i < option_count; i++)
        if (options[i].value == &store_place.config)
            return settings_lend(options, option_count, given);
    return CLI_OK;
}

int option_number(const char *name, const char *text, int64_t minimum, int64_t maximum,
                  int64_t *ret)
{
    if (str_to_int(str_from(text), ret) && *ret >= minimum && *ret <= maximum) return CLI_OK;
    cli_error("--%s takes a whole number from %lld to %lld, not '%s'", name, (long long)minimum,
              (long long)maximum, text);
    return CLI_USAGE;
}
