/* search/scan.h - quantised vectors and the fastest exact pass over them this processor has.
 *
 * A vector of floats becomes dim int8 codes and one scale (value = code * scale, the largest absolute value is 127). The dot
 * product of two codes is exact in int32. AVX2 and portable code give the same integers; which one runs is chosen at run
 * time. Pure functions, any thread. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { SCAN_DIM_MAX = 4096 }; /* 127 * 127 * 4096 fits int32 */

/* Quantises one vector; *out_scale is 0 for the zero vector. */
void scan_quantise(const float *v, size_t dim, int8_t *codes, float *out_scale);
/* The same codes, and what they leave: four more bits a number, scan_rest_bytes(dim) bytes, two numbers a byte. Codes and rest
 * together are the vector in steps of scale / 16, about as exact as a 16-bit float at this size of number. */
void scan_quantise_fine(const float *v, size_t dim, int8_t *codes, uint8_t *rest, float *out_scale);
static inline size_t scan_rest_bytes(size_t dim)
{
    return (dim + 31) / 32 * 16;
}
/* Dot product of codes and rest with floats. */
float scan_dot_fine(const int8_t *codes, const uint8_t *rest, float scale, const float *y, size_t dim);
/* out[i] = dot(codes of row rows[i], query). Rows are dim bytes each, one after the other. */
void scan_dots(const int8_t *codes, size_t dim, const uint32_t *rows, size_t n, const int8_t *query, int32_t *out);
/* The same for rows first .. first+n-1. */
void scan_dots_run(const int8_t *codes, size_t dim, size_t first, size_t n, const int8_t *query, int32_t *out);

const char *scan_path(void); /* "avx2" or "portable": what runs here */
void scan_portable_force(bool on); /* for tests */
