#include "gateway/jose.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "base/json.h"

enum { RSA_BITS_MIN = 2048, RSA_BITS_MAX = 8192 };
enum family { FAM_RSA, FAM_PSS, FAM_EC, FAM_ED };

struct alg {
    const char *name, *hash; /* of OpenSSL */
    enum family family;
    const char *curve; /* of JWK, for EC */
    size_t half;       /* bytes of r and of s */
};
static const struct alg algs_known[] = {
    {"RS256", "SHA256", FAM_RSA, NULL, 0},    {"RS384", "SHA384", FAM_RSA, NULL, 0},
    {"RS512", "SHA512", FAM_RSA, NULL, 0},    {"PS256", "SHA256", FAM_PSS, NULL, 0},
    {"PS384", "SHA384", FAM_PSS, NULL, 0},    {"PS512", "SHA512", FAM_PSS, NULL, 0},
    {"ES256", "SHA256", FAM_EC, "P-256", 32}, {"ES384", "SHA384", FAM_EC, "P-384", 48},
    {"ES512", "SHA512", FAM_EC, "P-521", 66}, {"EdDSA", NULL, FAM_ED, NULL, 0},
};
enum { ALGS = sizeof algs_known / sizeof *algs_known };

struct jwk {
    str kid, alg;
    enum family family; /* FAM_RSA stands for both kinds of padding */
    str curve;
    EVP_PKEY *key;
};

struct jwks {
    struct arena *a;
    struct jwk keys[JWKS_KEYS_MAX];
    size_t n;
};

/* ---- base64url ---- */

static int digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool base64url_read(str s, struct arena *a, str *out)
{
    uint8_t *p = arena_alloc(a, s.n * 3 / 4 + 3);
    uint32_t bits = 0;
    size_t n = 0;
    int have = 0;

    if (s.n % 4 == 1)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        int d = digit(s.p[i]);
        if (d < 0)
            return false;
        bits = bits << 6 | (uint32_t)d;
        have += 6;
        if (have >= 8) {
            have -= 8;
            p[n++] = (uint8_t)(bits >> have);
            bits &= (1u << have) - 1;
        }
    }
    if (bits) /* unused bits must be zero: one text for one value */
        return false;
    *out = str_n((const char *)p, n);
    return true;
}

str base64url_write(const void *p, size_t n, struct arena *a)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const uint8_t *in = p;
    char *out = arena_alloc(a, n * 4 / 3 + 4);
    size_t at = 0;

    for (size_t bit = 0; bit < n * 8; bit += 6) {
        unsigned two = (unsigned)in[bit / 8] << 8 | (bit / 8 + 1 < n ? in[bit / 8 + 1] : 0u);
        out[at++] = digits[two >> (10 - bit % 8) & 63];
    }
    return str_n(out, at);
}

/* ---- keys ---- */

static BIGNUM *number_of(const struct json *o, const char *name, struct arena *a)
{
    str bytes;

    if (!base64url_read(json_str(json_get(o, name), STR("")), a, &bytes) || !bytes.n || bytes.n > RSA_BITS_MAX / 8 + 1)
        return NULL;
    return BN_bin2bn((const uint8_t *)bytes.p, (int)bytes.n, NULL);
}

static EVP_PKEY *key_make(const char *type, OSSL_PARAM_BLD *b)
{
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(b);
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *key = NULL;

    if (params && c && EVP_PKEY_fromdata_init(c) > 0 && EVP_PKEY_fromdata(c, &key, EVP_PKEY_PUBLIC_KEY, params) <= 0)
        key = NULL;
    EVP_PKEY_CTX_free(c);
    OSSL_PARAM_free(params);
    return key;
}

/* Keys of a certain faulty library (CVE-2017-15361): for each small prime their modulus is a power of 65537. */
static bool roca(const BIGNUM *n)
{
    static const unsigned primes[] = {11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157};

    for (size_t i = 0; i < sizeof primes / sizeof *primes; i++) {
        unsigned p = primes[i], want = (unsigned)BN_mod_word(n, p), x = 1;
        bool power = false;
        for (unsigned k = 0; k < p && !power; k++) {
            power = x == want;
            x = x * 65537u % p;
        }
        if (!power)
            return false;
    }
    return true;
}

static EVP_PKEY *rsa_read(const struct json *o, struct arena *a)
{
    BIGNUM *n = number_of(o, "n", a), *exp = number_of(o, "e", a);
    OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;

    if (n && exp && b && BN_num_bits(n) >= RSA_BITS_MIN && BN_num_bits(n) <= RSA_BITS_MAX && BN_is_odd(n) &&
        BN_is_odd(exp) && BN_num_bits(exp) >= 2 && BN_num_bits(exp) <= 64 && !roca(n) &&
        OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, n) && OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, exp))
        key = key_make("RSA", b);
    OSSL_PARAM_BLD_free(b);
    BN_free(n);
    BN_free(exp);
    return key;
}

static EVP_PKEY *ec_read(const struct json *o, const struct alg *alg, struct arena *a)
{
    static const char *const groups[] = {"P-256", "P-384", "P-521"};
    uint8_t point[1 + 2 * 66] = {4};
    OSSL_PARAM_BLD *b;
    EVP_PKEY *key = NULL;
    str x, y;

    if (!base64url_read(json_str(json_get(o, "x"), STR("")), a, &x) ||
        !base64url_read(json_str(json_get(o, "y"), STR("")), a, &y) || x.n != alg->half || y.n != alg->half)
        return NULL;
    memcpy(point + 1, x.p, x.n);
    memcpy(point + 1 + x.n, y.p, y.n);
    b = OSSL_PARAM_BLD_new();
    for (size_t i = 0; b && i < 3; i++)
        if (strcmp(groups[i], alg->curve) == 0 &&
            OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, groups[i], 0) &&
            OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * alg->half))
            key = key_make("EC", b); /* a point off the curve is refused */
    OSSL_PARAM_BLD_free(b);
    return key;
}

static EVP_PKEY *ed_read(const struct json *o, struct arena *a)
{
    str x;

    if (!base64url_read(json_str(json_get(o, "x"), STR("")), a, &x) || x.n != 32)
        return NULL;
    return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (const uint8_t *)x.p, x.n);
}

/* May the key verify signatures, by what it says of itself? */
static bool for_signatures(const struct json *o)
{
    const struct json *ops = json_get(o, "key_ops"), *use = json_get(o, "use");
    struct json_it it;

    if (json_kind(use) != JSON_ABSENT && !str_eq(json_str(use, STR("")), STR("sig")))
        return false;
    if (json_kind(ops) == JSON_ABSENT)
        return true;
    for (json_it_init(&it, ops); json_it_next(&it);)
        if (str_eq(json_str(it.val, STR("")), STR("verify")))
            return true;
    return false;
}

static void key_read(struct jwks *j, const struct json *o)
{
    str kty = json_str(json_get(o, "kty"), STR("")), crv = json_str(json_get(o, "crv"), STR(""));
    struct jwk k = {.kid = str_dup(j->a, json_str(json_get(o, "kid"), STR(""))),
                    .alg = str_dup(j->a, json_str(json_get(o, "alg"), STR(""))),
                    .curve = str_dup(j->a, crv)};

    if (json_kind(o) != JSON_OBJ || !for_signatures(o) || j->n == JWKS_KEYS_MAX)
        return;
    if (str_eq(kty, STR("RSA"))) {
        k.family = FAM_RSA;
        k.key = rsa_read(o, j->a);
    } else if (str_eq(kty, STR("EC"))) {
        k.family = FAM_EC;
        for (size_t i = 0; i < ALGS; i++)
            if (algs_known[i].curve && str_eq(crv, str_of(algs_known[i].curve)))
                k.key = ec_read(o, &algs_known[i], j->a);
    } else if (str_eq(kty, STR("OKP")) && str_eq(crv, STR("Ed25519"))) {
        k.family = FAM_ED;
        k.key = ed_read(o, j->a);
    }
    if (k.key)
        j->keys[j->n++] = k;
}

enum err_code jwks_parse(str json, struct jwks **out, struct err *e)
{
    struct json_doc *d = NULL;
    struct json_it it;
    struct jwks *j;

    if (json.n > JWKS_BYTES_MAX)
        return err_set(e, ERR_INVALID, "the set of keys is too large");
    if (json_parse(json, &d, e))
        return err_set(e, ERR_INVALID, "the set of keys is not JSON");
    if (json_kind(json_get(json_root(d), "keys")) != JSON_ARR) {
        json_free(d);
        return err_set(e, ERR_INVALID, "the set of keys has no \"keys\"");
    }
    j = calloc(1, sizeof *j);
    if (!j)
        abort();
    j->a = arena_new("jwks");
    for (json_it_init(&it, json_get(json_root(d), "keys")); json_it_next(&it);)
        key_read(j, it.val);
    json_free(d);
    *out = j;
    return ERR_OK;
}

void jwks_free(struct jwks *j)
{
    if (!j)
        return;
    for (size_t i = 0; i < j->n; i++)
        EVP_PKEY_free(j->keys[i].key);
    arena_free(j->a);
    free(j);
}

size_t jwks_count(const struct jwks *j)
{
    return j->n;
}

/* ---- signatures ---- */

/* r and s side by side become the DER that OpenSSL wants. */
static bool ec_der(str raw, size_t half, uint8_t **out, int *out_n)
{
    ECDSA_SIG *sig = raw.n == 2 * half ? ECDSA_SIG_new() : NULL;
    BIGNUM *r, *s;
    bool ok = false;

    if (!sig)
        return false;
    r = BN_bin2bn((const uint8_t *)raw.p, (int)half, NULL);
    s = BN_bin2bn((const uint8_t *)raw.p + half, (int)half, NULL);
    if (r && s && ECDSA_SIG_set0(sig, r, s)) {
        *out = NULL;
        *out_n = i2d_ECDSA_SIG(sig, out);
        ok = *out_n > 0;
    } else {
        BN_free(r);
        BN_free(s);
    }
    ECDSA_SIG_free(sig);
    return ok;
}

static bool signature_fits(const struct alg *alg, EVP_PKEY *key, str input, str sig, bool der_form)
{
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    EVP_PKEY_CTX *pc = NULL;
    uint8_t *der = NULL;
    int der_n = 0;
    bool ok = c && EVP_DigestVerifyInit_ex(c, &pc, alg->hash, NULL, NULL, key, NULL) > 0;

    if (ok && alg->family == FAM_PSS)
        ok = EVP_PKEY_CTX_set_rsa_padding(pc, RSA_PKCS1_PSS_PADDING) > 0 &&
             EVP_PKEY_CTX_set_rsa_pss_saltlen(pc, RSA_PSS_SALTLEN_DIGEST) > 0;
    if (ok && alg->family == FAM_EC && !der_form) {
        ok = ec_der(sig, alg->half, &der, &der_n);
        if (ok)
            sig = str_n((const char *)der, (size_t)der_n);
    } else if (ok && (alg->family == FAM_RSA || alg->family == FAM_PSS)) {
        ok = sig.n == (size_t)EVP_PKEY_get_size(key);
    }
    ok = ok && EVP_DigestVerify(c, (const uint8_t *)sig.p, sig.n, (const uint8_t *)input.p, input.n) == 1;
    OPENSSL_free(der);
    EVP_MD_CTX_free(c);
    return ok;
}

static const struct alg *alg_find(str name, const char *const *allowed)
{
    bool ok = !allowed;

    for (size_t i = 0; allowed && allowed[i]; i++)
        ok = ok || str_eq(name, str_of(allowed[i]));
    for (size_t i = 0; ok && i < ALGS; i++)
        if (str_eq(name, str_of(algs_known[i].name)))
            return &algs_known[i];
    return NULL;
}

/* What a key says it is for: RSA keys for one kind of padding and no weaker hash, the others for one algorithm. */
static bool key_named(const struct jwk *k, const struct alg *alg)
{
    if (!k->alg.n || str_eq(k->alg, str_of(alg->name)))
        return true;
    if (alg->family == FAM_RSA || alg->family == FAM_PSS)
        return alg_find(k->alg, NULL) && str_starts(k->alg, str_sub(str_of(alg->name), 0, 2)) &&
               str_cmp(k->alg, str_of(alg->name)) <= 0;
    return alg->half == 66 && str_eq(k->alg, STR("ES521")); /* a slip that is about */
}

static bool key_fits(const struct jwk *k, const struct alg *alg)
{
    enum family f = alg->family == FAM_PSS ? FAM_RSA : alg->family;

    return k->family == f && key_named(k, alg) && (f != FAM_EC || str_eq(k->curve, str_of(alg->curve)));
}

/* The one key a token means: by its id, or the only one that fits. */
static const struct jwk *key_find(const struct jwks *j, str kid, const struct alg *alg)
{
    const struct jwk *found = NULL;

    for (size_t i = 0; i < j->n; i++) {
        if (!key_fits(&j->keys[i], alg) || (kid.n && !str_eq(j->keys[i].kid, kid)))
            continue;
        if (found)
            return NULL;
        found = &j->keys[i];
    }
    return found;
}

/* Two members of one name could be read in two ways. */
static bool members_differ(const struct json *o)
{
    struct json_it it, other;
    size_t at = 0;

    for (json_it_init(&it, o); json_it_next(&it); at++) {
        size_t k = 0;
        for (json_it_init(&other, o); k < at && json_it_next(&other); k++)
            if (str_eq(json_str(other.key, STR("")), json_str(it.key, STR(""))))
                return false;
    }
    return true;
}

static enum err_code head_read(str b64, struct arena *a, struct jws *out, struct err *e)
{
    struct json_doc *d = NULL;
    const struct json *o;
    bool ok;
    str text;

    if (!base64url_read(b64, a, &text) || !text.n || text.n > 8192 || json_parse(text, &d, NULL))
        return err_set(e, ERR_DENIED, "the head of the token is not JSON");
    o = json_root(d);
    ok = json_kind(o) == JSON_OBJ && json_len(o) <= 32 && members_differ(o) &&
         json_kind(json_get(o, "crit")) == JSON_ABSENT && json_kind(json_get(o, "b64")) == JSON_ABSENT &&
         json_kind(json_get(o, "alg")) == JSON_STR &&
         (json_kind(json_get(o, "kid")) == JSON_ABSENT || json_kind(json_get(o, "kid")) == JSON_STR);
    out->alg = str_dup(a, json_str(json_get(o, "alg"), STR("")));
    out->kid = str_dup(a, json_str(json_get(o, "kid"), STR("")));
    out->typ = str_dup(a, json_str(json_get(o, "typ"), STR("")));
    json_free(d);
    return ok ? ERR_OK : err_set(e, ERR_DENIED, "the head of the token is not one that is understood");
}

enum err_code jws_verify(str compact, const struct jwks *keys, const char *const *algs, struct arena *a,
                         struct jws *out, struct err *e)
{
    str rest, tail, head = str_cut(compact, '.', &rest), body = str_cut(rest, '.', &tail), sig;
    const struct alg *alg;
    const struct jwk *key;
    struct jws j = {0};

    if (compact.n > JOSE_BYTES_MAX)
        return err_set(e, ERR_DENIED, "the token is too large");
    if (!head.n || head.n + 1 + body.n + 1 + tail.n != compact.n || !tail.n || str_contains(tail, STR(".")))
        return err_set(e, ERR_DENIED, "not a token of three parts");
    if (head_read(head, a, &j, e))
        return e->code;
    alg = alg_find(j.alg, algs);
    if (!alg)
        return err_set(e, ERR_DENIED, "the token's algorithm is not one that is accepted");
    if (!base64url_read(body, a, &j.payload) || !base64url_read(tail, a, &sig))
        return err_set(e, ERR_DENIED, "the token is not base64url");
    key = key_find(keys, j.kid, alg);
    if (!key)
        return err_set(e, ERR_DENIED, "no one key fits the token");
    if (!signature_fits(alg, key->key, str_sub(compact, 0, head.n + 1 + body.n), sig, false))
        return err_set(e, ERR_DENIED, "the token's signature does not fit");
    *out = j;
    return ERR_OK;
}

bool jwks_signed(const struct jwks *keys, const char *alg, str input, str signature)
{
    const struct alg *a = alg_find(str_of(alg), NULL);

    return a && keys->n == 1 && key_fits(&keys->keys[0], a) && signature.n && signature.n <= 2048 &&
           signature_fits(a, keys->keys[0].key, input, signature, true);
}
