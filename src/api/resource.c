/* api/resource.c - the table, and the transaction around every use of it. */
#include "api/resource.h"

#define RESOURCE(name) extern const struct resource res_##name;
#include "api/resource_tab.h"
#undef RESOURCE

const struct resource *const resources[] = {
#define RESOURCE(name) &res_##name,
#include "api/resource_tab.h"
#undef RESOURCE
};
const size_t resources_n = sizeof resources / sizeof *resources;

enum { TX_MS = 20000 };

enum { RES_LOCK };
const struct db_stmt resource_sql[] = {
    /* $1 workspace, $2 row */
    [RES_LOCK] = {"resource_lock",
                  "SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text || $2::uuid::text, 25))"},
};
const size_t resource_sql_n = sizeof resource_sql / sizeof *resource_sql;

/* '{' sorts behind all letters, and the gateway takes the first pattern that fits. */
static int by_path(const void *x, const void *y)
{
    const struct res_row *a = x, *b = y;
    int d = strcmp(a->op->path, b->op->path);

    return d ? d : (int)a->op->method - (int)b->op->method;
}

struct res_row *res_rows_all(struct arena *a, size_t *out_n)
{
    struct res_row *rows;
    size_t n = 0, all = 0;

    for (size_t i = 0; i < resources_n; i++)
        all += resources[i]->ops_n;
    rows = ARENA_ARRAY(a, struct res_row, all + 1);
    for (size_t i = 0; i < resources_n; i++)
        for (size_t o = 0; o < resources[i]->ops_n; o++)
            rows[n++] = (struct res_row){resources[i], &resources[i]->ops[o]};
    qsort(rows, n, sizeof *rows, by_path);
    *out_n = n;
    return rows;
}

const struct resource *resource_find(str name)
{
    for (size_t i = 0; i < resources_n; i++)
        if (str_eq(str_of(resources[i]->name), name))
            return resources[i];
    return NULL;
}

const struct res_op *resource_op(const struct resource *r, enum res_verb verb)
{
    for (size_t i = 0; i < r->ops_n; i++)
        if (r->ops[i].verb == verb)
            return &r->ops[i];
    return NULL;
}

size_t res_field_index(const struct res_shape *s, str name)
{
    for (size_t i = 0; i < s->n; i++)
        if (str_eq(str_of(s->fields[i].name), name))
            return i;
    return SIZE_MAX;
}

bool res_may(const struct caller *who, enum perm need)
{
    return need == PERM_PUBLIC || caller_reach(who, need) != REACH_NONE;
}

bool res_field_shown(const struct res_field *f, const struct caller *who)
{
    return !(f->flags & RES_WRITE_ONLY) && (!f->need || res_may(who, f->need));
}

uint64_t res_want_default(const struct res_shape *s, const struct caller *who, bool many)
{
    uint64_t want = 0;

    for (size_t i = 0; i < s->n; i++)
        if (res_field_shown(&s->fields[i], who) && !(many && s->fields[i].flags & RES_DETAIL))
            want |= UINT64_C(1) << i;
    return want;
}

/* ---- a transaction ---- */

struct res_after {
    struct res_after *next;
    void (*run)(struct api *api, struct id object);
    struct id object;
};

void res_init(struct res_ctx *c, struct call *k)
{
    struct api *api = k->app;

    *c = (struct res_ctx){.k = k, .api = api, .v = &api->core->v, .a = k->a, .who = k->who};
}

enum err_code res_begin(struct res_ctx *c, struct call *k, struct err *e)
{
    res_init(c, k);
    return db_begin(c->v->db, c->v->workspace, TX_MS, &c->t, e);
}

void res_abort(struct res_ctx *c)
{
    db_rollback(c->t);
    c->t = NULL;
}

enum err_code res_commit(struct res_ctx *c, struct err *e)
{
    enum err_code rc;

    if (!c->t)
        return ERR_OK;
    if (c->dry_run) {
        /* what was queued must still be known to work before anybody is told it would */
        rc = db_flush(c->t, NULL, e);
        res_abort(c);
        return rc;
    }
    rc = db_commit(c->t, e);
    c->t = NULL;
    for (struct res_after *f = c->after; f && !rc; f = f->next)
        f->run(c->api, f->object);
    return rc;
}

enum err_code res_say(struct res_ctx *c, int status, const char *title, str detail, struct err *e)
{
    c->say.status = status;
    c->say.title = title;
    c->say.detail = detail;
    return err_set(e, ERR_UNSUPPORTED, "%s", title);
}

void res_after(struct res_ctx *c, void (*run)(struct api *api, struct id object), struct id object)
{
    struct res_after **at = &c->after;

    while (*at)
        at = &(*at)->next;
    *at = ARENA_NEW(c->a, struct res_after);
    **at = (struct res_after){NULL, run, object};
}

enum err_code res_lock(struct res_ctx *c, struct id id, struct err *e)
{
    return db_run(c->t, &resource_sql[RES_LOCK], DB_ARGS(P_ID(c->v->workspace), P_ID(id)), NULL, e);
}

/* What was done to which resource stands in the record, sealed. */
static enum err_code audit(struct res_ctx *c, const struct resource *r, enum audit_act act, const char *what,
                           struct id object, size_t n, struct err *e)
{
    struct audit_entry entry = {
        .act = act,
        .actor = caller_actor(&c->who),
        .object = object,
        .details = str_fmt(c->a, "{\"resource\":\"%s\",\"operation\":\"%s\",\"rows\":%zu}", r->name, what, n)};

    return audit_append(c->t, c->v->keys, &entry, e);
}

enum err_code res_list(struct res_ctx *c, const struct resource *r, const struct res_query *q, struct res_page *page,
                       struct err *e)
{
    *page = (struct res_page){.total = -1};
    if (r->list(c, q, page, e))
        return e->code;
    return r->flags & RES_CONTENT ? audit(c, r, AUDIT_READ, "list", ID_NIL, page->n, e) : ERR_OK;
}

enum err_code res_many(struct res_ctx *c, const struct resource *r, const struct id *ids, size_t n, uint64_t want,
                       struct res_val **items, struct err *e)
{
    size_t found = 0;

    memset(items, 0, n * sizeof *items);
    if (!n)
        return ERR_OK;
    if (r->many(c, ids, n, want, items, e))
        return e->code;
    for (size_t i = 0; i < n; i++)
        found += items[i] != NULL;
    if (!found || !(r->flags & RES_CONTENT))
        return ERR_OK;
    return audit(c, r, AUDIT_READ, "get", n == 1 ? ids[0] : ID_NIL, found, e);
}

static enum err_code one(struct res_ctx *c, const struct resource *r, struct id id, uint64_t want, struct res_val **out,
                         struct err *e)
{
    *out = NULL;
    if (r->many(c, &id, 1, want, out, e))
        return e->code;
    return *out ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no such %s", r->one);
}

static enum audit_act change_act(const struct resource *r)
{
    return r->flags & RES_ADMIN ? AUDIT_ADMIN : AUDIT_CHANGE;
}

enum err_code res_create(struct res_ctx *c, const struct resource *r, const struct res_val *in, struct id *out_id,
                         struct res_val **out, struct err *e)
{
    *out = NULL;
    if (r->create(c, in, out_id, e) || one(c, r, *out_id, UINT64_MAX, out, e))
        return e->code;
    return audit(c, r, change_act(r), "create", *out_id, 1, e);
}

/* Is one of the tags in a list such as `"a", W/"b", *` this one? Weak ones never are (RFC 9110 13.1.1). */
static bool tag_listed(str list, str tag)
{
    while (list.n) {
        str one_tag = str_trim(str_cut(list, ',', &list));
        if (str_eq(one_tag, tag) || str_eq(one_tag, STR("*")))
            return true;
    }
    return false;
}

static enum err_code matched(struct res_ctx *c, const struct resource *r, struct id id, str match, struct err *e)
{
    struct res_val *now = NULL;

    if (res_lock(c, id, e) || one(c, r, id, match.n ? UINT64_MAX : 1, &now, e))
        return e->code;
    if (match.n && !tag_listed(match, res_etag(c->a, r->shape, now)))
        return err_set(e, ERR_CONFLICT, "it was changed since: read it again");
    return ERR_OK;
}

enum err_code res_update(struct res_ctx *c, const struct resource *r, struct id id, const struct res_val *in, str match,
                         struct res_val **out, struct err *e)
{
    *out = NULL;
    if (matched(c, r, id, match, e) || r->update(c, id, in, e) || one(c, r, id, UINT64_MAX, out, e))
        return e->code;
    return audit(c, r, change_act(r), "update", id, 1, e);
}

enum err_code res_drop(struct res_ctx *c, const struct resource *r, struct id id, str match, struct err *e)
{
    if (matched(c, r, id, match, e) || r->drop(c, id, e))
        return e->code;
    return audit(c, r, change_act(r), "delete", id, 1, e);
}

enum err_code res_act(struct res_ctx *c, const struct resource *r, const struct res_op *op, struct id id,
                      const struct res_val *in, const struct res_val *query, struct res_val **out, struct err *e)
{
    bool own = op->flags & (RES_OP_SAFE | RES_OP_LATE); /* nothing to lock, or without a transaction to do it in */
    enum audit_act act = op->audit || own ? op->audit : AUDIT_CHANGE;

    *out = NULL;
    if (!id_is_nil(id) && !own && res_lock(c, id, e))
        return e->code;
    if (op->act(c, id, in, query, out, e))
        return e->code;
    return act && op->method != HTTP_M_GET ? audit(c, r, act, op->name, id, 1, e)
           : op->audit                     ? audit(c, r, op->audit, op->name, id, 1, e)
                                           : ERR_OK;
}
