/* api/findings.c - what the analyses found, across conversations: promises due, objections by class, hits of trackers. */
#include "api/resource.h"
#include "base/log.h"
#include "pipeline/deal_stage.h"
#include "pipeline/worker.h"
#include "records/crm.h"
#include "records/findings.h"
#include "records/trackers.h"
#include "search/index.h"

#define SOME_ID "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""

static const char *const states[] = {"found", "confirmed", "dismissed", NULL}; /* as enum finding_state */

static const struct res_field quote_fields[] = {
    {"turn", RES_INT, 0, "Number of the turn, from 0.", "3"},
    {"start", RES_INT, 0, "First byte in the turn's original text.", "0"},
    {"end", RES_INT, 0, "Byte behind the last.", "24"},
    {"quote", RES_STR, RES_SEALED, "Exactly the bytes of the span.", "\"The pilot starts\""},
};
static const struct res_shape quote_shape = {"FindingQuote", "Words that a finding rests on.",
                                             RES_FIELDS(quote_fields)};

enum {
    F_ID_,
    F_INTERACTION,
    F_DEAL,
    F_STARTED,
    F_KIND,
    F_CLASS,
    F_MODALITY,
    F_PERSON,
    F_OWNER,
    F_DUE,
    F_VALUE,
    F_CONFIDENCE,
    F_MAKER,
    F_VERSION,
    F_STATE,
    F_SPANS,
    F_COUNT
};
static const struct res_field fields[F_COUNT] = {
    [F_ID_] = {"id", RES_ID, RES_READ_ONLY, "Its id, until it is found anew.", SOME_ID},
    [F_INTERACTION] = {"interaction", RES_ID, RES_READ_ONLY | RES_FILTER, "In which conversation.", SOME_ID,
                       .to = "interactions"},
    [F_DEAL] = {"deal", RES_ID, RES_READ_ONLY | RES_NULLABLE | RES_FILTER, "The deal that is about.", SOME_ID,
                .to = "deals"},
    [F_STARTED] = {"started_at", RES_TIME, RES_READ_ONLY | RES_NULLABLE | RES_SORT | RES_RANGE,
                   "When the conversation started.", "\"2026-06-10T09:30:00.000Z\""},
    [F_KIND] = {"kind", RES_STR, RES_READ_ONLY | RES_FILTER,
                "What was found: commitment, objection, qualification, competitor, tracker ...", "\"commitment\"",
                .max = 63},
    [F_CLASS] = {"class", RES_STR, RES_READ_ONLY | RES_NULLABLE | RES_FILTER,
                 "Which of the kind: PRICE, meddpicc.metrics, a tracker's id.", "\"PRICE\"", .max = 63},
    [F_MODALITY] = {"modality", RES_STR, RES_READ_ONLY | RES_NULLABLE | RES_FILTER,
                    "Of commitments: COMMITTED, ACCEPTED, REQUESTED ...", "\"COMMITTED\"", .max = 63},
    [F_PERSON] = {"person", RES_ID, RES_READ_ONLY | RES_NULLABLE | RES_FILTER, "Whose it is, where that is known.",
                  SOME_ID, .to = "people"},
    [F_OWNER] = {"owner", RES_STR, RES_READ_ONLY | RES_SEALED | RES_NULLABLE, "Name of whose it is.", "\"Ann\""},
    [F_DUE] = {"due", RES_STR, RES_READ_ONLY | RES_NULLABLE, "The day it is due.", "\"2026-03-12\""},
    [F_VALUE] = {"value", RES_REAL, RES_READ_ONLY | RES_NULLABLE, "A number, where the kind has one.", "12"},
    [F_CONFIDENCE] = {"confidence", RES_REAL, RES_READ_ONLY, "How sure, 0 to 1.", "0.9"},
    [F_MAKER] = {"maker", RES_STR, RES_READ_ONLY, "Which analysis found it.", "\"rules.commitments\""},
    [F_VERSION] = {"version", RES_INT, RES_READ_ONLY, "Version of the analysis.", "1"},
    [F_STATE] =
        {"state", RES_ENUM, 0,
         "What people said of it: confirmed or dismissed, and found before anybody did. What is dismissed counts "
         "no more, and stays dismissed when the same words are found again.",
         "\"confirmed\"", .words = states},
    [F_SPANS] = {"spans", RES_OBJ, RES_READ_ONLY | RES_LIST, "The words it rests on.", .of = &quote_shape},
};
static const struct res_shape shape = {"Finding", "Something an analysis found, and where.", RES_FIELDS(fields)};

static struct res_val spans_of(struct arena *a, const struct interaction *ia, const struct record_finding *f)
{
    struct res_val *list = ARENA_ARRAY(a, struct res_val, f->spans_n + 1);

    for (size_t i = 0; i < f->spans_n; i++) {
        const struct ia_span *s = &f->spans[i];
        struct res_val *v = ARENA_ARRAY(a, struct res_val, 4);
        v[0] = res_i64(s->turn);
        v[1] = res_i64(s->start);
        v[2] = res_i64(s->end);
        v[3] = res_str(str_sub(ia->turns[s->turn].text, s->start, s->end));
        list[i] = res_obj(v);
    }
    return res_vals(list, f->spans_n);
}

static struct res_val *item_of(struct arena *a, const struct finding_place *p, const struct interaction *ia,
                               const struct record_finding *f)
{
    struct res_val *item = ARENA_ARRAY(a, struct res_val, F_COUNT);

    item[F_ID_] = res_id(p->id);
    item[F_INTERACTION] = res_id(p->interaction);
    item[F_DEAL] = res_id(p->deal);
    item[F_STARTED] = res_time(p->started_ms);
    item[F_KIND] = res_str(f->kind);
    item[F_CLASS] = res_str_or(f->class, RES_NULL);
    item[F_MODALITY] = res_str_or(f->modality, RES_NULL);
    item[F_PERSON] = res_id(f->owner_id);
    item[F_OWNER] = res_str_or(f->owner, RES_NULL);
    item[F_DUE] = f->due_day == FINDING_NO_DAY ? res_null() : res_str(finding_day_str(a, f->due_day));
    item[F_VALUE] = f->has_value ? res_real(f->value) : res_null();
    item[F_CONFIDENCE] = res_real(f->confidence);
    item[F_MAKER] = res_str(f->maker);
    item[F_VERSION] = res_i64(f->version);
    item[F_STATE] = res_str(str_of(states[f->state]));
    item[F_SPANS] = spans_of(a, ia, f);
    return item;
}

/* Findings opened, items[i] of p[i]: of conversations the caller may see, whose words are still what they were. */
static enum err_code open_all(struct res_ctx *c, const struct finding_place *p, size_t n, struct res_val **items,
                              struct err *e)
{
    const struct record_finding **found = ARENA_ARRAY(c->a, const struct record_finding *, n + 1);
    struct id *ids = ARENA_ARRAY(c->a, struct id, n + 1);
    struct record_ia *recs;
    size_t ids_n = 0, recs_n;

    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < ids_n && !id_eq(ids[k], p[i].interaction))
            k++;
        if (k == ids_n && index_seen(c->api->core->ix, c->who.reader, p[i].interaction))
            ids[ids_n++] = p[i].interaction;
    }
    if (record_ia_load(c->t, c->v, ids, ids_n, c->a, &recs, &recs_n, e) ||
        record_findings_at(c->t, c->v, recs, recs_n, p, n, c->a, found, e))
        return e->code;
    for (size_t i = 0; i < n; i++)
        if (found[i])
            items[i] = item_of(c->a, &p[i], &record_ia_of(recs, recs_n, p[i].interaction)->ia, found[i]);
    return ERR_OK;
}

static struct db_val texts_of(struct arena *a, const struct res_filter *f)
{
    str *list;

    if (!f)
        return P_NULL(DB_TEXTS);
    list = ARENA_ARRAY(a, str, f->n);
    for (size_t i = 0; i < f->n; i++)
        list[i] = f->v[i].v.s;
    return P_TEXTS(list, f->n);
}

enum { Q_DUE_FROM, Q_DUE_TO };

static enum err_code day_of(struct res_ctx *c, const struct res_query *q, int i, int64_t *out, struct err *e)
{
    *out = INT64_MIN;
    if (!q->extra || q->extra[i].is != RES_SET || !q->extra[i].v.s.n || crm_day_parse(q->extra[i].v.s, out))
        return ERR_OK;
    return res_say(c, 400, "bad query", STR("\"due_from\" and \"due_to\" must be days such as 2026-10-01"), e);
}

/* Those that are not given out leave no hole: the page goes on behind them. */
static enum err_code list(struct res_ctx *c, const struct res_query *q, struct res_page *page, struct err *e)
{
    struct findings_filter f = {
        .kinds = texts_of(c->a, res_filter_get(q, "kind", RES_EQ)),
        .classes = texts_of(c->a, res_filter_get(q, "class", RES_EQ)),
        .modalities = texts_of(c->a, res_filter_get(q, "modality", RES_EQ)),
        .persons = res_filter_ids(c->a, res_filter_get(q, "person", RES_EQ)),
        .deals = res_filter_ids(c->a, res_filter_get(q, "deal", RES_EQ)),
        .interactions = res_filter_ids(c->a, res_filter_get(q, "interaction", RES_EQ)),
    };
    struct page_want w = res_page_want(q, "started_at");
    struct finding_place *p;
    size_t n, kept;

    if (day_of(c, q, Q_DUE_FROM, &f.due_from, e) || day_of(c, q, Q_DUE_TO, &f.due_to, e))
        return e->code;
    do {
        if (findings_page(c->t, c->v, &f, &w, c->a, &p, &n, e))
            return e->code;
        res_page_begin(c, page, q, n);
        if (open_all(c, p, page->n, page->items, e))
            return e->code;
        kept = 0;
        for (size_t i = 0; i < page->n; i++) {
            if (!page->items[i])
                continue;
            page->items[kept] = page->items[i];
            page->keys[kept++] = (struct res_key){p[i].started_ms == CLOCK_NONE ? 0 : p[i].started_ms, p[i].id};
        }
        if (page->n) {
            w.behind = true;
            w.at = p[page->n - 1].started_ms == CLOCK_NONE ? 0 : p[page->n - 1].started_ms;
            w.id = p[page->n - 1].id;
        }
        page->n = kept;
    } while (!kept && page->more);
    return ERR_OK;
}

static enum err_code many(struct res_ctx *c, const struct id *ids, size_t n, uint64_t want, struct res_val **items,
                          struct err *e)
{
    struct finding_place *p;
    struct res_val **opened;
    size_t found;

    (void)want;
    if (findings_places(c->t, c->v, ids, n, c->a, &p, &found, e))
        return e->code;
    opened = ARENA_ARRAY(c->a, struct res_val *, found + 1);
    if (open_all(c, p, found, opened, e))
        return e->code;
    for (size_t i = 0; i < found; i++)
        res_place(ids, n, p[i].id, opened[i], items);
    return ERR_OK;
}

/* ---- what people say of one ---- */

/* The deals that count it, on behalf of the system: who judges a conversation need not see its deal. */
static void deals_told(struct api *api, struct id ia)
{
    struct arena *a = arena_new_wiped("finding.told");
    const struct vaulted *v = &api->core->v;
    struct record_ia *rec;
    struct db_tx *t;
    struct err e = {0};
    size_t n = 0;

    if (!db_begin(v->db, v->workspace, 20000, &t, &e)) {
        if (record_ia_load(t, v, &ia, 1, a, &rec, &n, &e) || (n && deals_wake_for(t, v, rec->deal, rec->account, &e)))
            db_rollback(t);
        else
            db_commit(t, &e);
    }
    if (e.code)
        LOG_WARN("finding.deals.failed", F_ID("interaction", ia), F_ERR(&e));
    else
        workers_wake(api->core, "deal");
    arena_free(a);
}

/* A verdict is about words: it is kept by the first span, and holds for whatever makes the same finding of them again. */
static enum err_code update(struct res_ctx *c, struct id id, const struct res_val *in, struct err *e)
{
    struct res_val *now = NULL;
    struct id tracker = {{0}};
    struct ia_span span;
    str kind, class;
    int state;

    if (many(c, &id, 1, UINT64_MAX, &now, e))
        return e->code;
    if (!now)
        return err_set(e, ERR_NOT_FOUND, "no such finding");
    if (in[F_STATE].is != RES_SET)
        return ERR_OK;
    kind = now[F_KIND].v.s;
    class = now[F_CLASS].is == RES_SET ? now[F_CLASS].v.s : STR("");
    span =
        (struct ia_span){(uint32_t)now[F_SPANS].v.list[0].v.obj[0].v.i, (uint32_t)now[F_SPANS].v.list[0].v.obj[1].v.i,
                         (uint32_t)now[F_SPANS].v.list[0].v.obj[2].v.i};
    state = res_word(&fields[F_STATE], in[F_STATE].v.s);
    if (str_eq(kind, STR("tracker")) && id_parse(class, &tracker)) {
        if (record_tracker_touch(c->t, c->v, tracker, e))
            return e->code;
        res_after(c, api_tracker_changed, tracker);
    }
    res_after(c, deals_told, now[F_INTERACTION].v.id);
    if (state == FINDING_FOUND)
        return record_feedback_drop(c->t, c->v, now[F_INTERACTION].v.id, kind, class, span, e);
    return record_feedback_add(c->t, c->v, now[F_INTERACTION].v.id, kind, class, span, tracker, c->who.user,
                               state == FINDING_CONFIRMED, e);
}

#define DAY .max = 10, .pattern = "^(20[0-4][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8]))?$"
static const struct res_field query_fields[] = {
    [Q_DUE_FROM] = {"due_from", RES_STR, 0, "Due on this day or later.", "\"2026-10-01\"", DAY},
    [Q_DUE_TO] = {"due_to", RES_STR, 0, "Due before this day.", "\"2026-10-08\"", DAY},
};
static const struct res_shape query_shape = {"FindingListQuery", "", RES_FIELDS(query_fields)};

static const struct res_op ops[] = {
    {RES_OP_LIST, "list", HTTP_M_GET, "/v1/findings", PERM_FINDINGS_READ, "List what was found in conversations",
     .query = &query_shape},
    {RES_OP_GET, "get", HTTP_M_GET, "/v1/findings/{id}", PERM_FINDINGS_READ, "Read one finding"},
    {RES_OP_UPDATE, "update", HTTP_M_PATCH, "/v1/findings/{id}", PERM_FINDINGS_WRITE,
     "Accept or dismiss a finding, or take that back", .flags = RES_OP_MATCH},
};

const struct resource res_findings = {
    .name = "findings",
    .key = "findings",
    .one = "finding",
    .about = "What the analyses found, across conversations.",
    .flags = RES_CONTENT,
    .shape = &shape,
    .sort = "-started_at",
    RES_OPS(ops),
    .list = list,
    .many = many,
    .update = update,
};
