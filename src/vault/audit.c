#include "vault/audit.h"

#include <sodium.h>

void merkle_init(struct merkle *m)
{
    memset(m, 0, sizeof *m);
}

void merkle_leaf_hash(str entry, uint8_t out[32])
{
    struct sha256_state s;

    sha256_init(&s);
    sha256_add(&s, "\0", 1);
    sha256_add(&s, entry.p, entry.n);
    sha256_done(&s, out);
}

static void node_hash(const uint8_t left[32], const uint8_t right[32], uint8_t out[32])
{
    uint8_t b[65];

    b[0] = 1;
    memcpy(b + 1, left, 32);
    memcpy(b + 33, right, 32);
    sha256(str_n((const char *)b, sizeof b), out);
}

void merkle_add(struct merkle *m, const uint8_t leaf_hash[32])
{
    uint8_t h[32];
    int i = 0;

    memcpy(h, leaf_hash, 32);
    for (uint64_t n = m->n; n & 1; n >>= 1, i++)
        node_hash(m->edge[i], h, h);
    memcpy(m->edge[i], h, 32);
    m->n++;
}

/* RFC 6962 splits at the largest power of two, so the root folds the complete subtrees from the smallest up. */
void merkle_root(const struct merkle *m, uint8_t out[32])
{
    bool have = false;
    uint8_t h[32];

    if (m->n == 0) {
        sha256(STR(""), out);
        return;
    }
    for (int i = 0; i < 64; i++) {
        if (!(m->n >> i & 1))
            continue;
        if (have)
            node_hash(m->edge[i], h, h);
        else
            memcpy(h, m->edge[i], 32);
        have = true;
    }
    memcpy(out, h, 32);
}

size_t merkle_pack(const struct merkle *m, uint8_t out[MERKLE_PACKED_MAX])
{
    size_t n = 8;

    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(m->n >> (56 - 8 * i));
    for (int i = 0; i < 64; i++)
        if (m->n >> i & 1) {
            memcpy(out + n, m->edge[i], 32);
            n += 32;
        }
    return n;
}

bool merkle_unpack(str bytes, struct merkle *out)
{
    size_t at = 8;

    merkle_init(out);
    if (bytes.n < 8)
        return false;
    for (int i = 0; i < 8; i++)
        out->n = out->n << 8 | (uint8_t)bytes.p[i];
    if (bytes.n != 8 + 32 * (size_t)__builtin_popcountll(out->n))
        return false;
    for (int i = 0; i < 64; i++)
        if (out->n >> i & 1) {
            memcpy(out->edge[i], bytes.p + at, 32);
            at += 32;
        }
    return true;
}

/* ---- proofs: the algorithms of RFC 9162 sections 2.1.3.2 and 2.1.4.2, with their names fn, sn, fr, sr ---- */

bool merkle_inclusion_ok(const uint8_t leaf_hash[32], uint64_t index, uint64_t size, const uint8_t (*proof)[32],
                         size_t proof_n, const uint8_t root[32])
{
    uint64_t fn = index, sn = size - 1;
    uint8_t r[32];

    if (index >= size)
        return false;
    memcpy(r, leaf_hash, 32);
    for (size_t i = 0; i < proof_n; i++) {
        if (sn == 0)
            return false;
        if (fn & 1 || fn == sn) {
            node_hash(proof[i], r, r);
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            node_hash(r, proof[i], r);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && vault_same(r, root, 32);
}

static bool consistency_fold(uint64_t fn, uint64_t sn, const uint8_t first[32], const uint8_t (*proof)[32], size_t n,
                             uint8_t fr[32], uint8_t sr[32])
{
    memcpy(fr, first, 32);
    memcpy(sr, first, 32);
    for (size_t i = 0; i < n; i++) {
        if (sn == 0)
            return false;
        if (fn & 1 || fn == sn) {
            node_hash(proof[i], fr, fr);
            node_hash(proof[i], sr, sr);
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            node_hash(sr, proof[i], sr);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0;
}

bool merkle_consistency_ok(uint64_t size1, const uint8_t root1[32], uint64_t size2, const uint8_t root2[32],
                           const uint8_t (*proof)[32], size_t proof_n)
{
    uint64_t fn = size1 - 1, sn = size2 - 1;
    uint8_t fr[32], sr[32];
    bool power = (size1 & (size1 - 1)) == 0;

    if (size1 > size2)
        return false;
    if (size1 == size2)
        return proof_n == 0 && vault_same(root1, root2, 32);
    if (size1 == 0)
        return proof_n == 0; /* everything extends the empty tree */
    if (!power && proof_n == 0)
        return false;
    while (fn & 1) {
        fn >>= 1;
        sn >>= 1;
    }
    if (!consistency_fold(fn, sn, power ? root1 : proof[0], power ? proof : proof + 1, power ? proof_n : proof_n - 1,
                          fr, sr))
        return false;
    return vault_same(fr, root1, 32) && vault_same(sr, root2, 32);
}

/* ---- checkpoints ---- */

void audit_signer_init(struct audit_signer *s, struct keyring *k)
{
    unsigned char seed[KEY_BYTES];
    char id[ID_TEXT_LEN + 1];

    keyring_purpose_key(k, "audit-sign", seed);
    crypto_sign_seed_keypair(s->pub, s->secret, seed);
    sodium_memzero(seed, sizeof seed);
    id_format(keyring_id(k), id);
    snprintf(s->origin, sizeof s->origin, "harken/%s", id);
}

void audit_signer_done(struct audit_signer *s)
{
    sodium_memzero(s->secret, sizeof s->secret);
}

/* C2SP signed-note: SHA-256(name, newline, algorithm 1, public key), its first four bytes. */
static void key_hash(str name, const uint8_t pub[32], uint8_t out[4])
{
    struct sha256_state s;
    uint8_t h[32];

    sha256_init(&s);
    sha256_add(&s, name.p, name.n);
    sha256_add(&s, "\n\x01", 2);
    sha256_add(&s, pub, 32);
    sha256_done(&s, h);
    memcpy(out, h, 4);
}

enum { B64_32 = 44, B64_68 = 92, SIG_BYTES = 68 };
static const char sig_dash[] = "\xe2\x80\x94 "; /* an em dash and a space begin a signature line */

str checkpoint_sign(const struct audit_signer *s, uint64_t size, const uint8_t root[32], struct arena *a)
{
    char root64[B64_32 + 1], sig64[B64_68 + 1];
    uint8_t sig[SIG_BYTES];
    str body;

    sodium_bin2base64(root64, sizeof root64, root, 32, sodium_base64_VARIANT_ORIGINAL);
    body = str_fmt(a, "%s\n%llu\n%s\n", s->origin, (unsigned long long)size, root64);
    key_hash(str_of(s->origin), s->pub, sig);
    /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): the secret is an array */
    crypto_sign_detached(sig + 4, NULL, (const unsigned char *)body.p, body.n, s->secret);
    sodium_bin2base64(sig64, sizeof sig64, sig, sizeof sig, sodium_base64_VARIANT_ORIGINAL);
    return str_fmt(a, "%.*s\n%s%s %s\n", STR_ARG(body), sig_dash, s->origin, sig64);
}

static bool base64_exact(str text, uint8_t *out, size_t n)
{
    size_t got = 0;

    return !sodium_base642bin(out, n, text.p, text.n, NULL, &got, NULL, sodium_base64_VARIANT_ORIGINAL) && got == n;
}

static bool signature_ok(str body, str name, str lines, const uint8_t pub[32])
{
    uint8_t sig[SIG_BYTES], want[4];
    str line;

    key_hash(name, pub, want);
    while (str_line_next(&lines, &line)) {
        str rest = str_from(line, sizeof sig_dash - 1), who;

        if (!str_starts(line, str_of(sig_dash)))
            return false;
        who = str_cut(rest, ' ', &rest);
        if (str_eq(who, name) && base64_exact(rest, sig, sizeof sig) && memcmp(sig, want, 4) == 0)
            return crypto_sign_verify_detached(sig + 4, (const unsigned char *)body.p, body.n, pub) == 0;
    }
    return false; /* signatures of others may stand there too, ours must */
}

enum err_code checkpoint_verify(str note, const uint8_t pub[32], struct checkpoint *out, struct err *e)
{
    size_t cut = str_find(note, STR("\n\n"), 0);
    str body = str_sub(note, 0, cut == SIZE_MAX ? 0 : cut + 1), rest = body, origin, size, root;
    struct checkpoint c;

    origin = str_cut(rest, '\n', &rest);
    size = str_cut(rest, '\n', &rest);
    root = str_cut(rest, '\n', &rest);
    if (cut == SIZE_MAX || origin.n == 0 || !str_to_u64(size, &c.size) || !base64_exact(root, c.root, 32) ||
        (size.n > 1 && size.p[0] == '0') || rest.n)
        return err_set(e, ERR_INVALID, "not a checkpoint");
    c.origin = origin;
    if (!signature_ok(body, origin, str_from(note, cut + 2), pub))
        return err_set(e, ERR_DENIED, "checkpoint without a valid signature of this key");
    *out = c;
    return ERR_OK;
}
