#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/thread.h"
#include "vault/seal.h"

static char dir[64], kek_path[80], ring_path[80];
static struct arena *mem;

static int setup(void **state)
{
    (void)state;
    mem = arena_new_wiped("test");
    log_setup(LOG_ERROR_, LOG_FORM_CONSOLE, 2);
    snprintf(dir, sizeof dir, "/tmp/harken-keys-XXXXXX");
    if (!mkdtemp(dir))
        return 1;
    snprintf(kek_path, sizeof kek_path, "%s/kek", dir);
    snprintf(ring_path, sizeof ring_path, "%s/ring", dir);
    return 0;
}

static int teardown(void **state)
{
    char cmd[96];

    (void)state;
    arena_free(mem);
    snprintf(cmd, sizeof cmd, "rm -rf %s", dir);
    return system(cmd); // NOLINT(cert-env33-c): our own folder, in a test
}

static struct keyring *ring_open(void)
{
    struct keyring *k;
    struct err e;

    if (keyring_open(dir, &k, &e))
        fail_msg("%s", e.msg);
    return k;
}

static void key_of(struct keyring *k, struct id ws, struct key_ref ref, unsigned char out[KEY_BYTES])
{
    struct err e;

    if (keyring_key_get(k, ws, ref, out, &e))
        fail_msg("%s", e.msg);
}

static void keys_survive_reopening(void **state)
{
    unsigned char before[100][KEY_BYTES], after[KEY_BYTES], class_before[KEY_BYTES];
    struct id ws = id_new(), ids[100], ring_id;
    struct keyring *k = ring_open();
    struct err e;

    (void)state;
    assert_int_equal(keyring_workspace_add(k, ws, &e), ERR_OK);
    assert_int_equal(keyring_workspace_add(k, ws, &e), ERR_OK); /* again: the same key */
    key_of(k, ws, key_class(KEY_CONTENT), class_before);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(keyring_subject_new(k, ws, &ids[i], &e), ERR_OK);
        key_of(k, ws, key_subject(ids[i]), before[i]);
    }
    ring_id = keyring_id(k);
    assert_int_equal(keyring_sync(k, &e), ERR_OK);
    keyring_close(k);
    k = ring_open();
    assert_int_equal(keyring_damaged(k), 0);
    assert_true(id_eq(ring_id, keyring_id(k)));
    key_of(k, ws, key_class(KEY_CONTENT), after);
    assert_memory_equal(after, class_before, KEY_BYTES);
    for (int i = 0; i < 100; i++) {
        key_of(k, ws, key_subject(ids[i]), after);
        assert_memory_equal(after, before[i], KEY_BYTES);
        if (i)
            assert_memory_not_equal(before[i], before[i - 1], KEY_BYTES);
    }
    keyring_close(k);
}

static void files_are_for_the_owner_only_and_hold_no_key(void **state)
{
    unsigned char key[KEY_BYTES];
    struct id ws = id_new(), subject;
    struct keyring *k = ring_open();
    struct stat st;
    struct err e;
    str bytes;

    (void)state;
    assert_int_equal(stat(dir, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_int_equal(stat(kek_path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(ring_path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(keyring_workspace_add(k, ws, &e), ERR_OK);
    assert_int_equal(keyring_subject_new(k, ws, &subject, &e), ERR_OK);
    key_of(k, ws, key_subject(subject), key);
    assert_int_equal(fs_read(ring_path, 1 << 20, mem, &bytes, &e), ERR_OK);
    assert_int_equal(bytes.n, 3 * 128);
    assert_false(str_contains(bytes, str_n((char *)key, KEY_BYTES)));
    keyring_close(k);
    assert_int_equal(chmod(kek_path, 0644), 0);
    assert_int_equal(keyring_open(dir, &k, &e), ERR_DENIED);
}

static void destroyed_subject_is_gone_for_good(void **state)
{
    struct id ws = id_new(), gone, stays;
    struct keyring *k = ring_open();
    struct seal_at at = {.workspace = ws, .table = "turn", .column = "sealed"};
    str before, after, s_gone, s_stays, open;
    struct err e;

    (void)state;
    assert_int_equal(keyring_workspace_add(k, ws, &e), ERR_OK);
    assert_int_equal(keyring_subject_new(k, ws, &gone, &e), ERR_OK);
    assert_int_equal(keyring_subject_new(k, ws, &stays, &e), ERR_OK);
    assert_int_equal(seal(k, key_subject(gone), &at, STR("a"), mem, &s_gone, &e), ERR_OK);
    assert_int_equal(seal(k, key_subject(stays), &at, STR("b"), mem, &s_stays, &e), ERR_OK);
    assert_int_equal(fs_read(ring_path, 1 << 20, mem, &before, &e), ERR_OK);
    assert_int_equal(keyring_subject_destroy(k, ws, gone, &e), ERR_OK);
    assert_int_equal(keyring_subject_destroy(k, ws, gone, &e), ERR_OK);
    assert_int_equal(fs_read(ring_path, 1 << 20, mem, &after, &e), ERR_OK);
    assert_int_equal(before.n, after.n);
    assert_memory_not_equal(before.p + 2 * 128 + 64, after.p + 2 * 128 + 64, 48); /* the wrapped key was overwritten */
    assert_memory_equal(before.p + 3 * 128, after.p + 3 * 128, 128);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(seal_open(k, &at, s_gone, mem, &open, &e), ERR_NOT_FOUND);
        assert_int_equal(seal(k, key_subject(gone), &at, STR("a"), mem, &open, &e), ERR_NOT_FOUND);
        assert_false(keyring_subject_has(k, ws, gone));
        assert_int_equal(seal_open(k, &at, s_stays, mem, &open, &e), ERR_OK);
        keyring_close(k);
        k = ring_open();
    }
    keyring_close(k);
}

static void destroyed_workspace_takes_its_subjects_along(void **state)
{
    struct id ws = id_new(), other = id_new(), s1, s2;
    struct keyring *k = ring_open();
    unsigned char key[KEY_BYTES];
    struct err e;

    (void)state;
    assert_int_equal(keyring_workspace_add(k, ws, &e), ERR_OK);
    assert_int_equal(keyring_workspace_add(k, other, &e), ERR_OK);
    assert_int_equal(keyring_subject_new(k, ws, &s1, &e), ERR_OK);
    assert_int_equal(keyring_subject_new(k, other, &s2, &e), ERR_OK);
    assert_int_equal(keyring_workspace_destroy(k, ws, &e), ERR_OK);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(keyring_key_get(k, ws, key_class(KEY_CONTENT), key, &e), ERR_NOT_FOUND);
        assert_int_equal(keyring_key_get(k, ws, key_subject(s1), key, &e), ERR_NOT_FOUND);
        assert_int_equal(keyring_key_get(k, other, key_subject(s2), key, &e), ERR_OK);
        assert_int_equal(keyring_workspace_add(k, ws, &e), ERR_DENIED);
        keyring_close(k);
        k = ring_open();
    }
    keyring_close(k);
}

static void subject_belongs_to_its_workspace(void **state)
{
    struct id ws = id_new(), other = id_new(), s;
    struct keyring *k = ring_open();
    unsigned char key[KEY_BYTES];
    struct err e;

    (void)state;
    assert_int_equal(keyring_workspace_add(k, ws, &e), ERR_OK);
    assert_int_equal(keyring_workspace_add(k, other, &e), ERR_OK);
    assert_int_equal(keyring_subject_new(k, ws, &s, &e), ERR_OK);
    assert_int_equal(keyring_key_get(k, other, key_subject(s), key, &e), ERR_NOT_FOUND);
    assert_int_equal(keyring_subject_destroy(k, other, s, &e), ERR_NOT_FOUND);
    assert_int_equal(keyring_subject_new(k, id_new(), &s, &e), ERR_NOT_FOUND);
    keyring_close(k);
}

/* Cut at every length after the synced part, as a power failure may leave it. */
static void torn_tail_is_dropped_and_written_over(void **state)
{
    struct id ws = id_new(), kept, torn, fresh;
    struct keyring *k = ring_open();
    struct err e;
    str whole;

    (void)state;
    assert_int_equal(keyring_workspace_add(k, ws, &e), ERR_OK);
    assert_int_equal(keyring_subject_new(k, ws, &kept, &e), ERR_OK);
    assert_int_equal(keyring_sync(k, &e), ERR_OK);
    assert_int_equal(keyring_subject_new(k, ws, &torn, &e), ERR_OK);
    keyring_close(k);
    assert_int_equal(fs_read(ring_path, 1 << 20, mem, &whole, &e), ERR_OK);
    for (size_t n = 3 * 128; n < whole.n; n += 9) {
        assert_int_equal(fs_write_atomic(ring_path, str_n(whole.p, n), 0600, &e), ERR_OK);
        k = ring_open();
        assert_true(keyring_subject_has(k, ws, kept));
        assert_false(keyring_subject_has(k, ws, torn));
        assert_int_equal(keyring_subject_new(k, ws, &fresh, &e), ERR_OK);
        keyring_close(k);
        k = ring_open();
        assert_int_equal(keyring_damaged(k), 0);
        assert_true(keyring_subject_has(k, ws, fresh));
        keyring_close(k);
    }
}

/* Any flipped byte of a record makes that key unusable, never another key. */
static void flipped_byte_is_noticed(void **state)
{
    struct id ws = id_new(), subject;
    struct keyring *k = ring_open();
    unsigned char right[KEY_BYTES], key[KEY_BYTES];
    struct err e;
    str whole;
    char *bytes;

    (void)state;
    assert_int_equal(keyring_workspace_add(k, ws, &e), ERR_OK);
    assert_int_equal(keyring_subject_new(k, ws, &subject, &e), ERR_OK);
    key_of(k, ws, key_subject(subject), right);
    keyring_close(k);
    assert_int_equal(fs_read(ring_path, 1 << 20, mem, &whole, &e), ERR_OK);
    bytes = str_cz(mem, whole);
    for (size_t i = 0; i < whole.n; i++) {
        memcpy(bytes, whole.p, whole.n);
        bytes[i] ^= 1;
        assert_int_equal(fs_write_atomic(ring_path, str_n(bytes, whole.n), 0600, &e), ERR_OK);
        if (keyring_open(dir, &k, &e))
            continue; /* the root record */
        assert_int_not_equal(keyring_key_get(k, ws, key_subject(subject), key, &e), ERR_OK);
        assert_int_equal(keyring_damaged(k), i < 2 * 128 ? 2 : 1); /* with the workspace goes its subject */
        keyring_close(k);
    }
}

static void wrong_or_missing_kek_is_said_in_words(void **state)
{
    struct keyring *k = ring_open();
    struct err e;
    str kek;

    (void)state;
    keyring_close(k);
    assert_int_equal(fs_read(kek_path, 1 << 10, mem, &kek, &e), ERR_OK);
    assert_int_equal(unlink(kek_path), 0);
    assert_int_equal(keyring_open(dir, &k, &e), ERR_NOT_FOUND);
    assert_non_null(strstr(e.msg, "backup"));
    kek = str_dup(mem, kek);
    ((char *)kek.p)[20] = kek.p[20] == '0' ? '1' : '0';
    assert_int_equal(fs_write_atomic(kek_path, kek, 0600, &e), ERR_OK);
    assert_int_equal(keyring_open(dir, &k, &e), ERR_CORRUPT);
    assert_int_equal(fs_write_atomic(kek_path, STR("something else"), 0600, &e), ERR_OK);
    assert_int_equal(keyring_open(dir, &k, &e), ERR_CORRUPT);
}

static void second_process_is_refused(void **state)
{
    struct keyring *k = ring_open();
    int status;
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        struct keyring *mine;

        _exit(keyring_open(dir, &mine, NULL) == ERR_BUSY ? 0 : 1);
    }
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
    keyring_close(k);
}

struct maker {
    struct thread t;
    struct keyring *k;
    struct id ws, ids[500];
    int failures;
};

static void maker_run(void *arg)
{
    struct maker *m = arg;
    unsigned char key[KEY_BYTES], again[KEY_BYTES];

    for (int i = 0; i < 500; i++) {
        if (keyring_subject_new(m->k, m->ws, &m->ids[i], NULL) ||
            keyring_key_get(m->k, m->ws, key_subject(m->ids[i]), key, NULL) ||
            keyring_key_get(m->k, m->ws, key_subject(m->ids[i / 2]), again, NULL))
            m->failures++;
        if (i % 50 == 0 && keyring_sync(m->k, NULL))
            m->failures++;
    }
}

static void threads_make_subjects_side_by_side(void **state)
{
    static struct maker makers[4];
    struct keyring *k = ring_open();
    struct id ws = id_new();
    struct err e;

    (void)state;
    assert_int_equal(keyring_workspace_add(k, ws, &e), ERR_OK);
    for (int i = 0; i < 4; i++) {
        makers[i] = (struct maker){.k = k, .ws = ws};
        assert_int_equal(thread_start(&makers[i].t, "maker", maker_run, &makers[i], &e), ERR_OK);
    }
    for (int i = 0; i < 4; i++) {
        thread_join(&makers[i].t);
        assert_int_equal(makers[i].failures, 0);
    }
    keyring_close(k);
    k = ring_open();
    for (int i = 0; i < 4; i++)
        for (int n = 0; n < 500; n++)
            assert_true(keyring_subject_has(k, ws, makers[i].ids[n]));
    keyring_close(k);
}

/* Printed, not asserted. */
static void speed_is_printed(void **state)
{
    enum { N = 50000 };
    struct keyring *k = ring_open();
    struct id ws = id_new(), s;
    struct err e;
    int64_t from;

    (void)state;
    assert_int_equal(keyring_workspace_add(k, ws, &e), ERR_OK);
    from = clock_mono_us();
    for (int i = 0; i < N; i++)
        keyring_subject_new(k, ws, &s, &e);
    print_message("subject key: %lld ns\n", (long long)(clock_mono_us() - from) * 1000 / N);
    keyring_close(k);
    from = clock_mono_us();
    k = ring_open();
    print_message("open a ring of %d subjects: %lld ms\n", N, (long long)(clock_mono_us() - from) / 1000);
    keyring_close(k);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keys_survive_reopening),
        TEST(files_are_for_the_owner_only_and_hold_no_key),
        TEST(destroyed_subject_is_gone_for_good),
        TEST(destroyed_workspace_takes_its_subjects_along),
        TEST(subject_belongs_to_its_workspace),
        TEST(torn_tail_is_dropped_and_written_over),
        TEST(flipped_byte_is_noticed),
        TEST(wrong_or_missing_kek_is_said_in_words),
        TEST(second_process_is_refused),
        TEST(threads_make_subjects_side_by_side),
        TEST(speed_is_printed),
    };
    return cmocka_run_group_tests_name("keyring", tests, NULL, NULL);
}
