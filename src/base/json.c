#include "base/json.h"

#include <math.h>
#include <yyjson.h>

/* struct json is yyjson_val; the cast is kept in these two places. */
static yyjson_val *in(const struct json *v)
{
    return (yyjson_val *)(uintptr_t)v;
}

static const struct json *out(yyjson_val *v)
{
    return (const struct json *)v;
}

struct json_doc {
    yyjson_doc *doc;
};

static enum err_code parse_fail(str text, const yyjson_read_err *re, struct err *e)
{
    size_t line = 1, col = 1;

    for (size_t i = 0; i < re->pos && i < text.n; i++) {
        col++;
        if (text.p[i] == '\n') {
            line++;
            col = 1;
        }
    }
    return err_set(e, re->code == YYJSON_READ_ERROR_MEMORY_ALLOCATION ? ERR_MEMORY : ERR_INVALID,
                   "line %zu column %zu: not valid JSON: %s", line, col, re->msg ? re->msg : "unknown error");
}

/* yyjson parses without recursion; this bound is for everyone who walks the result with it. */
static enum err_code depth_check(str text, struct err *e)
{
    size_t depth = 0, line = 1, line_start = 0;
    bool in_str = false;

    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '\n') {
            line++;
            line_start = i + 1;
        }
        if (in_str) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_str = false;
        } else if (c == '"') {
            in_str = true;
        } else if (c == '{' || c == '[') {
            if (++depth > JSON_DEPTH_MAX)
                return err_set(e, ERR_LIMIT, "line %zu column %zu: nested deeper than %d", line, i - line_start + 1,
                               JSON_DEPTH_MAX);
        } else if ((c == '}' || c == ']') && depth) {
            depth--;
        }
    }
    return ERR_OK;
}

enum err_code json_parse(str text, struct json_doc **out_doc, struct err *e)
{
    yyjson_read_err re;
    yyjson_doc *doc;
    struct json_doc *d;

    if (depth_check(text, e))
        return e ? e->code : ERR_LIMIT;
    doc = yyjson_read_opts((char *)(uintptr_t)text.p, text.n, 0, NULL, &re);
    if (!doc)
        return parse_fail(text, &re, e);
    d = calloc(1, sizeof *d);
    if (!d) {
        yyjson_doc_free(doc);
        return err_set(e, ERR_MEMORY, "out of memory");
    }
    d->doc = doc;
    *out_doc = d;
    return ERR_OK;
}

void json_free(struct json_doc *d)
{
    if (!d)
        return;
    yyjson_doc_free(d->doc);
    free(d);
}

const struct json *json_root(const struct json_doc *d)
{
    return d ? out(yyjson_doc_get_root(d->doc)) : NULL;
}

enum json_kind json_kind(const struct json *v)
{
    switch (yyjson_get_type(in(v))) {
    case YYJSON_TYPE_NULL:
        return JSON_NULL;
    case YYJSON_TYPE_BOOL:
        return JSON_BOOL;
    case YYJSON_TYPE_NUM:
        return yyjson_is_real(in(v)) ? JSON_REAL : JSON_INT;
    case YYJSON_TYPE_STR:
        return JSON_STR;
    case YYJSON_TYPE_ARR:
        return JSON_ARR;
    case YYJSON_TYPE_OBJ:
        return JSON_OBJ;
    default:
        return JSON_ABSENT;
    }
}

const struct json *json_get(const struct json *obj, const char *key)
{
    return out(yyjson_obj_get(in(obj), key));
}

size_t json_len(const struct json *v)
{
    return yyjson_is_ctn(in(v)) ? (yyjson_is_arr(in(v)) ? yyjson_arr_size(in(v)) : yyjson_obj_size(in(v))) : 0;
}

/* priv[0]: next value or key, priv[1]: how many are left, priv[2]: non-NULL for objects. */
void json_it_init(struct json_it *it, const struct json *v)
{
    *it = (struct json_it){0};
    if (!json_len(v))
        return;
    it->priv[2] = json_kind(v) == JSON_OBJ ? (void *)in(v) : NULL;
    it->priv[0] = unsafe_yyjson_get_first(in(v));
    it->priv[1] = (void *)(uintptr_t)json_len(v);
}

bool json_it_next(struct json_it *it)
{
    uintptr_t left = (uintptr_t)it->priv[1];
    yyjson_val *at = it->priv[0];

    if (!left)
        return false;
    if (it->priv[2]) {
        it->key = out(at);
        at++; /* the value follows its key */
    }
    it->val = out(at);
    it->priv[0] = unsafe_yyjson_get_next(at);
    it->priv[1] = (void *)(left - 1);
    return true;
}

str json_str(const struct json *v, str fallback)
{
    return yyjson_is_str(in(v)) ? str_n(yyjson_get_str(in(v)), yyjson_get_len(in(v))) : fallback;
}

int64_t json_i64(const struct json *v, int64_t fallback)
{
    if (yyjson_is_sint(in(v)))
        return yyjson_get_sint(in(v));
    if (yyjson_is_uint(in(v)))
        return yyjson_get_uint(in(v)) <= INT64_MAX ? (int64_t)yyjson_get_uint(in(v)) : fallback;
    if (yyjson_is_real(in(v))) {
        double d = yyjson_get_real(in(v));
        if (d == floor(d) && fabs(d) < 9007199254740992.0)
            return (int64_t)d;
    }
    return fallback;
}

double json_real(const struct json *v, double fallback)
{
    return yyjson_is_num(in(v)) ? yyjson_get_num(in(v)) : fallback;
}

bool json_bool(const struct json *v, bool fallback)
{
    return yyjson_is_bool(in(v)) ? yyjson_get_bool(in(v)) : fallback;
}

void jw_init(struct jw *w, struct buf *b)
{
    *w = (struct jw){.b = b};
    w->first[0] = true;
}

static void indent(struct jw *w)
{
    buf_char(w->b, '\n');
    for (int i = 0; i < w->depth; i++)
        buf_str(w->b, STR("  "));
}

static void before_value(struct jw *w)
{
    if (w->after_key) {
        w->after_key = false;
        return;
    }
    if (!w->first[w->depth])
        buf_char(w->b, ',');
    w->first[w->depth] = false;
    if (w->pretty && w->depth)
        indent(w);
}

static void open(struct jw *w, char c, char close)
{
    before_value(w);
    buf_char(w->b, c);
    if (w->depth + 1 >= JSON_DEPTH_MAX)
        abort(); /* our own writers never nest that deep */
    w->depth++;
    w->close[w->depth] = close;
    w->first[w->depth] = true;
}

void jw_obj(struct jw *w)
{
    open(w, '{', '}');
}

void jw_arr(struct jw *w)
{
    open(w, '[', ']');
}

void jw_end(struct jw *w)
{
    char close = w->close[w->depth];
    bool empty = w->first[w->depth];

    w->depth--;
    if (w->pretty && !empty)
        indent(w);
    buf_char(w->b, close);
}

static void write_str(struct jw *w, str s)
{
    static const char hex[] = "0123456789abcdef";
    struct arena *tmp = NULL;
    size_t from = 0;

    if (!str_utf8_valid(s)) {
        tmp = arena_new_wiped("json.repair");
        s = str_utf8_repair(tmp, s);
    }
    buf_char(w->b, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        char esc[6] = {'\\', 0, '0', '0', 0, 0};
        size_t n = 2;
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
            continue;
        buf_put(w->b, s.p + from, i - from);
        from = i + 1;
        switch (c) {
        case '"':
        case '\\':
            esc[1] = (char)c;
            break;
        case '\n':
            esc[1] = 'n';
            break;
        case '\r':
            esc[1] = 'r';
            break;
        case '\t':
            esc[1] = 't';
            break;
        default:
            esc[1] = 'u';
            esc[4] = hex[c >> 4];
            esc[5] = hex[c & 15];
            n = 6;
        }
        buf_put(w->b, esc, n);
    }
    if (s.n > from)
        buf_put(w->b, s.p + from, s.n - from);
    buf_char(w->b, '"');
    arena_free(tmp);
}

void jw_key_str(struct jw *w, str key)
{
    before_value(w);
    write_str(w, key);
    buf_char(w->b, ':');
    if (w->pretty)
        buf_char(w->b, ' ');
    w->after_key = true;
}

void jw_key(struct jw *w, const char *key)
{
    jw_key_str(w, str_of(key));
}

void jw_str(struct jw *w, str s)
{
    before_value(w);
    write_str(w, s);
}

void jw_i64(struct jw *w, int64_t v)
{
    before_value(w);
    if (v < 0)
        buf_char(w->b, '-');
    buf_u64(w->b, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

void jw_real(struct jw *w, double v)
{
    char t[40];

    if (!isfinite(v)) {
        jw_null(w);
        return;
    }
    before_value(w);
    for (int digits = 15; digits <= 17; digits++) {
        double back;
        snprintf(t, sizeof t, "%.*g", digits, v);
        if (str_to_double(str_of(t), &back) && back == v)
            break;
    }
    buf_str(w->b, str_of(t));
}

void jw_bool(struct jw *w, bool v)
{
    before_value(w);
    buf_str(w->b, v ? STR("true") : STR("false"));
}

void jw_null(struct jw *w)
{
    before_value(w);
    buf_str(w->b, STR("null"));
}

void jw_raw(struct jw *w, str json)
{
    before_value(w);
    buf_str(w->b, json);
}

void jw_value(struct jw *w, const struct json *v)
{
    struct json_it it;

    switch (json_kind(v)) {
    case JSON_OBJ:
    case JSON_ARR:
        if (json_kind(v) == JSON_OBJ)
            jw_obj(w);
        else
            jw_arr(w);
        for (json_it_init(&it, v); json_it_next(&it);) {
            if (it.key)
                jw_key_str(w, json_str(it.key, STR("")));
            jw_value(w, it.val);
        }
        jw_end(w);
        break;
    case JSON_STR:
        jw_str(w, json_str(v, STR("")));
        break;
    case JSON_INT:
        if (yyjson_is_uint(in(v)) && yyjson_get_uint(in(v)) > INT64_MAX) {
            before_value(w);
            buf_fmt(w->b, "%llu", (unsigned long long)yyjson_get_uint(in(v)));
        } else {
            jw_i64(w, json_i64(v, 0));
        }
        break;
    case JSON_REAL:
        jw_real(w, json_real(v, 0));
        break;
    case JSON_BOOL:
        jw_bool(w, json_bool(v, false));
        break;
    default:
        jw_null(w);
    }
}

void jw_kobj(struct jw *w, const char *key)
{
    jw_key(w, key);
    jw_obj(w);
}

void jw_karr(struct jw *w, const char *key)
{
    jw_key(w, key);
    jw_arr(w);
}

void jw_kstr(struct jw *w, const char *key, str s)
{
    jw_key(w, key);
    jw_str(w, s);
}

void jw_ki64(struct jw *w, const char *key, int64_t v)
{
    jw_key(w, key);
    jw_i64(w, v);
}

void jw_kreal(struct jw *w, const char *key, double v)
{
    jw_key(w, key);
    jw_real(w, v);
}

void jw_kbool(struct jw *w, const char *key, bool v)
{
    jw_key(w, key);
    jw_bool(w, v);
}

void jw_knull(struct jw *w, const char *key)
{
    jw_key(w, key);
    jw_null(w);
}
