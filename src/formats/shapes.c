/* formats/shapes.c - see shapes.h: what the JSON rows share. */
#include "formats/shapes.h"

#include <math.h>

#include "formats/charset.h"
#include "formats/talk.h"

bool shapes_head_is_json(str head)
{
    str s = str_trim(head), rest;

    if (s.n == 0 || (s.p[0] != '{' && s.p[0] != '['))
        return false;
    rest = str_trim(str_from(s, 1));
    if (s.p[0] == '{')
        return rest.n > 0 && (rest.p[0] == '"' || rest.p[0] == '}');
    return rest.n > 0 && (rest.p[0] == '{' || rest.p[0] == '[' || rest.p[0] == '"' || rest.p[0] == ']');
}

enum err_code shapes_text_open(str bytes, struct arena *a, str *out, struct err *e)
{
    str s = bytes;
    enum err_code rc;

    if (str_starts(s, STR("\xef\xbb\xbf"))) {
        s = str_from(s, 3);
    } else if (s.n >= 2 &&
               (s.p[0] == 0 || s.p[1] == 0 || str_starts(s, STR("\xff\xfe")) || str_starts(s, STR("\xfe\xff")))) {
        rc = charset_to_utf8(bytes, a, &s, NULL, e);
        if (rc)
            return rc;
    }
    if (str_trim(s).n == 0)
        return err_set(e, ERR_INVALID, "line 1: the file holds no text");
    *out = s;
    return ERR_OK;
}

enum err_code shapes_parse(const struct format_input *in, struct arena *a, struct format_result *out, struct err *e,
                           enum err_code (*add)(const struct json *v, const struct format_input *in, struct arena *a,
                                                struct format_result *out, struct err *e))
{
    struct json_doc *doc;
    enum err_code rc;
    str text = STR_NULL;

    rc = shapes_text_open(in->bytes, a, &text, e);
    if (rc)
        return rc;
    rc = json_parse(text, &doc, e);
    if (rc)
        return rc;
    rc = add(json_root(doc), in, a, out, e);
    json_free(doc);
    return rc && !str_starts(str_of(e->msg), STR("line ")) ? err_wrap(e, "line 1") : rc;
}

enum err_code shapes_add(const struct json *v, const struct format_input *in, struct arena *a,
                         struct format_result *out, struct err *e)
{
    if (json_kind(v) != JSON_OBJ && json_kind(v) != JSON_ARR)
        return err_set(e, ERR_UNSUPPORTED, "a JSON value that is neither object nor array");
    if (gong_is(v))
        return gong_add(v, in, a, out, e);
    if (asr_is(v))
        return asr_add(v, in, a, out, e);
    if (json_kind(json_get(v, "records")) == JSON_ARR)
        return err_set(e, ERR_UNSUPPORTED, "CRM records, not a conversation: they come in through a connector");
    return err_set(e, ERR_UNSUPPORTED,
                   "valid JSON, but no conversation of a shape we know: no list of entries with "
                   "words, and no \"format\":\"harken.interaction/1\"");
}

str shapes_text(const struct json *v, struct arena *a)
{
    switch (json_kind(v)) {
    case JSON_STR:
        return str_utf8_repair(a, str_dup(a, json_str(v, STR_NULL)));
    case JSON_INT:
        return str_fmt(a, "%lld", (long long)json_i64(v, 0));
    case JSON_REAL:
        return str_fmt(a, "%.17g", json_real(v, 0));
    default:
        return STR_NULL;
    }
}

const struct json *shapes_get(const struct json *obj, const char *const *keys)
{
    for (size_t i = 0; keys[i]; i++) {
        const struct json *v = json_get(obj, keys[i]);

        if (v && json_kind(v) != JSON_NULL)
            return v;
    }
    return NULL;
}

int64_t shapes_time(const struct json *v, double unit_ms)
{
    double d = NAN;
    int64_t ms;
    str s;

    if (json_kind(v) == JSON_INT || json_kind(v) == JSON_REAL) {
        d = json_real(v, NAN) * unit_ms;
    } else if (json_kind(v) == JSON_STR) {
        s = str_trim(json_str(v, STR_NULL));
        if (talk_time_parse(s, &ms))
            return ms;
        if (s.n > 1 && s.p[s.n - 1] == 's') {
            s = str_sub(s, 0, s.n - 1);
            unit_ms = 1000;
        }
        if (str_to_double(s, &d))
            d *= unit_ms;
        else
            d = NAN;
    }
    if (!(fabs(d) < 1e11)) /* three years; also not a number */
        return IA_TIME_NONE;
    return d < 0 ? 0 : (int64_t)llround(d);
}
