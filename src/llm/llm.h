/* llm/llm.h - the language model as everybody sees it: messages in, text out, piece by piece.
 *
 * Rows of llm_tab.h are ways to run a model; callers never ask which one they hold. What a model writes is never trusted: it
 * is data for those who show or check it. Any thread; calls block on the model. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct llm;

enum llm_role { LLM_SYSTEM, LLM_USER, LLM_ASSISTANT };

struct llm_message {
    enum llm_role role;
    str text; /* UTF-8; never read as template or special token */
};

struct llm_ask {
    const struct llm_message *messages;
    size_t messages_n; /* at least 1 */
    const str *stops;  /* at most 4, of 1..256 bytes; where the text ends, without them */
    size_t stops_n;
    str grammar;       /* GBNF with a rule `root`, which all that is written obeys; empty: none */
    int max_tokens;    /* 0: as many as the context holds */
    double temperature; /* 0..2; 0: always the likeliest */
    double top_p;       /* 0..1 */
    uint32_t seed;
    int timeout_ms; /* of the whole text */
};

enum llm_finish { LLM_STOPPED, LLM_LENGTH };

struct llm_result {
    enum llm_finish finish;
    int64_t prompt_tokens, completion_tokens;
};

struct llm_info {
    const char *name, *hash; /* hash: SHA-256 of what answers, hex; "" when not known */
    const char *family;      /* of its prompts: "llama3", "chatml" ... */
    int context;             /* tokens, prompt and text together */
};

struct llm_config {
    const char *exe;   /* the harken binary */
    const char *model; /* embedded: path of a GGUF file */
    int threads, context, slots;
    bool sandbox;
};

/* What every way to run a model provides. */
struct llm_ops {
    const char *name;
    /* Required. Returns when the model is ready. The caller owns *out. ERR_UNSUPPORTED says why it is not. */
    enum err_code (*open)(const struct llm_config *c, void **out, struct err *e);
    /* Required. `on_text`: whole characters; now and then an empty piece while nothing comes; false ends the text at once:
     * ERR_CONFLICT. ERR_LIMIT (the prompt does not fit), ERR_INVALID (the grammar is none), ERR_BUSY, ERR_TIMEOUT. */
    enum err_code (*write)(void *m, const struct llm_ask *ask, bool (*on_text)(void *ctx, str piece), void *ctx,
                           struct llm_result *out, struct err *e);
    void (*info)(void *m, struct llm_info *out); /* Required. Strings live as long as the model */
    bool (*up)(void *m); /* Required. Would it answer just now? */
    void (*close)(void *m); /* Required. NULL is ignored */
};

/* `way`: name of a row. */
enum err_code llm_open(const char *way, const struct llm_config *c, struct llm **out, struct err *e);
/* Another way, given by who has it; `m` is closed with it. */
enum err_code llm_open_by(const struct llm_ops *ops, void *m, struct llm **out, struct err *e);
void llm_close(struct llm *m); /* NULL is ignored */
enum err_code llm_write(struct llm *m, const struct llm_ask *ask, bool (*on_text)(void *ctx, str piece), void *ctx,
                        struct llm_result *out, struct err *e);
void llm_info(const struct llm *m, struct llm_info *out);
bool llm_up(const struct llm *m);
