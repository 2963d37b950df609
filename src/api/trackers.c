/* api/trackers.c - what conversations are looked through for: phrases, and sentences that mean the same as examples. */
#include "api/resource.h"
#include "base/log.h"
#include "insight/findings.h"
#include "pipeline/track_stage.h"
#include "pipeline/worker.h"

static const char *const kinds[] = {"words", "examples", NULL}; /* as enum tracker_kind */
static const char *const sides[] = {"any", "internal", "external", NULL}; /* as enum ia_side */

enum { SMALL_N = 5 };

enum {
    F_ID_,
    F_NAME,
    F_KIND,
    F_SIDE,
    F_ENABLED,
    F_PHRASES,
    F_EXAMPLES,
    F_COUNTER,
    F_VERSION,
    F_TRAINED,
    F_RIGHT,
    F_WRONG,
    F_PRECISION,
    F_CREATED,
    F_UPDATED,
    F_COUNT
};
static const struct res_field fields[] = {
    [F_ID_] = {"id", RES_ID, RES_READ_ONLY, "Its id; the class of its findings.",
               "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    [F_NAME] = {"name", RES_STR, RES_NEEDED | RES_SEALED, "Its name; no two are the same.", "\"Discounts\"", .min = 1,
                .max = 200},
    [F_KIND] = {"kind", RES_ENUM, RES_NEEDED | RES_CREATE_ONLY | RES_FILTER,
                "Whether it looks for words or for sentences like its examples.", "\"words\"", .words = kinds},
    [F_SIDE] = {"side", RES_ENUM, 0, "Only what this side says; any when left out.", "\"external\"", .words = sides},
    [F_ENABLED] = {"enabled", RES_BOOL, 0, "Whether it is looked for; true when left out.", "true"},
    [F_PHRASES] = {"phrases", RES_STR, RES_LIST | RES_SEALED,
                   "Of a tracker by words: a word in any form, \"exact words\" in quotes, begin*, one .. other.",
                   "\"discount\"", .min = 1, .max = 200, .list_max = TRACKER_PHRASES_MAX},
    [F_EXAMPLES] = {"examples", RES_STR, RES_LIST | RES_SEALED, "Of a tracker by examples: sentences it is to find.",
                    "\"Could you do something about the price?\"", .min = 1, .max = 1000,
                    .list_max = TRACKER_TEXTS_MAX},
    [F_COUNTER] = {"counterexamples", RES_STR, RES_LIST | RES_SEALED, "Sentences like them that it is not to find.",
                   "\"The price list is on the last page.\"", .min = 1, .max = 1000, .list_max = TRACKER_TEXTS_MAX},
    [F_VERSION] = {"version", RES_INT, RES_READ_ONLY, "Grows with every change and every click.", "3"},
    [F_TRAINED] = {"trained", RES_BOOL, RES_READ_ONLY | RES_NULLABLE | RES_DETAIL,
                   "Of a tracker by examples: whether there is a head for the present model.", "true"},
    [F_RIGHT] = {"right", RES_INT, RES_READ_ONLY, "Hits that people called right.", "12"},
    [F_WRONG] = {"wrong", RES_INT, RES_READ_ONLY, "Hits that people called wrong.", "3"},
    [F_PRECISION] = {"precision", RES_REAL, RES_READ_ONLY | RES_NULLABLE,
                     "right / (right + wrong); null below five clicks.", "0.8"},
    [F_CREATED] = {"created_at", RES_TIME, RES_READ_ONLY | RES_SORT | RES_RANGE, "When it was made.",
                   "\"2026-06-10T09:30:00.000Z\""},
    [F_UPDATED] = {"updated_at", RES_TIME, RES_READ_ONLY, "When it was last changed.", "\"2026-06-10T09:30:00.000Z\""},
};
static const struct res_shape shape = {"Tracker", "Something conversations are looked through for.",
                                       RES_FIELDS(fields)};

static struct res_val *item_of(struct res_ctx *c, const void *row)
{
    const struct record_tracker *k = row;
    struct res_val *item = ARENA_ARRAY(c->a, struct res_val, F_COUNT);
    const struct embedder *em = c->api->core->em;
    int64_t clicks = k->right + k->wrong;
    struct tracker_memory m;

    item[F_ID_] = res_id(k->id);
    item[F_NAME] = res_str(k->name);
    item[F_KIND] = res_str(str_of(kinds[k->kind]));
    item[F_SIDE] = res_str(str_of(sides[k->side]));
    item[F_ENABLED] = res_bool(k->enabled);
    item[F_PHRASES] = res_texts(c->a, k->phrases, k->phrases_n);
    item[F_EXAMPLES] = res_texts(c->a, k->examples, k->examples_n);
    item[F_COUNTER] = res_texts(c->a, k->counterexamples, k->counterexamples_n);
    item[F_VERSION] = res_i64(k->version);
    item[F_TRAINED] = k->kind == TRACKER_EXAMPLES
                          ? res_bool(em && tracker_memory_read(k->head, embedder_info(em)->model_hash, c->a, &m))
                          : res_null();
    item[F_RIGHT] = res_i64(k->right);
    item[F_WRONG] = res_i64(k->wrong);
    item[F_PRECISION] = clicks < SMALL_N ? res_null() : res_real((double)k->right / (double)clicks);
    item[F_CREATED] = res_time(k->created_at_ms);
    item[F_UPDATED] = res_time(k->updated_at_ms);
    return item;
}

static enum err_code list(struct res_ctx *c, const struct res_query *q, struct res_page *page, struct err *e)
{
    struct page_want w = res_page_want(q, "created_at");
    struct record_tracker *rows;
    size_t n;

    if (record_trackers_page(c->t, c->v, res_filter_words(c->a, res_filter_get(q, "kind", RES_EQ)), &w, c->a, &rows, &n,
                             e))
        return e->code;
    res_page_fill(c, page, q, &shape, rows, n, sizeof *rows, item_of);
    return ERR_OK;
}

static enum err_code many(struct res_ctx *c, const struct id *ids, size_t n, uint64_t want, struct res_val **items,
                          struct err *e)
{
    struct record_tracker *rows;
    size_t rows_n;

    if (record_trackers_load(c->t, c->v, ids, n, (want >> F_TRAINED) & 1, c->a, &rows, &rows_n, e))
        return e->code;
    res_rows_place(c, &shape, ids, n, rows, rows_n, sizeof *rows, item_of, items);
    return ERR_OK;
}

static enum err_code one(struct res_ctx *c, struct id id, struct record_tracker **out, struct err *e)
{
    size_t n;

    if (record_trackers_load(c->t, c->v, &id, 1, true, c->a, out, &n, e))
        return e->code;
    return n ? ERR_OK : err_set(e, ERR_NOT_FOUND, "no such tracker");
}

/* ---- changing ---- */

static str *texts_in(struct res_ctx *c, const struct res_val *v, size_t *out_n)
{
    str *out = ARENA_ARRAY(c->a, str, v->n + 1);

    for (size_t i = 0; i < v->n; i++)
        out[i] = str_trim(v->v.list[i].v.s);
    *out_n = v->n;
    return out;
}

/* What no schema can say of one field alone. */
static enum err_code unfit(struct res_ctx *c, str why, struct err *e)
{
    return res_say(c, 422, "this does not fit", why, e);
}

static enum err_code phrases_check(struct res_ctx *c, const struct record_tracker *k, struct err *e)
{
    for (size_t i = 0; i < k->phrases_n; i++) {
        struct phrase p;
        struct err why;
        size_t place;
        if (phrase_parse(k->phrases[i], c->a, &p, &place, &why))
            return unfit(c, str_fmt(c->a, "phrases/%zu: at character %zu: %s", i, place, why.msg), e);
    }
    return ERR_OK;
}

static enum err_code values_read(struct res_ctx *c, const struct res_val *in, struct record_tracker *k, struct err *e)
{
    if (in[F_NAME].is == RES_SET)
        k->name = str_trim(in[F_NAME].v.s);
    if (in[F_SIDE].is == RES_SET)
        k->side = (enum ia_side)res_word(&fields[F_SIDE], in[F_SIDE].v.s);
    if (in[F_ENABLED].is == RES_SET)
        k->enabled = in[F_ENABLED].v.b;
    if (in[F_PHRASES].is == RES_SET)
        k->phrases = texts_in(c, &in[F_PHRASES], &k->phrases_n);
    if (in[F_EXAMPLES].is == RES_SET)
        k->examples = texts_in(c, &in[F_EXAMPLES], &k->examples_n);
    if (in[F_COUNTER].is == RES_SET)
        k->counterexamples = texts_in(c, &in[F_COUNTER], &k->counterexamples_n);
    if (k->kind == TRACKER_WORDS && (!k->phrases_n || k->examples_n || k->counterexamples_n))
        return unfit(c, STR("a tracker by words has phrases, and only them"), e);
    if (k->kind == TRACKER_EXAMPLES && (!k->examples_n || k->phrases_n))
        return unfit(c, STR("a tracker by examples has examples and no phrases"), e);
    return phrases_check(c, k, e);
}

void api_tracker_changed(struct api *api, struct id id)
{
    struct err e;

    if (trackers_train(api->core, id, &e) && e.code != ERR_NOT_FOUND)
        LOG_WARN("tracker.train.failed", F_ID("tracker", id), F_ERR(&e));
    if (trackers_sweep(api->core, &e))
        LOG_WARN("trackers.sweep.failed", F_ERR(&e));
    workers_wake(api->core, "track");
}

static enum err_code create(struct res_ctx *c, const struct res_val *in, struct id *out_id, struct err *e)
{
    struct record_tracker k = {.enabled = true, .kind = (enum tracker_kind)res_word(&fields[F_KIND], in[F_KIND].v.s)};

    if (values_read(c, in, &k, e) || record_tracker_add(c->t, c->v, &k, e))
        return e->code;
    res_after(c, api_tracker_changed, k.id);
    *out_id = k.id;
    return ERR_OK;
}

static enum err_code update(struct res_ctx *c, struct id id, const struct res_val *in, struct err *e)
{
    struct record_tracker *k;

    if (one(c, id, &k, e) || values_read(c, in, k, e) || record_tracker_set(c->t, c->v, k, e))
        return e->code;
    res_after(c, api_tracker_changed, id);
    return ERR_OK;
}

static enum err_code drop(struct res_ctx *c, struct id id, struct err *e)
{
    if (record_tracker_drop(c->t, c->v, id, e))
        return e->code;
    res_after(c, api_tracker_changed, id);
    return ERR_OK;
}

/* ---- hits ---- */

static const char *const states[] = {"found", "confirmed", "dismissed", NULL}; /* as enum finding_state */

enum { HITS_DEFAULT = 20, HITS_MAX = 100 };
enum { Q_LIMIT, Q_AFTER };
static const struct res_field hits_query_fields[] = {
    [Q_LIMIT] = {"limit", RES_INT, 0, "Most conversations in the answer; 20 when left out.", "20", .min = 1,
                 .max = HITS_MAX},
    [Q_AFTER] = {"after", RES_ID, 0, "What the page before gave as next.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
};
static const struct res_shape hits_query = {"TrackerHitsQuery", "Which page.", RES_FIELDS(hits_query_fields)};

enum { H_IA, H_STARTED, H_TURN, H_START, H_END, H_QUOTE, H_SPEAKER, H_SIDE, H_CONFIDENCE, H_VERSION, H_STATE, H_COUNT };
static const struct res_field hit_fields[] = {
    [H_IA] = {"interaction", RES_ID, 0, "The conversation.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\"",
              .to = "interactions"},
    [H_STARTED] = {"started_at", RES_TIME, RES_NULLABLE, "When it started.", "\"2026-06-10T09:30:00.000Z\""},
    [H_TURN] = {"turn", RES_INT, 0, "Number of the turn, from 0.", "3"},
    [H_START] = {"start", RES_INT, 0, "First byte in the turn's original text.", "0"},
    [H_END] = {"end", RES_INT, 0, "Byte behind the last.", "24"},
    [H_QUOTE] = {"quote", RES_STR, RES_SEALED, "Exactly the bytes of the span.", "\"a discount of ten percent\""},
    [H_SPEAKER] = {"speaker", RES_STR, RES_SEALED | RES_NULLABLE, "Who says it.", "\"Ann\""},
    [H_SIDE] = {"side", RES_STR, 0, "Side of who says it: internal, external or unknown.", "\"external\""},
    [H_CONFIDENCE] = {"confidence", RES_REAL, 0, "How sure, 0 to 1.", "0.9"},
    [H_VERSION] = {"version", RES_INT, 0, "Version of the tracker that found it.", "3"},
    [H_STATE] = {"state", RES_ENUM, 0, "What people said of it.", "\"found\"", .words = states},
};
static const struct res_shape hit_shape = {"TrackerHit", "A place where a tracker found something.",
                                           RES_FIELDS(hit_fields)};
static const struct res_field hits_fields[] = {
    {"hits", RES_OBJ, RES_LIST, "Hits, the newest conversations first.", .of = &hit_shape},
    {"next", RES_ID, RES_NULLABLE, "What to send as after for the next page; null at the end.",
     "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
};
static const struct res_shape hits_shape = {"TrackerHitPage", "Hits of a tracker.", RES_FIELDS(hits_fields)};

static struct res_val *hit_of(struct res_ctx *c, const struct record_ia *rec, const struct record_finding *f)
{
    struct res_val *h = ARENA_ARRAY(c->a, struct res_val, H_COUNT);
    const struct ia_turn *turn = &rec->ia.turns[f->spans[0].turn];

    h[H_IA] = res_id(rec->ia.id);
    h[H_STARTED] = res_time(rec->ia.started_at_ms);
    h[H_TURN] = res_i64(f->spans[0].turn);
    h[H_START] = res_i64(f->spans[0].start);
    h[H_END] = res_i64(f->spans[0].end);
    h[H_QUOTE] = res_str(str_sub(turn->text, f->spans[0].start, f->spans[0].end));
    h[H_SPEAKER] = res_str_or(turn->speaker, RES_NULL);
    h[H_SIDE] = res_str(str_of(ia_side_name(f->side)));
    h[H_CONFIDENCE] = res_real((double)(int64_t)(f->confidence * 1e4 + 0.5) / 1e4); /* kept in four bytes */
    h[H_VERSION] = res_i64(f->version);
    h[H_STATE] = res_str(str_of(states[f->state]));
    return h;
}

struct hits {
    struct res_val *list;
    size_t n, cap;
};

static enum err_code hits_of(struct res_ctx *c, const struct record_ia *rec, str class, struct hits *out, struct err *e)
{
    struct record_finding *f;
    size_t f_n;

    if (record_findings_load(c->t, c->v, rec, c->a, &f, &f_n, e))
        return e->code;
    for (size_t i = 0; i < f_n; i++)
        if (str_eq(f[i].kind, STR("tracker")) && str_eq(f[i].class, class))
            ARENA_PUSH(c->a, out->list, out->n, out->cap) = res_obj(hit_of(c, rec, &f[i]));
    return ERR_OK;
}

static enum err_code hits_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                              struct res_val **out, struct err *e)
{
    size_t limit = query && query[Q_LIMIT].is == RES_SET ? (size_t)query[Q_LIMIT].v.i : HITS_DEFAULT;
    struct id after = query && query[Q_AFTER].is == RES_SET ? query[Q_AFTER].v.id : ID_NIL, *ids;
    struct record_tracker *k;
    struct record_ia *recs;
    struct hits hits = {0};
    size_t ids_n, recs_n;

    (void)in;
    if (one(c, id, &k, e) || record_tracker_hits(c->t, c->v, id, after, limit + 1, c->a, &ids, &ids_n, e) ||
        record_ia_load(c->t, c->v, ids, ids_n < limit ? ids_n : limit, c->a, &recs, &recs_n, e))
        return e->code;
    for (size_t i = 0; i < recs_n; i++)
        if (api_sees(c->k, &recs[i]) && hits_of(c, &recs[i], id_str(c->a, id), &hits, e))
            return e->code;
    *out = ARENA_ARRAY(c->a, struct res_val, 2);
    (*out)[0] = res_vals(hits.list, hits.n);
    (*out)[1] = ids_n > limit ? res_id(ids[limit - 1]) : res_null();
    return ERR_OK;
}

/* ---- clicks ---- */

enum { B_IA, B_TURN, B_START, B_END, B_RIGHT };
static const struct res_field click_fields[] = {
    [B_IA] = {"interaction", RES_ID, RES_NEEDED, "The conversation.", "\"018f6e1c-7a3b-7c4d-8e5f-0123456789ab\""},
    [B_TURN] = {"turn", RES_INT, RES_NEEDED, "Number of the turn, from 0.", "3", .min = 0, .max = IA_TURNS_MAX},
    [B_START] = {"start", RES_INT, RES_NEEDED, "First byte in the turn's original text.", "0", .min = 0,
                 .max = INT32_MAX},
    [B_END] = {"end", RES_INT, RES_NEEDED, "Byte behind the last.", "24", .min = 1, .max = INT32_MAX},
    [B_RIGHT] = {"right", RES_BOOL, RES_NEEDED, "Whether the tracker should find these words.", "true"},
};
static const struct res_shape click_shape = {"TrackerFeedback", "What a person says of some words and a tracker.",
                                             RES_FIELDS(click_fields)};
static const struct res_field clicked_fields[] = {
    {"version", RES_INT, 0, "Version of the tracker after it.", "4"},
    {"right", RES_INT, 0, "Clicks that said right.", "13"},
    {"wrong", RES_INT, 0, "Clicks that said wrong.", "3"},
};
static const struct res_shape clicked_shape = {"TrackerFeedbackAnswer", "The tracker after a click.",
                                               RES_FIELDS(clicked_fields)};

static enum err_code click_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                               struct res_val **out, struct err *e)
{
    struct ia_span span = {(uint32_t)in[B_TURN].v.i, (uint32_t)in[B_START].v.i, (uint32_t)in[B_END].v.i};
    struct record_tracker *k;
    struct record_ia *rec;
    size_t n;

    (void)query;
    if (one(c, id, &k, e) || record_ia_load(c->t, c->v, &in[B_IA].v.id, 1, c->a, &rec, &n, e))
        return e->code;
    if (!n || !api_sees(c->k, rec))
        return err_set(e, ERR_NOT_FOUND, "no such conversation");
    if (span.turn >= rec->ia.turns_n || span.start >= span.end || span.end > rec->ia.turns[span.turn].text.n)
        return err_set(e, ERR_INVALID, "the span does not lie in the conversation");
    if (record_feedback_add(c->t, c->v, rec->ia.id, STR("tracker"), id_str(c->a, id), span, id, c->who.user,
                            in[B_RIGHT].v.b, e) ||
        record_tracker_touch(c->t, c->v, id, e) || one(c, id, &k, e))
        return e->code;
    res_after(c, api_tracker_changed, id);
    *out = ARENA_ARRAY(c->a, struct res_val, 3);
    (*out)[0] = res_i64(k->version);
    (*out)[1] = res_i64(k->right);
    (*out)[2] = res_i64(k->wrong);
    return ERR_OK;
}

/* ---- trying out ---- */

static const struct res_field try_fields[] = {
    {"text", RES_STR, RES_NEEDED | RES_SEALED, "What somebody might say.",
     "\"Could you do that for ten percent less?\"", .min = 1, .max = 10000},
};
static const struct res_shape try_shape = {"TrackerTry", "A text to look through.", RES_FIELDS(try_fields)};
static const struct res_field said_fields[] = {
    {"start", RES_INT, 0, "First byte.", "0"},
    {"end", RES_INT, 0, "Byte behind the last.", "39"},
    {"matches", RES_BOOL, 0, "Whether the tracker would report it.", "true"},
    {"confidence", RES_REAL, 0, "How sure, 0 to 1.", "0.91"},
};
static const struct res_shape said_shape = {"TrackerSaid", "A stretch of the text.", RES_FIELDS(said_fields)};
static const struct res_field tried_fields[] = {
    {"matches", RES_BOOL, 0, "Whether any of it would be reported.", "true"},
    {"spans", RES_OBJ, RES_LIST, "By words: each hit. By examples: each sentence.", .of = &said_shape},
};
static const struct res_shape tried_shape = {"TrackerTried", "What a tracker says of a text.",
                                             RES_FIELDS(tried_fields)};

static enum err_code try_act(struct res_ctx *c, struct id id, const struct res_val *in, const struct res_val *query,
                             struct res_val **out, struct err *e)
{
    struct tracker_said *said;
    struct record_tracker *k;
    struct res_val *list;
    bool any = false;
    size_t n;

    (void)query;
    if (one(c, id, &k, e) || trackers_try(c->api->core, k, in[0].v.s, c->a, &said, &n, e))
        return e->code;
    list = ARENA_ARRAY(c->a, struct res_val, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct res_val *v = ARENA_ARRAY(c->a, struct res_val, 4);
        v[0] = res_i64(said[i].span.start);
        v[1] = res_i64(said[i].span.end);
        v[2] = res_bool(said[i].matches);
        v[3] = res_real(said[i].confidence);
        list[i] = res_obj(v);
        any = any || said[i].matches;
    }
    *out = ARENA_ARRAY(c->a, struct res_val, 2);
    (*out)[0] = res_bool(any);
    (*out)[1] = res_vals(list, n);
    return ERR_OK;
}

static const struct res_op ops[] = {
    {RES_OP_LIST, "list", HTTP_M_GET, "/v1/trackers", PERM_TRACKERS_READ, "List trackers"},
    {RES_OP_GET, "get", HTTP_M_GET, "/v1/trackers/{id}", PERM_TRACKERS_READ, "Read one tracker"},
    {RES_OP_CREATE, "create", HTTP_M_POST, "/v1/trackers", PERM_TRACKERS_WRITE, "Make a tracker, or many",
     .flags = RES_OP_BULK, .body_max = 4 << 20},
    {RES_OP_UPDATE, "update", HTTP_M_PATCH, "/v1/trackers/{id}", PERM_TRACKERS_WRITE, "Change a tracker",
     .flags = RES_OP_MATCH, .body_max = 1 << 20},
    {RES_OP_DELETE, "delete", HTTP_M_DELETE, "/v1/trackers/{id}", PERM_TRACKERS_WRITE,
     "Delete a tracker with its hits"},
    {RES_OP_ACT, "hits", HTTP_M_GET, "/v1/trackers/{id}/hits", PERM_FINDINGS_READ, "Read what a tracker found",
     .query = &hits_query, .answer = &hits_shape, .flags = RES_OP_SAFE, .audit = AUDIT_READ, .act = hits_act},
    {RES_OP_ACT, "feedback", HTTP_M_POST, "/v1/trackers/{id}/feedback", PERM_FINDINGS_WRITE,
     "Say whether a hit is right; the tracker learns from it at once", .body = &click_shape, .answer = &clicked_shape,
     .act = click_act},
    {RES_OP_ACT, "try", HTTP_M_POST, "/v1/trackers/{id}/try", PERM_TRACKERS_READ,
     "Ask what a tracker would say of a text", .body = &try_shape, .answer = &tried_shape, .flags = RES_OP_SAFE,
     .act = try_act},
};

const struct resource res_trackers = {
    .name = "trackers",
    .key = "trackers",
    .one = "tracker",
    .about = "What conversations are looked through for: words, and sentences like examples.",
    .shape = &shape,
    .sort = "-created_at",
    RES_OPS(ops),
    .list = list,
    .many = many,
    .create = create,
    .update = update,
    .drop = drop,
};
