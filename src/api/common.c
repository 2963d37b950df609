#include "api/rest.h"
#include "records/accounts.h"

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

bool api_query_flag(struct call *k, str name, bool *out)
{
    str text;

    *out = false;
    if (!api_query_str(k, name, &text))
        return false;
    *out = str_eq(text, STR("1")) || str_eq(text, STR("true")); /* rest_query.c has refused other words */
    return true;
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
    rest_reply(k, status, b, STR_NULL);
}

/* An id, or a name that is looked up. Nothing of that name: an id that fits nothing, so that nothing is found. */
static enum err_code named_read(struct api *api, const struct res_val *v, enum named_kind kind, struct arena *a,
                                struct id *out, struct err *e)
{
    struct vaulted *va = &api->core->v;
    struct db_tx *t;
    enum err_code rc;

    if (v->is != RES_SET || id_parse(v->v.s, out))
        return ERR_OK;
    if (db_begin(va->db, va->workspace, 10000, &t, e))
        return e->code;
    rc = named_find(t, va, kind, v->v.s, a, out, e);
    db_rollback(t);
    if (rc == ERR_NOT_FOUND)
        *out = id_new();
    return rc == ERR_NOT_FOUND ? ERR_OK : rc;
}

enum err_code api_filter(struct res_ctx *c, const struct res_val v[API_FILTERS], struct index_filter *out,
                         struct err *e)
{
    enum ia_kind kind;
    enum ia_side side;

    *out = (struct index_filter){.reader = c->who.reader, .from_ms = CLOCK_NONE, .to_ms = CLOCK_NONE};
    if (v[API_IN].is == RES_SET) {
        struct id *one = ARENA_NEW(c->a, struct id);
        out->in = v[API_IN].v.s;
        if (id_parse(out->in, one)) {
            out->interactions = one;
            out->interactions_n = 1;
            out->in = STR("");
        }
    }
    if (v[API_KIND].is == RES_SET && ia_kind_parse(v[API_KIND].v.s, &kind))
        out->kinds = 1u << kind;
    if (v[API_SIDE].is == RES_SET && ia_side_parse(v[API_SIDE].v.s, &side))
        out->sides = 1u << side;
    if (v[API_FROM].is == RES_SET)
        out->from_ms = v[API_FROM].v.i;
    if (v[API_TO].is == RES_SET)
        out->to_ms = v[API_TO].v.i;
    if (named_read(c->api, &v[API_ACCOUNT], NAMED_ACCOUNT, c->a, &out->account, e) ||
        named_read(c->api, &v[API_DEAL], NAMED_DEAL, c->a, &out->deal, e) ||
        named_read(c->api, &v[API_PERSON], NAMED_PERSON, c->a, &out->person, e))
        return e->code;
    return ERR_OK;
}

enum err_code api_ids_seen(struct call *k, const struct id *ids, size_t n, struct id_set *out, struct err *e)
{
    struct api *api = k->app;
    struct vaulted *v = &api->core->v;
    struct db_tx *t;

    if (db_begin(v->db, v->workspace, 20000, &t, e))
        return e->code;
    if (record_ia_seen(t, v, ids, n, k->a, out, e)) {
        db_rollback(t);
        return e->code;
    }
    db_rollback(t);
    return ERR_OK;
}

bool api_sees(struct call *k, const struct record_ia *rec)
{
    return reader_sees(k->who.reader, &(struct reader_object){rec->persons, rec->persons_n, rec->deal, rec->private_});
}

/* Leaves out what the caller may not see; the database has left it out already, unless one of the two is wrong. */
static size_t seen_keep(struct call *k, struct record_ia *recs, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (api_sees(k, &recs[i]))
            recs[kept++] = recs[i];
    return kept;
}

enum err_code api_load(struct call *k, enum audit_act act, const struct id *ids, size_t n, struct record_ia **out,
                       size_t *out_n, struct err *e)
{
    struct api *api = k->app;
    struct vaulted *v = &api->core->v;
    struct audit_entry entry = {.act = act, .actor = caller_actor(&k->who), .object = n == 1 ? ids[0] : ID_NIL};
    struct db_tx *t;

    *out = NULL;
    *out_n = 0;
    if (db_begin(v->db, v->workspace, 20000, &t, e))
        return e->code;
    if (record_ia_load(t, v, ids, n, k->a, out, out_n, e)) {
        db_rollback(t);
        return e->code;
    }
    *out_n = seen_keep(k, *out, *out_n);
    if (audit_append(t, v->keys, &entry, e)) {
        db_rollback(t);
        return e->code;
    }
    gateway_cost(k, (double)*out_n);
    return db_commit(t, e);
}
