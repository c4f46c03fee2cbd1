#include "cli/partnership.h"

#include "cli/cli.h"
#include "cli/store_place.h"
#include "domain/account.h"
#include "domain/area.h"
#include "domain/entity.h"
#include "domain/scope.h"
#include "seal/keyring.h"

#include <libgen.h>
#include <unistd.h>

static bool is_folder(const char *path)
{
    return access(path, R_OK | X_OK) == 0;
}

/* Where the area pack is when nobody says: here, beside the program, installed. */
static void find_area(char *ret, size_t size)
{
    char program[1024] = "";
    snprintf(ret, size, "areas/cornwall");
    if (is_folder(ret)) return;
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0) return;
    const char *folder = dirname(program);
    snprintf(ret, size, "%s/../areas/cornwall", folder);
    if (is_folder(ret)) return;
    snprintf(ret, size, "%s/../share/pendeen/areas/cornwall", folder);
}

static void show_progress(void *context, int64_t done)
{
    cli_progress_update(context, done);
}

enum st partnership_area(const char *folder, struct area **ret, struct err *err)
{
    char found[1100];
    find_area(found, sizeof found);
    return area_load(folder ? folder : found, ret, err);
}

enum st partnership_open(struct partnership *ret, const char *data, const char *area,
                         struct err *err)
{
    *ret = (struct partnership){0};
    enum st outcome = partnership_area(area, &ret->area, err);
    if (outcome != ST_OK) return outcome;
    struct cli_progress progress;
    cli_progress_start(&progress, "mentions read", 0);
    char keys[PLACE_SIZE];
    char passphrase[PASSPHRASE_SIZE];
    store_place_keys(data, keys);
    outcome = store_place_passphrase(data, true, passphrase, err);
    struct app_start start = {.store = {.folder = data,
                                        .database = store_place.database,
                                        .keys = keys,
                                        .passphrase = str_from(passphrase),
                                        .existing = !store_place.makes},
                              .progress = show_progress,
                              .context = &progress};
    if (outcome == ST_OK) outcome = app_open_with(&ret->app, &start, err);
    bool unlocked = outcome == ST_OK && passphrase[0] && !keyring_has_passphrase(ret->app.keys);
    explicit_bzero(passphrase, sizeof passphrase);
    cli_progress_end(&progress);
    if (unlocked) /* somebody believes that it is */
        cli_error("a passphrase was given, and the key ring is behind none: 'pendeen keys "
                  "passphrase' puts it there");
    ret->app.area = ret->area;
    return outcome;
}

enum st partnership_open_as(struct partnership *ret, struct arena *arena, const char *data,
                            const char *area, const char *email, struct person *ret_who,
                            struct err *err)
{
    enum st outcome = partnership_open(ret, data, area, err);
    if (outcome == ST_OK) outcome = account_person(&ret->app, arena, str_from(email), ret_who, err);
    if (outcome == ST_OK) ret_who->scope = scope_of(&ret->app, arena, ret_who);
    return outcome;
}

void partnership_close(struct partnership *partnership)
{
    app_close(&partnership->app);
    area_free(partnership->area);
}

bool entities_are_there(struct app *app)
{
    return entities_count(app->entities) > 0;
}

