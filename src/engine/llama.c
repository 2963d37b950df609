/* engine/llama.c - the engine process: llama.cpp behind a socket. Built as a module that only this process loads, so
 * that the core never maps the inference library.
 *
 * One reader thread takes requests apart into texts; one worker per core owns a context of one thread and takes one text at
 * a time. One such context per core is faster and far steadier than one context of many threads. A text is encoded alone, so
 * that its vector depends on nothing but its words (doc/decisions/0013-one-text-a-batch.md). */
#include <errno.h>
#include <ggml-backend.h>
#include <llama.h>
#include <math.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/thread.h"
#include "engine/confine.h"
#include "engine/module.h"
#include "engine/wire.h"

enum { UBATCH = 512, TOKENS_MAX = 510 };

struct request {
    uint64_t id;
    int64_t deadline_ms;
    uint32_t lane, n, left; /* left: texts not yet answered */
    char *body;
    str *text;
    uint32_t next; /* first text nobody has taken */
    struct request *link;
};

struct engine {
    struct llama_model *model;
    const struct llama_vocab *vocab;
    int dim, fd;
    pthread_mutex_t lock; /* guards lane heads, and `next` and `left` of requests */
    pthread_cond_t some;
    struct request *head[2], *tail[2];
    pthread_mutex_t write_lock; /* one reply at a time on fd */
};

struct worker {
    struct engine *en;
    struct llama_context *ctx;
    struct llama_batch batch;
    float *vec; /* of the text in hand */
    struct thread thread;
};

struct piece {
    struct request *r;
    uint32_t i;
};

/* The core has gone when this fails; the reader notices too. */
static void frame_send(struct engine *en, const void *head, size_t head_bytes, const float *vec, size_t vec_bytes)
{
    pthread_mutex_lock(&en->write_lock);
    if (fs_write_all(en->fd, str_n(head, head_bytes), NULL) == ERR_OK && vec_bytes)
        fs_write_all(en->fd, str_n((const char *)vec, vec_bytes), NULL);
    pthread_mutex_unlock(&en->write_lock);
}

static void request_free(struct request *r)
{
    free(r->body);
    free(r->text);
    free(r);
}

/* Takes the next text in line, interactive first. False when there is none. */
static bool piece_take(struct engine *en, struct piece *out)
{
    for (int lane = 0; lane < 2; lane++) {
        struct request *r = en->head[lane];
        if (!r)
            continue;
        *out = (struct piece){r, r->next++};
        if (r->next == r->n) {
            en->head[lane] = r->link;
            if (!r->link)
                en->tail[lane] = NULL;
        }
        return true;
    }
    return false;
}

static void unit_length(const float *from, int dim, float *to)
{
    double sum = 0;

    for (int k = 0; k < dim; k++)
        sum += (double)from[k] * (double)from[k];
    for (int k = 0; k < dim; k++)
        to[k] = sum > 0 ? (float)((double)from[k] / sqrt(sum)) : 0;
}

/* The reference tokenizer decomposes text before it drops accents; llama.cpp leaves Hangul syllables whole otherwise.
 * Returns text itself when it is ASCII; else *out_mem owns the result. */
static str decomposed(str text, char **out_mem)
{
    UErrorCode u = U_ZERO_ERROR;
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&u);
    int32_t n16, nd, n8, cap = (int32_t)text.n + 1;
    UChar *wide, *flat;
    bool ascii = true;

    *out_mem = NULL;
    for (size_t i = 0; ascii && i < text.n; i++)
        ascii = (unsigned char)text.p[i] < 0x80;
    if (ascii)
        return text;
    wide = malloc((size_t)cap * 4 * sizeof *wide);
    flat = malloc((size_t)cap * 4 * sizeof *flat);
    *out_mem = malloc((size_t)cap * 12);
    if (wide && flat && *out_mem) {
        u_strFromUTF8WithSub(wide, cap * 4, &n16, text.p, (int32_t)text.n, 0xFFFD, NULL, &u);
        nd = unorm2_normalize(nfd, wide, n16, flat, cap * 4, &u);
        u_strToUTF8(*out_mem, cap * 12, &n8, flat, nd, &u);
        if (U_SUCCESS(u))
            text = str_n(*out_mem, (size_t)n8);
    }
    free(wide);
    free(flat);
    return text;
}

static int tokens_cut(const struct engine *en, str text, llama_token *tok)
{
    llama_token *big;
    int n = llama_tokenize(en->vocab, text.p, (int32_t)text.n, tok, TOKENS_MAX, true, false), cap = (int)text.n + 8;

    if (n >= 0)
        return n;
    big = malloc((size_t)cap * sizeof *big);
    if (!big)
        return 0;
    n = llama_tokenize(en->vocab, text.p, (int32_t)text.n, big, cap, true, false);
    if (n > 0) {
        memcpy(tok, big, (size_t)TOKENS_MAX * sizeof *tok);
        tok[TOKENS_MAX - 1] = big[n - 1];
        n = TOKENS_MAX;
    }
    free(big);
    return n > 0 ? n : 0;
}

/* Tokens of one text, cut to TOKENS_MAX; the last kept token is made the closing one. None for white space. */
static int tokens_of(const struct engine *en, str text, llama_token *tok)
{
    char *mem;
    int n;

    if (!str_trim(text).n)
        return 0;
    n = tokens_cut(en, decomposed(text, &mem), tok);
    free(mem);
    return n;
}

static void batch_fill(struct llama_batch *b, const llama_token *tok, int n)
{
    b->n_tokens = n;
    for (int k = 0; k < n; k++) {
        b->token[k] = tok[k];
        b->pos[k] = k;
        b->n_seq_id[k] = 1;
        b->seq_id[k][0] = 0;
        b->logits[k] = 1;
    }
}

/* Vector of the text in w->vec; zeros for an empty one. */
static enum wire_status text_encode(struct worker *w, str text, uint32_t *out_tokens)
{
    llama_token tok[TOKENS_MAX];
    int n = tokens_of(w->en, text, tok);
    const float *v;

    memset(w->vec, 0, (size_t)w->en->dim * sizeof *w->vec);
    *out_tokens = (uint32_t)n;
    if (!n)
        return WIRE_DONE;
    batch_fill(&w->batch, tok, n);
    if (llama_encode(w->ctx, w->batch) || (v = llama_get_embeddings_seq(w->ctx, 0)) == NULL)
        return WIRE_FAILED;
    unit_length(v, w->en->dim, w->vec);
    return WIRE_DONE;
}

static void piece_run(struct worker *w, const struct piece *p)
{
    struct engine *en = w->en;
    struct wire_reply rep = {.id = p->r->id, .status = WIRE_LATE, .i = p->i, .dim = (uint32_t)en->dim};
    bool last;

    if (clock_mono_ms() < p->r->deadline_ms)
        rep.status = text_encode(w, p->r->text[p->i], &rep.tokens);
    frame_send(en, &rep, sizeof rep, w->vec, rep.status == WIRE_DONE ? rep.dim * sizeof *w->vec : 0);
    pthread_mutex_lock(&en->lock);
    last = --p->r->left == 0;
    pthread_mutex_unlock(&en->lock);
    if (last)
        request_free(p->r);
}

static void worker_run(void *arg)
{
    struct worker *w = arg;
    struct engine *en = w->en;
    struct piece p;

    for (;;) {
        pthread_mutex_lock(&en->lock);
        while (!piece_take(en, &p))
            pthread_cond_wait(&en->some, &en->lock);
        pthread_mutex_unlock(&en->lock);
        piece_run(w, &p);
    }
}

static bool request_split(struct request *r, size_t body_bytes)
{
    const char *at = r->body, *end = r->body + body_bytes;

    for (uint32_t i = 0; i < r->n; i++) {
        uint32_t len;
        if (end - at < (ptrdiff_t)sizeof len)
            return false;
        memcpy(&len, at, sizeof len);
        at += sizeof len;
        if (len > WIRE_TEXT_MAX || end - at < (ptrdiff_t)len)
            return false;
        r->text[i] = str_n(at, len);
        at += len;
    }
    return at == end;
}

static bool request_read(struct engine *en)
{
    struct wire_request h;
    struct request *r;

    if (!fs_read_all(en->fd, &h, sizeof h) || h.n == 0 || h.n > WIRE_N_MAX || h.lane > 1 ||
        h.body_bytes > WIRE_BODY_MAX)
        return false;
    r = calloc(1, sizeof *r);
    if (!r)
        return false;
    *r = (struct request){.id = h.id, .deadline_ms = h.deadline_ms, .lane = h.lane, .n = h.n, .left = h.n};
    r->body = malloc(h.body_bytes ? h.body_bytes : 1);
    r->text = calloc(h.n, sizeof *r->text);
    if (!r->body || !r->text || !fs_read_all(en->fd, r->body, h.body_bytes) || !request_split(r, h.body_bytes)) {
        request_free(r);
        return false;
    }
    pthread_mutex_lock(&en->lock);
    if (en->tail[h.lane])
        en->tail[h.lane]->link = r;
    else
        en->head[h.lane] = r;
    en->tail[h.lane] = r;
    pthread_cond_broadcast(&en->some);
    pthread_mutex_unlock(&en->lock);
    return true;
}

static void quiet(enum ggml_log_level level, const char *text, void *user)
{
    (void)level, (void)text, (void)user; /* model files can put text of their own into these lines */
}

static _Noreturn void give_up(const char *why)
{
    struct wire_hello hello = {.status = 1};

    snprintf(hello.name, sizeof hello.name, "%s", why);
    fs_write_all(WIRE_FD, str_n((const char *)&hello, sizeof hello), NULL);
    _exit(1);
}

static bool worker_open(struct worker *w, struct engine *en)
{
    struct llama_context_params cp = llama_context_default_params();

    cp.n_ctx = UBATCH;
    cp.n_batch = UBATCH;
    cp.n_ubatch = UBATCH;
    cp.n_seq_max = 1;
    cp.n_threads = cp.n_threads_batch = 1;
    cp.embeddings = true;
    cp.pooling_type = LLAMA_POOLING_TYPE_MEAN;
    cp.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_ENABLED;
    cp.no_perf = true;
    w->en = en;
    w->ctx = llama_init_from_model(en->model, cp);
    if (!w->ctx)
        return false;
    w->batch = llama_batch_init(UBATCH, 0, 1);
    w->vec = calloc((size_t)en->dim, sizeof *w->vec);
    return w->vec != NULL;
}

static struct llama_model *model_load(const char *path)
{
    struct llama_model_params mp = llama_model_default_params();

    mp.n_gpu_layers = 0;
    mp.check_tensors = true;
    return llama_model_load_from_file(path, mp);
}

int engine_module_main(const struct engine_args *args)
{
    struct engine en = {.fd = WIRE_FD,
                        .lock = PTHREAD_MUTEX_INITIALIZER,
                        .some = PTHREAD_COND_INITIALIZER,
                        .write_lock = PTHREAD_MUTEX_INITIALIZER};
    struct wire_hello hello = {0};
    struct worker *w;
    int threads = args->threads > 0 ? args->threads : thread_cores();

    log_role_set("engine");
    llama_log_set(quiet, NULL);
    ggml_backend_load_all_from_path(args->backend_dir);
    llama_backend_init();
    en.model = model_load(args->model_path);
    if (!en.model)
        give_up("the model file cannot be loaded; is it a GGUF encoder?");
    en.vocab = llama_model_get_vocab(en.model);
    en.dim = llama_model_n_embd(en.model);
    w = calloc((size_t)threads, sizeof *w);
    if (!w)
        give_up("there is no memory for its threads");
    for (int i = 0; i < threads; i++)
        if (!worker_open(&w[i], &en))
            give_up("the model cannot run as an encoder here");
    if (args->sandbox && confine_compute() != ERR_OK)
        give_up("the sandbox cannot be set up");
    for (int i = 0; i < threads; i++)
        if (thread_start(&w[i].thread, "embed", worker_run, &w[i], NULL))
            give_up("no thread could be started");
    hello.dim = (uint32_t)en.dim;
    hello.threads = (uint32_t)threads;
    snprintf(hello.hash, sizeof hello.hash, "%s", args->model_hash);
    llama_model_meta_val_str(en.model, "general.name", hello.name, sizeof hello.name);
    frame_send(&en, &hello, sizeof hello, NULL, 0);
    while (request_read(&en)) {
    }
    _exit(0); /* the core has gone or talks nonsense: there is nothing to save */
}
