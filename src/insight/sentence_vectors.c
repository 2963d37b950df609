#include "insight/sentence_vectors.h"

#include <math.h>

#include "vault/seal.h"

enum { PACKED_MAX = 512 << 20 };

struct spoken *spoken_of(const struct interaction *ia, struct arena *a, size_t *out_n)
{
    struct spoken *list;
    struct discourse d;
    size_t n = 0;

    discourse_make(ia, a, &d);
    list = ARENA_ARRAY(a, struct spoken, d.n + 1);
    for (size_t i = 0; i < d.n; i++) {
        const struct sentence *s = &d.s[i];
        if (s->words_n >= SENTENCE_WORDS_MIN)
            list[n++] = (struct spoken){{s->turn, s->start, s->end},
                                        sentence_text(&d, s),
                                        discourse_side(&d, s->voice),
                                        ia->turns[s->turn].start_ms};
    }
    *out_n = n;
    return list;
}

static void hash_of(const struct spoken *s, size_t n, uint8_t out[SHA256_BYTES])
{
    struct sha256_state h;

    sha256_init(&h);
    for (size_t i = 0; i < n; i++) {
        uint64_t bytes = s[i].text.n;
        sha256_add(&h, &bytes, sizeof bytes);
        sha256_add(&h, s[i].text.p, s[i].text.n);
    }
    sha256_done(&h, out);
}

void vector_pack(const float *vec, size_t dim, struct buf *out)
{
    float most = 0, scale;
    char *p;

    for (size_t i = 0; i < dim; i++)
        most = fabsf(vec[i]) > most ? fabsf(vec[i]) : most;
    scale = most > 0 ? most / 127 : 1;
    buf_put(out, &scale, sizeof scale);
    p = buf_room(out, dim);
    for (size_t i = 0; p && i < dim; i++)
        p[i] = (char)(int8_t)lrintf(vec[i] / scale);
    out->n += p ? dim : 0;
}

void vector_open(const char *packed, size_t dim, float *out)
{
    float scale;

    memcpy(&scale, packed, sizeof scale);
    for (size_t i = 0; i < dim; i++)
        out[i] = scale * (float)(int8_t)packed[sizeof scale + i];
}

str sentence_vectors_pack(const struct spoken *s, size_t n, const float *vec, size_t dim, struct arena *a)
{
    uint8_t hash[SHA256_BYTES];
    struct buf b;
    str out;

    hash_of(s, n, hash);
    buf_init_wiped(&b, PACKED_MAX);
    buf_put(&b, hash, sizeof hash);
    for (size_t i = 0; i < n; i++)
        vector_pack(vec + i * dim, dim, &b);
    out = str_dup(a, buf_view(&b));
    buf_done(&b);
    return out;
}

static size_t rows_of(str bytes, size_t dim)
{
    size_t row = vector_packed_bytes(dim);

    return bytes.n >= SHA256_BYTES && (bytes.n - SHA256_BYTES) % row == 0 ? (bytes.n - SHA256_BYTES) / row : 0;
}

bool sentence_vectors_open(str bytes, const struct spoken *s, size_t n, size_t dim, struct arena *a, float **out)
{
    uint8_t hash[SHA256_BYTES];

    hash_of(s, n, hash);
    if (bytes.n < sizeof hash || rows_of(bytes, dim) != n || memcmp(bytes.p, hash, sizeof hash) != 0)
        return false;
    *out = ARENA_ARRAY(a, float, n *dim + 1);
    for (size_t i = 0; i < n; i++)
        vector_open(bytes.p + sizeof hash + i * vector_packed_bytes(dim), dim, *out + i * dim);
    return true;
}

size_t sentence_vectors_some(str bytes, size_t dim, size_t want, struct arena *a, float **out)
{
    size_t n = rows_of(bytes, dim), take = n < want ? n : want;

    *out = ARENA_ARRAY(a, float, take *dim + 1);
    for (size_t i = 0; i < take; i++)
        vector_open(bytes.p + SHA256_BYTES + (i * n / take) * vector_packed_bytes(dim), dim, *out + i * dim);
    return take;
}
