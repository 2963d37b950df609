/* One document or more for each rule of section 5, by its name in the specification, right and wrong. */
#include "graphql/test_run.h"

static const char schema_text[] =
    "interface Being { name(surname: Boolean): String }\n"
    "interface Pet implements Being { name(surname: Boolean): String }\n"
    "type Dog implements Being & Pet { name(surname: Boolean): String nickname: String barkVolume: Int barks: Boolean "
    "doesKnowCommand(dogCommand: DogCommand): Boolean isHouseTrained(atOtherHomes: Boolean = true): Boolean "
    "owner: Human meowVolume: String }\n"
    "type Cat implements Being & Pet { name(surname: Boolean): String nickname: String meows: Boolean meowVolume: Int "
    "}\n"
    "union CatOrDog = Cat | Dog\n"
    "type Human implements Being { name(surname: Boolean): String pets(first: Int): [Pet] "
    "@listSize(slicingArguments: [\"first\"]) }\n"
    "type Alien { numEyes: Int }\n"
    "union HumanOrAlien = Human | Alien\n"
    "enum DogCommand { SIT HEEL DOWN }\n"
    "input Complex { requiredField: Boolean! intField: Int stringField: String listField: [String!] }\n"
    "type Args { multipleReqs(req1: Int!, req2: Int!): Int multipleOpts(opt1: Int = 0, opt2: Int = 0): Int "
    "nonNullBool(b: Boolean!): Boolean nonNullWithDefault(b: Boolean! = true): Boolean list(l: [Int]): Int "
    "listNonNull(l: [Int!]!): Int complex(c: Complex): Int float(f: Float): Float id(id: ID): ID text(s: String): "
    "String }\n"
    "type Query { dog: Dog cat: Cat pet: Pet being: Being catOrDog: CatOrDog human: Human humanOrAlien: HumanOrAlien "
    "args: Args }\n"
    "type Mutation { feed(n: Int): Dog }\n"
    "type Subscription { barked: Dog fed: Dog }\n"
    "directive @rep(n: Int) repeatable on FIELD\n"
    "directive @onQuery on QUERY\n";

static struct gql_schema *schema;

/* want: part of the message of the first error; NULL: the document is valid. */
static const struct {
    const char *rule, *query, *want;
} cases[] = {
    {"ExecutableDefinitions", "{ dog { name } } type T { a: Int }", "cannot be executed"},
    {"UniqueOperationNames", "query A { dog { name } } query A { dog { name } }", "only one operation named \"A\""},
    {"UniqueOperationNames", "query A { dog { name } } query B { dog { name } }", NULL},
    {"LoneAnonymousOperation", "{ dog { name } } query B { dog { name } }", "must be the only"},
    {"SingleFieldSubscriptions", "subscription { barked { name } fed { name } }", "only one top level"},
    {"SingleFieldSubscriptions", "subscription { ...F } fragment F on Subscription { barked { name } fed { name } }",
     "only one top level"},
    {"SingleFieldSubscriptions", "subscription { barked { name } ... on Subscription { barked { nickname } } }", NULL},
    {"KnownTypeNames", "{ dog { ... on Dragon { name } } }", "Unknown type \"Dragon\""},
    {"KnownTypeNames", "query ($x: Dragon) { dog { name } }", "unknown type"},
    {"FragmentsOnCompositeTypes", "{ dog { ...F } } fragment F on DogCommand { name }", "has no fields"},
    {"FragmentsOnCompositeTypes", "{ dog { ... on Boolean { name } } }", "has no fields"},
    {"VariablesAreInputTypes", "query ($x: Dog) { dog { name } }", "non-input type \"Dog\""},
    {"ScalarLeafs", "{ dog { barkVolume { x } } }", "is a leaf"},
    {"ScalarLeafs", "{ dog }", "must have a selection"},
    {"FieldsOnCorrectType", "{ dog { meows } }", "Cannot query field \"meows\" on type \"Dog\""},
    {"FieldsOnCorrectType", "{ catOrDog { name } }", "Cannot query field \"name\" on type \"CatOrDog\""},
    {"FieldsOnCorrectType", "{ catOrDog { __typename ... on Cat { meows } } }", NULL},
    {"FieldsOnCorrectType", "{ pet { ... on Dog { unknown } } }", "Cannot query field \"unknown\""},
    {"UniqueFragmentNames", "{ dog { ...F } } fragment F on Dog { name } fragment F on Dog { nickname }",
     "only one fragment named"},
    {"KnownFragmentNames", "{ dog { ...F } }", "Unknown fragment \"F\""},
    {"NoUnusedFragments", "{ dog { name } } fragment F on Dog { name }", "never used"},
    {"NoUnusedFragments", "{ dog { ...F } } fragment F on Dog { ...G } fragment G on Dog { name }", NULL},
    {"PossibleFragmentSpreads", "{ dog { ... on Cat { name } } }", "can never apply"},
    {"PossibleFragmentSpreads", "{ pet { ... on Cat { name } } being { ... on Human { name } } }", NULL},
    {"PossibleFragmentSpreads", "{ pet { ...F } } fragment F on HumanOrAlien { __typename }", "can never apply"},
    {"NoFragmentCycles", "{ dog { ...F } } fragment F on Dog { ...F }", "within itself"},
    {"NoFragmentCycles",
     "{ dog { ...F } } fragment F on Dog { ...G } fragment G on Dog { owner { pets(first: 1) { ...F } } }",
     "within itself"},
    {"NoFragmentCycles", "{ dog { ...F ...F } } fragment F on Dog { name }", NULL},
    {"UniqueVariableNames", "query ($x: Boolean, $x: Boolean) { dog { name(surname: $x) } }", "only one variable"},
    {"NoUndefinedVariables", "{ dog { name(surname: $x) } }", "is not defined"},
    {"NoUndefinedVariables",
     "query ($y: Boolean) { dog { ...F name(surname: $y) } } fragment F on Dog { name(surname: $x) }",
     "\"$x\" is not defined"},
    {"NoUnusedVariables", "query ($x: Boolean) { dog { name } }", "never used"},
    {"NoUnusedVariables", "query ($x: Boolean) { dog { ...F } } fragment F on Dog { name(surname: $x) }", NULL},
    {"KnownDirectives", "{ dog @what { name } }", "Unknown directive"},
    {"KnownDirectives", "{ dog { name @onQuery } }", "may not be used on FIELD"},
    {"KnownDirectives", "query @onQuery { dog @include(if: true) { name @skip(if: false) } }", NULL},
    {"UniqueDirectivesPerLocation", "{ dog @skip(if: true) @skip(if: false) { name } }", "only be used once"},
    {"UniqueDirectivesPerLocation", "{ dog @rep(n: 1) @rep(n: 2) { name } }", NULL},
    {"KnownArgumentNames", "{ dog { doesKnowCommand(command: SIT) } }", "Unknown argument \"command\""},
    {"KnownArgumentNames", "{ dog @skip(unless: true, if: true) { name } }", "Unknown argument \"unless\""},
    {"UniqueArgumentNames", "{ dog { name(surname: true, surname: false) } }", "only one argument"},
    {"ValuesOfCorrectType", "{ dog { doesKnowCommand(dogCommand: \"SIT\") } }", "type \"DogCommand\""},
    {"ValuesOfCorrectType", "{ dog { doesKnowCommand(dogCommand: JUMP) } }", "type \"DogCommand\""},
    {"ValuesOfCorrectType", "{ args { multipleOpts(opt1: 1.5) } }", "type \"Int\""},
    {"ValuesOfCorrectType", "{ args { multipleOpts(opt1: 2147483648) } }", "type \"Int\""},
    {"ValuesOfCorrectType", "{ args { multipleOpts(opt1: \"1\") } }", "type \"Int\""},
    {"ValuesOfCorrectType", "{ args { float(f: 3) id(id: 4) text(s: \"a\") } }", NULL},
    {"ValuesOfCorrectType", "{ args { id(id: 123456789012345678901234567890) float(f: 1e300) } }", NULL},
    {"ValuesOfCorrectType", "{ args { id(id: 1.5) } }", "type \"ID\""},
    {"ValuesOfCorrectType", "{ args { float(f: 1e400) } }", "type \"Float\""},
    {"ValuesOfCorrectType", "{ args { text(s: 1) } }", "type \"String\""},
    {"ValuesOfCorrectType", "{ args { nonNullBool(b: null) } }", "found null"},
    {"ValuesOfCorrectType", "{ args { list(l: [1, null, 3]) } }", NULL},
    {"ValuesOfCorrectType", "{ args { list(l: 1) } }", NULL},
    {"ValuesOfCorrectType", "{ args { list(l: [1, \"2\"]) } }", "type \"Int\""},
    {"ValuesOfCorrectType", "{ args { listNonNull(l: [1, null]) } }", "found null"},
    {"ValuesOfCorrectType", "{ args { complex(c: {requiredField: true, listField: [\"a\"]}) } }", NULL},
    {"ValuesOfCorrectType", "{ args { complex(c: {intField: 4}) } }", "\"Complex.requiredField\""},
    {"ValuesOfCorrectType", "{ args { complex(c: {requiredField: true, more: 1}) } }", "not defined by type"},
    {"ValuesOfCorrectType", "{ args { complex(c: 1) } }", "type \"Complex\""},
    {"ValuesOfCorrectType", "query ($b: Boolean = \"x\") { args { nonNullWithDefault(b: $b) } }", "type \"Boolean\""},
    {"UniqueInputFieldNames", "{ args { complex(c: {requiredField: true, requiredField: true}) } }",
     "only one input field"},
    {"ProvidedRequiredArguments", "{ args { multipleReqs(req1: 1) } }", "\"req2\" of type \"Int!\" is required"},
    {"ProvidedRequiredArguments", "{ args { nonNullWithDefault multipleOpts } }", NULL},
    {"ProvidedRequiredArguments", "{ dog @include { name } }", "\"if\""},
    {"VariablesInAllowedPosition", "query ($b: Boolean) { args { nonNullBool(b: $b) } }",
     "expecting type \"Boolean!\""},
    {"VariablesInAllowedPosition", "query ($b: Boolean = true) { args { nonNullBool(b: $b) } }", NULL},
    {"VariablesInAllowedPosition", "query ($b: Boolean = null) { args { nonNullBool(b: $b) } }", "expecting type"},
    {"VariablesInAllowedPosition", "query ($b: Boolean) { args { nonNullWithDefault(b: $b) } }", NULL},
    {"VariablesInAllowedPosition", "query ($i: Int) { dog { name(surname: $i) } }", "expecting type \"Boolean\""},
    {"VariablesInAllowedPosition", "query ($l: [Int]) { args { listNonNull(l: $l) } }", "expecting type \"[Int!]!\""},
    {"VariablesInAllowedPosition", "query ($l: [Int!]!) { args { list(l: $l) listNonNull(l: $l) } }", NULL},
    {"VariablesInAllowedPosition", "query ($i: Int) { args { list(l: [$i]) } }", NULL},
    {"VariablesInAllowedPosition", "query ($i: String) { args { list(l: [$i]) } }", "expecting type \"Int\""},
    {"OverlappingFieldsCanBeMerged", "{ dog { name: nickname name } }", "different fields"},
    {"OverlappingFieldsCanBeMerged", "{ dog { doesKnowCommand(dogCommand: SIT) doesKnowCommand(dogCommand: HEEL) } }",
     "differing arguments"},
    {"OverlappingFieldsCanBeMerged", "{ dog { name ...F } } fragment F on Dog { name nickname }", NULL},
    {"OverlappingFieldsCanBeMerged", "{ pet { ... on Dog { v: barkVolume } ... on Cat { v: meowVolume } } }", NULL},
    {"OverlappingFieldsCanBeMerged", "{ pet { ... on Dog { v: barkVolume } ... on Cat { v: nickname } } }",
     "conflicting types"},
    {"OverlappingFieldsCanBeMerged", "{ pet { name ... on Dog { name: nickname } } }", "different fields"},
    {"OverlappingFieldsCanBeMerged", "{ dog { x: owner { name } } dog { x: owner { name: __typename } } }",
     "conflicting types"},
    {"OverlappingFieldsCanBeMerged", "{ pet { ... on Dog { o: owner { v: name } } ... on Cat { o: nickname } } }",
     "conflicting types"},
    {"OverlappingFieldsCanBeMerged", "query ($a: Boolean, $b: Boolean) { dog { name(surname: $a) name(surname: $b) } }",
     "differing arguments"},
    {"OverlappingFieldsCanBeMerged",
     "{ args { complex(c: {requiredField: true, intField: 1}) complex(c: {intField: 1, "
     "requiredField: true}) } }",
     NULL},
};

static void each_rule_takes_the_right_and_refuses_the_wrong(void **state)
{
    struct gql_options o = {.limits = GQL_LIMITS_DEFAULT, .introspect = true};
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct gql_document doc;
        struct gql_errors es;
        bool ok;
        gql_errors_init(&es, a);
        ok = gql_parse(str_of(cases[i].query), 0, a, &doc, &es) && gql_validate(schema, &doc, true, a, &es);
        if (ok != !cases[i].want)
            fail_msg("%s: %s: %.*s", cases[i].rule, cases[i].query, STR_ARG(es.n ? es.list[0].message : STR("taken")));
        if (!ok && !str_contains(es.list[0].message, str_of(cases[i].want)))
            fail_msg("%s: %s: %.*s", cases[i].rule, cases[i].query, STR_ARG(es.list[0].message));
        if (!ok && !strstr(run_reply(schema, &o, cases[i].query, NULL, a), "\"locations\""))
            fail_msg("%s: %s: without its place", cases[i].rule, cases[i].query);
        arena_reset(a);
    }
    arena_free(a);
}

static void the_schema_is_closed_without_the_right_to_it(void **state)
{
    static const char *const closed[] = {"{ __schema { types { name } } }", "{ __type(name: \"Dog\") { name } }",
                                         "{ ...F } fragment F on Query { __schema { types { name } } }"};
    struct gql_options o = {.limits = GQL_LIMITS_DEFAULT};
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_non_null(strstr(run_reply(schema, &o, closed[i], NULL, a), "\"code\":\"DENIED\""));
    assert_string_equal(run_reply(schema, &o, "{ __typename }", NULL, a), "{\"data\":{\"__typename\":\"Query\"}}");
    o.introspect = true;
    assert_null(strstr(run_reply(schema, &o, closed[1], NULL, a), "errors"));
    arena_free(a);
}

/* Pair by pair this document would take 2^25 comparisons. */
static void tangled_fragments_are_refused_or_checked_soon(void **state)
{
    struct gql_options o = {.limits = GQL_LIMITS_DEFAULT};
    struct arena *a = arena_new("test");
    struct buf b;
    const char *said;

    (void)state;
    buf_init(&b, 1 << 20);
    buf_fmt(&b, "{ dog { ...F0 } }");
    for (int i = 0; i < 25; i++)
        buf_fmt(
            &b,
            " fragment F%d on Dog { owner { name ...H%d ...H%d } a%d: name } fragment H%d on Human { pets(first: 1) { "
            "... on Dog { ...F%d ...F%d } } }",
            i, i, i, i, i, i + 1, i + 1);
    buf_fmt(&b, " fragment F25 on Dog { name }");
    o.limits.tokens = 10000;
    said = run_reply(schema, &o, str_cz(a, buf_view(&b)), NULL, a);
    assert_non_null(strstr(said, "\"code\":\"LIMIT\""));
    buf_done(&b);
    arena_free(a);
}

static int up(void **state)
{
    struct err e;

    (void)state;
    if (gql_schema_new(str_of(schema_text), &schema, &e)) {
        print_error("%s\n", e.msg);
        return -1;
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
        cmocka_unit_test(each_rule_takes_the_right_and_refuses_the_wrong),
        cmocka_unit_test(the_schema_is_closed_without_the_right_to_it),
        cmocka_unit_test(tangled_fragments_are_refused_or_checked_soon),
    };
    return cmocka_run_group_tests(tests, up, down);
}
