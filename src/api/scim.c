/* api/scim.c - provisioning by an identity provider: SCIM 2.0 (RFC 7643, RFC 7644) below /scim/v2. Users are users, groups are
 * teams. What a provider sends of a user is kept as it is (sealed) and answered so; what counts here is worked out of it:
 * userName or the primary address signs in, every address takes part in conversations, active lets in. Deactivation counts for
 * the next request. A new user is a rep: sees own conversations only. Roles are given here, not by the provider. */
#include "api/access.h"
#include "api/scim.h"

enum { LIST_MAX = 200, SCAN = 1000 };

#define USER_URN "urn:ietf:params:scim:schemas:core:2.0:User"
#define GROUP_URN "urn:ietf:params:scim:schemas:core:2.0:Group"

const struct scim_kind scim_users = {"Users",        "User",          USER_URN,      scim_user_read,
                                     scim_user_list, scim_user_write, scim_user_drop};
const struct scim_kind scim_groups = {"Groups",        "Group",          GROUP_URN,      scim_group_read,
                                      scim_group_list, scim_group_write, scim_group_drop};

/* ---- answers ---- */

static void reply_buf(struct call *k, int status, struct buf *b)
{
    str body = str_dup(k->a, buf_view(b));

    http_status(k->rep, status);
    http_body(k->rep, STR("application/scim+json; charset=utf-8"), body);
    http_header(k->rep, STR("cache-control"), STR("no-store"));
    buf_done(b);
}

void scim_error(struct call *k, int status, const char *scim_type, const char *detail)
{
    struct buf b;
    struct jw w;

    buf_init(&b, 8192);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_karr(&w, "schemas");
    jw_str(&w, STR("urn:ietf:params:scim:api:messages:2.0:Error"));
    jw_end(&w);
    jw_kstr(&w, "status", str_fmt(k->a, "%d", status));
    if (scim_type)
        jw_kstr(&w, "scimType", str_of(scim_type));
    jw_kstr(&w, "detail", str_of(detail));
    jw_end(&w);
    reply_buf(k, status, &b);
}

static void scim_fail(struct call *k, struct db_tx *t, const struct err *e)
{
    db_rollback(t);
    switch (e->code) {
    case ERR_NOT_FOUND:
        scim_error(k, 404, NULL, "there is no such resource");
        break;
    case ERR_EXISTS:
        scim_error(k, 409, "uniqueness", e->msg);
        break;
    case ERR_CONFLICT:
        scim_error(k, 412, NULL, e->msg);
        break;
    case ERR_INVALID:
        scim_error(k, 400, "invalidValue", e->msg);
        break;
    case ERR_BUSY:
    case ERR_TIMEOUT:
        http_retry_after(k->rep, 1);
        scim_error(k, 503, NULL, "try again in a moment");
        break;
    default:
        scim_error(k, 500, NULL, "something went wrong here");
    }
}

/* "attributes" and "excludedAttributes": a list of names, or empty. */
struct shown {
    str only, not_;
};

static bool listed(str list, str name)
{
    while (list.n) {
        str one = str_trim(str_cut(list, ',', &list));
        size_t colon = str_starts_nocase(one, STR("urn:")) ? str_rfind_char(one, ':') : SIZE_MAX;
        str rest, head = str_cut(colon == SIZE_MAX ? one : str_from(one, colon + 1), '.', &rest);
        if (str_eq_nocase(head, name))
            return true;
    }
    return false;
}

static void resource_write(struct jw *w, const struct node *o, const struct shown *s)
{
    jw_obj(w);
    for (size_t i = 0; i < o->n; i++) {
        str key = o->kids[i].key;
        bool always = str_eq_nocase(key, STR("id")) || str_eq_nocase(key, STR("schemas"));
        if (!always && ((s->only.n && !listed(s->only, key)) || (s->not_.n && listed(s->not_, key))))
            continue;
        jw_key_str(w, key);
        node_write(w, &o->kids[i]);
    }
    jw_end(w);
}

static bool shown_read(struct call *k, struct shown *out)
{
    return api_query_str(k, STR("attributes"), &out->only) && api_query_str(k, STR("excludedAttributes"), &out->not_);
}

static void resource_reply(struct call *k, int status, const struct scim_kind *kind, const struct node *o)
{
    const struct node *meta = node_get(o, STR("meta"));
    struct shown s;
    struct buf b;
    struct jw w;

    if (!shown_read(k, &s))
        return;
    buf_init_wiped(&b, 16 << 20);
    jw_init(&w, &b);
    resource_write(&w, o, &s);
    if (status == 201)
        http_header_fmt(k->rep, STR("location"), "%s/scim/v2/%s/%.*s", gateway_public(k->g), kind->plural,
                        STR_ARG(node_str(node_get(o, STR("id")), STR(""))));
    http_header(k->rep, STR("etag"), node_str(node_get(meta, STR("version")), STR("")));
    reply_buf(k, status, &b);
}

/* What every resource has: schemas, id, meta. */
void scim_common(struct call *k, struct node *o, const struct scim_kind *kind, struct id id, int64_t created_ms,
                 int64_t updated_ms, int64_t version)
{
    struct node schemas = {.kind = JSON_ARR}, meta = {.kind = JSON_OBJ};
    str text = id_str(k->a, id);

    ARENA_PUSH(k->a, schemas.kids, schemas.n, schemas.cap) = (struct node){.kind = JSON_STR, .s = str_of(kind->urn)};
    node_put(k->a, o, STR("schemas"), &schemas);
    node_put_str(k->a, o, "id", text);
    node_put_str(k->a, &meta, "resourceType", str_of(kind->name));
    node_put_str(k->a, &meta, "created", clock_str(k->a, created_ms));
    node_put_str(k->a, &meta, "lastModified", clock_str(k->a, updated_ms));
    node_put_str(k->a, &meta, "version", str_fmt(k->a, "W/\"%lld\"", (long long)version));
    node_put_str(k->a, &meta, "location",
                 str_fmt(k->a, "%s/scim/v2/%s/%.*s", gateway_public(k->g), kind->plural, STR_ARG(text)));
    node_put(k->a, o, STR("meta"), &meta);
}

/* ---- requests ---- */

static bool body_read(struct call *k, struct node **out)
{
    str type = http_content_type(k->rq);
    struct json_doc *d = NULL;
    struct err e;

    if (type.n && !str_eq(type, STR("application/scim+json")) && !str_eq(type, STR("application/json"))) {
        scim_error(k, 415, NULL, "send application/scim+json");
        return false;
    }
    if (json_parse(k->rq->body, &d, &e) || json_kind(json_root(d)) != JSON_OBJ) {
        json_free(d);
        scim_error(k, 400, "invalidSyntax", "the body is not a JSON object");
        return false;
    }
    *out = node_of(json_root(d), k->a);
    json_free(d);
    return true;
}

static bool path_id(struct call *k, struct id *out)
{
    if (id_parse(k->part[0], out))
        return true;
    scim_error(k, 404, NULL, "there is no such resource");
    return false;
}

/* The version the client means to change; 0: whatever is there. */
static int64_t wanted_version(struct call *k)
{
    str want = http_field_get(k->rq, STR("if-match")), rest;
    int64_t n = 0;

    if (!want.n || str_eq(want, STR("*")))
        return 0;
    str_cut(want, '"', &rest);
    want = str_cut(rest, '"', &rest);
    return str_to_i64(want, &n) ? n : -1;
}

static bool version_fits(struct call *k, struct db_tx *t, const struct node *have)
{
    int64_t want = wanted_version(k);
    str version = node_str(node_get(node_get(have, STR("meta")), STR("version")), STR(""));

    if (!want || str_eq(version, str_fmt(k->a, "W/\"%lld\"", (long long)want)))
        return true;
    db_rollback(t);
    scim_error(k, 412, NULL, "it was changed meanwhile");
    return false;
}

static bool commit(struct call *k, struct db_tx *t, struct id object)
{
    struct audit_entry entry = {.act = AUDIT_ADMIN, .actor = caller_actor(&k->who), .object = object};
    struct err e;

    if (audit_append(t, access_keys(k), &entry, &e)) {
        scim_fail(k, t, &e);
        return false;
    }
    if (db_commit(t, &e)) {
        scim_fail(k, NULL, &e);
        return false;
    }
    access_changed();
    return true;
}

/* ---- one kind of resource ---- */

static void get(struct call *k, const struct scim_kind *kind)
{
    struct node *o;
    struct db_tx *t;
    struct id id;
    struct err e;

    if (!path_id(k, &id) || !(t = access_begin(k)))
        return;
    if (kind->read(k, t, id, &o, &e)) {
        scim_fail(k, t, &e);
        return;
    }
    db_rollback(t);
    resource_reply(k, 200, kind, o);
}

/* Writes what stands in `o` and answers what is there then. */
static void save(struct call *k, const struct scim_kind *kind, struct db_tx *t, struct id id, struct node *o,
                 int status)
{
    struct node *now;
    struct err e;

    if (kind->write(k, t, &id, o, &e) || kind->read(k, t, id, &now, &e)) {
        scim_fail(k, t, &e);
        return;
    }
    if (commit(k, t, id))
        resource_reply(k, status, kind, now);
}

static void post(struct call *k, const struct scim_kind *kind)
{
    struct node *o;
    struct db_tx *t;

    if (body_read(k, &o) && (t = access_begin(k)))
        save(k, kind, t, ID_NIL, o, 201);
}

static void put(struct call *k, const struct scim_kind *kind)
{
    struct node *o, *have;
    struct db_tx *t;
    struct id id;
    struct err e;

    if (!path_id(k, &id) || !body_read(k, &o) || !(t = access_begin(k)))
        return;
    if (kind->read(k, t, id, &have, &e))
        scim_fail(k, t, &e);
    else if (version_fits(k, t, have))
        save(k, kind, t, id, o, 200);
}

static void patch(struct call *k, const struct scim_kind *kind)
{
    static const char *const fixed[] = {"id", "meta", "groups", NULL};
    const char *type = NULL;
    struct node *message, *o;
    struct db_tx *t;
    struct id id;
    struct err e;

    if (!path_id(k, &id) || !body_read(k, &message) || !(t = access_begin(k)))
        return;
    if (kind->read(k, t, id, &o, &e)) {
        scim_fail(k, t, &e);
        return;
    }
    if (!version_fits(k, t, o))
        return;
    if (scim_patch(o, message, fixed, k->a, &type, &e)) {
        db_rollback(t);
        scim_error(k, 400, type, str_cz(k->a, str_of(e.msg)));
        return;
    }
    save(k, kind, t, id, o, 200);
}

static void drop(struct call *k, const struct scim_kind *kind)
{
    struct db_tx *t;
    struct id id;
    struct err e;

    if (!path_id(k, &id) || !(t = access_begin(k)))
        return;
    if (kind->drop(k, t, id, &e))
        scim_fail(k, t, &e);
    else if (commit(k, t, id))
        http_status(k->rep, 204);
}

struct query {
    struct scim_filter *filter; /* NULL: all */
    struct shown shown;
    int64_t start, count;
};

static void list_reply(struct call *k, struct node **all, size_t n, const struct query *q)
{
    size_t total = 0;
    int64_t given = 0;
    struct buf rows, b;
    struct jw r, w;

    buf_init_wiped(&rows, 64 << 20);
    jw_init(&r, &rows);
    jw_arr(&r);
    for (size_t i = 0; i < n; i++) {
        if (q->filter && !scim_filter_matches(q->filter, all[i]))
            continue;
        total++;
        if ((int64_t)total < q->start || given >= q->count)
            continue;
        given++;
        resource_write(&r, all[i], &q->shown);
    }
    jw_end(&r);
    buf_init_wiped(&b, 64 << 20);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_karr(&w, "schemas");
    jw_str(&w, STR("urn:ietf:params:scim:api:messages:2.0:ListResponse"));
    jw_end(&w);
    jw_ki64(&w, "totalResults", (int64_t)total);
    jw_ki64(&w, "startIndex", q->start);
    jw_ki64(&w, "itemsPerPage", given);
    jw_key(&w, "Resources");
    jw_raw(&w, buf_view(&rows));
    jw_end(&w);
    buf_done(&rows);
    reply_buf(k, 200, &b);
}

static bool filter_read(struct call *k, str text, struct scim_filter **out)
{
    struct err e;

    *out = NULL;
    if (!text.n || scim_filter_parse(text, k->a, out, &e) == ERR_OK)
        return true;
    scim_error(k, 400, "invalidFilter", str_cz(k->a, str_of(e.msg)));
    return false;
}

/* Resources of one kind, or of both. */
static void list_run(struct call *k, const struct scim_kind *kind, const struct scim_kind *also, const struct query *q)
{
    struct node **all, **more = NULL, **both;
    struct db_tx *t = access_begin(k);
    size_t n, more_n = 0;
    struct err e;

    if (!t)
        return;
    if (kind->list(k, t, &all, &n, &e) || (also && also->list(k, t, &more, &more_n, &e))) {
        scim_fail(k, t, &e);
        return;
    }
    db_rollback(t);
    both = ARENA_ARRAY(k->a, struct node *, n + more_n + 1);
    memcpy(both, all, n * sizeof *both);
    if (more_n)
        memcpy(both + n, more, more_n * sizeof *both);
    gateway_cost(k, (double)(n + more_n));
    list_reply(k, both, n + more_n, q);
}

static int64_t clamp(int64_t v, int64_t low, int64_t high)
{
    return v < low ? low : v > high ? high : v;
}

static void list(struct call *k, const struct scim_kind *kind)
{
    struct query q = {0};
    str filter;

    if (!api_query_str(k, STR("filter"), &filter) || !filter_read(k, filter, &q.filter) || !shown_read(k, &q.shown) ||
        !api_query_int(k, STR("startIndex"), 1, INT32_MIN, INT32_MAX, &q.start) ||
        !api_query_int(k, STR("count"), LIST_MAX, INT32_MIN, INT32_MAX, &q.count))
        return;
    q.start = clamp(q.start, 1, INT32_MAX);
    q.count = clamp(q.count, 0, LIST_MAX);
    list_run(k, kind, NULL, &q);
}

/* "attributes" of a search: a list of names, as one text. */
static str names_of(struct call *k, const struct node *list)
{
    str out = STR("");

    for (size_t i = 0; list && list->kind == JSON_ARR && i < list->n; i++)
        out = str_fmt(k->a, "%.*s%s%.*s", STR_ARG(out), out.n ? "," : "", STR_ARG(node_str(&list->kids[i], STR(""))));
    return out;
}

/* POST .../.search: the same as a list, for filters that are nobody's business in an address. */
static void search(struct call *k, const struct scim_kind *kind, const struct scim_kind *also)
{
    struct query q = {0};
    struct node *o;
    const struct node *v;

    if (!body_read(k, &o) || !filter_read(k, node_str(node_get(o, STR("filter")), STR("")), &q.filter))
        return;
    q.shown = (struct shown){names_of(k, node_get(o, STR("attributes"))),
                             names_of(k, node_get(o, STR("excludedAttributes")))};
    v = node_get(o, STR("startIndex"));
    q.start = clamp(v && v->kind == JSON_INT ? v->i : 1, 1, INT32_MAX);
    v = node_get(o, STR("count"));
    q.count = clamp(v && v->kind == JSON_INT ? v->i : LIST_MAX, 0, LIST_MAX);
    list_run(k, kind, also, &q);
}

#define SCIM_HANDLERS(kind)                                                                                            \
    void api_scim_##kind##_list(struct call *k)                                                                        \
    {                                                                                                                  \
        list(k, &scim_##kind);                                                                                         \
    }                                                                                                                  \
    void api_scim_##kind##_search(struct call *k)                                                                      \
    {                                                                                                                  \
        search(k, &scim_##kind, NULL);                                                                                 \
    }                                                                                                                  \
    void api_scim_##kind##_post(struct call *k)                                                                        \
    {                                                                                                                  \
        post(k, &scim_##kind);                                                                                         \
    }                                                                                                                  \
    void api_scim_##kind##_get(struct call *k)                                                                         \
    {                                                                                                                  \
        get(k, &scim_##kind);                                                                                          \
    }                                                                                                                  \
    void api_scim_##kind##_put(struct call *k)                                                                         \
    {                                                                                                                  \
        put(k, &scim_##kind);                                                                                          \
    }                                                                                                                  \
    void api_scim_##kind##_patch(struct call *k)                                                                       \
    {                                                                                                                  \
        patch(k, &scim_##kind);                                                                                        \
    }                                                                                                                  \
    void api_scim_##kind##_delete(struct call *k)                                                                      \
    {                                                                                                                  \
        drop(k, &scim_##kind);                                                                                         \
    }
SCIM_HANDLERS(users)
SCIM_HANDLERS(groups)

/* POST /scim/v2/.search: users and groups. */
void api_scim_search(struct call *k)
{
    search(k, &scim_users, &scim_groups);
}
