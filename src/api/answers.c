/* api/answers.c - what one has asked, and what was answered: one's own only. A kept answer holds places, not words: each
 * reading opens them anew, so that what was erased or is no longer for this reader is not in it. */
#include "api/answers.h"
#include "records/cards.h"
#include "search/index.h"

enum { BODY_MAX = 256 << 10, TX_MS = 20000 };

/* ---- as kept ---- */

static const struct res_field place_fields[] = {
    {"interaction", RES_ID, 0, "Which conversation.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\"", .to = "interactions"},
    {"turn", RES_INT, 0, "Number of the turn, from 0.", "3"},
    {"start", RES_INT, 0, "First byte in the turn's original text.", "0"},
    {"end", RES_INT, 0, "Byte behind the last.", "24"},
    {"quote", RES_STR, RES_SEALED | RES_MAYBE, "Exactly these bytes.", "\"The pilot starts\""},
};
enum { P_INTERACTION, P_TURN, P_START, P_END, P_QUOTE, P_COUNT };
static const struct res_shape place_shape = {"AnswerPlace", "Where a sentence of an answer stands.",
                                             RES_FIELDS(place_fields)};
static const struct res_field sentence_fields[] = {
    {"text", RES_STR, RES_SEALED, "What was answered.", "\"The pilot starts in March.\""},
    {"score", RES_REAL, 0, "How sure, 0 to 1.", "0.8"},
    {"spans", RES_OBJ, RES_LIST, "Where it stands.", .of = &place_shape},
};
enum { S_TEXT, S_SCORE, S_SPANS, S_COUNT };
static const struct res_shape sentence_shape = {"KeptSentence", "A sentence of a kept answer.",
                                                RES_FIELDS(sentence_fields)};

enum { F_ID_, F_ASKED, F_QUESTION, F_FOUND, F_COUNTED, F_SENTENCES, F_COUNT };
static const struct res_field fields[F_COUNT] = {
    [F_ID_] = {"id", RES_ID, RES_READ_ONLY, "Its id.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    [F_ASKED] = {"asked_at", RES_TIME, RES_READ_ONLY | RES_SORT | RES_RANGE, "When it was asked.",
                 "\"2026-06-10T09:30:00.000Z\""},
    [F_QUESTION] = {"question", RES_STR, RES_READ_ONLY | RES_SEALED, "What was asked.",
                    "\"When does the pilot start?\""},
    [F_FOUND] = {"found", RES_BOOL, RES_READ_ONLY, "Whether there was an answer.", "true"},
    [F_COUNTED] = {"count", RES_INT, RES_READ_ONLY | RES_NULLABLE, "What was counted; null: nothing.", "12"},
    [F_SENTENCES] = {"sentences", RES_OBJ, RES_READ_ONLY | RES_LIST | RES_DETAIL,
                     "What was answered, as far as it may still be read.", .of = &sentence_shape},
};
static const struct res_shape shape = {"KeptAnswer", "A question of one's own, and its answer.", RES_FIELDS(fields)};

static void spans_write(struct jw *w, struct arena *a, const struct answer_sentence *s)
{
    jw_karr(w, "spans");
    for (size_t i = 0; i < s->spans_n; i++) {
        const struct answer_span *p = &s->spans[i];
        jw_obj(w);
        jw_kstr(w, "interaction", id_str(a, p->interaction));
        jw_ki64(w, "turn", p->span.turn);
        jw_ki64(w, "start", p->span.start);
        jw_ki64(w, "end", p->span.end);
        jw_end(w);
    }
    jw_end(w);
}

static void body_write(struct jw *w, struct arena *a, str question, const struct answer *an)
{
    jw_obj(w);
    jw_kstr(w, "question", question);
    jw_kbool(w, "found", an->found);
    if (an->counted)
        jw_ki64(w, "count", an->count);
    jw_karr(w, "sentences");
    for (size_t i = 0; i < an->sentences_n; i++) {
        const struct answer_sentence *s = &an->sentences[i];
        jw_obj(w);
        jw_kstr(w, "text", s->spans_n ? STR("") : s->text); /* a figure in words; a quote is read where it stands */
        jw_kreal(w, "score", s->score);
        spans_write(w, a, s);
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
}

enum err_code answer_keep(struct res_ctx *c, str question, const struct answer *an, struct err *e)
{
    struct card k = {.owner = c->who.user, .about = caller_actor(&c->who)};
    enum err_code rc;
    struct db_tx *t = NULL;
    struct buf b;
    struct jw w;

    buf_init_wiped(&b, BODY_MAX);
    jw_init(&w, &b);
    body_write(&w, c->a, question, an);
    k.body = buf_view(&b);
    rc = buf_ok(&b) ? db_begin(c->v->db, c->v->workspace, TX_MS, &t, e) : err_set(e, ERR_LIMIT, "a very long answer");
    if (!rc) {
        rc = card_add(t, c->v, CARD_ANSWER, &k, c->a, e);
        if (rc)
            db_rollback(t);
        else
            rc = db_commit(t, e);
    }
    buf_done(&b);
    return rc;
}

/* ---- reading ---- */

/* The conversations that a kept answer names and the caller may see, opened. */
static enum err_code places_load(struct res_ctx *c, const struct res_val *sentences, struct record_ia **out,
                                 size_t *out_n, struct err *e)
{
    struct id *ids = NULL;
    size_t n = 0, cap = 0;

    for (size_t i = 0; i < sentences->n; i++) {
        const struct res_val *spans = &sentences->v.list[i].v.obj[S_SPANS];
        for (size_t k = 0; k < spans->n; k++) {
            struct id ia = spans->v.list[k].v.obj[P_INTERACTION].v.id;
            size_t seen = 0;
            while (seen < n && !id_eq(ids[seen], ia))
                seen++;
            if (seen == n && index_seen(c->api->core->ix, c->who.reader, ia))
                ARENA_PUSH(c->a, ids, n, cap) = ia;
        }
    }
    *out_n = 0;
    return n ? record_ia_load(c->t, c->v, ids, n, c->a, out, out_n, e) : ERR_OK;
}

/* False: its words are gone, or not for this reader. */
static bool quote_fill(struct arena *a, struct res_val *place, const struct record_ia *rec)
{
    int64_t turn = place[P_TURN].v.i, start = place[P_START].v.i, end = place[P_END].v.i;

    if (!rec || turn < 0 || (size_t)turn >= rec->ia.turns_n || start < 0 || start >= end ||
        (size_t)end > rec->ia.turns[turn].text.n)
        return false;
    place[P_QUOTE] = res_str(str_dup(a, str_sub(rec->ia.turns[turn].text, (size_t)start, (size_t)end)));
    return true;
}

static enum err_code sentences_fill(struct res_ctx *c, struct res_val *sentences, struct err *e)
{
    struct record_ia *recs = NULL;
    size_t recs_n, kept = 0;

    if (places_load(c, sentences, &recs, &recs_n, e))
        return e->code;
    for (size_t i = 0; i < sentences->n; i++) {
        struct res_val *s = sentences->v.list[i].v.obj, *spans = &s[S_SPANS];
        bool whole = true;
        for (size_t k = 0; k < spans->n && whole; k++) {
            struct res_val *place = spans->v.list[k].v.obj;
            whole = quote_fill(c->a, place, record_ia_of(recs, recs_n, place[P_INTERACTION].v.id));
        }
        if (!whole)
            continue;
        if (spans->n)
            s[S_TEXT] = spans->v.list[0].v.obj[P_QUOTE];
        sentences->v.list[kept++] = res_obj(s);
    }
    sentences->n = kept;
    return ERR_OK;
}

static enum err_code item_of(struct res_ctx *c, const struct card *k, bool full, struct res_val **out, struct err *e)
{
    if (res_of_json(c, &shape, k->body, out, e))
        return e->code;
    (*out)[F_ID_] = res_id(k->id);
    (*out)[F_ASKED] = res_time(k->created_at_ms);
    if ((*out)[F_COUNTED].is != RES_SET)
        (*out)[F_COUNTED] = res_null();
    return full ? sentences_fill(c, &(*out)[F_SENTENCES], e) : ERR_OK;
}

static enum err_code list(struct res_ctx *c, const struct res_query *q, struct res_page *page, struct err *e)
{
    struct id me = caller_actor(&c->who);
    struct card_filter f = {P_NULL(DB_I64S), P_IDS(&me, 1), STR("")};
    struct page_want w = res_page_want(q, "asked_at");
    struct card *rows;
    size_t n;

    if (cards_page(c->t, c->v, CARD_ANSWER, &f, &w, c->a, &rows, &n, e))
        return e->code;
    res_page_begin(c, page, q, n);
    for (size_t i = 0; i < page->n; i++) {
        if (item_of(c, &rows[i], q->want >> F_SENTENCES & 1, &page->items[i], e))
            return e->code;
        page->keys[i] = (struct res_key){rows[i].created_at_ms, rows[i].id};
    }
    return ERR_OK;
}

static enum err_code many(struct res_ctx *c, const struct id *ids, size_t n, uint64_t want, struct res_val **items,
                          struct err *e)
{
    struct res_val *item;
    struct card *rows;
    size_t rows_n;

    if (cards_load(c->t, c->v, CARD_ANSWER, ids, n, c->a, &rows, &rows_n, e))
        return e->code;
    for (size_t i = 0; i < rows_n; i++) {
        if (!id_eq(rows[i].about, caller_actor(&c->who)))
            continue;
        if (item_of(c, &rows[i], want >> F_SENTENCES & 1, &item, e))
            return e->code;
        res_place(ids, n, rows[i].id, item, items);
    }
    return ERR_OK;
}

static enum err_code drop(struct res_ctx *c, struct id id, struct err *e)
{
    return card_drop(c->t, c->v, CARD_ANSWER, id, e); /* `many` has found it: it is the caller's */
}

static const struct res_op ops[] = {
    {RES_OP_LIST, "list", HTTP_M_GET, "/v1/answers", PERM_ANSWERS_USE, "List what one has asked"},
    {RES_OP_GET, "get", HTTP_M_GET, "/v1/answers/{id}", PERM_ANSWERS_USE, "Read one's question and its answer again"},
    {RES_OP_DELETE, "delete", HTTP_M_DELETE, "/v1/answers/{id}", PERM_ANSWERS_USE, "Forget a question of one's own"},
};

const struct resource res_answers = {
    .name = "answers",
    .key = "answers",
    .one = "answer",
    .about = "What one has asked, and what was answered.",
    .flags = RES_CONTENT,
    .shape = &shape,
    .sort = "-asked_at",
    RES_OPS(ops),
    .list = list,
    .many = many,
    .drop = drop,
};
