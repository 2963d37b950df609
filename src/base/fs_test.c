#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"

static char dir[64];
static struct arena *a;

static int set_up(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/harken-fs-XXXXXX");
    a = arena_new("test");
    return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return rmdir(dir); /* every test leaves it empty: no temporary file stays behind */
}

static char *at(const char *name)
{
    return str_cz(a, fs_join(a, str_of(dir), str_of(name)));
}

static void whole_files_are_written_and_read(void **state)
{
    char *path = at("one");
    struct stat st;
    struct err e;
    str got;

    (void)state;
    assert_false(fs_exists(path));
    assert_int_equal(fs_write_atomic(path, STR("first"), 0600, &e), ERR_OK);
    assert_int_equal(fs_write_atomic(path, STR("a\0b"), 0640, &e), ERR_OK);
    assert_true(fs_exists(path));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_int_equal(fs_read(path, 3, a, &got, &e), ERR_OK);
    assert_true(str_eq(got, STR("a\0b")));
    assert_int_equal(fs_write_atomic(path, STR(""), 0600, &e), ERR_OK);
    assert_int_equal(fs_read(path, 0, a, &got, &e), ERR_OK);
    assert_int_equal(got.n, 0);
    unlink(path);
}

static void mode_does_not_depend_on_the_umask(void **state)
{
    char *path = at("two"), *deep = at("x/y");
    struct stat st;
    struct err e;
    mode_t was = umask(0);

    (void)state;
    umask(0777);
    assert_int_equal(fs_write_atomic(path, STR("x"), 0644, &e), ERR_OK);
    assert_int_equal(fs_mkdirs(deep, 0750, &e), ERR_OK);
    umask(was);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0644);
    assert_int_equal(stat(deep, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0750);
    assert_int_equal(fs_mkdirs(deep, 0700, &e), ERR_OK);
    assert_int_equal(stat(deep, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0750);
    rmdir(deep);
    rmdir(at("x"));
    unlink(path);
}

static void what_cannot_be_read_says_why(void **state)
{
    char *path = at("three");
    struct err e;
    str got = STR("untouched");

    (void)state;
    assert_int_equal(fs_read(path, 10, a, &got, &e), ERR_NOT_FOUND);
    assert_int_equal(fs_write_atomic(path, STR("12345"), 0600, &e), ERR_OK);
    assert_int_equal(fs_read(path, 4, a, &got, &e), ERR_LIMIT);
    assert_int_not_equal(fs_read(dir, 10, a, &got, &e), ERR_OK); /* a folder is no regular file */
    assert_true(str_eq(got, STR("untouched")));
    assert_int_not_equal(fs_write_atomic(at("no/such/folder"), STR("x"), 0600, &e), ERR_OK);
    assert_int_not_equal(fs_mkdirs(at("three/below"), 0700, &e), ERR_OK);
    unlink(path);
}

static void streams_are_read_to_their_end(void **state)
{
    struct buf b;
    struct err e;
    int fd[2];

    (void)state;
    assert_int_equal(pipe(fd), 0);
    assert_int_equal(fs_write_all(fd[1], STR("hello"), &e), ERR_OK);
    close(fd[1]);
    buf_init(&b, 100);
    assert_int_equal(fs_read_fd(fd[0], 5, &b, &e), ERR_OK);
    assert_true(str_eq(buf_view(&b), STR("hello")));
    buf_done(&b);
    close(fd[0]);

    assert_int_equal(pipe(fd), 0);
    assert_int_equal(fs_write_all(fd[1], STR("hello!"), &e), ERR_OK);
    close(fd[1]);
    buf_init(&b, 100);
    assert_int_equal(fs_read_fd(fd[0], 5, &b, &e), ERR_LIMIT);
    buf_done(&b);
    close(fd[0]);
}

static void a_known_number_of_bytes_is_read_whole(void **state)
{
    char got[7] = "";
    int fd[2];

    (void)state;
    assert_int_equal(pipe(fd), 0);
    assert_int_equal(write(fd[1], "abc", 3), 3);
    assert_int_equal(write(fd[1], "defgh", 5), 5);
    assert_true(fs_read_all(fd[0], got, 6));
    assert_string_equal(got, "abcdef");
    close(fd[1]);
    assert_false(fs_read_all(fd[0], got, 6)); /* two are left */
    close(fd[0]);
}

static void joined_paths_have_one_slash_between(void **state)
{
    (void)state;
    assert_string_equal(fs_join(a, STR("/a"), STR("b")).p, "/a/b");
    assert_string_equal(fs_join(a, STR("/a/"), STR("b")).p, "/a/b");
    assert_int_equal(fs_join(a, STR("/a"), STR("b")).n, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_files_are_written_and_read),      cmocka_unit_test(mode_does_not_depend_on_the_umask),
        cmocka_unit_test(what_cannot_be_read_says_why),          cmocka_unit_test(streams_are_read_to_their_end),
        cmocka_unit_test(a_known_number_of_bytes_is_read_whole), cmocka_unit_test(joined_paths_have_one_slash_between),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
