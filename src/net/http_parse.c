#include "net/http_parse.h"

static int bad(struct http_parser *p, int status, const char *why)
{
    if (!p->status) {
        p->status = status;
        p->why = why;
    }
    return -1;
}

static struct http_parser *self(llhttp_t *ll)
{
    return ll->data;
}

static int on_begin(llhttp_t *ll)
{
    self(ll)->begun = true;
    return 0;
}

static int on_url(llhttp_t *ll, const char *at, size_t n)
{
    struct http_parser *p = self(ll);

    if (p->target_n + n > p->limits.line)
        return bad(p, 414, "the request target is too long");
    buf_put(&p->head, at, n);
    p->target_n += n;
    return 0;
}

static int trailer(struct http_parser *p, size_t n)
{
    p->trailer_bytes += n;
    return p->trailer_bytes > HTTP_TRAILER_MAX ? bad(p, 431, "too many trailer fields") : 0;
}

static int on_name(llhttp_t *ll, const char *at, size_t n)
{
    struct http_parser *p = self(ll);
    char *to;

    if (p->head_done)
        return trailer(p, n + 4);
    if (p->in_value || !p->n_fields) {
        if (p->n_fields == p->limits.fields)
            return bad(p, 431, "too many header fields");
        p->at[p->n_fields].at = (uint32_t)p->head.n;
        p->at[p->n_fields].name_n = p->at[p->n_fields].value_n = 0;
        p->n_fields++;
        p->in_value = false;
    }
    p->at[p->n_fields - 1].name_n += (uint32_t)n;
    to = buf_room(&p->head, n);
    if (!to)
        return bad(p, 431, "the header fields are too large");
    for (size_t i = 0; i < n; i++)
        to[i] = (char)(at[i] >= 'A' && at[i] <= 'Z' ? at[i] + 32 : at[i]);
    p->head.n += n;
    return 0;
}

static int on_name_end(llhttp_t *ll)
{
    self(ll)->in_value = true;
    return 0;
}

static int on_value(llhttp_t *ll, const char *at, size_t n)
{
    struct http_parser *p = self(ll);

    if (p->head_done)
        return trailer(p, n);
    p->at[p->n_fields - 1].value_n += (uint32_t)n;
    buf_put(&p->head, at, n);
    return 0;
}

static int on_head(llhttp_t *ll)
{
    struct http_parser *p = self(ll);
    const char *why = NULL;
    int status;

    if (!buf_ok(&p->head))
        return bad(p, 431, "the header fields are too large");
    for (size_t i = 0; i < p->n_fields; i++) {
        const char *at = p->head.p + p->at[i].at;

        p->fields[i].name = str_n(at, p->at[i].name_n);
        p->fields[i].value = str_trim(str_n(at + p->at[i].name_n, p->at[i].value_n));
    }
    p->head_done = true;
    status = http_vet_head(str_of(llhttp_method_name(llhttp_get_method(ll))), str_n(p->head.p, p->target_n),
                           ll->http_major, ll->http_minor, p->fields, p->n_fields, &p->vetted, &why);
    if (status)
        return bad(p, status, why);
    if (p->on_head && !p->on_head(p->ctx, p))
        return -1;
    ll->upgrade = 0; /* an Upgrade that we do not know is an ordinary request (RFC 9110 7.8) */
    return 0;
}

static int on_body(llhttp_t *ll, const char *at, size_t n)
{
    struct http_parser *p = self(ll);

    p->body_bytes += (int64_t)n;
    if ((uint64_t)p->body_bytes > p->body_max)
        return bad(p, 413, "the body is too large");
    if (!p->body_drop)
        buf_put(&p->body, at, n);
    return 0;
}

static int on_chunk(llhttp_t *ll)
{
    self(ll)->ext_bytes = 0;
    return 0;
}

static int on_extension(llhttp_t *ll, const char *at, size_t n)
{
    struct http_parser *p = self(ll);

    p->ext_bytes += n;
    p->exts_bytes += n;
    if (p->ext_bytes > HTTP_CHUNK_EXT_MAX || p->exts_bytes > HTTP_CHUNK_EXTS_MAX)
        return bad(p, 400, "chunk extensions are too long");
    return http_vet_value(str_n(at, n)) ? 0 : bad(p, 400, "control bytes in a chunk extension");
}

static int on_done(llhttp_t *ll)
{
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_message_begin = on_begin,
    .on_url = on_url,
    .on_header_field = on_name,
    .on_header_field_complete = on_name_end,
    .on_header_value = on_value,
    .on_headers_complete = on_head,
    .on_body = on_body,
    .on_chunk_header = on_chunk,
    .on_chunk_extension_name = on_extension,
    .on_chunk_extension_value = on_extension,
    .on_message_complete = on_done,
};

void http_parser_new(struct http_parser *p, const struct http_limits *limits)
{
    p->limits = limits ? *limits : (struct http_limits){HTTP_LINE_MAX, HTTP_HEAD_MAX, HTTP_FIELDS_MAX};
    buf_init_wiped(&p->head, p->limits.head);
    buf_init_wiped(&p->body, SIZE_MAX / 2); /* bounded by body_max, which may change with every message */
}

void http_parser_init(struct http_parser *p)
{
    llhttp_init(&p->ll, HTTP_REQUEST, &settings);
    llhttp_set_lenient_version(&p->ll, 1); /* http_vet_head decides: 505, not 400 */
    p->ll.data = p;
    buf_reset(&p->head);
    buf_reset(&p->body);
    p->n_fields = p->target_n = p->head_bytes = p->ext_bytes = p->exts_bytes = p->trailer_bytes = 0;
    p->begun = p->in_value = p->head_done = p->body_drop = false;
    p->body_bytes = 0;
    p->body_max = 0;
    p->status = 0;
    p->why = NULL;
}

void http_parser_done(struct http_parser *p)
{
    buf_done(&p->head);
    buf_done(&p->body);
}

static enum http_parse failed(struct http_parser *p, enum llhttp_errno code)
{
    const char *pos = llhttp_get_error_pos(&p->ll);

    if (p->status || code == HPE_USER || code == HPE_CB_HEADERS_COMPLETE)
        return HTTP_PARSE_BAD; /* said by a callback */
    if (code == HPE_INVALID_METHOD && pos && http_vet_token(str_n(pos, 1)))
        bad(p, 501, "unknown method");
    else if (code == HPE_PAUSED_H2_UPGRADE)
        bad(p, 505, "HTTP/1.0 and HTTP/1.1 are spoken here");
    else
        bad(p, 400, p->head_done ? "malformed body" : "malformed request head");
    return HTTP_PARSE_BAD;
}

enum http_parse http_parser_feed(struct http_parser *p, const char *data, size_t n, size_t *used)
{
    size_t at = 0;

    while (at < n) {
        size_t piece = n - at;
        enum llhttp_errno code;

        if (!p->head_done) { /* the head ends somewhere inside or is too large: never read past the limit */
            size_t left = p->limits.head - p->head_bytes;

            if (!left) {
                *used = at;
                bad(p, p->n_fields ? 431 : 414, "the request head is too large");
                return HTTP_PARSE_BAD;
            }
            piece = piece < left ? piece : left;
            p->head_bytes += piece;
        }
        code = llhttp_execute(&p->ll, data + at, piece);
        if (code == HPE_PAUSED) {
            *used = (size_t)(llhttp_get_error_pos(&p->ll) - data);
            return HTTP_PARSE_DONE;
        }
        if (code != HPE_OK) {
            *used = at;
            return failed(p, code);
        }
        at += piece;
    }
    *used = n;
    return HTTP_PARSE_MORE;
}
