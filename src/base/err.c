#include "base/err.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

enum st err_set(struct err *err, enum st code, const char *format, ...)
{
    if (!err) return code;
    *err = (struct err){.code = code};
    va_list args;
    va_start(args, format);
    vsnprintf(err->public, sizeof err->public, format, args);
    va_end(args);
    return code;
}

enum st err_missing(struct err *err, const char *what)
{
    return err_set(err, ST_NOT_FOUND, "There is no such %s.", what);
}

void err_detail(struct err *err, const char *format, ...)
{
    if (!err) return;
    va_list args;
    va_start(args, format);
    vsnprintf(err->detail, sizeof err->detail, format, args);
    va_end(args);
}

void err_hint(struct err *err, const char *format, ...)
{
    if (!err) return;
    va_list args;
    va_start(args, format);
    vsnprintf(err->hint, sizeof err->hint, format, args);
    va_end(args);
}

const char *st_word(enum st code)
{
    static const char *const words[] = {
        [ST_OK] = "ok",           [ST_NOT_FOUND] = "not found", [ST_DENIED] = "denied",
        [ST_INVALID] = "invalid", [ST_CONFLICT] = "conflict",   [ST_LIMIT] = "limit",
        [ST_BUSY] = "busy",       [ST_FAILED] = "failed",
    };
    return code >= 0 && (size_t)code < sizeof words / sizeof words[0] ? words[code] : "unknown";
}
