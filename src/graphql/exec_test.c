/* Execution: what the reply is, to the byte, and how often resolvers are called. */
#include "graphql/test_run.h"

static const char schema_text[] =
    "scalar Any\n"
    "enum Stage { OPEN WON }\n"
    "input Range { from: Int = 1 to: Int! }\n"
    "interface Node { id: ID! }\n"
    "type Deal implements Node { id: ID! name: String! stage: Stage owner: Person notes: [String!] strict: [String!]! "
    "broken: Int! }\n"
    "type Person implements Node { id: ID! name: String must: String! deals: [Deal!]! @listSize(assumedSize: 3) }\n"
    "union Hit = Deal | Person\n"
    "type Query { deals(first: Int): [Deal!] @listSize(slicingArguments: [\"first\"]) nodes: [Node] "
    "@listSize(assumedSize: 3) hits: [Hit!] @listSize(assumedSize: 3) deal: Deal sure: Deal! echo(text: String, n: "
    "Int, "
    "range: Range, list: [Int!], stage: Stage, any: Any, id: ID, real: Float): Any json: Json fail(how: String!): Int "
    "late: Int }\n"
    "type Json { plainText: String count: Int parts: [Part!] missing: String }\n"
    "type Part { partName: String }\n"
    "type Mutation { add(n: Int!): Counter! }\n"
    "type Counter { value: Int! again: Counter! }\n";

static struct gql_schema *schema;
static int calls; /* of resolvers of Deal and Person, and of the lists at the top */
static int64_t counter;
static struct json_doc *json;

/* Objects are numbers from 1: 1..3 deals, 4..6 their owners. */
static const int number[] = {0, 1, 2, 3, 4, 5, 6};

static struct gql_value text_of(struct gql_call *c, const char *fmt, int n)
{
    char text[32];

    snprintf(text, sizeof text, "%s%d", fmt, n);
    return gql_of_str(str_dup(c->a, str_of(text)));
}

static struct gql_value some(struct gql_call *c, const char *a, const char *b)
{
    struct gql_value *v = ARENA_ARRAY(c->a, struct gql_value, 2);

    v[0] = a ? gql_of_str(str_of(a)) : (struct gql_value){.kind = GQL_NULL};
    v[1] = b ? gql_of_str(str_of(b)) : (struct gql_value){.kind = GQL_NULL};
    return gql_of_list(v, 2);
}

static struct gql_value objects(struct gql_call *c, int from, int to)
{
    struct gql_value *v = ARENA_ARRAY(c->a, struct gql_value, 8);
    size_t n = 0;

    for (int i = from; i <= to; i++)
        v[n++] = gql_of_object(i < 4 ? "Deal" : "Person", &number[i]);
    return gql_of_list(v, n);
}

static struct gql_value one(struct gql_call *c, int n)
{
    str f = c->field->name;

    if (str_eq(f, STR("id")) || str_eq(f, STR("name")))
        return text_of(c, n < 4 ? "deal" : "person", n);
    if (str_eq(f, STR("stage")))
        return gql_of_str(n == 2 ? STR("LOST") : STR("WON"));
    if (str_eq(f, STR("owner")))
        return gql_of_object(NULL, n == 3 ? NULL : &number[n + 3]);
    if (str_eq(f, STR("deals")))
        return objects(c, n - 3, n - 3);
    if (str_eq(f, STR("notes")) || str_eq(f, STR("strict")))
        return n == 2 ? some(c, "a", NULL) : some(c, "a", "b");
    if (str_eq(f, STR("must")) && n == 4)
        return gql_of_str(STR("here"));
    if (str_eq(f, STR("broken")) && n == 1)
        return gql_of_i64(7);
    if (str_eq(f, STR("broken")))
        return gql_of_fault(ERR_NOT_FOUND, STR("secret"));
    return (struct gql_value){.kind = GQL_NULL};
}

static enum err_code object_resolve(struct gql_call *c, struct err *e)
{
    (void)e;
    calls++;
    for (size_t i = 0; i < c->n; i++)
        c->out[i] = one(c, *(const int *)c->parent[i]);
    return ERR_OK;
}

static enum err_code list_resolve(struct gql_call *c, struct err *e)
{
    (void)e;
    calls++;
    c->out[0] =
        str_eq(c->field->name, STR("deals")) ? objects(c, 1, (int)gql_arg_i64(c, "first", 0)) : objects(c, 2, 5);
    return ERR_OK;
}

static enum err_code deal_resolve(struct gql_call *c, struct err *e)
{
    (void)e;
    c->out[0] = gql_of_object(NULL, &number[3]);
    return ERR_OK;
}

static enum err_code echo_resolve(struct gql_call *c, struct err *e)
{
    (void)e;
    c->out[0] = *c->args;
    return ERR_OK;
}

static enum err_code fail_resolve(struct gql_call *c, struct err *e)
{
    bool open = str_eq(gql_arg_str(c, "how"), STR("conflict"));

    return err_set(e, open ? ERR_CONFLICT : ERR_IO, "connection to secret-host refused");
}

static enum err_code add_resolve(struct gql_call *c, struct err *e)
{
    (void)e;
    counter += gql_arg_i64(c, "n", 0);
    c->out[0] = gql_of_object(NULL, &counter);
    return ERR_OK;
}

static enum err_code counter_resolve(struct gql_call *c, struct err *e)
{
    (void)e;
    c->out[0] = str_eq(c->field->name, STR("value")) ? gql_of_i64(counter) : gql_of_object(NULL, &counter);
    return ERR_OK;
}

static enum err_code json_resolve(struct gql_call *c, struct err *e)
{
    (void)e;
    c->out[0] = gql_of_object(NULL, json_root(json));
    return ERR_OK;
}

static const struct {
    const char *query, *variables, *reply;
} replies[] = {
    {"{ deal { id n: name owner { id } } }", NULL,
     "{\"data\":{\"deal\":{\"id\":\"deal3\",\"n\":\"deal3\",\"owner\":null}}}"},
    {"{ deals(first: 2) { __typename ...F ... on Node { id } } } fragment F on Deal { name id }", NULL,
     "{\"data\":{\"deals\":[{\"__typename\":\"Deal\",\"name\":\"deal1\",\"id\":\"deal1\"},{\"__typename\":\"Deal\","
     "\"name\":"
     "\"deal2\",\"id\":\"deal2\"}]}}"},
    {"{ hits { ... on Deal { stage } ... on Person { name } } }", NULL,
     "{\"errors\":[{\"message\":\"Something went wrong here; the log knows "
     "more.\",\"locations\":[{\"line\":1,\"column\":"
     "24}],\"path\":[\"hits\",0,\"stage\"],\"extensions\":{\"code\":\"INTERNAL\"}}],\"data\":{\"hits\":[{\"stage\":"
     "null},{"
     "\"stage\":\"WON\"},{\"name\":\"person4\"},{\"name\":\"person5\"}]}}"},
    {"{ deals(first: 2) { notes } }", NULL,
     "{\"errors\":[{\"message\":\"Cannot return null for non-nullable field "
     "\\\"notes\\\".\",\"locations\":[{\"line\":1,"
     "\"column\":21}],\"path\":[\"deals\",1,\"notes\",1],\"extensions\":{\"code\":\"INTERNAL\"}}],\"data\":{\"deals\":["
     "{"
     "\"notes\":[\"a\",\"b\"]},{\"notes\":null}]}}"},
    {"{ deals(first: 2) { strict } deal { id } }", NULL,
     "{\"errors\":[{\"message\":\"Cannot return null for non-nullable field "
     "\\\"strict\\\".\",\"locations\":[{\"line\":1,"
     "\"column\":21}],\"path\":[\"deals\",1,\"strict\",1],\"extensions\":{\"code\":\"INTERNAL\"}}],\"data\":{\"deals\":"
     "null,\"deal\":{\"id\":\"deal3\"}}}"},
    {"{ sure { broken } deal { id } }", NULL,
     "{\"errors\":[{\"message\":\"There is no such thing, or you may not see "
     "it.\",\"locations\":[{\"line\":1,\"column\":10}]"
     ",\"path\":[\"sure\",\"broken\"],\"extensions\":{\"code\":\"NOT_FOUND\"}}],\"data\":null}"},
    {"{ deals(first: 2) { owner { must } } }", NULL,
     "{\"errors\":[{\"message\":\"Cannot return null for non-nullable field \\\"must\\\".\",\"locations\":[{\"line\":1,"
     "\"column\":29}],\"path\":[\"deals\",1,\"owner\",\"must\"],\"extensions\":{\"code\":\"INTERNAL\"}}],\"data\":{"
     "\"deals\":[{\"owner\":{\"must\":\"here\"}},{\"owner\":null}]}}"},
    {"{ fail(how: \"quietly\") b: fail(how: \"conflict\") }", NULL,
     "{\"errors\":[{\"message\":\"Something went wrong here; the log knows "
     "more.\",\"locations\":[{\"line\":1,\"column\":3}],"
     "\"path\":[\"fail\"],\"extensions\":{\"code\":\"INTERNAL\"}},{\"message\":\"connection to secret-host refused\","
     "\"locations\":[{\"line\":1,\"column\":24}],\"path\":[\"b\"],\"extensions\":{\"code\":\"CONFLICT\"}}],\"data\":{"
     "\"fail\""
     ":null,\"b\":null}}"},
    {"query ($t: String = \"x\", $n: Int, $r: Range, $skip: Boolean!) { echo(text: $t, n: $n, range: $r) deal "
     "@skip(if: "
     "$skip) { id } other: deal @include(if: $skip) { id @skip(if: true) name } }",
     "{\"r\":{\"to\":4},\"skip\":true}",
     "{\"data\":{\"echo\":{\"text\":\"x\",\"range\":{\"from\":1,\"to\":4}},\"other\":{\"name\":\"deal3\"}}}"},
    {"query ($l: [Int!], $s: Stage, $i: ID, $f: Float, $a: Any) { echo(list: $l, stage: $s, id: $i, real: $f, any: $a) "
     "}",
     "{\"l\":3,\"s\":\"WON\",\"i\":12,\"f\":2,\"a\":{\"k\":[1,null,\"x\"]}}",
     "{\"data\":{\"echo\":{\"list\":[3],\"stage\":\"WON\",\"any\":{\"k\":[1,null,\"x\"]},\"id\":\"12\",\"real\":2}}"
     "}"},
    {"query ($n: Int) { echo(any: {a: [$n, 1.5], b: ENUM}, n: null) }", "{\"n\":9}",
     "{\"data\":{\"echo\":{\"n\":null,\"any\":{\"a\":[9,1.5],\"b\":\"ENUM\"}}}}"},
    {"query ($r: Range) { echo(range: $r) }", "{\"r\":{\"from\":1}}",
     "{\"errors\":[{\"message\":\"Variable \\\"$r\\\" got an invalid value: $r has no field \\\"to\\\", which is "
     "required.\","
     "\"locations\":[{\"line\":1,\"column\":8}],\"extensions\":{\"code\":\"BAD_USER_INPUT\"}}]}"},
    {"query ($n: Int!) { echo(n: $n) }", "{}",
     "{\"errors\":[{\"message\":\"Variable \\\"$n\\\" of required type \\\"Int!\\\" was not "
     "provided.\",\"locations\":[{"
     "\"line\":1,\"column\":8}],\"extensions\":{\"code\":\"BAD_USER_INPUT\"}}]}"},
    {"query ($l: [Int!]) { echo(list: $l) }", "{\"l\":[1,\"2\"]}",
     "{\"errors\":[{\"message\":\"Variable \\\"$l\\\" got an invalid value: $l[1] must be of type "
     "\\\"Int\\\".\",\"locations"
     "\":[{\"line\":1,\"column\":8}],\"extensions\":{\"code\":\"BAD_USER_INPUT\"}}]}"},
    {"{ json { plainText count parts { partName } missing } }", NULL,
     "{\"data\":{\"json\":{\"plainText\":\"t\",\"count\":3,\"parts\":[{\"partName\":\"a\"},{\"partName\":\"b\"}],"
     "\"missing\":"
     "null}}}"},
    {"mutation { a: add(n: 1) { value } b: add(n: 10) { again { value } } c: add(n: 100) { value } }", NULL,
     "{\"data\":{\"a\":{\"value\":1},\"b\":{\"again\":{\"value\":11}},\"c\":{\"value\":111}}}"},
    {"query A { deal { id } } query B { deal { name } }", NULL,
     "{\"errors\":[{\"message\":\"There are several operations: operationName must say "
     "which.\",\"extensions\":{\"code\":"
     "\"BAD_USER_INPUT\"}}]}"},
};

static void replies_are_as_worked_out_by_hand(void **state)
{
    struct gql_options o = {.limits = GQL_LIMITS_DEFAULT};
    struct arena *a = arena_new("test");

    (void)state;
    counter = 0;
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
        const char *got = run_reply(schema, &o, replies[i].query, replies[i].variables, a);
        if (strcmp(got, replies[i].reply) != 0)
            fail_msg("%s\n got  %s\n want %s", replies[i].query, got, replies[i].reply);
        arena_reset(a);
    }
    arena_free(a);
}

/* deals, then name and owner of all deals, then name and deals of all owners, then name of all their deals: 6 calls,
 * whatever the number of deals. */
static void a_field_is_resolved_once_a_level(void **state)
{
    struct gql_options o = {.limits = GQL_LIMITS_DEFAULT};
    struct arena *a = arena_new("test");

    (void)state;
    for (int n = 1; n <= 3; n++) {
        calls = 0;
        run_reply(schema, &o, str_fmt(a, "{ deals(first: %d) { name owner { name deals { name } } } }", n).p, NULL, a);
        assert_int_equal(calls, 6);
    }
    calls = 0; /* two types at one level, each once */
    run_reply(schema, &o, "{ nodes { id } }", NULL, a);
    assert_int_equal(calls, 3);
    arena_free(a);
}

static void what_is_dead_is_not_asked_for(void **state)
{
    struct gql_options o = {.limits = GQL_LIMITS_DEFAULT};
    struct arena *a = arena_new("test");

    (void)state;
    calls = 0; /* strict is null in the second deal, so the list is; owners of nothing are not looked up */
    run_reply(schema, &o, "{ deals(first: 2) { strict owner { name deals { name } } } }", NULL, a);
    assert_int_equal(calls, 2);
    arena_free(a);
}

static void limits_hold_while_it_runs(void **state)
{
    struct gql_options o = {.limits = GQL_LIMITS_DEFAULT};
    struct arena *a = arena_new("test");
    const char *got;

    (void)state;
    o.limits.nodes = 5;
    got = run_reply(schema, &o, "{ deals(first: 3) { id name stage } }", NULL, a);
    assert_non_null(strstr(got, "\"code\":\"LIMIT\""));
    o.limits.nodes = 1000;
    o.until_ms = 1;
    got = run_reply(schema, &o, "{ deal { id } }", NULL, a);
    assert_non_null(strstr(got, "\"code\":\"TIMEOUT\""));
    arena_free(a);
}

static void the_schema_describes_itself(void **state)
{
    static const struct {
        const char *query, *reply;
    } rows[] = {
        {"{ __type(name: \"Deal\") { kind name interfaces { name } fields { name type { kind name ofType { name } } } "
         "} }",
         "{\"data\":{\"__type\":{\"kind\":\"OBJECT\",\"name\":\"Deal\",\"interfaces\":[{\"name\":\"Node\"}],\"fields\":"
         "[{\"name\":"
         "\"id\",\"type\":{\"kind\":\"NON_NULL\",\"name\":null,\"ofType\":{\"name\":\"ID\"}}},"},
        {"{ __type(name: \"Range\") { kind inputFields { name defaultValue type { kind } } } }",
         "{\"data\":{\"__type\":{\"kind\":\"INPUT_OBJECT\",\"inputFields\":[{\"name\":\"from\",\"defaultValue\":\"1\","
         "\"type\":{"
         "\"kind\":\"SCALAR\"}},{\"name\":\"to\",\"defaultValue\":null,\"type\":{\"kind\":\"NON_NULL\"}}]}}}"},
        {"{ __type(name: \"Hit\") { kind possibleTypes { name } fields { name } } }",
         "{\"data\":{\"__type\":{\"kind\":\"UNION\",\"possibleTypes\":[{\"name\":\"Deal\"},{\"name\":\"Person\"}],"
         "\"fields\":null}}}"},
        {"{ __type(name: \"Nothing\") { kind } }", "{\"data\":{\"__type\":null}}"},
        {"{ __schema { queryType { name } mutationType { name } subscriptionType { name } } }",
         "{\"data\":{\"__schema\":{\"queryType\":{\"name\":\"Query\"},\"mutationType\":{\"name\":\"Mutation\"},"
         "\"subscriptionType\":null}}}"},
        {"{ __type(name: \"__Meta\") { name } }", "{\"data\":{\"__type\":null}}"},
    };
    struct gql_options o = {.limits = GQL_LIMITS_DEFAULT, .introspect = true};
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *got = run_reply(schema, &o, rows[i].query, NULL, a);
        if (strncmp(got, rows[i].reply, strlen(rows[i].reply)) != 0)
            fail_msg("%s\n got  %s\n want %s", rows[i].query, got, rows[i].reply);
    }
    arena_free(a);
}

static void bad_schemas_say_where(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"type Query { a: Nothing }", "line 1: there is no type \"Nothing\""},
        {"type Query { a: Int }\ntype Query { b: Int }", "line 2: the type \"Query\" stands twice"},
        {"type Query { a: Int }\ninput I { q: Query }", "line 2:  \"q\" is not of an input type"},
        {"interface I { a: Int! } type Query implements I { a: Int }", "\"Query\" does not fit its interface"},
        {"type T { a: Int }", "there is no type \"Query\""},
        {"type Query {", "line"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct gql_schema *s;
        struct err e;
        assert_int_equal(gql_schema_new(str_of(rows[i].text), &s, &e), ERR_INVALID);
        if (!strstr(e.msg, rows[i].want))
            fail_msg("%s: %s", rows[i].text, e.msg);
    }
}

static int up(void **state)
{
    static const struct {
        const char *field;
        gql_resolver run;
    } top[] = {{"deals", list_resolve}, {"nodes", list_resolve}, {"hits", list_resolve}, {"deal", deal_resolve},
               {"sure", deal_resolve},  {"echo", echo_resolve},  {"json", json_resolve}, {"fail", fail_resolve}};
    static const char *const types[] = {"Deal", "Person", "Counter"};
    struct err e;

    (void)state;
    if (gql_schema_new(str_of(schema_text), &schema, &e)) {
        print_error("%s\n", e.msg);
        return -1;
    }
    for (size_t i = 0; i < sizeof top / sizeof *top; i++)
        gql_schema_bind(schema, STR("Query"), str_of(top[i].field), top[i].run, NULL);
    for (size_t i = 0; i < 3; i++) {
        const struct gql_type *t = gql_schema_type(schema, str_of(types[i]));
        for (size_t k = 0; k < t->fields_n; k++)
            gql_schema_bind(schema, t->name, t->fields[k].name, i < 2 ? object_resolve : counter_resolve, NULL);
    }
    gql_schema_bind(schema, STR("Mutation"), STR("add"), add_resolve, NULL);
    return json_parse(STR("{\"plain_text\":\"t\",\"count\":3,\"parts\":[{\"part_name\":\"a\"},{\"part_name\":\"b\"}]}"),
                      &json, &e);
}

static int down(void **state)
{
    (void)state;
    json_free(json);
    gql_schema_free(schema);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replies_are_as_worked_out_by_hand), cmocka_unit_test(a_field_is_resolved_once_a_level),
        cmocka_unit_test(what_is_dead_is_not_asked_for),     cmocka_unit_test(limits_hold_while_it_runs),
        cmocka_unit_test(the_schema_describes_itself),       cmocka_unit_test(bad_schemas_say_where),
    };
    return cmocka_run_group_tests(tests, up, down);
}
