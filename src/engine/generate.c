/* engine/generate.c - the process that writes text: llama.cpp behind a socket, in the engine's module.
 *
 * One thread reads requests, one owns the model's context and writes for all sequences together: each round decodes, in one
 * batch, the next piece of every prompt and the last token of every text. A cancelled sequence is gone before the next round.
 * Words of a request become tokens as words only: what looks like a special token in them stays text; only the parts that our
 * own templates mark may name special tokens. */
#include <ggml-backend.h>
#include <llama.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/thread.h"
#include "engine/confine.h"
#include "engine/gen_wire.h"
#include "engine/module.h"

enum { SLOTS_MAX = 64, BATCH = 512, PROMPT_STEP = 128, CONTEXT_DEFAULT = 8192, PIECE_MAX = 256 };

struct slot {
    bool busy;
    uint64_t id;
    llama_token *prompt;
    int prompt_n, prompt_at; /* tokens; how many are decoded */
    int past, made, max;
    int logits; /* place in the batch; -1: none this round */
    llama_token last;
    struct llama_sampler *chain;
    str stop[GEN_STOPS_MAX];
    size_t stops_n;
    str grammar;
    char *body; /* owns the stops and the grammar */
    char held[GEN_STOP_BYTES_MAX + PIECE_MAX + 8]; /* not sent yet: may become a stop or a whole character */
    size_t held_n;
};

struct waiting {
    struct gen_request h;
    char *body;
    struct waiting *next;
};

struct writer {
    struct llama_model *model;
    const struct llama_vocab *vocab;
    struct llama_context *ctx;
    struct llama_batch batch;
    int context, slots_n;
    struct slot slot[SLOTS_MAX];
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t some;
    struct waiting *head, *tail;
    int waiting_n;
    uint64_t cancel[GEN_WAITING_MAX]; /* ids; 0: free */
    bool ended;
    pthread_mutex_t write_lock;
};

static void reply_send(struct writer *w, const struct gen_reply *rep, str text)
{
    pthread_mutex_lock(&w->write_lock);
    if (fs_write_all(WIRE_FD, str_n((const char *)rep, sizeof *rep), NULL) == ERR_OK && text.n)
        fs_write_all(WIRE_FD, text, NULL);
    pthread_mutex_unlock(&w->write_lock);
}

static void fail_send(struct writer *w, uint64_t id, uint32_t why)
{
    reply_send(w, &(struct gen_reply){.id = id, .kind = GEN_FAILED, .finish = why}, STR(""));
}

static void text_send(struct writer *w, struct slot *s, size_t n)
{
    if (!n)
        return;
    reply_send(w, &(struct gen_reply){.id = s->id, .kind = GEN_TEXT, .bytes = (uint32_t)n}, str_n(s->held, n));
    memmove(s->held, s->held + n, s->held_n - n);
    s->held_n -= n;
}

/* `busy` and `id` are read by the other thread, which cancels. */
static void slot_clear(struct writer *w, struct slot *s)
{
    free(s->prompt);
    free(s->body);
    pthread_mutex_lock(&w->lock);
    *s = (struct slot){0};
    pthread_mutex_unlock(&w->lock);
}

static void slot_free(struct writer *w, struct slot *s)
{
    llama_memory_seq_rm(llama_get_memory(w->ctx), (llama_seq_id)(s - w->slot), -1, -1);
    llama_sampler_free(s->chain);
    slot_clear(w, s);
}

static void slot_end(struct writer *w, struct slot *s, uint32_t finish)
{
    if (finish != GEN_CANCELLED)
        text_send(w, s, s->held_n);
    reply_send(w,
               &(struct gen_reply){.id = s->id,
                                   .kind = GEN_DONE,
                                   .finish = finish,
                                   .prompt_tokens = (uint64_t)s->prompt_n,
                                   .completion_tokens = (uint64_t)s->made},
               STR(""));
    slot_free(w, s);
}

/* ---- requests ---- */

static bool part_take(const char **at, const char *end, bool flagged, uint32_t *out_flag, str *out)
{
    uint32_t n;

    if (flagged) {
        if (end - *at < (ptrdiff_t)sizeof *out_flag)
            return false;
        memcpy(out_flag, *at, sizeof *out_flag);
        *at += sizeof *out_flag;
    }
    if (end - *at < (ptrdiff_t)sizeof n)
        return false;
    memcpy(&n, *at, sizeof n);
    *at += sizeof n;
    if (end - *at < (ptrdiff_t)n)
        return false;
    *out = str_n(*at, n);
    *at += n;
    return true;
}

/* Tokens of one segment behind those that are there; false: over the context. */
static bool segment_tokens(struct writer *w, struct slot *s, str text, bool special)
{
    int room = w->context - s->prompt_n;
    int n = llama_tokenize(w->vocab, text.p, (int32_t)text.n, s->prompt + s->prompt_n, room, s->prompt_n == 0, special);

    if (n < 0)
        return false;
    s->prompt_n += n;
    return true;
}

static bool body_read(struct writer *w, struct slot *s, const struct waiting *q)
{
    const char *at = q->body, *end = q->body + q->h.body_bytes;
    uint32_t special;
    str text;

    s->prompt = calloc((size_t)w->context + 1, sizeof *s->prompt);
    if (!s->prompt)
        return false;
    for (uint32_t i = 0; i < q->h.segments; i++)
        if (!part_take(&at, end, true, &special, &text) || !segment_tokens(w, s, text, special))
            return false;
    for (; s->stops_n < q->h.stops; s->stops_n++)
        if (!part_take(&at, end, false, &special, &s->stop[s->stops_n]) || !s->stop[s->stops_n].n ||
            s->stop[s->stops_n].n > GEN_STOP_BYTES_MAX)
            return false;
    if (q->h.grammar && !part_take(&at, end, false, &special, &s->grammar))
        return false;
    return s->prompt_n > 0 && s->prompt_n < w->context;
}

/* The grammar comes first: what it forbids is never drawn. NULL: it is none. */
static struct llama_sampler *grammar_new(const struct writer *w, str grammar)
{
    char *text = malloc(grammar.n + 1);
    struct llama_sampler *g;

    if (!text)
        return NULL;
    memcpy(text, grammar.p, grammar.n);
    text[grammar.n] = 0;
    g = llama_sampler_init_grammar(w->vocab, text, "root");
    free(text);
    return g;
}

static struct llama_sampler *chain_new(const struct writer *w, const struct gen_request *h, str grammar)
{
    struct llama_sampler *chain = llama_sampler_chain_init(llama_sampler_chain_default_params()), *g = NULL;

    if (grammar.n && !(g = grammar_new(w, grammar))) {
        llama_sampler_free(chain);
        return NULL;
    }
    if (g)
        llama_sampler_chain_add(chain, g);
    if (h->temperature <= 0) {
        llama_sampler_chain_add(chain, llama_sampler_init_greedy());
        return chain;
    }
    llama_sampler_chain_add(chain, llama_sampler_init_top_p(h->top_p > 0 && h->top_p <= 1 ? h->top_p : 1, 1));
    llama_sampler_chain_add(chain, llama_sampler_init_temp(h->temperature));
    llama_sampler_chain_add(chain, llama_sampler_init_dist(h->seed));
    return chain;
}

/* The request becomes a sequence; takes its memory. */
static void slot_open(struct writer *w, struct slot *s, struct waiting *q)
{
    int room;

    s->body = q->body;
    if (!body_read(w, s, q)) {
        fail_send(w, s->id, GEN_TOO_LONG);
        slot_clear(w, s);
    } else if (!(s->chain = chain_new(w, &q->h, s->grammar))) {
        fail_send(w, s->id, GEN_BAD_GRAMMAR);
        slot_clear(w, s);
    } else {
        room = w->context - s->prompt_n;
        s->max = (int)q->h.max_tokens && (int)q->h.max_tokens < room ? (int)q->h.max_tokens : room;
    }
    free(q);
}

static bool cancel_take(struct writer *w, uint64_t id)
{
    for (int i = 0; i < GEN_WAITING_MAX; i++)
        if (w->cancel[i] == id) {
            w->cancel[i] = 0;
            return true;
        }
    return false;
}

/* Ends what was cancelled, opens what waits. Waits while there is nothing to do. False: the core has gone. */
static bool slots_fill(struct writer *w)
{
    struct waiting *take[SLOTS_MAX];
    struct slot *drop[SLOTS_MAX], *into[SLOTS_MAX];
    int takes = 0, drops = 0, busy = 0;

    pthread_mutex_lock(&w->lock);
    for (int i = 0; i < w->slots_n; i++)
        busy += w->slot[i].busy;
    while (!busy && !w->head && !w->ended)
        pthread_cond_wait(&w->some, &w->lock);
    for (int i = 0; i < w->slots_n; i++) {
        struct slot *s = &w->slot[i];
        if (s->busy && cancel_take(w, s->id)) {
            drop[drops++] = s;
            continue;
        }
        if (s->busy || !w->head)
            continue;
        s->busy = true; /* from here on it can be cancelled */
        s->id = w->head->h.id;
        s->logits = -1;
        take[takes] = w->head;
        into[takes++] = s;
        w->head = w->head->next;
        w->waiting_n--;
    }
    pthread_mutex_unlock(&w->lock);
    for (int i = 0; i < drops; i++)
        slot_end(w, drop[i], GEN_CANCELLED);
    for (int i = 0; i < takes; i++)
        slot_open(w, into[i], take[i]);
    return !w->ended;
}

/* ---- a round ---- */

static void batch_put(struct writer *w, struct slot *s, llama_token token, bool logits)
{
    int at = w->batch.n_tokens++;

    w->batch.token[at] = token;
    w->batch.pos[at] = s->past++;
    w->batch.n_seq_id[at] = 1;
    w->batch.seq_id[at][0] = (llama_seq_id)(s - w->slot);
    w->batch.logits[at] = logits;
    if (logits)
        s->logits = at;
}

static void batch_make(struct writer *w)
{
    w->batch.n_tokens = 0;
    for (int i = 0; i < w->slots_n; i++) {
        struct slot *s = &w->slot[i];
        s->logits = -1;
        if (s->busy && s->prompt_at == s->prompt_n)
            batch_put(w, s, s->last, true);
    }
    for (int i = 0; i < w->slots_n; i++) {
        struct slot *s = &w->slot[i];
        for (int n = 0; s->busy && s->prompt_at < s->prompt_n && n < PROMPT_STEP && w->batch.n_tokens < BATCH; n++) {
            bool last = s->prompt_at + 1 == s->prompt_n;
            batch_put(w, s, s->prompt[s->prompt_at++], last);
        }
    }
}

/* Bytes at the end that may still become a whole character. */
static size_t utf8_open(const char *p, size_t n)
{
    for (size_t k = 1; k <= 3 && k <= n; k++) {
        unsigned char c = (unsigned char)p[n - k];
        if ((c & 0xC0) == 0x80)
            continue;
        return (c >= 0xF0 && k < 4) || (c >= 0xE0 && k < 3) || (c >= 0xC0 && k < 2) ? k : 0;
    }
    return 0;
}

/* Bytes at the end that may still become a stop. */
static size_t stop_open(const struct slot *s)
{
    size_t longest = 0;

    for (size_t i = 0; i < s->stops_n; i++)
        for (size_t k = s->stop[i].n - 1; k > longest; k--)
            if (k <= s->held_n && memcmp(s->held + s->held_n - k, s->stop[i].p, k) == 0)
                longest = k;
    return longest;
}

/* Sends what is sure; true when a stop was found. */
static bool text_flow(struct writer *w, struct slot *s)
{
    size_t cut = SIZE_MAX, keep, stop;

    for (size_t i = 0; i < s->stops_n; i++) {
        size_t at = str_find(str_n(s->held, s->held_n), s->stop[i], 0);
        if (at < cut)
            cut = at;
    }
    if (cut != SIZE_MAX) {
        s->held_n = cut;
        return true;
    }
    keep = utf8_open(s->held, s->held_n);
    stop = stop_open(s);
    keep = stop > keep ? stop : keep;
    text_send(w, s, s->held_n - keep);
    return false;
}

static void slot_step(struct writer *w, struct slot *s)
{
    char piece[PIECE_MAX];
    int n;

    s->last = llama_sampler_sample(s->chain, w->ctx, s->logits);
    if (llama_vocab_is_eog(w->vocab, s->last)) {
        slot_end(w, s, GEN_STOP);
        return;
    }
    s->made++;
    n = llama_token_to_piece(w->vocab, s->last, piece, sizeof piece, 0, false);
    if (n > 0) {
        memcpy(s->held + s->held_n, piece, (size_t)n);
        s->held_n += (size_t)n;
    }
    if (text_flow(w, s))
        slot_end(w, s, GEN_STOP);
    else if (s->made >= s->max || s->past >= w->context)
        slot_end(w, s, GEN_LENGTH);
}

static void round_run(struct writer *w)
{
    batch_make(w);
    if (!w->batch.n_tokens)
        return;
    if (llama_decode(w->ctx, w->batch) != 0) {
        for (int i = 0; i < w->slots_n; i++)
            if (w->slot[i].busy) {
                fail_send(w, w->slot[i].id, GEN_BROKEN);
                slot_free(w, &w->slot[i]);
            }
        return;
    }
    reply_send(w, &(struct gen_reply){.kind = GEN_STEP},
               STR("")); /* long prompts take many rounds before the first word */
    for (int i = 0; i < w->slots_n; i++)
        if (w->slot[i].busy && w->slot[i].logits >= 0)
            slot_step(w, &w->slot[i]);
}

static void writer_run(void *arg)
{
    struct writer *w = arg;

    while (slots_fill(w))
        round_run(w);
}

/* ---- reading ---- */

static void cancel_put(struct writer *w, uint64_t id)
{
    struct waiting **at = &w->head, *prev = NULL;

    for (; *at; prev = *at, at = &(*at)->next)
        if ((*at)->h.id == id) { /* it has not begun */
            struct waiting *q = *at;
            *at = q->next;
            if (w->tail == q)
                w->tail = prev;
            w->waiting_n--;
            free(q->body);
            free(q);
            return;
        }
    for (int i = 0; i < w->slots_n; i++)
        if (w->slot[i].busy && w->slot[i].id == id)
            for (int k = 0; k < GEN_WAITING_MAX; k++)
                if (!w->cancel[k]) {
                    w->cancel[k] = id;
                    return;
                }
}

static bool ask_put(struct writer *w, struct waiting *q)
{
    bool room = w->waiting_n < GEN_WAITING_MAX;

    if (!room)
        return false;
    if (w->head)
        w->tail->next = q;
    else
        w->head = q;
    w->tail = q;
    w->waiting_n++;
    pthread_cond_signal(&w->some);
    return true;
}

static bool request_read(struct writer *w)
{
    struct waiting *q = calloc(1, sizeof *q);
    bool kept = true;

    if (!q || !fs_read_all(WIRE_FD, &q->h, sizeof q->h))
        return free(q), false;
    if (q->h.kind == GEN_CANCEL) {
        pthread_mutex_lock(&w->lock);
        cancel_put(w, q->h.id);
        pthread_mutex_unlock(&w->lock);
        free(q);
        return true;
    }
    if (q->h.kind != GEN_ASK || q->h.body_bytes > GEN_BODY_MAX || q->h.segments > GEN_SEGMENTS_MAX ||
        q->h.stops > GEN_STOPS_MAX || !(q->body = malloc(q->h.body_bytes + 1)) ||
        !fs_read_all(WIRE_FD, q->body, q->h.body_bytes)) {
        free(q->body);
        return free(q), false;
    }
    pthread_mutex_lock(&w->lock);
    kept = ask_put(w, q);
    pthread_mutex_unlock(&w->lock);
    if (!kept) {
        fail_send(w, q->h.id, GEN_BUSY);
        free(q->body);
        free(q);
    }
    return true;
}

/* ---- start ---- */

static void quiet(enum ggml_log_level level, const char *text, void *user)
{
    (void)level, (void)text, (void)user; /* model files can put text of their own into these lines */
}

static _Noreturn void give_up(const char *why)
{
    struct wire_hello rep = {.status = 1};

    snprintf(rep.name, sizeof rep.name, "%s", why);
    fs_write_all(WIRE_FD, str_n((const char *)&rep, sizeof rep), NULL);
    _exit(1);
}

/* Is this text one token of its own? */
static bool has_token(const struct writer *w, const char *text)
{
    llama_token t[16];

    return llama_tokenize(w->vocab, text, (int32_t)strlen(text), t, 16, false, true) == 1;
}

static uint32_t families(const struct writer *w)
{
    return (has_token(w, "<|start_header_id|>") ? GEN_HAS_LLAMA3 : 0u) |
           (has_token(w, "<|im_start|>") ? GEN_HAS_CHATML : 0u) |
           (has_token(w, "<start_of_turn>") ? GEN_HAS_GEMMA : 0u) | (has_token(w, "[INST]") ? GEN_HAS_MISTRAL : 0u);
}

static bool context_open(struct writer *w, const struct engine_args *args)
{
    struct llama_context_params cp = llama_context_default_params();
    int trained = llama_model_n_ctx_train(w->model), threads = args->threads > 0 ? args->threads : thread_cores();

    w->slots_n = args->slots < 1 ? 1 : args->slots > SLOTS_MAX ? SLOTS_MAX : args->slots;
    w->context = args->context > 0 ? args->context : trained < CONTEXT_DEFAULT ? trained : CONTEXT_DEFAULT;
    if (w->context > trained)
        w->context = trained;
    cp.n_ctx = (uint32_t)(w->context * w->slots_n);
    cp.n_batch = cp.n_ubatch = BATCH;
    cp.n_seq_max = (uint32_t)w->slots_n;
    cp.n_threads = cp.n_threads_batch = threads;
    cp.no_perf = true;
    w->ctx = llama_init_from_model(w->model, cp);
    if (!w->ctx)
        return false;
    w->batch = llama_batch_init(BATCH + SLOTS_MAX, 0, 1);
    return true;
}

static void hello_send(const struct writer *w, const struct engine_args *args)
{
    struct wire_hello hello = {.bits = families(w), .dim = (uint32_t)w->context, .threads = (uint32_t)w->slots_n};

    snprintf(hello.hash, sizeof hello.hash, "%s", args->model_hash);
    llama_model_meta_val_str(w->model, "general.name", hello.name, sizeof hello.name);
    fs_write_all(WIRE_FD, str_n((const char *)&hello, sizeof hello), NULL);
}

int engine_module_generate(const struct engine_args *args)
{
    static struct writer w = {
        .lock = PTHREAD_MUTEX_INITIALIZER, .some = PTHREAD_COND_INITIALIZER, .write_lock = PTHREAD_MUTEX_INITIALIZER};
    struct llama_model_params mp = llama_model_default_params();
    struct thread thread = {0};

    log_role_set("engine");
    llama_log_set(quiet, NULL);
    ggml_backend_load_all_from_path(args->backend_dir);
    llama_backend_init();
    mp.n_gpu_layers = 0;
    mp.check_tensors = true;
    w.model = llama_model_load_from_file(args->model_path, mp);
    if (!w.model)
        give_up("the model file cannot be loaded; is it a GGUF language model?");
    w.vocab = llama_model_get_vocab(w.model);
    if (!llama_model_has_decoder(w.model) || !context_open(&w, args))
        give_up("the model cannot write text here");
    if (args->sandbox && confine_compute() != ERR_OK)
        give_up("the sandbox cannot be set up");
    if (thread_start(&thread, "writer", writer_run, &w, NULL))
        give_up("no thread could be started");
    hello_send(&w, args);
    while (request_read(&w)) {
    }
    _exit(0); /* the core has gone or talks nonsense: there is nothing to save */
}
