#include "search/scan.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

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

/* Numbers i and i + 16 of each 32 share a byte of the rest, low and high half, 8 more than they are. */
static int fine_value(const int8_t *codes, const uint8_t *rest, size_t i)
{
    uint8_t b = rest[i / 32 * 16 + i % 16];

    return codes[i] * 16 + (i % 32 < 16 ? b & 15 : b >> 4) - 8;
}

static float dot_fine_portable(const int8_t *codes, const uint8_t *rest, const float *y, size_t from, size_t dim)
{
    float s[4] = {0};

    for (size_t i = from; i < dim; i++)
        s[i % 4] += (float)fine_value(codes, rest, i) * y[i];
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

/* 16 values of codes and rest, times 16 floats, added to acc. */
__attribute__((target("avx2,fma"))) static inline __m256 fine_step(__m256 acc, const int8_t *codes, __m128i rest,
                                                                   const float *y)
{
    __m256i v = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)codes));

    v = _mm256_add_epi16(_mm256_slli_epi16(v, 4), _mm256_sub_epi16(_mm256_cvtepu8_epi16(rest), _mm256_set1_epi16(8)));
    acc =
        _mm256_fmadd_ps(_mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(_mm256_castsi256_si128(v))), _mm256_loadu_ps(y), acc);
    return _mm256_fmadd_ps(_mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(_mm256_extracti128_si256(v, 1))),
                           _mm256_loadu_ps(y + 8), acc);
}

__attribute__((target("avx2,fma"))) static float dot_fine_avx2(const int8_t *codes, const uint8_t *rest, const float *y,
                                                               size_t dim)
{
    __m256 a = _mm256_setzero_ps(), b = _mm256_setzero_ps();
    const __m128i low = _mm_set1_epi8(15);
    float part[8], sum = 0;
    size_t i = 0;

    for (; i + 32 <= dim; i += 32) {
        __m128i r = _mm_loadu_si128((const __m128i *)(const void *)(rest + i / 2));
        a = fine_step(a, codes + i, _mm_and_si128(r, low), y + i);
        b = fine_step(b, codes + i + 16, _mm_and_si128(_mm_srli_epi16(r, 4), low), y + i + 16);
    }
    _mm256_storeu_ps(part, _mm256_add_ps(a, b));
    for (int k = 0; k < 8; k++)
        sum += part[k];
    return sum + dot_fine_portable(codes, rest, y, i, dim);
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

void scan_quantise_fine(const float *v, size_t dim, int8_t *codes, uint8_t *rest, float *out_scale)
{
    scan_quantise(v, dim, codes, out_scale);
    memset(rest, 0x88, scan_rest_bytes(dim));
    for (size_t i = 0; i < dim && *out_scale > 0; i++) {
        int left = (int)lrintf((v[i] / *out_scale - (float)codes[i]) * 16);
        unsigned r = (unsigned)((left < -8 ? -8 : left > 7 ? 7 : left) + 8);
        uint8_t *b = &rest[i / 32 * 16 + i % 16];
        *b = (uint8_t)(i % 32 < 16 ? (*b & 0xf0u) | r : (*b & 0x0fu) | r << 4);
    }
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

float scan_dot_fine(const int8_t *codes, const uint8_t *rest, float scale, const float *y, size_t dim)
{
#if defined(__x86_64__)
    if (have_avx2())
        return dot_fine_avx2(codes, rest, y, dim) * (scale / 16);
#endif
    return dot_fine_portable(codes, rest, y, 0, dim) * (scale / 16);
}
