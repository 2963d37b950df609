/* api/openapi.c - operations as OpenAPI paths. */
#include "api/openapi.h"

struct out {
    struct jw w;
    struct shapes shapes;
};

static const struct {
    int status;
    const char *name, *about;
} problems[] = {
    {400, "BadRequest", "The request is not valid; errors names the place of each fault."},
    {401, "Unauthorized", "Nobody is signed in, or the token is not good."},
    {403, "Forbidden", "The caller may not do this."},
    {404, "NotFound", "There is no such thing, or the caller may not see it."},
    {406, "NotAcceptable", "The answer does not come in a form that Accept allows."},
    {409, "Conflict", "It exists already, or does not go with what is there."},
    {412, "PreconditionFailed", "It is not as the tag in If-Match says."},
    {413, "TooLarge", "The body or a value is too large."},
    {414, "AddressTooLong", "The address with its query is too long."},
    {415, "UnsupportedMediaType", "The body comes in a form that is not read here."},
    {422, "Unprocessable",
     "A field is unknown, cannot be sent or does not fit the others, or an Idempotency-Key came with another request."},
    {428, "PreconditionRequired", "If-Match is missing."},
    {429, "TooMany", "Too much at once; try again after Retry-After seconds."},
    {503, "NotReady", "Not ready or too busy; try again after Retry-After seconds."},
};

static bool takes_json(const struct res_op *op)
{
    return op->verb == RES_OP_CREATE || op->verb == RES_OP_UPDATE || op->body;
}

static bool answers_item(const struct res_op *op)
{
    return op->verb == RES_OP_GET || op->verb == RES_OP_CREATE || op->verb == RES_OP_UPDATE;
}

/* ---- parameters ---- */

static void param_open(struct jw *w, const char *in, const char *name, bool needed, const char *about)
{
    jw_obj(w);
    jw_kstr(w, "name", str_of(name));
    jw_kstr(w, "in", str_of(in));
    jw_kstr(w, "description", str_of(about));
    if (needed)
        jw_kbool(w, "required", true);
}

static void array_style(struct jw *w)
{
    jw_kstr(w, "style", STR("form"));
    jw_kbool(w, "explode", false);
}

static void text_param(struct jw *w, const char *in, const char *name, bool needed, const char *about,
                       const char *schema)
{
    param_open(w, in, name, needed, about);
    jw_key(w, "schema");
    jw_raw(w, str_of(schema));
    jw_end(w);
}

static void field_param(struct jw *w, const struct res_field *f, const char *tail, const char *more, bool several)
{
    char name[96], about[400];

    snprintf(name, sizeof name, "%s%s", f->name, tail);
    snprintf(about, sizeof about, "%s%s", more, f->about);
    param_open(w, "query", name, f->flags & RES_NEEDED && !*more, about); /* a filter may always be left out */
    if (several)
        array_style(w);
    jw_key(w, "schema");
    openapi_query_field(w, f, several, *more);
    jw_end(w);
}

/* A list of the names of fields that have a flag (0: that can be shown), as an enumeration. */
static void names_enum(struct jw *w, const struct res_shape *s, unsigned flag, bool minus)
{
    jw_karr(w, "enum");
    for (size_t i = 0; i < s->n; i++) {
        char name[96];
        bool in = flag ? s->fields[i].flags & flag : !(s->fields[i].flags & (RES_WRITE_ONLY | RES_ONCE));
        if (!in)
            continue;
        jw_str(w, str_of(s->fields[i].name));
        if (!minus)
            continue;
        snprintf(name, sizeof name, "-%s", s->fields[i].name);
        jw_str(w, str_of(name));
    }
    jw_end(w);
}

static void fields_param(struct jw *w, const struct res_shape *s)
{
    param_open(w, "query", "fields", false, "Only these fields, separated by commas.");
    array_style(w);
    jw_kobj(w, "schema");
    jw_kstr(w, "type", STR("array"));
    jw_ki64(w, "minItems", 1);
    jw_kobj(w, "items");
    jw_kstr(w, "type", STR("string"));
    names_enum(w, s, 0, false);
    jw_end(w);
    jw_end(w);
    jw_end(w);
}

static void list_params(struct jw *w, const struct resource *r)
{
    char schema[120];

    snprintf(schema, sizeof schema, "{\"type\":\"integer\",\"minimum\":1,\"maximum\":%d,\"default\":%d}",
             r->limit_max ? r->limit_max : RES_LIMIT_MAX, RES_LIMIT_DEFAULT);
    text_param(w, "query", "limit", false, "Most rows in the answer; of an export: of all.", schema);
    text_param(w, "query", "cursor", false, "The next of the page before: rows behind it.",
               "{\"type\":\"string\",\"maxLength\":62,\"pattern\":\"^([0-9a-f]{62})?$\"}");
    param_open(w, "query", "sort", false, "Order of the rows; with - in front the last first.");
    jw_kobj(w, "schema");
    jw_kstr(w, "type", STR("string"));
    names_enum(w, r->shape, RES_SORT, true);
    jw_kstr(w, "default", str_of(r->sort));
    jw_end(w);
    jw_end(w);
    for (size_t i = 0; i < r->shape->n; i++) {
        const struct res_field *f = &r->shape->fields[i];
        if (f->flags & RES_FILTER)
            field_param(w, f, "", "Only rows with this value. ", f->kind == RES_ENUM || f->kind == RES_ID);
        if (f->flags & RES_RANGE) {
            field_param(w, f, "_from", "Only rows from this value on. ", false);
            field_param(w, f, "_to", "Only rows below this value. ", false);
        }
    }
}

static void header_params(struct jw *w, const struct res_op *op)
{
    const char *tag = "{\"type\":\"string\"}";

    if (op->verb == RES_OP_UPDATE || op->verb == RES_OP_DELETE)
        text_param(w, "header", "If-Match", op->flags & RES_OP_MATCH,
                   "Entity tags: the change is made only when the row has one of them.", tag);
    if (op->method == HTTP_M_GET && str_starts(str_of(op->path), STR("/v1")))
        text_param(w, "header", "If-None-Match", false, "Entity tags the client has: 304 when one of them is current.",
                   tag);
    if (res_op_keyed(op) && op->method == HTTP_M_POST)
        text_param(w, "header", "Idempotency-Key", false,
                   "A name for this change: sent again within a day, it is answered again and not made again.",
                   "{\"type\":\"string\",\"minLength\":1,\"maxLength\":255,\"pattern\":\"^[!-~]+$\"}");
    if (res_op_keyed(op))
        text_param(w, "query", "dry_run", false, "true: check, say what would change, and change nothing.",
                   "{\"type\":\"string\",\"enum\":[\"true\",\"false\",\"1\",\"0\"]}");
}

static void path_params(struct jw *w, const struct resource *r, const struct res_op *op)
{
    for (const char *at = strchr(op->path, '{'); at; at = strchr(at + 1, '{')) {
        char name[32];
        bool id;
        snprintf(name, sizeof name, "%.*s", (int)(strchr(at, '}') - at - 1), at + 1);
        id = !r->named && (strcmp(name, "id") == 0 || strcmp(name, "user") == 0);
        text_param(w, "path", name, true,
                   id         ? "Id of the row."
                   : r->named ? "Its name or id."
                              : "Its name.",
                   id ? "{\"type\":\"string\",\"format\":\"uuid\"}"
                      : "{\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9][A-Za-z0-9_:.-]{0,199}$\"}");
    }
}

static void params_write(struct jw *w, const struct resource *r, const struct res_op *op)
{
    jw_karr(w, "parameters");
    path_params(w, r, op);
    for (size_t i = 0; op->query && i < op->query->n; i++)
        field_param(w, &op->query->fields[i], "", "", false);
    if (op->verb == RES_OP_LIST)
        list_params(w, r);
    if (op->verb == RES_OP_LIST || op->verb == RES_OP_GET)
        fields_param(w, r->shape);
    header_params(w, op);
    jw_end(w);
}

/* ---- bodies ---- */

static void json_open(struct jw *w, const char *type)
{
    jw_kobj(w, "content");
    jw_kobj(w, type);
    jw_key(w, "schema");
}

static void json_close(struct jw *w)
{
    jw_end(w);
    jw_end(w);
}

/* Of bodies and answers: JSON, or what another protocol calls it. */
static const char *json_type(const struct res_op *op)
{
    return op->answer && op->answer_type ? op->answer_type : "application/json";
}

static void request_write(struct out *o, const struct resource *r, const struct res_op *op)
{
    struct jw *w = &o->w;
    const struct res_shape *s = op->body ? op->body : r->shape;
    enum shape_use use = op->verb == RES_OP_CREATE ? USE_CREATE : op->verb == RES_OP_UPDATE ? USE_UPDATE : USE_IN;

    if (!takes_json(op) && !(op->flags & RES_OP_BYTES))
        return;
    jw_kobj(w, "requestBody");
    jw_kbool(w, "required", !(op->flags & RES_OP_BYTES)); /* no bytes are bytes, too */
    if (op->flags & RES_OP_BYTES) {
        json_open(w, "application/octet-stream");
        jw_raw(w, STR("{\"type\":\"string\",\"format\":\"binary\"}"));
    } else {
        json_open(w, json_type(op));
        if (op->flags & RES_OP_BULK) {
            jw_obj(w);
            jw_karr(w, "anyOf");
            openapi_ref(w, &o->shapes, s, use, false);
            jw_obj(w);
            jw_kstr(w, "type", STR("array"));
            jw_ki64(w, "minItems", 1);
            jw_ki64(w, "maxItems", 1000);
            jw_kobj(w, "items"); /* each is judged by itself, and answered so */
            jw_end(w);
            jw_end(w);
            jw_end(w);
            jw_end(w);
        } else {
            openapi_ref(w, &o->shapes, s, use, false);
        }
    }
    json_close(w);
    jw_end(w);
}

/* ---- answers ---- */

static void list_schema(struct out *o, const struct resource *r, const struct res_op *op)
{
    struct jw *w = &o->w;
    bool offset = op->query && res_field_index(op->query, STR("offset")) != SIZE_MAX;

    jw_obj(w);
    jw_kstr(w, "type", STR("object"));
    jw_karr(w, "required");
    jw_str(w, str_of(r->key));
    jw_str(w, STR("next"));
    jw_end(w);
    jw_kobj(w, "properties");
    jw_key(w, "total");
    jw_raw(w, STR("{\"type\":\"integer\",\"description\":\"Rows that pass the filters, where they are counted.\"}"));
    if (offset) {
        jw_key(w, "offset");
        jw_raw(w, STR("{\"type\":\"integer\",\"description\":\"Rows left out, as asked for.\"}"));
    }
    jw_kobj(w, r->key);
    jw_kstr(w, "type", STR("array"));
    jw_key(w, "items");
    openapi_ref(w, &o->shapes, r->shape, USE_OUT, true);
    jw_end(w);
    jw_key(w, "next");
    jw_raw(w,
           STR("{\"type\":[\"string\",\"null\"],\"description\":\"The cursor of the next page; null at the end.\"}"));
    jw_end(w);
    jw_end(w);
}

static void headers_write(struct jw *w, const struct res_op *op)
{
    bool tag = op->method == HTTP_M_GET && str_starts(str_of(op->path), STR("/v1")) && !op->answer_type;

    jw_kobj(w, "headers");
    jw_key(w, "X-Request-Id");
    jw_raw(w, STR("{\"$ref\":\"#/components/headers/RequestId\"}"));
    if (tag || op->verb == RES_OP_CREATE || op->verb == RES_OP_UPDATE) {
        jw_key(w, "ETag");
        jw_raw(w, STR("{\"$ref\":\"#/components/headers/ETag\"}"));
    }
    if (op->verb == RES_OP_CREATE) {
        jw_key(w, "Location");
        jw_raw(w, STR("{\"$ref\":\"#/components/headers/Location\"}"));
    }
    jw_end(w);
}

/* What to do with an id that came back: for programs that explore. */
static void links_write(struct jw *w, const struct resource *r, const struct res_op *op)
{
    char id[160], name[96];

    if (op->verb != RES_OP_CREATE && op->verb != RES_OP_LIST)
        return;
    if (op->verb == RES_OP_CREATE)
        snprintf(id, sizeof id, "$response.body#/id");
    else
        snprintf(id, sizeof id, "$response.body#/%s/0/id", r->key);
    jw_kobj(w, "links");
    for (size_t i = 0; i < r->ops_n; i++) {
        const struct res_op *to = &r->ops[i];
        if (!strstr(to->path, "{id}") || to->method == HTTP_M_PUT)
            continue;
        snprintf(name, sizeof name, "%s.%s", r->name, to->name);
        jw_kobj(w, to->name);
        jw_kstr(w, "operationId", str_of(name));
        jw_kobj(w, "parameters");
        jw_kstr(w, "id", str_of(id));
        jw_end(w);
        jw_end(w);
    }
    jw_end(w);
}

static void answer_schema(struct out *o, const struct resource *r, const struct res_op *op)
{
    if (op->verb == RES_OP_LIST)
        list_schema(o, r, op);
    else if (answers_item(op))
        openapi_ref(&o->w, &o->shapes, r->shape, USE_OUT, true);
    else if (!op->answer)
        jw_raw(&o->w, STR("{}"));
    else
        openapi_ref(&o->w, &o->shapes, op->answer, USE_OUT, false);
}

static void status_open(struct jw *w, int status, const char *about)
{
    char text[16];

    snprintf(text, sizeof text, "%d", status);
    jw_kobj(w, text);
    jw_kstr(w, "description", str_of(about));
}

static void content_write(struct out *o, const struct resource *r, const struct res_op *op)
{
    struct jw *w = &o->w;

    jw_kobj(w, "content");
    if (op->answer_type && !op->answer) {
        jw_key(w, op->answer_type);
        jw_raw(w, STR("{\"schema\":{\"type\":\"string\"}}"));
    } else {
        jw_kobj(w, json_type(op));
        jw_key(w, "schema");
        answer_schema(o, r, op);
        jw_end(w);
    }
    if (op->also_type) {
        jw_key(w, op->also_type);
        jw_raw(w, STR("{\"schema\":{\"type\":\"string\"}}"));
    }
    if (op->csv) {
        jw_key(w, "text/csv");
        jw_raw(w, STR("{\"schema\":{\"type\":\"string\",\"description\":\"The same as a table.\"}}"));
    }
    if (op->verb == RES_OP_LIST) {
        jw_key(w, "application/x-ndjson");
        jw_raw(w, STR("{\"schema\":{\"type\":\"string\",\"description\":\"All rows, a JSON object a line.\"}}"));
        jw_key(w, "text/csv");
        jw_raw(
            w,
            STR("{\"schema\":{\"type\":\"string\",\"description\":\"All rows; cells that would be formulas start with "
                "an apostrophe.\"}}"));
    }
    jw_end(w);
}

static int success(const struct res_op *op)
{
    return op->status ? op->status : op->verb == RES_OP_CREATE ? 201 : op->verb == RES_OP_DELETE ? 204 : 200;
}

static void success_write(struct out *o, const struct resource *r, const struct res_op *op)
{
    struct jw *w = &o->w;
    bool body = answers_item(op) || op->verb == RES_OP_LIST || op->answer || op->answer_type;

    status_open(w, success(op), "Done.");
    headers_write(w, op);
    if (body && success(op) != 303)
        content_write(o, r, op);
    links_write(w, r, op);
    jw_end(w);
    if (op->status2) {
        status_open(w, op->status2,
                    op->status2 == 202 ? "Accepted: it takes longer." : "Not ready: the body says what.");
        content_write(o, r, op);
        jw_end(w);
    }
    if (op->method == HTTP_M_GET && str_starts(str_of(op->path), STR("/v1")) && !op->answer_type) {
        status_open(w, 304, "The client has it already.");
        jw_end(w);
    }
}

/* 200 where it is not the status of success: dry runs, and many at once. */
static void other_success(struct out *o, const struct resource *r, const struct res_op *op)
{
    struct jw *w = &o->w;

    if (!res_op_keyed(op) || success(op) == 200)
        return;
    status_open(w, 200,
                op->flags & RES_OP_BULK ? "A dry run, or an answer for each of many."
                                        : "A dry run: nothing was changed.");
    if (op->verb == RES_OP_DELETE) {
        json_open(w, "application/json");
        jw_raw(w, STR("{\"$ref\":\"#/components/schemas/DryRun\"}"));
        json_close(w);
    } else if (answers_item(op) || op->answer) {
        json_open(w, "application/json");
        if (op->flags & RES_OP_BULK) {
            jw_obj(w);
            jw_karr(w, "anyOf");
            answer_schema(o, r, op);
            jw_raw(w, STR("{\"$ref\":\"#/components/schemas/BulkResults\"}"));
            jw_end(w);
            jw_end(w);
        } else {
            answer_schema(o, r, op);
        }
        json_close(w);
    }
    jw_end(w);
}

/* SCIM has its own form of saying what is wrong; what the gateway refuses before comes as everywhere. */
static bool scim(const struct res_op *op)
{
    return str_starts(str_of(op->path), STR("/scim/"));
}

static bool may_answer(const struct res_op *op, int status)
{
    bool v1 = str_starts(str_of(op->path), STR("/v1"));
    bool id = strstr(op->path, "{") || op->verb == RES_OP_LIST; /* a list: a cursor of another one */

    if (status == op->status || status == op->status2)
        return false; /* said already, as what it answers when all goes well */
    switch (status) {
    case 400:
        return true; /* an address that is not properly encoded, if nothing else */
    case 401:
        return op->need != PERM_PUBLIC;
    case 403:
        return op->need != PERM_PUBLIC || strcmp(op->path, "/sign-in") == 0;
    case 404:
        return id || strcmp(op->path, "/ca.pem") == 0 || (op->verb == RES_OP_ACT && op->query) ||
               (op->flags & RES_OP_OWN && op->body && !scim(op)); /* what the query or the body names */
    case 406:
        return v1;
    case 409:
        return res_op_keyed(op) || op->method != HTTP_M_GET || op->csv || op->verb == RES_OP_ACT;
    case 412:
        return op->verb == RES_OP_UPDATE || op->verb == RES_OP_DELETE || (scim(op) && strstr(op->path, "{"));
    case 413:
        return op->method != HTTP_M_GET;
    case 414:
        return op->query || op->verb == RES_OP_LIST;
    case 415:
        return op->method != HTTP_M_GET; /* an encoded body is refused everywhere */
    case 422:
        return takes_json(op) || op->flags & RES_OP_BYTES || (res_op_keyed(op) && op->method == HTTP_M_POST);
    case 428:
        return op->flags & RES_OP_MATCH;
    case 429:
    case 503:
        return true;
    }
    return false;
}

static void responses_write(struct out *o, const struct resource *r, const struct res_op *op)
{
    struct jw *w = &o->w;
    char status[16], ref[96];

    jw_kobj(w, "responses");
    success_write(o, r, op);
    other_success(o, r, op);
    for (size_t i = 0; i < sizeof problems / sizeof *problems; i++) {
        if (!may_answer(op, problems[i].status))
            continue;
        snprintf(status, sizeof status, "%d", problems[i].status);
        snprintf(ref, sizeof ref, "{\"$ref\":\"#/components/responses/%s%s\"}", scim(op) ? "Scim" : "",
                 problems[i].name);
        jw_key(w, status);
        jw_raw(w, str_of(ref));
    }
    jw_end(w);
}

/* ---- operations ---- */

static void op_write(struct out *o, const struct resource *r, const struct res_op *op)
{
    struct jw *w = &o->w;
    char id[96], method[16], about[400];
    str name = http_method_name(op->method);

    for (size_t i = 0; i < name.n && i < sizeof method - 1; i++)
        method[i] = (char)(name.p[i] | 0x20);
    method[name.n] = 0;
    snprintf(id, sizeof id, "%s.%s", r->name, op->name);
    snprintf(about, sizeof about, "%s. %s", op->about,
             op->need == PERM_PUBLIC ? "Nobody needs to be signed in." : "Needs the permission named below.");
    jw_kobj(w, method);
    jw_kstr(w, "operationId", str_of(id));
    jw_kstr(w, "summary", str_of(op->about));
    jw_kstr(w, "description", str_of(about));
    jw_karr(w, "tags");
    jw_str(w, str_of(r->name));
    jw_end(w);
    if (op->need == PERM_PUBLIC) {
        jw_karr(w, "security");
        jw_end(w);
    }
    jw_kstr(w, "x-harken-permission", op->need == PERM_PUBLIC ? STR("public") : str_of(perm_name(op->need)));
    jw_kstr(w, "x-harken-resource", str_of(r->name));
    params_write(w, r, op);
    request_write(o, r, op);
    responses_write(o, r, op);
    jw_end(w);
}

static void paths_write(struct out *o)
{
    size_t n;
    const struct res_row *rows = res_rows_all(o->shapes.a, &n);

    jw_kobj(&o->w, "paths");
    for (size_t i = 0; i < n; i++) {
        bool first = i == 0 || strcmp(rows[i - 1].op->path, rows[i].op->path) != 0;
        bool last = i + 1 == n || strcmp(rows[i + 1].op->path, rows[i].op->path) != 0;
        if (first)
            jw_kobj(&o->w, rows[i].op->path);
        op_write(o, rows[i].r, rows[i].op);
        if (last)
            jw_end(&o->w);
    }
    jw_end(&o->w);
}

/* ---- the whole ---- */

static const char problem_schema[] =
    "{\"type\":\"object\",\"description\":\"A problem (RFC "
    "9457).\",\"required\":[\"title\",\"status\"],\"properties\":{"
    "\"type\":{\"type\":\"string\",\"description\":\"Which kind of problem; left out for about:blank.\"},"
    "\"title\":{\"type\":\"string\",\"description\":\"The kind in words.\"},"
    "\"status\":{\"type\":\"integer\",\"description\":\"The status of the answer.\"},"
    "\"detail\":{\"type\":\"string\",\"description\":\"This case in words.\"},"
    "\"instance\":{\"type\":\"string\",\"description\":\"The request's id, which the log has, too.\"},"
    "\"errors\":{\"type\":\"array\",\"description\":\"Each fault of the body and its "
    "place.\",\"items\":{\"type\":\"object\","
    "\"required\":[\"pointer\",\"detail\"],\"properties\":{\"pointer\":{\"type\":\"string\",\"description\":\"JSON "
    "pointer "
    "(RFC 6901).\"},\"detail\":{\"type\":\"string\",\"description\":\"What is wrong there.\"}}}}}}";
static const char scim_error_schema[] =
    "{\"type\":\"object\",\"description\":\"What is wrong (RFC 7644 section 3.12).\",\"required\":[\"schemas\","
    "\"status\"],\"properties\":{\"schemas\":{\"type\":\"array\",\"description\":\"URNs of what it is.\",\"items\":"
    "{\"type\":\"string\"}},\"status\":{\"type\":\"string\",\"description\":\"The status of the answer.\"},"
    "\"scimType\":{\"type\":\"string\",\"description\":\"Which kind.\"},\"detail\":{\"type\":\"string\","
    "\"description\":\"In words.\"}}}";
static const char dry_run_schema[] =
    "{\"type\":\"object\",\"description\":\"What a change would "
    "do.\",\"required\":[\"dry_run\",\"deletes\"],\"properties\":{"
    "\"dry_run\":{\"type\":\"boolean\",\"description\":\"Always true.\"},"
    "\"deletes\":{\"type\":\"string\",\"format\":\"uuid\",\"description\":\"The row that would be deleted.\"}}}";
static const char bulk_schema[] =
    "{\"type\":\"object\",\"description\":\"An answer for each of many.\",\"required\":[\"results\"],\"properties\":{"
    "\"results\":{\"type\":\"array\",\"description\":\"In the order of the request.\",\"items\":{\"type\":\"object\","
    "\"required\":[\"status\"],\"properties\":{\"status\":{\"type\":\"integer\",\"description\":\"As if it had been "
    "sent "
    "alone.\"},\"item\":{\"type\":\"object\",\"description\":\"The new row.\"},"
    "\"problem\":{\"$ref\":\"#/components/schemas/Problem\"}}}}}}";

static bool any_bulk(void)
{
    for (size_t i = 0; i < resources_n; i++)
        for (size_t k = 0; k < resources[i]->ops_n; k++)
            if (resources[i]->ops[k].flags & RES_OP_BULK)
                return true;
    return false;
}

static bool problem_used(int status, bool of_scim)
{
    for (size_t i = 0; i < resources_n; i++)
        for (size_t k = 0; k < resources[i]->ops_n; k++)
            if (scim(&resources[i]->ops[k]) == of_scim && may_answer(&resources[i]->ops[k], status))
                return true;
    return false;
}

static void problem_write(struct jw *w, size_t i, bool scim)
{
    char name[64];

    snprintf(name, sizeof name, "%s%s", scim ? "Scim" : "", problems[i].name);
    jw_kobj(w, name);
    jw_kstr(w, "description", str_of(problems[i].about));
    jw_key(w, "headers");
    if (problems[i].status == 429 || problems[i].status == 503)
        jw_raw(w, STR("{\"X-Request-Id\":{\"$ref\":\"#/components/headers/RequestId\"},\"Retry-After\":{\"$ref\":"
                      "\"#/components/headers/RetryAfter\"}}"));
    else
        jw_raw(w, STR("{\"X-Request-Id\":{\"$ref\":\"#/components/headers/RequestId\"}}"));
    jw_kobj(w, "content");
    jw_key(w, "application/problem+json");
    jw_raw(w, STR("{\"schema\":{\"$ref\":\"#/components/schemas/Problem\"}}"));
    if (scim) {
        jw_key(w, "application/scim+json");
        jw_raw(w, STR("{\"schema\":{\"$ref\":\"#/components/schemas/ScimError\"}}"));
    }
    jw_end(w);
    jw_end(w);
}

static void components_write(struct out *o)
{
    struct jw *w = &o->w;

    jw_kobj(w, "components");
    jw_key(w, "securitySchemes");
    jw_raw(
        w,
        STR("{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\",\"description\":\"An API key or the command line's "
            "token.\"},\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"harken_session\",\"description\":"
            "\"The cookie that signing in gives.\"}}"));
    jw_key(w, "headers");
    jw_raw(
        w,
        STR("{\"RequestId\":{\"description\":\"Id of the request, which the log has, too.\",\"schema\":{\"type\":"
            "\"string\"}},\"ETag\":{\"description\":\"Entity tag of what was read.\",\"schema\":{\"type\":\"string\"}},"
            "\"Location\":{\"description\":\"Address of the new row.\",\"schema\":{\"type\":\"string\"}},"
            "\"RetryAfter\":{\"description\":\"Seconds to wait.\",\"schema\":{\"type\":\"integer\"}}}"));
    jw_kobj(w, "responses");
    for (int own = 0; own < 2; own++)
        for (size_t i = 0; i < sizeof problems / sizeof *problems; i++)
            if (problem_used(problems[i].status, own))
                problem_write(w, i, own);
    jw_end(w);
    jw_kobj(w, "schemas");
    openapi_schemas(w, &o->shapes);
    jw_key(w, "Problem");
    jw_raw(w, str_of(problem_schema));
    jw_key(w, "ScimError");
    jw_raw(w, str_of(scim_error_schema));
    jw_key(w, "DryRun");
    jw_raw(w, str_of(dry_run_schema));
    if (any_bulk()) {
        jw_key(w, "BulkResults");
        jw_raw(w, str_of(bulk_schema));
    }
    jw_end(w);
    jw_end(w);
}

static void tags_write(struct jw *w)
{
    jw_karr(w, "tags");
    for (size_t i = 0; i < resources_n; i++) {
        jw_obj(w);
        jw_kstr(w, "name", str_of(resources[i]->name));
        jw_kstr(w, "description", str_of(resources[i]->about));
        jw_end(w);
    }
    jw_end(w);
}

void openapi_write(struct buf *b)
{
    struct out o = {.shapes = {.a = arena_new("openapi")}};
    struct jw *w = &o.w;

    jw_init(w, b);
    jw_obj(w);
    jw_kstr(w, "openapi", STR("3.1.0"));
    jw_key(w, "info");
    jw_raw(
        w,
        STR("{\"title\":\"Harken\",\"version\":\"" HARKEN_VERSION "\",\"summary\":\"Sales conversations, and what was "
            "found in them.\",\"description\":\"Everything the web app and the commands do. Errors are "
            "application/problem+json. Lists give next, which is the cursor of the next page.\","
            "\"contact\":{\"name\":\"Harken\"},\"license\":{\"name\":\"Apache-2.0\",\"identifier\":\"Apache-2.0\"}}"));
    jw_key(w, "servers");
    jw_raw(w, STR("[{\"url\":\"/\",\"description\":\"This server.\"}]"));
    jw_key(w, "security");
    jw_raw(w, STR("[{\"bearer\":[]},{\"session\":[]}]"));
    tags_write(w);
    paths_write(&o);
    components_write(&o);
    jw_end(w);
    arena_free(o.shapes.a);
}
