#include "base/log.h"

#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"

static atomic_int log_least = LOG_INFO_;
static atomic_int log_form = LOG_FORM_JSON;
static atomic_int log_fd = STDERR_FILENO;
static const char *_Atomic log_role = "core";

void log_setup(enum log_level least, enum log_form form, int fd)
{
    atomic_store(&log_least, least);
    atomic_store(&log_form, form);
    atomic_store(&log_fd, fd);
}

void log_role_set(const char *role)
{
    atomic_store(&log_role, role);
}

static const char *const level_names[] = {"debug", "info", "warn", "error"};

static void field_value(struct jw *w, const struct log_field *f)
{
    char t[ID_TEXT_LEN + 1];

    switch (f->kind) {
    case LOG_F_STR:
        jw_str(w, str_sub(f->v.s, 0, 1024));
        break;
    case LOG_F_INT:
        jw_i64(w, f->v.i);
        break;
    case LOG_F_REAL:
        jw_real(w, f->v.d);
        break;
    case LOG_F_BOOL:
        jw_bool(w, f->v.i != 0);
        break;
    case LOG_F_ID:
        id_format(f->v.id, t);
        jw_str(w, str_of(t));
        break;
    }
}

static void line_json(struct buf *b, enum log_level level, const char *event, const struct log_field *f, size_t n)
{
    struct jw w;
    char at[CLOCK_TEXT_LEN];

    clock_format(clock_now_ms(), at);
    jw_init(&w, b);
    jw_obj(&w);
    jw_kstr(&w, "@timestamp", str_of(at));
    jw_kstr(&w, "log.level", str_of(level_names[level]));
    jw_kstr(&w, "ecs.version", STR("8.11"));
    jw_kstr(&w, "service.name", STR("harken"));
    jw_kstr(&w, "service.node.role", str_of(atomic_load(&log_role)));
    jw_ki64(&w, "process.pid", getpid());
    jw_kstr(&w, "event.action", str_of(event));
    jw_kstr(&w, "message", str_of(event));
    if (n)
        jw_kobj(&w, "harken");
    for (size_t i = 0; i < n; i++) {
        jw_key(&w, f[i].key);
        field_value(&w, &f[i]);
    }
    if (n)
        jw_end(&w);
    jw_end(&w);
    buf_char(b, '\n');
}

static void line_console(struct buf *b, enum log_level level, const char *event, const struct log_field *f, size_t n)
{
    struct jw w;
    char at[CLOCK_TEXT_LEN];

    clock_format(clock_now_ms(), at);
    buf_fmt(b, "%.8s %-5s %s", at + 11, level_names[level], event);
    for (size_t i = 0; i < n; i++) {
        buf_fmt(b, " %s=", f[i].key);
        jw_init(&w, b);
        field_value(&w, &f[i]);
    }
    buf_char(b, '\n');
}

void log_event(enum log_level level, const char *event, const struct log_field *fields, size_t n)
{
    struct buf b;

    if ((int)level < atomic_load(&log_least))
        return;
    buf_init(&b, 64 << 10);
    if (atomic_load(&log_form) == LOG_FORM_JSON)
        line_json(&b, level, event, fields, n);
    else
        line_console(&b, level, event, fields, n);
    if (buf_ok(&b) && write(atomic_load(&log_fd), b.p, b.n) < 0) {
        /* a log that cannot be written has nobody to tell */
    }
    buf_done(&b);
}
