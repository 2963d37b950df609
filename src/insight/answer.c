#include <math.h>

#include "insight/answer_priv.h"
#include "engine/embed.h"
#include "search/query.h"

enum { EMBED_WAIT_MS = 5000, PASSAGES = 24 };

const float *answer_query_vector(struct embedder *em, str text, const str *history, size_t history_n, struct arena *a,
                                 struct err *e)
{
    str *texts;
    float *vecs;
    double norm = 0;
    size_t dim;

    if (!em)
        return NULL;
    if (history_n > INDEX_HISTORY_MAX) {
        history += history_n - INDEX_HISTORY_MAX;
        history_n = INDEX_HISTORY_MAX;
    }
    texts = ARENA_ARRAY(a, str, history_n + 1);
    texts[0] = text;
    for (size_t i = 0; i < history_n; i++)
        texts[1 + i] = history[i];
    if (embed_texts(em, EMBED_INTERACTIVE, texts, history_n + 1, EMBED_WAIT_MS, a, &vecs, NULL, e))
        return NULL;
    dim = (size_t)embedder_info(em)->dim;
    for (size_t i = 0; i < history_n; i++)
        for (size_t k = 0; k < dim; k++)
            vecs[k] += query_history_weight(history_n - 1 - i) * vecs[(1 + i) * dim + k];
    for (size_t k = 0; k < dim; k++)
        norm += (double)vecs[k] * vecs[k];
    for (size_t k = 0; k < dim && norm > 0; k++)
        vecs[k] = (float)(vecs[k] / sqrt(norm));
    return vecs;
}

enum err_code answer_make(struct index *ix, struct embedder *em, const struct answer_source *src,
                          const struct answer_question *q, struct arena *a, struct answer *out, struct err *e)
{
    struct index_query iq = {.text = q->text,
                             .history = q->history,
                             .history_n = q->history_n,
                             .mode = INDEX_FUSED,
                             .limit = PASSAGES,
                             .filter = q->filter};
    struct answer made = {0};
    struct index_hit *hits;
    enum err_code rc = ERR_OK;
    size_t n;

    if (!str_trim(q->text).n || q->text.n > INDEX_QUERY_BYTES_MAX)
        return err_set(e, ERR_INVALID, "a question has 1 to %d bytes", INDEX_QUERY_BYTES_MAX);
    if (iq.history_n > INDEX_HISTORY_MAX) {
        iq.history += iq.history_n - INDEX_HISTORY_MAX;
        iq.history_n = INDEX_HISTORY_MAX;
    }
    if (src->counts) {
        bool done = false;
        rc = src->counts(src->arg, q, a, &made, &done, e);
        if (rc || done) {
            if (!rc)
                *out = made;
            return rc;
        }
    }
    if (!answer_counted(ix, src, q, a, &made, &rc, e)) {
        iq.vec = answer_query_vector(em, q->text, iq.history, iq.history_n, a, e);
        rc = index_query(ix, &iq, a, &hits, &n, e);
        if (!rc)
            rc = answer_picked(em, src, q, iq.vec, hits, n, a, &made, e);
    }
    if (!rc)
        *out = made;
    return rc;
}
