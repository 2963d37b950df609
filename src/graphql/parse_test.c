/* Tokens and trees: what the grammar of October 2021 takes and refuses, with the place of the first error. */
#include "graphql/test_run.h"

static bool parse(const char *text, struct arena *a, struct gql_document *doc, struct gql_errors *es)
{
    gql_errors_init(es, a);
    return gql_parse(str_of(text), 0, a, doc, es);
}

static void grammar_is_kept(void **state)
{
    static const struct {
        const char *text;
        uint32_t line, column; /* 0: it is taken */
    } cases[] = {
        {"{ a }", 0, 0},
        {"query Q($a: [Int!]! = [1, 2] @d, $b: X) @d(x: $a) { a: b(c: {d: [$a], e: \"f\"}) @d { ...F ... on T { x } "
         "... @d { y } } }",
         0, 0},
        {"\xEF\xBB\xBF{a,,,b # note\n c}", 0, 0},
        {"mutation { a } subscription S { b }", 0, 0},
        {"fragment fragment on on { on }", 0, 0},
        {"{ a(x: -0, y: 0.5e-3, z: 1E9) }", 0, 0},
        {"", 1, 1},
        {"   # only a note", 1, 17},
        {"{", 1, 2},
        {"{ }", 1, 3},
        {"{ a(x: 00) }", 1, 9},
        {"{ a(x: 1.) }", 1, 10},
        {"{ a(x: 1a) }", 1, 9},
        {"{ a(x: .5) }", 1, 8},
        {"{ a() }", 1, 5},
        {"{ a(x: $) }", 1, 9},
        {"query ($a: Int = $b) { a }", 1, 18},
        {"{ a\n  b(x: \"no end\n) }", 2, 15},
        {"{ a(x: \"\\q\") }", 1, 9},
        {"{ a(x: \"\\uD800\") }", 1, 9},
        {"{ a(x: \"\\uD83D\\uDE00 \\u{1F600}\") }", 0, 0},
        {"fragment on on T { a }", 1, 10},
        {"{ a } garbage", 1, 7},
        {"{ \xC3\xA9 }", 1, 3},
        {"{ a ... }", 1, 9},
        {"type T implements & A & B @d { \"text\" a(x: Int = 1): [T!]! } union U = | A | B enum E { A B } input I { a: "
         "Int = 2 }",
         0, 0},
        {"directive @d(a: Int) repeatable on FIELD | QUERY schema { query: Q } extend type T { b: Int } scalar S "
         "@specifiedBy(url: \"x\")",
         0, 0},
        {"enum E { true }", 1, 10},
        {"\"text\" query { a }", 1, 8},
    };
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct gql_document doc;
        struct gql_errors es;
        bool ok = parse(cases[i].text, a, &doc, &es);
        if (ok != !cases[i].line)
            fail_msg("%s: %.*s", cases[i].text, STR_ARG(ok ? STR("taken") : es.list[0].message));
        if (!ok && (es.n != 1 || es.list[0].at[0].line != cases[i].line || es.list[0].at[0].column != cases[i].column))
            fail_msg("%s: %zu errors, %u:%u", cases[i].text, es.n, es.list[0].at[0].line, es.list[0].at[0].column);
        arena_reset(a);
    }
    arena_free(a);
}

static void strings_mean_what_the_specification_says(void **state)
{
    static const struct {
        const char *literal, *value;
    } cases[] = {
        {"\"\"", ""},
        {"\"a\\n\\t\\\"\\\\\\/\\u00e9\"", "a\n\t\"\\/\xC3\xA9"},
        {"\"\\uD83D\\uDE00\"", "\xF0\x9F\x98\x80"},
        {"\"\\u{1F600}\"", "\xF0\x9F\x98\x80"},
        {"\"\"\"\n    Hello,\n      World!\n\n    Yours,\n      GraphQL.\n  \"\"\"",
         "Hello,\n  World!\n\nYours,\n  GraphQL."},
        {"\"\"\"a \\\"\"\" b\\n\"\"\"", "a \"\"\" b\\n"},
        {"\"\"\"\"\"\"", ""},
    };
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct gql_document doc;
        struct gql_errors es;
        const struct gql_value *v;
        if (!parse(str_fmt(a, "{ a(x: %s) }", cases[i].literal).p, a, &doc, &es))
            fail_msg("%s: %.*s", cases[i].literal, STR_ARG(es.list[0].message));
        v = &doc.operations[0].set.list[0].args.list[0].value;
        if (!str_eq(v->s, str_of(cases[i].value)))
            fail_msg("%s: read as %.*s", cases[i].literal, STR_ARG(v->s));
    }
    arena_free(a);
}

static void places_are_counted_in_lines_and_characters(void **state)
{
    struct arena *a = arena_new("test");
    struct gql_document doc;
    struct gql_errors es;

    (void)state;
    assert_true(parse("{ a(x: \"\xC3\xA9\") b\r\n  c\r  d }", a, &doc, &es));
    assert_int_equal(doc.operations[0].set.list[1].at.column, 13);
    assert_int_equal(doc.operations[0].set.list[2].at.line, 2);
    assert_int_equal(doc.operations[0].set.list[3].at.line, 3);
    assert_int_equal(doc.operations[0].set.list[3].at.column, 3);
    arena_free(a);
}

static void nesting_and_tokens_end_somewhere(void **state)
{
    struct arena *a = arena_new("test");
    struct gql_document doc;
    struct gql_errors es;
    struct buf b;

    (void)state;
    buf_init(&b, 1 << 20);
    for (int i = 0; i < 50000; i++)
        buf_str(&b, STR("{a"));
    gql_errors_init(&es, a);
    assert_false(gql_parse(buf_view(&b), 0, a, &doc, &es));
    assert_string_equal(es.list[0].code, GQL_CODE_LIMIT);
    gql_errors_init(&es, a);
    assert_false(gql_parse(STR("{a b c d e}"), 6, a, &doc, &es));
    assert_string_equal(es.list[0].code, GQL_CODE_LIMIT);
    gql_errors_init(&es, a);
    assert_true(gql_parse(STR("{a b c d e}"), 7, a, &doc, &es));
    buf_done(&b);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grammar_is_kept),
        cmocka_unit_test(strings_mean_what_the_specification_says),
        cmocka_unit_test(places_are_counted_in_lines_and_characters),
        cmocka_unit_test(nesting_and_tokens_end_somewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
