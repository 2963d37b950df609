#include "vault/seal.h"

#include <sodium.h>

_Static_assert(sizeof(struct sha256_state) >= sizeof(crypto_hash_sha256_state), "sha256_state is too small");

enum {
    HEAD_BYTES = 24,
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    COMMIT_BYTES = 32,
    TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    BODY_AT = HEAD_BYTES + NONCE_BYTES + COMMIT_BYTES,
    NAME_MAX_BYTES = 63,
    PLACE_MAX = NONCE_BYTES + HEAD_BYTES + 16 + 16 + 4 + 2 * (NAME_MAX_BYTES + 1),
    KIND_SUBJECT = 0x80,
};
_Static_assert(BODY_AT + TAG_BYTES == SEAL_OVERHEAD, "the header comment of seal.h says how long a sealed value is");
_Static_assert(NONCE_BYTES == 24, "the header comment of seal.h says how long the nonce is");

struct place {
    unsigned char b[PLACE_MAX]; /* nonce, then the associated data */
    size_t n;
};

static void head_write(unsigned char head[HEAD_BYTES], struct key_ref key, struct id workspace)
{
    struct id id = key.is_subject ? key.subject : workspace;
    const unsigned char fixed[8] = {'H', 'K', 1, 1, key.is_subject ? KIND_SUBJECT : (unsigned char)key.class_, 0, 0, 1};

    memcpy(head, fixed, sizeof fixed);
    memcpy(head + 8, id.b, 16);
}

static enum err_code head_read(const unsigned char *head, struct id workspace, struct key_ref *out, struct err *e)
{
    if (head[0] != 'H' || head[1] != 'K')
        return err_set(e, ERR_CORRUPT, "not a sealed value");
    if (head[2] != 1 || head[3] != 1)
        return err_set(e, ERR_UNSUPPORTED, "sealed with version %d algorithm %d, newer than this program", head[2],
                       head[3]);
    if (head[5] != 0 || head[6] != 0 || head[7] != 1)
        return err_set(e, ERR_CORRUPT, "sealed value with an unknown key version");
    *out = (struct key_ref){.is_subject = head[4] == KIND_SUBJECT};
    if (out->is_subject) {
        memcpy(out->subject.b, head + 8, 16);
        return ERR_OK;
    }
    if (head[4] >= KEY_CLASSES || memcmp(head + 8, workspace.b, 16) != 0)
        return err_set(e, ERR_CORRUPT, "sealed value names a key of another place");
    out->class_ = (enum key_class)head[4];
    return ERR_OK;
}

enum err_code seal_key(str sealed, struct id workspace, struct key_ref *out, struct err *e)
{
    if (sealed.n < SEAL_OVERHEAD)
        return err_set(e, ERR_CORRUPT, "not a sealed value");
    return head_read((const unsigned char *)sealed.p, workspace, out, e);
}

static void place_name(struct place *p, const char *name)
{
    size_t n = strnlen(name, NAME_MAX_BYTES);

    p->b[p->n++] = (unsigned char)n;
    memcpy(p->b + p->n, name, n);
    p->n += n;
}

static void place_make(struct place *p, const unsigned char *nonce, const unsigned char *head, const struct seal_at *at)
{
    const unsigned char sub[4] = {(unsigned char)(at->sub >> 24), (unsigned char)(at->sub >> 16),
                                  (unsigned char)(at->sub >> 8), (unsigned char)at->sub};

    memcpy(p->b, nonce, NONCE_BYTES);
    memcpy(p->b + 24, head, HEAD_BYTES);
    memcpy(p->b + 48, at->workspace.b, 16);
    memcpy(p->b + 64, at->row.b, 16);
    memcpy(p->b + 80, sub, 4);
    p->n = 84;
    place_name(p, at->table);
    place_name(p, at->column);
}

/* out: 32 bytes of key, 32 bytes of commitment */
static void value_key(unsigned char out[64], const struct place *p, const unsigned char key[KEY_BYTES])
{
    crypto_generichash(out, 64, p->b, p->n, key, KEY_BYTES);
}

static enum err_code seal_into(struct keyring *k, struct key_ref ref, const struct seal_at *at, str plain,
                               unsigned char *out, struct err *e)
{
    unsigned char key[KEY_BYTES], derived[64];
    struct place p;

    if (keyring_key_get(k, at->workspace, ref, key, e))
        return err_wrap(e, "seal %s.%s", at->table, at->column);
    head_write(out, ref, at->workspace);
    randombytes_buf(out + HEAD_BYTES, NONCE_BYTES);
    place_make(&p, out + HEAD_BYTES, out, at);
    value_key(derived, &p, key);
    memcpy(out + HEAD_BYTES + NONCE_BYTES, derived + 32, COMMIT_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + BODY_AT, NULL, (const unsigned char *)plain.p, plain.n,
                                               p.b + NONCE_BYTES, p.n - NONCE_BYTES, NULL, out + HEAD_BYTES, derived);
    sodium_memzero(key, sizeof key);
    sodium_memzero(derived, sizeof derived);
    return ERR_OK;
}

enum err_code seal(struct keyring *k, struct key_ref key, const struct seal_at *at, str plain, struct arena *a,
                   str *out, struct err *e)
{
    unsigned char *p = arena_alloc(a, plain.n + SEAL_OVERHEAD);

    if (seal_into(k, key, at, plain, p, e))
        return e ? e->code : ERR_NOT_FOUND;
    *out = str_n((char *)p, plain.n + SEAL_OVERHEAD);
    return ERR_OK;
}

enum err_code seal_buf(struct keyring *k, struct key_ref key, const struct seal_at *at, str plain, struct buf *out,
                       struct err *e)
{
    unsigned char *p = (unsigned char *)buf_room(out, plain.n + SEAL_OVERHEAD);

    if (!p)
        return err_set(e, ERR_LIMIT, "seal %s.%s: buffer is full", at->table, at->column);
    if (seal_into(k, key, at, plain, p, e))
        return e ? e->code : ERR_NOT_FOUND;
    out->n += plain.n + SEAL_OVERHEAD;
    return ERR_OK;
}

static enum err_code open_with(const unsigned char *p, size_t n, const struct place *pl,
                               const unsigned char key[KEY_BYTES], unsigned char *out)
{
    unsigned char derived[64];
    int bad;

    value_key(derived, pl, key);
    bad = sodium_memcmp(derived + 32, p + HEAD_BYTES + NONCE_BYTES, COMMIT_BYTES);
    if (!bad)
        bad = crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, p + BODY_AT, n - BODY_AT, pl->b + NONCE_BYTES,
                                                         pl->n - NONCE_BYTES, p + HEAD_BYTES, derived);
    sodium_memzero(derived, sizeof derived);
    return bad ? ERR_CORRUPT : ERR_OK;
}

enum err_code seal_open_to(struct keyring *k, const struct seal_at *at, str sealed, void *out, size_t *out_n,
                           struct err *e)
{
    const unsigned char *p = (const unsigned char *)sealed.p;
    unsigned char key[KEY_BYTES];
    enum err_code code;
    struct key_ref ref = {0};
    struct place pl;

    if (sealed.n < SEAL_OVERHEAD)
        return err_set(e, ERR_CORRUPT, "open %s.%s: too short for a sealed value", at->table, at->column);
    if ((code = head_read(p, at->workspace, &ref, e)) || (code = keyring_key_get(k, at->workspace, ref, key, e))) {
        err_wrap(e, "open %s.%s", at->table, at->column);
        return code;
    }
    place_make(&pl, p + HEAD_BYTES, p, at);
    code = open_with(p, sealed.n, &pl, key, out);
    sodium_memzero(key, sizeof key);
    if (code)
        return err_set(e, code, "open %s.%s: the sealed bytes do not verify", at->table, at->column);
    *out_n = sealed.n - SEAL_OVERHEAD;
    return ERR_OK;
}

enum err_code seal_open(struct keyring *k, const struct seal_at *at, str sealed, struct arena *a, str *out,
                        struct err *e)
{
    size_t room = sealed.n < SEAL_OVERHEAD ? 0 : sealed.n - SEAL_OVERHEAD, n = 0;
    char *p = arena_alloc(a, room + 1); /* one more: NUL-terminated behind its length */
    enum err_code code = seal_open_to(k, at, sealed, p, &n, e);

    if (code)
        return code;
    *out = str_n(p, n);
    return ERR_OK;
}

enum err_code blind_index(struct keyring *k, struct id workspace, const char *purpose, str value,
                          uint8_t out[BLIND_BYTES], struct err *e)
{
    unsigned char key[KEY_BYTES], n = (unsigned char)strnlen(purpose, NAME_MAX_BYTES);
    enum err_code code = keyring_key_get(k, workspace, key_class(KEY_INDEX), key, e);
    crypto_generichash_state st;

    if (code) {
        err_wrap(e, "blind index %s", purpose);
        return code;
    }
    crypto_generichash_init(&st, key, sizeof key, BLIND_BYTES);
    crypto_generichash_update(&st, &n, 1);
    crypto_generichash_update(&st, (const unsigned char *)purpose, n);
    crypto_generichash_update(&st, (const unsigned char *)value.p, value.n);
    crypto_generichash_final(&st, out, BLIND_BYTES);
    sodium_memzero(key, sizeof key);
    sodium_memzero(&st, sizeof st);
    return ERR_OK;
}

void sha256(str bytes, uint8_t out[SHA256_BYTES])
{
    crypto_hash_sha256(out, (const unsigned char *)bytes.p, bytes.n);
}

void sha256_init(struct sha256_state *s)
{
    crypto_hash_sha256_init((crypto_hash_sha256_state *)s->priv);
}

void sha256_add(struct sha256_state *s, const void *p, size_t n)
{
    crypto_hash_sha256_update((crypto_hash_sha256_state *)s->priv, p, n);
}

void sha256_done(struct sha256_state *s, uint8_t out[SHA256_BYTES])
{
    crypto_hash_sha256_final((crypto_hash_sha256_state *)s->priv, out);
}

void hex_put(const uint8_t *p, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[p[i] >> 4];
        out[2 * i + 1] = digits[p[i] & 15];
    }
    out[2 * n] = '\0';
}

void vault_clear(void *p, size_t n)
{
    sodium_memzero(p, n);
}

bool vault_same(const void *x, const void *y, size_t n)
{
    return sodium_memcmp(x, y, n) == 0;
}

void vault_random(void *p, size_t n)
{
    randombytes_buf(p, n);
}
