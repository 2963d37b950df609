/* api/keys.c - API keys and sessions: what a user has given out, what is open, and ending it. */
#include "api/access.h"
#include "gateway/users.h"

enum { DAY_MS = 86400000, DAYS_DEFAULT = 90, DAYS_MAX = 366, KEYS_PER_USER_MAX = 100 };

static void scopes_write(struct jw *w, uint64_t scopes)
{
    jw_karr(w, "scopes");
    for (int p = 1; p < PERM_END; p++)
        if (scopes >> p & 1)
            jw_str(w, str_of(perm_name((enum perm)p)));
    jw_end(w);
}

static void entry_write(struct call *k, struct jw *w, const struct token_entry *x)
{
    jw_obj(w);
    jw_kstr(w, "id", id_str(k->a, x->t.id));
    jw_kstr(w, "name", x->name);
    access_id_write(k, w, "user", x->t.user);
    if (x->t.kind == TOKEN_KEY)
        scopes_write(w, (uint64_t)x->t.scopes);
    else
        jw_kbool(w, "this", id_eq(x->t.id, k->who.token));
    access_time(k, w, "created_at", x->t.created_at_ms);
    access_time(k, w, "used_at", x->t.used_at_ms);
    access_time(k, w, "expires_at", x->t.expires_at_ms);
    jw_end(w);
}

/* One's own, or with `?everybody=1` and the permission for it those of all. */
static void entries_list(struct call *k, enum token_kind kind, enum perm others, const char *name)
{
    struct token_entry *list;
    bool everybody;
    struct db_tx *t;
    size_t n;
    struct buf b;
    struct jw w;
    struct err e;

    if (!api_query_flag(k, STR("everybody"), &everybody))
        return;
    if (everybody && caller_reach(&k->who, others) != REACH_WORKSPACE) {
        http_problem(k->rep, 403, STR_NULL, STR("not allowed"),
                     str_fmt(k->a, "it takes the permission %s, which you do not have", perm_name(others)));
        return;
    }
    if (!(t = access_begin(k)))
        return;
    if (token_list(t, access_keys(k), kind, k->who.user, everybody, k->a, &list, &n, &e)) {
        access_fail(k, t, &e);
        return;
    }
    db_rollback(t);
    buf_init_wiped(&b, 16 << 20);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_karr(&w, name);
    for (size_t i = 0; i < n; i++)
        entry_write(k, &w, &list[i]);
    jw_end(&w);
    jw_end(&w);
    gateway_cost(k, (double)n);
    api_reply(k, 200, &b);
}

static void entry_end(struct call *k, enum token_kind kind, enum perm others, const char *what)
{
    bool any = caller_reach(&k->who, others) == REACH_WORKSPACE;
    int64_t ended = 0;
    struct db_tx *t;
    struct id id;
    struct err e;

    if (!access_id(k, 0, what, &id))
        return;
    if (!any && id_is_nil(k->who.user)) { /* an owner of nil would mean anybody's */
        access_missing(k, what);
        return;
    }
    if (!(t = access_begin(k)))
        return;
    if (token_end(t, kind, any ? (struct id){{0}} : k->who.user, id, (struct id){{0}}, &ended, &e)) {
        access_fail(k, t, &e);
        return;
    }
    if (!ended) {
        db_rollback(t);
        access_missing(k, what);
    } else if (access_commit(k, t, AUDIT_ADMIN, id)) {
        http_status(k->rep, 204);
    }
}

void api_keys_list(struct call *k)
{
    entries_list(k, TOKEN_KEY, PERM_KEYS_WRITE, "keys");
}

void api_key_delete(struct call *k)
{
    entry_end(k, TOKEN_KEY, PERM_KEYS_WRITE, "key");
}

void api_sessions_list(struct call *k)
{
    entries_list(k, TOKEN_SESSION, PERM_USERS_WRITE, "sessions");
}

void api_session_delete(struct call *k)
{
    entry_end(k, TOKEN_SESSION, PERM_USERS_WRITE, "session");
}

/* ---- making ---- */

struct key_in {
    str name;
    uint64_t scopes;
    int64_t days;
    struct id user;
};

static bool bad(struct call *k, const char *detail)
{
    http_problem(k->rep, 422, STR_NULL, STR("bad field"), str_of(detail));
    return false;
}

static bool key_read(struct call *k, const struct json *o, struct key_in *in)
{
    const struct json *scopes = json_get(o, "scopes"), *user = json_get(o, "user");
    struct json_it it;

    in->name = str_dup(k->a, str_trim(json_str(json_get(o, "name"), STR(""))));
    in->days = json_i64(json_get(o, "days"), json_kind(json_get(o, "days")) == JSON_ABSENT ? DAYS_DEFAULT : 0);
    in->user = k->who.user;
    if (!in->name.n || in->name.n > USER_TEXT_MAX)
        return bad(k, "\"name\" must be a text: what the key is for");
    if (in->days < 1 || in->days > DAYS_MAX)
        return bad(k, "\"days\" must be from 1 to 366");
    if (json_kind(scopes) != JSON_ARR || !json_len(scopes))
        return bad(k, "\"scopes\" must be a list of permissions, such as deals.read");
    for (json_it_init(&it, scopes); json_it_next(&it);) {
        enum perm p;
        if (!perm_parse(json_str(it.val, STR("")), &p) || p == PERM_SELF || p == PERM_OPERATOR)
            return bad(k, "\"scopes\" holds something that is no permission for a key");
        in->scopes |= perm_bit(p);
    }
    if (json_kind(user) != JSON_ABSENT && json_kind(user) != JSON_NULL && !id_parse(json_str(user, STR("")), &in->user))
        return bad(k, "\"user\" must be the id of a user");
    return true;
}

/* For oneself; for a program (a service user) with keys.write; for another person by the operator only. */
static bool owner_ok(struct call *k, struct db_tx *t, const struct key_in *in)
{
    struct token_entry *list;
    struct user u;
    size_t n;
    struct err e;

    if (id_is_nil(in->user) || user_get(t, access_keys(k), in->user, k->a, &u, &e)) {
        db_rollback(t);
        return bad(k, "\"user\" must be a user");
    }
    if (caller_reach(&k->who, PERM_OPERATOR) == REACH_NONE && !id_eq(in->user, k->who.user) &&
        (!u.service || caller_reach(&k->who, PERM_KEYS_WRITE) != REACH_WORKSPACE)) {
        db_rollback(t);
        http_problem(k->rep, 403, STR_NULL, STR("not allowed"),
                     STR("keys are made for oneself, and by administrators for programs (users with \"service\")"));
        return false;
    }
    if (token_list(t, access_keys(k), TOKEN_KEY, in->user, false, k->a, &list, &n, &e)) {
        access_fail(k, t, &e);
        return false;
    }
    if (n >= KEYS_PER_USER_MAX) {
        db_rollback(t);
        return bad(k, "there are too many keys already: delete some");
    }
    return true;
}

void api_keys_post(struct call *k)
{
    static const char *const keys[] = {"name", "scopes", "days", "user", NULL};
    struct key_in in = {0};
    struct token_new n = {.kind = TOKEN_KEY};
    struct json_doc *d;
    struct db_tx *t;
    struct id id;
    struct buf b;
    struct jw w;
    struct err e;
    str text;
    bool ok;

    if (!access_body(k, keys, &d))
        return;
    ok = key_read(k, json_root(d), &in);
    json_free(d);
    if (!ok || !(t = access_begin(k)) || !owner_ok(k, t, &in))
        return;
    n.user = in.user;
    n.name = in.name;
    n.scopes = (int64_t)in.scopes;
    n.expires_at_ms = clock_now_ms() + in.days * DAY_MS;
    if (token_put(t, access_keys(k), &n, k->a, &id, &text, &e)) {
        access_fail(k, t, &e);
        return;
    }
    if (!access_commit(k, t, AUDIT_ADMIN, id))
        return;
    buf_init_wiped(&b, 64 << 10);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "id", id_str(k->a, id));
    jw_kstr(&w, "key", text); /* this once */
    jw_kstr(&w, "name", n.name);
    jw_kstr(&w, "user", id_str(k->a, n.user));
    scopes_write(&w, in.scopes);
    access_time(k, &w, "expires_at", n.expires_at_ms);
    jw_end(&w);
    http_header_fmt(k->rep, STR("location"), "/v1/keys/%.*s", STR_ARG(id_str(k->a, id)));
    api_reply(k, 201, &b);
}
