#include "formats/blocks.h"

#include "formats/test_build.h"

static void blocks_join_with_and_without_gaps(void **state)
{
    struct arena *a = arena_new("blocks_test");
    struct blocks b;

    (void)state;
    blocks_init(&b, a);
    blocks_add(&b, BLOCK_TEXT, true, STR("  one "));
    blocks_add(&b, BLOCK_TEXT, true, STR("   "));
    blocks_add(&b, BLOCK_HEADING, false, STR("two"));
    blocks_add(&b, BLOCK_TEXT, true, STR("three"));
    assert_int_equal(b.n, 3);
    assert_str(blocks_join(&b), "one\ntwo\n\nthree");
    assert_str(blocks_title(&b), "two");
    arena_free(a);
}

static void a_text_that_is_too_long_is_cut_and_said(void **state)
{
    struct arena *a = arena_new("blocks_test");
    size_t half = IA_TEXT_MAX / 2 + 1;
    char *text = arena_alloc(a, half);
    struct format_result r = {0};
    struct interaction ia = {0};
    struct blocks b;

    (void)state;
    memset(text, 'x', half);
    blocks_init(&b, a);
    blocks_add(&b, BLOCK_TEXT, true, str_n(text, half));
    blocks_add(&b, BLOCK_TEXT, true, str_n(text, half));
    assert_true(b.full);
    blocks_to_turns(&b, &r, &ia);
    assert_int_equal(ia.turns_n, 1);
    assert_int_equal(r.problems_n, 1);
    arena_free(a);
}

static void white_space_is_squeezed(void **state)
{
    struct arena *a = arena_new("blocks_test");

    (void)state;
    assert_str(text_squeeze(a, STR(" a \t b\n\nc\xc2\xa0 d\xe2\x80\x8b e "), false), "a b c d e");
    assert_str(text_squeeze(a, STR("a \n\n b"), true), "a\nb");
    assert_str(text_squeeze(a, STR(" \n "), true), "");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_join_with_and_without_gaps),
        cmocka_unit_test(a_text_that_is_too_long_is_cut_and_said),
        cmocka_unit_test(white_space_is_squeezed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
