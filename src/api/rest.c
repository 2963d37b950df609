/* api/rest.c - one request over REST: what it accepts and sends, what it changes, how it is answered. */
#include "api/rest.h"
#include "base/settings.h"

enum { BODY_JSON_MAX = 512 << 20 };

/* ---- replies ---- */

void rest_problem(struct call *k, int status, const char *title, str detail, const struct res_faults *faults)
{
    struct buf b;
    struct jw w;

    buf_init(&b, 1 << 20);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "title", str_of(title));
    jw_ki64(&w, "status", status);
    if (detail.n)
        jw_kstr(&w, "detail", detail);
    if (k->rq->id[0])
        jw_kstr(&w, "instance", str_fmt(k->a, "urn:uuid:%s", k->rq->id));
    if (faults) {
        jw_karr(&w, "errors");
        for (size_t i = 0; i < faults->n; i++) {
            jw_obj(&w);
            jw_kstr(&w, "pointer", faults->list[i].pointer);
            jw_kstr(&w, "detail", faults->list[i].detail);
            jw_end(&w);
        }
        jw_end(&w);
    }
    jw_end(&w);
    http_status(k->rep, status);
    http_body(k->rep, STR("application/problem+json"), str_dup(k->a, buf_view(&b)));
    buf_done(&b);
}

static void faults_problem(struct call *k, const struct res_faults *f)
{
    const struct res_fault *first = &f->list[0];

    rest_problem(k, f->refused ? 422 : 400, f->refused ? "a field that cannot be sent" : "the request is not valid",
                 str_fmt(k->a, "\"%.*s\" %.*s", STR_ARG(str_from(first->pointer, first->pointer.n ? 1 : 0)),
                         STR_ARG(first->detail)),
                 f);
}

void rest_fail(struct rest *x, const struct err *e)
{
    bool match = http_field_has(x->k->rq, STR("if-match"));

    if (e->code == ERR_NOT_FOUND)
        rest_problem(x->k, 404, "not found", str_fmt(x->k->a, "there is no such %s, or you may not see it", x->r->one),
                     NULL);
    else if (e->code == ERR_CONFLICT && match)
        rest_problem(x->k, 412, "changed meanwhile", STR("it is not as the tag in If-Match says: read it again"), NULL);
    else
        http_problem_err(x->k->rep, e);
}

/* Weak comparison of If-None-Match (RFC 9110 13.1.2). */
static bool client_has(struct call *k, str tag)
{
    str list = http_field_get(k->rq, STR("if-none-match"));

    while (list.n) {
        str one = str_trim(str_cut(list, ',', &list));
        if (str_starts(one, STR("W/")))
            one = str_from(one, 2);
        if (str_eq(one, tag) || str_eq(one, STR("*")))
            return true;
    }
    return false;
}

static void reply(struct call *k, int status, struct buf *b, str tag, bool fleets)
{
    bool get = k->rq->method == HTTP_M_GET || k->rq->method == HTTP_M_HEAD;
    str body = buf_ok(b) ? str_dup(k->a, buf_view(b)) : STR_NULL;

    if (!buf_ok(b)) {
        rest_problem(k, 500, "the answer is too large", STR("ask for less at a time"), NULL);
        buf_done(b);
        return;
    }
    if (!tag.n && get && status == 200)
        tag = res_tag(k->a, body);
    if (tag.n && get && !fleets && client_has(k, tag))
        http_status(k->rep, 304);
    else
        http_json(k->rep, status, body);
    if (tag.n)
        http_header(k->rep, STR("etag"), tag);
    http_header(k->rep, STR("cache-control"), STR("no-store"));
    buf_done(b);
}

void rest_reply(struct call *k, int status, struct buf *b, str tag)
{
    reply(k, status, b, tag, false);
}

/* ---- what the client takes and sends ---- */

/* Preference of a media type in Accept, 0..1000, by the most specific range that matches; 1000 without the field. */
static int accept_weight(const struct http_request *rq, str type)
{
    str all = http_field_get(rq, STR("accept")), sub, main_type = str_cut(type, '/', &sub);
    int best = -1, weight = 0;

    if (!str_trim(all).n)
        return 1000;
    while (all.n) {
        str params, range = str_trim(str_cut(str_cut(all, ',', &all), ';', &params)), rsub;
        str rmain = str_cut(range, '/', &rsub);
        int rank = str_eq(range, STR("*/*"))                                     ? 0
                   : str_eq_nocase(rmain, main_type) && str_eq(rsub, STR("*"))   ? 1
                   : str_eq_nocase(rmain, main_type) && str_eq_nocase(rsub, sub) ? 2
                                                                                 : -1;
        double q = 1;
        while (params.n) {
            str value, name = str_trim(str_cut(str_cut(params, ';', &params), '=', &value));
            if (str_eq_nocase(name, STR("q")) && !str_to_double(str_trim(value), &q))
                q = 0;
        }
        if (rank > best) {
            best = rank;
            weight = q <= 0 ? 0 : q >= 1 ? 1000 : (int)(q * 1000) + 1;
        }
    }
    return best < 0 ? 0 : weight;
}

/* JSON always; lists also as lines and CSV; what says so as CSV. */
static bool form_of(const struct res_op *op, int form)
{
    return form == REST_JSON || op->verb == RES_OP_LIST || (form == REST_CSV && op->csv);
}

static bool accept_read(struct rest *x)
{
    static const char *const forms[] = {"application/json", "application/x-ndjson", "text/csv"};
    const struct http_request *rq = x->k->rq;
    int best = 0;

    if (!str_starts(str_of(x->op->path),
                    STR("/v1"))) /* pages, probes, SCIM: browsers, monitors, clients ask as they like */
        return true;
    if (x->op->answer_type && accept_weight(rq, str_of(x->op->answer_type)))
        return true;
    for (int i = 0; i < 3 && !x->op->answer_type; i++) {
        int weight = form_of(x->op, i) ? accept_weight(rq, str_of(forms[i])) : 0;
        if (weight > best) {
            best = weight;
            x->form = (enum rest_form)i;
        }
    }
    /* an answer without a body suits everybody, and who takes problems takes any */
    if (best || (!x->op->answer_type && (x->op->status == 204 || accept_weight(rq, STR("application/problem+json")))))
        return true;
    rest_problem(x->k, 406, "not acceptable",
                 str_fmt(x->k->a, "this address answers as %s%s", x->op->answer_type ? x->op->answer_type : forms[0],
                         x->op->verb == RES_OP_LIST ? ", application/x-ndjson or text/csv"
                         : x->op->csv               ? " or text/csv"
                                                    : ""),
                 NULL);
    return false;
}

static bool takes_json(const struct res_op *op)
{
    return op->verb == RES_OP_CREATE || op->verb == RES_OP_UPDATE || op->body;
}

static bool type_read(struct rest *x)
{
    str type = http_content_type(x->k->rq);

    if (!takes_json(x->op) || !type.n || str_eq(type, STR("application/json")) ||
        (x->op->verb == RES_OP_UPDATE && str_eq(type, STR("application/merge-patch+json"))))
        return true;
    rest_problem(x->k, 415, "unsupported media type", STR("send the body as application/json"), NULL);
    return false;
}

/* ---- reading one ---- */

static void rest_get(struct rest *x)
{
    struct res_val *item = NULL;
    uint64_t all = UINT64_MAX;
    struct res_ctx c;
    struct buf b;
    struct jw w;
    struct err e = {0};

    if (res_begin(&c, x->k, &e)) {
        rest_fail(x, &e);
        return;
    }
    c.query = x->extra;
    if (res_many(&c, x->r, &x->id, 1, all, &item, &e) || (!item && err_set(&e, ERR_NOT_FOUND, "none"))) {
        res_abort(&c);
        rest_fail(x, &e);
        return;
    }
    if (res_commit(&c, &e)) {
        rest_fail(x, &e);
        return;
    }
    buf_init_wiped(&b, BODY_JSON_MAX);
    jw_init(&w, &b);
    res_write(&w, x->r->shape, item, x->want);
    reply(x->k, 200, &b, res_etag(x->k->a, x->r->shape, item), res_fleets(x->r->shape));
}

/* ---- changing ---- */

struct outcome {
    int status;
    str location, tag, body; /* body empty: none */
};

static str item_text(struct rest *x, const struct res_shape *s, const struct res_val *item, uint64_t want)
{
    struct buf b;
    struct jw w;
    str out;

    buf_init_wiped(&b, BODY_JSON_MAX);
    jw_init(&w, &b);
    res_write(&w, s, item, want);
    out = str_dup(x->k->a, buf_view(&b));
    buf_done(&b);
    return out;
}

/* The list that an operation's CSV is made of. */
static str csv_text(struct rest *x, const struct res_val *out)
{
    size_t at = res_field_index(x->op->answer, str_of(x->op->csv));
    const struct res_shape *s = x->op->answer->fields[at].of;
    uint64_t want = res_want_default(s, &x->k->who, true);
    struct buf b, tmp;
    str text;

    buf_init_wiped(&b, BODY_JSON_MAX);
    buf_init_wiped(&tmp, BODY_JSON_MAX);
    rest_csv_row(s, want, &b, NULL, &tmp);
    for (size_t i = 0; i < out[at].n; i++)
        rest_csv_row(s, want, &b, out[at].v.list[i].v.obj, &tmp);
    text = str_dup(x->k->a, buf_view(&b));
    buf_done(&b);
    buf_done(&tmp);
    return text;
}

static uint64_t shown(struct rest *x)
{
    return res_want_default(x->r->shape, &x->k->who, false);
}

static str path_of(struct rest *x, struct id id)
{
    return str_fmt(x->k->a, "/v1/%s/%.*s", x->r->name, STR_ARG(id_str(x->k->a, id)));
}

static enum err_code change_make(struct rest *x, struct res_ctx *c, const struct res_val *in, struct outcome *o,
                                 struct err *e)
{
    str match = http_field_get(x->k->rq, STR("if-match"));
    struct res_val *out = NULL;
    struct id id = x->id;

    switch (x->op->verb) {
    case RES_OP_CREATE:
        if (res_create(c, x->r, in, &id, &out, e))
            return e->code;
        *o = (struct outcome){201, path_of(x, id), res_etag(c->a, x->r->shape, out),
                              item_text(x, x->r->shape, out, shown(x))};
        break;
    case RES_OP_UPDATE:
        if (res_update(c, x->r, id, in, match, &out, e))
            return e->code;
        *o = (struct outcome){200, STR(""), res_etag(c->a, x->r->shape, out), item_text(x, x->r->shape, out, shown(x))};
        break;
    case RES_OP_DELETE:
        if (res_drop(c, x->r, id, match, e))
            return e->code;
        *o = (struct outcome){.status = 204};
        if (x->dry_run)
            o->body = str_fmt(c->a, "{\"dry_run\":true,\"deletes\":\"%.*s\"}", STR_ARG(id_str(c->a, id)));
        break;
    case RES_OP_ACT:
        if (res_act(c, x->r, x->op, id, in, x->extra, &out, e))
            return e->code;
        *o = (struct outcome){.status = x->op->status ? x->op->status : 200};
        if (x->op->answer && x->form == REST_CSV)
            o->body = csv_text(x, out);
        else if (x->op->answer)
            o->body = item_text(x, x->op->answer, out, UINT64_MAX);
        break;
    default:
        return err_set(e, ERR_INTERNAL, "no change");
    }
    return ERR_OK;
}

/* A browser keeps it as a file and never shows it as a page. */
static void csv_send(struct rest *x)
{
    http_header(x->k->rep, STR("content-type"), STR("text/csv; charset=utf-8"));
    http_header_fmt(x->k->rep, STR("content-disposition"), "attachment; filename=\"%s.csv\"", x->r->name);
}

static void outcome_send(struct rest *x, const struct outcome *o)
{
    bool get = x->op->method == HTTP_M_GET;
    struct call *k = x->k;
    str tag = get ? res_tag(k->a, o->body) : o->tag;

    if (get && client_has(k, tag))
        http_status(k->rep, 304);
    else if (o->body.n)
        http_json(k->rep, x->dry_run ? 200 : o->status, o->body);
    else
        http_status(k->rep, o->status);
    if (o->body.n && x->form == REST_CSV)
        csv_send(x);
    if (o->location.n && !x->dry_run)
        http_header(k->rep, STR("location"), o->location);
    if (tag.n && !x->dry_run)
        http_header(k->rep, STR("etag"), tag);
    if (x->dry_run)
        http_header(k->rep, STR("harken-dry-run"), STR("true"));
    http_header(k->rep, STR("cache-control"), STR("no-store"));
}

/* ---- many at once ---- */

struct part {
    struct res_val *in;
    struct res_faults faults;
};
struct parts {
    struct part *list;
    size_t n;
};
enum { BULK_MAX = 1000 };

static int status_of(const struct err *e)
{
    return e->code == ERR_INVALID                             ? 400
           : e->code == ERR_EXISTS || e->code == ERR_CONFLICT ? 409
           : e->code == ERR_NOT_FOUND                         ? 404
           : e->code == ERR_LIMIT                             ? 413
                                                              : 0;
}

static void part_refused(struct jw *w, int status, str detail, const struct res_faults *f)
{
    jw_obj(w);
    jw_ki64(w, "status", status);
    jw_kobj(w, "problem");
    jw_kstr(w, "title", STR("not done"));
    jw_ki64(w, "status", status);
    jw_kstr(w, "detail", detail);
    if (f) {
        jw_karr(w, "errors");
        for (size_t i = 0; i < f->n; i++) {
            jw_obj(w);
            jw_kstr(w, "pointer", f->list[i].pointer);
            jw_kstr(w, "detail", f->list[i].detail);
            jw_end(w);
        }
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
}

/* All in one transaction: parts that are wrong are reported beside those that were done; a failure of ours undoes all. */
static enum err_code bulk_make(struct rest *x, struct res_ctx *c, const struct parts *p, struct outcome *o,
                               struct err *e)
{
    enum err_code rc = ERR_OK;
    struct buf b;
    struct jw w;

    buf_init_wiped(&b, BODY_JSON_MAX);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_karr(&w, "results");
    for (size_t i = 0; i < p->n && !rc; i++) {
        const struct part *part = &p->list[i];
        struct outcome one = {0};
        if (part->faults.n) {
            part_refused(&w, part->faults.refused ? 422 : 400, STR("see errors"), &part->faults);
        } else if (change_make(x, c, part->in, &one, e)) {
            int status = c->say.status ? c->say.status : status_of(e);
            if (!status)
                rc = e->code;
            else
                part_refused(&w, status, c->say.status ? c->say.detail : str_dup(c->a, str_of(e->msg)), NULL);
            c->say.status = 0;
        } else {
            jw_obj(&w);
            jw_ki64(&w, "status", one.status);
            jw_key(&w, "item");
            jw_raw(&w, one.body);
            jw_end(&w);
        }
    }
    jw_end(&w);
    jw_end(&w);
    *o = (struct outcome){.status = 200, .body = str_dup(c->a, buf_view(&b))};
    buf_done(&b);
    return rc;
}

/* ---- the change around both ---- */

static enum err_code change_tx(struct rest *x, const struct res_val *in, const struct parts *parts,
                               const struct idem *idem, struct outcome *o, bool *out_known, struct err *e)
{
    struct res_ctx c;

    if (x->op->flags & RES_OP_LATE)
        res_init(&c, x->k);
    else if (res_begin(&c, x->k, e))
        return e->code;
    c.dry_run = x->dry_run;
    if (idem_begin(&c, idem, out_known, e))
        goto fail;
    if (*out_known) {
        res_abort(&c);
        return ERR_OK;
    }
    if (parts ? bulk_make(x, &c, parts, o, e) : change_make(x, &c, in, o, e))
        goto fail;
    if (idem_end(&c, idem, o->status, o->location, o->tag, o->body, e))
        goto fail;
    return res_commit(&c, e);
fail:
    res_abort(&c);
    if (!c.say.status)
        return e->code;
    rest_problem(x->k, c.say.status, c.say.title, c.say.detail, NULL);
    *out_known = true;
    return ERR_OK;
}

static void change_run(struct rest *x, const struct res_val *in, const struct parts *parts)
{
    struct outcome o = {0};
    struct idem idem;
    bool known = false;
    struct err e = {0};

    if (!idem_read(x, &idem))
        return;
    if (change_tx(x, in, parts, &idem, &o, &known, &e))
        rest_fail(x, &e);
    else if (!known)
        outcome_send(x, &o);
}

static void bulk_read(struct rest *x, const struct json *v)
{
    struct parts p = {ARENA_ARRAY(x->k->a, struct part, json_len(v) + 1), 0};
    struct json_it it;

    if (json_len(v) > BULK_MAX || !json_len(v)) {
        rest_problem(x->k, 400, "the request is not valid",
                     str_fmt(x->k->a, "a list must have 1 to %d parts", BULK_MAX), NULL);
        return;
    }
    for (json_it_init(&it, v); json_it_next(&it); p.n++)
        res_read(x->k->a, x->r->shape, RES_FOR_CREATE, it.val, str_fmt(x->k->a, "/%zu", p.n), &p.list[p.n].faults,
                 &p.list[p.n].in);
    change_run(x, NULL, &p);
}

static void body_run(struct rest *x, const struct json *v)
{
    struct res_faults faults = {0};
    struct res_val *in = NULL;
    enum res_use use = x->op->verb == RES_OP_CREATE   ? RES_FOR_CREATE
                       : x->op->verb == RES_OP_UPDATE ? RES_FOR_UPDATE
                                                      : RES_FOR_BODY;

    if (json_kind(v) == JSON_ARR && x->op->flags & RES_OP_BULK)
        bulk_read(x, v);
    else if (!res_read(x->k->a, x->op->body ? x->op->body : x->r->shape, use, v, STR(""), &faults, &in))
        faults_problem(x->k, &faults);
    else
        change_run(x, in, NULL);
}

static void rest_change(struct rest *x)
{
    struct json_doc *d = NULL;
    struct err e;

    if (x->op->flags & RES_OP_MATCH && !http_field_has(x->k->rq, STR("if-match"))) {
        rest_problem(x->k, 428, "If-Match is required",
                     STR("send the ETag of what you read as If-Match, so that nobody's change is overwritten"), NULL);
        return;
    }
    if (!takes_json(x->op)) {
        change_run(x, NULL, NULL);
        return;
    }
    if (json_parse(x->k->rq->body, &d, &e)) {
        rest_problem(x->k, 400, "the body is not JSON", str_dup(x->k->a, str_of(e.msg)), NULL);
        return;
    }
    body_run(x, json_root(d));
    json_free(d);
}

/* Handlers that read the body themselves get only what is of its shape. */
static bool raw_body_fits(struct rest *x)
{
    struct res_faults faults = {0};
    struct json_doc *d = NULL;
    struct res_val *in;
    struct err e;
    bool ok;

    if (!x->op->body)
        return true;
    if (json_parse(x->k->rq->body, &d, &e)) {
        rest_problem(x->k, 400, "the body is not JSON", str_dup(x->k->a, str_of(e.msg)), NULL);
        return false;
    }
    ok = res_read(x->k->a, x->op->body, RES_FOR_BODY, json_root(d), STR(""), &faults, &in);
    json_free(d);
    if (!ok)
        faults_problem(x->k, &faults);
    return ok;
}

/* ---- the front ---- */

static bool path_read(struct rest *x)
{
    struct err e;

    if (!strstr(x->op->path, "{id}") || id_parse(x->k->part[0], &x->id) ||
        (x->r->named && x->r->named(x->k->part[0], &x->id)))
        return true;
    err_set(&e, ERR_NOT_FOUND, "not an id"); /* what is not there answers like what is not an id */
    rest_fail(x, &e);
    return false;
}

/* Taking lists out as files is a permission of its own, and a setting turns it off for everybody. */
static bool export_may(struct rest *x)
{
    const struct api *api = x->k->app;

    if (api->settings && !settings_bool(api->settings, "exports.allow"))
        rest_problem(x->k, 403, "exports are off", STR("the setting exports.allow says so; JSON pages are answered"),
                     NULL);
    else if (!res_may(&x->k->who, PERM_EXPORTS_MAKE))
        rest_problem(x->k, 403, "not allowed", STR("this needs the permission exports.make; JSON pages are answered"),
                     NULL);
    else
        return true;
    return false;
}

void rest_run(struct call *k)
{
    struct rest x = {.k = k};

    x.op = rest_op(k, &x.r);
    if (x.op->flags & RES_OP_OWN) {
        x.op->raw(k);
        return;
    }
    if (!rest_query_read(&x) || !path_read(&x) || !type_read(&x) || !accept_read(&x))
        return;
    if (x.op->csv && rest_query_says(&x, "format", "csv"))
        x.form = REST_CSV;
    if (x.form != REST_JSON && !export_may(&x))
        return;
    switch (x.op->verb) {
    case RES_OP_LIST:
        rest_list(&x);
        break;
    case RES_OP_GET:
        rest_get(&x);
        break;
    case RES_OP_RAW:
        if (raw_body_fits(&x))
            x.op->raw(k);
        break;
    case RES_OP_CREATE:
    case RES_OP_UPDATE:
    case RES_OP_DELETE:
    case RES_OP_ACT:
        rest_change(&x);
        break;
    }
}
