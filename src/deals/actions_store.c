/* deals/actions_store.c - decisions, proposals and answers, kept. */
#include "deals/actions.h"

#include "records/crm.h"

enum {
    ACT_HISTORY,
    ACT_OPEN,
    ACT_RECENT,
    ACT_SUPPRESSED,
    ACT_TODAY,
    ACT_DECISION_ADD,
    ACT_ADD,
    ACT_WITHDRAW,
    ACT_LIST,
    ACT_SHOWN,
    ACT_GET,
    ACT_RESPOND,
    ACT_SUPPRESS,
    ACT_BARRED,
};

#define ACTION_COLUMNS                                                                                                 \
    "id, deal_id, seller_id, decision_id, kind, warning, position, score, propensity, made_at, shown_at, "             \
    "responded_at, snooze_until, state, cause, sources"

const struct db_stmt actions_sql[] = {
    [ACT_HISTORY] =
        {"act_history",
         "SELECT kind, count(*) FILTER (WHERE state IN (1, 2, 3, 6)), count(*) FILTER (WHERE state IN (1, 2, 6)) "
         "FROM action WHERE workspace_id=$1 GROUP BY kind"},
    [ACT_OPEN] =
        {"act_open",
         "SELECT deal_id, id, warning, cause FROM action WHERE workspace_id=$1 AND deal_id=ANY($2) AND state=0"},
    [ACT_RECENT] = {"act_recent",
                    "SELECT deal_id, kind FROM action WHERE workspace_id=$1 AND deal_id=ANY($2) AND made_at>$3 "
                    "AND state<>5"},
    [ACT_SUPPRESSED] = {"act_suppressed",
                        "SELECT deal_id, kind FROM suppression WHERE workspace_id=$1 AND (until_at IS NULL OR "
                        "until_at>$3) AND (deal_id IS NULL OR deal_id=ANY($2)) AND person_id IS NULL"},
    [ACT_TODAY] =
        {"act_today",
         "SELECT seller_id, count(*) FROM action WHERE workspace_id=$1 AND made_at>$2 AND seller_id IS NOT NULL "
         "AND state<>5 GROUP BY seller_id"},
    [ACT_DECISION_ADD] =
        {"act_decision_add",
         "INSERT INTO decision (workspace_id, id, deal_id, seller_id, at, policy_version, model_version, context, "
         "candidates, reasons, "
         "scores, propensities, chosen) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"},
    [ACT_ADD] = {"act_add", "INSERT INTO action (workspace_id, id, decision_id, deal_id, seller_id, kind, warning, "
                            "position, propensity, score, made_at, cause, sources) "
                            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"},
    [ACT_WITHDRAW] = {"act_withdraw",
                      "UPDATE action SET state=5, responded_at=$3 WHERE workspace_id=$1 AND id=$2 AND state=0"},
    [ACT_LIST] = {"act_list", "SELECT " ACTION_COLUMNS " FROM action WHERE workspace_id=$1 AND state=0 AND "
                              "($2::uuid IS NULL OR deal_id=$2) ORDER BY score DESC, id LIMIT $3"},
    [ACT_SHOWN] = {"act_shown",
                   "UPDATE action SET shown_at=$3 WHERE workspace_id=$1 AND id=ANY($2) AND shown_at IS NULL"},
    [ACT_GET] = {"act_get", "SELECT " ACTION_COLUMNS " FROM action WHERE workspace_id=$1 AND id=$2"},
    [ACT_RESPOND] =
        {"act_respond",
         "UPDATE action SET state=$3, reason=$4, responded_at=$5, responded_by=$6, snooze_until=$7, edit_distance=$8, "
         "sealed=coalesce($9, sealed), completed_at=CASE WHEN $3=6 THEN $5 ELSE completed_at END "
         "WHERE workspace_id=$1 AND id=$2 AND (state=0 OR ($3=6 AND state IN (1, 2)))"},
    [ACT_SUPPRESS] = {"act_suppress",
                      "INSERT INTO suppression (workspace_id, id, deal_id, person_id, kind, until_at, cause, made_at) "
                      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"},
    /* $2 now: people who must not be contacted, for good or still */
    [ACT_BARRED] = {"act_barred",
                    "SELECT DISTINCT person_id FROM suppression WHERE workspace_id=$1 AND person_id IS NOT "
                    "NULL AND (until_at IS NULL OR until_at>$2) ORDER BY person_id"},
};
const size_t actions_sql_n = sizeof actions_sql / sizeof *actions_sql;

enum { PROPOSE_MAX = 3, SELLERS_MAX = 500 };

struct deciding {
    struct db_tx *t;
    const struct vaulted *v;
    int64_t now;
    struct err *e;
    struct action_history history;
    struct deal_facts *facts;
    size_t n;
    bool *has_open;               /* by deal */
    struct action_context *ctx;   /* by deal */
    uint32_t *recent, *suppressed; /* by deal: bits of kinds */
    struct {
        struct id seller;
        int count;
    } today[SELLERS_MAX];
    size_t today_n;
};

static size_t place_of(const struct deciding *d, struct id deal)
{
    for (size_t i = 0; i < d->n; i++)
        if (id_eq(d->facts[i].deal, deal))
            return i;
    return SIZE_MAX;
}

static enum err_code history_load(struct deciding *d)
{
    struct db_rows r;

    if (db_run(d->t, &actions_sql[ACT_HISTORY], DB_ARGS(P_ID(d->v->workspace)), &r, d->e))
        return d->e->code;
    while (db_next(&r)) {
        int64_t k = db_i64(&r, 0);
        if (k < 0 || k >= ACTION_KINDS)
            continue;
        d->history.decided[k] = (int)db_i64(&r, 1);
        d->history.accepted[k] = (int)db_i64(&r, 2);
    }
    db_rows_done(&r);
    if (db_run(d->t, &actions_sql[ACT_TODAY], DB_ARGS(P_ID(d->v->workspace), P_I64(d->now - DAY_MS)), &r, d->e))
        return d->e->code;
    while (db_next(&r) && d->today_n < SELLERS_MAX) {
        d->today[d->today_n].seller = db_id(&r, 0);
        d->today[d->today_n++].count = (int)db_i64(&r, 1);
    }
    db_rows_done(&r);
    return ERR_OK;
}

static enum err_code blocks_load(struct deciding *d, const struct id *deals, size_t n)
{
    struct db_rows r;

    if (db_run(d->t, &actions_sql[ACT_RECENT],
               DB_ARGS(P_ID(d->v->workspace), P_IDS(deals, n), P_I64(d->now - ACTION_COOLDOWN_DAYS * DAY_MS)), &r,
               d->e))
        return d->e->code;
    while (db_next(&r)) {
        size_t at = place_of(d, db_id(&r, 0));
        if (at != SIZE_MAX)
            d->recent[at] |= 1u << db_i64(&r, 1);
    }
    db_rows_done(&r);
    if (db_run(d->t, &actions_sql[ACT_SUPPRESSED], DB_ARGS(P_ID(d->v->workspace), P_IDS(deals, n), P_I64(d->now)), &r,
               d->e))
        return d->e->code;
    while (db_next(&r)) {
        size_t at = place_of(d, db_id(&r, 0));
        uint32_t bits = db_is_null(&r, 1) ? ~0u : 1u << db_i64(&r, 1);
        if (at != SIZE_MAX)
            d->suppressed[at] |= bits;
        for (size_t i = 0; db_is_null(&r, 0) && i < d->n; i++)
            d->suppressed[i] |= bits;
    }
    db_rows_done(&r);
    return ERR_OK;
}

/* What was proposed without a warning stands until it is answered, unless what was missing is there. */
static bool still_wanted(const struct action_context *x, enum action_cause cause)
{
    return cause == CAUSE_PLAYBOOK ? x->missing.n > 0 : cause == CAUSE_SIMILAR ? x->gaps_n > 0 : true;
}

/* Open proposals whose warning is over are taken back. */
static enum err_code stale_withdraw(struct deciding *d, const struct id *deals, size_t n,
                                    const struct warning_hit *hits)
{
    struct db_rows r;

    if (db_run(d->t, &actions_sql[ACT_OPEN], DB_ARGS(P_ID(d->v->workspace), P_IDS(deals, n)), &r, d->e))
        return d->e->code;
    while (db_next(&r)) {
        size_t at = place_of(d, db_id(&r, 0));
        int w = (int)db_i64(&r, 2);
        if (at == SIZE_MAX)
            continue;
        if (w == 0 ? still_wanted(&d->ctx[at], (enum action_cause)db_i64(&r, 3))
                   : w <= WARNINGS_N && hits[at * WARNINGS_N + (size_t)w - 1].on)
            d->has_open[at] = true;
        else if (db_send(d->t, &actions_sql[ACT_WITHDRAW],
                         DB_ARGS(P_ID(d->v->workspace), P_ID(db_id(&r, 1)), P_I64(d->now)), d->e))
            break;
    }
    db_rows_done(&r);
    return d->e->code;
}

static int *today_of(struct deciding *d, struct id seller)
{
    for (size_t i = 0; i < d->today_n; i++)
        if (id_eq(d->today[i].seller, seller))
            return &d->today[i].count;
    if (d->today_n == SELLERS_MAX)
        return &d->today[0].count;
    d->today[d->today_n].seller = seller;
    d->today[d->today_n].count = 0;
    return &d->today[d->today_n++].count;
}

static enum err_code one_decide(struct deciding *d, size_t at, const struct deal_state *s,
                                const struct warning_hit *hits, const struct deal_cohort *cohort, int model_version)
{
    struct action_candidate ok[ACTION_CANDIDATES_MAX];
    int32_t kinds[ACTION_CANDIDATES_MAX], reasons[ACTION_CANDIDATES_MAX];
    double scores[ACTION_CANDIDATES_MAX], propensities[ACTION_CANDIDATES_MAX];
    const struct deal_facts *f = &d->facts[at];
    struct id decision = id_new();
    struct score_row row = {0};
    bool known = score_row_make(f, s, cohort, &row);
    uint64_t seed;
    size_t ok_n;
    int *today = today_of(d, s->owner);

    memcpy(&seed, decision.b + 8, sizeof seed);
    ok_n = actions_rank(f, s, hits, cohort, &d->history, &d->ctx[at], d->recent[at] | d->suppressed[at], seed, ok);
    for (size_t i = 0; i < ok_n; i++) {
        kinds[i] = (int32_t)ok[i].kind;
        reasons[i] = ok[i].cause == CAUSE_WARNING ? ok[i].warning : -(int32_t)ok[i].cause;
        scores[i] = ok[i].score;
        propensities[i] = ok[i].propensity;
    }
    if (!ok_n || db_send(d->t, &actions_sql[ACT_DECISION_ADD],
                         DB_ARGS(P_ID(d->v->workspace), P_ID(decision), P_ID(f->deal), P_ID_OR_NULL(s->owner),
                                 P_I64(d->now), P_I64(ACTION_POLICY_VERSION), P_I64(model_version),
                                 P_F64S(row.x, known ? SCORE_FEATURES : 0), P_I32S(kinds, ok_n), P_I32S(reasons, ok_n),
                                 P_F64S(scores, ok_n), P_F64S(propensities, ok_n), P_I64(0)),
                         d->e))
        return d->e->code;
    for (size_t i = 0; i < ok_n && i < PROPOSE_MAX && *today < ACTION_PER_DAY; i++) {
        if (ok[i].kind == ACTION_NOTHING || ok[i].score <= 0)
            break; /* doing nothing is better than what comes after it */
        (*today)++;
        if (db_send(d->t, &actions_sql[ACT_ADD],
                    DB_ARGS(P_ID(d->v->workspace), P_ID(id_new()), P_ID(decision), P_ID(f->deal),
                            P_ID_OR_NULL(s->owner), P_I64(ok[i].kind), P_I64(ok[i].warning), P_I64(i),
                            P_F64(ok[i].propensity), P_F64(ok[i].score), P_I64(d->now), P_I64(ok[i].cause),
                            P_IDS(ok[i].sources, ok[i].sources_n)),
                    d->e))
            return d->e->code;
    }
    return ERR_OK;
}

static enum err_code barred_load(struct db_tx *t, const struct vaulted *v, int64_t now, struct arena *a,
                                 struct id **out, size_t *out_n, struct err *e)
{
    return db_run_ids(t, &actions_sql[ACT_BARRED], DB_ARGS(P_ID(v->workspace), P_I64(now)), a, out, out_n, e);
}

enum err_code actions_context_load(struct db_tx *t, const struct vaulted *v, const struct deal_facts *f,
                                   const struct deal_state *s, size_t n, int64_t now, struct arena *a,
                                   struct action_context **out, struct err *e)
{
    struct action_context *x = ARENA_ARRAY(a, struct action_context, n + 1);
    struct id *stages = ARENA_ARRAY(a, struct id, n + 1), *barred;
    str *names = ARENA_ARRAY(a, str, n + 1);
    struct similar_path *paths;
    size_t paths_n, barred_n;
    struct methodology m;

    for (size_t i = 0; i < n; i++)
        stages[i] = s[i].stage ? s[i].stage->id : ID_NIL;
    if (methodology_load(t, v, a, &m, e) || record_names_load(t, v, NAME_STAGE, stages, n, a, names, e) ||
        similar_load(t, v, stages, n, a, &paths, &paths_n, e) || barred_load(t, v, now, a, &barred, &barred_n, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        methodology_required(&m, names[i], s[i].stage, &x[i].need);
        methodology_missing(&x[i].need, &f[i], now, &x[i].missing);
        x[i].gaps_n = similar_gaps(&f[i], &s[i], paths, paths_n, x[i].gaps);
        x[i].barred = barred;
        x[i].barred_n = barred_n;
    }
    *out = x;
    return ERR_OK;
}

enum err_code actions_decide(struct db_tx *t, const struct vaulted *v, const struct deals_context *c,
                             const struct id *deals, size_t n, int64_t now, struct arena *a, struct err *e)
{
    struct deciding *d = ARENA_NEW(a, struct deciding);
    struct deal_state *states;
    struct warning_hit *hits;
    int64_t next;

    *d = (struct deciding){.t = t, .v = v, .now = now, .e = e};
    e->code = ERR_OK;
    if (deal_facts_load(t, v, &c->shared, deals, n, FACTS_ALL, a, &d->facts, &d->n, e) || history_load(d))
        return e->code;
    d->has_open = ARENA_ARRAY(a, bool, d->n + 1);
    d->recent = ARENA_ARRAY(a, uint32_t, d->n + 1);
    d->suppressed = ARENA_ARRAY(a, uint32_t, d->n + 1);
    states = ARENA_ARRAY(a, struct deal_state, d->n + 1);
    hits = ARENA_ARRAY(a, struct warning_hit, d->n * WARNINGS_N + 1);
    for (size_t i = 0; i < d->n; i++) {
        const struct deal_facts *f = &d->facts[i];
        size_t pipe = f->pipe ? (size_t)(f->pipe - c->shared.pipes) : 0;
        deal_state_at(f, now, &states[i]);
        warnings_evaluate(f, &states[i], f->pipe && c->has_history[pipe] ? &c->cohorts[pipe] : NULL, now,
                          hits + i * WARNINGS_N, &next);
    }
    if (actions_context_load(t, v, d->facts, states, d->n, now, a, &d->ctx, e) || blocks_load(d, deals, n) ||
        stale_withdraw(d, deals, n, hits))
        return e->code;
    for (size_t i = 0; i < d->n; i++) {
        const struct deal_facts *f = &d->facts[i];
        size_t pipe = f->pipe ? (size_t)(f->pipe - c->shared.pipes) : 0;
        const struct deal_cohort *cohort = f->pipe && c->has_history[pipe] ? &c->cohorts[pipe] : NULL;
        if (states[i].outcome == DEAL_OPEN && !d->has_open[i] &&
            one_decide(d, i, &states[i], hits + i * WARNINGS_N, cohort, f->pipe ? c->models[pipe].version : 0))
            return e->code;
    }
    return db_flush(t, NULL, e);
}

static int64_t time_of(const struct db_rows *r, int col)
{
    return db_is_null(r, col) ? CLOCK_NONE : db_i64(r, col);
}

static struct action action_of(const struct db_rows *r, struct arena *a)
{
    size_t n;
    struct id *sources = db_ids(r, 15, a, &n);
    struct action out = {.id = db_id(r, 0),
                         .deal = db_id(r, 1),
                         .seller = db_id(r, 2),
                         .decision = db_id(r, 3),
                         .kind =
                             (enum action_kind)(db_i64(r, 4) >= 0 && db_i64(r, 4) < ACTION_KINDS ? db_i64(r, 4) : 0),
                         .warning = (int)db_i64(r, 5),
                         .position = (int)db_i64(r, 6),
                         .score = db_f64(r, 7),
                         .propensity = db_f64(r, 8),
                         .made_ms = time_of(r, 9),
                         .shown_ms = time_of(r, 10),
                         .responded_ms = time_of(r, 11),
                         .snooze_ms = time_of(r, 12),
                         .cause = (enum action_cause)db_i64(r, 14),
                         .state = (enum action_response)db_i64(r, 13)};

    out.sources_n = n < SIMILAR_DEALS ? n : SIMILAR_DEALS;
    memcpy(out.sources, sources, out.sources_n * sizeof *sources);
    return out;
}

enum err_code actions_list(struct db_tx *t, const struct vaulted *v, struct id deal, size_t limit, int64_t now,
                           struct arena *a, struct action **out, size_t *out_n, struct err *e)
{
    struct id *ids;
    struct db_rows r;
    size_t cap = 0;

    *out = NULL;
    *out_n = 0;
    if (db_run(t, &actions_sql[ACT_LIST], DB_ARGS(P_ID(v->workspace), P_ID_OR_NULL(deal), P_I64(limit)), &r, e))
        return e->code;
    while (db_next(&r))
        ARENA_PUSH(a, *out, *out_n, cap) = action_of(&r, a);
    db_rows_done(&r);
    ids = ARENA_ARRAY(a, struct id, *out_n + 1);
    for (size_t i = 0; i < *out_n; i++)
        ids[i] = (*out)[i].id;
    return db_send(t, &actions_sql[ACT_SHOWN], DB_ARGS(P_ID(v->workspace), P_IDS(ids, *out_n), P_I64(now)), e);
}

enum err_code action_get(struct db_tx *t, const struct vaulted *v, struct id id, struct arena *a, struct action *out,
                         struct err *e)
{
    struct db_rows r;
    bool found;

    if (db_run(t, &actions_sql[ACT_GET], DB_ARGS(P_ID(v->workspace), P_ID(id)), &r, e))
        return e->code;
    found = db_next(&r);
    if (found)
        *out = action_of(&r, a);
    db_rows_done(&r);
    return found ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no such action");
}

enum err_code action_respond(struct db_tx *t, const struct vaulted *v, const struct action *act, enum action_response r,
                             int reason, int64_t until_ms, str text, int edit_distance, struct id by, int64_t now,
                             struct arena *a, struct err *e)
{
    struct seal_at where = {v->workspace, "action", "sealed", act->id, 0};
    struct db_rows rows;
    str sealed = STR_NULL;

    if (text.n && seal(v->keys, key_class(KEY_METADATA), &where, text, a, &sealed, e))
        return e->code;
    if (db_run(t, &actions_sql[ACT_RESPOND],
               DB_ARGS(P_ID(v->workspace), P_ID(act->id), P_I64(r), P_I64(reason), P_I64(now), P_ID_OR_NULL(by),
                       P_I64_OR_NULL(until_ms, CLOCK_NONE), P_I64_OR_NULL(edit_distance, -1), P_BYTES_OR_NULL(sealed)),
               &rows, e))
        return e->code;
    db_rows_done(&rows);
    if (rows.affected != 1)
        return err_set(e, ERR_CONFLICT, "this action was answered already");
    if (r != RESPONSE_SNOOZED)
        return ERR_OK;
    return db_send(t, &actions_sql[ACT_SUPPRESS],
                   DB_ARGS(P_ID(v->workspace), P_ID(id_new()), P_ID(act->deal), P_NULL(DB_ID), P_I64(act->kind),
                           P_I64(until_ms), P_I64(1), P_I64(now)),
                   e);
}

enum err_code actions_suppress(struct db_tx *t, const struct vaulted *v, struct id deal, struct id person,
                               int64_t until_ms, int cause, int64_t now, struct err *e)
{
    return db_send(t, &actions_sql[ACT_SUPPRESS],
                   DB_ARGS(P_ID(v->workspace), P_ID(id_new()), P_ID_OR_NULL(deal), P_ID_OR_NULL(person), P_NULL(DB_I64),
                           P_I64_OR_NULL(until_ms, CLOCK_NONE), P_I64(cause), P_I64(now)),
                   e);
}
