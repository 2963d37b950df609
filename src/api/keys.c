/* api/keys.c - API keys and sessions: what a user has given out, what is open, and ending it. */
#include "api/access.h"
#include "api/access_shapes.h"
#include "gateway/users.h"

enum { DAY_MS = 86400000, DAYS_DEFAULT = 90, DAYS_MAX = 366, KEYS_PER_USER_MAX = 100 };

static const char *const perms[] = {
#define ROLE(...)
#define PERM(number, name, text, rep, mgr, rev, adm, dpo, aud, itg, prv, what) text,
#include "gateway/roles.def"
#undef PERM
#undef ROLE
    NULL};

static struct res_val scopes_of(struct arena *a, uint64_t scopes)
{
    struct res_val *list = ARENA_ARRAY(a, struct res_val, PERM_END);
    size_t n = 0;

    for (int p = 1; p < PERM_END; p++)
        if (scopes >> p & 1)
            list[n++] = res_str(str_of(perm_name((enum perm)p)));
    return res_vals(list, n);
}

/* Keys and sessions are rows of one table: they differ in one field. */
enum { F_ID_, F_NAME, F_USER, F_OWN, F_CREATED, F_USED, F_EXPIRES, F_COUNT };
#define TOKEN_FIELDS(what)                                                                                             \
    [F_ID_] = {"id", RES_ID, RES_READ_ONLY, "Its id.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},                    \
    [F_NAME] = {"name", RES_STR, RES_READ_ONLY | RES_SEALED, what, "\"crm sync\""},                                    \
    [F_USER] = {"user",                                                                                                \
                RES_ID,                                                                                                \
                RES_READ_ONLY | RES_NULLABLE | RES_FILTER,                                                             \
                "Whose it is; null: the operator's.",                                                                  \
                "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ac\"",                                                            \
                .to = "users"},                                                                                        \
    [F_CREATED] = {"created_at", RES_TIME, RES_READ_ONLY | RES_SORT, "When it was made.",                              \
                   "\"2026-06-10T09:30:00.000Z\""},                                                                    \
    [F_USED] = {"used_at", RES_TIME, RES_READ_ONLY | RES_NULLABLE, "When it was last used.",                           \
                "\"2026-06-10T09:30:00.000Z\""},                                                                       \
    [F_EXPIRES] = {"expires_at", RES_TIME, RES_READ_ONLY | RES_NULLABLE, "When it ends by itself.",                    \
                   "\"2026-09-10T09:30:00.000Z\""}
static const struct res_field key_fields[F_COUNT] = {
    TOKEN_FIELDS("What it is for."),
    [F_OWN] = {"scopes", RES_ENUM, RES_READ_ONLY | RES_LIST, "What it may do at most, of what its user may.",
               "\"deals.read\"", .words = perms},
};
static const struct res_shape key_shape = {"Key", "An API key.", RES_FIELDS(key_fields)};
static const struct res_field session_fields[F_COUNT] = {
    TOKEN_FIELDS("How it was opened."),
    [F_OWN] = {"this", RES_BOOL, RES_READ_ONLY, "The session that asks.", "true"},
};
static const struct res_shape session_shape = {"Session", "Where a user is signed in.", RES_FIELDS(session_fields)};

/* What tells keys from sessions; `others`: the permission for those of everybody. */
static const struct token_sort {
    enum token_kind kind;
    enum perm others;
    const struct res_shape *shape;
} key_sort = {TOKEN_KEY, PERM_KEYS_WRITE, &key_shape}, session_sort = {TOKEN_SESSION, PERM_USERS_WRITE, &session_shape};

static struct res_val *item_of(struct res_ctx *c, const void *row)
{
    const struct token_entry *x = row;
    struct res_val *item = ARENA_ARRAY(c->a, struct res_val, F_COUNT);

    item[F_ID_] = res_id(x->t.id);
    item[F_NAME] = res_str(x->name);
    item[F_USER] = res_id(x->t.user);
    item[F_OWN] =
        x->t.kind == TOKEN_KEY ? scopes_of(c->a, (uint64_t)x->t.scopes) : res_bool(id_eq(x->t.id, c->who.token));
    item[F_CREATED] = res_time(x->t.created_at_ms);
    item[F_USED] = res_time(x->t.used_at_ms);
    item[F_EXPIRES] = res_time(x->t.expires_at_ms);
    return item;
}

static const struct res_field everybody_fields[] = {
    {"everybody", RES_BOOL, 0, "Those of all users; needs the permission to manage them.", "true"},
};
static const struct res_shape everybody_query = {"EverybodyQuery", "", RES_FIELDS(everybody_fields)};

/* One's own, or with `?everybody=1` and the permission for it those of all. */
static enum err_code entries_list(struct res_ctx *c, const struct token_sort *s, const struct res_query *q,
                                  struct res_page *page, struct err *e)
{
    const struct res_filter *users = res_filter_get(q, "user", RES_EQ);
    struct token_filter f = {.kind = s->kind,
                             .user = c->who.user,
                             .everybody = q->extra && q->extra[0].is == RES_SET && q->extra[0].v.b,
                             .users = res_filter_ids(c->a, users)};
    struct page_want w = res_page_want(q, "created_at");
    struct token_entry *rows;
    size_t n;

    if (f.everybody && caller_reach(&c->who, s->others) != REACH_WORKSPACE)
        return res_say(c, 403, "not allowed",
                       str_fmt(c->a, "it takes the permission %s, which you do not have", perm_name(s->others)), e);
    if (token_page(c->t, c->v->keys, &f, &w, c->a, &rows, &n, e))
        return e->code;
    res_page_fill(c, page, q, s->shape, rows, n, sizeof *rows, item_of);
    return ERR_OK;
}

static enum err_code entries_many(struct res_ctx *c, const struct token_sort *s, const struct id *ids, size_t n,
                                  struct res_val **items, struct err *e)
{
    struct token_filter f = {
        .kind = s->kind, .user = c->who.user, .everybody = caller_reach(&c->who, s->others) == REACH_WORKSPACE};
    struct token_entry *rows = NULL;
    size_t rows_n = 0;

    if (token_load(c->t, c->v->keys, &f, ids, n, c->a, &rows, &rows_n, e))
        return e->code;
    res_rows_place(c, s->shape, ids, n, rows, rows_n, sizeof *rows, item_of, items);
    return ERR_OK;
}

/* `many` has found it: it is the caller's, or the caller may end anybody's. */
static enum err_code entry_end(struct res_ctx *c, const struct token_sort *s, struct id id, struct err *e)
{
    int64_t ended = 0;

    if (token_end(c->t, s->kind, ID_NIL, id, ID_NIL, &ended, e))
        return e->code;
    if (!ended)
        return err_set(e, ERR_NOT_FOUND, "it has ended already");
    access_after(c, id);
    return ERR_OK;
}

#define TOKEN_FUNCTIONS(s)                                                                                             \
    static enum err_code s##_list(struct res_ctx *c, const struct res_query *q, struct res_page *page, struct err *e)  \
    {                                                                                                                  \
        return entries_list(c, &s##_sort, q, page, e);                                                                 \
    }                                                                                                                  \
    static enum err_code s##_many(struct res_ctx *c, const struct id *ids, size_t n, uint64_t want,                    \
                                  struct res_val **items, struct err *e)                                               \
    {                                                                                                                  \
        (void)want;                                                                                                    \
        return entries_many(c, &s##_sort, ids, n, items, e);                                                           \
    }                                                                                                                  \
    static enum err_code s##_drop(struct res_ctx *c, struct id id, struct err *e)                                      \
    {                                                                                                                  \
        return entry_end(c, &s##_sort, id, e);                                                                         \
    }
TOKEN_FUNCTIONS(key)
TOKEN_FUNCTIONS(session)

/* ---- making ---- */

struct key_in {
    str name;
    uint64_t scopes;
    int64_t days;
    struct id user;
};

static bool refuse(struct call *k, int status, const char *title, const char *detail)
{
    http_problem(k->rep, status, STR_NULL, str_of(title), str_of(detail));
    return false;
}

/* The shape was checked before. */
static bool key_read(struct call *k, const struct json *o, struct key_in *in)
{
    struct json_it it;

    in->name = str_dup(k->a, str_trim(json_str(json_get(o, "name"), STR(""))));
    in->days = json_i64(json_get(o, "days"), DAYS_DEFAULT);
    in->user = k->who.user;
    for (json_it_init(&it, json_get(o, "scopes")); json_it_next(&it);) {
        enum perm p;
        if (!perm_parse(json_str(it.val, STR("")), &p) || p == PERM_SELF || p == PERM_OPERATOR)
            return refuse(k, 403, "not for keys",
                          str_fmt(k->a, "\"%.*s\" is no permission that a key can have",
                                  STR_ARG(str_sub(json_str(it.val, STR("")), 0, 60)))
                              .p);
        in->scopes |= perm_bit(p);
    }
    if (json_kind(json_get(o, "user")) == JSON_STR)
        id_parse(json_str(json_get(o, "user"), STR("")), &in->user);
    return true;
}

/* For oneself; for a program (a service user) with keys.write; for another person by the operator only. */
static bool owner_ok(struct call *k, struct db_tx *t, const struct key_in *in)
{
    struct token_filter f = {.kind = TOKEN_KEY, .user = in->user, .users = P_NULL(DB_IDS)};
    struct page_want all = {.limit = KEYS_PER_USER_MAX, .from_ms = CLOCK_NONE, .to_ms = CLOCK_NONE};
    struct token_entry *list;
    struct user u;
    size_t n;
    struct err e;

    if (id_is_nil(in->user) || user_get(t, access_keys(k), in->user, k->a, &u, &e)) {
        db_rollback(t);
        return refuse(k, 409, "no such user", "\"user\" must be the id of a user");
    }
    if (caller_reach(&k->who, PERM_OPERATOR) == REACH_NONE && !id_eq(in->user, k->who.user) &&
        (!u.service || caller_reach(&k->who, PERM_KEYS_WRITE) != REACH_WORKSPACE)) {
        db_rollback(t);
        http_problem(k->rep, 403, STR_NULL, STR("not allowed"),
                     STR("keys are made for oneself, and by administrators for programs (users with \"service\")"));
        return false;
    }
    if (token_page(t, access_keys(k), &f, &all, k->a, &list, &n, &e)) {
        access_fail(k, t, &e);
        return false;
    }
    if (n >= KEYS_PER_USER_MAX) {
        db_rollback(t);
        return refuse(k, 409, "too many keys", "there are too many keys already: delete some");
    }
    return true;
}

static void keys_post(struct call *k)
{
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

    if (json_parse(k->rq->body, &d, &e)) {
        http_problem_err(k->rep, &e);
        return;
    }
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
    jw_karr(&w, "scopes");
    for (int p = 1; p < PERM_END; p++)
        if (in.scopes >> p & 1)
            jw_str(&w, str_of(perm_name((enum perm)p)));
    jw_end(&w);
    access_time(k, &w, "expires_at", n.expires_at_ms);
    jw_end(&w);
    http_header_fmt(k->rep, STR("location"), "/v1/keys/%.*s", STR_ARG(id_str(k->a, id)));
    api_reply(k, 201, &b);
}

static const struct res_field new_fields[] = {
    {"name", RES_STR, RES_NEEDED | RES_SEALED, "What it is for.", "\"crm sync\"", .min = 1, .max = 256},
    {"scopes", RES_ENUM, RES_NEEDED | RES_LIST, "What it may do at most: permissions, not self and not operator.",
     "\"deals.read\"", .words = perms, .list_min = 1, .list_max = PERM_END},
    {"days", RES_INT, 0, "Days it is good for; 90 when left out.", "90", .min = 1, .max = DAYS_MAX},
    {"user", RES_ID, RES_NULLABLE, "For whom: oneself when left out, or a program.",
     "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ac\"", .to = "users"},
};
static const struct res_shape new_shape = {"KeyRequest", "A key to make.", RES_FIELDS(new_fields)};
static const struct res_field made_fields[] = {
    {"id", RES_ID, 0, "Its id.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    {"key", RES_STR, 0, "The key: shown this once.", "\"hk_example\""},
    {"name", RES_STR, RES_SEALED, "What it is for.", "\"crm sync\""},
    {"user", RES_ID, 0, "Whose it is.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ac\"", .to = "users"},
    {"scopes", RES_ENUM, RES_LIST, "What it may do at most.", "\"deals.read\"", .words = perms},
    {"expires_at", RES_TIME, 0, "When it ends by itself.", "\"2026-09-10T09:30:00.000Z\""},
};
static const struct res_shape made_shape = {"KeyMade", "A new key, with its secret.", RES_FIELDS(made_fields)};

static const struct res_op key_ops[] = {
    {RES_OP_LIST, "list", HTTP_M_GET, "/v1/keys", PERM_KEYS_OWN, "List API keys", .query = &everybody_query},
    {RES_OP_GET, "get", HTTP_M_GET, "/v1/keys/{id}", PERM_KEYS_OWN, "Read about one API key"},
    {RES_OP_RAW, "create", HTTP_M_POST, "/v1/keys", PERM_KEYS_OWN, "Make an API key; it is shown once",
     .body = &new_shape, .answer = &made_shape, .status = 201, .flags = RES_OP_FRESH, .raw = keys_post},
    {RES_OP_DELETE, "delete", HTTP_M_DELETE, "/v1/keys/{id}", PERM_KEYS_OWN, "Revoke an API key"},
};
const struct resource res_keys = {
    .name = "keys",
    .key = "keys",
    .one = "key",
    .about = "API keys of users and programs.",
    .flags = RES_ADMIN,
    .shape = &key_shape,
    .sort = "-created_at",
    .limit_max = 1000,
    RES_OPS(key_ops),
    .list = key_list,
    .many = key_many,
    .drop = key_drop,
};

static const struct res_op session_ops[] = {
    {RES_OP_LIST, "list", HTTP_M_GET, "/v1/sessions", PERM_SELF, "List sessions", .query = &everybody_query},
    {RES_OP_GET, "get", HTTP_M_GET, "/v1/sessions/{id}", PERM_SELF, "Read about one session"},
    {RES_OP_DELETE, "delete", HTTP_M_DELETE, "/v1/sessions/{id}", PERM_SELF, "End a session"},
};
const struct resource res_sessions = {
    .name = "sessions",
    .key = "sessions",
    .one = "session",
    .about = "Where users are signed in.",
    .flags = RES_ADMIN,
    .shape = &session_shape,
    .sort = "-created_at",
    .limit_max = 1000,
    RES_OPS(session_ops),
    .list = session_list,
    .many = session_many,
    .drop = session_drop,
};
