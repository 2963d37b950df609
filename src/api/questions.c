/* api/questions.c - POST /v1/search and POST /v1/ask. */
#include <math.h>

#include "api/api.h"
#include "insight/answer.h"
#include "pipeline/rebuild.h"

enum { LIMIT_DEFAULT = 10 };

static bool mode_parse(str s, enum index_mode *out)
{
    if (!s.n || str_eq(s, STR("fused")))
        *out = INDEX_FUSED;
    else if (str_eq(s, STR("lexical")))
        *out = INDEX_LEXICAL;
    else if (str_eq(s, STR("vector")))
        *out = INDEX_VECTOR;
    else
        return false;
    return true;
}

/* The question's text and its history from the body; fills the reply and answers false when they are not proper. */
static bool question_read(struct call *k, const struct json *v, const char *key, str *out, const str **out_history,
                          size_t *out_n)
{
    const struct json *history = json_get(v, "history");
    str *list = ARENA_ARRAY(k->a, str, INDEX_HISTORY_MAX);
    struct json_it it;
    size_t n = 0;

    *out = str_trim(str_dup(k->a, json_str(json_get(v, key), STR(""))));
    if (!out->n || out->n > INDEX_QUERY_BYTES_MAX) {
        http_problem(k->rep, 400, STR_NULL, STR("bad field"),
                     str_fmt(k->a, "\"%s\" must be a text of 1 to %d bytes", key, INDEX_QUERY_BYTES_MAX));
        return false;
    }
    if (json_kind(history) != JSON_ABSENT && json_kind(history) != JSON_NULL && json_kind(history) != JSON_ARR) {
        http_problem(k->rep, 400, STR_NULL, STR("bad field"), STR("\"history\" must be a list of earlier questions"));
        return false;
    }
    size_t skip = json_len(history) > INDEX_HISTORY_MAX ? json_len(history) - INDEX_HISTORY_MAX : 0, at = 0;
    for (json_it_init(&it, history); json_it_next(&it);) {
        str s = str_trim(json_str(it.val, STR("")));
        if (at++ >= skip && s.n)
            list[n++] = str_dup(k->a, str_sub(s, 0, INDEX_QUERY_BYTES_MAX));
    }
    *out_history = list;
    *out_n = n;
    return true;
}

/* The query's vector, leaned towards its history; without an engine it stays NULL and words decide. */
static void query_embed(struct api *api, struct index_query *q, struct arena *a)
{
    struct err e;

    if (api->core->em && q->mode != INDEX_LEXICAL)
        q->vec = answer_query_vector(api->core->em, q->text, q->history, q->history_n, a, &e);
}

static const struct record_ia *rec_of(const struct record_ia *recs, size_t n, struct id id)
{
    for (size_t i = 0; i < n; i++)
        if (id_eq(recs[i].ia.id, id))
            return &recs[i];
    return NULL;
}

static void hit_write(struct call *k, struct jw *w, const struct index_hit *h, const struct record_ia *rec, size_t rank)
{
    struct record_chunk chunk = {(struct ia_span *)(uintptr_t)h->spans, h->spans_n};

    jw_obj(w);
    jw_ki64(w, "rank", (int64_t)rank);
    jw_kreal(w, "score", h->score);
    jw_kstr(w, "interaction", id_str(k->a, h->interaction));
    jw_kstr(w, "source", h->source);
    jw_kstr(w, "kind", str_of(ia_kind_name(h->kind)));
    jw_karr(w, "spans");
    for (size_t i = 0; i < h->spans_n; i++) {
        jw_obj(w);
        jw_ki64(w, "turn", h->spans[i].turn);
        jw_ki64(w, "start", h->spans[i].start);
        jw_ki64(w, "end", h->spans[i].end);
        jw_end(w);
    }
    jw_end(w);
    jw_kstr(w, "text", chunk_words(&rec->ia, &chunk, k->a).text);
    jw_kstr(w, "title", rec->ia.title);
    if (rec->ia.started_at_ms != CLOCK_NONE)
        jw_kstr(w, "started_at", clock_str(k->a, rec->ia.started_at_ms));
    jw_kobj(w, "parts");
    jw_kreal(w, "lexical", h->lexical);
    if (isnan(h->cosine))
        jw_knull(w, "cosine");
    else
        jw_kreal(w, "cosine", h->cosine);
    jw_end(w);
    jw_end(w);
}

static struct id *distinct_ids(struct call *k, const struct index_hit *hits, size_t n, size_t *out_n)
{
    struct id *ids = ARENA_ARRAY(k->a, struct id, n + 1);
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        size_t j = 0;
        while (j < count && !id_eq(ids[j], hits[i].interaction))
            j++;
        if (j == count)
            ids[count++] = hits[i].interaction;
    }
    *out_n = count;
    return ids;
}

static void search_run(struct call *k, const struct index_query *q)
{
    struct api *api = k->app;
    struct index_hit *hits;
    struct record_ia *recs;
    size_t hits_n, recs_n, ids_n, rank = 0;
    struct id *ids;
    struct buf b;
    struct jw w;
    struct err e;

    if (index_query(api->core->ix, q, k->a, &hits, &hits_n, &e)) {
        http_problem_err(k->rep, &e);
        return;
    }
    ids = distinct_ids(k, hits, hits_n, &ids_n);
    if (api_load(k, AUDIT_SEARCH, ids, ids_n, &recs, &recs_n, &e)) {
        http_problem_err(k->rep, &e);
        return;
    }
    buf_init_wiped(&b, 64 << 20);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_karr(&w, "hits");
    for (size_t i = 0; i < hits_n; i++) {
        const struct record_ia *rec = rec_of(recs, recs_n, hits[i].interaction);
        if (rec) /* deleted since it was ranked: not shown */
            hit_write(k, &w, &hits[i], rec, ++rank);
    }
    jw_end(&w);
    jw_end(&w);
    api_reply(k, 200, &b);
}

void api_search(struct call *k)
{
    static const char *const keys[] = {"query",   "in",   "limit",  "mode", "history", "kind", "side",
                                       "account", "deal", "person", "from", "to",      NULL};
    struct api *api = k->app;
    struct index_query q = {0};
    struct json_doc *d = NULL;
    const struct json *v;

    if (!api_body(k, keys, &d))
        return;
    v = json_root(d);
    q.limit = (size_t)json_i64(json_get(v, "limit"), LIMIT_DEFAULT);
    if (json_kind(json_get(v, "limit")) != JSON_ABSENT && json_kind(json_get(v, "limit")) != JSON_NULL &&
        (json_i64(json_get(v, "limit"), 0) < 1 || json_i64(json_get(v, "limit"), 0) > INDEX_HITS_MAX))
        http_problem(k->rep, 400, STR_NULL, STR("bad field"),
                     str_fmt(k->a, "\"limit\" must be from 1 to %d", INDEX_HITS_MAX));
    else if (!mode_parse(json_str(json_get(v, "mode"), STR("")), &q.mode))
        http_problem(k->rep, 400, STR_NULL, STR("bad field"), STR("\"mode\" must be fused, lexical or vector"));
    else if (!question_read(k, v, "query", &q.text, &q.history, &q.history_n) || !api_filter(k, v, &q.filter))
        ;
    else if (q.mode == INDEX_VECTOR && !api->core->em)
        http_problem(k->rep, 503, STR_NULL, STR("no embedding model"),
                     STR("vector search needs one: set model.embed to a GGUF encoder, or use mode lexical"));
    else {
        query_embed(api, &q, k->a);
        if (q.mode == INDEX_VECTOR && !q.vec)
            http_problem(k->rep, 503, STR_NULL, STR("the engine is being restarted"), STR("try again in a moment"));
        else
            search_run(k, &q);
    }
    json_free(d);
}

/* ---- ask ---- */

static enum err_code answer_load(void *arg, const struct id *ids, size_t n, struct arena *a, struct interaction **out,
                                 size_t *out_n, struct err *e)
{
    struct record_ia *recs;
    size_t recs_n;

    if (api_load(arg, AUDIT_ASK, ids, n, &recs, &recs_n, e))
        return e->code;
    *out = ARENA_ARRAY(a, struct interaction, recs_n + 1);
    for (size_t i = 0; i < recs_n; i++)
        (*out)[i] = recs[i].ia;
    *out_n = recs_n;
    return ERR_OK;
}

static void sentence_write(struct call *k, struct jw *w, const struct answer_sentence *s)
{
    jw_obj(w);
    jw_kstr(w, "text", s->text);
    jw_karr(w, "spans");
    for (size_t i = 0; i < s->spans_n; i++) {
        const struct answer_span *p = &s->spans[i];
        jw_obj(w);
        jw_kstr(w, "interaction", id_str(k->a, p->interaction));
        jw_kstr(w, "source", p->source);
        jw_ki64(w, "turn", p->span.turn);
        jw_ki64(w, "start", p->span.start);
        jw_ki64(w, "end", p->span.end);
        jw_kstr(w, "quote", p->quote);
        jw_end(w);
    }
    jw_end(w);
    jw_kreal(w, "score", s->score);
    jw_end(w);
}

static void answer_write(struct call *k, const struct answer *an)
{
    struct buf b;
    struct jw w;

    buf_init_wiped(&b, 64 << 20);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kbool(&w, "found", an->found);
    jw_kstr(&w, "maker", STR("extractive"));
    jw_karr(&w, "sentences");
    for (size_t i = 0; i < an->sentences_n; i++)
        sentence_write(k, &w, &an->sentences[i]);
    jw_end(&w);
    jw_karr(&w, "rows");
    for (size_t i = 0; i < an->rows_n; i++) {
        const struct answer_row *r = &an->rows[i];
        jw_obj(&w);
        jw_kstr(&w, "interaction", id_str(k->a, r->interaction));
        jw_kstr(&w, "kind", str_of(ia_kind_name(r->kind)));
        jw_kstr(&w, "title", r->title);
        jw_kstr(&w, "source", r->source);
        if (r->started_at_ms == CLOCK_NONE)
            jw_knull(&w, "started_at");
        else
            jw_kstr(&w, "started_at", clock_str(k->a, r->started_at_ms));
        jw_end(&w);
    }
    jw_end(&w);
    if (an->counted)
        jw_ki64(&w, "count", an->count);
    if (!an->found)
        jw_kstr(&w, "message", STR("not found in what you may see"));
    jw_end(&w);
    api_reply(k, 200, &b);
}

void api_ask(struct call *k)
{
    static const char *const keys[] = {"question", "in",     "history", "kind", "side", "account",
                                       "deal",     "person", "from",    "to",   NULL};
    struct api *api = k->app;
    struct answer_question q = {.now_ms = clock_now_ms()};
    struct answer_source src = {.arg = k, .load = answer_load};
    struct json_doc *d = NULL;
    struct answer an;
    struct err e;

    if (!api_body(k, keys, &d))
        return;
    if (question_read(k, json_root(d), "question", &q.text, &q.history, &q.history_n) &&
        api_filter(k, json_root(d), &q.filter)) {
        if (answer_make(api->core->ix, api->core->em, &src, &q, k->a, &an, &e))
            http_problem_err(k->rep, &e);
        else
            answer_write(k, &an);
    }
    json_free(d);
}
