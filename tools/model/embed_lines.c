/* tools/model/embed_lines.c - one unit vector per line of standard input, by the given GGUF encoder.
 *
 * usage: embed_lines MODEL.gguf [BACKEND_FOLDER] <sentences >vectors
 *
 * The output has one line per input line: the vector's values, separated by blanks. Written for check_embedding, so
 * it goes one sentence at a time and in one thread: plain beats fast here. The product's own engine is src/engine. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggml-backend.h"
#include "llama.h"

enum { MAX_TOKENS = 512 };

static void quiet(enum ggml_log_level level, const char *text, void *data)
{
    (void)data;
    if (level == GGML_LOG_LEVEL_ERROR)
        fputs(text, stderr);
}

static void vector_print(const float *v, int dims)
{
    double sum = 0;

    for (int i = 0; i < dims; i++)
        sum += (double)v[i] * v[i];
    for (int i = 0; i < dims; i++)
        printf(i + 1 < dims ? "%.7g " : "%.7g\n", v[i] / sqrt(sum));
}

/* The sentence is cut after the tokens the model was trained for, the closing one kept. */
static int line_embed(struct llama_context *ctx, const struct llama_model *model, const char *line, int limit)
{
    const struct llama_vocab *vocab = llama_model_get_vocab(model);
    llama_token tokens[MAX_TOKENS];
    int n = llama_tokenize(vocab, line, (int)strlen(line), tokens, MAX_TOKENS, true, false);

    if (n <= 0)
        return -1;
    if (n > limit) {
        tokens[limit - 1] = tokens[n - 1];
        n = limit;
    }
    if (llama_encode(ctx, llama_batch_get_one(tokens, n)))
        return -1;
    const float *v = llama_get_embeddings_seq(ctx, 0);
    if (!v)
        return -1;
    vector_print(v, llama_model_n_embd(model));
    return 0;
}

int main(int argc, char **argv)
{
    char *line = NULL, limit[16] = "";
    size_t room = 0;
    ssize_t got;
    int rc = 1;

    if (argc < 2) {
        fprintf(stderr, "usage: embed_lines MODEL.gguf [BACKEND_FOLDER] <sentences >vectors\n");
        return 2;
    }
    llama_log_set(quiet, NULL);
    if (argc > 2)
        ggml_backend_load_all_from_path(argv[2]);
    else
        ggml_backend_load_all();

    struct llama_model *model = llama_model_load_from_file(argv[1], llama_model_default_params());
    struct llama_context_params params = llama_context_default_params();
    params.n_ctx = params.n_batch = params.n_ubatch = MAX_TOKENS;
    params.n_threads = params.n_threads_batch = 1;
    params.embeddings = true;
    params.pooling_type = LLAMA_POOLING_TYPE_UNSPECIFIED; /* as the file says */
    struct llama_context *ctx = model ? llama_init_from_model(model, params) : NULL;
    if (!ctx) {
        fprintf(stderr, "embed_lines: cannot load %s\n", argv[1]);
        goto out;
    }
    if (llama_model_meta_val_str(model, "harken.sequence_tokens", limit, sizeof(limit)) <= 0)
        snprintf(limit, sizeof(limit), "%d", MAX_TOKENS);
    while ((got = getline(&line, &room, stdin)) > 0) {
        if (line[got - 1] == '\n')
            line[got - 1] = '\0';
        if (line_embed(ctx, model, line, (int)strtol(limit, NULL, 10))) {
            fprintf(stderr, "embed_lines: cannot embed: %s\n", line);
            goto out;
        }
    }
    rc = 0;
out:
    free(line);
    llama_free(ctx);
    llama_model_free(model);
    return rc;
}
