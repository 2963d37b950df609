/* What is refused before anything runs: the numbers of trust.md H10. */
#include "graphql/test_run.h"

static struct gql_schema *schema;
static int calls;

static enum err_code resolve(struct gql_call *c, struct err *e)
{
    (void)c, (void)e;
    calls++;
    return ERR_OK; /* nulls */
}

static const char schema_text[] =
    "type Query { rows(first: Int, last: Int): Rows @listSize(slicingArguments: [\"first\", \"last\"], sizedFields: "
    "[\"edges\", \"nodes\"]) me: Row heavy: Int @cost(weight: \"100\") }\n"
    "type Rows { edges: [Edge!] nodes: [Row!] total: Int }\n"
    "type Edge { node: Row cursor: String }\n"
    "type Row { id: ID next: Row parts: [Row!] @listSize(assumedSize: 20) }\n";

/* `times` copies of `part` between `before` and `after`; %d in part is the copy's number. */
static const char *repeat(struct arena *a, const char *before, const char *part, int times, const char *after)
{
    struct buf b;
    const char *text;

    buf_init(&b, 16 << 20);
    buf_str(&b, str_of(before));
    for (int i = 0; i < times; i++) {
        str rest, head = str_cut(str_of(part), '#', &rest);
        buf_str(&b, head);
        if (head.n < strlen(part))
            buf_fmt(&b, "%d", i);
        buf_str(&b, rest);
    }
    buf_str(&b, str_of(after));
    text = str_cz(a, buf_view(&b));
    buf_done(&b);
    return text;
}

static void check(const char *query, const char *variables, const char *want, struct arena *a)
{
    struct gql_options o = {.limits = GQL_LIMITS_DEFAULT, .introspect = true};
    const char *got;

    calls = 0;
    got = run_reply(schema, &o, query, variables, a);
    if (want ? !strstr(got, want) || calls : strstr(got, "errors") != NULL)
        fail_msg("%.200s: %d calls: %.300s", query, calls, got);
}

static void each_limit_takes_its_number_and_not_one_more(void **state)
{
    struct arena *a = arena_new("test");

    (void)state;
    check(repeat(a, "{ me { ", "next { ", 8, "id } } } } } } } } } }"), NULL, NULL, a); /* me + 8 + id: 10 */
    check(repeat(a, "{ me { ", "next { ", 9, "id } } } } } } } } } } }"), NULL, "too many levels", a);
    check(repeat(a, "{ ", "a#: heavy ", 15, "}"), NULL, NULL, a);
    check(repeat(a, "{ ", "a#: heavy ", 16, "}"), NULL, "too many aliases", a);
    check(repeat(a, "{ ", "a#: heavy ", 10000, "}"), NULL, "more than 1000 tokens", a);
    check(repeat(a, "{ heavy ", "...@skip(if: true) { __typename } ", 50, "}"), NULL, NULL, a);
    check(repeat(a, "{ heavy ", "...@skip(if: true) { __typename } ", 51, "}"), NULL, "too many directives", a);
    check(repeat(a, "{ heavy", " heavy", 997, " }"), NULL, "costs more", a);
    check(repeat(a, "{ me { id", " id", 993, " } }"), NULL, NULL, a); /* 1,000 tokens */
    check(repeat(a, "{ me { id", " id", 995, " } }"), NULL, "more than 1000 tokens", a);
    check(repeat(a, "", "{ me ", 1000, ""), NULL, "\"code\":\"LIMIT\"", a);
    arena_free(a);
}

static void sizes_are_wanted_and_multiply(void **state)
{
    struct arena *a = arena_new("test");

    (void)state;
    check("{ rows { total } }", NULL, "needs the argument \\\"first\\\"", a);
    check("query ($n: Int) { rows(first: $n) { total } }", "{}", "needs the argument \\\"first\\\"", a);
    check("query ($n: Int) { rows(first: $n) { total } }", "{\"n\":null}", "needs the argument \\\"first\\\"", a);
    check("query ($n: Int) { rows(first: $n) { total } }", "{\"n\":500}", NULL, a);
    check("query ($n: Int) { rows(first: $n) { total } }", "{\"n\":501}", "from 0 to 500", a);
    check("{ rows(last: -1) { total } }", NULL, "from 0 to 500", a);
    /* rows 1, edges 238, nodes 238, parts 4760: 5,237; with 226 it is 1 + 226 * 22 = 4,973 */
    check("{ rows(first: 226) { edges { node { parts { id } } } } }", NULL, NULL, a);
    check("{ rows(first: 238) { edges { node { parts { id } } } } }", NULL, "costs more", a);
    check("{ rows(first: 238) { ...F } } fragment F on Rows { edges { node { parts { id } } } }", NULL, "costs more",
          a);
    check("{ me { parts { parts { parts { id } } } } }", NULL, "costs more", a);
    arena_free(a);
}

static void fragments_do_not_hide_weight(void **state)
{
    struct arena *a = arena_new("test");
    struct buf b;

    (void)state;
    check("{ me { ...F } } fragment F on Row { next { ...F } }", NULL, "within itself", a);
    check(repeat(a, "{ ...F ", "...G ", 8,
                 "} fragment F on Query { a: heavy b: heavy } fragment G on Query { c: heavy d: heavy }"),
          NULL, "too many aliases", a);
    buf_init(&b, 1 << 20); /* 2^20 fields out of 20 fragments */
    buf_fmt(&b, "{ me { ...F0 } }");
    for (int i = 0; i < 20; i++)
        buf_fmt(&b, " fragment F%d on Row { ...F%d ...F%d }", i, i + 1, i + 1);
    buf_fmt(&b, " fragment F20 on Row { id }");
    check(str_cz(a, buf_view(&b)), NULL, "too many fields", a);
    buf_done(&b);
    arena_free(a);
}

/* What GraphiQL and graphql-js ask for at start. */
static void tools_may_read_the_schema(void **state)
{
    static const char usual[] =
        "query IntrospectionQuery { __schema { description queryType { name kind } mutationType { name kind } "
        "subscriptionType "
        "{ name kind } types { ...FullType } directives { name description isRepeatable locations "
        "args(includeDeprecated: "
        "true) { ...InputValue } } } } fragment FullType on __Type { kind name description specifiedByURL isOneOf "
        "fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue } type { "
        "...TypeRef } isDeprecated deprecationReason } inputFields(includeDeprecated: true) { ...InputValue } "
        "interfaces { "
        "...TypeRef } enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } "
        "possibleTypes "
        "{ ...TypeRef } } fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue "
        "isDeprecated deprecationReason } fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name "
        "ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind "
        "name "
        "ofType { kind name } } } } } } } } } }";
    struct arena *a = arena_new("test");

    (void)state;
    check(usual, NULL, NULL, a);
    check("{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }",
          NULL, "too many lists in lists", a);
    arena_free(a);
}

static int up(void **state)
{
    static const char *const types[] = {"Query", "Rows", "Edge", "Row"};
    struct err e;

    (void)state;
    if (gql_schema_new(str_of(schema_text), &schema, &e)) {
        print_error("%s\n", e.msg);
        return -1;
    }
    for (size_t i = 0; i < 4; i++) {
        const struct gql_type *t = gql_schema_type(schema, str_of(types[i]));
        for (size_t k = 0; k < t->fields_n; k++)
            gql_schema_bind(schema, t->name, t->fields[k].name, resolve, NULL);
    }
    return 0;
}

static int down(void **state)
{
    (void)state;
    gql_schema_free(schema);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_limit_takes_its_number_and_not_one_more),
        cmocka_unit_test(sizes_are_wanted_and_multiply),
        cmocka_unit_test(fragments_do_not_hide_weight),
        cmocka_unit_test(tools_may_read_the_schema),
    };
    return cmocka_run_group_tests(tests, up, down);
}
