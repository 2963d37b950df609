/* api/audit.c - who saw and changed what; the signed checkpoint; the proof that nothing was rewritten. */
#include "api/resource.h"

/* as enum audit_act; 0 is none of them */
static const char *const acts[] = {"none",  "sign_in", "read",  "search",         "ask", "ingest", "change",
                                   "erase", "export",  "admin", "sign_in_failed", NULL};

enum { F_ID_, F_SEQ, F_AT, F_ACT, F_ACTOR, F_OBJECT, F_DETAILS, F_COUNT };
static const struct res_field fields[F_COUNT] = {
    [F_ID_] = {"id", RES_ID, RES_READ_ONLY, "Its id.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    [F_SEQ] = {"seq", RES_INT, RES_READ_ONLY | RES_SORT, "Its number in the log, from 0, without gaps.", "17"},
    [F_AT] = {"at", RES_TIME, RES_READ_ONLY | RES_RANGE, "When it happened.", "\"2026-06-10T09:30:00.000Z\""},
    [F_ACT] = {"act", RES_ENUM, RES_READ_ONLY | RES_FILTER, "What was done.", "\"read\"", .words = acts},
    [F_ACTOR] = {"actor", RES_ID, RES_READ_ONLY | RES_NULLABLE | RES_FILTER, "The user or token that did it.",
                 "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ac\""},
    [F_OBJECT] = {"object", RES_ID, RES_READ_ONLY | RES_NULLABLE | RES_FILTER, "What it was done to; null: several.",
                  "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ad\""},
    [F_DETAILS] = {"details", RES_STR, RES_READ_ONLY | RES_SEALED, "More about it.",
                   "\"{\\\"operation\\\":\\\"list\\\"}\""},
};
static const struct res_shape shape = {"AuditRecord", "One record of the audit log.", RES_FIELDS(fields)};

static struct res_val *item_of(struct res_ctx *c, const void *row)
{
    const struct audit_row *r = row;
    struct res_val *item = ARENA_ARRAY(c->a, struct res_val, F_COUNT);
    size_t act = (size_t)r->entry.act;

    item[F_ID_] = res_id(r->id);
    item[F_SEQ] = res_i64(r->seq);
    item[F_AT] = res_time(r->at_ms);
    item[F_ACT] = res_str(str_of(acts[act < sizeof acts / sizeof *acts - 1 ? act : 0]));
    item[F_ACTOR] = res_id(r->entry.actor);
    item[F_OBJECT] = res_id(r->entry.object);
    item[F_DETAILS] = res_str(r->entry.details);
    return item;
}

static enum err_code list(struct res_ctx *c, const struct res_query *q, struct res_page *page, struct err *e)
{
    struct audit_filter f = {res_filter_words(c->a, res_filter_get(q, "act", RES_EQ)),
                             res_filter_ids(c->a, res_filter_get(q, "actor", RES_EQ)),
                             res_filter_ids(c->a, res_filter_get(q, "object", RES_EQ))};
    struct page_want w = res_page_want(q, "at");
    struct audit_row *rows;
    size_t n;

    if (audit_page(c->t, c->v->keys, &f, &w, c->a, &rows, &n, e))
        return e->code;
    res_page_fill(c, page, q, &shape, rows, n, sizeof *rows, item_of);
    return ERR_OK;
}

static enum err_code many(struct res_ctx *c, const struct id *ids, size_t n, uint64_t want, struct res_val **items,
                          struct err *e)
{
    struct audit_row *rows;
    size_t rows_n;

    (void)want;
    if (audit_load(c->t, c->v->keys, ids, n, c->a, &rows, &rows_n, e))
        return e->code;
    res_rows_place(c, &shape, ids, n, rows, rows_n, sizeof *rows, item_of, items);
    return ERR_OK;
}

/* ---- checkpoint and proof ---- */

static const struct res_field point_fields[] = {
    {"note", RES_STR, 0, "The newest signed checkpoint (C2SP tlog-checkpoint); empty before the first.",
     "\"harken/1\\n17\\nq83v\\n\""},
    {"public_key", RES_STR, 0, "Ed25519 key that signs it, in hexadecimal digits.", "\"9f86d081\""},
};
static const struct res_shape point_shape = {"AuditCheckpoint", "What the log's signer vouches for.",
                                             RES_FIELDS(point_fields)};
static const struct res_field proof_fields[] = {
    {"ok", RES_BOOL, 0, "Whether the records give what the checkpoint signs.", "true"},
    {"records", RES_INT, 0, "Records looked at.", "17"},
    {"problem", RES_STR, RES_NULLABLE, "What does not fit, and where.", "\"record 5 cannot be right\""},
};
static const struct res_shape proof_shape = {"AuditProof", "Whether the log was rewritten.", RES_FIELDS(proof_fields)};

static enum err_code point_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                               struct res_val **out, struct err *e)
{
    struct audit_signer s;
    char *hex = arena_alloc(c->a, 65);
    str note;

    (void)id, (void)in, (void)query;
    if (audit_checkpoint(c->v->db, c->v->workspace, c->a, &note, e))
        return e->code;
    audit_signer_init(&s, c->v->keys);
    hex_put(s.pub, sizeof s.pub, hex);
    audit_signer_done(&s);
    *out = ARENA_ARRAY(c->a, struct res_val, 2);
    (*out)[0] = res_str(note);
    (*out)[1] = res_str(str_n(hex, 64));
    return ERR_OK;
}

enum { PROOF_MAX = 1 << 30, PROOF_PAGE = 5000 };

/* The lines that the checkpoint is about: later records may have come meanwhile. */
static enum err_code lines_read(struct res_ctx *c, int64_t size, struct buf *b, struct err *e)
{
    int64_t from = 0, next = 0;

    while (from < size) {
        int limit = size - from < PROOF_PAGE ? (int)(size - from) : PROOF_PAGE;
        if (audit_export(c->v->db, c->v->workspace, from, limit, b, &next, e))
            return e->code;
        if (next == from)
            return err_set(e, ERR_CORRUPT, "record %lld is missing", (long long)from);
        from = next;
    }
    return ERR_OK;
}

static enum err_code proof_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                               struct res_val **out, struct err *e)
{
    struct checkpoint point = {0};
    struct audit_signer s;
    struct buf b;
    int64_t n = 0;
    enum err_code rc;
    str note;

    (void)id, (void)in, (void)query;
    if (audit_checkpoint(c->v->db, c->v->workspace, c->a, &note, e))
        return e->code;
    audit_signer_init(&s, c->v->keys);
    buf_init(&b, PROOF_MAX);
    rc = note.n ? checkpoint_verify(note, s.pub, &point, e) : ERR_OK;
    if (!rc)
        rc = lines_read(c, (int64_t)point.size, &b, e);
    if (!rc && note.n)
        rc = audit_verify_lines(buf_view(&b), note, s.pub, &n, e);
    buf_done(&b);
    audit_signer_done(&s);
    if (rc && rc != ERR_CORRUPT && rc != ERR_DENIED && rc != ERR_INVALID)
        return rc;
    *out = ARENA_ARRAY(c->a, struct res_val, 3);
    (*out)[0] = res_bool(!rc);
    (*out)[1] = res_i64(n);
    (*out)[2] = rc ? res_str(str_dup(c->a, str_of(e->msg))) : res_null();
    return ERR_OK;
}

static const struct res_op ops[] = {
    {RES_OP_LIST, "list", HTTP_M_GET, "/v1/audit", PERM_AUDIT_READ, "List audit records"},
    {RES_OP_GET, "get", HTTP_M_GET, "/v1/audit/{id}", PERM_AUDIT_READ, "Read one audit record"},
    {RES_OP_ACT, "checkpoint", HTTP_M_GET, "/v1/audit/checkpoint", PERM_AUDIT_READ, "Read the newest signed checkpoint",
     .answer = &point_shape, .flags = RES_OP_SAFE | RES_OP_LATE, .act = point_act},
    {RES_OP_ACT, "verify", HTTP_M_POST, "/v1/audit/verify", PERM_AUDIT_READ,
     "Prove that the log is what its checkpoint signs", .answer = &proof_shape, .flags = RES_OP_SAFE | RES_OP_LATE,
     .act = proof_act},
};

const struct resource res_audit = {
    .name = "audit",
    .key = "records",
    .one = "audit record",
    .about = "Who saw and changed what.",
    .shape = &shape,
    .sort = "-seq",
    RES_OPS(ops),
    .list = list,
    .many = many,
};
