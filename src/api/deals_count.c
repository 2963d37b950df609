/* api/deals_count.c - "how many deals", "which deals", "sum of", "what are the risks", "why did we lose": answered over the deals
 * the asker may see, rows attached. */
#include "api/deals_priv.h"
#include "deals/question.h"
#include "records/crm.h"

enum { COUNT_DEALS_MAX = 20000, COUNT_ROWS_MAX = 200 };

/* With the names of the warnings of that severity or more; 0: without. */
static str detail_of(const struct deal_view *d, int severity, struct arena *a)
{
    str amount = crm_micros_str(a, d->s.amount_micros), close = crm_day_str(a, d->s.close_day);

    str text = d->stage;

    if (d->s.has_amount)
        text = str_fmt(a, "%.*s, %.*s %s", STR_ARG(text), STR_ARG(amount), d->s.currency);
    if (d->s.has_close)
        text = str_fmt(a, "%.*s, close date %.*s", STR_ARG(text), STR_ARG(close));
    for (int w = 0; severity && w < WARNINGS_N; w++)
        if (d->hits[w].on && d->hits[w].severity >= severity) {
            str name = warning_name(w + 1, a);
            text = str_fmt(a, "%.*s, %.*s", STR_ARG(text), STR_ARG(name));
        }
    return text;
}

static void sentence_set(struct answer *out, str text, struct arena *a)
{
    out->sentences = ARENA_NEW(a, struct answer_sentence);
    out->sentences_n = 1;
    out->sentences[0] = (struct answer_sentence){.text = text, .score = 1};
}

/* Money of different currencies is not added up. */
static str sum_text(const struct deal_views *vs, const bool *in, int64_t n, struct arena *a)
{
    const char *currency = NULL;
    int64_t sum = 0, without = 0;
    str text;

    for (size_t i = 0; i < vs->n; i++) {
        const struct deal_state *s = &vs->list[i].s;
        if (!in[i])
            continue;
        without += !s->has_amount;
        if (s->has_amount && currency && strcmp(currency, s->currency) != 0)
            return STR("These deals are in several currencies, which are not added up.");
        if (s->has_amount) {
            currency = s->currency;
            sum += s->amount_micros;
        }
    }
    text = crm_micros_str(a, sum);
    return str_fmt(a, "%.*s %s over %lld %s%s", STR_ARG(text), currency ? currency : "", (long long)n,
                   n == 1 ? "deal" : "deals", without ? ", those without an amount left out" : "");
}

static struct answer_row row_of(const char *kind, const struct deal_view *d, str detail)
{
    return (struct answer_row){
        .kind = kind, .deal = d->f->deal, .started_at_ms = CLOCK_NONE, .title = d->name, .detail = detail};
}

/* The most severe first. */
static void warnings_put(const struct deal_view *d, struct arena *a, struct answer *out)
{
    static const char *const severities[] = {"", "minor", "serious", "urgent"};

    for (int severity = 3; severity > 0; severity--)
        for (int w = 0; w < WARNINGS_N; w++) {
            const struct warning_hit *h = &d->hits[w];
            str text, since;
            if (!h->on || h->severity != severity)
                continue;
            out->count++;
            if (out->rows_n == COUNT_ROWS_MAX)
                continue;
            text = warning_text(w + 1, h->numbers, a);
            since = crm_day_str(a, deal_day(d->f->pipe, h->since_ms));
            out->rows[out->rows_n++] = row_of(
                "warning", d, str_fmt(a, "%s: %.*s Since %.*s.", severities[severity], STR_ARG(text), STR_ARG(since)));
        }
}

static str warnings_text(const struct deal_query *q, int64_t n, size_t deals, struct arena *a)
{
    const char *noun = n == 1 ? "warning" : "warnings";

    if (q->deal.n && deals)
        return str_fmt(a, "%lld %s on %.*s", (long long)n, noun, STR_ARG(q->deal));
    return str_fmt(a, "%lld %s on %zu open %s", (long long)n, noun, deals, deals == 1 ? "deal" : "deals");
}

/* `reasons` by view: why deals were lost, when that is asked. */
static void answer_fill(const struct deal_views *vs, const struct deal_query *q, const str *reasons, struct arena *a,
                        struct answer *out)
{
    bool *in = ARENA_ARRAY(a, bool, vs->n + 1);
    size_t deals = 0;
    str said;

    out->rows = ARENA_ARRAY(a, struct answer_row, COUNT_ROWS_MAX);
    for (size_t i = 0; i < vs->n; i++) {
        const struct deal_view *d = &vs->list[i];
        in[i] = deal_question_matches(q, d);
        deals += in[i];
        if (!in[i])
            continue;
        if (q->ask == DEAL_ASK_WARNINGS)
            warnings_put(d, a, out);
        else if (out->rows_n < COUNT_ROWS_MAX)
            out->rows[out->rows_n++] = row_of("deal", d,
                                              q->ask != DEAL_ASK_LOST ? detail_of(d, q->severity, a)
                                              : reasons[i].n          ? str_fmt(a, "lost: %.*s", STR_ARG(reasons[i]))
                                                                      : STR("lost, no reason given"));
    }
    if (q->ask != DEAL_ASK_WARNINGS)
        out->count = (int64_t)deals;
    said = q->ask == DEAL_ASK_WARNINGS ? warnings_text(q, out->count, deals, a)
           : q->ask == DEAL_ASK_SUM
               ? sum_text(vs, in, out->count, a)
               : str_fmt(a, "%zu %s%s", deals, q->ask == DEAL_ASK_LOST ? "lost " : "", deals == 1 ? "deal" : "deals");
    out->found = out->counted = true;
    sentence_set(out, said, a);
}

static enum err_code reasons_load(const struct deal_views *vs, struct arena *a, str **out, struct err *e)
{
    struct id *ids = ARENA_ARRAY(a, struct id, vs->n + 1);

    *out = ARENA_ARRAY(a, str, vs->n + 1);
    for (size_t i = 0; i < vs->n; i++)
        ids[i] = vs->list[i].f->deal;
    return record_deal_words(vs->t, vs->v, CRM_F_REASON, ids, vs->n, a, *out, e);
}

enum err_code api_deals_count(struct call *k, const struct answer_question *aq, struct arena *a, struct answer *out,
                              bool *out_done, struct err *e)
{
    str question = aq->text;
    struct vaulted *v = deals_vaulted(k);
    struct audit_entry entry = {.act = AUDIT_ASK, .actor = caller_actor(&k->who)};
    struct deal_views vs;
    struct deal_query q;
    struct db_tx *t;
    struct id *ids;
    str *reasons = NULL;
    bool understood;
    size_t n;

    *out_done = false;
    if (!res_may(&k->who, PERM_DEALS_READ) || !deal_question_likely(question, a))
        return ERR_OK;
    if (db_begin(v->db, v->workspace, DEALS_DB_MS, &t, e))
        return e->code;
    if (deal_ids(t, v, ID_NIL, COUNT_DEALS_MAX, a, &ids, &n, e))
        goto fail;
    n = deals_seen(k, ids, n);
    if (deal_views_load(t, v, ids, n, aq->now_ms, a, &vs, e) || audit_append(t, v->keys, &entry, e))
        goto fail;
    understood = deal_question_parse(question, &vs, a, &q);
    if (understood && q.ask == DEAL_ASK_LOST && reasons_load(&vs, a, &reasons, e))
        goto fail;
    if (db_commit(t, e))
        return e->code;
    *out_done = understood;
    if (understood)
        answer_fill(&vs, &q, reasons, a, out);
    return ERR_OK;
fail:
    db_rollback(t);
    return e->code;
}
