/* api/rest_list.c - lists: a page as JSON, or everything as JSON lines or CSV, streamed page by page. */
#include "api/rest.h"

enum { EXPORT_PAGE = 200, EXPORT_WAIT_MS = 30000, LINE_MAX = 64 << 20 };

static enum err_code page_get(struct rest *x, struct res_ctx *c, struct res_page *page, struct err *e)
{
    if (res_begin(c, x->k, e))
        return e->code;
    if (res_list(c, x->r, &x->q, page, e)) {
        res_abort(c);
        return e->code;
    }
    gateway_cost(x->k, (double)page->n);
    return res_commit(c, e);
}

static void page_write(struct rest *x, const struct res_page *p)
{
    size_t offset = x->op->query ? res_field_index(x->op->query, STR("offset")) : SIZE_MAX;
    struct buf b;
    struct jw w;

    buf_init_wiped(&b, 512 << 20);
    jw_init(&w, &b);
    jw_obj(&w);
    if (p->total >= 0)
        jw_ki64(&w, "total", p->total);
    if (offset != SIZE_MAX)
        jw_ki64(&w, "offset", x->extra[offset].is == RES_SET ? x->extra[offset].v.i : 0);
    jw_karr(&w, x->r->key);
    for (size_t i = 0; i < p->n; i++)
        res_write(&w, x->r->shape, p->items[i], x->want);
    jw_end(&w);
    if (p->more && p->n)
        jw_kstr(&w, "next", rest_cursor(x, &p->keys[p->n - 1]));
    else
        jw_knull(&w, "next");
    jw_end(&w);
    rest_reply(x->k, 200, &b, STR_NULL);
}

/* ---- exports ---- */

/* A cell that a spreadsheet would take for a formula starts with an apostrophe instead (OWASP, CSV injection). Only texts can:
 * numbers and times are ours. */
static bool risky(str s)
{
    return s.n &&
           (s.p[0] == '=' || s.p[0] == '+' || s.p[0] == '-' || s.p[0] == '@' || s.p[0] == '\t' || s.p[0] == '\r');
}

static void cell_write(struct buf *b, str s, bool text)
{
    bool quote = false;

    for (size_t i = 0; i < s.n && !quote; i++)
        quote = s.p[i] == ',' || s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r';
    quote = quote || (text && risky(s));
    if (quote)
        buf_char(b, '"');
    if (text && risky(s))
        buf_char(b, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            buf_char(b, '"');
        buf_char(b, s.p[i]);
    }
    if (quote)
        buf_char(b, '"');
}

static void csv_field(struct buf *b, const struct res_field *f, const struct res_val *v, struct buf *tmp)
{
    bool text = f->kind == RES_STR || f->kind == RES_ENUM || f->kind == RES_JSON;
    struct res_shape one = {.fields = f, .n = 1};
    struct json_doc *d = NULL;
    const struct json *val;
    struct jw w;

    if (v->is != RES_SET)
        return;
    if (f->kind == RES_STR && !(f->flags & RES_LIST)) {
        cell_write(b, v->v.s, true);
        return;
    }
    /* as the JSON says it; lists and objects as their JSON */
    buf_reset(tmp);
    jw_init(&w, tmp);
    res_write(&w, &one, v, 1);
    if (json_parse(buf_view(tmp), &d, NULL))
        return;
    val = json_get(json_root(d), f->name);
    if (json_kind(val) == JSON_STR) {
        cell_write(b, json_str(val, STR("")), text);
    } else {
        buf_reset(tmp);
        jw_init(&w, tmp);
        jw_value(&w, val);
        cell_write(b, buf_view(tmp), false);
    }
    json_free(d);
}

void rest_csv_row(const struct res_shape *s, uint64_t want, struct buf *b, const struct res_val *item, struct buf *tmp)
{
    bool first = true;

    for (size_t i = 0; i < s->n; i++) {
        if (!(want >> i & 1))
            continue;
        if (!first)
            buf_char(b, ',');
        first = false;
        if (item)
            csv_field(b, &s->fields[i], &item[i], tmp);
        else
            buf_str(b, str_of(s->fields[i].name));
    }
    buf_str(b, STR("\r\n"));
}

static void lines_write(struct rest *x, const struct res_page *p, struct buf *b, struct buf *tmp)
{
    struct jw w;

    for (size_t i = 0; i < p->n; i++) {
        if (x->form == REST_CSV) {
            rest_csv_row(x->r->shape, x->want, b, p->items[i], tmp);
            continue;
        }
        jw_init(&w, b);
        res_write(&w, x->r->shape, p->items[i], x->want);
        buf_char(b, '\n');
    }
}

static enum err_code lines_send(struct http_stream *s, struct buf *b, struct err *e)
{
    if (!buf_ok(b))
        return err_set(e, ERR_LIMIT, "rows too large");
    while (b->n) {
        size_t part = b->n < (128 << 10) ? b->n : 128 << 10;
        if (http_stream_wait(s, part, EXPORT_WAIT_MS, e) || http_stream_write(s, str_n(b->p, part), e))
            return e->code;
        buf_drop(b, part);
    }
    return ERR_OK;
}

/* The first page was read before the status went out; a later failure cuts the connection, which no client takes for an end. */
static enum err_code export_run(struct rest *x, struct res_page *p, struct http_stream *s, struct buf *b,
                                struct buf *tmp, struct err *e)
{
    size_t left = x->limit ? (size_t)x->limit : SIZE_MAX;
    enum err_code rc = ERR_OK;
    struct res_ctx c;

    if (x->form == REST_CSV)
        rest_csv_row(x->r->shape, x->want, b, NULL, tmp);
    for (;;) {
        lines_write(x, p, b, tmp);
        rc = lines_send(s, b, e);
        left -= p->n < left ? p->n : left;
        if (rc || !p->more || !p->n || !left)
            break;
        x->q.has_after = true;
        x->q.after = p->keys[p->n - 1];
        x->q.limit = left < EXPORT_PAGE ? left : EXPORT_PAGE;
        arena_reset(x->k->a);
        rc = page_get(x, &c, p, e);
        if (rc)
            break;
    }
    return rc;
}

static void export_send(struct rest *x, struct res_page *p)
{
    struct http_stream_opts so = {.max_bytes = 512 << 10};
    struct call *k = x->k, paged = *k;
    struct http_stream *s;
    struct buf b, tmp;
    struct err e;

    http_status(k->rep, 200);
    http_header(k->rep, STR("cache-control"), STR("no-store"));
    http_header_fmt(k->rep, STR("content-disposition"), "attachment; filename=\"%s.%s\"", x->r->name,
                    x->form == REST_CSV ? "csv" : "jsonl");
    s = http_reply_stream(k->rep, x->form == REST_CSV ? STR("text/csv; charset=utf-8") : STR("application/x-ndjson"),
                          &so);
    buf_init_wiped(&b, LINE_MAX);
    buf_init_wiped(&tmp, LINE_MAX);
    paged.a = arena_new_wiped("rest.export"); /* emptied after each page */
    x->k = &paged;
    if (export_run(x, p, s, &b, &tmp, &e) == ERR_OK)
        http_stream_end(s);
    x->k = k;
    arena_free(paged.a);
    http_stream_unref(s);
    buf_done(&b);
    buf_done(&tmp);
}

void rest_list(struct rest *x)
{
    struct res_page page = {0};
    struct res_ctx c = {0};
    struct err e = {0};

    if (x->form != REST_JSON && !x->limit)
        x->q.limit = EXPORT_PAGE;
    if (x->form != REST_JSON && x->q.limit > EXPORT_PAGE)
        x->q.limit = EXPORT_PAGE;
    if (page_get(x, &c, &page, &e)) {
        if (c.say.status)
            rest_problem(x->k, c.say.status, c.say.title, c.say.detail, NULL);
        else
            rest_fail(x, &e);
    } else if (x->form == REST_JSON) {
        page_write(x, &page);
    } else {
        export_send(x, &page);
    }
}
