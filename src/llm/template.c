#include "llm/template.h"

#include "engine/gen_wire.h"

/* One turn: what opens it for each role, what closes it. System texts that have no turn of their own go before the first
 * text of the user. */
struct form {
    const char *name;
    const char *open[3], *close;
    const char *stop;
    bool system_inside; /* no turn for the system */
};

static const struct form forms[] = {
    [LLM_PLAIN] = {"plain", {"System: ", "User: ", "Assistant: "}, "\n", "\nUser:", false},
    [LLM_LLAMA3] = {"llama3",
                    {"<|start_header_id|>system<|end_header_id|>\n\n", "<|start_header_id|>user<|end_header_id|>\n\n",
                     "<|start_header_id|>assistant<|end_header_id|>\n\n"},
                    "<|eot_id|>",
                    NULL,
                    false},
    [LLM_CHATML] = {"chatml",
                    {"<|im_start|>system\n", "<|im_start|>user\n", "<|im_start|>assistant\n"},
                    "<|im_end|>\n",
                    "<|im_end|>",
                    false},
    [LLM_GEMMA] = {"gemma", {"", "<start_of_turn>user\n", "<start_of_turn>model\n"}, "<end_of_turn>\n", NULL, true},
    [LLM_MISTRAL] = {"mistral", {"", "[INST] ", ""}, "</s>", NULL, true},
};

const char *llm_family_name(enum llm_family f)
{
    return forms[f].name;
}

enum llm_family llm_family_of(unsigned has)
{
    return has & GEN_HAS_LLAMA3    ? LLM_LLAMA3
           : has & GEN_HAS_CHATML  ? LLM_CHATML
           : has & GEN_HAS_GEMMA   ? LLM_GEMMA
           : has & GEN_HAS_MISTRAL ? LLM_MISTRAL
                                   : LLM_PLAIN;
}

struct list {
    struct gen_segment *v;
    size_t n, cap;
};

static void add(struct arena *a, struct list *l, str text, bool special)
{
    if (text.n)
        ARENA_PUSH(a, l->v, l->n, l->cap) = (struct gen_segment){text, special};
}

static void turn(struct arena *a, struct list *l, enum llm_family f, enum llm_role role, str before, str text)
{
    const struct form *form = &forms[f];

    add(a, l, str_of(form->open[role]), true);
    add(a, l, before, false);
    add(a, l, before.n ? STR("\n\n") : STR(""), false);
    add(a, l, text, false);
    if (f == LLM_MISTRAL && role == LLM_USER)
        add(a, l, STR(" [/INST]"), true);
    else
        add(a, l, str_of(form->close), true);
}

void llm_prompt_make(enum llm_family f, const struct llm_message *m, size_t n, struct arena *a, struct llm_prompt *out)
{
    const struct form *form = &forms[f];
    struct list l = {0};
    str before = STR("");

    for (size_t i = 0; i < n; i++) {
        if (form->system_inside && m[i].role == LLM_SYSTEM) {
            before = before.n ? str_fmt(a, "%.*s\n\n%.*s", STR_ARG(before), STR_ARG(m[i].text)) : m[i].text;
            continue;
        }
        turn(a, &l, f, m[i].role, m[i].role == LLM_USER ? before : STR(""), m[i].text);
        if (m[i].role == LLM_USER)
            before = STR("");
    }
    if (before.n) /* only a system text: it is the question */
        turn(a, &l, f, LLM_USER, STR(""), before);
    add(a, &l, str_of(form->open[LLM_ASSISTANT]), true);
    *out = (struct llm_prompt){l.v, l.n, form->stop};
}
