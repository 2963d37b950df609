#include "search/postings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MANY = 5000 };

/* Chunk and count of posting i, with small and large steps and counts. */
static uint32_t chunk_at(uint32_t i)
{
    return i * 3 + (i / 200) * 100000 + (i % 7 == 0);
}

static uint32_t tf_at(uint32_t i)
{
    return i % 11 ? 1 + i % 4 : 1000 + i;
}

static uint32_t many_put(struct postings *t)
{
    uint32_t term = postings_term(t, STR("many"));

    for (uint32_t i = 0; i < MANY; i++)
        postings_add(t, term, chunk_at(i), tf_at(i));
    return term;
}

static void terms_are_found_by_their_bytes(void **state)
{
    struct postings *t = postings_new();
    char word[16];

    (void)state;
    for (int i = 0; i < 3000; i++) {
        snprintf(word, sizeof word, "w%d", i);
        assert_int_equal(postings_term(t, str_of(word)), i);
    }
    assert_int_equal(postings_term(t, STR("w17")), 17);
    assert_int_equal(postings_find(t, STR("w2999")), 2999);
    assert_int_equal(postings_find(t, STR("w3000")), UINT32_MAX);
    assert_int_equal(postings_find(t, STR("w17\0")), UINT32_MAX);
    assert_int_equal(postings_terms(t), 3000);
    postings_free(t);
}

static void a_list_gives_back_what_was_added(void **state)
{
    struct postings *t = postings_new();
    uint32_t term = many_put(t), i = 0;
    struct posting_it it;

    (void)state;
    for (posting_it_init(&it, postings_list(t, term)); posting_it_next(&it); i++) {
        assert_int_equal(it.chunk, chunk_at(i));
        assert_int_equal(it.tf, tf_at(i));
    }
    assert_int_equal(i, MANY);
    assert_false(posting_it_next(&it));
    assert_int_equal(postings_count(t), MANY);
    assert_true(postings_bytes(t) > 0);
    postings_free(t);
}

static void chunk_zero_and_large_counts_are_kept(void **state)
{
    struct postings *t = postings_new();
    uint32_t term = postings_term(t, STR("x"));
    struct posting_it it;

    (void)state;
    postings_add(t, term, 0, 1);
    postings_add(t, term, 2000000000, 70000);
    posting_it_init(&it, postings_list(t, term));
    assert_true(posting_it_next(&it));
    assert_int_equal(it.chunk, 0);
    assert_int_equal(it.tf, 1);
    assert_true(posting_it_seek(&it, 1));
    assert_int_equal(it.chunk, 2000000000);
    assert_int_equal(it.tf, 65535);
    assert_false(posting_it_seek(&it, 2000000001));
    postings_free(t);
}

static void an_empty_list_has_nothing(void **state)
{
    struct postings *t = postings_new();
    uint32_t term = postings_term(t, STR("x"));
    struct posting_it it;

    (void)state;
    posting_it_init(&it, postings_list(t, term));
    assert_false(posting_it_next(&it));
    posting_it_init(&it, postings_list(t, term));
    assert_false(posting_it_seek(&it, 0));
    postings_free(t);
}

/* Every step width, against a walk over the same numbers. */
static void a_seek_lands_on_the_first_at_or_after(void **state)
{
    struct postings *t = postings_new();
    const struct posting_list *l = postings_list(t, many_put(t));
    static const uint32_t steps[] = {0, 1, 2, 50, 399, 12345, 99999, 700000};

    (void)state;
    for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
        struct posting_it it;
        uint32_t from = 0, i = 0;
        for (posting_it_init(&it, l);; from = it.chunk + steps[k]) {
            bool have = posting_it_seek(&it, from);
            while (i < MANY && chunk_at(i) < from)
                i++;
            assert_int_equal(have, i < MANY);
            if (!have)
                break;
            assert_int_equal(it.chunk, chunk_at(i));
            assert_int_equal(it.tf, tf_at(i));
            if (!steps[k]) { /* stays; then goes on by one */
                assert_true(posting_it_seek(&it, from));
                assert_int_equal(it.chunk, chunk_at(i));
                if (!posting_it_next(&it))
                    break;
                i++;
            }
        }
    }
    postings_free(t);
}

static void renumbering_drops_and_keeps_order(void **state)
{
    struct postings *t = postings_new();
    uint32_t term = many_put(t), kept = 0, most = chunk_at(MANY - 1) + 1, want = 0;
    uint32_t *keep = malloc(most * sizeof *keep);
    struct posting_it it;

    (void)state;
    assert_non_null(keep);
    for (uint32_t c = 0; c < most; c++)
        keep[c] = c % 2 ? UINT32_MAX : kept++;
    postings_renumber(t, keep);
    posting_it_init(&it, postings_list(t, term));
    for (uint32_t i = 0; i < MANY; i++) {
        if (chunk_at(i) % 2)
            continue;
        assert_true(posting_it_next(&it));
        assert_int_equal(it.chunk, chunk_at(i) / 2);
        assert_int_equal(it.tf, tf_at(i));
        want++;
    }
    assert_false(posting_it_next(&it));
    assert_int_equal(postings_count(t), want);
    postings_add(t, term, kept + 5, 2); /* and it can grow on */
    posting_it_init(&it, postings_list(t, term));
    assert_true(posting_it_seek(&it, kept));
    assert_int_equal(it.chunk, kept + 5);
    free(keep);
    postings_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_are_found_by_their_bytes),        cmocka_unit_test(a_list_gives_back_what_was_added),
        cmocka_unit_test(chunk_zero_and_large_counts_are_kept),  cmocka_unit_test(an_empty_list_has_nothing),
        cmocka_unit_test(a_seek_lands_on_the_first_at_or_after), cmocka_unit_test(renumbering_drops_and_keeps_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
