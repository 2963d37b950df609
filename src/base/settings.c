#include "base/settings.h"

#include <assert.h>
#include <pthread.h>

#include "base/buf.h"
#include "base/fs.h"

struct value {
    char *text; /* as given, owned */
    const char *origin;
    int64_t i;
    double d;
};

/* Guards the values; texts that were replaced are kept, so that who holds one may go on reading it. */
struct guard {
    pthread_rwlock_t lock;
    char **old;
    size_t n, cap;
};

struct settings {
    const struct setting_row *rows;
    size_t n;
    struct value *v;
    struct guard *guard;
};

static size_t index_of(const struct settings *s, str key)
{
    for (size_t i = 0; i < s->n; i++)
        if (str_eq(str_of(s->rows[i].key), key))
            return i;
    return SIZE_MAX;
}

struct unit {
    const char *name;
    int64_t factor;
};

/* A whole number followed by one of the units; the list ends with a NULL name. */
static bool number_with_unit(str text, const struct unit *units, int64_t *out)
{
    size_t n = 0;
    int64_t v;

    while (n < text.n && (text.p[n] == '-' || (text.p[n] >= '0' && text.p[n] <= '9')))
        n++;
    if (!str_to_i64(str_sub(text, 0, n), &v))
        return false;
    text = str_trim(str_from(text, n));
    for (; units->name; units++)
        if (str_eq(text, str_of(units->name)))
            return !__builtin_mul_overflow(v, units->factor, out);
    return false;
}

static bool parse_bool(str t, int64_t *out)
{
    static const char *const yes[] = {"true", "yes", "on", "1"}, *const no[] = {"false", "no", "off", "0"};

    for (int i = 0; i < 4; i++) {
        if (str_eq_nocase(t, str_of(yes[i])))
            return *out = 1, true;
        if (str_eq_nocase(t, str_of(no[i])))
            return *out = 0, true;
    }
    return false;
}

static bool choice_known(const char *choices, str t)
{
    str rest = str_of(choices);

    while (rest.n)
        if (str_eq(str_cut(rest, '|', &rest), t))
            return true;
    return false;
}

static const char *const kind_hint[] = {
    [SET_BOOL] = "true or false",
    [SET_INT] = "a whole number",
    [SET_REAL] = "a number",
    [SET_MS] = "a duration such as 500ms, 30s, 5m, 1h, 7d",
    [SET_BYTES] = "a size such as 64KiB, 16MiB, 2GiB",
    [SET_STR] = "text",
    [SET_ENUM] = "one of the choices",
    [SET_SECRET_FILE] = "the path of a file",
};

static bool value_parse(const struct setting_row *row, str t, struct value *v)
{
    static const struct unit ms[] = {{"ms", 1},      {"s", 1000},     {"m", 60000}, {"min", 60000},
                                     {"h", 3600000}, {"d", 86400000}, {NULL, 0}};
    static const struct unit bytes[] = {{"B", 1},           {"KiB", 1 << 10}, {"MiB", 1 << 20},
                                        {"GiB", 1 << 30},   {"KB", 1000},     {"MB", 1000000},
                                        {"GB", 1000000000}, {"", 1},          {NULL, 0}};
    switch (row->kind) {
    case SET_BOOL:
        return parse_bool(t, &v->i);
    case SET_INT:
        return str_to_i64(t, &v->i);
    case SET_MS:
        return number_with_unit(t, ms, &v->i);
    case SET_BYTES:
        return number_with_unit(t, bytes, &v->i);
    case SET_REAL:
        return str_to_double(t, &v->d);
    case SET_ENUM:
        return choice_known(row->choices, t);
    default:
        return true;
    }
}

static enum err_code value_read(const struct setting_row *row, str t, struct value *v, struct err *e)
{
    bool numeric = row->kind == SET_INT || row->kind == SET_MS || row->kind == SET_BYTES;

    if (!value_parse(row, t, v))
        return err_set(e, ERR_INVALID, "%s: expected %s%s%s", row->key, kind_hint[row->kind], row->choices ? ": " : "",
                       row->choices ? row->choices : "");
    if ((row->min || row->max) && ((numeric && (v->i < row->min || v->i > row->max)) ||
                                   (row->kind == SET_REAL && !(v->d >= (double)row->min && v->d <= (double)row->max))))
        return err_set(e, ERR_INVALID, "%s: must be between %lld and %lld", row->key, (long long)row->min,
                       (long long)row->max);
    return row->check && row->check(t, e) ? err_wrap(e, "%s", row->key) : ERR_OK;
}

static void retire(struct guard *g, char *text)
{
    if (g->n == g->cap) {
        g->cap = g->cap ? 2 * g->cap : 16;
        g->old = realloc(g->old, g->cap * sizeof *g->old);
        if (!g->old)
            abort();
    }
    g->old[g->n++] = text;
}

static enum err_code value_set(struct settings *s, size_t i, str t, const char *origin, struct err *e)
{
    struct value v = {.origin = origin};

    if (value_read(&s->rows[i], t, &v, e))
        return e ? e->code : ERR_INVALID;
    v.text = strndup(t.p ? t.p : "", t.n);
    if (!v.text)
        return err_set(e, ERR_MEMORY, "out of memory");
    pthread_rwlock_wrlock(&s->guard->lock);
    if (s->v[i].text)
        retire(s->guard, s->v[i].text);
    s->v[i] = v;
    pthread_rwlock_unlock(&s->guard->lock);
    return ERR_OK;
}

enum err_code settings_check(const struct settings *s, size_t i, str value, struct err *e)
{
    struct value v = {0};

    return value_read(&s->rows[i], value, &v, e);
}

struct settings *settings_new(const struct setting_row *rows)
{
    struct settings *s = calloc(1, sizeof *s);

    if (!s)
        abort();
    s->rows = rows;
    while (rows[s->n].key)
        s->n++;
    s->v = calloc(s->n ? s->n : 1, sizeof *s->v);
    s->guard = calloc(1, sizeof *s->guard);
    if (!s->v || !s->guard || pthread_rwlock_init(&s->guard->lock, NULL))
        abort();
    for (size_t i = 0; i < s->n; i++) {
        enum err_code rc = value_set(s, i, str_of(rows[i].fallback), "default", NULL);
        assert(rc == ERR_OK && "a default that its own row refuses");
        (void)rc;
    }
    return s;
}

void settings_free(struct settings *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n; i++)
        free(s->v[i].text);
    for (size_t i = 0; i < s->guard->n; i++)
        free(s->guard->old[i]);
    free(s->guard->old);
    pthread_rwlock_destroy(&s->guard->lock);
    free(s->guard);
    free(s->v);
    free(s);
}

enum setting_change settings_row_reload(struct settings *s, size_t i, const struct settings *fresh)
{
    const struct value *was = &s->v[i], *now = &fresh->v[i];

    if (strcmp(was->text, now->text) == 0)
        return SETTING_SAME;
    if (!s->rows[i].reload)
        return SETTING_NEEDS_RESTART;
    return value_set(s, i, str_of(now->text), now->origin, NULL) ? SETTING_SAME : SETTING_TAKEN;
}

static enum err_code unknown_key(const struct settings *s, str key, struct err *e)
{
    size_t best = 0, least = SIZE_MAX;

    for (size_t i = 0; i < s->n; i++) {
        size_t d = str_distance(key, str_of(s->rows[i].key));
        if (d < least) {
            least = d;
            best = i;
        }
    }
    if (least <= 4 && 2 * least <= key.n)
        return err_set(e, ERR_INVALID, "unknown setting \"%.*s\"; did you mean \"%s\"?", STR_ARG(str_sub(key, 0, 80)),
                       s->rows[best].key);
    return err_set(e, ERR_INVALID, "unknown setting \"%.*s\"", STR_ARG(str_sub(key, 0, 80)));
}

enum err_code settings_set(struct settings *s, str key, str value, const char *origin, struct err *e)
{
    size_t i = index_of(s, key);
    return i == SIZE_MAX ? unknown_key(s, key, e) : value_set(s, i, value, origin, e);
}

enum err_code settings_chosen(struct settings *s, str key, str value, struct err *e)
{
    size_t i = index_of(s, key);

    if (i == SIZE_MAX)
        return unknown_key(s, key, e);
    return strcmp(s->v[i].origin, "default") == 0 ? value_set(s, i, value, "chosen", e) : ERR_OK;
}

/* Without a comment behind the value: `#` after white space, outside of quotes. */
static str comment_cut(str value)
{
    size_t from = 0;

    if (value.n && *value.p == '"') {
        from = str_find_char(value, '"', 1);
        if (from == SIZE_MAX)
            return value;
    }
    for (size_t i = from; i < value.n; i++)
        if (value.p[i] == '#' && (i == 0 || value.p[i - 1] == ' ' || value.p[i - 1] == '\t'))
            return str_trim(str_sub(value, 0, i));
    return value;
}

enum err_code settings_text_load(struct settings *s, str text, const char *name, struct err *e)
{
    str line;

    for (size_t no = 1; str_line_next(&text, &line); no++) {
        str value, key;
        line = str_trim(line);
        if (!line.n || *line.p == '#')
            continue;
        if (str_find_char(line, '=', 0) == SIZE_MAX)
            return err_set(e, ERR_INVALID, "%s:%zu: expected key = value", name, no);
        key = str_trim(str_cut(line, '=', &value));
        value = comment_cut(str_trim(value));
        if (value.n >= 2 && *value.p == '"' && value.p[value.n - 1] == '"')
            value = str_sub(value, 1, value.n - 1);
        if (settings_set(s, key, value, "file", e))
            return err_wrap(e, "%s:%zu", name, no);
    }
    return ERR_OK;
}

enum err_code settings_file_load(struct settings *s, const char *path, struct err *e)
{
    struct arena *a = arena_new("settings.file");
    str text;
    enum err_code rc = fs_read(path, 1 << 20, a, &text, e);

    if (rc)
        err_wrap(e, "%s", path);
    else
        rc = settings_text_load(s, text, path, e);
    arena_free(a);
    return rc;
}

enum err_code settings_env_load(struct settings *s, char *const *env, struct err *e)
{
    for (size_t i = 0; i < s->n; i++) {
        char name[128];
        size_t n = (size_t)snprintf(name, sizeof name, "HARKEN_%s", s->rows[i].key);
        for (size_t k = 0; k < n && k < sizeof name; k++)
            name[k] = name[k] == '.' ? '_' : (char)toupper((unsigned char)name[k]);
        for (char *const *p = env; p && *p; p++) {
            if (strncmp(*p, name, n) != 0 || (*p)[n] != '=')
                continue;
            if (value_set(s, i, str_of(*p + n + 1), "environment", e))
                return err_wrap(e, "%s", name);
        }
    }
    return ERR_OK;
}

static struct value value_at(const struct settings *s, size_t i)
{
    struct value v;

    pthread_rwlock_rdlock(&s->guard->lock);
    v = s->v[i];
    pthread_rwlock_unlock(&s->guard->lock);
    return v;
}

static struct value value_of(const struct settings *s, const char *key)
{
    size_t i = index_of(s, str_of(key));
    assert(i != SIZE_MAX && "asked for a setting that is not in the table");
    return value_at(s, i);
}

bool settings_bool(const struct settings *s, const char *key)
{
    return value_of(s, key).i != 0;
}

int64_t settings_int(const struct settings *s, const char *key)
{
    return value_of(s, key).i;
}

double settings_real(const struct settings *s, const char *key)
{
    return value_of(s, key).d;
}

str settings_str(const struct settings *s, const char *key)
{
    return str_of(value_of(s, key).text);
}

size_t settings_count(const struct settings *s)
{
    return s->n;
}

const struct setting_row *settings_row(const struct settings *s, size_t i)
{
    return &s->rows[i];
}

str settings_text(const struct settings *s, size_t i)
{
    str text = str_of(value_at(s, i).text);

    return s->rows[i].kind == SET_SECRET_FILE && text.n ? STR("***") : text;
}

const char *settings_origin(const struct settings *s, size_t i)
{
    return value_at(s, i).origin;
}
