/* Binary forms of PostgreSQL's types: src/backend/utils/adt, *send and *recv functions; arrays as array_send writes them. */
#include <assert.h>
#include <libpq-fe.h>

#include "store/db_priv.h"

static const struct {
    unsigned type, element; /* object ids of pg_type.dat */
} oids[] = {
    [DB_I64] = {20, 0},      [DB_F64] = {701, 0},     [DB_BOOL] = {16, 0},      [DB_ID] = {2950, 0},
    [DB_BYTES] = {17, 0},    [DB_TEXT] = {25, 0},     [DB_I64S] = {1016, 20},   [DB_I32S] = {1007, 23},
    [DB_F64S] = {1022, 701}, [DB_IDS] = {2951, 2950}, [DB_BYTESS] = {1001, 17}, [DB_TEXTS] = {1009, 25},
};

static char *put_u32(char *p, uint32_t x)
{
    x = __builtin_bswap32(x);
    memcpy(p, &x, 4);
    return p + 4;
}

static char *put_u64(char *p, uint64_t x)
{
    x = __builtin_bswap64(x);
    memcpy(p, &x, 8);
    return p + 8;
}

static uint64_t f64_bits(double d)
{
    uint64_t u;

    memcpy(&u, &d, 8);
    return u;
}

static str scalar_make(const struct db_val *v, struct arena *a)
{
    char *p = arena_alloc(a, 16);

    switch (v->kind) {
    case DB_I64:
        put_u64(p, (uint64_t)v->v.i);
        return str_n(p, 8);
    case DB_F64:
        put_u64(p, f64_bits(v->v.d));
        return str_n(p, 8);
    case DB_BOOL:
        *p = v->v.i != 0;
        return str_n(p, 1);
    case DB_ID:
        memcpy(p, v->v.id.b, 16);
        return str_n(p, 16);
    default:
        return v->v.s.p ? v->v.s : STR("");
    }
}

static size_t array_bytes(const struct db_val *v)
{
    static const size_t fixed[] = {[DB_I64S] = 8, [DB_I32S] = 4, [DB_F64S] = 8, [DB_IDS] = 16};
    size_t n = 20 + 4 * v->n;

    if (v->kind != DB_BYTESS && v->kind != DB_TEXTS)
        return n + fixed[v->kind] * v->n;
    for (size_t i = 0; i < v->n; i++)
        n += ((const str *)v->v.p)[i].n;
    return n;
}

static char *element_put(char *p, const struct db_val *v, size_t i)
{
    switch (v->kind) {
    case DB_I64S:
        return put_u64(put_u32(p, 8), (uint64_t)((const int64_t *)v->v.p)[i]);
    case DB_I32S:
        return put_u32(put_u32(p, 4), (uint32_t)((const int32_t *)v->v.p)[i]);
    case DB_F64S:
        return put_u64(put_u32(p, 8), f64_bits(((const double *)v->v.p)[i]));
    case DB_IDS:
        p = put_u32(p, 16);
        memcpy(p, ((const struct id *)v->v.p)[i].b, 16);
        return p + 16;
    default: {
        str s = ((const str *)v->v.p)[i];

        if (!s.p)
            return put_u32(p, UINT32_MAX); /* NULL */
        p = put_u32(p, (uint32_t)s.n);
        memcpy(p, s.p, s.n);
        return p + s.n;
    }
    }
}

static bool array_has_null(const struct db_val *v)
{
    if (v->kind == DB_BYTESS || v->kind == DB_TEXTS)
        for (size_t i = 0; i < v->n; i++)
            if (!((const str *)v->v.p)[i].p)
                return true;
    return false;
}

static str array_make(const struct db_val *v, struct arena *a)
{
    char *b = arena_alloc(a, array_bytes(v)), *p = b;

    p = put_u32(p, v->n ? 1 : 0); /* dimensions */
    p = put_u32(p, array_has_null(v));
    p = put_u32(p, oids[v->kind].element);
    if (v->n) {
        p = put_u32(p, (uint32_t)v->n);
        p = put_u32(p, 1); /* lower bound */
    }
    for (size_t i = 0; i < v->n; i++)
        p = element_put(p, v, i);
    return str_n(b, (size_t)(p - b));
}

void db_wire_make(struct db_wire *w, const struct db_val *v, size_t n, struct arena *a)
{
    assert(n <= DB_PARAMS_MAX);
    w->kinds = n;
    w->bytes = 64;
    for (size_t i = 0; i < n; i++) {
        str s = v[i].null ? STR_NULL : oids[v[i].kind].element ? array_make(&v[i], a) : scalar_make(&v[i], a);

        w->values[i] = v[i].null ? NULL : s.p;
        w->lengths[i] = (int)s.n;
        w->formats[i] = 1;
        w->types[i] = oids[v[i].kind].type;
        w->kinds = w->kinds * 31 + v[i].kind + 1;
        w->bytes += s.n + 8;
    }
}

/* ---- reading ---- */

bool db_is_null(const struct db_rows *r, int col)
{
    return PQgetisnull(r->res, r->row, col);
}

static uint64_t get_be(const char *p, int n)
{
    uint64_t u = 0;

    for (int i = 0; i < n; i++)
        u = u << 8 | (uint8_t)p[i];
    return u;
}

int64_t db_i64(const struct db_rows *r, int col)
{
    const char *p = PQgetvalue(r->res, r->row, col);

    if (db_is_null(r, col))
        return 0;
    switch (PQgetlength(r->res, r->row, col)) {
    case 2:
        return (int16_t)get_be(p, 2);
    case 4:
        return (int32_t)get_be(p, 4);
    case 8:
        return (int64_t)get_be(p, 8);
    default:
        assert(!"not an integer column");
        return 0;
    }
}

double db_f64(const struct db_rows *r, int col)
{
    const char *p = PQgetvalue(r->res, r->row, col);
    uint64_t u;
    uint32_t u4;
    double d = 0;
    float f = 0;

    if (db_is_null(r, col))
        return 0;
    if (PQgetlength(r->res, r->row, col) == 4) {
        u4 = (uint32_t)get_be(p, 4);
        memcpy(&f, &u4, 4);
        return (double)f;
    }
    u = get_be(p, 8);
    memcpy(&d, &u, 8);
    return d;
}

bool db_bool(const struct db_rows *r, int col)
{
    return !db_is_null(r, col) && *PQgetvalue(r->res, r->row, col) != 0;
}

struct id db_id(const struct db_rows *r, int col)
{
    struct id id = {{0}};

    if (!db_is_null(r, col) && PQgetlength(r->res, r->row, col) == 16)
        memcpy(id.b, PQgetvalue(r->res, r->row, col), 16);
    return id;
}

str db_bytes(const struct db_rows *r, int col)
{
    return str_n(PQgetvalue(r->res, r->row, col), (size_t)PQgetlength(r->res, r->row, col));
}

int32_t *db_i32s(const struct db_rows *r, int col, struct arena *a, size_t *out_n)
{
    str s = db_bytes(r, col);
    size_t n = s.n >= 20 && get_be(s.p, 4) == 1 ? (size_t)get_be(s.p + 12, 4) : 0;
    int32_t *x = arena_array(a, n, sizeof *x);

    if (s.n < 20 + 8 * n)
        n = 0; /* NULL elements: not written by us */
    for (size_t i = 0; i < n; i++)
        x[i] = (int32_t)get_be(s.p + 20 + 8 * i + 4, 4);
    *out_n = n;
    return x;
}

/* The elements of a one-dimensional array of values of `size` bytes; NULL when there are none. */
static const char *array_elements(str s, size_t size, size_t *out_n)
{
    size_t n = s.n >= 20 && get_be(s.p, 4) == 1 ? (size_t)get_be(s.p + 12, 4) : 0;

    *out_n = s.n >= 20 + (4 + size) * n ? n : 0; /* fewer bytes: NULL elements, which we do not write */
    return *out_n ? s.p + 20 : NULL;
}

int64_t *db_i64s(const struct db_rows *r, int col, struct arena *a, size_t *out_n)
{
    const char *p = array_elements(db_bytes(r, col), 8, out_n);
    int64_t *x = arena_array(a, *out_n, sizeof *x);

    for (size_t i = 0; i < *out_n; i++)
        x[i] = (int64_t)get_be(p + 12 * i + 4, 8);
    return x;
}

double *db_f64s(const struct db_rows *r, int col, struct arena *a, size_t *out_n)
{
    int64_t *bits = db_i64s(r, col, a, out_n);
    double *x = arena_array(a, *out_n, sizeof *x);

    if (*out_n)
        memcpy(x, bits, *out_n * sizeof *x);
    return x;
}

struct id *db_ids(const struct db_rows *r, int col, struct arena *a, size_t *out_n)
{
    const char *p = array_elements(db_bytes(r, col), sizeof(struct id), out_n);
    struct id *x = arena_array(a, *out_n, sizeof *x);

    for (size_t i = 0; i < *out_n; i++)
        memcpy(x[i].b, p + 20 * i + 4, sizeof x[i].b);
    return x;
}

str *db_bytess(const struct db_rows *r, int col, struct arena *a, size_t *out_n)
{
    str s = db_bytes(r, col);
    size_t n = s.n >= 20 && get_be(s.p, 4) == 1 ? (size_t)get_be(s.p + 12, 4) : 0, at = 20;
    str *x = arena_array(a, n, sizeof *x);

    for (size_t i = 0; i < n; i++) {
        size_t bytes = (size_t)get_be(s.p + at, 4);

        at += 4;
        x[i] = bytes == UINT32_MAX ? STR_NULL : str_n(s.p + at, bytes);
        at += x[i].n;
    }
    *out_n = n;
    return x;
}
