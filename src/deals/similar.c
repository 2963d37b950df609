#include "deals/similar.h"

#include <math.h>

#include "base/sort.h"

enum { SIMILAR_DROP, SIMILAR_ADD, SIMILAR_LOAD };

const struct db_stmt similar_sql[] = {
    [SIMILAR_DROP] = {"similar_drop", "DELETE FROM won_path WHERE workspace_id=$1"},
    [SIMILAR_ADD] = {"similar_add", "INSERT INTO won_path (workspace_id, deal_id, stage_id, amount_micros, currency, "
                                    "people, happened) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"},
    [SIMILAR_LOAD] = {"similar_load",
                      "SELECT deal_id, stage_id, amount_micros, currency, people, happened FROM won_path "
                      "WHERE workspace_id=$1 AND stage_id=ANY($2) ORDER BY stage_id, deal_id"},
};
const size_t similar_sql_n = sizeof similar_sql / sizeof *similar_sql;

const char *const similar_words[SIMILAR_DEEDS] = {
    [DEED_MEETING] = "met the customer",
    [DEED_POWER] = "met somebody who decides",
    [DEED_SECOND_CONTACT] = "were in touch with a second person of theirs",
    [DEED_DOCUMENT] = "had sent a document",
    [DEED_PRICE] = "had spoken about the price",
};

/* ---- deeds ---- */

static bool decides(const struct deal_facts *f, const struct deal_act *a)
{
    for (size_t i = 0; i < a->people_n; i++) {
        const struct deal_person *p = deal_person_find(f, a->people[i]);
        if (p && (p->seniority >= CRM_S_DIRECTOR || p->flags & CRM_ECONOMIC_BUYER))
            return true;
    }
    return false;
}

static bool is_second(const struct deal_facts *f, const struct deal_act *a, struct id *first)
{
    (void)f;
    for (size_t i = 0; act_is_external(a) && i < a->people_n; i++) {
        if (!id_is_nil(*first) && !id_eq(*first, a->people[i]))
            return true;
        *first = a->people[i];
    }
    return false;
}

int64_t similar_first(const struct deal_facts *f, enum similar_deed deed, int64_t t)
{
    int64_t said = CLOCK_NONE;
    struct id first = {{0}};

    for (size_t i = 0; deed == DEED_PRICE && i < f->find_n && f->find[i].at_ms <= t && said == CLOCK_NONE; i++)
        if (f->find[i].kind == FIND_PRICING)
            said = f->find[i].at_ms;
    for (size_t i = 0; i < f->act_n && f->act[i].at_ms <= t; i++) {
        const struct deal_act *a = &f->act[i];
        bool done = false;
        if (said != CLOCK_NONE && said <= a->at_ms)
            break;
        switch (deed) {
        case DEED_MEETING:
            done = act_is_meeting(a);
            break;
        case DEED_POWER:
            done = act_is_meeting(a) && decides(f, a);
            break;
        case DEED_SECOND_CONTACT:
            done = is_second(f, a, &first);
            break;
        case DEED_DOCUMENT:
            done = a->type == CRM_A_DOCUMENT_SENT && a->status == CRM_DONE;
            break;
        case DEED_PRICE:
            done = a->priced;
            break;
        case SIMILAR_DEEDS:
            break;
        }
        if (done)
            return a->at_ms;
    }
    return said;
}

static bool has_path(const struct similar_path *p, size_t n, struct id stage)
{
    for (size_t i = 0; i < n; i++)
        if (id_eq(p[i].stage, stage))
            return true;
    return false;
}

size_t similar_paths(const struct deal_facts *f, const struct deal_state *s, struct similar_path *out)
{
    int64_t when[SIMILAR_DEEDS];
    size_t n = 0;

    for (int d = 0; d < SIMILAR_DEEDS; d++)
        when[d] = similar_first(f, (enum similar_deed)d, s->closed);
    for (size_t i = 0; i < f->change_n && n < DEAL_STAGES_MAX && f->change[i].at_ms <= s->closed; i++) {
        const struct deal_change *c = &f->change[i];
        const struct deal_stage *st =
            c->field == CRM_F_STAGE && !c->problem && !c->empty ? deal_stage_find(f->pipe, c->ref) : NULL;
        struct similar_path *p = &out[n];
        if (!st || st->outcome != CRM_OPEN || has_path(out, n, st->id))
            continue;
        n++;
        *p = (struct similar_path){.deal = f->deal,
                                   .stage = st->id,
                                   .has_amount = s->has_amount,
                                   .amount_micros = s->amount_micros,
                                   .people = (int)f->person_n};
        memcpy(p->currency, s->currency, sizeof p->currency);
        for (int d = 0; d < SIMILAR_DEEDS; d++)
            p->happened[d] = when[d] == CLOCK_NONE ? NAN : (double)(when[d] - c->at_ms) / (double)DAY_MS;
    }
    return n;
}

/* ---- neighbours ---- */

struct neighbour {
    const struct similar_path *p;
    double distance;
};

static int nearer(const void *x, const void *y)
{
    const struct neighbour *a = x, *b = y;

    return a->distance != b->distance ? (a->distance > b->distance) - (a->distance < b->distance)
                                      : id_cmp(a->p->deal, b->p->deal);
}

static double distance_of(const struct deal_facts *f, const struct deal_state *s, const struct similar_path *p)
{
    bool comparable = s->has_amount && p->has_amount && s->amount_micros > 0 && p->amount_micros > 0 &&
                      strcmp(s->currency, p->currency) == 0;
    double amounts = comparable ? fabs(log((double)s->amount_micros / (double)p->amount_micros)) : 1;

    return amounts + 0.5 * fabs(log(((double)f->person_n + 1) / ((double)p->people + 1)));
}

size_t similar_gaps(const struct deal_facts *f, const struct deal_state *s, const struct similar_path *paths, size_t n,
                    struct similar_gap out[SIMILAR_DEEDS])
{
    struct neighbour near[SIMILAR_PATHS_MAX];
    size_t near_n = 0, gaps = 0;
    double days;

    if (s->outcome != DEAL_OPEN || !s->stage || s->stage_since == CLOCK_NONE)
        return 0;
    days = (double)(s->as_of - s->stage_since) / (double)DAY_MS;
    for (size_t i = 0; i < n && near_n < SIMILAR_PATHS_MAX; i++)
        if (id_eq(paths[i].stage, s->stage->id) && !id_eq(paths[i].deal, f->deal))
            near[near_n++] = (struct neighbour){&paths[i], distance_of(f, s, &paths[i])};
    list_sort(near, near_n, sizeof *near, nearer);
    near_n = near_n < SIMILAR_DEALS ? near_n : SIMILAR_DEALS;
    for (int d = 0; near_n >= SIMILAR_MIN && d < SIMILAR_DEEDS; d++) {
        struct similar_gap g = {.deed = (enum similar_deed)d, .of = near_n};
        for (size_t i = 0; i < near_n; i++)
            if (near[i].p->happened[d] <= days)
                g.deals[g.deals_n++] = near[i].p->deal;
        g.share = (double)g.deals_n / (double)near_n;
        if (g.share >= SIMILAR_SHARE && similar_first(f, g.deed, s->as_of) == CLOCK_NONE)
            out[gaps++] = g;
    }
    return gaps;
}

/* ---- store ---- */

struct won {
    const struct deal_facts *f;
    struct deal_state s;
};

static int newer(const void *x, const void *y)
{
    const struct won *a = x, *b = y;

    return a->s.closed != b->s.closed ? (a->s.closed < b->s.closed) - (a->s.closed > b->s.closed)
                                      : id_cmp(a->f->deal, b->f->deal);
}

enum err_code similar_save(struct db_tx *t, const struct vaulted *v, const struct deal_facts *facts, size_t n,
                           int64_t now, struct arena *a, struct err *e)
{
    struct similar_path *paths = ARENA_ARRAY(a, struct similar_path, DEAL_STAGES_MAX);
    struct won *won = ARENA_ARRAY(a, struct won, n + 1);
    size_t won_n = 0;

    for (size_t i = 0; i < n; i++) {
        struct won *w = &won[won_n];
        deal_state_at(&facts[i], now, &w->s);
        w->f = &facts[i];
        won_n += facts[i].pipe && w->s.outcome == DEAL_WON && w->s.closed != CLOCK_NONE;
    }
    list_sort(won, won_n, sizeof *won, newer);
    if (db_send(t, &similar_sql[SIMILAR_DROP], DB_ARGS(P_ID(v->workspace)), e))
        return e->code;
    for (size_t i = 0; i < won_n && i < SIMILAR_PATHS_MAX; i++) {
        size_t m = similar_paths(won[i].f, &won[i].s, paths);
        for (size_t k = 0; k < m; k++)
            if (db_send(t, &similar_sql[SIMILAR_ADD],
                        DB_ARGS(P_ID(v->workspace), P_ID(paths[k].deal), P_ID(paths[k].stage),
                                paths[k].has_amount ? P_I64(paths[k].amount_micros) : P_NULL(DB_I64),
                                paths[k].has_amount ? P_TEXT(str_of(paths[k].currency)) : P_NULL(DB_TEXT),
                                P_I64(paths[k].people), P_F64S(paths[k].happened, SIMILAR_DEEDS)),
                        e))
                return e->code;
    }
    return ERR_OK;
}

enum err_code similar_load(struct db_tx *t, const struct vaulted *v, const struct id *stages, size_t n, struct arena *a,
                           struct similar_path **out, size_t *out_n, struct err *e)
{
    struct db_rows r;
    size_t cap = 0;

    *out = NULL;
    *out_n = 0;
    if (db_run(t, &similar_sql[SIMILAR_LOAD], DB_ARGS(P_ID(v->workspace), P_IDS(stages, n)), &r, e))
        return e->code;
    while (db_next(&r)) {
        struct similar_path p = {.deal = db_id(&r, 0),
                                 .stage = db_id(&r, 1),
                                 .has_amount = !db_is_null(&r, 2),
                                 .amount_micros = db_i64(&r, 2),
                                 .people = (int)db_i64(&r, 4)};
        size_t happened_n;
        double *happened = db_f64s(&r, 5, a, &happened_n);
        str currency = db_bytes(&r, 3);
        if (currency.n == 3)
            memcpy(p.currency, currency.p, 3);
        for (size_t d = 0; d < SIMILAR_DEEDS; d++)
            p.happened[d] = d < happened_n ? happened[d] : NAN;
        ARENA_PUSH(a, *out, *out_n, cap) = p;
    }
    db_rows_done(&r);
    return ERR_OK;
}
