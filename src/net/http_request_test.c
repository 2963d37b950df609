#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/http.h"

static void decoding(void **state)
{
    static const struct {
        const char *in;
        bool form;
        const char *out; /* NULL: refused */
    } rows[] = {
        {"abc", false, "abc"},   {"a+b", false, "a+b"},      {"a+b", true, "a b"},    {"%41%2b", false, "A+"},
        {"%c3%A4", false, "ä"},  {"%", false, NULL},         {"%4", false, NULL},     {"a%zz", false, NULL},
        {"%00", false, NULL},    {"%0a", false, NULL},       {"%0a", true, "\n"},     {"%ff", false, NULL},
        {"%c0%af", false, NULL}, {"%ed%a0%80", false, NULL}, {"%252e", false, "%2e"}, {"%7f", true, NULL},
        {"", true, ""},
    };
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        str out = STR_NULL;
        enum err_code rc = http_decode(str_of(rows[i].in), rows[i].form, a, &out, NULL);

        if (rows[i].out ? rc || !str_eq(out, str_of(rows[i].out)) : !rc)
            fail_msg("row %zu: %d '%.*s'", i, rc, STR_ARG(out));
    }
    arena_free(a);
}

static void paths(void **state)
{
    static const char *bad[] = {"",       "a",      "/..",  "/.",   "/a/../b", "/%2e%2e/a",
                                "/a%2fb", "/a%5Cb", "/%00", "/a/.", "/%ff"};
    static const char *good[] = {"/", "//", "/a/", "/a//b", "/...", "/.a", "/a%20b", "/%C3%A4", "/\\a"};
    struct arena *a = arena_new("test");
    str out;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (!http_path_decode(str_of(bad[i]), a, &out, NULL))
            fail_msg("taken: %s", bad[i]);
    }
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (http_path_decode(str_of(good[i]), a, &out, NULL))
            fail_msg("refused: %s", good[i]);
    }
    arena_free(a);
}

static void queries(void **state)
{
    struct arena *a = arena_new("test");
    struct http_request rq = {.arena = a, .query = STR("a=1&&b=x%26y+z&c&a=2&bad=%zz")};
    bool found;
    str v;
    struct err e;

    (void)state;
    assert_int_equal(http_query_get(&rq, STR("a"), &v, &found, &e), ERR_OK);
    assert_true(found && str_eq(v, STR("1")));
    assert_int_equal(http_query_get(&rq, STR("b"), &v, &found, &e), ERR_OK);
    assert_true(found && str_eq(v, STR("x&y z")));
    assert_int_equal(http_query_get(&rq, STR("c"), &v, &found, &e), ERR_OK);
    assert_true(found && v.n == 0);
    assert_int_equal(http_query_get(&rq, STR("bad"), &v, &found, &e), ERR_INVALID);
    rq.query = STR("a=1");
    assert_int_equal(http_query_get(&rq, STR("b"), &v, &found, &e), ERR_OK);
    assert_false(found);
    arena_free(a);
}

static void patterns(void **state)
{
    str out[2];

    (void)state;
    assert_int_equal(http_path_match(STR("/v1/jobs"), STR("/v1/jobs"), out, 2), 0);
    assert_int_equal(http_path_match(STR("/v1/jobs"), STR("/v1/jobs/"), out, 2), -1);
    assert_int_equal(http_path_match(STR("/v1/jobs/{id}/retry"), STR("/v1/jobs/7/retry"), out, 2), 1);
    assert_true(str_eq(out[0], STR("7")));
    assert_int_equal(http_path_match(STR("/v1/jobs/{id}"), STR("/v1/jobs/"), out, 2), -1);
    assert_int_equal(http_path_match(STR("/v1/jobs/{id}"), STR("/v1/jobs/7/x"), out, 2), -1);
    assert_int_equal(http_path_match(STR("/static/{file*}"), STR("/static/a/b.js"), out, 2), 1);
    assert_true(str_eq(out[0], STR("a/b.js")));
    assert_int_equal(http_path_match(STR("/"), STR("/"), out, 2), 0);
    assert_int_equal(http_path_match(STR("/{a}/{b}/{c}"), STR("/1/2/3"), out, 2), -1);
}

static void lists_and_types(void **state)
{
    struct arena *a = arena_new("test");
    struct http_field f[] = {{STR("accept"), STR("text/html;q=0.5, Application/JSON")},
                             {STR("content-type"), STR("Application/JSON ; charset=utf-8")}};
    struct http_request rq = {.arena = a, .fields = f, .n_fields = 2};

    (void)state;
    assert_true(http_field_lists(&rq, STR("accept"), STR("application/json")));
    assert_true(http_field_lists(&rq, STR("accept"), STR("text/html")));
    assert_false(http_field_lists(&rq, STR("accept"), STR("text")));
    assert_true(str_eq(http_content_type(&rq), STR("application/json")));
    assert_false(http_field_has(&rq, STR("host")));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest t[] = {
        cmocka_unit_test(decoding), cmocka_unit_test(paths),           cmocka_unit_test(queries),
        cmocka_unit_test(patterns), cmocka_unit_test(lists_and_types),
    };
    return cmocka_run_group_tests(t, NULL, NULL);
}
