#include "deals/stakeholders.h"

#include <math.h>

#include "base/sort.h"
#include "deals/facts_load.h"
#include "records/crm.h"

enum { STAKE_CAST, STAKE_TALK, STAKE_SELLERS, STAKE_WORDS, STAKE_TITLES };

const struct db_stmt stakeholders_sql[] = {
    /* $2 deals, $3 now */
    [STAKE_CAST] = {"stake_cast", FACTS_TALKS_OF_DEALS
                    "SELECT m.id, m.started_at, m.kind, p.person_id, p.side, coalesce(u.speaker[1], "
                    "-1)=p.ordinal FROM mine m JOIN participant p ON p.workspace_id=$1 AND "
                    "p.interaction_id=m.id AND p.person_id IS NOT NULL AND p.side<>0 LEFT JOIN turn "
                    "u ON u.workspace_id=$1 AND u.interaction_id=m.id AND u.ordinal=0 WHERE "
                    "m.started_at<=$3 ORDER BY m.started_at, m.id, p.person_id, p.ordinal"},
    [STAKE_TALK] = {"stake_talk", FACTS_TALKS_OF_DEALS
                    "SELECT m.id, p.person_id, sum(u.upto-u.since)::bigint FROM mine m JOIN turn t ON "
                    "t.workspace_id=$1 AND t.interaction_id=m.id CROSS JOIN LATERAL unnest(t.speaker, t.start_ms, "
                    "t.end_ms) AS u(speaker, since, upto) JOIN participant p ON p.workspace_id=$1 AND "
                    "p.interaction_id=m.id AND p.ordinal=u.speaker AND p.person_id IS NOT NULL WHERE m.kind=0 AND "
                    "m.started_at<=$3 AND u.since>-9223372036854775808 AND u.upto>u.since GROUP BY 1, 2"},
    /* $2 activities */
    [STAKE_SELLERS] = {"stake_sellers", "SELECT id, seller_id FROM activity WHERE workspace_id=$1 AND id=ANY($2) AND "
                                        "seller_id IS NOT NULL"},
    [STAKE_WORDS] = {"stake_words", FACTS_TALKS_OF_DEALS
                     "SELECT p.person_id, count(*) FILTER (WHERE f.class='pos'), count(*) FILTER "
                     "(WHERE f.class='neg') FROM mine m JOIN finding f ON f.workspace_id=$1 AND "
                     "f.interaction_id=m.id AND f.kind='attitude' AND f.class IN ('pos', 'neg') AND "
                     "f.confidence>0.85 AND f.state<>2 JOIN turn u ON u.workspace_id=$1 AND u.interaction_id=m.id AND "
                     "u.ordinal<=f.spans[1] AND f.spans[1]<u.ordinal+cardinality(u.speaker) JOIN participant p ON "
                     "p.workspace_id=$1 AND p.interaction_id=m.id AND p.person_id IS NOT NULL AND "
                     "p.ordinal=u.speaker[f.spans[1]-u.ordinal+1] WHERE m.started_at<=$3 GROUP BY 1"},
    /* $2 people */
    [STAKE_TITLES] = {"stake_titles", "SELECT person_id, 1, sealed FROM contact WHERE workspace_id=$1 AND "
                                      "person_id=ANY($2) UNION ALL SELECT person_id, 2, sealed FROM seller WHERE "
                                      "workspace_id=$1 AND person_id=ANY($2)"},
};
const size_t stakeholders_sql_n = sizeof stakeholders_sql / sizeof *stakeholders_sql;

struct event { /* something that happened between people */
    struct deal_evidence what;
    bool mail;
    size_t writer; /* of a mail: place in `who`; SIZE_MAX: unknown */
    size_t *who; /* nodes */
    size_t who_n, who_cap;
};

struct graph {
    struct deal_views *vs;
    const struct deal_view *d;
    struct arena *a;
    struct err *e;
    struct stakeholder_graph *out;
    size_t nodes_cap, edges_cap;
    struct event *events;
    size_t events_n, events_cap;
};

static size_t node_of(struct graph *g, struct id person, enum ia_side side)
{
    for (size_t i = 0; i < g->out->nodes_n; i++)
        if (id_eq(g->out->nodes[i].person, person))
            return i;
    if (g->out->nodes_n == STAKEHOLDERS_MAX) {
        g->out->left_out = true;
        return SIZE_MAX;
    }
    ARENA_PUSH(g->a, g->out->nodes, g->out->nodes_n, g->nodes_cap) =
        (struct stakeholder){.person = person, .side = side, .last_ms = CLOCK_NONE};
    return g->out->nodes_n - 1;
}

static struct event *event_new(struct graph *g, enum deal_evidence_kind kind, struct id id, int64_t at_ms, bool mail)
{
    ARENA_PUSH(g->a, g->events, g->events_n, g->events_cap) =
        (struct event){.what = {kind, id, at_ms, {-1, -1, -1}}, .mail = mail, .writer = SIZE_MAX};
    return &g->events[g->events_n - 1];
}

static void joins(struct graph *g, struct event *ev, size_t node, bool writes)
{
    size_t at = 0;

    if (node == SIZE_MAX)
        return;
    while (at < ev->who_n && ev->who[at] != node)
        at++;
    if (at == ev->who_n)
        ARENA_PUSH(g->a, ev->who, ev->who_n, ev->who_cap) = node;
    if (writes && ev->mail)
        ev->writer = at;
}

/* ---- loading ---- */

static void people_add(struct graph *g)
{
    for (size_t i = 0; i < g->d->f->person_n; i++) {
        const struct deal_person *p = &g->d->f->person[i];
        size_t at = node_of(g, p->id, IA_SIDE_EXTERNAL);
        if (at == SIZE_MAX)
            continue;
        g->out->nodes[at].seniority = p->seniority;
        g->out->nodes[at].flags |= p->flags;
    }
}

static enum err_code cast_load(struct graph *g, bool (*sees)(void *, struct id), void *arg)
{
    struct event *ev = NULL;
    struct db_rows r;

    if (db_run(g->vs->t, &stakeholders_sql[STAKE_CAST],
               DB_ARGS(P_ID(g->vs->v->workspace), P_IDS(&g->d->f->deal, 1), P_I64(g->vs->now)), &r, g->e))
        return g->e->code;
    while (db_next(&r)) {
        struct id ia = db_id(&r, 0);
        int64_t kind = db_i64(&r, 2);
        if (!sees(arg, ia) || (kind != IA_CALL && kind != IA_MAIL))
            continue;
        if (!ev || !id_eq(ev->what.id, ia))
            ev = event_new(g, EVIDENCE_INTERACTION, ia, db_i64(&r, 1), kind == IA_MAIL);
        joins(g, ev, node_of(g, db_id(&r, 3), (enum ia_side)db_i64(&r, 4)), db_bool(&r, 5));
    }
    db_rows_done(&r);
    return ERR_OK;
}

/* What the CRM logged and is no conversation here. */
static enum err_code acts_load(struct graph *g)
{
    const struct deal_facts *f = g->d->f;
    struct id *ids = ARENA_ARRAY(g->a, struct id, f->act_n + 1), *seller = ARENA_ARRAY(g->a, struct id, f->act_n + 1);
    struct db_rows r;

    for (size_t i = 0; i < f->act_n; i++)
        ids[i] = f->act[i].id;
    if (db_run(g->vs->t, &stakeholders_sql[STAKE_SELLERS], DB_ARGS(P_ID(g->vs->v->workspace), P_IDS(ids, f->act_n)), &r,
               g->e))
        return g->e->code;
    while (db_next(&r))
        for (size_t i = 0; i < f->act_n; i++)
            if (id_eq(ids[i], db_id(&r, 0)))
                seller[i] = db_id(&r, 1);
    db_rows_done(&r);
    for (size_t i = 0; i < f->act_n && f->act[i].at_ms <= g->vs->now; i++) {
        const struct deal_act *a = &f->act[i];
        bool mail = a->type == CRM_A_MAIL, met = a->type == CRM_A_MEETING || a->type == CRM_A_CALL;
        struct event *ev;
        if (a->interaction || a->status != CRM_DONE || (!mail && !met) || !a->people_n || id_is_nil(seller[i]))
            continue;
        ev = event_new(g, EVIDENCE_ACTIVITY, a->id, a->at_ms, mail);
        joins(g, ev, node_of(g, seller[i], IA_SIDE_INTERNAL), a->direction == CRM_D_OUT);
        for (size_t k = 0; k < a->people_n; k++)
            joins(g, ev, node_of(g, a->people[k], IA_SIDE_EXTERNAL), a->direction == CRM_D_IN && k == 0);
    }
    return ERR_OK;
}

static struct stakeholder_edge *edge_of(struct graph *g, size_t x, size_t y)
{
    size_t a = x < y ? x : y, b = x < y ? y : x;

    for (size_t i = 0; i < g->out->edges_n; i++)
        if (g->out->edges[i].a == a && g->out->edges[i].b == b)
            return &g->out->edges[i];
    ARENA_PUSH(g->a, g->out->edges, g->out->edges_n, g->edges_cap) = (struct stakeholder_edge){.a = a, .b = b};
    return &g->out->edges[g->out->edges_n - 1];
}

static void edge_happened(struct stakeholder_edge *x, const struct event *ev)
{
    if (x->source_n == STAKEHOLDER_SOURCES_MAX)
        memmove(x->source, x->source + 1, --x->source_n * sizeof *x->source);
    x->source[x->source_n++] = ev->what;
    x->source_all++;
    x->last_ms = ev->what.at_ms;
}

static void event_count(struct graph *g, const struct event *ev)
{
    for (size_t i = 0; i < ev->who_n; i++) {
        struct stakeholder *s = &g->out->nodes[ev->who[i]];
        s->conversations += !ev->mail;
        s->written += ev->mail && i == ev->writer;
        s->received += ev->mail && ev->writer != SIZE_MAX && i != ev->writer;
        s->last_ms = ev->what.at_ms;
        for (size_t k = i + 1; k < ev->who_n; k++) {
            struct stakeholder_edge *x;
            if (ev->mail && i != ev->writer && k != ev->writer)
                continue; /* both only received it */
            x = edge_of(g, ev->who[i], ev->who[k]);
            x->met += !ev->mail;
            if (ev->mail)
                ++*(ev->who[ev->writer] == x->a ? &x->a_to_b : &x->b_to_a);
            edge_happened(x, ev);
        }
    }
}

static enum err_code talk_load(struct graph *g)
{
    struct db_rows r;

    if (db_run(g->vs->t, &stakeholders_sql[STAKE_TALK],
               DB_ARGS(P_ID(g->vs->v->workspace), P_IDS(&g->d->f->deal, 1), P_I64(g->vs->now)), &r, g->e))
        return g->e->code;
    while (db_next(&r)) {
        struct id ia = db_id(&r, 0), person = db_id(&r, 1);
        for (size_t i = 0; i < g->events_n; i++) {
            const struct event *ev = &g->events[i];
            for (size_t k = 0; id_eq(ev->what.id, ia) && k < ev->who_n; k++) {
                if (!id_eq(g->out->nodes[ev->who[k]].person, person))
                    continue;
                g->out->nodes[ev->who[k]].talk_ms += db_i64(&r, 2);
                for (size_t o = 0; o < ev->who_n; o++) {
                    struct stakeholder_edge *x = o == k ? NULL : edge_of(g, ev->who[k], ev->who[o]);
                    if (x)
                        *(ev->who[k] == x->a ? &x->a_talk_ms : &x->b_talk_ms) += db_i64(&r, 2);
                }
            }
        }
    }
    db_rows_done(&r);
    return ERR_OK;
}

static enum err_code words_load(struct graph *g)
{
    struct db_rows r;

    if (db_run(g->vs->t, &stakeholders_sql[STAKE_WORDS],
               DB_ARGS(P_ID(g->vs->v->workspace), P_IDS(&g->d->f->deal, 1), P_I64(g->vs->now)), &r, g->e))
        return g->e->code;
    while (db_next(&r))
        for (size_t i = 0; i < g->out->nodes_n; i++)
            if (g->out->nodes[i].side == IA_SIDE_EXTERNAL && id_eq(g->out->nodes[i].person, db_id(&r, 0))) {
                g->out->nodes[i].positive = (int)db_i64(&r, 1);
                g->out->nodes[i].negative = (int)db_i64(&r, 2);
            }
    db_rows_done(&r);
    return ERR_OK;
}

static enum err_code titles_load(struct graph *g)
{
    size_t n = g->out->nodes_n;
    struct id *ids = ARENA_ARRAY(g->a, struct id, n + 1);
    str *names = ARENA_ARRAY(g->a, str, n + 1);
    enum err_code rc = ERR_OK;
    struct db_rows r;

    for (size_t i = 0; i < n; i++)
        ids[i] = g->out->nodes[i].person;
    if (record_names_load(g->vs->t, g->vs->v, NAME_PERSON, ids, n, g->a, names, g->e) ||
        db_run(g->vs->t, &stakeholders_sql[STAKE_TITLES], DB_ARGS(P_ID(g->vs->v->workspace), P_IDS(ids, n)), &r, g->e))
        return g->e->code;
    for (size_t i = 0; i < n; i++)
        g->out->nodes[i].name = names[i];
    while (!rc && db_next(&r)) {
        struct id person = db_id(&r, 0);
        struct seal_at where = {g->vs->v->workspace, db_i64(&r, 1) == 1 ? "contact" : "seller", "sealed", person, 0};
        struct json_doc *d = NULL;
        str plain;
        rc = seal_open(g->vs->v->keys, &where, db_bytes(&r, 2), g->a, &plain, g->e);
        if (!rc)
            rc = json_parse(plain, &d, g->e);
        for (size_t i = 0; !rc && i < n; i++)
            if (id_eq(ids[i], person))
                g->out->nodes[i].title = str_dup(g->a, json_str(json_get(json_root(d), "title"), STR("")));
        json_free(d);
    }
    db_rows_done(&r);
    return rc;
}

/* ---- what it comes to ---- */

static int event_cmp(const void *x, const void *y)
{
    const struct event *a = x, *b = y;

    return a->what.at_ms != b->what.at_ms ? (a->what.at_ms > b->what.at_ms) - (a->what.at_ms < b->what.at_ms)
                                          : id_cmp(a->what.id, b->what.id);
}

static void threads_count(struct graph *g)
{
    struct id *who = ARENA_ARRAY(g->a, struct id, g->d->f->person_n + 64);
    struct stakeholder_graph *out = g->out;
    int with_them = 0, *busy = ARENA_ARRAY(g->a, int, out->nodes_n + 1), most = 0;
    bool *ours = ARENA_ARRAY(g->a, bool, out->nodes_n + 1);

    out->threads = deal_two_way_contacts(g->d->f, g->vs->now, 60, who);
    for (size_t i = 0; i < out->nodes_n; i++)
        for (int k = 0; k < out->threads; k++)
            out->nodes[i].thread |= id_eq(out->nodes[i].person, who[k]);
    for (size_t i = 0; i < g->events_n; i++) {
        const struct event *ev = &g->events[i];
        bool them = false, us = false;
        for (size_t k = 0; k < ev->who_n; k++) {
            bool theirs = out->nodes[ev->who[k]].side == IA_SIDE_EXTERNAL;
            them |= theirs;
            us |= !theirs;
            busy[ev->who[k]] += theirs;
        }
        with_them += them;
        for (size_t k = 0; them && us && k < ev->who_n; k++)
            ours[ev->who[k]] |= out->nodes[ev->who[k]].side == IA_SIDE_INTERNAL;
    }
    for (size_t i = 0; i < out->nodes_n; i++) {
        most = busy[i] > most ? busy[i] : most;
        out->ours += ours[i];
    }
    out->busiest_share = with_them ? (double)most / with_them : NAN;
}

enum err_code stakeholders_load(struct deal_views *vs, const struct deal_view *d,
                                bool (*sees)(void *arg, struct id interaction), void *arg,
                                struct stakeholder_graph *out, struct err *e)
{
    struct graph g = {.vs = vs, .d = d, .a = vs->a, .e = e, .out = out};

    *out = (struct stakeholder_graph){0};
    e->code = ERR_OK;
    people_add(&g);
    if (cast_load(&g, sees, arg) || acts_load(&g))
        return e->code;
    list_sort(g.events, g.events_n, sizeof *g.events, event_cmp);
    for (size_t i = 0; i < g.events_n; i++)
        event_count(&g, &g.events[i]);
    threads_count(&g);
    if (talk_load(&g) || words_load(&g) || titles_load(&g))
        return e->code;
    return ERR_OK;
}
