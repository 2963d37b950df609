#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ftw.h>
#include <stdlib.h>

#include "vault/audit.h"

/* The eight leaves and the roots that certificate-transparency implementations are tested with. */
static const str ct_leaves[8] = {
    {"", 0},
    {"\x00", 1},
    {"\x10", 1},
    {"\x20\x21", 2},
    {"\x30\x31", 2},
    {"\x40\x41\x42\x43", 4},
    {"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
    {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16},
};
static const char *const ct_roots[9] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

enum { TREE_MAX = 40 };
static uint8_t leaves[TREE_MAX][32]; /* leaf hashes of "leaf 0" ... */

/* MTH, PATH and SUBPROOF straight from the definitions of RFC 6962 section 2.1: slow and independent of the code tested. */
static size_t split(size_t n)
{
    size_t k = 1;

    while (k * 2 < n)
        k *= 2;
    return k;
}

static void mth(size_t from, size_t n, uint8_t out[32])
{
    uint8_t b[65] = {1};

    if (n == 1) {
        memcpy(out, leaves[from], 32);
        return;
    }
    mth(from, split(n), b + 1);
    mth(from + split(n), n - split(n), b + 33);
    sha256(str_n((char *)b, 65), out);
}

static size_t path(size_t m, size_t from, size_t n, uint8_t out[][32])
{
    size_t k = split(n), got;

    if (n == 1)
        return 0;
    got = m < k ? path(m, from, k, out) : path(m - k, from + k, n - k, out);
    if (m < k)
        mth(from + k, n - k, out[got]);
    else
        mth(from, k, out[got]);
    return got + 1;
}

static size_t subproof(size_t m, size_t from, size_t n, bool whole, uint8_t out[][32])
{
    size_t k = split(n), got;

    if (m == n) {
        if (whole)
            return 0;
        mth(from, n, out[0]);
        return 1;
    }
    if (m <= k) {
        got = subproof(m, from, k, whole, out);
        mth(from + k, n - k, out[got]);
    } else {
        got = subproof(m - k, from + k, n - k, false, out);
        mth(from, k, out[got]);
    }
    return got + 1;
}

static void roots_match_published_ones(void **state)
{
    struct merkle m;
    uint8_t h[32];
    char hex[65];

    (void)state;
    merkle_init(&m);
    for (int n = 0; n <= 8; n++) {
        merkle_root(&m, h);
        hex_put(h, 32, hex);
        assert_string_equal(hex, ct_roots[n]);
        if (n < 8) {
            merkle_leaf_hash(ct_leaves[n], h);
            merkle_add(&m, h);
        }
    }
}

static void packed_edge_goes_on_where_it_stopped(void **state)
{
    uint8_t packed[MERKLE_PACKED_MAX], want[32], got[32];
    struct merkle m, back;

    (void)state;
    merkle_init(&m);
    for (size_t n = 0; n < TREE_MAX; n++) {
        size_t bytes = merkle_pack(&m, packed);

        assert_true(merkle_unpack(str_n((char *)packed, bytes), &back));
        assert_false(merkle_unpack(str_n((char *)packed, bytes + 32), &m));
        assert_false(merkle_unpack(str_n((char *)packed, bytes - 1), &m));
        m = back;
        merkle_add(&m, leaves[n]);
        merkle_root(&m, got);
        mth(0, n + 1, want);
        assert_memory_equal(got, want, 32);
    }
}

static void inclusion_holds_for_its_leaf_only(void **state)
{
    uint8_t proof[64][32], root[32];

    (void)state;
    for (size_t n = 1; n <= TREE_MAX; n++) {
        mth(0, n, root);
        for (size_t i = 0; i < n; i++) {
            size_t len = path(i, 0, n, proof);

            assert_true(merkle_inclusion_ok(leaves[i], i, n, proof, len, root));
            assert_false(merkle_inclusion_ok(leaves[(i + 1) % TREE_MAX], i, n, proof, len, root));
            assert_false(merkle_inclusion_ok(leaves[i], n, n, proof, len, root));
            if (len) {
                assert_false(merkle_inclusion_ok(leaves[i], i, n, proof, len - 1, root));
                proof[len - 1][5] ^= 1;
                assert_false(merkle_inclusion_ok(leaves[i], i, n, proof, len, root));
            }
        }
    }
}

static void consistency_holds_for_prefixes_only(void **state)
{
    uint8_t proof[64][32], first[32], second[32];

    (void)state;
    for (size_t n = 1; n <= TREE_MAX; n++)
        for (size_t m = 1; m <= n; m++) {
            size_t len = subproof(m, 0, n, true, proof);

            mth(0, m, first);
            mth(0, n, second);
            assert_true(merkle_consistency_ok(m, first, n, second, proof, len));
            first[0] ^= 1;
            assert_false(merkle_consistency_ok(m, first, n, second, proof, len));
            first[0] ^= 1;
            second[31] ^= 0x80;
            assert_false(merkle_consistency_ok(m, first, n, second, proof, len));
        }
}

/* Key and signature made by another implementation of Ed25519 are not needed: a note is checked with its own public key, and
 * each changed byte must be noticed. */
static void checkpoint_verifies_and_notices_each_byte(void **state)
{
    char dir[] = "/tmp/harken-audit-XXXXXX", cmd[64];
    struct arena *a = arena_new("test");
    struct audit_signer s;
    struct checkpoint c;
    struct keyring *k;
    struct err e;
    uint8_t root[32], other[32] = {1};
    str note;
    char *bytes;

    (void)state;
    assert_non_null(mkdtemp(dir));
    assert_int_equal(keyring_open(dir, &k, &e), ERR_OK);
    audit_signer_init(&s, k);
    mth(0, 7, root);
    note = checkpoint_sign(&s, 7, root, a);
    assert_int_equal(checkpoint_verify(note, s.pub, &c, &e), ERR_OK);
    assert_int_equal(c.size, 7);
    assert_memory_equal(c.root, root, 32);
    assert_true(str_eq(c.origin, str_of(s.origin)));
    assert_int_equal(checkpoint_verify(note, other, &c, &e), ERR_DENIED);
    bytes = str_cz(a, note);
    for (size_t i = 0; i < note.n; i++) {
        bytes[i] ^= 1;
        if (checkpoint_verify(str_n(bytes, note.n), s.pub, &c, &e) == ERR_OK)
            fail_msg("byte %zu changed unnoticed", i);
        bytes[i] ^= 1;
        if (i + 1 < note.n) /* the last line feed may be missing */
            assert_int_not_equal(checkpoint_verify(str_n(bytes, i), s.pub, &c, &e), ERR_OK);
    }
    audit_signer_done(&s);
    keyring_close(k);
    arena_free(a);
    snprintf(cmd, sizeof cmd, "rm -r %s", dir);
    assert_int_equal(system(cmd), 0); // NOLINT(cert-env33-c): our own folder, in a test
}

static int setup(void **state)
{
    char text[32];

    (void)state;
    for (int i = 0; i < TREE_MAX; i++) {
        snprintf(text, sizeof text, "leaf %d", i);
        merkle_leaf_hash(str_of(text), leaves[i]);
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roots_match_published_ones),
        cmocka_unit_test(packed_edge_goes_on_where_it_stopped),
        cmocka_unit_test(inclusion_holds_for_its_leaf_only),
        cmocka_unit_test(consistency_holds_for_prefixes_only),
        cmocka_unit_test(checkpoint_verifies_and_notices_each_byte),
    };
    return cmocka_run_group_tests_name("audit", tests, setup, NULL);
}
