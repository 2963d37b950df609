#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/clock.h"
#include "vault/seal.h"

static char dir[] = "/tmp/harken-seal-XXXXXX";
static struct keyring *ring;
static struct id ws, other_ws, subject;
static struct arena *mem;

static struct seal_at place(void)
{
    return (struct seal_at){.workspace = ws, .table = "turn", .column = "sealed", .row = {{1, 2, 3}}, .sub = 7};
}

static str sealed_words(struct key_ref key, str words)
{
    struct seal_at at = place();
    struct err e;
    str out;

    if (seal(ring, key, &at, words, mem, &out, &e))
        fail_msg("%s", e.msg);
    return out;
}

static void words_come_back(void **state)
{
    struct seal_at at = place();
    struct buf b;
    struct err e;

    (void)state;
    buf_init(&b, 1 << 20);
    for (size_t n = 0; n < 70000; n = n * 3 + 1) {
        char *words = arena_alloc(mem, n);
        str open;

        memset(words, 'w', n);
        for (int c = 0; c <= KEY_CLASSES; c++) {
            struct key_ref key = c < KEY_CLASSES ? key_class((enum key_class)c) : key_subject(subject);

            buf_reset(&b);
            assert_int_equal(seal_buf(ring, key, &at, str_n(words, n), &b, &e), ERR_OK);
            assert_int_equal(b.n, n + SEAL_OVERHEAD);
            assert_int_equal(seal_open(ring, &at, buf_view(&b), mem, &open, &e), ERR_OK);
            assert_true(str_eq(open, str_n(words, n)));
        }
    }
    buf_done(&b);
}

/* The layout of the header comment, written down a second time with libsodium's own calls. */
static void bytes_are_as_described(void **state)
{
    str words = STR("let us talk about the price"), s = sealed_words(key_subject(subject), words);
    const unsigned char *p = (const unsigned char *)s.p;
    unsigned char key[32], derived[64], msg[24 + 24 + 16 + 16 + 4 + 1 + 4 + 1 + 6], *m = msg, open[64];
    struct seal_at at = place();
    struct err e;

    (void)state;
    assert_memory_equal(p, "HK\x01\x01\x80\x00\x00\x01", 8);
    assert_memory_equal(p + 8, subject.b, 16);
    m = (unsigned char *)memcpy(m, p + 24, 24) + 24;
    m = (unsigned char *)memcpy(m, p, 24) + 24;
    m = (unsigned char *)memcpy(m, at.workspace.b, 16) + 16;
    m = (unsigned char *)memcpy(m, at.row.b, 16) + 16;
    m = (unsigned char *)memcpy(m, "\0\0\0\7", 4) + 4;
    memcpy(m, "\4turn\6sealed", 12);
    assert_int_equal(keyring_key_get(ring, ws, key_subject(subject), key, &e), ERR_OK);
    crypto_generichash(derived, 64, msg, sizeof msg, key, 32);
    assert_memory_equal(p + 48, derived + 32, 32);
    assert_int_equal(crypto_aead_xchacha20poly1305_ietf_decrypt(open, NULL, NULL, p + 80, s.n - 80, msg + 24,
                                                                sizeof msg - 24, p + 24, derived),
                     0);
    assert_memory_equal(open, words.p, words.n);
}

static void same_words_look_different_each_time(void **state)
{
    str x = sealed_words(key_class(KEY_CONTENT), STR("yes")), y = sealed_words(key_class(KEY_CONTENT), STR("yes"));

    (void)state;
    assert_memory_not_equal(x.p + 24, y.p + 24, x.n - 24);
}

static void each_changed_byte_is_noticed(void **state)
{
    const struct key_ref keys[] = {key_class(KEY_METADATA), key_subject(subject)};
    struct seal_at at = place();
    struct err e;

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        str s = sealed_words(keys[k], STR("the original words")), open;
        char *bytes = str_cz(mem, s);

        for (size_t i = 0; i < s.n; i++)
            for (int bit = 0; bit < 8; bit++) {
                memcpy(bytes, s.p, s.n);
                bytes[i] ^= (char)(1 << bit);
                if (seal_open(ring, &at, str_n(bytes, s.n), mem, &open, &e) == ERR_OK)
                    fail_msg("bit %d of byte %zu changed unnoticed", bit, i);
            }
        for (size_t n = 0; n < s.n; n++)
            assert_int_not_equal(seal_open(ring, &at, str_n(s.p, n), mem, &open, &e), ERR_OK);
    }
}

static void another_place_does_not_open(void **state)
{
    str s = sealed_words(key_subject(subject), STR("words")), c = sealed_words(key_class(KEY_CONTENT), STR("words")),
        open;
    struct seal_at at[5] = {place(), place(), place(), place(), place()};
    struct err e;

    (void)state;
    at[0].workspace = other_ws;
    at[1].table = "turns";
    at[2].column = "ealed";
    at[3].row.b[15] = 1;
    at[4].sub = 8;
    for (int i = 0; i < 5; i++) {
        assert_int_not_equal(seal_open(ring, &at[i], s, mem, &open, &e), ERR_OK);
        assert_int_not_equal(seal_open(ring, &at[i], c, mem, &open, &e), ERR_OK);
        assert_null(strstr(e.msg, "words"));
    }
    /* the border between table and column counts */
    at[0] = place();
    at[0].table = "turns";
    at[0].column = "ealed";
    assert_int_equal(seal_open(ring, &at[0], s, mem, &open, &e), ERR_CORRUPT);
}

static void newer_version_is_unsupported(void **state)
{
    str s = sealed_words(key_class(KEY_CONTENT), STR("words")), open;
    struct seal_at at = place();
    struct err e;
    char *bytes = str_cz(mem, s);

    (void)state;
    memcpy(bytes, s.p, s.n);
    bytes[2] = 2;
    assert_int_equal(seal_open(ring, &at, str_n(bytes, s.n), mem, &open, &e), ERR_UNSUPPORTED);
}

static void blind_index_separates_workspace_purpose_and_value(void **state)
{
    const struct {
        struct id ws;
        const char *purpose;
        str value;
    } rows[] = {
        {ws, "person.email", STR("ann@example.com")}, {other_ws, "person.email", STR("ann@example.com")},
        {ws, "person.name", STR("ann@example.com")},  {ws, "person.email", STR("bob@example.com")},
        {ws, "person.emaila", STR("nn@example.com")},
    };
    uint8_t h[5][BLIND_BYTES], again[BLIND_BYTES];
    struct err e;

    (void)state;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(blind_index(ring, rows[i].ws, rows[i].purpose, rows[i].value, h[i], &e), ERR_OK);
        assert_int_equal(blind_index(ring, rows[i].ws, rows[i].purpose, rows[i].value, again, &e), ERR_OK);
        assert_memory_equal(h[i], again, BLIND_BYTES);
        for (int j = 0; j < i; j++)
            assert_memory_not_equal(h[i], h[j], BLIND_BYTES);
    }
}

/* FIPS 180-4 examples. */
static void sha256_matches_published_digests(void **state)
{
    uint8_t h[32];
    char hex[65];
    struct sha256_state s;

    (void)state;
    sha256(STR("abc"), h);
    hex_put(h, 32, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256_init(&s);
    sha256_add(&s, "abcdbcdecdefdefgefghfghighijhi", 30);
    sha256_add(&s, "jkijkljklmklmnlmnomnopnopq", 26);
    sha256_done(&s, h);
    hex_put(h, 32, hex);
    assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

/* Printed, not asserted: shared machines are slow when they like. */
static void speed_is_printed(void **state)
{
    enum { N = 20000 };
    char words[100] = {0};
    struct seal_at at = place();
    struct buf b;
    struct err e;
    int64_t from;
    size_t n;

    (void)state;
    buf_init(&b, 1 << 16);
    from = clock_mono_us();
    for (int i = 0; i < N; i++) {
        buf_reset(&b);
        seal_buf(ring, key_subject(subject), &at, str_n(words, sizeof words), &b, &e);
    }
    print_message("seal 100 bytes: %lld ns\n", (long long)(clock_mono_us() - from) * 1000 / N);
    from = clock_mono_us();
    for (int i = 0; i < N; i++)
        seal_open_to(ring, &at, buf_view(&b), words, &n, &e);
    print_message("open 100 bytes: %lld ns\n", (long long)(clock_mono_us() - from) * 1000 / N);
    buf_done(&b);
}

static int setup(void **state)
{
    struct err e;

    (void)state;
    mem = arena_new_wiped("test");
    ws = id_new();
    other_ws = id_new();
    return !mkdtemp(dir) || keyring_open(dir, &ring, &e) || keyring_workspace_add(ring, ws, &e) ||
           keyring_workspace_add(ring, other_ws, &e) || keyring_subject_new(ring, ws, &subject, &e);
}

static int teardown(void **state)
{
    char cmd[64];

    (void)state;
    keyring_close(ring);
    arena_free(mem);
    snprintf(cmd, sizeof cmd, "rm -r %s", dir);
    return system(cmd); // NOLINT(cert-env33-c): our own folder, in a test
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_come_back),
        cmocka_unit_test(bytes_are_as_described),
        cmocka_unit_test(same_words_look_different_each_time),
        cmocka_unit_test(each_changed_byte_is_noticed),
        cmocka_unit_test(another_place_does_not_open),
        cmocka_unit_test(newer_version_is_unsupported),
        cmocka_unit_test(blind_index_separates_workspace_purpose_and_value),
        cmocka_unit_test(sha256_matches_published_digests),
        cmocka_unit_test(speed_is_printed),
    };
    return cmocka_run_group_tests_name("seal", tests, setup, teardown);
}
