/* base/err.h - how a failure travels: one code for the program, one line for a person.
 *
 * The struct lives on the caller's stack, so reporting an error needs no memory. Functions return the code, which is
 * ERR_OK (zero) on success, so `if (call())` reads "if it failed". The message grows from the inside out:
 * err_wrap(e, "fetch page") turns "HTTP 503" into "fetch page: HTTP 503". Never put secrets or opened text into it. */
#pragma once

enum err_code {
    ERR_OK = 0,
    ERR_INVALID,   /* the input is wrong; asking again with the same input is useless */
    ERR_NOT_FOUND, /* no such thing, or not for you */
    ERR_EXISTS,    /* already there */
    ERR_DENIED,    /* known, but not allowed */
    ERR_LIMIT,     /* too large, too many, too fast */
    ERR_TIMEOUT,   /* took longer than its deadline */
    ERR_IO,        /* file, socket or database failed; may work later */
    ERR_BUSY,      /* not now; try again soon */
    ERR_CONFLICT,  /* someone else changed it first */
    ERR_CORRUPT,   /* stored bytes do not verify */
    ERR_UNSUPPORTED, /* understood, but this build or setting cannot do it */
    ERR_MEMORY,
    ERR_INTERNAL,
};

struct err {
    enum err_code code;
    char msg[256]; /* one line, lower case, no full stop */
};

/* Sets code and message; returns the code. `e` may be NULL. */
enum err_code err_set(struct err *e, enum err_code code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
#ifdef __clang_analyzer__ /* which does not look into err.c: the code that comes back is the one given */
#define err_set(e, code, ...) ((void)err_set(e, code, __VA_ARGS__), (code))
#endif
/* Puts "what: " before the message; returns the code `e` holds (ERR_INTERNAL when e is NULL). */
enum err_code err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* From an errno value, which must be read on the line after the system call. Message: "what: strerror". */
enum err_code err_errno(struct err *e, int errnum, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Stable lower-case word for a code: "invalid", "not_found", ... Used in APIs and logs. */
const char *err_name(enum err_code code);
