#include "search/rank.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/fs.h"

/* rank_cases.txt holds evidence and the scores that tools/ranker/features.py gives for it. */
enum { CHUNKS_MAX = 64, TERMS_MAX = 8 };

/* The next word of the file; empty at its end. */
static str word_next(str *rest)
{
    size_t n = 0;

    *rest = str_trim(*rest);
    while (n < rest->n && !strchr(" \t\r\n", rest->p[n]))
        n++;
    str word = str_sub(*rest, 0, n);
    *rest = str_from(*rest, n);
    return word;
}

static size_t row_read(str *rest, const char *want, double *out, size_t n)
{
    assert_true(str_eq(word_next(rest), str_of(want)));
    for (size_t i = 0; i < n; i++)
        assert_true(str_to_double(word_next(rest), &out[i]));
    return n;
}

static void floats(const double *x, size_t n, float *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (float)x[i];
}

static void case_check(str *f, struct arena *a, size_t n, size_t terms)
{
    double x[CHUNKS_MAX * TERMS_MAX], score[CHUNKS_MAX];
    float len[CHUNKS_MAX], weight[TERMS_MAX], voice[CHUNKS_MAX], cosine[CHUNKS_MAX];
    uint16_t tf[CHUNKS_MAX * TERMS_MAX];
    struct rank_ia ia = {.n = n, .len = len, .tf = tf, .weight = weight, .voice = voice, .cosine = cosine};

    floats(x, row_read(f, "length", x, n), len);
    floats(x, row_read(f, "weight", x, terms), weight);
    floats(x, row_read(f, "voice", x, n), voice);
    floats(x, row_read(f, "cosine", x, n), cosine);
    row_read(f, "tf", x, (size_t)n * terms);
    for (size_t i = 0; i < (size_t)n * terms; i++)
        tf[i] = (uint16_t)x[i];
    rank_one(&ia, terms, RANK_FUSED, a, score);
    row_read(f, "fused", x, n);
    for (size_t i = 0; i < n; i++)
        if (fabs(x[i] - score[i]) > 1e-4 * (1 + fabs(x[i])))
            fail_msg("case of %zu chunks, chunk %zu: %g instead of %g", n, i, score[i], x[i]);
}

static void fused_scores_are_those_of_the_training_script(void **state)
{
    const char *src = getenv("HARKEN_SOURCE_DIR");
    struct arena *file = arena_new("file");
    char path[512];
    size_t cases = 0;
    struct err e;
    str text;

    (void)state;
    snprintf(path, sizeof path, "%s/src/search/rank_cases.txt", src ? src : ".");
    if (fs_read(path, 1 << 20, file, &text, &e))
        fail_msg("%s: %s", path, e.msg);
    for (; str_eq(word_next(&text), STR("case")); cases++) {
        struct arena *a = arena_new("test");
        double n = 0, terms = 0;
        assert_true(str_to_double(word_next(&text), &n) && str_to_double(word_next(&text), &terms));
        assert_true(n <= CHUNKS_MAX && terms <= TERMS_MAX);
        case_check(&text, a, (size_t)n, (size_t)terms);
        arena_free(a);
    }
    arena_free(file);
    assert_int_equal(cases, 4);
}

static const float one_weight[] = {1};

/* Twenty chunks; the term stands in chunk 8, the vectors agree around it. */
static struct rank_ia stretch(float *len, uint16_t *tf, float *cosine)
{
    for (size_t i = 0; i < 20; i++) {
        len[i] = 50;
        tf[i] = i == 8 ? 3 : 0;
        cosine[i] = i >= 8 && i <= 10 ? 0.6f : 0.1f;
    }
    return (struct rank_ia){.n = 20, .len = len, .tf = tf, .weight = one_weight, .cosine = cosine};
}

static void neighbours_of_a_match_come_before_strangers(void **state)
{
    static const enum rank_mode modes[] = {RANK_FUSED, RANK_LEXICAL, RANK_VECTOR};
    float len[20], cosine[20];
    uint16_t tf[20];
    double score[20];
    struct rank_ia ia = stretch(len, tf, cosine);
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t m = 0; m < 3; m++) {
        rank_one(&ia, 1, modes[m], a, score);
        assert_true(score[8] > score[18] && score[9] > score[18] && score[8] > score[0]);
    }
    arena_free(a);
}

static void a_named_speaker_raises_his_chunks(void **state)
{
    float len[20], cosine[20], voice[20] = {0};
    uint16_t tf[20];
    double without[20], with[20];
    struct rank_ia ia = stretch(len, tf, cosine);
    struct arena *a = arena_new("test");

    (void)state;
    rank_one(&ia, 1, RANK_FUSED, a, without);
    voice[3] = voice[4] = 1;
    ia.voice = voice;
    rank_one(&ia, 1, RANK_FUSED, a, with);
    assert_true(with[3] - with[15] > without[3] - without[15]);
    arena_free(a);
}

static void missing_vectors_and_words_give_finite_scores(void **state)
{
    float len[] = {0, 0, 0}, none[] = {NAN, NAN, NAN}, some[] = {NAN, 0.5f, NAN};
    uint16_t tf[] = {0, 0, 0};
    double score[3];
    struct rank_ia ia = {.n = 3, .len = len, .tf = tf, .weight = one_weight};
    const float *cosines[] = {NULL, none, some};
    struct arena *a = arena_new("test");

    (void)state;
    for (int mode = RANK_FUSED; mode <= RANK_VECTOR; mode++)
        for (size_t k = 0; k < 3; k++) {
            ia.cosine = cosines[k];
            rank_one(&ia, 1, (enum rank_mode)mode, a, score);
            assert_true(isfinite(score[0]) && isfinite(score[1]) && isfinite(score[2]));
        }
    ia.n = 1;
    rank_one(&ia, 0, RANK_FUSED, a, score);
    assert_true(isfinite(score[0]));
    ia.n = 0;
    rank_one(&ia, 0, RANK_FUSED, a, score);
    arena_free(a);
}

/* Three documents of one chunk: the plain sum decides, and words and vectors each have a say. */
static void single_chunks_are_ordered_by_both_kinds_of_evidence(void **state)
{
    static const float len[] = {40, 40, 40}, cosine[] = {0.5f, 0.5f, 0.1f};
    static const uint16_t tf[] = {2, 0, 0};
    double best, second, third, *out[] = {&best, &second, &third}, df[] = {1};
    struct rank_ia ia[3];
    struct rank_pool pool = {.n = 3, .mean_len = 40, .df = df};
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < 3; i++)
        ia[i] = (struct rank_ia){.n = 1, .len = &len[i], .tf = &tf[i], .weight = one_weight, .cosine = &cosine[i]};
    rank_all(ia, 3, 1, &pool, RANK_FUSED, a, out);
    assert_true(best > second && second > third);
    rank_all(ia, 3, 1, &pool, RANK_LEXICAL, a, out);
    assert_true(best > second && fabs(second - third) < 1e-9);
    rank_all(ia, 3, 1, &pool, RANK_VECTOR, a, out);
    assert_true(fabs(best - second) < 1e-9 && second > third);
    arena_free(a);
}

static void one_interaction_among_many_keeps_its_order(void **state)
{
    float len[20], cosine[20], far_cos[] = {0.05f};
    uint16_t tf[20], no_tf[] = {0};
    double alone[20], among[20], stranger, *out[] = {among, &stranger}, df[] = {1};
    struct rank_pool pool = {.n = 21, .mean_len = 50, .df = df};
    struct rank_ia ia[2] = {stretch(len, tf, cosine),
                            {.n = 1, .len = len, .tf = no_tf, .weight = one_weight, .cosine = far_cos}};
    struct arena *a = arena_new("test");

    (void)state;
    rank_one(&ia[0], 1, RANK_FUSED, a, alone);
    rank_all(ia, 2, 1, &pool, RANK_FUSED, a, out);
    for (size_t i = 1; i < 20; i++)
        assert_true(fabs((alone[i] - alone[0]) - (among[i] - among[0])) < 1e-9);
    assert_true(among[8] > stranger);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fused_scores_are_those_of_the_training_script),
        cmocka_unit_test(neighbours_of_a_match_come_before_strangers),
        cmocka_unit_test(a_named_speaker_raises_his_chunks),
        cmocka_unit_test(missing_vectors_and_words_give_finite_scores),
        cmocka_unit_test(single_chunks_are_ordered_by_both_kinds_of_evidence),
        cmocka_unit_test(one_interaction_among_many_keeps_its_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
