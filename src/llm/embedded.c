/* llm/embedded.c - one GGUF file in an engine process of its own. */
#include <stdlib.h>

#include "engine/gen_wire.h"
#include "llm/template.h"

struct embedded {
    struct generator *g;
    enum llm_family family;
    char name[128];
};

static enum err_code embedded_open(const struct llm_config *c, void **out, struct err *e)
{
    struct generator_opts o = {.exe = c->exe,
                               .model_path = c->model,
                               .threads = c->threads,
                               .context = c->context,
                               .slots = c->slots,
                               .sandbox = c->sandbox};
    struct embedded *m = calloc(1, sizeof *m);

    if (!m)
        return err_set(e, ERR_MEMORY, "out of memory");
    if (generator_start(&o, &m->g, e)) {
        free(m);
        return e->code;
    }
    m->family = llm_family_of(generator_info(m->g)->families);
    snprintf(m->name, sizeof m->name, "%s",
             *generator_info(m->g)->model_name ? generator_info(m->g)->model_name : "language-model");
    for (char *p = m->name; *p; p++) /* it stands in addresses */
        if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || *p == '.' ||
              *p == '-'))
            *p = '-';
    *out = m;
    return ERR_OK;
}

static enum err_code embedded_write(void *model, const struct llm_ask *ask, bool (*on_text)(void *, str), void *ctx,
                                    struct llm_result *out, struct err *e)
{
    struct embedded *m = model;
    struct arena *a = arena_new_wiped("llm.prompt");
    struct llm_prompt prompt;
    struct gen_result result;
    str stops[GEN_STOPS_MAX];
    enum err_code rc;
    struct gen_ask g = {.max_tokens = ask->max_tokens,
                        .temperature = (float)ask->temperature,
                        .top_p = (float)ask->top_p,
                        .seed = ask->seed,
                        .timeout_ms = ask->timeout_ms,
                        .grammar = ask->grammar,
                        .stops = stops};

    llm_prompt_make(m->family, ask->messages, ask->messages_n, a, &prompt);
    g.segments = prompt.segments;
    g.segments_n = prompt.segments_n;
    while (g.stops_n < ask->stops_n && g.stops_n < GEN_STOPS_MAX) {
        stops[g.stops_n] = ask->stops[g.stops_n];
        g.stops_n++;
    }
    if (prompt.stop && g.stops_n < GEN_STOPS_MAX)
        stops[g.stops_n++] = str_of(prompt.stop);
    rc = generator_run(m->g, &g, on_text, ctx, &result, e);
    if (!rc)
        *out = (struct llm_result){result.finish == GEN_FULL ? LLM_LENGTH : LLM_STOPPED, result.prompt_tokens,
                                   result.completion_tokens};
    arena_free(a);
    return rc;
}

static void embedded_info(void *model, struct llm_info *out)
{
    struct embedded *m = model;
    const struct generator_info *i = generator_info(m->g);

    *out = (struct llm_info){m->name, i->model_hash, llm_family_name(m->family), i->context};
}

static bool embedded_up(void *model)
{
    return generator_pid(((struct embedded *)model)->g) > 0;
}

static void embedded_close(void *model)
{
    struct embedded *m = model;

    if (!m)
        return;
    generator_stop(m->g);
    free(m);
}

const struct llm_ops llm_embedded = {
    .name = "embedded",
    .open = embedded_open,
    .write = embedded_write,
    .info = embedded_info,
    .up = embedded_up,
    .close = embedded_close,
};
