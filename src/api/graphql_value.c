/* api/graphql_value.c - values of the table as GraphQL's, and back. */
#include "api/graphql.h"

enum { INPUT_MAX = 8 << 20, DEPTH_MAX = 40 };

str gq_id(struct arena *a, const struct res_shape *s, struct id id)
{
    return str_fmt(a, "%s:%.*s", s->name, STR_ARG(id_str(a, id)));
}

bool gq_id_read(str text, str *out_type, struct id *out)
{
    str uuid, type = str_cut(text, ':', &uuid);

    *out_type = STR("");
    if (id_parse(text, out))
        return true;
    *out_type = type;
    return type.n && id_parse(uuid, out);
}

static struct gql_value json_value(struct arena *a, str text)
{
    struct gql_value v = {.kind = GQL_NULL};
    struct json_doc *d = NULL;

    if (json_parse(text, &d, NULL) == ERR_OK)
        v = gql_json_value(json_root(d), a);
    json_free(d);
    return v;
}

static struct gql_value one_value(struct arena *a, const struct res_field *f, const struct res_val *v)
{
    if (v->is != RES_SET)
        return (struct gql_value){.kind = GQL_NULL};
    switch (f->kind) {
    case RES_STR:
        return gql_of_str(str_n(v->v.s.p ? v->v.s.p : "", v->v.s.n));
    case RES_ENUM:
        return gql_of_str(gq_word(a, str_cz(a, v->v.s)));
    case RES_ID:
        return gql_of_str(id_str(a, v->v.id));
    case RES_TIME:
        return gql_of_str(clock_str(a, v->v.i));
    case RES_INT:
        return gql_of_i64(v->v.i);
    case RES_REAL:
        return gql_of_real(v->v.d);
    case RES_BOOL:
        return gql_of_bool(v->v.b);
    case RES_OBJ:
        return gql_of_object(f->of->name, v->v.obj);
    case RES_JSON:
        return json_value(a, v->v.s);
    }
    return (struct gql_value){.kind = GQL_NULL};
}

struct gql_value gq_value(struct arena *a, const struct res_field *f, const struct res_val *v)
{
    struct gql_value *item;

    if (!(f->flags & RES_LIST) || v->is != RES_SET)
        return one_value(a, f, v);
    item = ARENA_ARRAY(a, struct gql_value, v->n + 1);
    for (size_t i = 0; i < v->n; i++)
        item[i] = one_value(a, f, &v->v.list[i]);
    return gql_of_list(item, v->n);
}

/* ---- input ---- */

/* The word of the table behind one of the schema's; itself when there is none. */
static str word_of(struct arena *a, const struct res_field *f, str word)
{
    for (size_t i = 0; f->words[i]; i++)
        if (str_eq(gq_word(a, f->words[i]), word))
            return str_of(f->words[i]);
    return word;
}

static void input_write(struct jw *w, struct arena *a, const struct res_shape *s, const struct gql_value *map);

static void plain_write(struct jw *w, struct arena *a, const struct gql_value *v)
{
    switch (v->kind) {
    case GQL_BOOL:
        jw_bool(w, v->v.b);
        break;
    case GQL_INT:
        jw_i64(w, v->v.i);
        break;
    case GQL_FLOAT:
        jw_real(w, v->v.d);
        break;
    case GQL_STRING:
    case GQL_ENUM:
        jw_str(w, v->s);
        break;
    case GQL_LIST:
        jw_arr(w);
        for (size_t i = 0; i < v->v.list.n; i++)
            plain_write(w, a, &v->v.list.item[i]);
        jw_end(w);
        break;
    case GQL_MAP:
        jw_obj(w);
        for (size_t i = 0; i < v->v.map.n; i++) {
            jw_key_str(w, v->v.map.member[i].name);
            plain_write(w, a, &v->v.map.member[i].value);
        }
        jw_end(w);
        break;
    default:
        jw_null(w);
    }
}

static void value_write(struct jw *w, struct arena *a, const struct res_field *f, const struct gql_value *v)
{
    struct id id;
    str type;

    if (v->kind == GQL_LIST && f->flags & RES_LIST) {
        jw_arr(w);
        for (size_t i = 0; i < v->v.list.n; i++)
            value_write(w, a, f, &v->v.list.item[i]);
        jw_end(w);
    } else if (f->kind == RES_OBJ && v->kind == GQL_MAP) {
        input_write(w, a, f->of, v);
    } else if (f->kind == RES_ENUM && v->kind == GQL_ENUM) {
        jw_str(w, word_of(a, f, v->s));
    } else if (f->kind == RES_ID && v->kind == GQL_STRING && gq_id_read(v->s, &type, &id)) {
        jw_str(w, id_str(a, id));
    } else {
        plain_write(w, a, v);
    }
}

static void input_write(struct jw *w, struct arena *a, const struct res_shape *s, const struct gql_value *map)
{
    jw_obj(w);
    for (size_t i = 0; i < s->n; i++) {
        const struct gql_value *v = gql_map_get(map, gq_camel(a, s->fields[i].name, false));
        if (!v)
            continue;
        jw_key(w, s->fields[i].name);
        value_write(w, a, &s->fields[i], v);
    }
    jw_end(w);
}

static int depth_of(const struct gql_value *v)
{
    int deepest = 0, d;

    for (size_t i = 0; v->kind == GQL_LIST && i < v->v.list.n; i++)
        if ((d = depth_of(&v->v.list.item[i])) > deepest)
            deepest = d;
    for (size_t i = 0; v->kind == GQL_MAP && i < v->v.map.n; i++)
        if ((d = depth_of(&v->v.map.member[i].value)) > deepest)
            deepest = d;
    return deepest + (v->kind == GQL_LIST || v->kind == GQL_MAP);
}

enum err_code gq_input(struct arena *a, const struct res_shape *s, enum res_use use, const struct gql_value *map,
                       struct res_val **out, struct err *e)
{
    struct res_faults faults = {0};
    struct json_doc *d = NULL;
    struct buf b;
    struct jw w;
    bool ok;

    if (depth_of(map) > DEPTH_MAX)
        return err_set(e, ERR_LIMIT, "the input is nested deeper than %d", DEPTH_MAX);
    buf_init_wiped(&b, INPUT_MAX);
    jw_init(&w, &b);
    input_write(&w, a, s, map);
    if (!buf_ok(&b) || json_parse(buf_view(&b), &d, e)) {
        buf_done(&b);
        return err_set(e, ERR_LIMIT, "the input is too large");
    }
    ok = res_read(a, s, use, json_root(d), STR(""), &faults, out);
    json_free(d);
    buf_done(&b);
    if (ok)
        return ERR_OK;
    return err_set(e, ERR_INVALID, "\"%.*s\" %.*s",
                   STR_ARG(str_from(faults.list[0].pointer, faults.list[0].pointer.n > 0)),
                   STR_ARG(faults.list[0].detail));
}

static enum err_code filter_value(struct arena *a, const struct res_field *f, const struct gql_value *v,
                                  struct res_val *out, struct err *e)
{
    str type, why = STR("is not proper");
    bool ok = true;

    *out = (struct res_val){.is = RES_SET};
    switch (v->kind) {
    case GQL_INT:
        out->v.i = v->v.i;
        break;
    case GQL_FLOAT:
        out->v.d = v->v.d;
        break;
    case GQL_BOOL:
        out->v.b = v->v.b;
        break;
    default:
        if (f->kind == RES_ID)
            ok = gq_id_read(v->s, &type, &out->v.id);
        else
            ok = res_read_text(a, f, f->kind == RES_ENUM ? word_of(a, f, v->s) : v->s, out, &why);
    }
    return ok ? ERR_OK : err_set(e, ERR_INVALID, "\"%s\" %.*s", f->name, STR_ARG(why));
}

enum err_code gq_filter_values(struct arena *a, const struct res_field *f, const struct gql_value *v,
                               const struct res_val **out, size_t *out_n, struct err *e)
{
    bool many = v->kind == GQL_LIST;
    size_t n = many ? v->v.list.n : 1;
    struct res_val *list = ARENA_ARRAY(a, struct res_val, n + 1);

    for (size_t i = 0; i < n; i++)
        if (filter_value(a, f, many ? &v->v.list.item[i] : v, &list[i], e))
            return e->code;
    *out = list;
    *out_n = n;
    return ERR_OK;
}
