#include "search/chunk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct arena *a;

static int up(void **state)
{
    (void)state;
    a = arena_new("test");
    return 0;
}

static int down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

/* "w w w": n words. */
static str words(size_t n)
{
    char *p = arena_alloc(a, 2 * n + 1);

    for (size_t i = 0; i < n; i++)
        memcpy(p + 2 * i, "w ", 2);
    return str_n(p, n ? 2 * n - 1 : 0);
}

static struct interaction call_of(struct ia_turn *turns, size_t n)
{
    return (struct interaction){.kind = IA_CALL, .language = STR("en"), .turns = turns, .turns_n = n};
}

static void turns_join_up_to_the_limit(void **state)
{
    struct ia_turn t[] = {{.text = words(100)}, {.text = words(28)},  {.text = STR(" ")},
                          {.text = words(1)},   {.text = words(300)}, {.text = words(5)}};
    static const uint32_t want[] = {128, 1, 128, 128, 44, 5};
    struct interaction ia = call_of(t, 6);
    struct chunk *c;
    size_t n;

    (void)state;
    chunk_split(&ia, a, &c, &n);
    assert_int_equal(n, 6);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(c[i].words, want[i]);
    assert_int_equal(c[0].spans_n, 2);
    assert_int_equal(c[0].spans[1].turn, 1);
    assert_int_equal(c[1].spans[0].turn, 3);
    assert_int_equal(c[3].spans[0].start, 256); /* the 129th word of the fifth turn */
    assert_int_equal(c[3].spans[0].end, 511);
}

static void written_text_is_cut_in_equal_parts_at_sentence_ends(void **state)
{
    char text[1200];
    size_t at = 0;
    struct ia_turn t[1];
    struct interaction ia;
    struct chunk *c;
    size_t n;

    (void)state;
    for (int i = 1; i <= 200; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, i == 110 ? "\"end.\" " : "w%d ", i % 10);
    t[0] = (struct ia_turn){.text = str_n(text, at)};
    ia = call_of(t, 1);
    ia.kind = IA_DOCUMENT;
    chunk_split(&ia, a, &c, &n);
    assert_int_equal(n, 2);
    assert_int_equal(c[0].words, 110); /* the sentence ends ten words after the half */
    assert_int_equal(c[1].words, 90);
    t[0].text = words(130);
    chunk_split(&ia, a, &c, &n);
    assert_int_equal(n, 2);
    assert_int_equal(c[0].words, 65);
    t[0].text = str_n(text, at);
    ia.kind = IA_CALL;
    chunk_split(&ia, a, &c, &n);
    assert_int_equal(c[0].words, 128);
}

static void text_without_spaces_is_bounded_and_cut_between_characters(void **state)
{
    size_t chars = 20000, n;
    char *p = arena_alloc(a, chars * 3);
    struct ia_turn t[1];
    struct interaction ia;
    struct chunk *c;

    (void)state;
    for (size_t i = 0; i < chars; i++)
        memcpy(p + 3 * i, "\xE6\x98\xAF", 3);
    t[0] = (struct ia_turn){.text = str_n(p, chars * 3)};
    ia = call_of(t, 1);
    chunk_split(&ia, a, &c, &n);
    assert_true(n > 5);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(c[i].spans[0].start % 3, 0);
        assert_true(c[i].words <= CHUNK_WORDS);
    }
}

static void nothing_gives_no_chunk(void **state)
{
    struct ia_turn t[] = {{.text = STR("")}, {.text = STR("\xC2\xA0 \n")}};
    struct interaction ia = call_of(t, 2);
    struct chunk *c;
    size_t n;

    (void)state;
    chunk_split(&ia, a, &c, &n);
    assert_int_equal(n, 0);
}

static void embedded_text_names_speakers_and_leaves_noise_out(void **state)
{
    struct ia_turn t[] = {
        {.speaker = STR("Mary Ng (Minister)"), .text = STR("um the {disfmarker} price is twelve euros")},
        {.speaker = STR("X"), .text = STR("{vocalsound} .")},
        {.speaker = STR("Bo"), .text = STR("Fine .")}};
    struct interaction ia = call_of(t, 3);
    struct chunk *c;
    size_t n;

    (void)state;
    chunk_split(&ia, a, &c, &n);
    assert_int_equal(n, 1);
    str text = chunk_embed_text(&ia, c[0].spans, c[0].spans_n, a);
    assert_true(str_starts(text, STR("Mary Ng: ")));
    assert_true(str_ends(text, STR("price is twelve euros\nBo: Fine.")));
    assert_false(str_contains(text, STR("um ")) || str_contains(text, STR("{")) || str_contains(text, STR("X:")));
    ia.title = STR("ES2004a");
    assert_true(str_starts(chunk_embed_text(&ia, c[0].spans, c[0].spans_n, a), STR("Mary Ng: ")));
    ia.title = STR("Renewal with Acme");
    ia.deal = STR("Acme 2027");
    assert_true(
        str_starts(chunk_embed_text(&ia, c[0].spans, c[0].spans_n, a), STR("Renewal with Acme, Acme 2027\nMary Ng: ")));
    assert_true(chunk_embed_text(&ia, NULL, 0, a).n > 0);
}

static void voices_add_up_by_name(void **state)
{
    struct ia_turn t[] = {{.speaker = STR("A"), .text = words(3)},
                          {.speaker = STR("B"), .text = words(2)},
                          {.speaker = STR("A"), .text = words(4)}};
    struct interaction ia = call_of(t, 3);
    struct chunk_voice *v;
    struct chunk *c;
    size_t n, voices;

    (void)state;
    chunk_split(&ia, a, &c, &n);
    v = chunk_voices(&ia, c[0].spans, c[0].spans_n, a, &voices);
    assert_int_equal(voices, 2);
    assert_int_equal(v[0].words, 7);
    assert_int_equal(v[1].words, 2);
    assert_true(str_eq(v[1].name, STR("B")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(turns_join_up_to_the_limit, up, down),
        cmocka_unit_test_setup_teardown(written_text_is_cut_in_equal_parts_at_sentence_ends, up, down),
        cmocka_unit_test_setup_teardown(text_without_spaces_is_bounded_and_cut_between_characters, up, down),
        cmocka_unit_test_setup_teardown(nothing_gives_no_chunk, up, down),
        cmocka_unit_test_setup_teardown(embedded_text_names_speakers_and_leaves_noise_out, up, down),
        cmocka_unit_test_setup_teardown(voices_add_up_by_name, up, down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
