#include "api/api.h"
#include "records/accounts.h"

bool api_body(struct call *k, const char *const *keys, struct json_doc **out)
{
    struct json_doc *d = NULL;
    struct json_it it;
    struct err e;

    if (json_parse(k->rq->body, &d, &e)) {
        http_problem(k->rep, 400, STR_NULL, STR("the body is not JSON"), str_dup(k->a, str_of(e.msg)));
        return false;
    }
    if (json_kind(json_root(d)) != JSON_OBJ) {
        http_problem(k->rep, 400, STR_NULL, STR("the body is not a JSON object"), STR(""));
        json_free(d);
        return false;
    }
    for (json_it_init(&it, json_root(d)); json_it_next(&it);) {
        str key = json_str(it.key, STR(""));
        size_t i = 0;
        while (keys[i] && !str_eq(str_of(keys[i]), key))
            i++;
        if (keys[i])
            continue;
        http_problem(k->rep, 422, STR_NULL, STR("unknown field"),
                     str_fmt(k->a, "\"%.*s\" is not a field of this request", STR_ARG(str_sub(key, 0, 60))));
        json_free(d);
        return false;
    }
    *out = d;
    return true;
}

bool api_query_str(struct call *k, str name, str *out)
{
    struct err e;
    bool found;

    *out = STR("");
    if (!http_query_get(k->rq, name, out, &found, &e))
        return true;
    http_problem(k->rep, 400, STR_NULL, STR("bad query"),
                 str_fmt(k->a, "parameter \"%.*s\" is not proper UTF-8 text", STR_ARG(name)));
    return false;
}

bool api_query_int(struct call *k, str name, int64_t fallback, int64_t min, int64_t max, int64_t *out)
{
    str text;

    *out = fallback;
    if (!api_query_str(k, name, &text))
        return false;
    if (!text.n)
        return true;
    if (str_to_i64(text, out) && *out >= min && *out <= max)
        return true;
    http_problem(k->rep, 400, STR_NULL, STR("bad query"),
                 str_fmt(k->a, "parameter \"%.*s\" must be a whole number from %lld to %lld", STR_ARG(name),
                         (long long)min, (long long)max));
    return false;
}

void api_reply(struct call *k, int status, struct buf *b)
{
    str body = buf_ok(b) ? str_dup(k->a, buf_view(b)) : STR_NULL;

    if (!buf_ok(b))
        http_problem(k->rep, 500, STR_NULL, STR("the answer is too large"), STR("ask for less at a time"));
    else
        http_json(k->rep, status, body);
    http_header(k->rep, STR("cache-control"), STR("no-store"));
    buf_done(b);
}

static bool bad_field(struct call *k, const char *name, const char *want)
{
    http_problem(k->rep, 400, STR_NULL, STR("bad field"), str_fmt(k->a, "\"%s\" must be %s", name, want));
    return false;
}

/* An id, or a name that is looked up. Nothing of that name: an id that fits nothing, so that nothing is found. */
static bool field_named(struct call *k, const struct json *v, const char *name, enum named_kind kind, struct id *out)
{
    const struct json *f = json_get(v, name);
    struct api *api = k->app;
    struct vaulted *va = &api->core->v;
    str text = str_dup(k->a, json_str(f, STR("")));
    struct db_tx *t;
    struct err e;
    enum err_code rc;

    if (json_kind(f) == JSON_ABSENT || json_kind(f) == JSON_NULL || id_parse(text, out))
        return true;
    if (!text.n)
        return bad_field(k, name, "an id or a name");
    rc = db_begin(va->db, va->workspace, 10000, &t, &e);
    if (!rc) {
        rc = named_find(t, va, kind, text, k->a, out, &e);
        db_rollback(t);
    }
    if (rc && rc != ERR_NOT_FOUND) {
        http_problem_err(k->rep, &e);
        return false;
    }
    if (rc)
        *out = id_new();
    return true;
}

static bool field_time(struct call *k, const struct json *v, const char *name, int64_t *out)
{
    const struct json *f = json_get(v, name);

    if (json_kind(f) == JSON_ABSENT || json_kind(f) == JSON_NULL)
        return true;
    return clock_parse(json_str(f, STR("")), out, NULL) || bad_field(k, name, "a date or time such as 2026-10-01");
}

static bool field_bits(struct call *k, const struct json *v, const char *name, bool kinds, unsigned *out)
{
    const struct json *f = json_get(v, name);
    str text = json_str(f, STR(""));
    enum ia_kind kind;
    enum ia_side side;

    if (json_kind(f) == JSON_ABSENT || json_kind(f) == JSON_NULL)
        return true;
    if (kinds && ia_kind_parse(text, &kind))
        *out = 1u << kind;
    else if (!kinds && ia_side_parse(text, &side))
        *out = 1u << side;
    else
        return bad_field(k, name, kinds ? "call, mail, note or document" : "internal, external or unknown");
    return true;
}

bool api_filter(struct call *k, const struct json *v, struct index_filter *out)
{
    const struct json *in = json_get(v, "in");

    *out = (struct index_filter){.reader = k->who.reader, .from_ms = CLOCK_NONE, .to_ms = CLOCK_NONE};
    if (json_kind(in) != JSON_ABSENT && json_kind(in) != JSON_NULL) {
        struct id id;
        if (json_kind(in) != JSON_STR)
            return bad_field(k, "in", "a path or an id");
        out->in = str_dup(k->a, json_str(in, STR("")));
        if (id_parse(out->in, &id)) {
            struct id *one = ARENA_NEW(k->a, struct id);
            *one = id;
            out->interactions = one;
            out->interactions_n = 1;
            out->in = STR("");
        }
    }
    return field_bits(k, v, "kind", true, &out->kinds) && field_bits(k, v, "side", false, &out->sides) &&
           field_named(k, v, "account", NAMED_ACCOUNT, &out->account) &&
           field_named(k, v, "deal", NAMED_DEAL, &out->deal) &&
           field_named(k, v, "person", NAMED_PERSON, &out->person) && field_time(k, v, "from", &out->from_ms) &&
           field_time(k, v, "to", &out->to_ms);
}

enum err_code api_load(struct call *k, enum audit_act act, const struct id *ids, size_t n, struct record_ia **out,
                       size_t *out_n, struct err *e)
{
    struct api *api = k->app;
    struct vaulted *v = &api->core->v;
    struct audit_entry entry = {
        .act = act, .actor = caller_actor(&k->who), .object = n == 1 ? ids[0] : (struct id){{0}}};
    struct db_tx *t;

    *out = NULL;
    *out_n = 0;
    if (db_begin(v->db, v->workspace, 20000, &t, e))
        return e->code;
    if (record_ia_load(t, v, ids, n, k->a, out, out_n, e) || audit_append(t, v->keys, &entry, e)) {
        db_rollback(t);
        return e->code;
    }
    return db_commit(t, e);
}
