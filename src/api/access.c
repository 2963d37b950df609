#include "api/access.h"

enum { TX_MS = 20000 };

bool access_body(struct call *k, const char *const *keys, struct json_doc **out)
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

bool access_user(struct call *k)
{
    if (!id_is_nil(k->who.user))
        return true;
    http_problem(k->rep, 403, STR_NULL, STR("no user"), STR("the operator has no password and no second factor"));
    return false;
}

struct keyring *access_keys(struct call *k)
{
    struct api *api = k->app;

    return api->core->v.keys;
}

struct db_tx *access_begin(struct call *k)
{
    struct api *api = k->app;
    struct db_tx *t;
    struct err e;

    if (db_begin(api->core->v.db, api->core->v.workspace, TX_MS, &t, &e) == ERR_OK)
        return t;
    http_problem_err(k->rep, &e);
    return NULL;
}

void access_fail(struct call *k, struct db_tx *t, const struct err *e)
{
    db_rollback(t);
    if (e->code == ERR_NOT_FOUND)
        http_problem(k->rep, 404, STR_NULL, STR("not found"), STR("there is no such thing, or you may not see it"));
    else if (e->code == ERR_INVALID)
        http_problem(k->rep, 422, STR_NULL, STR("this does not fit"), str_dup(k->a, str_of(e->msg)));
    else
        http_problem_err(k->rep, e);
}

bool access_commit(struct call *k, struct db_tx *t, enum audit_act act, struct id object)
{
    struct audit_entry entry = {.act = act, .actor = caller_actor(&k->who), .object = object};
    struct err e;

    if (audit_append(t, access_keys(k), &entry, &e)) {
        access_fail(k, t, &e);
        return false;
    }
    if (db_commit(t, &e)) {
        http_problem_err(k->rep, &e);
        return false;
    }
    access_changed();
    return true;
}

void access_missing(struct call *k, const char *what)
{
    http_problem(k->rep, 404, STR_NULL, STR("not found"),
                 str_fmt(k->a, "there is no such %s, or you may not see it", what));
}

bool access_id(struct call *k, int part, const char *what, struct id *out)
{
    if (id_parse(k->part[part], out))
        return true;
    access_missing(k, what);
    return false;
}

void access_time(struct call *k, struct jw *w, const char *key, int64_t at_ms)
{
    if (at_ms == CLOCK_NONE)
        jw_knull(w, key);
    else
        jw_kstr(w, key, clock_str(k->a, at_ms));
}
