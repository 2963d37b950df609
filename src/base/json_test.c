#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <math.h>

#include "base/fs.h"
#include "base/json.h"

static enum err_code parse(str text, struct json_doc **d, struct err *e)
{
    *d = NULL;
    return json_parse(text, d, e);
}

static void values_have_kinds_and_fallbacks(void **state)
{
    struct json_doc *d;
    const struct json *o;
    struct err e;

    (void)state;
    assert_int_equal(parse(STR("{\"s\":\"a\\u00e9\\ud83d\\ude00\",\"i\":-7,\"r\":2.5,\"w\":3.0,\"b\":true,\"n\":null,"
                               "\"a\":[1,2],\"big\":18446744073709551615}"),
                           &d, &e),
                     ERR_OK);
    o = json_root(d);
    assert_int_equal(json_kind(o), JSON_OBJ);
    assert_int_equal(json_len(o), 8);
    assert_true(str_eq(json_str(json_get(o, "s"), STR("?")), STR("a\xc3\xa9\xf0\x9f\x98\x80")));
    assert_int_equal(json_i64(json_get(o, "i"), 0), -7);
    assert_int_equal(json_i64(json_get(o, "w"), 0), 3);
    assert_int_equal(json_i64(json_get(o, "r"), 9), 9); /* has a fraction */
    assert_int_equal(json_i64(json_get(o, "big"), 9), 9); /* does not fit */
    assert_true(json_real(json_get(o, "r"), 0) == 2.5);
    assert_true(json_bool(json_get(o, "b"), false));
    assert_int_equal(json_kind(json_get(o, "n")), JSON_NULL);
    assert_int_equal(json_len(json_get(o, "a")), 2);
    assert_int_equal(json_kind(json_get(o, "none")), JSON_ABSENT);
    assert_true(str_eq(json_str(json_get(json_get(o, "none"), "deeper"), STR("fallback")), STR("fallback")));
    assert_true(str_eq(json_str(json_get(o, "i"), STR("fallback")), STR("fallback")));
    json_free(d);
    json_free(NULL);
}

static void members_come_in_order(void **state)
{
    static const char *const keys[] = {"z", "a", "z"};
    struct json_doc *d;
    struct json_it it;
    struct err e;
    int n = 0;

    (void)state;
    assert_int_equal(parse(STR("{\"z\":1,\"a\":[[0],{}],\"z\":3}"), &d, &e), ERR_OK);
    for (json_it_init(&it, json_root(d)); n < 3 && json_it_next(&it); n++) {
        assert_true(str_eq(json_str(it.key, STR("")), str_of(keys[n])));
        if (n != 1)
            assert_int_equal(json_i64(it.val, 0), n + 1);
    }
    assert_int_equal(n, 3);
    assert_false(json_it_next(&it));
    json_it_init(&it, json_get(json_root(d), "a"));
    assert_true(json_it_next(&it));
    assert_null(it.key);
    assert_int_equal(json_kind(it.val), JSON_ARR);
    assert_true(json_it_next(&it));
    assert_int_equal(json_kind(it.val), JSON_OBJ);
    assert_false(json_it_next(&it));
    json_it_init(&it, NULL);
    assert_false(json_it_next(&it));
    json_free(d);
}

static void mistakes_name_line_and_column(void **state)
{
    struct json_doc *d;
    struct err e;

    (void)state;
    assert_int_equal(parse(STR("{\n  \"a\": tru\n}"), &d, &e), ERR_INVALID);
    assert_non_null(strstr(e.msg, "line 2 column 8"));
    assert_int_equal(parse(STR(""), &d, &e), ERR_INVALID);
    assert_int_equal(parse(STR("[1,]"), &d, &e), ERR_INVALID);
    assert_int_equal(parse(STR("// x\n1"), &d, &e), ERR_INVALID);
    assert_int_equal(parse(STR("\"\\ud800\""), &d, &e), ERR_INVALID);
    assert_int_equal(parse(STR("\"\xff\""), &d, &e), ERR_INVALID);
}

static void depth_is_bounded(void **state)
{
    char text[300];
    struct json_doc *d;
    struct err e;

    (void)state;
    for (int depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1; depth++) {
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        assert_int_equal(parse(str_n(text, (size_t)depth * 2), &d, &e), depth > JSON_DEPTH_MAX ? ERR_LIMIT : ERR_OK);
        json_free(d);
    }
    assert_int_equal(
        parse(STR("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[\""), &d, &e), ERR_OK);
    json_free(d);
}

static void writer_places_commas_and_escapes(void **state)
{
    struct buf b;
    struct jw w;

    (void)state;
    buf_init(&b, 10000);
    jw_init(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "s", STR("q\" b\\ n\n t\t z\x01 \xc3\xa9"));
    jw_karr(&w, "a");
    jw_i64(&w, INT64_MIN);
    jw_bool(&w, false);
    jw_null(&w);
    jw_arr(&w);
    jw_end(&w);
    jw_obj(&w);
    jw_end(&w);
    jw_end(&w);
    jw_kreal(&w, "r", 0.1);
    jw_kreal(&w, "nan", (double)NAN);
    jw_key(&w, "raw");
    jw_raw(&w, STR("{\"x\":1}"));
    jw_end(&w);
    assert_true(buf_ok(&b));
    buf_char(&b, 0);
    assert_string_equal(
        b.p, "{\"s\":\"q\\\" b\\\\ n\\n t\\t z\\u0001 \xc3\xa9\",\"a\":[-9223372036854775808,false,null,[],{}],"
             "\"r\":0.1,\"nan\":null,\"raw\":{\"x\":1}}");
    buf_done(&b);
}

static void written_text_is_always_valid(void **state)
{
    struct json_doc *d;
    struct buf b;
    struct err e;
    struct jw w;

    (void)state;
    for (int i = 0; i < 256; i++) {
        char bytes[3] = {'a', (char)i, 'b'};
        buf_init(&b, 1000);
        jw_init(&w, &b);
        jw_str(&w, str_n(bytes, 3));
        assert_int_equal(parse(buf_view(&b), &d, &e), ERR_OK);
        if (i < 128)
            assert_true(str_eq(json_str(json_root(d), STR("")), str_n(bytes, 3)));
        else
            assert_true(str_eq(json_str(json_root(d), STR("")), STR("a\xef\xbf\xbd"
                                                                    "b")));
        json_free(d);
        buf_done(&b);
    }
}

static void numbers_read_back_the_same(void **state)
{
    static const double cases[] = {
        0.0,  1.0, -1.5,   0.1, 1e300, 1e-300, 5e-324, 1.7976931348623157e308, 1e15, 1e16, 123456789.123456789,
        -0.0, 3.0, 1.0 / 3};
    struct json_doc *d;
    struct buf b;
    struct err e;
    struct jw w;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        buf_init(&b, 1000);
        jw_init(&w, &b);
        jw_real(&w, cases[i]);
        assert_int_equal(parse(buf_view(&b), &d, &e), ERR_OK);
        assert_true(json_real(json_root(d), -1) == cases[i]);
        assert_true(b.n <= 24);
        json_free(d);
        buf_done(&b);
    }
}

static void values_are_copied_whole(void **state)
{
    str text = STR("{\"a\":[1,2.5,\"x\\ny\",{\"b\":null,\"c\":true}],\"d\":{}}");
    struct json_doc *d;
    struct buf b;
    struct err e;
    struct jw w;

    (void)state;
    assert_int_equal(parse(text, &d, &e), ERR_OK);
    buf_init(&b, 1000);
    jw_init(&w, &b);
    jw_value(&w, json_root(d));
    assert_true(str_eq(buf_view(&b), text));
    json_free(d);
    buf_done(&b);
}

/* The parsing suite beside the repository, when it is there: y_ must be read, n_ refused, i_ is free. */
static void conformance_suite(void **state)
{
    struct arena *a = arena_new("test");
    const char *top = getenv("HARKEN_SOURCE_DIR");
    str dir = str_fmt(a, "%s/../shared/data/json/test_parsing", top ? top : ".");
    DIR *folder = opendir(dir.p);
    struct dirent *f;
    size_t seen = 0;

    (void)state;
    if (!folder) {
        arena_free(a);
        skip();
        return;
    }
    while ((f = readdir(folder))) {
        struct json_doc *d;
        struct err e = {0};
        str bytes;
        enum err_code rc;
        if (f->d_name[0] == '.')
            continue;
        assert_int_equal(fs_read(fs_join(a, dir, str_of(f->d_name)).p, 1 << 20, a, &bytes, &e), ERR_OK);
        rc = parse(bytes, &d, &e);
        if ((f->d_name[0] == 'y' && rc) || (f->d_name[0] == 'n' && !rc))
            fail_msg("%s: %s", f->d_name, rc ? e.msg : "was read");
        json_free(d);
        seen++;
    }
    assert_true(seen > 100);
    closedir(folder);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_have_kinds_and_fallbacks),
        cmocka_unit_test(members_come_in_order),
        cmocka_unit_test(mistakes_name_line_and_column),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(writer_places_commas_and_escapes),
        cmocka_unit_test(written_text_is_always_valid),
        cmocka_unit_test(numbers_read_back_the_same),
        cmocka_unit_test(values_are_copied_whole),
        cmocka_unit_test(conformance_suite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
