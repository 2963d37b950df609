#include "search/scan.h"

#include <math.h>
#include <stdatomic.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static int32_t dot_portable(const int8_t *x, const int8_t *y, size_t dim)
{
    int32_t sum = 0;

    for (size_t i = 0; i < dim; i++)
        sum += x[i] * y[i];
    return sum;
}

static float dot_float_portable(const float *x, const float *y, size_t dim)
{
    float s[4] = {0};
    size_t i = 0;

    for (; i + 4 <= dim; i += 4)
        for (size_t k = 0; k < 4; k++)
            s[k] += x[i + k] * y[i + k];
    for (; i < dim; i++)
        s[0] += x[i] * y[i];
    return (s[0] + s[1]) + (s[2] + s[3]);
}

#if defined(__x86_64__)
/* Sign-extended to 16 bits, multiplied and added in pairs: exact for all codes. */
__attribute__((target("avx2"))) static int32_t dot_avx2(const int8_t *x, const int8_t *y, size_t dim)
{
    __m256i acc0 = _mm256_setzero_si256(), acc1 = _mm256_setzero_si256();
    int32_t part[8], sum = 0;
    size_t i = 0;

    for (; i + 32 <= dim; i += 32) {
        __m256i x0 = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)(x + i)));
        __m256i y0 = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)(y + i)));
        __m256i x1 = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)(x + i + 16)));
        __m256i y1 = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)(y + i + 16)));
        acc0 = _mm256_add_epi32(acc0, _mm256_madd_epi16(x0, y0));
        acc1 = _mm256_add_epi32(acc1, _mm256_madd_epi16(x1, y1));
    }
    _mm256_storeu_si256((__m256i *)(void *)part, _mm256_add_epi32(acc0, acc1));
    for (int k = 0; k < 8; k++)
        sum += part[k];
    return sum + dot_portable(x + i, y + i, dim - i);
}

__attribute__((target("avx2,fma"))) static float dot_float_avx2(const float *x, const float *y, size_t dim)
{
    __m256 a = _mm256_setzero_ps(), b = _mm256_setzero_ps();
    float part[8], sum = 0;
    size_t i = 0;

    for (; i + 16 <= dim; i += 16) {
        a = _mm256_fmadd_ps(_mm256_loadu_ps(x + i), _mm256_loadu_ps(y + i), a);
        b = _mm256_fmadd_ps(_mm256_loadu_ps(x + i + 8), _mm256_loadu_ps(y + i + 8), b);
    }
    _mm256_storeu_ps(part, _mm256_add_ps(a, b));
    for (int k = 0; k < 8; k++)
        sum += part[k];
    for (; i < dim; i++)
        sum += x[i] * y[i];
    return sum;
}
#endif

static atomic_int forced_portable;

static bool have_avx2(void)
{
#if defined(__x86_64__)
    return !atomic_load(&forced_portable) && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return false;
#endif
}

const char *scan_path(void)
{
    return have_avx2() ? "avx2" : "portable";
}

void scan_portable_force(bool on)
{
    atomic_store(&forced_portable, on);
}

void scan_quantise(const float *v, size_t dim, int8_t *codes, float *out_scale)
{
    float most = 0;

    for (size_t i = 0; i < dim; i++)
        most = fabsf(v[i]) > most ? fabsf(v[i]) : most;
    *out_scale = most / 127;
    for (size_t i = 0; i < dim; i++)
        codes[i] = most > 0 ? (int8_t)lrintf(v[i] / most * 127) : 0;
}

void scan_dots(const int8_t *codes, size_t dim, const uint32_t *rows, size_t n, const int8_t *query, int32_t *out)
{
#if defined(__x86_64__)
    if (have_avx2()) {
        for (size_t i = 0; i < n; i++) {
            if (i + 8 < n)
                __builtin_prefetch(codes + (size_t)rows[i + 8] * dim);
            out[i] = dot_avx2(codes + (size_t)rows[i] * dim, query, dim);
        }
        return;
    }
#endif
    for (size_t i = 0; i < n; i++)
        out[i] = dot_portable(codes + (size_t)rows[i] * dim, query, dim);
}

void scan_dots_run(const int8_t *codes, size_t dim, size_t first, size_t n, const int8_t *query, int32_t *out)
{
#if defined(__x86_64__)
    if (have_avx2()) {
        for (size_t i = 0; i < n; i++)
            out[i] = dot_avx2(codes + (first + i) * dim, query, dim);
        return;
    }
#endif
    for (size_t i = 0; i < n; i++)
        out[i] = dot_portable(codes + (first + i) * dim, query, dim);
}

float scan_dot_float(const float *x, const float *y, size_t dim)
{
#if defined(__x86_64__)
    if (have_avx2())
        return dot_float_avx2(x, y, dim);
#endif
    return dot_float_portable(x, y, dim);
}
