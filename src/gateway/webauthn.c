#include "gateway/webauthn.h"

#include "base/json.h"
#include "gateway/jose.h"
#include "vault/seal.h"

enum { AUTH_MIN = 37, FLAG_PRESENT = 1, FLAG_VERIFIED = 4, FLAG_KEY = 64, DEPTH_MAX = 4, ITEMS_MAX = 64 };
enum { ALG_ES256 = -7, ALG_EDDSA = -8, ALG_RS256 = -257 };

/* ---- CBOR (RFC 8949), as much of it as authenticators send: definite lengths only ---- */

struct cbor {
    const uint8_t *p;
    size_t n, at;
};

/* Head of an item: its major type and argument. */
static bool head(struct cbor *c, int *out_major, uint64_t *out_arg)
{
    uint8_t first;
    int info;

    if (c->at >= c->n)
        return false;
    first = c->p[c->at++];
    *out_major = first >> 5;
    info = first & 31;
    *out_arg = (uint64_t)info;
    if (info < 24)
        return true;
    if (info > 27 || c->n - c->at < (size_t)1 << (info - 24))
        return false;
    *out_arg = 0;
    for (int i = 0; i < 1 << (info - 24); i++)
        *out_arg = *out_arg << 8 | c->p[c->at++];
    return true;
}

static bool bytes(struct cbor *c, uint64_t n, str *out)
{
    if (n > c->n - c->at)
        return false;
    *out = str_n((const char *)c->p + c->at, (size_t)n);
    c->at += (size_t)n;
    return true;
}

static bool skip(struct cbor *c, int depth)
{
    uint64_t arg;
    int major;
    str s;

    if (depth > DEPTH_MAX || !head(c, &major, &arg))
        return false;
    switch (major) {
    case 0:
    case 1:
    case 7:
        return true;
    case 2:
    case 3:
        return bytes(c, arg, &s);
    case 4:
    case 5:
        if (arg > ITEMS_MAX)
            return false;
        for (uint64_t i = 0; i < arg * (major == 5 ? 2 : 1); i++)
            if (!skip(c, depth + 1))
                return false;
        return true;
    default:
        return false;
    }
}

/* A COSE key: a map of small integers to integers and byte strings. */
struct cose {
    int64_t kty, alg, crv;
    str x, y; /* EC; OKP has x only; RSA: n and e */
};

static bool number(struct cbor *c, int64_t *out)
{
    uint64_t arg;
    int major;

    if (!head(c, &major, &arg) || major > 1 || arg > INT32_MAX)
        return false;
    *out = major ? -1 - (int64_t)arg : (int64_t)arg;
    return true;
}

static bool cose_read(struct cbor *c, struct cose *out)
{
    uint64_t items, arg;
    int major;

    *out = (struct cose){0};
    if (!head(c, &major, &items) || major != 5 || items > ITEMS_MAX)
        return false;
    for (uint64_t i = 0; i < items; i++) {
        int64_t key, v = 0;
        size_t back;
        str s = STR("");
        if (!number(c, &key))
            return false;
        back = c->at;
        if (!head(c, &major, &arg))
            return false;
        if (major <= 1 && arg <= INT32_MAX)
            v = major ? -1 - (int64_t)arg : (int64_t)arg;
        else if (major == 2 && bytes(c, arg, &s))
            ;
        else if (c->at = back, !skip(c, 0))
            return false;
        if (key == 1)
            out->kty = v;
        else if (key == 3)
            out->alg = v;
        else if (key == -1 && major <= 1)
            out->crv = v;
        else if (key == -1)
            out->x = s; /* n of RSA */
        else if (key == -2)
            *(out->kty == 3 ? &out->y : &out->x) = s;
        else if (key == -3)
            out->y = s;
    }
    return true;
}

/* The same key as a JWK, so that signatures are checked in one place. */
static bool cose_jwk(const struct cose *k, struct arena *a, str *out)
{
    str x = base64url_write(k->x.p, k->x.n, a), y = base64url_write(k->y.p, k->y.n, a);

    if (k->kty == 2 && k->alg == ALG_ES256 && k->crv == 1 && k->x.n == 32 && k->y.n == 32)
        *out = str_fmt(a, "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%.*s\",\"y\":\"%.*s\"}]}", STR_ARG(x),
                       STR_ARG(y));
    else if (k->kty == 1 && k->alg == ALG_EDDSA && k->crv == 6 && k->x.n == 32)
        *out = str_fmt(a, "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%.*s\"}]}", STR_ARG(x));
    else if (k->kty == 3 && k->alg == ALG_RS256 && k->x.n && k->y.n)
        *out = str_fmt(a, "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"%.*s\",\"e\":\"%.*s\"}]}", STR_ARG(x), STR_ARG(y));
    else
        return false;
    return true;
}

/* ---- what both ways share ---- */

static enum err_code client_check(const struct webauthn_site *s, str client_data, const char *type, str challenge,
                                  struct arena *a, struct err *e)
{
    struct json_doc *d = NULL;
    const struct json *o;
    bool fits;

    if (client_data.n > WEBAUTHN_BYTES_MAX || json_parse(client_data, &d, NULL))
        return err_set(e, ERR_DENIED, "the client data is not JSON");
    o = json_root(d);
    fits = str_eq(json_str(json_get(o, "type"), STR("")), str_of(type)) &&
           str_eq(json_str(json_get(o, "challenge"), STR("")), base64url_write(challenge.p, challenge.n, a)) &&
           str_eq(json_str(json_get(o, "origin"), STR("")), s->origin) && !json_bool(json_get(o, "crossOrigin"), false);
    json_free(d);
    return fits && challenge.n ? ERR_OK : err_set(e, ERR_DENIED, "the client data answers something else");
}

static enum err_code auth_check(const struct webauthn_site *s, str auth, struct err *e)
{
    uint8_t hash[SHA256_BYTES];

    if (auth.n < AUTH_MIN || auth.n > WEBAUTHN_BYTES_MAX)
        return err_set(e, ERR_DENIED, "the authenticator data is too short or too long");
    sha256(s->id, hash);
    if (!vault_same(hash, auth.p, sizeof hash))
        return err_set(e, ERR_DENIED, "the authenticator answers another site");
    if (!((uint8_t)auth.p[32] & FLAG_PRESENT))
        return err_set(e, ERR_DENIED, "nobody touched the authenticator");
    return ERR_OK;
}

static uint32_t counter_of(str auth)
{
    const uint8_t *p = (const uint8_t *)auth.p + 33;

    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* ---- a new key ---- */

/* "authData" of the attestation object; its format and statement are not looked at. */
static bool auth_data_find(str attestation, str *out)
{
    struct cbor c = {(const uint8_t *)attestation.p, attestation.n, 0};
    uint64_t items, arg;
    int major;
    str key;

    *out = STR("");
    if (attestation.n > WEBAUTHN_BYTES_MAX || !head(&c, &major, &items) || major != 5 || items > ITEMS_MAX)
        return false;
    for (uint64_t i = 0; i < items; i++) {
        if (!head(&c, &major, &arg) || major != 3 || !bytes(&c, arg, &key))
            return false;
        if (str_eq(key, STR("authData"))) {
            if (!head(&c, &major, &arg) || major != 2 || !bytes(&c, arg, out))
                return false;
        } else if (!skip(&c, 0)) {
            return false;
        }
    }
    return out->n > 0 && c.at == c.n;
}

enum err_code webauthn_made(const struct webauthn_site *s, str client_data, str attestation, str challenge,
                            struct arena *a, struct webauthn_key *out, struct err *e)
{
    struct jwks *keys = NULL;
    struct cose k;
    size_t id_n, count;
    struct cbor c;
    str auth, jwk;

    if (client_check(s, client_data, "webauthn.create", challenge, a, e))
        return e->code;
    if (!auth_data_find(attestation, &auth))
        return err_set(e, ERR_DENIED, "the attestation is not understood");
    if (auth_check(s, auth, e))
        return e->code;
    if (!((uint8_t)auth.p[32] & FLAG_KEY) || auth.n < AUTH_MIN + 18)
        return err_set(e, ERR_DENIED, "the authenticator sent no key");
    id_n = (size_t)((uint8_t)auth.p[AUTH_MIN + 16] << 8 | (uint8_t)auth.p[AUTH_MIN + 17]);
    if (!id_n || id_n > 1023 || auth.n < AUTH_MIN + 18 + id_n)
        return err_set(e, ERR_DENIED, "the credential's id is too long");
    c = (struct cbor){(const uint8_t *)auth.p, auth.n, AUTH_MIN + 18 + id_n};
    if (!cose_read(&c, &k) || !cose_jwk(&k, a, &jwk) || jwks_parse(jwk, &keys, e))
        return err_set(e, ERR_DENIED, "the authenticator's key is of a kind that is not taken");
    count = jwks_count(keys);
    jwks_free(keys);
    if (count != 1) /* not on the curve, too small */
        return err_set(e, ERR_DENIED, "the authenticator's key is no proper key");
    *out = (struct webauthn_key){
        .credential = str_dup(a, str_sub(auth, AUTH_MIN + 18, AUTH_MIN + 18 + id_n)),
        .cose = str_dup(a, str_sub(auth, AUTH_MIN + 18 + id_n, c.at)),
        .counter = counter_of(auth),
        .verified = (uint8_t)auth.p[32] & FLAG_VERIFIED,
    };
    return ERR_OK;
}

/* ---- a use ---- */

enum err_code webauthn_used(const struct webauthn_site *s, str client_data, str authenticator_data, str signature,
                            str challenge, const struct webauthn_key *key, struct arena *a, uint32_t *out_counter,
                            struct err *e)
{
    struct cbor c = {(const uint8_t *)key->cose.p, key->cose.n, 0};
    uint8_t hash[SHA256_BYTES];
    struct jwks *keys = NULL;
    struct cose k;
    struct buf signed_;
    bool fits;
    str jwk;

    if (client_check(s, client_data, "webauthn.get", challenge, a, e) || auth_check(s, authenticator_data, e))
        return e->code;
    if (!cose_read(&c, &k) || !cose_jwk(&k, a, &jwk) || jwks_parse(jwk, &keys, e))
        return err_set(e, ERR_DENIED, "the kept key is not understood");
    sha256(client_data, hash);
    buf_init_wiped(&signed_, 2 * WEBAUTHN_BYTES_MAX);
    buf_str(&signed_, authenticator_data);
    buf_put(&signed_, hash, sizeof hash);
    fits = buf_ok(&signed_) && jwks_count(keys) == 1 &&
           jwks_signed(keys,
                       k.alg == ALG_ES256   ? "ES256"
                       : k.alg == ALG_EDDSA ? "EdDSA"
                                            : "RS256",
                       buf_view(&signed_), signature);
    buf_done(&signed_);
    jwks_free(keys);
    if (!fits)
        return err_set(e, ERR_DENIED, "the signature does not fit");
    *out_counter = counter_of(authenticator_data);
    if ((*out_counter || key->counter) && *out_counter <= key->counter)
        return err_set(e, ERR_DENIED, "the authenticator's counter did not grow: there is a copy of it");
    return ERR_OK;
}
