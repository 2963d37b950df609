#include "net/http_vet.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int vet(const char *method, const char *target, int minor, const struct http_field *f, size_t n,
               struct http_vetted *v)
{
    const char *why = NULL;
    int status = http_vet_head(str_of(method), str_of(target), 1, minor, f, n, v, &why);

    assert_true((status != 0) == (why != NULL));
    return status;
}

static void hosts(void **state)
{
    static const char *good[] = {"a", "example.com", "127.0.0.1:80", "[::1]", "[::1]:65535", "a_b-c.d", "A:"};
    static const char *bad[] = {"",    ":80",   ".",       "a b", "a/b", "<x>",  "[::1",  "[]",
                                "a@b", "a:b:c", "a:65536", "a,b", "a?b", "\xe9", "[::1]x"};
    char longest[300];

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (!http_vet_host(str_of(good[i])))
            fail_msg("refused: %s", good[i]);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (http_vet_host(str_of(bad[i])))
            fail_msg("taken: %s", bad[i]);
    }
    memset(longest, 'a', sizeof longest);
    assert_false(http_vet_host(str_n(longest, sizeof longest)));
}

static void framing_has_one_meaning(void **state)
{
    static const struct {
        const char *name[2], *value[2];
        int minor, status;
    } rows[] = {
        {{"content-length"}, {"5"}, 1, 0},
        {{"content-length"}, {"+5"}, 1, 400},
        {{"content-length"}, {""}, 1, 400},
        {{"content-length"}, {"18446744073709551616"}, 1, 400},
        {{"content-length", "content-length"}, {"5", "5"}, 1, 400},
        {{"content-length"}, {"5, 5"}, 1, 400},
        {{"transfer-encoding"}, {"chunked"}, 1, 0},
        {{"transfer-encoding"}, {"CHUNKED"}, 1, 0},
        {{"transfer-encoding"}, {"chunked"}, 0, 400},
        {{"transfer-encoding", "content-length"}, {"chunked", "5"}, 1, 400},
        {{"transfer-encoding", "transfer-encoding"}, {"chunked", "chunked"}, 1, 400},
        {{"transfer-encoding"}, {"gzip"}, 1, 501},
        {{"transfer-encoding"}, {"gzip, chunked"}, 1, 501},
        {{"transfer-encoding"}, {"chunked, gzip"}, 1, 400},
        {{"transfer-encoding"}, {""}, 1, 400},
        {{"expect"}, {"100-continue"}, 1, 0},
        {{"expect"}, {"200-maybe"}, 1, 417},
        {{"host"}, {"b"}, 1, 400},
        {{"authorization", "authorization"}, {"a", "b"}, 1, 400},
        {{"x"}, {"a\x01"}, 1, 400},
        {{"x y"}, {"a"}, 1, 400},
    };
    struct http_vetted v;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct http_field f[3] = {{STR("host"), STR("a")}};
        size_t n = 1;
        int got;

        for (int k = 0; k < 2 && rows[i].name[k]; k++)
            f[n++] = (struct http_field){str_of(rows[i].name[k]), str_of(rows[i].value[k])};
        got = vet("POST", "/", rows[i].minor, f, n, &v);
        if (got != rows[i].status)
            fail_msg("row %zu: %d, expected %d", i, got, rows[i].status);
    }
}

static void targets(void **state)
{
    static const struct {
        const char *method, *target;
        int status;
        const char *path, *query, *host;
    } rows[] = {
        {"GET", "/", 0, "/", "", "a"},
        {"GET", "/p?q=1?2", 0, "/p", "q=1?2", "a"},
        {"GET", "http://b:81/p?q", 0, "/p", "q", "b:81"},
        {"GET", "HTTP://b", 0, "/", "", "b"},
        {"GET", "http://b?x=/y", 0, "/", "x=/y", "b"},
        {"OPTIONS", "*", 0, "/", "", "a"},
        {"GET", "*", 400, "", "", ""},
        {"GET", "", 400, "", "", ""},
        {"GET", "a:80", 400, "", "", ""},
        {"GET", "/a#b", 400, "", "", ""},
        {"GET", "/a\x80", 400, "", "", ""},
        {"GET", "http://u:p@b/", 400, "", "", ""},
        {"GET", "http:///", 400, "", "", ""},
        {"GET", "ftp://b/", 400, "", "", ""},
        {"FOO", "/", 501, "", "", ""},
        {"get", "/", 501, "", "", ""},
    };
    struct http_field f = {STR("host"), STR("a")};
    struct http_vetted v;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int got = vet(rows[i].method, rows[i].target, 1, &f, 1, &v);

        if (got != rows[i].status)
            fail_msg("row %zu: %d, expected %d", i, got, rows[i].status);
        if (got == 0 && (!str_eq(v.raw_path, str_of(rows[i].path)) || !str_eq(v.query, str_of(rows[i].query)) ||
                         !str_eq(v.host, str_of(rows[i].host))))
            fail_msg("row %zu: '%.*s' '%.*s' '%.*s'", i, STR_ARG(v.raw_path), STR_ARG(v.query), STR_ARG(v.host));
    }
}

static void host_is_required_from_1_1_on(void **state)
{
    struct http_vetted v;
    const char *why;

    (void)state;
    assert_int_equal(vet("GET", "/", 1, NULL, 0, &v), 400);
    assert_int_equal(vet("GET", "/", 0, NULL, 0, &v), 0);
    assert_false(v.keep_alive);
    assert_int_equal(http_vet_head(STR("GET"), STR("/"), 2, 0, NULL, 0, &v, &why), 505);
}

/* RFC 9110 5.6.2 lists what a token may hold; 5.5 keeps control bytes other than the tab out of values. */
static void every_byte_is_of_a_token_or_a_value_or_neither(void **state)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";

    (void)state;
    for (int c = 0; c < 256; c++) {
        char byte = (char)c;
        bool token = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     memchr(marks, c, sizeof marks - 1);

        if (http_vet_token(str_n(&byte, 1)) != token)
            fail_msg("token: byte %d", c);
        if (http_vet_value(str_n(&byte, 1)) != (c == '\t' || (c >= 0x20 && c != 0x7f)))
            fail_msg("value: byte %d", c);
    }
    assert_false(http_vet_token(STR_NULL));
    assert_true(http_vet_value(STR_NULL));
}

static void connection_close_is_found_in_lists(void **state)
{
    struct http_field f[] = {{STR("host"), STR("a")}, {STR("connection"), STR("x, Close")}};
    struct http_vetted v;

    (void)state;
    assert_int_equal(vet("GET", "/", 1, f, 1, &v), 0);
    assert_true(v.keep_alive);
    assert_int_equal(vet("GET", "/", 1, f, 2, &v), 0);
    assert_false(v.keep_alive);
}

int main(void)
{
    const struct CMUnitTest t[] = {
        cmocka_unit_test(hosts),
        cmocka_unit_test(framing_has_one_meaning),
        cmocka_unit_test(targets),
        cmocka_unit_test(host_is_required_from_1_1_on),
        cmocka_unit_test(every_byte_is_of_a_token_or_a_value_or_neither),
        cmocka_unit_test(connection_close_is_found_in_lists),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
