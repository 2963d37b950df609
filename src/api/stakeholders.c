/* api/stakeholders.c - who talks to whom about a deal. */
#include "deals/stakeholders.h"

#include <math.h>

#include "api/deals_priv.h"
#include "search/index.h"

#define SOME_ID "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""
#define SOME_TIME "\"2026-06-10T09:30:00.000Z\""

static const struct res_field person_fields[] = {
    {"id", RES_ID, 0, "The person.", SOME_ID, .to = "people"},
    {"name", RES_STR, RES_SEALED | RES_NULLABLE, "Their name.", "\"Kim Berg\""},
    {"side", RES_STR, 0, "internal or external.", "\"external\""},
    {"title", RES_STR, RES_SEALED | RES_NULLABLE, "What they do, as the CRM says.", "\"Head of logistics\""},
    {"seniority", RES_STR, 0, "As the CRM says.", "\"director\""},
    {"champion", RES_BOOL, 0, "Sells for us, as the CRM says.", "true"},
    {"economic_buyer", RES_BOOL, 0, "Decides about the money, as the CRM says.", "false"},
    {"gone", RES_BOOL, 0, "Left, or mail to them came back.", "false"},
    {"meetings", RES_INT, 0, "Calls and meetings they took part in.", "4"},
    {"mails_written", RES_INT, 0, "Mails they wrote.", "9"},
    {"mails_received", RES_INT, 0, "Mails they received.", "12"},
    {"talk_s", RES_REAL, 0, "Seconds they spoke in calls.", "812.5"},
    {"positive", RES_INT, RES_MAYBE, "Strongly positive sentences of theirs; of customers only.", "3"},
    {"negative", RES_INT, RES_MAYBE, "Strongly negative ones.", "1"},
    {"two_way", RES_BOOL, 0, "Contact in both directions within 60 days.", "true"},
    {"last_at", RES_TIME, RES_NULLABLE, "When they were last there.", SOME_TIME},
};
static const struct res_shape person_shape = {"Stakeholder", "Somebody of a deal.", RES_FIELDS(person_fields)};
static const struct res_field source_fields[] = {
    {"kind", RES_STR, 0, "interaction or activity.", "\"interaction\""},
    {"id", RES_ID, 0, "Which.", SOME_ID},
    {"at", RES_TIME, 0, "When.", SOME_TIME},
};
static const struct res_shape source_shape = {"StakeholderSource", "What an edge rests on.", RES_FIELDS(source_fields)};
static const struct res_field edge_fields[] = {
    {"from", RES_ID, 0, "One person.", SOME_ID, .to = "people"},
    {"to", RES_ID, 0, "The other.", SOME_ID, .to = "people"},
    {"meetings", RES_INT, 0, "Calls and meetings both took part in.", "3"},
    {"mails", RES_INT, 0, "Mails from the one to the other.", "5"},
    {"mails_back", RES_INT, 0, "Mails the other way.", "2"},
    {"from_talk_s", RES_REAL, 0, "Seconds the one spoke in those calls.", "301.2"},
    {"to_talk_s", RES_REAL, 0, "Seconds the other spoke.", "120.0"},
    {"last_at", RES_TIME, 0, "When last.", SOME_TIME},
    {"n", RES_INT, 0, "How many calls, meetings and mails.", "10"},
    {"sources", RES_OBJ, RES_LIST, "The newest of them.", .of = &source_shape},
};
static const struct res_shape edge_shape = {"StakeholderEdge", "Two people who had to do with each other.",
                                            RES_FIELDS(edge_fields)};
static const struct res_field graph_fields[] = {
    {"deal", RES_ID, 0, "Of which deal.", SOME_ID},
    {"as_of", RES_TIME, 0, "As of when.", SOME_TIME},
    {"definition", RES_STR, 0, "How it is worked out.", "\"people of the account ...\""},
    {"definition_version", RES_INT, 0, "Of the definition.", "1"},
    {"people", RES_OBJ, RES_LIST, "The people.", .of = &person_shape},
    {"edges", RES_OBJ, RES_LIST, "Who with whom.", .of = &edge_shape},
    {"threads", RES_INT, 0, "People of theirs with contact in both directions within 60 days.", "3"},
    {"ours", RES_INT, 0, "People of ours with any contact to theirs.", "2"},
    {"busiest_share", RES_REAL, RES_NULLABLE, "Share of all contacts that the busiest of them took part in.", "0.8"},
    {"single_threaded", RES_BOOL, 0, "Whether warning W04 holds.", "false"},
    {"single_seller", RES_BOOL, 0, "Whether only one of ours has contact to theirs.", "true"},
    {"warning", RES_STR, RES_MAYBE, "In words, where it hangs by one thread.",
     "\"1 contact with answers in 60 days, 3 are needed.\""},
    {"left_out", RES_BOOL, 0, "Whether there are more people than are shown.", "false"},
};
static const struct res_shape graph_shape = {"StakeholderGraph", "Who talks to whom about a deal.",
                                             RES_FIELDS(graph_fields)};

static const char definition[] =
    "People of the account and the deal as the CRM says, and whoever took part in a conversation or a logged activity "
    "of "
    "the deal. An edge: calls and meetings both took part in, mails from one to the other; a conversation that the CRM "
    "logged as well counts once. Two-way: somebody of theirs with contact in both directions within 60 days. Single "
    "thread: warning W04. Words of customers: strong sentences of the attitude analysis; never of our own people.";

static bool sees(void *arg, struct id interaction)
{
    const struct res_ctx *c = arg;

    return index_seen(c->api->core->ix, c->who.reader, interaction);
}

static void ktime(struct jw *w, const char *key, int64_t at_ms, struct arena *a)
{
    if (at_ms == CLOCK_NONE)
        jw_knull(w, key);
    else
        jw_kstr(w, key, clock_str(a, at_ms));
}

static void kname(struct jw *w, const char *key, str s)
{
    if (s.n)
        jw_kstr(w, key, s);
    else
        jw_knull(w, key);
}

static void person_write(const struct stakeholder *s, struct arena *a, struct jw *w)
{
    jw_obj(w);
    jw_kstr(w, "id", id_str(a, s->person));
    kname(w, "name", s->name);
    jw_kstr(w, "side", str_of(ia_side_name(s->side)));
    kname(w, "title", s->title);
    jw_kstr(w, "seniority", str_of(crm_seniority_name(s->seniority)));
    jw_kbool(w, "champion", s->flags & CRM_CHAMPION);
    jw_kbool(w, "economic_buyer", s->flags & CRM_ECONOMIC_BUYER);
    jw_kbool(w, "gone", s->flags & (CRM_BOUNCED | CRM_LEFT));
    jw_ki64(w, "meetings", s->conversations);
    jw_ki64(w, "mails_written", s->written);
    jw_ki64(w, "mails_received", s->received);
    jw_kreal(w, "talk_s", (double)s->talk_ms / 1000);
    if (s->side == IA_SIDE_EXTERNAL) {
        jw_ki64(w, "positive", s->positive);
        jw_ki64(w, "negative", s->negative);
    }
    jw_kbool(w, "two_way", s->thread);
    ktime(w, "last_at", s->last_ms, a);
    jw_end(w);
}

static void edge_write(const struct stakeholder_graph *g, const struct stakeholder_edge *x, struct arena *a,
                       struct jw *w)
{
    jw_obj(w);
    jw_kstr(w, "from", id_str(a, g->nodes[x->a].person));
    jw_kstr(w, "to", id_str(a, g->nodes[x->b].person));
    jw_ki64(w, "meetings", x->met);
    jw_ki64(w, "mails", x->a_to_b);
    jw_ki64(w, "mails_back", x->b_to_a);
    jw_kreal(w, "from_talk_s", (double)x->a_talk_ms / 1000);
    jw_kreal(w, "to_talk_s", (double)x->b_talk_ms / 1000);
    ktime(w, "last_at", x->last_ms, a);
    jw_ki64(w, "n", (int64_t)x->source_all);
    jw_karr(w, "sources");
    for (size_t i = 0; i < x->source_n; i++) {
        jw_obj(w);
        jw_kstr(w, "kind", x->source[i].kind == EVIDENCE_INTERACTION ? STR("interaction") : STR("activity"));
        jw_kstr(w, "id", id_str(a, x->source[i].id));
        jw_kstr(w, "at", clock_str(a, x->source[i].at_ms));
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
}

static void graph_write(const struct deal_views *vs, const struct deal_view *d, const struct stakeholder_graph *g,
                        struct jw *w)
{
    const struct warning_hit *h = &d->hits[3]; /* W04 */

    jw_obj(w);
    jw_kstr(w, "deal", id_str(vs->a, d->f->deal));
    jw_kstr(w, "as_of", clock_str(vs->a, vs->now));
    jw_kstr(w, "definition", str_of(definition));
    jw_ki64(w, "definition_version", STAKEHOLDERS_VERSION);
    jw_karr(w, "people");
    for (size_t i = 0; i < g->nodes_n; i++)
        person_write(&g->nodes[i], vs->a, w);
    jw_end(w);
    jw_karr(w, "edges");
    for (size_t i = 0; i < g->edges_n; i++)
        edge_write(g, &g->edges[i], vs->a, w);
    jw_end(w);
    jw_ki64(w, "threads", g->threads);
    jw_ki64(w, "ours", g->ours);
    if (isfinite(g->busiest_share))
        jw_kreal(w, "busiest_share", g->busiest_share);
    else
        jw_knull(w, "busiest_share");
    jw_kbool(w, "single_threaded", h->on);
    jw_kbool(w, "single_seller", g->ours == 1);
    if (h->on)
        jw_kstr(w, "warning", warning_text(4, h->numbers, vs->a));
    jw_kbool(w, "left_out", g->left_out);
    jw_end(w);
}

static enum err_code graph_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                               struct res_val **out, struct err *e)
{
    struct stakeholder_graph g;
    struct deal_views vs;
    struct buf b;
    struct jw w;

    (void)in;
    if (deal_views_load(c->t, c->v, &id, deals_seen(c->k, &id, 1), deals_time(&query[0], clock_now_ms()), c->a, &vs, e))
        return e->code;
    if (!vs.n)
        return err_set(e, ERR_NOT_FOUND, "there is no such deal, or you may not see it");
    if (stakeholders_load(&vs, &vs.list[0], sees, c, &g, e))
        return e->code;
    buf_init_wiped(&b, 16 << 20);
    jw_init(&w, &b);
    graph_write(&vs, &vs.list[0], &g, &w);
    return deals_said(c, &graph_shape, &b, out, ERR_OK, e);
}

static const struct res_field query_fields[] = {AS_OF_FIELD};
static const struct res_shape query_shape = {"StakeholderQuery", "When.", RES_FIELDS(query_fields)};

static const struct res_op ops[] = {
    {RES_OP_ACT, "graph", HTTP_M_GET, "/v1/deals/{id}/stakeholders", PERM_DEALS_READ, "Read who talks to whom",
     .query = &query_shape, .answer = &graph_shape, .flags = RES_OP_SAFE, .audit = AUDIT_READ, .act = graph_act},
};

const struct resource res_stakeholders = {
    .name = "stakeholders",
    .key = "stakeholders",
    .one = "stakeholder",
    .about = "Who talks to whom about a deal.",
    RES_OPS(ops),
};
