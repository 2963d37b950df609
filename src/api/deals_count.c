/* api/deals_count.c - "how many deals", "which deals", "sum of": counted over the deals the asker may see, rows attached. */
#include "api/deals_priv.h"
#include "deals/question.h"

enum { COUNT_DEALS_MAX = 20000, COUNT_ROWS_MAX = 200 };

static str detail_of(const struct deal_view *d, struct arena *a)
{
    str amount = crm_micros_str(a, d->s.amount_micros), close = crm_day_str(a, d->s.close_day);

    str text = d->stage;

    if (d->s.has_amount)
        text = str_fmt(a, "%.*s, %.*s %s", STR_ARG(text), STR_ARG(amount), d->s.currency);
    if (d->s.has_close)
        text = str_fmt(a, "%.*s, close date %.*s", STR_ARG(text), STR_ARG(close));
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
    return str_fmt(a, "%.*s %s over %lld deals%s", STR_ARG(text), currency ? currency : "", (long long)n,
                   without ? ", those without an amount left out" : "");
}

static void answer_fill(const struct deal_views *vs, const struct deal_query *q, struct arena *a, struct answer *out)
{
    bool *in = ARENA_ARRAY(a, bool, vs->n + 1);

    out->rows = ARENA_ARRAY(a, struct answer_row, COUNT_ROWS_MAX);
    for (size_t i = 0; i < vs->n; i++) {
        const struct deal_view *d = &vs->list[i];
        in[i] = deal_question_matches(q, d);
        out->count += in[i];
        if (in[i] && out->rows_n < COUNT_ROWS_MAX)
            out->rows[out->rows_n++] = (struct answer_row){.kind = "deal",
                                                           .deal = d->f->deal,
                                                           .started_at_ms = CLOCK_NONE,
                                                           .title = d->name,
                                                           .detail = detail_of(d, a)};
    }
    out->found = out->counted = true;
    sentence_set(
        out, q->ask == DEAL_ASK_SUM ? sum_text(vs, in, out->count, a) : str_fmt(a, "%lld deals", (long long)out->count),
        a);
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
    size_t n;

    *out_done = false;
    if (str_find_nocase(question, STR("deal"), 0) == SIZE_MAX &&
        str_find_nocase(question, STR("opportunit"), 0) == SIZE_MAX &&
        str_find_nocase(question, STR("pipeline"), 0) == SIZE_MAX)
        return ERR_OK;
    if (!res_may(&k->who, PERM_DEALS_READ))
        return ERR_OK;
    if (db_begin(v->db, v->workspace, DEALS_DB_MS, &t, e))
        return e->code;
    if (deal_ids(t, v, ID_NIL, COUNT_DEALS_MAX, a, &ids, &n, e))
        goto fail;
    n = deals_seen(k, ids, n);
    if (deal_views_load(t, v, ids, n, aq->now_ms, a, &vs, e) || audit_append(t, v->keys, &entry, e))
        goto fail;
    if (db_commit(t, e))
        return e->code;
    *out_done = deal_question_parse(question, &vs, a, &q);
    if (*out_done)
        answer_fill(&vs, &q, a, out);
    return ERR_OK;
fail:
    db_rollback(t);
    return e->code;
}
