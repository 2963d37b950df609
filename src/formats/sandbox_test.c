#include "formats/sandbox.h"

#include <pthread.h>
#include <unistd.h>

#include "base/fs.h"
#include "formats/confine.h"
#include "formats/test_fixture.h"

static enum err_code read_it(str bytes, const char *name, struct err *e)
{
    struct format_input in = {.bytes = bytes, .name = str_of(name)};

    r = (struct format_result){0};
    *e = (struct err){0};
    return sandbox_format_parse(&in, a, &r, e);
}

static const char mail[] =
    "From: Ann <ann@x.test>\r\nTo: bob@x.test\r\nSubject: =?koi8-r?B?8NLJ18XU?=\r\nMessage-ID: <1@x>\r\n"
    "Date: Tue, 1 Jul 2003 10:52:37 +0200\r\nContent-Type: text/plain; charset=windows-1251\r\n\r\n"
    "\xcf\xf0\xe8\xe2\xe5\xf2, here is what we agreed.\r\n\r\n-- \r\nAnn\r\n";

static void the_child_gives_what_this_process_would(void **state)
{
    struct format_input in = {.bytes = str_of(mail), .name = STR("dir/one.eml")};
    struct format_result here = {0};
    struct err e;

    (void)state;
    assert_int_equal(read_it(in.bytes, "dir/one.eml", &e), ERR_OK);
    assert_int_equal(format_parse(&in, a, &here, &e), ERR_OK);
    assert_int_equal(r.items_n, 1);
    assert_true(ia_same(&r.items[0], &here.items[0]));
    assert_str(r.items[0].title, "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82");
    assert_str(r.items[0].source, "dir/one.eml");
    assert_str(r.items[0].format, "eml");
    assert_str(r.items[0].external_id, "1@x");
    assert_int_equal(r.items[0].started_offset_min, 120);
    assert_int_equal(r.items[0].parts_n, here.items[0].parts_n);
}

/* The name only says which nursery is asked first. */
static void a_wrong_name_changes_nothing(void **state)
{
    static const char *const names[] = {"one.txt", "one.VTT", "one", "one.json"};
    struct err e;

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (read_it(str_of(mail), names[i], &e))
            fail_msg("%s: %s", names[i], e.msg);
        assert_true(r.items_n == 1 && str_eq(r.items[0].format, STR("eml")));
        assert_str(r.items[0].title, "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82");
    }
    assert_int_equal(read_it(STR("WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nAnn: Yes.\n"), "x.eml", &e), ERR_OK);
    assert_true(r.items_n == 1 && str_eq(r.items[0].format, STR("vtt")));
}

static void pdf_is_read_through_a_second_child(void **state)
{
    static const char *const lines[] = {"Quarterly plan of the north", "We sell more boats.", NULL};
    struct err e;

    (void)state;
    if (read_it(test_pdf(a, lines), "x.pdf", &e))
        fail_msg("%s", e.msg);
    assert_true(r.items_n == 1 && r.items[0].turns_n >= 1);
    assert_true(str_contains(r.items[0].turns[r.items[0].turns_n - 1].text, STR("We sell more boats.")));
    assert_int_not_equal(read_it(STR("%PDF-1.4\nnothing behind it\n%%EOF"), "x.pdf", &e), ERR_OK);
    assert_non_null(strstr(e.msg, "PDF: "));
}

static void pdf_inside_a_mail_is_read_too(void **state)
{
    static const char *const lines[] = {"Attached words", NULL};
    str text = str_fmt(a,
                       "MIME-Version: 1.0\nFrom: a@x.test\nSubject: s\nMessage-ID: <9@x>\nContent-Type: "
                       "multipart/mixed; boundary=B\n\n"
                       "--B\nContent-Type: text/plain\n\nplease read it\n--B\nContent-Type: application/pdf; "
                       "name=p.pdf\n\n%.*s\n--B--\n",
                       STR_ARG(test_pdf(a, lines)));
    struct err e;

    (void)state;
    if (read_it(text, "x.eml", &e))
        fail_msg("%s", e.msg);
    assert_int_equal(r.items_n, 2);
    assert_str(r.items[1].turns[0].text, "Attached words");
    assert_str(r.items[1].thread_id, "9@x");
}

static void refusals_keep_their_words(void **state)
{
    struct err e;

    (void)state;
    assert_int_equal(read_it(STR("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "x.png", &e), ERR_UNSUPPORTED);
    assert_non_null(strstr(e.msg, "PNG"));
    assert_int_not_equal(read_it(STR(""), "x", &e), ERR_OK);
    assert_non_null(strstr(e.msg, "empty"));
    assert_int_equal(r.items_n, 0);
}

static void too_much_memory_is_said(void **state)
{
    size_t n = (size_t)24 << 20, i;
    char *page = arena_alloc(a, n);
    struct err e;

    (void)state;
    if (!confine_limits_memory())
        skip();
    for (i = 0; i < n; i++)
        page[i] = i % 12 < 3 ? "<p>"[i % 12] : 'x';
    sandbox_limits_set((size_t)1 << 20, 0, 0);
    memcpy(page, "<html>", 6);
    enum err_code code = read_it(str_n(page, n), "x.html", &e);
    sandbox_limits_set(0, 0, 0);
    if (code != ERR_LIMIT || !strstr(e.msg, "needs more than 97 MiB"))
        fail_msg("%d %s", code, e.msg);
}

static void too_much_time_is_said(void **state)
{
    size_t n = (size_t)64 << 20;
    char *page = arena_alloc(a, n);
    struct err e;

    (void)state;
    memset(page, 'x', n);
    memcpy(page, "<html><p>", 9);
    sandbox_limits_set(0, 0, 1);
    enum err_code code = read_it(str_n(page, n), "x.html", &e);
    sandbox_limits_set(0, 0, 0);
    assert_int_equal(code, ERR_TIMEOUT);
    assert_non_null(strstr(e.msg, "longer than"));
    assert_int_equal(read_it(str_of(mail), "x.eml", &e), ERR_OK); /* and the next file is read again */
}

static void *many(void *arg)
{
    struct arena *mine = arena_new("many");
    size_t *read_n = arg;
    int i;

    for (i = 0; i < 50; i++) {
        struct format_input in = {.bytes = str_of(mail), .name = STR("x.eml")};
        struct format_result out = {0};
        struct err e;
        if (!sandbox_format_parse(&in, mine, &out, &e) && out.items_n == 1)
            (*read_n)++;
        arena_reset(mine);
    }
    arena_free(mine);
    return NULL;
}

static void threads_share_the_nursery(void **state)
{
    size_t read_n[4] = {0};
    pthread_t t[4];
    int i;

    (void)state;
    for (i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, many, &read_n[i]);
    for (i = 0; i < 4; i++) {
        pthread_join(t[i], NULL);
        assert_int_equal(read_n[i], 50);
    }
}

static void a_stopped_nursery_is_started_again(void **state)
{
    struct err e;

    (void)state;
    sandbox_stop();
    assert_int_equal(read_it(str_of(mail), "x.eml", &e), ERR_OK);
}

static void without_the_sandbox_it_reads_here(void **state)
{
    struct err e;

    (void)state;
    sandbox_enabled_set(false);
    enum err_code code = read_it(str_of(mail), "x.eml", &e);
    sandbox_enabled_set(true);
    assert_int_equal(code, ERR_OK);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(the_child_gives_what_this_process_would),
        FIXTURE_TEST(a_wrong_name_changes_nothing),
        FIXTURE_TEST(pdf_is_read_through_a_second_child),
        FIXTURE_TEST(pdf_inside_a_mail_is_read_too),
        FIXTURE_TEST(refusals_keep_their_words),
        FIXTURE_TEST(too_much_memory_is_said),
        FIXTURE_TEST(too_much_time_is_said),
        FIXTURE_TEST(threads_share_the_nursery),
        FIXTURE_TEST(a_stopped_nursery_is_started_again),
        FIXTURE_TEST(without_the_sandbox_it_reads_here),
    };

    if (argc > 1 && strcmp(argv[1], "parser") == 0)
        return sandbox_child_main();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
