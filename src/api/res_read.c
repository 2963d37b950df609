/* api/res_read.c - what programs send, checked against a shape: every fault with the place it stands at. */
#include "api/resource.h"

enum { JSON_VALUE_MAX = 64 << 10 };

static void fault(struct arena *a, struct res_faults *f, str pointer, str detail)
{
    if (f->n < RES_FAULTS_MAX)
        ARENA_PUSH(a, f->list, f->n, f->cap) = ((struct res_fault){pointer, detail});
}

/* A key as part of a JSON pointer (RFC 6901): ~ and / are escaped; a very long one is cut. */
static str pointer_to(struct arena *a, str at, str key)
{
    struct buf b;
    str out;

    buf_init(&b, 4096);
    buf_str(&b, at);
    buf_char(&b, '/');
    for (size_t i = 0; i < key.n && i < 200; i++) {
        if (key.p[i] == '~' || key.p[i] == '/')
            buf_str(&b, key.p[i] == '~' ? STR("~0") : STR("~1"));
        else
            buf_char(&b, key.p[i]);
    }
    out = str_utf8_repair(a, str_dup(a, buf_view(&b)));
    buf_done(&b);
    return out;
}

static void refuse(struct arena *a, struct res_faults *f, str pointer, str detail)
{
    fault(a, f, pointer, detail);
    f->refused = true;
}

static str words_list(struct arena *a, const struct res_field *f)
{
    str out = STR("one of ");

    for (size_t i = 0; f->words[i]; i++)
        out = str_fmt(a, "%.*s%s%s", STR_ARG(out), i ? ", " : "", f->words[i]);
    return out;
}

int64_t res_chars(str s)
{
    int64_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

static bool text_fits(struct arena *a, const struct res_field *f, str s, str *why)
{
    int64_t min = f->min, max = f->max ? f->max : RES_TEXT_MAX, n = res_chars(s);

    if (n >= min && n <= max && (!min || str_trim(s).n))
        return true;
    *why = str_fmt(a, "must be a text of %lld to %lld characters%s", (long long)min, (long long)max,
                   min ? ", not all of them blank" : "");
    return false;
}

static bool int_fits(struct arena *a, const struct res_field *f, int64_t i, str *why)
{
    if ((!f->min && !f->max) || (i >= f->min && i <= f->max))
        return true;
    *why = str_fmt(a, "must be a whole number from %lld to %lld", (long long)f->min, (long long)f->max);
    return false;
}

static str kind_says(struct arena *a, const struct res_field *f)
{
    switch (f->kind) {
    case RES_STR:
        return STR("must be a text");
    case RES_ENUM:
        return str_fmt(a, "must be %.*s", STR_ARG(words_list(a, f)));
    case RES_ID:
        return STR("must be a UUID");
    case RES_TIME:
        return STR("must be a date or time such as 2026-10-01 or 2026-10-01T09:30:00Z");
    case RES_INT:
        return STR("must be a whole number");
    case RES_REAL:
        return STR("must be a number");
    case RES_BOOL:
        return STR("must be true or false");
    case RES_OBJ:
        return STR("must be an object");
    case RES_JSON:
        return STR("must be a JSON value of at most 65536 bytes");
    }
    return STR("");
}

bool res_read_text(struct arena *a, const struct res_field *f, str text, struct res_val *out, str *why)
{
    int64_t i = 0;
    double d = 0;

    *why = kind_says(a, f);
    *out = (struct res_val){.is = RES_SET};
    switch (f->kind) {
    case RES_STR:
        out->v.s = str_dup(a, text);
        return text_fits(a, f, text, why);
    case RES_ENUM:
        out->v.s = str_dup(a, text);
        return res_word(f, text) >= 0;
    case RES_ID:
        return id_parse(text, &out->v.id);
    case RES_TIME:
        return clock_parse(text, &out->v.i, NULL);
    case RES_INT:
        if (!str_to_i64(text, &i))
            return false;
        out->v.i = i;
        return int_fits(a, f, i, why);
    case RES_REAL:
        if (!str_to_double(text, &d))
            return false;
        out->v.d = d;
        return true;
    case RES_BOOL:
        out->v.b = str_eq(text, STR("true")) || str_eq(text, STR("1"));
        return out->v.b || str_eq(text, STR("false")) || str_eq(text, STR("0"));
    case RES_OBJ:
    case RES_JSON:
        return false;
    }
    return false;
}

static bool json_copy(struct arena *a, const struct json *v, struct res_val *out)
{
    struct buf b;
    struct jw w;
    bool ok;

    buf_init_wiped(&b, JSON_VALUE_MAX);
    jw_init(&w, &b);
    jw_value(&w, v);
    ok = buf_ok(&b);
    out->v.s = ok ? str_dup(a, buf_view(&b)) : STR("null");
    buf_done(&b);
    return ok;
}

static void one_read(struct arena *a, const struct res_field *f, enum res_use use, const struct json *v, str at,
                     struct res_faults *faults, struct res_val *out)
{
    enum json_kind k = json_kind(v);
    str why = kind_says(a, f);
    bool ok = false;

    *out = (struct res_val){.is = RES_SET};
    switch (f->kind) {
    case RES_STR:
        if (use == RES_FROM_STORE && k == JSON_STR) { /* as long as it is */
            out->v.s = str_dup(a, json_str(v, STR("")));
            return;
        }
        ok = k == JSON_STR && res_read_text(a, f, json_str(v, STR("")), out, &why);
        break;
    case RES_ENUM:
    case RES_ID:
    case RES_TIME:
        ok = k == JSON_STR && res_read_text(a, f, json_str(v, STR("")), out, &why);
        break;
    case RES_INT:
        /* a real without fraction is a whole number to JSON Schema, too */
        out->v.i = json_i64(v, 0);
        ok = (k == JSON_INT || k == JSON_REAL) && json_i64(v, 1) == json_i64(v, 2) && int_fits(a, f, out->v.i, &why);
        break;
    case RES_REAL:
        out->v.d = json_real(v, 0);
        ok = k == JSON_INT || k == JSON_REAL;
        break;
    case RES_BOOL:
        out->v.b = json_bool(v, false);
        ok = k == JSON_BOOL;
        break;
    case RES_OBJ:
        if (k == JSON_OBJ) {
            res_read(a, f->of, use == RES_FOR_UPDATE ? RES_FOR_CREATE : use, v, at, faults, &out->v.obj);
            res_blanks(f->of, 0, out->v.obj);
            return;
        }
        break;
    case RES_JSON:
        ok = json_copy(a, v, out);
        break;
    }
    if (!ok)
        fault(a, faults, at, why);
}

static void list_read(struct arena *a, const struct res_field *f, enum res_use use, const struct json *v, str at,
                      struct res_faults *faults, struct res_val *out)
{
    int64_t max = f->list_max ? f->list_max : RES_LIST_MAX;
    struct json_it it;

    *out = (struct res_val){.is = RES_SET};
    if (json_kind(v) != JSON_ARR || (use != RES_FROM_STORE && (int64_t)json_len(v) > max)) {
        fault(a, faults, at, str_fmt(a, "must be a list of at most %lld", (long long)max));
        return;
    }
    if ((int64_t)json_len(v) < f->list_min && use != RES_FROM_STORE) {
        fault(a, faults, at, str_fmt(a, "must be a list of at least %lld", (long long)f->list_min));
        return;
    }
    out->v.list = ARENA_ARRAY(a, struct res_val, json_len(v) + 1);
    for (json_it_init(&it, v); json_it_next(&it); out->n++)
        one_read(a, f, use, it.val, str_fmt(a, "%.*s/%zu", STR_ARG(at), out->n), faults, &out->v.list[out->n]);
}

static bool writable(const struct res_field *f, enum res_use use)
{
    if (use == RES_FROM_STORE)
        return true;
    return !(f->flags & (RES_READ_ONLY | RES_ONCE)) && !(use == RES_FOR_UPDATE && f->flags & RES_CREATE_ONLY);
}

static void member_read(struct arena *a, const struct res_shape *s, enum res_use use, str key, const struct json *v,
                        str at, struct res_faults *faults, struct res_val *out)
{
    size_t i = res_field_index(s, key);
    const struct res_field *f = i == SIZE_MAX ? NULL : &s->fields[i];
    str here = pointer_to(a, at, key);

    if (!f) {
        refuse(a, faults, here, STR("is not a field of this request"));
    } else if (!writable(f, use)) {
        refuse(a, faults, here,
               f->flags & RES_CREATE_ONLY ? STR("cannot be changed") : STR("is set by Harken and cannot be sent"));
    } else if (out[i].is != RES_ABSENT) {
        fault(a, faults, here, STR("is there twice"));
    } else if (json_kind(v) == JSON_NULL) {
        out[i].is = f->flags & RES_NULLABLE || use != RES_FROM_STORE ? RES_NULL : RES_ABSENT;
        if (!(f->flags & RES_NULLABLE) && use != RES_FROM_STORE)
            fault(a, faults, here, kind_says(a, f));
    } else if (f->flags & RES_LIST) {
        list_read(a, f, use, v, here, faults, &out[i]);
    } else {
        one_read(a, f, use, v, here, faults, &out[i]);
    }
}

bool res_read(struct arena *a, const struct res_shape *s, enum res_use use, const struct json *v, str at,
              struct res_faults *faults, struct res_val **out)
{
    size_t before = faults->n;
    struct json_it it;

    *out = ARENA_ARRAY(a, struct res_val, s->n + 1);
    if (json_kind(v) != JSON_OBJ) {
        fault(a, faults, at, STR("must be an object"));
        return false;
    }
    for (json_it_init(&it, v); json_it_next(&it);)
        member_read(a, s, use, json_str(it.key, STR("")), it.val, at, faults, *out);
    for (size_t i = 0; i < s->n && use != RES_FOR_UPDATE && use != RES_FROM_STORE; i++)
        if (s->fields[i].flags & RES_NEEDED && (*out)[i].is == RES_ABSENT && writable(&s->fields[i], use))
            fault(a, faults, pointer_to(a, at, str_of(s->fields[i].name)), STR("is missing"));
    return faults->n == before;
}

void res_blanks(const struct res_shape *s, size_t from, struct res_val *item)
{
    for (size_t i = from; i < s->n; i++) {
        const struct res_field *f = &s->fields[i];
        if (item[i].is != RES_ABSENT)
            continue;
        if (f->flags & RES_LIST)
            item[i] = (struct res_val){.is = RES_SET};
        else if (f->flags & RES_NULLABLE)
            item[i] = res_null();
        else if (f->kind == RES_STR && !(f->flags & RES_MAYBE))
            item[i] = res_str(STR(""));
    }
}
