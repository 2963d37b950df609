#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

enum err_code(err_set)(struct err *e, enum err_code code, const char *fmt, ...)
{
    va_list ap;

    if (!e)
        return code;
    e->code = code;
    va_start(ap, fmt);
    vsnprintf(e->msg, sizeof e->msg, fmt, ap);
    va_end(ap);
    return code;
}

enum err_code err_wrap(struct err *e, const char *fmt, ...)
{
    char was[sizeof e->msg];
    va_list ap;
    int n;

    if (!e)
        return ERR_INTERNAL;
    memcpy(was, e->msg, sizeof was);
    va_start(ap, fmt);
    n = vsnprintf(e->msg, sizeof e->msg, fmt, ap);
    va_end(ap);
    if (n < 0)
        n = 0;
    if ((size_t)n < sizeof e->msg - 3)
        snprintf(e->msg + n, sizeof e->msg - (size_t)n, ": %s", was);
    return e->code ? e->code : (e->code = ERR_INTERNAL);
}

static enum err_code code_of_errno(int errnum)
{
    switch (errnum) {
    case ENOENT:
    case ENOTDIR:
        return ERR_NOT_FOUND;
    case EEXIST:
        return ERR_EXISTS;
    case EACCES:
    case EPERM:
    case EROFS:
        return ERR_DENIED;
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
    case EFBIG:
        return ERR_LIMIT;
    case ETIMEDOUT:
        return ERR_TIMEOUT;
    case EAGAIN:
    case EBUSY:
    case EINTR:
        return ERR_BUSY;
    case ENOMEM:
        return ERR_MEMORY;
    case EINVAL:
        return ERR_INVALID;
    default:
        return ERR_IO;
    }
}

enum err_code err_errno(struct err *e, int errnum, const char *fmt, ...)
{
    char what[160];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    return err_set(e, code_of_errno(errnum), "%s: %s", what, strerror(errnum));
}

const char *err_name(enum err_code code)
{
    static const char *const names[] = {
        [ERR_OK] = "ok",
        [ERR_INVALID] = "invalid",
        [ERR_NOT_FOUND] = "not_found",
        [ERR_EXISTS] = "exists",
        [ERR_DENIED] = "denied",
        [ERR_LIMIT] = "limit",
        [ERR_TIMEOUT] = "timeout",
        [ERR_IO] = "io",
        [ERR_BUSY] = "busy",
        [ERR_CONFLICT] = "conflict",
        [ERR_CORRUPT] = "corrupt",
        [ERR_UNSUPPORTED] = "unsupported",
        [ERR_MEMORY] = "memory",
        [ERR_INTERNAL] = "internal",
    };
    return code < sizeof names / sizeof *names && names[code] ? names[code] : "internal";
}
