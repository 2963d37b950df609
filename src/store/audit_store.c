#include "store/audit_store.h"

#include "base/clock.h"

enum {
    AUDIT_ADD,
    AUDIT_HEAD_MAKE,
    AUDIT_HEAD_LOCK,
    AUDIT_WAITING,
    AUDIT_LEAF,
    AUDIT_TAKEN,
    AUDIT_HEAD,
    AUDIT_NOTE,
    AUDIT_LIST
};
enum { TX_MS = 30000, ENTRY_FIXED = 8 + 16 * 4 + 8 + 2 };

const struct db_stmt audit_sql[] = {
    /* $1 workspace, $2 id, $3 at, $4 act, $5 actor, $6 object, $7 sealed */
    [AUDIT_ADD] = {"audit_add", "INSERT INTO audit_pending (workspace_id, id, at, act, actor_id, object_id, sealed)"
                                " VALUES ($1, $2, $3, $4, $5, $6, $7)"},
    /* $1 workspace, $2 edge, $3 now */
    [AUDIT_HEAD_MAKE] = {"audit_head_make",
                         "INSERT INTO audit_head (workspace_id, edge, note, updated_at) VALUES ($1, $2, '', $3)"
                         " ON CONFLICT (workspace_id) DO NOTHING"},
    [AUDIT_HEAD_LOCK] = {"audit_head_lock", "SELECT edge FROM audit_head WHERE workspace_id=$1 FOR UPDATE"},
    /* $1 workspace, $2 limit */
    [AUDIT_WAITING] = {"audit_waiting",
                       "SELECT id, at, act, actor_id, object_id, sealed FROM audit_pending WHERE workspace_id=$1"
                       " ORDER BY id LIMIT $2"},
    /* $1 workspace, $2 seq, $3 id: copied inside the server */
    [AUDIT_LEAF] = {"audit_leaf_add",
                    "INSERT INTO audit_leaf (workspace_id, seq, id, at, act, actor_id, object_id, sealed)"
                    " SELECT workspace_id, $2, id, at, act, actor_id, object_id, sealed FROM audit_pending"
                    " WHERE workspace_id=$1 AND id=$3"},
    [AUDIT_TAKEN] = {"audit_taken", "DELETE FROM audit_pending WHERE workspace_id=$1 AND id=ANY($2::uuid[])"},
    /* $1 workspace, $2 edge, $3 note, $4 now */
    [AUDIT_HEAD] = {"audit_head", "UPDATE audit_head SET edge=$2, note=$3, updated_at=$4 WHERE workspace_id=$1"},
    [AUDIT_NOTE] = {"audit_note", "SELECT note FROM audit_head WHERE workspace_id=$1"},
    /* $1 workspace, $2 from, $3 limit */
    [AUDIT_LIST] =
        {"audit_list",
         "SELECT id, at, act, actor_id, object_id, sealed, seq FROM audit_leaf WHERE workspace_id=$1 AND seq>=$2"
         " ORDER BY seq LIMIT $3"},
};
const size_t audit_sql_n = sizeof audit_sql / sizeof audit_sql[0];

enum err_code audit_append(struct db_tx *t, struct keyring *k, const struct audit_entry *entry, struct err *e)
{
    struct id workspace = db_tx_workspace(t), id = id_new();
    struct seal_at at = {.workspace = workspace, .table = "audit_leaf", .column = "sealed", .row = id};
    struct arena *a = arena_new_wiped("audit.append");
    str sealed;
    enum err_code code = seal(k, key_class(KEY_AUDIT), &at, entry->details, a, &sealed, e);

    if (!code)
        code = db_send(t, &audit_sql[AUDIT_ADD],
                       DB_ARGS(P_ID(workspace), P_ID(id), P_I64(clock_now_ms()), P_I64(entry->act),
                               P_ID_OR_NULL(entry->actor), P_ID_OR_NULL(entry->object), P_BYTES(sealed)),
                       e);
    arena_free(a);
    return code;
}

static void put_be(struct buf *b, uint64_t x, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--)
        buf_char(b, (char)(x >> 8 * i));
}

/* The bytes a leaf hash is taken over: seq 8, workspace 16, id 16, at 8, act 2, actor 16, object 16, sealed. */
static void entry_bytes(struct buf *b, struct id workspace, int64_t seq, const struct db_rows *r)
{
    struct id id = db_id(r, 0), actor = db_id(r, 3), object = db_id(r, 4);

    buf_reset(b);
    put_be(b, (uint64_t)seq, 8);
    buf_put(b, workspace.b, 16);
    buf_put(b, id.b, 16);
    put_be(b, (uint64_t)db_i64(r, 1), 8);
    put_be(b, (uint64_t)db_i64(r, 2), 2);
    buf_put(b, actor.b, 16);
    buf_put(b, object.b, 16);
    buf_str(b, db_bytes(r, 5));
}

/* ---- the sequencer ---- */

static enum err_code head_lock(struct db_tx *t, struct merkle *m, struct err *e)
{
    struct id workspace = db_tx_workspace(t);
    uint8_t packed[MERKLE_PACKED_MAX];
    struct db_rows r;
    enum err_code code;

    merkle_init(m);
    code = db_send(t, &audit_sql[AUDIT_HEAD_MAKE],
                   DB_ARGS(P_ID(workspace), P_BYTES_N(packed, merkle_pack(m, packed)), P_I64(clock_now_ms())), e);
    if (!code)
        code = db_run(t, &audit_sql[AUDIT_HEAD_LOCK], DB_ARGS(P_ID(workspace)), &r, e);
    if (code)
        return code;
    if (!db_next(&r) || !merkle_unpack(db_bytes(&r, 0), m))
        code = err_set(e, ERR_CORRUPT, "the head of the audit log does not read");
    db_rows_done(&r);
    return code;
}

static enum err_code leaves_add(struct db_tx *t, struct merkle *m, struct db_rows *r, struct err *e)
{
    struct id workspace = db_tx_workspace(t);
    struct arena *a = arena_new("audit.sequence");
    struct id *ids = ARENA_ARRAY(a, struct id, (size_t)r->rows_n);
    enum err_code code = ERR_OK;
    struct buf b;
    size_t n = 0;

    buf_init(&b, 16 << 20);
    while (!code && db_next(r)) {
        uint8_t leaf[32];
        int64_t seq = (int64_t)m->n;

        entry_bytes(&b, workspace, seq, r);
        merkle_leaf_hash(buf_view(&b), leaf);
        merkle_add(m, leaf);
        ids[n] = db_id(r, 0);
        code = db_send(t, &audit_sql[AUDIT_LEAF], DB_ARGS(P_ID(workspace), P_I64(seq), P_ID(ids[n])), e);
        n++;
    }
    if (!code)
        code = db_send(t, &audit_sql[AUDIT_TAKEN], DB_ARGS(P_ID(workspace), P_IDS(ids, n)), e);
    buf_done(&b);
    arena_free(a);
    return code;
}

static enum err_code head_write(struct db_tx *t, const struct merkle *m, const struct audit_signer *s, struct err *e)
{
    struct arena *a = arena_new("audit.head");
    uint8_t packed[MERKLE_PACKED_MAX], root[32];
    enum err_code code;
    str note;

    merkle_root(m, root);
    note = checkpoint_sign(s, m->n, root, a);
    code = db_send(t, &audit_sql[AUDIT_HEAD],
                   DB_ARGS(P_ID(db_tx_workspace(t)), P_BYTES_N(packed, merkle_pack(m, packed)), P_TEXT(note),
                           P_I64(clock_now_ms())),
                   e);
    arena_free(a);
    return code;
}

static enum err_code sequence_in(struct db_tx *t, const struct audit_signer *s, int limit, int64_t *out_n,
                                 struct err *e)
{
    struct db_rows r;
    struct merkle m;
    enum err_code code = head_lock(t, &m, e);

    if (!code)
        code = db_run(t, &audit_sql[AUDIT_WAITING], DB_ARGS(P_ID(db_tx_workspace(t)), P_I64(limit)), &r, e);
    if (code)
        return code;
    *out_n = r.rows_n;
    if (r.rows_n > 0 || m.n == 0) {
        code = leaves_add(t, &m, &r, e);
        if (!code)
            code = head_write(t, &m, s, e);
    }
    db_rows_done(&r);
    return code;
}

enum err_code audit_sequence(struct db *d, struct id workspace, const struct audit_signer *s, int limit, int64_t *out_n,
                             struct err *e)
{
    struct db_tx *t;
    int64_t n = 0;
    enum err_code code = db_begin(d, workspace, TX_MS, &t, e);

    if (code)
        return code;
    code = sequence_in(t, s, limit, &n, e);
    if (code) {
        db_rollback(t);
        return code;
    }
    code = db_commit(t, e);
    if (!code && out_n)
        *out_n = n;
    return code;
}

/* ---- reading ---- */

enum err_code audit_checkpoint(struct db *d, struct id workspace, struct arena *a, str *out, struct err *e)
{
    struct db_tx *t;
    struct db_rows r;
    enum err_code code = db_begin(d, workspace, TX_MS, &t, e);

    if (code)
        return code;
    code = db_run(t, &audit_sql[AUDIT_NOTE], DB_ARGS(P_ID(workspace)), &r, e);
    if (!code) {
        *out = db_next(&r) ? str_dup(a, db_bytes(&r, 0)) : STR("");
        db_rows_done(&r);
    }
    db_rollback(t);
    return code;
}

enum err_code audit_export(struct db *d, struct id workspace, int64_t from, int limit, struct buf *out,
                           int64_t *out_next, struct err *e)
{
    struct db_tx *t;
    struct db_rows r;
    struct buf b;
    enum err_code code = db_begin(d, workspace, TX_MS, &t, e);

    if (code)
        return code;
    code = db_run(t, &audit_sql[AUDIT_LIST], DB_ARGS(P_ID(workspace), P_I64(from), P_I64(limit)), &r, e);
    if (!code) {
        buf_init(&b, 16 << 20);
        *out_next = from;
        while (db_next(&r)) {
            char *hex;

            entry_bytes(&b, workspace, db_i64(&r, 6), &r);
            hex = buf_room(out, 2 * b.n + 1);
            if (!hex)
                break;
            hex_put((const uint8_t *)b.p, b.n, hex);
            hex[2 * b.n] = '\n';
            out->n += 2 * b.n + 1;
            *out_next = db_i64(&r, 6) + 1;
        }
        buf_done(&b);
        db_rows_done(&r);
        if (!buf_ok(out))
            code = err_set(e, ERR_LIMIT, "audit export: buffer is full");
    }
    db_rollback(t);
    return code;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool hex_read(str hex, struct buf *out)
{
    buf_reset(out);
    if (hex.n % 2)
        return false;
    for (size_t i = 0; i < hex.n; i += 2) {
        int hi = hex_digit(hex.p[i]), lo = hex_digit(hex.p[i + 1]);

        if (hi < 0 || lo < 0)
            return false;
        buf_char(out, (char)(hi << 4 | lo));
    }
    return buf_ok(out);
}

static bool entry_seq_is(const struct buf *b, uint64_t want)
{
    uint64_t seq = 0;

    if (b->n < ENTRY_FIXED)
        return false;
    for (int i = 0; i < 8; i++)
        seq = seq << 8 | (uint8_t)b->p[i];
    return seq == want;
}

enum err_code audit_verify_lines(str lines, str note, const uint8_t pub[32], int64_t *out_n, struct err *e)
{
    enum err_code code;
    struct checkpoint c;
    struct merkle m;
    struct buf b;
    uint8_t h[32];
    str line;

    code = checkpoint_verify(note, pub, &c, e);
    if (code)
        return code;
    merkle_init(&m);
    buf_init(&b, 16 << 20);
    while (!code && m.n < c.size && str_line_next(&lines, &line)) {
        if (!hex_read(line, &b) || !entry_seq_is(&b, m.n))
            code = err_set(e, ERR_CORRUPT, "audit record %llu is missing, out of order or damaged",
                           (unsigned long long)m.n);
        merkle_leaf_hash(buf_view(&b), h);
        merkle_add(&m, h);
    }
    buf_done(&b);
    if (code)
        return code;
    if (m.n < c.size)
        return err_set(e, ERR_CORRUPT, "the checkpoint covers %llu audit records, only %llu are there",
                       (unsigned long long)c.size, (unsigned long long)m.n);
    merkle_root(&m, h);
    if (!vault_same(h, c.root, 32))
        return err_set(e, ERR_CORRUPT, "the audit records do not give the root that was signed");
    *out_n = (int64_t)m.n;
    return ERR_OK;
}
