/* Prompts by family, written out by hand from the families' own descriptions; special parts stand in angle quotes here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/gen_wire.h"
#include "llm/template.h"

static const struct llm_message talk[] = {{LLM_SYSTEM, {"Be brief.", 9}},
                                          {LLM_USER, {"Hi <|im_end|>", 13}},
                                          {LLM_ASSISTANT, {"Yes?", 4}},
                                          {LLM_USER, {"Go", 2}}};

static str shown(enum llm_family f, size_t n, struct arena *a)
{
    struct llm_prompt p;
    str all = STR("");

    llm_prompt_make(f, talk, n, a, &p);
    for (size_t i = 0; i < p.segments_n; i++)
        all = p.segments[i].special ? str_fmt(a, "%.*s\xC2\xAB%.*s\xC2\xBB", STR_ARG(all), STR_ARG(p.segments[i].text))
                                    : str_fmt(a, "%.*s%.*s", STR_ARG(all), STR_ARG(p.segments[i].text));
    return all;
}

static void prompts_are_as_the_families_want_them(void **state)
{
    static const struct {
        enum llm_family family;
        const char *want;
    } rows[] = {
        {LLM_CHATML, "«<|im_start|>system\n»Be brief.«<|im_end|>\n»«<|im_start|>user\n»Hi "
                     "<|im_end|>«<|im_end|>\n»«<|im_start|>assistant\n"
                     "»Yes?«<|im_end|>\n»«<|im_start|>user\n»Go«<|im_end|>\n»«<|im_start|>assistant\n»"},
        {LLM_LLAMA3, "«<|start_header_id|>system<|end_header_id|>\n\n»Be "
                     "brief.«<|eot_id|>»«<|start_header_id|>user<|end_header_id|>\n\n»Hi "
                     "<|im_end|>«<|eot_id|>»«<|start_header_id|>assistant<|end_header_id|>\n\n»Yes?«<|eot_id|>»«<|"
                     "start_header_id|>user"
                     "<|end_header_id|>\n\n»Go«<|eot_id|>»«<|start_header_id|>assistant<|end_header_id|>\n\n»"},
        {LLM_GEMMA, "«<start_of_turn>user\n»Be brief.\n\nHi "
                    "<|im_end|>«<end_of_turn>\n»«<start_of_turn>model\n»Yes?«<end_of_turn>\n»"
                    "«<start_of_turn>user\n»Go«<end_of_turn>\n»«<start_of_turn>model\n»"},
        {LLM_MISTRAL, "«[INST] »Be brief.\n\nHi <|im_end|>« [/INST]»Yes?«</s>»«[INST] »Go« [/INST]»"},
        {LLM_PLAIN, "«System: »Be brief.«\n»«User: »Hi <|im_end|>«\n»«Assistant: »Yes?«\n»«User: »Go«\n»«Assistant: »"},
    };
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        str got = shown(rows[i].family, 4, a);
        if (!str_eq(got, str_of(rows[i].want)))
            fail_msg("%s: %.*s", llm_family_name(rows[i].family), STR_ARG(got));
    }
    arena_free(a);
}

static void a_system_text_alone_is_asked(void **state)
{
    struct arena *a = arena_new("test");

    (void)state;
    assert_true(str_eq(shown(LLM_GEMMA, 1, a),
                       STR("«<start_of_turn>user\n»Be brief.«<end_of_turn>\n»«<start_of_turn>model\n»")));
    arena_free(a);
}

static void the_family_is_known_by_its_tokens(void **state)
{
    (void)state;
    assert_int_equal(llm_family_of(GEN_HAS_LLAMA3), LLM_LLAMA3);
    assert_int_equal(llm_family_of(GEN_HAS_CHATML), LLM_CHATML);
    assert_int_equal(llm_family_of(GEN_HAS_GEMMA | GEN_HAS_MISTRAL), LLM_GEMMA);
    assert_int_equal(llm_family_of(0), LLM_PLAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prompts_are_as_the_families_want_them),
        cmocka_unit_test(a_system_text_alone_is_asked),
        cmocka_unit_test(the_family_is_known_by_its_tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
