/* api/break_glass.c - break-glass: an administrator asks to read named conversations for a while, another one agrees (trust.md Z7).
 *
 * No role reads conversations by itself that its people did not take part in. What is read here was opened by two people, is shut
 * again by time, leaves an audit record for each conversation, and those who may see the conversation are told by an event
 * and see it in GET /v1/interactions/{id}/views and in the list here. */
#include "api/resource.h"
#include "records/glass.h"
#include "records/interaction.h"
#include "store/event_store.h"

static const char *const states[] = {"asked", "granted", "refused", "ended", NULL};

enum {
    F_ID,
    F_STATE,
    F_ASKED_BY,
    F_REASON,
    F_INTERACTIONS,
    F_MINUTES,
    F_CREATED,
    F_DECIDED_BY,
    F_DECIDED,
    F_UNTIL,
    F_COUNT
};
#define ID_EXAMPLE "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""
static const struct res_field fields[F_COUNT] = {
    [F_ID] = {"id", RES_ID, RES_READ_ONLY, "Its id.", ID_EXAMPLE},
    [F_STATE] = {"state", RES_ENUM, RES_READ_ONLY | RES_FILTER,
                 "Asked until another person decided; a granted one has ended when its time is up.", "\"asked\"",
                 .words = states},
    [F_ASKED_BY] = {"asked_by", RES_ID, RES_READ_ONLY, "Who asked: the one who may read.", ID_EXAMPLE, .to = "users"},
    [F_REASON] = {"reason", RES_STR, RES_NEEDED | RES_SEALED, "Why: it is shown to who decides and to those concerned.",
                  "\"Complaint 4711: what was promised?\"", .min = 10, .max = 2000},
    [F_INTERACTIONS] = {"interactions", RES_ID, RES_NEEDED | RES_LIST, "Which conversations.", ID_EXAMPLE,
                        .list_max = GLASS_IDS_MAX, .list_min = 1},
    [F_MINUTES] = {"minutes", RES_INT, 0, "How long they are to be open from the decision on; 60 when left out.", "60",
                   .min = 1, .max = GLASS_MINUTES_MAX},
    [F_CREATED] = {"created_at", RES_TIME, RES_READ_ONLY | RES_SORT | RES_RANGE, "When it was asked for.",
                   "\"2026-06-10T09:30:00.000Z\""},
    [F_DECIDED_BY] = {"decided_by", RES_ID, RES_READ_ONLY | RES_NULLABLE, "Who decided: never the one who asked.",
                      ID_EXAMPLE, .to = "users"},
    [F_DECIDED] = {"decided_at", RES_TIME, RES_READ_ONLY | RES_NULLABLE, "When it was decided.",
                   "\"2026-06-10T09:40:00.000Z\""},
    [F_UNTIL] = {"until_at", RES_TIME, RES_READ_ONLY | RES_NULLABLE, "Until when they are open.",
                 "\"2026-06-10T10:40:00.000Z\""},
};
static const struct res_shape shape = {"BreakGlass", "A request to read conversations that one's role does not reach.",
                                       RES_FIELDS(fields)};

static struct res_val *item_of(struct res_ctx *c, const void *row)
{
    const struct glass *g = row;
    struct res_val *v = ARENA_ARRAY(c->a, struct res_val, F_COUNT);
    struct res_val *ids = ARENA_ARRAY(c->a, struct res_val, g->interactions_n + 1);

    for (size_t i = 0; i < g->interactions_n; i++)
        ids[i] = res_id(g->interactions[i]);
    v[F_ID] = res_id(g->id);
    v[F_STATE] = res_str(str_of(states[g->state]));
    v[F_ASKED_BY] = res_id(g->asked_by);
    v[F_REASON] = res_str(g->reason);
    v[F_INTERACTIONS] = res_vals(ids, g->interactions_n);
    v[F_MINUTES] = res_i64(g->minutes);
    v[F_CREATED] = res_time(g->created_at_ms);
    v[F_DECIDED_BY] = res_id(g->decided_by);
    v[F_DECIDED] = res_time(g->decided_at_ms);
    v[F_UNTIL] = res_time(g->until_at_ms);
    return v;
}

/* Who decides and who audits sees all; everybody else what is about them. */
static struct glass_filter filter_of(struct res_ctx *c)
{
    return (struct glass_filter){.mine_only = caller_reach(&c->who, PERM_BREAKGLASS_READ) != REACH_WORKSPACE,
                                 .who = c->who.user,
                                 .states = P_NULL(DB_I64S)};
}

/* The first lock of MINE in records/glass.c: what the database's own says of the conversations, the index says again. */
static bool seen(struct res_ctx *c, const struct glass_filter *f, const struct glass *g)
{
    bool any = !f->mine_only || id_eq(g->asked_by, f->who);

    for (size_t i = 0; i < g->interactions_n && !any; i++)
        any = index_seen(c->api->core->ix, c->who.reader, g->interactions[i]);
    return any;
}

static enum err_code list(struct res_ctx *c, const struct res_query *q, struct res_page *page, struct err *e)
{
    struct page_want w = res_page_want(q, "created_at");
    struct glass_filter f = filter_of(c);
    struct glass *rows;
    size_t n, kept;
    bool more;

    f.states = res_filter_words(c->a, res_filter_get(q, "state", RES_EQ));
    do {
        if (glass_page(c->t, c->v, &f, &w, c->a, &rows, &n, e))
            return e->code;
        more = n > q->limit;
        n = more ? q->limit : n;
        if (n) {
            w.behind = true;
            w.at = rows[n - 1].created_at_ms;
            w.id = rows[n - 1].id;
        }
        kept = 0;
        for (size_t i = 0; i < n; i++)
            if (seen(c, &f, &rows[i]))
                rows[kept++] = rows[i];
    } while (!kept && more); /* no hole: the page goes on behind those that are not given out */
    res_page_fill(c, page, q, &shape, rows, kept, sizeof *rows, item_of);
    page->more = more;
    return ERR_OK;
}

static enum err_code many(struct res_ctx *c, const struct id *ids, size_t n, uint64_t want, struct res_val **items,
                          struct err *e)
{
    struct glass_filter f = filter_of(c);
    struct glass *rows;
    size_t rows_n, kept = 0;

    (void)want;
    if (glass_load(c->t, c->v, &f, ids, n, c->a, &rows, &rows_n, e))
        return e->code;
    for (size_t i = 0; i < rows_n; i++)
        if (seen(c, &f, &rows[i]))
            rows[kept++] = rows[i];
    rows_n = kept;
    res_rows_place(c, &shape, ids, n, rows, rows_n, sizeof *rows, item_of, items);
    return ERR_OK;
}

static enum err_code create(struct res_ctx *c, const struct res_val *in, struct id *out_id, struct err *e)
{
    struct glass g = {.asked_by = c->who.user,
                      .interactions_n = in[F_INTERACTIONS].n,
                      .minutes = in[F_MINUTES].is == RES_SET ? (int)in[F_MINUTES].v.i : 60,
                      .reason = in[F_REASON].v.s};

    if (id_is_nil(c->who.user))
        return res_say(c, 409, "only a user can ask", STR("the machine's operator reads everything anyway, audited"),
                       e);
    g.interactions = ARENA_ARRAY(c->a, struct id, g.interactions_n + 1);
    for (size_t i = 0; i < g.interactions_n; i++)
        g.interactions[i] = in[F_INTERACTIONS].v.list[i].v.id;
    if (glass_add(c->t, c->v, &g, c->a, e))
        return e->code;
    *out_id = g.id;
    return ERR_OK;
}

static enum err_code one(struct res_ctx *c, struct id id, struct glass **out, struct err *e)
{
    struct glass_filter f = filter_of(c);
    size_t n;

    if (glass_load(c->t, c->v, &f, &id, 1, c->a, out, &n, e))
        return e->code;
    return n && seen(c, &f, *out) ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no such request");
}

/* ---- deciding ---- */

/* Those who may see the conversation hear of it, and its audit trail says so. */
static enum err_code tell(struct res_ctx *c, const struct glass *g, struct err *e)
{
    for (size_t i = 0; i < g->interactions_n; i++) {
        struct event_new event = {.type = "interaction.break_glass", .object = g->interactions[i]};
        struct audit_entry entry = {.act = AUDIT_ADMIN,
                                    .actor = caller_actor(&c->who),
                                    .object = g->interactions[i],
                                    .details = str_fmt(c->a, "break-glass %.*s granted", STR_ARG(id_str(c->a, g->id)))};
        if (event_put(c->t, &event, 1, e) || audit_append(c->t, c->v->keys, &entry, e))
            return e->code;
    }
    return ERR_OK;
}

static enum err_code decide(struct res_ctx *c, struct id id, bool grant, struct res_val **out, struct err *e)
{
    struct glass *g;

    if (one(c, id, &g, e))
        return e->code;
    if (id_is_nil(c->who.user) && grant)
        return res_say(c, 409, "only a user can agree", STR("a data protection officer or another administrator"), e);
    if (id_eq(g->asked_by, c->who.user))
        return res_say(c, 403, "not your own", STR("somebody else has to decide about what you asked for"), e);
    if (glass_decide(c->t, c->v, id, caller_actor(&c->who), grant, e) || (grant && tell(c, g, e)) || one(c, id, &g, e))
        return e->code;
    *out = item_of(c, g);
    return ERR_OK;
}

static enum err_code approve(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                             struct res_val **out, struct err *e)
{
    (void)in, (void)query;
    return decide(c, id, true, out, e);
}

static enum err_code refuse(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                            struct res_val **out, struct err *e)
{
    (void)in, (void)query;
    return decide(c, id, false, out, e);
}

static enum err_code end(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                         struct res_val **out, struct err *e)
{
    struct glass *g;

    (void)in, (void)query;
    if (one(c, id, &g, e) || glass_end(c->t, c->v, id, e) || one(c, id, &g, e))
        return e->code;
    *out = item_of(c, g);
    return ERR_OK;
}

/* ---- reading ---- */

static const struct res_field turn_fields[] = {
    {"speaker", RES_STR, RES_SEALED, "Label of the speaker as in the source.", "\"Ann\""},
    {"text", RES_STR, RES_SEALED, "The words as they were said or written.", "\"The pilot starts in Ghent.\""},
};
static const struct res_shape turn_shape = {"OpenedTurn", "What one speaker said in one go.", RES_FIELDS(turn_fields)};
static const struct res_field opened_fields[] = {
    {"id", RES_ID, 0, "The conversation.", ID_EXAMPLE},
    {"title", RES_STR, RES_SEALED, "Title or subject.", "\"Northwind pilot\""},
    {"started_at", RES_TIME, RES_NULLABLE, "When it began.", "\"2026-06-10T09:30:00.000Z\""},
    {"turns", RES_OBJ, RES_LIST, "What was said, turn by turn.", .of = &turn_shape},
};
static const struct res_shape opened_shape = {"OpenedInteraction", "A conversation opened by break-glass.",
                                              RES_FIELDS(opened_fields)};
static const struct res_field read_fields[] = {
    {"until_at", RES_TIME, 0, "Until when they are open.", "\"2026-06-10T10:40:00.000Z\""},
    {"interactions", RES_OBJ, RES_LIST, "The conversations; those that are gone are left out.", .of = &opened_shape},
};
static const struct res_shape read_shape = {"OpenedInteractions", "Conversations opened by break-glass.",
                                            RES_FIELDS(read_fields)};

static struct res_val opened_of(struct res_ctx *c, const struct record_ia *rec)
{
    struct res_val *v = ARENA_ARRAY(c->a, struct res_val, 4);
    struct res_val *turns = ARENA_ARRAY(c->a, struct res_val, rec->ia.turns_n + 1);

    for (size_t i = 0; i < rec->ia.turns_n; i++) {
        struct res_val *t = ARENA_ARRAY(c->a, struct res_val, 2);
        t[0] = res_str(rec->ia.turns[i].speaker);
        t[1] = res_str(rec->ia.turns[i].text);
        turns[i] = res_obj(t);
    }
    v[0] = res_id(rec->ia.id);
    v[1] = res_str(rec->ia.title);
    v[2] = res_time(rec->ia.started_at_ms);
    v[3] = res_vals(turns, rec->ia.turns_n);
    return res_obj(v);
}

/* The request's transaction reads with reach own: what the database shows of these is what it finds opened (or one's own). */
static enum err_code read_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                              struct res_val **out, struct err *e)
{
    struct record_ia *recs;
    struct res_val *items;
    struct glass *g;
    size_t n;

    (void)in, (void)query;
    if (one(c, id, &g, e))
        return e->code;
    if (!id_eq(g->asked_by, c->who.user) || id_is_nil(c->who.user))
        return err_set(e, ERR_NOT_FOUND, "not asked by this caller");
    if (g->state != GLASS_GRANTED)
        return res_say(c, 403, "not open", str_fmt(c->a, "this request is %s", states[g->state]), e);
    if (record_ia_load(c->t, c->v, g->interactions, g->interactions_n, c->a, &recs, &n, e))
        return e->code;
    items = ARENA_ARRAY(c->a, struct res_val, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct audit_entry entry = {.act = AUDIT_READ,
                                    .actor = caller_actor(&c->who),
                                    .object = recs[i].ia.id,
                                    .details = str_fmt(c->a, "break-glass %.*s", STR_ARG(id_str(c->a, id)))};
        if (audit_append(c->t, c->v->keys, &entry, e))
            return e->code;
        items[i] = opened_of(c, &recs[i]);
    }
    gateway_cost(c->k, (double)n);
    *out = ARENA_ARRAY(c->a, struct res_val, 2);
    (*out)[0] = res_time(g->until_at_ms);
    (*out)[1] = res_vals(items, n);
    return ERR_OK;
}

static const struct res_op ops[] = {
    {RES_OP_LIST, "list", HTTP_M_GET, "/v1/break-glass", PERM_BREAKGLASS_READ,
     "List requests to read conversations: all of them, or those about one's own"},
    {RES_OP_GET, "get", HTTP_M_GET, "/v1/break-glass/{id}", PERM_BREAKGLASS_READ, "Read one request"},
    {RES_OP_CREATE, "create", HTTP_M_POST, "/v1/break-glass", PERM_BREAKGLASS_ASK,
     "Ask to read named conversations for a while", .flags = RES_OP_FRESH},
    {RES_OP_ACT, "approve", HTTP_M_POST, "/v1/break-glass/{id}/approve", PERM_BREAKGLASS_DECIDE,
     "Open the conversations to who asked; never one's own request", .answer = &shape, .flags = RES_OP_FRESH,
     .audit = AUDIT_ADMIN, .act = approve},
    {RES_OP_ACT, "refuse", HTTP_M_POST, "/v1/break-glass/{id}/refuse", PERM_BREAKGLASS_DECIDE, "Refuse a request",
     .answer = &shape, .audit = AUDIT_ADMIN, .act = refuse},
    {RES_OP_ACT, "end", HTTP_M_POST, "/v1/break-glass/{id}/end", PERM_BREAKGLASS_DECIDE,
     "Shut before their time what was opened", .answer = &shape, .audit = AUDIT_ADMIN, .act = end},
    {RES_OP_ACT, "read", HTTP_M_GET, "/v1/break-glass/{id}/interactions", PERM_BREAKGLASS_ASK,
     "Read the conversations that were opened to oneself", .answer = &read_shape, .flags = RES_OP_SAFE,
     .act = read_act},
};

const struct resource res_break_glass = {
    .name = "break-glass",
    .key = "break_glass",
    .one = "request",
    .about = "Requests to read conversations that one's role does not reach; two people, for a while.",
    .flags = RES_ADMIN,
    .shape = &shape,
    .sort = "-created_at",
    RES_OPS(ops),
    .list = list,
    .many = many,
    .create = create,
};
