#include "deals/evaluate.h"

#include <math.h>

enum {
    EV_LOCK,
    EV_MODEL,
    EV_BEFORE,
    EV_WARNINGS_OPEN,
    EV_NOW_PUT,
    EV_OWNER,
    EV_SCORE_ADD,
    EV_WARNING_ADD,
    EV_WARNING_KEEP,
    EV_WARNING_CLEAR,
    EV_RANKED,
    EV_RANK_PUT,
    EV_FLOORS,
    EV_FLOORS_PUT,
    EV_DUE,
};

enum { RANK_CHUNK = 1000 };

const struct db_stmt evaluate_sql[] = {
    [EV_LOCK] = {"ev_lock", "SELECT id FROM deal WHERE workspace_id=$1 AND id=ANY($2) ORDER BY id FOR NO KEY UPDATE"},
    [EV_MODEL] = {"ev_model",
                  "SELECT DISTINCT ON (pipeline_id) pipeline_id, version, numbers, stage_ids, cohort FROM score_model "
                  "WHERE workspace_id=$1 AND definition_version=$2 ORDER BY pipeline_id, version DESC"},
    [EV_BEFORE] =
        {"ev_before",
         "SELECT deal_id, outcome, p, model_version, owner_id FROM deal_now WHERE workspace_id=$1 AND deal_id=ANY($2)"},
    [EV_WARNINGS_OPEN] = {"ev_warnings_open",
                          "SELECT deal_id, id, warning, severity, numbers, evidence_ids FROM deal_warning WHERE "
                          "workspace_id=$1 AND deal_id=ANY($2) AND cleared_at IS NULL"},
    [EV_NOW_PUT] =
        {"ev_now_put",
         "INSERT INTO deal_now (workspace_id, deal_id, as_of, changes, next_at, outcome, pipeline_id, stage_id, "
         "stage_ordinal, "
         "owner_id, amount_micros, currency, close_day, category, created_at, closed_at, problems, p, p_low, p_high, "
         "p_reason, "
         "model_version, features, terms, warnings, rank, band) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
         "$12, $13, "
         "$14, $15, "
         "$16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27) ON CONFLICT (workspace_id, deal_id) DO UPDATE "
         "SET "
         "as_of=excluded.as_of, changes=excluded.changes, next_at=excluded.next_at, outcome=excluded.outcome, "
         "pipeline_id=excluded.pipeline_id, stage_id=excluded.stage_id, stage_ordinal=excluded.stage_ordinal, "
         "owner_id=excluded.owner_id, amount_micros=excluded.amount_micros, currency=excluded.currency, "
         "close_day=excluded.close_day, category=excluded.category, created_at=excluded.created_at, "
         "closed_at=excluded.closed_at, problems=excluded.problems, p=excluded.p, p_low=excluded.p_low, "
         "p_high=excluded.p_high, p_reason=excluded.p_reason, model_version=excluded.model_version, "
         "features=excluded.features, terms=excluded.terms, warnings=excluded.warnings, "
         "rank=excluded.rank, band=excluded.band"},
    /* whose it is, for who may see it */
    [EV_OWNER] = {"ev_owner", "UPDATE deal SET owner_id=$3 WHERE workspace_id=$1 AND id=$2"},
    [EV_SCORE_ADD] =
        {"ev_score_add",
         "INSERT INTO deal_score (workspace_id, deal_id, as_of, p, p_low, p_high, model_version, terms) VALUES "
         "($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING"},
    [EV_WARNING_ADD] =
        {"ev_warning_add",
         "INSERT INTO deal_warning (workspace_id, deal_id, id, warning, severity, first_seen, numbers, evidence_kinds, "
         "evidence_ids, evidence_at, evidence_spans) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
         "ON CONFLICT (workspace_id, deal_id, warning) WHERE cleared_at IS NULL DO NOTHING"},
    [EV_WARNING_KEEP] =
        {"ev_warning_keep",
         "UPDATE deal_warning SET severity=$3, numbers=$4, evidence_kinds=$5, evidence_ids=$6, evidence_at=$7, "
         "evidence_spans=$8 WHERE workspace_id=$1 AND id=$2"},
    [EV_WARNING_CLEAR] = {"ev_warning_clear",
                          "UPDATE deal_warning SET cleared_at=$3, cleared_by=$4 WHERE workspace_id=$1 AND id=$2"},
    /* every open deal with a score */
    [EV_RANKED] = {"ev_ranked", "SELECT deal_id, p, coalesce(rank, 0) FROM deal_now WHERE workspace_id=$1 AND "
                                "outcome=0 AND p IS NOT NULL ORDER BY deal_id"},
    [EV_FLOORS] = {"ev_floors", "SELECT deals, floors FROM deal_ranks WHERE workspace_id=$1"},
    [EV_FLOORS_PUT] = {"ev_floors_put",
                       "INSERT INTO deal_ranks (workspace_id, deals, floors) VALUES ($1, $2, $3) ON CONFLICT "
                       "(workspace_id) DO UPDATE SET deals=excluded.deals, floors=excluded.floors"},
    /* one look-up by key for each, whatever the planner knows of the table */
    [EV_RANK_PUT] = {"ev_rank_put", "UPDATE deal_now n SET rank=r.rank, band=r.band FROM unnest($2::uuid[], $3::int[], "
                                    "$4::int[]) AS r(deal, rank, band) WHERE n.workspace_id=$1 AND n.deal_id=r.deal"},
    [EV_DUE] = {"ev_due",
                "SELECT deal_id FROM deal_now WHERE workspace_id=$1 AND outcome=0 AND next_at<=$2 ORDER BY next_at, "
                "deal_id LIMIT $3"},
};
const size_t evaluate_sql_n = sizeof evaluate_sql / sizeof *evaluate_sql;

/* ---- what is the same for all ---- */

enum err_code deals_context_load(struct db_tx *t, const struct vaulted *v, struct arena *a, struct deals_context *out,
                                 struct err *e)
{
    struct db_rows r;

    *out = (struct deals_context){0};
    if (deals_shared_load(t, v, a, &out->shared, e))
        return e->code;
    out->cohorts = ARENA_ARRAY(a, struct deal_cohort, out->shared.pipes_n + 1);
    out->models = ARENA_ARRAY(a, struct score_model, out->shared.pipes_n + 1);
    out->has_history = ARENA_ARRAY(a, bool, out->shared.pipes_n + 1);
    for (size_t i = 0; i < out->shared.pipes_n; i++)
        score_prior(&out->shared.pipes[i], &out->models[i]);
    if (db_run(t, &evaluate_sql[EV_MODEL], DB_ARGS(P_ID(v->workspace), P_I64(SCORE_VERSION)), &r, e))
        return e->code;
    while (db_next(&r)) {
        size_t numbers_n, stages_n, cohort_n, i = 0;
        double *numbers = db_f64s(&r, 2, a, &numbers_n), *cohort = db_f64s(&r, 4, a, &cohort_n);
        struct id *stages = db_ids(&r, 3, a, &stages_n);
        while (i < out->shared.pipes_n && !id_eq(out->shared.pipes[i].id, db_id(&r, 0)))
            i++;
        if (i == out->shared.pipes_n || stages_n != out->shared.pipes[i].stages_n)
            continue; /* the pipeline changed since: the prior until it is fitted again */
        out->has_history[i] = score_model_read(numbers, numbers_n, &out->models[i]) &&
                              deal_cohort_read(cohort, cohort_n, stages, stages_n, a, &out->cohorts[i]);
        if (!out->has_history[i])
            score_prior(&out->shared.pipes[i], &out->models[i]);
        else
            out->models[i].version = (int)db_i64(&r, 1);
    }
    db_rows_done(&r);
    if (db_run(t, &evaluate_sql[EV_FLOORS], DB_ARGS(P_ID(v->workspace)), &r, e))
        return e->code;
    if (db_next(&r)) {
        size_t n;
        out->ranked = db_i64(&r, 0);
        out->rank_floors = db_f64s(&r, 1, a, &n);
    }
    db_rows_done(&r);
    return ERR_OK;
}

/* ---- one deal ---- */

struct before {
    bool there, has_p;
    int outcome, model_version;
    double p;
    struct id owner;
};

struct open_warning {
    struct id id;
    int severity;
    double numbers[WARNING_NUMBERS_MAX];
    struct id *evidence;
    size_t evidence_n;
};

struct evaluation {
    struct db_tx *t;
    const struct vaulted *v;
    const struct deals_context *c;
    int64_t now;
    struct arena *a;
    struct err *e;
    struct deal_facts *facts;
    size_t n;
    struct before *before;
    struct open_warning *open; /* n * WARNINGS_N */
    struct deals_changed changed;
};

static size_t place_of(const struct evaluation *ev, struct id deal)
{
    size_t low = 0, high = ev->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (id_cmp(ev->facts[mid].deal, deal) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low < ev->n && id_eq(ev->facts[low].deal, deal) ? low : SIZE_MAX;
}

static enum err_code before_load(struct evaluation *ev, const struct id *ids, size_t n)
{
    struct db_rows r;

    ev->before = ARENA_ARRAY(ev->a, struct before, ev->n + 1);
    ev->open = ARENA_ARRAY(ev->a, struct open_warning, ev->n * WARNINGS_N + 1);
    if (db_run(ev->t, &evaluate_sql[EV_BEFORE], DB_ARGS(P_ID(ev->v->workspace), P_IDS(ids, n)), &r, ev->e))
        return ev->e->code;
    while (db_next(&r)) {
        size_t at = place_of(ev, db_id(&r, 0));
        if (at != SIZE_MAX)
            ev->before[at] = (struct before){true,          !db_is_null(&r, 2), (int)db_i64(&r, 1), (int)db_i64(&r, 3),
                                             db_f64(&r, 2), db_id(&r, 4)};
    }
    db_rows_done(&r);
    if (db_run(ev->t, &evaluate_sql[EV_WARNINGS_OPEN], DB_ARGS(P_ID(ev->v->workspace), P_IDS(ids, n)), &r, ev->e))
        return ev->e->code;
    while (db_next(&r)) {
        size_t at = place_of(ev, db_id(&r, 0)), numbers_n;
        int w = (int)db_i64(&r, 2);
        struct open_warning *o;
        double *numbers;
        if (at == SIZE_MAX || w < 1 || w > WARNINGS_N)
            continue;
        o = &ev->open[at * WARNINGS_N + (size_t)w - 1];
        o->id = db_id(&r, 1);
        o->severity = (int)db_i64(&r, 3);
        numbers = db_f64s(&r, 4, ev->a, &numbers_n);
        for (size_t k = 0; k < WARNING_NUMBERS_MAX && k < numbers_n; k++)
            o->numbers[k] = numbers[k];
        o->evidence = db_ids(&r, 5, ev->a, &o->evidence_n);
    }
    db_rows_done(&r);
    return ERR_OK;
}

static bool numbers_same(const double a[WARNING_NUMBERS_MAX], const double b[WARNING_NUMBERS_MAX])
{
    for (size_t i = 0; i < WARNING_NUMBERS_MAX; i++)
        if (a[i] < b[i] || a[i] > b[i] || isnan(a[i]) != isnan(b[i]))
            return false;
    return true;
}

static bool warning_same(const struct open_warning *o, const struct warning_hit *h)
{
    if (o->severity != h->severity || o->evidence_n != h->evidence_n || !numbers_same(o->numbers, h->numbers))
        return false;
    for (size_t i = 0; i < h->evidence_n; i++)
        if (!id_eq(o->evidence[i], h->evidence[i].id))
            return false;
    return true;
}

static enum err_code warning_put(struct evaluation *ev, const struct deal_facts *f, const struct warning_hit *h,
                                 const struct open_warning *o)
{
    int32_t kinds[WARNING_EVIDENCE_MAX], spans[3 * WARNING_EVIDENCE_MAX];
    struct id ids[WARNING_EVIDENCE_MAX];
    int64_t at[WARNING_EVIDENCE_MAX];
    size_t n = h->evidence_n;

    for (size_t i = 0; i < n; i++) {
        kinds[i] = (int32_t)h->evidence[i].kind;
        ids[i] = h->evidence[i].id;
        at[i] = h->evidence[i].at_ms;
        memcpy(spans + 3 * i, h->evidence[i].span, sizeof h->evidence[i].span);
    }
    if (id_is_nil(o->id))
        return db_send(ev->t, &evaluate_sql[EV_WARNING_ADD],
                       DB_ARGS(P_ID(ev->v->workspace), P_ID(f->deal), P_ID(id_new()), P_I64(h->warning),
                               P_I64(h->severity), P_I64(h->since_ms), P_F64S(h->numbers, WARNING_NUMBERS_MAX),
                               P_I32S(kinds, n), P_IDS(ids, n), P_I64S(at, n), P_I32S(spans, 3 * n)),
                       ev->e);
    if (warning_same(o, h))
        return ERR_OK;
    return db_send(ev->t, &evaluate_sql[EV_WARNING_KEEP],
                   DB_ARGS(P_ID(ev->v->workspace), P_ID(o->id), P_I64(h->severity),
                           P_F64S(h->numbers, WARNING_NUMBERS_MAX), P_I32S(kinds, n), P_IDS(ids, n), P_I64S(at, n),
                           P_I32S(spans, 3 * n)),
                   ev->e);
}

/* Why a warning is over. */
static int cleared_by(const struct deal_facts *f, const struct deal_state *s, int warning)
{
    double p[CRM_SETTING_VALUES];
    int severity;

    if (s->outcome != DEAL_OPEN)
        return 2;
    return warning_settings(f->pipe, s->stage ? s->stage->id : ID_NIL, warning, p, &severity) ? 1 : 3;
}

static enum err_code warnings_put(struct evaluation *ev, size_t at, const struct deal_state *s,
                                  const struct warning_hit hits[WARNINGS_N], unsigned *out_bits)
{
    const struct deal_facts *f = &ev->facts[at];

    *out_bits = 0;
    for (int w = 0; w < WARNINGS_N; w++) {
        const struct open_warning *o = &ev->open[at * WARNINGS_N + (size_t)w];
        if (hits[w].on) {
            *out_bits |= 1u << w;
            if (warning_put(ev, f, &hits[w], o))
                return ev->e->code;
        } else if (!id_is_nil(o->id) &&
                   db_send(ev->t, &evaluate_sql[EV_WARNING_CLEAR],
                           DB_ARGS(P_ID(ev->v->workspace), P_ID(o->id), P_I64(ev->now), P_I64(cleared_by(f, s, w + 1))),
                           ev->e)) {
            return ev->e->code;
        }
    }
    return ERR_OK;
}

static enum err_code now_put(struct evaluation *ev, size_t at, const struct deal_state *s, const struct score *sc,
                             int reason, const struct score_row *row, int version, unsigned warnings, int64_t next)
{
    const struct deal_facts *f = &ev->facts[at];
    const struct before *b = &ev->before[at];
    bool scored = reason == SCORE_OK;
    bool ranked = scored && ev->c->rank_floors;
    int rank = ranked ? score_rank_of(ev->c->rank_floors, sc->p) : 0;
    const struct deal_stage *st = s->stage;

    ev->changed.ranks |= scored != b->has_p || (scored && (sc->p < b->p || sc->p > b->p));
    if (db_send(ev->t, &evaluate_sql[EV_NOW_PUT],
                DB_ARGS(P_ID(ev->v->workspace), P_ID(f->deal), P_I64(ev->now), P_I64(f->changes),
                        P_I64_OR_NULL(next, INT64_MAX), P_I64(s->outcome), P_ID_OR_NULL(f->pipeline_id),
                        st ? P_ID(st->id) : P_NULL(DB_ID), st ? P_I64(st->ordinal) : P_NULL(DB_I64),
                        P_ID_OR_NULL(s->owner), s->has_amount ? P_I64(s->amount_micros) : P_NULL(DB_I64),
                        s->has_amount ? P_TEXT(str_of(s->currency)) : P_NULL(DB_TEXT),
                        s->has_close ? P_I64(s->close_day) : P_NULL(DB_I64),
                        s->has_category ? P_I64(s->category) : P_NULL(DB_I64), P_I64_OR_NULL(s->created, CLOCK_NONE),
                        P_I64_OR_NULL(s->closed, CLOCK_NONE), P_I64(s->problems),
                        scored ? P_F64(sc->p) : P_NULL(DB_F64), scored ? P_F64(sc->low) : P_NULL(DB_F64),
                        scored ? P_F64(sc->high) : P_NULL(DB_F64), P_I64(reason),
                        scored ? P_I64(version) : P_NULL(DB_I64), P_F64S(row->x, scored ? SCORE_FEATURES : 0),
                        P_F64S(sc->terms, scored ? SCORE_FEATURES : 0), P_I64(warnings),
                        ranked ? P_I64(rank) : P_NULL(DB_I64), ranked ? P_I64(score_band(rank)) : P_NULL(DB_I64)),
                ev->e))
        return ev->e->code;
    if (!scored || (b->has_p && b->model_version == version && fabs(b->p - sc->p) < 0.005))
        return ERR_OK; /* nothing that anybody would see */
    return db_send(ev->t, &evaluate_sql[EV_SCORE_ADD],
                   DB_ARGS(P_ID(ev->v->workspace), P_ID(f->deal), P_I64(ev->now), P_F64(sc->p), P_F64(sc->low),
                           P_F64(sc->high), P_I64(version), P_F64S(sc->terms, SCORE_FEATURES)),
                   ev->e);
}

static enum err_code one_evaluate(struct evaluation *ev, size_t at)
{
    const struct deal_facts *f = &ev->facts[at];
    size_t pipe = f->pipe ? (size_t)(f->pipe - ev->c->shared.pipes) : SIZE_MAX;
    const struct deal_cohort *cohort = pipe != SIZE_MAX && ev->c->has_history[pipe] ? &ev->c->cohorts[pipe] : NULL;
    struct warning_hit hits[WARNINGS_N];
    struct score_row row = {0};
    struct score sc = {0};
    struct deal_state s;
    unsigned bits;
    int64_t next;
    int reason = SCORE_OK;

    deal_state_at(f, ev->now, &s);
    warnings_evaluate(f, &s, cohort, ev->now, hits, &next);
    if (pipe == SIZE_MAX)
        reason = SCORE_NO_PIPELINE;
    else if (s.outcome == DEAL_WON || s.outcome == DEAL_LOST)
        reason = SCORE_NOT_OPEN;
    else if (s.outcome == DEAL_UNKNOWN || !score_row_make(f, &s, cohort, &row))
        reason = SCORE_NO_STAGE;
    else
        score_predict(&ev->c->models[pipe], &row, &sc);
    ev->changed.closed |= ev->before[at].there ? (ev->before[at].outcome == DEAL_OPEN) != (s.outcome == DEAL_OPEN)
                                               : s.outcome != DEAL_OPEN;
    if (next > ev->now + DAY_MS)
        next = ev->now + DAY_MS; /* silence and age move the score every day */
    if (warnings_put(ev, at, &s, hits, &bits))
        return ev->e->code;
    if (!id_eq(ev->before[at].owner, s.owner)) {
        ev->changed.owners = true;
        if (db_send(ev->t, &evaluate_sql[EV_OWNER],
                    DB_ARGS(P_ID(ev->v->workspace), P_ID(f->deal), P_ID_OR_NULL(s.owner)), ev->e))
            return ev->e->code;
    }
    return now_put(ev, at, &s, &sc, reason, &row, pipe == SIZE_MAX ? 0 : ev->c->models[pipe].version, bits, next);
}

enum err_code deals_evaluate(struct db_tx *t, const struct vaulted *v, const struct deals_context *c,
                             const struct id *ids, size_t n, int64_t now, struct arena *a, struct deals_changed *out,
                             struct err *e)
{
    struct evaluation ev = {.t = t, .v = v, .c = c, .now = now, .a = a, .e = e};

    if (db_run(t, &evaluate_sql[EV_LOCK], DB_ARGS(P_ID(v->workspace), P_IDS(ids, n)), NULL, e) ||
        deal_facts_load(t, v, &c->shared, ids, n, FACTS_ALL, a, &ev.facts, &ev.n, e) || before_load(&ev, ids, n))
        return e->code;
    for (size_t i = 0; i < ev.n; i++)
        if (one_evaluate(&ev, i))
            return e->code;
    if (out)
        *out = ev.changed;
    return db_flush(t, NULL, e);
}

/* What is ranked, side by side. */
struct ranking {
    struct id *deals;
    double *p;
    int *before, *rank;
    size_t n, deals_cap, p_cap, before_cap;
    double floors[SCORE_FLOORS];
};

static enum err_code ranking_load(struct db_tx *t, const struct vaulted *v, struct arena *a, struct ranking *out,
                                  struct err *e)
{
    struct db_rows r;

    *out = (struct ranking){0};
    if (db_run(t, &evaluate_sql[EV_RANKED], DB_ARGS(P_ID(v->workspace)), &r, e))
        return e->code;
    for (size_t n = 0, m = 0, k = 0; db_next(&r); out->n = n) {
        ARENA_PUSH(a, out->p, m, out->p_cap) = db_f64(&r, 1);
        ARENA_PUSH(a, out->before, k, out->before_cap) = (int)db_i64(&r, 2);
        ARENA_PUSH(a, out->deals, n, out->deals_cap) = db_id(&r, 0);
    }
    db_rows_done(&r);
    out->rank = ARENA_ARRAY(a, int, out->n + 1);
    score_ranks(out->p, out->n, a, out->rank, out->floors);
    return ERR_OK;
}

enum err_code deals_rank(struct db_tx *t, const struct vaulted *v, struct err *e)
{
    struct arena *a = arena_new("deals.rank");
    int32_t ranks[RANK_CHUNK], bands[RANK_CHUNK];
    struct id ids[RANK_CHUNK];
    struct ranking all;
    size_t n = 0;

    if (ranking_load(t, v, a, &all, e))
        goto out;
    for (size_t i = 0; i < all.n; i++) {
        if (all.rank[i] != all.before[i]) {
            ids[n] = all.deals[i];
            ranks[n] = all.rank[i];
            bands[n++] = score_band(all.rank[i]);
        }
        if (n && (n == RANK_CHUNK || i + 1 == all.n)) {
            if (db_send(t, &evaluate_sql[EV_RANK_PUT],
                        DB_ARGS(P_ID(v->workspace), P_IDS(ids, n), P_I32S(ranks, n), P_I32S(bands, n)), e))
                goto out;
            n = 0;
        }
    }
    if (!db_send(t, &evaluate_sql[EV_FLOORS_PUT],
                 DB_ARGS(P_ID(v->workspace), P_I64((int64_t)all.n), P_F64S(all.floors, SCORE_FLOORS)), e))
        db_flush(t, NULL, e);
out:
    arena_free(a);
    return e->code;
}

enum err_code deals_due(struct db_tx *t, const struct vaulted *v, int64_t now, size_t limit, struct arena *a,
                        struct id **out, size_t *out_n, struct err *e)
{
    return db_run_ids(t, &evaluate_sql[EV_DUE], DB_ARGS(P_ID(v->workspace), P_I64(now), P_I64(limit)), a, out, out_n,
                      e);
}
