#include "seal/totp.h"

#include "base/arena.h"
#include "base/buf.h"
#include "seal/secret.h"

#include <liboath/oath.h>
#include <sodium.h>

void totp_secret(uint8_t ret[static TOTP_SECRET_SIZE])
{
    randombytes_buf(ret, TOTP_SECRET_SIZE);
}

static struct str base32(struct arena *arena, struct str secret)
{
    char *text = NULL;
    size_t size = 0;
    if (oath_base32_encode(secret.ptr, secret.len, &text, &size) != OATH_OK) abort();
    struct str copy = str_dup(arena, str_of(text, size));
    sodium_memzero(text, size);
    free(text);
    while (copy.len && copy.ptr[copy.len - 1] == '=') copy.len--;
    return copy;
}

struct str totp_secret_words(struct arena *arena, struct str secret)
{
    struct str whole = base32(arena, secret);
    char *words = arena_alloc(arena, whole.len + whole.len / 4 + 1);
    size_t used = 0;
    for (size_t i = 0; i < whole.len; i++) {
        if (i && i % 4 == 0) words[used++] = ' ';
        words[used++] = whole.ptr[i];
    }
    return str_of(words, used);
}

struct str totp_uri(struct arena *arena, struct str secret, struct str issuer, struct str account)
{
    struct buf uri;
    buf_init(&uri, 2048);
    buf_add_c(&uri, "otpauth://totp/");
    buf_add_percent(&uri, issuer);
    buf_add_char(&uri, ':');
    buf_add_percent(&uri, account);
    buf_add_c(&uri, "?secret=");
    buf_add(&uri, base32(arena, secret));
    buf_add_c(&uri, "&issuer=");
    buf_add_percent(&uri, issuer);
    struct str made = str_dup(arena, buf_str(&uri));
    buf_done(&uri);
    return made;
}

static void code_of_step(struct str secret, int64_t step, char ret[static TOTP_DIGITS + 1])
{
    if (oath_totp_generate(secret.ptr, secret.len, (time_t)step * TOTP_STEP_SECONDS,
                           TOTP_STEP_SECONDS, OATH_TOTP_DEFAULT_START_TIME, TOTP_DIGITS,
                           ret) != OATH_OK)
        abort();
}

bool totp_check(struct str secret, struct str code, instant_ms now, int64_t last_step,
                int64_t *ret_step)
{
    char typed[TOTP_DIGITS];
    size_t count = 0;
    for (size_t i = 0; i < code.len; i++) {
        if (code.ptr[i] == ' ') continue;
        if (count == sizeof typed) return false;
        typed[count++] = code.ptr[i];
    }
    if (count != sizeof typed) return false;
    int64_t current = now / 1000 / TOTP_STEP_SECONDS;
    bool found = false;
    for (int64_t step = current - 1; step <= current + 1; step++) {
        char wanted[TOTP_DIGITS + 1];
        code_of_step(secret, step, wanted);
        bool same = seal_equal(str_of(typed, count), str_of(wanted, TOTP_DIGITS));
        if (same && !found && step > last_step) {
            *ret_step = step;
            found = true;
        }
    }
    return found;
}

struct str totp_code(struct arena *arena, struct str secret, instant_ms now)
{
    char code[TOTP_DIGITS + 1];
    code_of_step(secret, now / 1000 / TOTP_STEP_SECONDS, code);
    return str_dup(arena, str_from(code));
}
