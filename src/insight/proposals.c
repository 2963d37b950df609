/* insight/proposals.c - the model is shown the turns piece by piece and asked under a grammar. */
#include "insight/prompts.h"
#include "insight/proposals_priv.h"

enum {
    CHECKS_VERSION = 1,
    ANSWER_TOKENS = 1500,
    ANSWER_BYTES_MAX = 64 << 10,
    ASK_MS = 300000,
    TOKEN_BYTES = 3,      /* of English words, on the small side */
    PIECE_BYTES_MIN = 300, /* a context that holds less is too small to be of use */
    PIECE_BYTES_MAX = 24000,
    OVERLAP_TURNS = 2, /* a request and its answer should not be torn apart */
    PIECES_MAX = 400
};

struct task {
    const char *prompt, *grammar, *list, *maker;
    void (*check)(struct checker *k, const struct json *item);
};

static const struct task tasks[] = {
    {findings_prompt, findings_grammar, "items", PROPOSALS_MAKER, finding_check},
    {summary_prompt, summary_grammar, "sentences", SUMMARY_MAKER, summary_check},
};

int proposals_version(const struct llm *m)
{
    struct sha256_state s;
    uint8_t h[SHA256_BYTES];
    struct llm_info info;

    llm_info(m, &info);
    sha256_init(&s);
    sha256_add(&s, info.hash, strlen(info.hash));
    sha256_add(&s, info.name, strlen(info.name));
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++) {
        sha256_add(&s, tasks[i].prompt, strlen(tasks[i].prompt));
        sha256_add(&s, tasks[i].grammar, strlen(tasks[i].grammar));
    }
    sha256_done(&s, h);
    h[3] = (uint8_t)(h[3] + CHECKS_VERSION);
    return (int)((((unsigned)h[0] & 0x3F) << 24 | (unsigned)h[1] << 16 | (unsigned)h[2] << 8 | h[3]) | 1);
}

struct asking {
    struct llm *m;
    bool (*go)(void *ctx);
    void *ctx;
    struct buf answer;
};

static bool piece_keep(void *ctx, str piece)
{
    struct asking *q = ctx;

    buf_str(&q->answer, piece);
    return buf_ok(&q->answer) && (!q->go || q->go(q->ctx));
}

static str transcript(const struct interaction *ia, size_t from, size_t to, struct arena *a)
{
    struct buf b;
    str out;

    buf_init_wiped(&b, 16 << 20);
    for (size_t i = from; i < to; i++) {
        const struct ia_turn *t = &ia->turns[i];
        buf_str(&b, str_fmt(a, "[%zu] %.*s: ", i, STR_ARG(t->speaker.n ? t->speaker : STR("?"))));
        buf_str(&b, t->text);
        buf_str(&b, STR("\n"));
    }
    out = str_dup(a, buf_view(&b));
    buf_done(&b);
    return out;
}

static void answer_read(struct checker *k, const struct task *t, str answer)
{
    struct json_doc *doc;
    struct json_it it;
    struct err ignored;

    if (json_parse(answer, &doc, &ignored))
        return; /* cut off, or no JSON at all: it has proposed nothing */
    for (json_it_init(&it, json_get(json_root(doc), t->list)); json_it_next(&it);)
        if (json_kind(it.val) == JSON_OBJ)
            t->check(k, it.val);
    json_free(doc);
}

/* Asks about the turns [from, to); a piece that does not fit is cut in two. */
static enum err_code piece_ask(struct asking *q, struct checker *k, const struct task *t, size_t from, size_t to,
                               struct err *e)
{
    const struct llm_message messages[] = {{LLM_SYSTEM, str_of(t->prompt)},
                                           {LLM_USER, transcript(k->an.d.ia, from, to, k->an.a)}};
    const struct llm_ask ask = {.messages = messages,
                                .messages_n = 2,
                                .grammar = str_of(t->grammar),
                                .max_tokens = ANSWER_TOKENS,
                                .top_p = 1,
                                .timeout_ms = ASK_MS};
    struct llm_result r;
    enum err_code rc;

    buf_reset(&q->answer);
    rc = llm_write(q->m, &ask, piece_keep, q, &r, e);
    if (rc == ERR_CONFLICT && !buf_ok(&q->answer))
        return e->code = ERR_OK; /* longer than any good answer */
    if (rc == ERR_LIMIT && to - from > 1) {
        size_t mid = from + (to - from) / 2;
        return piece_ask(q, k, t, from, mid, e) ? e->code : piece_ask(q, k, t, mid, to, e);
    }
    if (rc == ERR_LIMIT || rc == ERR_TIMEOUT)
        return e->code = ERR_OK; /* of this piece the model has nothing to say */
    if (rc)
        return rc;
    k->from = from;
    k->to = to;
    answer_read(k, t, buf_view(&q->answer));
    return ERR_OK;
}

static size_t piece_bytes(const struct llm *m, const struct task *t)
{
    struct llm_info info;
    int64_t room;

    llm_info(m, &info);
    room = ((int64_t)info.context - ANSWER_TOKENS) * TOKEN_BYTES - (int64_t)strlen(t->prompt);
    return room < PIECE_BYTES_MIN ? 0 : room > PIECE_BYTES_MAX ? PIECE_BYTES_MAX : (size_t)room;
}

static enum err_code task_run(struct asking *q, struct checker *k, const struct task *t, struct err *e)
{
    const struct interaction *ia = k->an.d.ia;
    size_t room = piece_bytes(q->m, t), from = 0, pieces = 0;

    k->an.maker = t->maker;
    while (room && from < ia->turns_n && pieces++ < PIECES_MAX) {
        size_t to = from, bytes = 0;
        while (to < ia->turns_n &&
               (to == from || bytes + ia->turns[to].text.n + ia->turns[to].speaker.n + 12 <= room)) {
            bytes += ia->turns[to].text.n + ia->turns[to].speaker.n + 12;
            to++;
        }
        if (piece_ask(q, k, t, from, to, e))
            return e->code;
        if (to == ia->turns_n)
            break;
        from = to - from > 2 * OVERLAP_TURNS ? to - OVERLAP_TURNS : to;
    }
    return ERR_OK;
}

enum err_code findings_propose(const struct interaction *ia, struct llm *m, bool (*go)(void *ctx), void *ctx,
                               struct arena *a, struct record_finding **out, size_t *out_n, struct err *e)
{
    struct checker k = {.an = {.a = a, .version = proposals_version(m)}};
    struct asking q = {.m = m, .go = go, .ctx = ctx};

    e->code = ERR_OK;
    if (ia->kind == IA_DOCUMENT) {
        *out_n = 0;
        return ERR_OK;
    }
    discourse_make(ia, a, &k.an.d);
    buf_init_wiped(&q.answer, ANSWER_BYTES_MAX);
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks && !e->code; i++)
        task_run(&q, &k, &tasks[i], e);
    buf_done(&q.answer);
    if (e->code)
        return e->code;
    *out = k.an.list;
    *out_n = k.an.n;
    return ERR_OK;
}
