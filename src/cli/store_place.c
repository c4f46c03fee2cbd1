#include "cli/store_place.h"

#include "seal/keyring.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

struct store_place store_place;

/* A credential that systemd has put ready for this service, if there is one. */
static bool credential(const char *name, char ret[static PLACE_SIZE])
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    return folder && snprintf(ret, PLACE_SIZE, "%s/%s", folder, name) < PLACE_SIZE &&
           access(ret, R_OK) == 0;
}

void store_place_keys(const char *data, char ret[static PLACE_SIZE])
{
    if (store_place.keys)
        snprintf(ret, PLACE_SIZE, "%s", store_place.keys);
    else if (!credential("pendeen.keys", ret))
        snprintf(ret, PLACE_SIZE, "%s/pendeen.keys", data);
}

bool ask_secret(const char *what, char *ret, size_t size)
{
    struct termios before;
    bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &before) == 0;
    if (terminal) {
        struct termios quiet = before;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet); /* before it asks: what is typed then counts */
        fprintf(stderr, "%s: ", what);
    }
    bool got = fgets(ret, (int)size, stdin) != NULL;
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        fputc('\n', stderr);
    }
    if (got) ret[strcspn(ret, "\r\n")] = 0;
    return got;
}

static enum st read_line(const char *path, char ret[static PASSPHRASE_SIZE], struct err *err)
{
    FILE *file = fopen(path, "re");
    bool got = file && fgets(ret, PASSPHRASE_SIZE, file);
    if (file) fclose(file);
    if (!got) {
        enum st outcome = err_set(err, ST_FAILED, "The passphrase file '%s' cannot be read.", path);
        err_detail(err, "%s", strerror(errno));
        return outcome;
    }
    ret[strcspn(ret, "\r\n")] = 0;
    return ST_OK;
}

enum st store_place_passphrase(const char *data, bool ask, char ret[static PASSPHRASE_SIZE],
                               struct err *err)
{
    char path[PLACE_SIZE];
    ret[0] = 0;
    if (store_place.passphrase_file) return read_line(store_place.passphrase_file, ret, err);
    if (credential("pendeen.passphrase", path)) return read_line(path, ret, err);
    if (!ask || !isatty(STDIN_FILENO)) return ST_OK;
    struct keyring *ring = NULL;
    store_place_keys(data, path);
    enum st outcome = keyring_open(path, STR(""), false, &ring, NULL);
    if (outcome == ST_OK) keyring_free(ring);
    if (outcome == ST_DENIED && access(path, R_OK) == 0 &&
        !ask_secret("Passphrase of the key ring", ret, PASSPHRASE_SIZE))
        return err_set(err, ST_DENIED, "No passphrase was given.");
    return ST_OK;
}
