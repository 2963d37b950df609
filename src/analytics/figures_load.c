#include "analytics/figures_load.h"

#include <math.h>

#include "records/accounts.h"

enum { FIG_QUOTAS };

const struct db_stmt figures_sql[] = {
    [FIG_QUOTAS] = {"fig_quotas",
                    "SELECT seller_id, from_day, to_day, amount_micros, currency FROM quota WHERE workspace_id=$1"},
};
const size_t figures_sql_n = sizeof figures_sql / sizeof *figures_sql;

enum { FIGURES_PAGE = 1000 };

enum err_code figures_facts_load(struct db_tx *t, const struct vaulted *v, const struct deals_context *c,
                                 struct arena *a, struct deal_facts **out, size_t *out_n, struct err *e)
{
    struct id after = {{0}}, *ids;
    size_t n, cap = 0;

    *out = NULL;
    *out_n = 0;
    do {
        struct deal_facts *some;
        size_t some_n;
        db_tx_extend(t, 60000);
        if (deal_ids(t, v, after, FIGURES_PAGE, a, &ids, &n, e) ||
            deal_facts_load(t, v, &c->shared, ids, n, FACTS_ALL, a, &some, &some_n, e))
            return e->code;
        for (size_t i = 0; i < some_n; i++)
            ARENA_PUSH(a, *out, *out_n, cap) = some[i];
        if (n)
            after = ids[n - 1];
    } while (n == FIGURES_PAGE);
    return ERR_OK;
}

static const struct deal_pipeline *pipe_choose(const struct deals_context *c, const struct deal_facts *f, size_t n,
                                               str want)
{
    const struct deal_pipeline *best = NULL;
    size_t most = 0;
    struct id id;

    for (size_t p = 0; p < c->shared.pipes_n; p++) {
        size_t mine = 0;
        if (want.n && id_parse(want, &id) && id_eq(id, c->shared.pipes[p].id))
            return &c->shared.pipes[p];
        for (size_t i = 0; i < n; i++)
            mine += f[i].pipe == &c->shared.pipes[p];
        if (!want.n && (!best || mine > most)) {
            best = &c->shared.pipes[p];
            most = mine;
        }
    }
    return best;
}

static void probabilities(const struct deals_context *c, const struct deal_facts *f, size_t n, int64_t as_of,
                          double *out)
{
    for (size_t i = 0; i < n; i++) {
        size_t pipe = f[i].pipe ? (size_t)(f[i].pipe - c->shared.pipes) : SIZE_MAX;
        struct score_row row;
        struct deal_state s;
        struct score sc;
        out[i] = NAN;
        if (pipe == SIZE_MAX)
            continue;
        deal_state_at(&f[i], as_of, &s);
        if (s.outcome != DEAL_OPEN || !score_row_make(&f[i], &s, c->has_history[pipe] ? &c->cohorts[pipe] : NULL, &row))
            continue;
        score_predict(&c->models[pipe], &row, &sc);
        out[i] = sc.p;
    }
}

static enum err_code quotas_load(struct db_tx *t, const struct vaulted *v, struct arena *a, struct figures_input *in,
                                 struct err *e)
{
    struct figures_quota *list = NULL;
    struct db_rows r;
    size_t n = 0, cap = 0;

    if (db_run(t, &figures_sql[FIG_QUOTAS], DB_ARGS(P_ID(v->workspace)), &r, e))
        return e->code;
    while (db_next(&r)) {
        struct figures_quota q = {
            .seller = db_id(&r, 0), .from_day = db_i64(&r, 1), .to_day = db_i64(&r, 2), .micros = db_i64(&r, 3)};
        str currency = db_bytes(&r, 4);
        if (currency.n == 3)
            memcpy(q.currency, currency.p, 3);
        ARENA_PUSH(a, list, n, cap) = q;
    }
    db_rows_done(&r);
    in->quotas = list;
    in->quotas_n = n;
    return ERR_OK;
}

enum err_code figures_load(struct db_tx *t, const struct vaulted *v, str pipe, str owner, struct arena *a,
                           struct figures_input *in, struct err *e)
{
    struct deals_context c;
    struct deal_facts *facts;
    double *p;
    size_t n;

    if (owner.n && !id_parse(owner, &in->owner) && named_find(t, v, NAMED_PERSON, owner, a, &in->owner, e))
        return e->code;
    if (deals_context_load(t, v, a, &c, e) || figures_facts_load(t, v, &c, a, &facts, &n, e) ||
        quotas_load(t, v, a, in, e))
        return e->code;
    in->pipe = pipe_choose(&c, facts, n, pipe);
    if (!in->pipe)
        return err_set(e, ERR_NOT_FOUND, "no such pipeline, or none came in yet");
    p = ARENA_ARRAY(a, double, n + 1);
    probabilities(&c, facts, n, in->as_of, p);
    in->facts = facts;
    in->facts_n = n;
    in->p = p;
    return ERR_OK;
}
