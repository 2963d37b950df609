#include "records/rows.h"

enum err_code sealed_rows_read(struct db_rows *r, const struct vaulted *v, const struct sealed_rows *of,
                               struct arena *a, void **out, size_t *out_n, struct err *e)
{
    char *list = arena_alloc(a, ((size_t)r->rows_n + 1) * of->size);
    enum err_code rc = ERR_OK;
    size_t n = 0;

    while (!rc && db_next(r)) {
        struct seal_at at = {v->workspace, of->table, "sealed", db_id(r, 0), 0};
        char *row = list + n++ * of->size;
        str text = STR("");
        memset(row, 0, of->size);
        of->fill(r, a, row);
        if (!db_is_null(r, of->text_col))
            rc = seal_open(v->keys, &at, db_bytes(r, of->text_col), a, &text, e);
        memcpy(row + of->text_at, &text, sizeof text);
    }
    db_rows_done(r);
    *out = list;
    *out_n = n;
    return rc;
}

enum err_code row_touch(struct db_tx *t, const struct db_stmt *s, const struct db_val *v, size_t n,
                        enum err_code otherwise, const char *why, struct err *e)
{
    struct db_rows r;
    int64_t rows;

    if (db_run(t, s, v, n, &r, e))
        return e->code;
    rows = r.affected;
    db_rows_done(&r);
    return rows ? ERR_OK : err_set(e, otherwise, "%s", why);
}
