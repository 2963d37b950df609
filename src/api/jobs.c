/* api/jobs.c - work that waits, runs or was given up. */
#include "api/resource.h"
#include "pipeline/worker.h"

static const char *const states[] = {"ready", "waiting", "leased", "dead", NULL}; /* as enum job_state */

enum { F_ID_, F_QUEUE, F_OBJECT, F_STATE, F_FAILURES, F_ERROR, F_CREATED, F_RUN, F_DIED, F_COUNT };
static const struct res_field fields[] = {
    [F_ID_] = {"id", RES_ID, RES_READ_ONLY, "Its id.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    [F_QUEUE] = {"queue", RES_STR, RES_READ_ONLY | RES_FILTER, "What is to be done.", "\"embed\"", .max = 31},
    [F_OBJECT] = {"object", RES_ID, RES_READ_ONLY, "What it is about.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ac\""},
    [F_STATE] = {"state", RES_ENUM, RES_READ_ONLY | RES_FILTER,
                 "Ready to run, waiting for a later time, leased by a worker, or dead: given up.", "\"dead\"",
                 .words = states},
    [F_FAILURES] = {"failures", RES_INT, RES_READ_ONLY, "How often it failed.", "8"},
    [F_ERROR] = {"error", RES_STR, RES_READ_ONLY | RES_NULLABLE, "Kind of the last error of a dead one.",
                 "\"invalid\""},
    [F_CREATED] = {"created_at", RES_TIME, RES_READ_ONLY | RES_SORT, "When it was queued.",
                   "\"2026-06-10T09:30:00.000Z\""},
    [F_RUN] = {"run_at", RES_TIME, RES_READ_ONLY | RES_NULLABLE, "Not before; null for dead ones.",
               "\"2026-06-10T09:31:00.000Z\""},
    [F_DIED] = {"died_at", RES_TIME, RES_READ_ONLY | RES_NULLABLE, "When it was given up.",
                "\"2026-06-10T10:30:00.000Z\""},
};
static const struct res_shape shape = {"Job", "A piece of work of the pipeline.", RES_FIELDS(fields)};

/* A UUIDv7 begins with its time of making in milliseconds (RFC 9562 5.7). */
static int64_t made_ms(struct id id)
{
    int64_t ms = 0;

    for (int i = 0; i < 6; i++)
        ms = ms << 8 | id.b[i];
    return ms;
}

static struct res_val *item_of(struct res_ctx *c, const void *row)
{
    const struct job_row *r = row;
    struct res_val *item = ARENA_ARRAY(c->a, struct res_val, F_COUNT);

    item[F_ID_] = res_id(r->job.id);
    item[F_QUEUE] = res_str(str_dup(c->a, str_of(r->job.queue)));
    item[F_OBJECT] = res_id(r->job.object);
    item[F_STATE] = res_str(str_of(states[r->state]));
    item[F_FAILURES] = res_i64(r->job.failures);
    item[F_ERROR] = r->state == JOB_DEAD ? res_str(str_of(err_name(r->code))) : res_null();
    item[F_CREATED] = res_time(made_ms(r->job.id));
    item[F_RUN] = res_time(r->run_at_ms);
    item[F_DIED] = res_time(r->died_at_ms);
    return item;
}

static enum err_code list(struct res_ctx *c, const struct res_query *q, struct res_page *page, struct err *e)
{
    const struct res_filter *queue = res_filter_get(q, "queue", RES_EQ);
    struct page_want w = res_page_want(q, "created_at");
    struct job_row *rows;
    size_t n;

    if (job_page(c->t, res_filter_words(c->a, res_filter_get(q, "state", RES_EQ)),
                 queue ? P_TEXTS(&queue->v[0].v.s, 1) : P_NULL(DB_TEXTS), &w, c->a, &rows, &n, e))
        return e->code;
    res_page_fill(c, page, q, &shape, rows, n, sizeof *rows, item_of);
    return ERR_OK;
}

static enum err_code many(struct res_ctx *c, const struct id *ids, size_t n, uint64_t want, struct res_val **items,
                          struct err *e)
{
    struct job_row *rows;
    size_t rows_n;

    (void)want;
    if (job_load(c->t, ids, n, c->a, &rows, &rows_n, e))
        return e->code;
    res_rows_place(c, &shape, ids, n, rows, rows_n, sizeof *rows, item_of, items);
    return ERR_OK;
}

static enum err_code drop(struct res_ctx *c, struct id id, struct err *e)
{
    int64_t n;

    if (job_dead_drop_in(c->t, id, &n, e))
        return e->code;
    return n ? ERR_OK : err_set(e, ERR_EXISTS, "only dead jobs can be deleted");
}

/* ---- dead ones ---- */

static const struct res_field dead_query_fields[] = {
    {"limit", RES_INT, 0, "Most jobs in the answer; 100 when left out.", "100", .min = 1, .max = 1000},
};
static const struct res_shape dead_query = {"DeadJobsQuery", "", RES_FIELDS(dead_query_fields)};
static const struct res_field dead_fields[] = {
    {"id", RES_ID, 0, "Its id.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\"", .to = "jobs"},
    {"queue", RES_STR, 0, "What was to be done.", "\"embed\""},
    {"object", RES_ID, 0, "What it is about.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ac\""},
    {"failures", RES_INT, 0, "How often it failed.", "8"},
    {"error", RES_STR, 0, "Kind of the last error.", "\"invalid\""},
    {"died_at", RES_TIME, 0, "When it was given up.", "\"2026-06-10T10:30:00.000Z\""},
};
static const struct res_shape dead_shape = {"DeadJob", "A job that was given up.", RES_FIELDS(dead_fields)};
static const struct res_field dead_list_fields[] = {
    {"jobs", RES_OBJ, RES_LIST, "The newest dead jobs.", .of = &dead_shape},
};
static const struct res_shape dead_list_shape = {"DeadJobs", "Jobs that were given up.", RES_FIELDS(dead_list_fields)};

static enum err_code dead_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                              struct res_val **out, struct err *e)
{
    static const int64_t dead[] = {JOB_DEAD};
    struct page_want w = {.desc = true, .limit = query && query[0].is == RES_SET ? (size_t)query[0].v.i : 100};
    struct job_row *rows;
    struct res_val *list_;
    size_t n;

    (void)id, (void)in;
    if (job_page(c->t, P_I64S(dead, 1), P_NULL(DB_TEXTS), &w, c->a, &rows, &n, e))
        return e->code;
    list_ = ARENA_ARRAY(c->a, struct res_val, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct res_val *v = ARENA_ARRAY(c->a, struct res_val, 6), *all = item_of(c, &rows[i]);
        v[0] = all[F_ID_], v[1] = all[F_QUEUE], v[2] = all[F_OBJECT];
        v[3] = all[F_FAILURES], v[4] = all[F_ERROR], v[5] = all[F_DIED];
        list_[i] = res_obj(v);
    }
    *out = ARENA_ARRAY(c->a, struct res_val, 1);
    (*out)[0] = res_vals(list_, n);
    return ERR_OK;
}

static const struct res_field retried_fields[] = {
    {"retried", RES_INT, 0, "How many jobs went back to the queue.", "1"},
};
static const struct res_shape retried_shape = {"Retried", "What a retry did.", RES_FIELDS(retried_fields)};

static void wake(struct api *api, struct id id)
{
    (void)id;
    workers_wake(api->core, NULL);
}

static enum err_code retry_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                               struct res_val **out, struct err *e)
{
    int64_t n;

    (void)in, (void)query;
    if (job_dead_retry_in(c->t, id, &n, e))
        return e->code;
    if (!n && !id_is_nil(id))
        return err_set(e, ERR_NOT_FOUND, "no such dead job");
    res_after(c, wake, id);
    *out = ARENA_ARRAY(c->a, struct res_val, 1);
    (*out)[0] = res_i64(n);
    return ERR_OK;
}

static const struct res_op ops[] = {
    {RES_OP_LIST, "list", HTTP_M_GET, "/v1/jobs", PERM_JOBS_OPERATE, "List jobs"},
    {RES_OP_GET, "get", HTTP_M_GET, "/v1/jobs/{id}", PERM_JOBS_OPERATE, "Read one job"},
    {RES_OP_DELETE, "delete", HTTP_M_DELETE, "/v1/jobs/{id}", PERM_JOBS_OPERATE, "Delete a dead job"},
    {RES_OP_ACT, "dead", HTTP_M_GET, "/v1/jobs/dead", PERM_JOBS_OPERATE, "List dead jobs, newest first",
     .query = &dead_query, .answer = &dead_list_shape, .flags = RES_OP_SAFE, .act = dead_act},
    {RES_OP_ACT, "retry_all", HTTP_M_POST, "/v1/jobs/all/retry", PERM_JOBS_OPERATE, "Try all dead jobs again",
     .answer = &retried_shape, .act = retry_act},
    {RES_OP_ACT, "retry", HTTP_M_POST, "/v1/jobs/{id}/retry", PERM_JOBS_OPERATE, "Try a dead job again",
     .answer = &retried_shape, .act = retry_act},
};

const struct resource res_jobs = {
    .name = "jobs",
    .key = "jobs",
    .one = "job",
    .about = "Work of the pipeline that waits, runs, or was given up.",
    .shape = &shape,
    .sort = "-created_at",
    RES_OPS(ops),
    .list = list,
    .many = many,
    .drop = drop,
};
