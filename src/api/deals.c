/* api/deals.c - deals, their briefs, and why any figure of one is what it is. */
#include "api/deals_priv.h"
#include "records/accounts.h"
#include "records/crm.h"
#include "store/reader.h"

enum { DEALS_ALL_MAX = 20000, BRIEF_OPENED_MAX = 60 /* conversations opened for the quotes of one brief */ };

struct vaulted *deals_vaulted(struct call *k)
{
    return &((struct api *)k->app)->core->v;
}

size_t deals_seen(const struct call *k, struct id *ids, size_t n)
{
    size_t seen = 0;

    for (size_t i = 0; i < n; i++)
        if (reader_sees_deal(k->who.reader, ids[i]))
            ids[seen++] = ids[i];
    return seen;
}

int64_t deals_time(const struct res_val *v, int64_t fallback)
{
    return v->is == RES_SET ? v->v.i : fallback;
}

enum err_code deals_said(struct res_ctx *c, const struct res_shape *s, struct buf *b, struct res_val **out,
                         enum err_code rc, struct err *e)
{
    if (!rc && !buf_ok(b))
        rc = err_set(e, ERR_LIMIT, "the answer is too large");
    if (!rc)
        rc = res_of_json(c, s, buf_view(b), out, e);
    buf_done(b);
    return rc;
}

/* ---- what a deal is ---- */

static const char *const outcomes[] = {"open", "won", "lost", "unknown", NULL};

#define SOURCE_ID "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""
#define SOURCE_AT "\"2026-06-10T09:30:00.000Z\""
static const struct res_field span_fields[] = {
    {"turn", RES_INT, 0, "Number of the turn.", "3"},
    {"start", RES_INT, 0, "First byte.", "0"},
    {"end", RES_INT, 0, "Byte after the last.", "40"},
};
static const struct res_shape span_shape = {"DealSpan", "Where in a conversation.", RES_FIELDS(span_fields)};
static const struct res_field evidence_fields[] = {
    {"kind", RES_STR, 0, "interaction, change, activity, person or field.", "\"interaction\""},
    {"id", RES_ID, RES_NULLABLE, "Which.", SOURCE_ID},
    {"at", RES_TIME, RES_NULLABLE | RES_MAYBE, "When.", SOURCE_AT},
    {"span", RES_OBJ, RES_MAYBE, "Where in it.", .of = &span_shape},
};
static const struct res_shape evidence_shape = {"DealEvidence", "What something rests on.",
                                                RES_FIELDS(evidence_fields)};
static const struct res_field warning_fields[] = {
    {"id", RES_STR, 0, "Its number.", "\"W02\""},
    {"name", RES_STR, 0, "Its name.", "\"ghosted\""},
    {"severity", RES_INT, 0, "1 to 3.", "2"},
    {"since", RES_TIME, RES_NULLABLE, "Since when.", SOURCE_AT},
    {"text", RES_STR, 0, "In words, with its numbers.", "\"no answer for 12 days\""},
    {"judged", RES_INT, 0, "How many verdicts there are on this kind.", "15"},
    {"precision", RES_REAL, RES_MAYBE, "Share of them that called it right; from five on.", "0.8"},
    {"evidence", RES_OBJ, RES_LIST | RES_MAYBE, "What it rests on; when one deal is read.", .of = &evidence_shape},
};
static const struct res_shape warning_shape = {"DealWarning", "Something that is wrong with a deal.",
                                               RES_FIELDS(warning_fields)};
static const struct res_field reason_fields[] = {
    {"feature", RES_STR, 0, "Which feature.", "\"engagement\""},
    {"text", RES_STR, 0, "In words.", "\"the customer answers\""},
    {"log_odds", RES_REAL, 0, "What it adds to the log odds.", "0.4"},
    {"x", RES_REAL, 0, "The feature's value.", "1.2"},
};
static const struct res_shape reason_shape = {"DealReason", "What speaks for or against.", RES_FIELDS(reason_fields)};
static const struct res_field score_fields[] = {
    {"p", RES_REAL, RES_NULLABLE, "Probability of being won; null: see reason.", "0.62"},
    {"low", RES_REAL, RES_MAYBE, "5th percentile of it.", "0.5"},
    {"high", RES_REAL, RES_MAYBE, "95th percentile of it.", "0.71"},
    {"rank", RES_INT, RES_MAYBE, "Its rank among open deals, 1 to 100.", "80"},
    {"band", RES_INT, RES_MAYBE, "Which fifth that is.", "4"},
    {"model_version", RES_INT, RES_MAYBE, "Of the model.", "3"},
    {"closed_deals", RES_INT, RES_MAYBE, "How many closed deals the model learned from.", "240"},
    {"up", RES_OBJ, RES_LIST | RES_MAYBE, "What speaks for it; when one deal is read.", .of = &reason_shape},
    {"down", RES_OBJ, RES_LIST | RES_MAYBE, "What speaks against it; when one deal is read.", .of = &reason_shape},
    {"reason", RES_STR, RES_MAYBE, "Why there is none: not_open, stage_unknown, no_pipeline.", "\"not_open\""},
};
static const struct res_shape score_shape = {"DealScore", "Odds of being won.", RES_FIELDS(score_fields)};
static const struct res_field figure_fields[] = {
    {"engagement", RES_REAL, 0, "How much is going on.", "7.5"},
    {"momentum", RES_REAL, RES_NULLABLE, "Against two weeks before.", "1.1"},
    {"reciprocity", RES_REAL, RES_NULLABLE, "Share of messages that come from them, in 30 days.", "0.45"},
    {"inbound_30d", RES_INT, 0, "Messages from them in 30 days.", "9"},
    {"outbound_30d", RES_INT, 0, "Messages from us in 30 days.", "11"},
    {"contacts", RES_INT, 0, "People of theirs with contact both ways in 60 days.", "3"},
    {"last_external", RES_TIME, RES_NULLABLE, "Last contact with somebody of theirs.", SOURCE_AT},
    {"next_step", RES_TIME, RES_NULLABLE, "The next meeting or promise.", SOURCE_AT},
    {"meddpicc", RES_INT, RES_NULLABLE, "Fields of the qualification that are known, 0 to 8.", "5"},
};
static const struct res_shape figures_shape = {"DealFigures", "Figures of a deal.", RES_FIELDS(figure_fields)};
static const struct res_field change_fields[] = {
    {"id", RES_ID, 0, "Its id.", SOURCE_ID},
    {"at", RES_TIME, RES_NULLABLE, "When.", SOURCE_AT},
    {"field", RES_STR, 0, "What changed.", "\"amount\""},
    {"problem", RES_STR, RES_MAYBE, "What is wrong with what the source said.", "\"unparsed\""},
    {"new", RES_STR, RES_MAYBE, "The new value.", "\"12000.00\""},
    {"ref", RES_ID, RES_MAYBE, "The new value, where it is a row.", SOURCE_ID},
};
static const struct res_shape change_shape = {"DealChange", "A change of a deal.", RES_FIELDS(change_fields)};

enum { F_CREATED = 13, F_CLOSED, F_PUSHES, F_HISTORY = 19, F_COUNT = DEAL_FIELDS };
static const struct res_field fields[F_COUNT] = {
    {"id", RES_ID, RES_READ_ONLY | RES_SORT, "Its id; later ones are greater.", SOURCE_ID},
    [DEAL_F_NAME] = {"name", RES_STR, RES_NEEDED | RES_SEALED, "Its name.", "\"Hub rollout\"", .min = 1, .max = 1024},
    [DEAL_F_ACCOUNT] = {"account_id", RES_ID, RES_NULLABLE, "The customer.", SOURCE_ID},
    {"account", RES_STR, RES_READ_ONLY | RES_SEALED | RES_NULLABLE, "Name of the customer.", "\"Halden\""},
    [DEAL_F_OWNER] = {"owner_id", RES_ID, RES_NULLABLE,
                      "The person it belongs to; who makes it, where a request does not say.", SOURCE_ID},
    {"owner", RES_STR, RES_READ_ONLY | RES_SEALED | RES_NULLABLE, "Name of that person.", "\"Ann Lee\""},
    {"outcome", RES_ENUM, RES_READ_ONLY, "How it stands.", "\"open\"", .words = outcomes},
    [DEAL_F_STAGE] = {"stage", RES_STR, RES_SEALED | RES_NULLABLE, "Name of its stage; a request may also give the id.",
                      "\"Proposal\"", .max = 1024},
    {"stage_since", RES_TIME, RES_READ_ONLY | RES_NULLABLE, "Since when it is there.", SOURCE_AT},
    [DEAL_F_AMOUNT] = {"amount", RES_STR, RES_NULLABLE, "What it is worth, as a decimal number.", "\"12000.00\"",
                       .max = 20},
    [DEAL_F_CURRENCY] = {"currency", RES_STR, RES_MAYBE, "Of the amount; the pipeline's, where nobody says.", "\"EUR\"",
                         .max = 3},
    [DEAL_F_CLOSE] = {"close_date", RES_STR, RES_NULLABLE, "The day it is expected to close.", "\"2026-12-01\"",
                      .max = 10},
    [DEAL_F_CATEGORY] = {"forecast_category", RES_STR, RES_NULLABLE,
                         "What it is counted as: omitted, pipeline, best_case, commit, closed.", "\"commit\"",
                         .max = 16},
    [F_CREATED] = {"created_at", RES_TIME, RES_READ_ONLY | RES_NULLABLE | RES_SORT | RES_RANGE, "When it was made.",
                   SOURCE_AT},
    [F_CLOSED] = {"closed_at", RES_TIME, RES_READ_ONLY | RES_NULLABLE | RES_SORT | RES_RANGE,
                  "When it was won or lost.", SOURCE_AT},
    [F_PUSHES] = {"pushes", RES_INT, RES_READ_ONLY | RES_SORT, "How often the close date was put off.", "2"},
    {"unknown", RES_JSON, RES_READ_ONLY, "Which of these the sources do not say, and why.", "{}"},
    {"figures", RES_OBJ, RES_READ_ONLY | RES_FLEETING, "Figures.", .of = &figures_shape},
    {"score", RES_OBJ, RES_READ_ONLY | RES_FLEETING, "Odds of being won.", .of = &score_shape},
    [F_HISTORY] = {"history", RES_OBJ, RES_READ_ONLY | RES_LIST | RES_DETAIL, "Every change, oldest first.",
                   .of = &change_shape},
    {"warnings", RES_OBJ, RES_READ_ONLY | RES_FLEETING | RES_LIST, "What is wrong.", .of = &warning_shape},
    {"as_of", RES_TIME, RES_READ_ONLY | RES_FLEETING, "As of when all this is.", SOURCE_AT},
    [DEAL_F_PIPELINE] = {"pipeline", RES_STR, RES_SEALED | RES_NULLABLE,
                         "Name of its pipeline; a request may also give the id, and need not where there is one only.",
                         "\"Sales\"", .max = 1024},
};
static const struct res_shape shape = {"Deal", "A deal as its history says.", RES_FIELDS(fields)};

/* Deals as they stood then, and how many. */
static enum err_code deals_load(struct res_ctx *c, struct id *ids, size_t n, int64_t as_of, struct deal_views *out,
                                struct err *e)
{
    return deal_views_load(c->t, c->v, ids, deals_seen(c->k, ids, n), as_of, c->a, out, e);
}

static enum err_code item_of(struct res_ctx *c, const struct deal_views *vs, const struct deal_view *d, bool full,
                             struct res_val **out, struct err *e)
{
    struct buf b;
    struct jw w;

    buf_init_wiped(&b, 16 << 20);
    jw_init(&w, &b);
    deal_view_write(vs, d, full, &w);
    return deals_said(c, &shape, &b, out, ERR_OK, e);
}

/* ---- many ---- */

enum { Q_AS_OF, Q_OUTCOME, Q_WARNING, Q_STAGE, Q_OWNER, Q_ACCOUNT, Q_NAME, Q_OFFSET, Q_COUNT };

static str text_of(const struct res_val *q, int i)
{
    return q && q[i].is == RES_SET ? q[i].v.s : STR("");
}

static bool warned(const struct deal_view *d, str warning)
{
    for (int i = 0; i < WARNINGS_N; i++)
        if (d->hits[i].on &&
            (str_eq_nocase(warning, str_of(warning_rows[i].id)) || str_eq(warning, str_of(warning_rows[i].name))))
            return true;
    return false;
}

static bool view_wanted(const struct deal_view *d, const struct res_val *q)
{
    str outcome = text_of(q, Q_OUTCOME), warning = text_of(q, Q_WARNING), stage = text_of(q, Q_STAGE),
        name = text_of(q, Q_NAME);

    if (!outcome.n)
        outcome = STR("open");
    return (str_eq(outcome, STR("all")) || str_eq(outcome, str_of(outcomes[d->s.outcome]))) &&
           (!warning.n || warned(d, warning)) && (!name.n || str_eq_nocase(name, d->name)) &&
           (!stage.n || str_eq_nocase(stage, d->stage)) &&
           str_find_nocase(d->owner, text_of(q, Q_OWNER), 0) != SIZE_MAX &&
           str_find_nocase(d->account, text_of(q, Q_ACCOUNT), 0) != SIZE_MAX;
}

/* What lists are sorted and limited by; the rest is made for the rows of the page only. */
static struct res_val *stub_of(struct arena *a, const struct deal_view *d)
{
    struct res_val *item = ARENA_ARRAY(a, struct res_val, F_COUNT);

    item[0] = res_id(d->f->deal);
    item[F_CREATED] = res_time(d->s.created);
    item[F_CLOSED] = res_time(d->s.closed);
    item[F_PUSHES] = res_i64(d->s.pushes);
    return item;
}

static int by_deal(const void *id, const void *view)
{
    return id_cmp(*(const struct id *)id, ((const struct deal_view *)view)->f->deal);
}

/* Views are loaded in the order of their ids. */
static const struct deal_view *view_find(const struct deal_views *vs, struct id deal)
{
    return bsearch(&deal, vs->list, vs->n, sizeof *vs->list, by_deal);
}

static enum err_code list(struct res_ctx *c, const struct res_query *q, struct res_page *page, struct err *e)
{
    const struct res_val *x = q->extra;
    bool full = q->want >> F_HISTORY & 1;
    struct deal_views vs;
    struct res_val **rows;
    struct id *ids;
    size_t n, kept = 0;

    if (deal_ids(c->t, c->v, ID_NIL, DEALS_ALL_MAX, c->a, &ids, &n, e) ||
        deals_load(c, ids, n, x ? deals_time(&x[Q_AS_OF], clock_now_ms()) : clock_now_ms(), &vs, e))
        return e->code;
    rows = ARENA_ARRAY(c->a, struct res_val *, vs.n + 1);
    for (size_t i = 0; i < vs.n; i++)
        if (view_wanted(&vs.list[i], x))
            rows[kept++] = stub_of(c->a, &vs.list[i]);
    res_rows_page(c, page, q, &shape, rows, kept, x && x[Q_OFFSET].is == RES_SET ? (size_t)x[Q_OFFSET].v.i : 0);
    for (size_t i = 0; i < page->n; i++)
        if (item_of(c, &vs, view_find(&vs, page->keys[i].id), full, &page->items[i], e))
            return e->code;
    return ERR_OK;
}

static enum err_code many(struct res_ctx *c, const struct id *ids, size_t n, uint64_t want, struct res_val **items,
                          struct err *e)
{
    struct id *seen = ARENA_ARRAY(c->a, struct id, n + 1);
    struct deal_views vs;
    struct res_val *item;

    (void)want;
    memcpy(seen, ids, n * sizeof *ids);
    if (deals_load(c, seen, n, c->query ? deals_time(&c->query[0], clock_now_ms()) : clock_now_ms(), &vs, e))
        return e->code;
    for (size_t i = 0; i < vs.n; i++) {
        if (item_of(c, &vs, &vs.list[i], true, &item, e))
            return e->code;
        res_place(ids, n, vs.list[i].f->deal, item, items);
    }
    return ERR_OK;
}

static enum err_code update(struct res_ctx *c, struct id id, const struct res_val *in, struct err *e)
{
    struct res_val *now = NULL;

    if (many(c, &id, 1, UINT64_MAX, &now, e))
        return e->code;
    return now ? deals_update(c, id, now, in, e) : err_set(e, ERR_NOT_FOUND, "no such deal");
}

/* ---- a page before a meeting ---- */

static const struct res_field line_fields[] = {
    {"text", RES_STR, RES_SEALED, "In words.", "\"close date moved to 2026-12-01\""},
    {"speaker", RES_STR, RES_SEALED | RES_MAYBE, "Who said what it rests on.", "\"Kim Berg\""},
    {"quote", RES_STR, RES_SEALED | RES_MAYBE, "Their words.", "\"We decide on Friday.\""},
    {"sources", RES_OBJ, RES_LIST, "What it rests on.", .of = &evidence_shape},
};
static const struct res_shape line_shape = {"BriefLine", "A line of a brief.", RES_FIELDS(line_fields)};
static const struct res_field person_fields[] = {
    {"name", RES_STR, RES_SEALED, "Who.", "\"Kim Berg\""},
    {"seniority", RES_STR, 0, "As the CRM says.", "\"director\""},
    {"champion", RES_BOOL, 0, "Sells for us.", "true"},
    {"economic_buyer", RES_BOOL, 0, "Decides about the money.", "false"},
    {"last_active", RES_TIME, RES_MAYBE, "When they were last there.", SOURCE_AT},
    {"sources", RES_OBJ, RES_LIST, "What it rests on.", .of = &evidence_shape},
};
static const struct res_shape person_shape = {"BriefPerson", "Somebody of theirs.", RES_FIELDS(person_fields)};
static const struct res_field brief_fields[] = {
    {"deal", RES_OBJ, 0, "The deal.", .of = &shape},
    {"since", RES_TIME, RES_NULLABLE, "Since when changes are told.", SOURCE_AT},
    {"changed", RES_OBJ, RES_LIST, "What happened since.", .of = &line_shape},
    {"people", RES_OBJ, RES_LIST, "Who takes part on their side.", .of = &person_shape},
    {"commitments", RES_OBJ, RES_LIST, "Promises that are open.", .of = &line_shape},
    {"objections", RES_OBJ, RES_LIST, "Objections.", .of = &line_shape},
    {"red_flags", RES_OBJ, RES_LIST, "Red flags.", .of = &line_shape},
    {"competitors", RES_OBJ, RES_LIST, "Competitors that were named.", .of = &line_shape},
    {"unqualified", RES_STR, RES_LIST, "Fields of the qualification nobody knows.", "\"champion\""},
};
static const struct res_shape brief_shape = {"Brief", "A page before a meeting.", RES_FIELDS(brief_fields)};

/* The one deal of the path. */
static enum err_code one_load(struct res_ctx *c, struct id id, const struct res_val *query, struct deal_views *vs,
                              struct err *e)
{
    if (deals_load(c, &id, 1, query ? deals_time(&query[0], clock_now_ms()) : clock_now_ms(), vs, e))
        return e->code;
    return vs->n ? ERR_OK : err_set(e, ERR_NOT_FOUND, "there is no such deal, or you may not see it");
}

/* Opens the newest conversations that findings of the deal stand in, of those the caller may see. */
static enum err_code words_open(struct res_ctx *c, struct deal_views *vs, const struct deal_facts *f, struct err *e)
{
    struct record_ia *recs = NULL;
    struct id ids[BRIEF_OPENED_MAX];
    size_t n = 0;

    vs->opened_n = 0;
    for (size_t i = f->find_n; i-- && n < BRIEF_OPENED_MAX;) {
        const struct deal_find *d = &f->find[i];
        bool there = d->at_ms > vs->now;
        for (size_t k = 0; k < n && !there; k++)
            there = id_eq(ids[k], d->interaction);
        if (!there && index_seen(c->api->core->ix, c->who.reader, d->interaction))
            ids[n++] = d->interaction;
    }
    if (n && record_ia_load(c->t, c->v, ids, n, c->a, &recs, &vs->opened_n, e))
        return e->code;
    vs->opened = recs;
    return ERR_OK;
}

static enum err_code brief_of(struct res_ctx *c, struct deal_views *vs, size_t i, int64_t since, struct res_val **out,
                              struct err *e)
{
    enum err_code rc;
    struct buf b;
    struct jw w;

    vs->competitors = c->api->core->competitors;
    vs->competitors_n = c->api->core->competitors_n;
    if (words_open(c, vs, vs->list[i].f, e))
        return e->code;
    buf_init_wiped(&b, 16 << 20);
    jw_init(&w, &b);
    rc = deal_brief_write(vs, &vs->list[i], since, &w, e);
    return deals_said(c, &brief_shape, &b, out, rc, e);
}

static enum err_code brief_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                               struct res_val **out, struct err *e)
{
    struct deal_views vs;

    (void)in;
    if (one_load(c, id, query, &vs, e))
        return e->code;
    return brief_of(c, &vs, 0, query ? deals_time(&query[1], CLOCK_NONE) : CLOCK_NONE, out, e);
}

static const struct res_field briefs_fields[] = {
    {"deals", RES_OBJ, RES_LIST, "Briefs of the open deals.", .of = &brief_shape},
};
static const struct res_shape briefs_shape = {"Briefs", "Briefs of an account's open deals.",
                                              RES_FIELDS(briefs_fields)};

/* Briefs of all open deals of an account. */
static enum err_code briefs_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                                struct res_val **out, struct err *e)
{
    int64_t as_of = deals_time(&query[0], clock_now_ms()), since = deals_time(&query[1], CLOCK_NONE);
    struct res_val *list, *one = NULL;
    struct deal_views vs;
    struct id account, *ids;
    size_t n, kept = 0;

    (void)id, (void)in;
    if ((!id_parse(query[2].v.s, &account) && named_find(c->t, c->v, NAMED_ACCOUNT, query[2].v.s, c->a, &account, e)) ||
        record_account_deals(c->t, c->v, account, c->a, &ids, &n, e) || deals_load(c, ids, n, as_of, &vs, e))
        return e->code;
    list = ARENA_ARRAY(c->a, struct res_val, vs.n + 1);
    for (size_t i = 0; i < vs.n; i++) {
        if (vs.list[i].s.outcome != DEAL_OPEN)
            continue;
        if (brief_of(c, &vs, i, since, &one, e))
            return e->code;
        list[kept++] = res_obj(one);
    }
    *out = ARENA_ARRAY(c->a, struct res_val, 1);
    (*out)[0] = res_vals(list, kept);
    return ERR_OK;
}

/* ---- why ---- */

static const struct res_field input_fields[] = {
    {"kind", RES_STR, RES_MAYBE, "interaction or activity.", "\"interaction\""},
    {"id", RES_ID, RES_MAYBE, "Which.", SOURCE_ID},
    {"at", RES_TIME, RES_MAYBE, "When.", SOURCE_AT},
    {"type", RES_STR, RES_MAYBE, "What it was.", "\"meeting\""},
    {"feature", RES_STR, RES_MAYBE, "Which feature.", "\"engagement\""},
    {"definition", RES_STR, RES_MAYBE, "How it is worked out.", "\"log of the engagement\""},
    {"x", RES_REAL, RES_MAYBE, "Its value.", "1.2"},
    {"log_odds", RES_REAL, RES_MAYBE, "What it adds.", "0.4"},
};
static const struct res_shape input_shape = {"DealInput", "What went into a figure.", RES_FIELDS(input_fields)};
static const struct res_field why_fields[] = {
    {"figure", RES_STR, 0, "Which.", "\"p\""},
    {"deal", RES_ID, 0, "Of which deal.", SOURCE_ID},
    {"as_of", RES_TIME, 0, "As of when.", SOURCE_AT},
    {"definition", RES_STR, 0, "How it is worked out.", "\"inbound / (inbound + outbound)\""},
    {"definition_version", RES_INT, 0, "Of the definition.", "1"},
    {"enabled", RES_BOOL, RES_MAYBE, "Whether the warning is looked for.", "true"},
    {"value", RES_BOOL, RES_MAYBE, "Whether it holds.", "true"},
    {"settings", RES_JSON, RES_MAYBE, "Its thresholds.", "{}"},
    {"text", RES_STR, RES_MAYBE, "In words.", "\"no answer for 12 days\""},
    {"evidence", RES_OBJ, RES_LIST | RES_MAYBE, "What it rests on.", .of = &evidence_shape},
    {"score", RES_OBJ, RES_MAYBE, "The odds.", .of = &score_shape},
    {"figures", RES_OBJ, RES_MAYBE, "The figures.", .of = &figures_shape},
    {"inputs", RES_OBJ, RES_LIST | RES_MAYBE, "What went in.", .of = &input_shape},
    {"stage_log_odds", RES_REAL, RES_MAYBE, "What the stage adds.", "-0.3"},
};
static const struct res_shape why_shape = {"DealExplanation", "Why a figure is what it is.", RES_FIELDS(why_fields)};

static enum err_code explain_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                                 struct res_val **out, struct err *e)
{
    struct deal_views vs;
    struct buf b;
    struct jw w;

    (void)in;
    if (one_load(c, id, query, &vs, e))
        return e->code;
    buf_init_wiped(&b, 16 << 20);
    jw_init(&w, &b);
    if (!deal_explain_write(&vs, &vs.list[0], query[1].v.s, &w)) {
        buf_done(&b);
        return res_say(c, 404, "not found", STR("there is no such figure of a deal: p, engagement, W01, ..."), e);
    }
    return deals_said(c, &why_shape, &b, out, ERR_OK, e);
}

/* ---- operations ---- */

static const char *const outcomes_all[] = {"open", "won", "lost", "unknown", "all", NULL};
static const struct res_field list_fields[Q_COUNT] = {
    [Q_AS_OF] = AS_OF_FIELD,
    [Q_OUTCOME] = {"outcome", RES_ENUM, 0, "How they stand; open when left out.", "\"open\"", .words = outcomes_all},
    [Q_WARNING] = {"warning", RES_STR, 0, "Only deals with this warning.", "\"W02\"", .max = 64},
    [Q_STAGE] = {"stage", RES_STR, 0, "Only deals in the stage of this name.", "\"proposal\"", .max = 256},
    [Q_OWNER] = {"owner", RES_STR, 0, "Only deals whose owner's name has these words.", "\"Ann\"", .max = 256},
    [Q_ACCOUNT] = {"account", RES_STR, 0, "Only deals whose account's name has these words.", "\"Halden\"", .max = 256},
    [Q_NAME] = {"name", RES_STR, 0, "Only the deal of this name.", "\"Hub rollout\"", .max = 1024},
    [Q_OFFSET] = {"offset", RES_INT, 0, "Deals to leave out before.", "0", .min = 0, .max = 1 << 30},
};
static const struct res_shape list_query = {"DealListQuery", "Which deals.", RES_FIELDS(list_fields)};
static const struct res_field get_fields[] = {AS_OF_FIELD};
static const struct res_shape get_query = {"DealQuery", "When.", RES_FIELDS(get_fields)};
#define SINCE_FIELD                                                                                                    \
    {"since", RES_TIME, 0, "What changed since then; since the last meeting when left out.",                           \
     "\"2026-11-01T00:00:00.000Z\""}
static const struct res_field brief_query_fields[] = {AS_OF_FIELD, SINCE_FIELD};
static const struct res_shape brief_query = {"BriefQuery", "When.", RES_FIELDS(brief_query_fields)};
static const struct res_field explain_fields[] = {
    AS_OF_FIELD,
    {"figure", RES_STR, RES_NEEDED, "p, engagement, momentum, reciprocity, contacts, next_step, or a warning.", "\"p\"",
     .min = 1, .max = 64},
};
static const struct res_shape explain_query = {"DealExplainQuery", "Which figure, when.", RES_FIELDS(explain_fields)};
static const struct res_field briefs_query_fields[] = {
    AS_OF_FIELD,
    SINCE_FIELD,
    {"account", RES_STR, RES_NEEDED, "Id or name of the account.", "\"Halden\"", .min = 1, .max = 1024},
};
static const struct res_shape briefs_query = {"BriefsQuery", "Which account, when.", RES_FIELDS(briefs_query_fields)};

static const struct res_op ops[] = {
    {RES_OP_LIST, "list", HTTP_M_GET, "/v1/deals", PERM_DEALS_READ, "List deals with score and warnings",
     .query = &list_query},
    {RES_OP_GET, "get", HTTP_M_GET, "/v1/deals/{id}", PERM_DEALS_READ,
     "Read one deal with reasons, evidence and history", .query = &get_query},
    {RES_OP_CREATE, "create", HTTP_M_POST, "/v1/deals", PERM_DEALS_WRITE, "Make a deal, or many", .flags = RES_OP_BULK,
     .body_max = 1 << 20},
    {RES_OP_UPDATE, "update", HTTP_M_PATCH, "/v1/deals/{id}", PERM_DEALS_WRITE,
     "Change a deal: each new value becomes an event of its history", .flags = RES_OP_MATCH},
    {RES_OP_ACT, "brief", HTTP_M_GET, "/v1/deals/{id}/brief", PERM_DEALS_READ, "Read a page before a meeting",
     .query = &brief_query, .answer = &brief_shape, .flags = RES_OP_SAFE, .audit = AUDIT_READ, .act = brief_act},
    {RES_OP_ACT, "explain", HTTP_M_GET, "/v1/deals/{id}/explain", PERM_DEALS_READ, "Explain a figure of a deal",
     .query = &explain_query, .answer = &why_shape, .flags = RES_OP_SAFE, .audit = AUDIT_READ, .act = explain_act},
    {RES_OP_ACT, "briefs", HTTP_M_GET, "/v1/briefs", PERM_DEALS_READ, "Read the pages of an account's open deals",
     .query = &briefs_query, .answer = &briefs_shape, .flags = RES_OP_SAFE, .audit = AUDIT_READ, .act = briefs_act},
};

const struct resource res_deals = {
    .name = "deals",
    .key = "deals",
    .one = "deal",
    .about = "Deals as their history says, with score and warnings.",
    .flags = RES_CONTENT,
    .shape = &shape,
    .sort = "id",
    .limit_max = 500,
    RES_OPS(ops),
    .list = list,
    .many = many,
    .create = deals_create,
    .update = update,
};
