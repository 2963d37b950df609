/* api/graphql_http.c - /graphql as the GraphQL over HTTP draft says: media types, status codes, GET for queries only; also
 * batches, and documents named by their hash. */
#include "api/graphql.h"
#include "base/log.h"

enum { BATCH_MAX = 10, RUN_MS = 15000, BODY_BYTES_MAX = 1 << 20 };

/* One request out of a body or a query string. */
struct ask {
    struct call *k;
    str query, operation, hash; /* hash: of a persisted query; empty: none */
    bool has_query;
    const struct json *variables;
    bool read_only;
    int status; /* of what went wrong, as application/graphql-response+json says it; 200: nothing */
    bool form; /* it was wrong in its form: 400 in either media type */
};

/* ---- media types ---- */

struct range {
    str type;
    double q;
};

static struct range range_next(str *list)
{
    str params;
    struct range r = {.q = 1};

    r.type = str_trim(str_cut(str_cut(*list, ',', list), ';', &params));
    while (params.n) {
        str value, name = str_trim(str_cut(str_cut(params, ';', &params), '=', &value));
        if (str_eq_nocase(name, STR("q")) && !str_to_double(str_trim(value), &r.q))
            r.q = 0;
    }
    return r;
}

/* Which of the two the client prefers; a wildcard means application/json, as does no Accept. False: neither. */
static bool accept_read(const struct http_request *rq, bool *out_response)
{
    str list = http_field_get(rq, STR("accept"));
    double response = 0, json = 0;

    *out_response = false;
    if (!str_trim(list).n)
        return true;
    while (list.n) {
        struct range r = range_next(&list);
        if (str_eq_nocase(r.type, STR("application/graphql-response+json")) && r.q > response)
            response = r.q;
        else if ((str_eq_nocase(r.type, STR("application/json")) || str_eq(r.type, STR("application/*")) ||
                  str_eq(r.type, STR("*/*"))) &&
                 r.q > json)
            json = r.q;
    }
    *out_response = response > 0 && response >= json;
    return response > 0 || json > 0;
}

/* JSON in UTF-8, and nothing else: browsers send other types across sites without asking first. */
static bool type_fits(const struct http_request *rq)
{
    str type = http_field_get(rq, STR("content-type")), params;

    str_cut(type, ';', &params);
    if (!str_eq(http_content_type(rq), STR("application/json")))
        return false;
    while (params.n) {
        str value, name = str_trim(str_cut(str_cut(params, ';', &params), '=', &value));
        value = str_trim(value);
        if (value.n >= 2 && value.p[0] == '"')
            value = str_sub(value, 1, value.n - 1);
        if (str_eq_nocase(name, STR("charset")) && !str_eq_nocase(value, STR("utf-8")))
            return false;
    }
    return true;
}

/* ---- one request ---- */

static void refuse(struct ask *q, struct buf *out, int status, bool form, const char *code, const char *message)
{
    q->status = status;
    q->form = form;
    gql_refusal_write(str_of(message), code, out);
}

static bool text_member(const struct json *v, const char *name, str *out, bool *out_has)
{
    const struct json *m = json_get(v, name);

    *out = json_str(m, STR(""));
    *out_has = json_kind(m) == JSON_STR;
    return *out_has || json_kind(m) == JSON_ABSENT || json_kind(m) == JSON_NULL;
}

static bool map_member(const struct json *v, const char *name, const struct json **out)
{
    *out = json_get(v, name);
    if (json_kind(*out) == JSON_NULL)
        *out = NULL;
    return !*out || json_kind(*out) == JSON_OBJ;
}

/* extensions.persistedQuery, in the form that clients agree on: {"version": 1, "sha256Hash": "..."}. */
static bool hash_read(const struct json *extensions, str *out)
{
    const struct json *p = json_get(extensions, "persistedQuery");

    *out = json_str(json_get(p, "sha256Hash"), STR(""));
    if (json_kind(p) == JSON_ABSENT || json_kind(p) == JSON_NULL)
        return true;
    for (size_t i = 0; i < out->n; i++)
        if (!((out->p[i] >= '0' && out->p[i] <= '9') || (out->p[i] >= 'a' && out->p[i] <= 'f')))
            return false;
    return json_i64(json_get(p, "version"), 0) == 1 && out->n == (size_t)2 * SHA256_BYTES;
}

static bool ask_read(struct ask *q, const struct json *v, struct buf *out)
{
    const struct json *extensions;
    bool has_name;

    if (json_kind(v) != JSON_OBJ)
        refuse(q, out, 400, true, "BAD_REQUEST", "A request is a JSON object.");
    else if (!text_member(v, "query", &q->query, &q->has_query))
        refuse(q, out, 400, true, "BAD_REQUEST", "\"query\" must be a text.");
    else if (!text_member(v, "operationName", &q->operation, &has_name))
        refuse(q, out, 400, true, "BAD_REQUEST", "\"operationName\" must be a text.");
    else if (!map_member(v, "variables", &q->variables))
        refuse(q, out, 400, true, "BAD_REQUEST", "\"variables\" must be an object.");
    else if (!map_member(v, "extensions", &extensions))
        refuse(q, out, 400, true, "BAD_REQUEST", "\"extensions\" must be an object.");
    else if (!hash_read(extensions, &q->hash))
        refuse(q, out, 400, true, "BAD_REQUEST", "\"persistedQuery\" must have version 1 and a SHA-256 in hex.");
    else if (!q->has_query && !q->hash.n)
        refuse(q, out, 400, true, "BAD_REQUEST", "\"query\" is missing.");
    else
        return true;
    return false;
}

/* Puts the document there when only its hash was sent; checks the hash when both were. */
static bool query_find(struct ask *q, struct buf *out)
{
    const struct api *api = q->k->app;
    char hex[2 * SHA256_BYTES + 1];
    uint8_t sum[SHA256_BYTES];
    struct err e;

    if (!q->hash.n)
        return true;
    if (!q->has_query) {
        if (gq_query_find(&api->core->v, q->hash, q->k->a, &q->query, &e) == ERR_OK)
            return true;
        if (e.code == ERR_NOT_FOUND)
            refuse(q, out, 200, false, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound");
        else
            refuse(q, out, 503, true, "BUSY", "Not now; try again soon.");
        return false;
    }
    sha256(q->query, sum);
    hex_put(sum, sizeof sum, hex);
    if (str_eq(str_of(hex), q->hash))
        return true;
    refuse(q, out, 400, true, "BAD_REQUEST", "The hash is not that of the query.");
    return false;
}

static void ask_run(struct ask *q, struct buf *out)
{
    const struct api *api = q->k->app;
    struct gql_options o = {.limits = GQL_LIMITS_DEFAULT, .app = q->k, .until_ms = clock_mono_ms() + RUN_MS};
    struct gql_request rq = {.operation = q->operation, .variables = q->variables, .read_only = q->read_only};
    const struct gql_schema *s;
    struct err e = {0};
    size_t before = out->n;

    if (!query_find(q, out))
        return;
    rq.query = q->query;
    s = gq_schema(&e);
    if (!s) {
        LOG_ERROR("graphql.schema", F_ERR(&e));
        refuse(q, out, 500, true, "INTERNAL", "Something went wrong here; the log knows more.");
        return;
    }
    o.introspect = res_may(&q->k->who, PERM_SCHEMA_READ);
    switch (gql_run(s, &rq, &o, q->k->a, out)) {
    case GQL_ANSWERED:
        /* only what was good is kept, and only for programs that may change something */
        if (q->hash.n && q->has_query && !q->read_only && gq_query_keep(&api->core->v, q->hash, q->query, q->k->a, &e))
            LOG_WARN("graphql.keep", F_ERR(&e));
        break;
    case GQL_REFUSED:
        q->status = 400;
        break;
    case GQL_WRITES:
        q->status = 405;
        q->form = true;
        break;
    case GQL_TOO_LARGE:
        out->n = before;
        out->over = false;
        refuse(q, out, 400, false, GQL_CODE_LIMIT, "The response is too large: ask for less, or page.");
        break;
    }
}

static void one_run(struct call *k, const struct json *v, bool read_only, struct ask *q, struct buf *out)
{
    *q = (struct ask){.k = k, .read_only = read_only, .status = 200};
    if (ask_read(q, v, out))
        ask_run(q, out);
}

/* ---- the reply ---- */

/* The draft: application/json answers 200 whenever the request was well formed; the newer type says what became of it. */
static void reply_send(struct call *k, bool response, int status, bool form, uint64_t statements, struct buf *out)
{
    if (!buf_ok(out)) {
        buf_reset(out);
        out->over = false;
        gql_refusal_write(STR("The response is too large: ask for less, or page."), GQL_CODE_LIMIT, out);
        status = 400;
    }
    http_status(k->rep, response || form ? status : 200);
    if (status == 405)
        http_header(k->rep, STR("allow"), STR("POST"));
    http_body(k->rep,
              response ? STR("application/graphql-response+json; charset=utf-8")
                       : STR("application/json; charset=utf-8"),
              str_dup(k->a, buf_view(out)));
    http_header(k->rep, STR("cache-control"), STR("no-store"));
    http_header(k->rep, STR("vary"), STR("accept"));
    http_header_fmt(k->rep, STR("server-timing"), "sql;desc=\"%llu\"",
                    (unsigned long long)(db_statements_sent() - statements));
}

static void batch_run(struct call *k, const struct json *list, struct buf *out, int *out_status, bool *out_form)
{
    struct json_it it;
    struct ask q = {.k = k};
    bool first = true;

    if (!json_len(list) || json_len(list) > BATCH_MAX) {
        refuse(&q, out, 400, true, GQL_CODE_LIMIT, "A batch has 1 to 10 requests.");
        *out_status = q.status;
        *out_form = true;
        return;
    }
    buf_char(out, '[');
    for (json_it_init(&it, list); json_it_next(&it); first = false) {
        if (!first)
            buf_char(out, ',');
        one_run(k, it.val, false, &q, out);
    }
    buf_char(out, ']');
    *out_status = 200;
    *out_form = false;
}

static void graphql_post(struct call *k)
{
    struct json_doc *d = NULL;
    struct ask q = {.k = k, .status = 200};
    uint64_t statements = db_statements_sent();
    bool response;
    struct buf out;
    struct err e;

    buf_init_wiped(&out, 64 << 20);
    if (!accept_read(k->rq, &response)) {
        refuse(&q, &out, 406, true, "NOT_ACCEPTABLE",
               "This address answers as application/graphql-response+json or application/json.");
    } else if (!type_fits(k->rq)) {
        http_header(k->rep, STR("accept"), STR("application/json"));
        refuse(&q, &out, 415, true, "BAD_REQUEST", "Send the request as application/json in UTF-8.");
    } else if (json_parse(k->rq->body, &d, &e)) {
        refuse(&q, &out, 400, true, "BAD_REQUEST", "The body is not JSON.");
    } else if (json_kind(json_root(d)) == JSON_ARR) {
        batch_run(k, json_root(d), &out, &q.status, &q.form);
    } else {
        one_run(k, json_root(d), false, &q, &out);
    }
    reply_send(k, response, q.status, q.form, statements, &out);
    json_free(d);
    buf_done(&out);
}

/* One parameter of the query string as a member of a request. False: not proper. */
static bool param_write(struct call *k, struct jw *w, const char *name, bool text)
{
    struct json_doc *d = NULL;
    enum json_kind kind;
    struct err e;
    bool found;
    str s;

    if (http_query_get(k->rq, str_of(name), &s, &found, &e))
        return false;
    if (!found || (!text && !s.n))
        return true;
    if (text) {
        jw_kstr(w, name, s);
        return true;
    }
    if (json_parse(s, &d, &e))
        return false;
    kind = json_kind(json_root(d));
    if (kind == JSON_OBJ) {
        jw_key(w, name);
        jw_raw(w, s);
    }
    json_free(d);
    return kind == JSON_OBJ || kind == JSON_NULL;
}

/* The query string as a request in JSON, so that there is one way to read it. */
static bool params_read(struct call *k, struct buf *b)
{
    struct jw w;

    jw_init(&w, b);
    jw_obj(&w);
    if (!param_write(k, &w, "query", true) || !param_write(k, &w, "operationName", true) ||
        !param_write(k, &w, "variables", false) || !param_write(k, &w, "extensions", false))
        return false;
    jw_end(&w);
    return true;
}

static void graphql_get(struct call *k)
{
    struct json_doc *d = NULL;
    struct ask q = {.k = k, .status = 200};
    uint64_t statements = db_statements_sent();
    struct buf out, params;
    bool response;
    struct err e;

    buf_init_wiped(&out, 64 << 20);
    buf_init_wiped(&params, BODY_BYTES_MAX);
    if (!accept_read(k->rq, &response))
        refuse(&q, &out, 406, true, "NOT_ACCEPTABLE",
               "This address answers as application/graphql-response+json or application/json.");
    else if (!params_read(k, &params) || json_parse(buf_view(&params), &d, &e))
        refuse(&q, &out, 400, true, "BAD_REQUEST", "A parameter is not proper.");
    else
        one_run(k, json_root(d), true, &q, &out);
    reply_send(k, response, q.status, q.form, statements, &out);
    json_free(d);
    buf_done(&params);
    buf_done(&out);
}

/* ---- what there is ---- */

static const struct res_field request_fields[] = {
    {"query", RES_STR, RES_NULLABLE, "The document; may be left out when its hash is known here.", "\"{ __typename }\"",
     .max = 1 << 20},
    {"operationName", RES_STR, RES_NULLABLE, "Which operation of the document to run.", "\"Recent\"", .max = 256},
    {"variables", RES_JSON, RES_NULLABLE, "Values of its variables, by name.", "{}"},
    {"extensions", RES_JSON, RES_NULLABLE, "persistedQuery: the document's SHA-256.", "{}"},
};
static const struct res_shape request_shape = {"GraphqlRequest", "A request to GraphQL.", RES_FIELDS(request_fields)};
static const struct res_field params_fields[] = {
    {"query", RES_STR, 0, "The document.", "\"{ __typename }\"", .max = 16384},
    {"operationName", RES_STR, 0, "Which operation of the document to run.", "\"Recent\"", .max = 256},
    {"variables", RES_STR, 0, "Values of its variables, as JSON.", "\"{}\"", .max = 16384},
    {"extensions", RES_STR, 0, "persistedQuery, as JSON.", "\"{}\"", .max = 1024},
};
static const struct res_shape params_shape = {"GraphqlParams", "", RES_FIELDS(params_fields)};
static const struct res_field response_fields[] = {
    {"data", RES_JSON, RES_MAYBE | RES_NULLABLE, "What was asked for.", "{\"__typename\":\"Query\"}"},
    {"errors", RES_JSON, RES_LIST | RES_MAYBE, "What went wrong, with places and paths.", "{\"message\":\"No.\"}"},
};
static const struct res_shape response_shape = {"GraphqlResponse", "The answer of GraphQL.",
                                                RES_FIELDS(response_fields)};

/* Whoever is known may come in: each field asks for its own permission. */
static const struct res_op ops[] = {
    {RES_OP_RAW, "ask", HTTP_M_POST, "/graphql", PERM_STATUS_READ, "Run a GraphQL operation, or a batch of up to ten",
     .body = &request_shape, .answer = &response_shape, .flags = RES_OP_SAFE | RES_OP_OWN, .body_max = BODY_BYTES_MAX,
     .raw = graphql_post},
    {RES_OP_RAW, "read", HTTP_M_GET, "/graphql", PERM_STATUS_READ, "Run a GraphQL query", .query = &params_shape,
     .answer = &response_shape, .flags = RES_OP_OWN, .raw = graphql_get},
};

const struct resource res_graphql = {
    .name = "graphql",
    .key = "graphql",
    .one = "GraphQL request",
    .about = "GraphQL over the same resources.",
    RES_OPS(ops),
};
