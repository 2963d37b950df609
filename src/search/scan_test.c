#include "search/scan.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROWS = 37, DIM_MAX = 400 };
static const size_t dims[] = {1, 7, 16, 31, 32, 33, 64, 100, 383, 384, 400};

static int8_t code_of(uint32_t *s)
{
    *s = *s * 1664525u + 1013904223u;
    return (int8_t)((int)(*s >> 24) % 255 - 127);
}

static void codes_fill(int8_t *p, size_t n, uint32_t seed)
{
    for (size_t i = 0; i < n; i++)
        p[i] = code_of(&seed);
}

static int64_t dot_plain(const int8_t *x, const int8_t *y, size_t dim)
{
    int64_t sum = 0;

    for (size_t i = 0; i < dim; i++)
        sum += (int64_t)x[i] * y[i];
    return sum;
}

static void dots_are_exact_on_every_path(void **state)
{
    static int8_t codes[ROWS * DIM_MAX], query[DIM_MAX];
    uint32_t rows[ROWS];
    int32_t out[ROWS], run[ROWS];

    (void)state;
    for (size_t i = 0; i < ROWS; i++)
        rows[i] = (uint32_t)((i * 11) % ROWS);
    for (size_t d = 0; d < sizeof dims / sizeof *dims; d++)
        for (int portable = 0; portable < 2; portable++) {
            size_t dim = dims[d];
            codes_fill(codes, ROWS * dim, (uint32_t)dim);
            codes_fill(query, dim, (uint32_t)dim + 99);
            scan_portable_force(portable);
            scan_dots(codes, dim, rows, ROWS, query, out);
            scan_dots_run(codes, dim, 2, ROWS - 2, query, run);
            for (size_t i = 0; i < ROWS; i++)
                assert_int_equal(out[i], dot_plain(codes + rows[i] * dim, query, dim));
            for (size_t i = 0; i + 2 < ROWS; i++)
                assert_int_equal(run[i], dot_plain(codes + (i + 2) * dim, query, dim));
        }
    scan_portable_force(false);
}

static void the_extremes_do_not_overflow(void **state)
{
    static int8_t codes[SCAN_DIM_MAX], query[SCAN_DIM_MAX];
    int32_t out;

    (void)state;
    memset(codes, 127, sizeof codes);
    memset(query, -127, sizeof query);
    for (int portable = 0; portable < 2; portable++) {
        scan_portable_force(portable);
        scan_dots_run(codes, SCAN_DIM_MAX, 0, 1, query, &out);
        assert_int_equal(out, -127 * 127 * SCAN_DIM_MAX);
    }
    scan_portable_force(false);
}

static void the_forced_path_is_the_portable_one(void **state)
{
    (void)state;
    scan_portable_force(true);
    assert_string_equal(scan_path(), "portable");
    scan_portable_force(false);
}

static void quantised_numbers_are_within_half_a_step(void **state)
{
    const float v[6] = {0.5f, -1.0f, 0.25f, 0.0f, 0.999f, -0.004f};
    int8_t codes[6];
    float scale;

    (void)state;
    scan_quantise(v, 6, codes, &scale);
    assert_int_equal(codes[1], -127); /* the largest takes the whole range */
    assert_int_equal(codes[3], 0);
    for (size_t i = 0; i < 6; i++)
        assert_true(fabsf(v[i] - (float)codes[i] * scale) <= scale / 2 * 1.0001f);
}

static void the_zero_vector_has_scale_zero(void **state)
{
    const float v[33] = {0};
    int8_t codes[33];
    uint8_t rest[32];
    float scale = 1;

    (void)state;
    scan_quantise_fine(v, 33, codes, rest, &scale);
    assert_true(scale == 0);
    for (size_t i = 0; i < 33; i++)
        assert_int_equal(codes[i], 0);
    assert_true(scan_dot_fine(codes, rest, scale, v, 33) == 0);
}

/* Codes and rest hold a number to half a step of scale / 16, so a dot product with a unit vector y is off by at most the sum of
 * |y| times that; and both paths agree up to the rounding of float sums. */
static void the_fine_dot_is_as_exact_as_it_says(void **state)
{
    float v[DIM_MAX], y[DIM_MAX];
    int8_t codes[DIM_MAX], plain[DIM_MAX];
    uint8_t rest[DIM_MAX];
    uint32_t seed = 5;

    (void)state;
    for (size_t d = 0; d < sizeof dims / sizeof *dims; d++) {
        size_t dim = dims[d];
        double want = 0, reach = 0, yy = 0;
        float scale, plain_scale, got[2];
        for (size_t i = 0; i < dim; i++) {
            v[i] = (float)code_of(&seed) / 900 + (float)code_of(&seed) / 100000;
            y[i] = (float)code_of(&seed) / 900;
            yy += (double)y[i] * (double)y[i];
        }
        for (size_t i = 0; i < dim; i++) {
            y[i] /= (float)sqrt(yy);
            want += (double)v[i] * (double)y[i];
            reach += fabs((double)y[i]);
        }
        scan_quantise_fine(v, dim, codes, rest, &scale);
        scan_quantise(v, dim, plain, &plain_scale);
        assert_memory_equal(codes, plain, dim);
        for (int portable = 0; portable < 2; portable++) {
            scan_portable_force(portable);
            got[portable] = scan_dot_fine(codes, rest, scale, y, dim);
            assert_true(fabs((double)got[portable] - want) <= reach * (double)scale / 16 * 1.01 + 1e-5);
        }
        scan_portable_force(false);
        assert_true(fabsf(got[0] - got[1]) < 1e-5f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dots_are_exact_on_every_path),
        cmocka_unit_test(the_extremes_do_not_overflow),
        cmocka_unit_test(the_forced_path_is_the_portable_one),
        cmocka_unit_test(quantised_numbers_are_within_half_a_step),
        cmocka_unit_test(the_zero_vector_has_scale_zero),
        cmocka_unit_test(the_fine_dot_is_as_exact_as_it_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
