/* formats/shapes_test.c - the small readers the JSON rows share. */
#include "formats/shapes.h"

#include "formats/row_test.h"

static const struct json *parse(struct row_run *t, const char *text, struct json_doc **doc)
{
    assert_int_equal(json_parse(str_of(text), doc, &t->e), ERR_OK);
    return json_root(*doc);
}

static void times_in_every_spelling(void **state)
{
    static const struct {
        const char *json;
        double unit;
        int64_t want;
    } rows[] = {
        {"1.25", 1000, 1250},          {"7", 1, 7},
        {"\"1.25\"", 1000, 1250},      {"\"1.25s\"", 1, 1250},
        {"\"00:01:02.5\"", 1, 62500},  {"-3", 1000, 0},
        {"null", 1000, IA_TIME_NONE},  {"\"soon\"", 1000, IA_TIME_NONE},
        {"1e300", 1000, IA_TIME_NONE}, {"{}", 1000, IA_TIME_NONE},
    };
    struct row_run *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct json_doc *doc;

        assert_int_equal(shapes_time(parse(t, rows[i].json, &doc), rows[i].unit), rows[i].want);
        json_free(doc);
    }
    assert_int_equal(shapes_time(NULL, 1), IA_TIME_NONE);
}

static void text_of_strings_and_numbers(void **state)
{
    static const char *const rows[][2] = {{"\"a\\u0000b\"", "a\xef\xbf\xbd"
                                                            "b"},
                                          {"9007199254740993", "9007199254740993"},
                                          {"true", ""},
                                          {"null", ""}};
    struct row_run *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct json_doc *doc;

        row_str(t, shapes_text(parse(t, rows[i][0], &doc), t->a), rows[i][1]);
        json_free(doc);
    }
}

static void first_key_that_is_there(void **state)
{
    static const char *const keys[] = {"a", "b", "c", NULL};
    struct row_run *t = *state;
    struct json_doc *doc;
    const struct json *v = parse(t, "{\"c\":3,\"a\":null,\"b\":2}", &doc);

    assert_int_equal(json_i64(shapes_get(v, keys), 0), 2);
    assert_null(shapes_get(NULL, keys));
    json_free(doc);
}

static void heads(void **state)
{
    (void)state;
    assert_true(shapes_head_is_json(STR(" {\n\"a\"")));
    assert_true(shapes_head_is_json(STR("[{")));
    assert_true(shapes_head_is_json(STR("[]")));
    assert_false(shapes_head_is_json(STR("[00:01:02] Dana: x")));
    assert_false(shapes_head_is_json(STR("{name}")));
    assert_false(shapes_head_is_json(STR("")));
}

int main(void)
{
    static const struct CMUnitTest rows[] = {ROW_TEST(times_in_every_spelling), ROW_TEST(text_of_strings_and_numbers),
                                             ROW_TEST(first_key_that_is_there), ROW_TEST(heads)};

    return cmocka_run_group_tests(rows, NULL, NULL);
}
