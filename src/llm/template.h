/* llm/template.h - messages to a prompt, by model family. The templates are ours; one that comes in a model file is never run
 * (trust.md U9): it could wait for its trigger.
 *
 * Only the parts marked special may become special tokens: a message cannot close its turn or open another one. */
#pragma once
#include "engine/generator.h"
#include "llm/llm.h"

enum llm_family { LLM_PLAIN, LLM_LLAMA3, LLM_CHATML, LLM_GEMMA, LLM_MISTRAL };

const char *llm_family_name(enum llm_family f);
/* By the special tokens that the vocabulary knows (GEN_HAS_* of engine/gen_wire.h). */
enum llm_family llm_family_of(unsigned has);

struct llm_prompt {
    struct gen_segment *segments;
    size_t segments_n;
    const char *stop; /* a text that ends the turn where no token does; NULL: none */
};

/* Ends with the opening of the assistant's turn. Memory in `a`; texts of messages are not copied. */
void llm_prompt_make(enum llm_family f, const struct llm_message *m, size_t n, struct arena *a, struct llm_prompt *out);
