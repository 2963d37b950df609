/* api/questions.c - POST /v1/search and POST /v1/ask. */
#include <math.h>

#include "api/answers.h"
#include "api/deals_priv.h"
#include "api/findings_count.h"
#include "api/resource.h"
#include "insight/answer.h"
#include "pipeline/rebuild.h"

enum { LIMIT_DEFAULT = 10 };

/* The question's text and its history, trimmed. */
static enum err_code question_read(struct res_ctx *c, str text, const struct res_val *history, str *out,
                                   const str **out_history, size_t *out_n, struct err *e)
{
    str *list = ARENA_ARRAY(c->a, str, INDEX_HISTORY_MAX);
    size_t n = 0, all = history->is == RES_SET ? history->n : 0;

    *out = str_trim(text);
    if (!out->n)
        return err_set(e, ERR_INVALID, "the question is empty");
    for (size_t i = all > INDEX_HISTORY_MAX ? all - INDEX_HISTORY_MAX : 0; i < all; i++) {
        str s = str_trim(history->v.list[i].v.s);
        if (s.n)
            list[n++] = str_sub(s, 0, INDEX_QUERY_BYTES_MAX);
    }
    *out_history = list;
    *out_n = n;
    return ERR_OK;
}

/* The query's vector, leaned towards its history; without an engine it stays NULL and words decide. */
static void query_embed(struct api *api, struct index_query *q, struct arena *a)
{
    struct err e;

    if (api->core->em && q->mode != INDEX_LEXICAL)
        q->vec = answer_query_vector(api->core->em, q->text, q->history, q->history_n, a, &e);
}

/* ---- shapes ---- */

const char *const api_kinds[] = {"call", "mail", "note", "document", NULL};
const char *const api_sides[] = {"internal", "external", "unknown", NULL};
static const char *const modes[] = {"fused", "lexical", "vector", NULL}; /* as enum index_mode */
static const char *const makers[] = {"extractive", "generated", NULL};

enum { Q_QUERY = API_FILTERS, Q_LIMIT, Q_MODE, Q_COUNT };
static const struct res_field search_fields[Q_COUNT] = {
    API_FILTER_FIELDS,
    [Q_QUERY] = {"query", RES_STR, RES_NEEDED, "What to look for.", "\"pilot in Ghent\"", .min = 1,
                 .max = INDEX_QUERY_BYTES_MAX},
    [Q_LIMIT] = {"limit", RES_INT, RES_NULLABLE, "Most hits; 10 when left out.", "10", .min = 1, .max = INDEX_HITS_MAX},
    [Q_MODE] = {"mode", RES_ENUM, RES_NULLABLE, "By words (lexical), by meaning (vector), or both (fused).",
                "\"fused\"", .words = modes},
};
static const struct res_shape search_shape = {"SearchRequest", "What to look for, and where.",
                                              RES_FIELDS(search_fields)};

static const struct res_field place_fields[] = {
    {"turn", RES_INT, 0, "Number of the turn, from 0.", "3"},
    {"start", RES_INT, 0, "First byte in the turn's original text.", "0"},
    {"end", RES_INT, 0, "Byte behind the last.", "24"},
};
static const struct res_shape place_shape = {"Place", "A stretch of the original text of one turn.",
                                             RES_FIELDS(place_fields)};
static const struct res_field score_fields[] = {
    {"lexical", RES_REAL, 0, "BM25 of the words; 0 when none matches.", "3.2"},
    {"cosine", RES_REAL, RES_NULLABLE, "Nearness in meaning, -1 to 1; null without vectors.", "0.61"},
};
static const struct res_shape score_shape = {"ScoreParts", "What a score is made of.", RES_FIELDS(score_fields)};

enum { H_RANK, H_SCORE, H_IA, H_SOURCE, H_KIND, H_SPANS, H_TEXT, H_TITLE, H_STARTED, H_PARTS, H_COUNT };
static const struct res_field hit_fields[] = {
    [H_RANK] = {"rank", RES_INT, 0, "1 for the best.", "1"},
    [H_SCORE] = {"score", RES_REAL, 0, "Higher is better; comparable inside one answer only.", "1.5"},
    [H_IA] = {"interaction", RES_ID, 0, "The conversation.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\"",
              .to = "interactions"},
    [H_SOURCE] = {"source", RES_STR, RES_SEALED, "Its path.", "\"calls/pilot.vtt\""},
    [H_KIND] = {"kind", RES_ENUM, 0, "Its kind.", "\"call\"", .words = api_kinds},
    [H_SPANS] = {"spans", RES_OBJ, RES_LIST, "Where in it.", .of = &place_shape},
    [H_TEXT] = {"text", RES_STR, RES_SEALED, "The words there.", "\"The pilot starts in Ghent.\""},
    [H_TITLE] = {"title", RES_STR, RES_SEALED, "Its title.", "\"Northwind pilot\""},
    [H_STARTED] = {"started_at", RES_TIME, RES_MAYBE, "When it was.", "\"2026-06-10T09:30:00.000Z\""},
    [H_PARTS] = {"parts", RES_OBJ, 0, "What the score is made of.", .of = &score_shape},
};
static const struct res_shape hit_shape = {"Hit", "A piece of a conversation that fits a query.",
                                           RES_FIELDS(hit_fields)};
static const struct res_field hits_fields[] = {
    {"hits", RES_OBJ, RES_LIST, "Best first.", .of = &hit_shape},
};
static const struct res_shape hits_shape = {"Hits", "What was found.", RES_FIELDS(hits_fields)};

enum { A_QUESTION = API_FILTERS, A_COUNT };
static const struct res_field ask_fields[A_COUNT] = {
    API_FILTER_FIELDS,
    [A_QUESTION] = {"question", RES_STR, RES_NEEDED, "The question.", "\"When does the pilot start?\"", .min = 1,
                    .max = INDEX_QUERY_BYTES_MAX},
};
static const struct res_shape ask_shape = {"AskRequest", "A question, and where to look.", RES_FIELDS(ask_fields)};

enum { C_IA, C_SOURCE, C_TURN, C_START, C_END, C_QUOTE, C_COUNT };
static const struct res_field cite_fields[] = {
    [C_IA] = {"interaction", RES_ID, 0, "The conversation.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\"",
              .to = "interactions"},
    [C_SOURCE] = {"source", RES_STR, RES_SEALED, "Its path.", "\"calls/pilot.vtt\""},
    [C_TURN] = {"turn", RES_INT, 0, "Number of the turn, from 0.", "3"},
    [C_START] = {"start", RES_INT, 0, "First byte in the turn's original text.", "0"},
    [C_END] = {"end", RES_INT, 0, "Byte behind the last.", "24"},
    [C_QUOTE] = {"quote", RES_STR, RES_SEALED, "Exactly those bytes.", "\"The pilot starts in Ghent.\""},
};
static const struct res_shape cite_shape = {"Citation", "Where an answer's sentence stands.", RES_FIELDS(cite_fields)};
static const struct res_field sentence_fields[] = {
    {"text", RES_STR, RES_SEALED, "The sentence.", "\"The pilot starts in Ghent.\""},
    {"spans", RES_OBJ, RES_LIST, "Where it stands.", .of = &cite_shape},
    {"score", RES_REAL, 0, "How sure that it answers, 0 to 1.", "0.8"},
};
static const struct res_shape sentence_shape = {"AnswerSentence", "A sentence of an answer, with its evidence.",
                                                RES_FIELDS(sentence_fields)};
enum { R_KIND, R_IA, R_DEAL, R_TITLE, R_SOURCE, R_STARTED, R_DETAIL, R_COUNT };
static const struct res_field row_fields[] = {
    [R_KIND] = {"kind", RES_STR, 0, "What it is: call, mail, note, document; deal; objection, commitment, ...",
                "\"call\""},
    [R_IA] = {"interaction", RES_ID, RES_MAYBE, "The conversation it is, or stands in.",
              "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\"", .to = "interactions"},
    [R_DEAL] = {"deal", RES_ID, RES_MAYBE, "The deal it is.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\"",
                .to = "deals"},
    [R_TITLE] = {"title", RES_STR, RES_SEALED, "Title of the conversation, or the deal's name.", "\"Northwind pilot\""},
    [R_SOURCE] = {"source", RES_STR, RES_SEALED | RES_MAYBE, "Path of the conversation.", "\"calls/pilot.vtt\""},
    [R_STARTED] = {"started_at", RES_TIME, RES_MAYBE | RES_NULLABLE, "When the conversation was.",
                   "\"2026-06-10T09:30:00.000Z\""},
    [R_DETAIL] = {"detail", RES_STR, RES_SEALED | RES_MAYBE, "What it was counted for.", "\"proposal, 128000.00 EUR\""},
};
static const struct res_shape row_shape = {"AnswerRow", "What was counted or listed.", RES_FIELDS(row_fields)};
enum { N_FOUND, N_MAKER, N_SENTENCES, N_ROWS, N_COUNTED, N_MESSAGE, N_COUNT };
static const struct res_field answer_fields[] = {
    [N_FOUND] = {"found", RES_BOOL, 0, "Whether there is an answer.", "true"},
    [N_MAKER] = {"maker", RES_ENUM, 0, "Quoted (extractive) or written by a model (generated).", "\"extractive\"",
                 .words = makers},
    [N_SENTENCES] = {"sentences", RES_OBJ, RES_LIST, "The answer, sentence by sentence.", .of = &sentence_shape},
    [N_ROWS] = {"rows", RES_OBJ, RES_LIST, "What was counted or listed; at most 200 deals or findings.",
                .of = &row_shape},
    [N_COUNTED] = {"count", RES_INT, RES_MAYBE, "The number, of a question that counts.", "3"},
    [N_MESSAGE] = {"message", RES_STR, RES_MAYBE, "What to say when nothing was found.",
                   "\"not found in what you may see\""},
};
static const struct res_shape answer_shape = {"Answer", "An answer that shows what it rests on.",
                                              RES_FIELDS(answer_fields)};

/* ---- search ---- */

static struct res_val places_of(struct arena *a, const struct ia_span *spans, size_t n)
{
    struct res_val *list = ARENA_ARRAY(a, struct res_val, n + 1);

    for (size_t i = 0; i < n; i++) {
        struct res_val *v = ARENA_ARRAY(a, struct res_val, 3);
        v[0] = res_i64(spans[i].turn);
        v[1] = res_i64(spans[i].start);
        v[2] = res_i64(spans[i].end);
        list[i] = res_obj(v);
    }
    return res_vals(list, n);
}

static struct res_val hit_of(struct arena *a, const struct index_hit *h, const struct record_ia *rec, size_t rank)
{
    struct record_chunk chunk = {(struct ia_span *)(uintptr_t)h->spans, h->spans_n};
    struct res_val *v = ARENA_ARRAY(a, struct res_val, H_COUNT), *parts = ARENA_ARRAY(a, struct res_val, 2);

    v[H_RANK] = res_i64((int64_t)rank);
    v[H_SCORE] = res_real(h->score);
    v[H_IA] = res_id(h->interaction);
    v[H_SOURCE] = res_str(h->source);
    v[H_KIND] = res_str(str_of(ia_kind_name(h->kind)));
    v[H_SPANS] = places_of(a, h->spans, h->spans_n);
    v[H_TEXT] = res_str(chunk_words(&rec->ia, &chunk, a).text);
    v[H_TITLE] = res_str(rec->ia.title);
    v[H_STARTED] = res_time(rec->ia.started_at_ms);
    parts[0] = res_real(h->lexical);
    parts[1] = isnan(h->cosine) ? res_null() : res_real(h->cosine);
    v[H_PARTS] = res_obj(parts);
    return res_obj(v);
}

static struct id *distinct_ids(struct arena *a, const struct index_hit *hits, size_t n, size_t *out_n)
{
    struct id *ids = ARENA_ARRAY(a, struct id, n + 1);
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

static enum err_code search_run(struct res_ctx *c, const struct index_query *q, struct res_val **out, struct err *e)
{
    struct index_hit *hits;
    struct record_ia *recs;
    size_t hits_n, recs_n, ids_n, n = 0;
    struct res_val *list;
    struct id *ids;

    if (index_query(c->api->core->ix, q, c->a, &hits, &hits_n, e))
        return e->code;
    ids = distinct_ids(c->a, hits, hits_n, &ids_n);
    if (api_load(c->k, AUDIT_SEARCH, ids, ids_n, &recs, &recs_n, e))
        return e->code;
    list = ARENA_ARRAY(c->a, struct res_val, hits_n + 1);
    for (size_t i = 0; i < hits_n; i++) {
        const struct record_ia *rec = record_ia_of(recs, recs_n, hits[i].interaction);
        if (!rec) /* deleted since it was ranked: not shown */
            continue;
        list[n] = hit_of(c->a, &hits[i], rec, n + 1);
        n++;
    }
    *out = ARENA_ARRAY(c->a, struct res_val, 1);
    (*out)[0] = res_vals(list, n);
    return ERR_OK;
}

static enum err_code search_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                                struct res_val **out, struct err *e)
{
    struct index_query q = {.limit = in[Q_LIMIT].is == RES_SET ? (size_t)in[Q_LIMIT].v.i : LIMIT_DEFAULT};

    (void)id, (void)query;
    if (in[Q_MODE].is == RES_SET)
        q.mode = (enum index_mode)res_word(&search_fields[Q_MODE], in[Q_MODE].v.s);
    if (question_read(c, in[Q_QUERY].v.s, &in[API_HISTORY], &q.text, &q.history, &q.history_n, e) ||
        api_filter(c, in, &q.filter, e))
        return e->code;
    if (q.mode == INDEX_VECTOR && !c->api->core->em)
        return res_say(c, 503, "no embedding model",
                       STR("vector search needs one: set model.embed to a GGUF encoder, or use mode lexical"), e);
    query_embed(c->api, &q, c->a);
    if (q.mode == INDEX_VECTOR && !q.vec)
        return res_say(c, 503, "the engine is being restarted", STR("try again in a moment"), e);
    return search_run(c, &q, out, e);
}

/* ---- ask ---- */

/* A unit of gateway_cost() is a hundred tokens (api/openai.c); four bytes of text are taken for one. */
enum { BYTES_A_UNIT = 400 };

/* What an answer costs is what had to be read for it. */
static void read_charge(struct call *k, const struct record_ia *recs, size_t n)
{
    size_t bytes = 0;

    for (size_t i = 0; i < n; i++)
        for (size_t t = 0; t < recs[i].ia.turns_n; t++)
            bytes += recs[i].ia.turns[t].text.n;
    gateway_cost(k, (double)bytes / BYTES_A_UNIT);
}

static enum err_code answer_load(void *arg, const struct id *ids, size_t n, struct arena *a, struct interaction **out,
                                 size_t *out_n, struct err *e)
{
    struct record_ia *recs;
    size_t recs_n;

    if (api_load(arg, AUDIT_ASK, ids, n, &recs, &recs_n, e))
        return e->code;
    read_charge(arg, recs, recs_n);
    *out = ARENA_ARRAY(a, struct interaction, recs_n + 1);
    for (size_t i = 0; i < recs_n; i++)
        (*out)[i] = recs[i].ia;
    *out_n = recs_n;
    return ERR_OK;
}

static struct res_val sentence_of(struct arena *a, const struct answer_sentence *s)
{
    struct res_val *v = ARENA_ARRAY(a, struct res_val, 3), *list = ARENA_ARRAY(a, struct res_val, s->spans_n + 1);

    for (size_t i = 0; i < s->spans_n; i++) {
        const struct answer_span *p = &s->spans[i];
        struct res_val *cite = ARENA_ARRAY(a, struct res_val, C_COUNT);
        cite[C_IA] = res_id(p->interaction);
        cite[C_SOURCE] = res_str(p->source);
        cite[C_TURN] = res_i64(p->span.turn);
        cite[C_START] = res_i64(p->span.start);
        cite[C_END] = res_i64(p->span.end);
        cite[C_QUOTE] = res_str(p->quote);
        list[i] = res_obj(cite);
    }
    v[0] = res_str(s->text);
    v[1] = res_vals(list, s->spans_n);
    v[2] = res_real(s->score);
    return res_obj(v);
}

static struct res_val row_of(struct arena *a, const struct answer_row *r)
{
    struct res_val *v = ARENA_ARRAY(a, struct res_val, R_COUNT);

    v[R_KIND] = res_str(str_of(r->kind));
    if (!id_is_nil(r->interaction))
        v[R_IA] = res_id(r->interaction);
    if (!id_is_nil(r->deal))
        v[R_DEAL] = res_id(r->deal);
    v[R_TITLE] = res_str(r->title);
    v[R_SOURCE] = res_str_or(r->source, RES_ABSENT);
    if (!id_is_nil(r->interaction))
        v[R_STARTED] = res_time(r->started_at_ms);
    v[R_DETAIL] = res_str_or(r->detail, RES_ABSENT);
    return res_obj(v);
}

/* Rows come from the index; those that the database does not let through are left out. */
static enum err_code rows_seen(struct res_ctx *c, struct answer *an, struct err *e)
{
    struct id *ids = ARENA_ARRAY(c->a, struct id, an->rows_n + 1);
    struct id_set seen;
    size_t kept = 0, n = 0;

    if (c->who.reach == REACH_WORKSPACE || !an->rows_n)
        return ERR_OK;
    for (size_t i = 0; i < an->rows_n; i++)
        if (!id_is_nil(an->rows[i].interaction))
            ids[n++] = an->rows[i].interaction;
    if (api_ids_seen(c->k, ids, n, &seen, e))
        return e->code;
    for (size_t i = 0; i < an->rows_n; i++)
        if (id_is_nil(an->rows[i].interaction) || id_set_has(&seen, an->rows[i].interaction))
            an->rows[kept++] = an->rows[i];
    an->rows_n = kept;
    return ERR_OK;
}

static struct res_val *answer_of(struct arena *a, const struct answer *an)
{
    struct res_val *v = ARENA_ARRAY(a, struct res_val, N_COUNT);
    struct res_val *sentences = ARENA_ARRAY(a, struct res_val, an->sentences_n + 1);
    struct res_val *rows = ARENA_ARRAY(a, struct res_val, an->rows_n + 1);

    for (size_t i = 0; i < an->sentences_n; i++)
        sentences[i] = sentence_of(a, &an->sentences[i]);
    for (size_t i = 0; i < an->rows_n; i++)
        rows[i] = row_of(a, &an->rows[i]);
    v[N_FOUND] = res_bool(an->found);
    v[N_MAKER] = res_str(STR("extractive"));
    v[N_SENTENCES] = res_vals(sentences, an->sentences_n);
    v[N_ROWS] = res_vals(rows, an->rows_n);
    if (an->counted)
        v[N_COUNTED] = res_i64(an->count);
    if (!an->found)
        v[N_MESSAGE] = res_str(STR("not found in what you may see"));
    return v;
}

/* Deals and findings are counted by rooms of their own. */
static enum err_code others_count(void *arg, const struct answer_question *q, struct arena *a, struct answer *out,
                                  bool *out_done, struct err *e)
{
    enum err_code rc = api_deals_count(arg, q, a, out, out_done, e);

    return rc || *out_done ? rc : api_findings_count(arg, q, a, out, out_done, e);
}

static enum err_code ask_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                             struct res_val **out, struct err *e)
{
    struct answer_question q = {.now_ms = clock_now_ms()};
    struct answer_source src = {.arg = c->k, .load = answer_load, .counts = others_count};
    struct answer an;

    (void)id, (void)query;
    if (question_read(c, in[A_QUESTION].v.s, &in[API_HISTORY], &q.text, &q.history, &q.history_n, e) ||
        api_filter(c, in, &q.filter, e) || answer_make(c->api->core->ix, c->api->core->em, &src, &q, c->a, &an, e) ||
        rows_seen(c, &an, e) || answer_keep(c, q.text, &an, e))
        return e->code;
    *out = answer_of(c->a, &an);
    return ERR_OK;
}

/* Both write their audit record with what they open, in api_load. */
static const struct res_op ops[] = {
    {RES_OP_ACT, "search", HTTP_M_POST, "/v1/search", PERM_INTERACTIONS_READ,
     "Search conversations by words and meaning", .body = &search_shape, .answer = &hits_shape,
     .flags = RES_OP_SAFE | RES_OP_LATE, .body_max = 1 << 20, .act = search_act},
    {RES_OP_ACT, "ask", HTTP_M_POST, "/v1/ask", PERM_ANSWERS_USE, "Answer a question by quoting or counting",
     .body = &ask_shape, .answer = &answer_shape, .flags = RES_OP_SAFE | RES_OP_LATE, .body_max = 1 << 20,
     .act = ask_act},
};

const struct resource res_questions = {
    .name = "questions",
    .key = "questions",
    .one = "question",
    .about = "Search and answers.",
    RES_OPS(ops),
};
