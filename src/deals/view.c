#include "deals/view.h"

#include <math.h>

#include "records/crm.h"

enum { VIEW_RANKS };

const struct db_stmt view_sql[] = {
    [VIEW_RANKS] =
        {"view_ranks",
         "SELECT deal_id, rank FROM deal_now WHERE workspace_id=$1 AND deal_id=ANY($2) AND rank IS NOT NULL"},
};
const size_t view_sql_n = sizeof view_sql / sizeof *view_sql;

static const char *const outcome_names[] = {"open", "won", "lost", "unknown"};
static const char *const reason_names[] = {"", "not_open", "stage_unknown", "no_pipeline"};
static const char *const evidence_names[] = {"interaction", "change", "activity", "person", "field"};

/* ---- loading ---- */

static void one_make(struct deal_views *vs, struct deal_view *d, struct deal_facts *f)
{
    size_t pipe = f->pipe ? (size_t)(f->pipe - vs->ctx.shared.pipes) : SIZE_MAX;
    int64_t next;

    d->f = f;
    d->cohort = pipe != SIZE_MAX && vs->ctx.has_history[pipe] ? &vs->ctx.cohorts[pipe] : NULL;
    d->model = pipe != SIZE_MAX ? &vs->ctx.models[pipe] : NULL;
    deal_state_at(f, vs->now, &d->s);
    warnings_evaluate(f, &d->s, d->cohort, vs->now, d->hits, &next);
    d->score_reason = !d->model                                      ? SCORE_NO_PIPELINE
                      : d->s.outcome == DEAL_UNKNOWN                 ? SCORE_NO_STAGE
                      : d->s.outcome != DEAL_OPEN                    ? SCORE_NOT_OPEN
                      : score_row_make(f, &d->s, d->cohort, &d->row) ? SCORE_OK
                                                                     : SCORE_NO_STAGE;
    if (d->score_reason == SCORE_OK)
        score_predict(d->model, &d->row, &d->score);
}

static enum err_code names_load(struct deal_views *vs, struct err *e)
{
    size_t n = vs->n;
    struct id *ids = ARENA_ARRAY(vs->a, struct id, 5 * n + 1);
    str *names = ARENA_ARRAY(vs->a, str, 5 * n + 1);

    for (size_t i = 0; i < n; i++) {
        const struct deal_view *d = &vs->list[i];
        ids[i] = d->f->deal;
        ids[n + i] = d->f->account;
        ids[2 * n + i] = d->s.stage ? d->s.stage->id : ID_NIL;
        ids[3 * n + i] = d->s.owner;
        ids[4 * n + i] = d->f->pipe ? d->f->pipe->id : ID_NIL;
    }
    if (record_names_load(vs->t, vs->v, NAME_DEAL, ids, n, vs->a, names, e) ||
        record_names_load(vs->t, vs->v, NAME_ACCOUNT, ids + n, n, vs->a, names + n, e) ||
        record_names_load(vs->t, vs->v, NAME_STAGE, ids + 2 * n, n, vs->a, names + 2 * n, e) ||
        record_names_load(vs->t, vs->v, NAME_PERSON, ids + 3 * n, n, vs->a, names + 3 * n, e) ||
        record_names_load(vs->t, vs->v, NAME_PIPELINE, ids + 4 * n, n, vs->a, names + 4 * n, e))
        return e->code;
    for (size_t i = 0; i < n; i++) {
        struct deal_view *d = &vs->list[i];
        d->name = names[i];
        d->account = names[n + i];
        d->stage = names[2 * n + i];
        d->owner = names[3 * n + i];
        d->pipeline = names[4 * n + i];
    }
    return ERR_OK;
}

enum err_code deal_views_load(struct db_tx *t, const struct vaulted *v, const struct id *ids, size_t n, int64_t now,
                              struct arena *a, struct deal_views *out, struct err *e)
{
    struct deal_facts *facts;
    struct db_rows r;

    *out = (struct deal_views){.t = t, .v = v, .a = a, .now = now};
    if (deals_context_load(t, v, a, &out->ctx, e) || warning_clicks_load(t, v, out->clicks, e) ||
        deal_facts_load(t, v, &out->ctx.shared, ids, n, FACTS_ALL, a, &facts, &out->n, e))
        return e->code;
    out->list = ARENA_ARRAY(a, struct deal_view, out->n + 1);
    for (size_t i = 0; i < out->n; i++)
        one_make(out, &out->list[i], &facts[i]);
    if (db_run(t, &view_sql[VIEW_RANKS], DB_ARGS(P_ID(v->workspace), P_IDS(ids, n)), &r, e))
        return e->code;
    while (db_next(&r))
        for (size_t i = 0; i < out->n; i++)
            if (id_eq(out->list[i].f->deal, db_id(&r, 0)))
                out->list[i].rank = (int)db_i64(&r, 1);
    db_rows_done(&r);
    return names_load(out, e);
}

/* ---- writing ---- */

static void kid(struct jw *w, const char *key, struct id id, struct arena *a)
{
    if (id_is_nil(id))
        jw_knull(w, key);
    else
        jw_kstr(w, key, id_str(a, id));
}

static void ktime(struct jw *w, const char *key, int64_t at_ms, struct arena *a)
{
    if (at_ms == CLOCK_NONE)
        jw_knull(w, key);
    else
        jw_kstr(w, key, clock_str(a, at_ms));
}

static void kreal(struct jw *w, const char *key, double x)
{
    if (isfinite(x))
        jw_kreal(w, key, x);
    else
        jw_knull(w, key);
}

static void kname(struct jw *w, const char *key, str s)
{
    if (s.n)
        jw_kstr(w, key, s);
    else
        jw_knull(w, key);
}

static void evidence_write(const struct warning_hit *h, struct jw *w, struct arena *a)
{
    jw_karr(w, "evidence");
    for (size_t i = 0; i < h->evidence_n; i++) {
        const struct deal_evidence *ev = &h->evidence[i];
        jw_obj(w);
        jw_kstr(w, "kind", str_of(evidence_names[ev->kind]));
        kid(w, "id", ev->id, a);
        ktime(w, "at", ev->at_ms, a);
        if (ev->span[0] >= 0) {
            jw_kobj(w, "span");
            jw_ki64(w, "turn", ev->span[0]);
            jw_ki64(w, "start", ev->span[1]);
            jw_ki64(w, "end", ev->span[2]);
            jw_end(w);
        }
        jw_end(w);
    }
    jw_end(w);
}

static void warnings_write(const struct deal_views *vs, const struct deal_view *d, bool full, struct jw *w)
{
    jw_karr(w, "warnings");
    for (int i = 0; i < WARNINGS_N; i++) {
        const struct warning_hit *h = &d->hits[i];
        double precision, low, high;
        if (!h->on)
            continue;
        jw_obj(w);
        jw_kstr(w, "id", str_of(warning_rows[i].id));
        jw_kstr(w, "name", str_of(warning_rows[i].name));
        jw_ki64(w, "severity", h->severity);
        ktime(w, "since", h->since_ms, vs->a);
        jw_kstr(w, "text", warning_text(i + 1, h->numbers, vs->a));
        jw_ki64(w, "judged", vs->clicks[i].right + vs->clicks[i].wrong);
        if (warning_precision(&vs->clicks[i], &precision, &low, &high))
            jw_kreal(w, "precision", precision);
        if (full)
            evidence_write(h, w, vs->a);
        jw_end(w);
    }
    jw_end(w);
}

static void reasons_write(const struct deal_view *d, bool up, struct jw *w)
{
    int top[SCORE_REASONS];
    size_t n = score_reasons(&d->score, up, top);

    jw_karr(w, up ? "up" : "down");
    for (size_t i = 0; i < n; i++) {
        const struct score_feature *f = &score_features[top[i]];
        bool good = d->score.terms[top[i]] > 0;
        jw_obj(w);
        jw_kstr(w, "feature", str_of(f->name));
        jw_kstr(w, "text", str_of(good ? f->up : f->down));
        jw_kreal(w, "log_odds", d->score.terms[top[i]]);
        jw_kreal(w, "x", d->row.x[top[i]]);
        jw_end(w);
    }
    jw_end(w);
}

static void score_write(const struct deal_view *d, bool full, struct jw *w)
{
    jw_kobj(w, "score");
    if (d->score_reason == SCORE_OK) {
        jw_kreal(w, "p", d->score.p);
        jw_kreal(w, "low", d->score.low);
        jw_kreal(w, "high", d->score.high);
        if (d->rank) {
            jw_ki64(w, "rank", d->rank);
            jw_ki64(w, "band", score_band(d->rank));
        }
        jw_ki64(w, "model_version", d->model->version);
        jw_ki64(w, "closed_deals", d->model->closed_n);
        if (full) {
            reasons_write(d, true, w);
            reasons_write(d, false, w);
        }
    } else {
        jw_knull(w, "p");
        jw_kstr(w, "reason", str_of(reason_names[d->score_reason]));
    }
    jw_end(w);
}

static void unknowns_write(const struct deal_state *s, struct jw *w)
{
    jw_kobj(w, "unknown");
    for (int u = 0; u < UNKNOWNS; u++)
        if (s->problems >> u & 1u)
            jw_kstr(w, deal_unknown_name((enum deal_unknown)u), str_of(crm_problem_name(s->why[u])));
    jw_end(w);
}

static void fields_write(const struct deal_views *vs, const struct deal_view *d, struct jw *w)
{
    const struct deal_state *s = &d->s;
    struct arena *a = vs->a;

    jw_kstr(w, "id", id_str(a, d->f->deal));
    jw_kstr(w, "name", d->name);
    kid(w, "account_id", d->f->account, a);
    kname(w, "account", d->account);
    kid(w, "owner_id", s->owner, a);
    kname(w, "owner", d->owner);
    jw_kstr(w, "outcome", str_of(outcome_names[s->outcome]));
    kname(w, "pipeline", d->pipeline);
    kname(w, "stage", d->stage);
    ktime(w, "stage_since", s->stage_since, a);
    if (s->has_amount) {
        jw_kstr(w, "amount", crm_micros_str(a, s->amount_micros));
        jw_kstr(w, "currency", str_of(s->currency));
    } else {
        jw_knull(w, "amount");
    }
    kname(w, "close_date", s->has_close ? crm_day_str(a, s->close_day) : STR(""));
    kname(w, "forecast_category", s->has_category ? str_of(crm_category_name(s->category)) : STR(""));
    ktime(w, "created_at", s->created, a);
    ktime(w, "closed_at", s->closed, a);
    jw_ki64(w, "pushes", s->pushes);
    unknowns_write(s, w);
}

static void figures_write(const struct deal_views *vs, const struct deal_view *d, struct jw *w)
{
    int64_t last = deal_last_act(d->f, vs->now, true, NULL), next;
    int in, out;

    jw_kobj(w, "figures");
    jw_kreal(w, "engagement", deal_engagement(d->f, vs->now));
    kreal(w, "momentum", deal_momentum(d->f, vs->now));
    kreal(w, "reciprocity", deal_reciprocity(d->f, vs->now, &in, &out));
    jw_ki64(w, "inbound_30d", in);
    jw_ki64(w, "outbound_30d", out);
    jw_ki64(w, "contacts", deal_two_way_contacts(d->f, vs->now, 60, NULL));
    ktime(w, "last_external", last, vs->a);
    ktime(w, "next_step", deal_next_step(d->f, vs->now, &next) ? next : CLOCK_NONE, vs->a);
    if (deal_qualification(d->f, vs->now) < 0)
        jw_knull(w, "meddpicc");
    else
        jw_ki64(w, "meddpicc", deal_qualification(d->f, vs->now));
    jw_end(w);
}

void deal_view_write(const struct deal_views *vs, const struct deal_view *d, bool full, struct jw *w)
{
    jw_obj(w);
    fields_write(vs, d, w);
    figures_write(vs, d, w);
    score_write(d, full, w);
    warnings_write(vs, d, full, w);
    if (full) {
        jw_karr(w, "history");
        for (size_t i = 0; i < d->f->change_n && d->f->change[i].at_ms <= vs->now; i++) {
            const struct deal_change *c = &d->f->change[i];
            jw_obj(w);
            jw_kstr(w, "id", id_str(vs->a, c->id));
            ktime(w, "at", c->at_ms, vs->a);
            jw_kstr(w, "field", str_of(crm_field_name(c->field)));
            if (c->problem)
                jw_kstr(w, "problem", str_of(crm_problem_name(c->problem)));
            else if (c->field == CRM_F_AMOUNT && !c->empty)
                jw_kstr(w, "new", crm_micros_str(vs->a, c->number));
            else if (c->field == CRM_F_CLOSE_DATE && !c->empty)
                jw_kstr(w, "new", crm_day_str(vs->a, c->number));
            else if (c->field == CRM_F_CATEGORY && !c->empty)
                jw_kstr(w, "new", str_of(crm_category_name((enum crm_category)c->number)));
            else if (!id_is_nil(c->ref))
                jw_kstr(w, "ref", id_str(vs->a, c->ref));
            jw_end(w);
        }
        jw_end(w);
    }
    jw_kstr(w, "as_of", clock_str(vs->a, vs->now));
    jw_end(w);
}

enum err_code deal_view_people(struct deal_views *vs, const struct deal_view *d, struct id **out_ids, str **out_names,
                               size_t *out_n, struct err *e)
{
    size_t n = d->f->person_n;

    *out_n = n;
    *out_ids = ARENA_ARRAY(vs->a, struct id, n + 1);
    *out_names = ARENA_ARRAY(vs->a, str, n + 1);
    for (size_t i = 0; i < n; i++)
        (*out_ids)[i] = d->f->person[i].id;
    return record_names_load(vs->t, vs->v, NAME_PERSON, *out_ids, n, vs->a, *out_names, e);
}

/* ---- explaining ---- */

static void acts_write(const struct deal_views *vs, const struct deal_view *d, int64_t from, struct jw *w)
{
    jw_karr(w, "inputs");
    for (size_t i = 0; i < d->f->act_n && d->f->act[i].at_ms <= vs->now; i++) {
        const struct deal_act *a = &d->f->act[i];
        if (a->at_ms < from || a->status != CRM_DONE)
            continue;
        jw_obj(w);
        jw_kstr(w, "kind", str_of(a->interaction ? "interaction" : "activity"));
        jw_kstr(w, "id", id_str(vs->a, a->id));
        ktime(w, "at", a->at_ms, vs->a);
        jw_kstr(w, "type", str_of(crm_activity_name(a->type)));
        jw_end(w);
    }
    jw_end(w);
}

static void warning_explain(const struct deal_views *vs, const struct deal_view *d, int n, struct jw *w)
{
    const struct warning_row *row = &warning_rows[n - 1];
    double p[CRM_SETTING_VALUES];
    int severity;
    bool on = warning_settings(d->f->pipe, d->s.stage ? d->s.stage->id : ID_NIL, n, p, &severity);

    jw_kstr(w, "definition", str_of(row->definition));
    jw_ki64(w, "definition_version", WARNINGS_VERSION);
    jw_kbool(w, "enabled", on);
    jw_kbool(w, "value", d->hits[n - 1].on);
    jw_kobj(w, "settings");
    for (int k = 0; k < CRM_SETTING_VALUES && row->settings[k].name; k++)
        kreal(w, row->settings[k].name, p[k]);
    jw_end(w);
    if (d->hits[n - 1].on)
        jw_kstr(w, "text", warning_text(n, d->hits[n - 1].numbers, vs->a));
    evidence_write(&d->hits[n - 1], w, vs->a);
}

static void p_explain(const struct deal_views *vs, const struct deal_view *d, struct jw *w)
{
    jw_kstr(w, "definition",
            STR("probability of being won: Bayesian logistic regression on features as of now, with the stage's base "
                "rate as offset; "
                "interval: 5th to 95th percentile of the posterior"));
    jw_ki64(w, "definition_version", SCORE_VERSION);
    score_write(d, true, w);
    jw_karr(w, "inputs");
    for (int k = 0; d->score_reason == SCORE_OK && k < SCORE_FEATURES; k++) {
        jw_obj(w);
        jw_kstr(w, "feature", str_of(score_features[k].name));
        jw_kstr(w, "definition", str_of(score_features[k].definition));
        jw_kreal(w, "x", d->row.x[k]);
        jw_kreal(w, "log_odds", d->score.terms[k]);
        jw_end(w);
    }
    jw_end(w);
    if (d->score_reason == SCORE_OK)
        jw_kreal(w, "stage_log_odds", d->score.stage_term);
    (void)vs;
}

static bool figure_explain(const struct deal_views *vs, const struct deal_view *d, str figure, struct jw *w)
{
    static const struct {
        const char *id, *definition;
        int days;
    } rows[] = {
        {"engagement",
         "E(t) = sum of w(type) * 2^(-(t - t_i) / 7 d); meeting 5, call answered 4, inbound mail 3, document view 2, "
         "outbound "
         "mail or call attempt 1",
         100000},
        {"momentum", "E(t) / E(t - 14 d); none on 0/0", 100000},
        {"reciprocity", "inbound / (inbound + outbound) of mails and calls in 30 days; none on 0/0", 30},
        {"contacts", "external people with contact in both directions in 60 days", 60},
        {"next_step", "a future meeting with somebody external, or a promise due later", 100000},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!str_eq(figure, str_of(rows[i].id)))
            continue;
        jw_kstr(w, "definition", str_of(rows[i].definition));
        jw_ki64(w, "definition_version", STATE_DEFINITION_VERSION);
        figures_write(vs, d, w);
        acts_write(vs, d, vs->now - (int64_t)rows[i].days * DAY_MS, w);
        return true;
    }
    return false;
}

bool deal_explain_write(const struct deal_views *vs, const struct deal_view *d, str figure, struct jw *w)
{
    bool found = true;

    jw_obj(w);
    jw_kstr(w, "figure", figure);
    jw_kstr(w, "deal", id_str(vs->a, d->f->deal));
    jw_kstr(w, "as_of", clock_str(vs->a, vs->now));
    if (str_eq(figure, STR("p")) || str_eq(figure, STR("score"))) {
        p_explain(vs, d, w);
    } else if (!figure_explain(vs, d, figure, w)) {
        found = false;
        for (int i = 0; i < WARNINGS_N && !found; i++)
            if (str_eq(figure, str_of(warning_rows[i].id)) || str_eq(figure, str_of(warning_rows[i].name))) {
                warning_explain(vs, d, i + 1, w);
                found = true;
            }
    }
    jw_end(w);
    return found;
}
