/* base/log.h - one event a line, JSON with ECS field names, to stderr or a file descriptor.
 *
 *     LOG_INFO("conn.page.done", F_ID("workspace", w), F_INT("rows", n), F_MS("took", ms));
 *
 * The event name becomes `event.action`; fields land under `harken.*`. error: someone must act; warn: says what we did
 * instead; info: one line per job or request; debug: off by default. Never log opened text, names, mail addresses,
 * paths given by users, tokens or keys. Any thread; one write() a line. */
#pragma once
#include "base/id.h"
#include "base/str.h"

enum log_level { LOG_DEBUG_, LOG_INFO_, LOG_WARN_, LOG_ERROR_ };
enum log_form { LOG_FORM_JSON, LOG_FORM_CONSOLE };

struct log_field {
    const char *key;
    enum { LOG_F_STR, LOG_F_INT, LOG_F_REAL, LOG_F_BOOL, LOG_F_ID } kind;
    union {
        str s;
        int64_t i;
        double d;
        struct id id;
    } v;
};

#define F_STR(k, x) ((struct log_field){(k), LOG_F_STR, {.s = (x)}})
#define F_CZ(k, x) ((struct log_field){(k), LOG_F_STR, {.s = str_of(x)}})
#define F_INT(k, x) ((struct log_field){(k), LOG_F_INT, {.i = (int64_t)(x)}})
#define F_REAL(k, x) ((struct log_field){(k), LOG_F_REAL, {.d = (x)}})
#define F_BOOL(k, x) ((struct log_field){(k), LOG_F_BOOL, {.i = (x)}})
#define F_ID(k, x) ((struct log_field){(k), LOG_F_ID, {.id = (x)}})
#define F_MS(k, x) F_INT(k "_ms", x)
#define F_ERR(e) F_CZ("error", (e)->msg)

void log_setup(enum log_level least, enum log_form form, int fd);
void log_role_set(const char *role); /* static string: "core", "engine", "parser" */
void log_event(enum log_level level, const char *event, const struct log_field *fields, size_t n);

#define LOG_AT(level, event, ...)                                                                                      \
    log_event((level), (event), (struct log_field[]){{0}, ##__VA_ARGS__} + 1,                                          \
              sizeof((struct log_field[]){{0}, ##__VA_ARGS__}) / sizeof(struct log_field) - 1)
#define LOG_DEBUG(event, ...) LOG_AT(LOG_DEBUG_, event, ##__VA_ARGS__)
#define LOG_INFO(event, ...) LOG_AT(LOG_INFO_, event, ##__VA_ARGS__)
#define LOG_WARN(event, ...) LOG_AT(LOG_WARN_, event, ##__VA_ARGS__)
#define LOG_ERROR(event, ...) LOG_AT(LOG_ERROR_, event, ##__VA_ARGS__)
