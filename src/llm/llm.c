#include "llm/llm.h"

#include <stdlib.h>

struct llm {
    const struct llm_ops *ops;
    void *m;
};

#define LLM(name) extern const struct llm_ops llm_##name;
#include "llm/llm_tab.h"
#undef LLM

static const struct llm_ops *const ways[] = {
#define LLM(name) &llm_##name,
#include "llm/llm_tab.h"
#undef LLM
};

enum err_code llm_open(const char *way, const struct llm_config *c, struct llm **out, struct err *e)
{
    struct llm *m;

    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (!str_eq(str_of(ways[i]->name), str_of(way)))
            continue;
        m = calloc(1, sizeof *m);
        if (!m)
            return err_set(e, ERR_MEMORY, "out of memory");
        m->ops = ways[i];
        if (m->ops->open(c, &m->m, e)) {
            free(m);
            return e->code;
        }
        *out = m;
        return ERR_OK;
    }
    return err_set(e, ERR_INVALID, "there is no way \"%s\" to run a model", way);
}

enum err_code llm_open_by(const struct llm_ops *ops, void *m, struct llm **out, struct err *e)
{
    *out = calloc(1, sizeof **out);
    if (!*out)
        return err_set(e, ERR_MEMORY, "out of memory");
    (*out)->ops = ops;
    (*out)->m = m;
    return ERR_OK;
}

void llm_close(struct llm *m)
{
    if (!m)
        return;
    m->ops->close(m->m);
    free(m);
}

enum err_code llm_write(struct llm *m, const struct llm_ask *ask, bool (*on_text)(void *ctx, str piece), void *ctx,
                        struct llm_result *out, struct err *e)
{
    return m->ops->write(m->m, ask, on_text, ctx, out, e);
}

void llm_info(const struct llm *m, struct llm_info *out)
{
    m->ops->info(m->m, out);
}

bool llm_up(const struct llm *m)
{
    return m->ops->up(m->m);
}
