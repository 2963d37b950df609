#include "vault/hooksig.h"

#include <sodium.h>

#include "base/buf.h"

enum { B64 = sodium_base64_VARIANT_ORIGINAL };

void hooksig_keys_new(struct hooksig_keys *k)
{
    randombytes_buf(k, sizeof *k);
}

static str base64(str prefix, const uint8_t *p, size_t n, struct arena *a)
{
    size_t max = sodium_base64_encoded_len(n, B64);
    char *out = arena_alloc(a, prefix.n + max);

    memcpy(out, prefix.p, prefix.n);
    sodium_bin2base64(out + prefix.n, max, p, n, B64);
    return str_of(out);
}

str hooksig_secret_text(const struct hooksig_keys *k, struct arena *a)
{
    return base64(STR("whsec_"), k->secret, sizeof k->secret, a);
}

str hooksig_public_text(const struct hooksig_keys *k, struct arena *a)
{
    uint8_t pub[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];

    crypto_sign_seed_keypair(pub, secret, k->seed);
    sodium_memzero(secret, sizeof secret);
    return base64(STR("whpk_"), pub, sizeof pub, a);
}

/* What is signed, in memory of the caller's buffer. */
static str signed_text(struct buf *b, str id, str timestamp, str body)
{
    buf_init_wiped(b, SIZE_MAX / 2);
    buf_str(b, id);
    buf_char(b, '.');
    buf_str(b, timestamp);
    buf_char(b, '.');
    buf_str(b, body);
    return buf_view(b);
}

static void hmac(const uint8_t *key, size_t key_n, str text, uint8_t out[32])
{
    crypto_auth_hmacsha256_state st;

    crypto_auth_hmacsha256_init(&st, key, key_n);
    crypto_auth_hmacsha256_update(&st, (const unsigned char *)text.p, text.n);
    crypto_auth_hmacsha256_final(&st, out);
    sodium_memzero(&st, sizeof st);
}

str hooksig_sign(const struct hooksig_keys *k, size_t n, str id, int64_t timestamp_s, str body, struct arena *a)
{
    str time = str_fmt(a, "%lld", (long long)timestamp_s), parts[HOOKSIG_MANY];
    struct buf b;
    str text = signed_text(&b, id, time, body);

    n = n < HOOKSIG_MANY / 2 ? n : HOOKSIG_MANY / 2;
    for (size_t i = 0; i < n; i++) {
        uint8_t mac[32], sig[crypto_sign_BYTES], pub[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];

        crypto_sign_seed_keypair(pub, secret, k[i].seed);
        crypto_sign_detached(sig, NULL, (const unsigned char *)text.p, text.n, secret);
        sodium_memzero(secret, sizeof secret);
        hmac(k[i].secret, sizeof k[i].secret, text, mac);
        parts[2 * i] = base64(STR("v1a,"), sig, sizeof sig, a);
        parts[2 * i + 1] = base64(STR("v1,"), mac, sizeof mac, a);
    }
    buf_done(&b);
    return str_join(a, parts, 2 * n, STR(" "));
}

static bool unbase64(str s, uint8_t *out, size_t max, size_t *out_n)
{
    return s.n && sodium_base642bin(out, max, s.p, s.n, NULL, out_n, NULL, B64) == 0;
}

bool hooksig_check_parse(str text, struct hooksig_check *out)
{
    struct hooksig_check c = {.is_public = str_starts(text, STR("whpk_"))};

    if (!c.is_public && !str_starts(text, STR("whsec_")))
        return false;
    if (!unbase64(str_from(text, c.is_public ? 5 : 6), c.key, sizeof c.key, &c.key_n) ||
        (c.is_public ? c.key_n != HOOKSIG_PUBLIC : c.key_n < 16))
        return false;
    *out = c;
    return true;
}

static bool id_proper(str id)
{
    for (size_t i = 0; i < id.n; i++)
        if (id.p[i] <= ' ' || id.p[i] > '~' || id.p[i] == '.')
            return false;
    return id.n && id.n <= HOOKSIG_ID_MAX;
}

static bool one_good(const struct hooksig_check *c, str version, str sig, str text)
{
    uint8_t got[crypto_sign_BYTES], want[32];
    size_t n;

    if (!unbase64(sig, got, sizeof got, &n))
        return false;
    if (c->is_public)
        return str_eq(version, STR("v1a")) && n == crypto_sign_BYTES &&
               crypto_sign_verify_detached(got, (const unsigned char *)text.p, text.n, c->key) == 0;
    if (!str_eq(version, STR("v1")) || n != sizeof want)
        return false;
    hmac(c->key, c->key_n, text, want);
    return sodium_memcmp(got, want, sizeof want) == 0;
}

bool hooksig_recent(str timestamp, int64_t now_s)
{
    int64_t at;

    return timestamp.n && timestamp.p[0] != '-' && str_to_i64(timestamp, &at) && at >= now_s - HOOKSIG_WINDOW_S &&
           at <= now_s + HOOKSIG_WINDOW_S;
}

bool hooksig_good(const struct hooksig_check *keys, size_t n, str id, str timestamp, str header, str body)
{
    struct buf b;
    str text;
    bool good = false;

    if (!id_proper(id) || !timestamp.n || timestamp.n > 20)
        return false;
    text = signed_text(&b, id, timestamp, body);
    for (int many = 0; header.n && many < HOOKSIG_MANY; many++) {
        str sig, version = str_cut(str_cut(header, ' ', &header), ',', &sig);

        for (size_t i = 0; i < n; i++)
            good = one_good(&keys[i], version, sig, text) || good;
    }
    buf_done(&b);
    return good;
}
